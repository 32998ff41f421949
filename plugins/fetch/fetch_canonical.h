/* fetch_canonical.h - one address for all the ways in which one page is linked to.
 *
 * Only what leaves the resource the same is changed: the fragment and parameters of the query that do nothing but tell
 * where a reader came from are taken off, as are empty parameters and a '?' with nothing behind it; escapes are in upper
 * case, and letters, digits, '-', '.', '_' and '~' are not escaped (RFC 3986, 6.2.2), but all that RFC 3986 does not
 * allow is: '[', '\', ']', '^', '`', '{', '|', '}' and a '%' that begins no escape.  The rest is the URL Standard's own:
 * letters of scheme and host, the scheme's own port, "." and "..".  Schemes that are not http or https lose the fragment
 * only. */
#ifndef FETCH_CANONICAL_H
#define FETCH_CANONICAL_H

#include "fetch_url.h"

struct tracking;

/* The parameters to take off: the table of ours and `extra`, names ("from") or beginnings of names ("our_*"), letters of
 * either case; "!from" keeps one that would be taken off.  PL_OK, PL_NOMEM, or PL_ERROR with `message` set where an item
 * is none of these.  The result may be used by any number of threads. */
int tracking_make(struct tracking **t, pl_list extra, char *message, size_t size);
void tracking_free(struct tracking *t);
/* Whether a parameter of that name, escaped or not, is taken off; `t` NULL: the table of ours alone. */
bool tracking_has(const struct tracking *t, pl_str name);

/* The canonical form of `u`; `out` may be `u`.  It is its own canonical form.  PL_OK or PL_NOMEM. */
int canonical_url(const struct url *u, const struct tracking *t, struct url *out);

#endif
