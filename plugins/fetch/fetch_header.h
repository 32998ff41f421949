/* fetch_header.h - the heads of HTTP messages: fields, and what some of them say.
 *
 * A head is a status line and fields, each line ended by CR LF or LF; a chain is several of them one behind the other,
 * each ended by an empty line (redirects, 100 Continue), and what is asked of a chain is answered from its last.
 * All of it comes from strangers: no byte is taken for granted, and nothing returned is anything but a view. */
#ifndef FETCH_HEADER_H
#define FETCH_HEADER_H

#include <stdint.h>

#include "pressline.h"

enum { HEADER_MAX_VALIDATOR = 1000 }; /* bytes of an ETag or Last-Modified that is kept and sent back */

/* The last head of a chain, status line included; that of one head is itself. */
pl_str header_last(pl_str chain);
/* Its status, 100 to 599; 0 where there is none. */
int header_status(pl_str head);

/* The value of the first field of that name (in any case), without white space at its ends; {NULL, 0}: no such field,
 * {ptr, 0}: an empty one.  A folded value (RFC 9112, 5.2) has its line breaks still in it, which all functions
 * below take for blanks. */
pl_str header_field(pl_str head, const char *name);

/* One field after the other: `name` NULL gives all of them.  Begin with *at = 0.
 *     size_t at = 0;
 *     while (header_next(head, "Link", &at, &name, &value)) ... */
bool header_next(pl_str head, const char *only, size_t *at, pl_str *name, pl_str *value);

/* The next element of a list ("gzip, br"), without blanks; empty ones are passed over; commas in quoted strings are no
 * ends.  Begin with the value in *rest. */
bool header_list_next(pl_str *rest, pl_str *item);

/* "text/html; charset=utf-8".  `type` is {NULL, 0} where it is none; `charset` without quotes, {NULL, 0} where it is not
 * given. */
struct media_type {
    pl_str type, charset;
};
struct media_type header_media_type(pl_str content_type);
bool media_type_is(const struct media_type *m, const char *type); /* in any case */

/* A validator that may be kept and sent back as it is, or {NULL, 0}: no control or non-ASCII byte, no line break, not too long. */
pl_str header_etag(pl_str value);
pl_str header_last_modified(pl_str value); /* a date besides, as header_date_ms() reads them */

/* Milliseconds since 1970 UTC of a date in one of the three forms of RFC 9110, 5.6.7; -1: none, or before 1970.  Two
 * digits of a year are 1970 to 2069. */
int64_t header_date_ms(pl_str http_date);

/* Retry-After, seconds or a date, as milliseconds from now, at least 0 and at most 10^12; -1: none. */
int64_t header_retry_after_ms(pl_str value, int64_t now_ms);

/* max-age of Cache-Control, the least where there are several, at most 2^31; -1: none. */
int64_t header_max_age_s(pl_str cache_control);
/* The same of all Cache-Control fields of a head: servers write several. */
int64_t header_max_age_of(pl_str head);

#endif
