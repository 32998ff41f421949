/* archive_verify.c - whether an archive is whole: what is damaged in it, and what is still good.
 *
 * Members that tell their length are looked at whole, all of their header, too, which in blocks is always the same.  Behind a
 * bad one it goes on where a next one begins that leads to one more, or to the file's end: such a row does not come about by
 * chance.  What a flipped bit leaves as it was (other codes for the same content) only the CRC-32 of the whole file in the
 * index tells. */
#include "archive_verify.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../shared/deflate.h"
#include "archive_bgzf.h"
#include "archive_file.h"
#include "archive_index_file.h"
#include "archive_read.h"
#include "archive_verify_lines.h"
#include "archive_zran.h"

enum {
    EXTRA = 4, /* gzip's flag */
    WINDOW = 8 << 20,
    LEAST_WINDOW = 1 << 17,
    LOOK_AHEAD = 1 << 18,
    TAIL = 8,
    MOST_TOLD = 100,
    STREAM_OUT = 65536,
    MOST_RATIO = 1032 /* of deflate: 258 bytes of two bits */
};

/* The bytes of the file that are in memory, moved forward only. */
struct window {
    int fd;
    unsigned char *bytes;
    size_t cap;
    uint64_t at;      /* of bytes[0] in the file */
    size_t len;
    uint64_t length;  /* of the file, as far as it was read */
    uint32_t crc;     /* of all that was read */
    bool end, failed;
    int error; /* errno of a read that failed */
};

struct verify {
    const char *path;
    struct window w;
    struct archive_report *report;
    void (*told)(void *to, const char *what);
    void *to;
    uint64_t n_told;
    struct archive_index ix;
    bool has_ix; /* it is right in itself */
    struct verify_lines lines;
    int gzi;           /* its file; -1: there is none */
    uint64_t gzi_n, gzi_next; /* entries; the next to be met */
    uint64_t gzi_at, gzi_content;
    struct inflater inflater;
    z_stream z;
    bool z_ready;
    unsigned char *plain; /* content of the member in hand */
    size_t plain_cap;
    uint64_t block; /* the index's next */
    uint64_t here;  /* the member in hand */
    bool sized;     /* the file is one of blocks */
    bool blocks_follow; /* the first member is none, but soon there are some */
    bool empty;     /* the last good member was */
    bool beside; /* a file beside it is damaged, or of another */
    bool no_memory;
};

static void count(struct verify *v, uint64_t at)
{
    struct archive_report *r = v->report;

    if (r->whole) {
        r->n_first = v->lines.n_lines;
        r->first_end = at;
    }
    r->whole = false;
}

PL_PRINTF(3, 4)
static void tell(struct verify *v, uint64_t at, const char *fmt, ...)
{
    char what[700];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    count(v, at);
    if (v->n_told++ < MOST_TOLD)
        v->told(v->to, what);
}

/* What is wrong with a file beside the archive, which says nothing of the archive. */
PL_PRINTF(2, 3)
static void tell_beside(struct verify *v, const char *fmt, ...)
{
    char what[700];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    v->beside = true;
    if (v->n_told++ < MOST_TOLD)
        v->told(v->to, what);
}

/* What verify_lines found. */
static void lines_told(void *to, const char *what)
{
    struct verify *v = to;

    tell(v, v->report->plain ? v->lines.line_at : v->here, "%s", what);
}

/* ---- the file ---- */

/* `want` bytes of the file from `at` on, fewer at its end: how many there are.  Forward only. */
static size_t need(struct verify *v, uint64_t at, size_t want)
{
    struct window *w = &v->w;
    size_t have = at <= w->at + w->len ? (size_t)(w->at + w->len - at) : 0;

    if (have < want && !w->end) {
        memmove(w->bytes, w->bytes + (w->len - have), have);
        w->at += w->len - have;
        w->len = have;
        while (w->len < w->cap && !w->end) {
            const ssize_t n = read(w->fd, w->bytes + w->len, w->cap - w->len);
            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0) {
                w->failed = true;
                w->error = errno;
            }
            w->end = n <= 0;
            w->crc = deflate_crc32(w->crc, w->bytes + w->len, n > 0 ? (size_t)n : 0);
            w->len += n > 0 ? (size_t)n : 0;
        }
        w->length = w->at + w->len;
        have = w->len;
    }
    return have < want ? have : want;
}

static const unsigned char *at_hand(const struct verify *v, uint64_t at)
{
    return v->w.bytes + (at - v->w.at);
}

static uint32_t get32(const unsigned char *p)
{
    return (uint32_t)get_le(p, 4);
}

/* Room for so much content. */
static bool make_plain(struct verify *v, size_t n)
{
    if (n <= v->plain_cap)
        return true;
    free(v->plain);
    v->plain = malloc(n);
    v->plain_cap = v->plain ? n : 0;
    v->no_memory = v->no_memory || !v->plain;
    return v->plain != NULL;
}

/* ---- .gzi ---- */

static void gzi_entry(struct verify *v)
{
    unsigned char e[16];

    if (v->gzi_next < v->gzi_n && pread(v->gzi, e, sizeof e, (off_t)(8 + 16 * v->gzi_next)) == sizeof e) {
        v->gzi_at = get_le(e, 8);
        v->gzi_content = get_le(e + 8, 8);
    } else {
        v->gzi_at = UINT64_MAX;
    }
}

static void gzi_open(struct verify *v)
{
    char *path = archive_path_of(v->path, ".gzi");
    unsigned char n[8];
    struct stat st;

    v->gzi = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
    free(path);
    if (v->gzi < 0)
        return;
    if (fstat(v->gzi, &st) < 0 || pread(v->gzi, n, sizeof n, 0) != sizeof n || (st.st_size - 8) % 16 ||
        get_le(n, 8) != ((uint64_t)st.st_size - 8) / 16) {
        tell_beside(v, "'%s.gzi' has not the length that it tells", v->path);
        close(v->gzi);
        v->gzi = -1;
        return;
    }
    v->report->gzi = true;
    v->gzi_n = get_le(n, 8);
    gzi_entry(v);
}

/* A good member begins at `at`, and at `content` of the content. */
static void gzi_compare(struct verify *v, uint64_t at, uint64_t content, bool empty)
{
    if (v->gzi < 0 || at == 0 || v->lines.gapped)
        return;
    if (v->gzi_at == at && v->gzi_content == content) {
        v->gzi_next++;
        gzi_entry(v);
    } else if (!empty || v->gzi_at == at) {
        tell_beside(v, "'%s.gzi' has entry %" PRIu64 " otherwise than the block at byte %" PRIu64 " is", v->path, v->gzi_next, at);
        close(v->gzi);
        v->gzi = -1;
    }
}

/* ---- members ---- */

/* The index's block that begins at `at`, forward from the one before; its place in the content, UINT64_MAX: not known. */
static uint64_t content_at(struct verify *v, uint64_t at)
{
    struct archive_place p;

    if (!v->has_ix || v->ix.holds != ARCHIVE_MEMBERS)
        return UINT64_MAX;
    for (; v->block < v->ix.n_blocks; v->block++) {
        if (archive_index_block(&v->ix, v->block, &p) != PL_OK || p.block_at > at)
            return UINT64_MAX;
        if (p.block_at == at)
            return p.block_content;
    }
    return UINT64_MAX;
}

/* A good member with content against the index's blocks. */
static void block_compare(struct verify *v, uint64_t at, size_t n)
{
    struct archive_place p;

    if (!v->lines.ix || v->ix.holds != ARCHIVE_MEMBERS || n == 0)
        return;
    /* empty members before the first block, or behind one, belong to it */
    if (v->block >= v->ix.n_blocks || archive_index_block(&v->ix, v->block, &p) != PL_OK ||
        (p.block_at != at && v->block != 0) || p.block_content != v->lines.content ||
        p.block_content_end - p.block_content != n) {
        tell(v, at, "the index has block %" PRIu64 " otherwise than the one at byte %" PRIu64 " is", v->block, at);
        v->lines.ix = NULL;
        return;
    }
    v->block++;
}

static void good_member(struct verify *v, uint64_t at, size_t n)
{
    gzi_compare(v, at, v->lines.content, n == 0);
    block_compare(v, at, n);
    v->empty = n == 0;
    v->report->n_members += n > 0;
    v->report->content += n;
}

/* What is wrong with the member at `at`, which says that it has `size` bytes, all at hand; NULL: nothing. */
static const char *check_sized(struct verify *v, uint64_t at, size_t size, size_t *n)
{
    const unsigned char *p = at_hand(v, at);
    const size_t header = archive_gzip_header((pl_str){(const char *)p, size});
    size_t n_in;

    *n = 0;
    if (header == 0 || size < header + TAIL || !bgzf_is_usual((pl_str){(const char *)p, size}))
        return "a header that no block has";
    const uint32_t len = get32(p + size - 4);
    const pl_str data = {(const char *)p + header, size - header - TAIL};
    if (len > READ_LARGE)
        return "a length that no block has";
    if (!make_plain(v, len))
        return "no memory";
    const int rc = inflate_raw(&v->inflater, deflate_best(), data, v->plain, len, &n_in, n);
    v->no_memory = v->no_memory || rc == PL_NOMEM;
    if (rc != PL_OK || n_in != data.len)
        return "bad gzip data, or a wrong length";
    if (*n != len)
        return "a wrong length";
    return get32(p + size - TAIL) == deflate_crc32(0, v->plain, *n) ? NULL : "a wrong checksum";
}

/* A member of unknown length that is small and right: its length, its content in v->plain; 0: it is not. */
static size_t check_small(struct verify *v, uint64_t at, size_t *n)
{
    const size_t have = need(v, at, READ_LARGE);
    const unsigned char *p = at_hand(v, at);
    const size_t header = archive_gzip_header((pl_str){(const char *)p, have});
    size_t n_in;

    if (header == 0 || have < header + TAIL)
        return 0;
    const pl_str data = {(const char *)p + header, have - header - TAIL};
    const size_t most = data.len < READ_LARGE / MOST_RATIO ? (data.len + 1) * MOST_RATIO : READ_LARGE;
    if (!make_plain(v, most) || inflate_raw(&v->inflater, deflate_best(), data, v->plain, most, &n_in, n) != PL_OK)
        return 0;
    const unsigned char *tail = p + header + n_in;
    return get32(tail) == deflate_crc32(0, v->plain, *n) && get32(tail + 4) == *n ? header + n_in + TAIL : 0;
}

/* A member that does not tell its length, read as a stream; its length in *size.  NULL, or what is wrong with it.  All that
 * comes of it is given on before its checksum is known: it need not fit memory. */
static const char *check_stream(struct verify *v, uint64_t at, uint64_t *size)
{
    uint64_t content = 0, from = at;
    int rc = Z_OK;

    if (!make_plain(v, STREAM_OUT))
        return "no memory";
    inflateReset(&v->z);
    while (rc != Z_STREAM_END) {
        const size_t n = need(v, from, STREAM_OUT);
        v->z.next_in = n ? at_hand(v, from) : NULL;
        v->z.avail_in = (uInt)n;
        v->z.next_out = v->plain;
        v->z.avail_out = STREAM_OUT;
        rc = inflate(&v->z, Z_NO_FLUSH);
        from += n - v->z.avail_in;
        const size_t out = STREAM_OUT - v->z.avail_out;
        if (rc != Z_OK && rc != Z_STREAM_END)
            return n == 0 ? "the file was cut within the gzip member" : v->z.msg ? v->z.msg : "bad gzip data";
        verify_lines_piece(&v->lines, (pl_str){(const char *)v->plain, out});
        content += out;
    }
    *size = from - at;
    v->empty = content == 0;
    v->report->n_members += content > 0;
    v->report->content += content;
    return NULL;
}

/* ---- going on ---- */

/* Whether a block begins at `at` that leads to another or to the end of the file, or is right itself. */
static bool leads_on(struct verify *v, uint64_t at)
{
    size_t content;
    const size_t n = need(v, at, BGZF_MOST_HEADER), size = n ? bgzf_size((pl_str){(const char *)at_hand(v, at), n}) : 0;

    if (size < BGZF_MOST_HEADER + TAIL || size > READ_LARGE || need(v, at, size) < size)
        return false;
    const size_t next = need(v, at, size + BGZF_MOST_HEADER) - size;
    return next == 0 || (next == BGZF_MOST_HEADER && bgzf_size((pl_str){(const char *)at_hand(v, at) + size, next}) > 0) ||
           !check_sized(v, at, size, &content);
}

/* Where it can go on behind what is damaged at `at`, before `upto`; UINT64_MAX: nowhere. */
static uint64_t find_next(struct verify *v, uint64_t at, uint64_t upto)
{
    for (at++; at < upto && need(v, at, BGZF_END) == BGZF_END; at++) {
        const size_t n = (size_t)(v->w.at + v->w.len - at);
        const unsigned char *p = at_hand(v, at), *next = memchr(p, bgzf_end[0], n);
        at += next ? (uint64_t)(next - p) : n - 1;
        if (next && leads_on(v, at))
            return at;
    }
    return UINT64_MAX;
}

/* Behind a member that is bad: where it goes on. */
static uint64_t bad_member(struct verify *v, uint64_t at, const char *what)
{
    const uint64_t next = v->sized ? find_next(v, at, UINT64_MAX) : UINT64_MAX;

    v->report->n_bad++;
    if (next == UINT64_MAX)
        tell(v, at, "%s at byte %" PRIu64 "; nothing behind it can be read", what, at);
    else
        tell(v, at, "%s at byte %" PRIu64 "; it goes on at byte %" PRIu64, what, at, next);
    verify_lines_gap(&v->lines, next == UINT64_MAX ? next : content_at(v, next));
    return next;
}

/* The member at `at`; where the next one begins, UINT64_MAX: there is none to be had.  Among blocks a member without a length may
 * be of another make, but one with an extra field was to be a block. */
static uint64_t one_member(struct verify *v, uint64_t at)
{
    const size_t first = need(v, at, BGZF_MOST_HEADER), size = bgzf_size((pl_str){(const char *)at_hand(v, at), first});
    const char *wrong = NULL;
    uint64_t len = size;
    size_t n;

    if (size > READ_LARGE || need(v, at, size) < size)
        wrong = "a block that has more bytes than the file: it was cut, or is damaged";
    else if (size)
        wrong = check_sized(v, at, size, &n);
    else if (((len = check_small(v, at, &n)) == 0 || (at_hand(v, at)[3] & EXTRA)) && v->sized)
        wrong = first < BGZF_MOST_HEADER ? "the file was cut within a block" : "no block begins";
    if (wrong)
        return bad_member(v, at, wrong);
    if (len) {
        good_member(v, at, n);
        verify_lines_piece(&v->lines, (pl_str){(const char *)v->plain, n});
        return at + len;
    }
    wrong = check_stream(v, at, &len);
    if (!wrong)
        return at + len;
    /* Where blocks follow it was to be one, and what came of it is nothing. */
    if (at == 0 && v->blocks_follow) {
        v->sized = v->report->blocks = true;
        v->lines.n_lines = 0;
    }
    return bad_member(v, at, wrong);
}

static void verify_members(struct verify *v)
{
    uint64_t at = 0;

    v->sized = v->report->blocks = bgzf_size((pl_str){(const char *)at_hand(v, 0), need(v, 0, BGZF_MOST_HEADER)}) > 0;
    v->blocks_follow = !v->sized && find_next(v, 0, LOOK_AHEAD) != UINT64_MAX;
    while (at != UINT64_MAX && need(v, at, 1) && !v->no_memory) {
        v->here = at;
        if (!v->sized && at > 0 && *at_hand(v, at) == 0)
            at++; /* padding, as gzip has it */
        else
            at = one_member(v, at);
    }
    if (at != UINT64_MAX && v->sized && !v->empty)
        tell(v, v->w.length, "the end marker is missing at byte %" PRIu64 ": the file was cut", v->w.length);
    verify_lines_end(&v->lines, at != UINT64_MAX);
}

static void verify_plain(struct verify *v)
{
    uint64_t at = 0;

    for (size_t n; (n = need(v, at, v->w.cap)) > 0; at += n) {
        v->here = at;
        verify_lines_piece(&v->lines, (pl_str){(const char *)at_hand(v, at), n});
    }
    v->report->content = at;
    verify_lines_end(&v->lines, true);
}

/* ---- what lies beside it ---- */

static void open_index(struct verify *v)
{
    char *path = archive_path_of(v->path, ".idx");
    const int rc = path ? archive_index_open(&v->ix, path) : PL_ERROR;

    v->no_memory = v->no_memory || !path;
    free(path);
    if (rc == PL_AGAIN || v->no_memory)
        return;
    v->report->indexed = true;
    if (rc != PL_OK || archive_index_verify(&v->ix) != PL_OK)
        tell_beside(v, "%s", v->ix.message);
    else
        v->has_ix = true;
    v->lines.ix = v->has_ix ? &v->ix : NULL;
}

static void verify_zran(struct verify *v)
{
    char *path = archive_path_of(v->path, ".zran"), message[600];
    bool missing = false;
    struct archive_zran *z = path ? archive_zran_open(path, &missing, message, sizeof message) : NULL;

    v->no_memory = v->no_memory || !path;
    if (!z && !missing && path)
        tell_beside(v, "%s", message);
    if (!z && missing && v->has_ix && v->ix.holds == ARCHIVE_STREAM)
        tell_beside(v, "the index needs '%s', which is not there", path);
    if (z) {
        v->report->zran = true;
        if (archive_zran_verify(z, message, sizeof message) != PL_OK)
            tell_beside(v, "%s", message);
        else if (!archive_zran_fits(z, v->w.length, v->w.crc))
            tell_beside(v, "'%s' is of another archive", path);
    }
    archive_zran_close(z);
    free(path);
}

/* What only the whole can tell. */
static void compare_whole(struct verify *v)
{
    if (v->gzi >= 0 && !v->lines.gapped && v->report->whole && v->gzi_next != v->gzi_n)
        tell_beside(v, "'%s.gzi' has %" PRIu64 " entries more than the archive has blocks", v->path, v->gzi_n - v->gzi_next);
    if (v->lines.ix && v->report->whole && v->ix.holds == ARCHIVE_MEMBERS && v->block != v->ix.n_blocks)
        tell(v, 0, "the index has %" PRIu64 " blocks more than the archive", v->ix.n_blocks - v->block);
    if (!v->has_ix)
        return;
    if (v->w.length != v->ix.archive_len)
        tell(v, v->w.length, "the archive has %" PRIu64 " bytes, where the index knows %" PRIu64, v->w.length, v->ix.archive_len);
    else if (v->w.crc != v->ix.archive_crc && v->report->whole)
        tell(v, 0, "the archive's bytes are not those that the index knows, though all of its checksums are right");
}

/* ---- the whole ---- */

static bool looks_plain(struct verify *v)
{
    const size_t n = need(v, 0, 4096);

    for (size_t i = 0; i < n; i++) {
        const unsigned char c = at_hand(v, 0)[i];
        if (c == 0x7f || (c < 0x20 && c != '\n' && c != '\r' && c != '\t'))
            return false;
    }
    return n > 0;
}

static void verify(struct verify *v)
{
    open_index(v);
    gzi_open(v);
    if (need(v, 0, 1) == 0 && !v->w.failed)
        tell(v, 0, "the file is empty");
    else if ((v->report->plain = looks_plain(v)))
        verify_plain(v);
    else
        verify_members(v);
    while (need(v, v->w.at + v->w.len, 1) > 0)
        ; /* for the length and the checksum of all */
    compare_whole(v);
    verify_zran(v);
    v->report->length = v->w.length;
    v->report->n_records = v->lines.n_lines;
    if (v->report->whole) {
        v->report->n_first = v->lines.n_lines;
        v->report->first_end = v->w.length;
    }
    v->report->sound = v->report->whole;
    v->report->whole = v->report->whole && !v->beside;
}

static void verify_done(struct verify *v)
{
    verify_lines_done(&v->lines);
    archive_index_close(&v->ix);
    inflater_done(&v->inflater);
    if (v->z_ready)
        inflateEnd(&v->z);
    if (v->gzi >= 0)
        close(v->gzi);
    if (v->w.fd >= 0)
        close(v->w.fd);
    free(v->w.bytes);
    free(v->plain);
    free(v);
}

/* Small files need a small one. */
static size_t window_for(int fd)
{
    struct stat st;

    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size >= WINDOW)
        return WINDOW;
    return st.st_size < LEAST_WINDOW ? LEAST_WINDOW : (size_t)st.st_size;
}

int archive_verify(const char *path, void (*told)(void *to, const char *what), void *to, struct archive_report *report,
                   char *message, size_t size)
{
    struct verify *v = calloc(1, sizeof *v);
    int rc = PL_ERROR;

    *report = (struct archive_report){.whole = true};
    snprintf(message, size, "out of memory");
    if (!v)
        return PL_ERROR;
    *v = (struct verify){.path = path, .report = report, .told = told, .to = to, .gzi = -1, .ix = {.fd = -1}};
    v->lines = (struct verify_lines){.told = lines_told, .to = v, .placed = true};
    v->w.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (v->w.fd < 0) {
        snprintf(message, size, "cannot open '%s': %s", path, strerror(errno));
        goto done;
    }
    v->w.cap = window_for(v->w.fd);
    v->w.bytes = malloc(v->w.cap);
    v->z_ready = inflateInit2(&v->z, 15 + 16) == Z_OK;
    if (!v->w.bytes || !v->z_ready)
        goto done;
    verify(v);
    if (v->w.failed)
        snprintf(message, size, "cannot read '%s': %s", path, strerror(v->w.error));
    else if (!v->no_memory && !v->lines.no_memory)
        rc = PL_OK;
done:
    verify_done(v);
    return rc;
}
