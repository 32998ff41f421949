/* cli.h - the command line, parsed: what every command is handed. */
#ifndef CLI_H
#define CLI_H

#include "arena.h"
#include "log.h"
#include "pipeline.h"

struct cli {
    struct arena arena;
    const char *command;
    char **args; /* what is no option, in order */
    int n_args;
    pl_list inputs, sets, plugin_dirs; /* --input, --set, --plugin-dir: repeatable */
    pl_str output;                     /* --output; {NULL, 0}: not given */
    pl_str log, log_level, log_file;   /* --log, --log-level, --log-file; {NULL, 0}: as the pipeline file says */
    pl_str state, metrics;             /* --state, --metrics; {NULL, 0}: as the pipeline file says */
    pl_str shard;                      /* --shard; {NULL, 0}: the whole input */
    int64_t jobs;                      /* --jobs; 0: as the pipeline file says */
    bool json, quiet, checked, restart;
};

/* What pipeline_load() is to be asked for the file args[0]. */
struct pipeline_request cli_request(const struct cli *cli);

/* Load and prove the pipeline file args[0]; messages go to stderr.  EXIT_CLEAN or EXIT_CONFIG; either way the caller
 * calls pipeline_done().  --jobs, --log, --log-level and --log-file have been applied to its settings. */
int cli_pipeline(const struct cli *cli, bool filter, struct pipeline *p);

/* A loader over --plugin-dir and the standard folders. */
struct loader *cli_loader(const struct cli *cli);

/* The run's log, as the settings say; NULL when its file cannot be had, with a message on stderr. */
struct log *cli_log(const struct pipeline *p);

int cmd_run(const struct cli *cli);
int cmd_retry(const struct cli *cli);
int cmd_status(const struct cli *cli);
int cmd_explain(const struct cli *cli);
int cmd_check(const struct cli *cli);
int cmd_test(const struct cli *cli);
int cmd_trace(const struct cli *cli);
int cmd_filter(const struct cli *cli);
int cmd_plugins(const struct cli *cli);
int cmd_describe(const struct cli *cli);
int cmd_new_plugin(const struct cli *cli);
int cmd_test_plugin(const struct cli *cli);

/* `pressline NAME COMMAND ARG...`: a plugin's own command; argv[0] is NAME. */
int cmd_plugin_command(const struct cli *cli, int argc, char **argv);

#endif
