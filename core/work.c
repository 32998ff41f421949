/* work.c - the threads of a run: one reads, the others carry batches through the filters. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "deadletter.h"
#include "host.h"
#include "isolate.h"
#include "str.h"

enum {
    BATCH_RECORDS_MAX = 64,
    LOOK_NS = 100000000,    /* between two looks whether a run that waits was asked to stop */
    BATCH_NS = 20000000,    /* what a batch should take, so that a checkpoint is soon through; small ones cost more */
    BATCH_BYTES_MAX = 1 << 20,
    TRIES = 5,              /* of a call that answers PL_RETRY */
    FIRST_PAUSE_MS = 20,    /* before the second; doubles */
    IDLE_PAUSE_MS = 20,     /* a source that has nothing yet */
    STOP_SECONDS = 3        /* that a run takes at most to finish what it has in hand when it is stopped */
};

static uint64_t clock_ns(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void pause_ms(long ms)
{
    const struct timespec t = {ms / 1000, ms % 1000 * 1000000};

    nanosleep(&t, NULL);
}

/* Half of it to all of it: who failed together is not to come back together. */
static void pause_about(long ms)
{
    const uint64_t dice = clock_ns(CLOCK_MONOTONIC) * UINT64_C(0x9E3779B97F4A7C15) >> 32;

    pause_ms(ms / 2 + (long)(dice % (uint64_t)(ms / 2 + 1)));
}

/* ---- one call of a plugin on one record ---- */

typedef int (*verb)(pl_self *, pl_record *);

/* Why the run ends, where the stage has not said so itself. */
static int fatal(const struct call *c, const char *what, const char *why)
{
    log_say(c->run->opt.log, PL_LOG_ERROR, "stage '" STR_FMT "': %s %s", STR_ARG(c->stage->def->name), what, why);
    return PL_FATAL;
}

/* A fault has no record to blame. */
static int settle(const struct call *c, const char *what, int rc)
{
    if (rc == PL_OK && c->fault)
        return fatal(c, what, c->fault);
    return rc == PL_OK || rc == PL_FATAL ? rc : fatal(c, what, "gave an answer that it cannot give");
}

/* An isolated process() watches its own time. */
static int call_once(struct call *c, verb f, pl_record *r)
{
    const bool commits = c == &c->stage->control;

    guard_enter(c, commits ? "commit()" : "process()", r, commits || !c->stage->def->isolate);
    const int rc = f(&c->self, r);
    guard_leave();
    return rc;
}

int work_try(struct call *c, verb f, pl_record *r)
{
    long pause = FIRST_PAUSE_MS;
    int rc = call_once(c, f, r);

    for (int i = 1; i < TRIES && rc == PL_RETRY && r->fate == FATE_LIVE && !atomic_load(&c->run->dead); i++, pause *= 2) {
        record_rollback(r);
        records_free(&c->emitted);
        pause_about(pause);
        rc = call_once(c, f, r);
    }
    return rc;
}

/* Whether the record killed the run in this stage before; it then fails, and the stage is spared it. */
static bool is_blamed(const struct call *c, pl_record *r)
{
    const struct value *origin = record_get(r, PL_ORIGIN);
    const struct blame_note *note =
        origin->type == PL_STR ? blame_find(c->run->blamed, c->stage->index, origin->as.str) : NULL;
    char message[100];

    if (!note)
        return false;
    snprintf(message, sizeof message, "killed the run before: %s in %s", note->why, note->verb);
    record_fail(r, c->stage->index, note->hang ? PL_S("hang") : PL_S("crash"), str_of(message));
    return true;
}

static int try_record(struct call *c, verb f, pl_record *r)
{
    if (c->run->blamed && is_blamed(c, r))
        return PL_OK;
    return c->isolated ? isolate_call(c, r) : work_try(c, f, r);
}

/* The verb on one record, its answer turned into the record's fate; PL_OK or PL_FATAL. */
static int call_record(struct call *c, verb f, pl_record *r)
{
    const int stage = c->stage->index;
    const uint64_t start = clock_ns(CLOCK_MONOTONIC);
    int rc;

    record_begin(r);
    c->record = r;
    atomic_store_explicit(&c->begun, start, memory_order_relaxed);
    rc = try_record(c, f, r);
    atomic_store_explicit(&c->begun, 0, memory_order_relaxed);
    c->record = NULL;
    /* A broken contract is told, whatever the stage made of the record. */
    if (c->fault && r->fate == FATE_DROPPED)
        r->fate = FATE_LIVE;
    if (rc == PL_NOMEM)
        record_fail(r, stage, PL_S("too-large"), PL_S("past the record's memory limit (record_memory)"));
    else if (rc == PL_RETRY)
        record_fail(r, stage, PL_S("retry"), PL_S("still not possible after five tries"));
    else if (c->fault)
        record_fail(r, stage, PL_S("contract"), str_of(c->fault));
    else if (rc != PL_OK && rc != PL_FATAL)
        rc = fatal(c, "process() or commit()", "gave an answer that it cannot give");
    c->fault = NULL;
    if (r->fate == FATE_FAILED) {
        record_rollback(r);
        records_free(&c->emitted);
    }
    if (!c->isolated)
        r->wall_ns += clock_ns(CLOCK_MONOTONIC) - start;
    return rc == PL_FATAL ? PL_FATAL : PL_OK;
}

static void count_fate(pl_record *r, struct counts *n)
{
    n->dropped += r->fate == FATE_DROPPED;
    n->failed += r->fate == FATE_FAILED;
    n->repaired += r->repaired;
    r->repaired = false;
}

static void move_emitted(struct records *to, struct call *c)
{
    for (size_t k = 0; k < c->emitted.n; k++)
        records_add(to, c->emitted.at[k]);
    c->emitted.n = 0;
}

/* The same for records of the stream; its stage may have dropped or failed them already. */
static void move_children(struct records *to, struct call *c, struct counts *n)
{
    n->emitted += c->emitted.n;
    for (size_t k = 0; k < c->emitted.n; k++)
        count_fate(c->emitted.at[k], n);
    move_emitted(to, c);
}

/* ---- filters ---- */

static size_t bytes_of(const pl_record *r)
{
    const struct value *body = record_get(r, PL_BODY), *text = record_get(r, PL_TEXT);

    return (body->type == PL_BYTES ? body->as.str.len : 0) + (text->type == PL_STR ? text->as.str.len : 0);
}

static void enter_stage(struct stage_run *st, struct batch *b, struct counts *n)
{
    for (size_t i = 0; i < b->records.n; i++) {
        pl_record *r = b->records.at[i];
        if (!work_sees(st, r))
            continue;
        r->stage_private = (pl_str){NULL, 0};
        if (record_unwanted(r, st->def->plugin->flags & PL_SINK)) {
            n->in += st->index > 0;
            if (record_missed(r))
                record_fail(r, st->index, PL_S("not-emitted"), PL_S("the page makes no such article any more"));
            else
                record_drop(r, st->index, PL_S("not-retried"));
            count_fate(r, n);
            continue;
        }
        r->selected = !st->def->when || when_holds(st->def->when, r, &n->when_limited);
        if (r->selected && st->index < 64)
            r->seen |= UINT64_C(1) << st->index;
        n->in += st->index > 0;
        n->seen += r->selected;
        n->bytes_in += bytes_of(r);
    }
}

static void leave_stage(struct stage_run *st, struct batch *b, struct counts *n)
{
    for (size_t i = 0; i < b->records.n; i++)
        n->out += b->records.at[i]->fate == FATE_LIVE && b->records.at[i]->entry <= st->index + 1;
}

static int pass_record(struct run *run, const struct filter *f, pl_record *r, struct counts *n, struct call *c, verb v)
{
    if (atomic_load_explicit(&run->dead, memory_order_relaxed) || call_record(c, v, r) == PL_FATAL)
        return PL_FATAL;
    count_fate(r, n);
    if (f->kind == FILTER_COMMIT && r->fate == FATE_LIVE) {
        n->committed++;
        r->taken = r->taken || (f->stage->def->plugin->flags & PL_SINK);
    }
    return PL_OK;
}

/* Children go behind their parent: the row of records is written anew from the first that has any, in time linear in
 * all of them. */
static int pass_records(struct run *run, const struct filter *f, struct batch *b, struct call *c, verb v)
{
    const struct stage_run *st = f->stage;
    struct counts *n = &b->counts[st->index];
    struct records row = {0};
    int rc = PL_OK;

    if (c->isolated)
        isolate_row(c->isolated, &b->records);
    for (size_t i = 0; v && i < b->records.n; i++) {
        pl_record *r = b->records.at[i];
        if (rc == PL_OK && work_sees(st, r) && r->selected)
            rc = pass_record(run, f, r, n, c, v);
        if (row.n)
            records_add(&row, r);
        if (c->emitted.n == 0 || rc != PL_OK)
            continue;
        if (c->to_then) {
            move_emitted(&b->blocks, c);
            continue;
        }
        for (size_t k = row.n ? i + 1 : 0; k <= i; k++)
            records_add(&row, b->records.at[k]);
        move_children(&row, c, n);
    }
    if (row.n) {
        free(b->records.at);
        b->records = row;
    }
    return rc;
}

static void trace_stage(struct run *run, const struct stage_run *st, struct batch *b, uint64_t wall_ns)
{
    for (size_t i = 0; i < b->records.n; i++) {
        pl_record *r = b->records.at[i];
        if (r->fate == FATE_LIVE ? r->entry <= st->index + 1 : r->stage == st->index)
            run->opt.after_stage(run->opt.after_arg, st->def, r, wall_ns);
    }
}

static int pass_blocks(struct batch *b, struct call *c, verb v)
{
    for (size_t i = 0; v && i < b->blocks.n; i++) {
        pl_record *r = b->blocks.at[i];
        record_begin(r);
        guard_enter(c, "`then`", NULL, true);
        const int answer = v(&c->self, r);
        guard_leave();
        const int rc = settle(c, "`then`", answer);
        if (rc != PL_OK)
            return rc;
        if (r->fate == FATE_FAILED)
            return fatal(c, "`then` failed a block:", r->message.ptr ? r->message.ptr : r->code.ptr);
        if (c->emitted.n)
            return fatal(c, "`then`", "emitted, and there is nobody to take it");
    }
    return PL_OK;
}

static int finish(const struct filter *f, struct batch *b, struct call *c)
{
    struct counts *n = &b->counts[f->stage->index];
    int (*finish_verb)(pl_self *) =
        f->kind == FILTER_COMMIT ? f->stage->def->plugin->finish : f->stage->def->plugin->then->finish;
    guard_enter(c, "finish()", NULL, false);
    const int answer = finish_verb ? finish_verb(&c->self) : PL_OK;
    guard_leave();
    const int rc = finish_verb ? settle(c, "finish()", answer) : PL_OK;

    if (rc != PL_OK)
        return rc;
    if (f->kind == FILTER_THEN_COMMIT && c->emitted.n)
        return fatal(c, "finish() of `then`", "emitted, and there is nobody to take it");
    if (c->to_then) {
        move_emitted(&b->blocks, c);
    } else {
        host_name_unnamed(c, &c->emitted, 0);
        move_children(&b->records, c, n);
    }
    return PL_OK;
}

static int checkpoint(struct call *c, int (*save_verb)(pl_self *, uint64_t), uint64_t n, struct buf *saved)
{
    if (!save_verb)
        return PL_OK;
    c->saved = saved;
    guard_enter(c, "checkpoint()", NULL, false);
    const int answer = save_verb(&c->self, n);
    guard_leave();
    c->saved = NULL;
    return settle(c, "checkpoint()", answer);
}

static int pass_serial(struct run *run, const struct filter *f, struct batch *b, struct call *c)
{
    struct stage_run *st = f->stage;
    const pl_plugin *p = st->def->plugin;
    const bool then = f->kind == FILTER_THEN_COMMIT;

    if (then ? pass_blocks(b, c, p->then->commit) : pass_records(run, f, b, c, p->commit))
        return PL_FATAL;
    if (b->kind == BATCH_FINISH)
        return finish(f, b, c);
    if (b->kind == BATCH_CHECKPOINT && (then || !p->read)) {
        int (*save_verb)(pl_self *, uint64_t) = then ? p->then->checkpoint : p->checkpoint;
        return checkpoint(c, save_verb, b->marker->n, &b->marker->saved[st->index * 2 + then]);
    }
    return PL_OK;
}

/* Whose pl_self the filter hands out. */
static struct call *call_for(struct worker *w, const struct filter *f)
{
    struct stage_run *st = f->stage;

    switch (f->kind) {
    case FILTER_PROCESS: return &w->calls[st->index];
    case FILTER_THEN_PROCESS: return &w->then_calls[st->index];
    case FILTER_THEN_COMMIT: return &st->then;
    case FILTER_COMMIT:
    case FILTER_LEAVE: break;
    }
    return &st->control;
}

/* What a worker does now that is about no single record: the end of the line, a marker, blocks. */
static void note_work(struct worker *w, struct stage_run *st, uint64_t begun)
{
    atomic_store_explicit(&w->at, st, memory_order_relaxed);
    atomic_store_explicit(&w->begun, begun, memory_order_relaxed);
}

static int leave_line(struct worker *w, struct batch *b, uint64_t begun)
{
    note_work(w, NULL, begun);
    const int rc = leave_batch(w->run, b);
    note_work(w, NULL, 0);
    return rc;
}

static int pass_filter(struct worker *w, const struct filter *f, struct batch *b)
{
    struct run *run = w->run;
    struct stage_run *st = f->stage;
    const uint64_t cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID), wall = clock_ns(CLOCK_MONOTONIC);
    int rc;

    if (f->kind == FILTER_LEAVE)
        return leave_line(w, b, wall);
    struct counts *n = &b->counts[st->index];
    if (f->first)
        enter_stage(st, b, n);
    struct call *c = call_for(w, f);
    c->counts = n;
    if (b->kind != BATCH_RECORDS || f->kind == FILTER_THEN_PROCESS || f->kind == FILTER_THEN_COMMIT)
        note_work(w, st, wall);
    if (f->kind == FILTER_PROCESS)
        rc = pass_records(run, f, b, c, st->def->plugin->process);
    else if (f->kind == FILTER_THEN_PROCESS)
        rc = pass_blocks(b, c, st->def->plugin->then->process);
    else
        rc = pass_serial(run, f, b, c);
    c->counts = NULL;
    note_work(w, NULL, 0);
    if (f->last) {
        records_free(&b->blocks);
        leave_stage(st, b, n);
    }
    uint64_t spent = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
    if (f->kind == FILTER_PROCESS && w->calls[st->index].isolated) {
        const uint64_t there = isolate_cpu_ns(w->calls[st->index].isolated);
        atomic_fetch_add_explicit(&run->isolated_ns, there, memory_order_relaxed);
        spent += there;
    }
    const uint64_t took = clock_ns(CLOCK_MONOTONIC) - wall;
    n->cpu_ns += spent;
    n->wall_ns += took;
    atomic_fetch_add_explicit(&st->busy_ns, spent, memory_order_relaxed);
    if (f->last && run->opt.after_stage)
        trace_stage(run, st, b, n->wall_ns);
    return rc;
}

/* ---- the queue ---- */

/* Oldest work first: an unparked batch goes ahead of those that the source has just made.  With lock held. */
static void push_front(struct run *run, struct batch *b)
{
    b->next = run->ready;
    run->ready = b;
    if (!run->ready_tail)
        run->ready_tail = b;
    pthread_cond_signal(&run->work);
}

static void push_back(struct run *run, struct batch *b)
{
    b->next = NULL;
    if (run->ready_tail)
        run->ready_tail->next = b;
    else
        run->ready = b;
    run->ready_tail = b;
    pthread_cond_signal(&run->work);
}

static struct batch *pop(struct run *run)
{
    struct batch *b = run->ready;

    if (b) {
        run->ready = b->next;
        if (!run->ready)
            run->ready_tail = NULL;
    }
    return b;
}

/* True when it is the batch's turn at this filter; else the batch is parked there. */
static bool take_turn(struct run *run, struct filter *f, struct batch *b)
{
    pthread_mutex_lock(&run->lock);
    const bool turn = f->next_seq == b->seq;
    if (!turn)
        f->parked[b->seq % run->n_tokens] = b;
    pthread_mutex_unlock(&run->lock);
    return turn;
}

static void give_turn(struct run *run, struct filter *f)
{
    pthread_mutex_lock(&run->lock);
    struct batch **waiting = &f->parked[++f->next_seq % run->n_tokens];
    if (*waiting) {
        push_front(run, *waiting);
        *waiting = NULL;
    }
    pthread_mutex_unlock(&run->lock);
}

/* What a record takes, of late. */
static void note_pace(struct run *run, const struct batch *b)
{
    const uint64_t before = atomic_load_explicit(&run->record_ns, memory_order_relaxed);
    uint64_t took = 0;

    if (b->kind != BATCH_RECORDS || b->records.n == 0)
        return;
    for (int i = 0; i < run->n_stages; i++)
        took += b->counts[i].wall_ns;
    const uint64_t each = took / b->records.n + 1;
    atomic_store_explicit(&run->record_ns, before ? (before * 7 + each) / 8 : each, memory_order_relaxed);
}

static void retire(struct run *run, struct batch *b)
{
    note_pace(run, b);
    const uint64_t n = b->kind == BATCH_CHECKPOINT ? b->marker->n : 0;

    pthread_mutex_lock(&run->lock);
    /* The batch behind may have retired first, and its token be in use again at this very place. */
    if (run->in_flight[b->seq % run->n_tokens] == b)
        run->in_flight[b->seq % run->n_tokens] = NULL;
    run->free_tokens++;
    if (n > run->passed_checkpoint)
        run->passed_checkpoint = n;
    pthread_cond_broadcast(&run->tokens);
    if (run->read_all && run->free_tokens == run->n_tokens)
        pthread_cond_broadcast(&run->work);
    pthread_mutex_unlock(&run->lock);
    batch_free(run, b);
}

static void carry(struct worker *w, struct batch *b)
{
    struct run *run = w->run;

    for (; b->filter < run->n_filters; b->filter++) {
        struct filter *f = &run->filters[b->filter];
        if (f->serial && !take_turn(run, f, b))
            return;
        if (atomic_load(&run->dead))
            return;
        if (pass_filter(w, f, b) != PL_OK) {
            run_die(run, RUN_IO);
            return;
        }
        if (f->serial)
            give_turn(run, f);
    }
    retire(run, b);
}

void *work(void *arg)
{
    struct worker *w = arg;
    struct run *run = w->run;

    guard_thread_begin(&w->place);
    for (;;) {
        pthread_mutex_lock(&run->lock);
        while (!run->ready && !atomic_load(&run->dead) && !(run->read_all && run->free_tokens == run->n_tokens))
            pthread_cond_wait(&run->work, &run->lock);
        struct batch *b = atomic_load(&run->dead) ? NULL : pop(run);
        pthread_mutex_unlock(&run->lock);
        if (!b)
            break;
        carry(w, b);
    }
    guard_thread_end();
    return NULL;
}

/* ---- the reading thread ---- */

static struct batch *batch_new(struct run *run, enum batch_kind kind)
{
    struct batch *b = calloc(1, sizeof *b);

    if (b)
        b->counts = calloc((size_t)run->n_stages, sizeof *b->counts);
    if (!b || !b->counts)
        out_of_memory();
    b->kind = kind;
    return b;
}

/* Waits a moment for the line to move, with lock held; false when the run is dead, or was asked to stop and has taken its
 * time: the checkpoint before will do. */
static bool wait_for_line(struct run *run)
{
    const uint64_t now = clock_ns(CLOCK_MONOTONIC), until_ns = now + LOOK_NS;
    const struct timespec until = {(time_t)(until_ns / 1000000000u), (long)(until_ns % 1000000000u)};

    if (atomic_load(&run->dead))
        return false;
    if (atomic_load(&run->stop) && atomic_load(&run->end) == RUN_DONE) {
        run->stop_ns = run->stop_ns ? run->stop_ns : now;
        if (now - run->stop_ns > (uint64_t)STOP_SECONDS * 1000000000u)
            return false;
    }
    pthread_cond_timedwait(&run->tokens, &run->lock, &until);
    return true;
}

/* Waits for a token; false when there will be none. */
static bool send_batch(struct run *run, struct batch *b)
{
    for (uint32_t i = 0; i < run->stages[0].n_metrics; i++) {
        b->counts[0].metrics[i] += run->read_metrics[i];
        run->read_metrics[i] = 0;
    }
    pthread_mutex_lock(&run->lock);
    while (run->free_tokens == 0 && wait_for_line(run))
        continue;
    const bool alive = run->free_tokens > 0 && !atomic_load(&run->dead);
    if (alive) {
        run->free_tokens--;
        b->seq = run->next_seq++;
        run->in_flight[b->seq % run->n_tokens] = b;
        push_back(run, b);
    }
    pthread_mutex_unlock(&run->lock);
    if (alive)
        return true;
    batch_free(run, b);
    if (!atomic_load(&run->dead))
        run_die(run, RUN_STOPPED);
    return false;
}

/* What read() has just emitted: named, begun, counted. */
static void receive(struct run *run, struct call *c, struct batch *b, size_t from)
{
    struct counts *n = &b->counts[0];

    host_name_unnamed(c, &b->records, from);
    for (size_t i = from; i < b->records.n; i++) {
        pl_record *r = b->records.at[i];
        if (c->fault)
            record_fail(r, 0, PL_S("contract"), str_of(c->fault));
        deadletter_give(r);
        b->bytes += r->raw.len > r->arena.used ? r->raw.len : r->arena.used;
        n->emitted++;
        count_fate(r, n);
    }
    if (b->records.n > from)
        c->fault = NULL;
    atomic_fetch_add(&run->p_read, b->records.n - from);
    run->n_read += b->records.n - from;
}

/* What read() answered, turned into PL_OK, PL_AGAIN, PL_EOF or PL_FATAL. */
static int settle_read(struct call *c, struct batch *b, size_t from, int rc)
{
    const int n_before = c->n_retries;

    c->n_retries = 0;
    if (rc == PL_OK || rc == PL_AGAIN || rc == PL_EOF || rc == PL_FATAL)
        return rc;
    if (rc == PL_NOMEM && b->records.n > from) {
        record_fail(b->records.at[b->records.n - 1], 0, PL_S("too-large"),
                    PL_S("past the record's memory limit (record_memory)"));
        return PL_OK;
    }
    if (rc != PL_RETRY)
        return fatal(c, "read()", "gave an answer that it cannot give");
    while (b->records.n > from)
        record_free(b->records.at[--b->records.n]);
    if (n_before + 1 == TRIES)
        return fatal(c, "read()", "was still not possible after five tries");
    pause_about(FIRST_PAUSE_MS << n_before);
    c->n_retries = n_before + 1;
    return PL_AGAIN;
}

/* As many records as take BATCH_NS by what the last ones took; one by one until that is known. */
static size_t batch_records(const struct run *run)
{
    const uint64_t each = atomic_load_explicit(&run->record_ns, memory_order_relaxed);

    if (each == 0)
        return 1;
    return each * BATCH_RECORDS_MAX <= BATCH_NS ? BATCH_RECORDS_MAX : each >= BATCH_NS ? 1 : (size_t)(BATCH_NS / each);
}

/* One batch of records; NULL where nothing came.  PL_EOF or PL_FATAL in *rc where nothing more will. */
static struct batch *read_batch(struct run *run, struct call *c, int *rc)
{
    struct batch *b = batch_new(run, BATCH_RECORDS);

    c->into = &b->records;
    *rc = PL_OK;
    const size_t most = batch_records(run);
    while (b->records.n < most && b->bytes < BATCH_BYTES_MAX && *rc == PL_OK) {
        const size_t from = b->records.n;
        if (atomic_load(&run->stop) || atomic_load(&run->dead)) {
            *rc = PL_EOF;
            break;
        }
        atomic_store_explicit(&c->begun, clock_ns(CLOCK_MONOTONIC), memory_order_relaxed);
        guard_enter(c, "read()", NULL, true);
        const int answer = c->stage->def->plugin->read(&c->self);
        guard_leave();
        atomic_store_explicit(&c->begun, 0, memory_order_relaxed);
        *rc = settle_read(c, b, from, answer);
        receive(run, c, b, from);
        if (*rc == PL_AGAIN && b->records.n == 0 && c->n_retries == 0)
            pause_ms(IDLE_PAUSE_MS);
    }
    if (b->records.n == 0) {
        batch_free(run, b);
        return NULL;
    }
    return b;
}

/* ---- checkpoints ---- */

static struct marker *marker_new(struct run *run, bool last)
{
    struct marker *m = calloc(1, sizeof *m);

    if (m)
        m->saved = calloc((size_t)run->n_stages * 2, sizeof *m->saved);
    if (!m || !m->saved)
        out_of_memory();
    m->n = ++run->n_checkpoints;
    m->last = last;
    return m;
}

/* Says how far the source is, and sends the marker on its way behind all that was read before. */
static int issue_checkpoint(struct run *run, struct call *c, bool last)
{
    struct marker *m = marker_new(run, last);
    struct batch *b;

    m->read = run->n_read;
    m->n_inputs = (uint64_t)run->n_inputs;
    m->inputs_skipped = run->inputs_skipped;
    m->unnamed = c->unnamed;
    m->input = run->input;
    if (m->input.name.ptr)
        m->input.name = str_of(str_dup(run->input.name));
    if (checkpoint(c, c->stage->def->plugin->checkpoint, m->n, &m->reading) != PL_OK ||
        (run->opt.state && state_mark(run->opt.state, &m->mark) != PL_OK)) {
        marker_free(run, m);
        return PL_FATAL;
    }
    run->checkpoint_ns = clock_ns(CLOCK_MONOTONIC);
    run->checkpoint_read = m->read;
    b = batch_new(run, BATCH_CHECKPOINT);
    b->marker = m;
    return send_batch(run, b) ? PL_OK : PL_FATAL;
}

/* Between two batches: the source is told of the checkpoint that has passed, and the next is issued when it is time. */
static int between_batches(struct run *run, struct call *c)
{
    const int64_t interval_ms = run->pipeline->settings.checkpoint_interval;

    pthread_mutex_lock(&run->lock);
    const uint64_t passed = run->passed_checkpoint;
    pthread_mutex_unlock(&run->lock);
    if (passed > run->told_checkpoint) {
        run->told_checkpoint = passed;
        if (tell_committed(run, c->stage, c->stage->def->plugin, passed, false) != PL_OK)
            return PL_FATAL;
    }
    if (!run->opt.state || run->n_read == run->checkpoint_read ||
        clock_ns(CLOCK_MONOTONIC) - run->checkpoint_ns < (uint64_t)interval_ms * 1000000)
        return PL_OK;
    return issue_checkpoint(run, c, false);
}

static bool wait_checkpoint(struct run *run, uint64_t n)
{
    pthread_mutex_lock(&run->lock);
    while (run->passed_checkpoint < n && wait_for_line(run))
        continue;
    const bool passed = run->passed_checkpoint >= n;
    pthread_mutex_unlock(&run->lock);
    return passed;
}

/* The markers that end a run: what is held back comes out, then everything is made durable. */
static void send_end(struct run *run, struct call *c)
{
    const bool whole = !atomic_load(&run->stop);
    const pl_plugin *source = c->stage->def->plugin;
    const bool later = run->inputs_skipped > 0 || (run->opt.state && state_run(run->opt.state) > 1);

    if (whole && later && run->n_read == 0) {
        run->nothing_new = true;
        return;
    }
    if (whole && !send_batch(run, batch_new(run, BATCH_FINISH)))
        return;
    if (issue_checkpoint(run, c, whole) != PL_OK) {
        run_die(run, RUN_IO);
        return;
    }
    if (!wait_checkpoint(run, run->n_checkpoints))
        run_die(run, RUN_STOPPED);
    else if (!run->revoked && tell_committed(run, c->stage, source, run->n_checkpoints, run->whole) != PL_OK)
        run_die(run, RUN_IO);
}

void *work_read(void *arg)
{
    struct run *run = arg;
    struct call *c = &run->stages[0].reading;
    clockid_t own;
    int rc = PL_OK;

    guard_thread_begin(&run->reading);
    run->checkpoint_ns = clock_ns(CLOCK_MONOTONIC);
    run->checkpoint_read = run->n_read;
    if (pthread_getcpuclockid(pthread_self(), &own) == 0) {
        atomic_store(&run->reader_clock, own);
        atomic_store(&run->reader_known, true);
    }
    while (rc == PL_OK || rc == PL_AGAIN) {
        struct batch *b = read_batch(run, c, &rc);
        if (rc != PL_OK && rc != PL_AGAIN && rc != PL_EOF)
            run_die(run, RUN_IO);
        if (b && !send_batch(run, b))
            break;
        if (rc != PL_EOF && rc != PL_FATAL && between_batches(run, c) != PL_OK) {
            run_die(run, RUN_IO);
            break;
        }
    }
    if (!atomic_load(&run->dead))
        send_end(run, c);
    pthread_mutex_lock(&run->lock);
    run->read_all = true;
    pthread_cond_broadcast(&run->work);
    pthread_mutex_unlock(&run->lock);
    guard_thread_end();
    return NULL;
}
