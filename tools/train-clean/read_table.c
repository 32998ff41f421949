/* read_table.c - a table that was trained a moment ago, for the programs that measure it. */
#include "read_table.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_TREES = 400 };

static void fail(const char *path, const char *what)
{
    fprintf(stderr, "%s: %s\n", path, what);
    exit(1);
}

struct clean_trees read_table(const char *path, int n_features)
{
    static struct clean_tree_node nodes[MAX_TREES * CLEAN_TREE_NODES];
    static int16_t leaves[MAX_TREES * CLEAN_TREE_LEAVES];
    FILE *in = fopen(path, "r");
    int trees, bias, feature, threshold, mask, leaf;
    if (!in || fscanf(in, "%d %d", &trees, &bias) != 2 || trees < 0 || trees > MAX_TREES)
        fail(path, "no table");
    for (int t = 0; t < trees; t++) {
        for (int i = 0; i < CLEAN_TREE_NODES; i++) {
            if (fscanf(in, "%d %d %d", &feature, &threshold, &mask) != 3 || feature < 0 || feature >= n_features)
                fail(path, "bad node");
            nodes[t * CLEAN_TREE_NODES + i] =
                (struct clean_tree_node){(uint8_t)feature, (int16_t)threshold, (uint16_t)mask};
        }
        for (int i = 0; i < CLEAN_TREE_LEAVES; i++) {
            if (fscanf(in, "%d", &leaf) != 1)
                fail(path, "bad leaf");
            leaves[t * CLEAN_TREE_LEAVES + i] = (int16_t)leaf;
        }
    }
    fclose(in);
    return (struct clean_trees){(uint16_t)trees, (uint16_t)n_features, bias, nodes, leaves};
}
