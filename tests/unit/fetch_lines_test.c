/* fetch_lines_test.c - lines of files, gzip data and pipes: all of them, in bounded memory, whatever is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "fetch_lines.h"

enum { MAX = 1000 };

static struct lines l;

static int end(void **state)
{
    (void)state;
    lines_done(&l);
    return 0;
}

static int memory_file(const void *bytes, size_t n)
{
    const int fd = memfd_create("test", MFD_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), (ssize_t)n);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static void gzip(struct bytes *to, const void *bytes, size_t n)
{
    static unsigned char buf[1 << 22];
    z_stream z = {.next_in = bytes, .avail_in = (uInt)n, .next_out = buf, .avail_out = sizeof buf};

    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(bytes_add(to, buf, sizeof buf - z.avail_out), PL_OK);
    deflateEnd(&z);
}

/* "a|b|" - each line, then |; "<N>" a long one of N bytes; "!x" a fault, with what there was. */
static void told(char *to, size_t cap)
{
    size_t n = 0;

    to[0] = 0;
    for (pl_str line;;) {
        switch (lines_next(&l, &line)) {
        case LINES_OK:
            n += (size_t)snprintf(to + n, cap - n, "%.*s|", (int)line.len, line.ptr);
            break;
        case LINES_LONG:
            n += (size_t)snprintf(to + n, cap - n, "<%llu>|", (unsigned long long)l.lost);
            break;
        case LINES_FAULT:
            n += (size_t)snprintf(to + n, cap - n, "!%.*s", (int)line.len, line.ptr);
            break;
        case LINES_END:
            return;
        case LINES_BUSY:
        case LINES_WAIT:
            break;
        }
        assert_true(n < cap);
    }
}

static const struct {
    const char *in, *lines;
} cases[] = {
    {"", ""},          {"a", "a|"},         {"a\n", "a|"},           {"a\n\n", "a||"},
    {"\n", "|"},       {"a\nb\nc", "a|b|c|"}, {"a\r\nb\r\n", "a\r|b\r|"}, {"\n\n\nx", "|||x|"},
};

static void plain_and_gzip(void **state)
{
    char got[256];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bytes packed = {0};
        int fd = memory_file(cases[i].in, strlen(cases[i].in));
        lines_begin(&l, fd, UINT64_MAX, MAX, 0, 0);
        told(got, sizeof got);
        assert_string_equal(got, cases[i].lines);
        assert_int_equal(l.offset, strlen(cases[i].in));
        close(fd);
        gzip(&packed, cases[i].in, strlen(cases[i].in));
        fd = memory_file(packed.at, packed.len);
        lines_begin(&l, fd, UINT64_MAX, MAX, 0, 0);
        told(got, sizeof got);
        assert_string_equal(got, cases[i].lines);
        close(fd);
        bytes_done(&packed);
    }
}

/* Lines of every length about the limit and about a chunk; those above the limit are told by their length. */
static void long_lines(void **state)
{
    static const size_t lengths[] = {MAX - 1,          MAX,     MAX + 1, 5,      STREAM_CHUNK - 1, STREAM_CHUNK,
                                     STREAM_CHUNK + 1, 3000000, 7,       100000, 0,                MAX};
    enum { N = sizeof lengths / sizeof *lengths };
    struct bytes in = {0};
    pl_str line;

    (void)state;
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(bytes_reserve(&in, in.len + lengths[i] + 1), PL_OK);
        memset(in.at + in.len, 'a' + (int)i, lengths[i]);
        in.len += lengths[i];
        in.at[in.len++] = '\n';
    }
    const int fd = memory_file(in.at, in.len);
    lines_begin(&l, fd, UINT64_MAX, MAX, 0, 0);
    for (size_t i = 0; i < N; i++) {
        enum lines_result rc;
        do
            rc = lines_next(&l, &line);
        while (rc == LINES_BUSY);
        assert_int_equal(rc, lengths[i] > MAX ? LINES_LONG : LINES_OK);
        assert_int_equal(l.number, i + 1);
        if (rc == LINES_LONG)
            assert_int_equal(l.lost, lengths[i]);
        else
            assert_int_equal(line.len, lengths[i]);
        assert_true(line.len == 0 || line.ptr[line.len / 2] == 'a' + (int)i);
    }
    assert_int_equal(lines_next(&l, &line), LINES_END);
    assert_int_equal(lines_next(&l, &line), LINES_END);
    assert_true(l.buf.cap <= 4 * (MAX + STREAM_CHUNK));
    close(fd);
    bytes_done(&in);
}

/* One line of 64 MB out of 64 kB of gzip data: memory stays, and no call takes all of it. */
static void bomb(void **state)
{
    static unsigned char zeros[1 << 20];
    struct bytes packed = {0};
    int calls = 0;
    pl_str line;

    (void)state;
    memset(zeros, ' ', sizeof zeros);
    for (int i = 0; i < 64; i++)
        gzip(&packed, zeros, sizeof zeros);
    gzip(&packed, "\nafter\n", 7);
    const int fd = memory_file(packed.at, packed.len);
    lines_begin(&l, fd, UINT64_MAX, MAX, 0, 0);
    while (lines_next(&l, &line) == LINES_BUSY)
        calls++;
    assert_int_equal(l.lost, 64 << 20);
    assert_in_range(calls, 4, 64);
    assert_int_equal(lines_next(&l, &line), LINES_OK);
    assert_int_equal(line.len, 5);
    assert_true(l.buf.cap <= 4 * (MAX + STREAM_CHUNK));
    close(fd);
    bytes_done(&packed);
}

/* Every prefix of three members gives what was whole before it, and says that it is cut - but where a member ends. */
static void every_prefix(void **state)
{
    struct bytes packed = {0};
    size_t ends[3], before = 0;
    char got[256];

    (void)state;
    gzip(&packed, "one\ntwo\nth", 10);
    ends[0] = packed.len;
    gzip(&packed, "ree\nfour\n", 9);
    ends[1] = packed.len;
    gzip(&packed, "five\nsix\n", 9);
    ends[2] = packed.len;
    for (size_t n = 2; n <= packed.len; n++) {
        const bool whole = n == ends[0] || n == ends[1] || n == ends[2];
        const int fd = memory_file(packed.at, n);
        lines_begin(&l, fd, UINT64_MAX, MAX, 0, 0);
        told(got, sizeof got);
        assert_int_equal(strchr(got, '!') == NULL, whole);
        if (!whole)
            assert_int_equal(l.end, STREAM_TORN);
        const size_t n_lines = l.number - !whole;
        assert_true(n_lines >= before);
        before = whole && n == ends[0] ? n_lines - 1 : n_lines;
        close(fd);
    }
    assert_string_equal(got, "one|two|three|four|five|six|");
    bytes_done(&packed);
}

static void wrong_gzip(void **state)
{
    struct bytes packed = {0};
    char got[256];

    (void)state;
    gzip(&packed, "one\ntwo\n", 8);
    bytes_add(&packed, "\0\0\0\0\0", 5); /* padding */
    int fd = memory_file(packed.at, packed.len);
    lines_begin(&l, fd, UINT64_MAX, MAX, 0, 0);
    told(got, sizeof got);
    assert_string_equal(got, "one|two|");
    close(fd);
    bytes_add(&packed, "PK", 2);
    fd = memory_file(packed.at, packed.len);
    lines_begin(&l, fd, UINT64_MAX, MAX, 0, 0);
    told(got, sizeof got);
    assert_string_equal(got, "one|two|!");
    assert_int_equal(l.end, STREAM_BAD);
    assert_string_equal(l.stream.gunzip.fault, "something else follows the gzip data");
    close(fd);
    bytes_done(&packed);
}

static void unreadable(void **state)
{
    char got[64];

    (void)state;
    const int fd = memory_file("a\nb\n", 4);
    close(fd);
    lines_begin(&l, fd, UINT64_MAX, MAX, 0, 0);
    told(got, sizeof got);
    assert_string_equal(got, "!");
    assert_int_equal(l.end, STREAM_FAILED);
}

/* What is appended while a file is read belongs to the next run. */
static void growing_file(void **state)
{
    char got[64];

    (void)state;
    const int fd = memory_file("one\ntwo\nthree\n", 14);
    lines_begin(&l, fd, 8, MAX, 0, 0);
    told(got, sizeof got);
    assert_string_equal(got, "one|two|");
    close(fd);
}

static void resumed(void **state)
{
    static const char text[] = "one\n\nthree\nfour";
    struct bytes packed = {0};

    (void)state;
    gzip(&packed, text, 6);
    gzip(&packed, text + 6, sizeof text - 1 - 6);
    for (int gz = 0; gz < 2; gz++) {
        const int fd = gz ? memory_file(packed.at, packed.len) : memory_file(text, sizeof text - 1);
        struct {
            uint64_t number, offset;
        } at[5] = {{0, 0}};
        pl_str line;
        lines_begin(&l, fd, UINT64_MAX, MAX, 0, 0);
        for (int i = 1; i < 5; i++) {
            while (lines_next(&l, &line) == LINES_BUSY)
                ;
            at[i].number = l.number;
            at[i].offset = l.offset;
        }
        for (int i = 0; i < 5; i++) {
            static const char *const rest[] = {"one||three|four|", "|three|four|", "three|four|", "four|", ""};
            char got[64];
            lseek(fd, 0, SEEK_SET);
            lines_begin(&l, fd, UINT64_MAX, MAX, at[i].number, at[i].offset);
            told(got, sizeof got);
            assert_string_equal(got, rest[i]);
            assert_int_equal(l.number, 4);
        }
        close(fd);
    }
    bytes_done(&packed);
}

static void pipes(void **state)
{
    int fd[2];
    pl_str line, start;

    (void)state;
    assert_int_equal(pipe(fd), 0);
    lines_begin(&l, fd[0], UINT64_MAX, MAX, 0, 0);
    assert_int_equal(lines_next(&l, &line), LINES_WAIT);
    assert_int_equal(write(fd[1], "on", 2), 2);
    assert_int_equal(lines_peek(&l, 3, &start), LINES_WAIT);
    assert_int_equal(write(fd[1], "e\ntw", 4), 4);
    assert_int_equal(lines_peek(&l, 3, &start), LINES_OK);
    assert_memory_equal(start.ptr, "one", 3);
    assert_int_equal(lines_next(&l, &line), LINES_OK);
    assert_int_equal(line.len, 3);
    assert_int_equal(lines_next(&l, &line), LINES_WAIT);
    close(fd[1]);
    assert_int_equal(lines_next(&l, &line), LINES_OK);
    assert_memory_equal(line.ptr, "tw", 2);
    assert_int_equal(lines_next(&l, &line), LINES_END);
    close(fd[0]);
}

static void rest(void **state)
{
    static char large[MAX + 1];
    pl_str all;

    (void)state;
    int fd = memory_file("a\nb\n", 4);
    lines_begin(&l, fd, UINT64_MAX, MAX, 0, 0);
    assert_int_equal(lines_rest(&l, &all), LINES_OK);
    assert_int_equal(all.len, 4);
    assert_memory_equal(all.ptr, "a\nb\n", 4);
    close(fd);
    fd = memory_file(large, sizeof large);
    lines_begin(&l, fd, UINT64_MAX, MAX, 0, 0);
    assert_int_equal(lines_rest(&l, &all), LINES_LONG);
    close(fd);
}

/* ---- a page in memory ---- */

static void gunzip_in_memory(void **state)
{
    struct gunzip g = {0};
    struct bytes packed = {0}, out = {0};
    static char page[300000];

    (void)state;
    for (size_t i = 0; i < sizeof page; i++)
        page[i] = "<p>The ferry to Arran was late.</p>\n"[(i * 7 + i / 999) % 36];
    gzip(&packed, page, 100000);
    gzip(&packed, page + 100000, sizeof page - 100000);
    const pl_str in = {(const char *)packed.at, packed.len};
    assert_int_equal(gunzip_all(&g, in, sizeof page, &out), GUNZIP_OK);
    assert_int_equal(out.len, sizeof page);
    assert_memory_equal(out.at, page, sizeof page);
    assert_int_equal(gunzip_all(&g, in, sizeof page - 1, &out), GUNZIP_TOO_LARGE);
    assert_int_equal(out.len, sizeof page - 1);
    assert_int_equal(gunzip_all(&g, (pl_str){in.ptr, in.len - 1}, sizeof page, &out), GUNZIP_TORN);
    assert_int_equal(gunzip_all(&g, (pl_str){in.ptr, 5}, sizeof page, &out), GUNZIP_TORN);
    assert_int_equal(out.len, 0);
    packed.at[packed.len - 6] ^= 1; /* the checksum */
    assert_int_equal(gunzip_all(&g, in, sizeof page, &out), GUNZIP_BAD);
    assert_int_equal(gunzip_all(&g, PL_S("not gzip data"), 100, &out), GUNZIP_BAD);
    gunzip_done(&g);
    bytes_done(&packed);
    bytes_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(plain_and_gzip, end), cmocka_unit_test_teardown(long_lines, end),
        cmocka_unit_test_teardown(bomb, end),           cmocka_unit_test_teardown(every_prefix, end),
        cmocka_unit_test_teardown(wrong_gzip, end),     cmocka_unit_test_teardown(unreadable, end),
        cmocka_unit_test_teardown(growing_file, end),   cmocka_unit_test_teardown(resumed, end),
        cmocka_unit_test_teardown(pipes, end),          cmocka_unit_test_teardown(rest, end),
        cmocka_unit_test(gunzip_in_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
