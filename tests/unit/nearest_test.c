/* nearest_test.c - the right word that a wrong one was probably meant to be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nearest.h"
#include "str.h"

static const char *const words[] = {"dedupe", "clean", "entities", "archive", "fetch", "min_words", "max_words", "on"};

static void finds_what_was_meant(void **state)
{
    static const char *const rows[][2] = {
        {"dedup", "dedupe"},
        {"deduep", "dedupe"},
        {"claen", "clean"},
        {"entites", "entities"},
        {"archvie", "archive"},
        {"fecth", "fetch"},
        {"min_word", "min_words"},
        {"mx_words", "max_words"},
        {"clean", "clean"},
        {"no", "on"},
        {"o", "on"},
        {"summarise", NULL},
        {"zzz", NULL},
        {"", NULL},
        {"translate", NULL},
        {"qq", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nearest n = {.word = str_of(rows[i][0])};
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            nearest_offer(&n, str_of(words[k]));
        if (!rows[i][1])
            assert_null(n.best.ptr);
        else
            assert_true(str_is(n.best, rows[i][1]));
    }
}

static void the_first_of_equals_stands(void **state)
{
    struct nearest n = {.word = PL_S("max_sise")};

    (void)state;
    nearest_offer(&n, PL_S("max_side"));
    nearest_offer(&n, PL_S("max_size"));
    assert_true(str_is(n.best, "max_side"));
    nearest_offer(&n, PL_S("max_sise"));
    assert_true(str_is(n.best, "max_sise"));
}

static void endless_words_are_left_alone(void **state)
{
    static char longest[100000];
    struct nearest n = {.word = {longest, sizeof longest}};

    (void)state;
    nearest_offer(&n, n.word);
    assert_null(n.best.ptr);
    n.word = PL_S("x");
    nearest_offer(&n, (pl_str){longest, sizeof longest});
    assert_null(n.best.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_meant),
        cmocka_unit_test(the_first_of_equals_stands),
        cmocka_unit_test(endless_words_are_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
