/* progress.h - how far a run is: a line that is written over on a terminal, plain lines at intervals elsewhere. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "run.h"

struct progress;

/* A thread of its own until progress_stop().  `interval_ms` is for plain lines; a terminal is refreshed twice a
 * second.  NULL when no thread could be had, which progress_stop() takes. */
struct progress *progress_start(struct run *run, struct log *log, FILE *out, int64_t interval_ms);
void progress_stop(struct progress *p);

#endif
