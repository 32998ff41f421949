/* entities_reference_words.h - the words that references are made of: pronouns,
 * nouns for persons and firms, bare titles, and what may stand behind them. */
#ifndef ENTITIES_REFERENCE_WORDS_H
#define ENTITIES_REFERENCE_WORDS_H

#include "entities_chain.h"

enum { MAX_FILTER = 16 };

/* Which words of the lists of nouns there can be, by length and first letter: most words of a text are in none. */
struct noun_filter {
    uint32_t letters[MAX_FILTER];
};

void noun_filter_fill(struct noun_filter *f);

/* "suspect", "doctor", "woman": one person; *gender as far as the word tells. */
bool noun_is_person(const struct noun_filter *f, const struct document *d, size_t i, enum gender *gender);

/* "company", "retailer", whatever its name. */
bool noun_is_firm(const struct noun_filter *f, const struct document *d, size_t i);

enum pronoun { PRONOUN_NONE, PRONOUN_SUBJECT, PRONOUN_OWNER, PRONOUN_OBJECT };

/* Of the third person; *g is set where there is one. */
enum pronoun pronoun_at(const struct document *d, size_t i, enum gender *g);

/* May this follow "the minister" when that is all of it?  No noun, no "of". */
bool phrase_ends(const struct document *d, size_t i);

/* Tokens of the bare title that starts at i, behind "the"; 0 for none. */
size_t title_bare(const struct document *d, size_t i, size_t end);

/* "was the minister": does the phrase that "the" opens say what somebody is? */
bool phrase_is_predicate(const struct document *d, size_t the);

static inline bool is_say(const struct document *d, size_t i)
{
    return d->tokens[i].classes & (GAZ(SAY) | GAZ(SAY_STRONG));
}

#endif
