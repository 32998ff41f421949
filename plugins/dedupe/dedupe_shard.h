/* dedupe_shard.h - `pressline dedupe signatures | group | apply`: the stage in three steps over shards.
 *
 *     signatures SHARD    what is needed of each document, and its keys in order; one shard knows nothing of another
 *     group SIGNATURES    which documents repeat an earlier one, in the order of the list; a list of them a shard
 *     apply LIST SHARD    the shard without these, or with the fields that tell of them
 *
 * A list is JSON lines: the shard and what its bytes were; a line for each
 * document, with the fields that the stage sets and `line`; their number and
 * CRC-32.  So one that was cut, or is of another shard, is refused. */
#ifndef DEDUPE_SHARD_H
#define DEDUPE_SHARD_H

#include "dedupe_record.h"
#include "pressline.h"

extern const pl_command dedupe_shard_commands[];

enum { DEDUPE_EXIT_FINE = 0, DEDUPE_EXIT_USAGE = 64, DEDUPE_EXIT_IO = 74, DEDUPE_EXIT_CONFIG = 78, DEDUPE_LIST_FORMAT = 1 };

/* The words of a command line. */
struct dedupe_shard_args {
    const char *output, *into, *temp; /* NULL where not given */
    size_t memory;                    /* bytes; 0: not a size */
    char **arg;
    int n;
};

struct dedupe_shard_args dedupe_shard_args(int argc, char **argv);

/* The keys of a list's own fields. */
struct dedupe_list_keys {
    pl_key removals, shard, lines, bytes, crc, line, end;
};

struct dedupe_list_keys dedupe_list_keys(pl_self *self);

int dedupe_shard_apply(pl_self *self, int argc, char **argv);

#endif
