/* utf8.c - UTF-8 as RFC 3629 has it. */
#include "utf8.h"

#include "str.h"

/* The length of the well-formed sequence at p, or 0; *bad is then the length of the maximal ill-formed part
 * (the ranges of the second byte are table 3-7 of the Unicode standard). */
static size_t sequence(const unsigned char *p, size_t n, size_t *bad)
{
    const unsigned char first = p[0];
    unsigned char low = 0x80, high = 0xBF;
    size_t len = 2;

    *bad = 1;
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    if (first >= 0xE0) {
        len = first < 0xF0 ? 3 : 4;
        low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    }
    if (n < 2 || p[1] < low || p[1] > high)
        return 0;
    for (size_t k = 2; k < len; k++) {
        if (k >= n || (p[k] & 0xC0) != 0x80) {
            *bad = k;
            return 0;
        }
    }
    return len;
}

/* Whether WIDE bytes are ASCII: no way out of the loop, so that compilers make a few vector instructions of it. */
enum { WIDE = 32 };
static bool all_ascii(const unsigned char *p)
{
    unsigned char all = 0;

    for (int i = 0; i < WIDE; i++)
        all |= p[i];
    return all < 0x80;
}

/* The length of the ASCII prefix. */
static size_t ascii_prefix(const unsigned char *p, size_t n)
{
    size_t i = 0;

    while (i + WIDE <= n && all_ascii(p + i))
        i += WIDE;
    for (; i + 8 <= n; i += 8) {
        uint64_t w;
        memcpy(&w, p + i, 8);
        if (w & 0x8080808080808080u)
            break;
    }
    while (i < n && p[i] < 0x80)
        i++;
    return i;
}

size_t utf8_valid(pl_str s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t i = 0, bad;

    while (i < s.len) {
        const size_t n = p[i] < 0x80 ? ascii_prefix(p + i, s.len - i) : sequence(p + i, s.len - i, &bad);
        if (!n)
            break;
        i += n;
    }
    return i;
}

static size_t repair_into(char *out, pl_str s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t len = 0;

    for (size_t i = 0; i < s.len;) {
        const size_t good = utf8_valid((pl_str){s.ptr + i, s.len - i});
        size_t bad = 0;
        if (out && good)
            memcpy(out + len, p + i, good);
        len += good;
        i += good;
        if (i == s.len)
            break;
        sequence(p + i, s.len - i, &bad);
        if (out)
            memcpy(out + len, "\xEF\xBF\xBD", 3);
        len += 3;
        i += bad;
    }
    return len;
}

pl_str utf8_repair(struct arena *a, pl_str s)
{
    const size_t len = repair_into(NULL, s);
    char *out = arena_alloc(a, size_add(len, 1), 1);

    if (!out)
        return (pl_str){NULL, 0};
    repair_into(out, s);
    out[len] = 0;
    return (pl_str){out, len};
}

size_t utf8_count(pl_str s)
{
    const uint64_t ones = 0x0101010101010101u;
    size_t n = s.len, i = 0;

    /* All bytes but those that are 10xxxxxx; the multiplication adds up eight counts. */
    for (; i + 8 <= s.len; i += 8) {
        uint64_t w;
        memcpy(&w, s.ptr + i, 8);
        n -= (((w >> 7) & (~w >> 6) & ones) * ones) >> 56;
    }
    for (; i < s.len; i++)
        n -= ((unsigned char)s.ptr[i] & 0xC0) == 0x80;
    return n;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}
