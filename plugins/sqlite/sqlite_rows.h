/* sqlite_rows.h - the rows of a record as one piece of bytes: made by process(), written by commit(), kept to undo.
 *
 * A row is the number of its table and a cell for each column behind `article`.  Without pointers: it may come from
 * another process, or from the disk. */
#ifndef SQLITE_ROWS_H
#define SQLITE_ROWS_H

#include "pressline.h"
#include "sqlite_schema.h"

/* Grows; zero is empty.  Out of memory sets `failed`, and what is added then is lost. */
struct rows {
    char *ptr;
    size_t len, cap;
    bool failed;
};

enum cell_type { CELL_NULL, CELL_INT, CELL_REAL, CELL_TEXT };

struct cell {
    enum cell_type type;
    int64_t i;
    double f;
    pl_str text;
};

void rows_done(struct rows *r);

/* A row is begun, then each of its cells added. */
void rows_begin(struct rows *r, enum schema_table table);
void rows_null(struct rows *r);
void rows_int(struct rows *r, int64_t v);
void rows_real(struct rows *r, double v);
void rows_text(struct rows *r, pl_str v);
/* A text that is added piece by piece: what stands between rows_text_begin() and rows_text_end(). */
size_t rows_text_begin(struct rows *r);
void rows_add(struct rows *r, const void *bytes, size_t n);
void rows_text_end(struct rows *r, size_t begun);

/* Takes the first row off `rows`: 1, 0 behind the last, -1 where it is damaged.  Texts are views of it. */
int rows_next(pl_str *rows, enum schema_table *table, struct cell cells[SCHEMA_MAX_COLUMNS]);

#endif
