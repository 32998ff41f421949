/* warc_cdxj.c - the index beside a WARC file: a line a record, sorted by address and time. */
#include "warc_cdxj.h"

#include "warc_surt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST = 16 << 20, WINDOW = 64 << 10 };

/* ---- lines ---- */

void warc_stamp(pl_str date, char out[WARC_STAMP + 1])
{
    static const unsigned char width[] = {4, 2, 2, 2, 2, 2};
    size_t n = 0, i = 0;

    for (size_t part = 0; part < sizeof width; part++) {
        size_t digits = 0;
        while (i < date.len && !(date.ptr[i] >= '0' && date.ptr[i] <= '9'))
            i++;
        while (digits < width[part] && i < date.len && date.ptr[i] >= '0' && date.ptr[i] <= '9') {
            out[n + digits++] = date.ptr[i++];
        }
        memmove(out + n + width[part] - digits, out + n, digits);
        memset(out + n, '0', width[part] - digits);
        n += width[part];
    }
    out[n] = 0;
}

static uint32_t next_letter(pl_str s, size_t *i, bool *wrong)
{
    const unsigned char *p = (const unsigned char *)s.ptr + *i;
    const size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
    uint32_t c = n < 2 ? p[0] : n == 2 ? p[0] & 0x1f : n == 3 ? p[0] & 0x0f : p[0] & 7;

    *wrong |= n == 0 || n > s.len - *i;
    for (size_t k = 1; k < n && !*wrong; k++) {
        *wrong |= (p[k] & 0xc0) != 0x80;
        c = c << 6 | (p[k] & 0x3f);
    }
    *wrong |= (n == 3 && (c < 0x800 || (c >= 0xd800 && c < 0xe000))) || (n == 4 && (c < 0x10000 || c > 0x10ffff));
    *i += n ? n : 1;
    return c;
}

static bool is_utf8(pl_str s)
{
    bool wrong = false;

    for (size_t i = 0; i < s.len && !wrong;)
        next_letter(s, &i, &wrong);
    return !wrong;
}

/* In ASCII, as Python's json writes it; what is not UTF-8 is taken to be ISO 8859-1. */
static void add_json(struct warc_buf *out, pl_str s)
{
    static const char from[] = "\"\\\n\r\t\b\f", to[] = "\"\\nrtbf";
    const bool utf8 = is_utf8(s);
    bool wrong = false;

    warc_buf_byte(out, '"');
    for (size_t i = 0; i < s.len;) {
        const uint32_t c = utf8 ? next_letter(s, &i, &wrong) : (unsigned char)s.ptr[i++];
        const char *named = c && c < 0x80 ? strchr(from, (int)c) : NULL;
        if (named) {
            warc_buf_byte(out, '\\');
            warc_buf_byte(out, to[named - from]);
        } else if (c >= 0x20 && c < 0x7f) {
            warc_buf_byte(out, (char)c);
        } else if (c < 0x10000) {
            warc_buf_addf(out, "\\u%04x", (unsigned)c);
        } else {
            warc_buf_addf(out, "\\u%04x\\u%04x", (unsigned)(0xd800 + ((c - 0x10000) >> 10)),
                          (unsigned)(0xdc00 + ((c - 0x10000) & 0x3ff)));
        }
    }
    warc_buf_byte(out, '"');
}

static void add_member(struct warc_buf *out, const char *name, pl_str value, bool *first)
{
    if (!value.ptr)
        return;
    warc_buf_addf(out, "%s\"%s\": ", *first ? "" : ", ", name);
    add_json(out, value);
    *first = false;
}

void warc_cdxj_begin(struct warc_buf *out, const struct warc_cdxj *c)
{
    char stamp[WARC_STAMP + 1];
    bool first = true;

    if (c->key.len)
        warc_buf_add(out, c->key);
    else
        warc_surt(out, c->uri);
    warc_stamp(c->date, stamp);
    warc_buf_addf(out, " %s {", stamp);
    add_member(out, "url", c->uri, &first);
    add_member(out, "mime", c->mime, &first);
    add_member(out, "status", c->status, &first);
    add_member(out, "digest", c->digest, &first);
}

void warc_cdxj_end(struct warc_buf *out, pl_str begun, uint64_t length, uint64_t offset, pl_str name)
{
    bool first = begun.len > 0 && begun.ptr[begun.len - 1] == '{';

    warc_buf_add(out, begun);
    warc_buf_addf(out, "%s\"length\": \"%llu\", \"offset\": \"%llu\"", first ? "" : ", ", (unsigned long long)length,
                  (unsigned long long)offset);
    first = false;
    add_member(out, "filename", name, &first);
    warc_buf_text(out, "}\n");
}

/* ---- reading lines ---- */

static int hex4(const char *p)
{
    int n = 0;

    for (int i = 0; i < 4; i++) {
        const char c = p[i];
        const int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (v < 0)
            return -1;
        n = n * 16 + v;
    }
    return n;
}

static void add_utf8(struct warc_buf *out, uint32_t c)
{
    if (c < 0x80) {
        warc_buf_byte(out, (char)c);
    } else if (c < 0x800) {
        warc_buf_byte(out, (char)(0xc0 | c >> 6));
        warc_buf_byte(out, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        warc_buf_byte(out, (char)(0xe0 | c >> 12));
        warc_buf_byte(out, (char)(0x80 | (c >> 6 & 0x3f)));
        warc_buf_byte(out, (char)(0x80 | (c & 0x3f)));
    } else {
        warc_buf_byte(out, (char)(0xf0 | c >> 18));
        warc_buf_byte(out, (char)(0x80 | (c >> 12 & 0x3f)));
        warc_buf_byte(out, (char)(0x80 | (c >> 6 & 0x3f)));
        warc_buf_byte(out, (char)(0x80 | (c & 0x3f)));
    }
}

/* The text behind a quotation mark at s[*i - 1], up to the next one and past it. */
static bool read_text(pl_str s, size_t *i, struct warc_buf *out)
{
    static const char from[] = "\"\\/nrtbf", to[] = "\"\\/\n\r\t\b\f";

    while (*i < s.len && s.ptr[*i] != '"') {
        if (s.ptr[*i] != '\\') {
            warc_buf_byte(out, s.ptr[(*i)++]);
            continue;
        }
        if (++*i >= s.len)
            return false;
        const char *named = s.ptr[*i] ? strchr(from, s.ptr[*i]) : NULL;
        if (named) {
            warc_buf_byte(out, to[named - from]);
            ++*i;
            continue;
        }
        int c = s.ptr[*i] == 'u' && s.len - *i >= 5 ? hex4(s.ptr + *i + 1) : -1;
        if (c < 0)
            return false;
        *i += 5;
        if (c >= 0xd800 && c < 0xdc00 && s.len - *i >= 6 && s.ptr[*i] == '\\' && s.ptr[*i + 1] == 'u') {
            const int low = hex4(s.ptr + *i + 2);
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                *i += 6;
            }
        }
        add_utf8(out, c >= 0xd800 && c < 0xe000 ? 0xfffd : (uint32_t)c);
    }
    return (*i)++ < s.len;
}

static void pass(pl_str s, size_t *i, const char *any)
{
    while (*i < s.len && s.ptr[*i] && strchr(any, s.ptr[*i]))
        ++*i;
}

static pl_str taken(const struct warc_buf *b, size_t from, size_t to)
{
    return b->at ? (pl_str){b->at + from, to - from} : (pl_str){"", 0};
}

static bool named(pl_str s, const char *name)
{
    return s.len == strlen(name) && memcmp(s.ptr, name, s.len) == 0;
}

/* The object behind a line's time; members whose values are no text are passed over as far as they are numbers. */
static bool read_members(pl_str s, size_t i, struct warc_buf *text, size_t place[5][2], uint64_t *offset)
{
    static const char *const wanted[] = {"url", "mime", "status", "digest", "filename"};

    for (;;) {
        const size_t begin = text->len;
        pass(s, &i, " ,");
        if (i < s.len && s.ptr[i] == '}')
            return true;
        if (i >= s.len || s.ptr[i++] != '"' || !read_text(s, &i, text))
            return false;
        const size_t middle = text->len;
        pass(s, &i, " :");
        if (i < s.len && s.ptr[i] == '"') {
            i++;
            if (!read_text(s, &i, text))
                return false;
        } else {
            while (i < s.len && s.ptr[i] != ',' && s.ptr[i] != '}' && s.ptr[i] != '"')
                warc_buf_byte(text, s.ptr[i++]);
        }
        if (text->failed)
            return false;
        const pl_str name = taken(text, begin, middle), value = taken(text, middle, text->len);
        for (size_t k = 0; k < 5; k++)
            if (named(name, wanted[k])) {
                place[k][0] = middle;
                place[k][1] = text->len;
            }
        if (named(name, "offset")) {
            *offset = 0;
            for (size_t k = 0; k < value.len && value.ptr[k] >= '0' && value.ptr[k] <= '9' && *offset < INT64_MAX / 10 - 9; k++)
                *offset = *offset * 10 + (uint64_t)(value.ptr[k] - '0');
        }
    }
}

bool warc_cdxj_read(pl_str line, struct warc_buf *text, struct warc_cdxj *c, uint64_t *offset, pl_str *name)
{
    const char *space = line.len ? memchr(line.ptr, ' ', line.len) : NULL;
    size_t i = space ? (size_t)(space - line.ptr) + 1 : line.len, place[5][2] = {{0}}, date;
    const char *t = line.ptr + i;

    *c = (struct warc_cdxj){0};
    *offset = UINT64_MAX;
    for (size_t k = 0; k < WARC_STAMP; k++)
        if (i + k >= line.len || t[k] < '0' || t[k] > '9')
            return false;
    date = text->len;
    warc_buf_addf(text, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", t, t + 4, t + 6, t + 8, t + 10, t + 12);
    const size_t date_end = text->len;
    i += WARC_STAMP;
    pass(line, &i, " ");
    if (i >= line.len || line.ptr[i++] != '{' || !read_members(line, i, text, place, offset) || text->failed)
        return false;
    pl_str *to[] = {&c->uri, &c->mime, &c->status, &c->digest, name};
    c->date = taken(text, date, date_end);
    *name = (pl_str){NULL, 0};
    for (size_t k = 0; k < 5; k++)
        if (place[k][1])
            *to[k] = taken(text, place[k][0], place[k][1]);
    return true;
}

/* ---- sorting ---- */

static int fault(struct warc_sorter *s, const char *doing)
{
    snprintf(s->message, sizeof s->message, "cannot %s a file to sort the index in '%s': %s", doing, s->folder, strerror(errno));
    return PL_ERROR;
}

static int no_memory(struct warc_sorter *s)
{
    snprintf(s->message, sizeof s->message, "out of memory");
    return PL_ERROR;
}

static int by_bytes(const void *left, const void *right)
{
    const pl_str a = *(const pl_str *)left, b = *(const pl_str *)right;
    const int c = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);

    return c ? c : a.len < b.len ? -1 : a.len > b.len;
}

/* The lines in memory in order, each once, through `write`. */
static int write_lines(struct warc_sorter *s, int (*write)(void *, pl_str), void *arg)
{
    pl_str *line = malloc(sizeof *line * (s->n + 1));
    int rc = line ? PL_OK : no_memory(s);
    size_t at = 0;

    for (size_t i = 0; i < s->n && rc == PL_OK; i++) {
        const char *p = s->lines.at + at, *lf = memchr(p, '\n', s->lines.len - at);
        line[i] = (pl_str){p, (size_t)(lf - p) + 1};
        at += line[i].len;
    }
    if (rc == PL_OK)
        qsort(line, s->n, sizeof *line, by_bytes);
    for (size_t i = 0; i < s->n && rc == PL_OK; i++)
        if (i == 0 || by_bytes(&line[i - 1], &line[i]) != 0)
            rc = write(arg, line[i]);
    free(line);
    return rc;
}

static int open_file(struct warc_sorter *s)
{
    char path[4096];

    s->fd = open(s->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (s->fd < 0 && (size_t)snprintf(path, sizeof path, "%s/cdxj-XXXXXX", s->folder) < sizeof path) {
        s->fd = mkostemp(path, O_CLOEXEC);
        if (s->fd >= 0)
            unlink(path);
    }
    s->opened = s->fd >= 0;
    return s->opened ? PL_OK : fault(s, "make");
}

struct spill {
    struct warc_sorter *s;
    struct warc_buf buf;
};

static int flush(struct spill *sp)
{
    size_t at = 0;

    while (at < sp->buf.len) {
        const ssize_t n = pwrite(sp->s->fd, sp->buf.at + at, sp->buf.len - at, (off_t)sp->s->length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fault(sp->s, "write");
        at += (size_t)n;
        sp->s->length += (uint64_t)n;
    }
    sp->buf.len = 0;
    return PL_OK;
}

static int spill_line(void *arg, pl_str line)
{
    struct spill *sp = arg;

    warc_buf_add(&sp->buf, line);
    if (sp->buf.failed)
        return no_memory(sp->s);
    return sp->buf.len >= WINDOW ? flush(sp) : PL_OK;
}

static int spill(struct warc_sorter *s)
{
    struct spill sp = {.s = s};
    void *more = realloc(s->run, sizeof *s->run * (s->n_runs + 1));
    int rc = more ? PL_OK : no_memory(s);

    if (more)
        s->run = more;
    if (rc == PL_OK && !s->opened)
        rc = open_file(s);
    const uint64_t begin = s->length;
    if (rc == PL_OK)
        rc = write_lines(s, spill_line, &sp);
    if (rc == PL_OK)
        rc = flush(&sp);
    warc_buf_done(&sp.buf);
    if (rc != PL_OK)
        return rc;
    s->run[s->n_runs].at = begin;
    s->run[s->n_runs++].end = s->length;
    s->lines.len = s->n = 0;
    return PL_OK;
}

int warc_sorter_add(struct warc_sorter *s, pl_str line)
{
    if (s->lines.len + line.len > (s->most ? s->most : MOST) && s->n) {
        const int rc = spill(s);
        if (rc != PL_OK)
            return rc;
    }
    warc_buf_add(&s->lines, line);
    s->n++;
    return s->lines.failed ? no_memory(s) : PL_OK;
}

/* A run that is read: its next line is buf[at, at + len). */
struct cursor {
    struct warc_buf buf;
    size_t at, len;
    uint64_t next, end;
};

/* The next line of a run; len 0: there is none. */
static int advance(struct warc_sorter *s, struct cursor *c)
{
    c->at += c->len;
    for (;;) {
        const size_t left = c->buf.len - c->at;
        const char *p = c->buf.at + c->at, *lf = left ? memchr(p, '\n', left) : NULL;
        c->len = lf ? (size_t)(lf - p) + 1 : 0;
        if (lf || c->next == c->end)
            return PL_OK;
        if (c->at) {
            memmove(c->buf.at, p, left);
            c->buf.len = left;
            c->at = 0;
        }
        char *to = warc_buf_room(&c->buf, WINDOW);
        if (!to)
            return no_memory(s);
        const size_t want = c->end - c->next < WINDOW ? (size_t)(c->end - c->next) : WINDOW;
        const ssize_t n = pread(s->fd, to, want, (off_t)c->next);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fault(s, "read");
        c->buf.len += (size_t)n;
        c->next += (uint64_t)n;
    }
}

static pl_str line_of(const struct cursor *c)
{
    return (pl_str){c->buf.at + c->at, c->len};
}

/* The smallest line of all runs, again and again.  Runs are few: a run is 16 MB. */
static int merge(struct warc_sorter *s, int (*write)(void *, pl_str), void *arg)
{
    struct cursor *c = calloc(s->n_runs, sizeof *c);
    struct warc_buf last = {0};
    int rc = c ? PL_OK : no_memory(s);

    for (size_t i = 0; i < s->n_runs && rc == PL_OK; i++) {
        c[i].next = s->run[i].at;
        c[i].end = s->run[i].end;
        rc = advance(s, &c[i]);
    }
    while (rc == PL_OK) {
        struct cursor *least = NULL;
        for (size_t i = 0; i < s->n_runs; i++) {
            const pl_str a = line_of(&c[i]), b = least ? line_of(least) : a;
            if (a.len && (!least || by_bytes(&a, &b) < 0))
                least = &c[i];
        }
        if (!least)
            break;
        const pl_str line = line_of(least), before = warc_buf_view(&last);
        if (before.len == 0 || by_bytes(&line, &before) != 0) {
            last.len = 0;
            warc_buf_add(&last, line);
            rc = last.failed ? no_memory(s) : write(arg, line);
        }
        if (rc == PL_OK)
            rc = advance(s, least);
    }
    for (size_t i = 0; c && i < s->n_runs; i++)
        warc_buf_done(&c[i].buf);
    free(c);
    warc_buf_done(&last);
    return rc;
}

int warc_sorter_write(struct warc_sorter *s, int (*write)(void *arg, pl_str bytes), void *arg)
{
    int rc = PL_OK;

    if (s->n_runs == 0) {
        rc = write_lines(s, write, arg);
    } else {
        if (s->n)
            rc = spill(s);
        if (rc == PL_OK)
            rc = merge(s, write, arg);
    }
    if (s->opened)
        close(s->fd);
    s->opened = false;
    free(s->run);
    s->run = NULL;
    s->n_runs = s->n = 0;
    s->length = 0;
    warc_buf_reset(&s->lines, 1 << 20);
    return rc;
}

void warc_sorter_done(struct warc_sorter *s)
{
    if (s->opened)
        close(s->fd);
    free(s->run);
    warc_buf_done(&s->lines);
    *s = (struct warc_sorter){0};
}
