/* utf8.h - UTF-8 as RFC 3629 has it: no surrogates, no overlong forms, up to U+10FFFF. */
#ifndef UTF8_H
#define UTF8_H

#include "arena.h"
#include "pressline.h"

/* The length of the valid prefix: s.len when all of it is valid. */
size_t utf8_valid(pl_str s);

/* A copy in which each maximal ill-formed part is one U+FFFD (Unicode, section 3.9);
 * {NULL, 0} past the arena's limit. */
pl_str utf8_repair(struct arena *a, pl_str s);

/* Code points in valid UTF-8. */
size_t utf8_count(pl_str s);

/* Whether a character begins at byte `at`, or the text ends there. */
static inline bool utf8_boundary(pl_str s, size_t at)
{
    return at == s.len || (at < s.len && ((unsigned char)s.ptr[at] & 0xC0) != 0x80);
}

/* The UTF-8 form of a code point, 1 to 4 bytes into out[]; its length. */
size_t utf8_encode(uint32_t cp, char out[4]);

#endif
