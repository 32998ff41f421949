/* archive_part.h - a file that is written as PATH.part and gets its name when it is whole. */
#ifndef ARCHIVE_PART_H
#define ARCHIVE_PART_H

#include "pressline.h"

/* Zero is closed.  The functions that return int give PL_OK, or PL_ERROR with `message` set. */
struct part {
    char *path, *part;
    int fd;          /* valid while `part` is set */
    uint64_t length; /* bytes appended whole */
    bool created;    /* by us, and empty so far */
    bool started;    /* something was appended or cut: what lay there before is gone */
    bool published;
    char message[512];
};

/* Makes the folders of `path` that are missing.  What an earlier run left in PATH.part stays until the first
 * part_append(), part_sync() or part_cut().  Refused where another run has it open. */
int part_open(struct part *p, pl_str path);

int part_append(struct part *p, const void *bytes, size_t n);
/* What was appended is on the disk. */
int part_sync(struct part *p);
/* To go on behind the first `length` bytes of what an earlier run left, be it published or not. */
int part_cut(struct part *p, uint64_t length);
/* Gives the file its name, for good.  May be repeated. */
int part_publish(struct part *p);
/* The part stays, cut to what was appended whole; but not one that is empty and ours. */
int part_close(struct part *p);

#endif
