/* journal.h - what a run has done, as records that a kill can tear but not falsify.
 *
 * An append-only file of frames: a magic, a header (kind, run, number, length) with its CRC-32, the payload with its own.
 * Each checkpoint says all that is needed to go on from it, so only the last one that is whole counts; the file is written
 * anew, and put in place by rename, when it has grown past a bound.  A frame that a kill or a power cut tore is passed
 * over, as is one whose bits flipped: the one before then holds. */
#ifndef JOURNAL_H
#define JOURNAL_H

#include "buf.h"

/* What a frame takes beside its payload. */
enum { JOURNAL_FRAME = 40 };

enum journal_kind {
    JOURNAL_RUN = 1,    /* a run begins: what it was begun with */
    JOURNAL_CHECKPOINT, /* all before this is durable */
    JOURNAL_END         /* the run has ended and everything has its final name: how far the inputs are, for the next */
};

struct journal_frame {
    enum journal_kind kind; /* 0: none */
    uint64_t run;           /* from 1 */
    uint64_t n;             /* of a checkpoint, from 1 */
    pl_str payload;
};

/* What a journal says. */
struct journal_view {
    struct journal_frame run;        /* the last run that was begun */
    struct journal_frame first, checkpoint; /* the first of it that is there, and the last */
    bool ended;
    struct journal_frame end;               /* of a run that has ended */
    bool lost;      /* frames of a run whose beginning cannot be read: nothing can be gone on from */
    size_t good;    /* the end of the last whole frame */
    size_t n_bad;   /* bytes that are no frame, or a damaged one */
};

/* Any bytes.  The payloads are views of them. */
void journal_scan(pl_str bytes, struct journal_view *view);

struct journal {
    char *path;
    int fd; /* -1: not open */
    uint64_t length;
    uint64_t n_frames; /* since it was written anew, as far as it is known */
    struct buf begun; /* the frame of the run that is at work */
    const char *failed; /* what could not be done, NULL: nothing */
    int error;          /* errno of it */
};

/* The journal at `path` for appending behind its first `good` bytes; it is made where it is missing.  `begun` is the
 * payload of the run that goes on, with its number.  0, or -1 with `failed` and `error` set, as for all of these. */
int journal_open(struct journal *j, const char *path, uint64_t good, const struct journal_frame *begun);
/* Durable when it returns.  After a failure nothing more is written. */
int journal_append(struct journal *j, const struct journal_frame *frame);
/* Takes back a run that has come to nothing: the journal is again as journal_open() found it. */
int journal_cut(struct journal *j, uint64_t good);
void journal_close(struct journal *j);

#endif
