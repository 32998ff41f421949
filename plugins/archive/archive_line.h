/* archive_line.h - a record's line: JSON as it is, JSON of chosen fields, CSV or TSV, all made of the record's JSON.
 *
 * CSV is RFC 4180's: CRLF ends a line, what needs quotes has them.  TSV has \t, \n, \r, \0 and \\ for these characters.
 * In both, text is itself, a list of text is joined by "; ", numbers and truth values are as in JSON, other JSON is its own
 * text; what is missing or null is nothing, and in CSV an empty text is "".  In CSV U+FFFD stands for NUL. */
#ifndef ARCHIVE_LINE_H
#define ARCHIVE_LINE_H

#include "archive_index.h"
#include "pressline.h"

enum { LINE_FIELDS = 64 };

struct archive_form {
    enum archive_format format;
    pl_list fields; /* of JSON: none is all */
    bool guard;     /* text at which a spreadsheet would calculate gets a ' before it */
};

/* false with the reason in `why`: too many fields, one twice, or an empty one. */
bool archive_form_check(const struct archive_form *form, char *why, size_t size);

/* The first line of a CSV or TSV file, its end included; `to` has room for archive_form_most(form, 0).  0: there is none. */
size_t archive_form_header(const struct archive_form *form, char *to);

/* No line of a record whose JSON has `n` bytes is longer; saturates. */
size_t archive_form_most(const struct archive_form *form, size_t n);

/* The line of a record, its end included, from its JSON.  Returns its length. */
size_t archive_form_line(const struct archive_form *form, pl_str json, char *to);

#endif
