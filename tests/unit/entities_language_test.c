/* entities_language_test.c - the table of languages. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "entities_language.h"

static const char *code_of(const char *asked)
{
    const struct language *l = language_find(asked, strlen(asked));
    return l ? l->code : "none";
}

static void test_find(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"en", "en"}, {"en-GB", "en"}, {"DE_at", "de"}, {"pl", "pl"}, {"xx", "none"}, {"eng", "none"}, {"", "none"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(code_of(cases[i][0]), cases[i][1]);
    assert_ptr_equal(language_english(), language_find("en", 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_find)};
    return cmocka_run_group_tests_name("entities_language", tests, NULL, NULL);
}
