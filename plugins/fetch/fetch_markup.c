/* fetch_markup.c - what of a feed's text is markup, and the text without it. */
#include "fetch_markup.h"

#include "fetch_char.h"
#include "fetch_convert.h"
#include "fetch_entity.h"

#include <stdlib.h>
#include <strings.h>

enum {
    LONGEST_ELEMENT = 10,
    MOST_OPEN = 8 /* tags whose quote is not closed, each searched for to the end of the text */
};

/* HTML's elements, in order; those with a '+' before them part what stands before and behind. */
static const char *const elements[] = {
    "a", "abbr", "acronym", "+address", "area", "+article", "+aside", "audio", "b", "base", "bdi", "bdo", "big",
    "+blockquote", "body", "+br", "button", "canvas", "+caption", "+center", "cite", "code", "col", "colgroup",
    "data", "datalist", "+dd", "del", "details", "dfn", "dialog", "+dir", "+div", "+dl", "+dt", "em", "embed",
    "fieldset", "+figcaption", "+figure", "font", "+footer", "+form", "frame", "frameset", "+h1", "+h2", "+h3",
    "+h4", "+h5", "+h6", "head", "+header", "+hr", "html", "i", "iframe", "img", "input", "ins", "kbd", "label",
    "legend", "+li", "link", "main", "map", "mark", "menu", "meta", "meter", "nav", "noscript", "object", "+ol",
    "optgroup", "option", "output", "+p", "param", "picture", "+pre", "progress", "q", "rp", "rt", "ruby", "s",
    "samp", "script", "+section", "select", "small", "source", "span", "strike", "strong", "style", "sub", "summary",
    "sup", "+table", "+tbody", "+td", "template", "textarea", "+tfoot", "+th", "+thead", "time", "title", "+tr",
    "track", "tt", "u", "+ul", "var", "video", "wbr",
};

static int by_name(const void *key, const void *entry)
{
    const char *name = *(const char *const *)entry;

    return strcmp(key, name + (name[0] == '+'));
}

/* Past the '<' of a tag: its name in lower case, "" for none. */
static void name_of(pl_str tag, char name[LONGEST_ELEMENT + 1])
{
    size_t n = 0;

    name[0] = 0;
    for (; n < tag.len; n++) {
        const char c = tag.ptr[n], low = (char)(c | 32);
        if (!((low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || c == '_' || (c & 0x80)))
            break;
        if (n == LONGEST_ELEMENT) {
            name[0] = 0;
            return;
        }
        name[n] = c >= 'A' && c <= 'Z' ? low : c;
    }
    name[n] = 0;
}

static const char *element_of(const char *name)
{
    const char *const *found = bsearch(name, elements, sizeof elements / sizeof *elements, sizeof *elements, by_name);

    return found ? *found : NULL;
}

static bool is_word(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
}

/* The word between '&' and ';' at the start of `text`; empty for none. */
static pl_str reference_of(pl_str text)
{
    size_t n = text.len > 1 && text.ptr[1] == '#' ? 2 : 1;
    const size_t begin = n;

    while (n < text.len && is_word(text.ptr[n]))
        n++;
    return n > begin && n < text.len && text.ptr[n] == ';' ? (pl_str){text.ptr + 1, n - 1} : (pl_str){NULL, 0};
}

bool markup_is_html(pl_str s)
{
    bool sign = false;
    char name[LONGEST_ELEMENT + 1];

    for (size_t i = 0; i < s.len; i++) {
        const pl_str rest = {s.ptr + i, s.len - i};
        if (s.ptr[i] == '&') {
            const pl_str ref = reference_of(rest);
            if (ref.len && ref.ptr[0] != '#' && !entity_find(ref))
                return false;
            sign = sign || ref.len;
        } else if (s.ptr[i] == '<' && rest.len > 1) {
            const size_t slash = rest.ptr[1] == '/';
            if (rest.len <= 1 + slash || !(is_word(rest.ptr[1 + slash]) || (rest.ptr[1 + slash] & 0x80)))
                continue;
            name_of((pl_str){rest.ptr + 1 + slash, rest.len - 1 - slash}, name);
            if (!element_of(name))
                return false;
            const size_t end = 1 + slash + strlen(name);
            sign = sign || (slash && end < rest.len && rest.ptr[end] == '>');
        }
    }
    return sign;
}

/* ---- text without markup ---- */

struct stripper {
    struct bytes *out;
    size_t from; /* what `out` held before */
    bool space;  /* one is due before what comes next */
    bool no_comment_end, no_tag_end; /* none in what is left */
    unsigned n_open;                 /* see MOST_OPEN */
    int rc;
};

static void put(struct stripper *s, const char *at, size_t n)
{
    for (size_t i = 0; i < n && s->rc == PL_OK;) {
        size_t end = i;
        while (end < n && !is_space(at[end]))
            end++;
        if (end > i && s->space && s->out->len > s->from)
            s->rc = bytes_add(s->out, " ", 1);
        if (end > i && s->rc == PL_OK) {
            s->rc = bytes_add(s->out, at + i, end - i);
            s->space = false;
        }
        s->space = s->space || end < n;
        i = end + 1;
    }
}

/* Behind the tag at the start of `text`; a '>' in a quoted value does not end it.  0 where none does. */
static size_t tag_length(struct stripper *s, pl_str text)
{
    char quote = 0;

    if (s->no_tag_end)
        return 0;
    for (size_t i = 1; i < text.len && s->n_open < MOST_OPEN; i++) {
        const char c = text.ptr[i];
        if (quote ? c == quote : (c == '"' || c == '\'') && text.ptr[i - 1] == '=')
            quote = quote ? 0 : c;
        else if (!quote && c == '>')
            return i + 1;
    }
    const char *gt = memchr(text.ptr, '>', text.len);
    s->n_open += s->n_open < MOST_OPEN;
    s->no_tag_end = !gt;
    return gt ? (size_t)(gt - text.ptr) + 1 : 0;
}

/* The length of an element whose content is no text, from its start tag on. */
static size_t raw_length(pl_str text, const char *name)
{
    const size_t n = strlen(name);

    for (size_t i = 0; i + n + 1 < text.len; i++) {
        if (text.ptr[i] == '<' && text.ptr[i + 1] == '/' && strncasecmp(text.ptr + i + 2, name, n) == 0)
            return i;
    }
    return text.len;
}

/* What is no text at the start of `text`, which begins with '<': its length; 0: it is text. */
static size_t markup_length(struct stripper *s, pl_str text)
{
    char name[LONGEST_ELEMENT + 1];

    if (text.len < 2)
        return 0;
    if (text.len >= 4 && memcmp(text.ptr, "<!--", 4) == 0 && !s->no_comment_end) {
        const char *end = memmem(text.ptr + 4, text.len - 4, "-->", 3);
        s->no_comment_end = !end;
        if (end)
            return (size_t)(end - text.ptr) + 3;
    }
    const size_t slash = text.ptr[1] == '/';
    if (text.ptr[1] == '!' || text.ptr[1] == '?')
        return tag_length(s, text);
    if (text.len <= 1 + slash || !is_letter(text.ptr[1 + slash]))
        return 0;
    name_of((pl_str){text.ptr + 1 + slash, text.len - 1 - slash}, name);
    const char *element = element_of(name);
    s->space = s->space || (element && element[0] == '+');
    if (!slash && (strcmp(name, "script") == 0 || strcmp(name, "style") == 0))
        return raw_length(text, name);
    return tag_length(s, text);
}

int markup_text(pl_str html, struct bytes *out)
{
    struct stripper s = {.out = out, .from = out->len, .rc = PL_OK};

    while (s.rc == PL_OK && html.len) {
        size_t n = 0;
        while (n < html.len && html.ptr[n] != '<' && html.ptr[n] != '&')
            n++;
        put(&s, html.ptr, n);
        html.ptr += n;
        html.len -= n;
        if (!html.len)
            break;
        char c[4];
        size_t n_out = 0;
        n = html.ptr[0] == '&' ? reference_read(html, c, &n_out) : markup_length(&s, html);
        if (n_out)
            put(&s, c, n_out);
        else if (!n)
            put(&s, html.ptr, 1);
        n += !n;
        html.ptr += n;
        html.len -= n;
    }
    return s.rc;
}

int markup_one_line(pl_str text, struct bytes *out)
{
    struct stripper s = {.out = out, .from = out->len, .rc = PL_OK};

    put(&s, text.ptr, text.len);
    return s.rc;
}

int markup_escape(pl_str s, struct bytes *out)
{
    int rc = PL_OK;

    while (rc == PL_OK && s.len) {
        size_t n = 0;
        while (n < s.len && s.ptr[n] != '<' && s.ptr[n] != '>' && s.ptr[n] != '&' && s.ptr[n] != '"')
            n++;
        rc = bytes_add(out, s.ptr, n);
        if (rc == PL_OK && n < s.len) {
            const char c = s.ptr[n++];
            const char *to = c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : "&quot;";
            rc = bytes_add(out, to, strlen(to));
        }
        s.ptr += n;
        s.len -= n;
    }
    return rc;
}

/* ---- repairs ---- */

/* The bytes that Latin-1 characters stand for, into `to`; false where others are among them. */
static bool to_latin_1(pl_str text, struct bytes *to)
{
    to->len = 0;
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x80 && ((c != 0xC2 && c != 0xC3) || i + 1 == text.len))
            return false;
        to->at[to->len++] = (unsigned char)(c < 0x80 ? c : ((c << 6 & 0xC0) | (text.ptr[++i] & 0x3F)));
    }
    return true;
}

/* Bytes that are well-formed UTF-8, with something above ASCII, were hardly meant as Latin-1. */
static bool undo_double(struct bytes *b, size_t from, struct bytes *scratch)
{
    if (!to_latin_1((pl_str){(const char *)b->at + from, b->len - from}, scratch))
        return false;
    const struct utf8_scan scan = utf8_scan((pl_str){(const char *)scratch->at, scratch->len});
    if (scan.n_bad || scan.cut || !scan.n_chars)
        return false;
    memcpy(b->at + from, scratch->at, scratch->len);
    b->len = from + scratch->len;
    return true;
}

static int undo_windows_1252(struct bytes *b, size_t from, struct bytes *scratch)
{
    int rc = PL_OK;

    scratch->len = 0;
    for (size_t i = from; rc == PL_OK && i < b->len;) {
        size_t end = i;
        while (end < b->len && !(b->at[end] == 0xC2 && end + 1 < b->len && b->at[end + 1] < 0xA0))
            end++;
        rc = bytes_add(scratch, b->at + i, end - i);
        if (rc == PL_OK && end < b->len) {
            char c[4];
            rc = bytes_add(scratch, c, utf8_put(windows_1252_of(b->at[end + 1]), c));
            end += 2;
        }
        i = end;
    }
    b->len = from;
    return rc == PL_OK ? bytes_add(b, scratch->at, scratch->len) : rc;
}

int markup_repair(struct bytes *b, size_t from, struct bytes *scratch)
{
    bool high = false, control = false;

    for (size_t i = from; i < b->len; i++) {
        const unsigned char c = b->at[i];
        if ((c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7F)
            b->at[i] = ' ';
        high |= c >= 0x80;
        control |= c == 0xC2 && i + 1 < b->len && b->at[i + 1] < 0xA0;
    }
    if (!high)
        return PL_OK;
    if (bytes_reserve(scratch, b->len - from) != PL_OK)
        return PL_NOMEM;
    /* what was encoded twice may hold other controls than it did before */
    return undo_double(b, from, scratch) || control ? undo_windows_1252(b, from, scratch) : PL_OK;
}

pl_str markup_trim(pl_str s)
{
    while (s.len && is_space(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len && is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}
