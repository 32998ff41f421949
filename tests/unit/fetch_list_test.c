/* fetch_list_test.c - what `inputs` names: files, folders, patterns and lists, in an order that never changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fetch_list.h"

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int make_tree(void **state)
{
    static const char *const files[] = {
        "news/b.html", "news/a.html", "news/a/z.txt", "news/a-1.txt", "news/B.html", "news/\xC3\xA9t\xC3\xA9.html",
        "news/.hidden", "news/.git/config", "news/a/deep/one.html.gz", "news/x[1].html", "single.jsonl",
    };

    (void)state;
    mkdir("news", 0777);
    mkdir("news/a", 0777);
    mkdir("news/a/deep", 0777);
    mkdir("news/.git", 0777);
    mkdir("news/empty", 0777);
    mkdir("none", 0777);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        put(files[i], "x");
    assert_int_equal(symlink("../single.jsonl", "news/linked.jsonl"), 0);
    assert_int_equal(symlink("nowhere", "news/lost"), 0);
    assert_int_equal(symlink("..", "news/a/up"), 0);
    assert_int_equal(mkfifo("news/pipe", 0666), 0);
    put("list", "single.jsonl\r\n\nnews/a\nnews/x[1].html\nnews/[ab].html\n");
    put("list-web", "\xEF\xBB\xBF# sites\r\n\thttps://harbour.example/feed \r\n  # https://pier.example/\n \nhttps://a.example/#b\n");
    put("list-wrong", "single.jsonl\nnot-there\n");
    static char line[10000];
    memset(line, 'a', sizeof line - 1);
    put("list-long", line);
    return 0;
}

#define NEWS_A "news/a/deep/one.html.gz news/a/z.txt"

static const struct {
    const char *items; /* parted by spaces */
    const char *paths; /* or the message */
} cases[] = {
    {"single.jsonl", "single.jsonl"},
    {"single.jsonl single.jsonl", "single.jsonl single.jsonl"},
    {"news", "news/B.html news/a-1.txt news/a.html " NEWS_A " news/b.html news/linked.jsonl news/lost "
             "news/x[1].html news/\xC3\xA9t\xC3\xA9.html"},
    {"news/a/", NEWS_A},
    {"news/b.html news/a", "news/b.html " NEWS_A},
    {"none", ""},
    {"news/?.html", "news/B.html news/a.html news/b.html"},
    {"news/[ab]*", "news/a-1.txt news/a.html " NEWS_A " news/b.html"},
    {"news/a*", "news/a-1.txt news/a.html " NEWS_A},
    {"news/x[1].html", "news/x[1].html"},
    {"news/lost*", "news/lost"},
    {"-", "-"},
    {"@list", "single.jsonl " NEWS_A " news/x[1].html news/a.html news/b.html"},
    {"not-there", "!cannot find 'not-there': No such file or directory"},
    {"single.jsonl/x", "!cannot find 'single.jsonl/x': Not a directory"},
    {"*.htm", "!no file matches '*.htm'"},
    {"@not-there", "!cannot open the list 'not-there': No such file or directory"},
    {"@list-wrong", "!line 2 of the list 'list-wrong': cannot find 'not-there': No such file or directory"},
    {"@list-web", "https://harbour.example/feed https://a.example/#b"},
    {"www.harbour.example", "!cannot find 'www.harbour.example': No such file or directory; an address is written with "
                            "https:// before it"},
    {"harbour.example/news", "!cannot find 'harbour.example/news': No such file or directory; an address is written with "
                             "https:// before it"},
    {"./pages/one.html", "!cannot find './pages/one.html': No such file or directory"},
    {"../one.html", "!cannot find '../one.html': No such file or directory"},
    {"one.html", "!cannot find 'one.html': No such file or directory"},
    {"@list-long", "!line 1 of the list 'list-long' is not a path"},
    {"https://news.example/feed", "https://news.example/feed"},
    {"HTTP://news.example/", "HTTP://news.example/"},
    {"https://", "!'https://' is no file, and no address of http or https"},
    {"ftp://news.example/feed", "!'ftp://news.example/feed' is no file, and no address of http or https"},
};

static void all_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct input_list l = {0};
        char items[256], got[2048] = "", *rest = items;
        int rc = PL_OK;
        snprintf(items, sizeof items, "%s", cases[i].items);
        for (char *item; rc == PL_OK && (item = strsep(&rest, " "));)
            rc = input_list_add(&l, (pl_str){item, strlen(item)});
        if (rc != PL_OK)
            snprintf(got, sizeof got, "!%s", l.message);
        for (size_t k = 0; rc == PL_OK && k < l.n; k++) {
            const size_t n = strlen(got);
            snprintf(got + n, sizeof got - n, "%s%s", n ? " " : "", l.at[k]);
        }
        assert_string_equal(got, cases[i].paths);
        input_list_done(&l);
    }
}

static void no_path(void **state)
{
    struct input_list l = {0};
    static char long_item[5000];

    (void)state;
    assert_int_equal(input_list_add(&l, PL_S("")), PL_ERROR);
    assert_int_equal(input_list_add(&l, PL_S("single\0.jsonl")), PL_ERROR);
    memset(long_item, 'a', sizeof long_item);
    assert_int_equal(input_list_add(&l, (pl_str){long_item, sizeof long_item}), PL_ERROR);
    assert_string_equal(l.message, "an input is not a path");
    assert_int_equal(l.n, 0);
    input_list_done(&l);
}

/* Nothing is lost in silence. */
static void unreadable_folder(void **state)
{
    struct input_list l = {0};

    (void)state;
    if (geteuid() == 0)
        skip(); /* root reads it */
    assert_int_equal(chmod("news/a/deep", 0), 0);
    assert_int_equal(input_list_add(&l, PL_S("news")), PL_ERROR);
    assert_string_equal(l.message, "cannot read folder 'news/a/deep': Permission denied");
    chmod("news/a/deep", 0777);
    input_list_done(&l);
}

static void too_deep(void **state)
{
    struct input_list l = {0};
    char path[512] = "deep";
    size_t n = strlen(path);

    (void)state;
    for (int i = 0; i < 110; i++) {
        assert_int_equal(mkdir(path, 0777), 0);
        n += (size_t)snprintf(path + n, sizeof path - n, "/d");
    }
    assert_int_equal(input_list_add(&l, PL_S("deep")), PL_ERROR);
    assert_non_null(strstr(l.message, "nested more than 100 deep"));
    input_list_done(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_cases),
        cmocka_unit_test(no_path),
        cmocka_unit_test(unreadable_folder),
        cmocka_unit_test(too_deep),
    };
    return cmocka_run_group_tests(tests, make_tree, NULL);
}
