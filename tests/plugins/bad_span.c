/* bad_span.c - a stage with one fault: the span that it marks ends within a character. */
#include "pressline.h"

#include <stdlib.h>

static int open_stage(pl_self *self)
{
    pl_key *kind = malloc(sizeof *kind);

    if (kind)
        *kind = pl_intern(self, PL_S("entity"));
    self->shared = kind;
    return kind ? PL_OK : PL_FATAL;
}

static void close_stage(pl_self *self)
{
    free(self->shared);
}

/* The first three bytes, whatever they are. */
static int process(pl_self *self, pl_record *r)
{
    if (pl_get(self, r, PL_TEXT).len >= 3)
        pl_annotate(self, r, *(const pl_key *)self->shared, PL_S("PER"), 0, 3);
    return PL_OK;
}

PL_PLUGIN("bad_span", "marks a span off a character boundary", .reads = "text", .writes = "+entity",
          .open = open_stage, .process = process, .close = close_stage)
