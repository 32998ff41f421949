/* fetch_warc.h - the pages of a WARC file, one after the other (ISO 28500).
 *
 * A page is a `response` whose status is 200 and whose Content-Type may be a page's, or such a `resource`; in a file without
 * either (WET), a `conversion`, which is plain text.  What is none is passed over and counted.  What is damaged comes as a
 * fault, and reading goes on where the next record begins. */
#ifndef FETCH_WARC_H
#define FETCH_WARC_H

#include "../shared/warc_read.h"
#include "fetch_bytes.h"

/* Why a record was passed over. */
enum warc_passed {
    WARC_PASSED_STATUS,     /* a response whose status is not 200 */
    WARC_PASSED_TYPE,       /* a picture, a style sheet, a script, DNS, a log: by its Content-Type or address no page */
    WARC_PASSED_REVISIT,    /* the page is elsewhere, before it in most cases */
    WARC_PASSED_CONVERSION, /* text that was made of a page of the same file */
    WARC_PASSED_OTHER,      /* warcinfo, request, metadata, continuation and unknown kinds */
    N_WARC_PASSED
};

enum warc_came {
    WARC_CAME_PAGE,
    WARC_CAME_FAULT, /* `code`, `message`: a record that is damaged, or larger than `max` */
    WARC_CAME_BUSY,  /* much was read, and nothing came of it: call again */
    WARC_CAME_END,
    WARC_CAME_NOMEM
};

/* The texts are good until the next call. */
struct warc_page {
    uint64_t position; /* byte in the file; of records that share gzip members, that of the first one and how many were before */
    pl_str url;
    char date[40];     /* RFC 3339; "": there is none */
    int status;        /* 0: it did not come by HTTP */
    pl_str head;       /* of HTTP, as it is in the file; {NULL, 0}: none */
    pl_str content_type, ip, truncated;
    pl_str payload;    /* with its content encoding; without its chunks */
    bool encoded;      /* it has a content encoding */
    pl_str digest;     /* WARC-Payload-Digest, where it is still to be judged by `payload`; or {NULL, 0} */
    pl_str block_digest; /* WARC-Block-Digest, by head and payload; only where `digest` is none */
    const char *code;
    char message[640];
};

/* One is used for all files in turn; zero is closed. */
struct warc_source {
    struct warc_reader reader;
    bool open;
    bool verify;    /* the caller's: digests are told or judged */
    size_t max;
    uint64_t base;  /* where the record at hand can be read from: its own place, or that of a member which begins with one */
    uint64_t done;  /* records and faults since, with the one at hand */
    uint64_t last;  /* 1 + position of the last that came */
    uint64_t skip;  /* records that were done before */
    bool begun;     /* a record is at hand whose rest is to be passed over */
    bool pages;     /* a response or resource was there: conversions are of them */
    bool ended;
    uint64_t passed[N_WARC_PASSED]; /* the caller takes them and makes them 0 */
    struct bytes body, plain;       /* a page that comes in pieces; one without its chunks */
};

/* `name` is for messages and must live as long; `read` as in warc_in.h begins where warc_source_place() was: both 0 for
 * the file's start.  A payload of more than `max` bytes is a fault.  PL_OK or PL_NOMEM. */
int warc_source_begin(struct warc_source *s, const char *name, warc_in_read *read, void *arg, size_t max, uint64_t line,
                      uint64_t offset);
/* Works for well under a second. */
enum warc_came warc_source_next(struct warc_source *s, struct warc_page *p);
/* Where the next record is: `read` is to begin at `offset`; `line` says what was done there. */
void warc_source_place(const struct warc_source *s, uint64_t *line, uint64_t *offset);
void warc_source_end(struct warc_source *s);
void warc_source_done(struct warc_source *s);

/* Is that the digest of `head` and `payload`?  True also where its algorithm is not known. */
bool warc_page_verify(pl_str digest, pl_str head, pl_str payload);

#endif
