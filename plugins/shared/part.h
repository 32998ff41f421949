/* part.h - a file that is written as PATH.part and gets its name when it is whole. */
#ifndef SHARED_PART_H
#define SHARED_PART_H

#include "pressline.h"

/* Zero is closed.  The functions that return int give PL_OK, or PL_ERROR with `message` set. */
struct part {
    char *path, *part;
    const char *name, *part_name; /* the last of these */
    int fd;          /* of the file under either name; -1 while it rests; valid while `part` is set */
    int folder;      /* in which it lies; the same holds */
    size_t trusted;  /* of `path`: up to here links are followed */
    uint64_t device, inode; /* of the file, while it rests */
    uint64_t length; /* bytes appended whole */
    uint32_t crc;    /* the CRC-32 of these (RFC 1952) */
    bool created;    /* by us, and empty so far */
    bool started;    /* something was appended, or an earlier run's bytes were taken over or cut */
    bool dirty;      /* written to since the last sync */
    bool named;      /* the folder's entry for the file is on the disk */
    bool published;
    bool failed; /* it could not be opened, or bytes were lost in a write or a sync: this is never synced or published */
    bool machine; /* the last fault was the machine's: the same may work later */
    char message[512];
};

/* Makes the folders of `path` that are missing.  What an earlier run left in PATH.part stays until the first
 * part_append() or part_restore().  Refused where another run has it open. */
int part_open(struct part *p, pl_str path);
/* The same of a path of which only the first `trusted` bytes, up to a slash, are the operator's own: no link that lies behind
 * them is followed, and what is behind them has no "..". */
int part_open_below(struct part *p, pl_str path, size_t trusted);

/* Syncs the file and closes it for the time being, so that there can be more parts than descriptors; the next call opens it
 * again, and refuses it where it is not the same.  Its lock is given up meanwhile. */
int part_rest(struct part *p);
int part_wake(struct part *p);

/* Removes the finished file PATH`suffix`, where there is one, for good. */
int part_remove_beside(struct part *p, const char *suffix);

/* A file that part_restore() found published is PATH.part again from then on. */
int part_append(struct part *p, const void *bytes, size_t n);
/* What was appended is on the disk, and so is the file's name.  Costs nothing where nothing was appended.  Refused for
 * good after a fault of this or of part_append(): a sync that is tried again may pass over what the first one lost. */
int part_sync(struct part *p);
/* To go on behind the first `length` bytes of what an earlier run left, be it published or not; refused where they are
 * not those whose checksum is `crc`.  Reads all of them. */
int part_restore(struct part *p, uint64_t length, uint32_t crc);
/* Gives the file its name, for good, once all of it is on the disk.  May be repeated. */
int part_publish(struct part *p);
/* The part stays, cut to what was appended whole; but not one that is empty and ours. */
int part_close(struct part *p);

#endif
