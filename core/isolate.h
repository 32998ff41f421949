/* isolate.h - process() of a stage in processes of its own, which a fault takes with it instead of the run.
 *
 * Before the first thread a fork server is split off, with every stage opened; it begins one process for each isolated
 * stage and worker, and begins it anew when it died.  Records go there and answers come back through memory that both
 * have (flat.h), several at a wake-up.  A worker waits for its process: there is no more work in hand than without.
 *
 * Whose fault it is: records are answered in order, so the first that has no answer is the one a process died on.  But
 * one before may have left the process broken, or one behind have garbled what it had answered: the record is tried
 * once more, alone in a fresh process, and blamed when that dies too.  What was answered before stands. */
#ifndef ISOLATE_H
#define ISOLATE_H

#include "host.h"

/* Begin the processes, if any stage is isolated; PL_OK, or PL_ERROR with the reason in the log.  After every open() and
 * worker_open(), before the first thread. */
int isolate_open(struct run *run);
/* End them.  After the last thread. */
void isolate_close(struct run *run);

/* The records among which those are that isolate_call() will come with, in this order: it sends ahead. */
void isolate_row(struct isolated *s, const struct records *row);

/* process() on `r`: what it answered, with what it did done to `r` and the call.  A record that its process did not
 * survive is failed, and PL_OK returned; PL_FATAL when no process survives. */
int isolate_call(struct call *c, pl_record *r);

/* CPU time that the process took since this was last asked. */
uint64_t isolate_cpu_ns(struct isolated *s);

#endif
