/* dedupe_store_entry.h - a key and a document in ten bytes, in memory and in files. */
#ifndef DEDUPE_STORE_ENTRY_H
#define DEDUPE_STORE_ENTRY_H

#include <stdint.h>
#include <string.h>

#include "dedupe_store.h"

enum { STORE_ENTRY = 10, STORE_KEY_BITS = 48 };

/* By key, then by document. */
struct store_entry {
    uint64_t key; /* STORE_KEY_BITS of it */
    uint32_t doc;
};

static inline struct store_entry store_entry_get(const unsigned char *at)
{
    uint32_t high, doc;
    uint16_t low;

    memcpy(&high, at, 4);
    memcpy(&low, at + 4, 2);
    memcpy(&doc, at + 6, 4);
    return (struct store_entry){(uint64_t)high << 16 | low, doc};
}

static inline void store_entry_put(unsigned char *at, uint64_t key, uint32_t doc)
{
    const uint32_t high = (uint32_t)(key >> 16);
    const uint16_t low = (uint16_t)key;

    memcpy(at, &high, 4);
    memcpy(at + 4, &low, 2);
    memcpy(at + 6, &doc, 4);
}

static inline int store_entry_less(struct store_entry a, struct store_entry b)
{
    return a.key < b.key || (a.key == b.key && a.doc < b.doc);
}

/* Any 64 bits to even ones, none lost (the finaliser of splitmix64), of which the upper are the key. */
static inline uint64_t store_key(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return (x ^ x >> 31) >> (64 - STORE_KEY_BITS);
}

/* Where among `n` places a key belongs: in the keys' order. */
static inline uint64_t store_place(uint64_t key, uint64_t n)
{
    return (key >> 16) * n >> 32;
}

/* The documents of one key: the lowest that are live. */
struct store_bucket {
    uint32_t n;
    uint32_t doc[DEDUPE_STORE_BUCKET];
};

static inline void store_bucket_add(struct store_bucket *b, uint32_t doc)
{
    uint32_t i = b->n;

    for (uint32_t j = 0; j < b->n; j++)
        if (b->doc[j] == doc)
            return;
    if (i == DEDUPE_STORE_BUCKET && doc > b->doc[--i])
        return;
    for (; i > 0 && b->doc[i - 1] > doc; i--)
        b->doc[i] = b->doc[i - 1];
    b->doc[i] = doc;
    b->n += b->n < DEDUPE_STORE_BUCKET;
}

#endif
