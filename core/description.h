/* description.h - what a plugin says of itself: copied from any version of the header, and proved. */
#ifndef DESCRIPTION_H
#define DESCRIPTION_H

#include "arena.h"
#include "buf.h"
#include "pressline.h"

/* The host's copy of a plugin's description, of its options and of its `then`; members that the plugin's header did not
 * have are zero.  NULL when it is malformed or made for a later interface, with the reason appended to `why`. */
const pl_plugin *description_copy(struct arena *a, const pl_plugin *from, struct buf *why);

/* One name of `reads` or `writes`. */
struct declared {
    pl_str name;   /* without the marks */
    bool is_kind;  /* "+": an annotation kind */
    bool optional; /* "?" */
};

/* The next name of *rest, taken off it; false at the end. */
bool declared_next(pl_str *rest, struct declared *d);

/* Letters, digits, - and _, beginning with a letter or digit, at most 64: names of plugins, stages and options. */
bool name_is_right(pl_str name);

#endif
