/* outfile.h - a file that appears under its name only when it is whole.
 *
 * Written as PATH.part beside its final place, renamed by outfile_publish().  One thread at a time. */
#ifndef OUTFILE_H
#define OUTFILE_H

#include "appendfile.h"

struct outfile {
    char *path;
    struct appendfile part;
};

/* Makes the folders above `path` that are missing.  All return 0, or -1 with `part.failed` and `part.error` set; after a
 * failure nothing more is written. */
int outfile_open(struct outfile *f, pl_str path);
/* Goes on behind the first `length` bytes of what an earlier process left, be it published or not; they must have the
 * checksum `crc`. */
int outfile_resume(struct outfile *f, pl_str path, uint64_t length, uint32_t crc);
int outfile_write(struct outfile *f, pl_str bytes);
/* All written so far is on the disk. */
int outfile_sync(struct outfile *f);
/* On the disk and under its final name. */
int outfile_publish(struct outfile *f);
/* Without publishing the .part file stays for a person to look at. */
void outfile_close(struct outfile *f);
/* Closes, and nothing stays. */
void outfile_discard(struct outfile *f);

/* "cannot write '/out/x.part': No space left on device" */
void outfile_explain(const struct outfile *f, struct buf *b);

#endif
