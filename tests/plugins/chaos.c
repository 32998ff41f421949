/* chaos.c - a stage for tests: by the record's number it dawdles, drops, fails, emits or ends the run. */
#include "pressline.h"

#include <stdlib.h>
#include <time.h>

struct config {
    int64_t drop, fail, emit, fatal, delay_us;
    bool in_commit;
};

struct keys {
    pl_key number;
};

static int open_stage(pl_self *self)
{
    struct keys *k = self->shared = malloc(sizeof *k);

    if (!k)
        return PL_FATAL;
    k->number = pl_intern(self, PL_S("numbers.n"));
    return PL_OK;
}

static void close_stage(pl_self *self)
{
    free(self->shared);
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

static int act(pl_self *self, pl_record *r)
{
    const struct config *c = self->config;
    const struct keys *k = self->shared;
    int64_t n = 0;

    pl_get_i64(self, r, k->number, &n);
    dawdle(c, n);
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
        pl_record *child = pl_emit(self, r);
        if (!child)
            return PL_NOMEM;
        return pl_set(self, child, PL_TEXT, PL_S("a child of its own"));
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
    PL_OPTION(struct config, in_commit, "false", "do it in commit()"),
    PL_END,
};

PL_PLUGIN("chaos", "drops, fails, emits and dawdles", .version = "1", .options = options,
          .config_size = sizeof(struct config), .reads = "numbers.n?", .writes = "title,text", .open = open_stage,
          .process = process, .commit = commit, .close = close_stage)
