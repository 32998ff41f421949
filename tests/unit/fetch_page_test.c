/* fetch_page_test.c - the text of an HTTP payload: what is believed, what is a page, and how large it may become. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <zlib.h>

#include "fetch_page.h"

#define PAGE "<html><title>Ferry</title><p>The ferry is late.</p></html>"

enum { ALL = 1 << 24 };

static pl_str str(const char *s)
{
    return s ? (pl_str){s, strlen(s)} : (pl_str){NULL, 0};
}

static pl_str packed(pl_str in, int window, unsigned char *to, size_t cap)
{
    z_stream z = {.next_in = (z_const Bytef *)(uintptr_t)in.ptr, .avail_in = (uInt)in.len, .next_out = to, .avail_out = (uInt)cap};

    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return (pl_str){(const char *)to, cap - z.avail_out};
}

enum form { PLAIN, GZIP, ZLIB, HALF /* of gzip */, GZIP_TWICE };

static const struct row {
    const char *text;
    enum form form;
    const char *encoding, *type, *name;
    bool cut;
    enum page_result result;
    enum kind kind;
    const char *says; /* text that comes, or a part of the message */
} rows[] = {
    {PAGE, PLAIN, NULL, "text/html", "", false, PAGE_OK, KIND_HTML, PAGE},
    {PAGE, GZIP, "gzip", "text/html; charset=utf-8", "", false, PAGE_OK, KIND_HTML, PAGE},
    {PAGE, ZLIB, "deflate", "text/html", "", false, PAGE_OK, KIND_HTML, PAGE},
    {PAGE, GZIP_TWICE, "gzip, gzip", "text/html", "", false, PAGE_OK, KIND_HTML, PAGE},
    /* sent as a file of gzip data, and encoded as well */
    {PAGE, GZIP, NULL, "text/html", "", false, PAGE_OK, KIND_HTML, PAGE},
    {PAGE, GZIP_TWICE, "gzip", "text/html", "", false, PAGE_OK, KIND_HTML, PAGE},
    {PAGE, HALF, NULL, "text/html", "", false, PAGE_NOT_TEXT, KIND_HTML, "this is no text"},
    {PAGE, HALF, NULL, "text/html", "", true, PAGE_OK, KIND_HTML, NULL},
    /* what came undone under a head that names it still */
    {PAGE, PLAIN, "gzip", "text/html", "", false, PAGE_OK, KIND_HTML, PAGE},
    {PAGE, PLAIN, "zstd", "text/html", "", false, PAGE_OK, KIND_HTML, PAGE},
    {"\x01\x02\x03\x04\x05\x06", PLAIN, "gzip", "text/html", "", false, PAGE_ENCODING, KIND_HTML, "Content-Encoding 'gzip'"},
    {"\x01\x02\x03\x04\x05\x06", PLAIN, "zstd", "text/html", "", false, PAGE_ENCODING, KIND_HTML, "'zstd' is not known here"},
    {PAGE, HALF, "gzip", "text/html", "", false, PAGE_TRUNCATED, KIND_HTML, "ends too soon"},
    {PAGE, HALF, "gzip", "text/html", "", true, PAGE_OK, KIND_HTML, NULL},
    {"", PLAIN, NULL, "text/html", "", false, PAGE_EMPTY, KIND_HTML, "nothing is in it"},
    {"", PLAIN, "gzip", "text/html", "", false, PAGE_EMPTY, KIND_HTML, "nothing is in it"},
    {"\x89PNG\r\n<html>", PLAIN, "gzip", "text/html", "", false, PAGE_ENCODING, KIND_HTML, "Content-Encoding 'gzip'"},
    {"", GZIP, "gzip", "text/html", "", false, PAGE_EMPTY, KIND_HTML, "nothing is in it"},
    /* by Content-Type, by name, by bytes */
    {PAGE, PLAIN, NULL, "picture", "", false, PAGE_OK, KIND_HTML, PAGE},
    {PAGE, PLAIN, NULL, "image/png", "", false, PAGE_NOT_TEXT, KIND_HTML, "'image/png'"},
    {"\x89PNG\r\n\x1a\n", PLAIN, NULL, "text/html", "", false, PAGE_NOT_TEXT, KIND_HTML, "this is no text"},
    {"The ferry.", PLAIN, NULL, "TEXT/HTML ; charset=utf-8", "", false, PAGE_OK, KIND_HTML, "The ferry."},
    {"The ferry.", PLAIN, NULL, "text/plain", "/a.html", false, PAGE_OK, KIND_TEXT, "The ferry."},
    {"The ferry.", PLAIN, NULL, NULL, "/a.html", false, PAGE_OK, KIND_HTML, "The ferry."},
    {"The ferry.", PLAIN, NULL, "application/octet-stream", "/a.html", false, PAGE_OK, KIND_TEXT, "The ferry."},
    {"The ferry.", PLAIN, NULL, NULL, "/a", false, PAGE_OK, KIND_TEXT, "The ferry."},
    {"{\"a\": 1}", PLAIN, NULL, NULL, "/a", false, PAGE_NOT_TEXT, KIND_TEXT, "this is JSON"},
    {"{\"a\": 1}", PLAIN, NULL, "text/plain", "/a", false, PAGE_OK, KIND_TEXT, "{\"a\": 1}"},
    {"<rss/>", PLAIN, NULL, "text/xml", "", false, PAGE_OTHER, KIND_TEXT, "XML that is no page"},
    {"<?xml version='1.0'?>" PAGE, PLAIN, NULL, "application/xml", "", false, PAGE_OK, KIND_HTML, "<?xml version='1.0'?>" PAGE},
    {"<p>caf\xe9 noir", PLAIN, NULL, "text/html; charset=iso-8859-1", "", false, PAGE_OK, KIND_HTML, "<p>caf\303\251 noir"},
};

static void all_rows(void **state)
{
    static unsigned char buffer[2][4096];
    struct page_maker m = {0};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *r = &rows[i];
        struct page_in in = {.payload = str(r->text), .encoding = str(r->encoding), .content_type = str(r->type),
                             .name = str(r->name), .cut = r->cut, .max = ALL, .ratio = 100};
        struct page_out out;
        if (r->form != PLAIN)
            in.payload = packed(in.payload, r->form == ZLIB ? 15 : 15 + 16, buffer[0], sizeof buffer[0]);
        if (r->form == GZIP_TWICE)
            in.payload = packed(in.payload, 15 + 16, buffer[1], sizeof buffer[1]);
        if (r->form == HALF)
            in.payload.len -= 20;
        const enum page_result result = page_make(&m, &in, &out);
        if (result != r->result)
            fail_msg("row %zu: %d, not %d: %s", i, (int)result, (int)r->result, out.message);
        if (result != PAGE_OK) {
            if (!strstr(out.message, r->says))
                fail_msg("row %zu: '%s' has no '%s'", i, out.message, r->says);
            continue;
        }
        assert_int_equal(out.kind, r->kind);
        assert_true(out.text.text.len > 0);
        if (r->says) {
            assert_int_equal(out.text.text.len, strlen(r->says));
            assert_memory_equal(out.text.text.ptr, r->says, strlen(r->says));
        }
        assert_true(out.same == (out.text.text.ptr == in.payload.ptr));
    }
    page_maker_done(&m);
}

/* By a content encoding, and as a file: past `max`, and past the ratio, which counts from 1 MB on. */
static void growth(void **state)
{
    static const struct {
        size_t size, max;
        unsigned ratio;
        const char *says; /* NULL: it may be */
    } sizes[] = {
        {1 << 20, ALL, 100, NULL},
        {(1 << 20) + 1, ALL, 100, "more than 100 times its "},
        {3 << 20, ALL, 0, NULL},
        {3 << 20, ALL, 2000, NULL},
        {3 << 20, 2 << 20, 0, "more than 2097152 bytes"},
        {3 << 20, 2 << 20, 2000, "more than 2097152 bytes"},
        {1 << 20, 1 << 19, 100, "more than 524288 bytes"},
    };
    static unsigned char buffer[1 << 16];
    struct page_maker m = {0};
    char *text = malloc(3 << 20);

    (void)state;
    assert_non_null(text);
    memset(text, 'a', 3 << 20);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const pl_str payload = packed((pl_str){text, sizes[i].size}, 15 + 16, buffer, sizeof buffer);
        for (int encoded = 0; encoded < 2; encoded++) {
            const struct page_in in = {.payload = payload, .encoding = str(encoded ? "gzip" : NULL), .content_type = str("text/html"),
                                       .max = sizes[i].max, .ratio = sizes[i].ratio};
            struct page_out out;
            assert_int_equal(page_make(&m, &in, &out), sizes[i].says ? PAGE_TOO_LARGE : PAGE_OK);
            if (sizes[i].says)
                assert_non_null(strstr(out.message, sizes[i].says));
            else
                assert_int_equal(out.text.text.len, sizes[i].size);
        }
    }
    free(text);
    page_maker_done(&m);
}

static void codes(void **state)
{
    (void)state;
    assert_string_equal(page_code(PAGE_EMPTY), "empty");
    assert_string_equal(page_code(PAGE_TOO_LARGE), "too-large");
    assert_string_equal(page_code(PAGE_TRUNCATED), "truncated");
    assert_string_equal(page_code(PAGE_ENCODING), "bad-encoding");
    assert_string_equal(page_code(PAGE_NOT_TEXT), "not-text");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_rows),
        cmocka_unit_test(growth),
        cmocka_unit_test(codes),
    };

    decoder_init();
    return cmocka_run_group_tests_name("fetch_page", tests, NULL, NULL);
}
