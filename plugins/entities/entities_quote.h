/* entities_quote.h - direct quotations: where they begin and end, and who speaks. */
#ifndef ENTITIES_QUOTE_H
#define ENTITIES_QUOTE_H

#include "entities_mention.h"

struct quote {
    uint32_t begin, end;                /* bytes of the text, quotation marks included */
    uint32_t first, last;               /* tokens: the marks, or the last word where the closing mark is missing */
    uint32_t cue;                       /* token of the verb of saying, NO_MENTION for none */
    uint32_t speaker;                   /* mention, NO_MENTION where the speaker is no name */
    uint32_t source_first, source_last; /* the speaker's words where it is no name; first > last for none */
    uint32_t source_chain;              /* the person whom a source "he" or "she" means, or NO_MENTION */
    bool said;                          /* speech, not a term or title in quotation marks */
};

struct quotes {
    struct quote *at; /* in order of the text, none inside another */
    size_t n;
};

/* Pairs quotation marks of every style.  A quotation that runs over several
 * paragraphs, each opened by a mark and only the last one closed, is one.  An
 * opening mark that nothing closes ends with its paragraph or is left out.
 * False when there is no memory. */
bool quotes_pair(const struct document *d, struct quotes *found);

/* Finds cue and speaker of each quotation, and leaves out what is quoted but not said:
 * titles of works, terms, scare quotes. */
void quotes_attribute(const struct document *d, const struct mentions *m, struct quotes *q);

#endif
