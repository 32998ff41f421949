/* archive_cat.c - gzip files of any make as they were before, as far as they are whole.
 *
 * The output of a small member waits for its checksum, as every block of ours
 * is small; that of a larger one passes as it comes.  Behind that, what does
 * not end in a newline waits for the rest of its line. */
#include "archive_cat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "archive_bgzf.h"

enum {
    CHUNK = 65536,
    MEMBER = 65536,         /* output that waits for its checksum */
    WRITE = 1 << 18,        /* lines are written once there is so much of them */
    LONGEST_LINE = 64 << 20 /* a longer one is not held back */
};

struct cat {
    const char *path;
    int in, out;
    char *message;
    size_t message_size;
    z_stream z;
    unsigned char buf[CHUNK];
    uint64_t offset, member; /* in the file: behind `buf`, where the current member begins */
    size_t member_size; /* as a block of BGZF tells it; 0: it is none */
    uint64_t n_members;
    bool bgzf, end;
    bool empty;                     /* the last member was */
    unsigned char plain[2 * MEMBER]; /* of the current member */
    size_t plain_len;
    char *held;                     /* lines on their way out */
    size_t held_len, held_cap;
    size_t lines;                   /* of it, bytes in whole lines */
};

static enum cat_result fault(struct cat *c, uint64_t offset, const char *what)
{
    snprintf(c->message, c->message_size, "%s: %s at byte %llu", c->path, what, (unsigned long long)offset);
    return CAT_FAULT;
}

static enum cat_result write_out(struct cat *c, size_t n)
{
    for (size_t done = 0; done < n;) {
        const ssize_t rc = write(c->out, c->held + done, n - done);
        if (rc < 0 && errno == EINTR)
            continue;
        if (rc < 0 && errno == EPIPE)
            return CAT_CLOSED;
        if (rc <= 0) {
            snprintf(c->message, c->message_size, "cannot write: %s", strerror(errno));
            return CAT_STOP;
        }
        done += (size_t)rc;
    }
    if (n)
        memmove(c->held, c->held + n, c->held_len - n);
    c->held_len -= n;
    c->lines = 0;
    return CAT_OK;
}

/* The output that has come so far is good. */
static enum cat_result pass(struct cat *c)
{
    const char *nl = c->plain_len ? memrchr(c->plain, '\n', c->plain_len) : NULL;

    if (c->held_cap - c->held_len < c->plain_len) {
        const size_t cap = (c->held_cap + c->plain_len) * 2;
        char *held = realloc(c->held, cap);
        if (!held) {
            snprintf(c->message, c->message_size, "out of memory");
            return CAT_STOP;
        }
        c->held = held;
        c->held_cap = cap;
    }
    if (nl)
        c->lines = c->held_len + (size_t)(nl - (const char *)c->plain) + 1;
    if (c->plain_len)
        memcpy(c->held + c->held_len, c->plain, c->plain_len);
    c->held_len += c->plain_len;
    c->plain_len = 0;
    if (c->held_len - c->lines > LONGEST_LINE)
        return write_out(c, c->held_len);
    return c->lines >= WRITE ? write_out(c, c->lines) : CAT_OK;
}

/* `want` bytes of the file at hand, fewer only at its end. */
static enum cat_result fill(struct cat *c, size_t want)
{
    if (c->z.avail_in >= want || c->end)
        return CAT_OK;
    if (c->z.avail_in)
        memmove(c->buf, c->z.next_in, c->z.avail_in);
    c->z.next_in = c->buf;
    while (c->z.avail_in < want && !c->end) {
        const ssize_t n = read(c->in, c->buf + c->z.avail_in, sizeof c->buf - c->z.avail_in);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            snprintf(c->message, c->message_size, "%s: cannot read at byte %llu: %s", c->path,
                     (unsigned long long)c->offset, strerror(errno));
            return CAT_FAULT;
        }
        c->end = n == 0;
        c->z.avail_in += (uInt)n;
        c->offset += (uint64_t)n;
    }
    return CAT_OK;
}

/* To the first byte of the next member.  CAT_OK with nothing at hand where there is none. */
static enum cat_result find_member(struct cat *c)
{
    for (;;) {
        const enum cat_result rc = fill(c, BGZF_HEADER);
        if (rc != CAT_OK || c->z.avail_in == 0)
            return rc;
        if (c->n_members == 0 || *c->z.next_in != 0)
            break;
        /* zeros between members are padding (tapes), as for gzip */
        while (c->z.avail_in && *c->z.next_in == 0) {
            c->z.next_in++;
            c->z.avail_in--;
        }
    }
    c->member = c->offset - c->z.avail_in;
    c->member_size = bgzf_size((pl_str){(const char *)c->z.next_in, c->z.avail_in});
    if (c->n_members++ == 0)
        c->bgzf = c->member_size > 0;
    c->plain_len = 0;
    inflateReset(&c->z);
    return CAT_OK;
}

static const char *bad_member(const struct cat *c)
{
    if (c->z.total_out == 0 && c->z.msg && strcmp(c->z.msg, "incorrect header check") == 0)
        return c->n_members > 1 ? "something else follows the gzip data" : "this is not gzip data";
    return c->z.msg ? c->z.msg : "bad gzip data";
}

/* One member, to its end. */
static enum cat_result read_member(struct cat *c)
{
    for (;;) {
        enum cat_result rc = fill(c, 1);
        if (rc != CAT_OK)
            return rc;
        c->z.next_out = c->plain + c->plain_len;
        c->z.avail_out = (uInt)(sizeof c->plain - c->plain_len);
        const int z = inflate(&c->z, Z_NO_FLUSH);
        c->plain_len = sizeof c->plain - c->z.avail_out;
        if (z != Z_OK && z != Z_BUF_ERROR && z != Z_STREAM_END)
            return fault(c, c->member, bad_member(c));
        c->empty = c->z.total_out == 0;
        const bool torn = z == Z_BUF_ERROR && c->end;
        /* Damage can make a block read on into the next ones, up to the end; what came of that is wrong. */
        if (torn && c->member_size && c->member_size <= c->offset - c->member)
            return fault(c, c->member, "bad gzip data");
        if (z == Z_STREAM_END || torn || c->plain_len > MEMBER)
            rc = pass(c);
        if (torn && rc == CAT_OK)
            rc = fault(c, c->offset, "the gzip data ends too soon,");
        if (z == Z_STREAM_END || rc != CAT_OK)
            return rc;
    }
}

static enum cat_result read_all(struct cat *c)
{
    for (;;) {
        enum cat_result rc = find_member(c);
        if (rc != CAT_OK)
            return rc;
        if (c->z.avail_in == 0)
            break;
        rc = read_member(c);
        if (rc != CAT_OK)
            return rc;
    }
    if (c->n_members == 0)
        return fault(c, 0, "the file is empty");
    if (c->bgzf && !c->empty)
        return fault(c, c->offset, "the end marker is missing: the file was cut");
    return CAT_OK;
}

enum cat_result archive_cat_open(int in, const char *name, int out, char *message, size_t size)
{
    struct cat *c = calloc(1, sizeof *c);
    enum cat_result rc = CAT_STOP;

    snprintf(message, size, "out of memory");
    if (!c || inflateInit2(&c->z, 15 + 16) != Z_OK)
        goto done;
    c->path = name;
    c->in = in;
    c->out = out;
    c->message = message;
    c->message_size = size;
    rc = read_all(c);
    if (rc == CAT_OK || rc == CAT_FAULT) {
        const enum cat_result last = write_out(c, rc == CAT_OK ? c->held_len : c->lines);
        rc = last == CAT_OK ? rc : last;
    }
    inflateEnd(&c->z);
    free(c->held);
done:
    free(c);
    return rc;
}

enum cat_result archive_cat(const char *path, int out, char *message, size_t size)
{
    if (strcmp(path, "-") == 0)
        return archive_cat_open(STDIN_FILENO, "standard input", out, message, size);
    const int in = open(path, O_RDONLY | O_CLOEXEC);
    if (in < 0) {
        snprintf(message, size, "cannot open '%s': %s", path, strerror(errno));
        return CAT_FAULT;
    }
    const enum cat_result rc = archive_cat_open(in, path, out, message, size);
    close(in);
    return rc;
}
