/* lines_test.c - lines of a file, a pipe, and of input that has none. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "lines.h"
#include "str.h"

/* All that comes, as "NUMBER=LINE;" or "NUMBER!BEGINNING;" for a line that is too long. */
static void read_all(struct lines *l, struct buf *got)
{
    enum lines_result r;
    pl_str line;

    while ((r = lines_next(l, &line)) == LINES_LINE || r == LINES_TOO_LONG) {
        buf_addf(got, "%llu%c", (unsigned long long)l->number, r == LINES_LINE ? '=' : '!');
        buf_add(got, line);
        buf_addc(got, ';');
    }
    assert_int_equal(r, LINES_END);
}

static void lines_of_a_file(void **state)
{
    static const struct {
        pl_str text;
        size_t max;
        const char *wanted;
    } cases[] = {
        {PL_S(""), 9, ""},
        {PL_S("one\ntwo\n"), 9, "1=one;2=two;"},
        {PL_S("one\r\ntwo"), 9, "1=one;2=two;"},
        {PL_S("\n \t\r\none\n\n\n"), 9, "3=one;"},
        {PL_S("exact\nlonger\nlast\n"), 5, "1=exact;2!longe;3=last;"},
        {PL_S("exact\r\nlonger\r\nlast\r\n"), 5, "1=exact;2!longe;3=last;"},
        {PL_S("exact\r"), 5, "1=exact;"},
        {PL_S("exact\r\r\nx\n"), 5, "1!exact;2=x;"},
        {PL_S("longer"), 5, "1!longe;"},
        {PL_S("       \nx"), 5, "1!     ;2=x;"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        FILE *f = tmpfile();
        struct buf got = {0};
        assert_int_equal(fwrite(cases[i].text.ptr, 1, cases[i].text.len, f), cases[i].text.len);
        rewind(f);
        struct lines l = {.fd = fileno(f), .max = cases[i].max};
        read_all(&l, &got);
        assert_string_equal(buf_cstr(&got), cases[i].wanted);
        lines_done(&l);
        buf_done(&got);
        fclose(f);
    }
}

static void lines_that_span_reads(void **state)
{
    enum { LINE = 100000, N = 20 };
    FILE *f = tmpfile();
    struct lines l = {.max = LINE};
    pl_str line;

    (void)state;
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < LINE - i % 2; k++)
            fputc('a' + i, f);
        fputc('\n', f);
    }
    fflush(f);
    rewind(f);
    l.fd = fileno(f);
    for (int i = 0; i < N; i++) {
        assert_int_equal(lines_next(&l, &line), LINES_LINE);
        assert_int_equal(line.len, LINE - i % 2);
        assert_true(line.ptr[0] == 'a' + i && line.ptr[line.len - 1] == 'a' + i);
    }
    assert_int_equal(lines_next(&l, &line), LINES_END);
    lines_done(&l);
    fclose(f);
}

/* How a pipe cuts its bytes has no part in what is a line. */
static void a_line_end_may_come_in_two_pieces(void **state)
{
    int ends[2];
    struct lines l = {.max = 5};
    pl_str line;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    l.fd = ends[0];
    assert_int_equal(write(ends[1], "exact\r", 6), 6);
    assert_int_equal(lines_next(&l, &line), LINES_WAIT);
    assert_int_equal(write(ends[1], "\nlonger", 7), 7);
    assert_int_equal(lines_next(&l, &line), LINES_LINE);
    assert_true(str_is(line, "exact"));
    assert_int_equal(lines_next(&l, &line), LINES_TOO_LONG);
    assert_true(str_is(line, "longe"));
    assert_int_equal(write(ends[1], " still\nx\n", 9), 9);
    assert_int_equal(lines_next(&l, &line), LINES_LINE);
    assert_true(str_is(line, "x"));
    assert_int_equal(l.number, 3);
    close(ends[1]);
    assert_int_equal(lines_next(&l, &line), LINES_END);
    close(ends[0]);
    lines_done(&l);
}

static void input_without_a_line_gives_way(void **state)
{
    struct lines l = {.fd = open("/dev/zero", O_RDONLY), .max = 1000};
    pl_str line;

    (void)state;
    assert_true(l.fd >= 0);
    assert_int_equal(lines_next(&l, &line), LINES_TOO_LONG);
    assert_int_equal(line.len, 1000);
    assert_int_equal(lines_next(&l, &line), LINES_WAIT);
    assert_int_equal(lines_next(&l, &line), LINES_WAIT);
    assert_int_equal(l.number, 1);
    assert_true(l.held.cap <= 1 << 17);
    close(l.fd);
    lines_done(&l);
}

static void what_cannot_be_read(void **state)
{
    struct lines l = {.fd = open("/", O_RDONLY), .max = 10};
    pl_str line;

    (void)state;
    assert_int_equal(lines_next(&l, &line), LINES_ERROR);
    assert_int_equal(errno, EISDIR);
    close(l.fd);
    lines_done(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_a_file),
        cmocka_unit_test(lines_that_span_reads),
        cmocka_unit_test(a_line_end_may_come_in_two_pieces),
        cmocka_unit_test(input_without_a_line_gives_way),
        cmocka_unit_test(what_cannot_be_read),
    };

    return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
