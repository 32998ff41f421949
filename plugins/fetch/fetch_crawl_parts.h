/* fetch_crawl_parts.h - what the files of the crawl share; nobody else includes it. */
#ifndef FETCH_CRAWL_PARTS_H
#define FETCH_CRAWL_PARTS_H

#include "fetch_charset.h"
#include "fetch_crawl.h"
#include "fetch_due.h"
#include "fetch_encoding.h"
#include "fetch_gunzip.h"
#include "fetch_host.h"
#include "fetch_names.h"
#include "fetch_robots.h"
#include "fetch_url.h"

enum {
    ASK_ROBOTS = KNOWN_FRONT + 1, /* beside the kinds of fetch_store.h */
    MAX_REDIRECTS = 20,
    ROBOTS_REDIRECTS = 5,              /* RFC 9309, 2.3.1.2 */
    ROBOTS_AGE_MS = 24 * 3600 * 1000,  /* 2.4 */
    ROBOTS_AGAIN_MS = 10 * 60 * 1000,  /* one that could not be had is asked for again */
    ROBOTS_MEMORY = 64 << 20,          /* of all rules; past that those that nobody waits for are forgotten */
    SLOW_MS = 2000,                    /* what takes longer, or is silent for so long, may take very long */
    PUT_OFF_MS = 500,                  /* a site that is in doubt, while others have their turn */
    AWAIT_MS = 200,                    /* an address that is being asked for by another way is looked at again */
    MAX_DELAY_MS = 60 * 1000,          /* of Crawl-delay */
    MAX_RETRY_AFTER_MS = 3600 * 1000,
    MAX_FAILURES = 5,                  /* runs in which an address that may come right is tried */
    MAX_BEGUN = 64,                    /* addresses that are looked at in one call */
    MAX_ENTRIES = 64,                  /* entries of a list, likewise */
    MAX_ENTRY_BYTES = 1 << 20,         /* of them, likewise */
    MAX_QUEUED = 1000000,              /* addresses in memory; a list that brings more is read again by a later run */
    MAX_DEPTH = 3,                     /* indexes of sitemaps in one another */
    MAX_LIST = 50 << 20,               /* bytes of a feed or sitemap, decoded */
    MAX_RATIO = 100,                   /* decoded bytes to one that came */
    PROBE = 32 << 10                   /* bytes that show what a payload is, and how it grows */
};

/* Where redirects have led. */
struct chain {
    unsigned n;
    uint64_t seen[MAX_REDIRECTS + 1]; /* hashes of the addresses that were asked for */
    char *url;
    size_t len;
};

/* What the store had of an address when it was asked for, so that it need not be looked up again. */
struct asked {
    struct known k; /* its texts stand behind it */
    char text[];
};

/* One address that is to be asked for, or is being. */
struct ask {
    struct visit visit; /* first, so that one is the other */
    struct chain *chain;   /* NULL: no redirect yet */
    struct asked *asked;   /* while it is under way: what is known of it */
    int64_t begun_ms;      /* likewise: since when */
    struct origin *origin; /* of the address that it stands at; of ASK_ROBOTS whose robots.txt it is */
    unsigned char kind, tries;
    bool in_doubt;   /* it came to nothing before, or was let go: it may take long, and come to nothing again */
    bool put_off;    /* it is in doubt, and waits in its site's queue */
    uint32_t key_len, url_len;
    char text[];     /* key, NUL, address, NUL; url_len 0: the key is the address */
};

enum robots_state { ROBOTS_UNKNOWN, ROBOTS_ASKED, ROBOTS_KNOWN, ROBOTS_UNREACHABLE };

/* Scheme, host and port: what a robots.txt holds for. */
struct origin {
    struct origin *next; /* of all */
    enum robots_state state;
    struct robots *robots; /* NULL: all is allowed */
    size_t size;           /* of them */
    int64_t came_ms, delay_ms;
    bool refused;    /* of ROBOTS_UNREACHABLE: by the guard, and not because it could not be had */
    char why[200];   /* likewise */
    struct visit *waiting, **waiting_end;
    size_t name_len;
    char name[]; /* "https://example.com:8443" */
};

struct crawl {
    struct crawl_options o;
    struct crawl_calls calls;
    struct hosts *hosts;
    struct names origin_names;
    struct origin *origins;
    size_t robots_memory;
    size_t n_active, n_waiting; /* under way; waiting for a robots.txt */
    size_t n_put_off;           /* likewise */
    struct ask *active;         /* by visit.next, in no order */
    uint64_t count[CRAWL_COUNTS];
    int64_t next_due_ms; /* of what was passed over because it is not due; INT64_MAX: nothing was */
    enum { PASS_ALL, PASS_NEW, PASS_KNOWN } pass; /* which addresses crawl_offer() takes */
    uint64_t n_new; /* pages and lists that were not known before */
    struct later *later; /* lists that were read, whose entries are being handed over: the first one's; nothing else is done
                          * meanwhile */
    int rc; /* of a callback that could not go on */
    char message[512];
    /* memory that is used again */
    struct url here, there, canonical;
    struct bytes meta, texts;
    struct encodings encodings;
    struct gunzip gunzip;
    struct bytes inflated;
    struct decoder decoder;
};

/* ---- fetch_crawl.c ---- */

pl_str ask_key(const struct ask *a);
pl_str ask_url(const struct ask *a);  /* as it was asked for first */
pl_str ask_at(const struct ask *a);   /* after redirects */
void ask_free(struct ask *a);
struct ask *ask_new(unsigned kind, pl_str key, pl_str url); /* NULL: out of memory */
/* The site of an address, by the option `group`; NULL: out of memory. */
struct site *crawl_site(struct crawl *c, const struct url *u);
/* It came to nothing, and is tried again: not before that time, and not while too many like it are under way. */
int crawl_put_off(struct crawl *c, struct ask *a, int64_t not_before_ms);
PL_PRINTF(3, 4) void crawl_say(struct crawl *c, int level, const char *fmt, ...);
int crawl_store_fault(struct crawl *c, int rc);
/* What is known of a key, with texts that stay until the next call of this; *k is zero where nothing is. */
int crawl_known(struct crawl *c, pl_str key, struct known *k);
int crawl_put(struct crawl *c, pl_str key, const struct known *k);
/* The same of an address that is under way; *k is the caller's to change, its texts stay as long as `a`. */
int ask_known(struct crawl *c, const struct ask *a, struct known *k);
/* What ask_known() gives from here on. */
int ask_keep(struct ask *a, const struct known *k);
int64_t crawl_clock(const struct crawl *c);

/* An address that a list or a page names, of whatever kind.  `newest_ms`: when it was changed, as the list has it, -1: it does
 * not say.  *left is set where there was no room for it.  `u` may not be c->canonical. */
int crawl_offer(struct crawl *c, const struct url *u, enum known_kind kind, const struct about *about, int64_t newest_ms,
                bool *left);

/* ---- fetch_crawl_came.c ---- */

/* transport_done */
void crawl_came(void *arg, const struct transport_response *r);
/* It comes to nothing: tells it, remembers it, and frees it.  `later`: it may come right another day. */
PL_PRINTF(6, 7)
int crawl_fail(struct crawl *c, struct ask *a, const struct transport_response *r, bool later, const char *code,
               const char *fmt, ...);
/* Whether the other end of its redirects, `to`, was fetched already, or is not wanted: what is known of that holds for this
 * address too.  `to` may not be c->canonical. */
int crawl_leads_to_known(struct crawl *c, const struct ask *a, const struct url *to, bool *known);
/* It need not be asked for, as that is so; `r`: the redirect, NULL where it came before. */
int crawl_pass_known(struct crawl *c, struct ask *a, const struct transport_response *r);
/* robots.txt does not allow it. */
int crawl_disallowed(struct crawl *c, struct ask *a);
/* All that a list names was taken, and the list is done with.  `left`: but for what there was no room for. */
int crawl_list_ended(struct crawl *c, const struct ask *a, struct known *k, const struct due_facts *f, bool left);

/* ---- fetch_crawl_robots.c ---- */

/* The origin of c->here; NULL: out of memory. */
struct origin *crawl_origin(struct crawl *c);
int64_t origin_delay_ms(const struct origin *o);
/* Whether what is known of the robots.txt is still good. */
bool origin_is_fresh(const struct crawl *c, const struct origin *o);
void origin_wait(struct crawl *c, struct origin *o, struct ask *a);
struct ask *origin_ask(struct origin *o);
int crawl_robots_came(struct crawl *c, struct ask *a, const struct transport_response *r);
/* Without an answer that can be read: all is forbidden.  `refused`: by the guard. */
int crawl_robots_failed(struct crawl *c, struct ask *a, bool refused, const char *why);
void crawl_robots_done(struct crawl *c);

/* ---- fetch_crawl_lists.c ---- */

/* What came of a list or a front page, decoded.  *left: it had more than there was room for.  *later: its entries are records,
 * which crawl_go_on() hands over; NULL: it was read to its end.  PL_ERROR: it is none of its kind, and `message` says why. */
struct list {
    enum known_kind kind;
    pl_str bytes, content_type, base; /* base: its own address */
    pl_str charset;
    unsigned depth;
    /* out */
    bool left;
    struct later *later;
    int64_t ttl_s;
    char message[256];
};
int crawl_read_list(struct crawl *c, struct list *l);

/* A list, read, and how far its entries were handed over. */
struct later {
    struct later *next;
    struct feed *feed; /* or */
    struct sitemap *sitemap;
    size_t at;              /* the entry that is next */
    struct ask *ask;        /* what is known of it is what is to be when all of them are; NULL: the list lies in a file */
    struct due_facts facts; /* likewise */
    struct list list;       /* its `base` and `left` alone */
    bool has_url;           /* `base` is an address */
    char base[];
};
/* A few entries of c->later, which may not be NULL. */
int crawl_go_on(struct crawl *c);
void later_free(struct later *p);
/* Which kind of address that was, a normalised one, by what came. */
enum known_kind crawl_sort(pl_str address, pl_str bytes, pl_str content_type);
/* Of one that is a page by that: whether it may be the front page of a section, by its address; and whether it is, by all of
 * it, decoded.  PL_OK or PL_NOMEM. */
bool crawl_may_be_section(pl_str address);
int crawl_is_section(struct crawl *c, pl_str address, pl_str bytes, pl_str charset, bool *is);

#endif
