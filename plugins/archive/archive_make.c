/* archive_make.c - the indexes of an archive that has none, whoever wrote it. */
#include "archive_make.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../shared/deflate.h"
#include "archive_file.h"
#include "archive_json.h"
#include "archive_read.h"
#include "archive_zran.h"

/* ---- rows ---- */

static uint64_t key_of(enum archive_key kind, const struct ajson_value *v, char *room)
{
    return v->kind == AJSON_STRING || v->kind == AJSON_NUMBER ? archive_key(kind, ajson_text(v, room)) : 0;
}

const char *archive_row_of(pl_str bytes, char *room, struct archive_row *row, size_t *at)
{
    struct ajson_want want[ARCHIVE_KEYS] = {
        {.name = PL_S("id")}, {.name = PL_S("canonical_url")}, {.name = PL_S("url")}};

    *row = (struct archive_row){.len = (uint32_t)bytes.len, .crc = deflate_crc32(0, bytes.ptr, bytes.len)};
    bytes.len -= bytes.len && bytes.ptr[bytes.len - 1] == '\n';
    const char *wrong = ajson_fields(bytes, want, ARCHIVE_KEYS, at);
    for (int i = 0; i < ARCHIVE_KEYS && !wrong; i++)
        row->key[i] = key_of(i == 0 ? ARCHIVE_ID : ARCHIVE_URL, &want[i].value, room);
    return wrong;
}

int archive_taker_open(struct archive_taker *t)
{
    *t = (struct archive_taker){.log = {.fd = -1}};
    if (archive_rows_open(&t->log, PL_S("")) == PL_OK)
        return PL_OK;
    snprintf(t->message, sizeof t->message, "%s", t->log.message);
    t->failed = true;
    return PL_ERROR;
}

void archive_taker_close(struct archive_taker *t)
{
    archive_rows_close(&t->log);
    free(t->room);
    t->room = NULL;
}

static void taker_fault(struct archive_taker *t, const char *what)
{
    if (!t->failed)
        snprintf(t->message, sizeof t->message, "%s", what);
    t->failed = true;
}

static void flush_rows(struct archive_taker *t)
{
    if (!t->failed && t->n && archive_rows_add(&t->log, &t->chain, t->row, t->n, 0, 0) != PL_OK)
        taker_fault(t, t->log.message);
    t->n = 0;
}

/* Empty members (the end markers of files that were joined by cat) belong to the block before, those at the beginning to the
 * first; the last of all is the archive's end. */
void archive_taker_block(struct archive_taker *t, uint64_t len, uint64_t content_len)
{
    if (t->failed)
        return;
    if (content_len == 0) {
        *(t->chain.content_len ? &t->tail : &t->lead) += len;
        return;
    }
    if (t->tail && archive_rows_add(&t->log, &t->chain, NULL, 0, 0, (uint32_t)t->tail) != PL_OK)
        taker_fault(t, t->log.message);
    else if (t->lead + len > READ_LARGE || content_len > READ_LARGE || t->tail > UINT32_MAX)
        taker_fault(t, "a gzip member is too large for a block");
    else if (archive_rows_add(&t->log, &t->chain, NULL, 0, (uint32_t)content_len, (uint32_t)(t->lead + len)) != PL_OK)
        taker_fault(t, t->log.message);
    t->lead = t->tail = 0;
}

void archive_taker_line(struct archive_taker *t, pl_str bytes)
{
    if (t->failed)
        return;
    if (bytes.len > t->room_cap) {
        char *room = realloc(t->room, bytes.len * 2);
        if (!room) {
            taker_fault(t, "out of memory");
            return;
        }
        t->room = room;
        t->room_cap = bytes.len * 2;
    }
    struct archive_row *row = &t->row[t->n];
    size_t at;
    archive_row_of(bytes, t->room, row, &at);
    t->without_key += !row->key[0] && !row->key[1] && !row->key[2];
    if (++t->n == sizeof t->row / sizeof *t->row)
        flush_rows(t);
}

int archive_taker_end(struct archive_taker *t)
{
    flush_rows(t);
    return t->failed ? PL_ERROR : PL_OK;
}

/* ---- files ---- */

/* One file of an index: .gzi or .idx. */
static int write_one(struct archive_taker *t, const char *path, const struct archive_about *about, uint64_t *len, char *message,
                     size_t size)
{
    struct part out = {.fd = -1};
    int rc = part_open(&out, (pl_str){path, strlen(path)});

    if (rc != PL_OK)
        snprintf(message, size, "%s", out.message);
    if (rc == PL_OK) {
        rc = about ? archive_index_write(&t->log, &t->chain, about, &out) : archive_gzi_write(&t->log, &t->chain, &out);
        if (rc != PL_OK)
            snprintf(message, size, "%s", t->log.message);
    }
    if (rc == PL_OK && (rc = part_publish(&out)) != PL_OK)
        snprintf(message, size, "%s", out.message);
    *len += out.length;
    if (rc != PL_OK && out.part && out.fd >= 0 && !out.published)
        unlink(out.part);
    part_close(&out);
    return rc;
}

int archive_taker_write(struct archive_taker *t, const char *path, const struct archive_about *about, bool gzi, uint64_t *len,
                        char *message, size_t size)
{
    char *gzi_path = archive_path_of(path, ".gzi"), *idx_path = archive_path_of(path, ".idx");
    int rc = PL_ERROR;

    if (!gzi_path || !idx_path)
        snprintf(message, size, "out of memory");
    else if (!gzi || write_one(t, gzi_path, NULL, len, message, size) == PL_OK)
        rc = write_one(t, idx_path, about, len, message, size);
    free(gzi_path);
    free(idx_path);
    return rc;
}

/* ---- the making ---- */

struct making {
    const char *path;
    int fd;
    struct archive_taker taker;
    struct archive_read *read;
    bool stream, all_blocks;
    struct zran_making *zran;
    struct archive_about about;
    struct archive_made *made;
    char read_message[800];
    char *message;
    size_t size;
};

static int say(struct making *m, const char *what)
{
    snprintf(m->message, m->size, "%s: %s", m->path, what);
    return PL_ERROR;
}

static void take_member(void *to, const struct archive_member *b)
{
    struct making *m = to;

    m->all_blocks = m->all_blocks && b->block;
    if (!m->stream && !archive_read_facts(m->read).large)
        archive_taker_block(&m->taker, b->len, b->content_len);
}

/* Of a table, whose cells may have line breaks in them, lines are no records, and what an index would know of them is wrong. */
static bool is_json(pl_str first)
{
    size_t i = first.len >= 3 && memcmp(first.ptr, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    while (i < first.len && (first.ptr[i] == ' ' || first.ptr[i] == '\t' || first.ptr[i] == '\r'))
        i++;
    return i == first.len || first.ptr[i] == '{';
}

static int take_lines(struct making *m)
{
    struct archive_line line;
    enum read_result rc;

    while ((rc = archive_read_line(m->read, &line)) == READ_OK) {
        if (line.torn)
            return say(m, "a line is too long");
        if (line.offset == 0 && !is_json(line.text))
            return say(m, "is no JSONL, as its first line shows: of CSV and TSV the run that writes them makes the index");
        if (!m->stream && archive_read_facts(m->read).large)
            return PL_AGAIN;
        archive_taker_line(&m->taker, (pl_str){line.text.ptr, line.len});
        if (m->taker.failed)
            return say(m, m->taker.message);
    }
    if (rc == READ_END && !m->stream && archive_read_facts(m->read).large)
        return PL_AGAIN;
    if (rc == READ_END && archive_taker_end(&m->taker) == PL_OK)
        return PL_OK;
    if (rc == READ_END)
        return say(m, m->taker.message);
    snprintf(m->message, m->size, "%s; no index was made", m->read_message);
    return PL_ERROR;
}

static void done_reading(struct making *m)
{
    archive_read_free(m->read);
    m->read = NULL;
    archive_taker_close(&m->taker);
    zran_making_free(m->zran);
    m->zran = NULL;
}

/* Reads the archive from its start.  PL_AGAIN: as blocks it cannot be had. */
static int read_through(struct making *m)
{
    int rc = PL_ERROR;

    m->all_blocks = true;
    if (lseek(m->fd, 0, SEEK_SET) < 0)
        return say(m, strerror(errno));
    m->read = archive_read_new(m->fd, m->path, m->read_message, sizeof m->read_message);
    if (archive_taker_open(&m->taker) != PL_OK)
        return say(m, m->taker.message);
    if (!m->read)
        return say(m, "out of memory");
    archive_read_crc(m->read);
    archive_read_members(m->read, take_member, m);
    if (m->stream) {
        char *path = archive_path_of(m->path, ".zran");
        m->zran = path ? zran_making_new((pl_str){path, strlen(path)}, m->message, m->size) : NULL;
        free(path);
        if (!m->zran)
            return PL_ERROR;
        archive_read_points(m->read, ZRAN_SPACING, zran_making_point, m->zran);
    }
    rc = take_lines(m);
    const struct archive_read_facts f = archive_read_facts(m->read);
    m->about = (struct archive_about){.holds = f.plain ? ARCHIVE_PLAIN : m->stream ? ARCHIVE_STREAM : ARCHIVE_MEMBERS,
                                      .format = ARCHIVE_JSONL,
                                      .archive_len = f.length,
                                      .archive_crc = f.crc,
                                      .content_len = f.content_len};
    m->all_blocks = m->all_blocks && f.blocks;
    return rc;
}

static int write_index(struct making *m)
{
    struct archive_made *made = m->made;

    if (archive_tail_crc(m->fd, m->about.archive_len, &m->about.tail_crc) != PL_OK)
        return say(m, strerror(errno));
    if (m->stream) {
        if (zran_making_end(m->zran, m->about.content_len, m->about.archive_len, m->about.archive_crc, m->about.tail_crc,
                            m->message, m->size) != PL_OK ||
            zran_making_publish(m->zran, m->message, m->size) != PL_OK)
            return PL_ERROR;
        made->index_len += zran_making_length(m->zran);
    }
    return archive_taker_write(&m->taker, m->path, &m->about, m->about.holds == ARCHIVE_MEMBERS && m->all_blocks,
                               &made->index_len, m->message, m->size);
}

int archive_make_index(const char *path, struct archive_made *made, char *message, size_t size)
{
    struct making m = {.path = path, .made = made, .message = message, .size = size, .fd = -1, .taker = {.log = {.fd = -1}}};
    struct stat st;
    int rc = PL_ERROR;

    *made = (struct archive_made){0};
    m.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (m.fd < 0 || fstat(m.fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        snprintf(message, size, "cannot open '%s': %s", path, m.fd < 0 ? strerror(errno) : "not a file");
        goto done;
    }
    rc = read_through(&m);
    if (rc == PL_AGAIN) {
        done_reading(&m);
        m.stream = true;
        rc = read_through(&m);
    }
    if (rc == PL_OK)
        rc = write_index(&m);
    made->holds = m.about.holds;
    made->n_records = m.taker.chain.n_rows;
    made->n_blocks = m.stream ? 0 : m.taker.chain.n_frames;
    made->without_key = m.taker.without_key;
    made->archive_len = m.about.archive_len;
    made->content_len = m.about.content_len;
done:
    done_reading(&m);
    if (m.fd >= 0)
        close(m.fd);
    return rc == PL_OK ? PL_OK : PL_ERROR;
}
