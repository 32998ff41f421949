/* dedupe_lines_fuzz.c - any bytes as a shard, plain or gzip: its lines are its bytes, or it is refused. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dedupe_shard_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { LONGEST = 64 };
    const int fd = memfd_create("shard", MFD_CLOEXEC);
    struct dedupe_lines l;
    struct dedupe_line line;
    char path[64];
    uint64_t bytes = 0, lines = 0;
    int got;

    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (dedupe_lines_open(&l, path, LONGEST) != PL_OK)
        abort();
    while ((got = dedupe_lines_next(&l, &line)) == 1 && bytes < 1 << 24) {
        assert(line.bytes.len > 0 && line.number == lines + 1);
        assert(!memchr(line.bytes.ptr, '\n', line.bytes.len - 1));
        if (!l.gzip)
            assert(memcmp(data + bytes, line.bytes.ptr, line.bytes.len) == 0);
        bytes += line.bytes.len;
        lines += line.last;
    }
    assert(got >= 0 ? l.gzip || bytes == size : strstr(l.message, path) || strstr(l.message, "memory"));
    assert(got != 0 || l.mark.bytes == bytes);
    dedupe_lines_close(&l);
    close(fd);
    return 0;
}
