/* Signature files and the grouping of shards: the same answer as from one list of all documents in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "dedupe_shard_file.h"
#include "dedupe_shard_group.h"
#include "dedupe_shard_slots.h"
#include "tests/bench/dedupe_synth.h"

enum { DOCS = 600, MOST_SHARDS = 5, TINY = 1 << 16 };

/* What was decided of a document. */
struct answer {
    enum dedupe_kind kind;
    char id[24], contains[24];
    double similarity, contained;
};

/* The documents, signed. */
struct docs {
    pl_str signature[DOCS]; /* {NULL, 0}: no words */
    struct answer wanted[DOCS];
};

static struct dedupe_rules rules_of(double containment)
{
    return (struct dedupe_rules){.threshold = .4, .url_floor = .1, .containment = containment};
}

/* Every 16th word gets another first letter, from word `first` on, in so much of the text. */
static void edit(char *text, size_t len, unsigned first, size_t until)
{
    unsigned word = 0;

    for (size_t i = 1; i < len && i < until; i++)
        if (text[i - 1] == ' ' && ++word % 16 == first)
            text[i] = 'Q';
}

/* A text, a copy of it with many changes, and one of that with more, which may have nothing in common with the first but
 * what the second led to. */
static pl_str chain_of(struct synth *s, uint64_t n, char *room)
{
    const struct synth_doc d = synth_make(s, 900000 + n / 17 * 101);

    memcpy(room, d.text.ptr, d.text.len);
    if (n % 17 > 0)
        edit(room, d.text.len, 3, d.text.len);
    if (n % 17 > 1)
        edit(room, d.text.len, 11, d.text.len / 3);
    return (pl_str){room, d.text.len};
}

/* Synthetic ones, and among them shorter ones inside earlier ones, longer ones around them, pages of one URL, and texts
 * without words. */
static pl_str text_of(struct synth *s, uint64_t n, char *room, size_t size)
{
    const struct synth_doc d = synth_make(s, n % 7 == 3 ? n / 2 : n);
    size_t len = d.text.len;

    if (n % 50 == 49)
        return PL_S("... !");
    if (n % 17 < 3 && n % 13 > 0)
        return chain_of(s, n, room);
    if (n % 7 == 3)
        len = len / 4;
    memcpy(room, d.text.ptr, len);
    if (n % 13 == 0) { /* the same page, much of it rewritten */
        const struct synth_doc page = synth_make(s, 500000 + n / 39 * 100);
        const size_t some = page.text.len / 3;
        memmove(room + some, room, len);
        memcpy(room, page.text.ptr, some);
        len = some + len / 2;
    }
    if (n % 11 == 5) {
        const struct synth_doc more = synth_make(s, n + 100000);
        const size_t room_left = size - len;
        memcpy(room + len, more.text.ptr, more.text.len < room_left ? more.text.len : room_left);
        len += more.text.len < room_left ? more.text.len : room_left;
    }
    return (pl_str){room, len};
}

static struct docs *sign_docs(bool samples, bool scope)
{
    static char room[1 << 16];
    struct docs *d = calloc(1, sizeof *d);
    struct synth *s = synth_new(5);
    struct dedupe_sketcher *k = dedupe_sketcher_new();

    for (uint64_t n = 0; n < DOCS; n++) {
        char id[24], url[64];
        snprintf(id, sizeof id, "doc-%llu", (unsigned long long)n);
        snprintf(url, sizeof url, "https://news.example/%llu", (unsigned long long)(n % 13 ? n : n / 39));
        const struct dedupe_subject subject = {.id = {id, strlen(id)},
                                               .url = {url, strlen(url)},
                                               .scope = scope ? dedupe_scope(0, PL_STR, n % 3 ? PL_S("en") : PL_S("fr")) : 0,
                                               .samples = samples};
        dedupe_sketch(k, text_of(s, n, room, sizeof room));
        const size_t size = dedupe_sign_size(k, &subject);
        void *to = size ? malloc(size) : NULL;
        if (size)
            dedupe_sign(k, &subject, to);
        d->signature[n] = (pl_str){to, size};
    }
    dedupe_sketcher_free(k);
    synth_free(s);
    return d;
}

static void free_docs(struct docs *d)
{
    for (size_t n = 0; n < DOCS; n++)
        free((void *)(uintptr_t)d->signature[n].ptr);
    free(d);
}

/* ---- the answer from one list: all keys of all kept documents, looked through ---- */

struct kept_key {
    uint64_t key;
    uint32_t doc;
};

struct list {
    const struct docs *docs;
    struct kept_key *key;
    size_t n, cap;
};

static int load(void *ctx, uint32_t doc, pl_str *payload)
{
    const struct list *l = ctx;
    struct dedupe_signature s;

    assert_true(dedupe_signature_read(l->docs->signature[doc], &s));
    *payload = s.payload;
    return PL_OK;
}

static size_t find_key(const struct list *l, uint64_t key, uint32_t index, struct dedupe_hit *hit)
{
    size_t n = 0;

    for (size_t i = 0; i < l->n && n < DEDUPE_BUCKET; i++)
        if (l->key[i].key == key)
            hit[n++] = (struct dedupe_hit){index, l->key[i].doc};
    return n;
}

static void enter(struct list *l, uint64_t key, uint32_t doc)
{
    struct dedupe_hit hit[DEDUPE_BUCKET];

    if (find_key(l, key, 0, hit) == DEDUPE_BUCKET)
        return;
    if (l->n == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 1024;
        l->key = realloc(l->key, l->cap * sizeof l->key[0]);
    }
    l->key[l->n++] = (struct kept_key){key, doc};
}

static struct answer answer_of(const struct dedupe_decision *m)
{
    struct answer a = {.kind = m->kind, .similarity = m->similarity, .contained = m->contained};

    if (m->kind != DEDUPE_NEW)
        snprintf(a.id, sizeof a.id, "%.*s", (int)m->id.len, m->id.ptr);
    if (m->contains.ptr)
        snprintf(a.contains, sizeof a.contains, "%.*s", (int)m->contains.len, m->contains.ptr);
    return a;
}

static void answer_docs(struct docs *d, double containment)
{
    static struct dedupe_hit hit[DEDUPE_MAX_KEYS * DEDUPE_BUCKET];
    const struct dedupe_rules rules = rules_of(containment);
    struct dedupe_decider *decider = dedupe_decider_new(&rules);
    struct list l = {.docs = d};

    for (uint32_t n = 0; n < DOCS; n++) {
        struct dedupe_decision m;
        struct dedupe_signature s;
        size_t hits = 0;
        if (!d->signature[n].len)
            continue;
        assert_true(dedupe_signature_read(d->signature[n], &s));
        for (uint32_t i = 0; i < s.n; i++)
            hits += find_key(&l, s.key[i], i, hit + hits);
        assert_int_equal(dedupe_decide(decider, &s, hit, hits, (struct dedupe_payloads){load, &l}, &m), PL_OK);
        for (size_t i = 0; m.kind == DEDUPE_NEW && i < s.n; i++)
            enter(&l, s.key[i], n);
        for (size_t i = 0; m.kind != DEDUPE_NEW && i < m.n_alias; i++)
            enter(&l, m.alias[i], m.doc);
        d->wanted[n] = answer_of(&m);
    }
    dedupe_decider_free(decider);
    free(l.key);
}

/* ---- the answer from shards ---- */

struct told {
    struct answer got[DOCS];
    size_t first[MOST_SHARDS], begun, ended;
    uint64_t line;
};

static int told_begin(void *ctx, size_t shard, const struct dedupe_sig *f)
{
    struct told *t = ctx;
    char name[32];

    snprintf(name, sizeof name, "shard-%zu", shard);
    assert_int_equal(dedupe_sig_shard(f).len, strlen(name));
    assert_memory_equal(dedupe_sig_shard(f).ptr, name, strlen(name));
    assert_int_equal(t->begun++, shard);
    t->line = 0;
    return PL_OK;
}

static int told_one(void *ctx, size_t shard, uint64_t line, pl_str id, const struct dedupe_decision *m)
{
    struct told *t = ctx;
    const size_t n = t->first[shard] + line - 1;
    char name[24];

    snprintf(name, sizeof name, "doc-%zu", n);
    assert_int_equal(id.len, strlen(name));
    assert_memory_equal(id.ptr, name, id.len);
    assert_true(line > t->line);
    t->line = line;
    t->got[n] = answer_of(m);
    return PL_OK;
}

static int told_end(void *ctx, size_t shard)
{
    struct told *t = ctx;
    assert_int_equal(t->ended++, shard);
    return PL_OK;
}

static void write_shard(const struct docs *d, size_t shard, size_t from, size_t to, const struct dedupe_settings *settings)
{
    char path[32], name[32];
    const struct dedupe_shard_mark mark = {to - from, 12345, 678};

    snprintf(path, sizeof path, "%zu.sig", shard);
    snprintf(name, sizeof name, "shard-%zu", shard);
    struct dedupe_sig_writer *w = dedupe_sig_write(path, settings, (pl_str){name, strlen(name)}, TINY, ".");
    for (size_t n = from; n < to; n++)
        if (d->signature[n].len)
            assert_int_equal(dedupe_sig_write_add(w, n - from + 1, d->signature[n]), PL_OK);
    assert_int_equal(dedupe_sig_write_end(w, &mark), PL_OK);
    dedupe_sig_write_free(w);
}

/* Also with no document at all in the second of them. */
static void group_and_compare(struct docs *d, size_t shards, double containment, size_t memory)
{
    static const char *const paths[] = {"0.sig", "1.sig", "2.sig", "3.sig", "4.sig"};
    const struct dedupe_settings settings = {.url = true, .samples = containment > 0, .scope = PL_S("language,")};
    const struct dedupe_group_options options = {rules_of(containment), true, memory, ".", {0}};
    struct told *t = calloc(1, sizeof *t);
    struct dedupe_group_stats stats;
    enum dedupe_group_fault why;
    char message[1024] = "";
    uint64_t found[DEDUPE_CONTAINED + 1] = {0}, words = 0;

    for (size_t i = 0, at = 0; i < shards; i++) {
        const size_t to = i + 1 == shards ? DOCS : i == 1 ? at : at + DOCS / shards;
        t->first[i] = at;
        write_shard(d, i, at, to, &settings);
        at = to;
    }
    const int rc = dedupe_group(paths, shards, &options, (struct dedupe_group_sink){told_begin, told_one, told_end, t},
                                &stats, message, sizeof message, &why);
    assert_string_equal(message, "");
    assert_int_equal(rc, PL_OK);
    assert_int_equal(t->ended, shards);
    for (size_t n = 0; n < DOCS; n++) {
        assert_int_equal(t->got[n].kind, d->wanted[n].kind);
        assert_string_equal(t->got[n].id, d->wanted[n].id);
        assert_string_equal(t->got[n].contains, d->wanted[n].contains);
        assert_true(t->got[n].similarity >= d->wanted[n].similarity && t->got[n].similarity <= d->wanted[n].similarity);
        assert_true(t->got[n].contained >= d->wanted[n].contained && t->got[n].contained <= d->wanted[n].contained);
        words += d->signature[n].len > 0;
        found[d->wanted[n].kind] += d->signature[n].len > 0;
    }
    assert_int_equal(stats.documents, words);
    assert_memory_equal(stats.found, found, sizeof found);
    assert_true(found[DEDUPE_EXACT] > 10 && found[DEDUPE_NEAR] > 20 && found[DEDUPE_URL] > 0);
    assert_true(containment <= 0 || found[DEDUPE_CONTAINED] > 20);
    free(t);
}

static void test_group_is_one_run(void **state)
{
    (void)state;
    for (int samples = 0; samples < 2; samples++)
        for (int scope = 0; scope < 2; scope++) {
            const double containment = samples ? .7 : 0;
            struct docs *d = sign_docs(samples, scope);
            answer_docs(d, containment);
            for (size_t shards = 1; shards <= MOST_SHARDS; shards += 2)
                group_and_compare(d, shards, containment, shards == 3 ? (size_t)64 << 20 : TINY);
            free_docs(d);
        }
}

/* Samples in the files, and nothing asked about texts inside others: as if they were not there. */
static void test_samples_unused(void **state)
{
    const struct dedupe_settings settings = {.url = true, .samples = true};
    const struct dedupe_group_options options = {rules_of(0), true, TINY, ".", {0}};
    static const char *const paths[] = {"0.sig"};
    struct docs *d = sign_docs(true, false);
    struct told *t = calloc(1, sizeof *t);
    struct dedupe_group_stats stats;
    enum dedupe_group_fault why;
    char message[1024] = "";

    (void)state;
    answer_docs(d, 0);
    write_shard(d, 0, 0, DOCS, &settings);
    assert_int_equal(dedupe_group(paths, 1, &options, (struct dedupe_group_sink){told_begin, told_one, told_end, t}, &stats,
                                  message, sizeof message, &why),
                     PL_OK);
    assert_true(stats.entries < stats.documents * (DEDUPE_BANDS + 2));
    for (size_t n = 0; n < DOCS; n++)
        assert_string_equal(t->got[n].id, d->wanted[n].id);
    free_docs(d);
    free(t);
}

/* ---- files that are not as they were ---- */

static void read_all(struct dedupe_sig *f)
{
    struct dedupe_pair p;
    struct dedupe_sig_doc d;
    int got;

    do
        got = dedupe_sig_next_key(f, &p);
    while (got == 1);
    if (got == 0)
        do
            got = dedupe_sig_next_doc(f, &d);
        while (got == 1);
    for (uint32_t i = 0; got == 0 && i < dedupe_sig_counts(f)->documents; i++)
        got = dedupe_sig_doc(f, i, &d);
    if (got < 0)
        assert_non_null(strstr(dedupe_sig_message(f), "x.sig"));
    /* where documents are is not known to be right before all were looked up */
    assert_true(got <= 0);
    if (got < 0)
        return;
    fail_msg("a change was not found");
}

/* Every byte that changes, and every cut, is found by whoever reads all of it. */
static void test_damage(void **state)
{
    struct docs *d = sign_docs(false, false);
    const struct dedupe_settings settings = {.url = true};
    char message[1024];
    enum dedupe_sig_fault why;
    struct stat st;

    (void)state;
    write_shard(d, 0, 0, 3, &settings);
    assert_int_equal(rename("0.sig", "whole.sig"), 0);
    FILE *in = fopen("whole.sig", "rb");
    assert_int_equal(fstat(fileno(in), &st), 0);
    const size_t size = (size_t)st.st_size;
    unsigned char *bytes = malloc(size);
    assert_int_equal(fread(bytes, 1, size, in), size);
    fclose(in);
    size_t quiet = 0;
    for (size_t i = 0; i < size; i += i < 200 || i + 2500 > size ? 1 : 37) {
        for (int cut = 0; cut < 2; cut++) {
            FILE *out = fopen("x.sig", "wb");
            bytes[i] ^= 1;
            assert_int_equal(fwrite(bytes, 1, cut ? i : size, out), cut ? i : size);
            bytes[i] ^= 1;
            fclose(out);
            struct dedupe_sig *f = dedupe_sig_open("x.sig", message, sizeof message, &why);
            if (f && !cut && bytes[i] == 0) {
                /* may be what fills up to a multiple of eight */
                dedupe_sig_close(f);
                quiet++;
                continue;
            }
            if (!f)
                assert_non_null(strstr(message, "x.sig"));
            else
                read_all(f);
            dedupe_sig_close(f);
        }
    }
    assert_true(quiet < 2000);
    free(bytes);
    free_docs(d);
}

/* ---- the table of who was kept under which number ---- */

static void test_slots(void **state)
{
    enum { KEYS = 50000 };
    struct dedupe_slots *s = dedupe_slots_new(KEYS, 0, ".");
    uint32_t doc[DEDUPE_BUCKET];

    (void)state;
    for (uint32_t i = 0; i < 12; i++)
        for (uint64_t key = 0; key < KEYS; key += 7)
            assert_int_equal(dedupe_slots_put(s, key, i == 3 ? 0 : i * 2), 0);
    for (uint64_t key = 0; key < KEYS; key++) {
        const int n = dedupe_slots_find(s, key, doc);
        assert_int_equal(n, key % 7 ? 0 : 8);
        for (int i = 0; i < n; i++)
            assert_int_equal(doc[i], i < 3 ? i * 2 : i * 2 + 2);
    }
    assert_int_equal(dedupe_slots_find(s, KEYS, doc), -1);
    dedupe_slots_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_group_is_one_run),
        cmocka_unit_test(test_samples_unused),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_slots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
