/* warc_gz.h - a record as a gzip member. */
#ifndef WARC_GZ_H
#define WARC_GZ_H

#include "../shared/deflate.h"
#include "warc_buf.h"

/* Adds the member of RFC 1952, without time or name, to `out`.  PL_OK or PL_NOMEM. */
int warc_gz_add(struct warc_buf *out, struct deflater *d, enum deflate_by by, int level, pl_str record);

#endif
