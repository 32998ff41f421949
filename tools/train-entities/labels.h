/* labels.h - what is done to the labels of training texts before they are learnt. */
#ifndef LABELS_H
#define LABELS_H

#include "learn.h"

/* A nationality that is marked as no name, as a place or as an organisation
 * (or, where asked, as a person) becomes MISC, as our rules find it. */
void labels_repair(struct corpus *c, const struct gazetteer *gaz, const struct model *blank, bool persons_too);

/* In texts whose makers marked no MISC every other capitalised word may be one. */
void labels_allow_misc(struct corpus *c, const struct gazetteer *gaz, const struct model *blank);

/* Makes unknown what fewer than `least` of `n` models agree with, and what
 * nearly all of them find besides; how many spans. */
size_t labels_vote(struct text *t, const struct gazetteer *gaz, const struct model *models, size_t n, unsigned least);

/* By begin, end and type, for qsort() and bsearch(). */
int span_compare(const void *left, const void *right);

#endif
