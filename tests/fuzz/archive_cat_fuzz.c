/* archive_cat_fuzz.c - any bytes as a gzip file: read to an end or a message, in bounded memory. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "archive_bgzf.h"
#include "archive_cat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

/* The bytes as they are, and as what a block holds. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int in = -1, out = -1;
    static struct deflater b[10]; /* one a level: making one takes longer than all else */
    static unsigned char block[BGZF_BLOCK];
    char message[256] = "";
    size_t n;

    if (in < 0) {
        in = memfd_create("fuzz", 0);
        out = open("/dev/null", O_WRONLY);
    }
    need(ftruncate(in, 0) == 0 && pwrite(in, data, size, 0) == (ssize_t)size && lseek(in, 0, SEEK_SET) == 0);
    const enum cat_result rc = archive_cat_open(in, "FILE", out, message, sizeof message);
    need(rc == CAT_OK || message[0]);
    bgzf_size((pl_str){(const char *)data, size});

    if (size == 0 || size > BGZF_INPUT)
        return 0;
    const int level = 1 + data[0] % 9;
    need(bgzf_compress(&b[level], DEFLATE_ZLIB, level, (pl_str){(const char *)data, size}, block, &n) == PL_OK);
    need(bgzf_size((pl_str){(const char *)block, n}) == n);
    need(ftruncate(in, 0) == 0 && pwrite(in, block, n, 0) == (ssize_t)n);
    need(pwrite(in, bgzf_end, BGZF_END, (off_t)n) == BGZF_END && lseek(in, 0, SEEK_SET) == 0);
    need(archive_cat_open(in, "FILE", out, message, sizeof message) == CAT_OK);
    return 0;
}
