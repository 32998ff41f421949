/* warc_make.c - the records of a page (WARC/1.1), byte for byte the same for the same page. */
#include "warc_make.h"

#include "../shared/warc_read.h"
#include "warc_cdxj.h"
#include "warc_http.h"
#include "warc_surt.h"

#include <arpa/inet.h>
#include <strings.h>
#include <time.h>

#define PROFILE "http://netpreserve.org/warc/1.1/revisit/"

const char *const warc_kind_name[WARC_KINDS] = {"response", "resource", "revisit", "request", "metadata", "conversion"};

static pl_str text_of(const char *z)
{
    return (pl_str){z, strlen(z)};
}

static bool is(pl_str s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

/* ---- values ---- */

void warc_line(struct warc_buf *out, const char *name, pl_str value)
{
    if (value.len == 0)
        return;
    warc_buf_text(out, name);
    warc_buf_text(out, ": ");
    const size_t begin = out->len;
    warc_buf_add(out, value);
    for (size_t i = begin; i < out->len; i++)
        if ((unsigned char)out->at[i] < 0x20 || out->at[i] == 0x7f)
            out->at[i] = ' ';
    warc_buf_text(out, "\r\n");
}

bool warc_is_uri(pl_str s)
{
    size_t n = 0;

    while (n < s.len && ((s.ptr[n] >= 'a' && s.ptr[n] <= 'z') || (s.ptr[n] >= 'A' && s.ptr[n] <= 'Z') ||
                         (n > 0 && ((s.ptr[n] >= '0' && s.ptr[n] <= '9') || strchr("+-.", s.ptr[n])) && s.ptr[n])))
        n++;
    return n > 1 && n < s.len && s.ptr[n] == ':';
}

void warc_uri(struct warc_buf *out, pl_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        const unsigned char c = (unsigned char)s.ptr[i];
        if (c <= ' ' || c >= 0x7f || strchr("\"<>\\^`{|}", c))
            warc_buf_addf(out, "%%%02X", c);
        else
            warc_buf_byte(out, (char)c);
    }
}

static bool digits(pl_str s, size_t at, size_t n, int *value)
{
    *value = 0;
    for (size_t i = at; i < at + n; i++) {
        if (i >= s.len || s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        *value = *value * 10 + (s.ptr[i] - '0');
    }
    return true;
}

static bool at(pl_str s, size_t i, const char *any)
{
    return i < s.len && s.ptr[i] && strchr(any, s.ptr[i]);
}

/* Seconds that the zone at s[i] is ahead of UTC; false: there is something else. */
static bool zone(pl_str s, size_t i, int *ahead)
{
    int hours, minutes = 0;

    *ahead = 0;
    if (i == s.len || (i + 1 == s.len && at(s, i, "Zz")))
        return true;
    if (!at(s, i, "+-") || !digits(s, i + 1, 2, &hours))
        return false;
    const size_t next = i + 3 + (size_t)at(s, i + 3, ":");
    if (next < s.len && (!digits(s, next, 2, &minutes) || next + 2 != s.len))
        return false;
    *ahead = (s.ptr[i] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return hours < 24 && minutes < 60;
}

static int days_of(int year, int month)
{
    static const char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

bool warc_date(pl_str s, char out[40])
{
    int year, month, day, hour, minute, second = 0, ahead;
    size_t i = 16, fraction = 0;

    if (!digits(s, 0, 4, &year) || !at(s, 4, "-") || !digits(s, 5, 2, &month) || !at(s, 7, "-") || !digits(s, 8, 2, &day) ||
        !at(s, 10, "Tt ") || !digits(s, 11, 2, &hour) || !at(s, 13, ":") || !digits(s, 14, 2, &minute))
        return false;
    if (at(s, i, ":") && digits(s, i + 1, 2, &second))
        i += 3;
    if (at(s, i, ".,") && i == 19)
        while (i + 1 + fraction < s.len && s.ptr[i + 1 + fraction] >= '0' && s.ptr[i + 1 + fraction] <= '9')
            fraction++;
    const size_t from = i + 1;
    i += fraction ? fraction + 1 : 0;
    if (year < 1000 || month < 1 || month > 12 || day < 1 || day > days_of(year, month) || hour > 23 || minute > 59 || second > 60 ||
        !zone(s, i, &ahead))
        return false;
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour, .tm_min = minute, .tm_sec = second};
    const time_t t = timegm(&tm) - ahead;
    if (!gmtime_r(&t, &tm) || tm.tm_year < -899 || tm.tm_year > 8099)
        return false;
    size_t n = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &tm);
    fraction = fraction < 9 ? fraction : 9;
    if (fraction)
        n += (size_t)snprintf(out + n, 40 - n, ".%.*s", (int)fraction, s.ptr + from);
    memcpy(out + n, "Z", 2);
    return true;
}

static bool is_address(pl_str s)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr a;

    if (s.len == 0 || s.len >= sizeof text || memchr(s.ptr, 0, s.len))
        return false;
    memcpy(text, s.ptr, s.len);
    text[s.len] = 0;
    return inet_pton(AF_INET, text, &a) == 1 || inet_pton(AF_INET6, text, &a) == 1;
}

/* "text/html" of "text/html; charset=utf-8": two words of the characters that such have, where nothing but printable
 * ASCII is behind them; else empty. */
static pl_str media_type(pl_str s)
{
    enum { MOST = 255 }; /* with parameters; a line of megabytes would make the head too large to be read */
    const pl_str none = {NULL, 0};
    size_t slashes = 0, n = 0;

    while (n < s.len && s.ptr[n] != ';')
        n++;
    for (size_t i = n; i < s.len; i++)
        if (s.ptr[i] < ' ' || s.ptr[i] > '~')
            return none;
    for (size_t i = 0; i < n; i++) {
        const char c = s.ptr[i];
        const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("!#$&^_.+-", c));
        slashes += c == '/';
        if (!word && c != '/')
            return none;
    }
    return slashes == 1 && s.len <= MOST && s.ptr[0] != '/' && s.ptr[n - 1] != '/' ? (pl_str){s.ptr, n} : none;
}

/* The Content-Type of a page that came without a head. */
static pl_str resource_type(const struct warc_page *page)
{
    return media_type(page->content_type).len ? page->content_type : PL_S("application/octet-stream");
}

static pl_str truncated(pl_str s)
{
    static const char *const known[] = {"length", "time", "disconnect", "unspecified"};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (is(s, known[i]))
            return text_of(known[i]);
    return s.len ? PL_S("unspecified") : s;
}

/* ---- the plan ---- */

static void digest_of(enum warc_digest_by by, pl_str a, pl_str b, uint8_t digest[WARC_DIGEST_MOST], char text[WARC_DIGEST_TEXT])
{
    struct warc_digest d;

    warc_digest_begin(&d, by);
    warc_digest_add(&d, a);
    warc_digest_add(&d, b);
    warc_digest_text(by, digest, warc_digest_end(&d, digest), text);
}

static void make_id(const struct warc_plan *p, const char *name, uint8_t id[16])
{
    const pl_str part[] = {p->page->origin, text_of(name), text_of(p->date), warc_buf_view(&p->uri)};

    warc_uuid(part, sizeof part / sizeof *part, id);
}

/* The fields of the metadata record; each a line. */
static void make_fields(struct warc_plan *p)
{
    const struct warc_page *page = p->page;
    char text[32];

    warc_line(&p->fields, "id", page->id);
    if (page->fetch_ms >= 0) {
        snprintf(text, sizeof text, "%lld", (long long)page->fetch_ms);
        warc_line(&p->fields, "fetchTimeMs", text_of(text));
    }
    warc_line(&p->fields, "charset", page->charset);
    for (size_t i = 0; i < page->n_outlinks; i++)
        warc_line(&p->fields, "outlink", page->outlink[i]);
}

int warc_plan(struct warc_plan *p, const struct warc_page *page, enum warc_digest_by by)
{
    const struct warc_http h = {.raw = page->response,
                                .payload = page->payload.len,
                                .encoded = page->encoded,
                                .keep_length = page->truncated.len > 0 || page->status == 304 || page->status == 204};

    p->page = page;
    p->by = by;
    p->kind = WARC_KINDS;
    p->payload_digest[0] = 0;
    warc_buf_reset(&p->uri, 1 << 16);
    warc_buf_reset(&p->key, 1 << 16);
    warc_buf_reset(&p->http, 1 << 16);
    warc_buf_reset(&p->request, 1 << 16);
    warc_buf_reset(&p->fields, 1 << 16);
    warc_uri(&p->uri, page->uri);
    warc_surt(&p->key, warc_buf_view(&p->uri));
    if (!warc_date(page->date, p->date))
        snprintf(p->date, sizeof p->date, "%.*s", (int)(page->default_date.len < 39 ? page->default_date.len : 39),
                 page->default_date.ptr);
    const bool http = warc_http_response(&p->http, &h);
    if (http)
        p->kind = page->status == 304 ? WARC_REVISIT : WARC_RESPONSE;
    else if (page->has_payload)
        p->kind = WARC_RESOURCE;
    if (page->request.len && http)
        warc_http_request(&p->request, page->request);
    make_id(p, "page", p->id);
    make_fields(p);
    if (p->kind == WARC_RESPONSE || p->kind == WARC_RESOURCE)
        digest_of(by, page->payload, (pl_str){NULL, 0}, p->digest, p->payload_digest);
    if (p->uri.failed || p->key.failed || p->http.failed || p->request.failed || p->fields.failed)
        return PL_NOMEM;
    return p->uri.len <= WARC_URI_MOST && p->http.len <= WARC_HEAD_MOST ? PL_OK : PL_ERROR;
}

void warc_plan_done(struct warc_plan *p)
{
    warc_buf_done(&p->uri);
    warc_buf_done(&p->key);
    warc_buf_done(&p->http);
    warc_buf_done(&p->request);
    warc_buf_done(&p->fields);
}

bool warc_has(const struct warc_plan *p, enum warc_kind kind)
{
    switch (kind) {
    case WARC_REQUEST:
        return p->request.len > 0;
    case WARC_METADATA:
        return p->fields.len > 0 && p->kind != WARC_KINDS;
    case WARC_CONVERSION:
        return p->page->text.len > 0;
    default:
        return p->kind == kind;
    }
}

/* ---- records ---- */

static void begin_record(struct warc_buf *out, const struct warc_plan *p, enum warc_kind kind)
{
    char id[WARC_UUID_TEXT];
    uint8_t own[16];

    if (kind > WARC_REVISIT)
        make_id(p, warc_kind_name[kind], own);
    warc_uuid_text(kind > WARC_REVISIT ? own : p->id, id);
    warc_buf_text(out, "WARC/1.1\r\n");
    warc_line(out, "WARC-Type", text_of(warc_kind_name[kind]));
    warc_line(out, "WARC-Record-ID", text_of(id));
    warc_line(out, "WARC-Date", text_of(p->date));
    warc_line(out, "WARC-Target-URI", warc_buf_view(&p->uri));
}

/* Content-Type, length, digest and the block, which is `a` and `b`. */
static void end_record(struct warc_buf *out, const struct warc_plan *p, const char *block_digest, pl_str type, pl_str a, pl_str b)
{
    uint8_t digest[WARC_DIGEST_MOST];
    char text[WARC_DIGEST_TEXT];

    if (!block_digest)
        digest_of(p->by, a, b, digest, text);
    warc_line(out, "WARC-Block-Digest", text_of(block_digest ? block_digest : text));
    warc_line(out, "Content-Type", type);
    warc_buf_addf(out, "Content-Length: %llu\r\n\r\n", (unsigned long long)a.len + b.len);
    warc_buf_add(out, a);
    warc_buf_add(out, b);
    warc_buf_text(out, "\r\n\r\n");
}

static void add_connection(struct warc_buf *out, const struct warc_plan *p)
{
    const char *protocol = warc_http_protocol(p->page->response);

    if (is_address(p->page->ip))
        warc_line(out, "WARC-IP-Address", p->page->ip);
    if (protocol)
        warc_line(out, "WARC-Protocol", text_of(protocol));
}

static void make_main(struct warc_buf *out, const struct warc_plan *p)
{
    const struct warc_page *page = p->page;
    const bool http = p->kind == WARC_RESPONSE;
    const pl_str none = {NULL, 0};

    begin_record(out, p, p->kind);
    add_connection(out, p);
    warc_line(out, "WARC-Truncated", truncated(page->truncated));
    if (http)
        warc_line(out, "WARC-Identified-Payload-Type", media_type(page->content_type));
    warc_line(out, "WARC-Payload-Digest", text_of(p->payload_digest));
    if (http)
        end_record(out, p, NULL, PL_S("application/http;msgtype=response"), warc_buf_view(&p->http), page->payload);
    else /* its block is its payload */
        end_record(out, p, p->payload_digest, resource_type(page), page->payload, none);
}

void warc_refers(struct warc_buf *out, const uint8_t *id, pl_str uri, pl_str date)
{
    char text[WARC_UUID_TEXT];

    if (id) {
        warc_uuid_text(id, text);
        warc_line(out, "WARC-Refers-To", text_of(text));
    }
    warc_line(out, "WARC-Refers-To-Target-URI", uri);
    warc_line(out, "WARC-Refers-To-Date", date);
}

static void end_revisit(struct warc_buf *out, const struct warc_plan *p)
{
    const pl_str none = {NULL, 0}, http = warc_buf_view(&p->http);

    end_record(out, p, NULL, http.len ? PL_S("application/http;msgtype=response") : none, http, none);
}

void warc_make_revisit(struct warc_buf *begin, struct warc_buf *end, const struct warc_plan *p)
{
    begin_record(begin, p, WARC_REVISIT);
    add_connection(begin, p);
    warc_line(begin, "WARC-Profile", PL_S(PROFILE "identical-payload-digest"));
    warc_line(begin, "WARC-Payload-Digest", text_of(p->payload_digest));
    /* The payload is left out, and that is no truncation by the standard's WARC/1.1. */
    end_revisit(end, p);
}

/* A page that its server calls unchanged. */
static void make_not_modified(struct warc_buf *out, const struct warc_plan *p)
{
    const struct warc_page *page = p->page;
    uint8_t digest[WARC_DIGEST_MOST];
    char date[40];
    size_t n;

    begin_record(out, p, WARC_REVISIT);
    add_connection(out, p);
    warc_line(out, "WARC-Profile", PL_S(PROFILE "server-not-modified"));
    if (warc_digest_read(page->earlier_digest, digest, &n) != WARC_UNKNOWN)
        warc_line(out, "WARC-Payload-Digest", page->earlier_digest);
    if (warc_date(page->earlier_date, date))
        warc_refers(out, NULL, warc_buf_view(&p->uri), text_of(date));
    end_revisit(out, p);
}

/* Request, metadata, conversion: beside the main record, where there is one. */
static void make_companion(struct warc_buf *out, const struct warc_plan *p, enum warc_kind kind)
{
    const pl_str none = {NULL, 0};
    char main_id[WARC_UUID_TEXT];

    warc_uuid_text(p->id, main_id);
    begin_record(out, p, kind);
    if (kind == WARC_REQUEST)
        add_connection(out, p);
    if (p->kind != WARC_KINDS)
        warc_line(out, kind == WARC_CONVERSION ? "WARC-Refers-To" : "WARC-Concurrent-To", text_of(main_id));
    if (kind == WARC_REQUEST)
        end_record(out, p, NULL, PL_S("application/http;msgtype=request"), warc_buf_view(&p->request), none);
    else if (kind == WARC_METADATA)
        end_record(out, p, NULL, PL_S("application/warc-fields"), warc_buf_view(&p->fields), none);
    else
        end_record(out, p, NULL, PL_S("text/plain; charset=utf-8"), p->page->text, none);
}

void warc_make(struct warc_buf *out, const struct warc_plan *p, enum warc_kind kind)
{
    if (kind == WARC_REVISIT)
        make_not_modified(out, p);
    else if (kind == WARC_RESPONSE || kind == WARC_RESOURCE)
        make_main(out, p);
    else
        make_companion(out, p, kind);
}

void warc_make_info(struct warc_buf *out, pl_str date, pl_str file, pl_str lines, enum warc_digest_by by)
{
    const pl_str part[] = {PL_S("warcinfo"), date, file, lines}, none = {NULL, 0};
    struct warc_plan p = {.by = by};
    uint8_t id[16];
    char text[WARC_UUID_TEXT];

    warc_uuid(part, sizeof part / sizeof *part, id);
    warc_uuid_text(id, text);
    warc_buf_text(out, "WARC/1.1\r\n");
    warc_line(out, "WARC-Type", PL_S("warcinfo"));
    warc_line(out, "WARC-Record-ID", text_of(text));
    warc_line(out, "WARC-Date", date);
    warc_line(out, "WARC-Filename", file);
    end_record(out, &p, NULL, PL_S("application/warc-fields"), lines, none);
}

/* ---- the index ---- */

void warc_plan_index(struct warc_buf *out, const struct warc_plan *p, bool revisit)
{
    const pl_str http = warc_buf_view(&p->http), uri = warc_buf_view(&p->uri);
    const bool web = (uri.len >= 5 && strncasecmp(uri.ptr, "http:", 5) == 0) ||
                     (uri.len >= 6 && strncasecmp(uri.ptr, "https:", 6) == 0);
    struct warc_cdxj c = {.uri = uri, .key = warc_buf_view(&p->key), .date = text_of(p->date)};

    revisit |= p->kind == WARC_REVISIT;
    if (http.len && web) {
        c.status = warc_http_status(http);
        c.mime = warc_field(warc_http_fields(http), "Content-Type");
    } else if (p->kind == WARC_RESOURCE) {
        c.mime = resource_type(p->page);
        /* That one is metadata to those who make indexes, of whatever record. */
        if (!revisit && is(c.mime, "application/warc-fields"))
            return;
    }
    for (size_t i = 0; i < c.mime.len; i++)
        if (strchr("; \t\r\n\v\f", c.mime.ptr[i]))
            c.mime.len = i;
    if (revisit)
        c.mime = PL_S("warc/revisit");
    c.digest = p->payload_digest[0] ? text_of(p->payload_digest) : (pl_str){NULL, 0};
    if (p->kind == WARC_REVISIT && p->page->earlier_digest.len) {
        uint8_t digest[WARC_DIGEST_MOST];
        size_t n;
        if (warc_digest_read(p->page->earlier_digest, digest, &n) != WARC_UNKNOWN)
            c.digest = p->page->earlier_digest;
    }
    warc_cdxj_begin(out, &c);
}
