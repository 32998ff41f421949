/* fetch_about.h - what a feed or a sitemap says of a page, kept until the page has come. */
#ifndef FETCH_ABOUT_H
#define FETCH_ABOUT_H

#include <stdint.h>

#include "fetch_bytes.h"
#include "pressline.h"

enum about_part {
    ABOUT_TITLE,
    ABOUT_AUTHOR,
    ABOUT_SUMMARY,
    ABOUT_PUBLISHED, /* RFC 3339 */
    ABOUT_MODIFIED,
    ABOUT_LANGUAGE,
    ABOUT_IMAGE,
    ABOUT_SITE, /* name of the publication */
    ABOUT_TAGS, /* one a line */
    ABOUT_PARTS
};

struct about {
    pl_str part[ABOUT_PARTS]; /* empty: nothing is said */
    unsigned depth;           /* of a sitemap: in how many indexes it was found */
};

enum { ABOUT_MAX_PART = 4096, ABOUT_MAX = ABOUT_PARTS * (ABOUT_MAX_PART + 16) };

/* Appended to `out`, each part cut at ABOUT_MAX_PART bytes, between characters.  PL_OK or PL_NOMEM. */
int about_write(const struct about *a, struct bytes *out);
/* Views of `text`; what cannot be read is left out. */
void about_read(pl_str text, struct about *a);

#endif
