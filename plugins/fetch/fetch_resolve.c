/* fetch_resolve.c - relative references made absolute (RFC 3986, section 5.2). */
#include "fetch_resolve.h"
#include "fetch_char.h"

/* A reference in parts, each with its own delimiter: "scheme:" "//authority" "/path" "?query" "#fragment". */
struct parts {
    pl_str scheme, authority, path, query, fragment;
};

size_t scheme_length(pl_str s)
{
    size_t n = 0;

    while (n < s.len && (is_letter(s.ptr[n]) || (n && ((s.ptr[n] >= '0' && s.ptr[n] <= '9') || s.ptr[n] == '+' ||
                                                       s.ptr[n] == '-' || s.ptr[n] == '.'))))
        n++;
    return n && n < s.len && s.ptr[n] == ':' ? n + 1 : 0;
}

static pl_str take(pl_str *s, size_t n)
{
    const pl_str head = {s->ptr, n};

    s->ptr += n;
    s->len -= n;
    return head;
}

static size_t until(pl_str s, const char *stops)
{
    size_t n = 0;

    while (n < s.len && !(s.ptr[n] && strchr(stops, s.ptr[n])))
        n++;
    return n;
}

static bool has_authority(pl_str s)
{
    return s.len >= 2 && s.ptr[0] == '/' && s.ptr[1] == '/';
}

static struct parts split(pl_str s)
{
    struct parts p;

    p.scheme = take(&s, scheme_length(s));
    p.authority = (pl_str){s.ptr, 0};
    if (has_authority(s)) {
        const size_t n = until((pl_str){s.ptr + 2, s.len - 2}, "/?#");
        p.authority = take(&s, 2 + n);
    }
    p.path = take(&s, until(s, "?#"));
    p.query = take(&s, until(s, "#"));
    p.fragment = s;
    return p;
}

static bool is(pl_str s, const char *word)
{
    return s.len == strlen(word) && memcmp(s.ptr, word, s.len) == 0;
}

/* Takes the dot segments out of an absolute path in place (5.2.4); its new length. */
static size_t remove_dots(char *path, size_t n)
{
    size_t from = 0, to = 0;

    while (from < n) {
        size_t end = from + 1; /* a segment is a slash and a name */
        while (end < n && path[end] != '/')
            end++;
        const pl_str name = {path + from + 1, end - from - 1};
        const bool up = is(name, ".."), dot = up || is(name, ".");
        while (up && to > 0 && path[--to] != '/')
            ;
        if (!dot) {
            memmove(path + to, path + from, end - from);
            to += end - from;
        } else if (end == n) {
            path[to++] = '/';
        }
        from = end;
    }
    return to;
}

static int add(struct bytes *out, pl_str s)
{
    return bytes_add(out, s.ptr, s.len);
}

/* The path of a reference that has no authority of its own. */
static int add_path(struct bytes *out, const struct parts *base, pl_str path)
{
    const size_t root = out->len;
    size_t n = base->path.len;
    int rc;

    if (!path.len)
        return add(out, base->path);
    while (n && base->path.ptr[n - 1] != '/')
        n--;
    rc = path.ptr[0] == '/' ? PL_OK : n ? add(out, (pl_str){base->path.ptr, n}) : bytes_add(out, "/", 1);
    if (rc == PL_OK)
        rc = add(out, path);
    if (rc == PL_OK && out->at[root] == '/')
        out->len = root + remove_dots((char *)out->at + root, out->len - root);
    return rc;
}

/* Without what nobody means in a URL: line breaks, and "http:///host" (WHATWG: special authority slashes). */
static int add_absolute(struct bytes *out, pl_str s)
{
    const size_t scheme = scheme_length(s);
    int rc = PL_OK;

    if (scheme && has_authority((pl_str){s.ptr + scheme, s.len - scheme})) {
        rc = add(out, take(&s, scheme + 2));
        while (s.len && s.ptr[0] == '/')
            take(&s, 1);
    }
    return rc == PL_OK ? add(out, s) : rc;
}

static int add_resolved(struct bytes *out, pl_str base_text, pl_str text)
{
    const struct parts base = split(base_text), r = split(text);
    int rc;

    if (r.scheme.len || !base.scheme.len || (!has_authority(base.authority) && !base.path.len))
        return add_absolute(out, text);
    if (!has_authority(base.authority) && base.path.ptr[0] != '/')
        return add_absolute(out, text); /* "mailto:someone" is no base */
    rc = add(out, base.scheme);
    if (r.authority.len)
        return rc == PL_OK ? add(out, text) : rc;
    if (rc == PL_OK)
        rc = add(out, base.authority);
    if (rc == PL_OK)
        rc = add_path(out, &base, r.path);
    if (rc == PL_OK)
        rc = add(out, r.query.len || r.path.len ? r.query : base.query);
    return rc == PL_OK ? add(out, r.fragment) : rc;
}

int reference_resolve(pl_str base, pl_str reference, struct bytes *out)
{
    size_t to = 0;
    int rc;

    out->len = 0;
    if (!base.len)
        base = PL_S("");
    if (!reference.len)
        reference = PL_S("");
    while (reference.len && is_space(reference.ptr[0]))
        take(&reference, 1);
    while (reference.len && is_space(reference.ptr[reference.len - 1]))
        reference.len--;
    rc = add_resolved(out, base, reference);
    for (size_t i = 0; i < out->len; i++) {
        if (out->at[i] != '\n' && out->at[i] != '\r' && out->at[i] != '\t')
            out->at[to++] = out->at[i];
    }
    out->len = to;
    return rc;
}
