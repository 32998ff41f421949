/* entities_indirect.h - what is told in other words: "said that ...", "according to ...".
 *
 * Rules find for each cue (entities_cue.h) what it tells (entities_clause.h)
 * and whose words or mind it is. */
#ifndef ENTITIES_INDIRECT_H
#define ENTITIES_INDIRECT_H

#include "entities_quote.h"

/* Adds the indirect quotations of an article behind the direct ones of `q`,
 * which have their speakers.  False when there is no memory. */
bool quotes_indirect(const struct document *d, const struct mentions *m, struct quotes *q);

#endif
