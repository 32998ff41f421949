/* json_reader.h - what the files that read a record's line share; nobody else's. */
#ifndef JSON_READER_H
#define JSON_READER_H

#include "compat.h"
#include "json.h"
#include "json_scan.h"

struct json_reader {
    pl_record *r;
    struct json_error *err;
    pl_str copy;                  /* the line, in the record's arena and ours to write into */
    struct json_token notes;      /* the value of "annotations"; text.ptr NULL: none */
    uint64_t *seen;               /* bits of the names that the line had, see first_time() */
    size_t n_seen;
    uint64_t first_seen[8];
};

/* Where the value begins, its quote counted in. */
static inline const char *json_begin(const struct json_token *t)
{
    return t->text.ptr - (t->kind == JSON_STRING);
}

/* A name in a message: at most 64 bytes of it. */
#define JSON_SHORT "%.*s"
#define JSON_SHORT_ARG(s) (int)((s).len > 64 ? 64 : (s).len), (s).ptr

/* Fill in the error, `at` being a place in the copy; returns PL_ERROR. */
FORMAT_PRINTF(3, 4) int json_bad(struct json_reader *rd, const char *at, const char *fmt, ...);

/* Resolve the escapes of a string, in place. */
void json_decode(struct json_token *t);

/* A value that needs no memory: STR, BOOL, I64, F64, or the text of anything else as JSON. */
void json_scalar(struct json_token *t, struct value *v);

/* The key of a name, decoding it. */
int json_name(struct json_reader *rd, struct json_token *name, pl_key *key);

/* Whether an object has one member alone, called `name`; its value. */
bool json_only_member(const struct json_token *object, const char *name, struct json_token *v);

/* Put the annotations on the record, whose text is set. */
int json_read_notes(struct json_reader *rd);

#endif
