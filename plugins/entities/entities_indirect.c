/* entities_indirect.c - what is told in other words, sentence by sentence. */
#include "entities_indirect.h"

#include <string.h>

#include "entities_speaker.h"
#include "entities_text.h"
#include "entities_verb.h"

enum {
    PARTICLES = 11,
    REACH = 250,    /* tokens to either side of a cue */
    NEAR = 12,      /* tokens between a cue and its "that" */
    SUBJECT = 20,   /* tokens of a subject */
    LONGEST_END = 6 /* letters of "during", the longest word that ends what is told */
};

struct finder {
    struct attributor a;
    size_t direct;      /* how many of the quotations are direct */
    size_t quote;       /* the first direct one that ends at the cue or behind it */
    size_t low, high;   /* the sentence, from the last direct quotation in it */
    bool subordinate;   /* it starts with a clause that a comma ends */
    size_t sentence;    /* of the last finite cue, */
    struct credit main; /* and who is its subject */
    bool failed;
};

/* What stands before a cue: its auxiliaries and adverbs, and then? */
struct front {
    size_t first; /* the first of the auxiliaries and adverbs, the cue itself for none */
    bool be, have, modal, to, article;
};

static const struct cue_word *find_cue(const struct document *d, size_t i)
{
    const struct token *t = &d->tokens[i];
    if (t->kind != TOKEN_WORD || t->key_len < 3 || t->key_len >= CUE_MAX)
        return NULL;
    const char *key = token_key(d, t);
    char lower[CUE_MAX];
    uint32_t h = 0;
    for (size_t k = 0; k < t->key_len; k++) {
        lower[k] = (char)(key[k] | 32);
        h = h * 31 + (unsigned char)lower[k];
    }
    h = (h ^ h >> 12) % CUE_BUCKETS;
    for (size_t k = cue_starts[h]; k < cue_starts[h + 1]; k++)
        if (cue_words[k].len == t->key_len && memcmp(cue_words[k].word, lower, t->key_len) == 0)
            return token_is_part(d, i) ? NULL : &cue_words[k];
    return NULL;
}

static bool is_auxiliary(const struct document *d, size_t i)
{
    return token_is_be(d, i) || token_is_have(d, i) || token_is_modal(d, i);
}

static bool is_article(const struct document *d, size_t i)
{
    static const char *const words[] = {"the",  "a",     "an",  "his", "her",   "their", "its",   "my",   "our",
                                        "your", "these", "any", "no",  "those", "some",  "every", "this", NULL};
    return token_is_any(d, i, words) || token_is_possessive(d, i);
}

/* "she's", "they've" behind a pronoun. */
static bool is_short(const struct finder *f, size_t i)
{
    static const char *const words[] = {"'s", "'re", "'m", "'ve", "'d", "'ll", NULL};
    const struct document *d = f->a.d;
    return i > f->low && d->tokens[i].kind == TOKEN_SUFFIX && token_is_any(d, i, words) && token_is_pronoun(d, i - 1);
}

/* Does the short form at k before the cue at i stand for "have": "she'd said", "she's said"; not in "she's seen as"? */
static bool is_short_have(const struct finder *f, size_t k, size_t i)
{
    static const char *const passive[] = {"to", "by", "of", "as", "for", NULL};
    const struct document *d = f->a.d;
    if (token_is(d, k, "'ve") || token_is(d, k, "'d"))
        return true;
    return token_is(d, k, "'s") && k + 1 == i && !token_ends_like(d, i, "ing") && i + 1 < f->high &&
           !token_is_any(d, i + 1, passive);
}

static struct front look_before(const struct finder *f, size_t i)
{
    const struct document *d = f->a.d;
    struct front b = {.first = i};
    for (size_t n = 0; b.first > f->low && n < 6; n++) {
        size_t k = b.first - 1;
        bool shortened = is_short(f, k);
        if (token_is_have(d, k) || (shortened && is_short_have(f, k, i)))
            b.have = true;
        else if (token_is_modal(d, k) || (shortened && token_is(d, k, "'ll")))
            b.modal = true;
        else if (shortened || token_is_be(d, k))
            b.be = b.be || !(b.have || b.modal || b.to) || n == 0;
        else if (token_is(d, k, "to"))
            b.to = true;
        else if (!token_is_adverb(d, k))
            break;
        b.first = k;
    }
    b.article = b.first > f->low && b.first == i && is_article(d, b.first - 1);
    return b;
}

static bool is_close(const struct document *d, size_t i)
{
    const struct token *t = &d->tokens[i];
    return t->kind == TOKEN_STOP || token_is_mark(d, i, ';') || token_is_mark(d, i, ')');
}

/* A day or a time. */
static bool is_time(const struct finder *f, size_t i)
{
    uint32_t m = i < f->high ? mention_at(f->a.m, i) : NO_MENTION;
    return i < f->high &&
           ((m != NO_MENTION && f->a.m->at[m].type >= ENTITY_DATE) || (f->a.d->tokens[i].classes & GAZ(DAY)));
}

/* A cue at i that starts a verb of its own: "and | said", ", | adding". */
static bool is_verb_cue(const struct finder *f, size_t i)
{
    while (i < f->high && token_is_adverb(f->a.d, i))
        i++;
    const struct cue_word *w = i < f->high ? find_cue(f->a.d, i) : NULL;
    return w && (w->flags & (FORM_PAST | FORM_ING | FORM_S)) && !(w->flags & CUE_NOUNY);
}

/* ", who must decide, has not": is the clause that the comma at i opens one in the middle? */
static bool is_inserted(const struct finder *f, size_t i)
{
    const struct document *d = f->a.d;
    size_t k = i + 2;
    while (k < f->high && k < i + 20 && !token_is_mark(d, k, ',') && !is_close(d, k))
        k++;
    if (k + 1 >= f->high || !token_is_mark(d, k, ','))
        return false;
    return is_auxiliary(d, k + 1) || (token_is_lower(d, k + 1) && token_ends_like(d, k + 1, "ed"));
}

/* "calm, restraint and dialogue": the comma at i is one of a list. */
static bool is_list(const struct finder *f, size_t i)
{
    const struct document *d = f->a.d;
    for (size_t k = i + 2; k + 1 < f->high && k < i + 6; k++) {
        if (token_is(d, k, "and") || token_is(d, k, "or"))
            return !is_verb_cue(f, k + 1);
        if (d->tokens[k].kind != TOKEN_WORD || token_is_pronoun(d, k) || token_is_preposition(d, k) ||
            is_auxiliary(d, k))
            break;
    }
    return false;
}

/* Is a comma, or what stands in its place, the end of what is told? */
static bool ends_at_comma(const struct finder *f, size_t i, bool clause)
{
    if (f->subordinate)
        return true;
    static const char *const any[] = {"but", "while", "although", "though", "according", "whereas", "yet", NULL};
    const struct document *d = f->a.d;
    if (i + 1 >= f->high || token_is_any(d, i + 1, any) || is_verb_cue(f, i + 1))
        return true;
    if (token_is_pronoun(d, i + 1) && is_verb_cue(f, i + 2))
        return true; /* "asked whether it was late, she answered" */
    if (token_is(d, i + 1, "which") || token_is(d, i + 1, "who"))
        return !clause || !is_inserted(f, i);
    if (token_is(d, i + 1, "and"))
        return !clause || is_verb_cue(f, i + 2);
    return !clause && !token_is(d, i + 1, "including") && !is_list(f, i);
}

static size_t skip_adverbs(const struct finder *f, size_t i)
{
    while (i < f->high && token_is_adverb(f->a.d, i))
        i++;
    return i;
}

/* A dash between words, with spaces. */
static bool is_break(const struct document *d, size_t i)
{
    return d->tokens[i].kind == TOKEN_DASH && !(d->tokens[i].flags & TOKEN_GLUED);
}

/* Is a verb of saying or thinking not far behind i, with a subject of its own: ", and | one in four said"? */
static bool has_own_cue(const struct finder *f, size_t i)
{
    static const char *const no[] = {"who", "that", NULL};
    const struct document *d = f->a.d;
    for (size_t n = i; n < f->high && n < i + NEAR && !is_close(d, n) && !token_is_mark(d, n, ','); n++) {
        const struct cue_word *w = token_is_lower(d, n) ? find_cue(d, n) : NULL;
        if (w && w->kind <= CUE_THINK && (w->flags & (FORM_PAST | FORM_S)) && !(w->flags & CUE_NOUNY) &&
            !is_article(d, n - 1) && !token_is_any(d, n - 1, no))
            return true;
    }
    return false;
}

/* Does the clause that starts at i end at k: at its only dash, at ", and she", at the comma behind "to go"? */
static bool ends_clause(const struct finder *f, size_t i, size_t k)
{
    const struct document *d = f->a.d;
    if (token_is_mark(d, k, ','))
        return token_is(d, i, "to") || (k + 2 < f->high && token_is(d, k + 1, "and") &&
                                        (token_is_pronoun(d, k + 2) || has_own_cue(f, k + 2)));
    if (!is_break(d, k))
        return false;
    for (size_t n = k + 1; n < f->high; n++)
        if (is_break(d, n))
            return false;
    return true;
}

/* Does a thing end at k: "the plan | and would not sign", "the plan | when it came", "the plan of those | who say"? */
static bool ends_thing(const struct finder *f, size_t k)
{
    static const char *const ends[] = {"during", "after", "before", "when", "who", "which", "and", "or", "but", NULL};
    const struct document *d = f->a.d;
    if (!token_is_any(d, k, ends))
        return false;
    size_t next = skip_adverbs(f, k + 1);
    if (next >= f->high)
        return false;
    if (token_is(d, k, "who") || token_is(d, k, "which")) {
        const struct cue_word *w = find_cue(d, next);
        return w && w->kind <= CUE_THINK && (w->flags & (FORM_PAST | FORM_S | FORM_PLAIN));
    }
    if (!token_is(d, k, "and") && !token_is(d, k, "or") && !token_is(d, k, "but"))
        return true;
    return is_auxiliary(d, k + 1) || token_is_pronoun(d, k + 1) || token_is(d, k + 1, "not") ||
           (token_is_lower(d, k + 1) && token_ends_like(d, k + 1, "ed"));
}

/* "that, while it rains, the port ...": the second comma, where the one at k opens a clause behind "that"; k else. */
static size_t skip_inserted(const struct finder *f, size_t i, size_t k)
{
    const struct document *d = f->a.d;
    if (k != i + 1 || !token_is(d, i, "that") || f->subordinate)
        return k;
    for (size_t n = k + 1; n < f->high && !is_close(d, n); n++)
        if (token_is_mark(d, n, ','))
            return n;
    return k;
}

/* Where what is told ends that starts at i: the token behind it. */
static size_t told_end(const struct finder *f, size_t i, bool clause)
{
    const struct document *d = f->a.d;
    for (size_t k = i; k < f->high; k++) {
        const struct token *t = &d->tokens[k];
        if (t->kind == TOKEN_WORD && (t->key_len > LONGEST_END || (clause && t->key_len != 3)))
            continue; /* neither "and" nor "but", nor a word that ends a thing */
        if (t->kind == TOKEN_STOP || token_is_mark(d, k, ';'))
            return k;
        if (!clause && t->kind == TOKEN_DASH &&
            !((t->flags & TOKEN_GLUED) && k + 1 < f->high && (t[1].flags & TOKEN_GLUED)))
            return k;
        if (token_is_mark(d, k, ',') && k > i && ends_at_comma(f, k, clause)) {
            size_t second = skip_inserted(f, i, k);
            if (second == k)
                return k;
            k = second;
            continue;
        }
        if (k > i && (token_is(d, k, "and") || token_is(d, k, "but")) && is_verb_cue(f, k + 1))
            return k;
        if (k > i && (clause ? ends_clause(f, i, k) : ends_thing(f, k)))
            return k;
    }
    return f->high;
}

/* Has another cue told it, or some of it: "wants to see ..."?  What one tells in another's words counts only where its
 * speaker is named there. */
static bool is_told(const struct finder *f, const struct credit *c, size_t first, size_t end)
{
    const struct quotes *q = f->a.q;
    for (size_t k = q->n; k > f->direct && k + 4 > q->n; k--) {
        const struct quote *o = &q->at[k - 1];
        size_t from = o->first > first ? o->first : first, to = o->last + 1u < end ? o->last + 1u : end;
        bool other = c->speaker != NO_MENTION && f->a.m->at[c->speaker].first >= o->first;
        if (from < to && !other)
            return true;
    }
    return false;
}

/* Behind "Oslo, May 3 (AP) -" at the start of a paragraph; i where there is nothing like it. */
static size_t skip_dateline(const struct finder *f, size_t i)
{
    const struct document *d = f->a.d;
    const struct paragraph *p = token_paragraph(d, i);
    uint32_t m = mention_at(f->a.m, i);
    if (i != p->first || m == NO_MENTION || f->a.m->at[m].type != ENTITY_LOC)
        return i;
    for (size_t k = i; k < p->end && k < i + 16 && !token_is_lower(d, k); k++) {
        const struct token *t = &d->tokens[k];
        bool joins = (t->flags & TOKEN_GLUED) && k + 1 < p->end && (t[1].flags & TOKEN_GLUED);
        if ((t->kind == TOKEN_DASH && !joins) || token_is_mark(d, k, ':'))
            return k + 1;
    }
    return i;
}

/* Leaves out what other cues tell within [first, end), of which a cue behind it tells all. */
static void forget_within(struct finder *f, size_t first, size_t end)
{
    struct quotes *q = f->a.q;
    while (q->n > f->direct && q->at[q->n - 1].cue >= first && q->at[q->n - 1].cue < end &&
           q->at[q->n - 1].first >= first)
        q->n--;
}

/* One span of what is told, [first, end), credited to c. */
static void tell(struct finder *f, enum cue_kind kind, const struct credit *c, size_t first, size_t end)
{
    const struct document *d = f->a.d;
    if (first < end)
        first = skip_dateline(f, first);
    while (first < end &&
           (token_is_mark(d, first, ',') || token_is_mark(d, first, ':') || d->tokens[first].kind == TOKEN_DASH))
        first++;
    while (first < end && (token_is_mark(d, end - 1, ',') || d->tokens[end - 1].kind == TOKEN_DASH ||
                           d->tokens[end - 1].kind == TOKEN_STOP))
        end--;
    if (first >= end)
        return;
    while (first < end && is_time(f, first) && is_time(f, end - 1))
        first++; /* no more than "on Tuesday" */
    bool bare = first + 1 == end && (token_is(d, first, "that") || token_is(d, first, "to"));
    if (first >= end || bare)
        return;
    if (c->cue != NO_MENTION && c->cue >= end)
        forget_within(f, first, end);
    if (is_told(f, c, first, end))
        return;
    struct quote *q = quotes_add(d, f->a.q, first, end - 1);
    if (!q) {
        f->failed = true;
        return;
    }
    q->said = q->indirect = true;
    q->cue_kind = (uint8_t)kind;
    quote_give(q, c);
}

/* "that" behind what may stand between it and the cue: "said on Sunday that"; f->high where there is none. */
static size_t find_that(const struct finder *f, size_t i)
{
    const struct document *d = f->a.d;
    if (!token_is(d, i, "that") && !token_is_preposition(d, i) && !token_is(d, i, "to") && !is_time(f, i) &&
        !token_is_mark(d, i, ','))
        return f->high;
    for (size_t k = i; k < f->high && k < i + NEAR; k++) {
        if (token_is(d, k, "that") && (k == i || !token_is_preposition(d, k - 1)))
            return k;
        if (is_close(d, k) || (k > i && find_cue(d, k) && !(find_cue(d, k)->flags & CUE_NOUNY)))
            break;
    }
    return f->high;
}

/* Is the word at i one of those that the cue may have behind it? */
static bool takes(const struct document *d, const struct cue_word *w, size_t i)
{
    static const char *const particles[PARTICLES] = {"about", "on", "of", "for",  "to", "against",
                                                     "at",    "as", "in", "with", "out"};
    for (size_t p = 0; p < PARTICLES; p++)
        if ((w->particles >> p & 1) && token_is(d, i, particles[p]))
            return true;
    return false;
}

static bool takes_as(const struct cue_word *w)
{
    return w->particles >> 7 & 1;
}

/* Whoever is told, at i: "reporters", "the BBC", "him"; the token behind it. */
static size_t skip_told(const struct finder *f, size_t i)
{
    const struct document *d = f->a.d;
    static const char *const pronouns[] = {"me",  "us",        "him",    "her",      "them",
                                           "you", "reporters", "people", "everyone", NULL};
    for (size_t n = 0; i < f->high && n < 6; n++) {
        uint32_t m = mention_at(f->a.m, i);
        if (token_is(d, i, "that"))
            return i;
        if (m != NO_MENTION) {
            i = (size_t)f->a.m->at[m].last + 1;
            if (i < f->high && !token_is_possessive(d, i))
                return i;
        } else if (token_is_any(d, i, pronouns)) {
            return i + 1;
        } else if (token_is_lower(d, i) && n > 0 && is_article(d, i - 1) && !is_article(d, i) && n < 2 &&
                   i + 1 < f->high && !token_is_lower(d, i + 1)) {
            return i + 1;
        } else if (token_is_lower(d, i) && !is_article(d, i) && n > 0 && token_ends_like(d, i, "s")) {
            return i + 1;
        } else {
            i++;
        }
    }
    return i;
}

/* Is it a clause although no "that" says so: "it is", "how they", "Smith will"? */
static bool starts_clause(const struct finder *f, size_t i)
{
    static const char *const words[] = {"he",    "she",  "they", "it",  "we",      "i",
                                        "there", "what", "how",  "why", "whether", NULL};
    const struct document *d = f->a.d;
    if (token_is_any(d, i, words))
        return true;
    for (size_t k = i + 1; k < f->high && k < i + 8 && !is_close(d, k) && !token_is_mark(d, k, ','); k++)
        if (is_auxiliary(d, k))
            return true;
    return false;
}

/* "said in a statement it had ...": the subject behind what stands between; f->high for none. */
static size_t find_pronoun(const struct finder *f, size_t i)
{
    static const char *const words[] = {"he", "she", "they", "it", "we", "there", NULL};
    const struct document *d = f->a.d;
    for (size_t k = i + 2; k < f->high && k < i + 8 && !is_close(d, k) && !token_is_mark(d, k, ','); k++)
        if (token_is_any(d, k, words))
            return token_is_preposition(d, k - 1) ? f->high : k;
    return f->high;
}

/* "about half of them", "over 40 people" */
static bool is_amount(const struct finder *f, size_t i)
{
    static const char *const words[] = {"about", "over", "under", NULL};
    const struct document *d = f->a.d;
    return i + 1 < f->high && token_is_any(d, i, words) &&
           (d->tokens[i + 1].kind == TOKEN_NUMBER || token_is(d, i + 1, "half"));
}

/* The first of the words behind i, no more than `reach` away and before any comma; f->high for none. */
static size_t find_any(const struct finder *f, size_t i, const char *const *words, size_t reach)
{
    const struct document *d = f->a.d;
    for (size_t k = i + 1; k < f->high && k < i + reach && !is_close(d, k) && !token_is_mark(d, k, ','); k++)
        if (token_is_any(d, k, words))
            return k;
    return f->high;
}

/* What is told behind an active cue; f->high where nothing is.  *clause: it is a clause. */
static size_t told_start(const struct finder *f, const struct cue_word *w, size_t i, bool *clause)
{
    static const char *const questions[] = {"whether", "if", "how", "why", "what", "who", "where", "when", NULL};
    static const char *const asked[] = {"whether", "if", "how", "why", "what", "where", "when", NULL};
    static const char *const as[] = {"as", NULL};
    const struct document *d = f->a.d;
    size_t next = skip_adverbs(f, i + 1);
    *clause = true;
    if (next >= f->high || is_close(d, next))
        return f->high;
    if (w->flags & (CUE_CLAUSE | CUE_TOLD)) {
        size_t that = find_that(f, next);
        if (that < f->high)
            return that;
    }
    if ((w->flags & CUE_TOLD) && !token_is_preposition(d, next) && !token_is(d, next, "to")) {
        size_t told = skip_told(f, next);
        bool nothing = told >= f->high || token_is_preposition(d, told) || is_close(d, told) || is_time(f, told) ||
                       token_is_mark(d, told, ',');
        size_t that = told < f->high ? find_that(f, told) : f->high;
        return that < f->high ? that : nothing ? f->high : told;
    }
    while (is_time(f, next))
        next++;
    if (next >= f->high || is_close(d, next))
        return f->high;
    if ((w->flags & CUE_PARTICLE) && takes(d, w, next)) {
        *clause = next + 1 < f->high && token_is(d, next + 1, "that");
        return next + 1;
    }
    if (token_is(d, next, "to"))
        return w->flags & CUE_TO ? next : f->high;
    if (token_is_mark(d, next, ':') || token_is_mark(d, next, ','))
        return w->flags & CUE_CLAUSE && token_is_mark(d, next, ':') ? next + 1 : f->high;
    if (token_is_preposition(d, next) && (w->flags & CUE_CLAUSE) && !(w->flags & CUE_STRICT) &&
        find_pronoun(f, next) < f->high)
        return find_pronoun(f, next);
    if (d->tokens[next].kind == TOKEN_DASH || (token_is_preposition(d, next) && !is_amount(f, next)) ||
        token_is(d, next, "up") || token_is(d, next, "out"))
        return f->high;
    if ((w->flags & CUE_CLAUSE) && (!(w->flags & CUE_STRICT) || starts_clause(f, next)))
        return next;
    *clause = token_is_any(d, next, questions);
    if ((w->flags & CUE_WHOM) && !*clause) {
        size_t question = find_any(f, next, asked, 8);
        *clause = question < f->high;
        return *clause ? question : next;
    }
    if (takes_as(w) && !(w->flags & CUE_THING) && find_any(f, next, as, 14) < f->high)
        return next; /* "sees the port as a risk" */
    return w->flags & CUE_THING ? next : f->high;
}

/* Does the form with -s or the plain one follow a word that only a verb can follow: "a letter that shows it",
 * "to stay and argue that", "the survey shows that"? */
static bool is_linked(const struct finder *f, const struct cue_word *w, size_t i, const struct front *b)
{
    const struct document *d = f->a.d;
    size_t before = b->first - 1;
    if (b->first < f->low + 2 || i + 1 >= f->high || mention_at(f->a.m, before) != NO_MENTION)
        return false;
    bool nouny = w->flags & CUE_NOUNY, plain = w->flags & FORM_PLAIN;
    bool object = !is_close(d, i + 1) && !token_is_preposition(d, i + 1);
    if (plain && !nouny && (token_is(d, before, "and") || token_is(d, before, "or") || token_is(d, before, "not")))
        return true;
    if ((token_is(d, before, "that") || token_is(d, before, "which")) && !(nouny && plain))
        return object && token_is_lower(d, before - 1) && !token_is_preposition(d, before - 1) &&
               !find_cue(d, before - 1);
    return (w->flags & FORM_S) && nouny && object && i == b->first && token_is_lower(d, before) &&
           !token_ends_like(d, before, "s") && is_article(d, before - 1) && !token_is_mark(d, i + 1, ',');
}

/* Can the word at i be a verb here, by what stands before it? */
static bool is_verb(const struct finder *f, const struct cue_word *w, size_t i, const struct front *b)
{
    const struct document *d = f->a.d;
    static const char *const some[] = {"some", "those", "these", "this", "any", NULL};
    if (b->article && ((w->flags & CUE_NOUNY) || !token_is_any(d, i - 1, some)))
        return false;
    size_t before = b->first - 1;
    if (w->flags & FORM_ING) /* "known for saying" */
        return b->first == f->low || !(token_is(d, before, "for") || token_is(d, before, "from"));
    if (w->flags & FORM_PAST)
        return true;
    if (w->flags & FORM_PARTICIPLE)
        return b->have || b->be;
    bool subject = b->first > f->low && (token_is_pronoun(d, before) || token_is(d, before, "who"));
    if (is_linked(f, w, i, b))
        return true;
    if (w->flags & FORM_S) {
        uint32_t m = b->first > f->low ? mention_at(f->a.m, before) : NO_MENTION;
        bool name = m != NO_MENTION && f->a.m->at[m].type != ENTITY_NORP;
        return subject || name || !(w->flags & CUE_NOUNY) ||
               (i + 1 < f->high && token_is(d, i + 1, "that") && token_is_mark(d, before, ','));
    }
    if (b->modal || b->to || subject)
        return true;
    if (b->first == f->low || token_is_preposition(d, before))
        return false;
    if (!(w->flags & CUE_NOUNY))
        return true;
    bool plural = token_ends_like(d, before, "s") || token_is(d, before, "people");
    return plural && i + 1 < f->high && !token_is_preposition(d, i + 1) && !is_close(d, i + 1);
}

/* The subject that ends before the verb at `end`: its first token, `end` for none. */
static size_t subject_first(const struct finder *f, size_t end)
{
    static const char *const starts[] = {"that",  "but",   "while", "although", "though", "because", "as",    "when",
                                         "if",    "where", "how",   "why",      "what",   "which",   "who",   "whether",
                                         "until", "after", "since", "so",       "before", "than",    "unless", NULL};
    static const char *const alone[] = {"that", "which", "who", "what", NULL};
    const struct document *d = f->a.d;
    size_t first = end;
    while (first > f->low && end - first < SUBJECT) {
        size_t k = first - 1;
        const struct cue_word *w = find_cue(d, k);
        bool verb = w && (w->flags & (FORM_PAST | FORM_S | FORM_ING)) && !(w->flags & CUE_NOUNY);
        bool joint = (token_is(d, k, "and") || token_is(d, k, "or")) && mention_at(f->a.m, first) == NO_MENTION;
        uint32_t m = mention_at(f->a.m, k);
        if (m != NO_MENTION && f->a.m->at[m].first >= f->low) {
            first = f->a.m->at[m].first;
            continue;
        }
        if (token_is_mark(d, k, ',') || is_close(d, k) || verb || joint || token_is_any(d, k, starts) ||
            is_auxiliary(d, k) || d->tokens[k].kind == TOKEN_QUOTE || token_is_mark(d, k, ':') || is_break(d, k))
            break;
        first = k;
        if (token_is_pronoun(d, k))
            break;
    }
    if (first == end && end > f->low && token_is_any(d, end - 1, alone))
        first = end - 1;
    return first;
}

/* The comma at `i` or before it, f->low where there is none; `i` may be the one before the first token. */
static size_t comma_before(const struct finder *f, size_t i)
{
    if (i >= f->high)
        return f->low;
    while (i > f->low && !token_is_mark(f->a.d, i, ','))
        i--;
    return i;
}

/* "Berg is expected to ...", "Berg seems tired": what is told of her has her as its subject. */
static void tell_subject(struct finder *f, const struct cue_word *w, const struct credit *c, const struct front *b)
{
    size_t first = subject_first(f, b->first);
    bool empty = first + 1 == b->first && (token_is(f->a.d, first, "it") || token_is(f->a.d, first, "there"));
    if (first < b->first && !empty && !b->to && !(w->flags & CUE_WHOM))
        tell(f, CUE_ABOUT, c, first, b->first);
}

/* "which he called ...", "which Berg says is ...": what is told of begins before the subject of the cue. */
static void tell_gap(struct finder *f, size_t i, const struct front *b)
{
    static const char *const links[] = {"which", "whom", "who", NULL};
    const struct document *d = f->a.d;
    size_t subject = b->first, next = skip_adverbs(f, i + 1);
    if (subject < f->low + 3 || b->to)
        return;
    uint32_t m = mention_at(f->a.m, subject - 1);
    subject = m != NO_MENTION ? f->a.m->at[m].first : subject - 1;
    if (subject < f->low + 2 || (m == NO_MENTION && !token_is_pronoun(d, subject)))
        return;
    bool be = next < f->high && is_auxiliary(d, next);
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
    const struct document *d = f->a.d;
    static const char *const to[] = {"to", "that", "whether", "if", "how", "why", "what", NULL};
    static const char *const of[] = {"of", "as", "for", "about", "in", "on", NULL};
    size_t next = i + 1;
    if (!(w->flags & CUE_PASSIVE) || next >= f->high)
        return;
    struct credit c = NO_CREDIT;
    c.cue = (uint32_t)i;
    if (token_is(d, next, "by")) {
        size_t end = next + 1;
        while (end < f->high && !speaker_ends(d, end))
            end++;
        size_t first = b->first;
        while (first > f->low && b->first - first < 20 && !token_is_mark(d, first - 1, ','))
            first--;
        speaker_among(&f->a, next + 1, end, &c);
        tell(f, CUE_ABOUT, &c, first, b->first);
    } else if (token_is_any(d, next, to)) {
        if (token_is(d, next, "to"))
            tell_subject(f, w, &c, b);
        tell(f, token_is(d, next, "to") ? CUE_WANT : w->kind, &c, next, told_end(f, next, true));
    } else if (token_is_any(d, next, of)) {
        tell_subject(f, w, &c, b);
        tell(f, CUE_ABOUT, &c, next + 1, told_end(f, next + 1, false));
    } else if ((w->flags & CUE_THING) && !token_is(d, i - 1, "be") && !token_is(d, i - 1, "being")) {
        tell_subject(f, w, &c, b);
        if (!token_is_preposition(d, next) && !is_close(d, next) && !token_is_mark(d, next, ',') && !is_time(f, next))
            tell(f, CUE_ABOUT, &c, next, told_end(f, next, false));
    }
}

/* Whoever is told where nothing else follows, at i: "he told | reporters on Monday"; the token behind, i for nobody. */
static size_t skip_whom(const struct finder *f, size_t i)
{
    static const char *const whom[] = {"me", "us", "him", "her", "them", "reporters", NULL};
    const struct document *d = f->a.d;
    if (i < f->high && token_is_any(d, i, whom))
        return i + 1;
    for (size_t k = i; k < f->high && k < i + 5; k++) {
        uint32_t m = mention_at(f->a.m, k);
        if (m != NO_MENTION)
            return f->a.m->at[m].last + 1u;
        if (!token_is_lower(d, k))
            break;
        if (k > i && token_ends_like(d, k, "s"))
            return k + 1;
    }
    return i;
}

/* Does a cue with nothing told behind it end here: "..., he said on Monday.", "..., he told the BBC."? */
static bool is_last(const struct finder *f, const struct cue_word *w, size_t i)
{
    const struct document *d = f->a.d;
    size_t next = w->flags & CUE_TOLD ? skip_whom(f, i + 1) : i + 1;
    return next >= f->high || is_close(d, next) || token_is_mark(d, next, ',') || d->tokens[next].kind == TOKEN_DASH ||
           ((token_is_preposition(d, next) || token_is(d, next, "to") || is_time(f, next)) &&
            find_that(f, next) >= f->high && find_pronoun(f, next) >= f->high);
}

/* The speaker of "her lawyer, Anna Berg, said": the name, which may be either part. */
static void named(const struct finder *f, size_t first, size_t comma, size_t end, struct credit *c)
{
    const struct mentions *m = f->a.m;
    speaker_among(&f->a, first, comma, c);
    if (c->speaker != NO_MENTION && m->at[c->speaker].type == ENTITY_PER)
        return;
    uint32_t p = comma + 1 < end ? mention_at(m, end - 1) : NO_MENTION;
    if (p != NO_MENTION && m->at[p].type == ENTITY_PER && m->at[p].first <= comma + 4)
        *c = (struct credit){c->cue, p, 1, 0};
}

/* ", said Smith": but not "Smith, the mayor, said the port ..." */
static bool is_inverted(const struct finder *f, size_t i)
{
    const struct document *d = f->a.d;
    if (!token_is_mark(d, i - 1, ',') || i + 1 >= f->high || !speaker_starts(&f->a, i + 1) ||
        token_is_pronoun(d, i + 1) || token_is(d, i + 1, "that") ||
        (d->tokens[i + 1].classes & (GAZ(DAY) | GAZ(MONTH))))
        return false;
    uint32_t person = i > f->low + 1 ? mention_at(f->a.m, i - 2) : NO_MENTION;
    if (person != NO_MENTION && f->a.m->at[person].type == ENTITY_PER &&
        token_is_mark(d, f->a.m->at[person].first - 1u, ','))
        return false; /* "her lawyer, Anna Berg, said ..." */
    for (size_t k = i + 1; k < f->high && k < i + NEAR && !speaker_ends(d, k); k++)
        if (is_auxiliary(d, k))
            return false;
    for (size_t k = f->low; k + 1 < i; k++) {
        uint32_t m = mention_at(f->a.m, k);
        if (token_is_mark(d, k, ','))
            break;
        if (m != NO_MENTION && f->a.m->at[m].type <= ENTITY_ORG &&
            token_is_mark(d, (size_t)f->a.m->at[m].last + 1, ',') && f->a.m->at[m].last + 2u < i)
            return false;
    }
    return true;
}

/* Is [first, end) a subject by itself: no clause, no other verb; but "a source close to him"? */
static bool is_subject(const struct finder *f, size_t first, size_t end)
{
    static const char *const no[] = {"that",  "which",   "who", "what",  "than",  "where",
                                     "when",  "because", "if",  "whose", "while", NULL};
    static const char *const whom[] = {"him", "her", "them", NULL};
    const struct document *d = f->a.d;
    for (size_t k = first; k < end; k++) {
        bool name = mention_at(f->a.m, k) != NO_MENTION;
        const struct cue_word *w = !name && token_is_lower(d, k) && k + 1 < end ? find_cue(d, k) : NULL;
        if (token_is(d, k, "to") && k + 1 < end && !is_article(d, k + 1) && !token_is_any(d, k + 1, whom) &&
            mention_at(f->a.m, k + 1) == NO_MENTION)
            return false;
        if (token_is_any(d, k, no) || is_auxiliary(d, k) || (w && (w->flags & (FORM_PAST | FORM_ING))))
            return false;
    }
    return true;
}

/* "..., she said.", "..., said Smith.": false where the cue is not of that kind. */
static bool behind(struct finder *f, const struct cue_word *w, size_t i, const struct front *b)
{
    const struct document *d = f->a.d;
    struct credit c = NO_CREDIT;
    if (!(w->flags & (CUE_BEHIND | CUE_TOLD)) || (w->flags & FORM_ING) || i < f->low + 2 || b->first < f->low + 2)
        return false;
    size_t comma, rest = f->high;
    c.cue = (uint32_t)i;
    if ((w->flags & CUE_BEHIND) && is_inverted(f, i)) {
        size_t end = i + 1;
        while (end < f->high && !speaker_ends(d, end))
            end++;
        comma = i - 1;
        speaker_among(&f->a, i + 1, end, &c);
    } else {
        if (!is_last(f, w, i) || b->to || b->article)
            return false;
        comma = comma_before(f, b->first - 1);
        if (comma + 1 == b->first) { /* "..., Smith, who leads it, said" */
            size_t second = comma > f->low ? comma_before(f, comma - 1) : f->low;
            comma = second > f->low ? comma_before(f, second - 1) : f->low;
            if (comma == f->low)
                return false;
            named(f, comma + 1, second, b->first - 1, &c);
        } else {
            if (!is_subject(f, comma + 1, b->first))
                return false;
            speaker_among(&f->a, comma + 1, b->first, &c);
        }
        if (comma < f->low + (token_is_mark(d, i + 1, ',') ? 1 : 3) || i - comma > 24)
            return false;
        if (token_is_mark(d, i + 1, ','))
            rest = i + 2;
    }
    tell(f, w->kind, &c, f->low, comma);
    if (rest < f->high && !ends_at_comma(f, rest - 1, true) && !token_ends_like(d, rest, "ing"))
        tell(f, w->kind, &c, rest, told_end(f, rest, true));
    return true;
}

/* The name that ends at token i, before "'s claim": no day and no nationality. */
static uint32_t owner_who_speaks(const struct finder *f, size_t i)
{
    uint32_t m = mention_at(f->a.m, i);
    return m != NO_MENTION && f->a.m->at[m].type < ENTITY_NORP ? m : NO_MENTION;
}

static bool is_finite(const struct finder *f, size_t i)
{
    const struct document *d = f->a.d;
    return i < f->high && (is_auxiliary(d, i) || (token_is_lower(d, i) && token_ends_like(d, i, "ed")));
}

/* "the claim that ...", "was confident that ..." */
static void noun(struct finder *f, const struct cue_word *w, size_t i, bool be)
{
    static const char *const tellers[] = {"media", "press", "police", "news", "intelligence", NULL};
    const struct document *d = f->a.d;
    struct credit c = NO_CREDIT;
    c.cue = (uint32_t)i;
    if (!be && is_finite(f, skip_adverbs(f, i + 2)))
        return; /* "a message that was sent" */
    if (be && (w->flags & CUE_CLAUSE)) {
        c = speaker_of_verb(&f->a, f->low, i);
        c.cue = (uint32_t)i;
    } else if (i > f->low && token_is_possessive(d, i - 1)) {
        c.speaker = owner_who_speaks(f, i - 2);
    } else if (i > f->low && is_article(d, i - 1) && !token_is(d, i - 1, "the") && !token_is(d, i - 1, "a")) {
        c.source_first = c.source_last = (uint32_t)i - 1;
    } else if (i > f->low && token_is_lower(d, i - 1) &&
               (token_is_any(d, i - 1, tellers) || (d->tokens[i - 1].classes & (GAZ(SPEECH_NOUN) | GAZ(ORG_NOUN))))) {
        c.source_first = c.source_last = (uint32_t)i - 1; /* "media reports that" */
    }
    tell(f, w->kind, &c, i + 1, told_end(f, i + 1, true));
}

/* Whose it is, the noun at i: "his harsh attacks", "Berg's call"; false where no owner is before it. */
static bool owner_of(const struct finder *f, size_t i, struct credit *c)
{
    static const char *const owners[] = {"his", "her", "their", "its", "my", "our", "your", NULL};
    const struct document *d = f->a.d;
    for (size_t n = 0; n < 4 && i > f->low; n++, i--) {
        if (token_is_any(d, i - 1, owners)) {
            c->source_first = c->source_last = (uint32_t)i - 1;
            return true;
        }
        if (token_is_possessive(d, i - 1) && i > f->low + 1) {
            c->speaker = owner_who_speaks(f, i - 2);
            return true;
        }
        if (!token_is_lower(d, i - 1) || token_is_preposition(d, i - 1) || is_article(d, i - 1) ||
            token_is_be(d, i - 1))
            break;
    }
    return false;
}

/* "took a swipe at ...", "raised doubts about ...": whose it is is the subject of a verb of little meaning. */
static bool light_of(const struct finder *f, size_t i, struct credit *c)
{
    static const char *const verbs[] = {
        "make",  "made",   "makes",    "making",    "take",  "took",     "takes", "taking",   "taken",   "give",
        "gave",  "gives",  "giving",   "given",     "have",  "has",      "had",   "having",   "raise",   "raised",
        "raises", "raising", "launch", "launched",  "launching", "throw", "threw", "throws",  "throwing", "pay",
        "paid",  "pays",   "paying",   "cast",      "casting", "draw",   "drew",  "draws",    "deliver", "delivered",
        "delivering", NULL};
    const struct document *d = f->a.d;
    for (size_t n = 0; n < 5 && i > f->low + 1; n++, i--) {
        if (token_is_any(d, i - 1, verbs)) {
            const struct front b = look_before(f, i - 1);
            speaker_before(&f->a, f->low, b.first, c);
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
    const struct document *d = f->a.d;
    struct credit c = NO_CREDIT;
    size_t next = i + 1;
    c.cue = (uint32_t)i;
    if (next + 1 >= f->high || !takes(d, w, next))
        return false;
    if (b->be && (w->flags & CUE_CLAUSE))
        speaker_before(&f->a, f->low, b->first, &c);
    else if (!owner_of(f, i, &c) && !light_of(f, i, &c))
        return false;
    bool want = token_is(d, next, "to") && w->kind == CUE_WANT;
    tell(f, want ? CUE_WANT : CUE_ABOUT, &c, next + !want, told_end(f, next + 1, false));
    return true;
}

/* Joins two words: "Okonedo-Wright". */
static bool is_hyphen(const struct finder *f, size_t i)
{
    const struct token *t = &f->a.d->tokens[i];
    return (t->flags & TOKEN_GLUED) && i + 1 < f->high && (t[1].flags & TOKEN_GLUED);
}

/* Has it a verb of saying: what stands before "according" is a credit of its own? */
static bool has_cue(const struct finder *f, size_t first, size_t end)
{
    for (size_t k = first; k < end; k++) {
        const struct cue_word *w = find_cue(f->a.d, k);
        if (w && w->kind == CUE_SAY && (w->flags & FORM_PAST))
            return true;
    }
    return false;
}

/* "According to Smith, ...", "..., according to Smith" */
static void according(struct finder *f, size_t i)
{
    const struct document *d = f->a.d;
    struct credit c = NO_CREDIT;
    size_t first = i + 2, end = first;
    while (end < f->high && !is_close(d, end) && !token_is_mark(d, end, ',') &&
           (d->tokens[end].kind != TOKEN_DASH || is_hyphen(f, end)))
        end++;
    c.cue = (uint32_t)i;
    speaker_among(&f->a, first, end, &c);
    if (i <= f->low + 1 || token_is_mark(d, i - 1, ':') || token_is_mark(d, i - 1, ';')) {
        if (end + 1 < f->high && (token_is(d, end + 1, "who") || token_is(d, end + 1, "which")))
            do
                end++;
            while (end < f->high && !token_is_mark(d, end, ','));
        tell(f, CUE_SAY, &c, end, told_end(f, end + 1, true));
        return;
    }
    if (f->low > d->sentences[d->tokens[i].sentence].first && has_cue(f, f->low, i))
        return;
    tell(f, CUE_SAY, &c, f->low, i);
    if (token_is_mark(d, end, ',') && token_is_mark(d, i - 1, ',') && !ends_at_comma(f, end, true) &&
        starts_clause(f, end + 1))
        tell(f, CUE_SAY, &c, end, told_end(f, end + 1, true));
}

/* Has a direct quotation beside it taken this cue? */
static bool is_taken(const struct finder *f, size_t i)
{
    size_t from = f->quote > 2 ? f->quote - 2 : 0;
    for (size_t k = from; k < f->direct && k < f->quote + 2; k++)
        if (f->a.q->at[k].cue == i)
            return true;
    return false;
}

/* A name or pronoun in [low, end) that looks like a subject, the first or the last one. */
static struct credit some_subject(const struct finder *f, size_t end, bool last)
{
    const struct document *d = f->a.d;
    struct credit c = NO_CREDIT;
    for (size_t i = f->low; i < end; i++) {
        uint32_t m = mention_at(f->a.m, i);
        size_t behind = m != NO_MENTION ? (size_t)f->a.m->at[m].last + 1 : i + 1;
        bool name = m != NO_MENTION && f->a.m->at[m].type <= ENTITY_ORG && !token_is_possessive(d, behind) &&
                    !(i > f->low && token_is_preposition(d, i - 1) && !token_is(d, i - 1, "and"));
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
static bool phrase_before(const struct finder *f, size_t end, struct credit *c)
{
    static const char *const starts[] = {"that",    "but", "and",  "while", "although",
                                         "because", "as",  "when", "if",    NULL};
    static const char *const links[] = {"for", "of", "with", "in", "from", "at", "familiar", "close", "on", "to", NULL};
    const struct document *d = f->a.d;
    size_t first = end, head = end;
    while (first > f->low && end - first < 16) {
        size_t k = first - 1;
        uint32_t m = mention_at(f->a.m, k);
        if (m != NO_MENTION && f->a.m->at[m].first >= f->low) {
            first = f->a.m->at[m].first;
            continue;
        }
        if (token_is_mark(d, k, ',') || token_is_any(d, k, starts))
            break;
        const struct cue_word *w = find_cue(d, k);
        if (is_auxiliary(d, k) || token_is_somebody(d, k) || is_close(d, k) || d->tokens[k].kind == TOKEN_DASH ||
            d->tokens[k].kind == TOKEN_QUOTE || token_is(d, k, "which") ||
            (w && (w->flags & (FORM_PAST | FORM_S | FORM_ING)) && !(w->flags & CUE_NOUNY)))
            return false;
        if (token_is_any(d, k, links))
            head = k;
        first = k;
    }
    if (head == end || head <= first || token_is_preposition(d, first) || end - first >= 16)
        return false;
    for (size_t k = first; k < head; k++)
        if (mention_at(f->a.m, k) != NO_MENTION && f->a.m->at[mention_at(f->a.m, k)].type <= ENTITY_ORG &&
            !token_is_possessive(d, f->a.m->at[mention_at(f->a.m, k)].last + 1u))
            return false;
    c->source_first = (uint32_t)first;
    c->source_last = (uint32_t)end - 1;
    return true;
}

/* Whose words an active verb gives. */
static struct credit subject(struct finder *f, const struct cue_word *w, size_t i, const struct front *b)
{
    const struct document *d = f->a.d;
    struct credit c = NO_CREDIT;
    size_t sentence = d->tokens[i].sentence, end = speaker_end(&f->a, f->low, b->first);
    bool finite = !(w->flags & FORM_ING) || b->be;
    bool known = f->sentence == sentence && f->main.cue != NO_MENTION;
    if (end > f->low && token_is_mark(d, end - 1, ')'))
        while (end > f->low && !token_is_mark(d, end, '('))
            end--; /* "the World Health Organization (WHO) said" */
    bool start = end == f->low, comma = !start && token_is_mark(d, end - 1, ',');
    bool joined = !start && (token_is(d, end - 1, "and") || token_is(d, end - 1, "or") || token_is(d, end - 1, "but"));
    if (b->to && !b->be && !b->have) {
        c = known ? f->main : some_subject(f, end, true);
    } else if (!finite && (comma || start || joined)) {
        c = known ? f->main : some_subject(f, i, false);
    } else if (!finite && token_is_preposition(d, end - 1)) {
        c = some_subject(f, end, true);
    } else if (joined && finite) {
        c = known ? f->main : some_subject(f, end, false);
    } else if (comma) { /* "Smith, who leads it, said" */
        size_t second = comma_before(f, end - 2), first = second > f->low ? comma_before(f, second - 1) : f->low;
        if (second > f->low)
            named(f, first + (first > f->low), second, end - 1, &c);
        else
            c = some_subject(f, end, false);
    } else if (!start && !phrase_before(f, end, &c)) {
        speaker_before(&f->a, f->low, end, &c);
    }
    c.cue = (uint32_t)i;
    if (finite && !b->to) {
        f->sentence = sentence;
        f->main = c;
    }
    return c;
}

/* "While Smith says he will go, ...": the first comma ends what the cue at i tells. */
static bool is_subordinate(const struct finder *f, size_t i)
{
    static const char *const words[] = {"as",     "while",   "after",  "when",  "if",   "although",
                                        "though", "because", "before", "since", "once", NULL};
    const struct document *d = f->a.d;
    size_t k = f->low;
    if (token_is(d, k, "even") || token_is(d, k, "but") || token_is(d, k, "and") || token_is(d, k, "just"))
        k++;
    if (k >= i || !token_is_any(d, k, words))
        return false;
    while (k < i && !token_is_mark(d, k, ','))
        k++;
    return k == i;
}

/* An adjective such as "clear" where it is no predicate: "a clear view", "to clear the way". */
static bool is_attribute(const struct finder *f, const struct cue_word *w, size_t i, const struct front *b)
{
    static const char *const asked[] = {"that", "whether", "if", "how", "what", "why", "who", "to", NULL};
    static const char *const copulas[] = {"feel",    "feels",    "felt",   "seem",   "seems", "seemed", "remain", "it",
                                          "remains", "remained", "become", "became", "made",  "makes",  NULL};
    const struct document *d = f->a.d;
    if (!(w->flags & CUE_NOUN) || !(w->flags & CUE_CLAUSE) || (w->flags & (FORM_PLAIN | FORM_PAST | FORM_ING)) || b->be)
        return false;
    bool tells = i + 1 < f->high && (token_is_preposition(d, i + 1) || token_is_any(d, i + 1, asked));
    return !tells && !(b->first > f->low && token_is_any(d, b->first - 1, copulas));
}

/* A noun or adjective that is a cue: false where it is none, or may be a verb. */
static bool read_noun(struct finder *f, const struct cue_word *w, size_t i, const struct front *b)
{
    if (!(w->flags & CUE_NOUN))
        return false;
    if (w->kind <= CUE_THINK && i + 1 < f->high && token_is(f->a.d, i + 1, "that") &&
        !((w->flags & (FORM_S | FORM_PLAIN)) && is_verb(f, w, i, b))) {
        noun(f, w, i, b->be);
        return true;
    }
    bool predicate = b->be && (w->flags & CUE_CLAUSE);
    return ((b->first == i || predicate) && noun_of(f, w, i, b)) || is_attribute(f, w, i, b) ||
           !(w->flags & ~(uint32_t)(CUE_NOUN | FORM_NOUN));
}

/* "It would close, she said, “in May”.": a cue that a direct quotation has taken may tell what stands before it. */
static void read_taken(struct finder *f, const struct cue_word *w, size_t i, const struct front *b)
{
    const struct document *d = f->a.d;
    bool quoted = f->high < d->n_tokens && d->tokens[f->high].kind == TOKEN_QUOTE;
    if (quoted && i + 1 < f->high && token_is_mark(d, i + 1, ',') && !token_is_preposition(d, f->low) &&
        f->low == d->sentences[d->tokens[i].sentence].first)
        behind(f, w, i, b);
}

static void read_verb(struct finder *f, const struct cue_word *w, size_t i, const struct front *b)
{
    const struct document *d = f->a.d;
    bool clause;
    f->subordinate = i == f->low || is_subordinate(f, i);
    size_t start = told_start(f, w, i, &clause);
    tell_gap(f, i, b);
    if (start >= f->high)
        return;
    struct credit c = subject(f, w, i, b);
    if (w->flags & CUE_SUBJECT)
        tell_subject(f, w, &c, b);
    bool thing = !clause || ((w->flags & CUE_THING) && !token_is(d, start, "that") && !starts_clause(f, start));
    enum cue_kind kind = token_is(d, start, "to") ? CUE_WANT : thing ? CUE_ABOUT : w->kind;
    tell(f, kind, &c, start, told_end(f, start, clause));
}

static void read_cue(struct finder *f, const struct cue_word *w, size_t i)
{
    if (mention_at(f->a.m, i) != NO_MENTION)
        return;
    f->subordinate = false;
    const struct front b = look_before(f, i);
    if (is_taken(f, i))
        read_taken(f, w, i, &b);
    else if (read_noun(f, w, i, &b) || !is_verb(f, w, i, &b))
        return;
    else if (b.be && (w->flags & FORM_PARTICIPLE))
        passive(f, w, i, &b);
    else if (!behind(f, w, i, &b))
        read_verb(f, w, i, &b);
}

/* A quotation that does not run on from the words before it. */
static bool starts_speech(const struct document *d, size_t first)
{
    return first == 0 || !token_is_lower(d, first - 1) || find_cue(d, first - 1) || token_is(d, first - 1, "that");
}

/* The part of a sentence around token i that no direct quotation covers; false inside one. */
static bool cut(struct finder *f, const struct sentence *s, size_t i)
{
    const struct quote *q = f->a.q->at;
    const struct document *d = f->a.d;
    while (f->quote < f->direct && q[f->quote].last < i)
        f->quote++;
    if (f->quote < f->direct && q[f->quote].first <= i)
        return false;
    f->low = s->first;
    f->high = s->end;
    if (i - f->low > REACH)
        f->low = i - REACH;
    if (f->high - i > REACH)
        f->high = i + REACH;
    if (f->quote > 0 && q[f->quote - 1].last >= f->low)
        f->low = (size_t)q[f->quote - 1].last + 1;
    if (f->quote < f->direct && q[f->quote].first < f->high && starts_speech(d, q[f->quote].first))
        f->high = q[f->quote].first;
    return true;
}

bool quotes_indirect(const struct document *d, const struct mentions *m, struct quotes *q)
{
    struct finder f = {.a = {d, m, q}, .direct = q->n, .main = NO_CREDIT};
    for (size_t i = 0; i < d->n_tokens && !f.failed; i++) {
        const struct cue_word *w = find_cue(d, i);
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
