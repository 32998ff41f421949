/* warc_read.c - the records of a WARC file, one after the other. */
#include "warc_read.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

ptrdiff_t warc_read_fd(void *arg, void *to, size_t n)
{
    return read(*(const int *)arg, to, n);
}

int warc_open(struct warc_reader *r, const char *name, warc_in_read *read, void *arg, uint64_t from)
{
    *r = (struct warc_reader){.name = name};
    return warc_in_open(&r->in, read, arg, from, deflate_best());
}

void warc_close(struct warc_reader *r)
{
    warc_in_close(&r->in);
    free(r->head_text.at);
    free(r->http_text.at);
    *r = (struct warc_reader){0};
}

/* What the layer below says, with the file's name. */
static int told(struct warc_reader *r)
{
    snprintf(r->message, sizeof r->message, "%s: %s", r->name, r->in.message);
    r->open = false;
    return PL_ERROR;
}

PL_PRINTF(3, 4)
static int wrong(struct warc_reader *r, uint64_t at, const char *fmt, ...)
{
    char what[384];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    snprintf(r->message, sizeof r->message, "%s: byte %llu: %s", r->name, (unsigned long long)at, what);
    r->open = false;
    return PL_ERROR;
}

/* Up to `n` bytes for a message, harmless on a terminal. */
static void shown(char *out, size_t cap, const unsigned char *p, size_t n)
{
    size_t len = 0;

    for (size_t i = 0; i < n && i < 24 && len + 5 < cap; i++) {
        const bool plain = p[i] >= 0x20 && p[i] < 0x7f && p[i] != '\\';
        len += (size_t)snprintf(out + len, cap - len, plain ? "%c" : "\\x%02x", (unsigned)p[i]);
    }
    out[len] = 0;
}

/* ---- heads ---- */

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static pl_str trimmed(const char *p, const char *end)
{
    while (p < end && blank(*p))
        p++;
    while (p < end && blank(end[-1]))
        end--;
    return (pl_str){p, (size_t)(end - p)};
}

static const char *line_end(const char *p, const char *end)
{
    const char *lf = memchr(p, '\n', (size_t)(end - p));

    return lf ? lf + 1 : end;
}

pl_str warc_field(pl_str head, const char *name)
{
    const size_t len = strlen(name);

    if (!head.len)
        return (pl_str){NULL, 0};
    for (const char *p = head.ptr, *end = p + head.len; p < end;) {
        const char *next = line_end(p, end);
        if ((size_t)(next - p) > len && strncasecmp(p, name, len) == 0) {
            const pl_str behind = trimmed(p + len, next);
            if (behind.len && behind.ptr[0] == ':')
                return trimmed(behind.ptr + 1, behind.ptr + behind.len);
        }
        p = next;
    }
    return (pl_str){NULL, 0};
}

pl_str warc_http_fields(pl_str http)
{
    if (!http.len)
        return (pl_str){NULL, 0};
    const char *end = http.ptr + http.len, *first = line_end(http.ptr, end);

    return (pl_str){first, (size_t)(end - first)};
}

pl_str warc_http_status(pl_str http)
{
    if (!http.len)
        return (pl_str){NULL, 0};
    const char *end = http.ptr + http.len;
    const pl_str first = trimmed(http.ptr, line_end(http.ptr, end));
    const char *space = first.len ? memchr(first.ptr, ' ', first.len) : NULL;

    if (!space)
        return (pl_str){NULL, 0};
    const pl_str rest = trimmed(space, first.ptr + first.len);
    const char *next = rest.len ? memchr(rest.ptr, ' ', rest.len) : NULL;
    return (pl_str){rest.ptr, next ? (size_t)(next - rest.ptr) : rest.len};
}

/* How many of the bytes at hand are a head with its empty line: looks for one from byte `from` on.  0: not yet. */
static size_t head_length(const unsigned char *p, size_t n, size_t from)
{
    for (size_t i = from; i < n;) {
        const unsigned char *lf = memchr(p + i, '\n', n - i);
        if (!lf)
            return 0;
        i = (size_t)(lf - p) + 1;
        if (i < n && p[i] == '\n')
            return i + 1;
        if (i + 1 < n && p[i] == '\r' && p[i + 1] == '\n')
            return i + 2;
    }
    return 0;
}

/* Brings a head of at most `most` bytes to hand; its length, 0 where none ends there. */
static size_t find_head(struct warc_in *in, uint64_t most)
{
    size_t seen = 0, want = 4096;

    /* Out of its member it goes only where it must: what is in the next one is another record's. */
    in->stay = true;
    for (;;) {
        size_t n = warc_in_fill(in, want);
        const bool all = (n < want && !in->stay) || want >= most;
        n = n < most ? n : (size_t)most;
        const size_t len = head_length(in->plain + in->at, n, seen > 2 ? seen - 2 : 0);
        if (len || all)
            return len;
        seen = n;
        if (n < want)
            in->stay = false;
        else
            want = want < most / 2 ? want * 2 : (size_t)most;
    }
}

static bool keep(struct warc_reader *r, struct warc_text *t, const unsigned char *p, size_t n)
{
    if (n > t->cap) {
        char *more = realloc(t->at, n + 4096);
        if (!more) {
            snprintf(r->message, sizeof r->message, "%s: out of memory", r->name);
            r->in.machine = true;
            r->open = false;
            return false;
        }
        t->at = more;
        t->cap = n + 4096;
    }
    memcpy(t->at, p, n);
    return true;
}

/* Lines that begin with white space continue the one before. */
static void join_lines(char *p, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++) {
        if (p[i] != '\n' || (p[i + 1] != ' ' && p[i + 1] != '\t'))
            continue;
        p[i] = ' ';
        if (i > 0 && p[i - 1] == '\r')
            p[i - 1] = ' ';
    }
}

static bool number(pl_str s, uint64_t *n)
{
    *n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9' || *n > (INT64_MAX - 9) / 10)
            return false;
        *n = *n * 10 + (uint64_t)(s.ptr[i] - '0');
    }
    return s.len > 0;
}

static int take_head(struct warc_reader *r, size_t len)
{
    struct warc_in *in = &r->in;
    const unsigned char *p = in->plain + in->at;
    const char *first = (const char *)p, *end = first + len, *lines = line_end(first, end);
    const pl_str version = trimmed(first + 5, lines);
    pl_str n;

    if (!keep(r, &r->head_text, p, len))
        return PL_ERROR;
    in->at += len;
    join_lines(r->head_text.at, len);
    r->head = (pl_str){r->head_text.at + (lines - first), (size_t)(end - lines)};
    r->version = (pl_str){r->head_text.at + (version.ptr - first), version.len};
    r->type = warc_field(r->head, "WARC-Type");
    r->id = warc_field(r->head, "WARC-Record-ID");
    r->uri = warc_field(r->head, "WARC-Target-URI");
    r->date = warc_field(r->head, "WARC-Date");
    r->content_type = warc_field(r->head, "Content-Type");
    if (r->uri.len > 1 && r->uri.ptr[0] == '<' && r->uri.ptr[r->uri.len - 1] == '>')
        r->uri = (pl_str){r->uri.ptr + 1, r->uri.len - 2};
    n = warc_field(r->head, "Content-Length");
    if (!number(n, &r->block_length))
        return wrong(r, r->offset, "the record that begins here has %s", n.len ? "a Content-Length that is no number"
                                                                           : "no Content-Length");
    r->left = r->block_length;
    r->open = true;
    return PL_OK;
}

/* Takes the empty lines, though not those of a bomb; false: nothing is behind them. */
static bool pass_blank(struct warc_in *in)
{
    enum { MOST = 1 << 28 };

    for (size_t n = 0; n < MOST && warc_in_fill(in, 1) && (in->plain[in->at] == '\r' || in->plain[in->at] == '\n'); n++)
        in->at++;
    return warc_in_fill(in, 1) > 0;
}

static bool begins_file(const struct warc_in *in, const char *with)
{
    return in->end - in->at >= strlen(with) && memcmp(in->plain + in->at, with, strlen(with)) == 0;
}

int warc_next(struct warc_reader *r)
{
    struct warc_in *in = &r->in;
    pl_str piece;
    char found[128];
    int rc = PL_OK;

    while (r->open && rc == PL_OK)
        rc = warc_block(r, &piece);
    if (rc == PL_ERROR)
        return rc;
    r->head = r->version = r->type = r->id = r->uri = r->date = r->content_type = r->http = (pl_str){NULL, 0};
    r->block_length = r->left = r->length = 0;
    in->stay = false;
    if (!pass_blank(in))
        return in->failed ? told(r) : PL_EOF;
    r->from = warc_in_place(in);
    r->offset = in->gzip ? in->member_at : warc_in_offset(in);
    r->inside = in->gzip && r->from != in->member_from;
    in->stay = true;
    if (warc_in_fill(in, 5) < 5 || memcmp(in->plain + in->at, "WARC/", 5) != 0) {
        if (in->failed && in->end - in->at < 5)
            return told(r);
        shown(found, sizeof found, in->plain + in->at, in->end - in->at);
        return wrong(r, r->offset, "expected a record (WARC/...), found '%s'%s", found,
                     r->from == 0 && begins_file(in, "filedesc:") ? ": an ARC file, which is not read" : "");
    }
    const size_t len = find_head(in, WARC_HEAD_MOST);
    if (len)
        return take_head(r, len);
    if (in->failed)
        return told(r);
    const bool cut = in->end - in->at < WARC_HEAD_MOST;
    in->at++; /* warc_resync() is to find another */
    return wrong(r, r->offset, cut ? "the record that begins here is cut off in its head"
                                                                 : "the record that begins here has a head of more than 1 MB");
}

/* ---- blocks ---- */

/* In the member at hand, or anywhere in a file that is not compressed. */
static bool more_here(struct warc_in *in)
{
    in->stay = true;
    return warc_in_fill(in, 1) > 0;
}

/* Takes the empty lines behind the block, and knows then how long the member is. */
static int end_record(struct warc_reader *r)
{
    struct warc_in *in = &r->in;
    const uint64_t end = warc_in_offset(in);
    int lines = 0;

    while (lines < 2 && more_here(in)) {
        const unsigned char c = in->plain[in->at];
        if (c == '\r' && warc_in_fill(in, 2) >= 2 && in->plain[in->at + 1] != '\n')
            break;
        if (c != '\r' && c != '\n')
            break;
        lines += c == '\n';
        in->at++;
    }
    if (in->failed && in->at == in->end)
        return told(r);
    r->open = false;
    if (!in->gzip) {
        r->length = end - r->offset;
        return PL_EOF;
    }
    if (more_here(in))
        r->inside = true;
    else if (in->failed)
        return told(r);
    else if (!r->inside)
        r->length = in->member_end - r->offset;
    return PL_EOF;
}

int warc_block(struct warc_reader *r, pl_str *piece)
{
    struct warc_in *in = &r->in;

    *piece = (pl_str){NULL, 0};
    if (!r->open)
        return PL_EOF;
    if (r->left == 0)
        return end_record(r);
    in->stay = false;
    if (warc_in_fill(in, 1) == 0) {
        if (in->failed)
            return told(r);
        return wrong(r, r->offset, "the record that begins here is cut off: %llu of its %llu bytes are missing",
                     (unsigned long long)r->left, (unsigned long long)r->block_length);
    }
    const size_t n = in->end - in->at < r->left ? in->end - in->at : (size_t)r->left;
    *piece = (pl_str){(const char *)in->plain + in->at, n};
    in->at += n;
    r->left -= n;
    return PL_OK;
}

static bool begins(pl_str s, const char *with)
{
    const size_t n = strlen(with);

    return s.len >= n && strncasecmp(s.ptr, with, n) == 0;
}

static bool is(pl_str s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

bool warc_http(struct warc_reader *r)
{
    struct warc_in *in = &r->in;
    const bool response = is(r->type, "response") || is(r->type, "revisit");
    const uint64_t most = r->left < WARC_HEAD_MOST ? r->left : WARC_HEAD_MOST;

    if (!r->open || r->http.ptr || r->left != r->block_length || r->left == 0 || (!response && !is(r->type, "request")) ||
        (r->content_type.len && !begins(r->content_type, "application/http")))
        return r->http.ptr != NULL;
    in->stay = true;
    if (response && (warc_in_fill(in, 5) < 5 || memcmp(in->plain + in->at, "HTTP/", 5) != 0))
        return false;
    size_t len = find_head(in, most);
    /* A head that is all of the block may lack its empty line. */
    if (!len && r->left <= WARC_HEAD_MOST && warc_in_fill(in, (size_t)r->left) >= r->left)
        len = (size_t)r->left;
    if (!len || !keep(r, &r->http_text, in->plain + in->at, len))
        return false;
    r->http = (pl_str){r->http_text.at, len};
    in->at += len;
    r->left -= len;
    return true;
}

bool warc_resync(struct warc_reader *r)
{
    r->open = false;
    return warc_in_resync(&r->in);
}
