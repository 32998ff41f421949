/* archive_read.c - the content of a gzip file of any make, or of a plain one, in pieces of whole lines.
 *
 * Members whose length is known, or that can be expected to be small since the one before was, are inflated whole, by
 * libdeflate where it is there.  All others, and those that turn out to be wrong, zlib reads as a stream, which knows
 * what is wrong with them. */
#include "archive_read.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "../shared/deflate.h"
#include "archive_bgzf.h"

enum {
    FIRST_BUF = 1 << 18,
    GIVE = 1 << 18, /* lines are returned once there is so much of them */
    STEP = 65536,   /* content that is asked for at once */
    TEXT = 4096,    /* bytes by whose look a file is taken for plain text */
    GZIP_TAIL = 8
};

struct archive_read {
    int fd;
    const char *name;
    char *message;
    size_t message_size;
    void (*told)(void *to, const struct archive_member *m);
    void *to;
    void (*point)(void *to, const struct archive_point *p);
    void *point_to;
    uint64_t spacing, next_point; /* in the content */

    z_stream z; /* its input is what is at hand of the file */
    bool z_ready;
    struct inflater inflater;
    unsigned char *buf;
    size_t buf_cap;
    uint64_t offset; /* in the file: behind what is at hand */
    bool end;
    bool wants_crc;

    bool begun;
    bool in_member; /* a stream: the member at `member` goes on */
    uint64_t member;
    size_t member_size; /* as it tells it; 0: it does not */
    bool is_block;      /* it is one of BGZF */
    uint64_t member_content; /* content before it */
    uint64_t n_begun;
    bool empty;  /* the last member was */
    size_t small; /* the length of the last member where it was small, so that the next is tried whole; else 0 */

    unsigned char *held; /* content on its way out */
    size_t held_cap, from, good, len; /* returned; seen to be right; all */
    size_t lines;        /* behind the last whole line of what is good */
    uint64_t held_at;    /* place in the content of held[0] */
    enum read_result pending; /* what comes behind the lines */

    struct archive_chunk chunk; /* archive_read_line(): what is left of it */
    struct archive_read_facts facts;
};

struct archive_read *archive_read_new(int fd, const char *name, char *message, size_t size)
{
    struct archive_read *r = calloc(1, sizeof *r);

    snprintf(message, size, "out of memory");
    if (!r)
        return NULL;
    r->buf = malloc(FIRST_BUF);
    if (!r->buf || inflateInit2(&r->z, 15 + 16) != Z_OK) {
        free(r->buf);
        free(r);
        return NULL;
    }
    r->z_ready = true;
    r->buf_cap = FIRST_BUF;
    r->z.next_in = r->buf;
    r->fd = fd;
    r->name = name;
    r->message = message;
    r->message_size = size;
    return r;
}

void archive_read_free(struct archive_read *r)
{
    if (!r)
        return;
    inflateEnd(&r->z);
    inflater_done(&r->inflater);
    free(r->buf);
    free(r->held);
    free(r);
}

void archive_read_members(struct archive_read *r, void (*told)(void *to, const struct archive_member *m), void *to)
{
    r->told = told;
    r->to = to;
}

void archive_read_points(struct archive_read *r, uint64_t spacing, void (*told)(void *to, const struct archive_point *p), void *to)
{
    r->point = told;
    r->point_to = to;
    r->spacing = spacing;
}

void archive_read_crc(struct archive_read *r)
{
    r->wants_crc = true;
}

struct archive_read_facts archive_read_facts(const struct archive_read *r)
{
    struct archive_read_facts f = r->facts;

    f.length = r->offset;
    f.content_len = r->held_at + r->good;
    return f;
}

static enum read_result fault(struct archive_read *r, uint64_t offset, const char *what)
{
    snprintf(r->message, r->message_size, "%s: %s at byte %llu", r->name, what, (unsigned long long)offset);
    return READ_FAULT;
}

static enum read_result no_memory(struct archive_read *r)
{
    snprintf(r->message, r->message_size, "out of memory");
    return READ_STOP;
}

/* ---- the file ---- */

static bool make_room(unsigned char **at, size_t *cap, size_t want)
{
    if (want <= *cap)
        return true;
    size_t more = *cap ? *cap : STEP;
    while (more < want)
        more *= 2;
    unsigned char *p = realloc(*at, more);
    if (!p)
        return false;
    *at = p;
    *cap = more;
    return true;
}

/* `want` bytes of the file at hand, fewer only at its end. */
static enum read_result fill(struct archive_read *r, size_t want)
{
    if (r->z.avail_in >= want || r->end)
        return READ_OK;
    if (r->z.avail_in)
        memmove(r->buf, r->z.next_in, r->z.avail_in);
    /* four times as much, so that what is moved is less than what is read */
    if (!make_room(&r->buf, &r->buf_cap, want > FIRST_BUF / 4 ? want * 4 : want)) {
        r->z.next_in = r->buf;
        return no_memory(r);
    }
    r->z.next_in = r->buf;
    while (r->z.avail_in < want && !r->end) {
        const ssize_t n = read(r->fd, r->buf + r->z.avail_in, r->buf_cap - r->z.avail_in);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            snprintf(r->message, r->message_size, "%s: cannot read at byte %llu: %s", r->name,
                     (unsigned long long)r->offset, strerror(errno));
            return READ_FAULT;
        }
        if (r->wants_crc)
            r->facts.crc = deflate_crc32(r->facts.crc, r->buf + r->z.avail_in, (size_t)n);
        r->end = n == 0;
        r->z.avail_in += (uInt)n;
        r->offset += (uint64_t)n;
    }
    return READ_OK;
}

static uint64_t here(const struct archive_read *r)
{
    return r->offset - r->z.avail_in;
}

static void consume(struct archive_read *r, size_t n)
{
    r->z.next_in += n;
    r->z.avail_in -= (uInt)n;
}

/* Whether it looks like text: a gzip file whose first byte is damaged must not be taken for a plain one. */
static bool looks_plain(const struct archive_read *r)
{
    const size_t n = r->z.avail_in < TEXT ? r->z.avail_in : TEXT;

    for (size_t i = 0; i < n; i++) {
        const unsigned char c = r->z.next_in[i];
        if (c == 0x7f || (c < 0x20 && c != '\n' && c != '\r' && c != '\t'))
            return false;
    }
    return n > 0;
}

/* ---- content that is good ---- */

static void pass(struct archive_read *r)
{
    const unsigned char *begin = r->held + r->good;
    const unsigned char *nl = r->len > r->good ? memrchr(begin, '\n', r->len - r->good) : NULL;

    if (nl)
        r->lines = (size_t)(nl - r->held) + 1;
    r->good = r->len;
}

/* Room for `n` bytes behind what is held; what was returned gives way. */
static bool make_held(struct archive_read *r, size_t n)
{
    if (r->from > 0 && r->held_cap - r->len < n) {
        memmove(r->held, r->held + r->from, r->len - r->from);
        r->held_at += r->from;
        r->good -= r->from;
        r->len -= r->from;
        r->lines = r->lines > r->from ? r->lines - r->from : 0;
        r->from = 0;
    }
    return make_room(&r->held, &r->held_cap, r->len + n);
}

static enum read_result member_ends(struct archive_read *r)
{
    const uint64_t end = r->held_at + r->len;
    const struct archive_member m = {r->member, here(r) - r->member, r->member_content, end - r->member_content,
                                     r->is_block};

    pass(r);
    r->in_member = false;
    r->empty = m.content_len == 0;
    r->small = m.content_len < READ_LARGE && m.len < READ_LARGE ? (size_t)m.len : 0;
    r->facts.large = r->facts.large || !r->small;
    r->facts.n_members++;
    if (r->told)
        r->told(r->to, &m);
    return READ_OK;
}

/* ---- members ---- */

size_t archive_gzip_header(pl_str start)
{
    const unsigned char *p = (const unsigned char *)start.ptr;
    enum { HCRC = 2, EXTRA = 4, NAME = 8, COMMENT = 16, RESERVED = 0xe0 };
    size_t n = 10;

    if (start.len < n || p[0] != 0x1f || p[1] != 0x8b || p[2] != 8 || (p[3] & RESERVED))
        return 0;
    if (p[3] & EXTRA)
        n += 2 + (start.len >= n + 2 ? (size_t)(p[n] | p[n + 1] << 8) : 0);
    for (int flag = NAME; flag <= COMMENT; flag *= 2) {
        const unsigned char *nul = (p[3] & flag) && n < start.len ? memchr(p + n, 0, start.len - n) : NULL;
        if ((p[3] & flag) && !nul)
            return 0;
        if (nul)
            n = (size_t)(nul - p) + 1;
    }
    if (p[3] & HCRC)
        n += 2;
    return n <= start.len ? n : 0;
}

/* To the first byte of the next member; READ_END where there is none. */
static enum read_result find_member(struct archive_read *r)
{
    for (;;) {
        const enum read_result rc = fill(r, BGZF_MOST_HEADER);
        if (rc != READ_OK)
            return rc;
        if (r->z.avail_in == 0)
            return READ_END;
        if (r->n_begun == 0 || *r->z.next_in != 0)
            break;
        /* zeros between members are padding (tapes), as for gzip */
        while (r->z.avail_in && *r->z.next_in == 0)
            consume(r, 1);
    }
    r->member = here(r);
    const pl_str start = {(const char *)r->z.next_in, r->z.avail_in};
    r->member_size = bgzf_size(start);
    r->is_block = bgzf_is_block(start);
    r->member_content = r->held_at + r->len;
    if (r->n_begun++ == 0)
        r->facts.blocks = r->member_size > 0;
    return READ_OK;
}

static uint32_t get32(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The member at hand, inflated whole; false where it cannot be, or is wrong: nothing has happened then.  `size` is its length, 0: not
 * known; `cap` what its content may be. */
static bool read_whole(struct archive_read *r, size_t size, size_t cap)
{
    const size_t at_hand = size ? size : r->z.avail_in;
    const size_t header = archive_gzip_header((pl_str){(const char *)r->z.next_in, at_hand});
    size_t n_in, n_out;

    if (header == 0 || at_hand < header + GZIP_TAIL || (r->z.next_in[3] & 2))
        return false;
    const pl_str data = {(const char *)r->z.next_in + header, at_hand - header - GZIP_TAIL};
    if (!make_held(r, cap + 1) ||
        inflate_raw(&r->inflater, deflate_best(), data, r->held + r->len, cap, &n_in, &n_out) != PL_OK)
        return false;
    const unsigned char *tail = r->z.next_in + header + n_in;
    if ((size && n_in != data.len) || get32(tail + 4) != n_out || get32(tail) != deflate_crc32(0, r->held + r->len, n_out))
        return false;
    consume(r, header + n_in + GZIP_TAIL);
    r->len += n_out;
    return true;
}

/* Tries the member at hand whole; READ_END: it is one for a stream. */
static enum read_result try_whole(struct archive_read *r)
{
    const size_t size = r->member_size;
    enum read_result rc = READ_OK;

    if (r->point || size > READ_LARGE || (!size && !r->small))
        return READ_END;
    const size_t guess = 4 * r->small + STEP;
    rc = fill(r, size ? size : guess < READ_LARGE ? guess : READ_LARGE);
    if (rc != READ_OK)
        return rc;
    if (r->z.avail_in < size || (size && size < BGZF_HEADER + GZIP_TAIL))
        return READ_END;
    const size_t cap = size ? get32(r->z.next_in + size - 4) : READ_LARGE;
    if (cap > READ_LARGE || !read_whole(r, size, cap))
        return READ_END;
    return member_ends(r);
}

static const char *bad_member(const struct archive_read *r)
{
    if (r->z.total_out == 0 && r->z.msg && strcmp(r->z.msg, "incorrect header check") == 0)
        return r->n_begun > 1 ? "something else follows the gzip data" : "this is not gzip data";
    return r->z.msg ? r->z.msg : "bad gzip data";
}

/* Between two blocks of deflate, of which the next is not the last to end here. */
static void offer_point(struct archive_read *r)
{
    enum { AT_BOUNDARY = 128, IN_LAST = 64, BITS = 7 };
    unsigned char window[32768];
    const uint64_t content = r->held_at + r->len;
    uInt n = sizeof window;

    if ((r->z.data_type & (AT_BOUNDARY | IN_LAST)) != AT_BOUNDARY || content < r->next_point)
        return;
    if (inflateGetDictionary(&r->z, window, &n) != Z_OK)
        return;
    const struct archive_point p = {content, here(r), r->z.data_type & BITS, window, n};
    r->point(r->point_to, &p);
    r->next_point = content + r->spacing;
}

/* Some more of a member that is read as a stream. */
static enum read_result read_stream(struct archive_read *r)
{
    enum read_result rc = fill(r, 1);

    if (rc != READ_OK)
        return rc;
    if (!make_held(r, STEP))
        return no_memory(r);
    r->z.next_out = r->held + r->len;
    r->z.avail_out = STEP;
    const int z = inflate(&r->z, r->point ? Z_BLOCK : Z_NO_FLUSH);
    r->len += STEP - r->z.avail_out;
    if (r->point && z == Z_OK)
        offer_point(r);
    if (z != Z_OK && z != Z_BUF_ERROR && z != Z_STREAM_END)
        return fault(r, r->member, bad_member(r));
    const bool torn = z == Z_BUF_ERROR && r->end && r->z.avail_in == 0;
    /* Damage can make a block read on into the next ones, up to the end; what came of that is wrong. */
    if (torn && r->member_size && r->member_size <= r->offset - r->member)
        return fault(r, r->member, "bad gzip data");
    if (z == Z_STREAM_END)
        return member_ends(r);
    if (torn || r->z.total_out > READ_MEMBER)
        pass(r);
    return torn ? fault(r, r->offset, "the gzip data ends too soon,") : READ_OK;
}

static enum read_result read_plain(struct archive_read *r)
{
    enum read_result rc = fill(r, 1);
    const size_t n = r->z.avail_in;

    if (rc != READ_OK || n == 0)
        return rc == READ_OK ? READ_END : rc;
    if (!make_held(r, n))
        return no_memory(r);
    memcpy(r->held + r->len, r->z.next_in, n);
    r->len += n;
    consume(r, n);
    pass(r);
    return READ_OK;
}

static enum read_result at_end(struct archive_read *r)
{
    if (r->n_begun == 0)
        return fault(r, 0, "the file is empty");
    if (r->facts.blocks && !r->empty)
        return fault(r, r->offset, "the end marker is missing: the file was cut");
    return READ_END;
}

/* Some more content. */
static enum read_result step(struct archive_read *r)
{
    enum read_result rc;

    if (!r->begun) {
        rc = fill(r, TEXT);
        if (rc != READ_OK)
            return rc;
        r->begun = true;
        r->facts.plain = looks_plain(r);
    }
    if (r->facts.plain)
        return read_plain(r);
    if (r->in_member)
        return read_stream(r);
    rc = find_member(r);
    if (rc == READ_END)
        return at_end(r);
    if (rc == READ_OK)
        rc = try_whole(r);
    if (rc != READ_END)
        return rc;
    inflateReset(&r->z);
    r->in_member = true;
    return read_stream(r);
}

/* ---- lines ---- */

static enum read_result give(struct archive_read *r, size_t to, bool torn, struct archive_chunk *c)
{
    *c = (struct archive_chunk){{(const char *)r->held + r->from, to - r->from}, r->held_at + r->from, torn};
    r->from = to;
    return READ_OK;
}

enum read_result archive_read_next(struct archive_read *r, struct archive_chunk *c)
{
    for (;;) {
        if (r->lines > r->from && (r->lines - r->from >= GIVE || r->pending != READ_OK))
            return give(r, r->lines, false, c);
        if (r->pending == READ_END && r->good > r->from)
            return give(r, r->good, false, c);
        if (r->pending != READ_OK)
            return r->pending;
        if (r->good - r->from > READ_LONGEST_LINE && r->lines <= r->from)
            return give(r, r->good, true, c);
        r->pending = step(r);
    }
}

enum read_result archive_read_line(struct archive_read *r, struct archive_line *line)
{
    struct archive_chunk *c = &r->chunk;

    if (c->bytes.len == 0) {
        const enum read_result rc = archive_read_next(r, c);
        if (rc != READ_OK)
            return rc;
    }
    const char *nl = c->torn ? NULL : memchr(c->bytes.ptr, '\n', c->bytes.len);
    const size_t len = nl ? (size_t)(nl - c->bytes.ptr) + 1 : c->bytes.len;
    *line = (struct archive_line){{c->bytes.ptr, len - (nl != NULL)}, c->offset, len, c->torn};
    c->bytes = (pl_str){c->bytes.ptr + len, c->bytes.len - len};
    c->offset += len;
    return READ_OK;
}
