/* progress.h - who looks after a run at work, on a thread of its own: how far it is, on a terminal as a line that is written
 * over, elsewhere as plain lines at intervals; the service manager's keep-alive; the log's file. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "notify.h"
#include "run.h"

struct progress;

struct progress_options {
    struct log *log;
    FILE *out;                   /* where lines go; NULL: they are told to the service manager only */
    int64_t interval_ms;         /* of plain lines and `each`; a terminal is refreshed twice a second */
    const struct notify *notify; /* only the thread uses it until progress_stop(); NULL: nobody is told */
    void (*each)(void *);        /* called at each interval; may be NULL */
    void *arg;
};

/* Until progress_stop().  The keep-alive goes out at half of the watchdog's time while no call of a plugin has lasted for
 * all of it (run_stuck()): a run that waits for input is well, a hung stage is not, and is named in the log.  STOPPING=1
 * follows a run_stop().  NULL when no thread could be had, which progress_stop() takes. */
struct progress *progress_start(struct run *run, const struct progress_options *opt);
void progress_stop(struct progress *p);

#endif
