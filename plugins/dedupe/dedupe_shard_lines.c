/* dedupe_shard_lines.c - the lines of a file of JSON lines, plain or gzip of any make. */
#include "dedupe_shard_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHUNK = 1 << 16, HEADER = 18 };

static int fault(struct dedupe_lines *l, const char *what)
{
    snprintf(l->message, sizeof l->message, "%s: %s at byte %llu", l->path, what,
             (unsigned long long)(l->offset - l->z.avail_in));
    return PL_ERROR;
}

static int no_memory(struct dedupe_lines *l)
{
    snprintf(l->message, sizeof l->message, "out of memory");
    return PL_ERROR;
}

int dedupe_lines_open(struct dedupe_lines *l, const char *path, size_t max)
{
    *l = (struct dedupe_lines){.path = path, .fd = -1, .max = max, .cap = 2 * CHUNK};
    do
        l->fd = open(path, O_RDONLY | O_CLOEXEC);
    while (l->fd < 0 && errno == EINTR);
    if (l->fd < 0) {
        snprintf(l->message, sizeof l->message, "cannot open '%s': %s", path, strerror(errno));
        return PL_ERROR;
    }
    l->in = malloc(CHUNK);
    l->out = malloc(l->cap);
    l->z_open = l->in && l->out && inflateInit2(&l->z, 15 + 16) == Z_OK;
    return l->z_open ? PL_OK : no_memory(l);
}

void dedupe_lines_close(struct dedupe_lines *l)
{
    if (l->z_open)
        inflateEnd(&l->z);
    l->z_open = false;
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
    free(l->in);
    free(l->out);
    l->in = NULL;
    l->out = NULL;
}

/* `want` bytes of the file at hand, fewer only at its end. */
static int fill(struct dedupe_lines *l, size_t want)
{
    if (l->z.avail_in >= want || l->end)
        return PL_OK;
    if (l->z.avail_in)
        memmove(l->in, l->z.next_in, l->z.avail_in);
    l->z.next_in = l->in;
    while (l->z.avail_in < want && !l->end) {
        const ssize_t n = read(l->fd, l->in + l->z.avail_in, CHUNK - l->z.avail_in);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            snprintf(l->message, sizeof l->message, "%s: cannot read at byte %llu: %s", l->path,
                     (unsigned long long)l->offset, strerror(errno));
            return PL_ERROR;
        }
        l->end = n == 0;
        l->z.avail_in += (uInt)n;
        l->offset += (uint64_t)n;
    }
    return PL_OK;
}

/* A block of BGZF, as bgzip and our archive write them: they end a file with an empty one. */
static bool is_bgzf(const unsigned char *p, size_t n)
{
    return n >= HEADER && (p[3] & 4) != 0 && p[12] == 'B' && p[13] == 'C';
}

/* To the next member.  PL_OK with no member begun where there is none. */
static int next_member(struct dedupe_lines *l)
{
    for (;;) {
        const int rc = fill(l, HEADER);
        if (rc != PL_OK)
            return rc;
        while (l->members && l->z.avail_in && *l->z.next_in == 0) { /* padding, as for gzip */
            l->z.next_in++;
            l->z.avail_in--;
        }
        if (l->z.avail_in >= HEADER || l->end)
            break;
    }
    if (l->z.avail_in == 0) {
        if (l->bgzf && l->member_out != 0)
            return fault(l, "the end marker is missing: the file was cut");
        return PL_OK;
    }
    if (l->members == 0)
        l->bgzf = is_bgzf(l->z.next_in, l->z.avail_in);
    if (l->z.avail_in < 2 || l->z.next_in[0] != 0x1F || l->z.next_in[1] != 0x8B)
        return fault(l, "something else follows the gzip data");
    l->members++;
    l->member_out = 0;
    l->in_member = true;
    return inflateReset(&l->z) == Z_OK ? PL_OK : no_memory(l);
}

/* More plain bytes behind `len`: 1, 0 where there are none any more. */
static int inflate_more(struct dedupe_lines *l)
{
    for (;;) {
        int rc = PL_OK;
        if (!l->in_member && ((rc = next_member(l)) != PL_OK || !l->in_member))
            return rc;
        if ((rc = fill(l, 1)) != PL_OK)
            return rc;
        l->z.next_out = (unsigned char *)l->out + l->len;
        l->z.avail_out = (uInt)(l->cap - l->len < CHUNK ? l->cap - l->len : CHUNK);
        const uInt room = l->z.avail_out;
        const int z = inflate(&l->z, Z_NO_FLUSH);
        const size_t got = room - l->z.avail_out;
        l->len += got;
        l->member_out += got;
        if (z == Z_STREAM_END)
            l->in_member = false;
        else if (z == Z_BUF_ERROR && l->end)
            return fault(l, "the gzip data ends too soon,");
        else if (z != Z_OK && z != Z_BUF_ERROR)
            return z == Z_MEM_ERROR ? no_memory(l) : fault(l, l->z.msg ? l->z.msg : "bad gzip data");
        if (got)
            return 1;
    }
}

static int read_more(struct dedupe_lines *l)
{
    if (l->offset == 0 && !l->end) {
        if (fill(l, 2) != PL_OK)
            return PL_ERROR;
        l->gzip = l->z.avail_in >= 2 && l->in[0] == 0x1F && l->in[1] == 0x8B;
    }
    if (l->gzip)
        return inflate_more(l);
    if (fill(l, 1) != PL_OK)
        return PL_ERROR;
    const size_t n = l->z.avail_in < l->cap - l->len ? l->z.avail_in : l->cap - l->len;
    if (n)
        memcpy(l->out + l->len, l->z.next_in, n);
    l->z.next_in += n;
    l->z.avail_in -= (uInt)n;
    l->len += n;
    return n > 0;
}

/* Room for more plain bytes. */
static int make_room(struct dedupe_lines *l)
{
    if (l->start > 0) {
        memmove(l->out, l->out + l->start, l->len - l->start);
        l->len -= l->start;
        l->scanned -= l->start;
        l->start = 0;
    }
    if (l->cap - l->len >= CHUNK)
        return PL_OK;
    char *more = l->cap > SIZE_MAX / 2 ? NULL : realloc(l->out, 2 * l->cap);
    if (!more)
        return no_memory(l);
    l->out = more;
    l->cap *= 2;
    return PL_OK;
}

static int hand_out(struct dedupe_lines *l, struct dedupe_line *line, size_t n, bool last)
{
    line->bytes = (pl_str){l->out + l->start, n};
    line->whole = last && !l->skip;
    line->last = last;
    line->number = l->mark.lines + 1;
    l->mark.lines += last;
    l->mark.bytes += n;
    l->mark.crc = (uint32_t)crc32_z(l->mark.crc, (const unsigned char *)line->bytes.ptr, n);
    l->skip = !last;
    l->start += n;
    l->scanned = l->start;
    return 1;
}

int dedupe_lines_next(struct dedupe_lines *l, struct dedupe_line *line)
{
    for (;;) {
        const char *nl = l->len > l->scanned ? memchr(l->out + l->scanned, '\n', l->len - l->scanned) : NULL;
        if (nl)
            return hand_out(l, line, (size_t)(nl - l->out) + 1 - l->start, true);
        l->scanned = l->len;
        if (l->len - l->start > l->max)
            return hand_out(l, line, l->len - l->start, false);
        int rc = make_room(l);
        if (rc != PL_OK)
            return rc;
        rc = read_more(l);
        if (rc < 0)
            return rc;
        if (rc == 0 && l->len > l->start)
            return hand_out(l, line, l->len - l->start, true);
        if (rc == 0 && l->skip) { /* the long line ended with the file */
            l->skip = false;
            l->mark.lines++;
        }
        if (rc == 0)
            return 0;
    }
}
