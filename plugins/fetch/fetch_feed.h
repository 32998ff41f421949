/* fetch_feed.h - a feed's entries: RSS 0.90 to 2.0, RDF, Atom 0.3 and 1.0, CDF, JSON Feed, ill-formed ones too. */
#ifndef FETCH_FEED_H
#define FETCH_FEED_H

#include "pressline.h"

enum feed_kind {
    FEED_UNKNOWN, /* looks like a feed, of no version that is known */
    FEED_RSS090,
    FEED_RSS091,
    FEED_RSS092,
    FEED_RSS093,
    FEED_RSS094,
    FEED_RSS10,
    FEED_RSS20,
    FEED_RSS, /* of another version */
    FEED_ATOM03,
    FEED_ATOM10,
    FEED_ATOM, /* of another version */
    FEED_CDF,
    FEED_JSON10,
    FEED_JSON11
};

/* Text is UTF-8, space around it taken off; empty where the feed says nothing.  `title`, `author` and `summary` are text
 * without markup; `content` is HTML where content_is_html; it is the summary's, where that is HTML and there is no
 * other. */
struct feed_entry {
    pl_str title, link, id, author, summary, content;
    pl_str title_html;                 /* the title as the feed has it, where it is HTML and so another than `title` */
    pl_str published, updated;         /* as written */
    int64_t published_ms, updated_ms;  /* since 1970, UTC; -1: none, or not to be read */
    pl_str language, image;            /* language: the entry's own, or the feed's */
    pl_list categories;
    pl_str source;                     /* the name of the feed that an aggregator took the entry from */
    bool content_is_html;
};

struct feed {
    enum feed_kind kind;
    pl_str title, link, language, author;
    pl_str self, next, hub;            /* addresses: where the feed says it is, its next page (RFC 5005), WebSub's hub */
    pl_str updated;                    /* as written */
    int64_t updated_ms;                /* -1: none */
    int64_t ttl_s;                     /* how often it asks to be read: <ttl>, or <sy:updatePeriod>; -1: it does not say */
    const char *charset;               /* what its bytes were */
    bool ill_formed;                   /* read as far as it goes; `message` said why */
    struct feed_entry *entry;
    size_t n_entries;                  /* at most FEED_MAX_ENTRIES; what is behind is left out */
    struct fetch_arena *memory;              /* all of the above is its */
};
enum { FEED_MAX_ENTRIES = 100000 };

enum feed_result {
    FEED_OK,
    FEED_NOT,     /* no feed; the message says what it is instead, where that can be told */
    FEED_REFUSED, /* a DOCTYPE with declarations, too deep, too large: nothing of it is used */
    FEED_NOMEM
};

/* The feed in `bytes`, as they came from `base_url` ("" where not known: relative links then stay relative) with HTTP's
 * `content_type` ("").  `message` says what was wrong, where something was, also with FEED_OK; else it is "".
 * *f is the caller's to free, and NULL unless FEED_OK.  Any thread. */
enum feed_result feed_parse(struct feed **f, pl_str bytes, pl_str content_type, pl_str base_url, char *message,
                            size_t size);
void feed_free(struct feed *f);

/* "rss20": what `pressline fetch feed` calls it. */
const char *feed_kind_name(enum feed_kind kind);

/* Whether the first 4 kB of a file, or else its media type, say that it is a feed. */
bool feed_looks_like(pl_str start, pl_str content_type);

#endif
