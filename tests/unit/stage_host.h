/* stage_host.h - a host of the tests' own for fetch and archive: records in memory, one thread, checkpoints that can be
 * gone back to. */
#ifndef STAGE_HOST_H
#define STAGE_HOST_H

#include "pressline.h"

struct pl_record {
    struct pl_record *next;
    struct memory *memory;
    pl_str field[PL_FIRST_FREE_KEY];
    pl_type type[PL_FIRST_FREE_KEY];
    pl_str raw, private;
    char code[32], message[512]; /* of a failure */
    int input;
    uint64_t position;
};

struct stage_host {
    pl_self self;
    const pl_plugin *plugin;
    struct pl_record *first, **tail; /* emitted, in order */
    char log[1024];                  /* the last error or warning */
    char input_name[64][256], input_digest[64][65];
    int n_inputs;
    uint64_t n_expected;
    size_t max_record;
    bool stopping;
    char saved[2][1 << 17]; /* by the stage and its `then` */
    size_t saved_len[2];
};

/* Readies `h` for `plugin` with `config`; opens nothing. */
void stage_host_init(struct stage_host *h, const pl_plugin *plugin, const void *config);
/* Frees the records that were emitted. */
void stage_host_clear(struct stage_host *h);

/* A record of the test's own: free with stage_host_free(). */
pl_record *stage_host_record(void);
void stage_host_free(pl_record *r);

/* The stage's own state, or that of its `then`, at a checkpoint. */
int stage_host_checkpoint(struct stage_host *h, bool then);
int stage_host_restore(struct stage_host *h, bool then);

#endif
