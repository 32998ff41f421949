/* identity_test.c - what changed since a run began is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "identity.h"
#include "str.h"

struct row {
    const char *was, *is, *changes;
};

static const struct row rows[] = {
    {"", "", ""},
    {"the run: max_record=16\n", "the run: max_record=16\n", ""},
    {"the run: max_record=16\nthe run: fates=ends\n", "the run: max_record=32\nthe run: fates=ends\n",
     "the run: max_record was 16, is 32\n"},
    {"stage 'a': plugin=x\nstage 'a': inputs=[\"b=c\"]\n", "stage 'a': plugin=x\nstage 'a': inputs=[\"b=d\"]\n",
     "stage 'a': inputs was [\"b=c\"], is [\"b=d\"]\n"},
    {"stage 'a': x=1\n", "stage 'a': x=1\nstage 'a': y=2\n", "stage 'a': y is new: 2\n"},
    {"stage 'a': x=1\nstage 'a': y=2\n", "stage 'a': x=1\n", "stage 'a': y is no more, was 2\n"},
    /* Of a stage that came or went its options say nothing. */
    {"stage 'a': plugin=p\nstage 'b': plugin=q\nstage 'b': x=1\nthe run: shard=0/0\nstage 'b': build=1 00\n",
     "stage 'a': plugin=p\nthe run: shard=0/0\n",
     "stage 'b' is no more\n"},
    {"stage 'a': plugin=p\n", "stage 'a': plugin=p\nstage 'b': plugin=q\nstage 'b': x=1\n", "stage 'b' is new\n"},
    {"stage 'a': plugin=p\nstage 'a': x=1\nstage 'b': plugin=p\n", "stage 'b': plugin=p\nstage 'a': plugin=p\nstage 'a': x=1\n",
     "the order of the stages is another\n"},
    {"stage 'a': plugin=p\nstage 'a': x=1\n", "stage 'a': plugin=q\nstage 'a': x=1\n", "stage 'a': plugin was p, is q\n"},
};

static void what_changed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf b = {0};
        identity_changes(&b, str_of(rows[i].was), str_of(rows[i].is));
        assert_string_equal(buf_cstr(&b), rows[i].changes);
        buf_done(&b);
    }
}

static void much_that_changed(void **state)
{
    struct buf was = {0}, is = {0}, b = {0};
    int lines = 0;

    (void)state;
    for (int i = 0; i < 50; i++) {
        buf_addf(&was, "stage 'a': x%d=%0300d\n", i, 1);
        buf_addf(&is, "stage 'a': x%d=2%0300d\n", i, 1);
    }
    identity_changes(&b, buf_view(&was), buf_view(&is));
    for (size_t i = 0; i < b.len; i++)
        lines += b.ptr[i] == '\n';
    assert_in_range(lines, 10, 20);
    assert_in_range(b.len, 1, 20 * 500);
    assert_non_null(strstr(buf_cstr(&b), "and more\n"));
    buf_done(&was);
    buf_done(&is);
    buf_done(&b);
}

static void write_to(struct buf *b, const char *build, struct shard shard)
{
    static const pl_plugin reader = {.name = "r", .version = "3"}, other = {.name = "o"};
    struct module module = {.path = str_of(build)};
    struct stage stages[] = {{.name = PL_S("in"), .plugin = &reader, .module = &module}, {.name = PL_S("out"), .plugin = &other}};
    const struct pipeline p = {.stages = stages, .n_stages = 2, .canonical = PL_S("stage 'in': x=1\n")};

    identity_write(b, &p, &shard);
}

static void write_build(const char *text)
{
    FILE *f = fopen("identity_test.so", "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void builds_and_shard(void **state)
{
    struct buf was = {0}, is = {0}, b = {0};

    (void)state;
    write_build("one");
    write_to(&was, "identity_test.so", (struct shard){1, 2});
    write_to(&is, "identity_test.so", (struct shard){1, 2});
    assert_true(str_eq(buf_view(&was), buf_view(&is)));
    assert_non_null(strstr(buf_cstr(&was), "stage 'in': x=1\n"));
    assert_non_null(strstr(buf_cstr(&was), "the run: shard=1/2\n"));
    /* printf one | sha256sum */
    assert_non_null(strstr(buf_cstr(&was),
                           "stage 'in': build=3 7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed\n"));
    assert_non_null(strstr(buf_cstr(&was), "stage 'out': build= (built in)\n"));
    assert_non_null(strstr(buf_cstr(&was), "the program: build=" PACKAGE_VERSION " "));
    assert_null(strstr(buf_cstr(&was), "cannot be read"));
    write_build("two");
    buf_clear(&is);
    write_to(&is, "identity_test.so", (struct shard){2, 2});
    identity_changes(&b, buf_view(&was), buf_view(&is));
    assert_non_null(strstr(buf_cstr(&b), "the run: shard was 1/2, is 2/2\n"));
    assert_non_null(strstr(buf_cstr(&b), "stage 'in': build was 3 7692"));
    unlink("identity_test.so");
    buf_clear(&is);
    write_to(&is, "identity_test.so", (struct shard){1, 2});
    assert_non_null(strstr(buf_cstr(&is), "stage 'in': build=3 (cannot be read)\n"));
    buf_done(&was);
    buf_done(&is);
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_changed),
        cmocka_unit_test(much_that_changed),
        cmocka_unit_test(builds_and_shard),
    };

    return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
