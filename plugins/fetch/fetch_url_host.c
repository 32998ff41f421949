/* fetch_url_host.c - hosts as the URL Standard reads and writes them: domain names, IPv4 in all its notations, IPv6.
 *
 * Most hosts are names in small letters, and are copied.  The rest follows the standard's text: "Host parsing", "Host
 * serializing". */
#include "fetch_url_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch_convert.h"

/* ---- IPv4 ---- */

/* One part of an address: decimal, 0x... or 0...; what is above 32 bits is one more than fits. */
static bool ipv4_number(const char *at, const char *end, uint64_t *value)
{
    const uint64_t too_much = (uint64_t)UINT32_MAX + 1;
    int base = 10;

    if (at == end)
        return false;
    if (end - at >= 2 && at[0] == '0') {
        base = url_lower(at[1]) == 'x' ? 16 : 8;
        at += base == 16 ? 2 : 1;
    }
    for (*value = 0; at < end; at++) {
        const int digit = url_hex(*at);
        if (digit < 0 || digit >= base)
            return false;
        *value = *value * (uint64_t)base + (uint64_t)digit;
        if (*value > too_much)
            *value = too_much;
    }
    return true;
}

static const char *part_begin(const char *begin, const char *end)
{
    while (end > begin && end[-1] != '.')
        end--;
    return end;
}

/* Whether a name's last label, not counting an empty one, is a number: then the whole must be an IPv4 address. */
static bool ends_in_number(const char *begin, const char *end)
{
    uint64_t value;

    if (end > begin && end[-1] == '.')
        end--;
    const char *const last = part_begin(begin, end);
    if (last == end || !url_is_digit(*last))
        return false;
    const char *at = last;
    while (at < end && url_is_digit(*at))
        at++;
    return at == end || ipv4_number(last, end, &value);
}

static bool ipv4_parse(const char *at, const char *end, uint32_t *address)
{
    uint64_t part[4], sum = 0;
    size_t n = 0;

    if (end > at && end[-1] == '.')
        end--;
    for (;; at++) {
        const char *dot = memchr(at, '.', (size_t)(end - at));
        dot = dot ? dot : end;
        if (n == 4 || !ipv4_number(at, dot, &part[n++]))
            return false;
        at = dot;
        if (at == end)
            break;
    }
    for (size_t i = 0; i + 1 < n; i++) {
        if (part[i] > 255)
            return false;
        sum += part[i] << (8 * (3 - i));
    }
    if (part[n - 1] >= (uint64_t)1 << (8 * (5 - n)))
        return false;
    *address = (uint32_t)(sum + part[n - 1]);
    return true;
}

/* ---- IPv6 ---- */

/* "192.0.2.1" as the last four bytes of an address. */
static bool ipv4_in_ipv6(const char *at, const char *end, uint16_t out[2])
{
    unsigned part[4];

    for (int i = 0; i < 4; i++) {
        if (i && (at == end || *at++ != '.'))
            return false;
        if (at == end || !url_is_digit(*at))
            return false;
        const char *const begin = at;
        for (part[i] = 0; at < end && url_is_digit(*at); at++) {
            part[i] = part[i] * 10 + (unsigned)(*at - '0');
            if (part[i] > 255 || (at > begin && *begin == '0'))
                return false;
        }
    }
    out[0] = (uint16_t)(part[0] << 8 | part[1]);
    out[1] = (uint16_t)(part[2] << 8 | part[3]);
    return at == end;
}

/* "::" counts as one piece, of zeros, until it is known how many it stands for. */
static bool ipv6_parse(const char *at, const char *end, uint16_t piece[8])
{
    int n = 0, compress = -1;

    memset(piece, 0, 8 * sizeof *piece);
    if (at < end && *at == ':') {
        if (end - at < 2 || at[1] != ':')
            return false;
        at += 2;
        compress = ++n;
    }
    while (at < end) {
        if (n == 8)
            return false;
        if (*at == ':') {
            if (compress >= 0)
                return false;
            at++;
            compress = ++n;
            continue;
        }
        const char *const begin = at;
        unsigned value = 0;
        while (at < end && at - begin < 4 && url_hex(*at) >= 0)
            value = value * 16 + (unsigned)url_hex(*at++);
        if (at < end && *at == '.') {
            if (n > 6 || !ipv4_in_ipv6(begin, end, piece + n))
                return false;
            n += 2;
            break;
        }
        if (at == begin || (at < end && *at != ':') || (at < end && at + 1 == end))
            return false;
        at += at < end;
        piece[n++] = (uint16_t)value;
    }
    if (compress < 0)
        return n == 8;
    const size_t behind = (size_t)(n - compress);
    memmove(piece + 8 - behind, piece + compress, behind * sizeof *piece);
    memset(piece + compress, 0, (size_t)(8 - n) * sizeof *piece);
    return true;
}

/* The first of the longest runs of two zero pieces or more; 8: none. */
static int longest_zeros(const uint16_t piece[8], int *length)
{
    int best = 8;

    *length = 1;
    for (int i = 0, run; i < 8; i += run + 1) {
        for (run = 0; i + run < 8 && piece[i + run] == 0; run++)
            ;
        if (run > *length) {
            best = i;
            *length = run;
        }
    }
    return best;
}

static void put_ipv6(struct url_out *o, const uint16_t piece[8])
{
    int zeros, from = longest_zeros(piece, &zeros);
    char text[8];

    url_put_char(o, '[');
    for (int i = 0; i < 8; i++) {
        if (i == from) {
            url_put(o, "::", i == 0 ? 2 : 1);
            i += zeros - 1;
            continue;
        }
        const int n = snprintf(text, sizeof text, "%x", (unsigned)piece[i]);
        url_put(o, text, (size_t)n);
        if (i < 7)
            url_put_char(o, ':');
    }
    url_put_char(o, ']');
}

/* ---- names ---- */

static size_t unescape(char *out, pl_str in)
{
    size_t n = 0;

    for (size_t i = 0; i < in.len; i++) {
        const bool escape = in.ptr[i] == '%' && in.len - i > 2;
        const int high = escape ? url_hex(in.ptr[i + 1]) : -1, low = escape ? url_hex(in.ptr[i + 2]) : -1;
        if (high >= 0 && low >= 0) {
            out[n++] = (char)(high * 16 + low);
            i += 2;
        } else {
            out[n++] = in.ptr[i];
        }
    }
    return n;
}

/* A name with escapes, capital letters or characters above ASCII.  One in ASCII only has its letters made small: what is
 * behind "xn--" is not looked at. */
static int put_unusual(struct url_out *o, pl_str in)
{
    char small[512], *name = in.len <= sizeof small ? small : malloc(in.len);
    const size_t begin = o->len;
    int rc = PL_OK;

    if (!name)
        return PL_NOMEM;
    const size_t n = unescape(name, in);
    const struct utf8_scan scan = utf8_scan((pl_str){name, n});
    if (scan.n_bad || scan.cut)
        rc = PL_ERROR;
    else if (scan.first_high < n)
        rc = url_put_idna(o, (pl_str){name, n});
    else
        url_put(o, name, n);
    if (name != small)
        free(name);
    if (rc != PL_OK || o->rc != PL_OK)
        return rc != PL_OK ? rc : o->rc;
    for (size_t i = begin; i < o->len; i++)
        o->at[i] = url_lower(o->at[i]);
    return o->len == begin || url_find(o->at + begin, o->at + o->len, SET_DOMAIN_UNUSUAL) < o->at + o->len ? PL_ERROR : PL_OK;
}

static int put_domain(struct url_out *o, pl_str in)
{
    const size_t begin = o->len;
    uint32_t address;
    char text[16];

    if (url_find(in.ptr, in.ptr + in.len, SET_DOMAIN_UNUSUAL) == in.ptr + in.len) {
        url_put(o, in.ptr, in.len);
    } else {
        const int rc = put_unusual(o, in);
        if (rc != PL_OK)
            return rc;
    }
    if (o->rc != PL_OK || !ends_in_number(o->at + begin, o->at + o->len))
        return o->rc;
    if (!ipv4_parse(o->at + begin, o->at + o->len, &address))
        return PL_ERROR;
    o->len = begin;
    const int n = snprintf(text, sizeof text, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255,
                           address & 255);
    url_put(o, text, (size_t)n);
    return o->rc;
}

int url_put_host(struct url_out *o, pl_str in, bool special)
{
    uint16_t piece[8];

    if (in.ptr[0] == '[') {
        if (in.ptr[in.len - 1] != ']' || !ipv6_parse(in.ptr + 1, in.ptr + in.len - 1, piece))
            return PL_ERROR;
        put_ipv6(o, piece);
        return o->rc;
    }
    if (special)
        return put_domain(o, in);
    if (url_find(in.ptr, in.ptr + in.len, SET_HOST_FORBIDDEN) < in.ptr + in.len)
        return PL_ERROR;
    url_put_escaped(o, in, SET_C0);
    return o->rc;
}
