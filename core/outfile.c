/* outfile.c - a file that appears under its name only when it is whole. */
#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fileio.h"
#include "str.h"

static int fail(struct outfile *f, const char *what)
{
    if (!f->part.failed) {
        f->part.failed = what;
        f->part.error = errno;
    }
    return -1;
}

/* The name of the part; the caller frees. */
static char *begin(struct outfile *f, pl_str path)
{
    struct buf part = {0};

    *f = (struct outfile){.path = str_dup(path), .part = {.fd = -1}};
    buf_add(&part, path);
    buf_addz(&part, ".part");
    char *name = str_dup(buf_view(&part));
    buf_done(&part);
    return name;
}

int outfile_open(struct outfile *f, pl_str path)
{
    char *part = begin(f, path);
    int rc;

    if (path.len == 0) {
        f->part.path = part;
        errno = ENOENT;
        return fail(f, "open");
    }
    rc = appendfile_create(&f->part, str_of(part));
    free(part);
    return rc;
}

static bool has(const char *path, uint64_t length)
{
    struct stat st;

    return lstat(path, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size >= length;
}

/* Whether the file under its final name begins with what we wrote; every file begins with nothing. */
static bool is_ours(const char *path, uint64_t length, uint32_t crc)
{
    const int fd = length && has(path, length) ? file_open(path, O_RDONLY) : -1;
    uint32_t found;
    const bool ours = fd >= 0 && file_crc(fd, length, &found) == 0 && found == crc;

    if (fd >= 0)
        close(fd);
    return ours;
}

int outfile_resume(struct outfile *f, pl_str path, uint64_t length, uint32_t crc)
{
    char *part = begin(f, path);
    int rc;

    /* It got its name, and then the process ended before the journal said so. */
    if (!has(part, length) && is_ours(f->path, length, crc) && rename(f->path, part) != 0) {
        f->part.path = part;
        return fail(f, "rename");
    }
    rc = appendfile_resume(&f->part, str_of(part), length, crc);
    free(part);
    return rc;
}

int outfile_write(struct outfile *f, pl_str bytes)
{
    return appendfile_write(&f->part, bytes);
}

int outfile_sync(struct outfile *f)
{
    return appendfile_sync(&f->part);
}

int outfile_publish(struct outfile *f)
{
    if (outfile_sync(f) != 0)
        return -1;
    if (rename(f->part.path, f->path) != 0)
        return fail(f, "rename");
    return folder_sync_of(f->path) != 0 ? fail(f, "sync the folder of") : 0;
}

void outfile_close(struct outfile *f)
{
    appendfile_close(&f->part);
    free(f->path);
    f->path = NULL;
}

void outfile_discard(struct outfile *f)
{
    if (f->part.fd >= 0)
        unlink(f->part.path);
    outfile_close(f);
}

void outfile_explain(const struct outfile *f, struct buf *b)
{
    appendfile_explain(&f->part, b);
}
