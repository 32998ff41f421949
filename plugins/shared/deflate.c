/* deflate.c - whole buffers in and out of deflate (RFC 1951), by zlib or by libdeflate. */
#include "deflate.h"

#include <limits.h>
#include <stdlib.h>

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif
#define ZLIB_CONST
#include <zlib.h>

enum { RAW = -15 }; /* zlib's windowBits: no header, the largest window */

#ifdef HAVE_LIBDEFLATE
enum { HAS_LIBDEFLATE = 1 };
#else
enum { HAS_LIBDEFLATE = 0 };
#endif

enum deflate_by deflate_best(void)
{
    return HAS_LIBDEFLATE ? DEFLATE_LIBDEFLATE : DEFLATE_ZLIB;
}

const char *deflate_name(enum deflate_by by)
{
    return by == DEFLATE_LIBDEFLATE ? "libdeflate" : "zlib";
}

bool deflate_has(enum deflate_by by)
{
    return by == DEFLATE_ZLIB || HAS_LIBDEFLATE;
}

/* Stored blocks of deflate hold up to 65,535 bytes behind 5; zlib asks for a little more than these. */
size_t deflate_bound(size_t n)
{
    const size_t more = n / 4096 + n / 16384 + 1024;

    return n > SIZE_MAX - more ? SIZE_MAX : n + more;
}

/* ---- zlib ---- */

static void *zlib_new(bool compresses, int level)
{
    z_stream *z = calloc(1, sizeof *z);

    if (z && (compresses ? deflateInit2(z, level, Z_DEFLATED, RAW, 8, Z_DEFAULT_STRATEGY) : inflateInit2(z, RAW)) != Z_OK) {
        free(z);
        z = NULL;
    }
    return z;
}

static uInt piece(size_t left)
{
    return left < UINT_MAX ? (uInt)left : UINT_MAX;
}

static int zlib_deflate(z_stream *z, pl_str in, unsigned char *out, size_t cap, size_t *n)
{
    const unsigned char *from = (const unsigned char *)in.ptr, *end = from + in.len;
    unsigned char *to = out;
    int rc = Z_OK;

    if (deflateReset(z) != Z_OK)
        return PL_NOMEM;
    while (rc == Z_OK) {
        z->next_in = from;
        z->avail_in = piece((size_t)(end - from));
        z->next_out = to;
        z->avail_out = piece(cap - (size_t)(to - out));
        rc = deflate(z, from + z->avail_in == end ? Z_FINISH : Z_NO_FLUSH);
        from = z->next_in;
        to = z->next_out;
        if ((size_t)(to - out) == cap)
            break;
    }
    *n = rc == Z_STREAM_END ? (size_t)(to - out) : 0;
    return PL_OK;
}

static int zlib_inflate(z_stream *z, pl_str in, unsigned char *out, size_t cap, size_t *n_in, size_t *n_out)
{
    const unsigned char *from = (const unsigned char *)in.ptr, *end = from + in.len;
    unsigned char *to = out;
    int rc = Z_OK;

    if (inflateReset(z) != Z_OK)
        return PL_NOMEM;
    while (rc == Z_OK) {
        z->next_in = from;
        z->avail_in = piece((size_t)(end - from));
        z->next_out = to;
        z->avail_out = piece(cap - (size_t)(to - out));
        rc = inflate(z, Z_NO_FLUSH);
        from = z->next_in;
        to = z->next_out;
    }
    *n_in = (size_t)(from - (const unsigned char *)in.ptr);
    *n_out = (size_t)(to - out);
    return rc == Z_STREAM_END ? PL_OK : rc == Z_MEM_ERROR ? PL_NOMEM : PL_ERROR;
}

/* ---- the back end at hand ---- */

void deflater_done(struct deflater *d)
{
#ifdef HAVE_LIBDEFLATE
    if (d->state && d->by == DEFLATE_LIBDEFLATE)
        libdeflate_free_compressor(d->state);
#endif
    if (d->state && d->by == DEFLATE_ZLIB) {
        deflateEnd(d->state);
        free(d->state);
    }
    *d = (struct deflater){0};
}

void inflater_done(struct inflater *i)
{
#ifdef HAVE_LIBDEFLATE
    if (i->state && i->by == DEFLATE_LIBDEFLATE)
        libdeflate_free_decompressor(i->state);
#endif
    if (i->state && i->by == DEFLATE_ZLIB) {
        inflateEnd(i->state);
        free(i->state);
    }
    *i = (struct inflater){0};
}

static int deflater_ready(struct deflater *d, enum deflate_by by, int level)
{
    if (!deflate_has(by))
        by = DEFLATE_ZLIB;
    if (d->state && d->by == by && d->level == level)
        return PL_OK;
    deflater_done(d);
    d->by = by;
    d->level = level;
#ifdef HAVE_LIBDEFLATE
    if (by == DEFLATE_LIBDEFLATE)
        d->state = libdeflate_alloc_compressor(level);
#endif
    if (by == DEFLATE_ZLIB)
        d->state = zlib_new(true, level);
    return d->state ? PL_OK : PL_NOMEM;
}

static int inflater_ready(struct inflater *i, enum deflate_by by)
{
    if (!deflate_has(by))
        by = DEFLATE_ZLIB;
    if (i->state && i->by == by)
        return PL_OK;
    inflater_done(i);
    i->by = by;
#ifdef HAVE_LIBDEFLATE
    if (by == DEFLATE_LIBDEFLATE)
        i->state = libdeflate_alloc_decompressor();
#endif
    if (by == DEFLATE_ZLIB)
        i->state = zlib_new(false, 0);
    return i->state ? PL_OK : PL_NOMEM;
}

int deflate_raw(struct deflater *d, enum deflate_by by, int level, pl_str in, void *out, size_t cap, size_t *n)
{
    *n = 0;
    if (deflater_ready(d, by, level) != PL_OK)
        return PL_NOMEM;
#ifdef HAVE_LIBDEFLATE
    if (d->by == DEFLATE_LIBDEFLATE) {
        *n = libdeflate_deflate_compress(d->state, in.ptr, in.len, out, cap);
        return PL_OK;
    }
#endif
    return zlib_deflate(d->state, in, out, cap, n);
}

int inflate_raw(struct inflater *i, enum deflate_by by, pl_str in, void *out, size_t cap, size_t *n_in, size_t *n_out)
{
    *n_in = *n_out = 0;
    if (inflater_ready(i, by) != PL_OK)
        return PL_NOMEM;
#ifdef HAVE_LIBDEFLATE
    if (i->by == DEFLATE_LIBDEFLATE)
        return libdeflate_deflate_decompress_ex(i->state, in.ptr, in.len, out, cap, n_in, n_out) == LIBDEFLATE_SUCCESS
                   ? PL_OK
                   : PL_ERROR;
#endif
    return zlib_inflate(i->state, in, out, cap, n_in, n_out);
}

uint32_t deflate_crc32(uint32_t crc, const void *bytes, size_t n)
{
#ifdef HAVE_LIBDEFLATE
    return n ? libdeflate_crc32(crc, bytes, n) : crc;
#else
    return n ? (uint32_t)crc32_z(crc, bytes, n) : crc;
#endif
}
