/* clean_page_test.c - whole pages of different make: which text is the article's, and which pages have none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clean_told.h"

static struct clean_arena arena;
static struct clean_words words;

static const struct clean_known nothing = {.url = {"", 0}, .title = {"", 0}, .published = {"", 0}};

/* The paragraphs of the story that every page here carries. */
#define P1 \
    "The last lamplighter of Zagreb will keep his round, the city assembly decided on Thursday, after a petition " \
    "with 41,000 names."
#define P2 \
    "“People do not come to look at the lamps, they come to look at the man with the pole,” said Deputy Mayor Luka " \
    "Horvat, who had first proposed to replace the 214 gas lamps."
#define P3 \
    "The gasworks, which was to close in June, will be run for five more years. Its director, Ivana Kos, said the " \
    "lamps burn as much in a night as three flats."
#define P4 \
    "Marko Babić, the lamplighter, heard the news on his round. He lit the next lamp, and the one after that, and " \
    "then he sat down."
#define STORY P1 "\n\n" P2 "\n\n" P3 "\n\n" P4
#define PARAGRAPHS "<p>" P1 "</p><p>" P2 "</p><p>" P3 "</p><p>" P4 "</p>"

#define NAV "<nav><ul><li><a href=/>Home</a><li><a href=/city>City</a><li><a href=/sport>Sport</a></ul></nav>"
#define RELATED \
    "<div class='related-posts'><h3>Related stories</h3><ul><li><a href=/1>Tram line 14 returns to the river after " \
    "nine years " \
    "of works</a><li><a href=/2>Why the cable car stopped on Sunday, and who paid</a></ul></div>"
#define COMMENTS \
    "<div id=comments><h3>2 comments</h3><div class=comment><p>My grandfather lit these lamps before the war, and " \
    "his father " \
    "before him, so I am glad to read this.</p></div><div class=comment><p>Five years is not for ever. I signed the " \
    "petition " \
    "and I will sign the next one as well.</p></div><form><p>Leave a reply</p><textarea>x</textarea></form></div>"
#define FOOTER "<footer><p>© 2021 Gradski list. All rights reserved.</p><a href=/imprint>Imprint</a></footer>"

static void finds_the_story(void **state)
{
    (void)state;
    static const struct {
        const char *make, *html;
    } rows[] = {
        {"a site of today",
         "<html lang=en><head><title>Lamplighter stays - Gradski list</title></head><body>" NAV
         "<main><article><h1>Lamplighter "
         "stays</h1><div class=byline>By <a rel=author href=/author/ana>Ana Perić</a></div><figure><img "
         "src=x><figcaption>Marko "
         "Babić on his round. Photo: Ana Perić</figcaption></figure><div class=article-body>" PARAGRAPHS
         "<div class=share-bar><a href=#>Facebook</a> <a href=#>Twitter</a></div></div></article>" RELATED COMMENTS
         "</main><aside class=sidebar><p>Subscribe to our newsletter and get the best of the city each "
         "morning.</p></aside>" FOOTER},
        {"a weblog",
         "<body><div id=header><a href=/>Gradski list</a></div><div class=hentry><h2 class=entry-title>Lamplighter "
         "stays</h2><div "
         "class=entry-content>" PARAGRAPHS "</div></div>" COMMENTS
         "<div id=sidebar><div class=widget><h3>Archive</h3><ul><li><a "
         "href=/5>May 2021</a><li><a href=/4>April 2021</a></ul></div></div><div id=footer>© 2021 Gradski list</div>"},
        {"tables and line breaks",
         "<TITLE>Lamplighter stays - Gradski list</TITLE><BODY><TABLE><TR><TD COLSPAN=2><FONT SIZE=5>Gradski "
         "list</FONT></TD></TR><TR><TD><A HREF=1>Home</A> <A HREF=2>City</A> <A HREF=3>Sport</A></TD></TR></TABLE>"
         "<TABLE><TR><TD><FONT SIZE=4><B>Lamplighter stays</B></FONT><BR><BR>" P1 "<BR><BR>" P2
         "<BR><BR>" P3 "<BR><BR>" P4 "<BR><BR></TD></TR></TABLE></BODY>"},
        {"nothing but divs",
         "<div class=a1><div class=b><a href=/>Home</a></div><div class=b><a href=/c>City</a></div></div><div "
         "class=c><div>" P1 "</div><div>" P2 "</div><div>" P3 "</div><div>" P4 "</div></div>"},
        {"split by an advertisement", NAV "<div class=story><div><p>" P1 "</p><p>" P2
                                          "</p></div><div class=ad-slot><p>Advertisement</p></div><div><p>" P3
                                          "</p><p>" P4 "</p></div></div>" RELATED FOOTER},
        {"a picture amid the text",
         "<article class=article-body><p>" P1 "</p><p>" P2
         "</p><figure><img src=x><figcaption>The lamplighter at work in the "
         "upper town last week, with his pole and his dog.</figcaption></figure><p>" P3 "</p><p>" P4 "</p></article>"},
        {"never closed", "<title>x</title><div><p>" P1 "<p>" P2 "<p>" P3 "<p>" P4},
        {"paragraphs alone", PARAGRAPHS},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clean_article a;
        assert_int_equal(clean_page_html(&a, told_parser(), told_str(rows[i].html), &nothing, &words, &arena), 0);
        told_is(rows[i].make, a.text, STORY);
        assert_int_equal(a.verdict, CLEAN_IS_ARTICLE);
        assert_true(a.confidence > 0 && a.confidence <= 1);
        assert_false(a.truncated);
        clean_arena_reset(&arena);
    }
}

/* Words of neighbouring blocks are never glued, and what belongs to the story besides paragraphs stays. */
static void keeps_structure(void **state)
{
    (void)state;
    static const struct {
        const char *html, *text;
    } rows[] = {
        {"<article><p>" P1 "</p><h2>What it costs</h2><p>" P3
         "</p><ul><li>The gas of one year costs 90,000 euros.</li><li>The man "
         "with the pole costs 21,000 euros.</li></ul><p>" P4 "</p></article>",
         P1 "\n\nWhat it costs\n\n" P3
            "\n\nThe gas of one year costs 90,000 euros.\n\nThe man with the pole costs 21,000 euros.\n\n" P4},
        {"<article><p>" P1 "</p><blockquote>" P2 "</blockquote><p>" P3 "<br>" P4 "</p></article>",
         P1 "\n\n" P2 "\n\n" P3 "\n" P4},
        {"<article><p>" P1 "</p><p>" P2
         "</p><table><tr><td>The lamps of the upper town.</td><td>There are 146 of them.</td></tr>"
         "<tr><td>The lamps of the lower town.</td><td>There are 68 of them.</td></tr></table><p>" P3 "</p><p>" P4
         "</p></article>",
         P1 "\n\n" P2
            "\n\nThe lamps of the upper town.\nThere are 146 of them.\n\nThe lamps of the lower town.\nThere are 68 of "
            "them.\n\n" P3 "\n\n" P4},
        {"<p>The lamp<i>lighter</i> of<b> Zagreb</b>&nbsp;keeps his round, and <a href=/x>the city</a>, which had "
         "<span>voted</span> "
         "twice, pays for it.</p>",
         "The lamplighter of Zagreb keeps his round, and the city, which had voted twice, pays for it."},
        {"<p>Z\u0301enja i gas\u00ADne lampe ostaju, kaz\u030Ce grad, jos\u030C pet godina ili dok se ne otvori nova "
         "plinara.</p>",
         "Z\u0301enja i gasne lampe ostaju, kaz\u030Ce grad, jos\u030C pet godina ili dok se ne otvori nova plinara."},
        {"<p>" P1 "</p><script>document.write('<p>" P2 "</p>')</script><noscript><p>" P2
         "</p></noscript><template><p>" P2 "</p></template><!-- <p>" P2 "</p> --><p>" P3 "</p>",
         P1 "\n\n" P3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clean_article a;
        assert_int_equal(clean_page_html(&a, told_parser(), told_str(rows[i].html), &nothing, &words, &arena), 0);
        told_is("text", a.text, rows[i].text);
        clean_arena_reset(&arena);
    }
}

/* What the fields say already is not said again before the text; a name within a word is no name. */
static void drops_what_the_fields_say(void **state)
{
    (void)state;
    static const char html[] =
        "<title>Lamps stay</title><script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\"Lamps stay\","
        "\"author\":{\"@type\":\"Person\",\"name\":\"Li Ap\"}}</script><article><h1>Lamps stay</h1><p class=byline>By Li Ap</p>"
        "<p class=lead>Dali Apple pays for half of the lamps of the town</p><p>" P1 "</p><p>" P2 "</p><p>" P3 "</p></article>";
    struct clean_article a;
    assert_int_equal(clean_page_html(&a, told_parser(), told_str(html), &nothing, &words, &arena), 0);
    assert_int_equal(a.byline.n, 1);
    told_is("byline", a.byline.at[0], "Li Ap");
    told_is("text", a.text, "Dali Apple pays for half of the lamps of the town\n\n" P1 "\n\n" P2 "\n\n" P3);
    clean_arena_reset(&arena);
}

/* A page of nothing but captions has no text; where precision is asked for and nothing is sure, the likeliest stays. */
static void keeps_no_caption(void **state)
{
    (void)state;
    struct clean_known known = nothing;
    struct clean_article a;
    assert_int_equal(clean_page_html(&a, told_parser(),
                                     PL_S("<figure><img src=a><figcaption>The lamplighter and his dog, on Sunday in the "
                                          "rain.</figcaption></figure>"),
                                     &known, &words, &arena),
                     0);
    told_is("captions", a.text, "");
    known.precise = true;
    assert_int_equal(clean_page_html(&a, told_parser(), PL_S("<div>Lamps</div><div>" P1 "</div>"), &known, &words, &arena), 0);
    assert_true(a.text.len > 0);
    clean_arena_reset(&arena);
}

static void fills_the_fields(void **state)
{
    (void)state;
    static const char html[] =
        "<html lang=hr-HR><head><title>Lamplighter stays | Gradski list</title><meta property=og:site_name "
        "content='Gradski list'>"
        "<meta property=article:modified_time content='2021-05-07T09:00:00+02:00'></head><body>" NAV
        "<article><h1>Lamplighter "
        "stays</h1><p>Ana Perić, 6. 5. 2021.</p><p class=author>Ana Perić</p><p>ZAGREB, May 6 (AP) - " P1 "</p><p>" P2
        "</p><p>" P3 "</p></article>";
    static const char *const fields[][2] = {
        {"title", "Lamplighter stays"},
        {"site", "Gradski list"},
        {"byline", "Ana Perić"},
        {"language", "en"}, /* whatever the template says */
        {"published", "2021-05-06"},
        {"modified", "2021-05-07T09:00:00+02:00"},
        {"dateline_place", "ZAGREB"},
        {"dateline_date", "2021-05-06"},
        {"agency", "AP"},
        {"text", "ZAGREB, May 6 (AP) - " P1 "\n\n" P2 "\n\n" P3},
    };
    struct clean_article a;
    struct clean_known known = {
        .url = PL_S("https://gradski-list.example/2021/05/06/lamplighter"), .title = PL_S(""), .published = PL_S("")};
    assert_int_equal(clean_page_html(&a, told_parser(), told_str(html), &known, &words, &arena), 0);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        told_field_is(&a, fields[i][0], fields[i][1]);
    clean_arena_reset(&arena);
}

static void tells_why_there_is_none(void **state)
{
    (void)state;
    struct clean_buf index = {.arena = &arena};
    clean_buf_add(&index, PL_S("<html><body><ul>"));
    for (int i = 0; i < 40; i++)
        clean_buf_add(&index, PL_S("<li><a href=/a>Seven bridges closed as the river rises again</a></li>"));
    const struct {
        pl_str html;
        enum clean_verdict verdict;
    } rows[] = {
        {PL_S(""), CLEAN_IS_EMPTY},
        {PL_S("<html><body><img src=x></body></html>"), CLEAN_IS_EMPTY},
        {PL_S("<script>var x = 'The lamps of the upper town are lit by hand.';</script>"), CLEAN_IS_EMPTY},
        {PL_S("<title>Access denied</title><p>You do not have permission to view this page on our server.</p>"),
         CLEAN_IS_WALL},
        {PL_S("<p>Please enable JavaScript to view the pages of this site.</p>"), CLEAN_IS_WALL},
        {PL_S("<article><p>" P1 "</p><p>" P2 "</p><p>" P3
              "</p><p>He met a 404 not found page when he looked for his job in the "
              "city’s register, Babić said.</p></article>"),
         CLEAN_IS_ARTICLE},
        {clean_buf_str(&index), CLEAN_IS_INDEX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clean_article a;
        assert_int_equal(clean_page_html(&a, told_parser(), rows[i].html, &nothing, &words, &arena), 0);
        if (a.verdict != rows[i].verdict)
            print_error("row %zu\n", i);
        assert_int_equal(a.verdict, rows[i].verdict);
    }
    clean_arena_reset(&arena);
}

/* Hostile pages: every limit ends in an answer, not in a crash or in hours. */
static void survives_hostile_pages(void **state)
{
    (void)state;
    static const struct {
        const char *unit;
        size_t times;
    } rows[] = {
        {"<div>", 100000},
        {"<table><tr><td>", 30000},
        {"<a href=/author/x>Ann Lee</a>", 30000},
        {"</p>", 300000},
        {"<time datetime=2021-05-04>x</time>", 20000},
        {"<meta name=author content='Ann Lee'>", 20000},
        {"<script type=application/ld+json>{\"@type\":\"Article\",\"author\":[{\"@id\":\"x\"}]}</script>", 5000},
        {"<h1>a | b - c: d</h1>", 30000},
        {"&amp", 200000},
        {"<", 300000},
        {"e\u0301\u0323", 100000},
        {"<td>x</td>", 100000},
        {"By ", 100000},
        {"A: ", 100000},
        {"\n\n", 200000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct clean_buf b = {.arena = &arena};
        struct clean_article a;
        for (size_t k = 0; k < rows[i].times; k++)
            clean_buf_add(&b, told_str(rows[i].unit));
        pl_str input = clean_buf_str(&b);
        assert_int_equal(clean_page_html(&a, told_parser(), input, &nothing, &words, &arena), 0);
        assert_int_equal(clean_page_text(&a, input, &nothing, &words, &arena), 0);
        clean_arena_reset(&arena);
    }
}

static void tells_of_no_memory(void **state)
{
    (void)state;
    static const char html[] =
        "<html><head><title>Lamplighter stays</title></head><article><h1>Lamplighter</h1>" PARAGRAPHS;
    struct clean_article a;
    struct clean_arena small;
    int rc = PL_NOMEM;
    size_t limit = 0;
    for (; rc < 0 && limit < (1 << 20); limit += 512) { /* fails at every step of the way once */
        clean_arena_init(&small, limit);
        rc = clean_page_html(&a, told_parser(), told_str(html), &nothing, &words, &small);
        assert_true(rc == 0 || rc == PL_NOMEM);
        clean_arena_done(&small);
    }
    assert_int_equal(rc, 0);
    assert_true(limit > 4096);
    clean_arena_init(&small, 256);
    assert_int_equal(clean_page_text(&a, PL_S(STORY), &nothing, &words, &small), PL_NOMEM);
    clean_arena_done(&small);
}

static int begin(void **state)
{
    (void)state;
    clean_arena_init(&arena, (size_t)1 << 30);
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
        cmocka_unit_test(finds_the_story),        cmocka_unit_test(keeps_structure),
        cmocka_unit_test(drops_what_the_fields_say), cmocka_unit_test(keeps_no_caption),
        cmocka_unit_test(fills_the_fields),       cmocka_unit_test(tells_why_there_is_none),
        cmocka_unit_test(survives_hostile_pages), cmocka_unit_test(tells_of_no_memory),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
