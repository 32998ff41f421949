/* letters.h - dead letters as what a run reads: the failed records again, from the bytes they were read from.
 *
 * Of a page with many children only the one that failed is kept: what its stages emit beside the way to it is dropped
 * (`not-retried`), as is the page itself, which went on when the child failed.  So are the children that the failed one had
 * before the stage that failed it: they went on too.
 *
 * DEADLETTERS.retried, beside the letters, has a line for each that a retry has dealt with: the SHA-256 of the letter and
 * where the retry's output went.  Such a letter is passed over. */
#ifndef LETTERS_H
#define LETTERS_H

#include "log.h"
#include "record.h"

struct letters;

/* `path` is the file of letters.  PL_OK; or, with a message in the log, PL_ERROR: it is none; PL_FATAL: it, or the list beside
 * it, cannot be read or written; PL_RETRY: another process is at it. */
int letters_open(struct letters **letters, pl_str path, struct log *log);
void letters_close(struct letters *l);

/* To take the place of read() in the pipeline's source; `letters_config` is to be its config. */
extern const pl_plugin letters_reader;
struct letters_config {
    struct letters *letters;
    pl_str output; /* the retry's own */
};

/* All letters have been dealt with: written down, durably, with `output`.  PL_OK or PL_FATAL with a message. */
int letters_done(struct letters *l, pl_str output);

/* The parts of one letter: views of it. */
struct letter {
    struct input in;
    uint64_t position;
    pl_str child;       /* the way to it from the record that was read; "0": that one itself */
    pl_str source, raw; /* {NULL, 0}: it has none */
    pl_str given;       /* likewise; an object */
};

/* False when `letter`, a line that json_read() has read, is no letter of a dead letters' file. */
bool letter_take(const pl_record *letter, struct letter *parts);

#endif
