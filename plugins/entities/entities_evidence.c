/* entities_evidence.c - how words occur elsewhere in the article: a hash of
 * counts, by word and by pair of words. */
#include "entities_candidate.h"

#include "entities_text.h"

struct count {
    uint64_t key; /* 0: free */
    uint8_t lower, capital;
};

struct evidence {
    struct count *counts;
    size_t mask;
};

static uint64_t mix(uint64_t h)
{
    h ^= h >> 32;
    h *= UINT64_C(0xD6E8FEB86659FD93);
    h ^= h >> 32;
    return h | 1;
}

static uint64_t word_key(const struct document *d, size_t i)
{
    const struct token *t = &d->tokens[i];
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t k = 0; k < t->key_len; k++)
        h = (h ^ (unsigned char)ascii_lower(token_key(d, t)[k])) * UINT64_C(1099511628211);
    return mix(h);
}

static uint64_t pair_key(const struct document *d, size_t i)
{
    return mix(word_key(d, i) * 3 + word_key(d, i + 1));
}

static struct count *find(const struct evidence *e, uint64_t key)
{
    size_t i = (size_t)(key >> 8) & e->mask;
    while (e->counts[i].key && e->counts[i].key != key)
        i = (i + 1) & e->mask;
    return &e->counts[i];
}

static void add(uint8_t *count)
{
    *count = (uint8_t)(*count + (*count < 255));
}

struct evidence *evidence_new(const struct document *d)
{
    struct evidence *e = arena_alloc(d->arena, 1, sizeof *e);
    size_t size = 256;
    while (size < d->n_tokens * 3)
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
        struct count *c = find(e, word_key(d, i));
        c->key = word_key(d, i);
        if (!(t->flags & TOKEN_CAPITAL))
            add(&c->lower);
        else if (!(t->flags & TOKEN_FIRST) && !after_quote)
            add(&c->capital);
        if ((t->flags & (TOKEN_CAPITAL | TOKEN_FIRST)) == TOKEN_CAPITAL && !after_quote && i + 1 < d->n_tokens &&
            (d->tokens[i + 1].flags & TOKEN_CAPITAL) && d->tokens[i + 1].kind == TOKEN_WORD) {
            c = find(e, pair_key(d, i));
            c->key = pair_key(d, i);
            add(&c->capital);
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
