/* dedupe_store_run.h - entries of a store in a file, sorted, with a filter that says which keys are not there.
 *
 * The file is pages of 1 KB, each with a checksum of its own that names its
 * place: the filter, then the entries, then the first key of each page of
 * entries.  The last of these three are in memory, 8 bytes for 101 entries; the
 * filter is as far as memory allows.
 *
 * The filter is a Bloom filter in blocks of one cache line (Putze, Sanders and
 * Singler 2007), in the order of the keys: so it is written in one go with the
 * entries, and two or more blocks that lie together can be one where memory is
 * short. */
#ifndef DEDUPE_STORE_RUN_H
#define DEDUPE_STORE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dedupe_store_entry.h"
#include "dedupe_store_file.h"

enum {
    STORE_PAGE_ENTRIES = 101,
    STORE_BLOCK = 64,        /* bytes of a block of the filter */
    STORE_PAGE_BLOCKS = 15,
    STORE_FILTER_BITS = 12,  /* per key, in the file */
    STORE_FILTER_FOLD = 12   /* the number of blocks is a multiple of it */
};

/* What the manifest says of a run. */
struct store_run_info {
    uint64_t number, entries;
    uint64_t blocks, pages; /* of the filter (blocks), of entries */
    uint64_t first_doc, last_doc;
};

/* Zero is closed. */
struct store_run {
    struct store_run_info info;
    struct store_file file;
    uint64_t *fence; /* the first key of each page */
    size_t fences;   /* that there is room for */
    uint64_t *filter; /* NULL: every key is looked for */
    uint64_t filter_blocks; /* in memory: info.blocks / fold */
    uint32_t fold;          /* 0: no filter */
};

void store_run_name(char *name, uint64_t number);
/* Bytes of the file. */
uint64_t store_run_length(const struct store_run_info *info);
/* Could there be such a run? */
bool store_run_plausible(const struct store_run_info *info);

/* The file that `info` tells, without filter. */
int store_run_open(struct store_folder *f, struct store_run *r, const struct store_run_info *info);
void store_run_close(struct store_run *r);

/* Has a filter of info.blocks / `fold` in memory, or none for 0. */
int store_run_load(struct store_run *r, uint32_t fold);
static inline size_t store_run_filter_bytes(const struct store_run_info *info, uint32_t fold)
{
    return fold ? (size_t)(info->blocks / fold) * STORE_BLOCK : 0;
}

void store_run_prefetch(const struct store_run *r, uint64_t key);
/* False: surely not there. */
bool store_run_may_have(const struct store_run *r, uint64_t key);
/* Adds the documents of `key`, from `first_live` on; none may be `n_docs` or more.  `page` is room for one. */
int store_run_find(struct store_run *r, uint64_t key, uint32_t first_live, uint32_t n_docs, unsigned char *page,
                   struct store_bucket *b, uint64_t *pages_read);

/* ---- reading all of it, in order ---- */

struct store_run_reader {
    struct store_run *run;
    unsigned char *buf;
    size_t cap;               /* pages */
    uint64_t page, next;      /* that `at` is in; to be read next */
    size_t n_pages, i, n, at; /* in buf; of them the one that is read; its entries, and how many were taken */
    struct store_entry entry; /* the present one */
    bool end;
};

/* At the first entry. */
int store_run_read(struct store_run_reader *rd, struct store_run *r, size_t bytes);
int store_run_next_page(struct store_run_reader *rd);
void store_run_read_done(struct store_run_reader *rd);

static inline int store_run_next(struct store_run_reader *rd)
{
    if (rd->at == rd->n)
        return store_run_next_page(rd);
    rd->entry = store_entry_get(rd->buf + rd->i * STORE_PAGE + rd->at++ * STORE_ENTRY);
    return PL_OK;
}

/* ---- writing ---- */

struct store_run_writer {
    struct store_run run;
    struct store_out pages, filter;
    unsigned char page[STORE_PAGE];
    uint64_t blocks[STORE_PAGE / 8]; /* page `block_page` of the filter */
    size_t n;                        /* entries in `page` */
    uint64_t block_page;
    uint64_t last_key;
};

/* For at most `most` entries, which come in order. */
int store_run_write(struct store_run_writer *w, struct store_folder *f, uint64_t number, uint64_t most, size_t buffer);
int store_run_add(struct store_run_writer *w, uint64_t key, uint32_t doc);
/* The whole run, written but not synced, open and without filter, in *r.  The writer is done with. */
int store_run_end(struct store_run_writer *w, struct store_run *r);
/* Gives it up: the file is removed. */
void store_run_write_done(struct store_run_writer *w);

/* Reads every page. */
int store_run_verify(struct store_run *r, uint32_t n_docs);

#endif
