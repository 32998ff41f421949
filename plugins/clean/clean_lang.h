/* clean_lang.h - in which language a text is. */
#ifndef CLEAN_LANG_H
#define CLEAN_LANG_H

#include "clean_mem.h"
#include "pressline.h"

/* The small words of many languages; built once, then read by any thread. */
struct clean_languages;

/* NULL without memory. */
struct clean_languages *clean_languages_new(void);
void clean_languages_free(struct clean_languages *l);

/* "en" of "en-US", "EN_us"; empty for what is no language tag. */
pl_str clean_lang_tag(struct clean_arena *a, pl_str tag);
/* A guess from the script and the most frequent small words; empty when the text says too little. */
pl_str clean_lang_guess(const struct clean_languages *l, pl_str text);
/* What is declared (may be empty), unless the text is clearly in another language or script: then that, or
 * empty if it is not known. */
pl_str clean_lang_check(const struct clean_languages *l, pl_str declared, pl_str text);

#endif
