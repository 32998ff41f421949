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
    if (!p->commands || !p->commands->name) {
        fprintf(out, "%s has no commands of its own; pressline describe %s tells what it does\n", p->name, p->name);
        return;
    }
    fprintf(out, "usage: pressline %s COMMAND [--OPTION=VALUE...] ARG...\n\n%s\n\ncommands:\n", p->name, p->about);
    for (const pl_command *c = p->commands; c && c->name; c++)
        fprintf(out, "  %-10s %s\n", c->name, c->help);
    fprintf(out, "\npressline %s COMMAND --help tells of one; pressline describe %s lists the options\n", p->name, p->name);
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

/* ---- the words of a command line ---- */

/* Where the arguments that a help text begins with end and what the command does is told. */
static const char *arguments_end(const char *help)
{
    const char *end = strstr(help, "  ");

    return end ? end : help + strlen(help);
}

static void print_usage(FILE *out, const pl_plugin *p, const pl_command *c)
{
    const char *end = arguments_end(c->help);

    fprintf(out, "usage: pressline %s %s %.*s\n\n%s\n", p->name, c->name, (int)(end - c->help), c->help,
            *end ? end + 2 : "");
    if (p->options)
        fprintf(out, "\nand --OPTION=VALUE: pressline describe %s lists the options\n", p->name);
}

/* The next option of its own in a help text, "[--name]" or "[--name=VALUE]", from *at on. */
static bool own_option(const char **at, const char *end, pl_str *name, bool *has_value)
{
    const char *p = strstr(*at, "[--");

    if (!p || p >= end)
        return false;
    const size_t len = strcspn(p + 3, "=]");
    *name = (pl_str){p + 3, len};
    *has_value = p[3 + len] == '=';
    *at = p + 3 + len;
    return true;
}

static bool has_own(const pl_command *c)
{
    const char *p = strstr(c->help, "[--");

    return p && p < arguments_end(c->help);
}

static bool is_option_of(const pl_option *options, pl_str name)
{
    for (const pl_option *o = options; o && o->type != PL_OPT_END; o++) {
        if (str_is(name, o->name))
            return true;
    }
    return false;
}

/* Sorts a command line into options of the plugin, options of the command's own, and arguments. */
struct words {
    struct pipeline *p;
    const pl_plugin *plugin;
    const pl_command *command;
    struct setting *group; /* the plugin's */
    char **own, **args;
    int n_own, n_args;
};

static void unknown_option(const struct words *w, pl_str name)
{
    const char *at = w->command->help, *end = arguments_end(at);
    struct nearest near = {.word = name};
    pl_str own;
    bool has_value;

    while (own_option(&at, end, &own, &has_value))
        nearest_offer(&near, own);
    for (const pl_option *o = w->plugin->options; o && o->type != PL_OPT_END; o++)
        nearest_offer(&near, str_of(o->name));
    fprintf(stderr, "pressline: '%s %s' has no option --" STR_FMT, w->plugin->name, w->command->name, STR_ARG(name));
    if (near.best.ptr)
        fprintf(stderr, "; did you mean --" STR_FMT "?", STR_ARG(near.best));
    fprintf(stderr, "\n");
}

/* An option of the command's own, in the form --name or --name=VALUE; its value may be the word `next`, which is then used up.
 * 1: it is one; 0: it is none; -1: it is wrong, told. */
static int take_own(struct words *w, char *word, const char *next, bool *used_next)
{
    const char *at = w->command->help, *end = arguments_end(at), *equals = strchr(word, '=');
    const pl_str given = {word + 2, equals ? (size_t)(equals - word) - 2 : strlen(word + 2)};
    pl_str own;
    bool has_value;

    while (own_option(&at, end, &own, &has_value)) {
        if (!str_eq(own, given))
            continue;
        if (has_value ? !equals && !next : equals != NULL) {
            fprintf(stderr, "pressline: '%s %s': --" STR_FMT " takes %s value\n", w->plugin->name, w->command->name,
                    STR_ARG(own), has_value ? "a" : "no");
            return -1;
        }
        *used_next = has_value && !equals;
        if (*used_next) {
            struct buf b = {0};
            buf_addf(&b, "%s=%s", word, next);
            word = (char *)arena_dup(&w->p->arena, buf_view(&b)).ptr;
            buf_done(&b);
        }
        w->own[w->n_own++] = word;
        return 1;
    }
    return 0;
}

/* An option; false where it is wrong, told. */
static bool take_option(struct words *w, char *word, const char *next, bool *used_next)
{
    const char *equals = strchr(word, '=');
    const pl_str name = {word + 2, equals ? (size_t)(equals - word) - 2 : strlen(word + 2)};

    *used_next = false;
    const int own = take_own(w, word, next, used_next);
    if (own != 0)
        return own > 0;
    if (has_own(w->command) && !is_option_of(w->plugin->options, name)) {
        unknown_option(w, name);
        return false;
    }
    config_put_raw(&w->p->arena, w->group, name, str_of(equals ? equals + 1 : "true"));
    return true;
}

/* argv[0] is the command.  Words like --level=9 up to a lone -- are options.  *argc_out and the result are what the command
 * gets, see pl_command; NULL where something is wrong, told. */
static char **take_words(struct words *w, int argc, char **argv, int *argc_out)
{
    const size_t cap = (size_t)argc + 2;
    bool only_args = false, used_next = false;
    int n = 0;

    char **to = arena_zero(&w->p->arena, 3 * cap, sizeof *to);
    w->own = to + cap;
    w->args = to + 2 * cap;
    for (int i = 1; i < argc; i += 1 + used_next) {
        used_next = false;
        if (!only_args && strcmp(argv[i], "--") == 0)
            only_args = true;
        else if (only_args || strncmp(argv[i], "--", 2) != 0)
            w->args[w->n_args++] = argv[i];
        else if (!take_option(w, argv[i], argv[i + 1], &used_next))
            return NULL;
    }
    to[n++] = argv[0];
    for (int i = 0; i < w->n_own; i++)
        to[n++] = w->own[i];
    if (has_own(w->command))
        to[n++] = (char *)"--";
    for (int i = 0; i < w->n_args; i++)
        to[n++] = w->args[i];
    *argc_out = n;
    return to;
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
    if (argc > 2 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0)) {
        print_usage(stdout, m->plugin, c);
        code = EXIT_CLEAN;
        goto done;
    }
    struct setting *group = config_group_new(&p.arena, CONFIG_SET_FILE, 0);
    struct words w = {.p = &p, .plugin = m->plugin, .command = c, .group = group};
    int n;
    char **words = take_words(&w, argc - 1, argv + 1, &n);
    if (!words) {
        code = EXIT_USAGE;
        goto done;
    }
    const struct config_vars vars = {0};
    struct schema sm = {.arena = &p.arena, .vars = &vars, .errs = &errs, .owner = argv[0], .may_lack = LACKS_INPUT | LACKS_OUTPUT};
    st.plugin = m->plugin;
    st.module = m;
    st.name = str_of(m->plugin->name);
    st.config = arena_zero(&p.arena, 1, m->plugin->config_size + 1);
    if (m->plugin->options)
        schema_fill(&sm, m->plugin->options, group, NULL, st.config);
    if (errs.n_errors == 0)
        code = run_command(&p, &st, c, n, words);
    else
        code = EXIT_USAGE;
done:
    errors_print(&errs, stderr);
    errors_done(&errs);
    pipeline_done(&p);
    return code;
}
