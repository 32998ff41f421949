/* dedupe_shard_out.h - a file that gets its name when it is whole, or standard output, written through a buffer. */
#ifndef DEDUPE_SHARD_OUT_H
#define DEDUPE_SHARD_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#include "../shared/part.h"
#include "pressline.h"

struct dedupe_out {
    struct part part; /* where it is a file */
    bool file, gzip, ended, failed;
    z_stream z;
    unsigned char *buf, *packed;
    size_t len;
    uint64_t at;  /* bytes put */
    uint32_t crc; /* of them */
    char message[1024];
};

/* NULL is standard output.  A name that ends in .gz is written as gzip, where `pack`.  PL_OK, or PL_ERROR with `message`
 * set; then, too, it is to be closed. */
int dedupe_out_open(struct dedupe_out *o, const char *path, bool pack);
/* After an error all later calls give it again. */
int dedupe_out_put(struct dedupe_out *o, const void *bytes, size_t n);
/* All of it is on the disk, and the file has its name. */
int dedupe_out_end(struct dedupe_out *o);
/* Without an end what was written of the file is removed. */
void dedupe_out_close(struct dedupe_out *o);

#endif
