/* entities_indirect.c - what is told in other words, sentence by sentence. */
#include "entities_indirect.h"

#include "entities_clause.h"
#include "entities_cue.h"
#include "entities_speaker.h"
#include "entities_verb.h"

enum { REACH = 250 }; /* tokens to either side of a cue */

struct finder {
    struct stretch s;   /* around the cue that is read */
    size_t direct;      /* how many of the quotations are direct */
    size_t quote;       /* the first direct one that ends at the cue or behind it */
    size_t sentence;    /* of the last finite cue, */
    struct credit main; /* and who is its subject */
    bool failed;
};

/* Has another cue told it, or some of it: "wants to see ..."?  What one tells in another's words counts only where its
 * speaker is named there. */
static bool is_told(const struct finder *f, const struct credit *c, size_t first, size_t end)
{
    const struct quotes *q = f->s.a.q;
    for (size_t k = q->n; k > f->direct && k + 4 > q->n; k--) {
        const struct quote *o = &q->at[k - 1];
        size_t from = o->first > first ? o->first : first, to = o->last + 1u < end ? o->last + 1u : end;
        bool other = c->speaker != NO_MENTION && f->s.a.m->at[c->speaker].first >= o->first;
        if (from < to && !other)
            return true;
    }
    return false;
}

/* Leaves out what other cues tell within [first, end), of which a cue behind it tells all. */
static void forget_within(struct finder *f, size_t first, size_t end)
{
    struct quotes *q = f->s.a.q;
    while (q->n > f->direct && q->at[q->n - 1].cue >= first && q->at[q->n - 1].cue < end &&
           q->at[q->n - 1].first >= first)
        q->n--;
}

/* One span of what is told, [first, end), credited to c. */
static void tell(struct finder *f, enum cue_kind kind, const struct credit *c, size_t first, size_t end)
{
    const struct document *d = f->s.a.d;
    if (first < end)
        first = clause_skip_dateline(&f->s, first);
    while (first < end &&
           (token_is_mark(d, first, ',') || token_is_mark(d, first, ':') || d->tokens[first].kind == TOKEN_DASH))
        first++;
    while (first < end && (token_is_mark(d, end - 1, ',') || d->tokens[end - 1].kind == TOKEN_DASH ||
                           d->tokens[end - 1].kind == TOKEN_STOP))
        end--;
    if (first >= end)
        return;
    while (first < end && clause_is_time(&f->s, first) && clause_is_time(&f->s, end - 1))
        first++; /* no more than "on Tuesday" */
    bool bare = first + 1 == end && (token_is(d, first, "that") || token_is(d, first, "to"));
    if (first >= end || bare)
        return;
    if (c->cue != NO_MENTION && c->cue >= end)
        forget_within(f, first, end);
    if (is_told(f, c, first, end))
        return;
    struct quote *q = quotes_add(d, f->s.a.q, first, end - 1);
    if (!q) {
        f->failed = true;
        return;
    }
    q->said = q->indirect = true;
    q->cue_kind = (uint8_t)kind;
    quote_give(q, c);
}

/* "Berg is expected to ...", "Berg seems tired": what is told of her has her as its subject. */
static void tell_subject(struct finder *f, const struct cue_word *w, const struct credit *c, const struct front *b)
{
    size_t first = clause_subject(&f->s, b->first);
    bool empty = first + 1 == b->first && (token_is(f->s.a.d, first, "it") || token_is(f->s.a.d, first, "there"));
    if (first < b->first && !empty && !b->to && !(w->flags & CUE_WHOM))
        tell(f, CUE_ABOUT, c, first, b->first);
}

/* "which he called ...", "which Berg says is ...": what is told of begins before the subject of the cue. */
static void tell_gap(struct finder *f, size_t i, const struct front *b)
{
    static const char *const links[] = {"which", "whom", "who", NULL};
    const struct document *d = f->s.a.d;
    size_t subject = b->first, next = clause_skip_adverbs(&f->s, i + 1);
    if (subject < f->s.low + 3 || b->to)
        return;
    uint32_t m = mention_at(f->s.a.m, subject - 1);
    subject = m != NO_MENTION ? f->s.a.m->at[m].first : subject - 1;
    if (subject < f->s.low + 2 || (m == NO_MENTION && !token_is_pronoun(d, subject)))
        return;
    bool be = next < f->s.high && token_is_auxiliary(d, next);
    bool linked = token_is_any(d, subject - 1, links) || (be && token_is(d, subject - 1, "that"));
    if (!linked || token_is_preposition(d, subject - 2))
        return;
    struct credit c = {(uint32_t)i, m, 1, 0};
    if (m == NO_MENTION)
        c.source_first = c.source_last = (uint32_t)subject;
    tell(f, CUE_ABOUT, &c, subject - 1, subject);
}

/* "was accused of ...", "is expected to ..." */
static void passive(struct finder *f, const struct cue_word *w, size_t i, const struct front *b)
{
    const struct document *d = f->s.a.d;
    static const char *const to[] = {"to", "that", "whether", "if", "how", "why", "what", NULL};
    static const char *const of[] = {"of", "as", "for", "about", "in", "on", NULL};
    size_t next = i + 1;
    if (!(w->flags & CUE_PASSIVE) || next >= f->s.high)
        return;
    struct credit c = NO_CREDIT;
    c.cue = (uint32_t)i;
    if (token_is(d, next, "by")) {
        size_t end = next + 1;
        while (end < f->s.high && !speaker_ends(d, end))
            end++;
        size_t first = b->first;
        while (first > f->s.low && b->first - first < 20 && !token_is_mark(d, first - 1, ','))
            first--;
        speaker_among(&f->s.a, next + 1, end, &c);
        tell(f, CUE_ABOUT, &c, first, b->first);
    } else if (token_is_any(d, next, to)) {
        if (token_is(d, next, "to"))
            tell_subject(f, w, &c, b);
        tell(f, token_is(d, next, "to") ? CUE_WANT : w->kind, &c, next, told_end(&f->s, next, true));
    } else if (token_is_any(d, next, of)) {
        tell_subject(f, w, &c, b);
        tell(f, CUE_ABOUT, &c, next + 1, told_end(&f->s, next + 1, false));
    } else if ((w->flags & CUE_THING) && !token_is(d, i - 1, "be") && !token_is(d, i - 1, "being")) {
        tell_subject(f, w, &c, b);
        if (!token_is_preposition(d, next) && !token_is_close(d, next) && !token_is_mark(d, next, ',') &&
            !clause_is_time(&f->s, next))
            tell(f, CUE_ABOUT, &c, next, told_end(&f->s, next, false));
    }
}

/* The speaker of "her lawyer, Anna Berg, said": the name, which may be either part. */
static void named(const struct stretch *s, size_t first, size_t comma, size_t end, struct credit *c)
{
    const struct mentions *m = s->a.m;
    speaker_among(&s->a, first, comma, c);
    if (c->speaker != NO_MENTION && m->at[c->speaker].type == ENTITY_PER)
        return;
    uint32_t p = comma + 1 < end ? mention_at(m, end - 1) : NO_MENTION;
    if (p != NO_MENTION && m->at[p].type == ENTITY_PER && m->at[p].first <= comma + 4)
        *c = (struct credit){c->cue, p, 1, 0};
}

/* "..., she said.", "..., said Smith.": false where the cue is not of that kind. */
static bool behind(struct finder *f, const struct cue_word *w, size_t i, const struct front *b)
{
    const struct document *d = f->s.a.d;
    struct credit c = NO_CREDIT;
    if (!(w->flags & (CUE_BEHIND | CUE_TOLD)) || (w->flags & FORM_ING) || i < f->s.low + 2 || b->first < f->s.low + 2)
        return false;
    size_t comma, rest = f->s.high;
    c.cue = (uint32_t)i;
    if ((w->flags & CUE_BEHIND) && cue_is_inverted(&f->s, i)) {
        size_t end = i + 1;
        while (end < f->s.high && !speaker_ends(d, end))
            end++;
        comma = i - 1;
        speaker_among(&f->s.a, i + 1, end, &c);
    } else {
        if (!clause_is_last(&f->s, w, i) || b->to || b->article)
            return false;
        comma = clause_comma(&f->s, b->first - 1);
        if (comma + 1 == b->first) { /* "..., Smith, who leads it, said" */
            size_t second = comma > f->s.low ? clause_comma(&f->s, comma - 1) : f->s.low;
            comma = second > f->s.low ? clause_comma(&f->s, second - 1) : f->s.low;
            if (comma == f->s.low)
                return false;
            named(&f->s, comma + 1, second, b->first - 1, &c);
        } else {
            if (!clause_is_subject(&f->s, comma + 1, b->first))
                return false;
            speaker_among(&f->s.a, comma + 1, b->first, &c);
        }
        if (comma < f->s.low + (token_is_mark(d, i + 1, ',') ? 1 : 3) || i - comma > 24)
            return false;
        if (token_is_mark(d, i + 1, ','))
            rest = i + 2;
    }
    tell(f, w->kind, &c, f->s.low, comma);
    if (rest < f->s.high && !clause_ends_at_comma(&f->s, rest - 1, true) && !token_ends_like(d, rest, "ing"))
        tell(f, w->kind, &c, rest, told_end(&f->s, rest, true));
    return true;
}

/* The name that ends at token i, before "'s claim": no day and no nationality. */
static uint32_t owner_who_speaks(const struct stretch *s, size_t i)
{
    uint32_t m = mention_at(s->a.m, i);
    return m != NO_MENTION && s->a.m->at[m].type < ENTITY_NORP ? m : NO_MENTION;
}

static bool is_finite(const struct stretch *s, size_t i)
{
    const struct document *d = s->a.d;
    return i < s->high && (token_is_auxiliary(d, i) || (token_is_lower(d, i) && token_ends_like(d, i, "ed")));
}

/* "the claim that ...", "was confident that ..." */
static void noun(struct finder *f, const struct cue_word *w, size_t i, bool be)
{
    static const char *const tellers[] = {"media", "press", "police", "news", "intelligence", NULL};
    const struct document *d = f->s.a.d;
    struct credit c = NO_CREDIT;
    c.cue = (uint32_t)i;
    if (!be && is_finite(&f->s, clause_skip_adverbs(&f->s, i + 2)))
        return; /* "a message that was sent" */
    if (be && (w->flags & CUE_CLAUSE)) {
        c = speaker_of_verb(&f->s.a, f->s.low, i);
        c.cue = (uint32_t)i;
    } else if (i > f->s.low && token_is_possessive(d, i - 1)) {
        c.speaker = owner_who_speaks(&f->s, i - 2);
    } else if (i > f->s.low && token_is_article(d, i - 1) && !token_is(d, i - 1, "the") && !token_is(d, i - 1, "a")) {
        c.source_first = c.source_last = (uint32_t)i - 1;
    } else if (i > f->s.low && token_is_lower(d, i - 1) &&
               (token_is_any(d, i - 1, tellers) || (d->tokens[i - 1].classes & (GAZ(SPEECH_NOUN) | GAZ(ORG_NOUN))))) {
        c.source_first = c.source_last = (uint32_t)i - 1; /* "media reports that" */
    }
    tell(f, w->kind, &c, i + 1, told_end(&f->s, i + 1, true));
}

/* Whose it is, the noun at i: "his harsh attacks", "Berg's call"; false where no owner is before it. */
static bool owner_of(const struct stretch *s, size_t i, struct credit *c)
{
    static const char *const owners[] = {"his", "her", "their", "its", "my", "our", "your", NULL};
    const struct document *d = s->a.d;
    for (size_t n = 0; n < 4 && i > s->low; n++, i--) {
        if (token_is_any(d, i - 1, owners)) {
            c->source_first = c->source_last = (uint32_t)i - 1;
            return true;
        }
        if (token_is_possessive(d, i - 1) && i > s->low + 1) {
            c->speaker = owner_who_speaks(s, i - 2);
            return true;
        }
        if (!token_is_lower(d, i - 1) || token_is_preposition(d, i - 1) || token_is_article(d, i - 1) ||
            token_is_be(d, i - 1))
            break;
    }
    return false;
}

/* "took a swipe at ...", "raised doubts about ...": whose it is is the subject of a verb of little meaning. */
static bool light_of(const struct stretch *s, size_t i, struct credit *c)
{
    static const char *const verbs[] = {"make",      "made",   "makes",   "making",    "take",       "took",
                                        "takes",     "taking", "taken",   "give",      "gave",       "gives",
                                        "giving",    "given",  "have",    "has",       "had",        "having",
                                        "raise",     "raised", "raises",  "raising",   "launch",     "launched",
                                        "launching", "throw",  "threw",   "throws",    "throwing",   "pay",
                                        "paid",      "pays",   "paying",  "cast",      "casting",    "draw",
                                        "drew",      "draws",  "deliver", "delivered", "delivering", NULL};
    const struct document *d = s->a.d;
    for (size_t n = 0; n < 5 && i > s->low + 1; n++, i--) {
        if (token_is_any(d, i - 1, verbs)) {
            const struct front b = cue_front(s, i - 1);
            speaker_before(&s->a, s->low, b.first, c);
            return true;
        }
        if (!token_is_lower(d, i - 1) || token_is_preposition(d, i - 1))
            break;
    }
    return false;
}

/* "his criticism of ...", "Berg's call for ...", "is critical of ...": only where it is known whose */
static bool noun_of(struct finder *f, const struct cue_word *w, size_t i, const struct front *b)
{
    const struct document *d = f->s.a.d;
    struct credit c = NO_CREDIT;
    size_t next = i + 1;
    c.cue = (uint32_t)i;
    if (next + 1 >= f->s.high || !cue_takes(d, w, next))
        return false;
    if (b->be && (w->flags & CUE_CLAUSE))
        speaker_before(&f->s.a, f->s.low, b->first, &c);
    else if (!owner_of(&f->s, i, &c) && !light_of(&f->s, i, &c))
        return false;
    bool want = token_is(d, next, "to") && w->kind == CUE_WANT;
    tell(f, want ? CUE_WANT : CUE_ABOUT, &c, next + !want, told_end(&f->s, next + 1, false));
    return true;
}

/* Joins two words: "Okonedo-Wright". */
static bool is_hyphen(const struct stretch *s, size_t i)
{
    const struct token *t = &s->a.d->tokens[i];
    return (t->flags & TOKEN_GLUED) && i + 1 < s->high && (t[1].flags & TOKEN_GLUED);
}

/* Has it a verb of saying: what stands before "according" is a credit of its own? */
static bool has_cue(const struct stretch *s, size_t first, size_t end)
{
    for (size_t k = first; k < end; k++) {
        const struct cue_word *w = cue_find(s->a.d, k);
        if (w && w->kind == CUE_SAY && (w->flags & FORM_PAST))
            return true;
    }
    return false;
}

/* "According to Smith, ...", "..., according to Smith" */
static void according(struct finder *f, size_t i)
{
    const struct document *d = f->s.a.d;
    struct credit c = NO_CREDIT;
    size_t first = i + 2, end = first;
    while (end < f->s.high && !token_is_close(d, end) && !token_is_mark(d, end, ',') &&
           (d->tokens[end].kind != TOKEN_DASH || is_hyphen(&f->s, end)))
        end++;
    c.cue = (uint32_t)i;
    speaker_among(&f->s.a, first, end, &c);
    if (i <= f->s.low + 1 || token_is_mark(d, i - 1, ':') || token_is_mark(d, i - 1, ';')) {
        if (end + 1 < f->s.high && (token_is(d, end + 1, "who") || token_is(d, end + 1, "which")))
            do
                end++;
            while (end < f->s.high && !token_is_mark(d, end, ','));
        tell(f, CUE_SAY, &c, end, told_end(&f->s, end + 1, true));
        return;
    }
    if (f->s.low > d->sentences[d->tokens[i].sentence].first && has_cue(&f->s, f->s.low, i))
        return;
    tell(f, CUE_SAY, &c, f->s.low, i);
    if (token_is_mark(d, end, ',') && token_is_mark(d, i - 1, ',') && !clause_ends_at_comma(&f->s, end, true) &&
        clause_starts(&f->s, end + 1))
        tell(f, CUE_SAY, &c, end, told_end(&f->s, end + 1, true));
}

/* Has a direct quotation beside it taken this cue? */
static bool is_taken(const struct finder *f, size_t i)
{
    size_t from = f->quote > 2 ? f->quote - 2 : 0;
    for (size_t k = from; k < f->direct && k < f->quote + 2; k++)
        if (f->s.a.q->at[k].cue == i)
            return true;
    return false;
}

/* A name or pronoun in [low, end) that looks like a subject, the first or the last one. */
static struct credit some_subject(const struct stretch *s, size_t end, bool last)
{
    const struct document *d = s->a.d;
    struct credit c = NO_CREDIT;
    for (size_t i = s->low; i < end; i++) {
        uint32_t m = mention_at(s->a.m, i);
        size_t behind = m != NO_MENTION ? (size_t)s->a.m->at[m].last + 1 : i + 1;
        bool name = m != NO_MENTION && s->a.m->at[m].type <= ENTITY_ORG && !token_is_possessive(d, behind) &&
                    !(i > s->low && token_is_preposition(d, i - 1) && !token_is(d, i - 1, "and"));
        if (name)
            c = (struct credit){NO_MENTION, m, 1, 0};
        else if (token_is_somebody(d, i))
            c = (struct credit){NO_MENTION, NO_MENTION, (uint32_t)i, (uint32_t)i};
        if (!last && (name || token_is_somebody(d, i)))
            break;
        i = behind - 1;
    }
    return c;
}

/* "Three officials familiar with the matter": all that stands between the start of a clause and its verb at `end`, if
 * it is one phrase.  A name is who speaks only where it leads it. */
static bool phrase_before(const struct stretch *s, size_t end, struct credit *c)
{
    static const char *const starts[] = {"that",    "but", "and",  "while", "although",
                                         "because", "as",  "when", "if",    NULL};
    static const char *const links[] = {"for", "of", "with", "in", "from", "at", "familiar", "close", "on", "to", NULL};
    const struct document *d = s->a.d;
    size_t first = end, head = end;
    while (first > s->low && end - first < 16) {
        size_t k = first - 1;
        uint32_t m = mention_at(s->a.m, k);
        if (m != NO_MENTION && s->a.m->at[m].first >= s->low) {
            first = s->a.m->at[m].first;
            continue;
        }
        if (token_is_mark(d, k, ',') || token_is_any(d, k, starts))
            break;
        const struct cue_word *w = cue_find(d, k);
        if (token_is_auxiliary(d, k) || token_is_somebody(d, k) || token_is_close(d, k) ||
            d->tokens[k].kind == TOKEN_DASH || d->tokens[k].kind == TOKEN_QUOTE || token_is(d, k, "which") ||
            (w && (w->flags & (FORM_PAST | FORM_S | FORM_ING)) && !(w->flags & CUE_NOUNY)))
            return false;
        if (token_is_any(d, k, links))
            head = k;
        first = k;
    }
    if (head == end || head <= first || token_is_preposition(d, first) || end - first >= 16)
        return false;
    for (size_t k = first; k < head; k++)
        if (mention_at(s->a.m, k) != NO_MENTION && s->a.m->at[mention_at(s->a.m, k)].type <= ENTITY_ORG &&
            !token_is_possessive(d, s->a.m->at[mention_at(s->a.m, k)].last + 1u))
            return false;
    c->source_first = (uint32_t)first;
    c->source_last = (uint32_t)end - 1;
    return true;
}

/* Whose words an active verb gives. */
static struct credit subject(struct finder *f, const struct cue_word *w, size_t i, const struct front *b)
{
    const struct document *d = f->s.a.d;
    struct credit c = NO_CREDIT;
    size_t sentence = d->tokens[i].sentence, end = speaker_end(&f->s.a, f->s.low, b->first);
    bool finite = !(w->flags & FORM_ING) || b->be;
    bool known = f->sentence == sentence && f->main.cue != NO_MENTION;
    if (end > f->s.low && token_is_mark(d, end - 1, ')'))
        while (end > f->s.low && !token_is_mark(d, end, '('))
            end--; /* "the World Health Organization (WHO) said" */
    bool start = end == f->s.low, comma = !start && token_is_mark(d, end - 1, ',');
    bool joined = !start && (token_is(d, end - 1, "and") || token_is(d, end - 1, "or") || token_is(d, end - 1, "but"));
    if (b->to && !b->be && !b->have) {
        c = known ? f->main : some_subject(&f->s, end, true);
    } else if (!finite && (comma || start || joined)) {
        c = known ? f->main : some_subject(&f->s, i, false);
    } else if (!finite && token_is_preposition(d, end - 1)) {
        c = some_subject(&f->s, end, true);
    } else if (joined && finite) {
        c = known ? f->main : some_subject(&f->s, end, false);
    } else if (comma) { /* "Smith, who leads it, said" */
        size_t second = clause_comma(&f->s, end - 2);
        size_t first = second > f->s.low ? clause_comma(&f->s, second - 1) : f->s.low;
        if (second > f->s.low)
            named(&f->s, first + (first > f->s.low), second, end - 1, &c);
        else
            c = some_subject(&f->s, end, false);
    } else if (!start && !phrase_before(&f->s, end, &c)) {
        speaker_before(&f->s.a, f->s.low, end, &c);
    }
    c.cue = (uint32_t)i;
    if (finite && !b->to) {
        f->sentence = sentence;
        f->main = c;
    }
    return c;
}

/* A noun or adjective that is a cue: false where it is none, or may be a verb. */
static bool read_noun(struct finder *f, const struct cue_word *w, size_t i, const struct front *b)
{
    if (!(w->flags & CUE_NOUN))
        return false;
    if (w->kind <= CUE_THINK && i + 1 < f->s.high && token_is(f->s.a.d, i + 1, "that") &&
        !((w->flags & (FORM_S | FORM_PLAIN)) && cue_is_verb(&f->s, w, i, b))) {
        noun(f, w, i, b->be);
        return true;
    }
    bool predicate = b->be && (w->flags & CUE_CLAUSE);
    return ((b->first == i || predicate) && noun_of(f, w, i, b)) || cue_is_attribute(&f->s, w, i, b) ||
           !(w->flags & ~(uint32_t)(CUE_NOUN | FORM_NOUN));
}

/* "It would close, she said, “in May”.": a cue that a direct quotation has taken may tell what stands before it. */
static void read_taken(struct finder *f, const struct cue_word *w, size_t i, const struct front *b)
{
    const struct document *d = f->s.a.d;
    bool quoted = f->s.high < d->n_tokens && d->tokens[f->s.high].kind == TOKEN_QUOTE;
    if (quoted && i + 1 < f->s.high && token_is_mark(d, i + 1, ',') && !token_is_preposition(d, f->s.low) &&
        f->s.low == d->sentences[d->tokens[i].sentence].first)
        behind(f, w, i, b);
}

static void read_verb(struct finder *f, const struct cue_word *w, size_t i, const struct front *b)
{
    const struct document *d = f->s.a.d;
    bool clause;
    f->s.subordinate = i == f->s.low || clause_is_subordinate(&f->s, i);
    size_t start = told_start(&f->s, w, i, &clause);
    tell_gap(f, i, b);
    if (start >= f->s.high)
        return;
    struct credit c = subject(f, w, i, b);
    if (w->flags & CUE_SUBJECT)
        tell_subject(f, w, &c, b);
    bool thing = !clause || ((w->flags & CUE_THING) && !token_is(d, start, "that") && !clause_starts(&f->s, start));
    enum cue_kind kind = token_is(d, start, "to") ? CUE_WANT : thing ? CUE_ABOUT : w->kind;
    tell(f, kind, &c, start, told_end(&f->s, start, clause));
}

static void read_cue(struct finder *f, const struct cue_word *w, size_t i)
{
    if (mention_at(f->s.a.m, i) != NO_MENTION)
        return;
    f->s.subordinate = false;
    const struct front b = cue_front(&f->s, i);
    if (is_taken(f, i))
        read_taken(f, w, i, &b);
    else if (read_noun(f, w, i, &b) || !cue_is_verb(&f->s, w, i, &b))
        return;
    else if (b.be && (w->flags & FORM_PARTICIPLE))
        passive(f, w, i, &b);
    else if (!behind(f, w, i, &b))
        read_verb(f, w, i, &b);
}

/* A quotation that does not run on from the words before it. */
static bool starts_speech(const struct document *d, size_t first)
{
    return first == 0 || !token_is_lower(d, first - 1) || cue_find(d, first - 1) || token_is(d, first - 1, "that");
}

/* The part of a sentence around token i that no direct quotation covers; false inside one. */
static bool cut(struct finder *f, const struct sentence *s, size_t i)
{
    const struct quote *q = f->s.a.q->at;
    const struct document *d = f->s.a.d;
    while (f->quote < f->direct && q[f->quote].last < i)
        f->quote++;
    if (f->quote < f->direct && q[f->quote].first <= i)
        return false;
    f->s.low = s->first;
    f->s.high = s->end;
    if (i - f->s.low > REACH)
        f->s.low = i - REACH;
    if (f->s.high - i > REACH)
        f->s.high = i + REACH;
    if (f->quote > 0 && q[f->quote - 1].last >= f->s.low)
        f->s.low = (size_t)q[f->quote - 1].last + 1;
    if (f->quote < f->direct && q[f->quote].first < f->s.high && starts_speech(d, q[f->quote].first))
        f->s.high = q[f->quote].first;
    return true;
}

bool quotes_indirect(const struct document *d, const struct mentions *m, struct quotes *q)
{
    struct finder f = {.s.a = {d, m, q}, .direct = q->n, .main = NO_CREDIT};
    for (size_t i = 0; i < d->n_tokens && !f.failed; i++) {
        const struct cue_word *w = cue_find(d, i);
        bool to = !w && token_is(d, i, "according") && i + 1 < d->n_tokens && token_is(d, i + 1, "to");
        if ((w || to) && cut(&f, &d->sentences[d->tokens[i].sentence], i)) {
            if (w)
                read_cue(&f, w, i);
            else if (!is_taken(&f, i))
                according(&f, i);
        }
    }
    return !f.failed;
}
