/* clean_match.h - which of several word lists occur in a text: one pass, however many words. */
#ifndef CLEAN_MATCH_H
#define CLEAN_MATCH_H

#include <stddef.h>
#include <stdint.h>

#include "pressline.h"

/* The words of list number `set` (0 to 31), separated by '|'.  They are found
 * anywhere, also inside a longer word; a space in a word stands for one or
 * more separators (any ASCII that is not a letter or digit) or for the edge of
 * the text: " ad " is found in "ad", "top-ad", "ad_unit", not in "header".
 * ASCII letters match without case; other letters as they are written. */
struct clean_word_list {
    uint32_t set;
    const char *words;
};

struct clean_matcher;

/* Built once, then read by any thread; NULL without memory. */
struct clean_matcher *clean_matcher_new(const struct clean_word_list *lists, size_t n);
void clean_matcher_free(struct clean_matcher *m);

/* Bit i is set when a word of list i occurs. */
uint32_t clean_match(const struct clean_matcher *m, pl_str text);
#endif
