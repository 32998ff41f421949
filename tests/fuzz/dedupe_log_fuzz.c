/* dedupe_log_fuzz.c - any bytes as a log of kept texts, and any bytes as its entries with their checksums right. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "dedupe_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What restores is an index to look things up in, and the same once more; what does not leaves the file as it was. */
static void check_log(const uint8_t *bytes, size_t size, const struct dedupe_log_mark *mark)
{
    static unsigned char *buf; /* made once: a new one takes longer than all the rest */
    struct dedupe_index *ix = dedupe_index_new(0.4);
    const int fd = memfd_create("sketches", MFD_CLOEXEC);
    struct stat st;

    buf = buf ? buf : malloc(1 << 20);
    struct dedupe_log l = {.fd = fd, .path = strdup("sketches"), .buf = buf};
    if (!ix || fd < 0 || !l.path || !l.buf || write(fd, bytes, size) != (ssize_t)size)
        abort();
    const int rc = dedupe_log_restore(&l, mark, ix);
    assert(fstat(fd, &st) == 0);
    assert((uint64_t)st.st_size == (rc == PL_OK ? mark->length : size));
    assert(dedupe_index_count(ix) <= size / 16);
    if (rc == PL_OK) {
        struct dedupe_index *again = dedupe_index_new(0.4);
        assert(dedupe_index_count(ix) == mark->entries);
        assert(again && dedupe_log_restore(&l, mark, again) == PL_OK);
        dedupe_index_free(again);
    } else {
        assert(strstr(l.message, "sketches"));
    }
    for (uint32_t i = 0; i < dedupe_index_count(ix); i++)
        assert(dedupe_index_name(ix, i).len <= size);
    l.buf = NULL;
    dedupe_log_close(&l);
    dedupe_index_free(ix);
}

/* The checksums of a log made right, as far as its lengths make sense. */
static struct dedupe_log_mark mend(uint8_t *bytes, size_t size)
{
    struct dedupe_log_mark mark = {0};
    uint32_t head[4];

    while (size - mark.length >= sizeof head) {
        uint8_t *at = bytes + mark.length;
        memcpy(head, at, sizeof head);
        const uint64_t len = (uint64_t)head[0] + head[1];
        if (len > size - mark.length - sizeof head)
            break;
        head[2] = (uint32_t)crc32_z(mark.crc, at, 8);
        head[3] = (uint32_t)crc32_z(head[2], at + sizeof head, (size_t)len);
        memcpy(at, head, sizeof head);
        mark.length += sizeof head + len;
        mark.entries++;
        mark.crc = head[3];
    }
    return mark;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    if (!copy)
        abort();
    memcpy(copy, data, size);
    check_log(data, size, &(struct dedupe_log_mark){.length = size});
    const struct dedupe_log_mark mark = mend(copy, size);
    check_log(copy, size, &mark);
    free(copy);
    return 0;
}
