/* t_other.c - a plugin with another name than its file's. */
#include "pressline.h"

static int process(pl_self *self, pl_record *r)
{
    (void)self;
    (void)r;
    return PL_OK;
}

PL_PLUGIN("t_someone", "is not who it seems", .process = process)
