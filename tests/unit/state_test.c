/* state_test.c - which run a state folder is at, what goes on and what is refused. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest.h"
#include "exit.h"
#include "fileio.h"
#include "state.h"
#include "str.h"

static const char sha_a[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
static const char sha_b[] = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
static const char sha_c[] = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc";

static const pl_str two_inputs[] = {{"in/a", 4}, {"in/b", 4}};

/* What state_open() answered and said. */
static struct opened {
    struct state *state;
    struct log *log;
    FILE *out;
    int code;
    char said[4096];
} now;

static void hear(void)
{
    log_free(now.log);
    now.log = NULL;
    rewind(now.out);
    const size_t n = fread(now.said, 1, sizeof now.said - 1, now.out);
    now.said[n] = 0;
    fclose(now.out);
}

static void close_state(void)
{
    state_close(now.state);
    now.state = NULL;
    hear();
}

static void open_with(const char *identity, bool restart)
{
    const struct state_request req = {.dir = PL_S("st"), .restart = restart, .identity = str_of(identity), .now_ms = 1000000000000};

    now.out = tmpfile();
    assert_non_null(now.out);
    now.log = log_new(now.out, LOG_TEXT, PL_LOG_INFO);
    now.code = state_open(&now.state, &req, now.log);
    if (now.code != EXIT_CLEAN) {
        assert_null(now.state);
        hear();
    }
}

static void open_clean(const char *identity)
{
    open_with(identity, false);
    if (now.code != EXIT_CLEAN)
        fail_msg("refused: %s", now.said);
}

static uint64_t begun_of(struct state *state)
{
    struct state_mark mark = {0};

    assert_int_equal(state_mark(state, &mark), PL_OK);
    return mark.n_begun;
}

static void assert_said(const char *part)
{
    if (!strstr(now.said, part))
        fail_msg("wanted: %s\ngot: %s", part, now.said);
}

static void begin(void)
{
    assert_int_equal(state_begin(now.state, two_inputs, 2), PL_OK);
}

static void note(const char *sha)
{
    assert_int_equal(state_note(now.state, str_of(sha)), PL_OK);
}

static void checkpoint(uint64_t n, bool last, const char *payload)
{
    struct state_mark mark;

    assert_int_equal(state_mark(now.state, &mark), PL_OK);
    assert_int_equal(state_append(now.state, n, last, &mark, str_of(payload)), PL_OK);
}

/* A finished first run that had input `a`; the state is closed. */
static void finish_one(void)
{
    open_clean("x=1\n");
    begin();
    note(sha_a);
    checkpoint(1, true, "all");
    assert_int_equal(state_end(now.state), PL_OK);
    close_state();
}

/* A run at checkpoint 1, with `a` noted before and `b` behind it. */
static void stop_in_the_middle(void)
{
    open_clean("x=1\n");
    begin();
    note(sha_a);
    checkpoint(1, false, "so far");
    note(sha_b);
    assert_int_equal(state_mark(now.state, &(struct state_mark){0}), PL_OK);
    close_state();
}

static void flip(const char *path, long at)
{
    FILE *f = fopen(path, "r+b");

    assert_non_null(f);
    assert_int_equal(fseek(f, at, at < 0 ? SEEK_END : SEEK_SET), 0);
    const int c = fgetc(f);
    assert_int_equal(fseek(f, -1, SEEK_CUR), 0);
    fputc(c ^ 1, f);
    fclose(f);
}

static long size_of(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? (long)st.st_size : -1;
}

static bool there(const char *path)
{
    return access(path, F_OK) == 0;
}

/* ---- which run it is ---- */

static void a_new_folder(void **state)
{
    struct arena a = {0};

    (void)state;
    open_clean("x=1\n");
    assert_int_equal(state_run(now.state), 1);
    assert_int_equal(state_started_ms(now.state), 1000000000000);
    assert_true(str_is(state_id(now.state), "20010909T014640Z-1"));
    assert_int_equal(state_checkpoint(now.state).kind, 0);
    assert_int_equal(state_inputs(now.state).n, 0);
    assert_true(str_is(state_path(now.state, &a, "name"), "st/run-1/name"));
    assert_false(state_done(now.state, str_of(sha_a)));
    begin();
    assert_true(there("st/run-1/inputs"));
    close_state();
    assert_string_equal(now.said, "");
    arena_done(&a);
}

static void goes_on_from_its_checkpoint(void **state)
{
    struct state_reached reached;

    (void)state;
    stop_in_the_middle();
    open_clean("x=1\n");
    assert_int_equal(state_run(now.state), 1);
    const struct journal_frame frame = state_checkpoint(now.state);
    assert_int_equal(frame.n, 1);
    assert_true(state_read_reached(&frame, &reached));
    assert_true(str_is(reached.payload, "so far"));
    assert_false(reached.last);
    /* `b` came behind it. */
    assert_int_equal(reached.mark.n_begun, 1);
    assert_int_equal(reached.mark.length, 16);
    assert_int_equal(begun_of(now.state), 1);
    const pl_list inputs = state_inputs(now.state);
    assert_int_equal(inputs.n, 2);
    assert_true(str_is(inputs.at[0], "in/a") && str_is(inputs.at[1], "in/b"));
    /* What its own process before had done is not done by an earlier run. */
    assert_false(state_done(now.state, str_of(sha_a)));
    begin();
    checkpoint(2, false, "further");
    close_state();
    open_clean("x=1\n");
    assert_int_equal(state_checkpoint(now.state).n, 2);
    assert_int_equal(state_started_ms(now.state), 1000000000000);
    close_state();
}

static void finished_the_next_begins(void **state)
{
    (void)state;
    finish_one();
    assert_false(there("st/run-1/inputs"));
    open_clean("x=2\n"); /* with whatever is set now */
    assert_int_equal(state_run(now.state), 2);
    assert_int_equal(state_checkpoint(now.state).kind, 0);
    assert_true(state_done(now.state, str_of(sha_a)));
    assert_false(state_done(now.state, str_of(sha_b)));
    assert_false(state_done(now.state, PL_S("")));
    begin();
    note(sha_b);
    /* Within one run the same content may come twice. */
    assert_false(state_done(now.state, str_of(sha_b)));
    checkpoint(1, true, "all");
    assert_int_equal(state_end(now.state), PL_OK);
    close_state();
    open_clean("x=2\n");
    assert_int_equal(state_run(now.state), 3);
    assert_true(state_done(now.state, str_of(sha_a)) && state_done(now.state, str_of(sha_b)));
    assert_false(state_done(now.state, str_of(sha_c)));
    close_state();
}

static void killed_before_its_first_checkpoint(void **state)
{
    (void)state;
    finish_one();
    open_clean("x=1\n");
    begin();
    note(sha_b);
    close_state();
    /* Nothing came of it, so it need not be as it was. */
    open_clean("x=3\n");
    assert_int_equal(state_run(now.state), 2);
    assert_int_equal(state_checkpoint(now.state).kind, 0);
    assert_true(state_done(now.state, str_of(sha_a)));
    assert_false(state_done(now.state, str_of(sha_b)));
    begin();
    note(sha_c);
    checkpoint(1, true, "all");
    assert_int_equal(state_end(now.state), PL_OK);
    close_state();
    open_clean("x=3\n");
    assert_false(state_done(now.state, str_of(sha_b)));
    assert_true(state_done(now.state, str_of(sha_c)));
    close_state();
}

static void all_is_reached_but_the_end(void **state)
{
    struct state_reached reached;

    (void)state;
    open_clean("x=1\n");
    begin();
    checkpoint(1, true, "all");
    close_state();
    open_clean("x=1\n");
    const struct journal_frame frame = state_checkpoint(now.state);
    assert_true(state_read_reached(&frame, &reached) && reached.last);
    assert_int_equal(state_end(now.state), PL_OK);
    close_state();
    open_clean("x=1\n");
    assert_int_equal(state_run(now.state), 2);
    close_state();
}

static void many_digests(void **state)
{
    enum { N = 5000 };
    char sha[65] = {0};

    (void)state;
    open_clean("x=1\n");
    begin();
    for (int i = 0; i < N; i++) {
        snprintf(sha, sizeof sha, "%08x%056d", (unsigned)i * 2654435761u, i);
        note(sha);
        note("");
    }
    checkpoint(1, true, "all");
    assert_int_equal(state_end(now.state), PL_OK);
    close_state();
    open_clean("x=1\n");
    for (int i = 0; i < 2 * N; i++) {
        snprintf(sha, sizeof sha, "%08x%056d", (unsigned)i * 2654435761u, i);
        assert_int_equal(state_done(now.state, str_of(sha)), i < N);
    }
    assert_false(state_done(now.state, PL_S("no digest")));
    close_state();
}

static void nothing_to_do_is_as_if_it_had_not_been(void **state)
{
    struct buf before = {0}, after = {0};

    (void)state;
    finish_one();
    assert_int_equal(file_load("st/journal", &before), 0);
    for (int i = 0; i < 3; i++) {
        open_clean("x=1\n");
        assert_int_equal(state_run(now.state), 2);
        begin();
        note(sha_b);
        state_forget(now.state);
        close_state();
        assert_false(there("st/run-2"));
        buf_clear(&after);
        assert_int_equal(file_load("st/journal", &after), 0);
        assert_true(str_eq(buf_view(&before), buf_view(&after)));
    }
    open_clean("x=1\n");
    assert_false(state_done(now.state, str_of(sha_b)));
    close_state();
    buf_done(&before);
    buf_done(&after);
}

/* Stopped before the first record came: the journal has a checkpoint of it, which must go with the rest. */
static void nothing_to_do_after_a_stop(void **state)
{
    (void)state;
    finish_one();
    open_clean("x=1\n");
    begin();
    checkpoint(1, false, "nothing yet");
    close_state();
    open_clean("x=1\n");
    assert_int_equal(state_checkpoint(now.state).n, 1);
    begin();
    state_forget(now.state);
    close_state();
    open_clean("x=2\n");
    assert_int_equal(state_run(now.state), 2);
    assert_int_equal(state_checkpoint(now.state).kind, 0);
    assert_true(state_done(now.state, str_of(sha_a)));
    close_state();
}

/* --restart of a run for which nothing is left to do: the one that was discarded does not come back, its number is used up. */
static void nothing_to_do_after_a_restart(void **state)
{
    (void)state;
    finish_one();
    open_clean("x=1\n");
    begin();
    note(sha_b);
    checkpoint(1, false, "so far");
    close_state();
    open_with("x=1\n", true);
    begin();
    state_forget(now.state);
    close_state();
    open_clean("x=2\n");
    assert_int_equal(state_run(now.state), 3);
    assert_int_equal(state_checkpoint(now.state).kind, 0);
    assert_true(state_done(now.state, str_of(sha_a)));
    assert_false(state_done(now.state, str_of(sha_b)));
    close_state();
}

/* Short runs, night after night, each with one checkpoint: past the journal's bound nothing that was done is forgotten. */
static void many_runs(void **state)
{
    enum { RUNS = 150, PAYLOAD = 60000 };
    char *payload = malloc(PAYLOAD + 1);
    char sha[DIGEST_HEX + 1] = "";

    (void)state;
    assert_non_null(payload);
    memset(payload, 'x', PAYLOAD);
    payload[PAYLOAD] = 0;
    for (unsigned run = 1; run <= RUNS; run++) {
        open_clean("x=1\n");
        /* A number is used up where the journal was written anew in a run that came to nothing. */
        assert_in_range(state_run(now.state), run, run + 5);
        if (run > 1 && !state_done(now.state, str_of(sha)))
            fail_msg("run %u does anew what run %u did", run, run - 1);
        snprintf(sha, sizeof sha, "%08x%056u", run, 0);
        begin();
        note(sha);
        checkpoint(1, true, payload);
        assert_int_equal(state_end(now.state), PL_OK);
        close_state();
        assert_in_range(size_of("st/journal"), 0, 5 << 20);
        /* One that comes to nothing, stopped first. */
        if (run % 3)
            continue;
        open_clean("x=1\n");
        begin();
        checkpoint(1, false, payload);
        close_state();
        open_clean("x=1\n");
        state_forget(now.state);
        close_state();
    }
    free(payload);
}

/* ---- what is refused ---- */

static void other_settings_in_the_middle(void **state)
{
    (void)state;
    stop_in_the_middle();
    open_with("x=2\n", false);
    assert_int_equal(now.code, EXIT_CONFIG);
    assert_said("run 1 of 'st' is not finished");
    assert_said("error: x was 1, is 2\n");
    assert_said("put back what changed and run again, or begin the run anew with --restart");
    open_clean("x=1\n");
    assert_int_equal(state_checkpoint(now.state).n, 1);
    close_state();
}

static void damaged_inputs(void **state)
{
    (void)state;
    stop_in_the_middle();
    flip("st/run-1/inputs", 1);
    open_with("x=1\n", false);
    assert_int_equal(now.code, EXIT_CONFIG);
    assert_said("'st/run-1/inputs' is missing or damaged: this run cannot go on; --restart begins it anew");
    flip("st/run-1/inputs", 1);
    open_clean("x=1\n");
    close_state();
    assert_int_equal(unlink("st/run-1/inputs"), 0);
    open_with("x=1\n", false);
    assert_int_equal(now.code, EXIT_CONFIG);
    assert_said("'st/run-1/inputs' is missing or damaged");
    open_with("x=1\n", true);
    assert_int_equal(now.code, EXIT_CLEAN);
    close_state();
}

static void damaged_digests(void **state)
{
    (void)state;
    finish_one();
    flip("st/digests", 3);
    open_with("x=1\n", false);
    assert_int_equal(now.code, EXIT_CONFIG);
    assert_said("'st/digests' is damaged: which inputs are done is not known; --restart begins anew with all of them");
    flip("st/digests", 3);
    open_clean("x=1\n");
    assert_true(state_done(now.state, str_of(sha_a)));
    close_state();
    assert_int_equal(unlink("st/digests"), 0);
    open_with("x=1\n", false);
    assert_int_equal(now.code, EXIT_CONFIG);
    assert_said("'st/digests' is damaged");
    open_with("x=1\n", true);
    assert_int_equal(now.code, EXIT_CLEAN);
    assert_int_equal(state_run(now.state), 1);
    assert_false(state_done(now.state, str_of(sha_a)));
    close_state();
}

/* Of a journal with any bit flipped: what it says was so, or it is refused; never that nothing was there. */
static void damaged_journal(void **state)
{
    struct stat st;
    int n_refused = 0, n_less = 0;

    (void)state;
    finish_one();
    open_clean("x=1\n");
    begin();
    note(sha_b);
    checkpoint(1, false, "one");
    checkpoint(2, false, "two");
    close_state();
    assert_int_equal(stat("st/journal", &st), 0);
    struct buf whole = {0};
    assert_int_equal(file_load("st/journal", &whole), 0);
    for (long at = 0; at < st.st_size; at++) {
        flip("st/journal", at);
        open_with("x=1\n", false);
        if (now.code == EXIT_CLEAN) {
            assert_int_equal(state_run(now.state), 2);
            const uint64_t n = state_checkpoint(now.state).n;
            assert_true(n == 1 || n == 2);
            assert_true(state_done(now.state, str_of(sha_a)));
            n_less += n == 1;
            close_state();
        } else {
            assert_int_equal(now.code, EXIT_CONFIG);
            assert_said("'st/journal' is damaged: what its last run was begun with cannot be read; --restart begins anew with all inputs");
            n_refused++;
        }
        /* It may have been cut behind what is whole. */
        FILE *f = fopen("st/journal", "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(whole.ptr, 1, whole.len, f), whole.len);
        fclose(f);
    }
    assert_true(n_refused > 0 && n_less > 0);
    buf_done(&whole);
}

/* The same where the last run has ended: what it did is known, or it is refused. */
static void damaged_journal_of_a_run_that_ended(void **state)
{
    struct buf whole = {0};

    (void)state;
    open_clean("x=1\n");
    begin();
    note(sha_a);
    checkpoint(1, false, "one");
    note(sha_b);
    checkpoint(2, true, "all");
    assert_int_equal(state_end(now.state), PL_OK);
    close_state();
    assert_int_equal(file_load("st/journal", &whole), 0);
    for (long at = 0; at < (long)whole.len; at++) {
        flip("st/journal", at);
        open_with("x=1\n", false);
        if (now.code == EXIT_CLEAN) {
            /* Run 1 only where its end is lost, and all that is behind its checkpoint with it. */
            if (state_run(now.state) == 1)
                assert_int_equal(state_checkpoint(now.state).n, 2);
            else if (!state_done(now.state, str_of(sha_a)) || !state_done(now.state, str_of(sha_b)))
                fail_msg("bit flipped in byte %ld: the next run does anew what is done", at);
            close_state();
        } else {
            assert_int_equal(now.code, EXIT_CONFIG);
            assert_said(" damaged: ");
        }
        FILE *f = fopen("st/journal", "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(whole.ptr, 1, whole.len, f), whole.len);
        fclose(f);
        /* A digests' file that was cut back stays so. */
        if (!there("st/digests") || size_of("st/digests") != 32)
            fail_msg("bit flipped in byte %ld: digests were cut off", at);
    }
    buf_done(&whole);
}

static void a_journal_of_nothing_that_can_be_read(void **state)
{
    (void)state;
    stop_in_the_middle();
    FILE *f = fopen("st/journal", "wb");
    assert_non_null(f);
    fputs("this is a text and no journal", f);
    fclose(f);
    open_with("x=1\n", false);
    assert_int_equal(now.code, EXIT_CONFIG);
    assert_said("'st/journal' is damaged");
}

/* ---- beginning anew ---- */

static void restart_of_an_empty_folder(void **state)
{
    (void)state;
    open_with("x=1\n", true);
    assert_int_equal(now.code, EXIT_CLEAN);
    assert_int_equal(state_run(now.state), 1);
    close_state();
    assert_string_equal(now.said, "");
}

static void restart_in_the_middle(void **state)
{
    (void)state;
    finish_one();
    open_clean("x=1\n");
    begin();
    note(sha_b);
    checkpoint(1, false, "so far");
    close_state();
    open_with("x=2\n", true);
    assert_int_equal(now.code, EXIT_CLEAN);
    assert_int_equal(state_run(now.state), 2);
    assert_int_equal(state_checkpoint(now.state).kind, 0);
    /* Only that run is discarded. */
    assert_true(state_done(now.state, str_of(sha_a)));
    assert_false(state_done(now.state, str_of(sha_b)));
    begin();
    checkpoint(1, true, "all");
    assert_int_equal(state_end(now.state), PL_OK);
    close_state();
    assert_said("--restart: run 2, begun with 20010909T014640Z-2 and 1 of its 2 inputs begun, is discarded and begins anew");
    open_clean("x=2\n");
    assert_int_equal(state_run(now.state), 3);
    close_state();
}

/* Killed between the discarding and the new beginning: it is neither the one nor the other that goes on from the old. */
static void restart_killed_at_once(void **state)
{
    (void)state;
    stop_in_the_middle();
    open_with("x=2\n", true);
    assert_int_equal(now.code, EXIT_CLEAN);
    close_state();
    open_with("x=2\n", false);
    if (now.code == EXIT_CLEAN) {
        assert_int_equal(state_checkpoint(now.state).kind, 0);
        close_state();
    } else {
        assert_int_equal(now.code, EXIT_CONFIG);
        assert_said("--restart");
    }
}

static void restart_after_the_end(void **state)
{
    (void)state;
    finish_one();
    open_clean("x=1\n");
    begin();
    note(sha_b);
    checkpoint(1, true, "all");
    assert_int_equal(state_end(now.state), PL_OK);
    close_state();
    open_with("x=2\n", true);
    assert_int_equal(now.code, EXIT_CLEAN);
    assert_int_equal(state_run(now.state), 1);
    assert_false(state_done(now.state, str_of(sha_a)) || state_done(now.state, str_of(sha_b)));
    assert_int_equal(begun_of(now.state), 0);
    close_state();
    assert_said("--restart: what 'st' knows of 2 runs and their inputs is discarded; run 1 begins anew with all inputs and replaces "
                "the first run's outputs; those of later runs are left: move them away");
    assert_false(there("st/run-2"));
}

static void restart_of_what_cannot_be_read(void **state)
{
    (void)state;
    stop_in_the_middle();
    FILE *f = fopen("st/run-1/blame", "w");
    assert_non_null(f);
    fputs("0 crash\n", f);
    fclose(f);
    flip("st/journal", 0);
    open_with("x=1\n", true);
    assert_int_equal(now.code, EXIT_CLEAN);
    assert_int_equal(state_run(now.state), 1);
    begin();
    close_state();
    assert_said("--restart: what 'st' knows of its runs cannot be read and is discarded; run 1 begins anew with all inputs");
    assert_false(there("st/run-1/blame"));
}

/* ---- one process at a time ---- */

static void another_process_holds_it(void **state)
{
    int ready[2], done[2];
    char c;
    struct buf who = {0};

    (void)state;
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(done), 0);
    assert_false(state_is_held(PL_S("st"), &who));
    const pid_t child = fork();
    if (child == 0) {
        open_with("x=1\n", false);
        const ssize_t put = write(ready[1], now.code == EXIT_CLEAN ? "y" : "n", 1);
        _exit(put == 1 && read(done[0], &c, 1) == 1 ? 0 : 1);
    }
    assert_true(child > 0);
    assert_int_equal(read(ready[0], &c, 1), 1);
    assert_int_equal(c, 'y');
    open_with("x=1\n", false);
    assert_int_equal(now.code, EXIT_AGAIN);
    char wanted[100];
    snprintf(wanted, sizeof wanted, "the state folder 'st' is in use by process %ld on ", (long)child);
    assert_said(wanted);
    assert_said(": try again when that has ended");
    assert_true(state_is_held(PL_S("st"), &who));
    assert_non_null(strstr(buf_cstr(&who), "process "));
    /* --restart takes it from nobody. */
    open_with("x=1\n", true);
    assert_int_equal(now.code, EXIT_AGAIN);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    buf_clear(&who);
    assert_false(state_is_held(PL_S("st"), &who));
    open_clean("x=1\n");
    close_state();
    for (int i = 0; i < 2; i++) {
        close(ready[i]);
        close(done[i]);
    }
    buf_done(&who);
}

static void it_cannot_be_made(void **state)
{
    (void)state;
    FILE *f = fopen("st", "w");
    assert_non_null(f);
    fclose(f);
    open_with("x=1\n", false);
    assert_int_equal(now.code, EXIT_IO);
    assert_said("cannot open 'st/lock': Not a directory");
    assert_int_equal(unlink("st"), 0);
}

static void where_it_is_found(void **state)
{
    struct arena a = {0};

    (void)state;
    assert_null(state_find(&a, PL_S("st")));
    finish_one();
    assert_string_equal(state_find(&a, PL_S("st")), "st");
    assert_int_equal(rename("st", "state"), 0);
    assert_string_equal(state_find(&a, PL_S(".")), "./state");
    assert_int_equal(rename("state", "st"), 0);
    arena_done(&a);
}

/* Each test has the folder `st` for itself. */
static int remove_state(void **state)
{
    (void)state;
    return system("rm -rf st state") == 0 ? 0 : -1;
}

static int enter_folder(void **state)
{
    static char folder[] = "state_test.XXXXXX";

    *state = mkdtemp(folder);
    return *state && chdir(*state) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
    return chdir("..") == 0 && rmdir(*state) == 0 ? 0 : -1;
}

#define TEST(f) cmocka_unit_test_teardown(f, remove_state)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_folder),
        TEST(goes_on_from_its_checkpoint),
        TEST(finished_the_next_begins),
        TEST(killed_before_its_first_checkpoint),
        TEST(all_is_reached_but_the_end),
        TEST(many_digests),
        TEST(nothing_to_do_is_as_if_it_had_not_been),
        TEST(nothing_to_do_after_a_stop),
        TEST(nothing_to_do_after_a_restart),
        TEST(many_runs),
        TEST(other_settings_in_the_middle),
        TEST(damaged_inputs),
        TEST(damaged_digests),
        TEST(damaged_journal),
        TEST(damaged_journal_of_a_run_that_ended),
        TEST(a_journal_of_nothing_that_can_be_read),
        TEST(restart_of_an_empty_folder),
        TEST(restart_in_the_middle),
        TEST(restart_killed_at_once),
        TEST(restart_after_the_end),
        TEST(restart_of_what_cannot_be_read),
        TEST(another_process_holds_it),
        TEST(it_cannot_be_made),
        TEST(where_it_is_found),
    };

    return cmocka_run_group_tests_name("state", tests, enter_folder, leave_folder);
}
