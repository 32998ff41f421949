/* clean_select.h - which blocks of a page are its article. */
#ifndef CLEAN_SELECT_H
#define CLEAN_SELECT_H

#include "clean_features.h"
#include "clean_trees.h"

/* The table that ships; made by tools/train-clean. */
extern const struct clean_trees clean_table_blocks;

/* Sets keep[0..b->n), and how good the choice is held to be: the F1 (0 to 1, of
 * words) that the balanced choice would have if the table's probabilities were right.  `precise`:
 * only blocks that are rather probable, a choice with less that does not belong
 * and less of what does.  0, or PL_NOMEM. */
int clean_select(const struct clean_blocks *b, const struct clean_features *f, const struct clean_trees *table,
                 bool precise, bool *keep, float *confidence, struct clean_arena *a);

#endif
