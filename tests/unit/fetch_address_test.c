/* fetch_address_test.c - which addresses may be connected to, at the edges of each range, and what opens others. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

#include "fetch_address.h"

static pl_str text_of(const char *z)
{
    return (pl_str){z, strlen(z)};
}

static struct address_guard *make(const char *a, const char *b)
{
    const pl_str item[2] = {text_of(a ? a : ""), text_of(b ? b : "")};
    struct address_guard *g;
    char message[256] = "";

    if (address_guard_make(&g, (pl_list){item, (size_t)(a != NULL) + (b != NULL)}, message, sizeof message) != PL_OK)
        fail_msg("%s", message);
    return g;
}

static bool allowed(const struct address_guard *g, const char *text, char why[256])
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(80)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(80)};
    char brackets[80];
    bool may = false;

    snprintf(brackets, sizeof brackets, strchr(text, ':') ? "[%s]" : "%s", text);
    if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
        may = address_allowed(g, (const struct sockaddr *)&in, why, 256);
    else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
        may = address_allowed(g, (const struct sockaddr *)&in6, why, 256);
    else
        fail_msg("'%s' is no address", text);
    /* As the host of a URL it is judged alike. */
    assert_int_equal(address_host_refused(g, text_of(brackets), why, 256), !may);
    return may;
}

static const struct {
    const char *address;
    const char *why; /* NULL: allowed */
} cases[] = {
    {"0.0.0.0", "this network"},
    {"0.255.255.255", "this network"},
    {"1.0.0.0", NULL},
    {"9.255.255.255", NULL},
    {"10.0.0.0", "private (10.0.0.0/8)"},
    {"10.255.255.255", "private"},
    {"11.0.0.0", NULL},
    {"100.63.255.255", NULL},
    {"100.64.0.0", "carrier"},
    {"100.127.255.255", "carrier"},
    {"100.128.0.0", NULL},
    {"126.255.255.255", NULL},
    {"127.0.0.0", "loopback"},
    {"127.255.255.255", "127.255.255.255 is loopback (127.0.0.0/8)"},
    {"128.0.0.0", NULL},
    {"169.253.255.255", NULL},
    {"169.254.0.0", "link-local"},
    {"169.254.169.254", "link-local"},
    {"169.254.255.255", "link-local"},
    {"169.255.0.0", NULL},
    {"172.15.255.255", NULL},
    {"172.16.0.0", "private"},
    {"172.31.255.255", "private"},
    {"172.32.0.0", NULL},
    {"191.255.255.255", NULL},
    {"192.0.0.0", "for protocols"},
    {"192.0.0.255", "for protocols"},
    {"192.0.1.0", NULL},
    {"192.0.2.255", "documentation"},
    {"192.0.3.0", NULL},
    {"192.88.98.255", NULL},
    {"192.88.99.0", "6to4"},
    {"192.88.100.0", NULL},
    {"192.167.255.255", NULL},
    {"192.168.255.255", "private"},
    {"192.169.0.0", NULL},
    {"198.17.255.255", NULL},
    {"198.18.0.0", "benchmarks"},
    {"198.19.255.255", "benchmarks"},
    {"198.20.0.0", NULL},
    {"198.51.99.255", NULL},
    {"198.51.100.0", "documentation"},
    {"198.51.101.0", NULL},
    {"203.0.113.255", "documentation"},
    {"203.0.114.0", NULL},
    {"223.255.255.255", NULL},
    {"224.0.0.0", "multicast"},
    {"239.255.255.255", "multicast"},
    {"240.0.0.0", "reserved"},
    {"255.255.255.254", "reserved"},
    {"255.255.255.255", "broadcast"},
    {"::", "no address"},
    {"::1", "loopback"},
    {"::2", "IPv4-compatible"},
    {"::8.8.8.8", "IPv4-compatible"},
    {"::ffff:8.8.8.8", NULL},
    {"::ffff:127.0.0.1", "127.0.0.1 is loopback"},
    {"::ffff:169.254.169.254", "169.254.169.254 is link-local"},
    {"::ffff:0:8.8.8.8", "outside"}, /* SIIT */
    {"::5efe:8.8.8.8", "outside"},
    {"64:ff9a::8.8.8.8", "outside"},
    {"64:ff9b::8.8.8.8", NULL},
    {"64:ff9b::10.0.0.1", "64:ff9b::a00:1 leads on by NAT64: 10.0.0.1 is private (10.0.0.0/8)"},
    {"64:ff9b::1:0:10.0.0.1", "outside"},
    {"64:ff9b:1::8.8.8.8", "local network"},
    {"64:ff9b:1:ffff:ffff:ffff:808:808", "local network"},
    {"64:ff9b:2::8.8.8.8", "outside"},
    {"100::1", "discard"},
    {"100:0:0:1::1", "outside"},
    {"1fff:ffff::1", "outside"},
    {"2000::1", NULL},
    {"2001::1", "Teredo"},
    {"2001:0:808:808::1", "Teredo"},
    {"2001:2::1", "for protocols"},
    {"2001:10::1", "for protocols"},
    {"2001:1ff:ffff::1", "for protocols"},
    {"2001:200::1", NULL},
    {"2001:db7:ffff::1", NULL},
    {"2001:db8::1", "documentation"},
    {"2001:db8:ffff::1", "documentation"},
    {"2001:db9::1", NULL},
    {"2001:4860:4860::8888", NULL},
    {"2001:ffff::1", NULL},
    {"2002:808:808::1", NULL},
    {"2002:7f00:1::", "leads on by 6to4: 127.0.0.1 is loopback"},
    {"2002:a9fe:a9fe::1", "169.254.169.254"},
    {"2002:808:808:1:0:5efe:a00:1", "leads on by ISATAP: 10.0.0.1"},
    {"2003::1", NULL},
    {"2606:4700:0:1:0:5efe:8.8.8.8", NULL},
    {"2606:4700:0:1:0:5efe:10.0.0.1", "leads on by ISATAP: 10.0.0.1"},
    {"2606:4700:0:1:200:5efe:127.0.0.1", "leads on by ISATAP: 127.0.0.1"},
    {"2606:4700:0:1:0:5eff:127.0.0.1", NULL},
    {"3ffe:ffff::1", NULL},
    {"3fff::1", "documentation"},
    {"3fff:fff:ffff::1", "documentation"},
    {"3fff:1000::1", NULL},
    {"4000::1", "outside"},
    {"5f00::1", "outside"},
    {"fbff::1", "outside"},
    {"fc00::1", "private"},
    {"fd00:ec2::254", "private"},
    {"fe7f::1", "outside"},
    {"fe80::1", "link-local"},
    {"febf::1", "link-local"},
    {"fec0::1", "site-local"},
    {"feff::1", "site-local"},
    {"ff00::1", "multicast"},
    {"ff02::1", "multicast"},
    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "multicast"},
};

static void all_cases(void **state)
{
    struct address_guard *g = make(NULL, NULL);
    char why[256];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const bool may = allowed(g, cases[i].address, why);
        if (may != !cases[i].why || (!may && !strstr(why, cases[i].why)))
            fail_msg("%s: %s '%s'", cases[i].address, may ? "allowed" : "refused", why);
        assert_int_equal(may, why[0] == 0);
        assert_int_equal(allowed(NULL, cases[i].address, why), may);
    }
    address_guard_free(g);
}

static void other_families(void **state)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "/run/bus"};
    char why[256];

    (void)state;
    assert_false(address_allowed(NULL, (const struct sockaddr *)&un, why, sizeof why));
    assert_non_null(strstr(why, "no internet address"));
    assert_false(address_allowed(NULL, (const struct sockaddr *)&un, NULL, 0));
}

static void opened(void **state)
{
    static const struct {
        const char *range, *yes, *no;
    } row[] = {
        {"127.0.0.1", "127.0.0.1", "127.0.0.2"},
        {"127.0.0.0/8", "::ffff:127.9.9.9", "10.0.0.1"},
        {"10.1.0.0/16", "64:ff9b::10.1.2.3", "10.2.0.1"},
        {"10.1.0.0/16", "2002:a01:1::1", "2002:a02:1::1"},
        {"10.1.2.0/23", "10.1.3.255", "10.1.4.0"},
        {"10.1.2.3/32", "10.1.2.3", "10.1.2.2"},
        {"0.0.0.0/0", "255.255.255.255", "::1"},
        {"::1", "::1", "::2"},
        {"::1/128", "::1", "127.0.0.1"},
        {"fd12::/32", "fd12::1", "fd12:1::1"},
        {"fd12:3456:7890::/47", "fd12:3456:7891::1", "fd12:3456:7892::1"},
        {"::ffff:10.0.0.0/104", "10.9.9.9", "11.1.1.1"},
        {"::/0", "ff02::1", NULL},
        {"::/0", "127.0.0.1", NULL},
    };
    char why[256];

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct address_guard *g = make(row[i].range, NULL);
        if (!allowed(g, row[i].yes, why))
            fail_msg("%s does not open %s: %s", row[i].range, row[i].yes, why);
        if (row[i].no && strncmp(row[i].no, "11.", 3) != 0)
            assert_false(allowed(g, row[i].no, why));
        address_guard_free(g);
    }
    struct address_guard *g = make("10.1.0.0/16", "::1");
    assert_true(allowed(g, "10.1.2.3", why) && allowed(g, "::1", why));
    assert_false(allowed(g, "127.0.0.1", why));
    address_guard_free(g);
}

static void wrong_ranges(void **state)
{
    static const struct {
        const char *range, *message;
    } row[] = {
        {"", "found \"\""},
        {"localhost", "expected an address or a range such as \"10.1.0.0/16\" or \"fd12::/32\", found \"localhost\""},
        {"10.1/16", "expected an address"},
        {"10.1.0.0.0/16", "expected an address"},
        {"010.1.0.0/16", "expected an address"},
        {" 10.1.0.0/16", "expected an address"},
        {"[::1]", "expected an address"},
        {"fe80::1%eth0", "expected an address"},
        {"10.1.0.0/", "\"10.1.0.0/\": expected 0 to 32 behind the slash"},
        {"10.1.0.0/33", "expected 0 to 32"},
        {"10.1.0.0/016", "expected 0 to 32"},
        {"10.1.0.0/-1", "expected 0 to 32"},
        {"10.1.0.0/1/6", "expected 0 to 32"},
        {"10.1.0.0/255.255.0.0", "expected 0 to 32"},
        {"fd12::/129", "expected 0 to 128"},
        {"fd12::/99999999999", "expected 0 to 128"},
        {"10.1.2.3/16", "\"10.1.2.3/16\" has bits behind its prefix: write \"10.1.0.0/16\" for the range or \"10.1.2.3\" for the address"},
        {"fd12:3456::1/32", "write \"fd12:3456::/32\""},
        {"00000000000000000000000000000000000000000000000000000000000000000000000000::1", "expected an address"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const pl_str item = text_of(row[i].range);
        struct address_guard *g = NULL;
        char message[256] = "";
        assert_int_equal(address_guard_make(&g, (pl_list){&item, 1}, message, sizeof message), PL_ERROR);
        assert_null(g);
        if (!strstr(message, row[i].message))
            fail_msg("'%s': %s", row[i].range, message);
    }
    const pl_str zero = {"10.0.0.1\0", 9};
    struct address_guard *g;
    char message[256];
    assert_int_equal(address_guard_make(&g, (pl_list){&zero, 1}, message, sizeof message), PL_ERROR);
    assert_int_equal(address_guard_make(&g, (pl_list){&zero, 1025}, message, sizeof message), PL_ERROR);
    assert_string_equal(message, "1025 ranges are too many: at most 1024");
}

static void hosts(void **state)
{
    static const struct {
        const char *host;
        bool refused;
    } row[] = {
        {"localhost", true},         {"LocalHost", true},     {"localhost.", true}, {"news.localhost", true},
        {"localhost.example", false}, {"notlocalhost", false}, {"", false},          {".", false},
        {"tides.example", false},    {"127.0.0.1", true},     {"[::1]", true},      {"[64:ff9b::7f00:1]", true},
        {"8.8.8.8", false},          {"[2606:4700::1111]", false}, {"[", false},      {"[]", false},
    };
    char why[256];
    struct address_guard *g = make("127.0.0.0/8", NULL);

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        if (address_host_refused(NULL, text_of(row[i].host), why, sizeof why) != row[i].refused)
            fail_msg("%s", row[i].host);
        assert_int_equal(row[i].refused, why[0] != 0);
    }
    assert_false(address_host_refused(g, PL_S("localhost"), why, sizeof why));
    assert_false(address_host_refused(g, PL_S("127.0.0.1"), why, sizeof why));
    assert_true(address_host_refused(g, PL_S("[::1]"), why, sizeof why));
    address_guard_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_cases),    cmocka_unit_test(other_families), cmocka_unit_test(opened),
        cmocka_unit_test(wrong_ranges), cmocka_unit_test(hosts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
