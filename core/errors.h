/* errors.h - the mistakes found in a user's files, gathered so that all are told at once. */
#ifndef ERRORS_H
#define ERRORS_H

#include <stdio.h>

#include "arena.h"
#include "compat.h"

struct error_line {
    const char *file; /* NULL: none */
    int line;         /* 0: none */
    bool warning;
    const char *text;
    struct error_line *next;
};

struct errors {
    struct arena arena;
    struct error_line *first, **tail;
    size_t n_errors, n_warnings;
};

void errors_init(struct errors *e);
void errors_done(struct errors *e);

/* `file` may be NULL and `line` 0 where a message has no place. */
FORMAT_PRINTF(4, 5) void error_at(struct errors *e, const char *file, int line, const char *fmt, ...);
FORMAT_PRINTF(4, 5) void warning_at(struct errors *e, const char *file, int line, const char *fmt, ...);

/* One "file:line: error: text" a line, sorted by file and line, control characters escaped. */
void errors_print(const struct errors *e, FILE *out);

#endif
