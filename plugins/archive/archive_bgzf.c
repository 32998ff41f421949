/* archive_bgzf.c - blocks of BGZF: gzip members of at most 64 kB that tell their own length. */
#include "archive_bgzf.h"

#include <assert.h>

enum { HEADER = BGZF_HEADER, FOOTER = 8, STORED = 5 };

/* Up to the length of the block less one, which stands in the last two bytes: gzip, deflate, an extra field; no time,
 * system unknown; six bytes of extra field, "BC" with two bytes. */
static const unsigned char header[HEADER] = {0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, 'B', 'C', 2, 0, 0, 0};

const unsigned char bgzf_end[BGZF_END] = {0x1f, 0x8b, 8, 4, 0, 0, 0,    0, 0, 0xff, 6, 0, 'B', 'C',
                                          2,    0,    27, 0, 3, 0, 0, 0, 0, 0,    0, 0, 0, 0};

void bgzf_done(struct bgzf *b)
{
    if (b->ready)
        deflateEnd(&b->z);
    b->ready = false;
}

static void put16(unsigned char *to, unsigned v)
{
    to[0] = (unsigned char)v;
    to[1] = (unsigned char)(v >> 8);
}

static void put32(unsigned char *to, unsigned long v)
{
    put16(to, (unsigned)(v & 0xffff));
    put16(to + 2, (unsigned)(v >> 16 & 0xffff));
}

static int begin(struct bgzf *b, int level)
{
    if (b->ready && b->level == level)
        return deflateReset(&b->z) == Z_OK ? PL_OK : PL_NOMEM;
    bgzf_done(b);
    b->z = (z_stream){0};
    if (deflateInit2(&b->z, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return PL_NOMEM;
    b->ready = true;
    b->level = level;
    return PL_OK;
}

/* What will not become smaller, as one stored block of deflate. */
static size_t store(pl_str in, unsigned char *out)
{
    out[0] = 1; /* the last; stored */
    put16(out + 1, (unsigned)in.len);
    put16(out + 3, ~(unsigned)in.len & 0xffff);
    memcpy(out + STORED, in.ptr, in.len);
    return STORED + in.len;
}

int bgzf_compress(struct bgzf *b, int level, pl_str in, unsigned char out[BGZF_BLOCK], size_t *n)
{
    const unsigned char *from = (const unsigned char *)in.ptr;
    unsigned char *data = out + HEADER;

    assert(in.len <= BGZF_INPUT);
    if (begin(b, level) != PL_OK)
        return PL_NOMEM;
    b->z.next_in = from;
    b->z.avail_in = (uInt)in.len;
    b->z.next_out = data;
    b->z.avail_out = BGZF_BLOCK - HEADER - FOOTER;
    const size_t len = deflate(&b->z, Z_FINISH) == Z_STREAM_END ? (size_t)(b->z.next_out - data) : store(in, data);
    *n = HEADER + len + FOOTER;
    memcpy(out, header, HEADER);
    put16(out + HEADER - 2, (unsigned)(*n - 1));
    put32(data + len, crc32(crc32(0, NULL, 0), from, (uInt)in.len));
    put32(data + len + 4, in.len);
    return PL_OK;
}

size_t bgzf_size(pl_str start)
{
    const unsigned char *p = (const unsigned char *)start.ptr;

    if (start.len < HEADER || memcmp(p, header, 4) != 0 || memcmp(p + 10, header + 10, 6) != 0)
        return 0;
    return (size_t)(p[16] | p[17] << 8) + 1;
}
