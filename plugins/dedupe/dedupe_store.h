/* dedupe_store.h - the kept documents and their keys, lasting, in bounded memory.
 *
 * A kept document has a number (0, 1, 2 ... in the order of keeping), a payload
 * (any bytes), a day, and 64-bit keys.  A key finds the documents that were
 * entered under it, DEDUPE_STORE_BUCKET of them: while that many live ones are
 * there, no more are entered.  So what is found depends on nothing but the
 * order of the calls, however often something was written out or merged.
 * Keys count by 48 bits of a mix of them: two in 10^14 pairs meet by chance,
 * which whoever looks at the payload sees.
 *
 * With a folder the store lasts from run to run.  A checkpoint makes what was
 * kept durable and gives the few bytes from which a run that was killed goes on
 * exactly there.  Without a folder it is scratch: unnamed temporary files.
 *
 * One caller at a time, but for dedupe_store_committed(). */
#ifndef DEDUPE_STORE_H
#define DEDUPE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dedupe_hit.h"
#include "pressline.h"

enum {
    DEDUPE_STORE_BUCKET = 8,
    DEDUPE_STORE_MAX_KEYS = 4096,        /* in one call */
    DEDUPE_STORE_MAX_PAYLOAD = 16 << 20, /* bytes */
    DEDUPE_STORE_SAVED = 128              /* what dedupe_store_checkpoint() gives is shorter */
};

struct dedupe_store;

/* Why a call failed; the caller's, from dedupe_store_open() to dedupe_store_close().  After a failed write or sync all
 * that is called later fails as well. */
struct dedupe_store_fault {
    char message[1024];
    bool machine; /* the machine failed it, the same may work later: PL_RETRY rather than PL_FATAL */
    bool busy;    /* another run has the store: PL_AGAIN */
};

struct dedupe_store_options {
    pl_str path;      /* the store's folder, made where it is missing; {NULL, 0}: scratch */
    bool flat;        /* `path` begins the names of the files instead, as pl_state_file() hands one out */
    bool resumable;   /* each checkpoint may be gone on from.  Else the store becomes what the run made of it in
                       * dedupe_store_committed(last), and until then is what it was */
    bool read_only;   /* nothing is changed or removed, and the folder must be there */
    uint64_t memory;  /* bytes of RAM for all of it, 0: 256 MB.  Less of it means slower, not less remembered */
    uint32_t retain;  /* documents are found for so many days, 0: for ever */
    uint64_t segment; /* bytes of payload in one file; 0: 1 GB */
};

/* What is in it. */
struct dedupe_store_stats {
    uint64_t documents, live; /* kept ever, and of these not past `retain` */
    uint64_t entries, tail;   /* key and document: in sorted files, in memory */
    uint32_t runs, segments;  /* files of either kind */
    uint32_t first_day, day;  /* of the earliest live document; the store's clock */
    uint64_t payload_bytes, disk_bytes, memory_bytes;
    uint64_t pages_read, merges; /* since it was opened */
    uint64_t generation;
};

/* PL_OK, PL_NOMEM, or PL_ERROR; always with *st to be closed, if it is not NULL. */
int dedupe_store_open(struct dedupe_store **st, const struct dedupe_store_options *options,
                      struct dedupe_store_fault *fault);
/* What no checkpoint or dedupe_store_committed(last) made durable is gone, as after a kill. */
void dedupe_store_close(struct dedupe_store *st);

/* Sets the store's clock, which never goes back: to be called before finding, by a value that a run which is gone on
 * with has again.  `day` counts from anywhere. */
void dedupe_store_today(struct dedupe_store *st, uint32_t day);

/* The live documents under each key: ordered by key, then by document.  Valid until the next call. */
int dedupe_store_find(struct dedupe_store *st, const uint64_t *key, size_t n, const struct dedupe_hit **hits,
                      size_t *n_hits);

/* Keeps a document and enters it under its keys.  Cheapest where dedupe_store_find() was last asked for the same keys,
 * or more in the same order. */
int dedupe_store_keep(struct dedupe_store *st, const uint64_t *key, size_t n, pl_str payload, uint32_t *doc);

/* Enters document `doc` under more keys. */
int dedupe_store_alias(struct dedupe_store *st, const uint64_t *key, size_t n, uint32_t doc);

/* A live document's payload; valid until the next call. */
int dedupe_store_load(struct dedupe_store *st, uint32_t doc, pl_str *payload);

/* Makes all of it durable: the run's checkpoint `n`.  `saved`, of DEDUPE_STORE_SAVED bytes, gets the text for
 * dedupe_store_restore(), ended by a zero. */
int dedupe_store_checkpoint(struct dedupe_store *st, uint64_t n, char *saved);

/* Checkpoint `n` can be relied on: files that only earlier ones need are removed, but for those of the one before.  Any
 * thread while not `last`. */
int dedupe_store_committed(struct dedupe_store *st, uint64_t n, bool last);

/* Takes back whatever this run did since the checkpoint that gave `saved`.  Where another run used the store since,
 * nothing is taken back: the records that come again find their own documents, or are not known. */
int dedupe_store_restore(struct dedupe_store *st, pl_str saved);

/* To be called before anything is found or kept by a run that does not restore.  What an earlier run kept at a last
 * checkpoint that its journal may not have is taken back: read again, it would be found as a copy of itself. */
int dedupe_store_begin(struct dedupe_store *st);

/* Forgets all, durably.  For the store of one run, where that is not gone on with but begun anew. */
int dedupe_store_forget(struct dedupe_store *st);

void dedupe_store_stats(const struct dedupe_store *st, struct dedupe_store_stats *stats);

/* Reads all of it and checks every checksum.  PL_ERROR with the first fault. */
int dedupe_store_verify(struct dedupe_store *st);

#endif
