/* t_newer.c - a plugin made for a later minor version of the interface than there is. */
#define PL_USE_MINOR 999
#include "pressline.h"

static int process(pl_self *self, pl_record *r)
{
    (void)self;
    (void)r;
    return PL_OK;
}

PL_PLUGIN("t_newer", "is of the future", .process = process)
