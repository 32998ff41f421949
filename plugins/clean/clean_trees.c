/* clean_trees.c - boosted regression trees over whole numbers, for all rows at once.
 *
 * A tree is not walked.  Each of its nodes is asked of all rows in turn and
 * clears, where the answer is "right", the leaves that this rules out; the
 * lowest leaf that is left is the row's.  Eight or sixteen rows go through one
 * instruction, and no branch depends on the data. */
#include "clean_trees.h"

#include <string.h>

/* ROWS at a time: their leaf masks stay in the first cache.  LANES of them are a loop of known length, which every
 * compiler turns into vector instructions. */
enum { ROWS = 512, LANES = 16 };

static void ask(uint16_t *restrict masks, const int16_t *restrict column, int16_t threshold, uint16_t mask, size_t n)
{
    for (size_t i = 0; i < n; i += LANES, masks += LANES, column += LANES)
        for (int k = 0; k < LANES; k++)
            masks[k] &= (uint16_t)(-(column[k] <= threshold) | mask);
}

/* Adds the leaves of the trees [from, to) for n rows, n a multiple of LANES. */
static void add_trees(const struct clean_trees *t, size_t from, size_t to, const int16_t *columns, size_t stride, size_t n,
                      int32_t *sums)
{
    uint16_t masks[ROWS];
    for (size_t k = from; k < to; k++) {
        const struct clean_tree_node *nodes = t->nodes + k * CLEAN_TREE_NODES;
        const int16_t *leaves = t->leaves + k * CLEAN_TREE_LEAVES;
        memset(masks, 0xFF, n * sizeof *masks);
        for (size_t j = 0; j < CLEAN_TREE_NODES; j++)
            ask(masks, columns + nodes[j].feature * stride, nodes[j].threshold, nodes[j].mask, n);
        for (size_t i = 0; i < n; i++)
            sums[i] += leaves[__builtin_ctz(masks[i])];
    }
}

void clean_trees_score(const struct clean_trees *t, const int16_t *columns, size_t stride, size_t n, int32_t *sums)
{
    int32_t some[ROWS];
    for (size_t at = 0; at < n; at += ROWS) {
        size_t rows = n - at < ROWS ? n - at : ROWS;
        for (size_t i = 0; i < ROWS; i++)
            some[i] = t->bias;
        add_trees(t, 0, t->n_trees, columns + at, stride, (rows + LANES - 1) / LANES * LANES, some);
        memcpy(sums + at, some, rows * sizeof *some);
    }
}

/* 65535 / (1 + exp(-sum / 4096)), in straight pieces: exp() may differ from one machine to the next. */
uint16_t clean_trees_chance(int32_t sum)
{
    /* at 0, 1/2, 1, ... 10: python3 -c 'import math; print([round(65535/(1+math.exp(-k/2))) for k in range(21)])' */
    static const uint16_t at[] = {32768, 40793, 47910, 53580, 57723, 60564, 62427, 63614, 64356, 64815, 65096,
                                  65268, 65373, 65437, 65475, 65499, 65513, 65522, 65527, 65530, 65532};
    enum { STEP = 2048, LAST = sizeof at / sizeof *at - 1 };
    int64_t far = sum < 0 ? -(int64_t)sum : sum;
    int64_t piece = far / STEP, chance = at[LAST];
    if (piece < LAST)
        chance = at[piece] + (at[piece + 1] - at[piece]) * (far % STEP) / STEP;
    return (uint16_t)(sum < 0 ? 65535 - chance : chance);
}

/* Numbers of rows, the likeliest first, of equals the first: sorted by the two bytes of the chance in turn. */
static void sort_by_chance(uint32_t *order, uint32_t *spare, const uint16_t *chance, size_t n)
{
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    for (unsigned shift = 0; shift <= 8; shift += 8) {
        size_t begins[257] = {0};
        for (size_t i = 0; i < n; i++)
            begins[256 - (chance[i] >> shift & 0xFF)]++;
        for (size_t b = 0; b < 256; b++)
            begins[b + 1] += begins[b];
        for (size_t i = 0; i < n; i++)
            spare[begins[255 - (chance[order[i]] >> shift & 0xFF)]++] = order[i];
        memcpy(order, spare, n * sizeof *order);
    }
}

int clean_trees_choose(const uint16_t *chance, const float *words, size_t n, double recall, bool *keep, float *f1,
                       struct clean_arena *a)
{
    uint32_t *order = clean_arena_array(a, n + 1, sizeof *order), *spare = clean_arena_array(a, n + 1, sizeof *spare);
    double all = 0, right = 0, chosen = 0, best = 0;
    size_t n_best = 0;
    if (!order || !spare)
        return PL_NOMEM;
    *f1 = 0;
    for (size_t i = 0; i < n; i++)
        all += chance[i] * (double)words[i];
    sort_by_chance(order, spare, chance, n);
    for (size_t k = 0; k < n; k++) {
        right += chance[order[k]] * (double)words[order[k]];
        chosen += 65535 * (double)words[order[k]];
        double value = right / (chosen + recall * all + 1);
        if (value > best) {
            best = value;
            n_best = k + 1;
            *f1 = (float)(2 * right / (chosen + all + 1));
        }
    }
    for (size_t k = 0; k < n; k++)
        keep[order[k]] = k < n_best;
    return 0;
}
