/* fetch_http.h - addresses asked for by HTTP/1.1 and HTTP/2 (libcurl).
 *
 * Certificates are always verified, environment variables and files of the user's home never looked at, and every address
 * that is connected to is judged by the guard: after DNS, so that no answer of a name server opens what is closed. */
#ifndef FETCH_HTTP_H
#define FETCH_HTTP_H

#include <stddef.h>
#include <stdint.h>

#include "fetch_transport.h"
#include "pressline.h"

struct address_guard;

struct http_options {
    const struct address_guard *guard; /* stays the caller's, until the transport is closed; NULL: nothing is refused */
    const char *user_agent;
    size_t transfers;           /* at the same time; 0: 16 */
    int64_t connect_timeout_ms; /* 0: 10 s */
    int64_t timeout_ms;         /* of a transfer in all; 0: 60 s */
    int64_t low_speed;          /* bytes a second, 0: 1,000; slower than that for low_speed_s ends the transfer */
    int64_t low_speed_s;        /* 0: 20 */
    size_t max_head;            /* of all heads of a response; 0: 64 kB */
    const char *proxy;          /* NULL: none.  The guard judges neither it nor what it connects to */
    const char *ca_file;        /* trusted instead of the system's certificates; NULL: the system's */
    pl_list resolve;            /* "NAME:PORT:ADDRESS": not asked of a name server */
};

/* What is wrong with the options, without opening anything: PL_OK, or PL_ERROR/PL_NOMEM and a message. */
int http_options_check(const struct http_options *o, char *message, size_t size);
/* PL_OK, or PL_ERROR/PL_NOMEM and a message. */
int http_transport_open(struct transport **t, const struct http_options *o, char *message, size_t size);

#endif
