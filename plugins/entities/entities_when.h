/* entities_when.h - which day, month or year a date in a text means.
 *
 * Values are ISO 8601, partial as in its extension: "2021-11-08", "2021-W45", "2021-10", "2021", "199X",
 * "XXXX-11-08" where the year is unknown, "2015/2018", "2021-11-08T10:30Z", "T10:30" where the day is.  Quarters
 * and seasons are "2024-Q3" and "2021-SU" as in TimeML: the "2024-35" and "2021-22" of ISO 8601-2 read like a range
 * of years.  Arithmetic is proleptic Gregorian; no clock is asked and no time zone looked up. */
#ifndef ENTITIES_WHEN_H
#define ENTITIES_WHEN_H

#include "entities_datewords.h"

/* The day an article is from; year 0: unknown, month 0: all unknown. */
struct when_day {
    int year, month, day;
};

/* What the sentence says of an event beside a date. */
enum when_tense { WHEN_REPORTED, WHEN_TO_COME, WHEN_UNSURE };

/* A date as it was read; 0 for what it does not say, unless `seen` has the bit of its kind. */
struct date_reading {
    uint64_t seen; /* bits of enum date_kind */
    int16_t year[2];
    int16_t count, near, feast, zone, told_year;
    int8_t n_years, n_days;
    int8_t month, day[2], weekday, part, which, direction, season, quarter, century;
    int8_t hour, minute, second;
    uint8_t sense, unit, tense;
    bool many, vague, clock, tail_which, far;
    bool said; /* the day on which something was said, not done */
};

#define DATE_BIT(kind) (UINT64_C(1) << DATE_##kind)

/* Has it a word of one of these kinds? */
static inline bool date_has(const struct date_reading *r, uint64_t bits)
{
    return (r->seen & bits) != 0;
}

enum { WHEN_ISO = 32 };

/* "2021-11-08", "2021-11-08T10:30:00Z", "--11-08", "XXXX-11-08", "2021-11"; all zero for what is none. */
struct when_day when_parse(const char *text, size_t len);

/* The value of `r` in an article from `from`, NUL-terminated; false where none is certain. */
bool when_iso(const struct date_reading *r, const struct when_day *from, char iso[WHEN_ISO]);

/* A time of day on the day that `day` says, a value of when_iso(); on no day where it says none. */
void when_iso_time(const struct date_reading *r, const char *day, char iso[WHEN_ISO]);

/* Is it a value of one day, with a time or without? */
bool when_is_day(const char *iso);

bool when_is_valid(int year, int month, int day);

#endif
