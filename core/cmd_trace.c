/* cmd_trace.c - `pressline trace`: a record of each input after each stage; nothing is written. */
#include <sys/stat.h>
#include <time.h>

#include "cli.h"
#include "exit.h"
#include "inputs.h"
#include "str.h"
#include "trace.h"

/* INPUT and --input are the same. */
static pl_list all_inputs(struct arena *a, const struct cli *cli)
{
    const size_t n_args = (size_t)cli->n_args - 1;
    pl_str *at = arena_zero(a, n_args + cli->inputs.n + 1, sizeof *at);

    for (size_t i = 0; i < n_args; i++)
        at[i] = str_of(cli->args[i + 1]);
    for (size_t i = 0; i < cli->inputs.n; i++)
        at[n_args + i] = cli->inputs.at[i];
    return (pl_list){at, n_args + cli->inputs.n};
}

static int load(const struct cli *cli, pl_list inputs, struct pipeline *p)
{
    struct pipeline_request req = cli_request(cli);
    struct errors errs;
    int rc;

    errors_init(&errs);
    req.vars.inputs = inputs;
    req.trace = true;
    rc = pipeline_load(p, &req, &errs);
    if (rc == PL_OK && p->n_stages == 0) {
        error_at(&errs, cli->args[0], 0, "there is no stage left to look at");
        rc = PL_ERROR;
    }
    if (rc == PL_OK)
        rc = inputs_override(p, inputs, &errs);
    errors_print(&errs, stderr);
    errors_done(&errs);
    if (cli->log.ptr)
        p->settings.log = cli->log;
    p->settings.log_file = cli->log_file;
    p->settings.log_level = cli->log_level.ptr ? cli->log_level : PL_S("warning");
    p->settings.max_failures = -1;
    p->settings.max_failure_share = 1;
    return rc == PL_OK ? EXIT_CLEAN : EXIT_CONFIG;
}

/* Each of the inputs is one input of the run. */
static bool all_files(pl_list inputs)
{
    struct stat st;

    for (size_t i = 0; i < inputs.n; i++) {
        if (stat(inputs.at[i].ptr, &st) != 0 || !S_ISREG(st.st_mode))
            return false;
    }
    return true;
}

static int go(struct pipeline *p, struct trace *t, struct log *log, const struct cli *cli, pl_list inputs)
{
    struct timespec now;
    struct run *run = NULL;
    int code = EXIT_CLEAN;

    clock_gettime(CLOCK_REALTIME, &now);
    const struct run_options opt = {.log = log,
                                    .jobs = 1,
                                    .now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000,
                                    .leave = trace_leave,
                                    .arg = t,
                                    .after_stage = trace_stage,
                                    .after_arg = t};
    if (run_open(&run, p, &opt) != PL_OK)
        return EXIT_CONFIG;
    if (all_files(inputs))
        trace_enough(t, run, inputs.n);
    const enum run_end end = run_go(run);
    if (end == RUN_IO)
        code = EXIT_IO;
    else if ((end != RUN_DONE && end != RUN_STOPPED) || !run_balanced(run))
        code = EXIT_INTERNAL;
    else if (run_books(run)->read == 0)
        fprintf(stderr, "pressline: the input has no record\n");
    else if (!cli->json && trace_others(t))
        printf("(shown is the first record of each input with what was made of it, %d at most; there are others)\n",
               TRACE_MOST);
    run_close(run);
    return code;
}

int cmd_trace(const struct cli *cli)
{
    struct pipeline p = {0};
    struct arena a = {0};
    const pl_list inputs = all_inputs(&a, cli);
    int code = EXIT_USAGE;

    if (inputs.n == 0) {
        fprintf(stderr, "pressline: trace takes an input: pressline trace FILE INPUT\n");
    } else {
        code = load(cli, inputs, &p);
        if (code == EXIT_CLEAN) {
            struct log *log = cli_log(&p);
            struct trace *t = trace_new(stdout, cli->json);
            code = log ? go(&p, t, log, cli, inputs) : EXIT_IO;
            trace_free(t);
            log_free(log);
        }
        pipeline_done(&p);
    }
    arena_done(&a);
    return code;
}
