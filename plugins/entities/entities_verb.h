/* entities_verb.h - the small words around verbs, in English. */
#ifndef ENTITIES_VERB_H
#define ENTITIES_VERB_H

#include "entities_token.h"

bool token_is_adverb(const struct document *d, size_t i); /* "also", "repeatedly", with a small letter */

/* "was", "isn't"; "has", "hadn't"; "would", "don't". */
bool token_is_be(const struct document *d, size_t i);
bool token_is_have(const struct document *d, size_t i);
bool token_is_modal(const struct document *d, size_t i);

bool token_is_somebody(const struct document *d, size_t i); /* "she", "who": the subject of a verb; no "it" */

/* Prepositions, and conjunctions that like them end what stands before. */
bool token_is_preposition(const struct document *d, size_t i);

/* Is the token longer than `tail`, and does it end with it? */
bool token_ends_like(const struct document *d, size_t i, const char *tail);

#endif
