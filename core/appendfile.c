/* appendfile.c - a file that only grows, and can be gone back in. */
#include "appendfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fileio.h"
#include "str.h"

enum { PENDING = 1 << 16 };

static int fail(struct appendfile *f, const char *what, int error)
{
    if (!f->failed) {
        f->failed = what;
        f->error = error;
    }
    return -1;
}

static int open_file(struct appendfile *f, pl_str path, int flags)
{
    struct stat st;

    *f = (struct appendfile){.fd = -1};
    f->path = str_dup(path);
    if (path.len == 0)
        return fail(f, "open", ENOENT);
    if (folder_make_above(f->path) != 0)
        return fail(f, "make the folder of", errno);
    f->fd = file_open(f->path, flags);
    if (f->fd < 0 || fstat(f->fd, &st) != 0)
        return fail(f, "open", errno);
    f->synced = st.st_size == 0;
    return 0;
}

int appendfile_create(struct appendfile *f, pl_str path)
{
    return open_file(f, path, O_RDWR | O_CREAT | O_TRUNC);
}

int appendfile_resume(struct appendfile *f, pl_str path, uint64_t length, uint32_t crc)
{
    uint32_t found;

    /* What is to be gone on in is there. */
    if (open_file(f, path, length ? O_RDWR : O_RDWR | O_CREAT) != 0) {
        if (length && f->error == ENOENT) {
            f->failed = "go on in";
            f->error = 0;
        }
        return -1;
    }
    if (file_crc(f->fd, length, &found) != 0)
        return fail(f, "go on in", errno == ENODATA ? 0 : errno);
    if (found != crc)
        return fail(f, "go on in", 0);
    if (file_truncate(f->fd, length) != 0)
        return fail(f, "cut", errno);
    f->length = length;
    f->crc = crc;
    f->synced = false;
    return 0;
}

static int flush(struct appendfile *f)
{
    if (f->failed)
        return -1;
    if (file_write(f->fd, buf_view(&f->pending)) != 0)
        return fail(f, "write", errno);
    buf_clear(&f->pending);
    return 0;
}

int appendfile_write(struct appendfile *f, pl_str bytes)
{
    if (f->failed)
        return -1;
    buf_add(&f->pending, bytes);
    if (f->pending.failed)
        return fail(f, "write", ENOMEM);
    f->length += bytes.len;
    f->crc = crc_of(f->crc, bytes);
    f->synced = f->synced && bytes.len == 0;
    return f->pending.len >= PENDING ? flush(f) : 0;
}

int appendfile_sync(struct appendfile *f)
{
    if (flush(f) != 0)
        return -1;
    if (!f->synced && file_sync(f->fd) != 0)
        return fail(f, "sync", errno);
    if (!f->named && folder_sync_of(f->path) != 0)
        return fail(f, "sync the folder of", errno);
    f->synced = f->named = true;
    return 0;
}

void appendfile_close(struct appendfile *f)
{
    if (f->fd >= 0) {
        flush(f);
        close(f->fd);
    }
    free(f->path);
    buf_done(&f->pending);
    *f = (struct appendfile){.fd = -1};
}

void appendfile_save(const struct appendfile *f, struct buf *b)
{
    pack_u64(b, f->length);
    pack_u64(b, f->crc);
}

void appendfile_saved(struct unpack *u, uint64_t *length, uint32_t *crc)
{
    *length = unpack_u64(u);
    *crc = (uint32_t)unpack_u64(u);
}

void appendfile_explain(const struct appendfile *f, struct buf *b)
{
    buf_addf(b, "cannot %s '%s': %s", f->failed ? f->failed : "write", f->path,
             f->error ? strerror(f->error) : "it is not what this run wrote; --restart begins the run anew");
}
