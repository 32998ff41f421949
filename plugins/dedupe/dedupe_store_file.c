/* dedupe_store_file.c - the files of a store: a folder of them, or unnamed ones; checksums; buffered appending. */
#include "dedupe_store_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *what_to_do(const struct store_folder *f)
{
    return *f->prefix ? "put it back as it was, or begin anew with --restart"
                      : "put it back from a copy of the store, or remove the store, and what it remembers is forgotten";
}

/* ---- faults ---- */

int store_fault(struct store_folder *f, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vsnprintf(f->fault->message, sizeof f->fault->message, format, ap);
    va_end(ap);
    f->fault->machine = false;
    return PL_ERROR;
}

int store_fault_sys(struct store_folder *f, const char *doing, const char *name)
{
    const int error = errno;

    store_fault(f, "cannot %s '%s/%s%s': %s", doing, f->path ? f->path : "(scratch)", f->prefix, name, strerror(error));
    f->fault->machine = true;
    return PL_ERROR;
}

int store_no_memory(struct store_folder *f)
{
    store_fault(f, "out of memory");
    f->fault->machine = true;
    return PL_NOMEM;
}

int store_damaged(struct store_folder *f, const char *name, uint64_t byte, const char *what)
{
    return store_fault(f, "'%s/%s%s' is damaged at byte %llu: %s; %s", f->path ? f->path : "(scratch)", f->prefix, name,
                       (unsigned long long)byte, what, what_to_do(f));
}

/* ---- the folder ---- */

/* The holder's name, for whoever finds it locked. */
static int sign_lock(int fd, const char *who, size_t n)
{
    ssize_t done;
    int rc;

    do
        rc = ftruncate(fd, 0);
    while (rc < 0 && errno == EINTR);
    for (size_t at = 0; rc == 0 && at < n; at += done > 0 ? (size_t)done : 0) {
        done = pwrite(fd, who + at, n - at, (off_t)at);
        if (done == 0 || (done < 0 && errno != EINTR))
            rc = -1;
    }
    return rc;
}

int store_folder_lock(struct store_folder *f)
{
    char name[300], who[128] = "";
    int rc;

    snprintf(name, sizeof name, "%slock", f->prefix);
    do
        f->lock = openat(f->fd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0666);
    while (f->lock < 0 && errno == EINTR);
    if (f->lock < 0)
        return store_fault_sys(f, "open", "lock");
    do
        rc = flock(f->lock, LOCK_EX | LOCK_NB);
    while (rc < 0 && errno == EINTR);
    if (rc < 0 && errno != EWOULDBLOCK)
        return store_fault_sys(f, "lock", "lock");
    if (rc < 0) {
        const ssize_t n = pread(f->lock, who, sizeof who - 1, 0);
        who[n > 0 ? n : 0] = 0;
        long own = 0;
        if (sscanf(who, "process %18ld", &own) == 1 && own == (long)getpid())
            return store_fault(f, "the store '%s' is in use by another stage of this pipeline: each needs one of its own",
                               f->path);
        const size_t plain = strspn(who, "abcdefghijklmnopqrstuvwxyz 0123456789");
        who[plain] = 0;
        store_fault(f, "the store '%s' is in use by %s: try again when that has ended", f->path,
                    plain ? who : "another run");
        f->fault->busy = true;
        return PL_ERROR;
    }
    const int n = snprintf(who, sizeof who, "process %ld\n", (long)getpid());
    if (!f->read_only && sign_lock(f->lock, who, (size_t)n) < 0)
        return store_fault_sys(f, "write", "lock");
    return PL_OK;
}

/* `path` cut in two at its last slash. */
static int split(struct store_folder *f, pl_str path, bool flat)
{
    const char *slash = flat ? memrchr(path.ptr, '/', path.len) : NULL;

    if (path.len == 0 || memchr(path.ptr, 0, path.len))
        return store_fault(f, "the path of the store is empty, or no path");
    if (!flat)
        f->path = strndup(path.ptr, path.len);
    else
        f->path = !slash ? strdup(".") : strndup(path.ptr, slash == path.ptr ? 1 : (size_t)(slash - path.ptr));
    if (flat) {
        const char *name = slash ? slash + 1 : path.ptr;
        const size_t n = path.len - (size_t)(name - path.ptr);
        if (n > 200)
            return store_fault(f, "the name '%.*s' is too long", (int)n, name);
        free(f->prefix);
        f->prefix = malloc(n + 2);
        if (f->prefix)
            memcpy(f->prefix, name, n), memcpy(f->prefix + n, ".", 2);
    }
    return f->path && f->prefix ? PL_OK : store_no_memory(f);
}

static int sync_above(struct store_folder *f, char *path)
{
    char *slash = strrchr(path, '/');
    int fd, rc;

    if (slash)
        *slash = 0;
    fd = open(!slash ? "." : slash == path ? "/" : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    do
        rc = fd < 0 ? -1 : fsync(fd);
    while (rc < 0 && fd >= 0 && errno == EINTR);
    if (slash)
        *slash = '/';
    if (fd >= 0)
        close(fd);
    return rc < 0 ? store_fault_sys(f, "sync the folder of", "") : PL_OK;
}

/* The folder and those above it, each durable. */
static int make_folders(struct store_folder *f)
{
    size_t n = strlen(f->path);

    while (n > 1 && f->path[n - 1] == '/')
        f->path[--n] = 0;
    for (char *at = f->path + 1; at <= f->path + n; at++) {
        const char was = *at;
        if (was != '/' && was != 0)
            continue;
        *at = 0;
        int rc = mkdir(f->path, 0777) < 0 && errno != EEXIST ? store_fault_sys(f, "make folder", "") : PL_OK;
        if (rc == PL_OK && was == 0)
            rc = sync_above(f, f->path);
        *at = was;
        if (rc != PL_OK)
            return rc;
    }
    return PL_OK;
}

int store_folder_open(struct store_folder *f, const struct dedupe_store_options *options,
                      struct dedupe_store_fault *fault)
{
    *f = (struct store_folder){.fd = -1, .lock = -1, .read_only = options->read_only, .fault = fault};
    *fault = (struct dedupe_store_fault){0};
    f->prefix = strdup("");
    if (!f->prefix)
        return store_no_memory(f);
    if (!options->path.ptr)
        return PL_OK;
    int rc = split(f, options->path, options->flat);
    if (rc == PL_OK && !f->read_only && !options->flat)
        rc = make_folders(f);
    if (rc != PL_OK)
        return rc;
    do
        f->fd = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (options->flat ? 0 : O_NOFOLLOW));
    while (f->fd < 0 && errno == EINTR);
    if (f->fd < 0 && (errno == ELOOP || errno == ENOTDIR))
        return store_fault(f, "'%s' is not a folder, or a link to one: the store must be a folder itself", f->path);
    return f->fd < 0 ? store_fault_sys(f, "open", "") : PL_OK;
}

void store_folder_close(struct store_folder *f)
{
    if (f->path && f->lock >= 0)
        close(f->lock);
    if (f->path && f->fd >= 0)
        close(f->fd);
    free(f->path);
    free(f->prefix);
    *f = (struct store_folder){.fd = -1, .lock = -1};
}

static void full_name(const struct store_folder *f, const char *name, char *full, size_t cap)
{
    snprintf(full, cap, "%s%s", f->prefix, name);
}

int store_folder_sync(struct store_folder *f)
{
    int rc;

    if (!f->path || !f->dirty)
        return PL_OK;
    do
        rc = fsync(f->fd);
    while (rc < 0 && errno == EINTR);
    f->failed = f->failed || rc < 0;
    f->dirty = rc < 0;
    return rc < 0 ? store_fault_sys(f, "sync", "") : PL_OK;
}

int store_folder_list(struct store_folder *f, int (*each)(void *arg, const char *name), void *arg)
{
    const size_t skip = strlen(f->prefix);
    const int fd = openat(f->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *e;
    int rc = PL_OK;

    if (!dir) {
        if (fd >= 0)
            close(fd);
        return store_fault_sys(f, "list", "");
    }
    while (rc == PL_OK && (errno = 0, e = readdir(dir)))
        if (e->d_name[0] != '.' && strncmp(e->d_name, f->prefix, skip) == 0)
            rc = each(arg, e->d_name + skip);
    if (rc == PL_OK && errno)
        rc = store_fault_sys(f, "list", "");
    closedir(dir);
    return rc;
}

int store_folder_remove(struct store_folder *f, const char *name)
{
    char full[300];

    if (!f->path || f->read_only)
        return PL_OK;
    full_name(f, name, full, sizeof full);
    f->dirty = true;
    return unlinkat(f->fd, full, 0) < 0 && errno != ENOENT ? store_fault_sys(f, "remove", name) : PL_OK;
}

int store_folder_put(struct store_folder *f, const char *name, const void *bytes, size_t n)
{
    struct store_file file = {0};
    char from[300], to[300];
    int rc;

    full_name(f, "new", from, sizeof from);
    full_name(f, name, to, sizeof to);
    rc = store_file_make(f, &file, "new");
    if (rc == PL_OK)
        rc = store_file_write(&file, bytes, n, 0);
    if (rc == PL_OK)
        rc = store_file_sync(&file);
    store_file_close(&file);
    if (rc == PL_OK && renameat(f->fd, from, f->fd, to) < 0)
        rc = store_fault_sys(f, "rename", "new");
    return rc == PL_OK ? store_folder_sync(f) : rc;
}

/* ---- files ---- */

static int scratch_file(void)
{
    const char *tmp = getenv("TMPDIR");
    char path[4096];
    int fd;

    if (!tmp || !*tmp)
        tmp = "/tmp";
#ifdef O_TMPFILE
    do
        fd = open(tmp, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    while (fd < 0 && errno == EINTR);
    if (fd >= 0)
        return fd;
#endif
    if (snprintf(path, sizeof path, "%s/pressline-XXXXXX", tmp) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

/* Names are plain: nothing leads out of the folder. */
static int named_file(struct store_folder *f, const char *name, int flags)
{
    char full[300];
    int fd;

    full_name(f, name, full, sizeof full);
    do
        fd = openat(f->fd, full, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0666);
    while (fd < 0 && errno == EINTR);
    return fd;
}

int store_file_make(struct store_folder *f, struct store_file *file, const char *name)
{
    char full[300];

    *file = (struct store_file){0};
    if (f->failed)
        return PL_ERROR;
    snprintf(file->name, sizeof file->name, "%s", name);
    if (!f->path) {
        file->fd = scratch_file();
    } else {
        full_name(f, name, full, sizeof full);
        if (unlinkat(f->fd, full, 0) < 0 && errno != ENOENT)
            return store_fault_sys(f, "replace", name);
        file->fd = named_file(f, name, O_RDWR | O_CREAT | O_EXCL);
        f->dirty = true;
    }
    if (file->fd < 0)
        return store_fault_sys(f, "make", name);
    file->folder = f;
    file->dirty = true;
    return PL_OK;
}

int store_file_size(struct store_file *file, uint64_t *size)
{
    struct stat st;

    if (fstat(file->fd, &st) < 0)
        return store_fault_sys(file->folder, "look at", file->name);
    if (!S_ISREG(st.st_mode) || st.st_size < 0)
        return store_fault(file->folder, "'%s/%s%s' is in the way: it is not a file", file->folder->path,
                           file->folder->prefix, file->name);
    *size = (uint64_t)st.st_size;
    return PL_OK;
}

int store_file_open(struct store_folder *f, struct store_file *file, const char *name, uint64_t length, bool exact)
{
    uint64_t size = 0;

    *file = (struct store_file){0};
    snprintf(file->name, sizeof file->name, "%s", name);
    file->fd = named_file(f, name, f->read_only ? O_RDONLY : O_RDWR);
    if (file->fd < 0 && errno == ENOENT)
        return store_fault(f, "'%s/%s%s' is missing, of which the store needs %llu bytes; %s", f->path, f->prefix, name,
                           (unsigned long long)length, what_to_do(f));
    if (file->fd < 0)
        return store_fault_sys(f, "open", name);
    file->folder = f;
    int rc = store_file_size(file, &size);
    if (rc == PL_OK && (size < length || (exact && size > length)))
        rc = store_fault(f, "'%s/%s%s' has %llu bytes, of %llu that were written; %s", f->path, f->prefix, name,
                         (unsigned long long)size, (unsigned long long)length, what_to_do(f));
    if (rc != PL_OK)
        store_file_close(file);
    return rc;
}

void store_file_close(struct store_file *file)
{
    if (file->folder)
        close(file->fd);
    *file = (struct store_file){0};
}

int store_file_read(struct store_file *file, void *to, size_t n, uint64_t at)
{
    unsigned char *p = to;

    while (n) {
        const ssize_t done = pread(file->fd, p, n, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return store_fault_sys(file->folder, "read", file->name);
        if (done == 0)
            return store_damaged(file->folder, file->name, at, "it ends there");
        p += done;
        at += (uint64_t)done;
        n -= (size_t)done;
    }
    return PL_OK;
}

int store_file_write(struct store_file *file, const void *bytes, size_t n, uint64_t at)
{
    const unsigned char *p = bytes;

    if (file->folder->failed)
        return PL_ERROR;
    file->dirty = file->dirty || n;
    while (n) {
        const ssize_t done = pwrite(file->fd, p, n, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            file->folder->failed = true;
            return store_fault_sys(file->folder, "write", file->name);
        }
        p += done;
        at += (uint64_t)done;
        n -= (size_t)done;
    }
    return PL_OK;
}

int store_file_cut(struct store_file *file, uint64_t length)
{
    int rc;

    do
        rc = ftruncate(file->fd, (off_t)length);
    while (rc < 0 && errno == EINTR);
    file->dirty = true;
    return rc < 0 ? store_fault_sys(file->folder, "cut", file->name) : PL_OK;
}

int store_file_sync(struct store_file *file)
{
    struct store_folder *f = file->folder;
    int rc;

    if (f->failed)
        return PL_ERROR;
    if (!file->dirty || !f->path)
        return PL_OK;
    do
        rc = fdatasync(file->fd);
    while (rc < 0 && errno == EINTR);
    /* One that is tried again may pass over what the first one lost. */
    f->failed = rc < 0;
    file->dirty = rc < 0;
    return rc < 0 ? store_fault_sys(f, "sync", file->name) : PL_OK;
}

/* ---- memory ---- */

enum { MAPPED = 1 << 20, LINE = 64 };

void *store_room_new(size_t bytes)
{
    void *at;

    if (bytes > SIZE_MAX / 2)
        return NULL;
    if (bytes < MAPPED) {
        at = aligned_alloc(LINE, (bytes + LINE) / LINE * LINE);
        if (at)
            memset(at, 0, bytes);
        return at;
    }
    at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return NULL;
#ifdef MADV_HUGEPAGE
    madvise(at, bytes, MADV_HUGEPAGE);
#endif
    return at;
}

void store_room_free(void *at, size_t bytes)
{
    if (at && bytes >= MAPPED)
        munmap(at, bytes);
    else
        free(at);
}

/* ---- checksums ---- */

static uint64_t turn(uint64_t h, uint64_t word)
{
    h = (h ^ word) * 0x9e3779b97f4a7c15u;
    return h << 29 | h >> 35;
}

/* Four at once, since each step waits for the one before; each step loses nothing of either. */
uint64_t store_check(uint64_t seed, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    uint64_t h[4] = {seed, seed ^ 1, seed ^ 2, seed ^ 3}, word[4];
    const uint64_t len = n;

    for (; n >= sizeof word; n -= sizeof word, p += sizeof word) {
        memcpy(word, p, sizeof word);
        for (int i = 0; i < 4; i++)
            h[i] = turn(h[i], word[i]);
    }
    memset(word, 0, sizeof word);
    if (n)
        memcpy(word, p, n);
    uint64_t all = len;
    for (int i = 0; i < 4; i++)
        all = turn(all, turn(h[i], word[i]));
    all ^= all >> 32;
    all *= 0xd6e8feb86659fd93u;
    return all ^ all >> 32;
}

void store_page_seal(unsigned char *page, uint64_t seed)
{
    const uint64_t check = store_check(seed, page, STORE_PAGE_BODY);

    memcpy(page + STORE_PAGE_BODY, &check, sizeof check);
}

bool store_page_sound(const unsigned char *page, uint64_t seed)
{
    uint64_t check;

    memcpy(&check, page + STORE_PAGE_BODY, sizeof check);
    return check == store_check(seed, page, STORE_PAGE_BODY);
}

/* ---- appending ---- */

int store_out_open(struct store_out *out, struct store_file *file, size_t cap, uint64_t at)
{
    *out = (struct store_out){.file = file, .buf = malloc(cap), .cap = cap, .at = at};
    return out->buf ? PL_OK : store_no_memory(file->folder);
}

void store_out_close(struct store_out *out)
{
    free(out->buf);
    *out = (struct store_out){0};
}

int store_out_flush(struct store_out *out)
{
    const int rc = store_file_write(out->file, out->buf, out->len, out->at);

    out->at += out->len;
    out->len = 0;
    return rc;
}

int store_out_add(struct store_out *out, const void *bytes, size_t n)
{
    if (n > out->cap - out->len) {
        const int rc = store_out_flush(out);
        if (rc != PL_OK)
            return rc;
        if (n > out->cap) {
            out->at += n;
            return store_file_write(out->file, bytes, n, out->at - n);
        }
    }
    if (n)
        memcpy(out->buf + out->len, bytes, n);
    out->len += n;
    return PL_OK;
}

int store_out_read(struct store_out *out, void *to, size_t n, uint64_t byte)
{
    if (byte >= out->at && byte - out->at <= out->len && n <= out->len - (size_t)(byte - out->at)) {
        if (n)
            memcpy(to, out->buf + (byte - out->at), n);
        return PL_OK;
    }
    if (n > 0 && byte + n > out->at) {
        const int rc = store_out_flush(out);
        if (rc != PL_OK)
            return rc;
    }
    return store_file_read(out->file, to, n, byte);
}
