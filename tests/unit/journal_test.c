/* journal_test.c - a journal says what was written into it, or an earlier state of that, and never anything else. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fileio.h"
#include "journal.h"
#include "str.h"

static void append(struct journal *j, enum journal_kind kind, uint64_t run, uint64_t n, const char *payload)
{
    assert_int_equal(journal_append(j, &(struct journal_frame){kind, run, n, str_of(payload)}), 0);
}

static void load(const char *path, struct buf *b)
{
    buf_clear(b);
    assert_int_equal(file_load(path, b), 0);
}

static bool same_frame(const struct journal_frame *a, const struct journal_frame *b)
{
    return a->kind == b->kind && a->run == b->run && a->n == b->n && str_eq(a->payload, b->payload);
}

static bool same_view(const struct journal_view *a, const struct journal_view *b)
{
    return same_frame(&a->run, &b->run) && same_frame(&a->first, &b->first) && same_frame(&a->checkpoint, &b->checkpoint) &&
           a->ended == b->ended && a->lost == b->lost;
}

static void open_new(struct journal *j, const char *path)
{
    unlink(path);
    assert_int_equal(journal_open(j, path, 0, NULL), 0);
}

static void what_was_appended(void **state)
{
    struct journal j;
    struct journal_view v;
    struct buf b = {0};

    (void)state;
    open_new(&j, "j");
    load("j", &b);
    journal_scan(buf_view(&b), &v);
    assert_int_equal(v.run.kind, 0);
    append(&j, JOURNAL_RUN, 1, 0, "begun");
    append(&j, JOURNAL_CHECKPOINT, 1, 1, "first");
    append(&j, JOURNAL_CHECKPOINT, 1, 2, "second");
    load("j", &b);
    journal_scan(buf_view(&b), &v);
    assert_true(str_is(v.run.payload, "begun"));
    assert_true(str_is(v.first.payload, "first"));
    assert_true(str_is(v.checkpoint.payload, "second"));
    assert_int_equal(v.checkpoint.n, 2);
    assert_false(v.ended || v.lost);
    assert_int_equal(v.good, b.len);
    assert_int_equal(v.n_bad, 0);
    append(&j, JOURNAL_END, 1, 0, "");
    append(&j, JOURNAL_RUN, 2, 0, "again");
    load("j", &b);
    journal_scan(buf_view(&b), &v);
    assert_int_equal(v.run.run, 2);
    assert_int_equal(v.checkpoint.kind, 0);
    assert_false(v.ended);
    journal_close(&j);
    buf_done(&b);
}

static void opened_again_it_goes_on(void **state)
{
    struct journal j;
    struct journal_view v;
    struct buf b = {0};

    (void)state;
    open_new(&j, "j");
    append(&j, JOURNAL_RUN, 1, 0, "begun");
    append(&j, JOURNAL_CHECKPOINT, 1, 1, "first");
    journal_close(&j);
    /* What a kill tore off is cut off. */
    FILE *f = fopen("j", "ab");
    assert_non_null(f);
    fputs("PLJ1 torn", f);
    fclose(f);
    load("j", &b);
    journal_scan(buf_view(&b), &v);
    assert_int_equal(v.n_bad, 9);
    assert_int_equal(v.good, b.len - 9);
    assert_int_equal(journal_open(&j, "j", v.good, &v.run), 0);
    append(&j, JOURNAL_CHECKPOINT, 1, 2, "second");
    journal_close(&j);
    load("j", &b);
    journal_scan(buf_view(&b), &v);
    assert_int_equal(v.n_bad, 0);
    assert_true(str_is(v.run.payload, "begun"));
    assert_true(str_is(v.checkpoint.payload, "second"));
    buf_done(&b);
}

static void a_run_taken_back(void **state)
{
    struct journal j;
    struct journal_view v;
    struct buf b = {0};

    (void)state;
    open_new(&j, "j");
    append(&j, JOURNAL_RUN, 1, 0, "begun");
    append(&j, JOURNAL_END, 1, 0, "");
    const uint64_t good = j.length;
    append(&j, JOURNAL_RUN, 2, 0, "in vain");
    assert_int_equal(journal_cut(&j, good), 0);
    journal_close(&j);
    load("j", &b);
    journal_scan(buf_view(&b), &v);
    assert_int_equal(b.len, good);
    assert_true(v.ended && v.run.run == 1);
    buf_done(&b);
}

/* Past a bound it is written anew, however often, and what counts is in it. */
static void grown_past_the_bound(void **state)
{
    enum { PAYLOAD = 100000, CHECKPOINTS = 300 };
    char *payload = malloc(PAYLOAD + 1);
    struct journal j;
    struct journal_view v;
    struct buf b = {0};
    off_t largest = 0;
    struct stat st;

    (void)state;
    assert_non_null(payload);
    open_new(&j, "j");
    append(&j, JOURNAL_RUN, 6, 0, "before");
    append(&j, JOURNAL_END, 6, 0, "");
    append(&j, JOURNAL_RUN, 7, 0, "begun");
    for (uint64_t n = 1; n <= CHECKPOINTS; n++) {
        memset(payload, (int)('a' + n % 26), PAYLOAD);
        payload[PAYLOAD] = 0;
        append(&j, JOURNAL_CHECKPOINT, 7, n, payload);
        assert_int_equal(stat("j", &st), 0);
        assert_int_equal(st.st_size, j.length);
        largest = st.st_size > largest ? st.st_size : largest;
        if (n % 50)
            continue;
        load("j", &b);
        journal_scan(buf_view(&b), &v);
        assert_true(str_is(v.run.payload, "begun"));
        assert_int_equal(v.run.run, 7);
        assert_int_equal(v.checkpoint.n, n);
        assert_true(str_is(v.checkpoint.payload, payload));
        assert_int_equal(v.n_bad, 0);
    }
    assert_in_range(largest, 1 << 20, 5 << 20);
    /* The new file is the one that is written to, and its beginning is known after it was opened again. */
    journal_close(&j);
    assert_int_equal(journal_open(&j, "j", b.len, &v.run), 0);
    for (uint64_t n = CHECKPOINTS + 1; n <= CHECKPOINTS + 60; n++)
        append(&j, JOURNAL_CHECKPOINT, 7, n, payload);
    append(&j, JOURNAL_END, 7, 0, "");
    journal_close(&j);
    load("j", &b);
    journal_scan(buf_view(&b), &v);
    assert_true(str_is(v.run.payload, "begun"));
    assert_int_equal(v.checkpoint.n, CHECKPOINTS + 60);
    assert_true(v.ended);
    assert_int_equal(access("j.new", F_OK), -1);
    free(payload);
    buf_done(&b);
}

/* ---- damage ---- */

enum { STEPS = 8 };

/* A small journal of two runs, and what it said after each frame. */
struct small {
    struct buf bytes;
    size_t ends[STEPS + 1];
    struct journal_view views[STEPS + 1];
};

static void make_small(struct small *s)
{
    static const struct journal_frame frames[STEPS] = {
        {JOURNAL_RUN, 1, 0, {"one begun", 9}},    {JOURNAL_CHECKPOINT, 1, 1, {"1.1 PLJ1", 8}}, {JOURNAL_CHECKPOINT, 1, 2, {"1.2", 3}},
        {JOURNAL_END, 1, 0, {NULL, 0}},           {JOURNAL_RUN, 2, 0, {"two begun", 9}},       {JOURNAL_CHECKPOINT, 2, 1, {"2.1", 3}},
        {JOURNAL_CHECKPOINT, 2, 2, {"2.2 P", 5}}, {JOURNAL_CHECKPOINT, 2, 3, {"2.3", 3}}};
    struct journal j;

    *s = (struct small){0};
    open_new(&j, "j");
    for (size_t i = 0; i < STEPS; i++) {
        assert_int_equal(journal_append(&j, &frames[i]), 0);
        s->ends[i + 1] = (size_t)j.length;
    }
    journal_close(&j);
    load("j", &s->bytes);
    for (size_t i = 0; i <= STEPS; i++)
        journal_scan(str_sub(buf_view(&s->bytes), 0, s->ends[i]), &s->views[i]);
}

static void cut_at_every_byte(void **state)
{
    struct small s;
    size_t frame = 0;

    (void)state;
    make_small(&s);
    for (size_t len = 0; len <= s.bytes.len; len++) {
        struct journal_view v;
        while (frame < STEPS && s.ends[frame + 1] <= len)
            frame++;
        char *copy = malloc(len + 1);
        assert_non_null(copy);
        memcpy(copy, s.bytes.ptr, len);
        journal_scan((pl_str){copy, len}, &v);
        assert_true(same_view(&v, &s.views[frame]));
        assert_int_equal(v.good, s.ends[frame]);
        assert_int_equal(v.n_bad, len - s.ends[frame]);
        free(copy);
    }
    buf_done(&s.bytes);
}

/* Whether `v` is what was true at some time of its run, as far as it can be gone on from. */
static bool was_true(const struct small *s, const struct journal_view *v)
{
    if (v->lost)
        return true;
    for (size_t i = 0; i <= STEPS; i++) {
        const struct journal_view *t = &s->views[i];
        if (same_frame(&v->run, &t->run) && same_frame(&v->checkpoint, &t->checkpoint) && v->ended == t->ended)
            return true;
    }
    return false;
}

/* A frame with a flipped bit is passed over: what comes behind it holds. */
static void every_bit_flipped(void **state)
{
    struct small s;
    size_t frame = 0;

    (void)state;
    make_small(&s);
    for (size_t bit = 0; bit < s.bytes.len * 8; bit++) {
        struct journal_view v;
        while (s.ends[frame + 1] <= bit / 8)
            frame++;
        s.bytes.ptr[bit / 8] ^= (char)(1 << bit % 8);
        journal_scan(buf_view(&s.bytes), &v);
        assert_true(was_true(&s, &v));
        assert_int_equal(v.n_bad, s.ends[frame + 1] - s.ends[frame]);
        if (frame < 4) /* all of it is of a run before */
            assert_true(same_view(&v, &s.views[STEPS]));
        else if (frame == 4)
            assert_true(v.lost && v.run.run == 1);
        else
            assert_true(str_is(v.checkpoint.payload, frame == STEPS - 1 ? "2.2 P" : "2.3") && !v.lost);
        s.bytes.ptr[bit / 8] ^= (char)(1 << bit % 8);
    }
    buf_done(&s.bytes);
}

/* A frame within another's payload is that payload's, not the journal's. */
static void a_journal_in_a_journal(void **state)
{
    struct journal j;
    struct journal_view v;
    struct buf inner = {0}, b = {0};

    (void)state;
    open_new(&j, "j");
    append(&j, JOURNAL_RUN, 9, 0, "inner");
    journal_close(&j);
    load("j", &inner);
    open_new(&j, "j");
    append(&j, JOURNAL_RUN, 1, 0, "outer");
    assert_int_equal(journal_append(&j, &(struct journal_frame){JOURNAL_CHECKPOINT, 1, 1, buf_view(&inner)}), 0);
    journal_close(&j);
    load("j", &b);
    journal_scan(buf_view(&b), &v);
    assert_int_equal(v.run.run, 1);
    assert_true(str_eq(v.checkpoint.payload, buf_view(&inner)));
    buf_done(&inner);
    buf_done(&b);
}

/* ---- a full disk ---- */

static void no_room(void **state)
{
    struct rlimit before, small;
    struct journal j;
    struct journal_view v;
    struct buf b = {0};

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    open_new(&j, "j");
    append(&j, JOURNAL_RUN, 1, 0, "begun");
    append(&j, JOURNAL_CHECKPOINT, 1, 1, "first");
    const uint64_t length = j.length;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = (rlim_t)length + 20;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    const int rc = journal_append(&j, &(struct journal_frame){JOURNAL_CHECKPOINT, 1, 2, PL_S("second")});
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(rc, -1);
    assert_string_equal(j.failed, "write");
    assert_int_equal(j.error, EFBIG);
    assert_int_equal(journal_append(&j, &(struct journal_frame){JOURNAL_CHECKPOINT, 1, 3, PL_S("third")}), -1);
    journal_close(&j);
    load("j", &b);
    assert_int_equal(b.len, length);
    journal_scan(buf_view(&b), &v);
    assert_true(str_is(v.checkpoint.payload, "first"));
    buf_done(&b);
}

static void what_cannot_be_opened(void **state)
{
    struct journal j;

    (void)state;
    assert_int_equal(journal_open(&j, "nowhere/journal", 0, NULL), -1);
    assert_string_equal(j.failed, "open");
    assert_int_equal(j.error, ENOENT);
    assert_int_equal(journal_append(&j, &(struct journal_frame){JOURNAL_RUN, 1, 0, PL_S("")}), -1);
    journal_close(&j);
    assert_int_equal(symlink("j", "link"), 0);
    assert_int_equal(journal_open(&j, "link", 0, NULL), -1);
    assert_int_equal(j.error, ELOOP);
    journal_close(&j);
    unlink("link");
}

static int enter_folder(void **state)
{
    static char folder[] = "journal_test.XXXXXX";

    *state = mkdtemp(folder);
    return *state && chdir(*state) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
    unlink("j");
    return chdir("..") == 0 && rmdir(*state) == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_appended),    cmocka_unit_test(opened_again_it_goes_on), cmocka_unit_test(a_run_taken_back),
        cmocka_unit_test(grown_past_the_bound), cmocka_unit_test(cut_at_every_byte),       cmocka_unit_test(every_bit_flipped),
        cmocka_unit_test(a_journal_in_a_journal), cmocka_unit_test(no_room),               cmocka_unit_test(what_cannot_be_opened),
    };

    return cmocka_run_group_tests_name("journal", tests, enter_folder, leave_folder);
}
