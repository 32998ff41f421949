/* schema_test.c - a group of settings into a plugin's options struct. */
#include "told.h"

#include <sys/stat.h>

#include "schema.h"

struct options {
    bool flag;
    int64_t number, size, wait;
    double rate;
    pl_str word, mode, in, out;
    pl_list words, modes;
};

static const pl_option table[] = {
    PL_OPTION(struct options, flag, "true", "a switch"),
    PL_OPTION(struct options, number, "7", "a number", .min = -5, .max = 100),
    PL_OPTION(struct options, size, "64M", "a size", .unit = "bytes", .min = 1024, .max = 0x1p40),
    PL_OPTION(struct options, wait, "30s", "a duration", .unit = "ms"),
    PL_OPTION(struct options, rate, "0.5", "a share", .min = 0, .max = 1),
    PL_OPTION(struct options, word, NULL, "a word"),
    PL_OPTION(struct options, mode, "fast", "a choice", .choices = "fast|best"),
    PL_OPTION(struct options, in, "", "a file to read", .unit = "path"),
    PL_OPTION(struct options, out, "", "a file to write", .unit = "output"),
    PL_OPTION(struct options, words, "one|two words", "a list"),
    PL_OPTION(struct options, modes, "", "a list of choices", .choices = "fast|best"),
    PL_END,
};

/* Fill `o` from the text of a group; the messages are in *errs, the strings in *a. */
static unsigned fill_with(struct options *o, const char *text, const struct config_vars *vars, unsigned may_lack,
                          const pl_option *options, struct arena *a, struct errors *errs)
{
    static const char *const also[] = {"plugin", NULL};

    write_file("schema.cfg", text);
    const struct setting *group = config_load(a, "schema.cfg", vars, errs);
    assert_non_null(group);
    struct schema sm = {.arena = a,
                        .vars = vars,
                        .errs = errs,
                        .owner = "stage 'x'",
                        .file = "schema.cfg",
                        .line = 40,
                        .may_lack = may_lack,
                        .prove_paths = true};
    memset(o, 0x5A, sizeof *o);
    schema_fill(&sm, options, group, also, o);
    return sm.lacks;
}

static void assert_str(pl_str got, const char *want)
{
    assert_int_equal(got.len, strlen(want));
    assert_memory_equal(got.ptr, want, got.len);
}

static void defaults(void **state)
{
    static const struct config_vars none;
    struct arena a = {0};
    struct errors errs;
    struct options o;

    (void)state;
    errors_init(&errs);
    fill_with(&o, "word = \"w\"; plugin = \"p\";", &none, 0, table, &a, &errs);
    assert_string_equal(told(&errs), "");
    assert_true(o.flag);
    assert_int_equal(o.number, 7);
    assert_int_equal(o.size, 67108864);
    assert_int_equal(o.wait, 30000);
    assert_true(o.rate > 0.499 && o.rate < 0.501);
    assert_str(o.word, "w");
    assert_str(o.mode, "fast");
    assert_str(o.in, "");
    assert_int_equal(o.words.n, 2);
    assert_str(o.words.at[0], "one");
    assert_str(o.words.at[1], "two words");
    assert_int_equal(o.modes.n, 0);
    errors_done(&errs);
    arena_done(&a);
}

static void given(void **state)
{
    static const struct config_vars none;
    struct arena a = {0};
    struct errors errs;
    struct options o;

    (void)state;
    errors_init(&errs);
    fill_with(&o,
              "flag = false; number = -5; size = \"1G\"; wait = 5; rate = 1; word = \"\"; mode = \"best\"; in = "
              "\"schema.cfg\";"
              "out = \"new/folder/file\"; words = []; modes = [\"best\", \"fast\"];",
              &none, 0, table, &a, &errs);
    assert_string_equal(told(&errs), "");
    assert_false(o.flag);
    assert_int_equal(o.number, -5);
    assert_int_equal(o.size, 1 << 30);
    assert_int_equal(o.wait, 5);
    assert_true(o.rate > 0.999);
    assert_str(o.word, "");
    assert_str(o.mode, "best");
    assert_str(o.in, "schema.cfg");
    assert_str(o.out, "new/folder/file");
    assert_int_equal(o.words.n, 0);
    assert_int_equal(o.modes.n, 2);
    assert_str(o.modes.at[1], "fast");
    errors_done(&errs);
    arena_done(&a);
}

static void mistakes(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"\nnubmer = 3;", "schema.cfg:2: error: stage 'x' has no option 'nubmer'; did you mean 'number'?\n"},
        {"pluggin = 3;", "stage 'x' has no option 'pluggin'; did you mean 'plugin'?\n"},
        {"zzz = 3;", "schema.cfg:1: error: stage 'x' has no option 'zzz'\n"},
        {"", "schema.cfg:40: error: stage 'x': option 'word' is required (a word)\n"},
        {"flag = 1;", "option 'flag' wants true or false, not an integer\n"},
        {"flag = \"true\";", "option 'flag' wants true or false, not the text \"true\"\n"},
        {"number = 1.0;", "option 'number' wants an integer, not a number\n"},
        {"number = \"3\";", "option 'number' wants an integer, not the text \"3\"\n"},
        {"number = 101;", "option 'number' is 101, out of its range: -5 to 100\n"},
        {"number = -6;", "option 'number' is -6, out of its range: -5 to 100\n"},
        {"size = 1;", "option 'size' is 1, out of its range: 1K to 1T\n"},
        {"size = \"2T\";", "option 'size' is 2T, out of its range: 1K to 1T\n"},
        {"size = \"64X\";", "option 'size' wants a size such as \"64M\" (K, M, G, T), not the text \"64X\"\n"},
        {"wait = \"1M\";", "option 'wait' wants a duration such as \"30s\" (ms, s, m, h, d), not the text \"1M\"\n"},
        {"rate = 1.01;", "option 'rate' is 1.01, out of its range: 0 to 1\n"},
        {"rate = \"1\";", "option 'rate' wants a number, not the text \"1\"\n"},
        {"word = 3;", "option 'word' wants text in double quotes, not an integer\n"},
        {"word = { };", "option 'word' wants text in double quotes, not a group { ... }\n"},
        {"mode = \"bset\";", "option 'mode' cannot be \"bset\"; did you mean \"best\"? (fast, best)\n"},
        {"mode = \"zzzz\";", "option 'mode' cannot be \"zzzz\" (fast, best)\n"},
        {"words = \"x\";", "option 'words' wants a list [\"...\", \"...\"], not the text \"x\"\n"},
        {"words = [\"x\", \"y\"];\nmodes = (\"fast\",\n3);",
         "schema.cfg:3: error: stage 'x': option 'modes' wants a list of texts in double quotes, not an integer\n"},
        {"modes = [\"fast\",\n\"worst\"];", "schema.cfg:2: error: stage 'x': option 'modes' cannot be \"worst\""},
        {"in = \"none.txt\";", "option 'in': cannot read 'none.txt': No such file or directory\n"},
        {"in = \"none/*.txt\";", "option 'in': cannot read 'none/*.txt': No such file or directory\n"},
        {"out = \"schema.cfg/x/y\";", "option 'out': cannot write 'schema.cfg/x/y': Not a directory\n"},
        {"word = \"${input}\";", "option 'word' is \"${input}\": say --input PATH\n"},
        {"words = [\"${output}/x\"];", "option 'words' is \"${output}/x\": say --output PATH\n"},
    };
    static const struct config_vars none;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena a = {0};
        struct errors errs;
        struct options o;
        char text[200];
        errors_init(&errs);
        /* The required option, but where the row is about it. */
        const bool whole = !rows[i].text[0] || strstr(rows[i].text, "word =");
        snprintf(text, sizeof text, "%s%s", rows[i].text, whole ? "" : "\nword = \"\";");
        fill_with(&o, text, &none, 0, table, &a, &errs);
        assert_holds(told(&errs), rows[i].want);
        assert_int_equal(errs.n_errors, 1);
        errors_done(&errs);
        arena_done(&a);
    }
}

static void right_paths(void **state)
{
    static const char *const in[] =
        {"schema.cfg", ".", "*.cfg", "./*", "-", "@schema.cfg", "https://example.org/feed", ""};
    static const char *const out[] = {"new.txt", "a/b/c", ".", "schema.cfg", "/tmp/x", ""};
    static const struct config_vars none;

    (void)state;
    for (size_t i = 0; i < sizeof in / sizeof *in + sizeof out / sizeof *out; i++) {
        const bool is_in = i < sizeof in / sizeof *in;
        struct arena a = {0};
        struct errors errs;
        struct options o;
        char text[200];
        errors_init(&errs);
        snprintf(text, sizeof text, "word = \"\"; %s = \"%s\";", is_in ? "in" : "out",
                 is_in ? in[i] : out[i - sizeof in / sizeof *in]);
        fill_with(&o, text, &none, 0, table, &a, &errs);
        assert_string_equal(told(&errs), "");
        errors_done(&errs);
        arena_done(&a);
    }
}

struct paths {
    pl_list inputs;
    pl_str file;
};

static const pl_option path_table[] = {
    PL_OPTION(struct paths, inputs, "${input}", "what is read", .unit = "path"),
    PL_OPTION(struct paths, file, "${output}/x", "what is written", .unit = "output"),
    PL_END,
};

static void default_variables(void **state)
{
    static const pl_str two[] = {{"schema.cfg", 10}, {".", 1}};
    const struct config_vars vars = {{two, 2}, PL_S("out"), {NULL, 0}};
    static const struct config_vars none;
    struct arena a = {0};
    struct errors errs;
    union {
        struct paths paths;
        struct options options;
    } o;

    (void)state;
    errors_init(&errs);
    assert_int_equal(fill_with(&o.options, "", &vars, 0, path_table, &a, &errs), 0);
    assert_string_equal(told(&errs), "");
    assert_int_equal(o.paths.inputs.n, 2);
    assert_str(o.paths.inputs.at[1], ".");
    assert_str(o.paths.file, "out/x");

    /* Not given: told once each, or allowed and then empty. */
    fill_with(&o.options, "", &none, LACKS_OUTPUT, path_table, &a, &errs);
    assert_string_equal(told(&errs),
                        "schema.cfg:40: error: stage 'x': option 'inputs' is \"${input}\": say --input PATH\n");
    errors_done(&errs);
    errors_init(&errs);
    assert_int_equal(fill_with(&o.options, "", &none, LACKS_INPUT | LACKS_OUTPUT, path_table, &a, &errs),
                     LACKS_INPUT | LACKS_OUTPUT);
    assert_string_equal(told(&errs), "");
    assert_int_equal(o.paths.inputs.n, 0);
    assert_str(o.paths.file, "");
    errors_done(&errs);
    arena_done(&a);
}

static void raw_values(void **state)
{
    static const pl_str sets[] = {{"flag=false", 10}, {"number=42", 9},   {"size=2M", 7}, {"rate=1", 6},
                                  {"word=[x", 7},     {"words=a, b", 10}, {"wait=2h", 7}};
    const struct config_vars vars = {.sets = {sets, 7}};
    struct arena a = {0};
    struct errors errs;
    struct options o;

    (void)state;
    errors_init(&errs);
    fill_with(&o, "flag = true; number = 1;", &vars, 0, table, &a, &errs);
    assert_string_equal(told(&errs), "");
    assert_false(o.flag);
    assert_int_equal(o.number, 42);
    assert_int_equal(o.size, 2 << 20);
    assert_int_equal(o.wait, 7200000);
    assert_true(o.rate > 0.999);
    assert_str(o.word, "[x");
    assert_int_equal(o.words.n, 2);
    assert_str(o.words.at[1], "b");
    errors_done(&errs);

    static const pl_str wrong[] = {{"number=4.5", 10}, {"word=x", 6}};
    const struct config_vars bad = {.sets = {wrong, 2}};
    errors_init(&errs);
    fill_with(&o, "", &bad, 0, table, &a, &errs);
    assert_string_equal(told(&errs),
                        "--set: error: stage 'x': option 'number' wants an integer, not the text \"4.5\"\n");
    errors_done(&errs);
    arena_done(&a);
}

static void printing(void **state)
{
    static const char *const ranges[] = {"",           "-5 to 100", "1K to 1T", "", "0 to 1",    "",
                                         "fast, best", "",          "",         "", "fast, best"};
    static const struct config_vars none;
    struct arena a = {0};
    struct errors errs;
    struct options o;
    struct buf b = {0};

    (void)state;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        buf_clear(&b);
        schema_print_range(&b, &table[i]);
        assert_string_equal(buf_cstr(&b), ranges[i]);
    }
    errors_init(&errs);
    fill_with(&o, "word = \"a\";", &none, 0, table, &a, &errs);
    buf_clear(&b);
    for (const pl_option *p = table; p->name; p++) {
        schema_print_value(&b, p, &o);
        buf_addc(&b, ';');
    }
    assert_string_equal(buf_cstr(&b), "true;7;67108864;30000;0x1p-1;1:a;4:fast;0:;0:;2 3:one 9:two words;0;");
    errors_done(&errs);
    buf_done(&b);
    arena_done(&a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),    cmocka_unit_test(given),      cmocka_unit_test(mistakes),
        cmocka_unit_test(right_paths), cmocka_unit_test(raw_values), cmocka_unit_test(default_variables),
        cmocka_unit_test(printing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
