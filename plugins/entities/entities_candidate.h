/* entities_candidate.h - what may be a name, and what speaks for which type.
 * Shared by the files of the mention finder only. */
#ifndef ENTITIES_CANDIDATE_H
#define ENTITIES_CANDIDATE_H

#include "entities_mention.h"

enum { NAME_TYPES = 4 }; /* PER ORG LOC MISC, as in enum entity_type */

struct candidate {
    uint32_t first, end; /* tokens */
    uint32_t group;
    uint64_t classes; /* of the whole, where it is a listed phrase or one listed word */
    uint16_t home;
    uint8_t type; /* fixed: ENTITY_NORP, or ENTITY_PER behind a title; else ENTITY_TYPES */
    bool weak;    /* opens its sentence, or stands in a headline: its capital says nothing */
    bool dropped;
    int8_t context[NAME_TYPES];
};

struct candidates {
    struct candidate *at;
    size_t n, cap;
};

/* How words occur elsewhere in the article. */
struct evidence;

/* Counts words and pairs of words; NULL when there is no memory. */
struct evidence *evidence_new(const struct document *d);
/* How often the word of token i stands in lower case, or with a capital that its place does not ask for. */
unsigned evidence_lower(const struct evidence *e, const struct document *d, size_t i);
unsigned evidence_capital(const struct evidence *e, const struct document *d, size_t i);
/* Do tokens i and i + 1 occur capitalised together inside a sentence? */
bool evidence_pair(const struct evidence *e, const struct document *d, size_t i);

/* Cuts the runs of capitalised words of every sentence into candidates. */
bool candidates_find(const struct document *d, const struct evidence *e, struct candidates *c);

/* Points for each type from the candidate's own words. */
void score_words(const struct document *d, const struct candidate *c, int score[NAME_TYPES]);
/* And from what stands around it. */
void score_context(const struct document *d, const struct candidate *c, int8_t score[NAME_TYPES]);

#endif
