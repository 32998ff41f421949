/* casing.c - counts how words are written. */
#include "casing.h"

#include <stdlib.h>
#include <string.h>

enum { COUNTS = 1 << 18 /* room for words at first */ };

/* The place of a word, or a free one for it. */
static struct count *find_count(const struct counts *c, uint64_t lower)
{
    size_t i = (size_t)(lower >> 20) & c->mask;
    while (c->at[i].lower && c->at[i].lower != lower)
        i = (i + 1) & c->mask;
    return &c->at[i];
}

static void make_room(struct counts *c, size_t slots)
{
    *c = (struct counts){.at = grow(NULL, slots, sizeof *c->at), .mask = slots - 1};
    memset(c->at, 0, slots * sizeof *c->at);
}

static struct count *count_of(struct counts *c, uint64_t lower)
{
    if (c->n * 4 > c->mask * 3) {
        struct counts wider;
        make_room(&wider, (c->mask + 1) * 2);
        wider.n = c->n;
        for (size_t i = 0; i <= c->mask; i++)
            if (c->at[i].lower)
                *find_count(&wider, c->at[i].lower) = c->at[i];
        free(c->at);
        *c = wider;
    }
    struct count *found = find_count(c, lower);
    c->n += !found->lower;
    found->lower = lower;
    return found;
}

static bool tells_casing(const struct words *w, size_t i, size_t first)
{
    if (i == first || !(word_form(w, i)->flags & FORM_LETTER))
        return false;
    const struct token *before = &w->d->tokens[w->at[i].first - 1];
    return before->kind != TOKEN_QUOTE && before->kind != TOKEN_STOP &&
           !strchr(":('", w->d->text[before->begin]);
}

/* Counts words in lower case that are part of a name. */
static void count_inside(struct counts *c, const struct words *w, const struct text *t)
{
    size_t k = 0;
    for (size_t i = 0; i < w->n; i++) {
        const struct token *token = &w->d->tokens[w->at[i].first];
        while (k < t->n_spans && t->spans[k].end <= token->begin)
            k++;
        if (k == t->n_spans)
            return;
        uint8_t flags = word_form(w, i)->flags;
        if (t->spans[k].type <= SPAN_MISC && t->spans[k].begin <= token->begin && flags & FORM_LETTER &&
            !(flags & (FORM_CAPITAL | FORM_MIXED)))
            count_of(c, word_form(w, i)->lower | 1)->inside++;
    }
}

void counts_add(struct counts *c, const struct gazetteer *gaz, const struct corpus *corpus, const struct model *blank)
{
    for (size_t k = 0; k < corpus->n; k++) {
        struct prepared p;
        prepare(&p, gaz, blank, &corpus->at[k]);
        count_inside(c, &p.w, &corpus->at[k]);
        for (size_t s = 0; s < p.d.n_sentences; s++) {
            size_t first = p.w.sentences[s], end = p.w.sentences[s + 1], capitals = 0;
            for (size_t i = first; i < end; i++)
                capitals += (word_form(&p.w, i)->flags & FORM_CAPITAL) != 0;
            if (capitals * 10 > (end - first) * 6)
                continue;
            for (size_t i = first; i < end; i++)
                if (tells_casing(&p.w, i, first)) {
                    const struct form *f = word_form(&p.w, i);
                    struct count *n = count_of(c, f->lower | 1);
                    n->small += !(f->flags & FORM_CAPITAL);
                    n->capital += (f->flags & FORM_CAPITAL) != 0;
                }
        }
        prepared_done(&p);
    }
}

uint32_t count_casing(const struct count *c)
{
    double small = (double)c->small / (double)(c->small + c->capital);
    uint32_t inside = c->inside >= 3 && c->inside * 100 >= c->small ? CASING_IN_NAMES : 0;
    if (c->capital == 0)
        return inside + CASING_LOWER;
    if (c->small == 0)
        return inside + CASING_CAPITAL;
    return inside + (small > .95  ? CASING_MOSTLY_LOWER
                     : small > .6 ? CASING_OFTEN_LOWER
                     : small > .2 ? CASING_OFTEN_CAPITAL
                                  : CASING_MOSTLY_CAPITAL);
}

void counts_init(struct counts *c)
{
    make_room(c, COUNTS);
}
