/* warc_read.h - the records of a WARC file, one after the other (ISO 28500; WARC/0.17 to 1.1).
 *
 *     warc_open(&r, "pages.warc.gz", warc_read_fd, &fd);
 *     while ((rc = warc_next(&r)) == PL_OK) {
 *         warc_http(&r);                                   // where it is to be parted: head into r.http
 *         while ((rc = warc_block(&r, &piece)) == PL_OK)   // the rest of the block, in pieces
 *             ...
 *         if (rc != PL_EOF) break;                         // r.message: file, byte, what was expected
 *     }
 *
 * Files of gzip members, one a record or one for all, and such that are not compressed.  Memory is some 7 MB, whatever a
 * record's length.  What others write wrong and is still clear is read: lines that end with LF alone, URIs in angle
 * brackets, records without the empty lines behind them.  One thread at a time. */
#ifndef WARC_READ_H
#define WARC_READ_H

#include "warc_in.h"

enum { WARC_HEAD_MOST = 1 << 20 }; /* bytes of a record's head, and of an HTTP head */

struct warc_reader {
    struct warc_in in;
    const char *name;

    /* The record at hand; the texts are valid until the next call of warc_next(). */
    uint64_t offset; /* of its first byte in the file, or of the member that it is in */
    uint64_t length; /* of its member, or of itself without the empty lines behind it; 0 until warc_block() gave PL_EOF */
    bool inside;     /* it is in one member with others: it cannot be read from `offset` */
    pl_str head;     /* its lines, without the first and the empty one; continued lines are joined */
    pl_str version;  /* "1.1" */
    pl_str type, id, uri, date, content_type; /* {NULL, 0}: it has none.  `id` with its brackets, `uri` without */
    uint64_t block_length;
    pl_str http; /* of the HTTP head all bytes up to the empty line and with it, once warc_http() was called */

    uint64_t left; /* of the block */
    uint64_t from; /* place of the record among the inflated bytes */
    bool open;     /* a record is at hand whose end was not read */
    struct warc_text {
        char *at;
        size_t cap;
    } head_text, http_text; /* room for head and http */
    char message[512];
};

/* Reads from the file descriptor at `arg`, an int. */
ptrdiff_t warc_read_fd(void *arg, void *to, size_t n);

/* `read` as for warc_in.h; its first byte is that of the file at `from`.  PL_OK or PL_NOMEM.  `name` is for messages,
 * and is not copied. */
int warc_open(struct warc_reader *r, const char *name, warc_in_read *read, void *arg, uint64_t from);
void warc_close(struct warc_reader *r);

/* The next record: PL_OK; PL_EOF: there is none; PL_ERROR: what is there is none, or is damaged: see `message`.  What is
 * left of the one before is passed over. */
int warc_next(struct warc_reader *r);

/* Parts an HTTP head from the block, before the first warc_block().  False: the block has none. */
bool warc_http(struct warc_reader *r);

/* The next bytes of the block, valid until the next call; PL_EOF at its end; PL_ERROR. */
int warc_block(struct warc_reader *r, pl_str *piece);

/* After PL_ERROR: on to the next place where a record begins, for warc_next().  False: there is none. */
bool warc_resync(struct warc_reader *r);

/* The value of the first line of that name, whatever its case, without the white space around it; {NULL, 0}: there is
 * none.  For a record's head, and behind its first line for an HTTP head. */
pl_str warc_field(pl_str head, const char *name);

/* Behind the first line of an HTTP head. */
pl_str warc_http_fields(pl_str http);
/* "200" of "HTTP/1.1 200 OK"; {NULL, 0}: there is none. */
pl_str warc_http_status(pl_str http);

#endif
