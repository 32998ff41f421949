/* progress.c - how far a run is. */
#include "progress.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "str.h"

enum {
    TERMINAL_MS = 500,
    TICK_MS = 200, /* between two looks at the watchdog's time, a stop, a log that was moved */
    TICK_LEAST_MS = 10
};

struct progress {
    struct run *run;
    struct progress_options opt;
    bool terminal;
    uint64_t started_ns;
    uint64_t shown_ns, interval_ns, alive_ns; /* when the last line, interval, keep-alive was */
    struct run_progress before; /* what processes before this one did */
    bool told_stop, told_stuck;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop; /* guarded by lock */
};

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* By what this process did. */
static void eta(struct buf *b, const struct run_progress *now, const struct run_progress *before, double elapsed)
{
    const uint64_t first = before->inputs_begun > 1 ? before->inputs_begun : 1;

    if (now->inputs_total == 0 || now->inputs_begun <= first || now->inputs_begun > now->inputs_total)
        return;
    const double share = (double)(now->inputs_begun - 1) / (double)now->inputs_total;
    const double left = elapsed * (double)(now->inputs_total - now->inputs_begun + 1) / (double)(now->inputs_begun - first);
    buf_addf(b, ", %.0f%%, %.0f s to go", share * 100, left);
}

static uint64_t met(const struct run_progress *p)
{
    return p->out + p->dropped + p->failed;
}

/* Which share of the CPU time so far went into each stage. */
static void loads(struct buf *b, const struct run *run, uint64_t busy)
{
    for (int i = 0; i < run_n_stages(run) && busy; i++) {
        const uint64_t share = run_stage_busy_ns(run, i) * 100 / busy;
        buf_addf(b, "%s" STR_FMT " %llu%%", i ? " " : "; ", STR_ARG(run_stage(run, i)->name),
                 (unsigned long long)share);
    }
}

static void line(struct progress *p, struct buf *b)
{
    const struct run_progress now = run_progress(p->run);
    const double elapsed = (double)(now_ns() - p->started_ns) / 1e9;

    buf_clear(b);
    buf_addf(b, "%llu read, %llu out, %llu dropped, %llu failed, %.0f records/s", (unsigned long long)now.read,
             (unsigned long long)now.out, (unsigned long long)now.dropped, (unsigned long long)now.failed,
             elapsed > 0 ? (double)(met(&now) - met(&p->before)) / elapsed : 0);
    eta(b, &now, &p->before, elapsed);
    loads(b, p->run, now.busy_ns);
}

static void wipe(void *arg)
{
    fputs("\r\033[K", ((struct progress *)arg)->opt.out);
}

static void show(struct progress *p, struct buf *b)
{
    if (p->terminal) {
        fprintf(p->opt.out, "\r\033[K%.*s", b->len > 110 ? 110 : (int)b->len, b->ptr);
        fflush(p->opt.out);
    } else if (log_form_of(p->opt.log) == LOG_JSON || log_in_file(p->opt.log)) {
        log_tell(p->opt.log, buf_view(b));
    } else {
        fprintf(p->opt.out, "pressline: %s\n", buf_cstr(b));
        fflush(p->opt.out);
    }
}

static bool is_due(uint64_t *last, uint64_t now, uint64_t every_ns)
{
    if (now - *last < every_ns)
        return false;
    *last = now;
    return true;
}

static void report_line(struct progress *p, struct buf *b, uint64_t now)
{
    const bool interval = is_due(&p->interval_ns, now, (uint64_t)p->opt.interval_ms * 1000000);
    const bool refresh = p->terminal && is_due(&p->shown_ns, now, (uint64_t)TERMINAL_MS * 1000000);

    if (!interval && !refresh)
        return;
    line(p, b);
    if (p->opt.out && (refresh || !p->terminal))
        show(p, b);
    if (!interval)
        return;
    if (p->opt.notify)
        notify_status(p->opt.notify, buf_view(b));
    if (p->opt.each)
        p->opt.each(p->opt.arg);
}

static void tell_stopping(struct progress *p)
{
    if (p->told_stop || !p->opt.notify || !run_stopping(p->run))
        return;
    p->told_stop = true;
    notify_send(p->opt.notify, PL_S("STOPPING=1"));
}

static void keep_alive(struct progress *p, uint64_t now)
{
    const uint64_t most = p->opt.notify ? p->opt.notify->watchdog_ns : 0;

    if (most == 0)
        return;
    const struct run_stuck stuck = run_stuck(p->run);
    if (stuck.ns >= most) {
        const pl_str who = stuck.stage ? stuck.stage->name : PL_S("the end of the line");
        if (!p->told_stuck)
            log_say(p->opt.log, PL_LOG_ERROR,
                    "no keep-alive to the service manager: a call of '" STR_FMT "' has lasted %.1f s, WatchdogSec is %.1f s",
                    STR_ARG(who), (double)stuck.ns / 1e9, (double)most / 1e9);
        p->told_stuck = true;
        return;
    }
    p->told_stuck = false;
    if (is_due(&p->alive_ns, now, most / 2))
        notify_send(p->opt.notify, PL_S("WATCHDOG=1"));
}

static int64_t tick_ms(const struct progress *p)
{
    const int64_t quarter = p->opt.notify ? (int64_t)(p->opt.notify->watchdog_ns / 4000000) : 0;

    if (quarter == 0 || quarter > TICK_MS)
        return p->opt.interval_ms < TICK_MS ? p->opt.interval_ms : TICK_MS;
    return quarter < TICK_LEAST_MS ? TICK_LEAST_MS : quarter;
}

/* Waits one tick; false when it is time to stop. */
static bool tick(struct progress *p, int64_t ms)
{
    struct timespec until;
    bool go_on;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&p->lock);
    while (!p->stop && pthread_cond_timedwait(&p->wake, &p->lock, &until) == 0)
        continue;
    go_on = !p->stop;
    pthread_mutex_unlock(&p->lock);
    return go_on;
}

static void *look_after(void *arg)
{
    struct progress *p = arg;
    const int64_t ms = tick_ms(p);
    struct buf b = {0};

    while (tick(p, ms)) {
        const uint64_t now = now_ns();
        tell_stopping(p);
        keep_alive(p, now);
        log_tend(p->opt.log);
        report_line(p, &b, now);
    }
    tell_stopping(p);
    buf_done(&b);
    return NULL;
}

struct progress *progress_start(struct run *run, const struct progress_options *opt)
{
    struct progress *p = calloc(1, sizeof *p);
    pthread_condattr_t attr;

    if (!p)
        out_of_memory();
    p->run = run;
    p->opt = *opt;
    p->before = run_progress(run);
    p->terminal = opt->out && isatty(fileno(opt->out));
    p->started_ns = p->shown_ns = p->interval_ns = p->alive_ns = now_ns();
    pthread_mutex_init(&p->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&p->wake, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&p->thread, NULL, look_after, p) != 0) {
        free(p);
        return NULL;
    }
    if (p->terminal)
        log_set_wipe(opt->log, wipe, p);
    return p;
}

void progress_stop(struct progress *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    if (p->terminal) {
        log_set_wipe(p->opt.log, NULL, NULL);
        wipe(p);
        fflush(p->opt.out);
    }
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->wake);
    free(p);
}
