/* fetch_store_db.c - what is known of each address: the file, a SQLite database. */
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "../shared/dbfile.h"
#include "fetch_store_parts.h"

/* "PLft" */
enum { APPLICATION = 0x504c6674, FORM = 1 };
/* How long a program of the operator's may keep the file from us, a writer that is. */
enum { BUSY_MS = 30000, DEFAULT_CACHE = 16 << 20 };

#define COLUMNS \
    "url, ask, kind, queued, status, failures, checked, changed, due, interval, etag, last_modified, digest, meta"
enum { C_URL, C_ASK, C_KIND, C_QUEUED, C_STATUS, C_FAILURES, C_CHECKED, C_CHANGED, C_DUE, C_INTERVAL, C_ETAG, C_DATE, C_DIGEST,
       C_META };

/* `address` has a row an address, in the order in which they came, so that what is fetched together lies together; the index
 * of its key is a tenth as large.  `queued`: its place, or NULL.  Times are milliseconds since 1970, `interval` seconds.
 * `undo`: what rows were, as of checkpoint `since`; there = 0: no such row. */
static const char schema[] =
    "CREATE TABLE address (number INTEGER PRIMARY KEY, key BLOB UNIQUE NOT NULL, url TEXT NOT NULL, ask TEXT, kind INTEGER, queued INTEGER,"
    " status INTEGER, failures INTEGER, checked INTEGER, changed INTEGER, due INTEGER, interval INTEGER, etag TEXT,"
    " last_modified TEXT, digest BLOB, meta TEXT);"
    "CREATE INDEX address_queued ON address (queued) WHERE queued IS NOT NULL;"
    "CREATE TABLE undo (since INTEGER NOT NULL, key BLOB NOT NULL, there INTEGER NOT NULL, url TEXT, ask TEXT, kind INTEGER,"
    " queued INTEGER, status INTEGER, failures INTEGER, checked INTEGER, changed INTEGER, due INTEGER, interval INTEGER,"
    " etag TEXT, last_modified TEXT, digest BLOB, meta TEXT, PRIMARY KEY (since, key)) WITHOUT ROWID;"
    "CREATE TABLE run (secret BLOB NOT NULL, writer INTEGER NOT NULL, sequence INTEGER NOT NULL, place INTEGER NOT NULL,"
    " checkpoint INTEGER NOT NULL, known INTEGER NOT NULL, floor INTEGER NOT NULL);";

enum statement {
    S_BEGIN,
    S_COMMIT,
    S_ROW_READ,
    S_ROW_WRITE,
    S_ANY,
    S_FIND,
    S_PUT,
    S_UNDO_PRESENT,
    S_UNDO_ABSENT,
    S_BACK_REMOVE,
    S_BACK_PUT,
    S_BACK_CUT,
    S_FORGET,
    S_FORGET_ALL,
    S_WALK_ALL,
    S_WALK_QUEUED,
    S_COUNT,
    S_ALL /* count */
};

static const char *const statements[S_ALL] = {
    [S_BEGIN] = "BEGIN IMMEDIATE",
    [S_COMMIT] = "COMMIT",
    [S_ROW_READ] = "SELECT secret, writer, sequence, place, checkpoint, known, floor FROM run",
    [S_ROW_WRITE] = "UPDATE run SET writer = ?1, sequence = ?2, place = ?3, checkpoint = ?4, known = ?5, floor = ?6",
    [S_ANY] = "SELECT 1 FROM address LIMIT 1",
    [S_FIND] = "SELECT " COLUMNS ", key FROM address WHERE key = ?1",
    [S_PUT] = "INSERT INTO address (" COLUMNS ", key) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15) "
              "ON CONFLICT (key) DO UPDATE SET url = ?1, ask = ?2, kind = ?3, queued = ?4, status = ?5, failures = ?6, checked = ?7, "
              "changed = ?8, due = ?9, interval = ?10, etag = ?11, last_modified = ?12, digest = ?13, meta = ?14",
    [S_UNDO_PRESENT] = "INSERT OR IGNORE INTO undo (since, key, there, " COLUMNS ") SELECT ?1, key, 1, " COLUMNS
                       " FROM address WHERE key = ?2",
    [S_UNDO_ABSENT] = "INSERT OR IGNORE INTO undo (since, key, there) VALUES (?1, ?2, 0)",
    [S_BACK_REMOVE] = "DELETE FROM address WHERE key IN (SELECT key FROM undo WHERE since >= ?1)",
    /* Of a group SQLite gives the other columns of the row that has the least: https://sqlite.org/lang_select.html, 2.5 */
    [S_BACK_PUT] = "INSERT INTO address (" COLUMNS ", key) SELECT " COLUMNS ", key FROM (SELECT key, there, " COLUMNS
                   ", min(since) FROM undo WHERE since >= ?1 GROUP BY key) WHERE there = 1",
    [S_BACK_CUT] = "DELETE FROM undo WHERE since >= ?1",
    [S_FORGET] = "DELETE FROM undo WHERE since < ?1",
    [S_FORGET_ALL] = "DELETE FROM undo",
    [S_WALK_ALL] = "SELECT " COLUMNS ", key FROM address ORDER BY number",
    [S_WALK_QUEUED] = "SELECT " COLUMNS ", key FROM address WHERE queued IS NOT NULL ORDER BY queued",
    [S_COUNT] = "SELECT kind, count(*), count(queued), total(failures > 0), total(queued IS NULL AND due <= ?1) FROM address GROUP BY kind",
};

struct store_db {
    struct dbfile file;
    const struct dbfile_kind *kind;
    sqlite3 *db;
    sqlite3_stmt *statement[S_ALL];
    const char *making; /* the path of a file that is being made */
    bool logs;          /* in WAL mode, where that can be */
    bool open;          /* a transaction */
};

static const struct dbfile_kind lasting = {
    APPLICATION, FORM, "store",
    "it is damaged: put back a copy, or move it away, and each address is new again"};
static const struct dbfile_kind scratch = {APPLICATION, FORM, "store", "it is damaged: begin anew with --restart"};

/* ---- faults ---- */

static int fault(struct store *s, const char *doing)
{
    const struct store_db *f = s->db;
    const int code = f->db ? sqlite3_extended_errcode(f->db) : SQLITE_NOMEM;
    bool machine;
    const char *cause = dbfile_cause(f->kind, f->db, code, &machine);

    snprintf(s->message, sizeof s->message, "cannot %s '%s': %s", doing, f->making ? f->making : f->file.name, cause);
    return s->fault_code = machine ? PL_RETRY : PL_FATAL;
}

int store_refuse(struct store *s, const char *what)
{
    snprintf(s->message, sizeof s->message, "'%s' %s, or begin anew with --restart", s->db->file.name, what);
    return s->fault_code = PL_FATAL;
}

int store_damaged(struct store *s, const char *what)
{
    snprintf(s->message, sizeof s->message, "cannot read '%s', %s: %s", s->db->file.name, what, s->db->kind->damaged);
    return s->fault_code = PL_FATAL;
}

/* ---- statements ---- */

static sqlite3_stmt *statement_of(struct store *s, enum statement which)
{
    return s->db->statement[which];
}

/* One that gives no row. */
static int run(struct store *s, sqlite3_stmt *st)
{
    errno = 0;
    const int code = sqlite3_step(st);
    sqlite3_reset(st);
    return code == SQLITE_DONE ? PL_OK : fault(s, "write to");
}

static int run_int(struct store *s, enum statement which, int64_t a)
{
    sqlite3_stmt *st = statement_of(s, which);

    if (sqlite3_bind_parameter_count(st) > 0)
        sqlite3_bind_int64(st, 1, a);
    return run(s, st);
}

static int exec(struct store *s, const char *doing, const char *sql)
{
    errno = 0;
    return sqlite3_exec(s->db->db, sql, NULL, NULL, NULL) == SQLITE_OK ? PL_OK : fault(s, doing);
}

static int prepare(struct store *s, const char *sql, sqlite3_stmt **st)
{
    errno = 0;
    const int code = sqlite3_prepare_v3(s->db->db, sql, -1, SQLITE_PREPARE_PERSISTENT, st, NULL);

    return code == SQLITE_OK ? PL_OK : fault(s, "use");
}

static int bind_key(struct store *s, sqlite3_stmt *st, int at, const struct store_key *key)
{
    unsigned char bytes[16];

    for (int i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)(key->hi >> (56 - 8 * i));
        bytes[8 + i] = (unsigned char)(key->lo >> (56 - 8 * i));
    }
    return sqlite3_bind_blob(st, at, bytes, sizeof bytes, SQLITE_TRANSIENT) == SQLITE_OK ? PL_OK : fault(s, "use");
}

/* ---- rows ---- */

/* Text of a column, at most `most` bytes of it; false: it is none. */
static bool text_of(sqlite3_stmt *st, int c, size_t most, pl_str *out)
{
    const int type = sqlite3_column_type(st, c);

    *out = (pl_str){NULL, 0};
    if (type == SQLITE_NULL)
        return true;
    if (type != SQLITE_TEXT)
        return false;
    out->ptr = (const char *)sqlite3_column_blob(st, c);
    out->len = (size_t)sqlite3_column_bytes(st, c);
    return out->len <= most && (out->ptr || out->len == 0);
}

static bool number_of(sqlite3_stmt *st, int c, int64_t most, int64_t *out)
{
    *out = sqlite3_column_int64(st, c);
    return sqlite3_column_type(st, c) == SQLITE_INTEGER && *out >= 0 && *out <= most;
}

static bool key_of(sqlite3_stmt *st, int c, struct store_key *key)
{
    const unsigned char *p = sqlite3_column_blob(st, c);

    if (sqlite3_column_type(st, c) != SQLITE_BLOB || sqlite3_column_bytes(st, c) != 16 || !p)
        return false;
    *key = (struct store_key){0};
    for (int i = 0; i < 8; i++) {
        key->hi = key->hi << 8 | p[i];
        key->lo = key->lo << 8 | p[8 + i];
    }
    return true;
}

static bool digest_of(sqlite3_stmt *st, struct known *k)
{
    const int type = sqlite3_column_type(st, C_DIGEST);

    if (type == SQLITE_NULL)
        return true;
    const void *p = sqlite3_column_blob(st, C_DIGEST);
    if (type != SQLITE_BLOB || !p || sqlite3_column_bytes(st, C_DIGEST) != sizeof k->digest)
        return false;
    memcpy(k->digest, p, sizeof k->digest);
    k->has_digest = true;
    return true;
}

static bool numbers_of(sqlite3_stmt *st, struct known *k, int64_t *place)
{
    int64_t kind, status, failures;

    *place = 0;
    if (!number_of(st, C_KIND, KNOWN_FRONT, &kind) || !number_of(st, C_STATUS, 999, &status) ||
        !number_of(st, C_FAILURES, UINT32_MAX, &failures) || !number_of(st, C_CHECKED, INT64_MAX, &k->checked_ms) ||
        !number_of(st, C_CHANGED, INT64_MAX, &k->changed_ms) || !number_of(st, C_DUE, INT64_MAX, &k->due_ms) ||
        !number_of(st, C_INTERVAL, UINT32_MAX, &k->interval_s))
        return false;
    k->kind = (enum known_kind)kind;
    k->status = (int)status;
    k->failures = (uint32_t)failures;
    return sqlite3_column_type(st, C_QUEUED) == SQLITE_NULL || (number_of(st, C_QUEUED, INT64_MAX, place) && *place > 0);
}

/* The row that `st` stands on.  Whatever the file holds, the entry is one that could have been put. */
static int read_entry(struct store *s, sqlite3_stmt *st, struct entry **e)
{
    struct known k = {0};
    struct store_key key, own;
    pl_str canonical;
    int64_t place;

    if (!numbers_of(st, &k, &place) || !digest_of(st, &k) || !key_of(st, C_META + 1, &key) ||
        !text_of(st, C_URL, STORE_MAX_URL, &canonical) || !text_of(st, C_ASK, STORE_MAX_URL, &k.url) ||
        !text_of(st, C_ETAG, STORE_MAX_ETAG, &k.etag) || !text_of(st, C_DATE, STORE_MAX_DATE, &k.last_modified) ||
        !text_of(st, C_META, STORE_MAX_META, &k.meta) || canonical.len == 0)
        return sqlite3_errcode(s->db->db) == SQLITE_NOMEM ? store_no_memory(s) : store_damaged(s, "a row of `address`");
    store_key_make(&own, s->secret, canonical);
    if (!store_key_same(&own, &key))
        return store_damaged(s, "a row of `address` that stands under another key");
    *e = entry_make(&key, (uint64_t)place, canonical, &k);
    return *e ? PL_OK : store_no_memory(s);
}

/* An empty text is bound as NULL. */
static bool bind_text(sqlite3_stmt *st, int c, pl_str text)
{
    if (text.len == 0)
        return sqlite3_bind_null(st, c + 1) == SQLITE_OK;
    return sqlite3_bind_text64(st, c + 1, text.ptr, text.len, SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK;
}

static int write_entry(struct store *s, const struct entry *e)
{
    sqlite3_stmt *st = statement_of(s, S_PUT);
    struct known k;

    entry_known(e, &k);
    const bool bound = bind_text(st, C_URL, entry_canonical(e)) && bind_text(st, C_ASK, e->url_len ? k.url : (pl_str){NULL, 0}) &&
                       bind_text(st, C_ETAG, k.etag) && bind_text(st, C_DATE, k.last_modified) && bind_text(st, C_META, k.meta);
    if (!bound)
        return fault(s, "write to");
    sqlite3_bind_int64(st, C_KIND + 1, e->kind);
    if (e->place)
        sqlite3_bind_int64(st, C_QUEUED + 1, (int64_t)e->place);
    else
        sqlite3_bind_null(st, C_QUEUED + 1);
    sqlite3_bind_int64(st, C_STATUS + 1, e->status);
    sqlite3_bind_int64(st, C_FAILURES + 1, e->failures);
    sqlite3_bind_int64(st, C_CHECKED + 1, e->checked_ms);
    sqlite3_bind_int64(st, C_CHANGED + 1, e->changed_ms);
    sqlite3_bind_int64(st, C_DUE + 1, e->due_ms);
    sqlite3_bind_int64(st, C_INTERVAL + 1, e->interval_s);
    if (e->has_digest)
        sqlite3_bind_blob(st, C_DIGEST + 1, e->digest, sizeof e->digest, SQLITE_STATIC);
    else
        sqlite3_bind_null(st, C_DIGEST + 1);
    const int rc = bind_key(s, st, C_META + 2, &e->key);
    return rc == PL_OK ? run(s, st) : rc;
}

int store_db_find(struct store *s, const struct store_key *key, struct entry **e)
{
    sqlite3_stmt *st = statement_of(s, S_FIND);
    int rc = bind_key(s, st, 1, key);

    *e = NULL;
    if (rc != PL_OK)
        return rc;
    errno = 0;
    const int code = sqlite3_step(st);
    rc = code == SQLITE_ROW ? read_entry(s, st, e) : code == SQLITE_DONE ? PL_EOF : fault(s, "read");
    sqlite3_reset(st);
    return rc;
}

int store_db_any(struct store *s)
{
    sqlite3_stmt *st = statement_of(s, S_ANY);

    errno = 0;
    const int code = sqlite3_step(st);
    const int rc = code == SQLITE_ROW ? PL_OK : code == SQLITE_DONE ? PL_EOF : fault(s, "read");
    sqlite3_reset(st);
    return rc;
}

static int keep_old(struct store *s, const struct entry *e, int64_t since)
{
    for (int i = e->row == ROW_ABSENT; i < 2; i++) {
        sqlite3_stmt *st = statement_of(s, i == 0 ? S_UNDO_PRESENT : S_UNDO_ABSENT);
        int rc = bind_key(s, st, 2, &e->key);
        sqlite3_bind_int64(st, 1, since);
        if (rc == PL_OK)
            rc = run(s, st);
        if (rc != PL_OK || sqlite3_changes(s->db->db) > 0)
            return rc;
    }
    return PL_OK;
}

int store_db_put(struct store *s, const struct entry *e, int64_t since)
{
    const int rc = keep_old(s, e, since);

    return rc == PL_OK ? write_entry(s, e) : rc;
}

/* ---- walks and counts ---- */

int store_db_walk(struct store *s, bool queued, struct entry **e)
{
    sqlite3_stmt *st = statement_of(s, queued ? S_WALK_QUEUED : S_WALK_ALL);

    *e = NULL;
    errno = 0;
    const int code = sqlite3_step(st);
    if (code == SQLITE_ROW)
        return read_entry(s, st, e);
    return code == SQLITE_DONE ? PL_EOF : fault(s, "read");
}

void store_db_walk_end(struct store *s, bool queued)
{
    sqlite3_reset(statement_of(s, queued ? S_WALK_QUEUED : S_WALK_ALL));
}

int store_db_count(struct store *s, int64_t now_ms, struct store_counts *c)
{
    sqlite3_stmt *st = statement_of(s, S_COUNT);
    int code;

    sqlite3_bind_int64(st, 1, now_ms);
    errno = 0;
    while ((code = sqlite3_step(st)) == SQLITE_ROW) {
        const int64_t kind = sqlite3_column_int64(st, 0);
        const uint64_t n = (uint64_t)sqlite3_column_int64(st, 1);
        if (kind >= 0 && kind <= KNOWN_FRONT)
            c->of_kind[kind] += n;
        c->addresses += n;
        c->queued += (uint64_t)sqlite3_column_int64(st, 2);
        c->failing += (uint64_t)sqlite3_column_int64(st, 3);
        c->due += (uint64_t)sqlite3_column_int64(st, 4);
    }
    sqlite3_reset(st);
    return code == SQLITE_DONE ? PL_OK : fault(s, "read");
}

/* ---- transactions ---- */

/* Where the file system cannot do it, or while somebody reads, it stays as it is. */
int store_db_log(struct store *s, bool wanted)
{
    struct store_db *f = s->db;

    if (f->logs == wanted)
        return PL_OK;
    errno = 0;
    sqlite3_busy_timeout(f->db, 0);
    const int code = sqlite3_exec(f->db, wanted ? "PRAGMA journal_mode = WAL" : "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) & 0xff;
    sqlite3_busy_timeout(f->db, BUSY_MS);
    f->logs = wanted;
    return code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED ? PL_OK : fault(s, "write to");
}

int store_db_begin(struct store *s)
{
    struct store_db *f = s->db;
    int rc;

    if (f->open)
        return PL_OK;
    rc = store_db_log(s, true);
    if (rc == PL_OK)
        rc = run_int(s, S_BEGIN, 0);
    f->open = rc == PL_OK;
    return rc;
}

int store_db_commit(struct store *s)
{
    const int rc = run_int(s, S_COMMIT, 0);

    s->db->open = rc != PL_OK;
    return rc;
}

bool store_db_is_open(const struct store *s)
{
    return s->db->open;
}

int store_db_read_row(struct store *s, struct store_row *row)
{
    sqlite3_stmt *st = statement_of(s, S_ROW_READ);
    int64_t v[7] = {0};
    int rc = PL_OK;

    errno = 0;
    const int code = sqlite3_step(st);
    if (code == SQLITE_ROW) {
        for (int c = 1; c < 7 && rc == PL_OK; c++) {
            if (!number_of(st, c, INT64_MAX - 1, &v[c]))
                rc = store_damaged(s, "the row of `run`");
        }
        const void *secret = sqlite3_column_blob(st, 0);
        if (rc == PL_OK && (!secret || sqlite3_column_bytes(st, 0) != sizeof s->secret))
            rc = store_damaged(s, "the row of `run`");
        if (rc == PL_OK)
            memcpy(s->secret, secret, sizeof s->secret);
    } else {
        rc = code == SQLITE_DONE ? store_damaged(s, "the row of `run`") : fault(s, "read");
    }
    sqlite3_reset(st);
    *row = (struct store_row){(uint64_t)v[1], (uint64_t)v[2], (uint64_t)v[3], v[4], v[5], v[6]};
    return rc;
}

int store_db_write_row(struct store *s, const struct store_row *row)
{
    sqlite3_stmt *st = statement_of(s, S_ROW_WRITE);

    sqlite3_bind_int64(st, 1, (int64_t)row->writer);
    sqlite3_bind_int64(st, 2, (int64_t)row->sequence);
    sqlite3_bind_int64(st, 3, (int64_t)row->place);
    sqlite3_bind_int64(st, 4, row->checkpoint);
    sqlite3_bind_int64(st, 5, row->known);
    sqlite3_bind_int64(st, 6, row->floor);
    return run(s, st);
}

int store_db_take_back(struct store *s, int64_t n)
{
    int rc = run_int(s, S_BACK_REMOVE, n);

    if (rc == PL_OK)
        rc = run_int(s, S_BACK_PUT, n);
    return rc == PL_OK ? run_int(s, S_BACK_CUT, n) : rc;
}

int store_db_forget(struct store *s, int64_t n)
{
    return run_int(s, S_FORGET, n);
}

int store_db_forget_all(struct store *s)
{
    return run_int(s, S_FORGET_ALL, 0);
}

/* ---- opening ---- */

static int open_db(struct store *s, const char *path)
{
    struct store_db *f = s->db;
    /* One caller at a time: no lock is needed. */
    const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | (s->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);

    errno = 0;
    if (sqlite3_open_v2(path, &f->db, flags, NULL) != SQLITE_OK)
        return fault(s, "open");
    sqlite3_extended_result_codes(f->db, 1);
    if (s->read_only || sqlite3_db_readonly(f->db, "main") == 0)
        return PL_OK;
    snprintf(s->message, sizeof s->message, "cannot open '%s' to write: %s", f->file.name, strerror(errno));
    return s->fault_code = PL_RETRY;
}

static int write_first_row(struct store *s)
{
    sqlite3_stmt *st = NULL;
    int rc = prepare(s, "INSERT INTO run VALUES (?1, 0, 0, 0, 0, 0, 0)", &st);

    if (rc == PL_OK && sqlite3_bind_blob(st, 1, s->secret, sizeof s->secret, SQLITE_STATIC) != SQLITE_OK)
        rc = fault(s, "write to");
    if (rc == PL_OK)
        rc = run(s, st);
    sqlite3_finalize(st);
    return rc;
}

/* A new file, of which nothing is kept when something goes wrong. */
static int make(void *arg, const char *path)
{
    struct store *s = arg;
    struct store_db *f = s->db;
    char form[256];

    f->making = path;
    int rc = open_db(s, path);
    snprintf(form, sizeof form,
             "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA application_id = %d; PRAGMA user_version = %d; BEGIN",
             APPLICATION, FORM);
    if (rc == PL_OK)
        rc = exec(s, "make tables in", form);
    if (rc == PL_OK)
        rc = exec(s, "make tables in", schema);
    if (rc == PL_OK)
        rc = write_first_row(s);
    if (rc == PL_OK)
        rc = exec(s, "make tables in", "COMMIT");
    sqlite3_close(f->db);
    f->db = NULL;
    f->making = NULL;
    return rc == PL_OK ? PL_OK : PL_ERROR;
}

/* Before anything is run in the file: it has our tables, and nothing else, no trigger or view of somebody's. */
static int check_schema(struct store *s)
{
    sqlite3 *own = NULL;
    sqlite3_stmt *mine = NULL, *its = NULL;
    int rc = PL_OK, a = SQLITE_ROW, b = SQLITE_ROW;
    static const char sql[] = "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name";

    if (sqlite3_open_v2(":memory:", &own, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
        sqlite3_exec(own, schema, NULL, NULL, NULL) != SQLITE_OK || sqlite3_prepare_v2(own, sql, -1, &mine, NULL) != SQLITE_OK)
        rc = store_no_memory(s);
    if (rc == PL_OK)
        rc = prepare(s, sql, &its);
    while (rc == PL_OK && a == SQLITE_ROW) {
        a = sqlite3_step(mine);
        b = sqlite3_step(its);
        for (int c = 0; a == SQLITE_ROW && b == SQLITE_ROW && c < 4; c++) {
            const char *x = (const char *)sqlite3_column_text(mine, c), *y = (const char *)sqlite3_column_text(its, c);
            if (!x || !y || strcmp(x, y) != 0)
                b = SQLITE_DONE;
        }
        if ((b != SQLITE_ROW && b != SQLITE_DONE) || (a != SQLITE_ROW && a != SQLITE_DONE))
            rc = fault(s, "read");
        else if (a != b) {
            snprintf(s->message, sizeof s->message, "'%s' has not the tables that this stage makes, and is left as it is: "
                     "move it away or choose another `store`", s->db->file.name);
            rc = s->fault_code = PL_FATAL;
        }
    }
    sqlite3_finalize(mine);
    sqlite3_finalize(its);
    sqlite3_close(own);
    return rc;
}

static int set_up(struct store *s, const struct store_options *o)
{
    struct store_db *f = s->db;
    struct store_row row;
    char sql[256];

    /* A run's own file is nobody else's: with its lock kept, finding costs three system calls less. */
    snprintf(sql, sizeof sql,
             "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -%lld;"
             "PRAGMA synchronous = FULL%s",
             (long long)((o->cache > 0 ? o->cache : DEFAULT_CACHE) / 1024),
             f->kind == &scratch ? "; PRAGMA locking_mode = EXCLUSIVE" : "");
    sqlite3_db_config(f->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_busy_timeout(f->db, BUSY_MS);
    int rc = exec(s, "set up", sql);
    if (rc == PL_OK)
        rc = check_schema(s);
    for (int i = 0; i < S_ALL && rc == PL_OK; i++)
        rc = prepare(s, statements[i], &f->statement[i]);
    return rc == PL_OK ? store_db_read_row(s, &row) : rc;
}

static int file_fault(struct store *s)
{
    const struct dbfile *file = &s->db->file;

    /* make() has said it itself. */
    if (s->message[0])
        return s->fault_code;
    snprintf(s->message, sizeof s->message, "%s", file->message);
    return s->fault_code = file->busy ? PL_AGAIN : file->machine ? PL_RETRY : PL_FATAL;
}

int store_db_open(struct store *s, const struct store_options *o)
{
    const char *path = o->path ? o->path : o->scratch;
    struct store_db *f = calloc(1, sizeof *f);
    int rc;

    if (!f)
        return store_no_memory(s);
    s->db = f;
    f->file.fd = -1;
    f->kind = o->path ? &lasting : &scratch;
    rc = s->read_only ? dbfile_look(&f->file, f->kind, (pl_str){path, strlen(path)})
                      : dbfile_open(&f->file, f->kind, (pl_str){path, strlen(path)}, make, s);
    if (rc != PL_OK)
        return file_fault(s);
    rc = open_db(s, f->file.path);
    return rc == PL_OK ? set_up(s, o) : rc;
}

void store_db_close(struct store *s)
{
    struct store_db *f = s->db;

    if (f->open)
        sqlite3_exec(f->db, "ROLLBACK", NULL, NULL, NULL);
    for (int i = 0; i < S_ALL; i++)
        sqlite3_finalize(f->statement[i]);
    sqlite3_close(f->db);
    dbfile_close(&f->file);
    free(f);
    s->db = NULL;
}
