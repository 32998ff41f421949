/* base64.h - bytes as text (RFC 4648, section 4). */
#ifndef BASE64_H
#define BASE64_H

#include "buf.h"
#include "pressline.h"

/* Append `bytes`, padded, without line breaks. */
void base64_encode(struct buf *b, pl_str bytes);

/* Decode into out[], which has room for text.len / 4 * 3 bytes and may be text.ptr itself; the number of bytes in
 * *len.  False unless `text` is just what base64_encode() writes: no white space, full padding, no stray bits. */
bool base64_decode(pl_str text, char *out, size_t *len);

#endif
