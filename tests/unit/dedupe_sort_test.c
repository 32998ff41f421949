/* The external sort: any number of pairs, in less memory than they take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dedupe_sort.h"
#include "pressline.h"

enum { LITTLE = 1 << 16, IN_MEMORY = LITTLE / 32 };

static uint64_t random_of(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state ^ *state >> 33;
}

static int by_pair(const void *x, const void *y)
{
    const struct dedupe_pair *a = x, *b = y;
    return dedupe_pair_less(*a, *b) ? -1 : dedupe_pair_less(*b, *a);
}

static void same_as_qsort(struct dedupe_sort *s, struct dedupe_pair *all, size_t n)
{
    struct dedupe_pair p;

    qsort(all, n, sizeof all[0], by_pair);
    assert_int_equal(dedupe_sort_begin(s), PL_OK);
    assert_int_equal(dedupe_sort_count(s), n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(dedupe_sort_next(s, &p), 1);
        assert_int_equal(p.a, all[i].a);
        assert_int_equal(p.b, all[i].b);
    }
    assert_int_equal(dedupe_sort_next(s, &p), 0);
    assert_int_equal(dedupe_sort_next(s, &p), 0);
}

/* Of every size that is handled in another way: nothing, by insertion, in memory, one piece and one more, several,
 * more pieces than are merged at once. */
static void test_any_number(void **state)
{
    static const size_t sizes[] = {0,         1,  2, 31, 32, 33, 1000, IN_MEMORY - 1, IN_MEMORY, IN_MEMORY + 1,
                                   5 * IN_MEMORY, 40 * IN_MEMORY + 7};
    static const uint64_t masks[] = {UINT64_MAX, 0, 0xFF, 0x300, UINT64_C(0xFF00000000000000)};

    (void)state;
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        const size_t n = sizes[k];
        struct dedupe_pair *all = malloc((n + 1) * sizeof all[0]);
        for (size_t m = 0; m < sizeof masks / sizeof masks[0]; m++) {
            struct dedupe_sort *s = dedupe_sort_new(LITTLE, ".");
            uint64_t seed = k * 100 + m;
            for (size_t i = 0; i < n; i++) {
                all[i].a = random_of(&seed) & masks[m];
                all[i].b = random_of(&seed) & masks[(m + k) % 5];
                assert_int_equal(dedupe_sort_add(s, all[i]), PL_OK);
            }
            same_as_qsort(s, all, n);
            dedupe_sort_free(s);
        }
        free(all);
    }
}

/* Rows in order, as signature files bring them, among others that are not. */
static void test_rows(void **state)
{
    enum { ROWS = 300, EACH = 700 };
    struct dedupe_pair *all = malloc(2 * ROWS * EACH * sizeof all[0]);
    struct dedupe_sort *s = dedupe_sort_new(LITTLE, ".");
    uint64_t seed = 7;
    size_t n = 0;

    (void)state;
    for (uint64_t row = 0; row < ROWS; row++) {
        for (uint64_t i = 0; i < row % EACH; i++) {
            all[n] = (struct dedupe_pair){i * 5 + row % 3, row};
            assert_int_equal(dedupe_sort_add_ascending(s, all[n++]), PL_OK);
        }
        if (row % 2)
            assert_int_equal(dedupe_sort_row(s), PL_OK);
        for (uint64_t i = 0; i < row; i++) {
            all[n] = (struct dedupe_pair){random_of(&seed) % 9000, row};
            assert_int_equal(dedupe_sort_add(s, all[n++]), PL_OK);
        }
    }
    same_as_qsort(s, all, n);
    dedupe_sort_free(s);
    free(all);
}

/* A row that does not ascend is two. */
static void test_row_out_of_order(void **state)
{
    struct dedupe_pair all[] = {{5, 1}, {6, 1}, {2, 9}, {2, 8}, {2, 8}, {9, 0}};
    struct dedupe_sort *s = dedupe_sort_new(0, ".");

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        assert_int_equal(dedupe_sort_add_ascending(s, all[i]), PL_OK);
    same_as_qsort(s, all, sizeof all / sizeof all[0]);
    dedupe_sort_free(s);
}

static void test_no_folder(void **state)
{
    struct dedupe_sort *s = dedupe_sort_new(0, "not/there");
    int rc = PL_OK;

    (void)state;
    for (uint64_t i = 0; i <= IN_MEMORY && rc == PL_OK; i++)
        rc = dedupe_sort_add(s, (struct dedupe_pair){i, i});
    assert_int_equal(rc, PL_ERROR);
    assert_string_equal(dedupe_sort_message(s),
                        "cannot make a temporary file in 'not/there': No such file or directory");
    dedupe_sort_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_number),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_row_out_of_order),
        cmocka_unit_test(test_no_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
