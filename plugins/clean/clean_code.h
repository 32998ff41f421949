/* clean_code.h - preformatted text as it stands in the page: line breaks, indentation, empty lines. */
#ifndef CLEAN_CODE_H
#define CLEAN_CODE_H

#include "clean_blocks.h"

/* The <pre> that a block's container is, or stands in closely; CLEAN_NONE. */
uint32_t clean_code_at(const struct clean_dom *d, uint32_t node);
/* The text of kept block *i, which stands in `pre`, and of the kept blocks behind it that do: a page may make
 * a block of each line, and none of one without a word.  *i moves to the last of them. */
pl_str clean_code_text(const struct clean_blocks *b, const bool *keep, uint32_t pre, size_t *i, struct clean_arena *a);

#endif
