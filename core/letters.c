/* letters.c - dead letters as what a run reads. */
#include "letters.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "digest.h"
#include "fileio.h"
#include "host.h"
#include "json.h"
#include "lines.h"
#include "outfile.h"
#include "str.h"

enum { HEX = DIGEST_HEX, PIECE = 1 << 16, MAX_LIST = 1 << 30, MAX_CHILD = 63 };

struct letters {
    struct log *log;
    struct arena arena;
    pl_str path, list_path;
    int fd;
    struct lines lines;
    char sha[HEX + 1]; /* of the whole file: it must not change while it is retried */
    struct buf list;   /* DEADLETTERS.retried as it was found */
    pl_str *known;     /* the SHA-256 of each letter in it, sorted */
    size_t n_known;
    uint64_t behind;   /* number of the line read last */
    struct seen {
        uint64_t *at; /* two words of the SHA-256 of each letter read so far, by open addressing; both 0: free */
        size_t n, mask;
    } seen;
};

static void digest_line(pl_str line, char out[HEX + 1])
{
    uint8_t digest[SHA256_DIGEST_SIZE];

    digest_of(line, digest);
    digest_hex(digest, sizeof digest, out);
}

static int io_error(struct letters *l, const char *doing, pl_str path)
{
    log_say(l->log, PL_LOG_ERROR, "cannot %s '" STR_FMT "': %s", doing, STR_ARG(path), strerror(errno));
    return PL_FATAL;
}

static int digest_file(struct letters *l)
{
    uint8_t digest[SHA256_DIGEST_SIZE];

    if (digest_of_file(l->fd, digest) != 0 || lseek(l->fd, 0, SEEK_SET) < 0)
        return io_error(l, "read", l->path);
    digest_hex(digest, sizeof digest, l->sha);
    return PL_OK;
}

static int by_bytes(const void *a, const void *b)
{
    return str_cmp(*(const pl_str *)a, *(const pl_str *)b);
}

static int load_list(struct letters *l)
{
    pl_str rest, line;
    size_t cap = 0;

    l->list.limit = MAX_LIST;
    if (file_load(l->list_path.ptr, &l->list) != 0 && errno != ENOENT)
        return io_error(l, "read", l->list_path);
    for (rest = buf_view(&l->list); str_split(&rest, '\n', &line);) {
        if (line.len < HEX)
            continue;
        l->known = arena_grow(&l->arena, l->known, l->n_known, &cap, sizeof *l->known);
        l->known[l->n_known++] = str_sub(line, 0, HEX);
    }
    if (l->n_known)
        qsort(l->known, l->n_known, sizeof *l->known, by_bytes);
    /* Better to know now than when all is done. */
    const int fd = file_open(l->list_path.ptr, O_WRONLY | O_APPEND | O_CREAT);
    if (fd < 0)
        return io_error(l, "write", l->list_path);
    close(fd);
    return PL_OK;
}

static bool is_text(const pl_record *letter, const char *name)
{
    const pl_key key = record_find_key(letter, str_of(name));

    return key != PL_NONE && record_get(letter, key)->type == PL_STR;
}

/* Looks at the first line, so that a slip of the hand does not make a dead letter of each line of some other file. */
static int prove(struct letters *l)
{
    struct lines lines = {.fd = l->fd, .max = SIZE_MAX / 4};
    struct intern *names = intern_new();
    pl_record *letter = record_new(names, 0);
    enum lines_result got;
    struct json_error err;
    pl_str line;
    int rc = PL_OK;

    if (!letter)
        out_of_memory();
    while ((got = lines_next(&lines, &line)) == LINES_WAIT)
        continue;
    if (got == LINES_ERROR || lseek(l->fd, 0, SEEK_SET) < 0) {
        rc = io_error(l, "read", l->path);
    } else if (got == LINES_LINE && (json_read(letter, line, &err) != PL_OK || !is_text(letter, "origin") ||
                                     !is_text(letter, "stage") || !is_text(letter, "code"))) {
        log_say(l->log, PL_LOG_ERROR,
                "'" STR_FMT "' is no file of dead letters: its first line has no origin, stage and code; a run writes "
                "deadletters.jsonl", STR_ARG(l->path));
        rc = PL_ERROR;
    }
    record_free(letter);
    intern_free(names);
    lines_done(&lines);
    return rc;
}

/* Two at a time would both retry what neither has in its list yet.  Where there are no locks (some network file systems) that is
 * the caller's care. */
static int lock(struct letters *l)
{
    if (flock(l->fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
        return PL_OK;
    log_say(l->log, PL_LOG_ERROR, "'" STR_FMT "' is being retried by another process: try again when that has ended",
            STR_ARG(l->path));
    return PL_RETRY;
}

int letters_open(struct letters **out, pl_str path, struct log *log)
{
    struct letters *l = calloc(1, sizeof *l);
    struct buf list = {0};
    int rc;

    if (!l)
        out_of_memory();
    l->log = log;
    l->path = arena_dup(&l->arena, path);
    buf_add(&list, path);
    buf_addz(&list, ".retried");
    l->list_path = arena_dup(&l->arena, buf_view(&list));
    buf_done(&list);
    l->fd = open(l->path.ptr, O_RDONLY | O_CLOEXEC);
    rc = l->fd < 0 ? io_error(l, "open", l->path) : lock(l);
    if (rc == PL_OK)
        rc = digest_file(l);
    if (rc == PL_OK)
        rc = prove(l);
    if (rc == PL_OK)
        rc = load_list(l);
    l->lines = (struct lines){.fd = l->fd};
    if (rc != PL_OK) {
        letters_close(l);
        l = NULL;
    }
    *out = l;
    return rc;
}

void letters_close(struct letters *l)
{
    if (!l)
        return;
    lines_done(&l->lines);
    if (l->fd >= 0)
        close(l->fd);
    free(l->seen.at);
    buf_done(&l->list);
    arena_done(&l->arena);
    free(l);
}

/* ---- letters that were read before ---- */

static uint64_t *seen_place(const struct seen *s, const uint64_t key[2])
{
    size_t i = (size_t)key[0] & s->mask;

    while ((s->at[2 * i] || s->at[2 * i + 1]) && memcmp(&s->at[2 * i], key, 16) != 0)
        i = (i + 1) & s->mask;
    return &s->at[2 * i];
}

static void seen_grow(struct seen *s)
{
    struct seen more = {.n = s->n, .mask = s->mask ? s->mask * 2 + 1 : 1023};

    more.at = calloc(more.mask + 1, 2 * sizeof *more.at);
    if (!more.at)
        out_of_memory();
    for (size_t i = 0; s->at && i <= s->mask; i++) {
        if (s->at[2 * i] || s->at[2 * i + 1])
            memcpy(seen_place(&more, &s->at[2 * i]), &s->at[2 * i], 16);
    }
    free(s->at);
    *s = more;
}

/* Whether the letter was read before; it is from now on. */
static bool see(struct seen *s, pl_str line)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    uint64_t key[2];

    digest_of(line, digest);
    memcpy(key, digest, sizeof key);
    if (s->n >= s->mask / 2)
        seen_grow(s);
    uint64_t *at = seen_place(s, key);
    if (at[0] || at[1])
        return true;
    memcpy(at, key, sizeof key);
    s->n++;
    return false;
}

static bool is_known(const struct letters *l, pl_str sha)
{
    return l->n_known && bsearch(&sha, l->known, l->n_known, sizeof *l->known, by_bytes);
}

/* ---- one letter ---- */

static struct letters *letters_of(pl_self *self)
{
    return ((const struct letters_config *)self->config)->letters;
}

static pl_str member(const pl_record *letter, const char *name)
{
    const pl_key key = record_find_key(letter, str_of(name));
    const struct value *v = key == PL_NONE ? NULL : record_get(letter, key);

    return v && (v->type == PL_STR || v->type == PL_BYTES) ? v->as.str : (pl_str){NULL, 0};
}

static pl_str object(const pl_record *letter, const char *name)
{
    const pl_key key = record_find_key(letter, str_of(name));
    const struct value *v = key == PL_NONE ? NULL : record_get(letter, key);

    return v && v->type == PL_JSON ? v->as.str : (pl_str){NULL, 0};
}

/* "SHA256:POSITION:CHILD NAME" into its parts. */
static bool split_origin(pl_str origin, struct letter *parts)
{
    const char *space = origin.len ? memchr(origin.ptr, ' ', origin.len) : NULL;
    pl_str head = space ? str_sub(origin, 0, (size_t)(space - origin.ptr)) : (pl_str){NULL, 0};
    pl_str sha, number;
    int64_t at;

    if (!space || !str_split(&head, ':', &sha) || !str_split(&head, ':', &number) || !str_split(&head, ':', &parts->child))
        return false;
    if (!str_to_i64(number, &at) || at < 0 || parts->child.len > MAX_CHILD || (sha.len != HEX && !str_is(sha, "-")))
        return false;
    parts->in = (struct input){.number = 1, .name = str_sub(origin, (size_t)(space - origin.ptr) + 1, origin.len)};
    if (sha.len == HEX)
        memcpy(parts->in.digest, sha.ptr, HEX);
    parts->position = (uint64_t)at;
    return true;
}

bool letter_take(const pl_record *letter, struct letter *parts)
{
    const struct value *origin = record_get(letter, PL_ORIGIN), *source = record_get(letter, PL_SOURCE);

    *parts = (struct letter){.raw = member(letter, "raw")};
    if (source->type == PL_STR)
        parts->source = source->as.str;
    parts->given = object(letter, "given");
    return origin->type == PL_STR && split_origin(origin->as.str, parts);
}

/* The place of the stage of that name; of one that the fix took out of the pipeline it is not known: 0. */
static int stage_of(const struct run *run, pl_str name)
{
    for (int i = 0; i < run->n_stages; i++) {
        if (str_eq(run->stages[i].def->name, name))
            return i;
    }
    return 0;
}

/* The record that the letter tells of, as it was read. */
static int fill(pl_self *self, pl_record *r, const pl_record *letter)
{
    struct json_error err;
    struct letter parts;

    if (!letter_take(letter, &parts)) {
        pl_fail(self, r, "bad-letter", "its `origin` is none: this is no letter of a dead letters' file");
        return PL_OK;
    }
    /* First what the source said: what the host says is put over it. */
    if (parts.given.ptr) {
        const int rc = json_read(r, parts.given, &err);
        if (rc != PL_OK) {
            record_rollback(r);
            pl_fail(self, r, "bad-letter", "its `given` is not what a source can have said: %s", rc == PL_NOMEM ? "too much" : err.text);
            return PL_OK;
        }
    }
    r->position = parts.position;
    if (record_from(r, &parts.in) != PL_OK || record_identify(r) != PL_OK)
        return PL_NOMEM;
    r->only = arena_dup(&r->arena, parts.child);
    r->only_from = stage_of(call_of(self)->run, member(letter, "stage"));
    if (!r->only.ptr)
        return PL_NOMEM;
    if (parts.source.ptr && pl_set(self, r, PL_SOURCE, parts.source) != PL_OK)
        return PL_NOMEM;
    if (!parts.raw.ptr) {
        pl_fail(self, r, "no-source", "the letter has no source bytes: what it came from must be read again by `run`");
        return PL_OK;
    }
    return pl_set_raw(self, r, parts.raw);
}

static int read_letter(pl_self *self, pl_str line, uint64_t number)
{
    struct call *c = call_of(self);
    pl_record *r = pl_emit(self, NULL);
    pl_record *letter = record_new(c->run->pipeline->names, 0);
    struct json_error err;
    int rc;

    if (!letter)
        out_of_memory();
    rc = json_read(letter, line, &err);
    if (rc == PL_OK)
        rc = fill(self, r, letter);
    else if (rc == PL_ERROR)
        pl_fail(self, r, "bad-letter", "line %llu, byte %zu: %s", (unsigned long long)number, err.at + 1, err.text);
    record_free(letter);
    if (rc == PL_NOMEM)
        pl_fail(self, r, "too-large", "the letter's record is past its memory limit (record_memory)");
    return PL_OK;
}

static int letters_read(pl_self *self)
{
    struct letters *l = letters_of(self);
    struct run *run = call_of(self)->run;
    char sha[HEX + 1];
    pl_str line;

    /* Escapes can make six bytes of one. */
    l->lines.max = size_mul(pl_max_record(self), 6) < SIZE_MAX / 4 ? pl_max_record(self) * 6 + PIECE : SIZE_MAX / 4;
    const enum lines_result got = lines_next(&l->lines, &line);
    if (got == LINES_WAIT)
        return PL_AGAIN;
    if (got == LINES_END)
        return PL_EOF;
    if (got == LINES_ERROR)
        return io_error(l, "read", l->path);
    l->behind = l->lines.number;
    if (got == LINES_TOO_LONG) {
        pl_fail(self, pl_emit(self, NULL), "too-large", "line %llu of '" STR_FMT "' is longer than max_record allows",
                (unsigned long long)l->behind, STR_ARG(l->path));
        return PL_OK;
    }
    digest_line(line, sha);
    const bool again = see(&l->seen, line);
    if (again || is_known(l, str_of(sha)) || (run->opt.state && state_done(run->opt.state, str_of(sha)))) {
        run->inputs_skipped++;
        return PL_OK;
    }
    if (run->opt.state && state_note(run->opt.state, str_of(sha)) != PL_OK)
        return PL_FATAL;
    return read_letter(self, line, l->behind);
}

/* ---- where it stands: "SHA256 LINE" ---- */

static int letters_checkpoint(pl_self *self, uint64_t n)
{
    const struct letters *l = letters_of(self);
    char text[HEX + 64];

    (void)n;
    const int len = snprintf(text, sizeof text, "%s %llu", l->sha, (unsigned long long)l->behind);
    return pl_save(self, (pl_str){text, (size_t)len});
}

/* Whether the list says that another retry has dealt with the letter. */
static bool is_elsewhere(const struct letters *l, pl_str sha, pl_str output)
{
    pl_str rest = buf_view(&l->list), line;

    if (!is_known(l, sha))
        return false;
    while (str_split(&rest, '\n', &line)) {
        if (line.len > HEX && str_eq(str_sub(line, 0, HEX), sha))
            return !str_eq(str_sub(line, HEX + 1, line.len), output);
    }
    return false;
}

/* The letters that were read up to the checkpoint, once more; *passed_over of them need not have been. */
static int read_again(pl_self *self, struct letters *l, uint64_t behind, uint64_t *passed_over)
{
    const struct state *state = call_of(self)->run->opt.state;
    const pl_str output = ((const struct letters_config *)self->config)->output;
    char sha[HEX + 1];
    pl_str line;

    *passed_over = 0;
    l->lines.max = SIZE_MAX / 4;
    while (l->lines.number < behind) {
        const enum lines_result got = lines_next(&l->lines, &line);
        if (got == LINES_END || got == LINES_ERROR)
            return PL_FATAL;
        if (got != LINES_LINE)
            continue;
        digest_line(line, sha);
        const bool again = see(&l->seen, line);
        *passed_over += again || is_elsewhere(l, str_of(sha), output) || (state && state_done(state, str_of(sha)));
    }
    l->behind = behind;
    return PL_OK;
}

static int letters_restore(pl_self *self, uint64_t n, pl_str saved)
{
    struct letters *l = letters_of(self);
    pl_str rest = saved, sha, line;
    uint64_t passed_over;
    int64_t behind;

    (void)n;
    if (!str_split(&rest, ' ', &sha) || !str_split(&rest, ' ', &line) || !str_to_i64(line, &behind))
        return PL_FATAL;
    if (!str_is(sha, l->sha)) {
        log_say(l->log, PL_LOG_ERROR, "'" STR_FMT "' has changed since this run began: put it back, or say --restart",
                STR_ARG(l->path));
        return PL_FATAL;
    }
    if (read_again(self, l, (uint64_t)behind, &passed_over) != PL_OK)
        return PL_FATAL;
    if (passed_over > call_of(self)->run->inputs_skipped) {
        log_say(l->log, PL_LOG_ERROR,
                "another retry has dealt with letters that this one has begun: see '" STR_FMT "', and say --restart for the rest",
                STR_ARG(l->list_path));
        return PL_FATAL;
    }
    return PL_OK;
}

const pl_plugin letters_reader = {
    .read = letters_read,
    .checkpoint = letters_checkpoint,
    .restore = letters_restore,
};

/* ---- the end ---- */

int letters_done(struct letters *l, pl_str output)
{
    struct lines lines = {.fd = l->fd, .max = SIZE_MAX / 4};
    struct outfile f;
    char sha[HEX + 1];
    pl_str line;
    enum lines_result got = LINES_END;
    int rc = PL_OK;

    if (lseek(l->fd, 0, SEEK_SET) < 0)
        return io_error(l, "read", l->path);
    rc = outfile_open(&f, l->list_path) == 0 && outfile_write(&f, buf_view(&l->list)) == 0 ? PL_OK : PL_FATAL;
    /* A run may have written more letters meanwhile, which have not been read. */
    while (rc == PL_OK && lines.number < l->behind &&
           ((got = lines_next(&lines, &line)) == LINES_LINE || got == LINES_WAIT)) {
        if (got == LINES_WAIT)
            continue;
        digest_line(line, sha);
        if (is_known(l, str_of(sha)))
            continue;
        if (outfile_write(&f, (pl_str){sha, HEX}) != 0 || outfile_write(&f, PL_S(" ")) != 0 ||
            outfile_write(&f, output) != 0 || outfile_write(&f, PL_S("\n")) != 0)
            rc = PL_FATAL;
    }
    if (rc == PL_OK && outfile_publish(&f) != 0)
        rc = PL_FATAL;
    if (rc != PL_OK) {
        struct buf b = {0};
        outfile_explain(&f, &b);
        log_say(l->log, PL_LOG_ERROR, "%s", buf_cstr(&b));
        buf_done(&b);
    }
    outfile_close(&f);
    lines_done(&lines);
    return rc;
}
