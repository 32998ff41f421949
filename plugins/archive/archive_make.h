/* archive_make.h - the indexes of an archive that has none, whoever wrote it: PATH.idx, and PATH.gzi or PATH.zran. */
#ifndef ARCHIVE_MAKE_H
#define ARCHIVE_MAKE_H

#include "archive_index.h"
#include "pressline.h"

/* The row of a line: its keys are those of `id`, `canonical_url` and `url`, text or numbers.  `bytes` is the line with its
 * end.  NULL, or what is wrong with its JSON at byte *at: the row is good then, too, without keys.  `room` has at least
 * bytes.len bytes. */
const char *archive_row_of(pl_str bytes, char *room, struct archive_row *row, size_t *at);

struct archive_made {
    enum archive_holds holds;
    uint64_t n_records, n_blocks, without_key;
    uint64_t archive_len, content_len, index_len; /* of all files of the index */
};

/* Reads the archive once, or, where it turns out to be a stream, twice, and writes its indexes: nothing where it is not whole.
 * PL_OK, or PL_ERROR with `message`.  Memory is bounded. */
int archive_make_index(const char *path, struct archive_made *made, char *message, size_t size);

/* What makes the indexes of an archive as it is written or read: rows of lines, and blocks.  `room` of archive_row_of() and
 * some rows; zero is ready but for `log`. */
struct archive_taker {
    struct archive_rows log;
    struct archive_chain chain;
    struct archive_row row[64];
    size_t n;
    char *room;
    size_t room_cap;
    uint64_t lead;        /* bytes of empty members before the first block */
    uint64_t tail;        /* and behind the last */
    uint64_t without_key;
    bool failed;
    char message[600];
};
int archive_taker_open(struct archive_taker *t);
void archive_taker_close(struct archive_taker *t);
void archive_taker_block(struct archive_taker *t, uint64_t len, uint64_t content_len);
void archive_taker_line(struct archive_taker *t, pl_str bytes);
/* PL_ERROR with t->message where one of the calls before failed. */
int archive_taker_end(struct archive_taker *t);
/* Writes PATH.idx, and PATH.gzi where all members are blocks, and adds their length to *len. */
int archive_taker_write(struct archive_taker *t, const char *path, const struct archive_about *about, bool gzi, uint64_t *len,
                        char *message, size_t size);

#endif
