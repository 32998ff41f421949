/* fetch_when.h - points in time as feeds, sitemaps, pages and other people's JSON write them. */
#ifndef FETCH_WHEN_H
#define FETCH_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "pressline.h"

/* Milliseconds since 1970 UTC; false, and *ms untouched, where `text` names no point in time.  Read are RFC 822, 850 and
 * 5322 with what people make of them, ISO 8601 and W3CDTF of any precision (week dates and ordinal dates as well), asctime,
 * dates as databases write them, seconds and milliseconds since 1970, and Greek, Hungarian and Korean dates.  What is not
 * written is the earliest: "2004" is 2004-01-01T00:00:00Z.  Without a zone the time is taken for UTC.  A wrong day of
 * the week is passed over, and so is what stands behind the date.  Years are 1 to 9999. */
bool when_parse(pl_str text, int64_t *ms);

/* "2026-11-26T05:35:00.123Z", always with milliseconds; `out` is "" for a year past 9999 or before 1. */
void when_rfc3339(int64_t ms, char out[32]);

#endif
