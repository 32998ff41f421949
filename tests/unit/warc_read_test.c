/* warc_read_test.c - reading WARC files: what is right, what others write, what is cut off or damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "warc_gz.h"
#include "warc_index.h"
#include "warc_verify.h"

struct source {
    pl_str left;
    size_t most;
};

static ptrdiff_t read_some(void *arg, void *to, size_t n)
{
    struct source *s = arg;

    n = n < s->left.len ? n : s->left.len;
    n = n < s->most ? n : s->most;
    if (n)
        memcpy(to, s->left.ptr, n);
    s->left = (pl_str){s->left.ptr + n, s->left.len - n};
    return (ptrdiff_t)n;
}

static pl_str text_of(const char *z)
{
    return (pl_str){z, strlen(z)};
}

#define HEAD(type, more, length) \
    "WARC/1.1\r\nWARC-Type: " type "\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2026-05-04T10:11:12Z\r\n" more \
    "Content-Length: " length "\r\n\r\n"
#define FERRY HEAD("resource", "WARC-Target-URI: https://harbour.example/ferry\r\n", "19") "The ferry was late.\r\n\r\n"
#define PIER HEAD("resource", "WARC-Target-URI: https://harbour.example/pier\r\n", "4") "Pier\r\n\r\n"

/* What was read, a line a record: type, address, offset, length, blocks; and the message that ended it. */
static void tell(struct warc_buf *out, pl_str bytes, size_t most, bool resync)
{
    struct source s = {bytes, most};
    struct warc_reader r;
    pl_str piece;
    int rc;

    assert_int_equal(warc_open(&r, "f", read_some, &s, 0), PL_OK);
    do {
        while ((rc = warc_next(&r)) == PL_OK) {
            warc_buf_addf(out, "%.*s %.*s ", (int)r.type.len, r.type.ptr, (int)r.uri.len, r.uri.ptr ? r.uri.ptr : "");
            while ((rc = warc_block(&r, &piece)) == PL_OK)
                warc_buf_add(out, piece);
            warc_buf_addf(out, "|%llu+%llu%s\n", (unsigned long long)r.offset, (unsigned long long)r.length, r.inside ? " inside" : "");
            if (rc == PL_ERROR)
                break;
        }
        if (rc == PL_ERROR)
            warc_buf_addf(out, "%s\n", r.message);
    } while (rc == PL_ERROR && resync && warc_resync(&r));
    warc_close(&r);
    warc_buf_byte(out, 0);
}

static void expect(pl_str bytes, bool resync, const char *wanted)
{
    for (size_t most = 1; most < 100000; most *= 7) {
        struct warc_buf out = {0};
        tell(&out, bytes, most, resync);
        assert_string_equal(out.at, wanted);
        warc_buf_done(&out);
    }
}

static void pack(struct warc_buf *out, const char *record)
{
    struct deflater d = {0};

    assert_int_equal(warc_gz_add(out, &d, DEFLATE_ZLIB, 6, text_of(record)), PL_OK);
    deflater_done(&d);
}

static void plain_files_are_read(void **state)
{
    (void)state;
    expect(text_of(FERRY PIER), false,
           "resource https://harbour.example/ferry The ferry was late.|0+183\nresource https://harbour.example/pier Pier|187+166\n");
    expect(text_of(""), false, "");
    expect(text_of("\r\n\n"), false, "");
}

static void members_are_read(void **state)
{
    struct warc_buf b = {0};
    char wanted[256];

    (void)state;
    pack(&b, FERRY);
    const size_t first = b.len;
    pack(&b, PIER);
    snprintf(wanted, sizeof wanted,
             "resource https://harbour.example/ferry The ferry was late.|0+%zu\nresource https://harbour.example/pier Pier|%zu+%zu\n",
             first, first, b.len - first);
    expect(warc_buf_view(&b), false, wanted);
    b.len = 0;
    pack(&b, FERRY PIER);
    expect(warc_buf_view(&b), false,
           "resource https://harbour.example/ferry The ferry was late.|0+0 inside\nresource https://harbour.example/pier "
           "Pier|0+0 inside\n");
    warc_buf_done(&b);
}

/* A record that does not fit the buffers comes in pieces, and the small ones behind it at once. */
static void large_records_are_read(void **state)
{
    enum { LARGE = 20 << 20 };
    struct warc_buf plain = {0}, b = {0};
    struct deflater d = {0};
    struct warc_reader r;
    uint64_t sum = 0;
    pl_str piece;
    int rc;

    (void)state;
    warc_buf_addf(&plain, HEAD("resource", "", "%d"), LARGE);
    for (uint32_t i = 0, x = 1; i < LARGE / 4; i++, x = x * 1664525 + 1013904223)
        warc_buf_add(&plain, (pl_str){(const char *)&x, 4});
    warc_buf_text(&plain, "\r\n\r\n");
    assert_int_equal(warc_gz_add(&b, &d, DEFLATE_ZLIB, 1, warc_buf_view(&plain)), PL_OK);
    deflater_done(&d);
    const size_t first = b.len;
    pack(&b, PIER);
    struct source s = {warc_buf_view(&b), SIZE_MAX};
    assert_int_equal(warc_open(&r, "f", read_some, &s, 0), PL_OK);
    assert_int_equal(warc_next(&r), PL_OK);
    while ((rc = warc_block(&r, &piece)) == PL_OK)
        sum += piece.len;
    assert_int_equal(rc, PL_EOF);
    assert_int_equal(sum, LARGE);
    assert_int_equal(r.length, first);
    assert_true(r.in.cap <= 6 << 20 && r.in.raw_cap <= 1 << 20);
    assert_int_equal(warc_next(&r), PL_OK);
    assert_int_equal(r.offset, first);
    assert_int_equal(warc_block(&r, &piece), PL_OK);
    assert_int_equal(warc_block(&r, &piece), PL_EOF);
    assert_int_equal(r.length, b.len - first);
    assert_int_equal(warc_next(&r), PL_EOF);
    warc_close(&r);
    warc_buf_done(&b);
    warc_buf_done(&plain);
}

static void what_others_write_is_read(void **state)
{
    static const char lax[] = "WARC/0.18\nWARC-TYPE:resource\nwarc-target-uri: <http://a.example/>\nX: a\n b\nContent-Length: 4\n\nPier"
                              "WARC/1.0\r\nWARC-Type: metadata\r\nContent-Length: 0\r\n\r\n";

    (void)state;
    expect(text_of(lax), false, "resource http://a.example/ Pier|0+97\nmetadata  |97+52\n");
}

static void faults_are_named(void **state)
{
    static const struct {
        const char *file, *wanted;
    } row[] = {
        {"filedesc://a.arc 0.0.0.0", "f: byte 0: expected a record (WARC/...), found 'filedesc://a.arc 0.0.0.0': an ARC file, which is "
                                     "not read\n"},
        {"\x1b[2J", "f: byte 0: expected a record (WARC/...), found '\\x1b[2J'\n"},
        {"WARC/1.1\r\nWARC-Type: resource\r\n\r\n", "f: byte 0: the record that begins here has no Content-Length\n"},
        {"WARC/1.1\r\nContent-Length: -1\r\n\r\n", "f: byte 0: the record that begins here has a Content-Length that is no number\n"},
        {"WARC/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
         "f: byte 0: the record that begins here has a Content-Length that is no number\n"},
        {"WARC/1.1\r\nContent-Le", "f: byte 0: the record that begins here is cut off in its head\n"},
        {HEAD("resource", "", "9") "Pier",
         "resource  Pier|0+0\nf: byte 0: the record that begins here is cut off: 5 of its 9 bytes are missing\n"},
        {PIER "Pier", "resource https://harbour.example/pier Pier|0+166\nf: byte 170: expected a record (WARC/...), found 'Pier'\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        expect(text_of(row[i].file), false, row[i].wanted);
}

/* Whatever is cut off: what is whole before it is read, and what is not is named, or the end is between two records. */
static void every_prefix_is_told(void **state)
{
    struct warc_buf b = {0}, out = {0};

    (void)state;
    pack(&b, FERRY);
    const size_t first = b.len;
    pack(&b, PIER);
    for (size_t n = 0; n < b.len; n++) {
        out.len = 0;
        tell(&out, (pl_str){b.at, n}, SIZE_MAX, false);
        const bool told = strstr(out.at, "f: byte ") != NULL;
        assert_int_equal(told, n != 0 && n != first);
        if (n >= first)
            assert_non_null(strstr(out.at, "The ferry was late.|0+"));
    }
    warc_buf_done(&b);
    warc_buf_done(&out);
}

/* Any byte that is changed is found, but for those that mean nothing, and the records around it are read. */
static void every_flip_is_told(void **state)
{
    struct warc_buf b = {0}, out = {0}, right = {0};
    size_t harmless = 0;

    (void)state;
    pack(&b, PIER);
    const size_t first = b.len;
    pack(&b, FERRY);
    const size_t second = b.len;
    pack(&b, PIER);
    tell(&right, warc_buf_view(&b), SIZE_MAX, true);
    for (size_t i = 0; i < b.len; i++) {
        b.at[i] ^= 0x10;
        out.len = 0;
        tell(&out, warc_buf_view(&b), SIZE_MAX, true);
        b.at[i] ^= 0x10;
        if (strcmp(out.at, right.at) == 0) {
            harmless++;
            continue;
        }
        assert_non_null(strstr(out.at, "f: byte "));
        if (i >= first && i < second)
            assert_non_null(strstr(strstr(out.at, "Pier|") + 1, "Pier|"));
        else if (!strstr(out.at, "The ferry was late.|"))
            fail_msg("byte %zu: %s", i, out.at);
    }
    assert_in_range(harmless, 3 * 6, 3 * 7); /* time, system, and the bits behind the end of deflate's data */
    warc_buf_done(&right);
    warc_buf_done(&b);
    warc_buf_done(&out);
}

static void reading_goes_on_behind_damage(void **state)
{
    struct warc_buf b = {0};
    char wanted[512];

    (void)state;
    expect(text_of("WARC/1.1\r\nX: y\r\n\r\n" PIER), true,
           "f: byte 0: the record that begins here has no Content-Length\nresource https://harbour.example/pier Pier|18+166\n");
    pack(&b, FERRY);
    const size_t first = b.len;
    warc_buf_text(&b, "\x1f\x8b\x08 no member");
    const size_t second = b.len;
    pack(&b, PIER);
    snprintf(wanted, sizeof wanted,
             "resource https://harbour.example/ferry The ferry was late.|0+%zu\nf: byte %zu: expected a gzip member (1f 8b 08), "
             "found 1f\nresource https://harbour.example/pier Pier|%zu+%zu\n",
             first, first, second, b.len - second);
    struct warc_buf out = {0};
    tell(&out, warc_buf_view(&b), SIZE_MAX, true);
    const char *behind = strstr(out.at, "resource https://harbour.example/pier");
    assert_non_null(behind);
    assert_string_equal(behind, strstr(wanted, "resource https://harbour.example/pier"));
    warc_buf_done(&out);
    warc_buf_done(&b);
}

/* Heads of members without end, each of which could be one: a test that hangs. */
static void damage_of_many_heads_is_passed(void **state)
{
    enum { HEADS = 1000, TIMES = 500 };
    struct warc_buf b = {0}, member = {0}, out = {0};
    struct deflater d = {0};
    char *large = malloc(70000);
    static const char wanted[] = "resource https://harbour.example/pier Pier|";

    (void)state;
    assert_non_null(large);
    memset(large, 'a', 70000);
    assert_int_equal(warc_gz_add(&member, &d, DEFLATE_ZLIB, 9, (pl_str){large, 70000}), PL_OK);
    pack(&b, FERRY);
    warc_buf_text(&b, "damage");
    for (int i = 0; i < TIMES; i++) {
        for (int k = 0; k < HEADS; k++)
            warc_buf_text(&b, "\x1f\x8b\x08\x08"); /* that a name follows, and the others are part of it */
        warc_buf_byte(&b, 0);
        warc_buf_add(&b, (pl_str){member.at + 10, member.len - 10});
    }
    for (int i = 0; i < (4 << 20) / 4; i++)
        warc_buf_text(&b, "\x1f\x8b\x08\x08");
    const size_t last = b.len;
    pack(&b, PIER);
    tell(&out, warc_buf_view(&b), SIZE_MAX, true);
    const char *behind = strstr(out.at, wanted);
    assert_non_null(behind);
    assert_int_equal(strtoull(behind + strlen(wanted), NULL, 10), last);
    warc_buf_done(&out);
    warc_buf_done(&member);
    warc_buf_done(&b);
    deflater_done(&d);
    free(large);
}

/* More empty lines than anybody writes: what is behind them is found, and that they were there is told. */
static void empty_lines_without_end_are_told(void **state)
{
    enum { MEMBERS = 260 };
    struct warc_buf b = {0}, member = {0}, out = {0};
    struct deflater d = {0};
    char *lines = malloc(1 << 20);

    (void)state;
    assert_non_null(lines);
    memset(lines, '\n', 1 << 20);
    assert_int_equal(warc_gz_add(&member, &d, DEFLATE_ZLIB, 9, (pl_str){lines, 1 << 20}), PL_OK);
    for (int times = 1; times <= MEMBERS; times += MEMBERS - 1) {
        b.len = out.len = 0;
        pack(&b, FERRY);
        for (int i = 0; i < times; i++)
            warc_buf_add(&b, warc_buf_view(&member));
        pack(&b, PIER);
        tell(&out, warc_buf_view(&b), SIZE_MAX, true);
        assert_non_null(strstr(out.at, "pier Pier|"));
        assert_true((strstr(out.at, "expected a record") != NULL) == (times > 1));
    }
    warc_buf_done(&out);
    warc_buf_done(&member);
    warc_buf_done(&b);
    deflater_done(&d);
    free(lines);
}

static void http_heads_are_parted(void **state)
{
    static const char file[] = HEAD("response", "Content-Type: application/http;msgtype=response\r\n", "47")
        "HTTP/1.1 404 Not Found\r\nContent-Type: a\r\n\r\nPier\r\n\r\n";
    struct source s = {text_of(file), SIZE_MAX};
    struct warc_reader r;
    pl_str piece;

    (void)state;
    assert_int_equal(warc_open(&r, "f", read_some, &s, 0), PL_OK);
    assert_int_equal(warc_next(&r), PL_OK);
    assert_true(warc_http(&r));
    assert_int_equal(r.http.len, 43);
    assert_memory_equal(warc_http_status(r.http).ptr, "404", 3);
    assert_int_equal(warc_http_status(r.http).len, 3);
    assert_memory_equal(warc_field(warc_http_fields(r.http), "content-type").ptr, "a", 1);
    assert_null(warc_field(warc_http_fields(r.http), "Content").ptr);
    assert_int_equal(warc_block(&r, &piece), PL_OK);
    assert_int_equal(piece.len, 4);
    assert_memory_equal(piece.ptr, "Pier", 4);
    assert_int_equal(warc_block(&r, &piece), PL_EOF);
    warc_close(&r);
}

static void digests_are_verified(void **state)
{
    static const struct {
        const char *file;
        enum warc_found block, payload;
        const char *message;
    } row[] = {
        {PIER, WARC_NOT_SAID, WARC_NOT_SAID, ""},
        {HEAD("resource", "WARC-Block-Digest: sha1:7GOYX2MWZGKHHOQZ4YVNFTZY4GVFH7PP\r\nWARC-Payload-Digest: "
                          "SHA1:f99d8be996c99473ba19e62ad2cf38e1aa53fdef\r\n",
              "4") "Pier\r\n\r\n",
         WARC_RIGHT, WARC_RIGHT, ""},
        {HEAD("resource", "WARC-Block-Digest: sha1:3GOYX2MWZGKHHOQZ4YVNFTZY4GVFH7PP\r\n", "4") "Pier\r\n\r\n", WARC_WRONG,
         WARC_NOT_SAID, "the block has the digest sha1:7GOYX2MWZGKHHOQZ4YVNFTZY4GVFH7PP, and says sha1:3GOYX2MWZGKHHOQZ4YVNFTZY4GVFH7PP"},
        {HEAD("resource", "WARC-Payload-Digest: sha1:1\r\n", "4") "Pier\r\n\r\n", WARC_NOT_SAID, WARC_WRONG,
         "the payload has a digest, and says sha1:1"},
        {HEAD("resource", "WARC-Payload-Digest: blake3:1\r\n", "4") "Pier\r\n\r\n", WARC_NOT_SAID, WARC_NOT_KNOWN, ""},
        {HEAD("response", "WARC-Payload-Digest: sha1:7GOYX2MWZGKHHOQZ4YVNFTZY4GVFH7PP\r\n", "63")
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nPier\r\n0\r\n\r\n" "\r\n\r\n",
         WARC_NOT_SAID, WARC_RIGHT, ""},
        {HEAD("revisit", "WARC-Payload-Digest: sha1:3GOYX2MWZGKHHOQZ4YVNFTZY4GVFH7PP\r\n", "0") "\r\n\r\n", WARC_NOT_SAID,
         WARC_NOT_SAID, ""},
        {"WARC/1.1\r\nContent-Length: 0\r\n\r\n\r\n\r\n", WARC_NOT_SAID, WARC_NOT_SAID,
         "it has no WARC-Type; it has no WARC-Record-ID; it has no WARC-Date"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct source s = {text_of(row[i].file), 7};
        struct warc_reader r;
        struct warc_verdict v;
        assert_int_equal(warc_open(&r, "f", read_some, &s, 0), PL_OK);
        assert_int_equal(warc_next(&r), PL_OK);
        if (warc_verify(&r, false, &v) != PL_OK)
            fail_msg("%s", r.message);
        assert_string_equal(v.message, row[i].message);
        assert_int_equal(v.block, row[i].block);
        assert_int_equal(v.payload, row[i].payload);
        warc_close(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_files_are_read),     cmocka_unit_test(members_are_read),
        cmocka_unit_test(large_records_are_read),   cmocka_unit_test(what_others_write_is_read),
        cmocka_unit_test(faults_are_named),         cmocka_unit_test(every_prefix_is_told),
        cmocka_unit_test(every_flip_is_told),       cmocka_unit_test(reading_goes_on_behind_damage),
        cmocka_unit_test(damage_of_many_heads_is_passed),
        cmocka_unit_test(empty_lines_without_end_are_told),
        cmocka_unit_test(http_heads_are_parted),    cmocka_unit_test(digests_are_verified),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
