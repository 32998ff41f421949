/* clean_table_lines.c */
#include "clean_lines.h"

const struct clean_trees clean_table_lines = {0, CLEAN_LINE_FEATURES, 0, NULL, NULL};
