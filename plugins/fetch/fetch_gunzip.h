/* fetch_gunzip.h - gzip data of one member or many, inflated a piece at a time. */
#ifndef FETCH_GUNZIP_H
#define FETCH_GUNZIP_H

#include <stdbool.h>
#include <stdint.h>

#define ZLIB_CONST
#include <zlib.h>

#include "fetch_bytes.h"
#include "pressline.h"

struct gunzip {
    z_stream z;
    bool ready;         /* z is initialised */
    bool inside;        /* of a member */
    uint64_t n_members; /* begun so far */
    const char *fault;  /* why the data is bad; static text */
};

/* Whether gzip data begins so. */
bool gunzip_is(pl_str start);

/* Makes `g` (zero, or used before) ready for new data.  PL_OK or PL_NOMEM. */
int gunzip_begin(struct gunzip *g);
void gunzip_done(struct gunzip *g);

/* Inflates into out[0..cap); *in and *in_len advance over what was used.  Sets *n to what was written; less than
 * `cap` means that more input is needed.  PL_OK, or PL_ERROR on bad data: `fault` is set, *n bytes before it are
 * good.  PL_NOMEM likewise.  Zeros after a member are padding and skipped, as gzip does. */
int gunzip_step(struct gunzip *g, const unsigned char **in, size_t *in_len, unsigned char *out, size_t cap, size_t *n);

/* The data may end here: no member is half read. */
bool gunzip_whole(const struct gunzip *g);

enum gunzip_result { GUNZIP_OK, GUNZIP_TOO_LARGE, GUNZIP_TORN, GUNZIP_BAD, GUNZIP_NOMEM };

/* All of `in` into `out` (emptied first), at most `max` bytes; on a fault `out` holds what came before it. */
enum gunzip_result gunzip_all(struct gunzip *g, pl_str in, size_t max, struct bytes *out);

#endif
