/* dedupe_words_test.c - what counts as a word, and which words are the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dedupe_chars.h"
#include "dedupe_words.h"

enum { MAX_WORDS = 256 };

static size_t words(const char *text, size_t len, uint64_t *out)
{
    struct dedupe_words in = dedupe_words_of((pl_str){text, len});
    return dedupe_words_next(&in, out, MAX_WORDS);
}

static size_t count(const char *text)
{
    uint64_t hash[MAX_WORDS];
    return words(text, strlen(text), hash);
}

static bool same(const char *a, const char *b)
{
    uint64_t x[MAX_WORDS], y[MAX_WORDS];
    size_t n = words(a, strlen(a), x);
    return n == words(b, strlen(b), y) && memcmp(x, y, n * sizeof x[0]) == 0;
}

static void splits_words(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n;
    } rows[] = {
        {"", 0},
        {" \n\t.,;-!", 0},
        {"\u2019\u201C\u201D \u2014 \u2026", 0},
        {"Rain", 1},
        {"Rain.", 1},
        {"Heavy rain closed the A83", 5},
        {"the ministry's plan", 4},
        {"the ministry\u2019s plan", 4},
        {"\u201CNo,\u201D she said\u2014twice", 4},
        {"long-delayed", 2},
        {"snake_case", 2},
        {"3,500 jobs", 3},
        {"a b c d e f g h i j k l", 12},
        {"internationalisation", 1},
        {"re\u00ADpub\u200Blished", 1}, /* soft hyphen, zero-width space */
        {"東京で会談", 5},
        {"G7サミット", 5},
        {"ที่นี่", 2},           /* Thai: marks stay with their letter */
        {"हिन्दी में", 2},      /* Devanagari: vowel signs are of the word */
        {"서울 시장", 2},    /* Hangul has spaces */
        {"\u0301\u0301", 0}, /* accents of nothing */
        {"\u093F", 0},       /* a vowel sign of nothing */
        {"caf\u00E9s d\u2019\u00E9t\u00E9", 3},
        {"one\xFFtwo\xC3", 2}, /* not UTF-8: separates */
        {"\xED\xA0\x80 \xF4\x90\x80\x80", 0},
        {"\xC0\xB1\xE0\x80\xB1\xE0\x83\xA9\xF0\x80\x83\xA9", 0}, /* overlong */
        {"\U0001F600 smile", 1},
        {"\U00020000\U0010FFFF", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (count(rows[i].text) != rows[i].n)
            fail_msg("'%s': %zu words, not %zu", rows[i].text, count(rows[i].text), rows[i].n);
    }
}

static void folds_what_makes_no_difference(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"PORT AUTHORITY", "port authority"},
        {"\"No,\" he said.", "\u201CNo,\u201D he said\u2026"},
        {"the union's vote", "the union\u2019s vote"},
        {"two  blanks\nand a line", "two blanks and a line"},
        {"\u00C9LYS\u00C9E", "Elysee"},
        {"Elyse\u0301e", "\u00C9lys\u00E9e"},
        {"ΟΔΟΣ", "οδος"},
        {"ΟΔΟΣ", "οδοσ"},
        {"ПУТЬ", "путь"},
        {"\uFF27\uFF17", "g7"},
        {"\u0130zmir", "izmir"},
        {"repub\u00ADlished", "republished"},
        {"\uFEFFfirst", "first"},
        {"INTERNATIONALISATION of the Constabularies", "internationalisation of the constabularies"},
        {"Ångström-Straße", "angstrom straße"},
        {"\u1E9E", "ß"},
        {"\U00010400", "\U00010428"}, /* Deseret */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!same(rows[i][0], rows[i][1]))
            fail_msg("'%s' and '%s' differ", rows[i][0], rows[i][1]);
    }
}

static void keeps_what_makes_a_difference(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"in law", "inlaw"},
        {"3,500", "3500"},
        {"12", "13"},
        {"abcdefgh", "abcdefg"},
        {"abcdefgh", "abcdefgh1"},
        {"abcdefghabcdefgh", "abcdefgh"},
        {"東京", "京東"},
        {"कि", "की"},
        {"a", "aa"},
        {"bc \u6162", "bc \u6163"},
        {"\u0430", "a"},
        {"abcdefgh", "hgfedcba"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (same(rows[i][0], rows[i][1]))
            fail_msg("'%s' and '%s' are the same", rows[i][0], rows[i][1]);
    }
}

/* The hash of one ASCII word by a way that cannot take eight bytes at a time: each letter is written so that it is
 * read as a character of its own, in full width. */
static uint64_t hash_slowly(const char *word, size_t len)
{
    char wide[3 * 64];
    uint64_t hash[MAX_WORDS];
    assert_true(len <= 64);
    for (size_t i = 0; i < len; i++) {
        unsigned c = 0xFEE0u + (unsigned char)word[i];
        wide[3 * i] = (char)(0xE0 | c >> 12);
        wide[3 * i + 1] = (char)(0x80 | (c >> 6 & 0x3F));
        wide[3 * i + 2] = (char)(0x80 | (c & 0x3F));
    }
    assert_int_equal(words(wide, 3 * len, hash), 1);
    return hash[0];
}

static bool is_word(char c)
{
    return c && strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", c);
}

/* Random ASCII, with every length of words and gaps, against the slow way. */
static void reads_ascii_as_letter_by_letter(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int round = 0; round < 5000; round++) {
        char text[96];
        uint64_t hash[MAX_WORDS];
        size_t len = (seed >> 8) % sizeof text, n = 0;
        uint32_t gaps = 2 + (seed >> 20) % 20;
        for (size_t i = 0; i < len; i++) {
            seed = seed * 1664525 + 1013904223;
            uint32_t x = seed >> 8;
            text[i] = x % gaps == 0 ? (char)(x / gaps % 128) : "eTaoIn7sHrdlU"[x / gaps % 13];
        }
        size_t found = words(text, len, hash);
        for (size_t i = 0; i < len;) {
            size_t end = i;
            while (end < len && is_word(text[end]))
                end++;
            if (end > i && end - i <= 64) {
                assert_true(n < found);
                assert_true(hash[n] == hash_slowly(text + i, end - i));
            }
            n += end > i;
            i = end + 1;
        }
        assert_int_equal(n, found);
        seed = seed * 1664525 + 1013904223;
    }
}

static void stops_where_the_caller_wants(void **state)
{
    (void)state;
    const char *text = "Ministers met in Łódź on Tuesday 東京 re\u00ADread";
    uint64_t all[MAX_WORDS], one = 0;
    size_t n = words(text, strlen(text), all);
    struct dedupe_words in = dedupe_words_of((pl_str){text, strlen(text)});

    assert_int_equal(n, 9);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(dedupe_words_next(&in, &one, 1), 1);
        assert_true(one == all[i]);
    }
    assert_int_equal(dedupe_words_next(&in, &one, 1), 0);
    assert_int_equal(dedupe_words_next(&in, &one, 1), 0);
}

/* Folding ends after one step, and leads to what is a letter itself. */
static void folds_once(void **state)
{
    (void)state;
    for (uint32_t c = 0x80; c < 0x110000; c++) {
        if (dedupe_char_kind(c) != DEDUPE_FOLDS)
            continue;
        uint32_t to = dedupe_char_folded(c);
        assert_true(to != c && to < 0x110000);
        assert_true(to >= 0x80 ? dedupe_char_kind(to) == DEDUPE_LETTER : is_word((char)to));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_words),
        cmocka_unit_test(folds_what_makes_no_difference),
        cmocka_unit_test(keeps_what_makes_a_difference),
        cmocka_unit_test(reads_ascii_as_letter_by_letter),
        cmocka_unit_test(stops_where_the_caller_wants),
        cmocka_unit_test(folds_once),
    };
    return cmocka_run_group_tests_name("dedupe_words", tests, NULL, NULL);
}
