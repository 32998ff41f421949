/* archive.c - a sink: records as gzip'd JSONL, in blocks that any gzip reader and bgzip read.
 *
 * process() makes a record's line.  commit() packs the lines, in order, into
 * blocks of even size; their borders cut lines, so that the blocks and with
 * them the file are the same however the records were batched.  The `then`
 * pair compresses the blocks on all workers and appends them in order. */
#include "archive_bgzf.h"
#include "archive_cmd.h"
#include "../shared/part.h"

#include <stdlib.h>

struct config {
    pl_str path;
    int64_t level;
};

/* `block` and `n_packed` belong to commit(), `part` and `n_appended` to the commit() of `then`; close() comes behind
 * both. */
struct archive {
    unsigned char block[BGZF_INPUT];
    size_t len;
    uint64_t n_packed;
    struct part part;
    uint64_t n_appended;
    bool ended; /* the end marker is written */
};

static int level_of(const pl_self *self)
{
    return (int)((const struct config *)self->config)->level;
}

static int no_memory(pl_self *self)
{
    pl_log(self, PL_LOG_ERROR, NULL, "out of memory");
    return PL_FATAL;
}

/* What a call of archive_part.h answered, told. */
static int tell(pl_self *self, int rc)
{
    const struct archive *a = self->shared;

    if (rc == PL_OK)
        return PL_OK;
    pl_log(self, PL_LOG_ERROR, NULL, "%s", a->part.message);
    return PL_FATAL;
}

static int archive_open(pl_self *self)
{
    struct archive *a = calloc(1, sizeof *a);

    if (!a) {
        no_memory(self);
        return PL_RETRY;
    }
    a->part.fd = -1;
    self->shared = a;
    return tell(self, part_open(&a->part, ((const struct config *)self->config)->path)) == PL_OK ? PL_OK : PL_RETRY;
}

static int archive_worker_open(pl_self *self)
{
    self->worker = calloc(1, sizeof(struct bgzf));
    return self->worker ? PL_OK : no_memory(self);
}

static void archive_worker_close(pl_self *self)
{
    if (self->worker)
        bgzf_done(self->worker);
    free(self->worker);
    self->worker = NULL;
}

/* ---- records into blocks ---- */

static int archive_process(pl_self *self, pl_record *r)
{
    const pl_str line = pl_to_json(self, r);

    return line.ptr ? pl_set_private(self, r, line) : PL_NOMEM;
}

/* Sends the block on to `then`. */
static int emit_block(pl_self *self, pl_record *parent)
{
    struct archive *a = self->shared;
    pl_record *r = pl_emit(self, parent);
    char *copy = r ? pl_alloc(self, r, a->len) : NULL;

    if (!copy)
        return no_memory(self);
    memcpy(copy, a->block, a->len);
    if (pl_set_private(self, r, (pl_str){copy, a->len}) != PL_OK)
        return no_memory(self);
    a->len = 0;
    a->n_packed++;
    return PL_OK;
}

static int pack(pl_self *self, pl_record *r, pl_str bytes)
{
    struct archive *a = self->shared;

    while (bytes.len) {
        const size_t room = sizeof a->block - a->len, n = bytes.len < room ? bytes.len : room;
        memcpy(a->block + a->len, bytes.ptr, n);
        a->len += n;
        bytes = (pl_str){bytes.ptr + n, bytes.len - n};
        if (a->len == sizeof a->block && emit_block(self, r) != PL_OK)
            return PL_FATAL;
    }
    return PL_OK;
}

static int archive_commit(pl_self *self, pl_record *r)
{
    return pack(self, r, pl_get_private(self, r)) == PL_OK ? pack(self, r, PL_S("\n")) : PL_FATAL;
}

static int archive_finish(pl_self *self)
{
    const struct archive *a = self->shared;

    return a->len ? emit_block(self, NULL) : PL_OK;
}

/* The block that is not full is saved, not written: a checkpoint must not change what the file becomes. */
static int archive_checkpoint(pl_self *self, uint64_t n)
{
    const struct archive *a = self->shared;

    (void)n;
    return pl_save(self, (pl_str){(const char *)a->block, a->len});
}

static int archive_restore(pl_self *self, uint64_t n, pl_str saved)
{
    struct archive *a = self->shared;

    (void)n;
    if (saved.len >= sizeof a->block) {
        pl_log(self, PL_LOG_ERROR, NULL, "the saved block is too long: begin anew with --restart");
        return PL_FATAL;
    }
    if (saved.len)
        memcpy(a->block, saved.ptr, saved.len);
    a->len = saved.len;
    return PL_OK;
}

/* ---- blocks into the file ---- */

static int block_process(pl_self *self, pl_record *block)
{
    unsigned char *out = pl_alloc(self, block, BGZF_BLOCK);
    size_t n;

    if (!out || bgzf_compress(self->worker, level_of(self), pl_get_private(self, block), out, &n) != PL_OK)
        return no_memory(self);
    return pl_set_private(self, block, (pl_str){(const char *)out, n});
}

static int block_commit(pl_self *self, pl_record *block)
{
    struct archive *a = self->shared;
    const pl_str bytes = pl_get_private(self, block);
    const int rc = tell(self, part_append(&a->part, bytes.ptr, bytes.len));

    a->n_appended += rc == PL_OK;
    return rc;
}

static int block_finish(pl_self *self)
{
    struct archive *a = self->shared;
    const int rc = tell(self, part_append(&a->part, bgzf_end, sizeof bgzf_end));

    a->ended = rc == PL_OK;
    return rc;
}

static int block_checkpoint(pl_self *self, uint64_t n)
{
    struct archive *a = self->shared;
    char saved[64];

    (void)n;
    if (tell(self, part_sync(&a->part)) != PL_OK)
        return PL_FATAL;
    const int len = snprintf(saved, sizeof saved, "%llu %08lx", (unsigned long long)a->part.length,
                             (unsigned long)a->part.crc);
    return pl_save(self, (pl_str){saved, (size_t)len});
}

static void block_committed(pl_self *self, uint64_t n, bool last)
{
    struct archive *a = self->shared;

    (void)n;
    if (last)
        tell(self, part_publish(&a->part));
}

/* "LENGTH CRC": what is durable of the file, and its CRC-32 in hex. */
static int block_restore(pl_self *self, uint64_t n, pl_str saved)
{
    struct archive *a = self->shared;
    char text[64];
    unsigned long long length;
    unsigned long crc;
    int end = -1;

    (void)n;
    snprintf(text, sizeof text, "%.*s", (int)(saved.len < sizeof text ? saved.len : sizeof text - 1), saved.ptr);
    if (sscanf(text, "%19llu %8lx%n", &length, &crc, &end) != 2 || end != (int)saved.len || length > INT64_MAX) {
        pl_log(self, PL_LOG_ERROR, NULL, "the saved length of the archive cannot be read: begin anew with --restart");
        return PL_FATAL;
    }
    if (tell(self, part_restore(&a->part, length, (uint32_t)crc)) == PL_OK)
        return PL_OK;
    return a->part.machine ? PL_RETRY : PL_FATAL;
}

/* ---- the end ---- */

/* A run that was stopped: what there is becomes a gzip file that can be read to its end, under its .part name.  After
 * an error blocks may have been lost on their way, and the block in hand would not join on to what is written. */
static int close_torn(pl_self *self, struct archive *a)
{
    struct bgzf b = {0};
    unsigned char out[BGZF_BLOCK];
    size_t n = 0;
    int rc = PL_OK;

    if (a->len && a->n_packed == a->n_appended)
        rc = bgzf_compress(&b, level_of(self), (pl_str){(const char *)a->block, a->len}, out, &n);
    bgzf_done(&b);
    if (rc == PL_OK && n)
        rc = part_append(&a->part, out, n);
    return rc == PL_OK ? part_append(&a->part, bgzf_end, sizeof bgzf_end) : rc;
}

static void archive_close(pl_self *self)
{
    struct archive *a = self->shared;

    if (!a)
        return;
    if (!a->ended && !a->part.published && a->part.part && (a->part.length || a->len))
        tell(self, close_torn(self, a));
    tell(self, part_close(&a->part));
    free(a);
    self->shared = NULL;
}

static const pl_option options[] = {
    PL_OPTION(struct config, path, "${output}/articles.jsonl.gz", "the file to write", .unit = "output"),
    PL_OPTION(struct config, level, "6", "how hard to compress: 1 is fast, 9 is small", .min = 1, .max = 9),
    PL_END,
};

static const pl_plugin blocks = {
    .size = sizeof blocks,
    .minor = PL_USE_MINOR,
    .option_size = sizeof(pl_option),
    .name = "archive",
    .about = "compress blocks and append them",
    .process = block_process,
    .commit = block_commit,
    .finish = block_finish,
    .checkpoint = block_checkpoint,
    .committed = block_committed,
    .restore = block_restore,
};

PL_PLUGIN("archive", "write records as gzip'd JSONL, under its final name once it is whole",
          .version = "1.0", .license = "Apache-2.0", .flags = PL_SINK, .options = options,
          .config_size = sizeof(struct config), .commands = archive_commands, .open = archive_open,
          .worker_open = archive_worker_open, .process = archive_process, .commit = archive_commit,
          .finish = archive_finish, .checkpoint = archive_checkpoint, .restore = archive_restore,
          .worker_close = archive_worker_close, .close = archive_close, .then = &blocks)
