/* bad_order.c - a stage with one fault: what it makes of a record depends on what it saw before. */
#include "pressline.h"

#include <stdatomic.h>

static int process(pl_self *self, pl_record *r)
{
    static atomic_int seen; /* the fault: it lives on between runs */

    return pl_set_i64(self, r, pl_intern(self, PL_S("bad_order.n")), atomic_fetch_add(&seen, 1));
}

static int open_stage(pl_self *self)
{
    return pl_intern(self, PL_S("bad_order.n")) ? PL_OK : PL_FATAL;
}

PL_PLUGIN("bad_order", "numbers records as they happen to come", .writes = "bad_order.n", .open = open_stage,
          .process = process)
