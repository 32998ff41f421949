/* t_rewrite.c - a stage for tests that writes `text` anew. */
#include "pressline.h"

static int process(pl_self *self, pl_record *r)
{
    return pl_set(self, r, PL_TEXT, PL_S("rewritten"));
}

PL_PLUGIN("t_rewrite", "writes text anew", .reads = "text", .writes = "text", .process = process)
