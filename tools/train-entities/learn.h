/* learn.h - the averaged structured perceptron (Collins 2002) with partial
 * labels: where a word may have several, the best of them under the weights
 * of the moment is learnt (Fernandes and Brefeld 2011). */
#ifndef LEARN_H
#define LEARN_H

#include "corpus.h"
#include "entities_word.h"

/* Words as numbers: what is trained on. */
struct examples {
    uint16_t *allowed;   /* of each word, bits of labels */
    uint64_t *starts;    /* of each word, its features; one more for the end */
    size_t n, cap;
    uint64_t *hashes;    /* features */
    size_t n_hashes, cap_hashes;
    struct stretch {
        uint32_t first, n;
        uint8_t before; /* the label before it: O, or MODEL_START */
    } *stretches;
    size_t n_stretches, cap_stretches;
};

/* Adds the words of a text that may be part of a name; `blank` is a model with
 * casing and no weights. */
void examples_add(struct examples *e, const struct gazetteer *gaz, const struct model *blank, const struct text *t,
                  unsigned without);
void examples_free(struct examples *e);

struct weights {
    uint64_t *keys; /* an open hash of features, 0: free */
    float *values;  /* MODEL_LABELS each */
    size_t mask, n;
    float transitions[MODEL_LABELS + 1][MODEL_LABELS];
};

struct learning {
    unsigned epochs;
    unsigned rounds; /* how many orders of the stretches are learnt and averaged */
    unsigned least;  /* features of fewer words are left out */
    float margin;    /* by which the right labels of a word are to win */
    uint64_t seed;
};

void learn(struct weights *w, const struct examples *e, const struct learning *how);
void weights_free(struct weights *w);

/* A text up to where the tagger takes over. */
struct prepared {
    struct arena arena;
    struct document d;
    struct mentions rules;
    struct words w;
};
void prepare(struct prepared *p, const struct gazetteer *gaz, const struct model *blank, const struct text *t);
void prepared_done(struct prepared *p);

uint64_t random_next(uint64_t *state);

#endif
