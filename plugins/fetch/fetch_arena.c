/* fetch_arena.c - memory that is given back all at once. */
#include "fetch_arena.h"

#include <stdalign.h>
#include <stdlib.h>

enum { FIRST = 4096, LARGEST = 1 << 20 };

struct block {
    struct block *next;
    alignas(max_align_t) char at[];
};

struct fetch_arena {
    struct block *blocks;
    char *at;
    size_t left, next; /* next: bytes of the next block */
    size_t used, max;
    bool failed, full;
};

struct fetch_arena *fetch_arena_new(void)
{
    struct fetch_arena *a = calloc(1, sizeof *a);

    if (a) {
        a->next = FIRST;
        a->max = SIZE_MAX;
    }
    return a;
}

void fetch_arena_free(struct fetch_arena *a)
{
    for (struct block *b = a ? a->blocks : NULL, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(a);
}

static void *fail(struct fetch_arena *a)
{
    a->failed = true;
    return NULL;
}

/* A new block.  What is left of the last one is lost, unless the new one is for this piece alone. */
static char *add_block(struct fetch_arena *a, size_t n)
{
    const size_t cap = n > a->next / 4 ? n : a->next;
    struct block *b = cap > SIZE_MAX - sizeof *b ? NULL : malloc(sizeof *b + cap);

    if (!b)
        return fail(a);
    b->next = a->blocks;
    a->blocks = b;
    if (cap == n)
        return b->at;
    a->at = b->at + n;
    a->left = cap - n;
    if (a->next < LARGEST)
        a->next *= 2;
    return b->at;
}

void *fetch_arena_alloc(struct fetch_arena *a, size_t n)
{
    const size_t align = alignof(max_align_t);

    if (n > SIZE_MAX - align)
        return fail(a);
    n = (n + align - 1) / align * align;
    if (n > a->max - a->used) {
        a->full = true;
        return fail(a);
    }
    a->used += n;
    if (n > a->left)
        return add_block(a, n);
    char *at = a->at;
    a->at += n;
    a->left -= n;
    return at;
}

pl_str fetch_arena_copy(struct fetch_arena *a, pl_str s)
{
    char *at = s.len ? fetch_arena_alloc(a, s.len) : NULL;

    if (!at)
        return (pl_str){NULL, 0};
    memcpy(at, s.ptr, s.len);
    return (pl_str){at, s.len};
}

bool fetch_arena_failed(const struct fetch_arena *a)
{
    return a->failed;
}

void fetch_arena_limit(struct fetch_arena *a, size_t max)
{
    a->max = max > a->used ? max : a->used;
}

bool fetch_arena_full(const struct fetch_arena *a)
{
    return a->full;
}
