/* dedupe.c - the stage "dedupe": repeated articles are dropped, or marked, with the name of the one that was kept.
 *
 * process() sketches the text on any worker; commit() looks the sketch up and
 * keeps it, in input order, so that the first of several copies stays whatever
 * the number of workers.  Where the run keeps state, what is kept goes to a log
 * as well, from which a run that was killed makes the index again. */
#include "pressline.h"

#include <stdlib.h>

#include "dedupe_index.h"
#include "dedupe_log.h"
#include "dedupe_sketch.h"

struct config {
    double threshold;
    pl_str action;
};

struct stage {
    struct dedupe_index *index; /* commit() only, like the log */
    struct dedupe_log log;      /* closed where the run keeps no state */
    bool drop;
    pl_key cluster;
    uint32_t exact, near, verified;
};

static const pl_option options[] = {
    PL_OPTION(struct config, threshold, "0.4",
              "a text is a near duplicate from this Jaccard similarity of five-word shingles on", .min = 0.05,
              .max = 1),
    PL_OPTION(struct config, action, "drop", "drop duplicates (reason `duplicate`), or only mark them",
              .choices = "drop|mark"),
    PL_END,
};

static bool has_log(const struct stage *st)
{
    return st->log.path != NULL;
}

/* What a call of dedupe_log.h answered, told. */
static int tell_log(pl_self *self, int rc)
{
    const struct stage *st = self->shared;

    if (rc == PL_OK)
        return PL_OK;
    pl_log(self, PL_LOG_ERROR, NULL, "%s", st->log.message);
    return PL_FATAL;
}

static int dedupe_open(pl_self *self)
{
    const struct config *config = self->config;
    const pl_str log = pl_state_file(self, PL_S("sketches"));
    struct stage *st = calloc(1, sizeof *st);

    self->shared = st;
    if (!st || !(st->index = dedupe_index_new(config->threshold))) {
        pl_log(self, PL_LOG_ERROR, NULL, "out of memory");
        return PL_RETRY;
    }
    st->drop = config->action.len == 4 && memcmp(config->action.ptr, "drop", 4) == 0;
    st->cluster = pl_intern(self, PL_S("dedupe.cluster"));
    st->exact = pl_metric(self, PL_S("exact"), PL_S("texts with the same words as one before"));
    st->near = pl_metric(self, PL_S("near"), PL_S("texts that share enough shingles with one before"));
    st->verified = pl_metric(self, PL_S("verified"), PL_S("candidates whose shingles were compared"));
    return log.ptr && tell_log(self, dedupe_log_open(&st->log, log)) != PL_OK ? PL_RETRY : PL_OK;
}

static void dedupe_close(pl_self *self)
{
    struct stage *st = self->shared;

    if (st) {
        dedupe_index_free(st->index);
        dedupe_log_close(&st->log);
    }
    free(st);
}

static int dedupe_worker_open(pl_self *self)
{
    self->worker = dedupe_sketcher_new();
    if (!self->worker)
        pl_log(self, PL_LOG_ERROR, NULL, "out of memory");
    return self->worker ? PL_OK : PL_FATAL;
}

static void dedupe_worker_close(pl_self *self)
{
    dedupe_sketcher_free(self->worker);
}

static int dedupe_process(pl_self *self, pl_record *r)
{
    const struct dedupe_sketch *s = dedupe_sketch(self->worker, pl_get(self, r, PL_TEXT));
    if (s->words == 0)
        return PL_OK;
    size_t size = dedupe_sketch_size(s);
    void *copy = pl_alloc(self, r, size);
    if (!copy)
        return PL_NOMEM;
    memcpy(copy, s, size);
    return pl_set_private(self, r, (pl_str){copy, size});
}

static int keep(pl_self *self, pl_record *r, const struct dedupe_sketch *s)
{
    struct stage *st = self->shared;
    const pl_str id = pl_get(self, r, PL_ID);

    if (dedupe_index_keep(st->index, s, id) < 0) {
        pl_log(self, PL_LOG_ERROR, r, "out of memory with %u texts kept", dedupe_index_count(st->index));
        return PL_FATAL;
    }
    return has_log(st) ? tell_log(self, dedupe_log_append(&st->log, s, id)) : PL_OK;
}

static int tell(pl_self *self, pl_record *r, const struct dedupe_match *m)
{
    struct stage *st = self->shared;
    pl_str kept = dedupe_index_name(st->index, m->kept);
    int rc = pl_set(self, r, PL_DUPLICATE_OF, kept);

    if (rc == PL_OK)
        rc = pl_set_f64(self, r, PL_SIMILARITY, m->similarity);
    if (rc == PL_OK)
        rc = pl_set(self, r, st->cluster, kept);
    if (rc != PL_OK)
        return rc;
    pl_count(self, m->kind == DEDUPE_EXACT ? st->exact : st->near, 1);
    pl_log(self, PL_LOG_DEBUG, r, "duplicate of '%.*s', similarity %.3f", (int)(kept.len < 200 ? kept.len : 200),
           kept.ptr, m->similarity);
    if (st->drop)
        pl_drop(self, r, "duplicate");
    return PL_OK;
}

static int dedupe_commit(pl_self *self, pl_record *r)
{
    struct stage *st = self->shared;
    pl_str bytes = pl_get_private(self, r);

    if (bytes.len == 0)
        return PL_OK;
    if (!dedupe_sketch_valid(bytes)) {
        pl_fail(self, r, "bad-sketch", "the sketch of the text came back damaged");
        return PL_OK;
    }
    const struct dedupe_sketch *s = (const void *)bytes.ptr;
    struct dedupe_match m = dedupe_index_find(st->index, s);
    pl_count(self, st->verified, m.verified);
    return m.kind == DEDUPE_NEW ? keep(self, r, s) : tell(self, r, &m);
}

/* ---- what outlives a kill ----
 *
 * "FORMAT LENGTH ENTRIES CRC": how much of the log there is at this checkpoint, and its CRC-32 in hex. */

enum { STATE_FORMAT = 1 };

static int dedupe_checkpoint(pl_self *self, uint64_t n)
{
    struct stage *st = self->shared;
    char saved[128];

    (void)n;
    if (!has_log(st))
        return PL_OK;
    if (tell_log(self, dedupe_log_sync(&st->log)) != PL_OK)
        return PL_FATAL;
    const struct dedupe_log_mark *end = &st->log.end;
    const int len = snprintf(saved, sizeof saved, "%d %llu %llu %08lx", STATE_FORMAT, (unsigned long long)end->length,
                             (unsigned long long)end->entries, (unsigned long)end->crc);
    return pl_save(self, (pl_str){saved, (size_t)len});
}

static int dedupe_restore(pl_self *self, uint64_t n, pl_str saved)
{
    struct stage *st = self->shared;
    unsigned long long length, entries;
    unsigned long crc;
    char text[128];
    int format, end = -1;

    (void)n;
    snprintf(text, sizeof text, "%.*s", (int)(saved.len < sizeof text ? saved.len : sizeof text - 1), saved.ptr);
    if (!has_log(st) || sscanf(text, "%9d %19llu %19llu %8lx%n", &format, &length, &entries, &crc, &end) != 4 ||
        end != (int)saved.len || format != STATE_FORMAT || length > INT64_MAX) {
        pl_log(self, PL_LOG_ERROR, NULL, "what was saved of the kept texts cannot be read: begin anew with --restart");
        return PL_FATAL;
    }
    const struct dedupe_log_mark mark = {.length = length, .entries = entries, .crc = (uint32_t)crc};
    if (tell_log(self, dedupe_log_restore(&st->log, &mark, st->index)) == PL_OK)
        return PL_OK;
    return st->log.machine ? PL_RETRY : PL_FATAL;
}

PL_PLUGIN("dedupe", "drop or mark articles that repeat an earlier one, word for word or nearly", .version = "1.0.0",
          .license = "Apache-2.0", .options = options, .config_size = sizeof(struct config), .reads = "text",
          .writes = "duplicate_of,similarity,dedupe.cluster", .open = dedupe_open, .worker_open = dedupe_worker_open,
          .process = dedupe_process, .commit = dedupe_commit, .checkpoint = dedupe_checkpoint, .restore = dedupe_restore,
          .worker_close = dedupe_worker_close, .close = dedupe_close)
