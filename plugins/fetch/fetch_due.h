/* fetch_due.h - when an address is to be asked for again: from what came, and how often it changed.
 *
 * Pure functions of what is handed in; times are milliseconds since 1970. */
#ifndef FETCH_DUE_H
#define FETCH_DUE_H

#include "fetch_store.h"

enum due_outcome {
    DUE_CHANGED,   /* a payload that is not the last one */
    DUE_UNCHANGED, /* 304, or the same payload */
    DUE_FAILED,    /* no answer, 5xx, 429, 4xx: tried again later and later */
    DUE_GONE,      /* 410 */
    DUE_ROBOTS     /* robots.txt says no */
};

struct due_facts {
    enum due_outcome outcome;
    int64_t now_ms;         /* the time the answer came */
    int64_t max_age_s;      /* what the server says (max-age, Expires) the answer is good for; -1: nothing */
    int64_t ttl_s;          /* what the feed itself says (ttl, sy:updatePeriod); -1: nothing */
    int64_t retry_after_ms; /* -1: nothing */
    int64_t n_news;         /* of a feed, sitemap or front page that changed: new addresses in it; 0: not known */
};

/* Sets checked_ms, changed_ms, failures, interval_s and due_ms of `k`, by its kind and what it had of these. */
void due_next(struct known *k, const struct due_facts *f);
/* Whether it may be asked for at `now_ms`: never checked, or due.  So is what is due later than anything is put off to: the
 * clock was wrong when it was checked. */
bool due_now(const struct known *k, int64_t now_ms);

/* The bounds of a kind. */
struct due_bounds {
    int64_t first_s, least_s, most_s;
};
struct due_bounds due_bounds_of(enum known_kind kind);

#endif
