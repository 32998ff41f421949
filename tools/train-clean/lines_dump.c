/* lines_dump.c - what clean sees and does, for tools/train-clean/lines.py: what is trained is what runs.
 *
 *     lines_dump features          texts in; per line "words TAB feature ... TAB text"
 *     lines_dump judge [TABLE]     texts in; per line "chance TAB text", to see why a line went
 *     lines_dump clean [TABLE]     texts in; what clean makes of each, then its title; with another table
 *     lines_dump blocks            pages in; the text of every block, a blank line between
 *     lines_dump article           pages in; what clean makes of each
 *
 * A document is "LENGTH\n" and so many bytes, in and out; the lines of one are "COUNT\n" and so many lines. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clean_blocks.h"
#include "clean_html.h"
#include "clean_lines.h"
#include "clean_norm.h"
#include "clean_page.h"
#include "clean_plain.h"
#include "clean_utf8.h"
#include "read_table.h"

struct dump {
    struct clean_arena arena;
    struct clean_words words;
    struct clean_html html;
    struct clean_trees table;
    char *in;
    size_t cap;
};

static void fail(const char *what)
{
    fprintf(stderr, "lines_dump: %s\n", what);
    exit(1);
}

static void write_text(pl_str s)
{
    printf("%zu\n", s.len);
    fwrite(s.ptr, 1, s.len, stdout);
}

static void dump_features(struct dump *d, pl_str text)
{
    struct clean_lines l;
    size_t bad;
    clean_lines_split(&l, clean_norm_text(&d->arena, clean_utf8_repair(&d->arena, text, &bad)), &d->words, &d->arena);
    const int16_t *columns = clean_lines_measure(&l, &d->words, &d->arena);
    if (!columns)
        fail("out of memory");
    printf("%zu\n", l.n);
    for (size_t i = 0; i < l.n; i++) {
        printf("%.1f", l.at[i].words);
        for (size_t f = 0; f < CLEAN_LINE_FEATURES; f++)
            printf("%c%d", f ? ' ' : '\t', columns[f * l.n + i]);
        printf("\t%.*s\n", (int)l.at[i].text.len, l.at[i].text.ptr);
    }
}

static void dump_judge(struct dump *d, pl_str text)
{
    struct clean_lines l;
    size_t bad;
    clean_lines_split(&l, clean_norm_text(&d->arena, clean_utf8_repair(&d->arena, text, &bad)), &d->words, &d->arena);
    uint16_t *chance = clean_arena_array(&d->arena, l.n + 1, sizeof *chance);
    if (!chance || clean_lines_judge(&l, &d->table, chance, &d->words, &d->arena) < 0)
        fail("out of memory");
    printf("%zu\n", l.n);
    for (size_t i = 0; i < l.n; i++)
        printf("%.3f\t%.*s\n", chance[i] / 65535., (int)l.at[i].text.len, l.at[i].text.ptr);
}

static void dump_clean(struct dump *d, pl_str text)
{
    struct clean_plain p;
    struct clean_buf joined = {.arena = &d->arena};
    size_t bad;
    if (clean_plain_find_with(&p, clean_utf8_repair(&d->arena, text, &bad), PL_S(""), &d->table, &d->words, &d->arena) <
        0)
        fail("out of memory");
    for (size_t i = 0; i < p.n; i++) {
        if (i)
            clean_buf_add(&joined, PL_S("\n\n"));
        clean_buf_add(&joined, p.paragraphs[i]);
    }
    write_text(clean_buf_str(&joined));
    write_text(p.title);
}

static void dump_blocks(struct dump *d, pl_str html)
{
    struct clean_blocks b;
    struct clean_dom *dom = clean_arena_alloc(&d->arena, sizeof *dom);
    struct clean_buf joined = {.arena = &d->arena};
    if (!dom || !clean_dom_init(dom, &d->arena) || clean_html_parse(&d->html, dom, html) < 0 ||
        clean_blocks_find(&b, dom, &d->words, &d->arena) < 0)
        fail("out of memory");
    for (size_t i = 0; i < b.n; i++) {
        if (i)
            clean_buf_add(&joined, PL_S("\n\n"));
        clean_buf_add(&joined, b.at[i].text);
    }
    write_text(clean_buf_str(&joined));
}

static void dump_article(struct dump *d, pl_str html)
{
    struct clean_article article;
    const struct clean_known known = {.url = PL_S("")};
    if (clean_page_html(&article, &d->html, html, &known, &d->words, &d->arena) < 0)
        fail("out of memory");
    write_text(article.text);
}

static bool read_document(struct dump *d, pl_str *document)
{
    size_t len;
    if (scanf("%zu", &len) != 1 || getchar() != '\n')
        return false;
    if (len > d->cap) {
        d->cap = len * 2;
        d->in = realloc(d->in, d->cap);
        if (!d->in)
            fail("out of memory");
    }
    if (len && fread(d->in, 1, len, stdin) != len)
        fail("a document is cut short");
    *document = (pl_str){d->in, len};
    return true;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*dump)(struct dump *d, pl_str document);
    } modes[] = {
        {"features", dump_features}, {"judge", dump_judge}, {"clean", dump_clean}, {"blocks", dump_blocks}, {"article", dump_article}};
    struct dump d = {.table = clean_table_lines};
    pl_str document;

    clean_arena_init(&d.arena, (size_t)1 << 30);
    clean_html_init();
    if (argc < 2 || clean_words_init(&d.words) < 0 || !clean_html_open(&d.html, clean_parser_at(0)))
        fail("features, judge, clean, blocks or article?");
    if (argc > 2)
        d.table = read_table(argv[2], CLEAN_LINE_FEATURES);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        while (strcmp(argv[1], modes[i].name) == 0 && read_document(&d, &document)) {
            modes[i].dump(&d, document);
            clean_arena_reset(&d.arena);
        }
    clean_html_close(&d.html);
    clean_words_done(&d.words);
    clean_arena_done(&d.arena);
    free(d.in);
    return fflush(stdout) ? 1 : 0;
}
