/* snapshot_fuzz.c - any bytes as what a checkpoint says, as the frames' payloads and as a report's saved part, without the
 * journal's checksums before them: what is read, written and read again is the same. */
#include <stdint.h>
#include <stdlib.h>

#include "report.h"
#include "snapshot.h"
#include "state.h"
#include "str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STAGES = 3 };

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void must_lie_in(pl_str part, pl_str whole)
{
    must(part.len == 0 || (part.ptr >= whole.ptr && part.len <= whole.len &&
                           (size_t)(part.ptr - whole.ptr) <= whole.len - part.len));
}

static void check_places(pl_str bytes, const struct snapshot *s)
{
    must(s->books.n_slowest >= 0 && s->books.n_slowest <= SLOWEST);
    for (int i = 0; i < s->books.n_slowest; i++)
        must(s->books.slowest[i].id_len <= RECORD_HEAD);
    must_lie_in(s->input, bytes);
    must_lie_in(s->input_digest, bytes);
    must_lie_in(s->reading, bytes);
    must_lie_in(s->own, bytes);
    for (size_t i = 0; i < s->n_stages; i++) {
        const struct snapshot_stage *st = &s->stages[i];
        must_lie_in(st->name, bytes);
        must_lie_in(st->saved, bytes);
        must_lie_in(st->saved_then, bytes);
        must(st->n_metrics <= MAX_METRICS);
        for (size_t k = 0; k < st->n_metrics; k++)
            must_lie_in(st->metrics[k].name, bytes);
    }
}

static void check_snapshot(pl_str bytes)
{
    struct arena a = {0};
    struct buf once = {0}, twice = {0};
    struct snapshot snap, again;

    if (snapshot_read(bytes, &a, &snap)) {
        check_places(bytes, &snap);
        snapshot_write(&once, &snap);
        must(!once.failed && once.len <= bytes.len); /* a number can be written longer than it need be */
        must(snapshot_read(buf_view(&once), &a, &again));
        snapshot_write(&twice, &again);
        must(str_eq(buf_view(&once), buf_view(&twice)));
    }
    buf_done(&once);
    buf_done(&twice);
    arena_done(&a);
}

static void check_payloads(pl_str bytes)
{
    const struct journal_frame run = {.kind = JOURNAL_RUN, .run = 1, .payload = bytes},
                               checkpoint = {.kind = JOURNAL_CHECKPOINT, .run = 1, .n = 1, .payload = bytes};
    struct state_begun begun;
    struct state_reached reached;

    must(!state_read_begun(&checkpoint, &begun) && !state_read_reached(&run, &reached));
    if (state_read_begun(&run, &begun)) {
        must_lie_in(begun.id, bytes);
        must_lie_in(begun.identity, bytes);
    }
    if (state_read_reached(&checkpoint, &reached))
        must_lie_in(reached.payload, bytes);
}

/* Whatever it is: the report that is written then must not go wrong. */
static void check_report(pl_str bytes)
{
    const struct pipeline p = {.n_stages = STAGES};
    struct report rep = {.pipeline = &p}, again = {.pipeline = &p};
    struct unpack u = {bytes, false};
    struct buf once = {0}, twice = {0};

    report_restore(&rep, &u);
    must(rep.n_drops >= 0 && rep.n_drops <= REPORT_DROPS);
    for (int i = 0; i < rep.n_drops; i++)
        must(rep.drops[i].stage >= 0 && rep.drops[i].stage < STAGES);
    if (!u.failed) {
        report_save(&rep, &once);
        struct unpack v = {buf_view(&once), false};
        report_restore(&again, &v);
        must(!v.failed && v.rest.len == 0);
        report_save(&again, &twice);
        must(str_eq(buf_view(&once), buf_view(&twice)));
    }
    buf_done(&once);
    buf_done(&twice);
    arena_done(&rep.arena);
    arena_done(&again.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const pl_str bytes = {(const char *)data, size};

    check_snapshot(bytes);
    check_payloads(bytes);
    check_report(bytes);
    return 0;
}
