/* entities_text.h - characters: UTF-8, letters and capitals of European
 * scripts, and their plain ASCII form.  No locale is asked. */
#ifndef ENTITIES_TEXT_H
#define ENTITIES_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NOT_A_CHARACTER = 0xFFFD };

/* The character at text[*at]; *at moves behind it.  A byte that starts no
 * valid sequence is NOT_A_CHARACTER, one byte long.  *at < len. */
uint32_t utf8_next(const char *text, size_t len, size_t *at);

/* The character that ends before text[at], 0 at the start of the text. */
uint32_t utf8_before(const char *text, size_t at);
/* The character at text[at], 0 at the end. */
uint32_t utf8_at(const char *text, size_t len, size_t at);

bool is_space(uint32_t c); /* also no-break and zero-width ones, and line ends */
bool is_digit(uint32_t c);
bool is_letter(uint32_t c);
bool is_upper(uint32_t c);
bool is_apostrophe(uint32_t c); /* ' and the curly and modifier forms */

/* The ASCII letter under an accented Latin one (e for é), ' for any
 * apostrophe, ASCII itself; 0 for all else. */
char fold_char(uint32_t c);

static inline char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

#endif
