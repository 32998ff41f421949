/* fetch_lines.c - the lines of a stream of any length, in bounded memory.
 *
 * One buffer, which grows to the longest line that is allowed and a chunk.
 * A longer line is let go as it comes, so that its neighbours still arrive. */
#include "fetch_lines.h"

#include <errno.h>
#include <string.h>

enum { STEPS = 128 }; /* chunks that one call may read: 8 MiB */

void lines_begin(struct lines *l, int fd, uint64_t limit, size_t max, uint64_t number, uint64_t offset)
{
    stream_begin(&l->stream, fd, limit);
    l->buf.len = l->at = l->scanned = 0;
    l->max = max;
    l->let_go = l->lost = 0;
    l->discard = l->offset = offset;
    l->number = number;
    l->end = STREAM_OK;
    l->told = false;
}

void lines_done(struct lines *l)
{
    stream_done(&l->stream);
    bytes_done(&l->buf);
}

static size_t unread(const struct lines *l)
{
    return l->buf.len - l->at;
}

static pl_str view(const struct lines *l, size_t len)
{
    return (pl_str){(const char *)l->buf.at + l->at, len};
}

/* One chunk more behind what is unread. */
static enum stream_result fill(struct lines *l)
{
    size_t n;

    if (l->at) {
        memmove(l->buf.at, l->buf.at + l->at, unread(l));
        l->buf.len = unread(l);
        l->at = 0;
    }
    if (bytes_reserve(&l->buf, l->buf.len + STREAM_CHUNK) != PL_OK)
        return l->end = STREAM_NOMEM;
    unsigned char *to = l->buf.at + l->buf.len;
    const enum stream_result rc = stream_read(&l->stream, to, STREAM_CHUNK, &n);
    if (rc == STREAM_FAILED)
        l->error = errno;
    if (l->discard) {
        const size_t gone = n < l->discard ? n : (size_t)l->discard;
        memmove(to, to + gone, n - gone);
        l->discard -= gone;
        n -= gone;
    }
    l->buf.len += n;
    if (rc != STREAM_OK && rc != STREAM_WAIT)
        l->end = rc;
    return rc;
}

/* Takes the line whose last `len` bytes are at hand, and its newline (1) where it has one. */
static enum lines_result take(struct lines *l, size_t len, size_t newline, pl_str *line)
{
    const uint64_t whole = l->let_go + len;
    const bool too_long = whole > l->max;

    *line = too_long ? (pl_str){NULL, 0} : view(l, len);
    l->at += len + newline;
    l->offset += len + newline;
    l->scanned = 0;
    l->let_go = 0;
    l->lost = too_long ? whole : 0;
    l->number++;
    return too_long ? LINES_LONG : LINES_OK;
}

/* Behind the last newline. */
static enum lines_result take_last(struct lines *l, pl_str *line)
{
    const bool fault = l->end != STREAM_END && !l->told;

    if (!fault && unread(l) == 0 && l->let_go == 0)
        return LINES_END;
    const enum lines_result rc = take(l, unread(l), 0, line);
    l->told = l->told || fault;
    return fault ? LINES_FAULT : rc;
}

enum lines_result lines_next(struct lines *l, pl_str *line)
{
    *line = (pl_str){NULL, 0};
    for (int step = 0; step < STEPS; step++) {
        const size_t from = l->at + l->scanned;
        const unsigned char *nl = l->buf.len > from ? memchr(l->buf.at + from, '\n', l->buf.len - from) : NULL;
        if (nl)
            return take(l, (size_t)(nl - l->buf.at) - l->at, 1, line);
        l->scanned = unread(l);
        if (l->end != STREAM_OK)
            return take_last(l, line);
        if (l->scanned > l->max || l->let_go) {
            l->let_go += l->scanned;
            l->offset += l->scanned;
            l->at = l->buf.len;
            l->scanned = 0;
        }
        if (fill(l) == STREAM_WAIT)
            return LINES_WAIT;
    }
    return LINES_BUSY;
}

enum lines_result lines_peek(struct lines *l, size_t want, pl_str *start)
{
    for (int step = 0; unread(l) < want && l->end == STREAM_OK; step++) {
        if (step == STEPS)
            return LINES_BUSY;
        if (fill(l) == STREAM_WAIT)
            return LINES_WAIT;
    }
    *start = view(l, unread(l));
    return LINES_OK;
}

enum lines_result lines_rest(struct lines *l, pl_str *rest)
{
    *rest = (pl_str){NULL, 0};
    for (int step = 0; l->end == STREAM_OK; step++) {
        if (unread(l) > l->max)
            return LINES_LONG;
        if (step == STEPS)
            return LINES_BUSY;
        if (fill(l) == STREAM_WAIT)
            return LINES_WAIT;
    }
    if (unread(l) > l->max)
        return LINES_LONG;
    const bool fault = l->end != STREAM_END;
    take(l, unread(l), 0, rest);
    return fault ? LINES_FAULT : LINES_OK;
}
