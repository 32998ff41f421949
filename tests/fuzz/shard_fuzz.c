/* shard_fuzz.c - any bytes as a shard, and as what the scheduler set: refused with a reason, or one of N, and then each input
 * is of one shard. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shard.h"
#include "str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void check(pl_str text)
{
    struct shard s = {0};
    struct buf why = {0};

    if (shard_parse(text, &s, &why)) {
        must(s.k >= 1 && s.k <= s.n && why.len == 0);
        if (s.n <= 64) {
            unsigned has = 0;
            for (unsigned k = 1; k <= s.n; k++)
                has += shard_has(&(struct shard){k, s.n}, text);
            must(has == 1);
        }
    } else {
        must(why.len > 0);
    }
    buf_done(&why);
}

/* By itself; behind a newline stands what the environment has. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const set[] = {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN",
                                      "SLURM_ARRAY_TASK_STEP", "JOB_COMPLETION_INDEX"};
    pl_str rest = {(const char *)data, size}, text = {NULL, 0}, value;

    str_split(&rest, '\n', &text);
    for (size_t i = 0; i < sizeof set / sizeof *set; i++) {
        unsetenv(set[i]);
        if (!str_split(&rest, '\n', &value) || memchr(value.len ? value.ptr : "", 0, value.len))
            continue;
        char *z = str_dup(value);
        must(setenv(set[i], z, 1) == 0);
        free(z);
    }
    check(text);
    return 0;
}
