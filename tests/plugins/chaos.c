/* chaos.c - a stage for tests: by the record's number it dawdles, drops, fails, emits or ends the run.
 *
 * To the file that the environment's CHAOS_TALLY names it adds the id of every record that it meets: a test learns from
 * that what a resumed run does again.  CHAOS_SIGNAL="SIGNAL NUMBER" sends the process a signal when that record
 * comes to process().  No
 * options, because others would be other settings. */
#include "pressline.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct config {
    int64_t drop, fail, emit, fatal, delay_us, children;
    bool in_commit, numbered;
};

struct state {
    pl_key number;
    int tally; /* -1: none */
    int signal; /* 0: none */
    long long signal_at;
};

static int open_stage(pl_self *self)
{
    struct state *st = self->shared = malloc(sizeof *st);
    const char *tally = getenv("CHAOS_TALLY"), *sig = getenv("CHAOS_SIGNAL");

    if (!st) {
        pl_log(self, PL_LOG_ERROR, NULL, "out of memory");
        return PL_FATAL;
    }
    st->number = pl_intern(self, PL_S("numbers.n"));
    st->signal = 0;
    if (sig && sscanf(sig, "%d %lld", &st->signal, &st->signal_at) != 2)
        st->signal = 0;
    st->tally = tally ? open(tally, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
    return PL_OK;
}

static void close_stage(pl_self *self)
{
    const struct state *st = self->shared;

    if (st && st->tally >= 0)
        close(st->tally);
    free(self->shared);
}

/* One write a line: they do not mix, whatever the threads. */
static void add_to_tally(pl_self *self, pl_record *r)
{
    const struct state *st = self->shared;
    const pl_str id = pl_get(self, r, PL_ID);
    char line[256];
    const int n = snprintf(line, sizeof line, "%.*s\n", id.len < 200 ? (int)id.len : 200, id.ptr ? id.ptr : "");

    if (st->tally >= 0 && write(st->tally, line, (size_t)n) != n)
        pl_log(self, PL_LOG_WARN, r, "cannot write to the tally");
}

static bool every(int64_t nth, int64_t n)
{
    return nth > 0 && n > 0 && n % nth == 0;
}

static void dawdle(const struct config *c, int64_t n)
{
    const uint64_t us = c->delay_us ? (uint64_t)n * 2654435761u % (uint64_t)c->delay_us : 0;
    const struct timespec t = {(time_t)(us / 1000000), (long)(us % 1000000 * 1000)};

    if (us)
        nanosleep(&t, NULL);
}

static int emit(pl_self *self, pl_record *r, int64_t n)
{
    const struct config *c = self->config;
    const struct state *k = self->shared;

    for (int64_t i = 1; i <= c->children; i++) {
        pl_record *child = pl_emit(self, r);
        if (!child || pl_set(self, child, PL_TEXT, PL_S("a child of its own")) != PL_OK)
            return PL_NOMEM;
        if (c->numbered && pl_set_i64(self, child, k->number, n * 10 + i) != PL_OK)
            return PL_NOMEM;
    }
    return PL_OK;
}

static int act(pl_self *self, pl_record *r)
{
    const struct config *c = self->config;
    const struct state *st = self->shared;
    int64_t n = 0;

    pl_get_i64(self, r, st->number, &n);
    add_to_tally(self, r);
    dawdle(c, n);
    if (st->signal && n == st->signal_at && !c->in_commit)
        kill(getpid(), st->signal);
    if (n > 0 && n == c->fatal) {
        pl_log(self, PL_LOG_ERROR, r, "asked to end the run");
        return PL_FATAL;
    }
    if (every(c->fail, n)) {
        pl_set(self, r, PL_TITLE, PL_S("this is taken back"));
        pl_fail(self, r, "asked", "number %lld", (long long)n);
    } else if (every(c->drop, n)) {
        pl_drop(self, r, "asked");
    } else if (every(c->emit, n)) {
        return emit(self, r, n);
    }
    return PL_OK;
}

static int process(pl_self *self, pl_record *r)
{
    return ((const struct config *)self->config)->in_commit ? PL_OK : act(self, r);
}

static int commit(pl_self *self, pl_record *r)
{
    return ((const struct config *)self->config)->in_commit ? act(self, r) : PL_OK;
}

static const pl_option options[] = {
    PL_OPTION(struct config, drop, "0", "drop every Nth record; 0: none", .min = 0, .max = 1e9),
    PL_OPTION(struct config, fail, "0", "fail every Nth record; 0: none", .min = 0, .max = 1e9),
    PL_OPTION(struct config, emit, "0", "emit a child of every Nth record; 0: none", .min = 0, .max = 1e9),
    PL_OPTION(struct config, fatal, "0", "end the run at this record; 0: never", .min = 0, .max = 1e12),
    PL_OPTION(struct config, delay_us, "0", "sleep up to this long, by the record's number", .min = 0, .max = 1e12),
    PL_OPTION(struct config, children, "1", "how many of each", .min = 0, .max = 1000),
    PL_OPTION(struct config, numbered, "false", "number them, 31, 32, ... those of 3"),
    PL_OPTION(struct config, in_commit, "false", "do it in commit()"),
    PL_END,
};

PL_PLUGIN("chaos", "drops, fails, emits and dawdles", .version = "1", .options = options,
          .config_size = sizeof(struct config), .reads = "id,numbers.n?", .writes = "title,text,numbers.n", .open = open_stage,
          .process = process, .commit = commit, .close = close_stage)
