/* clean_date.h - dates as people and machines write them.
 *
 * The day is kept as it is written: no time zone is ever applied to it. */
#ifndef CLEAN_DATE_H
#define CLEAN_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "clean_mem.h"
#include "pressline.h"

struct clean_date {
    int16_t year; /* 0: not written */
    uint8_t month, day;
    bool has_time, has_zone;
    bool either; /* month and day might be the other way round: 11/8/2021 */
    uint8_t hour, minute, second;
    int16_t zone; /* minutes east of Greenwich */
};

/* The first date in `s`: 2021-11-08, 20211108, seconds since 1970, 8 November
 * 2021, Nov. 8, 2021 (months in some forty languages), 8.11.2021, 11/8/2021
 * (month first when `month_first`, or when it can be nothing else), Han, Hangul
 * and Vietnamese forms, years of the Persian and the Thai calendar, digits of
 * Arabic, Indian and Thai scripts.  A time behind it is read too ("at 9:05 pm",
 * "um 9.05 Uhr", "T09:05+01:00").  Years outside 1990 to 2039 are not news
 * dates.  *begin and *end (may be NULL) say where it stands. */
bool clean_date_find(pl_str s, bool month_first, struct clean_date *d, size_t *begin, size_t *end);

/* "Nov 8", "8 November 2021": a day and month by name at the start of `s`, with
 * or without a year; says how many bytes it takes, 0 when there is none. */
size_t clean_date_prefix(pl_str s, struct clean_date *d);

/* ISO 8601: "2021-11-08", "2021-11-08T09:30:00+01:00"; without a year "--11-08". */
pl_str clean_date_iso(struct clean_arena *a, const struct clean_date *d);

/* Is it the same day, or may it be: 11/8/2021 is both 11 August and November 8? */
bool clean_date_agrees(const struct clean_date *a, const struct clean_date *b);

/* Is a on a day before b's? */
bool clean_date_is_earlier(const struct clean_date *a, const struct clean_date *b);

/* The days between two dates with a year, never negative. */
long clean_date_distance(const struct clean_date *a, const struct clean_date *b);

#endif
