/* fetch_store_fuzz.c - any values in the rows of a store: what is told of them is within bounds, and the store goes on, or
 * says that it is damaged.
 *
 * The input is one byte of what is done, then rows: a byte that says of which table, and its cells, each a type and what it
 * holds.  An address may get the key that it should have, so that its row is read on. */
#include <assert.h>
#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fetch_about.h"
#include "fetch_due.h"
#include "fetch_store.h"
#include "fetch_store_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ADDRESS = 15, UNDO = 17, RUN = 6 };

static char folder[64], path[96];
static sqlite3 *db;
static sqlite3_stmt *insert[3];
static const uint8_t secret[16];

struct in {
    const uint8_t *at;
    size_t left;
};

static unsigned byte(struct in *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->at++;
}

static pl_str bytes(struct in *in, size_t n)
{
    const pl_str s = {(const char *)in->at, n < in->left ? n : in->left};

    in->at += s.len;
    in->left -= s.len;
    return s;
}

static void clean_up(void)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal", ".new"};
    char name[128];

    for (int i = 0; i < 3; i++)
        sqlite3_finalize(insert[i]);
    sqlite3_close(db);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        snprintf(name, sizeof name, "%s%s", path, endings[i]);
        unlink(name);
    }
    rmdir(folder);
}

static void exec(const char *sql)
{
    const int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    assert(code == SQLITE_OK);
}

/* The file is made once; its rows are another's for each input. */
static void set_up(void)
{
    static const char *const sql[] = {
        "INSERT OR REPLACE INTO address VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        "INSERT OR REPLACE INTO undo VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        "UPDATE run SET writer = ?, sequence = ?, place = ?, checkpoint = ?, known = ?, floor = ?"};
    struct store_options o = {.path = path};
    struct store *s;
    char message[1024];

    snprintf(folder, sizeof folder, "%s", access("/dev/shm", W_OK) == 0 ? "/dev/shm/fuzz.XXXXXX" : "/tmp/fuzz.XXXXXX");
    if (!mkdtemp(folder))
        abort();
    snprintf(path, sizeof path, "%s/known", folder);
    if (store_open(&s, &o, message, sizeof message) != PL_OK)
        abort();
    store_close(s);
    if (sqlite3_open(path, &db) != SQLITE_OK)
        abort();
    exec("PRAGMA synchronous = OFF; UPDATE run SET secret = zeroblob(16)");
    for (int i = 0; i < 3; i++) {
        const int code = sqlite3_prepare_v2(db, sql[i], -1, &insert[i], NULL);
        assert(code == SQLITE_OK);
    }
    atexit(clean_up);
}

static void bind_cell(struct in *in, sqlite3_stmt *st, int c)
{
    const unsigned type = byte(in);
    int64_t number = 0;
    pl_str text;

    switch (type & 7) {
    case 0: sqlite3_bind_null(st, c); break;
    case 1: sqlite3_bind_int64(st, c, type >> 3); break;
    case 2:
        for (unsigned i = 0; i < 8; i++)
            number = (int64_t)((uint64_t)number << 8 | byte(in));
        sqlite3_bind_int64(st, c, number);
        break;
    case 3: sqlite3_bind_double(st, c, (type >> 3) * 1e300); break;
    case 4: sqlite3_bind_zeroblob(st, c, (int)((type >> 3) * 1000)); break;
    case 5:
        text = bytes(in, byte(in));
        sqlite3_bind_blob(st, c, text.ptr, (int)text.len, SQLITE_TRANSIENT);
        break;
    default:
        text = bytes(in, byte(in));
        sqlite3_bind_text(st, c, text.ptr ? text.ptr : "", (int)text.len, SQLITE_TRANSIENT);
    }
}

static void bind_right_key(struct in *in, sqlite3_stmt *st, int key_at, int url_at)
{
    const pl_str url = bytes(in, 1 + byte(in) % 40);
    struct store_key key;
    uint8_t blob[16];

    store_key_make(&key, secret, url);
    for (int i = 0; i < 8; i++) {
        blob[i] = (uint8_t)(key.hi >> (56 - 8 * i));
        blob[8 + i] = (uint8_t)(key.lo >> (56 - 8 * i));
    }
    sqlite3_bind_blob(st, key_at, blob, sizeof blob, SQLITE_TRANSIENT);
    sqlite3_bind_text(st, url_at, url.ptr ? url.ptr : "", (int)url.len, SQLITE_TRANSIENT);
}

/* What the tables do not take (NOT NULL) is left out. */
static void add_row(struct in *in)
{
    const unsigned what = byte(in);
    const int table = (int)(what % 3), columns = table == 0 ? ADDRESS : table == 1 ? UNDO : RUN;
    sqlite3_stmt *st = insert[table];

    for (int c = 1; c <= columns; c++)
        bind_cell(in, st, c);
    if (table < 2 && what & 0x80)
        bind_right_key(in, st, table == 0 ? 1 : 2, table == 0 ? 2 : 4);
    sqlite3_step(st);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
}

static int look(void *arg, pl_str key, const struct known *k)
{
    struct store *s = arg;
    struct known own = *k;
    struct about about;
    const struct due_facts f = {.outcome = DUE_UNCHANGED, .now_ms = 1763000000000, .max_age_s = -1, .ttl_s = -1, .retry_after_ms = -1};

    assert(key.len > 0 && key.len <= STORE_MAX_URL && k->url.len > 0 && k->url.len <= STORE_MAX_URL);
    assert(k->meta.len <= STORE_MAX_META && k->etag.len <= STORE_MAX_ETAG && k->last_modified.len <= STORE_MAX_DATE);
    assert(k->kind <= KNOWN_FRONT && k->status >= 0 && k->status <= 999 && k->interval_s >= 0 && k->due_ms >= 0);
    about_read(k->meta, &about);
    for (int i = 0; i < ABOUT_PARTS; i++)
        assert(about.part[i].len == 0 || (about.part[i].ptr >= k->meta.ptr &&
                                          about.part[i].ptr + about.part[i].len <= k->meta.ptr + k->meta.len));
    due_next(&own, &f);
    own.queued = !k->queued;
    return s ? store_put(s, key, &own) : PL_OK;
}

static void use(struct store *s, unsigned how, struct in *in)
{
    char saved[STORE_SAVED];
    struct known k;
    struct store_counts counts;
    const pl_str text = bytes(in, how & 0x40 ? byte(in) : 0);

    if (how & 1 && store_restore(s, how >> 4, how & 0x40 ? text : PL_S("1 1 1 1")) != PL_OK)
        return;
    store_find(s, text, &k);
    store_find(s, PL_S("a"), &k);
    store_count(s, 1763000000000, &counts);
    store_each_queued(s, look, how & 2 ? s : NULL);
    store_each(s, look, how & 4 ? s : NULL);
    store_next_sequence(s);
    if (store_checkpoint(s, 1 + (how >> 4), saved, sizeof saved) == PL_OK && how & 8)
        store_ended(s, 1 + (how >> 4));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct store_options o = {.path = path};
    struct in in = {data, size};
    struct store *s;
    char message[1024];

    if (!db)
        set_up();
    const unsigned how = byte(&in);
    const struct in rest = in;
    exec("BEGIN; DELETE FROM address; DELETE FROM undo; UPDATE run SET writer = 1, sequence = 1, place = 1, checkpoint = 1, "
         "known = 0, floor = 0");
    for (int n = 0; in.left && n < 20; n++)
        add_row(&in);
    exec("COMMIT");
    in = rest;
    o.read_only = how & 0x20;
    if (store_open(&s, &o, message, sizeof message) != PL_OK)
        return 0;
    use(s, how, &in);
    store_close(s);
    return 0;
}
