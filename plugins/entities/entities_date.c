/* entities_date.c - dates and times of day in running text: what the forms of
 * the language read (entities_date_reader.c), taken or left by what stands
 * around it, and given its value (entities_when.c). */
#include "entities_date.h"

#include "entities_date_reader.h"
#include "entities_text.h"

#include <string.h>

static bool is_capital(const struct date_reader *r, size_t i)
{
    return (date_token(r, i)->flags & TOKEN_CAPITAL) != 0;
}

static bool is_inner_capital(const struct date_reader *r, size_t i)
{
    return is_capital(r, i) && !(date_token(r, i)->flags & TOKEN_FIRST);
}

/* ---- taken or left ---- */

/* "May", "March", "April": a month only where the words around it say so. */
static bool month_stands(const struct date_reader *r, size_t i, size_t end)
{
    if (end > i + 1 || !date_is_doubtful(r, i))
        return true;
    if (i > 0 && date_is(r, i - 1, DATE_OWN) && date_token(r, end)->kind == TOKEN_WORD && !is_capital(r, end))
        return !date_is(r, end, DATE_PREP) || date_is(r, end, DATE_AND); /* "the April uprising", no "March on Rome" */
    bool name = (date_token(r, i)->flags & TOKEN_FIRST) || (is_capital(r, end) && !date_is(r, end, DATE_MONTH));
    return !name && i > 0 && date_is(r, i - 1, DATE_PREP);
}

/* "The Sunday Times" */
static bool weekday_stands(const struct date_reader *r, const struct date_reading *m, size_t i, size_t end)
{
    bool alone = end == i + 1;
    if (alone && date_is_doubtful(r, i))
        return false;
    bool own = i > 0 && date_is(r, i - 1, DATE_OWN);
    return !(alone && own && is_inner_capital(r, end)) && !(date_has(m, DATE_BIT(UNIT)) && m->unit != UNIT_WEEK);
}

/* Is `i` in a row of years: "2018, 2019 and 2020"? */
static bool year_before(const struct date_reader *r, size_t i)
{
    size_t k = i;
    while (k > 0 && i - k < 2 && (date_is(r, k - 1, DATE_AND) || date_is_mark(r, k - 1, ',')))
        k--;
    return k < i && k > 0 && date_is_year(r, k - 1);
}

/* A bare number of four digits. */
static bool year_stands(const struct date_reader *r, size_t i)
{
    int n;
    const struct token *next = date_token(r, i + 1);
    date_digits(r, i, &n);
    bool counted = date_is(r, i + 1, DATE_MEASURE) || date_is_mark(r, i + 1, '%');
    bool joined =
        next->kind == TOKEN_DASH && (next->flags & TOKEN_GLUED) && (date_token(r, i + 2)->flags & TOKEN_GLUED);
    if (counted || n < 1500 || n >= 2060 || (joined && !date_is(r, i + 2, DATE_NEAR)) || i == 0)
        return false;
    const struct token *last = &r->d->tokens[i - 1];
    bool glued = (date_token(r, i)->flags & TOKEN_GLUED) && last->kind != TOKEN_QUOTE;
    if (date_is_mark(r, i - 1, '('))
        return true;
    if (glued)
        return false;
    bool round = n % 50 == 0, noun = next->kind == TOKEN_WORD && !is_capital(r, i + 1);
    if (date_is(r, i - 1, DATE_PREP) && !date_is(r, i - 1, DATE_OWN))
        return !(round && noun && r->d->text[next->end - 1] == 's');
    if (date_is(r, i - 1, DATE_OWN) && n >= 1750)
        return next->kind == TOKEN_WORD && !round;
    return year_before(r, i);
}

static bool unit_stands(const struct date_reader *r, const struct date_reading *m, size_t i)
{
    if (m->unit == UNIT_HOUR || is_inner_capital(r, i))
        return false;
    if (m->unit == UNIT_DAY)
        return !m->many && (m->which == 1 || m->which == WHICH_UNSURE);
    return m->which != WHICH_THAT || m->unit == UNIT_YEAR;
}

/* Is what a form has read a date where it stands? */
static bool stands(const struct date_reader *r, const struct date_reading *m, size_t i, size_t end)
{
    bool bare_edge = date_is(r, i, DATE_EDGE) && date_value(r, i, DATE_EDGE) == 1 && !date_has(m, DATE_BIT(WHICH));
    switch (m->sense) {
    case SENSE_MONTH: return month_stands(r, i, end);
    case SENSE_CALENDAR:
        return !bare_edge && !(m->which == WHICH_THAT && !m->tail_which) &&
               !(m->n_days == 0 && m->n_years && bare_edge);
    case SENSE_YEAR: return year_stands(r, i);
    case SENSE_WEEKDAY: return weekday_stands(r, m, i, end);
    case SENSE_NEAR: return !is_inner_capital(r, i);
    case SENSE_PART: return m->which != 1 || !is_capital(r, i);
    case SENSE_UNIT: return unit_stands(r, m, i);
    case SENSE_AGO: return m->unit != 0;
    case SENSE_SEASON: return m->n_years || (m->which != WHICH_THAT && m->which != WHICH_UNSURE);
    case SENSE_CENTURY: return m->unit == UNIT_CENTURY;
    case SENSE_DECADE: return !bare_edge;
    case SENSE_NOTHING: return !date_has(m, DATE_BIT(WHICH)) || (m->which != 0 && m->which != WHICH_THAT);
    default: return true;
    }
}

/* ---- dates in digits ---- */

/* The numbers of "8/11/2021": how many, 0 where the token is none of such. */
static size_t split_numbers(const struct date_reader *r, size_t i, int part[3], char *mark)
{
    const struct token *t = date_token(r, i);
    size_t n = 0, digits = 0;
    *mark = 0;
    part[0] = part[1] = part[2] = 0;
    for (size_t k = t->begin; k < t->end; k++) {
        char c = r->d->text[k];
        if (is_digit((unsigned char)c) && digits < 4) {
            part[n] = part[n] * 10 + (c - '0');
            digits++;
        } else if ((c == '/' || c == '.') && digits && n < 2 && (!*mark || *mark == c)) {
            *mark = c;
            digits = 0;
            n++;
        } else {
            return 0;
        }
    }
    return n + 1;
}

/* "8/11/2021", "08.11.2021", "2021/11/08": with what is not certain left out. */
static size_t slashed_date(const struct date_reader *r, size_t i, struct date_reading *m)
{
    int part[3];
    char mark;
    size_t len = date_token_len(r, i), n = split_numbers(r, i, part, &mark);
    if (n == 2 && mark == '/' && len == 7 && part[0] >= 1900 && part[0] < 2100 && part[1] == part[0] % 100 + 1) {
        *m = (struct date_reading){.sense = SENSE_YEARS,
                                   .year = {(int16_t)part[0], (int16_t)(part[0] + 1)},
                                   .n_years = 2};
        return i + 1; /* "2018/19" */
    }
    if (n != 3 || len < 8)
        return i;
    bool year_first = part[0] >= 1000, day_first = mark == '.' || r->words->day_first || part[0] > 12;
    int year = year_first ? part[0] : part[2], month = year_first || !day_first ? part[year_first] : part[1];
    int day = year_first ? part[2] : day_first ? part[0] : part[1];
    if (year < 1000 || !when_is_valid(year, month, day))
        return i;
    *m = (struct date_reading){.sense = SENSE_CALENDAR,
                               .year = {(int16_t)year},
                               .n_years = 1,
                               .month = (int8_t)month,
                               .day = {(int8_t)day},
                               .n_days = 1};
    if (!year_first && !day_first && day <= 12 && day != month)
        m->sense = SENSE_NOTHING; /* the 8th of November or the 11th of August */
    return i + 1;
}

/* "2021-11-08" */
static size_t dashed_date(const struct date_reader *r, size_t i, struct date_reading *m)
{
    int year, month, day;
    if (!date_is_year(r, i) || date_digits(r, i + 2, &month) != 2 || date_digits(r, i + 4, &day) != 2 ||
        date_token_len(r, i + 4) != 2 || date_token_len(r, i + 2) != 2)
        return i;
    for (size_t k = i + 1; k <= i + 4; k++)
        if (!(date_token(r, k)->flags & TOKEN_GLUED))
            return i;
    date_digits(r, i, &year);
    if (date_token(r, i + 1)->kind != TOKEN_DASH || date_token(r, i + 3)->kind != TOKEN_DASH ||
        !when_is_valid(year, month, day))
        return i;
    *m = (struct date_reading){.sense = SENSE_CALENDAR,
                               .year = {(int16_t)year},
                               .n_years = 1,
                               .month = (int8_t)month,
                               .day = {(int8_t)day},
                               .n_days = 1};
    return i + 5;
}

/* ---- times of day ---- */

/* Hours, minutes and seconds of a token, with `mark` between: how many; `rest` is where they end. */
static size_t clock_parts(const struct date_reader *r, size_t i, char mark, int part[3], size_t *rest)
{
    const struct token *t = date_token(r, i);
    size_t k = t->begin, n = 0;
    for (; n < 3; n++) {
        size_t from = k;
        part[n] = 0;
        for (; k < t->end && k - from < 2 && is_digit((unsigned char)r->d->text[k]); k++)
            part[n] = part[n] * 10 + (r->d->text[k] - '0');
        if (k == from || (n && k - from != 2))
            return 0;
        if (n + 1 < 3 && k < t->end && r->d->text[k] == mark && k + 1 < t->end &&
            is_digit((unsigned char)r->d->text[k + 1]))
            k++;
        else
            break;
    }
    *rest = k - t->begin;
    return n + 1;
}

/* "am" at the end of a token: 0, 12 for "pm", -1 for neither. */
static int glued_half(const struct date_reader *r, size_t i, size_t rest)
{
    const char *s = r->d->text + date_token(r, i)->begin + rest;
    if (date_token_len(r, i) - rest != 2 || (s[1] | 32) != 'm')
        return -1;
    return (s[0] | 32) == 'a' ? 0 : (s[0] | 32) == 'p' ? 12 : -1;
}

static bool set_clock(struct date_reading *m, const int part[3], size_t n, int half)
{
    int hour = part[0];
    if (half >= 0 && (hour < 1 || hour > 12))
        return false;
    if (half >= 0)
        hour = hour % 12 + half;
    if (hour > 24 || (n > 1 && part[1] > 59) || (n > 2 && part[2] > 59))
        return false;
    m->hour = (int8_t)(hour % 24);
    m->minute = (int8_t)(n > 1 ? part[1] : 0);
    m->second = (int8_t)(n > 2 ? part[2] : 0);
    m->clock = true;
    return true;
}

/* "GMT" behind a time, also in brackets after another zone's: its end. */
static size_t read_zone(const struct date_reader *r, size_t i, struct date_reading *m)
{
    if (!date_is(r, i, DATE_ZONE))
        return i;
    m->zone = (int16_t)date_value(r, i, DATE_ZONE);
    m->seen |= DATE_BIT(ZONE);
    return i + r->length[i];
}

/* "18h30" */
static size_t lettered_time(const struct date_reader *r, size_t i, struct date_reading *m)
{
    int part[3];
    size_t rest, n = r->words->hour_letter ? clock_parts(r, i, *r->words->hour_letter, part, &rest) : 0;
    if (!n)
        return i;
    const char *s = r->d->text + date_token(r, i)->begin + rest;
    bool bare = n == 1 && date_token_len(r, i) == rest + 1 && *s == *r->words->hour_letter;
    if (!(n == 2 && rest == date_token_len(r, i)) && !bare)
        return i;
    return set_clock(m, part, n, -1) ? read_zone(r, i + 1, m) : i;
}

/* "1530" before "GMT" */
static size_t four_digits(const struct date_reader *r, size_t i, struct date_reading *m)
{
    int value;
    if (date_digits(r, i, &value) != 4 || date_token_len(r, i) != 4 || !date_is(r, i + 1, DATE_ZONE))
        return i;
    const int part[3] = {value / 100, value % 100, 0};
    return set_clock(m, part, 2, -1) ? read_zone(r, i + 1, m) : i;
}

/* "10:30", "10.30 a.m.", "8am", "8 o'clock", "18 Uhr", "noon": the end, `i` for none. */
static size_t read_time(const struct date_reader *r, size_t i, struct date_reading *m)
{
    *m = (struct date_reading){0};
    if (date_is(r, i, DATE_CLOCK)) {
        m->hour = (int8_t)date_value(r, i, DATE_CLOCK);
        m->clock = true;
        return read_zone(r, i + r->length[i], m);
    }
    if (date_is(r, i, DATE_COUNT) && date_is(r, i + 1, DATE_OCLOCK) && !date_value(r, i + 1, DATE_OCLOCK)) {
        m->clock = m->vague = true; /* "five o'clock", of the morning or of the afternoon */
        return i + 1 + r->length[i + 1];
    }
    if (date_token(r, i)->kind != TOKEN_NUMBER)
        return i;
    size_t end = four_digits(r, i, m);
    end = end > i ? end : lettered_time(r, i, m);
    if (end > i)
        return end;
    int part[3];
    size_t rest;
    bool dotted = memchr(r->d->text + date_token(r, i)->begin, '.', date_token_len(r, i)) != NULL;
    size_t n = clock_parts(r, i, dotted ? '.' : ':', part, &rest);
    if (!n)
        return i;
    end = i + 1;
    int half = glued_half(r, i, rest);
    if (half < 0 && rest != date_token_len(r, i))
        return i;
    bool told = half >= 0, oclock = false;
    if (!told && date_is(r, end, DATE_HALF)) {
        half = date_value(r, end, DATE_HALF);
        told = true;
        end += r->length[end];
    } else if (!told && date_is(r, end, DATE_OCLOCK) &&
               (r->words->bare_hours || n > 1 || !date_value(r, end, DATE_OCLOCK))) {
        oclock = true;
        m->vague = n == 1 && date_value(r, end, DATE_OCLOCK) == 0;
        end += r->length[end];
    }
    size_t zone = read_zone(r, end, m);
    bool sure = told || oclock || (n == 2 && !dotted) || (zone > end && n > 1);
    return sure && set_clock(m, part, n, half) ? zone : i;
}

/* ---- what the sentence says ---- */

static bool ends_past(const struct date_reader *r, size_t i)
{
    const struct token *t = &r->d->tokens[i];
    size_t n = r->words->past ? strlen(r->words->past) : 0;
    return n && t->kind == TOKEN_WORD && !(t->flags & TOKEN_CAPITAL) && t->end - t->begin > n + 1 &&
           memcmp(r->d->text + t->end - n, r->words->past, n) == 0;
}

/* Is the clause in front of token `first` of what is to come? */
static bool tense_before(const struct date_reader *r, size_t first, size_t begin, enum when_tense *tense)
{
    enum { FAR = 16 };
    bool by = first > begin && date_is(r, first - 1, DATE_BY);
    *tense = by ? WHEN_TO_COME : WHEN_REPORTED;
    for (size_t k = first; k-- > begin && first - k < FAR;) {
        uint64_t kinds = date_kinds(r, k);
        if (kinds & DATE_BIT(FUTURE)) {
            *tense = k > begin && date_is(r, k - 1, DATE_PAST) ? WHEN_UNSURE : WHEN_TO_COME;
            return true;
        }
        bool verb = ((kinds & DATE_BIT(PAST)) || ends_past(r, k)) && !(k > begin && date_is(r, k - 1, DATE_BE));
        if (verb && by) { /* "had left by Friday", but "told to leave by Friday" */
            if (!(k > begin && date_is(r, k - 1, DATE_PAST)))
                continue;
            *tense = WHEN_REPORTED;
        }
        if (verb || (kinds & DATE_BIT(CLAUSE)) || r->d->tokens[k].kind == TOKEN_QUOTE || date_is_mark(r, k, ',') ||
            date_is_mark(r, k, ';'))
            return true;
    }
    return by;
}

/* The same of what follows; a verb that ends like one of the past decides too. */
static enum when_tense tense_behind(const struct date_reader *r, size_t end, size_t stop)
{
    enum { FAR = 10 };
    for (size_t k = end; k < stop && k < end + FAR; k++) {
        uint64_t kinds = date_kinds(r, k);
        if (kinds & DATE_BIT(FUTURE))
            return WHEN_TO_COME;
        if (ends_past(r, k) || (kinds & (DATE_BIT(PAST) | DATE_BIT(CLAUSE))))
            break;
    }
    return WHEN_REPORTED;
}

static enum when_tense tense_of(const struct date_reader *r, size_t first, size_t end)
{
    const struct sentence *s = &r->d->sentences[r->d->tokens[first].sentence];
    enum when_tense tense = WHEN_REPORTED;
    if (!tense_before(r, first, s->first, &tense) && first - s->first <= 2)
        tense = tense_behind(r, end, s->end);
    return tense;
}

/* Is it the day on which something was said: "told reporters on Sunday"? */
static bool is_said(const struct date_reader *r, size_t first)
{
    enum { FAR = 8 };
    size_t begin = r->d->sentences[r->d->tokens[first].sentence].first;
    for (size_t k = first; k-- > begin && first - k < FAR && !date_is_mark(r, k, ',');)
        if (date_is(r, k, DATE_SAID))
            return true;
    return false;
}

/* Does the value hang on the verb? */
static bool needs_tense(const struct date_reading *m)
{
    return m->sense == SENSE_WEEKDAY || m->sense == SENSE_FEAST ||
           (!m->n_years && (m->sense == SENSE_CALENDAR || m->sense == SENSE_DAYS || m->sense == SENSE_MONTH));
}

/* ---- the article ---- */

struct finder {
    struct date_reader r;
    struct mentions *found;
    struct date_reading *readings; /* of each found */
    size_t cap;
};

static size_t date_at(const struct date_reader *r, size_t i, struct date_reading *m)
{
    size_t end = slashed_date(r, i, m);
    if (end == i)
        end = dashed_date(r, i, m);
    if (end > i)
        return end;
    end = date_read(r, i, m);
    return end > i && stands(r, m, i, end) ? end : i;
}

static bool is_start(const struct date_reader *r, size_t i)
{
    const struct token *t = &r->d->tokens[i];
    if (t->kind == TOKEN_NUMBER || (date_kinds(r, i) & r->index->starts))
        return true;
    char c = r->d->text[t->begin];
    return t->kind == TOKEN_WORD && (c == 'X' || c == 'V' || c == 'I') && date_token_len(r, i) < 8 &&
           date_is(r, i + 1, DATE_UNIT);
}

static bool push(struct finder *f, size_t first, size_t end, const struct date_reading *m)
{
    const struct document *d = f->r.d;
    struct mentions *all = f->found;
    if (all->n == f->cap) {
        size_t cap = f->cap;
        struct mention *at = arena_grow(d->arena, all->at, &f->cap, all->n + 1, sizeof *at);
        struct date_reading *readings = arena_grow(d->arena, f->readings, &cap, all->n + 1, sizeof *readings);
        if (!at || !readings)
            return false;
        all->at = at;
        f->readings = readings;
        f->cap = cap < f->cap ? cap : f->cap;
    }
    bool time = m->clock || m->part || m->unit == UNIT_HOUR;
    f->readings[all->n] = *m;
    all->at[all->n++] = (struct mention){.begin = d->tokens[first].begin,
                                         .end = d->tokens[end - 1].end,
                                         .first = (uint32_t)first,
                                         .last = (uint32_t)end - 1,
                                         .chain = NO_MENTION,
                                         .score = 1,
                                         .type = time ? ENTITY_TIME : ENTITY_DATE};
    return true;
}

static bool find_in_paragraph(struct finder *f, const struct paragraph *p)
{
    struct date_reader *r = &f->r;
    r->end = p->end;
    for (size_t i = p->first; i < p->end;) {
        struct date_reading m;
        if (!is_start(r, i)) {
            i++;
            continue;
        }
        size_t end = read_time(r, i, &m);
        if (end == i) {
            end = date_at(r, i, &m);
            if (end > i && needs_tense(&m))
                m.tense = (uint8_t)tense_of(r, i, end);
            m.said = end > i && is_said(r, i);
            if (end > i && m.sense == SENSE_AGO)
                m.vague = i > p->first && date_is(r, i - 1, DATE_VAGUE);
        }
        if (end > i && !push(f, i, end, &m))
            return false;
        i = end > i ? end : i + 1;
    }
    return true;
}

/* ---- values ---- */

/* "Washington, Nov 8 (Agency) - ": a day and month early in a paragraph, behind words in capitals and before a
 * dash, a bracket or a colon. */
static bool is_dateline(const struct document *d, const struct mention *m, const struct date_reading *reading)
{
    enum { FRONT = 12 };
    const struct paragraph *p = token_paragraph(d, m->first);
    if (!reading->month || reading->n_days != 1 || m->first - p->first > FRONT || m->first == p->first)
        return false;
    for (size_t i = p->first; i < m->first; i++)
        if (d->tokens[i].kind == TOKEN_WORD && !(d->tokens[i].flags & TOKEN_CAPITAL))
            return false;
    if (m->last + 1u >= p->end)
        return false;
    const struct token *next = &d->tokens[m->last + 1];
    return next->kind == TOKEN_DASH || (next->kind == TOKEN_PUNCT && strchr("(:/,|", d->text[next->begin]));
}

/* The day the article is from: what it is said to be, else its dateline's, with the year of the former. */
static struct when_day article_day(const struct document *d, const struct date_options *o, const struct finder *f)
{
    enum { PARAGRAPHS = 4 };
    struct when_day day = o->published, line = o->dateline;
    if (day.month && day.day)
        return day;
    for (size_t i = 0; i < f->found->n && !line.day; i++) {
        const struct mention *m = &f->found->at[i];
        const struct date_reading *r = &f->readings[i];
        if (d->sentences[d->tokens[m->first].sentence].paragraph >= PARAGRAPHS)
            break;
        if (is_dateline(d, m, r))
            line = (struct when_day){r->n_years ? r->year[0] : 0, r->month, r->day[0]};
    }
    if (!line.day)
        return day;
    if (!line.year)
        line.year = day.year;
    return line;
}

/* What the text has told before a date: the last year named in it, and in which paragraph. */
struct told {
    int16_t year;
    uint32_t paragraph;
};

static void note_told(struct told *told, struct date_reading *m, uint32_t paragraph, const struct when_day *from)
{
    enum { NEAR_YEARS = 1 };
    int apart = told->year - from->year;
    m->told_year = told->year;
    m->far = told->year && told->paragraph == paragraph && (apart < -NEAR_YEARS || apart > NEAR_YEARS);
    if (m->n_years == 1 && (m->sense == SENSE_CALENDAR || m->sense == SENSE_MONTH || m->sense == SENSE_YEAR))
        *told = (struct told){m->year[0], paragraph};
}

static bool same_sentence(const struct document *d, const struct mention *a, const struct mention *b)
{
    return d->tokens[a->first].sentence == d->tokens[b->first].sentence;
}

/* The day that the text told last before mention `i`, "" for none; one on which something happened goes before one on
 * which it was said. */
static const char *day_before(const struct document *d, const struct finder *f, const struct date_values *v, size_t i)
{
    enum { PARAGRAPHS = 4, MENTIONS = 12 };
    const struct mention *all = f->found->at;
    uint32_t here = d->sentences[d->tokens[all[i].first].sentence].paragraph;
    const char *day = "";
    for (size_t k = i; k-- > 0 && i - k < MENTIONS;) {
        if (d->sentences[d->tokens[all[k].first].sentence].paragraph + PARAGRAPHS < here)
            break;
        if (!when_is_day(v->at[k]))
            continue;
        if (!f->readings[k].said || same_sentence(d, &all[k], &all[i]))
            return v->at[k];
        if (!*day)
            day = v->at[k];
    }
    return day;
}

static const char *day_behind(const struct document *d, const struct finder *f, const struct date_values *v, size_t i)
{
    enum { MENTIONS = 4 };
    const struct mention *all = f->found->at;
    for (size_t k = i + 1; k < f->found->n && k < i + MENTIONS && same_sentence(d, &all[k], &all[i]); k++)
        if (when_is_day(v->at[k]))
            return v->at[k];
    return "";
}

/* A time is of the day named before it in its sentence, else behind it there, else last in the text; where it opens
 * a paragraph, as in what is written while it happens, of the article's own. */
static void set_time(const struct document *d, const struct finder *f, const struct when_day *from,
                     struct date_values *v, size_t i)
{
    const struct mention *m = &f->found->at[i];
    char own[WHEN_ISO] = "";
    const char *day = day_behind(d, f, v, i);
    bool before = i > 0 && same_sentence(d, m - 1, m) && when_is_day(v->at[i - 1]);
    if (token_paragraph(d, m->first)->first == m->first && !*day) {
        const struct date_reading today = {.sense = SENSE_NEAR};
        when_iso(&today, from, own);
        day = own;
    } else if (before || !*day) {
        day = day_before(d, f, v, i);
    }
    /* Of midnight nobody knows which of two days it belongs to. */
    const struct date_reading *r = &f->readings[i];
    bool midnight = r->hour == 0 && r->minute == 0 && !date_has(r, DATE_BIT(ZONE));
    char value[WHEN_ISO];
    when_iso_time(r, midnight ? "" : day, value);
    memcpy(v->at[i], value, sizeof value);
}

static bool set_values(const struct document *d, const struct date_options *o, struct finder *f, struct date_values *v)
{
    struct when_day from = article_day(d, o, f);
    struct told told = {0};
    v->at = arena_alloc(d->arena, f->found->n + 1, sizeof *v->at);
    if (!v->at)
        return false;
    v->n = f->found->n;
    for (size_t i = 0; i < v->n; i++) {
        struct date_reading *m = &f->readings[i];
        if (m->clock)
            continue;
        note_told(&told, m, d->sentences[d->tokens[f->found->at[i].first].sentence].paragraph, &from);
        when_iso(m, &from, v->at[i]);
    }
    for (size_t i = 0; i < v->n; i++)
        if (f->readings[i].clock && !f->readings[i].vague)
            set_time(d, f, &from, v, i);
    for (size_t i = 0; i < v->n; i++)
        f->found->at[i].value = v->at[i][0] ? (uint32_t)i + 1 : 0;
    return true;
}

bool dates_find(const struct document *d, const struct date_options *options, struct mentions *found,
                struct date_values *values)
{
    struct finder f = {.found = found};
    *found = (struct mentions){0};
    *values = (struct date_values){0};
    const struct date_index *index = options->index;
    if (!index) {
        struct date_index *own = arena_alloc(d->arena, 1, sizeof *own);
        if (!own)
            return false;
        date_index_fill(own, options->words);
        index = own;
    }
    if (!date_reader_open(&f.r, d, index))
        return false;
    for (size_t p = 0; p < d->n_paragraphs; p++)
        if (!find_in_paragraph(&f, &d->paragraphs[p]))
            return false;
    return set_values(d, options, &f, values);
}

static bool has_number(const struct document *d, const struct mention *m)
{
    for (size_t i = m->first; i <= m->last; i++)
        if (d->tokens[i].kind == TOKEN_NUMBER)
            return true;
    return false;
}

bool mentions_merge(struct arena *a, const struct document *d, struct mentions *names, const struct mentions *dates)
{
    struct mentions all = {.at = arena_alloc(a, names->n + dates->n + 1, sizeof *all.at)};
    if (!all.at)
        return false;
    size_t k = 0;
    for (size_t i = 0; i < names->n; i++) {
        const struct mention *name = &names->at[i];
        for (; k < dates->n && dates->at[k].last < name->first; k++)
            all.at[all.n++] = dates->at[k];
        bool date_stays = false;
        while (k < dates->n && dates->at[k].first <= name->last && !date_stays) {
            const struct mention *date = &dates->at[k];
            uint32_t date_len = date->last - date->first, name_len = name->last - name->first;
            date_stays =
                date->first <= name->first && date->last >= name->last && (date_len > name_len || has_number(d, date));
            k += !date_stays;
        }
        if (!date_stays)
            all.at[all.n++] = *name;
    }
    for (; k < dates->n; k++)
        all.at[all.n++] = dates->at[k];
    *names = all;
    return true;
}
