/* fetch_names.c - a table from names to what they stand for; names may be chosen by an enemy. */
#include "fetch_names.h"

#include <stdlib.h>
#include <sys/random.h>

static uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

static uint64_t little_endian(const char *at, size_t n)
{
    uint64_t x = 0;

    for (size_t i = 0; i < n; i++)
        x |= (uint64_t)(unsigned char)at[i] << 8 * i;
    return x;
}

uint64_t names_hash(const uint64_t key[2], pl_str name)
{
    uint64_t v[4] = {key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d, key[0] ^ 0x6c7967656e657261,
                     key[1] ^ 0x7465646279746573};
    size_t i = 0;

    for (; i + 8 <= name.len; i += 8) {
        const uint64_t m = little_endian(name.ptr + i, 8);
        v[3] ^= m;
        sip_round(v);
        v[0] ^= m;
    }
    const uint64_t last = (uint64_t)name.len << 56 | (name.len > i ? little_endian(name.ptr + i, name.len - i) : 0);
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for (int n = 0; n < 3; n++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
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
