/* main.c - the program: which command, with which options. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"
#include "exit.h"
#include "nearest.h"
#include "str.h"
#include "units.h"

enum {
    OPT_INPUT = 1,
    OPT_OUTPUT = 2,
    OPT_SET = 4,
    OPT_PLUGIN_DIR = 8,
    OPT_JOBS = 16,
    OPT_JSON = 32,
    OPT_QUIET = 64,
    OPT_CHECKED = 128,
    OPT_LOG = 256,
    OPT_LOG_LEVEL = 512,
    OPT_LOG_FILE = 1024,
    OPT_METRICS = 2048,
    OPT_STATE = 4096,
    OPT_RESTART = 8192,
    OPT_SHARD = 16384,
    OPT_FILE = OPT_INPUT | OPT_OUTPUT | OPT_SET | OPT_PLUGIN_DIR,
    OPT_LOGS = OPT_LOG | OPT_LOG_LEVEL | OPT_LOG_FILE,
    OPT_WORK = OPT_FILE | OPT_JOBS | OPT_LOGS | OPT_QUIET | OPT_CHECKED,
    OPT_UNATTENDED = OPT_WORK | OPT_JSON | OPT_METRICS | OPT_STATE | OPT_RESTART
};

static const struct option {
    const char *name;
    char letter;
    const char *value; /* NULL: takes none */
    unsigned bit;
    const char *help;
} options[] = {
    {"input", 'i', "PATH", OPT_INPUT, "what ${input} stands for: a file, folder, glob, @list or - (repeatable)"},
    {"output", 'o', "DIR", OPT_OUTPUT, "what ${output} stands for"},
    {"set", 0, "STAGE.OPTION=VALUE", OPT_SET, "override an option of the file (repeatable)"},
    {"plugin-dir", 0, "DIR", OPT_PLUGIN_DIR, "look for plugins here first (repeatable)"},
    {"jobs", 'j', "N", OPT_JOBS, "workers (default: one a core)"},
    {"json", 0, NULL, OPT_JSON, "answer in JSON"},
    {"quiet", 'q', NULL, OPT_QUIET, "no progress; a summary only where the exit code is not 0"},
    {"checked", 0, NULL, OPT_CHECKED, "test every call of the plugins against their contract"},
    {"log", 0, "text|json", OPT_LOG, "form of the log"},
    {"log-level", 0, "LEVEL", OPT_LOG_LEVEL, "error, warning, info or debug"},
    {"log-file", 0, "PATH", OPT_LOG_FILE, "log into a file; SIGHUP opens it anew"},
    {"metrics", 0, "PATH", OPT_METRICS, "keep a file of metrics for Prometheus' node exporter"},
    {"state", 0, "DIR", OPT_STATE, "folder of what a run needs to go on after a kill"},
    {"restart", 0, NULL, OPT_RESTART, "begin anew, whatever the state folder holds"},
    {"shard", 0, "K/N", OPT_SHARD, "only the K-th of N parts of the inputs; slurm[/N], kubernetes/N: K is the job's"},
};
enum { N_OPTIONS = sizeof options / sizeof *options };

static const struct command {
    const char *name, *args, *help;
    unsigned options;
    int min_args, max_args;
    int (*main)(const struct cli *);
} commands[] = {
    {"run", "FILE", "run a pipeline", OPT_UNATTENDED | OPT_SHARD, 1, 1, cmd_run},
    {"retry", "DEADLETTERS FILE", "run failed records again, from the bytes they were read from", OPT_UNATTENDED & ~OPT_INPUT, 2, 2,
     cmd_retry},
    {"status", "STATE", "how far a run is", OPT_JSON, 1, 1, cmd_status},
    {"explain", "STATE ID", "what happened to a record, stage by stage", OPT_JSON, 2, 2, cmd_explain},
    {"check", "FILE", "prove a pipeline without running it", OPT_FILE | OPT_JSON, 1, 1, cmd_check},
    {"trace", "FILE INPUT", "show a record after each stage", OPT_FILE | OPT_JSON | OPT_LOGS, 1, 2, cmd_trace},
    {"test", "FILE CASES...", "test a pipeline with case files", OPT_FILE | OPT_JOBS | OPT_CHECKED, 2, 10000, cmd_test},
    {"filter", "FILE", "run a pipeline's inner stages over JSONL, stdin to stdout", OPT_WORK, 1, 1, cmd_filter},
    {"plugins", "", "list the plugins", OPT_PLUGIN_DIR | OPT_JSON, 0, 0, cmd_plugins},
    {"describe", "PLUGIN|fields|settings", "a plugin's options, fields and commands; a record's fields; a run's settings",
     OPT_PLUGIN_DIR | OPT_JSON, 1, 1, cmd_describe},
    {"new-plugin", "NAME", "write a folder with a working plugin to start from", 0, 1, 1, cmd_new_plugin},
    {"test-plugin", "FILE.so CASES...", "test one plugin with case files", OPT_CHECKED | OPT_JOBS, 2, 10000,
     cmd_test_plugin},
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

static void print_options(FILE *out, unsigned which)
{
    for (size_t i = 0; i < N_OPTIONS; i++) {
        const struct option *o = &options[i];
        char name[64];
        if (!(o->bit & which))
            continue;
        snprintf(name, sizeof name, "%c%c%s--%s%s%s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
                 o->letter ? ", " : "  ", o->name, o->value ? "=" : "", o->value ? o->value : "");
        fprintf(out, "  %-30s %s\n", name, o->help);
    }
}

static void print_help(FILE *out)
{
    fputs("usage: pressline COMMAND [OPTION...] ARG...\n"
          "       pressline PLUGIN COMMAND ARG...      a plugin's own command, e.g. archive cat FILE\n\n"
          "pressline turns news pages into a clean, deduplicated, annotated and compressed archive.\n\ncommands:\n",
          out);
    for (size_t i = 0; i < N_COMMANDS; i++)
        fprintf(out, "  %-11s %-18s %s\n", commands[i].name, commands[i].args, commands[i].help);
    fputs("\noptions (each command takes those that fit it; pressline COMMAND --help lists them):\n", out);
    print_options(out, ~0u);
    fputs("\nto get going:\n"
          "  pressline run pipelines/demo.cfg --input 'pages/*.html' --output out\n"
          "  pressline archive cat out/articles.jsonl.gz | head -1\n\n"
          "exit codes: 0 clean; 3 finished, with dead letters; 4 stopped by max_failures; 64 usage;\n"
          "  70 internal; 74 input or output; 75 interrupted, run again; 78 configuration\n",
          out);
}

static void print_command_help(const struct command *c)
{
    printf("usage: pressline %s [OPTION...] %s\n\n%s\n\noptions:\n", c->name, c->args, c->help);
    print_options(stdout, c->options);
}

static int usage_error(const char *what, const char *word, struct nearest near)
{
    fprintf(stderr, "pressline: %s '%s'", what, word);
    if (near.best.ptr)
        fprintf(stderr, "; did you mean '" STR_FMT "'?", STR_ARG(near.best));
    fprintf(stderr, "\npressline --help lists what there is\n");
    return EXIT_USAGE;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

static const struct option *find_option(pl_str name, unsigned which)
{
    for (size_t i = 0; i < N_OPTIONS; i++) {
        const bool letter = name.len == 1 && options[i].letter && options[i].letter == name.ptr[0];
        if ((options[i].bit & which) && (letter || str_is(name, options[i].name)))
            return &options[i];
    }
    return NULL;
}

static void list_add(struct cli *cli, pl_list *list, const char *value)
{
    const bool full = (list->n & (list->n - 1)) == 0; /* room is for a power of two */
    pl_str *at = full ? arena_alloc(&cli->arena, (list->n ? list->n * 2 : 1) * sizeof *at, 16) : (pl_str *)(uintptr_t)list->at;

    if (full && list->n)
        memcpy(at, list->at, list->n * sizeof *at);
    at[list->n] = str_of(value);
    *list = (pl_list){at, list->n + 1};
}

static int one_of(const char *option, const char *value, const char *const *words)
{
    struct nearest near = {.word = str_of(value)};
    char what[64];

    for (; *words; words++) {
        if (strcmp(*words, value) == 0)
            return 0;
        nearest_offer(&near, str_of(*words));
    }
    snprintf(what, sizeof what, "unknown value of --%s", option);
    return usage_error(what, value, near);
}

/* 0, or an exit code with a message given. */
static int take_option(struct cli *cli, const struct option *o, const char *value)
{
    static const char *const forms[] = {"text", "json", NULL};
    static const char *const levels[] = {"error", "warning", "info", "debug", NULL};

    switch (o->bit) {
    case OPT_INPUT: list_add(cli, &cli->inputs, value); return 0;
    case OPT_OUTPUT: cli->output = str_of(value); return 0;
    case OPT_SET: list_add(cli, &cli->sets, value); return 0;
    case OPT_PLUGIN_DIR: list_add(cli, &cli->plugin_dirs, value); return 0;
    case OPT_JSON: cli->json = true; return 0;
    case OPT_QUIET: cli->quiet = true; return 0;
    case OPT_CHECKED: cli->checked = true; return 0;
    case OPT_LOG: cli->log = str_of(value); return one_of("log", value, forms);
    case OPT_LOG_FILE: cli->log_file = str_of(value); return 0;
    case OPT_METRICS: cli->metrics = str_of(value); return 0;
    case OPT_STATE: cli->state = str_of(value); return 0;
    case OPT_RESTART: cli->restart = true; return 0;
    case OPT_SHARD: cli->shard = str_of(value); return 0;
    case OPT_LOG_LEVEL: cli->log_level = str_of(value); return one_of("log-level", value, levels);
    default: break;
    }
    if (!str_to_i64(str_of(value), &cli->jobs) || cli->jobs < 1 || cli->jobs > 1024) {
        fprintf(stderr, "pressline: --jobs must be a whole number from 1 to 1024, not '%s'\n", value);
        return EXIT_USAGE;
    }
    return 0;
}

/* One word that begins with a dash; *i moves on when its value is the next word. */
static int parse_option(struct cli *cli, const struct command *c, int argc, char **argv, int *i)
{
    const char *word = argv[*i];
    const bool is_long = word[1] == '-';
    const char *equals = is_long ? strchr(word, '=') : NULL;
    const pl_str name = is_long ? (pl_str){word + 2, equals ? (size_t)(equals - word - 2) : strlen(word + 2)}
                                : (pl_str){word + 1, 1};
    const struct option *o = find_option(name, c->options);
    const char *value = equals ? equals + 1 : !is_long && word[2] ? word + 2 : NULL;

    if (!o) {
        struct nearest near = {.word = name};
        for (size_t k = 0; k < N_OPTIONS; k++) {
            if (options[k].bit & c->options)
                nearest_offer(&near, str_of(options[k].name));
        }
        return usage_error("unknown option", word, near);
    }
    if (!o->value && value) {
        fprintf(stderr, "pressline: --%s takes no value\n", o->name);
        return EXIT_USAGE;
    }
    if (o->value && !value && *i + 1 < argc)
        value = argv[++*i];
    if (o->value && !value) {
        fprintf(stderr, "pressline: --%s needs a value: %s\n", o->name, o->value);
        return EXIT_USAGE;
    }
    return take_option(cli, o, value);
}

static int parse(struct cli *cli, const struct command *c, int argc, char **argv)
{
    bool only_args = false;

    cli->command = c->name;
    cli->args = arena_zero(&cli->arena, (size_t)argc, sizeof *cli->args);
    for (int i = 2; i < argc; i++) {
        if (only_args || argv[i][0] != '-' || !argv[i][1]) {
            cli->args[cli->n_args++] = argv[i];
        } else if (strcmp(argv[i], "--") == 0) {
            only_args = true;
        } else {
            const int rc = parse_option(cli, c, argc, argv, &i);
            if (rc)
                return rc;
        }
    }
    if (cli->n_args < c->min_args || cli->n_args > c->max_args) {
        fprintf(stderr, "pressline: %s takes %s\nusage: pressline %s [OPTION...] %s\n", c->name,
                *c->args ? c->args : "no arguments", c->name, c->args);
        return EXIT_USAGE;
    }
    return 0;
}

static int not_a_command(const struct cli *cli, int argc, char **argv)
{
    struct nearest near = {.word = str_of(argv[1])};
    struct arena a = {0};
    struct loader *l = cli_loader(cli);
    const pl_list plugins = loader_list(l, &a);
    int rc = EXIT_USAGE;
    bool plugin = false;

    for (size_t i = 0; i < N_COMMANDS; i++)
        nearest_offer(&near, str_of(commands[i].name));
    for (size_t i = 0; i < plugins.n; i++) {
        plugin = plugin || str_is(plugins.at[i], argv[1]);
        nearest_offer(&near, plugins.at[i]);
    }
    loader_free(l);
    rc = plugin ? cmd_plugin_command(cli, argc - 1, argv + 1) : usage_error("unknown command", argv[1], near);
    arena_done(&a);
    return rc;
}

/* A file that is opened must not get the number of a standard stream that the caller had closed, or what is printed goes
 * into it.  What takes the place can be opened but not used, so that its use is an error as before. */
static bool streams_are_open(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return false;
    }
    return true;
}

/* What was printed may not have arrived: a full disk behind a pipe is an error too. */
static int flushed(int rc)
{
    const bool failed = fflush(stdout) != 0 || ferror(stdout);

    if (failed && (rc == EXIT_CLEAN || rc == EXIT_DEAD_LETTERS)) {
        fprintf(stderr, "pressline: cannot write standard output\n");
        return EXIT_IO;
    }
    return rc;
}

int main(int argc, char **argv)
{
    struct cli cli = {0};
    int rc;

    if (!streams_are_open())
        return EXIT_IO;
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        printf("pressline %s\n", PACKAGE_VERSION);
        return flushed(EXIT_CLEAN);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return flushed(EXIT_CLEAN);
    }
    const struct command *c = find_command(argv[1]);
    for (int i = 2; c && i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_command_help(c);
            return flushed(EXIT_CLEAN);
        }
    }
    if (c) {
        rc = parse(&cli, c, argc, argv);
        rc = rc ? rc : c->main(&cli);
    } else if (argv[1][0] == '-') {
        rc = usage_error("unknown option", argv[1], (struct nearest){0});
    } else {
        rc = not_a_command(&cli, argc, argv);
    }
    arena_done(&cli.arena);
    return flushed(rc);
}
