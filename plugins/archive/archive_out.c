/* archive_out.c - the output of a command. */
#include "archive_out.h"

#include <errno.h>
#include <unistd.h>

static void write_all(struct archive_out *o, const char *at, size_t left)
{
    while (left && !o->error) {
        const ssize_t n = write(o->fd, at, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            o->error = errno;
            break;
        }
        at += n;
        left -= (size_t)n;
    }
}

int out_flush(struct archive_out *o)
{
    write_all(o, o->room, o->n);
    o->n = 0;
    return o->error;
}

void out_put(struct archive_out *o, pl_str s)
{
    if (s.len > sizeof o->room - o->n)
        out_flush(o);
    if (s.len > sizeof o->room) {
        write_all(o, s.ptr, s.len);
        return;
    }
    if (s.len)
        memcpy(o->room + o->n, s.ptr, s.len);
    o->n += s.len;
}

void out_putc(struct archive_out *o, char c)
{
    out_put(o, (pl_str){&c, 1});
}

void out_printf(struct archive_out *o, const char *fmt, ...)
{
    char some[1024];
    va_list ap;

    va_start(ap, fmt);
    const int n = vsnprintf(some, sizeof some, fmt, ap);
    va_end(ap);
    if (n > 0)
        out_put(o, (pl_str){some, (size_t)n < sizeof some ? (size_t)n : sizeof some - 1});
}

/* The character at `p` and its length; what is not UTF-8 is U+FFFD, one byte long. */
static uint32_t decode(const unsigned char *p, size_t left, size_t *len)
{
    const size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
    uint32_t c = n == 1 ? p[0] : n == 2 ? p[0] & 0x1f : n == 3 ? p[0] & 0x0f : p[0] & 7;

    *len = 1;
    if (n == 0 || n > left)
        return 0xfffd;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0xfffd;
        c = c << 6 | (p[i] & 0x3f);
    }
    if ((n == 3 && (c < 0x800 || (c >= 0xd800 && c < 0xe000))) || (n == 4 && (c < 0x10000 || c > 0x10ffff)))
        return 0xfffd;
    *len = n;
    return c;
}

void out_json(struct archive_out *o, pl_str text)
{
    const unsigned char *p = (const unsigned char *)text.ptr;
    size_t len;

    out_putc(o, '"');
    for (size_t i = 0; i < text.len; i += len) {
        const uint32_t c = decode(p + i, text.len - i, &len);
        if (c == '"' || c == '\\')
            out_printf(o, "\\%c", (char)c);
        else if (c == '\n' || c == '\t')
            out_put(o, c == '\n' ? PL_S("\\n") : PL_S("\\t"));
        else if (c < 0x20 || c == 0x7f)
            out_printf(o, "\\u%04x", (unsigned)c);
        else if (c == 0xfffd)
            out_put(o, PL_S("\xef\xbf\xbd"));
        else
            out_put(o, (pl_str){text.ptr + i, len});
    }
    out_putc(o, '"');
}

static bool is_unsafe(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x2028 ||
           c == 0x2029 || c == 0x200e || c == 0x200f;
}

void out_plain(struct archive_out *o, pl_str text, size_t most)
{
    const unsigned char *p = (const unsigned char *)text.ptr;
    size_t len;

    for (size_t i = 0; i < text.len; i += len) {
        const uint32_t c = decode(p + i, text.len - i, &len);
        if (i + len > most)
            break;
        if (c == '\n' || c == '\t' || c == '\r')
            out_putc(o, ' ');
        else if (is_unsafe(c) || c == 0xfffd)
            out_putc(o, '?');
        else
            out_put(o, (pl_str){text.ptr + i, len});
    }
}
