/* clean_trees.h - boosted regression trees over whole numbers, for all rows at once. */
#ifndef CLEAN_TREES_H
#define CLEAN_TREES_H

#include <stddef.h>
#include <stdint.h>

enum { CLEAN_TREE_LEAVES = 16, CLEAN_TREE_NODES = CLEAN_TREE_LEAVES - 1 };

/* A row goes to the left where column[feature] <= threshold.  `mask` has a bit
 * for each leaf, the leftmost lowest; cleared are the leaves of the left side,
 * which a row that goes to the right cannot reach. */
struct clean_tree_node {
    uint8_t feature;
    int16_t threshold;
    uint16_t mask;
};

/* Each tree has 15 nodes and 16 leaves; of a smaller one the rest are nodes with the highest
 * threshold and leaves that nothing reaches. */
struct clean_trees {
    uint16_t n_trees, n_features;
    int32_t bias;
    const struct clean_tree_node *nodes;
    const int16_t *leaves;
};

/* sums[i]: the log odds of row i times 4096.  The value of feature f in row i is columns[f * stride + i].
 * Whole numbers only: the same on every machine.  After Lucchese et al., "QuickScorer" (SIGIR 2015). */
void clean_trees_score(const struct clean_trees *t, const int16_t *columns, size_t stride, size_t n, int32_t *sums);

/* The probability that a sum says. */
float clean_trees_chance(int32_t sum);

#endif
