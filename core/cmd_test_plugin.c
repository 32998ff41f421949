/* cmd_test_plugin.c - `pressline test-plugin`: case files for one plugin, in a pipeline of that stage alone. */
#include "cases_run.h"
#include "exit.h"
#include "schema.h"
#include "str.h"

struct tested {
    const struct module *module;
};

static void wrong_inputs(const struct test_case *tc, const pl_plugin *plugin, struct errors *errs)
{
    if (tc->files)
        error_at(errs, tc->file, tc->files->json.line,
                 "`input-file` is for the source of a pipeline: a source plugin is tested by its options");
    if (tc->inputs && plugin->read)
        error_at(errs, tc->file, tc->inputs->json.line,
                 "'%s' is a source and takes no `input`: it is tested by its options", plugin->name);
}

/* The settings of the run as they are where a pipeline file has none. */
static void default_settings(struct pipeline *p, struct schema sm)
{
    sm.may_lack = true;
    p->settings.max_failure_share = 1;
    schema_fill(&sm, pipeline_settings(), config_group_new(&p->arena, sm.file, sm.line), NULL, &p->settings);
}

static int make(void *arg, const struct test_case *tc, pl_str output, struct pipeline *p, struct errors *errs)
{
    const struct tested *tested = arg;
    const pl_plugin *plugin = tested->module->plugin;
    const struct config_vars vars = {.output = output};
    const size_t before = errs->n_errors;
    struct buf owner = {0};

    *p = (struct pipeline){.names = intern_new(), .file = tc->file};
    wrong_inputs(tc, plugin, errs);
    struct setting *group = config_group_new(&p->arena, tc->file, tc->line);
    for (const struct case_option *o = tc->options; o; o = o->next) {
        config_put_raw(&p->arena, group, o->name, o->value);
        for (struct setting *s = group->first; s; s = s->next) {
            if (str_eq(s->name, o->name)) {
                s->file = tc->file;
                s->line = o->line;
            }
        }
    }
    buf_addf(&owner, "plugin '%s'", plugin->name);
    const struct schema sm = {.arena = &p->arena, .vars = &vars, .errs = errs, .owner = buf_cstr(&owner),
                              .file = tc->file, .line = tc->line};
    default_settings(p, sm);
    p->n_stages = 1;
    p->stages = arena_zero(&p->arena, 1, sizeof *p->stages);
    *p->stages = (struct stage){.name = str_of(plugin->name), .file = tc->file, .line = tc->line,
                                .module = tested->module, .plugin = plugin};
    p->stages->config = arena_zero(&p->arena, 1, plugin->config_size ? plugin->config_size : 1);
    struct schema of_stage = sm;
    of_stage.prove_paths = true;
    schema_fill(&of_stage, plugin->options, group, NULL, p->stages->config);
    buf_done(&owner);
    return errs->n_errors > before ? PL_ERROR : PL_OK;
}

int cmd_test_plugin(const struct cli *cli)
{
    struct loader *l = loader_new();
    struct tested tested = {0};
    const struct case_maker maker = {make, &tested, true};
    struct errors errs;
    int code = EXIT_CONFIG;

    errors_init(&errs);
    tested.module = loader_load(l, cli->args[0], &errs);
    errors_print(&errs, stderr);
    if (tested.module)
        code = cases_run(cli, &maker);
    errors_done(&errs);
    loader_free(l);
    return code;
}
