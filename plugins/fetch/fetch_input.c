/* fetch_input.c - one input, opened, told apart, digested and read to its end.
 *
 * A file is read twice where it is JSONL or WARC: once for its digest, which every
 * record's identity begins with, then for its lines or records.  A page is read once.
 * Standard input has no digest and is read as it comes. */
#include "fetch_input.h"

#include "fetch_aside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PEEK = 4096,                      /* bytes that tell what an input is */
    BLOCK = 256 << 10,                /* bytes read for a digest at once */
    STEP = 8 << 20,                   /* bytes digested in one call */
    BLANK_LINES = 100000,             /* passed over in one call */
    KEEP = 32 << 20                   /* memory kept from one input to the next */
};

void input_begin(struct input *in, const char *path, enum kind format, size_t max)
{
    input_resume(in, path, format, max, 0, 0);
}

void input_resume(struct input *in, const char *path, enum kind format, size_t max, uint64_t line, uint64_t offset)
{
    in->path = path;
    in->fd = -1;
    in->state = INPUT_OPEN;
    in->format = format;
    in->max = max;
    in->digest[0] = 0;
    in->aside = NULL;
    in->resume_line = line;
    in->resume_offset = offset;
    in->any = line > 0;
}

PL_PRINTF(4, 5)
static int fault(struct input *in, struct item *item, const char *code, const char *fmt, ...)
{
    va_list ap;

    item->kind = ITEM_FAULT;
    item->code = code;
    item->last = true;
    va_start(ap, fmt);
    vsnprintf(item->message, sizeof item->message, fmt, ap);
    va_end(ap);
    in->state = INPUT_END;
    return PL_OK;
}

static bool is_stdin(const struct input *in)
{
    return strcmp(in->path, "-") == 0;
}

static ssize_t read_file(int fd, void *to, size_t n)
{
    ssize_t got;

    do
        got = read(fd, to, n);
    while (got < 0 && errno == EINTR);
    return got;
}

static enum kind tell(const struct input *in, pl_str start)
{
    enum kind k = in->format;

    if (k == KIND_UNKNOWN)
        k = kind_of_list(start, (pl_str){in->path, strlen(in->path)});
    if (k == KIND_UNKNOWN)
        k = kind_of_bytes(start);
    if (k == KIND_UNKNOWN)
        k = kind_of_name((pl_str){in->path, strlen(in->path)});
    return k;
}

/* Of a file's first stored bytes. */
static int tell_stored(struct input *in, pl_str stored, enum kind *k)
{
    struct gunzip *g = &in->lines.stream.gunzip;
    unsigned char start[PEEK];
    const unsigned char *at = (const unsigned char *)stored.ptr;
    size_t n = 0;

    if (!gunzip_is(stored)) {
        *k = tell(in, stored);
        return PL_OK;
    }
    if (gunzip_begin(g) != PL_OK || gunzip_step(g, &at, &stored.len, start, sizeof start, &n) == PL_NOMEM)
        return PL_NOMEM;
    *k = tell(in, (pl_str){(const char *)start, n});
    return PL_OK;
}

static void finish_digest(struct input *in)
{
    static const char hex[] = "0123456789abcdef";
    uint8_t sum[SHA256_DIGEST_SIZE];

    sha256_digest(&in->sha, sizeof sum, sum);
    for (size_t i = 0; i < sizeof sum; i++) {
        in->digest[2 * i] = hex[sum[i] >> 4];
        in->digest[2 * i + 1] = hex[sum[i] & 15];
    }
    in->digest[DIGEST_HEX] = 0;
}

/* The file into `page` behind what is there, up to `most` bytes; `size` is what it seems to have.  PL_OK, PL_NOMEM, or
 * PL_ERROR with errno set. */
static int read_page(struct input *in, uint64_t size, size_t most)
{
    const size_t before = in->page.len;

    if (bytes_reserve(&in->page, size < most ? (size_t)size + 1 : most) != PL_OK)
        return PL_NOMEM;
    while (in->page.len < most) {
        if (in->page.len == in->page.cap && bytes_reserve(&in->page, in->page.cap + 1) != PL_OK)
            return PL_NOMEM;
        const size_t room = (in->page.cap < most ? in->page.cap : most) - in->page.len;
        const ssize_t n = read_file(in->fd, in->page.at + in->page.len, room);
        if (n < 0)
            return PL_ERROR;
        if (n == 0)
            break;
        in->page.len += (size_t)n;
    }
    sha256_update(&in->sha, in->page.len - before, in->page.at + before);
    in->size = in->page.len;
    return PL_OK;
}

static void begin_lines(struct input *in, uint64_t limit)
{
    lines_begin(&in->lines, in->fd, limit, in->max, in->resume_line, in->resume_offset);
}

/* No further than its digest went. */
static ptrdiff_t read_warc(void *arg, void *to, size_t n)
{
    struct input *in = arg;
    const ssize_t got = read_file(in->fd, to, n < in->left ? n : (size_t)in->left);

    in->left -= got > 0 ? (uint64_t)got : 0;
    return got;
}

/* A file that was digested, from its start or where it is gone on with. */
static int begin_items(struct input *in, struct item *item)
{
    const bool warc = in->kind == KIND_WARC;
    const off_t from = warc && in->resume_offset <= in->size ? (off_t)in->resume_offset : 0;

    if (lseek(in->fd, from, SEEK_SET) < 0)
        return fault(in, item, "unreadable", "cannot read '%s' again: %s", in->path, strerror(errno));
    in->state = warc ? INPUT_WARC : INPUT_LINES;
    in->left = in->size - (uint64_t)from;
    if (warc)
        return warc_source_begin(&in->warc, in->path, read_warc, in, in->max, in->resume_line, in->resume_offset);
    begin_lines(in, in->size);
    return PL_OK;
}

static bool has_items(const struct input *in)
{
    return in->kind == KIND_JSONL || in->kind == KIND_WARC;
}

/* Of no use to anybody as records. */
static int pass_over(struct input *in, struct item *item)
{
    item->kind = ITEM_END;
    in->state = INPUT_END;
    return PL_OK;
}

static int refuse_arc(struct input *in, struct item *item)
{
    return fault(in, item, "arc-file", "'%s' is an ARC file, the format before WARC, which is not read: turn it into a WARC "
                 "file first, as `warcio recompress` does", in->path);
}

static int open_file(struct input *in, struct item *item)
{
    const size_t most = in->max + 1; /* a byte more than the largest page */
    struct stat st;
    int rc;

    /* Not to wait for a pipe's other end; it is refused below. */
    in->fd = open(in->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (in->fd < 0 || fstat(in->fd, &st) < 0)
        return fault(in, item, "unreadable", "cannot open '%s': %s", in->path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return fault(in, item, "unreadable", "'%s' is not a file", in->path);
    bytes_reset(&in->page, KEEP);
    sha256_init(&in->sha);
    rc = read_page(in, (uint64_t)st.st_size, most < BLOCK ? most : BLOCK);
    if (rc == PL_OK)
        rc = tell_stored(in, (pl_str){(const char *)in->page.at, in->page.len}, &in->kind);
    /* Of what is read for its digest alone a little at a time stays in the processor's cache. */
    if (rc == PL_OK && !has_items(in) && in->page.len == BLOCK)
        rc = read_page(in, (uint64_t)st.st_size, most);
    if (rc == PL_ERROR)
        return fault(in, item, "unreadable", "cannot read '%s': %s", in->path, strerror(errno));
    if (rc != PL_OK)
        return rc;
    const pl_str stored = {(const char *)in->page.at, in->page.len};
    in->aside = aside_of((pl_str){stored.ptr, stored.len < PEEK ? stored.len : PEEK}, (uint64_t)st.st_size);
    if (in->aside)
        return pass_over(in, item);
    if (in->kind == KIND_ARC)
        return refuse_arc(in, item);
    if (stored.len > in->max || (has_items(in) && stored.len == BLOCK)) {
        in->state = has_items(in) ? INPUT_DIGEST : INPUT_LARGE;
        return PL_OK;
    }
    finish_digest(in);
    if (stored.len == 0)
        return fault(in, item, "empty", "'%s' is empty", in->path);
    if (!has_items(in)) {
        item->kind = ITEM_PAGE;
        item->raw = stored;
        item->last = true;
        in->state = INPUT_END;
        return PL_OK;
    }
    return begin_items(in, item);
}

static int open_input(struct input *in, struct item *item)
{
    if (!is_stdin(in))
        return open_file(in, item);
    in->fd = STDIN_FILENO;
    begin_lines(in, UINT64_MAX);
    in->state = INPUT_PEEK;
    return PL_OK;
}

/* The rest of a file whose beginning was digested by read_page(). */
static int digest_more(struct input *in, struct item *item)
{
    const bool large = in->state == INPUT_LARGE;

    for (size_t done = 0; done < STEP;) {
        const ssize_t n = read_file(in->fd, in->page.at, in->page.cap < BLOCK ? in->page.cap : BLOCK);
        if (n < 0)
            return fault(in, item, "unreadable", "cannot read '%s': %s", in->path, strerror(errno));
        if (n > 0) {
            sha256_update(&in->sha, (size_t)n, in->page.at);
            in->size += (uint64_t)n;
            done += (size_t)n;
            continue;
        }
        finish_digest(in);
        if (large)
            return fault(in, item, "too-large", "'%s' is larger than max_record (%zu bytes)", in->path, in->max);
        return begin_items(in, item);
    }
    return PL_OK;
}

/* Of standard input, inflated: what was peeked at, then what comes.  A reader of WARC files cannot be told to come again
 * later, so it is waited for here. */
static ptrdiff_t read_warc_stdin(void *arg, void *to, size_t n)
{
    struct input *in = arg;
    struct lines *l = &in->lines;
    size_t got = l->buf.len - l->at;

    if (got) {
        got = got < n ? got : n;
        memcpy(to, l->buf.at + l->at, got);
        l->at += got;
        return (ptrdiff_t)got;
    }
    while (l->end == STREAM_OK && !got) {
        const enum stream_result rc = stream_read(&l->stream, to, n, &got);
        l->error = rc == STREAM_FAILED ? errno : l->error;
        if (rc != STREAM_OK && rc != STREAM_WAIT)
            l->end = rc;
        if (!got && in->stopping && in->stopping(in->stopping_arg)) {
            errno = ECANCELED;
            return -1;
        }
    }
    return (ptrdiff_t)got;
}

static int peek(struct input *in, struct item *item)
{
    pl_str start;
    const enum lines_result rc = lines_peek(&in->lines, PEEK, &start);

    if (rc == LINES_WAIT)
        item->kind = ITEM_WAIT;
    if (rc != LINES_OK)
        return PL_OK;
    in->kind = tell(in, start);
    if (in->kind == KIND_ARC)
        return refuse_arc(in, item);
    in->state = in->kind == KIND_WARC ? INPUT_WARC : in->kind == KIND_JSONL ? INPUT_LINES : INPUT_REST;
    return in->kind == KIND_WARC ? warc_source_begin(&in->warc, "standard input", read_warc_stdin, in, in->max, 0, 0) : PL_OK;
}

/* What broke the stream. */
static int stream_fault(struct input *in, struct item *item)
{
    const struct lines *l = &in->lines;

    switch (l->end) {
    case STREAM_TORN:
        return fault(in, item, "truncated", "the gzip data of '%s' ends too soon", in->path);
    case STREAM_BAD:
        return fault(in, item, "bad-gzip", "'%s': %s", in->path, l->stream.gunzip.fault);
    case STREAM_NOMEM:
        return PL_NOMEM;
    default:
        return fault(in, item, "unreadable", "cannot read '%s': %s", in->path, strerror(l->error));
    }
}

/* Standard input that is one page. */
static int read_rest(struct input *in, struct item *item)
{
    const enum lines_result rc = lines_rest(&in->lines, &item->raw);

    switch (rc) {
    case LINES_WAIT:
        item->kind = ITEM_WAIT;
        return PL_OK;
    case LINES_LONG:
        return fault(in, item, "too-large", "standard input is larger than max_record (%zu bytes)", in->max);
    case LINES_FAULT:
        return stream_fault(in, item);
    case LINES_OK:
        if (item->raw.len == 0)
            return fault(in, item, "empty", "standard input is empty");
        item->kind = ITEM_PAGE;
        item->last = true;
        in->state = INPUT_END;
        return PL_OK;
    default:
        return PL_OK;
    }
}

static bool is_blank(pl_str s)
{
    size_t i = 0;

    while (i < s.len && (s.ptr[i] == ' ' || s.ptr[i] == '\t' || s.ptr[i] == '\r'))
        i++;
    return i == s.len;
}

static int read_line(struct input *in, struct item *item)
{
    enum lines_result rc = LINES_OK;
    int blank = 0;

    do
        rc = lines_next(&in->lines, &item->raw);
    while (rc == LINES_OK && is_blank(item->raw) && ++blank < BLANK_LINES);
    item->position = in->lines.number;
    switch (rc) {
    case LINES_OK:
        if (blank == BLANK_LINES)
            return PL_OK;
        item->kind = ITEM_LINE;
        break;
    case LINES_LONG:
        item->kind = ITEM_FAULT;
        item->code = "too-large";
        snprintf(item->message, sizeof item->message, "line %llu of '%s' has %llu bytes, max_record is %zu",
                 (unsigned long long)item->position, in->path, (unsigned long long)in->lines.lost, in->max);
        break;
    case LINES_END:
        item->position = 0;
        if (!in->any)
            return fault(in, item, "empty", "'%s' has no line that is not blank", in->path);
        item->kind = ITEM_END;
        in->state = INPUT_END;
        break;
    case LINES_WAIT:
        item->kind = ITEM_WAIT;
        return PL_OK;
    case LINES_BUSY:
        return PL_OK;
    case LINES_FAULT:
        return stream_fault(in, item);
    }
    in->any = true;
    return PL_OK;
}

static int read_warc_page(struct input *in, struct item *item)
{
    const enum warc_came came = warc_source_next(&in->warc, &item->warc);

    item->raw = item->warc.payload;
    item->position = item->warc.position;
    switch (came) {
    case WARC_CAME_PAGE:
        item->kind = ITEM_WARC;
        break;
    case WARC_CAME_FAULT:
        item->kind = ITEM_FAULT;
        item->code = item->warc.code;
        memcpy(item->message, item->warc.message, sizeof item->message);
        break;
    case WARC_CAME_BUSY:
        break;
    case WARC_CAME_END:
        item->position = 0;
        if (is_stdin(in) && in->lines.end != STREAM_END && in->lines.end != STREAM_OK)
            return stream_fault(in, item);
        return pass_over(in, item);
    case WARC_CAME_NOMEM:
        return PL_NOMEM;
    }
    return PL_OK;
}

int input_next(struct input *in, struct item *item)
{
    item->kind = ITEM_BUSY;
    item->raw = (pl_str){NULL, 0};
    item->warc.url = (pl_str){NULL, 0};
    item->position = 0;
    item->last = false;
    switch (in->state) {
    case INPUT_OPEN:
        return open_input(in, item);
    case INPUT_DIGEST:
    case INPUT_LARGE:
        return digest_more(in, item);
    case INPUT_PEEK:
        return peek(in, item);
    case INPUT_LINES:
        return read_line(in, item);
    case INPUT_WARC:
        return read_warc_page(in, item);
    case INPUT_REST:
        return read_rest(in, item);
    case INPUT_NONE:
    case INPUT_END:
        item->kind = ITEM_END;
        return PL_OK;
    }
    return PL_OK;
}

void input_place(const struct input *in, uint64_t *line, uint64_t *offset)
{
    const bool lines = in->state == INPUT_LINES;

    if (in->state == INPUT_WARC) {
        warc_source_place(&in->warc, line, offset);
        return;
    }
    /* Of a line that is too long a part may be let go already: it begins before. */
    *line = lines ? in->lines.number : in->resume_line;
    *offset = lines ? in->lines.offset - in->lines.let_go : in->resume_offset;
}

void input_end(struct input *in)
{
    if (in->state != INPUT_NONE && in->fd >= 0 && !is_stdin(in))
        close(in->fd);
    warc_source_end(&in->warc);
    in->state = INPUT_NONE;
}

void input_done(struct input *in)
{
    input_end(in);
    bytes_done(&in->page);
    lines_done(&in->lines);
    warc_source_done(&in->warc);
}
