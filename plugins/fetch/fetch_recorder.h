/* fetch_recorder.h - a transport that asks by another one and keeps all that comes, for fetch_recorded.h to answer with.
 *
 * A WARC/1.1 file, each record a gzip member: a warcinfo, and for each answer a response, whatever its status: robots.txt,
 * feeds, redirects and errors as well as pages.  What is as it was, by a 304 or by the digest of the request, is a revisit that
 * refers to what came then.  What came without a head (no connection) is not kept. */
#ifndef FETCH_RECORDER_H
#define FETCH_RECORDER_H

#include "fetch_transport.h"

struct recorder;

/* Asks by `inner`, which is the recorder's from here on, also where this fails.  A file that is there is replaced, or, where
 * `going_on`, taken up by recorder_cut().  PL_OK; PL_ERROR or PL_NOMEM with a message. */
int recorder_open(struct recorder **r, struct transport *inner, const char *path, bool going_on, const char *software,
                  char *message, size_t size);
/* transport_close() of it closes both and the file. */
struct transport *recorder_transport(struct recorder *r);

/* Makes durable what was written; *length is then where it ends.  PL_OK, or PL_ERROR with recorder_message(). */
int recorder_sync(struct recorder *r, uint64_t *length);
/* Takes back what is behind `length`. */
int recorder_cut(struct recorder *r, uint64_t length);
const char *recorder_message(const struct recorder *r);

#endif
