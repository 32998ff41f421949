/* json_bench.c - how fast a record is read from its JSONL line and written back: two numbers, MB/s of CPU. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "json.h"
#include "str.h"

enum { ROUNDS = 20000, TEXT = 4096, NOTES = 20, MEMORY = 1 << 20 };

static double cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fill(pl_record *r, struct intern *names)
{
    static const char words[] = "The harbour board said on Tuesday that \xE2\x80\x9Cthe bridge\xE2\x80\x9D would open.\n\n";
    static char text[TEXT];
    const pl_key kind = intern_add(names, PL_S("entity"));

    for (size_t i = 0; i < TEXT; i++)
        text[i] = words[i % (sizeof words - 1)];
    const size_t len = TEXT / (sizeof words - 1) * (sizeof words - 1);
    record_set(r, PL_ID, (struct value){.type = PL_STR, .as.str = PL_S("0123456789abcdef")});
    record_set(r, PL_URL, (struct value){.type = PL_STR, .as.str = PL_S("https://news.example/story")});
    record_set(r, PL_TITLE, (struct value){.type = PL_STR, .as.str = PL_S("Harbour board sets a date")});
    record_set(r, PL_TEXT, (struct value){.type = PL_STR, .as.str = {text, len}});
    for (size_t i = 0; i < NOTES; i++)
        record_annotate(r, kind, PL_S("ORG"), i * (sizeof words - 1) + 4, i * (sizeof words - 1) + 17);
}

int main(void)
{
    struct intern *names = intern_new();
    pl_record *r = record_new(names, MEMORY);
    struct buf line = {0}, out = {0};
    struct json_error err;
    double start;

    fill(r, names);
    json_write(&line, r);
    start = cpu_seconds();
    for (int i = 0; i < ROUNDS; i++) {
        buf_clear(&out);
        json_write(&out, r);
    }
    const double written = (double)line.len * ROUNDS / (cpu_seconds() - start) / 1e6;
    record_free(r);
    start = cpu_seconds();
    for (int i = 0; i < ROUNDS; i++) {
        r = record_new(names, MEMORY);
        if (json_read(r, buf_view(&line), &err) != PL_OK) {
            fprintf(stderr, "json_bench: byte %zu: %s\n", err.at, err.text);
            return 1;
        }
        record_free(r);
    }
    printf("%.0f %.0f\n", (double)line.len * ROUNDS / (cpu_seconds() - start) / 1e6, written);
    buf_done(&line);
    buf_done(&out);
    intern_free(names);
    return 0;
}
