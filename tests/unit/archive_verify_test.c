/* archive_verify_test.c - any flipped bit and any cut is found, in the archive and in what lies beside it; what is still good is
 * told, and read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "archive_bgzf.h"
#include "archive_file.h"
#include "archive_make.h"
#include "archive_verify.h"

struct bytes {
    unsigned char at[1 << 20];
    size_t len;
};

static char folder[] = "/tmp/pressline-verify-XXXXXX", path[64], text[8192];
static struct bytes archive, file, lines;
static char message[1024], first[1024];
static int n_told;

static void write_file(const char *suffix, const void *at, size_t len)
{
    char name[128];

    snprintf(name, sizeof name, "%s%s", path, suffix);
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(at, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static void read_file(const char *suffix, struct bytes *to)
{
    char name[128];

    snprintf(name, sizeof name, "%s%s", path, suffix);
    FILE *f = fopen(name, "rb");
    assert_non_null(f);
    to->len = fread(to->at, 1, sizeof to->at, f);
    fclose(f);
}

static void drop(const char *suffix)
{
    char name[128];

    snprintf(name, sizeof name, "%s%s", path, suffix);
    unlink(name);
}

static void drop_indexes(void)
{
    drop(".idx");
    drop(".gzi");
    drop(".zran");
}

/* A gzip member, as a block of ours where it is to tell its length. */
static void add_member(struct bytes *to, const char *from, size_t n, bool block)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)from, .avail_in = (uInt)n, .next_out = to->at + to->len, .avail_out = 1 << 18};
    static struct deflater d;
    size_t len;

    if (block) {
        assert_int_equal(bgzf_compress(&d, DEFLATE_ZLIB, 6, (pl_str){from, n}, to->at + to->len, &len), PL_OK);
        to->len += len;
        return;
    }
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    to->len += z.total_out;
    deflateEnd(&z);
}

static void add_end(struct bytes *to)
{
    memcpy(to->at + to->len, bgzf_end, BGZF_END);
    to->len += BGZF_END;
}

/* Some records; blocks end within lines. */
static void make_lines(int n)
{
    lines.len = 0;
    for (int i = 0; i < n; i++)
        lines.len += (size_t)sprintf((char *)lines.at + lines.len,
                                     "{\"id\":\"r%d\",\"url\":\"https://north.example/%d\",\"title\":\"Ferry %d to Arran\"}\n", i, i * 7, i);
}

static void make_archive(size_t per_block)
{
    archive.len = 0;
    for (size_t at = 0; at < lines.len; at += per_block)
        add_member(&archive, (char *)lines.at + at, lines.len - at < per_block ? lines.len - at : per_block, true);
    add_end(&archive);
    write_file("", archive.at, archive.len);
}

static void make_index(void)
{
    struct archive_made made;

    drop_indexes();
    if (archive_make_index(path, &made, message, sizeof message) != PL_OK)
        fail_msg("%s", message);
}

static void told(void *to, const char *what)
{
    (void)to;
    if (n_told++ == 0)
        snprintf(first, sizeof first, "%s", what);
}

static struct archive_report verify(void)
{
    struct archive_report r;

    n_told = 0;
    first[0] = 0;
    if (archive_verify(path, told, NULL, &r, message, sizeof message) != PL_OK)
        fail_msg("%s", message);
    assert_int_equal(r.whole, n_told == 0);
    return r;
}

/* Every bit of the file is flipped once. */
static void flip_all(const char *suffix, size_t step)
{
    read_file(suffix, &file);
    assert_true(file.len > 0);
    for (size_t bit = 0; bit < file.len * 8; bit += step) {
        file.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
        write_file(suffix, file.at, file.len);
        if (verify().whole)
            fail_msg("bit %zu of '%s' is not missed", bit, suffix);
        file.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    write_file(suffix, file.at, file.len);
    assert_true(verify().whole);
}

static void cut_all(const char *suffix, size_t step)
{
    read_file(suffix, &file);
    for (size_t n = 0; n < file.len; n += step) {
        write_file(suffix, file.at, n);
        if (verify().whole)
            fail_msg("'%s' cut to %zu bytes is not told", suffix, n);
    }
    write_file(suffix, file.at, file.len);
}

static int setup(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/a.jsonl.gz", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    drop("");
    drop_indexes();
    return rmdir(folder);
}

static void blocks(void **state)
{
    (void)state;
    make_lines(16);
    make_archive(400);
    make_index();
    const struct archive_report r = verify();
    assert_true(r.whole && r.indexed && r.gzi && r.blocks);
    assert_int_equal(r.n_records, 16);
    assert_int_equal(r.n_members, (lines.len + 399) / 400);
    assert_int_equal(r.content, lines.len);
    assert_int_equal(r.length, archive.len);
    flip_all("", 1);
    flip_all(".idx", 1);
    flip_all(".gzi", 1);
    cut_all("", 1);
    cut_all(".idx", 1);
    cut_all(".gzi", 1);
}

/* Without an index: every cut, with the records before it; every flipped bit that changes the content. */
static void without_index(void **state)
{
    size_t n_harmless = 0;

    (void)state;
    make_lines(16);
    make_archive(400);
    drop_indexes();
    assert_true(verify().whole);
    for (size_t n = 0; n < archive.len; n++) {
        size_t want = 0, content = 0;
        for (size_t at = 0; at < archive.len;) {
            at += (size_t)(archive.at[at + 16] | archive.at[at + 17] << 8) + 1;
            content += at <= n ? 400 : 0;
        }
        for (size_t i = 0; i < content && i < lines.len; i++)
            want += lines.at[i] == '\n';
        write_file("", archive.at, n);
        const struct archive_report r = verify();
        assert_false(r.whole);
        assert_int_equal(r.n_records, want);
    }
    for (size_t bit = 0; bit < archive.len * 8; bit++) {
        archive.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
        write_file("", archive.at, archive.len);
        n_harmless += verify().whole;
        archive.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    /* what is left over of a deflate stream's last byte, and a code that stands for nothing that came */
    assert_true(n_harmless < 12 * 20);
    write_file("", archive.at, archive.len);
}

/* Where a block is bad all records are good that touch it in no byte. */
static void one_bad_block(void **state)
{
    (void)state;
    make_lines(40);
    make_archive(1000);
    for (int indexed = 0; indexed < 2; indexed++) {
        write_file("", archive.at, archive.len);
        if (indexed)
            make_index();
        else
            drop_indexes();
        for (size_t at = 0, block = 0; at + BGZF_END < archive.len; block++) {
            const size_t size = (size_t)(archive.at[at + 16] | archive.at[at + 17] << 8) + 1;
            size_t before = 0, behind = 0, begin = block * 1000, end = begin + 1000 < lines.len ? begin + 1000 : lines.len;
            for (size_t i = 0; i < begin; i++)
                before += lines.at[i] == '\n';
            for (size_t i = end; i < lines.len; i++)
                behind += lines.at[i] == '\n' && i > end;
            /* the line that begins in the bad block ends in the first of these */
            if (behind && lines.at[end - 1] != '\n')
                behind--;
            archive.at[at + size / 2] ^= 4;
            write_file("", archive.at, archive.len);
            const struct archive_report r = verify();
            archive.at[at + size / 2] ^= 4;
            assert_false(r.whole);
            assert_int_equal(r.n_first, before);
            assert_int_equal(r.first_end, at);
            assert_int_equal(r.n_records, before + behind);
            assert_int_equal(r.n_bad, 1);
            assert_non_null(strstr(first, "it goes on at byte"));
            at += size;
        }
    }
    write_file("", archive.at, archive.len);
}

/* Blocks that are too large for BGZF. */
static void large_blocks(void **state)
{
    (void)state;
    make_lines(7000);
    make_archive(100000);
    drop_indexes();
    struct archive_report r = verify();
    assert_true(r.whole && r.blocks);
    assert_int_equal(r.n_members, (lines.len + 99999) / 100000);
    cut_all("", 499);
    for (size_t at = 0, n = 0; at + BGZF_END < archive.len; n++) { /* at each end of a block, too */
        write_file("", archive.at, at);
        assert_false(verify().whole);
        at += bgzf_size((pl_str){(char *)archive.at + at, BGZF_MOST_HEADER});
    }
    for (size_t bit = 0; bit < BGZF_MOST_HEADER * 8; bit++) { /* each bit of the second one's header */
        const size_t second = bgzf_size((pl_str){(char *)archive.at, BGZF_MOST_HEADER}), at = second + bit / 8;
        archive.at[at] ^= (unsigned char)(1 << bit % 8);
        write_file("", archive.at, archive.len);
        r = verify();
        archive.at[at] ^= (unsigned char)(1 << bit % 8);
        assert_false(r.whole);
        assert_int_equal(r.first_end, second);
        assert_int_equal(r.n_bad, 1);
        assert_in_range(r.n_records, 5000, 5800);
    }
    write_file("", archive.at, archive.len);
    make_index();
    assert_true(verify().indexed);
    flip_all("", 50021);
}

static void messages(void **state)
{
    (void)state;
    make_lines(10);
    make_archive(300);
    drop_indexes();
    const int size = (archive.at[16] | archive.at[17] << 8) + 1;
    archive.at[size - 5] ^= 1;
    write_file("", archive.at, archive.len);
    verify();
    snprintf(text, sizeof text, "a wrong checksum at byte 0; it goes on at byte %d", size);
    assert_string_equal(first, text);
    archive.at[size - 5] ^= 1;
    write_file("", archive.at, archive.len - BGZF_END);
    verify();
    snprintf(text, sizeof text, "the end marker is missing at byte %zu: the file was cut", archive.len - BGZF_END);
    assert_string_equal(first, text);
    write_file("", "", 0);
    verify();
    assert_string_equal(first, "the file is empty");
    write_file("", "{\"id\":1}\n{\"id\":}\n{\"id\":3}\n", 26);
    assert_int_equal(verify().n_records, 2);
    assert_string_equal(first, "line 2 of the content, at its byte 9, is no JSON: a value was expected at byte 7 of the line");
}

/* An index that is right in itself, and of another archive. */
static void wrong_index(void **state)
{
    (void)state;
    make_lines(40);
    make_archive(1000);
    make_index();
    read_file(".idx", &file);
    memcpy(lines.at, "{\"id\":\"r8\"", 10);
    make_archive(1000);
    drop(".gzi");
    const struct archive_report r = verify();
    assert_false(r.whole);
    assert_int_equal(r.n_records, 40);
    assert_non_null(strstr(first, "the index has another checksum of record 0"));
}

/* Files of another make: several members, one large one, a plain one. */
static void foreign(void **state)
{
    struct archive_file f;
    struct archive_place place;
    pl_str got;

    (void)state;
    make_lines(7000);
    for (int kind = 0; kind < 3; kind++) {
        archive.len = 0;
        for (size_t at = 0; kind == 0 && at < lines.len; at += 9999)
            add_member(&archive, (char *)lines.at + at, lines.len - at < 9999 ? lines.len - at : 9999, false);
        if (kind == 1)
            add_member(&archive, (char *)lines.at, lines.len, false);
        write_file("", kind == 2 ? lines.at : archive.at, kind == 2 ? lines.len : archive.len);
        make_index();
        assert_true(verify().whole);
        assert_int_equal(verify().n_records, 7000);
        assert_int_equal(archive_file_open(&f, path), PL_OK);
        for (uint64_t n = 0; n < f.ix.n_records; n += 13) {
            assert_int_equal(archive_index_record(&f.ix, n, &place), PL_OK);
            if (archive_file_record(&f, &place, &got) != PL_OK)
                fail_msg("%s", f.message);
            assert_int_equal(got.len, place.len);
            assert_memory_equal(got.ptr, lines.at + place.offset, got.len);
        }
        archive_file_close(&f);
        flip_all("", 400009);
        flip_all(".idx", 50021);
    }
}

/* A member that is too large for a block: points are made. */
static void stream(void **state)
{
    static char large[6 << 20];
    static unsigned char packed[4 << 20];
    size_t n = 0;
    uint32_t seed = 1;
    struct archive_file f;
    struct archive_place place;
    pl_str got;

    (void)state;
    for (int i = 0; n < sizeof large - 400; i++) {
        n += (size_t)sprintf(large + n, "{\"id\":\"s%d\",\"text\":\"", i);
        for (int k = 0; k < 40; k++) {
            seed = seed * 1664525u + 1013904223u;
            n += (size_t)sprintf(large + n, "%x ", (unsigned)(seed >> 12));
        }
        n += (size_t)sprintf(large + n, "\"}\n");
    }
    z_stream z = {.next_in = (Bytef *)large, .avail_in = (uInt)n, .next_out = packed, .avail_out = sizeof packed};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    write_file("", packed, z.total_out);
    make_index();
    const struct archive_report r = verify();
    assert_true(r.whole && r.zran);
    flip_all(".zran", 40009);
    assert_int_equal(archive_file_open(&f, path), PL_OK);
    assert_int_equal(f.ix.holds, ARCHIVE_STREAM);
    for (uint64_t k = 0; k < f.ix.n_records; k += 37) {
        const uint64_t number = k * 7919 % f.ix.n_records;
        assert_int_equal(archive_index_record(&f.ix, number, &place), PL_OK);
        if (archive_file_record(&f, &place, &got) != PL_OK)
            fail_msg("%s", f.message);
        assert_memory_equal(got.ptr, large + place.offset, got.len);
    }
    archive_file_close(&f);
}

/* A damaged archive gives a record as it was, or none. */
static void get_from_damage(void **state)
{
    struct archive_place place;
    pl_str got;

    (void)state;
    make_lines(16);
    make_archive(400);
    make_index();
    for (size_t bit = 0; bit < (archive.len - BGZF_END) * 8; bit += 3) {
        struct archive_file f;
        archive.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
        write_file("", archive.at, archive.len);
        archive.at[bit / 8] ^= (unsigned char)(1 << bit % 8);
        if (archive_file_open(&f, path) == PL_OK) {
            for (uint64_t n = 0; n < f.ix.n_records; n++) {
                assert_int_equal(archive_index_record(&f.ix, n, &place), PL_OK);
                if (archive_file_record(&f, &place, &got) == PL_OK)
                    assert_memory_equal(got.ptr, lines.at + place.offset, place.len);
                else
                    assert_true(f.message[0]);
            }
        }
        archive_file_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks),   cmocka_unit_test(without_index), cmocka_unit_test(one_bad_block), cmocka_unit_test(large_blocks),
        cmocka_unit_test(messages),
        cmocka_unit_test(wrong_index), cmocka_unit_test(foreign),    cmocka_unit_test(stream),        cmocka_unit_test(get_from_damage),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
