/* config_test.c - pipeline files as trees: values, places, mistakes, includes, ${...} and --set. */
#include "told.h"

#include <sys/stat.h>

#include "buf.h"
#include "config.h"

static void dump(struct buf *b, const struct setting *s)
{
    if (s->name.len)
        buf_addf(b, STR_FMT "=", STR_ARG(s->name));
    switch (s->type) {
    case SET_BOOL: buf_addz(b, s->as.b ? "true" : "false"); break;
    case SET_INT: buf_addf(b, "%lld", (long long)s->as.i); break;
    case SET_REAL: buf_addf(b, "%gf", s->as.f); break;
    case SET_STR: buf_addf(b, "%s'" STR_FMT "'", s->raw ? "raw" : "", STR_ARG(s->as.str)); break;
    case SET_LIST:
    case SET_GROUP:
        buf_addc(b, s->type == SET_LIST ? '[' : '{');
        for (const struct setting *m = s->first; m; m = m->next) {
            dump(b, m);
            if (m->next)
                buf_addc(b, ' ');
        }
        buf_addc(b, s->type == SET_LIST ? ']' : '}');
        break;
    }
    if (s->lacks)
        buf_addf(b, "?%u", s->lacks);
}

/* The tree of one.cfg as text, "NULL" when there is none; the messages are in *errs. */
static const char *load(const char *text, const struct config_vars *vars, struct errors *errs)
{
    static char out[4096];
    struct arena a = {0};
    struct buf b = {0};

    write_file("one.cfg", text);
    const struct setting *root = config_load(&a, "one.cfg", vars, errs);
    if (root)
        dump(&b, root);
    snprintf(out, sizeof out, "%s", root ? buf_cstr(&b) : "NULL");
    buf_done(&b);
    arena_done(&a);
    return out;
}

static void values(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", "{}"},
        {"a = 1; b : -2\nc=+3,", "{a=1 b=-2 c=3}"},
        {"a = 2147483647; b = -2147483648;", "{a=2147483647 b=-2147483648}"},
        {"a = 99999999999L; b = 9223372036854775807LL; c = -9223372036854775808L;",
         "{a=99999999999 b=9223372036854775807 c=-9223372036854775808}"},
        {"a = 0x1F; b = 0x7fffffff; c = 0xFFFFFFFFFL;", "{a=31 b=2147483647 c=68719476735}"},
        {"a = 0; b = 0L; c = -0;", "{a=0 b=0 c=0}"},
        {"a = 0.5; b = 1.; c = .25; d = -1.5e3; e = 1e3;", "{a=0.5f b=1f c=0.25f d=-1500f e=1000f}"},
        {"a = true; b = FALSE; c = True;", "{a=true b=false c=true}"},
        {"a = \"x\" \"y\" # comment\n \"z\";", "{a='xyz'}"},
        {"a = \"q\\\"b\\\\s\\n\\t\\x41\";", "{a='q\"b\\s\n\tA'}"},
        {"a = \"# no /* comment\"; // yes\n# yes ;\n/* b = 1;\n */ c = 2;", "{a='# no /* comment' c=2}"},
        {"a = [1, 2]; b = (1, \"x\", { c = [ ]; d = ( ) });", "{a=[1 2] b=[1 'x' {c=[] d=[]}]}"},
        {"g : { h = { i = 1; } j = 2 }", "{g={h={i=1} j=2}}"},
        {"\xEF\xBB\xBF"
         "a = \"\xC3\xA9\";\r\n",
         "{a='\xC3\xA9'}"},
        {"a = [1, 2.5, \"x\"];", "{a=[1 2.5f 'x']}"},
    };
    static const struct config_vars none;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct errors errs;
        errors_init(&errs);
        assert_string_equal(load(rows[i].text, &none, &errs), rows[i].want);
        assert_string_equal(told(&errs), "");
        errors_done(&errs);
    }
}

static void mistakes(void **state)
{
    /* All messages of a row, in order. */
    static const struct {
        const char *text, *tree, *want;
    } rows[] = {
        {"a = 1;\nb = 99999999999;\n", "{a=1 b=99999999999}",
         "one.cfg:2: error: the integer 99999999999 is too large (32 bits): write 99999999999L, or a size as text, "
         "\"64M\"\n"},
        {"b = 2147483648;", "{b=2147483648}", "one.cfg:1: error: the integer 2147483648 is too large (32 bits)"},
        {"b = 0x80000000;", "{b=2147483648}", "one.cfg:1: error: the integer 0x80000000 is too large (32 bits)"},
        {"b = 9223372036854775808L;", "{b=0}",
         "one.cfg:1: error: the integer 9223372036854775808L is too large (64 bits)\n"},
        {"b = 0xFFFFFFFFFFFFFFFFFL;", "{b=0}", "is too large (64 bits)\n"},
        {"a = 010;", "{a=10}", "one.cfg:1: error: the integer 010 begins with 0: leave the 0 away\n"},
        {"a = -007;", "{a=-7}", "one.cfg:1: error: the integer -007 begins with 0"},
        {"a = 64M;", "{a=0f}", "one.cfg:1: error: '64M' is no number: text stands in double quotes, \"64M\"\n"},
        {"a = 1e999;", "{a=0f}", "'1e999' is no number"},
        {"a = 5%;", "{a=0f}", "'5%' is no number: text stands in double quotes, \"5%\""},
        {"a = [1,\n2,\n];", "{a=[1 2]}", "one.cfg:2: error: trailing comma before ']': leave it away\n"},
        {"a = ( { b = 1, }, );\nc = 0777;", "{a=[{b=1}] c=777}",
         "one.cfg:1: error: trailing comma before ')': leave it away\none.cfg:2: error: the integer 0777 begins with "
         "0"},
        {"a = 1;\nb = 2;\na = 3;\nc = 4;", "{a=1 b=2 c=4}", "one.cfg:3: error: 'a' is set twice: first at one.cfg:1\n"},
        {"g = { a = 1; };\nh = { a = 2; a = 3; };", "{g={a=1} h={a=2}}", "one.cfg:2: error: 'a' is set twice"},
        {"a = yes;", "{a='yes'}", "one.cfg:1: error: text stands in double quotes: \"yes\"\n"},
        {"a = ( one, two );", "{a=['one' 'two']}", "text stands in double quotes: \"two\"\n"},
        {"a = 'x';", NULL, "one.cfg:1: error: unexpected ': text stands in double quotes\n"},
        {"a = \"x\\d\";", "{a='x\\d'}",
         "one.cfg:1: error: there is no escape '\\d' in text: a backslash is written twice, \"\\\\d\"\n"},
        {"a = \"x\\x00y\";", "{a='xy'}", "one.cfg:1: error: text cannot hold \\x00\n"},
        {"a = \"\\xFF\";", "{a='\xFF'}", "one.cfg:1: error: the text is not UTF-8 once its \\x escapes are read\n"},
        {"\na = \"\xFF\";", "{a='\xFF'}", "one.cfg:2: error: is not UTF-8: save the file as UTF-8\n"},
        {"a = \"x;\nb = 1;", "NULL", "one.cfg:1: error: the text that begins here has no closing quote\n"},
        {"a = 1;\n/* b = 1;", "NULL", "one.cfg:2: error: the comment that begins here has no end\n"},
        {"a = ( 1,\n{ b = 2; );", "NULL", "one.cfg:2: error: ')' does not close the '{' of one.cfg:2\n"},
        {"a = 1; };", "NULL", "one.cfg:1: error: '}' closes nothing\n"},
        {"a = 1;\nb = ( 1, 2;\n", "NULL", "one.cfg:2: error: '(' is never closed\n"},
        {"a = ( { b = 1; }\n{ b = 2; } );", "NULL",
         "one.cfg:2: error: syntax error at '{': a comma is missing before it\n"},
        {"a = ( \"x\", 1\n2 );", "NULL", "one.cfg:2: error: syntax error at '2': a comma is missing before it\n"},
        {"a 1;", "NULL", "one.cfg:1: error: syntax error at '1': a setting is written NAME = VALUE;\n"},
        {"a = ;", "NULL", "one.cfg:1: error: syntax error at ';': a value is missing before it\n"},
        {"a =", "NULL", "one.cfg:1: error: syntax error: the file ends too early\n"},
        {"a = [ { b = 1; } ];", "NULL",
         "one.cfg:1: error: a list of groups is written ( { ... }, { ... } ), not [ ]\n"},
        {"a = 1; ~~ b = 2;", "{a=1 b=2}", "one.cfg:1: error: unexpected character '~'\n"},
        {"@load \"x\"\na = 1;", NULL, "one.cfg:1: error: '@' begins nothing but @include \"FILE\"\n"},
    };
    static const struct config_vars none;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct errors errs;
        errors_init(&errs);
        const char *tree = load(rows[i].text, &none, &errs);
        if (rows[i].tree)
            assert_string_equal(tree, rows[i].tree);
        assert_holds(told(&errs), rows[i].want);
        assert_true(errs.n_errors > 0);
        errors_done(&errs);
    }
}

static void hostile_sizes(void **state)
{
    static const struct config_vars none;
    struct errors errs;
    struct buf b = {0};

    (void)state;
    buf_addz(&b, "a = ");
    for (int i = 0; i < 100000; i++)
        buf_addc(&b, '(');
    errors_init(&errs);
    assert_string_equal(load(buf_cstr(&b), &none, &errs), "NULL");
    assert_holds(told(&errs), "brackets nest deeper than 64");
    errors_done(&errs);

    buf_clear(&b);
    for (int i = 0; i < 5000; i++)
        buf_addf(&b, "n%d = 1;\n", i);
    errors_init(&errs);
    assert_string_equal(load(buf_cstr(&b), &none, &errs), "NULL");
    assert_holds(told(&errs), "one.cfg:1001: error: more than 1000 settings in one group");
    errors_done(&errs);

    buf_clear(&b);
    for (int i = 0; i < 300000; i++)
        buf_addz(&b, "x ");
    errors_init(&errs);
    assert_string_equal(load(buf_cstr(&b), &none, &errs), "NULL");
    assert_holds(told(&errs), "the pipeline file is too large");
    errors_done(&errs);

    buf_clear(&b);
    for (int i = 0; i < 100000; i++)
        buf_addz(&b, "~1x");
    errors_init(&errs);
    assert_string_equal(load(buf_cstr(&b), &none, &errs), "NULL");
    assert_true(errs.n_errors < 110);
    assert_holds(told(&errs), "too many mistakes: the rest is not looked at");
    errors_done(&errs);
    buf_done(&b);
}

static void places(void **state)
{
    static const struct config_vars none;
    struct arena a = {0};
    struct errors errs;

    (void)state;
    write_file("places.cfg", "# one\na = 1;\n\nb = [\n  \"x\",\n  \"y\"\n];\nstages = (\n  {\n c =\n \"v\"; }\n);\n"
                             "t = \"two\nlines\"; /* and\na comment */ u = 1;\n");
    errors_init(&errs);
    const struct setting *root = config_load(&a, "places.cfg", &none, &errs);
    assert_non_null(root);
    assert_int_equal(config_get(root, "a")->line, 2);
    const struct setting *b = config_get(root, "b");
    assert_int_equal(b->line, 4);
    assert_int_equal(b->first->line, 5);
    assert_int_equal(b->first->next->line, 6);
    const struct setting *stage = config_get(root, "stages")->first;
    assert_int_equal(stage->line, 9);
    assert_int_equal(config_get(stage, "c")->line, 10);
    assert_null(config_get(root, "c"));
    assert_int_equal(config_get(root, "t")->line, 13);
    assert_int_equal(config_get(root, "u")->line, 15);
    errors_done(&errs);
    arena_done(&a);
}

static void includes(void **state)
{
    static const struct config_vars none;
    struct arena a = {0};
    struct errors errs;

    (void)state;
    mkdir("inc", 0700);
    mkdir("inc/deep", 0700);
    write_file("inc/main.cfg", "a = 1;\nstages = (\n@include \"deep/stage.cfg\"\n, { p = 2; } );\nz = 9;\n");
    write_file("inc/deep/stage.cfg", "# a stage\n{\n  p = 1;\n  @include \"more.cfg\" # beside this one\n}");
    write_file("inc/deep/more.cfg", "\nq = 3;");
    errors_init(&errs);
    const struct setting *root = config_load(&a, "inc/main.cfg", &none, &errs);
    assert_string_equal(told(&errs), "");
    const struct setting *stage = config_get(root, "stages")->first;
    assert_string_equal(config_get(stage, "p")->file, "inc/deep/stage.cfg");
    assert_int_equal(config_get(stage, "p")->line, 3);
    assert_string_equal(config_get(stage, "q")->file, "inc/deep/more.cfg");
    assert_int_equal(config_get(stage, "q")->line, 2);
    assert_string_equal(config_get(root, "z")->file, "inc/main.cfg");
    assert_int_equal(config_get(root, "z")->line, 5);
    assert_int_equal(stage->next->line, 4);
    errors_done(&errs);
    arena_done(&a);
}

static void include_mistakes(void **state)
{
    static const struct {
        const char *main, *other, *want;
    } rows[] = {
        {"a = 1;\n@include \"none.cfg\"\n", "",
         "inc/main.cfg:2: error: cannot include 'inc/none.cfg': No such file or directory\n"},
        {"@include \"other.cfg\"\n", "\nb = 010;", "inc/other.cfg:2: error: the integer 010"},
        {"@include \"other.cfg\"\n", "@include \"main.cfg\"",
         "inc/other.cfg:1: error: 'inc/main.cfg' includes itself\n"},
        {"@include \"other.cfg\"\n", "a = \"",
         "inc/other.cfg:1: error: the text that begins here has no closing quote\n"},
        {"a = 1; @include \"other.cfg\"\n", "", "inc/main.cfg:1: error: @include stands on a line of its own\n"},
        {"@include \"other.cfg\" b = 2;\n", "", "inc/main.cfg:1: error: @include stands on a line of its own\n"},
        {"@include other.cfg\n", "", "inc/main.cfg:1: error: @include wants a file in double quotes"},
        {"a = 1;\n@include \"other.cfg\"\n", "a = 2;",
         "inc/other.cfg:1: error: 'a' is set twice: first at inc/main.cfg:1\n"},
    };
    static const struct config_vars none;

    (void)state;
    mkdir("inc", 0700);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena a = {0};
        struct errors errs;
        write_file("inc/main.cfg", rows[i].main);
        write_file("inc/other.cfg", rows[i].other);
        errors_init(&errs);
        config_load(&a, "inc/main.cfg", &none, &errs);
        assert_holds(told(&errs), rows[i].want);
        errors_done(&errs);
        arena_done(&a);
    }
}

static void no_file(void **state)
{
    static const struct config_vars none;
    struct arena a = {0};
    struct errors errs;

    (void)state;
    errors_init(&errs);
    assert_null(config_load(&a, "none.cfg", &none, &errs));
    assert_string_equal(told(&errs), "none.cfg: error: cannot open: No such file or directory\n");
    errors_done(&errs);
    errors_init(&errs);
    assert_null(config_load(&a, "/", &none, &errs));
    assert_holds(told(&errs), "/: error: cannot read: Is a directory");
    errors_done(&errs);
    arena_done(&a);
}

static void variables(void **state)
{
    static const pl_str two[] = {{"a.html", 6}, {"${output}", 9}};
    static const struct {
        const char *text, *want;
        size_t n_inputs;
        const char *output;
    } rows[] = {
        {"a = \"${output}/x\";", "{a='out/x'}", 0, "out"},
        {"a = \"${input}\";", "{a='a.html'}", 1, NULL},
        {"a = [\"x\", \"${input}\", \"y\"];", "{a=['x' 'a.html' '${output}' 'y']}", 2, "out"},
        {"a = \"$${output} $ $$ $$$ {} $x\";", "{a='${output} $ $$ $$$ {} $x'}", 0, "out"},
        {"a = \"${env:PL_TEST_VAR}\";", "{a='${output}-${env:HOME}'}", 0, "out"},
        {"s = ( { b = { c = \"${output}\"; }; } );", "{s=[{b={c='out'}}]}", 0, "out"},
        {"a = \"${output}/${input}\";", "{a='${output}/${input}'?3}", 0, NULL},
        {"a = [\"${input}\"];", "{a=['${input}'?1]}", 0, NULL},
    };

    (void)state;
    setenv("PL_TEST_VAR", "${output}-${env:HOME}", 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct config_vars vars = {{two, rows[i].n_inputs}, str_of(rows[i].output), {NULL, 0}};
        struct errors errs;
        errors_init(&errs);
        assert_string_equal(load(rows[i].text, &vars, &errs), rows[i].want);
        assert_string_equal(told(&errs), "");
        errors_done(&errs);
    }
}

static void variable_mistakes(void **state)
{
    static const pl_str two[] = {{"a", 1}, {"b", 1}};
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"\na = \"${outptu}\";", "one.cfg:2: error: there is no ${outptu}; did you mean ${output}?\n"},
        {"a = \"${HOME}\";",
         "there is no ${HOME}, only ${input}, ${output} and ${env:NAME}; a literal ${ is written $${\n"},
        {"a = \"${env:PL_TEST_NONE}\";", "the environment variable PL_TEST_NONE is not set\n"},
        {"a = \"${env:PL_TEST_BAD}\";", "the environment variable PL_TEST_BAD is not UTF-8\n"},
        {"a = \"x${output\";", "'${' has no closing '}'; a literal ${ is written $${\n"},
        {"a = \"x${input}\";", "${input} is 2 inputs here: only a list can hold them"},
        {"a = [\"x${input}\"];", "${input} is 2 inputs here"},
    };
    const struct config_vars vars = {{two, 2}, PL_S("out"), {NULL, 0}};

    (void)state;
    unsetenv("PL_TEST_NONE");
    setenv("PL_TEST_BAD", "\xFF", 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct errors errs;
        errors_init(&errs);
        load(rows[i].text, &vars, &errs);
        assert_holds(told(&errs), rows[i].want);
        assert_int_equal(errs.n_errors, 1);
        errors_done(&errs);
    }
}

static void sets(void **state)
{
    static const char text[] =
        "jobs = 1;\nstages = ( { plugin = \"fetch\"; n = 1; }, { plugin = \"clean\"; name = \"c\"; } );";
    static const struct {
        const char *set, *want;
    } rows[] = {
        {"jobs=4", "{jobs=raw'4' stages=[{plugin='fetch' n=1} {plugin='clean' name='c'}]}"},
        {"log=x=y", "{jobs=1 stages=[{plugin='fetch' n=1} {plugin='clean' name='c'}] log=raw'x=y'}"},
        {"fetch.n=a.b", "{jobs=1 stages=[{plugin='fetch' n=raw'a.b'} {plugin='clean' name='c'}]}"},
        {"c.k=", "{jobs=1 stages=[{plugin='fetch' n=1} {plugin='clean' name='c' k=raw''}]}"},
        {"clean.k=1", "--set: error: there is no stage 'clean'"},
        {"fecth.k=1", "--set: error: there is no stage 'fecth'; did you mean 'fetch'?\n"},
        {"jobs", "--set: error: 'jobs' is not STAGE.OPTION=VALUE, nor OPTION=VALUE of the run\n"},
        {".x=1", "is not STAGE.OPTION=VALUE"},
        {"fetch.=1", "is not STAGE.OPTION=VALUE"},
        {"=1", "is not STAGE.OPTION=VALUE"},
        {"stages=()", "--set: error: 'stages' cannot be set as a whole"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const pl_str set = str_of(rows[i].set);
        const struct config_vars vars = {.sets = {&set, 1}};
        struct errors errs;
        errors_init(&errs);
        const char *tree = load(text, &vars, &errs);
        assert_holds(errs.n_errors ? told(&errs) : tree, rows[i].want);
        errors_done(&errs);
    }
}

static void typed(void **state)
{
    static const pl_str two[] = {{"a", 1}, {"b", 1}};
    static const struct {
        const char *value;
        enum setting_type want;
        char sep;
        const char *tree;
    } rows[] = {
        {"true", SET_BOOL, ',', "true"},
        {"yes", SET_BOOL, ',', "'yes'"},
        {"12", SET_INT, ',', "12"},
        {"64M", SET_INT, ',', "'64M'"},
        {"99999999999", SET_INT, ',', "99999999999"},
        {"1", SET_REAL, ',', "1"},
        {"0.5", SET_REAL, ',', "0.5f"},
        {"[a-z]+", SET_STR, ',', "'[a-z]+'"},
        {"12", SET_STR, ',', "'12'"},
        {"${output}/x", SET_STR, ',', "'out/x'"},
        {"x, y,z", SET_LIST, ',', "['x' 'y' 'z']"},
        {"", SET_LIST, ',', "[]"},
        {"[\"x,y\", \"${output}\"]", SET_LIST, ',', "['x,y' 'out']"},
        {"x,${input}", SET_LIST, ',', "['x' 'a' 'b']"},
        {"x|y,z", SET_LIST, '|', "['x' 'y,z']"},
        {"[x|y]", SET_LIST, '|', "['[x' 'y]']"},
        {"{ field = \"x\"; present = true; }", SET_GROUP, ',', "{field='x' present=true}"},
        {"( { a = 1; }, { b = 2; } )", SET_GROUP, ',', "[{a=1} {b=2}]"},
    };
    const struct config_vars vars = {{two, 2}, PL_S("out"), {NULL, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena a = {0};
        struct errors errs;
        struct buf b = {0};
        errors_init(&errs);
        struct setting *g = config_group_new(&a, "here", 1);
        config_put_raw(&a, g, PL_S("k"), str_of(rows[i].value));
        struct setting *s = config_typed(&a, g->first, rows[i].want, rows[i].sep, &vars, &errs);
        assert_string_equal(told(&errs), "");
        assert_string_equal(s->file, CONFIG_SET_FILE);
        s->name = PL_S("");
        dump(&b, s);
        assert_string_equal(buf_cstr(&b), rows[i].tree);
        buf_done(&b);
        errors_done(&errs);
        arena_done(&a);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),  cmocka_unit_test(mistakes),  cmocka_unit_test(hostile_sizes),
        cmocka_unit_test(places),  cmocka_unit_test(includes),  cmocka_unit_test(include_mistakes),
        cmocka_unit_test(no_file), cmocka_unit_test(variables), cmocka_unit_test(variable_mistakes),
        cmocka_unit_test(sets),    cmocka_unit_test(typed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
