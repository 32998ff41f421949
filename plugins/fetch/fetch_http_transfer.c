/* fetch_http_transfer.c - one transfer of libcurl's, its handle and buffers used again for the next.
 *
 * Options are set once for each handle; an address costs one more.  The fields of a request that change lie in a list whose
 * nodes are ours, so that it is changed in place.  Content-Encoding is not libcurl's to undo: what came is what is kept. */
#include "fetch_http_transfer.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "fetch_address.h"

enum {
    KEEP = 256 << 10,   /* of a buffer's memory, from one transfer to the next */
    RESERVE = 1 << 20,  /* at most, because a server says that so much will come */
    VALIDATOR = 1000,   /* bytes of an ETag or a date that are sent back */
    RECEIVE = 48 << 10, /* bytes that libcurl reads at once; to free 64 kB makes malloc tidy up each time */
};

#define ACCEPT "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

static int64_t clock_ms(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t transfer_clock_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

int64_t transfer_now_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

/* ---- what comes ---- */

static bool informational(const struct transfer *t)
{
    const char *at = (const char *)t->head.at;
    const char *space = t->head.len > 9 ? memchr(at, ' ', 9) : NULL;

    return space && space[1] == '1';
}

/* A line of a head.  What follows a whole head is another one behind a 1xx, else trailers. */
static size_t take_head(char *at, size_t one, size_t n, void *arg)
{
    struct transfer *t = arg;

    n *= one;
    t->heard_ms = transfer_clock_ms();
    if (t->came_ms == 0)
        t->came_ms = transfer_now_ms();
    if (n > t->set->max_head - t->heads_len) {
        t->cut = CUT_HEAD;
        return 0;
    }
    t->heads_len += n;
    if (t->head_whole && !informational(t))
        return n;
    if (t->head_whole) {
        t->head.len = 0;
        t->head_whole = false;
    }
    if (bytes_add(&t->head, at, n) != PL_OK) {
        t->cut = CUT_NOMEM;
        return 0;
    }
    t->head_whole = (n == 2 && at[0] == '\r') || (n == 1 && at[0] == '\n');
    return n;
}

/* Room for what the server says is to come, so that it need not grow; a lie costs no more than RESERVE. */
static int reserve(struct transfer *t)
{
    curl_off_t says = -1;

    curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &says);
    if (says > t->max_body)
        says = t->max_body;
    return bytes_reserve(&t->body, says <= 0 ? 0 : says > RESERVE ? RESERVE : (size_t)says);
}

static size_t take_body(char *at, size_t one, size_t n, void *arg)
{
    struct transfer *t = arg;
    const size_t room = (size_t)t->max_body - t->body.len;

    n *= one;
    t->heard_ms = transfer_clock_ms();
    if ((t->body.len == 0 && reserve(t) != PL_OK) || bytes_add(&t->body, at, n < room ? n : room) != PL_OK) {
        t->cut = CUT_NOMEM;
        return 0;
    }
    if (n > room) {
        t->cut = CUT_BODY;
        return 0;
    }
    return n;
}

/* The one place where a connection begins: the guard sees the address that it goes to. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct transfer *t = arg;

    (void)purpose;
    if (!t->set->proxy && t->set->guard && !address_allowed(t->set->guard, &to->addr, t->why, sizeof t->why)) {
        t->refused = true;
        return CURL_SOCKET_BAD;
    }
    t->tried = true;
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* ---- the handle ---- */

#define SET(option, value) \
    if (rc == CURLE_OK) \
    rc = curl_easy_setopt(t->easy, option, value)

static CURLcode set_calls(struct transfer *t)
{
    CURLcode rc = CURLE_OK;

    SET(CURLOPT_PRIVATE, t);
    SET(CURLOPT_ERRORBUFFER, t->error);
    SET(CURLOPT_HEADERFUNCTION, take_head);
    SET(CURLOPT_HEADERDATA, t);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, t);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_OPENSOCKETDATA, t);
    SET(CURLOPT_HTTPHEADER, t->field);
    return rc;
}

/* What a pipeline file says, and what nothing else may say: an empty string is "none", whatever the environment has. */
static CURLcode set_route(struct transfer *t)
{
    const struct http_settings *s = t->set;
    const curl_version_info_data *built = curl_version_info(CURLVERSION_NOW);
    const char *ca = s->ca_file ? s->ca_file : built->cainfo;
    CURLcode rc = CURLE_OK;

    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_PROXY, s->proxy ? s->proxy : "");
    SET(CURLOPT_NOPROXY, "");
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    if (s->resolve)
        SET(CURLOPT_RESOLVE, s->resolve);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    /* With a folder of certificates libcurl reads the file of them again for each connection, instead of once. */
    if (ca && access(ca, R_OK) == 0) {
        SET(CURLOPT_CAINFO, ca);
        SET(CURLOPT_CAPATH, NULL);
    }
    return rc;
}

static CURLcode set_limits(struct transfer *t)
{
    const struct http_settings *s = t->set;
    CURLcode rc = CURLE_OK;

    SET(CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700 /* else a name server that is silent holds up all when a transfer is given up */
    SET(CURLOPT_QUICK_EXIT, 1L);
#endif
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)s->connect_timeout_ms);
    SET(CURLOPT_TIMEOUT_MS, (long)s->timeout_ms);
    SET(CURLOPT_LOW_SPEED_LIMIT, (long)s->low_speed);
    SET(CURLOPT_LOW_SPEED_TIME, (long)s->low_speed_s);
    SET(CURLOPT_BUFFERSIZE, (long)RECEIVE);
    SET(CURLOPT_USERAGENT, s->user_agent);
    return rc;
}

int transfer_make(struct transfer *t, const struct http_settings *set, char *message, size_t size)
{
    *t = (struct transfer){.set = set, .easy = curl_easy_init()};
    if (!t->easy)
        return PL_NOMEM;
    CURLcode rc = set_calls(t);
    if (rc == CURLE_OK)
        rc = set_route(t);
    if (rc == CURLE_OK)
        rc = set_limits(t);
    if (rc == CURLE_OK)
        return PL_OK;
    snprintf(message, size, "libcurl refuses an option: %s", curl_easy_strerror(rc));
    transfer_done(t);
    return rc == CURLE_OUT_OF_MEMORY ? PL_NOMEM : PL_ERROR;
}

void transfer_done(struct transfer *t)
{
    curl_easy_cleanup(t->easy);
    bytes_done(&t->url);
    bytes_done(&t->lines);
    bytes_done(&t->request);
    bytes_done(&t->head);
    bytes_done(&t->body);
    *t = (struct transfer){0};
}

/* ---- what is asked ---- */

/* May it stand in a request?  Nothing that ends a line or a word does, wherever it came from. */
static bool printable(pl_str s, unsigned char least)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] < least || (unsigned char)s.ptr[i] >= 0x7f)
            return false;
    return true;
}

static pl_str without_fragment(const char *url)
{
    return (pl_str){url, strcspn(url, "#")};
}

static const char *fault_of(pl_str url)
{
    if (strncmp(url.ptr, "http://", 7) != 0 && strncmp(url.ptr, "https://", 8) != 0)
        return "is no address of HTTP: http:// or https:// is expected";
    const char *host = strstr(url.ptr, "://") + 3;
    if (memchr(host, '@', strcspn(host, "/?#")))
        return "has a name or a password in it, and none is sent";
    if (!printable(url, 0x21))
        return "has a blank, a control character or a letter that is not escaped in it";
    return NULL;
}

/* An ETag may be of any bytes above the blank; one that is not ASCII is not worth the risk.  So long a one neither. */
static bool sendable(pl_str value)
{
    return value.len > 0 && value.len <= VALIDATOR && printable(value, 0x20);
}

static int add_line(struct bytes *b, const char *name, pl_str value)
{
    int rc = bytes_add(b, name, strlen(name));

    if (rc == PL_OK)
        rc = bytes_add(b, value.ptr, value.len);
    return rc == PL_OK ? bytes_add(b, "", 1) : rc;
}

static int make_fields(struct transfer *t, const struct transport_request *q)
{
    const pl_str accept = sendable(q->accept) ? q->accept : PL_S(ACCEPT);
    const bool etag = sendable(q->etag), since = sendable(q->last_modified);
    int rc;

    t->lines.len = 0;
    rc = add_line(&t->lines, "Accept: ", accept);
    if (rc == PL_OK)
        rc = add_line(&t->lines, "Accept-Encoding: ", PL_S("gzip, br"));
    if (rc == PL_OK && etag)
        rc = add_line(&t->lines, "If-None-Match: ", q->etag);
    if (rc == PL_OK && since)
        rc = add_line(&t->lines, "If-Modified-Since: ", q->last_modified);
    if (rc != PL_OK)
        return rc;

    char *line = (char *)t->lines.at;
    const size_t n = (size_t)2 + etag + since;
    for (size_t i = 0; i < n; i++) {
        t->field[i] = (struct curl_slist){line, i + 1 < n ? &t->field[i + 1] : NULL};
        line += strlen(line) + 1;
    }
    return PL_OK;
}

static void forget(struct transfer *t)
{
    t->came_ms = 0;
    t->heads_len = 0;
    t->head_whole = t->refused = t->tried = t->let_go = false;
    t->cut = CUT_NONE;
    t->fault = NULL;
    t->why[0] = t->error[0] = 0;
    bytes_reset(&t->url, KEEP);
    bytes_reset(&t->request, KEEP);
    bytes_reset(&t->head, KEEP);
    bytes_reset(&t->body, KEEP);
}

/* What a proxy connects to the guard does not see; addresses that are written out it does. */
static void judge_for_proxy(struct transfer *t, pl_str url)
{
    const char *host = strstr(url.ptr, "://") + 3;
    const char *colon;
    pl_str name = {host, strcspn(host, "/?#")};

    if (name.len && host[0] == '[')
        colon = memchr(host, ']', name.len) ? (const char *)memchr(host, ']', name.len) + 1 : NULL;
    else
        colon = memchr(host, ':', name.len);
    if (colon)
        name.len = (size_t)(colon - host);
    if (address_host_refused(t->set->guard, name, t->why, sizeof t->why))
        t->refused = true;
}

int transfer_ask(struct transfer *t, const struct transport_request *q)
{
    const pl_str url = without_fragment(q->url);
    int rc;

    forget(t);
    t->owner = q->owner;
    t->max_body = q->max_body > 0 ? q->max_body : 0;
    t->patient = q->patient;
    t->began_ms = t->heard_ms = transfer_clock_ms();
    t->fault = fault_of(url);
    rc = bytes_add(&t->url, url.ptr, url.len);
    if (rc == PL_OK)
        rc = bytes_add(&t->url, "", 1);
    if (rc == PL_OK)
        rc = make_fields(t, q);
    if (rc != PL_OK || t->fault)
        return rc;
    if (t->set->proxy && t->set->guard)
        judge_for_proxy(t, url);
    return curl_easy_setopt(t->easy, CURLOPT_URL, (char *)t->url.at) == CURLE_OK ? PL_OK : PL_NOMEM;
}

/* ---- what is told ---- */

static int add(struct bytes *b, const char *text)
{
    return bytes_add(b, text, strlen(text));
}

/* libcurl answers HTTP/1.0 with the same on a connection that is used again. */
static const char *version_of(CURL *easy)
{
    long version = 0, connections = 0;

    curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connections);
    if (version == CURL_HTTP_VERSION_2_0)
        return " HTTP/2\r\nHost: ";
    return version == CURL_HTTP_VERSION_1_0 && connections == 0 ? " HTTP/1.0\r\nHost: " : " HTTP/1.1\r\nHost: ";
}

/* The head of the request, as libcurl sends it; only a trace of all that it does would tell. */
static int make_request(struct transfer *t)
{
    const char *url = (const char *)t->url.at, *host = strstr(url, "://") + 3;
    const char *target = host + strcspn(host, "/?");
    const bool whole = t->set->asks_proxy && strncmp(url, "http://", 7) == 0;
    struct bytes *b = &t->request;
    int rc = add(b, "GET ");

    if (rc == PL_OK)
        rc = add(b, whole ? url : *target == '/' ? target : "/");
    if (rc == PL_OK && !whole && *target == '?')
        rc = add(b, target);
    if (rc == PL_OK)
        rc = add(b, version_of(t->easy));
    if (rc == PL_OK)
        rc = bytes_add(b, host, (size_t)(target - host));
    if (rc == PL_OK && t->set->user_agent)
        rc = add(b, "\r\nUser-Agent: ");
    if (rc == PL_OK && t->set->user_agent)
        rc = add(b, t->set->user_agent);
    if (rc == PL_OK && whole)
        rc = add(b, "\r\nProxy-Connection: Keep-Alive");
    for (const struct curl_slist *f = t->field; rc == PL_OK && f; f = f->next) {
        rc = add(b, "\r\n");
        if (rc == PL_OK)
            rc = add(b, f->data);
    }
    return rc == PL_OK ? add(b, "\r\n\r\n") : rc;
}

static pl_str view(const struct bytes *b)
{
    return b->len ? (pl_str){(const char *)b->at, b->len} : (pl_str){NULL, 0};
}

void transfer_tell(struct transfer *t, CURLcode code, struct transport_response *r)
{
    const char *ip = NULL;
    long status = 0, sent = 0;

    *r = (struct transport_response){.owner = t->owner};
    if (!transfer_stopped(t) || t->tried) {
        curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &sent);
        curl_easy_getinfo(t->easy, CURLINFO_PRIMARY_IP, &ip);
    }
    if (sent > 0 && make_request(t) != PL_OK)
        t->cut = CUT_NOMEM;
    if (ip && strlen(ip) < sizeof r->ip)
        memcpy(r->ip, ip, strlen(ip) + 1);
    if (t->head_whole && !informational(t) && !t->let_go) {
        curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
        r->status = (int)status;
        r->head = view(&t->head);
        r->body = view(&t->body);
    }
    r->request = view(&t->request);
    r->came_ms = t->came_ms ? t->came_ms : transfer_now_ms();
    r->took_ms = transfer_clock_ms() - t->began_ms;
    transfer_judge(t, code, r);
}
