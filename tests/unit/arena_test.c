/* arena_test.c - memory that is freed all at once, and its limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arena.h"
#include "str.h"

static void pieces_are_aligned_and_apart(void **state)
{
    struct arena a = {0};
    struct {
        unsigned char *p;
        size_t n;
    } piece[400];

    (void)state;
    for (size_t i = 0; i < 400; i++) {
        const size_t align = (size_t)1 << i % 5;
        piece[i].n = i * i % 3000;
        piece[i].p = arena_alloc(&a, piece[i].n, align);
        assert_int_equal((uintptr_t)piece[i].p % align, 0);
        memset(piece[i].p, (int)(i & 0xFF), piece[i].n);
    }
    for (size_t i = 0; i < 400; i++) {
        for (size_t k = 0; k < piece[i].n; k++)
            assert_int_equal(piece[i].p[k], i & 0xFF);
    }
    arena_done(&a);
}

static void nothing_past_the_limit(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a, 10000);
    assert_non_null(arena_alloc(&a, 6000, 1));
    assert_null(arena_alloc(&a, 4001, 1));
    assert_null(arena_alloc(&a, SIZE_MAX, 16));
    assert_null(arena_zero(&a, SIZE_MAX / 2, 3));
    assert_null(arena_dup(&a, (pl_str){"", SIZE_MAX}).ptr);
    assert_int_equal(a.used, 6000);
    assert_non_null(arena_alloc(&a, 4000, 1));
    assert_null(arena_alloc(&a, 0, 1));
    assert_int_equal(a.used, 10000);
    arena_done(&a);
}

/* A record that fails for memory is still told why, past its limit; after that it gets no more. */
static void a_lifted_limit_holds_again(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a, 100);
    assert_non_null(arena_alloc(&a, 90, 1));
    a.limit = 0;
    assert_non_null(arena_alloc(&a, 500, 1));
    a.limit = 100;
    assert_null(arena_alloc(&a, 1, 1));
    arena_done(&a);
}

static void zero_is_cleared(void **state)
{
    struct arena a = {0};

    (void)state;
    memset(arena_alloc(&a, 3000, 1), 0xAA, 3000);
    const char *p = arena_zero(&a, 30, 30);
    for (size_t i = 0; i < 900; i++)
        assert_int_equal(p[i], 0);
    arena_done(&a);
}

static void copies_end_with_nul(void **state)
{
    struct arena a = {0};
    const pl_str s = arena_dup(&a, PL_S("Associated\0Press"));

    (void)state;
    assert_true(str_eq(s, PL_S("Associated\0Press")));
    assert_int_equal(s.ptr[s.len], 0);
    const pl_str none = arena_dup(&a, (pl_str){NULL, 0});
    assert_non_null(none.ptr);
    assert_int_equal(none.len, 0);
    arena_done(&a);
}

static void arrays_grow_and_keep_what_they_hold(void **state)
{
    struct arena a;
    uint32_t *array = NULL;
    size_t n = 0, cap = 0;

    (void)state;
    arena_init(&a, 1 << 16);
    for (;;) {
        uint32_t *grown = arena_grow(&a, array, n, &cap, sizeof *grown);
        if (!grown)
            break;
        array = grown;
        array[n] = (uint32_t)n;
        n++;
        assert_true(n <= cap);
    }
    assert_true(n >= 4096);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(array[i], i);
    arena_done(&a);
}

static void knows_its_own(void **state)
{
    struct arena a = {0};
    char foreign[16];
    char *small = arena_alloc(&a, 100, 1), *large = arena_alloc(&a, 3 << 20, 1);

    (void)state;
    assert_true(arena_owns(&a, small, 100));
    assert_true(arena_owns(&a, small + 99, 1));
    assert_true(arena_owns(&a, small + 100, 0));
    assert_false(arena_owns(&a, small + 99, 2));
    assert_true(arena_owns(&a, large, 3 << 20));
    assert_false(arena_owns(&a, large + 1, 3 << 20));
    assert_false(arena_owns(&a, large, SIZE_MAX));
    assert_false(arena_owns(&a, foreign, sizeof foreign));
    arena_done(&a);
    assert_false(arena_owns(&a, foreign, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_and_apart),
        cmocka_unit_test(nothing_past_the_limit),
        cmocka_unit_test(a_lifted_limit_holds_again),
        cmocka_unit_test(zero_is_cleared),
        cmocka_unit_test(copies_end_with_nul),
        cmocka_unit_test(arrays_grow_and_keep_what_they_hold),
        cmocka_unit_test(knows_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
