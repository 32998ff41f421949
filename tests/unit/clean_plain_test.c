/* clean_plain_test.c - scraped plain text: what is taken out before and behind the report, what stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clean_told.h"

static struct clean_arena arena;
static struct clean_words words;

/* Two paragraphs of a report, for the rows to put things around. */
#define REPORT \
    "The town council of Varberg voted on Tuesday to keep its last sawmill open, ending a dispute of nine years.\n\n" \
    "“We have bought time, not a future,” said Mayor Karin Lindqvist after the vote, which passed by two hands."

static void takes_text_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text, *title; /* in; title as known before */
        const char *field, *expected;
    } rows[] = {
        {"Sawmill stays open\n\nNordic Daily News\n\nVARBERG, May 4 : " REPORT
         "\n\n\nLeave a Reply\n\nYour email address will "
         "not be published. Required fields are marked *",
         "", "text", "VARBERG, May 4 : " REPORT},
        {"Sawmill stays open\n\nNordic Daily News\n\n" REPORT, "", "title", "Sawmill stays open"},
        {"Sawmill stays open\n\nNordic Daily News\n\n" REPORT, "", "site", "Nordic Daily News"},
        {"Sawmill stays open\n\nhallandsposten.example\n\n" REPORT, "", "site", "hallandsposten.example"},
        {"Sawmill stays open\n\n" REPORT, "", "site", ""},
        {"Sawmill stays open\n\nBy Astrid Holm and Per Ek\n\n" REPORT, "", "byline", "Astrid Holm|Per Ek"},
        {"Sawmill stays open\n\nBy Astrid Holm and Per Ek\n\n" REPORT, "", "text", REPORT},
        {"Sawmill stays open\n\nAstrid Holm\n\n" REPORT, "", "byline", "Astrid Holm"},
        {"Sawmill stays open\n\nStaff Reporter\n\n" REPORT, "", "text", REPORT},
        {"Sawmill stays open\n\nStaff Reporter\n\n" REPORT, "", "byline", ""},
        {"Sawmill stays open\n\nReuters\n\n" REPORT, "", "agency", "Reuters"},
        {"Sawmill stays open\n\nPublished: 4 May 2021, 10:15\n\n" REPORT, "", "published", "2021-05-04"},
        {"Sawmill stays open\n\nPublished: 4 May 2021, 10:15\n\n" REPORT, "", "text", REPORT},
        {"May 4, 2021\n\nSawmill stays open\n\n" REPORT, "", "title", "Sawmill stays open"},
        {"Share Tweet WhatsApp\n\nSawmill stays open\n\n" REPORT, "", "title", "Sawmill stays open"},
        {"VARBERG, May 4 (AP) - " REPORT, "", "dateline_place", "VARBERG"},
        {"VARBERG, May 4 (AP) - " REPORT, "", "dateline_date", "--05-04"},
        {"VARBERG, May 4 (AP) - " REPORT, "", "agency", "AP"},
        {"4 May 2021\n\nVARBERG, May 4 : " REPORT, "", "dateline_date", "2021-05-04"},
        {REPORT, "", "title", ""},
        {REPORT, "", "text", REPORT},
        {REPORT, "", "language", "en"},

        /* known headlines are kept: only the same words are taken out */
        {"Sawmill stays open!\n\n" REPORT, "Sawmill stays open", "text", REPORT},
        {"Sawmill stays open!\n\n" REPORT, "Sawmill stays open", "title", ""},
        {"A town’s long wait is over\n\n" REPORT, "Sawmill stays open", "text",
         "A town’s long wait is over\n\n" REPORT},

        /* tails */
        {REPORT "\n\nShare this:\n\nTwitter\n\nFacebook", "", "text", REPORT},
        {REPORT "\n\nRelated Posts\n\nA bridge too short\n\nFour roofs, one storm", "", "text", REPORT},
        {REPORT "\n\n0 Comments\n\nLog in to reply", "", "text", REPORT},
        {REPORT "\n\n© 2021 Nordic Daily News. All rights reserved.", "", "text", REPORT},
        {REPORT "\n\nKommentar schreiben\n\nDeine E-Mail-Adresse wird nicht veröffentlicht.", "", "text", REPORT},
        {REPORT "\n\nThe mayor made no comments.", "", "text", REPORT "\n\nThe mayor made no comments."},
        {REPORT
         "\n\nRelated news\n\nThe owners of the mill, who had asked for a grant, said they would now hire nine people.",
         "", "text",
         REPORT "\n\nRelated news\n\nThe owners of the mill, who had asked for a grant, said they would now hire nine "
                "people."},
        {"Share\n\nLeave a reply", "", "text", "Share\n\nLeave a reply"},

        /* lines */
        {"Sawmill stays open\n\nThe town council of Varberg voted on Tuesday to keep the last\nVarberg sawmill open, "
         "and with "
         "it the jobs of sixty families, who\nhad been told to look for work.\n\nA second vote, on the price of timber "
         "from "
         "the old woods of the\ntown, was put off to June.",
         "", "text",
         "The town council of Varberg voted on Tuesday to keep the last Varberg sawmill open, and with it the jobs of "
         "sixty "
         "families, who had been told to look for work.\n\nA second vote, on the price of timber from the old woods of "
         "the "
         "town, "
         "was put off to June."},
        {"Sawmill stays open\nThe council of Varberg voted on Tuesday to keep its last sawmill open, ending a long "
         "dispute.\nA second vote was put off to June by the chairman of the council, who was the only one to speak.",
         "", "text",
         "The council of Varberg voted on Tuesday to keep its last sawmill open, ending a long dispute.\n\nA second "
         "vote was "
         "put off to June by the chairman of the council, who was the only one to speak."},
        {REPORT "\n\nVotes for: 21\nVotes against: 19", "", "text", REPORT "\n\nVotes for: 21\nVotes against: 19"},
        {"\r\nSawmill\u00A0stays open\r\n\r\n\r\n\r\n" REPORT "\r\n", "", "text", REPORT},
        {"", "", "text", ""},
        {"*\n\n-", "", "text", "*\n\n-"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clean_article a;
        struct clean_known known = {.url = PL_S(""), .title = told_str(rows[i].title), .published = PL_S("")};
        assert_int_equal(clean_page_text(&a, told_str(rows[i].text), &known, &words, &arena), 0);
        told_field_is(&a, rows[i].field, rows[i].expected);
        clean_arena_reset(&arena);
    }
}

/* Cleaning a clean text changes nothing. */
static void is_idempotent(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Sawmill stays open\n\nNordic Daily News\n\nBy Astrid Holm\n\nVARBERG, May 4 : " REPORT "\n\nLeave a Reply",
        "Sawmill stays open\n\nA town’s long wait is over\n\n" REPORT "\n\nVotes for: 21\nVotes against: 19",
        "One line that was\nwrapped by a mailer, or by\nhand, or by nobody knows whom, and why.\n\nx\ny\nz",
        "Headline\n\n" REPORT "\n\nTags: sawmill, Varberg",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct clean_article first, second;
        struct clean_known known = {.url = PL_S(""), .title = PL_S(""), .published = PL_S("")};
        assert_int_equal(clean_page_text(&first, told_str(texts[i]), &known, &words, &arena), 0);
        known.title = first.title;
        assert_int_equal(clean_page_text(&second, first.text, &known, &words, &arena), 0);
        char expected[4096];
        snprintf(expected, sizeof expected, "%.*s", (int)first.text.len, first.text.ptr);
        told_is("again", second.text, expected);
        clean_arena_reset(&arena);
    }
}

/* The year of a dateline comes from what is known of the article, else it is left open. */
static void takes_year_from_record(void **state)
{
    (void)state;
    struct clean_article a;
    struct clean_known known = {.url = PL_S(""), .title = PL_S(""), .published = PL_S("2022-01-01T08:00:00Z")};
    assert_int_equal(clean_page_text(&a, PL_S("VARBERG, Dec 31 : " REPORT), &known, &words, &arena), 0);
    told_field_is(&a, "dateline_date", "2021-12-31");
    told_field_is(&a, "published", ""); /* which is the record's own already */
}

static void refuses_what_is_no_text(void **state)
{
    (void)state;
    assert_true(clean_page_is_text(PL_S("")));
    assert_true(clean_page_is_text(PL_S("Fünf Schiffe\r\n\tim Hafen")));
    assert_true(clean_page_is_text(PL_S("f\xFCnf Schiffe im Hafen und noch eines")));
    assert_false(clean_page_is_text((pl_str){"\x7F"
                                             "ELF\2\1\1\0\0\0\0\0\0\0\0\0",
                                             16}));
    assert_false(clean_page_is_text(PL_S("\x89PNG\r\n\x1A\n\xFF\xD8\xFF\xE0")));
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
        cmocka_unit_test(takes_text_apart),
        cmocka_unit_test(is_idempotent),
        cmocka_unit_test(takes_year_from_record),
        cmocka_unit_test(refuses_what_is_no_text),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
