/* blame.c - which records killed a run: the file of notes. */
#include "blame.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "digest.h"
#include "fileio.h"
#include "fixed.h"
#include "lines.h"
#include "str.h"

enum {
    NOTE_MAX = 512,   /* bytes of a line */
    ORIGIN_HEAD = 256 /* of the origin, for a person */
};

struct blame {
    int fd; /* -1: no notes are kept */
    struct blame_note *notes; /* sorted by by_record() */
    size_t n, cap;
};

/* ---- one note ---- */

static void digest_origin(pl_str origin, uint8_t digest[BLAME_DIGEST])
{
    uint8_t whole[SHA256_DIGEST_SIZE];

    digest_of(origin, whole);
    memcpy(digest, whole, BLAME_DIGEST);
}

/* 16 hex digits: for what a disk does to a line, not for what an enemy does. */
static void add_checksum(struct fixed *f, pl_str text)
{
    const uint64_t hash = str_hash(text);
    uint8_t bytes[8];

    for (size_t i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(hash >> (56 - 8 * i));
    fixed_add_hex(f, bytes, sizeof bytes);
}

bool blame_write(const struct blame *b, bool hang, const char *why, int stage, const char *verb, pl_str origin)
{
    char text[NOTE_MAX], line[NOTE_MAX + 32];
    struct fixed t = {text, 0, sizeof text}, f = {line, 0, sizeof line};
    uint8_t digest[BLAME_DIGEST];

    if (!blame_keeps(b))
        return false;
    digest_origin(origin, digest);
    fixed_addz(&t, hang ? "hang " : "crash ");
    fixed_addz(&t, why);
    fixed_addz(&t, " ");
    fixed_add_number(&t, (uint64_t)stage);
    fixed_addz(&t, " ");
    fixed_addz(&t, verb);
    fixed_addz(&t, " ");
    fixed_add_hex(&t, digest, sizeof digest);
    fixed_addz(&t, " ");
    fixed_add_word(&t, str_sub(origin, 0, origin.len < ORIGIN_HEAD ? origin.len : ORIGIN_HEAD));
    add_checksum(&f, (pl_str){text, t.len});
    fixed_addz(&f, " ");
    fixed_add(&f, (pl_str){text, t.len});
    fixed_addz(&f, "\n");
    /* One write to a file opened for appending: two threads that die together do not mix their lines. */
    return fixed_write(&f, b->fd) && fsync(b->fd) == 0;
}

static bool take_word(char *to, size_t size, pl_str word)
{
    if (word.len == 0 || word.len >= size)
        return false;
    memcpy(to, word.ptr, word.len);
    to[word.len] = '\0';
    return true;
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_digest(uint8_t digest[BLAME_DIGEST], pl_str hex)
{
    if (hex.len != (size_t)BLAME_DIGEST * 2)
        return false;
    for (size_t i = 0; i < BLAME_DIGEST; i++) {
        const int high = hex_value(hex.ptr[2 * i]), low = hex_value(hex.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        digest[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool take_note(struct blame_note *note, pl_str line)
{
    char sum[16];
    struct fixed f = {sum, 0, sizeof sum};
    pl_str checksum = {NULL, 0}, word[5] = {{NULL, 0}};
    int64_t stage;

    if (!str_split(&line, ' ', &checksum))
        return false;
    add_checksum(&f, line);
    if (!str_eq(checksum, (pl_str){sum, f.len}))
        return false;
    for (size_t i = 0; i < 5; i++) {
        if (!str_split(&line, ' ', &word[i]))
            return false;
    }
    note->hang = str_is(word[0], "hang");
    if (!(note->hang || str_is(word[0], "crash")) || !str_to_i64(word[2], &stage) || stage < 0 || stage > INT16_MAX)
        return false;
    note->stage = (int)stage;
    return take_word(note->why, sizeof note->why, word[1]) && take_word(note->verb, sizeof note->verb, word[3]) &&
           take_digest(note->digest, word[4]);
}

/* ---- all of them ---- */

static int by_record(const void *a, const void *b)
{
    const struct blame_note *x = a, *y = b;

    return x->stage != y->stage ? (x->stage > y->stage) - (x->stage < y->stage)
                                : memcmp(x->digest, y->digest, BLAME_DIGEST);
}

static void add_note(struct blame *b, const struct blame_note *note)
{
    if (b->n == b->cap) {
        b->cap = b->cap ? b->cap * 2 : 16;
        struct blame_note *grown = realloc(b->notes, b->cap * sizeof *grown);
        if (!grown)
            out_of_memory();
        b->notes = grown;
    }
    b->notes[b->n++] = *note;
}

static int read_notes(struct blame *b, const char *path, struct log *log)
{
    struct lines l = {.fd = b->fd, .max = NOTE_MAX + 32};
    enum lines_result r;
    pl_str line;

    while ((r = lines_next(&l, &line)) != LINES_END && r != LINES_ERROR) {
        struct blame_note note;
        if (r == LINES_LINE && take_note(&note, line))
            add_note(b, &note);
        else if (r != LINES_WAIT)
            log_say(log, PL_LOG_WARN, "%s:%llu: a note of what killed the run is damaged and not used", path,
                    (unsigned long long)l.number);
    }
    lines_done(&l);
    return r == LINES_END ? 0 : -1;
}

/* What was torn ends here, so that it does not spoil the note that comes next. */
static int end_last_line(int fd)
{
    struct stat st;
    char last = '\n';

    if (fstat(fd, &st) != 0 || (st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) != 1))
        return -1;
    return last == '\n' || write(fd, "\n", 1) == 1 ? 0 : -1;
}

static void sort_notes(struct blame *b)
{
    size_t n = 0;

    if (b->n)
        qsort(b->notes, b->n, sizeof *b->notes, by_record);
    for (size_t i = 0; i < b->n; i++) {
        if (n == 0 || by_record(&b->notes[n - 1], &b->notes[i]) != 0)
            b->notes[n++] = b->notes[i];
    }
    b->n = n;
}

struct blame *blame_open(const char *path, struct log *log)
{
    struct blame *b = calloc(1, sizeof *b);

    if (!b)
        out_of_memory();
    b->fd = -1;
    if (!path)
        return b;
    b->fd = file_open(path, O_RDWR | O_APPEND | O_CREAT);
    if (b->fd < 0 || read_notes(b, path, log) != 0 || end_last_line(b->fd) != 0) {
        log_say(log, PL_LOG_ERROR, "cannot use '%s', the notes of what killed the run: %s", path, strerror(errno));
        blame_close(b);
        return NULL;
    }
    sort_notes(b);
    return b;
}

void blame_close(struct blame *b)
{
    if (!b)
        return;
    if (b->fd >= 0)
        close(b->fd);
    free(b->notes);
    free(b);
}

size_t blame_count(const struct blame *b)
{
    return b ? b->n : 0;
}

bool blame_keeps(const struct blame *b)
{
    return b && b->fd >= 0;
}

const struct blame_note *blame_find(const struct blame *b, int stage, pl_str origin)
{
    struct blame_note key = {.stage = stage};
    bool noted = false;

    for (size_t i = 0; i < b->n && !noted; i++)
        noted = b->notes[i].stage == stage;
    if (!noted)
        return NULL;
    digest_origin(origin, key.digest);
    return bsearch(&key, b->notes, b->n, sizeof *b->notes, by_record);
}
