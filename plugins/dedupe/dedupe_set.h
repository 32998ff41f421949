/* dedupe_set.h - a set of 32-bit hashes, open addressing with linear probing.
 *
 * The caller owns the slots and says how many of them are used: as few as
 * do, since they are cleared for every text. */
#ifndef DEDUPE_SET_H
#define DEDUPE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct dedupe_set {
    uint32_t *slot; /* 0 is free, so 0 cannot be a member */
    size_t mask;    /* slots - 1, the slots a power of two */
    int shift;
};

/* An empty set in the memory at `slot`: at least 2 * n slots, at least 64, and never more than `cap`, a power of two.
 * The caller sees to it that one stays free. */
static inline struct dedupe_set dedupe_set_init(uint32_t *slot, size_t cap, size_t n)
{
    size_t slots = 64;
    int shift = 26;
    while (slots < cap && slots / 2 < n) {
        slots *= 2;
        shift--;
    }
    memset(slot, 0, slots * sizeof slot[0]);
    return (struct dedupe_set){slot, slots - 1, shift};
}

/* False when it was there already. */
static inline bool dedupe_set_add(struct dedupe_set *s, uint32_t hash)
{
    size_t i = hash >> s->shift;
    while (s->slot[i] != 0) {
        if (s->slot[i] == hash)
            return false;
        i = (i + 1) & s->mask;
    }
    s->slot[i] = hash;
    return true;
}

static inline bool dedupe_set_has(const struct dedupe_set *s, uint32_t hash)
{
    size_t i = hash >> s->shift;
    while (s->slot[i] != 0) {
        if (s->slot[i] == hash)
            return true;
        i = (i + 1) & s->mask;
    }
    return false;
}

#endif
