/* entities_speaker.h - whose words they are: the subject of a verb of saying. */
#ifndef ENTITIES_SPEAKER_H
#define ENTITIES_SPEAKER_H

#include "entities_reference.h"

struct attributor {
    const struct document *d;
    const struct mentions *m;
    struct quotes *q;
};

/* Who says it: a mention, or words of the text. */
struct credit {
    uint32_t cue, speaker, source_first, source_last;
};

static const struct credit NO_CREDIT = {NO_MENTION, NO_MENTION, 1, 0};

bool token_is_pronoun(const struct document *d, size_t i);    /* "she", "who"; no "him" */
bool token_is_possessive(const struct document *d, size_t i); /* "'s", or the ' behind a plural */

/* Is it joined to another word by a hyphen: "so-called", "army-backed"? */
bool token_is_part(const struct document *d, size_t i);

/* May a subject start with this token?  Does the token end one that follows its verb: "said Smith | on Monday"? */
bool speaker_starts(const struct attributor *a, size_t i);
bool speaker_ends(const struct document *d, size_t i);

/* The speaker among the words [first, end), a subject: a person, an
 * organisation if it is all of it, else the words themselves. */
void speaker_among(const struct attributor *a, size_t first, size_t end, struct credit *c);

/* Where a subject before `end` ends: before "on Monday", or behind a name before "in a statement" and "of the Bank". */
size_t speaker_end(const struct attributor *a, size_t low, size_t end);

/* The speaker among the words that end before `end` as a subject does. */
void speaker_before(const struct attributor *a, size_t low, size_t end, struct credit *c);

/* The credit that the verb at v gives to its subject before it, not before `low`. */
struct credit speaker_of_verb(const struct attributor *a, size_t low, size_t v);

/* The person of the right gender whom "he" or "she" at token i means: who spoke
 * last, else who was named last. */
uint32_t speaker_of_pronoun(const struct attributor *a, size_t i, uint32_t last_speaker);

/* Whom the words of speakers mean that are no names: "she", "the mayor", "who". */
void quotes_resolve(const struct document *d, const struct mentions *m, const struct references *r, struct quotes *q);

/* Writes who says it, and by which cue, into a quotation. */
void quote_give(struct quote *q, const struct credit *c);

#endif
