/* archive_index_write.c - making an index: rows are kept in a file, in frames, until the archive is whole; then the tables
 * are written one after the other.
 *
 * The keys are sorted in memory that is bounded, by reading the rows as often as that takes: hashes are even, so each
 * time a share of their range is taken that should fit; where more fall into it (one id in all records) the share is
 * halved as it is read. */
#include "archive_index.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "../shared/deflate.h"
#include "archive_index_file.h"

/* A frame: the place of the one before, plus 1; bytes of content and of the archive; how many rows follow. */
enum { FRAME = 20, ROW = ARCHIVE_ROW, WINDOW = 1 << 18, AT_ONCE = 2 << 20 };

/* ---- the rows' file ---- */

static int rows_fault(struct archive_rows *rows, const char *doing)
{
    if (rows->log.part && rows->log.message[0])
        memcpy(rows->message, rows->log.message, sizeof rows->message);
    else
        snprintf(rows->message, sizeof rows->message, "cannot %s the index's rows: %s", doing, strerror(errno));
    rows->machine = rows->log.part ? rows->log.machine : true;
    return PL_ERROR;
}

/* In a folder for what is large, as long as there is one. */
static int open_unnamed(struct archive_rows *rows)
{
    const char *asked = getenv("TMPDIR"), *const folders[] = {asked ? asked : "/var/tmp", "/var/tmp", "/tmp"};
    char path[4096];

    for (size_t i = 0; i < 3 && rows->fd < 0; i++) {
        if (snprintf(path, sizeof path, "%s/pressline-rows-XXXXXX", folders[i]) >= (int)sizeof path)
            continue;
        rows->fd = mkstemp(path);
        if (rows->fd >= 0)
            unlink(path);
    }
    if (rows->fd < 0)
        return rows_fault(rows, "make a file for");
    fcntl(rows->fd, F_SETFD, FD_CLOEXEC);
    return PL_OK;
}

int archive_rows_open(struct archive_rows *rows, pl_str path)
{
    *rows = (struct archive_rows){.fd = -1, .log.fd = -1};
    if (path.len == 0)
        return open_unnamed(rows);
    if (part_open(&rows->log, path) != PL_OK)
        return rows_fault(rows, "open");
    rows->fd = rows->log.fd;
    return PL_OK;
}

void archive_rows_close(struct archive_rows *rows)
{
    if (rows->log.part || rows->log.path)
        part_close(&rows->log);
    else if (rows->fd > 0)
        close(rows->fd);
    rows->fd = -1;
}

int archive_rows_sync(struct archive_rows *rows)
{
    return !rows->log.part || part_sync(&rows->log) == PL_OK ? PL_OK : rows_fault(rows, "sync");
}

int archive_rows_restore(struct archive_rows *rows, uint64_t length, uint32_t crc)
{
    if (!rows->log.part) {
        snprintf(rows->message, sizeof rows->message, "the index's rows were not kept");
        return PL_ERROR;
    }
    if (part_restore(&rows->log, length, crc) != PL_OK)
        return rows_fault(rows, "go on with");
    rows->length = length;
    return PL_OK;
}

static int append(struct archive_rows *rows, const unsigned char *bytes, size_t n)
{
    if (rows->log.part) {
        if (part_append(&rows->log, bytes, n) != PL_OK)
            return rows_fault(rows, "write");
        rows->length += n;
        return PL_OK;
    }
    for (size_t done = 0; done < n;) {
        const ssize_t put = pwrite(rows->fd, bytes + done, n - done, (off_t)(rows->length + done));
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return rows_fault(rows, "write");
        done += (size_t)put;
    }
    rows->length += n;
    return PL_OK;
}

static bool is_twice(const struct archive_row *row, size_t k)
{
    for (size_t i = 0; i < k; i++)
        if (row->key[i] >> 16 == row->key[k] >> 16 && row->key[i])
            return true;
    return false;
}

void archive_row_put(unsigned char to[ARCHIVE_ROW], const struct archive_row *row)
{
    put_le(to, row->len, 4);
    put_le(to + 4, row->crc, 4);
    for (size_t k = 0; k < ARCHIVE_KEYS; k++)
        put_le(to + 8 + 8 * k, is_twice(row, k) ? 0 : row->key[k], 8);
}

static void get_row(const unsigned char *from, struct archive_row *row)
{
    row->len = (uint32_t)get_le(from, 4);
    row->crc = (uint32_t)get_le(from + 4, 4);
    for (size_t k = 0; k < ARCHIVE_KEYS; k++)
        row->key[k] = get_le(from + 8 + 8 * k, 8);
}

/* The head of a frame; `chain` is told when all of it is written. */
static int begin_frame(struct archive_rows *rows, const struct archive_chain *chain, size_t n, uint32_t content, uint32_t len)
{
    unsigned char head[FRAME];

    if (n > UINT32_MAX) {
        snprintf(rows->message, sizeof rows->message, "too many rows at once");
        return PL_ERROR;
    }
    put_le(head, chain->last, 8);
    put_le(head + 8, content, 4);
    put_le(head + 12, len, 4);
    put_le(head + 16, n, 4);
    return append(rows, head, sizeof head);
}

static void end_frame(struct archive_chain *chain, uint64_t begin, size_t n, uint32_t content, uint32_t len)
{
    chain->last = begin + 1;
    chain->n_frames++;
    chain->n_rows += n;
    chain->content_len += content;
    chain->archive_len += len;
}

int archive_rows_add_put(struct archive_rows *rows, struct archive_chain *chain, const unsigned char *row, size_t n,
                         uint32_t content, uint32_t len)
{
    const uint64_t begin = rows->length;

    if (begin_frame(rows, chain, n, content, len) != PL_OK || (n && append(rows, row, n * ROW) != PL_OK))
        return PL_ERROR;
    end_frame(chain, begin, n, content, len);
    return PL_OK;
}

int archive_rows_add(struct archive_rows *rows, struct archive_chain *chain, const struct archive_row *row, size_t n,
                     uint32_t content, uint32_t len)
{
    unsigned char some[64 * ROW];
    const uint64_t begin = rows->length;
    size_t held = 0;

    if (begin_frame(rows, chain, n, content, len) != PL_OK)
        return PL_ERROR;
    for (size_t i = 0; i < n; i++) {
        archive_row_put(some + held++ * ROW, &row[i]);
        if ((held == 64 || i + 1 == n) && append(rows, some, held * ROW) != PL_OK)
            return PL_ERROR;
        held %= 64;
    }
    end_frame(chain, begin, n, content, len);
    return PL_OK;
}

/* ---- reading them again ---- */

struct reader {
    struct archive_rows *rows;
    const struct archive_chain *chain;
    uint64_t *frame; /* their places, in order */
    uint64_t next;   /* frame */
    uint64_t at;     /* of the next row */
    uint32_t left;   /* rows of this frame */
    uint32_t content, len; /* of its block */
    uint64_t window_at;
    size_t window_len;
    unsigned char window[WINDOW];
};

static int bad_rows(struct archive_rows *rows)
{
    snprintf(rows->message, sizeof rows->message, "the index's rows are damaged: begin anew with --restart");
    rows->machine = false;
    return PL_ERROR;
}

/* `n` bytes of the file, at most a frame or a row; through a window, for they mostly follow each other. */
static const unsigned char *look(struct reader *r, uint64_t at, size_t n)
{
    if (at > r->rows->length || n > r->rows->length - at) {
        bad_rows(r->rows);
        return NULL;
    }
    if (at < r->window_at || at + n > r->window_at + r->window_len) {
        r->window_at = at;
        r->window_len = 0;
        while (r->window_len < n) {
            const ssize_t got = pread(r->rows->fd, r->window + r->window_len, WINDOW - r->window_len,
                                      (off_t)(at + r->window_len));
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                rows_fault(r->rows, "read");
            else if (got == 0)
                bad_rows(r->rows);
            if (got <= 0)
                return NULL;
            r->window_len += (size_t)got;
        }
    }
    return r->window + (at - r->window_at);
}

/* From the last frame to the first. */
static int list_frames(struct reader *r)
{
    uint64_t last = r->chain->last;

    if (r->chain->n_frames > r->rows->length / FRAME)
        return bad_rows(r->rows);
    r->frame = calloc((size_t)r->chain->n_frames + 1, sizeof *r->frame);
    if (!r->frame) {
        snprintf(r->rows->message, sizeof r->rows->message, "out of memory");
        r->rows->machine = true;
        return PL_ERROR;
    }
    for (uint64_t i = r->chain->n_frames; i-- > 0;) {
        if (last == 0)
            return bad_rows(r->rows);
        r->frame[i] = last - 1;
        /* Backwards the window would be read anew for each. */
        unsigned char before[8];
        if (pread(r->rows->fd, before, sizeof before, (off_t)r->frame[i]) != (ssize_t)sizeof before)
            return bad_rows(r->rows);
        last = get_le(before, 8);
        if (last > r->frame[i])
            return bad_rows(r->rows);
    }
    return last == 0 ? PL_OK : bad_rows(r->rows);
}

static struct reader *reader_new(struct archive_rows *rows, const struct archive_chain *chain)
{
    struct reader *r = calloc(1, sizeof *r);

    if (!r) {
        snprintf(rows->message, sizeof rows->message, "out of memory");
        rows->machine = true;
        return NULL;
    }
    r->rows = rows;
    r->chain = chain;
    if (list_frames(r) != PL_OK) {
        free(r->frame);
        free(r);
        return NULL;
    }
    return r;
}

static void reader_free(struct reader *r)
{
    if (r)
        free(r->frame);
    free(r);
}

static void rewind_rows(struct reader *r)
{
    r->next = 0;
    r->left = 0;
}

/* The next frame; its rows are passed over as far as they were not read.  PL_EOF behind the last. */
static int next_frame(struct reader *r)
{
    if (r->next == r->chain->n_frames)
        return PL_EOF;
    const uint64_t at = r->frame[r->next++];
    const unsigned char *head = look(r, at, FRAME);
    if (!head)
        return PL_ERROR;
    r->content = (uint32_t)get_le(head + 8, 4);
    r->len = (uint32_t)get_le(head + 12, 4);
    r->left = (uint32_t)get_le(head + 16, 4);
    r->at = at + FRAME;
    return PL_OK;
}

static int next_row(struct reader *r, struct archive_row *row)
{
    while (r->left == 0) {
        const int rc = next_frame(r);
        if (rc != PL_OK)
            return rc;
    }
    const unsigned char *bytes = look(r, r->at, ROW);
    if (!bytes)
        return PL_ERROR;
    get_row(bytes, row);
    r->at += ROW;
    r->left--;
    return PL_OK;
}

/* ---- tables ---- */

/* A table on its way out. */
struct pages {
    struct archive_rows *rows; /* who is told of faults */
    struct part *out;
    uint32_t head_crc;
    enum index_table t;
    uint64_t n_pages;
    size_t len;
    unsigned char bytes[INDEX_PAGE];
};

static int out_fault(struct archive_rows *rows, const struct part *out)
{
    memcpy(rows->message, out->message, sizeof rows->message);
    rows->machine = out->machine;
    return PL_ERROR;
}

static int end_page(struct pages *p)
{
    if (p->len == 0)
        return PL_OK;
    put_le(p->bytes + p->len, archive_page_crc(p->head_crc, p->t, p->n_pages, p->bytes, p->len), INDEX_CRC);
    if (part_append(p->out, p->bytes, p->len + INDEX_CRC) != PL_OK)
        return out_fault(p->rows, p->out);
    p->n_pages++;
    p->len = 0;
    return PL_OK;
}

static void begin_table(struct pages *p, enum index_table t)
{
    p->t = t;
    p->n_pages = 0;
    p->len = 0;
}

/* An entry of two numbers, the first of which has 6 bytes. */
static int put_entry(struct pages *p, uint64_t first, uint64_t second)
{
    const size_t width = table_width(p->t);

    put_le(p->bytes + p->len, first, 6);
    put_le(p->bytes + p->len + 6, second, width - 6);
    p->len += width;
    return p->len == table_per_page(p->t) * width ? end_page(p) : PL_OK;
}

static int put_records(struct pages *p, struct reader *r, uint64_t start)
{
    struct archive_row row;
    uint64_t offset = start;
    int rc;

    begin_table(p, TABLE_RECORDS);
    rewind_rows(r);
    while ((rc = next_row(r, &row)) == PL_OK) {
        if (put_entry(p, offset, row.crc) != PL_OK)
            return PL_ERROR;
        offset += row.len;
    }
    return rc == PL_EOF ? end_page(p) : PL_ERROR;
}

static int put_blocks(struct pages *p, struct reader *r)
{
    uint64_t at = 0, content = 0;
    int rc;

    begin_table(p, TABLE_BLOCKS);
    rewind_rows(r);
    while ((rc = next_frame(r)) == PL_OK) {
        if (r->content && put_entry(p, at, content) != PL_OK)
            return PL_ERROR;
        at += r->len;
        content += r->content;
    }
    return rc == PL_EOF ? end_page(p) : PL_ERROR;
}

/* ---- sorting keys ---- */

struct key {
    uint64_t hash; /* its first 48 bits */
    uint64_t number; /* plus 1: {0, 0} is before all */
};

static int by_hash(const void *a, const void *b)
{
    const struct key *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

struct sorter {
    struct key *key;
    size_t n, cap;
    struct key after, upto; /* what lies between, the last included, is taken in this pass */
};

/* Keeps the lower half. */
static void halve(struct sorter *s)
{
    qsort(s->key, s->n, sizeof *s->key, by_hash);
    s->n /= 2;
    s->upto = s->key[s->n - 1];
}

static int take_keys(struct sorter *s, struct reader *r)
{
    struct archive_row row;
    uint64_t number = 0;
    int rc;

    rewind_rows(r);
    s->n = 0;
    for (; (rc = next_row(r, &row)) == PL_OK; number++)
        for (size_t k = 0; k < ARCHIVE_KEYS; k++) {
            const struct key key = {row.key[k] >> 16, number + 1};
            if (row.key[k] == 0 || by_hash(&key, &s->after) <= 0 || by_hash(&key, &s->upto) > 0)
                continue;
            if (s->n == s->cap)
                halve(s);
            if (by_hash(&key, &s->upto) <= 0)
                s->key[s->n++] = key;
        }
    qsort(s->key, s->n, sizeof *s->key, by_hash);
    return rc == PL_EOF ? PL_OK : PL_ERROR;
}

/* So far up that about nine tenths of the room should be needed. */
static void set_upto(struct sorter *s, uint64_t n_keys)
{
    const double share = (double)s->cap * .9 / (double)n_keys;
    const uint64_t step = share >= 1 ? INDEX_MAX_OFFSET : (uint64_t)(share * 0x1p48);
    const uint64_t left = INDEX_MAX_OFFSET - s->after.hash;

    s->upto = (struct key){step < left ? s->after.hash + step : INDEX_MAX_OFFSET, UINT64_MAX};
}

static int put_keys(struct pages *p, struct reader *r, uint64_t n_keys, size_t at_once)
{
    struct sorter s = {.cap = n_keys < at_once ? (size_t)n_keys + 2 : at_once};
    int rc = PL_OK;

    begin_table(p, TABLE_KEYS);
    s.key = malloc(s.cap * sizeof *s.key);
    if (!s.key) {
        snprintf(p->rows->message, sizeof p->rows->message, "out of memory");
        p->rows->machine = true;
        return PL_ERROR;
    }
    for (uint64_t put = 0; put < n_keys && rc == PL_OK; put += s.n) {
        if (s.after.hash == INDEX_MAX_OFFSET && s.after.number == UINT64_MAX) {
            rc = bad_rows(p->rows);
            break;
        }
        set_upto(&s, n_keys);
        rc = take_keys(&s, r);
        for (size_t i = 0; i < s.n && rc == PL_OK; i++)
            rc = put_entry(p, s.key[i].hash, s.key[i].number - 1);
        s.after = s.upto;
    }
    free(s.key);
    return rc == PL_OK ? end_page(p) : rc;
}

/* ---- the whole ---- */

/* What the rows come to, before anything is written. */
struct sums {
    uint64_t records, blocks, keys, content;
};

static int add_up(struct reader *r, struct sums *sums)
{
    struct archive_row row;
    int rc;

    rewind_rows(r);
    while ((rc = next_row(r, &row)) == PL_OK) {
        if (row.len == 0)
            return bad_rows(r->rows);
        sums->records++;
        sums->content += row.len;
        for (size_t k = 0; k < ARCHIVE_KEYS; k++)
            sums->keys += row.key[k] != 0;
    }
    rewind_rows(r);
    while (rc == PL_EOF && (rc = next_frame(r)) == PL_OK) {
        sums->blocks += r->content != 0;
        rc = PL_EOF;
    }
    return rc == PL_EOF ? PL_OK : PL_ERROR;
}

static int check_sums(struct archive_rows *rows, const struct sums *sums, const struct archive_about *about, uint64_t content)
{
    const char *what = NULL;

    if (sums->records > INDEX_MAX_RECORDS)
        what = "more than 4,294,967,295 records";
    else if (content > INDEX_MAX_OFFSET || about->archive_len > INDEX_MAX_OFFSET)
        what = "more than 281 TB";
    else if (about->start + sums->content != content && (sums->records || about->start > content))
        what = "records that do not fill it";
    if (!what)
        return PL_OK;
    snprintf(rows->message, sizeof rows->message, "an index cannot tell of an archive with %s", what);
    rows->machine = false;
    return PL_ERROR;
}

static int put_head(struct pages *p, const struct sums *sums, const struct archive_about *about, uint64_t content)
{
    unsigned char h[INDEX_HEAD] = {0};

    memcpy(h, INDEX_MAGIC, 8);
    put_le(h + HEAD_VERSION, ARCHIVE_INDEX_VERSION, 4);
    h[HEAD_HOLDS] = (unsigned char)about->holds;
    h[HEAD_FORMAT] = (unsigned char)about->format;
    put_le(h + HEAD_RECORDS, sums->records, 8);
    put_le(h + HEAD_BLOCKS, about->holds == ARCHIVE_MEMBERS ? sums->blocks : 0, 8);
    put_le(h + HEAD_KEYS, sums->keys, 8);
    put_le(h + HEAD_START, about->start, 8);
    put_le(h + HEAD_CONTENT, content, 8);
    put_le(h + HEAD_ARCHIVE, about->archive_len, 8);
    put_le(h + HEAD_ARCHIVE_CRC, about->archive_crc, 4);
    put_le(h + HEAD_TAIL_CRC, about->tail_crc, 4);
    p->head_crc = deflate_crc32(0, h, INDEX_HEAD - INDEX_CRC);
    put_le(h + INDEX_HEAD - INDEX_CRC, p->head_crc, INDEX_CRC);
    return part_append(p->out, h, sizeof h) == PL_OK ? PL_OK : out_fault(p->rows, p->out);
}

static int write_tables(struct archive_rows *rows, struct reader *r, const struct archive_about *about, struct part *out)
{
    const uint64_t content = about->holds == ARCHIVE_MEMBERS ? r->chain->content_len : about->content_len;
    struct pages p = {.rows = rows, .out = out};
    struct sums sums = {0};

    if (add_up(r, &sums) != PL_OK || check_sums(rows, &sums, about, content) != PL_OK ||
        put_head(&p, &sums, about, content) != PL_OK || put_records(&p, r, about->start) != PL_OK)
        return PL_ERROR;
    if (about->holds == ARCHIVE_MEMBERS && put_blocks(&p, r) != PL_OK)
        return PL_ERROR;
    return put_keys(&p, r, sums.keys, rows->at_once ? rows->at_once : AT_ONCE);
}

int archive_index_write(struct archive_rows *rows, const struct archive_chain *chain, const struct archive_about *about,
                        struct part *out)
{
    struct reader *r = reader_new(rows, chain);
    int rc = r ? write_tables(rows, r, about, out) : PL_ERROR;

    if (rc == PL_OK && part_sync(out) != PL_OK)
        rc = out_fault(rows, out);
    reader_free(r);
    return rc;
}

/* ---- .gzi ---- */

static int write_gzi(struct archive_rows *rows, struct reader *r, struct part *out)
{
    unsigned char bytes[INDEX_PAGE];
    uint64_t n = 0, at = 0, content = 0;
    size_t len = 8;
    int rc;

    for (rewind_rows(r); (rc = next_frame(r)) == PL_OK;)
        n += r->content != 0;
    put_le(bytes, n ? n - 1 : 0, 8);
    if (rc == PL_EOF)
        rewind_rows(r);
    while (rc != PL_ERROR && (rc = next_frame(r)) == PL_OK) {
        if (r->content && at) {
            put_le(bytes + len, at, 8);
            put_le(bytes + len + 8, content, 8);
            len += 16;
        }
        if (len + 16 > sizeof bytes) {
            if (part_append(out, bytes, len) != PL_OK)
                return out_fault(rows, out);
            len = 0;
        }
        at += r->len;
        content += r->content;
    }
    if (rc == PL_EOF && len)
        return part_append(out, bytes, len) == PL_OK ? PL_OK : out_fault(rows, out);
    return rc == PL_EOF ? PL_OK : PL_ERROR;
}

int archive_gzi_write(struct archive_rows *rows, const struct archive_chain *chain, struct part *out)
{
    struct reader *r = reader_new(rows, chain);
    int rc = r ? write_gzi(rows, r, out) : PL_ERROR;

    if (rc == PL_OK && part_sync(out) != PL_OK)
        rc = out_fault(rows, out);
    reader_free(r);
    return rc;
}
