/* lines.h - lines of any input in bounded memory: one that is longer than the limit is passed over, its neighbours arrive. */
#ifndef LINES_H
#define LINES_H

#include "buf.h"

struct lines {
    int fd;
    size_t max;       /* bytes of a line; its memory bound is twice that */
    struct buf held;  /* read, not yet handed out: from `start` on */
    size_t start, scanned;
    uint64_t number;  /* of the last line, from 1 */
    bool skipping, ended;
};

enum lines_result { LINES_LINE, LINES_TOO_LONG, LINES_WAIT, LINES_END, LINES_ERROR };

/* The next line that is not blank, without its line end; good until the next call.  LINES_TOO_LONG stands for a line
 * past the limit (its beginning is in *line), LINES_WAIT for half a second without a line, LINES_ERROR for errno. */
enum lines_result lines_next(struct lines *l, pl_str *line);

void lines_done(struct lines *l);

#endif
