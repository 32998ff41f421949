/* buf.h - a byte buffer that grows.
 *
 * Adding never fails to its caller: when memory or the limit runs out the
 * buffer remembers it (`failed`), ignores what comes after, and the caller
 * looks once at the end. */
#ifndef BUF_H
#define BUF_H

#include "compat.h"
#include "pressline.h"

struct buf {
    char *ptr;
    size_t len, cap;
    size_t limit; /* 0: none */
    bool failed;
};

void buf_done(struct buf *b);

/* Empty again, keeping its memory. */
void buf_clear(struct buf *b);

/* Room for `n` more bytes behind `len`; false when there is none. */
bool buf_room(struct buf *b, size_t n);

void buf_add(struct buf *b, pl_str s);
void buf_addz(struct buf *b, const char *z);
FORMAT_PRINTF(2, 3) void buf_addf(struct buf *b, const char *fmt, ...);

static inline void buf_addc(struct buf *b, char c)
{
    if (buf_room(b, 1))
        b->ptr[b->len++] = c;
}

static inline pl_str buf_view(const struct buf *b)
{
    return (pl_str){b->ptr, b->len};
}

/* NUL-terminated; "" when empty or failed. */
const char *buf_cstr(struct buf *b);

#endif
