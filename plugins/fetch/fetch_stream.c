/* fetch_stream.c - the bytes of an open file, inflated where they are gzip data. */
#include "fetch_stream.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { WAIT_MS = 200 };

void stream_begin(struct stream *s, int fd, uint64_t limit)
{
    s->fd = fd;
    s->left = limit;
    s->started = s->gzip = s->end = false;
    s->in_at = s->in_len = 0;
}

void stream_done(struct stream *s)
{
    gunzip_done(&s->gunzip);
}

/* One read of the file: STREAM_OK with *n > 0, or why not. */
static enum stream_result read_some(struct stream *s, void *out, size_t cap, size_t *n)
{
    struct pollfd p = {.fd = s->fd, .events = POLLIN};
    ssize_t got;

    *n = 0;
    if (cap > s->left)
        cap = (size_t)s->left;
    if (cap == 0)
        return STREAM_END;
    const int ready = poll(&p, 1, WAIT_MS);
    if (ready == 0 || (ready < 0 && errno == EINTR))
        return STREAM_WAIT;
    do
        got = read(s->fd, out, cap);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK ? STREAM_WAIT : STREAM_FAILED;
    if (got == 0)
        return STREAM_END;
    s->left -= (uint64_t)got;
    *n = (size_t)got;
    return STREAM_OK;
}

/* More of the file behind what is in `in`. */
static enum stream_result fill(struct stream *s)
{
    size_t n;

    if (s->in_at == s->in_len)
        s->in_at = s->in_len = 0;
    const enum stream_result rc = read_some(s, s->in + s->in_len, sizeof s->in - s->in_len, &n);
    s->in_len += n;
    s->end = s->end || rc == STREAM_END;
    return rc;
}

/* Two bytes tell gzip data. */
static enum stream_result start(struct stream *s)
{
    while (s->in_len < 2 && !s->end) {
        const enum stream_result rc = fill(s);
        if (rc != STREAM_OK && rc != STREAM_END)
            return rc;
    }
    s->gzip = gunzip_is((pl_str){(const char *)s->in, s->in_len});
    s->started = true;
    return s->gzip && gunzip_begin(&s->gunzip) != PL_OK ? STREAM_NOMEM : STREAM_OK;
}

static enum stream_result read_plain(struct stream *s, void *out, size_t cap, size_t *n)
{
    if (s->in_at == s->in_len)
        return s->end ? STREAM_END : read_some(s, out, cap, n);
    *n = s->in_len - s->in_at < cap ? s->in_len - s->in_at : cap;
    memcpy(out, s->in + s->in_at, *n);
    s->in_at += *n;
    return STREAM_OK;
}

static enum stream_result read_gzip(struct stream *s, void *out, size_t cap, size_t *n)
{
    for (;;) {
        const unsigned char *at = s->in + s->in_at;
        size_t left = s->in_len - s->in_at;
        const int rc = gunzip_step(&s->gunzip, &at, &left, out, cap, n);
        s->in_at = s->in_len - left;
        if (rc != PL_OK)
            return rc == PL_NOMEM ? STREAM_NOMEM : STREAM_BAD;
        if (*n)
            return STREAM_OK;
        if (s->end)
            return gunzip_whole(&s->gunzip) ? STREAM_END : STREAM_TORN;
        const enum stream_result filled = fill(s);
        if (filled == STREAM_OK)
            return STREAM_OK; /* a long run of empty members must not hold the caller */
        if (filled != STREAM_END)
            return filled;
    }
}

enum stream_result stream_read(struct stream *s, void *out, size_t cap, size_t *n)
{
    *n = 0;
    if (!s->started) {
        const enum stream_result rc = start(s);
        if (rc != STREAM_OK)
            return rc;
    }
    return s->gzip ? read_gzip(s, out, cap, n) : read_plain(s, out, cap, n);
}
