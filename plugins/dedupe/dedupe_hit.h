/* dedupe_hit.h - what looking up the keys of a document gives. */
#ifndef DEDUPE_HIT_H
#define DEDUPE_HIT_H

#include <stdint.h>

/* A kept document that was entered under one of the keys. */
struct dedupe_hit {
    uint32_t key; /* which of the keys that were asked for */
    uint32_t doc;
};

#endif
