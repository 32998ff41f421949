/* fetch_recorder.c - a transport that asks by another one and keeps all that comes. */
#include "fetch_recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha1.h>
#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>
#include <zlib.h>

#include "../shared/warc_digest.h"
#include "fetch_bytes.h"
#include "fetch_header.h"
#include "fetch_when.h"

#define PROFILE "http://netpreserve.org/warc/1.1/revisit/"

enum { LEVEL = 6 };

/* What a request is known by while it is under way. */
struct request {
    void *owner;
    bool conditional;
    bool has_digest;
    uint8_t digest[SHA1_DIGEST_SIZE]; /* of what came before */
    int64_t changed_ms;               /* when that was */
    char url[];
};

struct recorder {
    struct transport transport; /* first */
    struct transport *inner;
    int fd;
    uint64_t length, n_records;
    z_stream z;
    bool z_ready, is_cut;
    struct bytes block, head, packed;
    transport_done *done; /* of the call of run() */
    void *arg;
    int rc; /* of writing */
    char software[64], path[256], message[512];
};

static struct recorder *of(struct transport *t)
{
    return (struct recorder *)(void *)t;
}

PL_PRINTF(2, 3)
static int fault(struct recorder *r, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(r->message, sizeof r->message, fmt, ap);
    va_end(ap);
    return PL_ERROR;
}

/* ---- records ---- */

static int add(struct bytes *b, pl_str s)
{
    return bytes_add(b, s.ptr, s.len);
}

static int add_text(struct bytes *b, const char *s)
{
    return bytes_add(b, s, strlen(s));
}

static int write_all(struct recorder *r, const struct bytes *b)
{
    /* Of a run that was killed before its first checkpoint nothing is kept. */
    if (!r->is_cut && recorder_cut(r, r->length) != PL_OK)
        return PL_ERROR;
    for (size_t done = 0; done < b->len;) {
        const ssize_t n = write(r->fd, b->at + done, b->len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fault(r, "cannot write '%s': %s", r->path, n < 0 ? strerror(errno) : "no room");
        done += (size_t)n;
        r->length += (uint64_t)n;
    }
    return PL_OK;
}

/* One gzip member of head, block and the two line ends behind it. */
static int write_member(struct recorder *r)
{
    const pl_str part[] = {{(const char *)r->head.at, r->head.len}, {(const char *)r->block.at, r->block.len}, {"\r\n\r\n", 4}};

    if (!r->z_ready && deflateInit2(&r->z, LEVEL, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return PL_NOMEM;
    if (r->z_ready)
        deflateReset(&r->z);
    r->z_ready = true;
    r->packed.len = 0;
    if (bytes_reserve(&r->packed, deflateBound(&r->z, (uLong)(r->head.len + r->block.len + 4))) != PL_OK)
        return PL_NOMEM;
    r->z.next_out = r->packed.at;
    r->z.avail_out = (uInt)(r->packed.cap < UINT32_MAX ? r->packed.cap : UINT32_MAX);
    for (size_t i = 0; i < 3; i++) {
        r->z.next_in = (z_const Bytef *)(uintptr_t)part[i].ptr;
        r->z.avail_in = (uInt)part[i].len;
        if (deflate(&r->z, i == 2 ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_ERROR)
            return fault(r, "cannot compress for '%s'", r->path);
    }
    r->packed.len = (size_t)(r->z.next_out - r->packed.at);
    return write_all(r, &r->packed);
}

/* An id that follows from what is written: a UUID of version 8 (RFC 9562). */
static void make_id(const struct recorder *r, const char *url, const char *date, char id[40])
{
    struct sha1_ctx sha;
    uint8_t d[SHA1_DIGEST_SIZE];

    sha1_init(&sha);
    sha1_update(&sha, strlen(url) + 1, (const uint8_t *)url);
    sha1_update(&sha, strlen(date) + 1, (const uint8_t *)date);
    sha1_update(&sha, sizeof r->length, (const uint8_t *)&r->length);
    sha1_digest(&sha, sizeof d, d);
    d[6] = (uint8_t)((d[6] & 0x0F) | 0x80);
    d[8] = (uint8_t)((d[8] & 0x3F) | 0x80);
    snprintf(id, 40, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", d[0], d[1], d[2], d[3], d[4], d[5],
             d[6], d[7], d[8], d[9], d[10], d[11], d[12], d[13], d[14], d[15]);
}

static int begin_record(struct recorder *r, const char *type, const char *url, int64_t ms)
{
    char text[160], date[32], id[40];
    int rc;

    when_rfc3339(ms, date);
    make_id(r, url, date, id);
    bytes_reset(&r->head, 1 << 20);
    bytes_reset(&r->block, 16 << 20);
    snprintf(text, sizeof text, "WARC/1.1\r\nWARC-Type: %s\r\nWARC-Date: %s\r\nWARC-Record-ID: <urn:uuid:%s>\r\n", type, date, id);
    rc = add_text(&r->head, text);
    if (rc == PL_OK && url[0] && (add_text(&r->head, "WARC-Target-URI: ") != PL_OK || add_text(&r->head, url) != PL_OK ||
                                  add_text(&r->head, "\r\n") != PL_OK))
        rc = PL_NOMEM;
    return rc;
}

static int end_record(struct recorder *r, const char *content_type)
{
    char text[160];

    snprintf(text, sizeof text, "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n", content_type, r->block.len);
    if (add_text(&r->head, text) != PL_OK)
        return PL_NOMEM;
    r->n_records++;
    return write_member(r);
}

static bool is_field(pl_str line, const char *name)
{
    const size_t n = strlen(name);

    return line.len > n && line.ptr[n] == ':' && strncasecmp(line.ptr, name, n) == 0;
}

/* The head, its fields of how the body came renamed, as it did not stay so: Transfer-Encoding is undone. */
static int add_head(struct recorder *r, pl_str head)
{
    int rc = PL_OK;

    while (head.len && rc == PL_OK) {
        const char *end = memchr(head.ptr, '\n', head.len);
        const pl_str line = {head.ptr, end ? (size_t)(end - head.ptr) + 1 : head.len};
        head = (pl_str){line.ptr + line.len, head.len - line.len};
        if (is_field(line, "Transfer-Encoding") || is_field(line, "Content-Length"))
            rc = add_text(&r->block, "X-Archive-Orig-");
        if (rc == PL_OK)
            rc = add(&r->block, line);
    }
    return rc;
}

/* The head with its empty line.  Its Content-Length is put there anew: that of the body, which a revisit leaves away. */
static int add_whole_head(struct recorder *r, const struct transport_response *t)
{
    char text[64];
    pl_str head = t->head;

    while (head.len && (head.ptr[head.len - 1] == '\n' || head.ptr[head.len - 1] == '\r'))
        head.len--;
    if (add_head(r, head) != PL_OK)
        return PL_NOMEM;
    snprintf(text, sizeof text, "\r\nContent-Length: %zu\r\n\r\n", t->body.len);
    return add_text(&r->block, t->status == 304 ? "\r\n\r\n" : text);
}

static int add_field(struct recorder *r, const char *name, const char *value)
{
    if (!value[0])
        return PL_OK;
    if (add_text(&r->head, name) != PL_OK || add_text(&r->head, ": ") != PL_OK || add_text(&r->head, value) != PL_OK)
        return PL_NOMEM;
    return add_text(&r->head, "\r\n");
}

static int add_digest(struct recorder *r, const uint8_t digest[SHA1_DIGEST_SIZE])
{
    char text[WARC_DIGEST_TEXT];

    warc_digest_text(WARC_SHA1, digest, SHA1_DIGEST_SIZE, text);
    return add_field(r, "WARC-Payload-Digest", text);
}

/* What it is the same as: ISO 28500, 6.7.2 and 6.7.3.  `is_304`: the server says so. */
static int add_reference(struct recorder *r, const struct request *q, bool is_304)
{
    const bool known = q->has_digest && q->conditional;
    char date[32] = "";
    int rc = add_field(r, "WARC-Profile", is_304 ? PROFILE "server-not-modified" : PROFILE "identical-payload-digest");

    /* A 304 that nobody asked for refers to nothing that is known here. */
    if (rc != PL_OK || (is_304 && !known))
        return rc;
    rc = add_digest(r, q->digest);
    if (q->changed_ms > 0)
        when_rfc3339(q->changed_ms, date);
    if (rc == PL_OK && date[0])
        rc = add_field(r, "WARC-Refers-To-Target-URI", q->url);
    return rc == PL_OK ? add_field(r, "WARC-Refers-To-Date", date) : rc;
}

static bool is_same(const struct request *q, const struct transport_response *t, const uint8_t digest[SHA1_DIGEST_SIZE])
{
    return t->fault == TRANSPORT_OK && (t->status == 200 || t->status == 203) && t->body.len && q->has_digest &&
           memcmp(q->digest, digest, SHA1_DIGEST_SIZE) == 0;
}

static int record(struct recorder *r, const struct request *q, const struct transport_response *t)
{
    const bool is_304 = t->status == 304;
    struct sha1_ctx sha;
    uint8_t digest[SHA1_DIGEST_SIZE];

    sha1_init(&sha);
    sha1_update(&sha, t->body.len, (const uint8_t *)t->body.ptr);
    sha1_digest(&sha, sizeof digest, digest);
    const bool revisit = is_304 || is_same(q, t, digest);
    int rc = begin_record(r, revisit ? "revisit" : "response", q->url, t->came_ms);
    if (rc == PL_OK)
        rc = add_field(r, "WARC-IP-Address", t->ip);
    if (rc == PL_OK && t->truncated)
        rc = add_field(r, "WARC-Truncated", t->truncated);
    if (rc == PL_OK)
        rc = revisit ? add_reference(r, q, is_304) : add_digest(r, digest);
    if (rc == PL_OK)
        rc = add_whole_head(r, t);
    if (rc == PL_OK && !revisit)
        rc = add(&r->block, t->body);
    return rc == PL_OK ? end_record(r, "application/http;msgtype=response") : rc;
}

static int write_info(struct recorder *r, const char *software, int64_t ms)
{
    int rc = begin_record(r, "warcinfo", "", ms);

    if (rc == PL_OK && (add_text(&r->block, "software: ") != PL_OK || add_text(&r->block, software) != PL_OK ||
                        add_text(&r->block, "\r\nformat: WARC File Format 1.1\r\n") != PL_OK))
        rc = PL_NOMEM;
    return rc == PL_OK ? end_record(r, "application/warc-fields") : rc;
}

/* ---- the transport ---- */

static int start(struct transport *t, const struct transport_request *q)
{
    struct recorder *r = of(t);
    struct transport_request own = *q;
    const size_t n = strcspn(q->url, "#"); /* as it is sent */
    struct request *known = malloc(sizeof *known + n + 1);

    if (!known)
        return PL_NOMEM;
    *known = (struct request){.owner = q->owner, .conditional = q->etag.len > 0 || q->last_modified.len > 0,
                              .has_digest = q->digest != NULL, .changed_ms = q->changed_ms};
    if (q->digest)
        memcpy(known->digest, q->digest, sizeof known->digest);
    memcpy(known->url, q->url, n);
    known->url[n] = 0;
    own.owner = known;
    const int rc = transport_start(r->inner, &own);
    if (rc != PL_OK)
        free(known);
    return rc;
}

static void came(void *arg, const struct transport_response *answer)
{
    struct recorder *r = arg;
    struct request *known = answer->owner;
    struct transport_response own = *answer;

    if (answer->head.len && r->rc == PL_OK) {
        if (r->n_records == 0 && r->length == 0)
            r->rc = write_info(r, r->software, answer->came_ms);
        if (r->rc == PL_OK)
            r->rc = record(r, known, answer);
    }
    own.owner = known->owner;
    free(known);
    r->done(r->arg, &own);
}

static int run(struct transport *t, int wait_ms, transport_done *done, void *arg)
{
    struct recorder *r = of(t);

    r->done = done;
    r->arg = arg;
    const int rc = transport_run(r->inner, wait_ms, came, r);
    return rc == PL_OK ? r->rc : rc;
}

static size_t room(const struct transport *t)
{
    return transport_room(((const struct recorder *)(const void *)t)->inner);
}

static bool let_go(struct transport *t, int64_t silent_ms)
{
    return transport_let_go(of(t)->inner, silent_ms);
}

static void close_both(struct transport *t)
{
    struct recorder *r = of(t);

    transport_close(r->inner);
    if (r->fd >= 0)
        close(r->fd);
    if (r->z_ready)
        deflateEnd(&r->z);
    bytes_done(&r->block);
    bytes_done(&r->head);
    bytes_done(&r->packed);
    free(r);
}

int recorder_open(struct recorder **out, struct transport *inner, const char *path, bool going_on, const char *software,
                  char *message, size_t size)
{
    static const struct transport_kind kind = {start, run, room, close_both, let_go};
    struct recorder *r = calloc(1, sizeof *r);

    *out = NULL;
    if (!r) {
        transport_close(inner);
        return PL_NOMEM;
    }
    r->transport.kind = &kind;
    r->inner = inner;
    snprintf(r->software, sizeof r->software, "%s", software);
    snprintf(r->path, sizeof r->path, "%s", path);
    r->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | (going_on ? 0 : O_TRUNC), 0666);
    if (r->fd < 0) {
        snprintf(message, size, "cannot write '%s': %s", path, strerror(errno));
        close_both(&r->transport);
        return PL_ERROR;
    }
    *out = r;
    return PL_OK;
}

struct transport *recorder_transport(struct recorder *r)
{
    return &r->transport;
}

int recorder_sync(struct recorder *r, uint64_t *length)
{
    if (r->rc != PL_OK)
        return r->rc;
    if (fdatasync(r->fd) < 0 && errno != EINVAL)
        return fault(r, "cannot write '%s': %s", r->path, strerror(errno));
    *length = r->length;
    return PL_OK;
}

int recorder_cut(struct recorder *r, uint64_t length)
{
    const off_t end = lseek(r->fd, 0, SEEK_END);

    if (end < 0 || (uint64_t)end < length)
        return fault(r, "'%s' is shorter than it was: put it back, or begin anew with --restart", r->path);
    if (ftruncate(r->fd, (off_t)length) < 0 || lseek(r->fd, (off_t)length, SEEK_SET) < 0)
        return fault(r, "cannot cut '%s': %s", r->path, strerror(errno));
    r->length = length;
    r->is_cut = true;
    return PL_OK;
}

const char *recorder_message(const struct recorder *r)
{
    return r->message;
}
