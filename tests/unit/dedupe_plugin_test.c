/* dedupe_plugin_test.c - the stage, called by a host of the test's own that holds one record at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dedupe_record.h"
#include "pressline.h"

const pl_plugin *PL_ENTRY(void);

enum {
    CLUSTER = PL_FIRST_FREE_KEY,
    KIND,
    CONTAINED,
    CONTAINS,
    CONTAINS_SHARE,
    EDITION, /* a field of the tests' own */
    KEYS
};
enum { EXACT, NEAR, URL, INSIDE, SAME, KEPT, HAS, VERIFIED, METRICS };

static const char *const key_names[] = {
    "dedupe.cluster", "dedupe.kind", "dedupe.contained", "dedupe.contains", "dedupe.contains_share", "edition"};
static const char *const metric_names[] = {"exact", "near", "url", "contained", "same", "kept", "contains", "verified"};

struct pl_record {
    const char *id, *text, *origin, *url, *edition;
    int64_t number; /* the edition, where it is one; 0: it is not */
    bool wild;      /* text and id are of odd types */
    char duplicate_of[64], cluster[64], kind[16], contains[64], dropped[32], failed[32], log[256];
    double similarity, contained, contains_share;
    pl_str private;
    void *memory;
};

struct stage {
    pl_self self;
    struct dedupe_config config;
    const pl_plugin *plugin;
    const char *state_file; /* NULL: the run keeps no state */
    int64_t now;
    char saved[256], error[1024];
    size_t saved_len;
};

static uint64_t counts[METRICS];
static bool out_of_memory, no_room;

static void put(char *to, size_t cap, pl_str s)
{
    snprintf(to, cap, "%.*s", (int)s.len, s.ptr);
}

static size_t number_of(const char *const *names, size_t n, pl_str name)
{
    size_t i = 0;

    while (i < n && (strlen(names[i]) != name.len || memcmp(names[i], name.ptr, name.len) != 0))
        i++;
    assert_true(i < n);
    return i;
}

static pl_key host_intern(pl_self *self, pl_str name)
{
    (void)self;
    return PL_FIRST_FREE_KEY + (pl_key)number_of(key_names, KEYS - PL_FIRST_FREE_KEY, name);
}

static void *host_alloc(pl_self *self, pl_record *r, size_t n, size_t align)
{
    (void)self;
    (void)align;
    assert_null(r->memory);
    return out_of_memory ? NULL : (r->memory = malloc(n));
}

static const char *field(pl_record *r, pl_key k)
{
    switch (k) {
    case PL_ID: return r->id;
    case PL_TEXT: return r->text;
    case PL_ORIGIN: return r->origin;
    case PL_CANONICAL_URL: return r->url;
    case EDITION: return r->edition;
    default: return NULL;
    }
}

static pl_type host_type(pl_self *self, pl_record *r, pl_key k)
{
    (void)self;
    if (r->wild && (k == PL_ID || k == PL_TEXT))
        return PL_STRS;
    if (k == EDITION && r->number)
        return PL_I64;
    return field(r, k) ? PL_STR : PL_UNSET;
}

static pl_str host_get(pl_self *self, pl_record *r, pl_key k)
{
    const char *s = host_type(self, r, k) == PL_STR ? field(r, k) : NULL;
    return (pl_str){s, s ? strlen(s) : 0};
}

static bool host_get_i64(pl_self *self, pl_record *r, pl_key k, int64_t *v)
{
    if (host_type(self, r, k) != PL_I64)
        return false;
    *v = r->number;
    return true;
}

static int host_set(pl_self *self, pl_record *r, pl_key k, pl_type type, pl_str v, bool copy)
{
    (void)self;
    assert_int_equal(type, PL_STR);
    assert_true(copy || k == KIND); /* the decider's memory is not this record's */
    if (no_room)
        return PL_NOMEM;
    switch (k) {
    case PL_DUPLICATE_OF: put(r->duplicate_of, sizeof r->duplicate_of, v); break;
    case CLUSTER: put(r->cluster, sizeof r->cluster, v); break;
    case KIND: put(r->kind, sizeof r->kind, v); break;
    case CONTAINS: put(r->contains, sizeof r->contains, v); break;
    default: fail();
    }
    return PL_OK;
}

static int host_set_num(pl_self *self, pl_record *r, pl_key k, pl_type type, int64_t i, double d)
{
    (void)self;
    (void)i;
    assert_int_equal(type, PL_F64);
    *(k == PL_SIMILARITY   ? &r->similarity
      : k == CONTAINED     ? &r->contained
                           : &r->contains_share) = d;
    assert_true(k == PL_SIMILARITY || k == CONTAINED || k == CONTAINS_SHARE);
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
    return (uint32_t)number_of(metric_names, METRICS, name);
}

static void host_count(pl_self *self, uint32_t metric, uint64_t by)
{
    (void)self;
    assert_in_range(metric, 0, METRICS - 1);
    counts[metric] += by;
}

static bool host_retrying(pl_self *self)
{
    (void)self;
    return false;
}

static int64_t host_now_ms(pl_self *self)
{
    const struct stage *s = (const struct stage *)(const void *)self;
    return s->now;
}

static pl_str host_state_file(pl_self *self, pl_str name)
{
    const struct stage *s = (const struct stage *)(const void *)self;

    assert_int_equal(name.len, strlen("kept"));
    assert_memory_equal(name.ptr, "kept", name.len);
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
                             .type = host_type,
                             .get = host_get,
                             .get_i64 = host_get_i64,
                             .now_ms = host_now_ms,
                             .retrying = host_retrying,
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

#define DAY INT64_C(86400000)

static void stage_init(struct stage *s)
{
    memset(s, 0, sizeof *s);
    memset(counts, 0, sizeof counts);
    out_of_memory = no_room = false;
    s->plugin = PL_ENTRY();
    assert_int_equal(s->plugin->config_size, sizeof s->config);
    s->config = (struct dedupe_config){.threshold = 0.4,
                                       .action = PL_S("drop"),
                                       .canonical_url = true,
                                       .url_similarity = 0.1,
                                       .store_memory = 16 << 20};
    s->self.host = &host;
    s->self.config = &s->config;
    s->now = 20000 * DAY;
}

static void stage_start(struct stage *s)
{
    assert_int_equal(s->plugin->open(&s->self), PL_OK);
    assert_int_equal(s->plugin->worker_open(&s->self), PL_OK);
}

static void stage_open_in(struct stage *s, const char *action, const char *state_file)
{
    stage_init(s);
    s->state_file = state_file;
    s->config.action = (pl_str){action, strlen(action)};
    stage_start(s);
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

/* A run that ends well. */
static void stage_end(struct stage *s)
{
    assert_int_equal(s->plugin->checkpoint(&s->self, 9), PL_OK);
    s->plugin->committed(&s->self, 9, true);
    assert_string_equal(s->error, "");
    stage_close(s);
}

static pl_record pass_record(struct stage *s, pl_record r)
{
    assert_int_equal(s->plugin->process(&s->self, &r), PL_OK);
    assert_int_equal(s->plugin->commit(&s->self, &r), PL_OK);
    free(r.memory);
    return r;
}

/* The record `id` through the stage. */
static pl_record pass(struct stage *s, const char *id, const char *text)
{
    return pass_record(s, (pl_record){.id = id, .text = text});
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
    assert_string_equal(r.kind, "exact");
    assert_true(r.similarity == 1.0);
    assert_string_equal(r.log, "exact duplicate of 'a', similarity 1.000");

    r = pass(&s, "d", vote_edited);
    assert_string_equal(r.dropped, "duplicate");
    assert_string_equal(r.duplicate_of, "a");
    assert_true(r.similarity >= 0.4 && r.similarity < 1.0);
    assert_string_equal(r.kind, "near");

    assert_int_equal(counts[EXACT], 1);
    assert_int_equal(counts[NEAR], 1);
    assert_int_equal(counts[VERIFIED], 1);
    assert_int_equal(counts[KEPT], 2);
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
    out_of_memory = false;
    pass(&s, "a", vote);
    pl_record copy = {.id = "b", .text = vote};
    assert_int_equal(s.plugin->process(&s.self, &copy), PL_OK);
    no_room = true;
    assert_int_equal(s.plugin->commit(&s.self, &copy), PL_NOMEM);
    assert_string_equal(copy.dropped, "");
    free(copy.memory);
    stage_close(&s);
}

static void a_damaged_signature_fails_its_record(void **state)
{
    (void)state;
    struct stage s;
    pl_record r = {.id = "a", .private = PL_S("too short")};

    stage_open(&s, "drop");
    assert_int_equal(s.plugin->commit(&s.self, &r), PL_OK);
    assert_string_equal(r.failed, "bad-signature");
    assert_string_equal(pass(&s, "b", vote).dropped, "");
    stage_close(&s);
}

static void remove_state(void)
{
    assert_int_equal(system("rm -rf state.* store"), 0);
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
        remove_state();
        stage_open_in(&s, "drop", "state.kept");
        for (int i = 0; i < at; i++)
            pass_one(&s, i);
        assert_int_equal(s.plugin->checkpoint(&s.self, 1), PL_OK);
        for (int i = at; i < at + 5 && i < SEQUENCE; i++)
            pass_one(&s, i);
        char saved[256];
        memcpy(saved, s.saved, sizeof saved);
        if (at % 2)
            assert_int_equal(s.plugin->checkpoint(&s.self, 2), PL_OK);
        stage_close(&s);
        stage_open_in(&again, "drop", "state.kept");
        assert_int_equal(again.plugin->restore(&again.self, 1, (pl_str){saved, strlen(saved)}), PL_OK);
        for (int i = at; i < SEQUENCE; i++) {
            char got[128];
            const pl_record r = pass_one(&again, i);
            tell(&r, got, sizeof got);
            assert_string_equal(got, wanted[i]);
        }
        stage_close(&again);
    }
}

/* ---- from run to run ---- */

#define SHA "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void next_run(struct stage *s, int64_t day, const char *retain)
{
    stage_init(s);
    s->now = day * DAY;
    s->config.store = PL_S("store");
    s->config.retain = retain ? strtol(retain, NULL, 10) * DAY : 0;
    stage_start(s);
}

static void remembers_and_forgets(void **state)
{
    struct stage s;

    (void)state;
    remove_state();
    next_run(&s, 20000, "90");
    assert_string_equal(pass_record(&s, (pl_record){.id = "a", .text = vote, .origin = SHA ":1:0 a"}).dropped, "");
    stage_end(&s);

    next_run(&s, 20001, "90");
    pl_record r = pass_record(&s, (pl_record){.id = "a", .text = vote, .origin = SHA ":1:0 a"});
    assert_string_equal(r.dropped, "");
    assert_int_equal(counts[SAME], 1);
    r = pass_record(&s, (pl_record){.id = "b", .text = vote_edited, .origin = SHA ":2:0 a"});
    assert_string_equal(r.duplicate_of, "a");
    pass(&s, "c", bridge);
    stage_end(&s);

    next_run(&s, 20091, "90"); /* the first is past it, the third is not */
    assert_string_equal(pass(&s, "d", vote).dropped, "");
    assert_string_equal(pass(&s, "e", bridge).duplicate_of, "c");
    stage_end(&s);
}

/* Begun anew over what a run left in its state folder: nothing repeats what is forgotten. */
static void begins_anew(void **state)
{
    struct stage s;

    (void)state;
    remove_state();
    for (int round = 0; round < 3; round++) {
        stage_open_in(&s, "drop", "state.kept");
        assert_string_equal(pass(&s, "a", vote).dropped, "");
        assert_string_equal(pass(&s, "b", vote).duplicate_of, "a");
        assert_int_equal(s.plugin->checkpoint(&s.self, 1), PL_OK);
        stage_close(&s);
    }
}

/* ---- options ---- */

static void scope_keeps_apart(void **state)
{
    static const pl_str edition[] = {{"edition", 7}};
    struct stage s;

    (void)state;
    stage_init(&s);
    s.config.scope = (pl_list){edition, 1};
    stage_start(&s);
    const pl_record records[] = {{.id = "n", .edition = "north"}, {.id = "s", .edition = "south"},
                                 {.id = "0"}, {.id = "7", .number = 7}, {.id = "8", .number = 8}};
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
            pl_record r = records[i];
            r.text = vote;
            assert_string_equal(pass_record(&s, r).duplicate_of, round ? r.id : "");
        }
    stage_close(&s);
}

static const char vote_update[] =
    "Two of the city's nine libraries will close, the council decided on Monday after a debate that lasted until "
    "midnight. The branches in Harbour Street and at the old waterworks lend 90,000 books a year. Councillor Ewa "
    "Lindholm said that the money would go to schools.";

static void urls_are_an_option(void **state)
{
    struct stage s;

    (void)state;
    for (int on = 0; on < 2; on++) {
        stage_init(&s);
        s.config.canonical_url = on;
        stage_start(&s);
        pass_record(&s, (pl_record){.id = "a", .text = vote, .url = "https://example.org/vote"});
        const pl_record r = pass_record(&s, (pl_record){.id = "b", .text = vote_update, .url = "http://www.example.org/vote/#x"});
        assert_string_equal(r.duplicate_of, on ? "a" : "");
        assert_string_equal(r.kind, on ? "url" : "");
        assert_int_equal(counts[URL], on);
        stage_close(&s);
    }
}

static void containment_is_an_option(void **state)
{
    static char story[4096];
    struct stage s;

    (void)state;
    snprintf(story, sizeof story, "%s %s %s", bridge, vote,
             "Nobody had thought that the two would ever be spoken of in one breath, but in the queue outside the town "
             "hall on Tuesday they were. The one had taken too long, people said, and the other had been too quick. A man "
             "with a dog wanted to know who counts the books when a library closes, and where the piano goes. At noon the "
             "rain came, and the queue went home, all but the man with the dog, who had a number and meant to be heard.");
    for (int on = 0; on < 2; on++) {
        stage_init(&s);
        s.config.containment = on ? 0.8 : 0;
        stage_start(&s);
        pass(&s, "story", story);
        pl_record r = pass(&s, "short", vote);
        assert_string_equal(r.dropped, on ? "contained" : "");
        assert_string_equal(r.kind, on ? "contained" : "");
        assert_true(r.contained == (on ? 1.0 : 0));
        assert_int_equal(counts[INSIDE], on);
        stage_close(&s);
        stage_init(&s);
        s.config.containment = on ? 0.8 : 0;
        stage_start(&s);
        pass(&s, "short", vote);
        r = pass(&s, "story", story);
        assert_string_equal(r.dropped, "");
        assert_string_equal(r.contains, on ? "short" : "");
        assert_true(r.contains_share == (on ? 1.0 : 0));
        assert_int_equal(counts[HAS], on);
        stage_close(&s);
    }
}

/* Fields of odd types lose nothing. */
static void odd_records_pass(void **state)
{
    static char *huge;
    struct stage s;

    (void)state;
    stage_open(&s, "drop");
    for (int i = 0; i < 2; i++) {
        assert_string_equal(pass_record(&s, (pl_record){.id = "a", .text = vote, .wild = true}).dropped, "");
        assert_string_equal(pass_record(&s, (pl_record){.id = "a"}).dropped, "");
    }
    /* a name that is too long: it is not remembered, and nothing repeats it */
    huge = malloc(DEDUPE_MAX_ID + 2);
    assert_non_null(huge);
    memset(huge, 'x', DEDUPE_MAX_ID + 1);
    huge[DEDUPE_MAX_ID + 1] = 0;
    assert_string_equal(pass(&s, huge, vote).dropped, "");
    assert_string_equal(pass(&s, "a", vote).dropped, "");
    assert_string_equal(pass(&s, huge, vote).dropped, "");
    free(huge);
    stage_close(&s);
}

static void refuses_what_it_cannot_open(void **state)
{
    struct stage s;
    static pl_str many[DEDUPE_MAX_SCOPE + 1];

    (void)state;
    stage_init(&s);
    s.config.store = PL_S("/dev/null");
    assert_int_not_equal(s.plugin->open(&s.self), PL_OK);
    assert_non_null(strstr(s.error, "/dev/null"));
    s.plugin->close(&s.self);

    stage_init(&s);
    s.state_file = "state.kept";
    remove_state();
    stage_start(&s);
    assert_int_equal(s.plugin->restore(&s.self, 1, PL_S("gibberish")), PL_FATAL);
    assert_true(s.error[0] != 0);
    stage_close(&s);

    for (size_t i = 0; i < sizeof many / sizeof many[0]; i++)
        many[i] = PL_S("edition");
    stage_init(&s);
    s.config.scope = (pl_list){many, DEDUPE_MAX_SCOPE + 1};
    assert_int_equal(s.plugin->open(&s.self), PL_FATAL);
    assert_string_equal(s.error, "`scope` names 17 fields: at most 16");
    s.plugin->close(&s.self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drops_and_says_why),
        cmocka_unit_test(marks_and_passes_on),
        cmocka_unit_test(passes_what_has_no_words),
        cmocka_unit_test(the_record_that_has_no_memory_left_fails),
        cmocka_unit_test(a_damaged_signature_fails_its_record),
        cmocka_unit_test(decides_the_same_after_a_kill),
        cmocka_unit_test(remembers_and_forgets),
        cmocka_unit_test(begins_anew),
        cmocka_unit_test(scope_keeps_apart),
        cmocka_unit_test(urls_are_an_option),
        cmocka_unit_test(containment_is_an_option),
        cmocka_unit_test(odd_records_pass),
        cmocka_unit_test(refuses_what_it_cannot_open),
    };
    return cmocka_run_group_tests_name("dedupe_plugin", tests, NULL, NULL);
}
