/* archive_date.h - dates of ISO 8601 as records have them, as points in time. */
#ifndef ARCHIVE_DATE_H
#define ARCHIVE_DATE_H

#include <stdint.h>

#include "pressline.h"

/* "2024", "2024-03", "2024-03-01", "2024-03-01T07:30", "…T07:30:05", "…T07:30:05.25", the last three with "Z", "+01:00", "+0100"
 * or "+01" behind them; a space may stand for the T.  *end is its last second, since 1970 in UTC: what is not told is taken as
 * late as it can be, a zone that is not told as UTC.  false where it is no date. */
bool archive_date(pl_str text, int64_t *end);

/* "365d" (h, d, w, y: of 365 days) in seconds, at most 10,000 years; false where it is no age, or 0. */
bool archive_age(const char *text, int64_t *seconds);

#endif
