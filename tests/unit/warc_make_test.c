/* warc_make_test.c - records byte for byte, HTTP heads, dates, keys and lines of the index. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "warc_cdxj.h"
#include "warc_http.h"
#include "warc_make.h"
#include "warc_read.h"
#include "warc_surt.h"

static pl_str text_of(const char *z)
{
    return (pl_str){z, strlen(z)};
}

static void same(struct warc_buf *got, const char *wanted)
{
    warc_buf_byte(got, 0);
    assert_string_equal(got->at, wanted);
    warc_buf_done(got);
}

#define HASH "3d7b5f0f7b8a4d3f"
static const struct warc_page ferry = {
    .origin = {HASH ":7:0 https://harbour.example/ferry", 0},
    .id = {"ferry-1", 7},
    .uri = {"https://harbour.example/ferry?a=1|2", 35},
    .date = {"2026-05-04T12:11:12.25+02:00", 28},
    .default_date = {"2026-01-01T00:00:00Z", 20},
    .request = {"GET /ferry HTTP/2\r\nHost: harbour.example\r\nAuthorization: Basic c2VjcmV0\r\n more\r\n\r\n", 0},
    .response = {"HTTP/2 200 \r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: br\r\nContent-Length: 9\r\n\r\n", 0},
    .payload = {"<p>The ferry was late.", 22},
    .has_payload = true,
    .content_type = {"text/html", 9},
    .charset = {"UTF-8", 5},
    .ip = {"2001:db8::7", 11},
    .text = {"The ferry was late.", 19},
    .fetch_ms = 120,
    .status = 200,
};

static struct warc_page page_of(const struct warc_page *from)
{
    struct warc_page p = *from;

    p.origin = text_of(p.origin.ptr);
    p.request = p.request.ptr ? text_of(p.request.ptr) : p.request;
    p.response = p.response.ptr ? text_of(p.response.ptr) : p.response;
    return p;
}

static void a_page_becomes_these_records(void **state)
{
    const struct warc_page page = page_of(&ferry);
    struct warc_plan plan = {0};
    struct warc_buf out = {0};

    (void)state;
    assert_int_equal(warc_plan(&plan, &page, WARC_SHA1), PL_OK);
    assert_int_equal(plan.kind, WARC_RESPONSE);
    warc_make(&out, &plan, WARC_RESPONSE);
    same(&out, "WARC/1.1\r\n"
         "WARC-Type: response\r\n"
         "WARC-Record-ID: <urn:uuid:1755590c-5636-8656-a929-61a007c1a0b8>\r\n"
         "WARC-Date: 2026-05-04T10:11:12.25Z\r\n"
         "WARC-Target-URI: https://harbour.example/ferry?a=1%7C2\r\n"
         "WARC-IP-Address: 2001:db8::7\r\n"
         "WARC-Protocol: h2\r\n"
         "WARC-Identified-Payload-Type: text/html\r\n"
         "WARC-Payload-Digest: sha1:RWWCJBV4LVEFPWM7QZKOWS2NGMT6A55H\r\n"
         "WARC-Block-Digest: sha1:6GUINZU5VG4I4FU2PAJLOKEFAUG6GETC\r\n"
         "Content-Type: application/http;msgtype=response\r\n"
         "Content-Length: 170\r\n"
         "\r\n"
         "HTTP/1.1 200 \r\n"
         "Content-Type: text/html; charset=utf-8\r\n"
         "X-Archive-Orig-Content-Encoding: br\r\n"
         "X-Archive-Orig-Content-Length: 9\r\n"
         "Content-Length: 22\r\n"
         "\r\n"
         "<p>The ferry was late.\r\n"
         "\r\n");
    warc_make(&out, &plan, WARC_REQUEST);
    same(&out, "WARC/1.1\r\n"
         "WARC-Type: request\r\n"
         "WARC-Record-ID: <urn:uuid:0f586495-db2c-86cf-87bf-64ac8d06f582>\r\n"
         "WARC-Date: 2026-05-04T10:11:12.25Z\r\n"
         "WARC-Target-URI: https://harbour.example/ferry?a=1%7C2\r\n"
         "WARC-IP-Address: 2001:db8::7\r\n"
         "WARC-Protocol: h2\r\n"
         "WARC-Concurrent-To: <urn:uuid:1755590c-5636-8656-a929-61a007c1a0b8>\r\n"
         "WARC-Block-Digest: sha1:TYMAWMXSABXYGXYO2OFA6VRT5CIRCALV\r\n"
         "Content-Type: application/http;msgtype=request\r\n"
         "Content-Length: 44\r\n"
         "\r\n"
         "GET /ferry HTTP/2\r\n"
         "Host: harbour.example\r\n"
         "\r\n"
         "\r\n"
         "\r\n");
    warc_make(&out, &plan, WARC_METADATA);
    same(&out, "WARC/1.1\r\n"
         "WARC-Type: metadata\r\n"
         "WARC-Record-ID: <urn:uuid:272d9be2-70aa-89a2-bad1-8b5d8dfe96aa>\r\n"
         "WARC-Date: 2026-05-04T10:11:12.25Z\r\n"
         "WARC-Target-URI: https://harbour.example/ferry?a=1%7C2\r\n"
         "WARC-Concurrent-To: <urn:uuid:1755590c-5636-8656-a929-61a007c1a0b8>\r\n"
         "WARC-Block-Digest: sha1:6I7FUAOKH2H5R335JNZAHMVMSDSUAPRQ\r\n"
         "Content-Type: application/warc-fields\r\n"
         "Content-Length: 47\r\n"
         "\r\n"
         "id: ferry-1\r\n"
         "fetchTimeMs: 120\r\n"
         "charset: UTF-8\r\n"
         "\r\n"
         "\r\n");
    warc_make(&out, &plan, WARC_CONVERSION);
    same(&out, "WARC/1.1\r\n"
         "WARC-Type: conversion\r\n"
         "WARC-Record-ID: <urn:uuid:b041301c-8004-8cb9-afb3-587a13d29000>\r\n"
         "WARC-Date: 2026-05-04T10:11:12.25Z\r\n"
         "WARC-Target-URI: https://harbour.example/ferry?a=1%7C2\r\n"
         "WARC-Refers-To: <urn:uuid:1755590c-5636-8656-a929-61a007c1a0b8>\r\n"
         "WARC-Block-Digest: sha1:YYXKLNQNSCTZIV66QQ3DVT5KZO4CTOBK\r\n"
         "Content-Type: text/plain; charset=utf-8\r\n"
         "Content-Length: 19\r\n"
         "\r\n"
         "The ferry was late.\r\n"
         "\r\n");
    warc_plan_index(&out, &plan, false);
    same(&out, "example,harbour)/ferry?a=1|2 20260504101112 {\"url\": \"https://harbour.example/ferry?a=1%7C2\", \"mime\": \"text/html\", \"status\": \"200\", \"digest\": \"sha1:RWWCJBV4LVEFPWM7QZKOWS2NGMT6A55H\"");
    struct warc_buf end = {0};
    warc_make_revisit(&out, &end, &plan);
    warc_refers(&out, plan.id, PL_S("https://harbour.example/x"), PL_S("2026-05-01T00:00:00Z"));
    warc_buf_add(&out, warc_buf_view(&end));
    warc_buf_done(&end);
    same(&out, "WARC/1.1\r\n"
         "WARC-Type: revisit\r\n"
         "WARC-Record-ID: <urn:uuid:1755590c-5636-8656-a929-61a007c1a0b8>\r\n"
         "WARC-Date: 2026-05-04T10:11:12.25Z\r\n"
         "WARC-Target-URI: https://harbour.example/ferry?a=1%7C2\r\n"
         "WARC-IP-Address: 2001:db8::7\r\n"
         "WARC-Protocol: h2\r\n"
         "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest\r\n"
         "WARC-Payload-Digest: sha1:RWWCJBV4LVEFPWM7QZKOWS2NGMT6A55H\r\n"
         "WARC-Refers-To: <urn:uuid:1755590c-5636-8656-a929-61a007c1a0b8>\r\n"
         "WARC-Refers-To-Target-URI: https://harbour.example/x\r\n"
         "WARC-Refers-To-Date: 2026-05-01T00:00:00Z\r\n"
         "WARC-Block-Digest: sha1:GACLLL4IFS6Z6EW3HEFP55RZTQSH3P5L\r\n"
         "Content-Type: application/http;msgtype=response\r\n"
         "Content-Length: 148\r\n"
         "\r\n"
         "HTTP/1.1 200 \r\n"
         "Content-Type: text/html; charset=utf-8\r\n"
         "X-Archive-Orig-Content-Encoding: br\r\n"
         "X-Archive-Orig-Content-Length: 9\r\n"
         "Content-Length: 22\r\n"
         "\r\n"
         "\r\n"
         "\r\n");
    warc_plan_done(&plan);
}

static void a_file_becomes_a_resource(void **state)
{
    const struct warc_page page = {.origin = PL_S("o"), .uri = PL_S("file:///a.txt"), .date = PL_S("yesterday"),
                                   .default_date = PL_S("2026-01-01T00:00:00Z"), .payload = PL_S("Pier"), .has_payload = true,
                                   .content_type = PL_S("text/plain"), .truncated = PL_S("bored"), .ip = PL_S("::1\r\nX: y"),
                                   .fetch_ms = -1, .status = -1};
    struct warc_plan plan = {0};
    struct warc_buf out = {0};

    (void)state;
    assert_int_equal(warc_plan(&plan, &page, WARC_SHA256), PL_OK);
    assert_int_equal(plan.kind, WARC_RESOURCE);
    assert_false(warc_has(&plan, WARC_REQUEST) || warc_has(&plan, WARC_METADATA) || warc_has(&plan, WARC_CONVERSION));
    warc_make(&out, &plan, WARC_RESOURCE);
    same(&out, "WARC/1.1\r\n"
         "WARC-Type: resource\r\n"
         "WARC-Record-ID: <urn:uuid:bc7d11ad-0d43-8b98-ad35-f33d4dae1f17>\r\n"
         "WARC-Date: 2026-01-01T00:00:00Z\r\n"
         "WARC-Target-URI: file:///a.txt\r\n"
         "WARC-Truncated: unspecified\r\n"
         "WARC-Payload-Digest: sha256:C6ZST7VX77JPIN5BZ4X6A32BSCQNLWT5XQVDKSEX37GNNW2N63YQ====\r\n"
         "WARC-Block-Digest: sha256:C6ZST7VX77JPIN5BZ4X6A32BSCQNLWT5XQVDKSEX37GNNW2N63YQ====\r\n"
         "Content-Type: text/plain\r\n"
         "Content-Length: 4\r\n"
         "\r\n"
         "Pier\r\n"
         "\r\n");
    warc_plan_done(&plan);
}

/* Nothing is written that a reader would not get past. */
static void what_cannot_be_read_back_is_refused(void **state)
{
    static char text[WARC_HEAD_MOST + 100] = "HTTP/1.1 200 OK\r\nX: ";
    struct warc_page page = page_of(&ferry);
    struct warc_plan plan = {0};
    struct warc_buf out = {0};

    (void)state;
    memset(text + strlen(text), 'x', sizeof text - strlen(text));
    page.response = (pl_str){text, sizeof text};
    assert_int_equal(warc_plan(&plan, &page, WARC_SHA1), PL_ERROR);
    page.response.len = WARC_HEAD_MOST - 4;
    assert_int_equal(warc_plan(&plan, &page, WARC_SHA1), PL_OK);
    memcpy(text + 100, "http://a.example/", 17);
    page.uri = (pl_str){text + 100, WARC_URI_MOST + 1};
    assert_int_equal(warc_plan(&plan, &page, WARC_SHA1), PL_ERROR);
    page.uri.len--;
    page.response.len = 0;
    page.content_type = PL_S("application/warc-fields");
    assert_int_equal(warc_plan(&plan, &page, WARC_SHA1), PL_OK);
    warc_plan_index(&out, &plan, false);
    assert_int_equal(out.len, 0); /* metadata to who makes indexes */
    warc_plan_index(&out, &plan, true);
    assert_true(out.len > 0);
    warc_buf_done(&out);
    warc_plan_done(&plan);
}

static void an_unchanged_page_becomes_a_revisit(void **state)
{
    const struct warc_page page = {.origin = PL_S("o"), .uri = PL_S("http://a.example/"), .date = PL_S("2026-05-04T10:11:12Z"),
                                   .response = PL_S("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n"), .fetch_ms = -1, .status = 304,
                                   .earlier_digest = PL_S("sha1:7GOYX2MWZGKHHOQZ4YVNFTZY4GVFH7PP"),
                                   .earlier_date = PL_S("2026-05-03T10:11:12Z")};
    struct warc_plan plan = {0};
    struct warc_buf out = {0};

    (void)state;
    assert_int_equal(warc_plan(&plan, &page, WARC_SHA1), PL_OK);
    assert_int_equal(plan.kind, WARC_REVISIT);
    warc_make(&out, &plan, WARC_REVISIT);
    same(&out, "WARC/1.1\r\n"
         "WARC-Type: revisit\r\n"
         "WARC-Record-ID: <urn:uuid:0d4fdfc2-2fc5-813d-ad56-f04f14d65095>\r\n"
         "WARC-Date: 2026-05-04T10:11:12Z\r\n"
         "WARC-Target-URI: http://a.example/\r\n"
         "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/server-not-modified\r\n"
         "WARC-Payload-Digest: sha1:7GOYX2MWZGKHHOQZ4YVNFTZY4GVFH7PP\r\n"
         "WARC-Refers-To-Target-URI: http://a.example/\r\n"
         "WARC-Refers-To-Date: 2026-05-03T10:11:12Z\r\n"
         "WARC-Block-Digest: sha1:QUTD7WBMRY4YDZAN5GTTFPYXRVDLX6SU\r\n"
         "Content-Type: application/http;msgtype=response\r\n"
         "Content-Length: 40\r\n"
         "\r\n"
         "HTTP/1.1 304 Not Modified\r\n"
         "ETag: \"a\"\r\n"
         "\r\n"
         "\r\n"
         "\r\n");
    warc_plan_done(&plan);
}

/* The same page of the same run has the same ids; another kind, date, address or origin has others. */
static void ids_follow_from_the_page(void **state)
{
    struct warc_page page = page_of(&ferry);
    struct warc_plan a = {0}, b = {0};

    (void)state;
    assert_int_equal(warc_plan(&a, &page, WARC_SHA1), PL_OK);
    assert_int_equal(warc_plan(&b, &page, WARC_SHA1), PL_OK);
    assert_memory_equal(a.id, b.id, sizeof a.id);
    assert_int_equal(a.id[6] >> 4, 8);
    assert_int_equal(a.id[8] >> 6, 2);
    pl_str *part[] = {&page.origin, &page.uri, &page.date};
    for (size_t i = 0; i < 3; i++) {
        const pl_str old = *part[i];
        *part[i] = i == 2 ? PL_S("2026-05-04T12:11:13Z") : PL_S("http://other.example/");
        assert_int_equal(warc_plan(&b, &page, WARC_SHA1), PL_OK);
        assert_memory_not_equal(a.id, b.id, 16);
        *part[i] = old;
    }
    warc_plan_done(&a);
    warc_plan_done(&b);
}

static void heads_agree_with_the_payload(void **state)
{
    static const struct {
        const char *raw;
        uint64_t payload;
        bool encoded, keep;
        const char *wanted; /* NULL: it is no head */
    } row[] = {
        {"HTTP/1.1 200 OK\r\nA: b\r\n\r\nrest", 5, 0, 0, "HTTP/1.1 200 OK\r\nA: b\r\n\r\n"},
        {"HTTP/1.1 200 OK\nA: b\n", 5, 0, 0, "HTTP/1.1 200 OK\r\nA: b\r\n\r\n"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 5, 0, 0, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", 5, 0, 0,
         "HTTP/1.1 200 OK\r\nX-Archive-Orig-Content-Length: 7\r\nContent-Length: 5\r\n\r\n"},
        {"HTTP/1.1 200 OK\r\ncontent-length : 5\r\nContent-Length: 5\r\n\r\n", 5, 0, 0,
         "HTTP/1.1 200 OK\r\ncontent-length : 5\r\nX-Archive-Orig-Content-Length: 5\r\n\r\n"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", 5, 0, 1, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n", 5, 0, 0,
         "HTTP/1.1 200 OK\r\nX-Archive-Orig-Transfer-Encoding: chunked\r\nX-Archive-Orig-Content-Encoding: gzip\r\n"
         "Content-Length: 5\r\n\r\n"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n", 5, 1, 0,
         "HTTP/1.1 200 OK\r\nX-Archive-Orig-Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\n"},
        {"HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\n\r\n", 5, 0, 0, "HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\n\r\n"},
        {"HTTP/3 404\r\n\r\n", 0, 0, 0, "HTTP/1.1 404\r\n\r\n"},
        {"HTTP/1.1 200 O\rK\r\nA: b\r\r\n\r\n", 0, 0, 0, "HTTP/1.1 200 O K\r\nA: b\r\n\r\n"},
        {"ICY 200 OK\r\n\r\n", 0, 0, 0, NULL},
        {"", 0, 0, 0, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const struct warc_http h = {text_of(row[i].raw), row[i].payload, row[i].encoded, row[i].keep};
        struct warc_buf out = {0};
        assert_int_equal(warc_http_response(&out, &h), row[i].wanted != NULL);
        same(&out, row[i].wanted ? row[i].wanted : "");
    }
}

static void dates_become_utc(void **state)
{
    static const char *const row[][2] = {
        {"2026-05-04T10:11:12Z", "2026-05-04T10:11:12Z"},
        {"2026-05-04T10:11:12.123456789123Z", "2026-05-04T10:11:12.123456789Z"},
        {"2026-05-04 10:11:12+02:00", "2026-05-04T08:11:12Z"},
        {"2026-01-01T00:30-0130", "2026-01-01T02:00:00Z"},
        {"2026-01-01T00:30:00+01", "2025-12-31T23:30:00Z"},
        {"2026-05-04", NULL},
        {"2026-13-04T10:11:12Z", NULL},
        {"2026-02-29T10:11:12Z", NULL},
        {"1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"},
        {"1900-02-29T10:11:12Z", NULL},
        {"1904-02-29T10:11:12-02:00", "1904-02-29T12:11:12Z"},
        {"2026-05-04T10:11:12 GMT", NULL},
        {"2026-05-04T10:11:12Z\r\nX: y", NULL},
        {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char out[40] = "";
        assert_int_equal(warc_date(text_of(row[i][0]), out), row[i][1] != NULL);
        if (row[i][1])
            assert_string_equal(out, row[i][1]);
    }
}

/* What surt.surt() of the Python package makes of them. */
static void keys_are_those_of_others(void **state)
{
    static const char *const row[][2] = {
        {"http://www2.Example.COM:8080/a/./b/../c//d/?B=2&a=1&a&a=", "com,example:8080)/a/c/d?a&a=&a=1&b=2"},
        {"https://example.com:443/", "com,example)/"},
        {"http://example.com?x=1#y", "com,example)/?x=1"},
        {"http://10.0.258/", "2,1,0,10)/"},
        {"http://2130706433/x", "1,0,0,127)/x"},
        {"http://e.com/%2541%20b", "com,e)/a%20b"},
        {"http://ex.com/(a(4hqa0555fwsecu455xqckv45)S(4hqa0555fwsecu455xqckv45))/mileg.aspx", "com,ex)/mileg.aspx"},
        {"http://ex.com/(4hqa0555fwsecu455xqckv45)/mileg.aspx", "com,ex)/mileg.aspx"},
        {"http://ex.com/?x=1&jsessionid=0123456789abcdefABCDEF0123456789&y=2", "com,ex)/?x=1&y=2"},
        {"http://e.com/?cfid=1&cftoken=2&x=3", "com,e)/?x=3"},
        {"http://m\xc3\xbcller.example/\xc3\xbc", "example,xn--mller-kva)/%c3%bc"},
        {"http://https://a.example/", "example,a)/"},
        {"http:////a.example/b", "example,a)/b"},
        {"file:///a/B", "file:/a/b"},
        {"dns:www.example.com", "dns:www.example.com"},
        {"example.com/x", "com,example)/x"},
        {"http://a.example:99999/", "http://a.example:99999/"},
        {"http://[::1]:81/x", "::1:81)/x"},
        {"filedesc:a", "filedesc:a"},
        {"", "-"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct warc_buf out = {0};
        warc_surt(&out, text_of(row[i][0]));
        same(&out, row[i][1]);
    }
}

static void lines_are_written_and_read(void **state)
{
    const struct warc_cdxj c = {.uri = PL_S("http://a.example/\"\\\n\xc3\xa9\xf0\x9f\x98\x80\x7f"), .date = PL_S("2026-05-04T10:11:12.5Z"),
                                .mime = PL_S("text/html"), .digest = PL_S("sha1:A")};
    struct warc_buf begun = {0}, line = {0}, text = {0};
    struct warc_cdxj back;
    uint64_t offset;
    pl_str name;

    (void)state;
    warc_cdxj_begin(&begun, &c);
    warc_cdxj_end(&line, warc_buf_view(&begun), 5, 1234567890123, PL_S("a.warc.gz"));
    assert_true(warc_cdxj_read(warc_buf_view(&line), &text, &back, &offset, &name));
    assert_int_equal(back.uri.len, c.uri.len);
    assert_memory_equal(back.uri.ptr, c.uri.ptr, c.uri.len);
    assert_memory_equal(back.date.ptr, "2026-05-04T10:11:12Z", 20);
    assert_null(back.status.ptr);
    assert_int_equal(offset, 1234567890123);
    assert_int_equal(name.len, 9);
    same(&line, "example,a)/\"\\%c3%a9%f0%9f%98%80%7f 20260504101112 {\"url\": \"http://a.example/\\\"\\\\\\n\\u00e9\\ud83d\\ude00\\u007f\", "
                "\"mime\": \"text/html\", \"digest\": \"sha1:A\", \"length\": \"5\", \"offset\": \"1234567890123\", \"filename\": \"a.warc.gz\"}\n");
    assert_false(warc_cdxj_read(PL_S("com,a)/ 2026 {}"), &text, &back, &offset, &name));
    assert_false(warc_cdxj_read(PL_S("com,a)/ 20260504101112 {\"url\": \"x"), &text, &back, &offset, &name));
    warc_buf_done(&begun);
    warc_buf_done(&text);
}

static int collect(void *arg, pl_str line)
{
    warc_buf_add(arg, line);
    return PL_OK;
}

/* In memory and in runs: the same lines in the same order, each once. */
static void lines_are_sorted(void **state)
{
    struct warc_buf out[2] = {{0}};

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        struct warc_sorter s = {.folder = ".", .most = k ? 1000 : 0};
        char line[32], before[32] = "";
        size_t n = 0;
        for (uint32_t i = 0, x = 7; i < 5000; i++, x = x * 1664525 + 1013904223) {
            snprintf(line, sizeof line, "%u %s\n", x >> 20, i % 3 ? "a" : "bb");
            assert_int_equal(warc_sorter_add(&s, text_of(line)), PL_OK);
        }
        assert_int_equal(s.n_runs > 10, k);
        assert_int_equal(warc_sorter_write(&s, collect, &out[k]), PL_OK);
        for (const char *p = out[k].at; p < out[k].at + out[k].len; n++) {
            const size_t len = strcspn(p, "\n");
            snprintf(line, sizeof line, "%.*s", (int)len, p);
            assert_true(strcmp(before, line) < 0);
            snprintf(before, sizeof before, "%s", line);
            p += len + 1;
        }
        assert_in_range(n, 2000, 4999);
        warc_sorter_done(&s);
    }
    assert_int_equal(out[0].len, out[1].len);
    assert_memory_equal(out[0].at, out[1].at, out[0].len);
    warc_buf_done(&out[0]);
    warc_buf_done(&out[1]);
}

static void digests_are_read(void **state)
{
    uint8_t digest[WARC_DIGEST_MOST];
    char text[WARC_DIGEST_TEXT];
    size_t n;

    (void)state;
    assert_int_equal(warc_digest_read(PL_S("sha1:7GOYX2MWZGKHHOQZ4YVNFTZY4GVFH7PP"), digest, &n), WARC_SHA1);
    assert_int_equal(warc_digest_text(WARC_SHA1, digest, n, text), 37);
    assert_string_equal(text, "sha1:7GOYX2MWZGKHHOQZ4YVNFTZY4GVFH7PP");
    assert_int_equal(warc_digest_read(PL_S("sha256:4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ===="), digest, &n), WARC_SHA256);
    warc_digest_text(WARC_SHA256, digest, n, text);
    assert_string_equal(text, "sha256:4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ====");
    assert_int_equal(warc_digest_read(PL_S("md5:d41d8cd98f00b204e9800998ecf8427e"), digest, &n), WARC_MD5);
    assert_int_equal(warc_digest_read(PL_S("sha1:z63rEhCCBP7YH3WDqUv9stXFfxs="), digest, &n), WARC_SHA1);
    warc_digest_text(WARC_SHA1, digest, n, text);
    assert_string_equal(text, "sha1:Z6W6WEQQQICP5WA7OWB2SS75WLK4K7Y3");
    assert_int_equal(warc_digest_read(PL_S("sha1:7GOYX"), digest, &n), WARC_UNKNOWN);
    assert_int_equal(warc_digest_read(PL_S("sha1"), digest, &n), WARC_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_becomes_these_records), cmocka_unit_test(a_file_becomes_a_resource),
        cmocka_unit_test(an_unchanged_page_becomes_a_revisit),
        cmocka_unit_test(what_cannot_be_read_back_is_refused), cmocka_unit_test(ids_follow_from_the_page),
        cmocka_unit_test(heads_agree_with_the_payload), cmocka_unit_test(dates_become_utc),
        cmocka_unit_test(keys_are_those_of_others), cmocka_unit_test(lines_are_written_and_read),
        cmocka_unit_test(lines_are_sorted), cmocka_unit_test(digests_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
