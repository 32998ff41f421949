/* outfile.c - a file that appears under its name only when it is whole. */
#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "str.h"

enum { PENDING = 1 << 16 };

static int fail(struct outfile *f, const char *what)
{
    if (!f->failed) {
        f->failed = what;
        f->error = errno;
    }
    return -1;
}

int outfile_make_folders(const char *path)
{
    char *copy = str_dup(str_of(path));
    int rc = 0;

    for (char *at = strchr(copy + 1, '/'); at && rc == 0; at = strchr(at + 1, '/')) {
        *at = 0;
        if (mkdir(copy, 0777) != 0 && errno != EEXIST)
            rc = -1;
        *at = '/';
    }
    free(copy);
    return rc;
}

int outfile_open(struct outfile *f, pl_str path)
{
    struct buf part = {0};

    *f = (struct outfile){.fd = -1};
    buf_add(&part, path);
    buf_addz(&part, ".part");
    f->path = str_dup(path);
    f->part = str_dup(buf_view(&part));
    buf_done(&part);
    if (path.len == 0) {
        errno = ENOENT;
        return fail(f, "open");
    }
    if (outfile_make_folders(f->path) != 0)
        return fail(f, "make the folder of");
    f->fd = open(f->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return f->fd < 0 ? fail(f, "open") : 0;
}

static int flush(struct outfile *f)
{
    size_t done = 0;

    if (f->failed)
        return -1;
    while (done < f->pending.len) {
        const ssize_t n = write(f->fd, f->pending.ptr + done, f->pending.len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fail(f, "write");
        done += (size_t)n;
    }
    buf_clear(&f->pending);
    return 0;
}

int outfile_write(struct outfile *f, pl_str bytes)
{
    if (f->failed)
        return -1;
    buf_add(&f->pending, bytes);
    if (f->pending.failed) {
        errno = ENOMEM;
        return fail(f, "write");
    }
    return f->pending.len >= PENDING ? flush(f) : 0;
}

int outfile_sync(struct outfile *f)
{
    if (flush(f) != 0)
        return -1;
    return fsync(f->fd) != 0 ? fail(f, "sync") : 0;
}

static int sync_folder(struct outfile *f)
{
    char *folder = str_dup(str_of(f->path));
    char *slash = strrchr(folder, '/');
    int rc = 0;

    if (slash)
        slash[slash == folder] = 0;
    const int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        rc = fail(f, "sync the folder of");
    if (fd >= 0)
        close(fd);
    free(folder);
    return rc;
}

int outfile_publish(struct outfile *f)
{
    if (outfile_sync(f) != 0)
        return -1;
    const int rc = close(f->fd);
    f->fd = -1;
    if (rc != 0)
        return fail(f, "close");
    if (rename(f->part, f->path) != 0)
        return fail(f, "rename");
    return sync_folder(f);
}

void outfile_close(struct outfile *f)
{
    if (f->fd >= 0) {
        flush(f);
        close(f->fd);
    }
    free(f->path);
    free(f->part);
    buf_done(&f->pending);
    *f = (struct outfile){.fd = -1};
}

void outfile_explain(const struct outfile *f, struct buf *b)
{
    buf_addf(b, "cannot %s '%s': %s", f->failed ? f->failed : "write", f->part, strerror(f->error));
}
