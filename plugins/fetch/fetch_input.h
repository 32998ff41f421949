/* fetch_input.h - one input, opened, told apart, digested and read to its end. */
#ifndef FETCH_INPUT_H
#define FETCH_INPUT_H

#include <nettle/sha2.h>

#include "fetch_kind.h"
#include "fetch_lines.h"
#include "fetch_warc.h"

enum { DIGEST_HEX = 2 * SHA256_DIGEST_SIZE };

enum item_kind {
    ITEM_BUSY,  /* work was done, nothing has come of it yet: call again */
    ITEM_WAIT,  /* standard input has nothing yet */
    ITEM_PAGE,  /* `raw` is a page as stored, perhaps gzip data */
    ITEM_LINE,  /* `raw` is a line that is not blank, `position` its number */
    ITEM_WARC,  /* `raw` is an HTTP payload of a WARC file, `warc` says more */
    ITEM_FAULT, /* `code` and `message` say what; `raw` what there is of it */
    ITEM_END
};

struct item {
    enum item_kind kind;
    pl_str raw; /* until the next call */
    uint64_t position;
    bool last; /* nothing follows */
    const char *code;
    char message[640];
    struct warc_page warc;
};

/* Zero is ready.  One is used for all inputs in turn, and keeps its memory from one to the next. */
struct input {
    const char *path;
    int fd; /* valid while `state` is not INPUT_NONE */
    enum { INPUT_NONE, INPUT_OPEN, INPUT_DIGEST, INPUT_PEEK, INPUT_LINES, INPUT_WARC, INPUT_REST, INPUT_LARGE, INPUT_END } state;
    enum kind format; /* as the options have it; KIND_UNKNOWN: by content and name */
    size_t max;       /* bytes of a page or a line */
    struct sha256_ctx sha;
    char digest[DIGEST_HEX + 1]; /* hex, "" before the first item and where there is none */
    uint64_t size;               /* bytes digested; what is appended later is not read */
    struct bytes page;
    struct lines lines;
    struct warc_source warc;
    uint64_t left;               /* bytes of the WARC file that may still be read */
    enum kind kind;              /* what the input was told to be */
    const char *aside;           /* it stands beside an archive, and is passed over: what it is */
    bool (*stopping)(void *);    /* the caller's: waiting for a WARC on standard input is to end; NULL: never */
    void *stopping_arg;
    uint64_t resume_line, resume_offset;
    bool any; /* something was returned */
};

/* Begins `path` ("-": standard input); it must live until input_end(). */
void input_begin(struct input *in, const char *path, enum kind format, size_t max);

/* The same, for JSONL behind line `line`, which ended at byte `offset` of what is stored, inflated; for a WARC file from where
 * warc_source_place() was. */
void input_resume(struct input *in, const char *path, enum kind format, size_t max, uint64_t line, uint64_t offset);

/* A part of the work that takes well under a second.  `digest` is set with the first item that is neither ITEM_BUSY
 * nor ITEM_WAIT.  PL_OK, or PL_NOMEM. */
int input_next(struct input *in, struct item *item);

/* Where input_resume() would go on: behind the last line returned. */
void input_place(const struct input *in, uint64_t *line, uint64_t *offset);

void input_end(struct input *in);
void input_done(struct input *in);

#endif
