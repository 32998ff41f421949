/* dedupe_words.h - the words of a text as 64-bit hashes.
 *
 * A word is a run of letters, digits and marks; a character of a script that
 * is written without spaces (Han, kana, Thai) is a word by itself.  Case,
 * accents, width, soft hyphens and zero-width characters make no difference;
 * punctuation, U+2019 included, only separates. */
#ifndef DEDUPE_WORDS_H
#define DEDUPE_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "pressline.h"

/* A position in a text; the caller's own.  Zero-initialised it is at its end. */
struct dedupe_words {
    const uint8_t *at, *end;
};

static inline struct dedupe_words dedupe_words_of(pl_str text)
{
    const uint8_t *p = (const uint8_t *)text.ptr;
    return (struct dedupe_words){p, text.len ? p + text.len : p};
}

/* The next words' hashes into `out`, at most `cap`; says how many, 0 at the end of the text.  Bytes that are not
 * UTF-8 separate words.  Linear in the text. */
size_t dedupe_words_next(struct dedupe_words *w, uint64_t *out, size_t cap);

/* A bijection of 64-bit values in which every bit of the input moves about half of the output's. */
static inline uint64_t dedupe_mix(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0x9FB21C651E98DF25);
    x ^= x >> 32;
    x *= UINT64_C(0xD6E8FEB86659FD93);
    return x ^ x >> 32;
}

#endif
