/* str.h - views of bytes, and sizes that saturate instead of wrapping. */
#ifndef STR_H
#define STR_H

#include "pressline.h"

/* "%.*s" of a view; its length must fit an int, which names and messages do. */
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)((s).len > 4096 ? 4096 : (s).len), (s).ptr ? (s).ptr : ""

static inline pl_str str_of(const char *z)
{
    return (pl_str){z, z ? strlen(z) : 0};
}

static inline pl_str str_sub(pl_str s, size_t begin, size_t end)
{
    /* Of nothing it is nothing: NULL + 0 is not defined in C. */
    return (pl_str){s.ptr ? s.ptr + begin : NULL, end - begin};
}

static inline bool str_eq(pl_str a, pl_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_is(pl_str a, const char *z)
{
    return str_eq(a, str_of(z));
}

static inline size_t size_add(size_t a, size_t b)
{
    return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

static inline size_t size_mul(size_t a, size_t b)
{
    return b != 0 && a > SIZE_MAX / b ? SIZE_MAX : a * b;
}

/* By bytes, the shorter first: the order of every listing. */
int str_cmp(pl_str a, pl_str b);

/* FNV-1a, 64 bit (Fowler, Noll, Vo): for tables of names, never for what input can flood. */
uint64_t str_hash(pl_str s);

/* Without ASCII white space at both ends. */
pl_str str_trim(pl_str s);

/* The next piece of *rest up to `sep`, trimmed, taken off *rest; false when there is none left.
 * Empty pieces are skipped. */
bool str_split(pl_str *rest, char sep, pl_str *piece);

/* A malloced NUL-terminated copy; memory running out ends the process (see arena.h). */
char *str_dup(pl_str s);

/* A number from ASCII digits with an optional sign, whole string; false when it is none or too large. */
bool str_to_i64(pl_str s, int64_t *v);

/* A decimal number with optional fraction and exponent, whole string, whatever the locale;
 * false when it is none or not finite. */
bool str_to_f64(pl_str s, double *v);

#endif
