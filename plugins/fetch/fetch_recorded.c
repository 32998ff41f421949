/* fetch_recorded.c - a transport that answers out of WARC files.
 *
 * A record is read where the index says it is; one that shares its member with others by going on from the one read last
 * where that is before it, for such files are mostly asked in the order in which they were written. */
#include "fetch_recorded.h"

#include "fetch_encoding.h"
#include "fetch_recorded_index.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    ROOM = 64,
    KEEP = 16 << 20,
    BEHIND = 16384 /* bytes read behind a record: its request is there */
};

struct asked {
    char *url, *etag, *last_modified;
    int64_t max_body;
    void *owner;
};

struct recorded {
    struct transport transport; /* first */
    struct recorded_index index;
    char **path;
    size_t n_files;
    struct asked queue[ROOM]; /* from `first`, in a circle */
    size_t first, n;
    struct warc_reader reader; /* stands behind record `skip` of the member at `offset` of `file` */
    bool reading;
    uint64_t allowed; /* bytes that may still be read: no more than is needed */
    int fd;
    uint32_t file;
    uint64_t offset, skip;
    struct bytes head, request, stored, body; /* of the answer */
};

static struct recorded *of(struct transport *t)
{
    return (struct recorded *)(void *)t;
}

static bool is(pl_str s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

static pl_str view(const struct bytes *b)
{
    return (pl_str){b->at ? (const char *)b->at : "", b->len};
}

/* ---- reading a record ---- */

static void stop_reading(struct recorded *t)
{
    if (!t->reading)
        return;
    warc_close(&t->reader);
    close(t->fd);
    t->reading = false;
}

static ptrdiff_t read_allowed(void *arg, void *to, size_t n)
{
    struct recorded *t = arg;
    const ssize_t got = read(t->fd, to, n < t->allowed ? n : (size_t)t->allowed);

    t->allowed -= got > 0 ? (uint64_t)got : 0;
    return got;
}

/* Opens the file where the member begins. */
static int start_reading(struct recorded *t, const struct recorded_entry *e)
{
    stop_reading(t);
    t->fd = open(t->path[e->file], O_RDONLY | O_CLOEXEC);
    if (t->fd < 0 || lseek(t->fd, (off_t)e->offset, SEEK_SET) < 0) {
        if (t->fd >= 0)
            close(t->fd);
        return PL_ERROR;
    }
    t->reading = true;
    t->file = e->file;
    t->offset = e->offset;
    t->skip = 0;
    t->allowed = e->length ? e->length + BEHIND : UINT64_MAX;
    return warc_open(&t->reader, t->path[e->file], read_allowed, t, e->offset);
}

/* The record's heads are in t->reader then. */
static int seek_record(struct recorded *t, const struct recorded_entry *e)
{
    const bool ahead = t->reading && t->file == e->file && t->offset == e->offset && t->skip <= e->skip && e->skip > 0;
    int rc = ahead ? PL_OK : start_reading(t, e);

    for (bool last = false; rc == PL_OK && !last; t->skip++) {
        last = t->skip == e->skip;
        rc = warc_next(&t->reader);
    }
    return rc == PL_EOF ? PL_ERROR : rc;
}

/* The block behind its HTTP head, chunks undone, to t->body. */
static int read_body(struct recorded *t, pl_str head)
{
    pl_str piece;
    int rc;

    bytes_reset(&t->stored, KEEP);
    while ((rc = warc_block(&t->reader, &piece)) == PL_OK)
        if (bytes_add(&t->stored, piece.ptr, piece.len) != PL_OK)
            return PL_NOMEM;
    if (rc != PL_EOF)
        return PL_ERROR;
    bytes_reset(&t->body, KEEP);
    if (is(warc_field(warc_http_fields(head), "Transfer-Encoding"), "chunked")) {
        rc = chunked_undo(view(&t->stored), &t->body);
        if (rc == PL_OK || rc == PL_NOMEM || warc_field(t->reader.head, "WARC-Truncated").ptr)
            return rc == PL_NOMEM ? rc : PL_OK;
    }
    bytes_reset(&t->body, KEEP);
    return bytes_add(&t->body, t->stored.at, t->stored.len);
}

/* The request is the record behind it where a tool wrote it so; without it nothing is amiss. */
static int read_request(struct recorded *t, pl_str id)
{
    struct warc_reader *r = &t->reader;

    bytes_reset(&t->request, KEEP);
    if (id.len == 0)
        return PL_OK;
    if (warc_next(r) != PL_OK) {
        stop_reading(t);
        return PL_OK;
    }
    t->skip++;
    if (r->offset != t->offset && !r->inside) {
        t->offset = r->offset;
        t->skip = 1;
    }
    const pl_str to = warc_field(r->head, "WARC-Concurrent-To");
    if (!is(r->type, "request") || to.len != id.len || memcmp(to.ptr, id.ptr, id.len) != 0 || !warc_http(r))
        return PL_OK;
    return bytes_add(&t->request, r->http.ptr, r->http.len);
}

/* ---- answering ---- */

static void fault(struct transport_response *r, enum transport_fault f, const char *message)
{
    r->fault = f;
    snprintf(r->message, sizeof r->message, "%.*s", (int)sizeof r->message - 1, message);
}

static void not_read(const struct recorded *t, struct transport_response *r, int rc)
{
    if (rc == PL_NOMEM)
        fault(r, TRANSPORT_NOMEM, "out of memory");
    else
        fault(r, TRANSPORT_BROKEN, t->reading && t->reader.message[0] ? t->reader.message : "the recording cannot be read");
}

/* As it was when it was recorded. */
static void cut_short(struct transport_response *r, pl_str truncated)
{
    if (!truncated.ptr)
        return;
    r->truncated = is(truncated, "length") ? "length" : is(truncated, "time") ? "time"
                   : is(truncated, "disconnect") ? "disconnect" : "unspecified";
    fault(r,
          is(truncated, "length") ? TRANSPORT_TOO_LARGE : is(truncated, "time") ? TRANSPORT_TIMEOUT : TRANSPORT_BROKEN,
          "it was cut short when it was recorded");
}

static int status_of(pl_str head)
{
    const pl_str s = warc_http_status(head);

    return s.len == 3 && s.ptr[0] >= '1' && s.ptr[0] <= '5' ? (s.ptr[0] - '0') * 100 + (s.ptr[1] - '0') * 10 + s.ptr[2] - '0' : 0;
}

static bool same(pl_str a, const char *b)
{
    return b && a.len > 0 && a.len == strlen(b) && memcmp(a.ptr, b, a.len) == 0;
}

/* RFC 9110, 13.2.2: If-None-Match first, and alone where it is given. */
static bool not_modified(const struct asked *q, pl_str head)
{
    const pl_str fields = warc_http_fields(head);

    return q->etag ? same(warc_field(fields, "ETag"), q->etag)
                   : same(warc_field(fields, "Last-Modified"), q->last_modified);
}

static int make_304(struct recorded *t)
{
    const pl_str fields = warc_http_fields(view(&t->head));
    const struct {
        const char *name;
        pl_str value;
    } kept[] = {{"ETag: ", warc_field(fields, "ETag")}, {"Last-Modified: ", warc_field(fields, "Last-Modified")},
                {"Cache-Control: ", warc_field(fields, "Cache-Control")}};
    struct bytes head = {0};
    int rc = bytes_add(&head, "HTTP/1.1 304 Not Modified\r\n", 27);

    for (size_t i = 0; i < sizeof kept / sizeof *kept && rc == PL_OK; i++) {
        if (!kept[i].value.ptr)
            continue;
        rc = bytes_add(&head, kept[i].name, strlen(kept[i].name));
        rc = rc == PL_OK ? bytes_add(&head, kept[i].value.ptr, kept[i].value.len) : rc;
        rc = rc == PL_OK ? bytes_add(&head, "\r\n", 2) : rc;
    }
    rc = rc == PL_OK ? bytes_add(&head, "\r\n", 2) : rc;
    bytes_done(&t->head);
    t->head = head;
    return rc;
}

/* The page of a revisit is another record's. */
static const struct recorded_entry *page_of(struct recorded *t)
{
    const struct warc_reader *r = &t->reader;
    const struct recorded_entry *e = recorded_index_payload(&t->index, warc_field(r->head, "WARC-Payload-Digest"));

    return e ? e
             : recorded_index_dated(&t->index, warc_field(r->head, "WARC-Refers-To-Target-URI"),
                                    warc_field(r->head, "WARC-Refers-To-Date"));
}

/* Heads and body; a revisit has its own head where it has one. */
static int read_answer(struct recorded *t, const struct recorded_entry *e, pl_str *truncated, bool *elsewhere)
{
    struct warc_reader *r = &t->reader;
    int rc;

    bytes_reset(&t->head, KEEP);
    bytes_reset(&t->request, KEEP);
    bytes_reset(&t->body, KEEP);
    if (warc_http(r) && bytes_add(&t->head, r->http.ptr, r->http.len) != PL_OK)
        return PL_NOMEM;
    if (e->revisit) {
        const struct recorded_entry *page = page_of(t);
        *elsewhere = !page;
        if (!page)
            return PL_OK;
        rc = seek_record(t, page);
        if (rc != PL_OK)
            return rc;
        if (warc_http(r) && t->head.len == 0 && bytes_add(&t->head, r->http.ptr, r->http.len) != PL_OK)
            return PL_NOMEM;
    }
    *truncated = warc_field(r->head, "WARC-Truncated");
    rc = read_body(t, r->http);
    return rc;
}

static void answer(struct recorded *t, const struct asked *q, struct transport_response *r)
{
    const struct recorded_entry *e = recorded_index_find(&t->index, (pl_str){q->url, strlen(q->url)});
    pl_str truncated = {NULL, 0}, ip, id;
    char kept_id[256] = "", why[16] = "";
    bool elsewhere = false;
    int rc;

    if (!e) {
        fault(r, TRANSPORT_NOT_RECORDED, "the recording has no answer for this address");
        return;
    }
    r->came_ms = e->ms;
    rc = seek_record(t, e);
    if (rc == PL_OK) {
        ip = warc_field(t->reader.head, "WARC-IP-Address");
        id = t->reader.id;
        snprintf(r->ip, sizeof r->ip, "%.*s", ip.len < sizeof r->ip ? (int)ip.len : 0, ip.ptr ? ip.ptr : "");
        snprintf(kept_id, sizeof kept_id, "%.*s", id.len < sizeof kept_id ? (int)id.len : 0, id.ptr ? id.ptr : "");
        rc = read_answer(t, e, &truncated, &elsewhere);
        snprintf(why, sizeof why, "%.*s", truncated.len < sizeof why ? (int)truncated.len : 0, truncated.ptr ? truncated.ptr : "");
    }
    if (rc == PL_OK && elsewhere) {
        fault(r, TRANSPORT_NOT_RECORDED, "the recording says that the page is one that it does not have (a revisit)");
        return;
    }
    if (rc == PL_OK && !e->revisit)
        rc = read_request(t, (pl_str){kept_id, strlen(kept_id)});
    if (rc == PL_OK && not_modified(q, view(&t->head))) {
        rc = make_304(t);
        t->body.len = 0;
        truncated.ptr = NULL;
    }
    if (rc != PL_OK) {
        not_read(t, r, rc);
        stop_reading(t);
        return;
    }
    r->head = view(&t->head);
    r->request = view(&t->request);
    r->body = view(&t->body);
    r->status = status_of(r->head);
    if (truncated.ptr)
        cut_short(r, (pl_str){why, strlen(why)});
    if (q->max_body > 0 && r->body.len > (uint64_t)q->max_body) {
        r->body.len = (size_t)q->max_body;
        r->truncated = "length";
        fault(r, TRANSPORT_TOO_LARGE, "the body is larger than `max_body` allows");
    }
}

/* ---- the transport ---- */

static void forget(struct asked *q)
{
    free(q->url);
    free(q->etag);
    free(q->last_modified);
    *q = (struct asked){0};
}

static bool copy(char **to, pl_str s)
{
    *to = s.ptr ? strndup(s.ptr, s.len) : NULL;
    return *to || !s.ptr;
}

static int recorded_start(struct transport *transport, const struct transport_request *request)
{
    struct recorded *t = of(transport);
    struct asked *q = &t->queue[(t->first + t->n) % ROOM];

    if (t->n == ROOM)
        return PL_AGAIN;
    *q = (struct asked){.max_body = request->max_body, .owner = request->owner};
    if (!copy(&q->url, (pl_str){request->url, strlen(request->url)}) || !copy(&q->etag, request->etag) ||
        !copy(&q->last_modified, request->last_modified)) {
        forget(q);
        return PL_NOMEM;
    }
    t->n++;
    return PL_OK;
}

static int recorded_run(struct transport *transport, int wait_ms, transport_done *done, void *arg)
{
    struct recorded *t = of(transport);

    (void)wait_ms;
    if (t->n == 0)
        return PL_OK;
    struct asked q = t->queue[t->first];
    struct transport_response r = {.owner = q.owner};
    t->queue[t->first] = (struct asked){0};
    t->first = (t->first + 1) % ROOM;
    t->n--;
    answer(t, &q, &r);
    forget(&q);
    done(arg, &r);
    return PL_OK;
}

static size_t recorded_room(const struct transport *transport)
{
    return ROOM - ((const struct recorded *)(const void *)transport)->n;
}

static void recorded_close(struct transport *transport)
{
    struct recorded *t = of(transport);
    struct bytes *all[] = {&t->head, &t->request, &t->stored, &t->body};

    stop_reading(t);
    for (size_t i = 0; i < ROOM; i++)
        forget(&t->queue[i]);
    for (size_t i = 0; i < t->n_files; i++)
        free(t->path[i]);
    free(t->path);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        bytes_done(all[i]);
    recorded_index_done(&t->index);
    free(t);
}

size_t recorded_transport_count(const struct transport *transport)
{
    const struct recorded_index *ix = &((const struct recorded *)(const void *)transport)->index;
    size_t n = 0;

    for (size_t i = 0; i < ix->n; i++)
        n += i == 0 || strcmp((const char *)ix->texts.at + ix->at[i].key, (const char *)ix->texts.at + ix->at[i - 1].key) != 0;
    return n;
}

/* ---- opening ---- */

static int add_path(struct recorded *t, char *path)
{
    char **more = path ? realloc(t->path, (t->n_files + 1) * sizeof *more) : NULL;

    if (!more) {
        free(path);
        return PL_NOMEM;
    }
    t->path = more;
    t->path[t->n_files++] = path;
    return PL_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_folder(struct recorded *t, const char *folder, DIR *d)
{
    const struct dirent *e;
    int rc = PL_OK;

    while (rc == PL_OK && (e = readdir(d)) != NULL) {
        char *path = NULL;
        if (e->d_name[0] == '.' || !strstr(e->d_name, ".warc") || strstr(e->d_name, ".part"))
            continue;
        rc = asprintf(&path, "%s/%s", folder, e->d_name) < 0 ? PL_NOMEM : add_path(t, path);
    }
    if (t->n_files)
        qsort(t->path, t->n_files, sizeof *t->path, by_name);
    return rc;
}

static int add_files(struct recorded *t, char *message, size_t size)
{
    int rc = PL_OK;

    for (size_t i = 0; i < t->n_files && rc == PL_OK; i++) {
        const int fd = open(t->path[i], O_RDONLY | O_CLOEXEC);
        if (fd < 0) {
            snprintf(message, size, "cannot open the recording '%s': %s", t->path[i], strerror(errno));
            return PL_ERROR;
        }
        rc = recorded_index_add(&t->index, t->path[i], fd, (uint32_t)i, message, size);
        close(fd);
    }
    return rc == PL_OK ? recorded_index_sort(&t->index) : rc;
}

int recorded_transport_open(struct transport **transport, const char *path, char *message, size_t size)
{
    static const struct transport_kind kind = {recorded_start, recorded_run, recorded_room, recorded_close, NULL};
    struct recorded *t = calloc(1, sizeof *t);
    DIR *d = opendir(path);
    int rc = t ? PL_OK : PL_NOMEM;

    *transport = NULL;
    snprintf(message, size, "out of memory");
    if (t)
        t->transport.kind = &kind;
    if (rc == PL_OK)
        rc = d ? list_folder(t, path, d) : add_path(t, strdup(path));
    if (d)
        closedir(d);
    if (rc == PL_OK && t->n_files == 0) {
        snprintf(message, size, "no WARC file is in '%s': expected names with \".warc\"", path);
        rc = PL_ERROR;
    }
    if (rc == PL_OK)
        rc = add_files(t, message, size);
    if (rc == PL_OK)
        *transport = &t->transport;
    else if (t)
        recorded_close(&t->transport);
    return rc;
}
