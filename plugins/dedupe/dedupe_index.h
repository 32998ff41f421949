/* dedupe_index.h - the kept documents, and which of them a new one repeats.
 *
 * Looking up and keeping are two calls, and what is kept is a sketch and a
 * name: whoever writes those two down in order can make the index again by
 * dedupe_index_keep().  The result depends on nothing but that order.
 *
 * One caller at a time. */
#ifndef DEDUPE_INDEX_H
#define DEDUPE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dedupe_decide.h"
#include "dedupe_sketch.h"
#include "pressline.h"

struct dedupe_match {
    enum dedupe_kind kind;
    uint32_t kept;     /* the earliest kept document that verified, from 0; for dedupe_index_name() */
    uint32_t verified; /* candidates compared */
    double similarity; /* Jaccard similarity of the shingle sets; 1 where exact */
};

/* NULL when out of memory.  A document repeats another from the Jaccard value `threshold` on, 0 < threshold <= 1. */
struct dedupe_index *dedupe_index_new(double threshold);
void dedupe_index_free(struct dedupe_index *ix);

/* What `s` repeats.  A text without words repeats nothing. */
struct dedupe_match dedupe_index_find(struct dedupe_index *ix, const struct dedupe_sketch *s);

/* Keeps a copy of both.  0, or PL_NOMEM with the index as it was (but for room it made). */
int dedupe_index_keep(struct dedupe_index *ix, const struct dedupe_sketch *s, pl_str name);

/* The name of a kept document; valid as long as the index. */
pl_str dedupe_index_name(const struct dedupe_index *ix, uint32_t kept);

/* Documents kept, and the bytes that they take. */
uint32_t dedupe_index_count(const struct dedupe_index *ix);
size_t dedupe_index_bytes(const struct dedupe_index *ix);

#endif
