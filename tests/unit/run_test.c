/* run_test.c - the scheduler: order, books, fates, whatever the number of workers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "log.h"
#include "run.h"
#include "str.h"
#include "utf8.h"

/* One run of the test pipeline: source -> work -> pack (with a `then`) -> what left. */
struct setup {
    int records;
    int jobs;
    bool delays;
    int fatal_at;       /* record at which work() ends the run; 0: none */
    int fail_all_from;  /* records from here on fail; 0: none */
    /* state */
    struct run *run;
    int next, input;
    int stop_at; /* record after which the source asks the run to stop; 0: none */
    int in_hand, most_in_hand;
    int tries;
    struct buf committed; /* ids in the order of commit() */
    struct buf packed;    /* what `then` wrote */
    struct buf left;      /* ids and fates in the order in which they left */
    struct buf block;
    bool finished, published;
    struct setup_config {
        struct setup *s;
    } config;
    struct stage stages[2];
};

static struct setup *setup_of(pl_self *self)
{
    return ((const struct setup_config *)self->config)->s;
}

static void small_pause(const struct setup *s, uint64_t what)
{
    const struct timespec t = {0, (long)(what * 2654435761u % 97) * 3000};

    if (s->delays && what % 7 < 3)
        nanosleep(&t, NULL);
}

static int source_read(pl_self *self)
{
    struct setup *s = setup_of(self);
    char text[64];

    if (s->next == s->records)
        return PL_EOF;
    if (!s->input)
        s->input = pl_input(self, PL_S("numbers"), PL_S(""));
    pl_record *r = pl_emit(self, NULL);
    pl_set_origin(self, r, s->input, (uint64_t)++s->next);
    const int n = snprintf(text, sizeof text, "%d", s->next);
    pl_set(self, r, PL_TEXT, (pl_str){text, (size_t)n});
    pl_set(self, r, PL_ID, (pl_str){text, (size_t)n});
    const int in_hand = __atomic_add_fetch(&s->in_hand, 1, __ATOMIC_SEQ_CST);
    if (in_hand > s->most_in_hand)
        s->most_in_hand = in_hand;
    if (s->stop_at && s->next == s->stop_at)
        run_stop(s->run);
    return PL_OK;
}

static int64_t number_of(pl_self *self, pl_record *r)
{
    int64_t n = -1;

    str_to_i64(pl_get(self, r, PL_TEXT), &n);
    return n;
}

static int work_process(pl_self *self, pl_record *r)
{
    struct setup *s = setup_of(self);
    const int64_t n = number_of(self, r);

    small_pause(s, (uint64_t)n);
    if (s->fatal_at && n == s->fatal_at)
        return PL_FATAL;
    if (s->fail_all_from && n >= s->fail_all_from) {
        pl_fail(self, r, "asked", "number %lld", (long long)n);
        return PL_OK;
    }
    if (n % 10 == 3)
        pl_drop(self, r, "three");
    if (n % 10 == 5) {
        pl_set(self, r, PL_TITLE, PL_S("to be taken back"));
        if (!pl_emit(self, r))
            return PL_NOMEM;
        pl_fail(self, r, "five", "number %lld", (long long)n);
    }
    if (n % 10 == 7) {
        for (int i = 0; i < 2; i++) {
            pl_record *child = pl_emit(self, r);
            if (!child)
                return PL_NOMEM;
            pl_set(self, child, PL_TEXT, PL_S("child"));
        }
    }
    return PL_OK;
}

static int pack_process(pl_self *self, pl_record *r)
{
    small_pause(setup_of(self), (uint64_t)number_of(self, r) * 31);
    return PL_OK;
}

static int emit_block(pl_self *self, pl_record *r)
{
    struct setup *s = setup_of(self);
    pl_record *block = pl_emit(self, r);
    char *copy = block ? pl_alloc(self, block, s->block.len) : NULL;

    if (!copy)
        return PL_FATAL;
    memcpy(copy, s->block.ptr, s->block.len);
    pl_set_private(self, block, (pl_str){copy, s->block.len});
    buf_clear(&s->block);
    return PL_OK;
}

static int pack_commit(pl_self *self, pl_record *r)
{
    struct setup *s = setup_of(self);

    buf_add(&s->committed, pl_get(self, r, PL_TEXT));
    buf_addc(&s->committed, ' ');
    buf_add(&s->block, pl_get(self, r, PL_TEXT));
    buf_addc(&s->block, ',');
    return s->block.len > 100 ? emit_block(self, r) : PL_OK;
}

static int pack_finish(pl_self *self)
{
    setup_of(self)->finished = true;
    return setup_of(self)->block.len ? emit_block(self, NULL) : PL_OK;
}

static void pack_committed(pl_self *self, uint64_t n, bool last)
{
    (void)n;
    setup_of(self)->published = last;
}

static int block_process(pl_self *self, pl_record *r)
{
    small_pause(setup_of(self), pl_get_private(self, r).len + (uint64_t)(uintptr_t)r / 64);
    return PL_OK;
}

static int block_commit(pl_self *self, pl_record *r)
{
    buf_addz(&setup_of(self)->packed, "[");
    buf_add(&setup_of(self)->packed, pl_get_private(self, r));
    buf_addz(&setup_of(self)->packed, "]");
    return PL_OK;
}

static const pl_plugin source = {.name = "numbers", .about = "1, 2, 3", .read = source_read};
static const pl_plugin worker = {.name = "work", .about = "drops, fails, emits", .process = work_process};
static const pl_plugin block = {.name = "pack", .process = block_process, .commit = block_commit};
static const pl_plugin pack = {.name = "pack", .about = "writes", .flags = PL_SINK, .process = pack_process,
                               .commit = pack_commit, .finish = pack_finish, .committed = pack_committed, .then = &block};

static int leave(void *arg, const struct run *run, pl_record *r)
{
    static const char *const fate[] = {"", "-", "!"};
    struct setup *s = arg;

    (void)run;
    buf_add(&s->left, record_get(r, PL_ORIGIN)->as.str);
    buf_addz(&s->left, fate[r->fate]);
    if (r->fate == FATE_FAILED && record_get(r, PL_TITLE)->type != PL_UNSET)
        buf_addz(&s->left, " (not taken back)");
    buf_addc(&s->left, '\n');
    __atomic_sub_fetch(&s->in_hand, r->entry == 0, __ATOMIC_SEQ_CST);
    return PL_OK;
}

static enum run_end run_setup(struct setup *s, struct pipeline *p, bool *balanced)
{
    FILE *null = fopen("/dev/null", "w");
    struct log *log = log_new(null, LOG_TEXT, PL_LOG_ERROR);
    const struct run_options opt = {.log = log, .jobs = s->jobs, .source = &source, .source_config = &s->config,
                                    .leave = leave, .arg = s};

    s->config.s = s;
    s->stages[0] = (struct stage){.name = PL_S("work"), .plugin = &worker, .config = &s->config};
    s->stages[1] = (struct stage){.index = 1, .name = PL_S("pack"), .plugin = &pack, .config = &s->config};
    p->stages = s->stages;
    p->n_stages = 2;
    p->names = intern_new();
    p->settings.max_record = p->settings.record_memory = 1 << 20;
    assert_int_equal(run_open(&s->run, p, &opt), PL_OK);
    const enum run_end end = run_go(s->run);
    *balanced = run_balanced(s->run);
    log_free(log);
    fclose(null);
    return end;
}

static void done(struct setup *s, struct pipeline *p)
{
    run_close(s->run);
    intern_free(p->names);
    buf_done(&s->committed);
    buf_done(&s->packed);
    buf_done(&s->left);
    buf_done(&s->block);
}

static const struct settings no_limit = {.max_failures = -1, .max_failure_share = 1};

static void same_for_any_number_of_workers(void **state)
{
    static const int jobs[] = {1, 2, 3, 8};
    struct setup first = {.records = 64 * 220, .jobs = 1};
    struct pipeline p = {.settings = no_limit}, first_p = {.settings = no_limit};
    bool balanced;

    (void)state;
    assert_int_equal(run_setup(&first, &first_p, &balanced), RUN_DONE);
    assert_true(balanced);
    assert_true(first.finished && first.published);
    assert_null(strstr(buf_cstr(&first.left), "not taken back"));
    const struct run_books *b = run_books(first.run);
    assert_int_equal(b->read, first.records);
    assert_int_equal(b->dropped, first.records / 10);
    assert_int_equal(b->failed, first.records / 10);
    assert_int_equal(b->emitted, first.records / 10 * 2);
    assert_int_equal(b->out, first.records / 10 * 10);
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
        struct setup s = {.records = first.records, .jobs = jobs[i], .delays = true};
        p = (struct pipeline){.settings = no_limit};
        assert_int_equal(run_setup(&s, &p, &balanced), RUN_DONE);
        assert_true(balanced);
        assert_string_equal(buf_cstr(&s.committed), buf_cstr(&first.committed));
        assert_string_equal(buf_cstr(&s.packed), buf_cstr(&first.packed));
        assert_string_equal(buf_cstr(&s.left), buf_cstr(&first.left));
        done(&s, &p);
    }
    done(&first, &first_p);
}

static void children_follow_their_parent(void **state)
{
    struct setup s = {.records = 7, .jobs = 2};
    struct pipeline p = {.settings = no_limit};
    bool balanced;

    (void)state;
    run_setup(&s, &p, &balanced);
    assert_string_equal(buf_cstr(&s.committed), "1 2 4 6 7 child child ");
    assert_string_equal(buf_cstr(&s.left), "-:1:0 numbers\n-:2:0 numbers\n-:3:0 numbers-\n-:4:0 numbers\n"
                                           "-:5:0 numbers!\n-:6:0 numbers\n-:7:0 numbers\n-:7:1 numbers\n-:7:2 numbers\n");
    done(&s, &p);
}

static void memory_is_bounded_by_tokens(void **state)
{
    struct setup s = {.records = 64 * 400, .jobs = 2, .delays = true};
    struct pipeline p = {.settings = no_limit};
    bool balanced;

    (void)state;
    run_setup(&s, &p, &balanced);
    /* Tokens, the batch that the source fills, and the one that is leaving. */
    assert_true(s.most_in_hand <= 64 * (3 * 2 + 2 + 2));
    done(&s, &p);
}

static void an_empty_source_is_a_clean_run(void **state)
{
    struct setup s = {.records = 0, .jobs = 2};
    struct pipeline p = {.settings = no_limit};
    bool balanced;

    (void)state;
    assert_int_equal(run_setup(&s, &p, &balanced), RUN_DONE);
    assert_true(balanced && s.finished && s.published);
    done(&s, &p);
}

static void a_stop_finishes_what_is_in_hand(void **state)
{
    struct setup s = {.records = 100000, .jobs = 3, .delays = true, .stop_at = 1000};
    struct pipeline p = {.settings = no_limit};
    bool balanced;

    (void)state;
    assert_int_equal(run_setup(&s, &p, &balanced), RUN_STOPPED);
    assert_true(balanced);
    assert_int_equal(run_books(s.run)->read, 1000);
    assert_false(s.finished);
    assert_false(s.published);
    done(&s, &p);
}

static void a_fatal_answer_ends_the_run(void **state)
{
    struct setup s = {.records = 100000, .jobs = 3, .delays = true, .fatal_at = 1234};
    struct pipeline p = {.settings = no_limit};
    bool balanced;

    (void)state;
    assert_int_equal(run_setup(&s, &p, &balanced), RUN_IO);
    assert_false(s.published);
    assert_true(run_books(s.run)->read < 100000);
    done(&s, &p);
}

static void max_failures_stops(void **state)
{
    struct setup s = {.records = 100000, .jobs = 2, .fail_all_from = 500};
    struct pipeline p = {.settings = {.max_failures = 100, .max_failure_share = 1}};
    bool balanced;

    (void)state;
    assert_int_equal(run_setup(&s, &p, &balanced), RUN_MAX_FAILURES);
    assert_true(balanced);
    assert_true(run_books(s.run)->failed > 100);
    assert_true(run_books(s.run)->failed < 50000);
    assert_false(s.published);
    done(&s, &p);
}

static void a_share_of_failures_stops(void **state)
{
    struct setup s = {.records = 100000, .jobs = 2, .fail_all_from = 1000};
    struct pipeline p = {.settings = {.max_failures = -1, .max_failure_share = 0.5}};
    bool balanced;

    (void)state;
    assert_int_equal(run_setup(&s, &p, &balanced), RUN_MAX_FAILURES);
    done(&s, &p);
}

static void stage_books_are_kept(void **state)
{
    struct setup s = {.records = 1000, .jobs = 2};
    struct pipeline p = {.settings = no_limit};
    bool balanced;

    (void)state;
    run_setup(&s, &p, &balanced);
    assert_int_equal(run_n_stages(s.run), 3);
    const struct stage_books *work = run_stage_books(s.run, 1), *sink = run_stage_books(s.run, 2);
    assert_int_equal(work->in, 1000);
    assert_int_equal(work->emitted, 200);
    assert_int_equal(work->dropped, 100);
    assert_int_equal(work->failed, 100);
    assert_int_equal(work->out, 1000);
    assert_int_equal(sink->in, 1000);
    assert_int_equal(sink->committed, 1000);
    assert_true(str_is(work->drops->word, "three") && work->drops->n == 100);
    assert_true(str_is(work->failures->word, "five") && work->failures->n == 100);
    assert_int_equal(run_books(s.run)->unwritten, 0);
    done(&s, &p);
}

/* ---- answers of process() ---- */

static int retry_process(pl_self *self, pl_record *r)
{
    struct setup *s = setup_of(self);

    s->tries++;
    if (number_of(self, r) == 1)
        return s->tries < 3 ? PL_RETRY : PL_OK;
    return number_of(self, r) == 2 ? PL_NOMEM : PL_RETRY;
}

static void retries_end(void **state)
{
    static const pl_plugin retries = {.name = "retry", .about = "x", .process = retry_process};
    struct setup s = {.records = 3, .jobs = 1};
    struct stage stage = {.name = PL_S("retry"), .plugin = &retries, .config = &s.config};
    struct pipeline p = {.settings = no_limit, .stages = &stage, .n_stages = 1, .names = intern_new()};
    const struct run_options opt = {.log = NULL, .jobs = 1, .source = &source, .source_config = &s.config,
                                    .leave = leave, .arg = &s};

    (void)state;
    s.config.s = &s;
    p.settings.record_memory = 1 << 20;
    assert_int_equal(run_open(&s.run, &p, &opt), PL_OK);
    assert_int_equal(run_go(s.run), RUN_DONE);
    assert_string_equal(buf_cstr(&s.left), "-:1:0 numbers\n-:2:0 numbers!\n-:3:0 numbers!\n");
    const struct tally *t = run_stage_books(s.run, 1)->failures;
    assert_true(str_is(t->word, "retry") && str_is(t->next->word, "too-large"));
    assert_int_equal(s.tries, 3 + 1 + 5);
    done(&s, &p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_for_any_number_of_workers),
        cmocka_unit_test(children_follow_their_parent),
        cmocka_unit_test(memory_is_bounded_by_tokens),
        cmocka_unit_test(an_empty_source_is_a_clean_run),
        cmocka_unit_test(a_stop_finishes_what_is_in_hand),
        cmocka_unit_test(a_fatal_answer_ends_the_run),
        cmocka_unit_test(max_failures_stops),
        cmocka_unit_test(a_share_of_failures_stops),
        cmocka_unit_test(stage_books_are_kept),
        cmocka_unit_test(retries_end),
    };

    return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
