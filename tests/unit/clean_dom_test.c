/* clean_dom_test.c - HTML into the node array and into blocks: structure, attributes, limits, word lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clean_blocks.h"
#include "clean_dom.h"
#include "clean_json.h"
#include "clean_match.h"
#include "clean_select.h"
#include "clean_told.h"
#include "clean_utf8.h"

static struct clean_arena arena;

static pl_str str(const char *s)
{
    return (pl_str){s, strlen(s)};
}

static void is(pl_str got, const char *expected)
{
    char copy[4096];
    assert_true(got.len < sizeof copy);
    memcpy(copy, got.ptr, got.len);
    copy[got.len] = 0;
    assert_string_equal(copy, expected);
}

static struct clean_dom *parse(pl_str html)
{
    struct clean_dom *d = clean_arena_alloc(&arena, sizeof *d);
    assert_non_null(d);
    assert_true(clean_dom_init(d, &arena));
    assert_int_equal(clean_html_parse(told_parser(), d, html), 0);
    for (uint32_t i = 1; i < d->n_nodes; i++) { /* the array is a tree in page order */
        const struct clean_node *n = &d->nodes[i], *up = &d->nodes[n->parent];
        assert_true(n->parent < i && n->end > i && n->end <= up->end && n->depth > 0);
    }
    return d;
}

static uint32_t find(const struct clean_dom *d, enum clean_tag tag)
{
    for (uint32_t i = 0; i < d->n_nodes; i++)
        if (d->nodes[i].tag == tag)
            return i;
    return 0;
}

static void names_tags(void **state)
{
    (void)state;
    assert_int_equal(clean_tag_of(PL_S("a")), CLEAN_A);
    assert_int_equal(clean_tag_of(PL_S("WBR")), CLEAN_WBR);
    assert_int_equal(clean_tag_of(PL_S("BlockQuote")), CLEAN_BLOCKQUOTE);
    assert_int_equal(clean_tag_of(PL_S("h7")), CLEAN_OTHER);
    assert_int_equal(clean_tag_of(PL_S("h")), CLEAN_OTHER);
    assert_int_equal(clean_tag_of(PL_S("")), CLEAN_OTHER);
#define X(id, name, flags) assert_int_equal(clean_tag_of(PL_S(name)), CLEAN_##id);
    CLEAN_TAGS(X)
#undef X
    assert_true(clean_tag_is_block(CLEAN_P) && !clean_tag_is_block(CLEAN_SPAN) && !clean_tag_is_block(CLEAN_TEXT));
}

static void keeps_what_is_read(void **state)
{
    (void)state;
    const struct clean_dom *d =
        parse(PL_S("<html lang=nl><head><title>Brug &amp; dijk</title><style>p{}</style></head><body onload='x()'>"
                   "<p class=\"lead big\" "
                   "data-x=1>Een<br>twee<script>alert('<p>no')</script></p><svg><svg></svg><title>icon</title></svg>"
                   "<script type='application/ld+json'>{\"a\":\"</b>\"}</script><select><option>kies</option></select>"
                   "<embed src=x>na</body></html>"));
    is(clean_dom_inner(d, find(d, CLEAN_TITLE), &arena), "Brug & dijk");
    is(clean_dom_inner(d, find(d, CLEAN_P), &arena), "Een twee");
    is(clean_dom_get(d, find(d, CLEAN_P), CLEAN_ATTR_CLASS), "lead big");
    assert_null(clean_dom_get(d, find(d, CLEAN_P), CLEAN_ATTR_ID).ptr);
    is(clean_dom_get(d, find(d, CLEAN_HTML), CLEAN_ATTR_LANG), "nl");
    is(clean_dom_inner(d, find(d, CLEAN_SCRIPT), &arena), "{\"a\":\"</b>\"}");
    is(clean_dom_inner(d, find(d, CLEAN_BODY), &arena), "Een twee{\"a\":\"</b>\"}na");
    assert_int_equal(find(d, CLEAN_STYLE), 0);
    assert_int_equal(find(d, CLEAN_SELECT), 0);
    assert_false(d->truncated);
    d = parse(PL_S("<p id>"));
    assert_non_null(clean_dom_get(d, find(d, CLEAN_P), CLEAN_ATTR_ID).ptr); /* it is there, and empty */
    is(clean_dom_get(d, find(d, CLEAN_P), CLEAN_ATTR_ID), "");
}

/* A <meta> from before the conversion is not believed; bad bytes and NULs cost one character each. */
static void reads_utf8_only(void **state)
{
    (void)state;
    const struct clean_dom *d = parse(
        PL_S("\xEF\xBB\xBF<meta http-equiv=Content-Type content='text/html; charset=iso-8859-1'><p>für \xFC\0nd</p>"));
    is(clean_dom_inner(d, find(d, CLEAN_P), &arena), "für \uFFFD\uFFFDnd");
    assert_int_equal(parse(PL_S(""))->n_nodes, 1);
}

static pl_str repeat(const char *unit, size_t times)
{
    struct clean_buf b = {.arena = &arena};
    for (size_t i = 0; i < times; i++)
        clean_buf_add(&b, str(unit));
    return clean_buf_str(&b);
}

static void stops_at_limits(void **state)
{
    (void)state;
    static const struct {
        const char *before, *unit;
        size_t times;
        bool cut; /* by every parser; else it is read to its end, or cut */
    } rows[] = {
        {"", "<div>", 5000, true},
        {"", "<i>", 5000, false},
        {"<p ", "a", 0, false}, /* attributes: filled in below */
        {"<div><div><div><div><div><div><div><div>", "</q>", 1000000, false},
        {"", "<p>x", CLEAN_MAX_NODES, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clean_buf html = {.arena = &arena};
        clean_buf_add(&html, str(rows[i].before));
        clean_buf_add(&html, repeat(rows[i].unit, rows[i].times));
        for (int k = 0; k < 30000 && !rows[i].times; k++) {
            char name[32];
            clean_buf_add(&html, (pl_str){name, (size_t)snprintf(name, sizeof name, "a%d ", k)});
        }
        clean_buf_add(&html, PL_S(">end"));
        const struct clean_dom *d = parse(clean_buf_str(&html));
        assert_true(d->truncated || !rows[i].cut);
        pl_str all = clean_dom_inner(d, 0, &arena);
        assert_true(d->truncated || clean_find_nocase(all, PL_S("end")) < all.len);
        assert_true(d->n_nodes <= CLEAN_MAX_NODES);
        clean_arena_reset(&arena);
    }
    struct clean_dom *d = parse(repeat("<p><b>x</b> y</p>", 1000));
    assert_false(d->truncated);
}

static bool by_lexbor(void)
{
    return strcmp(told_parser()->parser->name, "lexbor") == 0;
}

static void reads_odd_markup(void **state)
{
    (void)state;
    static const struct {
        const char *html, *text;
        bool any; /* parser; else as browsers do, by lexbor only */
    } rows[] = {
        {"<p>a<template><p>b</p></template>c", "ac", true},
        {"<noscript><p>x</p></noscript>y", "y", true},
        {"<textarea><p>x</textarea>y", "y", true},
        {"<math><mi>x</mi></math>y", "y", true},
        {"<select><option>a</select>b", "b", true},
        {"a<!-- x -->b", "ab", true},
        {"<b>1<p>2</b>3</p>4", "1234", true},
        {"<script>var a = '<p>b';</script>c", "c", true},
        {"<svg><title>t</title><p>out", "out", false},
        {"<plaintext>a<b>", "a<b>", false},
        {"<table>a<tr><td>b</table>c", "abc", false},
        {"<template><tr><td>x<template>y</template>z", "", false},
        {"<title>a<b></title>c", "a<b>c", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].any || by_lexbor()) {
            const struct clean_dom *d = parse(str(rows[i].html));
            told_is(rows[i].html, clean_dom_inner(d, 0, &arena), rows[i].text);
            assert_false(d->truncated);
        }
    const struct clean_dom *d = parse(PL_S("<p id=a id=b class=c>x"));
    is(clean_dom_get(d, find(d, CLEAN_P), CLEAN_ATTR_ID), "a");
    is(clean_dom_get(d, find(d, CLEAN_P), CLEAN_ATTR_CLASS), "c");
}

/* Text in many pieces, tags wherever a parser may cut what it is handed. */
static void reads_long_pages(void **state)
{
    (void)state;
    struct clean_buf html = {.arena = &arena};
    for (int i = 0; i < 60000; i++) {
        char piece[32];
        clean_buf_add(&html, (pl_str){piece, (size_t)snprintf(piece, sizeof piece, "x</q a=%d>", i)});
    }
    const struct clean_dom *d = parse(clean_buf_str(&html));
    pl_str text = clean_dom_inner(d, 0, &arena);
    assert_int_equal(text.len, 60000);
    assert_false(d->truncated); /* as it is where text is copied with each piece */
    size_t n_texts = 0;
    for (uint32_t i = 0; i < d->n_nodes; i++)
        n_texts += d->nodes[i].tag == CLEAN_TEXT;
    assert_int_equal(n_texts, 1);

    d = parse(repeat("<p class='ab'>wall &amp; roof<!-- c --></p>", 20000));
    size_t n = 0;
    for (uint32_t i = 0; i < d->n_nodes; i++)
        if (d->nodes[i].tag == CLEAN_P) {
            is(clean_dom_get(d, i, CLEAN_ATTR_CLASS), "ab");
            is(clean_dom_str(d, &d->nodes[i + 1]), "wall & roof");
            n++;
        }
    assert_int_equal(n, 20000);
}

/* Past the greatest depth nothing is lost, and words stay apart. */
static void goes_on_flat(void **state)
{
    (void)state;
    if (!by_lexbor())
        return;
    struct clean_words words;
    struct clean_blocks b;
    assert_int_equal(clean_words_init(&words), 0);
    const struct clean_dom *d = parse(repeat("<div class=a>roof<i>s", 1000));
    assert_true(d->truncated);
    assert_int_equal(clean_blocks_find(&b, d, &words, &arena), 0);
    size_t n = 0;
    for (size_t i = 0; i < b.n; i++)
        for (size_t at = 0; at + 5 <= b.at[i].text.len; at++)
            n += memcmp(b.at[i].text.ptr + at, "roofs", 5) == 0 &&
                 (at + 5 == b.at[i].text.len || b.at[i].text.ptr[at + 5] == '\n');
    assert_int_equal(n, 1000);
    clean_words_done(&words);
}

/* The element that is one too many has no attributes: they would be given to the node before it. */
static void stops_at_the_last_node(void **state)
{
    (void)state;
    struct clean_arena big;
    struct clean_dom *d = malloc(sizeof *d);
    assert_non_null(d);
    clean_arena_init(&big, (size_t)1 << 30);
    assert_true(clean_dom_init(d, &big));
    while (d->n_nodes < CLEAN_MAX_NODES - 1)
        assert_false(clean_dom_enter(d, CLEAN_BR));
    clean_dom_text(d, PL_S("end"));
    assert_false(clean_dom_enter(d, CLEAN_P));
    clean_dom_set(d, CLEAN_ATTR_CLASS, PL_S("lead"));
    assert_true(d->truncated && d->n_nodes == CLEAN_MAX_NODES);
    is(clean_dom_str(d, &d->nodes[d->n_nodes - 1]), "end");
    clean_arena_done(&big);
    free(d);
}

static void runs_out_of_memory(void **state)
{
    (void)state;
    struct clean_arena small;
    struct clean_dom d;
    clean_arena_init(&small, 20000);
    assert_true(clean_dom_init(&d, &small));
    assert_int_equal(clean_html_parse(told_parser(), &d, repeat("<p>walls and roofs</p>", 1000)), PL_NOMEM);
    assert_true(small.failed);
    clean_arena_reset(&small);
    assert_false(small.failed);
    assert_null(clean_arena_array(&small, SIZE_MAX / 2, 16));
    clean_arena_done(&small);
}

static void cuts_blocks(void **state)
{
    (void)state;
    struct clean_words words;
    struct clean_blocks b;
    assert_int_equal(clean_words_init(&words), 0);
    const struct clean_dom *d = parse(PL_S(
        "<body><div>one<span> and</span>\n  <b>two</b><p>three,<br>four</p>five<br><br>six<hr>***<ul><li>a<li>b</ul>"
        "<table><tr><td>c<td>d</table><p hidden>unseen</p><pre>x\n  y</pre><h2><a href=/>Link "
        "<i>all</i></a></h2></div>"));
    assert_int_equal(clean_blocks_find(&b, d, &words, &arena), 0);
    static const char *const texts[] = {"one and two", "three,\nfour", "five", "six",     "a", "b", "c",
                                        "d",           "unseen",       "x\ny", "Link all"};
    assert_int_equal(b.n, sizeof texts / sizeof *texts);
    for (size_t i = 0; i < b.n; i++)
        is(b.at[i].text, texts[i]);
    assert_true(b.at[0].words == 3 && b.at[0].bold_share > .2F && b.at[0].bold_share < .4F);
    assert_int_equal(b.at[1].commas, 1);
    assert_true(b.at[8].hidden && !b.at[7].hidden && !b.at[9].hidden);
    assert_true(b.at[10].link_share == 1 && b.at[10].heading == 2);
    clean_words_done(&words);
}

static void matches_words(void **state)
{
    (void)state;
    static const struct clean_word_list lists[] = {{0, " ad |advert"}, {1, "she|he|hers"}, {5, "über uns| tag "}};
    static const struct {
        const char *text;
        uint32_t sets;
    } rows[] = {
        {"", 0},
        {"ad", 1},
        {"top-ad", 1},
        {"AD_unit", 1},
        {"header", 2},
        {"ahead", 2},
        {"readvert", 1},
        {"ushers", 2},
        {"Über uns", 0},
        {"über  uns", 32},
        {"tags", 0},
        {"a tag", 32},
        {"tag:ad", 33},
        {"hid", 0},
        {"\xFF"
         "ad",
         0},
    };
    struct clean_matcher *m = clean_matcher_new(lists, 3);
    assert_non_null(m);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(clean_match(m, str(rows[i].text)), rows[i].sets);
    clean_matcher_free(m);
}

static void reads_json_forgivingly(void **state)
{
    (void)state;
    struct clean_json j = {.arena = &arena};
    clean_json_read(&j,
                    PL_S("<!--//<![CDATA[\n{\"@graph\":[{\"@type\":[\"WebPage\",\"http://schema.org/NewsArticle\"],"
                         "\"headline\":\"Fl\\u00fct \\ud83d\\ude00 \\\"a\\\"\nb\",\"author\":[{\"name\":\"Ann Lee\"},],"
                         "\"n\":-1.5,\"keywords\":[\"x\",\"y\"],},]}//]]>"));
    uint32_t article = 2;
    assert_true(clean_json_is(&j, article, PL_S("newsarticle")));
    assert_true(clean_json_is(&j, article, PL_S("webpage")));
    assert_false(clean_json_is(&j, article, PL_S("article")));
    is(clean_json_text(&j, clean_json_get(&j, article, PL_S("headline"))), "Flüt 😀 \"a\"\nb");
    is(clean_json_text(&j, clean_json_get(&j, article, PL_S("author"))), "Ann Lee");
    struct clean_json lone = {.arena = &arena};
    clean_json_read(&lone, PL_S("[\"\\ud800x\"]"));
    is(clean_json_text(&lone, 0), "\uFFFDx");
    is(clean_json_text(&j, clean_json_get(&j, article, PL_S("keywords"))), "x");
    assert_int_equal(clean_json_get(&j, article, PL_S("name")), 0); /* the author's, not the article's */

    struct clean_json cut = {.arena = &arena};
    clean_json_read(&cut, PL_S("{\"headline\":\"Half a na"));
    is(clean_json_text(&cut, clean_json_get(&cut, 0, PL_S("headline"))), "Half a na");
    struct clean_json deep = {.arena = &arena};
    clean_json_read(&deep, repeat("[", 100000));
    assert_int_equal(deep.n, CLEAN_JSON_MAX_DEPTH);
    assert_int_equal(deep.at[0].end, deep.n);
    clean_json_read(&deep, PL_S("\"\\"));
}

static int begin(void **state)
{
    (void)state;
    clean_arena_init(&arena, (size_t)1 << 30);
    return 0;
}

static int end(void **state)
{
    (void)state;
    clean_arena_done(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_tags, begin, end),
        cmocka_unit_test_setup_teardown(keeps_what_is_read, begin, end),
        cmocka_unit_test_setup_teardown(reads_utf8_only, begin, end),
        cmocka_unit_test_setup_teardown(stops_at_limits, begin, end),
        cmocka_unit_test_setup_teardown(reads_odd_markup, begin, end),
        cmocka_unit_test_setup_teardown(reads_long_pages, begin, end),
        cmocka_unit_test_setup_teardown(goes_on_flat, begin, end),
        cmocka_unit_test(stops_at_the_last_node),
        cmocka_unit_test_setup_teardown(runs_out_of_memory, begin, end),
        cmocka_unit_test_setup_teardown(cuts_blocks, begin, end),
        cmocka_unit_test_setup_teardown(matches_words, begin, end),
        cmocka_unit_test_setup_teardown(reads_json_forgivingly, begin, end),
    };
    return told_run(tests);
}
