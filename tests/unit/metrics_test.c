/* metrics_test.c - the metrics file: every line of a small run, escapes, and what outlives a failed run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "metrics.h"
#include "str.h"

enum { N_RECORDS = 6 };

struct source_config {
    int *n;
};

static int source_open(pl_self *self)
{
    pl_offer(self, PL_S("numbers"), false);
    return pl_offer(self, PL_S("others"), false);
}

static int source_read(pl_self *self)
{
    int *n = ((const struct source_config *)self->config)->n;

    if (*n == N_RECORDS)
        return PL_EOF;
    const int input = *n ? 1 : pl_input(self, PL_S("numbers"), PL_S(""));
    pl_record *r = pl_emit(self, NULL);
    pl_set_origin(self, r, input, (uint64_t)++*n);
    pl_set(self, r, PL_TEXT, PL_S("12345"));
    pl_set_i64(self, r, PL_HTTP_STATUS, *n);
    return PL_OK;
}

static int open_stage(pl_self *self)
{
    pl_count(self, pl_metric(self, PL_S("opened"), PL_S("times")), 7);
    return PL_OK;
}

/* Names that a label cannot hold as they are. */
static int process(pl_self *self, pl_record *r)
{
    static const char *const reasons[] = {"short", "a \"quoted\" \\ word", "line\nbreak", "caf\xE9"};
    int64_t n = 0;

    pl_get_i64(self, r, PL_HTTP_STATUS, &n);
    if (n == 5)
        pl_fail(self, r, "bad", "n");
    else if (n < 5)
        pl_drop(self, r, reasons[n - 1]);
    return PL_OK;
}

/* A run of six records with its metrics; the report says how it is said to have ended. */
static void make(struct buf *text, const char *path, const char *shard, int exit_code, int64_t end_ms)
{
    static const pl_plugin source = {.name = "numbers", .about = "x", .open = source_open, .read = source_read};
    static const pl_plugin stage = {.name = "picky", .about = "x", .open = open_stage, .process = process};
    int n = 0;
    const struct source_config config = {&n};
    struct stage st = {.name = PL_S("picky"), .plugin = &stage};
    struct pipeline p = {.stages = &st, .n_stages = 1, .names = intern_new(), .file = "a\\b.cfg", .digest = "d"};
    struct run_options opt = {.jobs = 1, .source = &source, .source_config = &config};
    const struct report rep = {.pipeline = &p, .started_ms = 1700000000123, .exit_code = exit_code};
    struct log *log = log_new(stderr, LOG_TEXT, PL_LOG_INFO);
    struct run *run;

    p.settings = (struct settings){.max_failures = -1, .max_failure_share = 1, .max_record = 1 << 20,
                                   .record_memory = 1 << 20};
    struct metrics *m = metrics_open(str_of(path), str_of(shard), log, &rep);
    assert_int_equal(run_open(&run, &p, &opt), PL_OK);
    metrics_write(m, run, end_ms - 1);
    assert_int_equal(run_go(run), RUN_DONE);
    metrics_end(m, run, end_ms);
    if (text)
        metrics_text(text, m, run, end_ms);
    metrics_close(m);
    run_close(run);
    log_free(log);
    intern_free(p.names);
}

static void read_file(struct buf *b, const char *path)
{
    FILE *in = fopen(path, "r");

    assert_non_null(in);
    buf_clear(b);
    assert_true(buf_room(b, 100000));
    b->len = fread(b->ptr, 1, 100000, in);
    fclose(in);
}

/* The lines that are no comment, the time spent as T. */
static void samples(struct buf *to, struct buf *from)
{
    pl_str rest = buf_view(from), line;

    while (str_split(&rest, '\n', &line)) {
        if (line.ptr[0] == '#')
            continue;
        char *z = str_dup(line);
        if (strstr(z, "cpu_seconds_total{") || strstr(z, "wall_seconds_total{"))
            strrchr(z, ' ')[1] = 'T', strrchr(z, ' ')[2] = 0;
        buf_addf(to, "%s\n", z);
        free(z);
    }
}

static void every_line(void **state)
{
#define P "{pipeline=\"a\\\\b.cfg\",shard=\"3/8\""
    static const char wanted[] =
        "pressline_build_info" P ",version=\"" PACKAGE_VERSION "\"} 1\n"
        "pressline_running" P "} 0\n"
        "pressline_updated_timestamp_seconds" P "} 1700000061.500\n"
        "pressline_start_timestamp_seconds" P "} 1700000000.123\n"
        "pressline_last_success_timestamp_seconds" P "} 1700000061.500\n"
        "pressline_last_end_timestamp_seconds" P "} 1700000061.500\n"
        "pressline_last_exit_code" P "} 3\n"
        "pressline_duration_seconds" P "} 61.377\n"
        "pressline_workers" P "} 1\n"
        "pressline_inputs" P "} 2\n"
        "pressline_inputs_begun" P "} 1\n"
        "pressline_records_read_total" P "} 6\n"
        "pressline_records_emitted_total" P "} 0\n"
        "pressline_records_total" P ",fate=\"out\"} 1\n"
        "pressline_records_total" P ",fate=\"dropped\"} 4\n"
        "pressline_records_total" P ",fate=\"failed\"} 1\n"
        "pressline_records_unwritten_total" P "} 1\n"
        "pressline_read_bytes_total" P "} 0\n"
        "pressline_stage_in_records_total" P ",stage=\"numbers\"} 0\n"
        "pressline_stage_in_records_total" P ",stage=\"picky\"} 6\n"
        "pressline_stage_seen_records_total" P ",stage=\"numbers\"} 6\n"
        "pressline_stage_seen_records_total" P ",stage=\"picky\"} 6\n"
        "pressline_stage_emitted_records_total" P ",stage=\"numbers\"} 6\n"
        "pressline_stage_emitted_records_total" P ",stage=\"picky\"} 0\n"
        "pressline_stage_out_records_total" P ",stage=\"numbers\"} 6\n"
        "pressline_stage_out_records_total" P ",stage=\"picky\"} 1\n"
        "pressline_stage_committed_records_total" P ",stage=\"numbers\"} 0\n"
        "pressline_stage_committed_records_total" P ",stage=\"picky\"} 0\n"
        "pressline_stage_repaired_records_total" P ",stage=\"numbers\"} 0\n"
        "pressline_stage_repaired_records_total" P ",stage=\"picky\"} 0\n"
        "pressline_stage_in_bytes_total" P ",stage=\"numbers\"} 30\n"
        "pressline_stage_in_bytes_total" P ",stage=\"picky\"} 30\n"
        "pressline_stage_cpu_seconds_total" P ",stage=\"numbers\"} T\n"
        "pressline_stage_cpu_seconds_total" P ",stage=\"picky\"} T\n"
        "pressline_stage_wall_seconds_total" P ",stage=\"numbers\"} T\n"
        "pressline_stage_wall_seconds_total" P ",stage=\"picky\"} T\n"
        "pressline_stage_drops_total" P ",stage=\"picky\",reason=\"a \\\"quoted\\\" \\\\ word\"} 1\n"
        "pressline_stage_drops_total" P ",stage=\"picky\",reason=\"caf\\\\xe9\"} 1\n"
        "pressline_stage_drops_total" P ",stage=\"picky\",reason=\"line\\\\x0abreak\"} 1\n"
        "pressline_stage_drops_total" P ",stage=\"picky\",reason=\"short\"} 1\n"
        "pressline_stage_failures_total" P ",stage=\"picky\",code=\"bad\"} 1\n"
        "pressline_stage_metric_total" P ",stage=\"picky\",name=\"opened\"} 7\n";
    struct buf text = {0}, file = {0}, got = {0};
    struct stat st;

    (void)state;
    umask(077);
    make(&text, "out/x.prom", "3/8", 3, 1700000061500);
    samples(&got, &text);
    assert_string_equal(buf_cstr(&got), wanted);
    read_file(&file, "out/x.prom");
    assert_string_equal(buf_cstr(&file), buf_cstr(&text));
    assert_int_equal(stat("out/x.prom", &st), 0);
    assert_int_equal(st.st_mode & 0777, 0644);
    assert_int_equal(access("out/x.prom.part", F_OK), -1);
    buf_done(&text);
    buf_done(&file);
    buf_done(&got);
}

static void has(struct buf *b, const char *text)
{
    if (!strstr(buf_cstr(b), text))
        fail_msg("no '%s' in:\n%s", text, buf_cstr(b));
}

#define LABELS "{pipeline=\"a\\\\b.cfg\"} "

static void success_outlives_failure(void **state)
{
    struct buf file = {0};

    (void)state;
    make(NULL, "k.prom", "", 74, 1700000061500);
    read_file(&file, "k.prom");
    has(&file, "\npressline_last_success_timestamp_seconds" LABELS "0.000\n");
    has(&file, "\npressline_last_exit_code" LABELS "74\n");
    make(NULL, "k.prom", "", 0, 1700000062007);
    make(NULL, "k.prom", "", 4, 1700000063999);
    make(NULL, "k.prom", "", 75, 1700000064999);
    read_file(&file, "k.prom");
    has(&file, "\npressline_last_success_timestamp_seconds" LABELS "1700000062.007\n");
    has(&file, "\npressline_last_end_timestamp_seconds" LABELS "1700000064.999\n");
    has(&file, "\npressline_last_exit_code" LABELS "75\n");
    buf_done(&file);
}

/* A file that another wrote, or half of one, is nothing to trust. */
static void rubbish_is_not_taken_over(void **state)
{
    static const char *const before[] = {
        "",
        "pressline_last_success_timestamp_seconds" LABELS "NaN\n",
        "pressline_last_success_timestamp_seconds" LABELS "1700000062.007 and more\n",
        "pressline_last_success_timestamp_seconds" LABELS "-5\n",
        "pressline_last_success_timestamp_seconds" LABELS "1e300\n",
        "pressline_last_success_timestamp_seconds" LABELS,
        "pressline_last_success_timestamp_seconds{pipeline=\"another.cfg\"} 1700000062.007\n",
        "# pressline_last_success_timestamp_seconds" LABELS "1700000062.007\n",
    };
    struct buf file = {0};

    (void)state;
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        FILE *out = fopen("r.prom", "w");
        assert_non_null(out);
        fputs(before[i], out);
        fclose(out);
        make(NULL, "r.prom", "", 74, 1700000061500);
        read_file(&file, "r.prom");
        has(&file, "\npressline_last_success_timestamp_seconds" LABELS "0.000\n");
    }
    buf_done(&file);
}

static void nothing_asked_for(void **state)
{
    (void)state;
    assert_null(metrics_open(PL_S(""), PL_S(""), NULL, NULL));
    metrics_write(NULL, NULL, 1);
    metrics_end(NULL, NULL, 1);
    metrics_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line),
        cmocka_unit_test(success_outlives_failure),
        cmocka_unit_test(rubbish_is_not_taken_over),
        cmocka_unit_test(nothing_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
