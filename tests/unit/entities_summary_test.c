/* entities_summary_test.c - people, organisations and places of an article as JSON. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "entities_summary.h"

static int set_up(void **state)
{
    *state = gazetteer_new();
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    gazetteer_free(*state);
    return 0;
}

/* An article of mentions that the test makes: which words, and what they are. */
struct made {
    struct arena arena;
    struct document d;
    struct article a;
};

static void make(struct made *m, const struct gazetteer *gaz, const char *text)
{
    *m = (struct made){0};
    m->d = (struct document){.arena = &m->arena, .gaz = gaz, .text = text, .len = strlen(text)};
    assert_true(document_tokenise(&m->d));
    m->a.mentions.at = arena_alloc(&m->arena, 2000, sizeof *m->a.mentions.at);
    m->a.titles.at = arena_alloc(&m->arena, 100, sizeof *m->a.titles.at);
    m->a.references.at = arena_alloc(&m->arena, 100, sizeof *m->a.references.at);
}

static uint32_t find(const struct made *m, const char *words, size_t nth, uint32_t *end)
{
    const char *at = m->d.text - 1;
    do
        at = strstr(at + 1, words);
    while (at && nth-- > 0);
    assert_non_null(at);
    *end = (uint32_t)(at - m->d.text + (ptrdiff_t)strlen(words));
    return (uint32_t)(at - m->d.text);
}

static void name(struct made *m, const char *words, size_t nth, uint8_t type, uint32_t chain)
{
    struct mention *p = &m->a.mentions.at[m->a.mentions.n++];
    p->begin = find(m, words, nth, &p->end);
    p->type = type;
    p->chain = chain;
}

static void title(struct made *m, const char *words, uint32_t person)
{
    struct title *t = &m->a.titles.at[m->a.titles.n++];
    t->begin = find(m, words, 0, &t->end);
    t->person = person;
    while (m->d.tokens[t->first].begin < t->begin)
        t->first++;
    t->last = t->first;
    while (m->d.tokens[t->last].end < t->end)
        t->last++;
}

static void assert_list(const struct made *m, enum summary_list which, const char *expected)
{
    struct summary lists[SUMMARY_LISTS];
    assert_true(summary_write(&m->d, &m->a, lists));
    char *got = strndup(lists[which].json, lists[which].len);
    assert_non_null(got);
    assert_string_equal(got, expected);
    free(got);
}

static void test_counts(void **state)
{
    struct made m;
    make(&m, *state,
         "“Berg” – Berg said. Prime Minister Anna Berg and Jonas Lund met; president Lund left for Oslo. Lund, Mr. "
         "Lund.");
    name(&m, "Berg", 0, ENTITY_PER, 2);
    name(&m, "Berg", 1, ENTITY_PER, 2);
    name(&m, "Anna Berg", 0, ENTITY_PER, 2);
    name(&m, "Jonas Lund", 0, ENTITY_PER, 3);
    name(&m, "Lund", 1, ENTITY_PER, 3);
    name(&m, "Oslo", 0, ENTITY_LOC, 5);
    name(&m, "Lund", 2, ENTITY_PER, 3);
    name(&m, "Lund", 3, ENTITY_PER, 3);
    title(&m, "Prime Minister", 2);
    title(&m, "president", 4);
    title(&m, "Mr.", 7);
    assert_list(&m, SUMMARY_PEOPLE,
                "[{\"name\":\"Jonas Lund\",\"count\":4,\"first\":49,\"titles\":[\"president\"]},"
                "{\"name\":\"Anna Berg\",\"count\":3,\"first\":1,\"titles\":[\"Prime Minister\"]}]");
    assert_list(&m, SUMMARY_PLACES, "[{\"name\":\"Oslo\",\"count\":1,\"first\":89}]");
    assert_list(&m, SUMMARY_ORGANISATIONS, "[]");
    /* a reference counts, and of two as often named the first goes first */
    m.a.references.at[0].chain = 2;
    m.a.references.n = 1;
    assert_list(&m, SUMMARY_PEOPLE,
                "[{\"name\":\"Anna Berg\",\"count\":4,\"first\":1,\"titles\":[\"Prime Minister\"]},"
                "{\"name\":\"Jonas Lund\",\"count\":4,\"first\":49,\"titles\":[\"president\"]}]");
    arena_done(&m.arena);
}

/* A title that is told twice is one; there are at most eight. */
static void test_titles(void **state)
{
    struct made m;
    make(&m, *state, "a1 a2 a3 a4 a5 a6 a7 a8 a9 Mayor mayor Lund");
    name(&m, "Lund", 0, ENTITY_PER, 0);
    title(&m, "Mayor", 0);
    title(&m, "mayor", 0);
    assert_list(&m, SUMMARY_PEOPLE, "[{\"name\":\"Lund\",\"count\":1,\"first\":39,\"titles\":[\"Mayor\"]}]");
    m.a.titles.n = 0;
    static const char *const many[] = {"a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9"};
    for (size_t i = 0; i < 9; i++)
        title(&m, many[i], 0);
    assert_list(&m, SUMMARY_PEOPLE,
                "[{\"name\":\"Lund\",\"count\":1,\"first\":39,\"titles\":[\"a1\",\"a2\",\"a3\","
                "\"a4\",\"a5\",\"a6\",\"a7\",\"a8\"]}]");
    arena_done(&m.arena);
}

/* A form of address is no title; a rank is. */
static void test_forms_of_address(void **state)
{
    struct made m;
    make(&m, *state, "Mr. Dr Sir King Sen. Lund");
    name(&m, "Lund", 0, ENTITY_PER, 0);
    static const char *const many[] = {"Mr.", "Dr", "Sir", "King", "Sen."};
    for (size_t i = 0; i < 5; i++)
        title(&m, many[i], 0);
    assert_list(&m, SUMMARY_PEOPLE, "[{\"name\":\"Lund\",\"count\":1,\"first\":21,\"titles\":[\"King\",\"Sen.\"]}]");
    arena_done(&m.arena);
}

/* What JSON cannot have in a string. */
static void test_strings(void **state)
{
    struct made m;
    make(&m, *state,
         "X \"Q\\\x01"
         "\xFF\xC3\xA9 \n\t Y Z");
    name(&m,
         "X \"Q\\\x01"
         "\xFF\xC3\xA9 \n\t Y",
         0, ENTITY_ORG, 0);
    assert_list(&m, SUMMARY_ORGANISATIONS,
                "[{\"name\":\"X \\\"Q\\\\\\u0001\xEF\xBF\xBD\xC3\xA9 Y\",\"count\":1,\"first\":0}]");
    arena_done(&m.arena);
}

static void test_places(void **state)
{
    struct made m;
    struct gaz_namesake found[GAZ_MAX_NAMESAKES];
    struct gaz_place place;
    size_t n_found = gazetteer_namesakes(*state, "Oslo", 4, found), city = 0;
    while (city < n_found && !(gazetteer_place(*state, found[city].place, &place) && place.kind == GAZ_IS_CITY))
        city++;
    assert_true(city < n_found);
    make(&m, *state, "Oslo and Oslo and the North Sea and Anna Berg");
    name(&m, "Oslo", 0, ENTITY_LOC, 0);
    name(&m, "Oslo", 1, ENTITY_LOC, 0);
    name(&m, "North Sea", 0, ENTITY_LOC, 2);
    name(&m, "Anna Berg", 0, ENTITY_PER, 3);
    m.a.mentions.at[1].place = found[city].place + 1u; /* one of the chain is enough */
    char expected[200];
    int n = snprintf(expected, sizeof expected,
                     "[{\"name\":\"Oslo\",\"count\":2,\"first\":0,\"country\":\"NO\",\"geonames\":%u},"
                     "{\"name\":\"North Sea\",\"count\":1,\"first\":22}]",
                     (unsigned)place.geonames);
    assert_true(n > 0 && place.geonames == 3143244);
    assert_list(&m, SUMMARY_PLACES, expected);
    arena_done(&m.arena);
}

static void test_bounds(void **state)
{
    struct made m;
    struct summary lists[SUMMARY_LISTS];
    static char text[2001];
    memset(text, 'A', sizeof text - 1);
    make(&m, *state, text);
    for (uint32_t i = 0; i < 1000; i++)
        m.a.mentions.at[m.a.mentions.n++] =
            (struct mention){.begin = i * 2, .end = i * 2 + 1, .type = ENTITY_PER, .chain = i};
    assert_true(summary_write(&m.d, &m.a, lists));
    assert_int_equal(lists[SUMMARY_PEOPLE].n, SUMMARY_MAX);
    m.a.mentions.n = 1;
    m.a.mentions.at[0].end = 2000;
    assert_true(summary_write(&m.d, &m.a, lists));
    assert_true(lists[SUMMARY_PEOPLE].len < 500);
    arena_done(&m.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),  cmocka_unit_test(test_titles), cmocka_unit_test(test_forms_of_address),
        cmocka_unit_test(test_strings), cmocka_unit_test(test_places), cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests_name("entities_summary", tests, set_up, tear_down);
}
