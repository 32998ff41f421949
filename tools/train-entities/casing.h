/* casing.h - how words are written in the training texts: which the model keeps. */
#ifndef CASING_H
#define CASING_H

#include "learn.h"

struct count {
    uint64_t lower;                  /* hash of its lower form, 0: free */
    uint32_t small, capital, inside; /* in lower case, with a capital; in lower case inside a name */
};

/* An open hash that grows. */
struct counts {
    struct count *at;
    size_t mask, n;
};

void counts_init(struct counts *c);

/* Counts the words of the texts, where their place does not ask for a capital. */
void counts_add(struct counts *c, const struct gazetteer *gaz, const struct corpus *corpus, const struct model *blank);

/* One of CASING_LOWER to CASING_CAPITAL, with CASING_IN_NAMES where names have it inside. */
uint32_t count_casing(const struct count *c);

#endif
