/* clean_dateline.h - "Washington, Nov 8 (Reuters) - ...": where and when a report was written, and by which agency. */
#ifndef CLEAN_DATELINE_H
#define CLEAN_DATELINE_H

#include "clean_date.h"

struct clean_dateline {
    pl_str place, agency; /* as they stand there; empty when they do not */
    bool has_date;
    struct clean_date date; /* without a year when none is written */
    size_t len;             /* bytes up to the report itself */
};

/* Does the paragraph begin with a dateline?  The parts are views of it. */
bool clean_dateline_find(pl_str paragraph, struct clean_dateline *d);
/* Gives a date without year the one that brings it nearest to `published`. */
void clean_dateline_set_year(struct clean_date *date, const struct clean_date *published);
/* A news agency's name or initials? */
bool clean_is_agency(pl_str s);

#endif
