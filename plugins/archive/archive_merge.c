/* archive_merge.c - archives joined without being compressed anew.
 *
 * A member's bytes are copied once its checksum was seen to be right; when all is written it is read once more before it gets its
 * name, as what is merged is often removed then. */
#include "archive_merge.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../shared/part.h"
#include "archive_bgzf.h"
#include "archive_make.h"
#include "archive_read.h"
#include "archive_verify.h"

enum { PIECE = 1 << 16 };

struct merge {
    struct part out;
    struct archive_taker taker;
    const char *path; /* of the archive in hand */
    int fd;
    bool all_blocks;
    uint64_t n_members;
    bool failed;
    char *message;
    size_t size;
};

PL_PRINTF(2, 3)
static int refuse(struct merge *m, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    if (!m->failed)
        vsnprintf(m->message, m->size, fmt, ap);
    va_end(ap);
    m->failed = true;
    return PL_ERROR;
}

static void copy_member(void *to, const struct archive_member *b)
{
    struct merge *m = to;
    unsigned char piece[PIECE];
    uint64_t done = 0;

    if (b->content_len == 0 || m->failed)
        return; /* an end marker */
    if (b->len > READ_LARGE || b->content_len > READ_LARGE) {
        refuse(m, "'%s' has a gzip member of %" PRIu64 " bytes at byte %" PRIu64 ", too large for a block: write it anew, as by "
                                   "`zcat FILE | bgzip`", m->path, b->len, b->at);
        return;
    }
    while (done < b->len) {
        const size_t want = b->len - done < sizeof piece ? (size_t)(b->len - done) : sizeof piece;
        const ssize_t n = pread(m->fd, piece, want, (off_t)(b->at + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            refuse(m, "cannot read '%s' at byte %" PRIu64 ": %s", m->path, b->at + done, n < 0 ? strerror(errno) : "it became shorter");
            return;
        }
        if (part_append(&m->out, piece, (size_t)n) != PL_OK) {
            refuse(m, "%s", m->out.message);
            return;
        }
        done += (uint64_t)n;
    }
    archive_taker_block(&m->taker, b->len, b->content_len);
    m->all_blocks = m->all_blocks && b->block;
    m->n_members++;
}

static int take_lines(struct merge *m, struct archive_read *r, const char *read_message)
{
    struct archive_line line;
    enum read_result rc;
    bool ends = true;

    while ((rc = archive_read_line(r, &line)) == READ_OK && !m->failed) {
        if (archive_read_facts(r).plain)
            return refuse(m, "'%s' is not compressed", m->path);
        if (line.torn)
            return refuse(m, "'%s' has a line that is too long at byte %" PRIu64 " of its content", m->path, line.offset);
        if (line.offset == 0 && line.text.ptr[0] != '{')
            return refuse(m, "'%s' is no JSONL", m->path);
        ends = line.len > line.text.len;
        archive_taker_line(&m->taker, (pl_str){line.text.ptr, line.len});
        if (m->taker.failed)
            return refuse(m, "%s: %s", m->path, m->taker.message);
    }
    if (m->failed)
        return PL_ERROR;
    if (rc != READ_END)
        return refuse(m, "%s", read_message);
    return ends ? PL_OK : refuse(m, "'%s' ends within a line", m->path);
}

static int take_archive(struct merge *m, const char *path)
{
    char read_message[1024];
    struct stat st, out;
    int rc = PL_ERROR;

    m->path = path;
    m->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (m->fd < 0 || fstat(m->fd, &st) < 0)
        return refuse(m, "cannot open '%s': %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return refuse(m, "'%s' is not a file", path);
    if (fstat(m->out.fd, &out) == 0 && st.st_dev == out.st_dev && st.st_ino == out.st_ino)
        return refuse(m, "'%s' is what is being written", path);
    struct archive_read *r = archive_read_new(m->fd, path, read_message, sizeof read_message);
    if (r) {
        archive_read_members(r, copy_member, m);
        rc = take_lines(m, r, read_message);
    } else {
        refuse(m, "out of memory");
    }
    archive_read_free(r);
    close(m->fd);
    m->fd = -1;
    return rc;
}

static void told(void *to, const char *what)
{
    struct merge *m = to;

    refuse(m, "what was written is not what was read: %s", what);
}

static int finish(struct merge *m, const char *out)
{
    struct archive_about about = {.holds = ARCHIVE_MEMBERS, .format = ARCHIVE_JSONL};
    struct archive_report report;
    char message[1024];
    uint64_t len = 0;

    if (archive_taker_end(&m->taker) != PL_OK)
        return refuse(m, "%s", m->taker.message);
    if (part_append(&m->out, bgzf_end, BGZF_END) != PL_OK || part_sync(&m->out) != PL_OK)
        return refuse(m, "%s", m->out.message);
    about.archive_len = m->out.length;
    about.archive_crc = m->out.crc;
    about.content_len = m->taker.chain.content_len;
    if (archive_tail_crc(m->out.fd, about.archive_len, &about.tail_crc) != PL_OK)
        return refuse(m, "cannot read '%s': %s", m->out.part, strerror(errno));
    if (archive_verify(m->out.part, told, m, &report, message, sizeof message) != PL_OK)
        return refuse(m, "%s", message);
    if (m->failed)
        return PL_ERROR;
    if (part_publish(&m->out) != PL_OK)
        return refuse(m, "%s", m->out.message);
    if (archive_taker_write(&m->taker, out, &about, m->all_blocks, &len, message, sizeof message) != PL_OK)
        return refuse(m, "'%s' is whole, but has no index: %s", out, message);
    return PL_OK;
}

int archive_merge(const char *out, char **path, int n, struct archive_merged *merged, char *message, size_t size)
{
    struct merge m = {.out = {.fd = -1}, .fd = -1, .all_blocks = true, .message = message, .size = size};
    int rc = archive_taker_open(&m.taker);

    if (rc != PL_OK)
        refuse(&m, "%s", m.taker.message);
    else if ((rc = part_open(&m.out, (pl_str){out, strlen(out)})) != PL_OK)
        refuse(&m, "%s", m.out.message);
    for (int i = 0; i < n && rc == PL_OK; i++)
        rc = take_archive(&m, path[i]);
    if (rc == PL_OK)
        rc = finish(&m, out);
    *merged = (struct archive_merged){m.taker.chain.n_rows, m.n_members, m.out.length};
    if (m.fd >= 0)
        close(m.fd);
    if (rc != PL_OK && m.out.part && m.out.fd >= 0 && !m.out.published)
        unlink(m.out.part);
    part_close(&m.out);
    archive_taker_close(&m.taker);
    return rc;
}
