/* dedupe_shard_disk.h - a signature file as it lies on the disk: for those who write and read one. */
#ifndef DEDUPE_SHARD_DISK_H
#define DEDUPE_SHARD_DISK_H

#include <stdint.h>
#include <zlib.h>

#include "dedupe_keys.h"

#define SIG_MAGIC "pl-dedupe-sig\r\n"
#define SIG_END "pl-dedupe-end\r\n"

enum {
    SIG_FORMAT = 1,
    SIG_ORDER = 0x01020304,
    SIG_URL = 1,
    SIG_SAMPLES = 2,
    SIG_MAX_NAMES = 4096, /* bytes of scope, and of the shard's name */
    SIG_MAX_SIGNATURE = 1 << 26
};

/* Then the scope, the shard's name, and zeros up to a multiple of eight. */
struct sig_head {
    char magic[16];
    uint32_t order, format;
    uint32_t shingle_words, minhashes, bands, max_shingles, sampled_of, max_samples;
    uint64_t hashing; /* a hash of the keys of a sentence: the same where the method is */
    uint32_t flags, scope_len, shard_len;
    uint32_t crc; /* of all before, the scope and the name */
};

/* Then the signature, which is a multiple of four bytes, and zeros up to one of eight. */
struct sig_doc_head {
    uint64_t line;
    uint32_t size;
    uint32_t crc; /* of the line, the size, the signature */
};

struct sig_foot {
    uint64_t documents, keys;
    uint64_t places_at, keys_at; /* the documents begin behind the head */
    uint64_t lines, bytes;
    uint32_t shard_crc, places_crc, keys_crc;
    uint32_t crc; /* of the foot without this and the magic */
    char magic[16];
};

_Static_assert(sizeof(struct sig_head) == 72 && sizeof(struct sig_doc_head) == 16 && sizeof(struct sig_foot) == 80,
               "no padding is written");

static inline uint64_t sig_padded(uint64_t n)
{
    return (n + 7) & ~UINT64_C(7);
}

static inline uint32_t sig_crc(uint32_t crc, const void *bytes, size_t n)
{
    return (uint32_t)crc32_z(crc, bytes, n);
}

/* What this build would write there, but for the options and names. */
struct sig_head sig_head_here(void);

#endif
