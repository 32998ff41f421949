/* dedupe_shard_lines.h - the lines of a file of JSON lines, plain or gzip of any make, as they stand in it.
 *
 * A gzip file that was cut or changed is an error, never a short file.  Memory
 * is bounded by the longest line that is wanted whole. */
#ifndef DEDUPE_SHARD_LINES_H
#define DEDUPE_SHARD_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#include "pressline.h"

/* A line with its line end, or a piece of one that is longer than is wanted whole. */
struct dedupe_line {
    pl_str bytes; /* until the next call */
    uint64_t number; /* from 1 */
    bool whole;      /* false: a piece; the last one of it has `last` */
    bool last;
};

/* What the bytes of all lines were: tells one shard from another, however it is compressed. */
struct dedupe_shard_mark {
    uint64_t lines, bytes;
    uint32_t crc; /* RFC 1952 */
};

struct dedupe_lines {
    const char *path;
    int fd;
    size_t max;
    bool gzip, bgzf, end, skip;
    z_stream z;
    bool z_open;
    uint64_t offset, members;   /* in the file, behind `in`; members begun */
    uint64_t member_out;        /* bytes of the current member */
    bool in_member;
    unsigned char *in;
    char *out;                  /* plain bytes: from `start` on not handed out */
    size_t start, len, cap, scanned;
    struct dedupe_shard_mark mark; /* of what was handed out */
    char message[1024];
};

/* PL_OK, or PL_ERROR with `message` set.  A line of up to `max` bytes is handed out whole. */
int dedupe_lines_open(struct dedupe_lines *l, const char *path, size_t max);
void dedupe_lines_close(struct dedupe_lines *l);

/* 1 and the next line or piece; 0 at the end; PL_ERROR with `message` set. */
int dedupe_lines_next(struct dedupe_lines *l, struct dedupe_line *line);

#endif
