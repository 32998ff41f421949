/* log.h - the run's log: lines of text or JSON on a stream, control characters escaped,
 * a repeated message written ten times and then counted.  Any thread. */
#ifndef LOG_H
#define LOG_H

#include <stdio.h>

#include "buf.h"
#include "compat.h"
#include "pressline.h"

struct log;

enum log_form { LOG_TEXT, LOG_JSON };

/* Lines up to `level` (PL_LOG_...) go to `out`, which stays the caller's. */
struct log *log_new(FILE *out, enum log_form form, int level);

/* Says how often each suppressed message came, and frees. */
void log_free(struct log *log);

/* `stage` and `record` may be empty. */
void log_write(struct log *log, int level, pl_str stage, pl_str record, pl_str message);
FORMAT_PRINTF(3, 4) void log_say(struct log *log, int level, const char *fmt, ...);

/* A line over another: while a progress line stands on a terminal, it is wiped before a log line is written.
 * `wipe` is called with the log's lock held. */
void log_set_wipe(struct log *log, void (*wipe)(void *), void *arg);

/* The text with control characters (C0, DEL, C1) and bad UTF-8 as \xNN, backslashes untouched: safe on a terminal. */
void log_escape(struct buf *b, pl_str s);

#endif
