/* intern.c - names as small numbers. */
#include "intern.h"

#include <stdlib.h>

#include "arena.h"
#include "fields.h"
#include "str.h"

struct intern {
    struct arena arena;
    pl_str *names; /* by key */
    size_t n, cap;
    pl_key *slots; /* open addressing by hash, PL_NONE is free */
    size_t n_slots;
    bool frozen;
};

static size_t slot_of(const struct intern *in, pl_str name)
{
    size_t at = str_hash(name) & (in->n_slots - 1);

    while (in->slots[at] != PL_NONE && !str_eq(in->names[in->slots[at]], name))
        at = (at + 1) & (in->n_slots - 1);
    return at;
}

static void grow_slots(struct intern *in)
{
    in->n_slots *= 2;
    in->slots = arena_zero(&in->arena, in->n_slots, sizeof *in->slots);
    for (pl_key k = 1; k < in->n; k++) {
        if (in->names[k].ptr)
            in->slots[slot_of(in, in->names[k])] = k;
    }
}

static void put(struct intern *in, pl_key key, pl_str name)
{
    while (in->n <= key) {
        in->names = arena_grow(&in->arena, in->names, in->n, &in->cap, sizeof *in->names);
        in->names[in->n++] = (pl_str){NULL, 0};
    }
    in->names[key] = arena_dup(&in->arena, name);
    in->slots[slot_of(in, name)] = key;
    if (in->n * 2 > in->n_slots)
        grow_slots(in);
}

struct intern *intern_new(void)
{
    struct intern *in = calloc(1, sizeof *in);

    if (!in)
        out_of_memory();
    in->n_slots = 256;
    in->slots = arena_zero(&in->arena, in->n_slots, sizeof *in->slots);
    for (pl_key k = 1; fields_info(k); k++)
        put(in, k, str_of(fields_info(k)->name));
    while (in->n < PL_FIRST_FREE_KEY) {
        in->names = arena_grow(&in->arena, in->names, in->n, &in->cap, sizeof *in->names);
        in->names[in->n++] = (pl_str){NULL, 0};
    }
    return in;
}

void intern_free(struct intern *in)
{
    if (in) {
        arena_done(&in->arena);
        free(in);
    }
}

pl_key intern_find(const struct intern *in, pl_str name)
{
    return in->slots[slot_of(in, name)];
}

pl_key intern_add(struct intern *in, pl_str name)
{
    const pl_key known = intern_find(in, name);

    if (known != PL_NONE || in->frozen || name.len == 0)
        return known;
    const pl_key key = (pl_key)in->n;
    put(in, key, name);
    return key;
}

pl_str intern_name(const struct intern *in, pl_key key)
{
    return key < in->n ? in->names[key] : (pl_str){NULL, 0};
}

void intern_freeze(struct intern *in)
{
    in->frozen = true;
}
