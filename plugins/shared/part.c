/* part.c - a file that is written as PATH.part and gets its name when it is whole.
 *
 * What must outlive a power cut: the bytes up to a sync, the name PATH.part from the first sync on, and the final
 * name from part_publish() on.  A file without its name, or a name without its bytes, is never left behind as whole. */
#include "part.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deflate.h"

enum {
    PIECE = 1 << 20, /* bytes read at once to be verified */
    /* A link that waits under a name must not lead the output elsewhere, nor a pipe hold it up. */
    OPEN = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
};

#define WHAT_TO_DO "put it back as it was, or begin anew with --restart"

static int fault(struct part *p, const char *doing, const char *path)
{
    snprintf(p->message, sizeof p->message, "cannot %s '%s': %s", doing, path, strerror(errno));
    p->machine = true;
    return PL_ERROR;
}

static int sync_fd(int fd)
{
    int rc;

    do
        rc = fsync(fd);
    while (rc < 0 && errno == EINTR);
    return rc;
}

static int cut_fd(int fd, uint64_t length)
{
    int rc;

    do
        rc = ftruncate(fd, (off_t)length);
    while (rc < 0 && errno == EINTR);
    return rc;
}

/* So that the names in the folder outlive a power cut. */
static int sync_folder(struct part *p)
{
    return sync_fd(p->folder) == 0 ? PL_OK : fault(p, "sync the folder of", p->path);
}

static int open_folder(int at, const char *name, int flags)
{
    int fd;

    do
        fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* Goes from `folder` into its folder `name`, which is made where it is missing, and is no link; `whole` is what to call it. */
static int enter(struct part *p, const char *name, const char *whole)
{
    if (mkdirat(p->folder, name, 0777) == 0) {
        if (sync_fd(p->folder) < 0)
            return fault(p, "sync the folder of", whole);
    } else if (errno != EEXIST) {
        return fault(p, "make folder", whole);
    }
    const int fd = open_folder(p->folder, name, O_NOFOLLOW);
    if (fd < 0 && (errno == ELOOP || errno == ENOTDIR)) {
        snprintf(p->message, sizeof p->message, "'%s' is a link or no folder: nothing is written through it", whole);
        return PL_ERROR;
    }
    if (fd < 0)
        return fault(p, "open folder", whole);
    close(p->folder);
    p->folder = fd;
    return PL_OK;
}

/* A folder of the operator's own path. */
static int make_folder(struct part *p, const char *path)
{
    if (mkdir(path, 0777) < 0)
        return errno == EEXIST ? PL_OK : fault(p, "make folder", path);
    const char *slash = strrchr(path, '/');
    char *above = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
    const int fd = above ? open_folder(AT_FDCWD, above, 0) : -1;
    const int rc = fd >= 0 && sync_fd(fd) == 0 ? PL_OK : fault(p, "sync the folder of", path);
    if (fd >= 0)
        close(fd);
    free(above);
    return rc;
}

/* Where the trusted part of the path ends: behind a slash, or at its beginning. */
static char *trusted_end(struct part *p)
{
    size_t end = p->trusted;

    while (end && p->path[end - 1] != '/')
        end--;
    return p->path + end;
}

/* Opens the folder of `path`; those above it that are missing are made, one after the other. */
static int make_folders(struct part *p)
{
    char *at = trusted_end(p);
    int rc = PL_OK;

    for (char *slash = strchr(p->path + (at > p->path), '/'); slash && slash < at && rc == PL_OK; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        rc = make_folder(p, p->path);
        *slash = '/';
    }
    if (rc != PL_OK)
        return rc;
    const char kept = *at;
    *at = 0;
    p->folder = open_folder(AT_FDCWD, at > p->path ? p->path : ".", 0);
    *at = kept;
    if (p->folder < 0)
        return fault(p, "open", p->part);
    for (char *slash = strchr(at, '/'); slash && rc == PL_OK; slash = strchr(at, '/')) {
        *slash = 0;
        rc = *at ? enter(p, at, p->path) : PL_OK;
        *slash = '/';
        at = slash + 1;
    }
    p->name = at;
    p->part_name = p->part + (at - p->path);
    return rc;
}

static int lock(struct part *p, int fd, const char *path)
{
    int rc;

    do
        rc = flock(fd, LOCK_EX | LOCK_NB);
    while (rc < 0 && errno == EINTR);
    if (rc == 0)
        return PL_OK;
    if (errno != EWOULDBLOCK)
        return fault(p, "lock", path);
    snprintf(p->message, sizeof p->message, "'%s' is being written by another run or stage", path);
    return PL_ERROR;
}

static int open_part(struct part *p)
{
    struct stat st, named;

    do
        p->fd = openat(p->folder, p->part_name, OPEN | O_CREAT, 0666);
    while (p->fd < 0 && errno == EINTR);
    if (p->fd < 0)
        return fault(p, "open", p->part);
    if (fstat(p->fd, &st) < 0)
        return fault(p, "look at", p->part);
    if (!S_ISREG(st.st_mode)) {
        snprintf(p->message, sizeof p->message, "'%s' is in the way: it is not a file", p->part);
        return PL_ERROR;
    }
    if (lock(p, p->fd, p->part) != PL_OK)
        return PL_ERROR;
    /* Another run may have published or removed it before the lock was ours. */
    if (fstat(p->fd, &st) < 0 || fstatat(p->folder, p->part_name, &named, AT_SYMLINK_NOFOLLOW) < 0 || st.st_ino != named.st_ino || st.st_dev != named.st_dev) {
        snprintf(p->message, sizeof p->message, "'%s' was just finished by another run or stage", p->part);
        return PL_ERROR;
    }
    p->created = st.st_size == 0;
    return PL_OK;
}

int part_open(struct part *p, pl_str path)
{
    return part_open_below(p, path, path.len);
}

int part_open_below(struct part *p, pl_str path, size_t trusted)
{
    struct stat st;
    int rc;

    *p = (struct part){.fd = -1, .folder = -1, .trusted = trusted};
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
    p->crc = 0;
    rc = make_folders(p);
    if (rc == PL_OK && fstatat(p->folder, p->name, &st, trusted < path.len ? AT_SYMLINK_NOFOLLOW : 0) == 0 &&
        !S_ISREG(st.st_mode)) {
        snprintf(p->message, sizeof p->message, "'%s' is there and is not a file", p->path);
        rc = PL_ERROR;
    }
    if (rc == PL_OK)
        rc = open_part(p);
    p->failed = rc != PL_OK;
    return rc;
}

/* To its first `length` bytes, whose checksum is `crc`, and there to go on. */
static int cut(struct part *p, uint64_t length, uint32_t crc)
{
    struct stat st;

    if (fstat(p->fd, &st) < 0)
        return fault(p, "look at", p->part);
    if ((uint64_t)st.st_size != length) {
        if (cut_fd(p->fd, length) < 0)
            return fault(p, "cut", p->part);
        p->dirty = true;
    }
    if (lseek(p->fd, (off_t)length, SEEK_SET) < 0)
        return fault(p, "move in", p->part);
    p->length = length;
    p->crc = crc;
    p->started = true;
    return PL_OK;
}

/* The published file is to grow: its final name must not stand for what is not whole. */
static int unpublish(struct part *p)
{
    if (renameat(p->folder, p->name, p->folder, p->part_name) < 0)
        return fault(p, "rename to go on with", p->path);
    p->published = p->named = false;
    return sync_folder(p);
}

/* After a fault the next bytes come where these began. */
static int write_all(struct part *p, const char *at, size_t left)
{
    while (left) {
        const ssize_t done = write(p->fd, at, left);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            fault(p, "write", p->part);
            p->failed = true;
            lseek(p->fd, (off_t)p->length, SEEK_SET);
            return PL_ERROR;
        }
        at += done;
        left -= (size_t)done;
    }
    return PL_OK;
}

/* ---- resting ---- */

static const char *name_of(const struct part *p)
{
    return p->published ? p->path : p->part;
}

/* What rested is opened again, as the file that it was. */
int part_wake(struct part *p)
{
    struct stat st;

    if (p->fd >= 0)
        return PL_OK;
    if (p->failed)
        return PL_ERROR;
    if (p->folder < 0 && make_folders(p) != PL_OK)
        return PL_ERROR;
    do
        p->fd = openat(p->folder, p->published ? p->name : p->part_name, OPEN);
    while (p->fd < 0 && errno == EINTR);
    if (p->fd < 0)
        return fault(p, "open again", name_of(p));
    if (fstat(p->fd, &st) < 0)
        return fault(p, "look at", name_of(p));
    if (lock(p, p->fd, name_of(p)) != PL_OK)
        return PL_ERROR;
    if (st.st_dev != p->device || st.st_ino != p->inode || (p->started && (uint64_t)st.st_size != p->length)) {
        snprintf(p->message, sizeof p->message, "'%s' was changed by another while this run wrote it", name_of(p));
        close(p->fd);
        p->fd = -1;
        p->failed = true;
        return PL_ERROR;
    }
    return lseek(p->fd, (off_t)p->length, SEEK_SET) < 0 ? fault(p, "move in", name_of(p)) : PL_OK;
}

static void close_folder(struct part *p)
{
    if (p->folder >= 0)
        close(p->folder);
    p->folder = -1;
}

int part_rest(struct part *p)
{
    struct stat st;

    if (p->fd < 0)
        return PL_OK;
    if (part_sync(p) != PL_OK)
        return PL_ERROR;
    if (fstat(p->fd, &st) < 0)
        return fault(p, "look at", name_of(p));
    p->device = (uint64_t)st.st_dev;
    p->inode = (uint64_t)st.st_ino;
    const int rc = close(p->fd) == 0 ? PL_OK : fault(p, "close", name_of(p));
    p->fd = -1;
    close_folder(p);
    return rc;
}

int part_remove_beside(struct part *p, const char *suffix)
{
    char name[NAME_MAX + 1];

    if (part_wake(p) != PL_OK)
        return PL_ERROR;
    if (snprintf(name, sizeof name, "%s%s", p->name, suffix) >= (int)sizeof name)
        return PL_OK; /* there can be none */
    if (unlinkat(p->folder, name, 0) == 0)
        return sync_folder(p);
    return errno == ENOENT ? PL_OK : fault(p, "remove what lies beside", p->path);
}

/* ---- writing ---- */

int part_append(struct part *p, const void *bytes, size_t n)
{
    if (part_wake(p) != PL_OK)
        return PL_ERROR;
    if (p->published && unpublish(p) != PL_OK)
        return PL_ERROR;
    if (!p->started && cut(p, 0, p->crc) != PL_OK)
        return PL_ERROR;
    p->created = false;
    p->dirty = true;
    if (write_all(p, bytes, n) != PL_OK)
        return PL_ERROR;
    p->length += n;
    p->crc = deflate_crc32(p->crc, bytes, n);
    return PL_OK;
}

int part_sync(struct part *p)
{
    if (p->failed)
        return PL_ERROR;
    if (!p->dirty && (!p->started || p->named))
        return PL_OK;
    if (part_wake(p) != PL_OK)
        return PL_ERROR;
    p->failed = true;
    if (p->dirty && sync_fd(p->fd) < 0)
        return fault(p, "sync", name_of(p));
    if (p->started && !p->named && sync_folder(p) != PL_OK)
        return PL_ERROR;
    p->dirty = p->failed = false;
    p->named = p->started;
    return PL_OK;
}

/* ---- going on ---- */

/* The checksum of the first `length` bytes of the file `path`, which has so many. */
static int read_crc(struct part *p, int fd, const char *path, uint64_t length, uint32_t *crc)
{
    unsigned char *piece = malloc(PIECE);
    uint64_t at = 0;
    int rc = PL_OK;

    *crc = 0;
    if (!piece) {
        snprintf(p->message, sizeof p->message, "out of memory");
        p->machine = true;
        rc = PL_ERROR;
    }
    while (at < length && rc == PL_OK) {
        const size_t want = length - at < PIECE ? (size_t)(length - at) : PIECE;
        const ssize_t n = pread(fd, piece, want, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            rc = fault(p, "read", path);
        else if (n == 0)
            break; /* it shrank: the checksum tells */
        else
            *crc = deflate_crc32(*crc, piece, (size_t)n);
        at += n > 0 ? (uint64_t)n : 0;
    }
    free(piece);
    return rc;
}

static int differs(struct part *p, const char *path, uint64_t length)
{
    snprintf(p->message, sizeof p->message, "the first %llu bytes of '%s' are not those that this run wrote: " WHAT_TO_DO,
             (unsigned long long)length, path);
    return PL_ERROR;
}

/* Killed after the rename and before its record, or with the record lost: what has the final name is the run's own. */
static int restore_published(struct part *p, uint64_t length, uint32_t crc, int fd, uint64_t size)
{
    uint32_t found;

    if (read_crc(p, fd, p->path, length, &found) != PL_OK)
        return PL_ERROR;
    if (found != crc)
        return differs(p, p->path, length);
    if (size > length)
        return unpublish(p);
    unlinkat(p->folder, p->part_name, 0);
    p->published = true;
    return PL_OK;
}

static int find_published(struct part *p, uint64_t length, uint32_t crc, uint64_t part_size)
{
    struct stat st;
    int fd, rc = PL_ERROR;

    do
        fd = openat(p->folder, p->name, OPEN);
    while (fd < 0 && errno == EINTR);
    if (fd < 0 && errno != ENOENT && errno != ELOOP)
        return fault(p, "open", p->path);
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size < length)
        snprintf(p->message, sizeof p->message, "'%s' has %llu bytes, of %llu that were written: " WHAT_TO_DO, p->part,
                 (unsigned long long)part_size, (unsigned long long)length);
    else if (lock(p, fd, p->path) == PL_OK)
        rc = restore_published(p, length, crc, fd, (uint64_t)st.st_size);
    if (rc == PL_OK) {
        close(p->fd);
        p->fd = fd;
        p->created = false;
        return cut(p, length, crc);
    }
    if (fd >= 0)
        close(fd);
    return rc;
}

int part_restore(struct part *p, uint64_t length, uint32_t crc)
{
    struct stat st;
    uint32_t found;

    if (fstat(p->fd, &st) < 0)
        return fault(p, "look at", p->part);
    if ((uint64_t)st.st_size < length)
        return find_published(p, length, crc, (uint64_t)st.st_size);
    if (read_crc(p, p->fd, p->part, length, &found) != PL_OK)
        return PL_ERROR;
    if (found != crc)
        return differs(p, p->part, length);
    return cut(p, length, crc);
}

/* ---- the end ---- */

int part_publish(struct part *p)
{
    if (p->published && p->named)
        return PL_OK;
    if (part_wake(p) != PL_OK)
        return PL_ERROR;
    if (!p->published) {
        if ((!p->started && cut(p, 0, p->crc) != PL_OK) || part_sync(p) != PL_OK)
            return PL_ERROR;
        if (renameat(p->folder, p->part_name, p->folder, p->name) < 0)
            return fault(p, "rename to its final name", p->part);
        p->published = true;
        p->created = p->named = false;
    }
    if (!p->named && sync_folder(p) != PL_OK)
        return PL_ERROR;
    p->named = true;
    return PL_OK;
}

int part_close(struct part *p)
{
    int rc = PL_OK;

    if (p->fd >= 0 && p->part) {
        if (p->created || (p->started && p->length == 0))
            unlinkat(p->folder, p->part_name, 0);
        else if (p->started && !p->published && cut_fd(p->fd, p->length) < 0)
            rc = fault(p, "cut", p->part);
        if (close(p->fd) < 0 && rc == PL_OK)
            rc = fault(p, "close", p->part);
    }
    if (p->path)
        close_folder(p);
    p->fd = -1;
    free(p->path);
    free(p->part);
    p->path = p->part = NULL;
    return rc;
}
