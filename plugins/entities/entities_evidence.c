/* entities_evidence.c - how words occur elsewhere in the article: a hash of
 * counts, by word and by pair of words. */
#include "entities_candidate.h"

/* Only words that were made to clash lie further from their place; they share a count. */
enum { MAX_PROBES = 64 };

struct count {
    uint64_t key : 48; /* 0: free */
    uint64_t lower : 8, capital : 8;
};

struct evidence {
    struct count *counts;
    size_t mask;
};

#define KEY_MASK UINT64_C(0xFFFFFFFFFFFF)

static uint64_t mix(uint64_t h)
{
    h ^= h >> 32;
    h *= UINT64_C(0xD6E8FEB86659FD93);
    h ^= h >> 32;
    return (h | 1) & KEY_MASK;
}

static uint64_t word_key(const struct document *d, size_t i)
{
    return mix(d->tokens[i].hash + UINT64_C(1));
}

static uint64_t pair_key(const struct document *d, size_t i)
{
    return mix(((uint64_t)d->tokens[i].hash << 32 | d->tokens[i + 1].hash) ^ UINT64_C(0x94D049BB133111EB));
}

static struct count *find(const struct evidence *e, uint64_t key)
{
    size_t i = (size_t)(key >> 8) & e->mask;
    for (int n = 0; n < MAX_PROBES && e->counts[i].key && e->counts[i].key != key; n++)
        i = (i + 1) & e->mask;
    return &e->counts[i];
}

/* The count of a key, made where there is none. */
static struct count *count_of(const struct evidence *e, uint64_t key)
{
    struct count *c = find(e, key);
    c->key = key & KEY_MASK;
    return c;
}

static unsigned one_more(unsigned count)
{
    return count + (count < 255);
}

/* Does the pair of words i and i + 1 count? */
static bool is_pair(const struct document *d, size_t i, bool after_quote)
{
    return (d->tokens[i].flags & (TOKEN_CAPITAL | TOKEN_FIRST)) == TOKEN_CAPITAL && !after_quote &&
           i + 1 < d->n_tokens && (d->tokens[i + 1].flags & TOKEN_CAPITAL) && d->tokens[i + 1].kind == TOKEN_WORD;
}

/* How many different words and pairs there may be at most. */
static size_t count_most(const struct document *d)
{
    size_t most = 0;
    for (size_t i = 0; i < d->n_tokens; i++)
        if (d->tokens[i].kind == TOKEN_WORD)
            most += 1u + is_pair(d, i, false);
    return most;
}

struct evidence *evidence_new(const struct document *d)
{
    struct evidence *e = arena_alloc(d->arena, 1, sizeof *e);
    size_t size = 256, most = count_most(d);
    while (size < most + most / 2)
        size *= 2;
    if (!e || !(e->counts = arena_alloc(d->arena, size, sizeof *e->counts)))
        return NULL;
    e->mask = size - 1;
    for (size_t i = 0; i < d->n_tokens; i++) {
        const struct token *t = &d->tokens[i];
        bool headline = d->sentences[t->sentence].flags & (SENTENCE_TITLE_CASE | SENTENCE_CAPITALS);
        if (t->kind != TOKEN_WORD || headline)
            continue;
        bool after_quote = i > 0 && d->tokens[i - 1].kind == TOKEN_QUOTE;
        struct count *c = count_of(e, word_key(d, i));
        if (!(t->flags & TOKEN_CAPITAL))
            c->lower = one_more(c->lower) & 255;
        else if (!(t->flags & TOKEN_FIRST) && !after_quote)
            c->capital = one_more(c->capital) & 255;
        if (is_pair(d, i, after_quote)) {
            c = count_of(e, pair_key(d, i));
            c->capital = one_more(c->capital) & 255;
        }
    }
    return e;
}

unsigned evidence_lower(const struct evidence *e, const struct document *d, size_t i)
{
    return find(e, word_key(d, i))->lower;
}

unsigned evidence_capital(const struct evidence *e, const struct document *d, size_t i)
{
    return find(e, word_key(d, i))->capital;
}

bool evidence_pair(const struct evidence *e, const struct document *d, size_t i)
{
    return i + 1 < d->n_tokens && find(e, pair_key(d, i))->capital > 0;
}
