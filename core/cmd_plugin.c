/* cmd_plugin.c - `pressline PLUGIN COMMAND ARG...`: a command of a plugin's own. */
#include <stdlib.h>
#include <time.h>

#include "cli.h"
#include "exit.h"
#include "nearest.h"
#include "run.h"
#include "schema.h"
#include "str.h"

static void print_commands(FILE *out, const pl_plugin *p)
{
    fprintf(out, "usage: pressline %s COMMAND [--OPTION=VALUE...] ARG...\n\n%s\n\ncommands:\n", p->name, p->about);
    for (const pl_command *c = p->commands; c && c->name; c++)
        fprintf(out, "  %-10s %s\n", c->name, c->help);
    fprintf(out, "\npressline describe %s lists the options\n", p->name);
}

static const pl_command *find_command(const pl_plugin *p, const char *name)
{
    struct nearest near = {.word = str_of(name)};

    for (const pl_command *c = p->commands; c && c->name; c++) {
        if (strcmp(c->name, name) == 0)
            return c;
        nearest_offer(&near, str_of(c->name));
    }
    fprintf(stderr, "pressline: %s has no command '%s'", p->name, name);
    if (near.best.ptr)
        fprintf(stderr, "; did you mean '" STR_FMT "'?", STR_ARG(near.best));
    fprintf(stderr, "\n");
    print_commands(stderr, p);
    return NULL;
}

/* Words like --level=9 up to a lone -- are options of the plugin; the others stay, in order. */
static int take_options(struct pipeline *p, struct setting *group, int argc, char **argv)
{
    int kept = 1;
    bool only_args = false;

    for (int i = 1; i < argc; i++) {
        const char *equals = strchr(argv[i], '=');
        if (!only_args && strcmp(argv[i], "--") == 0) {
            only_args = true;
        } else if (!only_args && strncmp(argv[i], "--", 2) == 0) {
            const size_t len = equals ? (size_t)(equals - argv[i]) - 2 : strlen(argv[i] + 2);
            config_put_raw(&p->arena, group, (pl_str){argv[i] + 2, len}, str_of(equals ? equals + 1 : "true"));
        } else {
            argv[kept++] = argv[i];
        }
    }
    argv[kept] = NULL;
    return kept;
}

static int run_command(struct pipeline *p, struct stage *st, const pl_command *c, int argc, char **argv)
{
    struct log *log = cli_log(p);
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    pl_self *self = run_bare_new(p, st, log, (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
    const int code = c->main(self, argc, argv);
    run_bare_free(self);
    log_free(log);
    return code;
}

int cmd_plugin_command(const struct cli *cli, int argc, char **argv)
{
    struct pipeline p = {.names = intern_new(), .loader = cli_loader(cli)};
    struct errors errs;
    struct stage st = {.file = "(command line)"};
    int code = EXIT_CONFIG;

    errors_init(&errs);
    p.settings = (struct settings){.max_record = 16 << 20, .record_memory = 256 << 20, .log = PL_S("text"),
                                   .log_level = PL_S("info")};
    const struct module *m = loader_find(p.loader, str_of(argv[0]), &errs, NULL, 0);
    if (!m)
        goto done;
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_commands(argc < 2 ? stderr : stdout, m->plugin);
        code = argc < 2 ? EXIT_USAGE : EXIT_CLEAN;
        goto done;
    }
    const pl_command *c = find_command(m->plugin, argv[1]);
    if (!c) {
        code = EXIT_USAGE;
        goto done;
    }
    struct setting *group = config_group_new(&p.arena, CONFIG_SET_FILE, 0);
    const int n = take_options(&p, group, argc - 1, argv + 1);
    const struct config_vars vars = {0};
    struct schema sm = {.arena = &p.arena, .vars = &vars, .errs = &errs, .owner = argv[0], .may_lack = LACKS_INPUT | LACKS_OUTPUT};
    st.plugin = m->plugin;
    st.module = m;
    st.name = str_of(m->plugin->name);
    st.config = arena_zero(&p.arena, 1, m->plugin->config_size + 1);
    if (m->plugin->options)
        schema_fill(&sm, m->plugin->options, group, NULL, st.config);
    if (errs.n_errors == 0)
        code = run_command(&p, &st, c, n, argv + 1);
    else
        code = EXIT_USAGE;
done:
    errors_print(&errs, stderr);
    errors_done(&errs);
    pipeline_done(&p);
    return code;
}
