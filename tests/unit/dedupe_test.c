/* dedupe_test.c - sketches, signatures and decisions, with the kept documents in memory, without a pipeline. */
#include "dedupe_bench.h"

enum { MAX_WORDS = 20000, MAX_TEXT = 16 * MAX_WORDS };

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

    struct dedupe_decision m = find(b, ferry);
    assert_int_equal(m.kind, DEDUPE_EXACT);
    assert_true(m.similarity == 1.0);
    assert_string_equal(name_of(m), "ferry");

    m = find(b, ferry_quotes);
    assert_int_equal(m.kind, DEDUPE_EXACT);
    assert_string_equal(name_of(m), "ferry");

    m = find(b, ferry_edited);
    assert_int_equal(m.kind, DEDUPE_NEAR);
    assert_string_equal(name_of(m), "ferry");
    assert_true(m.similarity > 0.5 && m.similarity < 0.8);
    assert_true(m.verified >= 1);

    assert_int_equal(b->kept.n_docs, 2);
}

static void short_texts_are_one_shingle(void **state)
{
    struct bench *b = *state;

    keep(b, "empty", "");
    keep(b, "dots", "... !");
    assert_int_equal(find(b, "").kind, DEDUPE_NEW);
    assert_int_equal(find(b, "?!").kind, DEDUPE_NEW);
    assert_int_equal(b->kept.n_docs, 0);

    keep(b, "four", "Markets closed for holiday");
    keep(b, "five", "Markets closed for a holiday");
    assert_string_equal(name_of(find(b, "Markets closed for holiday.")), "four");
    assert_string_equal(name_of(find(b, "MARKETS CLOSED FOR A HOLIDAY")), "five");
    assert_int_equal(find(b, "Markets closed for").kind, DEDUPE_NEW);
    assert_int_equal(find(b, "Markets").kind, DEDUPE_NEW);
    assert_int_equal(find(b, "holiday for closed Markets").kind, DEDUPE_NEW);
}

/* Without spaces between words there are shingles nevertheless. */
static void scripts_without_spaces(void **state)
{
    struct bench *b = *state;
    keep(b, "a", "日本銀行は十八日の会合で金利を据え置くことを決めた。総裁は午後の会見で理由を説明する。");
    struct dedupe_decision m =
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
        begin_at(b, 0.5);
        /* few different words: shingles repeat within a story; many words: more than are read at once */
        invent(b, a, 40 + random_below(b, round % 10 == 1 ? 1500 : 300), round % 3 == 0 ? 4 : 5000);
        *c = *a;
        change(b, c, random_below(b, (uint32_t)a->n / 5), 5000);
        char *first = write_story(a), *second = write_story(c);
        double truth = true_jaccard(a, c);

        keep(b, "first", first);
        struct dedupe_decision m = find(b, second);
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
        begin_at(b, 0.6);
        a->n = 64 + 20;
        c->n = 64 + tail;
        for (uint32_t i = 0; i < 21; i++) {
            a->word[64 + i] = 1000 + i;
            c->word[64 + i] = 2000 + i;
        }
        char *first = write_story(a), *second = write_story(c);
        keep(b, "first", first);
        struct dedupe_decision m = find(b, second);
        assert_int_equal(m.verified, 1);
        assert_int_equal(m.kind, tail == 20 ? DEDUPE_NEAR : DEDUPE_NEW);
        assert_true(tail != 20 || m.similarity == 0.6);
        free(first);
        free(second);
    }
    free(a);
    free(c);
}

/* Of several the one with the most bands in common, of these the earliest. */
static void the_nearest_is_joined(void **state)
{
    struct bench *b = *state;
    struct story *s = malloc(sizeof *s), *t = malloc(sizeof *t);

    assert_non_null(s);
    assert_non_null(t);
    invent(b, s, 400, 5000);
    for (int i = 0; i < 6; i++) {
        char name[16];
        *t = *s;
        change(b, t, i == 3 || i == 4 ? 0 : 12, 5000);
        char *text = write_story(t);
        snprintf(name, sizeof name, "e%d", i);
        keep(b, name, text);
        free(text);
    }
    *t = *s;
    change(b, t, 1, 5000);
    char *text = write_story(t);
    struct dedupe_decision m = find(b, text);
    assert_int_equal(m.kind, DEDUPE_NEAR);
    assert_string_equal(name_of(m), "e3");
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
    begin_at(b, 0.95);
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
    struct dedupe_decision m = find(b, text);
    assert_int_equal(m.kind, DEDUPE_NEW);
    assert_int_equal(m.verified, DEDUPE_MAX_VERIFY);
    free(text);
    free(s);
    free(t);
}

static double similarity_of(struct bench *b, const struct story *kept, const struct story *other)
{
    char *first = write_story(kept), *second = write_story(other);

    begin_at(b, 0.05);
    keep(b, "kept", first);
    const struct dedupe_sketch *s = dedupe_last_sketch(b->sketcher);
    assert_true(s->n <= DEDUPE_MAX_SHINGLES);
    assert_true((s->level > 0) == (kept->n - 4 > DEDUPE_MAX_SHINGLES));
    double j = find(b, second).similarity;
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
static void cluster(struct bench *b, char **text, size_t n, const size_t *order, uint32_t *out)
{
    struct dedupe_sketcher *sketcher[2] = {dedupe_sketcher_new(), dedupe_sketcher_new()};
    uint64_t **signature = calloc(n, sizeof signature[0]);
    size_t *size = calloc(n, sizeof size[0]);

    assert_true(sketcher[0] && sketcher[1] && signature && size);
    begin_at(b, 0.4);
    for (size_t i = 0; i < n; i++) {
        struct dedupe_sketcher *k = sketcher[i % 2];
        char name[32];
        snprintf(name, sizeof name, "%zu", order[i]);
        const struct dedupe_subject subject = {.id = str(name)};
        dedupe_sketch(k, str(text[order[i]]));
        size[order[i]] = dedupe_sign_size(k, &subject);
        assert_non_null(signature[order[i]] = malloc(size[order[i]]));
        dedupe_sign(k, &subject, signature[order[i]]);
    }
    for (size_t i = 0; i < n; i++) {
        struct dedupe_signature s;
        assert_true(dedupe_signature_read((pl_str){(char *)signature[i], size[i]}, &s));
        decide(b, &s);
        out[i] = b->last.kind == DEDUPE_NEW ? (uint32_t)i : (uint32_t)strtoul(name_of(b->last), NULL, 10);
        if (b->last.kind == DEDUPE_NEW)
            memory_keep(&b->kept, &s);
        free(signature[i]);
    }
    free(signature);
    free(size);
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
    cluster(b, text, N, order, first);
    for (size_t i = 0; i < N; i++)
        joined += first[i] != i;
    assert_true(joined > 350 && joined <= N - MOTHERS);

    for (int round = 0; round < 3; round++) {
        for (size_t i = N - 1; i > 0; i--) {
            size_t j = random_below(b, (uint32_t)i + 1), t = order[i];
            order[i] = order[j];
            order[j] = t;
        }
        cluster(b, text, N, order, other);
        assert_memory_equal(first, other, sizeof first);
    }
    for (size_t i = 0; i < N; i++)
        free(text[i]);
    free(story);
    free(copy);
}

/* A text of 4.1 KB takes less than 4 KB in a store: its payload, and twelve bytes a key. */
static void a_signature_is_compact(void **state)
{
    struct bench *b = *state;
    struct story *s = malloc(sizeof *s);
    struct dedupe_signature signature;
    const struct dedupe_subject subject = {.id = PL_S("0123456789abcdef0123456789abcdef"),
                                           .url = PL_S("https://example.org/a"),
                                           .origin = PL_S("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855:7:0 a")};

    assert_non_null(s);
    invent(b, s, 700, 1u << 20);
    char *text = write_story(s);
    assert_true(sign(b, subject, text, &signature));
    assert_int_equal(signature.n, 36);
    assert_true(signature.payload.len + 12 * signature.n < 3400);
    free(text);
    free(s);
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
        TEST(the_nearest_is_joined),
        TEST(candidates_are_bounded),
        TEST(long_texts_are_sampled),
        TEST(a_shingle_is_kept_once),
        TEST(any_order_of_sketching_gives_the_same),
        TEST(a_signature_is_compact),
    };
    return cmocka_run_group_tests_name("dedupe", tests, NULL, NULL);
}
