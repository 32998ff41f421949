/* warc_in.h - the bytes of a file, inflated where it is gzip data, and where its members begin and end. */
#ifndef WARC_IN_H
#define WARC_IN_H

#include "deflate.h"

/* Reads up to `n` bytes: their number, 0 at the end, -1 with errno set. */
typedef ptrdiff_t warc_in_read(void *arg, void *to, size_t n);

enum warc_in_state { WARC_IN_NEW, WARC_IN_PLAIN, WARC_IN_BETWEEN, WARC_IN_MEMBER, WARC_IN_END };

/* One at a time; zero is closed.  The bytes at hand are plain[at, end): take some by adding to `at`. */
struct warc_in {
    warc_in_read *read;
    void *arg;
    unsigned char *raw, *plain;
    size_t raw_at, raw_end, at, end;
    size_t raw_cap, cap;  /* of raw and plain; they grow */
    uint64_t raw_offset;  /* of raw[0] in the file */
    uint64_t before;      /* bytes that came before plain[0] */
    uint64_t member_at;   /* offset in the file of the newest member */
    uint64_t member_end;  /* and of the byte behind it, once it has been read */
    uint64_t member_from; /* place of its first byte among the inflated ones */
    enum warc_in_state state;
    enum deflate_by by;
    bool raw_eof;
    bool large;     /* the last member did not fit: do not try the next at once */
    bool stay;      /* do not go on into the next member */
    bool gzip;      /* the file is gzip data */
    bool failed;    /* behind the bytes at hand nothing more comes: see the message */
    bool machine;   /* it was the machine's fault: reading failed, or no memory */
    uint32_t crc;
    uint64_t inflated; /* of the member at hand */
    struct inflater inflater;
    void *z; /* zlib's state, for members that do not fit */
    char message[256];
};

/* What may be asked for at once, at most. */
enum { WARC_IN_MOST = 1 << 20 };

/* PL_OK or PL_NOMEM.  `from` is the offset in the file of the first byte that `read` gives. */
int warc_in_open(struct warc_in *in, warc_in_read *read, void *arg, uint64_t from, enum deflate_by by);
void warc_in_close(struct warc_in *in);

/* Tries to have `want` bytes at hand, at most WARC_IN_MOST; how many there are.  Fewer: the end, `stay` at a member's
 * end, or `failed`. */
size_t warc_in_fill(struct warc_in *in, size_t want);

/* The place of plain[at] among all inflated bytes, and of the byte in the file that a message may name. */
uint64_t warc_in_place(const struct warc_in *in);
uint64_t warc_in_offset(const struct warc_in *in);

/* After a failure: on to the next member, or the next line, that begins a record.  False: there is none. */
bool warc_in_resync(struct warc_in *in);

#endif
