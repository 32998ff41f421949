/* entities_quote_test.c - direct quotations: their marks, their cues, their speakers. */
#include "entities_told.h"

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

struct example {
    const char *text, *expected;
};

#define RUN(cases) \
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) \
    assert_told(*state, cases[i].text, TOLD_QUOTES, cases[i].expected)

static void test_marks(void **state)
{
    static const struct example cases[] = {
        {"“We will go now,” said Anna Berg.", "quote[“We will go now,” by Anna Berg cue said]"},
        {"\"We will go now,\" said Anna Berg.", "quote[\"We will go now,\" by Anna Berg cue said]"},
        {"„We will go now,“ said Anna Berg.", "quote[„We will go now,“ by Anna Berg cue said]"},
        {"«We will go now», said Anna Berg.", "quote[«We will go now» by Anna Berg cue said]"},
        {"« We will go now », said Anna Berg.", "quote[« We will go now » by Anna Berg cue said]"},
        {"``We will go now,'' said Anna Berg.", "quote[``We will go now,'' by Anna Berg cue said]"},
        {"‘We will go now,’ said Anna Berg.", "quote[‘We will go now,’ by Anna Berg cue said]"},
        {"'It's the bakers' day,' said Anna Berg.", "quote['It's the bakers' day,' by Anna Berg cue said]"},
        {"\" We will go now , \" said Anna Berg .", "quote[\" We will go now , \" by Anna Berg cue said]"},
        {"”We will go now,” said Anna Berg.", "quote[”We will go now,” by Anna Berg cue said]"},
    };
    RUN(cases);
}

static void test_nested(void **state)
{
    static const struct example cases[] = {
        {"“He told me ‘never again’ and left,” said Anna Berg.",
         "quote[“He told me ‘never again’ and left,” by Anna Berg cue said]"},
        {"“He told me “never again” and left,” said Anna Berg.",
         "quote[“He told me “never again” and left,” by Anna Berg cue said]"},
        {"\"He told me “never again” and left,\" said Anna Berg.",
         "quote[\"He told me “never again” and left,\" by Anna Berg cue said]"},
    };
    RUN(cases);
}

static void test_paragraphs(void **state)
{
    static const struct example cases[] = {
        /* several paragraphs, one closing mark: one quotation */
        {"Anna Berg said: “We waited for years.\n\n“Nobody came.\n\n“Now they have.”\n\nThe port reopened.",
         "quote[“We waited for years.\n\n“Nobody came.\n\n“Now they have.” by Anna Berg cue said]"},
        /* the closing mark is missing: the quotation ends with its paragraph */
        {"“We waited for years and nobody came.\n\nThe port reopened on “Sunday”, said Anna Berg.",
         "quote[“We waited for years and nobody came.]"},
        /* a mark that opens inside a paragraph and is never closed is no quotation */
        {"The port “reopened on Sunday.\n\n“We waited for years,” said Anna Berg.",
         "quote[“We waited for years,” by Anna Berg cue said]"},
        {"The 6\" pipe broke.\n\n\"We waited for years,\" said Anna Berg.",
         "quote[\"We waited for years,\" by Anna Berg cue said]"},
        /* closed twice, closed without being opened */
        {"“We waited for years,”” said Anna Berg. He left.”", "quote[“We waited for years,” by Anna Berg cue said]"},
    };
    RUN(cases);
}

static void test_speakers(void **state)
{
    static const struct example cases[] = {
        {"“We will go now,” Anna Berg said.", "quote[“We will go now,” by Anna Berg cue said]"},
        {"“We will go now,” Mr. Berg told reporters on Sunday.", "quote[“We will go now,” by Berg cue told]"},
        {"“We will go now,” said Anna Berg, who leads the port. “It is late.”",
         "quote[“We will go now,” by Anna Berg cue said] quote[“It is late.” by Anna Berg cue said]"},
        {"Anna Berg said, “We will go now.”", "quote[“We will go now.” by Anna Berg cue said]"},
        {"Anna Berg added:\n\n“We will go now.”", "quote[“We will go now.” by Anna Berg cue added]"},
        {"According to Anna Berg, “We will go now.”", "quote[“We will go now.” by Anna Berg cue According]"},
        {"“We will go,” Anna Berg said, “and soon we will come back.”",
         "quote[“We will go,” by Anna Berg cue said] quote[“and soon we will come back.” by Anna Berg cue said]"},
        {"“We will go now,” the Norwegian Fisheries Council said.",
         "quote[“We will go now,” by Norwegian Fisheries Council cue said]"},
        {"“We will go now,” said Minister of Health Lars Dahl.", "quote[“We will go now,” by Lars Dahl cue said]"},
        {"“Is this all there is?” asked Anna Berg.", "quote[“Is this all there is?” by Anna Berg cue asked]"},
    };
    RUN(cases);
}

/* Speakers who have no name. */
static void test_sources(void **state)
{
    static const struct example cases[] = {
        {"“We will go now,” the statement said.", "quote[“We will go now,” by source[the statement] cue said]"},
        {"“We will go now,” said a senior official.", "quote[“We will go now,” by source[a senior official] cue said]"},
        {"“We will go now,” Berg's former driver said.",
         "quote[“We will go now,” by source[Berg's former driver] cue said]"},
        {"Anna Berg spoke. “We will go now,” she said.", "quote[“We will go now,” by source[she>Anna Berg] cue said]"},
        {"Jonas Lund met Anna Berg. “We will go now,” he said.",
         "quote[“We will go now,” by source[he>Jonas Lund] cue said]"},
        {"Anna Berg met Jonas Lund. “We will go now,” he said.",
         "quote[“We will go now,” by source[he>Jonas Lund] cue said]"},
    };
    RUN(cases);
}

/* Marks around what nobody says here. */
static void test_not_speech(void **state)
{
    static const struct example cases[] = {
        {"They call it the “quiet” season.", ""},
        {"She sang “Northern Lights” in the hall.", ""},
        {"The port is “not safe”, and it will close.", ""},
    };
    RUN(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marks),    cmocka_unit_test(test_nested),  cmocka_unit_test(test_paragraphs),
        cmocka_unit_test(test_speakers), cmocka_unit_test(test_sources), cmocka_unit_test(test_not_speech),
    };
    return cmocka_run_group_tests_name("entities_quote", tests, set_up, tear_down);
}
