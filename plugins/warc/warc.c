/* warc.c - a sink: pages as they were fetched, in WARC files (ISO 28500), each with its index.
 *
 * process() makes the records of a page and compresses each, on all workers.  commit() appends them in order: it alone
 * says where a file ends, and whether a payload is one that was written before, in whose stead a revisit stands. */
#include "../shared/warc_in.h"
#include "warc_cmd.h"
#include "warc_parcel.h"
#include "warc_seen.h"
#include "warc_set.h"

#include <stdlib.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#define WARC_VERSION "1.0"

enum { EXIT_FINE = 0, EXIT_USAGE = 64, EXIT_IO = 74, SCRATCH = 16 << 20 };

struct config {
    pl_str path, compressor, digest, base;
    int64_t size, level, revisit_memory;
    bool gzip, hostname;
    pl_list records, info, seen;
};

/* Of commit() and its thread but for `set` and `seen`, which lock what they share, and what open() fixed. */
struct warc {
    struct warc_set set;
    struct warc_seen seen;
    struct warc_buf saved, record, packed, refers;
    struct deflater deflater;
    enum warc_digest_by digest;
    enum deflate_by by;
    bool write[WARC_KINDS];
    bool opened; /* set and seen are */
    char date[40];
    struct warc_buf info;
    pl_key request, response, ip, truncated, encoded, time_ms, earlier_digest, earlier_date, outlinks, payload;
    uint32_t written[WARC_KINDS], bytes, full, without, back_end;
};

struct worker {
    struct deflater deflater;
    struct warc_plan plan;
    struct warc_buf record, packed, begin, end, index, revisit_index, refers, uri, type, inflated;
};

static const struct config *config_of(const pl_self *self)
{
    return self->config;
}

static pl_str text_of(const char *z)
{
    return (pl_str){z, strlen(z)};
}

static bool is(pl_str s, const char *word)
{
    return s.len == strlen(word) && memcmp(s.ptr, word, s.len) == 0;
}

static int no_memory(pl_self *self)
{
    pl_log(self, PL_LOG_ERROR, NULL, "out of memory");
    return PL_FATAL;
}

static int tell(pl_self *self, const char *message)
{
    pl_log(self, PL_LOG_ERROR, NULL, "%s", message);
    return PL_FATAL;
}

/* ---- open ---- */

static int read_info(pl_self *self, struct warc *w)
{
    const struct config *c = config_of(self);
    char host[256] = "";

    warc_line(&w->info, "software", PL_S("pressline warc " WARC_VERSION));
    warc_line(&w->info, "format", PL_S("WARC File Format 1.1"));
    warc_line(&w->info, "conformsTo", PL_S("http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"));
    for (size_t i = 0; i < c->info.n; i++) {
        const pl_str line = c->info.at[i];
        const char *colon = line.len ? memchr(line.ptr, ':', line.len) : NULL;
        char name[64];
        size_t value = colon ? (size_t)(colon - line.ptr) + 1 : 0;
        if (!colon || colon == line.ptr || value > sizeof name || memchr(line.ptr, ' ', value)) {
            pl_log(self, PL_LOG_ERROR, NULL, "`info`: expected \"NAME: VALUE\", found \"%.*s\"", (int)line.len, line.ptr);
            return PL_FATAL;
        }
        snprintf(name, sizeof name, "%.*s", (int)value - 1, line.ptr);
        while (value < line.len && line.ptr[value] == ' ')
            value++;
        warc_line(&w->info, name, (pl_str){line.ptr + value, line.len - value});
    }
    if (c->hostname && gethostname(host, sizeof host - 1) == 0)
        warc_line(&w->info, "hostname", text_of(host));
    return w->info.failed ? no_memory(self) : PL_OK;
}

static void read_names(pl_self *self, struct warc *w)
{
    static const char *const plural[WARC_KINDS] = {"responses", "resources", "revisits", "requests", "metadata", "conversions"};
    const pl_list records = config_of(self)->records;

    for (size_t i = 0; i < records.n; i++)
        for (int k = 0; k < WARC_KINDS; k++)
            w->write[k] |= is(records.at[i], warc_kind_name[k]);
    w->write[WARC_RESOURCE] = w->write[WARC_RESPONSE];
    for (int k = 0; k < WARC_KINDS; k++)
        w->written[k] = pl_metric(self, text_of(plural[k]), PL_S("records of that kind that were written"));
    w->bytes = pl_metric(self, PL_S("bytes"), PL_S("bytes of records that were written, as they are in the files"));
    w->full = pl_metric(self, PL_S("not_remembered"), PL_S("payloads that did not fit `revisit_memory`"));
    w->without = pl_metric(self, PL_S("without_page"), PL_S("records with neither page nor text, of which nothing was written"));
    w->back_end = pl_metric(self, w->by == DEFLATE_LIBDEFLATE ? PL_S("compressed_by_libdeflate") : PL_S("compressed_by_zlib"),
                            PL_S("records that were compressed"));
    w->request = pl_intern(self, PL_S("http.request"));
    w->response = pl_intern(self, PL_S("http.response"));
    w->ip = pl_intern(self, PL_S("http.ip"));
    w->truncated = pl_intern(self, PL_S("http.truncated"));
    w->encoded = pl_intern(self, PL_S("http.encoded"));
    w->time_ms = pl_intern(self, PL_S("http.time_ms"));
    w->earlier_digest = pl_intern(self, PL_S("http.earlier_digest"));
    w->earlier_date = pl_intern(self, PL_S("http.earlier_date"));
    w->outlinks = pl_intern(self, PL_S("outlinks"));
    w->payload = pl_intern(self, PL_S("http.payload"));
}

/* Where libdeflate was not built in, naming it is a mistake. */
static int choose(pl_self *self, struct warc *w)
{
    const struct config *c = config_of(self);

    w->digest = is(c->digest, "sha256") ? WARC_SHA256 : WARC_SHA1;
    w->by = is(c->compressor, "auto") ? deflate_best() : is(c->compressor, "zlib") ? DEFLATE_ZLIB : DEFLATE_LIBDEFLATE;
    if (deflate_has(w->by))
        return PL_OK;
    pl_log(self, PL_LOG_ERROR, NULL, "`compressor`: libdeflate was not built in: write \"auto\" or \"zlib\"");
    return PL_FATAL;
}

static int seed(pl_self *self, struct warc *w)
{
    const pl_list seen = config_of(self)->seen;

    for (size_t i = 0; i < seen.n; i++) {
        char *path = strndup(seen.at[i].ptr, seen.at[i].len);
        const int rc = path ? warc_seen_seed(&w->seen, path) : no_memory(self);
        free(path);
        if (rc != PL_OK)
            return rc == PL_ERROR ? tell(self, w->seen.message) : rc;
    }
    return PL_OK;
}

static int warc_sink_open(pl_self *self)
{
    const struct config *c = config_of(self);
    struct warc *w = calloc(1, sizeof *w);
    const time_t now = (time_t)(pl_now_ms(self) / 1000);
    struct tm tm;

    if (!w) {
        no_memory(self);
        return PL_RETRY;
    }
    self->shared = w;
    if (!gmtime_r(&now, &tm) || strftime(w->date, sizeof w->date, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        return tell(self, "the clock is wrong");
    if (choose(self, w) != PL_OK || read_info(self, w) != PL_OK)
        return PL_FATAL;
    read_names(self, w);
    const struct warc_set_options set = {.path = c->path, .size = (uint64_t)c->size, .gzip = c->gzip, .level = (int)c->level,
                                         .by = w->by, .digest = w->digest, .date = text_of(w->date),
                                         .info = warc_buf_view(&w->info)};
    int rc = warc_set_open(&w->set, &set);
    if (rc == PL_OK)
        rc = warc_seen_open(&w->seen, (size_t)c->revisit_memory, pl_state_file(self, PL_S("seen")));
    w->opened = true;
    if (rc != PL_OK) {
        tell(self, w->seen.message[0] ? w->seen.message : w->set.message);
        return PL_RETRY;
    }
    return seed(self, w);
}

static void warc_sink_close(pl_self *self)
{
    struct warc *w = self->shared;

    if (!w)
        return;
    if (w->opened) {
        if (warc_set_close(&w->set) != PL_OK)
            tell(self, w->set.message);
        warc_seen_close(&w->seen);
    }
    struct warc_buf *all[] = {&w->saved, &w->record, &w->packed, &w->refers, &w->info};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        warc_buf_done(all[i]);
    deflater_done(&w->deflater);
    free(w);
    self->shared = NULL;
}

static int warc_worker_open(pl_self *self)
{
    self->worker = calloc(1, sizeof(struct worker));
    return self->worker ? PL_OK : no_memory(self);
}

static void warc_worker_close(pl_self *self)
{
    struct worker *k = self->worker;

    if (!k)
        return;
    struct warc_buf *all[] = {&k->record, &k->packed, &k->begin, &k->end, &k->index, &k->revisit_index,
                              &k->refers, &k->uri,    &k->type,  &k->inflated};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        warc_buf_done(all[i]);
    warc_plan_done(&k->plan);
    deflater_done(&k->deflater);
    free(k);
    self->worker = NULL;
}

/* ---- what is known of a page ---- */

/* "DIGEST:POSITION:CHILD NAME". */
struct origin {
    unsigned long long position, child;
    pl_str name;
};

static struct origin read_origin(pl_str s)
{
    const char *space = s.len ? memchr(s.ptr, ' ', s.len) : NULL;
    const size_t n = space ? (size_t)(space - s.ptr) : 0;
    struct origin o = {.position = 1, .name = {"", 0}};
    char text[160];

    if (!space || n >= sizeof text)
        return o;
    memcpy(text, s.ptr, n);
    text[n] = 0;
    if (sscanf(text, "%*[^:]:%19llu:%19llu", &o.position, &o.child) < 1)
        o.position = 1;
    o.name = (pl_str){space + 1, s.len - n - 1};
    return o;
}

static bool begins(pl_str s, const char *with)
{
    return s.len >= strlen(with) && strncasecmp(s.ptr, with, strlen(with)) == 0;
}

static bool from_web(pl_str s)
{
    return begins(s, "http://") || begins(s, "https://");
}

struct bytes {
    pl_str left;
};

static ptrdiff_t read_bytes(void *arg, void *to, size_t n)
{
    struct bytes *b = arg;

    n = n < b->left.len ? n : b->left.len;
    if (n)
        memcpy(to, b->left.ptr, n);
    b->left = (pl_str){b->left.ptr + n, b->left.len - n};
    return (ptrdiff_t)n;
}

/* A file that is stored as gzip data was fetched without.  What is damaged, or larger than a record may be, failed
 * before it came here. */
static pl_str inflated(pl_self *self, pl_str raw)
{
    struct worker *k = self->worker;
    struct bytes b = {raw};
    struct warc_in in;
    const size_t most = pl_max_record(self);
    bool right = warc_in_open(&in, read_bytes, &b, 0, deflate_best()) == PL_OK;

    warc_buf_reset(&k->inflated, SCRATCH);
    while (right && warc_in_fill(&in, 1)) {
        right = in.end - in.at <= most - k->inflated.len;
        if (right)
            warc_buf_add(&k->inflated, (pl_str){(const char *)in.plain + in.at, in.end - in.at});
        in.at = in.end;
    }
    right &= !in.failed && in.gzip && !k->inflated.failed;
    warc_in_close(&in);
    return right ? warc_buf_view(&k->inflated) : (pl_str){NULL, 0};
}

/* The bytes as they were fetched where the record still has them, else its body. */
static void find_payload(pl_self *self, pl_record *r, const struct origin *o, struct warc_page *p)
{
    const struct warc *w = self->shared;
    struct worker *k = self->worker;
    bool payload = false;

    pl_get_bool(self, r, w->payload, &payload);
    const bool whole = o->child == 0 && (o->position == 0 || payload || from_web(o->name));
    const pl_str raw = whole ? pl_get_raw(self, r) : (pl_str){NULL, 0};
    const bool gzip = !p->response.len && raw.len > 2 && memcmp(raw.ptr, "\x1f\x8b\x08", 3) == 0;

    p->payload = gzip ? inflated(self, raw) : raw;
    p->content_type = pl_get(self, r, PL_CONTENT_TYPE);
    p->has_payload = p->payload.ptr != NULL;
    if (p->has_payload)
        return;
    p->payload = pl_get(self, r, PL_BODY);
    p->has_payload = p->payload.ptr != NULL;
    /* It is UTF-8 now, whatever the page says of itself. */
    if (p->content_type.len && p->charset.len && p->has_payload) {
        warc_buf_reset(&k->type, SCRATCH);
        warc_buf_add(&k->type, p->content_type);
        warc_buf_text(&k->type, "; charset=utf-8");
        p->content_type = warc_buf_view(&k->type);
    }
}

/* `url`; else the place of the file below `base`. */
static pl_str find_uri(pl_self *self, pl_record *r, const struct origin *o)
{
    struct worker *k = self->worker;
    const pl_str url = pl_get(self, r, PL_URL);
    pl_str source = pl_get(self, r, PL_SOURCE);

    if (warc_is_uri(url))
        return url;
    if (from_web(source))
        return source;
    warc_buf_reset(&k->uri, SCRATCH);
    warc_buf_add(&k->uri, config_of(self)->base);
    while (begins(source, "/") || begins(source, "./"))
        source = (pl_str){source.ptr + 1, source.len - 1};
    for (size_t i = 0; i < source.len; i++)
        if (strchr("%?#", source.ptr[i]) && source.ptr[i])
            warc_buf_addf(&k->uri, "%%%02X", (unsigned)source.ptr[i]);
        else
            warc_buf_byte(&k->uri, source.ptr[i]);
    if (o->position > 0)
        warc_buf_addf(&k->uri, "#%llu", o->position);
    if (o->child > 0)
        warc_buf_addf(&k->uri, ".%llu", o->child);
    return warc_buf_view(&k->uri);
}

static struct warc_page read_page(pl_self *self, pl_record *r)
{
    const struct warc *w = self->shared;
    struct warc_page p = {.origin = pl_get(self, r, PL_ORIGIN),
                          .id = pl_get(self, r, PL_ID),
                          .date = pl_get(self, r, PL_FETCHED_AT),
                          .default_date = text_of(w->date),
                          .request = pl_get(self, r, w->request),
                          .response = pl_get(self, r, w->response),
                          .charset = pl_get(self, r, PL_CHARSET),
                          .ip = pl_get(self, r, w->ip),
                          .truncated = pl_get(self, r, w->truncated),
                          .text = pl_get(self, r, PL_TEXT),
                          .fetch_ms = -1,
                          .status = -1,
                          .earlier_digest = pl_get(self, r, w->earlier_digest),
                          .earlier_date = pl_get(self, r, w->earlier_date)};
    const struct origin o = read_origin(p.origin);
    const pl_list links = pl_get_list(self, r, w->outlinks);

    p.outlink = links.at;
    p.n_outlinks = links.n;
    pl_get_bool(self, r, w->encoded, &p.encoded);
    pl_get_i64(self, r, w->time_ms, &p.fetch_ms);
    pl_get_i64(self, r, PL_HTTP_STATUS, &p.status);
    find_payload(self, r, &o, &p);
    p.uri = find_uri(self, r, &o);
    return p;
}

/* ---- records ---- */

/* The record in `record`, as it will lie in the file, to the end of `packed`. */
static int pack(pl_self *self, struct deflater *d, struct warc_buf *record, struct warc_buf *packed)
{
    const struct config *c = config_of(self);
    const struct warc *w = self->shared;

    if (record->failed)
        return PL_NOMEM;
    if (c->gzip)
        return warc_gz_add(packed, d, w->by, (int)c->level, warc_buf_view(record));
    warc_buf_add(packed, warc_buf_view(record));
    return packed->failed ? PL_NOMEM : PL_OK;
}

/* Makes the record `kind` and packs it; its place is known by `end`. */
static int add_record(pl_self *self, struct warc_parcel *p, enum warc_kind kind, size_t end[])
{
    struct worker *k = self->worker;

    warc_buf_reset(&k->record, SCRATCH);
    if (kind == WARC_REVISIT && p->known) {
        warc_buf_add(&k->record, warc_buf_view(&k->begin));
        warc_buf_add(&k->record, warc_buf_view(&k->refers));
        warc_buf_add(&k->record, warc_buf_view(&k->end));
    } else {
        warc_make(&k->record, &k->plan, kind);
    }
    if (pack(self, &k->deflater, &k->record, &k->packed) != PL_OK)
        return PL_NOMEM;
    p->record[p->n].kind = kind;
    end[p->n++] = k->packed.len;
    return PL_OK;
}

/* What a revisit in the main record's stead would be, and whether it is one already. */
static void prepare_revisit(pl_self *self, struct warc_parcel *p, const struct warc_page *page)
{
    struct warc *w = self->shared;
    struct worker *k = self->worker;

    p->keyed = w->write[WARC_REVISIT] && w->write[WARC_RESPONSE] && page->payload.len > 0 && page->truncated.len == 0 &&
               (k->plan.kind == WARC_RESPONSE || k->plan.kind == WARC_RESOURCE);
    if (!p->keyed)
        return;
    memcpy(p->key, k->plan.digest, sizeof p->key);
    memcpy(p->id, k->plan.id, sizeof p->id);
    warc_make_revisit(&k->begin, &k->end, &k->plan);
    warc_plan_index(&k->revisit_index, &k->plan, true);
    p->known = warc_seen_find(&w->seen, p->key, &k->refers);
}

static int make_records(pl_self *self, struct warc_parcel *p, size_t end[])
{
    const struct warc *w = self->shared;
    struct worker *k = self->worker;
    const enum warc_kind main = p->known ? WARC_REVISIT : k->plan.kind;
    int rc = PL_OK;

    if (main != WARC_KINDS && w->write[main])
        rc = add_record(self, p, main, end);
    for (int kind = WARC_REQUEST; kind < WARC_KINDS && rc == PL_OK; kind++) {
        if (!w->write[kind] || !warc_has(&k->plan, (enum warc_kind)kind) || (kind == WARC_CONVERSION && p->known))
            continue;
        rc = add_record(self, p, (enum warc_kind)kind, end);
    }
    return rc;
}

static int hand_over(pl_self *self, pl_record *r, struct warc_parcel *p, const size_t end[])
{
    struct worker *k = self->worker;

    if (k->begin.failed || k->end.failed || k->refers.failed || k->index.failed || k->revisit_index.failed)
        return no_memory(self);
    for (size_t i = 0; i < p->n; i++) {
        const size_t begin = i ? end[i - 1] : 0;
        p->record[i].bytes = (pl_str){k->packed.at + begin, end[i] - begin};
    }
    const size_t size = warc_parcel_size(p);
    char *to = pl_alloc(self, r, size);
    if (!to)
        return PL_NOMEM;
    warc_parcel_put(p, to);
    return pl_set_private(self, r, (pl_str){to, size});
}

static int warc_process(pl_self *self, pl_record *r)
{
    const struct warc *w = self->shared;
    struct worker *k = self->worker;
    const struct warc_page page = read_page(self, r);
    struct warc_buf *all[] = {&k->packed, &k->begin, &k->end, &k->index, &k->revisit_index, &k->refers};
    struct warc_parcel p = {0};
    size_t end[WARC_PARCEL_MOST];

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        warc_buf_reset(all[i], SCRATCH);
    const int planned = k->uri.failed || k->type.failed || k->inflated.failed ? PL_NOMEM : warc_plan(&k->plan, &page, w->digest);
    if (planned == PL_ERROR) {
        pl_fail(self, r, "too-long", "an address of %zu bytes, or an HTTP head of %zu, is more than a reader of WARC files takes",
                k->plan.uri.len, k->plan.http.len);
        return PL_OK;
    }
    if (planned != PL_OK)
        return no_memory(self);
    prepare_revisit(self, &p, &page);
    if (make_records(self, &p, end) != PL_OK)
        return no_memory(self);
    if (k->plan.kind != WARC_KINDS)
        warc_plan_index(&k->index, &k->plan, false);
    p.date = text_of(k->plan.date);
    p.uri = warc_buf_view(&k->plan.uri);
    if (!p.known) {
        p.revisit_begin = warc_buf_view(&k->begin);
        p.revisit_end = warc_buf_view(&k->end);
    }
    p.index = warc_buf_view(&k->index);
    p.revisit_index = warc_buf_view(&k->revisit_index);
    return hand_over(self, r, &p, end);
}

/* A page with the same payload was under way when this one was made: the revisit takes its place. */
static int replace(pl_self *self, struct warc_parcel *p)
{
    struct warc *w = self->shared;
    uint32_t n = 0;

    warc_buf_reset(&w->record, SCRATCH);
    warc_buf_reset(&w->packed, SCRATCH);
    warc_buf_add(&w->record, p->revisit_begin);
    warc_buf_add(&w->record, warc_buf_view(&w->refers));
    warc_buf_add(&w->record, p->revisit_end);
    if (w->refers.failed || pack(self, &w->deflater, &w->record, &w->packed) != PL_OK)
        return no_memory(self);
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->record[i].kind <= WARC_RESOURCE) {
            p->record[i].kind = WARC_REVISIT;
            p->record[i].bytes = warc_buf_view(&w->packed);
        }
        if (p->record[i].kind != WARC_CONVERSION)
            p->record[n++] = p->record[i];
    }
    p->n = n;
    p->known = true;
    return PL_OK;
}

static int append(pl_self *self, const struct warc_parcel *p)
{
    struct warc *w = self->shared;
    const pl_str none = {NULL, 0};
    uint64_t total = 0;

    for (uint32_t i = 0; i < p->n; i++)
        total += p->record[i].bytes.len;
    if (warc_set_begin(&w->set, total) != PL_OK)
        return tell(self, w->set.message);
    for (uint32_t i = 0; i < p->n; i++) {
        const uint32_t kind = p->record[i].kind;
        const pl_str index = kind > WARC_REVISIT ? none : p->known ? p->revisit_index : p->index;
        if (warc_set_append(&w->set, p->record[i].bytes, index) != PL_OK)
            return tell(self, w->set.message);
        pl_count(self, w->written[kind], 1);
        if (config_of(self)->gzip)
            pl_count(self, w->back_end, 1);
    }
    pl_count(self, w->bytes, total);
    return PL_OK;
}

static int warc_commit(pl_self *self, pl_record *r)
{
    struct warc *w = self->shared;
    struct warc_parcel p;
    bool full = false;

    if (!warc_parcel_get(&p, pl_get_private(self, r)))
        return tell(self, "the records of a page were damaged on their way");
    if (p.n == 0) {
        pl_count(self, w->without, 1);
        return PL_OK;
    }
    if (p.keyed && !p.known) {
        warc_buf_reset(&w->refers, SCRATCH);
        if (warc_seen_find(&w->seen, p.key, &w->refers) && replace(self, &p) != PL_OK)
            return PL_FATAL;
    }
    if (append(self, &p) != PL_OK)
        return PL_FATAL;
    if (p.keyed && !p.known && warc_seen_add(&w->seen, p.key, p.id, p.uri, p.date, &full) != PL_OK)
        return tell(self, w->seen.message);
    if (full)
        pl_count(self, w->full, 1);
    return PL_OK;
}

static int warc_finish(pl_self *self)
{
    struct warc *w = self->shared;

    return warc_set_finish(&w->set) == PL_OK ? PL_OK : tell(self, w->set.message);
}

/* ---- checkpoints ---- */

/* What warc_set.h saves, and behind it the line of warc_seen.h. */
static int warc_checkpoint(pl_self *self, uint64_t n)
{
    struct warc *w = self->shared;

    warc_buf_reset(&w->saved, SCRATCH);
    if (warc_set_checkpoint(&w->set, n, &w->saved) != PL_OK)
        return tell(self, w->set.message);
    if (warc_seen_checkpoint(&w->seen, &w->saved) != PL_OK)
        return tell(self, w->seen.message);
    return pl_save(self, warc_buf_view(&w->saved));
}

static void warc_committed(pl_self *self, uint64_t n, bool last)
{
    struct warc *w = self->shared;

    (void)last;
    if (warc_set_committed(&w->set, n) != PL_OK)
        tell(self, w->set.message);
}

static int warc_restore(pl_self *self, uint64_t n, pl_str saved)
{
    struct warc *w = self->shared;
    const char *seen = saved.len ? memmem(saved.ptr, saved.len, "seen ", 5) : NULL;
    const size_t files = seen ? (size_t)(seen - saved.ptr) : saved.len;
    bool machine = false;

    if (!seen)
        return tell(self, "the saved state cannot be read: begin anew with --restart");
    if (warc_seen_restore(&w->seen, (pl_str){seen, saved.len - files}) != PL_OK) {
        tell(self, w->seen.message);
        machine = w->seen.log.machine;
    } else if (warc_set_restore(&w->set, n, (pl_str){saved.ptr, files}) != PL_OK) {
        tell(self, w->set.message);
        machine = w->set.machine;
    } else {
        return PL_OK;
    }
    return machine ? PL_RETRY : PL_FATAL;
}

/* ---- commands ---- */

static void say(void *arg, const char *message)
{
    pl_log(arg, PL_LOG_ERROR, NULL, "%s", message);
}

static int usage(pl_self *self, const char *how)
{
    pl_log(self, PL_LOG_ERROR, NULL, "usage: pressline warc %s", how);
    return EXIT_USAGE;
}

static int run(pl_self *self, int argc, char **argv, const char *how, int least, void (*command)(struct warc_cmd *, int, char **))
{
    struct warc_cmd c = {.out = {.fd = STDOUT_FILENO}, .tell = say, .arg = self};
    int first = 1;

    /* A command with options of its own has them first, and "--" behind them. */
    if (how[strcspn(how, "[")]) {
        for (; first < argc && strcmp(argv[first], "--") != 0; first++) {
            c.whole |= strcmp(argv[first], "--whole") == 0;
            c.blocks |= strcmp(argv[first], "--blocks") == 0;
        }
        first++;
    }
    if (argc < least + first)
        return usage(self, how);
    command(&c, argc - first, argv + first);
    warc_buf_done(&c.out.buf);
    return c.faulty ? EXIT_IO : EXIT_FINE;
}

static int ls(pl_self *self, int argc, char **argv)
{
    return run(self, argc, argv, "ls FILE...", 1, warc_cmd_ls);
}

static int cat(pl_self *self, int argc, char **argv)
{
    return run(self, argc, argv, "cat [--whole] FILE...", 1, warc_cmd_cat);
}

static void get_first(struct warc_cmd *c, int n, char **word)
{
    warc_cmd_get(c, word[0], n - 1, word + 1);
}

static int get(pl_self *self, int argc, char **argv)
{
    return run(self, argc, argv, "get [--whole] ADDRESS|ID FILE...", 2, get_first);
}

static int verify(pl_self *self, int argc, char **argv)
{
    return run(self, argc, argv, "verify [--blocks] FILE...", 1, warc_cmd_verify);
}

static int index_files(pl_self *self, int argc, char **argv)
{
    return run(self, argc, argv, "index FILE...", 1, warc_cmd_index);
}

static const pl_command commands[] = {
    {"ls", "FILE...  list the records: offset, type, date, length, address", ls},
    {"cat", "[--whole] FILE...  write the pages, or all records whole, to standard output", cat},
    {"get", "[--whole] ADDRESS|ID FILE...  write the newest page of an address, or the record with an id", get},
    {"verify", "[--blocks] FILE...  check lengths, checksums and digests, and say what is right", verify},
    {"index", "FILE...  write the sorted index (CDXJ) of any WARC files", index_files},
    {NULL, NULL, NULL},
};

/* ---- the plugin ---- */

static const pl_option options[] = {
    PL_OPTION(struct config, path, "${output}/pages-00001.warc.gz", "the first file; the number is counted up", .unit = "output"),
    PL_OPTION(struct config, size, "1G", "a file is ended before it grows larger", .unit = "bytes", .min = 1024, .max = 0x1p50),
    PL_OPTION(struct config, gzip, "true", "compress each record"),
    PL_OPTION(struct config, level, "6", "how hard to compress: 1 is fast, 9 is small", .min = 1, .max = 9),
    PL_OPTION(struct config, compressor, "auto", "what compresses; auto is libdeflate where it was built in",
              .choices = "auto|zlib|libdeflate"),
    PL_OPTION(struct config, records, "response|request|metadata|conversion|revisit",
              "the kinds of records to write; response stands for resource as well",
              .choices = "response|request|metadata|conversion|revisit"),
    PL_OPTION(struct config, digest, "sha1", "the digests of records and pages", .choices = "sha1|sha256"),
    PL_OPTION(struct config, revisit_memory, "64M", "memory for the digests of pages that were written", .unit = "bytes",
              .min = 65536, .max = 1e12),
    PL_OPTION(struct config, seen, "", "indexes (CDXJ) of earlier runs, whose pages need not be written again", .unit = "path"),
    PL_OPTION(struct config, base, "file:///", "what stands before the path of a page that has no address"),
    PL_OPTION(struct config, info, "", "more fields of a file's first record, each \"NAME: VALUE\": robots, isPartOf, operator"),
    PL_OPTION(struct config, hostname, "false", "name this machine in a file's first record"),
    PL_END,
};

PL_PLUGIN("warc", "write pages as they were fetched into WARC files, with an index", .version = WARC_VERSION, .license = "Apache-2.0",
          .flags = PL_SINK, .options = options, .config_size = sizeof(struct config), .commands = commands,
          .reads = "url?, source?, origin?, id?, body?, content_type?, charset?, http_status?, fetched_at?, text?, "
                   "http.request?, http.response?, http.ip?, http.truncated?, http.encoded?, http.time_ms?, "
                   "http.earlier_digest?, http.earlier_date?, outlinks?",
          .open = warc_sink_open, .worker_open = warc_worker_open, .process = warc_process, .commit = warc_commit,
          .finish = warc_finish, .checkpoint = warc_checkpoint, .committed = warc_committed, .restore = warc_restore,
          .worker_close = warc_worker_close, .close = warc_sink_close)
