/* json_test.c - the JSONL form of a record: what is read, what is refused, and that nothing is lost on the way.
 *
 * `json_test --lines N` writes N random records for tests/peer/json.sh: each as our line, then as a line of
 * what is in it, in a form that needs no JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include <cmocka.h>

#include "json.h"
#include "json_text.h"
#include "random_record.h"
#include "str.h"

static struct intern *names;

static int set_up(void **state)
{
    (void)state;
    names = random_names();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    intern_free(names);
    return 0;
}

/* ---- reading one line ---- */

static pl_record *read_line(pl_str line)
{
    pl_record *r = record_new(names, 0);
    struct json_error err = {0};

    if (json_read(r, line, &err) != PL_OK)
        fail_msg(STR_FMT "\nbyte %zu: %s", STR_ARG(line), err.at, err.text);
    return r;
}

/* The line that comes out of what was read; the caller frees it. */
static char *through(pl_str line)
{
    pl_record *r = read_line(line);
    struct buf b = {0};

    json_write(&b, r);
    record_free(r);
    return (char *)(uintptr_t)buf_cstr(&b);
}

static void values_have_their_type(void **state)
{
    static const struct {
        const char *value;
        pl_type type;
        const char *again; /* NULL: as it was */
    } rows[] = {
        {"\"\"", PL_STR, NULL},
        {"\"plain\"", PL_STR, NULL},
        {"\"\\u0041\\/\\b\\f\\n\\r\\t\\\"\\\\\"", PL_STR, "\"A/\\b\\f\\n\\r\\t\\\"\\\\\""},
        {"\"\\u0000\\u001F\\u007f\\u00e9\\u2028\\ufffe\"", PL_STR,
         "\"\\u0000\\u001f\x7F\xC3\xA9\xE2\x80\xA8\xEF\xBF\xBE\""},
        {"\"\\ud83d\\uDDDE!\"", PL_STR, "\"\xF0\x9F\x97\x9E!\""},
        /* the first and the last that a pair can say, and some whose low half of the number looks like a surrogate */
        {"\"\\ud800\\udc00\\udbff\\udfff\"", PL_STR, "\"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\""},
        {"\"a\\ud836\\ude19b\\ud836\\uDC00\\ud837\\udfff\\ud8f6\\ude19\"", PL_STR,
         "\"a\xF0\x9D\xA8\x99" "b\xF0\x9D\xA0\x80\xF0\x9D\xBF\xBF\xF1\x8D\xA8\x99\""},
        {"\"\\\\ud836\\\\\\u0022\"", PL_STR, "\"\\\\ud836\\\\\\\"\""},
        {"true", PL_BOOL, NULL},
        {"false", PL_BOOL, NULL},
        {"0", PL_I64, NULL},
        {"-0", PL_I64, "0"},
        {"9223372036854775807", PL_I64, NULL},
        {"-9223372036854775808", PL_I64, NULL},
        {"9223372036854775808", PL_JSON, NULL},
        {"-9223372036854775809", PL_JSON, NULL},
        {"123456789012345678901234567890", PL_JSON, NULL},
        {"0.1", PL_F64, NULL},
        {"-0.0", PL_F64, NULL},
        {"1.0", PL_F64, NULL},
        {"1E5", PL_F64, "100000.0"},
        {"1e15", PL_F64, "1e+15"},
        {"0.30000000000000004", PL_F64, NULL},
        {"5e-324", PL_F64, NULL},
        {"1.7976931348623157e+308", PL_F64, NULL},
        {"1e309", PL_JSON, NULL},
        {"-1e999999999", PL_JSON, NULL},
        {"1e-400", PL_JSON, NULL},
        {"0e999", PL_F64, "0.0"},
        {"0.0e-400", PL_F64, "0.0"},
        {"null", PL_JSON, NULL},
        {"[]", PL_STRS, NULL},
        {"[\"a\", \"\\u0062\"]", PL_STRS, "[\"a\",\"b\"]"},
        {"[\"a\", 1]", PL_JSON, NULL},
        {"[null]", PL_JSON, NULL},
        {"[[\"a\"]]", PL_JSON, NULL},
        {"{}", PL_JSON, NULL},
        {"{\"a\" : [ 1.50, {\"b\":\"\\u0041\"} ]}", PL_JSON, NULL},
        {"{\"a\":\n1,\r\n\"b\":2}", PL_JSON, "{\"a\": 1,  \"b\":2}"},
        {"{\"a\":1,\"a\":2}", PL_JSON, NULL},
        {"{\"base64\":\"AP8=\"}", PL_BYTES, NULL},
        {"{ \"base64\" : \"AP8\\u003d\" }", PL_BYTES, "{\"base64\":\"AP8=\"}"},
        {"{\"base64\":\"a\\/+b\"}", PL_BYTES, "{\"base64\":\"a/+b\"}"},
        {"{\"base64\":\"\"}", PL_BYTES, NULL},
        {"{\"base64\":\"AP8=\",\"n\":1}", PL_JSON, NULL},
        {"{\"base64\":5}", PL_JSON, NULL},
        {"{\"note\":1}", PL_JSON, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf in = {0}, want = {0};
        buf_addf(&in, " {\t\"x.y\" :\r\n%s } ", rows[i].value);
        buf_addf(&want, "{\"x.y\":%s}", rows[i].again ? rows[i].again : rows[i].value);
        pl_record *r = read_line(buf_view(&in));
        char *out = through(buf_view(&in));
        assert_int_equal(record_get(r, record_find_key(r, PL_S("x.y")))->type, rows[i].type);
        assert_string_equal(out, buf_cstr(&want));
        free(out);
        record_free(r);
        buf_done(&in);
        buf_done(&want);
    }
}

/* What a plugin may set: just what a line would bring back as JSON. */
static void other_json_is_told_from_what_has_a_type(void **state)
{
    static const struct {
        const char *text;
        bool is;
    } rows[] = {
        {"{}", true},
        {"{\"a\":[1,null,{\"b\":\"\\\"]\"}]}", true},
        {"[{\"name\":\"Oslo\",\"count\":2}]", true},
        {"[\"a\", 1]", true},
        {"{\"base64\":\"AP8=\",\"n\":1}", true},
        {"{\"base64\":\"AP8=\"}", false},
        {"[]", false},
        {"[\"a\"]", false},
        {"null", false},
        {"1", false},
        {"", false},
        {"{} ", false},
        {" {}", false},
        {"{}{}", false},
        {"[1", false},
        {"[1,]", false},
        {"{\"a\":\n1}", false},
        {"{\"a\":\"\xFF\"}", false},
    };
    char deep[160];
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (json_is_other(str_of(rows[i].text)) != rows[i].is)
            fail_msg("%s", rows[i].text);
    }
    for (size_t n = 63; n <= 64; n++) { /* the line around it is one level more */
        memset(deep, '[', n);
        deep[n] = '1';
        memset(deep + n + 1, ']', n);
        assert_int_equal(json_is_other((pl_str){deep, 2 * n + 1}), n == 63);
    }
}

static void well_known_fields_have_one_type(void **state)
{
    static const char *const rows[][2] = {
        {"{}", "{}"},
        {"{\"title\":null,\"http_status\":null,\"tags\":null,\"annotations\":null}", "{}"},
        {"{\"text\":\"b\",\"ti\\u0074le\":\"a\"}", "{\"title\":\"a\",\"text\":\"b\"}"},
        {"{\"byline\":\"Ann Lee\",\"tags\":\"x\"}", "{\"byline\":[\"Ann Lee\"],\"tags\":[\"x\"]}"},
        {"{\"tags\":[]}", "{\"tags\":[]}"},
        {"{\"similarity\":1}", "{\"similarity\":1.0}"},
        {"{\"body\":\"PGh0bWw\\u002B\"}", "{\"body\":\"PGh0bWw+\"}"},
        {"{\"http_status\":200}", "{\"http_status\":200}"},
        {"{\"annotations\":[]}", "{}"},
        {"{\"wire\":null,\"id\":\"1\"}", "{\"id\":\"1\",\"wire\":null}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *out = through(str_of(rows[i][0]));
        assert_string_equal(out, rows[i][1]);
        free(out);
    }
}

#define NEST10 "[[[[[[[[[["
#define UNNEST10 "]]]]]]]]]]"
#define NEST62 NEST10 NEST10 NEST10 NEST10 NEST10 NEST10 "[["
#define UNNEST62 "]]" UNNEST10 UNNEST10 UNNEST10 UNNEST10 UNNEST10 UNNEST10

static void bad_lines_are_refused_where_they_are_bad(void **state)
{
    static const struct {
        pl_str line;
        size_t at;
        const char *says;
    } rows[] = {
        {PL_S(""), 0, "too early"},
        {PL_S("  "), 2, "too early"},
        {PL_S("null"), 0, "not an object"},
        {PL_S("[1]"), 0, "not an object"},
        {PL_S("\"a\""), 0, "not an object"},
        {PL_S("\xEF\xBB\xBF{}"), 0, "not an object"},
        {PL_S("{"), 1, "too early"},
        {PL_S("{\"id\""), 5, "too early"},
        {PL_S("{\"id\":"), 6, "too early"},
        {PL_S("{\"id\":\"a"), 8, "too early"},
        {PL_S("{\"id\":\"a\\"), 8, "escape"},
        {PL_S("{\"id\":\"a\""), 9, "too early"},
        {PL_S("{\"id\":\"a\","), 10, "too early"},
        {PL_S("{\"x\":[1,"), 8, "too early"},
        {PL_S("{\"x\":{\"y\":"), 10, "too early"},
        {PL_S("{\"x\":1}}"), 7, "behind the object"},
        {PL_S("{\"x\":1} {}"), 8, "behind the object"},
        {PL_S("{\"x\":1}\0"), 7, "behind the object"},
        {PL_S("{\"x\":1,}"), 7, "name in quotes"},
        {PL_S("{,}"), 1, "name in quotes"},
        {PL_S("{\"x\" 1}"), 5, "':'"},
        {PL_S("{\"x\":1 \"y\":2}"), 7, "','"},
        {PL_S("{x:1}"), 1, "name in quotes"},
        {PL_S("{'x':1}"), 1, "name in quotes"},
        {PL_S("{1:1}"), 1, "name in quotes"},
        {PL_S("{\"x\":'y'}"), 5, "no value"},
        {PL_S("{\"x\":[1,]}"), 8, "no value"},
        {PL_S("{\"x\":[1 2]}"), 8, "']'"},
        {PL_S("{\"x\":[1}]}"), 7, "']'"},
        {PL_S("{\"x\":{\"y\":1]}"), 11, "'}'"},
        {PL_S("{\"x\":{\"y\":1,}}"), 12, "name in quotes"},
        {PL_S("{\"x\":{\"y\"}}"), 9, "':'"},
        {PL_S("{\"x\":tru}"), 5, "no value"},
        {PL_S("{\"x\":True}"), 5, "no value"},
        {PL_S("{\"x\":NaN}"), 5, "no value"},
        {PL_S("{\"x\":Infinity}"), 5, "no value"},
        {PL_S("{\"x\":-Infinity}"), 6, "digit"},
        {PL_S("{\"x\":01}"), 5, "begins with 0"},
        {PL_S("{\"x\":-01}"), 6, "begins with 0"},
        {PL_S("{\"x\":00.5}"), 5, "begins with 0"},
        {PL_S("{\"x\":1.}"), 7, "digit"},
        {PL_S("{\"x\":.5}"), 5, "no value"},
        {PL_S("{\"x\":+1}"), 5, "no value"},
        {PL_S("{\"x\":-}"), 6, "digit"},
        {PL_S("{\"x\":1e}"), 7, "digit"},
        {PL_S("{\"x\":1e+}"), 8, "digit"},
        {PL_S("{\"x\":1.e5}"), 7, "digit"},
        {PL_S("{\"x\":0x10}"), 6, "','"},
        {PL_S("{\"x\":1_000}"), 6, "','"},
        {PL_S("{\"x\":1}/**/"), 7, "behind"},
        {PL_S("{/**/\"x\":1}"), 1, "name in quotes"},
        {PL_S("{\"x\":\"a\nb\"}"), 7, "control"},
        {PL_S("{\"x\":\"a\tb\"}"), 7, "control"},
        {PL_S("{\"x\":\"a\0b\"}"), 7, "control"},
        {PL_S("{\"x\":[\"a\x1F\"]}"), 8, "control"},
        {PL_S("{\"x\ny\":1}"), 3, "control"},
        {PL_S("{\v\"x\":1}"), 1, "name in quotes"},
        {PL_S("{\"x\":\"\\x41\"}"), 6, "escape"},
        {PL_S("{\"x\":\"\\'\"}"), 6, "escape"},
        {PL_S("{\"x\":\"\\U0041\"}"), 6, "escape"},
        {PL_S("{\"x\":\"\\u004\"}"), 6, "escape"},
        {PL_S("{\"x\":\"\\u00g1\"}"), 6, "escape"},
        {PL_S("{\"x\":\"\\\0\"}"), 6, "escape"},
        {PL_S("{\"x\":\"\\ud83d\"}"), 6, "surrogate"},
        {PL_S("{\"x\":\"\\ud83dx\"}"), 6, "surrogate"},
        {PL_S("{\"x\":\"\\ud83d\\n\"}"), 6, "surrogate"},
        {PL_S("{\"x\":\"\\ud83d\\u0041\"}"), 6, "surrogate"},
        {PL_S("{\"x\":\"\\ud83d\\ud83d\\udf00\"}"), 6, "surrogate"},
        {PL_S("{\"x\":\"\\udf00\"}"), 6, "surrogate"},
        {PL_S("{\"x\":\"\\udf00\\ud83d\"}"), 6, "surrogate"},
        {PL_S("{\"x\":{\"y\":\"\\uDC00\"}}"), 11, "surrogate"},
        {PL_S("{\"\\ud800\":1}"), 2, "surrogate"},
        {PL_S("{\"x\":\"caf\xE9\"}"), 9, "UTF-8"},
        {PL_S("{\"x\":\"\xC0\x80\"}"), 6, "UTF-8"},
        {PL_S("{\"x\":\"\xED\xA0\x80\"}"), 6, "UTF-8"},
        {PL_S("{\"x\":\"\xF4\x90\x80\x80\"}"), 6, "UTF-8"},
        {PL_S("{\"x\":\"\xE2\x82"), 6, "UTF-8"},
        {PL_S("{\"x\":1,\"y\":2,\"x\":3}"), 13, "'x' stands here a second time"},
        {PL_S("{\"title\":\"a\",\"t\\u0069tle\":\"b\"}"), 13, "'title' stands here a second time"},
        {PL_S("{\"title\":null,\"title\":null}"), 14, "second time"},
        {PL_S("{\"annotations\":[],\"annotations\":[]}"), 18, "second time"},
        {PL_S("{\"\":1}"), 1, "empty name"},
        {PL_S("{\"title\":5}"), 9, "'title': expected text, found integer"},
        {PL_S("{\"title\":[\"a\"]}"), 9, "'title': expected text, found list of text"},
        {PL_S("{\"text\":{}}"), 8, "'text': expected text, found an object"},
        {PL_S("{\"tags\":[1]}"), 8, "'tags': expected list of text, found a list that is not all text"},
        {PL_S("{\"http_status\":\"200\"}"), 15, "'http_status': expected integer, found text"},
        {PL_S("{\"http_status\":200.0}"), 15, "'http_status': expected integer, found real"},
        {PL_S("{\"http_status\":99999999999999999999}"), 15,
         "'http_status': expected integer, found a number that is too"},
        {PL_S("{\"similarity\":true}"), 14, "'similarity': expected real, found bool"},
        {PL_S("{\"similarity\":1e999}"), 14, "'similarity': expected real, found a number that is too"},
        {PL_S("{\"url\":{\"base64\":\"QQ==\"}}"), 7, "'url': expected text, found bytes"},
        {PL_S("{\"body\":\"not base64\"}"), 8, "'body': not base64"},
        {PL_S("{\"body\":\"QQ==\\n\"}"), 8, "'body': not base64"},
        {PL_S("{\"body\":\"QR==\"}"), 8, "'body': not base64"},
        {PL_S("{\"x\":{\"base64\":\"QQ\"}}"), 15, "'x': not base64"},
        {PL_S("{\"x\":[" NEST62 "[" UNNEST62 "]}"), 68, "deep"},
        {PL_S("{\"x\":" NEST62 "{\"y\":{}}" UNNEST62 "}"), 72, "deep"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pl_record *r = record_new(names, 0);
        struct json_error err = {0};
        /* A line of exactly its length in memory, so that a read past its end is seen. */
        char *exact = malloc(rows[i].line.len + 1);
        if (rows[i].line.len)
            memcpy(exact, rows[i].line.ptr, rows[i].line.len);
        const int rc = json_read(r, (pl_str){exact, rows[i].line.len}, &err);
        if (rc != PL_ERROR || err.at != rows[i].at || !strstr(err.text, rows[i].says))
            fail_msg(STR_FMT ": %d, byte %zu: %s", STR_ARG(rows[i].line), rc, err.at, err.text);
        free(exact);
        record_free(r);
    }
}

static void depth_is_limited_and_no_sooner(void **state)
{
    static const char bomb[] = "{\"x\":";
    const size_t n = 1 << 20;
    pl_record *r = read_line(PL_S("{\"x\":" NEST62 "[" UNNEST62 "]}"));
    char *deep = malloc(sizeof bomb - 1 + n);
    struct json_error err;

    (void)state;
    assert_non_null(deep);
    record_free(r);
    memcpy(deep, bomb, sizeof bomb - 1);
    memset(deep + sizeof bomb - 1, '[', n);
    r = record_new(names, 0);
    assert_int_equal(json_read(r, (pl_str){deep, sizeof bomb - 1 + n}, &err), PL_ERROR);
    assert_int_equal(err.at, sizeof bomb - 1 + 63);
    record_free(r);
    free(deep);
}

static void names_are_limited(void **state)
{
    char name[1100];
    struct buf b = {0};
    struct json_error err;

    (void)state;
    memset(name, 'n', sizeof name);
    for (size_t len = 1023; len <= 1025; len++) {
        pl_record *r = record_new(names, 0);
        buf_clear(&b);
        buf_addf(&b, "{\"%.*s\":1}", (int)len, name);
        assert_int_equal(json_read(r, buf_view(&b), &err), len <= 1024 ? PL_OK : PL_ERROR);
        record_free(r);
    }
    for (size_t n = 4096; n <= 4097; n++) {
        pl_record *r = record_new(names, 0);
        buf_clear(&b);
        for (size_t i = 0; i < n; i++)
            buf_addf(&b, "%s\"f%zu\":%zu", i ? "," : "{", i, i);
        buf_addz(&b, "}");
        assert_int_equal(json_read(r, buf_view(&b), &err), n <= 4096 ? PL_OK : PL_ERROR);
        if (n <= 4096)
            assert_int_equal(record_get(r, record_find_key(r, PL_S("f4095")))->as.i, 4095);
        record_free(r);
    }
    /* A name said again is found among thousands. */
    b.len -= strlen(",\"f4096\":4096}");
    buf_addz(&b, ",\"f7\":1}");
    pl_record *r = record_new(names, 0);
    assert_int_equal(json_read(r, buf_view(&b), &err), PL_ERROR);
    assert_string_equal(err.text, "'f7' stands here a second time");
    record_free(r);
    buf_done(&b);
}

/* The line may go away: the record has a copy.  And the line is not written to. */
static void the_line_is_copied(void **state)
{
    const char *const source = "{\"title\":\"a\\nb\",\"tags\":[\"x\\ty\"],\"x\":{\n},\"body\":\"QUJD\"}";
    char *line = str_dup(str_of(source));
    pl_record *r = read_line(str_of(line));
    struct buf b = {0};

    (void)state;
    assert_string_equal(line, source);
    memset(line, '#', strlen(line));
    free(line);
    json_write(&b, r);
    assert_string_equal(buf_cstr(&b), "{\"body\":\"QUJD\",\"title\":\"a\\nb\",\"tags\":[\"x\\ty\"],\"x\":{ }}");
    buf_done(&b);
    record_free(r);
}

static void numbers_do_not_depend_on_the_locale(void **state)
{
    (void)state;
    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8"))
        skip();
    char *out = through(PL_S("{\"x\":0.25,\"y\":1.5e300}"));
    setlocale(LC_NUMERIC, "C");
    assert_string_equal(out, "{\"x\":0.25,\"y\":1.5e+300}");
    free(out);
}

/* ---- annotations ---- */

#define TEXT "\"text\":\"Jos\xC3\xA9 \xF0\x9F\x97\x9E Doe spoke\""
#define NOTES(list) "{" TEXT ",\"annotations\":[" list "]}"
#define ONE "{\"id\":1,\"kind\":\"entity\",\"label\":\"PER\",\"begin\":0,\"end\":4,\"text\":\"Jos\xC3\xA9\"}"

static void annotations_are_in_code_points(void **state)
{
    pl_record *r =
        read_line(PL_S(NOTES("{\"kind\":\"a\",\"begin\":5,\"end\":10},{\"kind\":\"b\",\"begin\":4,\"end\":5}")));
    const struct note *a = record_note(r, 1), *b = record_note(r, 2);

    (void)state;
    assert_int_equal(a->begin, 6);
    assert_int_equal(a->end, 14);
    assert_int_equal(b->begin, 5);
    assert_int_equal(b->end, 6);
    record_free(r);
}

static void annotations_come_out_in_one_form(void **state)
{
    static const char *const rows[][2] = {
        {NOTES(ONE), NULL},
        /* before the text, members in another order, white space, no id, no label, no text */
        {"{\"annotations\": [ { \"end\":4, \"begin\":0, \"kind\":\"q\" } ], " TEXT "}",
         NOTES("{\"id\":1,\"kind\":\"q\",\"begin\":0,\"end\":4,\"text\":\"Jos\xC3\xA9\"}")},
        /* ids are renumbered, links follow; they may point forward and at themselves */
        {NOTES("{\"id\":70,\"kind\":\"q\",\"begin\":0,\"end\":1,\"text\":\"J\",\"speaker\":5,\"chain\":70,\"of\":5,"
               "\"cue\":5},"
               "{\"id\":5,\"kind\":\"q\",\"begin\":0,\"end\":1,\"text\":\"J\",\"see\":{\"note\":70}}"),
         NOTES("{\"id\":1,\"kind\":\"q\",\"begin\":0,\"end\":1,\"text\":\"J\",\"speaker\":2,\"chain\":1,\"of\":2,"
               "\"cue\":2},"
               "{\"id\":2,\"kind\":\"q\",\"begin\":0,\"end\":1,\"text\":\"J\",\"see\":{\"note\":1}}")},
        /* attributes of every type, in their order */
        {NOTES("{\"id\":1,\"kind\":\"q\",\"begin\":0,\"end\":1,\"text\":\"J\",\"z\":\"\\u0000\",\"cue\":1,\"n\":-7,"
               "\"f\":0.5,"
               "\"t\":true,\"j\":{\"base64\":\"QQ==\"},\"l\":[\"a\"],\"o\":null,\"speaker\":\"Jane\",\"of\":1.5,"
               "\"note\":{\"note\":0},\"big\":99999999999999999999}"),
         NULL},
        {NOTES("{\"kind\":\"q\",\"begin\":0,\"end\":1,\"\\u0078\":\"\\u0041\",\"te\\u0078t\":\"\\u004a\"}"),
         NOTES("{\"id\":1,\"kind\":\"q\",\"begin\":0,\"end\":1,\"text\":\"J\",\"x\":\"A\"}")},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *out = through(str_of(rows[i][0]));
        assert_string_equal(out, rows[i][rows[i][1] ? 1 : 0]);
        free(out);
    }
}

#define SPAN "\"begin\":0,\"end\":1"

static void annotations_that_do_not_fit_are_refused(void **state)
{
    static const char *const rows[][2] = {
        {"{\"annotations\":[" ONE "]}", "no place in the text, which has 0 characters"},
        {"{\"text\":null,\"annotations\":[" ONE "]}", "which has 0 characters"},
        {"{\"annotations\":{}}", "'annotations' is not a list"},
        {"{\"annotations\":\"x\"}", "'annotations' is not a list"},
        {NOTES("1"), "not a list of objects"},
        {NOTES("[]"), "not a list of objects"},
        {NOTES("{\"begin\":0,\"end\":1}"), "annotation 1: no 'kind'"},
        {NOTES(ONE ",{\"kind\":5," SPAN "}"), "annotation 2: no 'kind'"},
        {NOTES("{\"kind\":\"\"," SPAN "}"), "an empty name"},
        {NOTES("{\"kind\":\"a\",\"end\":1}"), "no 'begin'"},
        {NOTES("{\"kind\":\"a\",\"begin\":1}"), "no 'end'"},
        {NOTES("{\"kind\":\"a\",\"begin\":\"0\",\"end\":1}"), "'begin' is no place"},
        {NOTES("{\"kind\":\"a\",\"begin\":0.0,\"end\":1}"), "'begin' is no place"},
        {NOTES("{\"kind\":\"a\",\"begin\":-1,\"end\":1}"), "'begin' is no place"},
        {NOTES("{\"kind\":\"a\",\"begin\":0,\"end\":17}"), "'end' is no place in the text, which has 16 characters"},
        {NOTES("{\"kind\":\"a\",\"begin\":0,\"end\":99999999999999999999}"), "'end' is no place"},
        {NOTES("{\"kind\":\"a\",\"begin\":2,\"end\":2}"), "'end' is not behind 'begin'"},
        {NOTES("{\"kind\":\"a\",\"begin\":3,\"end\":2}"), "'end' is not behind 'begin'"},
        {NOTES("{\"kind\":\"a\"," SPAN ",\"label\":1}"), "'label' is not text"},
        {NOTES("{\"kind\":\"a\"," SPAN ",\"text\":null}"), "'text' is not text"},
        {NOTES("{\"kind\":\"a\"," SPAN ",\"text\":\"j\"}"), "'text' is not what the text has"},
        /* offsets in bytes */
        {NOTES("{\"kind\":\"a\",\"begin\":0,\"end\":5,\"text\":\"Jos\xC3\xA9\"}"), "'text' is not what the text has"},
        {NOTES("{\"id\":0,\"kind\":\"a\"," SPAN "}"), "'id' is not a number from 1"},
        {NOTES("{\"id\":\"1\",\"kind\":\"a\"," SPAN "}"), "'id' is not a number from 1"},
        {NOTES("{\"id\":2,\"kind\":\"a\"," SPAN "},{\"id\":2,\"kind\":\"a\"," SPAN "}"),
         "two annotations have the id 2"},
        {NOTES("{\"id\":3,\"kind\":\"a\"," SPAN "},{\"id\":1,\"kind\":\"a\"," SPAN "},{\"id\":3,\"kind\":\"a\"," SPAN
               "}"),
         "two annotations have the id 3"},
        {NOTES("{\"id\":1,\"kind\":\"a\"," SPAN ",\"chain\":2}"), "'chain' links to 2, which is none"},
        {NOTES("{\"id\":1,\"kind\":\"a\"," SPAN ",\"chain\":0}"), "'chain' links to 0, which is none"},
        {NOTES("{\"kind\":\"a\"," SPAN ",\"x\":{\"note\":1}}"), "'x' links to 1, which is none"},
        {NOTES("{\"kind\":\"a\"," SPAN ",\"end\":1}"), "'end' stands here a second time"},
        {NOTES("{\"kind\":\"a\"," SPAN ",\"x\":1,\"x\":2}"), "'x' stands here a second time"},
        {NOTES("{\"kind\":\"a\"," SPAN ",\"\":1}"), "an empty name"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pl_record *r = record_new(names, 0);
        struct json_error err = {0};
        if (json_read(r, str_of(rows[i][0]), &err) != PL_ERROR || !strstr(err.text, rows[i][1]))
            fail_msg("%s\nwanted: %s\ngot: %s", rows[i][0], rows[i][1], err.text);
        record_free(r);
    }
}

static void an_annotation_has_64_attributes_at_most(void **state)
{
    (void)state;
    for (int n = 64; n <= 65; n++) {
        pl_record *r = record_new(names, 0);
        struct json_error err = {0};
        struct buf b = {0};
        buf_addz(&b, "{\"text\":\"x\",\"annotations\":[{\"kind\":\"a\"," SPAN);
        for (int i = 0; i < n; i++)
            buf_addf(&b, ",\"a%d\":%d", i, i);
        buf_addz(&b, "}]}");
        assert_int_equal(json_read(r, buf_view(&b), &err), n == 64 ? PL_OK : PL_ERROR);
        if (n == 65)
            assert_string_equal(err.text, "annotation 1: more than 64 attributes");
        buf_done(&b);
        record_free(r);
    }
}

/* Annotations that all span the whole text: the limit of the buffer ends it. */
static void a_line_that_would_burst_stops_at_the_limit(void **state)
{
    static char text[100000];
    pl_record *r = record_new(names, 0);
    struct buf b = {.limit = 1 << 20};

    (void)state;
    memset(text, 'x', sizeof text);
    assert_int_equal(record_set(r, PL_TEXT, (struct value){.type = PL_STR, .as.str = {text, sizeof text}}), PL_OK);
    for (pl_note n = 1; n <= 20000; n++)
        assert_int_equal(record_annotate(r, PL_TITLE, PL_S(""), 0, sizeof text), n);
    json_write(&b, r);
    assert_true(b.failed);
    assert_true(b.len <= 1 << 20);
    buf_done(&b);
    record_free(r);
}

/* ---- scalars ---- */

static void reals_read_back(void **state)
{
    static const struct {
        double v;
        const char *want;
    } rows[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.0, "1.0"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {1e15, "1e+15"},
        {123456789012345.0, "123456789012345.0"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1e-5, "1e-05"},
        {DBL_MAX, "1.7976931348623157e+308"},
        {DBL_MIN, "2.2250738585072014e-308"},
        {5e-324, "5e-324"},
        {1e-310, "1e-310"},
        {1e300, "1e+300"},
        {1.0 / 3, "0.3333333333333333"},
        {(double)NAN, "null"},
        {(double)-INFINITY, "null"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf b = {0};
        json_f64(&b, rows[i].v);
        assert_string_equal(buf_cstr(&b), rows[i].want);
        buf_done(&b);
    }
    for (uint64_t seed = 0, n = 0; n < 100000; n++) {
        const double v = random_f64(&seed);
        struct buf b = {0};
        double again;
        json_f64(&b, v);
        assert_true(str_to_f64(buf_view(&b), &again));
        assert_memory_equal(&again, &v, sizeof v);
        assert_true(memchr(b.ptr, '.', b.len) || memchr(b.ptr, 'e', b.len));
        buf_done(&b);
    }
}

static void text_is_escaped_and_repaired(void **state)
{
    char long_text[64];

    (void)state;
    for (int c = 0; c < 256; c++) {
        for (size_t at = 0; at < 50; at++) {
            /* One odd byte at every place of what is looked at at once, and behind it. */
            struct buf b = {0};
            memset(long_text, 'a', sizeof long_text);
            long_text[at] = (char)c;
            json_text(&b, (pl_str){long_text, 50});
            const size_t grown = b.len - 52;
            const bool letter = c && strchr("\b\f\n\r\t\"\\", c);
            const char first = letter || c < 0x20 ? '\\' : c >= 0x80 ? '\xEF' : (char)c;
            assert_int_equal(b.ptr[1 + at], first);
            assert_int_equal(grown, letter ? 1 : c < 0x20 ? 5 : c >= 0x80 ? 2 : 0);
            buf_done(&b);
        }
    }
    /* The longest escape at the end of every length of buffer. */
    for (size_t n = 0; n < 600; n++) {
        struct buf b = {0};
        for (size_t i = 0; i < n; i++)
            buf_addc(&b, 'a');
        json_text(&b, PL_S("\x01"));
        assert_int_equal(b.len, n + 8);
        buf_done(&b);
    }
    struct buf b = {0};
    json_text(&b, PL_S("\xC3\xA9\xFF\xE2\x80\"\x7F\xF0\x9F\x97\x9E"));
    assert_string_equal(buf_cstr(&b), "\"\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBD\\\"\x7F\xF0\x9F\x97\x9E\"");
    buf_clear(&b);
    json_text(&b, (pl_str){NULL, 0});
    json_i64(&b, INT64_MIN);
    json_i64(&b, INT64_MAX);
    json_i64(&b, 0);
    assert_string_equal(buf_cstr(&b), "\"\"-922337203685477580892233720368547758070");
    buf_done(&b);
}

/* ---- round trips ---- */

static bool same_value(const struct value *a, const struct value *b)
{
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case PL_STR:
    case PL_BYTES:
    case PL_JSON: return str_eq(a->as.str, b->as.str);
    case PL_BOOL: return a->as.b == b->as.b;
    case PL_I64: return a->as.i == b->as.i;
    case PL_F64: return memcmp(&a->as.f, &b->as.f, sizeof a->as.f) == 0;
    case PL_STRS:
        for (size_t i = 0; i < a->as.list.n && a->as.list.n == b->as.list.n; i++) {
            if (!str_eq(a->as.list.at[i], b->as.list.at[i]))
                return false;
        }
        return a->as.list.n == b->as.list.n;
    case PL_UNSET: break;
    }
    return true;
}

static bool same_note(const pl_record *a, const pl_record *b, pl_note n)
{
    const struct note *x = record_note(a, n), *y = record_note(b, n);
    const struct attr *xs[RECORD_MAX_ATTRS], *ys[RECORD_MAX_ATTRS];
    const size_t n_attrs = record_note_attrs(a, n, xs);

    if (!str_eq(record_key_name(a, x->kind), record_key_name(b, y->kind)) || !str_eq(x->label, y->label) ||
        x->begin != y->begin || x->end != y->end || record_note_attrs(b, n, ys) != n_attrs)
        return false;
    for (size_t i = 0; i < n_attrs; i++) {
        if (!str_eq(record_key_name(a, xs[i]->key), record_key_name(b, ys[i]->key)) || xs[i]->link != ys[i]->link ||
            (!xs[i]->link && !same_value(&xs[i]->v, &ys[i]->v)))
            return false;
    }
    return true;
}

static bool same_record(const pl_record *a, const pl_record *b)
{
    size_t at_a = 0, at_b = 0;
    const struct value *va, *vb;
    pl_key ka, kb;

    for (;;) {
        const bool more = record_next(a, &at_a, &ka, &va);
        if (more != record_next(b, &at_b, &kb, &vb))
            return false;
        if (!more)
            break;
        if (!str_eq(record_key_name(a, ka), record_key_name(b, kb)) || !same_value(va, vb))
            return false;
    }
    if (record_n_notes(a) != record_n_notes(b))
        return false;
    for (pl_note n = 1; n <= record_n_notes(a); n++) {
        if (!same_note(a, b, n))
            return false;
    }
    return true;
}

static void random_records_come_back(void **state)
{
    struct buf b = {0}, again = {0};

    (void)state;
    for (uint64_t seed = 0; seed < 20000; seed++) {
        pl_record *r = random_record(names, seed);
        buf_clear(&b);
        buf_clear(&again);
        json_write(&b, r);
        assert_null(memchr(b.ptr, '\n', b.len));
        pl_record *back = read_line(buf_view(&b));
        json_write(&again, back);
        if (!same_record(r, back))
            fail_msg("seed %d is another record", (int)seed);
        if (!str_eq(buf_view(&b), buf_view(&again)))
            fail_msg("seed %d is another line", (int)seed);
        record_free(back);
        record_free(r);
    }
    buf_done(&b);
    buf_done(&again);
}

/* Cut anywhere, a line is refused; with a byte changed anywhere it is refused or is a record that comes back. */
static void damaged_lines_do_no_harm(void **state)
{
    struct buf b = {0}, once = {0};

    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        pl_record *r = random_record(names, seed);
        struct json_error err;
        buf_clear(&b);
        json_write(&b, r);
        record_free(r);
        for (size_t at = 0; at < b.len; at += 1 + b.len / 300) {
            r = record_new(names, 0);
            assert_int_equal(json_read(r, (pl_str){b.ptr, at}, &err), PL_ERROR);
            record_free(r);
            const char was = b.ptr[at];
            b.ptr[at] = "\"\\{}[],:0e-\x80\0 "[(at + seed) % 14];
            r = record_new(names, 0);
            if (json_read(r, buf_view(&b), &err) == PL_OK) {
                buf_clear(&once);
                json_write(&once, r);
                pl_record *back = read_line(buf_view(&once));
                assert_true(same_record(r, back));
                record_free(back);
            }
            record_free(r);
            b.ptr[at] = was;
        }
    }
    buf_done(&b);
    buf_done(&once);
}

static void every_memory_limit_is_met(void **state)
{
    const pl_str line =
        PL_S(NOTES("{\"id\":9,\"kind\":\"q\",\"begin\":0,\"end\":1,\"own\":\"a\\nb\",\"chain\":9},"
                   "{\"id\":4,\"kind\":\"r\",\"label\":\"x\",\"begin\":0,\"end\":1,\"own\":{\"note\":9}}"));
    const pl_str fields = PL_S("{\"wire\":{\"a\":1},\"tags\":[\"a\\n\",\"b\"],\"byline\":\"x\",\"title\":\"\\u0041\"}");

    (void)state;
    for (int which = 0; which < 2; which++) {
        pl_record *r = read_line(which ? fields : line);
        const size_t need = r->arena.used;
        record_free(r);
        for (size_t limit = 1; limit <= need; limit++) {
            struct json_error err;
            r = record_new(names, limit);
            assert_int_equal(json_read(r, which ? fields : line, &err), limit < need ? PL_NOMEM : PL_OK);
            record_free(r);
        }
    }
}

static void what_a_bad_line_set_is_taken_back(void **state)
{
    pl_record *r = record_new(names, 0);
    struct json_error err;
    struct buf b = {0};

    (void)state;
    assert_int_equal(record_set(r, PL_SOURCE, (struct value){.type = PL_STR, .as.str = PL_S("a.jsonl")}), PL_OK);
    record_begin(r);
    assert_int_equal(json_read(r, PL_S(NOTES(ONE ",{}")), &err), PL_ERROR);
    record_rollback(r);
    json_write(&b, r);
    assert_string_equal(buf_cstr(&b), "{\"source\":\"a.jsonl\"}");
    buf_done(&b);
    record_free(r);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_have_their_type),
        cmocka_unit_test(other_json_is_told_from_what_has_a_type),
        cmocka_unit_test(well_known_fields_have_one_type),
        cmocka_unit_test(bad_lines_are_refused_where_they_are_bad),
        cmocka_unit_test(depth_is_limited_and_no_sooner),
        cmocka_unit_test(names_are_limited),
        cmocka_unit_test(the_line_is_copied),
        cmocka_unit_test(numbers_do_not_depend_on_the_locale),
        cmocka_unit_test(annotations_are_in_code_points),
        cmocka_unit_test(annotations_come_out_in_one_form),
        cmocka_unit_test(annotations_that_do_not_fit_are_refused),
        cmocka_unit_test(an_annotation_has_64_attributes_at_most),
        cmocka_unit_test(a_line_that_would_burst_stops_at_the_limit),
        cmocka_unit_test(reals_read_back),
        cmocka_unit_test(text_is_escaped_and_repaired),
        cmocka_unit_test(random_records_come_back),
        cmocka_unit_test(damaged_lines_do_no_harm),
        cmocka_unit_test(every_memory_limit_is_met),
        cmocka_unit_test(what_a_bad_line_set_is_taken_back),
    };

    if (argc == 3 && strcmp(argv[1], "--lines") == 0)
        return random_lines(strtoull(argv[2], NULL, 10));
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
