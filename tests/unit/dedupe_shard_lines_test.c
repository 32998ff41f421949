/* The lines of shards: plain, gzip of one and several members, blocks; long lines; what was cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dedupe_shard_lines.h"
#include "dedupe_shard_out.h"

static void write_file(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static size_t read_file(const char *path, unsigned char *to, size_t size)
{
    FILE *f = fopen(path, "rb");
    const size_t n = fread(to, 1, size, f);
    fclose(f);
    return n;
}

/* All pieces, "|" between lines and "+" between pieces of one; "!" and the message where it cannot be read. */
static const char *all_lines(const char *path, size_t max)
{
    static char out[4096];
    struct dedupe_lines l;
    struct dedupe_line line;
    size_t at = 0;
    int got = dedupe_lines_open(&l, path, max) == PL_OK ? 1 : -1;

    while (got == 1 && (got = dedupe_lines_next(&l, &line)) == 1) {
        for (size_t i = 0; i < line.bytes.len; i++)
            if (line.bytes.ptr[i] != '\n')
                out[at++] = line.bytes.ptr[i];
        at += (size_t)snprintf(out + at, sizeof out - at, "%s%llu%c", line.whole ? "=" : "~", (unsigned long long)line.number,
                               line.last ? '|' : '+');
    }
    out[at] = 0;
    if (got < 0)
        snprintf(out + at, sizeof out - at, "!%s", l.message);
    dedupe_lines_close(&l);
    return out;
}

static void test_plain(void **state)
{
    static const struct {
        const char *bytes, *lines;
    } rows[] = {{"", ""},
                {"\n", "=1|"},
                {"a", "a=1|"},
                {"a\n", "a=1|"},
                {"a\n\nb\n", "a=1|=2|b=3|"},
                {"one\ntwo\nthree", "one=1|two=2|three=3|"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        write_file("x", rows[i].bytes, strlen(rows[i].bytes));
        assert_string_equal(all_lines("x", 1000), rows[i].lines);
    }
    assert_string_equal(all_lines("gone", 9), "!cannot open 'gone': No such file or directory");
}

static size_t pack(const char *text, unsigned char *to, size_t size)
{
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)text, .avail_in = (uInt)strlen(text), .next_out = to,
                  .avail_out = (uInt)size};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return size - z.avail_out;
}

static void test_gzip(void **state)
{
    unsigned char bytes[4096];
    size_t n = pack("one\ntw", bytes, 1000);

    (void)state;
    n += pack("", bytes + n, 1000);
    n += pack("o\nthree\n", bytes + n, 1000);
    write_file("x", bytes, n);
    assert_string_equal(all_lines("x", 1000), "one=1|two=2|three=3|");
    for (size_t cut = 2; cut < n; cut++) {
        write_file("x", bytes, cut);
        const char *got = all_lines("x", 1000);
        /* between members nothing tells that there were more */
        assert_true(strstr(got, "!x: the gzip data ends too soon, at byte ") || strstr(got, "tw=2|") || !*got ||
                    strstr(got, "something else follows"));
    }
    memset(bytes + n, 0, 600);
    write_file("x", bytes, n + 600);
    assert_string_equal(all_lines("x", 1000), "one=1|two=2|three=3|");
    memcpy(bytes + n, "plain", 5);
    write_file("x", bytes, n + 5);
    assert_non_null(strstr(all_lines("x", 1000), "!x: something else follows the gzip data at byte "));
    bytes[n - 6] ^= 1;
    write_file("x", bytes, n);
    assert_non_null(strstr(all_lines("x", 1000), "!x: incorrect data check at byte "));
}

/* As bgzip and our archive end a file. */
static void test_blocks(void **state)
{
    static const unsigned char block_end[28] = {0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, 'B', 'C', 2, 0, 0x1b, 0, 3};
    unsigned char bytes[256];

    (void)state;
    memcpy(bytes, block_end, 28);
    write_file("x", bytes, 28);
    assert_string_equal(all_lines("x", 1000), "");
    const size_t n = 28 + pack("late\n", bytes + 28, 200);
    write_file("x", bytes, n);
    assert_string_equal(all_lines("x", 1000), "late=1|!x: the end marker is missing: the file was cut at byte 53");
    memcpy(bytes + n, block_end, 28);
    write_file("x", bytes, n + 28);
    assert_string_equal(all_lines("x", 1000), "late=1|");
}

/* A line longer than is wanted whole comes in pieces, its neighbours whole, and the bytes are all there. */
static void test_long_lines(void **state)
{
    enum { LONG = 400000 };
    char *bytes = malloc(LONG + 8);
    struct dedupe_lines l;
    struct dedupe_line line;
    uint64_t long_bytes = 0, n = 0;

    (void)state;
    memset(bytes, 'x', LONG);
    memcpy(bytes, "a\n", 2);
    memcpy(bytes + LONG, "\nb\nc", 4);
    write_file("x", bytes, LONG + 4);
    assert_int_equal(dedupe_lines_open(&l, "x", 1000), PL_OK);
    while (dedupe_lines_next(&l, &line) == 1) {
        long_bytes += line.whole ? 0 : line.bytes.len;
        n += line.whole;
        assert_true(line.whole || line.number == 2);
        assert_true(line.bytes.len <= 2 * 65536 + 1000);
    }
    assert_int_equal(long_bytes, LONG - 2 + 1);
    assert_int_equal(n, 3);
    assert_int_equal(l.mark.lines, 4);
    assert_int_equal(l.mark.bytes, LONG + 4);
    assert_int_equal(l.mark.crc, crc32_z(0, (unsigned char *)bytes, LONG + 4));
    dedupe_lines_close(&l);
    free(bytes);
}

/* A file has its name only when it is whole; one that ends in .gz is gzip. */
static void test_out(void **state)
{
    struct dedupe_out o;
    unsigned char bytes[64];

    (void)state;
    assert_int_equal(dedupe_out_open(&o, "made/here.gz", true), PL_OK);
    assert_int_equal(dedupe_out_put(&o, "one\ntwo\n", 8), PL_OK);
    assert_int_equal(o.crc, crc32_z(0, (const unsigned char *)"one\ntwo\n", 8));
    assert_null(fopen("made/here.gz", "rb"));
    assert_int_equal(dedupe_out_end(&o), PL_OK);
    dedupe_out_close(&o);
    assert_string_equal(all_lines("made/here.gz", 100), "one=1|two=2|");

    assert_int_equal(dedupe_out_open(&o, "made/plain.gz", false), PL_OK);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(dedupe_out_put(&o, "12345678", 8), PL_OK);
    dedupe_out_close(&o);
    assert_null(fopen("made/plain.gz", "rb"));
    assert_null(fopen("made/plain.gz.part", "rb"));
    assert_int_equal(dedupe_out_open(&o, "made/plain.gz", false), PL_OK);
    assert_int_equal(dedupe_out_put(&o, "12345678", 8), PL_OK);
    assert_int_equal(dedupe_out_end(&o), PL_OK);
    dedupe_out_close(&o);
    assert_int_equal(read_file("made/plain.gz", bytes, sizeof bytes), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain), cmocka_unit_test(test_gzip), cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_long_lines), cmocka_unit_test(test_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
