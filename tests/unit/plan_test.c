/* plan_test.c - whether stages go together: order, names, what each reads and writes. */
#include "told.h"

#include "plan.h"

static int verb(pl_self *self, pl_record *r)
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

/* A stage in a row: its name, what it reads and writes, and its kind: s(ource), p(rocess), o(utput), u(nknown plugin);
 * with `when`, the field that its condition looks at. */
struct row_stage {
    const char *name, *reads, *writes;
    char kind;
    const char *when;
};

enum { MOST = 5 };

struct row {
    struct row_stage stages[MOST];
    const char *input_field;
    bool filter;
    const char *want; /* all messages */
};

static void put_stage(struct stage *s, pl_plugin *plugin, const struct row_stage *from, struct pipeline *p,
                      struct errors *errs)
{
    *plugin = (pl_plugin){.name = from->name, .reads = from->reads, .writes = from->writes};
    if (from->kind == 's')
        plugin->read = reading;
    else
        plugin->process = verb;
    plugin->flags = from->kind == 'o' ? PL_SINK : 0;
    *s = (struct stage){.index = p->n_stages, .name = str_of(from->name), .file = "plan.cfg", .line = 10 + p->n_stages};
    s->plugin = from->kind == 'u' ? NULL : plugin;
    if (from->when) {
        static const struct config_vars none;
        char text[200];
        snprintf(text, sizeof text, "when = { field = \"%s\"; present = true; };", from->when);
        write_file("when.cfg", text);
        s->when = when_new(config_get(config_load(&p->arena, "when.cfg", &none, errs), "when"), p->names, errs);
        assert_non_null(s->when);
    }
    p->n_stages++;
}

static void check(const struct row *row)
{
    pl_plugin plugins[MOST];
    struct stage stages[MOST];
    struct pipeline p = {.names = intern_new(), .stages = stages};
    const pl_str input_field = str_of(row->input_field);
    struct errors errs;

    errors_init(&errs);
    for (int i = 0; i < MOST && row->stages[i].name; i++)
        put_stage(&stages[i], &plugins[i], &row->stages[i], &p, &errs);
    if (row->input_field)
        p.settings.input_fields = (pl_list){&input_field, 1};
    plan_check(&p, row->filter, &errs);
    assert_string_equal(told(&errs), row->want);
    for (int i = 0; i < p.n_stages; i++)
        when_free(stages[i].when);
    intern_free(p.names);
    arena_done(&p.arena);
    errors_done(&errs);
}

#define SOURCE \
    { \
        "fetch", NULL, "body, url", 's', NULL \
    }
#define CLEAN \
    { \
        "clean", "body", "text, title", 'p', NULL \
    }
#define TAG \
    { \
        "tag", "text", "+entity", 'p', NULL \
    }
#define SINK \
    { \
        "pack", "text?", NULL, 'o', NULL \
    }

static void reads_and_writes(void **state)
{
    static const struct row rows[] = {
        {.stages = {SOURCE, CLEAN, TAG, SINK}, .want = ""},
        {.stages = {SOURCE, TAG, CLEAN, SINK},
         .want =
             "plan.cfg:11: error: stage 'tag' reads `text`, which stage 'clean' writes only later: move that one "
             "before it\n"
             "plan.cfg:12: error: stage 'clean' writes `text` after stage 'tag' has annotated it, which discards the "
             "annotations: move it before that one\n"},
        {.stages = {SOURCE, TAG, SINK},
         .want = "plan.cfg:11: error: stage 'tag' reads `text`, which no earlier stage writes; if the JSONL input "
                 "brings it, "
                 "state input_fields = [\"text\"]\n"},
        {.stages = {SOURCE, TAG, SINK}, .input_field = "text", .want = ""},
        {.stages = {SOURCE, TAG, SINK},
         .input_field = "+text",
         .want = "plan.cfg:11: error: stage 'tag' reads `text`, which no earlier stage writes; if the JSONL input "
                 "brings it, "
                 "state input_fields = [\"text\"]\n"},
        {.stages = {SOURCE, {"a", "bdoy", NULL, 'p', NULL}, SINK},
         .want = "plan.cfg:11: error: stage 'a' reads `bdoy`, which no earlier stage writes; did you mean `body`?\n"},
        {.stages = {SOURCE, {"a", "bdoy?", NULL, 'p', NULL}, SINK}, .want = ""},
        {.stages = {SOURCE, {"a", "id, source, origin", NULL, 'p', NULL}, SINK}, .want = ""},
        /* What a stage writes itself is not there when it begins. */
        {.stages = {SOURCE, {"a", "x.y", "x.y", 'p', NULL}, SINK},
         .want =
             "plan.cfg:11: error: stage 'a' reads `x.y`, which no earlier stage writes; if the JSONL input brings it, "
             "state input_fields = [\"x.y\"]\n"},
        /* A field is no annotation. */
        {.stages = {SOURCE, CLEAN, {"a", "+text", NULL, 'p', NULL}, SINK},
         .want = "plan.cfg:12: error: stage 'a' reads annotations `text`, which no earlier stage writes; if the JSONL "
                 "input "
                 "brings it, state input_fields = [\"+text\"]\n"},
        {.stages = {SOURCE, CLEAN, TAG, {"a", "+entity", "+quote", 'p', NULL}, SINK}, .want = ""},
        {.stages = {SOURCE, {"clean", "body", "text", 'p', "url"}, TAG, SINK},
         .want = "plan.cfg:12: warning: stage 'tag' reads `text`, which some records will not have: stage 'clean' "
                 "writes it only "
                 "where its `when` holds\n"},
        {.stages = {SOURCE, {"one", NULL, "text", 'p', "url"}, {"two", NULL, "text", 'p', NULL}, TAG, SINK},
         .want = ""},
        {.stages = {SOURCE, CLEAN, {"tag", "text", "+entity", 'p', "title"}, {"b", NULL, "text", 'p', NULL}, SINK},
         .want = "plan.cfg:13: warning: stage 'b' writes `text` after stage 'tag' has annotated it: where both see a "
                 "record, the "
                 "annotations are discarded\n"},
        {.stages = {SOURCE, CLEAN, {"c", "text", "text", 'p', NULL}, TAG, SINK}, .want = ""},
        /* A plugin that could not be loaded has been told of. */
        {.stages = {SOURCE, {"zzz", NULL, NULL, 'u', NULL}, TAG, SINK}, .want = ""},
        {.stages = {TAG, {"b", "whatever", NULL, 'p', NULL}}, .filter = true, .want = ""},
        {.stages = {TAG, {"b", NULL, "text", 'p', NULL}},
         .filter = true,
         .want = "plan.cfg:11: error: stage 'b' writes `text` after stage 'tag' has annotated it, which discards the "
                 "annotations: move it before that one\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

static void conditions(void **state)
{
    static const struct row rows[] = {
        {.stages = {SOURCE, {"clean", "body", "text", 'p', "url"}, SINK}, .want = ""},
        {.stages = {SOURCE, {"clean", "body", "text", 'p', "id"}, SINK}, .want = ""},
        {.stages = {SOURCE, {"clean", "body", "text", 'p', "ulr"}, SINK},
         .want = "when.cfg:1: error: stage 'clean' has a `when` on `ulr`, which no earlier stage writes; did you mean "
                 "`url`?\n"},
        {.stages = {SOURCE, {"clean", "body", "text", 'p', "text"}, SINK},
         .want = "when.cfg:1: error: stage 'clean' has a `when` on `text`, which no earlier stage writes; if the JSONL "
                 "input "
                 "brings it, state input_fields = [\"text\"]\n"},
        {.stages = {SOURCE, {"clean", "body", "text", 'p', "language"}, {"lang", NULL, "language", 'p', NULL}, SINK},
         .want = "when.cfg:1: error: stage 'clean' has a `when` on `language`, which stage 'lang' writes only later: "
                 "move that "
                 "one before it\n"},
        {.stages = {SOURCE, {"clean", "body", "text", 'p', "language"}, SINK}, .input_field = "language", .want = ""},
        /* A field that only some records have is just what `when` is for. */
        {.stages = {SOURCE, {"a", NULL, "language", 'p', "url"}, {"b", NULL, NULL, 'p', "language"}, SINK}, .want = ""},
        {.stages = {{"a", NULL, NULL, 'p', "anything"}}, .filter = true, .want = ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

static void order(void **state)
{
    static const struct row rows[] = {
        {.stages = {CLEAN, SINK},
         .input_field = NULL,
         .want =
             "plan.cfg:10: error: stage 'clean' is first, but is no source: begin with a stage that reads the input\n"
             "plan.cfg:10: error: stage 'clean' reads `body`, which no earlier stage writes; if the JSONL input brings "
             "it, "
             "state input_fields = [\"body\"]\n"},
        {.stages = {SOURCE, {"again", NULL, "text", 's', NULL}, SINK},
         .want = "plan.cfg:11: error: stage 'again' is a source, and a source can only be the first stage\n"},
        {.stages = {SOURCE, CLEAN},
         .want = "plan.cfg:11: warning: no stage writes the records out: the pipeline has no sink\n"},
        {.stages = {SOURCE, CLEAN, {"zzz", NULL, NULL, 'u', NULL}}, .want = ""},
        {.stages = {SOURCE, CLEAN, {"clean", NULL, NULL, 'p', NULL}, SINK},
         .want = "plan.cfg:12: error: two stages are called 'clean' (the other at plan.cfg:11): give one a `name` of "
                 "its own\n"},
        {.stages = {SOURCE, SINK, CLEAN}, .want = ""},
        {.want = ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check(&rows[i]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes),
        cmocka_unit_test(conditions),
        cmocka_unit_test(order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
