/* pack.h - numbers and bytes in a row: what the journal's records are made of.
 *
 * Numbers are LEB128 (DWARF 5, section 7.6), bytes a number and as many bytes.  Reading never goes past the end: what is not
 * there reads as 0 or empty, `failed` remembers it, and the caller looks once at the end. */
#ifndef PACK_H
#define PACK_H

#include "buf.h"

void pack_u64(struct buf *b, uint64_t v);
void pack_i64(struct buf *b, int64_t v);
void pack_f64(struct buf *b, double v);
void pack_str(struct buf *b, pl_str s);

struct unpack {
    pl_str rest;
    bool failed;
};

uint64_t unpack_u64(struct unpack *u);
int64_t unpack_i64(struct unpack *u);
double unpack_f64(struct unpack *u);
/* A view of what is unpacked. */
pl_str unpack_str(struct unpack *u);

#endif
