/* fetch_json_test.c - JSON as a list of its values: what is read, what is not, and within which limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fetch_json.h"

static char message[160];

/* Written again: strings in <>, members with their names, words as "w". */
static size_t tell(const struct json *j, uint32_t i, char *to, size_t cap)
{
    const struct json_value *v = &j->at[i];
    size_t n = 0;

    if (v->key.ptr)
        n += (size_t)snprintf(to, cap, "%.*s=", (int)v->key.len, v->key.ptr);
    if (v->type == JSON_WORD)
        return n + (size_t)snprintf(to + n, cap - n, "w ");
    if (v->type == JSON_NUMBER || v->type == JSON_STRING)
        return n + (size_t)snprintf(to + n, cap - n, v->type == JSON_NUMBER ? "%.*s " : "<%.*s> ", (int)v->text.len, v->text.ptr);
    n += (size_t)snprintf(to + n, cap - n, v->type == JSON_LIST ? "[ " : "{ ");
    uint32_t k = i + 1;
    for (; k < v->end; k = json_next(j, k))
        n += tell(j, k, to + n, cap - n);
    assert_int_equal(k, v->end);
    return n + (size_t)snprintf(to + n, cap - n, v->type == JSON_LIST ? "] " : "} ");
}

static const struct {
    const char *text;
    enum json_result result;
    const char *told; /* or a part of the message */
} rows[] = {
    {"{}", JSON_OK, "{ } "},
    {" [ ] behind", JSON_OK, "[ ] "},
    {"{\"a\":1,\"b\":[true,false,null,-1.5e+3],\"\":\"x\"}", JSON_OK, "{ a=1 b=[ w w w -1.5e+3 ] =<x> } "},
    {"[{\"a\" : [ [] , {\"b\":{}} ]\n}\t,\r2]", JSON_OK, "[ { a=[ [ ] { b={ } } ] } 2 ] "},
    {"[1,]", JSON_OK, "[ 1 ] "},
    {"{\"a\":1,}", JSON_OK, "{ a=1 } "},
    {"\"line\nbreak\"", JSON_OK, "<line\nbreak> "},
    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", JSON_OK, "<\"\\/\b\f\n\r\t> "},
    {"\"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00\"", JSON_OK, "<A\303\251\342\202\254\360\237\230\200> "},
    {"\"\\ud836\\uDE19\\ud800\\udc00\"", JSON_OK, "<\xF0\x9D\xA8\x99\xF0\x90\x80\x80> "},
    {"\"\\ud800 \\udc00\\ud800\\u0041\\ud800\\n\\ud800\"", JSON_OK,
     "<\xEF\xBF\xBD \xEF\xBF\xBD\xEF\xBF\xBD" "A\xEF\xBF\xBD\n\xEF\xBF\xBD> "},
    {"[\"\\udc00\\udc00\\ud800\\ue000\\u0041\\udc00\"]", JSON_OK,
     "[ <\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEE\x80\x80" "A\xEF\xBF\xBD> ] "},
    {"[\"\\u0000\",1029]", JSON_OK, "[ <> 1029 ] "},
    {"true", JSON_OK, "w "},
    {"{\"\\u0061\\\"\":1}", JSON_OK, "{ a\"=1 } "},
    {"", JSON_CUT, "at byte 0: expected a value"},
    {"[", JSON_CUT, "at byte 1: expected a value"},
    {"[1", JSON_CUT, "at byte 2: expected a comma"},
    {"{\"a", JSON_CUT, "at byte 3: a string without an end"},
    {"\"a\\", JSON_CUT, "a string without an end"},
    {"{\"a\"", JSON_CUT, "expected a colon"},
    {"{\"a\":", JSON_CUT, "expected a value"},
    {"[tru", JSON_CUT, "at byte 4"},
    {"[1 2]", JSON_BAD, "at byte 3: expected a comma"},
    {"[,]", JSON_BAD, "at byte 1: expected a value"},
    {"{a:1}", JSON_BAD, "at byte 1: expected the name"},
    {"{\"a\" 1}", JSON_BAD, "at byte 5: expected a colon"},
    {"[1}", JSON_BAD, "expected a comma"},
    {"{\"a\":1]", JSON_BAD, "expected a comma"},
    {"[treu]", JSON_BAD, "expected a value"},
    {"'a'", JSON_BAD, "expected a value"},
    {"[\"ab\\x\"]", JSON_BAD, "at byte 4: no escape"},
    {"[\"\\u12\"]", JSON_BAD, "at byte 2: no escape"},
    {"[\"\\u12g4\"]", JSON_BAD, "no escape"},
    {"[\"\\u\"]", JSON_BAD, "no escape"},
};

static void values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        /* of memory that ends where the text does */
        const size_t n = strlen(rows[i].text);
        char *text = malloc(n + 1), told[512] = "";
        struct json j;
        assert_non_null(text);
        memcpy(text, rows[i].text, n);
        const enum json_result result = json_read(&j, (pl_str){text, n}, message, sizeof message);
        if (result == JSON_OK)
            tell(&j, 0, told, sizeof told);
        if (result != rows[i].result || (result == JSON_OK ? strcmp(told, rows[i].told) != 0 : !strstr(message, rows[i].told)))
            fail_msg("'%s': %d, '%s', '%s'", rows[i].text, (int)result, told, message);
        json_done(&j);
        free(text);
    }
}

/* Whatever is cut off is told as that, and a text that begins with it is no other. */
static void every_prefix(void **state)
{
    static const char text[] = "{\"a\":[1,true,\"x\\u00e9\\n\"],\"b\":{\"c\":null}}";

    (void)state;
    for (size_t n = 0; n + 1 < sizeof text; n++) {
        char *copy = malloc(n + 1);
        struct json j;
        assert_non_null(copy);
        memcpy(copy, text, n);
        assert_int_equal(json_read(&j, (pl_str){copy, n}, message, sizeof message), JSON_CUT);
        json_done(&j);
        free(copy);
    }
}

static void members(void **state)
{
    static const char text[] = "{\"a\":1,\"b\":{\"c\":2},\"c\":[{\"c\":3}],\"ab\":4,\"a\":5}";
    struct json j;

    (void)state;
    assert_int_equal(json_read(&j, (pl_str){text, sizeof text - 1}, message, sizeof message), JSON_OK);
    assert_memory_equal(j.at[json_member(&j, 0, "a")].text.ptr, "5", 1);
    assert_int_equal(j.at[json_member(&j, 0, "c")].type, JSON_LIST);
    assert_memory_equal(j.at[json_member(&j, json_member(&j, 0, "b"), "c")].text.ptr, "2", 1);
    assert_int_equal(json_member(&j, 0, "d"), 0);
    assert_int_equal(json_member(&j, json_member(&j, 0, "c"), "c"), 0);
    assert_int_equal(json_member(&j, (uint32_t)j.n, "a"), 0);
    json_done(&j);
}

static enum json_result read_repeated(const char *piece, size_t n)
{
    const size_t len = strlen(piece);
    char *text = malloc(n * len + 2);
    struct json j;

    assert_non_null(text);
    text[0] = '[';
    for (size_t i = 0; i < n; i++)
        memcpy(text + 1 + i * len, piece, len);
    text[1 + n * len] = ']';
    const enum json_result result = json_read(&j, (pl_str){text, n * len + 2}, message, sizeof message);
    json_done(&j);
    free(text);
    return result;
}

static void limits(void **state)
{
    (void)state;
    assert_int_equal(read_repeated("1,", JSON_MAX_VALUES - 1), JSON_OK);
    assert_int_equal(read_repeated("1,", JSON_MAX_VALUES), JSON_REFUSED);
    assert_non_null(strstr(message, "more than 1000000 values"));
    assert_int_equal(read_repeated("[", JSON_MAX_DEPTH - 1), JSON_CUT); /* closed once */
    assert_int_equal(read_repeated("[", JSON_MAX_DEPTH), JSON_REFUSED);
    assert_non_null(strstr(message, "more than 64 deep"));
    assert_int_equal(read_repeated("[],{},", 2 * JSON_MAX_DEPTH), JSON_OK);
    assert_int_equal(read_repeated(" ", JSON_MAX_BYTES - 1), JSON_REFUSED);
    assert_non_null(strstr(message, "more than 67108864 bytes"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(every_prefix),
        cmocka_unit_test(members),
        cmocka_unit_test(limits),
    };

    return cmocka_run_group_tests_name("fetch_json", tests, NULL, NULL);
}
