/* base64.c - bytes as text. */
#include "base64.h"

#include "str.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum { BAD = 0xFF };

void base64_encode(struct buf *b, pl_str bytes)
{
    const unsigned char *p = (const unsigned char *)bytes.ptr;
    const size_t groups = bytes.len / 3, rest = bytes.len % 3;

    if (!buf_room(b, size_mul(groups + (rest != 0), 4)))
        return;
    char *out = b->ptr + b->len;
    for (size_t i = 0; i < groups; i++, p += 3, out += 4) {
        const uint32_t w = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
        out[0] = digits[w >> 18];
        out[1] = digits[w >> 12 & 63];
        out[2] = digits[w >> 6 & 63];
        out[3] = digits[w & 63];
    }
    if (rest) {
        const uint32_t w = (uint32_t)p[0] << 16 | (rest == 2 ? (uint32_t)p[1] << 8 : 0);
        out[0] = digits[w >> 18];
        out[1] = digits[w >> 12 & 63];
        out[2] = rest == 2 ? digits[w >> 6 & 63] : '=';
        out[3] = '=';
        out += 4;
    }
    b->len = (size_t)(out - b->ptr);
}

/* What a digit is worth, BAD for what is none. */
static void fill_worth(unsigned char worth[256])
{
    memset(worth, BAD, 256);
    for (unsigned char i = 0; i < 64; i++)
        worth[(unsigned char)digits[i]] = i;
}

bool base64_decode(pl_str text, char *out, size_t *len)
{
    const unsigned char *p = (const unsigned char *)text.ptr;
    size_t padding = 0, n = 0;
    unsigned char worth[256], bad = 0;

    if (text.len % 4)
        return false;
    fill_worth(worth);
    if (text.len && p[text.len - 1] == '=')
        padding = p[text.len - 2] == '=' ? 2 : 1;
    for (const unsigned char *end = p + text.len - (padding ? 4 : 0); p < end; p += 4) {
        const unsigned char a = worth[p[0]], b = worth[p[1]], c = worth[p[2]], d = worth[p[3]];
        bad |= (unsigned char)(a | b | c | d);
        out[n++] = (char)(a << 2 | b >> 4);
        out[n++] = (char)(b << 4 | c >> 2);
        out[n++] = (char)(c << 6 | d);
    }
    if (padding) {
        const unsigned char a = worth[p[0]], b = worth[p[1]], c = padding == 1 ? worth[p[2]] : 0;
        /* The bits that belong to no byte are zero, so that one text has one decoding and back. */
        if (padding == 1 ? c & 3 : b & 15)
            return false;
        bad |= (unsigned char)(a | b | c);
        out[n++] = (char)(a << 2 | b >> 4);
        if (padding == 1)
            out[n++] = (char)(b << 4 | c >> 2);
    }
    *len = n;
    return bad < 64;
}
