/* dedupe_sketch.h - what is remembered of a text to find its duplicates.
 *
 * A digest of its words, its set of five-word shingles as 32-bit hashes, and
 * the keys of 32 bands of MinHash values (Broder 1997): two texts whose shingle
 * sets have the Jaccard similarity J share a band with probability
 * 1 - (1 - J^4)^32, that is .56 at J = .4, .87 at .5, .99 at .6.
 *
 * Sketching needs no state but scratch memory and is the same on every
 * machine.  A sketch is one flat block without pointers. */
#ifndef DEDUPE_SKETCH_H
#define DEDUPE_SKETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pressline.h"

enum {
    DEDUPE_SHINGLE_WORDS = 5,
    DEDUPE_BANDS = 32,
    DEDUPE_BAND_VALUES = 4,
    DEDUPE_MINHASHES = DEDUPE_BANDS * DEDUPE_BAND_VALUES,
    /* A text with more shingles than this (48 KB of English) is sampled, so that none costs more than 32 KB.  Up to
     * here the Jaccard value is exact; beyond, its standard error is below .01. */
    DEDUPE_MAX_SHINGLES = 8192,
    /* One shingle of so many is a sample, in every text the same ones (FracMinHash; Irber et al. 2022): a text inside
     * a longer one has no band in common with it, but its samples. */
    DEDUPE_SAMPLED_OF = 12,
    DEDUPE_MAX_SAMPLES = 2048
};

struct dedupe_sketch {
    uint64_t digest[2];          /* of the folded words in their order */
    uint64_t band[DEDUPE_BANDS]; /* equal where all four MinHash values of the band are */
    uint32_t words;              /* 0: nothing to compare; saturates */
    uint32_t level;              /* only shingles whose lowest `level` bits are 0 were kept */
    uint32_t n;
    uint32_t shingle[]; /* n hashes, all different, in no order that means anything */
};

static inline size_t dedupe_sketch_size(const struct dedupe_sketch *s)
{
    return offsetof(struct dedupe_sketch, shingle) + s->n * sizeof s->shingle[0];
}

/* Is `bytes` one whole sketch?  Asked of what comes from elsewhere. */
bool dedupe_sketch_valid(pl_str bytes);

/* Scratch memory, about 100 KB; one per thread.  NULL when out of memory. */
struct dedupe_sketcher *dedupe_sketcher_new(void);
void dedupe_sketcher_free(struct dedupe_sketcher *k);

/* The sketch of `text`, the sketcher's own until the next call.  Never fails; linear in the text. */
const struct dedupe_sketch *dedupe_sketch(struct dedupe_sketcher *k, pl_str text);

/* The sketch that was made last, and its samples: `*n` 64-bit hashes of shingles, all different. */
const struct dedupe_sketch *dedupe_last_sketch(const struct dedupe_sketcher *k);
const uint64_t *dedupe_last_samples(const struct dedupe_sketcher *k, size_t *n);

#endif
