/* report.c - what a run did. */
#include "report.h"

#include <time.h>

#include "json_text.h"
#include "str.h"

static void name(struct buf *b, const char *z)
{
    if (b->len && b->ptr[b->len - 1] != '{')
        buf_addc(b, ',');
    buf_addf(b, "\"%s\":", z);
}

static void text(struct buf *b, const char *z, pl_str v)
{
    name(b, z);
    json_text(b, v);
}

static void number(struct buf *b, const char *z, uint64_t v)
{
    name(b, z);
    buf_addf(b, "%llu", (unsigned long long)v);
}

/* To a thousandth; without printf's point, which is the locale's. */
static void seconds(struct buf *b, const char *z, double v)
{
    const unsigned long long ms = v > 0 ? (unsigned long long)(v * 1e3 + 0.5) : 0;

    name(b, z);
    buf_addf(b, "%llu.%03llu", ms / 1000, ms % 1000);
}

void report_tallies(struct buf *b, const char *z, const struct tally *t)
{
    name(b, z);
    buf_addc(b, '{');
    for (; t; t = t->next) {
        json_text(b, t->word);
        buf_addf(b, ":%llu%s", (unsigned long long)t->n, t->next ? "," : "");
    }
    buf_addc(b, '}');
}

static void metrics_json(struct buf *b, const struct run *run, int i)
{
    const struct metric *m;
    const size_t n = run_metrics(run, i, &m);

    name(b, "metrics");
    buf_addc(b, '{');
    for (size_t k = 0; k < n; k++) {
        if (k)
            buf_addc(b, ',');
        json_text(b, m[k].name);
        buf_addf(b, ":%llu", (unsigned long long)atomic_load(&m[k].n));
    }
    buf_addc(b, '}');
}

static void stage_json(struct buf *b, const struct run *run, int i)
{
    const struct stage *st = run_stage(run, i);
    const struct stage_books *k = run_stage_books(run, i);

    buf_addc(b, '{');
    text(b, "name", st->name);
    text(b, "plugin", str_of(st->plugin->name));
    text(b, "version", str_of(st->plugin->version ? st->plugin->version : ""));
    number(b, "in", k->in);
    number(b, "seen", k->seen);
    number(b, "emitted", k->emitted);
    number(b, "out", k->out);
    number(b, "dropped", k->dropped);
    number(b, "failed", k->failed);
    if (st->plugin->commit)
        number(b, "committed", k->committed);
    number(b, "repaired", k->repaired);
    if (st->when)
        number(b, "when_limited", k->when_limited);
    report_tallies(b, "drops", k->drops);
    report_tallies(b, "failures", k->failures);
    number(b, "bytes_in", k->bytes_in);
    seconds(b, "cpu_seconds", (double)k->cpu_ns / 1e9);
    seconds(b, "wall_seconds", (double)k->wall_ns / 1e9);
    metrics_json(b, run, i);
    buf_addc(b, '}');
}

static void slowest_json(struct buf *b, const struct run_books *books)
{
    name(b, "slowest");
    buf_addc(b, '[');
    for (int i = 0; i < books->n_slowest; i++) {
        buf_addz(b, i ? ",{" : "{");
        text(b, "id", (pl_str){books->slowest[i].id, books->slowest[i].id_len});
        seconds(b, "seconds", (double)books->slowest[i].wall_ns / 1e9);
        buf_addc(b, '}');
    }
    buf_addc(b, ']');
}

static void drops_json(struct buf *b, const struct report *rep, const struct run *run)
{
    name(b, "first_drops");
    buf_addc(b, '[');
    for (int i = 0; i < rep->n_drops; i++) {
        const struct report_drop *d = &rep->drops[i];
        buf_addz(b, i ? ",{" : "{");
        text(b, "id", d->id);
        text(b, "source", d->source);
        text(b, "stage", run_stage(run, d->stage)->name);
        text(b, "reason", d->reason);
        if (d->duplicate_of.len) {
            text(b, "duplicate_of", d->duplicate_of);
            name(b, "similarity");
            json_f64(b, d->similarity);
        }
        buf_addc(b, '}');
    }
    buf_addc(b, ']');
}

static void started_json(struct buf *b, int64_t ms)
{
    const time_t t = (time_t)(ms / 1000);
    struct tm tm;
    char iso[32];

    gmtime_r(&t, &tm);
    strftime(iso, sizeof iso, "%Y-%m-%dT%H:%M:%SZ", &tm);
    text(b, "started", str_of(iso));
}

void report_drop(struct report *rep, const pl_record *r)
{
    struct report_drop *d = &rep->drops[rep->n_drops];
    const struct value *similarity = record_get(r, PL_SIMILARITY);

    if (rep->n_drops == REPORT_DROPS)
        return;
    rep->n_drops++;
    d->stage = r->stage;
    d->reason = arena_dup(&rep->arena, r->code);
    d->id = arena_dup(&rep->arena, record_head(r, PL_ID));
    d->source = arena_dup(&rep->arena, record_head(r, PL_SOURCE));
    d->duplicate_of = arena_dup(&rep->arena, record_head(r, PL_DUPLICATE_OF));
    d->similarity = similarity->type == PL_F64 ? similarity->as.f : 0;
}

void report_save(const struct report *rep, struct buf *b)
{
    pack_u64(b, (uint64_t)rep->n_drops);
    for (int i = 0; i < rep->n_drops; i++) {
        const struct report_drop *d = &rep->drops[i];
        pack_str(b, d->id);
        pack_str(b, d->source);
        pack_str(b, d->reason);
        pack_str(b, d->duplicate_of);
        pack_f64(b, d->similarity);
        pack_u64(b, (uint64_t)d->stage);
    }
}

void report_restore(struct report *rep, struct unpack *u)
{
    uint64_t n = unpack_u64(u);

    for (rep->n_drops = 0; n > 0 && rep->n_drops < REPORT_DROPS && !u->failed; n--) {
        struct report_drop *d = &rep->drops[rep->n_drops];
        d->id = arena_dup(&rep->arena, unpack_str(u));
        d->source = arena_dup(&rep->arena, unpack_str(u));
        d->reason = arena_dup(&rep->arena, unpack_str(u));
        d->duplicate_of = arena_dup(&rep->arena, unpack_str(u));
        d->similarity = unpack_f64(u);
        const uint64_t stage = unpack_u64(u);
        /* A report is written even of a run that could not go on: it must not name a stage that is none. */
        u->failed = u->failed || stage >= (uint64_t)rep->pipeline->n_stages;
        if (u->failed)
            return;
        d->stage = (int)stage;
        rep->n_drops++;
    }
}

void report_json(struct buf *b, const struct report *rep, const struct run *run)
{
    const struct run_books *k = run_books(run);

    buf_addc(b, '{');
    text(b, "pressline", str_of(PACKAGE_VERSION));
    text(b, "pipeline", str_of(rep->pipeline->file));
    text(b, "settings_sha256", str_of(rep->pipeline->digest));
    started_json(b, rep->started_ms);
    number(b, "run", rep->run);
    text(b, "end", str_of(rep->end));
    number(b, "exit", (uint64_t)rep->exit_code);
    number(b, "jobs", (uint64_t)rep->jobs);
    seconds(b, "wall_seconds", rep->wall_seconds);
    seconds(b, "cpu_seconds", rep->cpu_seconds);
    number(b, "peak_rss_bytes", rep->peak_rss);
    number(b, "inputs_skipped", run_inputs_skipped(run));
    number(b, "read", k->read);
    number(b, "read_bytes", k->read_bytes);
    number(b, "emitted", k->emitted);
    number(b, "out", k->out);
    number(b, "dropped", k->dropped);
    number(b, "failed", k->failed);
    number(b, "unwritten", k->unwritten);
    name(b, "stages");
    buf_addc(b, '[');
    for (int i = 0; i < run_n_stages(run); i++) {
        if (i)
            buf_addc(b, ',');
        stage_json(b, run, i);
    }
    buf_addc(b, ']');
    slowest_json(b, k);
    drops_json(b, rep, run);
    buf_addz(b, "}\n");
}

void report_tally_lines(struct buf *b, const char *what, pl_str stage, const struct tally *t)
{
    for (; t; t = t->next) {
        buf_addf(b, "  %-8s %8llu  ", what, (unsigned long long)t->n);
        log_escape(b, t->word);
        buf_addz(b, " (");
        log_escape(b, stage);
        buf_addz(b, ")\n");
    }
}

void report_text(struct buf *b, const struct report *rep, const struct run *run)
{
    const struct run_books *k = run_books(run);

    buf_addf(b, "%llu read, %llu emitted; %llu out, %llu dropped, %llu failed; %.1f s, %.1f s CPU\n",
             (unsigned long long)k->read, (unsigned long long)k->emitted, (unsigned long long)k->out,
             (unsigned long long)k->dropped, (unsigned long long)k->failed, rep->wall_seconds, rep->cpu_seconds);
    for (int i = 0; i < run_n_stages(run); i++)
        report_tally_lines(b, "dropped", run_stage(run, i)->name, run_stage_books(run, i)->drops);
    for (int i = 0; i < run_n_stages(run); i++)
        report_tally_lines(b, "failed", run_stage(run, i)->name, run_stage_books(run, i)->failures);
    for (int i = 0; i < run_n_stages(run); i++) {
        if (run_stage_books(run, i)->repaired)
            buf_addf(b, "  repaired %8llu  " STR_FMT " set text that was not UTF-8, or no number\n",
                     (unsigned long long)run_stage_books(run, i)->repaired, STR_ARG(run_stage(run, i)->name));
    }
    if (k->unwritten)
        buf_addf(b, "  unwritten %7llu  (no sink took them)\n", (unsigned long long)k->unwritten);
}
