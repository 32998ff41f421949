/* fetch_recorder_test.c - what is kept of the answers of two crawls, the second of which finds pages unchanged; and what a
 * recording of both answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <nettle/sha1.h>

#include "../shared/warc_read.h"
#include "fetch_recorded.h"
#include "fetch_recorder.h"

enum { FIRST_MS = 1000 };
#define THEN_MS ((int64_t)1790000000 * 1000 + FIRST_MS)
#define THEN "2026-09-21T14:13:21.000Z"

/* ---- a web of one page, the answer of which the test sets ---- */

static struct {
    struct transport t; /* first */
    int status;
    const char *head, *body;
    int64_t ms;
    void *owner;
} web;

static int start(struct transport *t, const struct transport_request *q)
{
    (void)t;
    web.owner = q->owner;
    return PL_OK;
}

static int run(struct transport *t, int wait_ms, transport_done *done, void *arg)
{
    const struct transport_response r = {.owner = web.owner, .status = web.status, .head = {web.head, strlen(web.head)},
                                         .body = {web.body, strlen(web.body)}, .came_ms = web.ms, .ip = "192.0.2.7"};

    (void)t;
    (void)wait_ms;
    done(arg, &r);
    return PL_OK;
}

static size_t room(const struct transport *t)
{
    (void)t;
    return 1;
}

static void close_nothing(struct transport *t)
{
    (void)t;
}

static const struct transport_kind kind = {start, run, room, close_nothing, NULL};

/* ---- asking ---- */

static void came(void *arg, const struct transport_response *r)
{
    *(int *)arg = r->status;
}

struct known {
    const char *etag, *body; /* NULL: nothing is known */
};

static void ask(struct recorder *r, const char *url, struct known k, int status, const char *head, const char *body)
{
    uint8_t digest[SHA1_DIGEST_SIZE];
    struct sha1_ctx sha;
    int got = 0;

    sha1_init(&sha);
    sha1_update(&sha, k.body ? strlen(k.body) : 0, (const uint8_t *)k.body);
    sha1_digest(&sha, sizeof digest, digest);
    web.status = status;
    web.head = head;
    web.body = body;
    web.ms += 1000;
    const struct transport_request q = {.url = url, .etag = {k.etag, k.etag ? strlen(k.etag) : 0}, .max_body = 1000,
                                        .digest = k.body ? digest : NULL, .changed_ms = k.body ? THEN_MS : 0, .owner = &got};
    assert_int_equal(transport_start(recorder_transport(r), &q), PL_OK);
    assert_int_equal(transport_run(recorder_transport(r), 0, came, &got), PL_OK);
    /* `came` was handed the caller's own argument. */
    assert_int_equal(got, status);
}

static struct recorder *make(const char *path)
{
    struct recorder *r;
    char message[512];

    web.t.kind = &kind;
    assert_int_equal(recorder_open(&r, &web.t, path, false, "pressline", message, sizeof message), PL_OK);
    return r;
}

#define PAGE "http://harbour.example/ferry"
#define OTHER "http://harbour.example/bridge"
#define OK_HEAD "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nTransfer-Encoding: chunked\r\n\r\n"

static void two_crawls(void)
{
    struct recorder *r;

    mkdir("files", 0777);
    web.ms = THEN_MS - 1000;
    r = make("files/web.warc.gz");
    ask(r, PAGE, (struct known){NULL, NULL}, 200, OK_HEAD, "The ferry was late.");
    ask(r, OTHER, (struct known){NULL, NULL}, 200, OK_HEAD, "The bridge is closed.");
    transport_close(recorder_transport(r));
    web.ms += 100000;
    r = make("files/web-2.warc.gz");
    ask(r, PAGE, (struct known){"\"1\"", "The ferry was late."}, 304, "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n", "");
    ask(r, PAGE, (struct known){NULL, "The ferry was late."}, 200, "HTTP/1.1 200 OK\r\nX-Again: yes\r\n\r\n", "The ferry was late.");
    ask(r, OTHER, (struct known){"\"1\"", "The bridge is closed."}, 200, OK_HEAD, "The bridge is open.");
    ask(r, PAGE, (struct known){NULL, ""}, 200, "HTTP/1.1 200 OK\r\n\r\n", "");
    ask(r, OTHER, (struct known){NULL, "x"}, 500, "HTTP/1.1 500 No\r\n\r\n", "x");
    ask(r, OTHER, (struct known){NULL, "x"}, 304, "HTTP/1.1 304 Not Modified\r\n\r\n", "");
    transport_close(recorder_transport(r));
}

/* ---- reading ---- */

static ptrdiff_t read_file(void *arg, void *to, size_t n)
{
    return (ptrdiff_t)fread(to, 1, n, arg);
}

static void show(char *out, size_t size, struct warc_reader *r)
{
    static const char *const fields[] = {"WARC-Profile", "WARC-Payload-Digest", "WARC-Refers-To-Target-URI",
                                         "WARC-Refers-To-Date"};
    size_t n = strlen(out);
    pl_str piece;

    n += (size_t)snprintf(out + n, size - n, "%.*s", (int)r->type.len, r->type.ptr);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const pl_str v = warc_field(r->head, fields[i]);
        const size_t skip = v.len > 40 && i == 0 ? 40 : 0; /* of "http://netpreserve.org/warc/1.1/revisit/..." */
        if (v.ptr)
            n += (size_t)snprintf(out + n, size - n, " %.*s", (int)(v.len - skip), v.ptr + skip);
    }
    n += (size_t)snprintf(out + n, size - n, " [");
    if (warc_http(r) && warc_block(r, &piece) == PL_OK)
        n += (size_t)snprintf(out + n, size - n, "%.*s", (int)piece.len, piece.ptr);
    snprintf(out + n, size - n, "]\n");
}

static void keeps_revisits(void **state)
{
    struct warc_reader r;
    char out[4096] = "";

    (void)state;
    two_crawls();
    FILE *f = fopen("files/web-2.warc.gz", "rb");
    assert_non_null(f);
    assert_int_equal(warc_open(&r, "web-2", read_file, f, 0), PL_OK);
    while (warc_next(&r) == PL_OK) {
        if (r.uri.len)
            show(out, sizeof out, &r);
    }
    warc_close(&r);
    fclose(f);
    assert_string_equal(out,
                        "revisit server-not-modified sha1:YYXKLNQNSCTZIV66QQ3DVT5KZO4CTOBK " PAGE " " THEN " []\n"
                        "revisit identical-payload-digest sha1:YYXKLNQNSCTZIV66QQ3DVT5KZO4CTOBK " PAGE " " THEN " []\n"
                        "response sha1:MA5L4ODUQCABI46BJM7WGTDSVF3LUD3C [The bridge is open.]\n"
                        "response sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ []\n"
                        "response sha1:CH3K3DWFFIUYJK5K7V6DWULFAN4FYIDS [x]\n"
                        "revisit server-not-modified []\n");
}

struct told {
    char body[64], head[256];
    int status;
};

static void tell(void *arg, const struct transport_response *r)
{
    struct told *t = arg;

    t->status = r->status;
    snprintf(t->body, sizeof t->body, "%.*s", (int)r->body.len, r->body.ptr ? r->body.ptr : "");
    snprintf(t->head, sizeof t->head, "%.*s", (int)r->head.len, r->head.ptr ? r->head.ptr : "");
}

/* A revisit is answered with what it refers to, in another file, and with its own head. */
static void are_followed(void **state)
{
    const struct transport_request q = {.url = PAGE, .max_body = 1000};
    struct recorder *again;
    struct transport *t;
    struct told told;
    char message[512];

    (void)state;
    two_crawls();
    /* What came last is the empty page; the revisit before it shows when that is not there. */
    assert_int_equal(remove("files/web-2.warc.gz"), 0);
    web.ms += 100000;
    again = make("files/web-2.warc.gz");
    ask(again, PAGE, (struct known){NULL, "The ferry was late."}, 200, "HTTP/1.1 200 OK\r\nX-Again: yes\r\n\r\n", "The ferry was late.");
    ask(again, PAGE, (struct known){"\"1\"", "The ferry was late."}, 304, "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n", "");
    transport_close(recorder_transport(again));
    assert_int_equal(recorded_transport_open(&t, "files", message, sizeof message), PL_OK);
    assert_int_equal(transport_start(t, &q), PL_OK);
    assert_int_equal(transport_run(t, 0, tell, &told), PL_OK);
    assert_int_equal(told.status, 200);
    assert_string_equal(told.body, "The ferry was late.");
    assert_non_null(strstr(told.head, "X-Again: yes"));
    transport_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keeps_revisits), cmocka_unit_test(are_followed)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
