/* clean_utf8.h - characters and words: what the extraction needs to know of Unicode.
 *
 * Nothing here looks at the locale.  Text is UTF-8; a bad byte reads as U+FFFD. */
#ifndef CLEAN_UTF8_H
#define CLEAN_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clean_mem.h"
#include "pressline.h"

/* Nearly every character is ASCII: those are answered here, the others by a call. */
uint32_t clean_utf8_next_wide(const char **p, const char *end);
bool clean_is_letter_wide(uint32_t c);
bool clean_is_upper_wide(uint32_t c);
bool clean_is_word_wide(uint32_t c);
bool clean_is_space_wide(uint32_t c);
bool clean_is_solo_wide(uint32_t c);
uint32_t clean_lower_wide(uint32_t c);

/* The character at *p, which moves past it.  *p < end. */
static inline uint32_t clean_utf8_next(const char **p, const char *end)
{
    unsigned char c = (unsigned char)**p;
    if (c >= 0x80)
        return clean_utf8_next_wide(p, end);
    ++*p;
    return c;
}
/* The character that ends at *p, which moves before it.  begin < *p. */
uint32_t clean_utf8_prev(const char **p, const char *begin);
/* Writes 1 to 4 bytes and says how many. */
size_t clean_utf8_put(char out[4], uint32_t c);
/* Valid UTF-8 without a NUL: what a parser of C strings may be given. */
bool clean_utf8_is_text(pl_str s);
/* The text with every bad byte and NUL as U+FFFD; *bad says how many. */
pl_str clean_utf8_repair(struct clean_arena *a, pl_str s, size_t *bad);

static inline bool clean_is_letter(uint32_t c)
{
    return c < 0x80 ? (c | 32) - 'a' < 26 : clean_is_letter_wide(c);
}

static inline bool clean_is_upper(uint32_t c)
{
    return c < 0x80 ? c - 'A' < 26 : clean_is_upper_wide(c);
}

/* A letter or a digit. */
static inline bool clean_is_word(uint32_t c)
{
    return c < 0x80 ? (c | 32) - 'a' < 26 || c - '0' < 10 : clean_is_word_wide(c);
}

static inline bool clean_is_space(uint32_t c)
{
    return c < 0x80 ? c == ' ' || c - '\t' < 5 : clean_is_space_wide(c);
}

static inline uint32_t clean_lower(uint32_t c)
{
    if (c >= 0x80)
        return clean_lower_wide(c);
    return c - 'A' < 26 ? c + 32 : c;
}

/* Of a script written without spaces (Han, kana, Hangul, Thai): counted by the character. */
static inline bool clean_is_solo(uint32_t c)
{
    return c >= 0xE00 && clean_is_solo_wide(c);
}

/* How many ASCII letters in lower case there are from p on. */
static inline size_t clean_count_lower(const char *p, const char *end)
{
    size_t n = 0;
    while (p + n < end && (unsigned char)(p[n] - 'a') < 26)
        n++;
    return n;
}

/* Words: runs of letters and digits; a solo character counts .6 (two make a word, roughly). */
double clean_count_words(pl_str s);
/* Does it end a sentence, looking through closing quotes and brackets? */
bool clean_ends_sentence(pl_str s);

/* One past the last byte; of a view without memory that is NULL too. */
static inline const char *clean_end(pl_str s)
{
    return s.len ? s.ptr + s.len : s.ptr;
}

/* Small string tools over views. */
pl_str clean_trim(pl_str s);
bool clean_equal(pl_str a, pl_str b);
/* ASCII letters compared without case. */
bool clean_equal_nocase(pl_str a, pl_str b);
bool clean_has_prefix_nocase(pl_str s, pl_str prefix);
/* Where `what` (ASCII letters without case) stands in `s`; s.len when it does not. */
size_t clean_find_nocase(pl_str s, pl_str what);
pl_str clean_slice(pl_str s, size_t begin, size_t end);
/* The first n bytes, or a little fewer so that no character is cut. */
pl_str clean_clip(pl_str s, size_t n);
/* The part before the next `sep`, taken off the front of *s; false when *s is used up (ptr NULL). */
bool clean_split(pl_str *s, char sep, pl_str *part);
/* Is the word one of the list, whose words are in lower case with a space between?  ASCII letters without case. */
bool clean_in_list(const char *list, pl_str word);

/* What is left when case and everything but letters and digits is folded away:
 * words in lower case with single spaces.  Two titles are the same when this is. */
pl_str clean_fold(struct clean_arena *a, pl_str s);

#endif
