/* fetch_lines_fuzz.c - the lines of any bytes, plain or gzip data: each byte once, in bounded memory, and the same again
 * from the middle. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fetch_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

struct walk {
    uint64_t n_lines, offset;
    uint64_t half_number, half_offset; /* behind line `half` */
    uint64_t sum;                      /* of what stands behind it */
    bool fault;
};

static struct walk walk(struct lines *l, int fd, size_t max, uint64_t number, uint64_t offset, uint64_t half)
{
    struct walk w = {0};
    pl_str line;

    need(lseek(fd, 0, SEEK_SET) == 0);
    lines_begin(l, fd, UINT64_MAX, max, number, offset);
    for (;;) {
        const enum lines_result rc = lines_next(l, &line);
        if (rc == LINES_BUSY || rc == LINES_WAIT)
            continue;
        need(line.len <= max);
        need(l->buf.cap <= 2 * (max + 2 * STREAM_CHUNK));
        if (rc == LINES_END)
            break;
        w.fault = w.fault || rc == LINES_FAULT;
        if (l->number > half) {
            w.sum = w.sum * 31 + line.len + (rc == LINES_LONG ? l->lost : 0);
            for (size_t i = 0; i < line.len; i++)
                w.sum = w.sum * 31 + (unsigned char)line.ptr[i];
        }
        if (l->number == half) {
            w.half_number = l->number;
            w.half_offset = l->offset;
        }
        if (rc == LINES_FAULT)
            break;
    }
    w.n_lines = l->number;
    w.offset = l->offset;
    return w;
}

/* The first byte is the longest line that is allowed, in steps of 64. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lines l;
    static struct gunzip g;
    static struct bytes out;
    static int fd = -1;

    if (size < 2)
        return 0;
    const size_t max = (size_t)data[0] * 64;
    const uint8_t *file = data + 1;
    const size_t n = size - 1;
    if (fd < 0)
        fd = memfd_create("fuzz", 0);
    need(ftruncate(fd, 0) == 0 && pwrite(fd, file, n, 0) == (ssize_t)n);

    const struct walk first = walk(&l, fd, max, 0, 0, 1);
    if (!gunzip_is((pl_str){(const char *)file, n}))
        need(first.offset == n && !first.fault);
    if (first.half_number && !first.fault) {
        const struct walk again = walk(&l, fd, max, first.half_number, first.half_offset, first.half_number);
        need(again.n_lines == first.n_lines && again.offset == first.offset && again.sum == first.sum);
    }
    gunzip_all(&g, (pl_str){(const char *)file, n}, max, &out);
    need(out.len <= max);
    return 0;
}
