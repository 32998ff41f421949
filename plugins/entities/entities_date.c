/* entities_date.c - dates and times of day in running text: each rule tells
 * how many tokens from a given one are a date. */
#include "entities_date.h"

#include "entities_text.h"

struct reader {
    const struct document *d;
    size_t end; /* of the sentence */
};

static const struct token *at(const struct reader *r, size_t i)
{
    static const struct token none = {.kind = TOKEN_OTHER};
    return i < r->end ? &r->d->tokens[i] : &none;
}

static bool is(const struct reader *r, size_t i, const char *word)
{
    return i < r->end && token_is(r->d, i, word);
}

static bool is_any(const struct reader *r, size_t i, const char *const *words)
{
    for (; *words; words++)
        if (is(r, i, *words))
            return true;
    return false;
}

static bool is_comma(const struct reader *r, size_t i)
{
    return at(r, i)->kind == TOKEN_PUNCT && r->d->text[at(r, i)->begin] == ',';
}

/* The value of a token of digits only, or with st, nd, rd, th where `ordinal`; else -1. */
static int number(const struct reader *r, size_t i, bool ordinal)
{
    const struct token *t = at(r, i);
    size_t len = t->end - t->begin, k = 0;
    int value = 0;
    if (t->kind != TOKEN_NUMBER || len > 6)
        return -1;
    const char *s = r->d->text + t->begin;
    for (; k < len && is_digit((unsigned char)s[k]) && k < 5; k++)
        value = value * 10 + (s[k] - '0');
    if (k == len)
        return value;
    bool suffix = len - k == 2 && (s[k] == 's' || s[k] == 'n' || s[k] == 'r' || s[k] == 't');
    return ordinal && suffix ? value : -1;
}

static bool is_day_number(const struct reader *r, size_t i)
{
    int n = number(r, i, true);
    return n >= 1 && n <= 31;
}

static bool is_year(const struct reader *r, size_t i)
{
    int n = number(r, i, false);
    return n >= 1000 && n <= 2100 && at(r, i)->end - at(r, i)->begin == 4;
}

static bool is_month(const struct reader *r, size_t i)
{
    return (at(r, i)->classes & GAZ(MONTH)) && (at(r, i)->flags & TOKEN_CAPITAL);
}

static bool is_weekday(const struct reader *r, size_t i)
{
    return (at(r, i)->classes & GAZ(DAY)) && (at(r, i)->flags & TOKEN_CAPITAL);
}

/* "Sat", "Mar", "May": words that are other things too, alone. */
static bool is_doubtful(const struct reader *r, size_t i)
{
    const struct token *t = at(r, i);
    return t->key_len <= 4 || is(r, i, "march") || is(r, i, "april") || is(r, i, "august");
}

static bool after_preposition(const struct reader *r, size_t i)
{
    static const char *const words[] = {"in",      "since",  "by",      "until",  "till", "of",     "from",   "during",
                                        "before",  "after",  "early",   "late",   "mid",  "last",   "next",   "this",
                                        "between", "to",     "through", "for",    "on",   "and",    "around", "year",
                                        "past",    "spring", "summer",  "autumn", "fall", "winter", NULL};
    return i > 0 && is_any(&(struct reader){r->d, i}, i - 1, words);
}

/* " , 1962" or " 1962" behind a month or day: where it ends, else i. */
static size_t year_behind(const struct reader *r, size_t i)
{
    if (is_year(r, i))
        return i + 1;
    return is_comma(r, i) && is_year(r, i + 1) ? i + 2 : i;
}

/* "Nov 8, 2021", "8 November", "March 1962"; and what goes before: "Monday, ". */
static size_t month_date(const struct reader *r, size_t i)
{
    if (is_day_number(r, i)) {
        size_t month = i + 1 + (is(r, i + 1, "of") ? 1 : 0);
        return is_month(r, month) ? year_behind(r, month + 1) : i;
    }
    if (!is_month(r, i))
        return i;
    if (is_year(r, i + 1))
        return i + 2;
    if (is_comma(r, i + 1) && is_year(r, i + 2))
        return i + 3;
    if (is_day_number(r, i + 1)) {
        size_t end = i + 2;
        if (at(r, end)->kind == TOKEN_DASH && is_day_number(r, end + 1) && (at(r, end)->flags & TOKEN_GLUED))
            end += 2;
        return year_behind(r, end);
    }
    bool name = (at(r, i)->flags & TOKEN_FIRST) || (at(r, i + 1)->flags & TOKEN_CAPITAL);
    if (is_doubtful(r, i) && (name || !after_preposition(r, i)))
        return i;
    return i + 1;
}

static size_t weekday_date(const struct reader *r, size_t i)
{
    if (!is_weekday(r, i))
        return i;
    size_t next = i + 1 + (is_comma(r, i + 1) ? 1 : 0);
    size_t end = month_date(r, next);
    bool number_or_month = at(r, next)->kind == TOKEN_NUMBER || is_month(r, next);
    if (end > next && number_or_month)
        return end;
    return is_doubtful(r, i) ? i : i + 1;
}

/* "2021-11-08", "8/11/2021", "08.11.2021" */
static size_t numeric_date(const struct reader *r, size_t i)
{
    const struct token *t = at(r, i);
    if (t->kind != TOKEN_NUMBER)
        return i;
    if (is_year(r, i) && at(r, i + 1)->kind == TOKEN_DASH && is_day_number(r, i + 2) &&
        at(r, i + 3)->kind == TOKEN_DASH && is_day_number(r, i + 4) && (at(r, i + 4)->flags & TOKEN_GLUED))
        return i + 5;
    const char *s = r->d->text + t->begin;
    size_t len = t->end - t->begin, marks = 0, digits = 0;
    if (len < 6 || len > 10)
        return i;
    char mark = 0;
    for (size_t k = 0; k < len; k++) {
        if (is_digit((unsigned char)s[k])) {
            digits++;
        } else if ((s[k] == '/' || s[k] == '.') && (!mark || mark == s[k])) {
            mark = s[k];
            marks++;
        } else {
            return i;
        }
    }
    return marks == 2 && (digits >= 6 || mark == '/') ? i + 1 : i;
}

static size_t year_date(const struct reader *r, size_t i)
{
    const struct token *t = at(r, i);
    if (t->kind != TOKEN_NUMBER)
        return i;
    const char *s = r->d->text + t->begin;
    if (t->end - t->begin == 5 && s[4] == 's' && s[3] == '0' && (s[0] == '1' || s[0] == '2'))
        return i + 1; /* "1990s" */
    if (!is_year(r, i) || (at(r, i + 1)->flags & TOKEN_GLUED && at(r, i + 1)->kind == TOKEN_DASH && !is_year(r, i + 2)))
        return i;
    int n = number(r, i, false);
    bool bracketed = i > 0 && r->d->text[r->d->tokens[i - 1].begin] == '(' && r->d->text[at(r, i + 1)->begin] == ')';
    bool unit = at(r, i + 1)->kind == TOKEN_WORD && !(at(r, i + 1)->flags & TOKEN_CAPITAL) &&
                (at(r, i + 1)->classes & (GAZ(TIME_UNIT) | GAZ(ROLE) | GAZ(ORG_NOUN) | GAZ(LOC_NOUN)));
    return n >= 1500 && n < 2050 && !unit && (bracketed || after_preposition(r, i)) ? i + 1 : i;
}

static bool is_count(const struct reader *r, size_t i)
{
    static const char *const words[] = {"a",      "an",     "one",     "two",   "three",  "four",
                                        "five",   "six",    "seven",   "eight", "nine",   "ten",
                                        "eleven", "twelve", "several", "few",   "couple", NULL};
    return at(r, i)->kind == TOKEN_NUMBER || is_any(r, i, words);
}

/* "last year", "next three weeks", "two days ago", "yesterday" */
static size_t relative_date(const struct reader *r, size_t i)
{
    static const char *const near[] = {"yesterday", "today", "tomorrow", NULL};
    static const char *const pointers[] = {"last", "next",  "this", "past",    "previous", "coming", "following",
                                           "late", "early", "mid",  "earlier", "later",    NULL};
    static const char *const behind[] = {"ago", "earlier", "later", NULL};
    if (is_any(r, i, near))
        return i + 1;
    if (is_count(r, i) && (at(r, i + 1)->classes & GAZ(TIME_UNIT)) && is_any(r, i + 2, behind))
        return i + 3;
    if (!is_any(r, i, pointers))
        return i;
    size_t next = i + 1;
    bool sided = is(r, i, "late") || is(r, i, "early") || is(r, i, "earlier") || is(r, i, "later");
    if (sided && (is(r, next, "this") || is(r, next, "last") || is(r, next, "next")))
        next++;
    next += at(r, next)->kind == TOKEN_DASH;
    if (is_weekday(r, next) || is_month(r, next)) {
        size_t end = month_date(r, next);
        return end > next ? end : next + 1;
    }
    if (sided && next == i + 1)
        return is_year(r, next) ? next + 1 : i;
    next += is_count(r, next);
    bool unit = (at(r, next)->classes & GAZ(TIME_UNIT)) && !(at(r, next)->flags & TOKEN_CAPITAL);
    return unit && !is(r, next, "second") && !is(r, next, "minute") ? next + 1 : i;
}

/* "10:30", "8 a.m.", "8am", "noon", with "GMT" and the like behind. */
static size_t clock_time(const struct reader *r, size_t i)
{
    static const char *const halves[] = {"am", "pm", "a.m.", "p.m.", "a.m", "p.m", "o'clock", NULL};
    static const char *const zones[] = {"gmt", "est", "edt", "pst", "pdt", "utc",
                                        "bst", "cet", "ist", "et",  "hrs", NULL};
    const struct token *t = at(r, i);
    size_t end = i;
    if (t->kind == TOKEN_NUMBER) {
        const char *s = r->d->text + t->begin;
        size_t len = t->end - t->begin, digits = 0;
        while (digits < len && is_digit((unsigned char)s[digits]))
            digits++;
        bool half = len - digits == 2 && digits <= 2 && (s[digits] == 'a' || s[digits] == 'p') && s[digits + 1] == 'm';
        bool minutes = digits >= 1 && digits <= 2 && len - digits >= 3 && s[digits] == ':';
        if (minutes && len - digits > 3 && ascii_lower(s[len - 1]) != 'm' && !is_digit((unsigned char)s[len - 1]))
            minutes = false;
        if (is_any(r, i + 1, halves) && digits == len && digits <= 2)
            end = i + 2;
        else if (minutes || half)
            end = i + 1 + (is_any(r, i + 1, halves) ? 1 : 0);
        else if (digits == 4 && len == 4 && is_any(r, i + 1, zones))
            end = i + 1;
        else if (is_any(r, i + 1, halves) && digits < 3)
            end = i + 2;
    } else if (is(r, i, "noon") || is(r, i, "midnight") || is(r, i, "tonight")) {
        end = i + 1;
    }
    return end > i && is_any(r, end, zones) ? end + 1 : end;
}

static void push(const struct document *d, struct mentions *m, size_t first, size_t end, uint8_t type)
{
    m->at[m->n++] = (struct mention){.begin = d->tokens[first].begin,
                                     .end = d->tokens[end - 1].end,
                                     .first = (uint32_t)first,
                                     .last = (uint32_t)end - 1,
                                     .chain = NO_MENTION,
                                     .type = type};
}

static size_t date_at(const struct reader *r, size_t i)
{
    size_t (*const rules[])(const struct reader *, size_t) = {weekday_date, month_date, numeric_date, relative_date,
                                                              year_date};
    for (size_t k = 0; k < sizeof rules / sizeof *rules; k++) {
        size_t end = rules[k](r, i);
        if (end > i)
            return end;
    }
    return i;
}

bool dates_find(const struct document *d, struct mentions *found)
{
    *found = (struct mentions){0};
    found->at = arena_alloc(d->arena, d->n_tokens + 1, sizeof *found->at);
    if (!found->at)
        return false;
    for (size_t s = 0; s < d->n_sentences; s++) {
        struct reader r = {d, d->sentences[s].end};
        for (size_t i = d->sentences[s].first; i < r.end;) {
            const struct token *t = &d->tokens[i];
            if (t->kind != TOKEN_NUMBER && !(t->classes & (GAZ(DATE_WORD) | GAZ(MONTH) | GAZ(DAY)))) {
                i++;
                continue;
            }
            size_t end = clock_time(&r, i);
            uint8_t type = ENTITY_TIME;
            if (end == i) {
                end = date_at(&r, i);
                bool part = end > i && (at(&r, end)->classes & GAZ(DAY_PART)) && is_weekday(&r, end - 1);
                type = part ? ENTITY_TIME : ENTITY_DATE;
                end += part;
            }
            if (end > i)
                push(d, found, i, end, type);
            i = end > i ? end : i + 1;
        }
    }
    return true;
}

bool mentions_merge(struct arena *a, struct mentions *names, const struct mentions *dates)
{
    struct mentions all = {.at = arena_alloc(a, names->n + dates->n + 1, sizeof *all.at)};
    if (!all.at)
        return false;
    size_t k = 0;
    for (size_t i = 0; i < names->n; i++) {
        for (; k < dates->n && dates->at[k].last < names->at[i].first; k++)
            all.at[all.n++] = dates->at[k];
        while (k < dates->n && dates->at[k].first <= names->at[i].last)
            k++;
        all.at[all.n++] = names->at[i];
    }
    for (; k < dates->n; k++)
        all.at[all.n++] = dates->at[k];
    *names = all;
    return true;
}
