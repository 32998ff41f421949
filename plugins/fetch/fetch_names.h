/* fetch_names.h - a table from names to what they stand for; names may be chosen by an enemy. */
#ifndef FETCH_NAMES_H
#define FETCH_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "pressline.h"

/* SipHash-1-3 (Aumasson, Bernstein): what a name hashes to is not to be guessed without the key. */
uint64_t names_hash(const uint64_t key[2], pl_str name);

/* Zero is an empty one.  Nothing depends on its order: there is no way to go through it. */
struct names {
    struct names_slot {
        uint64_t hash;
        pl_str name;
        void *value;
    } *slot;
    size_t n, cap;
    uint64_t key[2];
};

/* NULL: it is not there. */
void *names_find(const struct names *t, pl_str name);
/* Of a name that is not there; it must live as long as the table.  PL_OK or PL_NOMEM. */
int names_add(struct names *t, pl_str name, void *value);
void names_done(struct names *t);

#endif
