/* fetch_bytes.c - a growing piece of memory. */
#include "fetch_bytes.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pressline.h"

int bytes_reserve(struct bytes *b, size_t cap)
{
    if (cap <= b->cap)
        return PL_OK;
    size_t want = b->cap < 4096 ? 4096 : b->cap;
    while (want < cap)
        want = want > SIZE_MAX / 2 ? cap : want * 2;
    unsigned char *at = realloc(b->at, want);
    if (!at)
        return PL_NOMEM;
    b->at = at;
    b->cap = want;
    return PL_OK;
}

int bytes_add(struct bytes *b, const void *at, size_t n)
{
    if (n > SIZE_MAX - b->len || bytes_reserve(b, b->len + n) != PL_OK)
        return PL_NOMEM;
    if (n)
        memcpy(b->at + b->len, at, n);
    b->len += n;
    return PL_OK;
}

void bytes_done(struct bytes *b)
{
    free(b->at);
    *b = (struct bytes){0};
}

void bytes_reset(struct bytes *b, size_t keep)
{
    if (b->cap > keep)
        bytes_done(b);
    b->len = 0;
}
