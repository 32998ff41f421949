/* clean_norm.c - text in one form: plain spaces, nothing invisible, Unicode NFC. */
#include "clean_norm.h"

#include <stdint.h>
#include <stdlib.h>
#include <uninorm.h>

#include "clean_utf8.h"

/* Surely unchanged by NFC, whatever stands before or after: the test that spares most texts the work. */
static bool is_inert(uint32_t c)
{
    return c < 0x300 || (c >= 0x388 && c < 0x483) || (c >= 0x48A && c < 0x590) || (c >= 0x2010 && c < 0x205F) ||
           (c >= 0x20A0 && c < 0x20D0) || (c >= 0x3041 && c < 0x3099) || (c >= 0x4E00 && c < 0xA000) ||
           (c >= 0xAC00 && c < 0xD7A4) || (c >= 0xFF01 && c < 0xFFF0) || c == 0xFFFD;
}

pl_str clean_norm_nfc(struct clean_arena *a, pl_str s)
{
    const char *p = s.ptr, *end = clean_end(s);
    while (p < end && is_inert(clean_utf8_next(&p, end)))
        ;
    if (p == end && (s.len == 0 || is_inert(clean_utf8_prev(&p, s.ptr))))
        return s;
    size_t len;
    uint8_t *nfc = u8_normalize(UNINORM_NFC, (const uint8_t *)s.ptr, s.len, NULL, &len);
    if (!nfc) {
        a->failed = a->starved = true;
        return PL_S("");
    }
    pl_str out = clean_arena_copy(a, (pl_str){(const char *)nfc, len});
    free(nfc);
    return out;
}

static bool is_break(uint32_t c, const char *p, const char *end)
{
    return c == '\n' || c == 0x0B || c == 0x0C || c == 0x85 || c == 0x2028 || c == 0x2029 ||
           (c == '\r' && !(p < end && *p == '\n'));
}

static bool is_invisible(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x34F || c == 0x180E || c == 0x200B ||
           c == 0x200E || c == 0x200F || (c >= 0x202A && c < 0x202F) || (c >= 0x2060 && c < 0x2070) || c == 0xFEFF ||
           (c >= 0xFFF0 && c < 0xFFFC) || (c & 0xFFFE) == 0xFFFE;
}

/* Joiners are spelling in scripts that join letters, and make one sign of several emoji; elsewhere they are noise. */
static bool joins(uint32_t before, uint32_t joiner)
{
    if ((before >= 0x600 && before < 0xE00) || (before >= 0x1000 && before < 0x10A0) ||
        (before >= 0x1780 && before < 0x18B0))
        return true;
    return joiner == 0x200D && (before >= 0x1F000 || before == 0xFE0F || (before >= 0x2600 && before < 0x27C0));
}

/* ASCII with single spaces and nothing else, not at the ends either: most blocks. */
static bool is_plain(pl_str s)
{
    bool space = true;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < ' ' || s.ptr[i] > '~' || (space && s.ptr[i] == ' '))
            return false;
        space = s.ptr[i] == ' ';
    }
    return !space;
}

bool clean_norm_drops(uint32_t before, uint32_t c)
{
    return is_invisible(c) || ((c == 0x200C || c == 0x200D) && !joins(before, c));
}

static pl_str normalise(struct clean_arena *a, pl_str s, bool one_line)
{
    if (is_plain(s))
        return s;
    struct clean_buf out = {.arena = a};
    bool space = false;
    unsigned breaks = 0;
    uint32_t before = 0;

    for (const char *p = s.ptr, *end = clean_end(s); p < end;) {
        const char *from = p;
        uint32_t c = clean_utf8_next(&p, end);
        if (is_break(c, p, end)) {
            breaks += c == 0x2029 ? 2 : 1;
            continue;
        }
        if (clean_is_space(c)) {
            space = true;
            continue;
        }
        if (clean_norm_drops(before, c))
            continue;
        if (out.len && breaks && !one_line)
            clean_buf_add(&out, breaks > 1 ? PL_S("\n\n") : PL_S("\n"));
        else if (out.len && (space || breaks))
            clean_buf_byte(&out, ' ');
        space = false;
        breaks = 0;
        if (c == 0xFFFD) {
            before = c;
            clean_buf_char(&out, c);
            continue;
        }
        size_t more = clean_count_lower(p, end);
        before = more ? 'a' : c;
        p += more;
        clean_buf_add(&out, (pl_str){from, (size_t)(p - from)});
    }
    return clean_buf_str(&out);
}

pl_str clean_norm_text(struct clean_arena *a, pl_str s)
{
    return normalise(a, s, false);
}

pl_str clean_norm_line(struct clean_arena *a, pl_str s)
{
    return clean_norm_nfc(a, normalise(a, s, true));
}

pl_str clean_norm_code(struct clean_arena *a, pl_str s)
{
    struct clean_buf out = {.arena = a};
    size_t solid = 0, line = 0; /* where the last visible character ends, where the line begins */
    uint32_t before = 0;

    for (const char *p = s.ptr, *end = clean_end(s); p < end;) {
        const char *from = p;
        uint32_t c = clean_utf8_next(&p, end);
        if (is_break(c, p, end)) {
            out.len = solid > line ? solid : line;
            for (int n = c == 0x2029 ? 2 : 1; n && solid; n--)
                clean_buf_byte(&out, '\n');
            line = solid ? out.len : 0;
            continue;
        }
        if (clean_is_space(c)) {
            if (c != '\r')
                clean_buf_byte(&out, c == '\t' ? '\t' : ' ');
            continue;
        }
        if (clean_norm_drops(before, c))
            continue;
        before = c;
        if (c == 0xFFFD)
            clean_buf_char(&out, c);
        else
            clean_buf_add(&out, (pl_str){from, (size_t)(p - from)});
        solid = out.len;
    }
    out.len = solid;
    return clean_buf_str(&out);
}

/* clang-format off */
static const struct {
    pl_str name;
    uint32_t c;
} references[] = {
    {{"amp", 3}, '&'},       {{"quot", 4}, '"'},       {{"lt", 2}, '<'},        {{"gt", 2}, '>'},
    {{"apos", 4}, '\''},     {{"nbsp", 4}, 0xA0},      {{"ndash", 5}, 0x2013},  {{"mdash", 5}, 0x2014},
    {{"lsquo", 5}, 0x2018},  {{"rsquo", 5}, 0x2019},   {{"ldquo", 5}, 0x201C},  {{"rdquo", 5}, 0x201D},
    {{"hellip", 6}, 0x2026}, {{"eacute", 6}, 0xE9},    {{"egrave", 6}, 0xE8},   {{"agrave", 6}, 0xE0},
    {{"uuml", 4}, 0xFC},     {{"ouml", 4}, 0xF6},      {{"auml", 4}, 0xE4},     {{"szlig", 5}, 0xDF},
    {{"ccedil", 6}, 0xE7},   {{"ntilde", 6}, 0xF1},    {{"laquo", 5}, 0xAB},    {{"raquo", 5}, 0xBB},
};
/* clang-format on */

/* The character that "&name;" or "&#n;" at the start of `s` stands for, and its length; 0 when it is none. */
static size_t read_reference(pl_str s, uint32_t *c)
{
    size_t limit = s.len < 12 ? s.len : 12, end = 1;
    while (end < limit && s.ptr[end] != ';')
        end++;
    if (end >= limit || end < 3)
        return 0;
    pl_str name = clean_slice(s, 1, end);
    if (name.ptr[0] == '#') {
        bool hex = name.ptr[1] == 'x' || name.ptr[1] == 'X';
        *c = 0;
        for (size_t i = hex ? 2 : 1; i < name.len; i++) {
            unsigned d = (unsigned char)name.ptr[i];
            d = d - '0' < 10 ? d - '0' : hex && (d | 32) - 'a' < 6 ? (d | 32) - 'a' + 10 : 99;
            if (d == 99 || *c > 0x10FFFF)
                return 0;
            *c = *c * (hex ? 16 : 10) + d;
        }
        return *c ? end + 1 : 0;
    }
    for (size_t i = 0; i < sizeof references / sizeof *references; i++)
        if (clean_equal(name, references[i].name)) {
            *c = references[i].c;
            return end + 1;
        }
    return 0;
}

pl_str clean_norm_value(struct clean_arena *a, pl_str s)
{
    struct clean_buf out = {.arena = a};
    for (size_t i = 0; i < s.len;) {
        uint32_t c;
        pl_str rest = clean_slice(s, i, s.len);
        size_t n = s.ptr[i] == '&' ? read_reference(rest, &c) : 0;
        if (n) {
            clean_buf_char(&out, c);
            i += n;
        } else if (s.ptr[i] == '<' && rest.len > 2 &&
                   (clean_is_letter((unsigned char)rest.ptr[1] & 0x7F) || rest.ptr[1] == '/')) {
            const char *close = memchr(rest.ptr, '>', rest.len < 1000 ? rest.len : 1000);
            clean_buf_byte(&out, close ? ' ' : '<');
            i += close ? (size_t)(close - rest.ptr) + 1 : 1;
        } else {
            clean_buf_byte(&out, s.ptr[i++]);
        }
    }
    return clean_norm_line(a, clean_buf_str(&out));
}
