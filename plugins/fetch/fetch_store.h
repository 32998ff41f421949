/* fetch_store.h - what is known of each address: when it was asked for, what came, when it is due, and whether it is still
 * to be fetched.
 *
 * A lasting store is a file that later runs go on with; a scratch one is of this run's state; with neither all of it is in
 * memory.  Changes live in memory up to the next checkpoint, which writes them in one transaction, and with them what they
 * replaced, until the checkpoint is in the run's journal: store_restore() takes back what the journal does not know of.
 *
 * Functions give PL_OK, or what the stage's open() and restore() may give on: PL_RETRY (the machine fails it, the same may
 * work later) or PL_FATAL, with store_message().  After a fault of a write all that is called later fails as well.  One
 * caller at a time, but for store_told(). */
#ifndef FETCH_STORE_H
#define FETCH_STORE_H

#include "pressline.h"

/* What is longer is not kept: store_put() leaves an ETag or a date away, and refuses the rest with PL_NOMEM. */
enum { STORE_MAX_URL = 16384, STORE_MAX_META = 262144, STORE_MAX_ETAG = 1024, STORE_MAX_DATE = 128, STORE_SAVED = 128 };

/* The numbers are those of the file. */
enum known_kind {
    KNOWN_UNSORTED, /* a seed, told by what comes */
    KNOWN_PAGE,
    KNOWN_FEED,
    KNOWN_SITEMAP,
    KNOWN_FRONT
};

/* Zero is nothing: an address that was never asked for and is not to be. */
struct known {
    enum known_kind kind;
    bool queued;                             /* still to be fetched */
    int status;                              /* the last one; 0: none */
    uint32_t failures;                       /* in a row */
    int64_t checked_ms, changed_ms, due_ms;  /* since 1970; 0: never, at once */
    int64_t interval_s;                      /* between two checks, as fetch_due.h has it; 0: none yet */
    bool has_digest;
    uint8_t digest[20];                      /* of the last payload */
    pl_str etag, last_modified;
    pl_str url;  /* as to be asked for; empty: the key */
    pl_str meta; /* the crawl's own: feed metadata of a queued page */
};

struct store;

struct store_options {
    const char *path;    /* a lasting file, made where it is missing, with its folders; or NULL */
    const char *scratch; /* a file of the run's state; or NULL */
    int64_t started_ms;  /* the run's start */
    int64_t cache;       /* bytes of memory for the file's pages; 0: 16 MB */
    bool read_only;      /* nothing is changed, and `path` must be there; a run may be at work on it */
};

/* PL_OK, with *s to be closed; PL_AGAIN: another run has the store; PL_RETRY or PL_FATAL: not, with *s NULL; `message` then
 * says why. */
int store_open(struct store **s, const struct store_options *o, char *message, size_t size);
/* What no checkpoint covers is kept where no record depends on it: nothing that came since was given a number. */
void store_close(struct store *s);
/* Why the last call failed; as long as `s` is open. */
const char *store_message(const struct store *s);

/* A run that goes on calls this before anything else that follows: what is later than its checkpoint `n`, for which
 * store_checkpoint() had given `saved`, is taken back.  Where another run used the store since, it is left as that one left
 * it; another file, or an older copy, is refused.  A run that begins anew does not call it: what the run before wrote that is not known to be in its journal is then
 * taken back with the first of the calls below. */
int store_restore(struct store *s, uint64_t n, pl_str saved);

/* What is known of the address with this canonical form; PL_EOF: nothing.  The texts are valid until the next call. */
int store_find(struct store *s, pl_str key, struct known *k);
/* In the place of what is known of it.  An address that becomes queued gets the last place; one that was keeps its own. */
int store_put(struct store *s, pl_str key, const struct known *k);
/* Those that are queued, in the order in which they were; ends early with what `each` gives when that is not PL_OK.  It may
 * call store_find() and store_put(); what becomes queued meanwhile is not told.  `key` and `k` are valid until it returns. */
int store_each_queued(struct store *s, int (*each)(void *arg, pl_str key, const struct known *k), void *arg);

/* From 1 on; never the same twice, but where a checkpoint is gone back to. 0: it cannot be had, see store_message(). */
uint64_t store_next_sequence(struct store *s);

/* Makes durable what was put: the run's checkpoint `n`.  `saved`, of STORE_SAVED bytes, is then what store_restore() needs,
 * ended by a zero. */
int store_checkpoint(struct store *s, uint64_t n, char *saved, size_t size);
/* Checkpoint `n` is in the journal.  Any thread. */
void store_told(struct store *s, uint64_t n);
/* And it was the run's last: nothing is kept to go back any more, and the file stands alone, without a log beside it.  May
 * be repeated. */
int store_ended(struct store *s, uint64_t n);

struct store_counts {
    uint64_t addresses, queued, of_kind[KNOWN_FRONT + 1], failing;
    uint64_t due; /* at `now_ms`, and not queued */
    uint64_t sequence;
};
int store_count(struct store *s, int64_t now_ms, struct store_counts *c);
/* All of them, as store_each_queued() does it: those of the file in the order in which they became known; those in memory
 * alone in no order that means anything. */
int store_each(struct store *s, int (*each)(void *arg, pl_str key, const struct known *k), void *arg);

#endif
