/* entities_token_test.c - characters, tokens, sentences, and the gazetteer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "entities_gazetteer.h"
#include "entities_text.h"
#include "entities_token.h"

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

static void test_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        uint32_t character;
        size_t length;
    } cases[] = {
        {"a", 'a', 1},
        {"é", 0xE9, 2},
        {"“", 0x201C, 3},
        {"😀", 0x1F600, 4},
        {"\x80", NOT_A_CHARACTER, 1},             /* a tail without a head */
        {"\xC3", NOT_A_CHARACTER, 1},             /* a head without a tail */
        {"\xC0\xAF", NOT_A_CHARACTER, 1},         /* overlong */
        {"\xE0\x80\xAF", NOT_A_CHARACTER, 1},     /* overlong */
        {"\xED\xA0\x80", NOT_A_CHARACTER, 1},     /* a surrogate */
        {"\xF4\x90\x80\x80", NOT_A_CHARACTER, 1}, /* beyond U+10FFFF */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t at = 0;
        assert_int_equal(utf8_next(cases[i].bytes, strlen(cases[i].bytes), &at), cases[i].character);
        assert_int_equal(at, cases[i].length);
        if (cases[i].character != NOT_A_CHARACTER)
            assert_int_equal(utf8_before(cases[i].bytes, at), cases[i].character);
    }
    assert_int_equal(utf8_before("x", 0), 0);
    assert_int_equal(utf8_at("x", 1, 1), 0);
}

static void test_letters(void **state)
{
    (void)state;
    assert_true(is_upper('A') && is_upper(0xC9) && is_upper(0x160) && is_upper(0x0416));
    assert_false(is_upper('a') || is_upper(0xE9) || is_upper(0x161) || is_upper(0xD7) || is_upper('1'));
    assert_true(is_letter(0xDF) && is_letter(0x4E2D) && is_letter(0x0301));
    assert_false(is_letter(0xD7) || is_letter(0x2019) || is_letter(0x1F600) || is_letter(NOT_A_CHARACTER));
    assert_true(is_space(0xA0) && is_space(0x200B) && is_space(0xFEFF) && is_space('\n'));
    assert_int_equal(fold_char(0xC9), 'E');
    assert_int_equal(fold_char(0x142), 'l');
    assert_int_equal(fold_char(0x2019), '\'');
    assert_int_equal(fold_char(0x4E2D), 0);
}

/* The tokens with "|" between, the sentences with "||". */
static void assert_tokens(const struct gazetteer *gaz, const char *text, const char *expected)
{
    struct arena arena = {0};
    struct document d = {.arena = &arena, .gaz = gaz, .text = text, .len = strlen(text)};
    char got[1024];
    size_t n = 0;
    assert_true(document_tokenise(&d));
    for (size_t i = 0; i < d.n_tokens; i++) {
        const struct token *t = &d.tokens[i];
        if (i)
            got[n++] = '|';
        if (i && t->sentence != t[-1].sentence)
            got[n++] = '|';
        assert_true(n + (t->end - t->begin) + 3 < sizeof got);
        memcpy(got + n, text + t->begin, t->end - t->begin);
        n += t->end - t->begin;
    }
    got[n] = '\0';
    assert_string_equal(got, expected);
    arena_done(&arena);
}

static void test_tokens(void **state)
{
    static const char *const cases[][2] = {
        {"Mr. O'Brien's dog", "Mr.|O'Brien|'s|dog"},
        {"Al-Kadhimi’s house", "Al|-|Kadhimi|’s|house"},
        {"the U.S. and the U.N said at 8 a.m. today", "the|U.S.|and|the|U.N|said|at|8|a.m.|today"},
        {"J. Smith, R.K. Narayan", "J.|Smith|,|R.K.|Narayan"},
        {"don't we've", "don't|we|'ve"},
        {"It cost $1,200.50 (or 3/4) in the 1990s.", "It|cost|$|1,200.50|(|or|3/4|)|in|the|1990s|."},
        {"See https://example.org/a?b=1. Then", "See|https://example.org/a?b=1|.||Then"},
        {"AT&T and Amazon.com", "AT&T|and|Amazon.com"},
        {"@anna #harbour2", "@anna|#harbour2"},
        {"“Go,” he said", "“|Go|,|”|he|said"},
        {"``Go,'' he said", "``|Go|,|''|he|said"},
        {"wait... what -- no", "wait|...|what|--|no"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_tokens(*state, cases[i][0], cases[i][1]);
}

static void test_sentences(void **state)
{
    static const char *const cases[][2] = {
        {"He left. She stayed.", "He|left|.||She|stayed|."},
        {"He met Dr. Smith. She left.", "He|met|Dr.|Smith|.||She|left|."},
        {"“No.” She left.", "“|No|.|”||She|left|."},
        {"“No?” she asked.", "“|No|?|”|she|asked|."},
        {"Oslo\nThe harbour", "Oslo||The|harbour"},
        {"a line that goes\non here", "a|line|that|goes|on|here"},
        {"a paragraph\n\non its own", "a|paragraph||on|its|own"},
        {"in the U.S. The rest", "in|the|U.S.||The|rest"},
        {"in the U.S. Senate", "in|the|U.S.|Senate"},
        {"the end.The next", "the|end|.||The|next"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_tokens(*state, cases[i][0], cases[i][1]);
}

static void test_headlines(void **state)
{
    static const struct {
        const char *text;
        unsigned flags;
    } cases[] = {
        {"Minister Promises New Harbour For Oslo", SENTENCE_TITLE_CASE | SENTENCE_OPEN},
        {"MINISTER PROMISES NEW HARBOUR", SENTENCE_CAPITALS | SENTENCE_OPEN},
        {"The minister promised a harbour.", 0},
        {"Minister Promises Three New Ships for Oslo.", SENTENCE_TITLE_CASE},
        {"The Oslo Port and Harbour Safety Agency promised it.", 0},
        {"Anna Berg, Jonas Lund and Maria Holm", SENTENCE_OPEN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena = {0};
        struct document d = {.arena = &arena, .gaz = *state, .text = cases[i].text, .len = strlen(cases[i].text)};
        assert_true(document_tokenise(&d));
        assert_int_equal(d.n_sentences, 1);
        assert_int_equal(d.sentences[0].flags, cases[i].flags);
        arena_done(&arena);
    }
}

static void test_gazetteer(void **state)
{
    static const struct {
        const char *name;
        uint64_t classes; /* at least these */
    } cases[] = {
        {"Iraqi", GAZ(NORP)},
        {"United States", GAZ(COUNTRY)},
        {"Guinea Bissau", GAZ(COUNTRY)},
        {"Baghdad", GAZ(BIG_CITY)},
        {"Antony", GAZ(FIRST_MALE)},
        {"prime minister", GAZ(TITLE)},
        {"said", GAZ(SAY) | GAZ(SAY_STRONG)},
        {"November", 0},
        {"november", GAZ(MONTH)},
        {"Reuters", GAZ(ORG)},
    };
    struct gaz_entry e;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        e = (struct gaz_entry){0};
        bool found = gazetteer_find(*state, cases[i].name, strlen(cases[i].name), &e);
        assert_true(found || !cases[i].classes);
        assert_int_equal(e.classes & cases[i].classes, cases[i].classes);
    }
    assert_false(gazetteer_find(*state, "Qwxzzy", 6, &e));
    assert_false(gazetteer_find(*state, "", 0, &e));
}

/* A country's other names and its people lead to one name. */
static void test_homes(void **state)
{
    static const char *const names[] = {"US", "U.S.", "America", "American"};
    uint16_t home = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct gaz_entry e = {0};
        assert_true(gazetteer_find(*state, names[i], strlen(names[i]), &e));
        assert_true(e.home != 0 && (home == 0 || e.home == home));
        home = e.home;
    }
    size_t len;
    const char *name = gazetteer_home(*state, home, &len);
    assert_int_equal(len, strlen("United States"));
    assert_memory_equal(name, "United States", len);
}

static void test_arena(void **state)
{
    (void)state;
    struct arena a = {0};
    assert_null(arena_alloc(&a, SIZE_MAX, 2));
    assert_null(arena_alloc(&a, SIZE_MAX / 2, 1));
    char *first = arena_alloc(&a, 10, 1);
    memset(first, 'x', 10);
    size_t cap = 10;
    char *grown = arena_grow(&a, first, &cap, 1000, 1);
    assert_true(cap >= 1000);
    assert_memory_equal(grown, "xxxxxxxxxx", 10);
    assert_int_equal(grown[999], 0);
    memset(arena_alloc(&a, 1, 1 << 20), 'y', 1 << 20);
    arena_reset(&a);
    char *again = arena_alloc(&a, 100000, 1);
    for (size_t i = 0; i < 100000; i++)
        assert_int_equal(again[i], 0);
    arena_done(&a);
    arena_done(&a);
}

/* How many tokens a phrase has is kept in a byte: one with more marks between its words is none. */
static void test_long_phrase(void **state)
{
    for (size_t dashes = 1; dashes < 300; dashes++) {
        char text[1024] = "New ";
        struct arena arena = {0};
        for (size_t i = 0; i < dashes; i++)
            strcat(text, "- ");
        strcat(text, "York");
        struct document d = {.arena = &arena, .gaz = *state, .text = text, .len = strlen(text)};
        assert_true(document_tokenise(&d));
        assert_int_equal(d.tokens[0].phrase, dashes + 2 <= UINT8_MAX ? dashes + 2 : 0);
        arena_done(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8),      cmocka_unit_test(test_letters),   cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_sentences), cmocka_unit_test(test_headlines), cmocka_unit_test(test_gazetteer),
        cmocka_unit_test(test_homes),     cmocka_unit_test(test_arena),     cmocka_unit_test(test_long_phrase),
    };
    return cmocka_run_group_tests_name("entities_token", tests, set_up, tear_down);
}
