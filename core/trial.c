/* trial.c - a pipeline tried on the inputs of a case. */
#include "trial.h"

#include "run.h"
#include "str.h"

/* The source that brings the inputs of a case.  A plugin's config is const to it; ours leads to what it may change. */
struct feed {
    const struct case_input *next;
    bool apart, gave;
    int input;
    uint64_t position;
};

struct feed_config {
    struct feed *feed;
};

static int feed_read(pl_self *self)
{
    struct feed *f = ((const struct feed_config *)self->config)->feed;

    if (f->apart && f->gave) {
        f->gave = false;
        return PL_AGAIN; /* closes the batch */
    }
    if (!f->next)
        return PL_EOF;
    if (!f->input)
        f->input = pl_input(self, PL_S("input"), PL_S(""));
    const pl_str line = f->next->json.text;
    pl_record *r = pl_emit(self, NULL);
    f->next = f->next->next;
    f->gave = true;
    pl_set_origin(self, r, f->input, ++f->position);
    if (pl_set_raw(self, r, line) != PL_OK)
        pl_fail(self, r, "too-large", "the input does not fit record_memory");
    return PL_OK;
}

static int feed_process(pl_self *self, pl_record *r)
{
    return pl_from_json(self, r, pl_get_raw(self, r));
}

static int keep(void *arg, const struct run *run, pl_record *r)
{
    struct outcomes *out = arg;
    struct arena *a = &out->arena;
    struct buf line = {0};

    json_write(&line, r);
    if (line.failed)
        out_of_memory();
    out->at = arena_grow(a, out->at, out->n, &out->cap, sizeof *out->at);
    struct outcome *o = &out->at[out->n++];
    *o = (struct outcome){.fate = r->fate, .json = arena_dup(a, buf_view(&line))};
    if (r->fate != FATE_LIVE) {
        o->stage = arena_dup(a, run_stage(run, r->stage)->name);
        o->code = arena_dup(a, r->code);
        o->message = arena_dup(a, r->message);
    }
    buf_done(&line);
    return PL_OK;
}

static const char *broken_off(enum run_end end)
{
    switch (end) {
    case RUN_IO: return "a stage stopped the run (PL_FATAL)";
    case RUN_STOPPED: return "the run was interrupted";
    case RUN_MAX_FAILURES: return "too many records failed";
    case RUN_INTERNAL: break;
    case RUN_NOTHING_NEW:
    case RUN_DONE: return NULL;
    }
    return "the run could not be started";
}

int trial_run(struct pipeline *p, const struct trial *t, struct outcomes *out, const char **why)
{
    static const pl_plugin source = {.name = "input", .about = "the inputs of a case", .read = feed_read,
                                     .process = feed_process};
    struct feed feed = {.next = t->inputs, .apart = t->apart};
    const struct feed_config config = {&feed};
    struct run_options opt = {.log = t->log,
                              .jobs = t->jobs,
                              .checked = t->checked,
                              .keep_origin = true,
                              .now_ms = TRIAL_NOW_MS,
                              .leave = keep,
                              .arg = out};
    struct run *run = NULL;

    if (p->n_stages == 0 || !p->stages[0].plugin->read) {
        opt.source = &source;
        opt.source_config = &config;
    }
    p->settings.max_failures = -1;
    p->settings.max_failure_share = 1;
    *why = "a stage could not be opened";
    if (run_open(&run, p, &opt) != PL_OK)
        return PL_ERROR;
    *why = broken_off(run_go(run));
    if (!*why && !run_balanced(run))
        *why = "the books of the run do not balance";
    run_close(run);
    return *why ? PL_ERROR : PL_OK;
}

void outcomes_done(struct outcomes *out)
{
    arena_done(&out->arena);
    *out = (struct outcomes){0};
}
