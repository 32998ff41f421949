/* fetch_address.c - which network addresses may be connected to.
 *
 * An address is sixteen bytes here, an IPv4 one in its mapped form (::ffff:0:0/96), so that there is one table, one kind
 * of range, and no second way to write the same address.  IPv6 is closed but for what IANA has opened (2000::/3); IPv4 is
 * open but for what its registry takes out. */
#include "fetch_address.h"

#include <arpa/inet.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

enum { MAX_RANGES = 1024, MAPPED_BITS = 96 };

struct address {
    unsigned char at[16];
};

struct range {
    struct address base;
    unsigned bits; /* of its prefix */
};

struct address_guard {
    size_t n;
    struct range open[];
};

/* What is not globally reachable unicast by IANA's special-purpose address registries (RFC 6890 and what updates it, as
 * of 2025) and by the allocations of RFC 1112, 5771 and 4291.  Where a registry names single addresses in a range
 * reachable (192.0.0.9, 192.0.0.10 and parts of 2001::/23) they stay refused: no site lives at an anycast address of a protocol. */
static const struct {
    const char *text, *what;
    unsigned char base[16];
    unsigned char bits;
} special[] = {
#define V4(a, b, c, d) {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, a, b, c, d}
    {"0.0.0.0/8", "this network", V4(0, 0, 0, 0), 96 + 8},
    {"10.0.0.0/8", "private", V4(10, 0, 0, 0), 96 + 8},
    {"100.64.0.0/10", "shared by a carrier's customers", V4(100, 64, 0, 0), 96 + 10},
    {"127.0.0.0/8", "loopback", V4(127, 0, 0, 0), 96 + 8},
    {"169.254.0.0/16", "link-local", V4(169, 254, 0, 0), 96 + 16},
    {"172.16.0.0/12", "private", V4(172, 16, 0, 0), 96 + 12},
    {"192.0.0.0/24", "for protocols", V4(192, 0, 0, 0), 96 + 24},
    {"192.0.2.0/24", "for documentation", V4(192, 0, 2, 0), 96 + 24},
    {"192.88.99.0/24", "a former 6to4 relay", V4(192, 88, 99, 0), 96 + 24},
    {"192.168.0.0/16", "private", V4(192, 168, 0, 0), 96 + 16},
    {"198.18.0.0/15", "for benchmarks", V4(198, 18, 0, 0), 96 + 15},
    {"198.51.100.0/24", "for documentation", V4(198, 51, 100, 0), 96 + 24},
    {"203.0.113.0/24", "for documentation", V4(203, 0, 113, 0), 96 + 24},
    {"224.0.0.0/4", "multicast", V4(224, 0, 0, 0), 96 + 4},
    {"255.255.255.255/32", "broadcast", V4(255, 255, 255, 255), 96 + 32},
    {"240.0.0.0/4", "reserved", V4(240, 0, 0, 0), 96 + 4},
#undef V4
    {"::1/128", "loopback", {[15] = 1}, 128},
    {"::/128", "no address", {0}, 128},
    {"::/96", "an IPv4-compatible address", {0}, 96},
    {"64:ff9b:1::/48", "a translated address of a local network", {0, 0x64, 0xFF, 0x9B, 0, 1}, 48},
    {"100::/64", "discard-only", {1}, 64},
    {"fc00::/7", "private", {0xFC}, 7},
    {"fe80::/10", "link-local", {0xFE, 0x80}, 10},
    {"fec0::/10", "site-local", {0xFE, 0xC0}, 10},
    {"ff00::/8", "multicast", {0xFF}, 8},
    {"2001::/32", "a Teredo tunnel", {0x20, 1}, 32},
    {"2001::/23", "for protocols", {0x20, 1}, 23},
    {"2001:db8::/32", "for documentation", {0x20, 1, 0x0D, 0xB8}, 32},
    {"3fff::/20", "for documentation", {0x3F, 0xFF}, 20},
};

static const struct range mapped = {{{[10] = 0xFF, [11] = 0xFF}}, MAPPED_BITS};
static const struct range global6 = {{{0x20}}, 3};

static bool within(const struct address *a, const unsigned char *base, unsigned bits)
{
    const unsigned whole = bits / 8, rest = bits % 8;

    return memcmp(a->at, base, whole) == 0 && (rest == 0 || (a->at[whole] ^ base[whole]) >> (8 - rest) == 0);
}

static bool in_range(const struct address *a, const struct range *r)
{
    return within(a, r->base.at, r->bits);
}

static struct address map(const unsigned char v4[4])
{
    struct address a = mapped.base;

    memcpy(a.at + 12, v4, 4);
    return a;
}

/* As people write it. */
static void show(const struct address *a, char out[INET6_ADDRSTRLEN])
{
    if (in_range(a, &mapped))
        inet_ntop(AF_INET, a->at + 12, out, INET6_ADDRSTRLEN);
    else
        inet_ntop(AF_INET6, a->at, out, INET6_ADDRSTRLEN);
}

static bool read_address(const char *text, struct address *a)
{
    unsigned char v4[4];

    if (inet_pton(AF_INET, text, v4) == 1) {
        *a = map(v4);
        return true;
    }
    return inet_pton(AF_INET6, text, a->at) == 1;
}

/* ---- ranges that are opened ---- */

/* The number of bits behind the slash; a range of IPv4 is one of mapped addresses. */
static bool read_bits(const char *text, bool v4, unsigned *bits)
{
    const size_t n = strlen(text);
    unsigned v = 0;

    if (n == 0 || n > 3 || strspn(text, "0123456789") != n || (n > 1 && text[0] == '0'))
        return false;
    for (size_t i = 0; i < n; i++)
        v = v * 10 + (unsigned)(text[i] - '0');
    if (v > (v4 ? 32 : 128))
        return false;
    *bits = v4 ? MAPPED_BITS + v : v;
    return true;
}

static struct address cut(const struct address *a, unsigned bits)
{
    struct address base = *a;

    for (unsigned i = bits; i < 128; i++)
        base.at[i / 8] = (unsigned char)(base.at[i / 8] & ~(0x80U >> i % 8));
    return base;
}

static int read_range(pl_str item, struct range *r, char *message, size_t size)
{
    char text[64], right[INET6_ADDRSTRLEN];
    const int shown = item.len > 100 ? 100 : (int)item.len;
    const bool fits = item.len < sizeof text && !(item.len && memchr(item.ptr, 0, item.len));

    snprintf(text, sizeof text, "%.*s", fits ? (int)item.len : 0, item.ptr ? item.ptr : "");
    char *slash = strchr(text, '/');
    const bool v4 = !strchr(text, ':');
    if (slash)
        *slash = 0;
    if (!read_address(text, &r->base)) {
        snprintf(message, size, "expected an address or a range such as \"10.1.0.0/16\" or \"fd12::/32\", found \"%.*s\"", shown,
                 item.ptr ? item.ptr : "");
        return PL_ERROR;
    }
    r->bits = 128;
    if (slash && !read_bits(slash + 1, v4, &r->bits)) {
        snprintf(message, size, "\"%.*s\": expected 0 to %d behind the slash, the bits that all of its addresses share", shown,
                 item.ptr, v4 ? 32 : 128);
        return PL_ERROR;
    }
    const struct address base = cut(&r->base, r->bits);
    if (memcmp(base.at, r->base.at, sizeof base.at) != 0) {
        show(&base, right);
        snprintf(message, size, "\"%.*s\" has bits behind its prefix: write \"%s/%s\" for the range or \"%s\" for the address", shown,
                 item.ptr, right, slash ? slash + 1 : "", text);
        return PL_ERROR;
    }
    return PL_OK;
}

int address_guard_make(struct address_guard **g, pl_list allow_private, char *message, size_t size)
{
    const size_t n = allow_private.n;

    *g = NULL;
    if (n > MAX_RANGES) {
        snprintf(message, size, "%zu ranges are too many: at most %d", n, MAX_RANGES);
        return PL_ERROR;
    }
    struct address_guard *made = malloc(sizeof *made + n * sizeof made->open[0]);
    if (!made) {
        snprintf(message, size, "out of memory");
        return PL_NOMEM;
    }
    made->n = n;
    for (size_t i = 0; i < n; i++) {
        if (read_range(allow_private.at[i], &made->open[i], message, size) != PL_OK) {
            free(made);
            return PL_ERROR;
        }
    }
    *g = made;
    return PL_OK;
}

void address_guard_free(struct address_guard *g)
{
    free(g);
}

/* ---- verdicts ---- */

static bool is_open(const struct address_guard *g, const struct address *a)
{
    for (size_t i = 0; g && i < g->n; i++)
        if (in_range(a, &g->open[i]))
            return true;
    return false;
}

/* Where an IPv4 address may stand in an IPv6 one, so that a translator or a tunnel on the way sends packets there. */
static const struct embedding {
    const char *how;
    unsigned char base[16], mask[12]; /* the bits before the last four bytes that tell it */
    unsigned char at;                 /* the first of the four bytes */
} embeddings[] = {
    {"NAT64", {0, 0x64, 0xFF, 0x9B}, {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255}, 12}, /* RFC 6052 */
    {"6to4", {0x20, 2}, {255, 255}, 2},                                                                /* RFC 3056 */
    {"ISATAP", {[10] = 0x5E, [11] = 0xFE}, {[8] = 0xFD, [9] = 255, [10] = 255, [11] = 255}, 12},       /* RFC 5214, 6.1 */
};

static bool embeds(const struct address *a, const struct embedding *e)
{
    for (size_t i = 0; i < sizeof e->mask; i++)
        if ((a->at[i] ^ e->base[i]) & e->mask[i])
            return false;
    return true;
}

static bool is_special(const struct address *a, char *why, size_t size)
{
    char text[INET6_ADDRSTRLEN];

    show(a, text);
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        if (within(a, special[i].base, special[i].bits)) {
            snprintf(why, size, "%s is %s (%s)", text, special[i].what, special[i].text);
            return true;
        }
    }
    return false;
}

static bool leads_to_special(const struct address_guard *g, const struct address *a, char *why, size_t size)
{
    char text[INET6_ADDRSTRLEN], inner[128];

    for (size_t i = 0; i < sizeof embeddings / sizeof *embeddings; i++) {
        const struct address v4 = map(a->at + embeddings[i].at);
        if (embeds(a, &embeddings[i]) && !is_open(g, &v4) && is_special(&v4, inner, sizeof inner)) {
            show(a, text);
            snprintf(why, size, "%s leads on by %s: %s", text, embeddings[i].how, inner);
            return true;
        }
    }
    return false;
}

static bool judge(const struct address_guard *g, const struct address *a, char *why, size_t size)
{
    char text[INET6_ADDRSTRLEN];

    if (size)
        why[0] = 0;
    if (is_open(g, a))
        return true;
    if (is_special(a, why, size) || leads_to_special(g, a, why, size))
        return false;
    if (in_range(a, &mapped) || in_range(a, &global6) || embeds(a, &embeddings[0]))
        return true;
    show(a, text);
    snprintf(why, size, "%s is outside what is in use as global unicast (2000::/3)", text);
    return false;
}

bool address_allowed(const struct address_guard *g, const struct sockaddr *sa, char *why, size_t size)
{
    struct address a;

    /* Copied, since what the caller has need not be aligned. */
    if (sa->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, sa, sizeof in);
        unsigned char v4[4];
        memcpy(v4, &in.sin_addr, 4);
        a = map(v4);
    } else if (sa->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, sa, sizeof in6);
        memcpy(a.at, &in6.sin6_addr, 16);
    } else {
        snprintf(why, size, "it is no internet address (family %d)", (int)sa->sa_family);
        return false;
    }
    return judge(g, &a, why, size);
}

/* "localhost" and names below it mean this machine whatever DNS says (RFC 6761, 6.3). */
static bool is_localhost(pl_str host)
{
    static const char name[] = "localhost";
    const size_t n = sizeof name - 1;

    while (host.len && host.ptr[host.len - 1] == '.')
        host.len--;
    return host.len >= n && strncasecmp(host.ptr + host.len - n, name, n) == 0 &&
           (host.len == n || host.ptr[host.len - n - 1] == '.');
}

bool address_host_refused(const struct address_guard *g, pl_str host, char *why, size_t size)
{
    static const unsigned char loopback4[4] = {127, 0, 0, 1};
    struct address a = map(loopback4);
    char text[64];

    if (size)
        why[0] = 0;
    if (is_localhost(host)) {
        const struct address loopback6 = {{[15] = 1}};
        if (is_open(g, &a) || is_open(g, &loopback6))
            return false;
        snprintf(why, size, "%.*s is this machine", host.len > 100 ? 100 : (int)host.len, host.ptr);
        return true;
    }
    if (host.len >= 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
        host = (pl_str){host.ptr + 1, host.len - 2};
    if (host.len == 0 || host.len >= sizeof text || memchr(host.ptr, 0, host.len))
        return false;
    memcpy(text, host.ptr, host.len);
    text[host.len] = 0;
    return read_address(text, &a) && !judge(g, &a, why, size);
}
