/* progress.c - how far a run is. */
#include "progress.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "str.h"

enum { TERMINAL_MS = 500 };

struct progress {
    struct run *run;
    struct log *log;
    FILE *out;
    bool terminal;
    int64_t interval_ms;
    uint64_t started_ns;
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

static void eta(struct buf *b, const struct run_progress *now, double elapsed)
{
    if (now->inputs_total == 0 || now->inputs_begun < 2 || now->inputs_begun > now->inputs_total)
        return;
    const double share = (double)(now->inputs_begun - 1) / (double)now->inputs_total;
    const double left = elapsed / share - elapsed;
    buf_addf(b, ", %.0f%%, %.0f s to go", share * 100, left < 0 ? 0 : left);
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
             elapsed > 0 ? (double)(now.out + now.dropped + now.failed) / elapsed : 0);
    eta(b, &now, elapsed);
    loads(b, p->run, now.busy_ns);
}

static void wipe(void *arg)
{
    fputs("\r\033[K", ((struct progress *)arg)->out);
}

static void show(struct progress *p, struct buf *b)
{
    line(p, b);
    if (p->terminal) {
        fprintf(p->out, "\r\033[K%.*s", b->len > 110 ? 110 : (int)b->len, b->ptr);
        fflush(p->out);
    } else {
        fprintf(p->out, "pressline: %s\n", buf_cstr(b));
        fflush(p->out);
    }
}

/* Waits one interval; false when it is time to stop. */
static bool tick(struct progress *p)
{
    struct timespec until;
    const int64_t ms = p->terminal ? TERMINAL_MS : p->interval_ms;
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

static void *show_all(void *arg)
{
    struct progress *p = arg;
    struct buf b = {0};

    while (tick(p))
        show(p, &b);
    buf_done(&b);
    return NULL;
}

struct progress *progress_start(struct run *run, struct log *log, FILE *out, int64_t interval_ms)
{
    struct progress *p = calloc(1, sizeof *p);
    pthread_condattr_t attr;

    if (!p)
        out_of_memory();
    p->run = run;
    p->log = log;
    p->out = out;
    p->terminal = isatty(fileno(out));
    p->interval_ms = interval_ms;
    p->started_ns = now_ns();
    pthread_mutex_init(&p->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&p->wake, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&p->thread, NULL, show_all, p) != 0) {
        free(p);
        return NULL;
    }
    if (p->terminal)
        log_set_wipe(log, wipe, p);
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
        log_set_wipe(p->log, NULL, NULL);
        wipe(p);
        fflush(p->out);
    }
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->wake);
    free(p);
}
