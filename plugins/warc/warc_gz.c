/* warc_gz.c - a record as a gzip member. */
#include "warc_gz.h"

enum { HEADER = 10, TRAILER = 8 };

static void little32(char *to, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        to[i] = (char)(unsigned char)(v >> 8 * i);
}

int warc_gz_add(struct warc_buf *out, struct deflater *d, enum deflate_by by, int level, pl_str record)
{
    /* No flags, no time, and 255: of no system in particular. */
    static const char header[HEADER] = {'\x1f', '\x8b', 8, 0, 0, 0, 0, 0, 0, '\xff'};
    const size_t bound = deflate_bound(record.len);
    char *to = bound < SIZE_MAX - HEADER - TRAILER ? warc_buf_room(out, bound + HEADER + TRAILER) : NULL;
    size_t n;

    if (!to || deflate_raw(d, by, level, record, to + HEADER, bound, &n) != PL_OK || n == 0)
        return PL_NOMEM;
    memcpy(to, header, HEADER);
    little32(to + HEADER + n, deflate_crc32(0, record.ptr, record.len));
    little32(to + HEADER + n + 4, (uint32_t)record.len);
    out->len += HEADER + n + TRAILER;
    return PL_OK;
}
