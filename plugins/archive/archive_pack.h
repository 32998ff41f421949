/* archive_pack.h - records, in order, packed into blocks of even size for each file.
 *
 * Blocks' borders cut lines, so that blocks depend on nothing but the records and their order.  What is not yet a whole block is
 * held back, for all files together no more than `budget` bytes: past that the file with most of it gets a short block. */
#ifndef ARCHIVE_PACK_H
#define ARCHIVE_PACK_H

#include "archive_index.h"
#include "archive_table.h"
#include "pressline.h"

/* A block on its way: content, or what was made of it, for the file `name`, and the rows of the records that end in it. */
struct archive_block {
    pl_str name;
    pl_str bytes;
    const unsigned char *rows; /* ARCHIVE_ROW bytes each */
    size_t n_rows;
    uint32_t content; /* bytes of content in it */
};

/* As bytes; archive_block_put() writes so many, all but `bytes`, which the caller puts behind them. */
size_t archive_block_head(const struct archive_block *b);
void archive_block_put(const struct archive_block *b, char *to);
/* Takes apart what was put; false where it is not. */
bool archive_block_get(pl_str from, struct archive_block *b);

struct pack_file {
    unsigned char *bytes, *rows;
    size_t len, rows_len;
    size_t bytes_cap, rows_cap;
};

struct archive_pack {
    size_t block, budget, max_files;
    pl_str header; /* what each file begins with */
    int (*emit)(void *arg, const struct archive_block *b); /* PL_OK, or what archive_pack_add() is to return */
    void *arg;
    struct archive_table names;
    struct pack_file *file;
    size_t file_cap;
    size_t held;
    uint64_t n_emitted;
};

void archive_pack_done(struct archive_pack *p);

/* A record's line and row (NULL: none is kept) for the file `name`.  PL_OK; PL_NOMEM; PL_AGAIN: it would be one file too many,
 * and nothing was done; or what emit() returned. */
int archive_pack_add(struct archive_pack *p, pl_str name, const unsigned char *row, pl_str line);
/* Begins a file that has no record yet. */
int archive_pack_begin(struct archive_pack *p, pl_str name);
/* Emits all that is held back. */
int archive_pack_finish(struct archive_pack *p);

/* What is held back of the i-th file; `bytes` is empty where there is none. */
struct archive_block archive_pack_rest(const struct archive_pack *p, size_t i);

/* What archive_pack_restore() needs; the caller frees it.  {NULL, 0}: out of memory. */
pl_str archive_pack_save(const struct archive_pack *p);
/* PL_OK; PL_NOMEM; PL_ERROR: it is not what was saved. */
int archive_pack_restore(struct archive_pack *p, pl_str saved);

#endif
