/* state.h - the state folder of a pipeline: one run after the other, each of which a kill may interrupt anywhere.
 *
 *   STATE/lock          held by the process that is at work (flock), names it
 *   STATE/journal       what the runs were begun with and how far they are (journal.h)
 *   STATE/digests       of the inputs that were begun, 16 bytes each, in their order: a later run skips what is done
 *   STATE/run-N/inputs  the input list of run N, fixed at its start, each name ended by a NUL
 *   STATE/run-N/fates.jsonl   what `explain` reads
 *   STATE/run-N/...     what stages keep for themselves while the run goes on
 *
 * One thread at a time but where it is said. */
#ifndef STATE_H
#define STATE_H

#include "arena.h"
#include "journal.h"
#include "log.h"

struct state;

struct state_request {
    pl_str dir;
    bool restart;    /* begin anew, whatever is there */
    pl_str identity; /* see identity.h: a run that was not finished goes on only with the same */
    int64_t now_ms;
};

/* Locks the folder, which is made where it is missing, and looks at how far the last run is: it goes on, or the next one
 * begins.  EXIT_CLEAN; or EXIT_AGAIN (another process is at work there), EXIT_CONFIG (settings or builds have changed),
 * EXIT_IO, with messages in the log. */
int state_open(struct state **state, const struct state_request *req, struct log *log);
/* NULL is taken.  What is not in the journal is as if it had not been. */
void state_close(struct state *s);

/* From 1. */
uint64_t state_run(const struct state *s);
/* Of the run: when it was begun, and a name for its log lines ("20261125T171451Z-2"). */
int64_t state_started_ms(const struct state *s);
pl_str state_id(const struct state *s);

/* The last checkpoint of a run that goes on; kind 0: the run begins. */
struct journal_frame state_checkpoint(const struct state *s);
/* Its inputs; none where it begins. */
pl_list state_inputs(const struct state *s);

/* The path of a file of this run. */
pl_str state_path(const struct state *s, struct arena *a, const char *name);

/* The run begins with these inputs, durably; or, if it goes on, it does.  Once, when all stages are open. */
int state_begin(struct state *s, const pl_str *inputs, size_t n);

/* How far the inputs are: what the digests' file holds, and how many were begun. */
struct state_mark {
    uint64_t length;
    uint32_t crc;
    uint64_t n_begun;
};

/* The reading thread's.  Whether an earlier run has done what has this SHA-256 (64 hex digits; "": nothing is known of it). */
bool state_done(const struct state *s, pl_str digest);
/* An input is begun. */
int state_note(struct state *s, pl_str digest);
/* All that was noted is durable; *mark says how far that is.  PL_OK or PL_FATAL with a message. */
int state_mark(struct state *s, struct state_mark *mark);

/* Any one thread.  `payload` is what the run will want back.  PL_OK or PL_FATAL with a message. */
int state_append(struct state *s, uint64_t n, bool last, const struct state_mark *mark, pl_str payload);
/* All of the run has its final name.  PL_OK or PL_FATAL. */
int state_end(struct state *s);
/* There was nothing to do: this run has not been (but for its number, where that cannot be had without forgetting those before). */
void state_forget(struct state *s);

/* ---- looking at a state folder without touching it ---- */

/* The parts of a journal's payloads. */
struct state_begun {
    int64_t started_ms;
    pl_str id, identity;
    uint64_t n_inputs;
};
bool state_read_begun(const struct journal_frame *frame, struct state_begun *begun);

struct state_reached {
    int64_t time_ms; /* when the checkpoint was written */
    bool last;       /* nothing is left but to give final names */
    struct state_mark mark;
    pl_str payload;
};
bool state_read_reached(const struct journal_frame *frame, struct state_reached *reached);

/* The state folder that `path` names: it, or the folder `state` in it (so that an output folder will do); NULL where there
 * is none.  Memory is the arena's. */
const char *state_find(struct arena *a, pl_str path);

/* Says why there is none: "'out' is no state folder, and has none"; or it has those of shards. */
void state_missing(pl_str path, struct buf *b);

/* The process that holds the lock, as it names itself; false when none does. */
bool state_is_held(pl_str dir, struct buf *who);

#endif
