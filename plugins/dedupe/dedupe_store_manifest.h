/* dedupe_store_manifest.h - what a store consists of at a checkpoint: files, lengths, checksums.
 *
 * A small file `manifest-GENERATION` of 64-bit numbers in the machine's byte
 * order, with a checksum.  It gets its name when all that it tells is durable. */
#ifndef DEDUPE_STORE_MANIFEST_H
#define DEDUPE_STORE_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

#include "dedupe_store_file.h"
#include "dedupe_store_keys.h"
#include "dedupe_store_log.h"
#include "dedupe_store_run.h"

enum { STORE_MAX_RUNS = 16 };

/* From `first_doc` on documents are of this day. */
struct store_day {
    uint64_t day, first_doc;
};

/* Zero is empty. */
struct store_manifest {
    uint64_t salt, generation;
    uint64_t writer;     /* a number of the run's own */
    uint64_t checkpoint; /* of that run */
    uint64_t known;      /* checkpoints of that run before this one were known to be in its journal */
    uint64_t documents, first_live, day, next_file;
    struct store_keys_mark keys; /* number 0: no such file */
    size_t n_runs, n_segments, n_days;
    struct store_run_info run[STORE_MAX_RUNS];
    struct store_segment *segment;
    struct store_day *days;
};

void store_manifest_name(char *name, uint64_t generation);
/* Is it the name of one? */
bool store_manifest_number(const char *name, uint64_t *generation);

int store_manifest_write(struct store_folder *f, const struct store_manifest *m);
int store_manifest_read(struct store_folder *f, uint64_t generation, struct store_manifest *m);
void store_manifest_done(struct store_manifest *m);

/* The file `name`: does the manifest need it? */
bool store_manifest_needs(const struct store_manifest *m, const char *name);

#endif
