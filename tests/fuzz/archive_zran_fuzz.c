/* archive_zran_fuzz.c - any bytes as a file of points, and as the archive it is of: read from at any place and verified. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../shared/deflate.h"
#include "archive_index_file.h"
#include "archive_zran.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

/* The checksums of the foot, of the points and of their windows are made right. */
static void make_right(uint8_t *b, size_t size, size_t archive_len)
{
    if (size < ZRAN_FOOT)
        return;
    uint8_t *foot = b + size - ZRAN_FOOT;
    const size_t room = (size - ZRAN_FOOT) / ZRAN_POINT, n = room < 3 ? room : 3, table = size - ZRAN_FOOT - n * ZRAN_POINT;
    memcpy(foot, "PLZRAN\n\1", 8);
    put_le(foot + 8, n, 8);
    put_le(foot + 16, table, 8);
    put_le(foot + 24, get_le(foot + 24, 3), 8);
    put_le(foot + 32, archive_len, 8);
    put_le(foot + ZRAN_FOOT - 4, deflate_crc32(0, foot, ZRAN_FOOT - 4), 4);
    for (size_t i = 0; i < n; i++) {
        uint8_t *e = b + table + i * ZRAN_POINT;
        const uint64_t window = get_le(e + 12, 6), packed = get_le(e + 18, 2);
        if (window <= table && packed <= table - window)
            put_le(e + 24, deflate_crc32(0, b + window, packed), 4);
        put_le(e + 28, deflate_crc32(0, e, 28), 4);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int archive = -1, points = -1;
    static unsigned char copy[1 << 16];
    static char path[64];
    char to[500], message[600];
    bool missing;

    if (archive < 0) {
        archive = memfd_create("archive", 0);
        points = memfd_create("points", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", points);
    }
    if (size < 5 || size > sizeof copy)
        return 0;
    const size_t cut = (size_t)(data[1] | data[2] << 8), n = size - 5, len = cut < n ? cut : n;
    const uint64_t offset = (uint64_t)(data[3] | data[4] << 8);
    memcpy(copy, data + 5, n);
    need(ftruncate(archive, 0) == 0 && pwrite(archive, copy, len, 0) == (ssize_t)len);
    if (data[0] & 1)
        make_right(copy + len, n - len, len);
    need(ftruncate(points, 0) == 0 && pwrite(points, copy + len, n - len, 0) == (ssize_t)(n - len));
    message[0] = 0;
    struct archive_zran *z = archive_zran_open(path, &missing, message, sizeof message);
    need(z || message[0]);
    for (int i = 0; z && i < 3; i++) {
        message[0] = 0;
        const int rc = archive_zran_read(z, archive, offset * (uint64_t)(3 - i), to, sizeof to, message, sizeof message);
        need(rc == PL_OK || message[0]);
    }
    if (z)
        archive_zran_verify(z, message, sizeof message);
    archive_zran_close(z);
    return 0;
}
