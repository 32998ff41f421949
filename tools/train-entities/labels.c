/* labels.c - repairs labels, and lets models vote on them. */
#include "labels.h"

#include <stdlib.h>
#include <string.h>

#include "entities_tagger.h"

void labels_repair(struct corpus *c, const struct gazetteer *gaz, const struct model *blank, bool persons_too)
{
    for (size_t k = 0; k < c->n; k++) {
        struct text *t = &c->at[k];
        struct text fixed = {0};
        struct prepared p;
        prepare(&p, gaz, blank, t);
        size_t i = 0;
        for (size_t r = 0; r < p.rules.n; r++) {
            const struct mention *m = &p.rules.at[r];
            uint8_t flags = p.d.sentences[p.d.tokens[m->first].sentence].flags;
            if (m->type != ENTITY_NORP || flags & (SENTENCE_TITLE_CASE | SENTENCE_CAPITALS))
                continue;
            while (i < t->n_spans && t->spans[i].end <= m->begin)
                text_mark(&fixed, t->spans[i].begin, t->spans[i].end, (enum span_type)t->spans[i].type), i++;
            bool overlaps = i < t->n_spans && t->spans[i].begin < m->end;
            bool same = overlaps && t->spans[i].begin == m->begin && t->spans[i].end == m->end;
            if (overlaps && !(same && (t->spans[i].type != SPAN_PER || persons_too)))
                continue;
            i += same;
            text_mark(&fixed, m->begin, m->end, SPAN_MISC);
        }
        for (; i < t->n_spans; i++)
            text_mark(&fixed, t->spans[i].begin, t->spans[i].end, (enum span_type)t->spans[i].type);
        free(t->spans);
        t->spans = fixed.spans;
        t->n_spans = fixed.n_spans;
        t->cap_spans = fixed.cap_spans;
        prepared_done(&p);
    }
}

void labels_allow_misc(struct corpus *c, const struct gazetteer *gaz, const struct model *blank)
{
    for (size_t k = 0; k < c->n; k++) {
        struct text *t = &c->at[k];
        struct text open = {0};
        struct prepared p;
        prepare(&p, gaz, blank, t);
        size_t i = 0;
        for (size_t s = 0; s < p.d.n_sentences; s++)
            for (size_t x = p.d.sentences[s].first + 1u; x < p.d.sentences[s].end; x++) {
                const struct token *token = &p.d.tokens[x];
                if (token->kind != TOKEN_WORD || !(token->flags & TOKEN_CAPITAL) || token->end - token->begin < 2 ||
                    token->classes & (GAZ(MONTH) | GAZ(DAY)))
                    continue;
                while (i < t->n_spans && t->spans[i].end <= token->begin)
                    text_mark(&open, t->spans[i].begin, t->spans[i].end, (enum span_type)t->spans[i].type), i++;
                if (i == t->n_spans || t->spans[i].begin >= token->end)
                    text_mark(&open, token->begin, token->end, SPAN_MAYBE_MISC);
            }
        for (; i < t->n_spans; i++)
            text_mark(&open, t->spans[i].begin, t->spans[i].end, (enum span_type)t->spans[i].type);
        free(t->spans);
        t->spans = open.spans;
        t->n_spans = open.n_spans;
        t->cap_spans = open.cap_spans;
        prepared_done(&p);
    }
}

/* Names in one text, by all models. */
static struct text vote(const struct gazetteer *gaz, const struct model *models, size_t n, const struct text *t)
{
    struct text v = {0};
    for (size_t k = 0; k < n; k++) {
        struct prepared p;
        prepare(&p, gaz, &models[k], t);
        if (!tagger_find(&p.d, &models[k], &p.rules))
            exit(1);
        for (size_t i = 0; i < p.rules.n; i++)
            text_mark(&v, p.rules.at[i].begin, p.rules.at[i].end,
                      (enum span_type)(p.rules.at[i].type > SPAN_MISC ? SPAN_MISC : p.rules.at[i].type));
        prepared_done(&p);
    }
    return v;
}

int span_compare(const void *left, const void *right)
{
    const struct span *a = left, *b = right;
    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    return a->end != b->end ? (a->end < b->end ? -1 : 1) : (a->type > b->type) - (a->type < b->type);
}

static bool same_span(const struct span *a, const struct span *b)
{
    return a->begin == b->begin && a->end == b->end && a->type == b->type;
}

/* Sorts, and makes one unknown span of those that overlap. */
static void settle(struct text *t)
{
    size_t n = 0;
    if (t->n_spans)
        qsort(t->spans, t->n_spans, sizeof *t->spans, span_compare);
    for (size_t i = 0; i < t->n_spans; i++) {
        struct span *last = n ? &t->spans[n - 1] : NULL;
        if (!last || t->spans[i].begin >= last->end) {
            t->spans[n++] = t->spans[i];
        } else {
            last->end = t->spans[i].end > last->end ? t->spans[i].end : last->end;
            last->type = SPAN_UNKNOWN;
        }
    }
    t->n_spans = n;
}

/* A label stays where `least` of the models agree; what only they find is unknown where nearly all do. */
static size_t mask(struct text *t, struct text *v, size_t models, unsigned least)
{
    size_t gold = t->n_spans, masked = 0;
    if (v->n_spans)
        qsort(v->spans, v->n_spans, sizeof *v->spans, span_compare);
    for (size_t g = 0; g < gold; g++) {
        size_t votes = 0;
        for (size_t i = 0; i < v->n_spans; i++)
            votes += same_span(&v->spans[i], &t->spans[g]);
        if (votes < least) {
            t->spans[g].type = SPAN_UNKNOWN;
            masked++;
        }
    }
    for (size_t i = 0; i < v->n_spans;) {
        size_t end = i + 1;
        bool known = false;
        while (end < v->n_spans && same_span(&v->spans[end], &v->spans[i]))
            end++;
        for (size_t g = 0; g < gold && !known; g++)
            known = t->spans[g].begin == v->spans[i].begin && t->spans[g].end == v->spans[i].end;
        if (end - i >= models + 1 - least && !known) {
            text_mark(t, v->spans[i].begin, v->spans[i].end, SPAN_UNKNOWN);
            masked++;
        }
        i = end;
    }
    settle(t);
    return masked;
}

size_t labels_vote(struct text *t, const struct gazetteer *gaz, const struct model *models, size_t n, unsigned least)
{
    struct text v = vote(gaz, models, n, t);
    size_t masked = mask(t, &v, n, least);
    free(v.spans);
    return masked;
}
