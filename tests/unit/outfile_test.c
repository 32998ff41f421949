/* outfile_test.c - a name appears when its file is whole, and not before. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "outfile.h"
#include "str.h"

static bool exists(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

static void assert_holds(const char *path, const char *wanted)
{
    char text[256];
    FILE *f = fopen(path, "rb");

    assert_non_null(f);
    const size_t n = fread(text, 1, sizeof text, f);
    fclose(f);
    assert_true(str_eq((pl_str){text, n}, str_of(wanted)));
}

static void assert_explained(const struct outfile *f, const char *wanted)
{
    struct buf b = {0};

    outfile_explain(f, &b);
    assert_string_equal(buf_cstr(&b), wanted);
    buf_done(&b);
}

static void published_when_whole(void **state)
{
    struct outfile f;

    (void)state;
    assert_int_equal(outfile_open(&f, PL_S("new/folder/file")), 0);
    assert_int_equal(outfile_write(&f, PL_S("first ")), 0);
    assert_int_equal(outfile_sync(&f), 0);
    assert_holds("new/folder/file.part", "first ");
    assert_int_equal(outfile_write(&f, PL_S("last")), 0);
    assert_false(exists("new/folder/file"));
    assert_int_equal(outfile_publish(&f), 0);
    assert_holds("new/folder/file", "first last");
    assert_false(exists("new/folder/file.part"));
    outfile_close(&f);
}

static void not_published_stays_a_part(void **state)
{
    struct outfile f;

    (void)state;
    assert_int_equal(outfile_open(&f, PL_S("kept")), 0);
    assert_int_equal(outfile_write(&f, PL_S("old")), 0);
    assert_int_equal(outfile_publish(&f), 0);
    outfile_close(&f);
    assert_int_equal(outfile_open(&f, PL_S("kept")), 0);
    assert_int_equal(outfile_write(&f, PL_S("new")), 0);
    outfile_close(&f);
    assert_holds("kept", "old");
    assert_holds("kept.part", "new");
}

static void more_than_is_held_back(void **state)
{
    struct outfile f;
    struct stat st;

    (void)state;
    assert_int_equal(outfile_open(&f, PL_S("many")), 0);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(outfile_write(&f, PL_S("0123456789")), 0);
    assert_int_equal(outfile_publish(&f), 0);
    outfile_close(&f);
    assert_int_equal(stat("many", &st), 0);
    assert_int_equal(st.st_size, 1000000);
}

static void what_cannot_be_opened(void **state)
{
    struct outfile f;

    (void)state;
    assert_int_equal(outfile_open(&f, PL_S("")), -1);
    assert_explained(&f, "cannot open '.part': No such file or directory");
    assert_int_equal(outfile_publish(&f), -1);
    outfile_close(&f);
    assert_false(exists(".part"));

    assert_int_equal(outfile_open(&f, PL_S("file")), 0);
    outfile_close(&f);
    assert_int_equal(outfile_open(&f, PL_S("file.part/below/it")), -1);
    assert_explained(&f, "cannot make the folder of 'file.part/below/it.part': Not a directory");
    assert_int_equal(outfile_write(&f, PL_S("x")), -1);
    assert_int_equal(outfile_publish(&f), -1);
    outfile_close(&f);
}

static void the_folder_may_vanish(void **state)
{
    struct outfile f;

    (void)state;
    assert_int_equal(outfile_open(&f, PL_S("gone/file")), 0);
    assert_int_equal(outfile_write(&f, PL_S("x")), 0);
    assert_int_equal(unlink("gone/file.part"), 0);
    assert_int_equal(rmdir("gone"), 0);
    assert_int_equal(outfile_publish(&f), -1);
    assert_explained(&f, "cannot sync the folder of 'gone/file.part': No such file or directory");
    outfile_close(&f);
    assert_false(exists("gone"));
}

static void after_a_failure_nothing_is_written(void **state)
{
    struct rlimit before, small;
    struct outfile f;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 4;
    assert_int_equal(outfile_open(&f, PL_S("full")), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(outfile_write(&f, PL_S("eight by")), 0);
    const int rc = outfile_sync(&f);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(rc, -1);
    assert_int_equal(f.part.error, EFBIG);
    assert_int_equal(outfile_write(&f, PL_S("more")), -1);
    assert_int_equal(outfile_publish(&f), -1);
    assert_explained(&f, "cannot write 'full.part': File too large");
    outfile_close(&f);
    assert_holds("full.part", "eigh");
    assert_false(exists("full"));
}

/* The tests write where they stand, so they stand in a folder of their own. */
static int enter_folder(void **state)
{
    static char folder[] = "outfile_test.XXXXXX";

    *state = mkdtemp(folder);
    return *state && chdir(*state) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
    static const char *const made[] = {"new/folder/file", "new/folder", "new", "kept", "kept.part", "many", "file.part",
                                       "full.part"};

    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        remove(made[i]);
    return chdir("..") == 0 && rmdir(*state) == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_when_whole),
        cmocka_unit_test(not_published_stays_a_part),
        cmocka_unit_test(more_than_is_held_back),
        cmocka_unit_test(what_cannot_be_opened),
        cmocka_unit_test(the_folder_may_vanish),
        cmocka_unit_test(after_a_failure_nothing_is_written),
    };

    return cmocka_run_group_tests_name("outfile", tests, enter_folder, leave_folder);
}
