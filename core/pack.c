/* pack.c - numbers and bytes in a row. */
#include "pack.h"

#include "str.h"

void pack_u64(struct buf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        buf_addc(b, (char)(v | 0x80));
    buf_addc(b, (char)v);
}

/* Zigzag, so that small negative numbers stay short. */
void pack_i64(struct buf *b, int64_t v)
{
    pack_u64(b, ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0));
}

void pack_f64(struct buf *b, double v)
{
    uint64_t bits;

    memcpy(&bits, &v, sizeof bits);
    pack_u64(b, bits);
}

void pack_str(struct buf *b, pl_str s)
{
    pack_u64(b, s.len);
    buf_add(b, s);
}

uint64_t unpack_u64(struct unpack *u)
{
    uint64_t v = 0;

    for (unsigned shift = 0; u->rest.len && shift < 64; shift += 7) {
        const unsigned char c = (unsigned char)*u->rest.ptr;
        u->rest = str_sub(u->rest, 1, u->rest.len);
        v |= (uint64_t)(c & 0x7F) << shift;
        if (c < 0x80)
            return v;
    }
    u->failed = true;
    return 0;
}

int64_t unpack_i64(struct unpack *u)
{
    const uint64_t v = unpack_u64(u);

    return (int64_t)((v >> 1) ^ (v & 1 ? UINT64_MAX : 0));
}

double unpack_f64(struct unpack *u)
{
    const uint64_t bits = unpack_u64(u);
    double v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

pl_str unpack_str(struct unpack *u)
{
    const uint64_t len = unpack_u64(u);

    if (len > u->rest.len) {
        u->failed = true;
        return (pl_str){NULL, 0};
    }
    const pl_str s = str_sub(u->rest, 0, (size_t)len);
    u->rest = str_sub(u->rest, (size_t)len, u->rest.len);
    return s;
}
