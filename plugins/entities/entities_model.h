/* entities_model.h - the weights of the tagger, as a file that is used where
 * it is mapped.
 *
 * All numbers are little-endian.  Header (struct model_header), then the
 * sections it names, each at a multiple of 8: rows (an open hash of weights by
 * feature), a filter (one bit for each value of 20 bits of the hash, so that
 * most features that have no weights cost one look), casing (an open hash of
 * how words are written). */
#ifndef ENTITIES_MODEL_H
#define ENTITIES_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* O, then B and I of PER, ORG, LOC, MISC. */
enum { MODEL_LABELS = 9, MODEL_START = MODEL_LABELS, MODEL_VERSION = 1, MODEL_FILTER_BITS = 20, MODEL_MAX_SHIFT = 7 };

struct model_row {
    uint16_t tag; /* of the hash; 0: free */
    int8_t weights[MODEL_LABELS];
    uint8_t shift; /* the weights are these times 1 << shift, at most MODEL_MAX_SHIFT */
};

struct model_header {
    char magic[8]; /* "PLNAMES" and a NUL */
    uint32_t version, features;
    char language[8];
    uint32_t size; /* of the file */
    uint32_t rows, row_slots; /* where, how many (a power of two) */
    uint32_t filter;
    uint32_t casing, casing_slots;
    int16_t transitions[MODEL_LABELS + 1][MODEL_LABELS]; /* from MODEL_START too */
    int16_t slope, offset; /* how sure: 1 / (1 + exp(-(slope * margin / 65536 + offset / 4096))) */
    uint8_t digest[32]; /* SHA-256 of the file with this field zero */
};

struct model {
    const struct model_header *header;
    const struct model_row *rows;
    const uint64_t *filter;
    const uint32_t *casing;
    uint32_t row_mask, casing_mask;
    void *mapped; /* of a file */
};

enum {
    CASING_NONE, /* no letter */
    CASING_LOWER, CASING_MOSTLY_LOWER, CASING_OFTEN_LOWER, CASING_OFTEN_CAPITAL, CASING_MOSTLY_CAPITAL, CASING_CAPITAL,
    CASING_IN_NAMES = 8, /* may be added to these: in lower case it is part of names */
    CASING_UNKNOWN = 15
};

/* Reads a model at `data` (`len` bytes, aligned to 8, kept by the caller while
 * the model is used).  On failure *why says what is wrong with it. */
bool model_read(struct model *m, const void *data, size_t len, const char **why);

/* The model that is compiled in. */
bool model_builtin(struct model *m, const char **why);

/* The model in a file, mapped until model_unmap().  On failure *why says what
 * is wrong with it. */
bool model_map(struct model *m, const char *path, const char **why);

/* Also of a model that was not mapped, or zeroed. */
void model_unmap(struct model *m);

/* Does the model serve a text in `language` ("en", "en-GB", "eng", "English"; empty is unknown and served)? */
bool model_serves(const struct model *m, const char *language, size_t len);

/* How the word with this hash of its lower form is written. */
uint8_t model_casing(const struct model *m, uint64_t lower);

/* Adds the weights of features, `n` of at most MODEL_BATCH. */
enum { MODEL_BATCH = 256 };
void model_add(const struct model *m, const uint64_t *features, size_t n, int16_t sums[MODEL_LABELS]);

#endif
