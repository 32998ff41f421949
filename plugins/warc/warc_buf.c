/* warc_buf.c - bytes that grow. */
#include "warc_buf.h"

#include <stdlib.h>

char *warc_buf_room(struct warc_buf *b, size_t n)
{
    if (!b->failed && (!b->at || b->cap - b->len < n)) {
        const size_t wanted = n > SIZE_MAX / 4 || b->len > SIZE_MAX / 4 ? SIZE_MAX : (b->len + n) * 3 / 2 + 256;
        char *more = realloc(b->at, wanted);
        if (more) {
            b->at = more;
            b->cap = wanted;
        }
        b->failed = !more;
    }
    return b->failed ? NULL : b->at + b->len;
}

void warc_buf_add(struct warc_buf *b, pl_str bytes)
{
    char *to = warc_buf_room(b, bytes.len);

    if (!to || bytes.len == 0)
        return;
    memcpy(to, bytes.ptr, bytes.len);
    b->len += bytes.len;
}

void warc_buf_text(struct warc_buf *b, const char *text)
{
    warc_buf_add(b, (pl_str){text, strlen(text)});
}

void warc_buf_addf(struct warc_buf *b, const char *fmt, ...)
{
    char *to = warc_buf_room(b, 256);
    va_list ap;

    if (!to)
        return;
    va_start(ap, fmt);
    const int n = vsnprintf(to, 256, fmt, ap);
    va_end(ap);
    if (n >= 256 && (to = warc_buf_room(b, (size_t)n + 1)) != NULL) {
        va_start(ap, fmt);
        vsnprintf(to, (size_t)n + 1, fmt, ap);
        va_end(ap);
    }
    if (to && n > 0)
        b->len += (size_t)n;
}

void warc_buf_reset(struct warc_buf *b, size_t keep)
{
    if (b->failed || b->cap > keep)
        warc_buf_done(b);
    b->len = 0;
}

void warc_buf_done(struct warc_buf *b)
{
    free(b->at);
    *b = (struct warc_buf){0};
}
