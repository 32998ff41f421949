/* warc_out.c - standard output of a command. */
#include "warc_out.h"

#include <errno.h>
#include <unistd.h>

enum { WINDOW = 1 << 16 };

static bool write_all(struct warc_out *o, const char *p, size_t n)
{
    while (n && !o->closed && !o->failed) {
        const ssize_t done = write(o->fd, p, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0 && errno == EPIPE) {
            o->closed = true;
        } else if (done <= 0) {
            snprintf(o->message, sizeof o->message, "cannot write to standard output: %s", strerror(errno));
            o->failed = true;
        } else {
            p += done;
            n -= (size_t)done;
        }
    }
    return !o->closed && !o->failed;
}

bool warc_out_flush(struct warc_out *o)
{
    const bool fine = write_all(o, o->buf.at, o->buf.len);

    o->buf.len = 0;
    return fine;
}

bool warc_out_add(struct warc_out *o, pl_str bytes)
{
    if (o->buf.len + bytes.len > WINDOW && !warc_out_flush(o))
        return false;
    if (bytes.len >= WINDOW)
        return write_all(o, bytes.ptr, bytes.len);
    warc_buf_add(&o->buf, bytes);
    if (o->buf.failed && !o->failed) {
        snprintf(o->message, sizeof o->message, "out of memory");
        o->failed = true;
    }
    return !o->closed && !o->failed;
}

bool warc_out_addf(struct warc_out *o, const char *fmt, ...)
{
    char text[512];
    va_list ap;

    va_start(ap, fmt);
    const int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return warc_out_add(o, (pl_str){text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1});
}

bool warc_out_shown(struct warc_out *o, pl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char *p = (const unsigned char *)text.ptr + i;
        const bool c1 = p[0] == 0xc2 && i + 1 < text.len && p[1] < 0xa0;
        const bool turns = p[0] == 0xe2 && i + 2 < text.len &&
                           ((p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae) || (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9));
        if (c1) {
            warc_out_addf(o, "\\x%02x", (unsigned)p[1]);
            i++;
        } else if (turns) {
            warc_out_addf(o, "\\u%04x", 0x2000u | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu));
            i += 2;
        } else if (p[0] < 0x20 || p[0] == 0x7f) {
            warc_out_addf(o, "\\x%02x", (unsigned)p[0]);
        } else {
            warc_out_add(o, (pl_str){text.ptr + i, 1});
        }
    }
    return !o->closed && !o->failed;
}
