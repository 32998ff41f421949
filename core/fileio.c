/* fileio.c - system calls on files, with what they all need. */
#include "fileio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "str.h"

enum { PIECE = 1 << 20 };

int file_open(const char *path, int flags)
{
    int fd;

    do
        fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0666);
    while (fd < 0 && errno == EINTR);
    return fd;
}

int file_write(int fd, pl_str bytes)
{
    while (bytes.len) {
        const ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0)
            errno = ENOSPC;
        if (n <= 0)
            return -1;
        bytes = str_sub(bytes, (size_t)n, bytes.len);
    }
    return 0;
}

ssize_t file_read(int fd, void *to, size_t n)
{
    size_t got = 0;

    while (got < n) {
        const ssize_t k = read(fd, (char *)to + got, n - got);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return -1;
        if (k == 0)
            break;
        got += (size_t)k;
    }
    return (ssize_t)got;
}

int file_truncate(int fd, uint64_t length)
{
    int rc;

    do
        rc = ftruncate(fd, (off_t)length);
    while (rc < 0 && errno == EINTR);
    return rc < 0 || lseek(fd, (off_t)length, SEEK_SET) < 0 ? -1 : 0;
}

int file_sync(int fd)
{
    int rc;

    do
        rc = fdatasync(fd);
    while (rc < 0 && errno == EINTR);
    return rc;
}

int file_load(const char *path, struct buf *b)
{
    const int fd = file_open(path, O_RDONLY);
    ssize_t n = -1;

    if (fd < 0)
        return -1;
    do {
        n = -1;
        errno = ENOMEM;
        if (!buf_room(b, PIECE))
            break;
        n = file_read(fd, b->ptr + b->len, PIECE);
        if (n > 0)
            b->len += (size_t)n;
    } while (n == PIECE);
    const int error = errno;
    close(fd);
    errno = error;
    return n < 0 ? -1 : 0;
}

uint32_t crc_of(uint32_t crc, pl_str bytes)
{
    return bytes.len ? (uint32_t)crc32_z(crc, (const unsigned char *)bytes.ptr, bytes.len) : crc;
}

int file_crc(int fd, uint64_t length, uint32_t *crc)
{
    char *piece = malloc(PIECE);
    int rc = piece && lseek(fd, 0, SEEK_SET) == 0 ? 0 : -1;

    *crc = 0;
    while (rc == 0 && length) {
        const size_t want = length < PIECE ? (size_t)length : PIECE;
        const ssize_t n = file_read(fd, piece, want);
        if (n >= 0 && (size_t)n < want)
            errno = ENODATA;
        if (n < 0 || (size_t)n < want)
            rc = -1;
        else
            *crc = crc_of(*crc, (pl_str){piece, want});
        length -= want;
    }
    free(piece);
    return rc;
}

/* The folder that `path` is in; the caller frees.  NULL with ENOMEM. */
static char *folder_of(const char *path)
{
    char *folder = strdup(path);
    char *slash = folder ? strrchr(folder, '/') : NULL;

    if (folder && !slash) {
        free(folder);
        return strdup(".");
    }
    if (slash)
        slash[slash == folder] = 0;
    return folder;
}

int folder_sync_of(const char *path)
{
    char *folder = folder_of(path);
    int fd = -1, rc = -1;

    if (folder) {
        do
            fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        while (fd < 0 && errno == EINTR);
    }
    if (fd >= 0) {
        do
            rc = fsync(fd);
        while (rc < 0 && errno == EINTR);
        const int error = errno;
        close(fd);
        errno = error;
    }
    free(folder);
    return rc;
}

int folder_make_above(const char *path)
{
    char *copy = strdup(path);
    int rc = copy ? 0 : -1;

    for (char *at = copy ? strchr(copy + 1, '/') : NULL; at && rc == 0; at = strchr(at + 1, '/')) {
        *at = 0;
        if (mkdir(copy, 0777) == 0)
            rc = folder_sync_of(copy);
        else if (errno != EEXIST)
            rc = -1;
        *at = '/';
    }
    const int error = errno;
    free(copy);
    errno = error;
    return rc;
}
