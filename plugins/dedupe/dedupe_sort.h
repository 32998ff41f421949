/* dedupe_sort.h - pairs of numbers, more than memory holds, in ascending order.
 *
 * Sorted pieces go to temporary files that have no name, and are merged as
 * they are read, several at a time where there are many of them.  The first
 * number of a pair counts first.
 *
 *     while (...) dedupe_sort_add(s, pair)
 *     dedupe_sort_begin(s)
 *     while ((rc = dedupe_sort_next(s, &pair)) == 1) ...
 *
 * One caller at a time. */
#ifndef DEDUPE_SORT_H
#define DEDUPE_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dedupe_pair {
    uint64_t a, b;
};

static inline bool dedupe_pair_less(struct dedupe_pair x, struct dedupe_pair y)
{
    return x.a != y.a ? x.a < y.a : x.b < y.b;
}

struct dedupe_sort;

/* About `memory` bytes are used, 64 KB at the least.  Temporary files are made in `folder`.  NULL when out of memory. */
struct dedupe_sort *dedupe_sort_new(size_t memory, const char *folder);
void dedupe_sort_free(struct dedupe_sort *s);

/* These give PL_OK, or an error with dedupe_sort_message() set: no room, out of memory. */
int dedupe_sort_add(struct dedupe_sort *s, struct dedupe_pair p);
/* The same for one of many that come in ascending order: they are not sorted again.  Such a row of pairs ends with
 * dedupe_sort_row(), or with the first that does not ascend. */
int dedupe_sort_add_ascending(struct dedupe_sort *s, struct dedupe_pair p);
int dedupe_sort_row(struct dedupe_sort *s);

/* All have been added. */
int dedupe_sort_begin(struct dedupe_sort *s);
/* 1 and the next pair; 0 at the end; or an error. */
int dedupe_sort_next(struct dedupe_sort *s, struct dedupe_pair *p);

/* How many were added; what went wrong. */
uint64_t dedupe_sort_count(const struct dedupe_sort *s);
const char *dedupe_sort_message(const struct dedupe_sort *s);

/* A file of no name in `folder`, for one's own use; -1 with errno set. */
int dedupe_scratch_file(const char *folder);
/* Whole reads and writes, whatever signals come.  0, or -1 with errno set; a file that ends too soon is EIO. */
int dedupe_pread_all(int fd, void *to, size_t n, uint64_t offset);
int dedupe_pwrite_all(int fd, const void *from, size_t n, uint64_t offset);

#endif
