/* resume.c - a run says how far it is, and goes on from there. */
#include <stdlib.h>

#include "host.h"
#include "snapshot.h"
#include "str.h"

void marker_free(struct run *run, struct marker *m)
{
    if (!m)
        return;
    for (int i = 0; i < run->n_stages * 2; i++)
        buf_done(&m->saved[i]);
    free(m->saved);
    free((char *)(uintptr_t)m->input.name.ptr);
    buf_done(&m->reading);
    free(m);
}

void run_snapshot(struct run *run, const struct marker *m, struct buf *b, struct buf *own)
{
    struct snapshot snap = {.books = run->books,
                            .n_inputs = m->n_inputs,
                            .inputs_skipped = m->inputs_skipped,
                            .inputs_total = atomic_load(&run->p_inputs_total),
                            .input = m->input.name,
                            .input_digest = str_of(m->input.digest),
                            .unnamed = m->unnamed,
                            .reading = buf_view(&m->reading),
                            .n_stages = (size_t)run->n_stages,
                            .own = buf_view(own)};

    snap.books.read = m->read;
    snap.stages = calloc(snap.n_stages, sizeof *snap.stages);
    if (!snap.stages)
        out_of_memory();
    for (int i = 0; i < run->n_stages; i++) {
        struct stage_run *st = &run->stages[i];
        snap.stages[i] = (struct snapshot_stage){.name = st->def->name,
                                                 .books = st->books,
                                                 .metrics = st->metrics,
                                                 .n_metrics = st->n_metrics,
                                                 .unnamed = st->control.unnamed,
                                                 .saved = buf_view(&m->saved[i * 2]),
                                                 .saved_then = buf_view(&m->saved[i * 2 + 1])};
    }
    snapshot_write(b, &snap);
    free(snap.stages);
}

/* ---- going on ---- */

static struct tally *copy_tallies(struct arena *a, const struct tally *from)
{
    struct tally *first = NULL, **at = &first;

    for (; from; from = from->next) {
        *at = arena_zero(a, 1, sizeof **at);
        **at = (struct tally){NULL, arena_dup(a, from->word), from->n};
        at = &(*at)->next;
    }
    return first;
}

static void restore_books(struct run *run, struct stage_run *st, const struct snapshot_stage *from)
{
    st->books = from->books;
    st->books.drops = copy_tallies(&run->books_arena, from->books.drops);
    st->books.failures = copy_tallies(&run->books_arena, from->books.failures);
    st->control.unnamed = from->unnamed;
    for (size_t i = 0; i < from->n_metrics; i++) {
        for (uint32_t k = 0; k < st->n_metrics; k++) {
            if (str_eq(from->metrics[i].name, st->metrics[k].name))
                atomic_store(&st->metrics[k].n, atomic_load(&from->metrics[i].n));
        }
    }
}

static int restore_one(struct call *c, const pl_plugin *p, uint64_t n, pl_str saved)
{
    const int rc = p->restore ? p->restore(&c->self, n, saved) : PL_OK;

    if (rc == PL_OK)
        return PL_OK;
    log_say(c->run->opt.log, PL_LOG_ERROR, "stage '" STR_FMT "' cannot go on from checkpoint %llu%s",
            STR_ARG(c->stage->def->name), (unsigned long long)n,
            rc == PL_RETRY ? "" : "; put back what changed, or begin the run anew with --restart");
    return rc == PL_RETRY ? PL_FATAL : PL_ERROR;
}

static int restore_stage(struct run *run, struct stage_run *st, const struct snapshot *snap, uint64_t n)
{
    const struct snapshot_stage *from = &snap->stages[st->index];
    const pl_plugin *p = st->def->plugin;

    restore_books(run, st, from);
    const int rc = restore_one(p->read ? &st->reading : &st->control, p, n, p->read ? snap->reading : from->saved);

    if (rc != PL_OK)
        return rc;
    return p->then ? restore_one(&st->then, p->then, n, from->saved_then) : PL_OK;
}

static void restore_reading(struct run *run, const struct snapshot *snap)
{
    struct call *reading = &run->stages[0].reading;

    run->books = snap->books;
    run->n_read = snap->books.read;
    run->n_inputs = (int)snap->n_inputs;
    run->inputs_skipped = snap->inputs_skipped;
    reading->unnamed = snap->unnamed;
    run->resumed.name = arena_dup(&run->inputs_arena, snap->input);
    if (snap->input_digest.len < sizeof run->resumed.digest)
        memcpy(run->resumed.digest, snap->input_digest.ptr ? snap->input_digest.ptr : "", snap->input_digest.len);
    run->may_announce_again = snap->n_inputs > 0;
    atomic_store(&run->p_read, snap->books.read);
    atomic_store(&run->p_out, snap->books.out);
    atomic_store(&run->p_dropped, snap->books.dropped);
    atomic_store(&run->p_failed, snap->books.failed);
    atomic_store(&run->p_inputs_begun, snap->n_inputs);
    if (snap->inputs_total)
        atomic_store(&run->p_inputs_total, snap->inputs_total);
}

/* What was told at the checkpoint may not have been heard. */
static int tell_again(struct run *run, uint64_t n, bool last)
{
    for (int i = 0; i < run->n_stages; i++) {
        struct stage_run *st = &run->stages[i];
        const pl_plugin *p = st->def->plugin;
        if (tell_committed(run, st, p, n, last) != PL_OK ||
            (p->then && tell_committed(run, st, p->then, n, last) != PL_OK))
            return PL_FATAL;
    }
    return PL_OK;
}

int run_restore(struct run *run)
{
    const struct journal_frame frame = run->opt.state ? state_checkpoint(run->opt.state) : (struct journal_frame){0};
    struct state_reached reached;
    struct snapshot snap;
    struct arena a = {0};
    int rc = PL_OK;

    if (!frame.kind)
        return PL_OK;
    if (!state_read_reached(&frame, &reached) || !snapshot_read(reached.payload, &a, &snap) ||
        snap.n_stages != (size_t)run->n_stages) {
        log_say(run->opt.log, PL_LOG_ERROR, "checkpoint %llu is not one of this pipeline; --restart begins the run anew",
                (unsigned long long)frame.n);
        rc = PL_ERROR;
        goto done;
    }
    restore_reading(run, &snap);
    for (int i = 0; i < run->n_stages && rc == PL_OK; i++)
        rc = restore_stage(run, &run->stages[i], &snap, frame.n);
    if (rc == PL_OK && run->opt.restore)
        rc = run->opt.restore(run->opt.arg, snap.own);
    if (rc == PL_OK)
        rc = tell_again(run, frame.n, reached.last);
    run->n_checkpoints = run->passed_checkpoint = run->told_checkpoint = frame.n;
    run->whole = rc == PL_OK && reached.last;
    if (rc == PL_OK)
        log_say(run->opt.log, PL_LOG_INFO, "goes on from checkpoint %llu: %llu records read, %llu out",
                (unsigned long long)frame.n, (unsigned long long)snap.books.read, (unsigned long long)snap.books.out);
done:
    arena_done(&a);
    return rc;
}
