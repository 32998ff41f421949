#include "clean_select.h"
const struct clean_trees clean_table_blocks;
