/* warc_verify.h - is a record what it says of itself? */
#ifndef WARC_VERIFY_H
#define WARC_VERIFY_H

#include "../shared/warc_read.h"

enum warc_found { WARC_RIGHT, WARC_WRONG, WARC_NOT_SAID, WARC_NOT_KNOWN };

struct warc_verdict {
    enum warc_found block, payload; /* their digests */
    bool payload_decoded;           /* the payload's is right for the bytes without chunks */
    char message[512];              /* what is wrong; "": nothing */
};

/* Reads the record that warc_next() gave to its end.  `blocks`: payloads are not digested.  PL_OK, or PL_ERROR as
 * warc_block(). */
int warc_verify(struct warc_reader *r, bool blocks, struct warc_verdict *v);

#endif
