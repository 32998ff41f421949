/* archive_file.h - an archive that is read at any place: the file and the indexes beside it. */
#ifndef ARCHIVE_FILE_H
#define ARCHIVE_FILE_H

#include "../shared/deflate.h"
#include "archive_index.h"
#include "archive_zran.h"
#include "pressline.h"

struct archive_file {
    int fd;
    char *path;
    struct archive_index ix;   /* PATH.idx */
    struct archive_zran *zran; /* PATH.zran, where the index says that it holds a stream */
    bool indexed;
    char message[700];

    struct inflater inflater;
    unsigned char *packed, *block, *record;
    size_t packed_cap, block_cap, record_cap;
    uint64_t cached;   /* the block that is in `block`, plus 1 */
    size_t have;       /* bytes of it, */
    bool checked;      /* and whether their checksum was looked at */
};

/* PL_OK; PL_AGAIN: the file is there, but has no index, or one that is damaged or does not fit: `message` tells;
 * PL_ERROR: the file cannot be opened, or only be read from its start.  Zero is closed. */
int archive_file_open(struct archive_file *f, const char *path);
void archive_file_close(struct archive_file *f);

/* The bytes of a record, its line's end included, which have the CRC-32 that the index knows; good until the next call.
 * PL_OK, or PL_ERROR with `message`. */
int archive_file_record(struct archive_file *f, const struct archive_place *place, pl_str *bytes);

/* "PATH.idx" and the like; NULL: out of memory.  The caller frees it. */
char *archive_path_of(const char *path, const char *suffix);

#endif
