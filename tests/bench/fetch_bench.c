/* fetch_bench.c - pages by the transport of fetch, and by libcurl's multi interface with nothing around it.
 *
 *   fetch_bench transport PREFIX COUNT TRANSFERS     asks for PREFIX0.html, PREFIX1.html, ...
 *   fetch_bench bare PREFIX COUNT TRANSFERS          the same as libcurl's own examples do it
 *   fetch_bench memory PREFIX COUNT TRANSFERS [CA]   how much memory so many connections take while pages come slowly
 *
 * Prints JSON: pages, bytes, wall and CPU seconds; of `memory` kB before and with all of them. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>

#include "fetch_address.h"
#include "fetch_http.h"

enum { ADDRESS = 300, SETTLE_MS = 3000 };

struct bench {
    const char *prefix;
    size_t count, transfers, next, told, bytes, bad;
};

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpu(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static long resident_kb(void)
{
    long pages = 0, ignored;
    FILE *in = fopen("/proc/self/statm", "r");

    if (!in || fscanf(in, "%ld %ld", &ignored, &pages) != 2)
        pages = 0;
    if (in)
        fclose(in);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void next_address(struct bench *b, char *url)
{
    snprintf(url, ADDRESS, "%.200s%zu.html", b->prefix, b->next++);
}

/* ---- ours ---- */

static void tell(void *arg, const struct transport_response *r)
{
    struct bench *b = arg;

    b->told++;
    b->bytes += r->body.len;
    if (r->fault != TRANSPORT_OK || r->status != 200) {
        if (b->bad++ == 0)
            fprintf(stderr, "fetch_bench: status %d: %s\n", r->status, r->message);
    }
}

static int fill(struct bench *b, struct transport *t)
{
    char url[ADDRESS];
    int rc = PL_OK;

    while (rc == PL_OK && b->next < b->count && transport_room(t)) {
        next_address(b, url);
        rc = transport_start(t, &(struct transport_request){.url = url, .max_body = 10 << 20});
    }
    return rc;
}

static struct transport *open_transport(struct address_guard **guard, size_t transfers, const char *ca)
{
    const pl_str all = PL_S("127.0.0.0/8");
    struct transport *t = NULL;
    char message[512] = "out of memory";

    if (address_guard_make(guard, (pl_list){&all, 1}, message, sizeof message) == PL_OK) {
        const struct http_options o = {
            .guard = *guard, .user_agent = "pressline-bench", .transfers = transfers, .ca_file = ca};
        if (http_transport_open(&t, &o, message, sizeof message) == PL_OK)
            return t;
    }
    fprintf(stderr, "fetch_bench: %s\n", message);
    return NULL;
}

static int ours(struct bench *b)
{
    struct address_guard *guard = NULL;
    struct transport *t = open_transport(&guard, b->transfers, NULL);
    int rc = t ? PL_OK : PL_ERROR;

    while (rc == PL_OK && b->told < b->count) {
        rc = fill(b, t);
        if (rc == PL_OK)
            rc = transport_run(t, 1000, tell, b);
    }
    transport_close(t);
    address_guard_free(guard);
    return rc;
}

/* Memory: as much time as it takes that each connection has sent the beginning of its page. */
static int memory(struct bench *b, const char *ca)
{
    struct address_guard *guard = NULL;
    struct transport *t = open_transport(&guard, b->transfers, ca);
    int rc = t ? PL_OK : PL_ERROR;
    const long before = resident_kb();
    const double until = seconds() + SETTLE_MS / 1000.0;

    if (rc == PL_OK)
        rc = fill(b, t);
    while (rc == PL_OK && seconds() < until)
        rc = transport_run(t, 100, tell, b);
    printf("{\"connections\":%zu,\"ended\":%zu,\"before_kb\":%ld,\"kb\":%ld}\n", b->transfers, b->told, before, resident_kb());
    transport_close(t);
    address_guard_free(guard);
    return rc;
}

/* ---- libcurl alone ---- */

static size_t count_bytes(char *at, size_t one, size_t n, void *arg)
{
    struct bench *b = arg;

    (void)at;
    b->bytes += one * n;
    return one * n;
}

static void begin(struct bench *b, CURLM *multi, CURL *easy)
{
    char url[ADDRESS];

    if (b->next == b->count)
        return;
    next_address(b, url);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_multi_add_handle(multi, easy);
}

static void end(struct bench *b, CURLM *multi)
{
    const CURLMsg *m;
    int left;

    while ((m = curl_multi_info_read(multi, &left))) {
        CURL *easy = m->easy_handle;
        b->bad += m->data.result != CURLE_OK;
        b->told++;
        curl_multi_remove_handle(multi, easy);
        begin(b, multi, easy);
    }
}

static int bare(struct bench *b)
{
    CURLM *multi = curl_multi_init();
    CURL **easy = calloc(b->transfers, sizeof *easy);
    int running, rc = multi && easy ? PL_OK : PL_NOMEM;

    for (size_t i = 0; rc == PL_OK && i < b->transfers; i++) {
        easy[i] = curl_easy_init();
        curl_easy_setopt(easy[i], CURLOPT_WRITEFUNCTION, count_bytes);
        curl_easy_setopt(easy[i], CURLOPT_WRITEDATA, b);
        begin(b, multi, easy[i]);
    }
    while (rc == PL_OK && b->told < b->count) {
        curl_multi_perform(multi, &running);
        end(b, multi);
        if (b->told < b->count)
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    for (size_t i = 0; easy && i < b->transfers; i++)
        curl_easy_cleanup(easy[i]);
    free(easy);
    curl_multi_cleanup(multi);
    return rc;
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "fetch_bench: transport|bare|memory PREFIX COUNT TRANSFERS is expected\n");
        return 64;
    }
    struct bench b = {.prefix = argv[2], .count = strtoul(argv[3], NULL, 10), .transfers = strtoul(argv[4], NULL, 10)};
    int rc;

    curl_global_init(CURL_GLOBAL_DEFAULT);
    const double wall = seconds(), used = cpu();
    if (!strcmp(argv[1], "memory"))
        rc = memory(&b, argc > 5 ? argv[5] : NULL);
    else
        rc = !strcmp(argv[1], "bare") ? bare(&b) : ours(&b);
    if (strcmp(argv[1], "memory") != 0)
        printf("{\"pages\":%zu,\"bad\":%zu,\"bytes\":%zu,\"wall\":%.4f,\"cpu\":%.4f}\n", b.told, b.bad, b.bytes,
               seconds() - wall, cpu() - used);
    curl_global_cleanup();
    return rc == PL_OK && b.bad == 0 ? 0 : 74;
}
