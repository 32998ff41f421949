/* archive_files.c - the files of an archive stage, and their indexes. */
#include "archive_files.h"

#include <errno.h>
#include <stdlib.h>

#include "archive_bgzf.h"
#include "archive_index_file.h"

static int say(struct archive_files *fs, const char *message, bool machine)
{
    snprintf(fs->message, sizeof fs->message, "%s", message);
    fs->machine = machine;
    return PL_ERROR;
}

static int no_memory(struct archive_files *fs)
{
    return say(fs, "out of memory", true);
}

/* What a call of part.h answered. */
static int told(struct archive_files *fs, const struct part *p, int rc)
{
    return rc == PL_OK ? PL_OK : say(fs, p->message, p->machine);
}

static int told_rows(struct archive_files *fs, int rc)
{
    return rc == PL_OK ? PL_OK : say(fs, fs->rows.message, fs->rows.machine);
}

/* ---- one file ---- */

/* The path of the file `i` with `suffix`, which the caller frees. */
static pl_str path_of(const struct archive_files *fs, size_t i, const char *suffix)
{
    const pl_str path = fs->name->path, rest = fs->names.name[i];
    const size_t n = fs->name->trusted + rest.len, more = strlen(suffix);
    char *at = malloc(n + more + 1);

    if (!at)
        return (pl_str){NULL, 0};
    memcpy(at, path.ptr, fs->name->trusted);
    memcpy(at + fs->name->trusted, rest.ptr, rest.len);
    memcpy(at + n, suffix, more + 1);
    return (pl_str){at, n + more};
}

static int open_part(struct archive_files *fs, size_t i, const char *suffix, struct part *part)
{
    const pl_str path = path_of(fs, i, suffix);

    *part = (struct part){.fd = -1, .folder = -1};
    const int rc = path.ptr ? told(fs, part, part_open_below(part, path, fs->name->trusted)) : no_memory(fs);
    free((char *)(uintptr_t)path.ptr);
    return rc;
}

/* So that no more than `max_open` are open when the file `i` is, the one that was not used for longest rests. */
static int make_room(struct archive_files *fs, size_t i)
{
    size_t oldest = SIZE_MAX;

    for (size_t k = 0; k < fs->names.n; k++) {
        const struct archive_file *f = fs->file[k];
        if (f && k != i && f->part.fd >= 0 && (oldest == SIZE_MAX || f->used < fs->file[oldest]->used))
            oldest = k;
    }
    if (fs->n_open < fs->max_open || oldest == SIZE_MAX)
        return PL_OK;
    const int rc = told(fs, &fs->file[oldest]->part, part_rest(&fs->file[oldest]->part));
    fs->n_open -= rc == PL_OK;
    return rc;
}

/* The file is about to be used. */
static int touch(struct archive_files *fs, size_t i)
{
    fs->file[i]->used = ++fs->clock;
    if (fs->file[i]->part.fd >= 0)
        return PL_OK;
    if (make_room(fs, i) != PL_OK)
        return PL_ERROR;
    fs->n_open++;
    return PL_OK;
}

static int add_file(struct archive_files *fs, size_t i)
{
    if (i >= fs->cap) {
        const size_t cap = fs->cap ? 2 * fs->cap : 4;
        struct archive_file **file = realloc(fs->file, cap * sizeof *file);
        if (!file)
            return no_memory(fs);
        memset(file + fs->cap, 0, (cap - fs->cap) * sizeof *file);
        fs->file = file;
        fs->cap = cap;
    }
    fs->file[i] = calloc(1, sizeof **fs->file);
    if (!fs->file[i])
        return no_memory(fs);
    fs->file[i]->part.fd = fs->file[i]->part.folder = -1;
    return touch(fs, i) == PL_OK ? open_part(fs, i, "", &fs->file[i]->part) : PL_ERROR;
}

static int file_of(struct archive_files *fs, pl_str name, size_t *i)
{
    bool fresh;

    *i = archive_table_number(&fs->names, name, &fresh);
    if (*i == SIZE_MAX)
        return no_memory(fs);
    return fresh ? add_file(fs, *i) : touch(fs, *i);
}

/* ---- writing ---- */

int archive_files_open(struct archive_files *fs, pl_str rows)
{
    size_t i;

    if (fs->index && told_rows(fs, archive_rows_open(&fs->rows, rows)) != PL_OK)
        return PL_ERROR;
    fs->has_rows = fs->index;
    return fs->name->has_fields ? PL_OK : file_of(fs, PL_S(""), &i);
}

int archive_files_append(struct archive_files *fs, const struct archive_block *block)
{
    size_t i;

    if (file_of(fs, block->name, &i) != PL_OK)
        return PL_ERROR;
    struct archive_file *f = fs->file[i];
    if (told(fs, &f->part, part_append(&f->part, block->bytes.ptr, block->bytes.len)) != PL_OK)
        return PL_ERROR;
    fs->n_appended++;
    if (!fs->index)
        return PL_OK;
    return told_rows(fs, archive_rows_add_put(&fs->rows, &f->chain, block->rows, block->n_rows, block->content,
                                              (uint32_t)block->bytes.len));
}

/* What ended the run: the other files are to be left whole. */
static bool never_opened(const struct archive_file *f)
{
    return !f || (f->part.failed && !f->part.started);
}

int archive_files_end(struct archive_files *fs)
{
    int rc = PL_OK;

    for (size_t i = 0; i < fs->names.n && rc == PL_OK; i++) {
        if (never_opened(fs->file[i]))
            continue;
        rc = touch(fs, i);
        if (rc == PL_OK && fs->compressed)
            rc = told(fs, &fs->file[i]->part, part_append(&fs->file[i]->part, bgzf_end, sizeof bgzf_end));
    }
    fs->ended = rc == PL_OK;
    return rc;
}

/* ---- checkpoints ---- */

/* Little-endian: back end, length and CRC-32 of the rows, number of files; of each the length of its name, its own length and
 * CRC-32, its chain, its name. */
enum { SAVED_HEAD = 17, SAVED_FILE = 56 };

static void put_file(unsigned char *at, pl_str name, const struct archive_file *f)
{
    put_le(at, name.len, 4);
    put_le(at + 4, f->part.length, 8);
    put_le(at + 12, f->part.crc, 4);
    put_le(at + 16, f->chain.last, 8);
    put_le(at + 24, f->chain.n_frames, 8);
    put_le(at + 32, f->chain.n_rows, 8);
    put_le(at + 40, f->chain.content_len, 8);
    put_le(at + 48, f->chain.archive_len, 8);
    memcpy(at + SAVED_FILE, name.ptr, name.len);
}

static int save(struct archive_files *fs, pl_str *saved)
{
    size_t size = SAVED_HEAD;

    for (size_t i = 0; i < fs->names.n; i++)
        size += SAVED_FILE + fs->names.name[i].len;
    unsigned char *at = malloc(size);
    if (!at)
        return no_memory(fs);
    *saved = (pl_str){(char *)at, size};
    put_le(at, fs->by, 1);
    put_le(at + 1, fs->has_rows ? fs->rows.length : 0, 8);
    put_le(at + 9, fs->has_rows ? fs->rows.log.crc : 0, 4);
    put_le(at + 13, fs->names.n, 4);
    at += SAVED_HEAD;
    for (size_t i = 0; i < fs->names.n; i++) {
        put_file(at, fs->names.name[i], fs->file[i]);
        at += SAVED_FILE + fs->names.name[i].len;
    }
    return PL_OK;
}

int archive_files_checkpoint(struct archive_files *fs, pl_str *saved)
{
    *saved = (pl_str){NULL, 0};
    for (size_t i = 0; i < fs->names.n; i++)
        if (told(fs, &fs->file[i]->part, part_sync(&fs->file[i]->part)) != PL_OK)
            return PL_ERROR;
    if (fs->has_rows && told_rows(fs, archive_rows_sync(&fs->rows)) != PL_OK)
        return PL_ERROR;
    return save(fs, saved);
}

static int unreadable(struct archive_files *fs)
{
    return say(fs, "the saved state of the archive cannot be read: begin anew with --restart", false);
}

static int restore_file(struct archive_files *fs, const unsigned char *at, pl_str name)
{
    size_t i;

    if (file_of(fs, name, &i) != PL_OK)
        return PL_ERROR;
    struct archive_file *f = fs->file[i];
    if (f->part.started)
        return unreadable(fs); /* a name twice */
    f->chain = (struct archive_chain){get_le(at + 16, 8), get_le(at + 24, 8), get_le(at + 32, 8), get_le(at + 40, 8),
                                      get_le(at + 48, 8)};
    return told(fs, &f->part, part_restore(&f->part, get_le(at + 4, 8), (uint32_t)get_le(at + 12, 4)));
}

/* A name of a saved state leads nowhere that a template could not have led. */
static bool name_is_good(const struct archive_files *fs, pl_str name)
{
    return fs->name->has_fields ? archive_name_may_be(fs->name, name) : name.len == 0;
}

static int restore_files(struct archive_files *fs, const unsigned char *at, size_t left, size_t n)
{
    if (n > fs->max_files)
        return unreadable(fs);
    for (; n > 0; n--) {
        if (left < SAVED_FILE || get_le(at, 4) > left - SAVED_FILE || get_le(at + 4, 8) > INT64_MAX)
            return unreadable(fs);
        const pl_str name = {(const char *)at + SAVED_FILE, (size_t)get_le(at, 4)};
        if (!name_is_good(fs, name))
            return unreadable(fs);
        if (restore_file(fs, at, name) != PL_OK)
            return PL_ERROR;
        at += SAVED_FILE + name.len;
        left -= SAVED_FILE + name.len;
    }
    return left == 0 ? PL_OK : unreadable(fs);
}

int archive_files_restore(struct archive_files *fs, pl_str saved)
{
    const unsigned char *at = (const unsigned char *)saved.ptr;

    if (saved.len < SAVED_HEAD || at[0] > DEFLATE_LIBDEFLATE)
        return unreadable(fs);
    if (fs->compressed && at[0] != (unsigned char)fs->by) {
        snprintf(fs->message, sizeof fs->message,
                 "what is there was compressed by %s, and this is %s: set `compressor`, or begin anew with --restart",
                 deflate_name((enum deflate_by)at[0]), deflate_name(fs->by));
        fs->machine = false;
        return PL_ERROR;
    }
    if (fs->has_rows && told_rows(fs, archive_rows_restore(&fs->rows, get_le(at + 1, 8), (uint32_t)get_le(at + 9, 4))) != PL_OK)
        return PL_ERROR;
    return restore_files(fs, at + SAVED_HEAD, saved.len - SAVED_HEAD, (size_t)get_le(at + 13, 4));
}

/* ---- the end ---- */

/* The file's index and .gzi, written and not yet named. */
static int make_index(struct archive_files *fs, size_t i, struct part *index, struct part *gzi)
{
    struct archive_file *f = fs->file[i];
    struct archive_about about = {.holds = fs->compressed ? ARCHIVE_MEMBERS : ARCHIVE_PLAIN,
                                  .format = fs->format,
                                  .start = fs->start < f->chain.content_len ? fs->start : f->chain.content_len,
                                  .archive_len = f->part.length,
                                  .archive_crc = f->part.crc,
                                  .content_len = f->chain.content_len};

    if (archive_tail_crc(f->part.fd, f->part.length, &about.tail_crc) != PL_OK) {
        snprintf(fs->message, sizeof fs->message, "cannot read '%s': %s", f->part.part, strerror(errno));
        fs->machine = true;
        return PL_ERROR;
    }
    if (open_part(fs, i, ".idx", index) != PL_OK ||
        told_rows(fs, archive_index_write(&fs->rows, &f->chain, &about, index)) != PL_OK)
        return PL_ERROR;
    if (!fs->compressed)
        return PL_OK;
    if (open_part(fs, i, ".gzi", gzi) != PL_OK)
        return PL_ERROR;
    return told_rows(fs, archive_gzi_write(&fs->rows, &f->chain, gzi));
}

static int publish_part(struct archive_files *fs, struct part *part)
{
    return part->path ? told(fs, part, part_publish(part)) : PL_OK;
}

static int publish_file(struct archive_files *fs, size_t i)
{
    struct part index = {.fd = -1, .folder = -1}, gzi = {.fd = -1, .folder = -1};
    struct part *part = &fs->file[i]->part;
    int rc = touch(fs, i);

    if (rc == PL_OK)
        rc = told(fs, part, part_wake(part));
    if (rc == PL_OK && fs->index)
        rc = make_index(fs, i, &index, &gzi);
    if (rc == PL_OK && !part->published)
        rc = told(fs, part, part_remove_beside(part, ".idx"));
    if (rc == PL_OK && !part->published)
        rc = told(fs, part, part_remove_beside(part, ".gzi"));
    if (rc == PL_OK)
        rc = told(fs, part, part_publish(part));
    if (rc == PL_OK)
        rc = publish_part(fs, &index);
    if (rc == PL_OK)
        rc = publish_part(fs, &gzi);
    if (part_close(&index) != PL_OK && rc == PL_OK)
        rc = told(fs, &index, PL_ERROR);
    if (part_close(&gzi) != PL_OK && rc == PL_OK)
        rc = told(fs, &gzi, PL_ERROR);
    return rc;
}

int archive_files_publish(struct archive_files *fs)
{
    int rc = PL_OK;

    for (size_t i = 0; i < fs->names.n && rc == PL_OK; i++)
        rc = publish_file(fs, i);
    return rc;
}

int archive_files_close(struct archive_files *fs)
{
    int rc = PL_OK;

    for (size_t i = 0; i < fs->names.n && fs->file; i++) {
        struct archive_file *f = fs->file[i];
        if (f && part_close(&f->part) != PL_OK && rc == PL_OK)
            rc = told(fs, &f->part, PL_ERROR);
        free(f);
    }
    free(fs->file);
    archive_table_done(&fs->names);
    if (fs->has_rows)
        archive_rows_close(&fs->rows);
    fs->file = NULL;
    fs->has_rows = false;
    return rc;
}
