/* clean_trees.c - a trained table, evaluated. */
#include "clean_trees.h"

void clean_trees_score(const struct clean_trees *t, const int16_t *columns, size_t stride, size_t n, int32_t *sums)
{
    for (size_t i = 0; i < n; i++) {
        int32_t sum = t->bias;
        for (size_t k = 0; k < t->n_trees; k++) {
            const struct clean_tree_node *node = t->nodes + k * CLEAN_TREE_NODES;
            unsigned possible = 0xFFFF, leaf = 0;
            for (size_t j = 0; j < CLEAN_TREE_NODES; j++)
                if (columns[node[j].feature * stride + i] > node[j].threshold)
                    possible &= node[j].mask;
            while (!(possible >> leaf & 1) && leaf < CLEAN_TREE_LEAVES - 1)
                leaf++;
            sum += t->leaves[k * CLEAN_TREE_LEAVES + leaf];
        }
        sums[i] = sum;
    }
}
