/* entities_clause.h - where the clause begins and ends that a cue tells, and the subject before it.
 *
 * All is looked for within a stretch and by its tokens alone; positions are
 * tokens, an end is the token behind the last, s->high stands for "nowhere".
 * Nothing here allocates or keeps state. */
#ifndef ENTITIES_CLAUSE_H
#define ENTITIES_CLAUSE_H

#include "entities_cue.h"

/* What is told behind the active cue w at i, from "that", "to" or its first word on; s->high where nothing is.
 * *clause: it is a clause ("said it would close"), no thing ("criticised the plan"). */
size_t told_start(const struct stretch *s, const struct cue_word *w, size_t i, bool *clause);

/* Where what is told ends that starts at i, a clause or a thing: the token behind it. */
size_t told_end(const struct stretch *s, size_t i, bool clause);

/* Is the comma at i, or what stands in its place, the end of what is told? */
bool clause_ends_at_comma(const struct stretch *s, size_t i, bool clause);

/* Is it a clause that starts at i although no "that" says so: "it is", "how they", "Smith will"? */
bool clause_starts(const struct stretch *s, size_t i);

/* Does a cue with nothing told behind it end here, at i: "..., he said on Monday.", "..., he told the BBC."? */
bool clause_is_last(const struct stretch *s, const struct cue_word *w, size_t i);

/* "While Smith says he will go, ...": the first comma ends what the cue at i tells. */
bool clause_is_subordinate(const struct stretch *s, size_t i);

/* The subject that ends before the verb at `end`: its first token, `end` for none. */
size_t clause_subject(const struct stretch *s, size_t end);

/* Is [first, end) a subject by itself: no clause, no other verb; but "a source close to him"? */
bool clause_is_subject(const struct stretch *s, size_t first, size_t end);

/* The comma at `i` or before it, s->low where there is none; `i` may be the one before the first token. */
size_t clause_comma(const struct stretch *s, size_t i);

/* The first token from i on that is no adverb. */
size_t clause_skip_adverbs(const struct stretch *s, size_t i);

/* Behind "Oslo, May 3 (AP) -" at the start of a paragraph; i where there is nothing like it. */
size_t clause_skip_dateline(const struct stretch *s, size_t i);

/* A day or a time; false behind the stretch. */
bool clause_is_time(const struct stretch *s, size_t i);

#endif
