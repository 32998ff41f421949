/* sqlite_told.h - what the tests of the database share: articles put into it, and all that it says as text. */
#ifndef SQLITE_TOLD_H
#define SQLITE_TOLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sqlite_article.h"
#include "sqlite_store.h"

static inline pl_str str_z(const char *z)
{
    return (pl_str){z, strlen(z)};
}

/* A text that grows; never more than memory has. */
struct told {
    char *at;
    size_t len, cap;
};

static inline void told_add(struct told *t, const void *bytes, size_t n)
{
    if (n + 1 > t->cap - t->len || !t->at) {
        t->cap = (t->len + n + 1) * 2;
        t->at = realloc(t->at, t->cap);
        assert_non_null(t->at);
    }
    if (n)
        memcpy(t->at + t->len, bytes, n);
    t->len += n;
    t->at[t->len] = 0;
}

static inline void told_query(struct told *t, sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st = NULL;
    int code;

    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    while ((code = sqlite3_step(st)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(st); i++) {
            const char *text = (const char *)sqlite3_column_text(st, i);
            if (i)
                told_add(t, "|", 1);
            told_add(t, text, (size_t)sqlite3_column_bytes(st, i));
        }
        told_add(t, "\n", 1);
    }
    if (code != SQLITE_DONE)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_finalize(st);
}

/* Every row of every table of a database, and every word of its index; the index is held against the texts. */
static inline char *told_all(const char *path)
{
    struct told t = {0};
    sqlite3 *db = NULL;
    char sql[512];

    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    for (int i = 0; i < SCHEMA_TABLES; i++) {
        snprintf(sql, sizeof sql, "SELECT '%s', * FROM %s ORDER BY 2, 3", schema_tables[i].name, schema_tables[i].name);
        told_query(&t, db, sql);
    }
    assert_int_equal(sqlite3_exec(db, "CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, search, instance)", 0, 0, 0),
                     SQLITE_OK);
    told_query(&t, db, "SELECT * FROM words ORDER BY 1, 2, 3, 4");
    told_query(&t, db, "INSERT INTO search (search, rank) VALUES ('integrity-check', 1)");
    told_query(&t, db, "PRAGMA integrity_check");
    assert_non_null(strstr(t.at, "ok\n"));
    sqlite3_close(db);
    return t.at;
}

#endif
