/* str_test.c - views of bytes, and numbers read from them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <locale.h>
#include <stdlib.h>

#include <cmocka.h>

#include "str.h"

static int sign(int v)
{
    return (v > 0) - (v < 0);
}

static void compares_by_bytes(void **state)
{
    static const struct {
        pl_str a, b;
        int want;
    } rows[] = {
        {{"", 0}, {"", 0}, 0},          {{NULL, 0}, {"", 0}, 0},    {{"a", 1}, {"b", 1}, -1},
        {{"a", 1}, {"aa", 2}, -1},      {{"b", 1}, {"aa", 2}, 1},   {{"\x7F", 1}, {"\xC3\xA9", 2}, -1},
        {{"a\0b", 3}, {"a\0c", 3}, -1}, {{"a\0b", 3}, {"a", 1}, 1}, {{"same", 4}, {"same", 4}, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(sign(str_cmp(rows[i].a, rows[i].b)), rows[i].want);
        assert_int_equal(sign(str_cmp(rows[i].b, rows[i].a)), -rows[i].want);
        assert_int_equal(str_eq(rows[i].a, rows[i].b), rows[i].want == 0);
    }
}

static void hash_is_fnv_1a(void **state)
{
    (void)state;
    /* Values published with the function. */
    assert_true(str_hash(PL_S("")) == 0xcbf29ce484222325u);
    assert_true(str_hash(PL_S("a")) == 0xaf63dc4c8601ec8cu);
    assert_true(str_hash(PL_S("foobar")) == 0x85944171f73967e8u);
}

static void trims_white_space_of_ascii(void **state)
{
    (void)state;
    assert_true(str_is(str_trim(PL_S(" \t\r\n\v\fword of mouth \n")), "word of mouth"));
    assert_true(str_is(str_trim(PL_S("\xC2\xA0x")), "\xC2\xA0x"));
    assert_int_equal(str_trim(PL_S("  \n ")).len, 0);
    assert_int_equal(str_trim((pl_str){NULL, 0}).len, 0);
}

static void splits_and_skips_what_is_empty(void **state)
{
    pl_str rest = PL_S(" title, ,byline ,,text"), piece;

    (void)state;
    assert_true(str_split(&rest, ',', &piece) && str_is(piece, "title"));
    assert_true(str_split(&rest, ',', &piece) && str_is(piece, "byline"));
    assert_true(str_split(&rest, ',', &piece) && str_is(piece, "text"));
    assert_false(str_split(&rest, ',', &piece));
    rest = PL_S(" ,, ");
    assert_false(str_split(&rest, ',', &piece));
}

static void copies_end_with_nul(void **state)
{
    char *z = str_dup(PL_S("Reuters"));

    (void)state;
    assert_string_equal(z, "Reuters");
    free(z);
    z = str_dup((pl_str){NULL, 0});
    assert_string_equal(z, "");
    free(z);
}

static void sizes_saturate(void **state)
{
    (void)state;
    assert_true(size_add(SIZE_MAX - 1, 1) == SIZE_MAX);
    assert_true(size_add(SIZE_MAX - 1, 2) == SIZE_MAX);
    assert_true(size_mul(SIZE_MAX / 2, 2) == SIZE_MAX - 1);
    assert_true(size_mul(SIZE_MAX / 2, 3) == SIZE_MAX);
    assert_true(size_mul(SIZE_MAX, 0) == 0);
    assert_true(size_mul(0, SIZE_MAX) == 0);
}

static void reads_integers(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        int64_t want;
    } rows[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"+7", true, 7},
        {"007", true, 7},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"18446744073709551616", false, 0},
        {"99999999999999999999999999", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"+", false, 0},
        {"--1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1.0", false, 0},
        {"0x10", false, 0},
        {"\xD9\xA1", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t v = 42;
        assert_int_equal(str_to_i64(str_of(rows[i].text), &v), rows[i].ok);
        assert_true(v == (rows[i].ok ? rows[i].want : 42));
    }
}

static void reads_reals(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        double want;
    } rows[] = {
        {"0.1", true, 0.1},
        {"1E5", true, 1e5},
        {"-2.5e-3", true, -2.5e-3},
        {"1.7976931348623157e308", true, 1.7976931348623157e308},
        {"5e-324", true, 5e-324},
        {"7", true, 7},
        {"1e309", false, 0},
        {"-1e309", false, 0},
        {"", false, 0},
        {"inf", false, 0},
        {"NaN", false, 0},
        {"0x1p3", false, 0},
        {" 1", false, 0},
        {"1.5.2", false, 0},
        {"1,5", false, 0},
        {"e5", false, 0},
        {"1e", false, 0},
        {".", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double v = 42;
        assert_int_equal(str_to_f64(str_of(rows[i].text), &v), rows[i].ok);
        assert_true(v == (rows[i].ok ? rows[i].want : 42));
    }
}

/* A number longer than any that means something is refused, not read past its buffer. */
static void refuses_endless_reals(void **state)
{
    char text[5000];
    double v;

    (void)state;
    memset(text, '1', sizeof text);
    assert_false(str_to_f64((pl_str){text, sizeof text}, &v));
    text[1] = '.';
    assert_true(str_to_f64((pl_str){text, 300}, &v));
    assert_true(v > 1.1 && v < 1.2);
}

static void reals_do_not_depend_on_the_locale(void **state)
{
    double v = 0;

    (void)state;
    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8"))
        skip();
    assert_true(str_to_f64(PL_S("12.5"), &v) && v == 12.5);
    assert_false(str_to_f64(PL_S("12,5"), &v));
    setlocale(LC_NUMERIC, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_by_bytes),
        cmocka_unit_test(hash_is_fnv_1a),
        cmocka_unit_test(trims_white_space_of_ascii),
        cmocka_unit_test(splits_and_skips_what_is_empty),
        cmocka_unit_test(copies_end_with_nul),
        cmocka_unit_test(sizes_saturate),
        cmocka_unit_test(reads_integers),
        cmocka_unit_test(reads_reals),
        cmocka_unit_test(refuses_endless_reals),
        cmocka_unit_test(reals_do_not_depend_on_the_locale),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
