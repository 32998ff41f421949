/* fetch_recorded_index.h - where in WARC files the answer to each address is. */
#ifndef FETCH_RECORDED_INDEX_H
#define FETCH_RECORDED_INDEX_H

#include "../shared/warc_read.h"
#include "fetch_bytes.h"
#include "fetch_url.h"

struct recorded_entry {
    size_t key, digest;        /* where they begin in `texts`, each with a NUL behind it; SIZE_MAX: no digest */
    uint64_t offset, skip;     /* the record, or its member and how many are before it there */
    uint64_t length;           /* of its member or itself; 0: it shares its member */
    int64_t ms;                /* WARC-Date; 0: none */
    uint32_t file;
    bool revisit;
};

/* Zero is empty. */
struct recorded_index {
    struct bytes texts;
    struct recorded_entry *at;  /* by key once it is sorted, the one to answer with last among equals */
    size_t n, cap;
    struct recorded_entry **by_digest; /* the responses that have one */
    size_t n_digests;
    struct url url;             /* keys are made with it */
};

/* Adds the answers of one file; `file` is its number.  PL_OK; PL_NOMEM; PL_ERROR with a message: it is no WARC file, or
 * damaged before its first record.  What is damaged further on is passed over. */
int recorded_index_add(struct recorded_index *ix, const char *name, int fd, uint32_t file, char *message, size_t size);
/* Once all are in it.  PL_OK or PL_NOMEM. */
int recorded_index_sort(struct recorded_index *ix);
void recorded_index_done(struct recorded_index *ix);

/* The entry for an address, NULL: there is none. */
const struct recorded_entry *recorded_index_find(struct recorded_index *ix, pl_str url);
/* A response with that payload digest, as the record writes it. */
const struct recorded_entry *recorded_index_payload(const struct recorded_index *ix, pl_str digest);
/* A response of that address and time. */
const struct recorded_entry *recorded_index_dated(struct recorded_index *ix, pl_str url, pl_str date);

#endif
