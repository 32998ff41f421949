/* clean_trees.c - boosted regression trees over whole numbers, for all rows at once.
 *
 * A tree is not walked.  Each of its nodes is asked of all rows in turn and
 * clears, where the answer is "right", the leaves that this rules out; the
 * lowest leaf that is left is the row's.  Eight or sixteen rows go through one
 * instruction, and no branch depends on the data. */
#include "clean_trees.h"

#include <math.h>

enum { ROWS = 512 }; /* at a time: their leaf masks stay in the first cache */

static void ask(uint16_t *restrict masks, const int16_t *restrict column, int16_t threshold, uint16_t mask, size_t n)
{
    for (size_t i = 0; i < n; i++)
        masks[i] &= (uint16_t)((column[i] <= threshold ? 0xFFFF : 0) | mask);
}

static void score_rows(const struct clean_trees *t, const int16_t *columns, size_t stride, size_t n, int32_t *sums)
{
    uint16_t masks[ROWS];
    for (size_t i = 0; i < n; i++)
        sums[i] = t->bias;
    for (size_t k = 0; k < t->n_trees; k++) {
        const struct clean_tree_node *nodes = t->nodes + k * CLEAN_TREE_NODES;
        const int16_t *leaves = t->leaves + k * CLEAN_TREE_LEAVES;
        for (size_t i = 0; i < n; i++)
            masks[i] = 0xFFFF;
        for (size_t j = 0; j < CLEAN_TREE_NODES; j++)
            ask(masks, columns + nodes[j].feature * stride, nodes[j].threshold, nodes[j].mask, n);
        for (size_t i = 0; i < n; i++)
            sums[i] += leaves[__builtin_ctz(masks[i])];
    }
}

void clean_trees_score(const struct clean_trees *t, const int16_t *columns, size_t stride, size_t n, int32_t *sums)
{
    for (size_t i = 0; i < n; i += ROWS)
        score_rows(t, columns + i, stride, n - i < ROWS ? n - i : ROWS, sums + i);
}

float clean_trees_chance(int32_t sum)
{
    return 1 / (1 + expf(-(float)sum / 4096));
}
