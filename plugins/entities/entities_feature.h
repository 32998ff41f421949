/* entities_feature.h - what the tagger looks at, as 64-bit hashes of a
 * template and its value.  The trainer and the tagger share it: a model holds
 * weights for these hashes and for nothing else. */
#ifndef ENTITIES_FEATURE_H
#define ENTITIES_FEATURE_H

#include "entities_word.h"

enum { FEATURES_VERSION = 1, MAX_FEATURES = 192 };

/* Groups that a model may be `without`: the trainer lets models vote that do not see the same. */
enum { FEATURES_AFFIXES = 1, FEATURES_RUN = 2, FEATURES_EVIDENCE = 4, FEATURES_RUN_PAIRS = 8 };

/* Of the form by itself. */
size_t form_features(const struct form *f, const char *text, size_t len, unsigned without,
                     uint64_t out[MAX_FEATURES]);

/* Of a form that stands `offset` (-2 -1 1 2) from the word. */
size_t context_features(const struct form *f, int offset, uint64_t out[MAX_FEATURES]);

/* Of a word at its place, but for those two; its sentence is the words [first, end). */
size_t word_features(const struct words *w, size_t i, size_t first, size_t end, unsigned without,
                     uint64_t out[MAX_FEATURES]);

#endif
