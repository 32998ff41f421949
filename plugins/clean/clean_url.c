/* clean_url.c - links of a page as addresses that hold elsewhere too. */
#include "clean_url.h"

#include <string.h>

#include "clean_utf8.h"

enum { MAX_LINK = 2000, MAX_BASE = 500 };

/* Browsers drop line breaks and tabs, and so do the writers of "java\nscript:". */
static pl_str without_controls(struct clean_arena *a, pl_str s)
{
    struct clean_buf out = {.arena = a};
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x20 && s.ptr[i] != 0x7F)
            clean_buf_byte(&out, s.ptr[i]);
    return clean_trim(clean_buf_str(&out));
}

/* How long the scheme is, with its colon; 0 when there is none. */
static size_t scheme_of(pl_str s)
{
    for (size_t i = 0; i < s.len && !strchr("/?#", s.ptr[i]); i++)
        if (s.ptr[i] == ':')
            return i + 1;
    return 0;
}

static bool is_web(pl_str s)
{
    return clean_has_prefix_nocase(s, PL_S("http://")) || clean_has_prefix_nocase(s, PL_S("https://"));
}

/* Where the host of a web address ends. */
static size_t origin_end(pl_str s)
{
    size_t i = scheme_of(s) + 2;
    while (i < s.len && !strchr("/?#", s.ptr[i]))
        i++;
    return i;
}

/* The path of `from` behind `out`, which ends where a path may begin, with "." and ".." walked. */
static void add_path(struct clean_buf *out, pl_str path)
{
    size_t root = out->len, end = 0;
    while (end < path.len && !strchr("?#", path.ptr[end]))
        end++;
    pl_str rest = clean_slice(path, 0, end), part;
    bool first = true, slash = true;
    while (clean_split(&rest, '/', &part)) {
        slash = clean_equal(part, PL_S(".")) || clean_equal(part, PL_S(".."));
        if (clean_equal(part, PL_S("..")))
            while (out->len > root && out->at[--out->len] != '/')
                ;
        if (!slash && !first) {
            clean_buf_byte(out, '/');
            clean_buf_add(out, part);
        }
        first = false;
    }
    if (slash || out->len == root)
        clean_buf_byte(out, '/');
    clean_buf_add(out, clean_slice(path, end, path.len));
}

pl_str clean_url_join(struct clean_arena *a, pl_str base, pl_str link)
{
    if (link.len > MAX_LINK)
        return PL_S("");
    link = without_controls(a, link);
    if (is_web(link))
        return link.len > origin_end(PL_S("http://")) ? link : PL_S("");
    if (clean_has_prefix_nocase(link, PL_S("mailto:")))
        return link;
    if (!link.len || scheme_of(link) || !is_web(base) || base.len > MAX_BASE)
        return PL_S("");
    struct clean_buf out = {.arena = a};
    size_t host = origin_end(base), end = host;
    if (link.len > 1 && link.ptr[0] == '/' && link.ptr[1] == '/') {
        clean_buf_add(&out, clean_slice(base, 0, scheme_of(base)));
        clean_buf_add(&out, link);
        return clean_buf_str(&out);
    }
    while (end < base.len && base.ptr[end] != '#' && (link.ptr[0] == '#' || base.ptr[end] != '?'))
        end++;
    clean_buf_add(&out, clean_slice(base, 0, host));
    if (link.ptr[0] == '?' || link.ptr[0] == '#') {
        clean_buf_add(&out, clean_slice(base, host, end));
        clean_buf_add(&out, link);
        return clean_buf_str(&out);
    }
    struct clean_buf path = {.arena = a};
    while (end > host && base.ptr[end - 1] != '/')
        end--;
    if (link.ptr[0] != '/')
        clean_buf_add(&path, end > host ? clean_slice(base, host, end) : PL_S("/"));
    clean_buf_add(&path, link);
    add_path(&out, clean_buf_str(&path));
    return clean_buf_str(&out);
}

pl_str clean_url_base(struct clean_arena *a, const struct clean_dom *d, pl_str url)
{
    for (uint32_t i = 0; i < d->n_nodes; i++)
        if (d->nodes[i].tag == CLEAN_BASE && clean_dom_get(d, i, CLEAN_ATTR_HREF).len) {
            pl_str base = clean_url_join(a, url, clean_dom_get(d, i, CLEAN_ATTR_HREF));
            return is_web(base) ? base : url;
        }
    return url;
}
