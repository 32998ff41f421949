/* fetch_url.h - addresses, read and written as the WHATWG URL Standard has it.
 *
 * A struct url holds one address in its normal form and where its parts stand in it.  {0} holds none. */
#ifndef FETCH_URL_H
#define FETCH_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pressline.h"

enum { URL_MAX = 1 << 20 }; /* no address may be longer, as given and in its normal form */

/* What the scheme has to say: those but URL_OTHER are "special" in the standard. */
enum url_scheme_kind { URL_OTHER, URL_HTTP, URL_HTTPS, URL_WS, URL_WSS, URL_FTP, URL_FILE };

/* Where the parts of "https://user:word@example.com:8080/news?id=7#top" are; user and word begin behind "//". */
struct url {
    char *href; /* owned, NUL-terminated; of an address that there is, so where len > 0 */
    size_t len, cap;
    enum url_scheme_kind kind;
    uint32_t scheme_end; /* behind the ':' */
    uint32_t user_end;
    uint32_t host, host_end;
    int32_t port; /* -1: none, or the scheme's own */
    uint32_t path;
    uint32_t query;    /* its '?', else where it would stand */
    uint32_t fragment; /* its '#', else where it would stand */
    bool has_host;     /* which may be empty: "file:///etc" */
    bool opaque;       /* the path is not made of segments: "mailto:desk@example.com" */
};

/* Reads `text` (UTF-8; what is ill-formed is taken for U+FFFD), relative to `base` where that is not NULL.  PL_OK;
 * PL_ERROR: that is no address, and `u` holds none; PL_NOMEM, likewise.  What `u` held is replaced and its memory used
 * again; `base` may be `u`, and `text` a part of either. */
int url_parse(struct url *u, pl_str text, const struct url *base);
/* PL_OK or PL_NOMEM; what `u` held is replaced. */
int url_copy(struct url *u, const struct url *from);
void url_done(struct url *u);

/* Whether it is http or https, whose hosts are never empty. */
bool url_is_http(const struct url *u);

/* Views, valid until `u` is changed.  Scheme without ':', query without '?', fragment without '#'. */
pl_str url_href(const struct url *u);
pl_str url_scheme(const struct url *u);
pl_str url_user(const struct url *u);
pl_str url_password(const struct url *u);
pl_str url_host(const struct url *u); /* "example.com", "192.0.2.1", "[2001:db8::1]" */
pl_str url_path(const struct url *u);
pl_str url_query(const struct url *u);
pl_str url_fragment(const struct url *u);
/* What a request line and robots.txt want: path and query, with the '?'. */
pl_str url_target(const struct url *u);
/* The scheme's own where none is given; 0 where that has none. */
uint16_t url_port(const struct url *u);
/* Same scheme, host and port: what the standard calls the origin. */
bool url_same_origin(const struct url *a, const struct url *b);

#endif
