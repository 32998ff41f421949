/* entities_text.h - characters: UTF-8, letters and capitals of European
 * scripts, and their plain ASCII form.  No locale is asked. */
#ifndef ENTITIES_TEXT_H
#define ENTITIES_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NOT_A_CHARACTER = 0xFFFD };

/* What an ASCII character is; most text is ASCII, and is told from this table without a call. */
enum { CHAR_UPPER = 1, CHAR_LOWER = 2, CHAR_LETTER = 3, CHAR_DIGIT = 4, CHAR_SPACE = 8, CHAR_APOSTROPHE = 16 };
extern const unsigned char ascii_classes[128];

/* The same for all other characters. */
uint32_t utf8_next_long(const char *text, size_t len, size_t *at);
bool is_long_space(uint32_t c);
bool is_long_letter(uint32_t c);
bool is_long_upper(uint32_t c);

/* The character at text[*at]; *at moves behind it.  A byte that starts no
 * valid sequence is NOT_A_CHARACTER, one byte long.  *at < len. */
static inline uint32_t utf8_next(const char *text, size_t len, size_t *at)
{
    return (unsigned char)text[*at] < 0x80 ? (unsigned char)text[(*at)++] : utf8_next_long(text, len, at);
}

/* The character that ends before text[at], 0 at the start of the text. */
uint32_t utf8_before(const char *text, size_t at);

/* The character at text[at], 0 at the end. */
static inline uint32_t utf8_at(const char *text, size_t len, size_t at)
{
    return at < len ? utf8_next(text, len, &at) : 0;
}

static inline bool is_space(uint32_t c) /* also no-break and zero-width ones, and line ends */
{
    return c < 0x80 ? (ascii_classes[c] & CHAR_SPACE) != 0 : is_long_space(c);
}

static inline bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static inline bool is_letter(uint32_t c)
{
    return c < 0x80 ? (ascii_classes[c] & CHAR_LETTER) != 0 : is_long_letter(c);
}

static inline bool is_upper(uint32_t c)
{
    return c < 0x80 ? (ascii_classes[c] & CHAR_UPPER) != 0 : is_long_upper(c);
}

static inline bool is_apostrophe(uint32_t c) /* ' and the curly and modifier forms */
{
    return c < 0x80 ? (ascii_classes[c] & CHAR_APOSTROPHE) != 0
                    : c == 0x2019 || c == 0x2018 || c == 0x02BC || c == 0x02BB || c == 0xB4;
}

/* The ASCII letter under an accented Latin one (e for é), ' for any
 * apostrophe, ASCII itself; 0 for all else. */
char fold_char(uint32_t c);

static inline char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

#endif
