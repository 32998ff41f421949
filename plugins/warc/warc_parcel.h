/* warc_parcel.h - the records of a page on their way from the worker that made them to the file. */
#ifndef WARC_PARCEL_H
#define WARC_PARCEL_H

#include "warc_make.h"
#include "warc_seen.h"

enum { WARC_PARCEL_MOST = 4 };

/* The texts of one that was read lie in the bytes that it was read from. */
struct warc_parcel {
    bool known;  /* the main record is a revisit already: its payload had been written before it was made */
    bool keyed;  /* its payload may have been, or is to be remembered */
    uint8_t key[WARC_SEEN_KEY], id[16];
    pl_str date, uri;
    pl_str revisit_begin, revisit_end; /* of the record in its stead */
    pl_str index, revisit_index;       /* lines of the index, begun */
    uint32_t n;
    struct {
        uint32_t kind; /* enum warc_kind */
        pl_str bytes;
    } record[WARC_PARCEL_MOST];
};

size_t warc_parcel_size(const struct warc_parcel *p);
/* To `to`, which has room for warc_parcel_size() bytes. */
void warc_parcel_put(const struct warc_parcel *p, char *to);
/* False: that is none. */
bool warc_parcel_get(struct warc_parcel *p, pl_str bytes);

#endif
