/* snapshot.h - how far a run is, as a checkpoint says it: books, what each stage saved, how far the source is. */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "pack.h"
#include "run.h"

/* One stage, as far as a checkpoint knows it. */
struct snapshot_stage {
    pl_str name;
    struct stage_books books;
    struct metric *metrics; /* `help` is not kept */
    size_t n_metrics;
    uint64_t unnamed;          /* records that got their name by counting, see host_name_unnamed() */
    pl_str saved, saved_then; /* for restore() */
};

struct snapshot {
    struct run_books books;
    uint64_t n_inputs; /* announced by the source */
    uint64_t inputs_skipped, inputs_total;
    pl_str input;      /* the name of the last, and its SHA-256 */
    pl_str input_digest;
    uint64_t unnamed;  /* by read() */
    pl_str reading;    /* what the source saved */
    struct snapshot_stage *stages;
    size_t n_stages;
    pl_str own;        /* of the run's caller */
};

/* Any bytes; memory is the arena's, texts are views.  False when they are no snapshot. */
bool snapshot_read(pl_str bytes, struct arena *a, struct snapshot *snap);

void snapshot_write(struct buf *b, const struct snapshot *snap);

#endif
