/* clean_utf8.c - characters and words: what the extraction needs to know of Unicode. */
#include "clean_utf8.h"

#include <unicase.h>
#include <unictype.h>

enum { ASCII_BYTES = 64 };

uint32_t clean_utf8_next_wide(const char **p, const char *end)
{
    const unsigned char *s = (const unsigned char *)*p;
    size_t n = (size_t)(end - *p);
    uint32_t c = s[0];

    size_t len = c >= 0xC2 && c < 0xE0 ? 2 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xF0 && c < 0xF5 ? 4 : 0;
    if (len == 0 || len > n)
        goto bad;
    c &= 0x7Fu >> len;
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xC0) != 0x80)
            goto bad;
        c = c << 6 | (s[i] & 0x3Fu);
    }
    if ((len == 3 && (c < 0x800 || (c >= 0xD800 && c < 0xE000))) || (len == 4 && (c < 0x10000 || c > 0x10FFFF)))
        goto bad;
    *p += len;
    return c;
bad:
    *p += 1;
    return 0xFFFD;
}

uint32_t clean_utf8_prev(const char **p, const char *begin)
{
    const char *end = *p, *at = end - 1;
    while (at > begin && end - at < 4 && ((unsigned char)*at & 0xC0) == 0x80)
        at--;
    const char *next = at;
    uint32_t c = clean_utf8_next(&next, end);
    if (next == end) {
        *p = at;
        return c;
    }
    *p = end - 1;
    return 0xFFFD;
}

size_t clean_utf8_put(char out[4], uint32_t c)
{
    if (c >= 0xD800 && (c < 0xE000 || c > 0x10FFFF))
        c = 0xFFFD;
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* A U+FFFD that stands in the text is three bytes long; a bad byte reads as one. */
static bool is_bad(uint32_t c, const char *from, const char *to)
{
    return c == 0 || (c == 0xFFFD && to - from == 1);
}

/* ASCII without a NUL?  A loop of known length, which becomes vector instructions. */
static bool is_ascii_text(const char *p)
{
    unsigned char high = 0, zero = 0;
    for (int i = 0; i < ASCII_BYTES; i++) {
        unsigned char c = (unsigned char)p[i];
        high |= c;
        zero |= c ? 0 : 1;
    }
    return high < 0x80 && !zero;
}

bool clean_utf8_is_text(pl_str s)
{
    for (const char *p = s.ptr, *end = clean_end(s); p < end;) {
        if (end - p >= ASCII_BYTES && is_ascii_text(p)) { /* nearly all of a page */
            p += ASCII_BYTES;
            continue;
        }
        for (const char *to = end - p > ASCII_BYTES ? p + ASCII_BYTES : end; p < to;) {
            const char *from = p;
            uint32_t c = clean_utf8_next(&p, end);
            if (is_bad(c, from, p))
                return false;
        }
    }
    return true;
}

pl_str clean_utf8_repair(struct clean_arena *a, pl_str s, size_t *bad)
{
    *bad = 0;
    if (clean_utf8_is_text(s))
        return s;
    struct clean_buf out = {.arena = a};
    for (const char *p = s.ptr, *end = clean_end(s); p < end;) {
        const char *from = p;
        uint32_t c = clean_utf8_next(&p, end);
        if (is_bad(c, from, p)) {
            ++*bad;
            clean_buf_char(&out, 0xFFFD);
        } else {
            clean_buf_add(&out, (pl_str){from, (size_t)(p - from)});
        }
    }
    return clean_buf_str(&out);
}

bool clean_is_letter_wide(uint32_t c)
{
    return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L);
}

bool clean_is_upper_wide(uint32_t c)
{
    return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Lu | UC_CATEGORY_MASK_Lt);
}

bool clean_is_word_wide(uint32_t c)
{
    if (c >= 0x2000 && c < 0x2070) /* general punctuation: by far the most frequent */
        return false;
    return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N);
}

bool clean_is_space_wide(uint32_t c)
{
    return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x3000;
}

uint32_t clean_lower_wide(uint32_t c)
{
    return uc_tolower(c);
}

bool clean_is_solo_wide(uint32_t c)
{
    return c < 0xE80 || (c >= 0x3040 && c < 0x3100) || (c >= 0x3400 && c < 0x4DC0) || (c >= 0x4E00 && c < 0xA000) ||
           (c >= 0xAC00 && c < 0xD7B0) || (c >= 0xF900 && c < 0xFB00) || (c >= 0x20000 && c < 0x32000);
}

double clean_count_words(pl_str s)
{
    size_t words = 0, solo = 0;
    bool inside = false;
    for (const char *p = s.ptr, *end = clean_end(s); p < end;) {
        uint32_t c = clean_utf8_next(&p, end);
        if (clean_is_solo(c)) {
            solo++;
            inside = false;
        } else if (clean_is_word(c)) {
            words += !inside;
            inside = true;
        } else {
            inside = false;
        }
    }
    return (double)words + .6 * (double)solo;
}

bool clean_ends_sentence(pl_str s)
{
    const char *p = clean_end(s);
    while (p > s.ptr) {
        uint32_t c = clean_utf8_prev(&p, s.ptr);
        switch (c) {
        case '.':
        case '!':
        case '?':
        case 0x2026:
        case 0x3002:
        case 0xFF01:
        case 0xFF1F:
        case 0x0964:
        case 0x06D4:
        case 0x061F: return true;
        case '"':
        case '\'':
        case ')':
        case ']':
        case 0xBB:
        case 0x2018:
        case 0x2019:
        case 0x201C:
        case 0x201D:
        case 0x203A:
        case 0x300D:
        case 0x300F: continue;
        default:
            if (!clean_is_space(c))
                return false;
        }
    }
    return false;
}

pl_str clean_trim(pl_str s)
{
    const char *p = s.ptr, *end = clean_end(s);
    while (p < end) {
        const char *q = p;
        if (!clean_is_space(clean_utf8_next(&q, end)))
            break;
        p = q;
    }
    while (end > p) {
        const char *q = end;
        if (!clean_is_space(clean_utf8_prev(&q, p)))
            break;
        end = q;
    }
    return (pl_str){p, (size_t)(end - p)};
}

bool clean_equal(pl_str a, pl_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static unsigned char lower(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 'A' && u <= 'Z' ? (unsigned char)(u + 32) : u;
}

static bool same_nocase(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lower(a[i]) != lower(b[i]))
            return false;
    return true;
}

bool clean_equal_nocase(pl_str a, pl_str b)
{
    return a.len == b.len && same_nocase(a.ptr, b.ptr, a.len);
}

bool clean_has_prefix_nocase(pl_str s, pl_str prefix)
{
    return s.len >= prefix.len && same_nocase(s.ptr, prefix.ptr, prefix.len);
}

size_t clean_find_nocase(pl_str s, pl_str what)
{
    if (what.len == 0)
        return 0;
    for (size_t i = 0; i + what.len <= s.len; i++)
        if (lower(s.ptr[i]) == lower(what.ptr[0]) && same_nocase(s.ptr + i, what.ptr, what.len))
            return i;
    return s.len;
}

pl_str clean_slice(pl_str s, size_t begin, size_t end)
{
    return end > begin ? (pl_str){s.ptr + begin, end - begin} : PL_S("");
}

pl_str clean_clip(pl_str s, size_t n)
{
    while (n < s.len && n && ((unsigned char)s.ptr[n] & 0xC0) == 0x80)
        n--;
    return s.len > n ? clean_slice(s, 0, n) : s;
}

bool clean_split(pl_str *s, char sep, pl_str *part)
{
    if (!s->ptr)
        return false;
    const char *at = s->len ? memchr(s->ptr, sep, s->len) : NULL;
    if (!at) {
        *part = *s;
        *s = (pl_str){NULL, 0};
        return true;
    }
    size_t n = (size_t)(at - s->ptr);
    *part = (pl_str){s->ptr, n};
    *s = (pl_str){at + 1, s->len - n - 1};
    return true;
}

bool clean_in_list(const char *list, pl_str word)
{
    for (const char *p = list; *p; p += *p == ' ') {
        size_t i = 0;
        while (i < word.len && p[i] && p[i] != ' ' && lower(word.ptr[i]) == (unsigned char)p[i])
            i++;
        if (i == word.len && (p[i] == ' ' || !p[i]))
            return word.len > 0;
        while (*p && *p != ' ')
            p++;
    }
    return false;
}

pl_str clean_fold(struct clean_arena *a, pl_str s)
{
    struct clean_buf out = {.arena = a};
    bool gap = false;
    for (const char *p = s.ptr, *end = clean_end(s); p < end;) {
        uint32_t c = clean_utf8_next(&p, end);
        if (!clean_is_word(c)) {
            /* An apostrophe or soft hyphen inside a word is written or left out at will. */
            gap |= c != 0x2019 && c != '\'' && c != 0xAD;
            continue;
        }
        if (gap && out.len)
            clean_buf_byte(&out, ' ');
        gap = false;
        clean_buf_char(&out, clean_lower(c));
    }
    return clean_buf_str(&out);
}
