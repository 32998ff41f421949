/* learn.c - from annotated texts to weights. */
#include "learn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entities_feature.h"
#include "entities_tagger.h"

enum { LABELS = MODEL_LABELS, ANY = (1 << LABELS) - 1, LONGEST = 512 };

uint64_t random_next(uint64_t *state)
{
    *state += UINT64_C(0x9E3779B97F4A7C15); /* SplitMix64 */
    uint64_t z = *state;
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

void prepare(struct prepared *p, const struct gazetteer *gaz, const struct model *blank, const struct text *t)
{
    *p = (struct prepared){.d = {.gaz = gaz, .text = t->bytes, .len = t->len}};
    p->d.arena = &p->arena;
    if (!document_tokenise(&p->d) || !mentions_find(&p->d, &p->rules) ||
        !words_make(&p->d, blank, &p->rules, &p->w)) {
        fputs("train-entities: out of memory\n", stderr);
        exit(1);
    }
}

void prepared_done(struct prepared *p)
{
    arena_done(&p->arena);
}

/* The labels that the spans allow each word of a text. */
static void allow(const struct words *w, const struct text *t, uint16_t *allowed)
{
    size_t k = 0;
    bool inside = false;
    for (size_t i = 0; i < w->n; i++) {
        const struct token *first = &w->d->tokens[w->at[i].first], *last = first + w->at[i].n - 1;
        size_t was = k;
        while (k < t->n_spans && t->spans[k].end <= first->begin)
            k++;
        inside = inside && k == was;
        const struct span *s = k < t->n_spans && t->spans[k].begin < last->end ? &t->spans[k] : NULL;
        if (!s)
            allowed[i] = 1;
        else if (s->type == SPAN_UNKNOWN)
            allowed[i] = ANY;
        else if (s->type == SPAN_MAYBE_MISC)
            allowed[i] = 1 | 1 << (SPAN_MISC * 2 + 1) | 1 << (SPAN_MISC * 2 + 2);
        else
            allowed[i] = (uint16_t)(1 << (s->type * 2 + 1 + inside));
        inside = s != NULL && s->type <= SPAN_MISC;
    }
}

static void add_word(struct examples *e, const struct prepared *p, size_t i, size_t first, size_t end, unsigned without)
{
    uint64_t features[6 * MAX_FEATURES];
    char text[WORD_TEXT];
    size_t len = word_text(&p->w, &p->w.at[i], text);
    size_t n = form_features(word_form(&p->w, i), text, len, without, features);
    n += word_features(&p->w, i, first, end, without, features + n);
    for (size_t k = i < first + 2 ? first : i - 2; k <= i + 2 && k < end; k++)
        if (k != i)
            n += context_features(word_form(&p->w, k), (int)(k - i), features + n);
    if (e->n_hashes + n > e->cap_hashes)
        e->hashes = grow(e->hashes, e->cap_hashes = (e->n_hashes + n) * 2, sizeof *e->hashes);
    memcpy(e->hashes + e->n_hashes, features, n * sizeof *features);
    e->n_hashes += n;
    if (e->n + 2 > e->cap) {
        e->cap = e->cap ? e->cap * 2 : 4096;
        e->allowed = grow(e->allowed, e->cap, sizeof *e->allowed);
        e->starts = grow(e->starts, e->cap, sizeof *e->starts);
    }
    e->starts[e->n++] = e->n_hashes - n;
    e->starts[e->n] = e->n_hashes;
}

void examples_add(struct examples *e, const struct gazetteer *gaz, const struct model *blank, const struct text *t,
                  unsigned without)
{
    struct prepared p;
    prepare(&p, gaz, blank, t);
    uint16_t *allowed = grow(NULL, p.w.n, sizeof *allowed);
    allow(&p.w, t, allowed);
    for (size_t s = 0; s < p.d.n_sentences; s++) {
        size_t first = p.w.sentences[s], end = p.w.sentences[s + 1];
        for (size_t i = first; i < end;) {
            if (!p.w.at[i].active) {
                i++;
                continue;
            }
            if (e->n_stretches == e->cap_stretches)
                e->stretches = grow(e->stretches, e->cap_stretches = e->cap_stretches ? e->cap_stretches * 2 : 1024,
                                    sizeof *e->stretches);
            struct stretch *st = &e->stretches[e->n_stretches++];
            *st = (struct stretch){.first = (uint32_t)e->n, .before = i == first ? MODEL_START : 0};
            for (; i < end && st->n < LONGEST && p.w.at[i].active; i++, st->n++) {
                add_word(e, &p, i, first, end, without);
                uint16_t a = allowed[i];
                if (st->n == 0 && a != ANY && a > 1 && !(a & 1)) /* its first words could not be in a name */
                    a = (a & 0x154) ? (uint16_t)(a >> 1) : a;
                e->allowed[e->n - 1] = a;
            }
        }
    }
    free(allowed);
    prepared_done(&p);
}

void examples_free(struct examples *e)
{
    free(e->allowed);
    free(e->starts);
    free(e->hashes);
    free(e->stretches);
    *e = (struct examples){0};
}

static size_t find_key(const struct weights *w, uint64_t key)
{
    size_t i = (size_t)(key >> 20) & w->mask;
    while (w->keys[i] && w->keys[i] != key)
        i = (i + 1) & w->mask;
    return i;
}

struct learner {
    struct weights *w;
    const struct examples *e;
    uint32_t *ids; /* of each feature of each word, where its weights are; UINT32_MAX for none */
    float *sums;   /* weights times the time of the change, for the average */
    float transition_sums[LABELS + 1][LABELS];
    float time;
    float margin; /* by which the right labels are to win */
};

/* Counts features, keeps those that are frequent, and numbers them. */
static void number_features(struct learner *l, unsigned least)
{
    struct weights all = {.mask = 1 << 16};
    size_t room = 1 << 16;
    while (room < l->e->n_hashes / 2 + 1024)
        room *= 2;
    all.mask = room - 1;
    all.keys = calloc(room, sizeof *all.keys);
    uint32_t *counts = calloc(room, sizeof *counts);
    if (!all.keys || !counts)
        exit(1);
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < l->e->n_hashes; i++) {
        uint64_t key = l->e->hashes[i] | 1;
        size_t at = find_key(&all, key);
        n += !all.keys[at];
        all.keys[at] = key;
        kept += ++counts[at] == least;
        if (n > room * 7 / 8) {
            fputs("train-entities: too many features\n", stderr);
            exit(1);
        }
    }
    l->w->n = kept;
    size_t small = 1024;
    while (small < kept * 2)
        small *= 2;
    l->w->mask = small - 1;
    l->w->keys = calloc(small, sizeof *l->w->keys);
    l->w->values = calloc(small * LABELS, sizeof *l->w->values);
    l->sums = calloc(small * LABELS, sizeof *l->sums);
    l->ids = grow(NULL, l->e->n_hashes, sizeof *l->ids);
    if (!l->w->keys || !l->w->values || !l->sums)
        exit(1);
    for (size_t i = 0; i < l->e->n_hashes; i++) {
        uint64_t key = l->e->hashes[i] | 1;
        l->ids[i] = UINT32_MAX;
        if (counts[find_key(&all, key)] < least)
            continue;
        size_t at = find_key(l->w, key);
        l->w->keys[at] = key;
        l->ids[i] = (uint32_t)at;
    }
    free(all.keys);
    free(counts);
}

static bool follows(int before, int label)
{
    return label == 0 || label % 2 == 1 || before == label || before == label - 1;
}

/* The best labels for emissions, only such as are allowed where `allowed` is given. */
static void viterbi(const float (*emit)[LABELS], const float (*transitions)[LABELS], size_t n, int before,
                    const uint16_t *allowed, uint8_t *labels)
{
    static float best[LONGEST][LABELS];
    static uint8_t from[LONGEST][LABELS];
    const float never = -1e9f;
    for (size_t i = 0; i < n; i++)
        for (int y = 0; y < LABELS; y++) {
            float top = never * 2;
            int at = 0;
            for (int p = i ? 0 : before; p <= (i ? LABELS - 1 : before); p++) {
                float sum = (i ? best[i - 1][p] : 0) + transitions[p][y];
                if (follows(p, y) && sum > top) {
                    top = sum;
                    at = p;
                }
            }
            best[i][y] = top + emit[i][y] + (allowed && !(allowed[i] >> y & 1) ? never : 0);
            from[i][y] = (uint8_t)at;
        }
    int y = 0;
    for (int k = 1; k < LABELS; k++)
        if (best[n - 1][k] > best[n - 1][y])
            y = k;
    for (size_t i = n; i-- > 0;) {
        labels[i] = (uint8_t)y;
        y = from[i][y];
    }
}

static void change(struct learner *l, size_t word, int label, float by)
{
    for (uint64_t k = l->e->starts[word]; k < l->e->starts[word + 1]; k++) {
        if (l->ids[k] == UINT32_MAX)
            continue;
        size_t at = (size_t)l->ids[k] * LABELS + (size_t)label;
        l->w->values[at] += by;
        l->sums[at] += by * l->time;
    }
}

static void change_transition(struct learner *l, int before, int label, float by)
{
    l->w->transitions[before][label] += by;
    l->transition_sums[before][label] += by * l->time;
}

static size_t learn_stretch(struct learner *l, const struct stretch *s)
{
    static float emit[LONGEST][LABELS];
    uint8_t got[LONGEST], wanted[LONGEST];
    size_t wrong = 0;
    memset(emit, 0, s->n * sizeof *emit);
    for (size_t i = 0; i < s->n; i++)
        for (uint64_t k = l->e->starts[s->first + i]; k < l->e->starts[s->first + i + 1]; k++)
            if (l->ids[k] != UINT32_MAX)
                for (int y = 0; y < LABELS; y++)
                    emit[i][y] += l->w->values[(size_t)l->ids[k] * LABELS + (size_t)y];
    for (size_t i = 0; i < s->n; i++) /* the cost of a wrong label, so that right ones learn to win by it */
        for (int y = 0; y < LABELS; y++)
            emit[i][y] += l->e->allowed[s->first + i] >> y & 1 ? 0 : l->margin;
    viterbi((const float(*)[LABELS])emit, (const float(*)[LABELS])l->w->transitions, s->n, s->before, NULL, got);
    bool right = true;
    for (size_t i = 0; i < s->n; i++)
        right = right && (l->e->allowed[s->first + i] >> got[i] & 1);
    l->time++;
    if (right)
        return 0;
    viterbi((const float(*)[LABELS])emit, (const float(*)[LABELS])l->w->transitions, s->n, s->before,
            l->e->allowed + s->first, wanted);
    for (size_t i = 0; i < s->n; i++) {
        int g = i ? got[i - 1] : s->before, w = i ? wanted[i - 1] : s->before;
        if (got[i] != wanted[i]) {
            change(l, s->first + i, wanted[i], 1);
            change(l, s->first + i, got[i], -1);
            wrong++;
        }
        if (got[i] != wanted[i] || g != w) {
            change_transition(l, w, wanted[i], 1);
            change_transition(l, g, got[i], -1);
        }
    }
    return wrong;
}

/* One round, from nothing. */
static void learn_round(struct learner *l, uint32_t *order, const struct learning *how, uint64_t *seed)
{
    const struct examples *e = l->e;
    size_t room = (l->w->mask + 1) * LABELS;
    memset(l->w->values, 0, room * sizeof *l->w->values);
    memset(l->sums, 0, room * sizeof *l->sums);
    memset(l->w->transitions, 0, sizeof l->w->transitions);
    memset(l->transition_sums, 0, sizeof l->transition_sums);
    l->time = 1;
    for (unsigned epoch = 0; epoch < how->epochs; epoch++) {
        size_t wrong = 0;
        for (size_t i = e->n_stretches; i-- > 1;) {
            size_t k = random_next(seed) % (i + 1);
            uint32_t t = order[i];
            order[i] = order[k];
            order[k] = t;
        }
        for (size_t i = 0; i < e->n_stretches; i++)
            wrong += learn_stretch(l, &e->stretches[order[i]]);
        fprintf(stderr, "  epoch %u: %.4f of %zu words wrong\n", epoch + 1, (double)wrong / (double)e->n, e->n);
    }
}

/* Adds the average over a round to what the rounds make together. */
static void add_round(const struct learner *l, struct weights *sum, float share)
{
    for (size_t i = 0; i < (l->w->mask + 1) * LABELS; i++)
        sum->values[i] += share * (l->w->values[i] - l->sums[i] / l->time);
    for (int p = 0; p <= LABELS; p++)
        for (int y = 0; y < LABELS; y++)
            sum->transitions[p][y] += share * (l->w->transitions[p][y] - l->transition_sums[p][y] / l->time);
}

void learn(struct weights *w, const struct examples *e, const struct learning *how)
{
    *w = (struct weights){0};
    struct learner l = {.w = w, .e = e, .margin = how->margin};
    struct weights sum = {0};
    uint32_t *order = grow(NULL, e->n_stretches, sizeof *order);
    uint64_t seed = how->seed;
    number_features(&l, how->least);
    sum.values = calloc((w->mask + 1) * LABELS, sizeof *sum.values);
    if (!sum.values)
        exit(1);
    for (size_t i = 0; i < e->n_stretches; i++)
        order[i] = (uint32_t)i;
    for (unsigned round = 0; round < how->rounds; round++) {
        learn_round(&l, order, how, &seed);
        add_round(&l, &sum, 1 / (float)how->rounds);
    }
    free(w->values);
    w->values = sum.values;
    memcpy(w->transitions, sum.transitions, sizeof w->transitions);
    free(order);
    free(l.ids);
    free(l.sums);
}

void weights_free(struct weights *w)
{
    free(w->keys);
    free(w->values);
    *w = (struct weights){0};
}
