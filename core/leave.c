/* leave.c - the serial end of the line: fates are told in input order, books are kept, memory goes back. */
#include <stdlib.h>

#include "host.h"
#include "json.h"
#include "str.h"

static struct tally **tally_place(struct tally **list, pl_str word)
{
    while (*list && str_cmp((*list)->word, word) < 0)
        list = &(*list)->next;
    return list;
}

static size_t tally_len(const struct tally *t)
{
    size_t n = 0;

    for (; t; t = t->next)
        n++;
    return n;
}

/* The words should be few and fixed: a stage that makes them of what it reads is not to fill the memory. */
static void tally_add(struct arena *a, struct tally **all, pl_str word)
{
    struct tally **list = tally_place(all, word);

    if ((!*list || !str_eq((*list)->word, word)) && tally_len(*all) >= MAX_WORDS - 1) {
        word = PL_S("(others)");
        list = tally_place(all, word);
    }
    if (!*list || !str_eq((*list)->word, word)) {
        struct tally *t = arena_zero(a, 1, sizeof *t);
        t->word = arena_dup(a, word);
        t->next = *list;
        *list = t;
    }
    (*list)->n++;
}

static void note_slow(struct run *run, const pl_record *r)
{
    struct run_books *books = &run->books;
    const pl_str id = record_head(r, PL_ID);
    int at = books->n_slowest;

    while (at > 0 && books->slowest[at - 1].wall_ns < r->wall_ns)
        at--;
    if (at == SLOWEST || !id.ptr)
        return;
    const int last = books->n_slowest < SLOWEST ? books->n_slowest++ : SLOWEST - 1;
    memmove(&books->slowest[at + 1], &books->slowest[at], (size_t)(last - at) * sizeof *books->slowest);
    memcpy(books->slowest[at].id, id.ptr, id.len);
    books->slowest[at].id_len = id.len;
    books->slowest[at].wall_ns = r->wall_ns;
}

static void merge_counts(struct stage_run *st, const struct counts *from)
{
    struct stage_books *to = &st->books;

    for (uint32_t i = 0; i < st->n_metrics; i++)
        atomic_fetch_add_explicit(&st->metrics[i].n, from->metrics[i], memory_order_relaxed);
    to->in += from->in;
    to->seen += from->seen;
    to->emitted += from->emitted;
    to->out += from->out;
    to->dropped += from->dropped;
    to->failed += from->failed;
    to->committed += from->committed;
    to->repaired += from->repaired;
    to->when_limited += from->when_limited;
    to->bytes_in += from->bytes_in;
    to->cpu_ns += from->cpu_ns;
    to->wall_ns += from->wall_ns;
}

static void enter_books(struct run *run, const pl_record *r)
{
    struct run_books *books = &run->books;

    books->emitted += r->entry > 0;
    books->read_bytes += r->entry == 0 ? r->raw.len : 0;
    switch (r->fate) {
    case FATE_LIVE:
        books->out++;
        books->unwritten += !r->taken;
        break;
    case FATE_DROPPED:
        books->dropped++;
        tally_add(&run->books_arena, &run->stages[r->stage].books.drops, r->code);
        break;
    case FATE_FAILED:
        books->failed++;
        tally_add(&run->books_arena, &run->stages[r->stage].books.failures, r->code);
        break;
    }
}

static bool too_many_failures(const struct run *run)
{
    const struct settings *s = &run->pipeline->settings;
    const struct run_books *b = &run->books;
    const uint64_t met = b->out + b->dropped + b->failed;

    if (s->max_failures >= 0 && b->failed > (uint64_t)s->max_failures)
        return true;
    return met >= 100 && (double)b->failed > s->max_failure_share * (double)met;
}

int tell_committed(struct run *run, struct stage_run *st, const pl_plugin *p, uint64_t n, bool last)
{
    struct call c;

    if (!p->committed)
        return PL_OK;
    call_init(&c, run, st);
    guard_enter(&c, "committed()", NULL, false);
    p->committed(&c.self, n, last);
    guard_leave();
    return c.told_error ? PL_FATAL : PL_OK;
}

static int pass_checkpoint(struct run *run, struct batch *b)
{
    struct marker *m = b->marker;
    struct buf own = {0}, payload = {0};
    int rc = run->opt.save ? run->opt.save(run->opt.arg, &own) : PL_OK;

    /* Failures may have become too many when the source had ended already, and the stages had finished: who goes on then goes
     * on from before that, from the checkpoint that is there. */
    run->revoked = m->last && atomic_load(&run->end) != RUN_DONE;
    if (run->revoked) {
        buf_done(&own);
        return rc;
    }
    if (rc == PL_OK && run->opt.state) {
        run_snapshot(run, m, &payload, &own);
        if (payload.failed || own.failed)
            out_of_memory();
        rc = state_append(run->opt.state, m->n, m->last, &m->mark, buf_view(&payload));
    }
    buf_done(&own);
    buf_done(&payload);
    for (int i = 0; rc == PL_OK && i < run->n_stages; i++) {
        struct stage_run *st = &run->stages[i];
        const pl_plugin *p = st->def->plugin;
        if (!p->read)
            rc = tell_committed(run, st, p, m->n, m->last);
        if (p->then && rc == PL_OK)
            rc = tell_committed(run, st, p->then, m->n, m->last);
    }
    run->whole = rc == PL_OK && m->last;
    return rc;
}

int leave_batch(struct run *run, struct batch *b)
{
    for (size_t i = 0; i < b->records.n; i++) {
        pl_record *r = b->records.at[i];
        run_lock_books(run);
        enter_books(run, r);
        run_unlock_books(run);
        note_slow(run, r);
        if (run->opt.leave && run->opt.leave(run->opt.arg, run, r) != PL_OK)
            return PL_FATAL;
    }
    run_lock_books(run);
    for (int i = 0; i < run->n_stages; i++)
        merge_counts(&run->stages[i], &b->counts[i]);
    run_unlock_books(run);
    atomic_store(&run->p_out, run->books.out);
    atomic_store(&run->p_dropped, run->books.dropped);
    atomic_store(&run->p_failed, run->books.failed);
    if (too_many_failures(run)) {
        int done = RUN_DONE;
        atomic_compare_exchange_strong(&run->end, &done, RUN_MAX_FAILURES);
        atomic_store(&run->stop, true);
    }
    return b->kind == BATCH_CHECKPOINT ? pass_checkpoint(run, b) : PL_OK;
}

void batch_free(struct run *run, struct batch *b)
{
    marker_free(run, b->marker);
    records_free(&b->records);
    records_free(&b->blocks);
    free(b->records.at);
    free(b->blocks.at);
    free(b->counts);
    free(b);
}

static bool stage_balanced(struct run *run, const struct stage_run *st)
{
    const struct stage_books *b = &st->books;
    bool right = true;

    if (b->in + b->emitted != b->out + b->dropped + b->failed) {
        log_say(run->opt.log, PL_LOG_ERROR,
                "the books of stage '" STR_FMT "' do not balance: %llu in + %llu emitted, but %llu out + %llu dropped + "
                "%llu failed",
                STR_ARG(st->def->name), (unsigned long long)b->in, (unsigned long long)b->emitted,
                (unsigned long long)b->out, (unsigned long long)b->dropped, (unsigned long long)b->failed);
        right = false;
    }
    if ((st->def->plugin->flags & PL_SINK) && b->committed + b->dropped + b->failed < b->seen) {
        log_say(run->opt.log, PL_LOG_ERROR, "sink '" STR_FMT "' committed %llu of %llu records",
                STR_ARG(st->def->name), (unsigned long long)b->committed, (unsigned long long)b->seen);
        right = false;
    }
    return right;
}

bool run_balanced(struct run *run)
{
    const struct run_books *b = &run->books;
    bool right = true;

    /* Broken off in the midst of records. */
    if (atomic_load(&run->dead) && (atomic_load(&run->end) == RUN_STOPPED || atomic_load(&run->end) == RUN_MAX_FAILURES))
        return true;
    for (int i = 0; i < run->n_stages; i++) {
        const uint64_t before = i ? run->stages[i - 1].books.out : 0;
        right = stage_balanced(run, &run->stages[i]) && right;
        if (run->stages[i].books.in != before) {
            log_say(run->opt.log, PL_LOG_ERROR, "%llu records left the stage before '" STR_FMT "', %llu reached it",
                    (unsigned long long)before, STR_ARG(run->stages[i].def->name),
                    (unsigned long long)run->stages[i].books.in);
            right = false;
        }
    }
    if (b->read + b->emitted != b->out + b->dropped + b->failed) {
        log_say(run->opt.log, PL_LOG_ERROR,
                "the books of the run do not balance: %llu read + %llu emitted, but %llu out + %llu dropped + %llu failed",
                (unsigned long long)b->read, (unsigned long long)b->emitted, (unsigned long long)b->out,
                (unsigned long long)b->dropped, (unsigned long long)b->failed);
        right = false;
    }
    return right;
}
