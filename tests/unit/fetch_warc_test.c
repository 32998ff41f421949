/* fetch_warc_test.c - the pages of WARC files of any make, and going on within them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <zlib.h>

#include "fetch_warc.h"

enum { MAX_RECORD = 100000 };

#define HTTP(STATUS, FIELDS, BODY) "HTTP/1.1 " STATUS "\r\n" FIELDS "\r\n" BODY
#define HTML "Content-Type: text/html; charset=utf-8\r\n"
#define LATE "<p>The ferry was late.</p>"

/* Type, address, more fields, Content-Type, block. */
static const struct made {
    const char *type, *uri, *fields, *content_type, *block;
} sample[] = {
    {"warcinfo", NULL, "", "application/warc-fields", "software: by hand\r\n"},
    {"request", "https://harbour.example/", "", "application/http", "GET / HTTP/1.1\r\n\r\n"},
    {"response", "https://harbour.example/", "WARC-IP-Address: 192.0.2.1\r\n", "application/http", HTTP("200 OK", HTML, LATE)},
    {"response", "https://harbour.example/gone", "", "application/http", HTTP("404 Not Found", HTML, "Not here")},
    {"response", "https://harbour.example/ferry.png", "", "application/http", HTTP("200 OK", "Content-Type: image/png\r\n", "\x89PNG")},
    {"response", "https://harbour.example/robots.txt", "", "application/http",
     HTTP("200 OK", "Content-Type: text/plain\r\n", "Allow: /")},
    {"response", "dns:harbour.example", "", "text/dns", "20260504101112\nharbour.example. 60 IN A 192.0.2.1\n"},
    {"response", "https://harbour.example/2", "WARC-Truncated: length\r\n", "application/http",
     HTTP("200 OK", HTML "Transfer-Encoding: chunked\r\n", "a\r\n<p>The fer\r\n5;x=y\r\nry wa\r\n8\r\ns l")},
    {"response", "https://harbour.example/3", "", "application/http; msgtype=response",
     HTTP("200 OK", HTML "Transfer-Encoding: chunked\r\n", "a\r\n<p>The fer\r\n5;x=y\r\nry wa\r\nb\r\ns late.</p>\r\n0\r\n\r\n")},
    {"response", "https://harbour.example/4", "", "application/http",
     HTTP("200 OK", HTML "Transfer-Encoding: chunked\r\n", LATE)}, /* it is not */
    {"revisit", "https://harbour.example/5", "", "application/http", HTTP("200 OK", HTML, "")},
    {"resource", "<https://harbour.example/6>", "", "text/html", LATE},
    {"resource", "metadata://tool/log", "", "text/plain", "all well"},
    {"conversion", "https://harbour.example/6", "", "text/plain", "The ferry was late."},
    {"metadata", "https://harbour.example/6", "", "application/warc-fields", "a: b\r\n"},
    {"response", "https://harbour.example/7", "", "application/http", HTTP("200 OK", HTML "Content-Encoding: br\r\n", "\x0b\x02")},
    {"response", "https://harbour.example/8", "", "application/http", HTTP("200 OK", "", "")},
};
enum { N_SAMPLE = sizeof sample / sizeof *sample };

/* What comes of it: 1-based place among the records in brackets becomes its position. */
static const char pages[] = "[3] https://harbour.example/ 2026-05-04T10:11:12Z 200 text/html; charset=utf-8 192.0.2.1  26\n"
                            "[8] https://harbour.example/2 2026-05-04T10:11:12Z 200 text/html; charset=utf-8  length 18\n"
                            "[9] https://harbour.example/3 2026-05-04T10:11:12Z 200 text/html; charset=utf-8   26\n"
                            "[10] https://harbour.example/4 2026-05-04T10:11:12Z 200 text/html; charset=utf-8   26\n"
                            "[12] https://harbour.example/6 2026-05-04T10:11:12Z 0 text/html   26\n"
                            "[16] https://harbour.example/7 2026-05-04T10:11:12Z 200 text/html; charset=utf-8   2 encoded\n"
                            "[17] https://harbour.example/8 2026-05-04T10:11:12Z 200    0\n";

struct file {
    unsigned char at[1 << 18];
    size_t len;
    uint64_t place[N_SAMPLE + 1]; /* what position each record is to have */
};

struct source {
    const struct file *file;
    size_t at, most;
};

static ptrdiff_t read_file(void *arg, void *to, size_t n)
{
    struct source *s = arg;
    const size_t left = s->file->len - s->at;

    n = n < left ? n : left;
    n = n < s->most ? n : s->most;
    memcpy(to, s->file->at + s->at, n);
    s->at += n;
    return (ptrdiff_t)n;
}

static size_t put_record(char *to, size_t cap, const struct made *m)
{
    char uri[256] = "";
    const size_t len = strlen(m->block);

    if (m->uri)
        snprintf(uri, sizeof uri, "WARC-Target-URI: %s\r\n", m->uri);
    const int n = snprintf(to, cap, "WARC/1.0\r\nWARC-Type: %s\r\n%sWARC-Date: 2026-05-04T10:11:12Z\r\n"
                           "WARC-Record-ID: <urn:uuid:1>\r\n%sContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s\r\n\r\n",
                           m->type, uri, m->fields, m->content_type, len, m->block);
    assert_true((size_t)n < cap);
    return (size_t)n;
}

/* `each` records a gzip member; 0: all in one; -1: not compressed. */
static void make_file(struct file *f, const struct made *m, size_t n_records, int each)
{
    static char text[1 << 18];
    size_t n = 0;
    uint64_t k = 0;
    z_stream z = {0};

    f->len = 0;
    for (size_t i = 0; i < n_records; i++) {
        const bool first = each < 0 || n == 0;
        f->place[i] = first ? f->len : f->place[i - 1] + 1;
        n += put_record(text + n, sizeof text - n, &m[i]);
        k++;
        if (i + 1 < n_records && each >= 0 && (each == 0 || k % (uint64_t)each != 0))
            continue;
        if (each < 0) {
            memcpy(f->at + f->len, text, n);
            f->len += n;
        } else {
            assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
            z.next_in = (z_const Bytef *)text;
            z.avail_in = (uInt)n;
            z.next_out = f->at + f->len;
            z.avail_out = (uInt)(sizeof f->at - f->len);
            assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
            f->len = sizeof f->at - z.avail_out;
            deflateEnd(&z);
        }
        n = 0;
    }
}

static size_t tell(const struct warc_page *p, enum warc_came came, char *to, size_t cap)
{
    int n;

    if (came == WARC_CAME_FAULT)
        n = snprintf(to, cap, "%llu !%s %s\n", (unsigned long long)p->position, p->code, p->message);
    else
        n = snprintf(to, cap, "%llu %.*s %s %d %.*s %.*s %.*s %zu%s\n", (unsigned long long)p->position, (int)p->url.len,
                     p->url.ptr, p->date, p->status, (int)p->content_type.len, p->content_type.ptr, (int)p->ip.len, p->ip.ptr,
                     (int)p->truncated.len, p->truncated.ptr, p->payload.len, p->encoded ? " encoded" : "");
    assert_true((size_t)n < cap);
    return (size_t)n;
}

/* Items until `most` came (-1: all); where it stands then, in *line and *offset. */
static int read_items(const struct file *f, size_t piece, int most, uint64_t *line, uint64_t *offset, char *to, size_t cap,
                      uint64_t passed[N_WARC_PASSED])
{
    struct source from = {f, (size_t)*offset, piece};
    struct warc_source s = {.verify = true};
    enum warc_came came = WARC_CAME_BUSY;
    struct warc_page p;
    size_t n = 0;
    int items = 0;

    to[0] = 0;
    assert_int_equal(warc_source_begin(&s, "a.warc", read_file, &from, MAX_RECORD, *line, *offset), PL_OK);
    while (came != WARC_CAME_END && items != most) {
        came = warc_source_next(&s, &p);
        assert_int_not_equal(came, WARC_CAME_NOMEM);
        if (came == WARC_CAME_PAGE || came == WARC_CAME_FAULT) {
            n += tell(&p, came, to + n, cap - n);
            items++;
        }
    }
    for (int i = 0; passed && i < N_WARC_PASSED; i++)
        passed[i] += s.passed[i];
    warc_source_place(&s, line, offset);
    warc_source_done(&s);
    return items;
}

/* Puts the positions in. */
static void wanted_of(const struct file *f, char *to, size_t cap)
{
    size_t n = 0;

    for (const char *p = pages; *p;) {
        char *end;
        const unsigned long i = strtoul(p + 1, &end, 10);
        const char *line = strchr(end, '\n');
        n += (size_t)snprintf(to + n, cap - n, "%llu%.*s", (unsigned long long)f->place[i - 1], (int)(line - end), end + 1);
        assert_true(n < cap);
        p = line + 1;
    }
}

static const int layouts[] = {-1, 0, 1, 2, 3};
enum { N_LAYOUTS = sizeof layouts / sizeof *layouts };

static void pages_of_all_layouts(void **state)
{
    static struct file f;
    static char got[1 << 14], wanted[1 << 14];
    static const size_t pieces[] = {SIZE_MAX, 1000, 7};

    (void)state;
    for (size_t i = 0; i < N_LAYOUTS; i++) {
        make_file(&f, sample, N_SAMPLE, layouts[i]);
        wanted_of(&f, wanted, sizeof wanted);
        for (size_t j = 0; j < sizeof pieces / sizeof *pieces; j++) {
            uint64_t line = 0, offset = 0, passed[N_WARC_PASSED] = {0};
            read_items(&f, pieces[j], -1, &line, &offset, got, sizeof got, passed);
            assert_string_equal(got, wanted);
            assert_int_equal(passed[WARC_PASSED_STATUS], 1);
            assert_int_equal(passed[WARC_PASSED_TYPE], 4);
            assert_int_equal(passed[WARC_PASSED_REVISIT], 1);
            assert_int_equal(passed[WARC_PASSED_CONVERSION], 1);
            assert_int_equal(passed[WARC_PASSED_OTHER], 3);
        }
    }
}

/* Left after each item, and gone on with: the same items, and the same counted. */
static void check_resumed(const struct file *f)
{
    static char whole[1 << 16], parts[1 << 16];
    uint64_t line = 0, offset = 0, all[N_WARC_PASSED] = {0};
    const int items = read_items(f, SIZE_MAX, -1, &line, &offset, whole, sizeof whole, all);

    for (int stop = 0; stop <= items; stop++) {
        uint64_t passed[N_WARC_PASSED] = {0};
        line = offset = 0;
        read_items(f, SIZE_MAX, stop, &line, &offset, parts, sizeof parts, passed);
        const size_t n = strlen(parts);
        read_items(f, SIZE_MAX, -1, &line, &offset, parts + n, sizeof parts - n, passed);
        assert_string_equal(parts, whole);
        assert_memory_equal(passed, all, sizeof all);
    }
}

static void resumed(void **state)
{
    static struct file f;

    (void)state;
    for (size_t i = 0; i < N_LAYOUTS; i++) {
        make_file(&f, sample, N_SAMPLE, layouts[i]);
        check_resumed(&f);
    }
}

/* A byte changed anywhere, and a file cut anywhere: it is told, or nothing is amiss, and going on is exact. */
static void damaged(void **state)
{
    static struct file f, g;
    static char got[1 << 16];

    (void)state;
    for (size_t i = 0; i < N_LAYOUTS; i++) {
        make_file(&f, sample, N_SAMPLE, layouts[i]);
        for (size_t at = 1; at < f.len; at += 41) {
            g = f;
            g.at[at] ^= 0x11;
            check_resumed(&g);
            g = f;
            g.len = at;
            check_resumed(&g);
            if (layouts[i] == 1) {
                uint64_t line = 0, offset = 0;
                g = f;
                g.at[at] ^= 0xff;
                read_items(&g, SIZE_MAX, -1, &line, &offset, got, sizeof got, NULL);
                /* at most one page is lost */
                int n = 0;
                for (const char *p = got; (p = strstr(p, "https:")); p++)
                    n++;
                assert_true(n >= 6);
            }
        }
    }
}

static void a_fault_names_its_place(void **state)
{
    static struct file f;
    char got[4096], wanted[256];
    uint64_t line = 0, offset = 0;

    (void)state;
    make_file(&f, sample + 2, 1, -1);
    f.len -= 10;
    read_items(&f, SIZE_MAX, -1, &line, &offset, got, sizeof got, NULL);
    assert_string_equal(got, "0 !bad-warc a.warc: byte 0: the record that begins here is cut off: 6 of its 85 bytes are missing\n");
    make_file(&f, sample, 3, 1);
    f.at[f.place[2] + 30] ^= 0xff;
    line = offset = 0;
    read_items(&f, SIZE_MAX, -1, &line, &offset, got, sizeof got, NULL);
    snprintf(wanted, sizeof wanted, "%llu !bad-warc a.warc: byte ", (unsigned long long)f.place[2]);
    assert_true(strncmp(got, wanted, strlen(wanted)) == 0 || strstr(got, "!bad-warc"));
}

static void digests(void **state)
{
    static const struct {
        const char *fields, *http, *outcome;
    } cases[] = {
        /* printf '<p>The ferry was late.</p>' | openssl sha1 -binary | base32 */
        {"WARC-Payload-Digest: sha1:%s\r\n", HTTP("200 OK", HTML, LATE), "left"},
        {"WARC-Payload-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n", HTTP("200 OK", HTML, LATE), "left"},
        {"WARC-Block-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n", HTTP("200 OK", HTML, LATE), "left"},
        {"WARC-Block-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n",
         HTTP("200 OK", HTML "Transfer-Encoding: chunked\r\n", "1\r\na\r\n0\r\n\r\n"), "bad-digest"},
        {"WARC-Payload-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n",
         HTTP("200 OK", HTML "Transfer-Encoding: chunked\r\n", "1\r\na\r\n0\r\n\r\n"), "left"},
        /* printf '1\r\na\r\n0\r\n\r\n' | openssl sha1 -binary | base32 */
        {"WARC-Payload-Digest: sha1:5QIIGH4EYC23RG74TLCA7RFPUCY53P2P\r\n",
         HTTP("200 OK", HTML "Transfer-Encoding: chunked\r\n", "1\r\na\r\n0\r\n\r\n"), "judged"},
        {"WARC-Truncated: time\r\nWARC-Payload-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n", HTTP("200 OK", HTML, LATE), "judged"},
    };
    static struct file f;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct made m = {"response", "https://harbour.example/", cases[i].fields, "application/http", cases[i].http};
        struct warc_source s = {.verify = true};
        struct warc_page p;
        make_file(&f, &m, 1, -1);
        struct source from = {&f, 0, SIZE_MAX};
        assert_int_equal(warc_source_begin(&s, "a.warc", read_file, &from, MAX_RECORD, 0, 0), PL_OK);
        const enum warc_came came = warc_source_next(&s, &p);
        const char *got = came == WARC_CAME_FAULT ? p.code : p.digest.ptr || p.block_digest.ptr ? "left" : "judged";
        assert_string_equal(got, cases[i].outcome);
        warc_source_done(&s);
    }
    /* of the standard's own making, and SHA-256 in hexadecimal */
    assert_true(warc_page_verify(PL_S("sha1:Q336IN72UWT7ZYK5DXOLT2XK5I3XMZ5Y"), (pl_str){NULL, 0}, PL_S("a")) ==
                warc_page_verify(PL_S("sha1:Q336IN72UWT7ZYK5DXOLT2XK5I3XMZ5Y"), PL_S("a"), (pl_str){"", 0}));
    assert_true(warc_page_verify(PL_S("sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"), PL_S(""), PL_S("a")));
    assert_false(warc_page_verify(PL_S("sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bc"), PL_S(""), PL_S("a")));
    assert_true(warc_page_verify(PL_S("blake3:abc"), PL_S(""), PL_S("a")));
    assert_false(warc_page_verify(PL_S("sha1:abc"), PL_S(""), PL_S("a")));
}

/* Text that was extracted (WET), dates of WARC/0.17, and a page that is too large. */
static void others(void **state)
{
    static struct file f;
    static char large[MAX_RECORD + 400], got[4096];
    const struct made wet[] = {sample[0], sample[13], sample[13]};
    struct made m = {"response", "https://harbour.example/", "", "application/http", large};
    uint64_t line = 0, offset = 0;

    (void)state;
    make_file(&f, wet, 3, 1);
    assert_int_equal(read_items(&f, SIZE_MAX, -1, &line, &offset, got, sizeof got, NULL), 2);
    assert_non_null(strstr(got, "https://harbour.example/6 2026-05-04T10:11:12Z 0 text/plain   19\n"));
    memset(large, 'x', sizeof large - 1);
    memcpy(large, HTTP("200 OK", HTML, ""), sizeof HTTP("200 OK", HTML, "") - 1);
    make_file(&f, &m, 1, -1);
    line = offset = 0;
    read_items(&f, SIZE_MAX, -1, &line, &offset, got, sizeof got, NULL);
    assert_string_equal(got, "0 !too-large a.warc: byte 0: the page has 100340 bytes, max_record is 100000\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_of_all_layouts), cmocka_unit_test(resumed), cmocka_unit_test(damaged),
        cmocka_unit_test(a_fault_names_its_place), cmocka_unit_test(digests), cmocka_unit_test(others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
