/* fetch_discover.h - what a site's front page names: its feeds and sitemaps, and the pages of the same site. */
#ifndef FETCH_DISCOVER_H
#define FETCH_DISCOVER_H

#include <stdbool.h>
#include <stddef.h>

#include "pressline.h"

struct url; /* fetch_url.h */

enum { DISCOVER_MAX_FEEDS = 100, DISCOVER_MAX_SITEMAPS = 100, DISCOVER_MAX_PAGES = 2000 };

struct discovered_link {
    pl_str url;   /* absolute, without fragment, as url_parse() writes it */
    pl_str title; /* of a feed: its title attribute; of a page: the first words of the link; may be "" */
    bool guessed; /* a feed: no <link> says so, only an <a> that looks like it.  A page: its address does not look
                   * like an article's (a section, a tag, an index) */
};

struct discovered {
    pl_str base, canonical; /* absolute; "" where the page has none */
    struct discovered_link *feed, *sitemap, *page;
    size_t n_feeds, n_sitemaps, n_pages;
    struct fetch_arena *memory; /* of all texts */
};

/* From the page's text in UTF-8 and its own address.  In the order of the page, each address once; feeds that only an <a>
 * names come where no <link> names any.  Linear in `html`; comments, scripts and templates are passed over.  PL_OK, and
 * *d is the caller's, to free with discovered_free(), or PL_NOMEM.  Any thread. */
int discover(pl_str html, const struct url *base, struct discovered **d);
void discovered_free(struct discovered *d); /* NULL too */

#endif
