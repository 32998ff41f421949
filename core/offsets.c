/* offsets.c - from bytes to code points of a text and back. */
#include "offsets.h"

#include "str.h"
#include "utf8.h"

void offsets_init(struct offsets *o, pl_str text, size_t *before)
{
    const size_t n = offsets_blocks(text);
    size_t points = 0;

    for (size_t i = 0; i < n; i++) {
        const size_t begin = i * OFFSETS_BLOCK;
        const size_t end = begin + OFFSETS_BLOCK < text.len ? begin + OFFSETS_BLOCK : text.len;
        before[i] = points;
        points += utf8_count(str_sub(text, begin, end));
    }
    *o = (struct offsets){text, points, before};
}

size_t offsets_point(const struct offsets *o, size_t byte)
{
    const size_t block = byte / OFFSETS_BLOCK;

    if (o->n_points == o->text.len)
        return byte;
    return o->before[block] + utf8_count(str_sub(o->text, block * OFFSETS_BLOCK, byte));
}

size_t offsets_byte(const struct offsets *o, size_t point)
{
    size_t low = 0, high = offsets_blocks(o->text);

    if (o->n_points == o->text.len)
        return point;
    /* The last block that begins at or before it. */
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (o->before[middle] <= point)
            low = middle;
        else
            high = middle;
    }
    size_t at = low * OFFSETS_BLOCK, points = o->before[low];
    for (; at + 8 <= o->text.len; at += 8) {
        const size_t n = utf8_count(str_sub(o->text, at, at + 8));
        if (points + n > point)
            break;
        points += n;
    }
    for (; at < o->text.len; at++) {
        if (utf8_boundary(o->text, at) && points++ == point)
            break;
    }
    return at;
}
