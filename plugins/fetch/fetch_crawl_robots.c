/* fetch_crawl_robots.c - which robots.txt holds for an address, and what waits for it. */
#include <stdlib.h>

#include "fetch_crawl_parts.h"
#include "fetch_header.h"

/* What stands before the path, without a user's name. */
static pl_str origin_name(const struct url *u, char *room, size_t size)
{
    const pl_str scheme = url_scheme(u), host = url_host(u);
    char port[16] = "";

    if (u->port >= 0)
        snprintf(port, sizeof port, ":%d", (int)u->port);
    const int n = snprintf(room, size, "%.*s://%.*s%s", (int)scheme.len, scheme.ptr, (int)host.len, host.ptr, port);
    return (pl_str){room, n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1};
}

struct origin *crawl_origin(struct crawl *c)
{
    char room[600]; /* a host's name has at most 253 bytes, and what is longer has no address */
    const pl_str name = origin_name(&c->here, room, sizeof room);
    struct origin *o = names_find(&c->origin_names, name);

    if (o)
        return o;
    o = calloc(1, sizeof *o + name.len + 1);
    if (!o)
        return NULL;
    memcpy(o->name, name.ptr, name.len);
    o->name_len = name.len;
    o->waiting_end = &o->waiting;
    if (names_add(&c->origin_names, (pl_str){o->name, name.len}, o) != PL_OK) {
        free(o);
        return NULL;
    }
    o->next = c->origins;
    c->origins = o;
    return o;
}

int64_t origin_delay_ms(const struct origin *o)
{
    return o ? o->delay_ms : 0;
}

bool origin_is_fresh(const struct crawl *c, const struct origin *o)
{
    if (o->state == ROBOTS_UNKNOWN)
        return false;
    if (c->o.timeless)
        return true;
    return crawl_clock(c) - o->came_ms < (o->state == ROBOTS_UNREACHABLE ? ROBOTS_AGAIN_MS : ROBOTS_AGE_MS);
}

void origin_wait(struct crawl *c, struct origin *o, struct ask *a)
{
    a->visit.next = NULL;
    *o->waiting_end = &a->visit;
    o->waiting_end = &a->visit.next;
    c->n_waiting++;
}

struct ask *origin_ask(struct origin *o)
{
    char url[640];
    const int n = snprintf(url, sizeof url, "%s/robots.txt", o->name);
    const pl_str text = {url, (size_t)n};
    struct ask *a = ask_new(ASK_ROBOTS, text, (pl_str){NULL, 0});

    if (a)
        a->origin = o;
    return a;
}

/* Those that waited go on, in their order, before what is in their sites' queues. */
static int let_go(struct crawl *c, struct origin *o)
{
    int rc = PL_OK;

    for (struct visit *v = o->waiting; v;) {
        struct visit *next = v->next;
        c->n_waiting--;
        const int added = hosts_add(c->hosts, v->site, v, VISIT_FIRST);
        rc = rc == PL_OK ? added : rc;
        v = next;
    }
    o->waiting = NULL;
    o->waiting_end = &o->waiting;
    return rc;
}

static void forget(struct crawl *c, struct origin *o)
{
    robots_free(o->robots);
    o->robots = NULL;
    c->robots_memory -= o->size;
    o->size = 0;
    o->state = ROBOTS_UNKNOWN;
}

/* Past the bound all go that nobody waits for; they are asked for again when they are needed. */
static void make_room(struct crawl *c, const struct origin *keep)
{
    if (c->robots_memory <= ROBOTS_MEMORY)
        return;
    for (struct origin *o = c->origins; o; o = o->next) {
        if (o != keep && o->state == ROBOTS_KNOWN && o->size)
            forget(c, o);
    }
}

static int settle(struct crawl *c, struct ask *a, enum robots_state state, struct robots *robots)
{
    struct origin *o = a->origin;

    forget(c, o);
    o->robots = robots;
    o->size = robots ? robots_size(robots) : 0;
    c->robots_memory += o->size;
    o->state = state;
    o->came_ms = crawl_clock(c);
    const int64_t delay = robots ? robots_delay_ms(robots) : -1;
    o->delay_ms = delay < 0 ? 0 : delay < MAX_DELAY_MS ? delay : MAX_DELAY_MS;
    make_room(c, o);
    /* What it asks for holds from now on, also for what it was asked with; a redirect may have led to another site. */
    struct site *site = o->waiting ? o->waiting->site : a->visit.site;
    const int rc = hosts_hold(c->hosts, site, o->came_ms + o->delay_ms);
    const int let = let_go(c, o);
    ask_free(a);
    return rc == PL_OK ? let : rc;
}

int crawl_robots_failed(struct crawl *c, struct ask *a, bool refused, const char *why)
{
    crawl_say(c, refused ? PL_LOG_INFO : PL_LOG_WARN, "%s/robots.txt: %s; nothing is asked of it", a->origin->name, why);
    a->origin->refused = refused;
    snprintf(a->origin->why, sizeof a->origin->why, "%s", why);
    return settle(c, a, ROBOTS_UNREACHABLE, NULL);
}

int crawl_robots_came(struct crawl *c, struct ask *a, const struct transport_response *r)
{
    struct robots *robots = NULL;
    char why[64];
    pl_str text = r->body;

    /* 2.3.1.3: what is not there forbids nothing.  3xx: more redirects than are followed, likewise (2.3.1.2). */
    if (r->fault == TRANSPORT_NOT_RECORDED || (r->status >= 300 && r->status < 500 && r->status != 429) || r->status == 204)
        return settle(c, a, ROBOTS_KNOWN, NULL);
    if (r->status < 200 || r->status >= 300) {
        snprintf(why, sizeof why, "HTTP status %d", r->status);
        return crawl_robots_failed(c, a, false, why);
    }
    const pl_str coding = header_field(r->head, "Content-Encoding");
    if (coding.len) {
        /* Of a torn one what could be undone is read, like the beginning of one that is too long. */
        const enum encoding_result e = encoding_undo(&c->encodings, coding, r->body, ROBOTS_MAX, 0, &text);
        if (e == ENCODING_NOMEM) {
            ask_free(a);
            return PL_NOMEM;
        }
        if (e != ENCODING_OK && e != ENCODING_TOO_LARGE)
            return crawl_robots_failed(c, a, false, encoding_says(e));
    }
    if (robots_parse(&robots, text, PL_S("pressline")) != PL_OK) {
        ask_free(a);
        return PL_NOMEM;
    }
    return settle(c, a, ROBOTS_KNOWN, robots);
}

void crawl_robots_done(struct crawl *c)
{
    while (c->origins) {
        struct origin *o = c->origins;
        c->origins = o->next;
        for (struct visit *v = o->waiting; v;) {
            struct visit *next = v->next;
            ask_free((struct ask *)(void *)v);
            v = next;
        }
        robots_free(o->robots);
        free(o);
    }
    names_done(&c->origin_names);
}
