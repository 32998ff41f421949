/* nearest.h - the right word that a wrong one was probably meant to be. */
#ifndef NEAREST_H
#define NEAREST_H

#include "pressline.h"

struct nearest {
    pl_str word;
    pl_str best;   /* {NULL, 0}: nothing near enough */
    size_t cost;
};

/* Start with {.word = WORD}, offer every candidate, look at `best`: the least edit distance with
 * neighbours swapped (optimal string alignment), at most a third of the word's length; ties: the first offered. */
void nearest_offer(struct nearest *n, pl_str candidate);

#endif
