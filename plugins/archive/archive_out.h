/* archive_out.h - the output of a command: bytes to a descriptor, many at once, and JSON. */
#ifndef ARCHIVE_OUT_H
#define ARCHIVE_OUT_H

#include "pressline.h"

enum { OUT_ROOM = 1 << 16 };

/* What failed is seen by out_end(): until then all may be written to it. */
struct archive_out {
    int fd;
    int error; /* errno of the first write that failed; EPIPE: nobody reads it any more */
    size_t n;
    char room[OUT_ROOM];
};

/* 0 where all went well, else errno.  out_flush() may be called before there is nothing to do for a while. */
int out_flush(struct archive_out *o);
void out_put(struct archive_out *o, pl_str s);
void out_putc(struct archive_out *o, char c);
PL_PRINTF(2, 3)
void out_printf(struct archive_out *o, const char *fmt, ...);
/* "text" as a string of JSON, in quotes; what is not UTF-8 becomes U+FFFD. */
void out_json(struct archive_out *o, pl_str text);
/* Text for a terminal: control characters, and those that change the direction of writing, become "?"; line breaks and tabs
 * become spaces.  At most `most` bytes, whole characters. */
void out_plain(struct archive_out *o, pl_str text, size_t most);

#endif
