/* fetch_discover.c - what a site's front page names.
 *
 * Feeds as RSS autodiscovery has them (https://www.rssboard.org/rss-autodiscovery), and HTML's link types. */
#include "fetch_discover.h"

#include <stdlib.h>

#include "fetch_arena.h"
#include "fetch_char.h"
#include "fetch_entity.h"
#include "fetch_likely.h"
#include "fetch_site.h"
#include "fetch_tags.h"
#include "fetch_url.h"

enum { MAX_LINKS = 20000 /* of <a> that are looked at */, MAX_ADDRESS = 4096, MAX_TITLE = 200 };

/* Addresses that were taken, by FNV-1a; open addressing, at most half full. */
struct seen {
    pl_str *at;
    size_t n, size;
};

struct list {
    struct discovered_link *at;
    size_t n, cap, max;
};

struct search {
    struct discovered *d;
    struct url base, url;
    pl_str self;          /* the page's own address without fragment, in the arena */
    pl_str site, path;    /* of it */
    bool of_article;      /* it looks like an article's */
    struct seen seen;
    struct list feed, guess, sitemap, page;
    struct bytes text;    /* for references */
    struct bytes title;   /* of the <a> that is open */
    size_t open;          /* 1 + the page whose <a> is open; 0: none */
    size_t n_links;
    bool has_base;
};

static pl_str view(const struct bytes *b)
{
    return (pl_str){(const char *)b->at, b->len};
}

/* ---- addresses ---- */

static size_t hash_of(pl_str s)
{
    uint64_t h = 14695981039346656037u;

    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.ptr[i]) * 1099511628211u;
    return (size_t)(h ^ h >> 32);
}

static pl_str *place_of(struct seen *k, pl_str url)
{
    size_t i = hash_of(url) & (k->size - 1);

    while (k->at[i].len && (k->at[i].len != url.len || memcmp(k->at[i].ptr, url.ptr, url.len) != 0))
        i = (i + 1) & (k->size - 1);
    return &k->at[i];
}

static int grow(struct seen *k)
{
    struct seen more = {.n = k->n, .size = k->size ? k->size * 2 : 256};

    more.at = calloc(more.size, sizeof *more.at);
    if (!more.at)
        return PL_NOMEM;
    for (size_t i = 0; i < k->size; i++) {
        if (k->at[i].len)
            *place_of(&more, k->at[i]) = k->at[i];
    }
    free(k->at);
    *k = more;
    return PL_OK;
}

/* PL_OK and the address in the arena; PL_EOF: it was there before. */
static int remember(struct search *s, pl_str url, pl_str *kept)
{
    if (s->seen.n * 2 >= s->seen.size && grow(&s->seen) != PL_OK)
        return PL_NOMEM;
    pl_str *place = place_of(&s->seen, url);
    if (place->len)
        return PL_EOF;
    *place = fetch_arena_copy(s->d->memory, url);
    if (!place->len)
        return PL_NOMEM;
    s->seen.n++;
    *kept = *place;
    return PL_OK;
}

static pl_str without_fragment(const struct url *u)
{
    const pl_str href = url_href(u);

    return (pl_str){href.ptr, u->fragment < href.len ? u->fragment : href.len};
}

/* The address that an attribute means, in s->url; PL_EOF: none of http or https. */
static int resolve(struct search *s, pl_str value)
{
    value = trimmed(value);
    if (value.len > MAX_ADDRESS)
        return PL_EOF;
    s->text.len = 0;
    if (references_undo(value, &s->text) != PL_OK)
        return PL_NOMEM;
    const int rc = url_parse(&s->url, view(&s->text), &s->base);
    return rc == PL_NOMEM ? rc : rc == PL_OK && url_is_http(&s->url) ? PL_OK : PL_EOF;
}

static int add(struct list *l, struct discovered_link link)
{
    if (l->n == l->cap) {
        const size_t cap = l->cap ? l->cap * 2 : 16;
        struct discovered_link *more = realloc(l->at, cap * sizeof *more);
        if (!more)
            return PL_NOMEM;
        l->at = more;
        l->cap = cap;
    }
    l->at[l->n++] = link;
    return PL_OK;
}

/* Text without references and with single spaces, in the arena. */
static int keep_text(struct search *s, pl_str text, pl_str *kept)
{
    size_t n = 0;

    s->text.len = 0;
    if (references_undo(text, &s->text) != PL_OK)
        return PL_NOMEM;
    char *at = (char *)s->text.at;
    for (size_t i = 0; i < s->text.len; i++) {
        const char c = (unsigned char)at[i] <= ' ' ? ' ' : at[i];
        if (c != ' ' || (n && at[n - 1] != ' '))
            at[n++] = c;
    }
    *kept = fetch_arena_copy(s->d->memory, trimmed((pl_str){at, n}));
    return fetch_arena_failed(s->d->memory) ? PL_NOMEM : PL_OK;
}

/* s->url goes to a list, unless it is there, or that is full. */
static int take(struct search *s, struct list *l, pl_str title, bool guessed)
{
    struct discovered_link link = {.guessed = guessed};

    if (l->n == l->max)
        return PL_OK;
    int rc = remember(s, without_fragment(&s->url), &link.url);
    if (rc == PL_EOF)
        return PL_OK;
    if (rc == PL_OK && title.len)
        rc = keep_text(s, title.len > MAX_TITLE ? (pl_str){title.ptr, MAX_TITLE} : title, &link.title);
    return rc == PL_OK ? add(l, link) : rc;
}

/* ---- <base>, <link> ---- */

static int set_base(struct search *s, pl_str href)
{
    int rc = s->has_base ? PL_EOF : resolve(s, href);

    if (rc == PL_OK) {
        s->has_base = true;
        rc = url_copy(&s->base, &s->url);
        s->d->base = fetch_arena_copy(s->d->memory, url_href(&s->base));
    }
    return rc == PL_EOF ? PL_OK : rc;
}

/* Is the word among those of a list that spaces part, as `rel` is one? */
static bool has_word(pl_str list, const char *word)
{
    for (size_t i = 0, from = 0; i <= list.len; i++) {
        if (i < list.len && (unsigned char)list.ptr[i] > ' ')
            continue;
        if (i > from && tag_is((pl_str){list.ptr + from, i - from}, word))
            return true;
        from = i + 1;
    }
    return false;
}

static bool is_feed_type(pl_str type)
{
    static const char *const types[] = {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json",
                                        "application/x.atom+xml", "application/rss", "text/rss+xml", "text/rss"};
    const char *semicolon = type.len ? memchr(type.ptr, ';', type.len) : NULL;
    const pl_str t = trimmed(semicolon ? (pl_str){type.ptr, (size_t)(semicolon - type.ptr)} : type);

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (tag_is(t, types[i]))
            return true;
    }
    return false;
}

/* What readers say is no news: "/comments/feed/", and "/2025/11/08/tram/feed/" on that article's page. */
static bool is_of_comments(const struct search *s)
{
    static const char mark[] = "/comments/";
    const pl_str path = url_path(&s->url);

    if (s->of_article && path.len > s->path.len && path.len <= s->path.len + 6 && memcmp(path.ptr, s->path.ptr, s->path.len) == 0)
        return true;
    for (size_t i = 0; i + sizeof mark - 1 <= path.len; i++) {
        if (memcmp(path.ptr + i, mark, sizeof mark - 1) == 0)
            return true;
    }
    return false;
}

struct link {
    pl_str rel, type, href, title;
    bool has_href;
};

static void read_link(const struct tags *t, const struct tag *tag, struct link *l)
{
    const char *at = tag->inner;
    struct tag_attribute a;

    *l = (struct link){.has_href = false};
    while (tag_attribute_next(t, &at, &a)) {
        pl_str *to = tag_is(a.name, "rel") ? &l->rel : tag_is(a.name, "type") ? &l->type : tag_is(a.name, "title") ? &l->title
                     : tag_is(a.name, "href") ? &l->href : NULL;
        if (!to || to->ptr)
            continue;
        *to = a.value;
        l->has_href |= to == &l->href;
    }
}

static int on_link(struct search *s, const struct link *l)
{
    const bool feed = (has_word(l->rel, "alternate") && is_feed_type(l->type)) || has_word(l->rel, "feed");
    const bool sitemap = has_word(l->rel, "sitemap"), canonical = has_word(l->rel, "canonical") && !s->d->canonical.len;

    if (!l->has_href || (!feed && !sitemap && !canonical))
        return PL_OK;
    const int rc = resolve(s, l->href);
    if (rc != PL_OK)
        return rc == PL_EOF ? PL_OK : rc;
    if (canonical) {
        s->d->canonical = fetch_arena_copy(s->d->memory, without_fragment(&s->url));
        return PL_OK;
    }
    if (feed && is_of_comments(s))
        return PL_OK;
    return take(s, feed ? &s->feed : &s->sitemap, l->title, false);
}

/* ---- <a> ---- */

static bool is_same_site(const struct search *s)
{
    const pl_str site = site_of_host(url_host(&s->url));

    return site.len == s->site.len && memcmp(site.ptr, s->site.ptr, site.len) == 0;
}

static int on_anchor(struct search *s, const struct link *l)
{
    const pl_str href = trimmed(l->href);

    if (!l->has_href || href.len == 0 || *href.ptr == '#' || s->n_links++ >= MAX_LINKS)
        return PL_OK;
    const int rc = resolve(s, href);
    if (rc != PL_OK)
        return rc == PL_EOF ? PL_OK : rc;
    const enum likely what = likely_of(url_target(&s->url));
    if (is_feed_type(l->type) || what == LIKELY_FEED)
        return is_of_comments(s) ? PL_OK : take(s, &s->guess, l->title, true);
    if (!is_same_site(s) || what == LIKELY_FILE)
        return PL_OK;
    if (what == LIKELY_SITEMAP)
        return take(s, &s->sitemap, (pl_str){NULL, 0}, true);
    const size_t before = s->page.n;
    const int taken = take(s, &s->page, (pl_str){NULL, 0}, what != LIKELY_ARTICLE);
    if (taken == PL_OK && s->page.n > before) {
        s->open = s->page.n;
        s->title.len = 0;
    }
    return taken;
}

/* The first words of a link; a comment in them ends them. */
static int add_title(struct search *s, pl_str text)
{
    for (size_t i = 0; i + 4 <= text.len && text.len; i++) {
        if (memcmp(text.ptr + i, "<!--", 4) == 0)
            text.len = i;
    }
    if (!s->open || s->title.len >= MAX_TITLE)
        return PL_OK;
    if (s->title.len && bytes_add(&s->title, " ", 1) != PL_OK)
        return PL_NOMEM;
    return bytes_add(&s->title, text.ptr, text.len < MAX_TITLE ? text.len : MAX_TITLE);
}

static int close_anchor(struct search *s)
{
    int rc = PL_OK;

    if (s->open && s->title.len)
        rc = keep_text(s, view(&s->title), &s->page.at[s->open - 1].title);
    s->open = 0;
    return rc;
}

/* ---- the page ---- */

static int on_tag(struct search *s, const struct tags *t, const struct tag *tag)
{
    const bool anchor = tag_is(tag->name, "a");
    struct link l;
    int rc = s->open ? add_title(s, tag->text) : PL_OK;

    if (rc == PL_OK && anchor)
        rc = close_anchor(s);
    if (rc != PL_OK || tag->closes)
        return rc;
    if (!anchor && !tag_is(tag->name, "link") && !tag_is(tag->name, "base") && !tag_is(tag->name, "area"))
        return PL_OK;
    read_link(t, tag, &l);
    if (tag_is(tag->name, "base"))
        return l.has_href ? set_base(s, l.href) : PL_OK;
    return tag_is(tag->name, "link") ? on_link(s, &l) : on_anchor(s, &l);
}

static int begin(struct search *s, const struct url *base)
{
    s->feed.max = s->guess.max = DISCOVER_MAX_FEEDS;
    s->sitemap.max = DISCOVER_MAX_SITEMAPS;
    s->page.max = DISCOVER_MAX_PAGES;
    if (url_copy(&s->base, base) != PL_OK)
        return PL_NOMEM;
    s->site = fetch_arena_copy(s->d->memory, site_of_host(url_host(base)));
    s->path = fetch_arena_copy(s->d->memory, url_path(base));
    s->of_article = s->path.len && likely_of(s->path) == LIKELY_ARTICLE;
    /* the page itself is none of its links */
    return remember(s, without_fragment(base), &s->self);
}

/* The lists become the caller's. */
static void hand_over(struct search *s)
{
    struct list *feeds = s->feed.n ? &s->feed : &s->guess;

    s->d->feed = feeds->at;
    s->d->n_feeds = feeds->n;
    s->d->sitemap = s->sitemap.at;
    s->d->n_sitemaps = s->sitemap.n;
    s->d->page = s->page.at;
    s->d->n_pages = s->page.n;
    feeds->at = s->sitemap.at = s->page.at = NULL;
}

static void search_done(struct search *s)
{
    url_done(&s->base);
    url_done(&s->url);
    bytes_done(&s->text);
    bytes_done(&s->title);
    free(s->seen.at);
    free(s->feed.at);
    free(s->guess.at);
    free(s->sitemap.at);
    free(s->page.at);
}

int discover(pl_str html, const struct url *base, struct discovered **out)
{
    struct search s = {.d = calloc(1, sizeof *s.d)};
    struct tags t = {html.ptr, html.ptr + html.len, 0};
    struct tag tag;
    int rc = PL_NOMEM;

    *out = NULL;
    if (!s.d || !(s.d->memory = fetch_arena_new()))
        goto done;
    rc = begin(&s, base);
    while (rc == PL_OK && tags_next(&t, &tag))
        rc = on_tag(&s, &t, &tag);
    if (rc == PL_OK)
        rc = close_anchor(&s);
    if (rc == PL_OK && fetch_arena_failed(s.d->memory))
        rc = PL_NOMEM;
    if (rc == PL_OK) {
        hand_over(&s);
        *out = s.d;
        s.d = NULL;
    }
done:
    search_done(&s);
    discovered_free(s.d);
    return rc;
}

void discovered_free(struct discovered *d)
{
    if (!d)
        return;
    fetch_arena_free(d->memory);
    free(d->feed);
    free(d->sitemap);
    free(d->page);
    free(d);
}
