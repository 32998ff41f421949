/* dedupe_decide.h - which of the documents that share a key with this one it repeats, if any.
 *
 * Pure: the answer depends on the document's signature, the hits and the
 * payloads of kept documents alone, so that the stage and the steps over
 * shards, which find hits in different ways, decide alike.  Nothing is taken
 * for a duplicate on the word of a key: shingle sets are compared in full.
 *
 *   SAME       the same record as one that an earlier run kept: same origin, same words.  It is kept, and not
 *              entered again
 *   EXACT      the same words in the same order
 *   NEAR       |A and B| / |A or B| >= threshold
 *   URL        the same canonical URL, and at least `url_floor` in common
 *   CONTAINED  |A and B| / |A| >= containment, in a longer B
 *
 * Candidates with the most bands in common come first, then the earliest, at
 * most DEDUPE_MAX_VERIFY; then, where texts inside others are looked for, those
 * with the most samples, at most DEDUPE_MAX_INSIDE. */
#ifndef DEDUPE_DECIDE_H
#define DEDUPE_DECIDE_H

#include <stddef.h>
#include <stdint.h>

#include "dedupe_keys.h"
#include "pressline.h"

enum {
    DEDUPE_MAX_VERIFY = 64,
    DEDUPE_MAX_INSIDE = 32,
    /* A text with fewer shingles is not looked for inside others: a phrase is no story. */
    DEDUPE_LEAST_CONTAINED = 16
};

struct dedupe_rules {
    double threshold;
    double url_floor;
    double containment; /* 0: texts inside others are not looked for */
};

enum dedupe_kind { DEDUPE_NEW, DEDUPE_SAME, DEDUPE_EXACT, DEDUPE_NEAR, DEDUPE_URL, DEDUPE_CONTAINED };

/* What was decided.  `id`, `contains` and `alias` are the decider's, until the next call. */
struct dedupe_decision {
    enum dedupe_kind kind;
    uint32_t doc;       /* what it repeats, or is (SAME) */
    pl_str id;          /* the id of that */
    double similarity;  /* Jaccard */
    double contained;   /* CONTAINED: the share of it that is in `doc`; else 0 */
    pl_str contains;    /* NEW, SAME: the id of a shorter text inside this one; {NULL, 0}: none was found */
    double contains_share; /* of that text's shingles */
    uint32_t verified;  /* candidates whose shingles were compared */
    /* Keys to enter under `doc`, so that copies of this copy are found; they are compared with `doc` as all are.
     * 0 of them where it is NEW: that is kept with all its own. */
    const uint64_t *alias;
    size_t n_alias;
};

/* How a payload is had: PL_OK, and it stays until the next call; or any error. */
struct dedupe_payloads {
    int (*load)(void *ctx, uint32_t doc, pl_str *payload);
    void *ctx;
};

/* Scratch memory, about 100 KB and more where a document has very many hits.  NULL when out of memory. */
struct dedupe_decider *dedupe_decider_new(const struct dedupe_rules *rules);
void dedupe_decider_free(struct dedupe_decider *d);

/* PL_OK; PL_NOMEM; PL_ERROR where the payload of `out->doc` is damaged; or what `load` returned. */
int dedupe_decide(struct dedupe_decider *d, const struct dedupe_signature *s, const struct dedupe_hit *hit, size_t n_hits,
                  struct dedupe_payloads kept, struct dedupe_decision *out);

#endif
