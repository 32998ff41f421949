/* dedupe_chars.h - what a character is to the word splitter. */
#ifndef DEDUPE_CHARS_H
#define DEDUPE_CHARS_H

#include <stddef.h>
#include <stdint.h>

enum dedupe_char {
    DEDUPE_BREAK,  /* no part of any word */
    DEDUPE_LETTER, /* letter or digit, folded already */
    DEDUPE_FOLDS,  /* letter or digit that dedupe_char_folded() changes */
    DEDUPE_SOLO,   /* of a script without spaces between words: a word by itself */
    DEDUPE_MARK,   /* belongs to the character before it */
    DEDUPE_SKIP    /* as if it were not there: accents, soft hyphen, zero-width characters */
};

/* The tables; read them through the functions below. */
struct dedupe_fold {
    uint32_t first, last, stride;
    int32_t delta;
};
extern const uint8_t dedupe_char_index[2048]; /* of blocks of 128 characters */
extern const uint8_t dedupe_char_block[][128];
extern const struct dedupe_fold dedupe_char_fold[]; /* sorted, not overlapping */
extern const size_t dedupe_char_folds;

static inline enum dedupe_char dedupe_char_kind(uint32_t c)
{
    if (c >= 2048 * 128)
        return DEDUPE_BREAK;
    return (enum dedupe_char)dedupe_char_block[dedupe_char_index[c >> 7]][c & 127];
}

/* Without case and accents, for a character of kind DEDUPE_FOLDS from U+0080 on. */
static inline uint32_t dedupe_char_folded(uint32_t c)
{
    size_t low = 0, high = dedupe_char_folds;
    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;
        if (dedupe_char_fold[mid].first <= c)
            low = mid;
        else
            high = mid;
    }
    return (uint32_t)((int32_t)c + dedupe_char_fold[low].delta);
}

#endif
