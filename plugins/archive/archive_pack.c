/* archive_pack.c - records, in order, packed into blocks of even size for each file. */
#include "archive_pack.h"

#include <stdlib.h>

#include "archive_index_file.h"

/* ---- a block as bytes ---- */

enum { BLOCK_HEAD = 12 };

size_t archive_block_head(const struct archive_block *b)
{
    return BLOCK_HEAD + b->name.len + b->n_rows * ARCHIVE_ROW;
}

void archive_block_put(const struct archive_block *b, char *to)
{
    unsigned char *at = (unsigned char *)to;

    put_le(at, b->name.len, 4);
    put_le(at + 4, b->n_rows, 4);
    put_le(at + 8, b->content, 4);
    at += BLOCK_HEAD;
    if (b->name.len)
        memcpy(at, b->name.ptr, b->name.len);
    if (b->n_rows)
        memcpy(at + b->name.len, b->rows, b->n_rows * ARCHIVE_ROW);
}

bool archive_block_get(pl_str from, struct archive_block *b)
{
    const unsigned char *at = (const unsigned char *)from.ptr;

    if (from.len < BLOCK_HEAD)
        return false;
    const size_t name = (size_t)get_le(at, 4), rows = (size_t)get_le(at + 4, 4), left = from.len - BLOCK_HEAD;
    if (name > left || rows > (left - name) / ARCHIVE_ROW)
        return false;
    at += BLOCK_HEAD;
    *b = (struct archive_block){.name = {(const char *)at, name},
                                .rows = at + name,
                                .n_rows = rows,
                                .content = (uint32_t)get_le(at - 4, 4)};
    at += name + rows * ARCHIVE_ROW;
    b->bytes = (pl_str){(const char *)at, left - name - rows * ARCHIVE_ROW};
    return true;
}

/* ---- files ---- */

void archive_pack_done(struct archive_pack *p)
{
    for (size_t i = 0; i < p->names.n && p->file; i++) {
        free(p->file[i].bytes);
        free(p->file[i].rows);
    }
    free(p->file);
    archive_table_done(&p->names);
    p->file = NULL;
    p->file_cap = p->held = 0;
}

static bool room(unsigned char **at, size_t *cap, size_t need)
{
    size_t wanted = *cap ? *cap : 1024;

    if (need <= *cap)
        return true;
    while (wanted < need)
        wanted *= 2;
    unsigned char *more = realloc(*at, wanted);
    if (!more)
        return false;
    *at = more;
    *cap = wanted;
    return true;
}

static size_t held_by(const struct pack_file *f)
{
    return f->len + f->rows_len;
}

/* Files come and go: one that holds nothing has no memory, but for the only one there is. */
static void emptied(struct archive_pack *p, struct pack_file *f)
{
    p->held -= held_by(f);
    f->len = f->rows_len = 0;
    if (p->max_files == 1)
        return;
    free(f->bytes);
    free(f->rows);
    *f = (struct pack_file){0};
}

struct archive_block archive_pack_rest(const struct archive_pack *p, size_t i)
{
    const struct pack_file *f = &p->file[i];

    return (struct archive_block){.name = p->names.name[i],
                                  .bytes = {(const char *)f->bytes, f->len},
                                  .rows = f->rows,
                                  .n_rows = f->rows_len / ARCHIVE_ROW,
                                  .content = (uint32_t)f->len};
}

static int emit(struct archive_pack *p, size_t i)
{
    const struct archive_block b = archive_pack_rest(p, i);
    const int rc = p->emit(p->arg, &b);

    if (rc == PL_OK) {
        p->n_emitted++;
        emptied(p, &p->file[i]);
    }
    return rc;
}

static int append(struct archive_pack *p, size_t i, pl_str bytes, const unsigned char *row)
{
    struct pack_file *f = &p->file[i];

    do {
        const size_t left = p->block - f->len, n = bytes.len < left ? bytes.len : left;
        if (!room(&f->bytes, &f->bytes_cap, f->len + n))
            return PL_NOMEM;
        memcpy(f->bytes + f->len, bytes.ptr, n);
        f->len += n;
        p->held += n;
        bytes = (pl_str){bytes.ptr + n, bytes.len - n};
        if (bytes.len == 0 && row) {
            if (!room(&f->rows, &f->rows_cap, f->rows_len + ARCHIVE_ROW))
                return PL_NOMEM;
            memcpy(f->rows + f->rows_len, row, ARCHIVE_ROW);
            f->rows_len += ARCHIVE_ROW;
            p->held += ARCHIVE_ROW;
        }
        const int rc = f->len == p->block ? emit(p, i) : PL_OK;
        if (rc != PL_OK)
            return rc;
    } while (bytes.len);
    return PL_OK;
}

static int keep_to_budget(struct archive_pack *p)
{
    int rc = PL_OK;

    while (p->held > p->budget && rc == PL_OK) {
        size_t most = 0;
        for (size_t i = 1; i < p->names.n; i++)
            if (held_by(&p->file[i]) > held_by(&p->file[most]))
                most = i;
        rc = emit(p, most);
    }
    return rc;
}

/* The number of the file, which is begun where it is new. */
static int number_of(struct archive_pack *p, pl_str name, size_t *i)
{
    bool fresh;

    /* In two steps, so that one too many leaves no trace. */
    if (p->names.n >= p->file_cap) {
        const size_t cap = p->file_cap ? 2 * p->file_cap : 4;
        struct pack_file *file = realloc(p->file, cap * sizeof *file);
        if (!file)
            return PL_NOMEM;
        p->file = file;
        p->file_cap = cap;
    }
    if (!archive_table_has(&p->names, name) && p->names.n >= p->max_files)
        return PL_AGAIN;
    *i = archive_table_number(&p->names, name, &fresh);
    if (*i == SIZE_MAX)
        return PL_NOMEM;
    if (!fresh)
        return PL_OK;
    p->file[*i] = (struct pack_file){0};
    return p->header.len ? append(p, *i, p->header, NULL) : PL_OK;
}

int archive_pack_begin(struct archive_pack *p, pl_str name)
{
    size_t i;

    return number_of(p, name, &i);
}

int archive_pack_add(struct archive_pack *p, pl_str name, const unsigned char *row, pl_str line)
{
    size_t i;
    int rc = number_of(p, name, &i);

    if (rc == PL_OK)
        rc = append(p, i, line, row);
    return rc == PL_OK ? keep_to_budget(p) : rc;
}

int archive_pack_finish(struct archive_pack *p)
{
    int rc = PL_OK;

    for (size_t i = 0; i < p->names.n && rc == PL_OK; i++)
        if (held_by(&p->file[i]))
            rc = emit(p, i);
    return rc;
}

/* ---- checkpoints ---- */

/* Each file: the lengths of its name, of what it holds and of the rows, then these. */
enum { SAVED_FILE = 12 };

pl_str archive_pack_save(const struct archive_pack *p)
{
    size_t size = 1;

    for (size_t i = 0; i < p->names.n; i++)
        size += SAVED_FILE + p->names.name[i].len + held_by(&p->file[i]);
    char *saved = malloc(size);
    unsigned char *at = (unsigned char *)saved;
    if (!saved)
        return (pl_str){NULL, 0};
    for (size_t i = 0; i < p->names.n; i++) {
        const struct pack_file *f = &p->file[i];
        const pl_str name = p->names.name[i];
        put_le(at, name.len, 4);
        put_le(at + 4, f->len, 4);
        put_le(at + 8, f->rows_len, 4);
        at += SAVED_FILE;
        memcpy(at, name.ptr, name.len);
        at += name.len;
        if (f->len)
            memcpy(at, f->bytes, f->len);
        at += f->len;
        if (f->rows_len)
            memcpy(at, f->rows, f->rows_len);
        at += f->rows_len;
    }
    return (pl_str){saved, size - 1};
}

static int restore_file(struct archive_pack *p, const unsigned char *at, const size_t len[3])
{
    bool fresh;

    if (p->names.n == p->max_files || len[1] >= p->block || len[2] % ARCHIVE_ROW)
        return PL_ERROR;
    const int rc = archive_pack_begin(p, (pl_str){(const char *)at, len[0]});
    if (rc != PL_OK)
        return rc;
    struct pack_file *f = &p->file[archive_table_number(&p->names, (pl_str){(const char *)at, len[0]}, &fresh)];
    emptied(p, f);
    if (!room(&f->bytes, &f->bytes_cap, len[1]) || !room(&f->rows, &f->rows_cap, len[2]))
        return PL_NOMEM;
    if (len[1])
        memcpy(f->bytes, at + len[0], len[1]);
    if (len[2])
        memcpy(f->rows, at + len[0] + len[1], len[2]);
    f->len = len[1];
    f->rows_len = len[2];
    p->held += len[1] + len[2];
    return PL_OK;
}

int archive_pack_restore(struct archive_pack *p, pl_str saved)
{
    int rc = PL_OK;

    archive_pack_done(p);
    while (saved.len && rc == PL_OK) {
        const unsigned char *at = (const unsigned char *)saved.ptr;
        size_t len[3], left = saved.len - SAVED_FILE;
        if (saved.len < SAVED_FILE)
            return PL_ERROR;
        for (int i = 0; i < 3; i++) {
            len[i] = (size_t)get_le(at + 4 * i, 4);
            if (len[i] > left)
                return PL_ERROR;
            left -= len[i];
        }
        const size_t before = p->names.n;
        rc = restore_file(p, at + SAVED_FILE, len);
        if (rc == PL_OK && p->names.n == before)
            rc = PL_ERROR;
        saved = (pl_str){saved.ptr + saved.len - left, left};
    }
    return rc;
}
