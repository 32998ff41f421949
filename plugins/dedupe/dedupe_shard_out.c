/* dedupe_shard_out.c - a file that gets its name when it is whole, or standard output. */
#include "dedupe_shard_out.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { BUFFER = 1 << 18 };

static int fail(struct dedupe_out *o, const char *why)
{
    if (!o->failed)
        snprintf(o->message, sizeof o->message, "%s", why);
    o->failed = true;
    return PL_ERROR;
}

static bool ends_in_gz(const char *path)
{
    const size_t n = strlen(path);
    return n > 3 && strcmp(path + n - 3, ".gz") == 0;
}

int dedupe_out_open(struct dedupe_out *o, const char *path, bool pack)
{
    *o = (struct dedupe_out){.file = path != NULL, .gzip = path && pack && ends_in_gz(path)};
    if (path && part_open(&o->part, (pl_str){path, strlen(path)}) != PL_OK)
        return fail(o, o->part.message);
    o->buf = malloc(BUFFER);
    o->packed = o->gzip ? malloc(BUFFER) : NULL;
    if (o->gzip && o->packed && deflateInit2(&o->z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(o->packed);
        o->packed = NULL;
    }
    return o->buf && (!o->gzip || o->packed) ? PL_OK : fail(o, "out of memory");
}

static int write_out(struct dedupe_out *o, const unsigned char *at, size_t n)
{
    if (o->file)
        return part_append(&o->part, at, n) == PL_OK ? PL_OK : fail(o, o->part.message);
    while (n) {
        const ssize_t done = write(STDOUT_FILENO, at, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            char why[256];
            snprintf(why, sizeof why, "cannot write to standard output: %s", strerror(done < 0 ? errno : ENOSPC));
            return fail(o, why);
        }
        at += done;
        n -= (size_t)done;
    }
    return PL_OK;
}

static int pack(struct dedupe_out *o, int flush)
{
    o->z.next_in = o->buf;
    o->z.avail_in = (uInt)o->len;
    do {
        o->z.next_out = o->packed;
        o->z.avail_out = BUFFER;
        deflate(&o->z, flush);
        if (o->z.avail_out < BUFFER && write_out(o, o->packed, BUFFER - o->z.avail_out) != PL_OK)
            return PL_ERROR;
    } while (o->z.avail_out == 0);
    o->len = 0;
    return PL_OK;
}

static int flush(struct dedupe_out *o)
{
    const size_t n = o->len;

    if (o->gzip)
        return pack(o, Z_NO_FLUSH);
    o->len = 0;
    return n ? write_out(o, o->buf, n) : PL_OK;
}

int dedupe_out_put(struct dedupe_out *o, const void *bytes, size_t n)
{
    const unsigned char *from = bytes;

    if (o->failed)
        return PL_ERROR;
    o->at += n;
    o->crc = (uint32_t)crc32_z(o->crc, from, n);
    while (n) {
        const size_t some = n < BUFFER - o->len ? n : BUFFER - o->len;
        memcpy(o->buf + o->len, from, some);
        o->len += some;
        from += some;
        n -= some;
        if (o->len == BUFFER && flush(o) != PL_OK)
            return PL_ERROR;
    }
    return PL_OK;
}

int dedupe_out_end(struct dedupe_out *o)
{
    if (o->failed || (o->gzip ? pack(o, Z_FINISH) : flush(o)) != PL_OK)
        return PL_ERROR;
    if (o->file && part_publish(&o->part) != PL_OK)
        return fail(o, o->part.message);
    o->ended = true;
    return PL_OK;
}

void dedupe_out_close(struct dedupe_out *o)
{
    if (o->file && !o->ended && o->part.part && o->part.started)
        unlink(o->part.part);
    if (o->file)
        part_close(&o->part);
    if (o->packed)
        deflateEnd(&o->z);
    free(o->packed);
    free(o->buf);
    *o = (struct dedupe_out){0};
}
