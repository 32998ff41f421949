/* sqlite_file.h - the file of a database: made whole, locked, and known to be ours before SQLite is let at it. */
#ifndef SQLITE_FILE_H
#define SQLITE_FILE_H

#include "pressline.h"

/* Zero is closed.  Functions give PL_OK, or PL_ERROR with `message` set; `machine`: the same may work later. */
struct file {
    char *name;   /* as given, for messages */
    char *path;   /* the same, its folders without links */
    int fd;       /* holds the lock; valid while `path` is set */
    bool machine;
    char message[512];
};

/* The database at `path`, locked against other runs; where there is none `make` makes one at the path it is handed, which
 * then gets its name.  Refused: a link, what is no file, what is no database of ours, and one that another run has open.
 * Folders that are missing are made. */
int file_open(struct file *f, pl_str path, int (*make)(void *arg, const char *path), void *arg);
/* To be called when SQLite has closed it: POSIX locks go with any descriptor that is closed. */
void file_close(struct file *f);

/* "cannot DOING 'PATH': CAUSE" by errno; PL_ERROR. */
int file_fault(struct file *f, const char *doing, const char *path);

#endif
