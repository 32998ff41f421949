/* archive_json.c - what a line of JSON says: its members found in place, of whatever make the line is. */
#include "archive_json.h"

struct scan {
    const char *at, *end;
    const char *error;
    int depth;
};

static bool wrong(struct scan *s, const char *what)
{
    if (!s->error)
        s->error = what;
    return false;
}

static void skip_space(struct scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r'))
        s->at++;
}

static bool take(struct scan *s, char c)
{
    skip_space(s);
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

/* ---- strings ---- */

static int hex4(const char *at, const char *end)
{
    int v = 0;

    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        const char c = at[i];
        const int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (d < 0)
            return -1;
        v = v * 16 + d;
    }
    return v;
}

/* The length of the character at `p`, 0 where it is not UTF-8 (RFC 3629: no surrogates, nothing longer than needed). */
static size_t utf8_len(const unsigned char *p, size_t left)
{
    const size_t n = p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;

    if (n == 0 || n > left)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    }
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
        (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return n;
}

/* Eight bytes at once: whether none of them ends plain text, being a quote, a backslash, a control or no ASCII. */
static bool plain8(const char *at)
{
    const uint64_t ones = 0x0101010101010101, high = 0x8080808080808080;
    uint64_t v;

    memcpy(&v, at, 8);
    const uint64_t quote = v ^ ones * '"', slash = v ^ ones * '\\';
    return ((v | (v - ones * 0x20) | (quote - ones) | (slash - ones)) & high) == 0;
}

static bool scan_escape(struct scan *s)
{
    if (s->end - s->at < 2)
        return wrong(s, "a string does not end");
    if (s->at[1] == 'u') {
        if (hex4(s->at + 2, s->end) < 0)
            return wrong(s, "\\u without four hex digits");
        s->at += 6;
        return true;
    }
    if (!strchr("\"\\/bfnrt", s->at[1]) || s->at[1] == '\0')
        return wrong(s, "an escape that JSON does not know");
    s->at += 2;
    return true;
}

/* A string; s->at is behind its opening quote, then behind the closing one. */
static bool scan_string(struct scan *s, struct ajson_value *v)
{
    const char *begin = s->at;

    *v = (struct ajson_value){.kind = AJSON_STRING};
    while (s->at < s->end) {
        const unsigned char c = (unsigned char)*s->at;
        if (s->end - s->at >= 8 && plain8(s->at)) {
            s->at += 8;
        } else if (c == '"') {
            v->text = (pl_str){begin, (size_t)(s->at - begin)};
            s->at++;
            return true;
        } else if (c == '\\') {
            v->escaped = true;
            if (!scan_escape(s))
                return false;
        } else if (c < 0x20) {
            return wrong(s, "a control character in a string");
        } else if (c < 0x80) {
            s->at++;
        } else {
            const size_t n = utf8_len((const unsigned char *)s->at, (size_t)(s->end - s->at));
            if (n == 0)
                return wrong(s, "not UTF-8");
            s->at += n;
        }
    }
    return wrong(s, "a string does not end");
}

/* ---- values ---- */

static bool digits(struct scan *s)
{
    const char *begin = s->at;

    while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
        s->at++;
    return s->at > begin || wrong(s, "a number lacks digits");
}

static bool scan_number(struct scan *s, struct ajson_value *v)
{
    const char *begin = s->at;

    if (*s->at == '-')
        s->at++;
    if (s->at < s->end && *s->at == '0')
        s->at++;
    else if (!digits(s))
        return false;
    if (s->at < s->end && *s->at == '.') {
        s->at++;
        if (!digits(s))
            return false;
    }
    if (s->at < s->end && (*s->at == 'e' || *s->at == 'E')) {
        s->at++;
        if (s->at < s->end && (*s->at == '+' || *s->at == '-'))
            s->at++;
        if (!digits(s))
            return false;
    }
    *v = (struct ajson_value){AJSON_NUMBER, false, {begin, (size_t)(s->at - begin)}};
    return true;
}

static bool scan_word(struct scan *s, struct ajson_value *v)
{
    static const struct {
        const char *word;
        size_t len;
        enum ajson_kind kind;
    } words[] = {{"true", 4, AJSON_BOOL}, {"false", 5, AJSON_BOOL}, {"null", 4, AJSON_NULL}};

    for (size_t i = 0; i < 3; i++) {
        if ((size_t)(s->end - s->at) >= words[i].len && memcmp(s->at, words[i].word, words[i].len) == 0) {
            *v = (struct ajson_value){words[i].kind, false, {s->at, words[i].len}};
            s->at += words[i].len;
            return true;
        }
    }
    return wrong(s, "a value was expected");
}

static bool scan_value(struct scan *s, struct ajson_value *v);

/* "name": of an object. */
static bool scan_name(struct scan *s, struct ajson_value *name)
{
    if (!take(s, '"'))
        return wrong(s, "a name in quotes was expected");
    if (!scan_string(s, name))
        return false;
    return take(s, ':') || wrong(s, "':' was expected");
}

static bool scan_nested(struct scan *s, struct ajson_value *v, enum ajson_kind kind, char close)
{
    const char *begin = s->at++;
    struct ajson_value inner;

    if (++s->depth > ARCHIVE_JSON_DEPTH)
        return wrong(s, "nested too deeply");
    if (!take(s, close)) {
        do {
            if ((kind == AJSON_OBJECT && !scan_name(s, &inner)) || !scan_value(s, &inner))
                return false;
        } while (take(s, ','));
        if (!take(s, close))
            return wrong(s, close == '}' ? "',' or '}' was expected" : "',' or ']' was expected");
    }
    s->depth--;
    *v = (struct ajson_value){kind, false, {begin, (size_t)(s->at - begin)}};
    return true;
}

static bool scan_value(struct scan *s, struct ajson_value *v)
{
    skip_space(s);
    if (s->at == s->end)
        return wrong(s, "the line ends too soon");
    switch (*s->at) {
    case '"': s->at++; return scan_string(s, v);
    case '{': return scan_nested(s, v, AJSON_OBJECT, '}');
    case '[': return scan_nested(s, v, AJSON_LIST, ']');
    default: return *s->at == '-' || (*s->at >= '0' && *s->at <= '9') ? scan_number(s, v) : scan_word(s, v);
    }
}

/* ---- what is wanted ---- */

static void offer(const struct ajson_value *name, const struct ajson_value *v, struct ajson_want *want, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (want[i].value.kind == AJSON_NONE && ajson_is(name, want[i].name))
            want[i].value = *v;
    }
}

const char *ajson_fields(pl_str line, struct ajson_want *want, size_t n, size_t *at)
{
    struct scan s = {.at = line.ptr, .end = line.ptr + line.len, .depth = 1};
    struct ajson_value name, v;

    for (size_t i = 0; i < n; i++)
        want[i].value = (struct ajson_value){0};
    if (!take(&s, '{')) {
        wrong(&s, "'{' was expected");
    } else if (!take(&s, '}')) {
        do {
            if (!scan_name(&s, &name) || !scan_value(&s, &v))
                break;
            offer(&name, &v, want, n);
        } while (take(&s, ','));
        if (!s.error && !take(&s, '}'))
            wrong(&s, "',' or '}' was expected");
    }
    if (!s.error) {
        skip_space(&s);
        if (s.at < s.end)
            wrong(&s, "something follows the object");
    }
    *at = (size_t)(s.at - line.ptr);
    return s.error;
}

struct ajson_walk ajson_walk(const struct ajson_value *v)
{
    struct ajson_walk w = {.object = v->kind == AJSON_OBJECT};

    if (v->kind == AJSON_LIST || v->kind == AJSON_OBJECT)
        w.rest = (pl_str){v->text.ptr + 1, v->text.len - 2};
    return w;
}

bool ajson_next(struct ajson_walk *w, struct ajson_value *v)
{
    struct scan s = {.at = w->rest.ptr, .end = w->rest.ptr + w->rest.len};

    skip_space(&s);
    if (s.at == s.end || (w->object && !scan_name(&s, &w->name)) || !scan_value(&s, v))
        return false;
    take(&s, ',');
    w->rest = (pl_str){s.at, (size_t)(s.end - s.at)};
    return true;
}

/* ---- text ---- */

static char *put_utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xc0 | c >> 6);
        *to++ = (char)(0x80 | (c & 0x3f));
    } else {
        if (c < 0x10000) {
            *to++ = (char)(0xe0 | c >> 12);
        } else {
            *to++ = (char)(0xf0 | c >> 18);
            *to++ = (char)(0x80 | (c >> 12 & 0x3f));
        }
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
        *to++ = (char)(0x80 | (c & 0x3f));
    }
    return to;
}

/* \uXXXX, or a pair of them, at `at`; how many bytes it takes. */
static size_t unicode(const char *at, const char *end, uint32_t *c)
{
    const int high = hex4(at + 2, end);
    const int low = end - at >= 12 && at[6] == '\\' && at[7] == 'u' ? hex4(at + 8, end) : -1;

    *c = 0xfffd;
    if (high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
        *c = 0x10000 + ((uint32_t)(high - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
        return 12;
    }
    if (high >= 0 && (high < 0xd800 || high >= 0xe000))
        *c = (uint32_t)high;
    return 6;
}

pl_str ajson_text(const struct ajson_value *v, char *room)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *at = v->text.ptr, *end = at + v->text.len;
    char *out = room;
    uint32_t c;

    if (v->kind != AJSON_STRING || !v->escaped)
        return v->text;
    while (at < end) {
        if (*at != '\\') {
            *out++ = *at++;
        } else if (at[1] == 'u') {
            at += unicode(at, end, &c);
            out = put_utf8(out, c);
        } else {
            *out++ = to[strchr(from, at[1]) - from];
            at += 2;
        }
    }
    return (pl_str){room, (size_t)(out - room)};
}

bool ajson_is(const struct ajson_value *v, pl_str text)
{
    const char *at = v->text.ptr, *end = at + v->text.len;

    if (v->kind != AJSON_STRING || !v->escaped)
        return v->text.len == text.len && (text.len == 0 || memcmp(v->text.ptr, text.ptr, text.len) == 0);
    /* Piece by piece, so that it needs no room. */
    while (at < end) {
        char room[6];
        const size_t n = *at != '\\' ? 1 : at[1] != 'u' ? 2 : end - at >= 12 ? 12 : 6;
        uint32_t c;
        const size_t used = *at == '\\' && at[1] == 'u' ? unicode(at, end, &c) : n;
        const struct ajson_value piece = {AJSON_STRING, true, {at, used}};
        const pl_str p = ajson_text(&piece, room);
        if (p.len > text.len || memcmp(p.ptr, text.ptr, p.len) != 0)
            return false;
        text = (pl_str){text.ptr + p.len, text.len - p.len};
        at += used;
    }
    return text.len == 0;
}
