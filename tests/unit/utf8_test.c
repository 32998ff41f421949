/* utf8_test.c - UTF-8 proved, counted and repaired; places in a text in bytes and in code points. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "offsets.h"
#include "str.h"
#include "utf8.h"

/* A second opinion, from the definition: decode, then ask whether the shortest encoding is what was read. */
static size_t plain_length(const unsigned char *p, size_t n)
{
    const size_t len = p[0] < 0x80 ? 1 : p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    uint32_t cp = len == 1 ? p[0] : p[0] & (0x7Fu >> len);
    char again[4];

    if (len > n || (len > 1 && p[0] < 0xC0) || p[0] >= 0xF8)
        return 0;
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        cp = cp << 6 | (p[i] & 0x3F);
    }
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
        return 0;
    return utf8_encode(cp, again) == len && memcmp(again, p, len) == 0 ? len : 0;
}

static void every_code_point_is_valid_but_surrogates(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        char text[4];
        const size_t n = utf8_encode(cp, text);
        const bool surrogate = cp >= 0xD800 && cp <= 0xDFFF;
        assert_int_equal(n, cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4);
        assert_int_equal(utf8_valid((pl_str){text, n}), surrogate ? 0 : n);
    }
}

static void agrees_with_the_definition(void **state)
{
    /* Bytes at the edges of every range, in all sequences of four. */
    static const unsigned char edge[] = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0,
                                         0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFF};
    const size_t n = sizeof edge;

    (void)state;
    for (size_t i = 0; i < n * n * n * n; i++) {
        const unsigned char p[4] = {edge[i % n], edge[i / n % n], edge[i / n / n % n], edge[i / n / n / n]};
        for (size_t len = 1; len <= 4; len++) {
            size_t want = 0, step;
            while (want < len && (step = plain_length(p + want, len - want)) > 0)
                want += step;
            if (utf8_valid((pl_str){(const char *)p, len}) != want)
                fail_msg("%02x %02x %02x %02x, %zu bytes", p[0], p[1], p[2], p[3], len);
        }
    }
}

static void finds_the_first_bad_byte_anywhere(void **state)
{
    char text[100];

    (void)state;
    for (size_t len = 1; len < sizeof text; len++) {
        for (size_t at = 0; at < len; at++) {
            memset(text, 'a', sizeof text);
            text[at] = (char)0xFF;
            assert_int_equal(utf8_valid((pl_str){text, len}), at);
        }
    }
    assert_int_equal(utf8_valid((pl_str){NULL, 0}), 0);
}

static void repairs_each_maximal_part_once(void **state)
{
#define X "\xEF\xBF\xBD"
    static const struct {
        pl_str bad, good;
    } rows[] = {
        /* The example of the Unicode standard, table 3-8. */
        {PL_S("\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64"), PL_S("a" X X X "b" X "c" X X "d")},
        {PL_S("\xC0\x80"), PL_S(X X)},
        {PL_S("\xED\xA0\x80"), PL_S(X X X)},
        {PL_S("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42"), PL_S(X X X X X "A" X X "B")},
        {PL_S("caf\xE9"), PL_S("caf" X)},
        {PL_S("\xE2\x82"), PL_S(X)},
        {PL_S("\xF0\x9F\x98"), PL_S(X)},
        {PL_S("na\xC3\xAFve"), PL_S("na\xC3\xAFve")},
        {PL_S("a\0\xFF\0"), PL_S("a\0" X "\0")},
        {PL_S(""), PL_S("")},
    };
#undef X
    struct arena a = {0};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const pl_str got = utf8_repair(&a, rows[i].bad);
        assert_true(str_eq(got, rows[i].good));
        assert_int_equal(utf8_valid(got), got.len);
        assert_int_equal(got.ptr[got.len], 0);
    }
    arena_done(&a);
}

static void repair_keeps_the_limit(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a, 8);
    assert_null(utf8_repair(&a, PL_S("\xFF\xFF\xFF")).ptr);
    assert_non_null(utf8_repair(&a, PL_S("\xFF\xFF")).ptr);
    arena_done(&a);
}

/* Texts of mixed widths, long enough to cross blocks. */
static pl_str mixed(char *out, size_t n_points, uint32_t seed)
{
    static const uint32_t points[] = {'a', 'n', 0xE9, 0x2019, 0x20AC, 0x4E2D, 0x1F5DE, 0x10FFFF, 0x7FF, 0x800};
    size_t len = 0;

    for (size_t i = 0; i < n_points; i++) {
        seed = seed * 1664525 + 1013904223;
        len += utf8_encode(points[(seed >> 20) % 10], out + len);
    }
    return (pl_str){out, len};
}

static void counts_code_points(void **state)
{
    char text[400 * 4];

    (void)state;
    for (size_t n = 0; n < 400; n++) {
        const pl_str s = mixed(text, n, (uint32_t)n);
        assert_int_equal(utf8_count(s), n);
    }
    assert_int_equal(utf8_count((pl_str){NULL, 0}), 0);
}

static void check_offsets(pl_str s)
{
    size_t *before = malloc(offsets_blocks(s) * sizeof *before);
    struct offsets o;
    size_t point = 0;

    assert_non_null(before);
    offsets_init(&o, s, before);
    for (size_t at = 0; at <= s.len; at++) {
        if (!utf8_boundary(s, at))
            continue;
        assert_int_equal(offsets_point(&o, at), point);
        assert_int_equal(offsets_byte(&o, point), at);
        point++;
    }
    assert_int_equal(o.n_points, point - 1);
    free(before);
}

static void offsets_go_both_ways(void **state)
{
    static char text[1000 * 4];

    (void)state;
    check_offsets(PL_S(""));
    for (size_t n = 1; n < 300; n += 7)
        check_offsets(mixed(text, n, (uint32_t)n * 31));
    check_offsets(mixed(text, 1000, 5));
    memset(text, 'x', sizeof text);
    for (size_t n = 60; n < 70; n++)
        check_offsets((pl_str){text, n});
    /* Blocks that begin inside a character. */
    for (size_t n = 0; n + 3 <= sizeof text; n += 3)
        memcpy(text + n, "\xE2\x82\xAC", 3);
    check_offsets((pl_str){text, 999});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_is_valid_but_surrogates),
        cmocka_unit_test(agrees_with_the_definition),
        cmocka_unit_test(finds_the_first_bad_byte_anywhere),
        cmocka_unit_test(repairs_each_maximal_part_once),
        cmocka_unit_test(repair_keeps_the_limit),
        cmocka_unit_test(counts_code_points),
        cmocka_unit_test(offsets_go_both_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
