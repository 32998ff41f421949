/* clean_comments.h - what readers wrote below an article. */
#ifndef CLEAN_COMMENTS_H
#define CLEAN_COMMENTS_H

#include "clean_facts.h"

/* Takes the blocks of readers' comments out of keep[].  If `list` is not NULL it gets them, a string each,
 * normalised, without what can be told to be a name, a date or a button; where the page shows none, those of
 * its JSON-LD.  0, or PL_NOMEM. */
int clean_comments_find(const struct clean_facts *f, bool *keep, pl_list *list, struct clean_arena *a);

#endif
