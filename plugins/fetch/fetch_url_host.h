/* fetch_url_host.h - hosts as the URL Standard reads and writes them: domain names, IPv4 in all its notations, IPv6. */
#ifndef FETCH_URL_HOST_H
#define FETCH_URL_HOST_H

#include "fetch_url_out.h"

/* Writes the host that `in` is, not empty: of a special scheme, a name in ASCII or an address; of another, the text as it
 * is, escaped.  PL_OK, PL_ERROR (it can be no host) or PL_NOMEM. */
int url_put_host(struct url_out *o, pl_str in, bool special);

/* The standard's "domain to ASCII" by Unicode's UTS #46 (fetch_url_idna.c).  `in` is well-formed UTF-8, not all of it
 * ASCII; `out` has what is forbidden in hosts still in it.  PL_OK, PL_ERROR or PL_NOMEM. */
int url_put_idna(struct url_out *o, pl_str in);

#endif
