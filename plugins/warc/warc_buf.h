/* warc_buf.h - bytes that grow. */
#ifndef WARC_BUF_H
#define WARC_BUF_H

#include "pressline.h"

/* Zero is empty.  `failed`: memory ran out, and what was added since is lost; it stays until buf_done(). */
struct warc_buf {
    char *at;
    size_t len, cap;
    bool failed;
};

void warc_buf_add(struct warc_buf *b, pl_str bytes);
void warc_buf_text(struct warc_buf *b, const char *text);
PL_PRINTF(2, 3)
void warc_buf_addf(struct warc_buf *b, const char *fmt, ...);
/* Room for `n` more bytes; NULL where there is no memory. */
char *warc_buf_room(struct warc_buf *b, size_t n);
/* Empty again; gives back what is more than `keep` bytes. */
void warc_buf_reset(struct warc_buf *b, size_t keep);
void warc_buf_done(struct warc_buf *b);

static inline void warc_buf_byte(struct warc_buf *b, char c)
{
    char *to = b->len < b->cap && !b->failed ? b->at + b->len : warc_buf_room(b, 1);

    if (to) {
        *to = c;
        b->len++;
    }
}

static inline pl_str warc_buf_view(const struct warc_buf *b)
{
    return (pl_str){b->at, b->len};
}

#endif
