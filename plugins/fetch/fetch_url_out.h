/* fetch_url_out.h - writing an address piece by piece, escaping what the URL Standard has escaped. */
#ifndef FETCH_URL_OUT_H
#define FETCH_URL_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pressline.h"

/* Sets of bytes, one bit each in url_sets[]: the standard's percent-encode sets and forbidden code points. */
enum {
    SET_C0 = 1, /* controls and all above '~' */
    SET_FRAGMENT = 2,
    SET_QUERY = 4,
    SET_SPECIAL_QUERY = 8,
    SET_PATH = 16,
    SET_USERINFO = 32,
    SET_HOST_FORBIDDEN = 64, /* in hosts of schemes that are not special */
    SET_DOMAIN_UNUSUAL = 128 /* in hosts of those that are: forbidden, or to be changed: '%', 'A' to 'Z', above '~' */
};
extern const uint8_t url_sets[256];

/* The first byte in [at, end) that is in one of `sets`; `end` where there is none. */
const char *url_find(const char *at, const char *end, unsigned sets);

/* What is written so far.  A fault sticks: PL_NOMEM, PL_ERROR (longer than URL_MAX). */
struct url_out {
    char *at;
    size_t len, cap;
    int rc;
};
/* Room for n more bytes. */
bool url_out_room(struct url_out *o, size_t n);
void url_put(struct url_out *o, const char *at, size_t n);
void url_put_char(struct url_out *o, char c);
/* Bytes in `set`, which has all above '~', are written as %XX; ill-formed UTF-8 is U+FFFD. */
void url_put_escaped(struct url_out *o, pl_str s, unsigned set);

static inline bool url_is_digit(char c) { return c >= '0' && c <= '9'; }
static inline char url_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c; }
static inline bool url_is_alpha(char c) { return url_lower(c) >= 'a' && url_lower(c) <= 'z'; }
/* The value of a hexadecimal digit; -1: none. */
static inline int url_hex(char c)
{
    if (url_is_digit(c))
        return c - '0';
    c = url_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#endif
