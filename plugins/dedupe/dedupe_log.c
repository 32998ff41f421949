/* dedupe_log.c - the kept documents in a file, so that a run which was killed can make its index again. */
#include "dedupe_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { BUFFER = 1 << 20, LARGEST_SKETCH = sizeof(struct dedupe_sketch) + DEDUPE_MAX_SHINGLES * sizeof(uint32_t) };

#define WHAT_TO_DO "put it back as it was, or begin anew with --restart"

/* Then the sketch and the name. */
struct head {
    uint32_t sketch_len, name_len;
    uint32_t head_crc; /* of all before and the two lengths: they can be relied on before the rest was read */
    uint32_t crc;      /* of all before, the lengths, the sketch and the name */
};

static int fault(struct dedupe_log *l, const char *doing)
{
    snprintf(l->message, sizeof l->message, "cannot %s '%s': %s", doing, l->path, strerror(errno));
    l->machine = true;
    return PL_ERROR;
}

static int no_memory(struct dedupe_log *l)
{
    snprintf(l->message, sizeof l->message, "out of memory");
    l->machine = true;
    return PL_ERROR;
}

static uint32_t add_crc(uint32_t crc, const void *bytes, size_t n)
{
    return (uint32_t)crc32_z(crc, bytes, n);
}

int dedupe_log_open(struct dedupe_log *l, pl_str path)
{
    struct stat st;

    *l = (struct dedupe_log){.fd = -1};
    l->path = strndup(path.ptr, path.len);
    l->buf = malloc(BUFFER);
    if (!l->path || !l->buf)
        return no_memory(l);
    do
        l->fd = open(l->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0666);
    while (l->fd < 0 && errno == EINTR);
    if (l->fd < 0)
        return fault(l, "open");
    if (fstat(l->fd, &st) < 0)
        return fault(l, "look at");
    if (!S_ISREG(st.st_mode)) {
        snprintf(l->message, sizeof l->message, "'%s' is in the way: it is not a file", l->path);
        return PL_ERROR;
    }
    return PL_OK;
}

void dedupe_log_close(struct dedupe_log *l)
{
    if (l->path && l->fd >= 0)
        close(l->fd);
    free(l->path);
    free(l->buf);
    *l = (struct dedupe_log){.fd = -1};
}

/* ---- writing ---- */

/* To what `mark` tells, and there to go on. */
static int cut(struct dedupe_log *l, const struct dedupe_log_mark *mark)
{
    int rc;

    do
        rc = ftruncate(l->fd, (off_t)mark->length);
    while (rc < 0 && errno == EINTR);
    if (rc < 0)
        return fault(l, "cut");
    if (lseek(l->fd, (off_t)mark->length, SEEK_SET) < 0)
        return fault(l, "move in");
    l->end = *mark;
    l->started = true;
    return PL_OK;
}

static int write_all(struct dedupe_log *l, const void *bytes, size_t left)
{
    const char *at = bytes;

    l->dirty = l->dirty || left > 0;
    while (left) {
        const ssize_t done = write(l->fd, at, left);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            l->failed = true;
            return fault(l, "write");
        }
        at += done;
        left -= (size_t)done;
    }
    return PL_OK;
}

static int flush(struct dedupe_log *l)
{
    const size_t n = l->len;

    l->len = 0;
    return write_all(l, l->buf, n);
}

static int put(struct dedupe_log *l, const void *bytes, size_t n)
{
    if (n > BUFFER - l->len && flush(l) != PL_OK)
        return PL_ERROR;
    if (n > BUFFER)
        return write_all(l, bytes, n);
    if (n)
        memcpy(l->buf + l->len, bytes, n);
    l->len += n;
    return PL_OK;
}

int dedupe_log_append(struct dedupe_log *l, const struct dedupe_sketch *s, pl_str name)
{
    const size_t sketch_len = dedupe_sketch_size(s);
    struct head head = {.sketch_len = (uint32_t)sketch_len, .name_len = (uint32_t)name.len};

    if (l->failed)
        return PL_ERROR;
    if (name.len > UINT32_MAX) {
        snprintf(l->message, sizeof l->message, "an `id` of %zu bytes is too long to be kept", name.len);
        return PL_ERROR;
    }
    if (!l->started && cut(l, &(struct dedupe_log_mark){0}) != PL_OK)
        return PL_ERROR;
    head.head_crc = add_crc(l->end.crc, &head, offsetof(struct head, head_crc));
    head.crc = add_crc(add_crc(head.head_crc, s, sketch_len), name.ptr ? name.ptr : "", name.len);
    if (put(l, &head, sizeof head) != PL_OK || put(l, s, sketch_len) != PL_OK || put(l, name.ptr, name.len) != PL_OK)
        return PL_ERROR;
    l->end.length += sizeof head + sketch_len + name.len;
    l->end.entries++;
    l->end.crc = head.crc;
    return PL_OK;
}

/* So that the file's name outlives a power cut. */
static int sync_folder(struct dedupe_log *l)
{
    const char *slash = strrchr(l->path, '/');
    char *folder = slash ? strndup(l->path, slash == l->path ? 1 : (size_t)(slash - l->path)) : strdup(".");
    const int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int rc = fd < 0 ? -1 : fsync(fd);

    while (rc < 0 && fd >= 0 && errno == EINTR)
        rc = fsync(fd);
    if (rc < 0)
        rc = fault(l, "sync the folder of");
    if (fd >= 0)
        close(fd);
    free(folder);
    return rc;
}

static int sync_data(struct dedupe_log *l)
{
    int rc;

    do
        rc = fdatasync(l->fd);
    while (rc < 0 && errno == EINTR);
    return rc < 0 ? fault(l, "sync") : PL_OK;
}

int dedupe_log_sync(struct dedupe_log *l)
{
    if (l->failed || flush(l) != PL_OK)
        return PL_ERROR;
    if (!l->dirty)
        return PL_OK;
    /* One that is tried again may pass over what the first one lost. */
    l->failed = true;
    if (sync_data(l) != PL_OK || (!l->named && sync_folder(l) != PL_OK))
        return PL_ERROR;
    l->named = true;
    l->dirty = l->failed = false;
    return PL_OK;
}

/* ---- going on ---- */

/* The file from its start, up to `left` more bytes. */
struct reader {
    struct dedupe_log *log;
    uint64_t offset, left; /* of what was not read into `log->buf` yet */
    size_t at, len;        /* the unread part of log->buf */
};

static int read_more(struct reader *r)
{
    const size_t want = r->left < BUFFER ? (size_t)r->left : BUFFER;
    ssize_t n;

    do
        n = pread(r->log->fd, r->log->buf, want, (off_t)r->offset);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return fault(r->log, "read");
    if (n == 0) {
        snprintf(r->log->message, sizeof r->log->message, "'%s' ends after %llu bytes: " WHAT_TO_DO, r->log->path,
                 (unsigned long long)r->offset);
        return PL_ERROR;
    }
    r->at = 0;
    r->len = (size_t)n;
    r->offset += (uint64_t)n;
    r->left -= (uint64_t)n;
    return PL_OK;
}

/* There must be `n` bytes left. */
static int take(struct reader *r, void *to, size_t n)
{
    unsigned char *at = to;

    while (n) {
        if (r->at == r->len && read_more(r) != PL_OK)
            return PL_ERROR;
        const size_t some = r->len - r->at < n ? r->len - r->at : n;
        memcpy(at, r->log->buf + r->at, some);
        r->at += some;
        at += some;
        n -= some;
    }
    return PL_OK;
}

static int damaged(struct dedupe_log *l, const struct dedupe_log_mark *at)
{
    snprintf(l->message, sizeof l->message,
             "'%s' is damaged in its entry %llu, which begins at byte %llu: " WHAT_TO_DO, l->path,
             (unsigned long long)at->entries + 1, (unsigned long long)at->length);
    return PL_ERROR;
}

static uint64_t bytes_left(const struct reader *r)
{
    return r->left + (r->len - r->at);
}

/* An entry's room, kept from one to the next; the sketch begins it, so it is aligned. */
struct room {
    unsigned char *at;
    size_t cap;
};

static int reserve(struct dedupe_log *l, struct room *room, size_t n)
{
    if (n <= room->cap)
        return PL_OK;
    unsigned char *more = realloc(room->at, n + n / 2);
    if (!more)
        return no_memory(l);
    room->at = more;
    room->cap = n + n / 2;
    return PL_OK;
}

/* The next entry, into `ix`; `so_far` moves behind it. */
static int restore_entry(struct reader *r, struct room *room, struct dedupe_log_mark *so_far, struct dedupe_index *ix)
{
    struct dedupe_log *l = r->log;
    struct head head;

    if (bytes_left(r) < sizeof head)
        return damaged(l, so_far);
    if (take(r, &head, sizeof head) != PL_OK)
        return PL_ERROR;
    const uint64_t len = (uint64_t)head.sketch_len + head.name_len;
    if (head.head_crc != add_crc(so_far->crc, &head, offsetof(struct head, head_crc)) ||
        head.sketch_len > LARGEST_SKETCH || len > bytes_left(r))
        return damaged(l, so_far);
    if (reserve(l, room, (size_t)len) != PL_OK || take(r, room->at, (size_t)len) != PL_OK)
        return PL_ERROR;
    const pl_str sketch = {(const char *)room->at, head.sketch_len};
    const struct dedupe_sketch *s = (const void *)room->at;
    if (head.crc != add_crc(head.head_crc, room->at, (size_t)len) || !dedupe_sketch_valid(sketch) || s->words == 0)
        return damaged(l, so_far);
    if (dedupe_index_keep(ix, s, (pl_str){sketch.ptr + sketch.len, head.name_len}) < 0)
        return no_memory(l);
    so_far->length += sizeof head + len;
    so_far->entries++;
    so_far->crc = head.crc;
    return PL_OK;
}

int dedupe_log_restore(struct dedupe_log *l, const struct dedupe_log_mark *mark, struct dedupe_index *ix)
{
    struct reader r = {.log = l, .left = mark->length};
    struct dedupe_log_mark so_far = {0};
    struct room room = {0};
    struct stat st;
    int rc = PL_OK;

    if (fstat(l->fd, &st) < 0)
        return fault(l, "look at");
    if ((uint64_t)st.st_size < mark->length) {
        snprintf(l->message, sizeof l->message, "'%s' has %lld bytes, of %llu that were written: " WHAT_TO_DO, l->path,
                 (long long)st.st_size, (unsigned long long)mark->length);
        return PL_ERROR;
    }
    l->len = 0;
    while (rc == PL_OK && so_far.length < mark->length)
        rc = restore_entry(&r, &room, &so_far, ix);
    if (rc == PL_OK && (so_far.entries != mark->entries || so_far.crc != mark->crc)) {
        snprintf(l->message, sizeof l->message,
                 "the first %llu bytes of '%s' are not those that this run wrote: " WHAT_TO_DO,
                 (unsigned long long)mark->length, l->path);
        rc = PL_ERROR;
    }
    free(room.at);
    return rc == PL_OK ? cut(l, mark) : rc;
}
