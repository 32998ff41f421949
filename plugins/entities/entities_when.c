/* entities_when.c - which day, month or year a date in a text means. */
#include "entities_when.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- the calendar ---- */

static bool is_leap(int y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int month_days(int y, int m)
{
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[m - 1] + (m == 2 && is_leap(y));
}

/* Year 0 is unknown, and may have a 29 February. */
bool when_is_valid(int year, int month, int day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= month_days(year ? year : 2000, month);
}

/* Days since 1 March of year 0, years counted from March so that the leap day is the last. */
static long day_number(struct when_day d)
{
    long y = d.month > 2 ? d.year : d.year - 1, m = (d.month + 9) % 12;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + d.day - 1;
}

static struct when_day day_of_number(long n)
{
    long y = (n * 10000 + 14780) / 3652425;
    long rest = n - (365 * y + y / 4 - y / 100 + y / 400);
    if (rest < 0) {
        y--;
        rest = n - (365 * y + y / 4 - y / 100 + y / 400);
    }
    long m = (100 * rest + 52) / 3060;
    return (struct when_day){(int)(y + (m + 2) / 12), (int)((m + 2) % 12 + 1), (int)(rest - (m * 306 + 5) / 10 + 1)};
}

/* 1 for Monday to 7. */
static int weekday_of(struct when_day d)
{
    return (int)((day_number(d) + 2) % 7) + 1;
}

static struct when_day add_days(struct when_day d, long days)
{
    return day_of_number(day_number(d) + days);
}

static void add_months(int *year, int *month, int months)
{
    int n = *year * 12 + *month - 1 + months;
    *year = n / 12;
    *month = n % 12 + 1;
}

/* Easter Sunday, by the rule of Gauss in the form of Butcher (Nature, 1876). */
static struct when_day easter(int year)
{
    int a = year % 19, b = year / 100, c = year % 100;
    int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    int n = h + l - 7 * ((a + 11 * h + 22 * l) / 451) + 114;
    return (struct when_day){year, n / 31, n % 31 + 1};
}

/* ---- writing ---- */

__attribute__((format(printf, 2, 3))) static bool put(char *iso, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t len = strlen(iso);
    int n = vsnprintf(iso + len, WHEN_ISO - len, format, args);
    va_end(args);
    return n > 0 && (size_t)n < WHEN_ISO - len;
}

static bool put_year(char *iso, int year)
{
    return year ? put(iso, "%04d", year) : put(iso, "XXXX");
}

static bool put_day(char *iso, struct when_day d)
{
    if (d.month && d.day && !when_is_valid(d.year, d.month, d.day))
        return false;
    return put_year(iso, d.year) && (!d.month || put(iso, "-%02d", d.month)) && (!d.day || put(iso, "-%02d", d.day));
}

/* The week that has day `n`: it belongs to the year of its Thursday. */
static bool put_week(char *iso, struct when_day d)
{
    struct when_day thursday = add_days(d, 4 - weekday_of(d));
    long first = day_number((struct when_day){thursday.year, 1, 1});
    return put(iso, "%04d-W%02ld", thursday.year, (day_number(thursday) - first) / 7 + 1);
}

/* ---- reading ---- */

struct when_day when_parse(const char *text, size_t len)
{
    struct when_day d = {0};
    int parts[3] = {0}, n = 0;
    size_t at = 0;
    if (len >= 2 && text[0] == '-' && text[1] == '-') {
        at = 2;
        n = 1;
    } else if (len >= 5 && memcmp(text, "XXXX-", 5) == 0) {
        at = 5;
        n = 1;
    }
    for (; n < 3; n++) {
        size_t digits = n ? 2 : 4;
        for (size_t k = 0; k < digits; k++, at++) {
            if (at >= len || text[at] < '0' || text[at] > '9')
                return n ? d : (struct when_day){0};
            parts[n] = parts[n] * 10 + (text[at] - '0');
        }
        d.year = parts[0];
        if (n == 1 && parts[1] >= 1 && parts[1] <= 12)
            d.month = parts[1];
        if (n == 2 && d.month && when_is_valid(d.year, d.month, parts[2]))
            d.day = parts[2];
        if (at >= len || text[at] != '-')
            return d;
        at++;
    }
    return d;
}

/* ---- resolving ---- */

/* The article's own day, complete with its year, of which what is near has four digits too. */
static bool is_known(const struct when_day *from)
{
    enum { FIRST = 1583, LAST = 9900 };
    return from->year >= FIRST && from->year <= LAST && from->month && from->day;
}

/* The year of a day and month without one: that in which the weekday fits, or the nearest one on the side that
 * the verb tells; news looks back further than ahead. */
static int guess_year(const struct date_reading *r, const struct when_day *from)
{
    enum { LOOK_BACK = 245, TOO_FAR = 400 };
    int day = r->day[0] ? r->day[0] : 15, found = 0;
    long today = day_number(*from), best = 0;
    if (!r->day[0] && r->month == from->month)
        return from->year;
    for (int y = from->year - 1; y <= from->year + 1; y++) {
        if (!when_is_valid(y, r->month, day))
            continue;
        struct when_day d = {y, r->month, day};
        long far = day_number(d) - today;
        if (r->weekday && r->day[0] && weekday_of(d) != r->weekday)
            continue;
        long cost = far < 0 ? -far * (365 - LOOK_BACK) / LOOK_BACK : far;
        if (r->tense == WHEN_TO_COME && far < 0)
            cost = -far * 20;
        if (cost <= TOO_FAR && (!found || cost < best)) {
            found = y;
            best = cost;
        }
    }
    return found;
}

static int year_of(const struct date_reading *r, const struct when_day *from)
{
    if (r->n_years)
        return r->year[0];
    if (date_has(r, DATE_BIT(WHICH)) && r->which == WHICH_THAT)
        return r->told_year;
    if (!is_known(from) || (date_has(r, DATE_BIT(WHICH)) && r->which == WHICH_UNSURE))
        return 0;
    if (r->tail_which)
        return from->year + r->which;
    if (date_has(r, DATE_BIT(WHICH)) && r->which) { /* "last March": of the months behind, the nearest */
        int month = r->month ? r->month : 1;
        bool passed = r->which < 0 ? month < from->month : month <= from->month;
        return from->year + (r->which < 0 ? -!passed : passed);
    }
    if (date_has(r, DATE_BIT(WHICH)))
        return from->year;
    return r->far ? 0 : guess_year(r, from);
}

static bool calendar_iso(const struct date_reading *r, const struct when_day *from, char *iso)
{
    struct when_day d = {year_of(r, from), r->month, r->day[0]};
    if (!d.month)
        return r->n_years && put_year(iso, d.year);
    if (r->sense != SENSE_DAYS)
        return put_day(iso, d);
    struct when_day end = {d.year, d.month, r->day[1]};
    return r->day[1] > r->day[0] && put_day(iso, d) && put(iso, "/") && put_day(iso, end);
}

static bool weekday_iso(const struct date_reading *r, const struct when_day *from, char *iso)
{
    if (!is_known(from))
        return false;
    int today = weekday_of(*from), back = (today - r->weekday + 7) % 7, ahead = (r->weekday - today + 7) % 7;
    if (r->unit) { /* "Monday last week" */
        bool week = r->unit == UNIT_WEEK && r->which >= -1 && r->which <= 1;
        return week && put_day(iso, add_days(*from, r->weekday - today + 7 * r->which));
    }
    if (!date_has(r, DATE_BIT(WHICH)))
        return r->tense != WHEN_UNSURE && put_day(iso, add_days(*from, r->tense == WHEN_TO_COME ? ahead : -back));
    switch (r->which) {
    case -1: return put_day(iso, add_days(*from, back ? -back : -7));
    case 0: return put_day(iso, add_days(*from, r->tense == WHEN_TO_COME || back > 2 ? ahead : -back));
    case 1: return put_day(iso, add_days(*from, ahead ? ahead : 7));
    default: return false;
    }
}

/* Days from the article's own; where its year is unknown, only inside a month. */
static bool day_iso(const struct when_day *from, int days, char *iso)
{
    if (is_known(from))
        return put_day(iso, add_days(*from, days));
    int day = from->day + days;
    if (!from->month || !from->day || day < 1 || day > month_days(2001, from->month))
        return false;
    return put_day(iso, (struct when_day){0, from->month, day});
}

/* `n` weeks, months or years from the article's own. */
static bool unit_iso(unsigned unit, int n, const struct when_day *from, char *iso)
{
    if (unit == UNIT_DAY)
        return day_iso(from, n, iso);
    if (unit == UNIT_MONTH && from->month && !from->year) {
        int month = from->month + n;
        return month >= 1 && month <= 12 && put(iso, "XXXX-%02d", month);
    }
    if (!is_known(from) || n < -3000 || n > 3000)
        return false;
    int year = from->year, month = from->month;
    switch (unit) {
    case UNIT_WEEK: return put_week(iso, add_days(*from, 7L * n));
    case UNIT_MONTH: add_months(&year, &month, n); return year > 0 && put_day(iso, (struct when_day){year, month, 0});
    case UNIT_YEAR: return year + n > 0 && year + n < 10000 && put_year(iso, year + n);
    default: return false;
    }
}

/* "next weekend" is this one to some and that after it to others. */
static bool weekend_iso(int which, const struct when_day *from, char *iso)
{
    if (!is_known(from) || which > 0)
        return false;
    int today = weekday_of(*from);
    long saturday = 6 - today + (which < 0 ? -7 : 0);
    return put_day(iso, add_days(*from, saturday)) && put(iso, "/") && put_day(iso, add_days(*from, saturday + 1));
}

/* "last summer" said in autumn may be either; a winter has two years. */
static bool season_iso(const struct date_reading *r, const struct when_day *from, char *iso)
{
    static const char *const codes[] = {"SP", "SU", "FA", "WI"};
    static const int8_t first[] = {3, 6, 9, 12};
    int year = r->n_years ? r->year[0] : from->year;
    if (!r->season || !year)
        return false;
    if (!r->n_years) {
        bool before = from->month<first[r->season - 1], behind = from->month> first[r->season - 1] + 2;
        bool sure = r->which == 0 || (r->which == -1 && before) || (r->which == 1 && behind);
        if (r->season == 4 || !sure || !is_known(from))
            return false;
        year += r->which;
    }
    return put(iso, "%04d-%s", year, codes[r->season - 1]);
}

static bool feast_iso(const struct date_reading *r, const struct when_day *from, char *iso)
{
    struct date_reading day = *r;
    if (!r->feast || r->vague)
        return false;
    if (r->feast < 1300) {
        day.month = (int8_t)(r->feast / 100);
        day.day[0] = (int8_t)(r->feast % 100);
        day.weekday = 0;
        return calendar_iso(&day, from, iso);
    }
    day.month = 4;
    day.day[0] = 5;
    day.weekday = 0;
    int year = year_of(&day, from);
    return year >= 1583 && put_day(iso, add_days(easter(year), r->feast - FEAST_EASTER));
}

static bool years_iso(const struct date_reading *r, char *iso)
{
    return r->year[1] > r->year[0] && put(iso, "%04d/%04d", r->year[0], r->year[1]);
}

static bool ago_iso(const struct date_reading *r, const struct when_day *from, char *iso)
{
    return r->count && !r->vague && unit_iso(r->unit, r->count * r->direction, from, iso);
}

static bool near_iso(const struct date_reading *r, const struct when_day *from, char *iso)
{
    return day_iso(from, r->near, iso);
}

/* "this morning", "last night" */
static bool part_iso(const struct date_reading *r, const struct when_day *from, char *iso)
{
    bool last_night = r->which == -1 && r->part >= 3;
    return (r->which == 0 || last_night) && day_iso(from, r->which, iso);
}

static bool which_iso(const struct date_reading *r, const struct when_day *from, char *iso)
{
    if (r->which == WHICH_THAT)
        return r->unit == UNIT_YEAR && r->told_year && put_year(iso, r->told_year);
    if (r->many || r->which == WHICH_UNSURE)
        return false;
    if (r->unit == UNIT_WEEKEND)
        return weekend_iso(r->which, from, iso);
    return r->unit != UNIT_DAY && unit_iso(r->unit, r->which, from, iso);
}

bool when_iso(const struct date_reading *r, const struct when_day *from, char iso[WHEN_ISO])
{
    bool known = false;
    iso[0] = '\0';
    switch (r->sense) {
    case SENSE_CALENDAR:
    case SENSE_DAYS:
    case SENSE_MONTH:
    case SENSE_YEAR: known = calendar_iso(r, from, iso); break;
    case SENSE_YEARS: known = years_iso(r, iso); break;
    case SENSE_WEEKDAY: known = weekday_iso(r, from, iso); break;
    case SENSE_NEAR: known = near_iso(r, from, iso); break;
    case SENSE_PART: known = part_iso(r, from, iso); break;
    case SENSE_UNIT: known = which_iso(r, from, iso); break;
    case SENSE_AGO: known = ago_iso(r, from, iso); break;
    case SENSE_SEASON: known = season_iso(r, from, iso); break;
    case SENSE_FEAST: known = feast_iso(r, from, iso); break;
    case SENSE_QUARTER: known = r->n_years && put(iso, "%04d-Q%d", r->year[0], r->quarter); break;
    case SENSE_DECADE: known = r->year[0] && put(iso, "%03dX", r->year[0] / 10); break;
    case SENSE_CENTURY: /* the early ones may be before Christ */
        known = r->century > 10 && put(iso, "%02dXX", r->century - 1);
        break;
    default: break;
    }
    if (!known)
        iso[0] = '\0';
    return known;
}

bool when_is_day(const char *iso)
{
    size_t n = strcspn(iso, "T");
    return n == 10 && iso[4] == '-' && iso[5] != 'W' && !strchr(iso, '/');
}

void when_iso_time(const struct date_reading *r, const char *day, char iso[WHEN_ISO])
{
    iso[0] = '\0';
    if (when_is_day(day)) {
        memcpy(iso, day, 10);
        iso[10] = '\0';
    }
    put(iso, "T%02d:%02d", r->hour, r->minute);
    if (r->second)
        put(iso, ":%02d", r->second);
    if (!date_has(r, DATE_BIT(ZONE)) || r->zone == ZONE_UNSURE)
        return;
    int far = r->zone < 0 ? -r->zone : r->zone;
    if (far)
        put(iso, "%c%02d:%02d", r->zone < 0 ? '-' : '+', far / 60, far % 60);
    else
        put(iso, "Z");
}
