/* fetch_feed_test.c - what feeds of every kind say, and why others say nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fetch_feed.h"
#include "fetch_markup.h"
#include "fetch_resolve.h"

#define RSS(items) "<rss version='2.0'><channel>" items "</channel></rss>"
#define ATOM(entries) "<feed xmlns='http://www.w3.org/2005/Atom'>" entries "</feed>"

static char message[256];

static void put(char *to, size_t cap, size_t *n, const char *name, pl_str value)
{
    if (value.len)
        *n += (size_t)snprintf(to + *n, cap - *n, " %s=%.*s", name, (int)value.len, value.ptr);
    assert_true(*n < cap);
}

static void put_ms(char *to, size_t cap, size_t *n, const char *name, int64_t ms)
{
    if (ms >= 0)
        *n += (size_t)snprintf(to + *n, cap - *n, " %s=%lld", name, (long long)(ms / 1000));
}

/* "KIND title=... link=...", then "; title=..." for each entry. */
static const char *told(const struct feed *f)
{
    static char text[8192];
    const size_t cap = sizeof text;
    size_t n = (size_t)snprintf(text, cap, "%s", feed_kind_name(f->kind));

    put(text, cap, &n, "title", f->title);
    put(text, cap, &n, "link", f->link);
    put(text, cap, &n, "language", f->language);
    put(text, cap, &n, "self", f->self);
    put(text, cap, &n, "next", f->next);
    put(text, cap, &n, "hub", f->hub);
    put_ms(text, cap, &n, "updated", f->updated_ms);
    if (f->ttl_s >= 0)
        n += (size_t)snprintf(text + n, cap - n, " ttl=%lld", (long long)f->ttl_s);
    for (size_t i = 0; i < f->n_entries; i++) {
        const struct feed_entry *e = &f->entry[i];
        n += (size_t)snprintf(text + n, cap - n, ";");
        put(text, cap, &n, "title", e->title);
        put(text, cap, &n, "markup", e->title_html);
        put(text, cap, &n, "link", e->link);
        put(text, cap, &n, "id", e->id);
        put(text, cap, &n, "author", e->author);
        put_ms(text, cap, &n, "published", e->published_ms);
        put_ms(text, cap, &n, "updated", e->updated_ms);
        put(text, cap, &n, "summary", e->summary);
        put(text, cap, &n, e->content_is_html ? "html" : "content", e->content);
        put(text, cap, &n, "image", e->image);
        put(text, cap, &n, "lang", e->language);
        put(text, cap, &n, "source", e->source);
        for (size_t k = 0; k < e->categories.n; k++)
            put(text, cap, &n, "tag", e->categories.at[k]);
    }
    return text;
}

static const struct {
    const char *text, *told;
} cases[] = {
    /* RSS */
    {RSS("<title>Harbour Gazette</title><link>https://gazette.example/</link><language>en-gb</language><ttl>60</ttl>"
         "<lastBuildDate>Thu, 26 Nov 2026 05:00:00 GMT</lastBuildDate>"
         "<item><title>Pool stays open</title><link>https://gazette.example/pool</link><guid isPermaLink='false'>g1</guid>"
         "<pubDate>Thu, 26 Nov 2026 04:30:00 GMT</pubDate><category>Politics</category><category>Sport</category>"
         "<category>Politics</category><description>&lt;p&gt;The council &lt;b&gt;voted&lt;/b&gt;.&lt;/p&gt;</description></item>"),
     "rss20 title=Harbour Gazette link=https://gazette.example/ language=en-gb updated=1795669200 ttl=3600;"
     " title=Pool stays open link=https://gazette.example/pool id=g1 published=1795667400 summary=The council voted."
     " html=<p>The council <b>voted</b>.</p>"
     " lang=en-gb tag=Politics tag=Sport"},
    {RSS("<item><guid>https://gazette.example/a</guid></item><item><guid isPermaLink='FALSE'>b</guid></item>"
         "<item><link/><guid isPermaLink='true'> /c </guid></item>"),
     "rss20; link=https://gazette.example/a id=https://gazette.example/a; id=b;"
     " link=https://base.example/c id=https://base.example/c"},
    {RSS("<item><title>One</title><title>Two</title></item><item><image><title>Logo</title><link>https://l.example/"
         "</link></image><title>Three</title></item>"),
     "rss20; title=One; title=Three"},
    {RSS("<item><link>https://gazette.example/?a=1&amp;amp;b=2&amp;copy;=3</link></item>"),
     "rss20; link=https://gazette.example/?a=1&b=2&copy=3"},
    {"<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:d='http://purl.org/dc/elements/1.1/'"
     " xmlns:media='http://search.yahoo.com/mrss/'><item><d:creator>Ana Lind</d:creator><d:creator>Li Wei</d:creator>"
     "<d:creator>Ana Lind</d:creator><d:date>2026-11-26</d:date><content:encoded>&lt;p&gt;All of it&lt;/p&gt;</content:encoded>"
     "<media:group><media:title>Picture</media:title><media:thumbnail url='p.jpg'/></media:group></item></rss>",
     "rss20; title=Picture author=Ana Lind, Li Wei updated=1795651200 html=<p>All of it</p> image=https://base.example/p.jpg"},
    {RSS("<item><media:title>Picture</media:title><title>Story</title><media:title>Another</media:title></item>"),
     "rss20; title=Story"},
    {RSS("<item><author>desk@gazette.example (News Desk)</author></item><item><author>desk@gazette.example</author>"
         "<dc:creator>Ana Lind</dc:creator></item><item><author>Ana Lind &lt;a@gazette.example&gt;</author></item>"
         "<item><dc:creator>Ana Lind</dc:creator><author>desk@gazette.example</author></item>"),
     "rss20; author=News Desk; author=Ana Lind; author=Ana Lind; author=Ana Lind"},
    {RSS("<item><pubDate>yesterday</pubDate></item><item><pubDate>2026-11-26</pubDate><pubDate>soon</pubDate></item>"),
     "rss20;; published=1795651200"},
    {RSS("<item><source url='https://wire.example/feed'>Wire</source><title>T</title></item>"), "rss20; title=T source=Wire"},
    {RSS("<item><feedburner:origLink>https://gazette.example/1</feedburner:origLink><link>https://proxy.example/x</link>"
         "</item>"),
     "rss20; link=https://proxy.example/x"},
    {RSS("<item><link>https://proxy.example/x</link><feedburner:origLink>https://gazette.example/1</feedburner:origLink>"
         "</item>"),
     "rss20; link=https://gazette.example/1"},
    {RSS("<item><enclosure url='/a.mp3' type='audio/mpeg'/><enclosure url='/a.png' type='image/png'/>"
         "<media:keywords>sea, harbour,</media:keywords></item>"),
     "rss20; image=https://base.example/a.png tag=sea tag=harbour"},
    {"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'"
     " xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'><channel rdf:about='u'><title>R</title><sy:updatePeriod>daily"
     "</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency></channel><item rdf:about='https://r.example/1'>"
     "<title>First</title><link>https://r.example/1</link></item><textinput><title>Search</title></textinput></rdf:RDF>",
     "rss10 title=R ttl=21600; title=First link=https://r.example/1 id=https://r.example/1"},
    {"<channel href='https://c.example/' lastmod='1998-11-05T22:12'><title>C</title><item href='/one' lastmod='1998-11-05T22:12'>"
     "<title>One</title><abstract>Short</abstract></item></channel>",
     "cdf title=C link=https://c.example/ updated=910303920; title=One link=https://base.example/one updated=910303920"
     " summary=Short"},

    /* titles: text without markup */
    {RSS("<item><title>AT&amp;amp;T &amp;lt;3</title></item><item><title>a &lt; b &amp; c</title></item>"
         "<item><title>List&lt;String&gt;</title></item><item><title>Two\n  lines</title></item>"),
     "rss20; title=AT&T <3 markup=AT&amp;T &lt;3; title=a < b & c; title=List<String>; title=Two lines"},
    {RSS("<item><title>A <b>x</b> &lt;i>y&lt;/i></title></item>"), "rss20; title=A x <i>y</i> markup=A <b>x</b> &lt;i&gt;y&lt;/i&gt;"},
    {ATOM("<entry><title>&lt;b&gt; is &lt;b&gt;bold&lt;/b&gt;</title></entry><entry><title type='html'>&lt;b&gt;Bold&lt;/b&gt; &amp;amp; &amp;eacute;"
          "</title></entry><entry><title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>One <i>two</i> &amp; three"
          "</div></title></entry>"),
     "atom10; title=<b> is <b>bold</b>; title=Bold & \303\251 markup=<b>Bold</b> &amp; &eacute;; title=One two & three"
     " markup=One <i>two</i> &amp; three"},
    {RSS("<item><title>don&#146;t</title></item><item><title>&#226;&#128;&#166;</title></item>"),
     "rss20; title=don\342\200\231t; title=\342\200\246"},

    /* Atom */
    {"<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='pt' xml:base='https://a.example/x/'><title>A</title>"
     "<link href='.'/><link rel='self' href='feed'/><link rel='next' href='feed?p=2'/><link rel='hub' href='https://hub.example/'/>"
     "<author><name>The Desk</name></author><updated>2026-11-26T05:00:00Z</updated>"
     "<entry xml:lang='en' xml:base='2026/'><title>E</title><link rel='alternate' type='text/html' href='one'/>"
     "<link rel='enclosure' href='two' type='image/jpeg'/><link href='one.pdf' type='application/pdf'/><id>urn:1</id>"
     "<published>2026-11-26T04:30:00+02:00</published><updated>2026-11-26</updated><category term='t' label='Town'/>"
     "<summary>S &lt;i&gt;</summary><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>a <br/><a href='x?a&amp;b'>b</a>"
     "</div></content></entry></feed>",
     "atom10 title=A link=https://a.example/x/ language=pt self=https://a.example/x/feed next=https://a.example/x/feed?p=2"
     " hub=https://hub.example/ updated=1795669200; title=E link=https://a.example/x/2026/one id=urn:1 author=The Desk"
     " published=1795660200 updated=1795651200 summary=S <i> html=a <br><a href=\"x?a&amp;b\">b</a>"
     " image=https://a.example/x/2026/two lang=en tag=Town"},
    {ATOM("<entry><source><title>Wire</title><id>w</id><updated>2001-01-01</updated><link href='https://w.example/'/></source>"
          "<title>Own</title><author><name>Ana Lind</name><email>a@x.example</email></author><contributor><name>Li</name>"
          "</contributor><id>https://a.example/1</id></entry>"),
     "atom10; title=Own link=https://a.example/1 id=https://a.example/1 author=Ana Lind source=Wire"},
    {"<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title mode='base64' type='text/html'>PGI+Qm9sZDwvYj4="
     "</title><issued>2003-12-31T10:14:55Z</issued><content type='image/png'>iVBORw0KGgo=</content></entry></feed>",
     "atom03; title=Bold markup=<b>Bold</b> published=1072865695"},
    {"<feed><id>https://f.example/</id><link href='/f' rel='self'/><entry/></feed>",
     "atom link=https://f.example/ self=https://base.example/f;"},
    {"<rss><channel><managingEditor>Ed</managingEditor><item xml:base='javascript:x'><link>a</link></item></channel></rss>",
     "rss; link=https://base.example/a"},
    {RSS("<item><description>&lt;p&gt;a&lt;/p&gt;</description><content:encoded>&lt;b&gt;</content:encoded></item>"
         "<item><description>plain</description></item>"),
     "rss20; summary=a html=<b>; summary=plain"},
    {RSS("<item><image>https://gazette.example/p.jpg</image><title>T</title></item>"),
     "rss20; title=T image=https://gazette.example/p.jpg"},
    {"<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry><a:title>P</a:title></a:entry></a:feed>", "atom10; title=P"},

    /* JSON Feed */
    {"{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"J\",\"home_page_url\":\"https://j.example/\","
     "\"feed_url\":\"/feed\",\"language\":\"sv\",\"authors\":[{\"name\":\"A\"},{\"name\":\"B\"}],\"items\":[{\"id\":7,"
     "\"url\":\"/one\",\"title\":\"One <b>\",\"content_html\":\"<p>x</p>\",\"summary\":\"s\",\"image\":\"i.png\","
     "\"date_published\":\"2026-11-26T04:30:00Z\",\"tags\":[\"a\",\"b\",1,null]},{\"external_url\":\"https://e.example/\","
     "\"content_text\":\"<x>\",\"author\":{\"name\":\"C\"}},null]}",
     "json11 title=J link=https://j.example/ language=sv self=https://base.example/feed; title=One <b>"
     " link=https://base.example/one id=7 author=A, B published=1795667400 summary=s html=<p>x</p>"
     " image=https://base.example/i.png lang=sv tag=a tag=b tag=1; link=https://e.example/ author=C content=<x> lang=sv"},
    {"{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{\"title\":\"a\\ud836\\uDE19b\\ud800\\udc00\\\\ud836\\\\\"}]}",
     "json10; title=a\xF0\x9D\xA8\x99" "b\xF0\x90\x80\x80\\ud836\\"},
};

static struct feed *parse(const char *text, enum feed_result wanted)
{
    struct feed *f = NULL;
    const enum feed_result result = feed_parse(&f, (pl_str){text, strlen(text)}, (pl_str){"", 0},
                                               PL_S("https://base.example/feed.xml"), message, sizeof message);

    if (result != wanted)
        fail_msg("'%s' gives %d, not %d: %s", text, result, wanted, message);
    assert_true((f != NULL) == (result == FEED_OK));
    return f;
}

static void test_well_formed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct feed *f = parse(cases[i].text, FEED_OK);
        assert_string_equal(told(f), cases[i].told);
        assert_string_equal(message, "");
        assert_false(f->ill_formed);
        feed_free(f);
    }
}

static const struct {
    const char *text, *told;
} ill[] = {
    {RSS("<item><title>Fish & chips</title><link>https://x.example/?a=1&b=2</link></item>"),
     "rss20; title=Fish & chips link=https://x.example/?a=1&b=2"},
    {RSS("<item><title>Caf&eacute;&nbsp;open</title></item>"), "rss20; title=Caf\303\251\302\240open"},
    {"junk\n" RSS("<item><title>A</title></item>"), "rss20; title=A"},
    {"<rss version='2.0'><channel><item><title>A</title><item><title>B</title><link>https://x.example/b</link>",
     "rss20; title=A; title=B link=https://x.example/b"},
    {RSS("<item><title>Not closed<link>https://x.example/</link><description>D<p>E</description></item>"),
     "rss20; title=Not closed link=https://x.example/ summary=D E html=D<p>E</p>"},
    {RSS("<item><title>A <b>bold<br> word</title></item>"), "rss20; title=A bold word markup=A <b>bold<br> word</b>"},
    {RSS("<item><description>One<item><title>B</title></item>"), "rss20; summary=One; title=B"},
    {"<rss version=2.0><item><title>A</title></item></rss", "rss20; title=A"},
    {ATOM("<entry><title type=html>A &lt;i&gt;b&lt;/i&gt;</title><link href=/x></entry>"),
     "atom10; title=A b markup=A <i>b</i> link=https://base.example/x"},
    {"<rss><item><title><![CDATA[cut off", "rss; title=cut off"},
};

static void test_ill_formed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ill / sizeof *ill; i++) {
        struct feed *f = parse(ill[i].text, FEED_OK);
        assert_string_equal(told(f), ill[i].told);
        assert_true(f->ill_formed);
        assert_non_null(strstr(message, "line 1") ? message : strstr(message, "line 2"));
        feed_free(f);
    }
}

static const struct {
    const char *text;
    enum feed_result result;
    const char *says;
} none[] = {
    {"", FEED_NOT, "nothing is in it"},
    {"hello", FEED_NOT, "nothing in it is an element"},
    {"<!DOCTYPE html><html><body>x</body></html>", FEED_NOT, "HTML page"},
    {"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url/></urlset>", FEED_NOT, "<urlset>"},
    {"{\"a\": 1}", FEED_NOT, "without `items`"},
    {"{\"version\": \"https://jsonfeed.org/version/1\", \"items\": [", FEED_NOT, "ends in the middle"},
    {"{\"items\": [}", FEED_NOT, "no JSON, at byte"},
    {"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><item><title>&a;</title></item></rss>", FEED_REFUSED, "DOCTYPE"},
    {"<!DOCTYPE rss SYSTEM 'file:///etc/hostname'><rss><item/></rss>", FEED_REFUSED, "DOCTYPE"},
};

static void test_no_feeds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        parse(none[i].text, none[i].result);
        if (!strstr(message, none[i].says))
            fail_msg("'%s' says '%s'", none[i].text, message);
    }
}

/* More than is kept, and deeper than is read. */
static void test_many(void **state)
{
    const size_t n = FEED_MAX_ENTRIES + 10;
    const char *item = "<item><title>x</title></item>";
    char *text = malloc(n * strlen(item) + 100);
    size_t len = (size_t)sprintf(text, "<rss>");

    (void)state;
    for (size_t i = 0; i < n; i++)
        len += (size_t)sprintf(text + len, "%s", item);
    sprintf(text + len, "</rss>");
    struct feed *f = parse(text, FEED_OK);
    assert_int_equal(f->n_entries, FEED_MAX_ENTRIES);
    feed_free(f);

    len = (size_t)sprintf(text, "<rss><item><title>t</title>");
    for (size_t i = 0; i < 1000; i++)
        len += (size_t)sprintf(text + len, "<x>");
    f = parse(text, FEED_REFUSED);
    assert_non_null(strstr(message, "256 deep"));
    free(text);
}

static void test_no_base(void **state)
{
    const pl_str none_known = {NULL, 0}, text = PL_S("<rss xml:base='/a/'><item><link>b</link><guid>c</guid></item></rss>");
    struct feed *f = NULL;

    (void)state;
    assert_int_equal(feed_parse(&f, text, none_known, none_known, message, sizeof message), FEED_OK);
    assert_string_equal(told(f), "rss; link=b id=c");
    feed_free(f);
}

/* `begin`, `piece` n times, `end`: refused, and the message has `says`. */
static void refused(const char *begin, const char *piece, size_t n, const char *end, const char *says)
{
    char *text = malloc(strlen(begin) + n * strlen(piece) + strlen(end) + 1);
    size_t len = (size_t)sprintf(text, "%s", begin);

    for (size_t i = 0; i < n; i++)
        len += (size_t)sprintf(text + len, "%s", piece);
    sprintf(text + len, "%s", end);
    parse(text, FEED_REFUSED);
    if (!strstr(message, says))
        fail_msg("'%s' says '%s'", begin, message);
    free(text);
}

/* What is short in a file and long when it is read. */
static void test_growth(void **state)
{
    char base[1900];

    (void)state;
    const int n = snprintf(base, sizeof base, "<rss xml:base='https://long.example/");
    memset(base + n, 'x', sizeof base - 1 - (size_t)n);
    memcpy(base + sizeof base - 5, "/'>", 4);
    refused(base, "<item><link href='a'/></item>", 20000, "</rss>", "more than 8 times");
    refused(base, "<b base='a'/>", 50000, "</rss>", "more than 8 times");
    refused("{\"items\": [", "0,", 1000000, "]}", "more than 1000000 values");
    refused("{\"items\": ", "[", 100, "", "64 deep");
    /* names are many, but not much */
    char *text = malloc(100000);
    size_t len = (size_t)sprintf(text, "<rss><item>");
    for (int i = 0; i < 1000; i++)
        len += (size_t)sprintf(text + len, "<dc:creator>Author %d</dc:creator>", i);
    struct feed *f = parse(text, FEED_OK);
    assert_in_range(f->entry[0].author.len, 1000, 1100);
    feed_free(f);
    free(text);
}

/* Tags whose quote the next one closes, and the last one not: each would be read to the end. */
static void test_open_quotes(void **state)
{
    const size_t n = 200000;
    char *text = malloc(100 + 7 * n);
    size_t len = (size_t)sprintf(text, "<rss><item><title>Tram</title><description><![CDATA[");

    (void)state;
    for (size_t i = 0; i < n; i++)
        len += (size_t)sprintf(text + len, "<p \"=\">");
    sprintf(text + len, "to the harbour]]></description></item></rss>");
    struct feed *f = parse(text, FEED_OK);
    assert_int_equal(f->n_entries, 1);
    assert_int_equal(f->entry[0].summary.len, strlen("to the harbour"));
    assert_memory_equal(f->entry[0].summary.ptr, "to the harbour", 14);
    feed_free(f);
    free(text);
}

static void test_looks_like(void **state)
{
    static const struct {
        const char *start, *type;
        bool is;
    } looks[] = {
        {"<rss version='2.0'>", "", true},
        {"\xEF\xBB\xBF<?xml version='1.0'?>\n<!-- c --><feed xmlns='x'>", "", true},
        {"<rdf:RDF\nxmlns='x'>", "text/html", true},
        {"{\"version\": \"https://jsonfeed.org/version/1\"", "", true},
        {"<feedback>", "", false},
        {"<!DOCTYPE html><html>", "application/rss+xml", false},
        {"<!DOCTYPE rss SYSTEM 'x'>\n<rss>", "", true},
        {"<!DOCTYPE r [<!ENTITY a 'b'> <!ENTITY c SYSTEM 'http://a.example/'>\n] >\n<rss>", "", true},
        {"<!DOCTYPE r [<!ENTITY a 'b]c'>]><feed><![CDATA[x]]></feed>", "", true},
        {"<!DOCTYPE r [<!ENTITY a 'b]>'>]><page>", "", false},
        {"<!DOCTYPE r [<!ENTITY rss '<rss>'>", "", false},
        {"<urlset>", "text/xml", false},
        {"\xFF\xFE<", " Application/Atom+XML; charset=x", true},
        {"", "", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        assert_true(looks[i].is == feed_looks_like((pl_str){looks[i].start, strlen(looks[i].start)},
                                                   (pl_str){looks[i].type, strlen(looks[i].type)}));
}

/* RFC 3986, 5.4, and what is not of it. */
static void test_resolve(void **state)
{
    static const struct {
        const char *base, *reference, *is;
    } refs[] = {
        {"http://a/b/c/d;p?q", "g:h", "g:h"},
        {"http://a/b/c/d;p?q", "g", "http://a/b/c/g"},
        {"http://a/b/c/d;p?q", "./g/", "http://a/b/c/g/"},
        {"http://a/b/c/d;p?q", "/g", "http://a/g"},
        {"http://a/b/c/d;p?q", "//g", "http://g"},
        {"http://a/b/c/d;p?q", "?y", "http://a/b/c/d;p?y"},
        {"http://a/b/c/d;p?q", "#s", "http://a/b/c/d;p?q#s"},
        {"http://a/b/c/d;p?q", "g?y#s", "http://a/b/c/g?y#s"},
        {"http://a/b/c/d;p?q", "", "http://a/b/c/d;p?q"},
        {"http://a/b/c/d;p?q", ".", "http://a/b/c/"},
        {"http://a/b/c/d;p?q", "..", "http://a/b/"},
        {"http://a/b/c/d;p?q", "../..", "http://a/"},
        {"http://a/b/c/d;p?q", "../../../../g", "http://a/g"},
        {"http://a/b/c/d;p?q", "g;x=1/../y", "http://a/b/c/y"},
        {"http://a/b/c/d;p?q", "g?y/../x", "http://a/b/c/g?y/../x"},
        {"http://a", "b", "http://a/b"},
        {"http://a?q", "b", "http://a/b"},
        {"", "b/../c", "b/../c"},
        {"mailto:a@b", "c", "c"},
        {"http://a/", "HTTP:///b/../c", "HTTP://b/../c"},
        {"http://a/", "  /b\n c\t ", "http://a/b c"},
        {"http://a/b", "http://c", "http://c"},
    };
    struct bytes out = {0};

    (void)state;
    for (size_t i = 0; i < sizeof refs / sizeof *refs; i++) {
        assert_int_equal(reference_resolve((pl_str){refs[i].base, strlen(refs[i].base)},
                                           (pl_str){refs[i].reference, strlen(refs[i].reference)}, &out),
                         PL_OK);
        assert_int_equal(bytes_add(&out, "", 1), PL_OK);
        assert_string_equal((char *)out.at, refs[i].is);
    }
    bytes_done(&out);
}

static void test_markup(void **state)
{
    static const struct {
        const char *html, *text;
        bool is_html;
    } texts[] = {
        {"plain", "plain", false},
        {"<b>a</b>b", "ab", true},
        {"<p>a</p><p>b", "a b", true},
        {"a<br>b", "a b", false},
        {"AT&amp;T", "AT&T", true},
        {"AT&T; a < b", "AT&T; a < b", false},
        {"a<script>if (1 < 2) x()</script>b<style>c</style>d", "abd", true},
        {"a<!-- x > y -->b", "ab", false},
        {"<a title=\"x > y\">b</a>", "b", true},
        {"List<String> </b>", "List", false},
        {"&bogus;</b>", "&bogus;", false},
        {" a \n b ", "a b", false},
        {"a <b", "a <b", false},
        {"<!-- a", "<!-- a", false},
        {"&#8217;&#x41;&#0;&#xD800;", "\342\200\231A\357\277\275\357\277\275", true},
    };
    struct bytes out = {0};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const pl_str html = {texts[i].html, strlen(texts[i].html)};
        out.len = 0;
        assert_int_equal(markup_text(html, &out), PL_OK);
        assert_int_equal(bytes_add(&out, "", 1), PL_OK);
        assert_string_equal((char *)out.at, texts[i].text);
        if (markup_is_html(html) != texts[i].is_html)
            fail_msg("'%s' is taken for %s", texts[i].html, texts[i].is_html ? "text" : "HTML");
    }
    /* what never ends is looked for once: a test that hangs */
    static char long_text[600000];
    static const char *const pieces[] = {"<a ", "<!-", "<a b=\"", "&#x", "<!--", "<script>"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        const size_t len = strlen(pieces[i]);
        for (size_t k = 0; k < sizeof long_text; k++)
            long_text[k] = pieces[i][k % len];
        out.len = 0;
        assert_int_equal(markup_text((pl_str){long_text, sizeof long_text}, &out), PL_OK);
        assert_true(out.len <= sizeof long_text);
    }
    bytes_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_well_formed), cmocka_unit_test(test_ill_formed),  cmocka_unit_test(test_no_feeds),
        cmocka_unit_test(test_many),        cmocka_unit_test(test_growth), cmocka_unit_test(test_open_quotes),     cmocka_unit_test(test_no_base),
        cmocka_unit_test(test_looks_like),
        cmocka_unit_test(test_resolve),     cmocka_unit_test(test_markup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
