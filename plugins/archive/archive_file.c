/* archive_file.c - an archive that is read at any place.
 *
 * A record is in one block, or reaches into the next.  Of a block only what is before the record's end is inflated; that the
 * block's own checksum then cannot be compared does not matter, as the record's is. */
#include "archive_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive_read.h"

/* A match of deflate has up to 258 bytes: one that begins before the end of what is wanted is to fit. */
enum { MATCH = 258, GZIP_TAIL = 8, MOST_BLOCK = 2 * READ_LARGE };

char *archive_path_of(const char *path, const char *suffix)
{
    const size_t n = strlen(path), more = strlen(suffix) + 1;
    char *to = malloc(n + more);

    if (to) {
        memcpy(to, path, n);
        memcpy(to + n, suffix, more);
    }
    return to;
}

static int fault(struct archive_file *f, const char *doing)
{
    snprintf(f->message, sizeof f->message, "cannot %s '%s': %s", doing, f->path, strerror(errno));
    return PL_ERROR;
}

static int no_memory(struct archive_file *f)
{
    snprintf(f->message, sizeof f->message, "out of memory");
    return PL_ERROR;
}

static int open_zran(struct archive_file *f)
{
    char *path = archive_path_of(f->path, ".zran");
    bool missing;

    if (!path)
        return no_memory(f);
    f->zran = archive_zran_open(path, &missing, f->message, sizeof f->message);
    if (f->zran && !archive_zran_fits(f->zran, f->ix.archive_len, f->ix.archive_crc)) {
        snprintf(f->message, sizeof f->message, "'%s' is of another archive: make it anew with pressline archive index", path);
        archive_zran_close(f->zran);
        f->zran = NULL;
    }
    free(path);
    return f->zran ? PL_OK : PL_AGAIN;
}

static int open_index(struct archive_file *f)
{
    char *path = archive_path_of(f->path, ".idx");
    int rc = path ? archive_index_open(&f->ix, path) : no_memory(f);

    if (rc == PL_AGAIN) {
        snprintf(f->message, sizeof f->message, "'%s' has no index: pressline archive index '%s' makes one", f->path, f->path);
    } else if (path) {
        if (rc == PL_OK)
            rc = archive_index_fits(&f->ix, f->fd);
        if (rc != PL_OK) {
            snprintf(f->message, sizeof f->message, "%s", f->ix.message);
            rc = PL_AGAIN;
        }
    }
    free(path);
    if (rc == PL_OK && f->ix.holds == ARCHIVE_STREAM)
        rc = open_zran(f);
    f->indexed = rc == PL_OK;
    return rc;
}

int archive_file_open(struct archive_file *f, const char *path)
{
    struct stat st;

    *f = (struct archive_file){.fd = -1, .ix = {.fd = -1}};
    f->path = strdup(path);
    if (!f->path)
        return no_memory(f);
    do
        f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    while (f->fd < 0 && errno == EINTR);
    if (f->fd < 0 || fstat(f->fd, &st) < 0)
        return fault(f, "open");
    if (S_ISREG(st.st_mode))
        return open_index(f);
    snprintf(f->message, sizeof f->message, "'%s' is not a file: it can only be read from its start", path);
    return PL_ERROR;
}

void archive_file_close(struct archive_file *f)
{
    if (!f->path)
        return;
    archive_index_close(&f->ix);
    archive_zran_close(f->zran);
    inflater_done(&f->inflater);
    if (f->fd >= 0)
        close(f->fd);
    free(f->packed);
    free(f->block);
    free(f->record);
    free(f->path);
    *f = (struct archive_file){.fd = -1};
}

static bool room(unsigned char **at, size_t *cap, size_t want)
{
    if (want <= *cap)
        return true;
    unsigned char *p = realloc(*at, want + want / 2);
    if (!p)
        return false;
    *at = p;
    *cap = want + want / 2;
    return true;
}

static int read_archive(struct archive_file *f, void *to, size_t n, uint64_t at)
{
    for (size_t done = 0; done < n;) {
        const ssize_t got = pread(f->fd, (char *)to + done, n - done, (off_t)(at + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fault(f, "read");
        if (got == 0) {
            snprintf(f->message, sizeof f->message, "%s: ends at byte %" PRIu64 ", within what its index knows", f->path,
                     at + done);
            return PL_ERROR;
        }
        done += (size_t)got;
    }
    return PL_OK;
}

static uint32_t get32(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static int bad_block(struct archive_file *f, const struct archive_place *b, const char *what)
{
    snprintf(f->message, sizeof f->message, "%s: %s in the block at byte %" PRIu64, f->path, what, b->block_at);
    return PL_ERROR;
}

/* The members at hand, of `len` bytes, into f->block until there are `want` bytes of content.  `check`: checksums, too. */
static int inflate_members(struct archive_file *f, const struct archive_place *b, size_t len, size_t want, bool check)
{
    size_t at = 0, out = 0;

    while (out < want) {
        const size_t header = at < len ? archive_gzip_header((pl_str){(const char *)f->packed + at, len - at}) : 0;
        size_t n_in, n_out;
        if (header == 0 || len - at < header + GZIP_TAIL)
            return bad_block(f, b, at < len ? "no gzip header" : "less content than its index knows");
        const pl_str data = {(const char *)f->packed + at + header, len - at - header - GZIP_TAIL};
        const int rc = inflate_raw(&f->inflater, deflate_best(), data, f->block + out, want - out + MATCH, &n_in, &n_out);
        if (rc == PL_NOMEM)
            return no_memory(f);
        if (rc != PL_OK && !check)
            break; /* longer than wanted: what is wanted is there, or is damaged, and the record's checksum tells */
        if (rc != PL_OK)
            return bad_block(f, b, "bad gzip data");
        at += header + n_in;
        if (check && (get32(f->packed + at) != deflate_crc32(0, f->block + out, n_out) || get32(f->packed + at + 4) != n_out))
            return bad_block(f, b, "a wrong checksum");
        at += GZIP_TAIL;
        out += n_out;
    }
    return PL_OK;
}

/* At least `want` bytes of the content of a block in f->block. */
static int load_block(struct archive_file *f, const struct archive_place *b, size_t want, bool check)
{
    const uint64_t len = b->block_end - b->block_at, content = b->block_content_end - b->block_content;

    if (f->cached == b->block + 1 && f->have >= want && f->checked >= check)
        return PL_OK;
    f->cached = 0;
    if (len > MOST_BLOCK || content > MOST_BLOCK)
        return bad_block(f, b, "more than an index may claim");
    if (check)
        want = (size_t)content;
    if (!room(&f->packed, &f->packed_cap, (size_t)len) || !room(&f->block, &f->block_cap, (size_t)content + MATCH))
        return no_memory(f);
    if (read_archive(f, f->packed, (size_t)len, b->block_at) != PL_OK ||
        inflate_members(f, b, (size_t)len, want, check) != PL_OK)
        return PL_ERROR;
    f->cached = b->block + 1;
    f->have = want;
    f->checked = check;
    return PL_OK;
}

/* The record's bytes, from the blocks that hold it. */
static int from_blocks(struct archive_file *f, const struct archive_place *place, bool check, pl_str *bytes)
{
    struct archive_place b = *place;
    size_t done = 0;
    uint64_t at = place->offset;

    for (;;) {
        const uint64_t end = place->offset + place->len;
        const size_t from = (size_t)(at - b.block_content);
        const size_t upto = (size_t)((end < b.block_content_end ? end : b.block_content_end) - b.block_content);
        if (load_block(f, &b, upto, check) != PL_OK)
            return PL_ERROR;
        if (upto - from == place->len) {
            *bytes = (pl_str){(const char *)f->block + from, upto - from};
            return PL_OK;
        }
        if (!room(&f->record, &f->record_cap, (size_t)place->len))
            return no_memory(f);
        memcpy(f->record + done, f->block + from, upto - from);
        done += upto - from;
        at += upto - from;
        *bytes = (pl_str){(const char *)f->record, done};
        if (done == place->len)
            return PL_OK;
        if (archive_index_block(&f->ix, b.block + 1, &b) != PL_OK || b.block_content != at) {
            snprintf(f->message, sizeof f->message, "%s", f->ix.message);
            return PL_ERROR;
        }
    }
}

int archive_file_record(struct archive_file *f, const struct archive_place *place, pl_str *bytes)
{
    int rc;

    if (place->len > READ_LONGEST_LINE) {
        snprintf(f->message, sizeof f->message, "%s: record %" PRIu64 " has %" PRIu64 " bytes, too many", f->path,
                 place->number, place->len);
        return PL_ERROR;
    }
    if (f->ix.holds == ARCHIVE_MEMBERS) {
        rc = from_blocks(f, place, false, bytes);
        if (rc == PL_OK && deflate_crc32(0, bytes->ptr, bytes->len) != place->crc)
            rc = from_blocks(f, place, true, bytes); /* to say what is wrong */
    } else {
        if (!room(&f->record, &f->record_cap, (size_t)place->len))
            return no_memory(f);
        *bytes = (pl_str){(const char *)f->record, (size_t)place->len};
        char why[500];
        rc = f->ix.holds == ARCHIVE_PLAIN
                 ? read_archive(f, f->record, (size_t)place->len, place->offset)
                 : archive_zran_read(f->zran, f->fd, place->offset, f->record, (size_t)place->len, why, sizeof why);
        if (rc != PL_OK && f->ix.holds == ARCHIVE_STREAM)
            snprintf(f->message, sizeof f->message, "%s: %s", f->path, why);
    }
    if (rc == PL_OK && deflate_crc32(0, bytes->ptr, bytes->len) != place->crc) {
        snprintf(f->message, sizeof f->message,
                 "%s: record %" PRIu64 " is not what its index knows: look with pressline archive verify", f->path,
                 place->number);
        rc = PL_ERROR;
    }
    return rc;
}
