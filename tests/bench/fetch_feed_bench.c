/* fetch_feed_bench.c - how fast a feed is read: `fetch_feed_bench FILE ROUNDS` prints entries and MB per CPU second, and what
 * one reading keeps. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fetch_bytes.h"
#include "fetch_feed.h"

static double cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static pl_str read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct bytes b = {0};
    size_t n = 1;

    while (f && n && bytes_reserve(&b, b.len + 65536) == PL_OK) {
        n = fread(b.at + b.len, 1, 65536, f);
        b.len += n;
    }
    if (!f || n) {
        fprintf(stderr, "fetch_feed_bench: cannot read '%s'\n", path);
        exit(74);
    }
    fclose(f);
    return (pl_str){(const char *)b.at, b.len};
}

static struct feed *parse(pl_str text)
{
    char message[256];
    struct feed *f;

    if (feed_parse(&f, text, (pl_str){"", 0}, PL_S("https://bench.example/"), message, sizeof message) != FEED_OK) {
        fprintf(stderr, "fetch_feed_bench: %s\n", message);
        exit(74);
    }
    return f;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: fetch_feed_bench FILE ROUNDS\n");
        return 64;
    }
    const pl_str text = read_file(argv[1]);
    const int rounds = atoi(argv[2]);
    size_t entries = 0;
    const size_t before = mallinfo2().uordblks;
    struct feed *f = parse(text);
    const size_t kept = mallinfo2().uordblks - before;
    feed_free(f);
    const double begin = cpu_seconds();
    for (int i = 0; i < rounds; i++) {
        f = parse(text);
        entries += f->n_entries;
        feed_free(f);
    }
    const double seconds = cpu_seconds() - begin;
    printf("{\"entries\": %zu, \"entries_per_s\": %.0f, \"mb_per_s\": %.2f, \"kept\": %zu, \"bytes\": %zu}\n",
           entries / (size_t)(rounds ? rounds : 1), (double)entries / seconds, (double)text.len * rounds / 1e6 / seconds, kept,
           text.len);
    free((void *)(size_t)text.ptr);
    return 0;
}
