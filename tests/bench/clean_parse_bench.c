/* clean_parse_bench.c - how fast pages in memory become nodes, by each parser: pages a second of CPU, one thread.
 *
 *   clean_parse_bench [--rounds=N] [--only=NAME] PAGE...     (HTML, gzipped or not)
 *
 * Prints a line for each: NAME PAGES/S MB/S; "lexbor-bare" is lexbor alone, parsing into a document that is
 * used again and again.  The best of N rounds counts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#ifdef HAVE_LEXBOR
#include <lexbor/html/interfaces/document.h>
#endif

#include "clean_html.h"

struct pages {
    pl_str *at;
    size_t n, bytes;
};

static double cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *sure(void *p)
{
    if (!p) {
        fprintf(stderr, "clean_parse_bench: out of memory\n");
        exit(71);
    }
    return p;
}

static void read_page(struct pages *all, const char *path)
{
    gzFile in = gzopen(path, "rb");
    size_t cap = 1 << 16, len = 0;
    char *text = sure(malloc(cap));

    if (!in) {
        fprintf(stderr, "clean_parse_bench: cannot open '%s'\n", path);
        exit(66);
    }
    for (int n; (n = gzread(in, text + len, (unsigned)(cap - len))) > 0;)
        if ((len += (size_t)n) == cap)
            text = sure(realloc(text, cap *= 2));
    gzclose(in);
    all->at[all->n++] = (pl_str){text, len};
    all->bytes += len;
}

static size_t parse_all(const struct pages *all, struct clean_html *h)
{
    struct clean_arena a;
    size_t nodes = 0;

    clean_arena_init(&a, (size_t)1 << 30);
    for (size_t i = 0; i < all->n; i++) {
        struct clean_dom *d = sure(clean_arena_alloc(&a, sizeof *d));
        if (clean_dom_init(d, &a) && clean_html_parse(h, d, all->at[i]) == 0)
            nodes += d->n_nodes;
        clean_arena_reset(&a);
    }
    clean_arena_done(&a);
    return nodes;
}

#ifdef HAVE_LEXBOR
static size_t parse_bare(const struct pages *all)
{
    lxb_html_document_t *doc = sure(lxb_html_document_create());

    for (size_t i = 0; i < all->n; i++) {
        lxb_html_document_clean(doc);
        if (lxb_html_document_parse(doc, (const lxb_char_t *)all->at[i].ptr, all->at[i].len) != LXB_STATUS_OK)
            exit(70);
    }
    lxb_html_document_destroy(doc);
    return 0;
}
#endif

static void measure(const struct pages *all, const struct clean_parser *parser, const char *name, int rounds)
{
    struct clean_html h = {0};
    double best = 1e9;

    if (parser && !clean_html_open(&h, parser))
        exit(71);
    for (int i = 0; i < rounds; i++) {
        const double start = cpu_seconds();
#ifdef HAVE_LEXBOR
        if (!parser)
            parse_bare(all);
#endif
        if (parser)
            parse_all(all, &h);
        const double took = cpu_seconds() - start;
        best = took < best ? took : best;
    }
    clean_html_close(&h);
    printf("%s %.0f %.1f\n", name, (double)all->n / best, (double)all->bytes / best / 1e6);
}

int main(int argc, char **argv)
{
    struct pages all = {.at = sure(calloc((size_t)argc, sizeof *all.at))};
    const char *only = NULL;
    int rounds = 5;

    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], "--only=", 7) == 0)
            only = argv[i] + 7;
        else if (strncmp(argv[i], "--rounds=", 9) == 0)
            rounds = atoi(argv[i] + 9);
        else
            read_page(&all, argv[i]);
    clean_html_init();
#ifdef HAVE_LEXBOR
    if (!only || strcmp(only, "lexbor-bare") == 0)
        measure(&all, NULL, "lexbor-bare", rounds);
#endif
    for (size_t i = 0; clean_parser_at(i); i++)
        if (!only || strcmp(only, clean_parser_at(i)->name) == 0)
            measure(&all, clean_parser_at(i), clean_parser_at(i)->name, rounds);
    for (size_t i = 0; i < all.n; i++)
        free((void *)(uintptr_t)all.at[i].ptr);
    free(all.at);
    return 0;
}
