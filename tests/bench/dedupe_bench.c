/* dedupe_bench.c - what finding duplicates costs: one thread, CPU seconds.
 *
 *     dedupe_bench docs FILE ROUNDS KEPT    CPU seconds of each round over documents in memory: "SKETCH ALL", where
 *                                           SKETCH is a pass that only sketches; their answer to the file KEPT, a
 *                                           line "NUMBER NUMBER" for each document and the one it repeats, or itself
 *     dedupe_bench synth N SLICE [STORE MEMORY]
 *                                           N documents of dedupe_synth.h, a line for each SLICE of them:
 *                                           "DOCUMENTS CPU WALL RSS DISK", seconds of that slice without the making of the
 *                                           documents, kB of resident memory now, bytes on disk so far; at the end
 *                                           "found NEW EXACT NEAR of NEW EXACT NEAR", decided and planted
 *     dedupe_bench sign FROM N FILE         N documents of dedupe_synth.h, from number FROM on, as a signature file
 *     dedupe_bench make N                   CPU seconds and bytes of making N of them
 *
 * FILE: for each document its length, a newline, and its text. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dedupe_decide.h"
#include "dedupe_keys.h"
#include "dedupe_lookup.h"
#include "dedupe_shard_file.h"
#include "dedupe_sketch.h"
#include "dedupe_store.h"
#include "tests/bench/dedupe_synth.h"

static _Noreturn void stop(const char *what)
{
    fprintf(stderr, "dedupe_bench: %s\n", what);
    exit(70);
}

static void *checked(void *memory)
{
    if (!memory)
        stop("out of memory");
    return memory;
}

static double seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu(void)
{
    return seconds(CLOCK_THREAD_CPUTIME_ID);
}

/* ---- the documents kept so far: what the stage does, without the stage ---- */

struct finder {
    struct dedupe_sketcher *sketcher;
    struct dedupe_decider *decider;
    struct dedupe_store *store;
    struct dedupe_store_fault fault;
    uint64_t *signature;
    size_t cap;
    uint32_t kept;
};

static void sure(const struct finder *f, int rc)
{
    if (rc != PL_OK)
        stop(rc == PL_NOMEM ? "out of memory" : f->fault.message);
}

/* `path` NULL: scratch; `memory` 0: the store's own default. */
static void finder_open(struct finder *f, const char *path, uint64_t memory)
{
    const struct dedupe_rules rules = {.threshold = .4, .url_floor = .1};
    const struct dedupe_store_options options = {.path = {path, path ? strlen(path) : 0}, .memory = memory};

    *f = (struct finder){.sketcher = checked(dedupe_sketcher_new()), .decider = checked(dedupe_decider_new(&rules))};
    sure(f, dedupe_store_open(&f->store, &options, &f->fault));
}

static void finder_close(struct finder *f)
{
    dedupe_store_close(f->store);
    dedupe_decider_free(f->decider);
    dedupe_sketcher_free(f->sketcher);
    free(f->signature);
}

static uint64_t finder_disk(const struct finder *f)
{
    struct dedupe_store_stats stats;

    dedupe_store_stats(f->store, &stats);
    return stats.disk_bytes;
}

static void finder_sign(struct finder *f, pl_str text, struct dedupe_signature *s)
{
    char name[32];
    const int len = snprintf(name, sizeof name, "synthetic-%010" PRIu32, f->kept);
    const struct dedupe_subject subject = {.id = {name, (size_t)len}};

    dedupe_sketch(f->sketcher, text);
    const size_t size = dedupe_sign_size(f->sketcher, &subject);
    if (size > f->cap)
        f->signature = checked(realloc(f->signature, f->cap = 2 * size));
    if (size)
        dedupe_sign(f->sketcher, &subject, f->signature);
    if (!size || !dedupe_signature_read((pl_str){(const char *)f->signature, size}, s))
        stop("a document without words");
}

/* What a document is, and the number of the kept one that it repeats. */
static enum dedupe_kind finder_add(struct finder *f, pl_str text, uint32_t *kept)
{
    struct dedupe_signature s;
    struct dedupe_decision m;

    finder_sign(f, text, &s);
    sure(f, dedupe_lookup(f->store, f->decider, &s, &m));
    sure(f, dedupe_remember(f->store, &s, &m));
    if (m.kind == DEDUPE_NEW)
        m.doc = f->kept++;
    *kept = m.doc;
    return m.kind;
}

/* ---- documents in memory ---- */

struct docs {
    pl_str *at;
    size_t n;
};

static struct docs read_docs(const char *path)
{
    struct docs d = {0};
    FILE *f = fopen(path, "rb");
    size_t len, cap = 0;

    while (f && fscanf(f, "%zu", &len) == 1) {
        if (d.n == cap) {
            cap = cap ? 2 * cap : 1024;
            d.at = checked(realloc(d.at, cap * sizeof d.at[0]));
        }
        char *text = checked(malloc(len + 1));
        if (fgetc(f) != '\n' || fread(text, 1, len, f) != len)
            stop("the documents' file is damaged");
        d.at[d.n++] = (pl_str){text, len};
    }
    if (!f || d.n == 0)
        stop("cannot read the documents");
    fclose(f);
    return d;
}

static double time_sketches(const struct docs *d)
{
    struct dedupe_sketcher *k = checked(dedupe_sketcher_new());
    const double start = cpu();

    for (size_t i = 0; i < d->n; i++)
        dedupe_sketch(k, d->at[i]);
    const double taken = cpu() - start;
    dedupe_sketcher_free(k);
    return taken;
}

/* One pass; `first` is the number of the document that each repeats. */
static double time_all(const struct docs *d, size_t *first)
{
    size_t *number = checked(malloc(d->n * sizeof number[0])); /* of each kept one */
    struct finder f;
    uint32_t kept;
    const double start = cpu();

    finder_open(&f, NULL, 0);
    for (size_t i = 0; i < d->n; i++) {
        if (finder_add(&f, d->at[i], &kept) == DEDUPE_NEW)
            number[kept] = i;
        first[i] = number[kept];
    }
    finder_close(&f);
    const double taken = cpu() - start;
    free(number);
    return taken;
}

static void bench_docs(const char *path, int rounds, const char *answer)
{
    const struct docs d = read_docs(path);
    size_t *first = checked(malloc(d.n * sizeof first[0]));
    FILE *out = fopen(answer, "w");

    for (int round = 0; round <= rounds; round++) {
        const double sketch = time_sketches(&d), all = time_all(&d, first);
        if (round > 0)
            printf("%.6f %.6f\n", sketch, all);
    }
    for (size_t i = 0; out && i < d.n; i++)
        fprintf(out, "%zu %zu\n", i, first[i]);
    if (!out || fclose(out) != 0)
        stop("cannot write the answer");
    for (size_t i = 0; i < d.n; i++)
        free((void *)(uintptr_t)d.at[i].ptr);
    free(d.at);
    free(first);
}

/* ---- documents without end ---- */

static long resident_kb(void)
{
    char line[256];
    long kb = 0;
    FILE *f = fopen("/proc/self/status", "r");

    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, "VmRSS:", 6) == 0)
            kb = strtol(line + 6, NULL, 10);
    if (f)
        fclose(f);
    return kb;
}

static void bench_synth(uint64_t n, uint64_t slice, const char *store, uint64_t memory)
{
    struct synth *s = checked(synth_new(1));
    struct finder f;
    uint64_t found[3] = {0}, planted[3] = {0};
    double spent = 0, lasted = 0;
    uint32_t kept;

    finder_open(&f, store, memory);
    for (uint64_t i = 0; i < n; i++) {
        const struct synth_doc d = synth_make(s, i);
        const double start = cpu(), began = seconds(CLOCK_MONOTONIC);
        const enum dedupe_kind kind = finder_add(&f, d.text, &kept);
        spent += cpu() - start;
        lasted += seconds(CLOCK_MONOTONIC) - began;
        planted[d.kind]++;
        found[kind == DEDUPE_NEW ? SYNTH_NEW : kind == DEDUPE_EXACT ? SYNTH_EXACT : SYNTH_NEAR]++;
        if ((i + 1) % slice == 0) {
            printf("%" PRIu64 " %.3f %.3f %ld %" PRIu64 "\n", i + 1, spent, lasted, resident_kb(), finder_disk(&f));
            fflush(stdout);
            spent = lasted = 0;
        }
    }
    printf("found %" PRIu64 " %" PRIu64 " %" PRIu64 " of %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", found[SYNTH_NEW],
           found[SYNTH_EXACT], found[SYNTH_NEAR], planted[SYNTH_NEW], planted[SYNTH_EXACT], planted[SYNTH_NEAR]);
    finder_close(&f);
    synth_free(s);
}

static void bench_sign(uint64_t from, uint64_t n, const char *path)
{
    const struct dedupe_settings settings = {.url = true};
    struct synth *s = checked(synth_new(1));
    struct dedupe_sketcher *k = checked(dedupe_sketcher_new());
    struct dedupe_sig_writer *w = checked(dedupe_sig_write(path, &settings, (pl_str){path, strlen(path)}, 256 << 20, "."));
    const struct dedupe_shard_mark mark = {.lines = n};
    uint64_t room[8192];
    int rc = PL_OK;

    for (uint64_t i = 0; i < n && rc == PL_OK; i++) {
        char id[32];
        const int len = snprintf(id, sizeof id, "synthetic-%010" PRIu64, from + i);
        const struct dedupe_subject subject = {.id = {id, (size_t)len}};
        dedupe_sketch(k, synth_make(s, from + i).text);
        const size_t size = dedupe_sign_size(k, &subject);
        if (size == 0 || size > sizeof room)
            stop("a document is too large");
        dedupe_sign(k, &subject, room);
        rc = dedupe_sig_write_add(w, i + 1, (pl_str){(const char *)room, size});
    }
    if (rc != PL_OK || dedupe_sig_write_end(w, &mark) != PL_OK)
        stop(dedupe_sig_write_message(w));
    dedupe_sig_write_free(w);
    dedupe_sketcher_free(k);
    synth_free(s);
}

static void bench_make(uint64_t n)
{
    struct synth *s = checked(synth_new(1));
    uint64_t bytes = 0;
    const double start = cpu();

    for (uint64_t i = 0; i < n; i++)
        bytes += synth_make(s, i).text.len;
    printf("%.3f %" PRIu64 "\n", cpu() - start, bytes);
    synth_free(s);
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "docs") == 0)
        bench_docs(argv[2], atoi(argv[3]), argv[4]);
    else if (argc >= 4 && strcmp(argv[1], "synth") == 0)
        bench_synth(strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10), argc > 4 ? argv[4] : NULL,
                    argc > 5 ? strtoull(argv[5], NULL, 10) : 0);
    else if (argc == 5 && strcmp(argv[1], "sign") == 0)
        bench_sign(strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10), argv[4]);
    else if (argc == 3 && strcmp(argv[1], "make") == 0)
        bench_make(strtoull(argv[2], NULL, 10));
    else {
        fprintf(stderr, "usage: dedupe_bench docs FILE ROUNDS KEPT | synth N SLICE [STORE MEMORY] | sign FROM N FILE | make N\n");
        return 64;
    }
    return 0;
}
