/* fetch_url_bench.c - addresses, one a line of FILE: how many a CPU second are read, made canonical, put to sites, tried.
 *
 *     fetch_url_bench FILE */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fetch_canonical.h"
#include "fetch_pattern.h"
#include "fetch_site.h"

enum { ROUNDS = 10, WORK = 4 };

struct addresses {
    pl_str *at;
    struct url *read;
    size_t n, n_read;
};

static double cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *must(void *p)
{
    if (!p) {
        fprintf(stderr, "fetch_url_bench: out of memory\n");
        exit(74);
    }
    return p;
}

static struct addresses load(const char *path)
{
    struct addresses a = {0};
    FILE *in = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0, room = 0;
    ssize_t n;

    if (!in) {
        fprintf(stderr, "fetch_url_bench: cannot open '%s'\n", path);
        exit(74);
    }
    while ((n = getline(&line, &cap, in)) > 0) {
        if (a.n == room)
            a.at = must(realloc(a.at, (room = room * 2 + 1024) * sizeof *a.at));
        a.at[a.n++] = (pl_str){must(strndup(line, (size_t)n - (line[n - 1] == '\n'))), (size_t)n - (line[n - 1] == '\n')};
    }
    free(line);
    fclose(in);
    a.read = must(calloc(a.n + 1, sizeof *a.read));
    for (size_t i = 0; i < a.n; i++)
        a.n_read += url_parse(&a.read[a.n_read], a.at[i], NULL) == PL_OK;
    return a;
}

static const char *const work[WORK] = {"read", "made canonical", "put to sites", "tried on two patterns"};

static size_t run(const struct addresses *a, int which, const struct tracking *t, const struct patterns *p)
{
    struct url u = {0};
    size_t sum = 0;

    for (size_t i = 0; which == 0 && i < a->n; i++)
        sum += url_parse(&u, a->at[i], NULL) == PL_OK;
    for (size_t i = 0; which == 1 && i < a->n_read; i++)
        sum += canonical_url(&a->read[i], t, &u) == PL_OK;
    for (size_t i = 0; which == 2 && i < a->n_read; i++)
        sum += site_of_host(url_host(&a->read[i])).len;
    for (size_t i = 0; which == 3 && i < a->n_read; i++)
        sum += patterns_allow(p, url_href(&a->read[i]));
    url_done(&u);
    return sum;
}

int main(int argc, char **argv)
{
    const pl_str include = PL_S("^https?://[^/]+/.*/"), exclude = PL_S("\\.(jpe?g|png|mp4)(\\?|$)");
    struct tracking *t;
    struct patterns *p;
    char message[256];

    if (argc != 2) {
        fprintf(stderr, "usage: fetch_url_bench FILE\n");
        return 64;
    }
    const struct addresses a = load(argv[1]);
    if (tracking_make(&t, (pl_list){NULL, 0}, message, sizeof message) != PL_OK ||
        patterns_make(&p, (pl_list){&include, 1}, (pl_list){&exclude, 1}, message, sizeof message) != PL_OK) {
        fprintf(stderr, "fetch_url_bench: %s\n", message);
        return 74;
    }
    printf("%zu addresses, %zu are some\n", a.n, a.n_read);
    for (int which = 0; which < WORK; which++) {
        size_t sum = 0;
        run(&a, which, t, p);
        const double begin = cpu_seconds();
        for (int i = 0; i < ROUNDS; i++)
            sum += run(&a, which, t, p);
        const double seconds = cpu_seconds() - begin;
        printf("%s: %.2f million a CPU second (%zu)\n", work[which], (double)ROUNDS * (double)(which ? a.n_read : a.n) / seconds / 1e6,
               sum / ROUNDS);
    }
    patterns_free(p);
    tracking_free(t);
    for (size_t i = 0; i < a.n; i++) {
        free((char *)a.at[i].ptr);
        url_done(&a.read[i]);
    }
    free(a.at);
    free(a.read);
    return 0;
}
