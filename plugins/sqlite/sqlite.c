/* sqlite.c - a sink: articles, and what they name and quote, into a SQLite database with full-text search.
 *
 * process() makes the rows of a record, commit() puts them into the database, whose transactions end with the
 * checkpoints. */
#include "sqlite_article.h"
#include "sqlite_store.h"

#include <stdlib.h>

struct config {
    pl_str path;
    pl_str synchronous;
    int64_t cache;
};

static int no_memory(pl_self *self)
{
    pl_log(self, PL_LOG_ERROR, NULL, "out of memory");
    return PL_FATAL;
}

/* What a call of sqlite_store.h answered, told. */
static int tell(pl_self *self, int rc)
{
    const struct store *s = self->shared;

    if (rc == PL_OK)
        return PL_OK;
    pl_log(self, PL_LOG_ERROR, NULL, "%s", s->message);
    return PL_FATAL;
}

static int sqlite_open(pl_self *self)
{
    const struct config *config = self->config;
    struct store *s = calloc(1, sizeof *s);
    char synchronous[16];
    const struct store_options opt = {config->cache, synchronous};

    if (!s) {
        no_memory(self);
        return PL_RETRY;
    }
    self->shared = s;
    snprintf(synchronous, sizeof synchronous, "%.*s", (int)config->synchronous.len, config->synchronous.ptr);
    if (tell(self, store_open(s, config->path, &opt, pl_now_ms(self))) == PL_OK)
        return PL_OK;
    return s->machine ? PL_RETRY : PL_FATAL;
}

static int sqlite_worker_open(pl_self *self)
{
    self->worker = calloc(1, sizeof(struct article));
    return self->worker ? PL_OK : no_memory(self);
}

static int sqlite_process(pl_self *self, pl_record *r)
{
    struct article *a = self->worker;
    const pl_str line = pl_to_json(self, r);
    const char *why;
    char *copy;
    size_t len;

    if (!line.ptr)
        return PL_NOMEM;
    switch (article_read(a, line, &why)) {
    case ARTICLE_OK: break;
    case ARTICLE_NO_MEMORY: return no_memory(self);
    case ARTICLE_WRONG: pl_fail(self, r, "bad-record", "%s", why); return PL_OK;
    }
    len = a->rows.len;
    copy = pl_alloc(self, r, len);
    if (copy)
        memcpy(copy, a->rows.ptr, len);
    article_trim(a);
    return copy ? pl_set_private(self, r, (pl_str){copy, len}) : PL_NOMEM;
}

static int sqlite_commit(pl_self *self, pl_record *r)
{
    return tell(self, store_put(self->shared, pl_get_private(self, r)));
}

static int sqlite_finish(pl_self *self)
{
    return tell(self, store_finish(self->shared));
}

static int sqlite_checkpoint(pl_self *self, uint64_t n)
{
    char saved[128];

    if (tell(self, store_checkpoint(self->shared, n, saved, sizeof saved)) != PL_OK)
        return PL_FATAL;
    return pl_save(self, (pl_str){saved, strlen(saved)});
}

static void sqlite_committed(pl_self *self, uint64_t n, bool last)
{
    store_told(self->shared, n);
    if (last)
        tell(self, store_ended(self->shared, n));
}

static int sqlite_restore(pl_self *self, uint64_t n, pl_str saved)
{
    struct store *s = self->shared;

    if (tell(self, store_restore(s, n, saved)) == PL_OK)
        return PL_OK;
    return s->machine ? PL_RETRY : PL_FATAL;
}

static void sqlite_worker_close(pl_self *self)
{
    if (self->worker)
        article_done(self->worker);
    free(self->worker);
    self->worker = NULL;
}

static void sqlite_close(pl_self *self)
{
    if (self->shared)
        store_close(self->shared);
    free(self->shared);
    self->shared = NULL;
}

static const pl_option options[] = {
    PL_OPTION(struct config, path, "${output}/articles.sqlite", "the database; later runs add to it", .unit = "lasting"),
    PL_OPTION(struct config, synchronous, "full",
              "full: what a checkpoint covers outlives a power cut; normal: the last ones may be lost; off: any of it",
              .choices = "full|normal|off"),
    PL_OPTION(struct config, cache, "32M", "memory for pages of the database", .unit = "bytes", .min = 1 << 20,
              .max = 0x1p40),
    PL_END,
};

PL_PLUGIN("sqlite", "write articles, and what they name and quote, into a SQLite database with full-text search",
          .version = "1.0", .license = "Apache-2.0", .flags = PL_SINK, .options = options,
          .config_size = sizeof(struct config), .open = sqlite_open, .worker_open = sqlite_worker_open,
          .process = sqlite_process, .commit = sqlite_commit, .finish = sqlite_finish, .checkpoint = sqlite_checkpoint,
          .committed = sqlite_committed, .restore = sqlite_restore, .worker_close = sqlite_worker_close,
          .close = sqlite_close)
