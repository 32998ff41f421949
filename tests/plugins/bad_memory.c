/* bad_memory.c - a stage with one fault: it stores memory that is not the record's. */
#include "pressline.h"

#include <stdlib.h>

static int open_stage(pl_self *self)
{
    char *title = malloc(8);

    if (title)
        memcpy(title, "borrowed", 8);
    self->shared = title;
    return title ? PL_OK : PL_FATAL;
}

static void close_stage(pl_self *self)
{
    free(self->shared);
}

static int process(pl_self *self, pl_record *r)
{
    const pl_str title = {self->shared, 8};

    return pl_set_view(self, r, PL_TITLE, title);
}

PL_PLUGIN("bad_memory", "stores memory that it does not own", .writes = "title", .open = open_stage,
          .process = process, .close = close_stage)
