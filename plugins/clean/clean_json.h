/* clean_json.h - the JSON-LD of a page, read forgivingly.
 *
 * Pages carry JSON that no strict reader takes: trailing commas, raw line
 * breaks in strings, CDATA and comment marks around it, a missing end.  What
 * can be read is kept; it is never an error. */
#ifndef CLEAN_JSON_H
#define CLEAN_JSON_H

#include <stdint.h>

#include "clean_mem.h"
#include "pressline.h"

enum clean_json_type { CLEAN_JSON_OTHER, CLEAN_JSON_STRING, CLEAN_JSON_ARRAY, CLEAN_JSON_OBJECT };

/* Values in reading order, a container before what it holds, as in clean_dom.h:
 * what is in value i are [i + 1, at[i].end). */
struct clean_json_value {
    enum clean_json_type type;
    uint32_t end;
    pl_str key;  /* its name in an object */
    pl_str text; /* a string decoded, or the literal of a number, true, false, null */
};

enum { CLEAN_JSON_MAX_DEPTH = 64, CLEAN_JSON_MAX_VALUES = 100000 };

struct clean_json {
    struct clean_arena *arena;
    struct clean_json_value *at;
    size_t n, cap;
};

/* Adds the values of one text behind those that are there. */
void clean_json_read(struct clean_json *j, pl_str text);
/* The member `key` of object i; 0 when it has none (value 0 is never a member). */
uint32_t clean_json_get(const struct clean_json *j, uint32_t i, pl_str key);
/* The text of a string, of the first string in a list, or of the `name` of an object; empty when there is none. */
pl_str clean_json_text(const struct clean_json *j, uint32_t i);
/* Is `type` (letters without case, after the last '/') among the object's types? */
bool clean_json_is(const struct clean_json *j, uint32_t i, pl_str type);

#endif
