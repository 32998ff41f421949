/* fetch_store_key.c - an address as a number of 128 bits: SipHash-2-4 under the store's own secret.
 *
 * From the paper, https://www.aumasson.jp/siphash/siphash.pdf; its double output as in the authors' later note: 0xee goes
 * into v1 at the start and into v2 before the first half, 0xdd into v1 before the second. */
#include "fetch_store_key.h"

struct sip {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static uint64_t little_endian(const unsigned char *p)
{
    uint64_t x = 0;

    for (int i = 7; i >= 0; i--)
        x = x << 8 | p[i];
    return x;
}

static void rounds(struct sip *s, int n)
{
    while (n-- > 0) {
        s->v0 += s->v1;
        s->v1 = rotate(s->v1, 13) ^ s->v0;
        s->v0 = rotate(s->v0, 32);
        s->v2 += s->v3;
        s->v3 = rotate(s->v3, 16) ^ s->v2;
        s->v0 += s->v3;
        s->v3 = rotate(s->v3, 21) ^ s->v0;
        s->v2 += s->v1;
        s->v1 = rotate(s->v1, 17) ^ s->v2;
        s->v2 = rotate(s->v2, 32);
    }
}

static void compress(struct sip *s, uint64_t word)
{
    s->v3 ^= word;
    rounds(s, 2);
    s->v0 ^= word;
}

static uint64_t squeeze(struct sip *s)
{
    rounds(s, 4);
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

void store_key_make(struct store_key *key, const uint8_t secret[16], pl_str text)
{
    const uint64_t k0 = little_endian(secret), k1 = little_endian(secret + 8);
    struct sip s = {k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d ^ 0xee, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573};
    const unsigned char *p = (const unsigned char *)text.ptr;
    const size_t whole = text.len / 8 * 8;
    uint64_t last = (uint64_t)text.len << 56;

    for (size_t i = 0; i < whole; i += 8)
        compress(&s, little_endian(p + i));
    for (size_t i = whole; i < text.len; i++)
        last |= (uint64_t)p[i] << 8 * (i - whole);
    compress(&s, last);
    s.v2 ^= 0xee;
    key->hi = squeeze(&s);
    s.v1 ^= 0xdd;
    key->lo = squeeze(&s);
}
