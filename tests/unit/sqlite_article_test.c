/* sqlite_article_test.c - a record's line becomes these rows, and nothing of it is lost. */
#include "sqlite_told.h"

/* "table|cell|cell" a line; NULL is "-", a text is in quotation marks. */
static char *rows_of(pl_str rows)
{
    struct cell cells[SCHEMA_MAX_COLUMNS];
    struct told t = {0};
    enum schema_table table;
    char number[64];
    int got;

    told_add(&t, "", 0);
    while ((got = rows_next(&rows, &table, cells)) > 0) {
        told_add(&t, schema_tables[table].name, strlen(schema_tables[table].name));
        for (size_t i = 0; i < schema_tables[table].n_columns; i++) {
            const struct cell *c = &cells[i];
            /* Of an article, only what is there. */
            if (table == SCHEMA_ARTICLES && c->type == CELL_NULL)
                continue;
            told_add(&t, "|", 1);
            snprintf(number, sizeof number, c->type == CELL_INT ? "%.0f" : "%g", c->type == CELL_INT ? (double)c->i : c->f);
            if (c->type == CELL_TEXT) {
                told_add(&t, "'", 1);
                told_add(&t, c->text.ptr, c->text.len);
                told_add(&t, "'", 1);
            } else {
                told_add(&t, c->type == CELL_NULL ? "-" : number, c->type == CELL_NULL ? 1 : strlen(number));
            }
        }
        told_add(&t, "\n", 1);
    }
    assert_int_equal(got, 0);
    return t.at;
}

#define TEXT "\"text\":\"Ann Lee, the mayor, said: “No.” She left Oslo.\""
#define ANN "{\"id\":1,\"kind\":\"entity\",\"label\":\"PER\",\"begin\":0,\"end\":7,\"text\":\"Ann Lee\",\"chain\":1,\"score\":0.5}"

static const struct {
    const char *line, *rows;
} cases[] = {
    {"{\"id\":\"a\"}", "articles|'a'\n"},
    {"{\"id\":\"a\",\"title\":\"T\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e6\\ud83d\\ude00\\ud83dx\"}",
     "articles|'a'|'T\"\\/\b\f\n\r\tæ😀\xef\xbf\xbdx'\n"},
    {"{\"id\":\"a\",\"similarity\":0.75,\"http_status\":200}", "articles|'a'|0.75|200\n"},
    {"{\"id\":\"a\",\"similarity\":1}", "articles|'a'|1\n"},
    /* What is not of its column's kind, and what has no column. */
    {"{\"id\":\"a\",\"title\":7,\"similarity\":\"x\",\"http_status\":2.5,\"text\":null,\"more\":{\"a\":[1,{\"b\":\"]\"}]},\"x.y\":\"\\\"\"}",
     "articles|'a'|'{\"title\":7,\"similarity\":\"x\",\"http_status\":2.5,\"text\":null,\"more\":{\"a\":[1,{\"b\":\"]\"}]},\"x.y\":\"\\\"\"}'\n"},
    {"{\"id\":\"a\",\"http_status\":99999999999999999999}", "articles|'a'|'{\"http_status\":99999999999999999999}'\n"},
    {"{\"id\":\"a\",\"byline\":[\"X\",\"Y\"],\"tags\":\"one\"}", "articles|'a'\nbylines|1|'X'\nbylines|2|'Y'\ntags|1|'one'\n"},
    {"{\"id\":\"a\",\"byline\":[],\"tags\":[\"x\",1]}", "articles|'a'|'{\"byline\":[],\"tags\":[\"x\",1]}'\n"},
    /* A person, a title, what she said, and who "she" is. */
    {"{\"id\":\"a\"," TEXT ",\"annotations\":[" ANN
     ",{\"id\":2,\"kind\":\"title\",\"begin\":9,\"end\":18,\"text\":\"the mayor\",\"of\":1}"
     ",{\"id\":3,\"kind\":\"cue\",\"label\":\"say\",\"begin\":20,\"end\":24,\"text\":\"said\"}"
     ",{\"id\":4,\"kind\":\"quote\",\"label\":\"direct\",\"begin\":26,\"end\":31,\"text\":\"“No.”\",\"speaker\":5,\"cue\":3}"
     ",{\"id\":5,\"kind\":\"reference\",\"label\":\"pronoun\",\"begin\":32,\"end\":35,\"text\":\"She\",\"chain\":1}"
     ",{\"id\":6,\"kind\":\"entity\",\"label\":\"LOC\",\"begin\":41,\"end\":45,\"text\":\"Oslo\",\"chain\":6,\"country\":\"NO\","
     "\"country_name\":\"Norway\",\"geonames\":3143244,\"lat\":59.9,\"lon\":10.7,\"population\":580000}]}",
     "articles|'a'|'Ann Lee, the mayor, said: “No.” She left Oslo.'\n"
     "people|1|'Ann Lee'|'the mayor'|2|0\n"
     "places|6|'Oslo'|'NO'|'Norway'|3143244|59.9|10.7|580000|1|41\n"
     "mentions|1|'entity'|'PER'|0|7|'Ann Lee'|1|0.5|-|-|-|-|-|-|-|-\n"
     "mentions|5|'reference'|'pronoun'|32|35|'She'|1|-|-|-|-|-|-|-|-|-\n"
     "mentions|6|'entity'|'LOC'|41|45|'Oslo'|6|-|-|'NO'|'Norway'|3143244|59.9|10.7|580000|-\n"
     "titles|2|'the mayor'|9|18|1|1|-\n"
     "quotations|4|'direct'|'“No.”'|26|31|'Ann Lee'|1|5|'said'|3|-\n"
     "notes|3|'cue'|'say'|20|24|'said'|-\n"},
    /* A name without a chain is its own; a speaker without a name has the words of the text; links into nothing. */
    {"{\"id\":\"a\",\"annotations\":[{\"id\":1,\"kind\":\"entity\",\"label\":\"ORG\",\"begin\":5,\"end\":9,\"text\":\"Acme\"}"
     ",{\"id\":3,\"kind\":\"source\",\"begin\":1,\"end\":2,\"text\":\"they\",\"sure\":true}"
     ",{\"id\":4,\"kind\":\"quote\",\"label\":\"indirect\",\"begin\":1,\"end\":2,\"text\":\"x\",\"speaker\":3,\"cue\":99}"
     ",{\"id\":5,\"kind\":\"quote\",\"begin\":1,\"end\":2,\"text\":\"y\",\"speaker\":2,\"cue\":\"said\"}"
     ",{\"id\":7,\"kind\":\"entity\",\"label\":\"ORG\",\"begin\":7,\"end\":8,\"text\":\"it\",\"chain\":2}]}",
     "articles|'a'\norganisations|1|'Acme'|1|5\norganisations|7|'it'|1|7\n"
     "mentions|1|'entity'|'ORG'|5|9|'Acme'|1|-|-|-|-|-|-|-|-|-\n"
     "mentions|7|'entity'|'ORG'|7|8|'it'|2|-|-|-|-|-|-|-|-|-\n"
     "quotations|4|'indirect'|'x'|1|2|'they'|-|3|-|99|-\n"
     "quotations|5|-|'y'|1|2|-|-|2|-|-|'{\"cue\":\"said\"}'\n"
     "notes|3|'source'|-|1|2|'they'|'{\"sure\":true}'\n"},
    /* Attributes where they have no column, or of another kind. */
    {"{\"id\":\"a\",\"annotations\":[{\"id\":1,\"kind\":\"entity\",\"label\":\"MISC\",\"begin\":0,\"end\":1,\"text\":\"x\",\"score\":\"high\","
     "\"of\":1,\"z\":{\"note\":1}}]}",
     "articles|'a'\nmentions|1|'entity'|'MISC'|0|1|'x'|-|-|-|-|-|-|-|-|-|'{\"score\":\"high\",\"of\":1,\"z\":{\"note\":1}}'\n"},
    /* The same title twice, and two persons. */
    {"{\"id\":\"a\",\"annotations\":[" ANN ",{\"id\":2,\"kind\":\"title\",\"begin\":1,\"end\":2,\"text\":\"Mayor\",\"of\":6}"
     ",{\"id\":3,\"kind\":\"title\",\"begin\":2,\"end\":3,\"text\":\"Dr\",\"of\":1}"
     ",{\"id\":4,\"kind\":\"title\",\"begin\":3,\"end\":4,\"text\":\"Mayor\",\"of\":1}"
     ",{\"id\":5,\"kind\":\"entity\",\"label\":\"PER\",\"begin\":9,\"end\":10,\"text\":\"Bo\",\"chain\":5}"
     ",{\"id\":6,\"kind\":\"entity\",\"label\":\"PER\",\"begin\":8,\"end\":9,\"text\":\"Lee\",\"chain\":1}"
     ",{\"id\":7,\"kind\":\"title\",\"begin\":9,\"end\":10,\"text\":\"Mr\",\"of\":5}]}",
     "articles|'a'\npeople|1|'Ann Lee'|'Mayor; Dr'|2|0\npeople|5|'Bo'|'Mr'|1|9\n"
     "mentions|1|'entity'|'PER'|0|7|'Ann Lee'|1|0.5|-|-|-|-|-|-|-|-\n"
     "mentions|5|'entity'|'PER'|9|10|'Bo'|5|-|-|-|-|-|-|-|-|-\n"
     "mentions|6|'entity'|'PER'|8|9|'Lee'|1|-|-|-|-|-|-|-|-|-\n"
     "titles|2|'Mayor'|1|2|6|1|-\ntitles|3|'Dr'|2|3|1|1|-\ntitles|4|'Mayor'|3|4|1|1|-\ntitles|7|'Mr'|9|10|5|5|-\n"},
};

static void rows(void **state)
{
    struct article a = {0};
    const char *why;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(article_read(&a, str_z(cases[i].line), &why), ARTICLE_OK);
        char *got = rows_of((pl_str){a.rows.ptr, a.rows.len});
        assert_string_equal(got, cases[i].rows);
        free(got);
    }
    article_done(&a);
}

/* What the host never writes is refused, and read as far as it goes. */
static void wrong(void **state)
{
    static const char *const lines[] = {
        "", "7", "[]", "\"a\"", "{", "{}", "{\"id\":7}", "{\"id\"", "{\"id\":", "{\"id\":\"a\"", "{\"id\":\"a", "{\"id\":\"a\\\"}",
        "{\"id\":\"a\",\"annotations\":7}", "{\"id\":\"a\",\"annotations\":[7]}", "{\"id\":\"a\",\"annotations\":[{\"id\":1}]}",
        "{\"id\":\"a\",\"annotations\":[{\"id\":0,\"kind\":\"x\",\"text\":\"y\"}]}",
        "{\"id\":\"a\",\"annotations\":[{\"id\":1,\"kind\":\"x\",\"text\":7}]}",
        "{\"id\":\"a\",\"annotations\":[{\"id\":2,\"kind\":\"x\",\"text\":\"y\"},{\"id\":2,\"kind\":\"x\",\"text\":\"y\"}]}",
        "{\"id\":\"a\",\"title\":\"\\x\"}", "{\"id\":\"a\",\"title\":\"\\u12\"}", "{\"id\":\"a\",\"x\":}", "{\"id\":\"a\",\"x\":[}",
    };
    struct article a = {0};
    const char *why;

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (article_read(&a, str_z(lines[i]), &why) != ARTICLE_WRONG)
            fail_msg("taken: %s", lines[i]);
        assert_non_null(why);
    }
    article_done(&a);
}

/* Rows that a disk or another process spoilt, cut at each byte and with each byte changed. */
static void damaged(void **state)
{
    struct cell cells[SCHEMA_MAX_COLUMNS];
    struct article a = {0};
    enum schema_table t;
    const char *why;

    (void)state;
    assert_int_equal(article_read(&a, str_z(cases[9].line), &why), ARTICLE_OK);
    for (size_t n = 1; n < a.rows.len; n++) {
        char *copy = malloc(n);
        assert_non_null(copy);
        memcpy(copy, a.rows.ptr, n);
        pl_str rest = {copy, n};
        while (rows_next(&rest, &t, cells) > 0)
            continue;
        copy[n / 2] = (char)~copy[n / 2];
        rest = (pl_str){copy, n};
        while (rows_next(&rest, &t, cells) > 0)
            continue;
        free(copy);
    }
    article_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows), cmocka_unit_test(wrong), cmocka_unit_test(damaged)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
