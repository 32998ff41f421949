/* entities_tagger.c - decoding: words that may be part of a name are labelled
 * stretch by stretch; all others are O. */
#include "entities_tagger.h"

#include "entities_feature.h"

#include <math.h>
#include <string.h>

enum { LABELS = MODEL_LABELS, STRETCH = 512, IMPOSSIBLE = -1000000 };

/* A stretch of words on its way through Viterbi. */
struct lattice {
    int32_t emit[STRETCH][LABELS];
    int32_t best[STRETCH][LABELS]; /* of the paths up to here */
    int32_t rest[STRETCH][LABELS]; /* of the paths from behind here to the end */
    uint8_t from[STRETCH][LABELS];
    uint8_t label[STRETCH];
    int32_t transitions[LABELS + 1][LABELS];
};

static void set_transitions(struct lattice *l, const struct model *m)
{
    for (int p = 0; p <= LABELS; p++)
        for (int y = 0; y < LABELS; y++) {
            bool inside = y > 0 && y % 2 == 0;
            bool goes_on = p < LABELS && (p == y || p == y - 1);
            l->transitions[p][y] = inside && !goes_on ? IMPOSSIBLE : m->header->transitions[p][y];
        }
}

/* What the form of word i says of the word that it stands `offset` from, or of itself (0); worked out once an
 * article. */
static const int16_t *form_sums(const struct words *w, size_t i, int offset)
{
    struct form *f = &w->forms[w->at[i].form];
    int16_t *sums = f->sums[offset + 2];
    if (f->summed & 1u << (offset + 2))
        return sums;
    uint64_t features[MAX_FEATURES];
    char text[WORD_TEXT];
    size_t n = offset ? context_features(f, offset, features)
                      : form_features(f, text, word_text(w, &w->at[i], text), 0, features);
    model_add(w->model, features, n, sums);
    f->summed |= (uint8_t)(1u << (offset + 2));
    return sums;
}

static void emit_word(const struct words *w, size_t i, size_t first, size_t end, int32_t out[LABELS])
{
    uint64_t features[MAX_FEATURES];
    int16_t sums[LABELS] = {0};
    size_t n = word_features(w, i, first, end, 0, features);
    model_add(w->model, features, n, sums);
    for (int y = 0; y < LABELS; y++)
        out[y] = sums[y];
    for (size_t k = i < first + 2 ? first : i - 2; k <= i + 2 && k < end; k++) {
        const int16_t *more = form_sums(w, k, (int)(k - i));
        for (int y = 0; y < LABELS; y++)
            out[y] += more[y];
    }
}

static void forward(struct lattice *l, size_t n, int before)
{
    for (size_t i = 0; i < n; i++)
        for (int y = 0; y < LABELS; y++) {
            int32_t best = i ? l->best[i - 1][0] + l->transitions[0][y] : l->transitions[before][y];
            uint8_t from = 0;
            for (uint8_t p = 1; i && p < LABELS; p++) {
                int32_t sum = l->best[i - 1][p] + l->transitions[p][y];
                if (sum > best) {
                    best = sum;
                    from = p;
                }
            }
            l->best[i][y] = best + l->emit[i][y];
            l->from[i][y] = from;
        }
}

static void backward(struct lattice *l, size_t n)
{
    memset(l->rest[n - 1], 0, sizeof l->rest[n - 1]);
    for (size_t i = n - 1; i-- > 0;)
        for (int p = 0; p < LABELS; p++) {
            int32_t best = INT32_MIN;
            for (int y = 0; y < LABELS; y++) {
                int32_t sum = l->transitions[p][y] + l->emit[i + 1][y] + l->rest[i + 1][y];
                best = sum > best ? sum : best;
            }
            l->rest[i][p] = best;
        }
}

static void choose(struct lattice *l, size_t n)
{
    uint8_t y = 0;
    for (uint8_t k = 1; k < LABELS; k++)
        if (l->best[n - 1][k] > l->best[n - 1][y])
            y = k;
    for (size_t i = n; i-- > 0;) {
        l->label[i] = y;
        y = l->from[i][y];
    }
}

/* How much worse the best labelling is that has another label at word i. */
static int32_t margin(const struct lattice *l, size_t i)
{
    int32_t own = l->best[i][l->label[i]] + l->rest[i][l->label[i]], other = INT32_MIN;
    for (int y = 0; y < LABELS; y++)
        if (y != l->label[i] && l->best[i][y] + l->rest[i][y] > other)
            other = l->best[i][y] + l->rest[i][y];
    return own - other;
}

static float sureness(const struct model *m, int32_t margin)
{
    float x = (float)m->header->slope * (float)margin / 65536 + (float)m->header->offset / 4096;
    return 1 / (1 + expf(-x));
}

struct tagger {
    const struct document *d;
    const struct words *w;
    struct lattice *l;
    struct mentions *out;
};

/* What the lists know of the tokens [first, last] as a whole. */
static uint64_t listed(const struct document *d, size_t first, size_t last, uint16_t *home)
{
    const struct token *t = &d->tokens[first];
    bool phrase = t->phrase == last - first + 1;
    *home = phrase ? t->phrase_home : first == last ? t->home : 0;
    return phrase ? t->phrase_classes : first == last ? t->classes : 0;
}

static void add_mention(struct tagger *t, size_t first, size_t last, enum entity_type type, float score)
{
    struct mention *m = &t->out->at[t->out->n++];
    *m = (struct mention){.begin = t->d->tokens[first].begin,
                          .end = t->d->tokens[last].end,
                          .first = (uint32_t)first,
                          .last = (uint32_t)last,
                          .chain = NO_MENTION,
                          .score = score,
                          .type = (uint8_t)type};
    if (listed(t->d, first, last, &m->home) & GAZ(NORP) && type == ENTITY_MISC)
        m->type = ENTITY_NORP;
}

static void add_mentions(struct tagger *t, size_t at, size_t n)
{
    const struct lattice *l = t->l;
    for (size_t i = 0; i < n;) {
        if (l->label[i] == 0) {
            i++;
            continue;
        }
        size_t end = i + 1;
        int32_t least = margin(l, i);
        for (; end < n && l->label[end] && l->label[end] % 2 == 0; end++) {
            int32_t m = margin(l, end);
            least = m < least ? m : least;
        }
        const struct word *first = &t->w->at[at + i], *last = &t->w->at[at + end - 1];
        uint32_t token = last->first + last->n - 1u;
        add_mention(t, first->first, token, (l->label[i] - 1) / 2, sureness(t->w->model, least));
        i = end;
    }
}

static void tag_sentence(struct tagger *t, size_t first, size_t end)
{
    for (size_t i = first; i < end;) {
        if (!t->w->at[i].active) {
            i++;
            continue;
        }
        size_t n = 0;
        for (; i + n < end && n < STRETCH && t->w->at[i + n].active; n++)
            emit_word(t->w, i + n, first, end, t->l->emit[n]);
        forward(t->l, n, i == first ? MODEL_START : 0);
        backward(t->l, n);
        choose(t->l, n);
        add_mentions(t, i, n);
        i += n;
    }
}

/* Is the capitalised word at token i by itself the name of an office, never of a person? */
static bool is_office(const struct document *d, size_t i)
{
    const struct token *t = &d->tokens[i];
    return t->kind == TOKEN_WORD && (t->classes & (GAZ(TITLE) | GAZ(HONORIFIC))) &&
           !(t->classes & (GAZ_FIRST_NAME | GAZ(LAST)));
}

/* A person loses the offices and nationalities before the name; what is nothing else is no name. */
static void trim_titles(struct tagger *t)
{
    struct mentions all = *t->out;
    t->out->n = 0;
    for (size_t i = 0; i < all.n; i++) {
        struct mention *m = &all.at[i];
        if (m->type == ENTITY_PER)
            while (m->first < m->last && is_office(t->d, m->first))
                m->first++;
        m->begin = t->d->tokens[m->first].begin;
        t->out->at[t->out->n++] = *m;
    }
}

/* "Rep. Ann Reed, D-N.Y.": is the place behind the letter of a party at token i? */
static bool is_seat(const struct document *d, size_t i)
{
    const struct token *t = &d->tokens[i];
    return i >= 3 && (t->classes & GAZ_PLACE) && t[-1].kind == TOKEN_DASH && (t[-1].flags & t->flags & TOKEN_GLUED) &&
           t[-2].end - t[-2].begin == 1 && strchr("DIR", d->text[t[-2].begin]) && strchr("(,", d->text[t[-3].begin]);
}

/* Seats are places, whatever the model has there. */
static bool name_seats(struct tagger *t)
{
    struct mentions *out = t->out, own = *out;
    const struct document *d = t->d;
    size_t k = 0, seats = 0;
    for (size_t i = 3; i < d->n_tokens; i++)
        seats += d->tokens[i - 1].kind == TOKEN_DASH && is_seat(d, i);
    if (seats == 0)
        return true;
    struct mentions all = {.at = arena_alloc(d->arena, own.n + seats, sizeof *all.at)};
    if (!all.at)
        return false;
    t->out = &all;
    for (size_t i = 3; i < d->n_tokens; i++) {
        if (d->tokens[i - 1].kind != TOKEN_DASH || !is_seat(d, i))
            continue;
        while (k < own.n && own.at[k].last + 2u < i)
            all.at[all.n++] = own.at[k++];
        float score = k < own.n && own.at[k].first <= i ? own.at[k].score : 0.5F;
        add_mention(t, i, i, ENTITY_LOC, score);
        while (k < own.n && own.at[k].first <= i)
            k++;
    }
    while (k < own.n)
        all.at[all.n++] = own.at[k++];
    *out = all;
    t->out = out;
    return true;
}

/* "OSLO, May 3 (Gulf Wire) -": what stands in brackets before the dash of a dateline is an agency. */
static void name_agencies(struct tagger *t)
{
    const struct document *d = t->d;
    size_t line = SIZE_MAX; /* the paragraph that starts with a place starts here */
    for (size_t i = 0; i < t->out->n; i++) {
        struct mention *m = &t->out->at[i];
        size_t start = token_paragraph(d, m->first)->first;
        if (m->first == start)
            line = m->type == ENTITY_LOC ? start : SIZE_MAX;
        else if (start == line && m->first - start < 12 && m->last + 2u < d->n_tokens &&
                 d->text[d->tokens[m->first - 1].begin] == '(' && d->text[d->tokens[m->last + 1].begin] == ')' &&
                 d->tokens[m->last + 2].kind == TOKEN_DASH)
            m->type = ENTITY_ORG;
    }
}

/* "London-based", "US-led": a place before a hyphen and a word in lower case. */
static bool before_hyphen(const struct document *d, const struct mention *m)
{
    const struct token *t = &d->tokens[m->last];
    return m->last + 2 < d->n_tokens && t[1].kind == TOKEN_DASH && (t[1].flags & t[2].flags & TOKEN_GLUED) &&
           t[2].kind == TOKEN_WORD && !(t[2].flags & TOKEN_CAPITAL);
}

/* "the newspaper Al Marsad" */
static bool is_announced(const struct document *d, const struct mention *m)
{
    const struct token *before = m->first > 0 ? &d->tokens[m->first - 1] : NULL;
    return before && before->kind == TOKEN_WORD && !(before->flags & TOKEN_CAPITAL) &&
           (before->classes & GAZ(ORG_NOUN));
}

/* "Iraqi" and "Interior Ministry" are one organisation, and so are "Brandt" & "Sohn". */
static bool are_one(const struct document *d, const struct mention *a, const struct mention *b)
{
    if (a->type == ENTITY_NORP && b->type == ENTITY_ORG && b->first == a->last + 1)
        return true;
    return d->text[d->tokens[a->last + 1].begin] == '&';
}

/* Does what the rules found stand, though the model has `n` mentions at `m` there? */
static bool insists(const struct document *d, const struct mention *r, const struct mention *m, size_t n)
{
    const bool one = n == 1, same = one && m->first == r->first && m->last == r->last;
    switch (r->type) {
    case ENTITY_PER:
        return r->first > 0 && token_is_strict_honorific(d, r->first - 1) &&
               !(one && m->first == r->first && m->type == ENTITY_PER);
    case ENTITY_LOC: return n == 0 && before_hyphen(d, r);
    case ENTITY_MISC: /* "2022 World Cup" */
        return one && m->type == ENTITY_MISC && m->first == r->first + 1 && m->last == r->last &&
               d->tokens[r->first].kind == TOKEN_NUMBER;
    case ENTITY_NORP: return n == 0 || (one && m->first >= r->first && m->last == r->last && m->type != ENTITY_PER);
    case ENTITY_ORG:
        return (same && is_announced(d, r)) ||
               (n == 2 && m->first == r->first && m[1].last == r->last && are_one(d, m, m + 1));
    default: return false;
    }
}

static bool keep_rules(struct tagger *t, const struct mentions *rules)
{
    const struct mentions own = *t->out;
    struct mentions all = {.at = arena_alloc(t->d->arena, own.n + rules->n + 1, sizeof *all.at)};
    size_t k = 0;
    if (!all.at)
        return false;
    for (size_t i = 0; i < rules->n; i++) {
        const struct mention *r = &rules->at[i];
        size_t end;
        while (k < own.n && own.at[k].last < r->first)
            all.at[all.n++] = own.at[k++];
        for (end = k; end < own.n && own.at[end].first <= r->last;)
            end++;
        if (!insists(t->d, r, own.at + k, end - k))
            continue;
        all.at[all.n] = *r;
        all.at[all.n++].score = end > k ? own.at[k].score : 0.5F;
        k = end;
    }
    while (k < own.n)
        all.at[all.n++] = own.at[k++];
    *t->out = all;
    return true;
}

bool tagger_find(const struct document *d, const struct model *model, struct mentions *found)
{
    struct words w;
    struct mentions out = {.at = arena_alloc(d->arena, d->n_tokens + 1, sizeof *out.at)};
    struct lattice *l = arena_alloc(d->arena, 1, sizeof *l);
    if (!out.at || !l || !words_make(d, model, found, &w))
        return false;
    struct tagger t = {d, &w, l, &out};
    set_transitions(l, model);
    for (size_t s = 0; s < d->n_sentences; s++)
        tag_sentence(&t, w.sentences[s], w.sentences[s + 1]);
    trim_titles(&t);
    name_agencies(&t);
    if (!name_seats(&t) || !keep_rules(&t, found))
        return false;
    *found = out;
    return true;
}
