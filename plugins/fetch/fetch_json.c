/* fetch_json.c - JSON as a list of its values, in the order in which they begin.
 *
 * Not json-c's: a tree of eight hundred bytes an object is more than a stranger may ask for, and where it lacks memory it leaves
 * things out, or crashes. */
#include "fetch_json.h"

#include <stdio.h>
#include <stdlib.h>

#include "fetch_entity.h"

struct parse {
    struct json *j;
    const char *begin, *at, *end;
    unsigned depth;
    char *message;
    size_t size;
};

static enum json_result stop(struct parse *p, enum json_result why, const char *what)
{
    snprintf(p->message, p->size, "at byte %zu: %s", (size_t)(p->at - p->begin), what);
    return why;
}

static enum json_result unexpected(struct parse *p, const char *wanted)
{
    char what[80];

    snprintf(what, sizeof what, "expected %s", wanted);
    return stop(p, p->at == p->end ? JSON_CUT : JSON_BAD, what);
}

static void skip_spaces(struct parse *p)
{
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r'))
        p->at++;
}

static bool takes(struct parse *p, char c)
{
    const bool there = p->at < p->end && *p->at == c;

    p->at += there;
    return there;
}

/* ---- strings ---- */

/* Four digits at `at`; -1: they are none. */
static int hex4(const char *at, const char *end)
{
    int v = 0;

    for (int i = 0; i < 4; i++) {
        const char c = at + i < end ? at[i] : 0, low = (char)(c | 32);
        const int digit = c >= '0' && c <= '9' ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
        if (digit < 0)
            return -1;
        v = v << 4 | digit;
    }
    return v;
}

/* Behind "\u": the character in UTF-8; NULL: it is none. */
static const char *unescape_number(const char *at, const char *end, char **to)
{
    int c = hex4(at, end);

    if (c < 0)
        return NULL;
    at += 4;
    if (c >= 0xD800 && c < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
        const int low = hex4(at + 2, end);
        if (low >= 0xDC00 && low < 0xE000) {
            c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
            at += 6;
        }
    }
    *to += utf8_put(c >= 0xD800 && c < 0xE000 ? 0xFFFD : (unsigned)c, *to);
    return at;
}

/* What is between the quotes, with its escapes undone: they are all longer than what they stand for.  False: one is wrong, at
 * p->at. */
static bool unescape(struct parse *p, pl_str raw, char *to, pl_str *text)
{
    const char *at = raw.ptr, *end = raw.ptr + raw.len;
    char *out = to;

    while (at < end) {
        static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
        if (*at != '\\') {
            *out++ = *at++;
            continue;
        }
        const char *name = at + 1 < end ? memchr(names, at[1], sizeof names - 1) : NULL;
        const char *behind = name ? at + 2 : at + 1 < end && at[1] == 'u' ? unescape_number(at + 2, end, &out) : NULL;
        if (name)
            *out++ = values[name - names];
        if (!behind) {
            p->at = at;
            return false;
        }
        at = behind;
    }
    *text = (pl_str){to, (size_t)(out - to)};
    return true;
}

/* Behind the opening quote. */
static enum json_result read_string(struct parse *p, pl_str *text)
{
    const char *from = p->at;
    bool escapes = false;

    for (; p->at < p->end && *p->at != '"'; p->at++) {
        if (*p->at != '\\')
            continue;
        escapes = true;
        if (++p->at == p->end)
            break;
    }
    if (p->at == p->end)
        return stop(p, JSON_CUT, "a string without an end");
    *text = (pl_str){from, (size_t)(p->at - from)};
    const char *behind = p->at + 1;
    if (escapes) {
        char *to = fetch_arena_alloc(p->j->memory, text->len);
        if (!to)
            return JSON_NOMEM;
        if (!unescape(p, *text, to, text))
            return stop(p, JSON_BAD, "no escape that JSON has");
    }
    p->at = behind;
    return JSON_OK;
}

/* ---- values ---- */

static enum json_result read_value(struct parse *p, pl_str key);

static enum json_result add(struct parse *p, enum json_type type, pl_str key, uint32_t *i)
{
    struct json *j = p->j;

    if (j->n == JSON_MAX_VALUES)
        return stop(p, JSON_REFUSED, "more than 1000000 values");
    if (j->n == j->cap) {
        const size_t cap = j->cap ? j->cap * 2 : 256;
        struct json_value *at = realloc(j->at, cap * sizeof *at);
        if (!at)
            return JSON_NOMEM;
        j->at = at;
        j->cap = cap;
    }
    *i = (uint32_t)j->n;
    j->at[j->n++] = (struct json_value){.type = type, .key = key};
    return JSON_OK;
}

static enum json_result read_member(struct parse *p, bool object)
{
    pl_str key = {NULL, 0};

    if (object) {
        if (!takes(p, '"'))
            return unexpected(p, "the name of a member");
        const enum json_result rc = read_string(p, &key);
        if (rc != JSON_OK)
            return rc;
        skip_spaces(p);
        if (!takes(p, ':'))
            return unexpected(p, "a colon");
    }
    return read_value(p, key);
}

/* Behind the bracket. */
static enum json_result read_members(struct parse *p, bool object)
{
    const char close = object ? '}' : ']';

    if (++p->depth > JSON_MAX_DEPTH)
        return stop(p, JSON_REFUSED, "more than 64 deep");
    for (;;) {
        skip_spaces(p);
        if (takes(p, close))
            break;
        const enum json_result rc = read_member(p, object);
        if (rc != JSON_OK)
            return rc;
        skip_spaces(p);
        if (!takes(p, ',') && (p->at == p->end || *p->at != close))
            return unexpected(p, "a comma or the end of a list");
    }
    p->depth--;
    return JSON_OK;
}

static bool is_of_number(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/* What has neither quotes nor brackets. */
static enum json_result read_bare(struct parse *p, pl_str key)
{
    static const pl_str words[] = {{"true", 4}, {"false", 5}, {"null", 4}};
    const char *from = p->at;
    uint32_t i;

    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        const size_t n = words[k].len, left = (size_t)(p->end - p->at);
        if (memcmp(p->at, words[k].ptr, left < n ? left : n) != 0)
            continue;
        p->at += left < n ? left : n;
        return left < n ? stop(p, JSON_CUT, "a word without an end") : add(p, JSON_WORD, key, &i);
    }
    while (p->at < p->end && is_of_number(*p->at))
        p->at++;
    if (p->at == from)
        return unexpected(p, "a value");
    const enum json_result rc = add(p, JSON_NUMBER, key, &i);
    if (rc == JSON_OK)
        p->j->at[i].text = (pl_str){from, (size_t)(p->at - from)};
    return rc;
}

static enum json_result read_value(struct parse *p, pl_str key)
{
    pl_str text = {NULL, 0};
    enum json_result rc;
    uint32_t i = 0;

    skip_spaces(p);
    const char c = p->at < p->end ? *p->at : 0;
    if (c != '"' && c != '{' && c != '[') {
        rc = c ? read_bare(p, key) : unexpected(p, "a value");
        if (rc == JSON_OK)
            p->j->at[p->j->n - 1].end = (uint32_t)p->j->n;
        return rc;
    }
    p->at++;
    rc = add(p, c == '"' ? JSON_STRING : c == '{' ? JSON_OBJECT : JSON_LIST, key, &i);
    if (rc == JSON_OK)
        rc = c == '"' ? read_string(p, &text) : read_members(p, c == '{');
    if (rc != JSON_OK)
        return rc;
    p->j->at[i].text = text;
    p->j->at[i].end = (uint32_t)p->j->n;
    return JSON_OK;
}

enum json_result json_read(struct json *j, pl_str text, char *message, size_t size)
{
    struct parse p = {.j = j, .begin = text.ptr, .at = text.ptr, .end = text.ptr + text.len, .message = message, .size = size};

    *j = (struct json){0};
    if (text.len > JSON_MAX_BYTES) {
        snprintf(message, size, "more than %d bytes", JSON_MAX_BYTES);
        return JSON_REFUSED;
    }
    j->memory = fetch_arena_new();
    return j->memory ? read_value(&p, (pl_str){NULL, 0}) : JSON_NOMEM;
}

void json_done(struct json *j)
{
    free(j->at);
    fetch_arena_free(j->memory);
    *j = (struct json){0};
}

uint32_t json_member(const struct json *j, uint32_t i, const char *name)
{
    const size_t n = strlen(name);
    uint32_t found = 0;

    if (i >= j->n || j->at[i].type != JSON_OBJECT)
        return 0;
    for (uint32_t k = i + 1; k < j->at[i].end; k = json_next(j, k)) {
        if (j->at[k].key.len == n && memcmp(j->at[k].key.ptr, name, n) == 0)
            found = k;
    }
    return found;
}
