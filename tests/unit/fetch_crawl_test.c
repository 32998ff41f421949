/* fetch_crawl_test.c - the crawl over a web of the test's own: what is asked for and in which order, what comes of it, and what
 * is left of it after a restart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fetch_crawl.h"
#include "fetch_header.h"

enum { START = 1790000000 }; /* seconds since 1970 */
#define START_MS ((int64_t)START * 1000)

/* What the servers of the test have; `times` of it answer with `status` before the rest of the table is looked at. */
struct place {
    const char *url;
    int status;
    const char *head, *body;
    int times; /* 0: always */
    enum transport_fault fault;
};

struct sent {
    void *owner;
    char url[512], request[1024];
    bool again; /* it was asked for before */
    bool patient, gone;
    int64_t heard;
};

struct world {
    struct transport t; /* first */
    struct place *places;
    struct sent sent[64];
    size_t n_sent, transfers;
    int64_t now, took;
    int64_t silence; /* until a place of TRANSPORT_SLOW comes to its end; 0: as all others */
    char log[1 << 16]; /* "TIME URL" of each request, one a line */
    char out[1 << 16]; /* what the crawl handed over */
    size_t most_again; /* that were under way at once, before anything came */
    bool stop;
    struct store *store;
    struct patterns *patterns;
    struct tracking *tracking;
    struct address_guard *guard;
    struct crawl_options o;
    struct crawl *crawl;
};

static int start(struct transport *t, const struct transport_request *q)
{
    struct world *w = (struct world *)(void *)t;
    struct sent *s = &w->sent[w->n_sent++];
    size_t n = strlen(w->log);

    assert_true(w->n_sent <= w->transfers);
    *s = (struct sent){.owner = q->owner, .patient = q->patient, .heard = w->now};
    snprintf(s->url, sizeof s->url, "%s", q->url);
    s->again = strstr(w->log, q->url) != NULL;
    size_t again = 0;
    for (size_t i = 0; i < w->n_sent && !strstr(w->out, "[last]"); i++)
        again += w->sent[i].again;
    w->most_again = again > w->most_again ? again : w->most_again;
    snprintf(s->request, sizeof s->request, "GET / HTTP/1.1\r\n");
    if (q->etag.len)
        snprintf(s->request + strlen(s->request), 400, "If-None-Match: %.*s\r\n", (int)q->etag.len, q->etag.ptr);
    if (q->last_modified.len)
        snprintf(s->request + strlen(s->request), 400, "If-Modified-Since: %.*s\r\n", (int)q->last_modified.len,
                 q->last_modified.ptr);
    strcat(s->request, "\r\n");
    snprintf(w->log + n, sizeof w->log - n, "%lld %s\n", (long long)w->now, q->url);
    return PL_OK;
}

static struct place *place_of(struct world *w, const char *url)
{
    for (struct place *p = w->places; p->url; p++) {
        if (strcmp(p->url, url) == 0 && p->times >= 0) {
            p->times = p->times == 1 ? -1 : p->times > 1 ? p->times - 1 : 0;
            return p;
        }
    }
    return NULL;
}

static bool is_silent(const struct world *w, const struct sent *s)
{
    bool silent = false;

    for (const struct place *p = w->places; w->silence && p->url; p++)
        silent = silent || (p->fault == TRANSPORT_SLOW && strcmp(p->url, s->url) == 0);
    return silent && !s->gone && w->now - s->heard < w->silence;
}

static bool let_go(struct transport *t, int64_t silent_ms)
{
    struct world *w = (struct world *)(void *)t;
    struct sent *most = NULL;

    for (size_t i = 0; i < w->n_sent; i++) {
        struct sent *s = &w->sent[i];
        if (!s->patient && !s->gone && (!most || s->heard < most->heard))
            most = s;
    }
    if (!most || w->now - most->heard < silent_ms)
        return false;
    return most->gone = true;
}

/* The oldest of those under way ends that is not silent. */
static int run(struct transport *t, int wait_ms, transport_done *done, void *arg)
{
    struct world *w = (struct world *)(void *)t;
    struct transport_response r = {.status = 404};
    char head[1024];

    if (w->n_sent == 0)
        return PL_OK;
    size_t i = 0;
    while (i < w->n_sent && is_silent(w, &w->sent[i]))
        i++;
    if (i == w->n_sent) {
        w->now += wait_ms;
        return PL_OK;
    }
    const struct sent s = w->sent[i];
    memmove(w->sent + i, w->sent + i + 1, (--w->n_sent - i) * sizeof *w->sent);
    if (s.gone) {
        done(arg, &(struct transport_response){.owner = s.owner, .fault = TRANSPORT_LET_GO});
        return PL_OK;
    }
    w->now += w->took;
    const struct place *p = place_of(w, s.url);
    const pl_str match = header_field((pl_str){s.request, strlen(s.request)}, "If-None-Match");
    r.owner = s.owner;
    if (p) {
        r.fault = p->fault;
        r.status = p->fault ? 0 : p->status;
        r.body = (pl_str){p->body ? p->body : "", p->body ? strlen(p->body) : 0};
        if (match.len && p->head && strstr(p->head, "ETag: \"1\"") && match.len == 3) {
            r.status = 304;
            r.body.len = 0;
        }
    }
    snprintf(head, sizeof head, "HTTP/1.1 %d X\r\n%s\r\n", r.status, p && p->head ? p->head : "");
    if (r.fault)
        snprintf(r.message, sizeof r.message, "it does not work");
    r.request = (pl_str){s.request, strlen(s.request)};
    r.head = (pl_str){head, strlen(head)};
    r.came_ms = START_MS + w->now;
    done(arg, &r);
    return PL_OK;
}

static size_t room(const struct transport *t)
{
    const struct world *w = (const struct world *)(const void *)t;

    return w->transfers - w->n_sent;
}

static void close_nothing(struct transport *t)
{
    ((struct world *)(void *)t)->n_sent = 0;
}

static const struct transport_kind kind = {start, run, room, close_nothing, let_go};

static void put_out(struct world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put_out(struct world *w, const char *fmt, ...)
{
    const size_t n = strlen(w->out);
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(w->out + n, sizeof w->out - n, fmt, ap);
    va_end(ap);
}

static int page(void *arg, const struct crawl_page *p)
{
    struct world *w = arg;
    const pl_str title = p->about->part[ABOUT_TITLE];

    put_out(w, "page %llu %.*s", (unsigned long long)p->sequence, (int)p->asked.len, p->asked.ptr);
    if (p->url.len != p->asked.len)
        put_out(w, " at %.*s", (int)p->url.len, p->url.ptr);
    if (title.len)
        put_out(w, " '%.*s'", (int)title.len, title.ptr);
    put_out(w, " [%.*s]\n", (int)p->response->body.len, p->response->body.ptr);
    return PL_OK;
}

static int entry(void *arg, const struct crawl_entry *e)
{
    const pl_str title = e->about->part[ABOUT_TITLE];

    put_out(arg, "entry %.*s '%.*s'\n", (int)e->url.len, e->url.ptr, (int)title.len, title.ptr);
    return PL_OK;
}

static int fault(void *arg, pl_str url, uint64_t sequence, const char *code, const char *message)
{
    (void)sequence;
    (void)message;
    put_out(arg, "%s %.*s\n", code, (int)url.len, url.ptr);
    return PL_OK;
}

static void say(void *arg, int level, const char *message)
{
    (void)arg;
    (void)level;
    (void)message;
}

static int64_t clock_ms(void *arg)
{
    return ((struct world *)arg)->now;
}

static void sleep_ms(void *arg, int ms)
{
    ((struct world *)arg)->now += ms;
}

static bool stopping(void *arg)
{
    return ((struct world *)arg)->stop;
}

static void open_crawl(struct world *w)
{
    const struct crawl_calls calls = {page, entry, fault, say, clock_ms, sleep_ms, stopping, w};

    w->o.transport = &w->t;
    w->o.store = w->store;
    w->o.patterns = w->patterns;
    w->o.tracking = w->tracking;
    w->o.guard = w->guard;
    w->crawl = crawl_open(&w->o, &calls);
    assert_non_null(w->crawl);
    assert_int_equal(crawl_load(w->crawl), PL_OK);
}

static void open_store(struct world *w, const char *path, int64_t started_ms)
{
    char message[256];

    if (store_open(&w->store, &(struct store_options){.path = path, .started_ms = started_ms}, message, sizeof message) !=
        PL_OK)
        fail_msg("%s", message);
    w->o.now_ms = started_ms;
}

static struct world *world(struct place *places)
{
    static pl_str hidden[] = {{"/hidden/", 8}};
    static struct world w;
    char message[256];

    w = (struct world){.t = {&kind}, .places = places, .transfers = 16, .took = 100};
    w.o = (struct crawl_options){.since_ms = INT64_MIN, .delay_ms = 1000, .max_body = 1 << 20, .redirects = 3, .retries = 2,
                                 .pages = true};
    assert_int_equal(patterns_make(&w.patterns, (pl_list){NULL, 0}, (pl_list){hidden, 1}, message, sizeof message), PL_OK);
    assert_int_equal(tracking_make(&w.tracking, (pl_list){NULL, 0}, message, sizeof message), PL_OK);
    assert_int_equal(address_guard_make(&w.guard, (pl_list){NULL, 0}, message, sizeof message), PL_OK);
    open_store(&w, NULL, START_MS);
    open_crawl(&w);
    return &w;
}

static void end(struct world *w)
{
    crawl_close(w->crawl);
    store_close(w->store);
    patterns_free(w->patterns);
    tracking_free(w->tracking);
    address_guard_free(w->guard);
}

static void seed(struct world *w, const char *url)
{
    assert_int_equal(crawl_seed(w->crawl, (pl_str){url, strlen(url)}), PL_OK);
}

static void go(struct world *w)
{
    int rc = PL_OK;

    for (int i = 0; i < 100000 && (rc == PL_OK || rc == PL_AGAIN); i++)
        rc = crawl_run(w->crawl, 200);
    assert_int_equal(rc, PL_EOF);
    assert_int_equal(crawl_waiting(w->crawl), 0);
}

static uint64_t counted(const struct world *w, enum crawl_count which)
{
    return crawl_counts(w->crawl)[which];
}

#define HTML "Content-Type: text/html\r\n"
#define XML "Content-Type: application/rss+xml\r\n"
#define ITEM(url, title) "<item><title>" title "</title><link>" url "</link></item>"
#define FEED(items) "<?xml version='1.0'?><rss version='2.0'><channel><title>Harbour News</title>" items "</channel></rss>"

static void reads_a_feed_and_its_pages(void **state)
{
    struct place places[] = {
        {"https://a.example/robots.txt", 200, NULL, "User-agent: *\nDisallow: /private/\nCrawl-delay: 3\n", 0, 0},
        {"https://a.example/feed", 200, XML,
         FEED(ITEM("https://a.example/1?utm_source=rss", "The ferry is late") ITEM("https://a.example/private/2", "No")
              ITEM("https://a.example/hidden/3", "No") ITEM("https://a.example/1", "Twice") ITEM("/4#top", "Rain")), 0, 0},
        {"https://a.example/1?utm_source=rss", 200, HTML, "one", 0, 0},
        {"https://a.example/4#top", 200, HTML, "four", 0, 0},
        {0},
    };
    struct world *w = world(places);

    (void)state;
    seed(w, "https://a.example/feed");
    go(w);
    assert_string_equal(w->out, "page 1 https://a.example/1?utm_source=rss 'The ferry is late' [one]\n"
                                "page 2 https://a.example/4#top 'Rain' [four]\n");
    /* each begins three seconds after the one before has ended: robots.txt asked for that */
    assert_string_equal(w->log, "0 https://a.example/robots.txt\n3100 https://a.example/feed\n"
                                "6200 https://a.example/1?utm_source=rss\n9300 https://a.example/4#top\n");
    assert_int_equal(counted(w, CRAWL_ROBOTS), 1);
    assert_int_equal(counted(w, CRAWL_EXCLUDED), 1);
    assert_int_equal(counted(w, CRAWL_REQUESTS), 4);
    assert_int_equal(counted(w, CRAWL_FEEDS), 1);
    assert_int_equal(counted(w, CRAWL_PAGES), 2);
    /* again, in the same run: nothing is due */
    w->log[0] = 0;
    seed(w, "https://a.example/feed");
    go(w);
    assert_string_equal(w->log, "");
    end(w);
}

static void asks_robots_first(void **state)
{
    struct place places[] = {
        {"https://none.example/robots.txt", 404, NULL, "Disallow: /", 0, 0},
        {"https://none.example/p", 200, HTML, "allowed", 0, 0},
        {"https://ill.example/robots.txt", 503, NULL, NULL, 0, 0},
        {"https://ill.example/p", 200, HTML, "never", 0, 0},
        {"https://far.example/robots.txt", 301, "Location: https://cdn.example/r\r\n", NULL, 0, 0},
        {"https://cdn.example/r", 200, NULL, "User-agent: pressline\nDisallow: /no\n", 0, 0},
        {"https://far.example/no", 200, HTML, "never", 0, 0},
        {"https://far.example/yes", 200, HTML, "allowed", 0, 0},
        {"https://round.example/robots.txt", 302, "Location: /robots.txt\r\n", NULL, 0, 0},
        {"https://round.example/p", 200, HTML, "allowed", 0, 0},
        {"https://weak.example/robots.txt", 500, NULL, NULL, 2, 0},
        {"https://weak.example/robots.txt", 200, NULL, "User-agent: *\nDisallow: /\n", 0, 0},
        {"https://weak.example/p", 200, HTML, "never", 0, 0},
        {"https://gone.example/robots.txt", 0, NULL, NULL, 0, TRANSPORT_DNS},
        {0},
    };
    struct world *w = world(places);

    (void)state;
    seed(w, "https://none.example/p");
    seed(w, "https://ill.example/p");
    seed(w, "https://far.example/no");
    seed(w, "https://far.example/yes");
    seed(w, "https://round.example/p");
    seed(w, "https://weak.example/p");
    seed(w, "https://gone.example/p");
    go(w);
    assert_null(strstr(w->out, "never"));
    assert_non_null(strstr(w->out, "https://none.example/p [allowed]"));
    assert_non_null(strstr(w->out, "https://far.example/yes [allowed]"));
    assert_non_null(strstr(w->out, "https://round.example/p [allowed]"));
    assert_non_null(strstr(w->out, "robots-unreachable https://ill.example/p"));
    assert_non_null(strstr(w->out, "robots-unreachable https://gone.example/p"));
    assert_int_equal(counted(w, CRAWL_ROBOTS), 2);
    assert_int_equal(counted(w, CRAWL_RETRIED), 6);
    end(w);
}

static void follows_redirects(void **state)
{
    struct place places[] = {
        {"http://a.example/old", 301, "Location: https://www.a.example/new\r\n", NULL, 0, 0},
        {"https://www.a.example/new", 200, HTML, "new", 0, 0},
        {"http://a.example/loop", 302, "Location: /loop2\r\n", NULL, 0, 0},
        {"http://a.example/loop2", 302, "Location: /loop\r\n", NULL, 0, 0},
        {"http://a.example/long1", 302, "Location: /long2\r\n", NULL, 0, 0},
        {"http://a.example/long2", 302, "Location: /long3\r\n", NULL, 0, 0},
        {"http://a.example/long3", 302, "Location: /long4\r\n", NULL, 0, 0},
        {"http://a.example/long4", 302, "Location: /long5\r\n", NULL, 0, 0},
        {"http://a.example/long5", 200, HTML, "never", 0, 0},
        {"http://a.example/file", 302, "Location: file:///etc/passwd\r\n", NULL, 0, 0},
        {"http://a.example/inside", 302, "Location: http://127.0.0.1:8080/\r\n", NULL, 0, 0},
        {"http://a.example/nowhere", 302, NULL, NULL, 0, 0},
        {"http://a.example/closed", 302, "Location: http://b.example/closed\r\n", NULL, 0, 0},
        {"http://b.example/robots.txt", 200, NULL, "User-agent: *\nDisallow: /closed\n", 0, 0},
        {0},
    };
    struct world *w = world(places);

    (void)state;
    seed(w, "http://a.example/old");
    go(w);
    assert_string_equal(w->out, "page 1 http://a.example/old at https://www.a.example/new [new]\n");
    /* http and https are two origins with a robots.txt each, and one site */
    assert_string_equal(w->log, "0 http://a.example/robots.txt\n1100 http://a.example/old\n"
                                "2200 https://www.a.example/robots.txt\n3300 https://www.a.example/new\n");
    /* the other end is known now */
    w->log[0] = w->out[0] = 0;
    seed(w, "https://www.a.example/new");
    go(w);
    assert_string_equal(w->log, "");
    seed(w, "http://a.example/loop");
    seed(w, "http://a.example/long1");
    seed(w, "http://a.example/file");
    seed(w, "http://a.example/inside");
    seed(w, "http://a.example/nowhere");
    seed(w, "http://a.example/closed");
    go(w);
    assert_string_equal(w->out, "redirect-loop http://a.example/loop\nredirects http://a.example/long1\n"
                                "bad-redirect http://a.example/file\nrefused http://a.example/inside\n"
                                "bad-redirect http://a.example/nowhere\n");
    assert_null(strstr(w->log, "127.0.0.1"));
    assert_null(strstr(w->log, "//b.example/closed"));
    end(w);
}

static void tries_again(void **state)
{
    struct place places[] = {
        {"https://a.example/busy", 429, "Retry-After: 100\r\n", NULL, 1, 0},
        {"https://a.example/busy", 200, HTML, "busy", 0, 0},
        {"https://a.example/next", 200, HTML, "next", 0, 0},
        {"https://b.example/ill", 500, NULL, NULL, 0, 0},
        {"https://c.example/torn", 0, NULL, NULL, 2, TRANSPORT_BROKEN},
        {"https://c.example/torn", 200, HTML, "whole", 0, 0},
        {"https://d.example/tls", 0, NULL, NULL, 0, TRANSPORT_TLS},
        {"https://d.example/gone", 410, NULL, NULL, 0, 0},
        {0},
    };
    struct world *w = world(places);

    (void)state;
    seed(w, "https://a.example/busy");
    seed(w, "https://a.example/next");
    go(w);
    assert_string_equal(w->out, "page 1 https://a.example/busy [busy]\npage 2 https://a.example/next [next]\n");
    /* Retry-After holds for the site */
    assert_string_equal(w->log, "0 https://a.example/robots.txt\n1100 https://a.example/busy\n101200 https://a.example/busy\n"
                                "102300 https://a.example/next\n");
    w->out[0] = 0;
    seed(w, "https://b.example/ill");
    seed(w, "https://c.example/torn");
    seed(w, "https://d.example/tls");
    seed(w, "https://d.example/gone");
    go(w);
    assert_non_null(strstr(w->out, "http-500 https://b.example/ill"));
    assert_non_null(strstr(w->out, "https://c.example/torn [whole]"));
    assert_non_null(strstr(w->out, "tls https://d.example/tls"));
    assert_non_null(strstr(w->out, "http-410 https://d.example/gone"));
    assert_int_equal(counted(w, CRAWL_RETRIED), 1 + 2 + 2);
    assert_int_equal(counted(w, CRAWL_FAILED), 3);
    end(w);
}

static void refuses(void **state)
{
    struct place places[] = {
        {"https://a.example/picture", 200, "Content-Type: image/png\r\n", "\x89PNG", 0, 0},
        {"https://a.example/none", 200, HTML, "", 0, 0},
        {0},
    };
    struct world *w = world(places);

    (void)state;
    seed(w, "http://10.0.0.1/page");
    seed(w, "http://[::1]/page");
    seed(w, "https://a.example/picture");
    seed(w, "https://a.example/none");
    assert_int_equal(crawl_seed(w->crawl, PL_S("ftp://a.example/")), PL_ERROR);
    assert_int_equal(crawl_seed(w->crawl, PL_S("https://")), PL_ERROR);
    go(w);
    assert_string_equal(w->out, "refused http://10.0.0.1/page\nrefused http://[::1]/page\nnot-text https://a.example/picture\n"
                                "empty https://a.example/none\n");
    end(w);
}

static void reads_sitemaps(void **state)
{
    struct place places[] = {
        {"https://a.example/robots.txt", 200, NULL, "Sitemap: https://a.example/index.xml\n", 0, 0},
        {"https://a.example/", 200, HTML,
         "<html><head><title>Front</title><link rel=alternate type='application/rss+xml' href='/feed'></head></html>", 0, 0},
        {"https://a.example/feed", 200, XML, FEED(ITEM("/1", "One")), 0, 0},
        {"https://a.example/index.xml", 200, NULL,
         "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap><loc>https://a.example/new.xml</loc>"
         "<lastmod>2026-09-20</lastmod></sitemap><sitemap><loc>https://a.example/old.xml</loc><lastmod>2019-01-01</lastmod>"
         "</sitemap></sitemapindex>", 0, 0},
        {"https://a.example/new.xml", 200, NULL,
         "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>https://a.example/2</loc>"
         "<lastmod>2026-09-20T05:00:00Z</lastmod></url><url><loc>https://a.example/3</loc><lastmod>2019-01-01</lastmod></url>"
         "<url><loc>https://a.example/4</loc></url></urlset>", 0, 0},
        {"https://a.example/1", 200, HTML, "one", 0, 0},
        {"https://a.example/2", 200, HTML, "two", 0, 0},
        {"https://a.example/4", 200, HTML, "four", 0, 0},
        {0},
    };
    struct world *w = world(places);

    (void)state;
    crawl_close(w->crawl);
    w->o.since_ms = START_MS - (int64_t)30 * 86400 * 1000;
    open_crawl(w);
    seed(w, "https://a.example/");
    go(w);
    assert_string_equal(w->out, "page 1 https://a.example/1 'One' [one]\npage 2 https://a.example/2 [two]\n"
                                "page 3 https://a.example/4 [four]\n");
    assert_int_equal(counted(w, CRAWL_OLD), 2);
    assert_int_equal(counted(w, CRAWL_SITEMAPS), 2);
    assert_int_equal(counted(w, CRAWL_FRONTS), 1);
    end(w);
}

#define ALTERNATE "<link rel=alternate type=application/rss+xml href=/sport/feed>"

/* The front page of a section is read for what it names; a page that is an article, or that a list names, is a page. */
static void reads_sections(void **state)
{
    struct place places[] = {
        {"https://a.example/robots.txt", 200, NULL, "Sitemap: https://a.example/all.xml\n", 0, 0},
        {"https://a.example/sport/", 200, HTML, ALTERNATE "<a href=/about>About</a>", 0, 0},
        {"https://a.example/sport/feed", 200, XML, FEED(ITEM("/sport/hockey/", "Hockey")), 0, 0},
        {"https://a.example/sport/hockey/", 200, HTML, ALTERNATE, 0, 0},
        {"https://a.example/ferry/", 200, HTML, ALTERNATE "<meta property=og:type content=article>", 0, 0},
        {0},
    };
    struct world *w = world(places);

    (void)state;
    seed(w, "https://a.example/sport/");
    seed(w, "https://a.example/ferry/");
    go(w);
    assert_non_null(strstr(w->out, "https://a.example/ferry/ ["));
    assert_non_null(strstr(w->out, "https://a.example/sport/hockey/ 'Hockey' ["));
    assert_int_equal(counted(w, CRAWL_PAGES), 2);
    assert_int_equal(counted(w, CRAWL_FRONTS), 1);
    assert_null(strstr(w->log, "all.xml"));
    assert_null(strstr(w->log, "about"));
    end(w);
}

static void keeps_to_the_limit(void **state)
{
    struct place places[] = {
        {"https://a.example/feed", 200, XML "ETag: \"1\"\r\n",
         FEED(ITEM("/1", "One") ITEM("/2", "Two") ITEM("/3", "Three") ITEM("https://b.example/4", "Four")), 0, 0},
        {"https://a.example/1", 200, HTML, "one", 0, 0},
        {"https://a.example/2", 200, HTML, "two", 0, 0},
        {"https://a.example/3", 200, HTML, "three", 0, 0},
        {"https://b.example/4", 200, HTML, "four", 0, 0},
        {0},
    };
    struct world *w = world(places);

    (void)state;
    crawl_close(w->crawl);
    w->o.limit = 2;
    open_crawl(w);
    seed(w, "https://a.example/feed");
    go(w);
    assert_int_equal(counted(w, CRAWL_PAGES), 3);
    assert_int_equal(counted(w, CRAWL_OVER_LIMIT), 1);
    assert_null(strstr(w->out, "three"));
    /* in the same run the feed is not read again; in another, a second later, it is, for what was left of it */
    w->log[0] = 0;
    seed(w, "https://a.example/feed");
    go(w);
    assert_string_equal(w->log, "");
    crawl_close(w->crawl);
    w->o.now_ms += 1000;
    w->now += 1000;
    w->out[0] = 0;
    open_crawl(w);
    seed(w, "https://a.example/feed");
    go(w);
    assert_non_null(strstr(w->out, "three"));
    end(w);
}

static void fetches_nothing_twice(void **state)
{
    struct place places[] = {
        {"https://a.example/feed", 200, XML "ETag: \"1\"\r\n", FEED(ITEM("/1", "One") ITEM("/2", "Two")), 0, 0},
        {"https://a.example/1", 200, HTML "ETag: \"1\"\r\n", "one", 0, 0},
        {"https://a.example/2", 200, HTML, "two", 0, 0},
        {0},
    };
    struct world *w = world(places);

    (void)state;
    seed(w, "https://a.example/feed");
    go(w);
    assert_int_equal(counted(w, CRAWL_PAGES), 2);
    for (int day = 1; day <= 3; day++) {
        crawl_close(w->crawl);
        w->o.now_ms += (int64_t)60 * 86400 * 1000;
        w->now += (int64_t)60 * 86400 * 1000;
        w->out[0] = 0;
        open_crawl(w);
        seed(w, "https://a.example/feed");
        seed(w, "https://a.example/1");
        seed(w, "https://a.example/2");
        go(w);
        assert_string_equal(w->out, "");
        /* 304 twice; the page without an ETag comes again, and is what it was */
        assert_int_equal(counted(w, CRAWL_UNCHANGED), 3);
        assert_int_equal(counted(w, CRAWL_BYTES), 3);
    }
    end(w);
}

/* A store that no later run has is not told what came looked like. */
static void digests_for_later_runs(void **state)
{
    struct place places[] = {
        {"https://a.example/1", 200, HTML, "one", 0, 0},
        {"https://a.example/feed", 200, XML, FEED(ITEM("/1", "One")), 0, 0},
        {0},
    };

    (void)state;
    for (int once = 0; once < 2; once++) {
        struct world *w = world(places);
        struct known page, feed;
        crawl_close(w->crawl);
        w->o.once = once;
        open_crawl(w);
        seed(w, "https://a.example/feed");
        go(w);
        assert_int_equal(counted(w, CRAWL_PAGES), 1);
        assert_int_equal(store_find(w->store, PL_S("https://a.example/1"), &page), PL_OK);
        assert_int_equal(store_find(w->store, PL_S("https://a.example/feed"), &feed), PL_OK);
        assert_int_equal(page.has_digest, !once);
        assert_int_equal(feed.has_digest, !once);
        end(w);
    }
}

static void hands_over_entries(void **state)
{
    static const char feed[] = FEED(ITEM("https://a.example/1", "One") ITEM("https://a.example/2", "Two"));
    struct place places[] = {{0}};
    struct world *w = world(places);
    char message[256];

    (void)state;
    crawl_close(w->crawl);
    w->o.pages = false;
    open_crawl(w);
    assert_int_equal(crawl_file(w->crawl, CRAWL_LIST_FEED, (pl_str){feed, sizeof feed - 1}, PL_S("feed.xml"), message,
                                sizeof message), PL_OK);
    go(w);
    assert_string_equal(w->out, "entry https://a.example/1 'One'\nentry https://a.example/2 'Two'\n");
    assert_string_equal(w->log, "");
    assert_int_equal(crawl_file(w->crawl, CRAWL_LIST_FEED, PL_S("<html>"), PL_S("feed.xml"), message, sizeof message), PL_ERROR);
    end(w);
}

static size_t lines_of(const char *text)
{
    size_t n = 0;

    for (; (text = strchr(text, '\n')); text++)
        n++;
    return n;
}

/* Those of a long list come a few at a time; until the last of them is handed over the list is not known as read, and a crawl
 * that goes on brings each of the others once. */
static void hands_over_few_entries(void **state)
{
    enum { N = 150 };
    static char feed[N * 200];
    struct place places[] = {{"https://a.example/feed", 200, XML "ETag: \"1\"\r\n", feed, 0, 0}, {0}};
    struct world *w = world(places);
    struct known k;
    size_t n = (size_t)snprintf(feed, sizeof feed, "<rss version=\"2.0\"><channel><title>A</title>");

    (void)state;
    for (int i = 0; i < N; i++)
        n += (size_t)snprintf(feed + n, sizeof feed - n, "<item><title>T%d</title><link>/%d</link></item>", i, i);
    snprintf(feed + n, sizeof feed - n, "</channel></rss>");
    for (int kept = 0; kept < 3; kept++) {
        crawl_close(w->crawl);
        w->o.pages = false;
        open_crawl(w);
        if (kept == 0)
            seed(w, "https://a.example/feed");
        assert_int_equal(lines_of(w->out), kept * 64);
        for (int i = 0; i < 100 && lines_of(w->out) == (size_t)kept * 64; i++)
            crawl_run(w->crawl, 200);
        assert_int_equal(lines_of(w->out), kept < 2 ? (kept + 1) * 64 : N);
        assert_int_equal(crawl_holds(w->crawl), kept < 2);
        assert_int_equal(store_find(w->store, PL_S("https://a.example/feed"), &k), PL_OK);
        assert_int_equal(k.queued, kept < 2);
    }
    go(w);
    assert_int_equal(k.etag.len, 3);
    assert_int_equal(k.kind, KNOWN_FEED);
    assert_true(k.has_digest);
    assert_int_equal(lines_of(w->out), N);
    for (int i = 0; i < N; i++) {
        char line[64];
        snprintf(line, sizeof line, "entry https://a.example/%d 'T%d'\n", i, i);
        const char *at = strstr(w->out, line);
        assert_non_null(at);
        assert_null(strstr(at + 1, line));
    }
    end(w);
}

#define DATED(url, date) "<item><title>" url "</title><link>https://a.example" url "</link><pubDate>" date "</pubDate></item>"

/* A date that is yet to come is no news in each run; nor does it hide what comes later. */
static void dates_to_come(void **state)
{
    struct place places[] = {
        {"https://a.example/feed", 200, XML, FEED(DATED("/1", "Sat, 24 Nov 2029 08:00:00 GMT")), 2, 0},
        {"https://a.example/feed", 200, XML, FEED(DATED("/1", "Sat, 24 Nov 2029 09:00:00 GMT")), 0, 0},
        {"https://a.example/1", 200, HTML, "one", 0, 0},
        {0},
    };
    struct world *w = world(places);

    (void)state;
    for (int pages = 1; pages >= 0; pages--) {
        static const char *const out[2][3] = {{"entry https://a.example/1 '/1'\n", "", "entry https://a.example/1 '/1'\n"},
                                              {"page 1 https://a.example/1 '/1' [one]\n", "", ""}};
        w->o.pages = pages;
        places[0].times = 2;
        for (int i = 0; i < 3; i++) {
            crawl_close(w->crawl);
            w->log[0] = w->out[0] = 0;
            open_crawl(w);
            seed(w, "https://a.example/feed");
            go(w);
            assert_string_equal(w->out, out[pages][i]);
            assert_int_equal(strstr(w->log, "example/1\n") != NULL, pages && i == 0);
            /* the feed is due again, the page is not */
            w->o.now_ms += 25 * 60000;
            w->now += 25 * 60000;
        }
        store_close(w->store);
        open_store(w, NULL, START_MS);
        w->now = 0;
    }
    end(w);
}

/* Three addresses that lead to one of a site that is slow to come to its turn: that is asked for once, and is one record. */
static void leads_there_three_times(void **state)
{
    struct place places[] = {
        {"https://b.example/robots.txt", 200, NULL, "User-agent: *\nCrawl-delay: 20\n", 0, 0},
        {"https://b.example/page", 200, HTML, "one", 0, 0},
        {"https://a.example/1", 302, "Location: https://b.example/page\r\n", NULL, 0, 0},
        {"https://a.example/2", 302, "Location: https://b.example/page\r\n", NULL, 0, 0},
        {"https://c.example/3", 302, "Location: https://b.example/page\r\n", NULL, 0, 0},
        {0},
    };
    struct world *w = world(places);

    (void)state;
    seed(w, "https://a.example/1");
    seed(w, "https://a.example/2");
    seed(w, "https://c.example/3");
    seed(w, "https://b.example/page");
    go(w);
    assert_int_equal(counted(w, CRAWL_PAGES), 1);
    const char *first = strstr(w->log, "https://b.example/page");
    assert_non_null(first);
    assert_null(strstr(first + 1, "https://b.example/page"));
    end(w);
}

/* Four servers that are silent, and four transfers: those that are tried again leave half of them to who answers. */
static void silence_holds_up_nobody(void **state)
{
    struct place places[] = {
        {"https://b.example/robots.txt", 0, NULL, NULL, 0, TRANSPORT_TIMEOUT},
        {"https://c.example/robots.txt", 0, NULL, NULL, 0, TRANSPORT_TIMEOUT},
        {"https://d.example/robots.txt", 0, NULL, NULL, 0, TRANSPORT_TIMEOUT},
        {"https://e.example/robots.txt", 0, NULL, NULL, 0, TRANSPORT_TIMEOUT},
        {"https://a.example/1", 200, HTML, "one", 0, 0},
        {"https://a.example/2", 200, HTML, "two", 0, 0},
        {"https://a.example/3", 200, HTML, "last", 0, 0},
        {0},
    };
    struct world *w = world(places);

    (void)state;
    w->transfers = 4;
    w->took = 5000;
    for (size_t i = 0; i < 7; i++) {
        char url[64];
        snprintf(url, sizeof url, "%.18s%s", places[i].url, i < 4 ? "page" : places[i].url + 18);
        seed(w, url);
    }
    go(w);
    assert_int_equal(counted(w, CRAWL_PAGES), 3);
    assert_int_equal(counted(w, CRAWL_RETRIED), 8);
    assert_in_range(w->most_again, 1, 2);
    end(w);
}

/* As many silent sites as there are transfers, and more, before those that answer: the first are let go after two seconds, come
 * to their whole time later, half of the transfers at most, and then come to nothing as ever. */
static void silence_makes_room(void **state)
{
    struct place places[] = {
        {"https://b.example/robots.txt", 0, NULL, NULL, 0, TRANSPORT_SLOW},
        {"https://c.example/robots.txt", 0, NULL, NULL, 0, TRANSPORT_SLOW},
        {"https://d.example/robots.txt", 0, NULL, NULL, 0, TRANSPORT_SLOW},
        {"https://e.example/robots.txt", 0, NULL, NULL, 0, TRANSPORT_SLOW},
        {"https://f.example/robots.txt", 0, NULL, NULL, 0, TRANSPORT_SLOW},
        {"https://a.example/feed", 200, XML, FEED(ITEM("/2", "Two") ITEM("/3", "Three")), 0, 0},
        {"https://g.example/1", 200, HTML, "one", 0, 0},
        {"https://a.example/2", 200, HTML, "two", 0, 0},
        {"https://a.example/3", 200, HTML, "[last]", 0, 0},
        {0},
    };
    struct world *w = world(places);

    (void)state;
    w->transfers = 4;
    w->silence = 20000;
    w->o.retries = 1;
    crawl_close(w->crawl);
    open_crawl(w);
    for (size_t i = 0; i < 7; i++) {
        char url[64];
        snprintf(url, sizeof url, "%.18s%s", places[i].url, i < 5 ? "page" : places[i].url + 18);
        seed(w, url);
    }
    for (int i = 0; i < 10000 && !strstr(w->out, "last"); i++)
        crawl_run(w->crawl, 200);
    assert_true(w->now < 8000);
    assert_in_range(w->most_again, 1, 2);
    assert_int_equal(counted(w, CRAWL_PAGES), 3);
    assert_int_equal(counted(w, CRAWL_RETRIED), 0);
    assert_in_range(counted(w, CRAWL_SLOW), 3, 5);
    go(w);
    assert_in_range(counted(w, CRAWL_SLOW), 3, 5); /* nobody a second time */
    assert_int_equal(counted(w, CRAWL_RETRIED), 5);
    assert_int_equal(counted(w, CRAWL_FAILED), 5);
    end(w);
}

/* One page of a slow site is let go; those that follow have their whole time at once. */
static void a_slow_site_is_asked_once_more(void **state)
{
    struct place places[] = {
        {"https://b.example/1", 0, NULL, NULL, 0, TRANSPORT_SLOW},
        {"https://b.example/2", 0, NULL, NULL, 0, TRANSPORT_SLOW},
        {"https://b.example/3", 0, NULL, NULL, 0, TRANSPORT_SLOW},
        {0},
    };
    struct world *w = world(places);

    (void)state;
    w->transfers = 2;
    w->silence = 10000;
    w->took = 500;
    w->o.retries = 0;
    crawl_close(w->crawl);
    open_crawl(w);
    for (size_t i = 0; i < 3; i++)
        seed(w, places[i].url);
    for (int i = 0; i < 90; i++) {
        char url[64];
        snprintf(url, sizeof url, "https://%c.example/%d", "acdef"[i % 5], i);
        seed(w, url);
    }
    go(w);
    assert_int_equal(counted(w, CRAWL_SLOW), 1);
    assert_int_equal(counted(w, CRAWL_FAILED), 93);
    const char *second = strstr(w->log, "https://b.example/2");
    assert_non_null(second);
    assert_non_null(strstr(second, "https://d.example/")); /* the others were not done yet */
    assert_null(strstr(second + 1, "https://b.example/2"));
    end(w);
}

/* Where nothing waits, a recording's silence is awaited; so it is where nobody else is there. */
static void silence_is_awaited(void **state)
{
    struct place places[] = {
        {"https://b.example/robots.txt", 0, NULL, NULL, 0, TRANSPORT_SLOW},
        {"https://a.example/1", 200, HTML, "one", 0, 0},
        {0},
    };

    (void)state;
    for (int timeless = 0; timeless < 2; timeless++) {
        struct world *w = world(places);
        w->transfers = 1;
        w->silence = 20000;
        w->o.timeless = timeless;
        crawl_close(w->crawl);
        open_crawl(w);
        seed(w, "https://b.example/page");
        if (timeless)
            seed(w, "https://a.example/1");
        go(w);
        assert_int_equal(counted(w, CRAWL_SLOW), 0);
        assert_int_equal(counted(w, CRAWL_PAGES), timeless);
        end(w);
    }
}

/* The same where a site may have several requests at once. */
static void leads_there_at_once(void **state)
{
    struct place places[] = {
        {"https://a.example/page", 200, HTML, "one", 0, 0},
        {"https://a.example/1", 302, "Location: /page#x\r\n", NULL, 0, 0},
        {"https://a.example/2", 302, "Location: /page\r\n", NULL, 0, 0},
        {0},
    };

    (void)state;
    for (int order = 0; order < 2; order++) {
        struct world *w = world(places);
        crawl_close(w->crawl);
        w->o.per_site = 4;
        w->o.delay_ms = 0;
        open_crawl(w);
        if (order == 0)
            seed(w, "https://a.example/page");
        seed(w, "https://a.example/1");
        seed(w, "https://a.example/2");
        if (order == 1)
            seed(w, "https://a.example/page");
        go(w);
        assert_int_equal(counted(w, CRAWL_PAGES), 1);
        assert_int_equal(counted(w, CRAWL_REQUESTS), 4);
        end(w);
    }
}

static void remove_store(void)
{
    remove("crawl.store");
    remove("crawl.store-wal");
    remove("crawl.store-shm");
}

/* Killed after each checkpoint in turn, and behind it: what the checkpoint covers is not asked for again, all else is. */
static void goes_on_where_it_was(void **state)
{
    struct place places[] = {
        {"https://a.example/feed", 200, XML, FEED(ITEM("/1", "1") ITEM("/2", "2") ITEM("/3", "3") ITEM("/4", "4")), 0, 0},
        {"https://a.example/1", 302, "Location: /one\r\n", NULL, 0, 0},
        {"https://a.example/one", 200, HTML, "body 1", 0, 0},
        {"https://a.example/2", 200, HTML, "body 2", 0, 0},
        {"https://a.example/3", 200, HTML, "body 3", 0, 0},
        {"https://a.example/4", 200, HTML, "body 4", 0, 0},
        {0},
    };

    (void)state;
    for (int at = 0; at < 30; at++) {
        static char before[1 << 16];
        char saved[STORE_SAVED];
        struct world *w = world(places);
        int rc = PL_OK;

        store_close(w->store);
        crawl_close(w->crawl);
        remove_store();
        open_store(w, "crawl.store", START_MS);
        open_crawl(w);
        seed(w, "https://a.example/feed");
        for (int i = 0; i < at && rc != PL_EOF; i++)
            rc = crawl_run(w->crawl, 200);
        assert_int_equal(store_checkpoint(w->store, 1, saved, sizeof saved), PL_OK);
        store_told(w->store, 1);
        memcpy(before, w->out, sizeof before);
        for (int i = 0; i < 5 && rc != PL_EOF; i++)
            rc = crawl_run(w->crawl, 200);
        crawl_close(w->crawl);
        store_close(w->store); /* the kill */

        w->n_sent = 0;
        w->out[0] = w->log[0] = 0;
        open_store(w, "crawl.store", START_MS);
        assert_int_equal(store_restore(w->store, 1, (pl_str){saved, strlen(saved)}), PL_OK);
        open_crawl(w);
        go(w);
        for (int p = 1; p <= 4; p++) {
            char body[16];
            snprintf(body, sizeof body, "[body %d]", p);
            /* each page is there once, in one of the two */
            assert_int_equal((strstr(before, body) != NULL) + (strstr(w->out, body) != NULL), 1);
            if (strstr(before, body)) {
                snprintf(body, sizeof body, "example/%d\n", p);
                assert_null(strstr(w->log, body));
            }
        }
        end(w);
    }
    remove_store();
}

static size_t n_pages(const char *out)
{
    size_t n = 0;

    for (; (out = strstr(out, "page ")); out++)
        n++;
    return n;
}

/* What came before a kill counts: pages, those behind a redirect once, those that failed, and those that are there no more. */
static void keeps_to_the_limit_after_a_kill(void **state)
{
    struct place places[] = {
        {"https://a.example/feed", 200, XML, FEED(ITEM("/1", "1") ITEM("/2", "2") ITEM("/gone", "3")), 0, 0},
        {"https://a.example/late", 200, XML, FEED(ITEM("/4", "4") ITEM("/5", "5") ITEM("/6", "6")), 0, 0},
        {"https://a.example/1", 302, "Location: /one\r\n", NULL, 0, 0},
        {"https://a.example/one", 200, HTML, "body 1", 0, 0},
        {"https://a.example/2", 200, HTML, "body 2", 0, 0},
        {"https://a.example/4", 200, HTML, "body 4", 0, 0},
        {"https://a.example/5", 200, HTML, "body 5", 0, 0},
        {"https://a.example/6", 200, HTML, "body 6", 0, 0},
        {0},
    };

    (void)state;
    for (int at = 0; at < 20; at++) {
        char saved[STORE_SAVED];
        struct world *w = world(places);
        int rc = PL_OK;

        store_close(w->store);
        crawl_close(w->crawl);
        remove_store();
        open_store(w, "crawl.store", START_MS);
        w->o.limit = 4;
        open_crawl(w);
        seed(w, "https://a.example/feed");
        for (int i = 0; i < at && rc != PL_EOF; i++)
            rc = crawl_run(w->crawl, 200);
        assert_int_equal(store_checkpoint(w->store, 1, saved, sizeof saved), PL_OK);
        store_told(w->store, 1);
        crawl_close(w->crawl);
        store_close(w->store); /* the kill */

        w->n_sent = 0;
        open_store(w, "crawl.store", START_MS);
        assert_int_equal(store_restore(w->store, 1, (pl_str){saved, strlen(saved)}), PL_OK);
        w->o.going_on = true;
        open_crawl(w);
        go(w); /* what the first feed brought, so that the other one has its rest */
        seed(w, "https://a.example/late");
        go(w);
        assert_int_equal(n_pages(w->out), 3); /* and the one that is gone */
        assert_int_equal(counted(w, CRAWL_OVER_LIMIT), 2);
        end(w);
    }
    remove_store();
}

static void stops(void **state)
{
    struct place places[] = {{0}};
    struct world *w = world(places);

    (void)state;
    seed(w, "https://a.example/1");
    w->stop = true;
    assert_int_equal(crawl_run(w->crawl, 200), PL_AGAIN);
    assert_string_equal(w->log, "");
    assert_int_equal(crawl_waiting(w->crawl), 1);
    end(w);
}

static void keeps_what_a_feed_said(void **state)
{
    const struct about a = {.part = {[ABOUT_TITLE] = PL_S("5:x"), [ABOUT_TAGS] = PL_S("one\ntwo")}, .depth = 2};
    struct bytes b = {0};
    struct about back;

    (void)state;
    assert_int_equal(about_write(&a, &b), PL_OK);
    for (size_t n = 0; n <= b.len; n++)
        about_read((pl_str){(const char *)b.at, n}, &back);
    assert_memory_equal(back.part[ABOUT_TITLE].ptr, "5:x", 3);
    assert_int_equal(back.part[ABOUT_TITLE].len, 3);
    assert_int_equal(back.part[ABOUT_TAGS].len, 7);
    assert_int_equal(back.part[ABOUT_AUTHOR].len, 0);
    assert_int_equal(back.depth, 2);
    bytes_done(&b);
    about_read(PL_S("a99999999999999999999999:x"), &back);
    assert_int_equal(back.part[ABOUT_TITLE].len, 0);
}

/* The rules and the delay are for the site whose robots.txt it is, wherever that lies. */
static void robots_of_another_site(void **state)
{
    struct place places[] = {
        {"https://a.example/robots.txt", 301, "Location: https://rules.other/r\r\n", NULL, 0, 0},
        {"https://rules.other/r", 200, NULL, "User-agent: *\nDisallow: /2\nCrawl-delay: 9\n", 0, 0},
        {"https://a.example/1", 200, HTML, "one", 0, 0},
        {0},
    };
    struct world *w = world(places);

    (void)state;
    seed(w, "https://a.example/1");
    seed(w, "https://a.example/2");
    go(w);
    assert_string_equal(w->log, "0 https://a.example/robots.txt\n100 https://rules.other/r\n9200 https://a.example/1\n");
    assert_int_equal(counted(w, CRAWL_ROBOTS), 1);
    end(w);
}

/* Killed when a site had brought some of its pages: with the rest of them it has brought what `limit` allows, and a later run
 * with a lower limit leaves what is too much where it is. */
static void keeps_to_the_limit_when_it_goes_on(void **state)
{
    struct place places[] = {
        {"https://a.example/feed", 200, XML, FEED(ITEM("/1", "1") ITEM("/2", "2")), 0, 0},
        {"https://a.example/other", 200, XML, FEED(ITEM("/3", "3") ITEM("/4", "4") ITEM("/5", "5")), 0, 0},
        {"https://a.example/1", 200, HTML, "one", 0, 0},   {"https://a.example/2", 200, HTML, "two", 0, 0},
        {"https://a.example/3", 200, HTML, "three", 0, 0}, {"https://a.example/4", 503, NULL, NULL, 0, 0},
        {"https://a.example/5", 503, NULL, NULL, 0, 0},    {0},
    };
    struct world *w = world(places);

    (void)state;
    crawl_close(w->crawl);
    w->o.limit = 3;
    open_crawl(w);
    seed(w, "https://a.example/feed");
    go(w);
    assert_int_equal(counted(w, CRAWL_PAGES), 2);
    crawl_close(w->crawl);
    w->o.going_on = true;
    open_crawl(w);
    seed(w, "https://a.example/other");
    go(w);
    assert_int_equal(counted(w, CRAWL_PAGES), 1);
    assert_int_equal(counted(w, CRAWL_OVER_LIMIT), 2);
    /* the next run takes all, two come to nothing and stay queued; of these one more may take one */
    w->o.going_on = false;
    for (int limit = 0; limit <= 1; limit++) {
        crawl_close(w->crawl);
        w->o.limit = limit;
        w->o.now_ms += 24 * 3600000;
        w->now += 24 * 3600000;
        w->log[0] = w->out[0] = 0;
        open_crawl(w);
        if (limit == 0)
            seed(w, "https://a.example/other");
        go(w);
        assert_non_null(strstr(w->out, "http-503 https://a.example/4\n"));
        assert_int_equal(strstr(w->out, "http-503 https://a.example/5\n") != NULL, limit == 0);
    }
    assert_int_equal(counted(w, CRAWL_OVER_LIMIT), 1);
    end(w);
}

/* What the store has queued is not fetched where the run's patterns keep it out; it may be offered again. */
static void queued_and_excluded(void **state)
{
    struct place places[] = {{"https://a.example/hidden/1", 200, HTML, "one", 0, 0}, {0}};
    const pl_str key = PL_S("https://a.example/hidden/1");
    struct world *w = world(places);
    struct known k;

    (void)state;
    assert_int_equal(store_put(w->store, key, &(struct known){.kind = KNOWN_PAGE, .queued = true}), PL_OK);
    crawl_close(w->crawl);
    open_crawl(w);
    go(w);
    assert_string_equal(w->log, "");
    assert_int_equal(counted(w, CRAWL_EXCLUDED), 1);
    assert_int_equal(store_find(w->store, key, &k), PL_OK);
    assert_false(k.queued);
    seed(w, "https://a.example/hidden/1");
    go(w);
    assert_int_equal(counted(w, CRAWL_PAGES), 1);
    end(w);
}

/* A story that links to the front page, or to the feed itself, makes no page of it. */
static void lists_stay_lists(void **state)
{
    struct place places[] = {
        {"https://a.example/", 200, HTML, "<link rel=alternate type=application/rss+xml href=/feed>", 0, 0},
        {"https://a.example/feed", 200, XML, FEED(ITEM("/", "Home") ITEM("/feed", "Feed") ITEM("/1", "One")), 1, 0},
        {"https://a.example/feed", 200, XML,
         FEED(DATED("/", "Mon, 21 Sep 2026 14:23:20 GMT") DATED("/feed", "Mon, 21 Sep 2026 14:23:20 GMT") ITEM("/2", "Two")), 1, 0},
        {"https://a.example/feed", 200, XML, FEED(ITEM("/", "Home") ITEM("/feed", "Feed")), 0, 0},
        {"https://a.example/1", 200, HTML, "one", 0, 0},
        {"https://a.example/2", 200, HTML, "two", 0, 0},
        {0},
    };
    struct world *w = world(places);

    (void)state;
    seed(w, "https://a.example/");
    go(w);
    assert_string_equal(w->out, "page 1 https://a.example/1 'One' [one]\n");
    /* the feed is due again, and names both as though they were new; then both are due */
    w->o.now_ms += 20 * 60000;
    for (int i = 0; i < 3; i++) {
        crawl_close(w->crawl);
        w->out[0] = w->log[0] = 0;
        open_crawl(w);
        seed(w, i == 2 ? "https://a.example/" : "https://a.example/feed");
        go(w);
        assert_int_equal(strstr(w->log, "example/\n") != NULL, i > 0);
        assert_null(strstr(w->out, "a.example/ "));
        assert_null(strstr(w->out, "a.example/feed "));
        w->o.now_ms += 100 * 3600000;
    }
    struct known k;
    assert_int_equal(store_find(w->store, PL_S("https://a.example/"), &k), PL_OK);
    assert_int_equal(k.kind, KNOWN_FRONT);
    assert_int_equal(store_find(w->store, PL_S("https://a.example/feed"), &k), PL_OK);
    assert_int_equal(k.kind, KNOWN_FEED);
    end(w);
}

/* However many there are that come to nothing at once, one call hands over a few of them. */
static void few_at_once(void **state)
{
    struct place places[] = {{"https://a.example/robots.txt", 0, NULL, NULL, 0, TRANSPORT_TLS}, {0}};
    struct world *w = world(places);
    char url[64];
    uint64_t before = 0;
    int rc = PL_OK, calls = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(url, sizeof url, "https://a.example/%d", i);
        seed(w, url);
    }
    for (int i = 0; i < 1000 && rc != PL_EOF; i++) {
        w->out[0] = 0;
        rc = crawl_run(w->crawl, 200);
        assert_true(counted(w, CRAWL_FAILED) - before <= 64);
        calls += counted(w, CRAWL_FAILED) > before;
        before = counted(w, CRAWL_FAILED);
    }
    assert_int_equal(rc, PL_EOF);
    assert_int_equal(before, 1000);
    assert_true(calls < 20);
    end(w);
}

/* When `url` was asked for the nth time, -1: never. */
static long long asked_at(const struct world *w, const char *url, int n)
{
    char line[600];
    long long at;

    for (const char *s = w->log; *s; s = strchr(s, '\n') + 1) {
        if (sscanf(s, "%lld %599s", &at, line) == 2 && strcmp(line, url) == 0 && --n == 0)
            return at;
    }
    return -1;
}

/* No site holds up a run for longer than it may, whatever it says; one that is busy forbids all for now. */
static void waits_have_bounds(void **state)
{
    struct place places[] = {
        {"https://a.example/robots.txt", 200, NULL, "User-agent: *\nCrawl-delay: 900\n", 0, 0},
        {"https://a.example/1", 200, HTML, "one", 0, 0},
        {"https://b.example/1", 503, "Retry-After: 86400\r\n", NULL, 1, 0},
        {"https://b.example/1", 200, HTML, "two", 0, 0},
        {"https://c.example/robots.txt", 429, NULL, NULL, 3, 0},
        {"https://c.example/robots.txt", 404, NULL, NULL, 0, 0},
        {"https://c.example/1", 200, HTML, "never", 0, 0},
        {"https://c.example/2", 200, HTML, "later", 0, 0},
        {0},
    };
    struct world *w = world(places);

    (void)state;
    seed(w, "https://a.example/1");
    seed(w, "https://c.example/1");
    go(w);
    assert_in_range(asked_at(w, "https://a.example/1", 1), 60000, 61000);
    assert_int_equal(asked_at(w, "https://c.example/1", 1), -1);
    assert_non_null(strstr(w->out, "robots-unreachable https://c.example/1\n"));
    /* ten minutes later it may have come right */
    w->now += 11 * 60000;
    seed(w, "https://c.example/2");
    go(w);
    assert_non_null(strstr(w->out, "[later]"));
    const long long begun = w->now;
    seed(w, "https://b.example/1");
    go(w);
    assert_in_range(asked_at(w, "https://b.example/1", 2) - begun, 3600000, 3610000);
    end(w);
}

/* Each hop is tried as often as any address. */
static void tries_each_hop(void **state)
{
    struct place places[] = {
        {"https://a.example/1", 503, NULL, NULL, 2, 0},   {"https://a.example/1", 301, "Location: /second\r\n", NULL, 0, 0},
        {"https://a.example/second", 503, NULL, NULL, 2, 0}, {"https://a.example/second", 200, HTML, "two", 0, 0},
        {0},
    };
    struct world *w = world(places);

    (void)state;
    seed(w, "https://a.example/1");
    go(w);
    assert_string_equal(w->out, "page 1 https://a.example/1 at https://a.example/second [two]\n");
    end(w);
}

/* In its fifth run without an answer an address leaves the queue. */
static void gives_up(void **state)
{
    struct place places[] = {{"https://a.example/1", 503, NULL, NULL, 0, 0}, {0}};
    const pl_str key = PL_S("https://a.example/1");
    struct world *w = world(places);

    (void)state;
    for (uint32_t before = 3; before <= 4; before++) {
        struct known k = {.kind = KNOWN_PAGE, .queued = true, .failures = before};
        assert_int_equal(store_put(w->store, key, &k), PL_OK);
        crawl_close(w->crawl);
        open_crawl(w);
        go(w);
        assert_int_equal(store_find(w->store, key, &k), PL_OK);
        assert_int_equal(k.failures, before + 1);
        assert_int_equal(k.queued, before < 4);
    }
    end(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_feed_and_its_pages), cmocka_unit_test(asks_robots_first),
        cmocka_unit_test(follows_redirects),          cmocka_unit_test(tries_again),
        cmocka_unit_test(refuses),                    cmocka_unit_test(reads_sitemaps),
        cmocka_unit_test(reads_sections),
        cmocka_unit_test(keeps_to_the_limit),         cmocka_unit_test(fetches_nothing_twice),
        cmocka_unit_test(digests_for_later_runs),
        cmocka_unit_test(hands_over_entries),         cmocka_unit_test(hands_over_few_entries),
        cmocka_unit_test(goes_on_where_it_was),
        cmocka_unit_test(keeps_to_the_limit_after_a_kill),
        cmocka_unit_test(stops),                      cmocka_unit_test(keeps_what_a_feed_said),
        cmocka_unit_test(robots_of_another_site),     cmocka_unit_test(dates_to_come),
        cmocka_unit_test(leads_there_three_times),    cmocka_unit_test(leads_there_at_once),
        cmocka_unit_test(keeps_to_the_limit_when_it_goes_on),
        cmocka_unit_test(queued_and_excluded),        cmocka_unit_test(lists_stay_lists),
        cmocka_unit_test(few_at_once),                cmocka_unit_test(waits_have_bounds),
        cmocka_unit_test(tries_each_hop),             cmocka_unit_test(gives_up),
        cmocka_unit_test(silence_holds_up_nobody), cmocka_unit_test(silence_makes_room),
        cmocka_unit_test(silence_is_awaited), cmocka_unit_test(a_slow_site_is_asked_once_more),
    };

    return cmocka_run_group_tests_name("fetch_crawl", tests, NULL, NULL);
}
