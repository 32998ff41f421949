/* archive_bgzf.h - blocks of BGZF: gzip members of at most 64 kB that tell their own length; and larger members, that
 * do not.
 *
 * The format is in the SAM specification (SAMv1.pdf, section 4.1).  Any gzip reader takes a row of blocks for one gzip
 * file; where a block begins, reading may begin. */
#ifndef ARCHIVE_BGZF_H
#define ARCHIVE_BGZF_H

#include <stdbool.h>

#define ZLIB_CONST
#include <zlib.h>

#include "../shared/deflate.h"
#include "pressline.h"

enum {
    BGZF_INPUT = 65280, /* most that goes into a block: what cannot be compressed must still fit; bgzip has the same */
    BGZF_BLOCK = 65536, /* most that comes out */
    BGZF_HEADER = 18,
    BGZF_MOST_HEADER = 20, /* of a member that is too large for a block */
    BGZF_END = 28
};

/* The empty block that ends a file: where it is missing the file was cut. */
extern const unsigned char bgzf_end[BGZF_END];

/* No more than this comes of a block or member of `n` bytes. */
size_t bgzf_bound(size_t n);

/* `in` as a block, or where it is more than BGZF_INPUT bytes as a gzip member that tells its length to us alone; `out` has room for
 * bgzf_bound() bytes, the length comes in *n.  The same bytes for the same input, back end and level.  PL_OK or PL_NOMEM. */
int bgzf_compress(struct deflater *d, enum deflate_by by, int level, pl_str in, unsigned char *out, size_t *n);

/* The length that a block, or a large member of ours, tells in its header, of which BGZF_MOST_HEADER bytes are enough; 0 where
 * `start` is neither. */
size_t bgzf_size(pl_str start);
/* Whether it is a block of BGZF. */
bool bgzf_is_block(pl_str start);
/* Whether what nothing else tells, time and system, is in its header as all writers of blocks have it. */
bool bgzf_is_usual(pl_str start);

#endif
