/* entities_property_test.c - what holds for any bytes: the checks of the fuzz target, over texts made at random with one
 * seed; and that an article is marked the same whatever the worker's memory was used for before. */
#include "entities_told.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXTS = 1500, LONGEST = 400 };

/* Knuth's generator: the same numbers on every machine. */
static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

static const char *const pieces[] = {
    "Mr. ", "\xe2\x80\x9c", "\xe2\x80\x9d", "Oslo", "\n", " said ", "\"", "'s ", "U.S.", ". ", "Al-", "\xc3\x89mile ", "\xff",
    "\xe2\x80", "\xf0\x9f\x98\x80", "10:30", " of the ", "http://a.b/c", "(", ")", ", ", "\xe2\x80\x99", "President ", "May 3",
    "``", "''", "\xc2\xa0", "Anna Berg", " he ", "\xe2\x80\x94",
};

/* Any bytes, or half of them pieces that the rules look for. */
static size_t make_text(uint64_t *seed, char text[LONGEST])
{
    const size_t wanted = next_random(seed) % (LONGEST - 16);
    const bool with_pieces = next_random(seed) % 2;
    size_t len = 0;
    while (len < wanted) {
        const char *piece = pieces[next_random(seed) % (sizeof pieces / sizeof *pieces)];
        if (with_pieces && next_random(seed) % 2) {
            memcpy(text + len, piece, strlen(piece));
            len += strlen(piece);
        } else {
            const uint32_t c = next_random(seed);
            text[len++] = (char)(with_pieces ? ' ' + c % 95 : c & 255);
        }
    }
    return len;
}

static void test_any_bytes(void **state)
{
    char text[LONGEST];
    uint64_t seed = 1;
    (void)state;
    for (int i = 0; i < TEXTS; i++) {
        const size_t len = make_text(&seed, text);
        LLVMFuzzerTestOneInput((const uint8_t *)text, len); /* asserts */
    }
}

/* Everything found, as one number. */
static uint64_t mark(struct arena *arena, const struct gazetteer *gaz, const char *text, size_t len)
{
    const struct article_options all = {.dates = true, .titles = true, .references = true, .quotes = true};
    struct document d;
    struct article a;
    uint64_t sum = 0;
    assert_true(article_mark(arena, gaz, text, len, &all, &d, &a));
#define ADD(number) (sum = (sum ^ (uint64_t)(number)) * UINT64_C(1099511628211))
    for (size_t i = 0; i < d.n_tokens; i++) {
        ADD(d.tokens[i].end);
        ADD(d.tokens[i].classes);
        ADD(d.tokens[i].flags);
    }
    for (size_t i = 0; i < a.mentions.n; i++) {
        ADD(a.mentions.at[i].begin);
        ADD(a.mentions.at[i].end);
        ADD(a.mentions.at[i].type);
        ADD(a.mentions.at[i].chain);
    }
    for (size_t i = 0; i < a.titles.n; i++) {
        ADD(a.titles.at[i].end);
        ADD(a.titles.at[i].person);
    }
    for (size_t i = 0; i < a.references.n; i++) {
        ADD(a.references.at[i].end);
        ADD(a.references.at[i].chain);
    }
    for (size_t i = 0; i < a.quotes.n; i++) {
        ADD(a.quotes.at[i].end);
        ADD(a.quotes.at[i].speaker);
        ADD(a.quotes.at[i].cue);
    }
#undef ADD
    return sum;
}

static void test_used_memory(void **state)
{
    struct gazetteer *gaz = gazetteer_new();
    struct arena used = {0};
    char text[LONGEST];
    uint64_t seed = 2;
    (void)state;
    assert_non_null(gaz);
    for (int i = 0; i < TEXTS / 10; i++) {
        const size_t len = make_text(&seed, text);
        struct arena fresh = {0};
        assert_true(mark(&used, gaz, text, len) == mark(&fresh, gaz, text, len));
        arena_reset(&used);
        arena_done(&fresh);
    }
    arena_done(&used);
    gazetteer_free(gaz);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_used_memory),
    };
    return cmocka_run_group_tests_name("entities_property", tests, NULL, NULL);
}
