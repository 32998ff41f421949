/* run_verbs_test.c - what the verbs of a stage may answer, emit and fail, and what becomes of it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "log.h"
#include "run.h"
#include "str.h"

/* A pipeline of a source that counts, the stage under test and a sink. */
struct fixture {
    int records, jobs;
    size_t memory; /* of a record; 0: 1 MiB */
    int64_t max_failures;
    bool checked;
    pl_plugin source, stage, next, sink;
    bool has_next;
    /* state */
    struct run *run;
    int read, input, calls;
    pl_key key;
    struct buf committed, left, log;
    int published; /* the `last` of the sink's committed(); -1: not called */
    int told;      /* the same of the source */
    char opened[64], closed[64];
    struct pipeline pipeline;
    struct stage stages[3];
    struct fixture_config {
        struct fixture *f;
    } config;
};

static struct fixture *fixture_of(pl_self *self)
{
    return ((const struct fixture_config *)self->config)->f;
}

/* A record whose text is its number; 0 at the end. */
static pl_record *read_next(pl_self *self)
{
    struct fixture *f = fixture_of(self);
    char text[32];

    if (f->read == f->records)
        return NULL;
    if (!f->input)
        f->input = pl_input(self, PL_S("numbers"), PL_S(""));
    pl_record *r = pl_emit(self, NULL);
    pl_set_origin(self, r, f->input, (uint64_t)++f->read);
    const int n = snprintf(text, sizeof text, "%d", f->read);
    assert_int_equal(pl_set(self, r, PL_TEXT, (pl_str){text, (size_t)n}), PL_OK);
    return r;
}

static int source_read(pl_self *self)
{
    return read_next(self) ? PL_OK : PL_EOF;
}

/* All in one batch. */
static int read_all(pl_self *self)
{
    while (read_next(self))
        continue;
    return PL_EOF;
}

static void source_committed(pl_self *self, uint64_t n, bool last)
{
    (void)n;
    fixture_of(self)->told = last;
}

static int sink_commit(pl_self *self, pl_record *r)
{
    struct fixture *f = fixture_of(self);

    buf_add(&f->committed, pl_get(self, r, PL_TEXT));
    buf_addc(&f->committed, ' ');
    return PL_OK;
}

static void sink_committed(pl_self *self, uint64_t n, bool last)
{
    (void)n;
    fixture_of(self)->published = last;
}

static int leave(void *arg, const struct run *run, pl_record *r)
{
    static const char *const fate[] = {"", "-", "!"};
    struct fixture *f = arg;

    (void)run;
    buf_add(&f->left, record_get(r, PL_ORIGIN)->as.str);
    buf_addz(&f->left, fate[r->fate]);
    buf_add(&f->left, r->code);
    buf_addc(&f->left, '\n');
    return PL_OK;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    f->records = 3;
    f->jobs = 1;
    f->max_failures = -1;
    f->published = f->told = -1;
    f->source = (pl_plugin){.name = "source", .about = "x", .read = source_read, .committed = source_committed};
    f->stage = (pl_plugin){.name = "stage", .about = "x"};
    f->next = (pl_plugin){.name = "next", .about = "x"};
    f->sink = (pl_plugin){.name = "sink", .about = "x", .flags = PL_SINK, .commit = sink_commit, .committed = sink_committed};
    f->config.f = f;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    if (f->run)
        run_close(f->run);
    intern_free(f->pipeline.names);
    buf_done(&f->committed);
    buf_done(&f->left);
    buf_done(&f->log);
    free(f);
    return 0;
}

static void read_back(struct fixture *f, FILE *in)
{
    char piece[256];

    rewind(in);
    while (fgets(piece, sizeof piece, in))
        buf_addz(&f->log, piece);
    fclose(in);
}

/* The end of the run, or -1 when it could not be opened. */
static int go(struct fixture *f)
{
    const pl_plugin *plugins[] = {&f->stage, f->has_next ? &f->next : &f->sink, &f->sink};
    FILE *out = tmpfile();
    struct log *log = log_new(out, LOG_TEXT, PL_LOG_WARN);
    const struct run_options opt = {.log = log, .jobs = f->jobs, .checked = f->checked, .source = &f->source,
                                    .source_config = &f->config, .leave = leave, .arg = f};
    struct pipeline *p = &f->pipeline;
    int end = -1;

    p->n_stages = f->has_next ? 3 : 2;
    for (int i = 0; i < p->n_stages; i++)
        f->stages[i] = (struct stage){.index = i, .name = str_of(plugins[i]->name), .plugin = plugins[i],
                                      .config = &f->config};
    p->stages = f->stages;
    p->names = intern_new();
    f->key = intern_add(p->names, PL_S("kind"));
    p->settings = (struct settings){.max_failures = f->max_failures, .max_failure_share = 1, .max_record = 1 << 20,
                                    .record_memory = f->memory ? (int64_t)f->memory : 1 << 20};
    if (run_open(&f->run, p, &opt) == PL_OK) {
        end = (int)run_go(f->run);
        if (end != RUN_IO)
            assert_true(run_balanced(f->run));
    }
    log_free(log);
    read_back(f, out);
    return end;
}

/* ---- children ---- */

static int emit_three(pl_self *self, pl_record *r)
{
    static const char *const text[] = {"kept", "dropped", "failed"};

    if (!str_is(pl_get(self, r, PL_TEXT), "2"))
        return PL_OK;
    for (int i = 0; i < 3; i++) {
        pl_record *child = pl_emit(self, r);
        if (!child || pl_set(self, child, PL_TEXT, str_of(text[i])) != PL_OK)
            return PL_NOMEM;
        if (i == 1)
            pl_drop(self, child, "born-dead");
        if (i == 2)
            pl_fail(self, child, "ill", "from birth");
    }
    pl_drop(self, r, "split");
    return PL_OK;
}

static void assert_three(struct fixture *f)
{
    assert_int_equal(go(f), RUN_DONE);
    assert_string_equal(buf_cstr(&f->committed), "1 kept 3 ");
    assert_string_equal(buf_cstr(&f->left), "-:1:0 numbers\n-:2:0 numbers-split\n-:2:1 numbers\n"
                                            "-:2:2 numbers-born-dead\n-:2:3 numbers!ill\n-:3:0 numbers\n");
    const struct stage_books *b = run_stage_books(f->run, 1);
    assert_int_equal(b->emitted, 3);
    assert_int_equal(b->dropped, 2);
    assert_int_equal(b->failed, 1);
}

static void children_may_be_dropped_and_failed(void **state)
{
    struct fixture *f = *state;

    f->stage.process = emit_three;
    assert_three(f);
}

static void children_may_be_dropped_and_failed_in_commit(void **state)
{
    struct fixture *f = *state;

    f->stage.commit = emit_three;
    assert_three(f);
}

static int finish_with_three(pl_self *self)
{
    for (int i = 0; i < 3; i++) {
        pl_record *r = pl_emit(self, NULL);
        pl_set(self, r, PL_TEXT, PL_S("late"));
        if (i == 1)
            pl_drop(self, r, "too-late");
        if (i == 2)
            pl_fail(self, r, "ill", "to the end");
    }
    return PL_OK;
}

static void what_finish_emits_may_be_dropped_and_failed(void **state)
{
    struct fixture *f = *state;

    f->stage.finish = finish_with_three;
    assert_int_equal(go(f), RUN_DONE);
    assert_string_equal(buf_cstr(&f->committed), "1 2 3 late ");
    assert_non_null(strstr(buf_cstr(&f->left), "-:1:0 stage\n-:2:0 stage-too-late\n-:3:0 stage!ill\n"));
}

static void finish_of_a_source_is_called(void **state)
{
    struct fixture *f = *state;

    f->source.finish = finish_with_three;
    assert_int_equal(go(f), RUN_DONE);
    assert_string_equal(buf_cstr(&f->committed), "1 2 3 late ");
}

static int emit_orphan(pl_self *self, pl_record *r)
{
    pl_record *child = pl_emit(self, NULL);

    (void)r;
    return child ? pl_set(self, child, PL_TEXT, PL_S("child")) : PL_NOMEM;
}

static void without_a_parent_it_is_the_records_child(void **state)
{
    struct fixture *f = *state;

    f->records = 2;
    f->stage.process = emit_orphan;
    assert_int_equal(go(f), RUN_DONE);
    assert_string_equal(buf_cstr(&f->left), "-:1:0 numbers\n-:1:1 numbers\n-:2:0 numbers\n-:2:1 numbers\n");
}

static int emit_without_end(pl_self *self, pl_record *r)
{
    struct fixture *f = fixture_of(self);

    for (f->calls = 0; f->calls < 10000; f->calls++) {
        if (!pl_emit(self, r))
            return PL_NOMEM;
    }
    return PL_OK;
}

static void children_keep_within_their_parents_memory(void **state)
{
    struct fixture *f = *state;

    f->records = 1;
    f->stage.process = emit_without_end;
    assert_int_equal(go(f), RUN_DONE);
    assert_in_range(f->calls, 100, (1 << 20) / 4096);
    assert_string_equal(buf_cstr(&f->left), "-:1:0 numbers!too-large\n");
}

static int emit_large(pl_self *self, pl_record *r)
{
    struct fixture *f = fixture_of(self);

    for (f->calls = 0; f->calls < 10000; f->calls++) {
        pl_record *child = pl_emit(self, r);
        if (!child || !pl_alloc(self, child, 200000))
            return PL_NOMEM;
    }
    return PL_OK;
}

static void the_memory_of_children_is_their_parents(void **state)
{
    struct fixture *f = *state;

    f->records = 1;
    f->stage.process = emit_large;
    assert_int_equal(go(f), RUN_DONE);
    assert_in_range(f->calls, 4, 6);
}

static int emit_thousands(pl_self *self, pl_record *r)
{
    for (int i = 0; i < 20000; i++) {
        pl_record *child = pl_emit(self, r);
        if (!child || pl_set(self, child, PL_TEXT, PL_S("c")) != PL_OK)
            return PL_NOMEM;
    }
    return PL_OK;
}

static int emit_one(pl_self *self, pl_record *r)
{
    pl_record *child = pl_emit(self, r);

    return child ? pl_set(self, child, PL_TEXT, PL_S("g")) : PL_NOMEM;
}

static void many_children_have_children(void **state)
{
    struct fixture *f = *state;

    f->records = 2;
    f->memory = 256 << 20;
    f->stage.process = emit_thousands;
    f->has_next = true;
    f->next.process = emit_one;
    assert_int_equal(go(f), RUN_DONE);
    assert_int_equal(run_books(f->run)->out, 2 + 2 * 20000 + 2 + 2 * 20000);
    assert_int_equal(strncmp(buf_cstr(&f->committed), "1 g c g c g c g ", 16), 0);
    assert_non_null(strstr(buf_cstr(&f->left), "-:2:20000 numbers\n-:2:20000.1 numbers\n"));
}

/* ---- answers ---- */

static int emit_then_retry(pl_self *self, pl_record *r)
{
    if (!pl_emit(self, r))
        return PL_NOMEM;
    return fixture_of(self)->calls++ == 0 ? PL_RETRY : PL_OK;
}

static void a_second_try_makes_the_same_children(void **state)
{
    struct fixture *f = *state;

    f->records = 1;
    f->stage.process = emit_then_retry;
    assert_int_equal(go(f), RUN_DONE);
    assert_int_equal(f->calls, 2);
    assert_string_equal(buf_cstr(&f->left), "-:1:0 numbers\n-:1:1 numbers\n");
}

static int fail_then_retry(pl_self *self, pl_record *r)
{
    fixture_of(self)->calls++;
    pl_fail(self, r, "ill", "and that is final");
    return PL_RETRY;
}

static void a_fate_is_not_tried_again(void **state)
{
    struct fixture *f = *state;

    f->records = 1;
    f->stage.process = fail_then_retry;
    assert_int_equal(go(f), RUN_DONE);
    assert_int_equal(f->calls, 1);
    assert_string_equal(buf_cstr(&f->left), "-:1:0 numbers!ill\n");
}

static int answer_42(pl_self *self, pl_record *r)
{
    (void)self;
    (void)r;
    return 42;
}

static void an_unknown_answer_is_told(void **state)
{
    struct fixture *f = *state;

    f->stage.process = answer_42;
    assert_int_equal(go(f), RUN_IO);
    assert_non_null(strstr(buf_cstr(&f->log), "stage 'stage'"));
    assert_int_equal(f->published, -1);
}

static int read_too_large(pl_self *self)
{
    pl_record *r = read_next(self);

    if (!r)
        return PL_EOF;
    if (fixture_of(self)->read == 2 && !pl_alloc(self, r, 2 << 20))
        return PL_NOMEM;
    return PL_OK;
}

static void read_may_be_past_a_records_memory(void **state)
{
    struct fixture *f = *state;

    f->source.read = read_too_large;
    assert_int_equal(go(f), RUN_DONE);
    assert_string_equal(buf_cstr(&f->left), "-:1:0 numbers\n-:2:0 numbers!too-large\n-:3:0 numbers\n");
}

static int read_at_third_try(pl_self *self)
{
    struct fixture *f = fixture_of(self);
    pl_record *r = read_next(self);

    if (!r)
        return PL_EOF;
    if (f->read < 2 || f->calls == 2)
        return PL_OK;
    f->calls++;
    f->read--;
    return PL_RETRY;
}

static void read_may_be_tried_again(void **state)
{
    struct fixture *f = *state;

    f->source.read = read_at_third_try;
    assert_int_equal(go(f), RUN_DONE);
    assert_int_equal(f->calls, 2);
    assert_string_equal(buf_cstr(&f->left), "-:1:0 numbers\n-:2:0 numbers\n-:3:0 numbers\n");
}

static int read_never(pl_self *self)
{
    fixture_of(self)->calls++;
    return PL_RETRY;
}

static void read_is_not_tried_for_ever(void **state)
{
    struct fixture *f = *state;

    f->source.read = read_never;
    assert_int_equal(go(f), RUN_IO);
    assert_int_equal(f->calls, 5);
    assert_non_null(strstr(buf_cstr(&f->log), "read() was still not possible"));
}

static int read_bad_json(pl_self *self)
{
    pl_record *r = read_next(self);

    if (!r)
        return PL_EOF;
    pl_set_raw(self, r, PL_S("[1]"));
    return pl_from_json(self, r, pl_get_raw(self, r));
}

static void bad_json_keeps_its_origin(void **state)
{
    struct fixture *f = *state;

    f->records = 1;
    f->source.read = read_bad_json;
    assert_int_equal(go(f), RUN_DONE);
    assert_string_equal(buf_cstr(&f->left), "-:1:0 numbers!bad-json\n");
}

static int commit_of_source(pl_self *self, pl_record *r)
{
    pl_record *child = pl_emit(self, r);

    return child ? pl_set(self, child, PL_TEXT, PL_S("child")) : PL_NOMEM;
}

/* read() and commit() of one source are two threads, and what each emits goes another way. */
static void a_source_may_commit(void **state)
{
    struct fixture *f = *state;

    f->records = 5000;
    f->jobs = 2;
    f->source.commit = commit_of_source;
    assert_int_equal(go(f), RUN_DONE);
    assert_int_equal(run_books(f->run)->read, 5000);
    assert_int_equal(run_books(f->run)->emitted, 5000);
    assert_int_equal(strncmp(buf_cstr(&f->committed), "1 child 2 child 3 child ", 24), 0);
}

/* ---- contracts ---- */

static int input_in_process(pl_self *self, pl_record *r)
{
    fixture_of(self)->calls += pl_input(self, PL_S("other"), PL_S(""));
    pl_set_origin(self, r, 1, 99);
    return PL_OK;
}

static void only_read_names_inputs(void **state)
{
    struct fixture *f = *state;

    f->records = 1;
    f->stage.process = input_in_process;
    assert_int_equal(go(f), RUN_DONE);
    assert_int_equal(f->calls, 0);
    assert_string_equal(buf_cstr(&f->left), "-:1:0 numbers!contract\n");
}

static int metric_in_process(pl_self *self, pl_record *r)
{
    (void)r;
    pl_count(self, pl_metric(self, PL_S("late"), PL_S("x")), 1);
    return PL_OK;
}

static void only_open_names_metrics(void **state)
{
    const struct metric *m;
    struct fixture *f = *state;

    f->stage.process = metric_in_process;
    assert_int_equal(go(f), RUN_DONE);
    assert_int_equal(run_metrics(f->run, 1, &m), 0);
    assert_non_null(strstr(buf_cstr(&f->log), "'late' is not counted"));
}

static int set_and_drop(pl_self *self, pl_record *r)
{
    pl_set(self, r, PL_SECTION, PL_S("undeclared"));
    pl_drop(self, r, "unwanted");
    return PL_OK;
}

static void a_drop_hides_no_breach(void **state)
{
    struct fixture *f = *state;

    f->records = 1;
    f->checked = true;
    f->source.writes = "text";
    f->stage.process = set_and_drop;
    assert_int_equal(go(f), RUN_DONE);
    assert_string_equal(buf_cstr(&f->left), "-:1:0 numbers!contract\n");
}

static int odd_arguments(pl_self *self, pl_record *r)
{
    struct fixture *f = fixture_of(self);

    pl_annotate(self, r, f->key, PL_S(""), 0, 1);
    f->calls = (int)pl_note_next(self, r, f->key, UINT32_MAX);
    return self->host->alloc(self, r, 8, 0) || self->host->alloc(self, r, 8, 64) ? PL_FATAL : PL_OK;
}

static void odd_arguments_do_no_harm(void **state)
{
    struct fixture *f = *state;

    f->records = 1;
    f->calls = 1;
    f->stage.process = odd_arguments;
    assert_int_equal(go(f), RUN_DONE);
    assert_int_equal(f->calls, 0);
    assert_string_equal(buf_cstr(&f->left), "-:1:0 numbers!contract\n");
}

static int set_bad_text(pl_self *self, pl_record *r)
{
    pl_record *child = pl_emit(self, r);

    if (!child)
        return PL_NOMEM;
    pl_set(self, child, PL_TITLE, PL_S("caf\xE9"));
    pl_set_f64(self, r, PL_SIMILARITY, (double)NAN);
    return pl_set(self, r, PL_TITLE, PL_S("caf\xE9"));
}

static void what_is_repaired_is_counted(void **state)
{
    struct fixture *f = *state;

    f->records = 2;
    f->stage.process = set_bad_text;
    assert_int_equal(go(f), RUN_DONE);
    assert_int_equal(run_stage_books(f->run, 0)->repaired, 0);
    assert_int_equal(run_stage_books(f->run, 1)->repaired, 4);
    assert_int_equal(run_stage_books(f->run, 2)->repaired, 0);
}

static int set_json(pl_self *self, pl_record *r)
{
    static const char *const wrong[] = {"[1", "\"text\"", "[\"text\"]", "{}\n"};
    struct fixture *f = fixture_of(self);
    int rc = pl_set_json(self, r, f->key, PL_S("[{\"n\":1}]"));

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong && rc == PL_OK; i++)
        rc = pl_set_json(self, r, f->key, str_of(wrong[i]));
    f->calls += str_is(pl_get(self, r, f->key), "[{\"n\":1}]");
    return rc;
}

/* What is no JSON of that kind leaves the field as it was, and is a breach. */
static void json_is_looked_at(void **state)
{
    struct fixture *f = *state;

    f->records = 1;
    f->stage.process = set_json;
    assert_int_equal(go(f), RUN_DONE);
    assert_int_equal(f->calls, 1);
    assert_string_equal(buf_cstr(&f->left), "-:1:0 numbers\n");
    assert_non_null(strstr(buf_cstr(&f->log), "not an object or a list with more than text in it"));
}

static void json_is_checked(void **state)
{
    struct fixture *f = *state;

    f->records = 1;
    f->checked = true;
    f->source.writes = "text";
    f->stage.writes = "kind";
    f->stage.process = set_json;
    assert_int_equal(go(f), RUN_DONE);
    assert_string_equal(buf_cstr(&f->left), "-:1:0 numbers!contract\n");
}

static int drop_by_text(pl_self *self, pl_record *r)
{
    char reason[32];
    const pl_str text = pl_get(self, r, PL_TEXT);

    snprintf(reason, sizeof reason, "r%.*s", (int)text.len, text.ptr);
    pl_drop(self, r, reason);
    return PL_OK;
}

static void reasons_without_end_are_summed(void **state)
{
    struct fixture *f = *state;
    uint64_t all = 0, words = 0;

    f->records = 3000;
    f->stage.process = drop_by_text;
    assert_int_equal(go(f), RUN_DONE);
    for (const struct tally *t = run_stage_books(f->run, 1)->drops; t; t = t->next, words++)
        all += t->n;
    assert_int_equal(all, 3000);
    assert_int_equal(words, MAX_WORDS);
}

static int drop_in_commit(pl_self *self, pl_record *r)
{
    pl_drop(self, r, "unwanted");
    return PL_OK;
}

static void what_a_sink_drops_is_not_committed(void **state)
{
    struct fixture *f = *state;

    f->sink.commit = drop_in_commit;
    assert_int_equal(go(f), RUN_DONE);
    assert_int_equal(run_stage_books(f->run, 2)->committed, 0);
}

/* ---- `then` ---- */

static int fail_block(pl_self *self, pl_record *r)
{
    pl_fail(self, r, "ill", "the block is ill");
    return PL_OK;
}

static void a_failed_block_is_told(void **state)
{
    static const pl_plugin then = {.name = "sink", .commit = fail_block};
    struct fixture *f = *state;

    f->sink.commit = emit_one;
    f->sink.then = &then;
    assert_int_equal(go(f), RUN_IO);
    assert_non_null(strstr(buf_cstr(&f->log), "the block is ill"));
}

static void a_block_has_no_children(void **state)
{
    static const pl_plugin then = {.name = "sink", .process = emit_one};
    struct fixture *f = *state;

    f->sink.commit = emit_one;
    f->sink.then = &then;
    assert_int_equal(go(f), RUN_IO);
    assert_non_null(strstr(buf_cstr(&f->log), "emitted"));
}

/* ---- the end ---- */

static int note_checkpoint(pl_self *self, uint64_t n)
{
    __atomic_store_n(&fixture_of(self)->calls, (int)n, __ATOMIC_SEQ_CST);
    return PL_OK;
}

/* Not before the source has ended. */
static int fail_late(pl_self *self, pl_record *r)
{
    const struct timespec t = {0, 1000000};

    while (!__atomic_load_n(&fixture_of(self)->calls, __ATOMIC_SEQ_CST))
        nanosleep(&t, NULL);
    pl_fail(self, r, "ill", "all are");
    return PL_OK;
}

static void too_many_failures_publish_nothing_however_late(void **state)
{
    struct fixture *f = *state;

    f->records = 60;
    f->max_failures = 20;
    f->source.read = read_all;
    f->source.checkpoint = note_checkpoint;
    f->stage.process = fail_late;
    assert_int_equal(go(f), RUN_MAX_FAILURES);
    /* Neither was told of a checkpoint: what they have finished is no place to go on from. */
    assert_int_equal(f->published, -1);
    assert_int_equal(f->told, -1);
}

static int finish_and_stop(pl_self *self)
{
    run_stop(fixture_of(self)->run);
    return PL_OK;
}

static void a_stop_after_the_last_record_stops_nothing(void **state)
{
    struct fixture *f = *state;

    f->stage.finish = finish_and_stop;
    assert_int_equal(go(f), RUN_DONE);
    assert_int_equal(f->published, true);
    assert_int_equal(f->told, true);
}

static void cannot_publish(pl_self *self, uint64_t n, bool last)
{
    (void)n;
    (void)last;
    pl_log(self, PL_LOG_ERROR, NULL, "cannot rename");
}

static void what_cannot_be_published_ends_with_an_error(void **state)
{
    struct fixture *f = *state;

    f->sink.committed = cannot_publish;
    assert_int_equal(go(f), RUN_IO);
    assert_int_equal(f->told, -1);
}

static void a_source_may_not_publish_either(void **state)
{
    struct fixture *f = *state;

    f->source.committed = cannot_publish;
    assert_int_equal(go(f), RUN_IO);
}

/* ---- opening ---- */

static void note_call(char *calls, size_t size, const pl_self *self, const char *of)
{
    const size_t len = strlen(calls);

    (void)self;
    snprintf(calls + len, size - len, "%s ", of);
}

static int open_source(pl_self *self)
{
    note_call(fixture_of(self)->opened, sizeof fixture_of(self)->opened, self, "source");
    return PL_OK;
}

static int open_stage(pl_self *self)
{
    note_call(fixture_of(self)->opened, sizeof fixture_of(self)->opened, self, "stage");
    return fixture_of(self)->calls ? PL_FATAL : PL_OK;
}

static int open_sink(pl_self *self)
{
    note_call(fixture_of(self)->opened, sizeof fixture_of(self)->opened, self, "sink");
    return PL_OK;
}

static void close_source(pl_self *self)
{
    note_call(fixture_of(self)->closed, sizeof fixture_of(self)->closed, self, "source");
}

static void close_stage(pl_self *self)
{
    note_call(fixture_of(self)->closed, sizeof fixture_of(self)->closed, self, "stage");
}

static void close_sink(pl_self *self)
{
    note_call(fixture_of(self)->closed, sizeof fixture_of(self)->closed, self, "sink");
}

static void what_was_opened_is_closed(void **state)
{
    struct fixture *f = *state;

    f->calls = 1;
    f->source.open = open_source, f->source.close = close_source;
    f->stage.open = open_stage, f->stage.close = close_stage;
    f->sink.open = open_sink, f->sink.close = close_sink;
    assert_int_equal(go(f), -1);
    assert_string_equal(f->opened, "source stage ");
    assert_string_equal(f->closed, "stage source ");
}

static void workers_are_closed_as_far_as_they_were_opened(void **state)
{
    struct fixture *f = *state;

    f->calls = 1;
    f->jobs = 3;
    f->source.worker_open = open_source, f->source.worker_close = close_source;
    f->stage.worker_open = open_stage, f->stage.worker_close = close_stage;
    f->sink.worker_open = open_sink, f->sink.worker_close = close_sink;
    assert_int_equal(go(f), -1);
    assert_string_equal(f->opened, "source stage ");
    assert_string_equal(f->closed, "source stage ");
}

static int intern_late(pl_self *self)
{
    return pl_intern(self, PL_S("a name that comes late")) == PL_NONE ? PL_OK : PL_FATAL;
}

static void a_worker_that_breaks_the_contract_is_not_opened(void **state)
{
    struct fixture *f = *state;

    f->stage.worker_open = intern_late;
    assert_int_equal(go(f), -1);
    assert_non_null(strstr(buf_cstr(&f->log), "pl_intern()"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(children_may_be_dropped_and_failed),
        TEST(children_may_be_dropped_and_failed_in_commit),
        TEST(what_finish_emits_may_be_dropped_and_failed),
        TEST(finish_of_a_source_is_called),
        TEST(without_a_parent_it_is_the_records_child),
        TEST(children_keep_within_their_parents_memory),
        TEST(the_memory_of_children_is_their_parents),
        TEST(many_children_have_children),
        TEST(a_second_try_makes_the_same_children),
        TEST(a_fate_is_not_tried_again),
        TEST(an_unknown_answer_is_told),
        TEST(read_may_be_past_a_records_memory),
        TEST(read_may_be_tried_again),
        TEST(read_is_not_tried_for_ever),
        TEST(bad_json_keeps_its_origin),
        TEST(a_source_may_commit),
        TEST(only_read_names_inputs),
        TEST(only_open_names_metrics),
        TEST(a_drop_hides_no_breach),
        TEST(odd_arguments_do_no_harm),
        TEST(what_is_repaired_is_counted),
        TEST(json_is_looked_at),
        TEST(json_is_checked),
        TEST(reasons_without_end_are_summed),
        TEST(what_a_sink_drops_is_not_committed),
        TEST(a_failed_block_is_told),
        TEST(a_block_has_no_children),
        TEST(too_many_failures_publish_nothing_however_late),
        TEST(a_stop_after_the_last_record_stops_nothing),
        TEST(what_cannot_be_published_ends_with_an_error),
        TEST(a_source_may_not_publish_either),
        TEST(what_was_opened_is_closed),
        TEST(workers_are_closed_as_far_as_they_were_opened),
        TEST(a_worker_that_breaks_the_contract_is_not_opened),
    };

    return cmocka_run_group_tests_name("run_verbs", tests, NULL, NULL);
}
