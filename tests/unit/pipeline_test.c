/* pipeline_test.c - a whole pipeline file: settings, stages, the modes in which it is loaded, its digest. */
#include "told.h"

#include "pipeline.h"

static const char whole[] =
    "stages = (\n"
    "  { plugin = \"t_source\"; },\n"
    "  { plugin = \"t_options\"; word = \"w\"; name = \"o\"; when = { field = \"title\"; present = true; }; },\n"
    "  { plugin = \"t_sink\"; }\n"
    ");\n";

/* One load of a text; pl_done() releases it. */
struct load {
    struct pipeline p;
    struct errors errs;
    struct pipeline_request req;
    pl_str dirs[1], inputs[2], sets[4];
    int rc;
};

static struct load *load_start(const char *text)
{
    struct load *l = test_calloc(1, sizeof *l);

    write_file("p.cfg", text);
    l->dirs[0] = str_of(TEST_PLUGINS);
    l->inputs[0] = PL_S("p.cfg");
    l->inputs[1] = PL_S(".");
    l->req = (struct pipeline_request){.file = "p.cfg", .plugin_dirs = {l->dirs, 1}};
    l->req.vars.inputs = (pl_list){l->inputs, 2};
    l->req.vars.output = PL_S("out");
    errors_init(&l->errs);
    return l;
}

static void load_set(struct load *l, const char *set)
{
    l->sets[l->req.vars.sets.n] = str_of(set);
    l->req.vars.sets = (pl_list){l->sets, l->req.vars.sets.n + 1};
}

static const char *load_go(struct load *l)
{
    l->rc = pipeline_load(&l->p, &l->req, &l->errs);
    assert_int_equal(l->rc, l->errs.n_errors ? PL_ERROR : PL_OK);
    return told(&l->errs);
}

static void load_done(struct load *l)
{
    pipeline_done(&l->p);
    errors_done(&l->errs);
    test_free(l);
}

static void settings(void **state)
{
    char text[2000];
    struct load *l = load_start(whole);

    (void)state;
    assert_string_equal(load_go(l), "");
    const struct settings *s = &l->p.settings;
    assert_int_equal(s->jobs, 0);
    assert_int_equal(s->max_failures, -1);
    assert_true(s->max_failure_share > 0.999);
    assert_int_equal(s->max_record, 16 << 20);
    assert_int_equal(s->record_memory, 256 << 20);
    assert_int_equal(s->progress_interval, 10000);
    assert_true(str_is(s->deadletters, "out/deadletters.jsonl"));
    assert_true(str_is(s->report, "out/report.json"));
    assert_true(str_is(s->log, "text"));
    assert_true(str_is(s->log_level, "info"));
    assert_int_equal(s->plugin_path.n, 0);
    assert_int_equal(s->input_fields.n, 0);
    load_done(l);

    snprintf(text, sizeof text,
             "jobs = 3; max_failures = \"5%%\"; max_record = \"1M\"; progress_interval = \"1m\"; log = \"json\";"
             "input_fields = [\"text\"]; deadletters = \"d\"; report = \"r\";\n%s",
             whole);
    l = load_start(text);
    l->req.vars.output = (pl_str){NULL, 0};
    load_set(l, "jobs=4");
    load_set(l, "t_sink.file=f");
    assert_string_equal(load_go(l), "");
    s = &l->p.settings;
    assert_int_equal(s->jobs, 4);
    assert_int_equal(s->max_failures, -1);
    assert_true(s->max_failure_share > 0.0499 && s->max_failure_share < 0.0501);
    assert_int_equal(s->max_record, 1 << 20);
    assert_int_equal(s->progress_interval, 60000);
    assert_int_equal(s->input_fields.n, 1);
    assert_true(str_is(s->report, "r"));
    load_done(l);
}

static void stages(void **state)
{
    struct load *l = load_start(whole);

    (void)state;
    assert_string_equal(load_go(l), "");
    assert_int_equal(l->p.n_stages, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(l->p.stages[i].index, i);
    const struct stage *s = &l->p.stages[1];
    assert_true(str_is(s->name, "o"));
    assert_string_equal(s->plugin->name, "t_options");
    assert_ptr_equal(s->plugin, s->module->plugin);
    assert_string_equal(s->file, "p.cfg");
    assert_int_equal(s->line, 3);
    assert_non_null(s->when);
    assert_null(l->p.stages[0].when);
    assert_true(str_is(l->p.stages[0].name, "t_source"));
    const pl_list *inputs = l->p.stages[0].config;
    assert_int_equal(inputs->n, 2);
    const pl_str *file = l->p.stages[2].config;
    assert_true(str_is(*file, "out/records"));
    load_done(l);
}

static void mistakes(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"",
         "p.cfg:1: error: there are no stages: write stages = ( { plugin = \"NAME\"; }, { plugin = \"NAME\"; } );\n"},
        {"\nstages = ( );", "p.cfg:2: error: there are no stages"},
        {"stages = { plugin = \"t_source\"; };", "p.cfg:1: error: there are no stages"},
        {"stagse = ( { plugin = \"t_source\"; } );", "the run has no option 'stagse'; did you mean 'stages'?\n"},
        {"stages = ( \"t_source\" );", "p.cfg:1: error: a stage is a group { plugin = \"NAME\"; ... }, not text\n"},
        {"stages = ( { } );", "p.cfg:1: error: stage 1 has no `plugin`: write plugin = \"NAME\";\n"},
        {"stages = ( { plugin = 3; } );", "`plugin` wants the name of a plugin in double quotes\n"},
        {"stages = ( { plugin = \"t_source\";\nname = \"a.b\"; } );",
         "p.cfg:2: error: a stage's name is made of letters, digits, - and _\n"},
        {"stages = ( { plugin = \"t_source\"; isolate = 1; } );", "stage 't_source': option 'isolate' wants true or false, not an integer\n"},
        {"stages = ( { plugin = \"t_sourec\"; } );", "there is no plugin 't_sourec'; did you mean 't_source'?"},
        {"jbos = 3;", "the run has no option 'jbos'; did you mean 'jobs'?\n"},
        {"jobs = -1;", "the run: option 'jobs' is -1, out of its range: 0 to 1024\n"},
        {"max_failures = \"101%\";", "the run: option 'max_failures' wants an integer, not the text \"101%\"\n"},
        {"max_record = 10;", "the run: option 'max_record' is 10, out of its range: 1K to 1T\n"},
        {"log_level = \"warn\";", "cannot be \"warn\" (error, warning, info, debug)\n"},
        {"plugin_path = [\"none\"];", "the run: option 'plugin_path': cannot read 'none': No such file or directory\n"},
        {"report = \"p.cfg/report\";", "the run: option 'report': cannot write 'p.cfg/report': Not a directory\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct load *l = load_start(rows[i].text);
        assert_holds(load_go(l), rows[i].want);
        load_done(l);
    }
}

/* What every mistake of a file is told at once, each at its place. */
static void all_at_once(void **state)
{
    struct load *l = load_start(
        "jobs = \"x\";\nstages = (\n  { plugin = \"t_source\"; inputs = 3; },\n  { plugin = \"t_missing\"; },\n"
        "  { plugin = \"t_options\"; when = { field = \"x\"; }; },\n  { plugin = \"t_sink\"; fiel = \"x\"; },\n);\n");
    const char *text;

    (void)state;
    text = load_go(l);
    assert_holds(text, "p.cfg:1: error: the run: option 'jobs' wants an integer");
    assert_holds(text, "p.cfg:3: error: stage 't_source': option 'inputs' wants a list");
    assert_holds(text, "p.cfg:4: error: there is no plugin 't_missing'");
    assert_holds(text, "p.cfg:5: error: stage 't_options': option 'word' is required");
    assert_holds(text, "p.cfg:5: error: `when`: field `x` has no test");
    assert_holds(text, "p.cfg:6: error: trailing comma before ')'");
    assert_holds(text, "p.cfg:6: error: stage 't_sink' has no option 'fiel'; did you mean 'file'?");
    assert_int_equal(l->errs.n_errors, 7);
    load_done(l);
}

static void modes(void **state)
{
    struct load *l = load_start(whole);

    (void)state;
    /* A run wants its inputs and its output. */
    l->req.vars.inputs.n = 0;
    l->req.vars.output = (pl_str){NULL, 0};
    assert_string_equal(load_go(l),
                        "p.cfg:1: error: say --output FOLDER: the dead letters and the report go there\n"
                        "p.cfg:2: error: stage 't_source': option 'inputs' is \"${input}\": say --input PATH\n"
                        "p.cfg:4: error: stage 't_sink': option 'file' is \"${output}/records\": say --output PATH\n");
    load_done(l);

    /* `check` only says so. */
    l = load_start(whole);
    l->req.vars.inputs.n = 0;
    l->req.vars.output = (pl_str){NULL, 0};
    l->req.check = true;
    assert_string_equal(load_go(l), "");
    assert_int_equal(l->p.lacks, LACKS_INPUT | LACKS_OUTPUT);
    load_done(l);

    /* `filter` wants neither, and leaves source and sink away. */
    l = load_start(whole);
    l->req.vars.inputs.n = 0;
    l->req.vars.output = (pl_str){NULL, 0};
    l->req.filter = true;
    assert_string_equal(load_go(l), "");
    assert_int_equal(l->p.n_stages, 1);
    assert_true(str_is(l->p.stages[0].name, "o"));
    assert_int_equal(l->p.stages[0].index, 0);
    assert_int_equal(l->p.settings.deadletters.len, 0);
    assert_int_equal(l->p.settings.report.len, 0);
    load_done(l);

    /* `trace` leaves the sink away. */
    l = load_start(whole);
    l->req.vars.output = (pl_str){NULL, 0};
    l->req.trace = true;
    assert_string_equal(load_go(l), "");
    assert_int_equal(l->p.n_stages, 2);
    load_done(l);

    /* What is left away is still proved. */
    l = load_start("stages = ( { plugin = \"t_source\"; inptus = 3; }, { plugin = \"t_rewrite\"; } );");
    l->req.filter = true;
    assert_holds(load_go(l), "has no option 'inptus'; did you mean 'inputs'?");
    load_done(l);
}

static void sets(void **state)
{
    static const struct {
        const char *set, *want;
    } rows[] = {
        {"o.word=x", ""},
        {"o.when={ field = \"title\"; matches = \"x\"; }", ""},
        {"o.when=( { field = \"title\"; matches = \"x\"; }, { field = \"id\"; equals = \"y\"; } )", ""},
        {"o.isolate=false", ""},
        {"o.isolate=true", ""},
        {"o.timeout=30s", ""},
        {"o.memory=1G", ""},
        {"o.when=title", "--set: error: a condition is a group { ... } or a list of them, not text\n"},
        {"o.when={ field = \"ttile\"; present = true; }", "--set: error: stage 'o' has a `when` on `ttile`"},
        {"o.when={ field = ", "--set: error: "},
        {"o.number=101", "--set: error: stage 'o': option 'number' is 101, out of its range"},
        {"o.nmuber=1", "--set: error: stage 'o' has no option 'nmuber'; did you mean 'number'?\n"},
        {"jbos=1", "--set: error: the run has no option 'jbos'; did you mean 'jobs'?\n"},
        {"max_failures=5%", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct load *l = load_start(whole);
        load_set(l, rows[i].set);
        const char *text = load_go(l);
        if (rows[i].want[0])
            assert_holds(text, rows[i].want);
        else
            assert_string_equal(text, "");
        load_done(l);
    }
}

static void get_digest(const char *text, const char *set, const char *output, char digest[65])
{
    struct load *l = load_start(text);

    if (set)
        load_set(l, set);
    l->req.vars.output = str_of(output);
    assert_string_equal(load_go(l), "");
    assert_int_equal(strlen(l->p.digest), 64);
    memcpy(digest, l->p.digest, 65);
    load_done(l);
}

/* The digest tells apart what makes other records, and nothing else. */
static void digests(void **state)
{
    static const char *const other[] = {
        "o.word=v", "o.number=8",    "o.words=one,two,words", "o.when={ field = \"title\"; present = false; }",
        "o.name=p", "max_record=1M", "o.isolate=true",        "o.timeout=30s",
    };
    static const char *const same[] = {"jobs=7",       "log=json",      "log_level=debug", "progress_interval=1s",
                                       "o.number=7",   "o.size=65536K", "o.rate=0.50",     "o.isolate=false",
                                       "plugin_path=.", "state=other",   "max_failures=3%"};
    /* The same settings in another file, other words and another order. */
    static const char again[] =
        "# again\nstages = ( { inputs = [\"${input}\"]; plugin = \"t_source\"; name = \"t_source\"; },"
        "{ name = \"o\"; word = \"w\"; when = { field = \"title\"; present = true; }; flag = true;"
        "plugin = \"t_options\"; }, { plugin = \"t_sink\"; } ); jobs = 2;";
    char first[65], next[65];

    (void)state;
    get_digest(whole, NULL, "out", first);
    get_digest(again, NULL, "out", next);
    assert_string_equal(first, next);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        get_digest(whole, same[i], "out", next);
        assert_string_equal(first, next);
    }
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        get_digest(whole, other[i], "out", next);
        assert_string_not_equal(first, next);
    }
    get_digest(whole, NULL, "out2", next);
    assert_string_not_equal(first, next);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings), cmocka_unit_test(stages), cmocka_unit_test(mistakes), cmocka_unit_test(all_at_once),
        cmocka_unit_test(modes),    cmocka_unit_test(sets),   cmocka_unit_test(digests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
