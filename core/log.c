/* log.c - the run's log. */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "json_text.h"
#include "fileio.h"
#include "str.h"
#include "utf8.h"

enum {
    REPEATS = 10,  /* times one message is written */
    ECHOES = 20,   /* errors that a log in a file leaves on the stream as well */
    MESSAGES = 1024 /* distinct messages watched for repeats; later ones are not suppressed */
};

struct seen {
    uint64_t hash;
    pl_str stage, message;
    uint64_t n;
};

struct log {
    FILE *out;
    enum log_form form;
    int level;
    void (*wipe)(void *);
    void *wipe_arg;
    char *path;       /* of the file; NULL: the stream */
    atomic_bool moved; /* the file is to be opened anew */
    pthread_mutex_t lock;
    int fd;                     /* of the file, -1: it cannot be had; guarded by lock, as all below */
    bool broken;                /* the file ends in half a line */
    uint64_t lost;              /* lines that could not be written since the last that could */
    int n_echoes;
    pl_str run;
    struct arena arena;
    struct seen seen[MESSAGES]; /* open addressing; n == 0 is free */
    size_t n_seen;
};

static const char *const level_name[] = {"error", "warning", "info", "debug"};

struct log *log_new(FILE *out, enum log_form form, int level)
{
    struct log *log = calloc(1, sizeof *log);

    if (!log)
        out_of_memory();
    log->out = out;
    log->form = form;
    log->level = level;
    log->fd = -1;
    pthread_mutex_init(&log->lock, NULL);
    return log;
}

/* ---- the file ---- */

/* Without waiting, whatever the path turns out to be: a pipe that nobody reads is no reason to hang. */
static int open_file(const char *path)
{
    if (folder_make_above(path) != 0)
        return -1;
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0640);
}

int log_to_file(struct log *log, pl_str path)
{
    log->path = str_dup(path);
    log->fd = open_file(log->path);
    return log->fd < 0 ? -1 : 0;
}

void log_reopen(struct log *log)
{
    atomic_store(&log->moved, true);
}

/* Where the new file cannot be had, the old one serves on.  With lock held. */
static void follow_file(struct log *log)
{
    if (!log->path || !atomic_exchange(&log->moved, false))
        return;
    const int fd = open_file(log->path);
    if (fd < 0) {
        fprintf(log->out, "pressline: error: cannot open log file '%s' anew: %s\n", log->path, strerror(errno));
        fflush(log->out);
        return;
    }
    if (log->fd >= 0)
        close(log->fd);
    log->fd = fd;
    log->broken = false;
}

void log_tend(struct log *log)
{
    pthread_mutex_lock(&log->lock);
    follow_file(log);
    pthread_mutex_unlock(&log->lock);
}

/* True when all of it was written. */
static bool write_file(struct log *log, pl_str bytes)
{
    size_t done = 0;

    while (done < bytes.len) {
        const ssize_t n = write(log->fd, bytes.ptr + done, bytes.len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    if (done > 0)
        log->broken = done < bytes.len;
    return done == bytes.len;
}


void log_escape(struct buf *b, pl_str s)
{
    for (size_t i = 0; i < s.len;) {
        const unsigned char c = (unsigned char)s.ptr[i];
        const size_t rest = s.len - i;
        size_t n = 1;

        if (c >= 0x80) {
            n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
            if (n > rest || utf8_valid((pl_str){s.ptr + i, n}) != n)
                n = 0;
        }
        const bool c1 = c == 0xC2 && n == 2 && (unsigned char)s.ptr[i + 1] < 0xA0;
        if (n == 0 || c < 0x20 || c == 0x7F || c1) {
            const size_t k = c1 ? 2 : 1;
            for (size_t j = 0; j < k; j++)
                buf_addf(b, "\\x%02x", (unsigned char)s.ptr[i + j]);
            i += k;
        } else {
            buf_add(b, (pl_str){s.ptr + i, n});
            i += n;
        }
    }
}

/* ---- lines ---- */

/* RFC 3339 in UTC, to the millisecond. */
static void add_time(struct buf *b)
{
    struct timespec now;
    struct tm tm;
    char text[32];

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    buf_addf(b, "%s.%03ldZ", text, now.tv_nsec / 1000000);
}

static void add_text(struct buf *b, int level, pl_str stage, pl_str record, pl_str message)
{
    buf_addf(b, "%s: ", level_name[level]);
    if (stage.len) {
        log_escape(b, stage);
        buf_addz(b, ": ");
    }
    if (record.len) {
        buf_addz(b, "record ");
        log_escape(b, record);
        buf_addz(b, ": ");
    }
    log_escape(b, message);
    buf_addc(b, '\n');
}

static void add_member(struct buf *b, const char *name, pl_str value)
{
    if (value.len == 0)
        return;
    buf_addf(b, ",\"%s\":", name);
    json_text(b, value);
}

static void add_json(struct buf *b, pl_str run, int level, pl_str stage, pl_str record, pl_str message)
{
    buf_addz(b, "{\"time\":\"");
    add_time(b);
    buf_addf(b, "\",\"level\":\"%s\"", level_name[level]);
    add_member(b, "run", run);
    add_member(b, "stage", stage);
    add_member(b, "record", record);
    buf_addz(b, ",\"message\":");
    json_text(b, message);
    buf_addz(b, "}\n");
}

static void add_line(const struct log *log, struct buf *b, int level, pl_str stage, pl_str record, pl_str message)
{
    if (log->form == LOG_JSON) {
        add_json(b, log->run, level, stage, record, message);
        return;
    }
    if (log->path) {
        add_time(b);
        buf_addc(b, ' ');
    } else {
        buf_addz(b, "pressline: ");
    }
    add_text(b, level, stage, record, message);
}

static void write_stream(struct log *log, struct buf *b)
{
    if (log->wipe)
        log->wipe(log->wipe_arg);
    fputs(buf_cstr(b), log->out);
    fflush(log->out);
}

/* An error in a file is for the user to see as well. */
static void echo(struct log *log, int level, pl_str stage, pl_str record, pl_str message)
{
    struct buf b = {0};

    if (level != PL_LOG_ERROR || log->n_echoes == ECHOES)
        return;
    log->n_echoes++;
    buf_addz(&b, "pressline: ");
    add_text(&b, level, stage, record, message);
    write_stream(log, &b);
    buf_done(&b);
}

static void write_line(struct log *log, int level, pl_str stage, pl_str record, pl_str message)
{
    struct buf b = {0};

    if (!log->path) {
        add_line(log, &b, level, stage, record, message);
        write_stream(log, &b);
        buf_done(&b);
        return;
    }
    follow_file(log);
    if (log->broken)
        buf_addc(&b, '\n');
    if (log->lost) {
        char text[100];
        const int n = snprintf(text, sizeof text, "%llu lines before this one could not be written",
                               (unsigned long long)log->lost);
        add_line(log, &b, PL_LOG_WARN, (pl_str){NULL, 0}, (pl_str){NULL, 0}, (pl_str){text, (size_t)n});
    }
    add_line(log, &b, level, stage, record, message);
    log->lost = !b.failed && write_file(log, buf_view(&b)) ? 0 : log->lost + 1;
    buf_done(&b);
    echo(log, level, stage, record, message);
}

/* How often this message came before, this time counted in; 0 when it is not watched. */
static uint64_t count_repeat(struct log *log, pl_str stage, pl_str message)
{
    const uint64_t hash = str_hash(message) ^ str_hash(stage) * 31;
    size_t at = hash % MESSAGES;

    for (size_t probe = 0; probe < MESSAGES; probe++, at = (at + 1) % MESSAGES) {
        struct seen *s = &log->seen[at];
        if (s->n == 0) {
            if (log->n_seen >= MESSAGES * 3 / 4)
                return 0;
            log->n_seen++;
            *s = (struct seen){hash, arena_dup(&log->arena, stage), arena_dup(&log->arena, message), 1};
            return 1;
        }
        if (s->hash == hash && str_eq(s->message, message) && str_eq(s->stage, stage))
            return ++s->n;
    }
    return 0;
}

void log_write(struct log *log, int level, pl_str stage, pl_str record, pl_str message)
{
    if (level < PL_LOG_ERROR || level > log->level || level > PL_LOG_DEBUG)
        return;
    pthread_mutex_lock(&log->lock);
    const uint64_t n = count_repeat(log, stage, message);
    if (n <= REPEATS)
        write_line(log, level, stage, record, message);
    if (n == REPEATS)
        write_line(log, level, stage, (pl_str){NULL, 0}, PL_S("(the last message again and again: from here on counted)"));
    pthread_mutex_unlock(&log->lock);
}

void log_tell(struct log *log, pl_str message)
{
    pthread_mutex_lock(&log->lock);
    write_line(log, PL_LOG_INFO, (pl_str){NULL, 0}, (pl_str){NULL, 0}, message);
    pthread_mutex_unlock(&log->lock);
}

void log_set_run(struct log *log, pl_str id)
{
    pthread_mutex_lock(&log->lock);
    log->run = arena_dup(&log->arena, id);
    pthread_mutex_unlock(&log->lock);
}

enum log_form log_form_of(const struct log *log)
{
    return log->form;
}

bool log_in_file(const struct log *log)
{
    return log->path != NULL;
}

void log_say(struct log *log, int level, const char *fmt, ...)
{
    char text[2048];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    log_write(log, level, (pl_str){NULL, 0}, (pl_str){NULL, 0}, str_of(text));
}

void log_set_wipe(struct log *log, void (*wipe)(void *), void *arg)
{
    pthread_mutex_lock(&log->lock);
    log->wipe = wipe;
    log->wipe_arg = arg;
    pthread_mutex_unlock(&log->lock);
}

void log_free(struct log *log)
{
    if (!log)
        return;
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct seen *s = &log->seen[i];
        if (s->n > REPEATS) {
            struct buf b = {0};
            buf_addf(&b, "%llu times in all: ", (unsigned long long)s->n);
            buf_add(&b, s->message);
            write_line(log, PL_LOG_WARN, s->stage, (pl_str){NULL, 0}, buf_view(&b));
            buf_done(&b);
        }
    }
    if (log->lost)
        fprintf(log->out, "pressline: warning: %llu lines of the log could not be written to '%s'\n",
                (unsigned long long)log->lost, log->path);
    if (log->fd >= 0)
        close(log->fd);
    free(log->path);
    arena_done(&log->arena);
    pthread_mutex_destroy(&log->lock);
    free(log);
}
