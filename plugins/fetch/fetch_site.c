/* fetch_site.c - which hosts belong together, by the Public Suffix List.
 *
 * The list is the one that libpsl was built with: grouping does not depend on what else is installed, and a machine's
 * newer list would only split what this one leaves together. */
#include "fetch_site.h"

#include <libpsl.h>

enum { NAME_MAX_LEN = 253 }; /* of a domain name (RFC 1035) */

static bool is_number(pl_str label)
{
    for (size_t i = 0; i < label.len; i++)
        if (label.ptr[i] < '0' || label.ptr[i] > '9')
            return false;
    return label.len > 0;
}

/* Hosts that end in a number are IPv4 addresses, those with a '[' IPv6 ones. */
static bool is_address(pl_str host)
{
    const char *const dot = memrchr(host.ptr, '.', host.len);
    const size_t from = dot ? (size_t)(dot - host.ptr) + 1 : 0;

    return host.ptr[0] == '[' || is_number((pl_str){host.ptr + from, host.len - from});
}

pl_str site_of_host(pl_str host)
{
    char name[NAME_MAX_LEN + 1];
    pl_str bare = host;

    if (host.len && host.ptr[host.len - 1] == '.')
        bare.len--;
    if (bare.len == 0 || bare.len > NAME_MAX_LEN || bare.ptr[0] == '.' || is_address(bare))
        return host;
    memcpy(name, bare.ptr, bare.len);
    name[bare.len] = '\0';
    const char *const site = psl_registrable_domain(psl_builtin(), name);
    return site ? (pl_str){bare.ptr + (site - name), bare.len - (size_t)(site - name)} : bare;
}
