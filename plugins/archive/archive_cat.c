/* archive_cat.c - gzip files of any make as they were before, as far as they are whole. */
#include "archive_cat.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "archive_read.h"

static enum cat_result write_all(int out, pl_str bytes, char *message, size_t size)
{
    while (bytes.len) {
        const ssize_t n = write(out, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EPIPE)
            return CAT_CLOSED;
        if (n <= 0) {
            snprintf(message, size, "cannot write: %s", strerror(errno));
            return CAT_STOP;
        }
        bytes = (pl_str){bytes.ptr + n, bytes.len - (size_t)n};
    }
    return CAT_OK;
}

enum cat_result archive_cat_open(int in, const char *name, int out, char *message, size_t size)
{
    struct archive_read *r = archive_read_new(in, name, message, size);
    struct archive_chunk c;
    enum cat_result rc = CAT_STOP;

    while (r) {
        const enum read_result got = archive_read_next(r, &c);
        rc = got == READ_OK ? write_all(out, c.bytes, message, size)
             : got == READ_END ? CAT_OK
             : got == READ_FAULT ? CAT_FAULT
                                 : CAT_STOP;
        if (got != READ_OK || rc != CAT_OK)
            break;
    }
    archive_read_free(r);
    return rc;
}

enum cat_result archive_cat(const char *path, int out, char *message, size_t size)
{
    if (strcmp(path, "-") == 0)
        return archive_cat_open(STDIN_FILENO, "standard input", out, message, size);
    const int in = open(path, O_RDONLY | O_CLOEXEC);
    if (in < 0) {
        snprintf(message, size, "cannot open '%s': %s", path, strerror(errno));
        return CAT_FAULT;
    }
    const enum cat_result rc = archive_cat_open(in, path, out, message, size);
    close(in);
    return rc;
}
