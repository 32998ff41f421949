/* fetch_http_test.c - the transport without a server: options, addresses that are not asked for, room.
 *
 * What it does with servers is tested by tests/peer/fetch_http.sh.  The guard of these tests lets nothing pass but
 * loopback: port 1, where nobody listens, and a listener that never answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "fetch_address.h"
#include "fetch_http.h"

enum { MOST = 20 };

struct told {
    size_t n;
    struct transport_response r[MOST];
    struct transport *again; /* another is started while one is told */
    size_t n_again;
};

static struct address_guard *guard_of(const char *range)
{
    const pl_str allow = {range, range ? strlen(range) : 0};
    struct address_guard *g = NULL;
    char message[200];

    assert_int_equal(address_guard_make(&g, (pl_list){&allow, range ? 1 : 0}, message, sizeof message), PL_OK);
    return g;
}

static struct transport *opened(const struct http_options *o)
{
    struct transport *t = NULL;
    char message[300] = "";

    if (http_transport_open(&t, o, message, sizeof message) != PL_OK)
        fail_msg("%s", message);
    return t;
}

static int ask(struct transport *t, const char *url)
{
    return transport_start(t, &(struct transport_request){.url = url, .max_body = 1000, .owner = (void *)(uintptr_t)url});
}

static void tell(void *arg, const struct transport_response *r)
{
    struct told *d = arg;

    assert_true(d->n < MOST);
    d->r[d->n++] = *r;
    if (d->again && d->n_again > 0) {
        d->n_again--;
        assert_int_equal(transport_room(d->again), 1);
        assert_int_equal(ask(d->again, "http://127.0.0.1/again"), PL_OK);
    }
}

static void run_all(struct transport *t, struct told *d, size_t n)
{
    for (int i = 0; i < 100 && d->n < n; i++)
        assert_int_equal(transport_run(t, 1000, tell, d), PL_OK);
    assert_int_equal(d->n, n);
}

/* ---- options ---- */

static const struct {
    struct http_options o;
    const char *resolve, *says;
} wrong[] = {
    {{.user_agent = "one\r\nX: y"}, NULL, "the user agent: 'one"},
    {{.user_agent = "na\xc3\xafve"}, NULL, "printable ASCII is expected"},
    {{.proxy = "proxy.example:3128"}, NULL, "proxy: 'proxy.example:3128' is no proxy"},
    {{.proxy = "ftp://proxy.example"}, NULL, "is no proxy"},
    {{.proxy = "http://"}, NULL, "is no proxy"},
    {{.ca_file = "/nowhere/ca.pem"}, NULL, "cannot read ca_file '/nowhere/ca.pem': No such file"},
    {{0}, "www.harbour.example", "resolve: 'www.harbour.example' is not NAME:PORT:ADDRESS"},
    {{0}, "www.harbour.example:443", "is not NAME:PORT:ADDRESS"},
    {{0}, "www.harbour.example:443:", "is not NAME:PORT:ADDRESS"},
    {{0}, "www.harbour.example:0:127.0.0.1", "is not NAME:PORT:ADDRESS"},
    {{0}, "www.harbour.example:65536:127.0.0.1", "is not NAME:PORT:ADDRESS"},
    {{0}, "www.harbour.example:443:elsewhere.example", "is not NAME:PORT:ADDRESS"},
    {{0}, "www.harbour.example:443:127.0.0.1,127.0.0.2", "is not NAME:PORT:ADDRESS"},
    {{0}, ":443:127.0.0.1", "is not NAME:PORT:ADDRESS"},
};

static void wrong_options(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct http_options o = wrong[i].o;
        struct transport *t = NULL;
        char message[300] = "";
        const pl_str entry = {wrong[i].resolve, wrong[i].resolve ? strlen(wrong[i].resolve) : 0};
        o.resolve = (pl_list){&entry, wrong[i].resolve ? 1 : 0};
        assert_int_equal(http_transport_open(&t, &o, message, sizeof message), PL_ERROR);
        assert_null(t);
        if (!strstr(message, wrong[i].says))
            fail_msg("%zu: %s", i, message);
    }
    transport_close(NULL);
}

static void right_options(void **state)
{
    static const char *const entries[] = {"www.harbour.example:443:192.0.2.7", "a_b.example:1:2001:db8::1", "c:65535:[2001:db8::1]"};
    const char *const proxies[] = {"http://10.1.2.3:3128", "socks5h://127.0.0.1", "https://name:word@proxy.example/"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const pl_str entry = {entries[i], strlen(entries[i])};
        transport_close(opened(&(struct http_options){.proxy = proxies[i], .resolve = {&entry, 1}, .transfers = 1000000}));
    }
}

/* ---- addresses that are not asked for ---- */

static const struct {
    const char *url;
    enum transport_fault fault;
    const char *says;
} addresses[] = {
    {"ftp://www.harbour.example/", TRANSPORT_PROTOCOL, "http:// or https:// is expected"},
    {"file:///etc/passwd", TRANSPORT_PROTOCOL, "http:// or https:// is expected"},
    {"www.harbour.example", TRANSPORT_PROTOCOL, "http:// or https:// is expected"},
    {"", TRANSPORT_PROTOCOL, "http:// or https:// is expected"},
    {"http://127.0.0.1/a b", TRANSPORT_PROTOCOL, "has a blank"},
    {"http://127.0.0.1/\r\nHost: elsewhere.example", TRANSPORT_PROTOCOL, "has a blank"},
    {"http://127.0.0.1/\x7f", TRANSPORT_PROTOCOL, "has a blank"},
    {"http://127.0.0.1/caf\xc3\xa9", TRANSPORT_PROTOCOL, "has a blank"},
    {"http://anna:secret@127.0.0.1/", TRANSPORT_PROTOCOL, "has a name or a password in it"},
    {"http://127.0.0.1:99999/", TRANSPORT_PROTOCOL, ""},
    {"http:///", TRANSPORT_PROTOCOL, ""},
    {"http://127.0.0.1/", TRANSPORT_REFUSED, "127.0.0.1 is not asked: 127.0.0.1 is loopback"},
    {"https://127.0.0.1:8443/@?#x", TRANSPORT_REFUSED, "allow_private opens ranges"},
    {"http://[::1]/", TRANSPORT_REFUSED, "[::1] is not asked"},
    {"http://[::ffff:10.0.0.1]/", TRANSPORT_REFUSED, "is not asked"},
    {"http://169.254.169.254/latest/meta-data/", TRANSPORT_REFUSED, "169.254.169.254"},
    {"http://0x7f.1/", TRANSPORT_REFUSED, "127.0.0.1"},
    {"http://www.harbour.example:8080/", TRANSPORT_REFUSED, "10.1.2.3"},
};

static void check_address(struct transport *t, const char *url, enum transport_fault fault, const char *says)
{
    struct told d = {0};

    assert_int_equal(ask(t, url), PL_OK);
    run_all(t, &d, 1);
    if (d.r[0].fault != fault || !strstr(d.r[0].message, says))
        fail_msg("%s: %d %s", url, (int)d.r[0].fault, d.r[0].message);
    assert_ptr_equal(d.r[0].owner, url);
    assert_int_equal(d.r[0].status, 0);
    assert_int_equal(d.r[0].request.len + d.r[0].head.len + d.r[0].body.len, 0);
    assert_true(d.r[0].came_ms > 1500000000000);
    assert_null(d.r[0].truncated);
    assert_null(strstr(d.r[0].message, "secret"));
}

static void refused(void **state)
{
    const pl_str name = PL_S("www.harbour.example:8080:10.1.2.3");
    struct address_guard *g = guard_of(NULL);
    struct transport *t = opened(&(struct http_options){.guard = g, .resolve = {&name, 1}});

    (void)state;
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
            check_address(t, addresses[i].url, addresses[i].fault, addresses[i].says);
    transport_close(t);
    address_guard_free(g);
}

/* Behind a proxy no connection shows the address: what is written out is judged. */
static void refused_behind_a_proxy(void **state)
{
    static const char *const refused[] = {"http://127.0.0.1:8080/", "http://[::1]:80/", "https://10.1.2.3", "http://localhost/x?y"};
    struct address_guard *g = guard_of(NULL);
    struct transport *t = opened(&(struct http_options){.guard = g, .proxy = "http://127.0.0.1:1"});

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        check_address(t, refused[i], TRANSPORT_REFUSED, "is not asked");
    check_address(t, "http://www.harbour.example/", TRANSPORT_CONNECT, "no connection to");
    transport_close(t);
    address_guard_free(g);
}

static void nobody_there(void **state)
{
    struct address_guard *g = guard_of("127.0.0.1");
    struct transport *t = opened(&(struct http_options){.guard = g});

    (void)state;
    check_address(t, "http://127.0.0.1:1/", TRANSPORT_CONNECT, "no connection to 127.0.0.1:1: Connection refused");
    check_address(t, "https://127.0.0.1:1/", TRANSPORT_CONNECT, "Connection refused");
    transport_close(t);
    address_guard_free(g);
}

/* ---- room ---- */

static void room(void **state)
{
    struct address_guard *g = guard_of(NULL);
    struct transport *t = opened(&(struct http_options){.guard = g, .transfers = 2});
    struct told d = {.again = t, .n_again = 5};

    (void)state;
    assert_int_equal(transport_run(t, 1000, tell, &d), PL_OK); /* nothing is under way: at once */
    assert_int_equal(transport_room(t), 2);
    assert_int_equal(ask(t, "http://127.0.0.1/1"), PL_OK);
    assert_int_equal(ask(t, "ftp://x/"), PL_OK);
    assert_int_equal(transport_room(t), 0);
    assert_int_equal(ask(t, "http://127.0.0.1/3"), PL_AGAIN);
    run_all(t, &d, 7);
    assert_int_equal(transport_room(t), 2);

    assert_int_equal(ask(t, "http://127.0.0.1/4"), PL_OK);
    assert_int_equal(ask(t, "ftp://x/"), PL_OK);
    transport_close(t); /* what was under way is not told */
    assert_int_equal(d.n, 7);
    address_guard_free(g);
}

/* A listener that accepts nothing is as silent as a server can be. */
static void lets_go(void **state)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    struct address_guard *g = guard_of("127.0.0.1");
    struct transport *t = opened(&(struct http_options){.guard = g, .transfers = 2});
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct told d = {0};
    char url[64];

    (void)state;
    assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &size), 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", (unsigned)ntohs(at.sin_port));
    assert_false(transport_let_go(t, 0)); /* nothing is under way */
    struct transport_request q = {.url = url, .max_body = 1000, .owner = &d, .patient = true};
    assert_int_equal(transport_start(t, &q), PL_OK);
    q.patient = false;
    q.owner = &q;
    assert_int_equal(transport_start(t, &q), PL_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(transport_run(t, 10, tell, &d), PL_OK);
    assert_int_equal(d.n, 0);
    assert_false(transport_let_go(t, 3600 * 1000)); /* not silent for so long */
    assert_true(transport_let_go(t, 0));
    assert_false(transport_let_go(t, 0)); /* the other is patient */
    assert_int_equal(transport_room(t), 0);
    run_all(t, &d, 1);
    assert_ptr_equal(d.r[0].owner, &q);
    assert_int_equal(d.r[0].fault, TRANSPORT_LET_GO);
    assert_int_equal(d.r[0].status, 0);
    assert_int_equal(transport_room(t), 1);
    assert_int_equal(transport_start(t, &q), PL_OK); /* its handle is used again */
    assert_true(transport_let_go(t, 0));
    run_all(t, &d, 2);
    transport_close(t);
    close(listener);
    address_guard_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_options), cmocka_unit_test(right_options), cmocka_unit_test(refused),
        cmocka_unit_test(refused_behind_a_proxy), cmocka_unit_test(nobody_there), cmocka_unit_test(room),
        cmocka_unit_test(lets_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
