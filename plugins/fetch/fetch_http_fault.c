/* fetch_http_fault.c - why a transfer failed, in a sentence for a person: what, where, and what may be done. */
#include "fetch_http_transfer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "pressline.h"

static enum transport_fault fault_of(const struct transfer *t, CURLcode code)
{
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return TRANSPORT_DNS;
    case CURLE_COULDNT_CONNECT: return t->refused && !t->tried ? TRANSPORT_REFUSED : TRANSPORT_CONNECT;
    case CURLE_INTERFACE_FAILED:
    case CURLE_PROXY: return TRANSPORT_CONNECT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_USE_SSL_FAILED: return TRANSPORT_TLS;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_SSL_SHUTDOWN_FAILED: return TRANSPORT_BROKEN;
    case CURLE_OUT_OF_MEMORY: /* libcurl's limit of a line is lower than ours may be, and says the same */
        return t->heads_len && !t->head_whole ? TRANSPORT_HEAD_TOO_LARGE : TRANSPORT_NOMEM;
    default: return TRANSPORT_PROTOCOL;
    }
}

/* libcurl has one code for all that takes too long. */
static enum transport_fault fault_of_time(const struct transfer *t, bool *connected)
{
    curl_off_t total = 0, ready = 0;

    curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &total);
    curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
    *connected = ready > 0;
    return !*connected || total / 1000 >= t->set->timeout_ms - 10 ? TRANSPORT_TIMEOUT : TRANSPORT_SLOW;
}

/* "www.harbour.example:8080", as an address that was asked for has it. */
static pl_str host_of(const struct transfer *t)
{
    const char *host = strstr((const char *)t->url.at, "://");

    return host ? (pl_str){host + 3, strcspn(host + 3, "/?")} : PL_S("");
}

static void say_time(const struct transfer *t, bool connected, struct transport_response *r, const char *host)
{
    if (r->fault == TRANSPORT_SLOW)
        snprintf(r->message, sizeof r->message,
                 "%s sends fewer than %" PRId64 " bytes a second for %" PRId64 " s: given up after %zu bytes", host,
                 t->set->low_speed, t->set->low_speed_s, t->body.len);
    else if (connected)
        snprintf(r->message, sizeof r->message,
                 "%s has not sent all within %" PRId64 " ms (timeout): %zu bytes of the body came", host, t->set->timeout_ms,
                 t->body.len);
    else
        snprintf(r->message, sizeof r->message, "no connection to %s within %" PRId64 " ms (connect_timeout)", host,
                 t->set->timeout_ms < t->set->connect_timeout_ms ? t->set->timeout_ms : t->set->connect_timeout_ms);
}

static void say_connect(const struct transfer *t, struct transport_response *r, const char *host)
{
    long number = 0;

    curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &number);
    snprintf(r->message, sizeof r->message, "no connection to %s: %.150s", host,
             number > 0 ? strerror((int)number) : t->error);
}

static void say_tls(CURLcode code, struct transport_response *r, const char *host, const char *error)
{
    if (code == CURLE_PEER_FAILED_VERIFICATION)
        snprintf(r->message, sizeof r->message,
                 "%s has no certificate to be trusted: %.100s; ca_file names others to trust", host, error);
    else
        snprintf(r->message, sizeof r->message, "no TLS connection to %s: %.150s", host, error);
}

static void say(const struct transfer *t, CURLcode code, struct transport_response *r, const char *host)
{
    const char *error = *t->error ? t->error : curl_easy_strerror(code);
    char *to = r->message;
    const size_t size = sizeof r->message;

    switch (r->fault) {
    case TRANSPORT_DNS:
        snprintf(to, size, "no address is known for %s: is the name right, and does the name server answer?", host);
        break;
    case TRANSPORT_REFUSED:
        snprintf(to, size, "%s is not asked: %s; allow_private opens ranges of addresses", host, t->why);
        break;
    case TRANSPORT_CONNECT: say_connect(t, r, host); break;
    case TRANSPORT_TLS: say_tls(code, r, host, error); break;
    case TRANSPORT_TOO_LARGE: snprintf(to, size, "the body is larger than %" PRId64 " bytes (max_body)", t->max_body); break;
    case TRANSPORT_HEAD_TOO_LARGE:
        snprintf(to, size, "the head of the response of %s is larger than %zu bytes%s", host, t->set->max_head,
                 t->cut == CUT_HEAD ? "" : ", or memory is out");
        break;
    case TRANSPORT_BROKEN:
        if (code == CURLE_OK)
            error = "its head is not whole";
        snprintf(to, size, "%s ended the response before its end, after %zu bytes of the body: %.120s", host, t->body.len, error);
        break;
    case TRANSPORT_NOMEM: snprintf(to, size, "out of memory"); break;
    default: snprintf(to, size, "%s does not speak HTTP as it should: %.150s", host, error); break;
    }
}

/* Texts of servers and libraries go into logs: nothing but printable ASCII. */
static void clean(char *text)
{
    for (; *text; text++)
        if (*text < 0x20 || *text > 0x7e)
            *text = '?';
}

static enum transport_fault fault_of_cut(enum transfer_cut cut)
{
    return cut == CUT_BODY ? TRANSPORT_TOO_LARGE : cut == CUT_HEAD ? TRANSPORT_HEAD_TOO_LARGE : TRANSPORT_NOMEM;
}

static const char *truncated(enum transport_fault fault)
{
    switch (fault) {
    case TRANSPORT_TOO_LARGE: return "length";
    case TRANSPORT_TIMEOUT:
    case TRANSPORT_SLOW: return "time";
    case TRANSPORT_BROKEN: return "disconnect";
    default: return "unspecified";
    }
}

void transfer_judge(const struct transfer *t, CURLcode code, struct transport_response *r)
{
    const pl_str at = host_of(t);
    bool connected = false;
    char host[64];

    snprintf(host, sizeof host, "%.*s%s", at.len > 60 ? 60 : (int)at.len, at.ptr, at.len > 60 ? "..." : "");
    if (t->let_go) {
        r->fault = TRANSPORT_LET_GO;
        snprintf(r->message, sizeof r->message, "%s was silent while others waited", host);
    } else if (t->fault) { /* the host may be anything: it is not told */
        r->fault = TRANSPORT_PROTOCOL;
        snprintf(r->message, sizeof r->message, "the address %s", t->fault);
    } else if (t->cut != CUT_NONE) {
        r->fault = fault_of_cut(t->cut);
        say(t, code, r, host);
    } else if (code == CURLE_OK && t->refused && !t->tried && r->status == 0) {
        r->fault = TRANSPORT_REFUSED;
        say(t, code, r, host);
    } else if (code == CURLE_OPERATION_TIMEDOUT) {
        r->fault = fault_of_time(t, &connected);
        say_time(t, connected, r, host);
    } else if (code != CURLE_OK) {
        r->fault = fault_of(t, code);
        say(t, code, r, host);
    } else if (r->status == 0) { /* libcurl takes the head for whole when the connection ends */
        r->fault = TRANSPORT_BROKEN;
        say(t, code, r, host);
    }
    if (r->fault != TRANSPORT_OK && r->status)
        r->truncated = truncated(r->fault);
    clean(r->message);
}
