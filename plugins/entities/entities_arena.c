/* entities_arena.c - memory for one article, given back all at once. */
#include "entities_arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 256 * 1024, KEPT_BLOCK = 4 * 1024 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t size, used;
    size_t dirty; /* bytes behind this one are still zero, and mostly not yet there */
    max_align_t bytes[];
};

static struct arena_block *block_new(size_t size, struct arena_block *next)
{
    if (size > SIZE_MAX - sizeof(struct arena_block))
        return NULL;
    struct arena_block *b = calloc(1, sizeof *b + size);
    if (!b)
        return NULL;
    b->next = next;
    b->size = size;
    return b;
}

void *arena_alloc(struct arena *a, size_t n, size_t size)
{
    const size_t align = sizeof(max_align_t);
    if (size && n > (SIZE_MAX / 2) / size)
        return NULL;
    size_t bytes = (n * size + align - 1) / align * align;
    struct arena_block *b = a->blocks;
    if (!b || b->size - b->used < bytes) {
        size_t wanted = b ? (b->size > SIZE_MAX / 4 ? b->size : b->size * 2) : FIRST_BLOCK;
        b = block_new(bytes > wanted ? bytes : wanted, a->blocks);
        if (!b)
            return NULL;
        a->blocks = b;
    }
    char *p = (char *)b->bytes + b->used;
    if (b->dirty > b->used)
        memset(p, 0, b->dirty - b->used < bytes ? b->dirty - b->used : bytes);
    b->used += bytes;
    return p;
}

void *arena_grow(struct arena *a, const void *old, size_t *cap, size_t need, size_t size)
{
    size_t room = *cap ? *cap : 64;
    while (room < need) {
        if (room > SIZE_MAX / 2)
            return NULL;
        room *= 2;
    }
    char *p = arena_alloc(a, room, size);
    if (!p)
        return NULL;
    if (old && *cap)
        memcpy(p, old, *cap * size);
    *cap = room;
    return p;
}

void arena_reset(struct arena *a)
{
    struct arena_block *kept = NULL;
    for (struct arena_block *b = a->blocks, *next; b; b = next) {
        next = b->next;
        if (!kept && b->size <= KEPT_BLOCK) {
            kept = b;
            kept->dirty = b->used > b->dirty ? b->used : b->dirty;
            kept->used = 0;
        } else {
            free(b);
        }
    }
    if (kept)
        kept->next = NULL;
    a->blocks = kept;
}

void arena_done(struct arena *a)
{
    for (struct arena_block *b = a->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    a->blocks = NULL;
}
