/* archive_bgzf.c - blocks of BGZF: gzip members of at most 64 kB that tell their own length; and larger members, that
 * tell it in a field of our own. */
#include "archive_bgzf.h"

#include <assert.h>

enum { HEADER = BGZF_HEADER, LARGE_HEADER = BGZF_MOST_HEADER, FIXED = 16, FOOTER = 8, STORED = 5 };

/* Up to the length of the block less one, which stands in the last two bytes: gzip, deflate, an extra field; no time,
 * system unknown; six bytes of extra field, "BC" with two bytes. */
static const unsigned char header[HEADER] = {0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, 'B', 'C', 2, 0, 0, 0};
/* The same of what is larger than a block of BGZF can be: "PL" with four bytes, the length. */
static const unsigned char large_header[LARGE_HEADER] = {0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 8, 0, 'P', 'L', 4, 0};

const unsigned char bgzf_end[BGZF_END] = {0x1f, 0x8b, 8, 4, 0, 0, 0,    0, 0, 0xff, 6, 0, 'B', 'C',
                                          2,    0,    27, 0, 3, 0, 0, 0, 0, 0,    0, 0, 0, 0};

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

size_t bgzf_bound(size_t n)
{
    const size_t bound = deflate_bound(n);

    return n <= BGZF_INPUT ? BGZF_BLOCK : bound > SIZE_MAX - LARGE_HEADER - FOOTER ? SIZE_MAX : LARGE_HEADER + bound + FOOTER;
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

int bgzf_compress(struct deflater *d, enum deflate_by by, int level, pl_str in, unsigned char *out, size_t *n)
{
    const bool block = in.len <= BGZF_INPUT;
    const size_t head = block ? HEADER : LARGE_HEADER;
    unsigned char *data = out + head;
    size_t len;

    if (deflate_raw(d, by, level, in, data, bgzf_bound(in.len) - head - FOOTER, &len) != PL_OK)
        return PL_NOMEM;
    assert(len || block); /* the bound is one */
    if (len == 0)
        len = store(in, data);
    *n = head + len + FOOTER;
    memcpy(out, block ? header : large_header, head);
    if (block)
        put16(out + FIXED, (unsigned)(*n - 1));
    else
        put32(out + FIXED, (unsigned long)(*n & 0xffffffff));
    put32(data + len, deflate_crc32(0, in.ptr, in.len));
    put32(data + len + 4, in.len & 0xffffffff);
    return PL_OK;
}

static bool begins(const unsigned char *p, const unsigned char *fixed)
{
    return memcmp(p, fixed, 4) == 0 && memcmp(p + 10, fixed + 10, FIXED - 10) == 0;
}

size_t bgzf_size(pl_str start)
{
    const unsigned char *p = (const unsigned char *)start.ptr;

    if (start.len >= HEADER && begins(p, header))
        return (size_t)(p[16] | p[17] << 8) + 1;
    if (start.len >= LARGE_HEADER && begins(p, large_header))
        return (size_t)p[16] | (size_t)p[17] << 8 | (size_t)p[18] << 16 | (size_t)p[19] << 24;
    return 0;
}

bool bgzf_is_block(pl_str start)
{
    return start.len >= HEADER && begins((const unsigned char *)start.ptr, header);
}

bool bgzf_is_usual(pl_str start)
{
    return bgzf_size(start) > 0 && memcmp(start.ptr, header, 10) == 0;
}
