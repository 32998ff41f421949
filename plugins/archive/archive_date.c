/* archive_date.c - dates of ISO 8601 as records have them, as points in time. */
#include "archive_date.h"

enum { DAY = 86400 };

struct scan {
    const char *at, *end;
};

/* So many digits as a number, at most `most`; false where there are others. */
static bool number(struct scan *s, size_t digits, int least, int most, int *n)
{
    if ((size_t)(s->end - s->at) < digits)
        return false;
    *n = 0;
    for (size_t i = 0; i < digits; i++) {
        const char c = *s->at++;
        if (c < '0' || c > '9')
            return false;
        *n = *n * 10 + (c - '0');
    }
    return *n >= least && *n <= most;
}

static bool take(struct scan *s, char c)
{
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_of(int year, int month)
{
    static const char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1970-01-01 to the day, of a year from 1 on. */
static int64_t days_to(int year, int month, int day)
{
    const int before = year - 1;
    int64_t days = (int64_t)before * 365 + before / 4 - before / 100 + before / 400 - 719162;

    for (int m = 1; m < month; m++)
        days += days_of(year, m);
    return days + day - 1;
}

/* The zone, in seconds to the east, up to the text's end. */
static bool zone(struct scan *s, int *east)
{
    int hour, minute = 0;

    *east = 0;
    if (s->at == s->end)
        return true;
    if (take(s, 'Z'))
        return s->at == s->end;
    const bool minus = take(s, '-');
    if ((!minus && !take(s, '+')) || !number(s, 2, 0, 23, &hour))
        return false;
    if (s->at < s->end) {
        take(s, ':');
        if (!number(s, 2, 0, 59, &minute))
            return false;
    }
    *east = (minus ? -1 : 1) * (hour * 3600 + minute * 60);
    return s->at == s->end;
}

/* The time of the day, in seconds, and its zone. */
static bool time_of_day(struct scan *s, int *seconds, int *east)
{
    int hour, minute, second = 59;

    if (!number(s, 2, 0, 24, &hour) || !take(s, ':') || !number(s, 2, 0, 59, &minute))
        return false;
    if (take(s, ':')) {
        if (!number(s, 2, 0, 60, &second))
            return false;
        if (take(s, '.') || take(s, ',')) {
            const char *begin = s->at;
            while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
                s->at++;
            if (s->at == begin)
                return false;
        }
    }
    *seconds = hour * 3600 + minute * 60 + second;
    return zone(s, east);
}

bool archive_date(pl_str text, int64_t *end)
{
    struct scan s = {text.ptr, text.ptr + text.len};
    int year, month = 12, day = 31, seconds = DAY - 1, east = 0;

    if (text.len == 0 || !number(&s, 4, 1, 9999, &year))
        return false;
    if (take(&s, '-')) {
        if (!number(&s, 2, 1, 12, &month))
            return false;
        day = days_of(year, month);
        if (take(&s, '-')) {
            if (!number(&s, 2, 1, day, &day))
                return false;
            if ((take(&s, 'T') || take(&s, ' ')) && !time_of_day(&s, &seconds, &east))
                return false;
        }
    }
    *end = days_to(year, month, day) * DAY + seconds - east;
    return s.at == s.end;
}

bool archive_age(const char *text, int64_t *seconds)
{
    static const int64_t most = (int64_t)10000 * 365 * DAY;
    int64_t n = 0;

    if (*text < '0' || *text > '9')
        return false;
    for (; *text >= '0' && *text <= '9'; text++) {
        n = n * 10 + (*text - '0');
        if (n > most)
            return false;
    }
    const int64_t unit = *text == 'h' ? 3600 : *text == 'd' ? DAY : *text == 'w' ? 7 * DAY : *text == 'y' ? 365 * DAY : 0;
    if (unit == 0 || text[1] || n == 0 || n > most / unit)
        return false;
    *seconds = n * unit;
    return true;
}
