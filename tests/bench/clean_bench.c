/* clean_bench.c - what the extraction costs: pages in memory, one thread, CPU seconds.
 *
 *     clean_bench PARSER PASSES PAGE...    CPU seconds of each pass over the pages, after one that does not count
 *     clean_bench PARSER stream PAGE...    peak resident memory in kB of one pass that holds one page at a time
 *
 * Pages are HTML in UTF-8.  Text and all metadata are made, as for a run; reading the files is not timed. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clean_html.h"
#include "clean_page.h"

enum { MEMORY = 1 << 30 };

/* What a worker of the stage keeps from page to page. */
struct worker {
    struct clean_words words;
    struct clean_html html;
    struct clean_arena arena;
};

static double cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A whole file, to be freed; ends the program where it cannot be read. */
static pl_str read_page(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *bytes = NULL;
    long size = -1;

    if (f && fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0 && fseek(f, 0, SEEK_SET) == 0)
        bytes = malloc((size_t)size + 1);
    if (!bytes || fread(bytes, 1, (size_t)size, f) != (size_t)size) {
        fprintf(stderr, "clean_bench: cannot read '%s'\n", path);
        exit(74);
    }
    fclose(f);
    return (pl_str){bytes, (size_t)size};
}

static void extract(struct worker *w, pl_str page)
{
    static const struct clean_known nothing = {.url = {"", 0}, .title = {"", 0}, .published = {"", 0}};
    struct clean_article article;

    clean_arena_reset(&w->arena);
    if (clean_page_html(&article, &w->html, page, &nothing, &w->words, &w->arena) < 0) {
        fprintf(stderr, "clean_bench: out of memory\n");
        exit(70);
    }
}

static void time_passes(struct worker *w, int passes, char **paths, int n)
{
    pl_str *pages = calloc((size_t)n + 1, sizeof *pages);

    for (int i = 0; pages && i < n; i++)
        pages[i] = read_page(paths[i]);
    for (int pass = 0; pages && pass <= passes; pass++) {
        const double start = cpu_seconds();
        for (int i = 0; i < n; i++)
            extract(w, pages[i]);
        if (pass > 0)
            printf("%.6f\n", cpu_seconds() - start);
    }
    for (int i = 0; pages && i < n; i++)
        free((void *)(uintptr_t)pages[i].ptr);
    free(pages);
}

/* Of this program alone: getrusage() also counts what its parent held when it started us. */
static void print_peak_memory(void)
{
    char line[256];
    FILE *f = fopen("/proc/self/status", "r");

    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "VmHWM:", 6) == 0)
            printf("%ld\n", strtol(line + 6, NULL, 10));
    if (f)
        fclose(f);
}

static void stream(struct worker *w, char **paths, int n)
{
    for (int i = 0; i < n; i++) {
        const pl_str page = read_page(paths[i]);
        extract(w, page);
        free((void *)(uintptr_t)page.ptr);
    }
    print_peak_memory();
}

int main(int argc, char **argv)
{
    struct worker w = {0};
    const struct clean_parser *parser = argc > 3 ? clean_parser_find((pl_str){argv[1], strlen(argv[1])}) : NULL;

    if (!parser) {
        fprintf(stderr, "usage: clean_bench PARSER PASSES|stream PAGE...\n");
        return 64;
    }
    clean_html_init();
    if (clean_words_init(&w.words) < 0 || !clean_html_open(&w.html, parser))
        return 70;
    clean_arena_init(&w.arena, MEMORY);
    if (strcmp(argv[2], "stream") == 0)
        stream(&w, argv + 3, argc - 3);
    else
        time_passes(&w, atoi(argv[2]), argv + 3, argc - 3);
    clean_arena_done(&w.arena);
    clean_html_close(&w.html);
    clean_words_done(&w.words);
    return 0;
}
