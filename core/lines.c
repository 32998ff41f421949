/* lines.c - lines of any input in bounded memory. */
#include "lines.h"

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "str.h"

enum { READ = 1 << 16, WAIT_MS = 500 };

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What is held is longer than a line may be; a carriage return at its end may belong to the line end. */
static bool too_long(const struct lines *l)
{
    const size_t n = l->held.len - l->start;

    return n > l->max && n - (l->held.ptr[l->held.len - 1] == '\r') > l->max;
}

/* More bytes into `held`; LINES_LINE when there are, else why not. */
static enum lines_result more(struct lines *l)
{
    struct pollfd p = {.fd = l->fd, .events = POLLIN};

    if (l->start) {
        l->held.len -= l->start;
        l->scanned -= l->start;
        memmove(l->held.ptr, l->held.ptr + l->start, l->held.len);
        l->start = 0;
    }
    const int ready = poll(&p, 1, WAIT_MS);
    if (ready == 0 || (ready < 0 && errno == EINTR))
        return LINES_WAIT;
    if (!buf_room(&l->held, READ)) {
        errno = ENOMEM;
        return LINES_ERROR;
    }
    const ssize_t n = read(l->fd, l->held.ptr + l->held.len, READ);
    if (n < 0)
        return errno == EINTR || errno == EAGAIN ? LINES_WAIT : LINES_ERROR;
    l->held.len += (size_t)n;
    l->ended = n == 0;
    return LINES_LINE;
}

/* What is held up to the next line end, that included; false when there is none yet. */
static bool take(struct lines *l, pl_str *line)
{
    const char *end = l->held.len > l->scanned ? memchr(l->held.ptr + l->scanned, '\n', l->held.len - l->scanned) : NULL;
    const size_t stop = end ? (size_t)(end - l->held.ptr) : l->held.len;

    if (!end && !(l->ended && l->held.len > l->start)) {
        l->scanned = l->held.len;
        return false;
    }
    *line = str_sub(buf_view(&l->held), l->start, stop);
    l->start = l->scanned = stop + (end != NULL);
    l->number += !l->skipping;
    if (line->len && line->ptr[line->len - 1] == '\r')
        line->len--;
    return true;
}

enum lines_result lines_next(struct lines *l, pl_str *line)
{
    int64_t until = 0;

    for (;;) {
        if (take(l, line)) {
            const bool was_skipping = l->skipping;
            l->skipping = false;
            if (!was_skipping && line->len > l->max) {
                line->len = l->max;
                return LINES_TOO_LONG;
            }
            if (!was_skipping && str_trim(*line).len)
                return LINES_LINE;
            continue;
        }
        if (l->ended)
            return LINES_END;
        if (l->skipping || too_long(l)) {
            const bool first = !l->skipping;
            *line = str_sub(buf_view(&l->held), l->start, l->start + (first ? l->max : 0));
            l->start = l->scanned = l->held.len;
            l->skipping = true;
            if (first) {
                l->number++;
                return LINES_TOO_LONG;
            }
        }
        /* Input without end that has no line is not to keep the caller for ever. */
        if (until == 0)
            until = now_ms() + WAIT_MS;
        else if (now_ms() >= until)
            return LINES_WAIT;
        const enum lines_result r = more(l);
        if (r != LINES_LINE)
            return r;
    }
}

void lines_done(struct lines *l)
{
    buf_done(&l->held);
}
