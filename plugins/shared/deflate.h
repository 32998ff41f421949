/* deflate.h - whole buffers in and out of deflate (RFC 1951), by zlib or by libdeflate.
 *
 * zlib is always there; libdeflate, where it was built in, is twice to three times as quick at a slightly better ratio.
 * The compressed bytes are the same for the same input, level and back end (and its version), and differ between the two.
 * Streams that do not fit memory are zlib's own business (inflate()); this is for members and blocks. */
#ifndef SHARED_DEFLATE_H
#define SHARED_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

#include "pressline.h"

enum deflate_by { DEFLATE_ZLIB, DEFLATE_LIBDEFLATE };

/* The quicker one that was built in. */
enum deflate_by deflate_best(void);
/* "zlib" or "libdeflate". */
const char *deflate_name(enum deflate_by by);
bool deflate_has(enum deflate_by by);

/* One thread's compressor and decompressor; zero is ready.  A back end that was not built in is zlib. */
struct deflater {
    void *state; /* of the back end; for `by` and `level` */
    enum deflate_by by;
    int level;
};
struct inflater {
    void *state;
    enum deflate_by by;
};
void deflater_done(struct deflater *d);
void inflater_done(struct inflater *i);

/* No more than this comes of `n` bytes, whatever the back end; saturates. */
size_t deflate_bound(size_t n);

/* `in` as one raw deflate stream in `out`; its length in *n, 0 where it is longer than `cap`.  Level 1 to 9, as zlib has
 * them.  PL_OK or PL_NOMEM. */
int deflate_raw(struct deflater *d, enum deflate_by by, int level, pl_str in, void *out, size_t cap, size_t *n);

/* One raw deflate stream at the start of `in`, out of which *n_out <= cap bytes come; *n_in is where it ends.
 * PL_OK; PL_ERROR: it is damaged, or cut, or longer than `cap`; PL_NOMEM. */
int inflate_raw(struct inflater *i, enum deflate_by by, pl_str in, void *out, size_t cap, size_t *n_in, size_t *n_out);

/* The CRC-32 of RFC 1952 over what had `crc` (0: nothing) and these bytes; the quickest there is. */
uint32_t deflate_crc32(uint32_t crc, const void *bytes, size_t n);

#endif
