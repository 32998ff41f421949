/* dedupe_lookup_test.c - looking up in two steps decides as all keys at once do, and is cheaper where a copy is exact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dedupe_lookup.h"

enum { STORIES = 400, WORDS = 150, LONGEST = WORDS * 8 };

struct found {
    struct dedupe_sketcher *sketcher;
    struct dedupe_decider *decider;
    struct dedupe_store *store;
    struct dedupe_store_fault fault;
    uint64_t bytes[4096];
    struct dedupe_signature s;
};

static void open_all(struct found *f)
{
    const struct dedupe_rules rules = {.threshold = .4, .url_floor = .1};
    const struct dedupe_store_options options = {.memory = 1}; /* the least: soon most keys are in sorted files */

    *f = (struct found){.sketcher = dedupe_sketcher_new(), .decider = dedupe_decider_new(&rules)};
    assert_non_null(f->sketcher);
    assert_non_null(f->decider);
    assert_int_equal(dedupe_store_open(&f->store, &options, &f->fault), PL_OK);
}

static void close_all(struct found *f)
{
    dedupe_store_close(f->store);
    dedupe_decider_free(f->decider);
    dedupe_sketcher_free(f->sketcher);
}

/* Story `number`, with `changed` of its words replaced. */
static size_t tell_story(char *to, uint32_t number, uint32_t changed)
{
    uint32_t seed = number * 2654435761u + 1;
    size_t n = 0;

    for (uint32_t i = 0; i < WORDS; i++) {
        seed = seed * 1664525u + 1013904223u;
        const uint32_t word = i < changed ? 90000 + number * 7 + i : seed >> 16;
        n += (size_t)snprintf(to + n, LONGEST - n, "w%05u ", word % 100000);
    }
    return n;
}

static void sign(struct found *f, uint32_t number, uint32_t changed, uint32_t line)
{
    char text[LONGEST], origin[128];
    const size_t n = tell_story(text, number, changed);
    const int len = snprintf(origin, sizeof origin, "%064u:%u:0 stories.jsonl", 7, line);
    const struct dedupe_subject subject = {.id = PL_S("id"), .origin = {origin, (size_t)len}, .run = 1};

    dedupe_sketch(f->sketcher, (pl_str){text, n});
    const size_t size = dedupe_sign_size(f->sketcher, &subject);
    assert_true(size > 0 && size <= sizeof f->bytes);
    dedupe_sign(f->sketcher, &subject, f->bytes);
    assert_true(dedupe_signature_read((pl_str){(const char *)f->bytes, size}, &f->s));
}

static int load(void *ctx, uint32_t doc, pl_str *payload)
{
    return dedupe_store_load(ctx, doc, payload);
}

/* By all keys in one step, checked against those in two. */
static struct dedupe_decision look_up_both_ways(struct found *f)
{
    struct dedupe_decision all, m;
    const struct dedupe_hit *hit;
    size_t n;

    assert_int_equal(dedupe_store_find(f->store, f->s.key, f->s.n, &hit, &n), PL_OK);
    assert_int_equal(dedupe_decide(f->decider, &f->s, hit, n, (struct dedupe_payloads){load, f->store}, &all), PL_OK);
    const enum dedupe_kind kind = all.kind;
    const uint32_t doc = all.doc;
    const double similarity = all.similarity;
    assert_int_equal(dedupe_lookup(f->store, f->decider, &f->s, &m), PL_OK);
    assert_int_equal(m.kind, kind);
    assert_true(m.similarity == similarity);
    if (kind != DEDUPE_NEW)
        assert_int_equal(m.doc, doc);
    return m;
}

static void two_steps(void **state)
{
    uint32_t kinds[DEDUPE_CONTAINED + 1] = {0};
    struct found f;

    (void)state;
    open_all(&f);
    for (uint32_t i = 0; i < 4 * STORIES; i++) {
        const uint32_t number = i % STORIES, round = i / STORIES;
        sign(&f, number, round == 1 ? 8 : 0, round == 3 ? number : i);
        const struct dedupe_decision m = look_up_both_ways(&f);
        kinds[m.kind]++;
        assert_int_equal(dedupe_remember(f.store, &f.s, &m), PL_OK);
    }
    assert_int_equal(kinds[DEDUPE_NEW], STORIES);
    assert_int_equal(kinds[DEDUPE_NEAR], STORIES);
    assert_int_equal(kinds[DEDUPE_EXACT], 2 * STORIES);
    close_all(&f);
}

static uint64_t pages_read(const struct found *f)
{
    struct dedupe_store_stats stats;

    dedupe_store_stats(f->store, &stats);
    return stats.pages_read;
}

static void exact_is_cheap(void **state)
{
    struct dedupe_decision m;
    uint64_t before, exact, near;
    struct found f;

    (void)state;
    open_all(&f);
    for (uint32_t i = 0; i < 8 * STORIES; i++) {
        sign(&f, i, 0, i);
        assert_int_equal(dedupe_lookup(f.store, f.decider, &f.s, &m), PL_OK);
        assert_int_equal(dedupe_remember(f.store, &f.s, &m), PL_OK);
    }
    before = pages_read(&f);
    sign(&f, 3, 0, UINT32_MAX);
    assert_int_equal(dedupe_lookup(f.store, f.decider, &f.s, &m), PL_OK);
    assert_int_equal(m.kind, DEDUPE_EXACT);
    exact = pages_read(&f) - before;
    sign(&f, 3, 4, UINT32_MAX);
    assert_int_equal(dedupe_lookup(f.store, f.decider, &f.s, &m), PL_OK);
    assert_int_equal(m.kind, DEDUPE_NEAR);
    near = pages_read(&f) - before - exact;
    assert_true(exact <= 12 && near > 2 * exact);
    close_all(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_steps),
        cmocka_unit_test(exact_is_cheap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
