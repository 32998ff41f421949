/* cmd_test.c - `pressline test`: case files for a whole pipeline, without its sinks. */
#include "cases_run.h"
#include "config.h"
#include "exit.h"
#include "inputs.h"
#include "str.h"

/* --set of the command line, and behind them the options of a case. */
static pl_list all_sets(struct arena *a, const struct cli *cli, const struct test_case *tc)
{
    size_t n = cli->sets.n, at = 0;

    for (const struct case_option *o = tc->options; o; o = o->next)
        n++;
    pl_str *sets = arena_zero(a, n + 1, sizeof *sets);
    for (; at < cli->sets.n; at++)
        sets[at] = cli->sets.at[at];
    for (const struct case_option *o = tc->options; o; o = o->next) {
        struct buf b = {0};
        buf_add(&b, o->name);
        buf_addc(&b, '=');
        buf_add(&b, o->value);
        sets[at++] = arena_dup(a, buf_view(&b));
        buf_done(&b);
    }
    return (pl_list){sets, n};
}

static pl_list paths_of(struct arena *a, const struct case_input *files)
{
    size_t n = 0, at = 0;

    for (const struct case_input *in = files; in; in = in->next)
        n++;
    pl_str *paths = arena_zero(a, n + 1, sizeof *paths);
    for (const struct case_input *in = files; in; in = in->next)
        paths[at++] = in->json.text;
    return (pl_list){paths, n};
}

/* Whether the message has the name in quotes. */
static bool names(const char *message, pl_str name)
{
    struct buf quoted = {0};

    buf_addc(&quoted, '\'');
    buf_add(&quoted, name);
    buf_addc(&quoted, '\'');
    const bool found = strstr(message, buf_cstr(&quoted)) != NULL;
    buf_done(&quoted);
    return found;
}

/* A mistake in what was set on the case's behalf has its place in the case. */
static void place_errors(const struct test_case *tc, struct errors *errs)
{
    for (struct error_line *e = errs->first; e && tc->options; e = e->next) {
        const struct case_option *o = tc->options, *nearest = o;
        if (!e->file || strcmp(e->file, CONFIG_SET_FILE) != 0)
            continue;
        for (; o; o = o->next) {
            pl_str rest = o->name, stage, option;
            if (str_split(&rest, '.', &stage) && (names(e->text, str_split(&rest, '.', &option) ? option : stage) ||
                                                  names(e->text, stage)))
                nearest = o;
        }
        e->file = tc->file;
        e->line = nearest->line;
    }
}

static int make(void *arg, const struct test_case *tc, pl_str output, struct pipeline *p, struct errors *errs)
{
    const struct cli *cli = arg;
    struct pipeline_request req = cli_request(cli);
    struct arena a = {0};
    int rc;

    req.vars.sets = all_sets(&a, cli, tc);
    req.vars.inputs = paths_of(&a, tc->files);
    req.vars.output = output;
    req.filter = !tc->files;
    req.trace = tc->files != NULL;
    rc = pipeline_load(p, &req, errs);
    if (rc == PL_OK && tc->files)
        rc = inputs_override(p, req.vars.inputs, errs);
    place_errors(tc, errs);
    arena_done(&a);
    return rc;
}

int cmd_test(const struct cli *cli)
{
    const struct case_maker maker = {make, (void *)(uintptr_t)cli, false};
    struct pipeline p = {0};
    const int code = cli_pipeline(cli, true, &p);

    pipeline_done(&p);
    return code == EXIT_CLEAN ? cases_run(cli, &maker) : code;
}
