/* fetch_site.h - which hosts belong together, by the Public Suffix List. */
#ifndef FETCH_SITE_H
#define FETCH_SITE_H

#include "pressline.h"

/* The registrable domain of a host as url_host() gives it: "bbc.co.uk" for "www.bbc.co.uk", a slice of `host` without a
 * dot at the end.  An address in numbers, a public suffix and what is no domain name at all are a site of their own.
 * Any thread. */
pl_str site_of_host(pl_str host);

#endif
