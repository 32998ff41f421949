/* clean_trees_test.c - trained tables: evaluated as a walk of the trees would, and the choice that is made of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "clean_trees.h"

enum { ROWS = 700, FEATURES = 3 }; /* more than are done at once */

/* Tree 1: feature 0 <= 10 ? (feature 1 <= -5 ? leaf 0 : leaf 1) : (feature 2 <= 0 ? leaf 2 : leaf 3).  Tree 2: one question. */
static const struct clean_tree_node nodes[2 * CLEAN_TREE_NODES] = {
    {1, -5, 0xFFFE},   {0, 10, 0xFFFC},   {2, 0, 0xFFFB},    {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF},
    {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF},
    {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF}, {2, 100, 0xFFFE},  {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF},
    {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF},
    {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF}, {0, 32767, 0xFFFF},
};
static const int16_t leaves[2 * CLEAN_TREE_LEAVES] = {1000, -2000, 30, -32000, [CLEAN_TREE_LEAVES] = 7, -7};
static const struct clean_trees table = {2, FEATURES, 50, nodes, leaves};

static int32_t walk(const int16_t *columns, size_t stride, size_t i)
{
    int16_t a = columns[i], b = columns[stride + i], c = columns[2 * stride + i];
    int32_t one = a <= 10 ? b <= -5 ? 1000 : -2000 : c <= 0 ? 30 : -32000;
    return 50 + one + (c <= 100 ? 7 : -7);
}

static void adds_the_leaves_of_each_row(void **state)
{
    (void)state;
    size_t stride = clean_trees_stride(ROWS);
    int16_t *columns = calloc(FEATURES * stride, sizeof *columns);
    int32_t sums[ROWS];
    assert_non_null(columns);
    assert_int_equal(stride % 16, 0);
    for (size_t i = 0; i < ROWS; i++) {
        columns[i] = (int16_t)((int)(i % 23) - 1);
        columns[stride + i] = (int16_t)((int)(i % 7) - 8);
        columns[2 * stride + i] = i % 11 == 0 ? INT16_MIN : i % 13 == 0 ? INT16_MAX : (int16_t)((int)i - 300);
    }
    clean_trees_score(&table, columns, stride, ROWS, sums);
    for (size_t i = 0; i < ROWS; i++)
        assert_int_equal(sums[i], walk(columns, stride, i));
    free(columns);
}

static void tells_the_chance(void **state)
{
    (void)state;
    assert_int_equal(clean_trees_chance(0), 32768);
    assert_in_range(clean_trees_chance(4096), 47900, 47920);   /* 1 / (1 + 1/e) = .731 */
    assert_in_range(clean_trees_chance(-4096), 17615, 17635);
    for (int32_t sum = -60000; sum < 60000; sum += 7)
        assert_true(clean_trees_chance(sum) <= clean_trees_chance(sum + 7));
    assert_int_equal(clean_trees_chance(INT32_MAX) + clean_trees_chance(INT32_MIN), 65535);
}

static void keeps_the_best_prefix(void **state)
{
    (void)state;
    static const struct {
        uint16_t chance[4];
        float words[4];
        double recall;
        bool keep[4];
    } rows[] = {
        {{60000, 3000, 65000, 100}, {50, 50, 50, 50}, 1, {true, false, true, false}},
        /* what is less likely than half of the F1 without it only makes that worse */
        {{65535, 22937, 0, 0}, {50, 50, 0, 0}, 1, {true, false, false, false}},
        {{65535, 36000, 0, 0}, {50, 50, 0, 0}, 1, {true, true, false, false}},
        {{65535, 36000, 0, 0}, {50, 50, 0, 0}, .5, {true, false, false, false}},
        {{200, 300, 100, 100}, {9, 9, 9, 9}, 1, {false, true, false, false}},
    };
    struct clean_arena arena;
    clean_arena_init(&arena, 1 << 20);
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        bool keep[4];
        float f1;
        assert_int_equal(
            clean_trees_choose(rows[r].chance, rows[r].words, 4, rows[r].recall, keep, &f1, &arena), 0);
        for (size_t i = 0; i < 4; i++)
            assert_int_equal(keep[i], rows[r].keep[i]);
        assert_true(f1 >= 0 && f1 <= 1);
        clean_arena_reset(&arena);
    }
    clean_arena_done(&arena);
}

static void keeps_nothing_of_nothing(void **state)
{
    (void)state;
    struct clean_arena arena;
    float f1 = 2;
    bool keep = true;
    clean_arena_init(&arena, 1 << 20);
    assert_int_equal(clean_trees_choose(NULL, NULL, 0, 1, &keep, &f1, &arena), 0);
    assert_true(keep && f1 == 0);
    clean_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_the_leaves_of_each_row),
        cmocka_unit_test(tells_the_chance),
        cmocka_unit_test(keeps_the_best_prefix),
        cmocka_unit_test(keeps_nothing_of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
