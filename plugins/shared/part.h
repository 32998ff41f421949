/* part.h - a file that is written as PATH.part and gets its name when it is whole. */
#ifndef SHARED_PART_H
#define SHARED_PART_H

#include "pressline.h"

/* Zero is closed.  The functions that return int give PL_OK, or PL_ERROR with `message` set. */
struct part {
    char *path, *part;
    int fd;          /* of the file under either name; valid while `part` is set */
    uint64_t length; /* bytes appended whole */
    uint32_t crc;    /* the CRC-32 of these (RFC 1952) */
    bool created;    /* by us, and empty so far */
    bool started;    /* something was appended, or an earlier run's bytes were taken over or cut */
    bool dirty;      /* written to since the last sync */
    bool named;      /* the folder's entry for the file is on the disk */
    bool published;
    bool failed; /* bytes were lost, in a write or a sync: this is never synced or published */
    bool machine; /* the last fault was the machine's: the same may work later */
    char message[512];
};

/* Makes the folders of `path` that are missing.  What an earlier run left in PATH.part stays until the first
 * part_append() or part_restore().  Refused where another run has it open. */
int part_open(struct part *p, pl_str path);

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
