/* clean_mem.h - memory that lives as long as one page, and text built in it. */
#ifndef CLEAN_MEM_H
#define CLEAN_MEM_H

#include <stdbool.h>
#include <stddef.h>

#include "pressline.h"

struct clean_chunk;

/* Memory for one page, given back all at once.  `failed` is set when it ran
 * out and stays so until the reset: code that only builds text need not look
 * at each step, the caller looks once at the end.  `starved`: it was not the
 * limit, there was no memory to be had. */
struct clean_arena {
    struct clean_chunk *chunks;
    size_t used; /* bytes handed out since the last reset */
    size_t limit;
    bool failed, starved;
};

/* At most `limit` bytes are handed out between two resets. */
void clean_arena_init(struct clean_arena *a, size_t limit);
/* Takes everything back, and keeps a few MB of it for the next page. */
void clean_arena_reset(struct clean_arena *a);
void clean_arena_done(struct clean_arena *a);

/* `n` cleared bytes, aligned for any type; NULL (and `failed`) past the limit. */
void *clean_arena_alloc(struct clean_arena *a, size_t n);
/* `n` cleared items of `size` bytes; an overflowing product fails. */
void *clean_arena_array(struct clean_arena *a, size_t n, size_t size);
/* Room for one more item in an array that grows by doubling: call it before
 * writing items[n].  False when there is no memory. */
bool clean_arena_grow(struct clean_arena *a, void *items, size_t n, size_t *cap, size_t size);
/* A copy; empty when there is no memory. */
pl_str clean_arena_copy(struct clean_arena *a, pl_str s);

/* Text that grows in an arena.  Start with {.arena = a}; after a failure
 * everything added is ignored and the arena's `failed` is set. */
struct clean_buf {
    struct clean_arena *arena;
    char *at;
    size_t len, cap;
};

void clean_buf_add(struct clean_buf *b, pl_str s);
void clean_buf_byte(struct clean_buf *b, char c);
/* The code point as UTF-8; what is not a scalar value becomes U+FFFD. */
void clean_buf_char(struct clean_buf *b, uint32_t c);
/* What was added so far; good until the next addition. */
static inline pl_str clean_buf_str(const struct clean_buf *b)
{
    return (pl_str){b->len ? b->at : "", b->len};
}

#endif
