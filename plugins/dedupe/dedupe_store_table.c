/* dedupe_store_table.c - the latest entries of a store, in memory.
 *
 * Linear probing from a place that grows with the key, without coming round to
 * the front: between two empty slots stand entries whose keys are above all
 * before and below all behind.  So sorting is many small sorts in place. */
#include "dedupe_store_table.h"

#include <stdlib.h>

#include "dedupe_store_file.h"

enum {
    SMALLEST = 1024,
    /* Slots behind the last place.  A call adds at most half of it once the table is not full. */
    BEHIND = 2 * DEDUPE_STORE_MAX_KEYS,
    BEHIND_SMALL = 256
};

static size_t load(size_t places)
{
    return places / 8 * 5;
}

static int make(struct store_table *t, size_t places)
{
    const size_t slots = places + BEHIND;
    unsigned char *slot = store_room_new(slots * STORE_ENTRY);

    if (!slot)
        return PL_NOMEM;
    t->slot = slot;
    t->places = places;
    t->slots = slots;
    t->n = 0;
    return PL_OK;
}

int store_table_open(struct store_table *t, size_t bytes)
{
    *t = (struct store_table){.max_places = bytes / STORE_ENTRY};
    if (t->max_places < SMALLEST)
        t->max_places = SMALLEST;
    return make(t, SMALLEST);
}

void store_table_close(struct store_table *t)
{
    store_room_free(t->slot, t->slots * STORE_ENTRY);
    *t = (struct store_table){0};
}

static bool empty(const unsigned char *at)
{
    uint32_t doc;

    memcpy(&doc, at + 6, sizeof doc);
    return doc == 0;
}

bool store_table_add(struct store_table *t, uint64_t key, uint32_t doc)
{
    size_t i = store_place(key, t->places);

    for (; !empty(t->slot + i * STORE_ENTRY); i++) {
        const struct store_entry e = store_entry_get(t->slot + i * STORE_ENTRY);
        if (e.key == key && e.doc == doc + 1)
            return false;
    }
    store_entry_put(t->slot + i * STORE_ENTRY, key, doc + 1);
    t->n++;
    t->full = t->full || i > t->places + BEHIND_SMALL;
    return true;
}

static int grow(struct store_table *t, size_t places)
{
    struct store_table old = *t;

    if (make(t, places) != PL_OK)
        return PL_NOMEM;
    for (size_t i = 0; i < old.slots; i++) {
        const struct store_entry e = store_entry_get(old.slot + i * STORE_ENTRY);
        if (e.doc)
            store_table_add(t, e.key, e.doc - 1);
    }
    store_room_free(old.slot, old.slots * STORE_ENTRY);
    return PL_OK;
}

int store_table_reserve(struct store_table *t, size_t n)
{
    size_t places = t->places;

    if (t->n && (t->full || (load(t->max_places) < t->n + n))) {
        t->full = true;
        return PL_NOMEM;
    }
    while (places < t->max_places && load(places) < t->n + n)
        places = places > t->max_places / 2 ? t->max_places : places * 2;
    return places == t->places ? PL_OK : grow(t, places);
}

int store_table_stretch(struct store_table *t, size_t n)
{
    while (store_table_reserve(t, n) != PL_OK) {
        if (!t->full)
            return PL_NOMEM;
        t->full = false;
        if (t->max_places < t->places * 2)
            t->max_places = t->places * 2;
        if (grow(t, t->places * 2) != PL_OK)
            return PL_NOMEM;
    }
    return PL_OK;
}

void store_table_find(const struct store_table *t, uint64_t key, uint32_t first_live, struct store_bucket *b)
{
    for (const unsigned char *at = t->slot + store_place(key, t->places) * STORE_ENTRY; !empty(at); at += STORE_ENTRY) {
        const struct store_entry e = store_entry_get(at);
        if (e.key == key && e.doc > first_live)
            store_bucket_add(b, e.doc - 1);
    }
}

static int compare(const void *a, const void *b)
{
    const struct store_entry x = store_entry_get(a), y = store_entry_get(b);

    return store_entry_less(y, x) - store_entry_less(x, y);
}

static void sort_some(unsigned char *at, size_t n)
{
    unsigned char held[STORE_ENTRY];

    if (n > 64) {
        qsort(at, n, STORE_ENTRY, compare);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        size_t j = i;
        memcpy(held, at + i * STORE_ENTRY, STORE_ENTRY);
        const struct store_entry e = store_entry_get(held);
        for (; j > 0 && store_entry_less(e, store_entry_get(at + (j - 1) * STORE_ENTRY)); j--)
            memcpy(at + j * STORE_ENTRY, at + (j - 1) * STORE_ENTRY, STORE_ENTRY);
        memcpy(at + j * STORE_ENTRY, held, STORE_ENTRY);
    }
}

void store_table_sort(struct store_table *t)
{
    for (size_t i = 0, from = 0; i <= t->slots; i++) {
        if (i < t->slots && !empty(t->slot + i * STORE_ENTRY))
            continue;
        sort_some(t->slot + from * STORE_ENTRY, i - from);
        from = i + 1;
    }
}

bool store_table_at(const struct store_table *t, size_t *i, struct store_entry *e)
{
    while (*i < t->slots && empty(t->slot + *i * STORE_ENTRY))
        ++*i;
    if (*i == t->slots)
        return false;
    *e = store_entry_get(t->slot + *i * STORE_ENTRY);
    e->doc--;
    ++*i;
    return true;
}

void store_table_clear(struct store_table *t)
{
    memset(t->slot, 0, t->slots * STORE_ENTRY);
    t->n = 0;
    t->full = false;
}
