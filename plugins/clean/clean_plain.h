/* clean_plain.h - an article as plain text: what is headline, byline, dateline, report, and what a site hung on. */
#ifndef CLEAN_PLAIN_H
#define CLEAN_PLAIN_H

#include "clean_date.h"
#include "clean_mem.h"
#include "clean_trees.h"
#include "clean_words.h"
#include "pressline.h"

struct clean_plain {
    pl_str title, site, agency;
    pl_list byline;
    bool has_published;
    struct clean_date published;
    size_t n; /* paragraphs of the report */
    const pl_str *paragraphs;
};

/* Takes a text apart.  `title` is the headline where it is known already:
 * then the first line is taken away only if it says the same.  Hard-wrapped
 * lines are joined.  What is found in lines of its own before the report is
 * taken out of it; a dateline is part of the report and stays.  0 or PL_NOMEM. */
int clean_plain_find(struct clean_plain *p, pl_str text, pl_str title, const struct clean_words *w,
                     struct clean_arena *a);
/* The same with another table of lines. */
int clean_plain_find_with(struct clean_plain *p, pl_str text, pl_str title, const struct clean_trees *table,
                          const struct clean_words *w, struct clean_arena *a);

#endif
