/* fetch_recorded_test.c - answers out of WARC files: which record, redirects, 304, what was cut short, and order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "fetch_recorded.h"

#define HTTP(STATUS, FIELDS, BODY) "HTTP/1.1 " STATUS "\r\n" FIELDS "\r\n" BODY

static const struct made {
    const char *type, *uri, *date, *fields, *block;
} first_file[] = {
    {"warcinfo", "urn:x", "2026-05-04T10:00:00Z", "", "software: by hand\r\n"},
    {"response", "https://Harbour.example:443/a?x=1#top", "2026-05-04T10:00:01.5Z", "WARC-IP-Address: 192.0.2.1\r\n",
     HTTP("200 OK", "ETag: \"1\"\r\n", "old page")},
    {"request", "https://harbour.example/a?x=1", "2026-05-04T10:00:01Z", "WARC-Concurrent-To: <urn:uuid:1>\r\n",
     "GET /a?x=1 HTTP/1.1\r\nHost: harbour.example\r\n\r\n"},
    {"response", "https://harbour.example/moved", "2026-05-04T10:00:02Z", "", HTTP("301 Moved Permanently", "Location: /a?x=1\r\n", "")},
    {"response", "https://harbour.example/feed", "2026-05-04T12:00:00Z", "",
     HTTP("200 OK", "ETag: \"7\"\r\nLast-Modified: Mon, 04 May 2026 09:00:00 GMT\r\n", "<rss/>")},
    {"response", "https://harbour.example/feed", "2026-05-04T11:00:00Z", "", HTTP("503 Service Unavailable", "", "later")},
    {"response", "https://harbour.example/feed", "2026-05-04T13:00:00Z", "", HTTP("304 Not Modified", "", "")},
    {"revisit", "https://harbour.example/feed", "2026-05-04T14:00:00Z",
     "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/server-not-modified\r\n", HTTP("304 Not Modified", "", "")},
    {"revisit", "https://harbour.example/feed", "2026-05-04T15:00:00Z",
     "WARC-Profile: http://netpreserve.org/warc/1.0/revisit/server-not-modified\r\n", ""},
    {"response", "https://harbour.example/chunked", "2026-05-04T10:00:03Z", "",
     HTTP("200 OK", "Transfer-Encoding: chunked\r\n", "3\r\none\r\n4\r\n two\r\n0\r\n\r\n")},
    {"response", "https://harbour.example/cut", "2026-05-04T10:00:03Z", "WARC-Truncated: length\r\n", HTTP("200 OK", "", "hal")},
    {"response", "https://harbour.example/b", "2026-05-04T10:00:04Z", "WARC-Payload-Digest: sha1:AAA\r\n", HTTP("200 OK", "", "page b")},
    {"revisit", "https://harbour.example/c", "2026-05-04T10:00:05Z", "WARC-Payload-Digest: sha1:AAA\r\n", HTTP("200 OK", "X: c\r\n", "")},
    {"revisit", "https://harbour.example/d", "2026-05-04T10:00:05Z",
     "WARC-Refers-To-Target-URI: https://harbour.example/b\r\nWARC-Refers-To-Date: 2026-05-04T10:00:04Z\r\n", HTTP("200 OK", "X: d\r\n", "")},
    {"revisit", "https://harbour.example/e", "2026-05-04T10:00:05Z", "WARC-Payload-Digest: sha1:BBB\r\n", HTTP("200 OK", "", "")},
    {"response", "https://harbour.example/robots.txt", "2026-05-04T10:00:00Z", "", HTTP("200 OK", "", "User-agent: *\n")},
}, second_file[] = {
    {"response", "https://harbour.example/a?x=1", "2026-05-04T10:00:09Z", "", HTTP("200 OK", "ETag: \"2\"\r\n", "new page")},
};

static size_t put_record(char *to, size_t cap, const struct made *m)
{
    const char *type = strcmp(m->type, "warcinfo") == 0 ? "application/warc-fields" : "application/http";
    const int n = snprintf(to, cap, "WARC/1.1\r\nWARC-Type: %s\r\nWARC-Target-URI: %s\r\nWARC-Date: %s\r\nWARC-Record-ID: "
                           "<urn:uuid:1>\r\n%sContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s\r\n\r\n",
                           m->type, m->uri, m->date, m->fields, type, strlen(m->block), m->block);

    assert_true((size_t)n < cap);
    return (size_t)n;
}

/* In members of their own, in one, in such of 300 bytes wherever these begin (BGZF), or not compressed. */
enum layout { EACH, ONE, BLOCKS, PLAIN };

static void put_member(FILE *f, const char *text, size_t n)
{
    unsigned char out[1 << 16];
    z_stream z = {.next_in = (z_const Bytef *)text, .avail_in = (uInt)n, .next_out = out, .avail_out = sizeof out};

    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(fwrite(out, 1, sizeof out - z.avail_out, f), sizeof out - z.avail_out);
    deflateEnd(&z);
}

static void make_file(const char *path, const struct made *m, size_t n_records, enum layout how)
{
    static char text[1 << 16];
    size_t n = 0;
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    for (size_t i = 0; i < n_records; i++) {
        n += put_record(text + n, sizeof text - n, &m[i]);
        if ((how == ONE || how == BLOCKS) && i + 1 < n_records)
            continue;
        if (how == PLAIN)
            assert_int_equal(fwrite(text, 1, n, f), n);
        for (size_t at = 0; at < n && how != PLAIN;) {
            const size_t piece = how == BLOCKS && n - at > 300 ? 300 : n - at;
            put_member(f, text + at, piece);
            at += piece;
        }
        n = 0;
    }
    fclose(f);
}

struct told {
    char text[4096];
    size_t n, room; /* `room`: of a transport that has nothing to do */
    struct transport *t;
    const char *then; /* asked for within the callback */
};

static void tell(void *arg, const struct transport_response *r)
{
    struct told *to = arg;
    const char *line = memchr(r->head.ptr ? r->head.ptr : "\r", '\r', r->head.len ? r->head.len : 1);

    to->n += (size_t)snprintf(to->text + to->n, sizeof to->text - to->n, "%s %d %d %lld %.*s|%.*s|%zu|%s|%s\n", (const char *)r->owner,
                              (int)r->fault, r->status, (long long)(r->came_ms % 86400000), r->head.ptr ? (int)(line - r->head.ptr) : 0,
                              r->head.ptr ? r->head.ptr : "", (int)r->body.len, r->body.ptr ? r->body.ptr : "", r->request.len,
                              r->truncated ? r->truncated : "", r->ip);
    assert_true(to->n < sizeof to->text);
    if (to->then) {
        static char again[] = "again";
        const struct transport_request q = {.url = to->then, .owner = again};
        to->then = NULL;
        assert_int_equal(transport_start(to->t, &q), PL_OK);
    }
}

static void ask(struct told *to, const char *url, const char *etag, const char *modified, int64_t max)
{
    const struct transport_request q = {.url = url,
                                        .etag = {etag, etag ? strlen(etag) : 0},
                                        .last_modified = {modified, modified ? strlen(modified) : 0},
                                        .max_body = max,
                                        .owner = (void *)(uintptr_t)(strrchr(url, '/') + 1)};

    if (!to->room)
        to->room = transport_room(to->t);
    assert_int_equal(transport_start(to->t, &q), PL_OK);
}

static void run_all(struct told *to)
{
    while (transport_room(to->t) < to->room)
        assert_int_equal(transport_run(to->t, 0, tell, to), PL_OK);
}


static void answers(void **state)
{
    (void)state;
    for (int how = EACH; how <= PLAIN; how++) {
        static struct told to;
        char message[512];
        make_file("a.warc.gz", first_file, sizeof first_file / sizeof *first_file, (enum layout)how);
        memset(&to, 0, sizeof to);
        assert_int_equal(recorded_transport_open(&to.t, "a.warc.gz", message, sizeof message), PL_OK);
        assert_int_equal(recorded_transport_count(to.t), 10);
        ask(&to, "https://harbour.example/a?x=1", NULL, NULL, 0);
        ask(&to, "https://harbour.example/moved", NULL, NULL, 0);
        ask(&to, "https://harbour.example/feed", NULL, NULL, 0);
        ask(&to, "https://harbour.example/chunked#part", NULL, NULL, 0);
        ask(&to, "https://harbour.example/cut", NULL, NULL, 0);
        ask(&to, "https://harbour.example/c", NULL, NULL, 0);
        ask(&to, "https://harbour.example/d", NULL, NULL, 0);
        ask(&to, "https://harbour.example/e", NULL, NULL, 0);
        ask(&to, "https://harbour.example/none", NULL, NULL, 0);
        ask(&to, "https://harbour.example/robots.txt", NULL, NULL, 4);
        to.then = "https://harbour.example/b";
        run_all(&to);
        assert_string_equal(to.text, "a?x=1 0 200 36001500 HTTP/1.1 200 OK|old page|46||192.0.2.1\n"
                                     "moved 0 301 36002000 HTTP/1.1 301 Moved Permanently||0||\n"
                                     "feed 0 200 43200000 HTTP/1.1 200 OK|<rss/>|0||\n"
                                     "chunked#part 0 200 36003000 HTTP/1.1 200 OK|one two|0||\n"
                                     "cut 7 200 36003000 HTTP/1.1 200 OK|hal|0|length|\n"
                                     "c 0 200 36005000 HTTP/1.1 200 OK|page b|0||\n"
                                     "d 0 200 36005000 HTTP/1.1 200 OK|page b|0||\n"
                                     "e 11 0 36005000 ||0||\n"
                                     "none 11 0 0 ||0||\n"
                                     "robots.txt 7 200 36000000 HTTP/1.1 200 OK|User|0|length|\n"
                                     "again 0 200 36004000 HTTP/1.1 200 OK|page b|0||\n");
        transport_close(to.t);
    }
}

/* Asked backwards and again, the answers are the same, also where all share one member. */
static void any_order(void **state)
{
    static struct told to;
    char message[512];

    (void)state;
    make_file("a.warc.gz", first_file, sizeof first_file / sizeof *first_file, ONE);
    memset(&to, 0, sizeof to);
    assert_int_equal(recorded_transport_open(&to.t, "a.warc.gz", message, sizeof message), PL_OK);
    ask(&to, "https://harbour.example/robots.txt", NULL, NULL, 0);
    ask(&to, "https://harbour.example/b", NULL, NULL, 0);
    ask(&to, "https://harbour.example/a?x=1", NULL, NULL, 0);
    ask(&to, "https://harbour.example/a?x=1", NULL, NULL, 0);
    ask(&to, "https://harbour.example/b", NULL, NULL, 0);
    run_all(&to);
    assert_string_equal(to.text, "robots.txt 0 200 36000000 HTTP/1.1 200 OK|User-agent: *\n|0||\n"
                                 "b 0 200 36004000 HTTP/1.1 200 OK|page b|0||\n"
                                 "a?x=1 0 200 36001500 HTTP/1.1 200 OK|old page|46||192.0.2.1\n"
                                 "a?x=1 0 200 36001500 HTTP/1.1 200 OK|old page|46||192.0.2.1\n"
                                 "b 0 200 36004000 HTTP/1.1 200 OK|page b|0||\n");
    transport_close(to.t);
}

static void unchanged(void **state)
{
    static struct told to;
    char message[512];

    (void)state;
    make_file("a.warc.gz", first_file, sizeof first_file / sizeof *first_file, EACH);
    memset(&to, 0, sizeof to);
    assert_int_equal(recorded_transport_open(&to.t, "a.warc.gz", message, sizeof message), PL_OK);
    ask(&to, "https://harbour.example/feed", "\"7\"", NULL, 0);
    ask(&to, "https://harbour.example/feed", "\"6\"", "Mon, 04 May 2026 09:00:00 GMT", 0);
    ask(&to, "https://harbour.example/feed", NULL, "Mon, 04 May 2026 09:00:00 GMT", 0);
    ask(&to, "https://harbour.example/feed", NULL, "Mon, 04 May 2026 08:00:00 GMT", 0);
    ask(&to, "https://harbour.example/b", "\"7\"", NULL, 0);
    run_all(&to);
    assert_string_equal(to.text, "feed 0 304 43200000 HTTP/1.1 304 Not Modified||0||\n"
                                 "feed 0 200 43200000 HTTP/1.1 200 OK|<rss/>|0||\n"
                                 "feed 0 304 43200000 HTTP/1.1 304 Not Modified||0||\n"
                                 "feed 0 200 43200000 HTTP/1.1 200 OK|<rss/>|0||\n"
                                 "b 0 200 36004000 HTTP/1.1 200 OK|page b|0||\n");
    transport_close(to.t);
}

/* What is damaged is passed over, at the end as well; behind damage within a member nothing can be gone to. */
static void damaged(void **state)
{
    static const char *const wanted[] = {"b 0 200 36004000 HTTP/1.1 200 OK|page b|0||\n"
                                         "robots.txt 0 200 36000000 HTTP/1.1 200 OK|User-agent: *\n|0||\n"
                                         "moved 11 0 0 ||0||\n",
                                         "b 0 200 36004000 HTTP/1.1 200 OK|page b|0||\n"
                                         "robots.txt 11 0 0 ||0||\n"
                                         "moved 11 0 0 ||0||\n"};
    const struct made *b = NULL, *robots = NULL, *moved = NULL;
    char message[512];

    (void)state;
    for (size_t i = 0; i < sizeof first_file / sizeof *first_file; i++) {
        const struct made *m = &first_file[i];
        b = strstr(m->uri, "example/b") ? m : b;
        robots = strstr(m->uri, "robots") ? m : robots;
        moved = strstr(m->uri, "moved") ? m : moved;
    }
    for (int how = EACH; how <= PLAIN; how++) {
        static struct told to;
        char text[4096];
        FILE *f = fopen("a.warc.gz", "wb");
        assert_non_null(f);
        size_t n = put_record(text, sizeof text, b);
        if (how == EACH)
            put_member(f, text, n);
        if (how == EACH)
            assert_int_equal(fwrite("damage", 1, 6, f), 6);
        n = how == EACH ? 0 : n + (size_t)sprintf(text + n, "damage\r\n");
        n += put_record(text + n, sizeof text - n, robots);
        if (how == EACH)
            put_member(f, text, n);
        n = how == EACH ? 0 : n;
        n += put_record(text + n, sizeof text - n, moved) - 20; /* cut off */
        if (how == PLAIN)
            assert_int_equal(fwrite(text, 1, n, f), n);
        else
            put_member(f, text, n);
        fclose(f);
        memset(&to, 0, sizeof to);
        assert_int_equal(recorded_transport_open(&to.t, "a.warc.gz", message, sizeof message), PL_OK);
        ask(&to, "https://harbour.example/b", NULL, NULL, 0);
        ask(&to, "https://harbour.example/robots.txt", NULL, NULL, 0);
        ask(&to, "https://harbour.example/moved", NULL, NULL, 0);
        run_all(&to);
        assert_string_equal(to.text, wanted[how == ONE || how == BLOCKS]);
        transport_close(to.t);
    }
    FILE *f = fopen("a.warc.gz", "wb");
    assert_non_null(f);
    put_member(f, "no record", 9);
    fclose(f);
    struct transport *t;
    assert_int_equal(recorded_transport_open(&t, "a.warc.gz", message, sizeof message), PL_ERROR);
    assert_non_null(strstr(message, "expected a record"));
}

/* Each revisit finds the page of its own digest. */
static void many_digests(void **state)
{
    enum { N = 9 };
    static char text[3 * N][120];
    static struct told to;
    struct made m[2 * N];
    char message[512], wanted[1024];
    size_t n = 0;

    (void)state;
    for (int i = 0; i < N; i++) {
        snprintf(text[3 * i], sizeof text[0], "WARC-Payload-Digest: sha1:%c\r\n", 'A' + i * 4 % N);
        snprintf(text[3 * i + 1], sizeof text[0], "https://harbour.example/%d", i);
        snprintf(text[3 * i + 2], sizeof text[0], HTTP("200 OK", "", "page %d"), i);
        m[i] = (struct made){"response", text[3 * i + 1], "2026-05-04T10:00:00Z", text[3 * i], text[3 * i + 2]};
        m[N + i] = m[i];
        m[N + i].type = "revisit";
        m[N + i].date = "2026-05-04T11:00:00Z";
        m[N + i].block = HTTP("200 OK", "", "");
    }
    make_file("a.warc.gz", m, sizeof m / sizeof *m, EACH);
    memset(&to, 0, sizeof to);
    assert_int_equal(recorded_transport_open(&to.t, "a.warc.gz", message, sizeof message), PL_OK);
    for (int i = 0; i < N; i++) {
        ask(&to, text[3 * i + 1], NULL, NULL, 0);
        n += (size_t)snprintf(wanted + n, sizeof wanted - n, "%d 0 200 39600000 HTTP/1.1 200 OK|page %d|0||\n", i, i);
    }
    run_all(&to);
    assert_string_equal(to.text, wanted);
    transport_close(to.t);
}

/* The newest of all files of a folder; room has an end. */
static void a_folder(void **state)
{
    static struct told to;
    char message[512];
    const struct transport_request q = {.url = "https://harbour.example/b", .owner = (void *)(uintptr_t)"b"};
    int n = 0;

    (void)state;
    mkdir("folder", 0777);
    make_file("folder/2.warc.gz", first_file, sizeof first_file / sizeof *first_file, EACH);
    make_file("folder/1.warc", second_file, 1, PLAIN);
    make_file("folder/1.cdxj", second_file, 0, PLAIN);
    memset(&to, 0, sizeof to);
    assert_int_equal(recorded_transport_open(&to.t, "folder", message, sizeof message), PL_OK);
    ask(&to, "https://harbour.example/a?x=1", NULL, NULL, 0);
    run_all(&to);
    assert_string_equal(to.text, "a?x=1 0 200 36009000 HTTP/1.1 200 OK|new page|0||\n");
    while (transport_start(to.t, &q) == PL_OK)
        n++;
    assert_true(n >= 16);
    assert_int_equal(transport_room(to.t), 0);
    transport_close(to.t);
}

static void not_there(void **state)
{
    struct transport *t;
    char message[512];
    FILE *f = fopen("page.warc", "w");

    (void)state;
    fputs("<p>no WARC file</p>", f);
    fclose(f);
    mkdir("empty", 0777);
    assert_int_equal(recorded_transport_open(&t, "nowhere.warc", message, sizeof message), PL_ERROR);
    assert_string_equal(message, "cannot open the recording 'nowhere.warc': No such file or directory");
    assert_int_equal(recorded_transport_open(&t, "page.warc", message, sizeof message), PL_ERROR);
    assert_string_equal(message, "page.warc: byte 0: expected a record (WARC/...), found '<p>no WARC file</p>'");
    assert_int_equal(recorded_transport_open(&t, "empty", message, sizeof message), PL_ERROR);
    assert_string_equal(message, "no WARC file is in 'empty': expected names with \".warc\"");
    assert_null(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers), cmocka_unit_test(any_order), cmocka_unit_test(damaged), cmocka_unit_test(many_digests), cmocka_unit_test(unchanged),
        cmocka_unit_test(a_folder), cmocka_unit_test(not_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
