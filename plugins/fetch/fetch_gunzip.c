/* fetch_gunzip.c - gzip data of one member or many, inflated a piece at a time. */
#include "fetch_gunzip.h"

#include <limits.h>

bool gunzip_is(pl_str start)
{
    return start.len >= 2 && (unsigned char)start.ptr[0] == 0x1f && (unsigned char)start.ptr[1] == 0x8b;
}

int gunzip_begin(struct gunzip *g)
{
    if (!g->ready) {
        g->z = (z_stream){0};
        if (inflateInit2(&g->z, 15 + 16) != Z_OK)
            return PL_NOMEM;
        g->ready = true;
    }
    g->inside = false;
    g->n_members = 0;
    g->fault = NULL;
    return PL_OK;
}

void gunzip_done(struct gunzip *g)
{
    if (g->ready)
        inflateEnd(&g->z);
    g->ready = false;
}

static uInt limit(size_t n)
{
    return n > UINT_MAX ? UINT_MAX : (uInt)n;
}

static void skip_zeros(const unsigned char **in, size_t *in_len)
{
    while (*in_len && **in == 0) {
        ++*in;
        --*in_len;
    }
}

/* Enters the next member where there is input for it. */
static void enter_member(struct gunzip *g, const unsigned char **in, size_t *in_len)
{
    if (g->n_members)
        skip_zeros(in, in_len);
    if (*in_len == 0)
        return;
    inflateReset(&g->z);
    g->inside = true;
    g->n_members++;
}

static const char *why(const struct gunzip *g)
{
    if (g->n_members > 1 && g->z.total_out == 0)
        return "something else follows the gzip data";
    return g->z.msg ? g->z.msg : "not gzip data";
}

int gunzip_step(struct gunzip *g, const unsigned char **in, size_t *in_len, unsigned char *out, size_t cap, size_t *n)
{
    *n = 0;
    while (*n < cap) {
        if (!g->inside)
            enter_member(g, in, in_len);
        if (!g->inside)
            return PL_OK;
        const uInt had_in = limit(*in_len), had_out = limit(cap - *n);
        g->z.next_in = *in;
        g->z.avail_in = had_in;
        g->z.next_out = out + *n;
        g->z.avail_out = had_out;
        const int rc = inflate(&g->z, Z_NO_FLUSH);
        const size_t used = had_in - g->z.avail_in, made = had_out - g->z.avail_out;
        *in += used;
        *in_len -= used;
        *n += made;
        if (rc == Z_STREAM_END) {
            g->inside = false;
        } else if (rc == Z_MEM_ERROR) {
            return PL_NOMEM;
        } else if (rc != Z_OK && rc != Z_BUF_ERROR) {
            g->fault = why(g);
            return PL_ERROR;
        } else if (used == 0 && made == 0) {
            return PL_OK;
        }
    }
    return PL_OK;
}

bool gunzip_whole(const struct gunzip *g)
{
    return !g->inside && g->n_members > 0;
}

/* What the data says of its own inflated size (the last four bytes), where that can be: deflate
 * makes at most 1,032 bytes of one. */
static size_t size_hint(pl_str in, size_t max)
{
    const unsigned char *end = (const unsigned char *)in.ptr + in.len;
    size_t hint = 0;

    if (in.len >= 18)
        hint = (size_t)end[-4] | (size_t)end[-3] << 8 | (size_t)end[-2] << 16 | (size_t)end[-1] << 24;
    if (hint / 1032 > in.len || hint < in.len)
        hint = in.len > max / 4 ? max : in.len * 4;
    return hint < max ? hint : max;
}

enum gunzip_result gunzip_all(struct gunzip *g, pl_str in, size_t max, struct bytes *out)
{
    const unsigned char *at = (const unsigned char *)in.ptr;
    size_t left = in.len, n;
    int rc = gunzip_begin(g);

    out->len = 0;
    if (rc == PL_OK)
        rc = bytes_reserve(out, size_hint(in, max) + 1);
    while (rc == PL_OK) {
        rc = gunzip_step(g, &at, &left, out->at + out->len, out->cap - out->len, &n);
        if (rc == PL_NOMEM)
            break;
        out->len += n;
        if (out->len > max) {
            out->len = max;
            return GUNZIP_TOO_LARGE;
        }
        if (rc == PL_ERROR)
            return GUNZIP_BAD;
        if (out->len < out->cap)
            return gunzip_whole(g) ? GUNZIP_OK : GUNZIP_TORN;
        rc = bytes_reserve(out, out->cap < max ? out->cap + 1 : max + 1);
    }
    return GUNZIP_NOMEM;
}
