/* host.h - inside the run layer: what a pl_self is to the host, and the state of a run. */
#ifndef HOST_H
#define HOST_H

#include <pthread.h>
#include <stdatomic.h>

#include "flat.h"
#include "guard.h"
#include "run.h"

struct contract;
struct isolated;
struct isolation;
struct stage_run;

/* Records that grow in number. */
struct records {
    pl_record **at;
    size_t n, cap;
};

/* What an isolated child tells besides the record: done by its parent. */
struct told {
    uint64_t counts[MAX_METRICS];
    struct flat_out lines;
    uint64_t n_lost; /* lines that found no room */
};

/* What stands behind a pl_self: one for each stage and thread that may call it. */
struct call {
    pl_self self; /* first: a pl_self is cast to its call */
    struct run *run;
    struct stage_run *stage;
    struct records *into;   /* where read() emits; NULL: `emitted` */
    struct records emitted; /* by the current call */
    bool to_then;           /* what is emitted are blocks for `then`, no records of the stream */
    bool reading;           /* read(): set_origin() and input() are allowed */
    int n_retries;          /* of read(), one after the other */
    pl_record *record;      /* of the current call */
    size_t emitted_bytes;   /* what its children take, all but the newest */
    uint64_t unnamed;       /* records that had no parent and no origin */
    struct counts *counts;  /* of the batch at hand; NULL: there is none */
    struct buf *saved;      /* checkpoint(): where pl_save() puts it */
    bool told_error;        /* an error was logged */
    _Atomic uint64_t begun; /* when the call under way was made (CLOCK_MONOTONIC, ns); 0: there is none */
    const char *fault;      /* --checked: the contract that the current call broke, NULL: none */
    char fault_text[200];   /* where it points when a name is part of it */
    struct isolated *isolated; /* the process that process() runs in; NULL: this one */
    struct told *told;      /* within such a process; NULL: this is none */
};

/* What a batch counts for one stage, merged into the books when it leaves. */
struct counts {
    uint64_t in, seen, emitted, out, dropped, failed, committed, repaired, when_limited, bytes_in, cpu_ns, wall_ns;
    uint64_t metrics[MAX_METRICS]; /* what is counted belongs to the batch: a checkpoint must not know of later ones */
};

enum batch_kind { BATCH_RECORDS, BATCH_FINISH, BATCH_CHECKPOINT };

/* What travels with a checkpoint: how far the source was, what the stages save. */
struct marker {
    uint64_t n; /* its number */
    bool last;
    struct state_mark mark;
    uint64_t read, n_inputs, inputs_skipped, unnamed;
    struct input input; /* the last that was announced; its name is the run's */
    struct buf reading;
    struct buf *saved; /* two a stage: its own, and that of its `then` */
};

struct batch {
    enum batch_kind kind;
    uint64_t seq;
    struct marker *marker; /* of BATCH_CHECKPOINT */
    int filter; /* the next to pass */
    struct records records;
    struct records blocks; /* emitted by a commit for its `then` */
    size_t bytes;
    struct counts *counts; /* one a stage */
    struct batch *next;    /* in the ready queue */
};

enum filter_kind { FILTER_PROCESS, FILTER_COMMIT, FILTER_THEN_PROCESS, FILTER_THEN_COMMIT, FILTER_LEAVE };

struct filter {
    enum filter_kind kind;
    struct stage_run *stage; /* NULL for FILTER_LEAVE */
    bool serial;
    bool first, last;       /* of its stage */
    uint64_t next_seq;      /* whose turn it is; guarded by run.lock */
    struct batch **parked;  /* by seq modulo n_tokens; guarded by run.lock */
};

struct stage_run {
    const struct stage *def;
    int index;
    struct call control;  /* open, commit, finish, checkpoint, close */
    struct call reading;  /* what the reading thread calls */
    struct call then;     /* commit of `then` */
    bool opened;
    struct metric metrics[MAX_METRICS];
    uint32_t n_metrics;
    struct stage_books books; /* written by FILTER_LEAVE alone */
    _Atomic uint64_t busy_ns;
    struct contract *contract; /* --checked */
};

struct worker {
    pthread_t thread;
    struct run *run;
    struct call *calls, *then_calls; /* one a stage */
    int n_open;                      /* stages whose worker_open() was called */
    struct place place;
    _Atomic uint64_t begun;          /* as of a call, of what it does that is about no single record */
    struct stage_run *_Atomic at;    /* the stage of it */
};

struct run {
    struct pipeline *pipeline;
    struct run_options opt;
    struct stage *own; /* the caller's source and sink as stages */
    struct stage_run *stages;
    int n_stages;
    struct filter *filters;
    int n_filters;
    struct worker *workers;
    int n_workers;

    const struct blame *blamed; /* NULL: no record killed this run before */
    struct place opening, reading; /* of the thread that opens and closes, of the one that reads */

    pthread_t reader;
    struct arena inputs_arena; /* before the threads, then the reading thread only */
    pl_str *offered;           /* the inputs of this run, in their order; fixed once the stages are open */
    size_t n_offered, cap_offered;
    bool inputs_fixed;         /* the list is that of a run that goes on */
    uint64_t n_read;           /* becomes books.read when all threads have ended */
    int n_inputs;
    uint64_t inputs_skipped;
    struct arena input_arena;
    struct input input;        /* the last that read() named; number 0: none, or one that is passed over */
    struct input resumed;      /* that of the checkpoint the run goes on from: it may be announced again */
    bool may_announce_again;
    uint64_t n_checkpoints, told_checkpoint; /* issued; of those the source was told */
    uint64_t read_metrics[MAX_METRICS]; /* counted by read(), to go with the next batch */
    uint64_t stop_ns;          /* when the reading thread saw that it was to stop */
    uint64_t checkpoint_ns, checkpoint_read; /* when the last was issued, and what had been read */

    pthread_mutex_t lock;
    pthread_cond_t work;   /* a batch is ready, or no more will come */
    pthread_cond_t tokens; /* a token came back, or the checkpoint was passed */
    struct batch *ready, *ready_tail; /* guarded by lock, as all below */
    struct batch **in_flight;         /* by seq modulo n_tokens */
    uint64_t n_tokens, free_tokens, next_seq;
    uint64_t passed_checkpoint;
    _Atomic uint64_t isolated_ns;     /* CPU time of other processes */
    _Atomic uint64_t record_ns;       /* of wall time that a record takes in all stages, of late; 0: not known yet */
    bool read_all;                    /* no batch will follow */
    bool whole;                       /* the last checkpoint holds: nothing is missing */
    bool revoked;                     /* ... or was not written: failures became too many when all had ended */
    bool nothing_new;                 /* a later run, and there was nothing to read */

    /* What run_stuck() saw last of the reading thread, and where it can see it. */
    _Atomic clockid_t reader_clock;
    _Atomic bool reader_known;
    uint64_t reader_begun, reader_cpu, reader_since;

    atomic_bool stop, dead;           /* dead: workers leave at once */
    _Atomic int end;                  /* enum run_end */
    pthread_mutex_t books_lock;       /* held by FILTER_LEAVE while it writes the books, and by who reads them meanwhile */
    struct run_books books;           /* written by FILTER_LEAVE alone, but for `read` */
    struct arena books_arena;
    bool going;                       /* threads are at work */
    struct isolation *isolation;      /* NULL: no stage is isolated */
    _Atomic uint64_t p_read, p_out, p_dropped, p_failed, p_inputs_begun, p_inputs_total;
};

extern const pl_host host_table;

static inline struct call *call_of(pl_self *self)
{
    return (struct call *)(void *)self;
}

void records_add(struct records *v, pl_record *r);
void records_free(struct records *v);

/* Ready `c` for calls of `stage`. */
void call_init(struct call *c, struct run *run, struct stage_run *stage);

/* The run cannot go on: remembered once, everybody is woken. */
void run_die(struct run *run, enum run_end end);

/* Back to the checkpoint that the run goes on from; PL_OK, PL_ERROR (what is there is not what was left) or PL_FATAL.  Once, when the stages are open. */
int run_restore(struct run *run);
/* What the checkpoint at hand says of the run. */
void run_snapshot(struct run *run, const struct marker *m, struct buf *b, struct buf *own);
void marker_free(struct run *run, struct marker *m);

/* What read() emitted without saying where from. */
void host_name_unnamed(struct call *c, struct records *v, size_t from);

/* A line of the stage's in the run's log. */
void host_say(struct call *c, int level, pl_str id, pl_str message);

/* A verb on one record, tried again while it answers PL_RETRY. */
int work_try(struct call *c, int (*verb)(pl_self *, pl_record *), pl_record *r);

/* Whether the stage is to be called on the record. */
static inline bool work_sees(const struct stage_run *st, const pl_record *r)
{
    return r->fate == FATE_LIVE && r->entry <= st->index;
}

/* The reading thread and a worker thread. */
void *work_read(void *run);
void *work(void *worker);

/* The serial end of the line. */
int leave_batch(struct run *run, struct batch *b);
void batch_free(struct run *run, struct batch *b);
/* Tell the stage, or its `then`, that checkpoint n holds; PL_FATAL when it then told of an error. */
int tell_committed(struct run *run, struct stage_run *st, const pl_plugin *p, uint64_t n, bool last);

/* --checked: what the stage may do, from its declarations; NULL on a malformed list. */
struct contract *contract_new(const pl_plugin *plugin, struct intern *names);
void contract_free(struct contract *ct);
/* Memory that a stage may store views of: what an isolated record came in. */
void contract_allow(struct contract *ct, const void *p, size_t n);
/* NULL, or what is wrong (static text). */
const char *contract_set(const struct contract *ct, const pl_record *r, pl_key key);
const char *contract_annotate(const struct contract *ct, const pl_record *r, pl_key kind);
const char *contract_view(const struct contract *ct, const pl_record *r, pl_str v);

#endif
