/* cases_run.h - what `test` and `test-plugin` share: case files read, run and told of. */
#ifndef CASES_RUN_H
#define CASES_RUN_H

#include "cases.h"
#include "cli.h"

/* How a command makes the pipeline that a case is run through. */
struct case_maker {
    /* `output` stands for ${output}: a folder that is removed afterwards.  PL_OK, or PL_ERROR with messages in errs; either
     * way pipeline_done() is called. */
    int (*make)(void *arg, const struct test_case *tc, pl_str output, struct pipeline *p, struct errors *errs);
    void *arg;
    bool in_folder; /* relative paths are as seen from the case file's folder */
};

/* Runs the cases of args[1] and all that follow.  `ok NAME` or `not ok NAME` and the differences on stdout, then
 * `N passed, N failed`.  EXIT_CLEAN, EXIT_FAILURE when a case failed, or EXIT_CONFIG with messages before any was run. */
int cases_run(const struct cli *cli, const struct case_maker *maker);

#endif
