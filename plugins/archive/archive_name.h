/* archive_name.h - the file that a record goes to, from a template such as
 *
 *     out/{site}/{published:%Y-%m}/articles.jsonl.gz
 *
 * {FIELD} is the value of a field, {FIELD:%Y-%m-%d} the date at its beginning, cut; {{ is a brace.  What a record holds
 * never leads out of the folder that stands before the first brace: a value becomes one word of small letters, digits, and
 * ".-_"; other ASCII is "_", what is not ASCII is %XX for each byte.  It never begins with a point or a hyphen, has no two points in
 * a row, and does not begin like a file of the run's own (state, report, deadletters): an "_" is put there.  A long one
 * is cut, and ends in a hash of the whole.  No value, or no date, is "unknown". */
#ifndef ARCHIVE_NAME_H
#define ARCHIVE_NAME_H

#include "pressline.h"

enum {
    NAME_WORD = 64,   /* most bytes of one value */
    NAME_FIELDS = 16, /* most of a template */
    NAME_TEXT = 1024  /* most bytes of what is fixed behind the folder */
};

struct name_piece {
    pl_str fixed; /* text, or with a field the form of the date ("": none) */
    pl_str field; /* its name; "": none */
};

struct archive_name {
    pl_str path;    /* the whole template */
    size_t trusted; /* of it: the folder before the first field; all where there is no field */
    bool has_fields;
    struct name_piece piece[2 * NAME_FIELDS + 1]; /* of what comes behind the trusted part */
    size_t n_pieces;
};

/* Reads a template; `path` stays the caller's and outlives *name.  false with the reason in `why`. */
bool archive_name_parse(struct archive_name *name, pl_str path, char *why, size_t size);

/* The longest that archive_name_put() can write. */
size_t archive_name_most(const struct archive_name *name);
/* The part of the path behind the trusted one.  `value` gives the text of the i-th field of the template, {NULL, 0}: none.
 * Returns its length. */
size_t archive_name_put(const struct archive_name *name, const pl_str *value, char *to);

/* Whether `rest`, the part of a path behind the trusted one, may have come of the template; if so it leads nowhere else. */
bool archive_name_may_be(const struct archive_name *name, pl_str rest);

/* One value, made safe; returns its length, at most NAME_WORD. */
size_t archive_name_word(pl_str value, char to[NAME_WORD]);

#endif
