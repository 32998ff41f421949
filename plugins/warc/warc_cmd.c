/* warc_cmd.c - `pressline warc ls | cat | verify | index`: what they do with one file or several. */
#include "warc_cmd.h"


#include "warc_cdxj.h"
#include "warc_cmd_put.h"
#include "warc_index.h"
#include "warc_open.h"
#include "warc_verify.h"

#include <stdlib.h>
#include <strings.h>

static bool is(pl_str s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

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

static bool going(const struct warc_cmd *c)
{
    return !c->out.closed && !c->out.failed;
}

/* Each file's records to `one`, which reads them and answers as warc_block(); PL_EOF from it: the next record. */
static void each(struct warc_cmd *c, int n, char **file, int (*one)(struct warc_cmd *, struct warc_reader *, void *),
                 void (*end)(struct warc_cmd *, const char *, void *), void *arg, bool resync)
{
    for (int i = 0; i < n && going(c); i++) {
        struct warc_file f;
        int rc = warc_file_open(&f, file[i], 0);
        while (rc == PL_OK && going(c)) {
            rc = warc_next(&f.reader);
            if (rc == PL_OK)
                rc = one(c, &f.reader, arg) == PL_ERROR ? PL_ERROR : PL_OK;
            if (rc == PL_ERROR) {
                tell(c, "%s", f.reader.message);
                rc = resync && warc_resync(&f.reader) ? PL_OK : PL_EOF;
            }
        }
        if (rc == PL_ERROR)
            tell(c, "%s", f.message);
        warc_file_close(&f);
        if (end)
            end(c, file[i], arg);
    }
    warc_out_flush(&c->out);
    if (c->out.failed)
        tell(c, "%s", c->out.message);
}

/* ---- ls ---- */

static int list(struct warc_cmd *c, struct warc_reader *r, void *arg)
{
    const int n = *(const int *)arg;

    if (n > 1) {
        warc_out_shown(&c->out, (pl_str){r->name, strlen(r->name)});
        warc_out_addf(&c->out, "\t");
    }
    warc_out_addf(&c->out, "%llu\t", (unsigned long long)r->offset);
    warc_out_shown(&c->out, r->type.len ? r->type : PL_S("-"));
    warc_out_addf(&c->out, "\t");
    warc_out_shown(&c->out, r->date.len ? r->date : PL_S("-"));
    warc_out_addf(&c->out, "\t%llu\t", (unsigned long long)r->block_length);
    warc_out_shown(&c->out, r->uri.len ? r->uri : PL_S("-"));
    warc_out_addf(&c->out, "\n");
    return PL_OK;
}

void warc_cmd_ls(struct warc_cmd *c, int n, char **file)
{
    each(c, n, file, list, NULL, &n, false);
}

/* ---- cat ---- */

static int put_block(struct warc_cmd *c, struct warc_reader *r)
{
    pl_str piece;
    int rc;

    while ((rc = warc_block(r, &piece)) == PL_OK)
        warc_out_add(&c->out, piece);
    return rc;
}

int warc_cmd_put(struct warc_cmd *c, struct warc_reader *r)
{
    if (!c->whole) {
        warc_http(r);
        return put_block(c, r);
    }
    warc_out_addf(&c->out, "WARC/%.*s\r\n", (int)(r->version.len < 16 ? r->version.len : 16), r->version.ptr);
    warc_out_add(&c->out, r->head);
    const int rc = put_block(c, r);
    warc_out_add(&c->out, PL_S("\r\n\r\n"));
    return rc;
}

static int put(struct warc_cmd *c, struct warc_reader *r, void *arg)
{
    (void)arg;
    return c->whole || is(r->type, "response") || is(r->type, "resource") ? warc_cmd_put(c, r) : PL_OK;
}

void warc_cmd_cat(struct warc_cmd *c, int n, char **file)
{
    each(c, n, file, put, NULL, NULL, false);
}

/* ---- verify ---- */

struct tally {
    uint64_t records, right, wrong, digests, truncated, inside;
};

static int verify(struct warc_cmd *c, struct warc_reader *r, void *arg)
{
    struct tally *t = arg;
    struct warc_verdict v;
    const bool truncated = warc_field(r->head, "WARC-Truncated").ptr != NULL;

    if (warc_verify(r, c->blocks, &v) != PL_OK)
        return PL_ERROR;
    t->records++;
    t->truncated += truncated;
    t->inside += r->inside;
    t->digests += (v.block == WARC_RIGHT) + (uint64_t)(v.payload == WARC_RIGHT);
    t->right += !v.message[0];
    t->wrong += v.message[0] != 0;
    if (v.message[0])
        tell(c, "%s: byte %llu: %.*s %.*s: %s", r->name, (unsigned long long)r->offset,
             (int)(r->type.len < 20 ? r->type.len : 20), r->type.ptr ? r->type.ptr : "",
             (int)(r->id.len < 80 ? r->id.len : 80), r->id.ptr ? r->id.ptr : "", v.message);
    return PL_EOF;
}

static void sum_up(struct warc_cmd *c, const char *file, void *arg)
{
    struct tally *t = arg;

    warc_out_shown(&c->out, (pl_str){file, strlen(file)});
    warc_out_addf(&c->out, ": %llu record%s whole and right, %llu digest%s verified", (unsigned long long)t->right,
                  t->right == 1 ? "" : "s", (unsigned long long)t->digests, t->digests == 1 ? "" : "s");
    if (t->wrong)
        warc_out_addf(&c->out, ", %llu wrong", (unsigned long long)t->wrong);
    if (t->truncated)
        warc_out_addf(&c->out, ", %llu truncated when they were made", (unsigned long long)t->truncated);
    if (t->inside)
        warc_out_addf(&c->out, ", %llu in a gzip member with others", (unsigned long long)t->inside);
    warc_out_addf(&c->out, "\n");
    *t = (struct tally){0};
}

void warc_cmd_verify(struct warc_cmd *c, int n, char **file)
{
    struct tally t = {0};

    each(c, n, file, verify, sum_up, &t, true);
}

/* ---- index ---- */

struct indexing {
    struct warc_index ix;
    struct warc_sorter sorter;
    bool failed;
};

static int index_one(struct warc_cmd *c, struct warc_reader *r, void *arg)
{
    struct indexing *in = arg;
    const char *slash = strrchr(r->name, '/'), *name = slash ? slash + 1 : r->name;
    int rc = warc_index_record(&in->ix, r, (pl_str){name, strlen(name)});

    if (rc == PL_OK && in->ix.line.len)
        rc = warc_sorter_add(&in->sorter, warc_buf_view(&in->ix.line));
    if (rc == PL_NOMEM || (rc == PL_ERROR && in->sorter.message[0])) {
        snprintf(c->out.message, sizeof c->out.message, "%s", rc == PL_NOMEM ? "out of memory" : in->sorter.message);
        c->out.failed = true;
        return PL_OK;
    }
    return rc;
}

static void name_packed(struct warc_cmd *c, const char *file, void *arg)
{
    struct indexing *in = arg;

    if (in->ix.packed)
        tell(c, "%s: records that share a gzip member cannot be read by their offset, and are not indexed: have each "
                "compressed by itself",
             file);
    in->ix.packed = false;
}

static int write_line(void *arg, pl_str line)
{
    return warc_out_add(arg, line) ? PL_OK : PL_EOF;
}

void warc_cmd_index(struct warc_cmd *c, int n, char **file)
{
    const char *folder = getenv("TMPDIR");
    struct indexing in = {.sorter = {.folder = folder && *folder ? folder : "/tmp"}};

    each(c, n, file, index_one, name_packed, &in, true);
    if (going(c) && warc_sorter_write(&in.sorter, write_line, &c->out) == PL_ERROR)
        tell(c, "%s", in.sorter.message);
    if (going(c) && !warc_out_flush(&c->out) && c->out.failed)
        tell(c, "%s", c->out.message);
    warc_sorter_done(&in.sorter);
    warc_index_done(&in.ix);
}
