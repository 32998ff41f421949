/* json_scan.h - strict JSON (RFC 8259) walked in place: where each value lies and of what kind it is.
 *
 * Takes no memory, however many values there are and however deep they lie; building a tree of hostile
 * input would take a hundred times its size.  The text must be valid UTF-8.
 *
 *     if (json_scan_open(&s, '{'))
 *         while (json_scan_member(&s, &name, &value))
 *             ...
 *     if (s.error || !json_scan_end(&s))
 *         at s.at: s.error */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include "pressline.h"

/* How deep lists and objects may lie in each other. */
enum { JSON_MAX_DEPTH = 64 };

enum json_kind { JSON_NULL, JSON_BOOL, JSON_INTEGER, JSON_REAL, JSON_STRING, JSON_LIST, JSON_OBJECT };

struct json_token {
    enum json_kind kind;
    bool escaped; /* a string with backslashes in it, still as written */
    pl_str text;  /* the value as written; of a string, what is between the quotes */
};

struct json_scan {
    const char *at, *end;
    const char *error; /* what is wrong at `at`; NULL: nothing */
    char close;        /* what ends the open list or object */
    bool first;        /* nothing of it was read yet */
};

void json_scan_init(struct json_scan *s, pl_str text);

/* Begin the object ('{') or list ('[') that comes next; one at a time can be open. */
bool json_scan_open(struct json_scan *s, char bracket);

/* The next member of the open object, the next element of the open list.  False at its end, and when something is
 * wrong: then `error` is set.  Everything in a value that was returned has been checked. */
bool json_scan_member(struct json_scan *s, struct json_token *name, struct json_token *value);
bool json_scan_element(struct json_scan *s, struct json_token *value);

/* Into the object that is the next element of the open list: its members are then read from `inner`, and `s` goes on
 * behind it after json_scan_leave().  False at the end of the list, or (then `error` is set) when it is no object. */
bool json_scan_enter(struct json_scan *s, struct json_scan *inner);
void json_scan_leave(struct json_scan *s, const struct json_scan *inner);

/* Resolves the escapes of a string that was returned, in place; its length then. */
size_t json_unescape(char *text, size_t len);

/* Whether only white space follows; sets `error` if not. */
bool json_scan_end(struct json_scan *s);

#endif
