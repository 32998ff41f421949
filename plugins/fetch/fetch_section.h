/* fetch_section.h - is a page an article, or the front page of a section (https://news.example/sport/), which names others? */
#ifndef FETCH_SECTION_H
#define FETCH_SECTION_H

#include <stdbool.h>

#include "fetch_discover.h"

enum { SECTION_LINKS = 10 /* to articles of the same site, at least, where it names no feed and no sitemap */ };

/* Whether the address allows it; `target` is its path with query, as url_target() gives it.  It ends in '/', or is a section's
 * name without an ending, and does not look like an article's.  "/" is no section: it is the site's front page. */
bool section_may_be(pl_str target);
/* Whether the page, in UTF-8, is one: it does not say that it is an article, and it names a feed (but none of comments) or a
 * sitemap, or links to many articles.  `d` is what discover() found in it.  Any thread. */
bool section_is(pl_str html, const struct discovered *d);

#endif
