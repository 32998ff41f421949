/* cmd_retry.c - `pressline retry`: failed records again, after a fix, as a run with its own output. */
#include "exit.h"
#include "inputs.h"
#include "job.h"
#include "letters.h"
#include "str.h"

/* A letter is done once the run that retried it has its output under its final name. */
static int written_down(void *arg, const struct pipeline *p)
{
    (void)p;
    struct letters_config *config = arg;
    return letters_done(config->letters, config->output);
}

int cmd_retry(const struct cli *cli)
{
    struct cli own = *cli;
    struct pipeline p = {0};
    struct letters_config config = {.output = cli->output};
    const pl_str path = str_of(cli->args[0]);
    const pl_list inputs = {&path, 1};
    struct errors errs;
    struct log *log = NULL;
    int code;

    /* The letters stand in for the input, whatever the file says that is. */
    own.args = cli->args + 1;
    own.n_args = 1;
    own.inputs = inputs;
    code = cli_pipeline(&own, false, &p);
    if (code != EXIT_CLEAN)
        goto done;
    errors_init(&errs);
    if (inputs_override(&p, inputs, &errs) != PL_OK)
        code = EXIT_CONFIG;
    errors_print(&errs, stderr);
    errors_done(&errs);
    log = cli_log(&p);
    if (code == EXIT_CLEAN) {
        const int rc = letters_open(&config.letters, path, log);
        code = rc == PL_OK ? EXIT_CLEAN : rc == PL_ERROR ? EXIT_CONFIG : rc == PL_RETRY ? EXIT_AGAIN : EXIT_IO;
    }
    if (code == EXIT_CLEAN)
        code = job_run(&(struct job){.cli = &own, .pipeline = &p, .reader = &letters_reader, .reader_config = &config,
                                     .ended = written_down, .arg = &config});
done:
    letters_close(config.letters);
    if (log)
        log_free(log);
    pipeline_done(&p);
    return code;
}
