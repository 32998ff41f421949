/* archive_part.c - a file that is written as PATH.part and gets its name when it is whole. */
#include "archive_part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int fault(struct part *p, const char *doing, const char *path)
{
    snprintf(p->message, sizeof p->message, "cannot %s '%s': %s", doing, path, strerror(errno));
    return PL_ERROR;
}

/* The folders above `path`, one after the other. */
static int make_folders(struct part *p, char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        const int rc = mkdir(path, 0777) < 0 && errno != EEXIST ? fault(p, "make folder", path) : PL_OK;
        *slash = '/';
        if (rc != PL_OK)
            return rc;
    }
    return PL_OK;
}

static int open_part(struct part *p)
{
    struct stat st;

    /* A link that waits under this name must not lead the run's output elsewhere. */
    p->fd = open(p->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0666);
    if (p->fd < 0)
        return fault(p, "open", p->part);
    if (fstat(p->fd, &st) < 0)
        return fault(p, "look at", p->part);
    if (!S_ISREG(st.st_mode)) {
        snprintf(p->message, sizeof p->message, "'%s' is in the way: it is not a file", p->part);
        return PL_ERROR;
    }
    if (flock(p->fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK)
            return fault(p, "lock", p->part);
        snprintf(p->message, sizeof p->message, "'%s' is being written by another run or stage", p->part);
        return PL_ERROR;
    }
    p->created = st.st_size == 0;
    return PL_OK;
}

int part_open(struct part *p, pl_str path)
{
    struct stat st;
    int rc;

    *p = (struct part){.fd = -1};
    if (path.len == 0 || memchr(path.ptr, 0, path.len)) {
        snprintf(p->message, sizeof p->message, "`path` is no path");
        return PL_ERROR;
    }
    p->path = malloc(path.len + 1);
    p->part = malloc(path.len + sizeof ".part");
    if (!p->path || !p->part) {
        snprintf(p->message, sizeof p->message, "out of memory");
        return PL_ERROR;
    }
    memcpy(p->path, path.ptr, path.len);
    p->path[path.len] = 0;
    memcpy(p->part, path.ptr, path.len);
    memcpy(p->part + path.len, ".part", sizeof ".part");
    rc = make_folders(p, p->path);
    if (rc == PL_OK && stat(p->path, &st) == 0 && !S_ISREG(st.st_mode)) {
        snprintf(p->message, sizeof p->message, "'%s' is there and is not a file", p->path);
        rc = PL_ERROR;
    }
    return rc == PL_OK ? open_part(p) : rc;
}

/* To its first `length` bytes, and there to go on. */
static int cut(struct part *p, uint64_t length)
{
    if (ftruncate(p->fd, (off_t)length) < 0)
        return fault(p, "cut", p->part);
    if (lseek(p->fd, (off_t)length, SEEK_SET) < 0)
        return fault(p, "move in", p->part);
    p->length = length;
    p->started = true;
    p->created = false;
    return PL_OK;
}

int part_append(struct part *p, const void *bytes, size_t n)
{
    const char *at = bytes;
    size_t left = n;

    if (!p->started && cut(p, 0) != PL_OK)
        return PL_ERROR;
    while (left) {
        const ssize_t done = write(p->fd, at, left);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return fault(p, "write", p->part);
        at += done;
        left -= (size_t)done;
    }
    p->length += n;
    return PL_OK;
}

int part_sync(struct part *p)
{
    int rc;

    if (!p->started && cut(p, 0) != PL_OK)
        return PL_ERROR;
    do
        rc = fsync(p->fd);
    while (rc < 0 && errno == EINTR);
    return rc < 0 ? fault(p, "sync", p->part) : PL_OK;
}

int part_cut(struct part *p, uint64_t length)
{
    struct stat part, whole;

    if (fstat(p->fd, &part) < 0)
        return fault(p, "look at", p->part);
    if ((uint64_t)part.st_size >= length)
        return cut(p, length);
    if (part.st_size == 0 && stat(p->path, &whole) == 0 && (uint64_t)whole.st_size == length) {
        unlink(p->part);
        p->length = length;
        p->created = false;
        p->started = p->published = true;
        return PL_OK;
    }
    snprintf(p->message, sizeof p->message, "'%s' has %lld bytes, of %llu that were written", p->part,
             (long long)part.st_size, (unsigned long long)length);
    return PL_ERROR;
}

/* So that the new name outlives a power cut. */
static int sync_folder(struct part *p)
{
    const char *slash = strrchr(p->path, '/');
    char *folder = slash ? strndup(p->path, slash == p->path ? 1 : (size_t)(slash - p->path)) : strdup(".");
    const int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int rc = PL_OK;

    if (fd < 0 || fsync(fd) < 0)
        rc = fault(p, "sync folder", folder ? folder : p->path);
    if (fd >= 0)
        close(fd);
    free(folder);
    return rc;
}

int part_publish(struct part *p)
{
    if (p->published)
        return PL_OK;
    if (rename(p->part, p->path) < 0)
        return fault(p, "rename to its final name", p->part);
    p->published = true;
    return sync_folder(p);
}

int part_close(struct part *p)
{
    int rc = PL_OK;

    if (p->fd >= 0 && p->part) {
        if (p->created)
            unlink(p->part);
        else if (p->started && !p->published && ftruncate(p->fd, (off_t)p->length) < 0)
            rc = fault(p, "cut", p->part);
        if (close(p->fd) < 0 && rc == PL_OK)
            rc = fault(p, "close", p->part);
    }
    p->fd = -1;
    free(p->path);
    free(p->part);
    p->path = p->part = NULL;
    return rc;
}
