/* blame.h - which records killed a run, noted while it died, so that the run that goes on leaves them out.
 *
 * A note is one line of a file in the run's state: a checksum, `crash` or `hang`, why ("SIGSEGV", "exit()", "timeout"), the
 * stage's index, the verb, a digest of the record's origin, and how that origin begins (for a person).  The digest stands
 * for an origin of any length; a line that is torn or was flipped is told and passed over. */
#ifndef BLAME_H
#define BLAME_H

#include "log.h"
#include "pressline.h"

struct blame;

enum { BLAME_DIGEST = 16 }; /* bytes of SHA-256 */

struct blame_note {
    bool hang; /* else a crash */
    int stage;
    char why[16], verb[16];
    uint8_t digest[BLAME_DIGEST];
};

/* The notes in the file `path`, which is made when it is not there and stays open for more: before the threads start.
 * NULL for path: there are none and none will be kept.  NULL, with a message in the log, when the file cannot be used. */
struct blame *blame_open(const char *path, struct log *log);
void blame_close(struct blame *b);

/* Those that were there, each record and stage once; whether more are kept.  `b` may be NULL. */
size_t blame_count(const struct blame *b);
bool blame_keeps(const struct blame *b);

/* The note about this record in this stage, or NULL; any thread. */
const struct blame_note *blame_find(const struct blame *b, int stage, pl_str origin);

/* Note a record, on the disk when it returns; false when that is not possible.  `why` and `verb` are words without
 * spaces.  Async-signal-safe; any thread. */
bool blame_write(const struct blame *b, bool hang, const char *why, int stage, const char *verb, pl_str origin);

#endif
