/* archive_index_test.c - every record is found by its keys, whatever memory there was for sorting; damage is named. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "archive_index.h"

enum { RECORDS = 3000, PER_BLOCK = 7, PACKED = 50, START = 9 };

static pl_str id_of(unsigned i)
{
    static char text[32];

    return (pl_str){text, (size_t)snprintf(text, sizeof text, "record-%u", i)};
}

static pl_str url_of(unsigned i)
{
    static char text[64];

    return (pl_str){text, (size_t)snprintf(text, sizeof text, "https://news.example/%u", i)};
}

/* Three in a row share a URL; every tenth has no id. */
static struct archive_row row_of(unsigned i)
{
    const uint64_t url = archive_key(ARCHIVE_URL, url_of(i / 3));

    return (struct archive_row){{i % 10 ? archive_key(ARCHIVE_ID, id_of(i)) : 0, url, url}, 10 + i % 5, i * 77};
}

static uint32_t lengths(unsigned from, unsigned to)
{
    uint32_t sum = 0;

    for (; from < to; from++)
        sum += row_of(from).len;
    return sum;
}

/* An index of `n` records; between its frames lie those of another archive. */
static int make(unsigned n, size_t at_once, bool same_id, struct part *out, struct archive_rows *rows)
{
    struct archive_chain chain = {0}, other = {0};
    struct archive_row row[PER_BLOCK];

    assert_int_equal(archive_rows_open(rows, PL_S("")), PL_OK);
    rows->at_once = at_once;
    for (unsigned i = 0; i < n; i += PER_BLOCK) {
        const unsigned end = i + PER_BLOCK < n ? i + PER_BLOCK : n;
        for (unsigned k = i; k < end; k++) {
            row[k - i] = row_of(k);
            if (same_id)
                row[k - i].key[0] = archive_key(ARCHIVE_ID, PL_S("the same"));
        }
        assert_int_equal(archive_rows_add(rows, &chain, row, end - i, lengths(i, end) + (i ? 0 : START), PACKED), PL_OK);
        assert_int_equal(archive_rows_add(rows, &other, row, 1, 1, 1), PL_OK);
    }
    const struct archive_about about = {
        ARCHIVE_MEMBERS, ARCHIVE_CSV, n ? START : 0, chain.archive_len + 28, 0x1234, 0x5678, 0};
    assert_int_equal(part_open(out, PL_S("out/a.idx")), PL_OK);
    const int rc = archive_index_write(rows, &chain, &about, out);
    return rc == PL_OK ? part_publish(out) : rc;
}

static void made(unsigned n, size_t at_once, bool same_id)
{
    struct archive_rows rows;
    struct part out;

    if (make(n, at_once, same_id, &out, &rows) != PL_OK)
        fail_msg("%s", rows.message);
    part_close(&out);
    archive_rows_close(&rows);
}

static void opened(struct archive_index *ix)
{
    if (archive_index_open(ix, "out/a.idx") != PL_OK)
        fail_msg("%s", ix->message);
}

static void check_search(struct archive_index *ix, uint64_t key, unsigned first, unsigned n)
{
    struct archive_search s;
    int rc = archive_index_find(ix, &s, key);

    for (unsigned i = first; i < first + n; i++) {
        assert_int_equal(rc, PL_OK);
        assert_true(s.found);
        assert_int_equal(s.place.number, i);
        assert_int_equal(s.place.offset, START + lengths(0, i));
        assert_int_equal(s.place.len, row_of(i).len);
        assert_int_equal(s.place.crc, row_of(i).crc);
        assert_int_equal(s.place.block, i / PER_BLOCK);
        assert_int_equal(s.place.block_at, i / PER_BLOCK * PACKED);
        assert_in_range(s.place.offset, s.place.block_content, s.place.block_content_end - 1);
        rc = archive_index_next(ix, &s);
    }
    assert_int_equal(rc, PL_OK);
    assert_false(s.found);
}

static void found(void **state)
{
    static const size_t at_once[] = {0, 16, 700, 4096};
    static struct archive_index ix;

    (void)state;
    for (size_t a = 0; a < sizeof at_once / sizeof *at_once; a++) {
        made(RECORDS, at_once[a], false);
        opened(&ix);
        assert_int_equal(ix.n_records, RECORDS);
        assert_int_equal(ix.format, ARCHIVE_CSV);
        assert_int_equal(ix.n_keys, RECORDS / 10 * 9 + RECORDS);
        if (archive_index_verify(&ix) != PL_OK)
            fail_msg("%s", ix.message);
        for (unsigned i = 0; i < RECORDS; i += 1 + (unsigned)a) {
            check_search(&ix, archive_key(ARCHIVE_ID, id_of(i)), i, i % 10 ? 1 : 0);
            if (i % 3 == 0)
                check_search(&ix, archive_key(ARCHIVE_URL, url_of(i / 3)), i, 3);
        }
        check_search(&ix, archive_key(ARCHIVE_ID, url_of(1)), 0, 0);
        check_search(&ix, archive_key(ARCHIVE_ID, PL_S("")), 0, 0);
        check_search(&ix, 1, 0, 0);
        check_search(&ix, UINT64_MAX, 0, 0);
        archive_index_close(&ix);
    }
}

static void one_id(void **state)
{
    static struct archive_index ix;

    (void)state;
    made(RECORDS, 64, true);
    opened(&ix);
    assert_int_equal(archive_index_verify(&ix), PL_OK);
    check_search(&ix, archive_key(ARCHIVE_ID, PL_S("the same")), 0, RECORDS);
    check_search(&ix, archive_key(ARCHIVE_URL, url_of(100)), 300, 3);
    archive_index_close(&ix);
}

static void few(void **state)
{
    static struct archive_index ix;
    struct archive_place place;

    (void)state;
    for (unsigned n = 0; n < 20; n++) {
        made(n, 0, false);
        opened(&ix);
        assert_int_equal(archive_index_verify(&ix), PL_OK);
        for (unsigned i = 0; i < n; i++)
            check_search(&ix, archive_key(ARCHIVE_ID, id_of(i)), i, i % 10 ? 1 : 0);
        assert_int_equal(archive_index_record(&ix, n, &place), PL_ERROR);
        archive_index_close(&ix);
    }
}

/* The sum of a table's own pages too: about 20 bytes a record with an id, 30 with a URL of its own. */
static void small(void **state)
{
    struct stat st;

    (void)state;
    made(RECORDS, 0, false);
    assert_int_equal(stat("out/a.idx", &st), 0);
    assert_true(st.st_size < RECORDS * 31);
}

static void damaged(void **state)
{
    static struct archive_index ix;
    static char file[1 << 18];
    FILE *f;

    (void)state;
    made(RECORDS, 0, false);
    f = fopen("out/a.idx", "rb");
    const size_t n = fread(file, 1, sizeof file, f);
    fclose(f);
    for (size_t at = 0; at < n; at += at < 90 ? 1 : 61) {
        file[at] ^= 16;
        f = fopen("out/a.idx", "wb");
        assert_int_equal(fwrite(file, 1, n, f), n);
        fclose(f);
        file[at] ^= 16;
        const int rc = archive_index_open(&ix, "out/a.idx");
        assert_true(rc == PL_ERROR || archive_index_verify(&ix) == PL_ERROR);
        assert_non_null(strstr(ix.message, "archive index"));
        archive_index_close(&ix);
    }
    for (size_t len = 0; len < n; len += len < 90 ? 1 : 997) {
        assert_int_equal(truncate("out/a.idx", (off_t)len), 0);
        assert_int_equal(archive_index_open(&ix, "out/a.idx"), PL_ERROR);
        archive_index_close(&ix);
        f = fopen("out/a.idx", "wb");
        assert_int_equal(fwrite(file, 1, n, f), n);
        fclose(f);
    }
    unlink("out/a.idx");
    assert_int_equal(archive_index_open(&ix, "out/a.idx"), PL_AGAIN);
    archive_index_close(&ix);
}

static void fits(void **state)
{
    static struct archive_index ix;
    struct archive_rows rows;
    struct archive_chain chain = {0};
    const struct archive_row row = row_of(1);
    struct part out;
    char bytes[6000];
    FILE *f = fopen("archive", "w+b");

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * i >> 3);
    assert_int_equal(fwrite(bytes, 1, sizeof bytes, f), sizeof bytes);
    fflush(f);
    assert_int_equal(archive_rows_open(&rows, PL_S("rows")), PL_OK);
    assert_int_equal(archive_rows_add(&rows, &chain, &row, 1, row.len, 6000), PL_OK);
    struct archive_about about = {.holds = ARCHIVE_MEMBERS, .archive_len = 6000};
    assert_int_equal(archive_tail_crc(fileno(f), 6000, &about.tail_crc), PL_OK);
    assert_int_equal(part_open(&out, PL_S("out/a.idx")), PL_OK);
    assert_int_equal(archive_index_write(&rows, &chain, &about, &out), PL_OK);
    assert_int_equal(part_publish(&out), PL_OK);
    part_close(&out);
    about.start = 1;
    assert_int_equal(part_open(&out, PL_S("out/a.idx")), PL_OK);
    assert_int_equal(archive_index_write(&rows, &chain, &about, &out), PL_ERROR);
    assert_non_null(strstr(rows.message, "do not fill it"));
    part_close(&out);
    archive_rows_close(&rows);
    opened(&ix);
    assert_int_equal(archive_index_fits(&ix, fileno(f)), PL_OK);
    assert_int_equal(pwrite(fileno(f), "x", 1, 5000), 1);
    assert_int_equal(archive_index_fits(&ix, fileno(f)), PL_ERROR);
    assert_non_null(strstr(ix.message, "ends otherwise"));
    assert_int_equal(pwrite(fileno(f), "x", 1, 6000), 1);
    assert_int_equal(archive_index_fits(&ix, fileno(f)), PL_ERROR);
    assert_non_null(strstr(ix.message, "of 6000 bytes, not 6001"));
    archive_index_close(&ix);
    fclose(f);
}

/* As htslib has it: count, then where each block but the first begins. */
static void gzi(void **state)
{
    struct archive_rows rows;
    struct archive_chain chain = {0};
    unsigned char got[8 + 16 * 600];
    struct part out;

    (void)state;
    assert_int_equal(archive_rows_open(&rows, PL_S("")), PL_OK);
    for (uint32_t i = 0; i < 600; i++)
        assert_int_equal(archive_rows_add(&rows, &chain, NULL, 0, 65280, 1000 + i), PL_OK);
    assert_int_equal(part_open(&out, PL_S("out/a.gzi")), PL_OK);
    if (archive_gzi_write(&rows, &chain, &out) != PL_OK || part_publish(&out) != PL_OK)
        fail_msg("%s", rows.message);
    part_close(&out);
    archive_rows_close(&rows);
    FILE *f = fopen("out/a.gzi", "rb");
    assert_int_equal(fread(got, 1, sizeof got, f), 8 + 16 * 599);
    fclose(f);
    assert_memory_equal(got, "\x57\2\0\0\0\0\0\0\xe8\3\0\0\0\0\0\0\0\xff\0\0\0\0\0\0\xd1\7\0\0\0\0\0\0\0\xfe\1\0\0\0\0\0", 40);
}

/* Of the paper's appendix, with our key in place of theirs where it matters: kinds differ, and lengths do. */
static void keys(void **state)
{
    (void)state;
    assert_int_equal(archive_key(ARCHIVE_ID, PL_S("")), 0);
    assert_true(archive_key(ARCHIVE_ID, PL_S("a")) != archive_key(ARCHIVE_URL, PL_S("a")));
    assert_true(archive_key(ARCHIVE_ID, PL_S("a\0")) != archive_key(ARCHIVE_ID, PL_S("a")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found), cmocka_unit_test(one_id), cmocka_unit_test(few),  cmocka_unit_test(small),
        cmocka_unit_test(damaged), cmocka_unit_test(fits), cmocka_unit_test(gzi), cmocka_unit_test(keys),
    };

    mkdir("out", 0777);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
