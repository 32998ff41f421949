/* loader_test.c - shared objects found, refused with the true reason, and listed. */
#include "told.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader.h"

static const char *const built = TEST_PLUGINS; /* tests/plugins, as built */

/* A copy of a built test plugin under another name. */
static void copy_plugin(const char *name, const char *to)
{
    char path[4096];
    struct buf b = {0};
    FILE *in, *out;

    snprintf(path, sizeof path, "%s/%s.so", built, name);
    in = fopen(path, "rb");
    assert_non_null(in);
    for (size_t n = 1; n > 0 && buf_room(&b, 65536); b.len += n)
        n = fread(b.ptr + b.len, 1, 65536, in);
    fclose(in);
    out = fopen(to, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(b.ptr, 1, b.len, out), b.len);
    fclose(out);
    chmod(to, 0644);
    buf_done(&b);
}

static void right(void **state)
{
    struct loader *l = loader_new();
    struct errors errs;
    char want[4096];

    (void)state;
    errors_init(&errs);
    loader_add_dir(l, PL_S("/nonexistent"));
    loader_add_dir(l, str_of(built));
    const struct module *m = loader_find(l, PL_S("t_options"), &errs, "a.cfg", 3);
    assert_string_equal(told(&errs), "");
    assert_non_null(m);
    assert_string_equal(m->plugin->name, "t_options");
    assert_string_equal(m->plugin->options[1].name, "number");
    snprintf(want, sizeof want, "%s/t_options.so", built);
    assert_true(str_is(m->path, want));
    /* The same again is the same module. */
    assert_ptr_equal(loader_find(l, PL_S("t_options"), &errs, "a.cfg", 4), m);
    assert_ptr_equal(loader_load(l, want, &errs), m);
    loader_free(l);

    /* Another loader in the same process, and one that outlives it. */
    l = loader_new();
    loader_add_dir(l, str_of(built));
    m = loader_find(l, PL_S("t_options"), &errs, "a.cfg", 3);
    assert_non_null(m);
    assert_string_equal(m->plugin->about, "has an option of every type");
    loader_free(l);
    errors_done(&errs);
}

static void refused(void **state)
{
    static const struct {
        const char *name, *want;
    } rows[] = {
        {"t_optoins", "a.cfg:7: error: there is no plugin 't_optoins'; did you mean 't_options'? (looked in "},
        {"zzzzzzzzzzzz", "a.cfg:7: error: there is no plugin 'zzzzzzzzzzzz' (looked in "},
        {"../t_options", "a.cfg:7: error: '../t_options' cannot be a plugin's name\n"},
        {"", "'' cannot be a plugin's name\n"},
        {"t_undefined", "t_undefined.so): undefined symbol: no_such_function\n"},
        {"t_noentry", "t_noentry.so): it has no entry point pl_plugin_v1"},
        {"t_newer", "t_newer.so): it was made for plugin interface 1.999, and this pressline has 1."},
        {"t_malformed", "t_malformed.so): malformed description: it has no verb: read, process or commit\n"},
        {"t_other", "t_other.so): the plugin in this file calls itself 't_someone'\n"},
        {"empty", "a.cfg:7: error: cannot load plugin 'empty' ("},
        {"empty", "/mine/empty.so): file too short\n"},
        {"text", "/mine/text.so): file too short\n"},
        {"long", "/mine/long.so): invalid ELF header\n"},
        {"folder", "/mine/folder.so): it is not a file\n"},
        {"open", "/mine/open.so): refused, because anybody may write the file (chmod o-w)\n"},
        {"other", "/theirs/other.so): refused, because anybody may write the folder "},
        {"dangling", "(looked in "},
    };

    (void)state;
    mkdir("mine", 0755);
    mkdir("theirs", 0755);
    chmod("theirs", 0777);
    write_file("mine/empty.so", "");
    write_file("mine/text.so", "no object");
    char text[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    write_file("mine/long.so", text);
    mkdir("mine/folder.so", 0755);
    copy_plugin("t_sink", "mine/open.so");
    chmod("mine/open.so", 0646);
    copy_plugin("t_other", "theirs/other.so");
    unlink("mine/dangling.so");
    assert_int_equal(symlink("nowhere", "mine/dangling.so"), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct loader *l = loader_new();
        struct errors errs;
        errors_init(&errs);
        loader_add_dir(l, PL_S("mine"));
        loader_add_dir(l, PL_S("theirs"));
        loader_add_dir(l, str_of(built));
        assert_null(loader_find(l, str_of(rows[i].name), &errs, "a.cfg", 7));
        assert_holds(told(&errs), rows[i].want);
        assert_int_equal(errs.n_errors, 1);
        errors_done(&errs);
        loader_free(l);
    }
}

static void folders(void **state)
{
    struct loader *l = loader_new();
    struct errors errs;
    char cwd[4096], want[5000];

    (void)state;
    mkdir("first", 0755);
    mkdir("second", 0755);
    copy_plugin("t_sink", "first/t_sink.so");
    copy_plugin("t_sink", "second/t_sink.so");
    assert_non_null(getcwd(cwd, sizeof cwd));
    errors_init(&errs);
    loader_add_dir(l, PL_S("./none"));
    loader_add_dir(l, PL_S("first//"));
    loader_add_dir(l, PL_S("second"));
    const struct module *m = loader_find(l, PL_S("t_sink"), &errs, NULL, 0);
    assert_string_equal(told(&errs), "");
    snprintf(want, sizeof want, "%s/first/t_sink.so", cwd);
    assert_true(str_is(m->path, want));
    loader_free(l);

    /* By the environment, several between colons; what is given goes before. */
    setenv("PRESSLINE_PLUGIN_PATH", "none::second:first", 1);
    l = loader_new();
    loader_add_standard(l);
    m = loader_find(l, PL_S("t_sink"), &errs, NULL, 0);
    snprintf(want, sizeof want, "%s/second/t_sink.so", cwd);
    assert_true(str_is(m->path, want));
    loader_free(l);
    l = loader_new();
    loader_add_dir(l, PL_S("first"));
    loader_add_standard(l);
    m = loader_find(l, PL_S("t_sink"), &errs, NULL, 0);
    snprintf(want, sizeof want, "%s/first/t_sink.so", cwd);
    assert_true(str_is(m->path, want));
    loader_free(l);
    unsetenv("PRESSLINE_PLUGIN_PATH");
    errors_done(&errs);
}

/* LD_LIBRARY_PATH has no say, nor has the working directory. */
static void by_path(void **state)
{
    struct loader *l = loader_new();
    struct errors errs;
    char path[4096];

    (void)state;
    errors_init(&errs);
    snprintf(path, sizeof path, "%s/t_rewrite.so", built);
    const struct module *m = loader_load(l, path, &errs);
    assert_non_null(m);
    assert_string_equal(m->plugin->name, "t_rewrite");
    copy_plugin("t_rewrite", "another.so");
    chmod(".", 0755);
    m = loader_load(l, "another.so", &errs);
    assert_non_null(m);
    assert_int_equal(m->path.ptr[0], '/');
    assert_string_equal(told(&errs), "");
    assert_null(loader_load(l, "none.so", &errs));
    assert_holds(told(&errs), "/none.so: No such file or directory\n");
    errors_done(&errs);
    loader_free(l);
}

static void listing(void **state)
{
    static const char *const want[] = {"alpha", "beta", "gamma"};
    struct loader *l = loader_new();
    struct arena a = {0};

    (void)state;
    mkdir("list", 0755);
    mkdir("list2", 0755);
    mkdir("list3", 0755);
    chmod("list3", 0777);
    write_file("list/gamma.so", "");
    write_file("list/beta.so", "");
    write_file("list/beta.la", "");
    write_file("list/.so", "");
    write_file("list/a b.so", "");
    write_file("list2/beta.so", "");
    write_file("list2/alpha.so", "");
    write_file("list3/untrusted.so", "");
    loader_add_dir(l, PL_S("list"));
    loader_add_dir(l, PL_S("none"));
    loader_add_dir(l, PL_S("list2"));
    loader_add_dir(l, PL_S("list3"));
    const pl_list all = loader_list(l, &a);
    assert_int_equal(all.n, 3);
    for (size_t i = 0; i < 3; i++)
        assert_true(str_is(all.at[i], want[i]));
    arena_done(&a);
    loader_free(l);
    loader_free(NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(right),   cmocka_unit_test(refused), cmocka_unit_test(folders),
        cmocka_unit_test(by_path), cmocka_unit_test(listing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
