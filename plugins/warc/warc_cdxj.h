/* warc_cdxj.h - the index beside a WARC file: a line a record, sorted by address and time. */
#ifndef WARC_CDXJ_H
#define WARC_CDXJ_H

#include "warc_buf.h"

/* What is told of a record; a text without pointer is left out.  `key` is warc_surt() of `uri`, where that is known. */
struct warc_cdxj {
    pl_str uri, date, mime, status, digest, key;
};

/* SURT TIME {"url": ..., "digest": ...  without the end, which says where the record is. */
void warc_cdxj_begin(struct warc_buf *out, const struct warc_cdxj *c);
/* ..., "length": "N", "offset": "N", "filename": "NAME"} and LF.  `begun` is what warc_cdxj_begin() made. */
void warc_cdxj_end(struct warc_buf *out, pl_str begun, uint64_t length, uint64_t offset, pl_str name);

/* What is in a line: the time as ISO 8601, the rest unescaped, in `text`.  False: it is no such line. */
bool warc_cdxj_read(pl_str line, struct warc_buf *text, struct warc_cdxj *c, uint64_t *offset, pl_str *name);

/* "20260504101112" of "2026-05-04T10:11:12.345Z"; zeros for what is missing. */
enum { WARC_STAMP = 14 };
void warc_stamp(pl_str date, char out[WARC_STAMP + 1]);

/* Lines in any order, sorted by their bytes, each once.  Memory is some 20 MB; what is more lies in a file without a name
 * in `folder`.  Zero with `folder` set is empty; `folder` is not copied. */
struct warc_sorter {
    const char *folder;
    struct warc_buf lines;
    size_t n;
    size_t most; /* bytes of lines in memory; 0: 16 MB */
    int fd;      /* of that file */
    bool opened; /* there is one */
    struct {
        uint64_t at, end;
    } *run;
    size_t n_runs;
    uint64_t length;
    char message[512];
};

/* PL_OK, or PL_ERROR with `message` set.  The line ends with LF. */
int warc_sorter_add(struct warc_sorter *s, pl_str line);
/* All lines in order to `write`, which answers PL_OK to go on; its answer where that was another.  The sorter is empty
 * then. */
int warc_sorter_write(struct warc_sorter *s, int (*write)(void *arg, pl_str bytes), void *arg);
void warc_sorter_done(struct warc_sorter *s);

#endif
