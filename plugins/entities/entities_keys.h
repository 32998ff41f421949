/* entities_keys.h - a table from hashes to small numbers, several to a hash.
 *
 * What has one form is found through it in constant time, however many names
 * an article has and however much alike they are. */
#ifndef ENTITIES_KEYS_H
#define ENTITIES_KEYS_H

#include <stdbool.h>

#include "entities_arena.h"
#include "entities_token.h"

enum { MAX_PER_KEY = 8 };

struct key_slot {
    uint64_t hash; /* 0: free */
    uint32_t first, n;
};

struct key_node {
    uint32_t value, next;
};

struct keys {
    struct arena *arena;
    struct key_slot *slots;
    struct key_node *nodes;
    size_t mask, n_slots, n_nodes, cap_nodes;
    bool no_memory; /* something could not be added */
};

struct key_values {
    uint32_t at[MAX_PER_KEY]; /* in the order they were added, each once */
    size_t n;
    bool crowded; /* there were more than fit */
};

/* Its memory lives in `arena`. */
void keys_init(struct keys *k, struct arena *arena);
void keys_add(struct keys *k, uint64_t hash, uint32_t value);
struct key_values keys_get(const struct keys *k, uint64_t hash);

/* A hash is begun, fed with words, and ended; it is never 0. */
uint64_t hash_begin(unsigned what);
uint64_t hash_letters(uint64_t h, const char *s, size_t len); /* without regard to case */
uint64_t hash_number(uint64_t h, uint64_t number);
uint64_t hash_end(uint64_t h);

/* The words of tokens [first, end) without hyphens and dots. */
uint64_t hash_words(const struct document *d, uint64_t h, size_t first, size_t end);

#endif
