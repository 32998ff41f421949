/* clean_told.h - an article's fields as text, so that a test's expectation is a line of a table. */
#ifndef CLEAN_TOLD_H
#define CLEAN_TOLD_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "clean_page.h"

/* Which of the parsers that were built. */
static size_t told_which;

/* The parser under test; opened when it is first asked for, then kept. */
static inline struct clean_html *told_parser(void)
{
    static struct clean_html made[8];
    struct clean_html *h = &made[told_which];
    if (!h->parser) {
        clean_parser_at(told_which)->init();
        assert_true(clean_html_open(h, clean_parser_at(told_which)));
    }
    return h;
}

/* The group once with each parser; for main() to return. */
#define told_run(group) \
    told_sum_of_runs(_cmocka_run_group_tests, group, sizeof(group) / sizeof *(group))

static inline int told_sum_of_runs(int (*run)(const char *, const struct CMUnitTest *, const size_t,
                                              CMFixtureFunction, CMFixtureFunction),
                                   const struct CMUnitTest *tests, size_t n)
{
    int failed = 0;
    for (told_which = 0; clean_parser_at(told_which); told_which++)
        failed += run(clean_parser_at(told_which)->name, tests, n, NULL, NULL);
    return failed;
}

static inline pl_str told_str(const char *s)
{
    return (pl_str){s, strlen(s)};
}

static inline void told_is(const char *what, pl_str got, const char *expected)
{
    char copy[16384];
    assert_true(got.len < sizeof copy);
    if (got.len)
        memcpy(copy, got.ptr, got.len);
    copy[got.len] = 0;
    if (strcmp(copy, expected) != 0)
        print_error("%s\n", what);
    assert_string_equal(copy, expected);
}

/* "Ann Lee|Bo Ek" */
static inline void told_list_is(const char *what, pl_list got, const char *expected)
{
    char joined[2048];
    size_t n = 0;
    for (size_t i = 0; i < got.n && n < sizeof joined; i++)
        n += (size_t)snprintf(joined + n, sizeof joined - n, "%s%.*s", i ? "|" : "", (int)got.at[i].len, got.at[i].ptr);
    told_is(what, (pl_str){joined, n}, expected);
}

/* The field of that name as text; lists joined by '|'. */
static inline void told_field_is(const struct clean_article *a, const char *field, const char *expected)
{
    const struct {
        const char *name;
        pl_str value;
    } fields[] = {
        {"text", a->text},
        {"title", a->title},
        {"site", a->site},
        {"published", a->published},
        {"modified", a->modified},
        {"language", a->language},
        {"canonical_url", a->canonical_url},
        {"section", a->section},
        {"summary", a->summary},
        {"image", a->image},
        {"dateline_place", a->dateline_place},
        {"dateline_date", a->dateline_date},
        {"agency", a->agency},
    };
    if (strcmp(field, "byline") == 0 || strcmp(field, "tags") == 0) {
        told_list_is(field, field[0] == 'b' ? a->byline : a->tags, expected);
        return;
    }
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(fields[i].name, field) == 0) {
            told_is(field, fields[i].value, expected);
            return;
        }
    fail_msg("no field '%s'", field);
}

#endif
