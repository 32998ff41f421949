/* entities_score.c - points for person, organisation, place or other name.
 *
 * The numbers were chosen by hand and checked on the sets of README.md; a point is
 * about as much as a weak hint is worth.  Ten is as good as certain. */
#include "entities_candidate.h"

#include "entities_text.h"

#include <string.h>

enum { PER = ENTITY_PER, ORG = ENTITY_ORG, LOC = ENTITY_LOC, MISC = ENTITY_MISC };

/* Points that a class of a word gives to each type. */
struct points {
    uint64_t classes;
    int8_t per, org, loc, misc;
};

static void add_points(const struct points *table, size_t n, uint64_t classes, int score[NAME_TYPES])
{
    for (size_t i = 0; i < n; i++) {
        if (!(classes & table[i].classes))
            continue;
        score[PER] += table[i].per;
        score[ORG] += table[i].org;
        score[LOC] += table[i].loc;
        score[MISC] += table[i].misc;
    }
}

#define ADD_POINTS(table, classes, score) add_points(table, sizeof table / sizeof *table, classes, score)

/* The whole candidate is a listed name. */
static const struct points WHOLE[] = {
    {GAZ(COUNTRY), 0, 0, 12, 0},  {GAZ(REGION), 0, 0, 6, 0}, {GAZ(BIG_CITY), 0, 0, 6, 0},
    {GAZ(CITY), 0, 0, 4, 0},      {GAZ(ORG), 0, 9, 0, 0},    {GAZ(MISC), 0, 0, 0, 9},
    {GAZ_FIRST_NAME, 4, 0, 0, 0}, {GAZ(LAST), 3, 0, 0, 0},   {GAZ(NORP), 0, 0, 0, 6},
};

/* The last of several words. */
static const struct points LAST_WORD[] = {
    {GAZ(ORG_HEAD), 0, 9, 0, 0}, {GAZ(LOC_HEAD), 0, 0, 9, 0},    {GAZ(EVENT), 0, 0, 0, 9},
    {GAZ(LAST), 2, 0, 0, 0},     {GAZ(NAME_SUFFIX), 9, 0, 0, 0},
};

/* The first of several words. */
static const struct points FIRST_WORD[] = {
    {GAZ_FIRST_NAME, 5, 0, 0, 0}, {GAZ(LOC_FRONT), 0, 0, 3, 0}, {GAZ(COUNTRY) | GAZ(NORP), -5, 3, 0, 1},
    {GAZ(BIG_CITY), -1, 1, 1, 0}, {GAZ(LAST), 1, 0, 0, 0},      {GAZ(PARTICLE), -3, 0, 0, 0},
};

static bool word_is_plain(const struct token *t)
{
    return (t->classes & GAZ(COMMON)) && !(t->classes & (GAZ_FIRST_NAME | GAZ_PLACE | GAZ(PARTICLE)));
}

/* A single word, by its shape and by what it is listed as. */
static void score_single(const struct document *d, const struct candidate *c, int score[NAME_TYPES])
{
    const struct token *t = &d->tokens[c->first];
    ADD_POINTS(WHOLE, t->classes & ~(t->classes & GAZ(COMMON) ? GAZ(CITY) | GAZ(LAST) : 0), score);
    size_t len = t->end - t->begin;
    bool digit = false;
    for (size_t i = t->begin; i < t->end; i++)
        digit = digit || is_digit((unsigned char)d->text[i]);
    if ((t->flags & TOKEN_CAPITALS) && len <= 6 && !(t->classes & GAZ_PLACE))
        score[digit ? MISC : ORG] += digit ? 1 : 5;
    if (t->classes & GAZ(ORG_HEAD))
        score[ORG] += 3;
    if (t->classes & GAZ(LOC_HEAD))
        score[LOC] += 1;
    if (t->classes & GAZ(EVENT))
        score[MISC] += 1;
    static const struct {
        char ending[6];
        int8_t type, points;
    } endings[] = {{"stan", LOC, 5},  {"land", LOC, 3},  {"shire", LOC, 4}, {"ville", LOC, 3}, {"burg", LOC, 2},
                   {"abad", LOC, 4},  {"pur", LOC, 2},   {"ism", MISC, 6},  {"ists", MISC, 5}, {"ans", MISC, 3},
                   {"ese", MISC, 3},  {"ian", MISC, 1},  {"ians", MISC, 4}, {"bank", ORG, 4},  {"tech", ORG, 4},
                   {"soft", ORG, 4},  {"corp", ORG, 5},  {"news", ORG, 5},  {"net", ORG, 3},   {"com", ORG, 5},
                   {"fest", MISC, 5}, {"gate", MISC, 2}, {"grad", LOC, 4},  {"polis", LOC, 3}, {"istan", LOC, 2}};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i].ending);
        if (t->key_len > n + 2 && memcmp(token_key(d, t) + t->key_len - n, endings[i].ending, n) == 0)
            score[endings[i].type] += endings[i].points;
    }
}

static void score_several(const struct document *d, const struct candidate *c, int score[NAME_TYPES])
{
    unsigned words = 0, plain = 0, particles = 0, initials = 0, linked = 0, capitals = 0;
    const struct token *head = NULL; /* the last word before the first "of" or "for" */
    bool of = false;
    for (size_t i = c->first; i < c->end; i++) {
        const struct token *t = &d->tokens[i];
        if (t->kind == TOKEN_PUNCT && d->text[t->begin] == '&')
            score[ORG] += 12;
        if (t->kind != TOKEN_WORD)
            continue;
        if (t->flags & TOKEN_CAPITAL) {
            words++;
            plain += word_is_plain(t);
            initials += (t->flags & TOKEN_INITIAL) != 0;
            capitals += (t->flags & TOKEN_CAPITALS) != 0;
            if (!of)
                head = t;
        } else if (token_is(d, i, "of") || token_is(d, i, "for") || token_is(d, i, "and")) {
            linked++;
            of = of || !token_is(d, i, "and");
        } else if (t->classes & GAZ(PARTICLE)) {
            particles++;
        }
    }
    const struct token *first = &d->tokens[c->first], *last = &d->tokens[c->end - 1];
    ADD_POINTS(WHOLE, c->classes, score);
    if (c->classes & (GAZ(COUNTRY) | GAZ(BIG_CITY) | GAZ(ORG) | GAZ(MISC) | GAZ(REGION)))
        return;
    if (first->classes & GAZ(WORK_NOUN))
        score[MISC] += 4;
    ADD_POINTS(FIRST_WORD, first->classes & ~(plain == words ? GAZ_FIRST_NAME : 0), score);
    if (linked && head) {
        score[PER] -= 8;
        score[ORG] += head->classes & (GAZ(ORG_OF) | GAZ(ORG_HEAD)) ? 9 : 2;
        score[LOC] += head->classes & (GAZ(LOC_OF) | GAZ(LOC_HEAD)) ? 7 : 0;
        score[MISC] += head->classes & (GAZ(EVENT_OF) | GAZ(EVENT)) ? 8 : 2;
        return;
    }
    ADD_POINTS(LAST_WORD, last->classes, score);
    if (first->classes & GAZ(ORG_OF))
        score[ORG] += 3;
    if (plain == words) {
        score[PER] -= 8;
        score[ORG] += 1;
    } else if (plain == 0 && !(c->classes & (GAZ_PLACE | GAZ(ORG))) && words <= 4) {
        score[PER] += 3;
    } else if (plain && !(first->classes & GAZ_FIRST_NAME)) {
        score[PER] -= 3;
        score[ORG] += 2;
    }
    score[PER] += (int)(initials ? 5 : 0) + (int)(particles ? 2 : 0);
    if (capitals && capitals < words && !initials)
        score[ORG] += 2;
    if (particles && !(first->classes & GAZ_FIRST_NAME))
        score[LOC] += 1;
}

void score_words(const struct document *d, const struct candidate *c, int score[NAME_TYPES])
{
    if (c->end - c->first == 1)
        score_single(d, c, score);
    else
        score_several(d, c, score);
}

/* A word in lower case right before the name. */
static const struct points BEFORE[] = {
    {GAZ(ROLE) | GAZ(TITLE), 6, 0, 0, 0}, {GAZ(ORG_NOUN), 0, 9, 0, 0},   {GAZ(LOC_NOUN), 0, 0, 5, 0},
    {GAZ(WORK_NOUN), 0, 0, 0, 5},         {GAZ(SAY_STRONG), 2, 0, 0, 0},
};

/* And right after it. */
static const struct points AFTER[] = {
    {GAZ(SAY_STRONG), 4, 2, 0, 0},
    {GAZ(ORG_NOUN), 0, 4, 0, 0},
    {GAZ(LOC_NOUN), 0, 0, 4, 0},
    {GAZ(WORK_NOUN), 0, 0, 0, 3},
};

struct word_points {
    const char *word;
    int8_t per, org, loc, misc;
};

static const struct word_points WORD_BEFORE[] = {
    {"in", -1, 0, 6, 0},      {"near", -1, 0, 6, 0},     {"from", 0, 0, 2, 0},      {"to", 0, 0, 1, 0},
    {"at", -1, 2, 2, 0},      {"outside", -1, 0, 4, 0},  {"across", -1, 0, 5, 0},   {"throughout", -2, 0, 5, 0},
    {"the", -4, 1, 0, 2},     {"southern", -2, 0, 7, 0}, {"northern", -2, 0, 7, 0}, {"eastern", -2, 0, 7, 0},
    {"western", -2, 0, 7, 0}, {"central", -2, 0, 6, 0},  {"into", 0, 0, 2, 0},      {"by", 2, 1, 0, 0},
    {"with", 1, 1, 0, 0},     {"like", 1, 0, 0, 0},      {"mr", 9, 0, 0, 0},        {"via", 0, 1, 2, 0},
    {"between", 0, 0, 1, 0},  {"against", 0, 1, 0, 0},   {"joined", 0, 4, 0, 0},    {"toward", 0, 0, 3, 0},
    {"towards", 0, 0, 3, 0},  {"around", 0, 0, 3, 0},    {"inside", 0, 0, 4, 0},    {"named", 4, 0, 0, 0},
    {"called", 1, 1, 0, 1},   {"a", -4, 1, 0, 3},        {"an", -4, 1, 0, 3},       {"speak", -2, 0, 0, 5},
    {"during", -3, 0, 0, 4},  {"since", -2, 0, 0, 2},    {"under", 1, 0, 0, 1},     {"this", -3, 0, 0, 2},
};

static const struct word_points WORD_AFTER[] = {
    {"who", 5, 0, 0, 0},        {"whose", 3, 1, 0, 0},     {"himself", 8, 0, 0, 0}, {"herself", 8, 0, 0, 0},
    {"where", -2, 0, 4, 0},     {"which", -1, 2, 0, 0},    {"born", 5, 0, 0, 0},    {"jr.", 9, 0, 0, 0},
    {"was", 1, 0, 0, 0},        {"has", 1, 1, 0, 0},       {"people", 0, 0, 0, 3},  {"family", 4, 0, 0, 0},
    {"government", 0, 0, 2, 2}, {"officials", 0, 2, 1, 1}, {"police", 0, 0, 3, 0},  {"scored", 4, 2, 0, 0},
};

static void add_word(const struct document *d, size_t i, const struct word_points *table, size_t n,
                     int score[NAME_TYPES])
{
    for (size_t k = 0; k < n; k++) {
        if (!token_is(d, i, table[k].word))
            continue;
        score[PER] += table[k].per;
        score[ORG] += table[k].org;
        score[LOC] += table[k].loc;
        score[MISC] += table[k].misc;
        return;
    }
}

/* "Name, 45," and ", who" and ", Country": what a comma after the name leads to. */
static void score_apposition(const struct document *d, const struct candidate *c, size_t end, int score[NAME_TYPES])
{
    size_t i = c->end + 1;
    if (i >= end)
        return;
    const struct token *t = &d->tokens[i];
    uint64_t listed = t->phrase > 1 ? t->phrase_classes : t->classes;
    if (t->kind == TOKEN_NUMBER && t->end - t->begin <= 2 &&
        (token_is_mark(d, i + 1, ',') || token_is_mark(d, i + 1, ')')))
        score[PER] += 8;
    if (token_is(d, i, "who") || token_is(d, i, "whose"))
        score[PER] += 4;
    if (listed & (GAZ(COUNTRY) | GAZ(REGION)) && (t->flags & TOKEN_CAPITAL))
        score[LOC] += 4;
    bool article = token_is(d, i, "a") || token_is(d, i, "an") || token_is(d, i, "the");
    for (size_t k = i; k < end && k < i + (article ? 5 : 2); k++) {
        const struct token *w = &d->tokens[k];
        if (w->kind != TOKEN_WORD)
            break;
        if (w->classes & (GAZ(ROLE) | GAZ(TITLE))) {
            score[PER] += 4;
            break;
        }
        if (article && (w->classes & (GAZ(ORG_NOUN) | GAZ(LOC_NOUN)))) {
            score[w->classes & GAZ(ORG_NOUN) ? ORG : LOC] += 3;
            break;
        }
    }
}

static void score_left(const struct document *d, const struct candidate *c, size_t first, int score[NAME_TYPES])
{
    if (c->first == first)
        return;
    size_t i = c->first - 1;
    const struct token *t = &d->tokens[i];
    if (t->kind == TOKEN_WORD && !(t->flags & TOKEN_CAPITAL)) {
        ADD_POINTS(BEFORE, t->classes, score);
    } else if (t->kind == TOKEN_PUNCT && i > first && d->text[t->begin] == ',') {
        score[PER] += (d->tokens[i - 1].classes & GAZ(ROLE)) && !(d->tokens[i - 1].flags & TOKEN_CAPITAL) ? 3 : 0;
    }
    if (t->kind == TOKEN_QUOTE && c->end < d->n_tokens && d->tokens[c->end].kind == TOKEN_QUOTE)
        score[MISC] += 3;
    add_word(d, i, WORD_BEFORE, sizeof WORD_BEFORE / sizeof *WORD_BEFORE, score);
    if (token_is(d, i, "of") && i > first) {
        if (d->tokens[i - 1].classes & (GAZ(LOC_OF) | GAZ(LOC_NOUN)))
            score[LOC] += 5;
        else if (d->tokens[i - 1].classes & (GAZ(TITLE) | GAZ(ROLE)))
            score[ORG] += 4;
        else
            score[LOC] += 1;
    }
    if (token_is(d, i, "the") && i > first + 1 && token_is(d, i - 1, "in"))
        score[LOC] += 2;
}

static void score_right(const struct document *d, const struct candidate *c, size_t end, int score[NAME_TYPES])
{
    size_t i = c->end;
    if (i >= end)
        return;
    const struct token *t = &d->tokens[i];
    if (t->kind == TOKEN_WORD && !(t->flags & TOKEN_CAPITAL)) {
        ADD_POINTS(AFTER, t->classes, score);
        add_word(d, i, WORD_AFTER, sizeof WORD_AFTER / sizeof *WORD_AFTER, score);
    } else if (token_is_mark(d, i, ',')) {
        score_apposition(d, c, end, score);
    } else if (token_is_mark(d, i, '(') && i + 2 < end && token_is_mark(d, i + 2, ')')) {
        if (d->tokens[i + 1].flags & TOKEN_CAPITALS)
            score[ORG] += 4;
        else if (t[1].kind == TOKEN_NUMBER && t[1].end - t[1].begin <= 2)
            score[PER] += 6;
    } else if (t->kind == TOKEN_DASH && (t->flags & TOKEN_GLUED) && i + 1 < end && token_is(d, i + 1, "based")) {
        score[LOC] += 8;
    }
}

void score_context(const struct document *d, const struct candidate *c, int8_t points[NAME_TYPES])
{
    const struct sentence *s = &d->sentences[d->tokens[c->first].sentence];
    int score[NAME_TYPES] = {0};
    score_left(d, c, s->first, score);
    score_right(d, c, s->end, score);
    for (size_t i = 0; i < NAME_TYPES; i++)
        points[i] = (int8_t)(score[i] > 20 ? 20 : score[i] < -20 ? -20 : score[i]);
}
