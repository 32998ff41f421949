/* pack_test.c - numbers and bytes in a row come back, and nothing is read past the end. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pack.h"
#include "str.h"

static const uint64_t unsigned_numbers[] = {0, 1, 127, 128, 129, 16383, 16384, 0xFFFFFFFF, 1ull << 62, 1ull << 63, UINT64_MAX};
static const int64_t signed_numbers[] = {0, 1, -1, 63, 64, -64, -65, INT64_MAX, INT64_MIN};
static const double reals[] = {0, 1, -1, 0.1, 1e300, -1e-300, HUGE_VAL};

enum { N_UNSIGNED = sizeof unsigned_numbers / sizeof *unsigned_numbers, N_SIGNED = sizeof signed_numbers / sizeof *signed_numbers,
       N_REALS = sizeof reals / sizeof *reals };

static void pack_all(struct buf *b)
{
    for (size_t i = 0; i < N_UNSIGNED; i++)
        pack_u64(b, unsigned_numbers[i]);
    for (size_t i = 0; i < N_SIGNED; i++)
        pack_i64(b, signed_numbers[i]);
    for (size_t i = 0; i < N_REALS; i++)
        pack_f64(b, reals[i]);
    pack_str(b, PL_S(""));
    pack_str(b, (pl_str){"a\0b", 3});
    pack_str(b, PL_S("the harbour"));
    assert_false(b->failed);
}

/* Reads as many as there are; whether all of them were right. */
static bool unpack_all(struct unpack *u)
{
    bool right = true;

    for (size_t i = 0; i < N_UNSIGNED; i++)
        right = unpack_u64(u) == unsigned_numbers[i] && right;
    for (size_t i = 0; i < N_SIGNED; i++)
        right = unpack_i64(u) == signed_numbers[i] && right;
    for (size_t i = 0; i < N_REALS; i++)
        right = memcmp(&(double){unpack_f64(u)}, &reals[i], sizeof(double)) == 0 && right;
    right = unpack_str(u).len == 0 && right;
    right = str_eq(unpack_str(u), (pl_str){"a\0b", 3}) && right;
    return str_is(unpack_str(u), "the harbour") && right;
}

static void what_was_packed(void **state)
{
    struct buf b = {0};

    (void)state;
    pack_all(&b);
    struct unpack u = {buf_view(&b), false};
    assert_true(unpack_all(&u));
    assert_false(u.failed);
    assert_int_equal(u.rest.len, 0);
    unpack_u64(&u);
    assert_true(u.failed);
    buf_done(&b);
}

static void small_numbers_are_short(void **state)
{
    struct buf b = {0};

    (void)state;
    pack_u64(&b, 127);
    pack_i64(&b, -64);
    assert_int_equal(b.len, 2);
    pack_u64(&b, UINT64_MAX);
    assert_int_equal(b.len, 12);
    buf_done(&b);
}

/* Each beginning of it lies in memory of its own, so that a sanitizer sees what is read behind it. */
static void cut_at_every_byte(void **state)
{
    struct buf b = {0};

    (void)state;
    pack_all(&b);
    for (size_t len = 0; len < b.len; len++) {
        char *copy = malloc(len + 1);
        assert_non_null(copy);
        memcpy(copy, b.ptr, len);
        struct unpack u = {{copy, len}, false};
        unpack_all(&u);
        assert_true(u.failed);
        free(copy);
    }
    buf_done(&b);
}

static void a_length_past_the_end(void **state)
{
    struct buf b = {0};

    (void)state;
    pack_u64(&b, UINT64_MAX);
    buf_addz(&b, "short");
    struct unpack u = {buf_view(&b), false};
    assert_int_equal(unpack_str(&u).len, 0);
    assert_true(u.failed);
    buf_done(&b);
}

static void a_number_that_does_not_end(void **state)
{
    struct unpack u = {PL_S("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), false};

    (void)state;
    assert_int_equal(unpack_u64(&u), 0);
    assert_true(u.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_packed),       cmocka_unit_test(small_numbers_are_short),
        cmocka_unit_test(cut_at_every_byte),     cmocka_unit_test(a_length_past_the_end),
        cmocka_unit_test(a_number_that_does_not_end),
    };

    return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}
