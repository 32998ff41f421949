/* guard.c - what is known when a plugin takes the run with it. */
#include "guard.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "blame.h"
#include "exit.h"
#include "fixed.h"
#include "host.h"
#include "str.h"

#define PLACE_SEIZED UINT64_MAX /* the watchdog has it: the call will not return */

enum { SIGNAL_STACK = 64 << 10, MESSAGE_MAX = 1024, AT_ONCE = 64, TICKS = 4 /* in the shortest timeout */ };

static _Thread_local struct place *here;

/* A signal handler is handed nothing, so what it needs stands here; written while one thread runs. */
static struct fatal_signal {
    int number;
    const char *name;
    struct sigaction before; /* what was done about it */
} fatal_signals[] = {{.number = SIGSEGV, .name = "SIGSEGV"}, {.number = SIGBUS, .name = "SIGBUS"},
                     {.number = SIGILL, .name = "SIGILL"},   {.number = SIGFPE, .name = "SIGFPE"},
                     {.number = SIGABRT, .name = "SIGABRT"}, {.number = SIGSYS, .name = "SIGSYS"}};
static pid_t guarded; /* the process: a child that was forked off is none of ours */
static int n_open;
static bool wipe; /* a progress line may stand where the message goes */

enum { N_FATAL = sizeof fatal_signals / sizeof *fatal_signals };

/* ---- what is told; async-signal-safe ---- */

static pl_str field_of(const pl_record *r, pl_key key)
{
    const struct value *v = r ? record_get(r, key) : NULL;

    return v && v->type == PL_STR ? v->as.str : (pl_str){NULL, 0};
}

static void say(struct fixed *f)
{
    /* Nothing can be done about a standard error that does not take it. */
    if (!fixed_write(f, STDERR_FILENO))
        return;
}

static void begin_message(struct fixed *f, const struct place *p)
{
    fixed_addz(f, wipe ? "\r\033[Kpressline: stage '" : "pressline: stage '");
    fixed_add(f, p->call->stage->def->name);
    fixed_addz(f, "' ");
}

/* Where it was, and what comes of it; true when the record was noted. */
static bool blame(struct fixed *f, const struct place *p, bool hang, const char *why, pl_str record)
{
    const struct blame *b = p->call->run->opt.blame;
    const bool noted = p->origin.len && blame_write(b, hang, why, p->call->stage->index, p->verb, p->origin);

    fixed_addz(f, " in ");
    fixed_addz(f, p->verb);
    if (p->origin.len) {
        fixed_addz(f, " on record ");
        fixed_add_word(f, str_sub(record, 0, record.len < RECORD_HEAD ? record.len : RECORD_HEAD));
    }
    if (noted)
        fixed_addz(f, "; run again: that record will go to the dead letters");
    else if (p->record && blame_keeps(b))
        fixed_addz(f, "; it could not be noted");
    fixed_addz(f, "\n");
    return noted;
}

/* ---- fatal signals ---- */

static void tell_signal(const char *name, const siginfo_t *info)
{
    char text[MESSAGE_MAX];
    struct fixed f = {text, 0, sizeof text};
    const struct place *p = here;
    const bool outside = info->si_code <= 0 && info->si_pid != guarded;

    if (p && p->call && !outside) {
        begin_message(&f, p);
        fixed_addz(&f, "crashed (");
        fixed_addz(&f, name);
        fixed_addz(&f, ")");
        blame(&f, p, false, name, p->record ? field_of(p->record, PL_ID) : (pl_str){NULL, 0});
    } else {
        fixed_addz(&f, wipe ? "\r\033[Kpressline: " : "pressline: ");
        fixed_addz(&f, outside ? "ended from outside (" : "crashed (");
        fixed_addz(&f, name);
        fixed_addz(&f, outside ? "); no record is to blame\n" : ") outside of any stage; no record is to blame\n");
    }
    say(&f);
}

/* What was done about the signal before is done now: the process dies by it, a sanitizer writes its report.  Not
 * SA_RESETHAND: a second thread that crashes would end the process while the first is still at its note. */
static void on_fatal(int sig, siginfo_t *info, void *context)
{
    const struct fatal_signal *s = fatal_signals;

    (void)context;
    while (s->number != sig)
        s++;
    if (getpid() == guarded)
        tell_signal(s->name, info);
    sigaction(sig, &s->before, NULL);
    /* What the processor raised comes again where it happened, and so does the core dump; the others are sent. */
    if (info->si_code <= 0 || sig == SIGSYS)
        raise(sig);
}

/* exit() by a plugin would look like the end of the run, or be none of it. */
static void on_exit_called(void)
{
    char text[MESSAGE_MAX];
    struct fixed f = {text, 0, sizeof text};
    const struct place *p = here;

    if (getpid() != guarded || !p || !p->call)
        return;
    begin_message(&f, p);
    fixed_addz(&f, "called exit()");
    const bool noted = blame(&f, p, false, "exit()", field_of(p->record, PL_ID));
    say(&f);
    _exit(noted ? EXIT_AGAIN : EXIT_INTERNAL);
}

void guard_open(void)
{
    static int n_at_exit;
    struct sigaction act = {.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK};

    if (n_open++ > 0)
        return;
    guarded = getpid();
    wipe = isatty(STDERR_FILENO);
    /* Of threads that call exit() at the same moment each takes a handler off the list; one that finds none left ends the
     * process with whatever status its plugin chose. */
    while (n_at_exit < AT_ONCE && atexit(on_exit_called) == 0)
        n_at_exit++;
    sigfillset(&act.sa_mask);
    for (int i = 0; i < N_FATAL; i++)
        sigaction(fatal_signals[i].number, &act, &fatal_signals[i].before);
}

void guard_close(void)
{
    if (--n_open > 0)
        return;
    for (int i = 0; i < N_FATAL; i++)
        sigaction(fatal_signals[i].number, &fatal_signals[i].before, NULL);
}

/* ---- places ---- */

void guard_thread_begin(struct place *p)
{
    stack_t old;

    here = p;
    /* A sanitizer has given its threads one. */
    if (sigaltstack(NULL, &old) != 0 || !(old.ss_flags & SS_DISABLE))
        return;
    p->stack = malloc(SIGNAL_STACK);
    if (!p->stack)
        return;
    const stack_t stack = {.ss_sp = p->stack, .ss_size = SIGNAL_STACK};
    sigaltstack(&stack, NULL);
}

void guard_thread_end(void)
{
    const stack_t none = {.ss_flags = SS_DISABLE};

    if (here->stack) {
        sigaltstack(&none, NULL);
        free(here->stack);
        here->stack = NULL;
    }
    here = NULL;
}

void guard_enter(struct call *c, const char *verb, pl_record *r, bool timed)
{
    struct place *p = here;

    if (!p)
        return;
    p->verb = verb;
    p->record = r;
    p->origin = field_of(r, PL_ORIGIN);
    p->call = c;
    if (timed && c->stage->def->timeout > 0) {
        atomic_store_explicit(&p->timeout_ms, c->stage->def->timeout, memory_order_relaxed);
        atomic_store_explicit(&p->timed, ++p->n_calls, memory_order_release);
    }
    atomic_signal_fence(memory_order_seq_cst);
}

void guard_leave(void)
{
    struct place *p = here;

    if (!p)
        return;
    atomic_signal_fence(memory_order_seq_cst);
    /* Came back at the last moment, when the watchdog had given it up and was reading its place: the process ends. */
    if (atomic_load_explicit(&p->timed, memory_order_relaxed) && atomic_exchange(&p->timed, 0) == PLACE_SEIZED) {
        for (;;)
            pause();
    }
    p->call = NULL;
}

/* ---- the watchdog ---- */

/* How long the watchdog has seen a call, by its own clock: one that stood still with the whole process (SIGSTOP, a
 * machine that swaps) has not had its time. */
struct sight {
    uint64_t call; /* 0: none */
    int64_t left_ns;
};

struct watchdog {
    struct run *run;
    struct sight *sights; /* one a place */
    int64_t tick_ns;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop; /* guarded by lock */
};

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void give_up(const struct place *p)
{
    char text[MESSAGE_MAX];
    struct fixed f = {text, 0, sizeof text};

    begin_message(&f, p);
    fixed_addz(&f, "took longer than its timeout of ");
    fixed_add_number(&f, (uint64_t)p->call->stage->def->timeout);
    fixed_addz(&f, " ms");
    /* The plugin may be writing to the record: its origin as it came is safe to read, its fields are not. */
    blame(&f, p, true, "timeout", p->origin);
    say(&f);
    _exit(EXIT_AGAIN);
}

static void look(struct place *p, struct sight *s, int64_t elapsed_ns)
{
    uint64_t call = atomic_load_explicit(&p->timed, memory_order_acquire);

    if (call == 0 || call != s->call) {
        s->call = call;
        s->left_ns = atomic_load_explicit(&p->timeout_ms, memory_order_relaxed) * 1000000;
        return;
    }
    s->left_ns -= elapsed_ns;
    /* It is still in that call and can no longer leave it, so its place can be read. */
    if (s->left_ns <= 0 && atomic_compare_exchange_strong(&p->timed, &call, PLACE_SEIZED))
        give_up(p);
}

/* Waits one tick; false when it is time to stop. */
static bool tick(struct watchdog *w)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += w->tick_ns / 1000000000;
    until.tv_nsec += w->tick_ns % 1000000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&w->lock);
    while (!w->stop && pthread_cond_timedwait(&w->wake, &w->lock, &until) != ETIMEDOUT)
        continue;
    const bool go_on = !w->stop;
    pthread_mutex_unlock(&w->lock);
    return go_on;
}

static void *watch(void *arg)
{
    struct watchdog *w = arg;
    struct run *run = w->run;
    int64_t last = now_ns();

    while (tick(w)) {
        const int64_t now = now_ns();
        const int64_t elapsed = now - last < 2 * w->tick_ns ? now - last : 2 * w->tick_ns;
        last = now;
        look(&run->reading, &w->sights[0], elapsed);
        for (int i = 0; i < run->n_workers; i++)
            look(&run->workers[i].place, &w->sights[1 + i], elapsed);
    }
    return NULL;
}

/* The shortest timeout of a stage that has one, in ns; 0: none has. */
static int64_t shortest_timeout(const struct run *run)
{
    int64_t shortest = 0;

    for (int i = 0; i < run->n_stages; i++) {
        const int64_t ms = run->stages[i].def->timeout;
        if (ms > 0 && (shortest == 0 || ms < shortest))
            shortest = ms;
    }
    return shortest * 1000000;
}

static void watchdog_free(struct watchdog *w)
{
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->wake);
    free(w->sights);
    free(w);
}

struct watchdog *watchdog_start(struct run *run)
{
    const int64_t shortest = shortest_timeout(run), longest_tick = 1000000000;
    struct watchdog *w;
    pthread_condattr_t attr;

    if (shortest == 0)
        return NULL;
    w = calloc(1, sizeof *w);
    if (w)
        w->sights = calloc((size_t)run->n_workers + 1, sizeof *w->sights);
    if (!w || !w->sights)
        out_of_memory();
    w->run = run;
    w->tick_ns = shortest / TICKS < longest_tick ? shortest / TICKS : longest_tick;
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->wake, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&w->thread, NULL, watch, w) == 0)
        return w;
    log_say(run->opt.log, PL_LOG_WARN, "cannot start a thread: no stage's `timeout` is watched");
    watchdog_free(w);
    return NULL;
}

void watchdog_stop(struct watchdog *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    watchdog_free(w);
}
