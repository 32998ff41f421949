/* dedupe_store_cmd.c - `pressline dedupe store FOLDER`: what is in a store, and whether all of it is sound. */
#include "dedupe_store_cmd.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "dedupe_store.h"

enum { EXIT_FINE = 0, EXIT_USAGE = 64, EXIT_IO = 74, EXIT_AGAIN = 75 };

/* Days count from 1970, as the stage has them. */
static const char *date_of(uint32_t day, char *text, size_t cap)
{
    const time_t at = (time_t)day * 86400;
    struct tm tm;

    if (!gmtime_r(&at, &tm) || !strftime(text, cap, "%Y-%m-%d", &tm))
        snprintf(text, cap, "day %lu", (unsigned long)day);
    return text;
}

static void print(const struct dedupe_store_stats *s)
{
    char first[32], last[32];

    printf("documents   %llu kept, %llu of them live\n", (unsigned long long)s->documents,
           (unsigned long long)s->live);
    if (s->documents)
        printf("days        %s to %s\n", date_of(s->first_day, first, sizeof first),
               date_of(s->day, last, sizeof last));
    printf("keys        %llu in %lu sorted files, %llu since the last of them\n", (unsigned long long)s->entries,
           (unsigned long)s->runs, (unsigned long long)s->tail);
    printf("payloads    %llu bytes in %lu files\n", (unsigned long long)s->payload_bytes, (unsigned long)s->segments);
    printf("on disk     %llu bytes", (unsigned long long)s->disk_bytes);
    if (s->live)
        printf(", %llu for each live document", (unsigned long long)(s->disk_bytes / s->live));
    printf("\ngeneration  %llu\n", (unsigned long long)s->generation);
}

static int look_at(pl_self *self, const char *path)
{
    const struct dedupe_store_options options = {.path = {path, strlen(path)}, .read_only = true};
    struct dedupe_store_fault fault;
    struct dedupe_store_stats stats;
    struct dedupe_store *st;
    int rc = dedupe_store_open(&st, &options, &fault);

    if (rc == PL_OK) {
        dedupe_store_stats(st, &stats);
        print(&stats);
        rc = dedupe_store_verify(st);
    }
    dedupe_store_close(st);
    if (rc == PL_OK && printf("checked     all of it: sound\n") > 0 && fflush(stdout) == 0)
        return EXIT_FINE;
    if (rc == PL_OK)
        pl_log(self, PL_LOG_ERROR, NULL, "cannot write to standard output");
    else
        pl_log(self, PL_LOG_ERROR, NULL, "%s", fault.message);
    return rc != PL_OK && fault.busy ? EXIT_AGAIN : EXIT_IO;
}

int dedupe_store_command(pl_self *self, int argc, char **argv)
{
    if (argc != 2) {
        pl_log(self, PL_LOG_ERROR, NULL, "usage: pressline dedupe store FOLDER");
        return EXIT_USAGE;
    }
    return look_at(self, argv[1]);
}
