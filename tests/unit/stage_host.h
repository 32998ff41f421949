/* stage_host.h - a host of the tests' own for fetch and archive: records in memory, one thread, checkpoints that can be
 * gone back to. */
#ifndef STAGE_HOST_H
#define STAGE_HOST_H

#include "pressline.h"

enum { STAGE_HOST_KEYS = PL_FIRST_FREE_KEY + 128 };

struct pl_record {
    struct pl_record *next;
    struct memory *memory;
    pl_str field[STAGE_HOST_KEYS];
    pl_type type[STAGE_HOST_KEYS];
    int64_t number[STAGE_HOST_KEYS]; /* of a BOOL or I64 */
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
    char key[STAGE_HOST_KEYS][32]; /* names that the stage interned, by key */
    uint64_t counted[64];          /* by metric */
    char metric[64][32];
    uint32_t n_metrics;
    char input_name[64][256], input_digest[64][65];
    int n_inputs;
    char offered[64][256]; /* the list of inputs */
    bool once[64];
    size_t n_offered;
    bool fixed;          /* the run goes on: nothing may be offered */
    int (*done)(pl_str); /* which inputs an earlier run did, by their digests; NULL: none */
    const char *state;   /* the folder of state files; NULL: the run keeps none */
    char state_file[256];
    size_t max_record;
    bool stopping;
    char saved[2][1 << 17]; /* by the stage and its `then` */
    size_t saved_len[2];
};

/* Readies `h` for `plugin` with `config`; opens nothing. */
void stage_host_init(struct stage_host *h, const pl_plugin *plugin, const void *config);
/* Frees the records that were emitted. */
void stage_host_clear(struct stage_host *h);

/* What the stage's metric of that name has counted. */
uint64_t stage_host_counted(const struct stage_host *h, const char *metric);

/* A record of the test's own: free with stage_host_free(). */
pl_record *stage_host_record(void);
void stage_host_free(pl_record *r);

/* The stage's own state, or that of its `then`, at a checkpoint. */
int stage_host_checkpoint(struct stage_host *h, bool then);
int stage_host_restore(struct stage_host *h, bool then);

/* To be called before open(): `h` is the run of `killed`, started again. */
void stage_host_go_on(struct stage_host *h, const struct stage_host *killed);

#endif
