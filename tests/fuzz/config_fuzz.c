/* config_fuzz.c - pipeline files: tokens, grammar, variables, options and conditions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "schema.h"
#include "str.h"
#include "when.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct options {
    bool flag;
    int64_t number, size, wait;
    double rate;
    pl_str word, mode;
    pl_list words;
};

static const pl_option table[] = {
    PL_OPTION(struct options, flag, "true", "a switch"),
    PL_OPTION(struct options, number, "7", "a number", .min = -5, .max = 100),
    PL_OPTION(struct options, size, "64M", "a size", .unit = "bytes"),
    PL_OPTION(struct options, wait, "30s", "a duration", .unit = "ms"),
    PL_OPTION(struct options, rate, "0.5", "a share", .min = 0, .max = 1),
    PL_OPTION(struct options, word, "${input}", "a word"),
    PL_OPTION(struct options, mode, "fast", "a choice", .choices = "fast|best"),
    PL_OPTION(struct options, words, "one|two", "a list"),
    PL_END,
};

static void use(const struct setting *root, const struct config_vars *vars, struct arena *a, struct errors *errs)
{
    struct intern *names = intern_new();
    struct schema sm = {.arena = a, .vars = vars, .errs = errs, .owner = "stage", .file = "fuzz", .line = 1};
    const struct setting *condition = config_get(root, "when");
    struct options o;
    struct buf b = {0};

    schema_fill(&sm, table, root, NULL, &o);
    if (errs->n_errors == 0) {
        for (const pl_option *p = table; p->name; p++)
            schema_print_value(&b, p, &o);
    }
    if (condition) {
        struct when *w = when_new(condition, names, errs);
        pl_record *r = record_new(names, 1 << 20);
        record_set(r, PL_TITLE, (struct value){.type = PL_STR, .as.str = PL_S("Z\xC3\xBCrich votes")});
        if (w)
            when_holds(w, r, &(uint64_t){0});
        record_free(r);
        when_free(w);
    }
    buf_done(&b);
    intern_free(names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const pl_str inputs[] = {{"one", 3}, {"two", 3}}, sets[] = {{"number=3", 8}, {"words=[\"x\"]", 11}};
    const struct config_vars vars = {{inputs, size % 3}, PL_S("out"), {sets, size % 2 * 2}};
    static FILE *null;
    struct arena a = {0};
    struct errors errs;
    char path[64];

    /* An @include of a device could wait for ever. */
    if (size > 1 << 16 || memmem(data, size, "/dev", 4) || memmem(data, size, "/proc", 5))
        return 0;
    null = null ? null : fopen("/dev/null", "w");
    const int fd = memfd_create("config", MFD_CLOEXEC);
    if (!null || fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    errors_init(&errs);
    const struct setting *root = config_load(&a, path, &vars, &errs);
    if (root)
        use(root, &vars, &a, &errs);
    else if (errs.n_errors == 0)
        abort(); /* refused without a word */
    errors_print(&errs, null);
    errors_done(&errs);
    arena_done(&a);
    close(fd);
    return 0;
}
