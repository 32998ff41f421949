/* offsets.h - from bytes to code points of a text and back, without counting from the start each time. */
#ifndef OFFSETS_H
#define OFFSETS_H

#include "pressline.h"

enum { OFFSETS_BLOCK = 64 };

struct offsets {
    pl_str text;
    size_t n_points;      /* code points in all */
    const size_t *before; /* code points that begin before each block; unused for plain ASCII */
};

/* How many counts offsets_init() fills in. */
static inline size_t offsets_blocks(pl_str text)
{
    return text.len / OFFSETS_BLOCK + 1;
}

/* `text` is valid UTF-8 and, as `before`, stays the caller's; room for offsets_blocks(text) counts. */
void offsets_init(struct offsets *o, pl_str text, size_t *before);

/* The code points before byte `byte`, which is at most text.len.  Constant time. */
size_t offsets_point(const struct offsets *o, size_t byte);

/* Where code point `point` begins, text.len for n_points; `point` is at most n_points.  Logarithmic. */
size_t offsets_byte(const struct offsets *o, size_t point);

#endif
