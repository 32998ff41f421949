/* clean_form_test.c - what comes out of the blocks that are kept: Markdown, code, comments; and what is no article.
 *
 * The choice of blocks is no part of this: here they are kept that stand in an element with data-testid=keep. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clean_comments.h"
#include "clean_judge.h"
#include "clean_markdown.h"
#include "clean_norm.h"
#include "clean_url.h"
#include "clean_utf8.h"
#include "clean_told.h"

static struct clean_arena arena;
static struct clean_words words;

struct page {
    struct clean_dom dom;
    struct clean_blocks blocks;
    struct clean_facts facts;
    bool *keep;
    pl_str text; /* of the kept blocks */
};

static void read_page(struct page *p, pl_str html, const char *url)
{
    struct clean_buf text = {.arena = &arena};
    assert_true(clean_dom_init(&p->dom, &arena));
    assert_int_equal(clean_html_parse(told_parser(), &p->dom, html), 0);
    assert_int_equal(clean_blocks_find(&p->blocks, &p->dom, &words, &arena), 0);
    assert_int_equal(clean_facts_find(&p->facts, &p->blocks, told_str(url), &arena), 0);
    p->keep = clean_arena_array(&arena, p->blocks.n + 1, sizeof *p->keep);
    assert_non_null(p->keep);
    for (size_t b = 0; b < p->blocks.n; b++) {
        for (uint32_t x = p->blocks.at[b].node; x && !p->keep[b]; x = p->dom.nodes[x].parent)
            p->keep[b] = clean_equal(clean_dom_get(&p->dom, x, CLEAN_ATTR_DATA_TESTID), PL_S("keep"));
        if (!p->keep[b])
            continue;
        clean_buf_add(&text, p->blocks.at[b].text);
        clean_buf_add(&text, PL_S("\n\n"));
    }
    p->text = clean_norm_text(&arena, clean_buf_str(&text));
}

static void writes_markdown(void **state)
{
    (void)state;
    static const struct {
        const char *html, *markdown;
    } rows[] = {
        {"<p>One.</p><p>Two<br>lines.</p>", "One.\n\nTwo\\\nlines."},
        {"<h2>The <b>bell</b> of C#</h2><p>It rang.</p><h4>Again</h4>",
         "## The bell of C\\#\n\nIt rang.\n\n#### Again"},
        {"<p>a</p><ul><li>one<li>two<ul><li>in it</ul><li>three</ul><p>b</p>",
         "a\n\n- one\n- two\n  - in it\n- three\n\nb"},
        {"<p>a</p><ol><li>one<ol><li>in it</ol><li>two</ol><ol start=7><li>seven<li>eight</ol>",
         "a\n\n1. one\n   1. in it\n2. two\n\n7) seven\n8) eight"},
        {"<p>a</p><ul><li><p>one</p><p>more of it</p><li>two</ul>", "a\n\n- one\n\n  more of it\n- two"},
        {"<p>a</p><blockquote><p>Said.</p><p>Again.</p><ul><li>x</ul></blockquote><blockquote>Else.</blockquote>",
         "a\n\n> Said.\n>\n> Again.\n>\n> - x\n\n> Else."},
        {"<ul><li><h2>All</h2><p>of it in one item</p></ul>", "## All\n\nof it in one item"}, /* layout */
        {"<p>Do:</p><pre><code class='language-c'>  if (x) {\n\n\ty = `z`;\n  }</code></pre><p>b</p>",
         "Do:\n\n```c\n  if (x) {\n\n\ty = `z`;\n  }\n```\n\nb"},
        {"<pre>a\n```\nb</pre>", "````\na\n```\nb\n````"},
        {"<pre><div>def a():</div><div>    return {</div><div>    }</div><div>b</div></pre>",
         "```\ndef a():\n    return {\n    }\nb\n```"},
        {"<pre>a<div>b<pre>c<div>d</div></pre></div></pre>", "```\na\nb\n```\n\n```\nc\nd\n```"},
        {"<p>a</p><pre><b>  </b><i>x</i>\n  y</pre>", "a\n\n```\n  x\n  y\n```"},
        {"<p>a</p><ul><li>do<pre>x\n y</pre></ul>", "a\n\n- do\n\n  ```\n  x\n   y\n  ```"},
        {"<p>a</p><table><tr><th>Lamp</th><th>Gas|h</th></tr><tr><td>old</td><td>4<br>or 5</td></tr>"
         "<tr><td></td><td>6</td></tr></table><p>b</p>",
         "a\n\n| Lamp | Gas\\|h |\n| --- | --- |\n| old | 4 or 5 |\n|  | 6 |\n\nb"},
        {"<table><tr><td><p>One.</p><ul><li>x</ul></td><td>y</td></tr><tr><td>z</td></tr></table>",
         "One.\n\n- x\n\ny\n\nz"},
        {"<table><tr><td>a</td><td><table><tr><td>b</td><td>c</td></tr><tr><td>d</td><td>e</td></tr></table></td></tr>"
         "<tr><td>f</td></tr></table>",
         "a\n\n| b | c |\n| --- | --- |\n| d | e |\n\nf"},
        {"<table><caption>Lamps</caption><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>",
         "Lamps\n\n| a | b |\n| --- | --- |\n| c | d |"},
        {"<p>A <b>bold</b>, <i>slanted</i> and <strong><em>loud</em></strong> word<b>.</b></p>",
         "A **bold**, *slanted* and ***loud*** word."},
        {"<p><b>Wall.</b>More, <b> spaced </b>, <b>a</b><i>b</i></p>", "Wall.More, **spaced** , **a**b"},
        {"<p>Call <code>f(*x)</code> or <code>a`b</code>.</p>", "Call `f(*x)` or ``a`b``."},
        {"<p>See <a href=/a_b?x=1&y=(2)>the <b>act</b></a>, <a href='javascript:x()'>not this</a>, <a "
         "href='//t.example/'>it</a>, "
         "<a href='mailto:a@b.example'>me</a>, <a>none</a>!<a href=c>go</a></p>",
         "See [the **act**](https://news.example/a\\_b?x=1&y=\\(2\\)), not this, [it](https://t.example/), "
         "[me](mailto:a@b.example), none\\![go](https://news.example/2021/c)"},
        {"<a href=/x><p>One.</p><p>Two.</p></a>", "[One.](https://news.example/x)\n\nTwo."},
        {"<p>1. one</p><p>- two</p><p># three</p><p>> four</p><p>+ five</p><p>1986. Six</p><p>==</p>a<br>---",
         "1\\. one\n\n\\- two\n\n\\# three\n\n\\> four\n\n\\+ five\n\n1986\\. Six\n\na\\\n\\---"},
        {"<p>*a* _b_ c_d [e] &lt;f> `g` \\h ~~i~~ &amp;amp; a|b AT&amp;T</p>",
         "\\*a\\* \\_b\\_ c_d \\[e\\] \\<f> \\`g\\` \\\\h \\~\\~i\\~\\~ \\&amp; a|b AT&T"},
        {"<p>a</p><iframe src=x>frame</iframe><object>o</object><img src=x alt=y><p>b</p>", "a\n\nb"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct page p;
        struct clean_buf html = {.arena = &arena};
        clean_buf_add(&html, PL_S("<body data-testid=keep>"));
        clean_buf_add(&html, told_str(rows[i].html));
        read_page(&p, clean_buf_str(&html), "");
        pl_str out = clean_markdown(&p.blocks, p.keep, PL_S("https://news.example/2021/story"), &arena);
        told_is(rows[i].html, out, rows[i].markdown);
        told_is("normalised", clean_norm_code(&arena, out), rows[i].markdown);
        clean_arena_reset(&arena);
    }
    static const pl_str plain[] = {{"# one", 5}, {"2. a*b*\n- c", 11}};
    told_is("plain", clean_markdown_plain(plain, 2, &arena), "\\# one\n\n2\\. a\\*b\\*\\\n\\- c");
    clean_arena_reset(&arena);
}

/* Only what is kept, and links are text where the page's address is not known. */
static void writes_what_is_kept(void **state)
{
    (void)state;
    struct page p;
    read_page(&p,
              PL_S("<base href=https://b.example/d/><ul><li>no<li data-testid=keep>yes <a href=e>too</a></ul><p>no</p>"
                   "<pre data-testid=keep> x</pre><table><tr><td>no</td><td>no</td></tr>"
                   "<tr data-testid=keep><td>a</td><td>b</td></tr><tr data-testid=keep><td>c</td></tr></table>"),
              "");
    told_is("kept", clean_markdown(&p.blocks, p.keep, PL_S(""), &arena),
            "- yes [too](https://b.example/d/e)\n\n```\n x\n```\n\n| a | b |\n| --- | --- |\n| c |");
    read_page(&p,
              PL_S("<pre>no<div data-testid=keep>  x</div></pre><table><tr data-testid=keep><td>a</td><td>b</td></tr>"
                   "<tr><td>no</td><td>no</td></tr><tr><td>no</td><td>no</td></tr></table>"),
              "");
    told_is("hardly kept", clean_markdown(&p.blocks, p.keep, PL_S(""), &arena), "```\n  x\n```\n\na\n\nb");
    read_page(&p, PL_S("<p data-testid=keep><a href=/e>text</a> alone</p>"), "");
    told_is("no address", clean_markdown(&p.blocks, p.keep, PL_S(""), &arena), "text alone");
    clean_arena_reset(&arena);
}

static void joins_urls(void **state)
{
    (void)state;
    static const char base[] = "https://a.example/b/c/d?q#f";
    static const char *const rows[][2] = {
        {"g", "https://a.example/b/c/g"},
        {"./g/", "https://a.example/b/c/g/"},
        {"../g?x=/../y", "https://a.example/b/g?x=/../y"},
        {"../../../g", "https://a.example/g"},
        {"..", "https://a.example/b/"},
        {"/g", "https://a.example/g"},
        {"//h.example/g", "https://h.example/g"},
        {"?y", "https://a.example/b/c/d?y"},
        {"#s", "https://a.example/b/c/d?q#s"},
        {"HTTP://h.example", "HTTP://h.example"},
        {" java\nscript:alert(1)", ""},
        {"data:text/html,x", ""},
        {"tel:12", ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        told_is(rows[i][0], clean_url_join(&arena, told_str(base), told_str(rows[i][0])), rows[i][1]);
    told_is("no path", clean_url_join(&arena, PL_S("https://a.example"), PL_S("b")), "https://a.example/b");
    told_is("no base", clean_url_join(&arena, PL_S(""), PL_S("b")), "");
    clean_arena_reset(&arena);
}

#define STORY \
    "<article data-testid=keep><p>The ferry to Hailuoto was late on Sunday, and nobody minded, because the ice was " \
    "thick " \
    "enough to walk on.</p><p>“We walked, all two hundred of us, and the dog too,” said Liisa Niemi, who had a piano " \
    "to " \
    "deliver and now wants it back.</p></article>"

#define LIVE "<div class=match-comment><p>A shot from the left, and the keeper has it.</p></div>"

static void finds_comments(void **state)
{
    (void)state;
    static const struct {
        const char *html, *comments;
    } rows[] = {
        {STORY
         "<div id=comments class=comments-area><h2>2 comments</h2><ol class=comment-list>"
         "<li class='comment byuser comment-author-eino'><article class=comment-body><footer class=comment-meta>"
         "<b class=fn>Eino</b> <span>says:</span> <time>3 May 2021</time></footer><div class=comment-content><p>I "
         "walked as well.</p><p>It was cold.</p></div><div class=reply><a href=#r>Reply</a></div></article>"
         "<ol class=children><li class=comment><article class=comment-body><footer class=comment-meta>Aino, 4 May "
         "2021</footer><div class=comment-content><p>So did I</p></div></article></ol></ol>"
         "<div id=respond class=comment-respond><h3>Leave a Reply</h3><form><p>Your email address will not be "
         "published.</p></form></div></div>",
         "I walked as well.\n\nIt was cold.|So did I"},
        {STORY "<div class=discussion><p>You must be logged in to join the discussion and to read it.</p></div>", ""},
        {STORY "<div class=discussion><div class=comment-rules><p>The editors read every word that is sent in, and "
               "answer some "
               "of them.</p></div></div>",
         ""},
        {STORY
         "<section class=kommentare><div class=kommentar><p>Das Eis trägt.</p></div><div class=kommentar><p>Noch trägt "
         "es.</p></div><button>Antworten</button></section>",
         "Das Eis trägt.|Noch trägt es."},
        {STORY "<script "
               "type=application/ld+json>{\"@type\":\"Article\",\"headline\":\"x\",\"comment\":[{\"@type\":\"Comment\","
               "\"text\":\"Well &amp; good\"},{\"@type\":\"Comment\",\"author\":\"y\"}]}</script>",
         "Well & good"},
        {"<div class=comment>" STORY "</div>", ""}, /* an opinion, not a reader's */
        {"<article data-testid=keep><p>The match began late.</p>" LIVE LIVE LIVE LIVE LIVE "</article>", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct page p;
        pl_list list = {NULL, 0};
        read_page(&p, told_str(rows[i].html), "");
        size_t kept = 0;
        for (size_t k = 0; k < p.blocks.n; k++)
            kept += p.keep[k];
        assert_int_equal(clean_comments_find(&p.facts, p.keep, &list, &arena), 0);
        told_list_is(rows[i].html, list, rows[i].comments);
        for (size_t k = 0; k < p.blocks.n; k++)
            kept -= p.keep[k];
        assert_int_equal(kept, 0); /* the story stays */
        clean_arena_reset(&arena);
    }
}

/* However the blocks were chosen, a reader's are not the article's. */
static void keeps_no_comments(void **state)
{
    (void)state;
    struct page p;
    read_page(&p,
              PL_S("<body data-testid=keep>" STORY
                   "<div class=comments><p class=comment>I walked as well.</p></div></body>"),
              "");
    assert_int_equal(p.blocks.n, 3);
    assert_int_equal(clean_comments_find(&p.facts, p.keep, NULL, &arena), 0);
    assert_true(p.keep[0] && p.keep[1] && !p.keep[2]);
    clean_arena_reset(&arena);
}

#define TEASER(n) \
    "<article><h2><a href=/a" n ">Headline number " n \
    " about the ferry</a></h2><p data-testid=keep>The ferry, it is said, " \
    "will be " n " days late because of the ice on the sea.</p></article>"
#define TEASERS \
    TEASER("1") TEASER("2") TEASER("3") TEASER("4") TEASER("5") TEASER("6") TEASER("7") TEASER("8") TEASER("9")
#define MANY \
    "The ferry was late, and late again, and after that it was so late that nobody asked any more when it would " \
    "come. "
#define IMAGES "<img src=1><img src=2><img src=3><img src=4><img src=5><img src=6><img src=7>"

static void judges(void **state)
{
    (void)state;
    static const struct {
        const char *what, *url, *html;
        enum clean_verdict verdict;
    } rows[] = {
        {"front page", "https://a.example/", TEASERS, CLEAN_IS_INDEX},
        {"section", "https://a.example/world/europe", "<meta property=og:type content=website><body>" TEASERS,
         CLEAN_IS_INDEX},
        {"teasers below a story", "https://a.example/2021/05/04/late-again-and-again", STORY TEASERS, CLEAN_IS_ARTICLE},
        {"report with a list of others below", "https://a.example/world",
         "<p data-testid=keep>" MANY MANY MANY MANY MANY MANY MANY MANY "</p>" TEASERS, CLEAN_IS_ARTICLE},
        {"story of a one-page site", "https://a.example/", STORY, CLEAN_IS_ARTICLE},
        {"live", "https://a.example/live/ferry",
         "<script "
         "type=application/"
         "ld+json>{\"@type\":\"LiveBlogPosting\",\"headline\":\"Live\",\"datePublished\":\"2021-05-04\"}"
         "</script><body>" TEASERS,
         CLEAN_IS_ARTICLE},
        {"gallery", "https://a.example/pictures/ice", IMAGES "<p data-testid=keep>The ice in May.</p>",
         CLEAN_IS_GALLERY},
        {"video", "https://a.example/watch/12",
         "<meta property=og:type content=video.other><body><p data-testid=keep>The ferry breaks the ice, filmed from "
         "the pier by a "
         "passenger who had time.</p>",
         CLEAN_IS_GALLERY},
        {"story with pictures", "https://a.example/b", IMAGES STORY, CLEAN_IS_ARTICLE},
        {"login", "https://a.example/b",
         "<p data-testid=keep>The ferry was late again.</p><div class=box><p>Please log in to continue.</p></div>",
         CLEAN_IS_LOGIN},
        {"paywall", "https://a.example/b",
         "<p data-testid=keep>Die Fähre nach Hailuoto kam am Sonntag zu spät, und niemand störte sich "
         "daran.</p><div><p>Jetzt "
         "weiterlesen mit einem Abo: vier Wochen für einen Euro.</p></div>",
         CLEAN_IS_LOGIN},
        {"paid, says JSON-LD", "https://a.example/b",
         "<script "
         "type=application/ld+json>{\"@type\":\"Article\",\"headline\":\"x\",\"isAccessibleForFree\":false}</script><p "
         "data-testid=keep>The ferry was late on Sunday, and nobody minded.</p>",
         CLEAN_IS_LOGIN},
        {"a subscriber's login in the page's head", "https://a.example/b",
         "<nav><p>Already a subscriber? Log in here.</p></nav><p data-testid=keep>The ferry was late on Sunday.</p>",
         CLEAN_IS_ARTICLE},
        {"error", "https://a.example/b",
         "<title>404</title><p data-testid=keep>Page introuvable : elle a peut-être été déplacée.</p>", CLEAN_IS_ERROR},
        {"consent", "https://a.example/b",
         "<p data-testid=keep>We value your privacy. We and our partners store and/or access information on a device, "
         "such as "
         "cookies, and process personal data for advertising, content measurement, research and the development of "
         "services.</p>",
         CLEAN_IS_WALL},
        {"captcha", "https://a.example/b",
         "<p data-testid=keep>Please verify you are human by completing the action below.</p>", CLEAN_IS_WALL},
        {"brief", "https://a.example/b/ferry-runs-again-on-monday",
         "<p data-testid=keep>The ferry runs again from Monday.</p>", CLEAN_IS_ARTICLE},
        {"empty", "https://a.example/b", "<div></div>", CLEAN_IS_EMPTY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct page p;
        read_page(&p, told_str(rows[i].html), rows[i].url);
        enum clean_verdict got = clean_judge(&p.facts, p.keep, p.text, PL_S(""), &words);
        if (got != rows[i].verdict)
            print_error("%s\n", rows[i].what);
        assert_int_equal(got, rows[i].verdict);
        clean_arena_reset(&arena);
    }
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
        cmocka_unit_test(writes_markdown), cmocka_unit_test(writes_what_is_kept), cmocka_unit_test(joins_urls),
        cmocka_unit_test(finds_comments),  cmocka_unit_test(keeps_no_comments),   cmocka_unit_test(judges),
    };
    int failed = 0;
    for (told_which = 0; clean_parser_at(told_which); told_which++)
        failed += cmocka_run_group_tests_name(clean_parser_at(told_which)->name, tests, begin, end);
    return failed;
}
