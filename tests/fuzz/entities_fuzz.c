/* entities_fuzz.c - any bytes as the text of an article: what is marked must lie
 * inside it, on the boundaries of characters, in order, linked to what is there. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "entities_article.h"
#include "entities_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Does a character, or a byte that is none, begin at `at`?  Told by reading
 * from up to three bytes before, as no sequence is longer than four. */
static bool is_boundary(const char *text, size_t len, size_t at)
{
    for (size_t back = 1; back <= 3 && back <= at && at < len; back++) {
        size_t i = at - back;
        utf8_next(text, len, &i);
        if (i > at)
            return false;
    }
    return at <= len;
}

static void check_span(const struct document *d, size_t begin, size_t end)
{
    assert(begin < end && end <= d->len);
    assert(is_boundary(d->text, d->len, begin) && is_boundary(d->text, d->len, end));
}

static void check_tokens(const struct document *d)
{
    size_t at = 0, sentence = 0;
    for (size_t i = 0; i < d->n_tokens; i++) {
        const struct token *t = &d->tokens[i];
        check_span(d, t->begin, t->end);
        assert(t->begin >= at && t->sentence >= sentence && t->sentence < d->n_sentences);
        at = t->end;
        sentence = t->sentence;
    }
}

static void check_mentions(const struct document *d, const struct mentions *m)
{
    for (size_t i = 0; i < m->n; i++) {
        const struct mention *p = &m->at[i];
        check_span(d, p->begin, p->end);
        assert(p->type < ENTITY_TYPES);
        assert(i == 0 || m->at[i - 1].end <= p->begin);
        assert(mention_at(m, p->first) == i && mention_at(m, p->last) == i);
        if (p->type >= ENTITY_DATE) {
            assert(p->chain == NO_MENTION);
            continue;
        }
        assert(p->chain < m->n && m->at[p->chain].type == p->type);
        assert(m->at[p->chain].chain == p->chain);
    }
}

static void check_titles(const struct document *d, const struct article *a)
{
    for (size_t i = 0; i < a->titles.n; i++) {
        const struct title *t = &a->titles.at[i];
        check_span(d, t->begin, t->end);
        assert(t->person < a->mentions.n && a->mentions.at[t->person].type == ENTITY_PER);
        assert(i == 0 || a->titles.at[i - 1].end <= t->begin);
    }
}

static void check_quotes(const struct document *d, const struct article *a)
{
    for (size_t i = 0; i < a->quotes.n; i++) {
        const struct quote *q = &a->quotes.at[i];
        check_span(d, q->begin, q->end);
        assert(i == 0 || a->quotes.at[i - 1].end <= q->begin);
        assert(q->cue == NO_MENTION || q->cue < d->n_tokens);
        assert(q->speaker == NO_MENTION || q->speaker < a->mentions.n);
        assert(q->source_first > q->source_last || q->source_last < d->n_tokens);
        assert(q->source_chain == NO_MENTION || q->source_chain < a->mentions.n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct gazetteer *gaz; /* read only, and slow to make */
    static struct arena arena;
    const struct article_options all = {true, true, true};
    struct document d;
    struct article a;

    if (!gaz)
        gaz = gazetteer_new();
    assert(gaz);
    assert(article_mark(&arena, gaz, (const char *)data, size, &all, &d, &a));
    check_tokens(&d);
    check_mentions(&d, &a.mentions);
    check_titles(&d, &a);
    check_quotes(&d, &a);
    arena_reset(&arena);
    return 0;
}
