/* dedupe_store_table.h - the latest entries of a store, in memory: a hash table whose order is nearly that of the keys. */
#ifndef DEDUPE_STORE_TABLE_H
#define DEDUPE_STORE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dedupe_store_entry.h"

/* Zero is empty and full. */
struct store_table {
    unsigned char *slot; /* entries, with document + 1, 0 where there is none */
    size_t places, slots; /* where keys belong; with those behind the last, into which they are pushed */
    size_t n, max_places;
    bool full; /* write it out before the next is added */
};

/* Grows to `bytes` of memory.  PL_OK or PL_NOMEM. */
int store_table_open(struct store_table *t, size_t bytes);
void store_table_close(struct store_table *t);

/* Room for `n` more.  PL_NOMEM: none, and `full` is set where it is the bound that says so. */
int store_table_reserve(struct store_table *t, size_t n);
/* The same, past the bound where there is no other way; PL_NOMEM only where there is no memory. */
int store_table_stretch(struct store_table *t, size_t n);
/* Needs room.  False: it is there already. */
bool store_table_add(struct store_table *t, uint64_t key, uint32_t doc);
void store_table_find(const struct store_table *t, uint64_t key, uint32_t first_live, struct store_bucket *b);

static inline void store_table_prefetch(const struct store_table *t, uint64_t key)
{
    __builtin_prefetch(t->slot + store_place(key, t->places) * STORE_ENTRY);
}

/* Sorts the table.  Then `each` entry is told in order by store_table_at(), from *i = 0 on, until it says false. */
void store_table_sort(struct store_table *t);
bool store_table_at(const struct store_table *t, size_t *i, struct store_entry *e);
/* Empty again; the memory is kept. */
void store_table_clear(struct store_table *t);

static inline size_t store_table_bytes(const struct store_table *t)
{
    return t->slots * STORE_ENTRY;
}

#endif
