/* archive_expire.c - an archive whose newest record is older than it may be, removed. */
#include "archive_expire.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive_date.h"
#include "archive_file.h"
#include "archive_index_file.h"
#include "archive_json.h"
#include "archive_read.h"

struct expire {
    const char *path, *name; /* the name is the last of the path */
    const struct archive_expiry *e;
    struct archive_expired *found;
    int folder, fd, part; /* part: PATH.part, which is held so that no run writes the file anew meanwhile */
    struct stat st;
    struct archive_index ix;
    char *room;
    size_t room_cap;
    uint64_t n_undated, first_undated;
    char *message;
    size_t size;
};

PL_PRINTF(3, 4)
static enum archive_fate say(struct expire *x, enum archive_fate fate, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(x->message, x->size, fmt, ap);
    va_end(ap);
    return fate;
}

static enum archive_fate fault(struct expire *x, const char *doing)
{
    return say(x, FATE_FAULT, "cannot %s '%s': %s", doing, x->path, strerror(errno));
}

/* ---- the file ---- */

static bool ends_in(const char *name, const char *end)
{
    const size_t n = strlen(name), m = strlen(end);

    return n >= m && strcmp(name + n - m, end) == 0;
}

static int open_at(int folder, const char *name, int flags)
{
    int fd;

    do
        fd = openat(folder, name, flags | O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* Opens the folder, step by step; no step is a link. */
static enum archive_fate open_folder(struct expire *x)
{
    const char *at = x->path;
    char step[NAME_MAX + 1];

    x->folder = open_at(AT_FDCWD, *at == '/' ? "/" : ".", O_DIRECTORY);
    while (x->folder >= 0) {
        at += strspn(at, "/");
        const size_t n = strcspn(at, "/");
        if (at[n] == 0)
            break;
        if (n > NAME_MAX) {
            errno = ENAMETOOLONG;
            return fault(x, "open");
        }
        memcpy(step, at, n);
        step[n] = 0;
        at += n;
        const int fd = open_at(x->folder, step, O_DIRECTORY);
        if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
            return say(x, FATE_UNSURE, "'%s': %.*s is a link or no folder, and nothing is removed through one", x->path,
                       (int)(at - x->path), x->path);
        close(x->folder);
        x->folder = fd;
    }
    x->name = at;
    return x->folder < 0 ? fault(x, "open the folder of") : FATE_OLD;
}

/* The name with a suffix; false where no name is so long. */
static bool beside(const struct expire *x, const char *suffix, char to[NAME_MAX + 1])
{
    return snprintf(to, NAME_MAX + 1, "%s%s", x->name, suffix) <= NAME_MAX;
}

static enum archive_fate open_file(struct expire *x)
{
    if (*x->name == 0)
        return say(x, FATE_UNSURE, "'%s' is no file", x->path);
    if (ends_in(x->name, ".part") || ends_in(x->name, ".idx") || ends_in(x->name, ".gzi") || ends_in(x->name, ".zran"))
        return say(x, FATE_UNSURE, "'%s' is no archive that is finished", x->path);
    x->fd = open_at(x->folder, x->name, O_NONBLOCK | O_NOCTTY);
    if (x->fd < 0 && errno == ELOOP)
        return say(x, FATE_UNSURE, "'%s' is a link, and nothing is removed through one", x->path);
    if (x->fd < 0 || fstat(x->fd, &x->st) < 0)
        return fault(x, "open");
    if (!S_ISREG(x->st.st_mode))
        return say(x, FATE_UNSURE, "'%s' is no file", x->path);
    if (flock(x->fd, LOCK_SH | LOCK_NB) < 0)
        return errno == EWOULDBLOCK ? say(x, FATE_UNSURE, "'%s' is being written by a run", x->path) : fault(x, "lock");
    return FATE_OLD;
}

/* Whether what has that name in the folder is the file that is open. */
static bool is_still(const struct expire *x, const char *name, int fd)
{
    struct stat named, open;

    return fstatat(x->folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && fstat(fd, &open) == 0 && S_ISREG(named.st_mode) &&
           named.st_dev == open.st_dev && named.st_ino == open.st_ino;
}

static enum archive_fate open_index(struct expire *x)
{
    char name[NAME_MAX + 1];
    char *path = archive_path_of(x->path, ".idx");
    int rc = path ? archive_index_open(&x->ix, path) : PL_ERROR;

    free(path);
    if (rc == PL_AGAIN)
        return say(x, FATE_UNSURE, "'%s' has no index, and may be anybody's: pressline archive index makes one", x->path);
    if (rc == PL_OK)
        rc = archive_index_fits(&x->ix, x->fd);
    if (rc != PL_OK)
        return say(x, FATE_UNSURE, "%s", path ? x->ix.message : "out of memory");
    if (!beside(x, ".idx", name) || !is_still(x, name, x->ix.fd))
        return say(x, FATE_UNSURE, "the index of '%s' is a link", x->path);
    if (x->ix.holds == ARCHIVE_STREAM)
        return say(x, FATE_UNSURE, "'%s' is a gzip file of another make", x->path);
    if (x->ix.format != ARCHIVE_JSONL)
        return say(x, FATE_UNSURE, "'%s' is a table: dates are read in JSONL only", x->path);
    return FATE_OLD;
}

/* ---- its records ---- */

static bool make_room(struct expire *x, size_t n)
{
    if (n <= x->room_cap)
        return true;
    free(x->room);
    x->room = malloc(n * 2);
    x->room_cap = x->room ? n * 2 : 0;
    return x->room != NULL;
}

/* The record's date, where it has one. */
static bool date_of(struct expire *x, pl_str line, pl_str *text, int64_t *date)
{
    struct ajson_want want = {.name = {x->e->field, strlen(x->e->field)}};
    size_t at;

    if (ajson_fields(line, &want, 1, &at) || want.value.kind != AJSON_STRING)
        return false;
    *text = ajson_text(&want.value, x->room);
    return text->len < sizeof x->found->newest_text && archive_date(*text, date);
}

static void keep_newest(struct archive_expired *found, pl_str text, int64_t date)
{
    if (found->n_records > 1 && date <= found->newest)
        return;
    found->newest = date;
    memcpy(found->newest_text, text.ptr, text.len);
    found->newest_text[text.len] = 0;
}

static enum archive_fate look_at(struct expire *x, const struct archive_line *line)
{
    pl_str text;
    int64_t date;

    if (!make_room(x, line->len + 1))
        return say(x, FATE_FAULT, "out of memory");
    x->found->n_records++;
    if (line->torn)
        return say(x, FATE_UNSURE, "'%s' has a line that is too long", x->path);
    if (!date_of(x, line->text, &text, &date)) {
        x->first_undated = x->n_undated++ ? x->first_undated : x->found->n_records;
        return FATE_OLD;
    }
    if (date >= x->e->before)
        return FATE_YOUNG;
    if (x->n_undated == 0)
        keep_newest(x->found, text, date);
    return FATE_OLD;
}

/* Reads it to its end, or to a record that is young; its bytes must be those that the index knows. */
static enum archive_fate read_records(struct expire *x)
{
    char why[800] = "out of memory";
    struct archive_read *r = archive_read_new(x->fd, x->path, why, sizeof why);
    struct archive_line line;
    enum archive_fate fate = FATE_OLD;
    enum read_result rc = READ_STOP;

    if (r)
        archive_read_crc(r);
    while (r && fate == FATE_OLD && (rc = archive_read_line(r, &line)) == READ_OK)
        fate = look_at(x, &line);
    const struct archive_read_facts f = r ? archive_read_facts(r) : (struct archive_read_facts){0};
    archive_read_free(r);
    if (fate != FATE_OLD)
        return fate;
    if (rc != READ_END)
        return say(x, FATE_FAULT, "%s", why);
    if (f.length != x->ix.archive_len || f.crc != x->ix.archive_crc || x->found->n_records != x->ix.n_records)
        return say(x, FATE_FAULT, "'%s' is not what its index knows: look with pressline archive verify", x->path);
    if (x->n_undated)
        return say(x, FATE_UNSURE, "'%s' stays: %" PRIu64 " of its %" PRIu64 " records have no date in `%s`, the first is record %" PRIu64,
                   x->path, x->n_undated, x->found->n_records, x->e->field, x->first_undated);
    return x->found->n_records ? FATE_OLD : say(x, FATE_UNSURE, "'%s' stays: it has no record", x->path);
}

/* ---- removing ---- */

/* Takes PATH.part, which a run holds that writes the file anew. */
static enum archive_fate hold(struct expire *x)
{
    char name[NAME_MAX + 1];

    if (!beside(x, ".part", name)) {
        errno = ENAMETOOLONG;
        return fault(x, "hold");
    }
    x->part = openat(x->folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (x->part < 0 && errno == EEXIST)
        return say(x, FATE_UNSURE, "'%s' stays: '%s.part' is beside it; a run writes it anew, or was given up", x->path, x->path);
    if (x->part < 0)
        return fault(x, "make the .part of");
    if (flock(x->part, LOCK_EX | LOCK_NB) < 0 || !is_still(x, name, x->part))
        return say(x, FATE_UNSURE, "'%s' is being written by a run", x->path);
    return FATE_OLD;
}

static void let_go(struct expire *x)
{
    char name[NAME_MAX + 1];

    if (x->part >= 0 && beside(x, ".part", name) && is_still(x, name, x->part))
        unlinkat(x->folder, name, 0);
    if (x->part >= 0)
        close(x->part);
}

/* Whether the file is a .gzi of the archive's, or there is none. */
static bool gzi_is_ours(const struct expire *x, const char *name)
{
    const int fd = open_at(x->folder, name, O_NONBLOCK | O_NOCTTY);
    unsigned char n[8];
    struct stat st;

    if (fd < 0)
        return errno == ENOENT;
    const bool ours = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && pread(fd, n, sizeof n, 0) == (ssize_t)sizeof n &&
                      get_le(n, 8) < UINT32_MAX && (uint64_t)st.st_size == 8 + 16 * get_le(n, 8);
    close(fd);
    return ours;
}

static enum archive_fate remove_one(struct expire *x, const char *suffix, bool missing_is_good)
{
    char name[NAME_MAX + 1];

    if (beside(x, suffix, name) && unlinkat(x->folder, name, 0) < 0 && (errno != ENOENT || !missing_is_good))
        return say(x, FATE_FAULT, "cannot remove '%s%s': %s", x->path, suffix, strerror(errno));
    return FATE_REMOVED;
}

/* The archive goes first: what is left where this is cut short is an index of nothing, which no reader takes for more. */
static enum archive_fate remove_files(struct expire *x)
{
    char idx[NAME_MAX + 1], gzi[NAME_MAX + 1];
    struct stat now;
    enum archive_fate fate;

    if (fstat(x->fd, &now) < 0 || !is_still(x, x->name, x->fd) || now.st_size != x->st.st_size ||
        now.st_mtim.tv_sec != x->st.st_mtim.tv_sec || now.st_mtim.tv_nsec != x->st.st_mtim.tv_nsec)
        return say(x, FATE_UNSURE, "'%s' stays: it changed while it was read", x->path);
    if (!beside(x, ".idx", idx) || !is_still(x, idx, x->ix.fd))
        return say(x, FATE_UNSURE, "'%s' stays: its index changed while it was read", x->path);
    if (!beside(x, ".gzi", gzi) || !gzi_is_ours(x, gzi))
        return say(x, FATE_UNSURE, "'%s' stays: '%s.gzi' is not what lies beside an archive", x->path, x->path);
    fate = remove_one(x, "", false);
    if (fate == FATE_REMOVED)
        fate = remove_one(x, ".idx", true);
    if (fate == FATE_REMOVED)
        fate = remove_one(x, ".gzi", true);
    if (fsync(x->folder) < 0 && fate == FATE_REMOVED)
        return fault(x, "sync the folder of");
    return fate;
}

enum archive_fate archive_expire(const char *path, const struct archive_expiry *e, struct archive_expired *found, char *message,
                                 size_t size)
{
    struct expire *x = malloc(sizeof *x);
    enum archive_fate fate;

    *found = (struct archive_expired){0};
    if (!x) {
        snprintf(message, size, "out of memory");
        return FATE_FAULT;
    }
    *x = (struct expire){.path = path, .e = e, .found = found, .folder = -1, .fd = -1, .part = -1, .ix = {.fd = -1},
                         .message = message, .size = size};
    fate = open_folder(x);
    if (fate == FATE_OLD)
        fate = open_file(x);
    if (fate == FATE_OLD)
        fate = open_index(x);
    if (fate == FATE_OLD)
        fate = read_records(x);
    if (fate == FATE_OLD && e->remove) {
        fate = hold(x);
        if (fate == FATE_OLD)
            fate = remove_files(x);
        let_go(x);
    }
    archive_index_close(&x->ix);
    if (x->fd >= 0)
        close(x->fd);
    if (x->folder >= 0)
        close(x->folder);
    free(x->room);
    free(x);
    return fate;
}
