/* archive_bgzf.h - blocks of BGZF: gzip members of at most 64 kB that tell their own length.
 *
 * The format is in the SAM specification (SAMv1.pdf, section 4.1).  Any gzip reader takes a row of blocks for one gzip
 * file; where a block begins, reading may begin. */
#ifndef ARCHIVE_BGZF_H
#define ARCHIVE_BGZF_H

#include <stdbool.h>

#define ZLIB_CONST
#include <zlib.h>

#include "pressline.h"

enum {
    BGZF_INPUT = 65280, /* most that goes into a block: what cannot be compressed must still fit; bgzip has the same */
    BGZF_BLOCK = 65536, /* most that comes out */
    BGZF_HEADER = 18,
    BGZF_END = 28
};

/* The empty block that ends a file: where it is missing the file was cut. */
extern const unsigned char bgzf_end[BGZF_END];

/* One thread's compressor; zero is ready. */
struct bgzf {
    z_stream z;
    bool ready;
    int level;
};
void bgzf_done(struct bgzf *b);

/* `in`, at most BGZF_INPUT bytes, as a block; its length in *n.  The same bytes for the same input and level.
 * PL_OK or PL_NOMEM. */
int bgzf_compress(struct bgzf *b, int level, pl_str in, unsigned char out[BGZF_BLOCK], size_t *n);

/* The length that a block tells in its header; 0 where `start` is no block. */
size_t bgzf_size(pl_str start);

#endif
