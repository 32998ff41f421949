/* dbfile.h - the file of a SQLite database: made whole, locked, and known to be ours before SQLite is let at it. */
#ifndef SHARED_DBFILE_H
#define SHARED_DBFILE_H

#include "pressline.h"

/* What is ours; lives as long as the file is open. */
struct dbfile_kind {
    uint32_t application, version; /* what `PRAGMA application_id` and `user_version` give */
    const char *option;            /* that names the path, for messages */
    const char *damaged;           /* "it is damaged: " and what to do */
};

/* Zero is closed.  Functions give PL_OK, or PL_ERROR with `message` set; `machine`: the same may work later. */
struct dbfile {
    const struct dbfile_kind *kind;
    char *name; /* as given, for messages */
    char *path; /* the same, its folders without links */
    int fd;     /* holds the lock; valid while `path` is set */
    bool machine;
    bool busy; /* another run has it; `machine` as well */
    char message[512];
};

/* The database at `path`, locked against other runs; where there is none `make` makes one at the path it is handed, which
 * then gets its name.  Refused: a link, what is no file, what is no database of ours, and one that another run has open.
 * Folders that are missing are made. */
int dbfile_open(struct dbfile *f, const struct dbfile_kind *kind, pl_str path, int (*make)(void *arg, const char *path),
                void *arg);
/* The same of one that is there, only to be read: not locked, a run may be at work on it. */
int dbfile_look(struct dbfile *f, const struct dbfile_kind *kind, pl_str path);
/* To be called when SQLite has closed it: POSIX locks go with any descriptor that is closed. */
void dbfile_close(struct dbfile *f);

/* "cannot DOING 'PATH': CAUSE" by errno; PL_ERROR. */
int dbfile_fault(struct dbfile *f, const char *doing, const char *path);

/* Why a call of SQLite's gave `code`, for a person; `db` may be NULL; *machine: the same may work later. */
struct sqlite3;
const char *dbfile_cause(const struct dbfile_kind *kind, struct sqlite3 *db, int code, bool *machine);

#endif
