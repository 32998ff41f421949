/* entities_clause.c - the borders of what is told: commas, conjunctions, what may come between. */
#include "entities_clause.h"

#include "entities_verb.h"

enum {
    SUBJECT = 20,   /* tokens of a subject */
    LONGEST_END = 6 /* letters of "during", the longest word that ends what is told */
};

bool clause_is_time(const struct stretch *s, size_t i)
{
    uint32_t m = i < s->high ? mention_at(s->a.m, i) : NO_MENTION;
    return i < s->high &&
           ((m != NO_MENTION && s->a.m->at[m].type >= ENTITY_DATE) || (s->a.d->tokens[i].classes & GAZ(DAY)));
}

/* A cue at i that starts a verb of its own: "and | said", ", | adding". */
static bool is_verb_cue(const struct stretch *s, size_t i)
{
    while (i < s->high && token_is_adverb(s->a.d, i))
        i++;
    const struct cue_word *w = i < s->high ? cue_find(s->a.d, i) : NULL;
    return w && (w->flags & (FORM_PAST | FORM_ING | FORM_S)) && !(w->flags & CUE_NOUNY);
}

/* ", who must decide, has not": is the clause that the comma at i opens one in the middle? */
static bool is_inserted(const struct stretch *s, size_t i)
{
    const struct document *d = s->a.d;
    size_t k = i + 2;
    while (k < s->high && k < i + 20 && !token_is_mark(d, k, ',') && !token_is_close(d, k))
        k++;
    if (k + 1 >= s->high || !token_is_mark(d, k, ','))
        return false;
    return token_is_auxiliary(d, k + 1) || (token_is_lower(d, k + 1) && token_ends_like(d, k + 1, "ed"));
}

/* "calm, restraint and dialogue": the comma at i is one of a list. */
static bool is_list(const struct stretch *s, size_t i)
{
    const struct document *d = s->a.d;
    for (size_t k = i + 2; k + 1 < s->high && k < i + 6; k++) {
        if (token_is(d, k, "and") || token_is(d, k, "or"))
            return !is_verb_cue(s, k + 1);
        if (d->tokens[k].kind != TOKEN_WORD || token_is_pronoun(d, k) || token_is_preposition(d, k) ||
            token_is_auxiliary(d, k))
            break;
    }
    return false;
}

bool clause_ends_at_comma(const struct stretch *s, size_t i, bool clause)
{
    if (s->subordinate)
        return true;
    static const char *const any[] = {"but", "while", "although", "though", "according", "whereas", "yet", NULL};
    const struct document *d = s->a.d;
    if (i + 1 >= s->high || token_is_any(d, i + 1, any) || is_verb_cue(s, i + 1))
        return true;
    if (token_is_pronoun(d, i + 1) && is_verb_cue(s, i + 2))
        return true; /* "asked whether it was late, she answered" */
    if (token_is(d, i + 1, "which") || token_is(d, i + 1, "who"))
        return !clause || !is_inserted(s, i);
    if (token_is(d, i + 1, "and"))
        return !clause || is_verb_cue(s, i + 2);
    return !clause && !token_is(d, i + 1, "including") && !is_list(s, i);
}

size_t clause_skip_adverbs(const struct stretch *s, size_t i)
{
    while (i < s->high && token_is_adverb(s->a.d, i))
        i++;
    return i;
}

/* Is a verb of saying or thinking not far behind i, with a subject of its own: ", and | one in four said"? */
static bool has_own_cue(const struct stretch *s, size_t i)
{
    static const char *const no[] = {"who", "that", NULL};
    const struct document *d = s->a.d;
    for (size_t n = i; n < s->high && n < i + CUE_NEAR && !token_is_close(d, n) && !token_is_mark(d, n, ','); n++) {
        const struct cue_word *w = token_is_lower(d, n) ? cue_find(d, n) : NULL;
        if (w && w->kind <= CUE_THINK && (w->flags & (FORM_PAST | FORM_S)) && !(w->flags & CUE_NOUNY) &&
            !token_is_article(d, n - 1) && !token_is_any(d, n - 1, no))
            return true;
    }
    return false;
}

/* Does the clause that starts at i end at k: at its only dash, at ", and she", at the comma behind "to go"? */
static bool ends_clause(const struct stretch *s, size_t i, size_t k)
{
    const struct document *d = s->a.d;
    if (token_is_mark(d, k, ','))
        return token_is(d, i, "to") ||
               (k + 2 < s->high && token_is(d, k + 1, "and") && (token_is_pronoun(d, k + 2) || has_own_cue(s, k + 2)));
    if (!token_is_break(d, k))
        return false;
    for (size_t n = k + 1; n < s->high; n++)
        if (token_is_break(d, n))
            return false;
    return true;
}

/* Does a thing end at k: "the plan | and would not sign", "the plan | when it came", "the plan of those | who say"? */
static bool ends_thing(const struct stretch *s, size_t k)
{
    static const char *const ends[] = {"during", "after", "before", "when", "who", "which", "and", "or", "but", NULL};
    const struct document *d = s->a.d;
    if (!token_is_any(d, k, ends))
        return false;
    size_t next = clause_skip_adverbs(s, k + 1);
    if (next >= s->high)
        return false;
    if (token_is(d, k, "who") || token_is(d, k, "which")) {
        const struct cue_word *w = cue_find(d, next);
        return w && w->kind <= CUE_THINK && (w->flags & (FORM_PAST | FORM_S | FORM_PLAIN));
    }
    if (!token_is(d, k, "and") && !token_is(d, k, "or") && !token_is(d, k, "but"))
        return true;
    return token_is_auxiliary(d, k + 1) || token_is_pronoun(d, k + 1) || token_is(d, k + 1, "not") ||
           (token_is_lower(d, k + 1) && token_ends_like(d, k + 1, "ed"));
}

/* "that, while it rains, the port ...": the second comma, where the one at k opens a clause behind "that"; k else. */
static size_t skip_inserted(const struct stretch *s, size_t i, size_t k)
{
    const struct document *d = s->a.d;
    if (k != i + 1 || !token_is(d, i, "that") || s->subordinate)
        return k;
    for (size_t n = k + 1; n < s->high && !token_is_close(d, n); n++)
        if (token_is_mark(d, n, ','))
            return n;
    return k;
}

size_t told_end(const struct stretch *s, size_t i, bool clause)
{
    const struct document *d = s->a.d;
    for (size_t k = i; k < s->high; k++) {
        const struct token *t = &d->tokens[k];
        if (t->kind == TOKEN_WORD && (t->key_len > LONGEST_END || (clause && t->key_len != 3)))
            continue; /* neither "and" nor "but", nor a word that ends a thing */
        if (t->kind == TOKEN_STOP || token_is_mark(d, k, ';'))
            return k;
        if (!clause && t->kind == TOKEN_DASH &&
            !((t->flags & TOKEN_GLUED) && k + 1 < s->high && (t[1].flags & TOKEN_GLUED)))
            return k;
        if (token_is_mark(d, k, ',') && k > i && clause_ends_at_comma(s, k, clause)) {
            size_t second = skip_inserted(s, i, k);
            if (second == k)
                return k;
            k = second;
            continue;
        }
        if (k > i && (token_is(d, k, "and") || token_is(d, k, "but")) && is_verb_cue(s, k + 1))
            return k;
        if (k > i && (clause ? ends_clause(s, i, k) : ends_thing(s, k)))
            return k;
    }
    return s->high;
}

size_t clause_skip_dateline(const struct stretch *s, size_t i)
{
    const struct document *d = s->a.d;
    const struct paragraph *p = token_paragraph(d, i);
    uint32_t m = mention_at(s->a.m, i);
    if (i != p->first || m == NO_MENTION || s->a.m->at[m].type != ENTITY_LOC)
        return i;
    for (size_t k = i; k < p->end && k < i + 16 && !token_is_lower(d, k); k++) {
        const struct token *t = &d->tokens[k];
        bool joins = (t->flags & TOKEN_GLUED) && k + 1 < p->end && (t[1].flags & TOKEN_GLUED);
        if ((t->kind == TOKEN_DASH && !joins) || token_is_mark(d, k, ':'))
            return k + 1;
    }
    return i;
}

/* "that" behind what may stand between it and the cue: "said on Sunday that"; s->high where there is none. */
static size_t find_that(const struct stretch *s, size_t i)
{
    const struct document *d = s->a.d;
    if (!token_is(d, i, "that") && !token_is_preposition(d, i) && !token_is(d, i, "to") && !clause_is_time(s, i) &&
        !token_is_mark(d, i, ','))
        return s->high;
    for (size_t k = i; k < s->high && k < i + CUE_NEAR; k++) {
        if (token_is(d, k, "that") && (k == i || !token_is_preposition(d, k - 1)))
            return k;
        if (token_is_close(d, k) || (k > i && cue_find(d, k) && !(cue_find(d, k)->flags & CUE_NOUNY)))
            break;
    }
    return s->high;
}

static bool takes_as(const struct cue_word *w)
{
    return w->particles >> 7 & 1;
}

/* Whoever is told, at i: "reporters", "the BBC", "him"; the token behind it. */
static size_t skip_told(const struct stretch *s, size_t i)
{
    const struct document *d = s->a.d;
    static const char *const pronouns[] = {"me",  "us",        "him",    "her",      "them",
                                           "you", "reporters", "people", "everyone", NULL};
    for (size_t n = 0; i < s->high && n < 6; n++) {
        uint32_t m = mention_at(s->a.m, i);
        if (token_is(d, i, "that"))
            return i;
        if (m != NO_MENTION) {
            i = (size_t)s->a.m->at[m].last + 1;
            if (i < s->high && !token_is_possessive(d, i))
                return i;
        } else if (token_is_any(d, i, pronouns)) {
            return i + 1;
        } else if (token_is_lower(d, i) && n > 0 && token_is_article(d, i - 1) && !token_is_article(d, i) && n < 2 &&
                   i + 1 < s->high && !token_is_lower(d, i + 1)) {
            return i + 1;
        } else if (token_is_lower(d, i) && !token_is_article(d, i) && n > 0 && token_ends_like(d, i, "s")) {
            return i + 1;
        } else {
            i++;
        }
    }
    return i;
}

bool clause_starts(const struct stretch *s, size_t i)
{
    static const char *const words[] = {"he",    "she",  "they", "it",  "we",      "i",
                                        "there", "what", "how",  "why", "whether", NULL};
    const struct document *d = s->a.d;
    if (token_is_any(d, i, words))
        return true;
    for (size_t k = i + 1; k < s->high && k < i + 8 && !token_is_close(d, k) && !token_is_mark(d, k, ','); k++)
        if (token_is_auxiliary(d, k))
            return true;
    return false;
}

/* "said in a statement it had ...": the subject behind what stands between; s->high for none. */
static size_t find_pronoun(const struct stretch *s, size_t i)
{
    static const char *const words[] = {"he", "she", "they", "it", "we", "there", NULL};
    const struct document *d = s->a.d;
    for (size_t k = i + 2; k < s->high && k < i + 8 && !token_is_close(d, k) && !token_is_mark(d, k, ','); k++)
        if (token_is_any(d, k, words))
            return token_is_preposition(d, k - 1) ? s->high : k;
    return s->high;
}

/* "about half of them", "over 40 people" */
static bool is_amount(const struct stretch *s, size_t i)
{
    static const char *const words[] = {"about", "over", "under", NULL};
    const struct document *d = s->a.d;
    return i + 1 < s->high && token_is_any(d, i, words) &&
           (d->tokens[i + 1].kind == TOKEN_NUMBER || token_is(d, i + 1, "half"));
}

/* The first of the words behind i, no more than `reach` away and before any comma; s->high for none. */
static size_t find_any(const struct stretch *s, size_t i, const char *const *words, size_t reach)
{
    const struct document *d = s->a.d;
    for (size_t k = i + 1; k < s->high && k < i + reach && !token_is_close(d, k) && !token_is_mark(d, k, ','); k++)
        if (token_is_any(d, k, words))
            return k;
    return s->high;
}

size_t told_start(const struct stretch *s, const struct cue_word *w, size_t i, bool *clause)
{
    static const char *const questions[] = {"whether", "if", "how", "why", "what", "who", "where", "when", NULL};
    static const char *const asked[] = {"whether", "if", "how", "why", "what", "where", "when", NULL};
    static const char *const as[] = {"as", NULL};
    const struct document *d = s->a.d;
    size_t next = clause_skip_adverbs(s, i + 1);
    *clause = true;
    if (next >= s->high || token_is_close(d, next))
        return s->high;
    if (w->flags & (CUE_CLAUSE | CUE_TOLD)) {
        size_t that = find_that(s, next);
        if (that < s->high)
            return that;
    }
    if ((w->flags & CUE_TOLD) && !token_is_preposition(d, next) && !token_is(d, next, "to")) {
        size_t told = skip_told(s, next);
        bool nothing = told >= s->high || token_is_preposition(d, told) || token_is_close(d, told) ||
                       clause_is_time(s, told) || token_is_mark(d, told, ',');
        size_t that = told < s->high ? find_that(s, told) : s->high;
        return that < s->high ? that : nothing ? s->high : told;
    }
    while (clause_is_time(s, next))
        next++;
    if (next >= s->high || token_is_close(d, next))
        return s->high;
    if ((w->flags & CUE_PARTICLE) && cue_takes(d, w, next)) {
        *clause = next + 1 < s->high && token_is(d, next + 1, "that");
        return next + 1;
    }
    if (token_is(d, next, "to"))
        return w->flags & CUE_TO ? next : s->high;
    if (token_is_mark(d, next, ':') || token_is_mark(d, next, ','))
        return w->flags & CUE_CLAUSE && token_is_mark(d, next, ':') ? next + 1 : s->high;
    if (token_is_preposition(d, next) && (w->flags & CUE_CLAUSE) && !(w->flags & CUE_STRICT) &&
        find_pronoun(s, next) < s->high)
        return find_pronoun(s, next);
    if (d->tokens[next].kind == TOKEN_DASH || (token_is_preposition(d, next) && !is_amount(s, next)) ||
        token_is(d, next, "up") || token_is(d, next, "out"))
        return s->high;
    if ((w->flags & CUE_CLAUSE) && (!(w->flags & CUE_STRICT) || clause_starts(s, next)))
        return next;
    *clause = token_is_any(d, next, questions);
    if ((w->flags & CUE_WHOM) && !*clause) {
        size_t question = find_any(s, next, asked, 8);
        *clause = question < s->high;
        return *clause ? question : next;
    }
    if (takes_as(w) && !(w->flags & CUE_THING) && find_any(s, next, as, 14) < s->high)
        return next; /* "sees the port as a risk" */
    return w->flags & CUE_THING ? next : s->high;
}

size_t clause_subject(const struct stretch *s, size_t end)
{
    static const char *const starts[] = {"that",  "but",   "while",  "although", "though", "because",
                                         "as",    "when",  "if",     "where",    "how",    "why",
                                         "what",  "which", "who",    "whether",  "until",  "after",
                                         "since", "so",    "before", "than",     "unless", NULL};
    static const char *const alone[] = {"that", "which", "who", "what", NULL};
    const struct document *d = s->a.d;
    size_t first = end;
    while (first > s->low && end - first < SUBJECT) {
        size_t k = first - 1;
        const struct cue_word *w = cue_find(d, k);
        bool verb = w && (w->flags & (FORM_PAST | FORM_S | FORM_ING)) && !(w->flags & CUE_NOUNY);
        bool joint = (token_is(d, k, "and") || token_is(d, k, "or")) && mention_at(s->a.m, first) == NO_MENTION;
        uint32_t m = mention_at(s->a.m, k);
        if (m != NO_MENTION && s->a.m->at[m].first >= s->low) {
            first = s->a.m->at[m].first;
            continue;
        }
        if (token_is_mark(d, k, ',') || token_is_close(d, k) || verb || joint || token_is_any(d, k, starts) ||
            token_is_auxiliary(d, k) || d->tokens[k].kind == TOKEN_QUOTE || token_is_mark(d, k, ':') ||
            token_is_break(d, k))
            break;
        first = k;
        if (token_is_pronoun(d, k))
            break;
    }
    if (first == end && end > s->low && token_is_any(d, end - 1, alone))
        first = end - 1;
    return first;
}

size_t clause_comma(const struct stretch *s, size_t i)
{
    if (i >= s->high)
        return s->low;
    while (i > s->low && !token_is_mark(s->a.d, i, ','))
        i--;
    return i;
}

/* Whoever is told where nothing else follows, at i: "he told | reporters on Monday"; the token behind, i for nobody. */
static size_t skip_whom(const struct stretch *s, size_t i)
{
    static const char *const whom[] = {"me", "us", "him", "her", "them", "reporters", NULL};
    const struct document *d = s->a.d;
    if (i < s->high && token_is_any(d, i, whom))
        return i + 1;
    for (size_t k = i; k < s->high && k < i + 5; k++) {
        uint32_t m = mention_at(s->a.m, k);
        if (m != NO_MENTION)
            return s->a.m->at[m].last + 1u;
        if (!token_is_lower(d, k))
            break;
        if (k > i && token_ends_like(d, k, "s"))
            return k + 1;
    }
    return i;
}

bool clause_is_last(const struct stretch *s, const struct cue_word *w, size_t i)
{
    const struct document *d = s->a.d;
    size_t next = w->flags & CUE_TOLD ? skip_whom(s, i + 1) : i + 1;
    return next >= s->high || token_is_close(d, next) || token_is_mark(d, next, ',') ||
           d->tokens[next].kind == TOKEN_DASH ||
           ((token_is_preposition(d, next) || token_is(d, next, "to") || clause_is_time(s, next)) &&
            find_that(s, next) >= s->high && find_pronoun(s, next) >= s->high);
}

bool clause_is_subject(const struct stretch *s, size_t first, size_t end)
{
    static const char *const no[] = {"that", "which",   "who", "what",  "than",  "where",
                                     "when", "because", "if",  "whose", "while", NULL};
    static const char *const whom[] = {"him", "her", "them", NULL};
    const struct document *d = s->a.d;
    for (size_t k = first; k < end; k++) {
        bool name = mention_at(s->a.m, k) != NO_MENTION;
        const struct cue_word *w = !name && token_is_lower(d, k) && k + 1 < end ? cue_find(d, k) : NULL;
        if (token_is(d, k, "to") && k + 1 < end && !token_is_article(d, k + 1) && !token_is_any(d, k + 1, whom) &&
            mention_at(s->a.m, k + 1) == NO_MENTION)
            return false;
        if (token_is_any(d, k, no) || token_is_auxiliary(d, k) || (w && (w->flags & (FORM_PAST | FORM_ING))))
            return false;
    }
    return true;
}

bool clause_is_subordinate(const struct stretch *s, size_t i)
{
    static const char *const words[] = {"as",     "while",   "after",  "when",  "if",   "although",
                                        "though", "because", "before", "since", "once", NULL};
    const struct document *d = s->a.d;
    size_t k = s->low;
    if (token_is(d, k, "even") || token_is(d, k, "but") || token_is(d, k, "and") || token_is(d, k, "just"))
        k++;
    if (k >= i || !token_is_any(d, k, words))
        return false;
    while (k < i && !token_is_mark(d, k, ','))
        k++;
    return k == i;
}
