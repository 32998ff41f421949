/* clean_lang.h - in which language a text is. */
#ifndef CLEAN_LANG_H
#define CLEAN_LANG_H

#include "clean_mem.h"
#include "pressline.h"

/* "en" of "en-US", "EN_us"; empty for what is no language tag. */
pl_str clean_lang_tag(struct clean_arena *a, pl_str tag);
/* A guess from the script and the most frequent small words; empty when the text says too little. */
pl_str clean_lang_guess(pl_str text);

#endif
