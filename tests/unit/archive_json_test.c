/* archive_json_test.c - lines of JSON of any make: members found, text resolved, everything else refused at its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "archive_json.h"

static pl_str str(const char *s)
{
    return (pl_str){s, strlen(s)};
}

/* The value of "x" as text; the kind in *kind. */
static const char *x_of(const char *line, enum ajson_kind *kind)
{
    static char told[256];
    struct ajson_want want = {.name = PL_S("x")};
    char room[256];
    size_t at;

    assert_null(ajson_fields(str(line), &want, 1, &at));
    const pl_str t = ajson_text(&want.value, room);
    *kind = want.value.kind;
    snprintf(told, sizeof told, "%.*s", (int)t.len, t.ptr);
    if (t.len)
        assert_true(ajson_is(&want.value, t));
    return told;
}

static void values(void **state)
{
    static const struct {
        const char *line;
        enum ajson_kind kind;
        const char *text;
    } rows[] = {
        {"{}", AJSON_NONE, ""},
        {" { } ", AJSON_NONE, ""},
        {"{\"x\":\"Arran\"}", AJSON_STRING, "Arran"},
        {"{\"y\":{\"x\":1},\"x\":2}", AJSON_NUMBER, "2"},
        {"{\"x\":1,\"x\":2}", AJSON_NUMBER, "1"},
        {"{\"\\u0078\":-0.5e+7}", AJSON_NUMBER, "-0.5e+7"},
        {"{ \"x\" : null , \"y\" : true }", AJSON_NULL, "null"},
        {"{\"x\":false}", AJSON_BOOL, "false"},
        {"{\"x\":[1, \"a\",[]]}", AJSON_LIST, "[1, \"a\",[]]"},
        {"{\"x\":{\"a\":{}}}", AJSON_OBJECT, "{\"a\":{}}"},
        {"{\"x\":\"a\\n\\\"\\\\\\/\\b\\f\\r\\t.\"}", AJSON_STRING, "a\n\"\\/\b\f\r\t."},
        {"{\"x\":\"\\u00e9\\u6771\\ud83d\\ude00!\"}", AJSON_STRING, "\xc3\xa9\xe6\x9d\xb1\xf0\x9f\x98\x80!"},
        {"{\"x\":\"\\ud83d-\\ude00\"}", AJSON_STRING, "\xef\xbf\xbd-\xef\xbf\xbd"},
        {"{\"x\":\"caf\xc3\xa9 and a long text behind it\"}", AJSON_STRING, "caf\xc3\xa9 and a long text behind it"},
    };
    enum ajson_kind kind;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_string_equal(x_of(rows[i].line, &kind), rows[i].text);
        assert_int_equal(kind, rows[i].kind);
    }
}

static void mistakes(void **state)
{
    static const struct {
        const char *line;
        size_t at;
        const char *what;
    } rows[] = {
        {"", 0, "'{' was expected"},
        {"[1]", 0, "'{' was expected"},
        {"{\"x\":1", 6, "',' or '}' was expected"},
        {"{\"x\":1,}", 7, "a name in quotes was expected"},
        {"{\"x\" 1}", 5, "':' was expected"},
        {"{\"x\":}", 5, "a value was expected"},
        {"{\"x\":", 5, "the line ends too soon"},
        {"{\"x\":nul}", 5, "a value was expected"},
        {"{\"x\":01}", 6, "',' or '}' was expected"},
        {"{\"x\":1.}", 7, "a number lacks digits"},
        {"{\"x\":-}", 6, "a number lacks digits"},
        {"{\"x\":[1,]}", 8, "a value was expected"},
        {"{\"x\":[1}", 7, "',' or ']' was expected"},
        {"{\"x\":\"a", 7, "a string does not end"},
        {"{\"x\":\"\\x\"}", 6, "an escape that JSON does not know"},
        {"{\"x\":\"\\u12g4\"}", 6, "\\u without four hex digits"},
        {"{\"x\":\"\xff\"}", 6, "not UTF-8"},
        {"{\"x\":\"\xed\xa0\x80\"}", 6, "not UTF-8"},
        {"{\"x\":\"\xc0\x80\"}", 6, "not UTF-8"},
        {"{\"x\":\"a\tb\"}", 7, "a control character in a string"},
        {"{} {}", 3, "something follows the object"},
    };
    struct ajson_want want = {.name = PL_S("x")};
    size_t at;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_string_equal(ajson_fields(str(rows[i].line), &want, 1, &at), rows[i].what);
        assert_int_equal(at, rows[i].at);
    }
}

static void depth(void **state)
{
    char line[400];
    size_t at;

    (void)state;
    for (int deep = ARCHIVE_JSON_DEPTH - 1; deep <= ARCHIVE_JSON_DEPTH; deep++) {
        snprintf(line, sizeof line, "{\"x\":%.*s%.*s}", deep,
                 "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", deep,
                 "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
        const char *wrong = ajson_fields(str(line), NULL, 0, &at);
        if (deep < ARCHIVE_JSON_DEPTH)
            assert_null(wrong);
        else
            assert_string_equal(wrong, "nested too deeply");
    }
}

static void walks(void **state)
{
    struct ajson_want want = {.name = PL_S("x")};
    struct ajson_value v;
    char told[200] = "";
    size_t at;

    (void)state;
    assert_null(ajson_fields(PL_S("{\"x\":[1,{\"name\":\"Ann\",\"n\":[]} , \"b\"]}"), &want, 1, &at));
    struct ajson_walk w = ajson_walk(&want.value);
    while (ajson_next(&w, &v)) {
        struct ajson_walk inner = ajson_walk(&v);
        struct ajson_value m;
        snprintf(told + strlen(told), sizeof told - strlen(told), "%.*s;", (int)v.text.len, v.text.ptr);
        while (v.kind == AJSON_OBJECT && ajson_next(&inner, &m))
            snprintf(told + strlen(told), sizeof told - strlen(told), "<%.*s %.*s>", (int)inner.name.text.len,
                     inner.name.text.ptr, (int)m.text.len, m.text.ptr);
    }
    assert_string_equal(told, "1;{\"name\":\"Ann\",\"n\":[]};<name Ann><n []>b;");
    assert_false(ajson_is(&v, PL_S("bb")));
    assert_null(ajson_fields(PL_S("{\"x\":[]}"), &want, 1, &at));
    w = ajson_walk(&want.value);
    assert_false(ajson_next(&w, &v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(mistakes),
        cmocka_unit_test(depth),
        cmocka_unit_test(walks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
