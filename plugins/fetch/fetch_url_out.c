/* fetch_url_out.c - writing an address piece by piece, escaping what the URL Standard has escaped. */
#include "fetch_url_out.h"

#include <stdlib.h>
#include <string.h>

#include "fetch_convert.h"
#include "fetch_url.h"

/* The sets of byte c, by "Percent-encoded bytes" and "Hosts" of the standard; each percent-encode set has the one before
 * it in the standard's text. */
#define AMONG(c, a, b, d, e, f) ((c) == (a) || (c) == (b) || (c) == (d) || (c) == (e) || (c) == (f))
#define IS_C0(c) ((c) < 0x20 || (c) > 0x7E)
#define IS_FRAGMENT(c) (IS_C0(c) || AMONG(c, ' ', '"', '<', '>', '`'))
#define IS_QUERY(c) (IS_C0(c) || AMONG(c, ' ', '"', '#', '<', '>'))
#define IS_SPECIAL_QUERY(c) (IS_QUERY(c) || (c) == '\'')
#define IS_PATH(c) (IS_QUERY(c) || AMONG(c, '?', '^', '`', '{', '}'))
#define IS_USERINFO(c) (IS_PATH(c) || AMONG(c, '/', ':', ';', '=', '@') || AMONG(c, '[', '\\', ']', '|', '|'))
#define IS_FORBIDDEN(c) \
    (AMONG(c, 0, '\t', '\n', '\r', ' ') || AMONG(c, '#', '/', ':', '<', '>') || AMONG(c, '?', '@', '[', '\\', ']') || \
     (c) == '^' || (c) == '|')
#define IS_UNUSUAL(c) (IS_FORBIDDEN(c) || IS_C0(c) || (c) == '%' || ((c) >= 'A' && (c) <= 'Z'))
#define S1(c) \
    ((IS_C0(c) ? SET_C0 : 0) | (IS_FRAGMENT(c) ? SET_FRAGMENT : 0) | (IS_QUERY(c) ? SET_QUERY : 0) | \
     (IS_SPECIAL_QUERY(c) ? SET_SPECIAL_QUERY : 0) | (IS_PATH(c) ? SET_PATH : 0) | (IS_USERINFO(c) ? SET_USERINFO : 0) | \
     (IS_FORBIDDEN(c) ? SET_HOST_FORBIDDEN : 0) | (IS_UNUSUAL(c) ? SET_DOMAIN_UNUSUAL : 0))
#define S4(c) S1(c), S1((c) + 1), S1((c) + 2), S1((c) + 3)
#define S16(c) S4(c), S4((c) + 4), S4((c) + 8), S4((c) + 12)
#define S64(c) S16(c), S16((c) + 16), S16((c) + 32), S16((c) + 48)

const uint8_t url_sets[256] = {S64(0), S64(64), S64(128), S64(192)};

const char *url_find(const char *at, const char *end, unsigned sets)
{
    while (at < end && !(url_sets[(unsigned char)*at] & sets))
        at++;
    return at;
}

bool url_out_room(struct url_out *o, size_t n)
{
    if (o->rc != PL_OK)
        return false;
    if (n < o->cap - o->len)
        return true;
    if (n > URL_MAX || o->len + n > URL_MAX) {
        o->rc = PL_ERROR;
        return false;
    }
    size_t cap = o->len + n + 1;
    cap = cap < 2 * o->cap ? 2 * o->cap : cap;
    cap = cap < 128 ? 128 : cap > URL_MAX + 1 ? URL_MAX + 1 : cap;
    char *at = realloc(o->at, cap);
    if (!at) {
        o->rc = PL_NOMEM;
        return false;
    }
    o->at = at;
    o->cap = cap;
    return true;
}

void url_put(struct url_out *o, const char *at, size_t n)
{
    if (n == 0 || !url_out_room(o, n))
        return;
    memcpy(o->at + o->len, at, n);
    o->len += n;
}

void url_put_char(struct url_out *o, char c)
{
    if (url_out_room(o, 1))
        o->at[o->len++] = c;
}

static void put_byte_escaped(struct url_out *o, unsigned char c)
{
    static const char hex[] = "0123456789ABCDEF";
    const char s[3] = {'%', hex[c >> 4], hex[c & 15]};

    url_put(o, s, sizeof s);
}

void url_put_escaped(struct url_out *o, pl_str s, unsigned set)
{
    const char *at = s.ptr, *const end = s.ptr + s.len;

    while (at < end && o->rc == PL_OK) {
        const char *const stop = url_find(at, end, set);
        url_put(o, at, (size_t)(stop - at));
        at = stop;
        if (at == end)
            break;
        bool bad, cut;
        const size_t n = utf8_step((const unsigned char *)at, (size_t)(end - at), &bad, &cut);
        if (bad)
            url_put(o, "%EF%BF%BD", 9);
        else
            for (size_t i = 0; i < n; i++)
                put_byte_escaped(o, (unsigned char)at[i]);
        at += n;
    }
}
