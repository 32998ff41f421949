/* fetch_pattern.h - which addresses are wanted, by regular expressions (PCRE2) that can be trusted with any address. */
#ifndef FETCH_PATTERN_H
#define FETCH_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pressline.h"

struct patterns;

/* PL_OK; PL_NOMEM; PL_ERROR with `message`: which pattern, where in it, and why it cannot be. */
int patterns_make(struct patterns **p, pl_list include, pl_list exclude, char *message, size_t size);
void patterns_free(struct patterns *p);

/* Whether some pattern of `include` is found in `url` (or there are none), and none of `exclude` is.  An address on which
 * a pattern would take too long is not allowed, and counted.  Any thread. */
bool patterns_allow(const struct patterns *p, pl_str url);
/* How many addresses that were. */
uint64_t patterns_gave_up(const struct patterns *p);

#endif
