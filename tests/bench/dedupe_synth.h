/* dedupe_synth.h - documents without end to measure dedupe with: the n-th one follows from n alone.
 *
 * Words of a made-up language with the frequencies of a real one (rank by
 * rank, Zipf 1935, as flattened by Mandelbrot), 4.1 KB on average, now and
 * then a sentence that many share.  Of a hundred documents 15 repeat an
 * earlier one word for word, 10 repeat one with a word in 20 to 80 changed. */
#ifndef DEDUPE_SYNTH_H
#define DEDUPE_SYNTH_H

#include <stdint.h>

#include "pressline.h"

enum synth_kind { SYNTH_NEW, SYNTH_EXACT, SYNTH_NEAR };

struct synth_doc {
    pl_str text; /* the maker's, until the next call */
    enum synth_kind kind;
    uint64_t of; /* the document that this one repeats; itself where it is new */
};

/* NULL when out of memory.  About 2 MB. */
struct synth *synth_new(uint64_t seed);
void synth_free(struct synth *s);

struct synth_doc synth_make(struct synth *s, uint64_t n);

#endif
