/* fetch_store_bench.c - what it costs to know addresses: CPU time of putting and finding, bytes on disk and in memory.
 *
 *     fetch_store_bench N [FILE]      N addresses of 300 sites, in memory or in a new FILE: queued, then fetched in turn with
 *                                     a checkpoint each 2,000; then found, and looked for in vain */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fetch_store.h"

enum { SITES = 300, BETWEEN = 2000 };

static double seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(struct store *s, int rc)
{
    if (rc == PL_OK)
        return;
    fprintf(stderr, "fetch_store_bench: %s\n", store_message(s));
    exit(74);
}

static uint64_t mixed(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static pl_str address(char out[160], unsigned long i)
{
    const int n = snprintf(out, 160, "https://www.paper%lu.example/news/2026/11/%02lu/a-headline-of-usual-length-%016llx", i % SITES,
                           i / SITES % 30 + 1, (unsigned long long)mixed(i));
    return (pl_str){out, (size_t)n};
}

struct lap {
    double cpu, wall;
};

static struct lap now(void)
{
    return (struct lap){seconds(CLOCK_PROCESS_CPUTIME_ID), seconds(CLOCK_MONOTONIC)};
}

static void tell(const char *what, unsigned long n, struct lap from)
{
    const struct lap to = now();

    printf("%-24s %7.3f us of CPU, %7.3f us each\n", what, (to.cpu - from.cpu) / (double)n * 1e6,
           (to.wall - from.wall) / (double)n * 1e6);
}

static void pass(struct store *s, unsigned long i)
{
    static uint64_t n;
    char saved[STORE_SAVED];

    if (i % BETWEEN)
        return;
    must(s, store_checkpoint(s, ++n, saved, sizeof saved));
    store_told(s, n);
}

static void fill(struct store *s, unsigned long n)
{
    const pl_str meta = PL_S("{\"title\":\"A headline of usual length\",\"byline\":\"Jane Doe\",\"published\":\"2026-11-26T05:35:00Z\"}");
    char text[160];
    struct lap from = now();

    for (unsigned long i = 0; i < n; i++) {
        const struct known k = {.kind = KNOWN_PAGE, .queued = true, .meta = meta};
        must(s, store_put(s, address(text, i), &k));
        pass(s, i + 1);
    }
    tell("queued", n, from);
    from = now();
    for (unsigned long i = 0; i < n; i++) {
        struct known k;
        const pl_str key = address(text, i);
        must(s, store_find(s, key, &k));
        k.queued = false;
        k.meta.len = 0;
        k.status = 200;
        k.has_digest = true;
        memcpy(k.digest, text + key.len - 20, 20);
        k.etag = PL_S("\"5f1c-61a0d7\"");
        k.checked_ms = k.changed_ms = k.due_ms = 1763000000000;
        must(s, store_put(s, key, &k));
        pass(s, i + 1);
        if (store_next_sequence(s) == 0)
            must(s, PL_ERROR);
    }
    tell("fetched", n, from);
}

static void find(struct store *s, const char *what, unsigned long n, unsigned long from_i)
{
    char text[160];
    struct known k;
    struct lap from = now();
    unsigned long found = 0;

    for (unsigned long i = 0; i < n; i++)
        address(text, mixed(i) % n + from_i);
    const struct lap making = now();
    const double own = making.cpu - from.cpu, wall = making.wall - from.wall;
    from = now();
    for (unsigned long i = 0; i < n; i++)
        found += store_find(s, address(text, mixed(i) % n + from_i), &k) == PL_OK;
    from.cpu += own;
    from.wall += wall;
    tell(what, n, from);
    if (found != (from_i ? 0 : n))
        fprintf(stderr, "fetch_store_bench: %lu of %lu were found\n", found, n);
}

int main(int argc, char **argv)
{
    const unsigned long n = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
    const struct store_options o = {.path = argc > 2 ? argv[2] : NULL, .started_ms = 1};
    struct rusage usage;
    struct stat st = {0};
    struct store *s;
    char message[1024];

    if (n == 0 || store_open(&s, &o, message, sizeof message) != PL_OK) {
        fprintf(stderr, "fetch_store_bench: %s\n", n ? message : "usage: fetch_store_bench N [FILE]");
        return 64;
    }
    fill(s, n);
    find(s, "found", n, 0);
    find(s, "not found", n, n);
    store_ended(s, UINT32_MAX);
    getrusage(RUSAGE_SELF, &usage);
    if (o.path && stat(o.path, &st) == 0)
        printf("%-24s %7.1f bytes an address\n", "on disk", (double)st.st_size / (double)n);
    printf("%-24s %7.1f MB, %.1f bytes an address\n", "memory at most", (double)usage.ru_maxrss / 1024,
           (double)usage.ru_maxrss * 1024 / (double)n);
    store_close(s);
    return 0;
}
