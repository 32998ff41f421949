/* shard.c - one of several equal parts of the inputs. */
#include "shard.h"

#include <stdlib.h>

#include "digest.h"
#include "str.h"

enum { MAX_SHARDS = 100000 };

static bool whole_number(pl_str s, int64_t least, int64_t most, int64_t *v)
{
    return s.len && s.ptr[0] != '+' && str_to_i64(s, v) && *v >= least && *v <= most;
}

/* A number that the scheduler has set. */
static bool from_env(const char *name, const char *dflt, int64_t *v, struct buf *why)
{
    const char *set = getenv(name);

    if (!set && dflt)
        set = dflt;
    if (set && whole_number(str_of(set), 0, INT32_MAX, v))
        return true;
    if (set)
        buf_addf(why, "the environment variable %s is '%s', and should be a whole number", name, set);
    else
        buf_addf(why, "the environment variable %s is not set", name);
    return false;
}

static bool slurm(int64_t *k, int64_t *n, struct buf *why)
{
    int64_t id, min, step;

    if (!from_env("SLURM_ARRAY_TASK_ID", NULL, &id, why) || !from_env("SLURM_ARRAY_TASK_MIN", "0", &min, why) ||
        !from_env("SLURM_ARRAY_TASK_STEP", "1", &step, why) ||
        (*n == 0 && !from_env("SLURM_ARRAY_TASK_COUNT", NULL, n, why)))
        return false;
    *k = step > 0 && id >= min ? (id - min) / step + 1 : 0;
    return true;
}

bool shard_parse(pl_str text, struct shard *shard, struct buf *why)
{
    const char *slash = text.len ? memchr(text.ptr, '/', text.len) : NULL;
    const size_t at = slash ? (size_t)(slash - text.ptr) : text.len;
    const pl_str first = str_sub(text, 0, at), second = slash ? str_sub(text, at + 1, text.len) : PL_S("");
    int64_t k = 0, n = 0;

    if ((slash && !whole_number(second, 1, MAX_SHARDS, &n)) || (!slash && !str_is(first, "slurm"))) {
        buf_addf(why, "a shard is K/N with K from 1 to N, slurm, slurm/N or kubernetes/N, not '" STR_FMT "'", STR_ARG(text));
        return false;
    }
    if (str_is(first, "slurm")) {
        if (!slurm(&k, &n, why))
            return false;
    } else if (str_is(first, "kubernetes")) {
        if (!from_env("JOB_COMPLETION_INDEX", NULL, &k, why))
            return false;
        k++;
    } else if (!whole_number(first, 1, MAX_SHARDS, &k)) {
        k = 0;
    }
    if (k < 1 || n < 1 || k > n || n > MAX_SHARDS) {
        buf_addf(why, "'" STR_FMT "' is shard %lld of %lld: K goes from 1 to N", STR_ARG(text), (long long)k, (long long)n);
        return false;
    }
    *shard = (struct shard){(unsigned)k, (unsigned)n};
    return true;
}

bool shard_has(const struct shard *shard, pl_str input)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    uint64_t v = 0;

    if (shard->n == 0)
        return true;
    digest_of(input, digest);
    for (size_t i = 0; i < sizeof v; i++)
        v = v << 8 | digest[i];
    return v % shard->n == shard->k - 1;
}
