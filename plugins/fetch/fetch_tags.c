/* fetch_tags.c - the tags of an HTML page one after another.
 *
 * A tokenizer by the HTML standard as far as it matters for links: https://html.spec.whatwg.org/#tokenization. */
#include "fetch_tags.h"
#include "fetch_char.h"

bool tag_is(pl_str s, const char *word)
{
    size_t i = 0;

    while (i < s.len && word[i] && lower(s.ptr[i]) == word[i])
        i++;
    return i == s.len && !word[i];
}

/* Behind `mark`, or the end. */
static const char *behind(const char *at, const char *end, const char *mark)
{
    const size_t n = strlen(mark);

    while (at < end && (at = memchr(at, mark[0], (size_t)(end - at)))) {
        if ((size_t)(end - at) < n)
            break;
        if (memcmp(at, mark, n) == 0)
            return at + n;
        at++;
    }
    return end;
}

/* Behind the '>' of "</name ...>", or the end. */
static const char *behind_raw_text(const char *at, const char *end, pl_str name)
{
    while (at < end && (at = memchr(at, '<', (size_t)(end - at)))) {
        const char *p = at + 2;
        size_t i = 0;
        if ((size_t)(end - at) < name.len + 2)
            break;
        while (at[1] == '/' && i < name.len && lower(p[i]) == lower(name.ptr[i]))
            i++;
        if (i == name.len && (p + i == end || is_space(p[i]) || p[i] == '>' || p[i] == '/'))
            return behind(p + i, end, ">");
        at++;
    }
    return end;
}

static bool is_raw(pl_str name)
{
    static const char *const raw[] = {"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"};

    for (size_t i = 0; i < sizeof raw / sizeof *raw; i++) {
        if (tag_is(name, raw[i]))
            return true;
    }
    return false;
}

bool tag_attribute_next(const struct tags *t, const char **at, struct tag_attribute *a)
{
    const char *p = *at, *end = t->end;

    while (p < end && (is_space(*p) || *p == '/'))
        p++;
    *at = p;
    if (p == end || *p == '>')
        return false;
    a->name.ptr = p++; /* a name may begin with '=' */
    while (p < end && !is_space(*p) && *p != '/' && *p != '>' && *p != '=')
        p++;
    a->name.len = (size_t)(p - a->name.ptr);
    a->value = (pl_str){p, 0};
    *at = p;
    while (p < end && is_space(*p))
        p++;
    if (p == end || *p != '=')
        return true;
    for (p++; p < end && is_space(*p); p++)
        ;
    const char quote = p < end && (*p == '"' || *p == '\'') ? *p++ : 0;
    a->value.ptr = p;
    if (quote) {
        const char *close = p < end ? memchr(p, quote, (size_t)(end - p)) : NULL;
        a->value.len = (size_t)((close ? close : end) - p);
        *at = close ? close + 1 : end;
        return close != NULL; /* an attribute that the end of the page cut off is none */
    }
    while (p < end && !is_space(*p) && *p != '>')
        p++;
    a->value.len = (size_t)(p - a->value.ptr);
    *at = p;
    return true;
}

/* Behind the '>' of a tag; quotes in attributes may hold one. */
static const char *behind_tag(const struct tags *t, const char *at)
{
    struct tag_attribute a;

    while (tag_attribute_next(t, &at, &a))
        ;
    return at < t->end ? at + 1 : t->end;
}

/* At a '<' that begins no tag: behind the comment, the declaration or, where it is plain text, itself. */
static const char *behind_other(const struct tags *t, const char *lt)
{
    const size_t left = (size_t)(t->end - lt);

    if (left >= 4 && memcmp(lt, "<!--", 4) == 0) {
        if (left > 4 && lt[4] == '>')
            return lt + 5;
        return left > 5 && lt[4] == '-' && lt[5] == '>' ? lt + 6 : behind(lt + 4, t->end, "-->");
    }
    if (left >= 2 && (lt[1] == '!' || lt[1] == '?' || lt[1] == '/'))
        return behind(lt + 1, t->end, ">");
    return lt + 1;
}

/* Reads the tag at `lt`; false: it is none, and t->at stands behind it. */
static bool take(struct tags *t, const char *lt, struct tag *tag)
{
    const bool closes = lt + 1 < t->end && lt[1] == '/';
    const char *p = lt + 1 + closes;

    if (p >= t->end || !is_letter(*p)) {
        t->at = behind_other(t, lt);
        return false;
    }
    tag->closes = closes;
    tag->name.ptr = p;
    while (p < t->end && !is_space(*p) && *p != '/' && *p != '>')
        p++;
    tag->name.len = (size_t)(p - tag->name.ptr);
    tag->inner = p;
    t->at = behind_tag(t, p);
    return true;
}

bool tags_next(struct tags *t, struct tag *tag)
{
    const char *text = t->at;

    while (t->at < t->end) {
        const char *lt = memchr(t->at, '<', (size_t)(t->end - t->at));
        if (!lt)
            break;
        if (!take(t, lt, tag))
            continue;
        if (!tag->closes && is_raw(tag->name))
            t->at = behind_raw_text(t->at, t->end, tag->name);
        if (tag_is(tag->name, "template")) {
            t->templates += !tag->closes;
            t->templates -= tag->closes && t->templates;
        } else if (!t->templates) {
            tag->text = (pl_str){text, (size_t)(lt - text)};
            return true;
        }
        text = t->at;
    }
    t->at = t->end;
    return false;
}
