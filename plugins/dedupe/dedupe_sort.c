/* dedupe_sort.c - pairs of numbers, more than memory holds, in ascending order.
 *
 * One block of memory is first where pairs are collected and sorted (digit by
 * digit, which needs it twice), then what the pieces are read through. */
#include "dedupe_sort.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pressline.h"

enum {
    DIGITS = 16,          /* bytes of a pair */
    LEAST_MEMORY = 1 << 16,
    FEW = 32,             /* so few are sorted by insertion */
    LEAST_READ = 256,     /* pairs read at once of one piece, at the least */
    MOST_PIECES = 4096    /* merged at once */
};

struct piece {
    uint64_t at, n; /* pairs into the file, and how many */
};

/* A piece that is being read. */
struct source {
    struct dedupe_pair *buf, head; /* head: the next one of it */
    size_t len, used;              /* of buf */
    uint64_t at, left;             /* in the file behind buf */
};

struct dedupe_sort {
    char *folder;
    int fd; /* the pieces; -1: none yet */
    uint64_t end, count;
    struct piece *piece;
    size_t n_pieces, cap_pieces;
    struct dedupe_pair *memory, *spare; /* `cap` pairs each, one block */
    size_t cap, n;
    bool in_row; /* the last piece is a row that goes on in `row` */
    struct dedupe_pair row[LEAST_READ], last;
    size_t n_row;
    struct source *source; /* a heap, the least head first */
    size_t n_sources;
    bool begun;
    size_t next; /* where all is in memory */
    char message[512];
};

static int fault(struct dedupe_sort *s, const char *doing)
{
    snprintf(s->message, sizeof s->message, "cannot %s a temporary file in '%s': %s", doing, s->folder, strerror(errno));
    return PL_ERROR;
}

static int no_memory(struct dedupe_sort *s)
{
    snprintf(s->message, sizeof s->message, "out of memory");
    return PL_NOMEM;
}

/* ---- files ---- */

int dedupe_scratch_file(const char *folder)
{
    char path[4096];
    int fd;

    if (snprintf(path, sizeof path, "%s/pressline-dedupe-XXXXXX", folder) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    do
        fd = mkstemp(path);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return -1;
    unlink(path);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
}

int dedupe_pread_all(int fd, void *to, size_t n, uint64_t offset)
{
    char *at = to;

    while (n) {
        const ssize_t got = pread(fd, at, n, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got < 0 ? errno : EIO;
            return -1;
        }
        at += got;
        n -= (size_t)got;
        offset += (uint64_t)got;
    }
    return 0;
}

int dedupe_pwrite_all(int fd, const void *from, size_t n, uint64_t offset)
{
    const char *at = from;

    while (n) {
        const ssize_t put = pwrite(fd, at, n, (off_t)offset);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0) {
            errno = put < 0 ? errno : ENOSPC;
            return -1;
        }
        at += put;
        n -= (size_t)put;
        offset += (uint64_t)put;
    }
    return 0;
}

/* ---- making pieces ---- */

struct dedupe_sort *dedupe_sort_new(size_t memory, const char *folder)
{
    struct dedupe_sort *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->fd = -1;
    s->cap = (memory > LEAST_MEMORY ? memory : LEAST_MEMORY) / (2 * sizeof s->memory[0]);
    s->folder = strdup(folder);
    s->memory = malloc(2 * s->cap * sizeof s->memory[0]);
    if (!s->folder || !s->memory) {
        dedupe_sort_free(s);
        return NULL;
    }
    s->spare = s->memory + s->cap;
    return s;
}

void dedupe_sort_free(struct dedupe_sort *s)
{
    if (!s)
        return;
    if (s->fd >= 0)
        close(s->fd);
    /* sorting may have swapped the two halves */
    free(s->memory < s->spare || !s->spare ? s->memory : s->spare);
    free(s->folder);
    free(s->piece);
    free(s->source);
    free(s);
}

static unsigned digit(struct dedupe_pair p, unsigned d)
{
    return (unsigned)((d < 8 ? p.b >> 8 * d : p.a >> 8 * (d - 8)) & 255);
}

static void sort_few(struct dedupe_pair *p, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const struct dedupe_pair x = p[i];
        size_t j = i;
        for (; j > 0 && dedupe_pair_less(x, p[j - 1]); j--)
            p[j] = p[j - 1];
        p[j] = x;
    }
}

/* Sorts what is in memory; digits that all have in common are passed over. */
static void sort_memory(struct dedupe_sort *s)
{
    size_t count[DIGITS][256] = {{0}};

    if (s->n <= FEW) {
        sort_few(s->memory, s->n);
        return;
    }
    for (size_t i = 0; i < s->n; i++)
        for (unsigned d = 0; d < DIGITS; d++)
            count[d][digit(s->memory[i], d)]++;
    for (unsigned d = 0; d < DIGITS; d++) {
        size_t at = 0;
        if (count[d][digit(s->memory[0], d)] == s->n)
            continue;
        for (unsigned v = 0; v < 256; v++) {
            const size_t n = count[d][v];
            count[d][v] = at;
            at += n;
        }
        for (size_t i = 0; i < s->n; i++)
            s->spare[count[d][digit(s->memory[i], d)]++] = s->memory[i];
        struct dedupe_pair *sorted = s->spare;
        s->spare = s->memory;
        s->memory = sorted;
    }
}

static int new_piece(struct dedupe_sort *s)
{
    if (s->fd < 0 && (s->fd = dedupe_scratch_file(s->folder)) < 0)
        return fault(s, "make");
    if (s->n_pieces == s->cap_pieces) {
        const size_t cap = s->cap_pieces ? 2 * s->cap_pieces : 64;
        struct piece *more = realloc(s->piece, cap * sizeof more[0]);
        if (!more)
            return no_memory(s);
        s->piece = more;
        s->cap_pieces = cap;
    }
    s->piece[s->n_pieces++] = (struct piece){.at = s->end};
    return PL_OK;
}

/* Behind the last piece. */
static int write_pairs(struct dedupe_sort *s, const struct dedupe_pair *p, size_t n)
{
    if (dedupe_pwrite_all(s->fd, p, n * sizeof p[0], s->end * sizeof p[0]) < 0)
        return fault(s, "write to");
    s->end += n;
    s->piece[s->n_pieces - 1].n += n;
    return PL_OK;
}

int dedupe_sort_row(struct dedupe_sort *s)
{
    const int rc = s->n_row ? write_pairs(s, s->row, s->n_row) : PL_OK;

    s->n_row = 0;
    s->in_row = false;
    return rc;
}

static int flush(struct dedupe_sort *s)
{
    int rc = dedupe_sort_row(s);

    if (s->n == 0 || rc != PL_OK)
        return rc;
    sort_memory(s);
    rc = new_piece(s);
    if (rc == PL_OK)
        rc = write_pairs(s, s->memory, s->n);
    s->n = 0;
    return rc;
}

int dedupe_sort_add(struct dedupe_sort *s, struct dedupe_pair p)
{
    const int rc = s->n == s->cap ? flush(s) : PL_OK;

    if (rc != PL_OK)
        return rc;
    s->memory[s->n++] = p;
    s->count++;
    return PL_OK;
}

int dedupe_sort_add_ascending(struct dedupe_sort *s, struct dedupe_pair p)
{
    int rc = PL_OK;

    if (s->in_row && dedupe_pair_less(p, s->last))
        rc = dedupe_sort_row(s);
    if (rc == PL_OK && !s->in_row)
        rc = new_piece(s);
    if (rc == PL_OK && s->n_row == LEAST_READ) {
        rc = write_pairs(s, s->row, s->n_row);
        s->n_row = 0;
    }
    if (rc != PL_OK)
        return rc;
    s->in_row = true;
    s->last = s->row[s->n_row++] = p;
    s->count++;
    return PL_OK;
}

/* ---- merging ---- */

/* The next head of a source: 1, 0 at its end. */
static int advance(struct dedupe_sort *s, struct source *from, size_t cap)
{
    if (from->used == from->len) {
        const size_t n = from->left < cap ? (size_t)from->left : cap;
        if (n == 0)
            return 0;
        if (dedupe_pread_all(s->fd, from->buf, n * sizeof from->buf[0], from->at * sizeof from->buf[0]) < 0)
            return fault(s, "read");
        from->at += n;
        from->left -= n;
        from->len = n;
        from->used = 0;
    }
    from->head = from->buf[from->used++];
    return 1;
}

static void sink(struct source *heap, size_t n, size_t i)
{
    const struct source moved = heap[i];

    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= n)
            break;
        if (child + 1 < n && dedupe_pair_less(heap[child + 1].head, heap[child].head))
            child++;
        if (!dedupe_pair_less(heap[child].head, moved.head))
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = moved;
}

/* The memory is shared out among so many pieces. */
static size_t share(const struct dedupe_sort *s, size_t pieces)
{
    return 2 * s->cap / pieces;
}

static struct dedupe_pair *block(const struct dedupe_sort *s)
{
    return s->memory < s->spare ? s->memory : s->spare;
}

/* Begins to read n pieces; one share of memory is left over for whoever writes. */
static int open_sources(struct dedupe_sort *s, const struct piece *piece, size_t n)
{
    const size_t cap = share(s, n + 1);

    free(s->source);
    s->source = calloc(n, sizeof s->source[0]);
    s->n_sources = 0;
    if (!s->source)
        return no_memory(s);
    for (size_t i = 0; i < n; i++) {
        struct source *from = &s->source[s->n_sources];
        *from = (struct source){.buf = block(s) + i * cap, .at = piece[i].at, .left = piece[i].n};
        const int rc = advance(s, from, cap);
        if (rc < 0)
            return rc;
        s->n_sources += rc == 1;
    }
    for (size_t i = s->n_sources / 2; i-- > 0;)
        sink(s->source, s->n_sources, i);
    return PL_OK;
}

/* The least pair of all sources, of `pieces` that there were: 1, 0 at their end. */
static int merge_next(struct dedupe_sort *s, size_t pieces, struct dedupe_pair *p)
{
    if (s->n_sources == 0)
        return 0;
    *p = s->source[0].head;
    const int rc = advance(s, &s->source[0], share(s, pieces + 1));
    if (rc < 0)
        return rc;
    if (rc == 0)
        s->source[0] = s->source[--s->n_sources];
    if (s->n_sources)
        sink(s->source, s->n_sources, 0);
    return 1;
}

/* Pieces i .. i + n of the old file become one at the end of the new one. */
static int merge_some(struct dedupe_sort *s, struct dedupe_sort *to, size_t i, size_t n)
{
    struct dedupe_pair *out = block(s) + n * share(s, n + 1), p;
    const size_t cap = share(s, n + 1);
    size_t len = 0;
    int got = 0;
    int rc = open_sources(s, s->piece + i, n);

    if (rc == PL_OK && (rc = new_piece(to)) != PL_OK)
        memcpy(s->message, to->message, sizeof s->message);
    while (rc == PL_OK && (got = merge_next(s, n, &p)) != 0) {
        rc = got < 0 ? got : PL_OK;
        if (rc == PL_OK && len == cap) {
            rc = write_pairs(to, out, len);
            len = 0;
        }
        out[len++] = p;
    }
    if (rc == PL_OK && len)
        rc = write_pairs(to, out, len);
    if (rc != PL_OK && !s->message[0])
        memcpy(s->message, to->message, sizeof s->message);
    return rc;
}

/* All pieces become fewer, in a new file. */
static int merge_level(struct dedupe_sort *s, size_t at_once)
{
    struct dedupe_sort to = {.folder = s->folder, .fd = -1};
    int rc = PL_OK;

    for (size_t i = 0; i < s->n_pieces && rc == PL_OK; i += at_once)
        rc = merge_some(s, &to, i, s->n_pieces - i < at_once ? s->n_pieces - i : at_once);
    if (rc == PL_OK) {
        close(s->fd);
        free(s->piece);
        s->fd = to.fd;
        s->end = to.end;
        s->piece = to.piece;
        s->n_pieces = to.n_pieces;
        s->cap_pieces = to.cap_pieces;
        return PL_OK;
    }
    if (to.fd >= 0)
        close(to.fd);
    free(to.piece);
    return rc;
}

int dedupe_sort_begin(struct dedupe_sort *s)
{
    int rc = dedupe_sort_row(s);
    size_t at_once = 2 * s->cap / LEAST_READ - 1;

    s->begun = true;
    if (rc != PL_OK)
        return rc;
    if (s->n_pieces == 0) {
        sort_memory(s);
        return PL_OK;
    }
    at_once = at_once > MOST_PIECES ? MOST_PIECES : at_once;
    rc = flush(s);
    while (rc == PL_OK && s->n_pieces > at_once)
        rc = merge_level(s, at_once);
    return rc == PL_OK ? open_sources(s, s->piece, s->n_pieces) : rc;
}

int dedupe_sort_next(struct dedupe_sort *s, struct dedupe_pair *p)
{
    if (s->n_pieces)
        return merge_next(s, s->n_pieces, p);
    if (s->next == s->n)
        return 0;
    *p = s->memory[s->next++];
    return 1;
}

uint64_t dedupe_sort_count(const struct dedupe_sort *s)
{
    return s->count;
}

const char *dedupe_sort_message(const struct dedupe_sort *s)
{
    return s->message;
}
