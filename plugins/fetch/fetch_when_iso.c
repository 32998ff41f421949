/* fetch_when_iso.c - dates in numbers, the largest part first: ISO 8601, W3CDTF, databases, Hungarian and East Asian. */
#include "fetch_when_parts.h"
#include "fetch_char.h"

size_t when_digits(const char *at, int *value)
{
    size_t n = 0;

    for (*value = 0; is_digit(at[n]); n++) {
        if (n < 9)
            *value = *value * 10 + (at[n] - '0');
    }
    return n;
}

static int number(const char *at, size_t n)
{
    int v = 0;

    for (size_t i = 0; i < n; i++)
        v = v * 10 + (at[i] - '0');
    return v;
}

static const char *skip_spaces(const char *at)
{
    while (*at == ' ')
        at++;
    return at;
}

static bool starts(const char *at, const char *with)
{
    return strncmp(at, with, strlen(with)) == 0;
}

/* ---- the time of day ---- */

/* ".123" or ",123": milliseconds. */
static const char *fraction(const char *at, struct moment *m)
{
    int scale = 100;

    if ((*at != '.' && *at != ',') || !is_digit(at[1]))
        return at;
    for (at++; is_digit(*at); at++, scale /= 10)
        m->ms += (*at - '0') * scale;
    return at;
}

/* "pm", "p.m." behind a time; 오후 before it is the caller's. */
static const char *half(const char *at, struct moment *m)
{
    const char *p = skip_spaces(at);
    const bool pm = *p == 'p';

    if (*p != 'a' && *p != 'p')
        return at;
    p++;
    if (*p == '.')
        p++;
    if (*p != 'm' || when_word(p) != 1)
        return at;
    p++;
    if (m->hour <= 12)
        m->hour = m->hour % 12 + (pm ? 12 : 0);
    return *p == '.' ? p + 1 : p;
}

static const char *compact_time(const char *at, size_t n, struct moment *m)
{
    if (n != 2 && n != 4 && n != 6)
        return NULL;
    m->hour = number(at, 2);
    m->minute = n > 2 ? number(at + 2, 2) : 0;
    m->second = n > 4 ? number(at + 4, 2) : 0;
    m->has_time = true;
    return n > 4 ? fraction(at + n, m) : at + n;
}

const char *when_time(const char *at, bool compact, struct moment *m)
{
    int v;
    size_t n = when_digits(at, &v);

    if (n > 2 || at[n] != ':' || !is_digit(at[n + 1]))
        return compact ? compact_time(at, n, m) : NULL;
    if (n == 0)
        return NULL;
    m->hour = v;
    at += n + 1;
    n = when_digits(at, &m->minute);
    if (n > 2)
        return NULL;
    at += n;
    if (*at == ':' && is_digit(at[1])) {
        n = when_digits(at + 1, &m->second);
        if (n > 2)
            return NULL;
        at = fraction(at + 1 + n, m);
    }
    m->has_time = true;
    return half(at, m);
}

/* "+01:00", "-0500", "+2"; behind it, NULL where it is no zone on earth. */
static const char *numbers_of_zone(const char *at, struct moment *m)
{
    const int sign = *at == '-' ? -1 : 1;
    int hours, minutes = 0;
    size_t n = when_digits(at + 1, &hours);

    if (n == 0 || n > 4)
        return NULL;
    at += 1 + n;
    if (n > 2) {
        minutes = hours % 100;
        hours /= 100;
    } else if (*at == ':') {
        n = when_digits(at + 1, &minutes);
        if (n != 2)
            return NULL;
        at += 1 + n;
    }
    if (hours > 24)
        return NULL;
    m->zone = sign * (hours * 60 + minutes);
    m->has_zone = true;
    return at;
}

static bool is_sign_of_zone(const char *at)
{
    return (*at == '+' || *at == '-') && at[1] != ' ' && at[1];
}

const char *when_offset(const char *at, struct moment *m)
{
    const char *p = skip_spaces(at);

    if (is_sign_of_zone(p))
        return numbers_of_zone(p, m);
    if (*p == '(' || *p == '[')
        p++;
    if (starts(p, "etc/"))
        p += 4;
    const size_t n = when_word(p);
    if (n == 0 || !when_zone(p, n, &m->zone))
        return at;
    m->has_zone = true;
    p += n;
    const char *q = skip_spaces(p);
    return is_sign_of_zone(q) ? numbers_of_zone(q, m) : p;
}

/* ---- the day ---- */

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int full_year(int year, size_t digits)
{
    return digits > 2 ? year : year < 90 ? 2000 + year : 1900 + year;
}

static void set_year(struct moment *m, int year)
{
    m->year = year;
    m->has_year = true;
}

static void set_day_of_year(struct moment *m, int year, int day)
{
    set_year(m, year);
    m->month = 1;
    m->day = day;
    m->of_year = true;
}

static bool set_ordinal(struct moment *m, int year, int day)
{
    if (day < 1 || day > (is_leap(year) ? 366 : 365))
        return false;
    set_day_of_year(m, year, day);
    return true;
}

/* Of 1 January: 1 is Monday.  By Gauss. */
static int first_weekday(int year)
{
    const int y = year - 1;

    return (y % 4 * 5 + y % 100 * 4 + y % 400 * 6) % 7 + 1;
}

/* Week 1 has the first Thursday. */
static bool set_week(struct moment *m, int year, int week, int weekday)
{
    const int first = first_weekday(year);

    if (year < 2 || week < 1 || week > 53 || weekday < 1 || weekday > 7)
        return false;
    set_day_of_year(m, year, (week - 1) * 7 + weekday - first + 1 + (first > 4 ? 7 : 0));
    return true;
}

/* "w45", "w45-3", "w453" behind a year. */
static const char *week(const char *at, int year, struct moment *m)
{
    int w, day = 1;
    const size_t n = when_digits(at + 1, &w);

    at += 1 + n;
    if (n == 3) {
        day = w % 10;
        w /= 10;
    } else if (n == 2 && *at == '-' && is_digit(at[1]) && !is_digit(at[2])) {
        day = at[1] - '0';
        at += 2;
    } else if (n != 2) {
        return NULL;
    }
    return set_week(m, year, w, day) ? at : NULL;
}

/* Digits without a separator. */
static const char *run(const char *at, size_t n, struct moment *m)
{
    if (n == 8 || n == 12 || n == 14) {
        set_year(m, number(at, 4));
        m->month = number(at + 4, 2);
        m->day = number(at + 6, 2);
        if (n > 8)
            return compact_time(at + 8, n - 8, m);
        return at + n;
    }
    if (n == 7)
        return set_ordinal(m, number(at, 4), number(at + 4, 3)) ? at + n : NULL;
    if (n == 6) {
        set_year(m, full_year(number(at, 2), 2));
        m->month = number(at + 2, 2);
        m->day = number(at + 4, 2);
        return at + n;
    }
    if (n == 5)
        return set_ordinal(m, full_year(number(at, 2), 2), number(at + 2, 3)) ? at + n : NULL;
    return NULL;
}

/* "-03-12", "-0312": a year of two digits and a month. */
static const char *cut_year(const char *at, struct moment *m)
{
    int v, month;
    size_t n = when_digits(at + 1, &v);

    if (n == 2 && at[3] == '-') {
        if (when_digits(at + 4, &month) != 2)
            return NULL;
        at += 6;
    } else if (n == 4) {
        month = v % 100;
        v /= 100;
        at += 5;
    } else {
        return NULL;
    }
    set_year(m, full_year(v, 2));
    m->month = month;
    m->day = 1;
    return *at ? NULL : at;
}

/* Signs between the parts, as they come: "-", "/", ". ", "년 ". */
static const char *separator(const char *at, char *sign)
{
    static const char *const east[] = {"년", "월", "年", "月"};

    *sign = *at;
    if (*at == '-' || *at == '/')
        return at + 1;
    if (*at == '.')
        return skip_spaces(at + 1);
    *sign = 'e';
    for (size_t i = 0; i < sizeof east / sizeof *east; i++) {
        if (starts(at, east[i]))
            return skip_spaces(at + strlen(east[i]));
    }
    return NULL;
}

static const char *behind_day(const char *at)
{
    if (*at == '.')
        return at + 1;
    return starts(at, "일") || starts(at, "日") ? at + 3 : at;
}

/* "2004-julius-13". */
static const char *named_month(const char *at, struct moment *m)
{
    const size_t n = when_word(at);
    int day;

    m->month = when_month(at, n);
    at += n;
    if (!m->month || *at != '-')
        return NULL;
    const size_t digits = when_digits(at + 1, &day);
    m->day = day;
    return digits && digits <= 2 ? at + 1 + digits : NULL;
}

/* Behind the year. */
static const char *month_and_day(const char *at, struct moment *m)
{
    char first, second;
    int v;
    const char *p = separator(at, &first);

    if (!p)
        return NULL;
    if (first == '-' && *p == 'w')
        return week(p, m->year, m);
    if (!is_digit(*p))
        return first == '-' ? named_month(p, m) : NULL;
    size_t n = when_digits(p, &v);
    const bool extra_zero = n == 3 && *p == '0' && p[3] == '-'; /* Google once wrote "2003-012-31" */
    if (n == 3 && !extra_zero)
        return set_ordinal(m, m->year, v) ? p + n : NULL;
    if (n > 2 && !extra_zero)
        return NULL;
    m->month = v;
    m->day = 1;
    const char *q = separator(p + n, &second);
    if (!q || second != first || !is_digit(*q))
        return q && second == 'e' ? q : p + n;
    n = when_digits(q, &m->day);
    return n <= 2 ? behind_day(q + n) : NULL;
}

/* A time by the clock of twelve hours is behind it: an American wrote that. */
static bool has_half(const char *at)
{
    return strstr(at, " am") || strstr(at, " pm") || strstr(at, " a.m") || strstr(at, " p.m");
}

/* "31.12.2003", "12/31/2003": which of them is the day must be plain, by its size or by the custom of those who write dots
 * and dashes; slashes may be anybody's. */
static const char *year_last(const char *at, struct moment *m)
{
    int a, b, year;
    char first, second;
    const size_t n = when_digits(at, &a);
    const char *p = n <= 2 ? separator(at + n, &first) : NULL;
    const size_t k = p && is_digit(*p) ? when_digits(p, &b) : 0;
    const char *q = k == 1 || k == 2 ? separator(p + k, &second) : NULL;

    if (!q || first != second || first == 'e')
        return NULL;
    const size_t digits = when_digits(q, &year);
    if (digits == 2 && first == '-') { /* 03-12-31 */
        set_year(m, full_year(a, 2));
        m->month = b;
        m->day = year;
        return n == 2 ? q + 2 : NULL;
    }
    if (digits != 4)
        return NULL;
    const bool us = b > 12 || (first == '/' && a <= 12);
    if (first == '/' && a <= 12 && b <= 12 && a != b && !has_half(q))
        return NULL;
    set_year(m, year);
    m->month = us ? a : b;
    m->day = us ? b : a;
    return q + 4;
}

const char *when_numeric(const char *at, struct moment *m)
{
    int v;

    if (*at == '-')
        return cut_year(at, m);
    const size_t n = when_digits(at, &v);
    if (n == 0)
        return NULL;
    if (n <= 2)
        return year_last(at, m);
    if (n != 4)
        return run(at, n, m);
    set_year(m, v);
    if (at[4] == 'w')
        return week(at + 4, v, m);
    if (at[4] == 0) {
        m->month = m->day = 1;
        return at + 4;
    }
    return month_and_day(at + 4, m);
}

/* 오전 and 오후, "before" and "after noon", stand before the time. */
static const char *korean_half(const char *at, bool *korean, bool *after)
{
    *after = starts(at, "오후");
    if (!*after && !starts(at, "오전"))
        return at;
    *korean = true;
    return skip_spaces(at + strlen("오후"));
}

/* "+01:00" or "z" right behind a day, as XML Schema has it.  "2013-01-27-01" is something else. */
static void zone_of_day(const char *at, struct moment *m)
{
    if (*at == 'z' || (is_sign_of_zone(at) && is_digit(at[1]) && is_digit(at[2]) && at[3] == ':'))
        when_offset(at, m);
}

/* Behind the day: "T10:14:55Z", " 10:14", ", 10:14 pm", or what does not belong to it.  False where it is no date. */
static bool time_behind(const char *at, bool korean, struct moment *m)
{
    const bool t = *at == 't';
    const char *p = skip_spaces(*at == 't' || *at == ',' ? at + 1 : at);
    bool after = false;

    p = korean_half(p, &korean, &after);
    const char *q = is_digit(*p) ? when_time(p, t, m) : NULL;
    if (!q) {
        zone_of_day(at, m);
        return !(t && is_digit(*p));
    }
    if (after && m->hour < 12)
        m->hour += 12;
    if (*q == ':' && is_sign_of_zone(q + 1)) /* "15:04:05:-07:00" */
        q++;
    when_offset(q, m); /* a zone that makes no sense is passed over */
    if (!m->has_zone && korean) {
        m->zone = 9 * 60;
        m->has_zone = true;
    }
    return true;
}

bool when_iso(const char *text, struct moment *m)
{
    const char *at = when_numeric(text, m);
    const bool korean = strstr(text, "년") != NULL;

    if (!at || is_digit(*at))
        return false;
    return time_behind(at, korean, m);
}
