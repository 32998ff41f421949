/* t_options.c - a stage for tests with an option of every type. */
#include "pressline.h"

struct config {
    bool flag;
    int64_t number, size, wait;
    double rate;
    pl_str word, mode, table;
    pl_list words, named, parts;
};

static int process(pl_self *self, pl_record *r)
{
    (void)self;
    (void)r;
    return PL_OK;
}

static const pl_option options[] = {
    PL_OPTION(struct config, flag, "true", "a switch"),
    PL_OPTION(struct config, number, "7", "a number", .min = -5, .max = 100),
    PL_OPTION(struct config, size, "64M", "a size", .unit = "bytes"),
    PL_OPTION(struct config, wait, "30s", "a duration", .unit = "ms"),
    PL_OPTION(struct config, rate, "0.5", "a share", .min = 0, .max = 1),
    PL_OPTION(struct config, word, NULL, "a word"),
    PL_OPTION(struct config, mode, "fast", "a choice", .choices = "fast|best"),
    PL_OPTION(struct config, table, "", "a file to read", .unit = "path"),
    PL_OPTION(struct config, words, "one|two words", "a list"),
    PL_OPTION(struct config, named, "", "names of fields", .unit = "field"),
    PL_OPTION(struct config, parts, "", "a list of choices", .choices = "title|text"),
    PL_END,
};

static int hello(pl_self *self, int argc, char **argv)
{
    const struct config *c = self->config;

    for (int i = 0; i < argc; i++)
        printf("%s %.*s\n", argv[i], (int)c->word.len, c->word.ptr);
    return 0;
}

static int argued(pl_self *self, int argc, char **argv)
{
    (void)self;
    for (int i = 1; i < argc; i++)
        printf("<%s>", argv[i]);
    printf("\n");
    return 0;
}

static const pl_command commands[] = {
    {"hello", "WORD...  says them", hello},
    {"argued", "[--loud] [--times=N] WORD...  shows its arguments", argued},
    {0},
};

PL_PLUGIN("t_options", "has an option of every type", .version = "1.2", .license = "Apache-2.0", .options = options,
          .config_size = sizeof(struct config), .commands = commands, .reads = "text, title?", .writes = "summary",
          .process = process)
