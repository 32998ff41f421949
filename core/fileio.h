/* fileio.h - system calls on files, with what they all need: EINTR, short writes, errno.
 *
 * The functions that return int give 0, or -1 with errno set. */
#ifndef FILEIO_H
#define FILEIO_H

#include <sys/types.h>

#include "buf.h"

/* Never through a symbolic link that waits under the name; closed on exec; 0666 & ~umask where it is made. */
int file_open(const char *path, int flags);
/* All of it. */
int file_write(int fd, pl_str bytes);
/* At most `n` bytes; less only at the end of the file.  -1: errno. */
ssize_t file_read(int fd, void *to, size_t n);
int file_truncate(int fd, uint64_t length);
/* Content, and what is needed to find it, is on the disk. */
int file_sync(int fd);

/* The whole file appended to `b`; ENOMEM when it is larger than b's limit. */
int file_load(const char *path, struct buf *b);

/* The CRC-32 (ISO 3309) of the first `length` bytes, and the file's place behind them; ENODATA when there are not so many. */
int file_crc(int fd, uint64_t length, uint32_t *crc);
uint32_t crc_of(uint32_t crc, pl_str bytes);

/* A new name outlives a power cut only once its folder is on the disk. */
int folder_sync_of(const char *path);
/* The folders above `path` that are missing. */
int folder_make_above(const char *path);

#endif
