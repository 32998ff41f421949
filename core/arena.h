/* arena.h - memory that is freed all at once.
 *
 * A record's arena has a limit and returns NULL past it: the record fails, not
 * the run.  The run's and a stage's arena have none: out of memory ends the
 * process with a message, so their callers do not check.
 * One thread at a time. */
#ifndef ARENA_H
#define ARENA_H

#include "compat.h"
#include "pressline.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *head;
    size_t used;  /* bytes handed out */
    size_t limit; /* 0: no limit, never returns NULL */
};

/* Zero-initialised is an arena without a limit. */
void arena_init(struct arena *a, size_t limit);
void arena_done(struct arena *a);

/* Not cleared.  `align` is a power of two up to 16. */
void *arena_alloc(struct arena *a, size_t n, size_t align);

/* Cleared memory for `n` things of `size` bytes. */
void *arena_zero(struct arena *a, size_t n, size_t size);

/* A copy, NUL-terminated behind its end; {NULL, 0} past the limit. */
pl_str arena_dup(struct arena *a, pl_str s);

/* Room for one more in an array of `n` things of `size` bytes that grows by doubling; the new
 * array, or NULL past the limit (the old one stands). */
void *arena_grow(struct arena *a, void *array, size_t n, size_t *cap, size_t size);

/* Whether [p, p + n) lies in memory that arena_alloc() handed out. */
bool arena_owns(const struct arena *a, const void *p, size_t n);

/* Prints a message and exits 70: for memory that has no record to blame. */
NO_RETURN void out_of_memory(void);

#endif
