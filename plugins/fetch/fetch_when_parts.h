/* fetch_when_parts.h - what the files that read dates share: text made plain, names, a moment as it is put together. */
#ifndef FETCH_WHEN_PARTS_H
#define FETCH_WHEN_PARTS_H

#include "fetch_when.h"

enum { WHEN_TEXT = 160 }; /* of a longer text the rest is not looked at */

/* Small letters, ASCII signs and single spaces, accents taken off: what is left to tell apart is the order.  `out` ends
 * with several NULs, so that a reader may look a few bytes ahead. */
void when_fold(pl_str text, char out[WHEN_TEXT + 8]);

/* The word at `at`: letters of any script.  Its length. */
size_t when_word(const char *at);
/* 1 to 12, or 0. */
int when_month(const char *word, size_t len);
bool when_weekday(const char *word, size_t len);
/* Minutes east of Greenwich; false where it names none. */
bool when_zone(const char *word, size_t len, int *minutes);

/* As it is read; zero is nothing. */
struct moment {
    int year, month, day; /* a month or a day of 0 is not known yet */
    bool has_year;
    bool of_year; /* `day` counts from 1 January, and may lie outside the year */
    int hour, minute, second, ms;
    bool has_time, has_zone;
    int zone; /* minutes east */
};

/* Digits at `at`, at most nine of them count.  How many there are. */
size_t when_digits(const char *at, int *value);
/* "10:14", "10:14:55.123", "9:15 pm"; `compact`: "101455" and "10" too.  Behind it, or NULL where there is no time; the
 * numbers are not judged. */
const char *when_time(const char *at, bool compact, struct moment *m);
/* "Z", "+01:00", "-0500", "GMT+2", "EST", "(CET)"; spaces before it.  Behind it, `at` where there is none, NULL where there
 * is one that makes no sense. */
const char *when_offset(const char *at, struct moment *m);
/* Behind a date in numbers at `at`, largest first; NULL where there is none. */
const char *when_numeric(const char *at, struct moment *m);
/* The whole text, by ISO 8601 and its kin; by names of months. */
bool when_iso(const char *text, struct moment *m);
bool when_named(const char *text, struct moment *m);

#endif
