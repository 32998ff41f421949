/* entities_fuzz.c - any bytes as the text of an article, and as an article made of the words that
 * the rules look for, one a byte: what is marked must lie inside it, on the boundaries of
 * characters, in order, linked to what is there. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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
        struct gaz_place place;
        assert(!p->place || gazetteer_place(d->gaz, p->place - 1, &place));
        assert(!p->place || p->type == ENTITY_LOC || p->type == ENTITY_NORP);
        assert(p->chain < m->n);
        assert(m->at[p->chain].chain == p->chain);
    }
}

static void check_titles(const struct document *d, const struct article *a)
{
    for (size_t i = 0; i < a->titles.n; i++) {
        const struct title *t = &a->titles.at[i];
        check_span(d, t->begin, t->end);
        assert(t->person < a->mentions.n && a->mentions.at[t->person].type == ENTITY_PER);
        const struct title *last = i ? t - 1 : NULL; /* "Presidents Biden and Putin" is a title of each */
        assert(!last || last->end <= t->begin || (last->begin == t->begin && last->end == t->end));
    }
}

static void check_references(const struct document *d, const struct article *a)
{
    for (size_t i = 0; i < a->references.n; i++) {
        const struct reference *r = &a->references.at[i];
        check_span(d, r->begin, r->end);
        assert(i == 0 || a->references.at[i - 1].end <= r->begin);
        assert(r->chain < a->mentions.n && a->mentions.at[r->chain].chain == r->chain);
        assert(reference_at(&a->references, r->first) == r->chain && reference_at(&a->references, r->last) == r->chain);
    }
}

static void check_quotes(const struct document *d, const struct article *a)
{
    for (size_t i = 0; i < a->quotes.n; i++) {
        const struct quote *q = &a->quotes.at[i];
        check_span(d, q->begin, q->end);
        assert(q->indirect || i == 0 || (!q[-1].indirect && q[-1].end <= q->begin));
        assert(!q->indirect || (q->cue != NO_MENTION && q->cue_kind <= CUE_ABOUT));
        assert(q->cue == NO_MENTION || q->cue < d->n_tokens);
        assert(q->speaker == NO_MENTION || q->speaker < a->mentions.n);
        assert(q->source_first > q->source_last || q->source_last < d->n_tokens);
        assert(q->source_chain == NO_MENTION || q->source_chain < a->mentions.n);
    }
}

/* At least one word of every class of the gazetteer, and every mark that joins or parts names. */
static const char *const words[] = {
    "said",
    "that",
    "asked",
    "claims",
    "accused",
    "according",
    "who",
    "Anna",
    "Jonas",
    "he",
    "she",
    "her",
    "him",
    "its",
    "latter",
    "ministry",
    "Presidents",
    "doctor",
    "Berg",
    "Will",
    "Christian",
    "Prince",
    "Minister",
    "Prime",
    "Deputy",
    "Former",
    "President",
    "Secretary",
    "State",
    "Wales",
    "Defence",
    "Mr.",
    "Sen.",
    "Sheikh",
    "Iraq",
    "US",
    "United",
    "States",
    "Paris",
    "Oslo",
    "Washington",
    "D.C.",
    "Europe",
    "Iraqi",
    "French",
    "Muslim",
    "Eastern",
    "New",
    "York",
    "University",
    "Ministry",
    "Bank",
    "Party",
    "Times",
    "Council",
    "Health",
    "National",
    "Lake",
    "River",
    "Park",
    "World",
    "Cup",
    "Treaty",
    "War",
    "Hurricane",
    "UN",
    "NATO",
    "Reuters",
    "Olympics",
    "Al",
    "al",
    "bin",
    "de",
    "la",
    "van",
    "der",
    "Jr.",
    "III",
    "J.",
    "May",
    "March",
    "Nov",
    "Sunday",
    "Fridays",
    "8",
    "45",
    "1962",
    "2022",
    "10:30",
    "a.m.",
    "GMT",
    "1990s",
    "last",
    "year",
    "two",
    "ago",
    "yesterday",
    "of",
    "for",
    "and",
    "the",
    "The",
    "on",
    "in",
    "at",
    "said",
    "told",
    "saying",
    "According",
    "to",
    "he",
    "she",
    "who",
    "statement",
    "official",
    "striker",
    "newspaper",
    "city",
    "film",
    "spokesman",
    "director",
    "chief",
    "police",
    "harbour",
    "reopened",
    "slowly",
    "Harvest",
    "harvest",
    "Foundation",
    "TV",
    "I",
    "Tel",
    "Qarsheh",
    "Paris",
    "Texas",
    "Tex.",
    "Georgia",
    "Tripoli",
    "Libyan",
    "ABC",
    "AT&T",
    "iPhone",
    "@anna",
    "http://a.b",
    "-",
    "\x01-",
    "\x01,",
    "\x01.",
    "\x01?",
    "\x01:",
    "\x01's",
    "\x01'",
    "&",
    "+",
    "(",
    "\x01)",
    "\"",
    "\x01\"",
    "\xe2\x80\x9c",
    "\x01\xe2\x80\x9d",
    "'",
    "\x01\xe2\x80\x99",
    "\xc2\xab",
    "\xc2\xbb",
    "\n",
    "\n\n",
};

/* A word for each byte; \x01 before it means no space.  Returns the length. */
static size_t spell(const uint8_t *data, size_t size, char *text, size_t room)
{
    size_t len = 0;
    for (size_t i = 0; i < size; i++) {
        const char *word = words[data[i] % (sizeof words / sizeof *words)];
        bool glued = *word == '\x01';
        size_t n = strlen(word + glued);
        if (len + n + 1 > room)
            break;
        if (len && !glued)
            text[len++] = ' ';
        memcpy(text + len, word + glued, n);
        len += n;
    }
    return len;
}

static void check_article(const struct gazetteer *gaz, struct arena *arena, const char *text, size_t len)
{
    static struct model model;
    const char *why;
    if (!model.header && !model_builtin(&model, &why))
        abort();
    const struct article_options all = {.model = &model, .dates = true, .titles = true, .references = true, .quotes = true};
    struct document d;
    struct article a;
    bool marked = article_mark(arena, gaz, text, len, &all, &d, &a);
    assert(marked);
    check_tokens(&d);
    check_mentions(&d, &a.mentions);
    check_titles(&d, &a);
    check_references(&d, &a);
    check_quotes(&d, &a);
    arena_reset(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct gazetteer *gaz;
    static struct arena arena;
    char text[32768];

    if (!gaz)
        gaz = gazetteer_new();
    assert(gaz);
    check_article(gaz, &arena, (const char *)data, size);
    check_article(gaz, &arena, text, spell(data, size, text, sizeof text));
    return 0;
}
