/* dedupe_store_parts.h - what a store is made of, for the files dedupe_store*.c. */
#ifndef DEDUPE_STORE_PARTS_H
#define DEDUPE_STORE_PARTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dedupe_store.h"
#include "dedupe_store_manifest.h"

enum { STORE_MANY_RUNS = 12 }; /* from here on nothing is kept before a merge has ended */

/* Runs into one, a little with each document that is kept. */
struct store_merge {
    struct store_run_writer w;
    struct store_run_reader rd[STORE_MAX_RUNS];
    size_t n; /* 0: none is under way */
};

struct dedupe_store {
    struct store_folder folder;
    struct dedupe_store_options options;
    size_t filter_bytes, buffer;

    /* The numbers of the next manifest; its lists are filled when it is written, but for the days. */
    struct store_manifest now;
    size_t days_cap;
    uint64_t writer;
    uint64_t known; /* checkpoints of this run before that one are in its journal */
    bool changed; /* since the last manifest */

    struct store_log log;
    struct store_keys keys;
    struct store_table table;
    struct store_run run[STORE_MAX_RUNS];
    size_t n_runs;
    struct store_merge merge;

    /* Manifests that are on the disk, the oldest first. */
    struct store_manifest *kept;
    size_t n_kept, kept_cap;
    atomic_uint_fast64_t committed; /* checkpoint + 1, by dedupe_store_committed() */

    /* What was found last, for keeping. */
    uint64_t *memo_key;
    struct store_bucket *memo;
    size_t memo_n, memo_cap;
    uint64_t memo_live;
    bool memo_valid;

    struct dedupe_hit *hit;
    size_t hit_cap;
    uint64_t *asked;             /* the keys of the call */
    uint64_t *entered;           /* those of them that are new */
    struct store_bucket *bucket; /* and what is there */
    size_t asked_cap;            /* of all three */
    unsigned char page[STORE_PAGE];
    uint64_t pages_read, merges;
};

/* ---- dedupe_store_merge.c ---- */

/* The table into a run, and a new file of keys. */
int store_flush(struct dedupe_store *st);
/* Goes on with the merge under way, by so many entries. */
int store_merge_some(struct dedupe_store *st, size_t entries);
void store_merge_stop(struct dedupe_store *st);
/* The filters that fit, smallest runs first. */
int store_plan_filters(struct dedupe_store *st);

/* ---- dedupe_store_life.c ---- */

/* Documents before the clock less `retain` are live no more. */
void store_expire(struct dedupe_store *st);
/* The day of the document that was kept just now. */
int store_note_day(struct dedupe_store *st);
/* Removes what neither a manifest on the disk needs nor this run. */
int store_sweep(struct dedupe_store *st);
/* *m is one that is on the disk, the newest; its lists are the store's from now on. */
int store_keep_manifest(struct dedupe_store *st, struct store_manifest *m);
/* What manifest `m` tells becomes what is open. */
int store_take(struct dedupe_store *st, const struct store_manifest *m);
/* Nothing is open. */
int store_fresh(struct dedupe_store *st);

/* ---- dedupe_store_checkpoint.c ---- */

/* When it is closed: what the run was told of last. */
void store_note_committed(struct dedupe_store *st);

#endif
