/* run.c - a run from opening its stages to closing them. */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "host.h"
#include "isolate.h"
#include "str.h"

/* ---- stages ---- */

static void own_stage(struct stage *st, const pl_plugin *plugin, const void *config)
{
    st->name = str_of(plugin->name);
    st->plugin = plugin;
    st->config = (void *)(uintptr_t)config;
}

/* The source with another's read(). */
static const pl_plugin *with_reader(struct run *run, const pl_plugin *source)
{
    pl_plugin *p = arena_alloc(&run->pipeline->arena, sizeof *p, 16);

    *p = *source;
    p->read = run->opt.reader->read;
    p->checkpoint = run->opt.reader->checkpoint;
    p->restore = run->opt.reader->restore;
    p->committed = NULL;
    return p;
}

static void lay_out_stages(struct run *run)
{
    const struct run_options *opt = &run->opt;
    int n = 0;

    run->n_stages = run->pipeline->n_stages + (opt->source != NULL) + (opt->sink != NULL);
    run->stages = calloc((size_t)run->n_stages, sizeof *run->stages);
    run->own = calloc(2, sizeof *run->own);
    if (!run->stages || !run->own)
        out_of_memory();
    if (opt->reader)
        run->pipeline->stages[0].plugin = with_reader(run, run->pipeline->stages[0].plugin);
    if (opt->source) {
        own_stage(&run->own[0], opt->source, opt->source_config);
        run->stages[n++].def = &run->own[0];
    }
    for (int i = 0; i < run->pipeline->n_stages; i++)
        run->stages[n++].def = &run->pipeline->stages[i];
    if (opt->sink) {
        own_stage(&run->own[1], opt->sink, opt->sink_config);
        run->stages[n++].def = &run->own[1];
    }
    for (int i = 0; i < run->n_stages; i++) {
        struct stage_run *st = &run->stages[i];
        st->index = i;
        call_init(&st->control, run, st);
        call_init(&st->reading, run, st);
        call_init(&st->then, run, st);
        st->reading.reading = true;
        if (i == 0 && opt->reader)
            st->reading.self.config = opt->reader_config;
        st->control.to_then = st->def->plugin->then != NULL;
        if (opt->checked)
            st->contract = contract_new(st->def->plugin, run->pipeline->names);
    }
}

/* The inputs of a run that goes on are those it began with. */
static void take_inputs(struct run *run)
{
    const pl_list inputs = run->opt.state ? state_inputs(run->opt.state) : (pl_list){NULL, 0};

    run->inputs_fixed = run->opt.state && state_checkpoint(run->opt.state).kind != 0;
    run->offered = (pl_str *)(uintptr_t)inputs.at;
    run->n_offered = inputs.n;
}

static int open_stages(struct run *run)
{
    take_inputs(run);
    for (int i = 0; i < run->n_stages; i++) {
        struct stage_run *st = &run->stages[i];
        const pl_plugin *p = st->def->plugin;
        st->opened = true;
        guard_enter(&st->control, "open()", NULL, false);
        const int rc = p->open ? p->open(&st->control.self) : PL_OK;
        guard_leave();
        if (rc != PL_OK) {
            log_say(run->opt.log, PL_LOG_ERROR, "%s:%d: stage '" STR_FMT "' could not be opened",
                    st->def->file ? st->def->file : "(built in)", st->def->line, STR_ARG(st->def->name));
            return rc == PL_RETRY ? PL_FATAL : rc == PL_AGAIN ? PL_RETRY : PL_ERROR;
        }
        st->reading.self.shared = st->then.self.shared = st->control.self.shared;
    }
    run->inputs_fixed = true;
    intern_freeze(run->pipeline->names);
    return PL_OK;
}

static void close_stages(struct run *run)
{
    for (int i = run->n_stages; i-- > 0;) {
        struct stage_run *st = &run->stages[i];
        guard_enter(&st->control, "close()", NULL, false);
        if (st->opened && st->def->plugin->close)
            st->def->plugin->close(&st->control.self);
        guard_leave();
        records_free(&st->control.emitted);
        records_free(&st->then.emitted);
        free(st->control.emitted.at);
        free(st->then.emitted.at);
        contract_free(st->contract);
    }
}

/* ---- filters ---- */

static void add_filter(struct run *run, enum filter_kind kind, struct stage_run *st)
{
    struct filter *f = &run->filters[run->n_filters++];

    f->kind = kind;
    f->stage = st;
    f->serial = kind != FILTER_PROCESS && kind != FILTER_THEN_PROCESS;
    if (f->serial)
        f->parked = calloc(run->n_tokens, sizeof(struct batch *));
    if (f->serial && !f->parked)
        out_of_memory();
}

static void add_stage_filters(struct run *run, struct stage_run *st)
{
    const pl_plugin *p = st->def->plugin;
    const int first = run->n_filters;
    const bool commits = p->commit || p->finish || (p->checkpoint && !p->read);

    if (p->process || !commits)
        add_filter(run, FILTER_PROCESS, st);
    if (commits)
        add_filter(run, FILTER_COMMIT, st);
    if (p->then && p->then->process)
        add_filter(run, FILTER_THEN_PROCESS, st);
    if (p->then)
        add_filter(run, FILTER_THEN_COMMIT, st);
    run->filters[first].first = true;
    run->filters[run->n_filters - 1].last = true;
}

static void lay_out_filters(struct run *run)
{
    run->filters = calloc((size_t)run->n_stages * 4 + 1, sizeof *run->filters);
    run->in_flight = calloc(run->n_tokens, sizeof(struct batch *));
    if (!run->filters || !run->in_flight)
        out_of_memory();
    for (int i = 0; i < run->n_stages; i++)
        add_stage_filters(run, &run->stages[i]);
    add_filter(run, FILTER_LEAVE, NULL);
}

/* ---- workers ---- */

static int open_worker(struct run *run, struct worker *w)
{
    const size_t n = (size_t)run->n_stages;

    w->run = run;
    w->calls = calloc(n, sizeof *w->calls);
    w->then_calls = calloc(n, sizeof *w->then_calls);
    if (!w->calls || !w->then_calls)
        out_of_memory();
    for (; w->n_open < run->n_stages; w->n_open++) {
        struct stage_run *st = &run->stages[w->n_open];
        struct call *c = &w->calls[w->n_open];
        call_init(c, run, st);
        call_init(&w->then_calls[w->n_open], run, st);
        guard_enter(c, "worker_open()", NULL, false);
        const int rc = st->def->plugin->worker_open ? st->def->plugin->worker_open(&c->self) : PL_OK;
        guard_leave();
        if (rc != PL_OK || c->fault) {
            log_say(run->opt.log, PL_LOG_ERROR, "stage '" STR_FMT "' could not open a worker%s%s",
                    STR_ARG(st->def->name), c->fault ? ": " : "", c->fault ? c->fault : "");
            w->n_open++;
            return PL_FATAL;
        }
        w->then_calls[w->n_open].self.worker = c->self.worker;
    }
    return PL_OK;
}

static void close_worker(struct run *run, struct worker *w)
{
    for (int i = 0; i < w->n_open; i++) {
        struct call *c = &w->calls[i];
        guard_enter(c, "worker_close()", NULL, false);
        if (run->stages[i].def->plugin->worker_close)
            run->stages[i].def->plugin->worker_close(&c->self);
        guard_leave();
        records_free(&c->emitted);
        free(c->emitted.at);
        records_free(&w->then_calls[i].emitted);
        free(w->then_calls[i].emitted.at);
    }
    free(w->calls);
    free(w->then_calls);
}

/* ---- the run ---- */

/* Every stage, then every worker. */
static int open_all(struct run *run)
{
    int rc;

    guard_thread_begin(&run->opening);
    rc = open_stages(run);
    if (rc == PL_OK && run->opt.state)
        rc = state_begin(run->opt.state, run->offered, run->n_offered);
    if (rc == PL_OK)
        rc = run_restore(run);
    for (int i = 0; rc == PL_OK && i < run->n_workers; i++)
        rc = open_worker(run, &run->workers[i]);
    guard_thread_end();
    return rc;
}

int run_open(struct run **out, struct pipeline *p, const struct run_options *opt)
{
    struct run *run = calloc(1, sizeof *run);
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);

    if (!run)
        out_of_memory();
    run->pipeline = p;
    run->opt = *opt;
    run->blamed = blame_count(opt->blame) ? opt->blame : NULL;
    run->n_workers = opt->jobs > 0 ? opt->jobs : cores > 0 ? (int)cores : 1;
    run->n_tokens = (uint64_t)run->n_workers * 3 + 2;
    run->free_tokens = run->n_tokens;
    pthread_mutex_init(&run->lock, NULL);
    pthread_mutex_init(&run->books_lock, NULL);
    pthread_cond_init(&run->work, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&run->tokens, &attr);
    pthread_condattr_destroy(&attr);
    lay_out_stages(run);
    lay_out_filters(run);
    run->workers = calloc((size_t)run->n_workers, sizeof *run->workers);
    if (!run->workers)
        out_of_memory();
    guard_open();
    const int rc = open_all(run);
    if (rc != PL_OK) {
        run_close(run);
        return rc;
    }
    /* Last, with everything open, and before there is a thread. */
    if (!run->whole && isolate_open(run) != PL_OK) {
        run_close(run);
        return PL_FATAL;
    }
    *out = run;
    return PL_OK;
}

void run_die(struct run *run, enum run_end end)
{
    int before = RUN_DONE;

    pthread_mutex_lock(&run->lock);
    /* What broke a run that was ending for its failures is the graver news; that it took too long to end is not, nor is what
     * comes of its being dead. */
    if (!atomic_load(&run->dead) && !atomic_compare_exchange_strong(&run->end, &before, (int)end) &&
        before == RUN_MAX_FAILURES && end != RUN_STOPPED)
        atomic_compare_exchange_strong(&run->end, &before, (int)end);
    atomic_store(&run->dead, true);
    pthread_cond_broadcast(&run->work);
    pthread_cond_broadcast(&run->tokens);
    pthread_mutex_unlock(&run->lock);
}

enum run_end run_go(struct run *run)
{
    int started = 0;

    if (run->whole)
        return RUN_DONE;
    struct watchdog *watchdog = watchdog_start(run);
    run->going = true;
    for (; started < run->n_workers; started++) {
        if (pthread_create(&run->workers[started].thread, NULL, work, &run->workers[started]))
            break;
    }
    if (started == 0 || pthread_create(&run->reader, NULL, work_read, run)) {
        log_say(run->opt.log, PL_LOG_ERROR, "cannot start a thread");
        run_die(run, RUN_INTERNAL);
    } else {
        pthread_join(run->reader, NULL);
    }
    for (int i = 0; i < started; i++)
        pthread_join(run->workers[i].thread, NULL);
    watchdog_stop(watchdog);
    run->books.read = run->n_read;
    /* A stop that came when all was written stopped nothing. */
    const int end = atomic_load(&run->end);
    if (end == RUN_DONE && run->nothing_new)
        return RUN_NOTHING_NEW;
    return end == RUN_DONE && atomic_load(&run->stop) && !run->whole ? RUN_STOPPED : (enum run_end)end;
}

void run_stop(struct run *run)
{
    atomic_store(&run->stop, true);
}

void run_close(struct run *run)
{
    isolate_close(run);
    guard_thread_begin(&run->opening);
    for (int i = 0; run->workers && i < run->n_workers; i++)
        close_worker(run, &run->workers[i]);
    for (uint64_t i = 0; i < run->n_tokens; i++) {
        if (run->in_flight[i])
            batch_free(run, run->in_flight[i]);
    }
    close_stages(run);
    guard_thread_end();
    guard_close();
    for (int i = 0; i < run->n_filters; i++)
        free(run->filters[i].parked);
    free(run->filters);
    free(run->in_flight);
    free(run->workers);
    free(run->stages);
    free(run->own);
    arena_done(&run->inputs_arena);
    arena_done(&run->input_arena);
    arena_done(&run->books_arena);
    pthread_mutex_destroy(&run->lock);
    pthread_mutex_destroy(&run->books_lock);
    pthread_cond_destroy(&run->work);
    pthread_cond_destroy(&run->tokens);
    free(run);
}

uint64_t run_inputs_skipped(const struct run *run)
{
    return run->inputs_skipped;
}

bool run_has_checkpoint(const struct run *run)
{
    return run->passed_checkpoint > 0;
}

uint64_t run_isolated_ns(const struct run *run)
{
    return atomic_load(&run->isolated_ns);
}

bool run_broken_off(const struct run *run)
{
    return atomic_load(&run->dead);
}

int run_workers(const struct run *run)
{
    return run->n_workers;
}

int run_n_stages(const struct run *run)
{
    return run->n_stages;
}

const struct stage *run_stage(const struct run *run, int stage)
{
    return run->stages[stage].def;
}

const struct run_books *run_books(const struct run *run)
{
    return &run->books;
}

const struct stage_books *run_stage_books(const struct run *run, int stage)
{
    return &run->stages[stage].books;
}

size_t run_metrics(const struct run *run, int stage, const struct metric **metrics)
{
    *metrics = run->stages[stage].metrics;
    return run->stages[stage].n_metrics;
}

struct run_progress run_progress(const struct run *run)
{
    struct run_progress p = {.read = atomic_load(&run->p_read),
                             .out = atomic_load(&run->p_out),
                             .dropped = atomic_load(&run->p_dropped),
                             .failed = atomic_load(&run->p_failed),
                             .inputs_begun = atomic_load(&run->p_inputs_begun),
                             .inputs_total = atomic_load(&run->p_inputs_total)};

    for (int i = 0; i < run->n_stages; i++)
        p.busy_ns += atomic_load(&run->stages[i].busy_ns);
    return p;
}

uint64_t run_stage_busy_ns(const struct run *run, int stage)
{
    return atomic_load(&run->stages[stage].busy_ns);
}

void run_lock_books(struct run *run)
{
    pthread_mutex_lock(&run->books_lock);
}

void run_unlock_books(struct run *run)
{
    pthread_mutex_unlock(&run->books_lock);
}

bool run_stopping(const struct run *run)
{
    return atomic_load(&run->stop) || atomic_load(&run->dead);
}

/* ---- what does not return ---- */

static uint64_t read_clock(clockid_t id)
{
    struct timespec t;

    return clock_gettime(id, &t) == 0 ? (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec : 0;
}

static void judge(struct run_stuck *worst, uint64_t now, uint64_t begun, const struct stage_run *st)
{
    if (begun && now > begun && now - begun > worst->ns)
        *worst = (struct run_stuck){now - begun, st ? st->def : NULL};
}

static void judge_call(struct run_stuck *worst, uint64_t now, const struct call *c)
{
    judge(worst, now, atomic_load_explicit(&c->begun, memory_order_relaxed), c->stage);
}

static void judge_reader(struct run *run, struct run_stuck *worst, uint64_t now)
{
    const struct call *c = &run->stages[0].reading;
    const uint64_t begun = atomic_load_explicit(&c->begun, memory_order_relaxed);
    const uint64_t cpu = atomic_load(&run->reader_known) ? read_clock(atomic_load(&run->reader_clock)) : 0;

    if (begun != run->reader_begun || cpu != run->reader_cpu) {
        run->reader_begun = begun;
        run->reader_cpu = cpu;
        run->reader_since = now;
    }
    judge(worst, now, begun ? run->reader_since : 0, c->stage);
}

struct run_stuck run_stuck(struct run *run)
{
    struct run_stuck worst = {0};
    const uint64_t now = read_clock(CLOCK_MONOTONIC);

    judge_reader(run, &worst, now);
    for (int i = 0; i < run->n_stages; i++) {
        judge_call(&worst, now, &run->stages[i].control);
        judge_call(&worst, now, &run->stages[i].then);
    }
    for (int i = 0; i < run->n_workers; i++) {
        struct worker *w = &run->workers[i];
        judge(&worst, now, atomic_load_explicit(&w->begun, memory_order_relaxed),
              atomic_load_explicit(&w->at, memory_order_relaxed));
        for (int k = 0; k < run->n_stages; k++) {
            judge_call(&worst, now, &w->calls[k]);
            judge_call(&worst, now, &w->then_calls[k]);
        }
    }
    return worst;
}

pl_self *run_bare_new(struct pipeline *p, const struct stage *st, struct log *log, int64_t now_ms)
{
    struct run *run = calloc(1, sizeof *run);

    if (run)
        run->stages = calloc(1, sizeof *run->stages);
    if (!run || !run->stages)
        out_of_memory();
    run->pipeline = p;
    run->opt = (struct run_options){.log = log, .keep_origin = true, .now_ms = now_ms};
    run->stages[0].def = st;
    call_init(&run->stages[0].control, run, &run->stages[0]);
    return &run->stages[0].control.self;
}

void run_bare_free(pl_self *self)
{
    struct run *run = call_of(self)->run;

    arena_done(&run->inputs_arena);
    arena_done(&run->books_arena);
    free(run->stages);
    free(run);
}
