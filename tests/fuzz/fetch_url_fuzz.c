/* fetch_url_fuzz.c - any bytes are an address or none; an address is read again as it was written. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fetch_canonical.h"
#include "fetch_site.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool same(const struct url *a, const struct url *b)
{
    return a->len == b->len && memcmp(a->href, b->href, a->len) == 0 && a->kind == b->kind && a->scheme_end == b->scheme_end &&
           a->user_end == b->user_end && a->host == b->host && a->host_end == b->host_end && a->port == b->port &&
           a->path == b->path && a->query == b->query && a->fragment == b->fragment && a->has_host == b->has_host &&
           a->opaque == b->opaque;
}

static void check_parts(const struct url *u)
{
    must(u->len > 0 && u->len <= URL_MAX && u->href[u->len] == '\0');
    must(0 < u->scheme_end && u->scheme_end <= u->user_end && u->user_end <= u->host && u->host <= u->host_end);
    must(u->host_end <= u->path && u->path <= u->query && u->query <= u->fragment && u->fragment <= u->len);
    must(!url_is_http(u) || (u->has_host && url_host(u).len && url_port(u) >= (u->port != 0) && u->href[u->path] == '/'));
    for (size_t i = 0; i < u->len; i++)
        must(u->href[i] >= ' ' && u->href[i] < 0x7F);
    const pl_str site = site_of_host(url_host(u));
    must(site.len <= url_host(u).len);
}

static void check(const struct url *u)
{
    static struct url again, canonical;

    check_parts(u);
    must(url_parse(&again, url_href(u), NULL) == PL_OK && same(u, &again));
    if (canonical_url(u, NULL, &canonical) != PL_OK)
        return;
    check_parts(&canonical);
    must(url_fragment(&canonical).len == 0);
    must(url_parse(&again, url_href(&canonical), NULL) == PL_OK && same(&canonical, &again));
    must(canonical_url(&again, NULL, &again) == PL_OK && same(&canonical, &again));
}

/* Up to the first 0x1E it is what the rest is relative to. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct url base, u;
    const char *const text = (const char *)data;
    const char *const mark = size ? memchr(text, 0x1E, size) : NULL;
    const size_t first = mark ? (size_t)(mark - text) : size;

    const bool whole = url_parse(&base, (pl_str){text, first}, NULL) == PL_OK;
    if (whole)
        check(&base);
    if (mark && url_parse(&u, (pl_str){mark + 1, size - first - 1}, whole ? &base : NULL) == PL_OK) {
        check(&u);
        must(url_parse(&base, (pl_str){mark + 1, size - first - 1}, &base) == PL_OK && same(&u, &base));
    }
    return 0;
}
