/* fetch_cmd_store.c - `pressline fetch store STORE [URL...]`: what is known of addresses, and why they would not be fetched
 * now. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "fetch_canonical.h"
#include "fetch_cmd.h"
#include "fetch_due.h"
#include "fetch_when.h"

struct look {
    pl_self *self;
    struct store *store;
    struct tracking *tracking;
    int64_t now_ms;
    uint64_t left; /* how many addresses may still be told */
    bool json, due_only;
};

static const char usage[] = "store [--json] [--due] [--queued] [--limit=N] [--tracking=NAME] STORE [URL...]";

enum { EXTRA_MAX = 64 };
static const char *const kinds[] = {"unsorted", "page", "feed", "sitemap", "front page"};
static const char *const many[] = {"unsorted", "pages", "feeds", "sitemaps", "front pages"};
static const char *const json_kinds[] = {"unsorted", "page", "feed", "sitemap", "front"};
static const char *const json_many[] = {"unsorted", "pages", "feeds", "sitemaps", "fronts"};

static int64_t clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- one address ---- */

/* "3 h", of a span of time. */
static const char *span(int64_t ms, char out[32])
{
    const int64_t s = ms / 1000;

    if (s < 120)
        snprintf(out, 32, "%lld s", (long long)s);
    else if (s < 7200)
        snprintf(out, 32, "%lld min", (long long)(s / 60));
    else if (s < 172800)
        snprintf(out, 32, "%lld h", (long long)(s / 3600));
    else
        snprintf(out, 32, "%lld days", (long long)(s / 86400));
    return out;
}

/* Whether it would be fetched now, and why not. */
static void verdict(const struct known *k, int64_t now_ms, char *out, size_t size)
{
    char due[32], wait[32];

    when_rfc3339(k->due_ms, due);
    if (k->queued && due_now(k, now_ms))
        snprintf(out, size, "queued: it is still to be fetched");
    else if (k->queued)
        snprintf(out, size, "queued: it is still to be fetched, not before %s, in %s", due, span(k->due_ms - now_ms, wait));
    else if (due_now(k, now_ms))
        snprintf(out, size, "due: it would be fetched");
    else
        snprintf(out, size, "not due before %s, in %s%s", due, span(k->due_ms - now_ms, wait),
                 k->failures ? ": it failed" : k->status ? ": it was fetched" : k->checked_ms ? "" : ": robots.txt forbids it");
}

static void show_time(const char *name, int64_t ms)
{
    char at[32];

    when_rfc3339(ms, at);
    if (ms)
        printf("  %-14s %s\n", name, at);
}

static void show_text(const char *name, pl_str text)
{
    if (text.len == 0)
        return;
    printf("  %-14s ", name);
    cmd_show(stdout, text);
    putchar('\n');
}

static bool same(pl_str a, pl_str b)
{
    return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

static void show(const struct look *l, pl_str key, const struct known *k)
{
    char why[160], every[32];

    verdict(k, l->now_ms, why, sizeof why);
    cmd_show(stdout, key);
    printf("\n  %-14s %s\n", kinds[k->kind], why);
    if (!same(key, k->url))
        show_text("asked for as", k->url);
    if (k->status)
        printf("  %-14s %d\n", "last status", k->status);
    if (k->failures)
        printf("  %-14s %lu in a row\n", "failures", (unsigned long)k->failures);
    show_time("last asked", k->checked_ms);
    show_time("last changed", k->changed_ms);
    if (k->interval_s)
        printf("  %-14s %s\n", "asked every", span(k->interval_s * 1000, every));
    show_text("ETag", k->etag);
    show_text("Last-Modified", k->last_modified);
    if (k->has_digest) {
        printf("  %-14s ", "digest");
        for (size_t i = 0; i < sizeof k->digest; i++)
            printf("%02x", k->digest[i]);
        putchar('\n');
    }
    show_text("kept for it", k->meta);
}

/* ---- the same as JSON ---- */

/* Shown as cmd_show() does it, so there is no more to escape than these two. */
static void json_text(const char *name, pl_str text)
{
    char *shown = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&shown, &len);

    printf(",\"%s\":\"", name);
    if (out) {
        cmd_show(out, text);
        fclose(out);
    }
    for (size_t i = 0; shown && i < len; i++) {
        if (shown[i] == '"' || shown[i] == '\\')
            putchar('\\');
        putchar(shown[i]);
    }
    putchar('"');
    free(shown);
}

static void json_time(const char *name, int64_t ms)
{
    char at[32];

    when_rfc3339(ms, at);
    if (ms && at[0])
        printf(",\"%s\":\"%s\"", name, at);
}

static void show_json(const struct look *l, pl_str key, const struct known *k)
{
    printf("{\"kind\":\"%s\"", json_kinds[k->kind]);
    json_text("canonical_url", key);
    json_text("url", k->url);
    printf(",\"queued\":%s,\"due\":%s,\"failures\":%lu", k->queued ? "true" : "false",
           due_now(k, l->now_ms) ? "true" : "false", (unsigned long)k->failures);
    if (k->status)
        printf(",\"status\":%d", k->status);
    json_time("checked_at", k->checked_ms);
    json_time("changed_at", k->changed_ms);
    json_time("due_at", k->due_ms);
    if (k->interval_s)
        printf(",\"interval_s\":%lld", (long long)k->interval_s);
    if (k->etag.len)
        json_text("etag", k->etag);
    if (k->last_modified.len)
        json_text("last_modified", k->last_modified);
    if (k->has_digest) {
        printf(",\"digest\":\"");
        for (size_t i = 0; i < sizeof k->digest; i++)
            printf("%02x", k->digest[i]);
        putchar('"');
    }
    if (k->meta.len)
        json_text("meta", k->meta);
    puts("}");
}

static void tell(const struct look *l, pl_str key, const struct known *k)
{
    (l->json ? show_json : show)(l, key, k);
}

static int store_fault(const struct look *l)
{
    return cmd_fault(l->self, "%s", store_message(l->store));
}

/* ---- addresses that are named ---- */

/* The canonical form, or what was given where that is no address. */
static int find_named(const struct look *l, struct url *u, pl_str *key, struct known *k)
{
    int rc = url_parse(u, *key, NULL);

    if (rc == PL_OK)
        rc = canonical_url(u, l->tracking, u);
    if (rc == PL_NOMEM)
        return rc;
    if (rc == PL_OK)
        *key = url_href(u);
    return store_find(l->store, *key, k);
}

static int tell_named(struct look *l, struct url *u, const char *url)
{
    pl_str key = {url, strlen(url)};
    struct known k;
    const int rc = find_named(l, u, &key, &k);

    if (rc == PL_NOMEM)
        return cmd_fault(l->self, "out of memory");
    if (rc == PL_OK) {
        tell(l, key, &k);
        return CMD_FINE;
    }
    if (rc != PL_EOF)
        return store_fault(l);
    if (l->json) {
        printf("{\"kind\":null");
        json_text("canonical_url", key);
        puts(",\"queued\":false,\"due\":true}");
    } else {
        cmd_show(stdout, key);
        printf("\n  %-14s nothing is known of it: it would be fetched\n", "new");
    }
    return CMD_FINE;
}

/* ---- all of them ---- */

static int tell_listed(void *arg, pl_str key, const struct known *k)
{
    struct look *l = arg;

    if (l->due_only && (k->queued || !due_now(k, l->now_ms)))
        return PL_OK;
    if (l->left == 0)
        return PL_EOF;
    l->left--;
    tell(l, key, k);
    return PL_OK;
}

static int list(struct look *l, bool due, bool queued)
{
    int rc = queued ? store_each_queued(l->store, tell_listed, l) : PL_OK;

    l->due_only = true;
    if (rc == PL_OK && due)
        rc = store_each(l->store, tell_listed, l);
    return rc == PL_OK || rc == PL_EOF ? CMD_FINE : store_fault(l);
}

static int count(struct look *l)
{
    struct store_counts c;

    if (store_count(l->store, l->now_ms, &c) != PL_OK)
        return store_fault(l);
    if (l->json) {
        printf("{\"addresses\":%llu", (unsigned long long)c.addresses);
        for (int i = 0; i <= KNOWN_FRONT; i++)
            printf(",\"%s\":%llu", json_many[i], (unsigned long long)c.of_kind[i]);
        printf(",\"queued\":%llu,\"due\":%llu,\"failing\":%llu,\"records\":%llu}\n", (unsigned long long)c.queued,
               (unsigned long long)c.due, (unsigned long long)c.failing, (unsigned long long)c.sequence);
        return CMD_FINE;
    }
    printf("addresses  %llu", (unsigned long long)c.addresses);
    for (int i = 1; i <= KNOWN_FRONT + 1; i++) {
        const int kind = i % (KNOWN_FRONT + 1);
        if (c.of_kind[kind])
            printf("%s %llu %s", i == 1 ? ":" : ",", (unsigned long long)c.of_kind[kind], many[kind]);
    }
    printf("\nqueued     %llu, still to be fetched\n", (unsigned long long)c.queued);
    printf("due        %llu of the others\n", (unsigned long long)c.due);
    printf("failing    %llu\n", (unsigned long long)c.failing);
    printf("records    %llu so far\n", (unsigned long long)c.sequence);
    return CMD_FINE;
}

/* ---- the command ---- */

static bool read_limit(const struct cmd_line *c, uint64_t *limit)
{
    int at = 0;
    char *end;
    const char *value = cmd_value(c, "--limit", &at);

    *limit = UINT64_MAX;
    if (!value)
        return true;
    errno = 0;
    *limit = strtoull(value, &end, 10);
    return *value >= '0' && *value <= '9' && *end == 0 && errno == 0;
}

/* As the pipeline's option has it, for addresses that are named. */
static int make_tracking(struct look *l, const struct cmd_line *c)
{
    pl_str extra[EXTRA_MAX];
    size_t n = 0;
    int at = 0;
    char message[512] = "out of memory";
    const char *value;

    while (n < EXTRA_MAX && (value = cmd_value(c, "--tracking", &at)))
        extra[n++] = (pl_str){value, strlen(value)};
    const int rc = tracking_make(&l->tracking, (pl_list){extra, n}, message, sizeof message);
    if (rc == PL_OK)
        return CMD_FINE;
    cmd_fault(l->self, "%s", message);
    return rc == PL_ERROR ? CMD_USAGE : CMD_IO;
}

int fetch_cmd_store(pl_self *self, int argc, char **argv)
{
    const struct cmd_line c = cmd_line(argc, argv);
    const bool due = cmd_has(&c, "--due"), queued = cmd_has(&c, "--queued");
    struct look l = {.self = self, .now_ms = clock_ms(), .json = cmd_has(&c, "--json")};
    const struct store_options o = {.path = c.n_args > 0 ? c.arg[0] : "", .started_ms = l.now_ms, .read_only = true};
    struct url u = {0};
    char message[1024] = "out of memory";
    int code;

    if (c.n_args < 1 || !read_limit(&c, &l.left) || ((due || queued) && c.n_args > 1))
        return cmd_usage(self, usage);
    if (store_open(&l.store, &o, message, sizeof message) != PL_OK)
        return cmd_fault(self, "%s", message);
    code = make_tracking(&l, &c);
    for (int i = 1; i < c.n_args && code == CMD_FINE; i++)
        code = tell_named(&l, &u, c.arg[i]);
    if (code == CMD_FINE && (due || queued))
        code = list(&l, due, queued);
    else if (code == CMD_FINE && c.n_args == 1)
        code = count(&l);
    url_done(&u);
    tracking_free(l.tracking);
    store_close(l.store);
    return cmd_end(self, code);
}
