/* fetch_cmd_json.h - JSON that the commands of `pressline fetch` write. */
#ifndef FETCH_CMD_JSON_H
#define FETCH_CMD_JSON_H

#include <json-c/json.h>

#include "pressline.h"

/* Members that are only there where there is something to say: text that is not empty, a time that is not -1. */
void json_set(json_object *o, const char *name, pl_str value);
void json_set_text(json_object *o, const char *name, const char *value);
void json_set_time(json_object *o, const char *name, int64_t ms);

/* One line to standard output; `o` is released. */
void json_print(json_object *o);

#endif
