/* entities_bench.c - what the layers of entities cost: articles in memory, one thread, CPU time.
 *
 *     entities_bench ROUNDS FILE...
 *
 * Each file is the text of one article in UTF-8, as `entities.py texts` makes them of JSON lines.  Prints lines "NAME VALUE [VALUE]":
 *
 *     load_ms                  to make what the stage shares
 *     rss_mb                   peak resident memory of one pass that holds one article at a time
 *     articles bytes tokens    what was read; tokens are our own
 *     layer NAME US            microseconds a token, the median round
 *     all US                   all layers, likewise
 *     size BYTES US            likewise for texts of that length, made of the articles one after the other
 *
 * Reading the files is not timed.  The first round of each measurement does not count. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "entities_article.h"
#include "entities_date_reader.h"

enum { MAX_ROUNDS = 1000, MAX_LAYERS = 32, SIZES = 4, ENOUGH = 2 << 20 };

struct text {
    char *ptr;
    size_t len;
};

struct articles {
    struct text *at;
    size_t n, bytes;
};

struct layer {
    const char *name;
    double seconds[MAX_ROUNDS];
};

/* What article_mark() needs, and the time of each layer so far. */
struct bench {
    struct gazetteer *gaz;
    struct date_index dates;
    struct model model;
    struct arena arena;
    struct layer layers[MAX_LAYERS];
    size_t n_layers;
    int round;
    double last;
};

static double cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void stop(const char *what, const char *which)
{
    fprintf(stderr, "entities_bench: %s %s\n", what, which);
    exit(70);
}

static void *checked(void *memory)
{
    if (!memory)
        stop("out of", "memory");
    return memory;
}

/* The layer just passed took the time since the last one. */
static void note_layer(void *to, const char *name)
{
    struct bench *b = to;
    size_t i = 0;

    while (i < b->n_layers && strcmp(b->layers[i].name, name) != 0)
        i++;
    if (i == b->n_layers && b->n_layers++ == MAX_LAYERS)
        stop("too many layers at", name);
    const double now = cpu_seconds();
    b->layers[i].name = name;
    b->layers[i].seconds[b->round] += now - b->last;
    b->last = now;
}

/* Marks one text; its tokens.  With `watched`, notes the time of each layer. */
static size_t mark(struct bench *b, struct text text, bool watched)
{
    const struct article_options all = {
        .dates = true, .date_index = &b->dates, .titles = true, .references = true, .quotes = true,
        .passed = watched ? note_layer : NULL, .to = b, .model = &b->model};
    struct document d;
    struct article found;

    b->last = watched ? cpu_seconds() : 0;
    if (!article_mark(&b->arena, b->gaz, text.ptr, text.len, &all, &d, &found))
        stop("out of", "memory");
    arena_reset(&b->arena);
    return d.n_tokens;
}

/* A whole file, to be freed. */
static struct text read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *bytes = NULL;
    long size = -1;

    if (f && fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0 && fseek(f, 0, SEEK_SET) == 0)
        bytes = malloc((size_t)size + 1);
    if (!bytes || fread(bytes, 1, (size_t)size, f) != (size_t)size)
        stop("cannot read", path);
    fclose(f);
    return (struct text){bytes, (size_t)size};
}

static void mark_one_at_a_time(struct bench *b, char **paths, int n)
{
    for (int i = 0; i < n; i++) {
        const struct text text = read_file(paths[i]);
        mark(b, text, false);
        free(text.ptr);
    }
}

static struct articles articles_read(char **paths, int n)
{
    struct articles a = {.at = checked(calloc((size_t)n + 1, sizeof *a.at))};

    for (; a.n < (size_t)n; a.n++) {
        a.at[a.n] = read_file(paths[a.n]);
        a.bytes += a.at[a.n].len;
    }
    if (a.bytes == 0)
        stop("no text in", paths[0]);
    return a;
}

static void articles_done(struct articles *a)
{
    for (size_t i = 0; i < a->n; i++)
        free(a->at[i].ptr);
    free(a->at);
}

/* Of this program alone: getrusage() also counts what its parent held when it started us. */
static double peak_memory_mb(void)
{
    char line[256];
    double mb = 0;
    FILE *f = fopen("/proc/self/status", "r");

    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "VmHWM:", 6) == 0)
            mb = (double)strtol(line + 6, NULL, 10) / 1024;
    if (f)
        fclose(f);
    return mb;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of rounds 1 and later. */
static double median(double *seconds, int rounds)
{
    qsort(seconds + 1, (size_t)rounds, sizeof *seconds, compare);
    return seconds[1 + rounds / 2];
}

static void time_layers(struct bench *b, const struct articles *a, int rounds)
{
    static double all[MAX_ROUNDS];
    size_t tokens = 0;

    for (b->round = 0; b->round <= rounds; b->round++) {
        tokens = 0;
        for (size_t i = 0; i < a->n; i++)
            tokens += mark(b, a->at[i], true);
    }
    for (int round = 0; round <= rounds; round++) { /* without looking at the clock in between */
        const double start = cpu_seconds();
        for (size_t i = 0; i < a->n; i++)
            mark(b, a->at[i], false);
        all[round] = cpu_seconds() - start;
    }
    printf("articles %zu\nbytes %zu\ntokens %zu\n", a->n, a->bytes, tokens);
    for (size_t i = 0; i < b->n_layers; i++)
        printf("layer %s %.4f\n", b->layers[i].name, median(b->layers[i].seconds, rounds) / (double)tokens * 1e6);
    printf("all %.4f\n", median(all, rounds) / (double)tokens * 1e6);
}

/* All articles one after the other with an empty line between, again and again, ENOUGH bytes of them. */
static struct text join(const struct articles *a)
{
    char *text = checked(malloc(ENOUGH));
    size_t len = 0;

    for (size_t i = 0; len < ENOUGH; i = (i + 1) % a->n) {
        const size_t n = a->at[i].len < ENOUGH - len ? a->at[i].len : ENOUGH - len;
        memcpy(text + len, a->at[i].ptr, n);
        len += n;
        for (int k = 0; k < 2 && len < ENOUGH; k++)
            text[len++] = '\n';
    }
    return (struct text){text, len};
}

static void time_size(struct bench *b, struct text text, size_t size, int rounds)
{
    static double seconds[MAX_ROUNDS];
    size_t tokens = 0;

    for (int round = 0; round <= rounds; round++) {
        const double start = cpu_seconds();
        tokens = 0;
        for (size_t at = 0; at + size <= text.len; at += size)
            tokens += mark(b, (struct text){text.ptr + at, size}, false);
        seconds[round] = cpu_seconds() - start;
    }
    printf("size %zu %.4f\n", size, median(seconds, rounds) / (double)tokens * 1e6);
}

int main(int argc, char **argv)
{
    static const size_t sizes[SIZES] = {1000, 10000, 100000, 1000000};
    static struct bench b;
    const int rounds = argc > 2 ? atoi(argv[1]) : 0;

    if (rounds < 1 || rounds >= MAX_ROUNDS) {
        fprintf(stderr, "usage: entities_bench ROUNDS FILE...\n");
        return 64;
    }
    const double start = cpu_seconds();
    const char *why;
    b.gaz = checked(gazetteer_new());
    date_index_fill(&b.dates, language_english()->dates);
    if (!model_builtin(&b.model, &why))
        stop("model:", why);
    printf("load_ms %.2f\n", (cpu_seconds() - start) * 1e3);
    mark_one_at_a_time(&b, argv + 2, argc - 2);
    printf("rss_mb %.1f\n", peak_memory_mb());
    struct articles a = articles_read(argv + 2, argc - 2);
    time_layers(&b, &a, rounds);
    const struct text text = join(&a);
    for (size_t i = 0; i < SIZES; i++)
        time_size(&b, text, sizes[i], rounds / 2 + 3);
    free(text.ptr);
    articles_done(&a);
    arena_done(&b.arena);
    gazetteer_free(b.gaz);
    return 0;
}
