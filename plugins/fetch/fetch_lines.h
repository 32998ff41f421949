/* fetch_lines.h - the lines of a stream of any length, in bounded memory. */
#ifndef FETCH_LINES_H
#define FETCH_LINES_H

#include "fetch_stream.h"

enum lines_result {
    LINES_OK,
    LINES_LONG,  /* a line of more than `max` bytes was passed over; `lost` is its length */
    LINES_END,
    LINES_BUSY,  /* a good deal was read and no line has come of it: call again */
    LINES_WAIT,  /* nothing has come yet: call again */
    LINES_FAULT  /* the stream broke off, see `end`; no more will come */
};

struct lines {
    struct stream stream;
    struct bytes buf;
    size_t at;              /* the unread part of buf begins here */
    size_t scanned;         /* of it, bytes known to hold no newline */
    size_t max;
    uint64_t let_go;        /* bytes of the line now read that were let go: it is too long */
    uint64_t lost;
    uint64_t discard;       /* bytes to pass over first */
    uint64_t number;        /* of the line returned last, from 1 */
    uint64_t offset;        /* in the inflated stream, behind that line and what was let go */
    enum stream_result end; /* STREAM_OK while more may come */
    int error;              /* errno of STREAM_FAILED */
    bool told;              /* the fault was returned */
};

/* The lines of `fd`, at most `limit` bytes of it, beginning behind line `number`, which ends at `offset` of the
 * inflated stream; both 0: from the start.  `l` is zero or was used before. */
void lines_begin(struct lines *l, int fd, uint64_t limit, size_t max, uint64_t number, uint64_t offset);
void lines_done(struct lines *l);

/* The next line without its newline; it stands until the next call.  With LINES_FAULT what there was of the line that
 * broke off. */
enum lines_result lines_next(struct lines *l, pl_str *line);

/* What comes next, at least `want` bytes of it unless the stream ends before; nothing is taken.
 * LINES_OK, LINES_BUSY or LINES_WAIT. */
enum lines_result lines_peek(struct lines *l, size_t want, pl_str *start);

/* All that is left as one piece.  LINES_OK, LINES_LONG when it is more than `max`, LINES_BUSY, LINES_WAIT or
 * LINES_FAULT. */
enum lines_result lines_rest(struct lines *l, pl_str *rest);

#endif
