/* dedupe_decide_test.c - keys, signatures, and all kinds of decisions. */
#include "dedupe_bench.h"

#define SHA "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SHA2 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static const char storm[] =
    "A storm that crossed the Baltic overnight left some 40,000 homes around Tallinn without power, the grid operator "
    "said on Tuesday. Crews had restored two thirds of the lines by noon. Schools on Hiiumaa stayed closed, and the "
    "ferry to the island was cancelled for a second day. The weather service measured gusts of 31 metres a second at "
    "Ristna lighthouse, the strongest in October since records began.";
static const char storm_updated[] =
    "Power was back in all but 900 homes around Tallinn on Wednesday, a day after the worst October storm on record. "
    "The weather service measured gusts of 31 metres a second at Ristna lighthouse, the strongest in October since "
    "records began. Insurers expect claims of 12 million euros; the government will discuss help for farmers on Friday, "
    "said Minister Kadri Saar. Many lost the roofs of their barns, and some of them all of their hay.";
static const char storm_edited[] =
    "TALLINN (Baltic Wire) - A storm that crossed the Baltic overnight left some 40,000 homes around Tallinn without "
    "power, the grid operator said on Tuesday. Crews had restored two thirds of the lines by evening. Schools on Hiiumaa "
    "stayed closed, and the ferry to the island was cancelled for a second day.";
static const char orchestra[] =
    "The city orchestra of Tartu will play under a new conductor from January. Liis Org, 34, led the youth orchestra for "
    "six years and studied in Helsinki. She follows Peeter Vask, who retires after two decades.";
static const char feature[] =
    "Hendrik Tamm had been mending nets by the harbour for forty years before he saw the sea come up the main street. "
    "He tied his boat to a lamp post. A storm that crossed the Baltic overnight left some 40,000 homes around Tallinn "
    "without power, the grid operator said on Tuesday. Crews had restored two thirds of the lines by noon. Schools on "
    "Hiiumaa stayed closed, and the ferry to the island was cancelled for a second day. The weather service measured "
    "gusts of 31 metres a second at Ristna lighthouse, the strongest in October since records began. In the village "
    "hall, where the stove still burned, thirty people slept on benches, and the baker brought what he had left. Nobody "
    "spoke of the weather. They spoke of the year when the ice came late and the herring never did, of sons who work in "
    "Turku, of the bridge that every government promises and none has built. By morning the water was gone and the "
    "street was full of weed. Tamm untied his boat and said that he had seen worse, though he could not say when. His "
    "neighbour swept the steps of the chapel. The priest rang the bell at nine, as on every day, and the children came "
    "out to look for things that the sea had left: a shoe, a crate of Finnish apples, half of an oar.";

/* ---- keys ---- */

static void urls_that_name_the_same(void **state)
{
    static const char *const same[] = {
        "https://www.example.org/news/a-storm",     "http://www.example.org/news/a-storm",
        "https://example.org/news/a-storm",         "https://EXAMPLE.org/news/a-storm/",
        "https://www.example.org/news/a-storm#top", "HTTP://WWW.Example.ORG:80/news/a-storm//#x?y",
        "//example.org/news/a-storm?",              "https://example.org.:443/news/a-storm",
    };
    static const char *const other[] = {
        "https://example.com/news/a-storm",     "https://m.example.org/news/a-storm",
        "https://example.org/news/A-storm",     "https://example.org/news/a-storm?page=2",
        "https://example.org/news/a-storm/two", "https://example.org:8080/news/a-storm",
        "https://example.org/news?a-storm",     "https://example.orgnews/a-storm",
    };
    static const char *const none[] = {"",
                                       "https://example.org",
                                       "https://example.org/",
                                       "https://www.example.org//",
                                       "https://example.org/?p=12",
                                       "https://example.org?p=12",
                                       "https://example.org/#/news/a-storm",
                                       "/news/a-storm",
                                       "news/a-storm",
                                       "https:///news/a-storm",
                                       "ftp://example.org/news/a-storm",
                                       "https:",
                                       "//",
                                       "mailto:desk@example.org"};
    const uint64_t wanted = dedupe_url_hash(str(same[0]));

    (void)state;
    assert_true(wanted != 0);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        assert_true(dedupe_url_hash(str(same[i])) == wanted);
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        assert_true(dedupe_url_hash(str(other[i])) != wanted);
        assert_true(dedupe_url_hash(str(other[i])) != 0);
    }
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_true(dedupe_url_hash(str(none[i])) == 0);
}

static void origins_are_digest_position_and_child(void **state)
{
    const uint64_t wanted = dedupe_origin_hash(str(SHA ":12:0 news/a.jsonl"));
    static const char *const none[] = {"", "-:12:0 -", "-:1:0 http://example.org/", SHA, SHA " x", "x" SHA ":1:0 a"};

    (void)state;
    assert_true(wanted != 0);
    assert_true(dedupe_origin_hash(str(SHA ":12:0 elsewhere/b.jsonl")) == wanted);
    assert_true(dedupe_origin_hash(str(SHA ":12:0")) == wanted);
    assert_true(dedupe_origin_hash(str(SHA ":13:0 news/a.jsonl")) != wanted);
    assert_true(dedupe_origin_hash(str(SHA ":12:0.1 news/a.jsonl")) != wanted);
    assert_true(dedupe_origin_hash(str(SHA2 ":12:0 news/a.jsonl")) != wanted);
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_true(dedupe_origin_hash(str(none[i])) == 0);
}

static struct dedupe_subject full(const char *id)
{
    return (struct dedupe_subject){.id = str(id),
                                   .origin = PL_S(SHA ":1:0 a"),
                                   .url = PL_S("https://example.org/a"),
                                   .run = 1,
                                   .samples = true};
}

/* A record without a digest of its input is the same again only where it is retried; one with it, always. */
static void who_claims(void **state)
{
    static const struct {
        const char *origin;
        bool retried;
        size_t origins, claims;
    } cases[] = {{SHA ":1:0 a", false, 1, 1}, {SHA ":1:0 a", true, 1, 1}, {":1:0 -", false, 1, 0}, {":1:0 -", true, 1, 1}, {"", true, 0, 0}};
    uint64_t of_stdin[2] = {0};
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct dedupe_subject subject = full("a");
        struct dedupe_signature s;
        size_t kinds[8] = {0};
        subject.origin = str(cases[i].origin);
        subject.retried = cases[i].retried;
        assert_true(sign(b, subject, feature, &s));
        for (size_t j = 0; j < s.n; j++) {
            kinds[dedupe_key_kind(s.key[j])]++;
            if (dedupe_key_kind(s.key[j]) == DEDUPE_KEY_ORIGIN && (i == 2 || i == 3))
                of_stdin[i - 2] = s.key[j];
        }
        assert_int_equal(kinds[DEDUPE_KEY_ORIGIN], cases[i].origins);
        assert_int_equal(kinds[DEDUPE_KEY_CLAIM], cases[i].claims);
    }
    assert_true(of_stdin[0] != 0 && of_stdin[0] == of_stdin[1]);
}

/* All kinds are there, and no key of one scope, kind or band is that of another. */
static void keys_have_kind_and_scope(void **state)
{
    struct bench *b = *state;
    struct dedupe_signature s;
    uint64_t key[2][256];
    size_t n[2], kinds[8] = {0};

    for (uint64_t scope = 0; scope < 2; scope++) {
        struct dedupe_subject subject = full("a");
        subject.scope = scope;
        assert_true(sign(b, subject, feature, &s));
        n[scope] = s.n;
        memcpy(key[scope], s.key, s.n * sizeof s.key[0]);
    }
    assert_int_equal(n[0], n[1]);
    for (size_t i = 0; i < n[0]; i++) {
        kinds[dedupe_key_kind(key[0][i])]++;
        for (size_t j = 0; j < n[0]; j++) {
            assert_true(i == j || key[0][i] != key[0][j]);
            assert_true(key[0][i] != key[1][j]);
        }
    }
    assert_int_equal(kinds[DEDUPE_KEY_DIGEST], 1);
    assert_int_equal(kinds[DEDUPE_KEY_BAND], DEDUPE_BANDS);
    assert_int_equal(kinds[DEDUPE_KEY_URL], 1);
    assert_int_equal(kinds[DEDUPE_KEY_ORIGIN], 1);
    assert_int_equal(kinds[DEDUPE_KEY_CLAIM], 1);
    assert_in_range(kinds[DEDUPE_KEY_SAMPLE], 5, 60);
    struct dedupe_subject bare = {.id = PL_S("a")};
    assert_true(sign(b, bare, feature, &s));
    assert_int_equal(s.n, 1 + DEDUPE_BANDS);
}

static void scopes_are_of_value_and_type(void **state)
{
    const uint64_t en = dedupe_scope(0, PL_STR, PL_S("en"));

    (void)state;
    assert_true(en == dedupe_scope(0, PL_STR, PL_S("en")));
    assert_true(en != dedupe_scope(0, PL_STR, PL_S("fr")));
    assert_true(en != dedupe_scope(0, PL_BYTES, PL_S("en")));
    assert_true(en != dedupe_scope(0, PL_UNSET, (pl_str){NULL, 0}));
    assert_true(dedupe_scope(0, PL_STR, PL_S("")) != dedupe_scope(0, PL_UNSET, (pl_str){NULL, 0}));
    assert_true(dedupe_scope(en, PL_STR, PL_S("fr")) != dedupe_scope(dedupe_scope(0, PL_STR, PL_S("fr")), PL_STR, PL_S("en")));
}

static void damaged_signatures_are_seen(void **state)
{
    struct bench *b = *state;
    struct dedupe_signature s;
    struct dedupe_doc doc;

    assert_true(sign(b, full("storm"), storm, &s));
    const size_t size = (size_t)(s.payload.ptr + s.payload.len - (const char *)b->signature);
    assert_true(dedupe_doc_read(s.payload, &doc));
    assert_int_equal(doc.id.len, 5);
    assert_memory_equal(doc.id.ptr, "storm", 5);
    char *copy = malloc(size + 9);
    assert_non_null(copy);
    for (size_t n = 0; n < size; n++) {
        memcpy(copy, b->signature, n);
        assert_false(dedupe_signature_read((pl_str){copy, n}, &s));
    }
    memcpy(copy, b->signature, size);
    copy[size] = 0;
    assert_true(dedupe_signature_read((pl_str){copy, size}, &s));
    assert_false(dedupe_signature_read((pl_str){copy, size + 1}, &s));
    memmove(copy + 1, copy, size);
    assert_false(dedupe_signature_read((pl_str){copy + 1, size}, &s));
    memcpy(copy, b->signature, size);
    for (size_t at = 0; at < 8; at++) { /* the lengths */
        copy[at] = (char)(copy[at] ^ 0x40);
        assert_false(dedupe_signature_read((pl_str){copy, size}, &s));
        copy[at] = (char)(copy[at] ^ 0x40);
    }
    free(copy);
}

static void payloads_lie_anywhere(void **state)
{
    struct bench *b = *state;
    struct dedupe_signature s;
    struct dedupe_doc doc, moved;
    static char copy[1 << 16];

    assert_true(sign(b, full("storm"), storm, &s));
    assert_true(dedupe_doc_read(s.payload, &doc));
    for (size_t shift = 1; shift < 8; shift++) {
        memcpy(copy + shift, s.payload.ptr, s.payload.len);
        assert_true(dedupe_doc_read((pl_str){copy + shift, s.payload.len}, &moved));
        for (uint32_t i = 0; i < doc.n; i++)
            assert_int_equal(dedupe_doc_shingle(&doc, i), dedupe_doc_shingle(&moved, i));
    }
}

/* ---- by URL ---- */

static struct dedupe_subject at(const char *id, const char *url)
{
    return (struct dedupe_subject){.id = str(id), .url = str(url)};
}

static void an_update_at_the_same_url(void **state)
{
    struct bench *b = *state;

    assert_int_equal(pass(b, at("storm", "https://example.org/storm"), storm).kind, DEDUPE_NEW);
    assert_int_equal(judge(b, at("x", NULL), storm_updated).kind, DEDUPE_NEW);
    const struct dedupe_decision m = pass(b, at("update", "http://www.example.org/storm/"), storm_updated);
    assert_int_equal(m.kind, DEDUPE_URL);
    assert_string_equal(name_of(m), "storm");
    assert_true(m.similarity > 0.1 && m.similarity < 0.4);
    assert_int_equal(m.n_alias, 0);
    /* what is near is near, whatever its URL */
    assert_int_equal(judge(b, at("x", "https://example.org/storm"), storm_edited).kind, DEDUPE_NEAR);
}

/* Pages that all name the front page, or the section, lose no story. */
static void a_url_alone_proves_nothing(void **state)
{
    struct bench *b = *state;

    pass(b, at("storm", "https://example.org/news"), storm);
    const struct dedupe_decision m = pass(b, at("orchestra", "https://example.org/news"), orchestra);
    assert_int_equal(m.kind, DEDUPE_NEW);
    assert_int_equal(m.verified, 1);
    begin(b, (struct dedupe_rules){.threshold = 0.4, .url_floor = 0.3});
    pass(b, at("storm", "https://example.org/storm"), storm);
    assert_int_equal(pass(b, at("update", "https://example.org/storm"), storm_updated).kind, DEDUPE_NEW);
}

/* The URL of a copy leads to what it copies, too. */
static void a_copys_url_is_known(void **state)
{
    struct bench *b = *state;

    pass(b, at("storm", "https://example.org/storm"), storm);
    const struct dedupe_decision m = pass(b, at("copy", "https://example.com/1"), storm);
    assert_int_equal(m.kind, DEDUPE_EXACT);
    assert_int_equal(m.n_alias, 1);
    assert_int_equal(judge(b, at("update", "https://example.com/1"), storm_updated).kind, DEDUPE_URL);
    assert_int_equal(judge(b, at("update", "https://example.com/2"), storm_updated).kind, DEDUPE_NEW);
}

/* ---- the same record again ---- */

static struct dedupe_subject from(const char *id, const char *origin, uint64_t run)
{
    return (struct dedupe_subject){.id = str(id), .origin = str(origin), .run = run};
}

static void the_same_record_again(void **state)
{
    struct bench *b = *state;

    assert_int_equal(pass(b, from("storm", SHA ":1:0 a", 1), storm).kind, DEDUPE_NEW);
    assert_int_equal(pass(b, from("copy", SHA ":2:0 a", 1), storm).kind, DEDUPE_EXACT);
    for (uint64_t run = 2; run < 5; run++) { /* the next runs, the file under another name */
        struct dedupe_decision m = pass(b, from("storm", SHA ":1:0 b", run), storm);
        assert_int_equal(m.kind, DEDUPE_SAME);
        assert_string_equal(name_of(m), "storm");
        assert_int_equal(m.n_alias, 1);
        assert_int_equal(pass(b, from("copy", SHA ":2:0 b", run), storm).kind, DEDUPE_EXACT);
        /* and the same file once more in this run is a copy */
        m = pass(b, from("twin", SHA ":1:0 c", run), storm);
        assert_int_equal(m.kind, DEDUPE_EXACT);
        assert_string_equal(name_of(m), "storm");
    }
    assert_int_equal(b->kept.n_docs, 1);
}

static void two_identical_files_in_one_run(void **state)
{
    struct bench *b = *state;

    pass(b, from("storm", SHA ":1:0 a", 1), storm);
    assert_int_equal(pass(b, from("twin", SHA ":1:0 b", 1), storm).kind, DEDUPE_EXACT);
    /* without a digest nothing is known of an origin */
    assert_int_equal(pass(b, from("live", "-:1:0 -", 1), orchestra).kind, DEDUPE_NEW);
    assert_int_equal(pass(b, from("live", "-:1:0 -", 2), orchestra).kind, DEDUPE_EXACT);
}

/* Cleaned otherwise than last time: not a duplicate of what it was. */
static void the_same_record_with_other_words(void **state)
{
    struct bench *b = *state;

    pass(b, from("storm", SHA ":1:0 a", 1), storm);
    struct dedupe_decision m = pass(b, from("storm", SHA ":1:0 a", 2), storm_edited);
    assert_int_equal(m.kind, DEDUPE_NEW);
    assert_int_equal(b->kept.n_docs, 2);
    assert_int_equal(pass(b, from("storm", SHA ":1:0 a", 3), storm_edited).kind, DEDUPE_SAME);
    /* but of another it may be */
    m = judge(b, from("other", SHA2 ":1:0 a", 3), storm);
    assert_int_equal(m.kind, DEDUPE_EXACT);
    pass(b, from("orchestra", SHA2 ":5:0 a", 1), orchestra);
    m = judge(b, from("storm", SHA ":1:0 a", 4), orchestra);
    assert_int_equal(m.kind, DEDUPE_EXACT);
    assert_string_equal(name_of(m), "orchestra");
}

/* ---- aliases ---- */

/* The keys of a near copy lead to what it copies, once. */
static void copies_of_copies(void **state)
{
    struct bench *b = *state;

    pass(b, at("storm", NULL), storm);
    const struct dedupe_decision first = pass(b, at("edited", NULL), storm_edited);
    assert_int_equal(first.kind, DEDUPE_NEAR);
    assert_in_range(first.n_alias, 2, 1 + DEDUPE_BANDS);
    const uint32_t entries = b->kept.n_entries;
    for (int i = 0; i < 20; i++) {
        const struct dedupe_decision m = pass(b, at("again", NULL), storm_edited);
        assert_int_equal(m.kind, DEDUPE_NEAR);
        assert_string_equal(name_of(m), "storm");
        assert_true(m.similarity == first.similarity);
        assert_int_equal(m.n_alias, 0);
    }
    assert_int_equal(b->kept.n_entries, entries);
}

/* Where a key has as many documents as are found, no more is entered under it. */
static void full_buckets_get_no_alias(void **state)
{
    struct bench *b = *state;
    struct dedupe_signature s;
    struct dedupe_hit hit[DEDUPE_BUCKET * (1 + DEDUPE_BANDS)];
    size_t n = 0;

    pass(b, at("storm", NULL), storm);
    for (uint32_t doc = 1; doc <= DEDUPE_BUCKET; doc++)
        keep(b, "orchestra", orchestra);
    assert_true(sign(b, at("edited", NULL), storm_edited, &s));
    for (uint32_t i = 0; i < s.n; i++)
        for (uint32_t doc = 1; doc <= DEDUPE_BUCKET; doc++)
            hit[n++] = (struct dedupe_hit){i, doc};
    hit[0].doc = 0; /* one leads to what it copies */
    assert_int_equal(dedupe_decide(b->decider, &s, hit, n, (struct dedupe_payloads){memory_load, &b->kept}, &b->last),
                     PL_OK);
    assert_int_equal(b->last.kind, DEDUPE_NEAR);
    assert_int_equal(b->last.n_alias, 0);
}

/* ---- texts inside others ---- */

static struct dedupe_subject sampled(const char *id)
{
    return (struct dedupe_subject){.id = str(id), .samples = true};
}

static void begin_inside(struct bench *b)
{
    begin(b, (struct dedupe_rules){.threshold = 0.4, .url_floor = .1, .containment = 0.8});
}

static void a_short_text_inside_a_longer_story(void **state)
{
    struct bench *b = *state;

    begin_inside(b);
    pass(b, sampled("orchestra"), orchestra);
    assert_int_equal(pass(b, sampled("feature"), feature).kind, DEDUPE_NEW);
    const struct dedupe_decision m = pass(b, sampled("storm"), storm);
    assert_int_equal(m.kind, DEDUPE_CONTAINED);
    assert_string_equal(name_of(m), "feature");
    assert_true(m.contained == 1.0);
    assert_true(m.similarity > 0.1 && m.similarity < 0.4);
    /* a copy of it too, and one that is edited while enough of it is there */
    assert_int_equal(pass(b, sampled("again"), storm).kind, DEDUPE_CONTAINED);
    assert_int_equal(judge(b, sampled("edited"), storm_edited).kind, DEDUPE_CONTAINED);
    assert_true(b->last.contained >= 0.8 && b->last.contained < 1);
    assert_int_equal(judge(b, sampled("updated"), storm_updated).kind, DEDUPE_NEW);
}

static void a_longer_story_is_kept_and_names_the_short_one(void **state)
{
    struct bench *b = *state;

    begin_inside(b);
    pass(b, sampled("storm"), storm);
    const struct dedupe_decision m = pass(b, sampled("feature"), feature);
    assert_int_equal(m.kind, DEDUPE_NEW);
    assert_int_equal(m.contains.len, 5);
    assert_memory_equal(m.contains.ptr, "storm", 5);
    assert_true(m.contains_share == 1.0);
    assert_int_equal(b->kept.n_docs, 2);
    assert_null(pass(b, sampled("orchestra"), orchestra).contains.ptr);
}

/* Again in a later run, it tells what it told. */
static void the_same_story_again_names_the_short_one(void **state)
{
    struct bench *b = *state;
    struct dedupe_subject short_one = from("storm", SHA ":1:0 a", 1), story = from("feature", SHA ":2:0 a", 1);

    begin_inside(b);
    short_one.samples = story.samples = true;
    for (uint64_t run = 1; run < 3; run++) {
        short_one.run = story.run = run;
        struct dedupe_decision m = pass(b, short_one, storm);
        assert_int_equal(m.kind, run == 1 ? DEDUPE_NEW : DEDUPE_SAME);
        assert_null(m.contains.ptr);
        m = pass(b, story, feature);
        assert_int_equal(m.kind, run == 1 ? DEDUPE_NEW : DEDUPE_SAME);
        assert_int_equal(m.contains.len, 5);
        assert_true(m.contains_share == 1.0);
    }
    assert_int_equal(b->kept.n_docs, 2);
}

static void inside_others_only_where_asked_for(void **state)
{
    struct bench *b = *state;

    pass(b, at("feature", NULL), feature);
    assert_int_equal(judge(b, at("storm", NULL), storm).kind, DEDUPE_NEW);
    /* a phrase is no story */
    begin_inside(b);
    pass(b, sampled("feature"), feature);
    assert_int_equal(judge(b, sampled("phrase"), "Nobody spoke of the weather. They spoke of the year when the ice came late").kind,
                     DEDUPE_NEW);
}

/* ---- faults ---- */

static int broken(void *ctx, uint32_t doc, pl_str *payload)
{
    (void)doc;
    *payload = (pl_str){"torn", 4};
    return *(int *)ctx;
}

static void faults_are_told(void **state)
{
    struct bench *b = *state;
    struct dedupe_signature s;
    size_t n;
    int rc = PL_OK;

    pass(b, at("orchestra", NULL), orchestra);
    pass(b, at("storm", NULL), storm);
    assert_true(sign(b, at("x", NULL), storm, &s));
    struct dedupe_hit *hit = memory_find(&b->kept, &s, &n);
    assert_int_equal(dedupe_decide(b->decider, &s, hit, n, (struct dedupe_payloads){broken, &rc}, &b->last), PL_ERROR);
    assert_int_equal(b->last.doc, 1);
    rc = PL_RETRY;
    assert_int_equal(dedupe_decide(b->decider, &s, hit, n, (struct dedupe_payloads){broken, &rc}, &b->last), PL_RETRY);
    free(hit);
    /* a hit of a key that was not asked for is none */
    const struct dedupe_hit wild = {.key = UINT32_MAX, .doc = 1};
    assert_int_equal(dedupe_decide(b->decider, &s, &wild, 1, (struct dedupe_payloads){broken, &rc}, &b->last), PL_OK);
    assert_int_equal(b->last.kind, DEDUPE_NEW);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(urls_that_name_the_same),
        TEST(origins_are_digest_position_and_child),
        TEST(who_claims),
        TEST(keys_have_kind_and_scope),
        TEST(scopes_are_of_value_and_type),
        TEST(damaged_signatures_are_seen),
        TEST(payloads_lie_anywhere),
        TEST(an_update_at_the_same_url),
        TEST(a_url_alone_proves_nothing),
        TEST(a_copys_url_is_known),
        TEST(the_same_record_again),
        TEST(two_identical_files_in_one_run),
        TEST(the_same_record_with_other_words),
        TEST(copies_of_copies),
        TEST(full_buckets_get_no_alias),
        TEST(a_short_text_inside_a_longer_story),
        TEST(a_longer_story_is_kept_and_names_the_short_one),
        TEST(the_same_story_again_names_the_short_one),
        TEST(inside_others_only_where_asked_for),
        TEST(faults_are_told),
    };
    return cmocka_run_group_tests_name("dedupe_decide", tests, NULL, NULL);
}
