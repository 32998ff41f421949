/* units.h - sizes, durations and shares as people write them: "64M", "30s", "5%". */
#ifndef UNITS_H
#define UNITS_H

#include "buf.h"

/* Each takes the whole text and gives false when it is not one, or too large for the result.
 * No blanks, no fractions, no sign (a share: "2.5%"). */

/* Bytes: digits, then K, M, G or T, powers of 1024 ("k" too); none: bytes. */
bool units_bytes(pl_str s, int64_t *bytes);

/* Milliseconds: digits, then ms, s, m, h or d; none: milliseconds. */
bool units_ms(pl_str s, int64_t *ms);

/* "0%" to "100%" as 0 to 1. */
bool units_share(pl_str s, double *share);

/* The shortest of these forms that is exact: "64M", "10s". */
void units_print_bytes(struct buf *b, int64_t bytes);
void units_print_ms(struct buf *b, int64_t ms);

#endif
