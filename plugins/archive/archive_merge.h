/* archive_merge.h - archives joined without being compressed anew. */
#ifndef ARCHIVE_MERGE_H
#define ARCHIVE_MERGE_H

#include <stdint.h>

#include "pressline.h"

struct archive_merged {
    uint64_t n_records, n_members, length;
};

/* Writes the gzip members of the `n` archives, in order, one end marker, and the indexes of it all: `out`, OUT.idx and OUT.gzi.
 * Refused, with nothing left behind, where one is damaged, cut, plain, of a member that is too large for a block, or no JSONL that
 * ends with a line.  PL_OK, or PL_ERROR with `message`. */
int archive_merge(const char *out, char **path, int n, struct archive_merged *merged, char *message, size_t size);

#endif
