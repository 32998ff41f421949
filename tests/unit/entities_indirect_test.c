/* entities_indirect_test.c - what is told in other words: its cue, its borders, whose words it gives. */
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
    assert_told(*state, cases[i].text, TOLD_INDIRECT, cases[i].expected)

static void test_said_that(void **state)
{
    static const struct example cases[] = {
        {"Anna Berg said that the port would close.", "told[that the port would close by Anna Berg cue said say]"},
        {"Anna Berg said the port would close.", "told[the port would close by Anna Berg cue said say]"},
        {"Anna Berg told reporters on Sunday that the port would close.",
         "told[that the port would close by Anna Berg cue told say]"},
        {"Anna Berg told the Daily Herald the port would close.",
         "told[the port would close by Anna Berg cue told say]"},
        {"Anna Berg said on Twitter following the storm near her house that she was fine.",
         "told[that she was fine by Anna Berg cue said say]"},
        {"Anna Berg said in a statement she had not been asked.",
         "told[she had not been asked by Anna Berg cue said say]"},
        {"Anna Berg has repeatedly warned that the port would close.",
         "told[that the port would close by Anna Berg cue warned say]"},
        {"Anna Berg believes the port will close.", "told[the port will close by Anna Berg cue believes think]"},
        {"Anna Berg promised to close the port.", "told[to close the port by Anna Berg cue promised want]"},
        {"Anna Berg criticised the new harbour law.", "told[the new harbour law by Anna Berg cue criticised about]"},
        {"Anna Berg called for calm, restraint and patience.",
         "told[calm, restraint and patience by Anna Berg cue called about]"},
        {"Anna Berg accused Lars Dahl of closing the port.",
         "told[Lars Dahl of closing the port by Anna Berg cue accused about]"},
    };
    RUN(cases);
}

static void test_behind(void **state)
{
    static const struct example cases[] = {
        {"The port would close, Anna Berg said.", "told[The port would close by Anna Berg cue said say]"},
        {"The port would close, Anna Berg said on Sunday.", "told[The port would close by Anna Berg cue said say]"},
        {"The port would close, said Anna Berg, who leads it.", "told[The port would close by Anna Berg cue said say]"},
        {"The port would close, according to Anna Berg.", "told[The port would close by Anna Berg cue according say]"},
        {"According to Anna Berg, the port would close.", "told[the port would close by Anna Berg cue According say]"},
        {"The port, Anna Berg said, would close in May.",
         "told[The port by Anna Berg cue said say] told[would close in May by Anna Berg cue said say]"},
    };
    RUN(cases);
}

/* Where what is told stops. */
static void test_ends(void **state)
{
    static const struct example cases[] = {
        {"Anna Berg said the port would close, but nobody left.",
         "told[the port would close by Anna Berg cue said say]"},
        {"Anna Berg said the port would close; nobody left.", "told[the port would close by Anna Berg cue said say]"},
        {"Anna Berg said the port would close and warned that nobody would be paid.",
         "told[the port would close by Anna Berg cue said say] "
         "told[that nobody would be paid by Anna Berg cue warned say]"},
        {"Asked whether the port would close, she smiled.", "told[whether the port would close cue Asked say]"},
        {"Anna Berg pointed out that the port was full but denied that it would close.",
         "told[that the port was full by Anna Berg cue pointed say] "
         "told[that it would close by Anna Berg cue denied say]"},
        {"According to Anna Berg, who leads the port, it would close.",
         "told[it would close by Anna Berg cue According say]"},
        {"While Anna Berg says the port will close, the ships stay.",
         "told[the port will close by Anna Berg cue says say]"},
        {"Anna Berg said that Lars Dahl, who leads the port, has left it.",
         "told[that Lars Dahl, who leads the port, has left it by Anna Berg cue said say]"},
        {"Anna Berg said the harbour law was “a trap for honest people” in hard times.",
         "told[the harbour law was “a trap for honest people” in hard times by Anna Berg cue said say]"},
    };
    RUN(cases);
}

static void test_speakers(void **state)
{
    static const struct example cases[] = {
        {"Anna Berg left the port, saying that it would close.",
         "told[that it would close by Anna Berg cue saying say]"},
        {"The Norwegian Fisheries Council condemned the law, specifying that it came late.",
         "told[the law by Norwegian Fisheries Council cue condemned about] "
         "told[that it came late by Norwegian Fisheries Council cue specifying say]"},
        {"Her lawyer, Anna Berg, said the port would close.", "told[the port would close by Anna Berg cue said say]"},
        {"Anna Berg, a captain, said on Monday that the port would close.",
         "told[that the port would close by Anna Berg cue said say]"},
        {"Anna Berg met Lars Dahl, who said that the port would close.",
         "told[that the port would close by source[who>Lars Dahl] cue said say]"},
        {"Three officials familiar with the matter said the port would close.",
         "told[the port would close by source[Three officials familiar with the matter] cue said say]"},
        {"Jonas Lund met Anna Berg. She said that the port would close.",
         "told[that the port would close by source[She>Anna Berg] cue said say]"},
        {"Anna Berg was accused of closing the port.", "told[closing the port cue accused about]"},
        {"The law was criticised by Anna Berg.", "told[The law by Anna Berg cue criticised about]"},
        {"Nobody believes her claim that the port would close.",
         "told[her claim that the port would close by source[Nobody] cue believes think]"},
        {"Sunday's claim that the port would close came late.",
         "told[that the port would close came late cue claim say]"},
        {"The harbour rejected Anna Berg's claim that nobody was paid.",
         "told[Anna Berg's claim that nobody was paid by source[The harbour] cue rejected about] "
         "told[that nobody was paid by Anna Berg cue claim say]"},
    };
    RUN(cases);
}

/* Words that only look like cues, and those that a direct quotation has taken. */
static void test_none(void **state)
{
    static const struct example cases[] = {
        {"“We will go now,” Anna Berg said.", ""},
        {"The report on the port came late.", ""},
        {"Twenty states have a port.", ""},
        {"Anna Berg found a boat in the port.", ""},
        {"Anna Berg said on Tuesday.", ""},
        {", said", ""},
        {", and said that", ""},
        {"", ""},
    };
    RUN(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_said_that), cmocka_unit_test(test_behind), cmocka_unit_test(test_ends),
        cmocka_unit_test(test_speakers),  cmocka_unit_test(test_none),
    };
    return cmocka_run_group_tests_name("entities_indirect", tests, set_up, tear_down);
}
