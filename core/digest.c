/* digest.c - SHA-256 of bytes in memory and of files. */
#include "digest.h"

#include <errno.h>
#include <stdlib.h>

#include "fileio.h"

enum { PIECE = 1 << 16 };

void digest_of(pl_str bytes, uint8_t digest[SHA256_DIGEST_SIZE])
{
    struct sha256_ctx ctx;

    sha256_init(&ctx);
    sha256_update(&ctx, bytes.len, (const uint8_t *)bytes.ptr);
    sha256_digest(&ctx, SHA256_DIGEST_SIZE, digest);
}

int digest_of_file(int fd, uint8_t digest[SHA256_DIGEST_SIZE])
{
    struct sha256_ctx ctx;
    uint8_t *piece = malloc(PIECE);
    ssize_t n = -1;

    errno = ENOMEM;
    sha256_init(&ctx);
    while (piece && (n = file_read(fd, piece, PIECE)) > 0)
        sha256_update(&ctx, (size_t)n, piece);
    sha256_digest(&ctx, SHA256_DIGEST_SIZE, digest);
    free(piece);
    return n < 0 ? -1 : 0;
}

void digest_hex(const uint8_t *digest, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[2 * n] = 0;
}
