/* fetch_resolve.h - relative references made absolute, and nothing else changed (RFC 3986, section 5.2).
 *
 * What a feed's entry is called must stay what the feed calls it: absolute references come out as they were written. */
#ifndef FETCH_RESOLVE_H
#define FETCH_RESOLVE_H

#include "fetch_bytes.h"
#include "pressline.h"

/* `reference` as seen from `base`, which is absolute or empty; without spaces around it and line breaks in it.  Into
 * `out`, emptied first.  PL_OK or PL_NOMEM. */
int reference_resolve(pl_str base, pl_str reference, struct bytes *out);

/* The length of "scheme:" at the start; 0 where there is none. */
size_t scheme_length(pl_str reference);

#endif
