/* json.h - the one JSONL form of a record, and the one place that knows it.
 *
 * Round-trip safe: record -> line -> record is the identity, and a line that json_write() made comes out of
 * line -> record -> line byte for byte.
 *
 *   Text        a string.  A double always has a point or exponent, an int64 never.
 *   Bytes       `body` is a base64 string (RFC 4648), any other {"base64":"..."}; base64 that is not strict is an
 *               error.
 *   Other JSON  what has no type of ours (an object, a mixed list, null, a number past int64 or double, also one
 *               so small that it would become 0) is kept as its text and written back as it was; line breaks in it,
 *               which can only be white space, become spaces.
 *   Well-known  fields have one type each: text is taken for a list of one, an integer for a real; null is as if the
 *               field were not there; anything else is an error.
 *   Names       are not empty, at most 1,024 bytes, and at most 4,096 of them may be unknown to the pipeline.
 *   Annotations "annotations" is a list of {"id","kind","label","begin","end","text",...}, last in a line that we
 *               write.  Offsets are code points of `text`.  Ids are 1, 2, ... in what we write; in what we read they
 *               are any distinct numbers from 1, or left away where nothing links to them.  A `label` that is empty
 *               is left away.  `text`, which repeats the span, may be left away but must not differ.  An attribute
 *               is a string, a number, a truth value or other JSON (a list always is); a link to another annotation
 *               is its bare id under `chain`, `of`, `speaker` and `cue`, {"note":ID} under any other name. */
#ifndef JSON_H
#define JSON_H

#include "buf.h"
#include "record.h"

/* What was wrong with a line. */
struct json_error {
    size_t at; /* byte offset from 0 */
    char text[200];
};

/* Fill an empty record from a line (one JSON object), of which a copy is made.  PL_OK, PL_NOMEM, or PL_ERROR with
 * *err filled: not an object, bad JSON, bad UTF-8, a lone surrogate, a name twice, too deep, wrong type for a
 * well-known field, annotations that do not fit `text`.  After an error the record may hold a part of the line:
 * record_rollback() takes it back. */
int json_read(pl_record *r, pl_str line, struct json_error *err);

/* Append the record's line, without newline.  Deterministic.  Give `out` a limit where the record is not trusted:
 * annotations that all span the whole text make a line far longer than the record. */
void json_write(struct buf *out, const pl_record *r);

/* Whether `text` is an object or a list that json_read() would keep as PL_JSON, byte for byte. */
bool json_is_other(pl_str text);

/* Append one field's value. */
void json_write_value(struct buf *out, pl_key key, const struct value *v);

#endif
