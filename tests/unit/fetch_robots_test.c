/* fetch_robots_test.c - robots.txt: which group, which rule, and what hostile files can cost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fetch_robots.h"
#include "fetch_robots_rule.h"

static pl_str text_of(const char *z)
{
    return (pl_str){z, strlen(z)};
}

static struct robots *parse(pl_str text)
{
    struct robots *r;

    assert_int_equal(robots_parse(&r, text, PL_S("pressline")), PL_OK);
    return r;
}

#define US "User-agent: pressline\n"

static const struct {
    const char *file, *target;
    bool allowed;
    size_t line; /* of the rule that decided */
} cases[] = {
    /* which group */
    {"", "/a", true, 0},
    {"Disallow: /\n", "/a", true, 0},
    {"User-agent: *\nDisallow: /\n", "/a", false, 2},
    {"User-agent: harbourbot\nDisallow: /\n", "/a", true, 0},
    {US "Disallow: /\n", "/a", false, 2},
    {"User-Agent: PressLine/1.0 (+https://tides.example/bot)\nDisallow: /\n", "/a", false, 2},
    {"User-agent: pressline-images\nDisallow: /\n", "/a", true, 0},
    {"User-agent: press\nDisallow: /\n", "/a", true, 0},
    {"User-agent: presslines\nDisallow: /\n", "/a", true, 0},
    {"User-agent: my pressline\nDisallow: /\n", "/a", true, 0},
    {"User-agent: pressline2\nDisallow: /\n", "/a", false, 2},
    {"User-agent: *\nDisallow: /\n\n" US "Disallow: /b\n", "/a", true, 0},
    {US "Disallow: /b\n\nUser-agent: *\nDisallow: /\n", "/a", true, 0},
    {US "\nUser-agent: *\nDisallow: /\n", "/a", false, 4},
    {US "User-agent: harbourbot\nDisallow: /\n", "/a", false, 3},
    {"User-agent: harbourbot\n" US "Disallow: /\n", "/a", false, 3},
    {US "Disallow: /a\nUser-agent: harbourbot\nAllow: /\n" US "Disallow: /b\n", "/b", false, 6},
    {US "Disallow: /a\nUser-agent: harbourbot\nAllow: /\n" US "Disallow: /b\n", "/a", false, 2},
    {US "Crawl-delay: 2\nUser-agent: harbourbot\nDisallow: /\n", "/a", false, 4},
    {US "Sitemap: /map.xml\nNoindex: /x\nUser-agent: harbourbot\nDisallow: /\n", "/a", false, 5},
    {US "Disallow:\nUser-agent: *\nDisallow: /\n", "/a", true, 0},
    {US "Disallow:\nUser-agent: harbourbot\nDisallow: /\n", "/a", true, 0},
    {"User-agent: *\n" US "Disallow: /\nUser-agent: *\nAllow: /\n", "/a", false, 3},
    {"User-agent: * and all\nDisallow: /\n", "/a", false, 2},
    {"User-agent: *bot\nDisallow: /\n", "/a", true, 0},
    /* how it is written */
    {"\xEF\xBB\xBF" US "Disallow: /\n", "/a", false, 2},
    {"User-agent: pressline\r\nDisallow: /\r\n", "/a", false, 2},
    {"\r\rUser-agent: pressline\rDisallow: /", "/a", false, 4},
    {"\n\r\n\r\rUser-agent: pressline\n\rDisallow: /\r", "/a", false, 7},
    {" \t user-AGENT \t:\t pressline # that is us\n disALLOW : /a # not there\n", "/a", false, 2},
    {US "#Disallow: /\nDisallow: /b#/a\n", "/a", true, 0},
    {US "Disallow: /b#/a\n", "/b", false, 2},
    {"User-agent pressline\nDisallow /a\n", "/a", false, 2},
    {"User-agent pressline\nDisallow /a /b\n", "/a", true, 0},
    {"Useragent: pressline\nDissallow: /a\n", "/a", false, 2},
    {US "Disallowance\nallow\n:\n: /\n", "/a", true, 0},
    /* which rule */
    {US "Disallow: /tides\n", "/tides", false, 2},
    {US "Disallow: /tides\n", "/tides.html?day=1", false, 2},
    {US "Disallow: /tides\n", "/tide", true, 0},
    {US "Disallow: /tides\n", "/Tides", true, 0},
    {US "Disallow: tides\n", "/tides", true, 0},
    {US "Disallow: /\nAllow: /tides/\n", "/tides/high", true, 3},
    {US "Allow: /tides/\nDisallow: /tides/low/\n", "/tides/low/1", false, 3},
    {US "Disallow: /tides/low/\nAllow: /tides/\n", "/tides/low/1", false, 2},
    {US "Disallow: /tides\nAllow: /tides\n", "/tides", true, 3},
    {US "Disallow: /*a\nAllow: /a$\n", "/a", true, 3},
    {US "Allow: /a$b\nDisallow: /a*b*\n", "/a$b", false, 3},
    {US "Allow: /tides\nDisallow: /tides\n", "/tides", true, 2},
    {US "Allow: /t\nDisallow: /*.html\n", "/t.html", false, 3},
    {US "Disallow: /*.html$\n", "/t.html", false, 2},
    {US "Disallow: /*.html$\n", "/t.html?x", true, 0},
    {US "Disallow: /*.html$\n", "/.html.html", false, 2},
    {US "Disallow: /t$\n", "/t", false, 2},
    {US "Disallow: /t$\n", "/t/", true, 0},
    {US "Disallow: /t$x\n", "/t$x1", false, 2},
    {US "Disallow: /$\n", "", false, 2},
    {US "Disallow: *\n", "/a", false, 2},
    {US "Disallow: $\n", "/a", true, 0},
    {US "Disallow: *$\n", "/a", false, 2},
    {US "Disallow: /a*b*c\n", "/aXbXc/more", false, 2},
    {US "Disallow: /a*b*c$\n", "/abcabc", false, 2},
    {US "Disallow: /a*b*c$\n", "/abcab", true, 0},
    {US "Disallow: /a**b\n", "/ab", false, 2},
    {US "Disallow: /*aab\n", "/aaab", false, 2},
    {US "Disallow: /ab*ab$\n", "/ab", true, 0},
    {US "Disallow: /*?\n", "/a?b", false, 2},
    {US "Disallow: /\n", "/robots.txt", true, 0},
    {US "Disallow: /\n", "/robots.txt?", false, 2},
    {US "Disallow: /\nAllow: /tides/index.html\n", "/tides/", true, 3},
    {US "Disallow: /\nAllow: /tides/index.html\n", "/tides/low", false, 2},
    {US "Allow: /\nDisallow: /tides/index.html\n", "/tides/", true, 2},
    /* percent-encoding */
    {US "Disallow: /caf\xC3\xA9\n", "/caf%C3%A9/", false, 2},
    {US "Disallow: /caf%c3%a9\n", "/caf%C3%A9", false, 2},
    {US "Disallow: /caf%C3%A9\n", "/caf\xC3\xA9", false, 2},
    {US "Disallow: /%74ides\n", "/tides", false, 2},
    {US "Disallow: /tides\n", "/%74ide%73", false, 2},
    {US "Disallow: /a%2Fb\n", "/a/b", true, 0},
    {US "Disallow: /a%2fb\n", "/a%2Fb", false, 2},
    {US "Disallow: /a%2Ab\n", "/a*b", false, 2},
    {US "Disallow: /a%2Ab\n", "/aXb", true, 0},
    {US "Disallow: /a%24\n", "/a$/x", false, 2},
    {US "Disallow: /a b\n", "/a%20b", false, 2},
    {US "Disallow: /*?day[]=\n", "/t?day%5B%5D=1", false, 2},
    {US "Disallow: /*?q=it's\n", "/t?q=it%27s", false, 2},
    {US "Disallow: /100%\n", "/100%", false, 2},
    {US "Disallow: /t?from=https://tides.example\n", "/t?from=https%3A%2F%2Ftides.example/", false, 2},
    {US "Disallow: /t?from=https%3A%2F%2Ftides.example\n", "/t?from=https://tides.example/", false, 2},
    {US "Disallow: /?u=/x\n", "/?u=/x", false, 2},
    {US "Disallow: /*/print\n", "/t?a/print", false, 2},
};

static void all_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct robots *r = parse(text_of(cases[i].file));
        const struct robots_verdict v = robots_judge(r, text_of(cases[i].target));
        if (v.allowed != cases[i].allowed || v.line != cases[i].line)
            fail_msg("case %zu, '%s' of\n%s: allowed %d by line %zu", i, cases[i].target, cases[i].file, v.allowed, v.line);
        assert_int_equal(robots_allowed(r, text_of(cases[i].target)), cases[i].allowed);
        assert_int_equal(v.rule.len > 0, v.line > 0);
        robots_free(r);
    }
    assert_true(robots_allowed(NULL, PL_S("/a")));
}

static void shown_rule(void **state)
{
    struct robots *r = parse(PL_S(US "Disallow: /caf\xC3\xA9/*.php$\nAllow: /tides/index.html*\n"));
    struct robots_verdict v = robots_judge(r, PL_S("/caf%C3%A9/menu.php"));

    (void)state;
    assert_int_equal(v.rule.len, strlen("/caf%C3%A9/*.php$"));
    assert_memory_equal(v.rule.ptr, "/caf%C3%A9/*.php$", v.rule.len);
    v = robots_judge(r, PL_S("/tides/"));
    assert_memory_equal(v.rule.ptr, "/tides/index.html*", strlen("/tides/index.html*"));
    assert_int_equal(robots_group(r), ROBOTS_GROUP_OWN);
    assert_int_equal(robots_n_rules(r), 3);
    robots_free(r);
    r = parse(PL_S("User-agent: *\n"));
    assert_int_equal(robots_group(r), ROBOTS_GROUP_ANY);
    robots_free(r);
    r = parse(PL_S("User-agent: harbourbot\nDisallow: /\n"));
    assert_int_equal(robots_group(r), ROBOTS_NO_GROUP);
    robots_free(r);
}

/* The caller's token. */
static void tokens(void **state)
{
    static const struct {
        const char *agent, *token;
        bool own;
    } row[] = {
        {"pressline", "PRESSLINE", true}, {"bot1", "bot1", true},  {"bot1", "bot", true},   {"bot", "bot1", false},
        {"bot-1", "bot", false},          {"a bot", "a bot", false}, {"", "", false},          {"*", "*", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char file[100];
        struct robots *r;
        const int n = snprintf(file, sizeof file, "User-agent: %s\nDisallow: /\n", row[i].agent);
        assert_int_equal(robots_parse(&r, (pl_str){file, (size_t)n}, text_of(row[i].token)), PL_OK);
        if ((robots_group(r) == ROBOTS_GROUP_OWN) != row[i].own)
            fail_msg("'%s' for '%s'", row[i].agent, row[i].token);
        robots_free(r);
    }
}

static void delays(void **state)
{
    static const struct {
        const char *file;
        int64_t ms;
    } row[] = {
        {US "Crawl-delay: 10\n", 10000},
        {US "crawl-delay: 0.25 # seconds\n", 250},
        {US "Crawl-delay: .5\n", 500},
        {US "Crawl-delay: 1.23456789\n", 1234},
        {US "Crawl-delay: 10s\n", 10000},
        {US "Crawl-delay: 0\n", 0},
        {US "Crawl-delay:\n", -1},
        {US "Crawl-delay: soon\n", -1},
        {US "Crawl-delay: -5\n", -1},
        {US "Crawl-delay: .\n", -1},
        {US "Crawl-delay: 2\nCrawl-delay: 7\nCrawl-delay: 3\n", 7000},
        {US "Crawl-delay: 2\nUser-agent: harbourbot\nDisallow: /a\n", 2000},
        {US "User-agent: harbourbot\nCrawl-delay: 2\n", 2000},
        {US "Disallow: /a\nUser-agent: harbourbot\nCrawl-delay: 2\n", -1},
        {"User-agent: *\nCrawl-delay: 2\n", 2000},
        {"User-agent: *\nCrawl-delay: 2\n" US "Disallow: /a\n", -1},
        {"User-agent: *\nDisallow: /b\nCrawl-delay: 2\n" US "Disallow: /a\n", -1},
        {"Crawl-delay: 2\n" US "Disallow: /a\n", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct robots *r = parse(text_of(row[i].file));
        if (robots_delay_ms(r) != row[i].ms)
            fail_msg("%s: %lld ms", row[i].file, (long long)robots_delay_ms(r));
        robots_free(r);
    }
    struct robots *r = parse(PL_S(US "Crawl-delay: 99999999999999999999999999999999\n"));
    assert_true(robots_delay_ms(r) > INT64_C(1000000000000));
    robots_free(r);
}

static void sitemaps(void **state)
{
    struct robots *r = parse(PL_S("Sitemap: https://tides.example/map.xml\nUser-agent: harbourbot\nSITEMAP: /news map.xml # new\n"
                                  "sitemap: https://tides.example/map.xml\nSite-map: c\nsitemap:\n"));
    static const char *const want[] = {"https://tides.example/map.xml", "/news map.xml", "c"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const pl_str got = robots_sitemap(r, i);
        assert_int_equal(got.len, strlen(want[i]));
        assert_memory_equal(got.ptr, want[i], got.len);
    }
    assert_null(robots_sitemap(r, 3).ptr);
    robots_free(r);
}

static void utf16(void **state)
{
    static const char ascii[] = US "Disallow: /caf\xE9\nSitemap: /m\n";
    char wide[2 * sizeof ascii];

    (void)state;
    for (int big = 0; big < 2; big++) {
        memcpy(wide, big ? "\xFE\xFF" : "\xFF\xFE", 2);
        for (size_t i = 0; i < sizeof ascii - 1; i++) {
            wide[2 + 2 * i + (size_t)big] = ascii[i];
            wide[3 + 2 * i - (size_t)big] = 0;
        }
        struct robots *r = parse((pl_str){wide, sizeof wide});
        assert_false(robots_allowed(r, PL_S("/caf%C3%A9")));
        assert_int_equal(robots_sitemap(r, 0).len, 2);
        robots_free(r);
    }
}

/* What stands past 500 KiB is not read, nor is the line that is cut there. */
static void size_limit(void **state)
{
    static char file[ROBOTS_MAX + 4096];
    static const char last[] = "Disallow: /b/c\n";
    const int n = snprintf(file, sizeof file, "%s", US "Disallow: /a\n");

    (void)state;
    memset(file + n, '\n', sizeof file - (size_t)n);
    memcpy(file + ROBOTS_MAX - (sizeof last - 1), last, sizeof last - 1);
    struct robots *r = parse((pl_str){file, sizeof file});
    assert_false(robots_allowed(r, PL_S("/b/c")));
    robots_free(r);
    file[ROBOTS_MAX - (sizeof last - 1)] = '\n';
    memcpy(file + ROBOTS_MAX - (sizeof last - 2), last, sizeof last - 1);
    r = parse((pl_str){file, sizeof file});
    assert_true(robots_allowed(r, PL_S("/b/c")));
    robots_free(r);
    memset(file + ROBOTS_MAX - 100, '\n', 100);
    memcpy(file + ROBOTS_MAX - 12, last, sizeof last - 1); /* "Disallow: /b" would be another rule */
    for (size_t len = ROBOTS_MAX; len <= ROBOTS_MAX + 1; len++) {
        r = parse((pl_str){file, len});
        assert_true(robots_allowed(r, PL_S("/b/c")));
        robots_free(r);
    }
    r = parse((pl_str){file, sizeof file});
    assert_true(robots_allowed(r, PL_S("/b/c")));
    assert_false(robots_allowed(r, PL_S("/a")));
    assert_int_equal(robots_n_rules(r), 1);
    robots_free(r);
}

static void long_line(void **state)
{
    static char file[200000], target[100000];
    const int n = snprintf(file, sizeof file, "%s", US "Disallow: /");

    (void)state;
    memset(file + n, 'a', 150000);
    snprintf(file + n + 150000, 100, "\nDisallow: /b\n");
    memset(target, 'a', sizeof target);
    target[0] = '/';
    struct robots *r = parse(text_of(file));
    assert_false(robots_allowed(r, (pl_str){target, sizeof target}));
    assert_true(robots_allowed(r, (pl_str){target, 10000}));
    assert_false(robots_allowed(r, PL_S("/b")));
    assert_true(robots_size(r) < 20000);
    robots_free(r);
}

/* Percent-encoded a target may be three times as long. */
static void long_target(void **state)
{
    struct robots *r = parse(PL_S(US "Disallow: /*\xC3\xA9x$\n"));
    char *target = malloc(100001);

    (void)state;
    assert_non_null(target);
    for (size_t n = 600; n <= 100000; n += n < 1100 ? 1 : 33333) {
        memset(target, '\xC3', n);
        target[0] = '/';
        memcpy(target + n - 3, "\xC3\xA9x", 3);
        assert_false(robots_allowed(r, (pl_str){target, n}));
        assert_true(robots_allowed(r, (pl_str){target, n - 1}));
    }
    free(target);
    robots_free(r);
}

/* The worst that 500 KiB can ask for: it ends, and what cannot be told in bounded work is not allowed.  Were a star
 * ever tried twice, this would take years. */
static void hostile_patterns(void **state)
{
    static const char *const piece[] = {"*a", "*aaaab", "a*", "*a*aaaab", "*%C3"};
    const size_t len = 1 << 18;
    char *file = malloc(ROBOTS_MAX + 1), *target = malloc(len);
    size_t n_too_much = 0;

    (void)state;
    assert_non_null(file);
    assert_non_null(target);
    memset(target, 'a', len);
    target[0] = '/';
    for (size_t i = 0; i < sizeof piece / sizeof *piece; i++) {
        for (size_t per_line = 1; per_line < 20000; per_line *= 800) {
            size_t n = (size_t)snprintf(file, 100, "%s", US);
            while (n + 20 + strlen(piece[i]) * per_line < ROBOTS_MAX) {
                n += (size_t)snprintf(file + n, 20, "Disallow: /");
                for (size_t k = 0; k < per_line; k++)
                    n += (size_t)snprintf(file + n, 40, "%s", piece[i]);
                n += (size_t)snprintf(file + n, 3, "b\n");
            }
            struct robots *r = parse((pl_str){file, n});
            const struct robots_verdict v = robots_judge(r, (pl_str){target, len});
            n_too_much += v.too_much;
            assert_true(v.allowed != v.too_much);
            robots_free(r);
        }
    }
    assert_true(n_too_much > 0);
    free(file);
    free(target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_cases),   cmocka_unit_test(shown_rule), cmocka_unit_test(tokens), cmocka_unit_test(delays),
        cmocka_unit_test(sitemaps),    cmocka_unit_test(utf16),      cmocka_unit_test(size_limit),
        cmocka_unit_test(long_line),   cmocka_unit_test(long_target), cmocka_unit_test(hostile_patterns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
