/* fetch_encoding.h - Content-Encoding and chunks undone, within limits. */
#ifndef FETCH_ENCODING_H
#define FETCH_ENCODING_H

#include <stddef.h>

#include "fetch_bytes.h"
#include "pressline.h"

enum encoding_result {
    ENCODING_OK,
    ENCODING_TOO_LARGE, /* more than `max` bytes */
    ENCODING_RATIO,     /* past 1 MB and more than `ratio` times what came */
    ENCODING_TORN,      /* ends before its end */
    ENCODING_BAD,       /* damaged, or something else */
    ENCODING_UNKNOWN,   /* an encoding that is none of these, or more than two of them */
    ENCODING_NOMEM
};

/* What is kept from one body to the next: zero is none. */
struct encodings {
    struct encodings_state *state;
};

/* Undoes gzip, x-gzip, deflate (zlib's or raw), br and identity as the field's value names them, at most two in a row.
 * `ratio` 0: not judged.  *out is a view that stays good until the next call with `e` (of `in` itself where nothing was to
 * be undone); but for ENCODING_OK it holds what could be undone within the limits, and nothing of an unknown encoding. */
enum encoding_result encoding_undo(struct encodings *e, pl_str content_encoding, pl_str in, size_t max, unsigned ratio,
                                   pl_str *out);
void encodings_done(struct encodings *e);
/* How many bytes may come of `in` by these two limits. */
size_t encoding_most(size_t in, size_t max, unsigned ratio);
/* For a message: "is damaged", "is larger than max_body allows", ... */
const char *encoding_says(enum encoding_result r);

/* A body of HTTP/1.1's chunks, as archives keep it; appended to `out`.  PL_OK; PL_ERROR: these are no chunks, or it ends
 * before the last one: out has what came before that.  PL_NOMEM. */
int chunked_undo(pl_str in, struct bytes *out);

#endif
