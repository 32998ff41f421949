/* appendfile.h - a file that only grows, and can be gone back in: how long it is and what its checksum is stand in the
 * journal; what a kill left behind that is cut off, what is not as it was is refused.  One thread at a time. */
#ifndef APPENDFILE_H
#define APPENDFILE_H

#include "pack.h"

struct appendfile {
    char *path;
    int fd; /* -1: not open */
    struct buf pending;
    uint64_t length; /* bytes written, the pending ones included */
    uint32_t crc;    /* of them */
    bool synced;     /* all of it is on the disk */
    bool named;      /* as is the folder's entry for it */
    const char *failed; /* what could not be done ("write"), NULL: nothing */
    int error;          /* errno of it; 0: the file is not what was written */
};

/* All return 0, or -1 with `failed` and `error` set; after a failure nothing more is written. */

/* Begins the file anew. */
int appendfile_create(struct appendfile *f, pl_str path);
/* Goes on behind the first `length` bytes, which must have the checksum `crc`. */
int appendfile_resume(struct appendfile *f, pl_str path, uint64_t length, uint32_t crc);
int appendfile_write(struct appendfile *f, pl_str bytes);
/* All written so far is on the disk. */
int appendfile_sync(struct appendfile *f);
/* What is pending is written, as far as that goes. */
void appendfile_close(struct appendfile *f);

/* The length and checksum, as the journal keeps them. */
void appendfile_save(const struct appendfile *f, struct buf *b);
/* Takes them from `u`. */
void appendfile_saved(struct unpack *u, uint64_t *length, uint32_t *crc);

/* "cannot write '/out/x.part': No space left on device" */
void appendfile_explain(const struct appendfile *f, struct buf *b);

#endif
