/* warc_in.c - the bytes of a file, inflated where it is gzip data, and where its members begin and end.
 *
 * A member that fits the buffers is inflated at once, by the quicker back end; one that does not is inflated in pieces by
 * zlib.  Which it is nobody says beforehand: it is tried, and not again while the members of a file stay large.  What
 * is damaged goes through zlib as well, so that the bytes before the damage arrive. */
#include "warc_in.h"

#include <errno.h>
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

enum {
    RAW = 1 << 20,   /* compressed bytes at hand, at most */
    AHEAD = 1 << 18, /* so many are wanted before a member is tried */
    PLAIN = 6 << 20, /* inflated bytes at hand, at most */
    FIRST = 1 << 16, /* of either, to begin with */
    PIECE = 1 << 16, /* room that zlib is given at least */
    TRAILER = 8,     /* of a member: CRC-32 and length */
    NAME_MOST = 4096,      /* of the file's name in a member's header, and of the comment */
    FURTHER_MOST = 1 << 30 /* bytes of gzip data that are searched for a line with a record: a second's work */
};

int warc_in_open(struct warc_in *in, warc_in_read *read, void *arg, uint64_t from, enum deflate_by by)
{
    *in = (struct warc_in){.read = read, .arg = arg, .raw_offset = from, .by = by};
    in->raw_cap = in->cap = FIRST;
    in->raw = malloc(FIRST);
    in->plain = malloc(FIRST);
    return in->raw && in->plain ? PL_OK : PL_NOMEM;
}

void warc_in_close(struct warc_in *in)
{
    if (in->z) {
        inflateEnd(in->z);
        free(in->z);
    }
    inflater_done(&in->inflater);
    free(in->raw);
    free(in->plain);
    *in = (struct warc_in){0};
}

uint64_t warc_in_place(const struct warc_in *in)
{
    return in->before + in->at;
}

static uint64_t raw_place(const struct warc_in *in)
{
    return in->raw_offset + in->raw_at;
}

uint64_t warc_in_offset(const struct warc_in *in)
{
    return in->gzip ? raw_place(in) : raw_place(in) - (in->end - in->at);
}

PL_PRINTF(2, 3)
static void fail(struct warc_in *in, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(in->message, sizeof in->message, fmt, ap);
    va_end(ap);
    in->failed = true;
}

static void no_memory(struct warc_in *in)
{
    fail(in, "out of memory");
    in->machine = true;
}

/* False: there is no memory. */
static bool enlarge(struct warc_in *in, unsigned char **buffer, size_t *cap, size_t to)
{
    unsigned char *more = *cap < to ? realloc(*buffer, to) : *buffer;

    if (!more) {
        no_memory(in);
        return false;
    }
    *buffer = more;
    *cap = *cap < to ? to : *cap;
    return true;
}

/* ---- bytes of the file ---- */

/* Up to `n` bytes to `to`; 0 at the end or after a failure. */
static size_t read_some(struct warc_in *in, void *to, size_t n)
{
    ptrdiff_t got;

    if (in->raw_eof)
        return 0;
    do
        got = in->read(in->arg, to, n);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        fail(in, "byte %llu: cannot read: %s", (unsigned long long)(in->raw_offset + in->raw_end), strerror(errno));
        in->machine = true;
    }
    in->raw_eof = got <= 0;
    return got > 0 ? (size_t)got : 0;
}

/* At least `want` compressed bytes at hand, but at the file's end. */
static size_t raw_fill(struct warc_in *in, size_t want)
{
    if (in->raw_end - in->raw_at >= want || in->raw_eof)
        return in->raw_end - in->raw_at;
    memmove(in->raw, in->raw + in->raw_at, in->raw_end - in->raw_at);
    in->raw_offset += in->raw_at;
    in->raw_end -= in->raw_at;
    in->raw_at = 0;
    while (in->raw_end < RAW) {
        if (in->raw_end == in->raw_cap && !enlarge(in, &in->raw, &in->raw_cap, RAW))
            break;
        const size_t n = read_some(in, in->raw + in->raw_end, in->raw_cap - in->raw_end);
        if (n == 0)
            break;
        in->raw_end += n;
    }
    return in->raw_end;
}

/* ---- members ---- */

static uint32_t little32(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool magic(const unsigned char *p)
{
    return p[0] == 0x1f && p[1] == 0x8b && p[2] == 8 && (p[3] & 0xe0) == 0;
}

/* The length of the member's header (RFC 1952, section 2.3), 0 where there is none that is whole, or a name in it is longer than
 * any: a file that is full of headers without an end would be searched anew from each of them. */
static size_t header_length(const unsigned char *p, size_t n)
{
    enum { HCRC = 2, EXTRA = 4, NAME = 8, COMMENT = 16 };
    size_t at = 10;

    if (n < at || !magic(p))
        return 0;
    if (p[3] & EXTRA) {
        if (n < at + 2)
            return 0;
        at += 2 + (size_t)p[at] + ((size_t)p[at + 1] << 8);
    }
    for (int text = NAME; text <= COMMENT; text *= 2) {
        if (!(p[3] & text))
            continue;
        const size_t most = at < n ? n - at : 0;
        const unsigned char *zero = most ? memchr(p + at, 0, most < NAME_MOST ? most : NAME_MOST) : NULL;
        if (!zero)
            return 0;
        at = (size_t)(zero - p) + 1;
    }
    at += p[3] & HCRC ? 2 : 0;
    return at <= n ? at : 0;
}

/* All of it at once.  False: it does not fit, or is damaged, and nothing has happened. */
static bool inflate_whole(struct warc_in *in, size_t header)
{
    const unsigned char *from = in->raw + in->raw_at + header;
    const size_t left = in->raw_end - in->raw_at - header;
    size_t n_in, n_out;

    if (inflate_raw(&in->inflater, in->by, (pl_str){(const char *)from, left}, in->plain + in->end, in->cap - in->end, &n_in,
                    &n_out) != PL_OK ||
        left - n_in < TRAILER)
        return false;
    if (little32(from + n_in) != deflate_crc32(0, in->plain + in->end, n_out) ||
        little32(from + n_in + 4) != (uint32_t)n_out)
        return false;
    in->end += n_out;
    in->raw_at += header + n_in + TRAILER;
    in->member_end = raw_place(in);
    return true;
}

/* The same, with more room where that may be what is missing: few bytes do not become many. */
static bool inflate_grown(struct warc_in *in, size_t header)
{
    while (!inflate_whole(in, header))
        if (in->cap == PLAIN || (in->raw_end - in->raw_at) * 64 < in->cap - in->end || !enlarge(in, &in->plain, &in->cap, in->cap < PLAIN / 4 ? in->cap * 4 : PLAIN))
            return false;
    return true;
}

static bool begin_stream(struct warc_in *in)
{
    z_stream *z = in->z;

    if (!z) {
        z = calloc(1, sizeof *z);
        if (!z || inflateInit2(z, -15) != Z_OK) {
            free(z);
            no_memory(in);
            return false;
        }
        in->z = z;
    } else if (inflateReset(z) != Z_OK) {
        no_memory(in);
        return false;
    }
    in->crc = 0;
    in->inflated = 0;
    in->state = WARC_IN_MEMBER;
    return true;
}

/* At a member's place: its bytes, or the first of them, or the end. */
static void begin_member(struct warc_in *in)
{
    const size_t left = raw_fill(in, AHEAD);
    size_t header;

    if (in->failed)
        return;
    if (left == 0) {
        in->state = WARC_IN_END;
        return;
    }
    header = header_length(in->raw + in->raw_at, left);
    if (!header && left < AHEAD && left >= 4 && magic(in->raw + in->raw_at)) {
        fail(in, "byte %llu: the gzip member's header is cut off", (unsigned long long)raw_place(in));
        return;
    }
    if (!header) {
        fail(in, "byte %llu: expected a gzip member (1f 8b 08), found %02x%s", (unsigned long long)raw_place(in),
             (unsigned)in->raw[in->raw_at], left < 18 ? " and the file's end" : "");
        return;
    }
    in->member_at = raw_place(in);
    in->member_from = in->before + in->end;
    if (in->large || !inflate_grown(in, header)) {
        in->raw_at += header;
        begin_stream(in);
    }
}

static void end_member(struct warc_in *in)
{
    if (raw_fill(in, TRAILER) < TRAILER) {
        if (!in->failed)
            fail(in, "byte %llu: the gzip member that begins at byte %llu is cut off", (unsigned long long)raw_place(in),
                 (unsigned long long)in->member_at);
        return;
    }
    const unsigned char *p = in->raw + in->raw_at;
    const bool right = little32(p) == in->crc && little32(p + 4) == (uint32_t)in->inflated;
    in->raw_at += TRAILER;
    in->member_end = raw_place(in);
    in->state = right ? WARC_IN_BETWEEN : WARC_IN_MEMBER;
    /* Where the next one might fit at once, that is tried. */
    in->large = in->inflated > PLAIN / 2 || in->member_end - in->member_at > AHEAD;
    if (!right)
        fail(in, "byte %llu: the gzip member that begins here is damaged: its checksum is not that of its bytes",
             (unsigned long long)in->member_at);
}

/* Some bytes of a member that comes in pieces, `most` of them, or its end. */
static void inflate_some(struct warc_in *in, size_t most)
{
    z_stream *z = in->z;
    unsigned char *to = in->plain + in->end;
    const size_t room = in->cap - in->end;
    const size_t left = raw_fill(in, 1);
    int rc;

    if (in->failed)
        return;
    z->next_in = in->raw + in->raw_at;
    z->avail_in = (uInt)left;
    z->next_out = to;
    z->avail_out = (uInt)(room < most ? room : most);
    rc = inflate(z, Z_NO_FLUSH);
    in->raw_at = in->raw_end - z->avail_in;
    const size_t n = (size_t)(z->next_out - to);
    in->crc = deflate_crc32(in->crc, to, n);
    in->inflated += n;
    in->end += n;
    if (rc == Z_STREAM_END)
        end_member(in);
    else if (rc == Z_MEM_ERROR)
        no_memory(in);
    else if (rc != Z_OK && !(rc == Z_BUF_ERROR && left > 0))
        fail(in, left ? "byte %llu: the gzip member that begins at byte %llu is damaged"
                      : "byte %llu: the gzip member that begins at byte %llu is cut off",
             (unsigned long long)raw_place(in), (unsigned long long)in->member_at);
}

/* ---- either kind ---- */

/* Gzip data whose first bytes were changed: members come, and no record does. */
static bool begins_damaged(const unsigned char *p, size_t n)
{
    return memcmp(p, "WARC", 4) != 0 && !memmem(p, n, "WARC/", 5) && memmem(p, n, "\x1f\x8b\x08", 3);
}

/* Gzip data, or the records themselves. */
static void begin_file(struct warc_in *in)
{
    const size_t left = raw_fill(in, 4);

    if (in->failed)
        return;
    in->gzip = left >= 4 && (magic(in->raw + in->raw_at) || begins_damaged(in->raw + in->raw_at, left));
    in->state = in->gzip ? WARC_IN_BETWEEN : WARC_IN_PLAIN;
    in->member_at = raw_place(in);
}

static void plain_some(struct warc_in *in)
{
    size_t n = raw_fill(in, 1);
    const size_t room = in->cap - in->end;

    n = n < room ? n : room;
    if (n == 0) {
        in->state = in->failed ? in->state : WARC_IN_END;
        return;
    }
    memcpy(in->plain + in->end, in->raw + in->raw_at, n);
    in->raw_at += n;
    in->end += n;
}

static void make_room(struct warc_in *in)
{
    memmove(in->plain, in->plain + in->at, in->end - in->at);
    in->before += in->at;
    in->end -= in->at;
    in->at = 0;
}

size_t warc_in_fill(struct warc_in *in, size_t want)
{
    if (want > WARC_IN_MOST)
        want = WARC_IN_MOST;
    if (want + PIECE > in->cap && !enlarge(in, &in->plain, &in->cap, want + PIECE))
        return in->end - in->at;
    while (in->end - in->at < want && !in->failed && in->state != WARC_IN_END) {
        if (in->at > 0)
            make_room(in);
        if (in->state == WARC_IN_NEW)
            begin_file(in);
        else if (in->state == WARC_IN_PLAIN)
            plain_some(in);
        else if (in->state == WARC_IN_MEMBER)
            inflate_some(in, PIECE);
        else if (in->stay)
            break;
        else
            begin_member(in);
    }
    return in->end - in->at;
}

/* ---- behind a failure ---- */

/* Does a record begin at the member of raw[raw_at]?  Then it has been begun.  No more is inflated than tells it: many headers may
 * lie in the name of one. */
static bool try_member(struct warc_in *in)
{
    static const char wanted[] = "WARC/";

    in->state = WARC_IN_BETWEEN;
    in->failed = false;
    in->large = true; /* in pieces: a hostile file may have a megabyte behind each of its bytes */
    in->before += in->end;
    in->at = in->end = 0;
    begin_member(in);
    while (!in->failed && in->state == WARC_IN_MEMBER && in->end < sizeof wanted - 1)
        inflate_some(in, sizeof wanted - 1 - in->end);
    return in->end >= sizeof wanted - 1 && memcmp(in->plain, wanted, sizeof wanted - 1) == 0;
}

static bool resync_gzip(struct warc_in *in)
{
    /* The damage may have been found late: from the first byte of its member on, where that is still at hand. */
    const bool in_member = in->state != WARC_IN_BETWEEN && in->member_at >= in->raw_offset;
    uint64_t next = in_member && in->member_at < raw_place(in) ? in->member_at + 1 : raw_place(in);

    for (;;) {
        if (next < in->raw_offset)
            next = in->raw_offset;
        in->raw_at = next - in->raw_offset < in->raw_end ? (size_t)(next - in->raw_offset) : in->raw_end;
        in->failed = false;
        if (raw_fill(in, AHEAD) < 4)
            return false;
        const unsigned char *p = in->raw + in->raw_at;
        const size_t left = in->raw_end - in->raw_at;
        const unsigned char *found = memchr(p, 0x1f, left);
        next = raw_place(in) + (found ? (size_t)(found - p) : left);
        if (!found)
            continue;
        in->raw_at += (size_t)(found - p);
        if (raw_fill(in, 4) >= 4 && magic(in->raw + in->raw_at) && try_member(in))
            return true;
        if (in->machine)
            return false;
        next++;
    }
}

static bool at_record(const struct warc_in *in)
{
    return in->end - in->at >= 5 && memcmp(in->plain + in->at, "WARC/", 5) == 0;
}

/* The next line, or member, that begins with "WARC/".  A member at a time: one that is begun says where it is. */
static bool resync_lines(struct warc_in *in)
{
    const uint64_t from = warc_in_place(in);

    for (;;) {
        if (in->gzip && warc_in_place(in) - from > FURTHER_MOST) {
            fail(in, "no record is in what follows");
            return false;
        }
        in->stay = true;
        const size_t n = warc_in_fill(in, PIECE);
        const unsigned char *found = n ? memmem(in->plain + in->at, n, "\nWARC/", 6) : NULL;
        if (at_record(in))
            return true;
        if (found) {
            in->at = (size_t)(found - in->plain) + 1;
            return true;
        }
        in->at = n < PIECE ? in->end : in->end - 5;
        in->stay = false;
        if (n < PIECE && warc_in_fill(in, 1) == 0)
            return false;
    }
}

bool warc_in_resync(struct warc_in *in)
{
    if (in->machine || in->state == WARC_IN_NEW)
        return false;
    if (!in->failed && resync_lines(in))
        return true;
    return in->gzip && in->failed && resync_gzip(in);
}
