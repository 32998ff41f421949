/* fetch_stream.h - the bytes of an open file, inflated where they are gzip data. */
#ifndef FETCH_STREAM_H
#define FETCH_STREAM_H

#include "fetch_gunzip.h"

enum { STREAM_CHUNK = 65536 };

enum stream_result {
    STREAM_OK,
    STREAM_END,
    STREAM_WAIT,   /* nothing has come yet: ask again */
    STREAM_TORN,   /* gzip data that ends too soon */
    STREAM_BAD,    /* gzip data that is wrong; gunzip.fault says why */
    STREAM_FAILED, /* errno says why */
    STREAM_NOMEM
};

struct stream {
    int fd;
    uint64_t left; /* bytes of the file that may still be read */
    bool started;  /* `gzip` is known */
    bool gzip;
    bool end;
    struct gunzip gunzip;
    unsigned char in[STREAM_CHUNK];
    size_t in_at, in_len;
};

/* Reads at most `limit` bytes of `fd`, from where it stands; the caller keeps it.  `s` is zero or was used before. */
void stream_begin(struct stream *s, int fd, uint64_t limit);
void stream_done(struct stream *s);

/* At most `cap` (> 0) bytes into `out`; *n of them came, also before a fault; none with STREAM_OK where much input
 * gave no output.  Never waits longer than a fifth of a second. */
enum stream_result stream_read(struct stream *s, void *out, size_t cap, size_t *n);

#endif
