/* archive_zran.c - points in a gzip file of another make from where reading can go on. */
#include "archive_zran.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../shared/deflate.h"
#include "archive_bgzf.h"
#include "archive_index_file.h"

enum { WINDOW = 32768, MOST_PACKED = 40000, LEVEL = 6, PIECE = 65536 };
#define ZRAN_MAGIC "PLZRAN\n\1"
#define MAKE_ANEW "make it anew with pressline archive index"

/* Places in the foot. */
enum { FOOT_POINTS = 8, FOOT_TABLE = 16, FOOT_CONTENT = 24, FOOT_ARCHIVE = 32, FOOT_CRC = 40, FOOT_TAIL_CRC = 44 };

struct point {
    uint64_t content, at, window;
    size_t packed, window_len;
    int bits;
    uint32_t crc; /* of the window as it is packed */
};

/* ---- making ---- */

struct zran_making {
    struct part out;
    struct deflater deflater;
    unsigned char *table; /* ZRAN_POINT bytes a point: 32 MB for a terabyte of content */
    size_t n, cap;
    bool failed;
    char message[600];
};

static void pack_point(unsigned char *e, const struct point *p)
{
    memset(e, 0, ZRAN_POINT);
    put_le(e, p->content, 6);
    put_le(e + 6, p->at, 6);
    put_le(e + 12, p->window, 6);
    put_le(e + 18, p->packed, 2);
    put_le(e + 20, p->window_len, 2);
    put_le(e + 22, (uint64_t)p->bits, 1);
    put_le(e + 24, p->crc, 4);
    put_le(e + 28, deflate_crc32(0, e, 28), 4);
}

struct zran_making *zran_making_new(pl_str path, char *message, size_t size)
{
    struct zran_making *m = calloc(1, sizeof *m);

    if (!m) {
        snprintf(message, size, "out of memory");
        return NULL;
    }
    if (part_open(&m->out, path) == PL_OK)
        return m;
    snprintf(message, size, "%s", m->out.message);
    zran_making_free(m);
    return NULL;
}

static void making_fault(struct zran_making *m, const char *what)
{
    if (!m->failed)
        snprintf(m->message, sizeof m->message, "%s", what);
    m->failed = true;
}

void zran_making_point(void *making, const struct archive_point *p)
{
    struct zran_making *m = making;
    unsigned char packed[MOST_PACKED];
    struct point pt = {.content = p->content, .at = p->at, .window = m->out.length, .window_len = p->window_len, .bits = p->bits};

    if (m->n == m->cap && !m->failed) {
        const size_t cap = m->cap ? m->cap * 2 : 64;
        unsigned char *table = realloc(m->table, cap * ZRAN_POINT);
        if (!table) {
            making_fault(m, "out of memory");
            return;
        }
        m->table = table;
        m->cap = cap;
    }
    if (m->failed)
        return;
    if (p->window_len &&
        (deflate_raw(&m->deflater, deflate_best(), LEVEL, (pl_str){(const char *)p->window, p->window_len}, packed,
                     sizeof packed, &pt.packed) != PL_OK ||
         pt.packed == 0)) {
        making_fault(m, "out of memory");
        return;
    }
    pt.crc = deflate_crc32(0, packed, pt.packed);
    if (pt.packed && part_append(&m->out, packed, pt.packed) != PL_OK) {
        making_fault(m, m->out.message);
        return;
    }
    pack_point(m->table + m->n++ * ZRAN_POINT, &pt);
}

int zran_making_end(struct zran_making *m, uint64_t content_len, uint64_t archive_len, uint32_t archive_crc, uint32_t tail_crc,
                    char *message, size_t size)
{
    unsigned char foot[ZRAN_FOOT] = ZRAN_MAGIC;

    put_le(foot + FOOT_POINTS, m->n, 8);
    put_le(foot + FOOT_TABLE, m->out.length, 8);
    put_le(foot + FOOT_CONTENT, content_len, 8);
    put_le(foot + FOOT_ARCHIVE, archive_len, 8);
    put_le(foot + FOOT_CRC, archive_crc, 4);
    put_le(foot + FOOT_TAIL_CRC, tail_crc, 4);
    put_le(foot + ZRAN_FOOT - 4, deflate_crc32(0, foot, ZRAN_FOOT - 4), 4);
    if (!m->failed && ((m->n && part_append(&m->out, m->table, m->n * ZRAN_POINT) != PL_OK) ||
                       part_append(&m->out, foot, sizeof foot) != PL_OK || part_sync(&m->out) != PL_OK))
        making_fault(m, m->out.message);
    if (m->failed)
        snprintf(message, size, "%s", m->message);
    return m->failed ? PL_ERROR : PL_OK;
}

int zran_making_publish(struct zran_making *m, char *message, size_t size)
{
    if (part_publish(&m->out) == PL_OK)
        return PL_OK;
    snprintf(message, size, "%s", m->out.message);
    return PL_ERROR;
}

uint64_t zran_making_length(const struct zran_making *m)
{
    return m->out.length;
}

void zran_making_free(struct zran_making *m)
{
    if (!m)
        return;
    if (m->out.part && m->out.fd >= 0 && !m->out.published)
        unlink(m->out.part);
    part_close(&m->out);
    deflater_done(&m->deflater);
    free(m->table);
    free(m);
}

/* ---- reading ---- */

struct archive_zran {
    int fd; /* of the index */
    char *path;
    uint64_t n_points, table, content_len, archive_len;
    uint32_t archive_crc, tail_crc;
    struct inflater inflater;

    z_stream z; /* goes on at `content`, fed from the archive at `at` */
    bool ready, raw, reached_end;
    uint64_t content, at;
    unsigned char in[PIECE], scratch[WINDOW];
};

static ssize_t read_at(int fd, void *to, size_t n, uint64_t at)
{
    size_t done = 0;

    while (done < n) {
        const ssize_t got = pread(fd, (char *)to + done, n - done, (off_t)(at + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

static bool take_foot(struct archive_zran *z, uint64_t file_len, const unsigned char *foot)
{
    z->n_points = get_le(foot + FOOT_POINTS, 8);
    z->table = get_le(foot + FOOT_TABLE, 8);
    z->content_len = get_le(foot + FOOT_CONTENT, 8);
    z->archive_len = get_le(foot + FOOT_ARCHIVE, 8);
    z->archive_crc = (uint32_t)get_le(foot + FOOT_CRC, 4);
    z->tail_crc = (uint32_t)get_le(foot + FOOT_TAIL_CRC, 4);
    return memcmp(foot, ZRAN_MAGIC, 8) == 0 && get_le(foot + ZRAN_FOOT - 4, 4) == deflate_crc32(0, foot, ZRAN_FOOT - 4) &&
           z->n_points <= INDEX_MAX_OFFSET / ZRAN_POINT && z->table <= file_len &&
           z->table + z->n_points * ZRAN_POINT + ZRAN_FOOT == file_len && z->archive_len <= INDEX_MAX_OFFSET &&
           z->content_len <= INDEX_MAX_OFFSET && (z->n_points > 0 || z->content_len == 0);
}

static int damaged(const struct archive_zran *z, uint64_t at, char *message, size_t size)
{
    snprintf(message, size, "'%s' is damaged at byte %" PRIu64 ": " MAKE_ANEW, z->path, at);
    return PL_ERROR;
}

static int cannot_read(const char *path, char *message, size_t size)
{
    snprintf(message, size, "cannot read '%s': %s", path, strerror(errno));
    return PL_ERROR;
}

struct archive_zran *archive_zran_open(const char *path, bool *missing, char *message, size_t size)
{
    struct archive_zran *z = calloc(1, sizeof *z);
    unsigned char foot[ZRAN_FOOT];
    struct stat st;

    *missing = false;
    snprintf(message, size, "out of memory");
    if (!z)
        return NULL;
    z->path = strdup(path);
    z->fd = z->path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
    if (z->path && z->fd < 0) {
        *missing = errno == ENOENT;
        snprintf(message, size, "cannot open '%s': %s", path, strerror(errno));
    }
    if (z->fd < 0)
        goto failed;
    if (fstat(z->fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size < ZRAN_FOOT ||
        read_at(z->fd, foot, sizeof foot, (uint64_t)st.st_size - ZRAN_FOOT) != ZRAN_FOOT ||
        !take_foot(z, (uint64_t)st.st_size, foot)) {
        snprintf(message, size, "'%s' is no index of points, or is damaged at its end: " MAKE_ANEW, path);
        goto failed;
    }
    return z;
failed:
    archive_zran_close(z);
    return NULL;
}

void archive_zran_close(struct archive_zran *z)
{
    if (!z)
        return;
    if (z->ready)
        inflateEnd(&z->z);
    inflater_done(&z->inflater);
    if (z->fd >= 0)
        close(z->fd);
    free(z->path);
    free(z);
}

bool archive_zran_fits(const struct archive_zran *z, uint64_t archive_len, uint32_t archive_crc)
{
    return z->archive_len == archive_len && z->archive_crc == archive_crc;
}

static int load_point(struct archive_zran *z, uint64_t i, struct point *p, char *message, size_t size)
{
    unsigned char e[ZRAN_POINT];
    const uint64_t place = z->table + i * ZRAN_POINT;
    const ssize_t n = read_at(z->fd, e, sizeof e, place);

    if (n < 0)
        return cannot_read(z->path, message, size);
    *p = (struct point){get_le(e, 6), get_le(e + 6, 6), get_le(e + 12, 6), (size_t)get_le(e + 18, 2), (size_t)get_le(e + 20, 2),
                        e[22], (uint32_t)get_le(e + 24, 4)};
    if (n != ZRAN_POINT || get_le(e + 28, 4) != deflate_crc32(0, e, 28) || p->content > z->content_len ||
        p->at > z->archive_len || p->bits > 7 || (p->bits && p->at == 0) || p->window_len > WINDOW ||
        p->packed > MOST_PACKED || p->window + p->packed > z->table)
        return damaged(z, place, message, size);
    return PL_OK;
}

/* The last point that is not behind `offset`. */
static int find_point(struct archive_zran *z, uint64_t offset, struct point *p, char *message, size_t size)
{
    uint64_t lo = 0, hi = z->n_points;

    while (hi - lo > 1) {
        const uint64_t mid = lo + (hi - lo) / 2;
        if (load_point(z, mid, p, message, size) != PL_OK)
            return PL_ERROR;
        if (p->content <= offset)
            lo = mid;
        else
            hi = mid;
    }
    if (load_point(z, lo, p, message, size) != PL_OK)
        return PL_ERROR;
    return p->content <= offset ? PL_OK : damaged(z, z->table + lo * ZRAN_POINT, message, size);
}

static int load_window(struct archive_zran *z, const struct point *p, unsigned char window[WINDOW], char *message, size_t size)
{
    unsigned char packed[MOST_PACKED];
    size_t n_in = 0, n_out = 0;

    if (p->window_len == 0)
        return PL_OK;
    const ssize_t n = read_at(z->fd, packed, p->packed, p->window);
    if (n < 0)
        return cannot_read(z->path, message, size);
    if (n != (ssize_t)p->packed || deflate_crc32(0, packed, p->packed) != p->crc ||
        inflate_raw(&z->inflater, deflate_best(), (pl_str){(const char *)packed, p->packed}, window, p->window_len, &n_in, &n_out) != PL_OK ||
        n_out != p->window_len)
        return damaged(z, p->window, message, size);
    return PL_OK;
}

/* Readies z->z to go on at a point. */
static int go_to(struct archive_zran *z, int fd, const struct point *p, char *message, size_t size)
{
    unsigned char window[WINDOW], before;

    if (load_window(z, p, window, message, size) != PL_OK)
        return PL_ERROR;
    if (!z->ready && inflateInit2(&z->z, -15) != Z_OK) {
        snprintf(message, size, "out of memory");
        return PL_ERROR;
    }
    z->ready = z->raw = true;
    z->reached_end = false;
    z->content = p->content;
    z->at = p->at;
    z->z.avail_in = 0;
    if (inflateReset2(&z->z, -15) != Z_OK || (p->bits && read_at(fd, &before, 1, p->at - 1) != 1) ||
        (p->bits && inflatePrime(&z->z, p->bits, before >> (8 - p->bits)) != Z_OK) ||
        (p->window_len && inflateSetDictionary(&z->z, window, (uInt)p->window_len) != Z_OK)) {
        z->content = UINT64_MAX;
        return damaged(z, p->window, message, size);
    }
    return PL_OK;
}

/* More of the archive at hand. */
static int feed(struct archive_zran *z, int fd, char *message, size_t size)
{
    /* what is left, a member's tail that is not all there, goes to the front */
    const size_t left = z->z.avail_in;

    if (left)
        memmove(z->in, z->z.next_in, left);
    const ssize_t n = read_at(fd, z->in + left, sizeof z->in - left, z->at);
    if (n < 0)
        return cannot_read("the archive", message, size);
    z->z.next_in = z->in;
    z->z.avail_in = (uInt)left + (uInt)n;
    z->at += (uint64_t)n;
    return n == 0 ? PL_EOF : PL_OK;
}

/* Behind the end of a member's data: over its checksum and length, where those were not read with it, and padding, to the next. */
static int next_member(struct archive_zran *z, int fd, char *message, size_t size)
{
    size_t skip = z->raw ? 8 : 0;

    for (;;) {
        const size_t n = z->z.avail_in < skip ? z->z.avail_in : skip;
        z->z.next_in += n;
        z->z.avail_in -= (uInt)n;
        skip -= n;
        while (skip == 0 && z->z.avail_in && *z->z.next_in == 0) {
            z->z.next_in++;
            z->z.avail_in--;
        }
        if (z->z.avail_in)
            break;
        const int rc = feed(z, fd, message, size);
        if (rc == PL_EOF)
            z->reached_end = true;
        if (rc != PL_OK)
            return rc == PL_EOF ? PL_OK : rc;
    }
    z->raw = false;
    return inflateReset2(&z->z, 15 + 16) == Z_OK ? PL_OK : PL_ERROR;
}

/* `n` bytes from where z->z is into `to`. */
static int inflate_some(struct archive_zran *z, int fd, unsigned char *to, size_t n, char *message, size_t size)
{
    z->z.next_out = to;
    z->z.avail_out = (uInt)n;
    while (z->z.avail_out && !z->reached_end) {
        int rc = z->z.avail_in ? PL_OK : feed(z, fd, message, size);
        if (rc == PL_ERROR)
            return rc;
        const int got = rc == PL_EOF ? Z_BUF_ERROR : inflate(&z->z, Z_NO_FLUSH);
        if (got == Z_STREAM_END)
            rc = next_member(z, fd, message, size);
        else if (got != Z_OK)
            z->reached_end = true;
        if (rc == PL_ERROR)
            return rc;
    }
    z->content += n - z->z.avail_out;
    return z->z.avail_out ? PL_EOF : PL_OK;
}

int archive_zran_read(struct archive_zran *z, int fd, uint64_t offset, void *to, size_t n, char *message, size_t size)
{
    struct point p;
    int rc = PL_OK;

    if (offset > z->content_len || n > z->content_len - offset) {
        snprintf(message, size, "'%s' knows no byte %" PRIu64 " of the content", z->path, offset + n);
        return PL_ERROR;
    }
    if (n == 0)
        return PL_OK;
    if (find_point(z, offset, &p, message, size) != PL_OK)
        return PL_ERROR;
    /* Where the last read ended is as good a place to go on as the point, if it lies between. */
    if ((!z->ready || z->content > offset || z->content < p.content || z->reached_end) && go_to(z, fd, &p, message, size) != PL_OK)
        return PL_ERROR;
    while (rc == PL_OK && z->content < offset) {
        const uint64_t skip = offset - z->content;
        rc = inflate_some(z, fd, z->scratch, skip < sizeof z->scratch ? (size_t)skip : sizeof z->scratch, message, size);
    }
    for (size_t done = 0; rc == PL_OK && done < n;) {
        const size_t some = n - done < (1u << 30) ? n - done : 1u << 30;
        rc = inflate_some(z, fd, (unsigned char *)to + done, some, message, size);
        done += some;
    }
    if (rc == PL_EOF)
        snprintf(message, size, "the gzip data is damaged near byte %" PRIu64, z->at - z->z.avail_in);
    if (rc != PL_OK)
        z->content = UINT64_MAX; /* where it is now is nowhere */
    return rc == PL_OK ? PL_OK : PL_ERROR;
}

int archive_zran_verify(struct archive_zran *z, char *message, size_t size)
{
    struct point p, before = {0};
    unsigned char window[WINDOW];

    for (uint64_t i = 0; i < z->n_points; i++) {
        if (load_point(z, i, &p, message, size) != PL_OK || load_window(z, &p, window, message, size) != PL_OK)
            return PL_ERROR;
        if (p.window != (i ? before.window + before.packed : 0) ||
            (i ? p.content <= before.content || p.at <= before.at : p.content != 0))
            return damaged(z, z->table + i * ZRAN_POINT, message, size);
        before = p;
    }
    return before.window + before.packed == z->table ? PL_OK : damaged(z, z->table, message, size);
}
