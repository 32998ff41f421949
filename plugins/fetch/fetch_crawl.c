/* fetch_crawl.c - from addresses to pages: which are asked for, and when.
 *
 * An address is in the store, queued, from the moment in which it is found; here is a copy of each that waits. What comes
 * of an address is put into the store by the same call that hands its page over, so that one checkpoint covers both. */
#include "fetch_crawl.h"

#include <stdarg.h>
#include <stdlib.h>

#include "fetch_crawl_parts.h"
#include "fetch_site.h"

static const struct {
    const char *name, *help;
} counts[CRAWL_COUNTS] = {
    [CRAWL_REQUESTS] = {"requests", "requests that were sent"},
    [CRAWL_BYTES] = {"bytes", "bytes of payloads that came"},
    [CRAWL_PAGES] = {"pages", "pages that came and were handed on"},
    [CRAWL_ENTRIES] = {"entries", "entries of feeds and sitemaps that were handed on as they are"},
    [CRAWL_UNCHANGED] = {"unchanged", "what came was what came before: no record"},
    [CRAWL_NOT_DUE] = {"not_due", "addresses that were fetched before and are not due yet"},
    [CRAWL_OLD] = {"old", "entries before `since` or older than `max_age`"},
    [CRAWL_EXCLUDED] = {"excluded", "addresses that `include` and `exclude` keep out"},
    [CRAWL_OVER_LIMIT] = {"over_limit", "pages past the `limit` of their site, left for a later run"},
    [CRAWL_ROBOTS] = {"robots_disallowed", "addresses that robots.txt forbids"},
    [CRAWL_REDIRECTS] = {"redirects", "redirects that were followed"},
    [CRAWL_RETRIED] = {"retried", "requests that were tried again"},
    [CRAWL_SLOW] = {"slow", "requests to silent servers that made room for others and were sent again at the end of the line"},
    [CRAWL_FAILED] = {"failed", "addresses that came to nothing: each is a dead letter"},
    [CRAWL_NO_ADDRESS] = {"no_address", "entries without an address of HTTP"},
    [CRAWL_FEEDS] = {"feeds", "feeds that were read"},
    [CRAWL_SITEMAPS] = {"sitemaps", "sitemaps that were read"},
    [CRAWL_FRONTS] = {"front_pages", "front pages that were read for feeds and sitemaps"},
    [CRAWL_LEFT] = {"left", "addresses past those that fit into memory, left for a later run"},
};

const char *crawl_count_name(enum crawl_count which, const char **help)
{
    *help = counts[which].help;
    return counts[which].name;
}

struct crawl *crawl_open(const struct crawl_options *o, const struct crawl_calls *calls)
{
    /* In a recording nothing is won by several at once. */
    const size_t per_site = o->timeless ? 1 : o->per_site;
    const struct host_options host = {.delay_ms = o->delay_ms, .per_site = per_site, .timeless = o->timeless};
    struct crawl *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->o = *o;
    c->o.per_site = per_site;
    c->calls = *calls;
    c->next_due_ms = INT64_MAX;
    if (c->o.redirects > MAX_REDIRECTS)
        c->o.redirects = MAX_REDIRECTS;
    c->hosts = hosts_new(&host);
    if (!c->hosts) {
        crawl_close(c);
        return NULL;
    }
    return c;
}

static void drop(struct visit *v)
{
    ask_free((struct ask *)(void *)v);
}

void crawl_close(struct crawl *c)
{
    if (!c)
        return;
    while (c->active) {
        struct ask *a = c->active;
        c->active = (struct ask *)(void *)a->visit.next;
        ask_free(a);
    }
    while (c->later) {
        struct later *p = c->later;
        c->later = p->next;
        later_free(p);
    }
    crawl_robots_done(c);
    hosts_free(c->hosts, drop);
    url_done(&c->here);
    url_done(&c->there);
    url_done(&c->canonical);
    bytes_done(&c->meta);
    bytes_done(&c->texts);
    bytes_done(&c->inflated);
    encodings_done(&c->encodings);
    gunzip_done(&c->gunzip);
    decoder_done(&c->decoder);
    free(c);
}

const uint64_t *crawl_counts(const struct crawl *c)
{
    return c->count;
}

int64_t crawl_next_due(const struct crawl *c)
{
    return c->next_due_ms;
}

const char *crawl_message(const struct crawl *c)
{
    return c->message;
}

bool crawl_holds(const struct crawl *c)
{
    return c->later != NULL;
}

size_t crawl_waiting(const struct crawl *c)
{
    return hosts_queued(c->hosts) + c->n_active + c->n_waiting;
}

int64_t crawl_clock(const struct crawl *c)
{
    return c->calls.clock(c->calls.arg);
}

void crawl_say(struct crawl *c, int level, const char *fmt, ...)
{
    char text[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    c->calls.say(c->calls.arg, level, text);
}

/* ---- what is known of an address ---- */

int crawl_store_fault(struct crawl *c, int rc)
{
    if (rc != PL_NOMEM && rc != PL_OK)
        snprintf(c->message, sizeof c->message, "%s", store_message(c->o.store));
    return rc;
}

static int keep_text(struct crawl *c, pl_str *s)
{
    const size_t at = c->texts.len;

    if (bytes_add(&c->texts, s->ptr, s->len) != PL_OK)
        return PL_NOMEM;
    s->ptr = (const char *)at; /* until all are there: memory may move */
    return PL_OK;
}

int crawl_known(struct crawl *c, pl_str key, struct known *k)
{
    pl_str *text[] = {&k->etag, &k->last_modified, &k->url, &k->meta};
    const size_t n = sizeof text / sizeof *text;

    *k = (struct known){0};
    const int rc = store_find(c->o.store, key, k);
    if (rc == PL_EOF) {
        *k = (struct known){0};
        return PL_OK;
    }
    if (rc != PL_OK)
        return crawl_store_fault(c, rc);
    bytes_reset(&c->texts, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        if (keep_text(c, text[i]) != PL_OK)
            return PL_NOMEM;
    }
    for (size_t i = 0; i < n; i++)
        text[i]->ptr = text[i]->len ? (const char *)c->texts.at + (size_t)text[i]->ptr : NULL;
    return PL_OK;
}

int crawl_put(struct crawl *c, pl_str key, const struct known *k)
{
    return crawl_store_fault(c, store_put(c->o.store, key, k));
}

int ask_known(struct crawl *c, const struct ask *a, struct known *k)
{
    if (!a->asked)
        return crawl_known(c, ask_key(a), k);
    *k = a->asked->k;
    return PL_OK;
}

int ask_keep(struct ask *a, const struct known *k)
{
    const pl_str from[] = {k->etag, k->last_modified, k->url, k->meta};
    struct asked *asked = malloc(sizeof *asked + from[0].len + from[1].len + from[2].len + from[3].len);
    char *at = asked ? asked->text : NULL;

    if (!asked)
        return PL_NOMEM;
    asked->k = *k;
    pl_str *const to[] = {&asked->k.etag, &asked->k.last_modified, &asked->k.url, &asked->k.meta};
    for (size_t i = 0; i < sizeof from / sizeof *from; i++) {
        if (from[i].len)
            memcpy(at, from[i].ptr, from[i].len);
        *to[i] = (pl_str){from[i].len ? at : NULL, from[i].len};
        at += from[i].len;
    }
    free(a->asked);
    a->asked = asked;
    return PL_OK;
}

/* ---- asks ---- */

pl_str ask_key(const struct ask *a)
{
    return (pl_str){a->text, a->key_len};
}

pl_str ask_url(const struct ask *a)
{
    return a->url_len ? (pl_str){a->text + a->key_len + 1, a->url_len} : ask_key(a);
}

pl_str ask_at(const struct ask *a)
{
    return a->chain ? (pl_str){a->chain->url, a->chain->len} : ask_url(a);
}

void ask_free(struct ask *a)
{
    free(a->asked);
    if (a->chain)
        free(a->chain->url);
    free(a->chain);
    free(a);
}

struct ask *ask_new(unsigned kind, pl_str key, pl_str url)
{
    const bool same = url.len == 0 || (url.len == key.len && memcmp(url.ptr, key.ptr, key.len) == 0);
    const size_t len = same ? 0 : url.len;
    struct ask *a;

    if (key.len > URL_MAX || len > URL_MAX)
        return NULL;
    a = malloc(sizeof *a + key.len + 1 + len + 1);
    if (!a)
        return NULL;
    *a = (struct ask){.kind = (unsigned char)kind, .key_len = (uint32_t)key.len, .url_len = (uint32_t)len};
    memcpy(a->text, key.ptr, key.len);
    a->text[key.len] = 0;
    if (len)
        memcpy(a->text + key.len + 1, url.ptr, len);
    a->text[key.len + 1 + len] = 0;
    return a;
}

struct site *crawl_site(struct crawl *c, const struct url *u)
{
    const pl_str host = url_host(u);

    return hosts_site(c->hosts, c->o.by_host ? host : site_of_host(host));
}

static bool is_list_kind(unsigned kind)
{
    return kind == KNOWN_FEED || kind == KNOWN_SITEMAP || kind == KNOWN_FRONT;
}

static enum visit_rank rank_of(const struct ask *a)
{
    return a->kind == ASK_ROBOTS || a->chain ? VISIT_FIRST : is_list_kind(a->kind) ? VISIT_LIST : VISIT_PAGE;
}

/* ---- addresses that are found ---- */

static bool is_over_limit(const struct crawl *c, struct site *s)
{
    return c->o.limit > 0 && *site_taken(s) >= (uint64_t)c->o.limit;
}

static int enqueue(struct crawl *c, struct site *s, pl_str key, const struct known *k)
{
    struct ask *a = ask_new(k->kind, key, k->url);

    if (!a)
        return PL_NOMEM;
    *site_taken(s) += k->kind == KNOWN_PAGE;
    return hosts_add(c->hosts, s, &a->visit, rank_of(a));
}

/* Puts the address into the store, to be fetched, and into its site's queue. */
static int queue_up(struct crawl *c, const struct url *u, pl_str key, struct known *k, const struct about *about,
                    struct site *s)
{
    const pl_str href = url_href(u);
    int rc;

    bytes_reset(&c->meta, 1 << 20);
    if (about_write(about, &c->meta) != PL_OK)
        return PL_NOMEM;
    c->n_new += k->checked_ms == 0;
    k->queued = true;
    k->url = href.len == key.len && memcmp(href.ptr, key.ptr, key.len) == 0 ? (pl_str){NULL, 0} : href;
    k->meta = (pl_str){(const char *)c->meta.at, c->meta.len};
    rc = crawl_put(c, key, k);
    if (rc != PL_OK)
        return rc;
    return enqueue(c, s, key, k);
}

/* Whether what is known of the address says that it need not be asked for now.  A date that is yet to come tells of no change:
 * it would do so again in each run. */
static bool is_settled(const struct crawl *c, const struct known *k, int64_t newest_ms)
{
    if (k->queued || k->checked_ms == 0)
        return k->queued;
    return !due_now(k, c->o.now_ms) && (newest_ms <= k->checked_ms || newest_ms > c->o.now_ms);
}

static void not_due(struct crawl *c, const struct known *k)
{
    c->count[CRAWL_NOT_DUE]++;
    if (k->due_ms > c->o.now_ms && k->due_ms < c->next_due_ms)
        c->next_due_ms = k->due_ms;
}

int crawl_offer(struct crawl *c, const struct url *u, enum known_kind kind, const struct about *about, int64_t newest_ms,
                bool *left)
{
    const bool page = kind == KNOWN_PAGE;
    struct known k;
    int rc;

    if (canonical_url(u, c->o.tracking, &c->canonical) != PL_OK)
        return PL_NOMEM;
    const pl_str key = url_href(&c->canonical);
    if (key.len > STORE_MAX_URL || u->len > STORE_MAX_URL) {
        c->count[CRAWL_NO_ADDRESS]++;
        return PL_OK;
    }
    if (page && !patterns_allow(c->o.patterns, url_href(u))) {
        c->count[CRAWL_EXCLUDED]++;
        return PL_OK;
    }
    rc = crawl_known(c, key, &k);
    if (rc != PL_OK)
        return rc;
    if (c->pass == PASS_NEW ? k.checked_ms > 0 : c->pass == PASS_KNOWN && k.checked_ms == 0)
        return PL_OK;
    /* A story that links to the front page, say, does not make a page of that. */
    const bool list = page && k.checked_ms > 0 && is_list_kind(k.kind);
    if (is_settled(c, &k, list ? -1 : newest_ms)) {
        if (!k.queued || !due_now(&k, c->o.now_ms))
            not_due(c, &k);
        return PL_OK;
    }
    struct site *s = crawl_site(c, &c->canonical);
    if (!s)
        return PL_NOMEM;
    if (page && !list && is_over_limit(c, s)) {
        c->count[CRAWL_OVER_LIMIT]++;
        *left = true;
        return PL_OK;
    }
    if (crawl_waiting(c) >= MAX_QUEUED) {
        c->count[CRAWL_LEFT]++;
        *left = true;
        return PL_OK;
    }
    if (!list && (kind != KNOWN_UNSORTED || k.checked_ms == 0))
        k.kind = kind;
    return queue_up(c, u, key, &k, about, s);
}

int crawl_seed(struct crawl *c, pl_str address)
{
    const struct about none = {0};
    bool left = false;
    int rc = url_parse(&c->there, address, NULL);

    if (rc == PL_OK && !url_is_http(&c->there))
        rc = PL_ERROR;
    return rc == PL_OK ? crawl_offer(c, &c->there, KNOWN_UNSORTED, &none, -1, &left) : rc;
}

static int load_one(void *arg, pl_str key, const struct known *k)
{
    struct crawl *c = arg;

    if (!due_now(k, c->o.now_ms)) {
        not_due(c, k);
        return PL_OK;
    }
    const bool is_url = url_parse(&c->there, key, NULL) == PL_OK && url_is_http(&c->there);
    if (!is_url || (k->kind == KNOWN_PAGE && !patterns_allow(c->o.patterns, k->url))) {
        struct known none = *k;
        none.queued = false;
        c->count[CRAWL_EXCLUDED] += is_url;
        return crawl_put(c, key, &none);
    }
    if (crawl_waiting(c) >= MAX_QUEUED) {
        c->count[CRAWL_LEFT]++;
        return PL_OK;
    }
    struct site *s = crawl_site(c, &c->there);
    if (!s)
        return PL_NOMEM;
    if (k->kind == KNOWN_PAGE && is_over_limit(c, s)) {
        c->count[CRAWL_OVER_LIMIT]++;
        return PL_OK;
    }
    return enqueue(c, s, key, k);
}

/* A page that this run took before it was killed; what it has to ask for still, load_one() counts. */
static int count_taken(void *arg, pl_str key, const struct known *k)
{
    struct crawl *c = arg;

    if (k->kind != KNOWN_PAGE || k->checked_ms < c->o.now_ms || (k->queued && due_now(k, c->o.now_ms)))
        return PL_OK;
    if (url_parse(&c->there, key, NULL) != PL_OK)
        return PL_OK;
    struct site *s = crawl_site(c, &c->there);
    if (!s)
        return PL_NOMEM;
    ++*site_taken(s);
    return PL_OK;
}

int crawl_load(struct crawl *c)
{
    if (c->o.going_on && c->o.limit > 0) {
        const int counted = store_each(c->o.store, count_taken, c);
        if (counted != PL_OK)
            return counted == PL_NOMEM ? counted : crawl_store_fault(c, counted);
    }
    const int rc = store_each_queued(c->o.store, load_one, c);

    return rc == PL_NOMEM || c->message[0] ? rc : crawl_store_fault(c, rc);
}

/* ---- asking ---- */

static int ask_for(struct crawl *c, struct ask *a, const struct known *k)
{
    const pl_str url = ask_at(a);
    const struct transport_request q = {.url = url.ptr,
                                        .etag = k ? k->etag : (pl_str){NULL, 0},
                                        .last_modified = k ? k->last_modified : (pl_str){NULL, 0},
                                        .max_body = a->kind == ASK_ROBOTS ? ROBOTS_MAX : c->o.max_body,
                                        .digest = k && k->has_digest ? k->digest : NULL,
                                        .changed_ms = k ? k->changed_ms : 0,
                                        .patient = a->in_doubt || c->o.timeless,
                                        .owner = a};
    int rc = k ? ask_keep(a, k) : PL_OK;

    if (rc == PL_OK)
        rc = transport_start(c->o.transport, &q);
    if (rc != PL_OK) {
        hosts_passed(c->hosts, a->visit.site);
        ask_free(a);
        snprintf(c->message, sizeof c->message, "no transfer can be begun");
        return rc == PL_AGAIN ? PL_FATAL : rc;
    }
    a->begun_ms = crawl_clock(c);
    a->visit.next = c->active ? &c->active->visit : NULL;
    c->active = a;
    c->n_active++;
    c->count[CRAWL_REQUESTS]++;
    return PL_OK;
}

static int pass_over(struct crawl *c, struct ask *a)
{
    struct site *s = a->visit.site;

    ask_free(a);
    return hosts_passed(c->hosts, s);
}

/* The same once it is known that it is wanted: by the guard and the robots.txt of its origin, which may have to come first. */
static int begin_at_origin(struct crawl *c, struct ask *a, const struct known *k)
{
    struct site *s = a->visit.site;
    struct origin *o = crawl_origin(c);
    char why[160];
    int rc;

    if (!o) {
        pass_over(c, a);
        return PL_NOMEM;
    }
    a->origin = o;
    if (c->o.guard && address_host_refused(c->o.guard, url_host(&c->here), why, sizeof why)) {
        rc = hosts_passed(c->hosts, s);
        const int failed = crawl_fail(c, a, NULL, false, "refused", "%s", why);
        return rc == PL_OK ? failed : rc;
    }
    if (o->state == ROBOTS_ASKED || !origin_is_fresh(c, o)) {
        struct ask *robots = o->state == ROBOTS_ASKED ? NULL : origin_ask(o);
        const bool asked = o->state == ROBOTS_ASKED;
        origin_wait(c, o, a);
        if (asked)
            return hosts_passed(c->hosts, s);
        if (!robots)
            return PL_NOMEM;
        o->state = ROBOTS_ASKED;
        robots->visit.site = s;
        return ask_for(c, robots, NULL);
    }
    if (o->state == ROBOTS_UNREACHABLE) {
        rc = hosts_passed(c->hosts, s);
        const int failed = o->refused ? crawl_fail(c, a, NULL, false, "refused", "%s", o->why)
                                      : crawl_fail(c, a, NULL, true, "robots-unreachable",
                                                   "its robots.txt cannot be had, so nothing may be asked for (RFC 9309, "
                                                   "2.3.1.4): %s", o->why);
        return rc == PL_OK ? failed : rc;
    }
    if (!robots_allowed(o->robots, url_target(&c->here))) {
        rc = hosts_passed(c->hosts, s);
        const int put = crawl_disallowed(c, a);
        return rc == PL_OK ? put : rc;
    }
    return ask_for(c, a, k);
}

static pl_str without_fragment(pl_str url)
{
    const char *hash = memchr(url.ptr, '#', url.len);

    return (pl_str){url.ptr, hash ? (size_t)(hash - url.ptr) : url.len};
}

/* Whether c->here is being asked for by another way, which only sites can be that have several requests at once: what comes
 * of that is awaited. */
static bool is_under_way(struct crawl *c, int *rc)
{
    if (c->o.per_site <= 1 || !c->active)
        return false;
    *rc = canonical_url(&c->here, c->o.tracking, &c->canonical);
    if (*rc != PL_OK)
        return false;
    for (const struct ask *b = c->active; b; b = (const struct ask *)(const void *)b->visit.next) {
        const pl_str at = b->chain ? without_fragment(ask_at(b)) : ask_key(b);
        const pl_str here = b->chain ? without_fragment(url_href(&c->here)) : url_href(&c->canonical);
        if (at.len == here.len && memcmp(at.ptr, here.ptr, at.len) == 0)
            return true;
    }
    return false;
}

int crawl_put_off(struct crawl *c, struct ask *a, int64_t not_before_ms)
{
    a->in_doubt = a->put_off = true;
    c->n_put_off++;
    return hosts_add_later(c->hosts, a->visit.site, &a->visit, not_before_ms);
}

/* What is tried again may begin while less than half of what can be under way is slow or was tried before, so that servers that
 * are silent hold up nobody; where there is nobody else, neither waiting nor under way, it may at once. */
static bool must_wait(const struct crawl *c, const struct ask *a)
{
    const size_t most = (c->n_active + transport_room(c->o.transport)) / 2;
    const int64_t now = crawl_clock(c);
    size_t n = 0;

    if (!a->in_doubt || c->o.timeless)
        return false;
    for (const struct ask *b = c->active; b; b = (const struct ask *)(const void *)b->visit.next)
        n += b->in_doubt || now - b->begun_ms > SLOW_MS;
    return n > 0 && n >= most && (hosts_queued(c->hosts) > c->n_put_off || n < c->n_active);
}

/* Its turn has come: asks for it, or finds that this is not needed. */
static int begin(struct crawl *c, struct ask *a)
{
    struct site *s = a->visit.site;
    struct known k;
    bool came = false; /* while it waited, by another way */
    int rc = PL_OK;

    c->n_put_off -= a->put_off;
    a->put_off = false;
    a->in_doubt = a->in_doubt || *site_slow(s);
    if (must_wait(c, a)) {
        const int64_t then = crawl_clock(c) + PUT_OFF_MS;
        hosts_passed(c->hosts, s); /* it needs no memory: it was there a moment ago */
        if (*site_slow(s)) /* or all of its queue would be put off, one by one */
            hosts_hold(c->hosts, s, then);
        return crawl_put_off(c, a, then);
    }
    if (a->kind == ASK_ROBOTS)
        return ask_for(c, a, NULL);
    if (url_parse(&c->here, ask_at(a), NULL) != PL_OK)
        rc = PL_NOMEM; /* it was an address before */
    if (rc == PL_OK && a->chain)
        rc = crawl_leads_to_known(c, a, &c->here, &came);
    if (rc == PL_OK)
        rc = crawl_known(c, ask_key(a), &k);
    if (rc != PL_OK) {
        pass_over(c, a);
        return rc;
    }
    /* Another address led there in the meantime. */
    if (!k.queued)
        return pass_over(c, a);
    if (came) {
        rc = hosts_passed(c->hosts, s);
        const int passed = crawl_pass_known(c, a, NULL);
        return rc == PL_OK ? passed : rc;
    }
    if (a->kind == KNOWN_UNSORTED && is_over_limit(c, s)) {
        c->count[CRAWL_OVER_LIMIT]++;
        return pass_over(c, a);
    }
    if (is_under_way(c, &rc)) {
        hosts_passed(c->hosts, s); /* it needs no memory: it was there a moment ago */
        return hosts_add_later(c->hosts, s, &a->visit, crawl_clock(c) + AWAIT_MS);
    }
    if (rc != PL_OK) {
        pass_over(c, a);
        return rc;
    }
    return begin_at_origin(c, a, &k);
}

/* *more: others could be begun at once.  Those that come to nothing may each be a dead letter, so that their number has a
 * bound: what is handed over in one call is in memory at once. */
static int begin_some(struct crawl *c, bool *more)
{
    int rc = PL_OK;

    *more = false;
    for (int n = 0; rc == PL_OK && transport_room(c->o.transport) > 0 && !c->calls.stopping(c->calls.arg); n++) {
        *more = n == MAX_BEGUN;
        struct visit *v = *more ? NULL : hosts_next(c->hosts, crawl_clock(c));
        if (!v)
            break;
        rc = begin(c, (struct ask *)(void *)v);
    }
    return rc;
}

/* Where another's turn has come and there is no room, the most silent of those that were not tried before makes some. */
static void make_room(struct crawl *c)
{
    if (!c->o.timeless && transport_room(c->o.transport) == 0 && hosts_queued(c->hosts) > c->n_put_off &&
        hosts_wait(c->hosts, crawl_clock(c)) == 0)
        transport_let_go(c->o.transport, SLOW_MS);
}

int crawl_run(struct crawl *c, int wait_ms)
{
    const size_t before = crawl_waiting(c);
    bool more;

    if (c->later)
        return crawl_go_on(c);
    int rc = begin_some(c, &more);

    if (rc != PL_OK)
        return rc;
    if (crawl_waiting(c) == 0)
        return before ? PL_OK : PL_EOF;
    const int64_t next = transport_room(c->o.transport) > 0 ? hosts_wait(c->hosts, crawl_clock(c)) : -1;
    const int wait = more ? 0 : next >= 0 && next < wait_ms ? (int)next : wait_ms;
    if (c->n_active == 0) {
        if (more)
            return PL_OK;
        if (wait > 0)
            c->calls.sleep(c->calls.arg, wait);
        return PL_AGAIN;
    }
    const uint64_t active = c->n_active;
    make_room(c);
    rc = transport_run(c->o.transport, wait, crawl_came, c);
    if (c->rc != PL_OK)
        return c->rc;
    if (rc != PL_OK) {
        snprintf(c->message, sizeof c->message, "transfers can no longer be made");
        return rc == PL_NOMEM ? PL_NOMEM : PL_FATAL;
    }
    return more || c->n_active < active ? PL_OK : PL_AGAIN;
}
