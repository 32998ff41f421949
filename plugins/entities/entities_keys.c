/* entities_keys.c - a table from hashes to small numbers. */
#include "entities_keys.h"

#include "entities_text.h"

enum { FIRST_SIZE = 256, MAX_PROBES = 32 };

void keys_init(struct keys *k, struct arena *arena)
{
    *k = (struct keys){.arena = arena};
    k->slots = arena_alloc(arena, FIRST_SIZE, sizeof *k->slots);
    k->mask = FIRST_SIZE - 1;
    k->no_memory = !k->slots;
}

/* Few steps even where a text is made of names whose hashes collide: then some are not found. */
static struct key_slot *find(struct key_slot *slots, size_t mask, uint64_t hash)
{
    size_t i = (size_t)(hash >> 7) & mask;
    for (unsigned probes = 0; probes < MAX_PROBES; probes++, i = (i + 1) & mask)
        if (!slots[i].hash || slots[i].hash == hash)
            return &slots[i];
    return NULL;
}

static bool grow(struct keys *k)
{
    size_t size = (k->mask + 1) * 4;
    struct key_slot *wider = arena_alloc(k->arena, size, sizeof *wider);
    if (!wider)
        return false;
    for (size_t i = 0; i <= k->mask; i++) {
        struct key_slot *to = k->slots[i].hash ? find(wider, size - 1, k->slots[i].hash) : NULL;
        if (to)
            *to = k->slots[i];
    }
    k->slots = wider;
    k->mask = size - 1;
    return true;
}

static bool add_node(struct keys *k, uint32_t value)
{
    if (k->n_nodes == k->cap_nodes) {
        void *nodes = arena_grow(k->arena, k->nodes, &k->cap_nodes, k->n_nodes + 1, sizeof *k->nodes);
        if (!nodes)
            return false;
        k->nodes = nodes;
    }
    k->nodes[k->n_nodes++] = (struct key_node){value, UINT32_MAX};
    return true;
}

void keys_add(struct keys *k, uint64_t hash, uint32_t value)
{
    if (k->no_memory || (k->n_slots * 2 > k->mask && !grow(k))) {
        k->no_memory = true;
        return;
    }
    struct key_slot *s = find(k->slots, k->mask, hash);
    if (!s || s->n > MAX_PER_KEY)
        return;
    uint32_t last = UINT32_MAX, at = s->first;
    for (uint32_t i = 0; i < s->n; i++, at = k->nodes[at].next) {
        if (k->nodes[at].value == value)
            return;
        last = at;
    }
    if (s->n == MAX_PER_KEY) {
        s->n++; /* crowded */
        return;
    }
    if (!add_node(k, value)) {
        k->no_memory = true;
        return;
    }
    if (last != UINT32_MAX)
        k->nodes[last].next = (uint32_t)k->n_nodes - 1;
    else
        s->first = (uint32_t)k->n_nodes - 1;
    k->n_slots += !s->hash;
    s->hash = hash;
    s->n++;
}

struct key_values keys_get(const struct keys *k, uint64_t hash)
{
    struct key_values v = {.n = 0};
    const struct key_slot *s = k->no_memory ? NULL : find(k->slots, k->mask, hash);
    if (!s || !s->hash)
        return v;
    v.crowded = s->n > MAX_PER_KEY;
    uint32_t at = s->first;
    for (; v.n < s->n && v.n < MAX_PER_KEY; at = k->nodes[at].next)
        v.at[v.n++] = k->nodes[at].value;
    return v;
}

uint64_t hash_begin(unsigned what)
{
    return (UINT64_C(14695981039346656037) ^ what) * UINT64_C(1099511628211);
}

uint64_t hash_letters(uint64_t h, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)ascii_lower(s[i])) * UINT64_C(1099511628211);
    return h;
}

uint64_t hash_number(uint64_t h, uint64_t number)
{
    return (h ^ number) * UINT64_C(0x9E3779B97F4A7C15);
}

uint64_t hash_end(uint64_t h)
{
    h ^= h >> 31;
    return h ? h : 1;
}

uint64_t hash_words(const struct document *d, uint64_t h, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        const struct token *t = &d->tokens[i];
        if (t->kind == TOKEN_DASH)
            continue;
        for (size_t k = 0; k < t->key_len; k++)
            if (token_key(d, t)[k] != '.')
                h = hash_letters(h, token_key(d, t) + k, 1);
        if (!t->key_len) /* too long, or of another script */
            h = hash_letters(h, d->text + t->begin, t->end - t->begin);
        h = hash_letters(h, " ", 1);
    }
    return h;
}
