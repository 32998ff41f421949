/* fetch_transport.h - how an address is asked for and what comes back: by HTTP (fetch_http.h) or out of a recording.
 *
 * A transport sends one GET for each start() and tells what came of it once, out of run().  It follows no redirect, tries
 * nothing twice, keeps no cookies and knows nothing of sites: whoever calls it decides all of that.  All calls come from
 * one thread.  Names of files on disk never come from what a transport brings. */
#ifndef FETCH_TRANSPORT_H
#define FETCH_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pressline.h"

enum transport_fault {
    TRANSPORT_OK,             /* a whole response, of whatever status */
    TRANSPORT_DNS,            /* the host's name has no address */
    TRANSPORT_REFUSED,        /* the guard refused every address of the host */
    TRANSPORT_CONNECT,        /* nobody answers there */
    TRANSPORT_TLS,            /* no trusted connection: the certificate, or the handshake */
    TRANSPORT_TIMEOUT,        /* the connection, or all of the transfer, took too long */
    TRANSPORT_SLOW,           /* it came too slowly */
    TRANSPORT_TOO_LARGE,      /* the body: what came up to the limit is there */
    TRANSPORT_HEAD_TOO_LARGE, /* the head of the response */
    TRANSPORT_BROKEN,         /* ended before its end: reset, wrong length; what came is there */
    TRANSPORT_PROTOCOL,       /* not HTTP, or broken HTTP, or an address that is none of HTTP's */
    TRANSPORT_NOT_RECORDED,   /* the recording has no answer for this address */
    TRANSPORT_LET_GO,         /* by transport_let_go(): nothing of it is told but that */
    TRANSPORT_NOMEM
};

struct transport_request {
    const char *url;            /* absolute, http or https, as url_parse() writes it; a fragment is not sent */
    pl_str etag, last_modified; /* sent as If-None-Match and If-Modified-Since; {NULL, 0}: not sent */
    pl_str accept;              /* {NULL, 0}: what browsers' news readers and crawlers ask for: HTML before all else */
    int64_t max_body;           /* bytes of the body, transfer encoding undone, content encoding not */
    /* Of what came from there before, for who keeps what comes; nothing of it is sent. */
    const uint8_t *digest;      /* SHA-1 of its body; NULL: nothing came */
    int64_t changed_ms;         /* when it came, since 1970; 0: not known */
    bool patient;               /* it has its whole time: it is never let go */
    void *owner;                /* comes back in the response */
};

struct transport_response {
    void *owner;
    enum transport_fault fault;
    char message[256];     /* what went wrong and what may be done, for a person; "" where `fault` is TRANSPORT_OK */
    int status;            /* 0: no head came */
    pl_str request;        /* head of the request, with its empty line; without a proxy's credentials */
    pl_str head;           /* of this response as it came, with its empty line; not those of 1xx, and no trailers */
    pl_str body;           /* transfer encoding undone, content encoding not */
    const char *truncated; /* NULL, or why the body is not whole in WARC's words: "length", "time", "disconnect" */
    char ip[48];           /* of the server that was connected to (or of the proxy), "" where none was */
    int64_t came_ms;       /* since 1970: when the response began to come; where none came, when that was known */
    int64_t took_ms;       /* from start() to the end of the response */
};

/* The response and what it points to may be read until the callback returns; start() may be called in it. */
typedef void transport_done(void *arg, const struct transport_response *r);

struct transport;

struct transport_kind {
    int (*start)(struct transport *t, const struct transport_request *q);
    int (*run)(struct transport *t, int wait_ms, transport_done *done, void *arg);
    size_t (*room)(const struct transport *t);
    void (*close)(struct transport *t);
    bool (*let_go)(struct transport *t, int64_t silent_ms); /* NULL: nothing is ever let go */
};

struct transport {
    const struct transport_kind *kind;
};

/* Asks for an address; the request is copied.  PL_OK: `done` will be called once for it by a later run(), whatever happens.
 * PL_AGAIN: there is no room.  PL_NOMEM. */
static inline int transport_start(struct transport *t, const struct transport_request *q)
{
    return t->kind->start(t, q);
}

/* Works on what was started, calling `done` for each that ended, and waits for that at most `wait_ms`; returns as soon as
 * one has ended.  Returns at once where nothing is under way.  PL_OK, PL_NOMEM or PL_ERROR: the transport can do no more. */
static inline int transport_run(struct transport *t, int wait_ms, transport_done *done, void *arg)
{
    return t->kind->run(t, wait_ms, done, arg);
}

/* How many more may be started now. */
static inline size_t transport_room(const struct transport *t)
{
    return t->kind->room(t);
}

/* Ends the one of those that are not patient which has shown no byte for the longest time, where that is `silent_ms` or more:
 * the next run() tells it as TRANSPORT_LET_GO, and only then is there room.  false: there is none.  Not out of `done`. */
static inline bool transport_let_go(struct transport *t, int64_t silent_ms)
{
    return t->kind->let_go && t->kind->let_go(t, silent_ms);
}

/* Ends all at once: `done` is not called for what was under way.  NULL is accepted. */
static inline void transport_close(struct transport *t)
{
    if (t)
        t->kind->close(t);
}

#endif
