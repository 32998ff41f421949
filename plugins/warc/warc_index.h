/* warc_index.h - the lines of the index, out of a WARC file of any make. */
#ifndef WARC_INDEX_H
#define WARC_INDEX_H

#include "../shared/warc_read.h"
#include "warc_buf.h"

struct warc_index {
    struct warc_buf begun, uri, line; /* the line of the record at hand is in `line`; empty: it has none */
    bool packed;                      /* a record was passed over because it shares its member with others */
};

/* Reads the record that warc_next() gave to its end and makes its line: of responses, revisits, resources, and of
 * metadata that is not WARC's own.  `name` is the file's in the line.  A payload without digest is digested.  PL_OK,
 * PL_ERROR (see r->message), PL_NOMEM. */
int warc_index_record(struct warc_index *ix, struct warc_reader *r, pl_str name);
void warc_index_done(struct warc_index *ix);

#endif
