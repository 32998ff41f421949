/* journal.c - what a run has done, as records that a kill can tear but not falsify. */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fileio.h"
#include "str.h"

/* magic 4, kind 4, run 8, number 8, length 8, CRC of the four 4, CRC of the payload 4; little-endian */
enum { MAGIC = 4, HEAD_CRC = 32, FRAME = JOURNAL_FRAME, ROTATE = 4 << 20 };
#define MAX_PAYLOAD ((uint64_t)1 << 30)

static const char magic[MAGIC] = {'P', 'L', 'J', '1'};

/* ---- reading ---- */

static uint64_t number(const char *at, size_t n)
{
    uint64_t v = 0;

    while (n-- > 0)
        v = v << 8 | (unsigned char)at[n];
    return v;
}

/* The frame at the start of `bytes`; its length, or 0. */
static size_t take_frame(pl_str bytes, struct journal_frame *f)
{
    if (bytes.len < FRAME || memcmp(bytes.ptr, magic, MAGIC) != 0 ||
        crc_of(0, str_sub(bytes, 0, HEAD_CRC)) != number(bytes.ptr + HEAD_CRC, 4))
        return 0;
    const uint64_t kind = number(bytes.ptr + 4, 4), len = number(bytes.ptr + 24, 8);
    if (kind < JOURNAL_RUN || kind > JOURNAL_END || len > MAX_PAYLOAD || len > bytes.len - FRAME)
        return 0;
    *f = (struct journal_frame){.kind = (enum journal_kind)kind,
                                .run = number(bytes.ptr + 8, 8),
                                .n = number(bytes.ptr + 16, 8),
                                .payload = str_sub(bytes, FRAME, FRAME + (size_t)len)};
    return crc_of(0, f->payload) == number(bytes.ptr + HEAD_CRC + 4, 4) ? FRAME + (size_t)len : 0;
}

static void take(struct journal_view *v, const struct journal_frame *f)
{
    if (f->kind == JOURNAL_RUN) {
        v->run = *f;
        v->first = v->checkpoint = v->end = (struct journal_frame){0};
        v->ended = v->lost = false;
        return;
    }
    if (f->run != v->run.run) {
        v->lost = true;
        return;
    }
    if (f->kind == JOURNAL_END) {
        v->ended = true;
        v->end = *f;
        return;
    }
    if (!v->first.kind)
        v->first = *f;
    v->checkpoint = *f;
}

void journal_scan(pl_str bytes, struct journal_view *view)
{
    *view = (struct journal_view){0};
    for (size_t at = 0; at < bytes.len;) {
        struct journal_frame f;
        const size_t n = take_frame(str_sub(bytes, at, bytes.len), &f);
        if (n == 0) {
            const char *next = memchr(bytes.ptr + at + 1, magic[0], bytes.len - at - 1);
            const size_t to = next ? (size_t)(next - bytes.ptr) : bytes.len;
            view->n_bad += to - at;
            at = to;
            continue;
        }
        take(view, &f);
        at += n;
        view->good = at;
    }
}

/* ---- writing ---- */

static int fail(struct journal *j, const char *what)
{
    if (!j->failed) {
        j->failed = what;
        j->error = errno;
    }
    return -1;
}

static void add_number(struct buf *b, uint64_t v, size_t n)
{
    for (; n-- > 0; v >>= 8)
        buf_addc(b, (char)(v & 0xFF));
}

static void add_frame(struct buf *b, const struct journal_frame *f)
{
    const size_t at = b->len;

    buf_add(b, (pl_str){magic, MAGIC});
    add_number(b, f->kind, 4);
    add_number(b, f->run, 8);
    add_number(b, f->n, 8);
    add_number(b, f->payload.len, 8);
    if (!b->failed)
        add_number(b, crc_of(0, str_sub(buf_view(b), at, b->len)), 4);
    add_number(b, crc_of(0, f->payload), 4);
    buf_add(b, f->payload);
}

int journal_open(struct journal *j, const char *path, uint64_t good, const struct journal_frame *begun)
{
    *j = (struct journal){.path = str_dup(str_of(path)), .fd = -1, .length = good};
    j->fd = file_open(path, O_RDWR | O_CREAT);
    if (j->fd < 0)
        return fail(j, "open");
    if (file_truncate(j->fd, good) != 0)
        return fail(j, "cut");
    if (begun) {
        add_frame(&j->begun, begun);
        j->n_frames = 2;
    }
    return folder_sync_of(path) != 0 ? fail(j, "sync the folder of") : 0;
}

/* The journal anew: the run's beginning and its newest frame. */
static int rotate(struct journal *j, pl_str frame)
{
    struct buf name = {0};
    int rc = -1;

    buf_addf(&name, "%s.new", j->path);
    const char *next = buf_cstr(&name);
    const int fd = file_open(next, O_RDWR | O_CREAT | O_TRUNC);
    if (fd < 0 || file_write(fd, buf_view(&j->begun)) != 0 || file_write(fd, frame) != 0 || file_sync(fd) != 0 ||
        rename(next, j->path) != 0 || folder_sync_of(j->path) != 0) {
        rc = fail(j, "write anew");
    } else {
        rc = 0;
        j->length = j->begun.len + frame.len;
        j->n_frames = 1;
    }
    if (fd >= 0) {
        const int old = rc == 0 ? j->fd : fd;
        close(old);
        j->fd = rc == 0 ? fd : j->fd;
    }
    buf_done(&name);
    return rc;
}

int journal_append(struct journal *j, const struct journal_frame *frame)
{
    struct buf b = {0};
    int rc = -1;

    if (j->failed)
        return -1;
    add_frame(&b, frame);
    if (b.failed) {
        errno = ENOMEM;
        rc = fail(j, "write");
        goto done;
    }
    if (frame->kind == JOURNAL_RUN) {
        buf_clear(&j->begun);
        buf_add(&j->begun, buf_view(&b));
        /* What earlier runs left is long enough to be written anew for, if this one should ever come to a checkpoint. */
        j->n_frames = 1;
    } else if (frame->kind == JOURNAL_CHECKPOINT && j->length + b.len > ROTATE && j->n_frames > 1) {
        rc = rotate(j, buf_view(&b));
        goto done;
    }
    if (file_write(j->fd, buf_view(&b)) != 0) {
        rc = fail(j, "write");
        /* What half-frame there is would be passed over, but need not stay. */
        file_truncate(j->fd, j->length);
        goto done;
    }
    rc = file_sync(j->fd) != 0 ? fail(j, "sync") : 0;
    j->length += b.len;
    j->n_frames++;
done:
    buf_done(&b);
    return rc;
}

int journal_cut(struct journal *j, uint64_t good)
{
    if (file_truncate(j->fd, good) != 0 || file_sync(j->fd) != 0)
        return fail(j, "cut");
    j->length = good;
    return 0;
}

void journal_close(struct journal *j)
{
    if (j->fd >= 0)
        close(j->fd);
    free(j->path);
    buf_done(&j->begun);
    *j = (struct journal){.fd = -1};
}
