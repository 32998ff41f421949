/* shard.h - one of several equal parts of the inputs, for array schedulers. */
#ifndef SHARD_H
#define SHARD_H

#include "buf.h"

struct shard {
    unsigned k, n; /* the k-th of n, from 1; n == 0: no sharding */
};

/* "K/N"; "slurm" or "slurm/N": K from SLURM_ARRAY_TASK_ID and its _MIN, _STEP and (without N) _COUNT; "kubernetes/N": K from
 * JOB_COMPLETION_INDEX.  False with the reason appended to `why`. */
bool shard_parse(pl_str text, struct shard *shard, struct buf *why);

/* Whether an input is of this shard: by its name alone, so that it stays there whatever comes or goes beside it. */
bool shard_has(const struct shard *shard, pl_str input);

#endif
