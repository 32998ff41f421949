/* log_test.c - the run's log: forms, levels, repeats, and nothing that moves a terminal's cursor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* The text with every digit of a time stamp as 0. */
static void mask_times(char *text)
{
    for (char *at = text; strlen(at) >= 24; at++) {
        if (at[4] != '-' || at[7] != '-' || at[10] != 'T' || at[13] != ':' || at[19] != '.' || at[23] != 'Z')
            continue;
        for (int i = 0; i < 23; i++) {
            if (at[i] >= '0' && at[i] <= '9')
                at[i] = '0';
        }
    }
}

static char *read_file(const char *path)
{
    static char text[20000];
    FILE *in = fopen(path, "r");

    assert_non_null(in);
    text[fread(text, 1, sizeof text - 1, in)] = 0;
    fclose(in);
    mask_times(text);
    return text;
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
    log_set_run(log, PL_S("20261125T171451Z-1"));
    log_write(log, PL_LOG_DEBUG, none, none, PL_S("x"));
    log_free(log);
    mask_times(s.text);
    assert_string_equal(s.text,
                        "{\"time\":\"0000-00-00T00:00:00.000Z\",\"level\":\"info\",\"stage\":\"clean\",\"record\":\"a\\\"1\","
                        "\"message\":\"tab\\there \xEF\xBF\xBD\"}\n"
                        "{\"time\":\"0000-00-00T00:00:00.000Z\",\"level\":\"debug\",\"run\":\"20261125T171451Z-1\","
                        "\"message\":\"x\"}\n");
    close_sink(&s);
}

static void a_file_is_appended_to(void **state)
{
    struct sink s;
    struct log *log = open_log(&s, LOG_TEXT, PL_LOG_WARN);
    struct stat st;

    (void)state;
    umask(027);
    assert_int_equal(log_to_file(log, PL_S("logs/a/run.log")), 0);
    log_write(log, PL_LOG_WARN, PL_S("clean"), PL_S("a1"), PL_S("no\ntitle"));
    log_say(log, PL_LOG_INFO, "not at this level");
    log_tell(log, PL_S("told at any level"));
    log_free(log);
    log = log_new(s.out, LOG_JSON, PL_LOG_INFO);
    assert_int_equal(log_to_file(log, PL_S("logs/a/run.log")), 0);
    log_say(log, PL_LOG_INFO, "again");
    log_free(log);
    assert_string_equal(read_file("logs/a/run.log"),
                        "0000-00-00T00:00:00.000Z warning: clean: record a1: no\\x0atitle\n"
                        "0000-00-00T00:00:00.000Z info: told at any level\n"
                        "{\"time\":\"0000-00-00T00:00:00.000Z\",\"level\":\"info\",\"message\":\"again\"}\n");
    assert_int_equal(stat("logs/a/run.log", &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    fflush(s.out);
    assert_int_equal(s.len, 0);
    close_sink(&s);
}

/* What is no file to append to is refused, and nothing waits for it. */
static void a_link_is_refused(void **state)
{
    struct sink s;
    struct log *log = open_log(&s, LOG_TEXT, PL_LOG_INFO);

    (void)state;
    assert_int_equal(symlink("elsewhere", "link.log"), 0);
    assert_int_equal(log_to_file(log, PL_S("link.log")), -1);
    assert_int_equal(errno, ELOOP);
    log_free(log);
    assert_int_equal(access("elsewhere", F_OK), -1);
    log = log_new(s.out, LOG_TEXT, PL_LOG_INFO);
    assert_int_equal(mkfifo("pipe.log", 0600), 0);
    assert_int_equal(log_to_file(log, PL_S("pipe.log")), -1);
    log_free(log);
    close_sink(&s);
}

static void errors_are_seen_as_well(void **state)
{
    struct sink s;
    struct log *log = open_log(&s, LOG_JSON, PL_LOG_INFO);

    (void)state;
    assert_int_equal(log_to_file(log, PL_S("errors.log")), 0);
    for (int i = 0; i < 50; i++)
        log_say(log, PL_LOG_ERROR, "number %d", i);
    log_say(log, PL_LOG_WARN, "no error");
    log_free(log);
    fflush(s.out);
    assert_int_equal(n_lines(&s, "pressline: error: number"), 20);
    assert_int_equal(n_lines(&s, "no error"), 0);
    close_sink(&s);
}

static void a_renamed_file_is_opened_anew(void **state)
{
    struct sink s;
    struct log *log = open_log(&s, LOG_TEXT, PL_LOG_INFO);

    (void)state;
    assert_int_equal(log_to_file(log, PL_S("r.log")), 0);
    log_say(log, PL_LOG_INFO, "one");
    assert_int_equal(rename("r.log", "r.log.1"), 0);
    log_tend(log);
    log_say(log, PL_LOG_INFO, "two");
    log_reopen(log);
    log_tend(log);
    assert_string_equal(read_file("r.log"), "");
    assert_int_equal(unlink("r.log"), 0);
    log_reopen(log);
    log_say(log, PL_LOG_INFO, "three");
    assert_string_equal(read_file("r.log"), "0000-00-00T00:00:00.000Z info: three\n");
    /* Where the new one cannot be had, the old one serves. */
    assert_int_equal(rename("r.log", "r.log.2"), 0);
    assert_int_equal(symlink("elsewhere", "r.log"), 0);
    log_reopen(log);
    log_say(log, PL_LOG_INFO, "four");
    log_free(log);
    assert_string_equal(read_file("r.log.1"),
                        "0000-00-00T00:00:00.000Z info: one\n0000-00-00T00:00:00.000Z info: two\n");
    assert_string_equal(read_file("r.log.2"),
                        "0000-00-00T00:00:00.000Z info: three\n0000-00-00T00:00:00.000Z info: four\n");
    fflush(s.out);
    assert_int_equal(n_lines(&s, "cannot open log file 'r.log' anew"), 1);
    close_sink(&s);
}

/* A pipe that nobody reads: lines are lost and counted; when there is room, the count and whole lines. */
static void lost_lines_are_counted(void **state)
{
    struct sink s;
    struct log *log = open_log(&s, LOG_TEXT, PL_LOG_INFO);
    static char text[1 << 20];
    size_t len = 0;

    (void)state;
    assert_int_equal(mkfifo("full.log", 0600), 0);
    const int in = open("full.log", O_RDONLY | O_NONBLOCK);
    assert_true(in >= 0);
    assert_int_equal(log_to_file(log, PL_S("full.log")), 0);
    for (int i = 0; i < 3000; i++)
        log_say(log, PL_LOG_INFO, "a line that takes its room, number %d", i);
    for (ssize_t n; (n = read(in, text + len, sizeof text - 1 - len)) > 0;)
        len += (size_t)n;
    log_say(log, PL_LOG_INFO, "there is room again");
    len = (size_t)read(in, text, sizeof text - 1);
    text[len] = 0;
    mask_times(text);
    const char *count = strstr(text, "0000-00-00T00:00:00.000Z warning: ");
    assert_non_null(count);
    assert_true(atoi(count + 34) > 1000);
    assert_non_null(strstr(count, " lines before this one could not be written\n"
                                  "0000-00-00T00:00:00.000Z info: there is room again\n"));
    log_free(log);
    fflush(s.out);
    assert_int_equal(s.len, 0);
    log = log_new(s.out, LOG_TEXT, PL_LOG_INFO);
    if (access("/dev/full", W_OK) == 0) {
        assert_int_equal(log_to_file(log, PL_S("/dev/full")), 0);
        log_say(log, PL_LOG_INFO, "one");
        log_say(log, PL_LOG_INFO, "two");
    }
    log_free(log);
    fflush(s.out);
    assert_int_equal(n_lines(&s, "2 lines of the log could not be written to '/dev/full'"), access("/dev/full", W_OK) == 0);
    close(in);
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
        cmocka_unit_test(a_file_is_appended_to),
        cmocka_unit_test(a_link_is_refused),
        cmocka_unit_test(errors_are_seen_as_well),
        cmocka_unit_test(a_renamed_file_is_opened_anew),
        cmocka_unit_test(lost_lines_are_counted),
        cmocka_unit_test(levels_hold_back),
        cmocka_unit_test(repeats_come_ten_times_then_are_counted),
        cmocka_unit_test(many_messages_all_come),
        cmocka_unit_test(escapes_what_a_terminal_obeys),
        cmocka_unit_test(wipes_before_each_line),
        cmocka_unit_test(lines_of_threads_stay_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
