/* fetch_http.c - libcurl's multi interface as a transport.
 *
 * libcurl says which sockets it waits for and until when, poll() which of them have something, and only for these libcurl
 * is called.  epoll would need two calls for each page, since a connection is not waited for between two of them: with 16
 * transfers that costs 5 % more of the whole, with 200 it saves as much. */
#include "fetch_http.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <poll.h>
#include <unistd.h>

#include "fetch_http_transfer.h"

enum {
    TRANSFERS = 16,
    TRANSFERS_MOST = 1024,
    POOL = 8, /* connections kept open for each transfer: a site is asked again after its delay */
};

struct http {
    struct transport base;
    struct http_settings set;
    char *user_agent, *proxy, *ca_file; /* that `set` points to */
    CURLM *multi;
    struct pollfd *waits, *ready; /* what libcurl waits for; a copy of those that have something */
    size_t n_waits, n_room;
    int64_t timer_ms; /* when libcurl wants to be called, by our clock; -1: never */
    bool global;      /* curl_global_init() was called */
    /* One more than may be under way: the one that is being told is not free yet, but another may be started. */
    struct transfer *transfer, *unused;
    struct transfer *stopped; /* not begun, or let go: what became of them is known */
    size_t n_made, n_max, n_busy;
    struct transport_response told;
};

/* ---- what libcurl waits for ---- */

static short bits(int what)
{
    return (short)((what & CURL_POLL_IN ? POLLIN : 0) | (what & CURL_POLL_OUT ? POLLOUT : 0));
}

/* Its number among `waits`, from 1, is what libcurl keeps with a socket. */
static void number_socket(struct http *h, size_t i)
{
    curl_multi_assign(h->multi, h->waits[i].fd, (void *)(uintptr_t)(i + 1));
}

/* The last takes the place of one that is gone. */
static void forget_socket(struct http *h, size_t i)
{
    h->waits[i] = h->waits[--h->n_waits];
    if (i < h->n_waits)
        number_socket(h, i);
}

static int more_room(struct http *h)
{
    const size_t n = h->n_room ? h->n_room * 2 : h->n_max + 1;
    struct pollfd *waits = realloc(h->waits, n * sizeof *waits);

    if (waits)
        h->waits = waits;
    struct pollfd *ready = waits ? realloc(h->ready, n * sizeof *ready) : NULL;
    if (!ready)
        return PL_NOMEM;
    h->ready = ready;
    h->n_room = n;
    return PL_OK;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    struct http *h = arg;
    size_t i = (size_t)(uintptr_t)known;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (i)
            forget_socket(h, i - 1);
        return 0;
    }
    if (!i) {
        if (h->n_waits == h->n_room && more_room(h) != PL_OK)
            return -1;
        i = ++h->n_waits;
        h->waits[i - 1].fd = fd;
        number_socket(h, i - 1);
    }
    h->waits[i - 1] = (struct pollfd){.fd = fd, .events = bits(what)};
    return 0;
}

static int on_timer(CURLM *multi, long in_ms, void *arg)
{
    struct http *h = arg;

    (void)multi;
    h->timer_ms = in_ms < 0 ? -1 : in_ms == 0 ? 0 : transfer_clock_ms() + in_ms;
    return 0;
}

/* ---- starting ---- */

static int unused_transfer(struct http *h, struct transfer **t)
{
    char message[100];

    if (h->unused) {
        *t = h->unused;
        h->unused = (*t)->next;
        return PL_OK;
    }
    *t = &h->transfer[h->n_made];
    const int rc = transfer_make(*t, &h->set, message, sizeof message);
    if (rc == PL_OK)
        h->n_made++;
    return rc == PL_OK ? PL_OK : PL_NOMEM;
}

static void give_back(struct http *h, struct transfer *t)
{
    t->next = h->unused;
    h->unused = t;
}

static size_t room(const struct transport *base)
{
    const struct http *h = (const struct http *)base;

    return h->n_max - h->n_busy;
}

static int start(struct transport *base, const struct transport_request *q)
{
    struct http *h = (struct http *)base;
    struct transfer *t;

    if (room(base) == 0)
        return PL_AGAIN;
    if (unused_transfer(h, &t) != PL_OK)
        return PL_NOMEM;
    if (transfer_ask(t, q) != PL_OK) {
        give_back(h, t);
        return PL_NOMEM;
    }
    if (transfer_stopped(t)) {
        t->next = h->stopped;
        h->stopped = t;
    } else if (curl_multi_add_handle(h->multi, t->easy) != CURLM_OK) {
        give_back(h, t);
        return PL_NOMEM;
    } else {
        t->under_way = true;
    }
    h->n_busy++;
    return PL_OK;
}

/* ---- working ---- */

static void tell(struct http *h, struct transfer *t, CURLcode code, transport_done *done, void *arg)
{
    transfer_tell(t, code, &h->told);
    h->n_busy--;
    done(arg, &h->told);
    give_back(h, t);
}

/* Tells all that have ended; returns how many. */
static size_t tell_ended(struct http *h, transport_done *done, void *arg)
{
    size_t n = 0;
    int left;
    const CURLMsg *m;
    struct transfer *t;

    while ((t = h->stopped)) {
        h->stopped = t->next;
        tell(h, t, CURLE_OK, done, arg);
        n++;
    }
    while ((m = curl_multi_info_read(h->multi, &left))) {
        const CURLcode code = m->data.result;
        CURL *easy = m->easy_handle;

        if (m->msg != CURLMSG_DONE || curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&t) != CURLE_OK)
            continue;
        curl_multi_remove_handle(h->multi, easy);
        t->under_way = false;
        tell(h, t, code, done, arg);
        n++;
    }
    return n;
}

/* How long there may be waited: until libcurl's timer, at most `wait_ms`. */
static int wait_for(const struct http *h, int64_t wait_ms)
{
    if (h->timer_ms >= 0) {
        const int64_t left = h->timer_ms ? h->timer_ms - transfer_clock_ms() : 0;
        wait_ms = left < 0 ? 0 : left < wait_ms ? left : wait_ms;
    }
    return wait_ms < 0 ? 0 : wait_ms > INT_MAX ? INT_MAX : (int)wait_ms;
}

static CURLMcode timer_ends(struct http *h, int *running)
{
    h->timer_ms = -1; /* before the call, which sets it anew */
    return curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, running);
}

static CURLMcode turn(struct http *h, int64_t wait_ms)
{
    int running = (int)h->n_busy, n;
    size_t n_ready = 0;
    /* What was started a moment ago waits for a first call; only then is it known what it waits for. */
    CURLMcode rc = h->timer_ms == 0 ? timer_ends(h, &running) : CURLM_OK;

    if (rc != CURLM_OK || (size_t)running < h->n_busy)
        return rc;
    n = poll(h->waits, h->n_waits, wait_for(h, wait_ms));
    /* Copied first: each call changes what is waited for. */
    for (size_t i = 0; i < h->n_waits && n > 0; i++)
        if (h->waits[i].revents) {
            h->ready[n_ready++] = h->waits[i];
            n--;
        }
    for (size_t i = 0; i < n_ready && rc == CURLM_OK; i++) {
        const short has = h->ready[i].revents;
        const int what = (has & POLLIN ? CURL_CSELECT_IN : 0) | (has & POLLOUT ? CURL_CSELECT_OUT : 0) |
                         (has & (POLLERR | POLLHUP | POLLNVAL) ? CURL_CSELECT_ERR : 0);
        rc = curl_multi_socket_action(h->multi, h->ready[i].fd, what, &running);
    }
    if (rc == CURLM_OK && h->timer_ms > 0 && h->timer_ms <= transfer_clock_ms())
        rc = timer_ends(h, &running);
    return rc == CURLM_BAD_SOCKET ? CURLM_OK : rc;
}

static int run(struct transport *base, int wait_ms, transport_done *done, void *arg)
{
    struct http *h = (struct http *)base;
    const int64_t until = transfer_clock_ms() + (wait_ms > 0 ? wait_ms : 0);
    int64_t left = wait_ms;

    do {
        if (h->n_busy == 0)
            return PL_OK;
        const CURLMcode rc = h->stopped ? CURLM_OK : turn(h, left);
        if (rc != CURLM_OK)
            return rc == CURLM_OUT_OF_MEMORY ? PL_NOMEM : PL_ERROR;
        if (tell_ended(h, done, arg))
            return PL_OK;
        left = until - transfer_clock_ms();
    } while (left > 0);
    return PL_OK;
}

static bool let_go(struct transport *base, int64_t silent_ms)
{
    struct http *h = (struct http *)base;
    struct transfer *t = NULL;

    for (size_t i = 0; i < h->n_made; i++) {
        struct transfer *one = &h->transfer[i];
        if (one->under_way && !one->patient && (!t || one->heard_ms < t->heard_ms))
            t = one;
    }
    if (!t || transfer_clock_ms() - t->heard_ms < silent_ms)
        return false;
    curl_multi_remove_handle(h->multi, t->easy);
    t->under_way = false;
    t->let_go = true;
    t->next = h->stopped;
    h->stopped = t;
    return true;
}

/* ---- opening and closing ---- */

static void forget_options(struct http *h)
{
    curl_slist_free_all(h->set.resolve);
    free(h->user_agent);
    free(h->proxy);
    free(h->ca_file);
}

static void close_http(struct transport *base)
{
    struct http *h = (struct http *)base;

    for (size_t i = 0; i < h->n_made; i++) {
        if (h->transfer[i].under_way)
            curl_multi_remove_handle(h->multi, h->transfer[i].easy);
        transfer_done(&h->transfer[i]);
    }
    curl_multi_cleanup(h->multi);
    forget_options(h);
    if (h->global)
        curl_global_cleanup();
    free(h->waits);
    free(h->ready);
    free(h->transfer);
    free(h);
}

static const struct transport_kind http_kind = {start, run, room, close_http, let_go};

static bool plain(const char *s)
{
    for (; *s; s++)
        if (*s < 0x20 || *s > 0x7e)
            return false;
    return true;
}

static int wrong(char *message, size_t size, const char *what, pl_str value, const char *expected)
{
    snprintf(message, size, "%s: '%.*s' %s", what, value.len > 100 ? 100 : (int)value.len, value.ptr, expected);
    return PL_ERROR;
}

static int add_name(struct http *h, pl_str entry, char *message, size_t size)
{
    static const char expected[] = "is not NAME:PORT:ADDRESS, such as \"www.harbour.example:443:192.0.2.7\"";
    char text[400], number[46];
    unsigned char address[16];
    int used = 0;
    unsigned port = 0;

    if (entry.len >= sizeof text || memchr(entry.ptr, 0, entry.len))
        return wrong(message, size, "resolve", entry, expected);
    memcpy(text, entry.ptr, entry.len);
    text[entry.len] = 0;
    if (sscanf(text, "%*[A-Za-z0-9._-]:%5u:%n", &port, &used) != 1 || used == 0 || port == 0 || port > 65535)
        return wrong(message, size, "resolve", entry, expected);
    const char *at = text + used;
    size_t n = strlen(at);
    if (n > 2 && at[0] == '[' && at[n - 1] == ']') {
        at++;
        n -= 2;
    }
    if (n >= sizeof number)
        return wrong(message, size, "resolve", entry, expected);
    memcpy(number, at, n);
    number[n] = 0;
    if (inet_pton(AF_INET, number, address) != 1 && inet_pton(AF_INET6, number, address) != 1)
        return wrong(message, size, "resolve", entry, expected);
    struct curl_slist *more = curl_slist_append(h->set.resolve, text);
    if (!more)
        return PL_NOMEM;
    h->set.resolve = more;
    return PL_OK;
}

static bool proxy_known(const char *proxy)
{
    static const char *const schemes[] = {"http://", "https://", "socks4://", "socks4a://", "socks5://", "socks5h://"};

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (strncmp(proxy, schemes[i], strlen(schemes[i])) == 0 && proxy[strlen(schemes[i])])
            return plain(proxy);
    return false;
}

/* libcurl would take a copy of each for each handle; what is wrong with them is told here, before the first transfer. */
static int take_options(struct http *h, const struct http_options *o, char *message, size_t size)
{
    struct http_settings *s = &h->set;
    int rc = PL_OK;

    if (o->user_agent && !plain(o->user_agent))
        return wrong(message, size, "the user agent", (pl_str){o->user_agent, strlen(o->user_agent)},
                     "has a character that HTTP does not allow: printable ASCII is expected");
    if (o->proxy && !proxy_known(o->proxy))
        return wrong(message, size, "proxy", (pl_str){o->proxy, strlen(o->proxy)},
                     "is no proxy: http://, https://, socks5:// or socks5h:// with a host and a port is expected");
    if (o->ca_file && access(o->ca_file, R_OK) < 0) {
        snprintf(message, size, "cannot read ca_file '%s': %s", o->ca_file, strerror(errno));
        return PL_ERROR;
    }
    for (size_t i = 0; rc == PL_OK && i < o->resolve.n; i++)
        rc = add_name(h, o->resolve.at[i], message, size);
    if ((o->user_agent && !(s->user_agent = h->user_agent = strdup(o->user_agent))) ||
        (o->proxy && !(s->proxy = h->proxy = strdup(o->proxy))) ||
        (o->ca_file && !(s->ca_file = h->ca_file = strdup(o->ca_file))))
        rc = PL_NOMEM;
    s->asks_proxy = o->proxy && strncmp(o->proxy, "http", 4) == 0;
    s->guard = o->guard;
    s->connect_timeout_ms = o->connect_timeout_ms > 0 ? o->connect_timeout_ms : 10000;
    s->timeout_ms = o->timeout_ms > 0 ? o->timeout_ms : 60000;
    s->low_speed = o->low_speed > 0 ? o->low_speed : 1000;
    s->low_speed_s = o->low_speed_s > 0 ? o->low_speed_s : 20;
    s->max_head = o->max_head ? o->max_head : (size_t)64 << 10;
    h->n_max = o->transfers == 0 ? TRANSFERS : o->transfers > TRANSFERS_MOST ? TRANSFERS_MOST : o->transfers;
    return rc;
}

static int set_up(struct http *h, char *message, size_t size)
{
    h->global = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    h->multi = h->global ? curl_multi_init() : NULL;
    h->transfer = calloc(h->n_max + 1, sizeof *h->transfer);
    if (!h->multi || !h->transfer)
        return PL_NOMEM;
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
    curl_multi_setopt(h->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)(h->n_max * POOL));
    /* The first now, so that an option that this libcurl does not have is told before a run begins. */
    const int rc = transfer_make(&h->transfer[0], &h->set, message, size);
    if (rc == PL_OK) {
        h->n_made = 1;
        give_back(h, &h->transfer[0]);
    }
    return rc;
}

int http_options_check(const struct http_options *o, char *message, size_t size)
{
    struct http h = {0};
    const int rc = take_options(&h, o, message, size);

    forget_options(&h);
    return rc;
}

int http_transport_open(struct transport **t, const struct http_options *o, char *message, size_t size)
{
    struct http *h = calloc(1, sizeof *h);
    int rc = PL_NOMEM;

    *t = NULL;
    if (h) {
        h->base.kind = &http_kind;
        h->timer_ms = -1;
        rc = take_options(h, o, message, size);
    }
    if (rc == PL_OK)
        rc = set_up(h, message, size);
    if (rc == PL_OK)
        *t = &h->base;
    else if (h)
        close_http(&h->base);
    if (rc == PL_NOMEM)
        snprintf(message, size, "out of memory");
    return rc;
}
