/* cases_test.c - case files: what they say, which mistakes are told, what is equal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "cases.h"
#include "str.h"

#define FILE_NAME "t.case"

struct bench {
    struct arena arena;
    struct errors errs;
    struct buf diff;
};

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof *b);

    errors_init(&b->errs);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;

    errors_done(&b->errs);
    arena_done(&b->arena);
    buf_done(&b->diff);
    free(b);
    unlink(FILE_NAME);
    unlink("page.txt");
    return 0;
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
}

static struct test_case *read_text(struct bench *b, const char *text)
{
    write_file(FILE_NAME, text);
    return cases_read(&b->arena, FILE_NAME, &b->errs);
}

static struct test_case *read_right(struct bench *b, const char *text)
{
    struct test_case *tc = read_text(b, text);

    if (b->errs.n_errors)
        fail_msg("line %d: %s", b->errs.first->line, b->errs.first->text);
    assert_non_null(tc);
    return tc;
}

static void same_text(pl_str got, const char *want)
{
    if (!str_is(got, want))
        fail_msg("got [%.*s], wanted [%s]", STR_ARG(got), want);
}

/* ---- reading ---- */

static void a_file_without_case_lines(void **state)
{
    struct bench *b = *state;
    const struct test_case *tc = read_right(b, "# why\n\ninput {\"id\":\"a\"}\nexpect {}\n");

    same_text(tc->name, "t");
    assert_string_equal(tc->file, FILE_NAME);
    same_text(tc->inputs->json.text, "{\"id\":\"a\"}");
    assert_int_equal(tc->inputs->json.line, 3);
    assert_int_equal(tc->expected->fate, FATE_LIVE);
    same_text(tc->expected->json.text, "{}");
    assert_null(tc->next);
}

static void several_cases(void **state)
{
    struct bench *b = *state;
    const struct test_case *tc = read_right(b, "options a=1\n"
                                               "case first one\r\n"
                                               "options b=2\n"
                                               "input {}\n"
                                               "expect drop too-short\n"
                                               "case second\n"
                                               "options a=3\n"
                                               "input {}\n"
                                               "input {}\n"
                                               "expect fail bad\n"
                                               "expect drop x {\"id\":\"q\"}\n");

    same_text(tc->name, "first one");
    same_text(tc->options->name, "a");
    same_text(tc->options->value, "1");
    same_text(tc->options->next->name, "b");
    assert_int_equal(tc->expected->fate, FATE_DROPPED);
    same_text(tc->expected->code, "too-short");
    tc = tc->next;
    same_text(tc->name, "second");
    same_text(tc->options->value, "1");
    same_text(tc->options->next->value, "3");
    assert_int_equal(tc->options->next->line, 7);
    assert_non_null(tc->inputs->next);
    assert_int_equal(tc->expected->fate, FATE_FAILED);
    same_text(str_trim(tc->expected->next->json.text), "{\"id\":\"q\"}");
    assert_null(tc->next);
}

static void option_values(void **state)
{
    struct bench *b = *state;
    const struct case_option *o = read_right(b, "options a= b=\"two words\" c=[\"x y\", \"z\"] d=1,2 e=\"q\\\"\\\\\"\n"
                                                "  f=last\ninput {}\nexpect {}\n")->options;
    static const char *const want[] = {"", "two words", "[\"x y\", \"z\"]", "1,2", "q\"\\", "last"};

    for (size_t i = 0; i < sizeof want / sizeof *want; i++, o = o->next) {
        assert_non_null(o);
        assert_int_equal(o->name.ptr[0], "abcdef"[i]);
        same_text(o->value, want[i]);
    }
    assert_null(o);
}

static void lines_that_go_on(void **state)
{
    struct bench *b = *state;
    const struct test_case *tc = read_right(b, "input {\"id\":\"a\",\n  \"text\":\"one\n\ttwo\"}\nexpect {}\n");

    same_text(tc->inputs->json.text, "{\"id\":\"a\", \"text\":\"one two\"}");
}

static void fields_in_lines_of_their_own(void **state)
{
    struct bench *b = *state;
    write_file("page.txt", "<p>\n");
    const struct test_case *tc = read_right(b, "input {\"id\":\"a\"}\n"
                                               "with text\n"
                                               "    first \"line\"\n"
                                               "      deeper\n"
                                               "\n"
                                               "    last\n"
                                               "\n"
                                               "with body from page.txt\n"
                                               "input { }\n"
                                               "with text\n"
                                               "  x\n"
                                               "expect {}\n"
                                               "with title\n"
                                               "  T\n"
                                               "expect drop y\n"
                                               "with title\n"
                                               "  U\n");

    same_text(tc->inputs->json.text,
              "{\"id\":\"a\",\"text\":\"first \\\"line\\\"\\n  deeper\\n\\nlast\",\"body\":\"PHA+Cg==\"}");
    same_text(tc->inputs->next->json.text, "{ \"text\":\"x\"}");
    same_text(tc->expected->json.text, "{\"title\":\"T\"}");
    same_text(str_trim(tc->expected->next->json.text), "{\"title\":\"U\"}");
}

static void mistakes(void **state)
{
    static const struct {
        const char *text;
        int line;
        const char *message;
    } rows[] = {
        {"", 0, "no case"},
        {"# nothing\n", 0, "no case"},
        {"case a\n", 1, "is empty"},
        {"case\ninput {}\nexpect {}\n", 1, "no name"},
        {"case a\ninput {}\nexpect {}\ncase a\ninput {}\nexpect {}\n", 4, "in line 1 already"},
        {"input {}\nexcept {}\n", 2, "did you mean 'expect'"},
        {"input {}\nexpect {}\nzzzzzzzzzz\n", 3, "`input-file`"},
        {"  input {}\n", 1, "goes on with the one above"},
        {"input\nexpect {}\n", 1, "input {...}"},
        {"input {\"id\":1}\nexpect {}\n", 1, "'id': expected text"},
        {"input {\"id\":\"a\",\n  \"title\":\"b\",\n  \"similarity\":\"c\"}\nexpect {}\n", 3, "similarity"},
        {"input {\"id\":\"a\"}\nwith text\n  t\nwith text\n  u\nexpect {}\n", 5, "a second time"},
        {"input {\"id\":\"a\"\nexpect {}\n", 1, "too early"},
        {"input {}\nexpect [1]\n", 2, "what is expected is"},
        {"input {}\nexpect\n", 2, "what is expected is missing"},
        {"input {}\nexpect drop\n", 2, "a reason is missing"},
        {"input {}\nexpect fail {}\n", 2, "a code is missing"},
        {"input {}\nexpect drop x {\"id\":7}\n", 2, "'id': expected text"},
        {"input {}\nexpect {\"annotations\":1}\n", 2, "no list"},
        {"input {}\nexpect {\"annotations\":[{\"label\":\"PER\"}]}\n", 2, "names its kind"},
        {"input {}\nexpect {\"annotations\":[7]}\n", 2, "not an object"},
        {"with text\n  t\ninput {}\nexpect {}\n", 1, "below the `input`"},
        {"input {}\nwith\n  t\nexpect {}\n", 2, "a field is missing"},
        {"input {}\nwith text form x\nexpect {}\n", 2, "only `from PATH`"},
        {"input {}\nwith text from none.txt\nexpect {}\n", 2, "cannot read 'none.txt'"},
        {"input-file none.txt\nexpect {}\n", 1, "cannot read 'none.txt'"},
        {"input {}\ninput-file t.case\nexpect {}\n", 2, "either"},
        {"options a\ninput {}\nexpect {}\n", 1, "'a' is not NAME=VALUE"},
        {"options =1\ninput {}\nexpect {}\n", 1, "is not NAME=VALUE"},
        {"options a=\"x\ninput {}\nexpect {}\n", 1, "no closing"},
        {"input {}\nexpect {}\n# \xff\n", 3, "not UTF-8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench *b = *state;
        const struct error_line *e;
        read_text(b, rows[i].text);
        for (e = b->errs.first; e && !(e->line == rows[i].line && strstr(e->text, rows[i].message)); e = e->next)
            continue;
        if (!e)
            fail_msg("row %zu: no message \"%s\" in line %d, but in %d: %s", i, rows[i].message, rows[i].line,
                     b->errs.first ? b->errs.first->line : 0, b->errs.first ? b->errs.first->text : "none");
        teardown(state);
        setup(state);
    }
}

static void bad_json_may_be_meant(void **state)
{
    struct bench *b = *state;

    read_right(b, "input {\"id\":\ninput {}\nexpect fail bad-json\nexpect {}\n");
}

static void a_file_that_is_not_there(void **state)
{
    struct bench *b = *state;

    assert_null(cases_read(&b->arena, "none.case", &b->errs));
    assert_non_null(strstr(b->errs.first->text, "cannot read the case file"));
}

/* ---- comparing ---- */

#define TEXT "\"text\":\"Ann Lee met Bo. She left.\""
#define NOTES \
    "\"annotations\":[{\"id\":1,\"kind\":\"entity\",\"label\":\"PER\",\"begin\":0,\"end\":7,\"text\":\"Ann Lee\"}," \
    "{\"id\":2,\"kind\":\"entity\",\"label\":\"PER\",\"begin\":12,\"end\":14,\"text\":\"Bo\",\"score\":0.5}," \
    "{\"id\":3,\"kind\":\"pronoun\",\"begin\":16,\"end\":19,\"text\":\"She\",\"chain\":1}]"

static void what_is_equal(void **state)
{
    static const struct {
        const char *expect, *got;
        const char *differs; /* NULL: it does not */
    } rows[] = {
        {"{}", "{\"id\":\"a\"}", NULL},
        {"{\"id\":\"a\"}", "{\"id\":\"a\",\"title\":\"b\"}", NULL},
        {"{\"id\":\"a\"}", "{\"id\":\"b\"}", "got      \"b\""},
        {"{\"title\":\"a\"}", "{}", "got      nothing"},
        {"{\"title\":null}", "{}", NULL},
        {"{\"title\":null}", "{\"title\":\"x\"}", "expected nothing"},
        {"{\"x.n\":null}", "{}", NULL},
        {"{\"x.n\":null}", "{\"x.n\":4}", "expected nothing"},
        {"{\"x.n\":4}", "{\"x.n\":4}", NULL},
        {"{\"x.n\":4}", "{\"x.n\":4.0}", "got      4.0"},
        {"{\"x.n\":\"4\"}", "{\"x.n\":4}", "expected \"4\""},
        {"{\"tags\":[\"a\",\"b\"]}", "{\"tags\":[\"a\",\"b\"]}", NULL},
        {"{\"tags\":[\"b\",\"a\"]}", "{\"tags\":[\"a\",\"b\"]}", "tags"},
        {"{\"x\":{\"a\": 1}}", "{\"x\":{\"a\": 1}}", NULL},
        {"{\"body\":\"aGk=\"}", "{\"body\":\"aGk=\"}", NULL},
        {"{\"body\":\"aGk=\"}", "{\"body\":\"aG8=\"}", "got      \"ho\""},
        {"{\"x.b\":{\"base64\":\"gIA=\"}}", "{\"x.b\":{\"base64\":\"gIE=\"}}", "got      {\"base64\":\"gIE=\"}"},
        {"{\"annotations\":[]}", "{" TEXT "}", NULL},
        {"{\"annotations\":[]}", "{" TEXT "," NOTES "}", "not expected pronoun \"She\" chain=\"Ann Lee\""},
        {"{\"annotations\":[{\"kind\":\"pronoun\",\"text\":\"She\",\"chain\":\"Ann Lee\"}]}", "{" TEXT "," NOTES "}", NULL},
        {"{\"annotations\":[{\"kind\":\"pronoun\",\"chain\":\"Bo\"}]}", "{" TEXT "," NOTES "}", "missing"},
        {"{\"annotations\":[{\"kind\":\"pronoun\",\"chain\":1}]}", "{" TEXT "," NOTES "}", NULL},
        {"{\"annotations\":[{\"kind\":\"pronoun\",\"chain\":null}]}", "{" TEXT "," NOTES "}", "missing"},
        {"{\"annotations\":[{\"kind\":\"pronoun\",\"label\":null,\"begin\":16,\"end\":19}]}", "{" TEXT "," NOTES "}", NULL},
        {"{\"annotations\":[{\"kind\":\"entity\",\"text\":\"Bo\",\"score\":0.5},{\"kind\":\"entity\",\"text\":\"Ann Lee\"}]}",
         "{" TEXT "," NOTES "}", NULL},
        {"{\"annotations\":[{\"kind\":\"entity\",\"text\":\"Bo\"}]}", "{" TEXT "," NOTES "}",
         "not expected entity PER \"Ann Lee\""},
        {"{\"annotations\":[{\"kind\":\"entity\"},{\"kind\":\"entity\"},{\"kind\":\"entity\"}]}", "{" TEXT "," NOTES "}",
         "missing"},
        {"{\"annotations\":[{\"kind\":\"entity\",\"label\":\"ORG\",\"text\":\"Bo\"},{\"kind\":\"entity\"}]}",
         "{" TEXT "," NOTES "}", "missing      {\"kind\":\"entity\",\"label\":\"ORG\""},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct expectation e = {.fate = FATE_LIVE, .json = {.text = str_of(rows[i].expect), .line = 5}};
        const struct test_case tc = {.file = FILE_NAME, .line = 1, .expected = &e};
        const struct outcome got = {.fate = FATE_LIVE, .json = str_of(rows[i].got)};
        buf_clear(&b->diff);
        const bool same = cases_compare(&tc, &got, 1, &b->diff);
        if (same != (rows[i].differs == NULL) || (!same && !strstr(buf_cstr(&b->diff), rows[i].differs)))
            fail_msg("row %zu: %s\n%s", i, same ? "the same" : "differs", buf_cstr(&b->diff));
        if (same)
            assert_int_equal(b->diff.len, 0);
        else
            assert_non_null(strstr(buf_cstr(&b->diff), "record 1, expected in t.case:5"));
    }
}

static void fates_and_numbers(void **state)
{
    static const struct outcome live = {.fate = FATE_LIVE, .json = {"{}", 2}};
    static const struct outcome dropped = {.fate = FATE_DROPPED, .code = {"dup", 3}, .stage = {"s", 1}, .json = {"{}", 2}};
    static const struct outcome failed = {
        .fate = FATE_FAILED, .code = {"dup", 3}, .stage = {"s", 1}, .message = {"why", 3}, .json = {"{}", 2}};
    static const struct {
        const char *expect;
        struct outcome got[2];
        size_t n;
        const char *differs;
    } rows[] = {
        {"expect {}\n", {live}, 1, NULL},
        {"expect drop dup\n", {dropped}, 1, NULL},
        {"expect fail dup\n", {failed}, 1, NULL},
        {"expect drop other\n", {dropped}, 1, "got      drop dup in s"},
        {"expect drop dup\n", {failed}, 1, "got      fail dup in s: why"},
        {"expect {}\n", {dropped}, 1, "expected a record"},
        {"expect drop dup\n", {live}, 1, "got      a record {}"},
        {"expect {}\nexpect {}\n", {live}, 1, "record 2, expected in t.case:3"},
        {"expect {}\n", {live, dropped}, 2, "expected no more records"},
        {"expect {}\n", {live}, 0, "got      no more records"},
        {"expect drop dup {\"id\":\"x\"}\n", {dropped}, 1, "got      nothing"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf text = {0};
        buf_addf(&text, "input {}\n%s", rows[i].expect);
        const struct test_case *tc = read_right(b, buf_cstr(&text));
        buf_clear(&b->diff);
        const bool same = cases_compare(tc, rows[i].got, rows[i].n, &b->diff);
        if (same != (rows[i].differs == NULL) || (!same && !strstr(buf_cstr(&b->diff), rows[i].differs)))
            fail_msg("row %zu: %s\n%s", i, same ? "the same" : "differs", buf_cstr(&b->diff));
        buf_done(&text);
    }
}

/* Long texts are shown around the place where they part. */
static void the_place_where_texts_part(void **state)
{
    struct bench *b = *state;
    struct buf want = {0}, got = {0};

    buf_addz(&want, "{\"text\":\"");
    for (int i = 0; i < 40; i++)
        buf_addz(&want, "caf\u00e9 ");
    buf_add(&got, buf_view(&want));
    buf_addz(&want, "\u00e9nd\"}");
    buf_addz(&got, "\u00e8nd\"}"); /* shares the first byte */
    struct expectation e = {.fate = FATE_LIVE, .json = {.text = buf_view(&want), .line = 2}};
    const struct test_case tc = {.file = FILE_NAME, .line = 1, .expected = &e};
    const struct outcome o = {.fate = FATE_LIVE, .json = buf_view(&got)};

    assert_false(cases_compare(&tc, &o, 1, &b->diff));
    const char *diff = buf_cstr(&b->diff);
    if (!strstr(diff, "text: they part at character 202") || !strstr(diff, "caf\u00e9 |\u00e9nd\"\n") ||
        !strstr(diff, "caf\u00e9 |\u00e8nd\"\n") || strlen(diff) > 400)
        fail_msg("%s", diff);
    buf_done(&want);
    buf_done(&got);
}

static void two_runs(void **state)
{
    static const struct outcome a = {.fate = FATE_LIVE, .json = {"{\"x\":1}", 7}}, b = {.fate = FATE_LIVE, .json = {"{\"x\":2}", 7}};
    static const struct outcome d = {.fate = FATE_DROPPED, .code = {"q", 1}, .stage = {"s", 1}, .json = {"{\"x\":1}", 7}};
    struct bench *bench = *state;

    assert_true(cases_repeat(&a, 1, &a, 1, &bench->diff));
    assert_int_equal(bench->diff.len, 0);
    assert_false(cases_repeat(&a, 1, &b, 1, &bench->diff));
    assert_non_null(strstr(buf_cstr(&bench->diff), "{\"x\":|2}"));
    buf_clear(&bench->diff);
    assert_false(cases_repeat(&a, 1, &d, 1, &bench->diff));
    assert_non_null(strstr(buf_cstr(&bench->diff), "several: drop q in s"));
    assert_false(cases_repeat(&a, 1, &a, 0, &bench->diff));
    assert_false(cases_repeat(NULL, 0, &a, 1, &bench->diff));
    assert_true(cases_repeat(NULL, 0, NULL, 0, &bench->diff));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_without_case_lines, setup, teardown),
        cmocka_unit_test_setup_teardown(several_cases, setup, teardown),
        cmocka_unit_test_setup_teardown(option_values, setup, teardown),
        cmocka_unit_test_setup_teardown(lines_that_go_on, setup, teardown),
        cmocka_unit_test_setup_teardown(fields_in_lines_of_their_own, setup, teardown),
        cmocka_unit_test_setup_teardown(mistakes, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_json_may_be_meant, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_that_is_not_there, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_equal, setup, teardown),
        cmocka_unit_test_setup_teardown(fates_and_numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(the_place_where_texts_part, setup, teardown),
        cmocka_unit_test_setup_teardown(two_runs, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
