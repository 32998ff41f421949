/* plan.h - whether the stages of a pipeline go together: their order, and what each reads and writes. */
#ifndef PLAN_H
#define PLAN_H

#include "pipeline.h"

/* `filter`: the input brings any field, and there need be no source and no sink.  A stage whose plugin could not be loaded
 * (NULL) is taken to write whatever the later ones read, so that one mistake is told once. */
void plan_check(const struct pipeline *p, bool filter, struct errors *errs);

#endif
