/* entities_place_test.c - the gazetteer's places, which of them a name means, and a damaged gazetteer. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "entities_article.h"
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
        {"Hesse", "DE", GAZ_IS_REGION, 0},
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
    assert_int_equal(gazetteer_namesakes(*state, "Asia", 4, none), 0);
    assert_int_equal(gazetteer_namesakes(*state, "", 0, none), 0);
}

static void test_city(void **state)
{
    struct gaz_place paris = first_place(*state, "Paris"), region;
    assert_true(fabs(paris.latitude - 48.85341) < 1e-4 && fabs(paris.longitude - 2.3488) < 1e-4);
    assert_true(paris.population > 2000000 && paris.population < 3000000 && paris.capital);
    assert_true(paris.prior >= 8 * log2(paris.population));
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

/* The places of an article: "Paris US:4717560, Texas US". */
static void tell_places(const struct gazetteer *g, const char *text, char *out, size_t room)
{
    struct arena arena = {0};
    struct document d;
    struct article a;
    const struct article_options options = {0};
    size_t n = 0;
    out[0] = '\0';
    assert_true(article_mark(&arena, g, text, strlen(text), &options, &d, &a));
    for (size_t i = 0; i < a.mentions.n; i++) {
        const struct mention *m = &a.mentions.at[i];
        struct gaz_place place;
        if (!m->place)
            continue;
        assert_true(gazetteer_place(g, m->place - 1, &place));
        n += (size_t)snprintf(out + n, room - n, "%s%.*s %.2s", n ? ", " : "", (int)(m->end - m->begin),
                              text + m->begin, gazetteer_country_code(g, place.country));
        if (place.kind == GAZ_IS_CITY)
            n += (size_t)snprintf(out + n, room - n, ":%u", (unsigned)place.geonames);
        assert_true(n < room);
    }
    arena_done(&arena);
}

static void test_which_place(void **state)
{
    static const char *const cases[][2] = {
        /* named with the country or region that it lies in */
        {"He left Paris, Texas, for Dallas.", "Paris US:4717560, Texas US, Dallas US:4684888"},
        {"A storm hit the Texas town of Paris on Monday.", "Texas US, Paris US:4717560"},
        {"A fire broke out in Paris on Sunday, officials in Texas said. Engines came from Dallas.",
         "Paris US:4717560, Texas US, Dallas US:4684888"},
        {"The French minister left Paris for Texas. She will speak in Dallas.",
         "French FR, Paris FR:2988507, Texas US, Dallas US:4684888"},
        {"PARIS (Reuters) - The singer from Texas played on Sunday. She grew up in Dallas.",
         "PARIS FR:2988507, Texas US, Dallas US:4684888"},
        {"He flew from Dallas to Paris on Monday.", "Dallas US:4684888, Paris FR:2988507"},
        {"He moved to Springfield, Illinois. In Springfield it rained.",
         "Springfield US:4250542, Illinois US, Springfield US:4250542"},
        {"She left Wellington, a wine town near Cape Town. Storms came to Wellington, said Oslo.",
         "Wellington ZA:3359510, Cape Town ZA:3369157, Wellington ZA:3359510, Oslo NO:3143244"},
        {"Malawi and Kenya met. Malawi left for Haiti. Malawi is small. Its head went to Addis Ababa. He will sleep in Obermoos on Sunday.",
         "Malawi MW, Kenya KE, Malawi MW, Haiti HT, Malawi MW, Addis Ababa ET:344979, Obermoos MW"},
        {"The seat of Coventry East is far from France and Paris.", "Coventry East GB, France FR, Paris FR:2988507"},
        {"Police in Springfield, Mass., said so.", "Springfield US:4951788, Mass. US"},
        {"He lives in Springfield, MO, with his wife.", "Springfield US:4409896"},
        {"She moved from Cambridge, Massachusetts, to Cambridge, England, in May.",
         "Cambridge US:4931972, Massachusetts US, Cambridge GB:2653941, England GB"},
        {"The Libyan capital Tripoli was shelled.", "Libyan LY, Tripoli LY:2210247"},
        {"Ships left Tripoli, the Lebanese port, on Monday.", "Tripoli LB:266826, Lebanese LB"},
        {"A fire broke out in San Jose in northern California.", "San Jose US:5392171, California US"},
        {"London, Ontario, is a city in Canada. London has a mayor.",
         "London CA:6058560, Ontario CA, Canada CA, London CA:6058560"},
        {"The ferry from Seattle reached Victoria, British Columbia.",
         "Seattle US:5809844, Victoria CA:6174041, British Columbia CA"},
        /* by what else the article names */
        {"Residents of Birmingham and Huntsville voted, in Alabama.",
         "Birmingham US:4049979, Huntsville US:4068590, Alabama US"},
        {"Residents of Birmingham and Leeds voted, in England.", "Birmingham GB:2655603, Leeds GB:2644688, England GB"},
        {"Beirut and Tripoli were quiet after the Lebanese army moved.",
         "Beirut LB:276781, Tripoli LB:266826, Lebanese LB"},
        {"Fans in Cordoba and Seville cheered the Spanish team.", "Cordoba ES:2519240, Seville ES:2510911, Spanish ES"},
        {"Fans in Cordoba and Buenos Aires cheered.", "Cordoba AR:3860259, Buenos Aires AR:3435910"},
        {"The Costa Rican police said so in San Jose.", "Costa Rican CR, San Jose CR:3621849"},
        {"The state of Victoria closed its schools.", "Victoria AU"},
        /* a country, a state, a city, a person of one name */
        {"Voters in Georgia, Florida and Texas went to the polls.", "Georgia US, Florida US, Texas US"},
        {"Russian troops left Georgia for Armenia.", "Russian RU, Georgia GE, Armenia AM"},
        {"A court in Atlanta, Georgia, ruled on Monday.", "Atlanta US:4180439, Georgia US"},
        {"In Tbilisi, Georgia, it rained.", "Tbilisi GE:611717, Georgia GE"},
        {"The king of Jordan flew to Amman.", "Jordan JO, Amman JO:250441"},
        {"Michael Jordan scored twice. Jordan was happy with that, he said.", ""},
        {"He went back to Washington on Monday.", "Washington US:4140963"},
        {"He went back to New York on Monday.", "New York US:5128581"},
        {"NEW DELHI: The minister came back on Monday.", "NEW DELHI IN:1261481"},
        {"The premier of Singapore flew to Kuwait.", "Singapore SG, Kuwait KW"},
        /* other names, and what is no state */
        {"The U.S., Britain and Holland met in Kiev.", "U.S. US, Britain GB, Holland NL, Kiev UA:703448"},
        {"Kosovo, the West Bank, Hong Kong, Crimea and Scotland were named.",
         "Kosovo XK, West Bank PS, Hong Kong HK, Crimea UA, Scotland GB"},
        {"Troops entered Anbar province.", "Anbar IQ"},
        {"Troops entered Kandahar province.", "Kandahar AF"},
        {"Troops entered Kandahar on Monday.", "Kandahar AF:1138336"},
        {"Nations of Europe share the North Sea.", ""},
        /* peoples, and languages, which have no country */
        {"Iraqi, Texan and Catalan officials met the Kurds.", "Iraqi IQ, Texan US, Catalan ES"},
        {"He spoke no Spanish, his English translator said.", ""},
        /* not listed: where the places around it are, unless it is a river or a street */
        {"The village of Obermoos lies in Austria, near Vienna.", "Obermoos AT, Austria AT, Vienna AT:2761369"},
        {"The Rundu Bridge in Kenya was closed.", "Kenya KE"},
    };
    char told[512];
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tell_places(*state, cases[i][0], told, sizeof told);
        if (strcmp(told, cases[i][1]) != 0)
            print_error("in: %s\n  %s\n  not %s\n", cases[i][0], told, cases[i][1]);
        wrong += strcmp(told, cases[i][1]) != 0;
    }
    assert_int_equal(wrong, 0);
}

/* Time and memory stay bounded: one name a thousand times, and a thousand names. */
static void test_many(void **state)
{
    struct arena arena = {0};
    struct document d;
    struct article a;
    const struct article_options options = {0};
    static const char *const units[] = {"Springfield, ", "Georgia in Paris, Tripoli. ", "Zzyzxville, ",
                                        "Texas town of Paris, (Lebanon), "};
    static char text[40000];
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        size_t len = 0, step = strlen(units[u]);
        for (; len + step < sizeof text; len += step)
            memcpy(text + len, units[u], step);
        assert_true(article_mark(&arena, *state, text, len, &options, &d, &a));
        for (size_t i = 0; i < a.mentions.n; i++)
            assert_true(a.mentions.at[i].place <= gazetteer_n_places(*state));
        arena_reset(&arena);
    }
    arena_done(&arena);
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
        cmocka_unit_test(test_which_place),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_strangers),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
