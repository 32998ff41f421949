/* shared_deflate_test.c - whole buffers through both back ends, and read by zlib as others use it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "deflate.h"

enum { LARGEST = 300000 };

static unsigned char plain[LARGEST], packed[2 * LARGEST], again[LARGEST + 1];

static void fill(size_t n, bool random)
{
    static const char story[] = "The ferry to Brodick was cancelled, Calum Reid of the harbour office said on Sunday. ";
    uint32_t seed = 7;

    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        plain[i] = random ? (unsigned char)(seed >> 24) : (unsigned char)story[(i * (1 + i / 4096)) % (sizeof story - 1)];
    }
}

static void inflate_by_zlib(const unsigned char *in, size_t n, size_t len)
{
    z_stream z = {.next_in = (unsigned char *)in, .avail_in = (uInt)n, .next_out = again, .avail_out = sizeof again};

    assert_int_equal(inflateInit2(&z, -15), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.total_out, len);
    assert_int_equal(z.avail_in, 0);
    inflateEnd(&z);
    assert_memory_equal(plain, again, len);
}

static void check(struct deflater *d, struct inflater *i, enum deflate_by by, int level, size_t len)
{
    size_t n, n_in, n_out;

    assert_int_equal(deflate_raw(d, by, level, (pl_str){(char *)plain, len}, packed, deflate_bound(len), &n), PL_OK);
    assert_true(n > 0 && n <= deflate_bound(len));
    inflate_by_zlib(packed, n, len);
    packed[n] = 'x'; /* what follows is not part of it */
    memset(again, 0, len);
    assert_int_equal(inflate_raw(i, by, (pl_str){(char *)packed, n + 1}, again, len, &n_in, &n_out), PL_OK);
    assert_int_equal(n_in, n);
    assert_int_equal(n_out, len);
    assert_memory_equal(plain, again, len);
    if (len > 0)
        assert_int_equal(inflate_raw(i, by, (pl_str){(char *)packed, n}, again, len - 1, &n_in, &n_out), PL_ERROR);
    assert_int_equal(inflate_raw(i, by, (pl_str){(char *)packed, n - 1}, again, len, &n_in, &n_out), PL_ERROR);
    assert_int_equal(deflate_raw(d, by, level, (pl_str){(char *)plain, len}, packed, n - 1, &n), PL_OK);
    assert_int_equal(n, 0);
}

static void there_and_back(void **state)
{
    static const size_t lengths[] = {0, 1, 50, 4096, 65280, 65536, LARGEST};
    static const int levels[] = {1, 6, 9};
    struct deflater d = {0};
    struct inflater i = {0};

    (void)state;
    for (int random = 0; random < 2; random++) {
        fill(LARGEST, random);
        for (size_t at = 0; at < sizeof lengths / sizeof lengths[0]; at++)
            for (size_t level = 0; level < 3; level++) {
                check(&d, &i, DEFLATE_ZLIB, levels[level], lengths[at]);
                check(&d, &i, DEFLATE_LIBDEFLATE, levels[level], lengths[at]);
            }
    }
    deflater_done(&d);
    inflater_done(&i);
}

static void damage(void **state)
{
    struct deflater d = {0};
    struct inflater i = {0};
    size_t n, n_in, n_out, wrong = 0;

    (void)state;
    fill(4096, false);
    assert_int_equal(deflate_raw(&d, deflate_best(), 6, (pl_str){(char *)plain, 4096}, packed, sizeof packed, &n), PL_OK);
    for (size_t at = 0; at < n; at++) {
        packed[at] ^= 0x10;
        for (int by = DEFLATE_ZLIB; by <= DEFLATE_LIBDEFLATE; by++) {
            const int rc = inflate_raw(&i, (enum deflate_by)by, (pl_str){(char *)packed, n}, again, 4096, &n_in, &n_out);
            wrong += rc != PL_OK || n_out != 4096 || memcmp(again, plain, 4096) != 0;
            assert_true(rc == PL_OK || rc == PL_ERROR);
        }
        packed[at] ^= 0x10;
    }
    assert_true(wrong > n);
    deflater_done(&d);
    inflater_done(&i);
}

static void checksums(void **state)
{
    (void)state;
    assert_int_equal(deflate_crc32(0, "123456789", 9), 0xcbf43926);
    assert_int_equal(deflate_crc32(deflate_crc32(0, "1234", 4), "56789", 5), 0xcbf43926);
    assert_int_equal(deflate_crc32(0, NULL, 0), 0);
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(deflate_name(DEFLATE_ZLIB), "zlib");
    assert_string_equal(deflate_name(DEFLATE_LIBDEFLATE), "libdeflate");
    assert_true(deflate_has(DEFLATE_ZLIB));
    assert_true(deflate_has(deflate_best()));
    assert_true(deflate_bound(SIZE_MAX - 5) == SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(damage),
        cmocka_unit_test(checksums),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
