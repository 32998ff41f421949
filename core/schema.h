/* schema.h - a table of options, and the struct that it fills from a group of settings. */
#ifndef SCHEMA_H
#define SCHEMA_H

#include "buf.h"
#include "config.h"

struct schema {
    struct arena *arena; /* of the strings that are stored */
    const struct config_vars *vars;
    struct errors *errs;
    const char *owner; /* in messages: "stage 'clean'" */
    const char *file;  /* the place of what is not set */
    int line;
    unsigned may_lack; /* LACKS_... that are no errors: the text is then empty, a list's member left away */
    bool prove_paths;  /* "path" can be read, "output" be written */
    unsigned lacks;    /* set: LACKS_... that were met */
};

/* Fill the struct `config` with the group's settings and the defaults.  `also` (NULL at its end) names members that are no
 * options but right.  All mistakes go to errs: unknown names with the nearest right one, types, ranges, choices, required
 * options that are missing, paths. */
void schema_fill(struct schema *sm, const pl_option *options, const struct setting *group, const char *const *also,
                 void *config);

/* The bytes that an option takes in its struct, and the name of its type for people; 0 and NULL for a type that is none. */
size_t schema_size(pl_opt_type type);
const char *schema_type_name(const pl_option *o);

/* Whether the option's default is one that it would accept; else why not, appended. */
bool schema_default_right(const pl_option *o, struct buf *why);

/* "1 to 64", "at least 1M", "fast, best"; nothing where all is allowed. */
void schema_print_range(struct buf *b, const pl_option *o);

/* The effective value as stored in `config`, in a form that is the same for the same value and tells all others apart. */
void schema_print_value(struct buf *b, const pl_option *o, const void *config);

#endif
