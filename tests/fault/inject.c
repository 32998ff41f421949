/* inject.c - a library to preload: fails the Nth allocation or the Nth write of the program, or keeps a log of its writes.
 *
 *   INJECT_COUNTS=FILE  where the counts are kept (struct counts below): mapped, so that they outlive any end
 *   INJECT_DIR=DIR      only calls on files below it count as I/O; absolute
 *   INJECT_MALLOC=N     the Nth allocation from the start of main() on fails with ENOMEM; libraries' count as well
 *   INJECT_IO=N         the Nth I/O call goes wrong as INJECT_KIND says:
 *                       ENOSPC, EDQUOT, EIO, EINTR  fails with that, without effect
 *                       short                       writes half of the bytes, and says so
 *                       before, after, half         the process is killed before it, after it, with half of it written
 *   INJECT_STICKY=1     and so do all that follow
 *   INJECT_TRACE=1      the fault's call stack goes to standard error
 *   INJECT_LOG=FILE     every I/O call that succeeded, with what it wrote; see log_call()
 *
 * A kind that a call cannot meet (a short rename) leaves it alone; `fired` of the counts then stays 0.  Counted are the calls
 * that change a file: open for writing, write, ftruncate, fsync, rename, unlink, mkdir and their relatives.  What stdio does
 * inside of libc cannot be seen from here: pressline writes no output with it. */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* As tests/fault/fault.py reads it. */
struct counts {
    _Atomic uint64_t mallocs, ios;
    _Atomic uint64_t fired; /* faults that were made */
    char call[16];          /* the first of them */
    char path[488];
};

enum kind { NONE, ERROR, SHORT, BEFORE, AFTER, HALF };
enum can { CAN_EINTR = 1, CAN_SPACE = 2, CAN_SHORT = 4 };

static struct {
    bool armed; /* main() has begun */
    struct counts *counts;
    uint64_t fail_malloc, fail_io;
    bool sticky, trace;
    enum kind kind;
    int error;
    char dir[PATH_MAX];
    size_t dir_len;
    int log;
} inject = {.log = -1};

static struct counts nowhere;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- what stands behind us ---- */

/* dlsym() may allocate before there is an allocator to ask. */
static char early[1 << 16] __attribute__((aligned(16)));
static size_t early_used;

static void *early_alloc(size_t n)
{
    const size_t need = (n + 31) & ~(size_t)15;

    if (need > sizeof early - early_used)
        return NULL;
    char *p = early + early_used + 16;
    memcpy(p - 16, &n, sizeof n);
    early_used += need;
    return p;
}

static bool is_early(const void *p)
{
    return (const char *)p >= early && (const char *)p < early + sizeof early;
}

static struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    int (*posix_memalign)(void **, size_t, size_t);
    void (*free)(void *);
} real;

static void find(void *at, const char *name)
{
    void *p = dlsym(RTLD_NEXT, name);

    memcpy(at, &p, sizeof p);
}

static bool find_real(void)
{
    static bool finding;

    if (real.free)
        return true;
    if (finding)
        return false;
    finding = true;
    find(&real.malloc, "malloc");
    find(&real.calloc, "calloc");
    find(&real.realloc, "realloc");
    find(&real.aligned_alloc, "aligned_alloc");
    find(&real.posix_memalign, "posix_memalign");
    find(&real.free, "free");
    finding = false;
    return true;
}

/* ---- the start ---- */

static void *map_counts(const char *file)
{
    const int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    void *p = MAP_FAILED;

    if (fd >= 0 && syscall(SYS_ftruncate, fd, sizeof(struct counts)) == 0)
        p = mmap(NULL, sizeof(struct counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0)
        syscall(SYS_close, fd);
    return p == MAP_FAILED ? &nowhere : p;
}

static void set_kind(const char *kind)
{
    static const struct {
        const char *name;
        enum kind kind;
        int error;
    } kinds[] = {{"ENOSPC", ERROR, ENOSPC}, {"EDQUOT", ERROR, EDQUOT}, {"EIO", ERROR, EIO}, {"EINTR", ERROR, EINTR},
                 {"short", SHORT, 0},       {"before", BEFORE, 0},     {"after", AFTER, 0}, {"half", HALF, 0}};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kind && strcmp(kind, kinds[i].name) == 0) {
            inject.kind = kinds[i].kind;
            inject.error = kinds[i].error;
            return;
        }
    }
    fprintf(stderr, "inject: INJECT_KIND '%s' is none\n", kind ? kind : "");
    _exit(99);
}

static uint64_t number(const char *name)
{
    const char *value = getenv(name);

    return value ? strtoull(value, NULL, 10) : 0;
}

static void arm(void)
{
    const char *counts = getenv("INJECT_COUNTS"), *dir = getenv("INJECT_DIR"), *log = getenv("INJECT_LOG");

    inject.counts = counts ? map_counts(counts) : &nowhere;
    inject.fail_malloc = number("INJECT_MALLOC");
    inject.fail_io = number("INJECT_IO");
    inject.trace = number("INJECT_TRACE") > 0;
    inject.sticky = number("INJECT_STICKY") > 0;
    if (inject.fail_io)
        set_kind(getenv("INJECT_KIND"));
    if (dir && strlen(dir) < sizeof inject.dir) {
        inject.dir_len = strlen(dir);
        memcpy(inject.dir, dir, inject.dir_len + 1);
    }
    if (log)
        inject.log = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    inject.armed = true;
}

static int (*real_main)(int, char **, char **);

static int armed_main(int argc, char **argv, char **envp)
{
    arm();
    return real_main(argc, argv, envp);
}

/* From here main() is called: what the dynamic linker and constructors did before is not the program's to survive. */
EXPORT int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                             void (*fini)(void), void (*rtld_fini)(void), void *stack_end);
EXPORT int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                             void (*fini)(void), void (*rtld_fini)(void), void *stack_end)
{
    int (*start)(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

    find_real();
    find(&start, "__libc_start_main");
    real_main = main;
    return start(armed_main, argc, argv, init, fini, rtld_fini, stack_end);
}

/* ---- allocations ---- */

/* libconfig 1.5 does not look whether it was given memory, and none of its callers could: what it asks for while it reads
 * a file does not count.  It does so at the start, before any file of the run is touched. */
static _Thread_local int sparing __attribute__((tls_model("initial-exec")));

EXPORT int config_read_string(void *config, const char *text);
EXPORT int config_read_string(void *config, const char *text)
{
    int (*read)(void *, const char *);

    find(&read, "config_read_string");
    sparing++;
    const int rc = read(config, text);
    sparing--;
    return rc;
}

EXPORT void config_init(void *config);
EXPORT void config_init(void *config)
{
    void (*init)(void *);

    find(&init, "config_init");
    sparing++;
    init(config);
    sparing--;
}

/* Nor what glibc's dynamic linker asks for: it ends the process with 127 where some of it is refused. */
EXPORT void *dlopen(const char *path, int flags)
{
    void *(*open)(const char *, int);

    find(&open, "dlopen");
    sparing++;
    void *handle = open(path, flags);
    sparing--;
    return handle;
}

static void tell(const char *call, const char *path)
{
    struct counts *c = inject.counts;

    if (atomic_fetch_add(&c->fired, 1) == 0) {
        strncpy(c->call, call, sizeof c->call - 1);
        strncpy(c->path, path, sizeof c->path - 1);
    }
    if (inject.trace) {
        void *frames[40];
        sparing++;
        backtrace_symbols_fd(frames, backtrace(frames, 40), STDERR_FILENO);
        sparing--;
    }
}

static bool reached(uint64_t n, uint64_t wanted)
{
    return wanted && (n == wanted || (inject.sticky && n > wanted));
}

static bool starve(const char *call)
{
    if (!inject.armed || sparing || !reached(atomic_fetch_add(&inject.counts->mallocs, 1) + 1, inject.fail_malloc))
        return false;
    tell(call, "");
    errno = ENOMEM;
    return true;
}

EXPORT void *malloc(size_t n)
{
    if (!find_real())
        return early_alloc(n);
    return starve("malloc") ? NULL : real.malloc(n);
}

EXPORT void *calloc(size_t n, size_t size)
{
    if (!find_real())
        return early_alloc(n * size);
    return starve("calloc") ? NULL : real.calloc(n, size);
}

EXPORT void *realloc(void *p, size_t n)
{
    if (!find_real() || is_early(p)) {
        void *grown = real.malloc ? real.malloc(n) : early_alloc(n);
        size_t had = 0;
        if (p)
            memcpy(&had, (char *)p - 16, sizeof had);
        if (grown && p)
            memcpy(grown, p, had < n ? had : n);
        return grown;
    }
    return starve("realloc") ? NULL : real.realloc(p, n);
}

EXPORT void *aligned_alloc(size_t align, size_t n)
{
    find_real();
    return starve("aligned_alloc") ? NULL : real.aligned_alloc(align, n);
}

EXPORT int posix_memalign(void **p, size_t align, size_t n)
{
    find_real();
    return starve("posix_memalign") ? ENOMEM : real.posix_memalign(p, align, n);
}

EXPORT void free(void *p)
{
    if (!is_early(p) && find_real())
        real.free(p);
}

/* ---- I/O: which calls ---- */

static bool below(const char *path)
{
    return inject.dir_len && strncmp(path, inject.dir, inject.dir_len) == 0 &&
           (path[inject.dir_len] == '/' || path[inject.dir_len] == 0);
}

/* `path` as seen from `at`, absolute; false when that is not below INJECT_DIR. */
static bool path_below(int at, const char *path, char whole[PATH_MAX])
{
    char base[PATH_MAX], link[64];
    ssize_t n = 0;

    if (!inject.armed || !inject.dir_len)
        return false;
    if (path[0] != '/') {
        snprintf(link, sizeof link, at == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", at);
        n = readlink(link, base, sizeof base - 1);
    }
    base[n > 0 ? n : 0] = 0;
    const int len = path[0] == '/' ? snprintf(whole, PATH_MAX, "%s", path) : snprintf(whole, PATH_MAX, "%s/%s", base, path);
    return len > 0 && len < PATH_MAX && below(whole);
}

static bool fd_below(int fd, char whole[PATH_MAX])
{
    char link[64];

    if (!inject.armed || !inject.dir_len)
        return false;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t n = readlink(link, whole, PATH_MAX - 1);
    whole[n > 0 ? n : 0] = 0;
    return below(whole);
}

/* ---- I/O: what goes wrong ---- */

static void die(void)
{
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;)
        pause();
}

/* Counts a call; what is to happen to it. */
static enum kind judge(const char *call, const char *path, unsigned can)
{
    if (!reached(atomic_fetch_add(&inject.counts->ios, 1) + 1, inject.fail_io))
        return NONE;
    if ((inject.kind == SHORT || inject.kind == HALF) && !(can & CAN_SHORT))
        return NONE;
    if (inject.kind == ERROR && inject.error == EINTR && !(can & CAN_EINTR))
        return NONE;
    if (inject.kind == ERROR && (inject.error == ENOSPC || inject.error == EDQUOT) && !(can & CAN_SPACE))
        return NONE;
    tell(call, path);
    if (inject.kind == BEFORE)
        die();
    if (inject.kind == ERROR)
        errno = inject.error;
    return inject.kind;
}

/* ---- I/O: the log ---- */

static void put(struct iovec *v, int *n, const void *at, size_t len)
{
    v[(*n)++] = (struct iovec){(void *)(uintptr_t)at, len};
}

/* A line "CALL INODE OFFSET LENGTH FOLDER PATH\n" with LENGTH bytes of what was written, or of the new name, and a line's end
 * behind it; FOLDER is 1 for a folder's descriptor.  The caller has the lock from before the call until here, so the order is the one in which things happened. */
static void log_call(const char *call, int fd, off_t offset, const void *bytes, size_t len, const char *path)
{
    char head[PATH_MAX + 128];
    struct stat st = {0};
    struct iovec v[3];
    int n = 0;

    if (fd >= 0)
        fstat(fd, &st);
    const int head_len = snprintf(head, sizeof head, "%s %llu %lld %zu %d %s\n", call, (unsigned long long)st.st_ino,
                                  (long long)offset, len, S_ISDIR(st.st_mode), path);
    put(v, &n, head, (size_t)head_len);
    put(v, &n, bytes, len);
    put(v, &n, "\n", 1);
    if (syscall(SYS_writev, inject.log, v, n) != (long)((size_t)head_len + len + 1))
        _exit(98);
}

static void begin(void)
{
    if (inject.log >= 0)
        pthread_mutex_lock(&log_lock);
}

/* The end of a call that was let through with this result. */
static void end(enum kind kind)
{
    const int error = errno;

    if (inject.log >= 0)
        pthread_mutex_unlock(&log_lock);
    if (kind == AFTER || kind == HALF)
        die();
    errno = error;
}

static bool logging(long rc)
{
    return inject.log >= 0 && rc >= 0;
}

/* ---- I/O: the calls ---- */

static int do_open(int at, const char *path, int flags, mode_t mode)
{
    char whole[PATH_MAX];
    const bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC));

    if (!writes || !path_below(at, path, whole))
        return (int)syscall(SYS_openat, at, path, flags, mode);
    const enum kind kind = judge("open", whole, CAN_EINTR | (flags & O_CREAT ? CAN_SPACE : 0));
    if (kind == ERROR)
        return -1;
    begin();
    const bool was = syscall(SYS_faccessat, at, path, F_OK, 0) == 0;
    const int fd = (int)syscall(SYS_openat, at, path, flags, mode);
    if (logging(fd))
        log_call(!was ? "create" : flags & O_TRUNC ? "empty" : "open", fd, 0, NULL, 0, whole);
    end(kind);
    return fd;
}

static mode_t mode_of(int flags, va_list ap)
{
    return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? (mode_t)va_arg(ap, unsigned) : 0;
}

#define OPEN(name)                                     \
    EXPORT int name(const char *path, int flags, ...); \
    EXPORT int name(const char *path, int flags, ...)  \
    {                                                  \
        va_list ap;                                    \
        va_start(ap, flags);                           \
        const mode_t mode = mode_of(flags, ap);        \
        va_end(ap);                                    \
        return do_open(AT_FDCWD, path, flags, mode);   \
    }
#define OPENAT(name)                                           \
    EXPORT int name(int at, const char *path, int flags, ...); \
    EXPORT int name(int at, const char *path, int flags, ...)  \
    {                                                          \
        va_list ap;                                            \
        va_start(ap, flags);                                   \
        const mode_t mode = mode_of(flags, ap);                \
        va_end(ap);                                            \
        return do_open(at, path, flags, mode);                 \
    }
#undef open
#undef open64
#undef openat
#undef openat64
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
OPEN(__open_2)
OPEN(__open64_2)
OPENAT(__openat_2)
OPENAT(__openat64_2)

EXPORT int creat(const char *path, mode_t mode)
{
    return do_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

/* write, pwrite (offset >= 0) and, gathered into one piece, writev. */
static ssize_t do_write(int fd, const void *bytes, size_t len, off_t offset)
{
    char path[PATH_MAX];
    off_t at = offset;

    if (!fd_below(fd, path))
        return offset < 0 ? syscall(SYS_write, fd, bytes, len) : syscall(SYS_pwrite64, fd, bytes, len, offset);
    const enum kind kind = judge("write", path, CAN_EINTR | CAN_SPACE | (len > 1 ? CAN_SHORT : 0));
    if (kind == ERROR)
        return -1;
    if (kind == SHORT || kind == HALF)
        len /= 2;
    begin();
    if (offset < 0)
        at = syscall(SYS_fcntl, fd, F_GETFL) & O_APPEND ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
    const ssize_t n = offset < 0 ? syscall(SYS_write, fd, bytes, len) : syscall(SYS_pwrite64, fd, bytes, len, offset);
    if (logging(n))
        log_call("write", fd, at, bytes, (size_t)n, path);
    end(kind);
    return n;
}

EXPORT ssize_t write(int fd, const void *bytes, size_t len)
{
    return do_write(fd, bytes, len, -1);
}

EXPORT ssize_t pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
    return do_write(fd, bytes, len, offset);
}

EXPORT ssize_t pwrite64(int fd, const void *bytes, size_t len, off_t offset)
{
    return do_write(fd, bytes, len, offset);
}

EXPORT ssize_t writev(int fd, const struct iovec *v, int n)
{
    char path[PATH_MAX];
    size_t len = 0, at = 0;

    if (!fd_below(fd, path))
        return syscall(SYS_writev, fd, v, n);
    for (int i = 0; i < n; i++)
        len += v[i].iov_len;
    char *whole = real.malloc(len + 1);
    if (!whole)
        return -1;
    for (int i = 0; i < n; at += v[i++].iov_len)
        memcpy(whole + at, v[i].iov_base, v[i].iov_len);
    const ssize_t rc = do_write(fd, whole, len, -1);
    real.free(whole);
    return rc;
}

static int do_sync(int fd, long nr, const char *name)
{
    char path[PATH_MAX];

    if (!fd_below(fd, path))
        return (int)syscall(nr, fd);
    const enum kind kind = judge(name, path, CAN_EINTR | CAN_SPACE);
    if (kind == ERROR)
        return -1;
    begin();
    const int rc = (int)syscall(nr, fd);
    if (logging(rc))
        log_call("sync", fd, 0, NULL, 0, path);
    end(kind);
    return rc;
}

EXPORT int fsync(int fd)
{
    return do_sync(fd, SYS_fsync, "fsync");
}

EXPORT int fdatasync(int fd)
{
    return do_sync(fd, SYS_fdatasync, "fdatasync");
}

static int do_truncate(int fd, off_t length)
{
    char path[PATH_MAX];

    if (!fd_below(fd, path))
        return (int)syscall(SYS_ftruncate, fd, length);
    const enum kind kind = judge("ftruncate", path, CAN_EINTR | CAN_SPACE);
    if (kind == ERROR)
        return -1;
    begin();
    const int rc = (int)syscall(SYS_ftruncate, fd, length);
    if (logging(rc))
        log_call("cut", fd, length, NULL, 0, path);
    end(kind);
    return rc;
}

EXPORT int ftruncate(int fd, off_t length)
{
    return do_truncate(fd, length);
}

EXPORT int ftruncate64(int fd, off_t length)
{
    return do_truncate(fd, length);
}

EXPORT int fallocate(int fd, int mode, off_t offset, off_t len)
{
    char path[PATH_MAX];

    /* The log has no word for it: without one, space that was set aside is not modelled. */
    if (fd_below(fd, path) && judge("fallocate", path, CAN_EINTR | CAN_SPACE) == ERROR)
        return -1;
    return (int)syscall(SYS_fallocate, fd, mode, offset, len);
}

static int do_rename(int from_at, const char *from, int to_at, const char *to, unsigned flags)
{
    char a[PATH_MAX], b[PATH_MAX];
    const bool counts = path_below(from_at, from, a);

    if (!path_below(to_at, to, b) || !counts)
        return (int)syscall(SYS_renameat2, from_at, from, to_at, to, flags);
    const enum kind kind = judge("rename", a, CAN_SPACE);
    if (kind == ERROR)
        return -1;
    begin();
    const int rc = (int)syscall(SYS_renameat2, from_at, from, to_at, to, flags);
    if (logging(rc))
        log_call("rename", -1, 0, b, strlen(b), a);
    end(kind);
    return rc;
}

EXPORT int rename(const char *from, const char *to)
{
    return do_rename(AT_FDCWD, from, AT_FDCWD, to, 0);
}

EXPORT int renameat(int from_at, const char *from, int to_at, const char *to)
{
    return do_rename(from_at, from, to_at, to, 0);
}

EXPORT int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags)
{
    return do_rename(from_at, from, to_at, to, flags);
}

static int do_unlink(int at, const char *path, int flags)
{
    char whole[PATH_MAX];

    if (!path_below(at, path, whole))
        return (int)syscall(SYS_unlinkat, at, path, flags);
    const enum kind kind = judge("unlink", whole, 0);
    if (kind == ERROR)
        return -1;
    begin();
    const int rc = (int)syscall(SYS_unlinkat, at, path, flags);
    if (logging(rc))
        log_call("unlink", -1, 0, NULL, 0, whole);
    end(kind);
    return rc;
}

EXPORT int unlink(const char *path)
{
    return do_unlink(AT_FDCWD, path, 0);
}

EXPORT int unlinkat(int at, const char *path, int flags)
{
    return do_unlink(at, path, flags);
}

EXPORT int rmdir(const char *path)
{
    return do_unlink(AT_FDCWD, path, AT_REMOVEDIR);
}

EXPORT int remove(const char *path)
{
    const int rc = do_unlink(AT_FDCWD, path, 0);

    return rc != 0 && errno == EISDIR ? do_unlink(AT_FDCWD, path, AT_REMOVEDIR) : rc;
}

static int do_mkdir(int at, const char *path, mode_t mode)
{
    char whole[PATH_MAX];

    if (!path_below(at, path, whole))
        return (int)syscall(SYS_mkdirat, at, path, mode);
    const enum kind kind = judge("mkdir", whole, CAN_SPACE);
    if (kind == ERROR)
        return -1;
    begin();
    const int rc = (int)syscall(SYS_mkdirat, at, path, mode);
    if (logging(rc))
        log_call("mkdir", -1, 0, NULL, 0, whole);
    end(kind);
    return rc;
}

EXPORT int mkdir(const char *path, mode_t mode)
{
    return do_mkdir(AT_FDCWD, path, mode);
}

EXPORT int mkdirat(int at, const char *path, mode_t mode)
{
    return do_mkdir(at, path, mode);
}
