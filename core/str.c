/* str.c - views of bytes. */
#include "str.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "arena.h"

int str_cmp(pl_str a, pl_str b)
{
    const size_t n = a.len < b.len ? a.len : b.len;
    const int c = n ? memcmp(a.ptr, b.ptr, n) : 0;

    return c ? c : (a.len > b.len) - (a.len < b.len);
}

uint64_t str_hash(pl_str s)
{
    uint64_t h = 14695981039346656037u;

    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.ptr[i]) * 1099511628211u;
    return h;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

pl_str str_trim(pl_str s)
{
    while (s.len && is_space(s.ptr[0]))
        s.ptr++, s.len--;
    while (s.len && is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

bool str_split(pl_str *rest, char sep, pl_str *piece)
{
    while (rest->len) {
        const char *at = memchr(rest->ptr, sep, rest->len);
        const size_t n = at ? (size_t)(at - rest->ptr) : rest->len;

        *piece = str_trim((pl_str){rest->ptr, n});
        rest->ptr += at ? n + 1 : n;
        rest->len -= at ? n + 1 : n;
        if (piece->len)
            return true;
    }
    return false;
}

char *str_dup(pl_str s)
{
    char *z = s.len < PTRDIFF_MAX ? malloc(s.len + 1) : NULL;

    if (!z)
        out_of_memory();
    if (s.len)
        memcpy(z, s.ptr, s.len);
    z[s.len] = 0;
    return z;
}

bool str_to_i64(pl_str s, int64_t *v)
{
    const bool minus = s.len && s.ptr[0] == '-';
    size_t i = minus || (s.len && s.ptr[0] == '+');
    uint64_t n = 0;
    const uint64_t max = (uint64_t)INT64_MAX + minus;

    if (i == s.len)
        return false;
    for (; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        const uint64_t d = (uint64_t)(s.ptr[i] - '0');
        if (n > (max - d) / 10)
            return false;
        n = n * 10 + d;
    }
    *v = minus ? (int64_t)(~n + 1) : (int64_t)n;
    return true;
}

bool str_to_f64(pl_str s, double *v)
{
    char buf[400];
    size_t len = 0;
    char *end;

    /* strtod takes more than a decimal number: hexadecimal, "inf", leading space.  The program never calls
     * setlocale(), but a library that it loads may: strtod then wants that locale's point, which may be several bytes. */
    const pl_str point = str_of(localeconv()->decimal_point);
    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        const pl_str piece = s.ptr[i] == '.' ? point : str_sub(s, i, i + 1);
        if (!memchr("0123456789+-.eE", s.ptr[i], 15) || piece.len >= sizeof buf - len)
            return false;
        memcpy(buf + len, piece.ptr, piece.len);
        len += piece.len;
    }
    buf[len] = 0;
    const double d = strtod(buf, &end);
    if (*end || end == buf || !isfinite(d))
        return false;
    *v = d;
    return true;
}
