/* clean_hash.h - quick hashes.  Whoever writes a page can make two alike: tables of them look at few places. */
#ifndef CLEAN_HASH_H
#define CLEAN_HASH_H

#include <stdint.h>
#include <string.h>

#include "pressline.h"

/* How many places of a table are looked at for a hash: else pages made for it take quadratic time. */
enum { CLEAN_PROBES = 16 };

static inline uint64_t clean_mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

static inline uint64_t clean_hash(pl_str s)
{
    uint64_t hash = 1, v;
    for (; s.len >= sizeof v; s.ptr += sizeof v, s.len -= sizeof v) {
        memcpy(&v, s.ptr, sizeof v);
        hash = clean_mix(hash, v);
    }
    v = s.len;
    for (size_t i = 0; i < s.len; i++)
        v = v << 8 | (unsigned char)s.ptr[i];
    return clean_mix(hash, v);
}

#endif
