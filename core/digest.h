/* digest.h - SHA-256 (FIPS 180-4) of bytes in memory and of files. */
#ifndef DIGEST_H
#define DIGEST_H

#include <nettle/sha2.h>

#include "pressline.h"

enum { DIGEST_HEX = 2 * SHA256_DIGEST_SIZE };

void digest_of(pl_str bytes, uint8_t digest[SHA256_DIGEST_SIZE]);
/* The rest of an open file; 0, or -1 with errno set. */
int digest_of_file(int fd, uint8_t digest[SHA256_DIGEST_SIZE]);

/* The first `n` bytes of a digest as 2 n lower-case digits and a NUL. */
void digest_hex(const uint8_t *digest, size_t n, char *out);

#endif
