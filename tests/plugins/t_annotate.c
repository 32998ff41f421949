/* t_annotate.c - a stage for tests that annotates the first byte of `text`. */
#include "pressline.h"

static int process(pl_self *self, pl_record *r)
{
    pl_annotate(self, r, pl_intern(self, PL_S("entity")), PL_S("PER"), 0, 1);
    return PL_OK;
}

static int start(pl_self *self)
{
    pl_intern(self, PL_S("entity"));
    return PL_OK;
}

PL_PLUGIN("t_annotate", "annotates text", .reads = "text", .writes = "+entity", .open = start, .process = process)
