/* clean_nasty.c - pages made to be slow, each in two sizes, through the whole extraction.
 *
 *   clean_nasty PARSER BYTES [NAME]      BYTES and twice that; one kind, or all of them
 *   clean_nasty                          small ones by each parser, to see that all is well
 *
 * For a profiler that counts instructions between two calls of next_page(); the kinds, in order, are printed.  Without
 * one: how long a size that hurts takes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clean_page.h"

void next_page(void);

/* The page is `before`, then `unit` again and again (every %d in it is a number that grows), then `after`. */
static const struct {
    const char *name, *before, *unit, *after;
} kinds[] = {
    {"running text", "<p>", "Walls and roofs were counted again. ", ""},
    {"paragraphs", "", "<p>Walls and roofs.</p>\n", ""},
    {"open divs", "", "<div>", ""},
    {"open divs with text", "", "<div>roof ", ""},
    {"open paragraphs in lists", "", "<ul><li><p>", ""},
    {"open bold", "", "<b>", ""},
    {"open bold, each another", "", "<b class=c%d>", ""},
    {"open fonts and paragraphs", "", "<font color=%d><p>x", ""},
    {"formatting elements, long attributes", "<b class=", "%d", "><p>x<p>x<p>x<p>x<p>x<p>x<p>x<p>x"},
    {"formatting opened anew", "<a id=1><b id=2><i id=3><u id=4><s id=5><em id=6><tt id=7>", "<p>x", ""},
    {"misnested a and b", "", "<a href=%d><b>x</a>y</b>", ""},
    {"misnested b and div", "", "<b><div></b>x</div>", ""},
    {"b around a block", "", "<b>x<p>y</b>", ""},
    {"adoption", "<div>", "<a><b><i><div></a></b></i>", ""},
    {"adoption, all at the end", "", "<b><i><div>", "</b></i></b></i></b></i></b></i></b></i>"},
    {"end tags of nothing", "<div><div><div><div>", "</q>", ""},
    {"end tags of nothing, text between", "", "x</q>", ""},
    {"end tags of nothing with attributes, text between", "", "x</q a=%d>", ""},
    {"end tags in depth", "<i><u><s><b><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q>", "</code>", ""},
    {"many paragraph ends", "", "</p>", ""},
    {"many line break ends", "", "</br>", ""},
    {"attributes of one tag", "<p ", "a%d=1 ", ">"},
    {"one attribute again and again", "<p ", "id=%d ", ">"},
    {"a long attribute", "<p class=\"", "a b%d ", "\">"},
    {"attribute names", "", "<i a%d>", ""},
    {"tag names", "", "<x%d>", ""},
    {"tag names, ended", "", "<x%d>y</x%d>", ""},
    {"a long tag name", "<", "abc", ">"},
    {"classes", "", "<p class='a%d b c'>x</p>", ""},
    {"entities", "<p>", "&amp;&eacute;&#8212;&notin;", ""},
    {"entities in an attribute", "<p class='", "&amp;&#%d;", "'>"},
    {"entities that are none", "<p>", "&zz%d;&", ""},
    {"a long number", "<p>&#", "1", ";"},
    {"empty comments", "", "<!---->", ""},
    {"comments and text", "", "x<!---->", ""},
    {"comments never closed", "", "<!--", ""},
    {"comments and dashes", "<!--", "--!", ""},
    {"comments in a table", "<table>", "x<!---->", ""},
    {"bogus comments", "", "<?x>", ""},
    {"doctypes", "", "<!DOCTYPE html>", ""},
    {"less-than signs", "<p>", "<", ""},
    {"slashes", "<p>", "</", ""},
    {"tags in tags", "", "<p <", ""},
    {"scripts", "", "<script>a<b</script>", ""},
    {"scripts never closed", "", "<script>", ""},
    {"escaped scripts", "<script><!--", "<script></script>", "-->"},
    {"styles", "", "<style>p{}</style>", ""},
    {"text areas", "", "<textarea>x</textarea>", ""},
    {"titles", "", "<title>A title %d</title>", ""},
    {"noscripts", "", "<noscript><p>x</noscript>", ""},
    {"templates", "", "<template>", ""},
    {"templates with rows", "", "<template><tr><td>x", ""},
    {"options", "<select>", "<option>x", ""},
    {"options for a selected content", "<select><button><selectedcontent></button>", "<option selected>x", ""},
    {"selects", "", "<select><option>x</select>", ""},
    {"open selects", "", "<select>", ""},
    {"foster text", "<table>", "x<tr>", ""},
    {"foster elements", "<table>", "<p>x", ""},
    {"foster text and elements", "<table>", "<b>x</b>y", ""},
    {"foster text between end tags", "<table>", "x</q>", ""},
    {"nested tables", "", "<table><tr><td>x", ""},
    {"tables in tables", "", "<table>", ""},
    {"tables with text", "", "<table>x", ""},
    {"cells", "<table><tr>", "<td>x", ""},
    {"rows", "<table>", "<tr><td>x</td></tr>", ""},
    {"captions", "<table>", "<caption>x", ""},
    {"drawings", "", "<svg>", ""},
    {"drawings that break out", "", "<svg><p>x", ""},
    {"formulas", "<math>", "<mi>x", ""},
    {"character data", "<svg>", "<![CDATA[x]]>", ""},
    {"frames", "", "<frameset>", ""},
    {"forms", "", "<form><input>", ""},
    {"bodies", "", "<body class=c%d>", ""},
    {"html elements", "", "<html lang=l%d>", ""},
    {"headings", "", "<h1>x", ""},
    {"list items", "", "<li>x", ""},
    {"definition lists", "", "<dl><dd>x", ""},
    {"ruby", "<ruby>", "<rt>x<rb>y", ""},
    {"buttons", "", "<button>x", ""},
    {"links", "<p>", "<a href=/%d>a link</a> ", ""},
    {"link lists", "<ul>", "<li><a href=/%d>A link to a story</a>", ""},
    {"meta", "", "<meta name=author content='Ann Lee %d'>", ""},
    {"meta, all the same", "", "<meta property=og:title content='A title'>", ""},
    {"JSON-LD", "", "<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"headline\":\"x %d\"}</script>", ""},
    {"JSON-LD, deep", "<script type=application/ld+json>", "[", "</script>"},
    {"JSON-LD, wide", "<script type=application/ld+json>[", "{\"@type\":\"Person\",\"name\":\"Ann Lee\"},", "</script>"},
    {"bylines", "", "<p class=byline>By Ann Lee %d</p>", ""},
    {"dates", "", "<time datetime=2021-05-04>4 May 2021</time> ", ""},
    {"line breaks", "", "<br>", ""},
    {"preformatted", "<pre>", "x\n", "</pre>"},
    {"blanks", "<p>", " ", ""},
};

enum { N_KINDS = sizeof kinds / sizeof *kinds };

/* Marks, for the profiler, where one page ends and the next begins. */
__attribute__((noinline)) void next_page(void)
{
    __asm__ volatile("");
}

static void add(char *html, size_t *len, const char *unit, unsigned number)
{
    for (; *unit; unit++)
        if (unit[0] == '%' && unit[1] == 'd') {
            *len += (size_t)sprintf(html + *len, "%u", number);
            unit++;
        } else {
            html[(*len)++] = *unit;
        }
}

static void read_page(size_t kind, size_t bytes, struct clean_html *parser, const struct clean_words *words)
{
    const struct clean_known known = {.url = PL_S(""), .title = PL_S(""), .published = PL_S("")};
    struct clean_article article;
    struct clean_arena a;
    size_t len = 0;
    char *html = malloc(bytes + 4096);

    if (!html)
        exit(71);
    add(html, &len, kinds[kind].before, 0);
    for (unsigned i = 1; len < bytes; i++)
        add(html, &len, kinds[kind].unit, i);
    add(html, &len, kinds[kind].after, 0);
    clean_arena_init(&a, (size_t)1 << 30);
    next_page();
    clean_page_html(&article, parser, (pl_str){html, len}, &known, words, &a);
    next_page();
    clean_arena_done(&a);
    free(html);
}

static int read_kinds(const struct clean_parser *parser, size_t bytes, const char *only, const struct clean_words *words)
{
    struct clean_html html;

    parser->init();
    if (!clean_html_open(&html, parser))
        return 71;
    for (size_t i = 0; i < N_KINDS; i++) {
        if (only && strcmp(kinds[i].name, only) != 0)
            continue;
        puts(kinds[i].name);
        fflush(stdout);
        read_page(i, bytes, &html, words);
        read_page(i, 2 * bytes, &html, words);
    }
    clean_html_close(&html);
    return 0;
}

int main(int argc, char **argv)
{
    const struct clean_parser *parser = argc > 2 ? clean_parser_find((pl_str){argv[1], strlen(argv[1])}) : NULL;
    struct clean_words words;
    int rc = 0;

    if ((argc > 1 && !parser) || clean_words_init(&words) < 0) {
        fprintf(stderr, "usage: clean_nasty PARSER BYTES [NAME]\n");
        return 64;
    }
    if (parser)
        rc = read_kinds(parser, (size_t)atol(argv[2]), argc > 3 ? argv[3] : NULL, &words);
    for (size_t i = 0; !parser && !rc && clean_parser_at(i); i++)
        rc = read_kinds(clean_parser_at(i), 10000, NULL, &words);
    clean_words_done(&words);
    return rc;
}
