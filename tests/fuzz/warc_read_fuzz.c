/* warc_read_fuzz.c - WARC files of any make: read, verified, indexed, and gone on with behind damage.
 *
 * The first byte says how: bits 0 and 1 that the bytes are put into gzip members of their own, for their checksums
 * would stop the fuzzer at the door; the rest how many bytes come at once. */
#include <stdlib.h>

#include "warc_cdxj.h"
#include "warc_gz.h"
#include "warc_index.h"
#include "warc_verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct source {
    pl_str left;
    size_t most;
};

static ptrdiff_t read_some(void *arg, void *to, size_t n)
{
    struct source *s = arg;

    n = n < s->left.len ? n : s->left.len;
    n = n < s->most ? n : s->most;
    if (n)
        memcpy(to, s->left.ptr, n);
    s->left = (pl_str){s->left.ptr + n, s->left.len - n};
    return (ptrdiff_t)n;
}

/* Until nothing more is found; every resync must get further. */
static void read_all(pl_str bytes, size_t most, int how)
{
    struct source s = {bytes, most};
    struct warc_reader r;
    struct warc_index ix = {0};
    struct warc_verdict v;
    pl_str piece;
    size_t rounds = 0;
    int rc;

    if (warc_open(&r, "fuzz", read_some, &s, 0) != PL_OK)
        abort();
    for (;;) {
        while ((rc = warc_next(&r)) == PL_OK) {
            if (how == 0)
                rc = warc_verify(&r, false, &v);
            else if (how == 1)
                rc = warc_index_record(&ix, &r, PL_S("fuzz"));
            else if (how == 2 && warc_http(&r))
                while ((rc = warc_block(&r, &piece)) == PL_OK)
                    if (piece.len == 0)
                        abort();
            if (rc == PL_ERROR)
                break;
        }
        if (rc == PL_ERROR && !r.message[0])
            abort();
        if (rc != PL_ERROR || !warc_resync(&r))
            break;
        if (++rounds > bytes.len)
            abort();
    }
    warc_close(&r);
    warc_index_done(&ix);
}

static void pack(struct warc_buf *out, pl_str bytes)
{
    struct deflater d = {0};

    if (warc_gz_add(out, &d, DEFLATE_ZLIB, 1, bytes) != PL_OK)
        abort();
    deflater_done(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const pl_str all = {(const char *)data + 1, size - 1};
    const size_t half = all.len / 2, most = data[0] >> 4 ? (size_t)1 << (data[0] >> 4) : SIZE_MAX;
    struct warc_buf packed = {0}, text = {0};
    struct warc_cdxj c;
    uint64_t offset;
    pl_str name;

    if ((data[0] & 3) == 1)
        pack(&packed, all);
    if ((data[0] & 3) == 2) {
        pack(&packed, (pl_str){all.ptr, half});
        pack(&packed, (pl_str){all.ptr + half, all.len - half});
    }
    read_all(packed.len ? warc_buf_view(&packed) : all, most, data[0] >> 2 & 3);
    if ((data[0] & 3) == 3)
        warc_cdxj_read(all, &text, &c, &offset, &name);
    warc_buf_done(&text);
    warc_buf_done(&packed);
    return 0;
}
