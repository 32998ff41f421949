/* fetch_store_key.c - an address as a number of 128 bits: SipHash-2-4 under the store's own secret.
 *
 * From the paper, https://www.aumasson.jp/siphash/siphash.pdf; its double output as in the authors' later note: 0xee goes
 * into v1 at the start and into v2 before the first half, 0xdd into v1 before the second. */
#include "fetch_store_key.h"

#include "../shared/sip.h"

void store_key_make(struct store_key *key, const uint8_t secret[16], pl_str text)
{
    const char *k = (const char *)secret;
    uint64_t v[4];

    sip_begin(v, sip_little_endian(k, 8), sip_little_endian(k + 8, 8));
    v[1] ^= 0xee;
    sip_text(v, text, 2);
    v[2] ^= 0xee;
    key->hi = sip_end(v, 4);
    v[1] ^= 0xdd;
    key->lo = sip_end(v, 4);
}
