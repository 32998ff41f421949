/* archive_zran.h - points in a gzip file of another make from where reading can go on: PATH.zran beside PATH.
 *
 * The method is that of Mark Adler's zran, an example that comes with zlib: between two blocks of deflate, what goes on
 * needs the 32 kB of content before it and how many bits of the last byte are still to be read, and nothing else.  So
 * there is such a point about every megabyte of content, and any byte is a megabyte of inflating away at most.
 *
 * The file is little-endian: the windows, each as a raw deflate stream; the points; a foot.
 *
 *   point    32 bytes: place in the content (6 bytes), in the archive (6), of its window in this file (6); the window's length there
 *            (2) and inflated (2); bits of the byte before that place that are still to be read (1); 0 (1); the CRC-32 of the window as it is
 *            there (4) and of this entry so far (4)
 *   foot     64 bytes: "PLZRAN\n", 1 (the version), the number of points (8 bytes), where they begin (8), the content's length (8),
 *            the archive's (8), the CRC-32 of the archive (4) and of its last 4,096 bytes (4), zeros, the CRC-32 of the foot so far (4)
 *
 * Functions that return int give PL_OK, or PL_ERROR with `message` set, or what is told. */
#ifndef ARCHIVE_ZRAN_H
#define ARCHIVE_ZRAN_H

#include <stdint.h>

#include "../shared/part.h"
#include "archive_read.h"
#include "pressline.h"

enum { ZRAN_SPACING = 1 << 20, ZRAN_POINT = 32, ZRAN_FOOT = 64 };

/* ---- reading: one thread ---- */

struct archive_zran;

/* NULL with `message` set; *missing tells whether there is no such file. */
struct archive_zran *archive_zran_open(const char *path, bool *missing, char *message, size_t size);
void archive_zran_close(struct archive_zran *z);
/* Whether its archive has that length and CRC-32, as its other index knows them. */
bool archive_zran_fits(const struct archive_zran *z, uint64_t archive_len, uint32_t archive_crc);
/* `n` bytes of the content of the archive open as `fd`, from `offset` on. */
int archive_zran_read(struct archive_zran *z, int fd, uint64_t offset, void *to, size_t n, char *message, size_t size);
/* All of its points and windows, and that each is right for the archive open as `fd` is not looked at. */
int archive_zran_verify(struct archive_zran *z, char *message, size_t size);

/* ---- making one ---- */

struct zran_making;

/* Begins PATH.part; the points are those that archive_read_points() tells.  NULL with `message` set. */
struct zran_making *zran_making_new(pl_str path, char *message, size_t size);
void zran_making_point(void *making, const struct archive_point *p);
/* Ends and syncs it; zran_making_publish() gives it its name. */
int zran_making_end(struct zran_making *m, uint64_t content_len, uint64_t archive_len, uint32_t archive_crc, uint32_t tail_crc,
                    char *message, size_t size);
int zran_making_publish(struct zran_making *m, char *message, size_t size);
uint64_t zran_making_length(const struct zran_making *m);
/* What was not published is removed. */
void zran_making_free(struct zran_making *m);

#endif
