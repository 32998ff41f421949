/* flat.h - a record, and what a call did to one, as one run of 64-bit words: how they cross to an isolated stage's
 * process and back.
 *
 * Out goes the whole record, so exactly that the child's memory limit is reached where the record's own would be.  Back
 * comes what the call did: fields, annotations, children, fate, counts, log lines.  That answer is read as hostile: the
 * process that wrote it may have lost its mind, and may still be writing.  Each word is read once; every length, key,
 * type, span and number is checked; text is copied first, then checked, by the functions of record.h and no others.
 *
 * Text that lies in the message a record came by goes back as its place there, so that the record's own bytes need not
 * be copied.  Messages begin at a multiple of 8 and never leave the machine: no byte order. */
#ifndef FLAT_H
#define FLAT_H

#include "record.h"

/* Memory that is written from its begin; `full` once something did not fit, and what is there is then worthless. */
struct flat_out {
    char *at;
    size_t len, cap; /* cap is a multiple of 8 */
    bool full;
    pl_str source; /* text within it is told by its place */
};

/* Where the text of a record that was sent lies with us, by its place in the message. */
struct flat_place {
    uint64_t at;
    pl_str own;
};

struct flat_places {
    struct flat_place *at;
    size_t n, cap;
};

/* What a call did, beside what the records themselves say.  Counts and lines are taken back by nothing. */
struct flat_call {
    int rc;
    bool exhausted; /* the child's memory was used up */
    pl_str fault;   /* --checked; "": none */
    uint64_t wall_ns;
    const uint64_t *counts; /* by metric */
    size_t n_counts;
    pl_str lines; /* of flat_put_line() */
    uint64_t n_lost; /* lines that found no room */
    pl_record *const *emitted; /* numbered from 1 in emit_number; each tells its parent's number */
    size_t n_emitted;
    size_t n_own; /* own names that the record had before the call */
    pl_str raw;   /* that it had before the call */
};

/* The record as its next call is to find it; adds to `places`. */
void flat_put_record(struct flat_out *out, const pl_record *r, struct flat_places *places);

/* Fill a new record; text stays in the message, which must outlive it.  What it takes of the arena is counted as it was
 * with the sender.  PL_OK, or PL_ERROR for a message that is none. */
int flat_take_record(pl_record *r, pl_str message);

/* What was done to `r` since record_begin(); of a record that fails only that. */
void flat_put_answer(struct flat_out *out, const pl_record *r, const struct flat_call *call);

/* One log line, its record's id and its words. */
void flat_put_line(struct flat_out *out, int level, pl_str id, pl_str message);

/* Where an answer goes that is not the record's own. */
struct flat_sink {
    void *arg;
    pl_record *(*emit)(void *arg, pl_record *parent); /* NULL: past the memory limit */
    void (*count)(void *arg, uint32_t metric, uint64_t by);
    void (*line)(void *arg, int level, pl_str id, pl_str message);
    int stage;       /* whose call it was */
    size_t n_counts; /* metrics that it has */
};

struct flat_result {
    int rc; /* what the call answered */
    bool exhausted;
    char fault[200];
    uint64_t wall_ns, n_lost;
    const char *why; /* PL_ERROR: what is wrong with the message (static text) */
};

/* Do to `r`, for which record_begin() was called, what the answer says.  `places` are those of its message.  PL_OK,
 * PL_NOMEM past the record's limit, or PL_ERROR: the message is damaged; then record_rollback() takes back what was
 * done, emitted records are the sink's to free, and nothing was counted or logged. */
int flat_take_answer(pl_record *r, pl_str answer, const struct flat_place *places, size_t n_places,
                     const struct flat_sink *sink, struct flat_result *result);

#endif
