/* fetch_url_test.c - addresses as the WHATWG URL Standard reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "fetch_url.h"
#include "fetch_url_out.h"

static pl_str str(const char *s)
{
    return s ? (pl_str){s, strlen(s)} : (pl_str){NULL, 0};
}

static bool same(pl_str a, pl_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* ---- cases of our own ---- */

static const struct {
    const char *text, *base, *href; /* href NULL: no address */
} cases[] = {
    /* scheme */
    {"https://harbour.example/news/ferry-late", NULL, "https://harbour.example/news/ferry-late"},
    {"HTTPS://Harbour.EXAMPLE", NULL, "https://harbour.example/"},
    {" \t\x01https://harbour.example/a\tb\r\nc\x1F ", NULL, "https://harbour.example/abc"},
    {"ht\ntps:/\t/harbour.example", NULL, "https://harbour.example/"},
    {"h2+x-y.z:path", NULL, "h2+x-y.z:path"},
    {"1https://harbour.example/", NULL, NULL},
    {"://harbour.example/", NULL, NULL},
    {"harbour.example/news", NULL, NULL},
    {"", NULL, NULL},
    {"https:", NULL, NULL},
    {"https://", NULL, NULL},
    {"https:///harbour.example/a", NULL, "https://harbour.example/a"},
    {"https:\\\\harbour.example\\a", NULL, "https://harbour.example/a"},
    {"https:harbour.example/a", NULL, "https://harbour.example/a"},
    /* relative */
    {"tides", "https://harbour.example/news/ferry?x=1#top", "https://harbour.example/news/tides"},
    {"/tides", "https://harbour.example/news/ferry", "https://harbour.example/tides"},
    {"//coast.example/tides", "https://harbour.example/news", "https://coast.example/tides"},
    {"\\\\coast.example", "https://harbour.example/news", "https://coast.example/"},
    {"///coast.example", "https://harbour.example/news", "https://coast.example/"},
    {"", "https://harbour.example/news?x=1#top", "https://harbour.example/news?x=1"},
    {"?y", "https://harbour.example/news?x=1#top", "https://harbour.example/news?y"},
    {"?", "https://harbour.example/news?x=1", "https://harbour.example/news?"},
    {"#low", "https://harbour.example/news?x=1#top", "https://harbour.example/news?x=1#low"},
    {"..", "https://harbour.example/a/b/c", "https://harbour.example/a/"},
    {"../../../../x", "https://harbour.example/a/b/c", "https://harbour.example/x"},
    {"./x/./y/../z/.", "https://harbour.example/a/b", "https://harbour.example/a/x/z/"},
    {"https:x", "https://harbour.example/a/b", "https://harbour.example/a/x"},
    {"https:/x", "https://harbour.example/a/b", "https://harbour.example/x"},
    {"http:x", "https://harbour.example/a/b", "http://x/"},
    {"x", "https://ann:secret@harbour.example:8443/a/", "https://ann:secret@harbour.example:8443/a/x"},
    {"x", "mailto:desk@harbour.example", NULL},
    {"#x", "mailto:desk@harbour.example?subject=tides", "mailto:desk@harbour.example?subject=tides#x"},
    {"x", "news:/a/b", "news:/a/x"},
    {"//coast.example", "news:/a/b", "news://coast.example"},
    {"\\x", "news:/a/b", "news:/a/\\x"},
    /* dots in segments */
    {"https://a.example/x/%2e%2E/y", NULL, "https://a.example/y"},
    {"https://a.example/x/.%2e", NULL, "https://a.example/"},
    {"https://a.example/x/%2e", NULL, "https://a.example/x/"},
    {"https://a.example/.../..a/.b", NULL, "https://a.example/.../..a/.b"},
    {"https://a.example/x/%2e%2e%2e", NULL, "https://a.example/x/%2e%2e%2e"},
    {"https://a.example//x//../y", NULL, "https://a.example//x/y"},
    /* user and port */
    {"https://ann@harbour.example", NULL, "https://ann@harbour.example/"},
    {"https://ann:@harbour.example", NULL, "https://ann@harbour.example/"},
    {"https://:secret@harbour.example", NULL, "https://:secret@harbour.example/"},
    {"https://@harbour.example", NULL, "https://harbour.example/"},
    {"https://a@b@c:d@harbour.example", NULL, "https://a%40b%40c:d@harbour.example/"},
    {"https://a:b:c@harbour.example", NULL, "https://a:b%3Ac@harbour.example/"},
    {"https://a|b^[c]:{d}@harbour.example", NULL, "https://a%7Cb%5E%5Bc%5D:%7Bd%7D@harbour.example/"},
    {"https://ann@", NULL, NULL},
    {"https://ann@:443/", NULL, NULL},
    {"https://ann@/x", NULL, NULL},
    {"news://ann@", NULL, NULL},
    {"https://harbour.example:443/", NULL, "https://harbour.example/"},
    {"https://harbour.example:/", NULL, "https://harbour.example/"},
    {"https://harbour.example:000080/", NULL, "https://harbour.example:80/"},
    {"https://harbour.example:0/", NULL, "https://harbour.example:0/"},
    {"https://harbour.example:65535/", NULL, "https://harbour.example:65535/"},
    {"https://harbour.example:65536/", NULL, NULL},
    {"https://harbour.example:99999999999999999999/", NULL, NULL},
    {"https://harbour.example:8o/", NULL, NULL},
    {"https://harbour.example:-1/", NULL, NULL},
    {"https://:80/", NULL, NULL},
    {"news://:80/", NULL, NULL},
    {"ws://harbour.example:80", NULL, "ws://harbour.example/"},
    {"news://harbour.example:80", NULL, "news://harbour.example:80"},
    /* names */
    {"https://M\xC3\xBCller.example/", NULL, "https://xn--mller-kva.example/"},
    {"https://%4D%C3%BCller.example/", NULL, "https://xn--mller-kva.example/"},
    {"https://\xEF\xBC\xA8" "arbour\xE3\x80\x82" "example/", NULL, "https://harbour.example/"},
    {"https://stra\xC3\x9F" "e.example/", NULL, "https://xn--strae-oqa.example/"},
    {"https://STRA\xE1\xBA\x9E" "E.example/", NULL, "https://xn--strae-oqa.example/"},
    {"https://\xE1\x82\xA0.example/", NULL, "https://xn--rkj.example/"},
    {"https://a\xE1\xA0\x8E" "b.example/", NULL, "https://ab.example/"},
    {"https://XN--MLLER-KVA.example/", NULL, "https://xn--mller-kva.example/"},
    {"https://xn--%C3%BC.example/", NULL, NULL},
    {"https://xn--xn--a--gua.example/", NULL, "https://xn--xn--a--gua.example/"},
    {"https://xn--xn--a--gua.\xC3\xBC.example/", NULL, NULL},
    {"https://a-xn--xn--a.\xC3\xBC.example/", NULL, "https://a-xn--xn--a.xn--tda.example/"},
    {"https://xn--.example/", NULL, "https://xn--.example/"},
    {"https://a\xE2\x80\x8D.example/", NULL, NULL},
    {"https://\xD7\x90" "a.example/", NULL, NULL},
    {"https://\xC2\xAD/", NULL, NULL},
    {"https://a\xFF.example/", NULL, NULL},
    {"https://a%FF.example/", NULL, NULL},
    {"https://a\xE2\x84\x80.example/", NULL, NULL}, /* "a/c" */
    {"https://a b.example/", NULL, NULL},
    {"https://a%20b.example/", NULL, NULL},
    {"https://a%00b.example/", NULL, NULL},
    {"https://a%2525.example/", NULL, NULL},
    {"https://a<b.example/", NULL, NULL},
    {"https://a|b.example/", NULL, NULL},
    {"https://a^b.example/", NULL, NULL},
    {"https://a\x7F" "b.example/", NULL, NULL},
    {"https://a_b-.c--d.example./", NULL, "https://a_b-.c--d.example./"},
    {"https://a..b./", NULL, "https://a..b./"},
    {"https://\xC3\xBC..-b-.ab--c.example./", NULL, "https://xn--tda..-b-.ab--c.example./"},
    {"https://%2e/", NULL, "https://./"},
    {"news://Harbour \xC3\xBC/", NULL, NULL},
    {"news://Harbour%20\xC3\xBC\x01/", NULL, "news://Harbour%20%C3%BC%01/"},
    {"news:///x", NULL, "news:///x"},
    {"news://", NULL, "news://"},
    /* IPv4 */
    {"https://192.0.2.1/", NULL, "https://192.0.2.1/"},
    {"https://192.0.2.1./", NULL, "https://192.0.2.1/"},
    {"https://0xC0.0.2.1/", NULL, "https://192.0.2.1/"},
    {"https://0300.00.02.01/", NULL, "https://192.0.2.1/"},
    {"https://3221225985/", NULL, "https://192.0.2.1/"},
    {"https://192.513/", NULL, "https://192.0.2.1/"},
    {"https://192.0.513/", NULL, "https://192.0.2.1/"},
    {"https://%31%39%32.0.2.1/", NULL, "https://192.0.2.1/"},
    {"https://\xEF\xBC\x91.0x/", NULL, "https://1.0.0.0/"},
    {"https://0x/", NULL, "https://0.0.0.0/"},
    {"https://4294967295/", NULL, "https://255.255.255.255/"},
    {"https://4294967296/", NULL, NULL},
    {"https://0x1000000000000000000/", NULL, NULL},
    {"https://1.2.3.256/", NULL, NULL},
    {"https://1.256.3.4/", NULL, NULL},
    {"https://1.2.65536/", NULL, NULL},
    {"https://1.2.3.4.5/", NULL, NULL},
    {"https://1.2.3.08/", NULL, NULL},
    {"https://a.09/", NULL, NULL},
    {"https://a.0xg/", NULL, "https://a.0xg/"},
    {"https://1..2/", NULL, NULL},
    {"https://1.2.3.4../", NULL, "https://1.2.3.4../"},
    {"news://0x7f.1/", NULL, "news://0x7f.1/"},
    /* IPv6 */
    {"https://[2001:DB8:0:0:0::1]/", NULL, "https://[2001:db8::1]/"},
    {"https://[2001:db8:0:1:0:0:0:1]:8080/", NULL, "https://[2001:db8:0:1::1]:8080/"},
    {"https://[1:0:0:2:3:0:0:4]/", NULL, "https://[1::2:3:0:0:4]/"},
    {"https://[1:0:2:3:4:5:6:7]/", NULL, "https://[1:0:2:3:4:5:6:7]/"},
    {"https://[::]/", NULL, "https://[::]/"},
    {"https://[1::]/", NULL, "https://[1::]/"},
    {"https://[::ffff:192.0.2.1]/", NULL, "https://[::ffff:c000:201]/"},
    {"https://[1:2:3:4:5:6:192.0.2.1]/", NULL, "https://[1:2:3:4:5:6:c000:201]/"},
    {"https://[1:2:3:4:5:6:7::]/", NULL, "https://[1:2:3:4:5:6:7:0]/"},
    {"https://[::2:3:4:5:6:7:8]/", NULL, "https://[0:2:3:4:5:6:7:8]/"},
    {"https://[1:2:3:4:5:6:7:8::]/", NULL, NULL},
    {"https://[::1:2:3:4:5:6:7:8]/", NULL, NULL},
    {"https://[1:2:3:4:5:6:7]/", NULL, NULL},
    {"https://[1:2:3:4:5:6:7:8:9]/", NULL, NULL},
    {"https://[1::2:3:4:5:6:7:8]/", NULL, NULL},
    {"https://[1::2::3]/", NULL, NULL},
    {"https://[:1]/", NULL, NULL},
    {"https://[1:]/", NULL, NULL},
    {"https://[1:2:3:4:5:6:7:]/", NULL, NULL},
    {"https://[:::1]/", NULL, NULL},
    {"https://[12345::]/", NULL, NULL},
    {"https://[::g]/", NULL, NULL},
    {"https://[::1%25eth0]/", NULL, NULL},
    {"https://[::192.0.2]/", NULL, NULL},
    {"https://[::192.0.2.256]/", NULL, NULL},
    {"https://[::192.0.2.01]/", NULL, NULL},
    {"https://[::192.0.2.1.1]/", NULL, NULL},
    {"https://[::.0.2.1]/", NULL, NULL},
    {"https://[1:2:3:4:5:6:7:192.0.2.1]/", NULL, NULL},
    {"https://[::1/", NULL, NULL},
    {"https://[::1]x/", NULL, NULL},
    {"https://x[::1]/", NULL, NULL},
    {"https://[]/", NULL, NULL},
    {"news://[::1]/", NULL, "news://[::1]/"},
    /* escapes */
    {"https://a.example/ \"#<>?`{}^|[]'", NULL, "https://a.example/%20%22#%3C%3E?%60{}^|[]'"},
    {"https://a.example/a<>`{}^|[]'\\\xC3\xBC", NULL, "https://a.example/a%3C%3E%60%7B%7D%5E|[]'/%C3%BC"},
    {"https://a.example/?q= \"<>`{}^|[]'\\\xC3\xBC", NULL, "https://a.example/?q=%20%22%3C%3E`{}^|[]%27\\%C3%BC"},
    {"news:/?'", NULL, "news:/?'"},
    {"https://a.example/\x7F%zz%4", NULL, "https://a.example/%7F%zz%4"},
    {"https://a.example/\xED\xA0\x80\xFF\xC3", NULL, "https://a.example/%EF%BF%BD%EF%BF%BD%EF%BF%BD%EF%BF%BD%EF%BF%BD"},
    {"https://a.example/#\x01 `", NULL, "https://a.example/#%01%20%60"},
    {"https://a.example?x?y#z#w", NULL, "https://a.example/?x?y#z#w"},
    /* paths that are not made of segments */
    {"mailto:Desk \xC3\xBC@harbour.example", NULL, "mailto:Desk %C3%BC@harbour.example"},
    {"data:a  ?b", NULL, "data:a %20?b"},
    {"data:a  #b", NULL, "data:a %20#b"},
    {"data:a  ", NULL, "data:a"},
    {"javascript:..//..", NULL, "javascript:..//.."},
    /* a path that begins with "//" where there is no host */
    {"news:/.//a", NULL, "news:/.//a"},
    {"news:/x/..//a?b#c", NULL, "news:/.//a?b#c"},
    {"/..//b", "news:/.//a", "news:/.//b"},
    {"#d", "news:/.//a?b#c", "news:/.//a?b#d"},
    {"x", "news:/.//a", "news:/.//x"},
    /* files */
    {"file:///var/news/a.html", NULL, "file:///var/news/a.html"},
    {"file:a", NULL, "file:///a"},
    {"file:", NULL, "file:///"},
    {"file://localhost/a", NULL, "file:///a"},
    {"file://Desk/a", NULL, "file://desk/a"},
    {"file://desk:80/a", NULL, NULL},
    {"file:///C|/a/../..", NULL, "file:///C:/"},
    {"file:c:\\news\\a", NULL, "file:///c:/news/a"},
    {"file://c:/a", NULL, "file:///c:/a"},
    {"file://%43%3A/a", NULL, NULL},
    {"../../..", "file:///c:/a/b", "file:///c:/"},
    {"/x", "file:///c:/a/b", "file:///c:/x"},
    {"/d:/x", "file:///c:/a/b", "file:///d:/x"},
    {"d|/x", "file:///c:/a/b", "file:///d:/x"},
    {"d|x", "file:///c:/a/b", "file:///c:/a/d|x"},
    {"//desk/x", "file:///c:/a", "file://desk/x"},
    {"///x", "file://desk/c:/a", "file:///x"},
    {"", "file://desk/a?b#c", "file://desk/a?b"},
    {"?x", "file://desk/a?b#c", "file://desk/a?x"},
    {"#x", "file://desk/a?b#c", "file://desk/a?b#x"},
    {"https:a", "file:///a", "https://a/"},
};

static void own_cases(void **state)
{
    struct url u = {0}, base = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (cases[i].base)
            assert_int_equal(url_parse(&base, str(cases[i].base), NULL), PL_OK);
        const int rc = url_parse(&u, str(cases[i].text), cases[i].base ? &base : NULL);
        if (rc != (cases[i].href ? PL_OK : PL_ERROR) || !same(url_href(&u), str(cases[i].href)))
            fail_msg("\"%s\" on \"%s\": expected %s, found %s", cases[i].text, cases[i].base ? cases[i].base : "",
                     cases[i].href ? cases[i].href : "none", u.len ? u.href : "none");
        if (rc == PL_OK) {
            assert_int_equal(u.href[u.len], 0);
            assert_int_equal(url_parse(&base, url_href(&u), NULL), PL_OK); /* its own normal form */
            assert_string_equal(base.href, u.href);
        }
    }
    url_done(&u);
    url_done(&base);
}

/* ---- parts ---- */

static void parts(void **state)
{
    struct url u = {0};

    (void)state;
    assert_int_equal(url_href(&u).len, 0);
    assert_int_equal(url_host(&u).len, 0);
    assert_int_equal(url_port(&u), 0);
    assert_false(url_is_http(&u));
    assert_int_equal(url_parse(&u, str("http://ann:secret@harbour.example:8080/news/?id=7#top"), NULL), PL_OK);
    assert_true(same(url_scheme(&u), str("http")));
    assert_true(same(url_user(&u), str("ann")));
    assert_true(same(url_password(&u), str("secret")));
    assert_true(same(url_host(&u), str("harbour.example")));
    assert_int_equal(url_port(&u), 8080);
    assert_true(same(url_path(&u), str("/news/")));
    assert_true(same(url_query(&u), str("id=7")));
    assert_true(same(url_fragment(&u), str("top")));
    assert_true(same(url_target(&u), str("/news/?id=7")));
    assert_true(url_is_http(&u));

    assert_int_equal(url_parse(&u, str("https://[::1]?#"), NULL), PL_OK);
    assert_true(same(url_host(&u), str("[::1]")));
    assert_int_equal(url_port(&u), 443);
    assert_int_equal(url_user(&u).len + url_password(&u).len + url_query(&u).len + url_fragment(&u).len, 0);
    assert_true(same(url_target(&u), str("/?")));
    assert_true(same(url_path(&u), str("/")));

    assert_int_equal(url_parse(&u, str("mailto:desk@harbour.example"), NULL), PL_OK);
    assert_true(same(url_path(&u), str("desk@harbour.example")));
    assert_true(u.opaque && !u.has_host && !url_is_http(&u));
    assert_int_equal(url_port(&u), 0);

    assert_int_equal(url_parse(&u, str("news:/.//a"), NULL), PL_OK);
    assert_true(same(url_path(&u), str("//a")));

    assert_int_equal(url_parse(&u, str("nothing"), NULL), PL_ERROR);
    assert_int_equal(url_href(&u).len, 0);
    assert_int_equal(url_target(&u).len, 0);
    assert_int_equal(url_port(&u), 0);
    url_done(&u);
    url_done(&u);
}

static void origins(void **state)
{
    struct url a = {0}, b = {0};

    (void)state;
    assert_false(url_same_origin(&a, &b));
    assert_int_equal(url_parse(&a, str("https://harbour.example/a"), NULL), PL_OK);
    assert_int_equal(url_parse(&b, str("https://ann@harbour.example:443/b"), NULL), PL_OK);
    assert_true(url_same_origin(&a, &b));
    assert_int_equal(url_parse(&b, str("http://harbour.example:443/b"), NULL), PL_OK);
    assert_false(url_same_origin(&a, &b));
    assert_int_equal(url_parse(&b, str("https://harbour.example:444/"), NULL), PL_OK);
    assert_false(url_same_origin(&a, &b));
    assert_int_equal(url_parse(&b, str("https://www.harbour.example/"), NULL), PL_OK);
    assert_false(url_same_origin(&a, &b));
    url_done(&a);
    url_done(&b);
}

/* ---- memory ---- */

static char *repeated(const char *begin, const char *unit, size_t n)
{
    char *text = malloc(strlen(begin) + strlen(unit) * n + 1);

    assert_non_null(text);
    char *at = stpcpy(text, begin);
    for (size_t i = 0; i < n; i++)
        at = stpcpy(at, unit);
    return text;
}

static void base_and_text_of_its_own(void **state)
{
    struct url u = {0}, copy = {0};

    (void)state;
    assert_int_equal(url_parse(&u, str("https://harbour.example/news/ferry"), NULL), PL_OK);
    assert_int_equal(url_parse(&u, str("../tides?x"), &u), PL_OK);
    assert_string_equal(u.href, "https://harbour.example/tides?x");
    assert_int_equal(url_parse(&u, url_path(&u), &u), PL_OK);
    assert_string_equal(u.href, "https://harbour.example/tides");
    char *more = repeated("/c:/../", "longer/", 100);
    assert_int_equal(url_parse(&u, str("file:///c:/news?x"), NULL), PL_OK);
    assert_int_equal(url_parse(&u, str(more), &u), PL_OK);
    assert_int_equal(u.len, strlen("file:///c:/") + 700);
    free(more);
    assert_int_equal(url_parse(&u, str("https://harbour.example/tides"), &u), PL_OK);
    assert_int_equal(url_copy(&copy, &u), PL_OK);
    assert_string_equal(copy.href, u.href);
    assert_ptr_not_equal(copy.href, u.href);
    assert_true(same(url_host(&copy), str("harbour.example")));
    assert_int_equal(url_copy(&copy, &copy), PL_OK);
    assert_int_equal(url_parse(&u, str("none"), NULL), PL_ERROR);
    assert_int_equal(url_copy(&copy, &u), PL_OK);
    assert_int_equal(url_href(&copy).len, 0);
    assert_int_equal(url_parse(&u, str("tides"), &copy), PL_ERROR); /* a base that holds none is none */
    url_done(&u);
    url_done(&copy);
}

static void long_ones(void **state)
{
    static const struct {
        const char *begin, *unit;
        size_t n;
        int rc;
    } row[] = {
        {"https://harbour.example/", "a", URL_MAX - 24, PL_OK},
        {"https://harbour.example/", "a", URL_MAX - 23, PL_ERROR},
        {"https://harbour.example/", "<", URL_MAX / 3 - 8, PL_OK},
        {"https://harbour.example/", "<", URL_MAX / 3 + 8, PL_ERROR},
        {"https://harbour.example/", "\xFF", URL_MAX / 9 + 8, PL_ERROR},
        {"https://harbour.example/", "a/", 200000, PL_OK},
        {"https://harbour.example/", "../", 300000, PL_OK},
        {"https://harbour.example/a", "/b/..", 200000, PL_OK},
        {"https://", "a", 500000, PL_OK},
        {"https://", "a.", 400000, PL_OK},
        {"https://", "0", 1000000, PL_OK},
        {"https://", "\xC3\xBC", 100000, PL_ERROR},
        {"https://", "%C3%BC.", 50, PL_OK},
        {"https://", "\xEF\xB7\xBA", 2000, PL_ERROR}, /* eighteen letters each */
        {"https://", "@", 300000, PL_ERROR},
        {"https://", "a@", 200000, PL_ERROR},
        {"https://", "[", 300000, PL_ERROR},
        {"https://[", ":", 300000, PL_ERROR},
        {"", "\n", 1000000, PL_ERROR},
        {"a", "\n", 1000000, PL_ERROR},
        {"https://harbour.example/", "\n", URL_MAX - 24, PL_OK},
        {"https://harbour.example/", "\n", URL_MAX - 23, PL_ERROR},
    };
    struct url u = {0};

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char *text = repeated(row[i].begin, row[i].unit, row[i].n);
        const int rc = url_parse(&u, str(text), NULL);
        if (rc != row[i].rc)
            fail_msg("%s and %zu times %s: %d", row[i].begin, row[i].n, row[i].unit, rc);
        assert_true(u.len <= URL_MAX);
        free(text);
    }
    url_done(&u);
}

/* ---- sets ---- */

/* Each percent-encode set has what the standard lists, byte for byte. */
static void sets(void **state)
{
    static const struct {
        uint8_t set;
        const char *more; /* than controls and what is above '~' */
    } row[] = {
        {SET_C0, ""},
        {SET_FRAGMENT, " \"<>`"},
        {SET_QUERY, " \"#<>"},
        {SET_SPECIAL_QUERY, " \"#<>'"},
        {SET_PATH, " \"#<>?^`{}"},
        {SET_USERINFO, " \"#<>?^`{}/:;=@[\\]|"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        for (int c = 1; c < 256; c++) {
            const bool in = c < 0x20 || c > 0x7E || strchr(row[i].more, c);
            if (in != ((url_sets[c] & row[i].set) != 0))
                fail_msg("set %d, byte 0x%02X", (int)row[i].set, (unsigned)c);
        }
    for (int c = 0; c < 256; c++) {
        const bool forbidden = c == 0 || (c < 0x80 && strchr("\t\n\r #/:<>?@[\\]^|", c));
        assert_int_equal((url_sets[c] & SET_HOST_FORBIDDEN) != 0, forbidden);
    }
}

/* ---- the Web Platform Tests, where they are ---- */

static struct json_object *tests(const char *name)
{
    const char *top = getenv("SRCDIR");
    char path[4096], *text = NULL;
    struct json_object *all = NULL;
    long size;

    snprintf(path, sizeof path, "%s/../shared/data/fetch/url/%s", top ? top : ".", name);
    FILE *in = fopen(path, "r");
    if (!in) {
        printf("skip %s: not there\n", name);
        return NULL;
    }
    assert_int_equal(fseek(in, 0, SEEK_END), 0);
    size = ftell(in);
    rewind(in);
    text = calloc(1, (size_t)size + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)size, in), (size_t)size);
    fclose(in);
    all = json_tokener_parse(text);
    assert_non_null(all);
    free(text);
    return all;
}

static pl_str member(struct json_object *o, const char *name)
{
    struct json_object *v = NULL;

    if (!json_object_object_get_ex(o, name, &v) || !v)
        return (pl_str){NULL, 0};
    return (pl_str){json_object_get_string(v), (size_t)json_object_get_string_len(v)};
}

/* A part as the tests have it: "?x", "#x", or nothing. */
static bool same_part(struct json_object *o, const char *name, pl_str part)
{
    pl_str wanted = member(o, name);

    if (wanted.len)
        wanted = (pl_str){wanted.ptr + 1, wanted.len - 1};
    return same(wanted, part);
}

static bool wpt_holds(struct json_object *o, struct url *u, struct url *base)
{
    const pl_str on = member(o, "base"), href = member(o, "href"), port = member(o, "port"), scheme = member(o, "protocol");

    if (on.ptr && url_parse(base, on, NULL) != PL_OK)
        return !href.ptr;
    const int rc = url_parse(u, member(o, "input"), on.ptr ? base : NULL);
    if (!href.ptr)
        return rc == PL_ERROR;
    return rc == PL_OK && same(url_href(u), href) && same(url_scheme(u), (pl_str){scheme.ptr, scheme.len - 1}) &&
           same(url_user(u), member(o, "username")) && same(url_password(u), member(o, "password")) &&
           same(url_host(u), member(o, "hostname")) && (port.len ? atoi(port.ptr) : -1) == u->port &&
           same(url_path(u), member(o, "pathname")) && same_part(o, "search", url_query(u)) &&
           same_part(o, "hash", url_fragment(u));
}

/* Every one, whatever the scheme. */
static void wpt_urls(void **state)
{
    struct json_object *all = tests("urltestdata.json");
    struct url u = {0}, base = {0};
    size_t n = 0;

    (void)state;
    for (size_t i = 0; all && i < json_object_array_length(all); i++) {
        struct json_object *o = json_object_array_get_idx(all, i);
        if (!json_object_is_type(o, json_type_object))
            continue;
        n++;
        if (!wpt_holds(o, &u, &base))
            fail_msg("%s: found %s", json_object_to_json_string(o), u.len ? u.href : "none");
    }
    assert_true(!all || n > 600);
    json_object_put(all);
    url_done(&u);
    url_done(&base);
}

static void wpt_escapes(void **state)
{
    struct json_object *all = tests("percent-encoding.json");
    struct url u = {0};
    char text[256];

    (void)state;
    for (size_t i = 0; all && i < json_object_array_length(all); i++) {
        struct json_object *o = json_object_array_get_idx(all, i), *output = NULL;
        if (!json_object_is_type(o, json_type_object))
            continue;
        assert_true(json_object_object_get_ex(o, "output", &output));
        const pl_str in = member(o, "input"), utf8 = member(output, "utf-8");
        snprintf(text, sizeof text, "https://harbour.example/?%.*s#%.*s", (int)in.len, in.ptr, (int)in.len, in.ptr);
        assert_int_equal(url_parse(&u, str(text), NULL), PL_OK);
        if (!same(url_query(&u), utf8) || !same(url_fragment(&u), utf8))
            fail_msg("%s: found %s", json_object_to_json_string(o), u.href);
    }
    json_object_put(all);
    url_done(&u);
}

/* How many of a file's names become what they should; an empty name is no host. */
static size_t names_that_fail(const char *file, const char *known)
{
    struct json_object *all = tests(file);
    struct url u = {0};
    char text[4096];
    size_t n_bad = 0;

    for (size_t i = 0; all && i < json_object_array_length(all); i++) {
        struct json_object *o = json_object_array_get_idx(all, i);
        if (!json_object_is_type(o, json_type_object))
            continue;
        const pl_str in = member(o, "input"), out = member(o, "output");
        /* json-c 0.16 takes some surrogate pairs for U+FFFD; no valid name has that */
        if (out.len && memmem(in.ptr, in.len, "\xEF\xBF\xBD", 3))
            continue;
        snprintf(text, sizeof text, "https://%.*s/x", (int)in.len, in.ptr);
        const int rc = url_parse(&u, str(in.len ? text : ""), NULL);
        if (out.len ? rc == PL_OK && same(url_host(&u), out) : rc == PL_ERROR)
            continue;
        n_bad++;
        if (!known)
            fail_msg("%s: found %s", json_object_to_json_string(o), u.len ? u.href : "none");
    }
    json_object_put(all);
    url_done(&u);
    return n_bad;
}

static void wpt_names(void **state)
{
    (void)state;
    assert_int_equal(names_that_fail("toascii.json", NULL), 0);
    /* characters of Unicode 17, which this ICU may not know */
    assert_true(names_that_fail("IdnaTestV2.json", "Unicode 17") <= 3);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(own_cases), cmocka_unit_test(parts), cmocka_unit_test(origins),
        cmocka_unit_test(base_and_text_of_its_own), cmocka_unit_test(long_ones), cmocka_unit_test(sets),
        cmocka_unit_test(wpt_urls), cmocka_unit_test(wpt_escapes), cmocka_unit_test(wpt_names),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
