/* snapshot.c - how far a run is, as a checkpoint says it. */
#include "snapshot.h"

#include "str.h"

enum { FORMAT = 1, MAX_STAGES = 1000 };

/* The books are numbers in a row; one table serves writing and reading. */
#define STAGE_NUMBERS(X) \
    X(in) X(seen) X(emitted) X(out) X(dropped) X(failed) X(committed) X(repaired) X(when_limited) X(bytes_in) X(cpu_ns) X(wall_ns)
#define RUN_NUMBERS(X) X(read) X(read_bytes) X(emitted) X(dropped) X(failed) X(out) X(unwritten)

#define WRITE(member) pack_u64(b, k->member);
#define READ(member) k->member = unpack_u64(u);

static void write_tallies(struct buf *b, const struct tally *all)
{
    uint64_t n = 0;

    for (const struct tally *t = all; t; t = t->next)
        n++;
    pack_u64(b, n);
    for (const struct tally *t = all; t; t = t->next) {
        pack_str(b, t->word);
        pack_u64(b, t->n);
    }
}

static struct tally *read_tallies(struct unpack *u, struct arena *a)
{
    struct tally *first = NULL, **at = &first;

    for (uint64_t n = unpack_u64(u); n > 0 && !u->failed; n--) {
        struct tally *t = arena_zero(a, 1, sizeof *t);
        t->word = arena_dup(a, unpack_str(u));
        t->n = unpack_u64(u);
        *at = t;
        at = &t->next;
    }
    return first;
}

static void write_stage(struct buf *b, const struct snapshot_stage *st)
{
    const struct stage_books *k = &st->books;

    pack_str(b, st->name);
    STAGE_NUMBERS(WRITE)
    write_tallies(b, k->drops);
    write_tallies(b, k->failures);
    pack_u64(b, st->n_metrics);
    for (size_t i = 0; i < st->n_metrics; i++) {
        pack_str(b, st->metrics[i].name);
        pack_u64(b, atomic_load(&st->metrics[i].n));
    }
    pack_u64(b, st->unnamed);
    pack_str(b, st->saved);
    pack_str(b, st->saved_then);
}

static void read_stage(struct unpack *u, struct arena *a, struct snapshot_stage *st)
{
    struct stage_books *k = &st->books;

    st->name = unpack_str(u);
    STAGE_NUMBERS(READ)
    k->drops = read_tallies(u, a);
    k->failures = read_tallies(u, a);
    const uint64_t n = unpack_u64(u);
    if (n > MAX_METRICS)
        u->failed = true;
    if (u->failed)
        return;
    st->n_metrics = (size_t)n;
    st->metrics = arena_zero(a, st->n_metrics + 1, sizeof *st->metrics);
    for (size_t i = 0; i < st->n_metrics; i++) {
        st->metrics[i].name = unpack_str(u);
        atomic_store(&st->metrics[i].n, unpack_u64(u));
    }
    st->unnamed = unpack_u64(u);
    st->saved = unpack_str(u);
    st->saved_then = unpack_str(u);
}

static void write_books(struct buf *b, const struct run_books *k)
{
    RUN_NUMBERS(WRITE)
    pack_u64(b, (uint64_t)k->n_slowest);
    for (int i = 0; i < k->n_slowest; i++) {
        pack_str(b, (pl_str){k->slowest[i].id, k->slowest[i].id_len});
        pack_u64(b, k->slowest[i].wall_ns);
    }
}

static void read_books(struct unpack *u, struct run_books *k)
{
    RUN_NUMBERS(READ)
    for (uint64_t n = unpack_u64(u); n > 0 && !u->failed; n--) {
        const pl_str id = unpack_str(u);
        const uint64_t ns = unpack_u64(u);
        if (k->n_slowest == SLOWEST || id.len > RECORD_HEAD) {
            u->failed = true;
            return;
        }
        struct slow_record *s = &k->slowest[k->n_slowest++];
        if (id.len)
            memcpy(s->id, id.ptr, id.len);
        s->id_len = id.len;
        s->wall_ns = ns;
    }
}

void snapshot_write(struct buf *b, const struct snapshot *snap)
{
    pack_u64(b, FORMAT);
    write_books(b, &snap->books);
    pack_u64(b, snap->n_inputs);
    pack_u64(b, snap->inputs_skipped);
    pack_u64(b, snap->inputs_total);
    pack_str(b, snap->input);
    pack_str(b, snap->input_digest);
    pack_u64(b, snap->unnamed);
    pack_str(b, snap->reading);
    pack_u64(b, snap->n_stages);
    for (size_t i = 0; i < snap->n_stages; i++)
        write_stage(b, &snap->stages[i]);
    pack_str(b, snap->own);
}

bool snapshot_read(pl_str bytes, struct arena *a, struct snapshot *snap)
{
    struct unpack all = {bytes, false}, *u = &all;

    *snap = (struct snapshot){0};
    if (unpack_u64(u) != FORMAT)
        return false;
    read_books(u, &snap->books);
    snap->n_inputs = unpack_u64(u);
    snap->inputs_skipped = unpack_u64(u);
    snap->inputs_total = unpack_u64(u);
    snap->input = unpack_str(u);
    snap->input_digest = unpack_str(u);
    snap->unnamed = unpack_u64(u);
    snap->reading = unpack_str(u);
    const uint64_t n = unpack_u64(u);
    if (u->failed || n > MAX_STAGES)
        return false;
    snap->n_stages = (size_t)n;
    snap->stages = arena_zero(a, snap->n_stages + 1, sizeof *snap->stages);
    for (size_t i = 0; i < snap->n_stages && !u->failed; i++)
        read_stage(u, a, &snap->stages[i]);
    snap->own = unpack_str(u);
    return !u->failed && u->rest.len == 0;
}
