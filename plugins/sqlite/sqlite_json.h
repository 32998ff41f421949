/* sqlite_json.h - reading a record's JSON line: values as slices of it, nothing allocated, any depth.
 *
 * The host wrote the line, so it is right JSON; what is not right all the same ends the reading (`bad`) and harms nobody. */
#ifndef SQLITE_JSON_H
#define SQLITE_JSON_H

#include "sqlite_rows.h"

struct json {
    const char *at, *end;
    bool bad;
};

enum json_kind { JSON_OTHER, JSON_STRING, JSON_INT, JSON_REAL, JSON_LIST, JSON_OBJECT }; /* OTHER: true, false, null */

enum json_kind json_kind(pl_str value);

/* Into an object or a list, whose members come one by one; false behind the last. */
struct json json_open(pl_str value);
bool json_member(struct json *j, pl_str *name, pl_str *value); /* `name` in its quotation marks */
bool json_element(struct json *j, pl_str *value);

/* What a string holds, behind rows_text_begin(); false where its escapes are wrong. */
bool json_text(struct rows *out, pl_str string);
/* False where it does not fit. */
bool json_int(pl_str value, int64_t *v);
bool json_real(pl_str value, double *v);
/* Whether a string is `word`, which has no character that is escaped. */
bool json_is(pl_str string, const char *word);

#endif
