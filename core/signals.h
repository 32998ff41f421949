/* signals.h - SIGINT and SIGTERM end a run in order, a second one ends the process; SIGHUP opens the log anew. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include "log.h"
#include "run.h"

/* From now on the first SIGINT or SIGTERM calls run_stop(run), the second exits 75 at once, as does the process by itself
 * after 4 seconds.  SIGPIPE and SIGXFSZ are ignored: a write says EPIPE or EFBIG.  NULL: nothing is running yet, and a
 * signal exits 75 at once. */
void signals_watch(struct run *run);
/* The run is over and its exit code known: a signal that comes now changes nothing of it. */
void signals_done(void);

/* From now on SIGHUP calls log_reopen(log) where the log is in a file.  Where it is not, SIGHUP ends a run at a terminal,
 * which has gone, as SIGTERM does, and nothing else: there is no log to open anew.  NULL: the log is about to be freed. */
void signals_log(struct log *log);

#endif
