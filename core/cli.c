/* cli.c - from a parsed command line to a loaded pipeline. */
#include "cli.h"

#include <errno.h>

#include "exit.h"
#include "str.h"

struct pipeline_request cli_request(const struct cli *cli)
{
    return (struct pipeline_request){
        .file = cli->args[0],
        .vars = {.inputs = cli->inputs, .output = cli->output, .sets = cli->sets},
        .plugin_dirs = cli->plugin_dirs,
    };
}

int cli_pipeline(const struct cli *cli, bool filter, struct pipeline *p)
{
    struct pipeline_request req = cli_request(cli);
    struct errors errs;
    int rc;

    req.filter = filter;
    errors_init(&errs);
    rc = pipeline_load(p, &req, &errs);
    errors_print(&errs, stderr);
    errors_done(&errs);
    if (cli->jobs)
        p->settings.jobs = cli->jobs;
    if (cli->log.ptr)
        p->settings.log = cli->log;
    if (cli->log_level.ptr)
        p->settings.log_level = cli->log_level;
    else if (cli->quiet && !cli->log_file.ptr && !p->settings.log_file.len && str_is(p->settings.log_level, "info"))
        p->settings.log_level = PL_S("warning"); /* cron is to send no mail while all is well */
    if (cli->log_file.ptr)
        p->settings.log_file = cli->log_file;
    if (cli->metrics.ptr)
        p->settings.metrics = cli->metrics;
    if (cli->state.ptr) {
        p->settings.state = cli->state;
        p->own_state = true;
    }
    return rc == PL_OK ? EXIT_CLEAN : EXIT_CONFIG;
}

struct loader *cli_loader(const struct cli *cli)
{
    struct loader *l = loader_new();

    for (size_t i = 0; i < cli->plugin_dirs.n; i++)
        loader_add_dir(l, cli->plugin_dirs.at[i]);
    loader_add_standard(l);
    return l;
}

struct log *cli_log(const struct pipeline *p)
{
    static const char *const levels[] = {"error", "warning", "info", "debug"};
    int level = PL_LOG_INFO;

    for (int i = PL_LOG_ERROR; i <= PL_LOG_DEBUG; i++) {
        if (str_is(p->settings.log_level, levels[i]))
            level = i;
    }
    struct log *log = log_new(stderr, str_is(p->settings.log, "json") ? LOG_JSON : LOG_TEXT, level);
    if (p->settings.log_file.len && log_to_file(log, p->settings.log_file) != 0) {
        fprintf(stderr, "pressline: cannot open log file '" STR_FMT "': %s\n", STR_ARG(p->settings.log_file),
                errno == ELOOP ? "it is a symbolic link" : strerror(errno));
        log_free(log);
        log = NULL;
    }
    return log;
}
