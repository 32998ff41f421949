/* archive_bgzf_test.c - the blocks of an archive, and reading gzip files that are whole, cut and damaged. */
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

#include "archive_bgzf.h"
#include "archive_cat.h"

static unsigned char plain[BGZF_INPUT], packed[BGZF_BLOCK], again[BGZF_INPUT + 1];

static void fill_random(uint32_t seed, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        plain[i] = (unsigned char)(seed >> 24);
    }
}

static void fill_text(size_t n)
{
    static const char story[] = "{\"id\":\"1\",\"text\":\"Ferries to Arran were cancelled on Sunday.\"}\n";

    for (size_t i = 0; i < n; i++)
        plain[i] = (unsigned char)story[(i * (1 + i / 4096)) % (sizeof story - 1)];
}

static size_t inflate_all(const unsigned char *in, size_t n)
{
    z_stream z = {.next_in = in, .avail_in = (uInt)n, .next_out = again, .avail_out = sizeof again};

    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.avail_in, 0);
    inflateEnd(&z);
    return sizeof again - z.avail_out;
}

static void check_block(struct deflater *b, int level, size_t len)
{
    size_t n;

    assert_int_equal(bgzf_compress(b, DEFLATE_ZLIB, level, (pl_str){(char *)plain, len}, packed, &n), PL_OK);
    assert_true(n <= BGZF_BLOCK);
    assert_int_equal(inflate_all(packed, n), len);
    assert_memory_equal(plain, again, len);
    assert_int_equal(bgzf_size((pl_str){(char *)packed, n}), n);
}

static void blocks(void **state)
{
    static const size_t lengths[] = {0, 1, 100, 4096, 65279, BGZF_INPUT};
    struct deflater b = {0};

    (void)state;
    for (int level = 1; level <= 9; level++) {
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
            fill_text(lengths[i]);
            check_block(&b, level, lengths[i]);
            fill_random((uint32_t)i, lengths[i]);
            check_block(&b, level, lengths[i]);
        }
    }
    deflater_done(&b);
}

/* What deflate leaves larger than a block may be is stored. */
static void incompressible(void **state)
{
    struct deflater b = {0};
    size_t n;

    (void)state;
    fill_random(7, BGZF_INPUT);
    assert_int_equal(bgzf_compress(&b, DEFLATE_ZLIB, 9, (pl_str){(char *)plain, BGZF_INPUT}, packed, &n), PL_OK);
    assert_in_range(n, BGZF_INPUT, BGZF_INPUT + 64);
    deflater_done(&b);
}

static void same_bytes(void **state)
{
    static unsigned char first[BGZF_BLOCK];
    struct deflater used = {0}, fresh = {0};
    size_t n, m;

    (void)state;
    fill_random(3, BGZF_INPUT);
    assert_int_equal(bgzf_compress(&used, DEFLATE_ZLIB, 6, (pl_str){(char *)plain, BGZF_INPUT}, packed, &n), PL_OK);
    fill_text(50000);
    assert_int_equal(bgzf_compress(&used, DEFLATE_ZLIB, 6, (pl_str){(char *)plain, 50000}, first, &n), PL_OK);
    assert_int_equal(bgzf_compress(&fresh, DEFLATE_ZLIB, 6, (pl_str){(char *)plain, 50000}, packed, &m), PL_OK);
    assert_int_equal(n, m);
    assert_memory_equal(first, packed, n);
    deflater_done(&used);
    deflater_done(&fresh);
}

static void end_marker(void **state)
{
    (void)state;
    assert_int_equal(inflate_all(bgzf_end, BGZF_END), 0);
    assert_int_equal(bgzf_size((pl_str){(const char *)bgzf_end, BGZF_END}), BGZF_END);
    assert_int_equal(bgzf_size((pl_str){(const char *)bgzf_end, BGZF_HEADER - 1}), 0);
    assert_int_equal(bgzf_size(PL_S("\x1f\x8b\x08\0\0\0\0\0\0\3ABCDEFGH")), 0);
}

/* ---- cat ---- */

struct file {
    unsigned char *at;
    size_t len, cap;
};

static void append(struct file *f, const void *bytes, size_t n)
{
    if (f->len + n > f->cap) {
        f->cap = (f->len + n) * 2;
        f->at = realloc(f->at, f->cap);
        assert_non_null(f->at);
    }
    memcpy(f->at + f->len, bytes, n);
    f->len += n;
}

static int memory_file(const void *bytes, size_t n)
{
    const int fd = memfd_create("test", MFD_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), (ssize_t)n);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static char message[256];

static enum cat_result cat(const void *bytes, size_t n, struct file *to)
{
    const int in = memory_file(bytes, n), out = memory_file("", 0);
    const enum cat_result rc = archive_cat_open(in, "FILE", out, message, sizeof message);

    to->len = (size_t)lseek(out, 0, SEEK_END);
    to->at = realloc(to->at, to->len + 1);
    assert_non_null(to->at);
    assert_int_equal(pread(out, to->at, to->len, 0), (ssize_t)to->len);
    close(in);
    close(out);
    return rc;
}

/* Blocks of 300 bytes of lines, so that most are cut by a border. */
static struct file small_archive(struct file *lines)
{
    struct file f = {0};
    struct deflater b = {0};
    char line[64];
    size_t n;

    *lines = (struct file){0};
    for (int i = 0; i < 100; i++) {
        const int len = snprintf(line, sizeof line, "{\"id\":\"%d\",\"text\":\"story %d\"}\n", i, i * i);
        append(lines, line, (size_t)len);
    }
    for (size_t at = 0; at < lines->len; at += 300) {
        const size_t part = lines->len - at < 300 ? lines->len - at : 300;
        assert_int_equal(bgzf_compress(&b, DEFLATE_ZLIB, 6, (pl_str){(char *)lines->at + at, part}, packed, &n), PL_OK);
        append(&f, packed, n);
    }
    append(&f, bgzf_end, BGZF_END);
    deflater_done(&b);
    return f;
}

/* Each prefix is told from the whole, and gives whole lines, all that it has. */
static void every_prefix(void **state)
{
    struct file lines, f = small_archive(&lines), out = {0};
    size_t before = 0;

    (void)state;
    assert_int_equal(cat(f.at, f.len, &out), CAT_OK);
    assert_int_equal(out.len, lines.len);
    assert_memory_equal(out.at, lines.at, lines.len);
    for (size_t n = 0; n < f.len; n++) {
        assert_int_equal(cat(f.at, n, &out), CAT_FAULT);
        assert_non_null(strstr(message, "FILE"));
        assert_memory_equal(out.at, lines.at, out.len);
        assert_true(out.len == 0 || out.at[out.len - 1] == '\n');
        assert_true(out.len >= before);
        before = out.len;
    }
    assert_int_equal(before, lines.len);
    free(f.at);
    free(lines.at);
    free(out.at);
}

/* A flipped bit is found, or changes nothing; nothing wrong comes out. */
static void every_bit(void **state)
{
    struct file lines, f = small_archive(&lines), out = {0};

    (void)state;
    for (size_t bit = 0; bit < f.len * 8; bit += 5) {
        f.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
        const enum cat_result rc = cat(f.at, f.len, &out);
        assert_memory_equal(out.at, lines.at, out.len);
        assert_true(rc == CAT_FAULT || out.len == lines.len);
        f.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    free(f.at);
    free(lines.at);
    free(out.at);
}

static void gzip(struct file *to, const void *bytes, size_t n)
{
    static unsigned char buf[1 << 20];
    z_stream z = {.next_in = bytes, .avail_in = (uInt)n, .next_out = buf, .avail_out = sizeof buf};

    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    append(to, buf, sizeof buf - z.avail_out);
    deflateEnd(&z);
}

static void foreign_files(void **state)
{
    struct file f = {0}, out = {0}, large = {0};

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char line[64];
        append(&large, line, (size_t)snprintf(line, sizeof line, "a line of a large file, number %d\n", i));
    }
    gzip(&f, large.at, large.len);
    assert_int_equal(cat(f.at, f.len, &out), CAT_OK);
    assert_int_equal(out.len, large.len);
    assert_memory_equal(out.at, large.at, large.len);
    /* members, one of them empty, then padding */
    gzip(&f, "", 0);
    gzip(&f, "the last, without a newline", 27);
    append(&f, "\0\0\0\0", 4);
    assert_int_equal(cat(f.at, f.len, &out), CAT_OK);
    assert_int_equal(out.len, large.len + 27);
    /* something else behind it */
    append(&f, "PK", 2);
    assert_int_equal(cat(f.at, f.len, &out), CAT_FAULT);
    assert_non_null(strstr(message, "something else follows the gzip data"));
    free(f.at);
    free(out.at);
    free(large.at);
}

static void no_gzip(void **state)
{
    struct file out = {0};

    (void)state;
    assert_int_equal(cat("\x01{\"id\":1}\n", 10, &out), CAT_FAULT);
    assert_string_equal(message, "FILE: this is not gzip data at byte 0");
    assert_int_equal(out.len, 0);
    assert_int_equal(cat("", 0, &out), CAT_FAULT);
    assert_string_equal(message, "FILE: the file is empty at byte 0");
    assert_int_equal(archive_cat("not/there", STDOUT_FILENO, message, sizeof message), CAT_FAULT);
    assert_string_equal(message, "cannot open 'not/there': No such file or directory");
    free(out.at);
}

/* A plain file passes as it is; so that a damaged first byte makes no plain file of a gzip one, it must look like text. */
static void plain_text(void **state)
{
    struct file out = {0}, lines, f = small_archive(&lines);

    (void)state;
    assert_int_equal(cat("{\"id\":1}\n{\"id\"", 14, &out), CAT_OK);
    assert_int_equal(out.len, 14);
    assert_memory_equal(out.at, "{\"id\":1}\n{\"id\"", 14);
    f.at[0] = '{';
    assert_int_equal(cat(f.at, f.len, &out), CAT_FAULT);
    assert_string_equal(message, "FILE: this is not gzip data at byte 0");
    free(out.at);
    free(lines.at);
    free(f.at);
}

static void full_disk(void **state)
{
    struct file lines, f = small_archive(&lines);
    const int in = memory_file(f.at, f.len);
    FILE *full = fopen("/dev/full", "w");

    (void)state;
    if (full) {
        assert_int_equal(archive_cat_open(in, "FILE", fileno(full), message, sizeof message), CAT_STOP);
        assert_string_equal(message, "cannot write: No space left on device");
        fclose(full);
    }
    close(in);
    free(f.at);
    free(lines.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks),       cmocka_unit_test(incompressible), cmocka_unit_test(same_bytes),
        cmocka_unit_test(end_marker),   cmocka_unit_test(every_prefix),   cmocka_unit_test(every_bit),
        cmocka_unit_test(foreign_files), cmocka_unit_test(no_gzip),
        cmocka_unit_test(plain_text),       cmocka_unit_test(full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
