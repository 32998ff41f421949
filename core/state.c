/* state.c - the state folder of a pipeline. */
#include "state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "appendfile.h"
#include "digest.h"
#include "exit.h"
#include "fileio.h"
#include "identity.h"
#include "str.h"

enum { FORMAT = 1, DIGEST = 16, MAX_JOURNAL = 1 << 28 };

struct state {
    struct arena arena;
    struct log *log;
    char *dir;
    int lock; /* -1: not held */
    pl_str identity;
    struct buf bytes; /* the journal as it was found */
    struct journal_view view;
    struct journal journal;
    uint64_t run;
    int64_t started_ms;
    pl_str id;
    bool goes_on; /* from the checkpoint in `view` */
    size_t start; /* where in the journal its first frame is, or will be */
    pl_list inputs;

    /* The digests that earlier runs left, and where this run's begin. */
    struct buf done;
    uint32_t *table; /* 1 + index in `done`, by open addressing; 0: free */
    size_t table_mask;
    struct state_mark base;
    struct appendfile digests;
    uint64_t n_begun;
};

static int64_t clock_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static pl_str path_of(struct arena *a, const char *dir, const char *rest)
{
    struct buf b = {0};

    buf_addf(&b, "%s/%s", dir, rest);
    const pl_str path = arena_dup(a, buf_view(&b));
    if (b.failed)
        out_of_memory();
    buf_done(&b);
    return path;
}

static int io_error(struct state *s, const char *doing, pl_str path)
{
    log_say(s->log, PL_LOG_ERROR, "cannot %s '" STR_FMT "': %s", doing, STR_ARG(path), strerror(errno));
    return PL_FATAL;
}

static int file_error(struct state *s, const struct appendfile *f)
{
    struct buf b = {0};

    appendfile_explain(f, &b);
    log_say(s->log, PL_LOG_ERROR, "%s", buf_cstr(&b));
    buf_done(&b);
    return PL_FATAL;
}

static int journal_error(struct state *s)
{
    const struct journal *j = &s->journal;

    log_say(s->log, PL_LOG_ERROR, "cannot %s '%s': %s", j->failed, j->path, strerror(j->error));
    return PL_FATAL;
}

/* ---- payloads ---- */

static void pack_mark(struct buf *b, const struct state_mark *m)
{
    pack_u64(b, m->length);
    pack_u64(b, m->crc);
    pack_u64(b, m->n_begun);
}

static struct state_mark unpack_mark(struct unpack *u)
{
    struct state_mark m;

    m.length = unpack_u64(u);
    m.crc = (uint32_t)unpack_u64(u);
    m.n_begun = unpack_u64(u);
    return m;
}

/* What stands in a RUN frame behind what everybody may read. */
struct begun_rest {
    uint8_t inputs_sha[SHA256_DIGEST_SIZE];
    struct state_mark base;
};

static bool read_begun(const struct journal_frame *frame, struct state_begun *begun, struct begun_rest *rest)
{
    struct unpack u = {frame->payload, false};

    if (frame->kind != JOURNAL_RUN || unpack_u64(&u) != FORMAT)
        return false;
    begun->started_ms = unpack_i64(&u);
    begun->id = unpack_str(&u);
    begun->identity = unpack_str(&u);
    begun->n_inputs = unpack_u64(&u);
    const pl_str sha = unpack_str(&u);
    rest->base = unpack_mark(&u);
    if (u.failed || sha.len != sizeof rest->inputs_sha)
        return false;
    memcpy(rest->inputs_sha, sha.ptr, sha.len);
    return true;
}

bool state_read_begun(const struct journal_frame *frame, struct state_begun *begun)
{
    struct begun_rest rest;

    return read_begun(frame, begun, &rest);
}

bool state_read_reached(const struct journal_frame *frame, struct state_reached *reached)
{
    struct unpack u = {frame->payload, false};

    if (frame->kind != JOURNAL_CHECKPOINT || unpack_u64(&u) != FORMAT)
        return false;
    reached->time_ms = unpack_i64(&u);
    reached->last = unpack_u64(&u) != 0;
    reached->mark = unpack_mark(&u);
    reached->payload = unpack_str(&u);
    return !u.failed;
}

/* An END frame says it as well, so that of a run that has ended no checkpoint is needed. */
static bool read_end(const struct journal_frame *frame, struct state_mark *mark)
{
    struct unpack u = {frame->payload, false};

    if (unpack_u64(&u) != FORMAT)
        return false;
    *mark = unpack_mark(&u);
    return !u.failed;
}

/* ---- the lock ---- */

static void read_holder(int fd, struct buf *who)
{
    char text[256];
    const ssize_t n = pread(fd, text, sizeof text - 1, 0);

    if (n > 0)
        log_escape(who, str_trim((pl_str){text, (size_t)n}));
    else
        buf_addz(who, "another process");
}

/* Who looks whether it is held (state_is_held()) holds it for an instant itself, which is not to turn a run away. */
static int try_lock(int fd)
{
    enum { TRIES = 20 };
    const struct timespec pause = {0, 10000000};
    int got = flock(fd, LOCK_EX | LOCK_NB);

    for (int i = 1; i < TRIES && got < 0 && (errno == EWOULDBLOCK || errno == EINTR); i++) {
        nanosleep(&pause, NULL);
        got = flock(fd, LOCK_EX | LOCK_NB);
    }
    return got;
}

static int lock(struct state *s)
{
    const pl_str path = path_of(&s->arena, s->dir, "lock");
    struct buf who = {0};
    int rc = EXIT_CLEAN;

    if (folder_make_above(path.ptr) != 0 || (s->lock = file_open(path.ptr, O_RDWR | O_CREAT)) < 0) {
        io_error(s, "open", path);
        return EXIT_IO;
    }
    const int got = try_lock(s->lock);
    if (got < 0 && errno == EWOULDBLOCK) {
        read_holder(s->lock, &who);
        log_say(s->log, PL_LOG_ERROR, "the state folder '%s' is in use by %s: try again when that has ended", s->dir,
                buf_cstr(&who));
        rc = EXIT_AGAIN;
    } else if (got < 0) {
        io_error(s, "lock", path);
        rc = EXIT_IO;
    } else {
        char host[128] = "";
        gethostname(host, sizeof host - 1);
        buf_addf(&who, "process %ld on %s\n", (long)getpid(), host);
        if (file_truncate(s->lock, 0) != 0 || file_write(s->lock, buf_view(&who)) != 0) {
            io_error(s, "write", path);
            rc = EXIT_IO;
        }
    }
    if (rc != EXIT_CLEAN) {
        close(s->lock);
        s->lock = -1;
    }
    buf_done(&who);
    return rc;
}

bool state_is_held(pl_str dir, struct buf *who)
{
    struct arena a = {0};
    char *z = str_dup(dir);
    const int fd = file_open(path_of(&a, z, "lock").ptr, O_RDONLY);
    bool held = false;

    if (fd >= 0) {
        held = flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
        if (held)
            read_holder(fd, who);
        close(fd);
    }
    free(z);
    arena_done(&a);
    return held;
}

const char *state_find(struct arena *a, pl_str path)
{
    const char *dir = arena_dup(a, path).ptr;
    const char *inner = path_of(a, dir, "state").ptr;

    if (access(path_of(a, dir, "journal").ptr, F_OK) == 0)
        return dir;
    return access(path_of(a, inner, "journal").ptr, F_OK) == 0 ? inner : NULL;
}

void state_missing(pl_str path, struct buf *b)
{
    char *z = str_dup(path);
    DIR *dir = opendir(z);
    const char *least = NULL;
    char name[NAME_MAX + 1];

    for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir)) {
        if (strncmp(e->d_name, "state-", 6) == 0 && (!least || strcmp(e->d_name, least) < 0)) {
            snprintf(name, sizeof name, "%s", e->d_name);
            least = name;
        }
    }
    if (dir)
        closedir(dir);
    if (least)
        buf_addf(b, "'%s' has the states of shards: name one, as '%s/%s'", z, z, least);
    else
        buf_addf(b, "'%s' is no state folder, and has none", z);
    free(z);
}

/* ---- the folder of a run ---- */

pl_str state_path(const struct state *s, struct arena *a, const char *name)
{
    struct buf b = {0};

    buf_addf(&b, "run-%llu/%s", (unsigned long long)s->run, name);
    const pl_str path = path_of(a, s->dir, buf_cstr(&b));
    buf_done(&b);
    return path;
}

/* Removes what the run keeps, but for `kept`, a list of names. */
static void clear_folder(struct state *s, uint64_t run, const char *const *kept)
{
    struct buf b = {0};

    buf_addf(&b, "%s/run-%llu", s->dir, (unsigned long long)run);
    DIR *dir = opendir(buf_cstr(&b));
    for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir)) {
        bool keep = e->d_name[0] == '.';
        for (const char *const *k = kept; *k && !keep; k++)
            keep = strcmp(e->d_name, *k) == 0;
        if (!keep)
            unlinkat(dirfd(dir), e->d_name, 0);
    }
    if (dir)
        closedir(dir);
    if (dir && !*kept)
        rmdir(buf_cstr(&b));
    buf_done(&b);
}

/* ---- the digests of earlier runs ---- */

static bool take_digest(pl_str hex, char out[DIGEST])
{
    for (size_t i = 0; i < DIGEST && hex.len >= 2 * DIGEST; i++) {
        int v = 0;
        for (size_t k = 0; k < 2; k++) {
            const char c = hex.ptr[2 * i + k];
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
                return false;
            v = v * 16 + (c <= '9' ? c - '0' : c - 'a' + 10);
        }
        out[i] = (char)v;
    }
    return hex.len >= 2 * DIGEST;
}

/* SHA-256 spreads its bits: the first of them are as good as a hash. */
static size_t slot_of(const struct state *s, const char digest[DIGEST])
{
    uint64_t at;

    memcpy(&at, digest, sizeof at);
    size_t i = (size_t)at & s->table_mask;
    while (s->table[i] && memcmp(s->done.ptr + (size_t)(s->table[i] - 1) * DIGEST, digest, DIGEST) != 0)
        i = (i + 1) & s->table_mask;
    return i;
}

static int digests_damaged(struct state *s)
{
    log_say(s->log, PL_LOG_ERROR,
            "'%s/digests' is damaged: which inputs are done is not known; --restart begins anew with all of them", s->dir);
    return EXIT_CONFIG;
}

/* An exit code. */
static int load_done(struct state *s)
{
    const pl_str path = path_of(&s->arena, s->dir, "digests");
    const size_t length = (size_t)s->base.length, n = length / DIGEST;
    size_t slots = 64;

    if (length == 0)
        return EXIT_CLEAN;
    if (file_load(path.ptr, &s->done) != 0) {
        io_error(s, "read", path);
        return EXIT_IO;
    }
    if (s->done.len < length || crc_of(0, str_sub(buf_view(&s->done), 0, length)) != s->base.crc || n >= UINT32_MAX)
        return digests_damaged(s);
    while (slots < n + n / 2)
        slots *= 2;
    s->table_mask = slots - 1;
    s->table = calloc(slots, sizeof *s->table);
    if (!s->table)
        out_of_memory();
    for (size_t i = 0; i < n; i++)
        s->table[slot_of(s, s->done.ptr + i * DIGEST)] = (uint32_t)(i + 1);
    return EXIT_CLEAN;
}

bool state_done(const struct state *s, pl_str digest)
{
    char at[DIGEST];

    return s->table && take_digest(digest, at) && s->table[slot_of(s, at)];
}

int state_note(struct state *s, pl_str digest)
{
    char at[DIGEST];

    s->n_begun++;
    if (!take_digest(digest, at))
        return PL_OK;
    return appendfile_write(&s->digests, (pl_str){at, DIGEST}) == 0 ? PL_OK : file_error(s, &s->digests);
}

int state_mark(struct state *s, struct state_mark *mark)
{
    if (appendfile_sync(&s->digests) != 0)
        return file_error(s, &s->digests);
    *mark = (struct state_mark){s->digests.length, s->digests.crc, s->n_begun};
    return PL_OK;
}

/* ---- the input list ---- */

static int load_inputs(struct state *s, const struct state_begun *begun, const struct begun_rest *rest)
{
    const pl_str path = state_path(s, &s->arena, "inputs");
    struct buf b = {0};
    uint8_t sha[SHA256_DIGEST_SIZE];
    int rc = PL_OK;

    if (file_load(path.ptr, &b) != 0 && errno != ENOENT)
        rc = io_error(s, "read", path);
    digest_of(buf_view(&b), sha);
    if (rc == PL_OK && (memcmp(sha, rest->inputs_sha, sizeof sha) != 0 || begun->n_inputs > b.len)) {
        log_say(s->log, PL_LOG_ERROR, "'" STR_FMT "' is missing or damaged: this run cannot go on; --restart begins it anew",
                STR_ARG(path));
        rc = PL_FATAL;
    }
    if (rc == PL_OK) {
        pl_str *at = arena_zero(&s->arena, begun->n_inputs + 1, sizeof *at);
        const pl_str list = arena_dup(&s->arena, buf_view(&b));
        const char *next = list.ptr;
        for (size_t i = 0; i < begun->n_inputs && next < list.ptr + list.len; i++) {
            at[i] = str_of(next);
            next += at[i].len + 1;
        }
        s->inputs = (pl_list){at, begun->n_inputs};
    }
    buf_done(&b);
    return rc;
}

static int write_inputs(struct state *s, const pl_str *inputs, size_t n, uint8_t sha[SHA256_DIGEST_SIZE])
{
    struct appendfile f = {.fd = -1};
    struct buf list = {0};
    int rc = PL_OK;

    for (size_t i = 0; i < n; i++) {
        buf_add(&list, inputs[i]);
        buf_addc(&list, 0);
    }
    if (list.failed)
        out_of_memory();
    digest_of(buf_view(&list), sha);
    const pl_str path = state_path(s, &s->arena, "inputs");
    if (appendfile_create(&f, path) != 0 || appendfile_write(&f, buf_view(&list)) != 0 || appendfile_sync(&f) != 0)
        rc = file_error(s, &f);
    else if (folder_sync_of(f.path) != 0 || folder_sync_of(s->dir) != 0)
        rc = io_error(s, "sync the folder of", path);
    appendfile_close(&f);
    buf_done(&list);
    return rc;
}

/* ---- opening ---- */

static const char *const keep_all_but_work[] = {"fates.jsonl", NULL};
static const char *const keep_notes[] = {"blame", NULL};
static const char *const keep_nothing[] = {NULL};

static void new_run(struct state *s, uint64_t run, int64_t now_ms)
{
    const time_t t = (time_t)(now_ms / 1000);
    struct tm tm;
    char when[32];
    struct buf id = {0};

    s->run = run;
    s->started_ms = now_ms;
    gmtime_r(&t, &tm);
    strftime(when, sizeof when, "%Y%m%dT%H%M%SZ", &tm);
    buf_addf(&id, "%s-%llu", when, (unsigned long long)run);
    s->id = arena_dup(&s->arena, buf_view(&id));
    buf_done(&id);
}

/* --restart: a run that was not finished begins anew; after a finished one everything does. */
static void discard(struct state *s, const struct state_begun *begun, int64_t now_ms)
{
    const struct journal_view *v = &s->view;
    struct state_reached reached = {0};
    const bool readable = v->run.kind && !v->lost && begun;

    if (readable && !v->ended) {
        state_read_reached(&v->checkpoint, &reached);
        log_say(s->log, PL_LOG_WARN,
                "--restart: run %llu, begun with " STR_FMT " and %llu of its %llu inputs begun, is discarded and begins anew",
                (unsigned long long)v->run.run, STR_ARG(begun->id), (unsigned long long)reached.mark.n_begun,
                (unsigned long long)begun->n_inputs);
        clear_folder(s, v->run.run, keep_nothing);
        new_run(s, v->run.run, now_ms);
        return;
    }
    if (readable)
        log_say(s->log, PL_LOG_WARN,
                "--restart: what '%s' knows of %llu %s and their inputs is discarded; run 1 begins anew with all inputs and "
                "replaces the first run's outputs; those of later runs are left: move them away",
                s->dir, (unsigned long long)v->run.run, v->run.run == 1 ? "run" : "runs");
    else if (s->bytes.len)
        log_say(s->log, PL_LOG_WARN,
                "--restart: what '%s' knows of its runs cannot be read and is discarded; run 1 begins anew with all inputs and "
                "replaces the first run's outputs; those of later runs are left: move them away",
                s->dir);
    for (uint64_t run = v->run.run ? v->run.run : 1; run > 0; run--)
        clear_folder(s, run, keep_nothing);
    s->base = (struct state_mark){0};
    s->view.good = 0;
    new_run(s, 1, now_ms);
}

static int refuse(struct state *s, pl_str was, pl_str is)
{
    struct buf b = {0};
    pl_str rest, line;

    identity_changes(&b, was, is);
    log_say(s->log, PL_LOG_ERROR, "run %llu of '%s' is not finished, and cannot go on with other settings or builds:",
            (unsigned long long)s->run, s->dir);
    for (rest = buf_view(&b); str_split(&rest, '\n', &line);)
        log_write(s->log, PL_LOG_ERROR, (pl_str){NULL, 0}, (pl_str){NULL, 0}, line);
    log_say(s->log, PL_LOG_ERROR, "put back what changed and run again, or begin the run anew with --restart");
    buf_done(&b);
    return EXIT_CONFIG;
}

static int damaged(struct state *s)
{
    log_say(s->log, PL_LOG_ERROR,
            "'%s/journal' is damaged: what its last run was begun with cannot be read; --restart begins anew with all inputs",
            s->dir);
    return EXIT_CONFIG;
}

/* Whether a journal without a run is what a kill or a power cut leaves of its very first frame: a beginning of it, or nothing
 * where that should be. */
static bool is_torn_beginning(pl_str bytes)
{
    static const char beginning[] = "PLJ1", nothing[sizeof beginning];
    const size_t n = bytes.len < sizeof beginning - 1 ? bytes.len : sizeof beginning - 1;

    return n == 0 || memcmp(bytes.ptr, beginning, n) == 0 || memcmp(bytes.ptr, nothing, n) == 0;
}

/* The run that the journal leaves unfinished, or the next. */
static int choose_run(struct state *s, const struct state_request *req)
{
    const struct journal_view *v = &s->view;
    struct state_begun begun = {0};
    struct begun_rest rest = {0};
    struct state_reached reached = {0};
    const bool readable = v->run.kind && read_begun(&v->run, &begun, &rest);

    s->base = rest.base;
    if (req->restart) {
        discard(s, readable ? &begun : NULL, req->now_ms);
        return EXIT_CLEAN;
    }
    if (v->lost || (v->run.kind ? !readable : !is_torn_beginning(buf_view(&s->bytes))) ||
        (v->checkpoint.kind && !state_read_reached(&v->checkpoint, &reached)) ||
        (v->ended && !read_end(&v->end, &s->base)))
        return damaged(s);
    if (!v->run.kind || v->ended) {
        new_run(s, v->run.run + 1, req->now_ms);
        s->base.n_begun = 0;
        return EXIT_CLEAN;
    }
    s->run = v->run.run;
    if (!v->checkpoint.kind) {
        /* Nothing came of it yet, so it may begin with whatever is set now. */
        clear_folder(s, s->run, str_eq(begun.identity, req->identity) ? keep_notes : keep_nothing);
        new_run(s, s->run, req->now_ms);
        return EXIT_CLEAN;
    }
    if (!str_eq(begun.identity, req->identity))
        return refuse(s, begun.identity, req->identity);
    s->goes_on = true;
    s->started_ms = begun.started_ms;
    s->id = arena_dup(&s->arena, begun.id);
    return load_inputs(s, &begun, &rest) == PL_OK ? EXIT_CLEAN : EXIT_CONFIG;
}

/* Where in the journal the run begins, or will: one of which nothing came so far is written anew. */
static size_t find_start(const struct state *s)
{
    const struct journal_view *v = &s->view;
    const bool again = v->run.kind && !v->ended && v->run.run == s->run && (s->goes_on || !v->checkpoint.kind);

    return again && v->good ? (size_t)(v->run.payload.ptr - s->bytes.ptr) - JOURNAL_FRAME : v->good;
}

/* Of a run that begins nothing is there but what earlier runs left.  An exit code. */
static int open_files(struct state *s)
{
    const pl_str journal = path_of(&s->arena, s->dir, "journal"), digests = path_of(&s->arena, s->dir, "digests");
    struct state_reached reached = {.mark = s->base};

    if (s->goes_on)
        state_read_reached(&s->view.checkpoint, &reached);
    if (appendfile_resume(&s->digests, digests, reached.mark.length, reached.mark.crc) != 0) {
        if (s->digests.error == 0)
            return digests_damaged(s);
        file_error(s, &s->digests);
        return EXIT_IO;
    }
    s->n_begun = s->goes_on ? reached.mark.n_begun : 0;
    const int code = load_done(s);
    if (code != EXIT_CLEAN)
        return code;
    s->start = find_start(s);
    if (journal_open(&s->journal, journal.ptr, s->goes_on ? s->view.good : s->start, s->goes_on ? &s->view.run : NULL) != 0) {
        journal_error(s);
        return EXIT_IO;
    }
    return EXIT_CLEAN;
}

int state_open(struct state **out, const struct state_request *req, struct log *log)
{
    struct state *s = calloc(1, sizeof *s);
    int rc;

    if (!s)
        out_of_memory();
    s->log = log;
    s->lock = -1;
    s->journal.fd = s->digests.fd = -1;
    s->dir = str_dup(req->dir);
    s->identity = arena_dup(&s->arena, req->identity);
    s->bytes.limit = MAX_JOURNAL;
    rc = lock(s);
    if (rc == EXIT_CLEAN) {
        const pl_str journal = path_of(&s->arena, s->dir, "journal");
        if (file_load(journal.ptr, &s->bytes) != 0 && errno != ENOENT) {
            io_error(s, "read", journal);
            rc = EXIT_IO;
        }
    }
    if (rc == EXIT_CLEAN) {
        journal_scan(buf_view(&s->bytes), &s->view);
        rc = choose_run(s, req);
    }
    if (rc == EXIT_CLEAN)
        rc = open_files(s);
    if (rc != EXIT_CLEAN) {
        state_close(s);
        s = NULL;
    }
    *out = s;
    return rc;
}

void state_close(struct state *s)
{
    if (!s)
        return;
    appendfile_close(&s->digests);
    journal_close(&s->journal);
    if (s->lock >= 0)
        close(s->lock);
    buf_done(&s->bytes);
    buf_done(&s->done);
    free(s->table);
    free(s->dir);
    arena_done(&s->arena);
    free(s);
}

uint64_t state_run(const struct state *s)
{
    return s->run;
}

int64_t state_started_ms(const struct state *s)
{
    return s->started_ms;
}

pl_str state_id(const struct state *s)
{
    return s->id;
}

struct journal_frame state_checkpoint(const struct state *s)
{
    return s->goes_on ? s->view.checkpoint : (struct journal_frame){0};
}

pl_list state_inputs(const struct state *s)
{
    return s->inputs;
}

/* ---- at work ---- */

int state_begin(struct state *s, const pl_str *inputs, size_t n)
{
    uint8_t sha[SHA256_DIGEST_SIZE];
    struct buf b = {0};
    int rc = PL_OK;

    if (s->goes_on)
        return PL_OK;
    if (write_inputs(s, inputs, n, sha) != PL_OK)
        return PL_FATAL;
    pack_u64(&b, FORMAT);
    pack_i64(&b, s->started_ms);
    pack_str(&b, s->id);
    pack_str(&b, s->identity);
    pack_u64(&b, n);
    pack_str(&b, (pl_str){(const char *)sha, sizeof sha});
    pack_mark(&b, &s->base);
    if (b.failed)
        out_of_memory();
    const struct journal_frame frame = {JOURNAL_RUN, s->run, 0, buf_view(&b)};
    if (journal_append(&s->journal, &frame) != 0)
        rc = journal_error(s);
    buf_done(&b);
    return rc;
}

int state_append(struct state *s, uint64_t n, bool last, const struct state_mark *mark, pl_str payload)
{
    struct buf b = {0};
    int rc = PL_OK;

    pack_u64(&b, FORMAT);
    pack_i64(&b, clock_ms());
    pack_u64(&b, last);
    pack_mark(&b, mark);
    pack_str(&b, payload);
    if (b.failed)
        out_of_memory();
    const struct journal_frame frame = {JOURNAL_CHECKPOINT, s->run, n, buf_view(&b)};
    if (journal_append(&s->journal, &frame) != 0)
        rc = journal_error(s);
    buf_done(&b);
    return rc;
}

static int append_end(struct state *s, const struct state_mark *mark)
{
    struct buf b = {0};
    int rc = PL_OK;

    pack_u64(&b, FORMAT);
    pack_mark(&b, mark);
    if (b.failed)
        out_of_memory();
    const struct journal_frame frame = {.kind = JOURNAL_END, .run = s->run, .payload = buf_view(&b)};
    if (journal_append(&s->journal, &frame) != 0)
        rc = journal_error(s);
    buf_done(&b);
    return rc;
}

int state_end(struct state *s)
{
    const struct state_mark mark = {s->digests.length, s->digests.crc, s->n_begun};

    if (append_end(s, &mark) != PL_OK)
        return PL_FATAL;
    clear_folder(s, s->run, keep_all_but_work);
    return PL_OK;
}

/* Whether the journal without this run says all that there is to know of those before.  It does not where it was written anew
 * since, and where --restart took the place of a run that would be there again. */
static bool can_be_cut(const struct state *s)
{
    struct journal_view v;

    journal_scan(str_sub(buf_view(&s->bytes), 0, s->start), &v);
    return v.run.kind ? v.ended && !v.lost : s->run == 1;
}

void state_forget(struct state *s)
{
    if (can_be_cut(s))
        journal_cut(&s->journal, s->start);
    else
        append_end(s, &s->base);
    clear_folder(s, s->run, keep_nothing);
}
