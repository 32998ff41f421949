/* archive_name_test.c - what a record holds becomes a word in a path, and leads nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "archive_name.h"

static pl_str str(const char *s)
{
    return (pl_str){s, strlen(s)};
}

static void words(void **state)
{
    static const char *const pairs[][2] = {
        {"", "unknown"},
        {"The Arden Post", "the_arden_post"},
        {"news.example", "news.example"},
        {"..", "__"},
        {"../../etc/passwd", "_._.__etc_passwd"},
        {".hidden", "_hidden"},
        {"-rf", "_rf"},
        {"a..b", "a._b"},
        {"ends.", "ends_"},
        {"a/b\\c:d", "a_b_c_d"},
        {"caf\xc3\xa9", "caf%c3%a9"},
        {"tab\tline\nnul", "tab_line_nul"},
        {"100%", "100_"},
        {"state", "_state"},
        {"Report-2", "_report-2"},
        {"deadletters", "_deadletters"},
        {"~root", "_root"},
        {"$HOME", "_home"},
        {"{site}", "_site_"},
    };
    char got[NAME_WORD + 1];

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        got[archive_name_word(str(pairs[i][0]), got)] = 0;
        assert_string_equal(got, pairs[i][1]);
        assert_null(strstr(got, ".."));
    }
}

static void long_words(void **state)
{
    char a[300], b[300], x[NAME_WORD + 1], y[NAME_WORD + 1];

    (void)state;
    memset(a, 'a', sizeof a);
    memset(b, 'a', sizeof b);
    b[299] = 'b';
    x[archive_name_word((pl_str){a, sizeof a}, x)] = 0;
    y[archive_name_word((pl_str){b, sizeof b}, y)] = 0;
    assert_int_equal(strlen(x), strlen(y));
    assert_true(strcmp(x, y) != 0);
    for (size_t n = 0; n < sizeof a; n++) {
        memset(a, n % 2 ? 0xff : 'q', sizeof a);
        assert_in_range(archive_name_word((pl_str){a, n}, x), 1, NAME_WORD);
    }
}

/* Bytes of any kind: letters, digits, ".-_%" come out, no point or hyphen first, no two points, and never too many. */
static void hostile(void **state)
{
    static const char pieces[][8] = {"..", "/", ".", "\\", "-", "\n", "\x80", "A", "9", "%2e", "~", ":", " ", "state", "con", "\x01"};
    uint32_t seed = 7;
    char value[400], got[NAME_WORD];

    (void)state;
    for (int i = 0; i < 20000; i++) {
        size_t n = 0;
        for (int k = 0; k < 1 + i % 60; k++) {
            seed = seed * 1664525u + 1013904223u;
            const char *p = pieces[seed >> 28];
            memcpy(value + n, p, strlen(p));
            n += strlen(p);
            if ((seed >> 20 & 31) == 0)
                value[n++] = 0;
        }
        const size_t len = archive_name_word((pl_str){value, n}, got);
        assert_in_range(len, 1, NAME_WORD);
        assert_true(got[0] != '.' && got[0] != '-' && got[len - 1] != '.');
        for (size_t k = 0; k < len; k++) {
            assert_non_null(memchr("abcdefghijklmnopqrstuvwxyz0123456789.-_%", got[k], 40));
            assert_false(k && got[k] == '.' && got[k - 1] == '.');
        }
    }
}

static void check_name(const char *path, const char *site, const char *date, const char *wanted)
{
    const pl_str value[] = {str(site), str(date), str("third")};
    struct archive_name name;
    char why[256] = "", got[4096];

    if (!archive_name_parse(&name, str(path), why, sizeof why))
        fail_msg("%s", why);
    const size_t n = archive_name_put(&name, value, got);
    assert_true(n <= archive_name_most(&name));
    got[n] = 0;
    assert_string_equal(got, wanted);
}

static void names(void **state)
{
    const char *const t = "out/{site}/{published:%Y-%m}/articles.jsonl.gz";

    (void)state;
    check_name(t, "BBC News", "2024-03-09T10:00:00Z", "bbc_news/2024-03/articles.jsonl.gz");
    check_name(t, "", "2024-03-09", "unknown/2024-03/articles.jsonl.gz");
    check_name(t, "..", "yesterday", "__/unknown/articles.jsonl.gz");
    check_name(t, "a", "2024-13-09", "a/unknown/articles.jsonl.gz");
    check_name(t, "a", "2024-01-091", "a/unknown/articles.jsonl.gz");
    check_name("{site}-{published:%Y%m%d}.csv", "a", "2024-03-09 ", "a-20240309.csv");
    check_name("o/{{x/{site}.gz", "a", "", "{x/a.gz");
}

static void bad_templates(void **state)
{
    static const char *const wrong[][2] = {
        {"", "is no path"},
        {"o/{site", "has no }"},
        {"o/{}.gz", "names no field"},
        {"o/{site}", "must end in fixed text"},
        {"o/{site}/../x.gz", "no .. and no"},
        {"o/{published:%H}.gz", "a date has"},
        {"o/{published:2024}.gz", "a date has"},
        {"o/{published:%Y/%m}.gz", "a date has"},
        {"o/{published:%}.gz", "a date has"},
        {"o/{dedupe.cluster}.gz", "with a point in it"},
        {"o/{a}{b}{c}{d}.gz", "too many fields for the name"},
        {"o/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}/{l}/{m}/{n}/{o}/{p}/{q}/{r}.gz", "too many fields"},
        {"o/{a}{b}/{c}{d}/{e}{f}/{g}{h}/{i}{j}/{k}{l}/{m}{n}/{o}{p}/{q}.gz", "too many fields"},
        {"o/{site}//x.gz", "no // behind"},
    };
    struct archive_name name;
    char why[256];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        why[0] = 0;
        assert_false(archive_name_parse(&name, str(wrong[i][0]), why, sizeof why));
        assert_non_null(strstr(why, wrong[i][1]));
    }
    assert_true(archive_name_parse(&name, PL_S("o/{dedupe.cluster}/x.gz"), why, sizeof why));
    assert_true(archive_name_parse(&name, PL_S("/a/b/c.jsonl.gz"), why, sizeof why));
    assert_false(name.has_fields);
    assert_int_equal(name.trusted, 15);
    assert_true(archive_name_parse(&name, PL_S("/a/b/c-{site}.jsonl.gz"), why, sizeof why));
    assert_int_equal(name.trusted, 5);
}

static void may_be(void **state)
{
    static const char *const wrong[] = {"bbc/2024-03/b.gz", "bbc/2024-03/a.gz.idx", "bbc/news/2024-03/a.gz", "a.gz", "/2024-03/a.gz",
                                        "../2024-03/a.gz", "bbc//a.gz", ""};
    struct archive_name name;
    char why[256];

    (void)state;
    assert_true(archive_name_parse(&name, PL_S("o/{site}/{published:%Y-%m}/a.gz"), why, sizeof why));
    assert_true(archive_name_may_be(&name, PL_S("bbc/2024-03/a.gz")));
    assert_true(archive_name_may_be(&name, PL_S("bbc/unknown/a.gz")));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(archive_name_may_be(&name, str(wrong[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words), cmocka_unit_test(long_words),    cmocka_unit_test(hostile),
        cmocka_unit_test(names), cmocka_unit_test(bad_templates), cmocka_unit_test(may_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
