/* fetch_store_test.c - what is known of each address: in memory, in a file, and exactly once with the checkpoints of a run
 * that is killed at any write. */
#include "fetch_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "../shared/dbfile.h"
#include "fetch_store_key.h"

#define NOW INT64_C(1763000000000)

static pl_str str(const char *z)
{
    return (pl_str){z, strlen(z)};
}

/* ---- a system that stops: at the nth write, sync, truncation, opening or removal of SQLite's ---- */

static struct {
    long at, n; /* 0: never */
    enum { STOP_BEFORE, STOP_HALF, STOP_AFTER, STOP_FULL } how;
} stop;

struct file_of_ours {
    sqlite3_file base;
    const sqlite3_io_methods *real;
    sqlite3_io_methods own;
};

static sqlite3_vfs *real_vfs, own_vfs;

static bool stops_before(void)
{
    if (!stop.at || ++stop.n != stop.at)
        return stop.at && stop.how == STOP_FULL && stop.n > stop.at;
    if (stop.how == STOP_BEFORE)
        _exit(9);
    return stop.how == STOP_FULL;
}

static void stops_after(void)
{
    if (stop.at && stop.n == stop.at && stop.how != STOP_FULL)
        _exit(9);
}

/* The real file's memory lies behind ours. */
static sqlite3_file *real_of(sqlite3_file *f)
{
    return (sqlite3_file *)((char *)f + sizeof(struct file_of_ours));
}

static int own_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
    sqlite3_file *real = real_of(f);

    if (stops_before())
        return SQLITE_FULL;
    if (stop.at && stop.n == stop.at && stop.how == STOP_HALF)
        n /= 2;
    const int rc = real->pMethods->xWrite(real, bytes, n, at);
    stops_after();
    return rc;
}

static int own_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    sqlite3_file *real = real_of(f);

    if (stops_before())
        return SQLITE_IOERR_TRUNCATE;
    const int rc = real->pMethods->xTruncate(real, size);
    stops_after();
    return rc;
}

static int own_sync(sqlite3_file *f, int flags)
{
    sqlite3_file *real = real_of(f);

    if (stops_before())
        return SQLITE_IOERR_FSYNC;
    const int rc = real->pMethods->xSync(real, flags);
    stops_after();
    return rc;
}

static int own_close(sqlite3_file *f) { return real_of(f)->pMethods->xClose(real_of(f)); }
static int own_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at) { return real_of(f)->pMethods->xRead(real_of(f), p, n, at); }
static int own_size(sqlite3_file *f, sqlite3_int64 *n) { return real_of(f)->pMethods->xFileSize(real_of(f), n); }
static int own_lock(sqlite3_file *f, int l) { return real_of(f)->pMethods->xLock(real_of(f), l); }
static int own_unlock(sqlite3_file *f, int l) { return real_of(f)->pMethods->xUnlock(real_of(f), l); }
static int own_reserved(sqlite3_file *f, int *r) { return real_of(f)->pMethods->xCheckReservedLock(real_of(f), r); }
static int own_control(sqlite3_file *f, int op, void *p) { return real_of(f)->pMethods->xFileControl(real_of(f), op, p); }
static int own_sector(sqlite3_file *f) { return real_of(f)->pMethods->xSectorSize(real_of(f)); }
static int own_traits(sqlite3_file *f) { return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f)); }
static int own_shm_map(sqlite3_file *f, int i, int size, int extend, void volatile **p)
{
    return real_of(f)->pMethods->xShmMap(real_of(f), i, size, extend, p);
}
static int own_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
    return real_of(f)->pMethods->xShmLock(real_of(f), at, n, flags);
}
static void own_shm_barrier(sqlite3_file *f) { real_of(f)->pMethods->xShmBarrier(real_of(f)); }
static int own_shm_unmap(sqlite3_file *f, int remove) { return real_of(f)->pMethods->xShmUnmap(real_of(f), remove); }

static int own_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *f, int flags, int *out)
{
    static const sqlite3_io_methods methods = {
        .iVersion = 2, .xClose = own_close, .xRead = own_read, .xWrite = own_write, .xTruncate = own_truncate, .xSync = own_sync,
        .xFileSize = own_size, .xLock = own_lock, .xUnlock = own_unlock, .xCheckReservedLock = own_reserved,
        .xFileControl = own_control, .xSectorSize = own_sector, .xDeviceCharacteristics = own_traits, .xShmMap = own_shm_map,
        .xShmLock = own_shm_lock, .xShmBarrier = own_shm_barrier, .xShmUnmap = own_shm_unmap};

    (void)vfs;
    f->pMethods = NULL;
    if (stops_before())
        return SQLITE_CANTOPEN;
    const int rc = real_vfs->xOpen(real_vfs, name, real_of(f), flags, out);
    if (rc == SQLITE_OK)
        f->pMethods = &methods;
    stops_after();
    return rc;
}

static int own_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    if (stops_before())
        return SQLITE_IOERR_DELETE;
    const int rc = real_vfs->xDelete(real_vfs, name, sync);
    stops_after();
    return rc;
}

static void set_vfs(void)
{
    real_vfs = sqlite3_vfs_find(NULL);
    own_vfs = *real_vfs;
    own_vfs.zName = "stopping";
    own_vfs.szOsFile = (int)sizeof(struct file_of_ours) + real_vfs->szOsFile;
    own_vfs.xOpen = own_open;
    own_vfs.xDelete = own_delete;
    assert_int_equal(sqlite3_vfs_register(&own_vfs, 1), SQLITE_OK);
}

/* ---- stores ---- */

static struct store *open_with(const struct store_options *o)
{
    struct store *s;
    char message[1024] = "";

    if (store_open(&s, o, message, sizeof message) != PL_OK)
        fail_msg("%s", message);
    return s;
}

static struct store *open_at(const char *path)
{
    return open_with(&(struct store_options){.path = path, .started_ms = NOW});
}

static void remove_store(const char *path)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal", ".new", ".new-journal"};
    char name[256];

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        snprintf(name, sizeof name, "%s%s", path, endings[i]);
        unlink(name);
    }
}

static void put(struct store *s, const char *key, struct known k)
{
    if (store_put(s, str(key), &k) != PL_OK)
        fail_msg("%s", store_message(s));
}

static struct known get(struct store *s, const char *key)
{
    struct known k = {0};
    const int rc = store_find(s, str(key), &k);

    if (rc != PL_OK)
        fail_msg("%s: %d %s", key, rc, store_message(s));
    return k;
}

static bool knows(struct store *s, const char *key)
{
    struct known k;
    const int rc = store_find(s, str(key), &k);

    assert_true(rc == PL_OK || rc == PL_EOF);
    return rc == PL_OK;
}

/* All that a store knows, as text: its addresses by name, then the queue. */
struct dump {
    char *line[4096];
    size_t n;
};

static int dump_line(void *arg, pl_str key, const struct known *k)
{
    struct dump *d = arg;
    char digest[41] = "";

    for (size_t i = 0; k->has_digest && i < 20; i++)
        snprintf(digest + 2 * i, 3, "%02x", k->digest[i]);
    assert_true(d->n < 4096);
    assert_true(asprintf(&d->line[d->n++],
                         "%.*s url=%.*s kind=%d queued=%d status=%d failures=%u %lld %lld %lld %lld etag=%.*s date=%.*s digest=%s "
                         "meta=%.*s\n",
                         (int)key.len, key.ptr, (int)k->url.len, k->url.ptr, k->kind, k->queued, k->status, k->failures,
                         (long long)k->checked_ms, (long long)k->changed_ms, (long long)k->due_ms, (long long)k->interval_s,
                         (int)k->etag.len, k->etag.ptr, (int)k->last_modified.len, k->last_modified.ptr, digest, (int)k->meta.len,
                         k->meta.ptr) > 0);
    return PL_OK;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *dump(struct store *s)
{
    static struct dump d;
    char *text;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    for (int queued = 0; queued < 2; queued++) {
        d.n = 0;
        const int rc = (queued ? store_each_queued : store_each)(s, dump_line, &d);
        if (rc != PL_OK)
            fail_msg("%s", store_message(s));
        if (!queued)
            qsort(d.line, d.n, sizeof *d.line, by_text);
        for (size_t i = 0; i < d.n; i++) {
            fputs(d.line[i], out);
            free(d.line[i]);
        }
        fputs(queued ? "" : "queue:\n", out);
    }
    fclose(out);
    return text;
}

/* ---- finding and putting ---- */

static void check_finding(struct store *s)
{
    struct known k = {.kind = KNOWN_FEED, .status = 200, .failures = 2, .checked_ms = 5, .changed_ms = 4, .due_ms = NOW,
                      .interval_s = 900, .has_digest = true, .etag = PL_S("\"a\0b\""), .last_modified = PL_S("Thu, 01 Jan 1970"),
                      .meta = PL_S("{\"title\":\"Ein Titel\"}")};

    assert_false(knows(s, "https://example.org/feed"));
    memset(k.digest, 0xAB, sizeof k.digest);
    put(s, "https://example.org/feed", k);
    put(s, "https://example.org/a", (struct known){.kind = KNOWN_PAGE, .queued = true, .url = PL_S("http://example.org/a?from=rss")});
    assert_false(knows(s, "https://example.org/feed/"));

    struct known got = get(s, "https://example.org/feed");
    assert_int_equal(got.kind, KNOWN_FEED);
    assert_int_equal(got.status, 200);
    assert_int_equal(got.failures, 2);
    assert_true(got.checked_ms == 5 && got.changed_ms == 4 && got.due_ms == NOW && got.interval_s == 900 && !got.queued);
    assert_true(got.has_digest && memcmp(got.digest, k.digest, 20) == 0);
    assert_true(got.etag.len == 5 && memcmp(got.etag.ptr, "\"a\0b\"", 5) == 0);
    assert_true(got.url.len == 24 && memcmp(got.url.ptr, "https://example.org/feed", 24) == 0);
    assert_int_equal(got.meta.len, k.meta.len);

    /* What was found may be put back, changed. */
    got.status = 304;
    assert_int_equal(store_put(s, PL_S("https://example.org/feed"), &got), PL_OK);
    got = get(s, "https://example.org/feed");
    assert_true(got.status == 304 && got.etag.len == 5 && memcmp(got.meta.ptr, "{\"title", 7) == 0);

    got = get(s, "https://example.org/a");
    assert_true(got.queued && got.url.len == 29 && !got.has_digest && got.etag.len == 0);
}

static void in_memory(void **state)
{
    char saved[STORE_SAVED];
    struct store *s = open_with(&(struct store_options){.started_ms = NOW});

    (void)state;
    check_finding(s);
    assert_int_equal(store_next_sequence(s), 1);
    assert_int_equal(store_next_sequence(s), 2);
    assert_int_equal(store_checkpoint(s, 1, saved, sizeof saved), PL_OK);
    store_told(s, 1);
    assert_int_equal(store_ended(s, 1), PL_OK);
    assert_true(knows(s, "https://example.org/a"));
    store_close(s);
}

/* Before a checkpoint, behind it, and after it was opened again. */
static void in_a_file(void **state)
{
    char saved[STORE_SAVED];
    struct store *s;
    char *before, *after;

    (void)state;
    remove_store("made/here/known");
    s = open_at("made/here/known");
    check_finding(s);
    assert_int_equal(store_next_sequence(s), 1);
    before = dump(s);
    assert_int_equal(store_checkpoint(s, 1, saved, sizeof saved), PL_OK);
    after = dump(s);
    assert_string_equal(before, after);
    free(after);
    assert_int_equal(store_ended(s, 1), PL_OK);
    store_close(s);
    assert_int_equal(access("made/here/known-wal", F_OK), -1);

    s = open_at("made/here/known");
    after = dump(s);
    assert_string_equal(before, after);
    assert_int_equal(store_next_sequence(s), 2);
    store_close(s);
    free(after);
    free(before);
}

static void limits(void **state)
{
    static char text[STORE_MAX_META + 2];
    struct store *s = open_with(&(struct store_options){.started_ms = NOW});
    struct known k = {0};

    (void)state;
    memset(text, 'x', sizeof text);
    assert_int_equal(store_put(s, (pl_str){text, 0}, &k), PL_NOMEM);
    assert_int_equal(store_put(s, (pl_str){text, STORE_MAX_URL + 1}, &k), PL_NOMEM);
    assert_non_null(strstr(store_message(s), "too long"));
    k.url = (pl_str){text, STORE_MAX_URL + 1};
    assert_int_equal(store_put(s, PL_S("a"), &k), PL_NOMEM);
    k.url = (pl_str){text, STORE_MAX_URL};
    k.meta = (pl_str){text, STORE_MAX_META + 1};
    assert_int_equal(store_put(s, PL_S("a"), &k), PL_NOMEM);
    k.meta.len = STORE_MAX_META;
    k.etag = (pl_str){text, STORE_MAX_ETAG + 1};
    k.last_modified = (pl_str){text, STORE_MAX_DATE + 1};
    k.status = -7;
    k.interval_s = k.due_ms = INT64_MAX;
    k.checked_ms = INT64_MIN;
    k.kind = (enum known_kind)77;
    assert_int_equal(store_put(s, PL_S("a"), &k), PL_OK);
    k = get(s, "a");
    assert_true(k.etag.len == 0 && k.last_modified.len == 0 && k.meta.len == STORE_MAX_META && k.url.len == STORE_MAX_URL);
    assert_true(k.status == 0 && k.checked_ms == 0 && k.due_ms == INT64_MAX && k.interval_s == UINT32_MAX && k.kind == KNOWN_UNSORTED);
    store_close(s);
}

static void key_of_the_paper(void **state)
{
    /* SipHash-2-4 with 128 bits of output, of no bytes and of 00 01 ... 0e, under 00 01 ... 0f: the reference's vectors.h. */
    static const unsigned char empty[16] = {0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6, 0x6d, 0xf6, 0x72, 0x14, 0xc7, 0x55, 0x02, 0x93};
    static const unsigned char fifteen[16] = {0x54, 0x93, 0xe9, 0x99, 0x33, 0xb0, 0xa8, 0x11, 0x7e, 0x08, 0xec, 0x0f, 0x97, 0xcf, 0xc3, 0xd9};
    unsigned char bytes[16], out[16];
    struct store_key key;

    (void)state;
    for (unsigned char i = 0; i < 16; i++)
        bytes[i] = i;
    store_key_make(&key, bytes, (pl_str){"", 0});
    for (int i = 0; i < 8; i++) {
        out[i] = (unsigned char)(key.hi >> 8 * i);
        out[8 + i] = (unsigned char)(key.lo >> 8 * i);
    }
    assert_memory_equal(out, empty, 16);
    store_key_make(&key, bytes, (pl_str){(const char *)bytes, 15});
    for (int i = 0; i < 8; i++) {
        out[i] = (unsigned char)(key.hi >> 8 * i);
        out[8 + i] = (unsigned char)(key.lo >> 8 * i);
    }
    assert_memory_equal(out, fifteen, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_memory),
        cmocka_unit_test(in_a_file),
        cmocka_unit_test(limits),
        cmocka_unit_test(key_of_the_paper),
    };
    set_vfs();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
