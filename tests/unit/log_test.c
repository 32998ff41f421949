/* log_test.c - the run's log: forms, levels, repeats, and nothing that moves a terminal's cursor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdlib.h>

#include <cmocka.h>

#include "log.h"
#include "str.h"

static const pl_str none = {NULL, 0};

struct sink {
    FILE *out;
    char *text;
    size_t len;
};

static struct log *open_log(struct sink *s, enum log_form form, int level)
{
    s->out = open_memstream(&s->text, &s->len);
    assert_non_null(s->out);
    return log_new(s->out, form, level);
}

static void close_sink(struct sink *s)
{
    fclose(s->out);
    free(s->text);
}

static size_t n_lines(const struct sink *s, const char *with)
{
    pl_str rest = {s->text, s->len}, line;
    size_t n = 0;

    while (str_split(&rest, '\n', &line)) {
        char *z = str_dup(line);
        n += strstr(z, with) != NULL;
        free(z);
    }
    return n;
}

static void text_names_stage_and_record(void **state)
{
    struct sink s;
    struct log *log = open_log(&s, LOG_TEXT, PL_LOG_DEBUG);

    (void)state;
    log_write(log, PL_LOG_WARN, PL_S("clean"), PL_S("a1"), PL_S("no title"));
    log_say(log, PL_LOG_ERROR, "cannot open '%s'", "x.cfg");
    log_free(log);
    assert_string_equal(s.text,
                        "pressline: warning: clean: record a1: no title\npressline: error: cannot open 'x.cfg'\n");
    close_sink(&s);
}

static void json_is_json(void **state)
{
    struct sink s;
    struct log *log = open_log(&s, LOG_JSON, PL_LOG_DEBUG);

    (void)state;
    log_write(log, PL_LOG_INFO, PL_S("clean"), PL_S("a\"1"), PL_S("tab\there \xFF"));
    log_write(log, PL_LOG_DEBUG, none, none, PL_S("x"));
    log_free(log);
    assert_string_equal(s.text,
                        "{\"level\":\"info\",\"stage\":\"clean\",\"record\":\"a\\\"1\",\"message\":\"tab\\there "
                        "\xEF\xBF\xBD\"}\n{\"level\":\"debug\",\"message\":\"x\"}\n");
    close_sink(&s);
}

static void levels_hold_back(void **state)
{
    struct sink s;
    struct log *log = open_log(&s, LOG_TEXT, PL_LOG_WARN);

    (void)state;
    log_say(log, PL_LOG_INFO, "quiet");
    log_say(log, 99, "no such level");
    log_say(log, -1, "no such level");
    log_say(log, PL_LOG_WARN, "loud");
    log_free(log);
    assert_string_equal(s.text, "pressline: warning: loud\n");
    close_sink(&s);
}

static void repeats_come_ten_times_then_are_counted(void **state)
{
    struct sink s;
    struct log *log = open_log(&s, LOG_TEXT, PL_LOG_INFO);

    (void)state;
    for (int i = 0; i < 1000; i++) {
        log_write(log, PL_LOG_WARN, PL_S("clean"), PL_S("r"), PL_S("no date"));
        if (i < 10)
            log_write(log, PL_LOG_WARN, PL_S("clean"), PL_S("r"), PL_S("ten times"));
        if (i < 9)
            log_write(log, PL_LOG_WARN, PL_S("fetch"), PL_S("r"), PL_S("no date"));
    }
    assert_int_equal(n_lines(&s, "clean: record r: no date"), 10);
    assert_int_equal(n_lines(&s, "ten times"), 10);
    assert_int_equal(n_lines(&s, "fetch: record r: no date"), 9); /* another stage's words are others */
    log_free(log);
    assert_int_equal(n_lines(&s, "1000 times in all: no date"), 1);
    assert_int_equal(n_lines(&s, "times in all"), 1);
    close_sink(&s);
}

/* More messages than are watched: none is lost. */
static void many_messages_all_come(void **state)
{
    struct sink s;
    struct log *log = open_log(&s, LOG_TEXT, PL_LOG_INFO);

    (void)state;
    for (int i = 0; i < 5000; i++)
        log_say(log, PL_LOG_INFO, "message %d of many", i);
    log_free(log);
    assert_int_equal(n_lines(&s, "of many"), 5000);
    close_sink(&s);
}

static void escapes_what_a_terminal_obeys(void **state)
{
    static const struct {
        pl_str in;
        const char *out;
    } rows[] = {
        {PL_S("plain \\ text"), "plain \\ text"},
        {PL_S("\x1B[2J"), "\\x1b[2J"},
        {PL_S("a\nb\r\0"), "a\\x0ab\\x0d\\x00"},
        {PL_S("\x7F"), "\\x7f"},
        {PL_S("\xC2\x9B"
              "31m"),
         "\\xc2\\x9b"
         "31m"},
        {PL_S("\xC2\xA0\xC3\xA9\xE2\x80\x99\xF0\x9F\x97\x9E"), "\xC2\xA0\xC3\xA9\xE2\x80\x99\xF0\x9F\x97\x9E"},
        {PL_S("caf\xE9!"), "caf\\xe9!"},
        {PL_S("\xE2\x80"), "\\xe2\\x80"},
        {PL_S("\xED\xA0\x80"), "\\xed\\xa0\\x80"},
        {PL_S("\xF8"), "\\xf8"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf b = {0};
        log_escape(&b, rows[i].in);
        assert_string_equal(buf_cstr(&b), rows[i].out);
        buf_done(&b);
    }
}

static void count_wipe(void *arg)
{
    ++*(int *)arg;
}

static void wipes_before_each_line(void **state)
{
    struct sink s;
    struct log *log = open_log(&s, LOG_TEXT, PL_LOG_INFO);
    int wipes = 0;

    (void)state;
    log_set_wipe(log, count_wipe, &wipes);
    log_say(log, PL_LOG_INFO, "one");
    log_say(log, PL_LOG_DEBUG, "not written");
    log_say(log, PL_LOG_INFO, "two");
    assert_int_equal(wipes, 2);
    log_set_wipe(log, NULL, NULL);
    log_say(log, PL_LOG_INFO, "three");
    assert_int_equal(wipes, 2);
    log_free(log);
    log_free(NULL);
    close_sink(&s);
}

static void *say_much(void *log)
{
    for (int i = 0; i < 300; i++)
        log_say(log, PL_LOG_INFO, "thread line %d", i);
    return NULL;
}

static void lines_of_threads_stay_whole(void **state)
{
    struct sink s;
    struct log *log = open_log(&s, LOG_TEXT, PL_LOG_INFO);
    pthread_t threads[4];

    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, say_much, log), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    log_free(log);
    assert_int_equal(n_lines(&s, "pressline: info: thread line"), 4 * 300);
    assert_int_equal(n_lines(&s, ""), 4 * 300);
    close_sink(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_names_stage_and_record),
        cmocka_unit_test(json_is_json),
        cmocka_unit_test(levels_hold_back),
        cmocka_unit_test(repeats_come_ten_times_then_are_counted),
        cmocka_unit_test(many_messages_all_come),
        cmocka_unit_test(escapes_what_a_terminal_obeys),
        cmocka_unit_test(wipes_before_each_line),
        cmocka_unit_test(lines_of_threads_stay_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
