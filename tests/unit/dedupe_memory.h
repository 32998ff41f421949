/* dedupe_memory.h - kept documents in memory, the plainest way: what a store is to be like, for tests.
 *
 * Open addressing over keys; the documents of a key as they were entered, the earliest eight by number found. */
#ifndef DEDUPE_MEMORY_H
#define DEDUPE_MEMORY_H

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "dedupe_decide.h"

struct memory_entry {
    uint64_t key;
    uint32_t doc;
    uint32_t next; /* from 1: another document of this key */
};

struct memory {
    struct memory_entry *entry;
    uint32_t n_entries, cap_entries;
    uint32_t *slot; /* from 1 */
    size_t n_slots, used;
    pl_str *payload;
    uint32_t n_docs, cap_docs;
};

static inline size_t memory_at(const struct memory *m, uint64_t key)
{
    size_t i = (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 20) & (m->n_slots - 1);
    while (m->slot[i] && m->entry[m->slot[i] - 1].key != key)
        i = (i + 1) & (m->n_slots - 1);
    return i;
}

static inline void memory_grow(struct memory *m)
{
    uint32_t *old = m->slot;
    const size_t n = m->n_slots;

    m->n_slots = n ? 2 * n : 256;
    m->slot = calloc(m->n_slots, sizeof *m->slot);
    assert(m->slot);
    for (size_t i = 0; i < n; i++)
        if (old[i])
            m->slot[memory_at(m, m->entry[old[i] - 1].key)] = old[i];
    free(old);
}

static inline void memory_enter(struct memory *m, uint64_t key, uint32_t doc)
{
    if (2 * (m->used + 1) > m->n_slots)
        memory_grow(m);
    if (m->n_entries == m->cap_entries) {
        m->cap_entries = m->cap_entries ? 2 * m->cap_entries : 1024;
        m->entry = realloc(m->entry, m->cap_entries * sizeof *m->entry);
        assert(m->entry);
    }
    const size_t i = memory_at(m, key);
    m->used += m->slot[i] == 0;
    m->entry[m->n_entries++] = (struct memory_entry){key, doc, m->slot[i]};
    m->slot[i] = m->n_entries;
}

static inline uint32_t memory_keep(struct memory *m, const struct dedupe_signature *s)
{
    if (m->n_docs == m->cap_docs) {
        m->cap_docs = m->cap_docs ? 2 * m->cap_docs : 256;
        m->payload = realloc(m->payload, m->cap_docs * sizeof *m->payload);
        assert(m->payload);
    }
    char *copy = malloc(s->payload.len);
    assert(copy);
    memcpy(copy, s->payload.ptr, s->payload.len);
    m->payload[m->n_docs] = (pl_str){copy, s->payload.len};
    for (size_t i = 0; i < s->n; i++)
        memory_enter(m, s->key[i], m->n_docs);
    return m->n_docs++;
}

/* The earliest DEDUPE_BUCKET of a key, each once. */
static inline size_t memory_find_key(const struct memory *m, uint64_t key, uint32_t doc[DEDUPE_BUCKET])
{
    size_t n = 0;

    if (m->n_slots == 0)
        return 0;
    for (uint32_t e = m->slot[memory_at(m, key)]; e; e = m->entry[e - 1].next) {
        const uint32_t d = m->entry[e - 1].doc;
        size_t at = 0;
        while (at < n && doc[at] < d)
            at++;
        if ((at < n && doc[at] == d) || at == DEDUPE_BUCKET)
            continue;
        n += n < DEDUPE_BUCKET;
        memmove(doc + at + 1, doc + at, (n - 1 - at) * sizeof *doc);
        doc[at] = d;
    }
    return n;
}

/* All hits of a signature; the caller frees them. */
static inline struct dedupe_hit *memory_find(const struct memory *m, const struct dedupe_signature *s, size_t *n)
{
    struct dedupe_hit *hit = malloc((s->n * DEDUPE_BUCKET + 1) * sizeof *hit);

    assert(hit);
    *n = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t doc[DEDUPE_BUCKET];
        const size_t found = memory_find_key(m, s->key[i], doc);
        for (size_t j = 0; j < found; j++)
            hit[(*n)++] = (struct dedupe_hit){i, doc[j]};
    }
    return hit;
}

static inline int memory_load(void *ctx, uint32_t doc, pl_str *payload)
{
    const struct memory *m = ctx;
    assert(doc < m->n_docs);
    *payload = m->payload[doc];
    return PL_OK;
}

static inline void memory_done(struct memory *m)
{
    for (uint32_t i = 0; i < m->n_docs; i++)
        free((char *)(uintptr_t)m->payload[i].ptr);
    free(m->payload);
    free(m->entry);
    free(m->slot);
    *m = (struct memory){0};
}

#endif
