/* outfile.h - a file that appears under its name only when it is whole.
 *
 * Written as PATH.part beside its final place, renamed by outfile_publish().  One thread at a time. */
#ifndef OUTFILE_H
#define OUTFILE_H

#include "buf.h"

struct outfile {
    char *path, *part;
    int fd;
    struct buf pending;
    const char *failed; /* what could not be done ("write"), NULL: nothing */
    int error;          /* errno of it */
};

/* Makes the folders above `path` that are missing; 0, or -1 with errno set. */
int outfile_make_folders(const char *path);

/* Makes the folders above `path` that are missing.  All return 0, or -1 with `failed` and `error` set; after a failure
 * nothing more is written. */
int outfile_open(struct outfile *f, pl_str path);
int outfile_write(struct outfile *f, pl_str bytes);
/* All written so far is on the disk. */
int outfile_sync(struct outfile *f);
/* On the disk and under its final name. */
int outfile_publish(struct outfile *f);
/* Without publishing the .part file stays for a person to look at. */
void outfile_close(struct outfile *f);

/* "cannot write '/out/x.part': No space left on device" */
void outfile_explain(const struct outfile *f, struct buf *b);

#endif
