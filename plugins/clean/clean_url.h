/* clean_url.h - links of a page as addresses that hold elsewhere too. */
#ifndef CLEAN_URL_H
#define CLEAN_URL_H

#include "clean_dom.h"

/* `link` as seen from the page at `base` (may be empty).  Empty when it is neither http, https nor mailto,
 * when it is relative and `base` is no web address, and when it is longer than any honest one. */
pl_str clean_url_join(struct clean_arena *a, pl_str base, pl_str link);
/* What the page's links are relative to: its <base>, else `url`. */
pl_str clean_url_base(struct clean_arena *a, const struct clean_dom *d, pl_str url);

#endif
