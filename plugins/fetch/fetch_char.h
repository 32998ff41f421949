/* fetch_char.h - characters as HTML and the formats of the web have them: ASCII's, whatever the locale. */
#ifndef FETCH_CHAR_H
#define FETCH_CHAR_H

#include "pressline.h"

static inline char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline bool is_letter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* HTML's: XML has no form feed. */
static inline bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/* Without control characters and spaces at its ends. */
static inline pl_str trimmed(pl_str s)
{
    while (s.len && (unsigned char)*s.ptr <= ' ') {
        s.ptr++;
        s.len--;
    }
    while (s.len && (unsigned char)s.ptr[s.len - 1] <= ' ')
        s.len--;
    return s;
}

#endif
