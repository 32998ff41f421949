/* fetch_crawl_came.c - what comes of an address: a redirect, another try, nothing, or something. */
#include <nettle/sha1.h>
#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>

#include "fetch_crawl_parts.h"
#include "fetch_header.h"

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* ---- what is remembered ---- */

static struct due_facts facts_of(const struct crawl *c, const struct transport_response *r, enum due_outcome outcome)
{
    struct due_facts f = {.outcome = outcome, .now_ms = c->o.now_ms, .max_age_s = -1, .ttl_s = -1, .retry_after_ms = -1};

    if (!r)
        return f;
    /* A recording may have been made long before. */
    f.now_ms = most(r->came_ms, c->o.now_ms);
    f.max_age_s = header_max_age_of(r->head);
    f.retry_after_ms = header_retry_after_ms(header_field(r->head, "Retry-After"), r->came_ms);
    return f;
}

/* It was asked for, and is not to be asked for again before it is due. */
static int settle(struct crawl *c, const struct ask *a, const struct transport_response *r, const struct due_facts *f,
                  bool again)
{
    struct known k;
    int rc = ask_known(c, a, &k);

    if (rc != PL_OK)
        return rc;
    due_next(&k, f);
    if (r && r->status)
        k.status = r->status;
    k.queued = again && k.failures < MAX_FAILURES;
    if (!k.queued)
        k.meta = (pl_str){NULL, 0};
    return crawl_put(c, ask_key(a), &k);
}

int crawl_fail(struct crawl *c, struct ask *a, const struct transport_response *r, bool later, const char *code,
               const char *fmt, ...)
{
    const struct due_facts f = facts_of(c, r, r && r->status == 410 ? DUE_GONE : DUE_FAILED);
    char message[512];
    va_list ap;
    int rc;

    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    rc = settle(c, a, r, &f, later);
    const uint64_t sequence = rc == PL_OK ? store_next_sequence(c->o.store) : 0;
    if (rc == PL_OK && !sequence)
        rc = crawl_store_fault(c, PL_FATAL);
    if (rc == PL_OK)
        rc = c->calls.fault(c->calls.arg, ask_url(a), sequence, code, message);
    c->count[CRAWL_FAILED]++;
    ask_free(a);
    return rc;
}

/* Nothing comes of it, and that is no fault. */
static int pass(struct crawl *c, struct ask *a, const struct transport_response *r, enum due_outcome outcome)
{
    const struct due_facts f = facts_of(c, r, outcome);
    const int rc = settle(c, a, r, &f, false);

    ask_free(a);
    return rc;
}

int crawl_disallowed(struct crawl *c, struct ask *a)
{
    const pl_str url = ask_at(a);

    c->count[CRAWL_ROBOTS]++;
    /* Somebody named it: it shall be seen. */
    crawl_say(c, a->kind == KNOWN_UNSORTED ? PL_LOG_WARN : PL_LOG_DEBUG, "%.*s: robots.txt does not allow it", (int)url.len,
              url.ptr);
    return pass(c, a, NULL, DUE_ROBOTS);
}

/* ---- another try ---- */

static bool may_come_right(const struct transport_response *r)
{
    switch (r->fault) {
    case TRANSPORT_OK:
        return r->status == 408 || r->status == 425 || r->status == 429 || r->status >= 500;
    case TRANSPORT_DNS:
    case TRANSPORT_CONNECT:
    case TRANSPORT_TIMEOUT:
    case TRANSPORT_SLOW:
    case TRANSPORT_BROKEN:
        return true;
    default:
        return false;
    }
}

static int64_t retry_after(const struct transport_response *r)
{
    const int64_t ms = r->status == 429 || r->status >= 500 || r->status == 408
                           ? header_retry_after_ms(header_field(r->head, "Retry-After"), r->came_ms)
                           : -1;

    return ms < 0 ? 0 : ms < MAX_RETRY_AFTER_MS ? ms : MAX_RETRY_AFTER_MS;
}

/* Two seconds, eight, and so on, half of it more or less: the same for the same address, whoever asks. */
static int64_t back_off_ms(const struct ask *a)
{
    static const uint64_t fixed[2] = {0, 0};
    const int64_t base = (int64_t)2000 << 2 * (a->tries - 1 < 5 ? a->tries - 1 : 5);

    return base / 2 + (int64_t)(names_hash(fixed, ask_key(a)) % (uint64_t)base);
}

static int try_again(struct crawl *c, struct ask *a, const struct transport_response *r)
{
    a->tries++;
    c->count[CRAWL_RETRIED]++;
    return crawl_put_off(c, a, crawl_clock(c) + most(back_off_ms(a), retry_after(r)));
}

/* It was silent while others waited: its turn comes again at the end of the line, and then it has its whole time. */
static int put_last(struct crawl *c, struct ask *a)
{
    c->count[CRAWL_SLOW]++;
    return crawl_put_off(c, a, crawl_clock(c) + PUT_OFF_MS);
}

/* ---- redirects ---- */

static bool is_redirect(const struct transport_response *r)
{
    return r->fault == TRANSPORT_OK && (r->status == 301 || r->status == 302 || r->status == 303 || r->status == 307 ||
                                        r->status == 308);
}

static uint64_t hash_of(pl_str url)
{
    static const uint64_t fixed[2] = {0, 0};

    return names_hash(fixed, url);
}

/* The chain grows by `url`; false: it was there before. *rc is PL_NOMEM where memory has ended. */
static bool add_hop(struct ask *a, pl_str url, int *rc)
{
    if (!a->chain) {
        a->chain = calloc(1, sizeof *a->chain);
        if (a->chain)
            a->chain->seen[0] = hash_of(ask_url(a));
    }
    char *copy = a->chain ? malloc(url.len + 1) : NULL;
    if (!copy) {
        *rc = PL_NOMEM;
        return false;
    }
    memcpy(copy, url.ptr, url.len);
    copy[url.len] = 0;
    free(a->chain->url);
    a->chain->url = copy;
    a->chain->len = url.len;
    const uint64_t hash = hash_of(url);
    for (unsigned i = 0; i <= a->chain->n; i++) {
        if (a->chain->seen[i] == hash)
            return false;
    }
    a->chain->seen[++a->chain->n] = hash;
    return true;
}

int crawl_leads_to_known(struct crawl *c, const struct ask *a, const struct url *to, bool *known)
{
    struct known k;
    int rc;

    *known = false;
    if (canonical_url(to, c->o.tracking, &c->canonical) != PL_OK)
        return PL_NOMEM;
    const pl_str key = url_href(&c->canonical), own = ask_key(a);
    if (key.len == own.len && memcmp(key.ptr, own.ptr, key.len) == 0)
        return PL_OK;
    rc = crawl_known(c, key, &k);
    if (rc == PL_OK)
        *known = !k.queued && k.checked_ms > 0 && !due_now(&k, c->o.now_ms);
    return rc;
}

int crawl_pass_known(struct crawl *c, struct ask *a, const struct transport_response *r)
{
    c->count[CRAWL_NOT_DUE]++;
    return pass(c, a, r, DUE_UNCHANGED);
}

static int follow(struct crawl *c, struct ask *a, const struct transport_response *r)
{
    const bool robots = a->kind == ASK_ROBOTS;
    const unsigned limit = robots ? ROBOTS_REDIRECTS : c->o.redirects;
    const pl_str location = header_field(r->head, "Location");
    char why[160];
    bool known = false;
    int rc = PL_OK;

    if (url_parse(&c->here, ask_at(a), NULL) != PL_OK) {
        ask_free(a);
        return PL_NOMEM;
    }
    if (location.len == 0 || url_parse(&c->there, location, &c->here) != PL_OK || !url_is_http(&c->there)) {
        if (robots)
            return crawl_robots_came(c, a, r);
        return crawl_fail(c, a, r, false, "bad-redirect", "status %d leads to '%.*s', which is no address of HTTP", r->status,
                          (int)(location.len < 200 ? location.len : 200), location.ptr ? location.ptr : "");
    }
    const pl_str to = {c->there.href, c->there.fragment};
    if ((a->chain ? a->chain->n : 0) >= limit)
        return robots ? crawl_robots_came(c, a, r)
                      : crawl_fail(c, a, r, false, "redirects", "more than %u redirects, the last to '%.*s'", limit,
                                   (int)(to.len < 200 ? to.len : 200), to.ptr);
    if (c->o.guard && address_host_refused(c->o.guard, url_host(&c->there), why, sizeof why))
        return robots ? crawl_robots_failed(c, a, true, why)
                      : crawl_fail(c, a, r, false, "refused", "a redirect leads to '%.*s': %s",
                                   (int)(to.len < 200 ? to.len : 200), to.ptr, why);
    if (a->kind == KNOWN_PAGE && !patterns_allow(c->o.patterns, to)) {
        c->count[CRAWL_EXCLUDED]++;
        return pass(c, a, r, DUE_CHANGED);
    }
    if (!robots)
        rc = crawl_leads_to_known(c, a, &c->there, &known);
    if (known && rc == PL_OK)
        return crawl_pass_known(c, a, r);
    struct site *s = rc == PL_OK ? crawl_site(c, &c->there) : NULL;
    if (rc == PL_OK && !s)
        rc = PL_NOMEM;
    if (rc == PL_OK && !add_hop(a, to, &rc) && rc == PL_OK)
        return robots ? crawl_robots_came(c, a, r)
                      : crawl_fail(c, a, r, false, "redirect-loop", "a redirect leads back to '%.*s'",
                                   (int)(to.len < 200 ? to.len : 200), to.ptr);
    if (rc != PL_OK) {
        ask_free(a);
        return rc;
    }
    c->count[CRAWL_REDIRECTS]++;
    a->tries = 0;
    return hosts_add(c->hosts, s, &a->visit, VISIT_FIRST);
}

/* ---- nothing ---- */

static const char *fault_code(enum transport_fault fault)
{
    switch (fault) {
    case TRANSPORT_DNS: return "dns";
    case TRANSPORT_REFUSED: return "refused";
    case TRANSPORT_CONNECT: return "connect";
    case TRANSPORT_TLS: return "tls";
    case TRANSPORT_TIMEOUT: return "timeout";
    case TRANSPORT_SLOW: return "slow";
    case TRANSPORT_TOO_LARGE: return "too-large";
    case TRANSPORT_HEAD_TOO_LARGE: return "head-too-large";
    case TRANSPORT_BROKEN: return "broken";
    case TRANSPORT_PROTOCOL: return "protocol";
    case TRANSPORT_NOT_RECORDED: return "not-recorded";
    default: return "failed";
    }
}

static int come_to_nothing(struct crawl *c, struct ask *a, const struct transport_response *r)
{
    char code[16];

    if (r->fault != TRANSPORT_OK)
        return crawl_fail(c, a, r, may_come_right(r), fault_code(r->fault), "%s", r->message);
    snprintf(code, sizeof code, "http-%d", r->status);
    return crawl_fail(c, a, r, may_come_right(r), code, "the server answers with status %d", r->status);
}

/* ---- something ---- */

static void take_validators(struct known *k, const struct transport_response *r)
{
    k->etag = header_etag(header_field(r->head, "ETag"));
    k->last_modified = header_last_modified(header_field(r->head, "Last-Modified"));
}

static bool is_text(const struct media_type *m)
{
    return m->type.len == 0 || media_type_is(m, "application/xhtml+xml") || media_type_is(m, "application/xml") ||
           (m->type.len > 5 && strncasecmp(m->type.ptr, "text/", 5) == 0);
}

static void sha1_of(pl_str s, uint8_t digest[SHA1_DIGEST_SIZE])
{
    struct sha1_ctx sha;

    sha1_init(&sha);
    sha1_update(&sha, s.len, (const uint8_t *)s.ptr);
    sha1_digest(&sha, SHA1_DIGEST_SIZE, digest);
}

/* For the next visit, where there may be one; false: it is what came before. */
static bool take_digest(const struct crawl *c, struct known *k, pl_str body)
{
    uint8_t digest[SHA1_DIGEST_SIZE];
    const bool had = k->has_digest;

    k->has_digest = had || !c->o.once;
    if (!k->has_digest)
        return true;
    sha1_of(body, digest);
    if (had && memcmp(k->digest, digest, sizeof digest) == 0)
        return false;
    memcpy(k->digest, digest, sizeof digest);
    return true;
}

/* 304, or what came before: its validators may be new. */
static int unchanged(struct crawl *c, struct ask *a, const struct transport_response *r)
{
    const struct due_facts f = facts_of(c, r, DUE_UNCHANGED);
    struct known k;
    int rc = ask_known(c, a, &k);

    c->count[CRAWL_UNCHANGED]++;
    if (rc == PL_OK) {
        due_next(&k, &f);
        const struct known before = k;
        take_validators(&k, r);
        if (r->status == 304 && k.etag.len == 0)
            k.etag = before.etag;
        if (r->status == 304 && k.last_modified.len == 0)
            k.last_modified = before.last_modified;
        k.status = r->status;
        k.queued = false;
        k.meta = (pl_str){NULL, 0};
        rc = crawl_put(c, ask_key(a), &k);
    }
    ask_free(a);
    return rc;
}

/* A page's other address, where a redirect has led: known like the first. */
static int put_other(struct crawl *c, const struct ask *a, const struct known *k)
{
    struct known other = *k;

    if (!a->chain)
        return PL_OK;
    if (url_parse(&c->there, ask_at(a), NULL) != PL_OK || canonical_url(&c->there, c->o.tracking, &c->canonical) != PL_OK)
        return PL_NOMEM;
    const pl_str key = url_href(&c->canonical), own = ask_key(a);
    if (key.len > STORE_MAX_URL || (key.len == own.len && memcmp(key.ptr, own.ptr, key.len) == 0))
        return PL_OK;
    other.url = (pl_str){NULL, 0};
    other.kind = KNOWN_UNSORTED; /* it is no page more of its site's */
    return crawl_put(c, key, &other);
}

static int hand_over(struct crawl *c, struct ask *a, const struct transport_response *r, struct known *k)
{
    const pl_str type = header_field(r->head, "Content-Type");
    const struct media_type media = header_media_type(type);
    const struct due_facts f = facts_of(c, r, DUE_CHANGED);
    struct about about;
    int rc;

    if (!is_text(&media))
        return crawl_fail(c, a, r, false, "not-text", "its media type is '%.*s'", (int)(media.type.len < 100 ? media.type.len : 100),
                          media.type.ptr);
    about_read(k->meta, &about);
    struct crawl_page page = {.asked = ask_url(a),
                              .url = ask_at(a),
                              .about = &about,
                              .response = r,
                              .content_type = type,
                              .encoded = header_field(r->head, "Content-Encoding").len > 0,
                              .sequence = store_next_sequence(c->o.store)};
    rc = page.sequence ? c->calls.page(c->calls.arg, &page) : crawl_store_fault(c, PL_FATAL);
    if (rc != PL_OK)
        goto done;
    c->count[CRAWL_PAGES]++;
    due_next(k, &f);
    take_validators(k, r);
    k->queued = false;
    k->meta = (pl_str){NULL, 0};
    rc = crawl_put(c, ask_key(a), k);
    if (rc == PL_OK)
        rc = put_other(c, a, k);
done:
    ask_free(a);
    return rc;
}

/* What a list or a front page is, with its encodings undone; false: it is failed, or *rc says why not. */
static bool unwrap(struct crawl *c, struct ask *a, const struct transport_response *r, pl_str *bytes, int *rc)
{
    const enum encoding_result e = encoding_undo(&c->encodings, header_field(r->head, "Content-Encoding"), r->body, MAX_LIST,
                                                 MAX_RATIO, bytes);

    if (e == ENCODING_OK && !gunzip_is(*bytes))
        return true;
    if (e == ENCODING_NOMEM) {
        ask_free(a);
        *rc = PL_NOMEM;
        return false;
    }
    if (e != ENCODING_OK) {
        *rc = crawl_fail(c, a, r, false, e == ENCODING_TOO_LARGE || e == ENCODING_RATIO ? "too-large" : "bad-encoding",
                         "the payload %s", encoding_says(e));
        return false;
    }
    const pl_str stored = *bytes;
    const size_t most_bytes = stored.len < MAX_LIST / MAX_RATIO ? MAX_LIST / 4 : MAX_LIST;
    bytes_reset(&c->inflated, 4 << 20);
    switch (gunzip_all(&c->gunzip, stored, most_bytes, &c->inflated)) {
    case GUNZIP_OK:
    case GUNZIP_TORN: /* what is there is read */
        *bytes = (pl_str){(const char *)c->inflated.at, c->inflated.len};
        return true;
    case GUNZIP_NOMEM:
        ask_free(a);
        *rc = PL_NOMEM;
        return false;
    default:
        *rc = crawl_fail(c, a, r, false, "bad-encoding", "its gzip data is damaged, or inflates to more than %d bytes", MAX_LIST);
        return false;
    }
}

/* Does the beginning of a large payload grow as no honest page or list does?  Then the rest is not undone at all: a bomb is
 * to cost no more than it weighs. */
static bool is_bomb(struct crawl *c, pl_str coding, pl_str body)
{
    const pl_str start = {body.ptr, PROBE};
    pl_str out;

    if (coding.len == 0 && gunzip_is(body))
        coding = PL_S("gzip");
    return coding.len && body.len > 4 * PROBE &&
           encoding_undo(&c->encodings, coding, start, (size_t)PROBE * MAX_RATIO, 0, &out) == ENCODING_TOO_LARGE;
}

/* What an address turns out to be; KNOWN_UNSORTED where that shows only when all encodings are undone, or in the whole page. */
static enum known_kind sort(struct crawl *c, pl_str address, const struct transport_response *r, pl_str coding)
{
    pl_str start = r->body;

    if (coding.len)
        encoding_undo(&c->encodings, coding, r->body, PROBE, 0, &start);
    if (gunzip_is(start))
        return KNOWN_UNSORTED;
    const enum known_kind kind = crawl_sort(address, start, header_field(r->head, "Content-Type"));
    return kind == KNOWN_PAGE && crawl_may_be_section(address) ? KNOWN_UNSORTED : kind;
}

static int sort_whole(struct crawl *c, pl_str address, const struct transport_response *r, pl_str bytes, enum known_kind *kind)
{
    const pl_str type = header_field(r->head, "Content-Type");
    const struct media_type media = header_media_type(type);
    bool section = false;
    int rc = PL_OK;

    *kind = crawl_sort(address, bytes, type);
    if (*kind == KNOWN_PAGE && is_text(&media) && crawl_may_be_section(address))
        rc = crawl_is_section(c, address, bytes, media.charset, &section);
    if (section)
        *kind = KNOWN_FRONT;
    return rc;
}

int crawl_list_ended(struct crawl *c, const struct ask *a, struct known *k, const struct due_facts *f, bool left)
{
    due_next(k, f);
    if (left) {
        /* What it named and there was no room for is asked of it again, by the next run. */
        k->etag = k->last_modified = (pl_str){NULL, 0};
        k->has_digest = false;
        k->due_ms = c->o.now_ms + 1;
    }
    return crawl_put(c, ask_key(a), k);
}

/* What is to be known of the list when its entries are handed over, and that is later. */
static int hold(struct later *p, struct ask *a, const struct known *k, const struct due_facts *f)
{
    const int rc = ask_keep(a, k);

    p->facts = *f;
    p->ask = a;
    return rc;
}

static int read_as_list(struct crawl *c, struct ask *a, const struct transport_response *r, enum known_kind kind, pl_str bytes)
{
    static const char *const code[] = {[KNOWN_FEED] = "bad-feed", [KNOWN_SITEMAP] = "bad-sitemap", [KNOWN_FRONT] = "bad-page"};
    struct due_facts f = facts_of(c, r, DUE_CHANGED);
    struct known k;
    struct about about;
    int rc = ask_known(c, a, &k);

    about_read(k.meta, &about);
    const pl_str type = header_field(r->head, "Content-Type");
    struct list l = {.kind = kind, .bytes = bytes, .content_type = type, .base = ask_at(a), .depth = about.depth,
                     .charset = header_media_type(type).charset, .ttl_s = -1};
    const uint64_t n_new = c->n_new;
    if (rc == PL_OK)
        rc = crawl_read_list(c, &l);
    if (rc == PL_ERROR)
        return crawl_fail(c, a, r, false, code[kind], "%s", l.message);
    if (rc == PL_OK)
        rc = ask_known(c, a, &k);
    if (rc == PL_OK) {
        c->count[kind == KNOWN_FEED ? CRAWL_FEEDS : kind == KNOWN_SITEMAP ? CRAWL_SITEMAPS : CRAWL_FRONTS]++;
        f.ttl_s = l.ttl_s;
        f.n_news = (int64_t)(c->n_new - n_new);
        k.kind = kind;
        k.status = r->status;
        take_validators(&k, r);
        k.queued = false;
        k.has_digest = false;
        take_digest(c, &k, r->body);
        if (l.later)
            return hold(l.later, a, &k, &f);
        rc = crawl_list_ended(c, a, &k, &f, l.left);
    }
    ask_free(a);
    return rc;
}

static int something(struct crawl *c, struct ask *a, const struct transport_response *r)
{
    const pl_str coding = header_field(r->head, "Content-Encoding");
    enum known_kind kind = (enum known_kind)a->kind;
    pl_str bytes = r->body;
    struct known k;
    int rc;

    if (r->body.len == 0)
        return crawl_fail(c, a, r, false, "empty", "nothing came");
    rc = ask_known(c, a, &k);
    if (rc != PL_OK)
        goto fault;
    if (!take_digest(c, &k, r->body))
        return unchanged(c, a, r);
    if (is_bomb(c, coding, r->body))
        return crawl_fail(c, a, r, false, "too-large", "it grows to more than %d times what came when its encoding is undone",
                          MAX_RATIO);
    if (kind == KNOWN_UNSORTED)
        kind = sort(c, ask_at(a), r, coding);
    if (kind != KNOWN_PAGE) {
        if (!unwrap(c, a, r, &bytes, &rc))
            return rc;
        if (kind == KNOWN_UNSORTED && (rc = sort_whole(c, ask_at(a), r, bytes, &kind)) != PL_OK)
            goto fault;
    }
    if (kind != KNOWN_PAGE)
        return read_as_list(c, a, r, kind, bytes);
    if (a->kind != KNOWN_PAGE)
        ++*site_taken(a->visit.site);
    k.kind = kind;
    k.status = r->status;
    return hand_over(c, a, r, &k);
fault:
    ask_free(a);
    return rc;
}

/* A 304 to a request that asked for no such thing is a fault. */
static bool was_asked_conditionally(const struct transport_response *r)
{
    return header_field(r->request, "If-None-Match").ptr || header_field(r->request, "If-Modified-Since").ptr;
}

static int came(struct crawl *c, struct ask *a, const struct transport_response *r)
{
    const bool robots = a->kind == ASK_ROBOTS;

    if (r->fault == TRANSPORT_NOMEM) {
        ask_free(a);
        return PL_NOMEM;
    }
    if (r->fault == TRANSPORT_LET_GO)
        return put_last(c, a);
    if (may_come_right(r) && a->tries < c->o.retries && !c->o.timeless)
        return try_again(c, a, r);
    /* What was recorded was allowed. */
    if (robots && r->fault != TRANSPORT_OK && r->fault != TRANSPORT_TOO_LARGE && r->fault != TRANSPORT_NOT_RECORDED)
        return crawl_robots_failed(c, a, r->fault == TRANSPORT_REFUSED, r->message);
    if (is_redirect(r))
        return follow(c, a, r);
    if (robots)
        return crawl_robots_came(c, a, r);
    if (r->fault == TRANSPORT_OK && r->status == 304 && was_asked_conditionally(r))
        return unchanged(c, a, r);
    if (r->fault != TRANSPORT_OK || (r->status != 200 && r->status != 203))
        return come_to_nothing(c, a, r);
    return something(c, a, r);
}

static void unlink_active(struct crawl *c, const struct ask *a)
{
    struct ask **at = &c->active;

    while (*at != a)
        at = (struct ask **)(void *)&(*at)->visit.next;
    *at = (struct ask *)(void *)a->visit.next;
    c->n_active--;
}

void crawl_came(void *arg, const struct transport_response *r)
{
    struct crawl *c = arg;
    struct ask *a = r->owner;

    unlink_active(c, a);
    c->count[CRAWL_BYTES] += r->body.len;
    int rc = hosts_ended(c->hosts, a->visit.site, crawl_clock(c), most(origin_delay_ms(a->origin), retry_after(r)));
    /* A slow site that answers is asked twice for one page, and no more than that: see begin(). */
    if (r->fault == TRANSPORT_LET_GO)
        *site_slow(a->visit.site) = true;
    else if (r->fault == TRANSPORT_OK && crawl_clock(c) - a->begun_ms < SLOW_MS)
        *site_slow(a->visit.site) = false;
    if (rc != PL_OK || c->rc != PL_OK)
        ask_free(a);
    else
        rc = came(c, a, r);
    if (c->rc == PL_OK)
        c->rc = rc;
}
