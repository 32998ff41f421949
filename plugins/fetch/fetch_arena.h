/* fetch_arena.h - memory that is given back all at once. */
#ifndef FETCH_ARENA_H
#define FETCH_ARENA_H

#include "pressline.h"

/* One thread at a time. */
struct fetch_arena;
struct fetch_arena *fetch_arena_new(void); /* NULL: out of memory */
void fetch_arena_free(struct fetch_arena *a);

/* Aligned for any type, not cleared; NULL: out of memory, which fetch_arena_failed() remembers. */
void *fetch_arena_alloc(struct fetch_arena *a, size_t n);
/* A copy; {NULL, 0} for an empty one, and where there is no memory. */
pl_str fetch_arena_copy(struct fetch_arena *a, pl_str s);
bool fetch_arena_failed(const struct fetch_arena *a);

/* From now on not more than `max` bytes in all: what goes past it fails, and fetch_arena_full() tells it. */
void fetch_arena_limit(struct fetch_arena *a, size_t max);
bool fetch_arena_full(const struct fetch_arena *a);

#endif
