/* dedupe_keys.c - the signature of a document: the keys under which it is found, and what is kept of it. */
#include "dedupe_keys.h"

#include "dedupe_words.h"

/* Odd, and half of its bits set: 2^64 / golden ratio. */
#define BASE UINT64_C(0x9E3779B97F4A7C15)

enum { SHA256_HEX = 64 };

/* Then the keys, then the payload. */
struct signature_head {
    uint32_t n_keys, payload_len;
};

/* Then the shingles, then the id. */
struct payload_head {
    uint64_t digest[2];
    uint32_t words, level, n, id_len;
};

static uint64_t hash_bytes(uint64_t seed, const char *at, size_t len)
{
    uint64_t hash = dedupe_mix(seed ^ len * BASE), tail = 0;

    for (; len >= 8; at += 8, len -= 8) {
        unsigned char b[8];
        memcpy(b, at, sizeof b);
        uint64_t word = 0;
        for (size_t i = 0; i < 8; i++)
            word |= (uint64_t)b[i] << 8 * i;
        hash = dedupe_mix((hash ^ word) * BASE);
    }
    for (size_t i = 0; i < len; i++)
        tail |= (uint64_t)(unsigned char)at[i] << 8 * i;
    return dedupe_mix((hash ^ tail) * BASE);
}

uint64_t dedupe_scope(uint64_t scope, pl_type type, pl_str value)
{
    return hash_bytes(dedupe_mix(scope + BASE) ^ (uint64_t)type, value.ptr, value.len);
}

/* ---- URL and origin ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool skip(pl_str *s, const char *prefix)
{
    const size_t len = strlen(prefix);

    if (s->len < len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (lower(s->ptr[i]) != prefix[i])
            return false;
    s->ptr += len;
    s->len -= len;
    return true;
}

static bool ends(pl_str s, const char *end)
{
    const size_t len = strlen(end);
    return s.len >= len && memcmp(s.ptr + s.len - len, end, len) == 0;
}

static size_t until(pl_str s, const char *stops)
{
    size_t n = 0;
    while (n < s.len && (s.ptr[n] == 0 || !strchr(stops, s.ptr[n])))
        n++;
    return n;
}

static uint64_t hash_host(pl_str host)
{
    uint64_t hash = BASE;

    skip(&host, "www.");
    if (ends(host, ":80"))
        host.len -= 3;
    else if (ends(host, ":443"))
        host.len -= 4;
    if (ends(host, "."))
        host.len--;
    for (size_t i = 0; i < host.len; i++)
        hash = dedupe_mix(hash * BASE + (unsigned char)lower(host.ptr[i]));
    return hash;
}

uint64_t dedupe_url_hash(pl_str url)
{
    if (!skip(&url, "http:"))
        skip(&url, "https:");
    if (!skip(&url, "//"))
        return 0;
    url.len = until(url, "#");
    const pl_str host = {url.ptr, until(url, "/?")};
    pl_str path = {url.ptr + host.len, url.len - host.len};
    pl_str query = path;
    path.len = until(path, "?");
    query.ptr += path.len;
    query.len -= path.len;
    while (ends(path, "/"))
        path.len--;
    if (host.len == 0 || path.len == 0)
        return 0;
    if (query.len == 1)
        query.len = 0;
    const uint64_t hash = hash_bytes(hash_bytes(hash_host(host), path.ptr, path.len), query.ptr, query.len);
    return hash ? hash : 1;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

uint64_t dedupe_origin_hash(pl_str origin)
{
    for (size_t i = 0; i < SHA256_HEX; i++)
        if (i >= origin.len || !is_hex(origin.ptr[i]))
            return 0;
    if (origin.len == SHA256_HEX || origin.ptr[SHA256_HEX] != ':')
        return 0;
    const uint64_t hash = hash_bytes(BASE, origin.ptr, until(origin, " "));
    return hash ? hash : 1;
}

/* ---- signatures ---- */

static uint64_t make_key(const struct dedupe_subject *subject, enum dedupe_key_kind kind, uint64_t hash)
{
    const uint64_t mixed = dedupe_mix(hash ^ dedupe_mix(subject->scope + BASE * (uint64_t)(kind + 1)));
    return (mixed & ~UINT64_C(7)) | (uint64_t)kind;
}

struct sizes {
    size_t keys, payload;
    uint64_t url, origin; /* 0: no such key */
    bool claims;
};

static struct sizes measure(const struct dedupe_sketcher *k, const struct dedupe_subject *subject)
{
    const struct dedupe_sketch *s = dedupe_last_sketch(k);
    struct sizes z = {.url = dedupe_url_hash(subject->url), .origin = dedupe_origin_hash(subject->origin)};
    size_t samples = 0;

    z.claims = z.origin != 0 || (subject->origin.len > 0 && subject->retried);
    if (!z.origin && subject->origin.len > 0)
        z.origin = hash_bytes(BASE, subject->origin.ptr, subject->origin.len) ^ dedupe_mix(s->digest[0]);

    if (subject->samples)
        dedupe_last_samples(k, &samples);
    z.keys = 1 + DEDUPE_BANDS + (z.url ? 1u : 0u) + (z.origin ? 1u : 0u) + (z.claims ? 1u : 0u) + samples;
    z.payload = sizeof(struct payload_head) + s->n * sizeof s->shingle[0] + subject->id.len;
    return z;
}

size_t dedupe_sign_size(const struct dedupe_sketcher *k, const struct dedupe_subject *subject)
{
    if (dedupe_last_sketch(k)->words == 0 || subject->id.len > DEDUPE_MAX_ID)
        return 0;
    const struct sizes z = measure(k, subject);
    return sizeof(struct signature_head) + z.keys * sizeof(uint64_t) + z.payload;
}

static uint64_t *write_keys(const struct dedupe_sketcher *k, const struct dedupe_subject *subject, const struct sizes *z,
                            uint64_t *key)
{
    const struct dedupe_sketch *s = dedupe_last_sketch(k);
    size_t n_samples;
    const uint64_t *sample = dedupe_last_samples(k, &n_samples);

    *key++ = make_key(subject, DEDUPE_KEY_DIGEST, dedupe_mix(s->digest[0]) ^ s->digest[1]);
    if (z->origin)
        *key++ = make_key(subject, DEDUPE_KEY_ORIGIN, z->origin);
    if (z->origin && z->claims)
        *key++ = make_key(subject, DEDUPE_KEY_CLAIM, dedupe_mix(z->origin) ^ subject->run);
    if (z->url)
        *key++ = make_key(subject, DEDUPE_KEY_URL, z->url);
    for (size_t i = 0; i < DEDUPE_BANDS; i++)
        *key++ = make_key(subject, DEDUPE_KEY_BAND, s->band[i]);
    for (size_t i = 0; subject->samples && i < n_samples; i++)
        *key++ = make_key(subject, DEDUPE_KEY_SAMPLE, sample[i]);
    return key;
}

void dedupe_sign(const struct dedupe_sketcher *k, const struct dedupe_subject *subject, void *to)
{
    const struct dedupe_sketch *s = dedupe_last_sketch(k);
    const struct sizes z = measure(k, subject);
    const struct signature_head head = {(uint32_t)z.keys, (uint32_t)z.payload};
    const struct payload_head doc = {.digest = {s->digest[0], s->digest[1]},
                                     .words = s->words,
                                     .level = s->level,
                                     .n = s->n,
                                     .id_len = (uint32_t)subject->id.len};

    memcpy(to, &head, sizeof head);
    char *at = (char *)write_keys(k, subject, &z, (uint64_t *)to + sizeof head / sizeof(uint64_t));
    memcpy(at, &doc, sizeof doc);
    at += sizeof doc;
    memcpy(at, s->shingle, s->n * sizeof s->shingle[0]);
    at += s->n * sizeof s->shingle[0];
    if (subject->id.len)
        memcpy(at, subject->id.ptr, subject->id.len);
}

bool dedupe_signature_read(pl_str bytes, struct dedupe_signature *s)
{
    struct signature_head head;
    struct dedupe_doc doc;

    _Static_assert(sizeof head == sizeof(uint64_t), "the keys stand behind it, aligned");
    if (bytes.len < sizeof head || (uintptr_t)bytes.ptr % sizeof(uint64_t) != 0)
        return false;
    memcpy(&head, bytes.ptr, sizeof head);
    const size_t keys = head.n_keys * sizeof(uint64_t);
    if (head.n_keys == 0 || head.n_keys > DEDUPE_MAX_KEYS || bytes.len - sizeof head < keys ||
        bytes.len - sizeof head - keys != head.payload_len)
        return false;
    *s = (struct dedupe_signature){.key = (const void *)(bytes.ptr + sizeof head),
                                   .n = head.n_keys,
                                   .payload = {bytes.ptr + sizeof head + keys, head.payload_len}};
    return dedupe_doc_read(s->payload, &doc);
}

bool dedupe_doc_read(pl_str payload, struct dedupe_doc *doc)
{
    struct payload_head head;

    if (payload.len < sizeof head)
        return false;
    memcpy(&head, payload.ptr, sizeof head);
    const size_t shingles = head.n * sizeof(uint32_t);
    if (head.words == 0 || head.n == 0 || head.n > DEDUPE_MAX_SHINGLES || head.level > 31 ||
        payload.len - sizeof head < shingles || payload.len - sizeof head - shingles != head.id_len || head.id_len > DEDUPE_MAX_ID)
        return false;
    *doc = (struct dedupe_doc){.digest = {head.digest[0], head.digest[1]},
                               .words = head.words,
                               .level = head.level,
                               .n = head.n,
                               .shingles = payload.ptr + sizeof head,
                               .id = {payload.ptr + sizeof head + shingles, head.id_len}};
    return true;
}
