/* entities_date.h - dates and times of day in running text. */
#ifndef ENTITIES_DATE_H
#define ENTITIES_DATE_H

#include "entities_mention.h"

/* "Sunday", "Nov 8", "21 March 1962", "last year", "two weeks ago" (ENTITY_DATE);
 * "10:30 am", "Sunday morning" (ENTITY_TIME).  False when there is no memory. */
bool dates_find(const struct document *d, struct mentions *found);

/* Puts the dates among the names; one that overlaps a name is left out. */
bool mentions_merge(struct arena *a, struct mentions *names, const struct mentions *dates);

#endif
