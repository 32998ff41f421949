/* fetch_likely.h - what an address says of the page behind it. */
#ifndef FETCH_LIKELY_H
#define FETCH_LIKELY_H

#include "pressline.h"

/* Of a path with its query, as url_target() gives it. */
enum likely {
    LIKELY_ARTICLE, /* a date, a number or a headline is in it */
    LIKELY_PAGE,    /* nothing tells */
    LIKELY_INDEX,   /* a section, a tag, an author, a form */
    LIKELY_FILE,    /* a picture, a script, a download */
    LIKELY_FEED,
    LIKELY_SITEMAP
};
enum likely likely_of(pl_str target);

#endif
