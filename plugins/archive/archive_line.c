/* archive_line.c - a record's line, made of its JSON.
 *
 * The JSON is the host's own writing, so that numbers and text have one form everywhere; it is read here no further than
 * finding where the chosen members lie. */
#include "archive_line.h"

/* ---- finding members ---- */

/* Behind the string that begins at `i`. */
static size_t skip_string(pl_str s, size_t i)
{
    for (i++; i < s.len; i++) {
        const char *quote = memchr(s.ptr + i, '"', s.len - i);
        if (!quote)
            return s.len;
        const size_t at = (size_t)(quote - s.ptr);
        size_t slashes = 0;
        while (at - slashes > i && s.ptr[at - slashes - 1] == '\\')
            slashes++;
        i = at;
        if (slashes % 2 == 0)
            return i + 1;
    }
    return s.len;
}

static size_t skip_value(pl_str s, size_t i)
{
    size_t depth = 0;

    while (i < s.len) {
        const char c = s.ptr[i];
        if (c == '"') {
            i = skip_string(s, i);
            if (depth == 0)
                return i;
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}' || c == ']'))
            return i;
        depth += c == '{' || c == '[';
        i++;
        if (c == '}' || c == ']') {
            depth--;
            if (depth == 0)
                return i;
        }
    }
    return s.len;
}

static unsigned hex4(pl_str s, size_t at)
{
    unsigned v = 0;

    for (size_t i = at; i < at + 4 && i < s.len; i++) {
        const char c = s.ptr[i];
        v = v << 4 | (unsigned)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    }
    return v & 0xffff;
}

static size_t put_utf8(uint32_t c, char to[4])
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    const size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6)
        to[i] = (char)(0x80 | (c & 0x3f));
    to[0] = (char)((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | c);
    return n;
}

/* One character of a JSON string that is not plain, at s.ptr[*i] behind the backslash, as UTF-8. */
static size_t unescape(pl_str s, size_t *i, char to[4])
{
    static const char from[] = "bfnrt", is[] = "\b\f\n\r\t";
    const char c = s.ptr[(*i)++];
    const char *known = c ? strchr(from, c) : NULL;

    if (c != 'u') {
        to[0] = known ? is[known - from] : c;
        return 1;
    }
    uint32_t code = hex4(s, *i);
    *i += 4;
    if (code >= 0xd800 && code < 0xdc00 && *i + 6 <= s.len && s.ptr[*i] == '\\') {
        code = 0x10000 + ((code - 0xd800) << 10) + (hex4(s, *i + 2) - 0xdc00);
        *i += 6;
    }
    return put_utf8(code <= 0x10ffff ? code : 0xfffd, to);
}

/* Whether the inside of a JSON string is `name`. */
static bool is_name(pl_str inside, pl_str name)
{
    size_t i = 0, at = 0;
    char c[4];

    if (!memchr(inside.ptr, '\\', inside.len))
        return inside.len == name.len && memcmp(inside.ptr, name.ptr, name.len) == 0;
    while (i < inside.len) {
        size_t n = 1;
        c[0] = inside.ptr[i++];
        if (c[0] == '\\' && i < inside.len)
            n = unescape(inside, &i, c);
        if (n > name.len - at || memcmp(c, name.ptr + at, n) != 0)
            return false;
        at += n;
    }
    return at == name.len;
}

/* Where the values of the fields lie; what is not there is empty. */
static void find(const struct archive_form *form, pl_str s, pl_str value[LINE_FIELDS])
{
    size_t i = 1;

    for (size_t f = 0; f < form->fields.n; f++)
        value[f] = (pl_str){NULL, 0};
    while (i < s.len && s.ptr[i] == '"') {
        const size_t begin = i + 1, end = skip_string(s, i);
        if (end + 1 >= s.len)
            return;
        const pl_str inside = {s.ptr + begin, end - 1 - begin};
        i = skip_value(s, end + 1);
        for (size_t f = 0; f < form->fields.n; f++)
            if (is_name(inside, form->fields.at[f]))
                value[f] = (pl_str){s.ptr + end + 1, i - end - 1};
        i++;
    }
}

/* ---- cells ---- */

struct cell {
    const struct archive_form *form;
    char *to;
    size_t n;
    bool quoted; /* CSV: needs quotes */
};

static void put_char(struct cell *c, char x)
{
    static const pl_str instead = {"\xef\xbf\xbd", 3};
    const char letter = x == '\t' ? 't' : x == '\n' ? 'n' : x == '\r' ? 'r' : x == '\\' ? '\\' : x == 0 ? '0' : 0;

    if (c->form->format == ARCHIVE_TSV && letter) {
        c->to[c->n++] = '\\';
        c->to[c->n++] = letter;
    } else if (x == 0) {
        memcpy(c->to + c->n, instead.ptr, instead.len);
        c->n += instead.len;
    } else {
        c->to[c->n++] = x;
    }
}

/* The text of a JSON string with its quotes. */
static void put_text(struct cell *c, pl_str s)
{
    char some[4];

    for (size_t i = 1; i + 1 < s.len;) {
        size_t n = 1;
        some[0] = s.ptr[i++];
        if (some[0] == '\\' && i + 1 < s.len)
            n = unescape(s, &i, some);
        for (size_t k = 0; k < n; k++)
            put_char(c, some[k]);
    }
}

static void put_json(struct cell *c, pl_str s)
{
    for (size_t i = 0; i < s.len; i++)
        put_char(c, s.ptr[i]);
}

/* Whether a JSON list has nothing but text in it. */
static bool is_text_list(pl_str s)
{
    size_t i = 1;

    if (s.len < 2 || s.ptr[0] != '[')
        return false;
    while (i < s.len && s.ptr[i] == '"') {
        i = skip_string(s, i);
        if (i < s.len && s.ptr[i] == ']')
            return true;
        i++;
    }
    return s.len == 2;
}

static void put_list(struct cell *c, pl_str s)
{
    for (size_t i = 1; i < s.len && s.ptr[i] == '"';) {
        const size_t end = skip_string(s, i);
        if (i > 1) {
            put_char(c, ';');
            put_char(c, ' ');
        }
        put_text(c, (pl_str){s.ptr + i, end - i});
        i = end + 1;
    }
}

/* A spreadsheet takes these for the beginning of a formula. */
static bool is_formula(char c)
{
    return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r';
}

static void put_value(struct cell *c, pl_str v)
{
    const bool text = v.len && v.ptr[0] == '"', list = is_text_list(v);

    if (v.len == 0 || (v.len == 4 && memcmp(v.ptr, "null", 4) == 0))
        return;
    if (text)
        put_text(c, v);
    else if (list)
        put_list(c, v);
    else
        put_json(c, v);
    c->quoted = text && c->n == 0;
    if (c->form->guard && (text || list) && c->n && is_formula(c->to[0])) {
        memmove(c->to + 1, c->to, c->n++);
        c->to[0] = '\'';
    }
}

/* Quotes around what was put there, and each one in it twice. */
static void quote(struct cell *c)
{
    size_t quotes = 0, from = c->n;

    for (size_t i = 0; i < c->n; i++) {
        quotes += c->to[i] == '"';
        c->quoted = c->quoted || c->to[i] == '"' || c->to[i] == ',' || c->to[i] == '\n' || c->to[i] == '\r';
    }
    if (c->n && (c->to[0] == ' ' || c->to[c->n - 1] == ' '))
        c->quoted = true;
    if (!c->quoted)
        return;
    c->n += quotes + 2;
    size_t at = c->n;
    c->to[--at] = '"';
    while (from) {
        const char x = c->to[--from];
        c->to[--at] = x;
        if (x == '"')
            c->to[--at] = '"';
    }
    c->to[0] = '"';
}

static size_t put_cell(const struct archive_form *form, pl_str v, bool is_value, char *to)
{
    struct cell c = {form, to, 0, false};

    if (is_value)
        put_value(&c, v);
    else
        put_json(&c, v);
    if (form->format == ARCHIVE_CSV)
        quote(&c);
    return c.n;
}

/* ---- lines ---- */

static size_t put_end(const struct archive_form *form, char *to)
{
    const bool csv = form->format == ARCHIVE_CSV;

    memcpy(to, csv ? "\r\n" : "\n", csv ? 2 : 1);
    return csv ? 2 : 1;
}

static size_t put_row(const struct archive_form *form, const pl_str *cell, bool values, char *to)
{
    size_t n = 0;

    for (size_t f = 0; f < form->fields.n; f++) {
        if (f)
            to[n++] = form->format == ARCHIVE_CSV ? ',' : '\t';
        n += put_cell(form, cell[f], values, to + n);
    }
    return n + put_end(form, to + n);
}

static size_t put_members(const struct archive_form *form, const pl_str *value, char *to)
{
    size_t n = 0;

    to[n++] = '{';
    for (size_t f = 0; f < form->fields.n; f++) {
        if (value[f].len == 0)
            continue;
        const pl_str name = form->fields.at[f];
        if (n > 1)
            to[n++] = ',';
        to[n++] = '"';
        for (size_t i = 0; i < name.len; i++) {
            if (name.ptr[i] == '"' || name.ptr[i] == '\\')
                to[n++] = '\\';
            to[n++] = name.ptr[i];
        }
        to[n++] = '"';
        to[n++] = ':';
        memcpy(to + n, value[f].ptr, value[f].len);
        n += value[f].len;
    }
    to[n++] = '}';
    to[n++] = '\n';
    return n;
}

bool archive_form_check(const struct archive_form *form, char *why, size_t size)
{
    const pl_list list = form->fields;

    if (list.n > LINE_FIELDS || (list.n == 0 && form->format != ARCHIVE_JSONL)) {
        snprintf(why, size, "`fields` has %zu names: 1 to %d can be written", list.n, LINE_FIELDS);
        return false;
    }
    for (size_t i = 0; i < list.n; i++) {
        bool wrong = list.at[i].len == 0;
        for (size_t k = 0; k < list.at[i].len; k++)
            wrong = wrong || (unsigned char)list.at[i].ptr[k] < 0x20;
        for (size_t k = 0; k < i; k++)
            wrong = wrong || (list.at[k].len == list.at[i].len && memcmp(list.at[k].ptr, list.at[i].ptr, list.at[i].len) == 0);
        if (wrong) {
            snprintf(why, size, "`fields` has '%.*s' twice, or it is no name", (int)list.at[i].len, list.at[i].ptr);
            return false;
        }
    }
    return true;
}

size_t archive_form_header(const struct archive_form *form, char *to)
{
    return form->format == ARCHIVE_JSONL ? 0 : put_row(form, form->fields.at, false, to);
}

size_t archive_form_most(const struct archive_form *form, size_t n)
{
    size_t names = 8;

    if (form->fields.n == 0)
        return n > SIZE_MAX - 1 ? SIZE_MAX : n + 1;
    for (size_t i = 0; i < form->fields.n; i++)
        names += 2 * form->fields.at[i].len + 8;
    /* In a cell a quote becomes two, and a NUL, which good JSON does not have as it is, three bytes. */
    const size_t each = form->format == ARCHIVE_JSONL ? 1 : 3;
    return n > (SIZE_MAX - names) / each ? SIZE_MAX : each * n + names;
}

size_t archive_form_line(const struct archive_form *form, pl_str json, char *to)
{
    pl_str value[LINE_FIELDS];

    if (form->fields.n == 0) {
        memcpy(to, json.ptr, json.len);
        to[json.len] = '\n';
        return json.len + 1;
    }
    find(form, json, value);
    return form->format == ARCHIVE_JSONL ? put_members(form, value, to) : put_row(form, value, true, to);
}
