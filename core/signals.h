/* signals.h - SIGINT and SIGTERM end a run in order; a second one ends the process. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include "run.h"

/* From now on the first SIGINT or SIGTERM calls run_stop(run), the second exits 75 at once.  SIGPIPE and SIGXFSZ
 * are ignored: a write says EPIPE or EFBIG.  NULL: nothing is running any more. */
void signals_watch(struct run *run);

#endif
