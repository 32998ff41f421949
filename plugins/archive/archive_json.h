/* archive_json.h - what a line of JSON says: its members found in place, of whatever make the line is.
 *
 * For lines that other programs wrote, too, whose fields need not have the types that a record's have.  Takes no memory;
 * the whole line is checked by RFC 8259: UTF-8, escapes, numbers, nesting of up to ARCHIVE_JSON_DEPTH. */
#ifndef ARCHIVE_JSON_H
#define ARCHIVE_JSON_H

#include "pressline.h"

enum { ARCHIVE_JSON_DEPTH = 64 };

enum ajson_kind { AJSON_NONE, AJSON_NULL, AJSON_BOOL, AJSON_NUMBER, AJSON_STRING, AJSON_LIST, AJSON_OBJECT };

struct ajson_value {
    enum ajson_kind kind;
    bool escaped; /* a string with backslashes in it */
    pl_str text;  /* as written; of a string what stands between the quotes */
};

/* What is wanted of an object: the value of a member of that name, AJSON_NONE where it has none; of several the first. */
struct ajson_want {
    pl_str name;
    struct ajson_value value;
};

/* Fills `want` from the object that `line` is.  NULL, or what is wrong with the line at byte *at. */
const char *ajson_fields(pl_str line, struct ajson_want *want, size_t n, size_t *at);

/* Walks a value that ajson_fields() gave: the elements of a list, the members of an object.
 *     struct ajson_walk w = ajson_walk(&value);
 *     while (ajson_next(&w, &element))
 *         ... w.name, of an object */
struct ajson_walk {
    pl_str rest;
    bool object;
    struct ajson_value name;
};
struct ajson_walk ajson_walk(const struct ajson_value *list_or_object);
bool ajson_next(struct ajson_walk *w, struct ajson_value *v);

/* The text of a string, escapes resolved; of any other value as it is written.  `room` has at least text.len bytes and is
 * used where there are escapes only.  A lone surrogate becomes U+FFFD. */
pl_str ajson_text(const struct ajson_value *v, char *room);

/* Whether a string's text, or what any other value is written as, is `text`. */
bool ajson_is(const struct ajson_value *v, pl_str text);

#endif
