/* fetch_encoding.c - Content-Encoding and chunks undone, within limits.
 *
 * What a body grows to is known only by undoing it, so it is undone into memory that grows with it, and ended at the first
 * limit that it passes: of bytes, or of what no honest page reaches, a hundred times its size (14 is the most that was seen in
 * 3,452 news pages). */
#include "fetch_encoding.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#ifdef HAVE_WEB
#include <brotli/decode.h>
#endif
#define ZLIB_CONST
#include <zlib.h>

enum {
    KEEP = 1 << 20,       /* of a buffer's memory, from one body to the next */
    RATIO_FROM = 1 << 20, /* so much may come of anything */
    FIRST = 64 << 10,     /* made room for at first, at most */
    LAYERS = 2,
};

enum coding { IDENTITY, GZIP, DEFLATE, BROTLI, UNKNOWN };

struct encodings_state {
    z_stream z;
    bool ready;               /* z is initialised */
    struct bytes out[LAYERS]; /* of each layer undone */
};

/* How far one layer may grow: the least of all limits. */
struct limits {
    size_t most;               /* bytes */
    enum encoding_result over; /* what it is when there are more */
};

size_t encoding_most(size_t in, size_t max, unsigned ratio)
{
    size_t most = ratio && in > SIZE_MAX / ratio ? SIZE_MAX : in * ratio;

    if (ratio == 0)
        return max;
    if (most < RATIO_FROM)
        most = RATIO_FROM;
    return most < max ? most : max;
}

static struct limits limits_of(size_t in, size_t max, unsigned ratio)
{
    const size_t most = encoding_most(in, max, ratio);

    return (struct limits){most, most < max ? ENCODING_RATIO : ENCODING_TOO_LARGE};
}

/* Makes room behind what is there, for one byte more than is allowed: whether there are more is then seen. */
static int grow(struct bytes *out, size_t in, size_t most)
{
    const size_t guess = in > SIZE_MAX / 8 ? SIZE_MAX : in * 8;
    size_t want = out->cap ? out->cap * 2 : guess < FIRST ? guess : FIRST;

    if (want > most)
        want = most;
    if (want < out->len)
        want = out->len;
    return want == SIZE_MAX ? PL_NOMEM : bytes_reserve(out, want + 1);
}

static uInt piece(size_t n)
{
    return n > UINT_MAX ? UINT_MAX : (uInt)n;
}

/* ---- gzip and deflate ---- */

enum { WINDOW_ZLIB = 15, WINDOW_GZIP = 15 + 16, WINDOW_RAW = -15 };

static int begin(struct encodings_state *s, int window)
{
    const int rc = s->ready ? inflateReset2(&s->z, window) : inflateInit2(&s->z, window);

    if (rc == Z_OK)
        s->ready = true;
    return rc == Z_OK ? PL_OK : PL_NOMEM;
}

/* "deflate" is zlib's format (RFC 9110, 8.4.1.2), and what some servers call so is not: the first two bytes tell. */
static int window_of(enum coding coding, pl_str in)
{
    if (coding == GZIP)
        return WINDOW_GZIP;
    if (in.len < 2)
        return WINDOW_ZLIB;
    const unsigned first = (unsigned char)in.ptr[0], second = (unsigned char)in.ptr[1];
    return (first & 15) == 8 && (first >> 4) <= 7 && (first << 8 | second) % 31 == 0 ? WINDOW_ZLIB : WINDOW_RAW;
}

/* At the end of a member: does another follow?  What else may follow is passed over, as browsers do. */
static bool next_member(z_stream *z, enum coding coding)
{
    return coding == GZIP && z->avail_in >= 2 && z->next_in[0] == 0x1f && z->next_in[1] == 0x8b &&
           inflateReset(z) == Z_OK;
}

static enum encoding_result inflate_all(struct encodings_state *s, enum coding coding, pl_str in, struct limits l,
                                        struct bytes *out)
{
    z_stream *z = &s->z;
    size_t left = in.len;

    if (begin(s, window_of(coding, in)) != PL_OK)
        return ENCODING_NOMEM;
    z->next_in = (const unsigned char *)in.ptr;
    z->avail_in = piece(left);
    left -= z->avail_in;
    for (;;) {
        if (out->len == out->cap && grow(out, in.len, l.most) != PL_OK)
            return ENCODING_NOMEM;
        const uInt had = piece(out->cap - out->len);
        z->next_out = out->at + out->len;
        z->avail_out = had;
        const int rc = inflate(z, Z_NO_FLUSH);
        out->len += had - z->avail_out;
        if (out->len > l.most) {
            out->len = l.most;
            return l.over;
        }
        if (z->avail_in == 0 && left) {
            z->avail_in = piece(left);
            left -= z->avail_in;
        }
        if (rc == Z_STREAM_END && !next_member(z, coding))
            return ENCODING_OK;
        if (rc == Z_MEM_ERROR)
            return ENCODING_NOMEM;
        if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
            return ENCODING_BAD;
        if (z->avail_in == 0 && z->avail_out > 0 && rc != Z_STREAM_END)
            return ENCODING_TORN;
    }
}

/* ---- brotli ---- */

#ifdef HAVE_WEB
static enum encoding_result brotli_all(pl_str in, struct limits l, struct bytes *out)
{
    BrotliDecoderState *b = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    const uint8_t *at = (const uint8_t *)in.ptr;
    size_t left = in.len;
    enum encoding_result result = ENCODING_NOMEM;

    while (b) {
        if (out->len == out->cap && grow(out, in.len, l.most) != PL_OK)
            break;
        size_t space = out->cap - out->len;
        uint8_t *to = out->at + out->len;
        const BrotliDecoderResult rc = BrotliDecoderDecompressStream(b, &left, &at, &space, &to, NULL);
        out->len = out->cap - space;
        if (out->len > l.most) {
            out->len = l.most;
            result = l.over;
            break;
        }
        if (rc == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT)
            continue;
        result = rc == BROTLI_DECODER_RESULT_SUCCESS            ? ENCODING_OK
                 : rc == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT ? ENCODING_TORN
                 : BrotliDecoderGetErrorCode(b) <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES
                     ? ENCODING_NOMEM
                     : ENCODING_BAD;
        break;
    }
    if (b)
        BrotliDecoderDestroyInstance(b);
    return result;
}
#else
/* Its library is one of those that the web needs: without them it is an encoding that is not known. */
static enum encoding_result brotli_all(pl_str in, struct limits l, struct bytes *out)
{
    (void)in;
    (void)l;
    (void)out;
    return ENCODING_UNKNOWN;
}
#endif

/* ---- the field ---- */

static bool named(pl_str token, const char *name)
{
    size_t i = 0;

    while (i < token.len && name[i] && ((unsigned char)token.ptr[i] | 0x20) == (unsigned char)name[i])
        i++;
    return i == token.len && name[i] == 0;
}

static enum coding coding_of(pl_str token)
{
    if (named(token, "gzip") || (token.len == 6 && token.ptr[1] == '-' && named(token, "x-gzip")))
        return GZIP;
    if (named(token, "deflate"))
        return DEFLATE;
    if (named(token, "br"))
        return BROTLI;
    return named(token, "identity") || named(token, "none") ? IDENTITY : UNKNOWN;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '"';
}

/* The encodings in the order in which they were applied, without identity; UNKNOWN where there is one that is not known, or
 * more than LAYERS. */
static enum coding codings_of(pl_str field, enum coding coding[LAYERS], size_t *n)
{
    size_t at = 0;

    *n = 0;
    while (at < field.len) {
        size_t end = at;
        while (end < field.len && field.ptr[end] != ',')
            end++;
        pl_str token = {field.ptr + at, end - at};
        while (token.len && blank(token.ptr[0]))
            token = (pl_str){token.ptr + 1, token.len - 1};
        while (token.len && blank(token.ptr[token.len - 1]))
            token.len--;
        at = end + 1;
        const enum coding c = token.len ? coding_of(token) : IDENTITY;
        if (c == IDENTITY)
            continue;
        if (c == UNKNOWN || *n == LAYERS)
            return UNKNOWN;
        coding[(*n)++] = c;
    }
    return IDENTITY;
}

static enum encoding_result undo(struct encodings_state *s, enum coding coding, pl_str in, struct limits l,
                                 struct bytes *out)
{
    bytes_reset(out, KEEP);
    if (coding == BROTLI)
        return brotli_all(in, l, out);
    return inflate_all(s, coding, in, l, out);
}

enum encoding_result encoding_undo(struct encodings *e, pl_str content_encoding, pl_str in, size_t max, unsigned ratio,
                                   pl_str *out)
{
    enum coding coding[LAYERS];
    enum encoding_result rc = ENCODING_OK;
    size_t n;

    *out = (pl_str){NULL, 0};
    if (codings_of(content_encoding, coding, &n) == UNKNOWN)
        return ENCODING_UNKNOWN;
    if (n && !e->state && !(e->state = calloc(1, sizeof *e->state)))
        return ENCODING_NOMEM;
    /* The ratio is that of the whole, of as many layers as there are.  A page without a body has no encoding. */
    const struct limits l = limits_of(in.len, max, ratio);
    for (pl_str from = *out = in; n > 0 && in.len && rc == ENCODING_OK; from = *out) {
        struct bytes *to = &e->state->out[--n];
        rc = undo(e->state, coding[n], from, l, to);
        *out = n == 0 ? (pl_str){to->len ? (const char *)to->at : "", to->len} : (pl_str){(const char *)to->at, to->len};
    }
    if (rc != ENCODING_OK && n > 0) /* of the inner layer nothing is undone */
        *out = (pl_str){NULL, 0};
    if (rc == ENCODING_OK && out->len > max) {
        out->len = max;
        rc = ENCODING_TOO_LARGE;
    }
    return rc;
}

void encodings_done(struct encodings *e)
{
    if (!e->state)
        return;
    if (e->state->ready)
        inflateEnd(&e->state->z);
    for (size_t i = 0; i < LAYERS; i++)
        bytes_done(&e->state->out[i]);
    free(e->state);
    e->state = NULL;
}

const char *encoding_says(enum encoding_result r)
{
    switch (r) {
    case ENCODING_OK: return "is whole";
    case ENCODING_TOO_LARGE: return "is larger than may be when its Content-Encoding is undone";
    case ENCODING_RATIO: return "grows like no honest page when its Content-Encoding is undone";
    case ENCODING_TORN: return "ends before its end";
    case ENCODING_BAD: return "is damaged, or not in its Content-Encoding";
    case ENCODING_UNKNOWN: return "has a Content-Encoding that is not known: gzip, deflate, br and identity are, at most two";
    case ENCODING_NOMEM: break;
    }
    return "needs more memory than there is";
}

/* ---- chunks ---- */

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A line "1a2f; extension" ended by a newline.  False: it is none. */
static bool chunk_size(pl_str in, size_t *at, size_t *size)
{
    const size_t begin = *at;
    int d;

    for (*size = 0; *at < in.len && (d = digit(in.ptr[*at])) >= 0; ++*at) {
        if (*size > SIZE_MAX / 16)
            return false;
        *size = *size * 16 + (size_t)d;
    }
    if (*at == begin || *at == in.len || !(blank(in.ptr[*at]) || in.ptr[*at] == ';'))
        return false;
    const char *end = memchr(in.ptr + *at, '\n', in.len - *at);
    if (!end)
        return false;
    *at = (size_t)(end - in.ptr) + 1;
    return true;
}

int chunked_undo(pl_str in, struct bytes *out)
{
    size_t at = 0, size;

    while (chunk_size(in, &at, &size)) {
        if (size == 0)
            return PL_OK; /* trailers are not read */
        const size_t there = size < in.len - at ? size : in.len - at;
        if (bytes_add(out, in.ptr + at, there) != PL_OK)
            return PL_NOMEM;
        at += there;
        if (at < in.len && in.ptr[at] == '\r')
            at++;
        if (at == in.len || in.ptr[at] != '\n')
            return PL_ERROR;
        at++;
    }
    return PL_ERROR;
}
