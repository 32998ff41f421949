/* sqlite_rows.c - the rows of a record as one piece of bytes. */
#include "sqlite_rows.h"

#include <stdlib.h>

void rows_done(struct rows *r)
{
    free(r->ptr);
    *r = (struct rows){0};
}

void rows_add(struct rows *r, const void *bytes, size_t n)
{
    if (r->failed || n == 0)
        return;
    if (n > r->cap - r->len) {
        size_t cap = r->cap ? r->cap : 4096;
        while (cap - r->len < n && cap <= SIZE_MAX / 2)
            cap *= 2;
        char *ptr = cap - r->len < n ? NULL : realloc(r->ptr, cap);
        if (!ptr) {
            r->failed = true;
            return;
        }
        r->ptr = ptr;
        r->cap = cap;
    }
    memcpy(r->ptr + r->len, bytes, n);
    r->len += n;
}

static void add_tag(struct rows *r, unsigned tag)
{
    const unsigned char byte = (unsigned char)tag;

    rows_add(r, &byte, 1);
}

void rows_begin(struct rows *r, enum schema_table table)
{
    add_tag(r, table);
}

void rows_null(struct rows *r)
{
    add_tag(r, CELL_NULL);
}

void rows_int(struct rows *r, int64_t v)
{
    add_tag(r, CELL_INT);
    rows_add(r, &v, sizeof v);
}

void rows_real(struct rows *r, double v)
{
    add_tag(r, CELL_REAL);
    rows_add(r, &v, sizeof v);
}

size_t rows_text_begin(struct rows *r)
{
    const uint64_t unknown = 0;

    add_tag(r, CELL_TEXT);
    rows_add(r, &unknown, sizeof unknown);
    return r->len;
}

void rows_text_end(struct rows *r, size_t begun)
{
    const uint64_t n = r->len - begun;

    if (!r->failed)
        memcpy(r->ptr + begun - sizeof n, &n, sizeof n);
}

void rows_text(struct rows *r, pl_str v)
{
    const size_t begun = rows_text_begin(r);

    rows_add(r, v.ptr, v.len);
    rows_text_end(r, begun);
}

static bool take(pl_str *from, void *out, size_t n)
{
    if (from->len < n)
        return false;
    memcpy(out, from->ptr, n);
    *from = (pl_str){from->ptr + n, from->len - n};
    return true;
}

static bool take_cell(pl_str *from, struct cell *c)
{
    unsigned char tag;
    uint64_t n;

    if (!take(from, &tag, 1))
        return false;
    switch (tag) {
    case CELL_NULL: break;
    case CELL_INT:
        if (!take(from, &c->i, sizeof c->i))
            return false;
        break;
    case CELL_REAL:
        if (!take(from, &c->f, sizeof c->f))
            return false;
        break;
    case CELL_TEXT:
        if (!take(from, &n, sizeof n) || n > from->len)
            return false;
        c->text = (pl_str){from->ptr, (size_t)n};
        *from = (pl_str){from->ptr + n, from->len - (size_t)n};
        break;
    default: return false;
    }
    c->type = (enum cell_type)tag;
    return true;
}

int rows_next(pl_str *rows, enum schema_table *table, struct cell cells[SCHEMA_MAX_COLUMNS])
{
    unsigned char tag;

    if (rows->len == 0)
        return 0;
    if (!take(rows, &tag, 1) || tag >= SCHEMA_TABLES)
        return -1;
    *table = (enum schema_table)tag;
    for (size_t i = 0; i < schema_tables[tag].n_columns; i++) {
        if (!take_cell(rows, &cells[i]))
            return -1;
    }
    return 1;
}
