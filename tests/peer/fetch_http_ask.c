/* fetch_http_ask.c - asks for addresses by the transport of fetch and says what came, for tests.
 *
 *   fetch_http_ask [--allow RANGE] [--resolve NAME:PORT:ADDRESS] [--ca FILE] [--proxy URL] [--agent TEXT] [--etag E]
 *       [--modified DATE] [--max-body N] [--max-head N] [--timeout MS] [--connect-timeout MS] [--low-speed N] [--low-speed-s N]
 *       [--transfers N] [--show what,...] [--undo] URL...
 *
 * A line for each address, in the order in which they end: its number, the fault, the status, bytes of the body, WARC's word for
 * what is missing, the server's address and the message.  --show adds request, head, body as they are, and took
 * (milliseconds); --undo undoes Content-Encoding within 10 MB and says how that ended.  --low-memory 1 ends with the most memory
 * that was used, in kB. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>

#include "fetch_address.h"
#include "fetch_encoding.h"
#include "fetch_http.h"

enum { LIST = 16, DECODED = 10 << 20, RATIO = 100 };

struct ask {
    struct http_options http;
    struct transport_request request;
    pl_str allow[LIST], resolve[LIST];
    size_t n_allow, n_resolve;
    const char *show;
    bool undo, memory;
    struct encodings encodings;
    size_t n_told;
};

static const char *const faults[] = {"ok",        "dns",            "refused", "connect",  "tls",          "timeout", "slow",
                                     "too-large", "head-too-large", "broken",  "protocol", "not-recorded", "memory"};

static pl_str str(const char *s)
{
    return (pl_str){s, strlen(s)};
}

/* The value of a field of a head, by a search that is good enough for tests. */
static pl_str field(pl_str head, const char *name)
{
    const size_t n = strlen(name);

    for (size_t i = 0; i + n < head.len; i++)
        if (head.ptr[i] == '\n' && i + 1 + n < head.len && strncasecmp(head.ptr + i + 1, name, n) == 0) {
            const char *at = head.ptr + i + 1 + n;
            return (pl_str){at, (size_t)((const char *)memchr(at, '\n', head.len - i - 1 - n) - at)};
        }
    return (pl_str){"", 0};
}

static void show(const char *what, pl_str text)
{
    printf("%s(%zu): ", what, text.len);
    fwrite(text.ptr ? text.ptr : "", 1, text.len, stdout);
    printf("\n");
}

static void undo(struct ask *a, const struct transport_response *r)
{
    static const char *const results[] = {"ok", "too-large", "ratio", "torn", "bad", "unknown", "memory"};
    pl_str out;
    const enum encoding_result rc =
        encoding_undo(&a->encodings, field(r->head, "content-encoding:"), r->body, DECODED, RATIO, &out);

    printf("undone: %s %zu\n", results[rc], out.len);
    if (a->show && strstr(a->show, "text"))
        show("text", out);
}

static void tell(void *arg, const struct transport_response *r)
{
    struct ask *a = arg;
    const char *what = a->show ? a->show : "";

    printf("%zu %s %d %zu %s %s %s\n", (size_t)(uintptr_t)r->owner, faults[r->fault], r->status, r->body.len,
           r->truncated ? r->truncated : "-", *r->ip ? r->ip : "-", r->message);
    if (strstr(what, "took"))
        printf("took: %lld\n", (long long)r->took_ms);
    if (strstr(what, "request"))
        show("request", r->request);
    if (strstr(what, "head"))
        show("head", r->head);
    if (strstr(what, "body"))
        show("body", r->body);
    if (a->undo)
        undo(a, r);
    a->n_told++;
}

static bool take_number(struct ask *a, const char *name, long value)
{
    if (!strcmp(name, "--max-body"))
        a->request.max_body = value;
    else if (!strcmp(name, "--max-head"))
        a->http.max_head = (size_t)value;
    else if (!strcmp(name, "--timeout"))
        a->http.timeout_ms = value;
    else if (!strcmp(name, "--connect-timeout"))
        a->http.connect_timeout_ms = value;
    else if (!strcmp(name, "--low-speed"))
        a->http.low_speed = value;
    else if (!strcmp(name, "--low-speed-s"))
        a->http.low_speed_s = value;
    else if (!strcmp(name, "--transfers"))
        a->http.transfers = (size_t)value;
    else if (!strcmp(name, "--low-memory"))
        a->memory = value != 0;
    else
        return false;
    return true;
}

static bool take(struct ask *a, const char *name, const char *value)
{
    if (!strcmp(name, "--allow") && a->n_allow < LIST)
        a->allow[a->n_allow++] = str(value);
    else if (!strcmp(name, "--resolve") && a->n_resolve < LIST)
        a->resolve[a->n_resolve++] = str(value);
    else if (!strcmp(name, "--ca"))
        a->http.ca_file = value;
    else if (!strcmp(name, "--proxy"))
        a->http.proxy = value;
    else if (!strcmp(name, "--agent"))
        a->http.user_agent = value;
    else if (!strcmp(name, "--etag"))
        a->request.etag = str(value);
    else if (!strcmp(name, "--modified"))
        a->request.last_modified = str(value);
    else if (!strcmp(name, "--show"))
        a->show = value;
    else
        return take_number(a, name, strtol(value, NULL, 10));
    return true;
}

static int ask_all(struct ask *a, struct transport *t, char **url, size_t n)
{
    size_t next = 0;
    int rc = PL_OK;

    while (rc == PL_OK && a->n_told < n) {
        while (next < n && transport_room(t) && rc == PL_OK) {
            a->request.url = url[next];
            a->request.owner = (void *)(uintptr_t)next;
            rc = transport_start(t, &a->request);
            next++;
        }
        if (rc == PL_OK)
            rc = transport_run(t, 100, tell, a);
    }
    return rc;
}

int main(int argc, char **argv)
{
    struct ask a = {.http.user_agent = "pressline-test", .request.max_body = 10 << 20};
    struct address_guard *guard = NULL;
    struct transport *t = NULL;
    char message[512] = "out of memory";
    int rc, i = 1;

    while (i < argc && strncmp(argv[i], "--", 2) == 0) {
        if (!strcmp(argv[i], "--undo")) {
            a.undo = true;
            i++;
        } else if (i + 1 < argc && take(&a, argv[i], argv[i + 1])) {
            i += 2;
        } else {
            fprintf(stderr, "fetch_http_ask: unknown option '%s'\n", argv[i]);
            return 64;
        }
    }
    a.http.resolve = (pl_list){a.resolve, a.n_resolve};
    rc = address_guard_make(&guard, (pl_list){a.allow, a.n_allow}, message, sizeof message);
    a.http.guard = guard;
    if (rc == PL_OK)
        rc = http_transport_open(&t, &a.http, message, sizeof message);
    if (rc == PL_OK)
        rc = ask_all(&a, t, argv + i, (size_t)(argc - i));
    transport_close(t);
    address_guard_free(guard);
    encodings_done(&a.encodings);
    if (rc != PL_OK)
        fprintf(stderr, "fetch_http_ask: %s\n", message);
    struct rusage used;
    if (a.memory && getrusage(RUSAGE_SELF, &used) == 0)
        printf("memory: %ld\n", used.ru_maxrss);
    return rc == PL_OK ? 0 : 78;
}
