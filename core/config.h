/* config.h - pipeline files; the one place that knows libconfig.
 *
 * A file is read into a tree of our own, in which every setting knows its file and
 * line, ${...} is expanded and --set has been applied.  libconfig's own faults are cured
 * here: integers past its range are refused, @include is relative to the including file,
 * text must be UTF-8. */
#ifndef CONFIG_H
#define CONFIG_H

#include "arena.h"
#include "errors.h"
#include "pressline.h"

enum setting_type { SET_BOOL, SET_INT, SET_REAL, SET_STR, SET_LIST, SET_GROUP };

/* What a text still waits for: ${input} or ${output} stands in it, and none was given.  An error where it is used. */
enum { LACKS_INPUT = 1, LACKS_OUTPUT = 2 };

struct setting {
    pl_str name; /* "" for members of a list */
    const char *file; /* CONFIG_SET_FILE: from --set */
    int line;
    enum setting_type type;
    bool raw;       /* a STR that --set gave: as written, until config_typed() */
    bool wrong;     /* a mistake of it has been told: nothing more is to be said */
    bool expanded;  /* its ${...} have been replaced */
    unsigned lacks; /* LACKS_...; the text is as written */
    union {
        bool b;
        int64_t i;
        double f;
        pl_str str;
    } as;
    struct setting *first, *next; /* members of a LIST (arrays and lists alike) or GROUP; the next sibling */
};

/* What ${input}, ${output} and ${env:NAME} stand for.  A list member that is exactly "${input}" becomes all inputs;
 * "${input}" elsewhere must be a single one.  Unset ones are errors where they are used. */
struct config_vars {
    pl_list inputs;
    pl_str output; /* {NULL, 0}: not given */
    pl_list sets;  /* "STAGE.OPTION=VALUE" */
};

/* The root group; memory is the arena's.  NULL with messages when the file cannot be read or parsed. */
struct setting *config_load(struct arena *a, const char *path, const struct config_vars *vars, struct errors *errs);

/* NULL when the group has no such member. */
struct setting *config_get(const struct setting *group, const char *name);

/* The file of settings that came from the command line; their line is 0. */
#define CONFIG_SET_FILE "--set"

struct setting *config_group_new(struct arena *a, const char *file, int line);

/* Give the group a raw member, in place of one of that name. */
void config_put_raw(struct arena *a, struct setting *group, pl_str name, pl_str value);

/* A raw setting as the type that is wanted, or the setting itself when it is not raw or its text is none of that type
 * (it then stays a STR, and the caller's own check of the type speaks).  A LIST is what stands between
 * `sep`s; where that is a comma it may also be in libconfig's form, as a GROUP and a list of groups must be. */
struct setting *config_typed(struct arena *a, struct setting *s, enum setting_type want, char sep,
                             const struct config_vars *vars, struct errors *errs);

/* "true or false", "an integer", ... */
const char *config_type_name(enum setting_type type);

#endif
