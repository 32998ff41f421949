/* entities_text.c - characters: UTF-8, letters, capitals, plain forms. */
#include "entities_text.h"

/* The base letters of U+00C0 to U+017F, '*' where there is none; the same as
 * fold() in gazetteer/make_gazetteer.py. */
static const char latin[] = "AAAAAAACEEEEIIIIDNOOOOO*OUUUUYTsaaaaaaaceeeeiiiidnooooo*ouuuuyty"
                            "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlL"
                            "lLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

#define U CHAR_UPPER
#define L CHAR_LOWER
#define D CHAR_DIGIT
#define S CHAR_SPACE
#define A CHAR_APOSTROPHE
const unsigned char ascii_classes[128] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, S, S, S, S, S, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    S, 0, 0, 0, 0, 0, 0, A, 0, 0, 0, 0, 0, 0, 0, 0, D, D, D, D, D, D, D, D, D, D, 0, 0, 0, 0, 0, 0,
    0, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, 0, 0, 0, 0, 0,
    A, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, 0, 0, 0, 0, 0,
};

static size_t sequence_length(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead < 0xE0)
        return 2;
    if (lead >= 0xE0 && lead < 0xF0)
        return 3;
    return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

uint32_t utf8_next_long(const char *text, size_t len, size_t *at)
{
    const unsigned char *s = (const unsigned char *)text + *at;
    size_t n = sequence_length(s[0]);
    if (n == 1) {
        *at += 1;
        return s[0];
    }
    uint32_t c = n ? s[0] & (0xFFu >> (n + 1)) : 0;
    bool valid = n && n <= len - *at;
    for (size_t k = 1; valid && k < n; k++) {
        valid = (s[k] & 0xC0) == 0x80;
        c = c << 6 | (s[k] & 0x3Fu);
    }
    if (valid && (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000) || (n == 3 && c < 0x800) || (n == 4 && c < 0x10000)))
        valid = false;
    *at += valid ? n : 1;
    return valid ? c : NOT_A_CHARACTER;
}

uint32_t utf8_before(const char *text, size_t at)
{
    for (size_t back = 1; back <= 4 && back <= at; back++) {
        size_t i = at - back;
        uint32_t c = utf8_next(text, at, &i);
        if (i == at && (c != NOT_A_CHARACTER || back == 1))
            if (c != NOT_A_CHARACTER)
                return c;
    }
    return at ? NOT_A_CHARACTER : 0;
}

bool is_long_space(uint32_t c)
{
    return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) ||
           (c >= 0x205F && c <= 0x2064) || c == 0x3000 || c == 0xFEFF;
}

bool is_long_letter(uint32_t c)
{
    if (c < 0xC0)
        return c == 0xAA || c == 0xB5 || c == 0xBA;
    if (c < 0x180)
        return latin[c - 0xC0] != '*';
    if (c < 0x2000)
        return !is_space(c) && !is_apostrophe(c);
    if (c < 0x2C00)
        return (c >= 0x2071 && c < 0x20A0) || (c >= 0x2100 && c < 0x2150);
    return !(c >= 0x2E00 && c < 0x2E80) && !(c >= 0x3000 && c < 0x3040) && !(c >= 0xD800 && c < 0xF900) &&
           !(c >= 0xFE00 && c < 0xFE70) && !(c >= 0xFEFF && c < 0xFF21) && !(c >= 0xFFE0 && c < 0x10000) &&
           !(c >= 0x1F000 && c < 0x20000) && c < 0xE0000;
}

bool is_long_upper(uint32_t c)
{
    if (c < 0xC0)
        return false;
    if (c < 0x180)
        return latin[c - 0xC0] >= 'A' && latin[c - 0xC0] <= 'Z';
    if (c == 0x01A0 || c == 0x01AF || c == 0x0218 || c == 0x021A)
        return true;
    if (c >= 0x1E00 && c < 0x1F00)
        return (c & 1) == 0 && !(c >= 0x1E96 && c < 0x1EA0);
    return (c >= 0x0386 && c <= 0x03AB && c != 0x0390 && c != 0x0387) || (c >= 0x0400 && c < 0x0430) ||
           (c >= 0x0531 && c < 0x0557);
}

/* The same for U+1E00 to U+1EFF. */
static const char more_latin[] = "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMm"
                                 "MmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVv"
                                 "WwWwWwWwWwXxXxYyZzZzZzhtwy******AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEe"
                                 "EeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy******";

char fold_char(uint32_t c)
{
    if (is_apostrophe(c))
        return '\'';
    if (c < 0x80)
        return (char)c;
    if (c >= 0xC0 && c < 0x180 && latin[c - 0xC0] != '*')
        return latin[c - 0xC0];
    if (c >= 0x1E00 && c < 0x1F00 && more_latin[c - 0x1E00] != '*')
        return more_latin[c - 0x1E00];
    switch (c) { /* Vietnamese and Romanian */
    case 0x01A0: return 'O';
    case 0x01A1: return 'o';
    case 0x01AF: return 'U';
    case 0x01B0: return 'u';
    case 0x0218: return 'S';
    case 0x0219: return 's';
    case 0x021A: return 'T';
    case 0x021B: return 't';
    default: return 0;
    }
}
