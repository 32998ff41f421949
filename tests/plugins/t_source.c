/* t_source.c - a source for tests: each of its inputs is a record's text. */
#include "pressline.h"

#include <stdlib.h>

struct config {
    pl_list inputs;
};

struct state {
    size_t next;
};

static int start(pl_self *self)
{
    self->shared = calloc(1, sizeof(struct state));
    return self->shared ? PL_OK : PL_FATAL;
}

static void stop(pl_self *self)
{
    free(self->shared);
}

static int next(pl_self *self)
{
    const struct config *c = self->config;
    struct state *st = self->shared;

    if (st->next == c->inputs.n)
        return PL_EOF;
    const int input = pl_input(self, c->inputs.at[st->next], PL_S(""));
    if (input > 0) {
        pl_record *r = pl_emit(self, NULL);
        if (!r)
            return PL_NOMEM;
        pl_set_origin(self, r, input, 0);
        pl_set(self, r, PL_TEXT, c->inputs.at[st->next]);
    }
    st->next++;
    return PL_OK;
}

static const pl_option options[] = {
    PL_OPTION(struct config, inputs, "${input}", "the texts"),
    PL_END,
};

PL_PLUGIN("t_source", "makes a record of each input", .flags = PL_INPUTS, .options = options,
          .config_size = sizeof(struct config), .writes = "text, title", .open = start, .read = next, .close = stop)
