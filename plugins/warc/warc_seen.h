/* warc_seen.h - which payloads have been written, so that the next of the same is a revisit.
 *
 * A table of bounded size that only grows: once it is full nothing more is entered, so that what is found never depends
 * on who asked when.  find() may be called by many threads; the others by one. */
#ifndef WARC_SEEN_H
#define WARC_SEEN_H

#include <pthread.h>

#include "../shared/part.h"
#include "warc_buf.h"

enum { WARC_SEEN_KEY = 20 }; /* the first bytes of a digest */

struct warc_seen {
    pthread_mutex_t lock; /* of what find() reads: entries, slot, n_slots */
    struct warc_buf entries;
    uint64_t *slot; /* where an entry begins, and 1; 0: free */
    size_t n_slots, n, most;
    size_t seeded; /* bytes of entries that came from earlier indexes */
    struct part log; /* entries behind those, where the run keeps a state */
    size_t logged;
    bool keeps;
    char message[512];
};

/* `most`: bytes of memory.  `log`: a file that outlives a kill; without pointer: none.  PL_OK, or PL_ERROR with `message`. */
int warc_seen_open(struct warc_seen *s, size_t most, pl_str log);
void warc_seen_close(struct warc_seen *s);

/* Payloads of an earlier run, out of its index: before anything else is entered. */
int warc_seen_seed(struct warc_seen *s, const char *cdxj);

/* The lines WARC-Refers-To... of the record that has this payload, to `refers`; false: there is none. */
bool warc_seen_find(struct warc_seen *s, const uint8_t key[WARC_SEEN_KEY], struct warc_buf *refers);

/* Enters it, where there is room and it is not there; *full where there is none.  PL_OK or PL_ERROR. */
int warc_seen_add(struct warc_seen *s, const uint8_t key[WARC_SEEN_KEY], const uint8_t id[16], pl_str uri, pl_str date,
                  bool *full);

/* All entries are on the disk; what restore() needs is added to `saved`, some 60 bytes. */
int warc_seen_checkpoint(struct warc_seen *s, struct warc_buf *saved);
/* PL_ERROR with `message`; log.machine: it may work later. */
int warc_seen_restore(struct warc_seen *s, pl_str saved);

#endif
