/* json_text.h - writing JSON scalars: the one place that escapes text and prints numbers. */
#ifndef JSON_TEXT_H
#define JSON_TEXT_H

#include "buf.h"

/* A quoted JSON string.  Bad UTF-8 becomes U+FFFD; everything else round-trips (RFC 8259, section 7). */
void json_text(struct buf *b, pl_str s);
/* The same of what is known to be UTF-8, as all text of a record is: it is not looked through for that again. */
void json_text_valid(struct buf *b, pl_str s);

/* The length of the prefix that stands in a JSON string as it is: up to a quote, backslash or control character. */
size_t json_plain(pl_str s);

/* The shortest of printf's forms that reads back as the same double, always with a point or an exponent, whatever
 * the locale; `null` for what is not finite. */
void json_f64(struct buf *b, double v);

void json_i64(struct buf *b, int64_t v);

/* A quoted base64 string (RFC 4648, section 4). */
void json_base64(struct buf *b, pl_str bytes);

#endif
