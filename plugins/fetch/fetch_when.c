/* fetch_when.c - points in time as feeds, sitemaps, pages and other people's JSON write them.
 *
 * The text is made plain first (fetch_when_names.c), then read as seconds since 1970, as numbers in the order of their size
 * (fetch_when_iso.c), and last by the name of the month, in any order. */
#include "fetch_when_parts.h"
#include "fetch_char.h"

#include <stdio.h>

/* ---- names of months ---- */

/* What has been found of a date whose parts may stand in any order. */
struct words {
    struct moment *m;
    bool first; /* nothing was read yet */
};

static bool is_small_word(const char *at, size_t n)
{
    static const char *const small[] = {"st", "nd", "rd", "th", "at", "of", "de", "del", "den", "the", "um", "on", "d", "г"};

    for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
        if (strlen(small[i]) == n && memcmp(small[i], at, n) == 0)
            return true;
    }
    return false;
}

static bool has_date(const struct moment *m)
{
    return m->month && m->day && m->has_year;
}

/* Behind the word; NULL: this is no date. */
static const char *read_word(struct words *w, const char *at)
{
    struct moment *m = w->m;
    const size_t n = when_word(at);
    const int month = when_month(at, n);

    if (when_weekday(at, n) || (!m->has_time && (is_small_word(at, n) || (*at == 't' && n == 1))))
        return at + n;
    if (month && !m->has_time) { /* a second one: the first was a weekday ("mar. 12 oct. 2021") */
        m->month = month;
        return at + n;
    }
    if (m->has_time && !m->has_zone) {
        const char *behind = when_offset(at, m);
        if (!behind || behind > at)
            return behind;
        m->has_zone = true; /* one that nobody knows */
        return at + n;
    }
    return w->first ? at + n : NULL; /* a weekday in another language */
}

/* Behind the number; NULL: this is no date. */
static const char *read_number(struct words *w, const char *at)
{
    struct moment *m = w->m;
    int v;
    const size_t n = when_digits(at, &v);

    if (at[n] == ':' && !m->has_time) {
        const char *behind = when_time(at, false, m);
        return behind && *behind != ':' ? behind : NULL;
    }
    if (n <= 2 && !m->day) {
        m->day = v;
        return v ? at + n : NULL;
    }
    if ((n == 4 || n == 2) && !m->has_year) {
        if (n == 4 && (at[n] == '/' || at[n] == '-') && is_digit(at[n + 1]))
            return when_numeric(at, m);
        m->year = n == 4 ? v : v < 90 ? 2000 + v : 1900 + v;
        m->has_year = true;
        return at + n;
    }
    if (n == 4 && has_date(m) && !m->has_time)
        return when_time(at, true, m);
    return has_date(m) ? at + strlen(at) : NULL;
}

static bool may_stand_between(char c)
{
    return c == ' ' || c == ',' || c == '-' || c == '/' || c == '.' || c == '\'' || c == '"';
}

/* In 31 September there is a mistake; numbers in ISO 8601's order are carried on instead, as others do it. */
static bool is_real(const struct moment *m)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (m->year % 4 == 0 && m->year % 100 != 0) || m->year % 400 == 0;

    if (m->month < 1 || m->month > 12 || m->day < 1 || m->day > days[m->month - 1] || (m->month == 2 && m->day == 29 && !leap))
        return false;
    return m->hour <= 24 && m->minute <= 59 && m->second <= 60 && (m->hour < 24 || m->minute + m->second == 0);
}

bool when_named(const char *text, struct moment *m)
{
    struct words w = {m, true};

    for (const char *at = text; *at;) {
        const char sign = *at;
        if (m->has_time && !m->has_zone && (sign == '+' || sign == '-') && at[1] != ' ' && at[1]) {
            at = when_offset(at, m);
        } else if (is_digit(sign)) {
            at = read_number(&w, at);
            w.first = false;
        } else if (when_word(at)) {
            at = read_word(&w, at);
            w.first = false;
        } else if (may_stand_between(sign)) {
            at++;
        } else {
            break;
        }
        if (!at) {
            if (!has_date(m) || (m->has_time && !m->has_zone))
                return false;
            break;
        }
        if (has_date(m) && m->has_time && m->has_zone)
            break;
    }
    if (m->month && m->has_year && !m->day && !m->has_time)
        m->day = 1;
    return has_date(m) && is_real(m);
}

/* ---- the clock ---- */

/* Days since 1970 in the Gregorian calendar, for any day of a month of 1 to 12. */
static int64_t days_of(int year, int month, int day)
{
    const int64_t y = month <= 2 ? year - 1 : year;
    const int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    const int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* Of 1 January of the years 1 and 10000. */
static const int64_t earliest = -62135596800000, latest = 253402300800000;

static bool set_ms(const struct moment *m, int64_t *ms)
{
    if (!m->has_year || m->month < 1 || m->month > 12 || (!m->of_year && (m->day < 1 || m->day > 31)))
        return false;
    const int64_t day = days_of(m->year, m->month, m->day);
    const int64_t s = ((day * 24 + m->hour) * 60 + m->minute - (m->has_zone ? m->zone : 0)) * 60 + m->second;
    const int64_t t = s * 1000 + m->ms;
    if (t < earliest || t >= latest)
        return false;
    *ms = t;
    return true;
}

/* Seconds, milliseconds, microseconds or nanoseconds since 1970, told by how many digits there are. */
static bool since_1970(const char *text, int64_t *ms)
{
    uint64_t v = 0;
    size_t n = 0;

    while (is_digit(text[n]) && n < 19) {
        v = v * 10 + (uint64_t)(text[n] - '0');
        n++;
    }
    const char *rest = text + n;
    if (*rest == '.' && n <= 10) {
        unsigned scale = 100, part = 0;
        for (rest++; is_digit(*rest); rest++, scale /= 10)
            part += (unsigned)(*rest - '0') * scale;
        v = v * 1000 + part;
    } else {
        v = n <= 10 ? v * 1000 : n == 16 ? v / 1000 : n == 19 ? v / 1000000 : v;
    }
    if (*rest || (n != 9 && n != 10 && n != 13 && n != 16 && n != 19) || v >= (uint64_t)latest)
        return false;
    *ms = (int64_t)v;
    return true;
}

bool when_parse(pl_str text, int64_t *ms)
{
    char plain[WHEN_TEXT + 8];
    struct moment m = {0};

    when_fold(text, plain);
    if (since_1970(plain, ms))
        return true;
    if (when_iso(plain, &m) && set_ms(&m, ms))
        return true;
    m = (struct moment){0};
    return when_named(plain, &m) && set_ms(&m, ms);
}

/* The last `n` digits of a number that is not negative. */
static void put_digits(char *out, size_t n, int64_t v)
{
    for (; n > 0; v /= 10)
        out[--n] = (char)('0' + v % 10);
}

void when_rfc3339(int64_t ms, char out[32])
{
    out[0] = 0;
    if (ms < earliest || ms >= latest)
        return;
    const int64_t t = ms - earliest, day = t / 86400000, of_day = t % 86400000;
    /* days since 1 March of year 0, the form that days_of() takes apart */
    const int64_t z = day + 306, era = z / 146097, of_era = z % 146097;
    const int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int64_t mp = (5 * of_year + 2) / 153, d = of_year - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
    const int64_t year = year_of_era + era * 400 + (month <= 2);

    memcpy(out, "yyyy-mm-ddThh:mm:ss.mmmZ", 25);
    put_digits(out, 4, year);
    put_digits(out + 5, 2, month);
    put_digits(out + 8, 2, d);
    put_digits(out + 11, 2, of_day / 3600000);
    put_digits(out + 14, 2, of_day / 60000 % 60);
    put_digits(out + 17, 2, of_day / 1000 % 60);
    put_digits(out + 20, 3, of_day % 1000);
}
