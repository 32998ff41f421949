/* sqlite_store.h - the database: rows in, exactly once with the checkpoints of a run.
 *
 * What is put is one transaction up to the next checkpoint, which commits it.  A run that is killed may have committed
 * more than its journal knows of, and store_restore() takes that back: articles that were added have numbers above those
 * of the checkpoint; of those that were replaced, the rows they had are kept in a table (pressline_undo), written in the
 * same transaction, until the checkpoint behind is in the journal.  One caller at a time, but for store_told(). */
#ifndef SQLITE_STORE_H
#define SQLITE_STORE_H

#include <sqlite3.h>
#include <stdatomic.h>

#include "../shared/dbfile.h"
#include "sqlite_rows.h"

enum store_statement {
    S_BEGIN,
    S_COMMIT,
    S_ROLLBACK,
    S_FIND,
    S_DELETE,
    S_RUN_READ,
    S_RUN_BEGIN,
    S_RUN_WRITE,
    S_LAST_ARTICLE,
    S_UNDO_ADD,
    S_UNDO_READ,
    S_UNDO_CUT,
    S_UNDO_FORGET,
    S_ADDED_SINCE,
    S_ALL /* count */
};

/* Zero is closed.  Functions give PL_OK, or PL_ERROR with `message` set; `machine`: the same may work later. */
struct store {
    struct dbfile file;
    sqlite3 *db;
    sqlite3_stmt *statement[S_ALL], *insert[SCHEMA_TABLES], *select[SCHEMA_TABLES];
    const char *making; /* the path of a database that is being made */
    struct rows old;    /* of the article being replaced */

    int64_t run, started; /* which run this is: its number among those of the database, and its start */
    bool begun;           /* the database says so */
    bool logs;            /* in WAL mode, where that can be */
    bool open;            /* a transaction */
    bool failed;          /* something was lost: nothing is committed any more */
    bool machine;
    int64_t checkpoint;    /* the last one */
    int64_t committed;     /* the last one for which there was something to commit */
    int64_t last_article;  /* the highest number */
    int64_t kept_articles; /* the same at the last checkpoint: those above need no undo */
    uint64_t n_changed;    /* articles put that were not there so */
    _Atomic int64_t told;  /* the last checkpoint that is in the journal */
    int64_t told_before;
    char message[768];
};

/* How the database is opened; `cache`: bytes of memory for its pages. */
struct store_options {
    int64_t cache;
    const char *synchronous; /* "full", "normal", "off" */
};

/* `started_ms` is the start of this run. */
int store_open(struct store *s, pl_str path, const struct store_options *opt, int64_t started_ms);
/* The rows of one article: added, or put in the place of those with the same id.  Nothing is written where they are the
 * same. */
int store_put(struct store *s, pl_str rows);
/* Behind the last article: the full-text index in one piece where that pays, and statistics for the planner. */
int store_finish(struct store *s);
/* Commits; `saved` is then what store_restore() needs, at most `size` bytes with the NUL. */
int store_checkpoint(struct store *s, uint64_t n, char *saved, size_t size);
/* Checkpoint n is in the journal.  Any thread. */
void store_told(struct store *s, uint64_t n);
/* It was the last: nothing is kept to go back any more, and the file stands alone, without a log beside it. */
int store_ended(struct store *s, uint64_t n);
/* Takes back what this run wrote behind checkpoint n; refused where another run has written since. */
int store_restore(struct store *s, uint64_t n, pl_str saved);
/* What is not committed is not kept. */
void store_close(struct store *s);

#endif
