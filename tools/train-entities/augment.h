/* augment.h - altered copies of training texts: other names in the same
 * places, headlines, datelines, capitals. */
#ifndef AUGMENT_H
#define AUGMENT_H

#include "corpus.h"

/* Names to put in place of others. */
struct pools {
    struct corpus names[4]; /* by type: texts without spans; persons by word, the last words in `last` */
    struct corpus last, demonyms, cities;
};

/* Takes the names of `c` into the pools. */
void pools_fill(struct pools *p, const struct corpus *c);
void pools_free(struct pools *p);

/* Adds to `out` altered copies of `share` (0 to 1) of the texts. */
void augment(struct corpus *out, const struct corpus *c, const struct pools *p, double share, uint64_t seed);

#endif
