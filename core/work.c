/* work.c - the threads of a run: one reads, the others carry batches through the filters. */
#include <stdlib.h>
#include <time.h>

#include "host.h"
#include "str.h"

enum {
    BATCH_RECORDS_MAX = 64,
    BATCH_BYTES_MAX = 1 << 20,
    TRIES = 5,              /* of a call that answers PL_RETRY */
    FIRST_PAUSE_MS = 20,    /* before the second; doubles */
    IDLE_PAUSE_MS = 20      /* a source that has nothing yet */
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

/* ---- one call of a plugin on one record ---- */

typedef int (*verb)(pl_self *, pl_record *);

static int call_with_retries(struct call *c, verb f, pl_record *r)
{
    long pause = FIRST_PAUSE_MS;
    int rc = f(&c->self, r);

    for (int i = 1; i < TRIES && rc == PL_RETRY && !atomic_load(&c->run->dead); i++, pause *= 2) {
        record_rollback(r);
        records_free(&c->emitted);
        pause_ms(pause);
        rc = f(&c->self, r);
    }
    return rc;
}

/* The verb on one record, its answer turned into the record's fate; PL_OK or PL_FATAL. */
static int call_record(struct call *c, verb f, pl_record *r)
{
    const int stage = c->stage->index;
    const uint64_t start = clock_ns(CLOCK_MONOTONIC);
    int rc;

    record_begin(r);
    rc = call_with_retries(c, f, r);
    if (rc == PL_NOMEM)
        record_fail(r, stage, PL_S("too-large"), PL_S("past the record's memory limit (record_memory)"));
    else if (rc == PL_RETRY)
        record_fail(r, stage, PL_S("retry"), PL_S("still not possible after five tries"));
    else if (c->fault)
        record_fail(r, stage, PL_S("contract"), str_of(c->fault));
    else if (rc != PL_OK)
        rc = PL_FATAL;
    c->fault = NULL;
    if (r->fate == FATE_FAILED) {
        record_rollback(r);
        records_free(&c->emitted);
    }
    r->wall_ns += clock_ns(CLOCK_MONOTONIC) - start;
    return rc == PL_FATAL ? PL_FATAL : PL_OK;
}

/* Behind record i stand now what the call on it emitted. */
static void insert_emitted(struct batch *b, size_t *i, struct call *c, struct counts *n)
{
    struct records *e = &c->emitted;
    const size_t behind = *i + 1;

    if (e->n == 0)
        return;
    for (size_t k = 0; k < e->n; k++)
        records_add(&b->records, NULL);
    memmove(b->records.at + behind + e->n, b->records.at + behind,
            (b->records.n - e->n - behind) * sizeof *b->records.at);
    memcpy(b->records.at + behind, e->at, e->n * sizeof *e->at);
    for (size_t k = 0; k < e->n; k++)
        b->bytes += e->at[k]->arena.used;
    n->emitted += e->n;
    *i += e->n;
    e->n = 0;
}

static void move_blocks(struct batch *b, struct call *c)
{
    for (size_t k = 0; k < c->emitted.n; k++)
        records_add(&b->blocks, c->emitted.at[k]);
    c->emitted.n = 0;
}

/* ---- filters ---- */

static bool sees(const struct stage_run *st, const pl_record *r)
{
    return r->fate == FATE_LIVE && r->entry <= st->index;
}

static size_t bytes_of(const pl_record *r)
{
    const struct value *body = record_get(r, PL_BODY), *text = record_get(r, PL_TEXT);

    return (body->type == PL_BYTES ? body->as.str.len : 0) + (text->type == PL_STR ? text->as.str.len : 0);
}

static void enter_stage(struct stage_run *st, struct batch *b, struct counts *n)
{
    for (size_t i = 0; i < b->records.n; i++) {
        pl_record *r = b->records.at[i];
        if (!sees(st, r))
            continue;
        r->stage_private = (pl_str){NULL, 0};
        r->selected = !st->def->when || when_holds(st->def->when, r);
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

static void count_fate(pl_record *r, struct counts *n)
{
    n->dropped += r->fate == FATE_DROPPED;
    n->failed += r->fate == FATE_FAILED;
}

static int pass_records(struct run *run, const struct filter *f, struct batch *b, struct call *c, verb v)
{
    struct stage_run *st = f->stage;
    struct counts *n = &b->counts[st->index];
    const bool commits = f->kind == FILTER_COMMIT;

    for (size_t i = 0; v && i < b->records.n; i++) {
        pl_record *r = b->records.at[i];
        if (!sees(st, r) || !r->selected)
            continue;
        if (atomic_load_explicit(&run->dead, memory_order_relaxed))
            return PL_FATAL;
        if (call_record(c, v, r) == PL_FATAL)
            return PL_FATAL;
        count_fate(r, n);
        if (commits && r->fate != FATE_FAILED) {
            n->committed++;
            r->taken = r->taken || (st->def->plugin->flags & PL_SINK);
        }
        if (c->to_then)
            move_blocks(b, c);
        else
            insert_emitted(b, &i, c, n);
    }
    return PL_OK;
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
        if (v(&c->self, r) != PL_OK || r->fate == FATE_FAILED)
            return PL_FATAL;
    }
    return PL_OK;
}

static int finish(const struct filter *f, struct batch *b, struct call *c)
{
    struct counts *n = &b->counts[f->stage->index];
    int (*finish_verb)(pl_self *) =
        f->kind == FILTER_COMMIT ? f->stage->def->plugin->finish : f->stage->def->plugin->then->finish;
    size_t last = b->records.n - 1; /* "behind record -1": emitted records go to the front of an empty batch */

    if (finish_verb && finish_verb(&c->self) != PL_OK)
        return PL_FATAL;
    if (c->to_then) {
        move_blocks(b, c);
    } else if (c->emitted.n) {
        host_name_unnamed(c, &c->emitted, 0);
        insert_emitted(b, &last, c, n);
    }
    return PL_OK;
}

static int pass_serial(struct run *run, const struct filter *f, struct batch *b)
{
    struct stage_run *st = f->stage;
    const pl_plugin *p = st->def->plugin;
    const bool then = f->kind == FILTER_THEN_COMMIT;
    struct call *c = then ? &st->then : &st->control;

    if (then ? pass_blocks(b, c, p->then->commit) : pass_records(run, f, b, c, p->commit))
        return PL_FATAL;
    if (b->kind == BATCH_FINISH)
        return finish(f, b, c);
    if (b->kind == BATCH_CHECKPOINT && !p->read) {
        int (*checkpoint)(pl_self *, uint64_t) = then ? p->then->checkpoint : p->checkpoint;
        if (checkpoint && checkpoint(&c->self, b->checkpoint) != PL_OK)
            return PL_FATAL;
    }
    return PL_OK;
}

static int pass_filter(struct worker *w, const struct filter *f, struct batch *b)
{
    struct run *run = w->run;
    struct stage_run *st = f->stage;
    const uint64_t cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID), wall = clock_ns(CLOCK_MONOTONIC);
    int rc;

    if (f->kind == FILTER_LEAVE)
        return leave_batch(run, b);
    struct counts *n = &b->counts[st->index];
    if (f->first)
        enter_stage(st, b, n);
    if (f->kind == FILTER_PROCESS)
        rc = pass_records(run, f, b, &w->calls[st->index], st->def->plugin->process);
    else if (f->kind == FILTER_THEN_PROCESS)
        rc = pass_blocks(b, &w->then_calls[st->index], st->def->plugin->then->process);
    else
        rc = pass_serial(run, f, b);
    if (f->last) {
        records_free(&b->blocks);
        leave_stage(st, b, n);
    }
    const uint64_t spent = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu, took = clock_ns(CLOCK_MONOTONIC) - wall;
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

static void retire(struct run *run, struct batch *b)
{
    const bool checkpoint = b->kind == BATCH_CHECKPOINT;
    const uint64_t n = b->checkpoint;

    pthread_mutex_lock(&run->lock);
    run->in_flight[b->seq % run->n_tokens] = NULL;
    run->free_tokens++;
    if (checkpoint)
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

    for (;;) {
        pthread_mutex_lock(&run->lock);
        while (!run->ready && !atomic_load(&run->dead) && !(run->read_all && run->free_tokens == run->n_tokens))
            pthread_cond_wait(&run->work, &run->lock);
        struct batch *b = atomic_load(&run->dead) ? NULL : pop(run);
        pthread_mutex_unlock(&run->lock);
        if (!b)
            return NULL;
        carry(w, b);
    }
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

/* Waits for a token; false when the run is dead. */
static bool send_batch(struct run *run, struct batch *b)
{
    pthread_mutex_lock(&run->lock);
    while (run->free_tokens == 0 && !atomic_load(&run->dead))
        pthread_cond_wait(&run->tokens, &run->lock);
    const bool alive = !atomic_load(&run->dead);
    if (alive) {
        run->free_tokens--;
        b->seq = run->next_seq++;
        run->in_flight[b->seq % run->n_tokens] = b;
        push_back(run, b);
    }
    pthread_mutex_unlock(&run->lock);
    if (!alive)
        batch_free(run, b);
    return alive;
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
        b->bytes += r->raw.len > r->arena.used ? r->raw.len : r->arena.used;
        n->emitted++;
        count_fate(r, n);
    }
    c->fault = NULL;
    atomic_fetch_add(&run->p_read, b->records.n - from);
    run->books.read += b->records.n - from;
}

/* One batch of records; NULL at the end of the input.  PL_EOF or PL_FATAL in *rc then. */
static struct batch *read_batch(struct run *run, struct call *c, int *rc)
{
    struct batch *b = batch_new(run, BATCH_RECORDS);

    c->into = &b->records;
    *rc = PL_OK;
    while (b->records.n < BATCH_RECORDS_MAX && b->bytes < BATCH_BYTES_MAX && (*rc == PL_OK || *rc == PL_AGAIN)) {
        const size_t from = b->records.n;
        if (atomic_load(&run->stop) || atomic_load(&run->dead)) {
            *rc = PL_EOF;
            break;
        }
        *rc = c->stage->def->plugin->read(&c->self);
        receive(run, c, b, from);
        if (*rc == PL_AGAIN && b->records.n)
            break;
        if (*rc == PL_AGAIN || *rc == PL_RETRY)
            pause_ms(IDLE_PAUSE_MS);
        if (*rc == PL_RETRY)
            *rc = PL_AGAIN;
    }
    if (b->records.n == 0) {
        batch_free(run, b);
        return NULL;
    }
    return b;
}

static void wait_checkpoint(struct run *run, uint64_t n)
{
    pthread_mutex_lock(&run->lock);
    while (run->passed_checkpoint < n && !atomic_load(&run->dead))
        pthread_cond_wait(&run->tokens, &run->lock);
    pthread_mutex_unlock(&run->lock);
}

/* The markers that end a run: what is held back comes out, then everything is made durable. */
static void send_end(struct run *run, struct call *c)
{
    const bool whole = !atomic_load(&run->stop);
    const pl_plugin *source = c->stage->def->plugin;
    struct batch *b;

    if (whole && !send_batch(run, batch_new(run, BATCH_FINISH)))
        return;
    if (source->checkpoint && source->checkpoint(&c->self, 1) != PL_OK) {
        run_die(run, RUN_IO);
        return;
    }
    b = batch_new(run, BATCH_CHECKPOINT);
    b->checkpoint = 1;
    b->last = whole;
    if (!send_batch(run, b))
        return;
    wait_checkpoint(run, 1);
    if (source->committed && !atomic_load(&run->dead))
        source->committed(&c->self, 1, whole);
}

void *work_read(void *arg)
{
    struct run *run = arg;
    struct call *c = &run->stages[0].control;
    int rc = PL_OK;

    c->reading = true;
    while (rc == PL_OK || rc == PL_AGAIN) {
        struct batch *b = read_batch(run, c, &rc);
        if (rc != PL_OK && rc != PL_AGAIN && rc != PL_EOF)
            run_die(run, RUN_IO);
        if (b && !send_batch(run, b))
            break;
    }
    if (!atomic_load(&run->dead))
        send_end(run, c);
    pthread_mutex_lock(&run->lock);
    run->read_all = true;
    pthread_cond_broadcast(&run->work);
    pthread_mutex_unlock(&run->lock);
    return NULL;
}
