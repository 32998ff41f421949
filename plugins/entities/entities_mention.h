/* entities_mention.h - finds the names in an article and says of what kind
 * each is.
 *
 * Rules over the gazetteer's classes, in three steps: capitalised runs are cut
 * into candidates (entities_candidate.c); each candidate collects points for
 * every type from its own words and from its surroundings (entities_score.c);
 * the candidates of one form are decided together, since a form means one
 * thing throughout an article (entities_mention.c).  What they find is a hint
 * for the tagger (entities_tagger.h); the layers behind it know only
 * `struct mention`. */
#ifndef ENTITIES_MENTION_H
#define ENTITIES_MENTION_H

#include "entities_token.h"

enum entity_type {
    ENTITY_PER,
    ENTITY_ORG,
    ENTITY_LOC,
    ENTITY_MISC,
    ENTITY_NORP,
    ENTITY_DATE,
    ENTITY_TIME,
    ENTITY_TYPES
};

enum { NO_MENTION = UINT32_MAX };

struct mention {
    uint32_t begin, end;  /* bytes of the text */
    uint32_t first, last; /* tokens, `last` is the last one of it */
    uint32_t chain;       /* the fullest mention of the same thing, itself where it is that; NO_MENTION for dates */
    union {
        uint32_t place;   /* in the gazetteer's places, plus 1; 0 for none */
        uint32_t value;   /* of a DATE or TIME: in the values of dates_find(), plus 1; 0 for none */
    };
    float score;          /* how sure it is: 0 to 1; of the rules, by how many points the type won */
    uint16_t home;        /* canonical name in the gazetteer, 0 for none */
    uint8_t type;
};

struct mentions {
    struct mention *at; /* in order of the text, none overlapping another */
    size_t n;
};

/* The names of a tokenised article: types PER ORG LOC MISC NORP, chains not
 * yet set.  False when there is no memory. */
bool mentions_find(struct document *d, struct mentions *found);

/* The mention that covers a token, NO_MENTION for none. */
uint32_t mention_at(const struct mentions *m, size_t token);

#endif
