/* entities_place_test.c - the gazetteer's places, and a damaged gazetteer. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "entities_embed.h"
#include "entities_gazetteer.h"

ENTITIES_EMBEDDED(entities_gazetteer_file);

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

/* The likeliest place of a name. */
static struct gaz_place first_place(const struct gazetteer *g, const char *name)
{
    struct gaz_namesake found[GAZ_MAX_NAMESAKES];
    struct gaz_place place;
    size_t n = gazetteer_namesakes(g, name, strlen(name), found);
    if (!n)
        print_error("no place is called %s\n", name);
    assert_true(n > 0 && gazetteer_place(g, found[0].place, &place));
    return place;
}

static void test_places(void **state)
{
    static const struct {
        const char *name, *country;
        enum gaz_place_kind kind;
        uint32_t geonames;
    } cases[] = {
        {"United States", "US", GAZ_IS_COUNTRY, 0},
        {"U.S.", "US", GAZ_IS_COUNTRY, 0},
        {"Britain", "GB", GAZ_IS_COUNTRY, 0},
        {"Scotland", "GB", GAZ_IS_REGION, 0},
        {"Holland", "NL", GAZ_IS_COUNTRY, 0},
        {"Kosovo", "XK", GAZ_IS_COUNTRY, 0},
        {"West Bank", "PS", GAZ_IS_COUNTRY, 0},
        {"Hong Kong", "HK", GAZ_IS_COUNTRY, 0},
        {"Taiwan", "TW", GAZ_IS_COUNTRY, 0},
        {"Crimea", "UA", GAZ_IS_REGION, 0},
        {"Bavaria", "DE", GAZ_IS_REGION, 0},
        {"Helmand", "AF", GAZ_IS_REGION, 0},
        {"Texas", "US", GAZ_IS_REGION, 0},
        {"@Tex.", "US", GAZ_IS_REGION, 0},
        {"Paris", "FR", GAZ_IS_CITY, 2988507},
        {"Kiev", "UA", GAZ_IS_CITY, 703448},
        {"New York", "US", GAZ_IS_REGION, 0},
        {"Washington", "US", GAZ_IS_REGION, 0},
        {"Washington DC", "US", GAZ_IS_CITY, 4140963},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct gaz_place place = first_place(*state, cases[i].name);
        if (memcmp(gazetteer_country_code(*state, place.country), cases[i].country, 2) != 0)
            print_error("%s\n", cases[i].name);
        assert_memory_equal(gazetteer_country_code(*state, place.country), cases[i].country, 2);
        assert_int_equal(place.kind, cases[i].kind);
        assert_int_equal(place.geonames, cases[i].geonames);
    }
    struct gaz_namesake none[GAZ_MAX_NAMESAKES];
    assert_int_equal(gazetteer_namesakes(*state, "prime", 5, none), 0);
    assert_int_equal(gazetteer_namesakes(*state, "", 0, none), 0);
}

static void test_city(void **state)
{
    struct gaz_place paris = first_place(*state, "Paris"), region;
    assert_true(fabs(paris.latitude - 48.85341) < 1e-4 && fabs(paris.longitude - 2.3488) < 1e-4);
    assert_true(paris.population > 2000000 && paris.population < 3000000 && paris.capital);
    assert_true(fabs(paris.prior - 8 * log2(paris.population)) < 1);
    assert_true(gazetteer_place(*state, paris.region, &region));
    assert_int_equal(region.kind, GAZ_IS_REGION);
    struct gaz_place sydney = first_place(*state, "Sydney");
    assert_true(fabs(sydney.latitude + 33.86785) < 1e-4 && fabs(sydney.longitude - 151.20732) < 1e-4);
    assert_false(sydney.capital);
}

/* Namesakes are all listed, each once, and lead to places. */
static void test_namesakes(void **state)
{
    struct gaz_namesake found[GAZ_MAX_NAMESAKES];
    struct gaz_place place;
    size_t n = gazetteer_namesakes(*state, "Springfield", 11, found);
    assert_true(n >= 5);
    for (size_t i = 0; i < n; i++) {
        assert_true(gazetteer_place(*state, found[i].place, &place));
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(found[i].place, found[k].place);
    }
    assert_false(gazetteer_place(*state, gazetteer_n_places(*state), &place));
    assert_false(gazetteer_place(*state, UINT32_MAX, &place));
}

static void test_countries_of_homes(void **state)
{
    static const char *const cases[][2] = {{"Iraqi", "IQ"},   {"Dutch", "NL"},     {"Scottish", "GB"},
                                           {"Chechen", "RU"}, {"Congolese", "CD"}, {"Palestinian", "PS"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct gaz_entry e = {0};
        assert_true(gazetteer_find(*state, cases[i][0], strlen(cases[i][0]), &e));
        uint32_t country = gazetteer_home_country(*state, e.home);
        assert_true(country > 0);
        assert_memory_equal(gazetteer_country_code(*state, country - 1), cases[i][1], 2);
    }
    size_t len;
    struct gaz_place uk = first_place(*state, "UK");
    const char *name = gazetteer_home(*state, gazetteer_country_home(*state, uk.country), &len);
    assert_int_equal(len, strlen("United Kingdom"));
    assert_memory_equal(name, "United Kingdom", len);
}

/* Words that are in no list, but for one in a million. */
static void test_strangers(void **state)
{
    uint64_t x = 88172645463325252;
    unsigned taken = 0;
    for (size_t i = 0; i < 200000; i++) {
        char word[12];
        struct gaz_entry e;
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        uint64_t rest = x;
        for (size_t k = 0; k < sizeof word; k++, rest /= 26)
            word[k] = (char)('a' + rest % 26);
        taken += gazetteer_find(*state, word, sizeof word, &e);
    }
    assert_true(taken <= 3);
}

static void use(const struct gazetteer *g)
{
    static const char *const names[] = {"US", "Paris", "Springfield", "Iraqi", "said", "San Jose", "Georgia", "Zzyzx"};
    struct gaz_entry e;
    struct gaz_namesake found[GAZ_MAX_NAMESAKES];
    struct gaz_place place;
    size_t len;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (gazetteer_find(g, names[i], strlen(names[i]), &e) && e.home)
            gazetteer_home(g, e.home, &len);
        size_t n = gazetteer_namesakes(g, names[i], strlen(names[i]), found);
        for (size_t k = 0; k < n; k++)
            if (gazetteer_place(g, found[k].place, &place))
                assert_true(*gazetteer_country_code(g, place.country) || true);
    }
}

/* Cut short, foreign, or with bytes changed: refused, or wrong, but never read outside. */
static void test_damage(void **state)
{
    (void)state;
    size_t len = (size_t)(entities_gazetteer_file_end - entities_gazetteer_file);
    unsigned char *copy = malloc(len);
    const char *why = NULL;
    assert_non_null(copy);
    static const size_t lengths[] = {0, 1, 8, 16, 103, 104, 200000};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        unsigned char *cut = malloc(lengths[i] + 1);
        assert_non_null(cut);
        memcpy(cut, entities_gazetteer_file, lengths[i]);
        assert_null(gazetteer_from(cut, lengths[i], &why));
        assert_non_null(why);
        free(cut);
    }
    for (size_t i = 0; i < 104; i++) { /* the header */
        memcpy(copy, entities_gazetteer_file, len);
        copy[i] ^= 0x55;
        struct gazetteer *g = gazetteer_from(copy, len, &why);
        assert_true(!g || i >= 16);
        if (g)
            use(g);
        gazetteer_free(g);
    }
    uint32_t x = 1;
    for (size_t round = 0; round < 30; round++) { /* one byte in 4, everywhere behind the header */
        memcpy(copy, entities_gazetteer_file, len);
        for (size_t i = 104; i < len; i++) {
            x = x * 1664525 + 1013904223;
            if (x >> 30 == 0 && round)
                copy[i] = (unsigned char)(round == 1 ? 0xFF : x >> 16);
        }
        struct gazetteer *g = gazetteer_from(copy, len, &why);
        assert_non_null(g);
        use(g);
        struct gaz_place place;
        for (uint32_t i = 0; i < gazetteer_n_places(g); i++)
            gazetteer_place(g, i, &place);
        gazetteer_free(g);
    }
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_city),
        cmocka_unit_test(test_namesakes),
        cmocka_unit_test(test_countries_of_homes),
        cmocka_unit_test(test_strangers),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
