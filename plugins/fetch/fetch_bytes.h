/* fetch_bytes.h - a growing piece of memory. */
#ifndef FETCH_BYTES_H
#define FETCH_BYTES_H

#include <stddef.h>

struct bytes {
    unsigned char *at;
    size_t len, cap;
};

/* Room for `cap` bytes in all; what is there stays.  PL_OK or PL_NOMEM. */
int bytes_reserve(struct bytes *b, size_t cap);
/* PL_OK or PL_NOMEM. */
int bytes_add(struct bytes *b, const void *at, size_t n);
void bytes_done(struct bytes *b);
/* Empties it, and gives its memory back where it has grown past `keep` bytes. */
void bytes_reset(struct bytes *b, size_t keep);

#endif
