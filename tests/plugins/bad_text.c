/* bad_text.c - a stage with one fault: it sets text that is not UTF-8. */
#include "pressline.h"

static int process(pl_self *self, pl_record *r)
{
    return pl_set(self, r, PL_TITLE, PL_S("caf\xE9"));
}

PL_PLUGIN("bad_text", "sets text that is not UTF-8", .writes = "title", .process = process)
