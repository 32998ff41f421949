/* warc_digest.h - digests as WARC has them: "sha1:" and base 32. */
#ifndef WARC_DIGEST_H
#define WARC_DIGEST_H

#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include "pressline.h"

enum warc_digest_by { WARC_SHA1, WARC_SHA256, WARC_MD5, WARC_UNKNOWN };

enum { WARC_DIGEST_MOST = 32, WARC_DIGEST_TEXT = 80 };

struct warc_digest {
    enum warc_digest_by by;
    union {
        struct sha1_ctx sha1;
        struct sha256_ctx sha256;
        struct md5_ctx md5;
    } state;
};

void warc_digest_begin(struct warc_digest *d, enum warc_digest_by by);
void warc_digest_add(struct warc_digest *d, pl_str bytes);
/* The digest, and how many bytes it has. */
size_t warc_digest_end(struct warc_digest *d, uint8_t out[WARC_DIGEST_MOST]);

/* "sha1:G7HRM7BGOKSKMSXZAHMUQTTV53QOFSMK" and a NUL; its length. */
size_t warc_digest_text(enum warc_digest_by by, const uint8_t *digest, size_t n, char out[WARC_DIGEST_TEXT]);

/* Reads "ALGORITHM:VALUE", the value in base 32 or 64 or hexadecimal.  WARC_UNKNOWN: another algorithm, or no such value. */
enum warc_digest_by warc_digest_read(pl_str text, uint8_t digest[WARC_DIGEST_MOST], size_t *n);

/* Does it begin with the name of an algorithm that is known here? */
bool warc_digest_named(pl_str text);

/* The 16 bytes of a UUID made of these parts (RFC 9562, version 8: of their SHA-256). */
void warc_uuid(const pl_str *part, size_t n, uint8_t uuid[16]);
/* "<urn:uuid:...>" and a NUL. */
enum { WARC_UUID_TEXT = 48 };
void warc_uuid_text(const uint8_t uuid[16], char out[WARC_UUID_TEXT]);

#endif
