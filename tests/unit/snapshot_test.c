/* snapshot_test.c - a checkpoint's content comes back as it was, and no part of one is taken for a whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "snapshot.h"
#include "str.h"

/* xorshift64 (Marsaglia 2003): the same for the same seed everywhere. */
static uint64_t chance(uint64_t *x)
{
    *x ^= *x << 13, *x ^= *x >> 7, *x ^= *x << 17;
    return *x >> *x % 64;
}

static pl_str random_text(struct arena *a, uint64_t *x, size_t most)
{
    const size_t n = (size_t)(chance(x) % (most + 1));
    char *at = arena_alloc(a, n + 1, 1);

    for (size_t i = 0; i < n; i++)
        at[i] = (char)chance(x);
    return (pl_str){at, n};
}

static struct tally *random_tallies(struct arena *a, uint64_t *x)
{
    struct tally *first = NULL;

    for (uint64_t n = chance(x) % 4; n > 0; n--) {
        struct tally *t = arena_zero(a, 1, sizeof *t);
        *t = (struct tally){first, random_text(a, x, 20), chance(x)};
        first = t;
    }
    return first;
}

static void random_stage(struct arena *a, uint64_t *x, struct snapshot_stage *st)
{
    st->name = random_text(a, x, 20);
    st->books = (struct stage_books){chance(x), chance(x), chance(x), chance(x), chance(x), chance(x), chance(x), chance(x),
                                     chance(x), random_tallies(a, x), random_tallies(a, x), chance(x), chance(x), chance(x)};
    st->n_metrics = (size_t)(chance(x) % (MAX_METRICS + 1));
    st->metrics = arena_zero(a, st->n_metrics + 1, sizeof *st->metrics);
    for (size_t i = 0; i < st->n_metrics; i++) {
        st->metrics[i].name = random_text(a, x, 10);
        atomic_store(&st->metrics[i].n, chance(x));
    }
    st->unnamed = chance(x);
    st->saved = random_text(a, x, 300);
    st->saved_then = random_text(a, x, 30);
}

static void random_snapshot(struct arena *a, uint64_t seed, struct snapshot *s)
{
    uint64_t state = seed * 0x9E3779B97F4A7C15u + 1, *x = &state;
    struct run_books *k = &s->books;

    *s = (struct snapshot){0};
    k->read = chance(x), k->read_bytes = chance(x), k->emitted = chance(x), k->dropped = chance(x);
    k->failed = chance(x), k->out = chance(x), k->unwritten = chance(x);
    k->n_slowest = (int)(chance(x) % (SLOWEST + 1));
    for (int i = 0; i < k->n_slowest; i++) {
        const pl_str id = random_text(a, x, RECORD_HEAD);
        memcpy(k->slowest[i].id, id.ptr, id.len);
        k->slowest[i].id_len = id.len;
        k->slowest[i].wall_ns = chance(x);
    }
    s->n_inputs = chance(x), s->inputs_skipped = chance(x), s->inputs_total = chance(x), s->unnamed = chance(x);
    s->input = random_text(a, x, 100);
    s->input_digest = random_text(a, x, 64);
    s->reading = random_text(a, x, 100);
    s->own = random_text(a, x, 500);
    s->n_stages = (size_t)(chance(x) % 8);
    s->stages = arena_zero(a, s->n_stages + 1, sizeof *s->stages);
    for (size_t i = 0; i < s->n_stages; i++)
        random_stage(a, x, &s->stages[i]);
}

static void written(const struct snapshot *s, struct buf *b)
{
    buf_clear(b);
    snapshot_write(b, s);
    assert_false(b->failed);
}

static void assert_same_tallies(const struct tally *a, const struct tally *b)
{
    for (; a && b; a = a->next, b = b->next) {
        assert_true(str_eq(a->word, b->word));
        assert_int_equal(a->n, b->n);
    }
    assert_true(!a && !b);
}

static void assert_same_stage(const struct snapshot_stage *a, const struct snapshot_stage *b)
{
    const struct stage_books *k = &a->books, *l = &b->books;

    assert_true(str_eq(a->name, b->name));
    assert_true(k->in == l->in && k->seen == l->seen && k->emitted == l->emitted && k->out == l->out && k->dropped == l->dropped);
    assert_true(k->failed == l->failed && k->committed == l->committed && k->when_limited == l->when_limited);
    assert_true(k->repaired == l->repaired && k->bytes_in == l->bytes_in && k->cpu_ns == l->cpu_ns && k->wall_ns == l->wall_ns);
    assert_same_tallies(k->drops, l->drops);
    assert_same_tallies(k->failures, l->failures);
    assert_int_equal(a->n_metrics, b->n_metrics);
    for (size_t i = 0; i < a->n_metrics; i++) {
        assert_true(str_eq(a->metrics[i].name, b->metrics[i].name));
        assert_int_equal(atomic_load(&a->metrics[i].n), atomic_load(&b->metrics[i].n));
    }
    assert_int_equal(a->unnamed, b->unnamed);
    assert_true(str_eq(a->saved, b->saved) && str_eq(a->saved_then, b->saved_then));
}

static void assert_same(const struct snapshot *a, const struct snapshot *b)
{
    const struct run_books *k = &a->books, *l = &b->books;

    assert_true(k->read == l->read && k->read_bytes == l->read_bytes && k->emitted == l->emitted && k->dropped == l->dropped);
    assert_true(k->failed == l->failed && k->out == l->out && k->unwritten == l->unwritten && k->n_slowest == l->n_slowest);
    for (int i = 0; i < k->n_slowest; i++) {
        assert_int_equal(k->slowest[i].id_len, l->slowest[i].id_len);
        assert_memory_equal(k->slowest[i].id, l->slowest[i].id, k->slowest[i].id_len);
        assert_int_equal(k->slowest[i].wall_ns, l->slowest[i].wall_ns);
    }
    assert_true(a->n_inputs == b->n_inputs && a->inputs_skipped == b->inputs_skipped && a->inputs_total == b->inputs_total);
    assert_true(a->unnamed == b->unnamed && a->n_stages == b->n_stages);
    assert_true(str_eq(a->input, b->input) && str_eq(a->input_digest, b->input_digest));
    assert_true(str_eq(a->reading, b->reading) && str_eq(a->own, b->own));
    for (size_t i = 0; i < a->n_stages; i++)
        assert_same_stage(&a->stages[i], &b->stages[i]);
}

static void comes_back(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct arena a = {0};
        struct buf b = {0};
        struct snapshot in, out;
        random_snapshot(&a, seed, &in);
        written(&in, &b);
        assert_true(snapshot_read(buf_view(&b), &a, &out));
        assert_same(&in, &out);
        buf_done(&b);
        arena_done(&a);
    }
}

static void neither_part_nor_more(void **state)
{
    struct buf b = {0};
    struct snapshot s;
    size_t cuts = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 12; seed++) {
        struct arena a = {0};
        random_snapshot(&a, seed, &s);
        written(&s, &b);
        for (size_t len = 0; len < b.len; len++, cuts++) {
            char *copy = malloc(len + 1);
            struct arena own = {0};
            assert_non_null(copy);
            memcpy(copy, b.ptr, len);
            assert_false(snapshot_read((pl_str){copy, len}, &own, &s));
            arena_done(&own);
            free(copy);
        }
        buf_addc(&b, 0);
        assert_false(snapshot_read(buf_view(&b), &a, &s));
        arena_done(&a);
    }
    print_message("%zu cuts\n", cuts);
    buf_done(&b);
}

/* The journal's checksums keep such from here; it is to do no harm nevertheless. */
static void any_bytes_do_no_harm(void **state)
{
    struct buf b = {0};
    struct snapshot s;
    uint64_t x = 7;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct arena a = {0};
        if (i % 200 == 0) {
            random_snapshot(&a, (uint64_t)i, &s);
            written(&s, &b);
        }
        b.ptr[chance(&x) % b.len] ^= (char)(1 << chance(&x) % 8);
        snapshot_read(buf_view(&b), &a, &s);
        arena_done(&a);
    }
    buf_done(&b);
}

static void another_format(void **state)
{
    struct arena a = {0};
    struct snapshot s;

    (void)state;
    assert_false(snapshot_read(PL_S(""), &a, &s));
    assert_false(snapshot_read(PL_S("\x02"), &a, &s));
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back),
        cmocka_unit_test(neither_part_nor_more),
        cmocka_unit_test(any_bytes_do_no_harm),
        cmocka_unit_test(another_format),
    };

    return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
