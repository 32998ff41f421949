/* warc_get.c - `pressline warc get`: one record, by its address or its id.
 *
 * With an index beside the file: a binary search for the address's key, then the record at its offset.  Without one, or
 * for an id, which an index does not hold, all records are passed over. */
#include "warc_cdxj.h"
#include "warc_cmd.h"
#include "warc_cmd_put.h"
#include "warc_open.h"
#include "warc_surt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE = 1 << 17 }; /* the longest line of an index that is looked at */

enum { STEPS = 16 }; /* revisits that are followed: one may refer to another, or to itself */

/* What is looked for, and the best that was found so far. */
struct search {
    struct warc_cmd *cmd;
    pl_str key;
    bool by_id;
    const char *file; /* NULL: nothing was found */
    uint64_t offset;
    char date[40]; /* of what was found */
    char only[40]; /* "": any date; else what a revisit refers to */
    unsigned steps;
};

PL_PRINTF(2, 3)
static void tell(struct warc_cmd *c, const char *fmt, ...)
{
    char message[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    c->faulty = true;
    c->tell(c->arg, message);
}

static bool is(pl_str s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

static bool same(pl_str a, pl_str b)
{
    return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

static bool is_id(pl_str key)
{
    return key.len > 9 && (memcmp(key.ptr, "<urn:uuid", 9) == 0 || memcmp(key.ptr, "urn:uuid:", 9) == 0);
}

static pl_str bare(pl_str id)
{
    return id.len > 1 && id.ptr[0] == '<' && id.ptr[id.len - 1] == '>' ? (pl_str){id.ptr + 1, id.len - 2} : id;
}

/* Newer than what was found, or the very date that is asked for. */
static void offer(struct search *s, const char *file, uint64_t offset, pl_str date)
{
    char stamp[WARC_STAMP + 1];

    warc_stamp(date, stamp);
    if (s->only[0] ? strcmp(stamp, s->only) != 0 : s->file && strcmp(stamp, s->date) < 0)
        return;
    s->file = file;
    s->offset = offset;
    snprintf(s->date, sizeof s->date, "%s", stamp);
}

/* ---- by the index ---- */

struct index_file {
    int fd;
    uint64_t size;
    char *line;
};

/* Up to LINE bytes at `at` to f->line; 0: there are none. */
static size_t read_at(struct index_file *f, uint64_t at)
{
    ssize_t n;

    do
        n = pread(f->fd, f->line, LINE, (off_t)at);
    while (n < 0 && errno == EINTR);
    return n > 0 ? (size_t)n : 0;
}

/* The line that begins at or behind `at`, with LF, to f->line; its begin in *begin.  0: there is none. */
static size_t line_at(struct index_file *f, uint64_t at, uint64_t *begin)
{
    const char *lf = NULL;
    size_t n = 1;

    for (at -= at > 0; at > 0 && !lf && n > 0; at += lf ? (size_t)(lf - f->line) + 1 : n) {
        n = read_at(f, at);
        lf = n ? memchr(f->line, '\n', n) : NULL;
    }
    *begin = at;
    n = n ? read_at(f, at) : 0;
    lf = n ? memchr(f->line, '\n', n) : NULL;
    return lf ? (size_t)(lf - f->line) + 1 : 0;
}

static int compare(const char *line, size_t len, pl_str key)
{
    const int c = memcmp(line, key.ptr, len < key.len ? len : key.len);

    return c ? c : len < key.len ? -1 : 0;
}

/* All lines of the key's, each offered where it is of the address. */
static void look_up(struct search *s, struct index_file *f, pl_str key, const char *file)
{
    uint64_t low = 0, high = f->size, begin;
    struct warc_buf text = {0};

    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        const size_t n = line_at(f, middle, &begin);
        if (n && compare(f->line, n, key) < 0)
            low = begin + n;
        else
            high = middle;
    }
    for (size_t n; (n = line_at(f, low, &begin)) > 0 && compare(f->line, n, key) == 0; low = begin + n) {
        struct warc_cdxj c;
        uint64_t offset;
        pl_str name;
        warc_buf_reset(&text, 1 << 16);
        if (warc_cdxj_read((pl_str){f->line, n}, &text, &c, &offset, &name) && same(c.uri, s->key))
            offer(s, file, offset, c.date);
    }
    warc_buf_done(&text);
}

/* False: there is no index. */
static bool search_index(struct search *s, const char *file)
{
    char *path = warc_index_path((pl_str){file, strlen(file)});
    struct index_file f = {.fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1, .line = malloc(LINE)};
    struct warc_buf key = {0};
    struct stat st;
    const bool there = f.fd >= 0 && f.line && fstat(f.fd, &st) == 0 && S_ISREG(st.st_mode);

    warc_surt(&key, s->key);
    warc_buf_byte(&key, ' ');
    if (there && !key.failed) {
        f.size = (uint64_t)st.st_size;
        look_up(s, &f, warc_buf_view(&key), file);
    }
    warc_buf_done(&key);
    free(f.line);
    free(path);
    if (f.fd >= 0)
        close(f.fd);
    return there;
}

/* ---- by looking at all ---- */

static bool fits(const struct search *s, const struct warc_reader *r)
{
    if (s->by_id)
        return same(bare(r->id), bare(s->key));
    return same(r->uri, s->key) && (is(r->type, "response") || is(r->type, "resource") || is(r->type, "revisit"));
}

static void search_all(struct search *s, const char *file)
{
    struct warc_file f;
    int rc = warc_file_open(&f, file, 0);

    if (rc != PL_OK)
        tell(s->cmd, "%s", f.message);
    while (rc == PL_OK && (rc = warc_next(&f.reader)) == PL_OK)
        if (fits(s, &f.reader) && !f.reader.inside)
            offer(s, file, f.reader.offset, f.reader.date);
    if (rc == PL_ERROR && f.reader.message[0])
        tell(s->cmd, "%s", f.reader.message);
    warc_file_close(&f);
}

static void search(struct search *s, int n, char **file)
{
    for (int i = 0; i < n; i++)
        if (s->by_id || !search_index(s, file[i]))
            search_all(s, file[i]);
}

/* ---- what was found ---- */

/* A revisit has no payload: on to the record that has it.  True: `s` looks for that now. */
static bool follow(struct search *s, const struct warc_reader *r, struct warc_buf *uri)
{
    pl_str to = bare(warc_field(r->head, "WARC-Refers-To-Target-URI"));
    const pl_str date = warc_field(r->head, "WARC-Refers-To-Date");

    if (s->cmd->whole || s->by_id || !is(r->type, "revisit") || !date.ptr)
        return false;
    to = to.ptr ? to : r->uri;
    uri->len = 0;
    warc_buf_add(uri, to);
    *s = (struct search){.cmd = s->cmd, .key = warc_buf_view(uri), .steps = s->steps + 1};
    warc_stamp(date, s->only);
    return !uri->failed;
}

/* True: what was found refers to another. */
static bool put_found(struct search *s, struct warc_buf *uri)
{
    struct warc_file f;
    int rc = warc_file_open(&f, s->file, s->offset);
    bool on = false;

    if (rc != PL_OK)
        tell(s->cmd, "%s", f.message);
    else if ((rc = warc_next(&f.reader)) == PL_OK && fits(s, &f.reader))
        on = follow(s, &f.reader, uri);
    else if (rc != PL_ERROR)
        tell(s->cmd, "%s: byte %llu: there is no such record, though the index says so: make the index anew", s->file,
             (unsigned long long)s->offset);
    if (rc == PL_OK && !on && fits(s, &f.reader))
        rc = warc_cmd_put(s->cmd, &f.reader);
    if (rc == PL_ERROR && f.reader.message[0])
        tell(s->cmd, "%s", f.reader.message);
    warc_file_close(&f);
    return on;
}

void warc_cmd_get(struct warc_cmd *c, const char *key, int n, char **file)
{
    struct search s = {.cmd = c, .key = {key, strlen(key)}};
    struct warc_buf uri = {0};

    s.by_id = is_id(s.key);
    search(&s, n, file);
    if (!s.file)
        tell(c, "no record of '%s'", key);
    while (s.file && put_found(&s, &uri)) {
        if (s.steps <= STEPS)
            search(&s, n, file);
        if (!s.file)
            tell(c, s.steps <= STEPS ? "'%s' is unchanged since %s, and that record is in none of these files"
                                     : "'%s' is unchanged since %s, and so on: its revisits refer to each other", key, s.only);
    }
    warc_out_flush(&c->out);
    if (c->out.failed)
        tell(c, "%s", c->out.message);
    warc_buf_done(&uri);
}
