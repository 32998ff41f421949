/* warc_open.h - a WARC file by its path, and the index beside it. */
#ifndef WARC_OPEN_H
#define WARC_OPEN_H

#include "../shared/warc_read.h"

struct warc_file {
    struct warc_reader reader;
    int fd;
    char message[512];
};

/* From the byte `from` on; "-" is standard input.  PL_OK, or PL_ERROR with `message` set; closed in any case by
 * warc_file_close(). */
int warc_file_open(struct warc_file *f, const char *path, uint64_t from);
void warc_file_close(struct warc_file *f);

/* "a/b.cdxj" of "a/b.warc.gz"; free() it; NULL: no memory. */
char *warc_index_path(pl_str path);

#endif
