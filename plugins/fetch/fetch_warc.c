/* fetch_warc.c - the pages of a WARC file, one after the other. */
#include "fetch_warc.h"

#include "../shared/warc_digest.h"
#include "fetch_char.h"
#include "fetch_encoding.h"
#include "fetch_page.h"

#include <strings.h>

enum {
    STEP = 16 << 20,    /* bytes passed over in one call */
    RECORDS = 2000,     /* and records */
    KEEP = 32 << 20     /* memory kept from one page to the next */
};

/* What `line` of a place says besides a number. */
enum { PAGES = 1, GZIP = 2, KNOWN = 4 };

int warc_source_begin(struct warc_source *s, const char *name, warc_in_read *read, void *arg, size_t max, uint64_t line,
                      uint64_t offset)
{
    warc_source_end(s);
    s->max = max;
    s->base = offset;
    s->done = s->last = 0;
    s->skip = line >> 3;
    s->pages = line & PAGES;
    s->begun = s->ended = false;
    memset(s->passed, 0, sizeof s->passed);
    s->open = true;
    const int rc = warc_open(&s->reader, name, read, arg, offset);
    /* What the whole file is, a part of it that is damaged does not tell. */
    if (rc == PL_OK && line & KNOWN) {
        s->reader.in.gzip = line & GZIP;
        s->reader.in.state = line & GZIP ? WARC_IN_BETWEEN : WARC_IN_PLAIN;
        s->reader.in.member_at = offset;
    }
    return rc;
}

void warc_source_end(struct warc_source *s)
{
    if (s->open)
        warc_close(&s->reader);
    s->open = false;
}

void warc_source_done(struct warc_source *s)
{
    warc_source_end(s);
    bytes_done(&s->body);
    bytes_done(&s->plain);
}

void warc_source_place(const struct warc_source *s, uint64_t *line, uint64_t *offset)
{
    const struct warc_in *in = &s->reader.in;

    *line = (s->skip + s->done) << 3 | (s->pages ? PAGES : 0) | (in->gzip ? GZIP : 0) | (in->state != WARC_IN_NEW ? KNOWN : 0);
    *offset = s->base;
}

/* ---- what a record is ---- */

static bool is(pl_str s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

static bool begins(pl_str s, const char *with)
{
    return s.len >= strlen(with) && strncasecmp(s.ptr, with, strlen(with)) == 0;
}

static int status_of(pl_str http)
{
    const pl_str s = warc_http_status(http);
    int n = 0;

    for (size_t i = 0; i < s.len && i < 4; i++)
        n = s.ptr[i] >= '0' && s.ptr[i] <= '9' ? n * 10 + s.ptr[i] - '0' : 1000;
    return s.len == 3 && n < 1000 ? n : 0;
}

/* "2026-05-04T10:11:12Z" stays, "20260504101112" (WARC/0.17) becomes that; else "". */
static void date_of(pl_str s, char out[40])
{
    size_t digits = 0;

    out[0] = 0;
    while (digits < s.len && is_digit(s.ptr[digits]))
        digits++;
    if (digits == 4 && s.len >= 20 && s.len < 40 && s.ptr[4] == '-' && s.ptr[s.len - 1] == 'Z')
        snprintf(out, 40, "%.*s", (int)s.len, s.ptr);
    else if (digits == 14 && s.len == 14)
        snprintf(out, 40, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", s.ptr, s.ptr + 4, s.ptr + 6, s.ptr + 8, s.ptr + 10, s.ptr + 12);
}

/* Those of logs and of what tools say of themselves (urn:, dns:, metadata:) are no pages', nor is robots.txt. */
static bool by_address(pl_str uri)
{
    static const char robots[] = "/robots.txt";
    const size_t n = sizeof robots - 1;

    if (uri.len > n && memcmp(uri.ptr + uri.len - n, robots, n) == 0)
        return false;
    return begins(uri, "http://") || begins(uri, "https://") || begins(uri, "file:") || begins(uri, "ftp://");
}

/* What is to be done with the record at hand: N_WARC_PASSED where it is a page.  Fills in what its heads say. */
static enum warc_passed sort_record(struct warc_source *s, struct warc_page *p)
{
    struct warc_reader *r = &s->reader;
    const bool response = is(r->type, "response"), resource = is(r->type, "resource");

    if (is(r->type, "revisit"))
        return WARC_PASSED_REVISIT;
    if (!response && !resource && !is(r->type, "conversion"))
        return WARC_PASSED_OTHER;
    if (!by_address(r->uri))
        return WARC_PASSED_TYPE;
    p->content_type = r->content_type;
    if (response) {
        if (!warc_http(r))
            return WARC_PASSED_TYPE;
        const pl_str fields = warc_http_fields(r->http), encoding = warc_field(fields, "Content-Encoding");
        p->head = r->http;
        p->status = status_of(r->http);
        p->content_type = warc_field(fields, "Content-Type");
        p->encoded = encoding.len > 0 && !is(encoding, "identity");
        if (p->status != 200)
            return WARC_PASSED_STATUS;
    }
    if (page_type(p->content_type) == PAGE_TYPE_NONE)
        return WARC_PASSED_TYPE;
    if (!response && !resource && s->pages)
        return WARC_PASSED_CONVERSION;
    s->pages |= response || resource;
    return N_WARC_PASSED;
}

/* ---- its bytes ---- */

static enum warc_came fault(struct warc_page *p, const char *code)
{
    p->code = code;
    return WARC_CAME_FAULT;
}

static enum warc_came damaged(struct warc_source *s, struct warc_page *p)
{
    struct warc_reader *r = &s->reader;

    snprintf(p->message, sizeof p->message, "%s", r->message);
    if (r->in.machine && strstr(r->message, "out of memory"))
        return WARC_CAME_NOMEM;
    s->begun = false;
    if (r->in.machine || !warc_resync(r)) {
        s->ended = true;
    } else if (!r->in.gzip || warc_in_place(&r->in) == r->in.member_from) {
        /* Going on begins there: looking for it again might find something else. */
        s->base = r->in.gzip ? r->in.member_at : warc_in_offset(&r->in);
        s->done = s->skip = 0;
    }
    return fault(p, r->in.machine ? "unreadable" : "bad-warc");
}

bool warc_page_verify(pl_str digest, pl_str head, pl_str payload)
{
    uint8_t claim[WARC_DIGEST_MOST], found[WARC_DIGEST_MOST];
    struct warc_digest d;
    size_t n;
    const enum warc_digest_by by = warc_digest_read(digest, claim, &n);

    if (by == WARC_UNKNOWN)
        return !warc_digest_named(digest);
    warc_digest_begin(&d, by);
    if (head.len)
        warc_digest_add(&d, head);
    warc_digest_add(&d, payload);
    return warc_digest_end(&d, found) == n && memcmp(found, claim, n) == 0;
}

/* A block is judged as it is stored, a payload with its chunks or without: many write that of the former. */
static enum warc_came judge_chunked(const struct warc_source *s, struct warc_page *p, pl_str stored)
{
    const bool right = p->block_digest.ptr ? warc_page_verify(p->block_digest, p->head, stored)
                       : p->digest.ptr     ? warc_page_verify(p->digest, (pl_str){NULL, 0}, stored)
                                           : true;

    if (!right && p->block_digest.ptr) {
        snprintf(p->message, sizeof p->message, "%s: byte %llu: the block's digest is not %.*s, which the record says it is",
                 s->reader.name, (unsigned long long)s->reader.offset, (int)(p->block_digest.len < 100 ? p->block_digest.len : 100),
                 p->block_digest.ptr);
        return fault(p, "bad-digest");
    }
    if (right)
        p->digest = p->block_digest = (pl_str){NULL, 0};
    return WARC_CAME_PAGE;
}

/* A payload whose head says that it is in chunks, and that is not, stays as it is. */
static enum warc_came take_chunks(struct warc_source *s, struct warc_page *p)
{
    const pl_str stored = p->payload;

    if (!begins(warc_field(warc_http_fields(p->head), "Transfer-Encoding"), "chunked"))
        return WARC_CAME_PAGE;
    bytes_reset(&s->plain, KEEP);
    const int rc = chunked_undo(stored, &s->plain);
    if (rc == PL_NOMEM)
        return WARC_CAME_NOMEM;
    if (rc != PL_OK && !(p->truncated.len && s->plain.len))
        return WARC_CAME_PAGE;
    p->payload = (pl_str){(const char *)s->plain.at, s->plain.len};
    return judge_chunked(s, p, stored);
}

/* All of the block, in one piece where it lies so. */
static enum warc_came take_block(struct warc_source *s, struct warc_page *p)
{
    struct warc_reader *r = &s->reader;
    const uint64_t len = r->left;
    pl_str piece;
    int rc = PL_EOF;

    if (len > s->max) {
        snprintf(p->message, sizeof p->message, "%s: byte %llu: the page has %llu bytes, max_record is %zu", r->name,
                 (unsigned long long)r->offset, (unsigned long long)len, s->max);
        return fault(p, "too-large");
    }
    p->payload = (pl_str){"", 0};
    if (len == 0)
        return WARC_CAME_PAGE;
    rc = warc_block(r, &piece);
    /* A member that is still being inflated may turn out damaged. */
    if (rc == PL_OK && piece.len == len && r->in.state != WARC_IN_MEMBER) {
        p->payload = piece;
        return WARC_CAME_PAGE;
    }
    bytes_reset(&s->body, KEEP);
    if (bytes_reserve(&s->body, (size_t)len) != PL_OK)
        return WARC_CAME_NOMEM;
    for (; rc == PL_OK; rc = warc_block(r, &piece))
        if (bytes_add(&s->body, piece.ptr, piece.len) != PL_OK)
            return WARC_CAME_NOMEM;
    if (rc != PL_EOF)
        return damaged(s, p);
    p->payload = (pl_str){(const char *)s->body.at, s->body.len};
    return WARC_CAME_PAGE;
}

static enum warc_came take_page(struct warc_source *s, struct warc_page *p)
{
    struct warc_reader *r = &s->reader;
    const bool part = warc_field(r->head, "WARC-Segment-Number").ptr != NULL;

    p->url = r->uri;
    date_of(r->date, p->date);
    p->ip = warc_field(r->head, "WARC-IP-Address");
    p->truncated = part ? PL_S("unspecified") : warc_field(r->head, "WARC-Truncated");
    if (s->verify && !p->truncated.ptr) {
        p->digest = warc_field(r->head, "WARC-Payload-Digest");
        if (!p->digest.ptr)
            p->block_digest = warc_field(r->head, "WARC-Block-Digest");
    }
    const enum warc_came rc = take_block(s, p);
    return rc == WARC_CAME_PAGE ? take_chunks(s, p) : rc;
}

/* ---- one after the other ---- */

/* Where the record or fault at hand is.  A member may begin in the middle of a record (BGZF): nothing can be gone on with
 * there. */
static void place(struct warc_source *s, struct warc_page *p)
{
    if (s->reader.offset != s->base && !s->reader.inside) {
        s->base = s->reader.offset;
        s->done = 0;
    }
    const uint64_t position = s->base + s->done++;
    p->position = position < s->last ? s->last : position;
    s->last = p->position + 1;
}

/* What is left of the record at hand, a part at a time. */
static enum warc_came pass_over(struct warc_source *s, struct warc_page *p, size_t *budget)
{
    pl_str piece;
    int rc;

    while ((rc = warc_block(&s->reader, &piece)) == PL_OK) {
        if (piece.len >= *budget)
            return WARC_CAME_BUSY;
        *budget -= piece.len;
    }
    s->begun = false;
    if (rc == PL_EOF)
        return WARC_CAME_PAGE;
    place(s, p);
    if (s->skip == 0)
        return damaged(s, p);
    s->skip--;
    return damaged(s, p) == WARC_CAME_NOMEM ? WARC_CAME_NOMEM : WARC_CAME_BUSY;
}

/* The next record, or fault. */
static enum warc_came begin_record(struct warc_source *s, struct warc_page *p)
{
    struct warc_reader *r = &s->reader;
    const int rc = warc_next(r);

    if (rc == PL_EOF) {
        s->ended = true;
        return WARC_CAME_END;
    }
    place(s, p);
    s->begun = rc == PL_OK;
    const bool again = s->skip > 0;
    s->skip -= again;
    if (rc != PL_OK) {
        const enum warc_came came = damaged(s, p);
        return again && came == WARC_CAME_FAULT ? WARC_CAME_BUSY : came;
    }
    const enum warc_passed why = sort_record(s, p);
    /* Again as the first time, for what is damaged is to be met at the same place. */
    const enum warc_came came = why == N_WARC_PASSED ? take_page(s, p) : WARC_CAME_BUSY;
    if (!again && why != N_WARC_PASSED)
        s->passed[why]++;
    return again && came != WARC_CAME_NOMEM ? WARC_CAME_BUSY : came;
}

enum warc_came warc_source_next(struct warc_source *s, struct warc_page *p)
{
    size_t budget = STEP;

    for (int n = 0; n < RECORDS && !s->ended; n++) {
        *p = (struct warc_page){0};
        enum warc_came came = s->begun ? pass_over(s, p, &budget) : WARC_CAME_PAGE;
        if (came != WARC_CAME_PAGE)
            return came;
        came = s->ended ? WARC_CAME_END : begin_record(s, p);
        if (came != WARC_CAME_BUSY)
            return came;
    }
    return s->ended ? WARC_CAME_END : WARC_CAME_BUSY;
}
