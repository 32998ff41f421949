/* entities_date.h - dates and times of day in running text, and what they mean. */
#ifndef ENTITIES_DATE_H
#define ENTITIES_DATE_H

#include "entities_mention.h"
#include "entities_when.h"

/* The values of an article's dates; the `value` of its mention is the number here, plus 1. */
struct date_values {
    char (*at)[WHEN_ISO];
    size_t n;
};

struct date_index;

struct date_options {
    const struct date_words *words; /* of the article's language */
    const struct date_index *index; /* of these; NULL: made for this article */
    struct when_day published;      /* as far as it is known */
    struct when_day dateline;       /* the same; where not, one is looked for in the text */
};

/* "Sunday", "Nov 8", "21 March 1962", "last year", "two weeks ago" (ENTITY_DATE);
 * "10:30 am", "Sunday morning" (ENTITY_TIME).  False when there is no memory. */
bool dates_find(const struct document *d, const struct date_options *options, struct mentions *found,
                struct date_values *values);

/* Puts the dates among the names; of two that overlap the longer stays, and of equals the date if a number is in it. */
bool mentions_merge(struct arena *a, const struct document *d, struct mentions *names, const struct mentions *dates);

#endif
