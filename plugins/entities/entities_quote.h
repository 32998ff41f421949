/* entities_quote.h - direct quotations: where they begin and end, and who speaks. */
#ifndef ENTITIES_QUOTE_H
#define ENTITIES_QUOTE_H

#include "entities_mention.h"

/* What is told: what somebody said, thinks or wants to do, or only what it was about: "called for calm". */
enum cue_kind { CUE_SAY, CUE_THINK, CUE_WANT, CUE_ABOUT };

struct quote {
    uint32_t begin, end;                /* bytes of the text, quotation marks included */
    uint32_t first, last;               /* tokens: the marks, or the last word where the closing mark is missing */
    uint32_t cue;                       /* token of the verb of saying, NO_MENTION for none */
    uint32_t speaker;                   /* mention, NO_MENTION where the speaker is no name */
    uint32_t source_first, source_last; /* the speaker's words where it is no name; first > last for none */
    uint32_t source_chain;              /* the person whom a source "he" or "she" means, or NO_MENTION */
    uint8_t cue_kind;                   /* enum cue_kind */
    bool said;                          /* speech, not a term or title in quotation marks */
    bool doubtful;                      /* in ‘single’ marks beside double ones: speech only with a credit */
    bool lined;                         /* a line of an interview: the source is the name before its colon */
    bool indirect;                      /* told in other words */
};

struct quotes {
    struct quote
        *at; /* in order of the text, none inside another; behind them the indirect ones, which may lie in others */
    size_t n;
    size_t cap;
};

/* Adds the tokens first to last, with neither cue nor speaker.  NULL when there is no memory. */
struct quote *quotes_add(const struct document *d, struct quotes *q, size_t first, size_t last);

/* Pairs quotation marks of every style.  A quotation that runs over several
 * paragraphs, each opened by a mark and only the last one closed, is one.  An
 * opening mark that nothing closes ends with its paragraph or is left out.
 * False when there is no memory. */
bool quotes_pair(const struct document *d, struct quotes *found);

/* Finds cue and speaker of each quotation, and leaves out what is quoted but not said:
 * titles of works, terms, scare quotes. */
void quotes_attribute(const struct document *d, const struct mentions *m, struct quotes *q);

#endif
