/* job.h - an unattended run: its state folder, its files, its books and what is said at its end. */
#ifndef JOB_H
#define JOB_H

#include "cli.h"

/* Where the records come from and what is done around them, other than the pipeline file says. */
struct job {
    const struct cli *cli;
    struct pipeline *pipeline;
    const pl_plugin *reader; /* see run.h; NULL: the source's own */
    const void *reader_config;
    /* Called once all of the run has its final name, before the journal says so; it may be called again.  PL_OK or
     * PL_FATAL with a message.  May be NULL. */
    int (*ended)(void *, const struct pipeline *);
    void *arg;
};

/* The exit code. */
int job_run(const struct job *job);

#endif
