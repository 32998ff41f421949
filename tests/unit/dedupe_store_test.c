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
        bytes[i] = (char)((seed >> i % 57 ^ i) & 0xff);
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
        for (int i = 0; i < 8000; i++)
            step(st);
        struct dedupe_store_stats s;
        dedupe_store_stats(st, &s);
        assert_int_equal(s.documents, model.docs);
        assert_true(memory > 4096 || (s.merges > 5 && s.runs > 0));
        check_all(st);
        dedupe_store_close(st);
    }
}

/* ---- lasting ---- */

#define STORE "store"

/* The model as it was at a checkpoint, and what was saved there. */
struct mark {
    uint32_t n, docs, today;
    uint64_t checkpoint;
    char saved[DEDUPE_STORE_SAVED];
};

static void cut_model(const struct mark *mark)
{
    while (model.n > mark->n) {
        model.n--;
        model.head[model.entry[model.n].key & 0xffff] = model.next[model.n];
    }
    model.docs = mark->docs;
    model.today = mark->today;
}

static struct mark checkpoint(struct dedupe_store *st, uint64_t n)
{
    struct mark mark = {.n = model.n, .docs = model.docs, .today = model.today, .checkpoint = n};

    ok(dedupe_store_checkpoint(st, n, mark.saved));
    assert_true(strlen(mark.saved) < DEDUPE_STORE_SAVED);
    return mark;
}

static void restore(struct dedupe_store *st, const struct mark *mark)
{
    ok(dedupe_store_restore(st, (pl_str){mark->saved, strlen(mark->saved)}));
}

/* Killed at any time, and begun again at any checkpoint that the journal may name: the latest that was told to be
 * committed, the one before, or a later one. */
static void run_goes_on(void **arg)
{
    static struct mark mark[1000];

    (void)arg;
    for (uint32_t retain = 0; retain < 12; retain += 5) {
        size_t n = 0, committed = 0;
        remove_store(STORE);
        begin(retain + 1, retain);
        struct dedupe_store *st = open_store(STORE, true, 1);
        mark[n] = checkpoint(st, n + 1);
        n++;
        for (int i = 0; i < 6000; i++) {
            step(st);
            if (chance() % 200 == 0 && n < 1000) {
                mark[n] = checkpoint(st, n + 1);
                n++;
            }
            if (chance() % 300 == 0) {
                committed = n - 1 - chance() % (n - committed);
                ok(dedupe_store_committed(st, committed + 1, false));
            }
            if (chance() % 1000)
                continue;
            const size_t first = committed ? committed - 1 : 0;
            n = first + chance() % (n - first) + 1;
            committed = committed < n ? committed : n - 1;
            dedupe_store_close(st);
            st = open_store(STORE, true, 1);
            restore(st, &mark[n - 1]);
            cut_model(&mark[n - 1]);
            check_all(st);
        }
        mark[n] = checkpoint(st, n + 1);
        ok(dedupe_store_committed(st, n + 1, true));
        dedupe_store_close(st);
        st = open_store(STORE, false, 1 << 20);
        check_all(st);
        dedupe_store_close(st);
    }
    remove_store(STORE);
}

/* A run that cannot be gone on with changes nothing before its end. */
static void run_without_state(void **arg)
{
    (void)arg;
    remove_store(STORE);
    begin(3, 0);
    for (int run = 0; run < 9; run++) {
        char saved[DEDUPE_STORE_SAVED];
        struct dedupe_store *st = open_store(STORE, false, 1);
        const struct mark before = {.n = model.n, .docs = model.docs, .today = model.today};
        check_all(st);
        for (int i = 0; i < 1500; i++)
            step(st);
        ok(dedupe_store_checkpoint(st, 1, saved));
        if (run % 3)
            ok(dedupe_store_committed(st, 1, true));
        else
            cut_model(&before);
        dedupe_store_close(st);
    }
    remove_store(STORE);
}

static void other_run_in_between(void **arg)
{
    (void)arg;
    remove_store(STORE);
    begin(4, 0);
    struct dedupe_store *st = open_store(STORE, true, 1);
    for (int i = 0; i < 1000; i++)
        step(st);
    const struct mark one = checkpoint(st, 1);
    for (int i = 0; i < 1000; i++)
        step(st);
    checkpoint(st, 2);
    dedupe_store_close(st);
    /* It looks, and keeps nothing: what was is what is gone back to. */
    st = open_store(STORE, true, 1);
    check_all(st);
    dedupe_store_close(st);
    st = open_store(STORE, true, 1);
    restore(st, &one);
    cut_model(&one);
    check_all(st);
    for (int i = 0; i < 1000; i++)
        step(st);
    const struct mark three = checkpoint(st, 3);
    ok(dedupe_store_committed(st, 3, false));
    dedupe_store_close(st);
    st = open_store(STORE, true, 1);
    for (int i = 0; i < 1000; i++)
        step(st);
    checkpoint(st, 1);
    ok(dedupe_store_committed(st, 1, true));
    dedupe_store_close(st);
    /* Nothing of the other's is taken back. */
    st = open_store(STORE, true, 1);
    restore(st, &three);
    check_all(st);
    step(st);
    dedupe_store_close(st);
    remove_store(STORE);
}

static void steps(struct dedupe_store *st, int n)
{
    while (n--)
        step(st);
}

/* The next run, after one that ended without a word: begun, not gone on with. */
static struct dedupe_store *next_run(struct dedupe_store *st)
{
    dedupe_store_close(st);
    st = open_store(STORE, true, 1);
    ok(dedupe_store_begin(st));
    return st;
}

static struct mark kept_so_far(void)
{
    return (struct mark){.n = model.n, .docs = model.docs, .today = model.today};
}

/* What only a store has of a run, since it was killed before its journal had the checkpoint, is not found by the run that
 * reads these records again. */
static void killed_before_the_journal(void **arg)
{
    (void)arg;
    remove_store(STORE);
    begin(6, 0);
    struct dedupe_store *st = open_store(STORE, true, 1);
    struct mark mark = kept_so_far();
    for (int run = 0; run < 12; run++) {
        ok(dedupe_store_begin(st));
        steps(st, 700);
        checkpoint(st, 1);
        if (run % 4 == 3) {
            ok(dedupe_store_committed(st, 1, true));
            mark = kept_so_far();
        }
        st = next_run(st);
        cut_model(&mark);
        check_all(st);
    }
    /* Several checkpoints may be under way: what was told is safe, and that alone. */
    struct mark second = mark;
    for (uint64_t told = 0; told < 3; told++) {
        for (uint64_t n = 1; n < 6; n++) {
            steps(st, 200);
            const struct mark here = checkpoint(st, n);
            if (n == told)
                mark = here;
            if (n == 4 && told)
                ok(dedupe_store_committed(st, told, false));
            second = n == 4 ? here : second;
        }
        st = next_run(st);
        cut_model(&mark);
        check_all(st);
    }
    /* The journal had it all the same: the run goes on, though the other one kept nothing. */
    dedupe_store_close(st);
    st = open_store(STORE, true, 1);
    restore(st, &second);
    check_all(st);
    steps(st, 300);
    dedupe_store_close(st);
    remove_store(STORE);
}

/* What a journal has stays, whoever comes next. */
static void stopped_before_another_run(void **arg)
{
    (void)arg;
    remove_store(STORE);
    begin(7, 0);
    struct dedupe_store *st = open_store(STORE, true, 1);
    ok(dedupe_store_begin(st));
    steps(st, 500);
    checkpoint(st, 1);
    ok(dedupe_store_committed(st, 1, false));
    st = next_run(st);
    check_all(st);
    /* It went on, and was killed. */
    steps(st, 500);
    const struct mark one = checkpoint(st, 1);
    dedupe_store_close(st);
    st = open_store(STORE, true, 1);
    restore(st, &one);
    st = next_run(st);
    check_all(st);
    /* There was nothing new by the second checkpoint. */
    steps(st, 500);
    checkpoint(st, 1);
    ok(dedupe_store_committed(st, 1, false));
    checkpoint(st, 2);
    st = next_run(st);
    check_all(st);
    /* A run that goes on with what another left behind it. */
    steps(st, 500);
    const struct mark first = checkpoint(st, 1);
    ok(dedupe_store_committed(st, 1, false));
    st = next_run(st);
    steps(st, 500);
    checkpoint(st, 1);
    dedupe_store_close(st);
    st = open_store(STORE, true, 1);
    restore(st, &first);
    cut_model(&first);
    check_all(st);
    dedupe_store_close(st);
    remove_store(STORE);
}

static bool refused(const char *path, const char *why)
{
    const struct dedupe_store_options o = {.path = {path, strlen(path)}, .resumable = true, .memory = 1};
    struct dedupe_store *st;
    const int rc = dedupe_store_open(&st, &o, &fault);

    dedupe_store_close(st);
    if (rc == PL_OK || !strstr(fault.message, why))
        print_error("%d %s\n", rc, fault.message);
    return rc == PL_ERROR && strstr(fault.message, why);
}

static void put_file(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

static void is_refused(void **arg)
{
    (void)arg;
    remove_store(STORE);
    begin(5, 0);
    struct dedupe_store *st = open_store("store/inner/", true, 1);
    assert_true(refused("store/inner", "in use by another stage"));
    assert_false(fault.busy);
    checkpoint(st, 1);
    dedupe_store_close(st);
    assert_false(refused("store/inner", "") && fault.busy);
    assert_true(refused(STORE, "not empty, and no store"));
    assert_int_equal(symlink("inner", "store/link"), 0);
    assert_true(refused("store/link", "a link"));
    put_file("store/file", "x", 1);
    assert_true(refused("store/file", "not a folder"));
    assert_true(refused("", "no path"));
    /* Another format, and another machine's. */
    FILE *f = fopen("store/inner/manifest-0000000001", "r+b");
    assert_non_null(f);
    fseek(f, 16, SEEK_SET);
    fputc(9, f);
    fclose(f);
    assert_true(refused("store/inner", "is of format 9"));
    f = fopen("store/inner/manifest-0000000001", "r+b");
    assert_non_null(f);
    fseek(f, 8, SEEK_SET);
    fputc(1, f);
    fclose(f);
    assert_true(refused("store/inner", "another byte order"));
    remove_store(STORE);
}

/* In a run's folder of state, among the files of others. */
static void flat_store(void **arg)
{
    const struct dedupe_store_options o = {
        .path = PL_S("store/dedupe.kept"), .flat = true, .resumable = true, .memory = 1};
    struct dedupe_store *st;

    (void)arg;
    remove_store(STORE);
    begin(6, 0);
    assert_int_equal(mkdir(STORE, 0777), 0);
    put_file("store/run-00000001", "x", 1);
    ok(dedupe_store_open(&st, &o, &fault));
    for (int i = 0; i < 2000; i++)
        step(st);
    const struct mark mark = checkpoint(st, 1);
    for (int i = 0; i < 2000; i++)
        step(st);
    dedupe_store_close(st);
    ok(dedupe_store_open(&st, &o, &fault));
    restore(st, &mark);
    cut_model(&mark);
    check_all(st);
    dedupe_store_close(st);
    assert_int_equal(access("store/run-00000001", F_OK), 0);
    remove_store(STORE);
}

/* ---- damage ---- */

static unsigned char *slurp(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    unsigned char *at = malloc(1 << 20);

    assert_non_null(f);
    assert_non_null(at);
    *n = fread(at, 1, 1 << 20, f);
    assert_true(*n < 1 << 20);
    fclose(f);
    return at;
}

/* All that is in the store, looked at: true where nothing was refused, and then it is right. */
static bool reads(const char *name)
{
    const struct dedupe_store_options o = {.path = PL_S(STORE), .resumable = true, .memory = 1, .retain = model.retain};
    struct dedupe_store *st;
    const struct dedupe_hit *hit;
    uint32_t doc[DEDUPE_STORE_BUCKET];
    size_t n;
    pl_str payload;
    int rc = dedupe_store_open(&st, &o, &fault);

    if (rc == PL_OK)
        rc = dedupe_store_verify(st);
    const bool verified = rc == PL_OK;
    if (!verified && !strstr(fault.message, name))
        print_error("%s: %s\n", name, fault.message);
    assert_true(verified || strstr(fault.message, name));
    rc = PL_OK;
    for (uint32_t i = 0; rc == PL_OK && i < model.n && st && !strstr(fault.message, "manifest"); i++) {
        rc = dedupe_store_find(st, &model.entry[i].key, 1, &hit, &n);
        if (rc == PL_OK && verified) {
            assert_int_equal(n, model_find(model.entry[i].key, doc));
            for (size_t j = 0; j < n; j++)
                assert_int_equal(hit[j].doc, doc[j]);
        }
    }
    for (uint32_t i = 0; verified && i < model.docs; i++)
        if (live(i))
            ok(dedupe_store_load(st, i, &payload));
    dedupe_store_close(st);
    return verified;
}

/* Each file flipped in some places, cut, and missing: refused by its name, or the answers are right. */
static void damage_is_seen(void **arg)
{
    struct dirent **names;
    char path[300];

    (void)arg;
    remove_store(STORE);
    begin(7, 0);
    struct dedupe_store *st = open_store(STORE, false, 1);
    for (int i = 0; i < 150; i++)
        step(st);
    dedupe_store_committed(st, 1, true);
    dedupe_store_close(st);
    const int n_names = scandir(STORE, &names, NULL, alphasort);
    assert_true(n_names >= 7);
    for (int i = 0; i < n_names; i++) {
        const char *name = names[i]->d_name;
        size_t n;
        if (*name == '.' || strcmp(name, "lock") == 0) {
            free(names[i]);
            continue;
        }
        snprintf(path, sizeof path, STORE "/%s", name);
        unsigned char *bytes = slurp(path, &n);
        const size_t pace = n < 600 ? 1 : n / 100;
        size_t seen = 0, all = 0;
        for (size_t at = 0; at < n; at += pace, all++) {
            bytes[at] ^= (unsigned char)(1 << at % 8);
            put_file(path, bytes, n);
            seen += !reads(name);
            bytes[at] ^= (unsigned char)(1 << at % 8);
        }
        assert_int_equal(seen, all);
        for (size_t at = 0; at < n; at += pace) {
            put_file(path, bytes, at);
            assert_false(reads(name));
        }
        if (strncmp(name, "manifest", 8) != 0) {
            unlink(path);
            assert_false(reads(name));
        }
        put_file(path, bytes, n);
        assert_true(reads(name));
        free(bytes);
        free(names[i]);
    }
    free(names);
    remove_store(STORE);
}

/* What a killed run left behind any file is cut off, whatever it is. */
static void torn_ends_are_cut(void **arg)
{
    static const char *const files[] = {"docs-00000001", "at-00000001", "keys-00000002", "new"};

    (void)arg;
    remove_store(STORE);
    begin(8, 0);
    struct dedupe_store *st = open_store(STORE, false, 1 << 20);
    for (int i = 0; i < 300; i++)
        step(st);
    ok(dedupe_store_committed(st, 1, true));
    dedupe_store_close(st);
    for (size_t i = 0; i < 20; i++) {
        char path[100];
        snprintf(path, sizeof path, STORE "/%s", files[i % 4]);
        FILE *f = fopen(path, "ab");
        assert_non_null(f);
        for (size_t j = 0; j <= i * 7; j++)
            fputc((int)(chance() & 0xff), f);
        fclose(f);
        st = open_store(STORE, false, 1 << 20);
        check_all(st);
        for (int j = 0; j < 20; j++)
            step(st);
        ok(dedupe_store_committed(st, 1, true));
        dedupe_store_close(st);
        st = open_store(STORE, false, 1 << 20);
        check_all(st);
        dedupe_store_close(st);
    }
    remove_store(STORE);
}

/* ---- forgetting ---- */

static uint64_t bytes_in(const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *e;
    struct stat st;
    uint64_t bytes = 0;

    assert_non_null(dir);
    while ((e = readdir(dir)))
        if (fstatat(dirfd(dir), e->d_name, &st, 0) == 0 && S_ISREG(st.st_mode))
            bytes += (uint64_t)st.st_size;
    closedir(dir);
    return bytes;
}

static void retained_for_so_long(void **arg)
{
    const struct dedupe_store_options o = {
        .path = PL_S(STORE), .resumable = true, .memory = 1, .retain = 3, .segment = 100000};
    struct dedupe_store *st;
    struct dedupe_store_stats s;
    uint64_t most = 0, saved_bytes = 0;
    uint32_t doc;
    char payload[500] = "", saved[DEDUPE_STORE_SAVED];

    (void)arg;
    remove_store(STORE);
    ok(dedupe_store_open(&st, &o, &fault));
    for (uint32_t day = 1; day <= 60; day++) {
        dedupe_store_today(st, day);
        dedupe_store_today(st, 1);
        for (uint64_t i = 0; i < 200; i++) {
            const uint64_t key[3] = {day * 1000 + i, i + 7, day};
            ok(dedupe_store_keep(st, key, 3, (pl_str){payload, sizeof payload}, &doc));
        }
        ok(dedupe_store_checkpoint(st, day, saved));
        ok(dedupe_store_committed(st, day, false));
        dedupe_store_stats(st, &s);
        assert_int_equal(s.documents, day * 200);
        assert_int_equal(s.live, (day < 4 ? day : 4) * 200);
        assert_int_equal(s.day, day);
        saved_bytes = bytes_in(STORE);
        most = day < 20 && saved_bytes > most ? saved_bytes : most;
        assert_true(day < 20 || saved_bytes <= most + most / 8);
    }
    dedupe_store_close(st);
    remove_store(STORE);
}

/* ---- no memory ---- */

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *at, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *at, size_t n);

static int allocations_left = -1; /* then one fails; -1: none does */

static bool fails(void)
{
    if (allocations_left < 0)
        return false;
    return allocations_left-- == 0;
}

void *__wrap_malloc(size_t n)
{
    return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *at, size_t n)
{
    return fails() ? NULL : __real_realloc(at, n);
}

static int some_work(const char *path)
{
    const struct dedupe_store_options o = {.path = {path, strlen(path)}, .resumable = true, .memory = 1};
    struct dedupe_store *st;
    const struct dedupe_hit *hit;
    char saved[DEDUPE_STORE_SAVED];
    size_t n;
    uint32_t doc = 0;
    pl_str payload;
    int rc = dedupe_store_open(&st, &o, &fault);

    for (uint64_t i = 0; rc == PL_OK && i < 1500; i++) {
        const uint64_t key[4] = {i, i + 10000, i + 20000, 7};
        rc = dedupe_store_find(st, key, 4, &hit, &n);
        if (rc == PL_OK)
            rc = dedupe_store_keep(st, key, 4, PL_S("some payload"), &doc);
        if (rc == PL_OK && i % 500 == 0)
            rc = dedupe_store_load(st, (uint32_t)i / 2, &payload);
        if (rc == PL_OK && i % 500 == 0)
            rc = dedupe_store_checkpoint(st, i + 1, saved);
    }
    dedupe_store_close(st);
    return rc;
}

/* Any one allocation fails: told, and what was there before is there still. */
static void out_of_memory(void **arg)
{
    int failed = 0;

    (void)arg;
    remove_store(STORE);
    for (int i = 0;; i++) {
        allocations_left = i;
        const int rc = some_work(STORE);
        const bool all = allocations_left >= 0;
        allocations_left = -1;
        if (all && rc == PL_OK)
            break;
        /* Reading the folder may fail for it as well, which is a fault of the machine's. */
        failed += rc != PL_OK;
        assert_true(rc == PL_OK || rc == PL_NOMEM || fault.machine);
        if (i % 8 == 0)
            remove_store(STORE);
    }
    assert_true(failed > 20);
    remove_store(STORE);
    assert_int_equal(some_work(STORE), PL_OK);
    remove_store(STORE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scratch_finds_what_a_table_finds),
        cmocka_unit_test(run_goes_on),
        cmocka_unit_test(run_without_state),
        cmocka_unit_test(other_run_in_between),
        cmocka_unit_test(killed_before_the_journal),
        cmocka_unit_test(stopped_before_another_run),
        cmocka_unit_test(is_refused),
        cmocka_unit_test(flat_store),
        cmocka_unit_test(damage_is_seen),
        cmocka_unit_test(torn_ends_are_cut),
        cmocka_unit_test(retained_for_so_long),
        cmocka_unit_test(out_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
