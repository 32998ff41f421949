/* dedupe_store_test.c - a store finds what a plain table of the same calls finds, whatever was written out, merged, cut
 * off or begun again in between; and what is damaged is refused by name. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "dedupe_store.h"
#include "dedupe_store_entry.h"

static struct dedupe_store_fault fault;

static void ok(int rc)
{
    if (rc != PL_OK)
        print_error("%s\n", fault.message);
    assert_int_equal(rc, PL_OK);
}

/* Numbers that are the same in every run. */
static uint64_t state;

static uint64_t chance(void)
{
    uint64_t x = state += 0x9e3779b97f4a7c15u;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* ---- the plain table ---- */

enum { MAX_DOCS = 60000, MAX_ENTRIES = 1 << 20, MAX_KEYS = 40 };

static struct model {
    struct {
        uint64_t key;
        uint32_t doc;
    } entry[MAX_ENTRIES];
    uint32_t next[MAX_ENTRIES], head[1 << 16]; /* chains, the latest first; index + 1 */
    uint32_t day[MAX_DOCS];
    uint64_t seed[MAX_DOCS]; /* of the payload */
    uint32_t n, docs, today, retain;
} model;

static struct model saved_model;

static bool live(uint32_t doc)
{
    return !model.retain || model.day[doc] + model.retain >= model.today;
}

/* The live documents under a key, in order. */
static size_t model_find(uint64_t key, uint32_t *doc)
{
    size_t n = 0;

    for (uint32_t i = model.head[key & 0xffff]; i; i = model.next[i - 1]) {
        if (model.entry[i - 1].key != key || !live(model.entry[i - 1].doc))
            continue;
        size_t j = n++;
        assert_true(n <= DEDUPE_STORE_BUCKET);
        for (; j > 0 && doc[j - 1] > model.entry[i - 1].doc; j--)
            doc[j] = doc[j - 1];
        doc[j] = model.entry[i - 1].doc;
    }
    return n;
}

static void model_enter(const uint64_t *key, size_t n, uint32_t doc)
{
    uint32_t there[DEDUPE_STORE_BUCKET], counts[MAX_KEYS];
    bool had[MAX_KEYS];

    for (size_t i = 0; i < n; i++) {
        counts[i] = (uint32_t)model_find(key[i], there);
        had[i] = false;
        for (uint32_t j = 0; j < counts[i]; j++)
            had[i] = had[i] || there[j] == doc;
        for (size_t j = 0; j < i; j++)
            had[i] = had[i] || key[j] == key[i];
    }
    for (size_t i = 0; i < n; i++) {
        if (had[i] || counts[i] >= DEDUPE_STORE_BUCKET)
            continue;
        assert_true(model.n < MAX_ENTRIES);
        model.entry[model.n].key = key[i];
        model.entry[model.n].doc = doc;
        model.next[model.n] = model.head[key[i] & 0xffff];
        model.head[key[i] & 0xffff] = ++model.n;
    }
}

/* ---- both ---- */

static pl_str payload_of(uint64_t seed)
{
    static char bytes[4096];
    const size_t n = seed % 300;

    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)(seed >> i % 57) ^ (char)i;
    return (pl_str){bytes, n};
}

static void check_find(struct dedupe_store *st, const uint64_t *key, size_t n)
{
    const struct dedupe_hit *hit;
    size_t n_hits, at = 0;
    uint32_t doc[DEDUPE_STORE_BUCKET];

    ok(dedupe_store_find(st, key, n, &hit, &n_hits));
    for (size_t i = 0; i < n; i++) {
        const size_t m = model_find(key[i], doc);
        for (size_t j = 0; j < m; j++, at++) {
            assert_true(at < n_hits);
            assert_int_equal(hit[at].key, i);
            assert_int_equal(hit[at].doc, doc[j]);
        }
    }
    assert_int_equal(at, n_hits);
}

static void check_load(struct dedupe_store *st, uint32_t doc)
{
    pl_str payload;

    if (!live(doc)) {
        assert_int_equal(dedupe_store_load(st, doc, &payload), PL_ERROR);
        return;
    }
    ok(dedupe_store_load(st, doc, &payload));
    const pl_str want = payload_of(model.seed[doc]);
    assert_int_equal(payload.len, want.len);
    if (want.len)
        assert_memory_equal(payload.ptr, want.ptr, want.len);
}

/* Keys of which some come again and again, and most never. */
static size_t some_keys(uint64_t *key)
{
    const size_t n = chance() % MAX_KEYS;

    for (size_t i = 0; i < n; i++)
        key[i] = chance() % 4 == 0 ? chance() % 50 : chance() % 2 ? chance() % 20000 : chance();
    return n;
}

static void step(struct dedupe_store *st)
{
    uint64_t key[MAX_KEYS];
    const size_t n = some_keys(key);
    uint32_t doc;

    if (chance() % 200 == 0) {
        model.today += (uint32_t)(chance() % 3);
        dedupe_store_today(st, model.today);
    }
    if (chance() % 8)
        check_find(st, key, n);
    if (model.docs && chance() % 4 == 0) {
        doc = (uint32_t)(chance() % model.docs);
        check_load(st, doc);
        const size_t some = n / 2;
        ok(dedupe_store_alias(st, key, some, doc));
        model_enter(key, some, doc);
        return;
    }
    model.seed[model.docs] = chance();
    ok(dedupe_store_keep(st, key, n, payload_of(model.seed[model.docs]), &doc));
    assert_int_equal(doc, model.docs);
    model.day[model.docs] = model.today;
    model.docs++;
    model_enter(key, n, doc);
}

static void check_all(struct dedupe_store *st)
{
    uint64_t key[MAX_KEYS];

    for (uint32_t i = 0; i < model.docs; i += 1 + model.docs / 500)
        check_load(st, i);
    for (uint32_t i = 0; i < model.n; i += 1 + model.n / 2000) {
        key[0] = model.entry[i].key;
        key[1] = chance();
        check_find(st, key, 2);
    }
    ok(dedupe_store_verify(st));
}

static void begin(uint64_t seed, uint32_t retain)
{
    memset(&model, 0, sizeof model);
    model.retain = retain;
    state = seed;
}

static struct dedupe_store *open_store(const char *path, bool resumable, uint64_t memory)
{
    const struct dedupe_store_options o = {.path = {path, path ? strlen(path) : 0},
                                           .resumable = resumable,
                                           .memory = memory,
                                           .retain = model.retain,
                                           .segment = 1 << 20};
    struct dedupe_store *st;

    ok(dedupe_store_open(&st, &o, &fault));
    return st;
}

static void remove_store(const char *path)
{
    char command[300];

    snprintf(command, sizeof command, "rm -rf '%s'", path);
    assert_int_equal(system(command), 0);
}

/* ---- tests ---- */

static void scratch_finds_what_a_table_finds(void **arg)
{
    (void)arg;
    for (uint64_t memory = 1; memory < 1 << 24; memory *= 4096) {
        begin(memory, 0);
        struct dedupe_store *st = open_store(NULL, false, memory);
        for (int i = 0; i < 12000; i++)
            step(st);
        struct dedupe_store_stats s;
        dedupe_store_stats(st, &s);
        assert_int_equal(s.documents, model.docs);
        assert_true(memory > 4096 || (s.merges > 5 && s.runs > 0));
        check_all(st);
        dedupe_store_close(st);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scratch_finds_what_a_table_finds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
