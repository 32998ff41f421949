/* cases.h - case files: what goes into a stage or a pipeline, and what must come out.
 *
 *   # Repeats are dropped; the first stays as it is.
 *   case a repeat
 *   options threshold=0.4 action="drop"
 *   input {"id":"a","text":"The ferry to Arran was cancelled on Sunday."}
 *   input {"id":"b"}
 *   with text
 *     The ferry to Arran
 *     was cancelled on Sunday.
 *   expect {"id":"a","duplicate_of":null}
 *   expect drop duplicate {"id":"b"}
 *
 * A line that begins with white space goes on with the line above, one space standing for the break.  The lines under
 * `with FIELD` are the value of that field of the record above, as they are but for their indentation; `with FIELD from
 * PATH` takes it from a file beside the case file.  `input-file PATH` is for the pipeline's own source.  `expect` lines
 * stand in the order in which the records leave; `expect fail CODE` and `expect drop REASON` may be followed by what must
 * hold of the record.
 *
 * Of a record that is expected, every field that is named must be equal, and absent where it says null; fields that are
 * not named may hold anything.  "annotations" lists all annotations of the kinds that are named in it (all that there are
 * when it is empty), in any order; of each, the members that are named must be equal, links by the text that they lead
 * to: {"kind":"quote","text":"...","speaker":"Ann Lee"}. */
#ifndef CASES_H
#define CASES_H

#include "arena.h"
#include "buf.h"
#include "errors.h"
#include "json.h"
#include "record.h"

struct case_option {
    pl_str name, value;
    int line;
    struct case_option *next;
};

/* JSON as it stands in a case file. */
struct case_json {
    pl_str text;
    int line;
    size_t *breaks; /* where in `text` each of the following lines begins */
    size_t n_breaks, cap_breaks;
    size_t written;  /* up to here it is as written; what `with` lines add stands behind */
    int with_line;   /* of the last `with` */
};

struct case_input {
    struct case_json json; /* a record's line; of input-file: a path, from the working directory */
    struct case_input *next;
};

struct expectation {
    enum fate fate;
    pl_str code;           /* the reason of a drop, the code of a failure */
    struct case_json json; /* what must hold of the record; "{}" if nothing was said */
    struct expectation *next;
};

struct test_case {
    pl_str name;
    const char *file;
    int line;
    struct case_option *options;
    struct case_input *inputs, *files;
    struct expectation *expected;
    struct test_case *next;
};

/* The cases of a file; what `options` stand before the first `case` are every case's.  All mistakes go to errs; NULL when
 * there is no case to run.  Memory is the arena's. */
struct test_case *cases_read(struct arena *a, const char *path, struct errors *errs);

/* The same for a text that was read from `path`; the text must live as long as the cases. */
struct test_case *cases_parse(struct arena *a, const char *path, pl_str text, struct errors *errs);

/* What an expectation says, taken apart.  Fill `record` with what must be equal; `notes` is the text of "annotations",
 * {NULL, 0} where it has none.  PL_OK, or PL_ERROR with *err filled. */
int cases_wanted(pl_record *record, pl_str json, pl_str *notes, struct json_error *err);

/* A record that left. */
struct outcome {
    enum fate fate;
    pl_str stage, code, message; /* of one that was dropped or failed */
    pl_str json;                 /* its line */
};

/* Whether the outcomes are what the case expects; else the differences, appended to `diff`, for people. */
bool cases_compare(const struct test_case *tc, const struct outcome *got, size_t n, struct buf *diff);

/* Whether two runs over the same inputs came to the same; else the first difference, appended to `diff`. */
bool cases_repeat(const struct outcome *a, size_t n_a, const struct outcome *b, size_t n_b, struct buf *diff);

#endif
