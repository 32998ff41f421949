/* fetch_page.h - the text of an HTTP payload: content encoding undone, told apart, decoded. */
#ifndef FETCH_PAGE_H
#define FETCH_PAGE_H

#include "fetch_charset.h"
#include "fetch_encoding.h"
#include "fetch_gunzip.h"
#include "fetch_kind.h"

/* What is kept from one page to the next; one a thread, zero is ready. */
struct page_maker {
    struct encodings encodings;
    struct gunzip gunzip;
    struct bytes inflated;
    struct decoder decoder;
};
void page_maker_done(struct page_maker *m);

struct page_in {
    pl_str payload;      /* without transfer encoding */
    pl_str encoding;     /* Content-Encoding; {NULL, 0}: none, or undone */
    pl_str content_type; /* of HTTP, or {NULL, 0} */
    pl_str name;         /* address or path: its ending tells where nothing else does */
    bool cut;            /* the payload is known not to be whole */
    size_t max;          /* bytes, encoding undone */
    unsigned ratio;      /* of them to the payload's, past 1 MB; 0: any */
};

enum page_result {
    PAGE_OK,
    PAGE_OTHER,     /* XML that is no page: a feed, a sitemap */
    PAGE_EMPTY,
    PAGE_NOT_TEXT,  /* by its Content-Type, or its bytes */
    PAGE_TOO_LARGE,
    PAGE_TRUNCATED, /* of a content encoding the end is missing */
    PAGE_ENCODING,  /* damaged, or not known */
    PAGE_NOMEM
};

struct page_out {
    struct decoded text;
    enum kind kind;    /* KIND_HTML or KIND_TEXT */
    bool same;         /* text.text is part of the payload that was given */
    char message[256]; /* but for PAGE_OK and PAGE_NOMEM: what is the matter */
};

/* What a Content-Type says: that of pages; XML, which a page may be; none or one that says nothing; another. */
enum page_type { PAGE_TYPE_PAGE, PAGE_TYPE_XML, PAGE_TYPE_OPEN, PAGE_TYPE_NONE };
enum page_type page_type(pl_str content_type);

/* What is in `out` is good until the next call with `m`. */
enum page_result page_make(struct page_maker *m, const struct page_in *in, struct page_out *out);
/* The short word for a record that fails so. */
const char *page_code(enum page_result r);

#endif
