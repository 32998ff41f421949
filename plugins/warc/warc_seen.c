/* warc_seen.c - which payloads have been written, so that the next of the same is a revisit.
 *
 * An entry is its key, the record's id (zeros: not known), two lengths, date and address.  The table and its log hold the
 * same bytes. */
#include "warc_seen.h"

#include "../shared/deflate.h"
#include "../shared/warc_digest.h"
#include "warc_cdxj.h"
#include "warc_make.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

enum { HEAD = WARC_SEEN_KEY + 16 + 8, FIRST_SLOTS = 1024, URI_MOST = 1 << 16, DATE_MOST = 40 };

struct entry {
    const uint8_t *key, *id;
    pl_str date, uri;
    size_t length;
};

static uint32_t little32(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;

    return (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;
}

/* The entry at s[at]; false: there is none that is whole. */
static bool read_entry(pl_str s, size_t at, struct entry *e)
{
    const char *p = s.ptr + at;
    const size_t left = s.len - at;

    if (left < HEAD)
        return false;
    const uint32_t date = little32(p + HEAD - 8), uri = little32(p + HEAD - 4);
    if (date > DATE_MOST || uri > URI_MOST || left - HEAD < (size_t)date + uri)
        return false;
    e->key = (const uint8_t *)p;
    e->id = e->key + WARC_SEEN_KEY;
    e->date = (pl_str){p + HEAD, date};
    e->uri = (pl_str){p + HEAD + date, uri};
    e->length = HEAD + (size_t)date + uri;
    return true;
}

static int no_memory(struct warc_seen *s)
{
    snprintf(s->message, sizeof s->message, "out of memory");
    s->log.machine = true;
    return PL_ERROR;
}

static int log_fault(struct warc_seen *s)
{
    snprintf(s->message, sizeof s->message, "%s", s->log.message);
    return PL_ERROR;
}

int warc_seen_open(struct warc_seen *s, size_t most, pl_str log)
{
    *s = (struct warc_seen){.most = most, .keeps = log.ptr != NULL};
    pthread_mutex_init(&s->lock, NULL);
    s->log.fd = -1;
    s->slot = calloc(FIRST_SLOTS, sizeof *s->slot);
    s->n_slots = s->slot ? FIRST_SLOTS : 0;
    if (!s->slot)
        return no_memory(s);
    return !s->keeps || part_open(&s->log, log) == PL_OK ? PL_OK : log_fault(s);
}

void warc_seen_close(struct warc_seen *s)
{
    if (s->keeps)
        part_close(&s->log);
    warc_buf_done(&s->entries);
    free(s->slot);
    pthread_mutex_destroy(&s->lock);
    *s = (struct warc_seen){0};
}

/* The slot of a key: its own, or the one that is free for it. */
static size_t place(const struct warc_seen *s, const uint8_t *key)
{
    uint64_t hash;

    memcpy(&hash, key, sizeof hash);
    for (size_t i = (size_t)hash & (s->n_slots - 1);; i = (i + 1) & (s->n_slots - 1))
        if (!s->slot[i] || memcmp(s->entries.at + s->slot[i] - 1, key, WARC_SEEN_KEY) == 0)
            return i;
}

static bool grow(struct warc_seen *s)
{
    const size_t n = s->n_slots * 2;
    struct warc_seen larger = {.n_slots = n, .entries = s->entries, .slot = calloc(n, sizeof *s->slot)};

    if (!larger.slot)
        return false;
    for (size_t i = 0; i < s->n_slots; i++)
        if (s->slot[i])
            larger.slot[place(&larger, (const uint8_t *)s->entries.at + s->slot[i] - 1)] = s->slot[i];
    free(s->slot);
    s->slot = larger.slot;
    s->n_slots = n;
    return true;
}

bool warc_seen_find(struct warc_seen *s, const uint8_t key[WARC_SEEN_KEY], struct warc_buf *refers)
{
    static const uint8_t unknown[16];
    struct entry e;

    pthread_mutex_lock(&s->lock);
    const uint64_t at = s->slot[place(s, key)];
    const bool found = at && read_entry(warc_buf_view(&s->entries), (size_t)at - 1, &e);
    if (found)
        warc_refers(refers, memcmp(e.id, unknown, sizeof unknown) ? e.id : NULL, e.uri, e.date);
    pthread_mutex_unlock(&s->lock);
    return found;
}

static void add_little32(struct warc_buf *b, size_t v)
{
    for (int i = 0; i < 4; i++)
        warc_buf_byte(b, (char)(unsigned char)(v >> 8 * i));
}

/* Under the lock. */
static int enter(struct warc_seen *s, const uint8_t *key, const uint8_t *id, pl_str uri, pl_str date)
{
    const size_t at = s->entries.len;

    warc_buf_add(&s->entries, (pl_str){(const char *)key, WARC_SEEN_KEY});
    warc_buf_add(&s->entries, (pl_str){(const char *)id, 16});
    add_little32(&s->entries, date.len);
    add_little32(&s->entries, uri.len);
    warc_buf_add(&s->entries, date);
    warc_buf_add(&s->entries, uri);
    if (s->entries.failed || (s->n * 2 >= s->n_slots && !grow(s)))
        return no_memory(s);
    s->slot[place(s, key)] = at + 1;
    s->n++;
    return PL_OK;
}

int warc_seen_add(struct warc_seen *s, const uint8_t key[WARC_SEEN_KEY], const uint8_t id[16], pl_str uri, pl_str date,
                  bool *full)
{
    const size_t length = HEAD + date.len + uri.len;
    const size_t slots = s->n * 2 >= s->n_slots ? s->n_slots * 2 : s->n_slots;
    int rc = PL_OK;

    *full = s->entries.len + length + slots * sizeof *s->slot > s->most;
    if (*full || uri.len > URI_MOST || date.len > DATE_MOST)
        return PL_OK;
    pthread_mutex_lock(&s->lock);
    if (!s->slot[place(s, key)])
        rc = enter(s, key, id, uri, date);
    pthread_mutex_unlock(&s->lock);
    return rc;
}

/* ---- earlier runs ---- */

static int seed_line(struct warc_seen *s, pl_str line, struct warc_buf *text)
{
    static const uint8_t unknown[16];
    struct warc_cdxj c;
    uint8_t digest[WARC_DIGEST_MOST];
    uint64_t offset;
    pl_str name;
    size_t n;
    bool full;

    warc_buf_reset(text, 1 << 16);
    if (!warc_cdxj_read(line, text, &c, &offset, &name) || !c.uri.len ||
        (c.mime.len == 12 && memcmp(c.mime.ptr, "warc/revisit", 12) == 0))
        return PL_OK;
    if (warc_digest_read(c.digest, digest, &n) == WARC_UNKNOWN || n < WARC_SEEN_KEY)
        return PL_OK;
    return warc_seen_add(s, digest, unknown, c.uri, c.date, &full);
}

int warc_seen_seed(struct warc_seen *s, const char *cdxj)
{
    FILE *in = fopen(cdxj, "re");
    struct warc_buf text = {0};
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    int rc = PL_OK;

    while (in && rc == PL_OK && (n = getline(&line, &cap, in)) > 0)
        rc = seed_line(s, (pl_str){line, (size_t)n}, &text);
    if (!in || ferror(in)) {
        snprintf(s->message, sizeof s->message, "cannot read the index '%s': %s", cdxj, strerror(errno));
        rc = PL_ERROR;
    }
    free(line);
    warc_buf_done(&text);
    if (in)
        fclose(in);
    s->seeded = s->logged = s->entries.len;
    return rc;
}

/* ---- what outlives a kill ---- */

static uint32_t seed_crc(const struct warc_seen *s)
{
    return deflate_crc32(0, s->entries.at, s->seeded);
}

int warc_seen_checkpoint(struct warc_seen *s, struct warc_buf *saved)
{
    if (s->keeps && s->entries.len > s->logged) {
        if (part_append(&s->log, s->entries.at + s->logged, s->entries.len - s->logged) != PL_OK)
            return log_fault(s);
        s->logged = s->entries.len;
    }
    if (s->keeps && part_sync(&s->log) != PL_OK)
        return log_fault(s);
    warc_buf_addf(saved, "seen %llu %08lx %llu %08lx\n", (unsigned long long)s->seeded, (unsigned long)seed_crc(s),
                  (unsigned long long)s->log.length, (unsigned long)s->log.crc);
    return saved->failed ? no_memory(s) : PL_OK;
}

static int read_log(struct warc_seen *s, size_t length)
{
    struct warc_buf all = {0};
    struct entry e;
    size_t at = 0;
    int rc = PL_OK;
    char *to = warc_buf_room(&all, length);

    if (!to)
        return no_memory(s);
    while (at < length && rc == PL_OK) {
        const ssize_t n = pread(s->log.fd, to + at, length - at, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            snprintf(s->message, sizeof s->message, "cannot read '%s': %s", s->log.part, n ? strerror(errno) : "it shrank");
            s->log.machine = true;
            rc = PL_ERROR;
        }
        at += n > 0 ? (size_t)n : 0;
    }
    for (at = 0; at < length && rc == PL_OK; at += e.length) {
        if (!read_entry((pl_str){to, length}, at, &e)) {
            snprintf(s->message, sizeof s->message, "'%s' is damaged at byte %zu: begin anew with --restart", s->log.part, at);
            rc = PL_ERROR;
        } else if (!s->slot[place(s, e.key)]) {
            rc = enter(s, e.key, e.id, e.uri, e.date);
        }
    }
    warc_buf_done(&all);
    s->logged = s->entries.len;
    return rc;
}

int warc_seen_restore(struct warc_seen *s, pl_str saved)
{
    unsigned long long seeded, length;
    unsigned long crc, log_crc;
    char text[128];
    int end = -1;

    snprintf(text, sizeof text, "%.*s", (int)(saved.len < sizeof text ? saved.len : sizeof text - 1), saved.ptr);
    if (sscanf(text, "seen %19llu %8lx %19llu %8lx%n", &seeded, &crc, &length, &log_crc, &end) != 4 || end < 0 ||
        length > s->most) {
        snprintf(s->message, sizeof s->message, "the saved state of `seen` cannot be read: begin anew with --restart");
        return PL_ERROR;
    }
    if (seeded != s->seeded || crc != seed_crc(s)) {
        snprintf(s->message, sizeof s->message,
                 "the indexes that `seen` names have changed since this run began: put them back, or begin anew with --restart");
        return PL_ERROR;
    }
    if (!s->keeps || length == 0)
        return PL_OK;
    if (part_restore(&s->log, length, (uint32_t)log_crc) != PL_OK)
        return log_fault(s);
    return read_log(s, (size_t)length);
}
