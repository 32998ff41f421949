/* entities_hash.h - quick hashes of words; whoever writes a text can make two
 * alike, so that tables of them look at few places. */
#ifndef ENTITIES_HASH_H
#define ENTITIES_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { HASH_PROBES = 24 };

static inline uint64_t hash_mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

static inline uint64_t hash_bytes(const char *s, size_t len)
{
    uint64_t hash = len + 1, v;
    for (; len >= sizeof v; s += sizeof v, len -= sizeof v) {
        memcpy(&v, s, sizeof v);
        hash = hash_mix(hash, v);
    }
    v = 0;
    for (size_t i = 0; i < len; i++)
        v = v << 8 | (unsigned char)s[i];
    return hash_mix(hash, v);
}

#endif
