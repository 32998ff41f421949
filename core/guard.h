/* guard.h - what is known when a plugin takes the run with it.
 *
 * Each thread keeps its place: which stage's verb it is in, on which record.  The handler of fatal signals tells it
 * and notes the record (blame.h), then the process dies by that signal as it would have; so does a plugin that calls
 * exit().  A verb that takes longer than its stage's `timeout` is noticed by a thread of its own, which ends the process,
 * for a thread cannot be ended.  A signal that comes from another process blames nobody. */
#ifndef GUARD_H
#define GUARD_H

#include <stdatomic.h>

#include "pressline.h"

struct call;
struct run;

/* Written at each call, by its thread alone: it shares no cache line with what other threads read. */
struct place {
    char apart[64];
    struct call *call;       /* NULL: in no plugin */
    const char *verb;        /* "process()" */
    pl_record *record;       /* NULL: the verb is about none */
    pl_str origin;           /* of the record as it came; the bytes live as long as the record */
    uint64_t n_calls;        /* that had a timeout */
    _Atomic uint64_t timed;  /* the number of the call while it has a timeout; 0: none; or PLACE_SEIZED */
    _Atomic int64_t timeout_ms; /* of that call */
    void *stack;             /* for signals: a thread whose own is full tells that too */
    char apart_too[64];
};

/* Fatal signals and exit() are told from now on, until the last guard_close(). */
void guard_open(void);
void guard_close(void);

/* The calling thread's place is `p`, until guard_thread_end(). */
void guard_thread_begin(struct place *p);
void guard_thread_end(void);

/* Around each call of a verb; `r` may be NULL.  With `timed` the stage's timeout holds. */
void guard_enter(struct call *c, const char *verb, pl_record *r, bool timed);
void guard_leave(void);

/* The thread that watches the timeouts of a run: NULL when no stage has one, or with a message when it cannot start. */
struct watchdog *watchdog_start(struct run *run);
void watchdog_stop(struct watchdog *w);

#endif
