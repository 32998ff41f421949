/* blame_test.c - what takes a run with it is told and noted, and the run that goes on leaves it out. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "blame.h"
#include "exit.h"
#include "run.h"
#include "str.h"

enum { RECORDS = 9, SIGNALS = 6 };

static const int fatal[SIGNALS] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS};

/* A pipeline of a source that counts from 1, the stage under test and a sink; each run of it is a process of its own,
 * as the run after a crash is. */
struct fixture {
    pl_plugin source, stage, sink;
    int64_t timeout; /* of the stage under test, */
    int timed;       /* which is the second unless said so */
    bool isolate;
    int jobs;
    const char *bad; /* the text of the record that the stage does not survive */
    void (*fault)(void);
    bool no_notes, own_handler, leave_faults;
    char folder[64], notes[80], told[80], log[80];
    int pipe[2];
    /* of the process that runs */
    int read;
    struct buf committed, left;
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

/* ---- faults ---- */

static void fault_segv(void)
{
    raise(SIGSEGV);
}

static void write_where_none_may(void)
{
    volatile char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    page[8] = 1;
}

static volatile int depth;

/* Not a tail call: what comes back is used. */
static int fill_stack(int n) /* NOLINT(misc-no-recursion) */
{
    volatile char page[4096];

    page[0] = (char)n;
    page[sizeof page - 1] = (char)depth;
    return depth < 0 ? n : fill_stack(n + 1) + page[0] + page[sizeof page - 1];
}

static void overflow_stack(void)
{
    depth = fill_stack(0);
}

static void call_exit(void)
{
    exit(0);
}

static void be_killed(void)
{
    kill(getpid(), SIGKILL);
}

/* Two processes of the plugin's own, one that crashes and one that ends. */
static void have_children(void)
{
    for (int i = 0; i < 2; i++) {
        const pid_t pid = fork();
        if (pid == 0) {
            close(STDOUT_FILENO); /* what cmocka has not written yet is not written twice */
            if (i == 0)
                raise(SIGSEGV);
            exit(0);
        }
        waitpid(pid, NULL, 0);
    }
}

static void hang(void)
{
    for (;;)
        pause();
}

static void take_a_while(void)
{
    const struct timespec t = {0, 200000000};

    nanosleep(&t, NULL);
}

/* ---- the stages ---- */

static int read_next(pl_self *self)
{
    struct fixture *f = fixture_of(self);
    char text[32];

    if (f->read == RECORDS)
        return PL_EOF;
    const int input = pl_input(self, PL_S("numbers of the day"), PL_S(""));
    pl_record *r = pl_emit(self, NULL);
    pl_set_origin(self, r, input, (uint64_t)++f->read);
    const int n = snprintf(text, sizeof text, "%d", f->read);
    return pl_set(self, r, PL_TEXT, (pl_str){text, (size_t)n});
}

static int verb(pl_self *self, pl_record *r)
{
    const struct fixture *f = fixture_of(self);

    if (f->bad && str_is(pl_get(self, r, PL_TEXT), f->bad))
        f->fault();
    return PL_OK;
}

/* A third of the records: those whose number can be divided by 3. */
static int verb_of_many(pl_self *self, pl_record *r)
{
    if (pl_get(self, r, PL_TEXT).ptr[0] % 3 == 0)
        fixture_of(self)->fault();
    return PL_OK;
}

static int verb_of_read(pl_self *self)
{
    if (fixture_of(self)->read == 4)
        fixture_of(self)->fault();
    return read_next(self);
}

static int verb_of_open(pl_self *self)
{
    fixture_of(self)->fault();
    return PL_OK;
}

static int emit_child(pl_self *self, pl_record *r)
{
    pl_record *child = pl_emit(self, r);
    char text[16];
    const pl_str number = pl_get(self, r, PL_TEXT);
    const int n = snprintf(text, sizeof text, STR_FMT "b", STR_ARG(number));

    return child ? pl_set(self, child, PL_TEXT, (pl_str){text, (size_t)n}) : PL_NOMEM;
}

static int pass_on(pl_self *self, pl_record *r)
{
    pl_record *block = pl_emit(self, NULL);

    return block ? pl_set(self, block, PL_TEXT, pl_get(self, r, PL_TEXT)) : PL_NOMEM;
}

static int sink_commit(pl_self *self, pl_record *r)
{
    struct fixture *f = fixture_of(self);

    buf_add(&f->committed, pl_get(self, r, PL_TEXT));
    buf_addc(&f->committed, ' ');
    return PL_OK;
}

static int leave(void *arg, const struct run *run, pl_record *r)
{
    struct fixture *f = arg;

    if (f->leave_faults)
        f->fault();
    if (r->fate != FATE_FAILED)
        return PL_OK;
    buf_add(&f->left, record_get(r, PL_ORIGIN)->as.str);
    buf_addf(&f->left, "|" STR_FMT "|", STR_ARG(run_stage(run, r->stage)->name));
    buf_add(&f->left, r->code);
    buf_addc(&f->left, '|');
    buf_add(&f->left, r->message);
    buf_addc(&f->left, '\n');
    return PL_OK;
}

/* ---- a run ---- */

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    snprintf(f->folder, sizeof f->folder, "blame.XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->notes, sizeof f->notes, "%s/blame", f->folder);
    snprintf(f->told, sizeof f->told, "%s/stderr", f->folder);
    snprintf(f->log, sizeof f->log, "%s/log", f->folder);
    f->jobs = f->timed = 1;
    f->bad = "5";
    f->fault = fault_segv;
    f->source = (pl_plugin){.name = "source", .about = "x", .read = read_next};
    f->stage = (pl_plugin){.name = "stage", .about = "x"};
    f->sink = (pl_plugin){.name = "sink", .about = "x", .flags = PL_SINK, .commit = sink_commit};
    f->config.f = f;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    unlink(f->notes);
    unlink(f->told);
    unlink(f->log);
    rmdir(f->folder);
    buf_done(&f->committed);
    buf_done(&f->left);
    free(f);
    return 0;
}

/* The run; its end, or -1 when it could not be opened. */
static int go(struct fixture *f)
{
    const pl_plugin *plugins[] = {&f->source, &f->stage, &f->sink};
    FILE *out = fopen(f->log, "w");
    struct log *log = log_new(out, LOG_TEXT, PL_LOG_WARN);
    struct blame *b = f->no_notes ? NULL : blame_open(f->notes, log);
    const struct run_options opt = {.log = log, .jobs = f->jobs, .leave = leave, .arg = f, .blame = b};
    struct pipeline *p = &f->pipeline;
    struct run *run;
    int end = -1;

    for (int i = 0; i < 3; i++)
        f->stages[i] = (struct stage){.index = i, .name = str_of(plugins[i]->name), .plugin = plugins[i],
                                      .config = &f->config, .timeout = i == f->timed ? f->timeout : 0,
                                      .isolate = f->isolate};
    *p = (struct pipeline){.stages = f->stages, .n_stages = 3, .names = intern_new()};
    p->settings = (struct settings){.max_failures = -1, .max_failure_share = 1, .max_record = 1 << 20,
                                    .record_memory = 1 << 20};
    f->read = 0;
    buf_clear(&f->committed);
    buf_clear(&f->left);
    if (run_open(&run, p, &opt) == PL_OK) {
        end = (int)run_go(run);
        assert_true(run_balanced(run));
        run_close(run);
    }
    blame_close(b);
    intern_free(p->names);
    log_free(log);
    fclose(out);
    return end;
}

static void exit_42(int sig)
{
    (void)sig;
    _exit(42);
}

/* The run in a process of its own, whose standard error goes to a file; how it ended, as waitpid() says. */
static pid_t start(struct fixture *f)
{
    const struct rlimit none = {0, 0};
    const pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid > 0)
        return pid;
    const int fd = open(f->told, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(fd, STDERR_FILENO);
    setrlimit(RLIMIT_CORE, &none);
    for (int i = 0; i < SIGNALS; i++)
        signal(fatal[i], SIG_DFL); /* cmocka and sanitizers have theirs */
    if (f->own_handler)
        signal(SIGSEGV, exit_42);
    _exit(go(f) == RUN_DONE ? 0 : 1);
}

static int die(struct fixture *f)
{
    int status;
    const pid_t pid = start(f);

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void assert_signal(struct fixture *f, int sig)
{
    const int status = die(f);

    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), sig);
}

static void assert_exit(struct fixture *f, int code)
{
    const int status = die(f);

    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), code);
}

static char *read_text(const char *path, char *text, size_t size)
{
    const int fd = open(path, O_RDONLY);
    const ssize_t n = fd < 0 ? 0 : read(fd, text, size - 1);

    text[n > 0 ? n : 0] = '\0';
    if (fd >= 0)
        close(fd);
    return text;
}

static void assert_told(const struct fixture *f, const char *what)
{
    char text[4096];

    if (!strstr(read_text(f->told, text, sizeof text), what))
        fail_msg("'%s' is not in:\n%s", what, text);
}

static void assert_untold(const struct fixture *f, const char *what)
{
    char text[4096];

    assert_null(strstr(read_text(f->told, text, sizeof text), what));
}

/* The run after it: the record that is to blame fails where it did harm, all others arrive. */
static void assert_left_out(struct fixture *f, const char *letter, const char *committed)
{
    assert_int_equal(go(f), RUN_DONE);
    assert_string_equal(buf_cstr(&f->left), letter);
    assert_string_equal(buf_cstr(&f->committed), committed);
}

static void assert_nobody_blamed(struct fixture *f)
{
    f->bad = NULL;
    f->leave_faults = false;
    assert_left_out(f, "", "1 2 3 4 5 6 7 8 9 ");
}

#define WITHOUT_5 "1 2 3 4 6 7 8 9 "
#define LETTER(stage, what) "-:5:0 numbers of the day|" stage "|" what "\n"

/* ---- crashes ---- */

static void a_crash_is_noted(void **state)
{
    struct fixture *f = *state;

    f->stage.process = verb;
    assert_signal(f, SIGSEGV);
    assert_told(f, "pressline: stage 'stage' crashed (SIGSEGV) in process() on record ");
    assert_told(f, "; run again: that record will go to the dead letters\n");
    assert_left_out(f, LETTER("stage", "crash|killed the run before: SIGSEGV in process()"), WITHOUT_5);
    f->jobs = 3;
    assert_left_out(f, LETTER("stage", "crash|killed the run before: SIGSEGV in process()"), WITHOUT_5);
}

static void so_is_a_real_fault(void **state)
{
    struct fixture *f = *state;

    f->stage.process = verb;
    f->fault = write_where_none_may;
    f->jobs = 3;
    assert_signal(f, SIGSEGV);
    assert_left_out(f, LETTER("stage", "crash|killed the run before: SIGSEGV in process()"), WITHOUT_5);
}

static void so_is_a_full_stack(void **state)
{
    struct fixture *f = *state;

    f->stage.process = verb;
    f->fault = overflow_stack;
    assert_signal(f, SIGSEGV);
    assert_left_out(f, LETTER("stage", "crash|killed the run before: SIGSEGV in process()"), WITHOUT_5);
}

static void so_is_abort(void **state)
{
    struct fixture *f = *state;

    f->stage.process = verb;
    f->fault = abort;
    assert_signal(f, SIGABRT);
    assert_left_out(f, LETTER("stage", "crash|killed the run before: SIGABRT in process()"), WITHOUT_5);
}

static void so_is_exit(void **state)
{
    struct fixture *f = *state;

    f->stage.process = verb;
    f->fault = call_exit;
    assert_exit(f, EXIT_AGAIN);
    assert_told(f, "stage 'stage' called exit() in process() on record ");
    assert_left_out(f, LETTER("stage", "crash|killed the run before: exit() in process()"), WITHOUT_5);
}

static void a_crash_in_commit_is_noted(void **state)
{
    struct fixture *f = *state;

    f->stage.commit = verb;
    f->jobs = 2;
    assert_signal(f, SIGSEGV);
    assert_left_out(f, LETTER("stage", "crash|killed the run before: SIGSEGV in commit()"), WITHOUT_5);
}

/* A child has an origin of its own. */
static void a_child_is_blamed_and_not_its_parent(void **state)
{
    struct fixture *f = *state;

    f->stage.process = emit_child;
    f->sink.process = verb;
    f->bad = "5b";
    assert_signal(f, SIGSEGV);
    assert_left_out(f, "-:5:1 numbers of the day|sink|crash|killed the run before: SIGSEGV in process()\n",
                    "1 1b 2 2b 3 3b 4 4b 5 6 6b 7 7b 8 8b 9 9b ");
}

static void no_record_kills_a_run_twice(void **state)
{
    struct fixture *f = *state;
    int n = 0;

    f->stage.process = verb_of_many;
    f->jobs = 2;
    while (WIFSIGNALED(die(f)) && n < 10)
        n++;
    assert_in_range(n, 1, 3);
    assert_int_equal(go(f), RUN_DONE);
    assert_string_equal(buf_cstr(&f->committed), "1 2 4 5 7 8 ");
}

static void without_notes_it_is_told(void **state)
{
    struct fixture *f = *state;

    f->stage.process = verb;
    f->no_notes = true;
    assert_signal(f, SIGSEGV);
    assert_told(f, "stage 'stage' crashed (SIGSEGV) in process() on record ");
    assert_untold(f, "run again");
    f->fault = call_exit;
    assert_exit(f, EXIT_INTERNAL);
}

/* A sanitizer's report, a crash handler that was preloaded. */
static void a_handler_that_was_there_gets_its_turn(void **state)
{
    struct fixture *f = *state;

    f->stage.process = verb;
    f->own_handler = true;
    f->fault = write_where_none_may;
    assert_exit(f, 42);
    assert_told(f, "stage 'stage' crashed (SIGSEGV)");
    f->bad = "6";
    f->fault = fault_segv;
    assert_exit(f, 42);
    assert_left_out(f, "-:5:0 numbers of the day|stage|crash|killed the run before: SIGSEGV in process()\n"
                       "-:6:0 numbers of the day|stage|crash|killed the run before: SIGSEGV in process()\n",
                    "1 2 3 4 7 8 9 ");
}

/* ---- nobody to blame ---- */

static void a_crash_in_read_names_the_stage(void **state)
{
    struct fixture *f = *state;

    f->source.read = verb_of_read;
    assert_signal(f, SIGSEGV);
    assert_told(f, "stage 'source' crashed (SIGSEGV) in read()\n");
    f->source.read = read_next;
    assert_nobody_blamed(f);
}

static void a_crash_in_open_names_the_stage(void **state)
{
    struct fixture *f = *state;

    f->stage.open = verb_of_open;
    assert_signal(f, SIGSEGV);
    assert_told(f, "stage 'stage' crashed (SIGSEGV) in open()\n");
    f->fault = call_exit;
    assert_exit(f, EXIT_INTERNAL);
}

static void a_crash_in_then_names_the_stage(void **state)
{
    const pl_plugin then = {.process = verb};
    struct fixture *f = *state;

    f->stage.commit = pass_on;
    f->stage.then = &then;
    assert_signal(f, SIGSEGV);
    assert_told(f, "stage 'stage' crashed (SIGSEGV) in `then`\n");
    assert_nobody_blamed(f);
}

static void a_crash_of_the_core_blames_nobody(void **state)
{
    struct fixture *f = *state;

    f->leave_faults = true;
    assert_signal(f, SIGSEGV);
    assert_told(f, "pressline: crashed (SIGSEGV) outside of any stage; no record is to blame\n");
    assert_nobody_blamed(f);
}

static void sigkill_blames_nobody(void **state)
{
    struct fixture *f = *state;

    f->stage.process = verb;
    f->fault = be_killed;
    assert_signal(f, SIGKILL);
    assert_nobody_blamed(f);
}

static void a_forked_process_blames_nobody(void **state)
{
    struct fixture *f = *state;

    f->stage.process = verb;
    f->fault = have_children;
    assert_exit(f, 0);
    assert_untold(f, "pressline");
    assert_nobody_blamed(f);
}

static struct fixture *waiting;

static void say_and_wait(void)
{
    assert_int_equal(write(waiting->pipe[1], "x", 1), 1);
    hang();
}

/* What a supervisor sends to a service that it takes for dead. */
static void a_signal_from_outside_blames_nobody(void **state)
{
    struct fixture *f = *state;
    int status;
    char c;

    waiting = f;
    assert_int_equal(pipe(f->pipe), 0);
    f->stage.process = verb;
    f->fault = say_and_wait;
    const pid_t pid = start(f);
    assert_int_equal(read(f->pipe[0], &c, 1), 1);
    kill(pid, SIGABRT);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_told(f, "pressline: ended from outside (SIGABRT); no record is to blame\n");
    assert_nobody_blamed(f);
    close(f->pipe[0]);
    close(f->pipe[1]);
}

/* ---- timeouts ---- */

static void a_hang_is_noted(void **state)
{
    struct fixture *f = *state;

    f->stage.process = verb;
    f->fault = hang;
    f->timeout = 500;
    f->jobs = 2;
    assert_exit(f, EXIT_AGAIN);
    assert_told(f, "pressline: stage 'stage' took longer than its timeout of 500 ms in process() on record "
                   "-:5:0?numbers?of?the?day; run again");
    f->timeout = 0;
    assert_left_out(f, LETTER("stage", "hang|killed the run before: timeout in process()"), WITHOUT_5);
}

static void a_hang_in_commit_is_noted(void **state)
{
    struct fixture *f = *state;

    f->sink.process = verb;
    f->stage.commit = verb;
    f->fault = hang;
    f->timeout = 500;
    assert_exit(f, EXIT_AGAIN);
    f->timeout = 0;
    assert_left_out(f, LETTER("stage", "hang|killed the run before: timeout in commit()"), WITHOUT_5);
}

static void a_hang_in_read_names_the_stage(void **state)
{
    struct fixture *f = *state;

    f->source.read = verb_of_read;
    f->fault = hang;
    f->timed = 0;
    f->timeout = 500;
    assert_exit(f, EXIT_AGAIN);
    assert_told(f, "stage 'source' took longer than its timeout of 500 ms in read()\n");
    f->source.read = read_next;
    f->timeout = 0;
    assert_nobody_blamed(f);
}

static void an_isolated_process_watches_its_own_time(void **state)
{
    struct fixture *f = *state;

    f->stage.process = verb;
    f->fault = take_a_while;
    f->timeout = 30;
    assert_exit(f, EXIT_AGAIN);
    unlink(f->notes);
    f->isolate = true;
    assert_exit(f, 0);
}

/* ---- the notes ---- */

static void write_text(const char *path, const char *text, size_t n)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_int_equal(write(fd, text, n), (ssize_t)n);
    close(fd);
}

static void origins_of_any_length_are_told_apart(void **state)
{
    struct fixture *f = *state;
    struct log *log = log_new(stderr, LOG_TEXT, PL_LOG_ERROR);
    struct blame *b = blame_open(f->notes, log);
    char *long_name = malloc(100000);

    assert_non_null(long_name);
    memset(long_name, 'a', 100000);
    const pl_str name = {long_name, 100000}, odd = PL_S("-:1:0 a\nb\tc \xff");
    assert_int_equal(blame_count(b), 0);
    assert_true(blame_write(b, false, "SIGBUS", 2, "process()", name));
    assert_true(blame_write(b, true, "timeout", 3, "commit()", odd));
    assert_true(blame_write(b, true, "timeout", 3, "commit()", odd));
    blame_close(b);
    b = blame_open(f->notes, log);
    assert_int_equal(blame_count(b), 2);
    const struct blame_note *note = blame_find(b, 2, name);
    assert_non_null(note);
    assert_false(note->hang);
    assert_string_equal(note->why, "SIGBUS");
    assert_string_equal(note->verb, "process()");
    assert_true(blame_find(b, 3, odd)->hang);
    assert_null(blame_find(b, 3, name));
    assert_null(blame_find(b, 2, odd));
    assert_null(blame_find(b, 2, str_sub(name, 0, 99999)));
    long_name[99999] = 'b';
    assert_null(blame_find(b, 2, name));
    blame_close(b);
    free(long_name);
    log_free(log);
}

/* How many notes are in the file, all of them about the record that was noted. */
static size_t count_notes(const struct fixture *f, struct log *log)
{
    struct blame *b = blame_open(f->notes, log);
    const size_t n = blame_count(b);

    assert_non_null(b);
    if (n)
        assert_non_null(blame_find(b, 1, PL_S("-:5:0 x")));
    assert_in_range(n, 0, 1);
    blame_close(b);
    return n;
}

static void a_damaged_note_is_not_used(void **state)
{
    struct fixture *f = *state;
    FILE *out = fopen(f->log, "w");
    struct log *log = log_new(out, LOG_TEXT, PL_LOG_WARN);
    struct blame *b = blame_open(f->notes, log);
    char whole[1024], bad[1024], told[4096];

    assert_true(blame_write(b, false, "SIGSEGV", 1, "process()", PL_S("-:5:0 x")));
    blame_close(b);
    const size_t len = strlen(read_text(f->notes, whole, sizeof whole));
    for (size_t bit = 0; bit < 8 * (len - 1); bit++) {
        memcpy(bad, whole, len);
        bad[bit / 8] = (char)(bad[bit / 8] ^ 1 << bit % 8);
        write_text(f->notes, bad, len);
        assert_int_equal(count_notes(f, log), 0);
    }
    /* Torn anywhere, it does not spoil the one that comes next. */
    for (size_t n = 0; n < len; n++) {
        write_text(f->notes, whole, n);
        assert_int_equal(count_notes(f, log), n == len - 1);
        b = blame_open(f->notes, log);
        assert_true(blame_write(b, false, "SIGSEGV", 1, "process()", PL_S("-:5:0 x")));
        blame_close(b);
        assert_int_equal(count_notes(f, log), 1);
    }
    log_free(log);
    fclose(out);
    assert_non_null(strstr(read_text(f->log, told, sizeof told), "a note of what killed the run is damaged"));
}

static void notes_that_cannot_be_used_are_an_error(void **state)
{
    struct fixture *f = *state;
    FILE *out = fopen(f->log, "w");
    struct log *log = log_new(out, LOG_TEXT, PL_LOG_WARN);
    char told[4096];

    assert_null(blame_open(f->folder, log));
    log_free(log);
    fclose(out);
    assert_non_null(strstr(read_text(f->log, told, sizeof told), f->folder));
}

static void without_a_file_there_are_none(void **state)
{
    struct blame *b = blame_open(NULL, NULL);

    (void)state;
    assert_int_equal(blame_count(b), 0);
    assert_false(blame_keeps(b));
    assert_false(blame_write(b, false, "SIGSEGV", 1, "process()", PL_S("x")));
    blame_close(b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_crash_is_noted),
        TEST(so_is_a_real_fault),
        TEST(so_is_a_full_stack),
        TEST(so_is_abort),
        TEST(so_is_exit),
        TEST(a_crash_in_commit_is_noted),
        TEST(a_child_is_blamed_and_not_its_parent),
        TEST(no_record_kills_a_run_twice),
        TEST(without_notes_it_is_told),
        TEST(a_handler_that_was_there_gets_its_turn),
        TEST(a_crash_in_read_names_the_stage),
        TEST(a_crash_in_open_names_the_stage),
        TEST(a_crash_in_then_names_the_stage),
        TEST(a_crash_of_the_core_blames_nobody),
        TEST(sigkill_blames_nobody),
        TEST(a_forked_process_blames_nobody),
        TEST(a_signal_from_outside_blames_nobody),
        TEST(a_hang_is_noted),
        TEST(a_hang_in_commit_is_noted),
        TEST(a_hang_in_read_names_the_stage),
        TEST(an_isolated_process_watches_its_own_time),
        TEST(origins_of_any_length_are_told_apart),
        TEST(a_damaged_note_is_not_used),
        TEST(notes_that_cannot_be_used_are_an_error),
        TEST(without_a_file_there_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
