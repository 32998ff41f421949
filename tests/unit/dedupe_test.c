/* dedupe_test.c - sketches and the index of kept documents, without a pipeline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dedupe_index.h"
#include "dedupe_sketch.h"

enum { MAX_WORDS = 20000, MAX_TEXT = 16 * MAX_WORDS };

/* What a test needs: a sketcher, an index, and what to put into them. */
struct bench {
    struct dedupe_sketcher *sketcher;
    struct dedupe_index *index;
    uint32_t seed;
};

static int set_up(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    assert_non_null(b);
    b->sketcher = dedupe_sketcher_new();
    b->index = dedupe_index_new(0.4);
    assert_non_null(b->sketcher);
    assert_non_null(b->index);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    dedupe_sketcher_free(b->sketcher);
    dedupe_index_free(b->index);
    free(b);
    return 0;
}

static uint32_t random_below(struct bench *b, uint32_t n)
{
    b->seed = b->seed * 1664525 + 1013904223;
    return (b->seed >> 8) % n;
}

static struct dedupe_match find(struct bench *b, const char *text)
{
    return dedupe_index_find(b->index, dedupe_sketch(b->sketcher, (pl_str){text, strlen(text)}));
}

static void keep(struct bench *b, const char *name, const char *text)
{
    const struct dedupe_sketch *s = dedupe_sketch(b->sketcher, (pl_str){text, strlen(text)});
    assert_int_equal(dedupe_index_keep(b->index, s, (pl_str){name, strlen(name)}), 0);
}

static void put_name(char *to, size_t cap, pl_str name)
{
    snprintf(to, cap, "%.*s", (int)name.len, name.ptr);
}

static const char *name_of(struct bench *b, struct dedupe_match m)
{
    static char name[64];
    put_name(name, sizeof name, dedupe_index_name(b->index, m.kept));
    return name;
}

/* ---- stories as rows of word numbers, so that the test can count shingles by itself ---- */

struct story {
    size_t n;
    uint32_t word[MAX_WORDS];
};

static void invent(struct bench *b, struct story *s, size_t n, uint32_t vocabulary)
{
    s->n = n;
    for (size_t i = 0; i < n; i++)
        s->word[i] = random_below(b, vocabulary);
}

static void change(struct bench *b, struct story *s, size_t times, uint32_t vocabulary)
{
    for (size_t i = 0; i < times; i++)
        s->word[random_below(b, (uint32_t)s->n)] = random_below(b, vocabulary);
}

static char *write_story(const struct story *s)
{
    char *text = malloc(MAX_TEXT), *p = text;
    assert_non_null(text);
    for (size_t i = 0; i < s->n; i++)
        p += snprintf(p, 16, "word%u%s", s->word[i], i % 12 == 11 ? ".\n" : " ");
    return text;
}

static int by_shingle(const void *a, const void *b)
{
    return memcmp(a, b, 5 * sizeof(uint32_t));
}

/* The different shingles of a story, sorted; the caller frees. */
static uint32_t (*shingles(const struct story *s, size_t *n))[5]
{
    uint32_t(*all)[5] = malloc(s->n * sizeof all[0]);
    assert_non_null(all);
    assert_true(s->n >= 5);
    for (size_t i = 0; i + 5 <= s->n; i++)
        memcpy(all[i], s->word + i, sizeof all[0]);
    qsort(all, s->n - 4, sizeof all[0], by_shingle);
    *n = 1;
    for (size_t i = 1; i < s->n - 4; i++)
        if (by_shingle(all[i], all[*n - 1]) != 0)
            memmove(all[(*n)++], all[i], sizeof all[0]);
    return all;
}

static double true_jaccard(const struct story *a, const struct story *b)
{
    size_t na = 0, nb = 0, both = 0;
    uint32_t(*x)[5] = shingles(a, &na);
    uint32_t(*y)[5] = shingles(b, &nb);
    for (size_t i = 0, j = 0; i < na && j < nb;) {
        int order = by_shingle(x[i], y[j]);
        both += order == 0;
        i += order <= 0;
        j += order >= 0;
    }
    free(x);
    free(y);
    return (double)both / (double)(na + nb - both);
}

/* ---- examples ---- */

static const char ferry[] =
    "ARDROSSAN, March 3 - The ferry to Arran was cancelled on Sunday after a crack was found in "
    "the bow door of the Isle of Lewis, the operator said. Some 340 passengers spent the night "
    "in a sports hall.\n\n\"It\u2019s the third time this winter,\" said Morag Sinclair, who runs "
    "a bakery in Brodick. \"We can\u2019t get flour.\"\n\nA replacement vessel is expected from "
    "Oban on Tuesday. The transport secretary will answer questions in parliament on Thursday.";

static const char ferry_quotes[] =
    "Ardrossan, March 3 \u2014 The ferry to Arran was cancelled on Sunday after a crack was found in "
    "the bow door of the Isle of Lewis, the operator said.  Some 340 passengers spent the night "
    "in a sports hall. \u201CIt's the third time this winter,\u201D said Morag Sinclair, who runs "
    "a bakery in Brodick. \u201CWe can't get flour.\u201D A replacement vessel is expected from "
    "Oban on Tuesday. The transport secretary will answer questions in parliament on Thursday\u2026";

static const char ferry_edited[] =
    "GLASGOW (North Wire) - The ferry to Arran was cancelled on Sunday after a crack was found in "
    "the bow door of the Isle of Lewis, the operator said. About 400 passengers spent the night "
    "in a sports hall and a church.\n\n\"It\u2019s the third time this winter,\" said Morag "
    "Sinclair, who runs a bakery in Brodick.\n\nA replacement vessel is expected from Oban on "
    "Tuesday. The transport secretary will answer questions in parliament on Thursday.";

/* Quotes a fifth of the first, and is another story. */
static const char bakery[] =
    "Bakers across the west coast islands are running out of flour as winter storms empty the "
    "harbours, and some have begun to mill their own. \"It\u2019s the third time this winter,\" "
    "said Morag Sinclair, who runs a bakery in Brodick, pointing at a bare shelf. In Islay two "
    "distilleries have lent their mills, and in Mull a school kitchen bakes for the village. The "
    "council in Lochgilphead said that it had no plans for an airlift, but would pay half the "
    "price of fuel for fishing boats that carry food.";

static void finds_the_republished(void **state)
{
    struct bench *b = *state;

    assert_int_equal(find(b, ferry).kind, DEDUPE_NEW);
    keep(b, "ferry", ferry);
    assert_int_equal(find(b, bakery).kind, DEDUPE_NEW);
    keep(b, "bakery", bakery);

    struct dedupe_match m = find(b, ferry);
    assert_int_equal(m.kind, DEDUPE_EXACT);
    assert_true(m.similarity == 1.0);
    assert_string_equal(name_of(b, m), "ferry");

    m = find(b, ferry_quotes);
    assert_int_equal(m.kind, DEDUPE_EXACT);
    assert_string_equal(name_of(b, m), "ferry");

    m = find(b, ferry_edited);
    assert_int_equal(m.kind, DEDUPE_NEAR);
    assert_string_equal(name_of(b, m), "ferry");
    assert_true(m.similarity > 0.5 && m.similarity < 0.8);
    assert_true(m.verified >= 1);

    assert_int_equal(dedupe_index_count(b->index), 2);
}

static void short_texts_are_one_shingle(void **state)
{
    struct bench *b = *state;

    keep(b, "empty", "");
    keep(b, "dots", "... !");
    assert_int_equal(find(b, "").kind, DEDUPE_NEW);
    assert_int_equal(find(b, "?!").kind, DEDUPE_NEW);
    assert_int_equal(dedupe_index_count(b->index), 0);

    keep(b, "four", "Markets closed for holiday");
    keep(b, "five", "Markets closed for a holiday");
    assert_string_equal(name_of(b, find(b, "Markets closed for holiday.")), "four");
    assert_string_equal(name_of(b, find(b, "MARKETS CLOSED FOR A HOLIDAY")), "five");
    assert_int_equal(find(b, "Markets closed for").kind, DEDUPE_NEW);
    assert_int_equal(find(b, "Markets").kind, DEDUPE_NEW);
    assert_int_equal(find(b, "holiday for closed Markets").kind, DEDUPE_NEW);
}

/* Without spaces between words there are shingles nevertheless. */
static void scripts_without_spaces(void **state)
{
    struct bench *b = *state;
    keep(b, "a", "日本銀行は十八日の会合で金利を据え置くことを決めた。総裁は午後の会見で理由を説明する。");
    struct dedupe_match m =
        find(b, "日本銀行は十八日の会合で金利を据え置くことを決めた。総裁が夕方の会見で理由を説明する。");
    assert_int_equal(m.kind, DEDUPE_NEAR);
    assert_true(m.similarity > 0.5);
    assert_int_equal(find(b, "東京都は来年度の予算案を発表した。子育ての支援に重点を置くという。").kind, DEDUPE_NEW);
}

/* ---- properties ---- */

/* The value told is the true one, and it is told if and only if it reaches the threshold. */
static void similarity_is_the_true_jaccard(void **state)
{
    struct bench *b = *state;
    struct story *a = malloc(sizeof *a), *c = malloc(sizeof *c);
    size_t near = 0, far = 0;

    assert_non_null(a);
    assert_non_null(c);
    for (int round = 0; round < 300; round++) {
        struct dedupe_index *ix = dedupe_index_new(0.5);
        assert_non_null(ix);
        /* few different words: shingles repeat within a story; many words: more than are read at once */
        invent(b, a, 40 + random_below(b, round % 10 == 1 ? 1500 : 300), round % 3 == 0 ? 4 : 5000);
        *c = *a;
        change(b, c, random_below(b, (uint32_t)a->n / 5), 5000);
        char *first = write_story(a), *second = write_story(c);
        double truth = true_jaccard(a, c);

        dedupe_index_keep(ix, dedupe_sketch(b->sketcher, (pl_str){first, strlen(first)}), PL_S("first"));
        struct dedupe_match m = dedupe_index_find(ix, dedupe_sketch(b->sketcher, (pl_str){second, strlen(second)}));
        if (m.kind != DEDUPE_NEW) {
            assert_true(m.similarity == truth);
            assert_true(truth >= 0.5);
            near++;
        } else {
            /* 1 - (1 - .8^4)^32 is 1 - 5e-8 */
            assert_true(truth < 0.8);
            far += truth < 0.5;
        }
        free(first);
        free(second);
        dedupe_index_free(ix);
    }
    assert_true(near > 100 && far > 30);
    free(a);
    free(c);
}

/* Both sides of the threshold, to one shingle: the stories share `common` of their shingles exactly. */
static void threshold_is_inclusive(void **state)
{
    struct bench *b = *state;
    struct story *a = malloc(sizeof *a), *c = malloc(sizeof *c);

    assert_non_null(a);
    assert_non_null(c);
    for (uint32_t i = 0; i < 64; i++)
        a->word[i] = c->word[i] = i;
    for (size_t tail = 20; tail <= 21; tail++) { /* 60 shared shingles of 60 + 20 + 20, or + 20 + 21 */
        struct dedupe_index *ix = dedupe_index_new(0.6);
        assert_non_null(ix);
        a->n = 64 + 20;
        c->n = 64 + tail;
        for (uint32_t i = 0; i < 21; i++) {
            a->word[64 + i] = 1000 + i;
            c->word[64 + i] = 2000 + i;
        }
        char *first = write_story(a), *second = write_story(c);
        dedupe_index_keep(ix, dedupe_sketch(b->sketcher, (pl_str){first, strlen(first)}), PL_S("first"));
        struct dedupe_match m = dedupe_index_find(ix, dedupe_sketch(b->sketcher, (pl_str){second, strlen(second)}));
        assert_int_equal(m.verified, 1);
        assert_int_equal(m.kind, tail == 20 ? DEDUPE_NEAR : DEDUPE_NEW);
        assert_true(tail != 20 || m.similarity == 0.6);
        free(first);
        free(second);
        dedupe_index_free(ix);
    }
    free(a);
    free(c);
}

static void the_earliest_is_joined(void **state)
{
    struct bench *b = *state;
    struct story *s = malloc(sizeof *s), *t = malloc(sizeof *t);

    assert_non_null(s);
    assert_non_null(t);
    invent(b, s, 400, 5000);
    /* Twenty kept editions, all near one another; a later one is nearest to the last of them. */
    for (int i = 0; i < 20; i++) {
        char name[16];
        *t = *s;
        change(b, t, 5, 5000);
        char *text = write_story(t);
        snprintf(name, sizeof name, "e%d", i);
        keep(b, name, text);
        free(text);
    }
    change(b, t, 1, 5000);
    char *text = write_story(t);
    struct dedupe_match m = find(b, text);
    assert_int_equal(m.kind, DEDUPE_NEAR);
    assert_string_equal(name_of(b, m), "e0");
    assert_int_equal(m.verified, 1);
    free(text);
    free(s);
    free(t);
}

/* Each of 2,000 kept stories has about half of one that comes later: the work for that one stays bounded. */
static void candidates_are_bounded(void **state)
{
    struct bench *b = *state;
    struct story *s = malloc(sizeof *s), *t = malloc(sizeof *t);

    assert_non_null(s);
    assert_non_null(t);
    dedupe_index_free(b->index);
    assert_non_null(b->index = dedupe_index_new(0.95));
    invent(b, s, 400, 5000);
    for (uint32_t i = 0; i < 2000; i++) {
        invent(b, t, 400, 5000);
        for (size_t part = 0; part < 400; part += 20)
            if (random_below(b, 2) == 0)
                memcpy(t->word + part, s->word + part, 20 * sizeof s->word[0]);
        char *text = write_story(t);
        keep(b, "half", text);
        free(text);
    }
    char *text = write_story(s);
    struct dedupe_match m = find(b, text);
    assert_int_equal(m.kind, DEDUPE_NEW);
    assert_int_equal(m.verified, DEDUPE_MAX_VERIFY);
    free(text);
    free(s);
    free(t);
}

/* However many kept texts have one key, the tables remember a few. */
static void buckets_are_bounded(void **state)
{
    struct bench *b = *state;
    size_t bytes = 0;

    for (int i = 0; i < 1000; i++) {
        keep(b, "form", "no news today");
        if (i == 100)
            bytes = dedupe_index_bytes(b->index);
    }
    assert_int_equal(dedupe_index_count(b->index), 1000);
    assert_int_equal(dedupe_index_bytes(b->index), bytes);
}

static double similarity_of(struct bench *b, const struct story *kept, const struct story *other)
{
    struct dedupe_index *ix = dedupe_index_new(0.05);
    char *first = write_story(kept), *second = write_story(other);

    assert_non_null(ix);
    const struct dedupe_sketch *s = dedupe_sketch(b->sketcher, (pl_str){first, strlen(first)});
    assert_true(s->n <= DEDUPE_MAX_SHINGLES);
    assert_true((s->level > 0) == (kept->n - 4 > DEDUPE_MAX_SHINGLES));
    dedupe_index_keep(ix, s, PL_S("kept"));
    double j = dedupe_index_find(ix, dedupe_sketch(b->sketcher, (pl_str){second, strlen(second)})).similarity;
    dedupe_index_free(ix);
    free(first);
    free(second);
    return j;
}

/* Long texts are sampled, one against the other at the same rate. */
static void long_texts_are_sampled(void **state)
{
    struct bench *b = *state;
    struct story *a = malloc(sizeof *a), *c = malloc(sizeof *c);
    static const size_t lengths[] = {8195, 8196, 8197, 12000, 19000};

    assert_non_null(a);
    assert_non_null(c);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        invent(b, a, lengths[i], 1u << 20);
        *c = *a;
        change(b, c, lengths[i] / 50, 1u << 20);
        c->n = lengths[i] * 9 / 10; /* the shorter one may need no sampling */
        double truth = true_jaccard(a, c);
        double error = similarity_of(b, a, c) - truth;
        assert_true(error < 0.03 && error > -0.03);
        error = similarity_of(b, c, a) - truth;
        assert_true(error < 0.03 && error > -0.03);
    }
    free(a);
    free(c);
}

static int by_value(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Also those that come again after the sampling began. */
static void a_shingle_is_kept_once(void **state)
{
    struct bench *b = *state;
    struct story *s = malloc(sizeof *s);

    assert_non_null(s);
    for (size_t n = 8190; n < 8230; n += 2) {
        invent(b, s, n, 1u << 20);
        memcpy(s->word + n, s->word, n * sizeof s->word[0]);
        s->n = 2 * n;
        char *text = write_story(s);
        const struct dedupe_sketch *k = dedupe_sketch(b->sketcher, (pl_str){text, strlen(text)});
        uint32_t *hash = malloc(k->n * sizeof hash[0]);
        assert_non_null(hash);
        memcpy(hash, k->shingle, k->n * sizeof hash[0]);
        qsort(hash, k->n, sizeof hash[0], by_value);
        for (uint32_t i = 1; i < k->n; i++)
            assert_true(hash[i] != hash[i - 1]);
        free(hash);
        free(text);
    }
    free(s);
}

/* The clusters of 600 stories when they are sketched in one order and looked up in input order. */
static void cluster(char **text, size_t n, const size_t *order, uint32_t *out)
{
    struct dedupe_sketcher *sketcher[2] = {dedupe_sketcher_new(), dedupe_sketcher_new()};
    struct dedupe_index *ix = dedupe_index_new(0.4);
    struct dedupe_sketch **sketch = calloc(n, sizeof sketch[0]);

    assert_non_null(ix);
    assert_non_null(sketch);
    for (size_t i = 0; i < n; i++) {
        assert_non_null(sketcher[i % 2]);
        const struct dedupe_sketch *s =
            dedupe_sketch(sketcher[i % 2], (pl_str){text[order[i]], strlen(text[order[i]])});
        size_t size = dedupe_sketch_size(s);
        assert_non_null(sketch[order[i]] = malloc(size));
        memcpy(sketch[order[i]], s, size);
        assert_true(dedupe_sketch_valid((pl_str){(char *)sketch[order[i]], size}));
    }
    for (size_t i = 0; i < n; i++) {
        char name[32];
        struct dedupe_match m = dedupe_index_find(ix, sketch[i]);
        snprintf(name, sizeof name, "%zu", i);
        if (m.kind == DEDUPE_NEW)
            assert_int_equal(dedupe_index_keep(ix, sketch[i], (pl_str){name, strlen(name)}), 0);
        else
            put_name(name, sizeof name, dedupe_index_name(ix, m.kept));
        out[i] = (uint32_t)strtoul(name, NULL, 10);
        free(sketch[i]);
    }
    free(sketch);
    dedupe_index_free(ix);
    dedupe_sketcher_free(sketcher[0]);
    dedupe_sketcher_free(sketcher[1]);
}

static void any_order_of_sketching_gives_the_same(void **state)
{
    enum { N = 600, MOTHERS = 150 };
    struct bench *b = *state;
    char *text[N];
    size_t order[N];
    uint32_t first[N], other[N];
    struct story *story = calloc(MOTHERS, sizeof *story), *copy = malloc(sizeof *copy);
    size_t joined = 0;

    assert_non_null(story);
    assert_non_null(copy);
    for (size_t i = 0; i < MOTHERS; i++)
        invent(b, &story[i], 60 + random_below(b, 200), 3000);
    for (size_t i = 0; i < N; i++) {
        *copy = story[i < MOTHERS ? i : random_below(b, MOTHERS)];
        change(b, copy, i < MOTHERS ? 0 : random_below(b, (uint32_t)copy->n / 10), 3000);
        text[i] = write_story(copy);
        order[i] = i;
    }
    cluster(text, N, order, first);
    for (size_t i = 0; i < N; i++)
        joined += first[i] != i;
    assert_true(joined > 350 && joined <= N - MOTHERS);

    for (int round = 0; round < 3; round++) {
        for (size_t i = N - 1; i > 0; i--) {
            size_t j = random_below(b, (uint32_t)i + 1), t = order[i];
            order[i] = order[j];
            order[j] = t;
        }
        cluster(text, N, order, other);
        assert_memory_equal(first, other, sizeof first);
    }
    for (size_t i = 0; i < N; i++)
        free(text[i]);
    free(story);
    free(copy);
}

static void the_state_is_compact(void **state)
{
    struct bench *b = *state;
    struct story *s = malloc(sizeof *s);

    assert_non_null(s);
    for (uint32_t i = 0; i < 1500; i++) {
        invent(b, s, 700, 1u << 20);
        char *text = write_story(s);
        keep(b, "0123456789abcdef0123456789abcdef", text);
        free(text);
    }
    assert_int_equal(dedupe_index_count(b->index), 1500);
    assert_true(dedupe_index_bytes(b->index) / 1500 <= 4096);
    free(s);
}

static void a_damaged_sketch_is_seen(void **state)
{
    struct bench *b = *state;
    const struct dedupe_sketch *s = dedupe_sketch(b->sketcher, PL_S("one two three four five six"));
    size_t size = dedupe_sketch_size(s);
    struct dedupe_sketch *copy = malloc(size);

    assert_non_null(copy);
    memcpy(copy, s, size);
    assert_true(dedupe_sketch_valid((pl_str){(char *)copy, size}));
    assert_false(dedupe_sketch_valid((pl_str){(char *)copy, size - 1}));
    assert_false(dedupe_sketch_valid((pl_str){(char *)copy, 8}));
    copy->n++;
    assert_false(dedupe_sketch_valid((pl_str){(char *)copy, size}));
    copy->n = UINT32_MAX;
    assert_false(dedupe_sketch_valid((pl_str){(char *)copy, size}));
    copy->n = s->n;
    copy->level = 32;
    assert_false(dedupe_sketch_valid((pl_str){(char *)copy, size}));
    free(copy);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finds_the_republished),
        TEST(short_texts_are_one_shingle),
        TEST(scripts_without_spaces),
        TEST(similarity_is_the_true_jaccard),
        TEST(threshold_is_inclusive),
        TEST(the_earliest_is_joined),
        TEST(candidates_are_bounded),
        TEST(buckets_are_bounded),
        TEST(long_texts_are_sampled),
        TEST(a_shingle_is_kept_once),
        TEST(any_order_of_sketching_gives_the_same),
        TEST(the_state_is_compact),
        TEST(a_damaged_sketch_is_seen),
    };
    return cmocka_run_group_tests_name("dedupe", tests, NULL, NULL);
}
