/* fetch_store_parts.h - what the files of the store share; for fetch_store*.c alone. */
#ifndef FETCH_STORE_PARTS_H
#define FETCH_STORE_PARTS_H

#include <stdatomic.h>

#include "fetch_store.h"
#include "fetch_store_entry.h"

struct store_db;

struct store {
    struct table changes;  /* since they were last written; without a file all there is */
    struct table written;  /* of those that the file has, queued ones: they will be looked for once more */
    struct entry *found;   /* what the last store_find() read from the file */
    struct store_key last; /* what was last looked for, while `looked` */
    bool looked;
    uint8_t secret[16];
    uint64_t sequence, place; /* the last of either that was given out */
    int walking;              /* calls of store_each...() at work: nothing may be written */
    struct store_db *db;      /* NULL: all is in memory */
    bool read_only, scratch;
    bool empty;  /* the file has no row */
    bool begun;  /* the file says that this run is the one that writes */
    bool failed; /* something was lost: nothing is written any more */

    uint64_t writer;              /* a number of the run's own */
    int64_t checkpoint;           /* the last one; 0: none yet */
    int64_t committed;            /* the last one for which there was something to commit */
    uint64_t sequence_then;       /* the last number given out before it */
    int64_t known;                /* what the file says of `told` */
    int64_t told_before;          /* as of the checkpoint before */
    _Atomic int64_t told;         /* the last checkpoint that is in the journal */
    int fault_code;               /* PL_RETRY or PL_FATAL, of the fault in `message` */
    char message[1024];
};

/* Sets the message and gives PL_RETRY. */
int store_no_memory(struct store *s);
/* To be called before anything is found or put: the run says that it is the one that writes. */
int store_begin(struct store *s);

/* Where there is much in memory, it is written; what depends on no record for good. */
int store_make_room(struct store *s);

/* ---- the file (fetch_store_db.c) ---- */

/* PL_OK, PL_AGAIN, PL_RETRY or PL_FATAL. */
int store_db_open(struct store *s, const struct store_options *o);
void store_db_close(struct store *s);

/* What the file says of its last run. */
struct store_row {
    uint64_t writer, sequence, place;
    int64_t checkpoint, known, floor;
};
int store_db_read_row(struct store *s, struct store_row *row);
int store_db_write_row(struct store *s, const struct store_row *row);
/* PL_OK, or PL_EOF: no address is in it. */
int store_db_any(struct store *s);

/* PL_EOF: there is none. *e is malloc()ed. */
int store_db_find(struct store *s, const struct store_key *key, struct entry **e);
/* Begun where it is not; ends with the next. */
int store_db_begin(struct store *s);
int store_db_commit(struct store *s);
bool store_db_is_open(const struct store *s);
/* Puts the entry, and keeps what it replaces, unless something is kept for `since` already. */
int store_db_put(struct store *s, const struct entry *e, int64_t since);
/* Takes back all that was put since checkpoint `n` or a later one. */
int store_db_take_back(struct store *s, int64_t n);
/* Nothing is kept any more to go back to what is before checkpoint `n`. */
int store_db_forget(struct store *s, int64_t n);
int store_db_forget_all(struct store *s);
/* A log beside the file, or none. */
int store_db_log(struct store *s, bool wanted);

/* A walk through all addresses, or those that are queued in their order: the next one in *e, malloc()ed; PL_EOF. */
int store_db_walk(struct store *s, bool queued, struct entry **e);
void store_db_walk_end(struct store *s, bool queued);
int store_db_count(struct store *s, int64_t now_ms, struct store_counts *c);

/* "'PATH' is damaged: WHAT; what to do": PL_FATAL. */
int store_damaged(struct store *s, const char *what);
/* "'PATH' WHAT": PL_FATAL. */
int store_refuse(struct store *s, const char *what);

#endif
