/* sip.h - SipHash (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): hashes of names that strangers choose.
 *
 *     uint64_t v[4];
 *     sip_begin(v, k0, k1);
 *     sip_text(v, text, 2);       // compression rounds a word
 *     v[2] ^= 0xff;
 *     hash = sip_end(v, 4);       // finalization rounds
 *
 * Inline, since a table asks for one with each look. */
#ifndef SHARED_SIP_H
#define SHARED_SIP_H

#include "pressline.h"

static inline uint64_t sip_rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static inline void sip_rounds(uint64_t v[4], int n)
{
    while (n-- > 0) {
        v[0] += v[1];
        v[1] = sip_rotate(v[1], 13) ^ v[0];
        v[0] = sip_rotate(v[0], 32);
        v[2] += v[3];
        v[3] = sip_rotate(v[3], 16) ^ v[2];
        v[0] += v[3];
        v[3] = sip_rotate(v[3], 21) ^ v[0];
        v[2] += v[1];
        v[1] = sip_rotate(v[1], 17) ^ v[2];
        v[2] = sip_rotate(v[2], 32);
    }
}

static inline void sip_begin(uint64_t v[4], uint64_t k0, uint64_t k1)
{
    v[0] = k0 ^ 0x736f6d6570736575;
    v[1] = k1 ^ 0x646f72616e646f6d;
    v[2] = k0 ^ 0x6c7967656e657261;
    v[3] = k1 ^ 0x7465646279746573;
}

/* At most eight bytes, the first one lowest. */
static inline uint64_t sip_little_endian(const char *at, size_t n)
{
    uint64_t x = 0;

    for (size_t i = 0; i < n; i++)
        x |= (uint64_t)(unsigned char)at[i] << 8 * i;
    return x;
}

static inline void sip_word(uint64_t v[4], uint64_t word, int rounds)
{
    v[3] ^= word;
    sip_rounds(v, rounds);
    v[0] ^= word;
}

/* All of the text, its length in the last word. */
static inline void sip_text(uint64_t v[4], pl_str text, int rounds)
{
    size_t i = 0;

    for (; i + 8 <= text.len; i += 8)
        sip_word(v, sip_little_endian(text.ptr + i, 8), rounds);
    sip_word(v, (text.len > i ? sip_little_endian(text.ptr + i, text.len - i) : 0) | (uint64_t)text.len << 56, rounds);
}

static inline uint64_t sip_end(uint64_t v[4], int rounds)
{
    sip_rounds(v, rounds);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

#endif
