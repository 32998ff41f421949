/* fetch.c - the source of a pipeline: files, folders, patterns, lists and standard input, as records.
 *
 * read() opens the inputs in their final order and hands out what is stored:
 * a page, or a line of JSONL.  Addresses among them, and those that lists name,
 * are crawled once all files are read (fetch_web.h).  process() makes fields of it on the workers,
 * from nothing but these bytes and the origin, so that a dead letter can be
 * processed again. */
#include "fetch_cmd.h"
#include "fetch_config.h"
#include "fetch_fields.h"
#include "fetch_input.h"
#include "fetch_list.h"
#include "fetch_map.h"
#include "fetch_meta.h"
#include "fetch_page.h"
#include "fetch_web.h"
#include "fetch_xml.h"

#include <stdlib.h>

enum { FEW = 64, FEW_BYTES = 1 << 20 }; /* what one read() emits at most */
enum { PAGE_RATIO = 100 };              /* bytes that one byte of a payload may become, past 1 MB */
enum { WEB_WAIT_MS = 200 };             /* what one read() waits for the web */

/* Of the reading thread but for the metrics' numbers. */
struct fetch {
    uint64_t at; /* the input that is or will be read, of those that pl_offered() names */
    struct input in;
    uint64_t n_announced;
    int number; /* of the current input; 0: not announced yet */
    uint64_t resume_line, resume_offset;
    char resume_digest[DIGEST_HEX + 1]; /* what the current input must still be; "": anything */
    struct field_map *map;
    struct fetch_keys keys;
    struct web *web;        /* NULL in a build without it */
    struct gunzip gunzip;   /* of lists */
    bool told_list;         /* that a file leads to the web */
    bool held;              /* entries of the current input, a list, are still to be emitted */
    struct bytes inflated;
    uint32_t guessed, replaced, aside, passed[N_WARC_PASSED];
};

struct worker {
    struct page_maker maker;
};

static const struct config *config_of(const pl_self *self)
{
    return self->config;
}

static bool is(pl_str s, const char *word)
{
    return s.len == strlen(word) && memcmp(s.ptr, word, s.len) == 0;
}

static enum kind format_of(const pl_self *self)
{
    const pl_str f = config_of(self)->format;

    return is(f, "text") ? KIND_TEXT : is(f, "html") ? KIND_HTML : is(f, "jsonl") ? KIND_JSONL
           : is(f, "warc") ? KIND_WARC : KIND_UNKNOWN;
}

static size_t max_record(pl_self *self)
{
    const size_t max = pl_max_record(self);

    return max < SIZE_MAX / 8 ? max : SIZE_MAX / 8;
}

static int no_memory(pl_self *self)
{
    pl_log(self, PL_LOG_ERROR, NULL, "out of memory");
    return PL_FATAL;
}

/* The i-th input, NULL past the last.  The host's copy, which lives as long as the run and ends with a NUL. */
static const char *path_at(pl_self *self, uint64_t i)
{
    return pl_offered(self, i).ptr;
}

static int list_inputs(pl_self *self, struct input_list *list)
{
    const pl_list given = config_of(self)->inputs;
    size_t n_stdin = 0;

    if (given.n == 0) {
        pl_log(self, PL_LOG_ERROR, NULL, "nothing to read: give --input, or set `inputs`");
        return PL_FATAL;
    }
    for (size_t i = 0; i < given.n; i++) {
        const size_t before = list->n;
        if (input_list_add(list, given.at[i]) != PL_OK) {
            pl_log(self, PL_LOG_ERROR, NULL, "%s", list->message);
            return PL_FATAL;
        }
        if (list->n == before)
            pl_log(self, PL_LOG_WARN, NULL, "no file in '%.*s'", (int)given.at[i].len, given.at[i].ptr);
        n_stdin += is(given.at[i], "-") || is(given.at[i], "@-");
    }
    if (n_stdin > 1) {
        pl_log(self, PL_LOG_ERROR, NULL, "standard input is named %zu times, and can be read once", n_stdin);
        return PL_FATAL;
    }
    return PL_OK;
}

/* The list is the run's from here on.  One that goes on has its list already: what `inputs` names may have changed. */
static int offer_inputs(pl_self *self)
{
    struct input_list list = {0};
    int rc = PL_OK;

    if (path_at(self, 0))
        return PL_OK;
    rc = list_inputs(self, &list);
    for (size_t i = 0; i < list.n && rc == PL_OK; i++)
        rc = pl_offer(self, (pl_str){list.at[i], strlen(list.at[i])}, strcmp(list.at[i], "-") == 0);
    input_list_done(&list);
    return rc == PL_OK ? PL_OK : PL_FATAL;
}

static int make_map(pl_self *self, struct fetch *f)
{
    char message[256];
    const int rc = field_map_make(&f->map, self, config_of(self)->map, message, sizeof message);

    if (rc == PL_NOMEM) {
        no_memory(self);
        return PL_RETRY;
    }
    if (rc != PL_OK)
        pl_log(self, PL_LOG_ERROR, NULL, "%s", message);
    return rc == PL_OK ? PL_OK : PL_FATAL;
}

/* Records of WARC files that are no page are counted; what nobody would call one is not. */
static void warc_metrics(pl_self *self, struct fetch *f)
{
    f->passed[WARC_PASSED_STATUS] = pl_metric(self, PL_S("not_ok"), PL_S("responses in WARC files whose status is not 200"));
    f->passed[WARC_PASSED_TYPE] =
        pl_metric(self, PL_S("not_page"), PL_S("pictures, scripts, logs and the like in WARC files, by Content-Type or address"));
    f->passed[WARC_PASSED_REVISIT] = pl_metric(self, PL_S("revisits"), PL_S("records of WARC files that refer to an earlier page"));
    f->passed[WARC_PASSED_CONVERSION] =
        pl_metric(self, PL_S("conversions"), PL_S("texts in WARC files that were made of a page of the same file"));
}

static bool is_stopping(void *self)
{
    return pl_stopping(self);
}

#ifdef HAVE_WEB
static int open_web(pl_self *self, struct fetch *f, bool going_on)
{
    const struct config *cfg = config_of(self);
    bool now = cfg->store.len > 0 || cfg->recorded.len > 0;

    for (uint64_t i = 0; path_at(self, i) && !now; i++)
        now = input_is_address(pl_offered(self, i));
    return web_open(&f->web, self, &f->keys, now, going_on);
}
#endif

static int fetch_open(pl_self *self)
{
    struct fetch *f = calloc(1, sizeof *f);

    if (!f) {
        no_memory(self);
        return PL_RETRY;
    }
    self->shared = f;
#ifdef HAVE_WEB
    xml_init();
#else
    decoder_init();
#endif
    f->guessed = pl_metric(self, PL_S("charset_guessed"), PL_S("pages whose encoding nothing declares"));
    f->replaced = pl_metric(self, PL_S("bytes_replaced"), PL_S("faults of encoding that became U+FFFD"));
    f->aside = pl_metric(self, PL_S("passed_over"), PL_S("files that stand beside archives: indexes, reports, dead letters"));
    warc_metrics(self, f);
    fetch_keys_init(self, &f->keys);
    f->in.stopping = is_stopping;
    f->in.stopping_arg = self;
    f->in.warc.verify = config_of(self)->verify;
    int rc = make_map(self, f);
#ifdef HAVE_WEB
    const bool going_on = path_at(self, 0) != NULL;
#endif
    if (rc == PL_OK)
        rc = offer_inputs(self);
#ifdef HAVE_WEB
    if (rc == PL_OK)
        rc = open_web(self, f, going_on);
#endif
    return rc;
}

static void fetch_close(pl_self *self)
{
    struct fetch *f = self->shared;

    if (!f)
        return;
    input_done(&f->in);
    field_map_free(f->map);
    gunzip_done(&f->gunzip);
    bytes_done(&f->inflated);
#ifdef HAVE_WEB
    web_close(f->web);
#endif
    free(f);
    self->shared = NULL;
}

static int fetch_worker_open(pl_self *self)
{
    self->worker = calloc(1, sizeof(struct worker));
    return self->worker ? PL_OK : no_memory(self);
}

static void fetch_worker_close(pl_self *self)
{
    struct worker *w = self->worker;

    if (!w)
        return;
    page_maker_done(&w->maker);
    free(w);
    self->worker = NULL;
}

/* ---- read ---- */

static void next_input(struct fetch *f)
{
    input_end(&f->in);
    f->at++;
    f->number = 0;
    f->resume_line = f->resume_offset = 0;
    f->resume_digest[0] = 0;
}

/* As soon as its digest is known, or with its first item where it has none. */
static void announce(pl_self *self, struct fetch *f)
{
    f->n_announced++;
    f->number = pl_input(self, (pl_str){f->in.path, strlen(f->in.path)}, (pl_str){f->in.digest, strlen(f->in.digest)});
}

static int set_warc(pl_self *self, pl_record *r, const struct fetch *f, const struct warc_page *p)
{
    const struct fetched fetched = {.url = p->url,
                                    .fetched_at = {p->date, strlen(p->date)},
                                    .status = p->status,
                                    .head = p->head,
                                    .content_type = p->content_type,
                                    .encoded = p->encoded,
                                    .ip = p->ip,
                                    .truncated = p->truncated,
                                    .took_ms = -1,
                                    .digest = p->digest,
                                    .block_digest = p->block_digest};

    return fetched_set(self, r, &f->keys, &fetched);
}

/* What was passed over on the way to the item. */
static void count_passed(pl_self *self, struct fetch *f)
{
    for (int i = 0; i < WARC_PASSED_OTHER; i++) {
        if (f->in.warc.passed[i])
            pl_count(self, f->passed[i], f->in.warc.passed[i]);
        f->in.warc.passed[i] = 0;
    }
}

static int emit(pl_self *self, const struct fetch *f, const struct item *item)
{
    pl_record *r = pl_emit(self, NULL);
    int rc;

    if (!r)
        return no_memory(self);
    pl_set_origin(self, r, f->number, item->position);
    rc = pl_set(self, r, PL_SOURCE, (pl_str){f->in.path, strlen(f->in.path)});
    if (rc == PL_OK && item->raw.len)
        rc = pl_set_raw(self, r, item->raw);
    if (rc == PL_OK && (item->kind == ITEM_WARC || item->warc.url.len))
        rc = set_warc(self, r, f, &item->warc);
    if (item->kind == ITEM_FAULT)
        pl_fail(self, r, item->code, "%s", item->message);
    else if (rc != PL_OK)
        pl_fail(self, r, "too-large", "past the record's memory limit (record_memory)");
    return PL_OK;
}

static void begin_input(pl_self *self, struct fetch *f, const char *path)
{
    input_resume(&f->in, path, format_of(self), max_record(self), f->resume_line, f->resume_offset);
}

static void tell_aside(pl_self *self, const struct fetch *f)
{
    if (!f->in.aside)
        return;
    pl_log(self, PL_LOG_INFO, NULL, "'%s' is %s: passed over", f->in.path, f->in.aside);
    pl_count(self, f->aside, 1);
}

static bool has_come(const struct item *item)
{
    return item->kind != ITEM_BUSY && item->kind != ITEM_WAIT;
}

#ifdef HAVE_WEB
static int emit_fault(pl_self *self, const struct fetch *f, const struct item *list, const char *code, const char *message)
{
    struct item item = *list;

    item.kind = ITEM_FAULT;
    item.code = code;
    snprintf(item.message, sizeof item.message, "%s", message);
    return emit(self, f, &item);
}

/* Whoever has files alone may not expect the web. */
static void tell_list(pl_self *self, struct fetch *f)
{
    const struct config *cfg = config_of(self);

    if (cfg->pages && !cfg->recorded.len && !f->told_list)
        pl_log(self, PL_LOG_INFO, NULL, "'%s' is a feed or sitemap: the pages that such files name are asked for on the web; "
               "with pages = false their entries are the records", f->in.path);
    f->told_list = true;
}

/* A feed, a sitemap or a robots.txt: what it names is crawled later. */
static int read_list(pl_self *self, struct fetch *f, const struct item *item)
{
    pl_str bytes = item->raw;
    char message[256] = "its gzip data is damaged or too large";
    int rc = PL_OK;

    if (gunzip_is(bytes)) {
        bytes_reset(&f->inflated, 4 << 20);
        const enum gunzip_result got = gunzip_all(&f->gunzip, bytes, max_record(self), &f->inflated);
        if (got == GUNZIP_NOMEM)
            return no_memory(self);
        if (got != GUNZIP_OK)
            return emit_fault(self, f, item, got == GUNZIP_TORN ? "truncated" : got == GUNZIP_BAD ? "bad-gzip" : "too-large",
                              message);
        bytes = (pl_str){(const char *)f->inflated.at, f->inflated.len};
    }
    rc = web_file(f->web, self, f->in.kind, bytes, (pl_str){f->in.path, strlen(f->in.path)}, message, sizeof message);
    if (rc == PL_OK)
        tell_list(self, f);
    if (rc != PL_ERROR)
        return rc;
    /* Any text may have that name. */
    if (f->in.kind == KIND_ROBOTS)
        return emit(self, f, item);
    return emit_fault(self, f, item, f->in.kind == KIND_FEED ? "bad-feed" : "bad-sitemap", message);
}

static bool is_list(const struct fetch *f, const struct item *item)
{
    return item->kind == ITEM_PAGE && (f->in.kind == KIND_FEED || f->in.kind == KIND_SITEMAP || f->in.kind == KIND_ROBOTS);
}

/* An address among the inputs is noted; all of them are asked for when the files are done. */
static bool take_address(pl_self *self, struct fetch *f, const char *path, int *rc)
{
    const pl_str address = {path, strlen(path)};

    if (!input_is_address(address))
        return false;
    *rc = web_seed(f->web, self, address);
    next_input(f);
    return true;
}

static int read_web(pl_self *self, struct fetch *f)
{
    return web_read(f->web, self, f->n_announced, WEB_WAIT_MS);
}

static bool holds(const struct fetch *f)
{
    return web_holds(f->web);
}
#else
static int read_list(pl_self *self, struct fetch *f, const struct item *item)
{
    return emit(self, f, item);
}

static bool is_list(const struct fetch *f, const struct item *item)
{
    (void)f;
    (void)item;
    return false;
}

static bool take_address(pl_self *self, struct fetch *f, const char *path, int *rc)
{
    if (!input_is_address((pl_str){path, strlen(path)}))
        return false;
    (void)f;
    pl_log(self, PL_LOG_ERROR, NULL, "'%s': this build of pressline cannot ask for addresses: see its `configure`", path);
    *rc = PL_FATAL;
    return true;
}

static int read_web(pl_self *self, struct fetch *f)
{
    (void)self;
    (void)f;
    return PL_EOF;
}

static bool holds(const struct fetch *f)
{
    (void)f;
    return false;
}
#endif

/* A list is the current input until the last of its entries is emitted. */
static int read_held(pl_self *self, struct fetch *f)
{
    const int rc = read_web(self, f);

    f->held = holds(f);
    if (rc == PL_OK && !f->held)
        next_input(f);
    return rc;
}

static int fetch_read(pl_self *self)
{
    struct fetch *f = self->shared;
    struct item item;
    size_t bytes = 0;

    if (f->held)
        return read_held(self, f);
    /* `n` counts records, and inputs of which there was nothing to do. */
    for (int n = 0; n < FEW && bytes < FEW_BYTES && !pl_stopping(self);) {
        const char *path = path_at(self, f->at);
        int rc = PL_OK;
        if (!path)
            return n ? PL_OK : read_web(self, f);
        if (f->in.state == INPUT_NONE && take_address(self, f, path, &rc)) {
            if (rc != PL_OK)
                return rc;
            n++;
            continue;
        }
        if (f->in.state == INPUT_NONE)
            begin_input(self, f, path);
        if (input_next(&f->in, &item) != PL_OK)
            return no_memory(self);
        if (!f->number && (has_come(&item) || f->in.digest[0])) {
            announce(self, f);
            if (!f->number) {
                bytes += f->in.page.len;
                next_input(f);
                n++;
                continue;
            }
        }
        count_passed(self, f);
        if (!has_come(&item))
            return item.kind == ITEM_WAIT ? PL_AGAIN : PL_OK;
        if (item.kind == ITEM_END) {
            tell_aside(self, f);
            next_input(f);
            continue;
        }
        if ((is_list(f, &item) ? read_list(self, f, &item) : emit(self, f, &item)) != PL_OK)
            return PL_FATAL;
        f->held = is_list(f, &item) && holds(f);
        if (f->held)
            return PL_OK;
        if (item.last)
            next_input(f);
        bytes += item.raw.len;
        n++;
    }
    return PL_OK;
}

/* ---- where it stands ----
 *
 * "FORMAT INPUT LINE OFFSET DIGEST WEB": the number of the input, how far it was read, what it is ("-": not known yet,
 * or it has none), and where the crawl's store stands ("-": there is none).  A page with a digest is a list, some of whose
 * entries were emitted: it is read again, and the store knows which.  Between two calls of read() all that was read up to
 * there has been emitted, and nothing behind. */

enum { STATE_FORMAT = 3 };
enum { ANNOUNCED = 1 }; /* the number of a list that goes on: its entries have their own */

static int fetch_checkpoint(pl_self *self, uint64_t n)
{
    const struct fetch *f = self->shared;
    const bool reading = f->number > 0;
    const char *digest = reading ? f->in.digest : f->resume_digest;
    uint64_t line = f->resume_line, offset = f->resume_offset;
    char state[512], web[256] = "-";

    (void)n;
    if (reading)
        input_place(&f->in, &line, &offset);
#ifdef HAVE_WEB
    const int rc = web_checkpoint(f->web, self, n, web, sizeof web);
    if (rc != PL_OK)
        return rc;
#endif
    const int len = snprintf(state, sizeof state, "%d %llu %llu %llu %s %s", STATE_FORMAT, (unsigned long long)f->at,
                             (unsigned long long)line, (unsigned long long)offset, digest[0] ? digest : "-", web);
    return pl_save(self, (pl_str){state, (size_t)len});
}

/* The input that was begun, up to where its records are: is it what it was? */
static int digest_again(pl_self *self, struct fetch *f)
{
    const char *path = path_at(self, f->at);
    struct item item = {.kind = ITEM_BUSY};

    if (path)
        begin_input(self, f, path);
    while (path && !f->in.digest[0] && !has_come(&item)) {
        if (input_next(&f->in, &item) != PL_OK) {
            no_memory(self);
            return PL_RETRY;
        }
    }
    if (path && strcmp(f->resume_digest, f->in.digest) == 0) {
        if (item.kind == ITEM_PAGE) {
            input_end(&f->in);
            f->number = ANNOUNCED;
        }
        return PL_OK;
    }
    pl_log(self, PL_LOG_ERROR, NULL,
           "'%s' has changed since this run began: put it back as it was, or begin anew with --restart", path ? path : "");
    return PL_FATAL;
}

static int fetch_restore(pl_self *self, uint64_t n, pl_str saved)
{
    struct fetch *f = self->shared;
    char text[512], digest[DIGEST_HEX + 1];
    unsigned long long at, line, offset;
    int format, end = -1;

    snprintf(text, sizeof text, "%.*s", (int)(saved.len < sizeof text ? saved.len : sizeof text - 1), saved.ptr);
    if (sscanf(text, "%9d %19llu %19llu %19llu %64s %n", &format, &at, &line, &offset, digest, &end) != 5 ||
        end < 0 || end >= (int)saved.len || saved.len >= sizeof text || format != STATE_FORMAT || (at > 0 && !path_at(self, at - 1))) {
        pl_log(self, PL_LOG_ERROR, NULL, "the saved position cannot be read: begin anew with --restart");
        return PL_FATAL;
    }
    next_input(f);
    f->at = at;
    f->resume_line = line;
    f->resume_offset = offset;
#ifdef HAVE_WEB
    const int rc = web_restore(f->web, self, n, (pl_str){text + end, strlen(text + end)});
    if (rc != PL_OK)
        return rc;
#else
    (void)n;
#endif
    if (strcmp(digest, "-") == 0)
        return PL_OK;
    memcpy(f->resume_digest, digest, sizeof f->resume_digest);
    return digest_again(self, f);
}

static void fetch_committed(pl_self *self, uint64_t n, bool last)
{
#ifdef HAVE_WEB
    const struct fetch *f = self->shared;

    web_committed(f->web, n, last);
#else
    (void)self;
    (void)n;
    (void)last;
#endif
}

/* ---- process ---- */

/* Inflates where it must.  False: the record has failed, or *rc says why not. */
static bool unpack(pl_self *self, pl_record *r, pl_str *page, int *rc)
{
    struct page_maker *m = &((struct worker *)self->worker)->maker;
    const size_t max = max_record(self);

    if (!gunzip_is(*page))
        return true;
    bytes_reset(&m->inflated, 4 << 20);
    switch (gunzip_all(&m->gunzip, *page, max, &m->inflated)) {
    case GUNZIP_OK:
        *page = (pl_str){(const char *)m->inflated.at, m->inflated.len};
        return true;
    case GUNZIP_TOO_LARGE:
        pl_fail(self, r, "too-large", "inflates to more than max_record (%zu bytes)", max);
        break;
    case GUNZIP_TORN:
        pl_fail(self, r, "truncated", "the gzip data ends too soon, after %zu bytes of the page", m->inflated.len);
        break;
    case GUNZIP_BAD:
        pl_fail(self, r, "bad-gzip", "%s, after %zu bytes of the page", m->gunzip.fault, m->inflated.len);
        break;
    case GUNZIP_NOMEM:
        *rc = no_memory(self);
        break;
    }
    return false;
}

static enum kind kind_of(pl_self *self, pl_record *r, pl_str text)
{
    enum kind k = format_of(self);

    if (k == KIND_UNKNOWN || k == KIND_JSONL)
        k = kind_of_bytes(text);
    if (k == KIND_UNKNOWN || k == KIND_JSONL)
        k = kind_of_name(pl_get(self, r, PL_SOURCE));
    return k;
}

/* The page's text; `own`: it is memory of the record. */
static int set_page(pl_self *self, pl_record *r, const struct decoded *page, enum kind kind, bool own)
{
    const struct fetch *f = self->shared;
    int rc;

    pl_count(self, f->guessed, page->guessed);
    pl_count(self, f->replaced, page->n_replaced);
    rc = own ? pl_set_bytes_view(self, r, PL_BODY, page->text) : pl_set_bytes(self, r, PL_BODY, page->text);
    if (rc == PL_OK)
        rc = pl_set_view(self, r, PL_CHARSET, (pl_str){page->name, strlen(page->name)});
    if (rc == PL_OK)
        rc = pl_set_view(self, r, PL_CONTENT_TYPE, kind == KIND_HTML ? PL_S("text/html") : PL_S("text/plain"));
    return rc;
}

/* Sets `body`, `charset` and `content_type` from a page as stored, which is memory of the record. */
static int read_page(pl_self *self, pl_record *r, pl_str stored)
{
    struct worker *w = self->worker;
    struct decoded page;
    pl_str bytes = stored;
    int rc = PL_OK;

    if (!unpack(self, r, &bytes, &rc))
        return rc;
    if (bytes.len == 0 || kind_is_binary(bytes)) {
        pl_fail(self, r, bytes.len ? "not-text" : "empty", bytes.len ? "this is no text" : "nothing is in it");
        return PL_OK;
    }
    if (decode(&w->maker.decoder, bytes, meta_charset_of(pl_get(self, r, PL_CONTENT_TYPE)), &page) != PL_OK)
        return no_memory(self);
    return set_page(self, r, &page, kind_of(self, r, page.text), !page.converted && bytes.ptr == stored.ptr);
}

static bool has_right_digest(pl_self *self, pl_record *r, const struct fetched *f, pl_str payload)
{
    const pl_str claim = f->digest.ptr ? f->digest : f->block_digest;

    /* `verify` also here: a letter has the claim of the run that failed it. */
    if (!claim.ptr || !config_of(self)->verify || warc_page_verify(claim, f->digest.ptr ? (pl_str){NULL, 0} : f->head, payload))
        return true;
    pl_fail(self, r, "bad-digest", "the digest of the %s is not %.*s, which the record says it is",
            f->digest.ptr ? "payload" : "block", (int)(claim.len < 100 ? claim.len : 100), claim.ptr);
    return false;
}

/* The same of what came by HTTP, as it came. */
static int read_payload(pl_self *self, pl_record *r, pl_str payload)
{
    const struct fetch *s = self->shared;
    struct worker *w = self->worker;
    struct fetched f;
    struct page_out page;

    fetched_get(self, r, &s->keys, &f);
    if (!has_right_digest(self, r, &f, payload))
        return PL_OK;
    const struct page_in in = {.payload = payload,
                               .encoding = f.encoded ? warc_field(warc_http_fields(f.head), "Content-Encoding") : (pl_str){NULL, 0},
                               .content_type = f.content_type,
                               .name = f.url,
                               .cut = f.truncated.len > 0,
                               .max = max_record(self),
                               .ratio = PAGE_RATIO};
    const enum page_result result = page_make(&w->maker, &in, &page);
    if (result == PAGE_NOMEM)
        return no_memory(self);
    if (result == PAGE_OTHER)
        pl_drop(self, r, "not-page");
    else if (result != PAGE_OK)
        pl_fail(self, r, page_code(result), "%s", page.message);
    if (result != PAGE_OK)
        return PL_OK;
    const int rc = set_page(self, r, &page.text, page.kind, page.same);
    return rc == PL_OK ? fetched_clear(self, r, &s->keys, config_of(self)->heads) : rc;
}

static int read_line(pl_self *self, pl_record *r, pl_str line)
{
    const struct fetch *s = self->shared;
    int rc;

    if (line.len >= 3 && memcmp(line.ptr, "\xEF\xBB\xBF", 3) == 0)
        line = (pl_str){line.ptr + 3, line.len - 3};
    if (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    rc = pl_from_json(self, r, line);
    if (rc == PL_OK)
        rc = field_map_apply(s->map, self, r);
    if (rc == PL_OK)
        rc = pl_unset(self, r, s->keys.payload); /* of this line it would not be true */
    /* A line may bring a page, not decoded yet. */
    if (rc == PL_OK && pl_typeof(self, r, PL_BODY) == PL_BYTES && pl_typeof(self, r, PL_CHARSET) == PL_UNSET &&
        pl_get(self, r, PL_BODY).len)
        rc = read_page(self, r, pl_get(self, r, PL_BODY));
    return rc;
}

/* Lines have a position in their input, pages have not: "SHA256:POSITION:CHILD NAME". */
static bool is_line(pl_str origin)
{
    const char *colon = origin.len ? memchr(origin.ptr, ':', origin.len) : NULL;

    return colon && colon + 1 < origin.ptr + origin.len && colon[1] >= '1' && colon[1] <= '9';
}

/* In `retry` a page that was fetched is its payload and no more; an entry of a feed is a line of JSONL. */
static bool is_letter_of_page(pl_self *self, pl_record *r, pl_str raw)
{
    return input_is_address(pl_get(self, r, PL_SOURCE)) && raw.ptr[0] != '{';
}

static int fetch_process(pl_self *self, pl_record *r)
{
    const struct fetch *s = self->shared;
    const pl_str raw = pl_get_raw(self, r);

    if (fetched_is(self, r, &s->keys))
        return read_payload(self, r, raw);
    if (raw.len && is_line(pl_get(self, r, PL_ORIGIN)) && !is_letter_of_page(self, r, raw))
        return read_line(self, r, raw);
    return read_page(self, r, raw.len ? raw : pl_get(self, r, PL_BODY));
}

static const pl_command commands[] = {
#ifdef HAVE_WEB
    {"address", "[--allow_private=RANGE,...] ADDRESS...  tell whether addresses and URLs may be connected to, and why not",
     fetch_cmd_address},
    {"robots", "[--agent=NAME] FILE [URL...]  tell what a robots.txt says of addresses, and by which of its lines",
     fetch_cmd_robots},
    {"store", "[--json] [--due] [--queued] [--limit=N] [--tracking=NAME] STORE [URL...]  what is known of addresses, and why they would not be fetched now",
     fetch_cmd_store},
    {"feed", "[--base=ADDRESS] [--content-type=TYPE] [--json] FILE...  what feeds say, or why they say nothing",
     fetch_cmd_feed},
    {"discover", "[--base=ADDRESS] FILE  list the feeds, sitemaps and pages that a front page names", fetch_cmd_discover},
    {"sitemap", "[--json] FILE...  list what sitemaps name", fetch_cmd_sitemap},
    {"url", "[--base=URL] [--canonical] [--json] [--tracking=NAME] URL...  show what becomes of addresses: their normal form, "
            "parts, site and canonical form; - reads them from standard input, one a line", fetch_cmd_url},
#endif
    {NULL, NULL, NULL},
};

static const pl_option options[] = {
    PL_OPTION(struct config, inputs, "${input}",
              "what to read: files, folders, patterns, addresses, @LIST (a file of them, one a line), - (standard input)",
              .unit = "path"),
    PL_OPTION(struct config, format, "auto", "what the inputs are; auto: by content, then name",
              .choices = "auto|text|html|jsonl|warc"),
    PL_OPTION(struct config, map, "", "fields that JSONL has under other names than the usual ones: \"title=kicker\""),
    PL_OPTION(struct config, heads, "false", "keep what only a `warc` stage needs: HTTP heads and the like"),
    PL_OPTION(struct config, verify, "true", "judge the digests of WARC records: a page that has another fails"),
#ifdef HAVE_WEB
    PL_OPTION(struct config, pages, "true", "fetch the pages that feeds and sitemaps name; false: their entries are the records"),
    PL_OPTION(struct config, since, "", "entries of feeds and sitemaps before this date are passed over: \"2026-11-01\""),
    PL_OPTION(struct config, max_age, "0", "entries that are older when the run begins are passed over: \"7d\"; 0: none",
              .unit = "ms", .min = 0, .max = 1e15),
    PL_OPTION(struct config, include, "", "only pages whose address one of these patterns (PCRE2) is found in"),
    PL_OPTION(struct config, exclude, "", "no page whose address one of these patterns is found in"),
    PL_OPTION(struct config, limit, "0", "pages of a site in a run; 0: no limit", .min = 0, .max = 1e15),
    PL_OPTION(struct config, contact, "", "who runs this, for the user agent: an address or a mailbox"),
    PL_OPTION(struct config, delay, "1s", "between two requests to a site, at least", .unit = "ms", .min = 0, .max = 3.6e6),
    PL_OPTION(struct config, transfers, "16", "at the same time", .min = 1, .max = 1024),
    PL_OPTION(struct config, per_site, "1", "of them to one site", .min = 1, .max = 1024),
    PL_OPTION(struct config, group, "site", "what is one site: a registrable domain with all its hosts, or each host",
              .choices = "site|host"),
    PL_OPTION(struct config, connect_timeout, "10s", "the longest that a connection may take", .unit = "ms", .min = 1, .max = 3.6e6),
    PL_OPTION(struct config, transfer_timeout, "60s", "the longest that a transfer may take", .unit = "ms", .min = 1, .max = 8.64e7),
    PL_OPTION(struct config, max_body, "10M", "the largest payload, as it comes", .unit = "bytes", .min = 1024, .max = 1 << 30),
    PL_OPTION(struct config, redirects, "5", "followed from one address, at most", .min = 0, .max = 20),
    PL_OPTION(struct config, retries, "2", "of what may come right: no connection, 429, 5xx", .min = 0, .max = 10),
    PL_OPTION(struct config, allow_private, "", "private network addresses that may be asked: \"10.1.0.0/16\""),
    PL_OPTION(struct config, proxy, "", "\"http://HOST:PORT\"; nothing of the environment is looked at"),
    PL_OPTION(struct config, ca_file, "", "trusted certificates instead of the system's", .unit = "path"),
    PL_OPTION(struct config, resolve, "", "\"NAME:PORT:ADDRESS\": not asked of a name server"),
    PL_OPTION(struct config, tracking, "", "more parameters that say nothing of a page: \"from\", \"our_*\"; \"!id\" keeps one"),
    PL_OPTION(struct config, store, "", "a file in which later runs find what is known of each address; \"\": none is kept",
              .unit = "lasting"),
    PL_OPTION(struct config, record, "", "a WARC file that all answers are kept in, to be `recorded`; \"\": none is kept",
              .unit = "output"),
    PL_OPTION(struct config, recorded, "", "a WARC file that answers every request: nothing is asked of the net", .unit = "path"),
#endif
    PL_END,
};

PL_PLUGIN("fetch", "read pages and JSONL from files, folders, lists, standard input and the web",
          .version = "1.0", .license = "Apache-2.0", .flags = PL_INPUTS, .options = options,
          .commands = commands, .config_size = sizeof(struct config),
          .writes = "body,content_type,charset,source,url,fetched_at,http_status,http.payload,http.request,http.response,"
                    "http.encoded,http.ip,http.truncated,http.time_ms,title,byline,published,modified,summary,language,image,"
                    "site,tags",
          .open = fetch_open, .worker_open = fetch_worker_open, .read = fetch_read, .process = fetch_process,
          .checkpoint = fetch_checkpoint, .committed = fetch_committed, .restore = fetch_restore, .worker_close = fetch_worker_close,
          .close = fetch_close)
