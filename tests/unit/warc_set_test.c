/* warc_set_test.c - the files of a run and the payloads it has seen: the same wherever it was killed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "warc_open.h"
#include "warc_seen.h"
#include "warc_set.h"

enum { ARTICLES = 60 };

static const struct warc_set_options options = {.path = {"out/p-00001.warc.gz", 19}, .size = 3000, .gzip = true, .level = 6,
                                                .by = DEFLATE_ZLIB, .digest = WARC_SHA1, .date = {"2026-01-01T00:00:00Z", 20},
                                                .info = {"software: test\r\n", 16}};

static pl_str text_of(const char *z)
{
    return (pl_str){z, strlen(z)};
}

static void check(int rc, const char *message)
{
    if (rc != PL_OK)
        print_error("%s\n", message);
    assert_int_equal(rc, PL_OK);
}

/* Article `i`: one record with a block of up to 700 bytes. */
static void add_article(struct warc_set *s, int i)
{
    char block[800], head[400];
    uint32_t x = (uint32_t)i * 2654435761u + 1;
    const size_t n = x % 700;
    struct warc_buf record = {0}, packed = {0}, begun = {0};
    struct deflater d = {0};
    const struct warc_cdxj c = {.date = PL_S("2026-05-04T10:11:12Z"), .uri = {head, 0}, .mime = PL_S("text/plain"),
                                .digest = PL_S("sha1:7GOYX2MWZGKHHOQZ4YVNFTZY4GVFH7PP")};
    struct warc_cdxj line = c;

    for (size_t k = 0; k < n; k++, x = x * 1664525 + 1013904223)
        block[k] = (char)('a' + (x >> 24) % 26);
    snprintf(head, sizeof head, "http://a.example/%u", x % 1000);
    line.uri = text_of(head);
    warc_buf_addf(&record, "WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:%d>\r\nWARC-Date: 2026-05-04T10:11:12Z\r\n"
                           "WARC-Target-URI: %s\r\nWARC-Payload-Digest: sha1:7GOYX2MWZGKHHOQZ4YVNFTZY4GVFH7PP\r\n"
                           "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n",
                  i, head, n);
    warc_buf_add(&record, (pl_str){block, n});
    warc_buf_text(&record, "\r\n\r\n");
    assert_int_equal(warc_gz_add(&packed, &d, DEFLATE_ZLIB, 6, warc_buf_view(&record)), PL_OK);
    warc_cdxj_begin(&begun, &line);
    check(warc_set_begin(s, packed.len), s->message);
    check(warc_set_append(s, warc_buf_view(&packed), warc_buf_view(&begun)), s->message);
    deflater_done(&d);
    warc_buf_done(&record);
    warc_buf_done(&packed);
    warc_buf_done(&begun);
}

/* Every file of the folder, one behind the other, by name. */
static void contents(struct warc_buf *out)
{
    out->len = 0;
    for (unsigned i = 1; i < 40; i++)
        for (int k = 0; k < 2; k++) {
            char *path = warc_set_name(options.path, i, true), *index = warc_index_path(text_of(path));
            FILE *in = fopen(k ? index : path, "rb");
            char piece[4096];
            size_t n;
            if (in)
                warc_buf_addf(out, "== %s\n", k ? index : path);
            while (in && (n = fread(piece, 1, sizeof piece, in)) > 0)
                warc_buf_add(out, (pl_str){piece, n});
            if (in)
                fclose(in);
            free(path);
            free(index);
        }
}

static void wipe(void)
{
    assert_int_equal(system("rm -rf out"), 0);
}

static void undisturbed(struct warc_buf *out)
{
    struct warc_set s;
    struct warc_buf saved = {0};

    wipe();
    check(warc_set_open(&s, &options), s.message);
    for (int i = 0; i < ARTICLES; i++)
        add_article(&s, i);
    check(warc_set_finish(&s), s.message);
    check(warc_set_checkpoint(&s, 1, &saved), s.message);
    check(warc_set_committed(&s, 1), s.message);
    check(warc_set_close(&s), s.message);
    warc_buf_done(&saved);
    contents(out);
}

/* Killed at article `kill`: with a checkpoint every `every`, whose last record may be lost with what it published. */
static void killed(int kill, int every, bool committed, struct warc_buf *out)
{
    struct warc_set s;
    struct warc_buf saved[2] = {{0}};
    int at = 0;
    uint64_t n = 0;

    wipe();
    check(warc_set_open(&s, &options), s.message);
    for (int i = 0; i < kill; i++) {
        add_article(&s, i);
        if ((i + 1) % every)
            continue;
        saved[1].len = 0;
        check(warc_set_checkpoint(&s, n + 1, &saved[1]), s.message);
        check(warc_set_committed(&s, n + 1), s.message);
        if (!committed && i + 1 + every > kill)
            break; /* its record is lost */
        saved[0].len = 0;
        warc_buf_add(&saved[0], warc_buf_view(&saved[1]));
        at = i + 1;
        n++;
    }
    check(warc_set_close(&s), s.message);
    check(warc_set_open(&s, &options), s.message);
    if (n) {
        check(warc_set_restore(&s, n, warc_buf_view(&saved[0])), s.message);
        check(warc_set_committed(&s, n), s.message);
    }
    for (int i = at; i < ARTICLES; i++)
        add_article(&s, i);
    check(warc_set_finish(&s), s.message);
    saved[0].len = 0;
    check(warc_set_checkpoint(&s, n + 1, &saved[0]), s.message);
    check(warc_set_committed(&s, n + 1), s.message);
    check(warc_set_close(&s), s.message);
    warc_buf_done(&saved[0]);
    warc_buf_done(&saved[1]);
    contents(out);
}

static void a_killed_run_ends_the_same(void **state)
{
    struct warc_buf right = {0}, got = {0};

    (void)state;
    undisturbed(&right);
    assert_non_null(memmem(right.at, right.len, "== out/p-00007.warc.gz", 22));
    for (int every = 3; every < 20; every += 5)
        for (int kill = 0; kill <= ARTICLES; kill += 3)
            for (int committed = 0; committed < 2; committed++) {
                killed(kill, every, committed, &got);
                assert_int_equal(got.len, right.len);
                assert_memory_equal(got.at, right.at, right.len);
                assert_int_equal(system("! ls out/*.part 2>/dev/null"), 0);
            }
    warc_buf_done(&right);
    warc_buf_done(&got);
}

static void names_wait_for_their_checkpoint(void **state)
{
    struct warc_set s;
    struct warc_buf saved = {0};

    (void)state;
    wipe();
    check(warc_set_open(&s, &options), s.message);
    for (int i = 0; i < 30; i++)
        add_article(&s, i);
    assert_int_equal(access("out/p-00001.warc.gz", F_OK), -1);
    assert_int_equal(access("out/p-00001.cdxj.part", F_OK), 0);
    check(warc_set_committed(&s, 7), s.message); /* of an earlier checkpoint */
    assert_int_equal(access("out/p-00001.warc.gz", F_OK), -1);
    check(warc_set_checkpoint(&s, 8, &saved), s.message);
    check(warc_set_committed(&s, 7), s.message);
    assert_int_equal(access("out/p-00001.warc.gz", F_OK), -1);
    check(warc_set_committed(&s, 8), s.message);
    assert_int_equal(access("out/p-00001.warc.gz", F_OK), 0);
    assert_int_equal(access("out/p-00001.cdxj", F_OK), 0);
    check(warc_set_close(&s), s.message);
    warc_buf_done(&saved);
}

static void what_was_not_written_is_refused(void **state)
{
    static const char *const wrong[] = {"file 1 2 3\n", "file 1 2 3 4", "whole 1 2 3 4\n", "next x\n", "next 1 2\n", "\n"};
    struct warc_set s;
    struct warc_buf saved = {0};

    (void)state;
    wipe();
    check(warc_set_open(&s, &options), s.message);
    for (int i = 0; i < 30; i++)
        add_article(&s, i);
    check(warc_set_checkpoint(&s, 1, &saved), s.message);
    check(warc_set_committed(&s, 1), s.message);
    check(warc_set_close(&s), s.message);
    assert_int_equal(system("printf x | dd of=out/p-00002.warc.gz bs=1 seek=700 conv=notrunc 2>/dev/null"), 0);
    check(warc_set_open(&s, &options), s.message);
    assert_int_equal(warc_set_restore(&s, 1, warc_buf_view(&saved)), PL_ERROR);
    assert_non_null(strstr(s.message, "'out/p-00002.warc.gz' are not those that this run wrote"));
    assert_false(s.machine);
    warc_set_close(&s);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        check(warc_set_open(&s, &options), s.message);
        assert_int_equal(warc_set_restore(&s, 1, text_of(wrong[i])), PL_ERROR);
        assert_string_equal(s.message, "the saved state of the files cannot be read: begin anew with --restart");
        warc_set_close(&s);
    }
    warc_buf_done(&saved);
}

static void files_are_numbered(void **state)
{
    static const struct {
        const char *path;
        unsigned number;
        bool gzip;
        const char *wanted, *index;
    } row[] = {
        {"o/pages-00001.warc.gz", 1, true, "o/pages-00001.warc.gz", "o/pages-00001.cdxj"},
        {"o/pages-00001.warc.gz", 123456, true, "o/pages-123456.warc.gz", "o/pages-123456.cdxj"},
        {"o/pages-00001-2.warc.gz", 3, false, "o/pages-00003-2.warc", "o/pages-00003-2.cdxj"},
        {"00001/x.warc", 1, true, "00001/x.warc", "00001/x.cdxj"},
        {"00001/x.warc", 2, true, "00001/x-00002.warc", "00001/x-00002.cdxj"},
        {"x", 2, true, "x-00002", "x-00002.cdxj"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char *path = warc_set_name(text_of(row[i].path), row[i].number, row[i].gzip), *index = warc_index_path(text_of(path));
        assert_string_equal(path, row[i].wanted);
        assert_string_equal(index, row[i].index);
        free(path);
        free(index);
    }
}

/* ---- payloads that were seen ---- */

static void key_of(int i, uint8_t key[WARC_SEEN_KEY])
{
    for (size_t k = 0; k < WARC_SEEN_KEY; k++)
        key[k] = (uint8_t)((uint32_t)i * 2654435761u >> 8 * (k % 4));
}

static void see(struct warc_seen *s, int i, bool *full)
{
    uint8_t key[WARC_SEEN_KEY], id[16] = {1};
    char uri[64];

    key_of(i, key);
    snprintf(uri, sizeof uri, "http://a.example/%d", i);
    check(warc_seen_add(s, key, id, text_of(uri), PL_S("2026-05-04T10:11:12Z"), full), s->message);
}

static bool seen(struct warc_seen *s, int i, struct warc_buf *refers)
{
    uint8_t key[WARC_SEEN_KEY];

    key_of(i, key);
    return warc_seen_find(s, key, refers);
}

static void payloads_are_remembered(void **state)
{
    struct warc_seen s;
    struct warc_buf refers = {0}, saved = {0};
    bool full;

    (void)state;
    unlink("log.part");
    check(warc_seen_open(&s, 1 << 20, PL_S("log")), s.message);
    for (int i = 0; i < 2000; i++)
        see(&s, i, &full);
    assert_false(full);
    check(warc_seen_checkpoint(&s, &saved), s.message);
    saved.len = 0;
    check(warc_seen_checkpoint(&s, &saved), s.message);
    assert_int_equal(s.log.length, s.entries.len); /* each once */
    for (int i = 2000; i < 3000; i++)
        see(&s, i, &full);
    assert_true(seen(&s, 2999, &refers));
    warc_seen_close(&s);
    refers.len = 0;

    check(warc_seen_open(&s, 1 << 20, PL_S("log")), s.message);
    check(warc_seen_restore(&s, warc_buf_view(&saved)), s.message);
    assert_true(seen(&s, 1999, &refers));
    warc_buf_byte(&refers, 0);
    assert_string_equal(refers.at, "WARC-Refers-To: <urn:uuid:01000000-0000-0000-0000-000000000000>\r\nWARC-Refers-To-Target-URI: "
                                   "http://a.example/1999\r\nWARC-Refers-To-Date: 2026-05-04T10:11:12Z\r\n");
    assert_false(seen(&s, 2000, &refers));
    warc_seen_close(&s);
    warc_buf_done(&refers);
    warc_buf_done(&saved);
}

static void memory_is_bounded(void **state)
{
    struct warc_seen s;
    struct warc_buf refers = {0};
    bool full = false;
    int n = 0;

    (void)state;
    check(warc_seen_open(&s, 1 << 16, (pl_str){NULL, 0}), s.message);
    while (!full)
        see(&s, n++, &full);
    assert_in_range(n, 200, 2000);
    assert_true(s.entries.len + s.n_slots * 8 <= 1 << 16);
    assert_true(seen(&s, 0, &refers));
    assert_false(seen(&s, n - 1, &refers));
    warc_seen_close(&s);
    warc_buf_done(&refers);
}

static void earlier_indexes_are_read(void **state)
{
    static const char lines[] =
        "example,a)/x 20260504101112 {\"url\": \"http://a.example/x\", \"mime\": \"text/html\", \"digest\": "
        "\"sha1:7GOYX2MWZGKHHOQZ4YVNFTZY4GVFH7PP\", \"length\": \"1\", \"offset\": \"2\", \"filename\": \"f\"}\n"
        "example,a)/y 20260505101112 {\"url\": \"http://a.example/y\", \"mime\": \"warc/revisit\", \"digest\": "
        "\"sha1:AGOYX2MWZGKHHOQZ4YVNFTZY4GVFH7PP\", \"length\": \"1\", \"offset\": \"2\", \"filename\": \"f\"}\n!meta 0 {}\n";
    static const uint8_t pier[] = {0xf9, 0x9d, 0x8b, 0xe9, 0x96, 0xc9, 0x94, 0x73, 0xba, 0x19,
                                   0xe6, 0x2a, 0xd2, 0xcf, 0x38, 0xe1, 0xaa, 0x53, 0xfd, 0xef};
    struct warc_seen s;
    struct warc_buf refers = {0}, saved = {0};
    FILE *out = fopen("earlier.cdxj", "w");

    (void)state;
    assert_non_null(out);
    fputs(lines, out);
    fclose(out);
    check(warc_seen_open(&s, 1 << 20, (pl_str){NULL, 0}), s.message);
    check(warc_seen_seed(&s, "earlier.cdxj"), s.message);
    assert_int_equal(s.n, 1);
    assert_true(warc_seen_find(&s, pier, &refers));
    warc_buf_byte(&refers, 0);
    assert_string_equal(refers.at, "WARC-Refers-To-Target-URI: http://a.example/x\r\nWARC-Refers-To-Date: 2026-05-04T10:11:12Z\r\n");
    check(warc_seen_checkpoint(&s, &saved), s.message);
    assert_int_equal(warc_seen_seed(&s, "not-there.cdxj"), PL_ERROR);
    assert_string_equal(s.message, "cannot read the index 'not-there.cdxj': No such file or directory");
    warc_seen_close(&s);
    check(warc_seen_open(&s, 1 << 20, (pl_str){NULL, 0}), s.message);
    assert_int_equal(warc_seen_restore(&s, warc_buf_view(&saved)), PL_ERROR);
    assert_non_null(strstr(s.message, "have changed since this run began"));
    warc_seen_close(&s);
    warc_buf_done(&refers);
    warc_buf_done(&saved);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_run_ends_the_same),      cmocka_unit_test(names_wait_for_their_checkpoint),
        cmocka_unit_test(what_was_not_written_is_refused), cmocka_unit_test(files_are_numbered),
        cmocka_unit_test(payloads_are_remembered),         cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(earlier_indexes_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
