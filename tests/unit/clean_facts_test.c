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
        {"<title>Island Post: The tunnel opens at last</title><h1>Island Post</h1><meta property=og:title "
         "content='The tunnel opens at last'>" BODY,
         "", "title", "The tunnel opens at last"},
        {"<title>The tunnel opens at last | Island Post</title>" BODY, "https://islandpost.example/a", "title",
         "The tunnel opens at last"},
        {"<title>The tunnel opens at last | Harbour plans</title>" BODY, "https://islandpost.example/a", "title",
         "The tunnel opens at last | Harbour plans"},
        {"<title>The tunnel opens at last | Island Post</title><h1>Island Post</h1>" BODY, "", "title",
         "The tunnel opens at last"},
        {"<title>The tunnel opens at last | Island Post</title><h1>Island Post</h1>" BODY, "", "site", "Island Post"},
        /* a page that calls itself a site is none */
        {LD("{\"@type\":\"WebSite\",\"name\":\"The tunnel opens at last\"}") "<title>The tunnel opens at "
                                                                             "last</title><h1>The tunnel opens at "
                                                                             "last</h1>"
                                                                             "<meta property=og:title content='What "
                                                                             "the tunnel means for two islands'>" BODY,
         "", "title", "The tunnel opens at last"},
        /* where <title> and another place agree against the h1 */
        {"<title>What the tunnel means for Islay | IP</title><h1>What a tunnel means to Islay today</h1>"
         "<meta property=og:site_name content=IP>" LD(
             "{\"@type\":\"NewsArticle\",\"headline\":\"What the tunnel means for Islay\"}") BODY,
         "", "title", "What the tunnel means for Islay"},

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
        {LD("{\"@type\":\"NewsArticle\",\"headline\":\"h\",\"author\":[{\"@type\":\"Person\",\"givenName\":\"Isla\","
            "\"familyName\":\"Muir\"},{\"@type\":\"Organization\",\"name\":\"Hebrides Wire\"}]}") BODY,
         "", "byline", "Isla Muir|Hebrides Wire"},
        {"<meta name=author content='Isla Muir, PhD, Rory Baird'>" BODY, "", "byline", "Isla Muir, PhD|Rory Baird"},
        {"<meta name=author content='Isla Muir, AP'>" BODY, "", "byline", "Isla Muir|AP"},
        {"<meta name=author content='Isla Muir'><meta name=author content='(Image: Rory Baird/Hebrides Wire)'>" BODY,
         "", "byline", "Isla Muir"},
        {"<meta name=author content='Isla Muir, AP Sports Writer'>" BODY, "", "byline", "Isla Muir"},
        {"<meta name=author content='Hebrides Wire, Bowmore, Germany'>" BODY, "", "byline", "Hebrides Wire"},
        {"<meta name=author content='Copyright Hebrides Wire Ltd'>" BODY, "", "byline", ""},
        {"<h1>Tunnel opens</h1><p class=byline>By<span>Isla Muir</span></p>" BODY, "", "byline", "Isla Muir"},
        {"<h1>Tunnel opens</h1><p class=byline>DiMuir Baird</p>" BODY, "", "byline", "DiMuir Baird"},
        {"<meta name=author content='design: Rory Baird'>" BODY, "", "byline", ""},
        {"<meta name=author content='isla.muir'><h1>Tunnel opens</h1><p class=byline>By Isla Muir</p>" BODY, "",
         "byline", "Isla Muir"},
        {"<meta name=author content='isla.muir'><h1>Tunnel opens</h1>" BODY, "", "byline", "isla.muir"},
        {"<meta name=author content='Isla Muir'><meta property=og:site_name content='Isla Muir'>" BODY, "", "byline",
         "Isla Muir"},
        {"<h1>Tunnel opens</h1><div class=lineinfo>4 May 2021 | <span class=authorname>Isla Muir</span> "
         "Bowmore</div>" BODY,
         "", "byline", "Isla Muir"},
        {"<h1>Tunnel opens</h1><div class=author><p>Isla Muir<p>Harbour reporter</div>" BODY, "", "byline",
         "Isla Muir"},
        {"<h1>Tunnel opens</h1><a rel=author>Isla Muir</a> and <a rel=author>Rory Baird</a>" BODY, "", "byline",
         "Isla Muir|Rory Baird"},
        {"<h1>Tunnel opens</h1><p>By Isla Muir</p>" BODY BODY BODY BODY BODY BODY BODY BODY
         "<div class=teaser><span class=author>Rory Baird</span></div>",
         "", "byline", "Isla Muir"},
        {"<h1>Tunnel opens</h1>" BODY BODY BODY BODY BODY BODY BODY BODY "<span class=author>Isla Muir</span>", "",
         "byline", "Isla Muir"},
        {"<h1>Tunnel opens</h1><p>4 May 2021 by Isla Muir</p>" BODY, "", "byline", "Isla Muir"},
        {"<h1>Tunnel opens</h1><p>Picture by Isla Muir</p>" BODY, "", "byline", ""},
        {"<h1>Tunnel opens</h1><p>Autorin/Autor Isla Muir</p>" BODY, "", "byline", "Isla Muir"},

        /* published: the day as it is written */
        {LD("{\"@type\":\"NewsArticle\",\"headline\":\"h\",\"datePublished\":\"2021-05-04T23:30:00-08:00\","
            "\"dateModified\":\"2021-05-06\"}") BODY,
         "", "published", "2021-05-04T23:30:00-08:00"},
        {LD("{\"@type\":\"NewsArticle\",\"headline\":\"h\",\"dateModified\":\"2021-05-06\"}") BODY, "", "modified",
         "2021-05-06"},
        {"<meta property=article:published_time content='2021-05-04'><meta property=article:modified_time "
         "content='2021-05-03'>" BODY,
         "", "modified", ""},
        {"<h1>Tunnel opens</h1><p>Published 4 May 2021, updated 5 May 2021, 9:30</p>" BODY, "", "modified",
         "2021-05-05T09:30:00"},
        {"<h1>Tunnel opens</h1><time class=updated datetime=2021-05-05>x</time>" BODY, "", "modified", "2021-05-05"},
        {"<h1>Tunnel opens</h1>" BODY "<div class=related><time class=updated datetime=2021-05-05>x</time></div>", "",
         "modified", ""},
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

        {"<html lang=en-US><h1>Tunnel opens</h1><p>05/04/2021</p>" BODY, "", "published", "2021-05-04"},
        /* a logo as h1: the headline is elsewhere, and the date with it */
        {"<title>Tunnel opens at last</title><h1>IP</h1><p>Monday 10 May "
         "2021</p><ul><li>a<li>b<li>c<li>d<li>e<li>f</ul>"
         "<h2>Tunnel opens at last</h2><p>4 May 2021</p>" BODY,
         "", "published", "2021-05-04"},
        {"<h1>Tunnel opens</h1><p>Updated: 6 May 2021 Published: 4 May 2021, 9:30</p>" BODY, "", "published",
         "2021-05-04T09:30:00"},
        {"<h1>Tunnel opens</h1>" BODY "<p>The first boat left on 1 May 1999 for Jura.</p>" BODY
         "<p>Written 4 May 2021</p>",
         "", "published", "2021-05-04"},
        {"<h1>Tunnel opens</h1><time>4 May 2021</time>" BODY "<div class=related><time>9 May 2021</time></div>", "",
         "published", "2021-05-04"},
        {"<h1>Tunnel opens</h1><abbr class=published title='2021-05-04T09:30:00+01:00'>today</abbr>" BODY, "",
         "published", "2021-05-04T09:30:00+01:00"},
        {"<h1>Tunnel opens</h1><span itemprop=datePublished>4 May 2021</span>" BODY, "", "published", "2021-05-04"},
        {"<meta name=x-publish-day content='2021-05-04'>" BODY, "", "published", "2021-05-04"},
        /* what the page is about may have been published too */
        {LD("{\"@type\":\"ClaimReview\",\"itemReviewed\":{\"@type\":\"Claim\",\"datePublished\":\"2021-05-01\"},"
            "\"datePublished\":\"2021-05-04\"}") BODY,
         "", "published", "2021-05-04"},
        /* the day as readers saw it */
        {"<meta property=article:published_time content='2021-05-03T23:30:00Z'>"
         "<meta name=date content='Tue, 04 May 2021 00:30:00 +0100'>" BODY,
         "", "published", "2021-05-04T00:30:00+01:00"},
        {"<meta property=article:published_time content='2021-05-03T23:30:00Z'><h1>Tunnel opens</h1>"
         "<p class=date>4 May 2021, 00:30</p>" BODY,
         "", "published", "2021-05-04T00:30:00+01:00"},
        {"<meta property=article:published_time content='2021-05-09T10:00:00Z'><h1>Tunnel opens</h1>"
         "<p class=date>4 May 2021</p>" BODY,
         "", "published", "2021-05-04"},
        {"<meta property=article:published_time content='2021-05-09T10:00:00Z'><h1>Tunnel opens</h1>"
         "<p class=date>Updated 4 May 2021</p>" BODY,
         "", "published", "2021-05-09T10:00:00Z"},
        {"<meta property=article:published_time content='2021-05-04'><h1>The tunnel, a film</h1>"
         "<p class=date>Release date: 1 May 2021</p>" BODY,
         "", "published", "2021-05-04"},
        {"<meta property=article:published_time content='2021-05-04'><h1>The tunnel</h1><p>Dug from 1 May "
         "2018</p>" BODY,
         "", "published", "2021-05-04"},
        {"<meta property=article:published_time content='2021-05-03T22:45:00Z'><h1>Tunnel opens</h1>"
         "<p class=date>4 May 2021</p>" BODY,
         "", "published", "2021-05-04"},
        {"<meta property=article:published_time content='2021-05-03T12:45:00Z'><h1>Tunnel opens</h1>"
         "<p class=date>4 May 2021</p>" BODY,
         "", "published", "2021-05-03T12:45:00Z"},
        {"<h1>Tunnel opens</h1><p>Islander</p><p class=date>Registered: 3 May 2011</p><p>4 May 2021</p>" BODY, "",
         "published", "2021-05-04"},
        {"<h1>Tunnel opens</h1><p>4 May 2021</p>" BODY "<div class=related><time datetime=2021-05-09>x</time></div>",
         "", "published", "2021-05-04"},
        {"<h1>Tunnel opens</h1>" BODY "<div class=related><time datetime=2021-05-09>x</time></div>", "", "published",
         "2021-05-09"},
        {"<time datetime=2021-05-01>1 May</time><h1>Tunnel opens</h1><time datetime=2021-05-04>4 May</time>" BODY
         "<time datetime=2021-05-09>9 May</time>",
         "", "published", "2021-05-04"},
        {"<h1>Tunnel opens</h1>" BODY BODY BODY
         "<ul><li>1 May 2021<li>2 May 2021<li>3 May 2021</ul><h4>x</h4><h5>4 May 2021</h5>",
         "", "published", "2021-05-04"},
        /* text before the headline is of something else, and its date too */
        {"<p>Our spring offer of boats and bicycles ends with the month, so hurry.</p><p class=date>1 May 2021</p>"
         "<p>And there are more offers than these for whoever asks in our shop.</p><ul><li>d<li>e<li>f</ul><h1>Tunnel "
         "opens"
         "</h1><ul><li>a<li>b<li>c</ul><p>4 May 2021</p>" BODY,
         "", "published", "2021-05-04"},
        {"<meta name=date content='05/04/2021 10:00'><h1>Tunnel opens</h1><p class=date>4 May 2021</p>" BODY, "",
         "published", "2021-05-04T10:00:00"},
        {BODY, "https://i.example/2021/may/04/tunnel", "published", "2021-05-04"},
        {BODY, "https://i.example/2021/5/4/tunnel", "published", "2021-05-04"},
        {BODY, "https://i.example/2021/0504/tunnel", "published", "2021-05-04"},
        {BODY, "https://i.example/news/04-05-2021", "published", "2021-05-04"},
        {BODY, "https://i.example/2021/5-4/tunnel", "published", ""},
        {BODY, "https://i.example/2021/05/tunnel", "published", ""},

        /* the rest */
        {"<meta property=og:site_name content='Island&nbsp;Post'>" BODY, "", "site", "Island Post"},
        {LD("{\"@type\":\"NewsArticle\",\"headline\":\"h\",\"publisher\":{\"@id\":\"#o\"}}")
             LD("{\"@type\":\"Organization\",\"@id\":\"#o\",\"name\":\"Island Post\"}") BODY,
         "", "site", "Island Post"},
        {"<title>Tunnel opens - Island Post</title><h1>Tunnel opens</h1>" BODY, "", "site", "Island Post"},
        {BODY, "https://www.island.example:80/a", "site", "island.example:80"},
        /* of several names the one that is a name, and the owner's */
        {"<meta property=og:site_name content='islandpost'>" LD("{\"@type\":\"WebSite\",\"name\":\"Island Post\"}")
             BODY,
         "", "site", "Island Post"},
        {"<meta property=og:site_name content='ip.example'>" LD(
             "{\"@type\":\"NewsArticle\",\"headline\":\"h\",\"publisher\":{\"name\":\"Island Post\"}}") BODY,
         "https://www.ip.example/a", "site", "Island Post"},
        {"<meta property=og:site_name content='Harbour Times'>" LD(
             "{\"@type\":\"NewsArticle\",\"headline\":\"h\",\"publisher\":{\"name\":\"Island Post\"}}") BODY,
         "https://islandpost.example/a", "site", "Island Post"},
        {"<meta property=og:site_name content='Harbour Times'>" LD(
             "{\"@type\":\"NewsArticle\",\"headline\":\"h\",\"publisher\":{\"name\":\"Island Post\"}}")
             LD("{\"@type\":\"WebSite\",\"name\":\"Island Post\"}") BODY,
         "https://i.example/a", "site", "Island Post"},
        {"<meta property=og:site_name content='Post.example'>" BODY, "https://www.post.example/a", "site", "Post"},
        {"<meta property=og:site_name content='Home'><title>Tunnel opens - Island Post</title><h1>Tunnel "
         "opens</h1>" BODY,
         "https://islandpost.example/a", "site", "Island Post"},
        {"<meta property=og:site_name content='- Island Post'>" BODY, "", "site", "Island Post"},
        {"<meta property=og:site_name content='Island Post - all news of Islay and Jura'>" BODY,
         "https://islandpost.example/a", "site", "Island Post"},
        {"<meta property=og:site_name content='https://islandpost.example'>"
         "<meta name=copyright content='&copy; 2021 Island Post Ltd. All rights reserved.'>" BODY,
         "https://islandpost.example/a", "site", "Island Post"},
        {"<meta property=og:site_name content='Tunnel opens'><meta name=twitter:site content='@ip'>"
         "<meta property=og:title content='Tunnel opens'>" BODY,
         "https://islandpost.example/a", "site", "ip"},
        {"<meta name=copyright content='2021'>" BODY, "https://islandpost.example/a", "site", "islandpost.example"},
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
        {"<meta property=article:section content=null>" BODY, "", "section", ""},
        {"<meta property=article:section content='https://i.example/islay'>" BODY, "", "section", ""},
        {"<h1>Tunnel opens</h1>" LD(
             "{\"@type\":\"BreadcrumbList\",\"itemListElement\":[{\"name\":\"Home\"},{\"item\":{\"name\":"
             "\"Transport\"}},{\"name\":\"Tunnel opens\"}]}") BODY,
         "", "section", "Transport"},
        {"<h1>Tunnel opens</h1><meta property=og:description content='Tunnel opens'><meta name=description content="
         "'Two islands are one'>" BODY,
         "", "summary", "Two islands are one"},
        {"<meta property=og:description content=undefined>" BODY, "", "summary", ""},
        {"<meta name=description content='Two islands, one &quot;road&quot;'>" BODY, "", "summary",
         "Two islands, one \"road\""},
        {LD("{\"@type\":\"NewsArticle\",\"headline\":\"h\",\"image\":[{\"url\":\"https://i.example/1.jpg\"}]}") BODY,
         "", "image", "https://i.example/1.jpg"},
        {"<meta property=og:image content='data:x'>" BODY, "", "image", ""},
        {"<meta property=og:image content='/1.jpg'>" BODY, "https://i.example/a/b", "image", "https://i.example/1.jpg"},
        {"<meta property=og:image content='1.jpg'>" BODY, "https://i.example/a/b?c=/d", "image",
         "https://i.example/a/1.jpg"},
        {"<link rel=canonical href='https://i.example/a/b'><meta property=og:image content='//j.example/1.jpg'>" BODY,
         "", "image", "https://j.example/1.jpg"},
        {"<meta property=og:image content='/1.jpg'>" BODY, "", "image", ""},
        {LD("{\"@type\":\"NewsArticle\",\"headline\":\"h\",\"image\":{\"@type\":\"ImageObject\",\"url\":\"/1.jpg\"}}")
             BODY,
         "https://i.example/a/b", "image", "https://i.example/1.jpg"},
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
