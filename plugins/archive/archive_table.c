/* archive_table.c - names and their numbers: open addressing, by the hash of archive_index.h. */
#include "archive_table.h"

#include <stdlib.h>

#include "archive_index.h"

void archive_table_done(struct archive_table *t)
{
    for (size_t i = 0; i < t->n; i++)
        free((char *)(uintptr_t)t->name[i].ptr);
    free(t->name);
    free(t->slot);
    *t = (struct archive_table){0};
}

/* Where the name is, or would be. */
static size_t slot_of(const struct archive_table *t, pl_str name)
{
    size_t at = (size_t)archive_key(ARCHIVE_ID, name) & (t->n_slots - 1);

    for (; t->slot[at]; at = (at + 1) & (t->n_slots - 1)) {
        const pl_str known = t->name[t->slot[at] - 1];
        if (known.len == name.len && memcmp(known.ptr, name.ptr, name.len) == 0)
            break;
    }
    return at;
}

bool archive_table_has(const struct archive_table *t, pl_str name)
{
    return t->n_slots && t->slot[slot_of(t, name)];
}

static bool grow(struct archive_table *t)
{
    struct archive_table bigger = {.n_slots = t->n_slots ? 2 * t->n_slots : 64};

    bigger.slot = calloc(bigger.n_slots, sizeof *bigger.slot);
    pl_str *name = realloc(t->name, bigger.n_slots / 2 * sizeof *name);
    if (name)
        t->name = name;
    if (!bigger.slot || !name) {
        free(bigger.slot);
        return false;
    }
    bigger.name = name;
    for (size_t i = 0; i < t->n; i++)
        bigger.slot[slot_of(&bigger, name[i])] = (uint32_t)i + 1;
    free(t->slot);
    t->slot = bigger.slot;
    t->n_slots = bigger.n_slots;
    t->cap = bigger.n_slots / 2;
    return true;
}

size_t archive_table_number(struct archive_table *t, pl_str name, bool *fresh)
{
    *fresh = false;
    if (t->n == t->cap && !grow(t))
        return SIZE_MAX;
    const size_t at = slot_of(t, name);
    if (t->slot[at])
        return t->slot[at] - 1;
    char *copy = malloc(name.len + 1);
    if (!copy)
        return SIZE_MAX;
    if (name.len)
        memcpy(copy, name.ptr, name.len);
    copy[name.len] = 0;
    t->name[t->n] = (pl_str){copy, name.len};
    t->slot[at] = (uint32_t)++t->n;
    *fresh = true;
    return t->n - 1;
}
