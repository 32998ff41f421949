/* t_undefined.c - a plugin that calls a function which nobody has. */
#include "pressline.h"

int no_such_function(pl_record *r);

static int process(pl_self *self, pl_record *r)
{
    (void)self;
    return no_such_function(r);
}

PL_PLUGIN("t_undefined", "cannot be loaded", .process = process)
