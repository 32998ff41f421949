/* fetch_robots_rule.c - one pattern of robots.txt: made, and held against what is asked for.
 *
 * Both sides are brought to one form first, so that matching is comparing bytes.  The pieces between the stars are looked
 * for from left to right, each behind the one before: taking the first place for each is right, since only the last can
 * be tied to an end, and so no star ever has to be tried again. */
#include "fetch_robots_rule.h"

#include <stdlib.h>

/* Bytes that stand for themselves in a path or query: RFC 3986's unreserved ones, and those reserved ones that it
 * allows there, less "'", which browsers encode in a query and not in a path. */
static bool is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '?' && c <= 'Z') || (c >= '&' && c <= ';' && c != '\'') || c == '-' ||
           c == '_' || c == '~' || c == '=' || c == '!' || c == '$';
}

static bool is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The octet that "%XX" at s[i] stands for, -1: there is none. */
static int octet(pl_str s, size_t i)
{
    if (s.ptr[i] != '%' || s.len - i < 3 || hex(s.ptr[i + 1]) < 0 || hex(s.ptr[i + 2]) < 0)
        return -1;
    return hex(s.ptr[i + 1]) << 4 | hex(s.ptr[i + 2]);
}

static char *put_encoded(char *out, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";

    *out++ = '%';
    *out++ = digits[c >> 4];
    *out++ = digits[c & 15];
    return out;
}

/* One octet of `s` from *i, which it passes over, at most 3 bytes of it and of what is written. */
static char *put_normal(char *out, pl_str s, size_t *i)
{
    const unsigned char c = (unsigned char)s.ptr[*i];
    const int encoded = octet(s, *i);

    *i += encoded < 0 ? 1 : 3;
    if (encoded >= 0 && is_unreserved((unsigned char)encoded))
        *out++ = (char)encoded;
    else if (encoded >= 0)
        out = put_encoded(out, (unsigned char)encoded);
    else if (is_plain(c) || c == '%')
        *out++ = (char)c;
    else
        out = put_encoded(out, c);
    return out;
}

static uint64_t head_of(const char *s, size_t len)
{
    uint64_t head = 0;

    memcpy(&head, s, len < 8 ? len : 8);
    return head;
}

/* ---- rules ---- */

static void set_head(struct robots_rule *rule, const char *pattern)
{
    const char *star = rule->star ? memchr(pattern, '*', rule->len) : NULL;
    const size_t len = star ? (size_t)(star - pattern) : rule->len;

    rule->head = head_of(pattern, len);
    rule->mask = head_of("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", len);
}

/* Stars at the end say nothing, with or without a dollar behind them. */
static void close_rule(struct robots_rule *rule, const char *pattern)
{
    while (rule->len && pattern[rule->len - 1] == '*') {
        rule->len--;
        rule->end = false;
    }
    rule->star = rule->len && memchr(pattern, '*', rule->len);
    set_head(rule, pattern);
}

int robots_rule_make(struct robots_rule *rule, pl_str value, struct bytes *text)
{
    if (bytes_reserve(text, text->len + 3 * value.len) != PL_OK)
        return PL_NOMEM;
    char *const begin = (char *)text->at + text->len, *out = begin;
    *rule = (struct robots_rule){.at = (uint32_t)text->len};
    rule->end = value.ptr[value.len - 1] == '$';
    for (size_t i = 0; i < value.len - rule->end;) {
        const unsigned char c = (unsigned char)value.ptr[i];
        char *const was = out;
        if (c == '$' || (rule->query && (c == ':' || c == '/'))) {
            out = put_encoded(out, c);
            rule->weight++;
            i++;
            continue;
        }
        rule->query = rule->query || c == '?';
        out = put_normal(out, value, &i);
        rule->weight += c < 0x80 && c != '%' ? 1 : (uint32_t)(out - was);
    }
    rule->weight += rule->end;
    rule->len = rule->shown = (uint32_t)(out - begin);
    if (rule->end) {
        *out++ = '$';
        rule->shown++;
    }
    text->len += rule->shown;
    close_rule(rule, begin);
    return PL_OK;
}

bool robots_rule_folder(const struct robots_rule *rule, const char *text, struct robots_rule *folder)
{
    static const char page[] = "/index.htm";
    const char *pattern = text + rule->at;
    size_t slash = rule->shown;

    while (slash && pattern[slash - 1] != '/')
        slash--;
    if (!rule->allow || !slash || rule->shown - slash + 1 < sizeof page - 1 ||
        memcmp(pattern + slash - 1, page, sizeof page - 1) != 0)
        return false;
    *folder = *rule;
    folder->len = (uint32_t)slash;
    folder->weight = (uint32_t)slash + 1;
    folder->end = true;
    close_rule(folder, pattern);
    return true;
}

/* ---- targets ---- */

/* In one form from end to end already, as nearly all are? */
static bool is_normal(pl_str s, bool *query)
{
    bool behind = false;

    for (size_t i = 0; i < s.len; i++) {
        const char c = s.ptr[i];
        if (!is_plain((unsigned char)c) || c == '*' || c == '$')
            return false;
        *query = *query || (behind && (c == ':' || c == '/'));
        behind = behind || c == '?';
    }
    return true;
}

static pl_str put_plain(char *out, pl_str s)
{
    char *const begin = out;

    for (size_t i = 0; i < s.len;) {
        if (s.ptr[i] == '*' || s.ptr[i] == '$')
            out = put_encoded(out, (unsigned char)s.ptr[i++]);
        else
            out = put_normal(out, s, &i);
    }
    return (pl_str){begin, (size_t)(out - begin)};
}

static pl_str put_query(char *out, pl_str plain)
{
    char *const begin = out;
    bool behind = false;

    for (size_t i = 0; i < plain.len; i++) {
        const char c = plain.ptr[i];
        if (behind && (c == ':' || c == '/'))
            out = put_encoded(out, (unsigned char)c);
        else
            *out++ = c;
        behind = behind || c == '?';
    }
    return (pl_str){begin, (size_t)(out - begin)};
}

bool robots_target_make(struct robots_target *t, pl_str target)
{
    bool query = false;

    t->work = ROBOTS_WORK;
    t->owned = NULL;
    t->plain = target.len ? target : PL_S("/");
    if (!is_normal(t->plain, &query) || query) {
        /* Encoded it may be three times as long, in two forms; the second never grows what was encoded in the first. */
        const size_t room = target.len < SIZE_MAX / 8 ? 6 * target.len : SIZE_MAX;
        t->owned = room > sizeof t->few ? malloc(room) : NULL;
        if (room > sizeof t->few && !t->owned)
            return false;
        char *out = t->owned ? t->owned : t->few;
        t->plain = put_plain(out, target);
        t->query = put_query(out + t->plain.len, t->plain);
    } else {
        t->query = t->plain;
    }
    t->head = head_of(t->plain.ptr, t->plain.len);
    t->query_head = head_of(t->query.ptr, t->query.len);
    return true;
}

void robots_target_done(struct robots_target *t)
{
    free(t->owned);
    t->owned = NULL;
}

/* ---- matching ---- */

static void charge(struct robots_target *t, size_t n)
{
    t->work = t->work > n ? t->work - n : 0;
}

/* What follows the first star: `p` and `s` are what is left of pattern and target. */
static bool match_pieces(pl_str p, pl_str s, bool end, struct robots_target *t)
{
    for (;;) {
        while (p.len && p.ptr[0] == '*')
            p = (pl_str){p.ptr + 1, p.len - 1};
        const char *star = p.len ? memchr(p.ptr, '*', p.len) : NULL;
        const size_t len = star ? (size_t)(star - p.ptr) : p.len;
        if (len > s.len)
            return false;
        if (!star && end)
            return memcmp(s.ptr + s.len - len, p.ptr, len) == 0;
        const char *found = memmem(s.ptr, s.len, p.ptr, len);
        charge(t, found ? (size_t)(found - s.ptr) + len : s.len);
        if (!found || !star)
            return found != NULL;
        s = (pl_str){found + len, s.len - (size_t)(found - s.ptr) - len};
        p = (pl_str){p.ptr + len, p.len - len};
    }
}

bool robots_rule_matches(const struct robots_rule *rule, const char *text, struct robots_target *t)
{
    if ((rule->head ^ (rule->query ? t->query_head : t->head)) & rule->mask)
        return false;
    const char *pattern = text + rule->at;
    const pl_str s = rule->query ? t->query : t->plain;
    const char *star = rule->star ? memchr(pattern, '*', rule->len) : NULL;
    const size_t len = star ? (size_t)(star - pattern) : rule->len;

    charge(t, len / 16 + 1);
    if (t->work == 0 || len > s.len || memcmp(pattern, s.ptr, len) != 0)
        return false;
    if (!star)
        return !rule->end || len == s.len;
    return match_pieces((pl_str){star, rule->len - len}, (pl_str){s.ptr + len, s.len - len}, rule->end, t);
}
