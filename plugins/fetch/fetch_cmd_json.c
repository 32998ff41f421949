/* fetch_cmd_json.c - JSON that the commands of `pressline fetch` write. */
#include "fetch_cmd_json.h"

#include <stdio.h>

#include "fetch_when.h"

void json_set(json_object *o, const char *name, pl_str value)
{
    if (value.len)
        json_object_object_add(o, name, json_object_new_string_len(value.ptr, (int)value.len));
}

void json_set_text(json_object *o, const char *name, const char *value)
{
    json_set(o, name, (pl_str){value, strlen(value)});
}

void json_set_time(json_object *o, const char *name, int64_t ms)
{
    char text[32];

    if (ms == -1)
        return;
    when_rfc3339(ms, text);
    json_set_text(o, name, text);
}

void json_print(json_object *o)
{
    printf("%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(o);
}
