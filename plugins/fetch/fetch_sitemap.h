/* fetch_sitemap.h - the entries of a sitemap: sitemaps.org's XML, its index, the news extension, and plain text. */
#ifndef FETCH_SITEMAP_H
#define FETCH_SITEMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pressline.h"

enum { SITEMAP_MAX_ENTRIES = 50000, SITEMAP_MAX_BYTES = 50 << 20 }; /* those of the protocol */

/* Text is UTF-8, without spaces at the ends, and "" (NULL, 0) where the sitemap has none. */
struct sitemap_entry {
    pl_str loc;         /* as written, references undone; never empty.  Resolve it against the sitemap's own address */
    pl_str lastmod;
    int64_t lastmod_ms; /* -1: none that can be read */
    pl_str news_title, news_date, news_name /* of the publication */, news_language, news_keywords;
    int64_t news_ms;
};

enum sitemap_kind { SITEMAP_URLSET, SITEMAP_INDEX, SITEMAP_TEXT };

struct sitemap {
    enum sitemap_kind kind;
    bool ill_formed; /* the XML is wrong somewhere: `message` says where; the entries are those before, and those that
                      * could be read behind */
    bool cut;        /* there was more than the limits allow */
    size_t n_passed; /* entries without an address */
    struct sitemap_entry *entry;
    size_t n_entries;
    void *memory; /* its own */
};

enum sitemap_result {
    SITEMAP_OK,
    SITEMAP_NOT,     /* something else */
    SITEMAP_FEED,    /* RSS, RDF or Atom, which the protocol allows: for feed_parse() */
    SITEMAP_REFUSED, /* a document type, or past a limit: see `message` */
    SITEMAP_NOMEM
};

/* Of `bytes` as they came, inflated; `content_type` is what HTTP said of them, or "".  The order is the document's; nothing is dropped for being
 * there twice.  On SITEMAP_OK *s is the caller's, to free with sitemap_free(), and `message` says what was wrong with
 * it, or is "".  Any thread. */
enum sitemap_result sitemap_parse(struct sitemap **s, pl_str bytes, pl_str content_type, char *message, size_t size);
void sitemap_free(struct sitemap *s); /* NULL too */

/* Might this be one?  Of the first bytes, some hundred are enough, and the media type, or "". */
bool sitemap_looks_like(pl_str start, pl_str content_type);

#endif
