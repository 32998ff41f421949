/* clean_lines_test.c - a plain text as lines: joined, measured, chosen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clean_lines.h"

static struct clean_arena arena;
static struct clean_words words;

static struct clean_lines split(const char *text)
{
    struct clean_lines l;
    clean_lines_split(&l, (pl_str){text, strlen(text)}, &words, &arena);
    assert_false(arena.failed);
    return l;
}

/* Lines with " / " between, a paragraph's first with "¶" before. */
static void splits(void **state)
{
    (void)state;
    static const struct {
        const char *text, *lines;
    } rows[] = {
        {"", ""},
        {"One", "¶One"},
        {"One\nTwo", "¶One / ¶Two"},
        {"One\n\nTwo\nThree", "¶One / ¶Two / Three"},
        {"The crane that\nlifted the town\n\nFerry", "¶The crane that lifted the town / ¶Ferry"},
        {"The crane.\nlifted\n\nFerry", "¶The crane. / lifted / ¶Ferry"},
        {"a well-\nknown crane\n\nFerry", "¶a well-known crane / ¶Ferry"},
        {"a crane -\nknown here\n\nFerry", "¶a crane - known here / ¶Ferry"},
        {"The harbour board said on Monday that the old\nCrane of Northport will stay where it is for\n"
         "Another ten years.\nEngineers had found that moving the crane is\nToo expensive.",
         "¶The harbour board said on Monday that the old Crane of Northport will stay where it is for Another ten "
         "years. / ¶Engineers had found that moving the crane is Too expensive."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clean_lines l = split(rows[i].text);
        char got[1024] = "";
        for (size_t k = 0; k < l.n; k++) {
            strcat(got, k ? " / " : "");
            strcat(got, l.at[k].first ? "¶" : "");
            strncat(got, l.at[k].text.ptr, l.at[k].text.len);
        }
        assert_string_equal(got, rows[i].lines);
        clean_arena_reset(&arena);
    }
}

#define REPORT \
    "The harbour board said on Monday that the old crane of Northport will stay where it is for years.\n\n" \
    "Engineers, whom the board had asked, found that moving the crane would cost more than a pier.\n\n"

static void measures(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum clean_line_feature feature;
        int expected;
    } rows[] = {
        {"Two words", CLEAN_LINE_WORDS, 20},
        {"両方の", CLEAN_LINE_WORDS, 18},
        {"Fähre", CLEAN_LINE_CHARS, 5},
        {"He left. She stayed! “Why?” Nobody knew", CLEAN_LINE_SENTENCES, 3},
        {"他走了。她没有。", CLEAN_LINE_SENTENCES, 2},
        {"One, two, three", CLEAN_LINE_COMMAS, 2},
        {"Votes:", CLEAN_LINE_ENDS, 1},
        {"Votes:", CLEAN_LINE_STOPS, 0},
        {"Élan", CLEAN_LINE_CAPITAL, 1},
        {"élan", CLEAN_LINE_CAPITAL, 0},
        {"ABcd", CLEAN_LINE_UPPER, 500},
        {"A1b2", CLEAN_LINE_DIGITS, 500},
        {"the crane and Pier", CLEAN_LINE_SMALL, 500},
        {"DIE Brücke", CLEAN_LINE_SMALL, 500},
        {"Leave a reply", CLEAN_LINE_TAIL, 1},
        {"Leave a pier", CLEAN_LINE_TAIL, 0},
        {"14 May 2023", CLEAN_LINE_DATE, 1},
        {"May the crane stay", CLEAN_LINE_DATE, 0},
        {"A | B • C", CLEAN_LINE_SEPARATORS, 2},
        {"— Robert Lyle", CLEAN_LINE_QUOTES, 1},
        {"Robert Lyle said no", CLEAN_LINE_CAPITALS, 500},
        {"Engineers of Northport", CLEAN_LINE_FAMILIAR, 1000},
        {"Engineers of Southport", CLEAN_LINE_FAMILIAR, 500},
        {"A crane", CLEAN_LINE_FAMILIAR, 1000},
        {"A cat", CLEAN_LINE_FAMILIAR, -1},
        {"The old crane of", CLEAN_LINE_SAID, 1000},
        {"The old crane or", CLEAN_LINE_SAID, 500},
        {"The crane (Photo: Tom Ashby)", CLEAN_LINE_BRACKET, 1},
        {"Your crane", CLEAN_LINE_ADDRESS, 500},
        {"Enter your email", CLEAN_LINE_PITCH, 1},
        {"x", CLEAN_LINE_INDEX, 2},
        {"x", CLEAN_LINE_TO_GO, 1},
        {"x", CLEAN_LINE_LAST, 50},
        {"x", CLEAN_LINE_INSIDE, 0},
        {"x", CLEAN_LINE_FROM_BEGIN, 2},
        {"x", CLEAN_LINE_FROM_END, 1},
        {"x", CLEAN_LINE_ALL_LINES, 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[1024];
        snprintf(text, sizeof text, "%s%s", REPORT, rows[i].line);
        struct clean_lines l = split(text);
        const int16_t *columns = clean_lines_measure(&l, &words, &arena);
        assert_non_null(columns);
        if (columns[rows[i].feature * l.n + l.n - 1] != rows[i].expected)
            print_error("%s: feature %d\n", rows[i].line, rows[i].feature);
        assert_int_equal(columns[rows[i].feature * l.n + l.n - 1], rows[i].expected);
        clean_arena_reset(&arena);
    }
}

/* The mean over a window is that of the lines that are there. */
static void measures_around(void **state)
{
    (void)state;
    struct clean_lines l = split("a b c\n\nd\n\ne f\n\ng");
    const int16_t *columns = clean_lines_measure(&l, &words, &arena);
    assert_int_equal(columns[(CLEAN_LINE_AROUND + 0) * l.n + 0], -1);     /* three before the first */
    assert_int_equal(columns[(CLEAN_LINE_AROUND + 8) * l.n + 1], 30);     /* words of the one before */
    assert_int_equal(columns[(CLEAN_LINE_AROUND + 12) * l.n + 1], 20);    /* and of the one behind */
    assert_int_equal(columns[(CLEAN_LINE_WINDOWS + 1) * l.n + 0], 70 / 4);
    clean_arena_reset(&arena);
}

/* One tree: lines of more than ten words in the one leaf, others in the other. */
static void judges_and_chooses(void **state)
{
    (void)state;
    static const struct clean_tree_node nodes[CLEAN_TREE_NODES] = {
        {CLEAN_LINE_WORDS, 100, 0xFFFE}, /* above: not leaf 0 */
        {0, INT16_MAX, 0xFFFF}, {0, INT16_MAX, 0xFFFF}, {0, INT16_MAX, 0xFFFF}, {0, INT16_MAX, 0xFFFF},
        {0, INT16_MAX, 0xFFFF}, {0, INT16_MAX, 0xFFFF}, {0, INT16_MAX, 0xFFFF}, {0, INT16_MAX, 0xFFFF},
        {0, INT16_MAX, 0xFFFF}, {0, INT16_MAX, 0xFFFF}, {0, INT16_MAX, 0xFFFF}, {0, INT16_MAX, 0xFFFF},
        {0, INT16_MAX, 0xFFFF}, {0, INT16_MAX, 0xFFFF},
    };
    static const int16_t leaves[CLEAN_TREE_LEAVES] = {-8192, 8192};
    const struct clean_trees table = {1, CLEAN_LINE_FEATURES, 0, nodes, leaves};
    struct clean_lines l = split("Home\n\n" REPORT "Contact");
    uint16_t chance[4];
    bool keep[4];
    assert_int_equal(l.n, 4);
    assert_int_equal(clean_lines_judge(&l, &table, chance, &words, &arena), 0);
    assert_in_range(chance[1], 57720, 57725); /* 1 / (1 + exp(-2)) */
    assert_int_equal(chance[0], 65535 - chance[1]);
    assert_int_equal(clean_lines_choose(&l, chance, keep, &arena), 0);
    assert_true(keep[1] && keep[2] && !keep[0] && !keep[3]);
    clean_arena_reset(&arena);
}

/* The prefix that is best by words: an unlikely long line costs more than a short one. */
static void chooses_by_words(void **state)
{
    (void)state;
    struct clean_lines l = split("Home\n\n" REPORT "Contact");
    static const struct {
        uint16_t chance[4];
        bool keep[4];
    } rows[] = {
        {{0, 65535, 65535, 0}, {false, true, true, false}},
        {{30000, 65535, 65535, 30000}, {false, true, true, false}},
        {{40000, 65535, 65535, 30000}, {true, true, true, false}},
        {{0, 65535, 10000, 0}, {false, true, false, false}},
        {{65535, 65535, 65535, 65535}, {true, true, true, true}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool keep[4];
        assert_int_equal(clean_lines_choose(&l, rows[i].chance, keep, &arena), 0);
        assert_memory_equal(keep, rows[i].keep, sizeof keep);
    }
    clean_arena_reset(&arena);
}

/* What the trained table holds can be evaluated without looking. */
static void table_is_sound(void **state)
{
    (void)state;
    const struct clean_trees *t = &clean_table_lines;
    assert_true(t->n_trees >= 40);
    assert_int_equal(t->n_features, CLEAN_LINE_FEATURES);
    for (size_t i = 0; i < (size_t)t->n_trees * CLEAN_TREE_NODES; i++) {
        assert_true(t->nodes[i].feature < CLEAN_LINE_FEATURES);
        assert_true(t->nodes[i].mask != 0);
    }
}

static int begin(void **state)
{
    (void)state;
    clean_arena_init(&arena, 1 << 26);
    return clean_words_init(&words);
}

static int end(void **state)
{
    (void)state;
    clean_words_done(&words);
    clean_arena_done(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits),
        cmocka_unit_test(measures),
        cmocka_unit_test(measures_around),
        cmocka_unit_test(judges_and_chooses),
        cmocka_unit_test(chooses_by_words),
        cmocka_unit_test(table_is_sound),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
