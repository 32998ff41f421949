/* fetch_crawl_lists.c - what feeds, sitemaps, robots.txt and front pages name. */
#include "fetch_crawl_parts.h"
#include "fetch_discover.h"
#include "fetch_feed.h"
#include "fetch_section.h"
#include "fetch_sitemap.h"
#include "fetch_when.h"

#include <stdlib.h>

static int64_t newer(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static bool is_old(const struct crawl *c, int64_t newest_ms)
{
    return newest_ms >= 0 && newest_ms < c->o.since_ms;
}

/* An address of a list; false: it is none, or *rc. */
static bool resolve(struct crawl *c, pl_str link, const struct url *base, int *rc)
{
    *rc = link.len ? url_parse(&c->there, link, base) : PL_ERROR;
    if (*rc == PL_OK && url_is_http(&c->there))
        return true;
    c->count[CRAWL_NO_ADDRESS]++;
    *rc = *rc == PL_NOMEM ? PL_NOMEM : PL_OK;
    return false;
}

/* ---- entries that are records themselves ---- */

struct entry {
    pl_str link, content;
    bool is_html;
    struct about about;
    int64_t newest_ms;
};

/* The date that an entry had stands where a page has its digest: one that is yet to come would be news in each run. */
static void put_date(struct known *k, int64_t newest_ms)
{
    memset(k->digest, 0, sizeof k->digest);
    memcpy(k->digest, &newest_ms, sizeof newest_ms);
    k->has_digest = true;
}

static bool entry_is_known(const struct known *k, int64_t newest_ms)
{
    struct known same = {0};

    put_date(&same, newest_ms);
    return k->checked_ms && (newest_ms <= k->checked_ms ||
                             (k->has_digest && memcmp(k->digest, same.digest, sizeof same.digest) == 0));
}

static int hand_over(struct crawl *c, struct list *l, const struct entry *e)
{
    struct known k;
    int rc;

    if (canonical_url(&c->there, c->o.tracking, &c->canonical) != PL_OK)
        return PL_NOMEM;
    const pl_str key = url_href(&c->canonical);
    if (key.len > STORE_MAX_URL) {
        c->count[CRAWL_NO_ADDRESS]++;
        return PL_OK;
    }
    if (!patterns_allow(c->o.patterns, url_href(&c->there))) {
        c->count[CRAWL_EXCLUDED]++;
        return PL_OK;
    }
    rc = crawl_known(c, key, &k);
    if (rc != PL_OK)
        return rc;
    if (entry_is_known(&k, e->newest_ms)) {
        c->count[CRAWL_NOT_DUE]++;
        return PL_OK;
    }
    struct site *s = crawl_site(c, &c->canonical);
    if (!s)
        return PL_NOMEM;
    if (c->o.limit > 0 && *site_taken(s) >= (uint64_t)c->o.limit) {
        c->count[CRAWL_OVER_LIMIT]++;
        l->left = true;
        return PL_OK;
    }
    ++*site_taken(s);
    const struct crawl_entry out = {.url = url_href(&c->there),
                                    .list = l->base,
                                    .about = &e->about,
                                    .content = e->content,
                                    .is_html = e->is_html,
                                    .sequence = store_next_sequence(c->o.store)};
    rc = out.sequence ? c->calls.entry(c->calls.arg, &out) : crawl_store_fault(c, PL_FATAL);
    if (rc != PL_OK)
        return rc;
    c->count[CRAWL_ENTRIES]++;
    const struct due_facts f = {.outcome = DUE_CHANGED, .now_ms = c->o.now_ms, .max_age_s = -1, .ttl_s = -1,
                                .retry_after_ms = -1};
    c->n_new++;
    k.kind = KNOWN_PAGE;
    due_next(&k, &f);
    put_date(&k, e->newest_ms);
    k.queued = false;
    k.url = k.meta = (pl_str){NULL, 0};
    return crawl_put(c, key, &k);
}

static int take(struct crawl *c, struct list *l, const struct url *base, const struct entry *e)
{
    int rc;

    if (is_old(c, e->newest_ms)) {
        c->count[CRAWL_OLD]++;
        return PL_OK;
    }
    if (!resolve(c, e->link, base, &rc))
        return rc;
    return c->o.pages ? crawl_offer(c, &c->there, KNOWN_PAGE, &e->about, e->newest_ms, &l->left) : hand_over(c, l, e);
}

/* `f` or `s` is the list's from here on. */
static int put_off(struct crawl *c, struct list *l, const struct url *base, struct feed *f, struct sitemap *s)
{
    struct later *p = malloc(sizeof *p + l->base.len), **at = &c->later;

    if (!p) {
        feed_free(f);
        sitemap_free(s);
        return PL_NOMEM;
    }
    *p = (struct later){.feed = f, .sitemap = s, .list.base = {p->base, l->base.len}, .has_url = base != NULL};
    if (l->base.len)
        memcpy(p->base, l->base.ptr, l->base.len);
    while (*at)
        at = &(*at)->next;
    *at = l->later = p;
    return PL_OK;
}

void later_free(struct later *p)
{
    feed_free(p->feed);
    sitemap_free(p->sitemap);
    if (p->ask)
        ask_free(p->ask);
    free(p);
}

/* ---- feeds ---- */

static pl_str written(int64_t ms, char room[32])
{
    room[0] = 0;
    if (ms >= 0)
        when_rfc3339(ms, room);
    return (pl_str){room, strlen(room)};
}

/* Lines of a scratch buffer. */
static pl_str join(struct bytes *b, pl_list words)
{
    bytes_reset(b, 1 << 16);
    for (size_t i = 0; i < words.n && b->len < ABOUT_MAX_PART; i++) {
        if (words.at[i].len == 0 || memchr(words.at[i].ptr, '\n', words.at[i].len))
            continue;
        if ((b->len && bytes_add(b, "\n", 1) != PL_OK) || bytes_add(b, words.at[i].ptr, words.at[i].len) != PL_OK)
            break;
    }
    return (pl_str){(const char *)b->at, b->len};
}

static int read_entry(struct crawl *c, struct list *l, const struct url *base, const struct feed *f, size_t i)
{
    const struct feed_entry *e = &f->entry[i];
    struct entry out = {.link = e->link, .content = e->content.len ? e->content : e->summary,
                        .is_html = e->content.len ? e->content_is_html : false,
                        .newest_ms = newer(e->published_ms, e->updated_ms)};
    struct bytes tags = {0};
    char published[32], modified[32];
    pl_str *part = out.about.part;

    part[ABOUT_TITLE] = e->title;
    part[ABOUT_AUTHOR] = e->author;
    part[ABOUT_SUMMARY] = e->summary;
    part[ABOUT_PUBLISHED] = written(e->published_ms, published);
    part[ABOUT_MODIFIED] = written(e->updated_ms, modified);
    part[ABOUT_LANGUAGE] = e->language;
    part[ABOUT_IMAGE] = e->image;
    part[ABOUT_SITE] = e->source.len ? e->source : f->title;
    part[ABOUT_TAGS] = join(&tags, e->categories);
    const int rc = take(c, l, base, &out);
    bytes_done(&tags);
    return rc;
}

static int read_feed(struct crawl *c, struct list *l, const struct url *base)
{
    struct feed *f = NULL;
    int rc = PL_OK;
    const enum feed_result told = feed_parse(&f, l->bytes, l->content_type, base ? l->base : (pl_str){NULL, 0}, l->message,
                                             sizeof l->message);

    if (told != FEED_OK)
        return told == FEED_NOMEM ? PL_NOMEM : PL_ERROR;
    if (l->message[0])
        crawl_say(c, PL_LOG_DEBUG, "%.*s: %s", (int)l->base.len, l->base.ptr, l->message);
    l->ttl_s = f->ttl_s;
    if (!c->o.pages)
        return put_off(c, l, base, f, NULL);
    for (size_t i = 0; i < f->n_entries && rc == PL_OK; i++)
        rc = read_entry(c, l, base, f, i);
    feed_free(f);
    return rc;
}

/* ---- sitemaps ---- */

static int read_child(struct crawl *c, struct list *l, const struct url *base, const struct sitemap_entry *e)
{
    const struct about about = {.depth = l->depth + 1};
    int rc;

    if (is_old(c, e->lastmod_ms)) {
        c->count[CRAWL_OLD]++;
        return PL_OK;
    }
    if (!resolve(c, e->loc, base, &rc))
        return rc;
    return crawl_offer(c, &c->there, KNOWN_SITEMAP, &about, e->lastmod_ms, &l->left);
}

static int read_place(struct crawl *c, struct list *l, const struct url *base, const struct sitemap_entry *e)
{
    char published[32], modified[32];
    struct bytes tags = {0};
    struct entry out = {.link = e->loc, .newest_ms = newer(e->lastmod_ms, e->news_ms)};
    pl_str *part = out.about.part, keywords = e->news_keywords;

    part[ABOUT_TITLE] = e->news_title;
    part[ABOUT_PUBLISHED] = written(e->news_ms, published);
    part[ABOUT_MODIFIED] = written(e->lastmod_ms, modified);
    part[ABOUT_LANGUAGE] = e->news_language;
    part[ABOUT_SITE] = e->news_name;
    while (keywords.len) {
        const char *comma = memchr(keywords.ptr, ',', keywords.len);
        pl_str word = {keywords.ptr, comma ? (size_t)(comma - keywords.ptr) : keywords.len};
        keywords = comma ? (pl_str){comma + 1, keywords.len - word.len - 1} : (pl_str){NULL, 0};
        while (word.len && word.ptr[0] == ' ')
            word = (pl_str){word.ptr + 1, word.len - 1};
        if (word.len && tags.len < ABOUT_MAX_PART && !memchr(word.ptr, '\n', word.len) &&
            ((tags.len && bytes_add(&tags, "\n", 1) != PL_OK) || bytes_add(&tags, word.ptr, word.len) != PL_OK))
            break;
    }
    part[ABOUT_TAGS] = (pl_str){(const char *)tags.at, tags.len};
    const int rc = take(c, l, base, &out);
    bytes_done(&tags);
    return rc;
}

static int read_sitemap(struct crawl *c, struct list *l, const struct url *base)
{
    struct sitemap *s = NULL;
    int rc = PL_OK;

    switch (sitemap_parse(&s, l->bytes, l->content_type, l->message, sizeof l->message)) {
    case SITEMAP_OK:
        break;
    case SITEMAP_FEED:
        return read_feed(c, l, base);
    case SITEMAP_NOMEM:
        return PL_NOMEM;
    default:
        if (!l->message[0])
            snprintf(l->message, sizeof l->message, "this is no sitemap");
        return PL_ERROR;
    }
    if (l->message[0])
        crawl_say(c, PL_LOG_DEBUG, "%.*s: %s", (int)l->base.len, l->base.ptr, l->message);
    c->count[CRAWL_NO_ADDRESS] += s->n_passed;
    if (s->kind == SITEMAP_INDEX && l->depth >= MAX_DEPTH) {
        crawl_say(c, PL_LOG_WARN, "%.*s: indexes of sitemaps are nested more than %d deep", (int)l->base.len, l->base.ptr,
                  MAX_DEPTH);
        s->n_entries = 0;
    }
    if (!c->o.pages && s->kind != SITEMAP_INDEX)
        return put_off(c, l, base, NULL, s);
    for (size_t i = 0; i < s->n_entries && rc == PL_OK; i++)
        rc = s->kind == SITEMAP_INDEX ? read_child(c, l, base, &s->entry[i]) : read_place(c, l, base, &s->entry[i]);
    sitemap_free(s);
    return rc;
}

/* ---- a few entries at a time ---- */

static int take_one(struct crawl *c, struct later *p, const struct url *base, size_t *bytes)
{
    if (p->sitemap)
        return read_place(c, &p->list, base, &p->sitemap->entry[p->at]);
    const struct feed_entry *e = &p->feed->entry[p->at];
    *bytes += e->content.len + e->summary.len + e->title.len;
    return read_entry(c, &p->list, base, p->feed, p->at);
}

static int end_first(struct crawl *c)
{
    struct later *p = c->later;
    struct known k;
    int rc = PL_OK;

    if (p->ask) {
        rc = ask_known(c, p->ask, &k);
        if (rc == PL_OK)
            rc = crawl_list_ended(c, p->ask, &k, &p->facts, p->list.left);
    }
    c->later = p->next;
    later_free(p);
    return rc;
}

int crawl_go_on(struct crawl *c)
{
    struct later *p = c->later;
    const size_t n = p->sitemap ? p->sitemap->n_entries : p->feed->n_entries;
    const uint64_t n_new = c->n_new;
    size_t bytes = 0;
    int rc = PL_OK;

    if (p->has_url && url_parse(&c->here, p->list.base, NULL) != PL_OK)
        return PL_NOMEM; /* it was an address before */
    for (int i = 0; i < MAX_ENTRIES && bytes < MAX_ENTRY_BYTES && p->at < n && rc == PL_OK; i++) {
        rc = take_one(c, p, p->has_url ? &c->here : NULL, &bytes);
        p->at++;
    }
    p->facts.n_news += (int64_t)(c->n_new - n_new);
    return rc == PL_OK && p->at == n ? end_first(c) : rc;
}

/* ---- robots.txt and front pages ---- */

static int offer_all(struct crawl *c, struct list *l, const struct url *base, enum known_kind kind,
                     const struct discovered_link *link, size_t n)
{
    const struct about about = {.depth = 0};
    int rc = PL_OK;

    for (size_t i = 0; i < n && rc == PL_OK; i++) {
        if (kind == KNOWN_PAGE && link[i].guessed)
            continue;
        if (resolve(c, link[i].url, base, &rc))
            rc = crawl_offer(c, &c->there, kind, &about, -1, &l->left);
    }
    return rc;
}

static int offer_sitemaps(struct crawl *c, struct list *l, const struct url *base, const struct robots *robots, size_t *n)
{
    int rc = PL_OK;
    pl_str at;

    for (*n = 0; rc == PL_OK && robots && (at = robots_sitemap(robots, *n)).ptr; ++*n) {
        const struct discovered_link link = {.url = at};
        rc = offer_all(c, l, base, KNOWN_SITEMAP, &link, 1);
    }
    return rc;
}

static int read_robots(struct crawl *c, struct list *l, const struct url *base)
{
    struct robots *robots;
    size_t n = 0;
    int rc = robots_parse(&robots, l->bytes, PL_S("pressline"));

    if (rc == PL_OK)
        rc = offer_sitemaps(c, l, base, robots, &n);
    if (rc == PL_OK && n == 0) {
        snprintf(l->message, sizeof l->message, "this robots.txt names no sitemap");
        rc = PL_ERROR;
    }
    robots_free(robots);
    return rc;
}

static bool is_robots(pl_str target)
{
    static const pl_str name = {"/robots.txt", 11};

    return target.len == name.len && memcmp(target.ptr, name.ptr, name.len) == 0;
}

/* Its feeds and sitemaps and those of its robots.txt, which are the whole site's, so not a section's; pages that it links to
 * only where it has none of these. */
static int read_front(struct crawl *c, struct list *l, const struct url *base)
{
    struct decoded page;
    struct discovered *d = NULL;
    size_t n = 0;
    int rc = decode(&c->decoder, l->bytes, l->charset, &page);

    if (rc == PL_OK)
        rc = discover(page.text, base, &d);
    if (rc != PL_OK)
        return PL_NOMEM;
    const struct origin *o = crawl_origin(c); /* of c->here, which is `base` */
    rc = offer_all(c, l, base, KNOWN_FEED, d->feed, d->n_feeds);
    if (rc == PL_OK)
        rc = offer_all(c, l, base, KNOWN_SITEMAP, d->sitemap, d->n_sitemaps);
    if (rc == PL_OK && o && url_target(base).len <= 1)
        rc = offer_sitemaps(c, l, base, o->robots, &n);
    if (rc == PL_OK && d->n_feeds + d->n_sitemaps + n == 0)
        rc = offer_all(c, l, base, KNOWN_PAGE, d->page, d->n_pages);
    discovered_free(d);
    return rc;
}

static int read_once(struct crawl *c, struct list *l)
{
    const struct url *base = NULL;

    l->message[0] = 0;
    if (l->base.len && url_parse(&c->here, l->base, NULL) == PL_OK)
        base = &c->here;
    switch (l->kind) {
    case KNOWN_FEED:
        return read_feed(c, l, base);
    case KNOWN_SITEMAP:
        return base && is_robots(url_target(base)) ? read_robots(c, l, base) : read_sitemap(c, l, base);
    default:
        return read_front(c, l, base);
    }
}

/* What a site may bring in a run are pages that it has not brought yet, and only then others that may have changed. */
int crawl_read_list(struct crawl *c, struct list *l)
{
    static const enum crawl_count once[] = {CRAWL_OLD, CRAWL_EXCLUDED, CRAWL_NO_ADDRESS};
    uint64_t before[sizeof once / sizeof *once];
    int rc;

    if (c->o.limit <= 0 || !c->o.pages)
        return read_once(c, l);
    c->pass = PASS_NEW;
    rc = read_once(c, l);
    c->pass = PASS_KNOWN;
    for (size_t i = 0; i < sizeof once / sizeof *once; i++)
        before[i] = c->count[once[i]];
    if (rc == PL_OK)
        rc = read_once(c, l);
    for (size_t i = 0; i < sizeof once / sizeof *once; i++)
        c->count[once[i]] = before[i];
    c->pass = PASS_ALL;
    return rc;
}

/* As url_target(): it was parsed when it was asked for. */
static pl_str target_of(pl_str address)
{
    const char *scheme = memchr(address.ptr, ':', address.len);
    const size_t host = scheme ? (size_t)(scheme - address.ptr) + 3 : address.len;
    const char *path = host < address.len ? memchr(address.ptr + host, '/', address.len - host) : NULL;

    if (!path)
        return (pl_str){NULL, 0};
    const size_t n = address.len - (size_t)(path - address.ptr);
    const char *fragment = memchr(path, '#', n);
    return (pl_str){path, fragment ? (size_t)(fragment - path) : n};
}

enum known_kind crawl_sort(pl_str address, pl_str bytes, pl_str content_type)
{
    const pl_str target = target_of(address);

    if (is_robots(target))
        return KNOWN_SITEMAP;
    if (feed_looks_like(bytes, content_type))
        return KNOWN_FEED;
    if (sitemap_looks_like(bytes))
        return KNOWN_SITEMAP;
    return target.len <= 1 ? KNOWN_FRONT : KNOWN_PAGE;
}

bool crawl_may_be_section(pl_str address)
{
    return section_may_be(target_of(address));
}

int crawl_is_section(struct crawl *c, pl_str address, pl_str bytes, pl_str charset, bool *is)
{
    struct decoded page;
    struct discovered *d = NULL;
    int rc = decode(&c->decoder, bytes, charset, &page);

    *is = false;
    if (rc == PL_OK && url_parse(&c->here, address, NULL) == PL_OK)
        rc = discover(page.text, &c->here, &d);
    if (!d)
        return PL_NOMEM;
    *is = section_is(page.text, d);
    discovered_free(d);
    return rc;
}

/* ---- lists in files ---- */

int crawl_file(struct crawl *c, enum crawl_list kind, pl_str bytes, pl_str name, char *message, size_t size)
{
    struct list l = {.kind = kind == CRAWL_LIST_FEED ? KNOWN_FEED : KNOWN_SITEMAP, .bytes = bytes, .ttl_s = -1};
    int rc;

    l.base = name;
    if (kind == CRAWL_LIST_FEED)
        rc = read_feed(c, &l, NULL);
    else if (kind == CRAWL_LIST_ROBOTS)
        rc = read_robots(c, &l, NULL);
    else
        rc = read_sitemap(c, &l, NULL);
    if (rc == PL_OK)
        c->count[kind == CRAWL_LIST_FEED ? CRAWL_FEEDS : CRAWL_SITEMAPS]++;
    if (rc == PL_ERROR)
        snprintf(message, size, "%s", l.message);
    return rc;
}
