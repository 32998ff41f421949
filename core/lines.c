/* lines.c - lines of any input in bounded memory. */
#include "lines.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "str.h"

enum { READ = 1 << 16, WAIT_MS = 500 };

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
        if (l->held.len - l->start > l->max || l->skipping) {
            const bool first = !l->skipping;
            *line = str_sub(buf_view(&l->held), l->start, l->start + (first ? l->max : 0));
            l->start = l->scanned = l->held.len;
            l->skipping = true;
            if (first) {
                l->number++;
                return LINES_TOO_LONG;
            }
        }
        const enum lines_result r = more(l);
        if (r != LINES_LINE)
            return r;
    }
}

void lines_done(struct lines *l)
{
    buf_done(&l->held);
}
