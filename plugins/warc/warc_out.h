/* warc_out.h - standard output of a command. */
#ifndef WARC_OUT_H
#define WARC_OUT_H

#include "warc_buf.h"

struct warc_out {
    int fd;
    struct warc_buf buf;
    bool closed;  /* nobody reads it any more */
    bool failed;  /* it cannot be written: see the message */
    char message[512];
};

/* True: go on.  What is written last waits for warc_out_flush(). */
bool warc_out_add(struct warc_out *o, pl_str bytes);
PL_PRINTF(2, 3)
bool warc_out_addf(struct warc_out *o, const char *fmt, ...);
/* A text on one line, without what a terminal would obey: C0, C1, direction marks as \xNN and \uNNNN. */
bool warc_out_shown(struct warc_out *o, pl_str text);
bool warc_out_flush(struct warc_out *o);

#endif
