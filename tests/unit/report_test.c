/* report_test.c - the report of a run: what it says, and that it does not grow with what records bring. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "json.h"
#include "report.h"
#include "str.h"

enum { N_RECORDS = 30, ID_LEN = 100000 };

struct source_config {
    int *n;
};

/* Records with an id that is far too long for a report, of three-byte characters behind one of one. */
static int source_read(pl_self *self)
{
    static const char euro[] = "\xE2\x82\xAC";
    int *n = ((const struct source_config *)self->config)->n;

    if (*n == N_RECORDS)
        return PL_EOF;
    const int input = pl_input(self, PL_S("numbers"), PL_S(""));
    pl_record *r = pl_emit(self, NULL);
    char *id = pl_alloc(self, r, ID_LEN);
    if (!id)
        return PL_NOMEM;
    id[0] = (char)('A' + (*n)++);
    for (size_t i = 1; i < ID_LEN; i++)
        id[i] = euro[(i - 1) % 3];
    pl_set_origin(self, r, input, (uint64_t)*n);
    pl_set_view(self, r, PL_ID, (pl_str){id, ID_LEN});
    return PL_OK;
}

static int open_stage(pl_self *self)
{
    pl_count(self, pl_metric(self, PL_S("opened"), PL_S("times")), 7);
    return PL_OK;
}

/* Reasons that no JSON could hold as they are. */
static int process(pl_self *self, pl_record *r)
{
    pl_set(self, r, PL_TITLE, PL_S("caf\xE9"));
    pl_set_f64(self, r, PL_SIMILARITY, 0.5);
    pl_set(self, r, PL_DUPLICATE_OF, PL_S("an \"earlier\" one"));
    pl_drop(self, r, "not \xFF wanted\n");
    return PL_OK;
}

static int leave(void *arg, const struct run *run, pl_record *r)
{
    (void)run;
    if (r->fate == FATE_DROPPED)
        report_drop(arg, r);
    return PL_OK;
}

struct made {
    struct buf json, text;
    struct report report;
};

static void make_report(struct made *m)
{
    static const pl_plugin source = {.name = "numbers", .about = "x", .read = source_read};
    static const pl_plugin stage = {.name = "picky", .about = "x", .version = "1.2", .open = open_stage,
                                    .process = process};
    int n = 0;
    const struct source_config config = {&n};
    struct stage st = {.name = PL_S("picky"), .plugin = &stage};
    struct pipeline p = {.stages = &st, .n_stages = 1, .names = intern_new(), .file = "caf\xE9.cfg", .digest = "d"};
    struct run_options opt = {.jobs = 1, .source = &source, .source_config = &config, .leave = leave, .arg = &m->report};
    struct run *run;

    p.settings = (struct settings){.max_failures = -1, .max_failure_share = 1, .max_record = 1 << 20,
                                   .record_memory = 1 << 20};
    m->report.pipeline = &p;
    m->report.end = "clean";
    m->report.jobs = 1;
    m->report.started_ms = 1700000000123;
    m->report.wall_seconds = 61.0625;
    m->report.cpu_seconds = -1;
    assert_int_equal(run_open(&run, &p, &opt), PL_OK);
    assert_int_equal(run_go(run), RUN_DONE);
    report_json(&m->json, &m->report, run);
    report_text(&m->text, &m->report, run);
    run_close(run);
    intern_free(p.names);
}

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct made));
    make_report(*state);
    return 0;
}

static int tear_down(void **state)
{
    struct made *m = *state;

    buf_done(&m->json);
    buf_done(&m->text);
    arena_done(&m->report.arena);
    free(m);
    return 0;
}

static void has(struct buf *b, const char *text)
{
    if (!strstr(buf_cstr(b), text))
        fail_msg("no '%s' in:\n%s", text, buf_cstr(b));
}

static void the_report_is_json(void **state)
{
    struct made *m = *state;
    struct intern *names = intern_new();
    pl_record *r = record_new(names, 1 << 24);
    struct json_error err;

    assert_int_equal(json_read(r, (pl_str){m->json.ptr, m->json.len - 1}, &err), PL_OK);
    assert_int_equal(m->json.ptr[m->json.len - 1], '\n');
    record_free(r);
    intern_free(names);
}

static void the_report_says(void **state)
{
    struct made *m = *state;

    has(&m->json, "\"pipeline\":\"caf\xEF\xBF\xBD.cfg\"");
    has(&m->json, "\"started\":\"2023-11-14T22:13:20Z\"");
    has(&m->json, "\"wall_seconds\":61.063,\"cpu_seconds\":0.000");
    has(&m->json, "\"read\":30,");
    has(&m->json, "\"out\":0,\"dropped\":30,\"failed\":0,\"unwritten\":0,");
    has(&m->json, "\"name\":\"picky\",\"plugin\":\"picky\",\"version\":\"1.2\",\"in\":30,\"seen\":30,\"emitted\":0,\"out\":0,"
                  "\"dropped\":30,\"failed\":0,\"repaired\":30,\"drops\":{\"not \xEF\xBF\xBD wanted\\n\":30},");
    has(&m->json, "\"metrics\":{\"opened\":7}");
    has(&m->json, "\"reason\":\"not \xEF\xBF\xBD wanted\\n\",\"duplicate_of\":\"an \\\"earlier\\\" one\",\"similarity\":0.5}");
    has(&m->text, "30 read, 0 emitted; 0 out, 30 dropped, 0 failed; 61.1 s");
    has(&m->text, "  dropped        30  not \\xff wanted\\x0a (picky)\n");
    has(&m->text, "  repaired       30  ");
}

static void long_names_are_cut(void **state)
{
    struct made *m = *state;

    assert_int_equal(m->report.n_drops, REPORT_DROPS);
    assert_int_equal(m->report.drops[0].id.len, 1 + 3 * 85);
    assert_true(m->json.len < 100 * RECORD_HEAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_report_is_json),
        cmocka_unit_test(the_report_says),
        cmocka_unit_test(long_names_are_cut),
    };

    return cmocka_run_group_tests_name("report", tests, set_up, tear_down);
}
