/* fetch_meta.h - what a page's own head says of its character encoding. */
#ifndef FETCH_META_H
#define FETCH_META_H

#include "fetch_labels.h"

/* The encoding that the first `<meta>` to name one declares in `head`, or an XML declaration at its start; NULL when
 * there is none.  UTF-16 is taken for UTF-8, since the declaration itself could be read. */
const struct encoding *meta_encoding(pl_str head);

/* The value of `charset` in a media type ("text/html; charset=utf-8"); {NULL, 0} when it has none. */
pl_str meta_charset_of(pl_str media_type);

#endif
