/* fetch_store_key.h - an address as a number of 128 bits: SipHash-2-4 under the store's own secret.
 *
 * Addresses come from strangers, who could choose ones that meet; not without the secret (Aumasson and Bernstein 2012).
 * Of 10 million addresses two meet by chance once in 10^24 stores. */
#ifndef FETCH_STORE_KEY_H
#define FETCH_STORE_KEY_H

#include "pressline.h"

struct store_key {
    uint64_t hi, lo;
};

void store_key_make(struct store_key *key, const uint8_t secret[16], pl_str text);

static inline bool store_key_same(const struct store_key *a, const struct store_key *b)
{
    return a->hi == b->hi && a->lo == b->lo;
}

#endif
