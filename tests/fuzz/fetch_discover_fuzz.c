/* fetch_discover_fuzz.c - front pages: addresses are absolute, within the limits, each once. */
#include <stdint.h>
#include <stdlib.h>

#include "fetch_discover.h"
#include "fetch_url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct discovered_link *l, size_t n, size_t max)
{
    if (n > max)
        abort();
    for (size_t i = 0; i < n; i++) {
        if (l[i].url.len < 8 || memcmp(l[i].url.ptr, "http", 4) != 0 || memchr(l[i].url.ptr, '#', l[i].url.len))
            abort();
        for (size_t k = 0; k < i && i < 50; k++) {
            if (l[k].url.len == l[i].url.len && memcmp(l[k].url.ptr, l[i].url.ptr, l[i].url.len) == 0)
                abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct url base = {0};
    struct discovered *d = NULL;

    if (url_parse(&base, PL_S("https://www.oulu-post.example/a/b"), NULL) != PL_OK ||
        discover((pl_str){(const char *)data, size}, &base, &d) != PL_OK)
        abort();
    check(d->feed, d->n_feeds, DISCOVER_MAX_FEEDS);
    check(d->sitemap, d->n_sitemaps, DISCOVER_MAX_SITEMAPS);
    check(d->page, d->n_pages, DISCOVER_MAX_PAGES);
    discovered_free(d);
    url_done(&base);
    return 0;
}
