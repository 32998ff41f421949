/* dedupe.c - the stage "dedupe": repeated articles are dropped, or marked, with the name of the one that was kept.
 *
 * process() makes the signature of a record on any worker; commit() looks up
 * its keys in a store, decides, and keeps what is new, in input order, so that
 * the first of several copies stays whatever the number of workers.
 *
 * There is one engine, dedupe_store.h: in the folder `store` it remembers from
 * run to run; without one it forgets with the run, its files being in the run's
 * state folder, or, where the run keeps no state, without a name. */
#include "pressline.h"

#include <inttypes.h>
#include <stdlib.h>

#include "dedupe_decide.h"
#include "dedupe_keys.h"
#include "dedupe_lookup.h"
#include "dedupe_record.h"
#include "dedupe_shard.h"
#include "dedupe_sketch.h"
#include "dedupe_store.h"

#define DAY_MS INT64_C(86400000)

struct stage {
    struct dedupe_fields fields;
    struct dedupe_store *store; /* commit() only, like the decider */
    struct dedupe_store_fault fault;
    struct dedupe_decider *decider;
    bool drop;
    bool begun; /* or gone on with: the store holds what it is to hold */
    uint32_t kinds[DEDUPE_CONTAINED + 1]; /* metrics, by what was decided */
    uint32_t contains, verified;
};

static const pl_option options[] = {
    PL_OPTION(struct dedupe_config, threshold, "0.4",
              "a text is a near duplicate from this Jaccard similarity of five-word shingles on", .min = 0.05,
              .max = 1),
    PL_OPTION(struct dedupe_config, action, "drop",
              "drop duplicates (reason `duplicate` or `contained`), or only mark them", .choices = "drop|mark"),
    PL_OPTION(struct dedupe_config, scope, "",
              "fields that must be equal for two records to be compared; one that is missing is a value of its own",
              .unit = "field"),
    PL_OPTION(struct dedupe_config, canonical_url, "true",
              "the same `canonical_url` makes a duplicate from `url_similarity` on, below `threshold`"),
    PL_OPTION(struct dedupe_config, url_similarity, "0.1", "what texts with one URL must have in common", .min = 0.01,
              .max = 1),
    PL_OPTION(struct dedupe_config, containment, "0",
              "a text of which this share stands in a longer one before is a duplicate; 0: not looked for", .max = 1),
    PL_OPTION(struct dedupe_config, store, "", "folder that remembers what was kept from run to run", .unit = "output"),
    PL_OPTION(struct dedupe_config, store_memory, "256M", "RAM for what is remembered; less is slower, and forgets nothing",
              .unit = "bytes", .min = 1 << 20, .max = 0x1p50),
    PL_OPTION(struct dedupe_config, retain, "0", "\"90d\": forget what was kept in runs that began longer ago; 0: never",
              .unit = "ms", .max = 36500.0 * DAY_MS),
    PL_END,
};

/* ---- the store ---- */

/* What a call of dedupe_store.h answered, told. */
static int tell_fault(pl_self *self, int rc)
{
    const struct stage *st = self->shared;

    if (rc == PL_OK)
        return PL_OK;
    pl_log(self, PL_LOG_ERROR, NULL, "%s", rc == PL_NOMEM ? "out of memory" : st->fault.message);
    return PL_FATAL;
}

/* The same in open() and restore(), where a fault of the machine is one that passes. */
static int tell_start(pl_self *self, int rc)
{
    const struct stage *st = self->shared;

    if (tell_fault(self, rc) == PL_OK)
        return PL_OK;
    if (st->fault.busy)
        return PL_AGAIN;
    return rc == PL_NOMEM || st->fault.machine ? PL_RETRY : PL_FATAL;
}

static void set_clock(pl_self *self)
{
    const struct stage *st = self->shared;
    dedupe_store_today(st->store, (uint32_t)(pl_now_ms(self) / DAY_MS));
}

static int open_store(pl_self *self)
{
    const struct dedupe_config *config = self->config;
    const pl_str state = pl_state_file(self, PL_S("kept"));
    const bool lasting = config->store.len > 0;
    struct stage *st = self->shared;
    const struct dedupe_store_options to = {.path = lasting ? config->store : state,
                                            .flat = !lasting && state.ptr,
                                            .resumable = state.ptr != NULL,
                                            .memory = (uint64_t)config->store_memory,
                                            .retain = (uint32_t)((config->retain + DAY_MS - 1) / DAY_MS)};

    const int rc = tell_start(self, dedupe_store_open(&st->store, &to, &st->fault));
    if (rc == PL_OK)
        set_clock(self);
    return rc;
}

/* Nothing is gone on with.  The core removes what a run left in its state folder that is begun anew; where its journal is
 * damaged it knows of no such run, and every record would repeat itself. */
static int begin(pl_self *self)
{
    const struct dedupe_config *config = self->config;
    struct stage *st = self->shared;
    struct dedupe_store_stats stats;
    int rc;

    if (st->begun)
        return PL_OK;
    st->begun = true;
    dedupe_store_stats(st->store, &stats);
    if (config->store.len)
        rc = dedupe_store_begin(st->store);
    else
        rc = stats.documents ? dedupe_store_forget(st->store) : PL_OK;
    if (rc == PL_OK)
        set_clock(self);
    return tell_fault(self, rc);
}

/* ---- open and close ---- */

static void name_metrics(pl_self *self)
{
    struct stage *st = self->shared;

    st->kinds[DEDUPE_EXACT] = pl_metric(self, PL_S("exact"), PL_S("texts with the same words as one before"));
    st->kinds[DEDUPE_NEAR] = pl_metric(self, PL_S("near"), PL_S("texts that share enough shingles with one before"));
    st->kinds[DEDUPE_URL] = pl_metric(self, PL_S("url"), PL_S("other versions of one before, by their canonical URL"));
    st->kinds[DEDUPE_CONTAINED] = pl_metric(self, PL_S("contained"), PL_S("texts that stand in a longer one before"));
    st->kinds[DEDUPE_SAME] = pl_metric(self, PL_S("same"), PL_S("records that an earlier run kept, kept again"));
    st->kinds[DEDUPE_NEW] = pl_metric(self, PL_S("kept"), PL_S("texts that are remembered from this run on"));
    st->contains = pl_metric(self, PL_S("contains"), PL_S("kept texts in which a shorter one before stands"));
    st->verified = pl_metric(self, PL_S("verified"), PL_S("candidates whose shingles were compared"));
}

/* A number alone is milliseconds, and who writes `retain = 90` means days. */
static int check_retain(pl_self *self)
{
    const struct dedupe_config *config = self->config;

    if (config->retain == 0 || config->retain >= DAY_MS)
        return PL_OK;
    pl_log(self, PL_LOG_ERROR, NULL,
           "`retain` is %" PRId64 " ms, less than a day: a number alone counts milliseconds; say \"90d\"", config->retain);
    return PL_FATAL;
}

static int dedupe_open(pl_self *self)
{
    const struct dedupe_config *config = self->config;
    const struct dedupe_rules rules = dedupe_rules_of(config);
    struct stage *st = calloc(1, sizeof *st);

    self->shared = st;
    if (check_retain(self) != PL_OK)
        return PL_FATAL;
    if (!st || !(st->decider = dedupe_decider_new(&rules))) {
        pl_log(self, PL_LOG_ERROR, NULL, "out of memory");
        return PL_RETRY;
    }
    st->drop = config->action.len == 4 && memcmp(config->action.ptr, "drop", 4) == 0;
    name_metrics(self);
    const int rc = dedupe_fields_init(&st->fields, self, config, config->store.len > 0);
    return rc == PL_OK ? open_store(self) : rc;
}

static void dedupe_close(pl_self *self)
{
    struct stage *st = self->shared;

    if (st) {
        dedupe_store_close(st->store);
        dedupe_decider_free(st->decider);
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

/* ---- records ---- */

static int dedupe_process(pl_self *self, pl_record *r)
{
    const struct stage *st = self->shared;
    pl_str signature;
    const int rc = dedupe_record_sign(self, r, &st->fields, self->worker, &signature);

    return rc == PL_OK && signature.len ? pl_set_private(self, r, signature) : rc;
}

/* The record, the report and the log learn of what was decided. */
static int tell(pl_self *self, pl_record *r, const struct dedupe_decision *m)
{
    const struct stage *st = self->shared;
    const int rc = dedupe_record_tell(self, r, &st->fields, m);

    if (rc != PL_OK)
        return rc;
    pl_count(self, st->kinds[m->kind], 1);
    pl_count(self, st->verified, m->verified);
    pl_count(self, st->contains, m->contains.ptr ? 1 : 0);
    if (m->kind == DEDUPE_NEW || m->kind == DEDUPE_SAME)
        return PL_OK;
    pl_log(self, PL_LOG_DEBUG, r, "%s duplicate of '%.*s', similarity %.3f", dedupe_kind_name(m->kind),
           (int)(m->id.len < 200 ? m->id.len : 200), m->id.ptr, m->similarity);
    if (st->drop)
        pl_drop(self, r, m->kind == DEDUPE_CONTAINED ? "contained" : "duplicate");
    return PL_OK;
}

static int dedupe_commit(pl_self *self, pl_record *r)
{
    struct stage *st = self->shared;
    const pl_str bytes = pl_get_private(self, r);
    struct dedupe_signature s;
    struct dedupe_decision m;

    if (bytes.len == 0)
        return PL_OK;
    if (!dedupe_signature_read(bytes, &s)) {
        pl_fail(self, r, "bad-signature", "the signature of the text came back damaged");
        return PL_OK;
    }
    int rc = begin(self);
    if (rc != PL_OK)
        return rc;
    rc = dedupe_lookup(st->store, st->decider, &s, &m);
    if (rc != PL_OK)
        return tell_fault(self, rc);
    /* told first: a record that has no memory left for it fails, and is not remembered */
    rc = tell(self, r, &m);
    return rc == PL_OK ? tell_fault(self, dedupe_remember(st->store, &s, &m)) : rc;
}

/* ---- what outlives a kill, and the run ---- */

static int dedupe_checkpoint(pl_self *self, uint64_t n)
{
    struct stage *st = self->shared;
    char saved[DEDUPE_STORE_SAVED] = "";

    int rc = begin(self);
    if (rc == PL_OK)
        rc = tell_fault(self, dedupe_store_checkpoint(st->store, n, saved));
    return rc == PL_OK ? pl_save(self, (pl_str){saved, strlen(saved)}) : rc;
}

static void dedupe_committed(pl_self *self, uint64_t n, bool last)
{
    struct stage *st = self->shared;
    tell_fault(self, dedupe_store_committed(st->store, n, last));
}

static int dedupe_restore(pl_self *self, uint64_t n, pl_str saved)
{
    struct stage *st = self->shared;

    (void)n;
    st->begun = true;
    const int rc = tell_start(self, dedupe_store_restore(st->store, saved));
    if (rc == PL_OK)
        set_clock(self);
    return rc;
}

PL_PLUGIN("dedupe", "drop or mark articles that repeat an earlier one: word for word, nearly, by URL, or inside another",
          .version = "2.0.0", .license = "Apache-2.0", .options = options, .config_size = sizeof(struct dedupe_config),
          .commands = dedupe_shard_commands,
          .reads = "text,canonical_url?",
          .writes = "duplicate_of,similarity,dedupe.cluster,dedupe.kind,dedupe.contained,dedupe.contains,"
                    "dedupe.contains_share",
          .open = dedupe_open, .worker_open = dedupe_worker_open, .process = dedupe_process, .commit = dedupe_commit,
          .checkpoint = dedupe_checkpoint, .committed = dedupe_committed, .restore = dedupe_restore,
          .worker_close = dedupe_worker_close, .close = dedupe_close)
