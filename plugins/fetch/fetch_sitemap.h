/* fetch_sitemap.h - the entries of a sitemap: sitemaps.org's XML, its index, the news extension, and plain text. */
#ifndef FETCH_SITEMAP_H
#define FETCH_SITEMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pressline.h"

enum {
    SITEMAP_MAX_ENTRIES = 50000, /* this and the next are the protocol's own */
    SITEMAP_MAX_BYTES = 50 << 20,
    SITEMAP_MAX_TEXT = 8192 /* bytes of an address, of a title; longer ones are taken for missing */
};

/* Text is UTF-8, without spaces at the ends, and "" (NULL, 0) where the sitemap has none. */
struct sitemap_entry {
    pl_str loc;         /* as written, never empty: resolve it against the sitemap's own address */
    pl_str lastmod;
    int64_t lastmod_ms; /* -1: none that can be read */
    pl_str news_title, news_date, news_name /* of the publication */, news_language, news_keywords;
    int64_t news_ms;    /* of news_date */
};

enum sitemap_kind { SITEMAP_URLSET, SITEMAP_INDEX, SITEMAP_TEXT };

struct sitemap {
    enum sitemap_kind kind;
    bool ill_formed; /* the XML is wrong somewhere, and was read as far as it goes: the message said where */
    bool cut;        /* there was more than the limits allow */
    size_t n_passed; /* entries without an address */
    struct sitemap_entry *entry;
    size_t n_entries;
    struct fetch_arena *memory; /* of all texts */
};

enum sitemap_result {
    SITEMAP_OK,
    SITEMAP_NOT,     /* something else */
    SITEMAP_FEED,    /* RSS, RDF or Atom, which the protocol allows: for feed_parse() */
    SITEMAP_REFUSED, /* a document type, or past a limit: see `message` */
    SITEMAP_NOMEM
};

/* Of `bytes` as they came, inflated; `content_type` is what HTTP said of them, or "".  The order is the document's; nothing
 * is dropped for being there twice.  On SITEMAP_OK *s is the caller's, to free with sitemap_free(), and `message` says
 * what was wrong with it, or is ""; else *s is NULL.  Any thread. */
enum sitemap_result sitemap_parse(struct sitemap **s, pl_str bytes, pl_str content_type, char *message, size_t size);
void sitemap_free(struct sitemap *s); /* NULL too */

/* Do the first bytes (some kilobytes are enough) say that it is one: by the root element, or by lines that are addresses
 * and nothing else? */
bool sitemap_looks_like(pl_str start);

#endif
