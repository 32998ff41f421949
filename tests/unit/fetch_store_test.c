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

/* Nothing here depends on what a disk has: a process that is killed leaves its writes behind. */
static int own_sync(sqlite3_file *f, int flags)
{
    (void)f;
    (void)flags;
    if (stops_before())
        return SQLITE_IOERR_FSYNC;
    stops_after();
    return SQLITE_OK;
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

/* ---- the queue ---- */

struct seen {
    struct store *s;
    char keys[4096];
    const char *also; /* what is done to the store meanwhile */
};

static int see(void *arg, pl_str key, const struct known *k)
{
    struct seen *seen = arg;
    const size_t n = strlen(seen->keys);

    assert_true(k->queued);
    snprintf(seen->keys + n, sizeof seen->keys - n, "%.*s ", (int)key.len, key.ptr);
    if (seen->also) {
        put(seen->s, "new", (struct known){.queued = true});
        put(seen->s, "c", (struct known){.status = 200});
        assert_int_equal(store_put(seen->s, key, k), PL_OK);
    }
    return key.len == 1 && key.ptr[0] == 'z' ? 77 : PL_OK;
}

static void is_queue(struct store *s, const char *wanted_keys, const char *also)
{
    struct seen seen = {.s = s, .also = also};

    assert_int_equal(store_each_queued(s, see, &seen), PL_OK);
    assert_string_equal(seen.keys, wanted_keys);
}

static void queue_in(struct store *s)
{
    char saved[STORE_SAVED];

    for (const char *c = "gbdca"; *c; c++)
        put(s, (char[]){*c, 0}, (struct known){.queued = true});
    is_queue(s, "g b d c a ", NULL);
    put(s, "d", (struct known){.queued = false});
    put(s, "b", (struct known){.queued = true, .status = 500}); /* keeps its place */
    is_queue(s, "g b c a ", NULL);
    assert_int_equal(store_checkpoint(s, 1, saved, sizeof saved), PL_OK);
    is_queue(s, "g b c a ", NULL);
    put(s, "g", (struct known){.queued = false});
    put(s, "d", (struct known){.queued = true}); /* the last place */
    put(s, "e", (struct known){.queued = true});
    put(s, "b", (struct known){.queued = true, .status = 503});
    is_queue(s, "b c a d e ", NULL);
    is_queue(s, "b a d e ", "and changes");
    is_queue(s, "b a d e new ", NULL);
    put(s, "z", (struct known){.queued = true});
    put(s, "y", (struct known){.queued = true});
    struct seen seen = {.s = s};
    assert_int_equal(store_each_queued(s, see, &seen), 77);
    assert_string_equal(seen.keys, "b a d e new z ");
}

static void queue_in_memory(void **state)
{
    struct store *s = open_with(&(struct store_options){.started_ms = NOW});

    (void)state;
    queue_in(s);
    store_close(s);
}

static void queue_in_a_file(void **state)
{
    struct store *s;

    (void)state;
    remove_store("known");
    s = open_at("known");
    queue_in(s);
    store_close(s);
}

/* ---- runs that follow each other ---- */

static void checkpoint(struct store *s, uint64_t n, char saved[STORE_SAVED])
{
    if (store_checkpoint(s, n, saved, STORE_SAVED) != PL_OK)
        fail_msg("%s", store_message(s));
}

/* What came with no record is kept though there was no checkpoint; what came with one is not. */
static void without_records(void **state)
{
    char saved[STORE_SAVED];
    struct store *s;

    (void)state;
    remove_store("known");
    s = open_at("known");
    put(s, "feed", (struct known){.kind = KNOWN_FEED, .status = 304, .due_ms = NOW});
    store_close(s);
    s = open_at("known");
    assert_true(get(s, "feed").due_ms == NOW);
    assert_int_equal(store_next_sequence(s), 1);
    put(s, "page", (struct known){.kind = KNOWN_PAGE, .status = 200});
    store_close(s);
    s = open_at("known");
    assert_false(knows(s, "page"));
    /* The same behind a checkpoint; and a run that goes on has it. */
    assert_int_equal(store_next_sequence(s), 1);
    put(s, "page", (struct known){.kind = KNOWN_PAGE, .status = 200});
    checkpoint(s, 1, saved);
    store_told(s, 1);
    put(s, "feed", (struct known){.kind = KNOWN_FEED, .status = 304, .due_ms = NOW + 1});
    store_close(s);
    s = open_at("known");
    assert_int_equal(store_restore(s, 1, str(saved)), PL_OK);
    assert_true(get(s, "feed").due_ms == NOW + 1);
    assert_int_equal(store_next_sequence(s), 2);
    store_close(s);
}

/* Of a run whose last checkpoint is in no journal the next one finds nothing, nor what was written behind it. */
static void not_in_the_journal(void **state)
{
    char saved[STORE_SAVED];
    struct store *s;

    (void)state;
    remove_store("known");
    s = open_at("known");
    put(s, "feed", (struct known){.kind = KNOWN_FEED, .status = 200});
    store_next_sequence(s);
    put(s, "one", (struct known){.kind = KNOWN_PAGE, .status = 200});
    checkpoint(s, 1, saved);
    put(s, "feed", (struct known){.kind = KNOWN_FEED, .status = 304});
    store_close(s);
    s = open_at("known");
    assert_false(knows(s, "one"));
    assert_false(knows(s, "feed"));
    assert_int_equal(store_next_sequence(s), 2); /* but its numbers are not given out again */
    store_close(s);
}

/* A checkpoint at which nothing changed still writes that the one before is in the journal. */
static void idle_checkpoint(void **state)
{
    char saved[STORE_SAVED];
    struct store *s;

    (void)state;
    remove_store("known");
    s = open_at("known");
    store_next_sequence(s);
    put(s, "one", (struct known){.status = 200});
    checkpoint(s, 1, saved);
    store_told(s, 1);
    checkpoint(s, 2, saved);
    store_close(s);
    s = open_at("known");
    assert_true(knows(s, "one"));
    store_close(s);
}

/* One is interrupted, another uses the store, the first one goes on: with what the other one left. */
static void another_between(void **state)
{
    char first[STORE_SAVED], second[STORE_SAVED];
    struct store *s;

    (void)state;
    remove_store("known");
    s = open_at("known");
    for (uint64_t n = 1; n <= 3; n++) {
        store_next_sequence(s);
        put(s, (char[]){(char)('0' + n), 0}, (struct known){.status = 200});
        checkpoint(s, n, first);
        if (n == 2)
            store_told(s, 1);
    }
    store_close(s); /* checkpoint 3 is in the journal, but the store never heard of more than the first */

    s = open_at("known");
    assert_true(knows(s, "1"));
    assert_false(knows(s, "3"));
    assert_int_equal(store_next_sequence(s), 4);
    put(s, "other", (struct known){.status = 200});
    checkpoint(s, 1, second);
    store_told(s, 1);
    store_next_sequence(s);
    put(s, "late", (struct known){.status = 200});
    checkpoint(s, 2, second);
    store_close(s);

    s = open_at("known");
    assert_int_equal(store_restore(s, 3, str(first)), PL_OK);
    assert_true(knows(s, "other"));
    assert_false(knows(s, "late"));
    assert_int_equal(store_next_sequence(s), 6);
    put(s, "more", (struct known){.status = 200});
    checkpoint(s, 4, first);
    store_close(s);
    s = open_at("known");
    assert_int_equal(store_restore(s, 4, str(first)), PL_OK);
    assert_true(knows(s, "more"));
    assert_int_equal(store_ended(s, 4), PL_OK);
    assert_int_equal(store_ended(s, 4), PL_OK);
    store_close(s);
}

/* The journal's last line may be damaged: the one before is gone back to. */
static void one_further_back(void **state)
{
    char saved[6][STORE_SAVED];
    struct store *s;
    char *text;

    (void)state;
    remove_store("known");
    s = open_at("known");
    for (uint64_t n = 1; n <= 5; n++) {
        put(s, "one", (struct known){.status = (int)n, .queued = n % 2});
        put(s, (char[]){(char)('0' + n), 0}, (struct known){.status = 200});
        store_next_sequence(s);
        checkpoint(s, n, saved[n]);
        if (n > 1)
            store_told(s, n - 1);
    }
    store_close(s);
    for (uint64_t n = 5; n >= 3; n--) {
        s = open_at("known");
        assert_int_equal(store_restore(s, n, str(saved[n])), PL_OK);
        assert_int_equal(get(s, "one").status, n);
        assert_int_equal(get(s, "one").queued, n % 2);
        text = dump(s);
        assert_int_equal(!!strstr(text, "\n5 url"), n == 5);
        free(text);
        store_close(s);
    }
    s = open_at("known");
    assert_int_equal(store_restore(s, 1, str(saved[1])), PL_FATAL);
    assert_non_null(strstr(store_message(s), "'known' no longer has what it takes"));
    store_close(s);
}

static void saved_of_nothing(void **state)
{
    static const char *const texts[] = {"", "1", "2 2 3 4 5 6", "9 1 1 1 1", "2 1 1 -1 1", "nonsense"};
    struct store *s;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct known k;
        s = open_at("known");
        assert_int_equal(store_restore(s, 1, str(texts[i])), PL_FATAL);
        assert_non_null(strstr(store_message(s), "--restart"));
        assert_int_equal(store_find(s, PL_S("one"), &k), PL_FATAL);
        store_close(s);
    }
}

/* An older copy was put back. */
static void older_copy(void **state)
{
    char saved[STORE_SAVED];
    struct store *s;

    (void)state;
    remove_store("known");
    remove_store("copied");
    s = open_at("known");
    put(s, "one", (struct known){.status = 200});
    store_next_sequence(s);
    checkpoint(s, 1, saved);
    assert_int_equal(store_ended(s, 1), PL_OK);
    assert_int_equal(system("cp known copied"), 0);
    put(s, "two", (struct known){.status = 200});
    checkpoint(s, 2, saved);
    store_close(s);
    remove_store("known");
    assert_int_equal(rename("copied", "known"), 0);
    s = open_at("known");
    assert_int_equal(store_restore(s, 2, str(saved)), PL_FATAL);
    assert_string_equal(store_message(s),
                        "'known' is older than what this run wrote: put the newer one back, or begin anew with --restart");
    store_close(s);
}

/* The file is gone, or was made anew: what was queued in it is nowhere else. */
static void another_file(void **state)
{
    char saved[STORE_SAVED];
    struct store *s;

    (void)state;
    for (int with_record = 0; with_record < 2; with_record++) {
        remove_store("known");
        s = open_at("known");
        put(s, "one", (struct known){.queued = true});
        if (with_record)
            store_next_sequence(s);
        checkpoint(s, 1, saved);
        store_close(s);
        remove_store("known");
        s = open_at("known");
        assert_int_equal(store_restore(s, 1, str(saved)), PL_FATAL);
        assert_string_equal(store_message(s), "'known' is not the file that this run began with: put that one back, or begin "
                                              "anew with --restart");
        store_close(s);
    }
}

/* A copy of before was put back, and another run has used it since. */
static void older_copy_used(void **state)
{
    char saved[STORE_SAVED], other[STORE_SAVED];
    struct store *s;

    (void)state;
    remove_store("known");
    remove_store("copied");
    s = open_at("known");
    put(s, "one", (struct known){.status = 200});
    checkpoint(s, 1, saved);
    assert_int_equal(store_ended(s, 1), PL_OK);
    assert_int_equal(system("cp known copied"), 0);
    store_next_sequence(s);
    store_next_sequence(s);
    put(s, "two", (struct known){.queued = true});
    checkpoint(s, 2, saved);
    store_close(s);
    remove_store("known");
    assert_int_equal(rename("copied", "known"), 0);
    s = open_at("known");
    store_next_sequence(s);
    put(s, "three", (struct known){.status = 200});
    checkpoint(s, 1, other);
    assert_int_equal(store_ended(s, 1), PL_OK);
    store_close(s);
    s = open_at("known");
    assert_int_equal(store_restore(s, 2, str(saved)), PL_FATAL);
    assert_non_null(strstr(store_message(s), "older than what this run wrote"));
    store_close(s);
}

/* More than fits into memory, with and without a record: it goes to the file before the checkpoint, and is taken back. */
static void much(void **state)
{
    static char meta[200000];
    char key[32], saved[STORE_SAVED];
    struct store *s;

    (void)state;
    memset(meta, 'm', sizeof meta);
    for (int record = 0; record < 2; record++) {
        const struct known k = {.queued = true, .meta = {meta, sizeof meta}};
        remove_store("known");
        s = open_at("known");
        put(s, "first", (struct known){.status = 200});
        checkpoint(s, 1, saved);
        store_told(s, 1);
        if (record)
            store_next_sequence(s);
        for (int i = 0; i < 100; i++) {
            snprintf(key, sizeof key, "key%d", i);
            put(s, key, k);
        }
        assert_int_equal(get(s, "key0").meta.len, sizeof meta);
        if (record) {
            store_close(s); /* as after a fault: what came with a record is lost */
            s = open_at("known");
            assert_int_equal(store_restore(s, 1, str(saved)), PL_OK);
            assert_false(knows(s, "key0"));
        } else {
            checkpoint(s, 2, saved);
        }
        assert_true(knows(s, "first"));
        store_close(s);
        s = open_at("known");
        assert_int_equal(knows(s, "key0"), !record);
        assert_true(knows(s, "first"));
        store_close(s);
    }
}

/* ---- files ---- */

static int open_code(const struct store_options *o, char message[1024])
{
    struct store *s;
    const int rc = store_open(&s, o, message, 1024);

    if (rc == PL_OK)
        store_close(s);
    else
        assert_null(s);
    return rc;
}

static void one_run_at_a_time(void **state)
{
    const struct store_options o = {.path = "known"}, look = {.path = "known", .read_only = true};
    char message[1024], saved[STORE_SAVED];
    struct store *s, *reader;

    (void)state;
    remove_store("known");
    assert_int_equal(open_code(&look, message), PL_RETRY);
    assert_string_equal(message, "cannot open 'known': No such file or directory");
    s = open_at("known");
    put(s, "page", (struct known){.kind = KNOWN_PAGE, .status = 200, .queued = true});
    put(s, "feed", (struct known){.kind = KNOWN_FEED, .failures = 3, .due_ms = NOW});
    checkpoint(s, 1, saved);
    assert_int_equal(open_code(&o, message), PL_AGAIN);
    assert_string_equal(message, "'known' is being written by another run or stage");

    /* It may be read meanwhile. */
    struct store_counts c, own;
    reader = open_with(&look);
    assert_int_equal(store_count(reader, NOW, &c), PL_OK);
    assert_int_equal(store_count(s, NOW, &own), PL_OK);
    assert_memory_equal(&c, &own, sizeof c);
    put(s, "more", (struct known){.kind = KNOWN_SITEMAP, .due_ms = NOW + 1});
    assert_int_equal(store_count(s, NOW, &own), PL_OK);
    assert_true(own.addresses == 3 && own.queued == 1 && own.failing == 1 && own.due == 1 && own.of_kind[KNOWN_SITEMAP] == 1);
    assert_int_equal(c.addresses, 2);
    assert_int_equal(get(reader, "feed").failures, 3);
    store_close(reader);
    store_close(s);
    assert_int_equal(open_code(&o, message), PL_OK);
}

static void write_bytes(const char *path, const char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    fwrite(bytes, 1, n, f);
    fclose(f);
}

static void sql(const char *path, const char *text)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", text, sqlite3_errmsg(db));
    sqlite3_close(db);
}

static void not_ours(void **state)
{
    const struct store_options o = {.path = "strange"};
    char message[1024];

    (void)state;
    remove_store("strange");
    write_bytes("strange", "a diary", 7);
    assert_int_equal(open_code(&o, message), PL_FATAL);
    assert_string_equal(message, "'strange' is no SQLite database, and is left as it is: move it away or choose another `store`");
    remove_store("strange");
    sql("strange", "CREATE TABLE diary (entry)");
    assert_int_equal(open_code(&o, message), PL_FATAL);
    assert_string_equal(message, "'strange' is a SQLite database, but not one that this stage made, and is left as it is: "
                                 "move it away or choose another `store`");
    remove_store("strange");
    assert_int_equal(open_code(&o, message), PL_OK);
    sql("strange", "CREATE TRIGGER his AFTER INSERT ON address BEGIN DELETE FROM run; END");
    assert_int_equal(open_code(&o, message), PL_FATAL);
    assert_string_equal(message, "'strange' has not the tables that this stage makes, and is left as it is: move it away or "
                                 "choose another `store`");
    sql("strange", "DROP TRIGGER his; PRAGMA user_version = 2");
    assert_int_equal(open_code(&o, message), PL_FATAL);
    assert_string_equal(message, "'strange' has tables of form 2, and this program writes form 1: it is left as it is; choose "
                                 "another `store`");
}

static const char *const damages[] = {
    "UPDATE address SET kind = 9", "UPDATE address SET kind = 'feed'", "UPDATE address SET status = -1",
    "UPDATE address SET digest = x'00'", "UPDATE address SET digest = 7", "UPDATE address SET url = 'other'",
    "UPDATE address SET url = ''", "UPDATE address SET url = x'6f6e65'", "UPDATE address SET queued = 0",
    "UPDATE address SET queued = 'first'", "UPDATE address SET due = -1", "UPDATE address SET interval = 5000000000",
    "UPDATE address SET meta = zeroblob(10)", "UPDATE address SET etag = hex(zeroblob(600))",
};

static int ignore(void *arg, pl_str key, const struct known *k)
{
    (void)arg;
    (void)key;
    (void)k;
    return PL_OK;
}

static void damaged_rows(void **state)
{
    const struct store_options o = {.path = "damaged"};
    char message[1024], saved[STORE_SAVED];
    struct known k;

    (void)state;
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        remove_store("damaged");
        struct store *s = open_at("damaged");
        put(s, "one", (struct known){.status = 200, .queued = true});
        checkpoint(s, 1, saved);
        assert_int_equal(store_ended(s, 1), PL_OK);
        store_close(s);
        sql("damaged", damages[i]);
        s = open_at("damaged");
        if (store_find(s, PL_S("one"), &k) != PL_FATAL || store_each(s, ignore, NULL) != PL_FATAL)
            fail_msg("not seen: %s", damages[i]);
        assert_non_null(strstr(store_message(s), "cannot read 'damaged', a row of `address`"));
        store_close(s);
    }
    sql("damaged", "DELETE FROM run");
    assert_int_equal(open_code(&o, message), PL_FATAL);
    assert_string_equal(message, "cannot read 'damaged', the row of `run`: it is damaged: put back a copy, or move it away, and "
                                 "each address is new again");
    sql("damaged", "INSERT INTO run VALUES (zeroblob(15), 1, 1, 1, 1, 1, 1)");
    assert_int_equal(open_code(&o, message), PL_FATAL);
    sql("damaged", "UPDATE run SET secret = zeroblob(16), checkpoint = -4");
    assert_int_equal(open_code(&o, message), PL_FATAL);
}

/* Pages of the file itself, overwritten. */
static void damaged_pages(void **state)
{
    char saved[STORE_SAVED], key[32];
    static char noise[4096];
    struct store *s;
    int seen = 0;

    (void)state;
    memset(noise, 0x5A, sizeof noise);
    for (long page = 1; page < 12; page++) {
        remove_store("damaged");
        s = open_at("damaged");
        for (int i = 0; i < 200; i++) {
            snprintf(key, sizeof key, "https://example.org/%d", i);
            put(s, key, (struct known){.status = 200, .queued = i % 2});
        }
        checkpoint(s, 1, saved);
        assert_int_equal(store_ended(s, 1), PL_OK);
        store_close(s);
        FILE *f = fopen("damaged", "r+b");
        assert_non_null(f);
        fseek(f, page * 4096 + 16, SEEK_SET);
        fwrite(noise, 1, sizeof noise - 16, f);
        fclose(f);
        char message[1024] = "";
        const struct store_options o = {.path = "damaged"};
        int rc = store_open(&s, &o, message, sizeof message);
        if (rc == PL_OK) {
            rc = store_each(s, ignore, NULL);
            if (rc == PL_OK)
                rc = store_each_queued(s, ignore, NULL);
            snprintf(message, sizeof message, "%s", store_message(s));
            store_close(s);
        }
        assert_true(rc == PL_OK || rc == PL_FATAL || rc == PL_RETRY);
        if (rc != PL_OK)
            assert_non_null(strstr(message, "'damaged'"));
        seen += rc == PL_FATAL;
    }
    assert_true(seen >= 4);
}

/* ---- a crawl that is killed ---- */

enum { STEPS = 12, OPS = 9, ADDRESSES = 40 };

static uint32_t mixed(uint32_t x)
{
    x = (x ^ x >> 16) * 0x7feb352du;
    x = (x ^ x >> 15) * 0x846ca68bu;
    return x ^ x >> 16;
}

/* What happens depends on nothing but its number, and what the store knows. */
static void happens(struct store *s, int i)
{
    const uint32_t r = mixed((uint32_t)i + 1);
    struct known k = {0};
    char key[64], meta[64];

    snprintf(key, sizeof key, "https://www.example.org/%u", (unsigned)(r % ADDRESSES));
    if (store_find(s, str(key), &k) == PL_OK && k.queued) {
        k = (struct known){.kind = KNOWN_PAGE, .status = 200, .checked_ms = NOW + i, .has_digest = true};
        k.digest[3] = (uint8_t)i;
        assert_true(store_next_sequence(s) > 0 || store_message(s)[0]);
    } else if (r >> 8 & 1) {
        snprintf(meta, sizeof meta, "{\"title\":\"%d\"}", i);
        k = (struct known){.kind = KNOWN_PAGE, .queued = true, .meta = str(meta)};
    } else {
        k.kind = KNOWN_FEED;
        k.failures++;
        k.etag = PL_S("\"etag\"");
    }
    store_put(s, str(key), &k);
}

/* What is to be known after each of the checkpoints, from a store in memory. */
static char *wanted[STEPS + 1];
static uint64_t wanted_sequence[STEPS + 1];

static void set_wanted(void)
{
    struct store *s = open_with(&(struct store_options){.started_ms = NOW});

    wanted[0] = dump(s);
    for (int n = 1; n <= STEPS; n++) {
        for (int i = 0; i < OPS; i++)
            happens(s, n * OPS + i);
        wanted[n] = dump(s);
        /* To ask takes one itself. */
        wanted_sequence[n] = store_next_sequence(s) - (uint64_t)n;
    }
    store_close(s);
}

/* In the place of the run's journal: a line a checkpoint, in one write; a line that is torn was not written. */
static void journal_add(int n, const char *saved)
{
    FILE *f = fopen("journal", "ab");

    assert_non_null(f);
    fprintf(f, "%d:%s\n", n, saved);
    fclose(f);
}

static int journal_last(char saved[STORE_SAVED])
{
    FILE *f = fopen("journal", "rb");
    char line[256], *colon;
    int n = 0;

    while (f && fgets(line, sizeof line, f) && (colon = strchr(line, ':'))) {
        n = atoi(line);
        line[strcspn(line, "\n")] = 0;
        snprintf(saved, STORE_SAVED, "%.*s", STORE_SAVED - 1, colon + 1);
    }
    if (f)
        fclose(f);
    return n;
}

/* From checkpoint `from` on to the end.  The journal hears of a checkpoint some time after the store: `lag` is how many lie
 * between.  Gives the first fault. */
static int crawl(struct store *s, int from, int lag)
{
    static char saved[STEPS + 1][STORE_SAVED];
    int rc = PL_OK;

    for (int n = from + 1; n <= STEPS && rc == PL_OK; n++) {
        for (int i = 0; i < OPS; i++)
            happens(s, n * OPS + i);
        rc = store_checkpoint(s, (uint64_t)n, saved[n], STORE_SAVED);
        const int told = n == STEPS ? n : n - lag;
        for (int i = n == STEPS ? (n - lag > from ? n - lag : from + 1) : told; rc == PL_OK && i > from && i <= told; i++) {
            journal_add(i, saved[i]);
            /* The word comes late, or with the next one. */
            if (i % 3)
                store_told(s, (uint64_t)i);
        }
    }
    return rc == PL_OK ? store_ended(s, STEPS) : rc;
}

/* In a process of its own, which stops where `stop` says; gives its exit code. */
static int run_apart(int (*run)(int), int arg)
{
    int status = 0;
    const pid_t child = fork();

    if (child == 0)
        _exit(run(arg));
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int first_run(int lag)
{
    const struct store_options o = {.path = "known", .started_ms = NOW};
    char message[1024];
    struct store *s;
    const int opened = store_open(&s, &o, message, sizeof message);
    int rc = opened;

    if (rc == PL_OK)
        rc = crawl(s, 0, lag);
    store_close(s);
    return rc == PL_OK ? 0 : opened == PL_OK ? 2 : 3;
}

static void is_wanted(struct store *s, int n, long at, const char *what)
{
    char *text = dump(s);

    if (strcmp(text, wanted[n]) != 0)
        fail_msg("stopped at %ld: %s %d is\n%snot\n%s", at, what, n, text, wanted[n]);
    free(text);
}

static char saved_last[STORE_SAVED];

/* The run goes on: exactly from where its journal ends, to exactly the end of one that was not disturbed. */
static void goes_on(long at, int lag)
{
    const int n = journal_last(saved_last);
    struct store *s = open_at("known");

    if (n > 0 && store_restore(s, (uint64_t)n, str(saved_last)) != PL_OK)
        fail_msg("stopped at %ld: %s", at, store_message(s));
    is_wanted(s, n, at, "after checkpoint");
    if (n == STEPS)
        assert_int_equal(store_ended(s, STEPS), PL_OK);
    else if (crawl(s, n, lag) != PL_OK)
        fail_msg("stopped at %ld: %s", at, store_message(s));
    is_wanted(s, STEPS, at, "the end");
    if (n > 0)
        assert_true(store_next_sequence(s) == wanted_sequence[STEPS] + 1);
    store_close(s);
}

/* Another run comes instead: it finds what the journal of the first one knew, or what it knew a checkpoint or so before. */
static void begins_anew(long at, int lag)
{
    const int n = journal_last(saved_last);
    struct store *s = open_at("known");
    char *text = dump(s);
    int found = n;

    while (found >= 0 && strcmp(text, wanted[found]) != 0)
        found--;
    if (found < 0 || found < n - lag - 2)
        fail_msg("stopped at %ld: journal %d, store %d: %s", at, n, found, text);
    assert_true(store_next_sequence(s) > wanted_sequence[found]);
    free(text);
    store_close(s);
}

static void copy(const char *from, const char *to)
{
    char command[256];

    snprintf(command, sizeof command, "test ! -e %s || cp %s %s", from, from, to);
    assert_int_equal(system(command), 0);
}

/* What lies in the folder, aside and back. */
static void keep(bool back)
{
    static const char *const endings[] = {"", "-wal", "-journal", ".new"};
    char here[32], aside[32];

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        snprintf(here, sizeof here, "known%s", endings[i]);
        snprintf(aside, sizeof aside, "kept%s", endings[i]);
        unlink(back ? here : aside);
        copy(back ? aside : here, back ? here : aside);
    }
    if (back)
        unlink("known-shm");
}

static void killed_anywhere(void **state)
{
    long at, ended = 0;

    (void)state;
    for (at = 1; ended < 3; at++) {
        const int lag = (int)(at % 3);
        remove_store("known");
        unlink("journal");
        stop.at = at;
        stop.n = 0;
        stop.how = (unsigned)(at / 3 % 3);
        const int code = run_apart(first_run, lag);
        stop.at = 0;
        if (code == 0)
            ended++;
        else
            assert_int_equal(code, 9);
        keep(false);
        begins_anew(at, lag);
        keep(true);
        goes_on(at, lag);
    }
    print_message("# killed at each of %ld calls\n", at - 4);
    assert_true(at > 60);
}

/* Killed, gone on, and killed again while it is taken back or later, until it has ended. */
static int next_run(int lag)
{
    const struct store_options o = {.path = "known", .started_ms = NOW};
    const int n = journal_last(saved_last);
    char message[1024];
    struct store *s;
    int rc = store_open(&s, &o, message, sizeof message);

    if (rc == PL_OK && n > 0)
        rc = store_restore(s, (uint64_t)n, str(saved_last));
    if (rc == PL_OK)
        is_wanted(s, n, stop.at, "after checkpoint");
    if (rc == PL_OK)
        rc = n == STEPS ? store_ended(s, STEPS) : crawl(s, n, lag);
    store_close(s);
    return rc == PL_OK ? 0 : 2;
}

static void killed_again_and_again(void **state)
{
    int kills = 0;

    (void)state;
    for (uint32_t round = 0; round < 12; round++) {
        remove_store("known");
        unlink("journal");
        for (uint32_t i = 0;; i++) {
            stop.at = 1 + mixed(round * 1000 + i) % 40;
            stop.n = 0;
            stop.how = mixed(round * 1000 + i) >> 20 & 1 ? STOP_HALF : STOP_AFTER;
            /* Some chains would be killed at the same place for ever. */
            if (i > 60)
                stop.at = 0;
            const int code = run_apart(next_run, (int)(round % 3));
            if (code == 0)
                break;
            assert_int_equal(code, 9);
            kills++;
        }
        stop.at = 0;
        struct store *s = open_at("known");
        is_wanted(s, STEPS, round, "the end");
        store_close(s);
    }
    print_message("# %d kills\n", kills);
    assert_true(kills > 100);
}

static int full_run(int lag)
{
    const struct store_options o = {.path = "known", .started_ms = NOW};
    char message[1024] = "", saved[STORE_SAVED];
    struct store *s;
    struct known k = {0};
    int rc = store_open(&s, &o, message, sizeof message);

    if (rc != PL_OK)
        return rc == PL_RETRY && strstr(message, "known") ? 3 : 4;
    rc = crawl(s, 0, lag);
    const bool told = rc == PL_OK || (rc == PL_RETRY && strstr(store_message(s), "known"));
    /* Nothing is written any more, even where there is room again. */
    const bool fails = rc == PL_OK || (store_put(s, PL_S("x"), &k) == PL_RETRY &&
                                       store_checkpoint(s, STEPS + 1, saved, sizeof saved) == PL_RETRY);
    stop.at = 0;
    store_close(s);
    return rc == PL_OK ? 0 : !told ? 5 : !fails ? 6 : 3;
}

static void full_anywhere(void **state)
{
    long at, ended = 0;

    (void)state;
    for (at = 1; ended < 2; at++) {
        remove_store("known");
        unlink("journal");
        stop.at = at;
        stop.n = 0;
        stop.how = STOP_FULL;
        const int code = run_apart(full_run, (int)(at % 3));
        stop.at = 0;
        if (code != 0 && code != 3)
            fail_msg("full from call %ld on: exit %d", at, code);
        ended += code == 0;
        goes_on(at, (int)(at % 3));
    }
    assert_true(at > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_memory),
        cmocka_unit_test(in_a_file),
        cmocka_unit_test(limits),
        cmocka_unit_test(key_of_the_paper),
        cmocka_unit_test(queue_in_memory),
        cmocka_unit_test(queue_in_a_file),
        cmocka_unit_test(without_records),
        cmocka_unit_test(not_in_the_journal),
        cmocka_unit_test(idle_checkpoint),
        cmocka_unit_test(another_between),
        cmocka_unit_test(one_further_back),
        cmocka_unit_test(saved_of_nothing),
        cmocka_unit_test(older_copy),
        cmocka_unit_test(older_copy_used),
        cmocka_unit_test(another_file),
        cmocka_unit_test(much),
        cmocka_unit_test(one_run_at_a_time),
        cmocka_unit_test(not_ours),
        cmocka_unit_test(damaged_rows),
        cmocka_unit_test(damaged_pages),
        cmocka_unit_test(killed_anywhere),
        cmocka_unit_test(killed_again_and_again),
        cmocka_unit_test(full_anywhere),
    };
    set_vfs();
    set_wanted();
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (int n = 0; n <= STEPS; n++)
        free(wanted[n]);
    return failed;
}
