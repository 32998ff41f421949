/* archive_read.h - the content of a gzip file of any make, or of a plain one, in pieces of whole lines.
 *
 * A block of BGZF, and any member that is not large, is held back until its checksum is seen to be right; a large one
 * passes as it comes.  Memory is bounded whatever the file holds. */
#ifndef ARCHIVE_READ_H
#define ARCHIVE_READ_H

#include "pressline.h"

enum {
    READ_MEMBER = 65536,         /* content of a member of unknown length that waits for its checksum */
    READ_LARGE = 4 << 20,        /* a member of more content, or more bytes, is a large one */
    READ_LONGEST_LINE = 64 << 20 /* a longer one comes in pieces */
};

enum read_result {
    READ_OK,
    READ_END,
    READ_FAULT, /* of the file: see the message; the next file may be tried */
    READ_STOP   /* out of memory: see the message */
};

struct archive_read;

/* A member of the file whose checksum was right. */
struct archive_member {
    uint64_t at, len;              /* in the file */
    uint64_t content, content_len; /* in the content */
    bool block;                    /* it is one of BGZF */
};

/* Whole lines, but for the last of the content, which may lack its end, and lines that are too long: `torn`. */
struct archive_chunk {
    pl_str bytes;
    uint64_t offset; /* in the content */
    bool torn;
};

struct archive_line {
    pl_str text;     /* without "\n" */
    uint64_t offset; /* in the content */
    size_t len;      /* with "\n", where it has one */
    bool torn;       /* a piece of a line that is too long; the next piece follows */
};

/* Reads `fd`, called `name` in messages, from where it is; NULL: out of memory.  `message` outlives the reader. */
struct archive_read *archive_read_new(int fd, const char *name, char *message, size_t size);
void archive_read_free(struct archive_read *r);

/* To be called for each member, before the lines that end in it are returned. */
void archive_read_members(struct archive_read *r, void (*told)(void *to, const struct archive_member *m), void *to);

/* A place between two blocks of deflate, from where inflating can go on. */
struct archive_point {
    uint64_t content, at; /* in the content and in the file */
    int bits;             /* of the byte before that place that are still to be read */
    const unsigned char *window;
    size_t window_len; /* the content before it: at most 32 kB, from the member's beginning on */
};

/* To be called at the first such place, and then about every `spacing` bytes of content, before what follows is returned.  All
 * members are then read as streams. */
void archive_read_points(struct archive_read *r, uint64_t spacing, void (*told)(void *to, const struct archive_point *p), void *to);

/* The next lines, good until the next call.  READ_FAULT comes behind all whole lines before the damage. */
enum read_result archive_read_next(struct archive_read *r, struct archive_chunk *c);
/* The same line by line; not to be mixed with the other. */
enum read_result archive_read_line(struct archive_read *r, struct archive_line *line);

/* What is known of the file so far, of all of it after READ_END. */
struct archive_read_facts {
    bool plain;           /* no gzip at all */
    bool blocks;          /* its first member tells its own length, as blocks of BGZF and large members of ours do: an end
                           * marker is to come */
    bool large;           /* it has a member that is too large to be read whole */
    uint64_t length;      /* bytes of the file */
    uint64_t content_len; /* good ones */
    uint64_t n_members;   /* that were right */
    uint32_t crc;         /* CRC-32 of the bytes of the file, where archive_read_crc() asked for it before the first call */
};
void archive_read_crc(struct archive_read *r);
struct archive_read_facts archive_read_facts(const struct archive_read *r);

/* The length of a gzip member's header (RFC 1952) at `start`; 0 where it is none, or not all of it is there. */
size_t archive_gzip_header(pl_str start);

#endif
