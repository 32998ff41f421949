/* fetch_warc_fuzz.c - WARC files of any make as a source: their pages, made text; and gone on with in the middle.
 *
 * The first byte says how: bits 0 and 1 that the bytes are put into one gzip member or two, for their checksums would stop
 * the fuzzer at the door; bits 2 to 4 behind which item it is gone on with; the rest how many bytes come at once. */
#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

#include "fetch_page.h"
#include "fetch_warc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX = 1 << 16, STEPS = 1 << 20 };

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

/* What came, in a number that another way of coming by it must give as well. */
struct told {
    uint64_t items, sum, line, offset;
};

static void add(struct told *t, const struct warc_page *p, enum warc_came came)
{
    t->items++;
    t->sum = t->sum * 31 + p->payload.len + p->url.len * 7 + (came == WARC_CAME_FAULT ? 3 : 1);
}

static void make_page(struct page_maker *m, const struct warc_page *p)
{
    const struct page_in in = {.payload = p->payload,
                               .encoding = p->encoded ? warc_field(warc_http_fields(p->head), "Content-Encoding") : (pl_str){NULL, 0},
                               .content_type = p->content_type,
                               .name = p->url,
                               .cut = p->truncated.len > 0,
                               .max = MAX,
                               .ratio = 100};
    struct page_out out;
    const enum page_result r = page_make(m, &in, &out);

    if (r != PAGE_OK && r != PAGE_NOMEM && !out.message[0])
        abort();
    if (r == PAGE_OK && out.text.text.len > 3 * (size_t)MAX)
        abort();
    warc_page_verify(p->digest, p->head, p->payload);
}

/* Up to `most` items. */
static void read_items(struct told *t, pl_str bytes, size_t piece, uint64_t most, struct page_maker *m)
{
    struct warc_source s = {.verify = true};
    struct source from = {{bytes.ptr + t->offset, bytes.len - (size_t)t->offset}, piece};
    enum warc_came came = WARC_CAME_BUSY;
    uint64_t n = 0, last = 0;
    struct warc_page p;

    if (warc_source_begin(&s, "fuzz", read_some, &from, MAX, t->line, t->offset) != PL_OK)
        abort();
    for (int step = 0; came != WARC_CAME_END && n < most; step++) {
        came = warc_source_next(&s, &p);
        if (step == STEPS || came == WARC_CAME_NOMEM)
            abort();
        if (came != WARC_CAME_PAGE && came != WARC_CAME_FAULT)
            continue;
        if (p.position < last || (came == WARC_CAME_FAULT && (!p.code || !p.message[0])))
            abort();
        last = p.position + 1;
        add(t, &p, came);
        n++;
        if (m && came == WARC_CAME_PAGE)
            make_page(m, &p);
    }
    warc_source_place(&s, &t->line, &t->offset);
    if (t->offset > bytes.len)
        abort();
    warc_source_done(&s);
}

static size_t pack(unsigned char *to, size_t cap, pl_str bytes)
{
    z_stream z = {.next_in = (const unsigned char *)bytes.ptr, .avail_in = (uInt)bytes.len, .next_out = to, .avail_out = (uInt)cap};

    if (deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK || deflate(&z, Z_FINISH) != Z_STREAM_END)
        abort();
    deflateEnd(&z);
    return cap - z.avail_out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 1 << 20)
        return 0;
    pl_str all = {(const char *)data + 1, size - 1};
    const size_t half = all.len / 2, piece = data[0] >> 5 ? (size_t)1 << (data[0] >> 4) : SIZE_MAX, cap = all.len + all.len / 8 + 256;
    unsigned char *packed = malloc(cap);
    struct page_maker m = {0};
    struct told whole = {0}, parts = {0};

    if (!packed)
        abort();
    if ((data[0] & 3) == 1)
        all = (pl_str){(char *)packed, pack(packed, cap, all)};
    if ((data[0] & 3) == 2) {
        const size_t first = pack(packed, cap, (pl_str){all.ptr, half});
        all = (pl_str){(char *)packed, first + pack(packed + first, cap - first, (pl_str){all.ptr + half, all.len - half})};
    }
    read_items(&whole, all, piece, UINT64_MAX, &m);
    read_items(&parts, all, piece, data[0] >> 2 & 7, NULL);
    read_items(&parts, all, SIZE_MAX, UINT64_MAX, NULL);
    if (whole.items != parts.items || whole.sum != parts.sum)
        abort();
    page_maker_done(&m);
    free(packed);
    return 0;
}
