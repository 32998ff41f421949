/* cmd_run.c - `pressline run`: the whole pipeline, from its inputs to its outputs. */
#include "exit.h"
#include "job.h"

int cmd_run(const struct cli *cli)
{
    struct pipeline p = {0};
    int code = cli_pipeline(cli, false, &p);

    if (code == EXIT_CLEAN)
        code = job_run(&(struct job){.cli = cli, .pipeline = &p});
    pipeline_done(&p);
    return code;
}
