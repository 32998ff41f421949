/* archive_date_test.c - dates of records as points in time, and ages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "archive_date.h"

/* date -u -d '...' +%s */
static void dates_are_their_last_second(void **state)
{
    static const struct {
        const char *text;
        int64_t end;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01", 86399},
        {"2024-02-29T12:30:05Z", 1709209805},
        {"2024-02-29T12:30:05.999Z", 1709209805},
        {"2024-02-29 12:30:05", 1709209805},
        {"2024-02-29T12:30Z", 1709209859},
        {"2024-02-29T12:30:05+01:00", 1709206205},
        {"2024-02-29T12:30:05+0100", 1709206205},
        {"2024-02-29T12:30:05-01", 1709213405},
        {"2024-02", 1709251199},
        {"2024", 1735689599},
        {"1969-12-31T23:59:59Z", -1},
        {"0001-01-01T00:00:00Z", -62135596800},
        {"9999-12-31T23:59:59Z", 253402300799},
        {"2100-03-01T00:00:00Z", 4107542400},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t end = 0;
        assert_true(archive_date((pl_str){rows[i].text, strlen(rows[i].text)}, &end));
        assert_int_equal(end, rows[i].end);
    }
}

static void what_is_no_date_is_none(void **state)
{
    static const char *const rows[] = {
        "", "2", "202", "20245", "2024-", "2024-1", "2024-13", "2024-00-01", "2024-02-30", "2023-02-29", "2100-02-29",
        "2024-02-29T", "2024-02-29T12", "2024-02-29T25:00", "2024-02-29T12:60", "2024-02-29T12:30:61", "2024-02-29T12:30:",
        "2024-02-29T12:30:05.Z", "2024-02-29T12:30:05x", "2024-02-29T12:30:05Zx", "2024-02-29T12:30:05+1", "2024-02-29Z",
        "2024-02-29T12:30:05+01:0", "0000-01-01", "-2024-01-01", "24-02-29", "1 March 2024", "1709209805",
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t end;
        if (archive_date((pl_str){rows[i], strlen(rows[i])}, &end))
            fail_msg("'%s' is a date", rows[i]);
    }
}

static void ages_have_a_unit(void **state)
{
    static const char *const wrong[] = {"", "d", "1", "0d", "1m", "1dd", "-1d", " 1d", "3650001d", "10001y", "99999999999999999999d"};
    int64_t s;

    (void)state;
    assert_true(archive_age("1h", &s) && s == 3600);
    assert_true(archive_age("365d", &s) && s == 31536000);
    assert_true(archive_age("2w", &s) && s == 1209600);
    assert_true(archive_age("10000y", &s) && s == INT64_C(315360000000));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(archive_age(wrong[i], &s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_their_last_second),
        cmocka_unit_test(what_is_no_date_is_none),
        cmocka_unit_test(ages_have_a_unit),
    };

    return cmocka_run_group_tests_name("archive_date", tests, NULL, NULL);
}
