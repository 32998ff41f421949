/* clean_trees.h - a trained table: trees of at most 16 leaves over columns of small numbers. */
#ifndef CLEAN_TREES_H
#define CLEAN_TREES_H

#include <stddef.h>
#include <stdint.h>

enum { CLEAN_TREE_LEAVES = 16, CLEAN_TREE_NODES = CLEAN_TREE_LEAVES - 1 };

/* Where a row's value is above `threshold`, only the leaves of `mask` stay possible; the lowest
 * leaf that stays possible after all nodes of a tree is the row's.  A node that is not needed has
 * the highest threshold. */
struct clean_tree_node {
    uint8_t feature;
    int16_t threshold;
    uint16_t mask;
};

struct clean_trees {
    uint16_t n_trees, n_features;
    int32_t bias;
    const struct clean_tree_node *nodes; /* CLEAN_TREE_NODES a tree */
    const int16_t *leaves;               /* CLEAN_TREE_LEAVES a tree */
};

/* sums[i]: the log odds of row i times 4096.  The value of feature f in row i is columns[f * stride + i]. */
void clean_trees_score(const struct clean_trees *t, const int16_t *columns, size_t stride, size_t n, int32_t *sums);

#endif
