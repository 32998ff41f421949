/* entities_reference.h - words that mean somebody named elsewhere: pronouns,
 * bare titles, "the latter", "the ministry".
 *
 * Only what is certain is resolved: one who fits in what was just said, and
 * nobody else who could be meant.  Speech in quotation marks is left alone,
 * for there "he" may be anyone. */
#ifndef ENTITIES_REFERENCE_H
#define ENTITIES_REFERENCE_H

#include "entities_quote.h"
#include "entities_title.h"

enum reference_kind { REFERENCE_PRONOUN, REFERENCE_TITLE, REFERENCE_LATTER, REFERENCE_NOUN };

struct reference {
    uint32_t begin, end;  /* bytes of the text, without "the" */
    uint32_t first, last; /* tokens */
    uint32_t chain;       /* the fullest mention of what is meant */
    uint8_t kind;
};

struct references {
    struct reference *at; /* in order of the text, none overlapping another */
    size_t n;
};

/* The references of an article whose names have their chains and whose
 * quotation marks are paired.  False when there is no memory. */
bool references_find(const struct document *d, const struct mentions *m, const struct titles *t, const struct quotes *q,
                     struct references *found);

/* The fullest mention of what a token refers to, NO_MENTION for nothing certain. */
uint32_t reference_at(const struct references *r, size_t token);

#endif
