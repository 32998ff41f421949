/* fetch_recorded.h - a transport that answers out of WARC files, and never asks anybody else.
 *
 * The answer to an address is the newest `response` of it (by WARC-Date; of two the later in the file), or a `revisit` whose
 * page is in one of the files.  Where the request has the ETag or Last-Modified of that answer, it is a 304.  What was cut
 * short when it was recorded is cut short again, with the same fault.  Answers come in the order asked, and the time is that
 * of the recording: so whole pipelines run again without a network and write the same bytes. */
#ifndef FETCH_RECORDED_H
#define FETCH_RECORDED_H

#include "fetch_transport.h"

/* `path` is a WARC file, or a folder whose files with ".warc" in their names are read in the order of these.  Looks through
 * all of them: some 100 ms for 100 MB.  PL_OK; PL_ERROR or PL_NOMEM with a message. */
int recorded_transport_open(struct transport **t, const char *path, char *message, size_t size);

/* How many addresses it can answer. */
size_t recorded_transport_count(const struct transport *t);

#endif
