/* appendfile_test.c - a file that is gone back in holds what the journal says, or is refused. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fileio.h"
#include "outfile.h"
#include "str.h"

static void assert_holds(const char *path, const char *wanted)
{
    struct buf b = {0};

    assert_int_equal(file_load(path, &b), 0);
    assert_true(str_eq(buf_view(&b), str_of(wanted)));
    buf_done(&b);
}

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void assert_explained(const struct appendfile *f, const char *wanted)
{
    struct buf b = {0};

    appendfile_explain(f, &b);
    assert_string_equal(buf_cstr(&b), wanted);
    buf_done(&b);
}

/* A file as a kill left it: "kept lost", of which "kept " is committed. */
static uint32_t begin(const char *path)
{
    struct appendfile f;

    assert_int_equal(appendfile_create(&f, str_of(path)), 0);
    assert_int_equal(appendfile_write(&f, PL_S("kept ")), 0);
    assert_int_equal(appendfile_sync(&f), 0);
    const uint32_t crc = f.crc;
    assert_int_equal(appendfile_write(&f, PL_S("lost")), 0);
    appendfile_close(&f);
    assert_holds(path, "kept lost");
    return crc;
}

/* A disk that cannot read is no file that has changed: nobody is to be told to begin anew. */
static void what_cannot_be_read(void **state)
{
    struct appendfile f;

    (void)state;
    /* Nothing lies at address 0: EIO. */
    assert_int_equal(appendfile_resume(&f, PL_S("/proc/self/mem"), 5, 1), -1);
    assert_int_equal(f.error, EIO);
    assert_explained(&f, "cannot go on in '/proc/self/mem': Input/output error");
    appendfile_close(&f);
}

static void goes_on_behind_what_counts(void **state)
{
    struct appendfile f;
    struct buf saved = {0};
    uint64_t length;
    uint32_t crc = begin("f");

    (void)state;
    assert_int_equal(appendfile_resume(&f, PL_S("f"), 5, crc), 0);
    assert_holds("f", "kept ");
    assert_int_equal(appendfile_write(&f, PL_S("on")), 0);
    assert_int_equal(appendfile_sync(&f), 0);
    appendfile_save(&f, &saved);
    appendfile_close(&f);
    assert_holds("f", "kept on");
    /* Its checksum went on with it. */
    struct unpack u = {buf_view(&saved), false};
    appendfile_saved(&u, &length, &crc);
    assert_int_equal(length, 7);
    assert_int_equal(appendfile_resume(&f, PL_S("f"), length, crc), 0);
    appendfile_close(&f);
    buf_done(&saved);
}

static void what_is_not_as_it_was(void **state)
{
    static const char *const changed[] = {"Kept lost", "kep", "", "kept\nlost"};
    const uint32_t crc = begin("f");
    struct appendfile f;

    (void)state;
    for (size_t i = 0; i < sizeof changed / sizeof *changed; i++) {
        put("f", changed[i]);
        assert_int_equal(appendfile_resume(&f, PL_S("f"), 5, crc), -1);
        assert_explained(&f, "cannot go on in 'f': it is not what this run wrote; --restart begins the run anew");
        assert_int_equal(appendfile_write(&f, PL_S("more")), -1);
        assert_int_equal(appendfile_sync(&f), -1);
        appendfile_close(&f);
        assert_holds("f", changed[i]);
    }
    /* What is refused is not made. */
    assert_int_equal(unlink("f"), 0);
    assert_int_equal(appendfile_resume(&f, PL_S("f"), 5, crc), -1);
    assert_explained(&f, "cannot go on in 'f': it is not what this run wrote; --restart begins the run anew");
    appendfile_close(&f);
    assert_int_equal(access("f", F_OK), -1);
    assert_int_equal(mkdir("folder", 0777), 0);
    assert_int_equal(appendfile_resume(&f, PL_S("folder"), 5, crc), -1);
    assert_int_equal(f.error, EISDIR);
    appendfile_close(&f);
    assert_int_equal(rmdir("folder"), 0);
}

static void every_bit_flipped(void **state)
{
    const char text[] = "The ferry ran again on Monday.\n";
    struct appendfile f;

    (void)state;
    const uint32_t crc = crc_of(0, str_of(text));
    for (size_t bit = 0; bit < (sizeof text - 1) * 8; bit++) {
        char flipped[sizeof text];
        memcpy(flipped, text, sizeof text);
        flipped[bit / 8] ^= (char)(1 << bit % 8);
        FILE *out = fopen("f", "wb");
        assert_non_null(out);
        assert_int_equal(fwrite(flipped, 1, sizeof text - 1, out), sizeof text - 1);
        fclose(out);
        assert_int_equal(appendfile_resume(&f, PL_S("f"), sizeof text - 1, crc), -1);
        appendfile_close(&f);
    }
    unlink("f");
}

static void nothing_committed_yet(void **state)
{
    struct appendfile f;

    (void)state;
    unlink("f");
    assert_int_equal(appendfile_resume(&f, PL_S("f"), 0, 0), 0);
    appendfile_close(&f);
    put("f", "of no account");
    assert_int_equal(appendfile_resume(&f, PL_S("f"), 0, 0), 0);
    appendfile_close(&f);
    assert_holds("f", "");
}

/* ---- a file that gets its name at the end ---- */

static uint32_t publish(const char *text)
{
    struct outfile f;

    assert_int_equal(outfile_open(&f, PL_S("out")), 0);
    assert_int_equal(outfile_write(&f, str_of(text)), 0);
    assert_int_equal(outfile_publish(&f), 0);
    const uint32_t crc = f.part.crc;
    outfile_close(&f);
    return crc;
}

/* It had its name, and the journal did not know. */
static void published_and_then_killed(void **state)
{
    struct outfile f;

    (void)state;
    uint32_t crc = publish("kept ");
    assert_int_equal(outfile_resume(&f, PL_S("out"), 5, crc), 0);
    assert_int_equal(access("out", F_OK), -1);
    assert_int_equal(outfile_write(&f, PL_S("on")), 0);
    assert_int_equal(outfile_publish(&f), 0);
    outfile_close(&f);
    assert_holds("out", "kept on");
    /* And more than was committed: what was broken off gets its name too, for a person to see. */
    crc = crc_of(0, PL_S("kept "));
    assert_int_equal(outfile_resume(&f, PL_S("out"), 5, crc), 0);
    outfile_close(&f);
    assert_holds("out.part", "kept ");
}

static void the_name_is_of_another(void **state)
{
    struct outfile f;

    (void)state;
    unlink("out.part");
    publish("a file of someone else");
    assert_int_equal(outfile_resume(&f, PL_S("out"), 5, crc_of(0, PL_S("kept "))), -1);
    outfile_close(&f);
    assert_holds("out", "a file of someone else");
}

/* With a part of our own, what has the name is an older one that stays until the end. */
static void an_older_one_stays(void **state)
{
    struct outfile f;

    (void)state;
    put("out", "kept older");
    put("out.part", "kept lost");
    assert_int_equal(outfile_resume(&f, PL_S("out"), 5, crc_of(0, PL_S("kept "))), 0);
    assert_holds("out", "kept older");
    assert_int_equal(outfile_write(&f, PL_S("newer")), 0);
    assert_int_equal(outfile_publish(&f), 0);
    outfile_close(&f);
    assert_holds("out", "kept newer");
}

static void nothing_stays_of_what_is_discarded(void **state)
{
    struct outfile f;

    (void)state;
    unlink("out");
    assert_int_equal(outfile_open(&f, PL_S("out")), 0);
    assert_int_equal(outfile_write(&f, PL_S("x")), 0);
    outfile_discard(&f);
    assert_int_equal(access("out.part", F_OK), -1);
    assert_int_equal(access("out", F_OK), -1);
}

static int enter_folder(void **state)
{
    static char folder[] = "appendfile_test.XXXXXX";

    *state = mkdtemp(folder);
    return *state && chdir(*state) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
    static const char *const made[] = {"f", "out", "out.part"};

    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        unlink(made[i]);
    return chdir("..") == 0 && rmdir(*state) == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_on_behind_what_counts), cmocka_unit_test(what_is_not_as_it_was),
        cmocka_unit_test(what_cannot_be_read),
        cmocka_unit_test(every_bit_flipped),          cmocka_unit_test(nothing_committed_yet),
        cmocka_unit_test(published_and_then_killed),  cmocka_unit_test(the_name_is_of_another),
        cmocka_unit_test(an_older_one_stays),         cmocka_unit_test(nothing_stays_of_what_is_discarded),
    };

    return cmocka_run_group_tests_name("appendfile", tests, enter_folder, leave_folder);
}
