/* fetch_discover_test.c - what a front page names, by its tags, and what addresses say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fetch_discover.h"
#include "fetch_likely.h"
#include "fetch_section.h"
#include "fetch_url.h"

#define SITE "https://www.oulu-post.example"

static const struct {
    const char *html, *told;
} cases[] = {
    /* feeds */
    {"<link rel=alternate type=application/rss+xml href=/feed title=\"All &amp; more\">", "feed " SITE "/feed 'All & more'"},
    {"<LINK REL='Alternate STYLESHEET' TYPE=' Application/Atom+XML; charset=utf-8' HREF=' //feeds.example/a?x=1&amp;y=2#top '/>",
     "feed https://feeds.example/a?x=1&y=2"},
    {"<link rel=alternate type=application/feed+json href=f.json><link rel=feed href=g>", "feed " SITE "/f.json; feed " SITE "/g"},
    {"<link rel=alternate type=application/rss+xml href=/feed><link rel=alternate type=application/rss+xml href='/feed#x'>",
     "feed " SITE "/feed"},
    {"<link rel=alternate type=text/html href=/feed><link rel=stylesheet type=application/rss+xml href=/x>"
     "<link rel=alternate hreflang=fi href=/fi><link rel=alternate type=application/json+oembed href=/o><link type=application/rss+xml>",
     ""},
    {"<link rel=alternate type=application/rss+xml href=/comments/feed/><link rel=alternate type=application/rss+xml href=/feed/>",
     "feed " SITE "/feed/"},
    {"<link rel=alternate type=application/rss+xml href=javascript:x><link rel=alternate type=application/rss+xml href='http://['>", ""},
    /* an <a> to a feed, only where no <link> says so */
    {"<a href=/rss.xml title=RSS>Feed</a><a type=application/rss+xml href=/news>x</a>", "feed? " SITE "/rss.xml 'RSS'; feed? " SITE "/news"},
    {"<a href=/rss.xml>x</a><link rel=alternate type=application/rss+xml href=/feed>", "feed " SITE "/feed"},
    /* base, canonical, sitemaps */
    {"<base href=/en/><base href=/de/><a href=2025/11/08/bridge-wins>x</a>",
     "base " SITE "/en/; article " SITE "/en/2025/11/08/bridge-wins 'x'"},
    {"<link rel=canonical href=/front#x><link rel=canonical href=/other>", "canonical " SITE "/front"},
    {"<link rel=sitemap type=application/xml href=/sm.xml><a href=/sitemap_news.xml.gz>Map</a>",
     "sitemap " SITE "/sm.xml; sitemap? " SITE "/sitemap_news.xml.gz"},
    /* pages: of the same site, each once, without this one */
    {"<a href=/2025/11/08/bridge-wins#c>Bridge <b>wins</b>\n its&nbsp;vote</a> <a href=/2025/11/08/bridge-wins>again</a>",
     "article " SITE "/2025/11/08/bridge-wins 'Bridge wins its\xC2\xA0vote'"},
    {"<a href=https://sport.oulu-post.example/curling-hall-to-be-built-1234567>x<a href=https://elsewhere.example/a-b-c-d-e>y</a>",
     "article https://sport.oulu-post.example/curling-hall-to-be-built-1234567 'x'"},
    {"<a href=/sport>Sport</a><a href=/>Home</a><a href=#top>Up</a><a href=''>Here</a><a href=/a.jpg>x</a><a href=mailto:x@y.example>x</a>"
     "<a name=x>x</a><a href=ftp://oulu-post.example/x>x</a>",
     "page " SITE "/sport 'Sport'"},
    {"<a href=/sport><!-- icon --><img alt=x></a><area href=/culture>", "page " SITE "/sport; page " SITE "/culture"},
    /* what is no markup of the page */
    {"<!-- <a href=/x1> --><script>\"<a href=/x2>\"</script><style><a href=/x3></style><title><a href=/x4></title><textarea><a href=/x5>"
     "</textarea><template><template><a href=/x6></template><a href=/x7></template><p title='<a href=/x8>'><a href=/y>y</a>",
     "page " SITE "/y 'y'"},
    {"<!--><a href=/y>y</a>", "page " SITE "/y 'y'"},
    {"<script>x</scripty><a href=/x></script ><a href=/y>y</a>", "page " SITE "/y 'y'"},
    {"1 < 2 <3 <a/href=/y/>y</a", "page " SITE "/y/ 'y'"},
    {"<a class=\"x\"href='/y'>y", "page " SITE "/y"},
    {"<a href='/cut off", ""},
    {"<a href=/y", "page " SITE "/y"},
    {"<script><a href=/x>", ""},
    {"<", ""},
    {"", ""},
};

static size_t put(char *to, size_t cap, size_t at, const char *what, pl_str url, pl_str title)
{
    if (!url.len)
        return at;
    at += (size_t)snprintf(to + at, cap - at, "%s%s %.*s", at ? "; " : "", what, (int)url.len, url.ptr);
    return title.len ? at + (size_t)snprintf(to + at, cap - at, " '%.*s'", (int)title.len, title.ptr) : at;
}

static size_t put_links(char *to, size_t cap, size_t at, const struct discovered_link *l, size_t n, const char *sure, const char *guessed)
{
    for (size_t i = 0; i < n; i++)
        at = put(to, cap, at, l[i].guessed ? guessed : sure, l[i].url, l[i].title);
    return at;
}

static void tell(const struct discovered *d, char *to, size_t cap)
{
    size_t at = 0;

    to[0] = 0;
    at = put(to, cap, at, "base", d->base, (pl_str){NULL, 0});
    at = put(to, cap, at, "canonical", d->canonical, (pl_str){NULL, 0});
    at = put_links(to, cap, at, d->feed, d->n_feeds, "feed", "feed?");
    at = put_links(to, cap, at, d->sitemap, d->n_sitemaps, "sitemap", "sitemap?");
    put_links(to, cap, at, d->page, d->n_pages, "article", "page");
}

static struct discovered *found(const char *html, size_t n, const char *address)
{
    struct url base = {0};
    struct discovered *d = NULL;
    char *copy = malloc(n + !n); /* its own memory, so that a byte too far is seen */

    assert_non_null(copy);
    memcpy(copy, html, n);
    assert_int_equal(url_parse(&base, (pl_str){address, strlen(address)}, NULL), PL_OK);
    assert_int_equal(discover((pl_str){copy, n}, &base, &d), PL_OK);
    url_done(&base);
    free(copy);
    return d;
}

static void all_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char told[2000];
        struct discovered *d = found(cases[i].html, strlen(cases[i].html), SITE "/#start");
        tell(d, told, sizeof told);
        if (strcmp(told, cases[i].told) != 0)
            fail_msg("%s\n%s\nnot %s", cases[i].html, told, cases[i].told);
        discovered_free(d);
    }
}

/* On an article's page the feed below it is of what its readers say. */
static void comments(void **state)
{
    static const char html[] = "<link rel=alternate type=application/rss+xml href=feed/><link rel=alternate type=application/rss+xml href=/feed/>";
    struct discovered *d = found(html, strlen(html), SITE "/2025/11/08/bridge-wins-its-vote/");
    char told[500];

    (void)state;
    tell(d, told, sizeof told);
    assert_string_equal(told, "feed " SITE "/feed/");
    discovered_free(d);
}

static char *repeated(const char *what, size_t n)
{
    const size_t len = strlen(what);
    char *text = malloc(n * len + 1);

    assert_non_null(text);
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * len, what, len);
    text[n * len] = 0;
    return text;
}

static void limits(void **state)
{
    char *html = malloc(5000 * 40), *at = html;
    struct discovered *d;

    (void)state;
    assert_non_null(html);
    for (int i = 0; i < 5000; i++)
        at += sprintf(at, "<a href=/%d-a-bridge-for-all>", i);
    d = found(html, (size_t)(at - html), SITE);
    assert_int_equal(d->n_pages, DISCOVER_MAX_PAGES);
    discovered_free(d);
    at = html;
    for (int i = 0; i < 500; i++)
        at += sprintf(at, "<link rel=feed href=/%d><link rel=sitemap href=/s%d>", i, i);
    d = found(html, (size_t)(at - html), SITE);
    assert_int_equal(d->n_feeds, DISCOVER_MAX_FEEDS);
    assert_int_equal(d->n_sitemaps, DISCOVER_MAX_SITEMAPS);
    discovered_free(d);
    free(html);
}

/* Twice as much of what is worst takes twice the time, not four times: 8 MB of each would take minutes otherwise. */
static void nasty(void **state)
{
    static const char *const what[] = {"<", "<!--", "<script>", "</script", "<a href='", "<a href=\"x", "<a ", "<template>", "<a href=x>t",
                                       "<![CDATA[", "<a <a", "&amp;", "<title></titl", "<a href=&&&&&&&&>", "</a>"};

    (void)state;
    for (size_t i = 0; i < sizeof what / sizeof *what; i++) {
        const size_t n = (8 << 20) / strlen(what[i]);
        char *html = repeated(what[i], n);
        discovered_free(found(html, n * strlen(what[i]), SITE));
        free(html);
    }
}

static void addresses(void **state)
{
    static const struct {
        const char *target;
        enum likely what;
    } targets[] = {
        {"/2025/11/08/bridge-wins", LIKELY_ARTICLE},
        {"/2025/nov/08/bridge", LIKELY_ARTICLE},
        {"/news/2025-11-08/bridge", LIKELY_ARTICLE},
        {"/archive/2025/11/08/bridge-wins-its-vote", LIKELY_ARTICLE},
        {"/news/bridge-wins-its-last-vote", LIKELY_ARTICLE},
        {"/news/bridge-wins-vote-100.html", LIKELY_ARTICLE},
        {"/news/bridge_wins_its_vote.html?ref=front", LIKELY_ARTICLE},
        {"/bridge-1234567/artikel", LIKELY_ARTICLE},
        {"/article/123.html", LIKELY_ARTICLE},
        {"/news/articles/clymn8zyrp9o", LIKELY_ARTICLE},
        {"/story/3000000218734/bridge", LIKELY_ARTICLE},
        {"/?p=1234", LIKELY_ARTICLE},
        {"/view.php?lang=fi&idxno=12345", LIKELY_ARTICLE},
        {"/", LIKELY_INDEX},
        {"/sport", LIKELY_INDEX},
        {"/tag/bridge-wins-its-last-vote", LIKELY_INDEX},
        {"/author/liisa-niemi-of-the-oulu-post", LIKELY_INDEX},
        {"/2025/11/08/", LIKELY_INDEX},
        {"/2025", LIKELY_INDEX},
        {"/sport/ice/hockey", LIKELY_PAGE},
        {"/sport/?page=2", LIKELY_INDEX},
        {"/2025/11/08/bridge.jpg", LIKELY_FILE},
        {"/paper.pdf?x", LIKELY_FILE},
        {"/feed/", LIKELY_FEED},
        {"/sport/rss", LIKELY_FEED},
        {"/sport.rss", LIKELY_FEED},
        {"/news/atom.xml", LIKELY_FEED},
        {"/feed.json", LIKELY_FEED},
        {"/?feed=rss2", LIKELY_FEED},
        {"/bridge-wins-its-last-vote/900368?rss", LIKELY_ARTICLE},
        {"/sitemap.xml", LIKELY_SITEMAP},
        {"/maps/news-Sitemap-2.xml.gz", LIKELY_SITEMAP},
        {"", LIKELY_INDEX},
        {"?", LIKELY_INDEX},
        {"//", LIKELY_INDEX},
    };

    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        const enum likely what = likely_of((pl_str){targets[i].target, strlen(targets[i].target)});
        if (what != targets[i].what)
            fail_msg("%s: %d, not %d", targets[i].target, (int)what, (int)targets[i].what);
    }
}

static void section_addresses(void **state)
{
    static const char *const may[] = {"/news/", "/news", "/sport/ice-hockey/", "/sport/?page=2", "/tag/bridge-wins-its-last-vote/", "/2025/11/08/"};
    static const char *const may_not[] = {"/", "", "/?p=1234", "/2025/11/08/bridge-wins/", "/bridge-wins-its-last-vote/", "/1.html",
                                          "/sport/ice", "/news/12345678/", "/feed/", "/sport/paper.pdf"};

    (void)state;
    for (size_t i = 0; i < sizeof may / sizeof *may; i++) {
        if (!section_may_be((pl_str){may[i], strlen(may[i])}))
            fail_msg("%s may be a section", may[i]);
    }
    for (size_t i = 0; i < sizeof may_not / sizeof *may_not; i++) {
        if (section_may_be((pl_str){may_not[i], strlen(may_not[i])}))
            fail_msg("%s may not be a section", may_not[i]);
    }
}

#define RSS "<link rel=alternate type=application/rss+xml href=/sport/feed/>"
#define LD(json) "<script type=\"application/ld+json\">" json "</script>"
#define STORY(n) "<a href=/2026/11/2" n "/bridge-wins-its-vote>x</a>"
#define NINE STORY("0") STORY("1") STORY("2") STORY("3") STORY("4") STORY("5") STORY("6") STORY("7") STORY("8")

static void section_pages(void **state)
{
    static const struct {
        const char *html;
        bool is;
    } pages[] = {
        {RSS "<p>Sport", true},
        {"<link rel=sitemap href=/sm.xml>", true},
        {"<link rel=alternate type=application/rss+xml href=/comments/feed/>", false},
        {"<a href=/rss.xml>RSS</a>", false},
        {NINE, false},
        {NINE STORY("9"), true},
        {NINE "<a href=https://elsewhere.example/2026/11/20/bridge-wins-its-vote>x</a><a href=/culture>y</a>", false},
        /* what says that it is an article */
        {RSS "<meta property='og:type' content='article'>", false},
        {RSS "<meta name='OG:type' content='Article'>", false},
        {RSS "<meta property='og:type' content='website'>", true},
        {RSS "<meta property='article:section' content='article'>", true},
        {RSS LD("{\"@type\": \"NewsArticle\"}"), false},
        {RSS LD("[{\"@type\": [\"Thing\", \"https://schema.org/BlogPosting\"]}]"), false},
        {RSS LD("{\"@graph\": [{\"@type\": \"WebSite\"}, {\"@type\": \"ReportageNewsArticle\"}]}"), false},
        /* what speaks of articles */
        {RSS LD("{\"@type\": \"WebPage\", \"mentions\": {\"@type\": \"NewsArticle\"}}"), true},
        {RSS LD("[{\"@type\": \"NewsArticle\"}, {\"@type\": \"NewsArticle\"}]"), true},
        {RSS "<meta property='og:type' content='article'>" LD("{\"@graph\": [{\"@type\": \"CollectionPage\"}]}"), true},
        {RSS "<script>{\"@type\": \"NewsArticle\"}</script>", true},
        /* what is no JSON says nothing */
        {RSS LD("{\"@type\": \"NewsArticle\""), true},
        {RSS "<script type=application/ld+json", true},
        {RSS "<script type=application/ld+json>", true},
    };
    struct url base = {0};

    (void)state;
    assert_int_equal(url_parse(&base, PL_S(SITE "/sport/"), NULL), PL_OK);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        const pl_str html = {pages[i].html, strlen(pages[i].html)};
        struct discovered *d;
        assert_int_equal(discover(html, &base, &d), PL_OK);
        if (section_is(html, d) != pages[i].is)
            fail_msg("%s: not as expected", pages[i].html);
        discovered_free(d);
    }
    url_done(&base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_cases),         cmocka_unit_test(comments),      cmocka_unit_test(limits),
        cmocka_unit_test(nasty),             cmocka_unit_test(addresses),     cmocka_unit_test(section_addresses),
        cmocka_unit_test(section_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
