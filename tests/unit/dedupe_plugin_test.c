/* dedupe_plugin_test.c - the stage, called by a host of the test's own that holds one record at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "pressline.h"

const pl_plugin *PL_ENTRY(void);

enum { CLUSTER = PL_FIRST_FREE_KEY, EXACT = 1, NEAR, VERIFIED, METRICS };

struct pl_record {
    const char *id, *text;
    char duplicate_of[64], cluster[64], dropped[32], failed[32], log[256];
    double similarity;
    pl_str private;
    void *memory;
};

struct stage {
    pl_self self;
    struct {
        double threshold;
        pl_str action;
    } config;
    const pl_plugin *plugin;
    const char *state_file; /* NULL: the run keeps no state */
    char saved[256], error[1024];
    size_t saved_len;
};

static uint64_t counts[METRICS];
static bool out_of_memory;

static void put(char *to, size_t cap, pl_str s)
{
    snprintf(to, cap, "%.*s", (int)s.len, s.ptr);
}

static pl_key host_intern(pl_self *self, pl_str name)
{
    (void)self;
    assert_int_equal(name.len, strlen("dedupe.cluster"));
    assert_memory_equal(name.ptr, "dedupe.cluster", name.len);
    return CLUSTER;
}

static void *host_alloc(pl_self *self, pl_record *r, size_t n, size_t align)
{
    (void)self;
    (void)align;
    assert_null(r->memory);
    return out_of_memory ? NULL : (r->memory = malloc(n));
}

static pl_str host_get(pl_self *self, pl_record *r, pl_key k)
{
    (void)self;
    const char *s = k == PL_ID ? r->id : k == PL_TEXT ? r->text : NULL;
    return (pl_str){s, s ? strlen(s) : 0};
}

static int host_set(pl_self *self, pl_record *r, pl_key k, pl_type type, pl_str v, bool copy)
{
    (void)self;
    assert_int_equal(type, PL_STR);
    assert_true(copy); /* the kept record's memory is not this record's */
    assert_true(k == PL_DUPLICATE_OF || k == CLUSTER);
    put(k == CLUSTER ? r->cluster : r->duplicate_of, sizeof r->cluster, v);
    return PL_OK;
}

static int host_set_num(pl_self *self, pl_record *r, pl_key k, pl_type type, int64_t i, double d)
{
    (void)self;
    (void)i;
    assert_int_equal(type, PL_F64);
    assert_int_equal(k, PL_SIMILARITY);
    r->similarity = d;
    return PL_OK;
}

static int host_set_private(pl_self *self, pl_record *r, pl_str bytes)
{
    (void)self;
    r->private = bytes;
    return PL_OK;
}

static pl_str host_get_private(pl_self *self, pl_record *r)
{
    (void)self;
    return r->private;
}

static void host_drop(pl_self *self, pl_record *r, pl_str reason)
{
    (void)self;
    put(r->dropped, sizeof r->dropped, reason);
}

static void host_fail(pl_self *self, pl_record *r, pl_str code, pl_str message)
{
    (void)self;
    assert_true(message.len > 0);
    put(r->failed, sizeof r->failed, code);
}

static void host_log(pl_self *self, int level, pl_record *about, pl_str message)
{
    struct stage *s = (struct stage *)(void *)self;

    if (level == PL_LOG_ERROR) {
        put(s->error, sizeof s->error, message);
        return;
    }
    assert_int_equal(level, PL_LOG_DEBUG);
    put(about->log, sizeof about->log, message);
}

static uint32_t host_metric(pl_self *self, pl_str name, pl_str help)
{
    (void)self;
    assert_true(help.len > 0);
    return name.ptr[0] == 'e' ? EXACT : name.ptr[0] == 'n' ? NEAR : VERIFIED;
}

static void host_count(pl_self *self, uint32_t metric, uint64_t by)
{
    (void)self;
    assert_in_range(metric, EXACT, VERIFIED);
    counts[metric] += by;
}

static pl_str host_state_file(pl_self *self, pl_str name)
{
    const struct stage *s = (const struct stage *)(const void *)self;

    assert_int_equal(name.len, strlen("sketches"));
    assert_memory_equal(name.ptr, "sketches", name.len);
    return (pl_str){s->state_file, s->state_file ? strlen(s->state_file) : 0};
}

static int host_save(pl_self *self, pl_str bytes)
{
    struct stage *s = (struct stage *)(void *)self;

    put(s->saved, sizeof s->saved, bytes);
    s->saved_len = bytes.len;
    return PL_OK;
}

static const pl_host host = {.size = sizeof host,
                             .intern = host_intern,
                             .alloc = host_alloc,
                             .get = host_get,
                             .set = host_set,
                             .set_num = host_set_num,
                             .set_private = host_set_private,
                             .get_private = host_get_private,
                             .drop_record = host_drop,
                             .fail_record = host_fail,
                             .log = host_log,
                             .metric = host_metric,
                             .count = host_count,
                             .save = host_save,
                             .state_file = host_state_file};

static void stage_open_in(struct stage *s, const char *action, const char *state_file)
{
    memset(s, 0, sizeof *s);
    s->state_file = state_file;
    memset(counts, 0, sizeof counts);
    out_of_memory = false;
    s->plugin = PL_ENTRY();
    assert_int_equal(s->plugin->config_size, sizeof s->config);
    s->config.threshold = 0.4;
    s->config.action = (pl_str){action, strlen(action)};
    s->self.host = &host;
    s->self.config = &s->config;
    assert_int_equal(s->plugin->open(&s->self), PL_OK);
    assert_int_equal(s->plugin->worker_open(&s->self), PL_OK);
}

static void stage_open(struct stage *s, const char *action)
{
    stage_open_in(s, action, NULL);
}

static void stage_close(struct stage *s)
{
    s->plugin->worker_close(&s->self);
    s->plugin->close(&s->self);
}

/* The record `id` through the stage. */
static pl_record pass(struct stage *s, const char *id, const char *text)
{
    pl_record r = {.id = id, .text = text};
    assert_int_equal(s->plugin->process(&s->self, &r), PL_OK);
    assert_int_equal(s->plugin->commit(&s->self, &r), PL_OK);
    free(r.memory);
    return r;
}

static const char vote[] = "The city council voted on Monday to close two of its nine libraries, after a debate that "
                           "lasted until midnight. Councillor Ewa Lindholm said that the money would go to schools.";
static const char vote_edited[] =
    "The city council voted on Monday to close two of its nine libraries, after a debate that "
    "lasted until midnight. Protesters filled the square.";
static const char bridge[] =
    "Engineers reopened the Tamsui bridge on Friday, four days before the date that they had given.";

static void drops_and_says_why(void **state)
{
    (void)state;
    struct stage s;

    stage_open(&s, "drop");
    assert_string_equal(pass(&s, "a", vote).dropped, "");
    assert_string_equal(pass(&s, "b", bridge).dropped, "");

    pl_record r = pass(&s, "c", vote);
    assert_string_equal(r.dropped, "duplicate");
    assert_string_equal(r.duplicate_of, "a");
    assert_string_equal(r.cluster, "a");
    assert_true(r.similarity == 1.0);
    assert_string_equal(r.log, "duplicate of 'a', similarity 1.000");

    r = pass(&s, "d", vote_edited);
    assert_string_equal(r.dropped, "duplicate");
    assert_string_equal(r.duplicate_of, "a");
    assert_true(r.similarity >= 0.4 && r.similarity < 1.0);

    assert_int_equal(counts[EXACT], 1);
    assert_int_equal(counts[NEAR], 1);
    assert_int_equal(counts[VERIFIED], 1);
    stage_close(&s);
}

static void marks_and_passes_on(void **state)
{
    (void)state;
    struct stage s;

    stage_open(&s, "mark");
    pl_record r = pass(&s, "a", vote);
    assert_string_equal(r.duplicate_of, "");
    assert_string_equal(r.cluster, "");
    r = pass(&s, "b", vote_edited);
    assert_string_equal(r.dropped, "");
    assert_string_equal(r.duplicate_of, "a");
    assert_string_equal(r.cluster, "a");
    /* compared with what was kept, not with what was marked */
    r = pass(&s, "c", vote_edited);
    assert_string_equal(r.duplicate_of, "a");
    stage_close(&s);
}

static void passes_what_has_no_words(void **state)
{
    (void)state;
    struct stage s;
    static const char *const texts[] = {NULL, "", " \n", "***", "\u2026"};

    stage_open(&s, "drop");
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
            pl_record r = pass(&s, "x", texts[i]);
            assert_string_equal(r.dropped, "");
            assert_string_equal(r.duplicate_of, "");
        }
    stage_close(&s);
}

static void the_record_that_has_no_memory_left_fails(void **state)
{
    (void)state;
    struct stage s;
    pl_record r = {.id = "a", .text = vote};

    stage_open(&s, "drop");
    out_of_memory = true;
    assert_int_equal(s.plugin->process(&s.self, &r), PL_NOMEM);
    stage_close(&s);
}

static void a_damaged_sketch_fails_its_record(void **state)
{
    (void)state;
    struct stage s;
    pl_record r = {.id = "a", .private = PL_S("too short")};

    stage_open(&s, "drop");
    assert_int_equal(s.plugin->commit(&s.self, &r), PL_OK);
    assert_string_equal(r.failed, "bad-sketch");
    assert_string_equal(pass(&s, "b", vote).dropped, "");
    stage_close(&s);
}

/* The i-th of a sequence in which each story comes again, in full or nearly. */
static pl_record pass_one(struct stage *s, int i)
{
    static const char *const words[] = {"council ", "harbour ", "school ", "festival ", "railway ", "river ", "vote ", "rain "};
    char id[16], text[512];
    uint32_t seed = (uint32_t)(i * i % 37) + 1;
    size_t n = 0;

    for (int w = 0; w < 30; w++) {
        seed = seed * 1664525u + 1013904223u;
        n += (size_t)snprintf(text + n, sizeof text - n, "%s", words[seed >> 20 & 7]);
    }
    snprintf(text + n, sizeof text - n, "%s", i % 3 == 0 ? "and would not say when" : "");
    snprintf(id, sizeof id, "r%d", i);
    return pass(s, id, text);
}

static void tell(const pl_record *r, char *to, size_t cap)
{
    snprintf(to, cap, "%s %s %.6f", r->dropped[0] ? r->dropped : "-", r->duplicate_of, r->similarity);
}

enum { SEQUENCE = 60 };

/* Killed with some more done, or torn bytes written, since the checkpoint: all is decided as in the run that was not. */
static void decides_the_same_after_a_kill(void **state)
{
    static char wanted[SEQUENCE][128];
    static struct stage s, again;
    size_t dropped = 0;

    (void)state;
    stage_open(&s, "drop");
    for (int i = 0; i < SEQUENCE; i++) {
        const pl_record r = pass_one(&s, i);
        dropped += r.dropped[0] != 0;
        tell(&r, wanted[i], sizeof wanted[i]);
    }
    assert_in_range(dropped, SEQUENCE / 4, SEQUENCE * 3 / 4);
    assert_true(counts[EXACT] > 0 && counts[NEAR] > 0);
    stage_close(&s);
    for (int at = 0; at <= SEQUENCE; at++) {
        unlink("sketches");
        stage_open_in(&s, "drop", "sketches");
        for (int i = 0; i < at; i++)
            pass_one(&s, i);
        assert_int_equal(s.plugin->checkpoint(&s.self, 1), PL_OK);
        for (int i = at; i < at + 5 && i < SEQUENCE; i++)
            pass_one(&s, i);
        char saved[256];
        memcpy(saved, s.saved, sizeof saved);
        if (at % 2)
            assert_int_equal(s.plugin->checkpoint(&s.self, 2), PL_OK);
        stage_open_in(&again, "drop", "sketches");
        assert_int_equal(again.plugin->restore(&again.self, 1, (pl_str){saved, strlen(saved)}), PL_OK);
        for (int i = at; i < SEQUENCE; i++) {
            char got[128];
            const pl_record r = pass_one(&again, i);
            tell(&r, got, sizeof got);
            assert_string_equal(got, wanted[i]);
        }
        stage_close(&s);
        stage_close(&again);
    }
}

/* No state is kept: nothing is saved and no file made. */
static void keeps_no_state(void **state)
{
    struct stage s;

    (void)state;
    unlink("sketches");
    stage_open(&s, "drop");
    pass(&s, "a", vote);
    assert_int_equal(s.plugin->checkpoint(&s.self, 1), PL_OK);
    assert_int_equal(s.saved_len, 0);
    stage_close(&s);
    assert_int_equal(access("sketches", F_OK), -1);
}

static void refuses_what_it_cannot_read(void **state)
{
    static const char *const wrong[] = {"", "1", "2 0 0 00000000", "1 0 0 0 0", "1 -1 0 00000000", "1 0 0 x", "1 0 0 0 "};
    struct stage s;
    struct stat st;

    (void)state;
    unlink("sketches");
    stage_open_in(&s, "drop", "sketches");
    pass(&s, "a", vote);
    assert_int_equal(s.plugin->checkpoint(&s.self, 1), PL_OK);
    char saved[256];
    memcpy(saved, s.saved, sizeof saved);
    stage_close(&s);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        stage_open_in(&s, "drop", "sketches");
        assert_int_equal(s.plugin->restore(&s.self, 1, (pl_str){wrong[i], strlen(wrong[i])}), PL_FATAL);
        assert_string_equal(s.error, "what was saved of the kept texts cannot be read: begin anew with --restart");
        stage_close(&s);
    }
    assert_int_equal(stat("sketches", &st), 0);
    assert_int_equal(truncate("sketches", st.st_size - 1), 0);
    stage_open_in(&s, "drop", "sketches");
    assert_int_equal(s.plugin->restore(&s.self, 1, (pl_str){saved, strlen(saved)}), PL_FATAL);
    assert_non_null(strstr(s.error, "'sketches' has "));
    assert_non_null(strstr(s.error, "--restart"));
    stage_close(&s);
    /* a folder that is not there */
    memset(&s, 0, sizeof s);
    s.plugin = PL_ENTRY();
    s.self.host = &host;
    s.config.threshold = 0.4;
    s.self.config = &s.config;
    s.state_file = "nowhere/sketches";
    assert_int_equal(s.plugin->open(&s.self), PL_RETRY);
    assert_string_equal(s.error, "cannot open 'nowhere/sketches': No such file or directory");
    s.plugin->close(&s.self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drops_and_says_why),
        cmocka_unit_test(marks_and_passes_on),
        cmocka_unit_test(passes_what_has_no_words),
        cmocka_unit_test(the_record_that_has_no_memory_left_fails),
        cmocka_unit_test(a_damaged_sketch_fails_its_record),
        cmocka_unit_test(decides_the_same_after_a_kill),
        cmocka_unit_test(keeps_no_state),
        cmocka_unit_test(refuses_what_it_cannot_read),
    };
    return cmocka_run_group_tests_name("dedupe_plugin", tests, NULL, NULL);
}
