/* entities_arena.h - memory for one article, given back all at once. */
#ifndef ENTITIES_ARENA_H
#define ENTITIES_ARENA_H

#include <stddef.h>

struct arena_block;

/* Zero-initialise. */
struct arena {
    struct arena_block *blocks; /* the one in use first */
};

/* `n` items of `size` bytes, zeroed, aligned for any type; NULL when there is
 * no memory or n * size overflows.  Lives until arena_reset(). */
void *arena_alloc(struct arena *a, size_t n, size_t size);

/* An array that held *cap items with room for at least `need`; *cap is the
 * new room.  The old array is not reused.  NULL when there is no memory. */
void *arena_grow(struct arena *a, const void *old, size_t *cap, size_t need, size_t size);

/* Gives everything back, keeping one block for the next article. */
void arena_reset(struct arena *a);

/* Frees all; also on a zeroed arena. */
void arena_done(struct arena *a);

#endif
