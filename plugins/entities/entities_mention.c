/* entities_mention.c - decides on the candidates, all of one form together. */
#include "entities_mention.h"

#include "entities_candidate.h"
#include "entities_text.h"

#include <string.h>

enum { PER = ENTITY_PER, ORG = ENTITY_ORG, LOC = ENTITY_LOC, MISC = ENTITY_MISC };
enum { MAX_CONTEXT = 16, MAX_PROBES = 64 };

#define NO_SLOT SIZE_MAX

/* All candidates of one form. */
struct group {
    uint64_t hash;
    uint32_t example;   /* a candidate of it, the first one that is not weak where there is one */
    uint32_t n, strong; /* candidates; of these, such as are not weak */
    int score[NAME_TYPES];
    int context[NAME_TYPES];
    uint8_t type; /* ENTITY_TYPES: no name */
    bool fixed_norp, fixed_per;
    bool lent; /* part of a longer name */
};

struct decider {
    const struct document *d;
    const struct evidence *e;
    struct candidates c;
    struct group *groups;
    size_t n_groups;
    uint32_t *slots; /* hash of groups, number + 1 */
    size_t mask;
};

static uint64_t form_hash(const struct document *d, size_t first, size_t end)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = first; i < end; i++) {
        const struct token *t = &d->tokens[i];
        if (t->kind == TOKEN_DASH)
            continue;
        for (size_t k = 0; k < t->key_len; k++)
            h = (h ^ (unsigned char)ascii_lower(token_key(d, t)[k])) * UINT64_C(1099511628211);
        h = (h ^ ' ') * UINT64_C(1099511628211);
    }
    return h ^ h >> 29;
}

/* The group of a form, NULL for none; *slot is where it would be, NO_SLOT where forms that were made to clash have
 * taken its places: then each of its candidates is a group of its own. */
static struct group *group_find(const struct decider *x, uint64_t hash, size_t *slot)
{
    size_t i = (size_t)hash & x->mask;
    unsigned probes = 0;
    for (; x->slots[i] && probes < MAX_PROBES; i = (i + 1) & x->mask, probes++)
        if (x->groups[x->slots[i] - 1].hash == hash)
            return &x->groups[x->slots[i] - 1];
    *slot = probes < MAX_PROBES ? i : NO_SLOT;
    return NULL;
}

static bool make_groups(struct decider *x)
{
    size_t size = 64;
    while (size < x->c.n * 2)
        size *= 2;
    x->mask = size - 1;
    x->slots = arena_alloc(x->d->arena, size, sizeof *x->slots);
    x->groups = arena_alloc(x->d->arena, x->c.n + 1, sizeof *x->groups);
    if (!x->slots || !x->groups)
        return false;
    for (size_t i = 0; i < x->c.n; i++) {
        struct candidate *c = &x->c.at[i];
        size_t slot;
        uint64_t hash = form_hash(x->d, c->first, c->end);
        struct group *g = group_find(x, hash, &slot);
        if (!g) {
            g = &x->groups[x->n_groups++];
            *g = (struct group){.hash = hash, .example = (uint32_t)i, .type = ENTITY_TYPES};
            if (slot != NO_SLOT)
                x->slots[slot] = (uint32_t)x->n_groups;
        }
        c->group = (uint32_t)(g - x->groups);
        if (!c->weak && !g->strong)
            g->example = (uint32_t)i;
        g->n++;
        g->strong += !c->weak;
        g->fixed_norp = g->fixed_norp || c->type == ENTITY_NORP;
        g->fixed_per = g->fixed_per || c->type == ENTITY_PER;
        score_context(x->d, c, c->context);
        for (size_t k = 0; k < NAME_TYPES; k++)
            g->context[k] += c->context[k];
    }
    return true;
}

static int clamp(int v, int limit)
{
    return v > limit ? limit : v < -limit ? -limit : v;
}

static int best_type(const int score[NAME_TYPES])
{
    int best = 0;
    for (int k = 1; k < NAME_TYPES; k++)
        if (score[k] > score[best])
            best = k;
    return best;
}

/* How much must speak for a form before it is a name at all. */
static int threshold(const struct decider *x, const struct group *g)
{
    const struct candidate *c = &x->c.at[g->example];
    const struct document *d = x->d;
    unsigned words = 0, plain = 0, lower = 0;
    for (size_t i = c->first; i < c->end; i++) {
        const struct token *t = &d->tokens[i];
        if (t->kind != TOKEN_WORD || !(t->flags & TOKEN_CAPITAL))
            continue;
        words++;
        plain += (t->classes & GAZ(COMMON)) && !(g->strong && (t->classes & GAZ(LAST)));
        lower += evidence_lower(x->e, d, i) > 0;
    }
    if (words == 1 && plain)
        return lower ? 14 : g->strong > 1 ? 5 : 7;
    if (words == 1 && lower)
        return 5;
    if (words == plain)
        return words > 2 && g->strong ? 2 : 4;
    return g->strong ? 0 : 3;
}

static void decide(struct decider *x, struct group *g)
{
    const struct candidate *c = &x->c.at[g->example];
    if (g->fixed_norp) {
        g->type = ENTITY_NORP;
        return;
    }
    score_words(x->d, c, g->score);
    for (int k = 0; k < NAME_TYPES; k++)
        g->score[k] += clamp(g->context[k], MAX_CONTEXT);
    if (g->fixed_per)
        g->score[PER] += 12;
    int best = best_type(g->score);
    g->type = g->score[best] >= threshold(x, g) ? (uint8_t)best : ENTITY_TYPES;
}

static void lend(struct group *part, uint8_t type, int points)
{
    part->context[type] += points;
    part->lent = true;
}

/* A longer name tells what its parts mean: after "Wissem Lechaa", "Lechaa" is
 * a person. */
static void lend_to_parts(struct decider *x, const struct group *g)
{
    const struct candidate *c = &x->c.at[g->example];
    size_t slot;
    if (c->end - c->first < 2 || g->type >= NAME_TYPES)
        return;
    int points = g->score[g->type] >= 8 ? 9 : 5;
    if (g->type == ENTITY_PER) {
        for (size_t i = c->first; i < c->end; i++) {
            struct group *part = group_find(x, form_hash(x->d, i, i + 1), &slot);
            bool country = x->d->tokens[i].classes & GAZ(COUNTRY);
            if (part && part != g && !part->fixed_norp && !country)
                lend(part, PER, i + 1 == c->end ? points : points - 3);
            if (i > c->first && i + 1 < c->end) {
                part = group_find(x, form_hash(x->d, i, c->end), &slot);
                if (part && part != g)
                    lend(part, PER, points);
            }
        }
        return;
    }
    struct group *part = group_find(x, form_hash(x->d, c->first, c->first + 1), &slot);
    if (part && part != g && !part->fixed_norp && !(x->d->tokens[c->first].classes & (GAZ(COUNTRY) | GAZ(BIG_CITY))))
        lend(part, g->type, g->type == ENTITY_ORG ? 3 : 2);
}

/* "(OECD)" behind a name with these initials is that name. */
static bool is_acronym_of(const struct document *d, const struct candidate *c, const struct candidate *acronym)
{
    const struct token *a = &d->tokens[acronym->first];
    size_t k = 0, matched = 0;
    for (size_t i = c->first; i < c->end; i++) {
        const struct token *t = &d->tokens[i];
        if (t->kind == TOKEN_WORD && (t->flags & TOKEN_CAPITAL) && k < a->key_len &&
            token_key(d, t)[0] == token_key(d, a)[k]) {
            k++;
            matched++;
        }
    }
    return a->key_len >= 2 && matched + (a->key_len > 3) >= a->key_len;
}

/* Acronyms, and lists: "Algiers, Constantine and Oran" are of one kind. */
static void compare_neighbours(struct decider *x)
{
    const struct document *d = x->d;
    for (size_t i = 0; i + 1 < x->c.n; i++) {
        const struct candidate *a = &x->c.at[i], *b = &x->c.at[i + 1];
        struct group *ga = &x->groups[a->group], *gb = &x->groups[b->group];
        if (d->tokens[a->first].sentence != d->tokens[b->first].sentence || ga->fixed_norp || gb->fixed_norp)
            continue;
        if (b->first == a->end + 1 && token_is_mark(d, a->end, '(') && b->end == b->first + 1 &&
            (d->tokens[b->first].flags & TOKEN_CAPITALS) && is_acronym_of(d, a, b)) {
            int score[NAME_TYPES] = {0};
            score_words(d, &x->c.at[ga->example], score);
            int best = best_type(score);
            gb->context[best == PER ? ORG : best] += 8;
            ga->context[best == PER ? ORG : best] += 4;
        }
        bool list = (b->first == a->end + 1 &&
                     (token_is_mark(d, a->end, ',') || token_is(d, a->end, "and") || token_is(d, a->end, "or"))) ||
                    (b->first == a->end + 2 && token_is_mark(d, a->end, ',') && token_is(d, a->end + 1, "and"));
        if (!list)
            continue;
        if (d->tokens[b->first].classes & (GAZ(COUNTRY) | GAZ(REGION)) && token_is_mark(d, a->end, ','))
            continue; /* "Town, Country" was counted as a place already */
        for (int k = 0; k < 2; k++) {
            struct group *from = k ? gb : ga, *to = k ? ga : gb;
            if (from != to && from->type < NAME_TYPES && from->score[from->type] >= 6)
                to->context[from->type] += 3;
        }
    }
}

static bool overlaps_listed(const struct document *d, const struct candidate *c)
{
    return c->classes & (GAZ(COUNTRY) | GAZ(BIG_CITY) | GAZ(ORG) | GAZ(MISC) | GAZ(REGION)) &&
           !((d->tokens[c->first].classes & GAZ(COMMON)) && c->end - c->first == 1 &&
             !(d->tokens[c->first].flags & TOKEN_CAPITALS));
}

/* In a headline: listed, or a form that the text below has. */
static bool accept_headline(const struct decider *x, const struct candidate *c)
{
    const struct group *g = &x->groups[c->group];
    if (c->type == ENTITY_NORP || overlaps_listed(x->d, c) || c->end - c->first > 1)
        return true;
    return g->strong > 0 || g->lent;
}

/* "2022 World Cup": the year is part of an event's name. */
static uint32_t with_year(const struct document *d, const struct candidate *c, uint8_t type)
{
    const struct token *t = &d->tokens[c->first];
    bool event = (d->tokens[c->end - 1].classes & GAZ(EVENT)) || (c->classes & GAZ(MISC));
    if (type != ENTITY_MISC || !event || c->first == d->sentences[t->sentence].first || t[-1].kind != TOKEN_NUMBER ||
        t[-1].end - t[-1].begin != 4)
        return c->first;
    for (size_t i = t[-1].begin; i < t[-1].end; i++)
        if (!is_digit((unsigned char)d->text[i]))
            return c->first;
    char century = d->text[t[-1].begin];
    return century == '1' || century == '2' ? c->first - 1 : c->first;
}

/* By how many points its type won. */
static float lead(const struct group *g)
{
    int second = INT32_MIN;
    for (int k = 0; k < NAME_TYPES; k++)
        if (k != g->type && g->score[k] > second)
            second = g->score[k];
    return (float)(g->score[g->type] - second);
}

static bool write_mentions(struct decider *x, struct mentions *found)
{
    found->at = arena_alloc(x->d->arena, x->c.n + 1, sizeof *found->at);
    if (!found->at)
        return false;
    for (size_t i = 0; i < x->c.n; i++) {
        const struct candidate *c = &x->c.at[i];
        const struct group *g = &x->groups[c->group];
        uint8_t flags = x->d->sentences[x->d->tokens[c->first].sentence].flags;
        uint8_t type = c->type == ENTITY_TYPES ? g->type : c->type;
        if (type == ENTITY_TYPES)
            continue;
        if ((flags & (SENTENCE_TITLE_CASE | SENTENCE_CAPITALS)) && !accept_headline(x, c))
            continue;
        uint32_t first = with_year(x->d, c, type);
        bool chosen = c->type == ENTITY_TYPES && type < NAME_TYPES;
        found->at[found->n++] = (struct mention){.begin = x->d->tokens[first].begin,
                                                 .end = x->d->tokens[c->end - 1].end,
                                                 .first = first,
                                                 .last = c->end - 1,
                                                 .chain = NO_MENTION,
                                                 .score = chosen ? lead(g) : MAX_CONTEXT,
                                                 .home = c->home,
                                                 .type = type};
    }
    return true;
}

bool mentions_find(struct document *d, struct mentions *found)
{
    struct decider x = {.d = d};
    *found = (struct mentions){0};
    x.e = evidence_new(d);
    if (!x.e || !candidates_find(d, x.e, &x.c) || !make_groups(&x))
        return false;
    for (size_t i = 0; i < x.n_groups; i++)
        decide(&x, &x.groups[i]);
    compare_neighbours(&x);
    for (size_t i = 0; i < x.n_groups; i++)
        lend_to_parts(&x, &x.groups[i]);
    for (size_t i = 0; i < x.n_groups; i++) {
        memset(x.groups[i].score, 0, sizeof x.groups[i].score);
        decide(&x, &x.groups[i]);
    }
    return write_mentions(&x, found);
}

uint32_t mention_at(const struct mentions *m, size_t token)
{
    size_t low = 0, high = m->n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (m->at[mid].last < token)
            low = mid + 1;
        else
            high = mid;
    }
    return low < m->n && m->at[low].first <= token ? (uint32_t)low : NO_MENTION;
}
