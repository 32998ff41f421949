/* archive_index.c - reading an index: one page of each table in memory, found by where a hash or an offset must lie. */
#include "archive_index.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../shared/deflate.h"
#include "../shared/sip.h"
#include "archive_index_file.h"

static const char *const table_name[N_TABLES] = {"records", "blocks", "keys"};

/* ---- keys ---- */

/* SipHash-2-4 under the key (kind, 0). */
uint64_t archive_key(enum archive_key kind, pl_str text)
{
    uint64_t v[4];

    if (text.len == 0)
        return 0;
    sip_begin(v, (uint64_t)kind, 0);
    sip_text(v, text, 2);
    v[2] ^= 0xff;
    const uint64_t hash = sip_end(v, 4);
    return hash ? hash : 1;
}

/* What the table of keys has of a hash. */
static uint64_t short_hash(uint64_t hash)
{
    return hash >> 16;
}

/* ---- opening ---- */

uint32_t archive_page_crc(uint32_t head_crc, enum index_table t, uint64_t page, const unsigned char *bytes, size_t len)
{
    unsigned char place[16];

    put_le(place, head_crc, 4);
    put_le(place + 4, t, 4);
    put_le(place + 8, page, 8);
    return deflate_crc32(deflate_crc32(0, place, sizeof place), bytes, len);
}

static int fault(struct archive_index *ix, const char *doing)
{
    snprintf(ix->message, sizeof ix->message, "cannot %s '%s': %s", doing, ix->path ? ix->path : "", strerror(errno));
    return PL_ERROR;
}

#define MAKE_ANEW "make it anew with pressline archive index"

static int no_index(struct archive_index *ix, const char *what)
{
    snprintf(ix->message, sizeof ix->message, "'%s' is %s: " MAKE_ANEW, ix->path, what);
    return PL_ERROR;
}

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

/* The counts of a head whose checksum is right; they may still be a liar's. */
static bool take_head(struct archive_index *ix, const unsigned char *h)
{
    ix->holds = (enum archive_holds)h[HEAD_HOLDS];
    ix->format = (enum archive_format)h[HEAD_FORMAT];
    ix->n_records = get_le(h + HEAD_RECORDS, 8);
    ix->n_blocks = get_le(h + HEAD_BLOCKS, 8);
    ix->n_keys = get_le(h + HEAD_KEYS, 8);
    ix->start = get_le(h + HEAD_START, 8);
    ix->content_len = get_le(h + HEAD_CONTENT, 8);
    ix->archive_len = get_le(h + HEAD_ARCHIVE, 8);
    ix->archive_crc = (uint32_t)get_le(h + HEAD_ARCHIVE_CRC, 4);
    ix->tail_crc = (uint32_t)get_le(h + HEAD_TAIL_CRC, 4);
    ix->head_crc = (uint32_t)get_le(h + INDEX_HEAD - INDEX_CRC, 4);
    return h[HEAD_HOLDS] <= ARCHIVE_STREAM && h[HEAD_FORMAT] <= ARCHIVE_TSV && ix->n_records <= INDEX_MAX_RECORDS &&
           ix->n_keys <= ARCHIVE_KEYS * ix->n_records && ix->n_blocks <= INDEX_MAX_OFFSET / table_width(TABLE_BLOCKS) / 2 &&
           ix->content_len <= INDEX_MAX_OFFSET && ix->archive_len <= INDEX_MAX_OFFSET && ix->start <= ix->content_len &&
           (ix->holds == ARCHIVE_MEMBERS || ix->n_blocks == 0);
}

static int read_head(struct archive_index *ix)
{
    unsigned char h[INDEX_HEAD];
    struct stat st;

    if (fstat(ix->fd, &st) < 0)
        return fault(ix, "look at");
    if (!S_ISREG(st.st_mode))
        return no_index(ix, "no file");
    const ssize_t n = read_at(ix->fd, h, sizeof h, 0);
    if (n < 0)
        return fault(ix, "read");
    if (n < (ssize_t)sizeof h || memcmp(h, INDEX_MAGIC, 8) != 0)
        return no_index(ix, "no index of an archive");
    if (get_le(h + HEAD_VERSION, 4) != ARCHIVE_INDEX_VERSION)
        return no_index(ix, "an index of another version");
    if (deflate_crc32(0, h, INDEX_HEAD - INDEX_CRC) != get_le(h + INDEX_HEAD - INDEX_CRC, 4) || !take_head(ix, h))
        return no_index(ix, "damaged in its first 80 bytes");
    const uint64_t n_of[N_TABLES] = {ix->n_records, ix->n_blocks, ix->n_keys};
    uint64_t at = INDEX_HEAD;
    for (int t = 0; t < N_TABLES; t++) {
        ix->table[t] = at;
        at += table_len((enum index_table)t, n_of[t]);
    }
    if ((uint64_t)st.st_size == at)
        return PL_OK;
    snprintf(ix->message, sizeof ix->message, "'%s' has %" PRIu64 " bytes, not %" PRIu64 ": " MAKE_ANEW, ix->path,
             (uint64_t)st.st_size, at);
    return PL_ERROR;
}

int archive_index_open(struct archive_index *ix, const char *path)
{
    *ix = (struct archive_index){.fd = -1};
    ix->path = strdup(path);
    if (!ix->path) {
        snprintf(ix->message, sizeof ix->message, "out of memory");
        return PL_ERROR;
    }
    do
        ix->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    while (ix->fd < 0 && errno == EINTR);
    if (ix->fd < 0)
        return errno == ENOENT ? (fault(ix, "open"), PL_AGAIN) : fault(ix, "open");
    return read_head(ix);
}

void archive_index_close(struct archive_index *ix)
{
    if (ix->path && ix->fd >= 0)
        close(ix->fd);
    free(ix->path);
    ix->path = NULL;
    ix->fd = -1;
}

int archive_tail_crc(int fd, uint64_t len, uint32_t *crc)
{
    unsigned char tail[ARCHIVE_TAIL];
    const size_t want = len < sizeof tail ? (size_t)len : sizeof tail;
    const ssize_t n = read_at(fd, tail, want, len - want);

    if (n >= 0)
        errno = EIO; /* where it is shorter than it was */
    *crc = deflate_crc32(0, tail, n > 0 ? (size_t)n : 0);
    return n == (ssize_t)want ? PL_OK : PL_ERROR;
}

int archive_index_fits(struct archive_index *ix, int fd)
{
    struct stat st;
    uint32_t crc;

    if (fstat(fd, &st) < 0)
        return fault(ix, "look at the archive of");
    if ((uint64_t)st.st_size != ix->archive_len) {
        snprintf(ix->message, sizeof ix->message,
                 "'%s' is the index of an archive of %" PRIu64 " bytes, not %" PRIu64 ": " MAKE_ANEW, ix->path,
                 ix->archive_len, (uint64_t)st.st_size);
        return PL_ERROR;
    }
    if (archive_tail_crc(fd, ix->archive_len, &crc) != PL_OK)
        return fault(ix, "read the archive of");
    return crc == ix->tail_crc ? PL_OK : no_index(ix, "the index of an archive that ends otherwise");
}

/* ---- entries ---- */

static uint64_t n_of(const struct archive_index *ix, enum index_table t)
{
    return t == TABLE_RECORDS ? ix->n_records : t == TABLE_BLOCKS ? ix->n_blocks : ix->n_keys;
}

static size_t entries_in(const struct archive_index *ix, enum index_table t, uint64_t page)
{
    const uint64_t left = n_of(ix, t) - page * table_per_page(t);

    return left < table_per_page(t) ? (size_t)left : table_per_page(t);
}

static int damaged(struct archive_index *ix, enum index_table t, uint64_t at, const char *what)
{
    snprintf(ix->message, sizeof ix->message, "'%s' is damaged: %s at byte %" PRIu64 " (%s): " MAKE_ANEW, ix->path, what, at,
             table_name[t]);
    return PL_ERROR;
}

static uint64_t place_of(const struct archive_index *ix, enum index_table t, uint64_t entry)
{
    return ix->table[t] + entry / table_per_page(t) * table_stride(t) + entry % table_per_page(t) * table_width(t);
}

/* The page's bytes, whose checksum is right; NULL where they are not, or cannot be read. */
static const unsigned char *load(struct archive_index *ix, enum index_table t, uint64_t page)
{
    const size_t len = entries_in(ix, t, page) * table_width(t);
    const uint64_t at = ix->table[t] + page * table_stride(t);
    unsigned char *bytes = ix->page[t];

    if (ix->at[t] == page + 1)
        return bytes;
    ix->at[t] = 0;
    const ssize_t n = read_at(ix->fd, bytes, len + INDEX_CRC, at);
    if (n < 0) {
        fault(ix, "read");
        return NULL;
    }
    if ((size_t)n != len + INDEX_CRC || archive_page_crc(ix->head_crc, t, page, bytes, len) != get_le(bytes + len, INDEX_CRC)) {
        damaged(ix, t, at, "a wrong checksum");
        return NULL;
    }
    ix->at[t] = page + 1;
    return bytes;
}

static const unsigned char *entry(struct archive_index *ix, enum index_table t, uint64_t i)
{
    const unsigned char *page = load(ix, t, i / table_per_page(t));

    return page ? page + i % table_per_page(t) * table_width(t) : NULL;
}

/* What a table is sorted by: the keys by their hash, the blocks by where they begin in the content. */
static uint64_t order_of(enum index_table t, const unsigned char *e)
{
    return get_le(e + (t == TABLE_BLOCKS ? 6 : 0), 6);
}

/* In a page of n: the first entry that is not before `value`. */
static size_t first_in(enum index_table t, const unsigned char *page, size_t n, uint64_t value)
{
    size_t lo = 0;

    while (lo < n) {
        const size_t mid = lo + (n - lo) / 2;
        if (order_of(t, page + mid * table_width(t)) < value)
            lo = mid + 1;
        else
            n = mid;
    }
    return lo;
}

/* The first entry of a sorted table that is not before `value`, `share` (0 to 1) of which should lie before it: its page is
 * looked at first, then its neighbours, further and further. */
static int search(struct archive_index *ix, enum index_table t, uint64_t value, double share, uint64_t *at)
{
    uint64_t lo = 0, hi = table_pages(t, n_of(ix, t)), step = 1;
    uint64_t page = (uint64_t)(share * (double)hi);

    while (lo < hi) {
        if (page < lo || page >= hi)
            page = lo + (hi - lo) / 2;
        const unsigned char *bytes = load(ix, t, page);
        if (!bytes)
            return PL_ERROR;
        const size_t n = entries_in(ix, t, page), i = first_in(t, bytes, n, value);
        if (i > 0 && i < n) {
            *at = page * table_per_page(t) + i;
            return PL_OK;
        }
        if (i == 0) {
            hi = page;
            page = page > step ? page - step : 0;
        } else {
            lo = page + 1;
            page += step;
        }
        step *= 2;
    }
    const uint64_t first = lo * table_per_page(t);
    *at = first < n_of(ix, t) ? first : n_of(ix, t);
    return PL_OK;
}

/* ---- places ---- */

int archive_index_block(struct archive_index *ix, uint64_t block, struct archive_place *place)
{
    if (block >= ix->n_blocks) {
        snprintf(ix->message, sizeof ix->message, "'%s' has no block %" PRIu64, ix->path, block);
        return PL_ERROR;
    }
    const unsigned char *e = entry(ix, TABLE_BLOCKS, block);
    if (!e)
        return PL_ERROR;
    place->block = block;
    place->block_at = get_le(e, 6);
    place->block_content = get_le(e + 6, 6);
    place->block_end = ix->archive_len;
    place->block_content_end = ix->content_len;
    if (block + 1 < ix->n_blocks) {
        e = entry(ix, TABLE_BLOCKS, block + 1);
        if (!e)
            return PL_ERROR;
        place->block_end = get_le(e, 6);
        place->block_content_end = get_le(e + 6, 6);
    }
    if (place->block_at >= place->block_end || place->block_content >= place->block_content_end ||
        place->block_end > ix->archive_len || place->block_content_end > ix->content_len)
        return damaged(ix, TABLE_BLOCKS, place_of(ix, TABLE_BLOCKS, block), "a block that ends before it begins");
    return PL_OK;
}

int archive_index_block_of(struct archive_index *ix, uint64_t offset, struct archive_place *place)
{
    uint64_t next;

    if (offset >= ix->content_len || ix->n_blocks == 0) {
        snprintf(ix->message, sizeof ix->message, "'%s' knows no block for byte %" PRIu64, ix->path, offset);
        return PL_ERROR;
    }
    if (search(ix, TABLE_BLOCKS, offset + 1, (double)offset / (double)ix->content_len, &next) != PL_OK)
        return PL_ERROR;
    if (next == 0)
        return damaged(ix, TABLE_BLOCKS, ix->table[TABLE_BLOCKS], "no block that holds the beginning");
    return archive_index_block(ix, next - 1, place);
}

int archive_index_record(struct archive_index *ix, uint64_t number, struct archive_place *place)
{
    uint64_t end = ix->content_len;

    *place = (struct archive_place){.number = number};
    if (number >= ix->n_records) {
        snprintf(ix->message, sizeof ix->message, "'%s' has no record %" PRIu64, ix->path, number);
        return PL_ERROR;
    }
    const unsigned char *e = entry(ix, TABLE_RECORDS, number);
    if (!e)
        return PL_ERROR;
    place->offset = get_le(e, 6);
    place->crc = (uint32_t)get_le(e + 6, 4);
    if (number + 1 < ix->n_records) {
        e = entry(ix, TABLE_RECORDS, number + 1);
        if (!e)
            return PL_ERROR;
        end = get_le(e, 6);
    }
    if (place->offset >= end || end > ix->content_len || place->offset < ix->start)
        return damaged(ix, TABLE_RECORDS, place_of(ix, TABLE_RECORDS, number), "a record that ends before it begins");
    place->len = end - place->offset;
    return ix->holds == ARCHIVE_MEMBERS ? archive_index_block_of(ix, place->offset, place) : PL_OK;
}

/* The record of the key at s->at, where that key has the hash. */
static int look(struct archive_index *ix, struct archive_search *s)
{
    s->found = false;
    if (s->at >= ix->n_keys)
        return PL_OK;
    const unsigned char *e = entry(ix, TABLE_KEYS, s->at);
    if (!e)
        return PL_ERROR;
    if (get_le(e, 6) != s->hash)
        return PL_OK;
    const uint64_t number = get_le(e + 6, 4);
    if (number >= ix->n_records)
        return damaged(ix, TABLE_KEYS, place_of(ix, TABLE_KEYS, s->at), "the key of a record that is none");
    s->found = true;
    return archive_index_record(ix, number, &s->place);
}

int archive_index_find(struct archive_index *ix, struct archive_search *s, uint64_t key)
{
    *s = (struct archive_search){.hash = short_hash(key)};
    if (key == 0)
        return PL_OK;
    if (search(ix, TABLE_KEYS, s->hash, (double)s->hash / 0x1p48, &s->at) != PL_OK)
        return PL_ERROR;
    return look(ix, s);
}

int archive_index_next(struct archive_index *ix, struct archive_search *s)
{
    s->at++;
    return look(ix, s);
}

/* ---- all of it ---- */

/* Entry by entry: each lies behind the one before; of keys with the same hash the numbers do. */
static int verify_table(struct archive_index *ix, enum index_table t)
{
    uint64_t before = 0, number_before = 0;

    for (uint64_t i = 0; i < n_of(ix, t); i++) {
        const unsigned char *e = entry(ix, t, i);
        if (!e)
            return PL_ERROR;
        const uint64_t order = order_of(t, e), number = get_le(e + (t == TABLE_BLOCKS ? 0 : 6), t == TABLE_BLOCKS ? 6 : 4);
        if (t == TABLE_KEYS ? number >= ix->n_records : order >= ix->content_len || (i == 0 && order != (t == TABLE_RECORDS ? ix->start : 0)))
            return damaged(ix, t, place_of(ix, t, i), "an entry that leads out of the archive");
        if (t == TABLE_BLOCKS && (number >= ix->archive_len || (i == 0 && number != 0)))
            return damaged(ix, t, place_of(ix, t, i), "an entry that leads out of the archive");
        const bool same = t == TABLE_KEYS && order == before, rises = number > number_before || t == TABLE_RECORDS;
        if (i && (order < before || (order == before && !same) || ((same || t == TABLE_BLOCKS) && !rises)))
            return damaged(ix, t, place_of(ix, t, i), "an entry out of order");
        before = order;
        number_before = number;
    }
    return PL_OK;
}

int archive_index_verify(struct archive_index *ix)
{
    for (int t = 0; t < N_TABLES; t++)
        if (verify_table(ix, (enum index_table)t) != PL_OK)
            return PL_ERROR;
    return PL_OK;
}
