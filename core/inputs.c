/* inputs.c - a pipeline's own source, given other inputs than its file says. */
#include "inputs.h"

#include "paths.h"
#include "str.h"

int inputs_override(struct pipeline *p, pl_list inputs, struct errors *errs)
{
    const struct stage *source = p->n_stages ? &p->stages[0] : NULL;
    const pl_option *o = source ? source->plugin->options : NULL;
    pl_str *at = arena_zero(&p->arena, inputs.n + 1, sizeof *at);
    int rc = PL_OK;

    for (size_t i = 0; i < inputs.n; i++) {
        const char *why = path_unreadable(inputs.at[i]);
        at[i] = arena_dup(&p->arena, inputs.at[i]);
        if (why) {
            error_at(errs, NULL, 0, "cannot read '" STR_FMT "': %s", STR_ARG(inputs.at[i]), why);
            rc = PL_ERROR;
        }
    }
    while (o && o->type != PL_OPT_END && strcmp(o->name, "inputs") != 0)
        o++;
    if (o && o->type == PL_OPT_LIST && (source->plugin->flags & PL_INPUTS))
        *(pl_list *)(void *)((char *)source->config + o->offset) = (pl_list){at, inputs.n};
    return rc;
}
