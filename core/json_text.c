/* json_text.c - writing JSON scalars. */
#include "json_text.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "arena.h"
#include "base64.h"
#include "str.h"
#include "utf8.h"

/* Eight bytes, the first lowest. */
static inline uint64_t load(const unsigned char *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 |
           (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

enum { WIDE = 16 };

/* Of 16 bytes: where the first special one is, 16: nowhere.  No way out of the loop, so that compilers make a few vector
 * instructions of it. */
static size_t first_special(const char *at)
{
    unsigned char found[WIDE];

    for (int i = 0; i < WIDE; i++) {
        const unsigned char c = (unsigned char)at[i];
        found[i] = (unsigned char)((c < 0x20) | (c == '"') | (c == '\\'));
    }
    const uint64_t low = load(found), high = load(found + 8);
    return low ? LOWEST_BIT(low) / 8 : high ? 8 + LOWEST_BIT(high) / 8 : WIDE;
}

size_t json_plain(pl_str s)
{
    size_t i = 0;

    for (; i + WIDE <= s.len; i += WIDE) {
        const size_t n = first_special(s.ptr + i);
        if (n < WIDE)
            return i + n;
    }
    while (i < s.len && (unsigned char)s.ptr[i] >= 0x20 && s.ptr[i] != '"' && s.ptr[i] != '\\')
        i++;
    return i;
}

static size_t escape(char out[6], char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char letter[32] = {['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    const unsigned char u = (unsigned char)c;

    out[0] = '\\';
    out[1] = u >= 0x20 ? c : letter[u];
    if (out[1])
        return 2;
    out[1] = 'u';
    out[2] = out[3] = '0';
    out[4] = hex[u >> 4];
    out[5] = hex[u & 15];
    return 6;
}

/* Valid UTF-8, escaped. */
static void add_escaped(struct buf *b, pl_str s)
{
    while (s.len) {
        const size_t n = json_plain(s);
        /* What is left of s at its plain length, and one escape. */
        if (!buf_room(b, size_add(s.len, 6)))
            return;
        memcpy(b->ptr + b->len, s.ptr, n);
        b->len += n;
        if (n == s.len)
            return;
        b->len += escape(b->ptr + b->len, s.ptr[n]);
        s = (pl_str){s.ptr + n + 1, s.len - n - 1};
    }
}

void json_text_valid(struct buf *b, pl_str s)
{
    buf_addc(b, '"');
    add_escaped(b, s);
    buf_addc(b, '"');
}

void json_text(struct buf *b, pl_str s)
{
    struct arena scratch = {0};

    json_text_valid(b, utf8_valid(s) == s.len ? s : utf8_repair(&scratch, s));
    arena_done(&scratch);
}

void json_i64(struct buf *b, int64_t v)
{
    uint64_t n = v < 0 ? ~(uint64_t)v + 1 : (uint64_t)v;
    char text[20];
    size_t at = sizeof text;

    do {
        text[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    if (v < 0)
        text[--at] = '-';
    buf_add(b, (pl_str){text + at, sizeof text - at});
}

void json_f64(struct buf *b, double v)
{
    /* 15 digits name a normal double if any shorter form does; a denormal may need fewer, 17 always do. */
    int digits = v != 0 && fabs(v) < DBL_MIN ? 1 : 15;
    bool point = false, gap = false;
    char text[64];

    if (!isfinite(v)) {
        buf_addz(b, "null");
        return;
    }
    for (; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    for (const char *p = text; *p; p++) {
        const bool number = (*p >= '0' && *p <= '9') || *p == '-' || *p == '+' || *p == 'e';
        /* Whatever bytes a locale has put for the point are one point here. */
        if (number || !gap)
            buf_addc(b, number ? *p : '.');
        gap = !number;
        point = point || gap || *p == 'e';
    }
    if (!point)
        buf_addz(b, ".0");
}

void json_base64(struct buf *b, pl_str bytes)
{
    buf_addc(b, '"');
    base64_encode(b, bytes);
    buf_addc(b, '"');
}
