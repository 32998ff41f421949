/* fetch_http_transfer.h - one transfer: what is asked, what comes, and what is said of it.  Of fetch_http alone. */
#ifndef FETCH_HTTP_TRANSFER_H
#define FETCH_HTTP_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "fetch_bytes.h"
#include "fetch_http.h"
#include "fetch_transport.h"
#include "pressline.h"

/* http_options with its defaults filled in; the strings are the caller's. */
struct http_settings {
    const struct address_guard *guard;
    const char *user_agent, *proxy, *ca_file;
    bool asks_proxy; /* http addresses are asked of an HTTP proxy, by their whole address */
    int64_t connect_timeout_ms, timeout_ms, low_speed, low_speed_s;
    size_t max_head;
    struct curl_slist *resolve;
};

/* Why we ended a transfer ourselves. */
enum transfer_cut { CUT_NONE, CUT_BODY, CUT_HEAD, CUT_NOMEM };

enum { FIELD_ACCEPT, FIELD_ENCODING, FIELD_ETAG, FIELD_SINCE, N_FIELDS };

struct transfer {
    const struct http_settings *set;
    struct transfer *next; /* of those that are free */
    CURL *easy;            /* made once, used for one address after the other */
    bool under_way;
    bool patient, let_go;  /* see transport_let_go() */
    void *owner;
    int64_t max_body, began_ms, came_ms;
    int64_t heard_ms;   /* since when it is silent, of transfer_clock_ms() */
    struct bytes url;   /* NUL-terminated, without a fragment */
    struct bytes lines; /* the fields of the request that `field` points into */
    struct curl_slist field[N_FIELDS];
    struct bytes request, head, body;
    size_t heads_len;            /* of all heads so far, 1xx and trailers too */
    bool head_whole;             /* `head` ends with its empty line */
    enum transfer_cut cut;
    const char *fault;           /* why it was not even begun: no address that can be asked for */
    bool refused, tried;         /* the guard refused an address; let one pass */
    char why[128];               /* of the guard */
    char error[CURL_ERROR_SIZE]; /* of libcurl */
};

/* Makes `easy`.  PL_OK, PL_ERROR and a message where an option is not to be had, or PL_NOMEM. */
int transfer_make(struct transfer *t, const struct http_settings *set, char *message, size_t size);
void transfer_done(struct transfer *t);

/* Readies it for an address.  PL_OK or PL_NOMEM. */
int transfer_ask(struct transfer *t, const struct transport_request *q);

/* It is not to be begun: its address cannot be asked for, or may not. */
static inline bool transfer_stopped(const struct transfer *t)
{
    return t->fault || t->refused;
}

/* What came of it; `code` is libcurl's, CURLE_OK where it was not begun. */
void transfer_tell(struct transfer *t, CURLcode code, struct transport_response *r);

/* Of transfer_tell(): the fault and its message; status, head and body are told already. */
void transfer_judge(const struct transfer *t, CURLcode code, struct transport_response *r);

int64_t transfer_clock_ms(void); /* monotonic */
int64_t transfer_now_ms(void);   /* since 1970 */

#endif
