/* stuck_test.c - what does not return is told from what takes its time: run_stuck(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include <cmocka.h>

#include "run.h"
#include "str.h"

enum { HANG_MS = 300, PATIENCE_MS = 30000 };

static atomic_bool begun, let_go;
static atomic_int made;

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static void hang(void)
{
    atomic_store(&begun, true);
    while (!atomic_load(&let_go))
        pause_ms(1000);
}

static int emit(pl_self *self)
{
    const int input = pl_input(self, PL_S("one"), PL_S(""));

    pl_set_origin(self, pl_emit(self, NULL), input, 1);
    return PL_OK;
}

static int read_one(pl_self *self)
{
    return atomic_fetch_add(&made, 1) ? PL_EOF : emit(self);
}

static int read_and_hang(pl_self *self)
{
    hang();
    return read_one(self);
}

/* A large input to digest: one call, at work all the time. */
static int read_and_work(pl_self *self)
{
    atomic_store(&begun, true);
    while (!atomic_load(&let_go))
        continue;
    return read_one(self);
}

static int read_and_wait(pl_self *self)
{
    atomic_store(&begun, true);
    return atomic_load(&let_go) ? read_one(self) : PL_AGAIN;
}

static int hang_on_record(pl_self *self, pl_record *r)
{
    (void)self;
    (void)r;
    hang();
    return PL_OK;
}

static int hang_at_end(pl_self *self)
{
    (void)self;
    hang();
    return PL_OK;
}

static void *go(void *run)
{
    run_go(run);
    return NULL;
}

/* Looks every 20 ms until a call of `name` has lasted HANG_MS, or for ten times that; the longest that was seen then. */
static uint64_t look(struct run *run, const char *name)
{
    uint64_t longest = 0;

    for (int ms = 0; ms < PATIENCE_MS && !atomic_load(&begun); ms += 20)
        pause_ms(20);
    for (int ms = 0; ms < (name ? PATIENCE_MS : HANG_MS * 10) && longest < HANG_MS; ms += 20) {
        const struct run_stuck stuck = run_stuck(run);
        pause_ms(20);
        if (stuck.ns == 0)
            continue;
        if (name && stuck.ns / 1000000 >= HANG_MS)
            assert_true(stuck.stage && str_is(stuck.stage->name, name));
        longest = stuck.ns / 1000000 > longest ? stuck.ns / 1000000 : longest;
    }
    return longest;
}

struct row {
    int (*read)(pl_self *);
    int (*process)(pl_self *, pl_record *);
    int (*commit)(pl_self *, pl_record *);
    int (*finish)(pl_self *);
    const char *hangs; /* NULL: nobody */
};

static void check_row(const struct row *row)
{
    const pl_plugin source = {.name = "source", .about = "x", .read = row->read};
    const pl_plugin plugin = {.name = "stage", .about = "x", .process = row->process, .commit = row->commit,
                              .finish = row->finish};
    struct stage st = {.name = PL_S("stage"), .plugin = &plugin};
    struct pipeline p = {.stages = &st, .n_stages = 1, .names = intern_new(), .file = "x", .digest = "d"};
    const struct run_options opt = {.jobs = 2, .source = &source};
    struct run *run;
    pthread_t thread;

    p.settings = (struct settings){.max_failures = -1, .max_failure_share = 1, .max_record = 1 << 20,
                                   .record_memory = 1 << 20};
    atomic_store(&begun, false);
    atomic_store(&let_go, false);
    atomic_store(&made, 0);
    assert_int_equal(run_open(&run, &p, &opt), PL_OK);
    assert_int_equal(run_stuck(run).ns, 0);
    assert_int_equal(pthread_create(&thread, NULL, go, run), 0);
    const uint64_t longest = look(run, row->hangs);
    atomic_store(&let_go, true);
    pthread_join(thread, NULL);
    assert_int_equal(longest >= HANG_MS, row->hangs != NULL);
    assert_int_equal(run_stuck(run).ns, 0);
    run_close(run);
    intern_free(p.names);
}

static void what_hangs_is_named(void **state)
{
    static const struct row rows[] = {
        {.read = read_and_hang, .hangs = "source"},
        {.read = read_one, .process = hang_on_record, .hangs = "stage"},
        {.read = read_one, .commit = hang_on_record, .hangs = "stage"},
        {.read = read_one, .finish = hang_at_end, .hangs = "stage"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_row(&rows[i]);
}

static void what_works_or_waits_does_not(void **state)
{
    static const struct row rows[] = {{.read = read_and_work}, {.read = read_and_wait}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_row(&rows[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_hangs_is_named),
        cmocka_unit_test(what_works_or_waits_does_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
