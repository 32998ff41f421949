/* warc_set.h - the files of a run: filled one after the other, each with its index beside it.
 *
 * One thread calls append, finish, checkpoint; committed() may come from another meanwhile. */
#ifndef WARC_SET_H
#define WARC_SET_H

#include <pthread.h>

#include "../shared/part.h"
#include "../shared/warc_digest.h"
#include "warc_cdxj.h"
#include "warc_gz.h"

struct warc_set_options {
    pl_str path; /* of the first file; see warc_set_name() */
    uint64_t size;
    bool gzip;
    int level;
    enum deflate_by by;
    enum warc_digest_by digest;
    pl_str date, info; /* of the first record: when the run began, and its fields */
};

/* A file that is whole and has not got its name yet. */
struct warc_whole {
    unsigned number;
    struct part warc, cdxj;
    uint64_t checkpoint; /* that covers it; 0: none yet */
};

struct warc_set {
    struct warc_set_options opt;
    unsigned number; /* of the file at hand, or of the next */
    struct part warc;
    bool open;
    char *name;        /* of the file at hand, without its folder */
    char *folder;
    uint64_t articles; /* bytes of what was appended to it, without its first record */
    struct warc_sorter sorter;
    struct warc_buf line, info;
    struct deflater deflater;
    pthread_mutex_t lock; /* of whole, n_whole */
    struct warc_whole **whole;
    size_t n_whole;
    bool machine; /* the last fault was the machine's */
    char message[600];
};

/* The path of file `number`, from 1: its last "00001" counted up, or where it has none, -00002 and so on before its first
 * dot; without ".gz" where that is not so.  free() it. */
char *warc_set_name(pl_str path, unsigned number, bool gzip);

/* Makes no file yet.  All return PL_OK, or PL_ERROR with `message`. */
int warc_set_open(struct warc_set *s, const struct warc_set_options *opt);
int warc_set_close(struct warc_set *s);

/* An article of `n` bytes is coming: it begins a new file where the one at hand would grow too large. */
int warc_set_begin(struct warc_set *s, uint64_t n);
/* A record of it.  `begun`: its line of the index up to where it lies; empty: none. */
int warc_set_append(struct warc_set *s, pl_str record, pl_str begun);
/* Nothing more comes. */
int warc_set_finish(struct warc_set *s);

/* Checkpoint `n`: all is on the disk, and what restore() needs is added to `saved`. */
int warc_set_checkpoint(struct warc_set *s, uint64_t n, struct warc_buf *saved);
/* Gives the files that checkpoint `n` covers their names. */
int warc_set_committed(struct warc_set *s, uint64_t n);
int warc_set_restore(struct warc_set *s, uint64_t n, pl_str saved);

#endif
