/* sqlite_store.c - the database: rows in, exactly once with the checkpoints of a run. */
#include "sqlite_store.h"

#include <errno.h>
#include <stdlib.h>

#include "sqlite_schema.h"

/* How long a program of the operator's may keep the database from us, a writer that is. */
enum { BUSY_MS = 30000 };
/* Bytes of the full-text index that are gathered before they become a piece of it. */
#define HASH_SIZE "8388608"

static const struct dbfile_kind file_kind = {SCHEMA_APPLICATION, SCHEMA_VERSION, "path",
                                             "it is damaged: put back a copy, or choose another `path` and make it anew from the archive"};

static const char *const statements[S_ALL] = {
    [S_BEGIN] = "BEGIN IMMEDIATE",
    [S_COMMIT] = "COMMIT",
    [S_ROLLBACK] = "ROLLBACK",
    [S_FIND] = "SELECT article FROM articles WHERE id = ?1",
    [S_DELETE] = "DELETE FROM articles WHERE article = ?1",
    [S_RUN_READ] = "SELECT run, started, checkpoint, floor FROM pressline_run",
    [S_RUN_BEGIN] = "UPDATE pressline_run SET run = ?1, started = ?2, checkpoint = 0, floor = 0",
    [S_RUN_WRITE] = "UPDATE pressline_run SET checkpoint = ?1, floor = max(floor, ?2)",
    [S_LAST_ARTICLE] = "SELECT max(article) FROM articles",
    [S_UNDO_ADD] = "INSERT INTO pressline_undo (since, article, rows) VALUES (?1, ?2, ?3)",
    [S_UNDO_READ] = "SELECT article, rows FROM pressline_undo WHERE since >= ?1 ORDER BY number DESC",
    [S_UNDO_CUT] = "DELETE FROM pressline_undo WHERE since >= ?1",
    [S_UNDO_FORGET] = "DELETE FROM pressline_undo WHERE since < ?1",
    [S_ADDED_SINCE] = "DELETE FROM articles WHERE article > ?1",
};

/* ---- faults ---- */

static int fault(struct store *s, const char *doing)
{
    const int code = s->db ? sqlite3_extended_errcode(s->db) : SQLITE_NOMEM;
    const char *cause = dbfile_cause(&file_kind, s->db, code, &s->machine);

    snprintf(s->message, sizeof s->message, "cannot %s '%s': %s", doing, s->making ? s->making : s->file.name, cause);
    s->failed = true;
    return PL_ERROR;
}

static int no_memory(struct store *s)
{
    snprintf(s->message, sizeof s->message, "out of memory");
    s->machine = s->failed = true;
    return PL_ERROR;
}

static int refuse(struct store *s, const char *what)
{
    snprintf(s->message, sizeof s->message, "'%s' %s, or begin anew with --restart, which doubles nothing: an article that is "
             "there is replaced", s->file.name, what);
    s->machine = false;
    s->failed = true;
    return PL_ERROR;
}

/* ---- statements ---- */

/* One that gives no row. */
static int run(struct store *s, sqlite3_stmt *st)
{
    errno = 0;
    const int code = sqlite3_step(st);
    sqlite3_reset(st);
    return code == SQLITE_DONE ? PL_OK : fault(s, "write to");
}

static int run_ints(struct store *s, enum store_statement which, int64_t a, int64_t b)
{
    sqlite3_stmt *st = s->statement[which];
    const int n = sqlite3_bind_parameter_count(st);

    if (n >= 1)
        sqlite3_bind_int64(st, 1, a);
    if (n >= 2)
        sqlite3_bind_int64(st, 2, b);
    return run(s, st);
}

static int exec(struct store *s, const char *doing, const char *sql)
{
    errno = 0;
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? PL_OK : fault(s, doing);
}

static int prepare(struct store *s, const char *sql, sqlite3_stmt **st)
{
    const int code = sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, st, NULL);

    return code == SQLITE_OK ? PL_OK : fault(s, "use");
}

static int prepare_table(struct store *s, enum schema_table t)
{
    const struct schema_info *info = &schema_tables[t];
    char marks[SCHEMA_MAX_COLUMNS * 2 + 1] = "", sql[1024];

    for (size_t i = 0; i < info->n_columns; i++)
        memcpy(marks + 2 * i, ",?", 3);
    snprintf(sql, sizeof sql, "INSERT INTO %s (article,%s) VALUES (?%s)", info->name, info->columns, marks);
    if (prepare(s, sql, &s->insert[t]) != PL_OK)
        return PL_ERROR;
    snprintf(sql, sizeof sql, "SELECT %s FROM %s WHERE article = ?1 ORDER BY %s", info->columns, info->name,
             t == SCHEMA_ARTICLES ? "article" : "article, 1");
    return prepare(s, sql, &s->select[t]);
}

static int prepare_all(struct store *s)
{
    for (int i = 0; i < S_ALL; i++) {
        if (prepare(s, statements[i], &s->statement[i]) != PL_OK)
            return PL_ERROR;
    }
    for (enum schema_table t = 0; t < SCHEMA_TABLES; t++) {
        if (prepare_table(s, t) != PL_OK)
            return PL_ERROR;
    }
    return PL_OK;
}

/* ---- opening ---- */

static int open_db(struct store *s, const char *path)
{
    /* One caller at a time: no lock is needed. */
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;

    errno = 0;
    if (sqlite3_open_v2(path, &s->db, flags, NULL) != SQLITE_OK)
        return fault(s, "open");
    sqlite3_extended_result_codes(s->db, 1);
    if (sqlite3_db_readonly(s->db, "main") == 0)
        return PL_OK;
    snprintf(s->message, sizeof s->message, "cannot open '%s' to write: %s", s->file.name, strerror(errno));
    s->machine = s->failed = true;
    return PL_ERROR;
}

/* A new database, of which nothing is kept when something goes wrong. */
static int make(void *arg, const char *path)
{
    struct store *s = arg;
    char form[256];
    int rc;

    s->making = path;
    rc = open_db(s, path);
    snprintf(form, sizeof form,
             "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA application_id = %d; PRAGMA user_version = %d; BEGIN",
             SCHEMA_APPLICATION, SCHEMA_VERSION);
    if (rc == PL_OK)
        rc = exec(s, "make tables in", form);
    if (rc == PL_OK)
        rc = exec(s, "make tables in", schema_sql);
    if (rc == PL_OK)
        rc = exec(s, "make tables in", "INSERT INTO search (search, rank) VALUES ('hashsize', " HASH_SIZE "); COMMIT");
    sqlite3_close(s->db);
    s->db = NULL;
    s->making = NULL;
    return rc;
}

static void bind_columns(sqlite3_stmt *to, sqlite3_stmt *from)
{
    for (int i = 0; i < sqlite3_column_count(from); i++)
        sqlite3_bind_value(to, i + 1, sqlite3_column_value(from, i));
}

static int refuse_schema(struct store *s, const char *type, const char *name)
{
    snprintf(s->message, sizeof s->message,
             "'%s' has not the tables and triggers that this stage makes (%s '%.64s'), and is left as it is: move it away or "
             "choose another `path`", s->file.name, type, name);
    s->machine = false;
    s->failed = true;
    return PL_ERROR;
}

/* All that `wanted` has is in the database, and no other trigger. */
static int compare_schemas(struct store *s, sqlite3_stmt *wanted, sqlite3_stmt *look, sqlite3_stmt *others)
{
    int code, found;

    while ((code = sqlite3_step(wanted)) == SQLITE_ROW) {
        bind_columns(look, wanted);
        found = sqlite3_step(look);
        sqlite3_reset(look);
        if (found == SQLITE_DONE)
            return refuse_schema(s, (const char *)sqlite3_column_text(wanted, 0), (const char *)sqlite3_column_text(wanted, 1));
        if (found != SQLITE_ROW)
            return fault(s, "read");
    }
    if (code != SQLITE_DONE)
        return no_memory(s);
    found = sqlite3_step(others);
    if (found == SQLITE_ROW)
        return refuse_schema(s, "trigger", (const char *)sqlite3_column_text(others, 0));
    return found == SQLITE_DONE ? PL_OK : fault(s, "read");
}

/* Before anything is run in the database: somebody else may have made it, and our triggers and tables could be his.  (How
 * FTS5 lays out its own tables, search_..., is not the same for each version of it, and SQLite guards them itself.) */
static int check_schema(struct store *s)
{
    sqlite3 *own = NULL;
    sqlite3_stmt *wanted = NULL, *look = NULL, *others = NULL;
    int rc = PL_OK;

    if (sqlite3_open_v2(":memory:", &own, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
        sqlite3_exec(own, schema_sql, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(own, "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'search^_%' ESCAPE '^'", -1,
                           &wanted, NULL) != SQLITE_OK)
        rc = no_memory(s);
    if (rc == PL_OK)
        rc = prepare(s, "SELECT 1 FROM sqlite_schema WHERE type = ?1 AND name = ?2 AND tbl_name = ?3 AND sql IS ?4", &look);
    if (rc == PL_OK)
        rc = prepare(s, "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name NOT IN "
                        "('articles_added', 'articles_removed', 'articles_changed')", &others);
    if (rc == PL_OK)
        rc = compare_schemas(s, wanted, look, others);
    sqlite3_finalize(wanted);
    sqlite3_finalize(look);
    sqlite3_finalize(others);
    sqlite3_close(own);
    return rc;
}

static int set_up(struct store *s, const struct store_options *opt)
{
    char sql[256];

    /* Temporary things stay in memory.  trusted_schema has to be left on: until 3.41 FTS5 is refused in triggers without. */
    snprintf(sql, sizeof sql,
             "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -%lld;"
             "PRAGMA synchronous = %s; PRAGMA analysis_limit = 400; PRAGMA recursive_triggers = OFF",
             (long long)(opt->cache / 1024), opt->synchronous);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_busy_timeout(s->db, BUSY_MS);
    if (exec(s, "set up", sql) != PL_OK || check_schema(s) != PL_OK)
        return PL_ERROR;
    return prepare_all(s);
}

int store_open(struct store *s, pl_str path, const struct store_options *opt, int64_t started_ms)
{
    *s = (struct store){.started = started_ms};
    if (dbfile_open(&s->file, &file_kind, path, make, s) != PL_OK) {
        if (!s->failed) {
            memcpy(s->message, s->file.message, sizeof s->file.message);
            s->machine = s->file.machine;
        }
        return PL_ERROR;
    }
    return open_db(s, s->file.path) == PL_OK ? set_up(s, opt) : PL_ERROR;
}

/* ---- transactions ---- */

struct run_row {
    int64_t run, started, checkpoint, floor;
};

static int read_run(struct store *s, struct run_row *row)
{
    sqlite3_stmt *st = s->statement[S_RUN_READ];
    const int code = sqlite3_step(st);

    if (code == SQLITE_ROW)
        *row = (struct run_row){sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2),
                                sqlite3_column_int64(st, 3)};
    sqlite3_reset(st);
    if (code == SQLITE_DONE)
        return refuse(s, "says nothing of its last run: put back a copy");
    return code == SQLITE_ROW ? PL_OK : fault(s, "read");
}

static int read_last_article(struct store *s)
{
    sqlite3_stmt *st = s->statement[S_LAST_ARTICLE];
    const int code = sqlite3_step(st);

    if (code == SQLITE_ROW)
        s->last_article = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return code == SQLITE_ROW ? PL_OK : fault(s, "read");
}

/* A log beside the database (WAL) lets others read while a run writes; when it has ended, the file is to stand alone, as
 * one that may lie on a read-only disk.  Where the file system cannot do it, or while somebody reads, it stays as it is. */
static int set_log(struct store *s, const char *sql)
{
    errno = 0;
    sqlite3_busy_timeout(s->db, 0);
    const int code = sqlite3_exec(s->db, sql, NULL, NULL, NULL) & 0xff;
    sqlite3_busy_timeout(s->db, BUSY_MS);
    return code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED ? PL_OK : fault(s, "write to");
}

/* The run says that it is the one that writes, and takes leave of what the one before kept. */
static int begin_run(struct store *s)
{
    struct run_row row;

    if (read_run(s, &row) != PL_OK)
        return PL_ERROR;
    s->run = row.run + 1;
    if (run_ints(s, S_RUN_BEGIN, s->run, s->started) != PL_OK || run_ints(s, S_UNDO_CUT, 0, 0) != PL_OK)
        return PL_ERROR;
    s->begun = true;
    s->kept_articles = s->last_article;
    return PL_OK;
}

static int begin(struct store *s)
{
    if (s->failed)
        return PL_ERROR;
    if (s->open)
        return PL_OK;
    if (!s->logs && set_log(s, "PRAGMA journal_mode = WAL") != PL_OK)
        return PL_ERROR;
    s->logs = true;
    if (run_ints(s, S_BEGIN, 0, 0) != PL_OK)
        return PL_ERROR;
    s->open = true;
    if (read_last_article(s) != PL_OK)
        return PL_ERROR;
    return s->begun ? PL_OK : begin_run(s);
}

static int commit(struct store *s)
{
    if (run_ints(s, S_COMMIT, 0, 0) != PL_OK)
        return PL_ERROR;
    s->open = false;
    return PL_OK;
}

/* ---- articles ---- */

static int bind(sqlite3_stmt *st, int at, const struct cell *c)
{
    switch (c->type) {
    case CELL_INT: return sqlite3_bind_int64(st, at, c->i);
    case CELL_REAL: return sqlite3_bind_double(st, at, c->f);
    case CELL_TEXT: return sqlite3_bind_text64(st, at, c->text.ptr, c->text.len, SQLITE_STATIC, SQLITE_UTF8);
    case CELL_NULL: break;
    }
    return sqlite3_bind_null(st, at);
}

/* All rows of an article, under this number. */
static int insert(struct store *s, int64_t article, pl_str rows)
{
    struct cell cells[SCHEMA_MAX_COLUMNS];
    enum schema_table t;
    int got;

    while ((got = rows_next(&rows, &t, cells)) > 0) {
        sqlite3_stmt *st = s->insert[t];
        sqlite3_bind_int64(st, 1, article);
        for (size_t i = 0; i < schema_tables[t].n_columns; i++) {
            if (bind(st, (int)i + 2, &cells[i]) != SQLITE_OK)
                return fault(s, "write to");
        }
        if (run(s, st) != PL_OK)
            return PL_ERROR;
    }
    return got == 0 ? PL_OK : refuse(s, "has an article that is damaged where it is kept to go back: put back a copy");
}

static void gather_cell(struct rows *out, sqlite3_stmt *st, int i)
{
    switch (sqlite3_column_type(st, i)) {
    case SQLITE_INTEGER: rows_int(out, sqlite3_column_int64(st, i)); break;
    case SQLITE_FLOAT: rows_real(out, sqlite3_column_double(st, i)); break;
    case SQLITE_NULL: rows_null(out); break;
    default: {
        const void *text = sqlite3_column_text(st, i);
        const int n = sqlite3_column_bytes(st, i);
        out->failed |= !text && n > 0;
        rows_text(out, (pl_str){text, text ? (size_t)n : 0});
    }
    }
}

/* The rows that an article has now, as process() would have made them. */
static int gather(struct store *s, int64_t article, struct rows *out)
{
    out->len = 0;
    out->failed = false;
    for (enum schema_table t = 0; t < SCHEMA_TABLES; t++) {
        sqlite3_stmt *st = s->select[t];
        int code;
        sqlite3_bind_int64(st, 1, article);
        while ((code = sqlite3_step(st)) == SQLITE_ROW) {
            rows_begin(out, t);
            for (size_t i = 0; i < schema_tables[t].n_columns; i++)
                gather_cell(out, st, (int)i);
        }
        sqlite3_reset(st);
        if (code != SQLITE_DONE)
            return fault(s, "read");
    }
    return out->failed ? no_memory(s) : PL_OK;
}

/* The number of the article with this id; 0: none. */
static int find(struct store *s, pl_str id, int64_t *article)
{
    sqlite3_stmt *st = s->statement[S_FIND];

    *article = 0;
    if (sqlite3_bind_text64(st, 1, id.ptr, id.len, SQLITE_STATIC, SQLITE_UTF8) != SQLITE_OK)
        return fault(s, "read");
    const int code = sqlite3_step(st);
    if (code == SQLITE_ROW)
        *article = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return code == SQLITE_ROW || code == SQLITE_DONE ? PL_OK : fault(s, "read");
}

static int keep_old(struct store *s, int64_t article)
{
    sqlite3_stmt *st = s->statement[S_UNDO_ADD];

    sqlite3_bind_int64(st, 1, s->checkpoint);
    sqlite3_bind_int64(st, 2, article);
    if (sqlite3_bind_blob64(st, 3, s->old.ptr, s->old.len, SQLITE_STATIC) != SQLITE_OK)
        return fault(s, "write to");
    return run(s, st);
}

static int replace(struct store *s, int64_t article, pl_str rows)
{
    if (gather(s, article, &s->old) != PL_OK)
        return PL_ERROR;
    if (s->old.len == rows.len && memcmp(s->old.ptr, rows.ptr, rows.len) == 0)
        return PL_OK;
    s->n_changed++;
    if (article <= s->kept_articles && keep_old(s, article) != PL_OK)
        return PL_ERROR;
    if (run_ints(s, S_DELETE, article, 0) != PL_OK)
        return PL_ERROR;
    return insert(s, article, rows);
}

int store_put(struct store *s, pl_str rows)
{
    struct cell cells[SCHEMA_MAX_COLUMNS];
    enum schema_table t;
    pl_str rest = rows;
    int64_t article;

    if (rows_next(&rest, &t, cells) != 1 || t != SCHEMA_ARTICLES || cells[0].type != CELL_TEXT) {
        snprintf(s->message, sizeof s->message, "the rows of a record came damaged");
        s->failed = true;
        return PL_ERROR;
    }
    if (begin(s) != PL_OK || find(s, cells[0].text, &article) != PL_OK)
        return PL_ERROR;
    if (article)
        return replace(s, article, rows);
    s->n_changed++;
    return insert(s, ++s->last_article, rows);
}

int store_finish(struct store *s)
{
    static const char statistics[] =
        "ANALYZE articles; ANALYZE bylines; ANALYZE tags; ANALYZE people; ANALYZE organisations; ANALYZE places;"
        "ANALYZE mentions; ANALYZE titles; ANALYZE quotations; ANALYZE notes";

    if (begin(s) != PL_OK)
        return PL_ERROR;
    /* It is all written anew: worth it where much is new, not for a day's articles in those of ten years. */
    if (s->n_changed >= (uint64_t)s->last_article / 4 && s->n_changed > 0 &&
        exec(s, "write to", "INSERT INTO search (search) VALUES ('optimize')") != PL_OK)
        return PL_ERROR;
    return exec(s, "write to", statistics);
}

/* ---- checkpoints ---- */

/* What is kept to go back behind the checkpoint before the last one that is in the journal: that one may be damaged. */
static int forget(struct store *s)
{
    const int64_t floor = s->told_before;

    s->told_before = atomic_load(&s->told);
    if (run_ints(s, S_UNDO_FORGET, floor, 0) != PL_OK)
        return PL_ERROR;
    return sqlite3_changes(s->db) > 0 ? run_ints(s, S_RUN_WRITE, s->checkpoint, floor) : PL_OK;
}

int store_checkpoint(struct store *s, uint64_t n, char *saved, size_t size)
{
    if (s->failed || (!s->begun && begin(s) != PL_OK))
        return PL_ERROR;
    if (s->open) {
        if (forget(s) != PL_OK || run_ints(s, S_RUN_WRITE, (int64_t)n, 0) != PL_OK || commit(s) != PL_OK)
            return PL_ERROR;
        s->committed = (int64_t)n;
        s->kept_articles = s->last_article;
    }
    s->checkpoint = (int64_t)n;
    snprintf(saved, size, "%lld %lld %lld %lld", (long long)s->run, (long long)s->started, (long long)s->committed,
             (long long)s->kept_articles);
    return PL_OK;
}

void store_told(struct store *s, uint64_t n)
{
    atomic_store(&s->told, (int64_t)n);
}

int store_ended(struct store *s, uint64_t n)
{
    if (s->failed || begin(s) != PL_OK || run_ints(s, S_UNDO_CUT, 0, 0) != PL_OK)
        return PL_ERROR;
    if (sqlite3_changes(s->db) > 0 && run_ints(s, S_RUN_WRITE, (int64_t)n, (int64_t)n) != PL_OK)
        return PL_ERROR;
    if (commit(s) != PL_OK)
        return PL_ERROR;
    s->logs = false;
    return set_log(s, "PRAGMA journal_mode = DELETE");
}

/* ---- going back ---- */

static int undo_replaced(struct store *s, int64_t n)
{
    sqlite3_stmt *st = s->statement[S_UNDO_READ];
    int rc = PL_OK, code;

    sqlite3_bind_int64(st, 1, n);
    while (rc == PL_OK && (code = sqlite3_step(st)) == SQLITE_ROW) {
        const int64_t article = sqlite3_column_int64(st, 0);
        const void *rows = sqlite3_column_blob(st, 1);
        const int len = sqlite3_column_bytes(st, 1);
        rc = run_ints(s, S_DELETE, article, 0);
        if (rc == PL_OK)
            rc = insert(s, article, (pl_str){rows, rows ? (size_t)len : 0});
    }
    if (rc == PL_OK && code != SQLITE_DONE)
        rc = fault(s, "read");
    sqlite3_reset(st);
    return rc;
}

static int check_run(struct store *s, int64_t n)
{
    struct run_row row;

    if (read_run(s, &row) != PL_OK)
        return PL_ERROR;
    if (row.run != s->run || row.started != s->started)
        return refuse(s, row.run > s->run ? "was written to by another run since this one was interrupted: put back a copy"
                                          : "is not the database that this run wrote to: put that back");
    if (row.checkpoint < s->committed)
        return refuse(s, "is older than what this run wrote: put the newer one back");
    if (row.floor > n)
        return refuse(s, "no longer has what it takes to go back that far: put back a copy");
    return PL_OK;
}

static bool read_saved(struct store *s, pl_str saved, int64_t *articles)
{
    long long v[4];
    char text[128];
    int end = -1;

    if (saved.len >= sizeof text)
        return false;
    snprintf(text, sizeof text, "%.*s", (int)saved.len, saved.ptr ? saved.ptr : "");
    if (sscanf(text, "%18lld %18lld %18lld %18lld%n", &v[0], &v[1], &v[2], &v[3], &end) != 4 || end != (int)saved.len)
        return false;
    s->run = v[0];
    s->started = v[1];
    s->committed = v[2];
    *articles = v[3];
    return v[0] > 0 && v[2] >= 0 && v[3] >= 0;
}

int store_restore(struct store *s, uint64_t n, pl_str saved)
{
    int64_t articles;

    if (!read_saved(s, saved, &articles)) {
        snprintf(s->message, sizeof s->message, "what the run saved of the database cannot be read: begin anew with --restart");
        return PL_ERROR;
    }
    s->begun = true;
    if (begin(s) != PL_OK || check_run(s, (int64_t)n) != PL_OK || undo_replaced(s, (int64_t)n) != PL_OK)
        return PL_ERROR;
    if (run_ints(s, S_ADDED_SINCE, articles, 0) != PL_OK || run_ints(s, S_UNDO_CUT, (int64_t)n, 0) != PL_OK ||
        run_ints(s, S_RUN_WRITE, (int64_t)n, 0) != PL_OK || commit(s) != PL_OK)
        return PL_ERROR;
    s->checkpoint = s->committed = (int64_t)n;
    s->kept_articles = s->last_article = articles;
    return PL_OK;
}

/* ---- the end ---- */

void store_close(struct store *s)
{
    if (s->open)
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    for (int i = 0; i < S_ALL; i++)
        sqlite3_finalize(s->statement[i]);
    for (enum schema_table t = 0; t < SCHEMA_TABLES; t++) {
        sqlite3_finalize(s->insert[t]);
        sqlite3_finalize(s->select[t]);
    }
    sqlite3_close(s->db);
    dbfile_close(&s->file);
    rows_done(&s->old);
    s->db = NULL;
}
