/* fetch_header_test.c - fields of HTTP heads, however they are written, and what their values say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fetch_header.h"

static pl_str text_of(const char *z)
{
    return (pl_str){z, strlen(z)};
}

/* "-" stands for none. */
static void is_text(pl_str got, const char *want, const char *of)
{
    if (!got.ptr)
        got = PL_S("-");
    if (got.len != strlen(want) || memcmp(got.ptr, want, got.len) != 0)
        fail_msg("of '%s': '%.*s' and not '%s'", of, (int)got.len, got.ptr, want);
}

#define OK "HTTP/1.1 200 OK\r\n"

static void fields(void **state)
{
    static const struct {
        const char *head, *name, *value;
    } row[] = {
        {OK "Content-Type: text/html\r\nAge: 5\r\n\r\n", "content-type", "text/html"},
        {OK "Content-Type: text/html\r\nAge: 5\r\n\r\n", "AGE", "5"},
        {OK "Content-Type: text/html\r\nAge: 5\r\n\r\n", "Ag", "-"},
        {OK "Content-Type: text/html\r\nAge: 5", "Age", "5"},
        {"HTTP/2 200\nage:5\n\n", "Age", "5"},
        {OK "Age:\t 5 \t\r\n\r\n", "Age", "5"},
        {OK "Age:\r\nX: 1\r\n\r\n", "Age", ""},
        {OK "Age :5\r\n\r\n", "Age", "5"},
        {OK "X: 1\r\n\r\nAge: 5\r\n\r\n", "Age", "-"},
        {OK "Age: 1\r\nAge: 2\r\n\r\n", "Age", "1"},
        {OK "no field\r\nAge: 5\r\n\r\n", "Age", "5"},
        {OK ": 1\r\nAge: 5\r\n\r\n", "", "-"},
        {OK "Link: <a>,\r\n <b>\r\n\t, <c>\r\nAge: 5\r\n\r\n", "Link", "<a>,\r\n <b>\r\n\t, <c>"},
        {OK "Link: <a>,\r\n <b>\r\nAge: 5\r\n\r\n", "Age", "5"},
        {OK "Link:\r\n Age: 4\r\nAge: 5\r\n\r\n", "Age", "5"},
        {OK " Age: 4\r\nAge: 5\r\n\r\n", "Age", "5"},
        {OK "Date: a:b\r\n\r\n", "Date", "a:b"},
        {"HTTP/1.1 301 Moved\r\nAge: 1\r\nLocation: /b\r\n\r\n" OK "Age: 2\r\n\r\n", "Age", "2"},
        {"HTTP/1.1 301 Moved\r\nAge: 1\r\nLocation: /b\r\n\r\n" OK "Age: 2\r\n\r\n", "Location", "-"},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "Age", "-"},
        {OK "X: HTTP/1.1 100\r\nAge: 5\r\n\r\n", "Age", "5"},
        {"GET / HTTP/1.1\r\nHost: tides.example\r\n\r\n", "Host", "tides.example"},
        {"Host: tides.example\r\n\r\n", "Host", "tides.example"},
        {"", "Age", "-"},
        {"\r\n\r\n", "Age", "-"},
        {"HTTP/1.1 200", "HTTP/1.1 200", "-"},
        {"HTTP/1.1 200 a: b\r\n\r\n", "HTTP/1.1 200 a", "-"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        is_text(header_field(text_of(row[i].head), row[i].name), row[i].value, row[i].head);
    const pl_str zeros = header_field(PL_S(OK "Age\0: 4\r\nA\0ge: 4\r\nAge: 5\0 6\r\n\r\n"), "Age");
    assert_int_equal(zeros.len, 4);
    assert_memory_equal(zeros.ptr, "5\0 6", 4);
}

static void repeated(void **state)
{
    const pl_str head = PL_S("HTTP/1.1 302 Found\nLink: <x>\n\n" OK "Link: <a>\r\nno field\r\nAge: 5\r\nLINK:\r\nlink: <b>\r\n\r\n");
    char got[100] = "";
    pl_str name, value;
    size_t at = 0, n = 0;

    (void)state;
    while (header_next(head, "Link", &at, &name, &value))
        snprintf(got + strlen(got), 50, "%.*s=%.*s ", (int)name.len, name.ptr, (int)value.len, value.ptr);
    assert_string_equal(got, "Link=<a> LINK= link=<b> ");
    assert_false(header_next(head, "Link", &at, &name, &value));
    for (at = 0; header_next(head, NULL, &at, &name, &value);)
        n++;
    assert_int_equal(n, 4);
}

static void statuses(void **state)
{
    static const struct {
        const char *head;
        int status;
    } row[] = {
        {OK "\r\n", 200},
        {"HTTP/2 404\r\n\r\n", 404},
        {"HTTP/1.0 503", 503},
        {"HTTP/1.1  204 none\r\n\r\n", 204},
        {"HTTP/1.1 301 Moved\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", 200},
        {"HTTP/1.1 2000 OK\r\n\r\n", 0},
        {"HTTP/1.1 99\r\n\r\n", 0},
        {"HTTP/1.1 600 x\r\n\r\n", 0},
        {"HTTP/1.1 -20\r\n\r\n", 0},
        {"HTTP/1.1\r\n200: 200 \r\n\r\n", 0},
        {"ICY 200 OK\r\n\r\n", 0},
        {"", 0},
        {"HTTP/", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (header_status(text_of(row[i].head)) != row[i].status)
            fail_msg("%s: %d", row[i].head, header_status(text_of(row[i].head)));
}

static void lists(void **state)
{
    static const struct {
        const char *value, *items;
    } row[] = {
        {"gzip", "gzip|"},
        {" gzip ,\tbr,deflate ", "gzip|br|deflate|"},
        {",, gzip,,", "gzip|"},
        {"", ""},
        {" , ", ""},
        {"gzip,\r\n br", "gzip|br|"},
        {"a=\"x,y\", b", "a=\"x,y\"|b|"},
        {"a=\"x\\\",y\", b", "a=\"x\\\",y\"|b|"},
        {"a=\"x, b", "a=\"x, b|"},
        {"a\\,b", "a\\|b|"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        pl_str rest = text_of(row[i].value), item;
        char got[100] = "";
        while (header_list_next(&rest, &item))
            snprintf(got + strlen(got), 50, "%.*s|", (int)item.len, item.ptr);
        assert_string_equal(got, row[i].items);
    }
}

static void media_types(void **state)
{
    static const struct {
        const char *value, *type, *charset;
    } row[] = {
        {"text/html", "text/html", "-"},
        {"Text/HTML; Charset=UTF-8", "Text/HTML", "UTF-8"},
        {"text/html;charset=\"utf-8\"", "text/html", "utf-8"},
        {"text/html; charset='utf-8' ; x=y", "text/html", "utf-8"},
        {"text/html; boundary=\"a;charset=x\"; charset = koi8-r", "text/html", "koi8-r"},
        {"text/html; charset=", "text/html", "-"},
        {"text/html;charset", "text/html", "-"},
        {"text/html; charset=; charset=utf-8", "text/html", "utf-8"},
        {"application/atom+xml\r\n\t;charset=utf-8", "application/atom+xml", "utf-8"},
        {"text/html, text/plain; charset=utf-8", "text/html", "-"},
        {"; charset=utf-8", "-", "utf-8"},
        {"charset=utf-8", "-", "-"},
        {"html", "-", "-"},
        {"/html", "-", "-"},
        {"text/", "-", "-"},
        {"text/h tml", "-", "-"},
        {"text/html/x", "-", "-"},
        {"", "-", "-"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const struct media_type m = header_media_type(text_of(row[i].value));
        is_text(m.type, row[i].type, row[i].value);
        is_text(m.charset.len ? m.charset : (pl_str){NULL, 0}, row[i].charset, row[i].value);
    }
    const struct media_type m = header_media_type(PL_S("Text/HTML"));
    assert_true(media_type_is(&m, "text/html"));
    assert_false(media_type_is(&m, "text/htm"));
}

static void validators(void **state)
{
    static char long_tag[HEADER_MAX_VALIDATOR + 1];

    (void)state;
    is_text(header_etag(PL_S("W/\"a b\"")), "W/\"a b\"", "weak");
    is_text(header_etag(PL_S("unquoted")), "unquoted", "unquoted");
    is_text(header_etag(PL_S("")), "-", "nothing");
    is_text(header_etag((pl_str){NULL, 0}), "-", "none");
    is_text(header_etag(PL_S("\"a\r\n b\"")), "-", "folded");
    is_text(header_etag(PL_S("\"a\nX: y\"")), "-", "a line");
    is_text(header_etag(PL_S("\"\xC3\xA9\"")), "-", "not ASCII");
    is_text(header_etag(PL_S("\"a\0b\"")), "-", "a zero");
    memset(long_tag, 'a', sizeof long_tag);
    assert_int_equal(header_etag((pl_str){long_tag, HEADER_MAX_VALIDATOR}).len, HEADER_MAX_VALIDATOR);
    assert_null(header_etag((pl_str){long_tag, sizeof long_tag}).ptr);
    is_text(header_last_modified(PL_S("Sun, 06 Nov 1994 08:49:37 GMT")), "Sun, 06 Nov 1994 08:49:37 GMT", "a date");
    is_text(header_last_modified(PL_S("yesterday")), "-", "no date");
    is_text(header_last_modified(PL_S("Sun, 06 Nov 1994\r\n 08:49:37 GMT")), "-", "folded");
}

static void dates(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } row[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777000},
        {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777000},
        {"Sun Nov  6 08:49:37 1994", 784111777000},
        {"sun, 6 nov 1994 08:49:37 gmt", 784111777000},
        {"Sun, 06-Nov-1994 08:49:37 UTC", 784111777000},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Tue, 29 Feb 2000 12:00:00 GMT", 951825600000},
        {"Thu, 29 Feb 2024 23:59:60 GMT", 1709251199000},
        {"Wednesday, 01-Jan-69 00:00:00 GMT", 3124224000000},
        {"Thursday, 01-Jan-70 00:00:00 GMT", 0},
        {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799000},
        {"Sun, 29 Feb 2023 12:00:00 GMT", -1},
        {"Mon, 29 Feb 2100 12:00:00 GMT", -1},
        {"Sun, 31 Nov 1994 08:49:37 GMT", -1},
        {"Sun, 00 Nov 1994 08:49:37 GMT", -1},
        {"Sun, 06 Nov 1994 24:00:00 GMT", -1},
        {"Sun, 06 Nov 1994 08:60:00 GMT", -1},
        {"Sun, 06 Nov 1994 8:49:37 GMT", -1},
        {"Sun, 06 Nov 1994 08:49:37", -1},
        {"Sun, 06 Nov 1994 08:49:37 CET", -1},
        {"Sun, 06 Nov 1994 08:49:37 GMT GMT", -1},
        {"Sun, 06 Nov 994 08:49:37 GMT", -1},
        {"Wed, 31 Dec 1969 23:59:59 GMT", -1},
        {"Sun, 06 Nox 1994 08:49:37 GMT", -1},
        {"0", -1},
        {"", -1},
        {"-1", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (header_date_ms(text_of(row[i].text)) != row[i].ms)
            fail_msg("%s: %lld", row[i].text, (long long)header_date_ms(text_of(row[i].text)));
}

static void waits(void **state)
{
    static const struct {
        const char *value;
        int64_t ms;
    } row[] = {
        {"120", 120000},
        {" 0 ", 0},
        {"99999999999999999999999999999", 1000000000000},
        {"Sun, 06 Nov 1994 08:49:37 GMT", 7000},
        {"Sun, 06 Nov 1994 08:49:30 GMT", 0},
        {"Sat, 05 Nov 1994 08:49:30 GMT", 0},
        {"Fri, 31 Dec 9999 23:59:59 GMT", 1000000000000},
        {"-5", -1},
        {"1.5", -1},
        {"soon", -1},
        {"", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (header_retry_after_ms(text_of(row[i].value), 784111770000) != row[i].ms)
            fail_msg("%s: %lld", row[i].value, (long long)header_retry_after_ms(text_of(row[i].value), 784111770000));
}

static void ages(void **state)
{
    static const struct {
        const char *value;
        int64_t s;
    } row[] = {
        {"max-age=600", 600},
        {"public, MAX-AGE = 600", 600},
        {"max-age=\"600\"", 600},
        {"max-age=600, max-age=60", 60},
        {"max-age=60, max-age=600", 60},
        {"max-age=0", 0},
        {"max-age=99999999999999999999", INT64_C(1) << 31},
        {"x=\"max-age=5\", max-age=600", 600},
        {"s-maxage=600", -1},
        {"max-age", -1},
        {"max-age=", -1},
        {"max-age=-1", -1},
        {"max-age=soon", -1},
        {"no-store", -1},
        {"", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (header_max_age_s(text_of(row[i].value)) != row[i].s)
            fail_msg("%s: %lld", row[i].value, (long long)header_max_age_s(text_of(row[i].value)));
    assert_int_equal(header_max_age_of(PL_S(OK "Cache-Control: public\r\nCache-Control: max-age=60\r\n\r\n")), 60);
    assert_int_equal(header_max_age_of(PL_S(OK "Cache-Control: max-age=60\r\ncache-control: max-age=5\r\n\r\n")), 5);
    assert_int_equal(header_max_age_of(PL_S(OK "Cache-Control: public\r\n\r\n")), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields), cmocka_unit_test(repeated),   cmocka_unit_test(statuses),
        cmocka_unit_test(lists),  cmocka_unit_test(media_types), cmocka_unit_test(validators),
        cmocka_unit_test(dates),  cmocka_unit_test(waits),      cmocka_unit_test(ages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
