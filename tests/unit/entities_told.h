/* entities_told.h - what the entities stage finds in a text, as one line to compare:
 *
 *   PER[Joe Biden] LOC[Iraq] PER[Biden>Joe Biden] title[US President>Joe Biden]
 *   told[that he will go by Biden cue said say]
 *   quote[“We will go.” by Biden cue said] quote["No." by source[he>Joe Biden]]
 *
 * Names in order of the text, then titles, then references ("he>Joe Biden"), then quotations; ">" leads to the
 * fullest mention where that is another. */
#ifndef ENTITIES_TOLD_H
#define ENTITIES_TOLD_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "entities_article.h"

struct told {
    char text[8192];
    size_t len;
};

static inline void told_add(struct told *t, const char *piece, size_t len)
{
    assert_true(t->len + len < sizeof t->text);
    memcpy(t->text + t->len, piece, len);
    t->len += len;
    t->text[t->len] = '\0';
}

static inline void told_str(struct told *t, const char *piece)
{
    told_add(t, piece, strlen(piece));
}

static inline void told_span(struct told *t, const struct document *d, size_t begin, size_t end)
{
    assert_true(begin < end && end <= d->len);
    told_add(t, d->text + begin, end - begin);
}

static inline void told_mention(struct told *t, const struct document *d, const struct mentions *m, size_t i)
{
    const struct mention *p = &m->at[i];
    told_span(t, d, p->begin, p->end);
    if (p->chain != NO_MENTION && p->chain != i) {
        told_str(t, ">");
        told_span(t, d, m->at[p->chain].begin, m->at[p->chain].end);
    }
}

static inline void told_quote(struct told *t, const struct document *d, const struct mentions *m, const struct quote *q)
{
    static const char *const kinds[] = {"say", "think", "want", "about"};
    told_str(t, q->indirect ? " told[" : " quote[");
    told_span(t, d, q->begin, q->end);
    if (q->speaker != NO_MENTION) {
        told_str(t, " by ");
        told_span(t, d, m->at[q->speaker].begin, m->at[q->speaker].end);
    } else if (q->source_first <= q->source_last) {
        told_str(t, " by source[");
        told_span(t, d, d->tokens[q->source_first].begin, d->tokens[q->source_last].end);
        if (q->source_chain != NO_MENTION) {
            told_str(t, ">");
            told_span(t, d, m->at[q->source_chain].begin, m->at[q->source_chain].end);
        }
        told_str(t, "]");
    }
    if (q->cue != NO_MENTION) {
        told_str(t, " cue ");
        told_span(t, d, d->tokens[q->cue].begin, d->tokens[q->cue].end);
        if (q->indirect) {
            told_str(t, " ");
            told_str(t, kinds[q->cue_kind]);
        }
    }
    told_str(t, "]");
}

enum told_what {
    TOLD_NAMES = 1,
    TOLD_DATES = 2,
    TOLD_TITLES = 4,
    TOLD_QUOTES = 8,
    TOLD_REFERENCES = 16,
    TOLD_INDIRECT = 32
};

static inline void told_names(struct told *t, const struct document *d, const struct mentions *m, unsigned what)
{
    static const char *const labels[] = {"PER", "ORG", "LOC", "MISC", "NORP", "DATE", "TIME"};
    for (size_t i = 0; i < m->n; i++) {
        if (!(what & (m->at[i].type < ENTITY_DATE ? TOLD_NAMES : TOLD_DATES)))
            continue;
        told_str(t, " ");
        told_str(t, labels[m->at[i].type]);
        told_str(t, "[");
        told_mention(t, d, m, i);
        told_str(t, "]");
    }
}

/* Marks `text` and writes down the kinds that `what` names. */
static inline void tell(const struct gazetteer *gaz, const char *text, unsigned what, struct told *t)
{
    struct arena arena = {0};
    struct document d;
    struct article a;
    struct model model;
    const char *why;
    assert_true(model_builtin(&model, &why));
    const struct article_options all = {.model = &model,
                                        .dates = true,
                                        .titles = true,
                                        .references = true,
                                        .quotes = true};
    assert_true(article_mark(&arena, gaz, text, strlen(text), &all, &d, &a));
    t->len = 0;
    t->text[0] = '\0';
    told_names(t, &d, &a.mentions, what);
    for (size_t i = 0; i < a.titles.n && (what & TOLD_TITLES); i++) {
        told_str(t, " title[");
        told_span(t, &d, a.titles.at[i].begin, a.titles.at[i].end);
        told_str(t, ">");
        told_span(t, &d, a.mentions.at[a.titles.at[i].person].begin, a.mentions.at[a.titles.at[i].person].end);
        told_str(t, "]");
    }
    for (size_t i = 0; i < a.references.n && (what & TOLD_REFERENCES); i++) {
        told_str(t, " ");
        told_span(t, &d, a.references.at[i].begin, a.references.at[i].end);
        told_str(t, ">");
        const struct mention *of = &a.mentions.at[a.references.at[i].chain];
        told_span(t, &d, of->begin, of->end);
    }
    for (size_t i = 0; i < a.quotes.n; i++)
        if (what & (a.quotes.at[i].indirect ? TOLD_INDIRECT : TOLD_QUOTES))
            told_quote(t, &d, &a.mentions, &a.quotes.at[i]);
    arena_done(&arena);
}

static inline void assert_told(const struct gazetteer *gaz, const char *text, unsigned what, const char *expected)
{
    struct told t;
    tell(gaz, text, what, &t);
    const char *got = t.text[0] == ' ' ? t.text + 1 : t.text;
    if (strcmp(got, expected) != 0)
        print_error("in: %s\n", text);
    assert_string_equal(got, expected);
}

#endif
