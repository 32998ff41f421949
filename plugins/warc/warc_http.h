/* warc_http.h - HTTP heads, made to agree with the payload that is stored behind them. */
#ifndef WARC_HTTP_H
#define WARC_HTTP_H

#include "warc_buf.h"

struct warc_http {
    pl_str raw;       /* as it came */
    uint64_t payload; /* bytes that will stand behind it */
    bool encoded;     /* the payload still has its content encoding */
    bool keep_length; /* the payload was cut, or there is none: its length is not the head's */
};

/* Adds the head and its empty line.  Transfer-Encoding, Content-Encoding and Content-Length that are not those of the
 * payload are renamed X-Archive-Orig-...; the version is HTTP/1.1 for what came by a later one.  False: it is no head of a
 * response, and nothing was added. */
bool warc_http_response(struct warc_buf *out, const struct warc_http *h);

/* The same of a request, without Authorization and Proxy-Authorization. */
bool warc_http_request(struct warc_buf *out, pl_str raw);

/* "h2", "h3" of what came by HTTP/2 or 3; NULL: by an earlier one. */
const char *warc_http_protocol(pl_str raw);

#endif
