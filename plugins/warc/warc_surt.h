/* warc_surt.h - the key under which an address is looked up: the host turned round, then path and query. */
#ifndef WARC_SURT_H
#define WARC_SURT_H

#include "warc_buf.h"

/* Adds "com,example)/path?a=1" for "http://www.Example.com:80/Path/?a=1", by the rules that pywb and the Internet
 * Archive index by: without scheme, "www.", the scheme's own port, session numbers, the last slash; in lower case; the
 * query's parts sorted.  What cannot be parted is its own key.  No more than 64 kB of an address are looked at. */
void warc_surt(struct warc_buf *out, pl_str url);

#endif
