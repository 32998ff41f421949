/* units_test.c - sizes, durations and shares. */
#include "told.h"

#include "units.h"

struct row {
    const char *text;
    int64_t want; /* -1: refused */
};

static void bytes(void **state)
{
    static const struct row rows[] = {
        {"0", 0},
        {"512", 512},
        {"1K", 1024},
        {"1k", 1024},
        {"64M", 67108864},
        {"3G", 3221225472},
        {"2T", INT64_C(2) << 40},
        {"8388607T", INT64_C(8388607) << 40},
        {"8388608T", -1},
        {"99999999999999999999", -1},
        {"", -1},
        {"M", -1},
        {"64X", -1},
        {"64MB", -1},
        {"1.5G", -1},
        {"-1K", -1},
        {"+1", -1},
        {" 1", -1},
        {"1 K", -1},
        {"1m", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t v = -1;
        const bool right = units_bytes(str_of(rows[i].text), &v);
        assert_int_equal(right, rows[i].want >= 0);
        assert_int_equal(v, rows[i].want);
    }
}

static void durations(void **state)
{
    static const struct row rows[] = {
        {"0", 0},
        {"250", 250},
        {"250ms", 250},
        {"30s", 30000},
        {"5m", 300000},
        {"2h", 7200000},
        {"7d", 604800000},
        {"1M", -1},
        {"1.5s", -1},
        {"s", -1},
        {"-1s", -1},
        {"1h30m", -1},
        {"106751991168d", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t v = -1;
        const bool right = units_ms(str_of(rows[i].text), &v);
        assert_int_equal(right, rows[i].want >= 0);
        assert_int_equal(v, rows[i].want);
    }
}

static void shares(void **state)
{
    double v = -1;

    (void)state;
    assert_true(units_share(PL_S("5%"), &v));
    assert_true(v > 0.0499999 && v < 0.0500001);
    assert_true(units_share(PL_S("0%"), &v) && v < 1e-9);
    assert_true(units_share(PL_S("100%"), &v) && v > 1 - 1e-9);
    assert_true(units_share(PL_S("2.5%"), &v) && v > 0.0249 && v < 0.0251);
    assert_false(units_share(PL_S("101%"), &v));
    assert_false(units_share(PL_S("-1%"), &v));
    assert_false(units_share(PL_S("5"), &v));
    assert_false(units_share(PL_S("%"), &v));
    assert_false(units_share(PL_S("x%"), &v));
}

static void printing(void **state)
{
    static const struct {
        int64_t v;
        const char *bytes, *ms;
    } rows[] = {
        {0, "0", "0ms"},
        {67108864, "64M", "67108864ms"},
        {1536, "1536", "1536ms"},
        {10240, "10K", "10240ms"},
        {30000, "30000", "30s"},
        {86400000, "84375K", "1d"},
        {INT64_C(1) << 40, "1T", "1099511627776ms"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf b = {0};
        units_print_bytes(&b, rows[i].v);
        assert_string_equal(buf_cstr(&b), rows[i].bytes);
        buf_clear(&b);
        units_print_ms(&b, rows[i].v);
        assert_string_equal(buf_cstr(&b), rows[i].ms);
        buf_done(&b);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes),
        cmocka_unit_test(durations),
        cmocka_unit_test(shares),
        cmocka_unit_test(printing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
