/* fetch_store_entry.h - what is known of one address, in one piece of memory; and a table of them by key. */
#ifndef FETCH_STORE_ENTRY_H
#define FETCH_STORE_ENTRY_H

#include "fetch_store.h"
#include "fetch_store_key.h"

/* Whether the file has a row of its key. */
enum entry_row { ROW_UNKNOWN, ROW_ABSENT, ROW_PRESENT };

struct entry {
    struct store_key key;
    uint64_t place; /* in the queue, from 1; 0: not queued */
    int64_t checked_ms, changed_ms, due_ms;
    uint32_t interval_s, failures, meta_len;
    uint16_t status, canonical_len, url_len, etag_len, date_len;
    uint8_t kind, row; /* enum entry_row */
    bool has_digest;
    uint8_t digest[20];
    char text[]; /* canonical form, address (none where that is the same), ETag, Last-Modified, meta */
};

/* NULL: out of memory.  `k` and `canonical` are within the limits of fetch_store.h; an ETag or a date that is not is left
 * away, and numbers are brought into range. */
struct entry *entry_make(const struct store_key *key, uint64_t place, pl_str canonical, const struct known *k);
/* Views of `e`. */
void entry_known(const struct entry *e, struct known *k);
pl_str entry_canonical(const struct entry *e);

/* Zero is empty.  Entries are malloc()ed and the table's. */
struct table {
    struct slot {
        uint64_t hi; /* of its key, so that those that are passed by need not be looked at */
        struct entry *e;
    } *slot;
    size_t n, cap; /* a power of two */
    size_t bytes;  /* of the entries */
};
struct entry *table_find(const struct table *t, const struct store_key *key);
/* In the place of the one with its key.  PL_OK, or PL_NOMEM with `e` freed. */
int table_put(struct table *t, struct entry *e);
/* Takes out all entries: those that `keep` says yes to go to `to`, the others are freed.  PL_NOMEM: some that were to be
 * kept are freed too. */
int table_move(struct table *t, struct table *to, bool (*keep)(const struct table *to, const struct entry *e));
/* The next entry behind *at, which begins as 0; NULL: none. */
struct entry *table_next(const struct table *t, size_t *at);
/* The keys of those that are queued, in the order of their places, or of all, in the order of the keys; to be freed.  NULL:
 * out of memory. */
struct place {
    uint64_t place;
    struct store_key key;
};
struct place *table_queued(const struct table *t, size_t *n);
struct place *table_keys(const struct table *t, size_t *n);
/* Frees the entries; memory of the table itself is kept where that is little. */
void table_clear(struct table *t);
void table_done(struct table *t);

#endif
