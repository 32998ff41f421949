/* run.h - a pipeline at work: workers, order, books.
 *
 * Records travel in batches (host-private); a batch is a token, and the fixed number of tokens is the
 * backpressure that bounds memory.  A worker carries a batch through consecutive filters (the process
 * or the commit half of a stage) while it is hot in cache; at a commit whose turn has not come it parks the batch and takes
 * other work.  This is the parallel_pipeline of Intel TBB (Reed, Robison, Kukanov 2007) with serial_in_order
 * and parallel filters. */
#ifndef RUN_H
#define RUN_H

#include <stdatomic.h>

#include "blame.h"
#include "log.h"
#include "pipeline.h"
#include "record.h"
#include "shard.h"
#include "state.h"

/* A word and how often it came: reasons of drops, codes of failures.  A stage has at most MAX_WORDS of each, what
 * comes later is counted under "(others)". */
struct tally {
    struct tally *next;
    pl_str word;
    uint64_t n;
};

/* The books of a stage.  Balanced: in + emitted = out + dropped + failed. */
struct stage_books {
    uint64_t in;          /* live records that reached the stage, seen by it or not */
    uint64_t seen;        /* of them, those for which `when` held */
    uint64_t emitted;
    uint64_t out, dropped, failed;
    uint64_t committed;   /* records handed to commit() that came out of it alive */
    uint64_t when_limited; /* patterns of `when` that ran into their limits */
    uint64_t repaired;    /* records in which it set text that was not UTF-8, or a number that was not finite */
    struct tally *drops, *failures; /* sorted by word */
    uint64_t bytes_in;    /* of `body` and `text` as they reached it */
    uint64_t cpu_ns, wall_ns;
};

struct metric {
    pl_str name, help;
    _Atomic uint64_t n;
};

enum { SLOWEST = 10, MAX_METRICS = 32, MAX_WORDS = 256 };

struct slow_record {
    char id[RECORD_HEAD];
    size_t id_len;
    uint64_t wall_ns; /* in process() and commit() of all stages */
};

struct run_books {
    uint64_t read;     /* records emitted by the source */
    uint64_t read_bytes;
    uint64_t emitted, dropped, failed, out;
    uint64_t unwritten; /* live at the end, taken by no sink */
    struct slow_record slowest[SLOWEST];
    int n_slowest;
};

/* Why a run ended. */
enum run_end { RUN_DONE, RUN_NOTHING_NEW, RUN_STOPPED, RUN_MAX_FAILURES, RUN_IO, RUN_INTERNAL };

struct run;

struct run_options {
    struct log *log;
    int jobs;
    bool checked;     /* test every call of a plugin against its contract */
    bool keep_origin; /* `filter`: an `origin` or `source` that the data brings stays */
    int64_t now_ms;   /* the run's start */
    const struct blame *blame; /* who killed the run before, and who does now; NULL: not noted */
    /* Stages of the caller's own around those of the pipeline (`filter`, `test`); may be NULL. */
    const pl_plugin *source, *sink;
    const void *source_config, *sink_config;
    /* Reads in place of the pipeline's own source, whose process() decodes what it emits (`retry`); only its read,
     * checkpoint and restore are used, with `reader_config`. */
    const pl_plugin *reader;
    const void *reader_config;
    /* Called for each record that has met its fate, in input order, by one thread at a time, before it is freed;
     * PL_OK or PL_FATAL. */
    int (*leave)(void *, const struct run *, pl_record *);
    /* Makes what leave() wrote durable, before the stages are told that a checkpoint holds, and appends what restore() of a
     * run that goes on is to be handed; PL_OK or PL_FATAL. */
    int (*save)(void *, struct buf *own);
    int (*restore)(void *, pl_str own);
    void *arg;
    struct state *state; /* NULL: none is kept, a kill ends the run for good */
    struct shard shard;
    /* Called after each stage for each record that reached it live (`trace`); may be NULL.  Only with jobs = 1. */
    void (*after_stage)(void *, const struct stage *, pl_record *, uint64_t wall_ns);
    void *after_arg;
};

/* Opens every stage, and takes a run that goes on back to its last checkpoint (PL_OK), or reports to the log and closes
 * those that were opened (PL_ERROR; PL_FATAL where it is the machine that fails, and the same may work later; PL_RETRY
 * where another run is in the way).
 * The pipeline stays the caller's and must outlive the run. */
int run_open(struct run **run, struct pipeline *p, const struct run_options *opt);

/* Reads to the end, or until run_stop(), a failure or max_failures.  Called once. */
enum run_end run_go(struct run *run);

/* Finish the records in hand, then end.  Async-signal-safe. */
void run_stop(struct run *run);

/* Closes the stages and frees.  Books are read before. */
void run_close(struct run *run);

int run_workers(const struct run *run);

/* All stages, the caller's own included; 0 is the source. */
int run_n_stages(const struct run *run);
const struct stage *run_stage(const struct run *run, int stage);

const struct run_books *run_books(const struct run *run);
const struct stage_books *run_stage_books(const struct run *run, int stage);
size_t run_metrics(const struct run *run, int stage, const struct metric **metrics);

/* Whether it ended with records in hand, whose fate is not known: their books cannot balance. */
bool run_broken_off(const struct run *run);

/* Whether it could go on from somewhere. */
bool run_has_checkpoint(const struct run *run);

/* CPU time that the processes of isolated stages have taken; any thread. */
uint64_t run_isolated_ns(const struct run *run);

/* Inputs that the run passed over because an earlier one had done them. */
uint64_t run_inputs_skipped(const struct run *run);

/* Live figures for a progress line; any thread. */
struct run_progress {
    uint64_t read, out, dropped, failed;
    uint64_t inputs_begun, inputs_total; /* 0: the source did not say */
    uint64_t busy_ns; /* CPU time of all workers so far */
};
struct run_progress run_progress(const struct run *run);
/* CPU time spent in a stage so far; any thread. */
uint64_t run_stage_busy_ns(const struct run *run, int stage);

/* A host to call for code that has no run (a plugin's own command): only pl_log, pl_record_new and _free, fields, JSON,
 * pl_now_ms and pl_max_record work.  `st` is a stage of the pipeline; freed by run_bare_free(). */
pl_self *run_bare_new(struct pipeline *p, const struct stage *st, struct log *log, int64_t now_ms);
void run_bare_free(pl_self *self);

/* Around reading the books of a run at work; short, the end of the line waits meanwhile. */
void run_lock_books(struct run *run);
void run_unlock_books(struct run *run);

/* Whether it was told to stop; any thread. */
bool run_stopping(const struct run *run);

/* The longest that a call of a plugin has lasted that has not returned yet; ns == 0: none is under way.  Waiting for input
 * or for work is no call.  A source may take its time over a large input (its digest), so a read() that lasts counts from
 * when it last used the processor.  One thread at a time. */
struct run_stuck {
    uint64_t ns;
    const struct stage *stage; /* NULL: the end of the line */
};
struct run_stuck run_stuck(struct run *run);

/* Whether all books balance; else one line a fault in the log. */
bool run_balanced(struct run *run);

#endif
