/* fetch_json.h - JSON as a list of its values, in the order in which they begin (RFC 8259). */
#ifndef FETCH_JSON_H
#define FETCH_JSON_H

#include <stdint.h>

#include "fetch_arena.h"

enum { JSON_MAX_DEPTH = 64, JSON_MAX_VALUES = 1000000, JSON_MAX_BYTES = 64 << 20 };

enum json_type { JSON_WORD /* true, false, null */, JSON_NUMBER, JSON_STRING, JSON_LIST, JSON_OBJECT };

/* What a list or an object holds are the values [i + 1, end) of those below it, each with its own. */
struct json_value {
    enum json_type type;
    uint32_t end;
    pl_str key;  /* of a member */
    pl_str text; /* a string's; a number as it is written */
};

/* Zero is none. */
struct json {
    struct json_value *at;
    size_t n, cap;
    struct fetch_arena *memory; /* of strings with escapes in them; the others are views */
};

enum json_result {
    JSON_OK,
    JSON_CUT,     /* it ends before its end */
    JSON_BAD,     /* something else */
    JSON_REFUSED, /* past a limit */
    JSON_NOMEM
};

/* Reads the first value of `text`, which is UTF-8 and must live as long; what stands behind it is not looked at.  Read as well:
 * a comma behind the last value, line breaks in strings.  A half of a surrogate pair is U+FFFD.  But for JSON_OK and JSON_NOMEM
 * `message` says what, and at which byte; json_done() in any case. */
enum json_result json_read(struct json *j, pl_str text, char *message, size_t size);
void json_done(struct json *j);

/* The member of that name of value i, the last of several; 0: there is none, or i is no object (value 0 is no member). */
uint32_t json_member(const struct json *j, uint32_t i, const char *name);
/* The next in the list or object that i is in, by its end: for (k = i + 1; k < at[i].end; k = json_next(j, k)). */
static inline uint32_t json_next(const struct json *j, uint32_t i) { return j->at[i].end; }

#endif
