/* clean_features_test.c - what is measured of a page's blocks: a column for each feature, a row for each block. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "clean_features.h"
#include "clean_select.h"
#include "clean_told.h"

static struct clean_arena arena;
static struct clean_words words;

#define P1 "The ferry to Kobben will run again from Monday, the harbour office said, after eleven weeks in the yard."
#define P2 "Its new engine burns a third less, said the captain, Maj Lindqvist, and it starts in the cold as well."
#define P3 "For the forty people of the island the long way round by Sandviken is over, and so is the freight by air."

/* Blocks in order: 0 menu, 1 headline, 2 standfirst, 3 caption, 4-5 paragraphs, 6 "the parts:", 7-8 list, 9 paragraph,
 * 10 a box's heading, 11-12 its links, 13 footer. */
static const char page[] =
    "<html lang=sv><head><title>Ferry runs again | Kobben News</title><meta property=og:type content=article>"
    "<meta name=description content='The island has its ferry back, with a new engine and at the old price.'>"
    "<link rel=canonical href='https://www.kobben.example/ferry'>"
    "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"Ferry runs again\"}</script></head><body>"
    "<nav class=menu><a href=/>Home</a></nav><article><h1>Ferry runs again</h1>"
    "<p class=lead>The island has its ferry back, with a new engine and at the old price.</p>"
    "<figure><img src=f.jpg><figcaption>The ferry, on Sunday.</figcaption></figure>"
    "<div class=article-body><p class=t1>" P1 "</p><p class=t2>" P2 "</p><p class=t3>What is new:</p>"
    "<ul><li><a href='https://yard.example/engine'>The engine</a><li><a href='/rudder'>The rudder</a></ul><p class=t4>" P3 "</p>"
    "</div></article><div class=related><h3>Read more</h3><ul class=links><li><a href=/a>Ice on the sound</a>"
    "<li><a href=/b>Ice on the sound</a></ul></div><footer>© 2024 Kobben News</footer></body></html>";

static int begin(void **state)
{
    (void)state;
    clean_arena_init(&arena, 1 << 26);
    return clean_words_init(&words);
}

static int end(void **state)
{
    (void)state;
    clean_words_done(&words);
    clean_arena_done(&arena);
    return 0;
}

struct measured {
    struct clean_blocks b;
    struct clean_facts facts;
    struct clean_features f;
};

static struct measured *measure(const char *html)
{
    struct measured *m = clean_arena_alloc(&arena, sizeof *m);
    struct clean_dom *d = clean_arena_alloc(&arena, sizeof *d);
    assert_true(m && d && clean_dom_init(d, &arena));
    assert_int_equal(clean_html_parse(told_parser(), d, told_str(html)), 0);
    assert_int_equal(clean_blocks_find(&m->b, d, &words, &arena), 0);
    assert_int_equal(clean_facts_find(&m->facts, &m->b, PL_S(""), &arena), 0);
    assert_int_equal(clean_features_find(&m->f, &m->b, &m->facts, &arena), 0);
    return m;
}

static void measures_blocks(void **state)
{
    (void)state;
    static const struct {
        enum clean_feature feature;
        size_t block;
        int value;
    } rows[] = {
        {CLEAN_F_WORDS, 0, 10},
        {CLEAN_F_LINK_SHARE, 0, 1000},
        {CLEAN_F_TAG_NAV, 0, 0},
        {CLEAN_F_PART_NAV, 0, 0},
        {CLEAN_F_TAG_NAV, 4, 9},
        {CLEAN_F_SINCE_H1, 0, -1},
        {CLEAN_F_HEADING, 1, 1},
        {CLEAN_F_BOLD_SHARE, 1, 1000},
        {CLEAN_F_IN_TITLE, 1, 1000},
        {CLEAN_F_TITLE_COVER, 1, 600}, /* three of five */
        {CLEAN_F_SINCE_H1, 1, 0},
        {CLEAN_F_IN_SUMMARY, 2, 1000},
        {CLEAN_F_IN_SUMMARY, 4, 0},
        {CLEAN_F_PART_LEAD, 2, 0},
        {CLEAN_F_TAG_FIGURE, 3, 1},
        {CLEAN_F_MEDIA_UP, 3, 1},
        {CLEAN_F_MEDIA_BLOCKS, 3, 1},
        {CLEAN_F_SINCE_MEDIA, 3, 3},
        {CLEAN_F_END, 4, 2},
        {CLEAN_F_COMMAS, 4, 2},
        {CLEAN_F_SENTENCES, 4, 1},
        {CLEAN_F_PART_BODY, 4, 1},
        {CLEAN_F_NAMED_UP, 4, 0},
        {CLEAN_F_NAMED_DOWN, 4, 1},
        {CLEAN_F_CLUSTER_IS, 4, 1},
        {CLEAN_F_CLUSTER_IS, 2, 0},
        {CLEAN_F_CLUSTER_UP, 2, 1},
        {CLEAN_F_LOOK3_BLOCKS, 4, 4}, /* digits do not tell looks apart */
        {CLEAN_F_LOOK3_BLOCKS, 0, 1},
        {CLEAN_F_KIND, 4, 3},
        {CLEAN_F_OG_ARTICLE, 4, 1},
        {CLEAN_F_END, 6, 1},
        {CLEAN_F_INTRO_END, 7, 1}, /* the colon */
        {CLEAN_F_INTRO_END, 8, 1},
        {CLEAN_F_INTRO_WORDS, 8, 30},
        {CLEAN_F_OUT_SHARE, 7, 1000},
        {CLEAN_F_OUT_SHARE, 8, 0},
        {CLEAN_F_TAG_LI, 7, 0},
        {CLEAN_F_BEFORE_LINKS, 9, 1000},
        {CLEAN_F_BEFORE_SAME, 8, 1},
        {CLEAN_F_AFTER_END, 9, 0},
        {CLEAN_F_SINCE_LAST, 10, 1},
        {CLEAN_F_CUE, 10, 2},
        {CLEAN_F_HEADING_CUE, 11, 3},
        {CLEAN_F_SINCE_HEADING, 11, 0},
        {CLEAN_F_PART_RELATED, 11, 2},
        {CLEAN_F_TIMES, 11, 2},
        {CLEAN_F_TIMES, 12, 2},
        {CLEAN_F_TIMES, 9, 1},
        {CLEAN_F_CUE, 13, 2},
        {CLEAN_F_BEFORE_WORDS, 0, -1},
        {CLEAN_F_AFTER_WORDS, 13, -1},
    };
    const struct measured *m = measure(page);
    assert_int_equal(m->f.n, 14);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int got = m->f.columns[rows[i].feature * m->f.stride + rows[i].block];
        if (got != rows[i].value)
            print_error("%s of block %zu\n", clean_feature_name(rows[i].feature), rows[i].block);
        assert_int_equal(got, rows[i].value);
    }
    assert_int_equal(m->b.at[4].n_alike, 4);
    clean_arena_reset(&arena);
}

static void names_every_column(void **state)
{
    (void)state;
    for (int i = 0; i < CLEAN_N_FEATURES; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(clean_feature_name((enum clean_feature)i), clean_feature_name((enum clean_feature)k));
    assert_int_equal(clean_table_blocks.n_features, CLEAN_N_FEATURES);
}

/* What the table that ships makes of it: the paragraphs, and nothing around them; of headline and list it is not asked. */
static void chooses_the_story(void **state)
{
    (void)state;
    struct measured *m = measure(page);
    bool keep[14];
    float confidence;
    assert_int_equal(clean_select(&m->b, &m->f, &clean_table_blocks, false, keep, &confidence, &arena), 0);
    for (size_t i = 0; i < 14; i++)
        if (i != 1 && !(i >= 6 && i <= 8))
            assert_int_equal(keep[i], i == 2 || i == 4 || i == 5 || i == 9);
    assert_true(confidence > .7F && confidence <= 1);
    clean_arena_reset(&arena);
}

static void measures_nothing(void **state)
{
    (void)state;
    const struct measured *m = measure("<div><img src=x></div>");
    assert_int_equal(m->f.n, 0);
    clean_arena_reset(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(measures_blocks, begin, end),
        cmocka_unit_test_setup_teardown(names_every_column, begin, end),
        cmocka_unit_test_setup_teardown(chooses_the_story, begin, end),
        cmocka_unit_test_setup_teardown(measures_nothing, begin, end),
    };
    return told_run(tests);
}
