/* trace.h - what each stage did to a record: what changed between two looks at it.
 *
 * The first record of each input is followed, with all that stages make of it, TRACE_MOST in all.  With one worker. */
#ifndef TRACE_H
#define TRACE_H

#include <stdio.h>

#include "run.h"

enum { TRACE_MOST = 20 };

struct trace;

/* Text for people, or one JSON object a line and stage. */
struct trace *trace_new(FILE *out, bool json);
void trace_free(struct trace *t);

/* As run_options wants them, `arg` being the trace. */
void trace_stage(void *arg, const struct stage *stage, pl_record *r, uint64_t wall_ns);
int trace_leave(void *arg, const struct run *run, pl_record *r);

/* Stop the run as soon as the records of so many inputs have been shown and others follow. */
void trace_enough(struct trace *t, struct run *run, size_t n_inputs);

/* Records that left and were not shown. */
uint64_t trace_others(const struct trace *t);

#endif
