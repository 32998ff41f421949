/* log.h - the run's log: lines of text or JSON on a stream or in a file, control characters escaped,
 * a repeated message written ten times and then counted.  Any thread.
 *
 * A log that cannot be written never stops or delays a run: the line is lost, the lost lines are counted, and the count is
 * written as soon as there is room again. */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stdio.h>

#include "buf.h"
#include "compat.h"
#include "pressline.h"

struct log;

enum log_form { LOG_TEXT, LOG_JSON };

/* Lines up to `level` (PL_LOG_...) go to `out`, which stays the caller's. */
struct log *log_new(FILE *out, enum log_form form, int level);

/* From now on lines go behind what the file `path` has (made if need be, with the folders above it; a symbolic link is
 * refused) and bear the time.  Errors go to the stream too, the first 20 of them: what ends a run, its user is to see.
 * 0, or -1 with errno set.  Called once, before other threads have the log. */
int log_to_file(struct log *log, pl_str path);

/* Opens the file anew at the next line or log_tend(), because it has been renamed.  Async-signal-safe. */
void log_reopen(struct log *log);
void log_tend(struct log *log);

/* The member `run` of every line of JSON from now on. */
void log_set_run(struct log *log, pl_str id);

/* JSON lines, or a file: what is not part of the log's text form. */
enum log_form log_form_of(const struct log *log);
bool log_in_file(const struct log *log);

/* Says how often each suppressed message came, and frees. */
void log_free(struct log *log);

/* `stage` and `record` may be empty. */
void log_write(struct log *log, int level, pl_str stage, pl_str record, pl_str message);
FORMAT_PRINTF(3, 4) void log_say(struct log *log, int level, const char *fmt, ...);

/* A line that is news for every level and never held back as a repeat, of the level `info`. */
void log_tell(struct log *log, pl_str message);

/* A line over another: while a progress line stands on a terminal, it is wiped before a log line is written.
 * `wipe` is called with the log's lock held. */
void log_set_wipe(struct log *log, void (*wipe)(void *), void *arg);

/* The text with control characters (C0, DEL, C1) and bad UTF-8 as \xNN, backslashes untouched: safe on a terminal. */
void log_escape(struct buf *b, pl_str s);

#endif
