/* job.h - an unattended run: its state folder, its files, its books and what is said at its end. */
#ifndef JOB_H
#define JOB_H

#include "cli.h"

/* Where the records come from and what is done around them, other than the pipeline file says. */
struct job {
    const struct cli *cli;
    struct pipeline *pipeline;
};

/* The exit code. */
int job_run(const struct job *job);

#endif
