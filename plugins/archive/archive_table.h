/* archive_table.h - names and their numbers: 0, 1, 2 ... in the order in which they came. */
#ifndef ARCHIVE_TABLE_H
#define ARCHIVE_TABLE_H

#include "pressline.h"

struct archive_table {
    pl_str *name; /* with a NUL behind it */
    size_t n, cap;
    uint32_t *slot; /* numbers plus 1; 0: free */
    size_t n_slots; /* a power of two */
};

void archive_table_done(struct archive_table *t);
/* The number of a name, which is added where it is new (*fresh); SIZE_MAX: out of memory.  Zero is empty. */
size_t archive_table_number(struct archive_table *t, pl_str name, bool *fresh);
bool archive_table_has(const struct archive_table *t, pl_str name);

#endif
