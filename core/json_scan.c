/* json_scan.c - strict JSON walked in place. */
#include "json_scan.h"

#include "json_text.h"
#include "str.h"
#include "utf8.h"

static bool fail(struct json_scan *s, const char *error)
{
    s->error = s->at < s->end ? error : "the line ends too early";
    return false;
}

static void skip_space(struct json_scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r'))
        s->at++;
}

/* Take `c` if it comes next, behind white space. */
static bool take(struct json_scan *s, char c)
{
    skip_space(s);
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

static bool is_digit(const struct json_scan *s)
{
    return s->at < s->end && *s->at >= '0' && *s->at <= '9';
}

static bool digits(struct json_scan *s)
{
    if (!is_digit(s))
        return fail(s, "a digit is missing");
    while (is_digit(s))
        s->at++;
    return true;
}

static bool number(struct json_scan *s, struct json_token *t)
{
    const char *begin = s->at;

    t->kind = JSON_INTEGER;
    if (*s->at == '-')
        s->at++;
    const bool zero = s->at < s->end && *s->at == '0';
    const char *whole = s->at;
    if (!digits(s))
        return false;
    if (zero && s->at - whole > 1) {
        s->at = whole;
        return fail(s, "a number begins with 0");
    }
    if (s->at < s->end && *s->at == '.') {
        t->kind = JSON_REAL;
        s->at++;
        if (!digits(s))
            return false;
    }
    if (s->at < s->end && (*s->at == 'e' || *s->at == 'E')) {
        t->kind = JSON_REAL;
        s->at++;
        if (s->at < s->end && (*s->at == '+' || *s->at == '-'))
            s->at++;
        if (!digits(s))
            return false;
    }
    t->text = (pl_str){begin, (size_t)(s->at - begin)};
    return true;
}

/* The value of the \uNNNN at p, or -1. */
static int unit_at(const char *p, const char *end)
{
    int v = 0;

    if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        const char c = p[i];
        int digit;
        if (c >= '0' && c <= '9')
            digit = c - '0';
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            digit = (c | 0x20) - 'a' + 10;
        else
            return -1;
        v = v << 4 | digit;
    }
    return v;
}

static bool escape(struct json_scan *s)
{
    if (s->end - s->at >= 2 && s->at[1] && strchr("\"\\/bfnrt", s->at[1])) {
        s->at += 2;
        return true;
    }
    const int unit = unit_at(s->at, s->end);
    if (unit < 0)
        return fail(s, "no escape of JSON");
    if (unit >= 0xD800 && unit <= 0xDFFF) {
        const int low = unit <= 0xDBFF ? unit_at(s->at + 6, s->end) : -1;
        if (low < 0xDC00 || low > 0xDFFF)
            return fail(s, "half of a surrogate pair");
        s->at += 6;
    }
    s->at += 6;
    return true;
}

static bool string(struct json_scan *s, struct json_token *t)
{
    const char *begin = ++s->at;

    t->kind = JSON_STRING;
    t->escaped = false;
    for (;;) {
        s->at += json_plain((pl_str){s->at, (size_t)(s->end - s->at)});
        if (s->at == s->end)
            return fail(s, "");
        if (*s->at == '"')
            break;
        if (*s->at != '\\')
            return fail(s, "a control character in a string");
        t->escaped = true;
        if (!escape(s))
            return false;
    }
    t->text = (pl_str){begin, (size_t)(s->at++ - begin)};
    return true;
}

/* What the escape at `p`, which was proved, stands for; the bytes that it takes. */
static size_t unescape(const char *p, const char *end, uint32_t *cp)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";

    if (p[1] != 'u') {
        *cp = (unsigned char)to[strchr(from, p[1]) - from];
        return 2;
    }
    *cp = (uint32_t)unit_at(p, end);
    if (*cp < 0xD800 || *cp > 0xDFFF)
        return 6;
    *cp = 0x10000 + ((*cp - 0xD800) << 10) + ((uint32_t)unit_at(p + 6, end) - 0xDC00);
    return 12;
}

size_t json_unescape(char *text, size_t len)
{
    const char *at = text, *end = text + len;
    char *out = text;

    while (at < end) {
        const char *stop = memchr(at, '\\', (size_t)(end - at));
        const size_t n = (size_t)((stop ? stop : end) - at);
        uint32_t cp;

        memmove(out, at, n);
        out += n;
        at += n;
        if (!stop)
            break;
        at += unescape(at, end, &cp);
        out += utf8_encode(cp, out);
    }
    return (size_t)(out - text);
}

static bool word(struct json_scan *s, struct json_token *t, enum json_kind kind, const char *w)
{
    const size_t n = strlen(w);

    if ((size_t)(s->end - s->at) < n || memcmp(s->at, w, n) != 0)
        return fail(s, "no value of JSON");
    t->kind = kind;
    t->text = (pl_str){s->at, n};
    s->at += n;
    return true;
}

/* A value that is no list or object; `at` is not at the end. */
static bool scalar(struct json_scan *s, struct json_token *t)
{
    t->escaped = false;
    switch (*s->at) {
    case '"': return string(s, t);
    case 't': return word(s, t, JSON_BOOL, "true");
    case 'f': return word(s, t, JSON_BOOL, "false");
    case 'n': return word(s, t, JSON_NULL, "null");
    default: return *s->at == '-' || is_digit(s) ? number(s, t) : fail(s, "no value of JSON");
    }
}

static bool member_name(struct json_scan *s, struct json_token *name)
{
    skip_space(s);
    if (s->at == s->end || *s->at != '"')
        return fail(s, "a name in quotes is missing");
    if (!string(s, name))
        return false;
    return take(s, ':') || fail(s, "':' is missing");
}

/* Behind a value: close what ends here; *more when another value follows. */
static bool close_levels(struct json_scan *s, int *depth, uint64_t objects, bool *more)
{
    *more = false;
    while (*depth > 0) {
        const bool object = objects >> (*depth - 1) & 1;
        struct json_token name;
        if (take(s, ',')) {
            *more = true;
            return !object || member_name(s, &name);
        }
        if (!take(s, object ? '}' : ']'))
            return fail(s, object ? "',' or '}' is missing" : "',' or ']' is missing");
        --*depth;
    }
    return true;
}

/* A whole list or object; `outer` levels lie around it. */
static bool container(struct json_scan *s, struct json_token *t, int outer)
{
    const char *begin = s->at;
    uint64_t objects = 0; /* bit d: level d + 1 is an object */
    struct json_token inner;
    bool more = true;
    int depth = 0;

    while (more) {
        skip_space(s);
        if (s->at == s->end)
            return fail(s, "");
        if (*s->at == '{' || *s->at == '[') {
            const bool object = *s->at == '{';
            if (outer + depth == JSON_MAX_DEPTH)
                return fail(s, "lists and objects too deep in each other");
            objects = (objects & ~(UINT64_C(1) << depth)) | (uint64_t)object << depth;
            depth++;
            s->at++;
            skip_space(s);
            if (s->at == s->end || *s->at != (object ? '}' : ']')) {
                if (object && !member_name(s, &inner))
                    return false;
                continue;
            }
        } else if (!scalar(s, &inner)) {
            return false;
        }
        if (!close_levels(s, &depth, objects, &more))
            return false;
    }
    *t = (struct json_token){*begin == '{' ? JSON_OBJECT : JSON_LIST, false, {begin, (size_t)(s->at - begin)}};
    return true;
}

static bool value(struct json_scan *s, struct json_token *t)
{
    skip_space(s);
    if (s->at == s->end)
        return fail(s, "");
    return *s->at == '{' || *s->at == '[' ? container(s, t, 1) : scalar(s, t);
}

void json_scan_init(struct json_scan *s, pl_str text)
{
    *s = (struct json_scan){.at = text.ptr, .end = text.ptr ? text.ptr + text.len : NULL};
}

bool json_scan_open(struct json_scan *s, char bracket)
{
    if (!take(s, bracket))
        return fail(s, bracket == '{' ? "not an object" : "not a list");
    s->close = bracket == '{' ? '}' : ']';
    s->first = true;
    return true;
}

/* Whether the open list or object goes on. */
static bool goes_on(struct json_scan *s)
{
    if (s->error || take(s, s->close))
        return false;
    if (s->first) {
        s->first = false;
        return true;
    }
    return take(s, ',') || fail(s, s->close == '}' ? "',' or '}' is missing" : "',' or ']' is missing");
}

bool json_scan_member(struct json_scan *s, struct json_token *name, struct json_token *v)
{
    return goes_on(s) && member_name(s, name) && value(s, v);
}

bool json_scan_element(struct json_scan *s, struct json_token *v)
{
    return goes_on(s) && value(s, v);
}

bool json_scan_enter(struct json_scan *s, struct json_scan *inner)
{
    if (!goes_on(s))
        return false;
    skip_space(s);
    json_scan_init(inner, (pl_str){s->at, (size_t)(s->end - s->at)});
    if (!json_scan_open(inner, '{'))
        s->error = inner->error;
    return !s->error;
}

void json_scan_leave(struct json_scan *s, const struct json_scan *inner)
{
    s->at = inner->at;
    s->error = inner->error;
}

bool json_scan_end(struct json_scan *s)
{
    skip_space(s);
    return s->at == s->end || fail(s, "more text behind the object");
}
