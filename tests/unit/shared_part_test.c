/* shared_part_test.c - a file gets its name when it is whole, and what lies in its way is left alone. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "part.h"

#define PATH PL_S("out/deep/a.gz")

/* What was synced, in order: 'f' the file under its .part name, 'F' under its final name, 'd' its folder before it has
 * the final name, 'D' since. */
static char synced[64];
static int sync_error;

int fsync(int fd)
{
    struct stat st;
    const bool final = access("out/deep/a.gz", F_OK) == 0;
    const size_t n = strlen(synced);

    assert_int_equal(fstat(fd, &st), 0);
    assert_true(n + 1 < sizeof synced);
    synced[n] = S_ISDIR(st.st_mode) ? (final ? 'D' : 'd') : (final ? 'F' : 'f');
    synced[n + 1] = 0;
    errno = sync_error;
    return sync_error ? -1 : 0;
}

static void check_synced(const char *wanted)
{
    assert_string_equal(synced, wanted);
    synced[0] = 0;
}

/* What the file holds; NULL where there is none. */
static const char *held(const char *path)
{
    static char buf[256];
    FILE *f = fopen(path, "rb");

    if (!f)
        return NULL;
    buf[fread(buf, 1, sizeof buf - 1, f)] = 0;
    fclose(f);
    return buf;
}

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int clean(void **state)
{
    (void)state;
    unlink("out/deep/a.gz");
    unlink("out/deep/a.gz.part");
    synced[0] = 0;
    sync_error = 0;
    return 0;
}

static void ok(struct part *p, int rc)
{
    if (rc != PL_OK)
        print_error("%s\n", p->message);
    assert_int_equal(rc, PL_OK);
}

static void whole(void **state)
{
    struct part p;

    (void)state;
    ok(&p, part_open(&p, PATH));
    ok(&p, part_append(&p, "abc", 3));
    ok(&p, part_append(&p, "def", 3));
    ok(&p, part_sync(&p));
    assert_null(held("out/deep/a.gz"));
    assert_string_equal(held("out/deep/a.gz.part"), "abcdef");
    ok(&p, part_publish(&p));
    ok(&p, part_publish(&p));
    assert_string_equal(held("out/deep/a.gz"), "abcdef");
    assert_null(held("out/deep/a.gz.part"));
    ok(&p, part_close(&p));
    assert_string_equal(held("out/deep/a.gz"), "abcdef");
}

static void not_whole(void **state)
{
    struct part p;

    (void)state;
    ok(&p, part_open(&p, PATH));
    ok(&p, part_append(&p, "abc", 3));
    ok(&p, part_close(&p));
    assert_null(held("out/deep/a.gz"));
    assert_string_equal(held("out/deep/a.gz.part"), "abc");
    /* what an earlier run left stays until something is written */
    ok(&p, part_open(&p, PATH));
    ok(&p, part_close(&p));
    assert_string_equal(held("out/deep/a.gz.part"), "abc");
    ok(&p, part_open(&p, PATH));
    ok(&p, part_append(&p, "x", 1));
    ok(&p, part_close(&p));
    assert_string_equal(held("out/deep/a.gz.part"), "x");
}

/* A run that ends before it writes leaves nothing behind. */
static void nothing(void **state)
{
    struct part p;

    (void)state;
    ok(&p, part_open(&p, PATH));
    assert_string_equal(held("out/deep/a.gz.part"), "");
    ok(&p, part_close(&p));
    assert_null(held("out/deep/a.gz.part"));
}

static uint32_t crc_of(const char *text)
{
    return (uint32_t)crc32_z(0, (const unsigned char *)text, strlen(text));
}

/* What an earlier run left under either name (NULL: nothing), what it saved, and the two files once "XY" was appended and
 * published; or the message. */
static const struct {
    const char *part, *whole, *saved, *becomes, *message;
} restores[] = {
    {"abcdefgh", NULL, "abc", "abcXY", NULL},
    {"abc", NULL, "abc", "abcXY", NULL},
    {"abc", NULL, "", "XY", NULL},
    {NULL, NULL, "", "XY", NULL},
    {"abc", "old", "abc", "abcXY", NULL},
    {NULL, "old", "", "XY", NULL},
    /* published since: renamed back, and cut where more was written */
    {NULL, "abc", "abc", "abcXY", NULL},
    {NULL, "abcdefgh", "abc", "abcXY", NULL},
    {"ab", "abc", "abc", "abcXY", NULL},
    {"ab", "abcd", "abc", "abcXY", NULL},
    {"", "abcd", "abc", "abcXY", NULL},
    {"abd", NULL, "abc", NULL,
     "the first 3 bytes of 'out/deep/a.gz.part' are not those that this run wrote: put it back as it was, or begin anew "
     "with --restart"},
    {"abdefg", "abc", "abc", NULL,
     "the first 3 bytes of 'out/deep/a.gz.part' are not those that this run wrote: put it back as it was, or begin anew "
     "with --restart"},
    {NULL, "abdefg", "abc", NULL,
     "the first 3 bytes of 'out/deep/a.gz' are not those that this run wrote: put it back as it was, or begin anew with "
     "--restart"},
    {"ab", NULL, "abc", NULL,
     "'out/deep/a.gz.part' has 2 bytes, of 3 that were written: put it back as it was, or begin anew with --restart"},
    {NULL, "ab", "abc", NULL,
     "'out/deep/a.gz.part' has 0 bytes, of 3 that were written: put it back as it was, or begin anew with --restart"},
};

static void check_held(const char *path, const char *wanted)
{
    const char *got = held(path);

    assert_int_equal(got != NULL, wanted != NULL);
    if (wanted)
        assert_string_equal(got, wanted);
}

static void goes_on(void **state)
{
    (void)state;
    mkdir("out", 0777);
    mkdir("out/deep", 0777);
    for (size_t i = 0; i < sizeof restores / sizeof *restores; i++) {
        const char *saved = restores[i].saved;
        struct part p;
        clean(NULL);
        if (restores[i].part)
            put("out/deep/a.gz.part", restores[i].part);
        if (restores[i].whole)
            put("out/deep/a.gz", restores[i].whole);
        ok(&p, part_open(&p, PATH));
        const int rc = part_restore(&p, strlen(saved), crc_of(saved));
        if (restores[i].message) {
            assert_int_equal(rc, PL_ERROR);
            assert_string_equal(p.message, restores[i].message);
            part_close(&p);
            if (restores[i].part)
                check_held("out/deep/a.gz.part", restores[i].part);
            check_held("out/deep/a.gz", restores[i].whole);
            continue;
        }
        ok(&p, rc);
        if (restores[i].whole && strlen(restores[i].whole) > strlen(saved) && strcmp(restores[i].whole, "old") != 0)
            check_held("out/deep/a.gz", NULL); /* a final name stands for nothing that is to grow */
        ok(&p, part_append(&p, "XY", 2));
        check_held("out/deep/a.gz.part", restores[i].becomes);
        assert_int_equal(p.length, strlen(restores[i].becomes));
        assert_int_equal(p.crc, crc_of(restores[i].becomes));
        ok(&p, part_sync(&p));
        ok(&p, part_publish(&p));
        ok(&p, part_close(&p));
        check_held("out/deep/a.gz", restores[i].becomes);
        check_held("out/deep/a.gz.part", NULL);
    }
}

/* Killed between the rename and its record: the file is there already. */
static void was_published(void **state)
{
    struct part p;

    (void)state;
    put("out/deep/a.gz", "abc");
    ok(&p, part_open(&p, PATH));
    ok(&p, part_restore(&p, 3, crc_of("abc")));
    assert_null(held("out/deep/a.gz.part"));
    ok(&p, part_sync(&p));
    ok(&p, part_publish(&p));
    ok(&p, part_publish(&p));
    ok(&p, part_close(&p));
    assert_string_equal(held("out/deep/a.gz"), "abc");
    assert_null(held("out/deep/a.gz.part"));
}

/* A checkpoint of nothing new touches nothing, and one of nothing at all leaves nothing. */
static void nothing_new(void **state)
{
    struct part p;

    (void)state;
    put("out/deep/a.gz.part", "of another run");
    ok(&p, part_open(&p, PATH));
    ok(&p, part_sync(&p));
    assert_string_equal(held("out/deep/a.gz.part"), "of another run");
    assert_int_equal(p.length, 0);
    ok(&p, part_close(&p));
    assert_string_equal(held("out/deep/a.gz.part"), "of another run");
    unlink("out/deep/a.gz.part");
    ok(&p, part_open(&p, PATH));
    ok(&p, part_sync(&p));
    ok(&p, part_close(&p));
    assert_null(held("out/deep/a.gz.part"));
    /* nor one that goes on with nothing */
    put("out/deep/a.gz.part", "abc");
    ok(&p, part_open(&p, PATH));
    ok(&p, part_restore(&p, 0, 0));
    ok(&p, part_close(&p));
    assert_null(held("out/deep/a.gz.part"));
}

/* Bytes before their name, a name before it is relied on, and nothing for nothing. */
static void syncs(void **state)
{
    struct part p;

    (void)state;
    ok(&p, part_open(&p, PATH));
    synced[0] = 0; /* folders made */
    ok(&p, part_sync(&p));
    check_synced("");
    ok(&p, part_append(&p, "abc", 3));
    ok(&p, part_sync(&p));
    check_synced("fd");
    ok(&p, part_sync(&p));
    check_synced("");
    ok(&p, part_append(&p, "def", 3));
    ok(&p, part_sync(&p));
    check_synced("f");
    ok(&p, part_append(&p, "ghi", 3));
    ok(&p, part_publish(&p));
    check_synced("fD");
    ok(&p, part_publish(&p));
    ok(&p, part_sync(&p));
    check_synced("");
    ok(&p, part_close(&p));

    /* the rename may have been lost with the power, or will be */
    ok(&p, part_open(&p, PATH));
    ok(&p, part_restore(&p, 9, crc_of("abcdefghi")));
    ok(&p, part_publish(&p));
    check_synced("D");
    ok(&p, part_append(&p, "x", 1));
    check_synced("d");
    ok(&p, part_publish(&p));
    check_synced("fdD");
    ok(&p, part_close(&p));
}

/* Not synced is not published, nor when it is tried again: the second sync may pass over what the first one lost. */
static void cannot_sync(void **state)
{
    struct part p;

    (void)state;
    ok(&p, part_open(&p, PATH));
    ok(&p, part_append(&p, "abc", 3));
    sync_error = EIO;
    assert_int_equal(part_sync(&p), PL_ERROR);
    assert_string_equal(p.message, "cannot sync 'out/deep/a.gz.part': Input/output error");
    sync_error = 0;
    assert_int_equal(part_sync(&p), PL_ERROR);
    assert_int_equal(part_publish(&p), PL_ERROR);
    assert_null(held("out/deep/a.gz"));
    ok(&p, part_close(&p));
    assert_string_equal(held("out/deep/a.gz.part"), "abc");
}

static void one_writer(void **state)
{
    struct part p, second;

    (void)state;
    ok(&p, part_open(&p, PATH));
    ok(&p, part_append(&p, "abc", 3));
    assert_int_equal(part_open(&second, PATH), PL_ERROR);
    assert_string_equal(second.message, "'out/deep/a.gz.part' is being written by another run or stage");
    part_close(&second);
    assert_string_equal(held("out/deep/a.gz.part"), "abc");
    ok(&p, part_close(&p));
}

/* Neither followed nor destroyed. */
static void in_the_way(void **state)
{
    struct part p;

    (void)state;
    put("elsewhere", "precious");
    assert_int_equal(symlink("../../elsewhere", "out/deep/a.gz.part"), 0);
    assert_int_equal(part_open(&p, PATH), PL_ERROR);
    part_close(&p);
    unlink("out/deep/a.gz.part");
    assert_int_equal(mkfifo("out/deep/a.gz.part", 0666), 0);
    assert_int_equal(part_open(&p, PATH), PL_ERROR);
    assert_string_equal(p.message, "'out/deep/a.gz.part' is in the way: it is not a file");
    part_close(&p);
    assert_int_equal(part_open(&p, PL_S("elsewhere/a.gz")), PL_ERROR);
    assert_string_equal(p.message, "cannot open 'elsewhere/a.gz.part': Not a directory");
    part_close(&p);
    assert_int_equal(part_open(&p, PL_S("out/deep")), PL_ERROR);
    assert_string_equal(p.message, "'out/deep' is there and is not a file");
    part_close(&p);
    assert_int_equal(part_open(&p, PL_S("")), PL_ERROR);
    part_close(&p);
    assert_string_equal(held("elsewhere"), "precious");
}

/* A write that stops half-way, as on a full disk: what was whole before it stays. */
static void half_a_write(void **state)
{
    const struct rlimit small = {10, RLIM_INFINITY};
    struct rlimit before;
    struct part p;

    (void)state;
    ok(&p, part_open(&p, PATH));
    ok(&p, part_append(&p, "abcdef", 6));
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    const int rc = part_append(&p, "ghijkl", 6);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(rc, PL_ERROR);
    assert_string_equal(p.message, "cannot write 'out/deep/a.gz.part': File too large");
    assert_string_equal(held("out/deep/a.gz.part"), "abcdefghij");
    assert_int_equal(p.crc, crc_of("abcdef"));
    assert_int_equal(part_sync(&p), PL_ERROR);
    assert_int_equal(part_publish(&p), PL_ERROR);
    /* what closes the .part comes where the half began */
    ok(&p, part_append(&p, "end", 3));
    ok(&p, part_close(&p));
    assert_string_equal(held("out/deep/a.gz.part"), "abcdefend");
}

/* Below the operator's own folder no link is followed, and none at the end. */
static void below(void **state)
{
    struct part p;

    (void)state;
    mkdir("elsewhere-below", 0777);
    mkdir("below", 0777);
    assert_int_equal(symlink("../elsewhere-below", "below/link"), 0);
    assert_int_equal(part_open_below(&p, PL_S("below/link/a"), 6), PL_ERROR);
    assert_string_equal(p.message, "'below/link' is a link or no folder: nothing is written through it");
    part_close(&p);
    ok(&p, part_open_below(&p, PL_S("below/link/a"), 11)); /* the link is the operator's own here */
    ok(&p, part_append(&p, "abc", 3));
    ok(&p, part_publish(&p));
    part_close(&p);
    assert_string_equal(held("elsewhere-below/a"), "abc");
    ok(&p, part_open_below(&p, PL_S("below/x/y/a"), 6));
    ok(&p, part_append(&p, "abc", 3));
    ok(&p, part_publish(&p));
    part_close(&p);
    assert_string_equal(held("below/x/y/a"), "abc");
    assert_int_equal(symlink("../elsewhere-below/new", "below/b.part"), 0);
    assert_int_equal(part_open_below(&p, PL_S("below/b"), 6), PL_ERROR);
    part_close(&p);
    assert_int_equal(access("elsewhere-below/new", F_OK), -1);
}

/* More files than descriptors: a part that rests has none, and goes on where it was. */
static void rests(void **state)
{
    struct part p, other;

    (void)state;
    ok(&p, part_open(&p, PATH));
    ok(&p, part_append(&p, "abc", 3));
    ok(&p, part_rest(&p));
    assert_int_equal(p.fd, -1);
    ok(&p, part_sync(&p));
    ok(&p, part_append(&p, "def", 3));
    assert_true(p.fd >= 0);
    ok(&p, part_rest(&p));
    ok(&p, part_publish(&p));
    part_close(&p);
    assert_string_equal(held("out/deep/a.gz"), "abcdef");

    ok(&p, part_open(&p, PATH));
    ok(&p, part_append(&p, "abc", 3));
    ok(&p, part_rest(&p));
    ok(&other, part_open(&other, PATH));
    ok(&other, part_append(&other, "x", 1));
    part_close(&other);
    assert_int_equal(part_append(&p, "def", 3), PL_ERROR);
    assert_string_equal(p.message, "'out/deep/a.gz.part' was changed by another while this run wrote it");
    assert_int_equal(part_publish(&p), PL_ERROR);
    part_close(&p);
}

static void beside(void **state)
{
    struct part p;

    (void)state;
    ok(&p, part_open(&p, PATH));
    ok(&p, part_append(&p, "abc", 3));
    put("out/deep/a.gz.idx", "old");
    ok(&p, part_remove_beside(&p, ".idx"));
    ok(&p, part_remove_beside(&p, ".idx"));
    assert_int_equal(access("out/deep/a.gz.idx", F_OK), -1);
    part_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(whole, clean),     cmocka_unit_test_setup(not_whole, clean),
        cmocka_unit_test_setup(nothing, clean),   cmocka_unit_test_setup(goes_on, clean),
        cmocka_unit_test_setup(was_published, clean), cmocka_unit_test_setup(nothing_new, clean),
        cmocka_unit_test_setup(syncs, clean),         cmocka_unit_test_setup(cannot_sync, clean),
        cmocka_unit_test_setup(one_writer, clean), cmocka_unit_test_setup(in_the_way, clean),
        cmocka_unit_test_setup(half_a_write, clean),
        cmocka_unit_test_setup(below, clean),
        cmocka_unit_test_setup(rests, clean),
        cmocka_unit_test_setup(beside, clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
