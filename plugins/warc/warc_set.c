/* warc_set.c - the files of a run: filled one after the other, each with its index beside it.
 *
 * A file and its index are PATH.part until a checkpoint covers the last byte of both.  Of the file at hand the index
 * is in memory, or in a file without a name; a run that goes on makes it again from the records. */
#include "warc_set.h"

#include "warc_index.h"
#include "warc_make.h"
#include "warc_open.h"

#include <stdlib.h>
#include <unistd.h>

PL_PRINTF(2, 3)
static int fault(struct warc_set *s, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(s->message, sizeof s->message, fmt, ap);
    va_end(ap);
    return PL_ERROR;
}

static int no_memory(struct warc_set *s)
{
    s->machine = true;
    return fault(s, "out of memory");
}

static int part_fault(struct warc_set *s, const struct part *p)
{
    s->machine = p->machine;
    return fault(s, "%s", p->message);
}

/* ---- names ---- */

char *warc_set_name(pl_str path, unsigned number, bool gzip)
{
    struct warc_buf b = {0};
    size_t base = path.len, found = SIZE_MAX, dot;

    if (!gzip && path.len > 3 && memcmp(path.ptr + path.len - 3, ".gz", 3) == 0)
        path.len -= 3;
    base = path.len;
    while (base > 0 && path.ptr[base - 1] != '/')
        base--;
    for (size_t i = base; i + 5 <= path.len; i++)
        if (memcmp(path.ptr + i, "00001", 5) == 0)
            found = i;
    for (dot = base < path.len ? base + 1 : base; dot < path.len && path.ptr[dot] != '.';)
        dot++;
    if (found != SIZE_MAX) {
        warc_buf_add(&b, (pl_str){path.ptr, found});
        warc_buf_addf(&b, "%05u", number);
        warc_buf_add(&b, (pl_str){path.ptr + found + 5, path.len - found - 5});
    } else {
        warc_buf_add(&b, (pl_str){path.ptr, dot});
        if (number > 1)
            warc_buf_addf(&b, "-%05u", number);
        warc_buf_add(&b, (pl_str){path.ptr + dot, path.len - dot});
    }
    warc_buf_byte(&b, 0);
    if (b.failed)
        warc_buf_done(&b);
    return b.at;
}

static char *index_name(const struct warc_set *s, unsigned number)
{
    char *path = warc_set_name(s->opt.path, number, s->opt.gzip);
    char *index = path ? warc_index_path((pl_str){path, strlen(path)}) : NULL;

    free(path);
    return index;
}

/* ---- the file at hand ---- */

int warc_set_open(struct warc_set *s, const struct warc_set_options *opt)
{
    *s = (struct warc_set){.opt = *opt, .number = 1};
    s->warc.fd = -1;
    pthread_mutex_init(&s->lock, NULL);
    const char *slash = opt->path.len ? memrchr(opt->path.ptr, '/', opt->path.len) : NULL;
    s->folder = slash ? strndup(opt->path.ptr, slash == opt->path.ptr ? 1 : (size_t)(slash - opt->path.ptr)) : strdup(".");
    s->sorter.folder = s->folder;
    return s->folder ? PL_OK : no_memory(s);
}

static int close_part(struct warc_set *s, struct part *p)
{
    if (part_close(p) == PL_OK)
        return PL_OK;
    return part_fault(s, p);
}

static void free_whole(struct warc_set *s, struct warc_whole *w)
{
    close_part(s, &w->warc);
    close_part(s, &w->cdxj);
    free(w);
}

int warc_set_close(struct warc_set *s)
{
    int rc = PL_OK;

    if (!s->folder)
        return PL_OK;
    if (s->open)
        rc = close_part(s, &s->warc);
    for (size_t i = 0; i < s->n_whole; i++)
        free_whole(s, s->whole[i]);
    free(s->whole);
    free(s->name);
    free(s->folder);
    warc_sorter_done(&s->sorter);
    warc_buf_done(&s->line);
    warc_buf_done(&s->info);
    deflater_done(&s->deflater);
    pthread_mutex_destroy(&s->lock);
    s->folder = NULL;
    return rc;
}

/* The file `number` as a .part; nothing is written. */
static int open_file(struct warc_set *s, unsigned number)
{
    char *path = warc_set_name(s->opt.path, number, s->opt.gzip);
    int rc = path ? PL_OK : no_memory(s);

    if (rc == PL_OK && part_open(&s->warc, (pl_str){path, strlen(path)}) != PL_OK) {
        rc = part_fault(s, &s->warc);
        part_close(&s->warc);
    }
    if (rc == PL_OK) {
        const char *slash = strrchr(path, '/');
        free(s->name);
        s->name = strdup(slash ? slash + 1 : path);
        s->open = true;
        rc = s->name ? PL_OK : no_memory(s);
    }
    free(path);
    s->number = number;
    s->articles = 0;
    return rc;
}

static int write_info(struct warc_set *s)
{
    struct warc_buf packed = {0};
    int rc = PL_OK;

    s->info.len = 0;
    warc_make_info(&s->info, s->opt.date, (pl_str){s->name, strlen(s->name)}, s->opt.info, s->opt.digest);
    if (s->info.failed ||
        (s->opt.gzip && warc_gz_add(&packed, &s->deflater, s->opt.by, s->opt.level, warc_buf_view(&s->info)) != PL_OK))
        rc = no_memory(s);
    const pl_str bytes = warc_buf_view(s->opt.gzip ? &packed : &s->info);
    if (rc == PL_OK && part_append(&s->warc, bytes.ptr, bytes.len) != PL_OK)
        rc = part_fault(s, &s->warc);
    warc_buf_done(&packed);
    return rc;
}

static int append_line(void *arg, pl_str line)
{
    return part_append(arg, line.ptr, line.len);
}

/* One more of those that wait for their names. */
static int keep_whole(struct warc_set *s, struct warc_whole *w)
{
    pthread_mutex_lock(&s->lock);
    struct warc_whole **more = realloc(s->whole, sizeof *more * (s->n_whole + 1));
    if (more) {
        s->whole = more;
        s->whole[s->n_whole++] = w;
    }
    pthread_mutex_unlock(&s->lock);
    return more ? PL_OK : no_memory(s);
}

static int settle(struct warc_set *s, struct part *p)
{
    return part_rest(p) == PL_OK ? PL_OK : part_fault(s, p);
}

static int write_index(struct warc_set *s, struct part *cdxj)
{
    char *path = index_name(s, s->number);
    int rc = path ? PL_OK : no_memory(s);

    if (rc == PL_OK && part_open(cdxj, (pl_str){path, strlen(path)}) != PL_OK)
        rc = part_fault(s, cdxj);
    if (rc == PL_OK && part_append(cdxj, "", 0) != PL_OK)
        rc = part_fault(s, cdxj);
    if (rc == PL_OK) {
        s->sorter.message[0] = 0;
        rc = warc_sorter_write(&s->sorter, append_line, cdxj);
        if (rc != PL_OK && s->sorter.message[0]) {
            s->machine = true;
            fault(s, "%s", s->sorter.message);
        } else if (rc != PL_OK) {
            part_fault(s, cdxj);
        }
    }
    free(path);
    return rc == PL_OK ? settle(s, cdxj) : PL_ERROR;
}

/* The file at hand is whole. */
static int end_file(struct warc_set *s)
{
    struct warc_whole *w = calloc(1, sizeof *w);
    int rc = w ? PL_OK : no_memory(s);

    if (rc != PL_OK)
        return rc;
    w->number = s->number;
    w->cdxj.fd = -1;
    w->warc = s->warc;
    s->warc = (struct part){.fd = -1};
    s->open = false;
    rc = settle(s, &w->warc);
    if (rc == PL_OK)
        rc = write_index(s, &w->cdxj);
    if (rc == PL_OK)
        rc = keep_whole(s, w);
    if (rc != PL_OK)
        free_whole(s, w);
    s->number++;
    return rc;
}

int warc_set_begin(struct warc_set *s, uint64_t n)
{
    int rc = PL_OK;

    /* Without the first record, whose length is not the same at any other time. */
    if (s->open && s->articles && s->articles + n > s->opt.size)
        rc = end_file(s);
    if (rc == PL_OK && !s->open) {
        rc = open_file(s, s->number);
        if (rc == PL_OK)
            rc = write_info(s);
    }
    s->articles += n;
    return rc;
}

int warc_set_append(struct warc_set *s, pl_str record, pl_str begun)
{
    /* The empty lines behind a record that is not compressed are not part of it. */
    const uint64_t offset = s->warc.length, length = record.len - (s->opt.gzip ? 0 : 4);

    if (part_append(&s->warc, record.ptr, record.len) != PL_OK)
        return part_fault(s, &s->warc);
    if (begun.len == 0)
        return PL_OK;
    s->line.len = 0;
    warc_cdxj_end(&s->line, begun, length, offset, (pl_str){s->name, strlen(s->name)});
    if (s->line.failed)
        return no_memory(s);
    if (warc_sorter_add(&s->sorter, warc_buf_view(&s->line)) == PL_OK)
        return PL_OK;
    s->machine = true;
    return fault(s, "%s", s->sorter.message);
}

int warc_set_finish(struct warc_set *s)
{
    return s->open ? end_file(s) : PL_OK;
}

/* ---- checkpoints ---- */

static void save_part(struct warc_buf *saved, const struct part *p)
{
    warc_buf_addf(saved, " %llu %08lx", (unsigned long long)p->length, (unsigned long)p->crc);
}

/* "file NUMBER ARTICLES LENGTH CRC", where one is at hand, else "next NUMBER"; then "whole NUMBER LENGTH CRC LENGTH CRC"
 * for each that waits. */
int warc_set_checkpoint(struct warc_set *s, uint64_t n, struct warc_buf *saved)
{
    if (s->open && part_sync(&s->warc) != PL_OK)
        return part_fault(s, &s->warc);
    if (s->open) {
        warc_buf_addf(saved, "file %u %llu", s->number, (unsigned long long)s->articles);
        save_part(saved, &s->warc);
    } else {
        warc_buf_addf(saved, "next %u", s->number);
    }
    warc_buf_byte(saved, '\n');
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->n_whole; i++) {
        struct warc_whole *w = s->whole[i];
        if (!w->checkpoint)
            w->checkpoint = n;
        warc_buf_addf(saved, "whole %u", w->number);
        save_part(saved, &w->warc);
        save_part(saved, &w->cdxj);
        warc_buf_byte(saved, '\n');
    }
    pthread_mutex_unlock(&s->lock);
    return saved->failed ? no_memory(s) : PL_OK;
}

/* The first that checkpoint `n` covers, taken out; NULL: none. */
static struct warc_whole *take_covered(struct warc_set *s, uint64_t n)
{
    struct warc_whole *w = NULL;

    pthread_mutex_lock(&s->lock);
    if (s->n_whole && s->whole[0]->checkpoint && s->whole[0]->checkpoint <= n) {
        w = s->whole[0];
        s->n_whole--;
        memmove(s->whole, s->whole + 1, sizeof *s->whole * s->n_whole);
    }
    pthread_mutex_unlock(&s->lock);
    return w;
}

int warc_set_committed(struct warc_set *s, uint64_t n)
{
    struct warc_whole *w;
    int rc = PL_OK;

    while (rc == PL_OK && (w = take_covered(s, n)) != NULL) {
        if (part_publish(&w->cdxj) != PL_OK)
            rc = part_fault(s, &w->cdxj);
        else if (part_publish(&w->warc) != PL_OK)
            rc = part_fault(s, &w->warc);
        free_whole(s, w);
    }
    return rc;
}

/* ---- going on ---- */

static int unreadable(struct warc_set *s)
{
    return fault(s, "the saved state of the files cannot be read: begin anew with --restart");
}

struct limited {
    int fd;
    uint64_t at, end;
};

static ptrdiff_t read_limited(void *arg, void *to, size_t n)
{
    struct limited *l = arg;
    const uint64_t left = l->end - l->at;
    const ssize_t got = pread(l->fd, to, left < n ? (size_t)left : n, (off_t)l->at);

    l->at += got > 0 ? (uint64_t)got : 0;
    return got;
}

/* The index of what is there of the file at hand. */
static int index_again(struct warc_set *s)
{
    struct limited l = {.fd = s->warc.fd, .end = s->warc.length};
    struct warc_reader r;
    struct warc_index ix = {0};
    int rc = warc_open(&r, s->warc.part, read_limited, &l, 0);

    while (rc == PL_OK && (rc = warc_next(&r)) == PL_OK) {
        rc = warc_index_record(&ix, &r, (pl_str){s->name, strlen(s->name)});
        if (rc == PL_OK && ix.line.len && warc_sorter_add(&s->sorter, warc_buf_view(&ix.line)) != PL_OK) {
            s->machine = true;
            rc = fault(s, "%s", s->sorter.message);
            break;
        }
    }
    if (rc == PL_ERROR && r.message[0]) {
        s->machine = r.in.machine;
        fault(s, "%s", r.message);
    } else if (rc == PL_NOMEM) {
        rc = no_memory(s);
    }
    warc_close(&r);
    warc_index_done(&ix);
    return rc == PL_EOF ? PL_OK : PL_ERROR;
}

static int restore_part(struct warc_set *s, struct part *p, char *path, unsigned long long length, unsigned long crc)
{
    int rc = path ? PL_OK : no_memory(s);

    if (rc == PL_OK && (part_open(p, (pl_str){path, strlen(path)}) != PL_OK || part_restore(p, length, (uint32_t)crc) != PL_OK))
        rc = part_fault(s, p);
    free(path);
    return rc;
}

static int restore_whole(struct warc_set *s, uint64_t n, unsigned number, const unsigned long long length[2],
                         const unsigned long crc[2])
{
    struct warc_whole *w = calloc(1, sizeof *w);
    int rc;

    if (!w)
        return no_memory(s);
    w->number = number;
    w->checkpoint = n;
    w->warc.fd = w->cdxj.fd = -1;
    rc = restore_part(s, &w->warc, warc_set_name(s->opt.path, number, s->opt.gzip), length[0], crc[0]);
    if (rc == PL_OK)
        rc = restore_part(s, &w->cdxj, index_name(s, number), length[1], crc[1]);
    if (rc == PL_OK)
        rc = keep_whole(s, w);
    if (rc != PL_OK)
        free_whole(s, w);
    return rc;
}

static int restore_file(struct warc_set *s, unsigned number, unsigned long long articles, unsigned long long length,
                        unsigned long crc)
{
    int rc = open_file(s, number);

    s->articles = articles;
    if (rc == PL_OK && part_restore(&s->warc, length, (uint32_t)crc) != PL_OK)
        rc = part_fault(s, &s->warc);
    return rc == PL_OK ? index_again(s) : rc;
}

static int restore_line(struct warc_set *s, uint64_t n, const char *line)
{
    unsigned long long articles, length[2];
    unsigned long crc[2];
    unsigned number;
    int end = -1;

    if (sscanf(line, "next %9u%n", &number, &end) == 1 && end > 0 && line[end] == 0) {
        s->number = number;
        return PL_OK;
    }
    if (sscanf(line, "file %9u %19llu %18llu %8lx%n", &number, &articles, &length[0], &crc[0], &end) == 4 && line[end] == 0)
        return restore_file(s, number, articles, length[0], crc[0]);
    if (sscanf(line, "whole %9u %18llu %8lx %18llu %8lx%n", &number, &length[0], &crc[0], &length[1], &crc[1], &end) == 5 &&
        line[end] == 0)
        return restore_whole(s, n, number, length, crc);
    return unreadable(s);
}

int warc_set_restore(struct warc_set *s, uint64_t n, pl_str saved)
{
    char line[160];

    while (saved.len) {
        const char *lf = memchr(saved.ptr, '\n', saved.len);
        const size_t len = lf ? (size_t)(lf - saved.ptr) : sizeof line;
        if (len >= sizeof line)
            return unreadable(s);
        memcpy(line, saved.ptr, len);
        line[len] = 0;
        const int rc = restore_line(s, n, line);
        if (rc != PL_OK)
            return rc;
        saved = (pl_str){lf + 1, saved.len - len - 1};
    }
    return PL_OK;
}
