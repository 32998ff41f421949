/* fetch_address.h - which network addresses may be connected to.
 *
 * What pages link to is anybody's choice, so without a guard anybody could make us ask the machines beside us.  It is
 * judged on the address that a connection goes to, after redirects and DNS: only globally routable unicast passes. */
#ifndef FETCH_ADDRESS_H
#define FETCH_ADDRESS_H

#include <sys/socket.h>

#include "pressline.h"

/* Read-only once made: any thread may ask it. */
struct address_guard;

/* `allow_private`: ranges ("10.1.0.0/16", "fd12::/32") and single addresses that pass although they are not global, at most 1,024.
 * PL_OK; PL_NOMEM; PL_ERROR and a message that names the range and what is wrong with it (no option's name).  The
 * caller frees with address_guard_free(). */
int address_guard_make(struct address_guard **g, pl_list allow_private, char *message, size_t size);
void address_guard_free(struct address_guard *g); /* NULL too */

/* May `sa` be connected to; else `why` says what it is: "127.0.0.1 is loopback (127.0.0.0/8)".  Addresses that embed an
 * IPv4 address are judged by that as well.  Any family but AF_INET and AF_INET6 is refused. */
bool address_allowed(const struct address_guard *g, const struct sockaddr *sa, char *why, size_t size);

/* Is `host`, as url_host() gives it, an address that may not be connected to, or a name that always means this machine
 * ("localhost", "*.localhost")?  For what is asked through a proxy or of a recording, where no connection of ours
 * shows the address; any other name is false. */
bool address_host_refused(const struct address_guard *g, pl_str host, char *why, size_t size);

#endif
