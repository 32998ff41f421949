/* archive.c - a sink: records as lines in files, gzip'd in blocks that any gzip reader and bgzip read, with an index of them.
 *
 * process() makes a record's line, its row of the index and the name of its file.  commit() packs the lines, in order, into
 * blocks of even size; their borders cut lines, so that the blocks and with them the files are the same however the records
 * were batched.  The `then` pair compresses the blocks on all workers and appends them in order. */
#include "archive_bgzf.h"
#include "archive_cmd.h"
#include "archive_files.h"
#include "archive_index_file.h"
#include "archive_line.h"
#include "archive_name.h"
#include "archive_pack.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    MAX_FILES = 4096,   /* of one run: more than that are a mistake, or an attack */
    MAX_OPEN = 64,
    BUDGET = 8 << 20,   /* bytes held back for all files, which each checkpoint saves */
    NAME_MOST = 4096
};

struct config {
    pl_str path, block, compressor, format, formulas;
    pl_list fields;
    int64_t level;
    bool index;
};

/* `pack` belongs to commit(), `files` to the commit() of `then`; close() comes behind both. */
struct archive {
    struct archive_name name;
    pl_key field[NAME_FIELDS]; /* of the name */
    struct archive_form form;
    char *header;
    struct archive_pack pack;
    struct archive_files files;
    uint32_t blocks, content, written; /* metrics */
};

static const struct config *config_of(const pl_self *self)
{
    return self->config;
}

static int no_memory(pl_self *self)
{
    pl_log(self, PL_LOG_ERROR, NULL, "out of memory");
    return PL_FATAL;
}

/* What a call of archive_files.h answered, told. */
static int tell(pl_self *self, int rc)
{
    const struct archive *a = self->shared;

    if (rc == PL_OK)
        return PL_OK;
    pl_log(self, PL_LOG_ERROR, NULL, "%s", a->files.message);
    return PL_FATAL;
}

/* ---- opening ---- */

static bool is(pl_str s, const char *word)
{
    return s.len == strlen(word) && memcmp(s.ptr, word, s.len) == 0;
}

static bool ends_in(pl_str s, const char *end)
{
    const size_t n = strlen(end);

    return s.len >= n && memcmp(s.ptr + s.len - n, end, n) == 0;
}

static bool contains(pl_str s, const char *word)
{
    const size_t n = strlen(word);

    for (size_t i = 0; i + n <= s.len; i++)
        if (memcmp(s.ptr + i, word, n) == 0)
            return true;
    return false;
}

static int set_up_wrongly(pl_self *self, const char *why)
{
    pl_log(self, PL_LOG_ERROR, NULL, "%s", why);
    return PL_FATAL;
}

static int open_form(pl_self *self)
{
    static const pl_str usual[] = {{"id", 2},        {"url", 3},      {"site", 4},    {"title", 5}, {"byline", 6},
                                   {"published", 9}, {"language", 8}, {"section", 7}, {"text", 4}};
    const struct config *c = config_of(self);
    struct archive *a = self->shared;
    char why[512];

    a->form = (struct archive_form){.format = is(c->format, "csv")   ? ARCHIVE_CSV
                                              : is(c->format, "tsv") ? ARCHIVE_TSV
                                                                     : ARCHIVE_JSONL,
                                    .fields = c->fields,
                                    .guard = is(c->formulas, "guard")};
    if (a->form.format != ARCHIVE_JSONL && c->fields.n == 0)
        a->form.fields = (pl_list){usual, sizeof usual / sizeof *usual};
    if (!archive_form_check(&a->form, why, sizeof why))
        return set_up_wrongly(self, why);
    if (a->form.format != ARCHIVE_JSONL && contains(c->path, ".jsonl")) {
        snprintf(why, sizeof why, "`path` names a .jsonl, and `format` is %.*s: say path = \"${output}/articles.%.*s.gz\"",
                 (int)c->format.len, c->format.ptr, (int)c->format.len, c->format.ptr);
        return set_up_wrongly(self, why);
    }
    a->header = malloc(archive_form_most(&a->form, 0));
    if (!a->header)
        return no_memory(self), PL_RETRY;
    a->pack.header = (pl_str){a->header, archive_form_header(&a->form, a->header)};
    return PL_OK;
}

static int open_name(pl_self *self)
{
    struct archive *a = self->shared;
    size_t n = 0;
    char why[512];

    if (!archive_name_parse(&a->name, config_of(self)->path, why, sizeof why))
        return set_up_wrongly(self, why);
    if (archive_name_most(&a->name) > NAME_MOST)
        return set_up_wrongly(self, "`path` is too long");
    for (size_t i = 0; i < a->name.n_pieces; i++)
        if (a->name.piece[i].field.len)
            a->field[n++] = pl_intern(self, a->name.piece[i].field);
    return PL_OK;
}

static int open_files(pl_self *self)
{
    const struct config *c = config_of(self);
    struct archive *a = self->shared;
    struct archive_files *fs = &a->files;

    fs->name = &a->name;
    fs->by = is(c->compressor, "zlib") ? DEFLATE_ZLIB : is(c->compressor, "libdeflate") ? DEFLATE_LIBDEFLATE : deflate_best();
    if (!deflate_has(fs->by))
        return set_up_wrongly(self, "this program was built without libdeflate: compressor = \"zlib\" is what it has");
    fs->compressed = ends_in(c->path, ".gz") || ends_in(c->path, ".bgz");
    fs->index = c->index;
    fs->format = a->form.format;
    fs->start = a->pack.header.len;
    fs->max_open = MAX_OPEN;
    fs->max_files = a->name.has_fields ? MAX_FILES : 1;
    a->pack.block = is(c->block, "1m") ? 1 << 20 : is(c->block, "256k") ? 1 << 18 : BGZF_INPUT;
    a->pack.budget = BUDGET;
    a->pack.max_files = fs->max_files;
    const pl_str rows = c->index ? pl_state_file(self, PL_S("rows")) : PL_S("");
    const int rc = tell(self, archive_files_open(fs, rows.ptr ? rows : PL_S("")));
    return rc == PL_OK ? PL_OK : PL_RETRY;
}

static void open_metrics(pl_self *self)
{
    struct archive *a = self->shared;
    const char *by = a->files.compressed ? deflate_name(a->files.by) : "plain";
    char name[32];
    const int n = snprintf(name, sizeof name, "blocks_%s", by);

    a->blocks = pl_metric(self, (pl_str){name, (size_t)n}, PL_S("blocks written, by what compressed them"));
    a->content = pl_metric(self, PL_S("bytes_content"), PL_S("bytes of lines"));
    a->written = pl_metric(self, PL_S("bytes_written"), PL_S("bytes of the files"));
}

static int archive_open(pl_self *self)
{
    struct archive *a = calloc(1, sizeof *a);
    int rc;

    self->shared = a;
    if (!a)
        return no_memory(self), PL_RETRY;
    rc = open_name(self);
    if (rc == PL_OK)
        rc = open_form(self);
    if (rc == PL_OK)
        rc = open_files(self);
    if (rc == PL_OK)
        open_metrics(self);
    if (rc == PL_OK && !a->name.has_fields && archive_pack_begin(&a->pack, PL_S("")) != PL_OK)
        return no_memory(self), PL_RETRY;
    return rc;
}

static int archive_worker_open(pl_self *self)
{
    self->worker = calloc(1, sizeof(struct deflater));
    return self->worker ? PL_OK : no_memory(self);
}

static void archive_worker_close(pl_self *self)
{
    if (self->worker)
        deflater_done(self->worker);
    free(self->worker);
    self->worker = NULL;
}

/* ---- records into blocks ---- */

/* The text of a field, of a number or a truth value too; of a list its first. */
static pl_str text_of(pl_self *self, pl_record *r, pl_key key, char some[32])
{
    const pl_type type = pl_typeof(self, r, key);
    int64_t i;
    bool b;

    if (type == PL_STR)
        return pl_get(self, r, key);
    if (type == PL_STRS) {
        const pl_list list = pl_get_list(self, r, key);
        return list.n ? list.at[0] : (pl_str){NULL, 0};
    }
    if (type == PL_I64 && pl_get_i64(self, r, key, &i))
        return (pl_str){some, (size_t)snprintf(some, 32, "%" PRId64, i)};
    if (type == PL_BOOL && pl_get_bool(self, r, key, &b))
        return b ? PL_S("true") : PL_S("false");
    return (pl_str){NULL, 0};
}

static size_t put_name(pl_self *self, pl_record *r, char name[NAME_MOST])
{
    const struct archive *a = self->shared;
    char some[NAME_FIELDS][32];
    pl_str value[NAME_FIELDS];

    if (!a->name.has_fields)
        return 0;
    for (size_t i = 0, n = 0; i < a->name.n_pieces; i++)
        if (a->name.piece[i].field.len) {
            value[n] = text_of(self, r, a->field[n], some[n]);
            n++;
        }
    return archive_name_put(&a->name, value, name);
}

/* A row, the length of the file's name in four bytes, the name, the line. */
enum { NAME_LEN = ARCHIVE_ROW, NAME = NAME_LEN + 4 };

static int archive_process(pl_self *self, pl_record *r)
{
    const struct archive *a = self->shared;
    const pl_str json = pl_to_json(self, r);
    char name[NAME_MOST];
    const size_t most = archive_form_most(&a->form, json.len), n = put_name(self, r, name);

    if (!json.ptr || most > UINT32_MAX)
        return PL_NOMEM;
    char *at = pl_alloc(self, r, NAME + n + most);
    if (!at)
        return PL_NOMEM;
    char *line = at + NAME + n;
    const size_t len = archive_form_line(&a->form, json, line);
    const struct archive_row row = {{archive_key(ARCHIVE_ID, pl_get(self, r, PL_ID)),
                                     archive_key(ARCHIVE_URL, pl_get(self, r, PL_CANONICAL_URL)),
                                     archive_key(ARCHIVE_URL, pl_get(self, r, PL_URL))},
                                    (uint32_t)len,
                                    a->files.index ? deflate_crc32(0, line, len) : 0};
    archive_row_put((unsigned char *)at, &row);
    put_le((unsigned char *)at + NAME_LEN, n, 4);
    memcpy(at + NAME, name, n);
    return pl_set_private(self, r, (pl_str){at, NAME + n + len});
}

struct emitter {
    pl_self *self;
    pl_record *parent;
};

/* Sends the block on to `then`. */
static int emit_block(void *arg, const struct archive_block *b)
{
    const struct emitter *e = arg;
    const size_t head = archive_block_head(b);
    pl_record *r = pl_emit(e->self, e->parent);
    char *copy = r ? pl_alloc(e->self, r, head + b->bytes.len) : NULL;

    if (!copy)
        return PL_NOMEM;
    archive_block_put(b, copy);
    memcpy(copy + head, b->bytes.ptr, b->bytes.len);
    return pl_set_private(e->self, r, (pl_str){copy, head + b->bytes.len});
}

static struct archive_pack *pack_for(pl_self *self, struct emitter *e, pl_record *parent)
{
    struct archive *a = self->shared;

    *e = (struct emitter){self, parent};
    a->pack.emit = emit_block;
    a->pack.arg = e;
    return &a->pack;
}

static int archive_commit(pl_self *self, pl_record *r)
{
    const struct archive *a = self->shared;
    const pl_str bytes = pl_get_private(self, r);
    const unsigned char *at = (const unsigned char *)bytes.ptr;
    struct emitter e;

    if (bytes.len < NAME || get_le(at + NAME_LEN, 4) > bytes.len - NAME)
        return no_memory(self);
    const size_t n = (size_t)get_le(at + NAME_LEN, 4);
    const pl_str name = {bytes.ptr + NAME, n}, line = {name.ptr + n, bytes.len - NAME - n};
    const int rc = archive_pack_add(pack_for(self, &e, r), name, a->files.index ? at : NULL, line);
    if (rc == PL_AGAIN)
        pl_fail(self, r, "too-many-files", "'%.*s' would be one more file than the %d that a run may write", (int)n, name.ptr,
                MAX_FILES);
    return rc == PL_OK || rc == PL_AGAIN ? PL_OK : no_memory(self);
}

static int archive_finish(pl_self *self)
{
    struct emitter e;

    return archive_pack_finish(pack_for(self, &e, NULL)) == PL_OK ? PL_OK : no_memory(self);
}

/* Blocks that are not full are saved, not written: a checkpoint must not change what the files become. */
static int archive_checkpoint(pl_self *self, uint64_t n)
{
    const struct archive *a = self->shared;
    const pl_str saved = archive_pack_save(&a->pack);

    (void)n;
    const int rc = saved.ptr ? pl_save(self, saved) : no_memory(self);
    free((char *)(uintptr_t)saved.ptr);
    return rc;
}

static int archive_restore(pl_self *self, uint64_t n, pl_str saved)
{
    struct archive *a = self->shared;
    const int rc = archive_pack_restore(&a->pack, saved);

    (void)n;
    if (rc == PL_NOMEM)
        return no_memory(self), PL_RETRY;
    if (rc != PL_OK)
        return set_up_wrongly(self, "the saved blocks cannot be read: begin anew with --restart");
    if (!a->name.has_fields && archive_pack_begin(&a->pack, PL_S("")) != PL_OK)
        return no_memory(self), PL_RETRY;
    return PL_OK;
}

/* ---- blocks into files ---- */

static int pack_block(struct archive *a, struct deflater *d, int level, const struct archive_block *b, char *out, size_t *n)
{
    const size_t head = archive_block_head(b);

    archive_block_put(b, out);
    const int rc = bgzf_compress(d, a->files.by, level, b->bytes, (unsigned char *)out + head, n);
    *n += head;
    return rc;
}

static int block_process(pl_self *self, pl_record *block)
{
    struct archive *a = self->shared;
    struct archive_block b;
    size_t n;

    if (!archive_block_get(pl_get_private(self, block), &b))
        return no_memory(self);
    if (!a->files.compressed)
        return PL_OK;
    char *out = pl_alloc(self, block, archive_block_head(&b) + bgzf_bound(b.bytes.len));
    if (!out || pack_block(a, self->worker, (int)config_of(self)->level, &b, out, &n) != PL_OK)
        return no_memory(self);
    return pl_set_private(self, block, (pl_str){out, n});
}

static int block_commit(pl_self *self, pl_record *block)
{
    struct archive *a = self->shared;
    struct archive_block b;

    if (!archive_block_get(pl_get_private(self, block), &b))
        return no_memory(self);
    if (tell(self, archive_files_append(&a->files, &b)) != PL_OK)
        return PL_FATAL;
    pl_count(self, a->blocks, 1);
    pl_count(self, a->content, b.content);
    pl_count(self, a->written, b.bytes.len);
    return PL_OK;
}

static int block_finish(pl_self *self)
{
    struct archive *a = self->shared;

    return tell(self, archive_files_end(&a->files));
}

static int block_checkpoint(pl_self *self, uint64_t n)
{
    struct archive *a = self->shared;
    pl_str saved;

    (void)n;
    if (tell(self, archive_files_checkpoint(&a->files, &saved)) != PL_OK)
        return PL_FATAL;
    const int rc = pl_save(self, saved);
    free((char *)(uintptr_t)saved.ptr);
    return rc;
}

static void block_committed(pl_self *self, uint64_t n, bool last)
{
    struct archive *a = self->shared;

    (void)n;
    if (last)
        tell(self, archive_files_publish(&a->files));
}

static int block_restore(pl_self *self, uint64_t n, pl_str saved)
{
    struct archive *a = self->shared;

    (void)n;
    if (tell(self, archive_files_restore(&a->files, saved)) == PL_OK)
        return PL_OK;
    return a->files.machine ? PL_RETRY : PL_FATAL;
}

/* ---- the end ---- */

/* Whether there is something to be left: blocks that were written, or lines; and none of it published. */
static bool is_torn(const struct archive *a)
{
    bool any = false;

    for (size_t i = 0; i < a->files.names.n; i++) {
        const struct archive_file *f = a->files.file ? a->files.file[i] : NULL;
        if (!f) /* there was no memory for it */
            continue;
        if (f->part.published || !f->part.part)
            return false;
        any = any || f->part.length;
    }
    for (size_t i = 0; i < a->pack.names.n; i++)
        any = any || a->pack.file[i].len > a->pack.header.len;
    return any && !a->files.ended;
}

static int append_rest(pl_self *self, struct archive *a, struct deflater *d, size_t i)
{
    struct archive_block b = archive_pack_rest(&a->pack, i);
    const size_t bound = bgzf_bound(b.bytes.len);
    unsigned char *out = malloc(bound);
    size_t n = 0;
    int rc = PL_OK;

    if (!out || (a->files.compressed && bgzf_compress(d, a->files.by, (int)config_of(self)->level, b.bytes, out, &n) != PL_OK))
        rc = no_memory(self);
    if (rc == PL_OK && a->files.compressed)
        b.bytes = (pl_str){(const char *)out, n};
    if (rc == PL_OK)
        rc = tell(self, archive_files_append(&a->files, &b));
    free(out);
    return rc;
}

/* A run that was stopped: what there is becomes files that can be read to their end, under their .part names.  After
 * an error blocks may have been lost on their way, and those in hand would not join on to what is written. */
static void close_torn(pl_self *self, struct archive *a)
{
    const uint64_t n_appended = a->files.n_appended;
    struct deflater d = {0};
    int rc = PL_OK;

    for (size_t i = 0; i < a->pack.names.n && rc == PL_OK && a->pack.n_emitted == n_appended; i++)
        if (a->pack.file[i].len)
            rc = append_rest(self, a, &d, i);
    deflater_done(&d);
    if (rc == PL_OK)
        tell(self, archive_files_end(&a->files));
}

static void archive_close(pl_self *self)
{
    struct archive *a = self->shared;

    if (!a)
        return;
    if (is_torn(a))
        close_torn(self, a);
    tell(self, archive_files_close(&a->files));
    archive_pack_done(&a->pack);
    free(a->header);
    free(a);
    self->shared = NULL;
}

static const pl_option options[] = {
    PL_OPTION(struct config, path, "${output}/articles.jsonl.gz",
              "the file to write, compressed where it ends in .gz; or many: {site}/{published:%Y-%m}.jsonl.gz", .unit = "output"),
    PL_OPTION(struct config, level, "6", "how hard to compress: 1 is fast, 9 is small", .min = 1, .max = 9),
    PL_OPTION(struct config, block, "64k", "what is compressed at a time; more is smaller, and slower to read from",
              .choices = "64k|256k|1m"),
    PL_OPTION(struct config, compressor, "auto", "who compresses: their bytes differ; auto is the quickest there is",
              .choices = "auto|zlib|libdeflate"),
    PL_OPTION(struct config, index, "true", "whether to write PATH.idx and PATH.gzi, to read single records"),
    PL_OPTION(struct config, format, "jsonl", "what the lines are", .choices = "jsonl|csv|tsv"),
    PL_OPTION(struct config, fields, "", "the fields to write, in order; none: all, and of CSV and TSV some", .unit = "field"),
    PL_OPTION(struct config, formulas, "guard", "CSV and TSV text that a spreadsheet would take for a formula: put a ' before it",
              .choices = "guard|keep"),
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

PL_PLUGIN("archive", "write records as gzip'd JSONL, or CSV, under its final name once it is whole",
          .version = "1.1", .license = "Apache-2.0", .flags = PL_SINK, .options = options,
          .config_size = sizeof(struct config), .commands = archive_commands, .open = archive_open,
          .worker_open = archive_worker_open, .process = archive_process, .commit = archive_commit,
          .finish = archive_finish, .checkpoint = archive_checkpoint, .restore = archive_restore,
          .worker_close = archive_worker_close, .close = archive_close, .then = &blocks)
