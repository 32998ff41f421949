/* fetch_sitemap_test.c - the entries of a sitemap, whatever is wrong with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fetch_charset.h"
#include "fetch_sitemap.h"

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define SET HEAD "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" " \
            "xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">"
#define SITE "https://oulu-post.example/"

static pl_str str(const char *s)
{
    return (pl_str){s, strlen(s)};
}

static size_t put(char *to, size_t cap, size_t at, const char *mark, pl_str s)
{
    return s.len ? at + (size_t)snprintf(to + at, cap - at, "%s%.*s", mark, (int)s.len, s.ptr) : at;
}

/* "urlset ill 1-: loc @lastmod #title ^date %name &language +keywords|...": 1 was passed over, "-": cut. */
static void tell(const struct sitemap *s, char *to, size_t cap)
{
    static const char *const kinds[] = {"urlset", "index", "text"};
    size_t at = (size_t)snprintf(to, cap, "%s%s", kinds[s->kind], s->ill_formed ? " ill" : "");

    if (s->n_passed || s->cut)
        at += (size_t)snprintf(to + at, cap - at, " %zu%s", s->n_passed, s->cut ? "-" : "");
    for (size_t i = 0; i < s->n_entries && at < cap; i++) {
        const struct sitemap_entry *e = &s->entry[i];
        at = put(to, cap, at, i ? "|" : ": ", e->loc);
        at = put(to, cap, at, " @", e->lastmod);
        at = put(to, cap, at, " #", e->news_title);
        at = put(to, cap, at, " ^", e->news_date);
        at = put(to, cap, at, " %", e->news_name);
        at = put(to, cap, at, " &", e->news_language);
        at = put(to, cap, at, " +", e->news_keywords);
    }
}

static const struct {
    const char *text;
    enum sitemap_result result;
    const char *told; /* the sitemap, or the message */
} cases[] = {
    {SET "<url><loc>" SITE "a</loc><lastmod>2025-11-08</lastmod><changefreq>daily</changefreq></url>"
         "<url><lastmod>2025-11-09</lastmod><loc>\n  " SITE "b?x=1&amp;y=2\n</loc></url></urlset>",
     SITEMAP_OK, "urlset: " SITE "a @2025-11-08|" SITE "b?x=1&y=2 @2025-11-09"},
    {HEAD "<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"><sitemap><loc>" SITE "1.xml.gz</loc>"
          "<lastmod>2025-11-08T09:30:00Z</lastmod></sitemap><sitemap><loc><![CDATA[" SITE "2.xml]]></loc></sitemap></sitemapindex>",
     SITEMAP_OK, "index: " SITE "1.xml.gz @2025-11-08T09:30:00Z|" SITE "2.xml"},
    /* the news extension */
    {SET "<url><loc>" SITE "a</loc><news:news><news:publication><news:name>Oulu Evening Post</news:name>"
         "<news:language>en</news:language></news:publication><news:publication_date>2025-11-08T09:30:00+02:00"
         "</news:publication_date><news:title>Bridge  wins\n its vote &amp; more</news:title>"
         "<news:keywords>bridge, island</news:keywords></news:news></url></urlset>",
     SITEMAP_OK,
     "urlset: " SITE "a #Bridge wins its vote & more ^2025-11-08T09:30:00+02:00 %Oulu Evening Post &en +bridge, island"},
    /* pictures and videos have addresses and titles that are not the page's */
    {SET "<url><image:image xmlns:image=\"i\"><image:loc>" SITE "1.jpg</image:loc><image:title>A bridge</image:title></image:image>"
         "<loc>" SITE "a</loc><video:video xmlns:video=\"v\"><video:title>Piano</video:title><video:publication_date>2001-01-01"
         "</video:publication_date></video:video></url></urlset>",
     SITEMAP_OK, "urlset: " SITE "a"},
    {SET "<url xmlns:image=\"i\"><image:loc>" SITE "1.jpg</image:loc><loc>" SITE "a</loc></url></urlset>", SITEMAP_OK,
     "urlset: " SITE "a"},
    {SET "<url><PageMap><loc>" SITE "1.jpg</loc></PageMap><loc>" SITE "a</loc></url></urlset>", SITEMAP_OK, "urlset: " SITE "a"},
    /* namespaces with a prefix, wrong ones, none */
    {HEAD "<s:urlset xmlns:s=\"http://www.sitemaps.org/schemas/sitemap/0.9\"><s:url><s:loc>" SITE "a</s:loc></s:url></s:urlset>",
     SITEMAP_OK, "urlset: " SITE "a"},
    {"<urlset xmlns=\"http://www.google.com/schemas/sitemap/0.84\"><url><loc>" SITE "a</loc></url></urlset>", SITEMAP_OK,
     "urlset: " SITE "a"},
    {"<urlset><url><loc>" SITE "a</loc></url></urlset>", SITEMAP_OK, "urlset: " SITE "a"},
    {"<urlset><url><loc>" SITE "a</loc><news:news><news:title>T</news:title></news:news></url></urlset>", SITEMAP_OK,
     "urlset: " SITE "a #T"},
    {"<URLSET><Url><LOC>" SITE "a</LOC></Url></URLSET>", SITEMAP_OK, "urlset: " SITE "a"},
    /* an address without <loc>, and none */
    {"<sitemapindex><sitemap>\n" SITE "1.xml\n</sitemap><sitemap/><sitemap><loc> </loc></sitemap></sitemapindex>", SITEMAP_OK,
     "index 2: " SITE "1.xml"},
    {"<urlset><url><loc>/a</loc><loc>/b</loc></url></urlset>", SITEMAP_OK, "urlset: /a"},
    {SET "</urlset>", SITEMAP_OK, "urlset"},
    /* not well-formed */
    {SET "<url><loc>" SITE "?a=1&b=2</loc></url><url><loc>" SITE "b</loc></url></urlset>", SITEMAP_OK,
     "urlset ill: " SITE "?a=1&b=2|" SITE "b"},
    {SET "<url><loc>" SITE "a</loc></url><url><loc>" SITE "b</loc><lastm", SITEMAP_OK, "urlset ill: " SITE "a|" SITE "b"},
    {SET "<url><loc>" SITE "a</loc></url><url><loc>" SITE "bri", SITEMAP_OK, "urlset ill: " SITE "a"}, /* not "/bri" */
    {SET "<url><loc>" SITE "a<url><loc>" SITE "b</loc><url><loc>" SITE "c</loc></url></urlset>", SITEMAP_OK,
     "urlset ill: " SITE "a|" SITE "b|" SITE "c"},
    {"\nWarning: the database is slow\n" SET "<url><loc>" SITE "a</loc></url></urlset>", SITEMAP_OK, "urlset ill: " SITE "a"},
    {SET "<url><loc>" SITE "a</loc></url></urlset><!-- 3 ms --><script>x</script>", SITEMAP_OK, "urlset ill: " SITE "a"},
    {"<urlset><url><loc>" SITE "a</loc><news:news><news:title>Caf&eacute;</news:title></news:news></url></urlset>", SITEMAP_OK,
     "urlset ill: " SITE "a #Caf\xC3\xA9"},
    /* text */
    {SITE "a\r\n\r\n  " SITE "b\n# old\nHTTP://oulu-post.example/c", SITEMAP_OK,
     "text: " SITE "a|" SITE "b|HTTP://oulu-post.example/c"},
    {"\xEF\xBB\xBF" SITE "a\nsome words\n" SITE "b c\n", SITEMAP_OK, "text 2: " SITE "a"},
    /* something else */
    {"<rss version=\"2.0\"><channel><title>T</title></channel></rss>", SITEMAP_FEED, ""},
    {"<feed xmlns=\"http://www.w3.org/2005/Atom\"/>", SITEMAP_FEED, ""},
    {"<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"/>", SITEMAP_FEED, ""},
    {"<!DOCTYPE html><html><body>Not found</body></html>", SITEMAP_NOT,
     "this is no sitemap: it begins with <html>, not <urlset> or <sitemapindex>"},
    {"<a/>", SITEMAP_NOT, "this is no sitemap: it begins with <a>, not <urlset> or <sitemapindex>"},
    {"\n\nThe ferry was late.\n" SITE "a", SITEMAP_NOT, "this is no sitemap: line 1 is neither markup nor an address"},
    {"{\"a\":1}", SITEMAP_NOT, "this is no sitemap: line 1 is neither markup nor an address"},
    {"", SITEMAP_NOT, "this is no sitemap: nothing is in it"},
    {" \n", SITEMAP_NOT, "this is no sitemap: nothing is in it"},
    {"<!DOCTYPE urlset [<!ENTITY a \"b\">]><urlset><url><loc>" SITE "&a;</loc></url></urlset>", SITEMAP_REFUSED, NULL},
};

static enum sitemap_result parse(pl_str text, struct sitemap **s, char *message, size_t size)
{
    /* its own memory, so that a byte too far is seen */
    char *copy = malloc(text.len + !text.len);

    assert_non_null(copy);
    memcpy(copy, text.ptr, text.len);
    const enum sitemap_result result = sitemap_parse(s, (pl_str){copy, text.len}, PL_S(""), message, size);
    free(copy);
    return result;
}

static void all_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sitemap *s = NULL;
        char message[256], told[2000];
        const enum sitemap_result result = parse(str(cases[i].text), &s, message, sizeof message);
        assert_true((result == SITEMAP_OK) == (s != NULL));
        if (s)
            tell(s, told, sizeof told);
        else
            snprintf(told, sizeof told, "%s", message);
        if (result != cases[i].result || (cases[i].told && strcmp(told, cases[i].told) != 0))
            fail_msg("%s\n%d '%s', not %d '%s'", cases[i].text, (int)result, told, (int)cases[i].result,
                     cases[i].told ? cases[i].told : "a message");
        if (s)
            assert_true(s->ill_formed == (message[0] != 0));
        sitemap_free(s);
    }
}

static void dates(void **state)
{
    struct sitemap *s;
    char message[256];

    (void)state;
    assert_int_equal(parse(str("<urlset><url><loc>/a</loc><lastmod>2025-11-08T09:30:00.5+02:00</lastmod><n:news><n:publication_date>Sat, 08 "
                               "Nov 2025 07:30:00 GMT</n:publication_date></n:news></url><url><loc>/b</loc><lastmod>soon</lastmod></url></urlset>"),
                           &s, message, sizeof message),
                     SITEMAP_OK);
    assert_int_equal(s->entry[0].lastmod_ms, 1762587000500);
    assert_int_equal(s->entry[0].news_ms, 1762587000000);
    assert_int_equal(s->entry[1].lastmod_ms, -1);
    assert_int_equal(s->entry[1].news_ms, -1);
    sitemap_free(s);
}

/* UTF-16, as it came and as Latin-1 that only HTTP declares. */
static void charsets(void **state)
{
    static const char ascii[] = HEAD "<urlset><url><loc>/a</loc></url></urlset>";
    char wide[2 * sizeof ascii], message[256];
    struct sitemap *s;

    (void)state;
    memcpy(wide, "\xFF\xFE", 2);
    for (size_t i = 0; i + 1 < sizeof ascii; i++) {
        wide[2 + 2 * i] = ascii[i];
        wide[3 + 2 * i] = 0;
    }
    assert_int_equal(parse((pl_str){wide, 2 * sizeof ascii}, &s, message, sizeof message), SITEMAP_OK);
    assert_int_equal(s->n_entries, 1);
    assert_memory_equal(s->entry[0].loc.ptr, "/a", 2);
    sitemap_free(s);
    assert_int_equal(sitemap_parse(&s, str("<urlset><url><loc>/\xE9t\xE9</loc></url></urlset>"), str("text/xml; charset=latin1"),
                                   message, sizeof message),
                     SITEMAP_OK);
    assert_int_equal(s->entry[0].loc.len, 6);
    assert_memory_equal(s->entry[0].loc.ptr, "/\xC3\xA9t\xC3\xA9", 6);
    sitemap_free(s);
}

static char *many(size_t n, const char *before, const char *entry, const char *after)
{
    const size_t one = strlen(entry);
    char *text = malloc(strlen(before) + n * one + strlen(after) + 1), *at = text;

    assert_non_null(text);
    at += sprintf(at, "%s", before);
    for (size_t i = 0; i < n; i++, at += one)
        memcpy(at, entry, one);
    strcpy(at, after);
    return text;
}

static void assert_cut(const char *before, const char *entry, const char *after)
{
    struct sitemap *s;
    char message[256];

    for (size_t n = SITEMAP_MAX_ENTRIES; n <= SITEMAP_MAX_ENTRIES + 1; n++) {
        char *text = many(n, before, entry, after);
        assert_int_equal(sitemap_parse(&s, str(text), PL_S(""), message, sizeof message), SITEMAP_OK);
        assert_int_equal(s->n_entries, SITEMAP_MAX_ENTRIES);
        assert_true(s->cut == (n > SITEMAP_MAX_ENTRIES));
        assert_string_equal(message, s->cut ? "more than 50000 entries, what is behind was left out" : "");
        sitemap_free(s);
        free(text);
    }
}

static void limits(void **state)
{
    enum { LARGE = SITEMAP_MAX_BYTES + 1 };
    char *text = calloc(1, LARGE), message[256];
    struct sitemap *s;

    (void)state;
    assert_cut("<urlset>", "<url><loc>/a</loc></url>", "</urlset>");
    assert_cut("", "https://oulu-post.example/\n", "");
    assert_non_null(text);
    assert_int_equal(sitemap_parse(&s, (pl_str){text, LARGE}, PL_S(""), message, sizeof message), SITEMAP_REFUSED);
    assert_string_equal(message, "a sitemap of 52428801 bytes: the protocol allows 52428800");
    free(text);
    /* an address that is too long is none; the next is read */
    text = many(SITEMAP_MAX_TEXT, "<urlset><url><loc>/", "a", "</loc></url><url><loc>/b</loc></url></urlset>");
    assert_int_equal(sitemap_parse(&s, str(text), PL_S(""), message, sizeof message), SITEMAP_OK);
    assert_int_equal(s->n_passed, 1);
    assert_int_equal(s->n_entries, 1);
    assert_int_equal(s->entry[0].loc.len, 2);
    sitemap_free(s);
    free(text);
}

static void looks(void **state)
{
    static const struct {
        const char *start;
        bool is;
    } starts[] = {
        {SET "<url>", true},
        {"\xEF\xBB\xBF \n<!-- made > by hand --><?xml-stylesheet href='x'?><sitemapindex>", true},
        {"<s:urlset xmlns:s='x'", true},
        {"<!DOCTYPE urlset><urlset/>", true},
        {"https://a.example/1\nhttps://a.example/2\nhtt", true},
        {"https://a.example/1", true},
        {"https://a.example/1\nwas closed.\nhttp://a.example/", false},
        {"<html><urlset>", false},
        {"<rss>", false},
        {"<urlsets>", false},
        {"<!-- <urlset>", false},
        {"The ferry", false},
        {"http", false},
        {"<", false},
        {"", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (sitemap_looks_like(str(starts[i].start)) != starts[i].is)
            fail_msg("%s", starts[i].start);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_cases), cmocka_unit_test(dates), cmocka_unit_test(charsets),
        cmocka_unit_test(limits),    cmocka_unit_test(looks),
    };
    decoder_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
