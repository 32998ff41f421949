/* buf.c - a byte buffer that grows. */
#include "buf.h"

#include <stdlib.h>

#include "arena.h"
#include "str.h"

void buf_done(struct buf *b)
{
    free(b->ptr);
    *b = (struct buf){.limit = b->limit};
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->failed = false;
}

bool buf_room(struct buf *b, size_t n)
{
    const size_t need = size_add(b->len, n);

    if (b->failed || need > PTRDIFF_MAX / 2 || (b->limit && need > b->limit)) {
        b->failed = true;
        return false;
    }
    if (need <= b->cap)
        return true;
    size_t cap = b->cap ? b->cap : 256;
    while (cap < need)
        cap = size_mul(cap, 2);
    char *p = realloc(b->ptr, cap);
    if (!p)
        out_of_memory();
    b->ptr = p;
    b->cap = cap;
    return true;
}

void buf_add(struct buf *b, pl_str s)
{
    if (s.len && buf_room(b, s.len)) {
        memcpy(b->ptr + b->len, s.ptr, s.len);
        b->len += s.len;
    }
}

void buf_addz(struct buf *b, const char *z)
{
    buf_add(b, str_of(z));
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    const int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0 || !buf_room(b, (size_t)n + 1))
        return;
    va_start(ap, fmt);
    vsnprintf(b->ptr + b->len, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->len += (size_t)n;
}

const char *buf_cstr(struct buf *b)
{
    if (!buf_room(b, 1))
        return "";
    b->ptr[b->len] = 0;
    return b->ptr;
}
