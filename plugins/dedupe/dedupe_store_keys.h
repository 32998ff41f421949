/* dedupe_store_keys.h - the entries of a store's table in a file, in their order, so that it can be made again. */
#ifndef DEDUPE_STORE_KEYS_H
#define DEDUPE_STORE_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "dedupe_store_file.h"
#include "dedupe_store_table.h"

/* So much of the file, and the checksum that goes on from one piece of it to the next. */
struct store_keys_mark {
    uint64_t number, length, check;
};

/* Zero is closed. */
struct store_keys {
    struct store_file file;
    struct store_out out;
    struct store_keys_mark end;
};

void store_keys_name(char *name, uint64_t number);

/* A new file. */
int store_keys_begin(struct store_keys *k, struct store_folder *f, uint64_t number, size_t buffer);
/* The file up to `mark`, of which all goes into the empty table; what is later is cut off.  `n_docs`: no document is as
 * high.  A table that was larger when they were written stretches to it. */
int store_keys_take(struct store_keys *k, struct store_folder *f, const struct store_keys_mark *mark, size_t buffer,
                    struct store_table *t, uint64_t n_docs);
void store_keys_close(struct store_keys *k);

/* Document `doc` was entered under `key`: the keys as the table has them. */
int store_keys_add(struct store_keys *k, uint32_t doc, const uint64_t *key, size_t n);
int store_keys_sync(struct store_keys *k);

#endif
