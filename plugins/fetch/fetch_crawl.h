/* fetch_crawl.h - from addresses to pages: what an address is, what it brings, whether it may be asked for, and when.
 *
 * The crawl asks for robots.txt, feeds, sitemaps, front pages and pages through a transport, remembers in a store what it
 * learns, and hands over pages as they come.  It knows nothing of records.  One thread. */
#ifndef FETCH_CRAWL_H
#define FETCH_CRAWL_H

#include "fetch_about.h"
#include "fetch_address.h"
#include "fetch_canonical.h"
#include "fetch_pattern.h"
#include "fetch_store.h"
#include "fetch_transport.h"
#include "pressline.h"

enum crawl_count {
    CRAWL_REQUESTS,
    CRAWL_BYTES,
    CRAWL_PAGES,
    CRAWL_ENTRIES,
    CRAWL_UNCHANGED,
    CRAWL_NOT_DUE,
    CRAWL_OLD,
    CRAWL_EXCLUDED,
    CRAWL_OVER_LIMIT,
    CRAWL_ROBOTS,
    CRAWL_REDIRECTS,
    CRAWL_RETRIED,
    CRAWL_SLOW,
    CRAWL_FAILED,
    CRAWL_NO_ADDRESS,
    CRAWL_FEEDS,
    CRAWL_SITEMAPS,
    CRAWL_FRONTS,
    CRAWL_LEFT,
    CRAWL_COUNTS
};
/* Its name as a metric, and a line of help. */
const char *crawl_count_name(enum crawl_count which, const char **help);

struct crawl_page {
    pl_str asked, url;         /* the address that was asked for, and the one that answered, after redirects */
    const struct about *about; /* what the feed said */
    const struct transport_response *response;
    pl_str content_type;
    bool encoded; /* it has a Content-Encoding */
    uint64_t sequence;
};

struct crawl_entry {
    pl_str url, list; /* its own address, "" for none; that of the list */
    const struct about *about;
    pl_str content;
    bool is_html;
    uint64_t sequence;
};

/* Whoever uses the crawl.  Those that give an int: PL_OK, anything else ends the crawl. */
struct crawl_calls {
    int (*page)(void *arg, const struct crawl_page *p);
    int (*entry)(void *arg, const struct crawl_entry *e); /* where pages are not to be fetched */
    int (*fault)(void *arg, pl_str url, uint64_t sequence, const char *code, const char *message);
    void (*say)(void *arg, int level, const char *message);
    int64_t (*clock)(void *arg); /* milliseconds of a clock that never goes back */
    void (*sleep)(void *arg, int ms);
    bool (*stopping)(void *arg);
    void *arg;
};

/* What is pointed to stays the caller's until crawl_close(). */
struct crawl_options {
    struct transport *transport;
    struct store *store;
    const struct patterns *patterns;
    const struct tracking *tracking;
    const struct address_guard *guard;
    int64_t now_ms;   /* since 1970: the run's start, by which things are due */
    int64_t since_ms; /* entries that are older are passed over; INT64_MIN: none */
    int64_t delay_ms, max_body, limit /* pages of a site; 0: none */;
    size_t per_site;
    unsigned redirects, retries;
    bool by_host;  /* a host is a site of its own */
    bool pages;    /* entries are fetched; false: they are handed over */
    bool timeless; /* nothing waits: the transport is a recording */
    bool going_on; /* the run was begun before: what it took then counts in `limit` */
    bool once;     /* the store is this run's alone: no payload is ever compared with an earlier one, so none is digested */
};

struct crawl;

/* NULL: out of memory. */
struct crawl *crawl_open(const struct crawl_options *o, const struct crawl_calls *calls);
void crawl_close(struct crawl *c); /* NULL too */

/* All give PL_OK or another result, which ends the run: PL_NOMEM, one of the store's (crawl_message() says why), or one of
 * the caller's own functions. */

/* What the store has queued, from an earlier run or before this one was killed.  Once, before anything else. */
int crawl_load(struct crawl *c);
/* An address to begin with; what it is shows when it comes.  PL_ERROR: it is none of HTTP's. */
int crawl_seed(struct crawl *c, pl_str address);
/* A feed, a sitemap or a robots.txt that lies in a file, inflated; `name` is told in messages.  PL_ERROR: it is none,
 * `message` says why.  With `pages` false its entries are held. */
enum crawl_list { CRAWL_LIST_FEED, CRAWL_LIST_SITEMAP, CRAWL_LIST_ROBOTS };
int crawl_file(struct crawl *c, enum crawl_list kind, pl_str bytes, pl_str name, char *message, size_t size);

/* Whether a list was read whose entries are still to be handed over, which crawl_run() does, a few in each call, before
 * anything else.  The list is known as read when all of them are: until then the store has it queued, and each entry that
 * was handed over as known. */
bool crawl_holds(const struct crawl *c);

/* Works for a while, waiting at most `wait_ms` for something to come.  PL_OK; PL_AGAIN: nothing came; PL_EOF: all is done. */
int crawl_run(struct crawl *c, int wait_ms);

const uint64_t *crawl_counts(const struct crawl *c); /* [CRAWL_COUNTS] */
const char *crawl_message(const struct crawl *c);
/* When the first of those is due that were not, in milliseconds since 1970; INT64_MAX: all were. */
int64_t crawl_next_due(const struct crawl *c);
/* How many addresses wait or are under way. */
size_t crawl_waiting(const struct crawl *c);

#endif
