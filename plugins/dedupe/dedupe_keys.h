/* dedupe_keys.h - the signature of a document: the keys under which it is found, and what is kept of it.
 *
 * A key is a hash of 64 bits into which its kind and the scope are mixed, so
 * that whoever stores keys need not know them.  Its lowest three bits are its
 * kind: a table takes the others.
 *
 *   DIGEST   of the words in their order
 *   ORIGIN   of where the record was read: bytes, position, child; where the bytes have no digest (standard input, HTTP)
 *            of position, child, name and words: only one that is retried is known by that
 *   CLAIM    of the same and the run: the record may be one that an earlier run kept
 *   URL      of the canonical URL, where there is one that names a page
 *   BAND     of four MinHash values, DEDUPE_BANDS of them
 *   SAMPLE   of one shingle in DEDUPE_SAMPLED_OF, where texts inside others are looked for
 *
 * The payload is what dedupe_decide() needs of a document that was kept: its
 * id, its digest, its shingles.  It may lie at any address.  Numbers have the
 * byte order of the machine; whoever writes them to a disk says so there.
 *
 * No state: a signature depends on the document alone. */
#ifndef DEDUPE_KEYS_H
#define DEDUPE_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dedupe_hit.h"
#include "dedupe_sketch.h"
#include "pressline.h"

enum dedupe_key_kind {
    DEDUPE_KEY_DIGEST,
    DEDUPE_KEY_BAND,
    DEDUPE_KEY_URL,
    DEDUPE_KEY_ORIGIN,
    DEDUPE_KEY_CLAIM,
    DEDUPE_KEY_SAMPLE
};

enum {
    DEDUPE_MAX_KEYS = 4 + DEDUPE_BANDS + DEDUPE_MAX_SAMPLES,
    /* For each key at most this many kept documents are found, the earliest. */
    DEDUPE_BUCKET = 8,
    /* A longer id is none: what is kept of a document stays small. */
    DEDUPE_MAX_ID = 1 << 16
};

static inline enum dedupe_key_kind dedupe_key_kind(uint64_t key)
{
    return (enum dedupe_key_kind)(key & 7);
}

/* Those that may settle by themselves what a document is come first in its signature. */
static inline bool dedupe_key_settles(enum dedupe_key_kind kind)
{
    return kind == DEDUPE_KEY_DIGEST || kind == DEDUPE_KEY_ORIGIN || kind == DEDUPE_KEY_CLAIM;
}

/* A document but for its text. */
struct dedupe_subject {
    pl_str id;
    pl_str origin;  /* the field `origin`; {NULL, 0} for no ORIGIN and CLAIM */
    bool retried;   /* an earlier run read it: CLAIM whatever the origin */
    pl_str url;     /* the field `canonical_url`; {NULL, 0} for no URL */
    uint64_t scope; /* dedupe_scope(); 0 where all are compared with all */
    uint64_t run;   /* what tells this run from others: its start */
    bool samples;
};

/* A scope, and one more value that must be equal.  `type` keeps values of different types apart; a field that is not
 * there is PL_UNSET. */
uint64_t dedupe_scope(uint64_t scope, pl_type type, pl_str value);

/* One flat block: keys and payload. */
struct dedupe_signature {
    const uint64_t *key; /* n of them */
    size_t n;
    pl_str payload;
};

/* The signature of `subject` and the text that was sketched last: its size in bytes, and itself written to `to`, which
 * is aligned for uint64_t.  A text without words has none: size 0.  So has one with an id that is too long. */
size_t dedupe_sign_size(const struct dedupe_sketcher *k, const struct dedupe_subject *subject);
void dedupe_sign(const struct dedupe_sketcher *k, const struct dedupe_subject *subject, void *to);

/* The parts of one; false where `bytes` is not one whole signature, aligned for uint64_t. */
bool dedupe_signature_read(pl_str bytes, struct dedupe_signature *s);

/* A payload's parts, views of it. */
struct dedupe_doc {
    uint64_t digest[2];
    uint32_t words, level;
    uint32_t n;
    const char *shingles; /* n hashes of 32 bits, at any address */
    pl_str id;
};

/* False where `payload` is not one whole payload. */
bool dedupe_doc_read(pl_str payload, struct dedupe_doc *doc);

static inline uint32_t dedupe_doc_shingle(const struct dedupe_doc *doc, uint32_t i)
{
    uint32_t hash;
    memcpy(&hash, doc->shingles + sizeof hash * i, sizeof hash);
    return hash;
}

/* A hash of what a canonical URL names, or 0 where it names no page: it is not http(s), or has no path.  Scheme,
 * `www.`, the host's case, a default port, a fragment and a slash at the end make no difference. */
uint64_t dedupe_url_hash(pl_str url);

/* A hash of digest, position and child of an origin, "SHA256:POSITION:CHILD NAME", or 0 where it has no digest. */
uint64_t dedupe_origin_hash(pl_str origin);

#endif
