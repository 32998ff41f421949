/* fetch_web.c - the crawl as the stage drives it: opened by the options, its pages as records. */
#include "fetch_web.h"

#include <stdlib.h>
#include <time.h>

#include "fetch_crawl.h"
#include "fetch_http.h"
#include "fetch_recorded.h"
#include "fetch_recorder.h"
#include "fetch_when.h"

struct web {
    pl_self *self;
    const struct fetch_keys *keys;
    struct address_guard *guard;
    struct patterns *patterns;
    struct tracking *tracking;
    int64_t since_ms;
    pl_str scratch; /* of the run's state; {NULL, 0} where it keeps none */
    /* from here on NULL until they are needed */
    struct store *store;
    struct transport *transport;
    struct recorder *recorder; /* the same, where all is recorded */
    struct crawl *crawl;
    bool going_on;
    bool loaded;
    bool ended;   /* all is done */
    bool done;    /* likewise, by what a checkpoint saved */
    uint64_t n_announced;
    uint32_t metric[CRAWL_COUNTS];
    uint64_t counted[CRAWL_COUNTS];
};

static const struct config *config_of(const pl_self *self)
{
    return self->config;
}

static bool is(pl_str s, const char *word)
{
    return s.len == strlen(word) && memcmp(s.ptr, word, s.len) == 0;
}

static int fault(pl_self *self, int rc, const char *option, const char *message)
{
    if (rc == PL_NOMEM)
        pl_log(self, PL_LOG_ERROR, NULL, "out of memory");
    else
        pl_log(self, PL_LOG_ERROR, NULL, "%s%s%s", option, option[0] ? ": " : "", message);
    return rc == PL_NOMEM || rc == PL_RETRY ? PL_RETRY : rc == PL_AGAIN ? PL_AGAIN : PL_FATAL;
}

/* ---- records ---- */

static void no_room(pl_self *self, pl_record *r)
{
    pl_fail(self, r, "too-large", "past the record's memory limit (record_memory)");
}

static pl_record *new_record(struct web *w, pl_str name, uint64_t sequence)
{
    w->n_announced++;
    const int number = pl_input(w->self, name, (pl_str){"", 0});
    pl_record *r = pl_emit(w->self, NULL);

    if (r)
        pl_set_origin(w->self, r, number, sequence);
    return r;
}

static int set_text(struct web *w, pl_record *r, pl_key key, pl_str text)
{
    return text.len ? pl_set(w->self, r, key, text) : PL_OK;
}

static int set_lines(struct web *w, pl_record *r, pl_key key, pl_str lines)
{
    pl_str at[256];
    size_t n = 0;

    while (lines.len && n < sizeof at / sizeof *at) {
        const char *end = memchr(lines.ptr, '\n', lines.len);
        at[n] = (pl_str){lines.ptr, end ? (size_t)(end - lines.ptr) : lines.len};
        lines = end ? (pl_str){end + 1, lines.len - at[n].len - 1} : (pl_str){NULL, 0};
        n++;
    }
    return n ? pl_set_list(w->self, r, key, (pl_list){at, n}) : PL_OK;
}

static int set_about(struct web *w, pl_record *r, const struct about *a)
{
    static const struct {
        enum about_part part;
        pl_key key;
    } map[] = {
        {ABOUT_TITLE, PL_TITLE},         {ABOUT_SUMMARY, PL_SUMMARY},   {ABOUT_PUBLISHED, PL_PUBLISHED},
        {ABOUT_MODIFIED, PL_MODIFIED},   {ABOUT_LANGUAGE, PL_LANGUAGE}, {ABOUT_IMAGE, PL_IMAGE},
        {ABOUT_SITE, PL_SITE},
    };
    int rc = PL_OK;

    for (size_t i = 0; i < sizeof map / sizeof *map && rc == PL_OK; i++)
        rc = set_text(w, r, map[i].key, a->part[map[i].part]);
    if (rc == PL_OK)
        rc = set_lines(w, r, PL_BYLINE, a->part[ABOUT_AUTHOR]);
    return rc == PL_OK ? set_lines(w, r, PL_TAGS, a->part[ABOUT_TAGS]) : rc;
}

static int emit_page(void *arg, const struct crawl_page *p)
{
    struct web *w = arg;
    const struct transport_response *t = p->response;
    char came[32];
    pl_record *r = new_record(w, p->asked, p->sequence);

    if (!r)
        return PL_NOMEM;
    when_rfc3339(t->came_ms, came);
    const struct fetched f = {.url = p->url,
                              .fetched_at = {came, strlen(came)},
                              .status = t->status,
                              .request = t->request,
                              .head = t->head,
                              .content_type = p->content_type,
                              .encoded = p->encoded,
                              .ip = {t->ip, strlen(t->ip)},
                              .truncated = {t->truncated, t->truncated ? strlen(t->truncated) : 0},
                              .took_ms = t->took_ms};
    if (pl_set(w->self, r, PL_SOURCE, p->asked) != PL_OK || fetched_set(w->self, r, w->keys, &f) != PL_OK ||
        set_about(w, r, p->about) != PL_OK || pl_set_raw(w->self, r, t->body) != PL_OK)
        no_room(w->self, r);
    return PL_OK;
}

/* A line of JSONL, so that what process() makes of it, and of its dead letter, is what it makes of any line. */
static int emit_entry(void *arg, const struct crawl_entry *e)
{
    struct web *w = arg;
    pl_record *r = new_record(w, e->list, e->sequence);
    pl_str line;

    if (!r)
        return PL_NOMEM;
    if (set_text(w, r, PL_URL, e->url) != PL_OK || set_about(w, r, e->about) != PL_OK)
        goto full;
    if (e->content.len && (pl_set_bytes(w->self, r, PL_BODY, e->content) != PL_OK ||
                           pl_set_view(w->self, r, PL_CHARSET, PL_S("UTF-8")) != PL_OK ||
                           pl_set_view(w->self, r, PL_CONTENT_TYPE, e->is_html ? PL_S("text/html") : PL_S("text/plain")) != PL_OK))
        goto full;
    line = pl_to_json(w->self, r);
    if (!line.ptr || pl_set_raw_view(w->self, r, line) != PL_OK || pl_set(w->self, r, PL_SOURCE, e->list) != PL_OK)
        goto full;
    return PL_OK;
full:
    no_room(w->self, r);
    return PL_OK;
}

static int emit_fault(void *arg, pl_str url, uint64_t sequence, const char *code, const char *message)
{
    struct web *w = arg;
    pl_record *r = new_record(w, url, sequence);

    if (!r)
        return PL_NOMEM;
    if (pl_set(w->self, r, PL_SOURCE, url) != PL_OK)
        no_room(w->self, r);
    else
        pl_fail(w->self, r, code, "%s", message);
    return PL_OK;
}

/* ---- what the crawl wants to know ---- */

static void say(void *arg, int level, const char *message)
{
    pl_log(((struct web *)arg)->self, level, NULL, "%s", message);
}

static int64_t clock_ms(void *arg)
{
    struct timespec t;

    (void)arg;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void pause_ms(void *arg, int ms)
{
    const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

    (void)arg;
    nanosleep(&t, NULL);
}

static bool stopping(void *arg)
{
    return pl_stopping(((struct web *)arg)->self);
}

/* ---- opening ---- */

static int parse_since(struct web *w, pl_self *self)
{
    const struct config *cfg = config_of(self);
    const int64_t now = pl_now_ms(self);

    w->since_ms = INT64_MIN;
    if (cfg->since.len && !when_parse(cfg->since, &w->since_ms)) {
        pl_log(self, PL_LOG_ERROR, NULL, "since: '%.*s' is no date: write \"2026-11-01\" or \"2026-11-01T06:00:00Z\"",
               (int)cfg->since.len, cfg->since.ptr);
        return PL_FATAL;
    }
    if (cfg->max_age > 0 && now - cfg->max_age > w->since_ms)
        w->since_ms = now - cfg->max_age;
    return PL_OK;
}

static int open_recorder(struct web *w, pl_self *self)
{
    char message[512];
    struct transport *inner = w->transport;

    w->transport = NULL; /* the recorder's */
    const int rc = recorder_open(&w->recorder, inner, config_of(self)->record.ptr, w->going_on, "pressline/" PACKAGE_VERSION,
                                 message, sizeof message);
    if (rc != PL_OK)
        return fault(self, rc, "record", message);
    w->transport = recorder_transport(w->recorder);
    return PL_OK;
}

enum { AGENT = 512, MAX_CONTACT = 300 };

/* The user agent's text, and what libcurl is asked with. */
static struct http_options http_options(const struct web *w, const struct config *cfg, char agent[AGENT])
{
    if (cfg->contact.len)
        snprintf(agent, AGENT, "pressline/" PACKAGE_VERSION " (+%.*s)", (int)cfg->contact.len, cfg->contact.ptr);
    else
        snprintf(agent, AGENT, "pressline/" PACKAGE_VERSION);
    return (struct http_options){.guard = w->guard,
                                 .user_agent = agent,
                                 .transfers = (size_t)cfg->transfers,
                                 .connect_timeout_ms = cfg->connect_timeout,
                                 .timeout_ms = cfg->transfer_timeout,
                                 .proxy = cfg->proxy.len ? cfg->proxy.ptr : NULL,
                                 .ca_file = cfg->ca_file.len ? cfg->ca_file.ptr : NULL,
                                 .resolve = cfg->resolve};
}

static int open_transport(struct web *w, pl_self *self)
{
    const struct config *cfg = config_of(self);
    char message[512], agent[AGENT];
    int rc;

    if (cfg->recorded.len) {
        rc = recorded_transport_open(&w->transport, cfg->recorded.ptr, message, sizeof message);
        return rc == PL_OK ? rc : fault(self, rc, "recorded", message);
    }
    const struct http_options o = http_options(w, cfg, agent);
    rc = http_transport_open(&w->transport, &o, message, sizeof message);
    if (rc != PL_OK)
        return fault(self, rc, "", message);
    return cfg->record.len ? open_recorder(w, self) : PL_OK;
}

static int open_store(struct web *w, pl_self *self)
{
    const struct config *cfg = config_of(self);
    char message[512];
    const struct store_options o = {.path = cfg->store.len ? cfg->store.ptr : NULL,
                                    .scratch = cfg->store.len ? NULL : w->scratch.ptr,
                                    .started_ms = pl_now_ms(self)};
    const int rc = store_open(&w->store, &o, message, sizeof message);

    return rc == PL_OK ? rc : fault(self, rc, "store", message);
}

/* All that the web needs, once. */
static int open_crawl(struct web *w, pl_self *self)
{
    const struct config *cfg = config_of(self);
    const struct crawl_calls calls = {.page = emit_page,
                                      .entry = emit_entry,
                                      .fault = emit_fault,
                                      .say = say,
                                      .clock = clock_ms,
                                      .sleep = pause_ms,
                                      .stopping = stopping,
                                      .arg = w};
    int rc;

    if (w->crawl)
        return PL_OK;
    rc = open_store(w, self);
    if (rc == PL_OK)
        rc = open_transport(w, self);
    if (rc != PL_OK)
        return rc;
    const struct crawl_options o = {.transport = w->transport,
                                    .store = w->store,
                                    .patterns = w->patterns,
                                    .tracking = w->tracking,
                                    .guard = cfg->recorded.len ? NULL : w->guard,
                                    .now_ms = pl_now_ms(self),
                                    .since_ms = w->since_ms,
                                    .delay_ms = cfg->delay,
                                    .max_body = cfg->max_body,
                                    .limit = cfg->limit,
                                    .per_site = (size_t)cfg->per_site,
                                    .redirects = (unsigned)cfg->redirects,
                                    .retries = (unsigned)cfg->retries,
                                    .by_host = is(cfg->group, "host"),
                                    .pages = cfg->pages,
                                    .timeless = cfg->recorded.len > 0,
                                    .going_on = w->going_on,
                                    .once = cfg->store.len == 0};
    w->crawl = crawl_open(&o, &calls);
    return w->crawl ? PL_OK : fault(self, PL_NOMEM, "", "");
}

/* What stands in a field of HTTP, between brackets. */
static bool is_contact(pl_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] < ' ' || (unsigned char)s.ptr[i] > '~' || s.ptr[i] == '(' || s.ptr[i] == ')')
            return false;
    }
    return s.len <= MAX_CONTACT;
}

/* Also of a run that has nothing to ask the net for: what is wrong is told by the first run, not by the first feed. */
static int check_options(const struct web *w, pl_self *self)
{
    const struct config *cfg = config_of(self);
    char message[512] = "", agent[AGENT];

    if (!is_contact(cfg->contact)) {
        pl_log(self, PL_LOG_ERROR, NULL,
               "contact: '%.*s' was found: an address (\"https://news.example/bot\") or a mailbox (\"desk@news.example\") was "
               "expected, at most %d characters of printable ASCII, without brackets",
               (int)(cfg->contact.len < 100 ? cfg->contact.len : 100), cfg->contact.ptr, MAX_CONTACT);
        return PL_FATAL;
    }
    const struct http_options o = http_options(w, cfg, agent);
    const int rc = http_options_check(&o, message, sizeof message);
    return rc == PL_OK ? rc : fault(self, rc, "", message);
}

int web_open(struct web **out, pl_self *self, const struct fetch_keys *keys, bool now, bool going_on)
{
    const struct config *cfg = config_of(self);
    struct web *w = calloc(1, sizeof *w);
    char message[512] = "";
    int rc;

    *out = w;
    if (!w)
        return fault(self, PL_NOMEM, "", "");
    w->keys = keys;
    w->going_on = going_on;
    for (int i = 0; i < CRAWL_COUNTS; i++) {
        const char *help;
        const char *name = crawl_count_name((enum crawl_count)i, &help);
        w->metric[i] = pl_metric(self, (pl_str){name, strlen(name)}, (pl_str){help, strlen(help)});
    }
    if (parse_since(w, self) != PL_OK)
        return PL_FATAL;
    rc = address_guard_make(&w->guard, cfg->allow_private, message, sizeof message);
    if (rc != PL_OK)
        return fault(self, rc, "allow_private", message);
    rc = patterns_make(&w->patterns, cfg->include, cfg->exclude, message, sizeof message);
    if (rc != PL_OK)
        return fault(self, rc, "", message);
    rc = tracking_make(&w->tracking, cfg->tracking, message, sizeof message);
    if (rc != PL_OK)
        return fault(self, rc, "tracking", message);
    rc = check_options(w, self);
    if (rc != PL_OK)
        return rc;
    w->scratch = cfg->store.len ? (pl_str){NULL, 0} : pl_state_file(self, PL_S("addresses"));
    return now ? open_crawl(w, self) : PL_OK;
}

void web_close(struct web *w)
{
    if (!w)
        return;
    transport_close(w->transport);
    crawl_close(w->crawl);
    if (w->store)
        store_close(w->store);
    address_guard_free(w->guard);
    patterns_free(w->patterns);
    tracking_free(w->tracking);
    free(w);
}

/* ---- reading ---- */

static void count(struct web *w, pl_self *self)
{
    const uint64_t *now = crawl_counts(w->crawl);

    for (int i = 0; i < CRAWL_COUNTS; i++) {
        if (now[i] > w->counted[i])
            pl_count(self, w->metric[i], now[i] - w->counted[i]);
        w->counted[i] = now[i];
    }
}

static int answer(struct web *w, pl_self *self, int rc)
{
    count(w, self);
    if (rc == PL_OK || rc == PL_AGAIN || rc == PL_EOF || rc == PL_ERROR)
        return rc;
    const char *message = crawl_message(w->crawl);
    pl_log(self, PL_LOG_ERROR, NULL, "%s", rc == PL_NOMEM || !message[0] ? "out of memory" : message);
    return PL_FATAL;
}

/* Opened, and with what earlier runs left in its queues. */
static int ready(struct web *w, pl_self *self)
{
    w->self = self;
    if (open_crawl(w, self) != PL_OK)
        return PL_FATAL;
    if (w->loaded)
        return PL_OK;
    w->loaded = true;
    return answer(w, self, crawl_load(w->crawl));
}

int web_seed(struct web *w, pl_self *self, pl_str address)
{
    int rc = ready(w, self);

    if (rc == PL_OK)
        rc = answer(w, self, crawl_seed(w->crawl, address));
    if (rc != PL_ERROR)
        return rc;
    pl_record *r = new_record(w, address, 0);
    if (!r)
        return answer(w, self, PL_NOMEM);
    if (pl_set(self, r, PL_SOURCE, address) == PL_OK)
        pl_fail(self, r, "bad-address", "this is no address: https://HOST/PATH was expected");
    return PL_OK;
}

int web_file(struct web *w, pl_self *self, enum kind kind, pl_str bytes, pl_str name, char *message, size_t size)
{
    const enum crawl_list list = kind == KIND_FEED ? CRAWL_LIST_FEED : kind == KIND_ROBOTS ? CRAWL_LIST_ROBOTS : CRAWL_LIST_SITEMAP;
    const int rc = ready(w, self);

    return rc == PL_OK ? answer(w, self, crawl_file(w->crawl, list, bytes, name, message, size)) : rc;
}

/* "14 min", rounded up: what is due then is due when that has passed. */
static void span(int64_t ms, char out[32])
{
    const int64_t min = (ms + 59999) / 60000;

    snprintf(out, 32, "%lld %s", (long long)(min < 120 ? min : min < 2880 ? min / 60 : min / 1440),
             min < 120 ? "min" : min < 2880 ? "h" : "days");
}

/* Why so little came, where that is not seen from the records. */
static void tell_end(const struct web *w, pl_self *self)
{
    const uint64_t *n = crawl_counts(w->crawl);
    const int64_t next = crawl_next_due(w->crawl);
    const struct {
        uint64_t n;
        const char *what;
    } parts[] = {{n[CRAWL_UNCHANGED], "had not changed"},
                 {n[CRAWL_ROBOTS], "are forbidden by robots.txt"},
                 {n[CRAWL_NOT_DUE], "were not due yet"}};
    char text[256] = "", at[32], wait[32];
    size_t len = 0;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].n)
            len += (size_t)snprintf(text + len, sizeof text - len, "%s %llu %s", len ? "," : "; of the addresses",
                                    (unsigned long long)parts[i].n, parts[i].what);
    }
    if (len == 0)
        return;
    if (next != INT64_MAX) {
        when_rfc3339(next, at);
        span(next - pl_now_ms(self), wait);
        snprintf(text + len, sizeof text - len, " (the first will be in %s, at %s)", wait, at);
    }
    pl_log(self, PL_LOG_INFO, NULL, "%llu requests%s", (unsigned long long)n[CRAWL_REQUESTS], text);
}

int web_read(struct web *w, pl_self *self, uint64_t n_files, int wait_ms)
{
    if (w->done || (!w->crawl && !config_of(self)->store.len))
        return PL_EOF;
    int rc = ready(w, self);
    if (rc == PL_OK)
        rc = answer(w, self, crawl_run(w->crawl, wait_ms));
    pl_expect(self, n_files + w->n_announced + crawl_waiting(w->crawl));
    if (rc == PL_EOF && !w->ended)
        tell_end(w, self);
    w->ended = rc == PL_EOF;
    return rc;
}

bool web_holds(const struct web *w)
{
    return w->crawl && crawl_holds(w->crawl);
}

/* ---- where it stands ---- */

int web_checkpoint(struct web *w, pl_self *self, uint64_t n, char *saved, size_t size)
{
    snprintf(saved, size, "-");
    if (!w->store)
        return PL_OK;
    /* What is known of addresses is the run's own, and the run is done with all of them. */
    if (w->ended && config_of(self)->store.len == 0) {
        snprintf(saved, size, "done");
        return PL_OK;
    }
    uint64_t length = 0;
    int rc = w->recorder ? recorder_sync(w->recorder, &length) : PL_OK;
    if (rc != PL_OK)
        return fault(self, PL_FATAL, "record", recorder_message(w->recorder));
    const int n_length = snprintf(saved, size, "%llu ", (unsigned long long)length);
    rc = store_checkpoint(w->store, n, saved + n_length, size - (size_t)n_length);
    return rc == PL_OK ? rc : fault(self, rc, "store", store_message(w->store));
}

int web_restore(struct web *w, pl_self *self, uint64_t n, pl_str saved)
{
    const char *space = memchr(saved.ptr, ' ', saved.len);
    int rc;

    w->done = is(saved, "done");
    if (!space)
        return PL_OK;
    const uint64_t length = strtoull(saved.ptr, NULL, 10);
    rc = open_crawl(w, self);
    if (rc == PL_OK && w->recorder && recorder_cut(w->recorder, length) != PL_OK)
        return fault(self, PL_FATAL, "record", recorder_message(w->recorder));
    if (rc != PL_OK)
        return rc;
    rc = store_restore(w->store, n, (pl_str){space + 1, saved.len - (size_t)(space + 1 - saved.ptr)});
    return rc == PL_OK ? rc : fault(self, rc, "store", store_message(w->store));
}

void web_committed(struct web *w, uint64_t n, bool last)
{
    if (!w->store)
        return;
    store_told(w->store, n);
    if (last)
        store_ended(w->store, n);
}
