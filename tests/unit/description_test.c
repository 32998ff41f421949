/* description_test.c - descriptions of plugins: malformed ones, and those of other versions of the header. */
#include "told.h"

#include "description.h"

struct config {
    bool flag;
    int64_t number;
    pl_str word;
    pl_list inputs;
};

static int process(pl_self *self, pl_record *r)
{
    (void)self;
    (void)r;
    return PL_OK;
}

static int reading(pl_self *self)
{
    (void)self;
    return PL_EOF;
}

static int command(pl_self *self, int argc, char **argv)
{
    (void)self;
    (void)argc;
    (void)argv;
    return 0;
}

#define PLUGIN(...) \
    { \
        .size = sizeof(pl_plugin), .option_size = sizeof(pl_option), .config_size = sizeof(struct config), \
        .name = "x", .about = "is tested", .process = process, __VA_ARGS__ \
    }
#define OPTIONS(...) \
    .options = (const pl_option[]) \
    { \
        __VA_ARGS__, PL_END \
    }
#define OPTION(...) \
    { \
        .name = "o", .help = "an option", .type = PL_OPT_INT, .offset = offsetof(struct config, number), __VA_ARGS__ \
    }

/* The later initialiser of a member is meant to win. */
#pragma GCC diagnostic ignored "-Woverride-init"

static const pl_plugin then_empty = {.about = "has no verb"};
static const pl_plugin then_right = {.process = process, .commit = process};
static const pl_command no_main[] = {{"c", "help", NULL}, {0}};
static const pl_command right_command[] = {{"c", "help", command}, {0}};

static void malformed(void **state)
{
    const struct {
        pl_plugin plugin;
        const char *want;
    } rows[] = {
        {PLUGIN(.name = NULL), "it has no name"},
        {PLUGIN(.name = ""), "it has no name"},
        {PLUGIN(.name = "Big"), "it has no name, or one that is not of small letters"},
        {PLUGIN(.name = "a b"), "it has no name"},
        {PLUGIN(.name = "../x"), "it has no name"},
        {PLUGIN(.about = NULL), "it does not say what it is about"},
        {PLUGIN(.about = ""), "it does not say what it is about"},
        {PLUGIN(.process = NULL), "it has no verb: read, process or commit"},
        {PLUGIN(.size = 40), "size is 40 bytes"},
        {PLUGIN(.option_size = 8, OPTIONS(OPTION(.value = "1"))), "option_size is 8 bytes"},
        {PLUGIN(.option_size = sizeof(pl_option) + 1, OPTIONS(OPTION(.value = "1"))), "option_size is"},
        {PLUGIN(.then = &then_right), "it has a `then` but no commit() to feed it"},
        {PLUGIN(.commit = process, .then = &then_empty), "its `then` has no verb"},
        {PLUGIN(.flags = PL_SINK), "it is a sink (PL_SINK) without commit()"},
        {PLUGIN(.flags = PL_INPUTS, .read = reading), "it has PL_INPUTS, but no read() or no list `inputs`"},
        {PLUGIN(.commands = no_main), "command 1 has no name, help or function"},
        {PLUGIN(.reads = "text,,title"), "`reads` is \"text,,title\", which has a comma too many"},
        {PLUGIN(.reads = "text,"), "has a comma too many"},
        {PLUGIN(.reads = "te xt"), "which is no list of names"},
        {PLUGIN(.reads = "+"), "which is no list of names"},
        {PLUGIN(.reads = "?"), "which is no list of names"},
        {PLUGIN(.writes = "text?"), "`writes` is \"text?\", which is no list of names"},
        {PLUGIN(OPTIONS(OPTION(.name = NULL))), "option 1 has no name"},
        {PLUGIN(OPTIONS(OPTION(.value = "1"), OPTION(.name = "a=b"))), "option 2 has no name, or a wrong one"},
        {PLUGIN(OPTIONS(OPTION(.value = "1"), OPTION(.value = "1"))), "option 'o' is there twice"},
        {PLUGIN(OPTIONS(OPTION(.name = "when"))), "option 'when' has a name that every stage has already"},
        {PLUGIN(OPTIONS(OPTION(.help = NULL))), "option 'o' has no help"},
        {PLUGIN(OPTIONS(OPTION(.type = (pl_opt_type)77))), "option 'o' has an unknown type, 77"},
        {PLUGIN(OPTIONS(OPTION(.offset = sizeof(struct config)))), "option 'o' lies outside of the options struct"},
        {PLUGIN(OPTIONS(OPTION(.offset = SIZE_MAX - 3))), "option 'o' lies outside of the options struct"},
        {PLUGIN(.config_size = 12, OPTIONS(OPTION(.offset = 8))), "option 'o' lies outside of the options struct"},
        {PLUGIN(OPTIONS(OPTION(.offset = 3))), "option 'o' is not aligned"},
        {PLUGIN(OPTIONS(OPTION(.unit = "miles"))), "option 'o' has an unknown unit, \"miles\""},
        {PLUGIN(OPTIONS(OPTION(.unit = "path"))), "option 'o' has an unknown unit, \"path\""},
        {PLUGIN(OPTIONS(OPTION(.choices = "a|b"))), "option 'o' has choices but is no text"},
        {PLUGIN(OPTIONS(OPTION(.min = 2, .max = 1))), "option 'o' has an empty range"},
        {PLUGIN(OPTIONS(OPTION(.value = "x"))), "option 'o' wants an integer, not the text \"x\" (option 'o')"},
        {PLUGIN(OPTIONS(OPTION(.value = "64M"))), "wants an integer"},
        {PLUGIN(OPTIONS(OPTION(.value = "9", .min = 1, .max = 5))), "option 'o' is 9, out of its range: 1 to 5"},
        {PLUGIN(OPTIONS(OPTION(.type = PL_OPT_STR, .choices = "a|b", .value = "c"))), "option 'o' cannot be \"c\""},
        {PLUGIN(OPTIONS(OPTION(.type = PL_OPT_STR, .value = "${oputut}/x"))), "there is no ${oputut}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena a = {0};
        struct buf why = {0};
        assert_null(description_copy(&a, &rows[i].plugin, &why));
        assert_holds(buf_cstr(&why), "malformed description: ");
        assert_holds(buf_cstr(&why), rows[i].want);
        buf_done(&why);
        arena_done(&a);
    }
}

static void no_end(void **state)
{
    static char names[400][16];
    static pl_option options[400];
    const pl_plugin p = PLUGIN(.options = options);
    struct arena a = {0};
    struct buf why = {0};

    (void)state;
    for (int i = 0; i < 400; i++) {
        snprintf(names[i], sizeof names[i], "o%d", i);
        options[i] = (pl_option)OPTION(.name = names[i]);
    }
    assert_null(description_copy(&a, &p, &why));
    assert_holds(buf_cstr(&why), "its options have no end (PL_END), or are more than 256");
    buf_done(&why);
    arena_done(&a);
}

static void right(void **state)
{
    const pl_plugin rows[] = {
        PLUGIN(.config_size = 0),
        PLUGIN(.name = "a-b_9", .reads = "text, title?, +entity, +quote?, dedupe.cluster", .writes = "text,+entity"),
        PLUGIN(.reads = "", .writes = ""),
        PLUGIN(.commit = process, .flags = PL_SINK, .then = &then_right, .commands = right_command),
        PLUGIN(.read = reading, .process = NULL, .flags = PL_INPUTS,
               OPTIONS({.name = "inputs",
                        .help = "h",
                        .type = PL_OPT_LIST,
                        .offset = offsetof(struct config, inputs),
                        .value = "${input}",
                        .unit = "path"})),
        PLUGIN(OPTIONS(OPTION(.value = "64M", .unit = "bytes", .min = 1, .max = 0x1p40), OPTION(.name = "p"))),
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena a = {0};
        struct buf why = {0};
        const pl_plugin *p = description_copy(&a, &rows[i], &why);
        assert_string_equal(buf_cstr(&why), "");
        assert_non_null(p);
        assert_ptr_not_equal(p, &rows[i]);
        assert_string_equal(p->name, rows[i].name);
        buf_done(&why);
        arena_done(&a);
    }
}

/* A plugin of a header to come, with larger structs: their tails are not for us. */
struct later_option {
    pl_option now;
    const char *more[2];
};
struct later_plugin {
    pl_plugin now;
    void *more[3];
};

static void versions(void **state)
{
    static const struct later_option options[] = {
        {OPTION(.name = "first", .value = "1"), {"x", "y"}},
        {OPTION(.name = "second", .type = PL_OPT_STR, .offset = offsetof(struct config, word), .value = "w"),
         {"x", "y"}},
        {PL_END, {NULL, NULL}},
    };
    static const struct later_plugin later = {PLUGIN(.size = sizeof later, .option_size = sizeof options[0],
                                                     .options = &options[0].now),
                                              {NULL, NULL, NULL}};
    struct arena a = {0};
    struct buf why = {0};

    (void)state;
    const pl_plugin *p = description_copy(&a, &later.now, &why);
    assert_string_equal(buf_cstr(&why), "");
    assert_int_equal(p->size, sizeof(pl_plugin));
    assert_string_equal(p->options[0].name, "first");
    assert_string_equal(p->options[1].name, "second");
    assert_int_equal(p->options[2].type, PL_OPT_END);

    const pl_plugin newer = PLUGIN(.minor = PL_ABI_MINOR + 3);
    assert_null(description_copy(&a, &newer, &why));
    char want[100];
    snprintf(want, sizeof want, "made for plugin interface 1.%d, and this pressline has 1.%d", PL_ABI_MINOR + 3,
             PL_ABI_MINOR);
    assert_holds(buf_cstr(&why), want);
    buf_done(&why);
    arena_done(&a);
}

static void names(void **state)
{
    pl_str rest = PL_S("text, title?,+entity , +quote?");
    static const struct declared want[] = {{{"text", 4}, false, false},
                                           {{"title", 5}, false, true},
                                           {{"entity", 6}, true, false},
                                           {{"quote", 5}, true, true}};
    struct declared d;
    size_t n = 0;

    (void)state;
    while (declared_next(&rest, &d)) {
        assert_true(n < 4);
        assert_true(str_eq(d.name, want[n].name));
        assert_int_equal(d.is_kind, want[n].is_kind);
        assert_int_equal(d.optional, want[n].optional);
        n++;
    }
    assert_int_equal(n, 4);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed), cmocka_unit_test(no_end), cmocka_unit_test(right),
        cmocka_unit_test(versions),  cmocka_unit_test(names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
