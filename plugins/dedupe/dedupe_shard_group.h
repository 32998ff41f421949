/* dedupe_shard_group.h - which documents of many shards repeat an earlier one, of signature files alone.
 *
 * The same answer as the stage would give, fed with all shards one after the
 * other: each document in turn is decided upon by dedupe_decide(), with the
 * documents that were kept before it.  What the stage finds in its store is
 * found here by sorting: keys that only one document has are left out, the
 * others get numbers, and each document a list of its numbers.
 *
 * Memory is what is asked for, and 100 bytes a shard; nothing is held for a
 * document. */
#ifndef DEDUPE_SHARD_GROUP_H
#define DEDUPE_SHARD_GROUP_H

#include <stddef.h>
#include <stdint.h>

#include "dedupe_decide.h"
#include "dedupe_shard_file.h"

struct dedupe_group_options {
    struct dedupe_rules rules;
    bool url;           /* documents may be found by their URL */
    size_t memory;
    const char *folder; /* for temporary files */
    pl_str scope;       /* each name with a comma behind it; "": whatever the files have */
};

/* What becomes of the answers.  Each gives PL_OK, or an error that ends it all, told by itself. */
struct dedupe_group_sink {
    int (*begin)(void *ctx, size_t shard, const struct dedupe_sig *f);
    /* A document that repeats an earlier one, or has one inside it; in order. */
    int (*told)(void *ctx, size_t shard, uint64_t line, pl_str id, const struct dedupe_decision *m);
    int (*end)(void *ctx, size_t shard);
    void *ctx;
};

struct dedupe_group_stats {
    uint64_t documents, shared_keys, entries; /* keys that several have; how often they have one */
    uint64_t found[DEDUPE_CONTAINED + 1];     /* by kind */
    uint64_t verified;
};

enum dedupe_group_fault { DEDUPE_GROUP_IO, DEDUPE_GROUP_SETTINGS, DEDUPE_GROUP_TOLD };

/* PL_OK; PL_ERROR with `message` set and the sort of fault in `why`. */
int dedupe_group(const char *const *paths, size_t n, const struct dedupe_group_options *options,
                 struct dedupe_group_sink sink, struct dedupe_group_stats *stats, char *message, size_t size,
                 enum dedupe_group_fault *why);

#endif
