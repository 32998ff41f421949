/* read_table.h - a table that was trained a moment ago, for the programs that measure it. */
#ifndef READ_TABLE_H
#define READ_TABLE_H

#include "clean_trees.h"

/* Numbers with white space between: trees, bias, then per tree its nodes (feature, threshold, mask) and leaves.
 * What is wrong ends the program.  The table lives as long as the program; one a program. */
struct clean_trees read_table(const char *path, int n_features);

#endif
