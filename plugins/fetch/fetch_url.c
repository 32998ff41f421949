/* fetch_url.c - addresses, read and written as the WHATWG URL Standard has it.
 *
 * The standard's state machine goes through the text one character at a time.  Its states follow each other in the order
 * of an address, so here each is a function that takes its part of the text and writes it in its normal form behind what
 * is there; names of functions are those of the states where they do the same. */
#include "fetch_url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch_url_host.h"
#include "fetch_url_out.h"

/* ---- reading ---- */

struct parser {
    struct url u; /* offsets; its bytes are in `o` until the end */
    struct url_out o;
    const struct url *base;
    const char *at, *end; /* what is still to be read */
    bool special;
    bool base_query; /* the query is that of the base, unless there is another */
};

static const struct {
    const char *name;
    size_t len;
    int32_t port;
} schemes[] = {
    [URL_OTHER] = {"", 0, -1},    [URL_HTTP] = {"http", 4, 80}, [URL_HTTPS] = {"https", 5, 443}, [URL_WS] = {"ws", 2, 80},
    [URL_WSS] = {"wss", 3, 443}, [URL_FTP] = {"ftp", 3, 21},   [URL_FILE] = {"file", 4, -1},
};

static enum url_scheme_kind kind_of(const char *scheme, size_t len)
{
    for (enum url_scheme_kind k = URL_HTTP; k <= URL_FILE; k++)
        if (len == schemes[k].len && memcmp(scheme, schemes[k].name, len) == 0)
            return k;
    return URL_OTHER;
}

static uint32_t place(const struct parser *p)
{
    return (uint32_t)p->o.len;
}

static void fail(struct parser *p)
{
    if (p->o.rc == PL_OK)
        p->o.rc = PL_ERROR;
}

/* '\\' is as good as '/' in special schemes. */
static bool is_slash(const struct parser *p, const char *at)
{
    return at < p->end && (*at == '/' || (*at == '\\' && p->special));
}

static bool is_drive(const char *at, const char *end)
{
    return end - at >= 2 && url_is_alpha(at[0]) && (at[1] == ':' || at[1] == '|');
}

/* "starts with a Windows drive letter" */
static bool starts_with_drive(const char *at, const char *end)
{
    return is_drive(at, end) && (end - at == 2 || at[2] == '/' || at[2] == '\\' || at[2] == '?' || at[2] == '#');
}

/* Whether a path begins with the segment "C:". */
static bool has_drive(const char *path, size_t len)
{
    return len >= 3 && url_is_alpha(path[1]) && path[2] == ':' && (len == 3 || path[3] == '/');
}

static void shorten_path(struct parser *p)
{
    const char *const path = p->o.at + p->u.path;
    size_t len = p->o.len - p->u.path;

    if (len == 0 || (p->u.kind == URL_FILE && len == 3 && has_drive(path, len)))
        return;
    while (path[--len] != '/')
        ;
    p->o.len = p->u.path + len;
}

/* ---- scheme ---- */

/* "scheme:", if that is what the text begins with, is written. */
static bool read_scheme(struct parser *p)
{
    const char *at = p->at;

    if (at == p->end || !url_is_alpha(*at))
        return false;
    while (at < p->end && (url_is_alpha(*at) || url_is_digit(*at) || *at == '+' || *at == '-' || *at == '.'))
        at++;
    if (at == p->end || *at != ':')
        return false;
    const size_t len = (size_t)(at - p->at);
    url_put(&p->o, p->at, len + 1);
    if (p->o.rc != PL_OK)
        return true;
    for (size_t i = 0; i < len; i++)
        p->o.at[i] = url_lower(p->o.at[i]);
    p->u.kind = kind_of(p->o.at, len);
    p->special = p->u.kind != URL_OTHER;
    p->at = at + 1;
    return true;
}

static void no_host(struct parser *p)
{
    p->u.user_end = p->u.host = p->u.host_end = place(p);
}

/* ---- what comes from the base, whose scheme is the same ---- */

/* All before the path. */
static void put_base_host(struct parser *p)
{
    const struct url *const b = p->base;

    p->o.len = 0;
    url_put(&p->o, b->href, b->has_host ? b->path : b->scheme_end);
    p->u = *b;
    p->u.path = place(p);
}

static void put_base_path(struct parser *p)
{
    url_put(&p->o, p->base->href + p->base->path, p->base->query - p->base->path);
    p->base_query = true;
}

/* ---- path ---- */

/* 1 for ".", 2 for "..", their dots escaped or not; else 0. */
static int dots(const char *at, size_t len)
{
    int n = 0;

    while (len) {
        const size_t dot = at[0] == '.' ? 1 : len >= 3 && at[0] == '%' && at[1] == '2' && url_lower(at[2]) == 'e' ? 3 : 0;
        if (dot == 0 || ++n > 2)
            return 0;
        at += dot;
        len -= dot;
    }
    return n;
}

/* Writes a path at once that is already as it should be: nothing to escape, no '.' or '%' at the beginning of a segment. */
static bool copy_path(struct parser *p)
{
    const char *at = p->at;

    if (p->u.kind == URL_FILE)
        return false;
    for (bool begins = true; at < p->end; at++) {
        if (url_sets[(unsigned char)*at] & SET_PATH) {
            if (*at == '?' || *at == '#')
                break;
            return false;
        }
        if (*at == '\\' || (begins && (*at == '.' || *at == '%')))
            return false;
        begins = *at == '/';
    }
    url_put_char(&p->o, '/');
    url_put(&p->o, p->at, (size_t)(at - p->at));
    p->at = at;
    return true;
}

/* "path state": segments, the first of which begins here, behind what there is of the path. */
static void read_path(struct parser *p)
{
    if (copy_path(p))
        return;
    for (;; p->at++) {
        const char *stop = p->at;
        while (stop < p->end && !is_slash(p, stop) && *stop != '?' && *stop != '#')
            stop++;
        const bool last = !is_slash(p, stop);
        const size_t begin = p->o.len;
        url_put_char(&p->o, '/');
        url_put_escaped(&p->o, (pl_str){p->at, (size_t)(stop - p->at)}, SET_PATH);
        if (p->o.rc != PL_OK)
            return;
        char *const segment = p->o.at + begin + 1;
        const size_t len = p->o.len - begin - 1;
        const int n_dots = dots(segment, len);
        if (n_dots) {
            p->o.len = begin;
            if (n_dots == 2)
                shorten_path(p);
            if (last)
                url_put_char(&p->o, '/');
        } else if (p->u.kind == URL_FILE && begin == p->u.path && len == 2 && is_drive(segment, segment + 2)) {
            segment[1] = ':';
        }
        p->at = stop;
        if (last)
            return;
    }
}

/* "path start state" */
static void start_path(struct parser *p)
{
    p->u.path = place(p);
    if (!p->special && (p->at == p->end || *p->at == '?' || *p->at == '#'))
        return;
    if (is_slash(p, p->at))
        p->at++;
    read_path(p);
}

static void read_opaque_path(struct parser *p)
{
    const char *stop = p->at;

    p->u.opaque = true;
    p->u.path = place(p);
    while (stop < p->end && *stop != '?' && *stop != '#')
        stop++;
    /* A space before query or fragment would be lost when these are taken off. */
    const bool space = stop < p->end && stop > p->at && stop[-1] == ' ';
    url_put_escaped(&p->o, (pl_str){p->at, (size_t)(stop - p->at) - space}, SET_C0);
    if (space)
        url_put(&p->o, "%20", 3);
    p->at = stop;
}

/* ---- user, host and port ---- */

static void read_user(struct parser *p, const char *end)
{
    const char *colon = memchr(p->at, ':', (size_t)(end - p->at));
    const size_t user = (size_t)((colon ? colon : end) - p->at), word = colon ? (size_t)(end - colon) - 1 : 0;

    url_put_escaped(&p->o, (pl_str){p->at, user}, SET_USERINFO);
    p->u.user_end = place(p);
    if (word) {
        url_put_char(&p->o, ':');
        url_put_escaped(&p->o, (pl_str){colon + 1, word}, SET_USERINFO);
    }
    if (user || word)
        url_put_char(&p->o, '@');
}

static void read_port(struct parser *p, const char *at, const char *end)
{
    char text[8];
    int32_t port = 0;

    if (at == end)
        return;
    for (; at < end; at++) {
        if (!url_is_digit(*at) || port > 65535) {
            fail(p);
            return;
        }
        port = port * 10 + (*at - '0');
    }
    if (port > 65535)
        fail(p);
    if (p->o.rc != PL_OK || port == schemes[p->u.kind].port)
        return;
    p->u.port = port;
    const int n = snprintf(text, sizeof text, ":%d", (int)port);
    url_put(&p->o, text, (size_t)n);
}

static void put_host(struct parser *p, const char *at, const char *end)
{
    p->u.has_host = true;
    p->u.host = place(p);
    if (at < end) {
        const int rc = url_put_host(&p->o, (pl_str){at, (size_t)(end - at)}, p->special);
        if (p->o.rc == PL_OK)
            p->o.rc = rc;
    }
    p->u.host_end = place(p);
}

/* An empty host, or that of a file on another machine. */
static void put_file_host(struct parser *p, const char *at, const char *end)
{
    url_put(&p->o, "//", 2);
    p->u.user_end = place(p);
    put_host(p, at, end);
    if (p->o.rc == PL_OK && p->o.len - p->u.host == 9 && memcmp(p->o.at + p->u.host, "localhost", 9) == 0)
        p->o.len = p->u.host_end = p->u.host;
    p->u.path = place(p);
}

/* "authority state", "host state" and "port state", and the path behind them. */
static void read_authority(struct parser *p)
{
    const char *stop = p->at, *sign = NULL, *colon = NULL;
    bool brackets = false;

    for (; stop < p->end && !is_slash(p, stop) && *stop != '?' && *stop != '#'; stop++) {
        if (*stop == '@') {
            sign = stop;
            colon = NULL;
            brackets = false;
        } else if (*stop == '[' || *stop == ']') {
            brackets = *stop == '[';
        } else if (*stop == ':' && !brackets && !colon) {
            colon = stop;
        }
    }
    const char *const host = sign ? sign + 1 : p->at, *const host_end = colon ? colon : stop;
    url_put(&p->o, "//", 2);
    p->u.user_end = place(p);
    if (sign)
        read_user(p, sign);
    if (host == host_end && (p->special || colon || sign))
        fail(p);
    put_host(p, host, host_end);
    if (colon)
        read_port(p, colon + 1, stop);
    p->at = stop;
    if (p->o.rc == PL_OK)
        start_path(p);
}

static void skip_slashes(struct parser *p)
{
    while (is_slash(p, p->at))
        p->at++;
}

/* ---- the order of the parts ---- */

/* "relative state" and "relative slash state" */
static void read_relative(struct parser *p)
{
    if (is_slash(p, p->at) && is_slash(p, p->at + 1)) {
        p->at += 2;
        if (p->special)
            skip_slashes(p);
        read_authority(p);
        return;
    }
    put_base_host(p);
    if (p->o.rc != PL_OK)
        return;
    if (is_slash(p, p->at)) {
        p->at++;
        read_path(p);
        return;
    }
    put_base_path(p);
    if (p->o.rc != PL_OK || p->at == p->end || *p->at == '?' || *p->at == '#')
        return;
    p->base_query = false;
    shorten_path(p);
    read_path(p);
}

/* "file host state" */
static void read_file_host(struct parser *p)
{
    const char *stop = p->at;

    while (stop < p->end && !is_slash(p, stop) && *stop != '?' && *stop != '#')
        stop++;
    if (stop - p->at == 2 && is_drive(p->at, stop)) {
        put_file_host(p, stop, stop);
        read_path(p);
        return;
    }
    put_file_host(p, p->at, stop);
    p->at = stop;
    if (p->o.rc == PL_OK)
        start_path(p);
}

/* "file state" and "file slash state" */
static void read_file(struct parser *p)
{
    const struct url *const b = p->base && p->base->kind == URL_FILE ? p->base : NULL;
    const bool slash = is_slash(p, p->at);

    if (slash && is_slash(p, p->at + 1)) {
        p->at += 2;
        read_file_host(p);
        return;
    }
    if (b)
        put_base_host(p);
    else
        put_file_host(p, NULL, NULL);
    const bool drive = starts_with_drive(p->at + slash, p->end);
    if (slash) {
        p->at++;
        if (b && !drive && has_drive(b->href + b->path, b->query - b->path))
            url_put(&p->o, b->href + b->path, 3);
    } else if (b) {
        if (p->at == p->end || *p->at == '?' || *p->at == '#' || !drive)
            put_base_path(p);
        if (p->o.rc != PL_OK || p->at == p->end || *p->at == '?' || *p->at == '#')
            return;
        p->base_query = false;
        if (!drive)
            shorten_path(p);
    }
    if (p->o.rc == PL_OK)
        read_path(p);
}

/* All up to the query. */
static void read_to_path(struct parser *p)
{
    const struct url *const b = p->base;

    p->u.port = -1;
    if (!read_scheme(p)) {
        if (!b || (b->opaque && (p->at == p->end || *p->at != '#'))) {
            fail(p);
            return;
        }
        p->u.kind = b->kind;
        p->special = b->kind != URL_OTHER;
        if (b->opaque) {
            put_base_host(p);
            put_base_path(p);
            return;
        }
        url_put(&p->o, b->href, b->scheme_end);
        p->u.scheme_end = place(p);
        if (b->kind == URL_FILE)
            read_file(p);
        else
            read_relative(p);
        return;
    }
    p->u.scheme_end = place(p);
    const bool same = b && p->special && b->kind == p->u.kind;
    const bool two = p->end - p->at >= 2 && p->at[0] == '/' && p->at[1] == '/';
    if (p->o.rc != PL_OK)
        return;
    if (p->u.kind == URL_FILE) {
        read_file(p);
    } else if (same && !two) {
        read_relative(p);
    } else if (p->special) {
        skip_slashes(p);
        read_authority(p);
    } else if (two) {
        p->at += 2;
        read_authority(p);
    } else if (is_slash(p, p->at)) {
        no_host(p);
        start_path(p);
    } else {
        no_host(p);
        read_opaque_path(p);
    }
}

/* A path that begins with "//" would be read as a host where there is none. */
static void guard_path(struct parser *p)
{
    if (p->u.has_host || p->u.opaque || p->o.len - p->u.path < 2 || memcmp(p->o.at + p->u.path, "//", 2) != 0)
        return;
    url_put(&p->o, "/.", 2);
    if (p->o.rc != PL_OK)
        return;
    char *const path = p->o.at + p->u.path;
    memmove(path + 2, path, p->o.len - p->u.path - 2);
    memcpy(path, "/.", 2);
    p->u.path += 2;
}

static void read_query(struct parser *p)
{
    p->u.query = place(p);
    if (p->at < p->end && *p->at == '?') {
        const char *stop = memchr(p->at, '#', (size_t)(p->end - p->at));
        stop = stop ? stop : p->end;
        url_put_char(&p->o, '?');
        url_put_escaped(&p->o, (pl_str){p->at + 1, (size_t)(stop - p->at) - 1}, p->special ? SET_SPECIAL_QUERY : SET_QUERY);
        p->at = stop;
    } else if (p->base_query) {
        url_put(&p->o, p->base->href + p->base->query, p->base->fragment - p->base->query);
    }
}

static void read_fragment(struct parser *p)
{
    p->u.fragment = place(p);
    if (p->at == p->end)
        return;
    url_put_char(&p->o, '#');
    url_put_escaped(&p->o, (pl_str){p->at + 1, (size_t)(p->end - p->at) - 1}, SET_FRAGMENT);
}

/* The text without spaces and controls around it and without tabs and line ends in it; these need a copy. */
static int clean(pl_str *text, char **copy)
{
    const char *at = text->ptr, *end = text->ptr + text->len;

    while (at < end && (unsigned char)*at <= ' ')
        at++;
    while (end > at && (unsigned char)end[-1] <= ' ')
        end--;
    const size_t len = (size_t)(end - at);
    *text = (pl_str){at, len};
    if (len == 0 || (!memchr(at, '\t', len) && !memchr(at, '\n', len) && !memchr(at, '\r', len)))
        return PL_OK;
    char *out = *copy = malloc(len);
    if (!out)
        return PL_NOMEM;
    for (; at < end; at++)
        if (*at != '\t' && *at != '\n' && *at != '\r')
            *out++ = *at;
    *text = (pl_str){*copy, (size_t)(out - *copy)};
    return PL_OK;
}

static int parse(struct url *u, pl_str text, const struct url *base)
{
    struct parser p = {.o = {.at = u->href, .cap = u->cap}, .base = base};

    p.at = text.ptr;
    p.end = text.ptr + text.len;
    if (url_out_room(&p.o, (base ? base->len : 0) + text.len))
        read_to_path(&p);
    if (p.o.rc == PL_OK)
        guard_path(&p);
    if (p.o.rc == PL_OK)
        read_query(&p);
    if (p.o.rc == PL_OK)
        read_fragment(&p);
    if (p.o.rc == PL_OK)
        *u = p.u;
    else
        *u = (struct url){0};
    u->href = p.o.at;
    u->cap = p.o.cap;
    u->len = p.o.rc == PL_OK ? p.o.len : 0;
    if (u->href)
        u->href[u->len] = '\0';
    return p.o.rc;
}

/* Holds none; the memory stays. */
static void url_empty(struct url *u)
{
    *u = (struct url){.href = u->href, .cap = u->cap};
    if (u->href)
        u->href[0] = '\0';
}

int url_parse(struct url *u, pl_str text, const struct url *base)
{
    const bool own = base == u || (u->href && (uintptr_t)text.ptr - (uintptr_t)u->href < u->cap);
    struct url fresh = {0}, *const to = own ? &fresh : u;
    char *copy = NULL;
    int rc = text.len > URL_MAX ? PL_ERROR : PL_OK;

    if (base && base->len == 0)
        base = NULL;
    if (!text.ptr)
        text = PL_S("");
    if (rc == PL_OK)
        rc = clean(&text, &copy);
    if (rc == PL_OK)
        rc = parse(to, text, base);
    else
        url_empty(to);
    free(copy);
    if (own) {
        url_done(u);
        *u = fresh;
    }
    return rc;
}

int url_copy(struct url *u, const struct url *from)
{
    struct url_out o = {.at = u->href, .cap = u->cap};

    if (u == from)
        return PL_OK;
    url_put(&o, from->href, from->len);
    if (o.rc == PL_OK)
        *u = *from;
    u->href = o.at;
    u->cap = o.cap;
    if (o.rc != PL_OK || from->len == 0)
        url_empty(u);
    else
        u->href[u->len] = '\0';
    return o.rc;
}

void url_done(struct url *u)
{
    free(u->href);
    *u = (struct url){0};
}

/* ---- parts ---- */

static pl_str part(const struct url *u, uint32_t from, uint32_t to)
{
    return (pl_str){u->href ? u->href + from : NULL, to - from};
}

/* Without the character that it begins with. */
static pl_str inside(const struct url *u, uint32_t from, uint32_t to)
{
    return part(u, from + (from < to), to);
}

bool url_is_http(const struct url *u)
{
    return u->kind == URL_HTTP || u->kind == URL_HTTPS;
}

pl_str url_href(const struct url *u)
{
    return part(u, 0, (uint32_t)u->len);
}

pl_str url_scheme(const struct url *u)
{
    return part(u, 0, u->scheme_end - (u->scheme_end > 0));
}

pl_str url_user(const struct url *u)
{
    return u->has_host ? part(u, u->scheme_end + 2, u->user_end) : part(u, 0, 0);
}

/* Between the user's ':' and the '@' before the host. */
pl_str url_password(const struct url *u)
{
    return u->has_host && u->host > u->user_end + 1 ? part(u, u->user_end + 1, u->host - 1) : part(u, 0, 0);
}

pl_str url_host(const struct url *u)
{
    return part(u, u->host, u->host_end);
}

pl_str url_path(const struct url *u)
{
    return part(u, u->path, u->query);
}

pl_str url_query(const struct url *u)
{
    return inside(u, u->query, u->fragment);
}

pl_str url_fragment(const struct url *u)
{
    return inside(u, u->fragment, (uint32_t)u->len);
}

pl_str url_target(const struct url *u)
{
    return part(u, u->path, u->fragment);
}

uint16_t url_port(const struct url *u)
{
    const int32_t port = u->port >= 0 && u->len ? u->port : schemes[u->kind].port;

    return port > 0 ? (uint16_t)port : 0;
}

static bool same(pl_str a, pl_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool url_same_origin(const struct url *a, const struct url *b)
{
    return a->len && b->len && same(url_scheme(a), url_scheme(b)) && same(url_host(a), url_host(b)) &&
           url_port(a) == url_port(b);
}
