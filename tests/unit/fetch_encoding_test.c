/* fetch_encoding_test.c - Content-Encoding and chunks undone, within limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <brotli/encode.h>
#include <cmocka.h>
#include <zlib.h>

#include "fetch_encoding.h"

enum { TEXT = 40000, LARGE = 10 << 20 };

enum kind { GZIP_DATA = 15 + 16, ZLIB_DATA = 15, RAW_DATA = -15 };

static char text[TEXT];

/* Sentences with numbers, so that they do not shrink to nothing. */
static int make_text(void **state)
{
    size_t at = 0;

    (void)state;
    for (unsigned i = 0; at + 100 < TEXT; i++)
        at += (size_t)snprintf(text + at, TEXT - at, "Ferry %u left Lower Quay %u minutes late.\n", i * 7919 % 9973, i % 61);
    memset(text + at, '.', TEXT - at);
    return 0;
}

static pl_str str(const char *s)
{
    return (pl_str){s, strlen(s)};
}

static pl_str the_text(void)
{
    return (pl_str){text, TEXT};
}

/* ---- encoding, by the libraries themselves ---- */

static struct bytes packed(pl_str in, int window)
{
    struct bytes out = {0};
    z_stream z = {0};

    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(bytes_reserve(&out, deflateBound(&z, in.len)), PL_OK);
    z.next_in = (Bytef *)(uintptr_t)in.ptr;
    z.avail_in = (uInt)in.len;
    z.next_out = out.at;
    z.avail_out = (uInt)out.cap;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out.len = out.cap - z.avail_out;
    deflateEnd(&z);
    return out;
}

static struct bytes brotli(pl_str in)
{
    struct bytes out = {0};
    size_t n = in.len + 10000;

    assert_int_equal(bytes_reserve(&out, n), PL_OK);
    assert_true(BrotliEncoderCompress(5, 22, BROTLI_MODE_TEXT, in.len, (const uint8_t *)in.ptr, &n, out.at));
    out.len = n;
    return out;
}

static pl_str view(const struct bytes *b)
{
    return (pl_str){(const char *)b->at, b->len};
}

/* Gzip data of so many times 16 MB of zeros in one member. */
static struct bytes gzip_bomb(size_t pieces)
{
    static const unsigned char head[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
    struct bytes out = {0}, zeros = {0}, piece = {0};
    z_stream z = {0};

    assert_int_equal(bytes_reserve(&zeros, 16 << 20), PL_OK);
    memset(zeros.at, 0, 16 << 20);
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(bytes_reserve(&piece, 1 << 20), PL_OK);
    z.next_in = zeros.at;
    z.avail_in = 16 << 20;
    z.next_out = piece.at;
    z.avail_out = 1 << 20;
    assert_int_equal(deflate(&z, Z_FULL_FLUSH), Z_OK);
    piece.len = (1 << 20) - z.avail_out;
    deflateEnd(&z);
    assert_int_equal(bytes_add(&out, head, sizeof head), PL_OK);
    for (size_t i = 0; i < pieces; i++)
        assert_int_equal(bytes_add(&out, piece.at, piece.len), PL_OK);
    assert_int_equal(bytes_add(&out, "\x03\0\0\0\0\0\0\0\0\0", 10), PL_OK);
    bytes_done(&zeros);
    bytes_done(&piece);
    return out;
}

/* ---- what is undone ---- */

static void undoes(struct encodings *e, const char *field, struct bytes in)
{
    pl_str out;

    assert_int_equal(encoding_undo(e, str(field), view(&in), LARGE, 100, &out), ENCODING_OK);
    assert_int_equal(out.len, TEXT);
    assert_memory_equal(out.ptr, text, TEXT);
    bytes_done(&in);
}

static void every_encoding(void **state)
{
    struct encodings e = {0};
    struct bytes inner;
    pl_str out;

    (void)state;
    for (int round = 0; round < 2; round++) { /* the second time with what the first left */
        undoes(&e, "gzip", packed(the_text(), GZIP_DATA));
        undoes(&e, " X-GZIP ", packed(the_text(), GZIP_DATA));
        undoes(&e, "deflate", packed(the_text(), ZLIB_DATA));
        undoes(&e, "deflate", packed(the_text(), RAW_DATA));
        undoes(&e, "br", brotli(the_text()));
        undoes(&e, "identity, gzip,", packed(the_text(), GZIP_DATA));
        inner = packed(the_text(), GZIP_DATA);
        undoes(&e, "gzip, br", brotli(view(&inner)));
        undoes(&e, "gzip\t,gzip", packed(view(&inner), GZIP_DATA));
        bytes_done(&inner);
    }
    for (size_t i = 0; i < 4; i++) {
        static const char *const none[] = {"", "identity", " , ", "Identity,identity,identity"};
        assert_int_equal(encoding_undo(&e, str(none[i]), the_text(), LARGE, 100, &out), ENCODING_OK);
        assert_ptr_equal(out.ptr, text);
        assert_int_equal(out.len, TEXT);
    }
    encodings_done(&e);
    encodings_done(&e);
}

static void several_members(void **state)
{
    struct encodings e = {0};
    struct bytes first = packed((pl_str){text, 1000}, GZIP_DATA);
    struct bytes second = packed((pl_str){text + 1000, TEXT - 1000}, GZIP_DATA);
    pl_str out;

    (void)state;
    bytes_add(&first, second.at, second.len);
    undoes(&e, "gzip", first);
    bytes_add(&second, "\n<!-- served by 7 -->", 20); /* what follows is no member */
    assert_int_equal(encoding_undo(&e, str("gzip"), view(&second), LARGE, 100, &out), ENCODING_OK);
    assert_int_equal(out.len, TEXT - 1000);
    bytes_done(&second);
    encodings_done(&e);
}

static void nothing_of_no_body(void **state)
{
    struct encodings e = {0};
    pl_str out;

    (void)state;
    assert_int_equal(encoding_undo(&e, str("gzip"), (pl_str){"", 0}, LARGE, 100, &out), ENCODING_OK);
    assert_int_equal(out.len, 0);
    struct bytes empty = packed((pl_str){"", 0}, GZIP_DATA);
    assert_int_equal(encoding_undo(&e, str("gzip"), view(&empty), LARGE, 100, &out), ENCODING_OK);
    assert_int_equal(out.len, 0);
    assert_non_null(out.ptr);
    bytes_done(&empty);
    encodings_done(&e);
}

static void unknown_ones(void **state)
{
    static const char *const unknown[] = {"compress", "zstd", "gzip, gzip, gzip", "gzip; q=1", "gzi", "gzipp", "br, x",
                                          "utf-8",    "x\rgzip"};
    struct encodings e = {0};
    pl_str out;

    (void)state;
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        assert_int_equal(encoding_undo(&e, str(unknown[i]), the_text(), LARGE, 100, &out), ENCODING_UNKNOWN);
        assert_int_equal(out.len, 0);
    }
    encodings_done(&e);
}

/* Each proper prefix is torn, and what it has is there. */
static void torn(void **state)
{
    static const struct {
        const char *field;
        int window;
    } kinds[] = {{"gzip", GZIP_DATA}, {"deflate", ZLIB_DATA}, {"deflate", RAW_DATA}, {"br", 0}};
    struct encodings e = {0};

    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct bytes in = kinds[k].window ? packed(the_text(), kinds[k].window) : brotli(the_text());
        for (size_t n = 1; n < in.len; n += n < 30 || n + 30 > in.len ? 1 : 97) {
            pl_str out;
            const enum encoding_result rc =
                encoding_undo(&e, str(kinds[k].field), (pl_str){(const char *)in.at, n}, LARGE, 100, &out);
            /* A deflate stream without its first two bytes cannot be told from a raw one. */
            assert_true(rc == ENCODING_TORN || (n == 1 && kinds[k].window == RAW_DATA));
            assert_true(out.len <= TEXT && memcmp(out.ptr ? out.ptr : "", text, out.len) == 0);
            if (n + 30 > in.len)
                assert_true(out.len > TEXT / 2);
        }
        bytes_done(&in);
    }
    encodings_done(&e);
}

static void damaged(void **state)
{
    struct encodings e = {0};
    struct bytes in = packed(the_text(), GZIP_DATA);
    pl_str out;

    (void)state;
    in.at[in.len - 6] ^= 1; /* of its CRC */
    assert_int_equal(encoding_undo(&e, str("gzip"), view(&in), LARGE, 100, &out), ENCODING_BAD);
    assert_int_equal(out.len, TEXT);
    assert_int_equal(encoding_undo(&e, str("br"), view(&in), LARGE, 100, &out), ENCODING_BAD);
    assert_int_equal(encoding_undo(&e, str("gzip"), the_text(), LARGE, 100, &out), ENCODING_BAD);
    assert_int_equal(out.len, 0);
    assert_int_equal(encoding_undo(&e, str("deflate"), the_text(), LARGE, 100, &out), ENCODING_BAD);
    /* The outer is whole, what it holds is not. */
    struct bytes outer = packed(the_text(), GZIP_DATA);
    assert_int_equal(encoding_undo(&e, str("br, gzip"), view(&outer), LARGE, 100, &out), ENCODING_BAD);
    bytes_done(&outer);
    bytes_done(&in);
    encodings_done(&e);
}

/* ---- limits ---- */

static void largest_size(void **state)
{
    static const char *const fields[] = {"gzip", "br", "identity"};
    struct encodings e = {0};
    pl_str out;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct bytes in = i == 0 ? packed(the_text(), GZIP_DATA) : i == 1 ? brotli(the_text()) : (struct bytes){0};
        const pl_str from = i == 2 ? the_text() : view(&in);
        for (size_t max = TEXT - 1; max <= TEXT + 1; max++) {
            const enum encoding_result rc = encoding_undo(&e, str(fields[i]), from, max, 100, &out);
            assert_int_equal(rc, max < TEXT ? ENCODING_TOO_LARGE : ENCODING_OK);
            assert_int_equal(out.len, max < TEXT ? max : TEXT);
            assert_memory_equal(out.ptr, text, out.len);
        }
        assert_int_equal(encoding_undo(&e, str(fields[i]), from, 0, 100, &out), ENCODING_TOO_LARGE);
        assert_int_equal(out.len, 0);
        bytes_done(&in);
    }
    encodings_done(&e);
}

/* The ratio counts from 1 MB on: what is smaller may shrink to anything. */
static void largest_ratio(void **state)
{
    struct encodings e = {0};
    struct bytes zeros = {0};
    pl_str out;

    (void)state;
    assert_int_equal(bytes_reserve(&zeros, 4 << 20), PL_OK);
    memset(zeros.at, 0, 4 << 20);
    static const struct {
        size_t len;
        unsigned ratio;
        enum encoding_result rc;
        size_t left;
    } rows[] = {
        {1 << 20, 100, ENCODING_OK, 1 << 20},
        {(1 << 20) + 1, 100, ENCODING_RATIO, 1 << 20},
        {4 << 20, 100, ENCODING_RATIO, 1 << 20},
        {4 << 20, 2000, ENCODING_OK, 4 << 20},
        {4 << 20, 0, ENCODING_OK, 4 << 20},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bytes in = packed((pl_str){(const char *)zeros.at, rows[i].len}, GZIP_DATA);
        assert_int_equal(encoding_undo(&e, str("gzip"), view(&in), LARGE, rows[i].ratio, &out), rows[i].rc);
        assert_int_equal(out.len, rows[i].left);
        bytes_done(&in);
    }
    bytes_done(&zeros);
    encodings_done(&e);
}

/* 10 GB in 10 MB: ended at the first limit. */
static void bombs(void **state)
{
    struct encodings e = {0};
    struct bytes bomb = gzip_bomb(640), twice;
    pl_str out;

    (void)state;
    assert_int_equal(encoding_undo(&e, str("gzip"), view(&bomb), LARGE, 100, &out), ENCODING_TOO_LARGE);
    assert_int_equal(out.len, LARGE);
    assert_int_equal(encoding_undo(&e, str("gzip"), view(&bomb), SIZE_MAX, 10, &out), ENCODING_RATIO);
    assert_int_equal(out.len, bomb.len * 10);
    bytes_done(&bomb);

    bomb = gzip_bomb(64);
    twice = packed(view(&bomb), GZIP_DATA);
    assert_true(twice.len < 10000);
    assert_int_equal(encoding_undo(&e, str("gzip, gzip"), view(&twice), LARGE, 100, &out), ENCODING_RATIO);
    assert_int_equal(out.len, 1 << 20);
    bytes_done(&twice);
    twice = brotli(view(&bomb));
    assert_int_equal(encoding_undo(&e, str("gzip, br"), view(&twice), LARGE, 0, &out), ENCODING_TOO_LARGE);
    assert_int_equal(out.len, LARGE);
    bytes_done(&twice);
    bytes_done(&bomb);
    encodings_done(&e);
}

static void each_says_something(void **state)
{
    (void)state;
    for (int r = ENCODING_OK; r <= ENCODING_NOMEM; r++)
        for (int other = ENCODING_OK; other < r; other++)
            assert_string_not_equal(encoding_says((enum encoding_result)r), encoding_says((enum encoding_result)other));
}

/* Memory grows while they come, and is the same afterwards. */
static void large_bodies(void **state)
{
    enum { N = 700000 };
    struct encodings e = {0};
    char *large = malloc(N);
    pl_str out;

    (void)state;
    assert_non_null(large);
    for (size_t i = 0; i < N; i++)
        large[i] = text[(i * 7 + i / TEXT * 13) % TEXT];
    for (int i = 0; i < 6; i++) {
        const char *const fields[] = {"gzip", "deflate", "br"};
        const size_t len = i < 3 ? N : 1000;
        struct bytes in = i % 3 < 2 ? packed((pl_str){large, len}, i % 3 ? ZLIB_DATA : GZIP_DATA) : brotli((pl_str){large, len});
        assert_int_equal(encoding_undo(&e, str(fields[i % 3]), view(&in), LARGE, 100, &out), ENCODING_OK);
        assert_int_equal(out.len, len);
        assert_memory_equal(out.ptr, large, len);
        bytes_done(&in);
    }
    encodings_done(&e);
    free(large);
}

/* ---- chunks ---- */

static const struct {
    const char *in;
    int rc;
    const char *out;
} chunks[] = {
    {"5\r\nhello\r\n0\r\n\r\n", PL_OK, "hello"},
    {"5\r\nhello\r\n6;name=\"a b\"\r\n ferry\r\n0\r\nX-Late: yes\r\n\r\n", PL_OK, "hello ferry"},
    {"0005 \r\nhello\r\n0\r\n", PL_OK, "hello"},
    {"A\r\n0123456789\r\n00\r\n\r\n", PL_OK, "0123456789"},
    {"5\nhello\n0\n", PL_OK, "hello"},
    {"0\r\n\r\n", PL_OK, ""},
    {"", PL_ERROR, ""},
    {"5\r\nhello\r\n", PL_ERROR, "hello"},
    {"5\r\nhello", PL_ERROR, "hello"},
    {"5\r\nhel", PL_ERROR, "hel"},
    {"5\r\n", PL_ERROR, ""},
    {"5", PL_ERROR, ""},
    {"5\r", PL_ERROR, ""},
    {"hello", PL_ERROR, ""},
    {"5x\r\nhello\r\n0\r\n", PL_ERROR, ""},
    {"-5\r\nhello\r\n0\r\n", PL_ERROR, ""},
    {"5\r\nhello ferry\r\n0\r\n", PL_ERROR, "hello"},
    {"5\r\nhello!0\r\n\r\n", PL_ERROR, "hello"},
    {"ffffffffffffffff\r\nhello", PL_ERROR, "hello"},
    {"fffffffffffffffff\r\nhello", PL_ERROR, ""},
    {"10000000000000005\r\nhello\r\n0\r\n", PL_ERROR, ""},
    {"\r\n5\r\nhello\r\n0\r\n", PL_ERROR, ""},
};

static void all_chunks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        struct bytes out = {0};
        const int rc = chunked_undo(str(chunks[i].in), &out);
        if (rc != chunks[i].rc || out.len != strlen(chunks[i].out))
            print_error("chunks %zu\n", i);
        assert_int_equal(rc, chunks[i].rc);
        assert_int_equal(out.len, strlen(chunks[i].out));
        assert_true(out.len == 0 || memcmp(out.at, chunks[i].out, out.len) == 0);
        bytes_done(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_encoding),   cmocka_unit_test(several_members),
        cmocka_unit_test(nothing_of_no_body), cmocka_unit_test(unknown_ones),
        cmocka_unit_test(torn),             cmocka_unit_test(damaged),
        cmocka_unit_test(largest_size),     cmocka_unit_test(largest_ratio),
        cmocka_unit_test(bombs),            cmocka_unit_test(each_says_something),
        cmocka_unit_test(large_bodies),     cmocka_unit_test(all_chunks),
    };
    return cmocka_run_group_tests(tests, make_text, NULL);
}
