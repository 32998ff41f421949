/* dedupe_log_test.c - what was kept comes back from its file in order, or the file is refused by name and byte. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "dedupe_log.h"

#define PATH PL_S("sketches")

/* Syncs of the file and of its folder. */
static int data_syncs, folder_syncs, sync_error;

int fdatasync(int fd)
{
    (void)fd;
    data_syncs++;
    errno = sync_error;
    return sync_error ? -1 : 0;
}

int fsync(int fd)
{
    (void)fd;
    folder_syncs++;
    return 0;
}

enum { TEXTS = 40 };

/* A text of some words, different for each `i`. */
static pl_str text_of(int i)
{
    static const char *const words[] = {"river ", "budget ", "harbour ", "minister ", "vote ", "rain ", "bridge ", "said "};
    static char text[512];
    uint32_t seed = (uint32_t)i * 2654435761u + 7;
    size_t n = 0;

    for (int w = 0; w < 5 + i % 30; w++) {
        seed = seed * 1664525u + 1013904223u;
        n += (size_t)snprintf(text + n, sizeof text - n, "%s", words[seed >> 16 & 7]);
    }
    n += (size_t)snprintf(text + n, sizeof text - n, "number %d", i);
    return (pl_str){text, n};
}

static struct dedupe_sketcher *sketcher;

static void ok(const struct dedupe_log *l, int rc)
{
    if (rc != PL_OK)
        print_error("%s\n", l->message);
    assert_int_equal(rc, PL_OK);
}

static void append(struct dedupe_log *l, int i)
{
    char name[32];
    const int n = snprintf(name, sizeof name, "story %d", i);

    ok(l, dedupe_log_append(l, dedupe_sketch(sketcher, text_of(i)), (pl_str){name, (size_t)n}));
}

static size_t bytes_read;

ssize_t pread(int fd, void *to, size_t n, off_t at)
{
    bytes_read += n;
    return lseek(fd, at, SEEK_SET) < 0 ? -1 : read(fd, to, n);
}

/* The file's bytes. */
static unsigned char *slurp(size_t *n)
{
    FILE *f = fopen("sketches", "rb");
    unsigned char *at = malloc(1 << 20);

    assert_non_null(f);
    assert_non_null(at);
    *n = fread(at, 1, 1 << 20, f);
    fclose(f);
    return at;
}

static void put(const unsigned char *bytes, size_t n)
{
    FILE *f = fopen("sketches", "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

/* What `mark` tells, from the file as it is; NULL with *message set where it is refused. */
static struct dedupe_index *restore(const struct dedupe_log_mark *mark, const char **message)
{
    static char said[1024];
    struct dedupe_index *ix = dedupe_index_new(0.4);
    struct dedupe_log l;

    assert_non_null(ix);
    ok(&l, dedupe_log_open(&l, PATH));
    if (dedupe_log_restore(&l, mark, ix) != PL_OK) {
        snprintf(said, sizeof said, "%s", l.message);
        *message = said;
        dedupe_index_free(ix);
        ix = NULL;
    }
    dedupe_log_close(&l);
    return ix;
}

/* The first `n` texts are in it, each under its name, and nothing else. */
static void check_index(struct dedupe_index *ix, int n)
{
    assert_non_null(ix);
    assert_int_equal(dedupe_index_count(ix), n);
    for (int i = 0; i < TEXTS; i++) {
        const struct dedupe_match m = dedupe_index_find(ix, dedupe_sketch(sketcher, text_of(i)));
        char name[32];
        assert_int_equal(m.kind == DEDUPE_EXACT, i < n);
        if (i >= n)
            continue;
        const int len = snprintf(name, sizeof name, "story %d", i);
        assert_int_equal(m.kept, i);
        assert_int_equal(dedupe_index_name(ix, m.kept).len, len);
        assert_memory_equal(dedupe_index_name(ix, m.kept).ptr, name, (size_t)len);
    }
    dedupe_index_free(ix);
}

/* A log of TEXTS entries, synced behind each of them. */
static void write_log(struct dedupe_log_mark *marks)
{
    struct dedupe_log l;

    unlink("sketches");
    ok(&l, dedupe_log_open(&l, PATH));
    for (int i = 0; i < TEXTS; i++) {
        marks[i] = l.end;
        append(&l, i);
        ok(&l, dedupe_log_sync(&l));
    }
    marks[TEXTS] = l.end;
    dedupe_log_close(&l);
}

static void comes_back(void **state)
{
    struct dedupe_log_mark marks[TEXTS + 1];
    const char *message = "";
    size_t n;

    (void)state;
    write_log(marks);
    for (int i = TEXTS; i >= 0; i--) {
        check_index(restore(&marks[i], &message), i);
        free(slurp(&n));
        assert_int_equal(n, marks[i].length);
    }
}

/* Killed behind any checkpoint, and gone on with: the same file in the end. */
static void goes_on(void **state)
{
    struct dedupe_log_mark marks[TEXTS + 1];
    size_t n, again;

    (void)state;
    write_log(marks);
    unsigned char *whole = slurp(&n);
    for (int i = 0; i <= TEXTS; i++) {
        struct dedupe_index *ix = dedupe_index_new(0.4);
        struct dedupe_log l;
        put(whole, n);
        ok(&l, dedupe_log_open(&l, PATH));
        ok(&l, dedupe_log_restore(&l, &marks[i], ix));
        for (int j = i; j < TEXTS; j++)
            append(&l, j);
        ok(&l, dedupe_log_sync(&l));
        assert_memory_equal(&l.end, &marks[TEXTS], sizeof l.end);
        dedupe_log_close(&l);
        dedupe_index_free(ix);
        unsigned char *got = slurp(&again);
        assert_int_equal(again, n);
        assert_memory_equal(got, whole, n);
        free(got);
    }
    free(whole);
}

/* What an earlier run left goes with the first entry, not before. */
static void begins_anew(void **state)
{
    struct dedupe_log_mark marks[TEXTS + 1];
    const char *message = "";
    struct dedupe_log l;
    size_t n;

    (void)state;
    write_log(marks);
    ok(&l, dedupe_log_open(&l, PATH));
    ok(&l, dedupe_log_sync(&l));
    assert_int_equal(l.end.length, 0);
    free(slurp(&n));
    assert_int_equal(n, marks[TEXTS].length);
    append(&l, 0);
    ok(&l, dedupe_log_sync(&l));
    dedupe_log_close(&l);
    free(slurp(&n));
    assert_int_equal(n, marks[1].length);
    check_index(restore(&marks[1], &message), 1);
}

/* Cut at every byte: refused where it is within what was saved, else harmless. */
static void cut_at_every_byte(void **state)
{
    struct dedupe_log_mark marks[TEXTS + 1];
    const char *message = "";
    char wanted[256];
    size_t n;

    (void)state;
    write_log(marks);
    unsigned char *whole = slurp(&n);
    for (size_t at = 0; at <= n; at++) {
        put(whole, at);
        struct dedupe_index *ix = restore(&marks[20], &message);
        if (at >= marks[20].length) {
            assert_non_null(ix);
            dedupe_index_free(ix);
            continue;
        }
        assert_null(ix);
        snprintf(wanted, sizeof wanted,
                 "'sketches' has %zu bytes, of %llu that were written: put it back as it was, or begin anew with --restart",
                 at, (unsigned long long)marks[20].length);
        assert_string_equal(message, wanted);
    }
    free(whole);
}

/* One bit of every byte: refused with the entry that it is in, or behind what was saved and harmless. */
static void flipped_at_every_byte(void **state)
{
    struct dedupe_log_mark marks[TEXTS + 1];
    const char *message = "";
    char wanted[256];
    size_t n;
    int entry = 0;

    (void)state;
    write_log(marks);
    unsigned char *whole = slurp(&n);
    for (size_t at = 0; at < n; at++) {
        whole[at] ^= (unsigned char)(1 << at % 8);
        put(whole, n);
        whole[at] ^= (unsigned char)(1 << at % 8);
        struct dedupe_index *ix = restore(&marks[20], &message);
        if (at >= marks[20].length) {
            assert_non_null(ix);
            dedupe_index_free(ix);
            continue;
        }
        assert_null(ix);
        while (at >= marks[entry + 1].length)
            entry++;
        snprintf(wanted, sizeof wanted,
                 "'sketches' is damaged in its entry %d, which begins at byte %llu: put it back as it was, or begin anew "
                 "with --restart",
                 entry + 1, (unsigned long long)marks[entry].length);
        assert_string_equal(message, wanted);
    }
    free(whole);
}

/* A power cut: behind the checkpoint anything, holes, torn entries, those of another run. */
static void power_cut(void **state)
{
    struct dedupe_log_mark marks[TEXTS + 1];
    const char *message = "";
    uint32_t seed = 4;
    size_t n;

    (void)state;
    write_log(marks);
    unsigned char *whole = slurp(&n), *torn = malloc(n);
    assert_non_null(torn);
    for (int round = 0; round < 400; round++) {
        const int at = round % TEXTS;
        memcpy(torn, whole, n);
        for (size_t i = (size_t)marks[at].length; i < n; i += 512) {
            const size_t block = n - i < 512 ? n - i : 512;
            seed = seed * 1664525u + 1013904223u;
            if (seed >> 30 == 0)
                memset(torn + i, 0, block);
            else if (seed >> 30 == 1)
                memcpy(torn + i, whole + (seed >> 8) % (n - block + 1), block);
        }
        seed = seed * 1664525u + 1013904223u;
        put(torn, marks[at].length + (seed >> 8) % (n - (size_t)marks[at].length + 1));
        check_index(restore(&marks[at], &message), at);
    }
    free(torn);
    free(whole);
}

/* A length that is wrong is seen before so much is read. */
static void wrong_length(void **state)
{
    struct dedupe_log_mark marks[TEXTS + 1], mark;
    const char *message = "";
    const uint32_t wrong = 50 << 20;
    size_t n;

    (void)state;
    write_log(marks);
    unsigned char *whole = slurp(&n);
    memcpy(whole + marks[3].length + 4, &wrong, sizeof wrong);
    put(whole, n);
    free(whole);
    assert_int_equal(truncate("sketches", 60 << 20), 0);
    mark = (struct dedupe_log_mark){.length = 60 << 20, .entries = 9};
    bytes_read = 0;
    assert_null(restore(&mark, &message));
    assert_non_null(strstr(message, "is damaged in its entry 4"));
    assert_in_range(bytes_read, 1, 1 << 20);
}

/* A mark that is not the file's. */
static void wrong_mark(void **state)
{
    struct dedupe_log_mark marks[TEXTS + 1], wrong;
    const char *message = "";

    (void)state;
    write_log(marks);
    wrong = marks[9];
    wrong.crc ^= 1;
    assert_null(restore(&wrong, &message));
    assert_non_null(strstr(message, "of 'sketches' are not those that this run wrote"));
    wrong = marks[9];
    wrong.entries++;
    assert_null(restore(&wrong, &message));
    wrong = marks[9];
    wrong.length -= 3;
    assert_null(restore(&wrong, &message));
    assert_non_null(strstr(message, "is damaged in its entry 9"));
}

/* Texts and names longer than the buffer. */
static void long_ones(void **state)
{
    const size_t len = 3 << 20;
    char *name = malloc(len), *text = malloc(len);
    struct dedupe_index *ix = dedupe_index_new(0.4);
    struct dedupe_log l;

    (void)state;
    assert_non_null(name);
    assert_non_null(text);
    for (size_t i = 0; i < len; i++) {
        name[i] = (char)('a' + i % 26);
        text[i] = i % 7 ? (char)('a' + (i * i / 7) % 26) : ' ';
    }
    unlink("sketches");
    ok(&l, dedupe_log_open(&l, PATH));
    append(&l, 0);
    ok(&l, dedupe_log_append(&l, dedupe_sketch(sketcher, (pl_str){text, len}), (pl_str){name, len}));
    append(&l, 1);
    ok(&l, dedupe_log_append(&l, dedupe_sketch(sketcher, PL_S("no name")), (pl_str){NULL, 0}));
    ok(&l, dedupe_log_sync(&l));
    const struct dedupe_log_mark mark = l.end;
    dedupe_log_close(&l);
    ok(&l, dedupe_log_open(&l, PATH));
    ok(&l, dedupe_log_restore(&l, &mark, ix));
    assert_int_equal(dedupe_index_count(ix), 4);
    assert_int_equal(dedupe_index_name(ix, 1).len, len);
    assert_memory_equal(dedupe_index_name(ix, 1).ptr, name, len);
    assert_int_equal(dedupe_index_name(ix, 3).len, 0);
    dedupe_log_close(&l);
    dedupe_index_free(ix);
    free(name);
    free(text);
}

static void full_disk(void **state)
{
    const struct rlimit small = {1000, RLIM_INFINITY};
    struct dedupe_log_mark mark;
    struct rlimit before;
    struct dedupe_log l;
    const char *message = "";

    (void)state;
    unlink("sketches");
    ok(&l, dedupe_log_open(&l, PATH));
    append(&l, 0);
    ok(&l, dedupe_log_sync(&l));
    mark = l.end;
    for (int i = 1; i < TEXTS; i++)
        append(&l, i);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    const int rc = dedupe_log_sync(&l);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(rc, PL_ERROR);
    assert_string_equal(l.message, "cannot write 'sketches': File too large");
    assert_int_equal(dedupe_log_sync(&l), PL_ERROR);
    assert_int_equal(dedupe_log_append(&l, dedupe_sketch(sketcher, text_of(0)), PL_S("x")), PL_ERROR);
    dedupe_log_close(&l);
    check_index(restore(&mark, &message), 1);
}

/* Nothing for nothing, the folder once; what failed once has failed. */
static void syncs(void **state)
{
    struct dedupe_log l;

    (void)state;
    unlink("sketches");
    data_syncs = folder_syncs = 0;
    ok(&l, dedupe_log_open(&l, PATH));
    ok(&l, dedupe_log_sync(&l));
    assert_int_equal(data_syncs, 0);
    for (int i = 1; i <= 3; i++) {
        append(&l, i);
        append(&l, i + 10);
        ok(&l, dedupe_log_sync(&l));
        ok(&l, dedupe_log_sync(&l));
        assert_int_equal(data_syncs, i);
        assert_int_equal(folder_syncs, 1);
    }
    append(&l, 4);
    sync_error = EIO;
    assert_int_equal(dedupe_log_sync(&l), PL_ERROR);
    assert_string_equal(l.message, "cannot sync 'sketches': Input/output error");
    sync_error = 0;
    assert_int_equal(dedupe_log_sync(&l), PL_ERROR);
    dedupe_log_close(&l);
}

static void in_the_way(void **state)
{
    struct dedupe_log l;

    (void)state;
    unlink("sketches");
    assert_int_equal(mkfifo("sketches", 0666), 0);
    assert_int_equal(dedupe_log_open(&l, PATH), PL_ERROR);
    assert_string_equal(l.message, "'sketches' is in the way: it is not a file");
    dedupe_log_close(&l);
    unlink("sketches");
    assert_int_equal(symlink("elsewhere", "sketches"), 0);
    assert_int_equal(dedupe_log_open(&l, PATH), PL_ERROR);
    dedupe_log_close(&l);
    assert_int_equal(access("elsewhere", F_OK), -1);
    unlink("sketches");
    assert_int_equal(dedupe_log_open(&l, PL_S("nowhere/sketches")), PL_ERROR);
    assert_string_equal(l.message, "cannot open 'nowhere/sketches': No such file or directory");
    dedupe_log_close(&l);
}

static int begin(void **state)
{
    (void)state;
    sketcher = dedupe_sketcher_new();
    return sketcher ? 0 : -1;
}

static int done(void **state)
{
    (void)state;
    dedupe_sketcher_free(sketcher);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back),        cmocka_unit_test(goes_on),
        cmocka_unit_test(begins_anew),       cmocka_unit_test(cut_at_every_byte),
        cmocka_unit_test(flipped_at_every_byte), cmocka_unit_test(power_cut),
        cmocka_unit_test(wrong_length),
        cmocka_unit_test(wrong_mark),        cmocka_unit_test(long_ones),
        cmocka_unit_test(full_disk),         cmocka_unit_test(syncs),
        cmocka_unit_test(in_the_way),
    };
    return cmocka_run_group_tests_name("dedupe_log", tests, begin, done);
}
