/* fetch_aside.h - files that stand beside archives and hold no article: told by their first bytes. */
#ifndef FETCH_ASIDE_H
#define FETCH_ASIDE_H

#include <stdint.h>

#include "pressline.h"

/* What it is, for a person; NULL: something else.  `start` is what there is of the first 4 kB, as they are stored; `size` is
 * the whole file's. */
const char *aside_of(pl_str start, uint64_t size);

/* Is the folder that has this file, `journal`, one of a run's state? */
bool aside_is_journal(pl_str start);

#endif
