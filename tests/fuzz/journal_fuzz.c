/* journal_fuzz.c - any bytes as a journal, and any bytes as its frames with their checksums right: what is read lies inside
 * them, the bad and the good add up, and a checkpoint that is read can be written again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fileio.h"
#include "snapshot.h"
#include "state.h"
#include "str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 32 }; /* of a frame, as far as its first checksum has it */

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

static bool same_frame(const struct journal_frame *a, const struct journal_frame *b)
{
    return a->kind == b->kind && a->run == b->run && a->n == b->n && a->payload.ptr == b->payload.ptr &&
           a->payload.len == b->payload.len;
}

static void check_begun(const struct journal_frame *f)
{
    struct state_begun begun;

    if (!state_read_begun(f, &begun))
        return;
    must_lie_in(begun.id, f->payload);
    must_lie_in(begun.identity, f->payload);
}

static void check_reached(const struct journal_frame *f)
{
    struct state_reached reached;
    struct arena a = {0};
    struct snapshot snap;

    if (!state_read_reached(f, &reached))
        return;
    must_lie_in(reached.payload, f->payload);
    if (snapshot_read(reached.payload, &a, &snap)) {
        struct buf b = {0};
        struct snapshot again;
        snapshot_write(&b, &snap);
        must(!b.failed && snapshot_read(buf_view(&b), &a, &again));
        buf_done(&b);
    }
    arena_done(&a);
}

/* What a view relies on.  A checkpoint is one of the run that was begun. */
static void check_view(pl_str bytes, const struct journal_view *v)
{
    must(v->good <= bytes.len && v->n_bad <= bytes.len);
    must(v->run.kind == 0 || v->run.kind == JOURNAL_RUN);
    must((v->first.kind == 0) == (v->checkpoint.kind == 0));
    must(v->checkpoint.kind == 0 || (v->checkpoint.kind == JOURNAL_CHECKPOINT && v->checkpoint.run == v->run.run &&
                                     v->first.run == v->run.run && v->first.payload.ptr <= v->checkpoint.payload.ptr));
    must_lie_in(v->run.payload, str_sub(bytes, 0, v->good));
    must_lie_in(v->first.payload, str_sub(bytes, 0, v->good));
    must_lie_in(v->checkpoint.payload, str_sub(bytes, 0, v->good));
}

static void check(pl_str bytes)
{
    struct journal_view v, again;

    journal_scan(bytes, &v);
    check_view(bytes, &v);
    /* What stands behind the last whole frame is cut off before more is written. */
    journal_scan(str_sub(bytes, 0, v.good), &again);
    must(again.good == v.good && again.n_bad + (bytes.len - v.good) == v.n_bad);
    must(again.ended == v.ended && again.lost == v.lost && same_frame(&again.run, &v.run) &&
         same_frame(&again.first, &v.first) && same_frame(&again.checkpoint, &v.checkpoint));
    check_begun(&v.run);
    check_reached(&v.first);
    check_reached(&v.checkpoint);
}

static void put(uint8_t *to, uint32_t v)
{
    for (size_t i = 0; i < 4; i++)
        to[i] = (uint8_t)(v >> (8 * i));
}

/* The checksums made right wherever a frame can begin, as far as its length makes sense. */
static void mend(uint8_t *bytes, size_t size)
{
    for (size_t at = 0; size - at >= JOURNAL_FRAME;) {
        uint64_t len = 0;
        for (size_t i = 8; i-- > 0;)
            len = len << 8 | bytes[at + 24 + i];
        if (memcmp(bytes + at, "PLJ1", 4) != 0 || len > size - at - JOURNAL_FRAME) {
            at++;
            continue;
        }
        const char *frame = (const char *)bytes + at;
        put(bytes + at + HEAD, crc_of(0, (pl_str){frame, HEAD}));
        put(bytes + at + HEAD + 4, crc_of(0, (pl_str){frame + JOURNAL_FRAME, (size_t)len}));
        at += JOURNAL_FRAME + (size_t)len;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    must(copy != NULL);
    if (size)
        memcpy(copy, data, size);
    check((pl_str){(const char *)data, size});
    mend(copy, size);
    check((pl_str){(const char *)copy, size});
    free(copy);
    return 0;
}
