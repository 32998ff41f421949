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

/* Speech that no pair of double marks holds. */
static void test_other_forms(void **state)
{
    static const struct example cases[] = {
        /* one kind of mark opens, another closes */
        {"\"We will go now,” said Anna Berg.", "quote[\"We will go now,” by Anna Berg cue said]"},
        {"“We will go now,\" said Anna Berg.", "quote[“We will go now,\" by Anna Berg cue said]"},
        /* the closing mark is forgotten */
        {"\"We will go now, Anna Berg told a reporter on Sunday. \"It is late,\" she said.",
         "quote[\"We will go now, by Anna Berg cue told] quote[\"It is late,\" by source[she>Anna Berg] cue said]"},
        /* single marks beside double ones */
        {"‘She reads one line and asks me, “Which of these?”’ Anna Berg said. ‘I never know.’ He lives in “peace”.",
         "quote[‘She reads one line and asks me, “Which of these?”’ by Anna Berg cue said] "
         "quote[‘I never know.’ by Anna Berg cue said]"},
        {"Fans of rock 'n' roll met. “It was all peace,” said Anna Berg. The 'Big Five' came.",
         "quote[“It was all peace,” by Anna Berg cue said]"},
        {"— I did not see it, said Anna Berg.", "quote[— I did not see it, by Anna Berg cue said]"},
        {"— Bread and milk\n\n— Two boats", ""},
        {"「We will go now,」 said Anna Berg.", "quote[「We will go now,」 by Anna Berg cue said]"},
        {"\"It was a prank,\" Lars Dahl said. \"I said, 'Go away.'\" Anna Berg confirmed that it was.",
         "quote[\"It was a prank,\" by Lars Dahl cue said] quote[\"I said, 'Go away.'\" by Lars Dahl cue said]"},
        {"From Anna Berg: “It was late.”", "quote[“It was late.” by Anna Berg]"},
    };
    RUN(cases);
}

static void test_interview(void **state)
{
    static const struct example cases[] = {
        {"Courier: Why did you leave the port?\n\nAnna Berg: It was late and the ships had gone.\n\n"
         "Courier: Will you come back to work here?\n\nAnna Berg: Ask me in the spring, please.",
         "quote[Why did you leave the port? by source[Courier]] "
         "quote[It was late and the ships had gone. by Anna Berg] "
         "quote[Will you come back to work here? by source[Courier]] "
         "quote[Ask me in the spring, please. by Anna Berg]"},
        {"Price: nine crowns.\n\nPlace: the port.\n\nPrice: ten crowns.\n\nPlace: the hall.", ""},
        {"Anna Berg: It was late and the ships had gone.\n\nShe left.", ""},
    };
    RUN(cases);
}

/* What a language makes of its marks; the speakers need English verbs. */
static void test_languages(void **state)
{
    static const struct {
        const char *code, *text, *expected;
    } cases[] = {
        {"de", "Er rief „Komm her“ und „Geh weg“ laut.", "[„Komm her“][„Geh weg“]"},
        {"de", "Er rief »Komm her« und »Geh weg« laut.", "[»Komm her«][»Geh weg«]"},
        {"sv", "Han sa ”Kom hit” och ”Gå bort” högt.", "[”Kom hit”][”Gå bort”]"},
        {"pl", "Powiedział „Chodź tu” i „Idź” głośno.", "[„Chodź tu”][„Idź”]"},
        {"fr", "Il dit « Viens ici » et « Va » fort.", "[« Viens ici »][« Va »]"},
        {"ja", "「Anna Berg」 x 『Lars Dahl』", "[「Anna Berg」][『Lars Dahl』]"},
        {"ru", "— Иди сюда скорее, сын мой", "[— Иди сюда скорее, сын мой]"},
        {"de", "— Bier und Brot und Salz", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena = {0};
        struct document d = {.arena = &arena, .gaz = *state, .text = cases[i].text, .len = strlen(cases[i].text)};
        struct quotes q;
        struct told t = {.len = 0};
        d.language = language_find(cases[i].code, 2);
        assert_true(document_tokenise(&d) && quotes_pair(&d, &q));
        for (size_t k = 0; k < q.n; k++) {
            told_str(&t, "[");
            told_span(&t, &d, q.at[k].begin, q.at[k].end);
            told_str(&t, "]");
        }
        assert_string_equal(t.text, cases[i].expected);
        arena_done(&arena);
    }
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
        cmocka_unit_test(test_marks),     cmocka_unit_test(test_other_forms), cmocka_unit_test(test_interview),
        cmocka_unit_test(test_languages), cmocka_unit_test(test_nested),      cmocka_unit_test(test_paragraphs),
        cmocka_unit_test(test_speakers),  cmocka_unit_test(test_sources),     cmocka_unit_test(test_not_speech),
    };
    return cmocka_run_group_tests_name("entities_quote", tests, set_up, tear_down);
}
