/* notify_test.c - what reaches a service manager's socket, by path and abstract, and when nothing does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "notify.h"
#include "str.h"

static int listen_at(const char *name)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

    assert_true(strlen(name) < sizeof at.sun_path);
    memcpy(at.sun_path, name, strlen(name));
    if (name[0] == '@')
        at.sun_path[0] = 0;
    assert_int_equal(bind(fd, (struct sockaddr *)(void *)&at,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name) + (name[0] != '@'))),
                     0);
    return fd;
}

static void receives(int fd, const char *text)
{
    char got[500];
    const ssize_t n = recv(fd, got, sizeof got - 1, 0);

    assert_true(n >= 0);
    got[n] = 0;
    assert_string_equal(got, text);
}

static void tells(const char *name)
{
    const int fd = listen_at(name);
    struct notify n;

    setenv("NOTIFY_SOCKET", name, 1);
    notify_open(&n);
    assert_null(getenv("NOTIFY_SOCKET"));
    notify_send(&n, PL_S("READY=1"));
    receives(fd, "READY=1");
    notify_status(&n, PL_S("3 read\n; \x1B[2J"));
    receives(fd, "STATUS=3 read\\x0a; \\x1b[2J");
    notify_close(&n);
    notify_send(&n, PL_S("after"));
    assert_int_equal(recv(fd, (char[1]){0}, 1, 0), -1);
    close(fd);
}

static void by_path_and_abstract(void **state)
{
    char name[100], path[80];

    (void)state;
    snprintf(name, sizeof name, "@pressline-test-%ld", (long)getpid());
    tells(name);
    snprintf(path, sizeof path, "/tmp/pressline-test-%ld", (long)getpid());
    tells(path);
    unlink(path);
}

static void nobody_to_tell(void **state)
{
    static const char *const names[] = {"", "/", "@", "relative", "vsock:1:2", "/nowhere/at/all"};
    struct notify n;

    (void)state;
    unsetenv("NOTIFY_SOCKET");
    notify_open(&n);
    notify_send(&n, PL_S("READY=1"));
    notify_close(&n);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        setenv("NOTIFY_SOCKET", names[i], 1);
        notify_open(&n);
        notify_send(&n, PL_S("READY=1"));
        notify_status(&n, PL_S("x"));
        notify_close(&n);
    }
    char long_name[300] = "/";
    memset(long_name + 1, 'x', 200);
    setenv("NOTIFY_SOCKET", long_name, 1);
    notify_open(&n);
    assert_int_equal(n.fd, -1);
}

static void the_watchdog_is_ours(void **state)
{
    char own[30], other[30];
    const struct {
        const char *usec, *pid, *socket;
        uint64_t ns;
    } rows[] = {
        {"30000000", NULL, "@x", 30000000000}, {"1", own, "@x", 1000},         {"30000000", other, "@x", 0},
        {"30000000", "x", "@x", 0},            {"0", NULL, "@x", 0},           {"-5", NULL, "@x", 0},
        {"many", NULL, "@x", 0},               {NULL, NULL, "@x", 0},          {"99999999999999999999", NULL, "@x", 0},
        {"9223372036854775807", NULL, "@x", 0}, {"30000000", NULL, NULL, 0},
    };

    (void)state;
    snprintf(own, sizeof own, "%ld", (long)getpid());
    snprintf(other, sizeof other, "%ld", (long)getppid());
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct notify n;
        if (rows[i].usec)
            setenv("WATCHDOG_USEC", rows[i].usec, 1);
        if (rows[i].pid)
            setenv("WATCHDOG_PID", rows[i].pid, 1);
        if (rows[i].socket)
            setenv("NOTIFY_SOCKET", rows[i].socket, 1);
        notify_open(&n);
        assert_int_equal(n.watchdog_ns, rows[i].ns);
        assert_null(getenv("WATCHDOG_USEC"));
        assert_null(getenv("WATCHDOG_PID"));
        notify_close(&n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_path_and_abstract),
        cmocka_unit_test(nobody_to_tell),
        cmocka_unit_test(the_watchdog_is_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
