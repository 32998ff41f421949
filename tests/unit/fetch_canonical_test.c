/* fetch_canonical_test.c - canonical addresses, sites, and patterns of addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "fetch_canonical.h"
#include "fetch_pattern.h"
#include "fetch_site.h"

static pl_str str(const char *s)
{
    return (pl_str){s, strlen(s)};
}

static bool same(pl_str a, pl_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* ---- canonical addresses ---- */

static const struct {
    const char *text, *canonical;
} addresses[] = {
    {"https://harbour.example/news/ferry-late", "https://harbour.example/news/ferry-late"},
    {"HTTPS://Harbour.Example:443/a/../b#top", "https://harbour.example/b"},
    {"https://harbour.example:8443/", "https://harbour.example:8443/"},
    {"https://harbour.example/#:~:text=ferry", "https://harbour.example/"},
    {"https://harbour.example/?", "https://harbour.example/"},
    {"https://harbour.example/?#", "https://harbour.example/"},
    {"https://harbour.example/?id=7&page=2", "https://harbour.example/?id=7&page=2"},
    {"https://harbour.example/?b=2&a=1", "https://harbour.example/?b=2&a=1"}, /* the order may matter */
    {"https://harbour.example/?a&a=&a", "https://harbour.example/?a&a=&a"},
    {"https://harbour.example/?&a=1&&b=2&", "https://harbour.example/?a=1&b=2"},
    {"https://www.harbour.example//a//index.html", "https://www.harbour.example//a//index.html"},
    {"https://harbour.example./a", "https://harbour.example./a"},
    /* tracking */
    {"https://harbour.example/?utm_source=rss&utm_medium=feed", "https://harbour.example/"},
    {"https://harbour.example/?utm_source=rss&id=7&UTM_Campaign=x#y", "https://harbour.example/?id=7"},
    {"https://harbour.example/?id=7&fbclid=IwAR0", "https://harbour.example/?id=7"},
    {"https://harbour.example/?gclid", "https://harbour.example/"},
    {"https://harbour.example/?id=7&amp;utm_source=rss&amp;lang=en", "https://harbour.example/?id=7&amp;lang=en"},
    {"https://harbour.example/?utm%5Fsource=rss&ut%6D_term=x", "https://harbour.example/"},
    {"https://harbour.example/?at_medium=RSS&at_campaign=KARANGA&xtor=RSS-1&wt.mc_id=7", "https://harbour.example/"},
    {"https://harbour.example/?mtm_kwd=a&matomo_x=b&hsa_acc=1&_hsenc=p&mc_cid=1&ysclid=z", "https://harbour.example/"},
    {"https://harbour.example/?autm_source=a&fbclid2=b&gclid%20=c", "https://harbour.example/?autm_source=a&fbclid2=b&gclid%20=c"},
    {"https://harbour.example/?ref=home&source=x&from=y&cid=9&p=3", "https://harbour.example/?ref=home&source=x&from=y&cid=9&p=3"},
    {"https://harbour.example/utm_source=rss", "https://harbour.example/utm_source=rss"},
    {"https://harbour.example/?x=utm_source=rss", "https://harbour.example/?x=utm_source=rss"},
    /* extra: "from_*", "Session", "!utm_id", "!gclid" */
    {"https://harbour.example/?from_app=1&session=2&sessions=3", "https://harbour.example/?sessions=3"},
    {"https://harbour.example/?utm_id=1&utm_term=2&gclid=3", "https://harbour.example/?utm_id=1&gclid=3"},
    /* escapes */
    {"https://harbour.example/%7Eann/%c3%bc%2f%41%2D", "https://harbour.example/~ann/%C3%BC%2FA-"},
    {"https://harbour.example/?q=%e2%82%ac&%61=%62", "https://harbour.example/?q=%E2%82%AC&a=b"},
    {"https://harbour.example/a%2Eb/%2e%2e%2e", "https://harbour.example/a.b/..."},
    {"https://harbour.example/a|b[0]?c^`{|}\\d[1]", "https://harbour.example/a%7Cb%5B0%5D?c%5E%60%7B%7C%7D%5Cd%5B1%5D"},
    {"https://harbour.example/100%/%zz/%4?%", "https://harbour.example/100%25/%25zz/%254?%25"},
    {"https://harbour.example/%2%65%2E/x", "https://harbour.example/%252e./x"},
    {"https://harbour.example/%%41%42", "https://harbour.example/%25AB"},
    {"https://harbour.example/%25%34%31", "https://harbour.example/%2541"},
    /* others keep what they are */
    {"mailto:desk@harbour.example?utm_source=x#y", "mailto:desk@harbour.example?utm_source=x"},
    {"ftp://harbour.example/%7e#x", "ftp://harbour.example/%7e"},
};

static struct tracking *tracking(void)
{
    const pl_str extra[] = {str("from_*"), str("Session"), str("!utm_id"), str("!gclid")};
    struct tracking *t = NULL;
    char message[512];

    assert_int_equal(tracking_make(&t, (pl_list){extra, 4}, message, sizeof message), PL_OK);
    return t;
}

static void canonical(void **state)
{
    struct tracking *t = tracking(), *own = NULL;
    struct url u = {0}, out = {0}, again = {0};
    char message[512];

    (void)state;
    assert_int_equal(tracking_make(&own, (pl_list){NULL, 0}, message, sizeof message), PL_OK);
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        assert_int_equal(url_parse(&u, str(addresses[i].text), NULL), PL_OK);
        struct tracking *const by = strstr(addresses[i].canonical, "sessions") || strstr(addresses[i].canonical, "utm_id") ? t : own;
        assert_int_equal(canonical_url(&u, by, &out), PL_OK);
        if (strcmp(out.href, addresses[i].canonical) != 0)
            fail_msg("%s: expected %s, found %s", addresses[i].text, addresses[i].canonical, out.href);
        /* it is read as it was made, and is its own canonical form */
        assert_int_equal(url_parse(&again, url_href(&out), NULL), PL_OK);
        assert_string_equal(again.href, out.href);
        assert_true(again.path == out.path && again.query == out.query && again.fragment == out.fragment && again.len == out.len);
        assert_int_equal(canonical_url(&again, by, &again), PL_OK);
        assert_string_equal(again.href, out.href);
        assert_int_equal(canonical_url(&u, by, &u), PL_OK);
        assert_string_equal(u.href, out.href);
    }
    tracking_free(t);
    tracking_free(own);
    url_done(&u);
    url_done(&out);
    url_done(&again);
}

/* From all over the table. */
static const char *const tracked[] = {
    "__hsfp",     "__s",       "_branch_match_id", "_ga",    "_gl",      "_hsenc", "_openstat", "cx_testid", "dclid",   "epik",
    "fb_ref",     "fbclid",    "gad_source",       "gbraid", "gclid",    "gclsrc", "igshid",    "itm_term",  "li_fat_id",
    "mc_cid",     "mkt_tok",   "msclkid",          "ns_fee", "oly_enc_id", "pk_kwd", "ref_src", "s_kwcid",   "srsltid", "tblci",
    "ttclid",     "twclid",    "vero_id",          "wbraid", "wickedid", "wt.mc_id", "wt_mc",   "xtor",      "yclid",   "ysclid",
    "utm_source", "utm-medium", "mtm_campaign",    "matomo_kwd", "piwik_kwd", "hsa_acc", "at_medium", "hmb_source",
};

static void names(void **state)
{
    struct tracking *t = tracking();
    char name[200];

    (void)state;
    assert_true(tracking_has(NULL, str("utm_source")));
    assert_true(tracking_has(NULL, str("gclid")));
    assert_false(tracking_has(t, str("gclid")));
    assert_false(tracking_has(t, str("utm_id")));
    assert_true(tracking_has(t, str("utm_ids")));
    assert_true(tracking_has(t, str("SESSION")));
    assert_true(tracking_has(t, str("from_")));
    assert_false(tracking_has(t, str("from")));
    assert_false(tracking_has(t, str("")));
    assert_false(tracking_has(t, str("amp;")));
    assert_true(tracking_has(t, str("amp;fbclid")));
    assert_true(tracking_has(t, str("__HSFP")));
    for (size_t i = 0; i < sizeof tracked / sizeof *tracked; i++)
        if (!tracking_has(NULL, str(tracked[i])))
            fail_msg("%s is not in the table", tracked[i]);
    assert_false(tracking_has(t, str("ysclidx")));
    memset(name, 'a', sizeof name);
    assert_false(tracking_has(t, (pl_str){name, sizeof name}));
    memcpy(name, "utm_", 4);
    assert_true(tracking_has(t, (pl_str){name, sizeof name}));
    tracking_free(t);
    tracking_free(NULL);
}

static void wrong_names(void **state)
{
    static const char *const wrong[] = {"", "*", "!", "!*", "a*b", "a=b", "a b", "a&b", "a%20", "?a", "!!a",
                                        "a12345678901234567890123456789012345678901234567890123456789012345"};
    struct tracking *t = NULL;
    char message[512];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const pl_str item[] = {str("right"), str(wrong[i])};
        assert_int_equal(tracking_make(&t, (pl_list){item, 2}, message, sizeof message), PL_ERROR);
        assert_null(t);
        assert_non_null(strstr(message, "`tracking`: expected the name of a parameter"));
        assert_non_null(strstr(message, wrong[i]));
    }
}

/* ---- sites ---- */

static void sites(void **state)
{
    static const struct {
        const char *host, *site;
    } row[] = {
        {"harbour.example", "harbour.example"},
        {"www.harbour.example", "harbour.example"},
        {"a.b.c.harbour.example", "harbour.example"},
        {"www.bbc.co.uk", "bbc.co.uk"},
        {"bbc.co.uk", "bbc.co.uk"},
        {"co.uk", "co.uk"},
        {"com", "com"},
        {"localhost", "localhost"},
        {"www.harbour.example.", "harbour.example"},
        {"news.xn--mller-kva.de", "xn--mller-kva.de"},
        {"a.b.kobe.jp", "a.b.kobe.jp"},
        {"a.city.kobe.jp", "city.kobe.jp"},
        {"www.ck", "www.ck"},
        {"a.www.ck", "www.ck"},
        {"192.0.2.1", "192.0.2.1"},
        {"[2001:db8::1]", "[2001:db8::1]"},
        {"", ""},
        {".", "."},
        {".com", ".com"},
        {"a..com", "a..com"},
    };
    char host[600];

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const pl_str site = site_of_host(str(row[i].host));
        if (!same(site, str(row[i].site)))
            fail_msg("%s: expected %s, found %.*s", row[i].host, row[i].site, (int)site.len, site.ptr);
    }
    memset(host, 'a', sizeof host);
    memcpy(host + sizeof host - 12, ".harbour.com", 12);
    assert_int_equal(site_of_host((pl_str){host, sizeof host}).len, sizeof host); /* no domain name is so long */
}

/* The list's own test vectors, through the parser as hosts come to be.  What libpsl's list (of 2023 in Debian 12) and the
 * vectors' list do not agree on would be a private suffix that is new. */
static void suffix_vectors(void **state)
{
    const char *top = getenv("SRCDIR");
    char path[4096], line[512], text[300];
    struct url u = {0}, want = {0};
    size_t n = 0;

    (void)state;
    snprintf(path, sizeof path, "%s/../shared/data/fetch/url/test_psl.txt", top ? top : ".");
    FILE *in = fopen(path, "r");
    if (!in) {
        printf("skip test_psl.txt: not there\n");
        return;
    }
    while (fgets(line, sizeof line, in)) {
        char host[200], site[200];
        if (sscanf(line, "checkPublicSuffix('%199[^']', '%199[^']')", host, site) < 2)
            *site = '\0';
        if (strncmp(line, "checkPublicSuffix('", 19) != 0)
            continue;
        n++;
        snprintf(text, sizeof text, "https://%s/", host);
        assert_int_equal(url_parse(&u, str(text), NULL), PL_OK);
        snprintf(text, sizeof text, "https://%s/", *site ? site : host);
        assert_int_equal(url_parse(&want, str(text), NULL), PL_OK);
        const pl_str got = site_of_host(url_host(&u));
        /* a leading dot is no name; the vectors have no site there, we have the host */
        if (!same(got, url_host(&want)))
            fail_msg("%s: expected %s, found %.*s", host, want.href, (int)got.len, got.ptr);
    }
    assert_true(n > 70);
    fclose(in);
    url_done(&u);
    url_done(&want);
}

/* ---- patterns ---- */

static void choices(void **state)
{
    const pl_str include[] = {str("^https://[^/]*harbour\\.example/(news|sport)/"), str("(?i)/TIDES")};
    const pl_str exclude[] = {str("\\.(jpe?g|mp4)(\\?|$)"), str("/archive/")};
    static const struct {
        const char *url;
        bool both, included, not_excluded;
    } row[] = {
        {"https://harbour.example/news/1", true, true, true},
        {"https://www.harbour.example/sport/", true, true, true},
        {"https://harbour.example/shop/", false, false, true},
        {"https://coast.example/tides/7", true, true, true},
        {"https://harbour.example/news/1.jpg", false, true, false},
        {"https://harbour.example/news/1.jpeg?w=7", false, true, false},
        {"https://harbour.example/news/archive/2", false, true, false},
        {"https://coast.example/archive/2", false, false, false},
        {"", false, false, true},
    };
    struct patterns *both, *in, *out, *none;
    char message[512];

    (void)state;
    assert_int_equal(patterns_make(&both, (pl_list){include, 2}, (pl_list){exclude, 2}, message, sizeof message), PL_OK);
    assert_int_equal(patterns_make(&in, (pl_list){include, 2}, (pl_list){NULL, 0}, message, sizeof message), PL_OK);
    assert_int_equal(patterns_make(&out, (pl_list){NULL, 0}, (pl_list){exclude, 2}, message, sizeof message), PL_OK);
    assert_int_equal(patterns_make(&none, (pl_list){NULL, 0}, (pl_list){NULL, 0}, message, sizeof message), PL_OK);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        assert_int_equal(patterns_allow(both, str(row[i].url)), row[i].both);
        assert_int_equal(patterns_allow(in, str(row[i].url)), row[i].included);
        assert_int_equal(patterns_allow(out, str(row[i].url)), row[i].not_excluded);
        assert_true(patterns_allow(none, str(row[i].url)));
    }
    assert_int_equal(patterns_gave_up(both) + patterns_gave_up(in) + patterns_gave_up(out), 0);
    patterns_free(both);
    patterns_free(in);
    patterns_free(out);
    patterns_free(none);
    patterns_free(NULL);
}

static void wrong_patterns(void **state)
{
    static const struct {
        const char *pattern, *message;
    } row[] = {
        {"", "`exclude`: \"\": expected a regular expression, found nothing"},
        {"/news(", "`exclude`: \"/news(\": missing closing parenthesis, at character 7"},
        {"a**", "`exclude`: \"a**\""},
        {"[z-a]", "range out of order in character class, at character"},
        {"\\C", "using \\C is disabled"},
        {"(*UTF)a", "using UTF is disabled by the application"},
        {"m\xC3\xBCller", "addresses have no characters above ASCII: write them escaped, as in %C3%BC"},
        {"((a{1,1000}){1,1000}){1,1000}", "regular expression is too large"},
    };
    const pl_str right = str("/news/");
    struct patterns *p;
    char message[512];

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const pl_str one = str(row[i].pattern);
        assert_int_equal(patterns_make(&p, (pl_list){&right, 1}, (pl_list){&one, 1}, message, sizeof message), PL_ERROR);
        assert_null(p);
        if (!strstr(message, row[i].message))
            fail_msg("expected %s, found %s", row[i].message, message);
    }
    char *big = malloc(5000);
    assert_non_null(big);
    memset(big, 'a', 5000);
    const pl_str one = {big, 5000};
    assert_int_equal(patterns_make(&p, (pl_list){&one, 1}, (pl_list){NULL, 0}, message, sizeof message), PL_ERROR);
    assert_non_null(strstr(message, "`include`: "));
    free(big);
}

/* Patterns that take exponential or high polynomial time.  None begins or ends with a fixed letter, by which PCRE2 would
 * tell at once that there is no match. */
static const char *const endless[] = {
    "(a+)+[bc]", "([a-zA-Z]+)*[bc0]", "(a|aa)+[bc]", "(a|a?)+[bc]", "(.*a){20}[!?]", "(.*a){12}[!?]", "^(a+)+[bc]",
    "((a+)+)+[!?]", "(a*)*[bc]", "(a*a*)*[bc]", "(?:a|a)*[bc]", "(a+a+)+[yz]", "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(\\w+\\s?)*[!?]", "(/?[^/]*)*[!?]", "(.+)+[!?]", "(.+)*\\1[!?]", "a*a*a*a*a*a*a*a*[bc]", ".*.*.*.*.*.*[!?]",
    "(?:(?:a+)b?)+[cd]", "([^/]+/?)+[!?]", "([a-f]+)*[!?]", "(.*)(.*)(.*)(.*)(.*)(.*)[!?]", "(a?){40}a{40}[!?]",
    "(?R)?[!?]", "(a(?1)?)+[!?]", "(?:a{1,30}){1,30}[bc]", "(((((((a+)+)+)+)+)+)+)+[!?]", "\\b(\\w+)+\\b[!?]",
    "(.|.)*[!?]", "([\\s\\S]|a)*[!?]", "(.*?){30}[!?]", "(?:a?a?a?a?)*[bc]", "((.)+)+\\2[!?]", "(?:.*?a){11}[PQ]",
    "^(?:a?)*?[!?]", "(?:a+?)+?[!?]", "(?:(a)|(a))+[!?]", "(?<n>a|(?&n)a)+[!?]", "(?>(a+)+[!?]|(a+)+[?!])",
    "(a+)+(?=[!?])", "(?:(?=(a+))a)+[!?]", "^(a|b|ab)*[!?]", "(a{2,}){2,}[!?]", "(a+){10,}[!?]", "(?:a.*)*[!?]",
    "(?i)(?:A|a)*[!?]", "(a*?)*[bc]", "([^b]*?a)*[!?]", "^((a+)+|(a+)+)+[!?]",
};

static double cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Each ends, is not allowed whether it would have included or excluded, and most are counted as given up. */
static void endless_patterns(void **state)
{
    static const size_t lengths[] = {60, 400, 4000};
    char *address = malloc(8001), message[512];
    size_t n_gave_up = 0, n = 0;
    double slowest = 0;

    (void)state;
    assert_non_null(address);
    memset(address, 'a', 8001);
    for (size_t i = 0; i < sizeof endless / sizeof *endless; i++) {
        const pl_str one = str(endless[i]);
        const pl_list list = {&one, 1}, empty = {NULL, 0};
        struct patterns *in, *out;
        assert_int_equal(patterns_make(&in, list, empty, message, sizeof message), PL_OK);
        assert_int_equal(patterns_make(&out, empty, list, message, sizeof message), PL_OK);
        for (size_t k = 0; k < 3; k++) {
            const pl_str url = {address, lengths[k]};
            const uint64_t before = patterns_gave_up(out);
            const double begin = cpu_seconds();
            assert_false(patterns_allow(in, url));
            const bool allowed = patterns_allow(out, url), gave_up = patterns_gave_up(out) > before;
            const double took = cpu_seconds() - begin;
            slowest = took > slowest ? took : slowest;
            assert_int_equal(allowed, !gave_up); /* not excluded only where it was seen not to match */
            assert_int_equal(patterns_gave_up(in), patterns_gave_up(out));
            n_gave_up += gave_up;
            n++;
        }
        patterns_free(in);
        patterns_free(out);
    }
    print_message("# endless patterns: %zu of %zu given up, the slowest after %.1f ms\n", n_gave_up, n, slowest * 500);
    assert_true(n_gave_up * 10 > n * 8);
    assert_true(slowest < 60); /* without limits most would take years */
    free(address);
}

/* Patterns as people write them, on addresses as long as they come, are not given up. */
static void usual_patterns(void **state)
{
    static const char *const usual[] = {
        "/(19|20)\\d\\d/\\d\\d?/", "^https?://(www\\.)?[a-z0-9.-]+/.+/.+\\.html?$", ".*/news/.*/.*-\\d+.*", "(?i)(sport|politics|culture)",
        "[?&](page|p|offset)=\\d+(&|$)", "^https://[^/]+/([a-z]+/)*[a-z0-9-]+$", "(\\w+-)+\\d+", "^(?:[a-z]|-|/|:|\\.|\\d)+$", "^(?!.*(/tag/|/author/)).*$",
    };
    char address[2001], message[512];

    (void)state;
    strcpy(address, "https://www.harbour.example/");
    for (size_t n = strlen(address), i = 0; n < 2000; n++, i++)
        address[n] = "the-ferry-was-late/and-so/7/"[i % 28];
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        const pl_str one = str(usual[i]);
        struct patterns *p;
        assert_int_equal(patterns_make(&p, (pl_list){NULL, 0}, (pl_list){&one, 1}, message, sizeof message), PL_OK);
        for (size_t n = 30; n <= 2000; n += 197)
            patterns_allow(p, (pl_str){address, n});
        if (patterns_gave_up(p))
            fail_msg("%s: given up %d times", usual[i], (int)patterns_gave_up(p));
        patterns_free(p);
    }
}

static void long_addresses(void **state)
{
    const pl_str one = str("/shop/");
    struct patterns *p, *none;
    char *address = calloc(1, 9001), message[512];

    (void)state;
    assert_non_null(address);
    memset(address, 'a', 9000);
    assert_int_equal(patterns_make(&p, (pl_list){NULL, 0}, (pl_list){&one, 1}, message, sizeof message), PL_OK);
    assert_int_equal(patterns_make(&none, (pl_list){NULL, 0}, (pl_list){NULL, 0}, message, sizeof message), PL_OK);
    assert_true(patterns_allow(p, (pl_str){address, 4096}));
    assert_int_equal(patterns_gave_up(p), 0);
    assert_false(patterns_allow(p, (pl_str){address, 4097}));
    assert_int_equal(patterns_gave_up(p), 1);
    assert_true(patterns_allow(none, (pl_str){address, 9000}));
    patterns_free(p);
    patterns_free(none);
    free(address);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(canonical),      cmocka_unit_test(names),          cmocka_unit_test(wrong_names),
        cmocka_unit_test(sites),          cmocka_unit_test(suffix_vectors), cmocka_unit_test(choices),
        cmocka_unit_test(wrong_patterns), cmocka_unit_test(endless_patterns), cmocka_unit_test(usual_patterns),
        cmocka_unit_test(long_addresses),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
