/* clean_facts_test.c - title, byline, dates and the smaller facts of a page, one source against another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clean_told.h"

static struct clean_arena arena;
static struct clean_words words;

#define BODY \
    "<p>The tunnel under the Sound of Islay, which two islands had asked for since 1974, was opened on Monday.</p>"
#define LD(json) "<script type='application/ld+json'>" json "</script>"

static void finds_facts(void **state)
{
    (void)state;
    static const struct {
        const char *html, *url, *field, *expected;
    } rows[] = {
        /* title: each place is wrong on some page */
        {"<title>Tunnel opens | Island Post</title><meta property=og:site_name content='Island Post'>" BODY, "",
         "title", "Tunnel opens"},
        {"<title>Island Post - Tunnel opens at last</title><meta property=og:site_name content='Island Post'>" BODY, "",
         "title", "Tunnel opens at last"},
        {"<title>Tunnel opens at last - News - IP</title><h1>Tunnel opens at last</h1>" BODY, "", "title",
         "Tunnel opens at last"},
        {"<title>Tunnel: all you need to know</title><meta property=og:title content='Tunnel: all you need'><h1>Island "
         "Post</h1>"
         "<meta property=og:site_name content='Island Post'>" BODY,
         "", "title", "Tunnel: all you need"},
        {"<title>x</title><h1>Tunnel &amp; bridge</h1>" LD(
             "{\"@type\":\"NewsArticle\",\"headline\":\"Tunnel &amp; bridge\"}") BODY,
         "", "title", "Tunnel & bridge"},
        {"<h1>News</h1><h1><span>Tunnel</span> <b>opens at last</b></h1><meta property=og:title content='Tunnel opens "
         "at last'>" BODY,
         "", "title", "Tunnel opens at last"},
        {BODY, "", "title", ""},

        /* byline */
        {LD("{\"@type\":\"NewsArticle\",\"headline\":\"h\",\"author\":[{\"@type\":\"Person\",\"name\":\"Isla Muir\"},"
            "{\"@type\":\"Person\",\"name\":\"Rory Baird\"}]}") BODY,
         "", "byline", "Isla Muir|Rory Baird"},
        {LD("{\"@graph\":[{\"@type\":\"Article\",\"headline\":\"h\",\"author\":{\"@id\":\"#p\"}},"
            "{\"@type\":\"Person\",\"@id\":\"#p\",\"name\":\"Isla Muir\"}]}") BODY,
         "", "byline", "Isla Muir"},
        {LD("{\"@type\":\"NewsArticle\",\"headline\":\"h\",\"author\":{\"@type\":\"Organization\",\"name\":\"Island "
            "Post\"}}") "<h1>Tunnel opens</h1><p class=byline>By Isla Muir</p>" BODY,
         "", "byline", "Isla Muir"},
        {LD("{\"@type\":\"NewsArticle\",\"headline\":\"h\",\"author\":{\"@type\":\"Organization\",\"name\":\"Island "
            "Post\"}}") BODY,
         "", "byline", "Island Post"},
        {"<meta name=author content='By Isla Muir and Rory Baird'>" BODY, "", "byline", "Isla Muir|Rory Baird"},
        {"<meta name=author content='Island Post'><meta property=og:site_name content='Island Post'><h1>Tunnel "
         "opens</h1>"
         "<div class=post-author>Isla Muir</div>" BODY,
         "", "byline", "Isla Muir"},
        {"<h1>Tunnel opens</h1><p>By Isla Muir in Bowmore, 4 May 2021</p>" BODY, "", "byline", "Isla Muir"},
        {"<h1>Tunnel opens</h1><p>By</p><p>Isla Muir</p>" BODY, "", "byline", "Isla Muir"},
        {"<h1>Tunnel opens</h1><p><a href='/authors/isla-muir'>Isla Muir</a></p>" BODY, "", "byline", "Isla Muir"},
        {"<h1>Tunnel opens</h1><p>By the end of the year all will be open.</p>" BODY, "", "byline", ""},
        {"<h1>Tunnel opens</h1><div class=author-bio>Twelve Minutes Ago</div>" BODY, "", "byline", ""},
        {"<meta name=author content='https://island.example/isla'><meta name=author content='@isla'>" BODY, "",
         "byline", ""},

        {"<meta name=author content='admin 2021'>" BODY, "", "byline", ""},

        /* published: the day as it is written */
        {LD("{\"@type\":\"NewsArticle\",\"headline\":\"h\",\"datePublished\":\"2021-05-04T23:30:00-08:00\","
            "\"dateModified\":\"2021-05-06\"}") BODY,
         "", "published", "2021-05-04T23:30:00-08:00"},
        {LD("{\"@type\":\"NewsArticle\",\"headline\":\"h\",\"dateModified\":\"2021-05-06\"}") BODY, "", "modified",
         "2021-05-06"},
        {"<meta property=article:published_time content='2021-05-04T06:00Z'><time datetime=2021-05-09>9 "
         "May</time>" BODY,
         "", "published", "2021-05-04T06:00:00Z"},
        {"<meta property=article:published_time content='2021-05-04T06:00Z'>" BODY,
         "https://i.example/2021/05/04/tunnel", "published", "2021-05-04T06:00:00Z"},
        {"<meta property=article:published_time content='2021-05-05T06:00Z'>" BODY,
         "https://i.example/2021/05/04/tunnel", "published", "2021-05-04"},
        {BODY, "https://i.example/news-20210504-tunnel", "published", ""},
        {BODY, "https://i.example/20210504/tunnel", "published", "2021-05-04"},
        {"<h1>Tunnel opens</h1><time datetime='2021-05-04'>4 May</time>" BODY
         "<div class=related><time datetime='2021-05-03'>x</time></div>",
         "", "published", "2021-05-04"},
        {"<h1>Tunnel opens</h1><time class=updated datetime='2021-05-06'>x</time><time class=published "
         "datetime='2021-05-04'>x"
         "</time>" BODY,
         "", "published", "2021-05-04"},
        {"<h1>Tunnel opens</h1><time class=updated datetime='2021-05-06'>x</time><time "
         "datetime='2021-05-04'>x</time>" BODY,
         "", "published", "2021-05-04"},
        {"<h1>Tunnel opens</h1><p>Updated 6 May 2021</p><p class=date>Published 4 May 2021</p>" BODY, "", "published",
         "2021-05-04"},
        {"<h1>Tunnel opens</h1>" BODY "<p>© 2021-01-01 Island Post</p>", "", "published", ""},
        {"<html lang=en-US><h1>Tunnel opens</h1><p class=date>05/04/2021</p>" BODY, "", "published", "2021-05-04"},

        /* the rest */
        {"<meta property=og:site_name content='Island&nbsp;Post'>" BODY, "", "site", "Island Post"},
        {LD("{\"@type\":\"NewsArticle\",\"headline\":\"h\",\"publisher\":{\"@id\":\"#o\"}}")
             LD("{\"@type\":\"Organization\",\"@id\":\"#o\",\"name\":\"Island Post\"}") BODY,
         "", "site", "Island Post"},
        {"<title>Tunnel opens - Island Post</title><h1>Tunnel opens</h1>" BODY, "", "site", "Island Post"},
        {BODY, "https://www.island.example:80/a", "site", "island.example:80"},
        {"<html lang='en-GB'>" BODY, "", "language", "en"},
        {"<html lang='{{l}}'><meta property=og:locale content=gd_GB>" BODY, "", "language", "gd"},
        {"<link rel=canonical href='https://i.example/a?b=1'>" BODY, "https://i.example/x", "canonical_url",
         "https://i.example/a?b=1"},
        {"<link rel=canonical href='/a'>" BODY, "https://i.example/x?y", "canonical_url", "https://i.example/a"},
        {"<link rel=canonical href='//j.example/a'>" BODY, "https://i.example/x", "canonical_url",
         "https://j.example/a"},
        {"<link rel=canonical href='javascript:1'>" BODY, "https://i.example/x", "canonical_url", ""},
        {"<meta property=article:section content=Transport>" BODY, "", "section", "Transport"},
        {LD("{\"@type\":\"NewsArticle\",\"headline\":\"h\",\"articleSection\":[\"Transport\",\"Islands\"]}") BODY, "",
         "section", "Transport"},
        {"<meta name=description content='Two islands, one &quot;road&quot;'>" BODY, "", "summary",
         "Two islands, one \"road\""},
        {LD("{\"@type\":\"NewsArticle\",\"headline\":\"h\",\"image\":[{\"url\":\"https://i.example/1.jpg\"}]}") BODY,
         "", "image", "https://i.example/1.jpg"},
        {"<meta property=og:image content='data:x'>" BODY, "", "image", ""},
        {"<meta property=article:tag content=Islay><meta property=article:tag content=Jura>"
         "<meta name=keywords content='x,y'>" BODY,
         "", "tags", "Islay|Jura"},
        {"<meta name=keywords content='Islay, Jura,, islay , '>" BODY, "", "tags", "Islay|Jura"},
        {LD("{\"@type\":\"NewsArticle\",\"headline\":\"h\",\"keywords\":[\"Islay\",\"Jura\"]}") BODY, "", "tags",
         "Islay|Jura"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clean_article a;
        struct clean_known known = {.url = told_str(rows[i].url), .title = PL_S(""), .published = PL_S("")};
        assert_int_equal(clean_page_html(&a, told_parser(), told_str(rows[i].html), &known, &words, &arena), 0);
        told_field_is(&a, rows[i].field, rows[i].expected);
        clean_arena_reset(&arena);
    }
}

/* A page may list what it likes; a record takes the first of it. */
static void limits_lists(void **state)
{
    (void)state;
    struct clean_buf html = {.arena = &arena};
    struct clean_article a;
    const struct clean_known known = {.url = PL_S(""), .title = PL_S(""), .published = PL_S("")};
    clean_buf_add(&html, PL_S("<meta name=keywords content='"));
    for (int i = 0; i < 80; i++) {
        char tag[16];
        clean_buf_add(&html, (pl_str){tag, (size_t)snprintf(tag, sizeof tag, "t%d,", i)});
    }
    clean_buf_add(&html, PL_S("'>" BODY));
    assert_int_equal(clean_page_html(&a, told_parser(), clean_buf_str(&html), &known, &words, &arena), 0);
    assert_int_equal(a.tags.n, 50);
    clean_arena_reset(&arena);
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(finds_facts), cmocka_unit_test(limits_lists)};
    return cmocka_run_group_tests(tests, begin, end);
}
