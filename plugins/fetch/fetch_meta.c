/* fetch_meta.c - what a page's own head says of its character encoding.
 *
 * The prescan of the HTML standard:
 * https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding. */
#include "fetch_meta.h"
#include "fetch_char.h"

struct cursor {
    const char *at, *end;
};

struct attribute {
    pl_str name, value;
};

/* `word` is in lower case. */
static bool same(pl_str s, const char *word)
{
    size_t i = 0;

    while (i < s.len && word[i] && lower(s.ptr[i]) == word[i])
        i++;
    return i == s.len && !word[i];
}

static bool starts(const struct cursor *c, const char *word)
{
    const size_t n = strlen(word);

    return (size_t)(c->end - c->at) >= n && same((pl_str){c->at, n}, word);
}

static void skip_spaces(struct cursor *c)
{
    while (c->at < c->end && is_space(*c->at))
        c->at++;
}

/* Past the next '>'; to the end where there is none. */
static void skip_tag(struct cursor *c)
{
    const char *gt = memchr(c->at, '>', (size_t)(c->end - c->at));

    c->at = gt ? gt + 1 : c->end;
}

/* The dashes of "<!--" may be those of "-->". */
static void skip_comment(struct cursor *c)
{
    const char *begin = c->at + 2;

    for (c->at = begin; c->at < c->end; c->at++) {
        if (*c->at == '>' && c->at - begin >= 2 && c->at[-1] == '-' && c->at[-2] == '-') {
            c->at++;
            return;
        }
    }
}

static pl_str take_until(struct cursor *c, bool (*stop)(char))
{
    const char *begin = c->at;

    while (c->at < c->end && !stop(*c->at))
        c->at++;
    return (pl_str){begin, (size_t)(c->at - begin)};
}

static bool ends_name(char c) { return is_space(c) || c == '/' || c == '>' || c == '='; }
static bool ends_value(char c) { return is_space(c) || c == '>'; }

/* False at the end of the tag and at the end of what there is. */
static bool next_attribute(struct cursor *c, struct attribute *a)
{
    *a = (struct attribute){{NULL, 0}, {NULL, 0}};
    while (c->at < c->end && (is_space(*c->at) || *c->at == '/'))
        c->at++;
    if (c->at == c->end || *c->at == '>')
        return false;
    const char *begin = c->at++; /* a name may begin with '=' */
    take_until(c, ends_name);
    a->name = (pl_str){begin, (size_t)(c->at - begin)};
    skip_spaces(c);
    if (c->at == c->end || *c->at != '=')
        return c->at < c->end;
    c->at++;
    skip_spaces(c);
    if (c->at == c->end)
        return false;
    if (*c->at == '"' || *c->at == '\'') {
        const char *quote = memchr(c->at + 1, *c->at, (size_t)(c->end - c->at - 1));
        if (!quote) {
            c->at = c->end;
            return false;
        }
        a->value = (pl_str){c->at + 1, (size_t)(quote - c->at - 1)};
        c->at = quote + 1;
        return true;
    }
    a->value = take_until(c, ends_value);
    return c->at < c->end;
}

static bool ends_charset(char c) { return is_space(c) || c == ';'; }

pl_str meta_charset_of(pl_str media_type)
{
    if (media_type.len == 0)
        return (pl_str){NULL, 0};
    struct cursor c = {media_type.ptr, media_type.ptr + media_type.len};
    while (c.at < c.end) {
        if (!starts(&c, "charset")) {
            c.at++;
            continue;
        }
        c.at += strlen("charset");
        skip_spaces(&c);
        if (c.at == c.end || *c.at != '=')
            continue;
        c.at++;
        skip_spaces(&c);
        if (c.at == c.end)
            break;
        if (*c.at != '"' && *c.at != '\'')
            return take_until(&c, ends_charset);
        const char *quote = memchr(c.at + 1, *c.at, (size_t)(c.end - c.at - 1));
        return quote ? (pl_str){c.at + 1, (size_t)(quote - c.at - 1)} : (pl_str){NULL, 0};
    }
    return (pl_str){NULL, 0};
}

static const struct encoding *declared(pl_str label)
{
    const struct encoding *e = encoding_find(label);

    if (!e && same(label, "x-user-defined"))
        return &encoding_windows_1252;
    return e && strncmp(e->name, "utf-16", 6) == 0 ? &encoding_utf8 : e;
}

/* Of a "<meta" whose name has been passed. */
static const struct encoding *read_meta(struct cursor *c)
{
    const struct encoding *by_charset = NULL, *by_content = NULL;
    bool saw_charset = false, saw_content = false, saw_pragma = false, pragma = false;
    struct attribute a;

    while (next_attribute(c, &a)) {
        if (!saw_pragma && same(a.name, "http-equiv")) {
            saw_pragma = true;
            pragma = same(a.value, "content-type");
        } else if (!saw_content && same(a.name, "content")) {
            saw_content = true;
            by_content = declared(meta_charset_of(a.value));
        } else if (!saw_charset && same(a.name, "charset")) {
            saw_charset = true;
            by_charset = declared(a.value);
        }
    }
    if (c->at == c->end) /* cut off: it may have gone on otherwise */
        return NULL;
    return saw_charset ? by_charset : pragma ? by_content : NULL;
}

static const struct encoding *xml_encoding(pl_str head)
{
    struct cursor c = {head.ptr, head.ptr + head.len};
    struct attribute a;

    if (!starts(&c, "<?xml"))
        return NULL;
    const char *gt = memchr(c.at, '>', head.len);
    if (!gt)
        return NULL;
    c.at += strlen("<?xml");
    c.end = gt + 1;
    while (next_attribute(&c, &a)) {
        if (same(a.name, "encoding"))
            return declared(a.value);
    }
    return NULL;
}

const struct encoding *meta_encoding(pl_str head)
{
    struct cursor c = {head.ptr, head.ptr + head.len};
    const struct encoding *e = NULL;
    struct attribute a;

    while (!e && c.at < c.end) {
        const char *lt = memchr(c.at, '<', (size_t)(c.end - c.at));
        if (!lt || c.end - lt < 2)
            break;
        c.at = lt;
        const char next = lt[1] == '/' && c.end - lt > 2 ? lt[2] : lt[1];
        if (starts(&c, "<!--")) {
            skip_comment(&c);
        } else if (starts(&c, "<meta") && c.end - lt > 5 && (is_space(lt[5]) || lt[5] == '/')) {
            c.at += 5;
            e = read_meta(&c);
        } else if (is_letter(next)) {
            take_until(&c, ends_value);
            while (next_attribute(&c, &a))
                ;
        } else if (lt[1] == '!' || lt[1] == '/' || lt[1] == '?') {
            skip_tag(&c);
        } else {
            c.at++;
        }
    }
    return e ? e : xml_encoding(head);
}
