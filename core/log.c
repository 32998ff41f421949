/* log.c - the run's log. */
#include "log.h"

#include <pthread.h>
#include <stdlib.h>

#include "arena.h"
#include "json_text.h"
#include "str.h"
#include "utf8.h"

enum {
    REPEATS = 10,  /* times one message is written */
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
    pthread_mutex_t lock;
    struct arena arena;         /* guarded by lock, as all below */
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
    pthread_mutex_init(&log->lock, NULL);
    return log;
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

static void write_text(struct log *log, int level, pl_str stage, pl_str record, pl_str message)
{
    struct buf b = {0};

    buf_addf(&b, "pressline: %s: ", level_name[level]);
    if (stage.len) {
        log_escape(&b, stage);
        buf_addz(&b, ": ");
    }
    if (record.len) {
        buf_addz(&b, "record ");
        log_escape(&b, record);
        buf_addz(&b, ": ");
    }
    log_escape(&b, message);
    fprintf(log->out, "%s\n", buf_cstr(&b));
    buf_done(&b);
}

static void write_json(struct log *log, int level, pl_str stage, pl_str record, pl_str message)
{
    struct buf b = {0};

    buf_addf(&b, "{\"level\":\"%s\"", level_name[level]);
    if (stage.len) {
        buf_addz(&b, ",\"stage\":");
        json_text(&b, stage);
    }
    if (record.len) {
        buf_addz(&b, ",\"record\":");
        json_text(&b, record);
    }
    buf_addz(&b, ",\"message\":");
    json_text(&b, message);
    buf_addz(&b, "}");
    fprintf(log->out, "%s\n", buf_cstr(&b));
    buf_done(&b);
}

static void write_line(struct log *log, int level, pl_str stage, pl_str record, pl_str message)
{
    if (log->wipe)
        log->wipe(log->wipe_arg);
    (log->form == LOG_JSON ? write_json : write_text)(log, level, stage, record, message);
    fflush(log->out);
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
    arena_done(&log->arena);
    pthread_mutex_destroy(&log->lock);
    free(log);
}
