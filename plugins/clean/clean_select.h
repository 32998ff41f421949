/* clean_select.h - which blocks of a page are its article. */
#ifndef CLEAN_SELECT_H
#define CLEAN_SELECT_H

#include "clean_blocks.h"

/* Sets keep[i] for each block of `b`.  0, or PL_NOMEM.  A page with running
 * text keeps some of it; one without keeps what its densest part says. */
int clean_select(const struct clean_blocks *b, bool *keep, struct clean_arena *a);

#endif
