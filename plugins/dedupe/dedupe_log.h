/* dedupe_log.h - the kept documents in a file, so that a run which was killed can make its index again.
 *
 * Append-only.  An entry is the lengths of a sketch and a name, these two, and
 * checksums that go on from the entry before: so one number vouches for all
 * that stands before it, and a byte that changed is found at its entry.
 *
 * The file is of the machine that wrote it: numbers have its byte order.
 * One caller at a time. */
#ifndef DEDUPE_LOG_H
#define DEDUPE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dedupe_index.h"
#include "pressline.h"

/* So much of the log: what a checkpoint saves of it. */
struct dedupe_log_mark {
    uint64_t length, entries;
    uint32_t crc;
};

/* Zero is closed.  The functions that return int give PL_OK, or PL_ERROR with `message` set. */
struct dedupe_log {
    char *path;
    int fd;                     /* valid while `path` is set */
    struct dedupe_log_mark end; /* with what is still in `buf` */
    unsigned char *buf;
    size_t len;
    bool started; /* the file holds what `end` tells, and nothing of an earlier run */
    bool dirty;   /* written to since the last sync */
    bool failed;  /* bytes were lost, in a write or a sync: all that is called later fails as well */
    bool named;   /* the folder's entry for the file is on the disk */
    bool machine; /* the last fault was the machine's: the same may work later */
    char message[1024];
};

/* Opens or makes the file.  What an earlier run left in it stands until the first append or restore. */
int dedupe_log_open(struct dedupe_log *l, pl_str path);
void dedupe_log_close(struct dedupe_log *l);

/* Adds an entry, in memory or behind the others. */
int dedupe_log_append(struct dedupe_log *l, const struct dedupe_sketch *s, pl_str name);

/* All entries are on the disk, and `end` is what to save.  Costs nothing where there is nothing new. */
int dedupe_log_sync(struct dedupe_log *l);

/* Keeps all entries up to `mark` in `ix`, which is empty, and cuts off what is later.  Refused, and the file left as it
 * is, where these are not the bytes that were written.  Memory is that of the longest entry and 1 MB. */
int dedupe_log_restore(struct dedupe_log *l, const struct dedupe_log_mark *mark, struct dedupe_index *ix);

#endif
