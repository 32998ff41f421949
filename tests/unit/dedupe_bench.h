/* dedupe_bench.h - what tests of dedupe need: a sketcher, a decider, kept documents in memory. */
#ifndef DEDUPE_BENCH_H
#define DEDUPE_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dedupe_decide.h"
#include "dedupe_keys.h"
#include "dedupe_memory.h"
#include "dedupe_sketch.h"

/* What a test needs: a sketcher, what was kept, and what to put into them. */
struct bench {
    struct dedupe_sketcher *sketcher;
    struct dedupe_decider *decider;
    struct memory kept;
    struct dedupe_decision last;
    uint64_t signature[(1 << 18) / sizeof(uint64_t)];
    uint32_t seed;
};

/* Nothing kept, and these rules. */
static inline void begin(struct bench *b, struct dedupe_rules rules)
{
    memory_done(&b->kept);
    dedupe_decider_free(b->decider);
    b->decider = dedupe_decider_new(&rules);
    assert_non_null(b->decider);
}

static inline void begin_at(struct bench *b, double threshold)
{
    begin(b, (struct dedupe_rules){.threshold = threshold, .url_floor = .1});
}

static inline int set_up(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    assert_non_null(b);
    b->sketcher = dedupe_sketcher_new();
    assert_non_null(b->sketcher);
    begin_at(b, 0.4);
    *state = b;
    return 0;
}

static inline int tear_down(void **state)
{
    struct bench *b = *state;
    dedupe_sketcher_free(b->sketcher);
    dedupe_decider_free(b->decider);
    memory_done(&b->kept);
    free(b);
    return 0;
}

static inline uint32_t random_below(struct bench *b, uint32_t n)
{
    b->seed = b->seed * 1664525 + 1013904223;
    return (b->seed >> 8) % n;
}

static inline pl_str str(const char *s)
{
    return (pl_str){s, s ? strlen(s) : 0};
}

/* False for a text that has no signature. */
static inline bool sign(struct bench *b, struct dedupe_subject subject, const char *text, struct dedupe_signature *s)
{
    dedupe_sketch(b->sketcher, str(text));
    const size_t size = dedupe_sign_size(b->sketcher, &subject);
    assert_true(size <= sizeof b->signature);
    if (size == 0)
        return false;
    dedupe_sign(b->sketcher, &subject, b->signature);
    assert_true(dedupe_signature_read((pl_str){(const char *)b->signature, size}, s));
    return true;
}

static inline void decide(struct bench *b, const struct dedupe_signature *s)
{
    size_t n;
    struct dedupe_hit *hit = memory_find(&b->kept, s, &n);
    assert_int_equal(dedupe_decide(b->decider, s, hit, n, (struct dedupe_payloads){memory_load, &b->kept}, &b->last),
                     PL_OK);
    free(hit);
}

/* What is decided of this document, with nothing kept of it. */
static inline struct dedupe_decision judge(struct bench *b, struct dedupe_subject subject, const char *text)
{
    struct dedupe_signature s;

    b->last = (struct dedupe_decision){.kind = DEDUPE_NEW};
    if (sign(b, subject, text, &s))
        decide(b, &s);
    return b->last;
}

/* The same, and it is kept, or its aliases entered, as the stage does. */
static inline struct dedupe_decision pass(struct bench *b, struct dedupe_subject subject, const char *text)
{
    struct dedupe_signature s;

    b->last = (struct dedupe_decision){.kind = DEDUPE_NEW};
    if (!sign(b, subject, text, &s))
        return b->last;
    decide(b, &s);
    if (b->last.kind == DEDUPE_NEW)
        memory_keep(&b->kept, &s);
    for (size_t i = 0; i < b->last.n_alias; i++)
        memory_enter(&b->kept, b->last.alias[i], b->last.doc);
    return b->last;
}

static inline struct dedupe_decision find(struct bench *b, const char *text)
{
    return judge(b, (struct dedupe_subject){.id = PL_S("asked")}, text);
}

/* Kept, whatever it repeats. */
static inline void keep(struct bench *b, const char *name, const char *text)
{
    struct dedupe_signature s;
    if (sign(b, (struct dedupe_subject){.id = str(name)}, text, &s))
        memory_keep(&b->kept, &s);
}

static inline void put_name(char *to, size_t cap, pl_str name)
{
    snprintf(to, cap, "%.*s", (int)name.len, name.ptr);
}

static inline const char *name_of(struct dedupe_decision m)
{
    static char name[64];
    put_name(name, sizeof name, m.id);
    return name;
}

#endif
