/* warc_digest.c - digests as WARC has them: "sha1:" and base 32. */
#include "warc_digest.h"

#include <strings.h>

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
static const char *const names[] = {"sha1", "sha256", "md5"};
static const size_t sizes[] = {SHA1_DIGEST_SIZE, SHA256_DIGEST_SIZE, MD5_DIGEST_SIZE};

void warc_digest_begin(struct warc_digest *d, enum warc_digest_by by)
{
    d->by = by;
    if (by == WARC_SHA256)
        sha256_init(&d->state.sha256);
    else if (by == WARC_MD5)
        md5_init(&d->state.md5);
    else
        sha1_init(&d->state.sha1);
}

void warc_digest_add(struct warc_digest *d, pl_str bytes)
{
    if (bytes.len == 0)
        return;
    if (d->by == WARC_SHA256)
        sha256_update(&d->state.sha256, bytes.len, (const uint8_t *)bytes.ptr);
    else if (d->by == WARC_MD5)
        md5_update(&d->state.md5, bytes.len, (const uint8_t *)bytes.ptr);
    else
        sha1_update(&d->state.sha1, bytes.len, (const uint8_t *)bytes.ptr);
}

size_t warc_digest_end(struct warc_digest *d, uint8_t out[WARC_DIGEST_MOST])
{
    if (d->by == WARC_SHA256)
        sha256_digest(&d->state.sha256, SHA256_DIGEST_SIZE, out);
    else if (d->by == WARC_MD5)
        md5_digest(&d->state.md5, MD5_DIGEST_SIZE, out);
    else
        sha1_digest(&d->state.sha1, SHA1_DIGEST_SIZE, out);
    return sizes[d->by];
}

size_t warc_digest_text(enum warc_digest_by by, const uint8_t *digest, size_t n, char out[WARC_DIGEST_TEXT])
{
    size_t len = (size_t)snprintf(out, WARC_DIGEST_TEXT, "%s:", names[by]);
    unsigned bits = 0, n_bits = 0;

    for (size_t i = 0; i < n; i++) {
        bits = bits << 8 | digest[i];
        for (n_bits += 8; n_bits >= 5; n_bits -= 5)
            out[len++] = base32[bits >> (n_bits - 5) & 31];
    }
    if (n_bits)
        out[len++] = base32[bits << (5 - n_bits) & 31];
    /* RFC 4648 pads to eight; what others write of SHA-256 has it. */
    for (size_t pad = (8 - (n * 8 + 4) / 5 % 8) % 8; pad; pad--)
        out[len++] = '=';
    out[len] = 0;
    return len;
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int base32_value(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' : c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

/* Of either alphabet of RFC 4648. */
static int base64_value(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+' || c == '-' ? 62
           : c == '/' || c == '_' ? 63
                                  : -1;
}

static bool read_value(pl_str v, int bits_each, uint8_t *digest, size_t n)
{
    unsigned bits = 0, n_bits = 0;
    size_t done = 0;

    for (size_t i = 0; i < v.len; i++) {
        const char c = v.ptr[i];
        const int value = bits_each == 4 ? hex_value(c) : bits_each == 5 ? base32_value(c) : base64_value(c);
        if (value < 0)
            return false;
        bits = bits << bits_each | (unsigned)value;
        n_bits += (unsigned)bits_each;
        if (n_bits < 8)
            continue;
        if (done == n)
            return false;
        n_bits -= 8;
        digest[done++] = (uint8_t)(bits >> n_bits);
    }
    return done == n;
}

enum warc_digest_by warc_digest_read(pl_str text, uint8_t digest[WARC_DIGEST_MOST], size_t *n)
{
    const char *colon = text.len ? memchr(text.ptr, ':', text.len) : NULL;
    const size_t name = colon ? (size_t)(colon - text.ptr) : 0;

    for (int by = WARC_SHA1; by < WARC_UNKNOWN && colon && text.len < 128; by++) {
        pl_str v = {colon + 1, text.len - name - 1};
        if (name != strlen(names[by]) || strncasecmp(text.ptr, names[by], name) != 0)
            continue;
        while (v.len && v.ptr[v.len - 1] == '=')
            v.len--;
        *n = sizes[by];
        const int bits = v.len == 2 * *n ? 4 : v.len == (*n * 8 + 4) / 5 ? 5 : v.len == (*n * 8 + 5) / 6 ? 6 : 0;
        if (bits && read_value(v, bits, digest, *n))
            return (enum warc_digest_by)by;
    }
    return WARC_UNKNOWN;
}

bool warc_digest_named(pl_str text)
{
    for (int by = WARC_SHA1; by < WARC_UNKNOWN; by++) {
        const size_t n = strlen(names[by]);
        if (text.len > n && text.ptr[n] == ':' && strncasecmp(text.ptr, names[by], n) == 0)
            return true;
    }
    return false;
}

void warc_uuid(const pl_str *part, size_t n, uint8_t uuid[16])
{
    struct sha256_ctx sha;

    sha256_init(&sha);
    for (size_t i = 0; i < n; i++) {
        if (part[i].len)
            sha256_update(&sha, part[i].len, (const uint8_t *)part[i].ptr);
        sha256_update(&sha, 1, (const uint8_t *)"");
    }
    sha256_digest(&sha, 16, uuid);
    uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x80);
    uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
}

void warc_uuid_text(const uint8_t u[16], char out[WARC_UUID_TEXT])
{
    snprintf(out, WARC_UUID_TEXT, "<urn:uuid:%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x>", u[0], u[1],
             u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14], u[15]);
}
