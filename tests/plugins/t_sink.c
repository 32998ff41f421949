/* t_sink.c - a sink for tests that keeps nothing. */
#include "pressline.h"

struct config {
    pl_str file;
};

static int commit(pl_self *self, pl_record *r)
{
    (void)self;
    (void)r;
    return PL_OK;
}

static const pl_option options[] = {
    PL_OPTION(struct config, file, "${output}/records", "where they would go", .unit = "output"),
    PL_END,
};

PL_PLUGIN("t_sink", "keeps nothing", .flags = PL_SINK, .options = options, .config_size = sizeof(struct config),
          .reads = "text", .commit = commit)
