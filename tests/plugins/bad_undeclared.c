/* bad_undeclared.c - a stage with one fault: it sets, or annotates, what it does not declare. */
#include "pressline.h"

#include <stdlib.h>

struct config {
    bool annotate;
};

static int process(pl_self *self, pl_record *r)
{
    const struct config *config = self->config;

    if (config->annotate)
        return pl_annotate(self, r, *(const pl_key *)self->shared, PL_S("PER"), 0, 1) ? PL_OK : PL_NOMEM;
    return pl_set(self, r, PL_SECTION, PL_S("sport"));
}

static int open_stage(pl_self *self)
{
    pl_key *kind = malloc(sizeof *kind);

    if (kind)
        *kind = pl_intern(self, PL_S("entity"));
    self->shared = kind;
    return kind ? PL_OK : PL_FATAL;
}

static void close_stage(pl_self *self)
{
    free(self->shared);
}

static const pl_option options[] = {
    PL_OPTION(struct config, annotate, "false", "annotate, instead of setting a field"),
    PL_END,
};

PL_PLUGIN("bad_undeclared", "sets what it does not declare", .options = options, .config_size = sizeof(struct config),
          .reads = "text?", .writes = "title,+quote", .open = open_stage, .process = process, .close = close_stage)
