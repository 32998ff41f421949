/* warc_make.h - the records of a page (WARC/1.1), byte for byte the same for the same page. */
#ifndef WARC_MAKE_H
#define WARC_MAKE_H

#include "../shared/warc_digest.h"
#include "warc_buf.h"

/* What is known of a page; a text without bytes is not. */
struct warc_page {
    pl_str origin;       /* names the page within all runs; record ids are made of it */
    pl_str id, uri, date; /* `date` in any form of ISO 8601; `uri` as it comes */
    pl_str default_date;
    pl_str request, response; /* HTTP heads, as they came */
    pl_str payload;
    bool has_payload;    /* there is one, be it empty */
    bool encoded;        /* it has its content encoding */
    pl_str content_type, charset;
    pl_str ip, truncated;
    pl_str text;         /* that was extracted */
    const pl_str *outlink;
    size_t n_outlinks;
    int64_t fetch_ms;    /* < 0: not known */
    int64_t status;      /* < 0: not known */
    pl_str earlier_digest, earlier_date; /* of a page that the server calls unchanged (304) */
};

enum warc_kind { WARC_RESPONSE, WARC_RESOURCE, WARC_REVISIT, WARC_REQUEST, WARC_METADATA, WARC_CONVERSION, WARC_KINDS };
extern const char *const warc_kind_name[WARC_KINDS];

/* A page ready to be written.  Zero is empty; used again and again, one thread at a time. */
struct warc_plan {
    const struct warc_page *page;
    enum warc_kind kind; /* response, resource, or revisit (304); WARC_KINDS: the page has none of them */
    struct warc_buf uri, key, http, request, fields; /* `key`: of `uri`, in the index */
    char date[40];
    uint8_t id[16]; /* of response, resource and revisit the same */
    enum warc_digest_by by;
    uint8_t digest[WARC_DIGEST_MOST]; /* of the payload */
    char payload_digest[WARC_DIGEST_TEXT];
};

enum { WARC_URI_MOST = 1 << 15 }; /* bytes of an address, escaped */

/* PL_OK; PL_NOMEM; PL_ERROR: the address is longer than WARC_URI_MOST, or the HTTP head than WARC_HEAD_MOST: nobody would
 * read that record, nor what is behind it. */
int warc_plan(struct warc_plan *p, const struct warc_page *page, enum warc_digest_by by);
void warc_plan_done(struct warc_plan *p);

/* Is there such a record of it?  Request, metadata and conversion; the main one is `kind`. */
bool warc_has(const struct warc_plan *p, enum warc_kind kind);
/* The record, not compressed, at the end of `out`: response, resource, request, metadata, conversion; revisit only of a
 * page that is one. */
void warc_make(struct warc_buf *out, const struct warc_plan *p, enum warc_kind kind);

/* The record that stands for a payload which an earlier record has: `begin`, then warc_refers() of that record, then `end`. */
void warc_make_revisit(struct warc_buf *begin, struct warc_buf *end, const struct warc_plan *p);
/* `id` may be NULL. */
void warc_refers(struct warc_buf *out, const uint8_t *id, pl_str uri, pl_str date);

/* The first record of a file; `lines` are its fields, each with CR LF. */
void warc_make_info(struct warc_buf *out, pl_str date, pl_str file, pl_str lines, enum warc_digest_by by);

/* The line of the index for the page's main record, or, as a revisit, for the one in its stead; nothing where it has
 * none, as a resource that is application/warc-fields. */
void warc_plan_index(struct warc_buf *out, const struct warc_plan *p, bool revisit);

/* "2026-05-04T10:11:12Z", with a fraction where `date` has one, in UTC; false: it is no date with a time. */
bool warc_date(pl_str date, char out[40]);
/* Adds `s` with what may not stand in a URI escaped. */
void warc_uri(struct warc_buf *out, pl_str s);
/* Does it begin with a scheme? */
bool warc_is_uri(pl_str s);
/* A line "NAME: VALUE" where there is a value; control characters become spaces. */
void warc_line(struct warc_buf *out, const char *name, pl_str value);

#endif
