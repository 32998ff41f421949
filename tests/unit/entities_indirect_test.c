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
        {"Anna Berg said the port was full, and she left.", "told[the port was full by Anna Berg cue said say]"},
        {"Anna Berg said the port was full, and one in four said it was old.",
         "told[the port was full by Anna Berg cue said say] told[it was old by source[one in four] cue said say]"},
        {"Anna Berg said the port was full - nobody left.", "told[the port was full by Anna Berg cue said say]"},
        {"Anna Berg said that, while it rained, the port was full.",
         "told[that, while it rained, the port was full by Anna Berg cue said say]"},
        {"Anna Berg criticised the port and would not return.", "told[the port by Anna Berg cue criticised about]"},
        {"Anna Berg criticised the port when it closed.", "told[the port by Anna Berg cue criticised about]"},
        {"Anna Berg promised to stay, a day too late.", "told[to stay by Anna Berg cue promised want]"},
        {"Anna Berg criticised the plan of those who say the port is full.",
         "told[the plan of those by Anna Berg cue criticised about] told[the port is full by source[who] cue say say]"},
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
        {"Anna Berg was accused of closing the port.",
         "told[Anna Berg cue accused about] told[closing the port cue accused about]"},
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

/* The subject of a passive and of "seems", and what a relative pronoun stands for, are part of what is told. */
static void test_parts(void **state)
{
    static const struct example cases[] = {
        {"The port is expected to close.", "told[The port cue expected about] told[to close cue expected want]"},
        {"The port seems to be full.",
         "told[The port by source[The port] cue seems about] told[to be full by source[The port] cue seems want]"},
        {"The port was named a monument.", "told[The port cue named about] told[a monument cue named about]"},
        {"Anna Berg was asked to close the port.", "told[to close the port cue asked want]"},
        {"Nobody liked the port, which Anna Berg says is full.",
         "told[which by Anna Berg cue says about] told[is full by Anna Berg cue says say]"},
        {"The port would close, Anna Berg said, “in the hardest of all winters.”",
         "told[The port would close by Anna Berg cue said say]"},
    };
    RUN(cases);
}

/* Nouns and adjectives with what they are of. */
static void test_nouns(void **state)
{
    static const struct example cases[] = {
        {"Lars Dahl left after her harsh criticism of the port.", "told[the port by source[her] cue criticism about]"},
        {"Lars Dahl took a swipe at the captain.", "told[the captain by Lars Dahl cue swipe about]"},
        {"Lars Dahl is critical of the captain.", "told[the captain by Lars Dahl cue critical about]"},
        {"Lars Dahl was eager to leave.", "told[to leave by Lars Dahl cue eager want]"},
        {"Lars Dahl made it clear that he would leave.", "told[that he would leave cue clear think]"},
        {"A message that was sent on Sunday came late.", ""},
        {"The ship came with clear lights.", ""},
    };
    RUN(cases);
}

/* Who is told, short forms, plurals: what makes a word a verb. */
static void test_verbs(void **state)
{
    static const struct example cases[] = {
        {"The port would close, Anna Berg told the BBC.", "told[The port would close by Anna Berg cue told say]"},
        {"Anna Berg asked the captain whether the port would close.",
         "told[whether the port would close by Anna Berg cue asked say]"},
        {"Anna Berg sees the port as a risk.", "told[the port as a risk by Anna Berg cue sees about]"},
        {"She's said that the port would close.", "told[that the port would close by source[She] cue said say]"},
        {"Some accused Lars Dahl of theft.", "told[Lars Dahl of theft by source[Some] cue accused about]"},
        {"Captains hope the port will close.", "told[the port will close by source[Captains] cue hope think]"},
        {"Anna Berg brought a letter that shows the port is full.",
         "told[the port is full cue shows say]"},
        {"Anna Berg said about 40 ships had left.", "told[about 40 ships had left by Anna Berg cue said say]"},
    };
    RUN(cases);
}

/* What is told within what another one tells: the outer one counts, but for a speaker that has a name there. */
static void test_nested(void **state)
{
    static const struct example cases[] = {
        {"Anna Berg said the captains refused to leave the port.",
         "told[the captains refused to leave the port by Anna Berg cue said say]"},
        {"The captains refused to leave the port, according to Anna Berg.",
         "told[The captains refused to leave the port by Anna Berg cue according say]"},
        {"Anna Berg said that Lars Dahl had promised to leave.",
         "told[that Lars Dahl had promised to leave by Anna Berg cue said say] "
         "told[to leave by Lars Dahl cue promised want]"},
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
        cmocka_unit_test(test_speakers),  cmocka_unit_test(test_parts),  cmocka_unit_test(test_nouns),
        cmocka_unit_test(test_verbs),     cmocka_unit_test(test_nested), cmocka_unit_test(test_none),
    };
    return cmocka_run_group_tests_name("entities_indirect", tests, set_up, tear_down);
}
