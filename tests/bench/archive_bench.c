/* archive_bench.c - the bare compressor: a file cut into blocks, each compressed, nothing written.
 *
 *   archive_bench zlib|libdeflate LEVEL BLOCK FILE
 *
 * prints CPU seconds and the bytes that came of it, with the 26 that a gzip member of BGZF has around them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "deflate.h"

enum { AROUND = 26 };

static double cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static char *slurp(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");

    if (!f || fseek(f, 0, SEEK_END) != 0)
        return NULL;
    const long size = ftell(f);
    rewind(f);
    char *at = size < 0 ? NULL : malloc((size_t)size + 1);
    *n = at ? fread(at, 1, (size_t)size, f) : 0;
    fclose(f);
    return at;
}

int main(int argc, char **argv)
{
    size_t n = 0, out_bytes = 0;
    char *in = argc == 5 ? slurp(argv[4], &n) : NULL;
    const size_t block = argc == 5 ? (size_t)atol(argv[3]) : 0;
    char *out = block ? malloc(deflate_bound(block)) : NULL;

    if (!in || !out) {
        fprintf(stderr, "archive_bench zlib|libdeflate LEVEL BLOCK FILE\n");
        return 64;
    }
    const enum deflate_by by = strcmp(argv[1], "zlib") == 0 ? DEFLATE_ZLIB : DEFLATE_LIBDEFLATE;
    if (!deflate_has(by))
        return 77;
    struct deflater d = {0};
    const double start = cpu_seconds();
    for (size_t at = 0; at < n; at += block) {
        const pl_str piece = {in + at, n - at < block ? n - at : block};
        size_t len = 0;
        if (deflate_raw(&d, by, atoi(argv[2]), piece, out, deflate_bound(block), &len) != PL_OK)
            return 74;
        if (deflate_crc32(0, piece.ptr, piece.len) == 1)
            putchar(' '); /* so that it is worked out */
        out_bytes += len + AROUND;
    }
    printf("%.6f %zu\n", cpu_seconds() - start, out_bytes);
    deflater_done(&d);
    free(out);
    free(in);
    return 0;
}
