/* archive_line_test.c - JSON of chosen fields, CSV and TSV, from a record's JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "archive_line.h"

static const pl_str some[] = {{"id", 2}, {"n", 1}, {"tags", 4}};

static pl_str str(const char *s)
{
    return (pl_str){s, strlen(s)};
}

static void check(enum archive_format format, bool guard, const char *json, const char *wanted)
{
    const struct archive_form form = {format, {some, 3}, guard};
    const size_t most = archive_form_most(&form, strlen(json));
    char *line = malloc(most + 1); /* so that memory checkers see what is past it */

    assert_non_null(line);
    const size_t n = archive_form_line(&form, str(json), line);
    assert_true(n <= most);
    line[n] = 0;
    assert_string_equal(line, wanted);
    free(line);
}

static void json(void **state)
{
    (void)state;
    check(ARCHIVE_JSONL, true, "{}", "{}\n");
    check(ARCHIVE_JSONL, true, "{\"n\":1.50,\"x\":{\"id\":7},\"id\":\"a\\\"b\"}", "{\"id\":\"a\\\"b\",\"n\":1.50}\n");
    check(ARCHIVE_JSONL, true, "{\"tags\":[\"a\",{\"b\":[1]}],\"id\":null}", "{\"id\":null,\"tags\":[\"a\",{\"b\":[1]}]}\n");
    check(ARCHIVE_JSONL, true, "{\"\\u0069d\":\"x\\\\\"}", "{\"id\":\"x\\\\\"}\n");
}

static void csv(void **state)
{
    (void)state;
    check(ARCHIVE_CSV, true, "{}", ",,\r\n");
    check(ARCHIVE_CSV, true, "{\"id\":\"\",\"n\":null}", "\"\",,\r\n");
    check(ARCHIVE_CSV, true, "{\"id\":\"a,b\",\"n\":-3,\"tags\":[\"x\",\"y z\"]}", "\"a,b\",-3,x; y z\r\n");
    check(ARCHIVE_CSV, true, "{\"id\":\"say \\\"hi\\\"\",\"n\":true,\"tags\":[]}", "\"say \"\"hi\"\"\",true,\r\n");
    check(ARCHIVE_CSV, true, "{\"id\":\"a\\nb\",\"n\":1e9,\"tags\":[1,\"a\"]}", "\"a\nb\",1e9,\"[1,\"\"a\"\"]\"\r\n");
    check(ARCHIVE_CSV, true, "{\"id\":\" a\",\"tags\":{\"k\":\"v\"}}", "\" a\",,\"{\"\"k\"\":\"\"v\"\"}\"\r\n");
    check(ARCHIVE_CSV, true, "{\"id\":\"nul\\u0000\\u00e9\\ud83d\\ude00\"}", "nul\xef\xbf\xbd\xc3\xa9\xf0\x9f\x98\x80,,\r\n");
}

/* What a spreadsheet would calculate: only text, never a number. */
static void formulas(void **state)
{
    (void)state;
    check(ARCHIVE_CSV, true, "{\"id\":\"=1+2\",\"n\":-3,\"tags\":[\"@x\"]}", "'=1+2,-3,'@x\r\n");
    check(ARCHIVE_CSV, true, "{\"id\":\"\\t=1\",\"n\":\"+4\"}", "'\t=1,'+4,\r\n");
    check(ARCHIVE_CSV, true, "{\"id\":\"-\\\"\"}", "\"'-\"\"\",,\r\n");
    check(ARCHIVE_CSV, false, "{\"id\":\"=1+2\",\"n\":-3}", "=1+2,-3,\r\n");
    check(ARCHIVE_TSV, true, "{\"id\":\"=1+2\"}", "'=1+2\t\t\n");
}

static void tsv(void **state)
{
    (void)state;
    check(ARCHIVE_TSV, true, "{\"id\":\"a\\tb\\nc\\\\d\\r\\u0000\",\"n\":2,\"tags\":[\"x\\t\",\"y\"]}",
          "a\\tb\\nc\\\\d\\r\\0\t2\tx\\t; y\n");
    check(ARCHIVE_TSV, true, "{\"id\":\"\",\"n\":\"\\\"q\\\"\"}", "\t\"q\"\t\n");
}

static void header(void **state)
{
    static const pl_str odd[] = {{"id", 2}, {"a,b", 3}};
    const struct archive_form csv_form = {ARCHIVE_CSV, {odd, 2}, true}, all = {ARCHIVE_JSONL, {NULL, 0}, true};
    char line[64];

    (void)state;
    line[archive_form_header(&csv_form, line)] = 0;
    assert_string_equal(line, "id,\"a,b\"\r\n");
    assert_int_equal(archive_form_header(&all, line), 0);
    line[archive_form_line(&all, PL_S("{\"x\":1}"), line)] = 0;
    assert_string_equal(line, "{\"x\":1}\n");
}

static void bad_fields(void **state)
{
    static const pl_str twice[] = {{"id", 2}, {"id", 2}}, empty[] = {{"", 0}};
    char why[256];

    (void)state;
    assert_false(archive_form_check(&(struct archive_form){ARCHIVE_CSV, {twice, 2}, true}, why, sizeof why));
    assert_non_null(strstr(why, "'id' twice"));
    assert_false(archive_form_check(&(struct archive_form){ARCHIVE_CSV, {empty, 1}, true}, why, sizeof why));
    assert_false(archive_form_check(&(struct archive_form){ARCHIVE_TSV, {NULL, 0}, true}, why, sizeof why));
    assert_true(archive_form_check(&(struct archive_form){ARCHIVE_JSONL, {NULL, 0}, true}, why, sizeof why));
}

/* JSON that is cut anywhere does not lead out of it. */
static void cut(void **state)
{
    static const char whole[] = "{\"id\":\"a\\\"\\u00e9\\ud83d\\ude00\",\"n\":[1,{\"x\":\"]\"}],\"tags\":[\"a\",\"b\"],\"\\u0069\":2}";
    const struct archive_form forms[] = {{ARCHIVE_CSV, {some, 3}, true}, {ARCHIVE_TSV, {some, 3}, true}, {ARCHIVE_JSONL, {some, 3}, true}};

    (void)state;
    for (size_t len = 1; len < sizeof whole; len++)
        for (size_t f = 0; f < 3; f++) {
            char *part = malloc(len), *line = malloc(archive_form_most(&forms[f], len));
            memcpy(part, whole, len);
            assert_true(archive_form_line(&forms[f], (pl_str){part, len}, line) <= archive_form_most(&forms[f], len));
            free(part);
            free(line);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json), cmocka_unit_test(csv),    cmocka_unit_test(formulas),   cmocka_unit_test(tsv),
        cmocka_unit_test(header), cmocka_unit_test(bad_fields), cmocka_unit_test(cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
