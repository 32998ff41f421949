/* dbfile.c - the file of a SQLite database: made whole, locked, and known to be ours before SQLite is let at it.
 *
 * SQLite would take an empty or a strange file for its own, and follow a link.  So a new database is made beside its place
 * and renamed when it is on the disk; one that is there is looked at first. */
#include "dbfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER = 100, AT_VERSION = 60, AT_APPLICATION = 68 }; /* https://www.sqlite.org/fileformat.html, 1.3 */

int dbfile_fault(struct dbfile *f, const char *doing, const char *path)
{
    snprintf(f->message, sizeof f->message, "cannot %s '%s': %s", doing, path, strerror(errno));
    f->machine = true;
    return PL_ERROR;
}

static int no_memory(struct dbfile *f)
{
    snprintf(f->message, sizeof f->message, "out of memory");
    f->machine = true;
    return PL_ERROR;
}

/* ---- folders ---- */

static int sync_fd(int fd)
{
    int rc;

    do
        rc = fsync(fd);
    while (rc < 0 && errno == EINTR);
    return rc;
}

static size_t folder_len(const char *path)
{
    const char *slash = strrchr(path, '/');

    return !slash ? 0 : slash == path ? 1 : (size_t)(slash - path);
}

/* So that the names in the folder of `path` outlive a power cut. */
static int sync_folder(struct dbfile *f, const char *path)
{
    const size_t n = folder_len(path);
    char *folder = n ? strndup(path, n) : strdup(".");
    const int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int rc = PL_OK;

    if (!folder)
        rc = no_memory(f);
    else if (fd < 0 || sync_fd(fd) < 0)
        rc = dbfile_fault(f, "sync the folder of", path);
    if (fd >= 0)
        close(fd);
    free(folder);
    return rc;
}

static int make_folders(struct dbfile *f, char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        int rc = PL_OK;
        *slash = 0;
        if (mkdir(path, 0777) == 0)
            rc = sync_folder(f, path);
        else if (errno != EEXIST)
            rc = dbfile_fault(f, "make folder", path);
        *slash = '/';
        if (rc != PL_OK)
            return rc;
    }
    return PL_OK;
}

/* `path` below the real folder it lies in: SQLite, told to follow no link, does not want any in the folders either. */
static int resolve(struct dbfile *f, const char *path)
{
    const size_t n = folder_len(path);
    char *folder = n ? strndup(path, n) : strdup("."), *real = folder ? realpath(folder, NULL) : NULL;
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    int rc = PL_OK;

    if (!folder)
        rc = no_memory(f);
    else if (!real)
        rc = dbfile_fault(f, "find the folder of", path);
    if (rc == PL_OK) {
        const size_t size = strlen(real) + strlen(name) + 2;
        f->path = malloc(size);
        if (f->path)
            snprintf(f->path, size, "%s%s%s", real, strcmp(real, "/") == 0 ? "" : "/", name);
        else
            rc = no_memory(f);
    }
    free(folder);
    free(real);
    return rc;
}

/* ---- one that is there ---- */

static int open_fd(const char *path, int flags)
{
    int fd;

    do
        fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0666);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* `path` is the file's, `name` what it is called to a person. */
static int lock(struct dbfile *f, const char *path, const char *name)
{
    struct stat st, named;
    int rc;

    do
        rc = flock(f->fd, LOCK_EX | LOCK_NB);
    while (rc < 0 && errno == EINTR);
    if (rc < 0 && errno != EWOULDBLOCK)
        return dbfile_fault(f, "lock", name);
    f->machine = true; /* the other one will have ended */
    if (rc < 0) {
        f->busy = true;
        snprintf(f->message, sizeof f->message, "'%s' is being written by another run or stage", name);
        return PL_ERROR;
    }
    if (fstat(f->fd, &st) < 0 || lstat(path, &named) < 0 || st.st_ino != named.st_ino || st.st_dev != named.st_dev) {
        snprintf(f->message, sizeof f->message, "'%s' was just renamed or removed by another run or stage", name);
        return PL_ERROR;
    }
    f->machine = false;
    return PL_OK;
}

static uint32_t big_endian(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int refuse(struct dbfile *f, const char *what)
{
    snprintf(f->message, sizeof f->message, "'%s' is %s, and is left as it is: move it away or choose another `%s`", f->name,
             what, f->kind->option);
    return PL_ERROR;
}

static int check_header(struct dbfile *f)
{
    unsigned char header[HEADER] = {0};
    size_t at = 0;

    while (at < sizeof header) {
        const ssize_t n = pread(f->fd, header + at, sizeof header - at, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return dbfile_fault(f, "read", f->name);
        if (n == 0)
            break;
        at += (size_t)n;
    }
    if (at < sizeof header || memcmp(header, "SQLite format 3", 16) != 0)
        return refuse(f, "no SQLite database");
    if (big_endian(header + AT_APPLICATION) != f->kind->application)
        return refuse(f, "a SQLite database, but not one that this stage made");
    if (big_endian(header + AT_VERSION) != f->kind->version) {
        snprintf(f->message, sizeof f->message,
                 "'%s' has tables of form %u, and this program writes form %u: it is left as it is; choose another `%s`",
                 f->name, (unsigned)big_endian(header + AT_VERSION), (unsigned)f->kind->version, f->kind->option);
        return PL_ERROR;
    }
    return PL_OK;
}

static int open_old(struct dbfile *f)
{
    struct stat st;

    if (fstat(f->fd, &st) < 0)
        return dbfile_fault(f, "look at", f->name);
    if (!S_ISREG(st.st_mode))
        return refuse(f, "no file");
    return lock(f, f->path, f->name) == PL_OK ? check_header(f) : PL_ERROR;
}

/* ---- a new one ---- */

/* "PATHENDING", to be freed. */
static char *with_ending(const char *path, const char *ending)
{
    const size_t size = strlen(path) + strlen(ending) + 1;
    char *z = malloc(size);

    if (z)
        snprintf(z, size, "%s%s", path, ending);
    return z;
}

/* What SQLite would take for the log of the new database: that of one which was removed without it. */
static int check_alone(struct dbfile *f)
{
    static const char *const endings[] = {"-journal", "-wal"};
    int rc = PL_OK;

    for (int i = 0; i < 2 && rc == PL_OK; i++) {
        struct stat st;
        char *path = with_ending(f->path, endings[i]);
        if (!path)
            return no_memory(f);
        if (lstat(path, &st) == 0) {
            snprintf(f->message, sizeof f->message, "'%s%s' is there without its database: put that back, or move it away",
                     f->name, endings[i]);
            rc = PL_ERROR;
        }
        free(path);
    }
    return rc;
}

static int open_empty(struct dbfile *f, const char *path, const char *name)
{
    struct stat st;

    f->fd = open_fd(path, O_RDWR | O_CREAT);
    if (f->fd < 0)
        return dbfile_fault(f, "make", name);
    if (fstat(f->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        snprintf(f->message, sizeof f->message, "'%s' is in the way: it is not a file", name);
        return PL_ERROR;
    }
    return lock(f, path, name);
}

/* The lock is on the file, and goes along with it under its new name. */
static int fill(struct dbfile *f, const char *path, const char *name, int (*make)(void *, const char *), void *arg, bool *made)
{
    int rc;

    do
        rc = ftruncate(f->fd, 0);
    while (rc < 0 && errno == EINTR);
    if (rc < 0)
        return dbfile_fault(f, "empty", name);
    if (make(arg, path) != 0)
        return PL_ERROR;
    if (sync_fd(f->fd) < 0)
        return dbfile_fault(f, "sync", name);
    if (rename(path, f->path) < 0)
        return dbfile_fault(f, "rename to its final name", name);
    *made = true;
    return sync_folder(f, f->path);
}

static int open_new(struct dbfile *f, int (*make)(void *, const char *), void *arg)
{
    char *path = with_ending(f->path, ".new"), *name = with_ending(f->name, ".new");
    bool made = false;
    int rc = path && name ? check_alone(f) : no_memory(f);

    if (rc == PL_OK)
        rc = open_empty(f, path, name);
    if (rc == PL_OK) {
        rc = fill(f, path, name, make, arg, &made);
        if (!made)
            unlink(path);
    }
    free(path);
    free(name);
    return rc;
}

static int begin(struct dbfile *f, const struct dbfile_kind *kind, pl_str path)
{
    *f = (struct dbfile){.fd = -1, .kind = kind};
    if (path.len == 0 || memchr(path.ptr, 0, path.len) || path.ptr[path.len - 1] == '/') {
        snprintf(f->message, sizeof f->message, "`%s` is no path", kind->option);
        return PL_ERROR;
    }
    f->name = strndup(path.ptr, path.len);
    return f->name ? PL_OK : no_memory(f);
}

static int cannot_open(struct dbfile *f)
{
    if (errno == ELOOP)
        return refuse(f, "a link");
    if (errno == EISDIR || errno == ENXIO)
        return refuse(f, "no file");
    return dbfile_fault(f, "open", f->name);
}

int dbfile_open(struct dbfile *f, const struct dbfile_kind *kind, pl_str path, int (*make)(void *arg, const char *path),
                void *arg)
{
    int rc = begin(f, kind, path);

    if (rc == PL_OK)
        rc = make_folders(f, f->name);
    if (rc == PL_OK)
        rc = resolve(f, f->name);
    if (rc != PL_OK)
        return rc;
    f->fd = open_fd(f->path, O_RDWR);
    if (f->fd >= 0)
        return open_old(f);
    return errno == ENOENT ? open_new(f, make, arg) : cannot_open(f);
}

int dbfile_look(struct dbfile *f, const struct dbfile_kind *kind, pl_str path)
{
    struct stat st;
    int rc = begin(f, kind, path);

    if (rc == PL_OK)
        rc = resolve(f, f->name);
    if (rc != PL_OK)
        return rc;
    f->fd = open_fd(f->path, O_RDONLY);
    if (f->fd < 0)
        return cannot_open(f);
    if (fstat(f->fd, &st) < 0)
        rc = dbfile_fault(f, "look at", f->name);
    else
        rc = S_ISREG(st.st_mode) ? check_header(f) : refuse(f, "no file");
    close(f->fd);
    f->fd = -1;
    return rc;
}

void dbfile_close(struct dbfile *f)
{
    if (f->path && f->fd >= 0)
        close(f->fd);
    free(f->name);
    free(f->path);
    *f = (struct dbfile){.fd = -1};
}

/* ---- faults of SQLite ---- */

static int errno_of_file(sqlite3_file *f)
{
    int error = 0;

    if (f && f->pMethods)
        f->pMethods->xFileControl(f, SQLITE_FCNTL_LAST_ERRNO, &error);
    return error;
}

/* What the system said.  Of a commit that failed SQLite (until 3.43) keeps it with the file alone, and not even there
 * where that was closed since. */
static int errno_of(sqlite3 *db)
{
    sqlite3_file *file = NULL, *log = NULL;
    const int last = errno;
    int error = db ? sqlite3_system_errno(db) : 0;

    if (error == 0 && db && sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK)
        error = errno_of_file(file);
    if (error == 0 && db && sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK)
        error = errno_of_file(log);
    return error ? error : last;
}

const char *dbfile_cause(const struct dbfile_kind *kind, sqlite3 *db, int code, bool *machine)
{
    const int error = errno_of(db);

    *machine = true;
    switch (code & 0xff) {
    case SQLITE_FULL: return strerror(ENOSPC);
    case SQLITE_NOMEM: return "out of memory";
    case SQLITE_IOERR:
        if ((code & ~0xff) == (SQLITE_IOERR_NOMEM & ~0xff))
            return "out of memory";
        return error ? strerror(error) : sqlite3_errmsg(db);
    case SQLITE_CANTOPEN:
        /* The cause is lost where it looked for the folder afterwards. */
        return error && error != ENOENT ? strerror(error) : "what belongs beside it (-wal, -shm, -journal) cannot be opened";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another program is writing to it, or has a transaction open; run again when that has ended";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        *machine = false;
        return kind->damaged;
    default: *machine = false; return db ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    }
}
