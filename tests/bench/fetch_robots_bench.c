/* fetch_robots_bench.c - robots.txt files: how fast they are read, and what they say of addresses.
 *
 *     fetch_robots_bench                      milliseconds that a file made to cost as much as it can takes
 *     fetch_robots_bench speed FILE...        MB per CPU second, and microseconds for one verdict
 *     fetch_robots_bench verdicts <CASES      lines of FILE, agent, URL, 0 or 1, parted by tabs: prints those of which
 *                                             the verdict is another, then how many of how many are the same */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fetch_robots.h"

enum { ROUNDS = 20, MAX_LINE = 1 << 20 };

static double cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static pl_str text_of(const char *z)
{
    return (pl_str){z, strlen(z)};
}

static pl_str read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *at = malloc(ROBOTS_MAX + 1);

    if (!f || !at) {
        fprintf(stderr, "fetch_robots_bench: cannot read '%s'\n", path);
        exit(74);
    }
    const size_t n = fread(at, 1, ROBOTS_MAX + 1, f);
    fclose(f);
    return (pl_str){at, n};
}

static struct robots *parse(pl_str text, pl_str token)
{
    struct robots *r;

    if (robots_parse(&r, text, token) != PL_OK) {
        fprintf(stderr, "fetch_robots_bench: out of memory\n");
        exit(74);
    }
    return r;
}

static int speed(int n, char **path)
{
    pl_str *text = calloc((size_t)n, sizeof *text);
    struct robots **robots = calloc((size_t)n, sizeof *robots);
    size_t bytes = 0, kept = 0, rules = 0, allowed = 0;
    double start, parsed, judged;

    if (!text || !robots)
        return 74;
    for (int i = 0; i < n; i++) {
        text[i] = read_file(path[i]);
        bytes += text[i].len;
    }
    start = cpu_seconds();
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < n; i++) {
            robots_free(robots[i]);
            robots[i] = parse(text[i], PL_S("pressline"));
        }
    }
    parsed = (cpu_seconds() - start) / ROUNDS;
    start = cpu_seconds();
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < n; i++)
            allowed += robots_allowed(robots[i], PL_S("/news/2026/11/23/harbour-board-sets-a-date.html"));
    judged = (cpu_seconds() - start) / ROUNDS;
    for (int i = 0; i < n; i++) {
        kept += robots_size(robots[i]);
        rules += robots_n_rules(robots[i]);
        robots_free(robots[i]);
        free((void *)(size_t)text[i].ptr);
    }
    printf("files %d, %.1f MB: %.0f MB per CPU second, %.0f files per CPU second\n", n, (double)bytes / 1e6,
           (double)bytes / parsed / 1e6, n / parsed);
    printf("a verdict: %.2f us, %zu rules a file; kept: %zu bytes a file; allowed %zu\n", judged / n * 1e6,
           rules / (size_t)n, kept / (size_t)n, allowed / ROUNDS);
    free(text);
    free(robots);
    return 0;
}

/* What stands behind the host: the cases' addresses are simple. */
static pl_str target_of(char *url)
{
    char *host = strstr(url, "://"), *path;

    url[strcspn(url, "#")] = 0;
    path = host ? host + 3 + strcspn(host + 3, "/?") : url + strlen(url);
    return text_of(path);
}

static int verdicts(void)
{
    static char line[MAX_LINE], had[4096];
    size_t n = 0, same = 0;
    pl_str text = {NULL, 0};

    while (fgets(line, sizeof line, stdin)) {
        char *field[4], *rest = line;
        line[strcspn(line, "\n")] = 0;
        for (int i = 0; i < 4; i++) {
            field[i] = rest ? rest : line + strlen(line);
            rest = rest ? strchr(rest, '\t') : NULL;
            if (rest)
                *rest++ = 0;
        }
        if (strcmp(had, field[0]) != 0) {
            free((void *)(size_t)text.ptr);
            text = read_file(field[0]);
            snprintf(had, sizeof had, "%s", field[0]);
        }
        char *url = strdup(field[2]);
        struct robots *r = parse(text, text_of(field[1]));
        const bool allowed = robots_allowed(r, url ? target_of(url) : PL_S("/"));
        n++;
        same += allowed == (field[3][0] == '1');
        if (allowed != (field[3][0] == '1'))
            printf("%s\t%s\t%s\t%d\n", field[0], field[1], field[2], allowed);
        robots_free(r);
        free(url);
    }
    free((void *)(size_t)text.ptr);
    printf("%zu of %zu\n", same, n);
    return 0;
}

/* Rules that nearly match everywhere, and a target for them. */
static int hostile(void)
{
    static const char rule[] = "Allow: /*aaaab\n";
    static char file[ROBOTS_MAX], target[65536];
    size_t n = (size_t)snprintf(file, sizeof file, "User-agent: *\n");
    double start;

    for (; n + sizeof rule < sizeof file; n += sizeof rule - 1)
        memcpy(file + n, rule, sizeof rule - 1);
    memset(target, 'a', sizeof target);
    target[0] = '/';
    start = cpu_seconds();
    struct robots *r = parse((pl_str){file, n}, PL_S("pressline"));
    const double parsed = cpu_seconds() - start;
    start = cpu_seconds();
    const struct robots_verdict v = robots_judge(r, (pl_str){target, sizeof target});
    printf("%zu rules: %.1f ms to read, %.1f ms for a verdict\n", robots_n_rules(r), parsed * 1e3, (cpu_seconds() - start) * 1e3);
    robots_free(r);
    return v.too_much ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 1)
        return hostile();
    if (argc > 2 && strcmp(argv[1], "speed") == 0)
        return speed(argc - 2, argv + 2);
    if (argc == 2 && strcmp(argv[1], "verdicts") == 0)
        return verdicts();
    fprintf(stderr, "usage: fetch_robots_bench [speed FILE... | verdicts <CASES]\n");
    return 64;
}
