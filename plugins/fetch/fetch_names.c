/* fetch_names.c - a table from names to what they stand for; names may be chosen by an enemy. */
#include "fetch_names.h"

#include <stdlib.h>
#include <sys/random.h>

#include "../shared/sip.h"

uint64_t names_hash(const uint64_t key[2], pl_str name)
{
    uint64_t v[4];

    sip_begin(v, key[0], key[1]);
    sip_text(v, name, 1);
    v[2] ^= 0xff;
    return sip_end(v, 3);
}

/* The slot of the name, or the empty one where it would be. */
static struct names_slot *slot_of(struct names_slot *slot, size_t cap, uint64_t hash, pl_str name)
{
    size_t i = (size_t)hash & (cap - 1);

    while (slot[i].value && !(slot[i].hash == hash && slot[i].name.len == name.len &&
                              (name.len == 0 || memcmp(slot[i].name.ptr, name.ptr, name.len) == 0)))
        i = (i + 1) & (cap - 1);
    return &slot[i];
}

static int grow(struct names *t)
{
    const size_t cap = t->cap ? t->cap * 2 : 64;
    struct names_slot *slot = cap > SIZE_MAX / 2 / sizeof *slot ? NULL : calloc(cap, sizeof *slot);

    if (!slot)
        return PL_NOMEM;
    if (t->cap == 0 && getrandom(t->key, sizeof t->key, GRND_NONBLOCK) != sizeof t->key)
        t->key[0] = (uint64_t)(uintptr_t)slot; /* early in a boot: better than nothing */
    for (size_t i = 0; i < t->cap; i++) {
        if (t->slot[i].value)
            *slot_of(slot, cap, t->slot[i].hash, t->slot[i].name) = t->slot[i];
    }
    free(t->slot);
    t->slot = slot;
    t->cap = cap;
    return PL_OK;
}

void *names_find(const struct names *t, pl_str name)
{
    return t->cap ? slot_of(t->slot, t->cap, names_hash(t->key, name), name)->value : NULL;
}

int names_add(struct names *t, pl_str name, void *value)
{
    if (t->n >= t->cap - t->cap / 4 && grow(t) != PL_OK)
        return PL_NOMEM;
    const uint64_t hash = names_hash(t->key, name);
    *slot_of(t->slot, t->cap, hash, name) = (struct names_slot){hash, name, value};
    t->n++;
    return PL_OK;
}

void names_done(struct names *t)
{
    free(t->slot);
    *t = (struct names){0};
}
