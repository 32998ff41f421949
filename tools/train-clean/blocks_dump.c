/* blocks_dump.c - what clean measures of pages, and makes of them, for blocks.py: what is trained is what runs.
 *
 *     blocks_dump <LIST >BLOCKS
 *     blocks_dump TABLE <LIST         the text of each page as that table chooses it, a NUL behind each
 *
 * LIST names a page a line (HTML, plain or gzip).  BLOCKS, all numbers of the
 * machine's byte order: a line with the columns' names; then for each page its
 * name and a line break, u32 number of blocks, for each block u32 length of its
 * text and the text, then the columns, i16 each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "clean_facts.h"
#include "clean_features.h"
#include "clean_html.h"
#include "clean_page.h"
#include "fetch_charset.h"
#include "read_table.h"

enum { MAX_PAGE = 256 * 1024 * 1024 };

static void die(const char *what, const char *of)
{
    fprintf(stderr, "blocks_dump: %s: %s\n", of, what);
    exit(1);
}

/* A file's bytes, inflated; the caller frees. */
static pl_str read_page(const char *path)
{
    gzFile in = gzopen(path, "rb"); /* reads what is no gzip data as it is */
    size_t len = 0, cap = 0;
    char *at = NULL;
    int n = 1;
    if (!in)
        die("cannot be opened", path);
    while (n > 0) {
        cap += 1024 * 1024;
        if (cap > MAX_PAGE || !(at = realloc(at, cap)))
            die("too large", path);
        while (len < cap && (n = gzread(in, at + len, (unsigned)(cap - len))) > 0)
            len += (size_t)n;
    }
    if (n < 0)
        die("bad gzip data", path);
    gzclose(in);
    return (pl_str){at, len};
}

static void put_u32(size_t v)
{
    uint32_t n = (uint32_t)v;
    fwrite(&n, sizeof n, 1, stdout);
}

static void dump(struct clean_html *h, const char *name, pl_str html, const struct clean_words *w, struct clean_arena *a)
{
    struct clean_dom *d = clean_arena_alloc(a, sizeof *d);
    struct clean_blocks b;
    struct clean_facts facts;
    struct clean_features f;
    if (!d || !clean_dom_init(d, a) || clean_html_parse(h, d, html) < 0 || clean_blocks_find(&b, d, w, a) < 0 ||
        clean_facts_find(&facts, &b, PL_S(""), a) < 0 || clean_features_find(&f, &b, &facts, a) < 0)
        die("out of memory", name);
    printf("%s\n", name);
    put_u32(b.n);
    for (size_t i = 0; i < b.n; i++) {
        put_u32(b.at[i].text.len);
        fwrite(b.at[i].text.ptr, 1, b.at[i].text.len, stdout);
    }
    for (size_t k = 0; k < CLEAN_N_FEATURES; k++)
        fwrite(f.columns + k * f.stride, sizeof *f.columns, b.n, stdout);
}

static void extract(struct clean_html *h, const char *name, pl_str html, const struct clean_trees *table,
                    const struct clean_words *w, struct clean_arena *a)
{
    const struct clean_known known = {.url = PL_S(""), .title = PL_S(""), .published = PL_S(""), .table = table};
    struct clean_article article;
    if (clean_page_html(&article, h, html, &known, w, a) < 0)
        die("out of memory", name);
    fwrite(article.text.ptr, 1, article.text.len, stdout);
    putchar('\0');
}

static void put_names(void)
{
    for (int k = 0; k < CLEAN_N_FEATURES; k++)
        printf("%s%c", clean_feature_name((enum clean_feature)k), k + 1 < CLEAN_N_FEATURES ? ' ' : '\n');
}

int main(int argc, char **argv)
{
    struct clean_trees table;
    struct clean_words words;
    struct clean_arena arena;
    struct decoder decoder = {0};
    struct clean_html html;
    char path[4096];

    clean_html_init();
    decoder_init();
    if (clean_words_init(&words) < 0 || !clean_html_open(&html, clean_parser_find(PL_S("auto"))))
        die("out of memory", "words");
    clean_arena_init(&arena, (size_t)1 << 30);
    if (argc > 1)
        table = read_table(argv[1], CLEAN_N_FEATURES);
    else
        put_names();
    while (fgets(path, sizeof path, stdin)) {
        struct decoded page;
        path[strcspn(path, "\n")] = '\0';
        pl_str bytes = read_page(path);
        if (decode(&decoder, bytes, PL_S(""), &page) < 0)
            die("out of memory", path);
        clean_arena_reset(&arena);
        if (argc > 1)
            extract(&html, path, page.text, &table, &words, &arena);
        else
            dump(&html, path, page.text, &words, &arena);
        free((char *)bytes.ptr);
    }
    clean_html_close(&html);
    decoder_done(&decoder);
    clean_arena_done(&arena);
    clean_words_done(&words);
    return fflush(stdout) == 0 ? 0 : 1;
}
