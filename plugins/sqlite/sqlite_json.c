/* sqlite_json.c - reading a record's JSON line. */
#include "sqlite_json.h"

#include <errno.h>
#include <stdlib.h>

enum json_kind json_kind(pl_str value)
{
    if (value.len == 0)
        return JSON_OTHER;
    switch (value.ptr[0]) {
    case '"': return JSON_STRING;
    case '[': return JSON_LIST;
    case '{': return JSON_OBJECT;
    case 't':
    case 'f':
    case 'n': return JSON_OTHER;
    default: break;
    }
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '.' || value.ptr[i] == 'e' || value.ptr[i] == 'E')
            return JSON_REAL;
    }
    return JSON_INT;
}

static void skip_space(struct json *j)
{
    while (j->at < j->end && (*j->at == ' ' || *j->at == '\t' || *j->at == '\n' || *j->at == '\r'))
        j->at++;
}

static bool skip_char(struct json *j, char c)
{
    skip_space(j);
    if (j->at == j->end || *j->at != c)
        return false;
    j->at++;
    return true;
}

/* `at` is at the opening mark; behind the closing one afterwards. */
static void skip_string(struct json *j)
{
    for (j->at++; j->at < j->end; j->at++) {
        if (*j->at == '"') {
            j->at++;
            return;
        }
        if (*j->at == '\\')
            j->at++;
    }
    j->at = j->end;
    j->bad = true;
}

static bool ends_scalar(char c)
{
    return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* One value: brackets are counted, not matched. */
static pl_str take_value(struct json *j)
{
    size_t depth = 0;

    skip_space(j);
    const char *from = j->at;
    do {
        if (j->at == j->end) {
            j->bad = true;
            break;
        }
        const char c = *j->at;
        if (c == '"') {
            skip_string(j);
        } else if (c == '{' || c == '[') {
            depth++;
            j->at++;
        } else if (c == '}' || c == ']') {
            if (depth == 0) {
                j->bad = true;
                break;
            }
            depth--;
            j->at++;
        } else if (depth > 0) {
            j->at++;
        } else {
            while (j->at < j->end && !ends_scalar(*j->at))
                j->at++;
            j->bad |= j->at == from;
        }
    } while (depth > 0 && !j->bad);
    return (pl_str){from, (size_t)(j->at - from)};
}

struct json json_open(pl_str value)
{
    const enum json_kind kind = json_kind(value);
    struct json j = {value.ptr, value.ptr + value.len, kind != JSON_LIST && kind != JSON_OBJECT};

    if (!j.bad) {
        j.at++;
        j.end--; /* the closing bracket */
        j.bad = j.end < j.at;
    }
    return j;
}

static bool next(struct json *j)
{
    if (j->bad)
        return false;
    skip_space(j);
    if (j->at == j->end)
        return false;
    skip_char(j, ',');
    return true;
}

bool json_member(struct json *j, pl_str *name, pl_str *value)
{
    if (!next(j))
        return false;
    *name = take_value(j);
    if (json_kind(*name) != JSON_STRING || !skip_char(j, ':'))
        j->bad = true;
    if (!j->bad)
        *value = take_value(j);
    return !j->bad;
}

bool json_element(struct json *j, pl_str *value)
{
    if (!next(j))
        return false;
    *value = take_value(j);
    return !j->bad;
}

/* ---- scalars ---- */

static bool take_hex(pl_str s, size_t at, uint32_t *v)
{
    *v = 0;
    if (s.len < at + 4)
        return false;
    for (size_t i = at; i < at + 4; i++) {
        const char c = s.ptr[i];
        const int d = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
        if (d < 0)
            return false;
        *v = *v * 16 + (uint32_t)d;
    }
    return true;
}

static void add_point(struct rows *out, uint32_t c)
{
    unsigned char u[4];
    size_t n = 0;

    if (c < 0x80) {
        u[n++] = (unsigned char)c;
    } else if (c < 0x800) {
        u[n++] = (unsigned char)(0xc0 | c >> 6);
        u[n++] = (unsigned char)(0x80 | (c & 63));
    } else if (c < 0x10000) {
        u[n++] = (unsigned char)(0xe0 | c >> 12);
        u[n++] = (unsigned char)(0x80 | (c >> 6 & 63));
        u[n++] = (unsigned char)(0x80 | (c & 63));
    } else {
        u[n++] = (unsigned char)(0xf0 | c >> 18);
        u[n++] = (unsigned char)(0x80 | (c >> 12 & 63));
        u[n++] = (unsigned char)(0x80 | (c >> 6 & 63));
        u[n++] = (unsigned char)(0x80 | (c & 63));
    }
    rows_add(out, u, n);
}

/* The escape at s.ptr[*i], a backslash; *i is behind it afterwards. */
static bool add_escaped(struct rows *out, pl_str s, size_t *i)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char c = *i + 1 < s.len ? s.ptr[*i + 1] : 0;
    const char *at = c ? strchr(from, c) : NULL;
    uint32_t v, low;

    if (at) {
        rows_add(out, to + (at - from), 1);
        *i += 2;
        return true;
    }
    if (c != 'u' || !take_hex(s, *i + 2, &v))
        return false;
    *i += 6;
    if (v >= 0xd800 && v < 0xdc00 && *i + 1 < s.len && s.ptr[*i] == '\\' && s.ptr[*i + 1] == 'u' &&
        take_hex(s, *i + 2, &low) && low >= 0xdc00 && low < 0xe000) {
        v = 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00);
        *i += 6;
    }
    add_point(out, v >= 0xd800 && v < 0xe000 ? 0xfffd : v);
    return true;
}

bool json_text(struct rows *out, pl_str string)
{
    if (string.len < 2)
        return false;
    const pl_str s = {string.ptr + 1, string.len - 2};
    for (size_t i = 0; i < s.len;) {
        const char *stop = memchr(s.ptr + i, '\\', s.len - i);
        const size_t n = stop ? (size_t)(stop - s.ptr) - i : s.len - i;
        rows_add(out, s.ptr + i, n);
        i += n;
        if (stop && !add_escaped(out, s, &i))
            return false;
    }
    return true;
}

static bool copy_number(pl_str value, char out[64])
{
    if (value.len == 0 || value.len > 63)
        return false;
    memcpy(out, value.ptr, value.len);
    out[value.len] = 0;
    return true;
}

bool json_int(pl_str value, int64_t *v)
{
    char text[64], *end;

    if (json_kind(value) != JSON_INT || !copy_number(value, text))
        return false;
    errno = 0;
    *v = strtoll(text, &end, 10);
    return errno == 0 && *end == 0;
}

bool json_real(pl_str value, double *v)
{
    const enum json_kind kind = json_kind(value);
    char text[64], *end;

    if ((kind != JSON_INT && kind != JSON_REAL) || !copy_number(value, text))
        return false;
    *v = strtod(text, &end);
    return *end == 0;
}

bool json_is(pl_str string, const char *word)
{
    const size_t n = strlen(word);

    return string.len == n + 2 && memcmp(string.ptr + 1, word, n) == 0;
}
