/* trial.h - a pipeline tried on the inputs of a case: what became of each record. */
#ifndef TRIAL_H
#define TRIAL_H

#include "cases.h"
#include "log.h"
#include "pipeline.h"

/* The start of every trial, 2024-01-01T00:00:00Z: what pl_now_ms() gives. */
#define TRIAL_NOW_MS INT64_C(1704067200000)

struct trial {
    struct log *log;
    const struct case_input *inputs; /* brought by a source of our own, unless the pipeline has one */
    bool apart;                      /* each input travels alone, so that several workers share the work */
    bool checked;
    int jobs;
};

struct outcomes {
    struct arena arena;
    struct outcome *at;
    size_t n, cap;
};

/* All records, in the order in which they left.  PL_OK, or PL_ERROR with *why: the run did not come to its end. */
int trial_run(struct pipeline *p, const struct trial *t, struct outcomes *out, const char **why);

void outcomes_done(struct outcomes *out);

#endif
