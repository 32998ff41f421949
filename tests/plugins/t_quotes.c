/* t_quotes.c - a stage for tests that wants what t_annotate makes, and a field that no stage makes. */
#include "pressline.h"

static int process(pl_self *self, pl_record *r)
{
    (void)self;
    (void)r;
    return PL_OK;
}

PL_PLUGIN("t_quotes", "wants annotations", .reads = "+entity, language", .writes = "+quote", .process = process)
